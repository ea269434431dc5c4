"""Which visits fall due."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from outreach.routing.due import due_on, visits_every, visits_per_week

if TYPE_CHECKING:
    from outreach.routing.problem import Visit

MONDAY = dt.date(2026, 11, 30)
WORKDAYS = (0, 1, 2, 3, 4)


def every(
    n: int,
    *,
    last: int | None,
    deadline: int | None = None,
    horizon: int = 7,
    days: tuple[int, ...] = WORKDAYS,
    gap: int = 1,
) -> tuple[Visit, ...]:
    """Make visits every n days with dates as day numbers from Monday."""
    return visits_every(
        "c",
        n,
        days,
        starts_on=MONDAY,
        horizon_days=horizon,
        min_gap_days=gap,
        last_visit=None if last is None else MONDAY + dt.timedelta(days=last),
        deadline=None if deadline is None else MONDAY + dt.timedelta(days=deadline),
    )


def test_three_times_a_week_makes_three_visits_in_each_week() -> None:
    """A fortnight has six visits, each bound to its own week."""
    visits = visits_per_week("c", 3, (0, 1, 2, 7, 8, 9), horizon_days=14)
    assert [v.id for v in visits] == ["c/1", "c/2", "c/3", "c/4", "c/5", "c/6"]
    assert [v.days for v in visits] == [(0, 1, 2)] * 3 + [(7, 8, 9)] * 3


def test_who_was_never_seen_is_due_at_once() -> None:
    """Without a last visit the first day counts as due."""
    (visit,) = every(30, last=None)
    assert visit.days == WORKDAYS
    assert visit.overdue_days == 0


def test_overdue_days_are_counted() -> None:
    """Seen 44 days ago, due every 30: fourteen days overdue."""
    (visit,) = every(30, last=-44)
    assert visit.overdue_days == 14


def test_not_due_within_the_horizon_makes_no_visit() -> None:
    """Seen yesterday and due in a month, nothing falls into this week."""
    assert every(30, last=-1) == ()


def test_due_on_sunday_may_be_made_on_the_friday_before() -> None:
    """A fortnightly visit due on day 6 may come up to four days early."""
    (visit,) = every(14, last=-8)
    assert visit.days == (2, 3, 4)


def test_a_deadline_makes_a_visit_due() -> None:
    """A first contact by Wednesday is due although the rhythm would wait."""
    (visit,) = every(30, last=-1, deadline=2)
    assert visit.deadline_day == 2
    assert 2 in visit.days


def test_a_deadline_that_has_passed_stands_at_the_first_day() -> None:
    """What should have been done last week is most urgent on Monday."""
    (visit,) = every(30, last=None, deadline=-3)
    assert visit.deadline_day == 0
    assert visit.overdue_days == 3


def test_the_gap_counts_from_the_last_visit() -> None:
    """Seen on Sunday with two days between, Monday is too early."""
    (visit,) = every(7, last=-1, gap=2, days=(0, 1, 2, 3, 4, 6))
    assert 0 not in visit.days


def test_due_on_adds_the_interval() -> None:
    """Thirty days after the last visit."""
    assert due_on(30, dt.date(2026, 11, 1)) == dt.date(2026, 12, 1)


@given(
    n=st.integers(1, 40),
    last=st.none() | st.integers(-90, 0),
    horizon=st.integers(1, 28),
)
def test_visits_lie_in_the_horizon_and_in_order(n: int, last: int | None, horizon: int) -> None:
    """Every visit has its days inside the horizon, later visits later days."""
    visits = every(n, last=last, horizon=horizon, days=tuple(range(horizon)))
    assert all(0 <= d < horizon for v in visits for d in v.days)
    firsts = [v.days[0] for v in visits if v.days]
    assert firsts == sorted(firsts)
