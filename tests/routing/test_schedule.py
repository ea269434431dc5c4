"""Times along a day."""

from __future__ import annotations

from outreach.model import TimeWindow
from outreach.routing.schedule import schedule
from outreach.units import HOUR_S
from tests.routing.problems import Road, need, problem, shift, worker

ROAD = Road({"base": 0.0, "a": 20.0, "b": 40.0}, kph=40.0)


def test_times_follow_from_riding_and_service() -> None:
    """Half an hour to a, an hour there, half an hour to b, an hour there, an hour home."""
    world = problem(ROAD, (need("a"), need("b")), (worker(),))
    day = schedule(world, shift(0), "base", "base", ("a/1", "b/1"))
    assert day is not None
    assert [v.starts_s / HOUR_S for v in day.visits] == [8.5, 10.0]
    assert day.arrives_s == 12 * HOUR_S
    assert day.riding_s == 2 * HOUR_S


def test_who_would_wait_sets_out_later() -> None:
    """A door that opens at eleven is reached at eleven, and the base left at half past ten."""
    late = need("a", windows=(TimeWindow(opens_s=11 * HOUR_S, closes_s=12 * HOUR_S),))
    day = schedule(problem(ROAD, (late,), (worker(),)), shift(0), "base", "base", ("a/1",))
    assert day is not None
    assert day.leaves_s == 10.5 * HOUR_S
    assert day.visits[0].arrives_s == day.visits[0].starts_s == 11 * HOUR_S


def test_the_second_window_serves_who_missed_the_first() -> None:
    """Open until nine and again from thirteen: after b it is the afternoon."""
    windows = (
        TimeWindow(opens_s=8 * HOUR_S, closes_s=9 * HOUR_S),
        TimeWindow(opens_s=13 * HOUR_S, closes_s=15 * HOUR_S),
    )
    world = problem(ROAD, (need("a", windows=windows), need("b")), (worker(),))
    day = schedule(world, shift(0), "base", "base", ("b/1", "a/1"))
    assert day is not None
    assert day.visits[1].arrives_s == 10.5 * HOUR_S
    assert day.visits[1].starts_s == 13 * HOUR_S


def test_a_closed_window_cannot_be_kept() -> None:
    """Whoever comes after the last door has closed has no timetable."""
    early = need("a", windows=(TimeWindow(opens_s=7 * HOUR_S, closes_s=8 * HOUR_S),))
    world = problem(ROAD, (early,), (worker(),))
    assert schedule(world, shift(0), "base", "base", ("a/1",)) is None


def test_the_shift_ends_the_day() -> None:
    """Two hours of riding and an hour of service do not fit into two and a half hours."""
    world = problem(ROAD, (need("b"),), (worker(),))
    assert schedule(world, shift(0, ends_h=10.5), "base", "base", ("b/1",)) is None
    assert schedule(world, shift(0, ends_h=11), "base", "base", ("b/1",)) is not None


def test_the_riding_limit_ends_the_day() -> None:
    """Two hours of riding are more than one and a half."""
    world = problem(ROAD, (need("b"),), (worker(),))
    assert schedule(world, shift(0, riding_h=1.5), "base", "base", ("b/1",)) is None
