"""The log and the plan of one morning: what one knows and the other does not."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from outreach.layers.happenings_logged import logged
from outreach.layers.log import LogEntry
from outreach.lineage import Figures, Happening, Revision
from outreach.model import DayRoute, Plan, Stop
from outreach.units import DAY_S, HOUR_S, MINUTE_S

if TYPE_CHECKING:
    from outreach.layers.log import State

MONDAY = dt.date(2026, 11, 30)
TUESDAY = dt.date(2026, 12, 1)
AT_S = DAY_S + 10 * HOUR_S + 20 * MINUTE_S
"""Tuesday, 10:20."""


def _stop(visit_id: str, day: int, hour: float) -> Stop:
    starts_s = round(day * DAY_S + hour * HOUR_S)
    return Stop(
        kind="visit",
        place_id=visit_id.partition("/")[0],
        visit_id=visit_id,
        beneficiary_id=visit_id.partition("/")[0],
        lon=103.6,
        lat=-1.6,
        arrives_s=starts_s,
        starts_s=starts_s,
        departs_s=starts_s + 30 * MINUTE_S,
    )


def _route(worker: str, day: int, *stops: Stop) -> DayRoute:
    return DayRoute(
        team_id=worker,
        worker_ids=(worker,),
        circuit_id=None,
        day=day,
        starts_from="office",
        sleeps_at="office",
        stops=stops,
        legs=(),
    )


PLAN = Plan(
    starts_at=dt.datetime(2026, 11, 30, tzinfo=dt.UTC),
    horizon_days=7,
    seed=0,
    season="dry",
    day_routes=(
        _route("w1", 0, _stop("A/1", 0, 9), _stop("B/1", 0, 10)),
        _route("w1", 1, _stop("C/1", 1, 9), _stop("D/1", 1, 14)),
        _route("w2", 2, _stop("A/2", 2, 9), _stop("E/1", 2, 11)),
    ),
)


def _entry(who: str, date: dt.date, state: State, **told: Any) -> LogEntry:
    return LogEntry(
        id=f"{who}-{date}-{state}-{told}", beneficiary_id=who, date=date, state=state, **told
    )


def _after(*happened: Happening, at_s: int) -> Plan:
    figures = Figures(n_moved=0, n_fell_out=0, n_new=0, n_late=0, riding_s=0, cost_idr=0, score_s=0)
    return replace(
        PLAN,
        revision=Revision(
            number=1,
            revises="",
            at_s=at_s,
            happened=happened,
            n_told=len(happened),
            changes=(),
            figures=figures,
        ),
    )


def _off(visit_id: str) -> Happening:
    who = visit_id.partition("/")[0]
    return Happening(kind="cancelled", at_s=AT_S, id=who, visit_id=visit_id)


def test_a_log_that_says_what_the_plan_says_tells_nothing() -> None:
    """Visited, refused, or not met before a later try: as planned."""
    entries = (
        _entry("A", MONDAY, "not met"),
        _entry("B", MONDAY, "done", begins_s=10 * HOUR_S),
        _entry("C", TUESDAY, "refused", begins_s=9 * HOUR_S),
        _entry("Z", TUESDAY, "done"),
    )
    assert logged(PLAN, entries, at_s=AT_S) == ()


def test_what_was_done_early_is_not_visited_again() -> None:
    """Two workers may tell of it; whoever has more visits to come loses the next one only."""
    entries = (
        _entry("D", TUESDAY, "done", begins_s=8 * HOUR_S, worker_id="w1"),
        _entry("D", TUESDAY, "done", begins_s=8 * HOUR_S, worker_id="w2"),
        _entry("E", MONDAY, "done"),
    )
    assert logged(PLAN, entries, at_s=AT_S) == (_off("E/1"), _off("D/1"))


def test_a_case_that_is_closed_or_gone_is_not_visited() -> None:
    """All that was still to come is off."""
    entries = (_entry("A", MONDAY, "closed"), _entry("E", TUESDAY, "moved"))
    assert logged(PLAN, entries, at_s=AT_S) == (_off("A/2"), _off("E/1"))


def test_who_was_not_met_is_still_due() -> None:
    """Once more in these days, unless another visit follows anyway."""
    entries = (_entry("B", MONDAY, "not met"), _entry("A", MONDAY, "not met"))
    assert logged(PLAN, entries, at_s=AT_S) == (Happening(kind="urgent", at_s=AT_S, id="B"),)


def test_whose_visit_ended_late_is_late() -> None:
    """By the last one today; by its begin where nothing tells its end; a little is on time."""
    late = _entry("C", TUESDAY, "done", begins_s=9 * HOUR_S + 20 * MINUTE_S)
    assert logged(PLAN, [late], at_s=AT_S) == (
        Happening(kind="late", at_s=AT_S, id="w1", delay_s=20 * MINUTE_S),
    )
    assert logged(PLAN, [late], at_s=AT_S, late={"w1"}) == ()
    little = _entry("C", TUESDAY, "done", ends_s=9 * HOUR_S + 35 * MINUTE_S)
    assert logged(PLAN, [little], at_s=AT_S) == ()
    yesterday = _entry("B", MONDAY, "done", ends_s=12 * HOUR_S)
    assert logged(PLAN, [yesterday], at_s=AT_S) == ()


def test_what_led_to_an_earlier_change_is_not_told_again() -> None:
    """Neither who was late then, nor what was taken off or put in because of the log."""
    entries = (
        _entry("A", MONDAY, "done"),
        _entry("B", MONDAY, "not met"),
        _entry("C", TUESDAY, "done", ends_s=9 * HOUR_S + 55 * MINUTE_S),
        _entry("E", MONDAY, "done"),
    )
    told = logged(PLAN, entries, at_s=AT_S)
    assert [one.kind for one in told] == ["urgent", "cancelled", "late"]
    assert logged(_after(*told, at_s=AT_S), entries, at_s=AT_S + MINUTE_S) == ()


def test_what_is_said_of_later_or_corrected_does_not_count() -> None:
    """An entry of this afternoon, of another week, or one that was mended."""
    wrong = _entry("D", TUESDAY, "done", begins_s=8 * HOUR_S)
    entries = (
        wrong,
        _entry("C", TUESDAY, "refused", corrects=wrong.id),
        _entry("E", TUESDAY, "done", begins_s=11 * HOUR_S),
        _entry("E", dt.date(2026, 11, 27), "closed"),
    )
    assert logged(PLAN, entries, at_s=AT_S) == ()
