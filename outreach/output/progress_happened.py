"""What happened in a planned week, said in one line; of a closed road never where."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outreach.lineage import Happening, HappeningKind
    from outreach.model import Season
    from outreach.output.words import Words

_TOLD: Mapping[HappeningKind, Message] = {
    "urgent": Message("%(id)s is urgent: a visit by %(moment)s"),
    "absent": Message("%(id)s is absent, %(start)s – %(end)s"),
    "late": Message("%(id)s is late by %(delay)s"),
    "cancelled": Message("the visit %(visit)s is not needed any more"),
    "lodging_full": Message("%(lodging)s is full in the night of %(day)s"),
    "road_closed": Message("a road is closed"),
}
_SEASONS: Mapping[Season, Message] = {
    "wet": Message("the roads are as in the rainy season"),
    "dry": Message("the roads are as in the dry season"),
}


def happened_said(happening: Happening, starts_on: dt.date, words: Words) -> str:
    """
    Say what was told.

    Parameters
    ----------
    happening
        Its seconds count from the beginning of `starts_on`.
    starts_on
        First day of the plan.
    words
        The reader's language.
    """
    if happening.kind == "season":
        return words.say(_SEASONS[happening.season or "dry"])
    if happening.kind == "urgent" and happening.deadline_s is None:
        return words.say("%(id)s is urgent", id=happening.id)
    start, end = _span(happening, starts_on, words)
    return words.say(
        _TOLD[happening.kind],
        id=happening.id,
        visit=happening.visit_id or happening.id,
        lodging=happening.id,
        moment=_moment(happening.deadline_s, starts_on, words),
        start=start,
        end=end,
        delay=words.duration(happening.delay_s or 0),
        day=_day(starts_on + dt.timedelta(days=happening.day or 0), words),
    )


def _span(happening: Happening, starts_on: dt.date, words: Words) -> tuple[str, str]:
    """Say from when to when, by days alone where they are whole ones."""
    from_s, to_s = happening.from_s or 0, happening.to_s or 0
    if from_s % DAY_S == 0 == to_s % DAY_S:
        first, last = (starts_on + dt.timedelta(seconds=s) for s in (from_s, to_s - DAY_S))
        return _day(first, words), _day(last, words)
    return _moment(from_s, starts_on, words), _moment(to_s, starts_on, words)


def _moment(seconds: int | None, starts_on: dt.date, words: Words) -> str:
    # The clock on the wall: a plan's days are as long as its seconds say.
    moment = dt.datetime.combine(starts_on, dt.time()) + dt.timedelta(seconds=seconds or 0)
    return f"{_day(moment.date(), words)}, {words.clock(moment)}"


def _day(date: dt.date, words: Words) -> str:
    return f"{words.weekday(date)} {words.short_date(date)}"
