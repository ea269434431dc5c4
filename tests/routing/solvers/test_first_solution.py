"""A search that begins with a plan: it costs what the score says, and becomes no worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from outreach.routing.plan import PlanParams, plan_visits
from outreach.routing.score import routes_of, score
from outreach.routing.solvers import sisr_kernel
from outreach.routing.solvers.periodic_model import ends_of, problem_model, vehicles_of
from outreach.routing.solvers.protocol import Limit
from outreach.routing.solvers.sisr import anneal
from outreach.routing.solvers.sisr_model import empty_state, scratch, with_visits
from tests.properties.worlds import problems

if TYPE_CHECKING:
    from outreach.routing.problem import Problem

GREEDY = PlanParams(iterations=1, solver="greedy")


@settings(max_examples=25, deadline=None)
@given(world=problems(has_pins=True))
def test_a_search_begins_with_a_plan_as_it_is(world: Problem) -> None:
    """Whatever plan it is: it can be ridden, weighs as much, and what is found weighs no more."""
    plan = plan_visits(world, params=GREEDY)
    routes = routes_of(plan.day_routes)
    bases = {team.id: team.base_id for team in world.teams}
    away = [r for r in routes if {r.starts_from, r.sleeps_at} != {bases[r.team_id]}]
    fixed = [r for r in routes if world.team[r.team_id].circuit_id is not None]
    vehicles = vehicles_of(world, [*away, *fixed])
    if not vehicles or not world.requirements:
        return
    model = problem_model(world, vehicles)
    place = {v.id: (c, k) for c, r in enumerate(world.requirements) for k, v in enumerate(r.visits)}
    made = {(r.team_id, r.day): [place[v] for v in r.visit_ids] for r in routes}
    state = with_visits(
        model,
        empty_state(model, *ends_of(world, vehicles, routes)),
        [made.get((v.team.id, v.shift.day), []) for v in vehicles],
    )
    begun = with_visits(model, state, [])
    assert sisr_kernel.begin(model, begun, scratch(model, (0,)))
    first_s = score(world, plan.day_routes).total_s
    assert begun.total[0] == pytest.approx(first_s, abs=len(routes) + 7)
    found = anneal(model, limit=Limit(iterations=200), seed=0, first=state)
    assert found.total[0] <= begun.total[0]
    # The given one is not changed by it.
    assert state.vehicles["cost"].sum() == 0
