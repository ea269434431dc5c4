"""One suite for every solver: hard rules kept, nothing invented, deterministic."""

from __future__ import annotations

import pytest

from outreach.routing.plan import PlanParams, plan_visits
from outreach.routing.solvers.greedy import GreedySolver
from outreach.routing.solvers.periodic import PeriodicSolver
from outreach.routing.solvers.protocol import Limit, Solver
from tests.routing.solvers.worlds import WORLDS
from tests.routing.verdict import assert_sound

SOLVERS: list[Solver] = [GreedySolver(), PeriodicSolver()]


@pytest.mark.parametrize("solver", SOLVERS, ids=lambda s: type(s).__name__)
@pytest.mark.parametrize("name", WORLDS)
class TestEverySolver:
    """What is promised to whoever calls a solver."""

    def test_the_plan_passes_the_audit(self, solver: Solver, name: str) -> None:
        """No rule is broken."""
        world = WORLDS[name]
        plan = plan_visits(world, params=PlanParams(iterations=10), solver=solver)
        assert_sound(world, plan)

    def test_no_visit_is_made_twice_or_invented(self, solver: Solver, name: str) -> None:
        """Routes hold required visits only, each once."""
        world = WORLDS[name]
        solution = solver.solve(world, limit=Limit(iterations=10), seed=3)
        made = [v for route in solution.routes for v in route.visit_ids]
        assert len(made) == len(set(made))
        assert set(made) <= set(world.visit)

    def test_iterations_make_it_deterministic(self, solver: Solver, name: str) -> None:
        """Same problem, seed and iterations: same solution."""
        world = WORLDS[name]
        limit = Limit(iterations=10)
        assert solver.solve(world, limit=limit, seed=3) == solver.solve(world, limit=limit, seed=3)

    def test_a_time_limit_is_kept(self, solver: Solver, name: str) -> None:
        """A tenth of a second of search ends."""
        world = WORLDS[name]
        solution = solver.solve(world, limit=Limit(time_s=0.1), seed=0)
        assert solution.served <= set(world.visit)
