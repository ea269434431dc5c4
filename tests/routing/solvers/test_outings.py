"""Proposals of where to sleep, on the shortest tour through all cases."""

from __future__ import annotations

from dataclasses import replace

from outreach.routing.problem import Lodging, Night, Problem
from outreach.routing.solvers.outings import outings
from outreach.routing.solvers.trips import MOST_TRIPS, choose_trips
from outreach.units import HOUR_S
from tests.routing.problems import Road, need, problem, worker

LODGINGS = ("a-inn", "b-inn", "c-inn", "d-inn", "far-inn")
NIGHTS = (0, 1, 2, 3)


def world(*, may_be_home: bool = True) -> Problem:
    """
    Make a worker of five days, who may sleep anywhere, with a village of 12 hours' work.

    It lies 160 km away, four hours' ride at 40 km/h: with eight hours a day only whoever sleeps
    beside it gets there, works, and comes home, on three days with two nights at the far inn.
    """
    homes = ("base",) if may_be_home else ()
    nights = tuple(Night(day=d, place_ids=(*homes, *LODGINGS)) for d in NIGHTS)
    km = {"base": 0.0, "far-inn": 160.0, **{i: -9.0 * n for n, i in enumerate(LODGINGS[:4], 1)}}
    villages = {f"v{i}": 160.0 for i in range(4)}
    return problem(
        Road({**km, **villages}),
        tuple(need(v, service_s=3 * HOUR_S) for v in villages),
        (replace(worker(), nights=nights),),
        lodgings=tuple(Lodging(id=i, nights=NIGHTS, beds=1, cost_idr=0) for i in LODGINGS),
    )


def test_a_tour_is_begun_on_every_day_that_leaves_time_for_it() -> None:
    """
    Four times three hours beside the inn, four hours there and four back.

    A day holds the way and one village (seven hours), or two villages: there with one, one day
    of two, back with one, which is three days; in a week of five they begin on one of three.
    """
    made = world()
    choices = [*(n.place_ids for n in made.teams[0].nights), ("base",)]
    away = ("far-inn", "far-inn")
    assert list(outings(made, made.teams[0], choices, seed=0)) == [
        (*away, "base", "base", "base"),
        ("base", *away, "base", "base"),
        ("base", "base", *away, "base"),
    ]


def test_who_must_be_away_stays_at_the_last_lodging() -> None:
    """With no night at home the two days that are left over are spent beside the village."""
    made = world(may_be_home=False)
    choices = [*(n.place_ids for n in made.teams[0].nights), ("base",)]
    (way,) = outings(made, made.teams[0], choices, seed=0)
    assert way == ("far-inn",) * 4 + ("base",)


def test_nobody_is_sent_away_without_cases() -> None:
    """No case, no tour."""
    made = replace(world(), requirements=())
    choices = [*(n.place_ids for n in made.teams[0].nights), ("base",)]
    assert list(outings(made, made.teams[0], choices, seed=0)) == []


def test_trips_too_many_to_try_begin_with_tours() -> None:
    """Six places on four nights are 1,296 ways; the tour is among those that are tried."""
    made = world()
    assert len((*LODGINGS, "base")) ** len(NIGHTS) > MOST_TRIPS
    slept = {(route.day, route.sleeps_at) for route in choose_trips(made, seed=0)}
    assert sum(place == "far-inn" for _, place in slept) >= 2
