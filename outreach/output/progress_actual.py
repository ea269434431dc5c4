"""The section about plan and actual: beginnings, riding times, and what they say of speeds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.output.coverage_cells import SEASONS
from outreach.output.progress_facts import NOTHING, ratio_said
from outreach.output.report_parts import Column, Heading, Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outreach.coverage.actual_result import (
        EvidenceVerdict,
        LegRow,
        Punctuality,
        SpeedEvidence,
    )
    from outreach.output.progress_facts import Facts
    from outreach.output.report_parts import Part

_MOST_LEGS = 8
# Fewer rides than these may have had their own reasons.
_LEAST_RIDES = 3
VERDICTS: Mapping[EvidenceVerdict, Message] = {
    "slower": Message("slower than the table"),
    "faster": Message("faster than the table"),
    "agrees": Message("as in the table"),
    "few": Message("too few legs to tell"),
}


def actual(facts: Facts) -> Iterator[Part]:
    """Hold the plans against what the log says of times."""
    yield Heading(text=facts.words.say("Plan and actual"))
    yield from _punctual(facts)
    yield from _riding(facts)
    yield from _speeds(facts)


def _punctual(facts: Facts) -> Iterator[Part]:
    words, all_ = facts.words, facts.accounts.punctuality
    if not all_.n_timed:
        yield Text(
            text=words.say(
                "Whether visits began on time cannot be told: of the %(n)s planned visits made the"
                " log knows no beginning.",
                n=facts.number(all_.n_done),
            )
        )
        return
    yield Text(
        text=words.say(
            "The log knows when %(timed)s of the %(done)s planned visits made began: %(share)s of"
            " them at most %(within)s before or after the plan.",
            timed=facts.number(all_.n_timed),
            done=facts.number(all_.n_done),
            share=facts.share(all_.share_on_time),
            within=words.duration(all_.within_s),
        )
    )
    rows = [(row.team_id, row.punctuality) for row in facts.accounts.by_team_punctuality]
    cells = [_punctual_row(facts, name, told) for name, told in rows]
    if len(rows) > 1:
        cells.append(_punctual_row(facts, words.say("all"), all_))
    yield Table(
        caption=words.say("Beginnings of visits, by team"),
        columns=(
            Column(title=words.say("team"), align="left", width=1.6),
            Column(title=words.say("made")),
            Column(title=words.say("with a time")),
            Column(title=words.say("on time")),
            Column(title=words.say("share on time"), width=1.2),
            Column(title=words.say("earlier")),
            Column(title=words.say("later")),
            Column(title=words.say("later by (median)"), width=1.6),
        ),
        rows=tuple(cells),
        strong=(len(rows),) if len(rows) > 1 else (),
    )


def _punctual_row(facts: Facts, name: str, told: Punctuality) -> tuple[str, ...]:
    late_s = told.median_late_s
    return (
        name,
        facts.number(told.n_done),
        facts.number(told.n_timed),
        facts.number(told.n_on_time),
        facts.share(told.share_on_time),
        facts.number(told.n_early),
        facts.number(told.n_late),
        NOTHING if late_s is None else facts.minutes(late_s),
    )


def _riding(facts: Facts) -> Iterator[Part]:
    words, told = facts.words, facts.accounts.riding
    if not told.n_legs:
        yield Text(
            text=words.say(
                "How long rides took cannot be told: it needs two visits one after the other, of"
                " the first when it ended and of the second when it began."
            )
        )
        return
    yield Text(
        text=words.say(
            "%(n)s rides between two visits took %(real)s hours; planned were %(planned)s. The"
            " median took %(ratio)s as long as planned. Of %(untold)s others it cannot be told.",
            n=facts.number(told.n_legs),
            real=facts.hours(told.real_s),
            planned=facts.hours(told.planned_s),
            ratio=ratio_said(told.median_ratio, words),
            untold=facts.number(told.n_untold),
        )
    )
    late = [leg for leg in told.legs if leg.lost_s > 0 and leg.n >= _LEAST_RIDES]
    yield Table(
        caption=words.say("Rides that take longer than planned, the most time lost first"),
        columns=(
            Column(title=words.say("from"), align="left", width=3),
            Column(title=words.say("to"), align="left", width=3),
            Column(title=words.say("rides")),
            Column(title=words.say("planned (hours)"), width=1.2),
            Column(title=words.say("real (hours)"), width=1.2),
            Column(title=words.say("took (median)"), width=1.4),
        ),
        rows=tuple(_leg_row(facts, leg) for leg in late[:_MOST_LEGS]),
        notes=(
            words.say(
                "Only of at least %(n)s rides between the same areas; the workbook lists all.",
                n=facts.number(_LEAST_RIDES),
            ),
        ),
    )


def _leg_row(facts: Facts, leg: LegRow) -> tuple[str, ...]:
    return (
        *facts.leg(leg),
        facts.number(leg.n),
        facts.hours(leg.planned_s),
        facts.hours(leg.real_s),
        ratio_said(leg.median_ratio, facts.words),
    )


def _speeds(facts: Facts) -> Iterator[Part]:
    words = facts.words
    speeds = [row for row in facts.accounts.speeds if row.verdict != "few"]
    if facts.accounts.speeds and not speeds:
        yield Text(text=words.say("The rides are too few yet to say anything of the speed table."))
    yield Table(
        caption=words.say("What the rides say of the speed table"),
        columns=(
            Column(title=words.say("kind of road"), align="left", width=2.6),
            Column(title=words.say("season"), align="left", width=1.7),
            Column(title=words.say("rides")),
            Column(title=words.say("between so many places"), width=1.5),
            Column(title=words.say("km/h now"), width=1.3),
            Column(title=words.say("km/h suggested"), width=1.5),
            Column(title=words.say("time against the plan"), width=2.3),
            Column(title=words.say("what it says"), align="left", width=3),
        ),
        rows=tuple(_speed_row(facts, row) for row in speeds),
        notes=(
            words.say(
                "Time against the plan: how many minutes each planned minute on such a road took,"
                " with its interval of 95%%. Nothing is changed by itself."
            ),
            *_suggestions(facts),
        ),
    )


def _speed_row(facts: Facts, row: SpeedEvidence) -> tuple[str, ...]:
    words = facts.words
    ratio = NOTHING
    if math.isfinite(row.ratio):
        low, high = (words.number(x, 2) for x in (row.ratio_low, row.ratio_high))
        ratio = f"{ratio_said(row.ratio, words)} ({low}–{high})"
    suggested = NOTHING if row.suggested_kph is None else words.number(row.suggested_kph, 1)
    return (
        road_kind(row),
        words.say(SEASONS[row.season]),
        facts.number(row.n_legs),
        facts.number(row.n_pairs),
        words.number(row.now_kph, 1),
        suggested,
        ratio,
        words.say(VERDICTS[row.verdict]),
    )


def road_kind(row: SpeedEvidence) -> str:
    """Name a kind of road by the values of OpenStreetMap, which the speed table has too."""
    return row.highway if row.surface is None else f"{row.highway}, {row.surface}"


def _suggestions(facts: Facts) -> Iterator[str]:
    """Say what would have to be written where, for whoever agrees."""
    words = facts.words
    for row in facts.accounts.speeds:
        if row.key is not None and row.key_kph is not None:
            yield words.say(
                "If you agree, write into outreach.toml: %(key)s = %(kph)s (%(n)s rides on"
                " %(road)s).",
                key=row.key,
                kph=f"{row.key_kph:.1f}",
                n=facts.number(row.n_legs),
                road=road_kind(row),
            )
