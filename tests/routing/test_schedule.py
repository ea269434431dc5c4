"""Times along a day."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import assume, given, settings

from outreach.model import TimeWindow
from outreach.routing.problem import Break
from outreach.routing.schedule import schedule
from outreach.units import DAY_S, HOUR_S
from tests.routing.problems import Rest, Road, need, problem, shift, worker
from tests.routing.strategies import days_with_breaks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.routing.problem import Problem, Requirement, Shift
    from outreach.routing.schedule import Timetable

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


LUNCH = Rest(12, 13)
FAR = Road({"base": 0.0, "a": 20.0, "b": 40.0, "far": 120.0}, kph=40.0)


def open_from(opens_h: float, closes_h: float) -> tuple[TimeWindow, ...]:
    """Make one window, in hours."""
    return (TimeWindow(opens_s=round(opens_h * HOUR_S), closes_s=round(closes_h * HOUR_S)),)


def hours(day: Timetable | None) -> list[tuple[str, float, float]]:
    """Give the breaks of a day, in hours."""
    assert day is not None
    return [(p.break_id, p.starts_s / HOUR_S, p.ends_s / HOUR_S) for p in day.pauses]


def test_a_break_interrupts_a_long_leg() -> None:
    """Three hours there from ten: at twelve an hour by the roadside, and there at two."""
    rested = shift(0, starts_h=10, ends_h=20, rests=(LUNCH,))
    day = schedule(problem(FAR, (need("far"),), (worker(),)), rested, "base", "base", ("far/1",))
    assert day is not None
    assert (day.leaves_s, day.visits[0].arrives_s) == (10 * HOUR_S, 14 * HOUR_S)
    assert day.arrives_s == 18 * HOUR_S
    assert day.riding_s == 6 * HOUR_S
    assert hours(day) == [("lunch", 12, 13)]


def test_a_break_whose_whole_time_lies_within_a_leg_costs_no_more_than_its_length() -> None:
    """From a at eleven three hours to the far end: nobody waits at a until the break opens."""
    world = problem(FAR, (need("a", service_s=5 * HOUR_S // 2), need("far")), (worker(),))
    rested = shift(0, ends_h=20, rests=(Rest(11.5, 12),))
    day = schedule(world, rested, "base", "base", ("a/1", "far/1"))
    assert day is not None
    # a from half past eight to eleven, two and a half hours of riding, one of rest.
    assert day.visits[1].arrives_s == 14.5 * HOUR_S
    assert hours(day) == [("lunch", 11.5, 12.5)]


def test_a_break_falls_into_the_wait_at_a_door() -> None:
    """B opens at one: who leaves a at half past eleven rests from twelve at b for nothing."""
    needs = (need("a", service_s=3 * HOUR_S), need("b", windows=open_from(13, 15)))
    day = schedule(
        problem(FAR, needs, (worker(),)), shift(0, rests=(LUNCH,)), "base", "base", ("a/1", "b/1")
    )
    assert day is not None
    assert (day.visits[1].arrives_s, day.visits[1].starts_s) == (12 * HOUR_S, 13 * HOUR_S)
    assert hours(day) == [("lunch", 12, 13)]


def test_a_break_waits_for_the_door_rather_than_for_the_break_to_open() -> None:
    """Open since half past eleven, it is still taken at b's closed door, where it costs nothing."""
    needs = (need("a", service_s=3 * HOUR_S), need("b", windows=open_from(13, 15)))
    rested = shift(0, rests=(Rest(11, 13),))
    day = schedule(problem(FAR, needs, (worker(),)), rested, "base", "base", ("a/1", "b/1"))
    assert day is not None
    assert day.visits[1].arrives_s == 12 * HOUR_S
    assert hours(day) == [("lunch", 12, 13)]


def test_a_break_is_taken_before_a_visit_that_would_last_beyond_it() -> None:
    """A is reached at eleven and takes three hours: the break has to be over before."""
    day = schedule(
        problem(FAR, (need("a", service_s=3 * HOUR_S), need("b")), (worker(),)),
        shift(0, starts_h=9, ends_h=18, rests=(LUNCH,)),
        "base",
        "base",
        ("b/1", "a/1"),
    )
    assert day is not None
    # b from ten to eleven, half an hour to a, the break from twelve to one, a until four.
    assert [v.starts_s / HOUR_S for v in day.visits] == [10, 13]
    assert day.arrives_s == 16.5 * HOUR_S


def test_the_order_decides_whether_a_break_fits() -> None:
    """Short first, the long visit has to wait for the break, and ends after the shift."""
    needs = (need("a", service_s=3 * HOUR_S), need("b"))
    world, day = problem(FAR, needs, (worker(),)), shift(0, rests=(LUNCH,), starts_h=9, ends_h=16)
    assert schedule(world, day, "base", "base", ("b/1", "a/1")) is None
    long_first = schedule(world, day, "base", "base", ("a/1", "b/1"))
    # a from half past nine to half past twelve, an hour of rest, half an hour to b.
    assert hours(long_first) == [("lunch", 12.5, 13.5)]


def test_a_break_whose_time_a_visit_swallows_forbids_the_day() -> None:
    """Friday prayer at a quarter to twelve, and a service that no hour around it leaves free."""
    world = problem(
        FAR, (need("a", service_s=3 * HOUR_S, windows=open_from(9.25, 11)),), (worker(),)
    )
    prayer = Rest(11.75, 12, 0.75, "prayer")
    assert schedule(world, shift(0, ends_h=20, rests=(prayer,)), "base", "base", ("a/1",)) is None
    early = schedule(
        problem(FAR, (need("a", service_s=3 * HOUR_S, windows=open_from(8, 11)),), (worker(),)),
        shift(0, ends_h=20, rests=(prayer,)),
        "base",
        "base",
        ("a/1",),
    )
    # From half past eight to half past eleven, and home by twelve: no need to stop on the way.
    assert hours(early) == []


def test_friday_prayer_is_kept_on_the_way() -> None:
    """Done at half past eleven at b, an hour from home: the ride stops at a quarter to twelve."""
    world = problem(FAR, (need("b", service_s=5 * HOUR_S // 2),), (worker(),))
    prayer = Rest(11.75, 12, 0.75, "prayer")
    day = schedule(world, shift(0, rests=(prayer,)), "base", "base", ("b/1",))
    assert hours(day) == [("prayer", 11.75, 12.5)]
    assert day is not None
    assert day.arrives_s == 13.25 * HOUR_S


def test_who_is_home_before_a_break_must_begin_needs_none() -> None:
    """Home at one, when the break may still begin, the team rests there."""
    world = problem(FAR, (need("b", service_s=3 * HOUR_S),), (worker(),))
    day = schedule(world, shift(0, rests=(LUNCH,)), "base", "base", ("b/1",))
    assert hours(day) == []
    assert day is not None
    assert day.arrives_s == 13 * HOUR_S


def test_who_sets_out_after_a_break_has_rested_at_home() -> None:
    """For a door that opens at two the team leaves at half past one, and no break is shown."""
    world = problem(FAR, (need("a", windows=open_from(14, 15)),), (worker(),))
    day = schedule(world, shift(0, rests=(LUNCH,)), "base", "base", ("a/1",))
    assert hours(day) == []
    assert day is not None
    assert (day.leaves_s, day.arrives_s) == (13.5 * HOUR_S, 15.5 * HOUR_S)


def test_who_must_leave_during_a_break_rests_at_the_door() -> None:
    """An hour to b, which opens at one: too far to rest at home, so they leave at eleven."""
    world = problem(FAR, (need("b", windows=open_from(13, 15)),), (worker(),))
    day = schedule(world, shift(0, rests=(LUNCH,)), "base", "base", ("b/1",))
    assert hours(day) == [("lunch", 12, 13)]
    assert day is not None
    assert (day.leaves_s, day.visits[0].arrives_s) == (11 * HOUR_S, 12 * HOUR_S)


def test_a_day_takes_both_of_its_breaks() -> None:
    """Lunch after a, prayer after b; each delays the rest of the day by its length."""
    rests = (LUNCH, Rest(15, 15.5, 0.25, "prayer"))
    needs = (need("a", service_s=4 * HOUR_S), need("b", service_s=3 * HOUR_S // 2))
    day = schedule(
        problem(FAR, needs, (worker(),)),
        shift(0, ends_h=17, rests=rests),
        "base",
        "base",
        ("a/1", "b/1"),
    )
    assert hours(day) == [("lunch", 12.5, 13.5), ("prayer", 15.5, 15.75)]
    assert day is not None
    assert day.arrives_s == 16.75 * HOUR_S


def test_a_travel_day_rests_by_the_roadside() -> None:
    """Six hours of road without a visit from eight: at noon an hour's rest, there at three."""
    world = problem(Road({"base": 0.0, "inn": 240.0}), (), (worker(),))
    day = schedule(world, shift(0, rests=(LUNCH,)), "base", "inn", ())
    assert hours(day) == [("lunch", 12, 13)]
    assert day is not None
    assert (day.leaves_s, day.arrives_s) == (8 * HOUR_S, 15 * HOUR_S)


def test_a_break_may_push_the_day_over_the_end_of_the_shift() -> None:
    """Home at four without the break, at five with it; the shift ends at half past four."""
    world = problem(FAR, (need("a", service_s=3 * HOUR_S), need("b", service_s=3 * HOUR_S)), ())
    tight = shift(0, ends_h=16.5)
    order = ("a/1", "b/1")
    assert schedule(world, tight, "base", "base", order) is not None
    rested = replace(tight, breaks=(LUNCH.on(0),))
    assert schedule(world, rested, "base", "base", order) is None


def earliest(
    shift: Shift,
    legs: Sequence[int],
    needs: Sequence[Requirement],
    *,
    leaves_s: int = 0,
    first_s: int = DAY_S,
    first_taken: int = 0,
) -> int | None:
    """
    Find the earliest end of a day by trying every second to wait, ride, rest or serve.

    The team leaves home at `leaves_s` at the earliest, and the first service begins by `first_s`,
    with `first_taken` breaks behind the team.
    """
    reached = {(shift.starts_s, 0, 0, 0)}
    stack = list(reached)
    best: int | None = None
    while stack:
        now_s, leg, ridden, taken = stack.pop()
        if now_s > shift.ends_s:
            continue
        steps = [(now_s + 1, leg, ridden, taken)]
        is_there = ridden == legs[leg]
        if not is_there and (now_s >= leaves_s or (leg, ridden) > (0, 0)):
            steps.append((now_s + 1, leg, ridden + 1, taken))
        if taken < len(shift.breaks):
            rest = shift.breaks[taken]
            if rest.opens_s <= now_s <= rest.closes_s:
                steps.append((now_s + rest.length_s, leg, ridden, taken + 1))
        if is_there and leg < len(needs):
            in_time = leg > 0 or (leaves_s <= now_s <= first_s and taken >= first_taken)
            doors = [(w.opens_s, w.closes_s) for w in needs[leg].windows]
            if in_time and (not doors or any(a <= now_s <= b for a, b in doors)):
                steps.append((now_s + needs[leg].service_s, leg + 1, 0, taken))
        is_over = is_there and leg == len(needs)
        if is_over and all(now_s <= rest.closes_s for rest in shift.breaks[taken:]):
            best = now_s if best is None else min(best, now_s)
        stack += set(steps) - reached
        reached.update(steps)
    return best


@given(day=days_with_breaks())
@settings(max_examples=300, deadline=None)
def test_no_way_to_place_the_breaks_ends_the_day_earlier(
    day: tuple[Problem, tuple[str, ...]],
) -> None:
    """Trying every second of the day finds the same end, or none either."""
    world, visit_ids = day
    shift_ = world.teams[0].shifts[0]
    needs, legs = of_day(world, visit_ids)
    found = schedule(world, shift_, "base", "base", visit_ids)
    assert (found and found.arrives_s) == earliest(shift_, legs, needs)


def of_day(world: Problem, visit_ids: Sequence[str]) -> tuple[list[Requirement], list[int]]:
    """Give the requirements and the legs of a day."""
    needs = [world.visit[v][0] for v in visit_ids]
    places = ["base", *(n.place_id for n in needs), "base"]
    legs = [world.riding_s(a, b) for a, b in pairwise(places)]
    return needs, [leg for leg in legs if leg is not None]


@given(day=days_with_breaks())
@settings(max_examples=300, deadline=None)
def test_the_breaks_lie_where_they_may(day: tuple[Problem, tuple[str, ...]]) -> None:
    """On the road or at a door, in their own time, never in a service; none is forgotten."""
    world, visit_ids = day
    shift_ = world.teams[0].shifts[0]
    found = schedule(world, shift_, "base", "base", visit_ids)
    assume(found is not None)
    assert found is not None
    _, legs = of_day(world, visit_ids)
    shown = {p.break_id: p for p in found.pauses}
    arrivals = [*(v.arrives_s for v in found.visits), found.arrives_s]
    departures = [found.leaves_s, *(v.departs_s for v in found.visits)]
    for departs_s, arrives_s, leg_s in zip(departures, arrivals, legs, strict=True):
        on_it = [p for p in found.pauses if departs_s <= p.starts_s < arrives_s]
        assert all(p.ends_s <= arrives_s for p in on_it)
        assert departs_s + leg_s + sum(p.ends_s - p.starts_s for p in on_it) == arrives_s
    for visit in found.visits:
        assert all(
            p.ends_s <= visit.starts_s or p.starts_s >= visit.departs_s for p in found.pauses
        )
    at_home_s = shift_.starts_s
    for rest in shift_.breaks:
        pause = shown.get(rest.id)
        if pause is not None:
            assert rest.opens_s <= pause.starts_s <= rest.closes_s
            assert pause.ends_s - pause.starts_s == rest.length_s
        elif found.arrives_s > rest.closes_s:
            at_home_s = max(at_home_s, rest.opens_s) + rest.length_s
            assert at_home_s <= found.leaves_s


@given(day=days_with_breaks())
@settings(max_examples=300, deadline=None)
def test_nobody_leaves_home_earlier_than_needed(
    day: tuple[Problem, tuple[str, ...]],
) -> None:
    """A second later, the first visit would be late, or begin with fewer breaks behind it."""
    world, visit_ids = day
    shift_ = world.teams[0].shifts[0]
    found = schedule(world, shift_, "base", "base", visit_ids)
    assume(found is not None and visit_ids)
    assert found is not None
    needs, legs = of_day(world, visit_ids)
    first = found.visits[0]
    needed = [b for b in shift_.breaks if b.closes_s < found.arrives_s]
    later = [p for p in found.pauses if p.starts_s >= first.departs_s]
    known = {"first_s": first.starts_s, "first_taken": len(needed) - len(later)}
    assert earliest(shift_, legs, needs, leaves_s=found.leaves_s, **known) == found.arrives_s
    assert earliest(shift_, legs, needs, leaves_s=found.leaves_s + 1, **known) != found.arrives_s


@given(day=days_with_breaks())
@settings(max_examples=100, deadline=None)
def test_breaks_after_the_shift_change_nothing(day: tuple[Problem, tuple[str, ...]]) -> None:
    """Where none can be due, the times are those of a day without breaks."""
    world, visit_ids = day
    plain = replace(world.teams[0].shifts[0], breaks=())
    after = Break(id="late", opens_s=plain.ends_s, closes_s=plain.ends_s + 1, length_s=1)
    assert schedule(world, plain, "base", "base", visit_ids) == schedule(
        world, replace(plain, breaks=(after,)), "base", "base", visit_ids
    )
