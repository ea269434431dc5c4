"""One more visit: where it fits, what it costs, and what lacks for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.model import TimeWindow
from outreach.routing.days import Days, with_visit_at
from outreach.routing.insertion import (
    Insertion,
    cheapest_insertion,
    insert,
    insert_all,
    insertion_by_day,
)
from outreach.routing.matrix import TravelMatrix
from outreach.routing.problem import CostParams, Problem, Requirement, Visit, Weights
from outreach.routing.schedule import schedule
from outreach.units import HOUR_S, MINUTE_S
from tests.routing.problems import Rest, Road, circuit_world, need, problem, worker
from tests.routing.routes import days_with, route

FREE = Weights(unfairness_s=0)
"""So that prices are round figures; fairness has its own test."""


def cheapest(days: Days, visit_id: str) -> Insertion | None:
    """Find the cheapest insertion of a visit by its id."""
    return cheapest_insertion(days, *days.problem.visit[visit_id])


def found(days: Days, visit_id: str) -> Insertion:
    """Find it, where there must be one."""
    insertion = cheapest(days, visit_id)
    assert insertion is not None
    return insertion


def test_a_visit_goes_where_the_detour_is_shortest() -> None:
    """Behind 10 km and before 30 km the way to 20 km costs nothing."""
    road = Road({"base": 0.0, "a": 10.0, "b": 20.0, "c": 30.0})
    world = problem(road, (need("a"), need("b"), need("c")), (worker(),), weights=FREE)
    insertion = found(days_with(world, route("w", 2, "a/1", "c/1")), "b/1")
    assert (insertion.day, insertion.position) == (2, 1)
    assert insertion.riding_s == insertion.price_s == insertion.cost_idr == 0
    assert insertion.fits


def test_the_minutes_that_lack_are_the_fewest() -> None:
    """Five and four hours of service and 15 minutes of riding: 75 minutes more than eight hours."""
    cases = (
        need("a", service_s=5 * HOUR_S, days=((0,),)),
        need("b", service_s=4 * HOUR_S, days=((0,),)),
    )
    world = problem(Road({"base": 0.0, "a": 5.0, "b": 5.0}), cases, (worker(days=(0,)),))
    insertion = found(days_with(world, route("w", 0, "a/1")), "b/1")
    assert insertion.short_s == 75 * MINUTE_S
    assert not insertion.fits


def test_the_riding_limit_may_be_what_lacks() -> None:
    """30 km there and back are 90 minutes; with a limit of an hour half an hour lacks."""
    world = problem(Road({"base": 0.0, "a": 30.0}), (need("a"),), (worker(riding_h=1),))
    assert found(days_with(world), "a/1").short_s == HOUR_S // 2


def test_what_lacks_in_money_is_told_in_rupiah() -> None:
    """Rp 6,000 for 20 km, and 5,000 in the budget: 1,000 lack, and no time."""
    world = problem(
        Road({"base": 0.0, "a": 10.0}), (need("a"),), (worker(),), budget_idr={"w": 5000}
    )
    insertion = found(days_with(world), "a/1")
    assert (insertion.short_s, insertion.short_idr) == (0, 1000)


def test_the_budget_binds_over_all_days() -> None:
    """What Monday cost is no longer there on Tuesday."""
    world = problem(
        Road({"base": 0.0, "a": 10.0, "b": 10.0}),
        (need("a"), need("b", days=((1,),))),
        (worker(),),
        budget_idr={"w": 10_000},
    )
    assert found(days_with(world), "b/1").fits
    assert found(days_with(world, route("w", 0, "a/1")), "b/1").short_idr == 2000


def test_the_worker_who_has_least_left_decides() -> None:
    """Of two in a team, one has Rp 1,000 less than the way costs each of them."""
    world = problem(
        Road({"base": 0.0, "a": 10.0}),
        (need("a", n_workers=2),),
        (worker("team", worker_ids=("u", "w")),),
        budget_idr={"u": 5000, "w": 50_000},
    )
    assert found(days_with(world), "a/1").short_idr == 1000


def test_nobody_rides_with_two_teams_on_one_day() -> None:
    """On Monday u is with w; alone u may go on Tuesday."""
    world = problem(
        Road({"base": 0.0, "a": 5.0, "b": 5.0}),
        (need("a", n_workers=2), need("b", days=((0, 1),), worker_ids=("u",))),
        (worker("u"), worker("w"), worker("u+w", worker_ids=("u", "w"))),
    )
    insertion = found(days_with(world, route("u+w", 0, "a/1")), "b/1")
    # Beside the child on the way it rides anyway, rather than a day of its own.
    assert (insertion.team.id, insertion.day) == ("u+w", 0)
    alone = replace(world, teams=tuple(t for t in world.teams if t.id != "w"))
    by_day = insertion_by_day(days_with(alone, route("u+w", 0, "a/1")), *alone.visit["b/1"])
    assert set(by_day) == {("u", 1), ("u+w", 0), ("u+w", 1)}


def test_a_fixed_order_leaves_only_the_places_that_keep_it() -> None:
    """Second of three, though the first place would be the nearest."""
    road = Road({"base": 0.0, "a": 30.0, "b": 5.0, "c": 40.0, "z": 35.0})
    cases = tuple(need(c, order=("monday", i)) for i, c in enumerate("abc"))
    world = problem(road, (*cases, need("z")), (worker(ends_h=20),), weights=FREE)
    insertion = found(days_with(world, route("w", 0, "a/1", "z/1", "c/1")), "b/1")
    assert insertion.day != 0 or 1 <= insertion.position <= 2
    only = cheapest_insertion(
        days_with(world, route("w", 0, "a/1", "z/1", "c/1")),
        *world.visit["b/1"],
        team_days={("w", 0)},
    )
    assert only is not None
    assert 1 <= only.position <= 2


def test_a_broken_continuity_has_its_price() -> None:
    """Another is a little nearer; the worker whom the child knows goes all the same."""
    world = problem(
        Road({"home": 0.0, "base": 1.0, "a": 5.0}),
        (need("a", known_worker_id="u"),),
        (worker("u", base_id="home"), worker("w")),
        weights=FREE,
    )
    assert found(days_with(world), "a/1").team.id == "u"
    by_day = insertion_by_day(days_with(world), *world.visit["a/1"])
    # 8 km instead of 10: 720 s and Rp 2,400 at Rp 50,000 an hour, and the new face.
    assert by_day["w", 0].price_s == pytest.approx(720 + 172.8 + FREE.broken_continuity_s)


def test_a_missed_deadline_has_its_price() -> None:
    """A way that costs nothing on Tuesday is dearer than one within Monday's deadline."""
    cases = (need("a"), need("b", deadline_day=0))
    world = problem(Road({"base": 0.0, "a": 20.0, "b": 20.0}), cases, (worker(),))
    assert found(days_with(world, route("w", 1, "a/1")), "b/1").day == 0


def test_all_who_ride_along_are_counted() -> None:
    """Two workers on one motorbike: twice the riding, once the fuel."""
    world = problem(
        Road({"base": 0.0, "a": 10.0}),
        (need("a", n_workers=2),),
        (worker("team", worker_ids=("u", "w"), n_motorbikes=1),),
        weights=FREE,
    )
    insertion = found(days_with(world), "a/1")
    assert insertion.riding_s == 1800
    assert insertion.cost_idr == pytest.approx(3000)
    assert insertion.price_s == pytest.approx(2 * 1800 + 6000 * 3600 / 50_000)


def test_a_ferry_costs_each_time_it_is_boarded() -> None:
    """There and back over the river: two crossings of Rp 5,000."""
    world = problem(
        Road({"base": 0.0, "a": 10.0}, ferries_km=(5.0,)),
        (need("a"),),
        (worker(),),
        costs=CostParams(fuel_idr_per_km=0, ferry_idr=5000),
    )
    assert found(days_with(world), "a/1").cost_idr == 10_000


def test_who_has_worked_less_is_cheaper() -> None:
    """Both are as near; w already has a day of work, so u goes."""
    cases = (need("a", service_s=6 * HOUR_S), need("b"))
    world = problem(Road({"base": 0.0, "a": 5.0, "b": 5.0}), cases, (worker("u"), worker("w")))
    days = days_with(world, route("w", 0, "a/1"))
    by_day = insertion_by_day(days, *world.visit["b/1"])
    assert by_day["u", 1].price_s < by_day["w", 1].price_s


@pytest.mark.parametrize(
    ("rests", "short_s"),
    [((), 0), ((Rest(8, 9),), 15 * MINUTE_S), ((Rest(12, 13),), 14_850)],
)
def test_a_break_takes_its_time(rests: tuple[Rest, ...], short_s: int) -> None:
    """
    Seven hours of service and 15 minutes of way fit eight hours, but not with an hour's rest.

    Rest at eight ends at nine, home at a quarter past four; rest at noon is not within the visit,
    which then begins at one: at home 247½ minutes late.
    """
    road = Road({"base": 0.0, "a": 5.0})
    world = problem(road, (need("a", service_s=7 * HOUR_S),), (worker(rests=rests),))
    assert found(days_with(world), "a/1").short_s == short_s


def test_a_door_that_is_never_open_in_time_is_none() -> None:
    """No longer shift helps against a window before its start."""
    early = need("a", windows=(TimeWindow(opens_s=0, closes_s=7 * HOUR_S),))
    world = problem(Road({"base": 0.0, "a": 5.0}), (early,), (worker(),))
    assert cheapest(days_with(world), "a/1") is None


def test_a_circuit_that_is_ridden_takes_one_more() -> None:
    """On the way to the lodging, on the first of its two days."""
    world = circuit_world({"v": 20.0, "x": 30.0}, {"inn": 30.0})
    days = days_with(
        world,
        route("sad", 0, "x/1", ends=("base", "inn")),
        route("sad", 1, ends=("inn", "base")),
    )
    insertion = found(days, "v/1")
    assert (insertion.day, insertion.position, insertion.riding_s) == (0, 0, 0)


def test_all_that_fit_are_inserted_the_heaviest_first() -> None:
    """Room for two of three on one day: the one of least priority stays out."""
    cases = tuple(
        need(c, service_s=3 * HOUR_S, priority=p, days=((0,),))
        for c, p in (("a", 1.0), ("b", 2.0), ("c", 3.0))
    )
    world = problem(Road({"base": 0.0, "a": 5.0, "b": 5.0, "c": 5.0}), cases, (worker(),))
    assert set(insert_all(days_with(world), world.visit.values()).key_of) == {"b/1", "c/1"}


def test_what_costs_more_than_it_is_worth_is_not_inserted() -> None:
    """A priority of a hundredth is worth six minutes of riding, not fifteen."""
    world = problem(Road({"base": 0.0, "a": 5.0}), (need("a", priority=0.01),), (worker(),))
    assert insert_all(days_with(world), world.visit.values()).routes == {}


def test_an_insertion_into_other_days_is_refused() -> None:
    """Where the worker rides with another team by now, there is no route to put it in."""
    world = problem(
        Road({"base": 0.0, "a": 5.0, "b": 5.0}),
        (need("a"), need("b")),
        (worker("u"), worker("u+w", worker_ids=("u", "w"))),
    )
    insertion = found(days_with(world), "a/1")
    assert insertion.team.id == "u"
    with pytest.raises(ValueError, match="u has no route on day 0"):
        insert(days_with(world, route("u+w", 0, "b/1")), insertion, world.visit["a/1"][1])


def test_free_fuel_is_no_trouble_where_there_is_no_way() -> None:
    """An island in the same matrix, and nothing to pay for a kilometre."""
    world = problem(
        Road({"base": 0.0, "a": 10.0, "island": 20.0}),
        (need("a"), need("island")),
        (worker(),),
        costs=CostParams(fuel_idr_per_km=0),
    )
    whole = world.matrix
    cut = np.array([[a == b or "island" not in {a, b} for b in whole.ids] for a in whole.ids])
    shut = TravelMatrix(
        ids=whole.ids,
        duration_s=np.where(cut, whole.duration_s, np.inf),
        distance_m=np.where(cut, whole.distance_m, np.inf),
        walk_m=whole.walk_m,
    )
    days = days_with(replace(world, matrix=shut))
    assert found(days, "a/1").cost_idr == 0
    assert cheapest(days, "island/1") is None


@st.composite
def half_planned(draw: st.DrawFn) -> tuple[Problem, Days, Requirement, Visit]:
    """Draw children along a road, with windows and a lunch, most of them planned."""
    n = draw(st.integers(2, 6))
    km = {f"c{i}": float(draw(st.integers(-30, 30))) for i in range(n)}
    hours = st.integers(7, 15)
    cases = []
    for c in km:
        opens = sorted(draw(st.lists(hours, max_size=2, unique=True)))
        windows = tuple(
            TimeWindow(opens_s=h * HOUR_S, closes_s=(h + 1) * HOUR_S - 1) for h in opens
        )
        cases.append(need(c, service_s=draw(st.sampled_from((1800, 3600))), windows=windows))
    rests = draw(st.sampled_from(((), (Rest(11.5, 13),), (Rest(9, 9.5, 0.5), Rest(12, 13)))))
    world = problem(
        Road({"base": 0.0, **km}),
        tuple(cases),
        (worker("u", days=(0, 1), rests=rests), worker("w", days=(1,), ends_h=13)),
        budget_idr={"w": draw(st.integers(5000, 30_000))},
    )
    days = insert_all(days_with(world), list(world.visit.values())[:-1])
    return world, days, *world.visit[f"c{n - 1}/1"]


@given(half_planned())
@settings(max_examples=60, deadline=None)
def test_no_place_is_cheaper_than_the_cheapest(
    drawn: tuple[Problem, Days, Requirement, Visit],
) -> None:
    """Tried one by one on the clock, no place lacks less, or costs less where none lacks."""
    world, days, requirement, visit = drawn
    best = cheapest_insertion(days, requirement, visit)
    fitting = []
    for team in world.teams:
        for shift in team.shifts:
            base = days.route(team, shift.day)
            assert base is not None
            for position in range(len(base.visit_ids) + 1):
                trial = with_visit_at(base, visit.id, position)
                timed = schedule(world, shift, "base", "base", trial.visit_ids)
                after = days.with_route(trial)
                is_paid = all(after.spent_idr(w) <= b + 1e-6 for w, b in world.budget_idr.items())
                if timed is not None and is_paid:
                    riding_s = days.line(trial).riding_s - days.line(base).riding_s
                    fitting.append((riding_s, team.id, shift.day, position))
    assert (best is not None and best.fits) == bool(fitting)
    if best is not None and best.fits:
        chosen = (best.riding_s, best.team.id, best.day, best.position)
        assert chosen in fitting
        same_day = [f for f in fitting if f[1:3] == chosen[1:3]]
        assert chosen[0] == min(same_day)[0]
