"""Shadow prices: who comes in with one hour more, or Rp 100,000."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.model import Price
from outreach.routing.prices import shadow_prices
from outreach.routing.problem import CostParams, Problem
from outreach.units import HOUR_S
from tests.routing.problems import Road, need, problem, worker
from tests.routing.routes import days_with, route

if TYPE_CHECKING:
    from outreach.routing.schedule import Route


def prices(world: Problem, *routes: Route) -> tuple[Price, ...]:
    """Find the prices of what the routes leave out."""
    days = days_with(world, *routes)
    left = [pair for visit_id, pair in world.visit.items() if visit_id not in days.key_of]
    return shadow_prices(days, left)


def full_day(**budget_idr: int) -> Problem:
    """Give a day of eight hours with seven and a half planned, and two who need an hour more."""
    cases = (
        need("a", service_s=7 * HOUR_S + HOUR_S // 2 - 900, days=((0,),)),
        need("b", service_s=HOUR_S, days=((0,),), priority=2.0),
        need("c", service_s=HOUR_S, days=((0,),)),
    )
    road = Road({"base": 0.0, **{c.id: 5.0 for c in cases}})
    return problem(road, cases, (worker(days=(0, 1)),), budget_idr=budget_idr)


def test_an_hour_brings_who_weighs_most() -> None:
    """With an hour more on Monday one of the two fits, the one of higher priority."""
    (price,) = prices(full_day(), route("w", 0, "a/1"))
    assert price == Price(
        of="hour", worker_id="w", day=0, visit_ids=("b/1",), beneficiary_ids=("b",)
    )


def test_of_the_days_the_best_is_named() -> None:
    """An hour brings one child on Monday and two on Tuesday."""
    cases = (
        need("a", service_s=8 * HOUR_S - 900, days=((0,),)),
        need("b", service_s=8 * HOUR_S - 900, days=((1,),)),
        need("c", service_s=HOUR_S, days=((0,),)),
        need("d", service_s=HOUR_S // 2, days=((1,),)),
        need("e", service_s=HOUR_S // 2, days=((1,),)),
    )
    road = Road({"base": 0.0, **{c.id: 5.0 for c in cases}})
    world = problem(road, cases, (worker(days=(0, 1)),))
    (price,) = prices(world, route("w", 0, "a/1"), route("w", 1, "b/1"))
    assert (price.day, price.visit_ids) == (1, ("d/1", "e/1"))


def test_two_short_visits_may_weigh_more_than_a_long_one() -> None:
    """An hour holds the child of priority 1.5, or two of priority 1 for half an hour each."""
    cases = (
        need("a", service_s=8 * HOUR_S - 900, days=((0,),)),
        need("b", service_s=HOUR_S, days=((0,),), priority=1.5),
        need("c", service_s=HOUR_S // 2, days=((0,),)),
        need("d", service_s=HOUR_S // 2, days=((0,),)),
    )
    road = Road({"base": 0.0, **{c.id: 5.0 for c in cases}})
    (price,) = prices(problem(road, cases, (worker(days=(0,)),)), route("w", 0, "a/1"))
    assert price.beneficiary_ids == ("c", "d")


def test_a_partner_is_a_visit_but_no_beneficiary() -> None:
    """An hour brings an institution: one visit more, no child."""
    partner = replace(need("puskesmas", service_s=8 * HOUR_S), kind="partner")
    world = problem(Road({"base": 0.0, "puskesmas": 5.0}), (partner,), (worker(days=(0,)),))
    (price,) = prices(world)
    assert (price.visit_ids, price.beneficiary_ids) == (("puskesmas/1",), ())


def test_the_riding_limit_is_lengthened_too() -> None:
    """Ninety minutes of riding where an hour is allowed."""
    world = problem(Road({"base": 0.0, "a": 30.0}), (need("a"),), (worker(riding_h=1),))
    (price,) = prices(world)
    assert price.beneficiary_ids == ("a",)


def test_money_brings_who_is_too_dear() -> None:
    """30 km there and back cost Rp 180,000; with 100,000 in the budget another 100,000 do."""
    world = problem(
        Road({"base": 0.0, "a": 30.0}),
        (need("a"),),
        (worker(),),
        costs=CostParams(fuel_idr_per_km=3000),
        budget_idr={"w": 100_000},
    )
    (price,) = prices(world)
    assert price == Price(
        of="rp_100000", worker_id="w", day=None, visit_ids=("a/1",), beneficiary_ids=("a",)
    )


def test_who_needs_more_than_that_has_no_price() -> None:
    """Two hours lack, and Rp 200,000: nothing is promised."""
    cases = (need("a", service_s=10 * HOUR_S), need("b"))
    world = problem(
        Road({"base": 0.0, "a": 5.0, "b": 50.0}),
        cases,
        (worker(),),
        costs=CostParams(fuel_idr_per_km=3000),
        budget_idr={"w": 40_000},
    )
    assert prices(world) == ()


def test_where_all_are_served_nothing_has_a_price() -> None:
    """Nobody is left whom an hour could bring."""
    world = problem(Road({"base": 0.0, "a": 5.0}), (need("a"),), (worker(),))
    assert prices(world, route("w", 0, "a/1")) == ()


def test_the_one_that_brings_most_comes_first() -> None:
    """An hour of u brings priority 1, an hour of w priority 3."""
    cases = (
        need("a", service_s=8 * HOUR_S, days=((0,),), worker_ids=("u",)),
        need("b", service_s=8 * HOUR_S, days=((0,),), worker_ids=("w",), priority=3.0),
    )
    world = problem(
        Road({"base": 0.0, "a": 5.0, "b": 5.0}),
        cases,
        (worker("u", days=(0,)), worker("w", days=(0,))),
    )
    assert [p.worker_id for p in prices(world)] == ["w", "u"]
