"""Whatever the problem, every visit is served or lost, and the audit finds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.model import TimeWindow
from outreach.routing.plan import PlanParams, plan_visits
from outreach.routing.problem import Circuit, Lodging, Night, Problem, Team
from outreach.routing.solvers.greedy import GreedySolver
from outreach.routing.solvers.periodic import PeriodicSolver
from outreach.units import HOUR_S
from tests.routing.problems import Road, need, problem, shift, worker
from tests.routing.verdict import assert_sound

if TYPE_CHECKING:
    from outreach.routing.solvers.protocol import Solver

SOLVERS: list[Solver] = [GreedySolver(), PeriodicSolver()]
DAYS = st.lists(st.integers(0, 6), min_size=0, max_size=7, unique=True).map(sorted).map(tuple)


@st.composite
def windows(draw: st.DrawFn) -> tuple[TimeWindow, ...]:
    """Draw no window, one, or a morning and an afternoon."""
    if draw(st.booleans()):
        return ()
    opens = draw(st.integers(6, 11))
    first = TimeWindow(opens_s=opens * HOUR_S, closes_s=draw(st.integers(opens, 12)) * HOUR_S)
    second = TimeWindow(opens_s=13 * HOUR_S, closes_s=draw(st.integers(13, 16)) * HOUR_S)
    return (first, second) if draw(st.booleans()) else (first,)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Draw a week along a road: two workers, perhaps a circuit, up to ten requirements."""
    n = draw(st.integers(0, 10))
    km = {f"c{i}": float(draw(st.integers(-60, 60))) for i in range(n)}
    has_circuit = draw(st.booleans())
    requirements = tuple(
        need(
            c,
            days=tuple(draw(st.lists(DAYS, min_size=1, max_size=3))),
            min_gap_days=draw(st.integers(1, 3)),
            service_s=draw(st.integers(0, 5)) * HOUR_S // 2,
            deadline_day=draw(st.none() | st.integers(0, 6)),
            windows=draw(windows()),
            priority=draw(st.sampled_from((1.0, 2.0, 3.0))),
            n_workers=draw(st.sampled_from((1, 1, 1, 2))),
            skills=draw(st.sampled_from(((), (), ("sign",)))),
            known_worker_id=draw(st.sampled_from((None, "u", "w"))),
            circuit_id=draw(st.sampled_from((None, "sad"))) if has_circuit else None,
        )
        for c in km
    )
    teams = [worker("u", skills=frozenset({"sign"})), worker("w", days=(0, 4), ends_h=12)]
    if has_circuit:
        teams.append(
            Team(
                id="sad",
                worker_ids=("x", "y"),
                base_id="base",
                shifts=(shift(0), shift(1), shift(2)),
                circuit_id="sad",
                nights=tuple(Night(day=d, place_ids=("hut", "inn")) for d in (0, 1)),
            )
        )
        teams.append(
            Team(
                id="sad-2",
                worker_ids=("x", "y"),
                base_id="base",
                shifts=(shift(4), shift(5)),
                circuit_id="sad",
                nights=(Night(day=4, place_ids=("inn",)),),
            )
        )
    return problem(
        Road({"base": 0.0, "inn": 40.0, "hut": -30.0, **km}),
        requirements,
        tuple(teams),
        lodgings=(
            Lodging(id="hut", nights=(0, 1), beds=4, cost_idr=0),
            Lodging(id="inn", nights=(0, 1, 2, 4), beds=2, cost_idr=50_000),
        ),
        circuits=(
            Circuit(id="sad", team_id="sad", days=(0, 1, 2), lodging_ids=("hut", "inn")),
            Circuit(id="sad", team_id="sad-2", days=(4, 5), lodging_ids=("inn",)),
        )
        if has_circuit
        else (),
    )


@pytest.mark.parametrize("solver", SOLVERS, ids=lambda s: type(s).__name__)
@settings(max_examples=60, deadline=None)
@given(world=problems())
def test_every_plan_passes_the_audit(solver: Solver, world: Problem) -> None:
    """Served or lost, exactly once, no rule broken."""
    plan = plan_visits(world, params=PlanParams(iterations=20), solver=solver)
    assert_sound(world, plan)
    served = sum(s.visit_id is not None for r in plan.day_routes for s in r.stops)
    assert served + len(plan.unserved) == len(world.visit)


@pytest.mark.parametrize("solver", SOLVERS, ids=lambda s: type(s).__name__)
@settings(max_examples=20, deadline=None)
@given(world=problems())
def test_nothing_that_fits_is_left_out(solver: Solver, world: Problem) -> None:
    """Who is left out lacks at least a minute, a day, a skill or a colleague."""
    plan = plan_visits(world, params=PlanParams(iterations=20), solver=solver)
    for loss in plan.unserved:
        if loss.reason == "no_time":
            assert int(str(loss.detail.values["minutes"])) >= 1
