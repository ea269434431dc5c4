"""What a plan costs by the weights, part by part, and what it tells beside its stops."""

from __future__ import annotations

from outreach.routing.problem import Weights
from outreach.routing.score import score
from outreach.units import HOUR_S
from tests.routing.problems import Road, need, problem, worker
from tests.routing.routes import planned, route, two_workers


def test_nothing_planned_costs_what_is_left_out() -> None:
    """A promise, a deadline, and three visits, at the published weights."""
    found = planned(two_workers()).score
    assert found is not None
    assert found.broken_promises_s == 36_000_000
    assert found.missed_deadlines_s == 360_000
    assert found.unserved_s == 3 * 36_000
    assert found.broken_continuity_s == found.riding_s == found.money_s == 0


def test_each_rule_has_its_part() -> None:
    """One day of w with a new face and a deadline missed by a day: 20 km of riding and fuel."""
    found = planned(two_workers(), route("w", 1, "known/1", "due/1")).score
    assert found is not None
    assert found.broken_continuity_s == 1800
    assert found.missed_deadlines_s == 360_000
    assert found.unserved_s == 36_000
    assert found.riding_s == HOUR_S // 2
    # Rp 6,000 at Rp 50,000 an hour.
    assert found.money_s == 432
    assert found.total_s == 36_000_000 + 360_000 + 36_000 + 1800 + 1800 + 432


def test_riding_counts_for_each_who_rides_and_fuel_for_each_motorbike() -> None:
    """Two on one motorbike: twice the half hour, once the fuel; the known worker is one of them."""
    found = planned(two_workers(), route("u+w", 0, "known/1")).score
    assert found is not None
    assert (found.riding_s, found.money_s, found.broken_continuity_s) == (HOUR_S, 432, 0)


def test_a_pin_that_is_kept_costs_nothing() -> None:
    """Promised for Wednesday, made on Wednesday, and marked at its stop."""
    plan = planned(two_workers(), route("w", 2, "pinned/1"))
    assert plan.score is not None
    assert plan.score.broken_promises_s == 0
    assert [s.is_pinned for s in plan.day_routes[0].stops] == [False, True, False]


def test_unfairness_is_the_sum_of_squared_loads() -> None:
    """Four hours of forty: (4/40)² of an hour is 36 seconds."""
    plan = planned(
        two_workers(weights=Weights()), route("w", 1, "known/1", "due/1"), route("w", 0, "calm/1")
    )
    assert plan.score is not None
    # Two days of 20 km are an hour, and there are three visits of an hour: four hours of forty.
    assert plan.score.unfairness_s == 36


def test_the_score_of_a_written_plan_is_the_plan_s() -> None:
    """Read back from its stops, the plan weighs the same."""
    world = two_workers()
    plan = planned(world, route("u+w", 0, "known/1"), route("w", 1, "calm/1", "due/1"))
    assert score(world, plan.day_routes) == plan.score


def test_found_circuits_are_named_by_their_first_day() -> None:
    """A night away joins Monday and Tuesday; Wednesday at home is no part of it."""
    plan = planned(
        two_workers(),
        route("u", 0, "calm/1", ends=("base", "inn")),
        route("u", 1, ends=("inn", "base")),
        route("u", 2, "pinned/1"),
    )
    assert [r.circuit_id for r in plan.day_routes] == ["u@1", "u@1", None]


def test_fixed_circuits_keep_their_names() -> None:
    """Both days of the supervisor's circuit bear its id."""
    from tests.routing.problems import circuit_world

    plan = planned(
        circuit_world({"v": 50.0}, {"inn": 50.0}),
        route("sad", 0, "v/1", ends=("base", "inn")),
        route("sad", 1, ends=("inn", "base")),
    )
    assert {r.circuit_id for r in plan.day_routes} == {"sad"}


def test_breaks_are_told_as_pauses() -> None:
    """A day that runs over noon rests for its hour."""
    from tests.routing.problems import Rest

    cases = (need("a", service_s=3 * HOUR_S), need("b", service_s=3 * HOUR_S))
    world = problem(
        Road({"base": 0.0, "a": 10.0, "b": 10.0}), cases, (worker(rests=(Rest(11, 12),)),)
    )
    (day,) = planned(world, route("w", 0, "a/1", "b/1")).day_routes
    (pause,) = day.pauses
    assert pause.break_id == "lunch"
    assert pause.ends_s - pause.starts_s == HOUR_S
