"""Whatever is edited in a plan, what is held of it breaks no rule and is held."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.progress import SILENT
from outreach.routing.keep import keep
from outreach.routing.plan import PlanParams, plan_visits
from outreach.routing.solvers.greedy import GreedySolver
from tests.properties.test_plans import problems
from tests.routing.verdict import assert_sound

if TYPE_CHECKING:
    from outreach.model import DayRoute, Plan
    from outreach.progress import Progress
    from outreach.routing.problem import Problem
    from outreach.routing.solvers.protocol import Limit, Solution

PARAMS = PlanParams(iterations=1, solver="greedy")


class Bound:
    """Solves what is kept in place of the problem."""

    def __init__(self, kept: Problem) -> None:
        self.kept = kept

    def solve(
        self, problem: Problem, *, limit: Limit, seed: int, progress: Progress = SILENT
    ) -> Solution:
        """Solve the stricter problem."""
        del problem
        return GreedySolver().solve(self.kept, limit=limit, seed=seed, progress=progress)


def days_of(plan: Plan) -> dict[str, tuple[int, str]]:
    """Give day and team of each visit that is made."""
    return {s.visit_id: (r.day, r.team_id) for r in plan.day_routes for s in r.stops if s.visit_id}


@settings(max_examples=60, deadline=None)
@given(world=problems())
def test_a_plan_that_breaks_no_rule_is_held_whole(world: Problem) -> None:
    """Nothing is let go, and each visit stays on its day and with its workers."""
    plan = plan_visits(world, params=PARAMS)
    kept = keep(world, plan)
    assert kept.released == ()
    pinned = {
        v.id: (v.days, r.worker_ids)
        for r in kept.problem.requirements
        for v in r.visits
        if v.is_pinned
    }
    assert pinned == {
        visit_id: ((day,), world.team[team_id].worker_ids)
        for visit_id, (day, team_id) in days_of(plan).items()
    }


@settings(max_examples=60, deadline=None)
@given(world=problems(), data=st.data())
def test_what_is_held_of_an_edited_plan_breaks_no_rule(world: Problem, data: st.DataObject) -> None:
    """Stops turned round, days and teams changed: whatever comes of it passes the audit."""
    plan = plan_visits(world, params=PARAMS)
    edited = replace(plan, day_routes=tuple(edit(r, world, data) for r in plan.day_routes))
    kept = keep(world, edited)
    assert set(world.visit) == set(kept.problem.visit)
    finished = plan_visits(world, params=PARAMS, solver=Bound(kept.problem))
    assert_sound(world, finished)


def edit(route: DayRoute, world: Problem, data: st.DataObject) -> DayRoute:
    """Change a route as a supervisor may."""
    first, *visits, last = route.stops
    return replace(
        route,
        stops=(first, *data.draw(st.permutations(visits)), last),
        day=data.draw(st.sampled_from((route.day, route.day, (route.day + 1) % 7))),
        team_id=data.draw(st.sampled_from((route.team_id, world.teams[0].id))),
        sleeps_at=data.draw(st.sampled_from((route.sleeps_at, "base", "inn"))),
    )
