"""Plans whose best answers are known, and the reasons for whom they leave out."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from outreach.model import Plan, TimeWindow
from outreach.routing.plan import SOLVERS, PlanParams, plan_visits
from outreach.routing.solvers.greedy import GreedySolver
from outreach.routing.solvers.periodic import PeriodicSolver
from outreach.units import HOUR_S
from tests.routing.problems import Road, circuit_world, need, problem, worker
from tests.routing.verdict import assert_sound

if TYPE_CHECKING:
    from collections.abc import Callable

    from outreach.routing.problem import Problem
    from outreach.routing.solvers.protocol import Solver

    Planner = Callable[[Problem], Plan]

QUICK = PlanParams(iterations=100, seed=1)


@pytest.fixture(params=[GreedySolver(), PeriodicSolver()], ids=lambda s: type(s).__name__)
def solver(request: pytest.FixtureRequest) -> Solver:
    """Give each solver in turn."""
    chosen: Solver = request.param
    return chosen


@pytest.fixture
def plan(solver: Solver) -> Planner:
    """Give a function that plans quickly, and lets the audit find nothing."""

    def made(world: Problem) -> Plan:
        answer = plan_visits(world, params=QUICK, solver=solver)
        assert_sound(world, answer)
        return answer

    return made


def reasons(made: Plan) -> dict[str, str]:
    """Give the reason by visit left out."""
    return {str(loss.visit_id): loss.reason for loss in made.unserved}


def test_nobody_appears_at_a_lodging_without_having_ridden_there(plan: Planner) -> None:
    """Villages at 50, 60, 70, 80 km, a lodging at 60: out and back is 160 km, and never 100."""
    made = plan(circuit_world({"v50": 50.0, "v60": 60.0, "v70": 70.0, "v80": 80.0}, {"inn": 60.0}))
    assert dict(made.totals)["all"].distance_m == pytest.approx(160_000)
    assert not made.unserved
    assert made.day_routes[0].sleeps_at == made.day_routes[1].starts_from == "inn"


def test_an_empty_day_of_a_circuit_is_still_ridden(plan: Planner) -> None:
    """With one village beside the base the team still rides to its lodging and back."""
    made = plan(circuit_world({"v": 1.0}, {"inn": 30.0}))
    assert dict(made.totals)["all"].distance_m == pytest.approx(60_000)


def test_the_nearer_lodging_is_chosen(plan: Planner) -> None:
    """Of two lodgings the one among the villages saves the way back."""
    made = plan(circuit_world({"v": 60.0, "w": 62.0}, {"far": 100.0, "near": 61.0}))
    assert made.day_routes[0].sleeps_at == "near"


def test_three_meetings_fall_on_three_days(plan: Planner) -> None:
    """Three visits a week from Monday to Thursday are on three different days."""
    days = (0, 1, 2, 3)
    made = plan(circuit_world({"v": 50.0}, {"inn": 50.0}, n_days=4, visits=(days,) * 3))
    served = [r.day for r in made.day_routes for s in r.stops if s.visit_id]
    assert len(served) == len(set(served)) == 3


def test_a_circuit_without_enough_beds_says_so(plan: Planner) -> None:
    """Three workers and two beds: the circuit stays at home, and its case says why."""
    (loss,) = plan(circuit_world({"v": 50.0}, {"inn": 50.0}, n_workers=3, beds=2)).unserved
    assert loss.reason == "no_bed"
    assert loss.detail.values["n"] == 3


def test_a_circuit_too_far_for_its_shifts_says_so(plan: Planner) -> None:
    """A lodging 500 km away cannot be reached within a shift; the rest is planned."""
    (loss,) = plan(circuit_world({"v": 500.0}, {"inn": 500.0})).unserved
    assert loss.reason == "circuit_impossible"
    assert "from base to inn cannot be ridden" in str(loss.detail)


def test_a_circuit_that_nobody_can_pay_says_what_it_costs(plan: Planner) -> None:
    """Two days' meals, a night and 110 km of fuel are Rp 183,000; there are Rp 100,000."""
    world = circuit_world({"v": 50.0}, {"inn": 55.0})
    (loss,) = plan(dataclasses.replace(world, budget_idr={"w0": 100_000})).unserved
    assert loss.reason == "no_money"
    assert (loss.detail.values["cost"], loss.detail.values["budget"]) == (183_000, 100_000)


def test_a_circuit_takes_the_cheaper_lodging_where_money_is_short(plan: Planner) -> None:
    """The near inn costs too much; the farther one is ridden to rather than nobody visited."""
    world = circuit_world({"v": 50.0}, {"near": 50.0, "far": 60.0})
    dear, cheap = (
        dataclasses.replace(lodging, cost_idr=0 if lodging.id == "far" else 90_000)
        for lodging in sorted(world.lodgings, key=lambda lodging: lodging.id == "far")
    )
    made = plan(dataclasses.replace(world, lodgings=(cheap, dear), budget_idr={"w0": 150_000}))
    assert made.day_routes[0].sleeps_at == "far"
    assert not made.unserved


def test_the_worker_whom_the_child_knows_goes(plan: Planner) -> None:
    """Of two workers at one base the known one is sent."""
    world = problem(
        Road({"base": 0.0, "a": 5.0}),
        (need("a", known_worker_id="u"),),
        (worker("u"), worker("w")),
    )
    (route,) = plan(world).day_routes
    assert route.worker_ids == ("u",)


def test_a_new_face_is_better_than_no_visit(plan: Planner) -> None:
    """What the known worker has no time for goes to a colleague with room."""
    cases = tuple(need(f"c{i}", known_worker_id="u", service_s=7 * HOUR_S) for i in range(4))
    road = Road({"base": 0.0, **{c.id: 1.0 for c in cases}})
    made = plan(problem(road, cases, (worker("u", days=(0, 1)), worker("w", days=(0, 1)))))
    assert not made.unserved
    assert {w for r in made.day_routes for w in r.worker_ids} == {"u", "w"}


def test_who_matters_more_is_served_first(plan: Planner) -> None:
    """With room for one of two, the higher priority is seen and the other has a reason."""
    cases = (
        need("high", service_s=5 * HOUR_S, priority=3, days=((0,),)),
        need("low", service_s=5 * HOUR_S, priority=1, days=((0,),)),
    )
    road = Road({"base": 0.0, "high": 5.0, "low": 5.0})
    made = plan(problem(road, cases, (worker(days=(0,)),)))
    assert reasons(made) == {"low/1": "no_time"}
    # 5 h + 5 h + 15 min of riding, less the eight hours of the shift: 135 minutes.
    assert made.unserved[0].detail.values["minutes"] == 135


def test_a_deadline_goes_before_priority(plan: Planner) -> None:
    """A first contact due today is kept before a case of higher priority."""
    cases = (
        need("due", service_s=5 * HOUR_S, deadline_day=0, days=((0, 1),)),
        need("high", service_s=5 * HOUR_S, priority=3, days=((0, 1),)),
    )
    road = Road({"base": 0.0, "due": 5.0, "high": 5.0})
    made = plan(problem(road, cases, (worker(days=(0, 1)),)))
    assert {s.visit_id: r.day for r in made.day_routes for s in r.stops if s.visit_id} == {
        "due/1": 0,
        "high/1": 1,
    }


@pytest.mark.parametrize(
    ("requirement", "reason"),
    [
        (need("a", skills=("sign",)), "no_skill"),
        (need("a", n_workers=2), "too_few_workers"),
        (need("a", days=((5, 6),)), "no_day"),
        (need("a", days=((),)), "no_day"),
        (need("a", service_s=9 * HOUR_S), "too_far"),
        (need("a", windows=(TimeWindow(opens_s=0, closes_s=HOUR_S),)), "window"),
        (need("a", days=((0,), (0,))), "gap"),
    ],
)
def test_every_reason_is_found_by_testing(plan: Planner, requirement: object, reason: str) -> None:
    """Each thing that can bind is named by its own reason."""
    assert isinstance(requirement, type(need("a")))
    world = problem(Road({"base": 0.0, "a": 5.0}), (requirement,), (worker(),))
    assert reason in reasons(plan(world)).values()


def test_the_gap_between_two_meetings_is_kept(plan: Planner) -> None:
    """Twice a week with three days between: Monday or Tuesday, and three days later."""
    world = problem(
        Road({"base": 0.0, "a": 5.0}),
        (need("a", days=((0, 1, 2, 3, 4),) * 2, min_gap_days=3),),
        (worker(),),
    )
    first, second = (r.day for r in plan(world).day_routes)
    assert second - first >= 3


def test_equal_input_seed_and_iterations_make_the_same_plan(solver: Solver) -> None:
    """Two runs agree in everything."""
    km = {f"c{i}": float(7 * i % 23 - 11) for i in range(20)}
    world = problem(
        Road({"base": 0.0, **km}), tuple(need(c) for c in km), (worker("u"), worker("w"))
    )
    assert plan_visits(world, params=QUICK, solver=solver) == plan_visits(
        world, params=QUICK, solver=solver
    )


def test_a_budget_is_never_overspent(solver: Solver) -> None:
    """Ten kilometres at Rp 300 are more than Rp 1,000: the visit stays out, and says why."""
    world = problem(Road({"base": 0.0, "a": 5.0}), (need("a"),), (worker(),))
    poor = dataclasses.replace(world, budget_idr={"w": 1000})
    plan = plan_visits(poor, params=QUICK, solver=solver)
    assert dict(plan.totals)["w"].cost_idr == 0
    assert [loss.reason for loss in plan.unserved] == ["no_money"]


def test_every_trip_of_a_circuit_makes_its_own_visits(plan: Planner) -> None:
    """Two trips, two meetings with each child: one on each trip, and the gap kept between."""
    from outreach.routing.problem import Circuit, Lodging, Night, Team
    from tests.routing.problems import shift

    trips = ((0, 1), (4, 5))
    children = tuple(
        need(c, days=((0, 1, 4, 5),) * 2, min_gap_days=4, circuit_id="sad") for c in ("a", "b")
    )
    world = problem(
        Road({"base": 0.0, "inn": 50.0, "a": 50.0, "b": 52.0}),
        children,
        tuple(
            Team(
                id=f"sad-{i}",
                worker_ids=("x",),
                base_id="base",
                shifts=tuple(shift(d) for d in days),
                circuit_id="sad",
                nights=(Night(day=days[0], place_ids=("inn",)),),
            )
            for i, days in enumerate(trips)
        ),
        lodgings=(Lodging(id="inn", nights=(0, 4), beds=1, cost_idr=0),),
        circuits=tuple(
            Circuit(id="sad", team_id=f"sad-{i}", days=days, lodging_ids=("inn",))
            for i, days in enumerate(trips)
        ),
    )
    made = plan(world)
    assert not made.unserved
    days = sorted((s.place_id, r.day) for r in made.day_routes for s in r.stops if s.visit_id)
    assert [place for place, _ in days] == ["a", "a", "b", "b"]


def test_a_deadline_that_cannot_be_kept_is_told(plan: Planner) -> None:
    """Due on Monday, and nobody works before Tuesday: the visit is made and the plan says so."""
    late = need("a", deadline_day=0)
    made = plan(problem(Road({"base": 0.0, "a": 5.0}), (late,), (worker(days=(1, 2)),)))
    assert not made.unserved
    (notice,) = made.notices
    assert notice.values["visits"] == "a/1"


def test_progress_moves_from_0_to_1_and_never_back() -> None:
    """A bar that jumps back would be a lie."""
    told: list[float] = []
    km = {f"c{i}": float(i) for i in range(30)}
    world = problem(
        Road({"base": 0.0, **km}), tuple(need(c) for c in km), (worker("u"), worker("w"))
    )
    plan_visits(
        world,
        params=PlanParams(time_limit_s=1.0),
        progress=lambda _stage, done, _total: told.append(done),
    )
    assert told == sorted(told)
    assert len(told) > 3
    assert told[-1] == 1


def test_a_deadline_goes_before_the_worker_whom_the_child_knows(plan: Planner) -> None:
    """The known worker is in town on Friday only, the first contact is due on Tuesday."""
    world = problem(
        Road({"base": 0.0, "a": 5.0}),
        (need("a", deadline_day=1, known_worker_id="u"),),
        (worker("u", days=(4,)), worker("w")),
    )
    (route,) = plan(world).day_routes
    assert route.worker_ids == ("w",)
    assert route.day <= 1


def test_the_solver_is_chosen_by_name() -> None:
    """Both answer to their names, and plan the one child."""
    world = problem(Road({"base": 0.0, "a": 5.0}), (need("a"),), (worker(),))
    for name in SOLVERS:
        made = plan_visits(world, params=PlanParams(iterations=5, solver=name))
        assert not made.unserved
