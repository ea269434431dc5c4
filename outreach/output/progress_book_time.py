"""The workbook's sheets about what came between, and about plan and actual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.output.coverage_cells import HUNDREDTHS, RUPIAH, SEASONS, SHARE, TENTHS, WHOLE
from outreach.output.progress_actual import VERDICTS
from outreach.output.progress_cells import Sheet, date_format
from outreach.output.progress_happened import happened_said
from outreach.output.sheets import Column
from outreach.units import HOUR_S, MINUTE_S

if TYPE_CHECKING:
    from outreach.output.progress_facts import Facts


def interruptions_table(facts: Facts) -> Sheet:
    """Give each change of a plan: what was told, and what it displaced."""
    words = facts.words
    return Sheet(
        name=Message("What came between"),
        columns=(
            Column(head=words.say("told on"), width=14, format=date_format(words)),
            Column(head=words.say("at"), width=9, format="hh:mm"),
            Column(head=words.say("what happened"), width=80),
            Column(head=words.say("moved"), width=10, format=WHOLE),
            Column(head=words.say("new"), width=9, format=WHOLE),
            Column(head=words.say("displaced"), width=10, format=WHOLE),
            Column(head=words.say("who was displaced"), width=40),
            Column(head=words.say("past the deadline"), width=12, format=WHOLE),
            Column(head=words.say("more riding (min)"), width=12, format=WHOLE),
            Column(head=words.say("more cost"), width=14, format=RUPIAH),
        ),
        rows=tuple(
            (
                x.at.date(),
                x.at.time().replace(tzinfo=None),
                "; ".join(happened_said(told, x.starts_on, words) for told in x.happened),
                x.n_moved,
                x.n_new,
                x.n_fell_out,
                ", ".join(x.fell_out) or None,
                x.n_late,
                round(x.riding_s / MINUTE_S),
                x.cost_idr,
            )
            for x in facts.accounts.interruptions
        ),
    )


def punctuality_table(facts: Facts) -> Sheet:
    """Give how visits began against the plan, by team."""
    words = facts.words
    rows = (
        (
            x.team_id,
            x.punctuality.n_done,
            x.punctuality.n_timed,
            x.punctuality.n_on_time,
            x.punctuality.share_on_time,
            x.punctuality.n_early,
            x.punctuality.n_late,
            None
            if x.punctuality.median_late_s is None
            else round(x.punctuality.median_late_s / MINUTE_S),
        )
        for x in facts.accounts.by_team_punctuality
    )
    return Sheet(
        name=Message("Beginnings of visits"),
        columns=(
            Column(head=words.say("team"), width=18),
            Column(head=words.say("made"), width=12, format=WHOLE),
            Column(head=words.say("with a time"), width=12, format=WHOLE),
            Column(head=words.say("on time"), width=12, format=WHOLE),
            Column(head=words.say("share on time"), width=12, format=SHARE),
            Column(head=words.say("earlier"), width=12, format=WHOLE),
            Column(head=words.say("later"), width=12, format=WHOLE),
            Column(head=words.say("later by (median, min)"), width=16, format=WHOLE),
        ),
        rows=tuple(rows),
    )


def legs_table(facts: Facts) -> Sheet:
    """Give riding times, planned and real, between kinds of place."""
    words = facts.words
    return Sheet(
        name=Message("Rides"),
        columns=(
            Column(head=words.say("from"), width=40),
            Column(head=words.say("to"), width=40),
            Column(head=words.say("rides"), width=10, format=WHOLE),
            Column(head=words.say("planned (hours)"), width=14, format=TENTHS),
            Column(head=words.say("real (hours)"), width=14, format=TENTHS),
            Column(head=words.say("took (median, × plan)"), width=16, format=HUNDREDTHS),
        ),
        rows=tuple(
            (
                *facts.leg(x),
                x.n,
                x.planned_s / HOUR_S,
                x.real_s / HOUR_S,
                x.median_ratio,
            )
            for x in facts.accounts.riding.legs
        ),
    )


def speeds_table(facts: Facts) -> Sheet:
    """Give the evidence on each speed, and the figure of outreach.toml that it is about."""
    words = facts.words
    return Sheet(
        name=Message("Speeds"),
        columns=(
            Column(head=words.say("kind of road"), width=20),
            Column(head=words.say("surface"), width=16),
            Column(head=words.say("season"), width=16),
            Column(head=words.say("rides"), width=9, format=WHOLE),
            Column(head=words.say("between so many places"), width=13, format=WHOLE),
            Column(head=words.say("days"), width=9, format=WHOLE),
            Column(head=words.say("kilometres"), width=12, format=TENTHS),
            Column(head=words.say("km/h now"), width=11, format=TENTHS),
            Column(head=words.say("km/h suggested"), width=13, format=TENTHS),
            Column(head=words.say("time against the plan"), width=13, format=HUNDREDTHS),
            Column(head=words.say("at least"), width=11, format=HUNDREDTHS),
            Column(head=words.say("at most"), width=11, format=HUNDREDTHS),
            Column(head=words.say("getting going (s)"), width=13, format=WHOLE),
            Column(head=words.say("what it says"), width=26),
            Column(head=words.say("figure of outreach.toml"), width=40),
            Column(head=words.say("would be"), width=11, format=TENTHS),
        ),
        rows=tuple(
            (
                x.highway,
                x.surface,
                words.say(SEASONS[x.season]),
                x.n_legs,
                x.n_pairs,
                x.n_days,
                x.distance_km,
                x.now_kph,
                x.suggested_kph,
                x.ratio,
                x.ratio_low,
                x.ratio_high,
                x.start_s,
                words.say(VERDICTS[x.verdict]),
                x.key,
                x.key_kph,
            )
            for x in facts.accounts.speeds
        ),
    )
