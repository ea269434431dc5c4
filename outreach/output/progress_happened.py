"""What happened in a planned week, said in one line; of a closed road never where."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from outreach.output.coverage_cells import SEASONS

if TYPE_CHECKING:
    from outreach.lineage import Happening
    from outreach.output.words import Words


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
    who = happening.id
    match happening.kind:
        case "urgent":
            said = _urgent(happening, starts_on, words)
        case "absent":
            said = _absent(happening, starts_on, words)
        case "late":
            delay = words.duration(happening.delay_s or 0)
            said = words.say("%(worker)s is %(delay)s late", worker=who, delay=delay)
        case "cancelled":
            said = words.say("visit %(visit)s is cancelled", visit=happening.visit_id or who)
        case "lodging_full":
            night = _day(starts_on + dt.timedelta(days=happening.day or 0), words)
            said = words.say(
                "%(lodging)s has no bed in the night of %(day)s", lodging=who, day=night
            )
        case "road_closed":
            said = words.say("a road is closed")
        case "season":
            season = words.say(SEASONS[happening.season or "dry"])
            said = words.say("roads as in the %(season)s", season=season)
    return said


def _urgent(happening: Happening, starts_on: dt.date, words: Words) -> str:
    by = _moment(happening.deadline_s, starts_on, words)
    if by is None:
        return words.say("%(case)s is urgent", case=happening.id)
    return words.say(
        "%(case)s is urgent, to be visited by %(moment)s", case=happening.id, moment=by
    )


def _absent(happening: Happening, starts_on: dt.date, words: Words) -> str:
    start = _moment(happening.from_s, starts_on, words)
    end = _moment(happening.to_s, starts_on, words)
    if start is None or end is None:
        return words.say("%(worker)s is absent", worker=happening.id)
    return words.say(
        "%(worker)s is absent from %(start)s to %(end)s",
        worker=happening.id,
        start=start,
        end=end,
    )


def _moment(seconds: int | None, starts_on: dt.date, words: Words) -> str | None:
    if seconds is None:
        return None
    # The clock on the wall: a plan's days are as long as its seconds say.
    moment = dt.datetime.combine(starts_on, dt.time()) + dt.timedelta(seconds=seconds)
    return f"{_day(moment.date(), words)}, {words.clock(moment)}"


def _day(date: dt.date, words: Words) -> str:
    return f"{words.weekday(date)} {words.short_date(date)}"
