"""Whatever the problem, every visit is served or lost, and the audit finds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from outreach.routing.days import Days
from outreach.routing.plan import PlanParams, plan_of, plan_visits
from outreach.routing.score import score_of
from outreach.routing.solvers.greedy import GreedySolver
from outreach.routing.solvers.periodic import PeriodicSolver
from outreach.routing.solvers.periodic_model import ends_of, problem_model, routes_of, vehicles_of
from outreach.routing.solvers.protocol import Limit
from outreach.routing.solvers.sisr import anneal
from outreach.routing.solvers.trips import choose_trips
from tests.properties.worlds import problems
from tests.routing.verdict import assert_sound

if TYPE_CHECKING:
    from outreach.routing.problem import Problem
    from outreach.routing.solvers.protocol import Solver

__all__ = ["problems"]

SOLVERS: list[Solver] = [GreedySolver(), PeriodicSolver()]
ROUNDED_S = 1.0
"""Of the parts of a score money and unfairness are rounded, each by half a second at most."""


@pytest.mark.parametrize("solver", SOLVERS, ids=lambda s: type(s).__name__)
@settings(max_examples=80, deadline=None)
@given(world=problems(has_pins=True))
def test_every_plan_passes_the_audit(solver: Solver, world: Problem) -> None:
    """Served or lost, exactly once, no rule broken."""
    plan = plan_visits(world, params=PlanParams(iterations=3), solver=solver)
    assert_sound(world, plan)
    served = sum(s.visit_id is not None for r in plan.day_routes for s in r.stops)
    assert served + len(plan.unserved) == len(world.visit)


@pytest.mark.parametrize("solver", SOLVERS, ids=lambda s: type(s).__name__)
@settings(max_examples=30, deadline=None)
@given(world=problems(has_pins=True))
def test_nothing_that_fits_is_left_out(solver: Solver, world: Problem) -> None:
    """Who is left out lacks at least a minute, a day, a skill or a colleague."""
    plan = plan_visits(world, params=PlanParams(iterations=3), solver=solver)
    for loss in plan.unserved:
        if loss.reason == "no_time":
            assert int(str(loss.detail.values["minutes"])) >= 1


@settings(max_examples=100, deadline=None)
@given(world=problems(has_pins=True))
def test_the_search_weighs_as_is_published(world: Problem) -> None:
    """
    What the search adds up, change by change, is the published score of what it found.

    That is so before anything else looks at its routes, which break no rule as they are.
    """
    trips = choose_trips(world, seed=0)
    vehicles = vehicles_of(world, trips)
    if not vehicles or not world.requirements:
        return
    model, ends = problem_model(world, vehicles), ends_of(world, vehicles, trips)
    state = anneal(model, limit=Limit(iterations=200), seed=0, ends=ends)
    routes = routes_of(world, vehicles, state)
    score = score_of(Days(world, {(r.team_id, r.day): r for r in routes}))
    assert state.total[0] == pytest.approx(score.total_s, rel=0, abs=ROUNDED_S + 1e-3)
    assert_sound(world, plan_of(world, routes, seed=0, season="dry"))
