"""Days as they are planned so far: who is bound, what is spent, which days are left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from outreach.routing.problem import CostParams, Lodging, Night, Problem
from outreach.units import HOUR_S
from tests.routing.problems import Road, circuit_world, need, problem, shift, worker
from tests.routing.routes import days_with, route


def pair_world() -> Problem:
    """Give u and w, who also form the team u+w, a child at 10 km and a lodging at 20 km."""
    nights = (Night(day=0, place_ids=("base", "inn")),)
    return problem(
        Road({"base": 0.0, "a": 10.0, "inn": 20.0}),
        (need("a"),),
        (
            worker("u", nights=nights),
            worker("w"),
            worker("u+w", worker_ids=("u", "w"), n_motorbikes=1),
        ),
        lodgings=(Lodging(id="inn", nights=(0,), beds=1, cost_idr=70_000),),
        costs=CostParams(fuel_idr_per_km=300, meal_idr_per_day_away=50_000),
    )


def test_a_worker_is_with_one_team_a_day() -> None:
    """While u rides with w, neither may ride alone; on the next day both may."""
    world = pair_world()
    days = days_with(world, route("u+w", 0, "a/1"))
    assert days.rivals(world.team["u"], 0) == (("u", "u+w"),)
    assert days.route(world.team["u"], 0) is None
    assert days.route(world.team["w"], 0) is None
    assert days.route(world.team["u"], 1) == route("u", 1)


def test_who_sleeps_away_is_bound_on_the_next_day() -> None:
    """After u's night at the inn the team u+w cannot set out, though u's way home is not there."""
    world = pair_world()
    days = days_with(world, route("u", 0, "a/1", ends=("base", "inn")))
    assert days.rivals(world.team["u+w"], 1) == (("u", "u"),)
    assert days.route(world.team["u+w"], 1) is None


def test_a_route_taken_out_sets_its_workers_free() -> None:
    """Without its only visit the day at home is no route any more, and nothing is counted."""
    world = pair_world()
    before = days_with(world, route("u+w", 0, "a/1"))
    after = before.without_visit("a/1")
    assert after.routes == {}
    assert after.key_of == {}
    assert after.rivals(world.team["u"], 0) == ()
    assert after.spent_idr("u") == after.load_s("u") == 0
    assert before.key_of == {"a/1": ("u+w", 0)}


def test_the_way_home_from_a_night_away_still_binds() -> None:
    """The first day taken out, the second one still keeps u from riding with w."""
    world = pair_world()
    night = days_with(
        world,
        route("u", 0, "a/1", ends=("base", "inn")),
        route("u", 1, ends=("inn", "base")),
    )
    assert night.with_route(route("u", 0)).rivals(world.team["u+w"], 1) == (("u", "u"),)


def test_what_is_spent_and_worked_is_summed_up_by_worker() -> None:
    """20 km on one motorbike for two: Rp 3,000 each; half an hour of riding and one of service."""
    world = pair_world()
    days = days_with(world, route("u+w", 0, "a/1"))
    for worker_id in ("u", "w"):
        assert days.spent_idr(worker_id) == pytest.approx(3000)
        assert days.load_s(worker_id) == HOUR_S + HOUR_S // 2


def test_nights_and_meals_are_money_too() -> None:
    """Two days away with a night: 40 km of fuel, two days' meals and a bed."""
    world = pair_world()
    days = days_with(
        world,
        route("u", 0, "a/1", ends=("base", "inn")),
        route("u", 1, ends=("inn", "base")),
    )
    assert days.spent_idr("u") == pytest.approx(40 * 300 + 2 * 50_000 + 70_000)


def test_a_circuit_that_is_not_ridden_has_no_route() -> None:
    """A fixed circuit starts by itself, not by one more visit."""
    world = circuit_world({"v": 50.0}, {"inn": 50.0})
    assert days_with(world).route(world.team["sad"], 0) is None


def test_a_day_that_must_end_at_a_lodging_is_no_day_at_home() -> None:
    """Where the supervisor pinned the night, neither of its two days is one from base to base."""
    team = worker(nights=(Night(day=1, place_ids=("inn",)),))
    world = problem(Road({"base": 0.0, "inn": 5.0, "a": 1.0}), (need("a"),), (team,))
    days = days_with(world)
    assert [days.route(team, d) is not None for d in (0, 1, 2, 3)] == [True, False, False, True]


def test_the_gap_counts_over_all_of_a_beneficiary_s_visits() -> None:
    """Monday's meeting is pinned, a requirement of its own; two days on, Wednesday is next."""
    other = need("a", days=((0, 1, 2, 3, 4),), min_gap_days=2)
    pinned = replace(
        need("a", days=((0,),), min_gap_days=2),
        visits=(replace(other.visits[0], id="a/2", days=(0,), is_pinned=True),),
    )
    world = problem(Road({"base": 0.0, "a": 5.0}), (other, pinned), (worker(),))
    days = days_with(world, route("w", 0, "a/2"))
    assert days.days_kept(other, other.visits[0]) == (2, 3, 4)


def test_a_route_whose_window_is_missed_has_no_slots() -> None:
    """What cannot be made however long the day is takes nobody more."""
    from outreach.model import TimeWindow

    early = need("a", windows=(TimeWindow(opens_s=0, closes_s=7 * HOUR_S),))
    world = problem(Road({"base": 0.0, "a": 5.0}), (early,), (worker(),))
    days = days_with(world, route("w", 0, "a/1"))
    assert days.line(days.routes["w", 0]).slots == ()


def test_the_same_routes_under_a_longer_shift() -> None:
    """An hour more on Monday is known on Monday; Tuesday's routes are not looked at anew."""
    world = problem(
        Road({"base": 0.0, "a": 10.0, "b": 10.0}), (need("a"), need("b")), (worker(days=(0, 1)),)
    )
    days = days_with(world, route("w", 0, "a/1"), route("w", 1, "b/1"))
    team = world.team["w"]
    longer = replace(team, shifts=(shift(0, ends_h=17), team.shifts[1]))
    other = days.under(replace(world, teams=(longer,)), changed={("w", 0)})
    monday, tuesday = route("w", 0, "a/1"), route("w", 1, "b/1")
    assert other.routes == days.routes
    later_s = other.line(monday).slots[-1].latest_s - days.line(monday).slots[-1].latest_s
    assert later_s == HOUR_S
    assert other.line(tuesday) is days.line(tuesday)
    assert days.problem is world


def test_free_beds_are_counted_by_night() -> None:
    """One bed, taken on Monday night; on other nights the inn is closed."""
    world = pair_world()
    away = route("u", 0, "a/1", ends=("base", "inn"))
    assert days_with(world).beds_left("inn", 0) == 1
    assert days_with(world, away).beds_left("inn", 0) == 0
    assert days_with(world).beds_left("inn", 1) == 0
