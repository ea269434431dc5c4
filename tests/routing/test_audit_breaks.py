"""The audit of breaks: each taken in time, where it can be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings

from outreach.routing.schedule import schedule
from outreach.units import HOUR_S
from tests.routing.by_hand import plan_of, ride, told
from tests.routing.problems import Rest, Road, need, problem, worker
from tests.routing.strategies import days_with_breaks

if TYPE_CHECKING:
    from outreach.model import DayRoute
    from outreach.routing.problem import Problem

LUNCH = Rest(12, 13)
PRAYER = Rest(13.25, 14, 0.25, "prayer")


def world(*rests: Rest) -> Problem:
    """Make a worker, a for three hours half an hour from the base, b as far again for one."""
    return problem(
        Road({"base": 0.0, "a": 20.0, "b": 40.0}),
        (need("a", service_s=3 * HOUR_S), need("b")),
        (worker(rests=rests),),
    )


def day(
    *pauses: tuple[str, float, float], b: tuple[float, float] = (12, 13), home_h: float = 15
) -> DayRoute:
    """Ride to a from eight, on to b at twelve and home at three."""
    return ride(
        world(),
        "w",
        [("a/1", 8.5), ("b/1", *b)],
        leaves_h=8,
        home_h=home_h,
        pauses=pauses,
    )


@pytest.mark.parametrize(
    ("rests", "route"),
    [
        ((), day()),
        ((LUNCH,), day(("lunch", 12, 13))),
        ((LUNCH, PRAYER), day(("lunch", 12, 13), ("prayer", 14, 14.25), home_h=15.25)),
        # On the road to b, which is reached an hour later.
        ((Rest(11.75, 13),), day(("lunch", 11.75, 12.75), b=(13, 13))),
        # Home by the time at which the break must have begun.
        ((Rest(14, 15),), day()),
    ],
)
def test_breaks_taken_in_time_are_sound(rests: tuple[Rest, ...], route: DayRoute) -> None:
    """At a closed door, after a visit, on the road, or at home."""
    assert told(world(*rests), plan_of(world(), route)) == []


@pytest.mark.parametrize(
    ("rests", "route", "said"),
    [
        ((LUNCH,), day(), "lunch is due on the road, and is not taken"),
        ((Rest(14, 14.99),), day(), "lunch is due on the road, and is not taken"),
        ((Rest(12.5, 13),), day(("lunch", 12, 13)), "lunch begins outside its time"),
        ((Rest(11, 11.5),), day(("lunch", 12, 13)), "lunch begins outside its time"),
        ((Rest(12, 13, 0.75),), day(("lunch", 12, 13)), "lunch is shorter or longer"),
        ((Rest(12, 13, 1.25),), day(("lunch", 12, 13)), "lunch is shorter or longer"),
        ((LUNCH,), day(("lunch", 12.5, 13.5)), "lunch falls into a visit"),
        ((), day(("tea", 12, 13)), "tea is no break of that day"),
        (
            (LUNCH,),
            day(("lunch", 12, 13), ("lunch", 13, 14), b=(12, 14), home_h=16),
            "lunch is taken more than once",
        ),
        (
            (LUNCH, PRAYER),
            day(("lunch", 12.5, 13.5), ("prayer", 13.25, 13.5), b=(12, 13.5), home_h=15.5),
            "lunch and prayer overlap",
        ),
    ],
)
def test_a_broken_break_is_told(rests: tuple[Rest, ...], route: DayRoute, said: str) -> None:
    """Each fault is named once, and nothing else is."""
    assert told(world(*rests), plan_of(world(), route)) == [("break", said)]


def test_a_break_on_the_road_takes_its_time() -> None:
    """Half an hour of road from half past eleven, an hour of rest on it: not there at twelve."""
    route = day(("lunch", 11.5, 12.5))
    assert told(world(Rest(11.5, 13)), plan_of(world(), route)) == [
        ("time", "is at b before it can be there")
    ]


@pytest.mark.parametrize(
    ("rests", "leaves_h", "is_sound"),
    [
        ((LUNCH,), 13, True),
        ((LUNCH,), 12.75, False),
        ((LUNCH, PRAYER), 13.5, True),
        ((LUNCH, PRAYER), 13.25, False),
        # Lunch at home lasts until half past one, when the prayer is over.
        ((Rest(12, 12.5, 1.5), Rest(12.75, 13, 0.25, "prayer")), 13.75, False),
    ],
)
def test_a_break_before_setting_out_is_taken_at_home(
    rests: tuple[Rest, ...], leaves_h: float, *, is_sound: bool
) -> None:
    """Nobody has to show it, but there must have been the time for it."""
    route = ride(world(), "w", [("b/1", leaves_h + 1)], leaves_h=leaves_h, home_h=leaves_h + 3)
    needs = problem(Road({"base": 0.0, "b": 40.0}), (need("b"),), (worker(rests=rests, ends_h=18),))
    rules = {rule for rule, _ in told(needs, plan_of(needs, route))}
    assert rules == (set() if is_sound else {"break"})


@given(day=days_with_breaks())
@settings(max_examples=200, deadline=None)
def test_what_the_schedule_says_passes(day: tuple[Problem, tuple[str, ...]]) -> None:
    """The breaks that the schedule puts into a day are those that the audit wants."""
    rested, visit_ids = day
    timed = schedule(rested, rested.teams[0].shifts[0], "base", "base", visit_ids)
    assume(timed is not None)
    assert timed is not None
    route = ride(
        rested,
        "w",
        [(v.visit_id, v.arrives_s / HOUR_S, v.starts_s / HOUR_S) for v in timed.visits],
        leaves_h=timed.leaves_s / HOUR_S,
        home_h=timed.arrives_s / HOUR_S,
    )
    assert told(rested, plan_of(rested, replace(route, pauses=timed.pauses))) == []
