"""Whoever is due and was not met waits: since when, and why, can be worked out by hand."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from outreach.coverage.outcomes import outcomes
from outreach.coverage.waiting import waiting
from outreach.lineage import Happening
from outreach.units import DAY_S, HOUR_S
from tests.coverage.diary import MONDAY, loss, plan, revised, route, said, visit, week
from tests.coverage.world import NAN, child, frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.coverage.accounts_result import Overdue
    from outreach.layers.log import LogEntry
    from tests.coverage.diary import Week

SUNDAY = MONDAY + dt.timedelta(days=6)
BEFORE = MONDAY - dt.timedelta(days=10)


def overdue(
    weeks: Sequence[Week],
    log: Sequence[LogEntry] = (),
    *,
    until: dt.date = SUNDAY,
    caseload: Sequence[str] = ("a",),
    **changes: Any,
) -> tuple[Overdue, ...]:
    """Say who waits, of children who are due every week and were seen ten days ago."""
    rows = [child(who, 1, **({"last_visit": BEFORE} | changes)) for who in "ab"]
    found = outcomes(weeks, log, today=until + dt.timedelta(days=1))
    return waiting(frame(rows), set(caseload), weeks, found, log, until=until)


MADE = plan(route(visit("a", 1, "09:00")))


def test_due_a_week_after_the_last_visit() -> None:
    """Seen ten days before Monday, due three days before it: by Sunday nine days late."""
    (one,) = overdue([week(MADE)])
    assert (one.due_on, one.days) == (MONDAY - dt.timedelta(days=3), 9)
    assert (one.why, one.n_missed) == ("no_word", 0)


def test_whoever_was_met_does_not_wait() -> None:
    """Met on Tuesday; due again on the next one, and overdue from Wednesday on."""
    log = [said("a", 1)]
    assert overdue([week(MADE)], log) == ()
    tuesday = MONDAY + dt.timedelta(days=8)
    assert overdue([week(MADE)], log, until=tuesday) == ()
    (one,) = overdue([week(MADE)], log, until=tuesday + dt.timedelta(days=1))
    assert (one.due_on, one.days, one.why) == (tuesday, 1, "unplanned")


def test_the_table_knows_of_a_visit_that_no_log_has() -> None:
    """Met on Monday, by the table alone."""
    assert overdue([week(MADE)], last_visit=MONDAY) == ()


def test_what_the_table_says_of_later_days_hides_what_was_before() -> None:
    """Met after the period: when the visit before was, only the log can tell."""
    after = SUNDAY + dt.timedelta(days=1)
    assert overdue([week(MADE)], last_visit=after) == ()
    (one,) = overdue([week(MADE)], [said("a", -9, worker=None)], last_visit=after)
    assert one.days == 8


def test_the_day_that_was_agreed_on_counts() -> None:
    """Met on Tuesday, and the next time on Thursday already."""
    thursday = MONDAY + dt.timedelta(days=3)
    (one,) = overdue([week(MADE)], [said("a", 1, next_due=thursday)])
    assert (one.due_on, one.days) == (thursday, 3)


def test_several_times_a_week_is_due_after_a_week() -> None:
    """Three times a week, last seen ten days before Monday."""
    (one,) = overdue([week(MADE)], visits_per_week=3.0, every_days=NAN)
    assert one.days == 9


def test_a_first_contact_is_due_by_its_deadline() -> None:
    """Never seen, and to be seen by Thursday: three days late; once met, the deadline is over."""
    thursday = MONDAY + dt.timedelta(days=3)
    (one,) = overdue([week(MADE)], last_visit=None, deadline=thursday)
    assert (one.due_on, one.days) == (thursday, 3)
    assert overdue([week(MADE)], [said("a", 1)], last_visit=None, deadline=thursday) == ()


def test_whoever_was_never_seen_waits_since_the_first_plan() -> None:
    """No day is known, so the first day of the plan counts."""
    (one,) = overdue([week(MADE)], last_visit=None)
    assert (one.due_on, one.days) == (None, 6)


def test_an_urgent_case_has_its_own_deadline() -> None:
    """Told on Monday at ten, within a day; seen on the Sunday before, and not since."""
    call = Happening(
        kind="urgent", id="a", visit_id="a/u", at_s=10 * HOUR_S, deadline_s=DAY_S + 10 * HOUR_S
    )
    weeks = [week(MADE, revised(MADE, "10:00", call))]
    seen = MONDAY - dt.timedelta(days=1)
    (one,) = overdue(weeks, last_visit=seen)
    assert (one.due_on, one.days) == (MONDAY + dt.timedelta(days=1), 5)
    assert overdue(weeks, [said("a", 1)], last_visit=seen) == ()


def test_a_call_that_was_taken_back_presses_nobody() -> None:
    """Until Tuesday's midnight is until Tuesday; cancelled, it is until nothing."""
    call = Happening(kind="urgent", id="a", visit_id="a/u", at_s=HOUR_S, deadline_s=2 * DAY_S)
    off = Happening(kind="cancelled", id="a", visit_id="a/u", at_s=2 * HOUR_S)
    seen = MONDAY - dt.timedelta(days=1)
    (one,) = overdue([week(MADE, revised(MADE, "10:00", call))], last_visit=seen)
    assert one.due_on == MONDAY + dt.timedelta(days=1)
    assert overdue([week(MADE, revised(MADE, "10:00", call, off))], last_visit=seen) == ()


@pytest.mark.parametrize(
    ("state", "why"), [("not met", "not_met"), ("refused", "refused"), ("moved", "moved")]
)
def test_the_log_tells_why(state: Any, why: str) -> None:
    """The worker was there on Tuesday."""
    (one,) = overdue([week(MADE)], [said("a", 1, state)])
    assert (one.why, one.n_missed) == (why, 1)


def test_the_last_word_counts_and_all_are_counted() -> None:
    """Left out, not met, fell out, and then nobody was met beside the plan: four times."""
    first = plan(left_out=["a"])
    second = plan(route(visit("a", 1, "09:00")), week=1)
    third = plan(route(visit("a", 1, "09:00")), week=2)
    after = revised(plan(left_out=["a"], week=2), "08:00")
    weeks = [week(first), week(second), week(third, after)]
    log = [said("a", 1, "not met", week=1), said("a", 4, "not met", week=3)]
    (one,) = overdue(weeks, log[:1], until=MONDAY + dt.timedelta(days=20))
    assert (one.why, one.n_missed) == ("fell_out", 3)
    assert one.detail == loss("a").detail
    (one,) = overdue(weeks, log, until=MONDAY + dt.timedelta(days=27))
    assert (one.why, one.n_missed) == ("not_met", 4)


def test_what_was_missed_before_the_last_visit_is_forgotten() -> None:
    """Not met in week one, met in week two, left out in week four."""
    weeks = [week(MADE), week(plan(left_out=["a"], week=3))]
    log = [said("a", 1, "not met"), said("a", 1, week=1)]
    (one,) = overdue(weeks, log, until=MONDAY + dt.timedelta(days=27))
    assert (one.why, one.n_missed, one.days) == ("left_out", 1, 12)


def test_a_row_that_cannot_be_planned_waits_too() -> None:
    """It is in no table of good rows, and since the first plan nobody could go there."""
    made = plan(invalid=(loss("z", "invalid"),))
    (one,) = overdue([week(made)], caseload=["z"])
    assert (one.id, one.why, one.days, one.due_on) == ("z", "unusable", 6, None)


def test_the_next_day_in_a_plan_is_told() -> None:
    """Next week's plan has the visit on Wednesday."""
    weeks = [week(MADE), week(plan(route(visit("a", 2, "09:00")), week=1))]
    (one,) = overdue(weeks)
    assert one.planned_on == MONDAY + dt.timedelta(days=9)


def test_only_open_cases_wait_the_longest_first() -> None:
    """Both are due, one of them longer; a third is nobody's case."""
    weeks = [week(MADE)]
    assert overdue(weeks, caseload=[]) == ()
    found = overdue(weeks, [said("b", -1)], caseload=["a", "b"], every_days=3.0)
    assert [(one.id, one.days) for one in found] == [("a", 13), ("b", 4)]
