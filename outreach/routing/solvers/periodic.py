"""All teams, days and nights at once, by string removals."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.progress import SILENT, Progress
from outreach.routing.days import Days
from outreach.routing.insertion import insert_all, worth_s
from outreach.routing.solvers.nights import without_empty_trips
from outreach.routing.solvers.protocol import Solution, solution_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.routing.problem import Problem
    from outreach.routing.schedule import Route
    from outreach.routing.solvers.protocol import Limit

logger = logging.getLogger(__name__)

RUINS_PER_ITERATION = 100
"""So that an iteration is long enough to be counted."""


class PeriodicSolver:
    """
    Decide worker, team, days, nights and order of every visit together.

    In one search over all teams and days a child may change day, worker and place in the order
    at once, a team may sleep elsewhere, and workers may travel together or apart.
    """

    def solve(
        self, problem: Problem, *, limit: Limit, seed: int, progress: Progress = SILENT
    ) -> Solution:
        """Find a good solution that keeps every hard rule; see `protocol.Solver`."""
        routes = _search(problem, limit, seed, progress)
        days = _within_budgets(Days(problem, {(r.team_id, r.day): r for r in routes}))
        days = without_empty_trips(days)
        # The search blinks now and then; nobody stays out who fits.
        days = insert_all(days, (v for k, v in problem.visit.items() if k not in days.key_of))
        progress("plan", 1.0, 1.0)
        logger.info("planned %d of %d visits", len(days.key_of), len(problem.visit))
        return solution_of(days.routes.values())


def _search(problem: Problem, limit: Limit, seed: int, progress: Progress) -> Sequence[Route]:
    from outreach.routing.solvers.periodic_model import (
        ends_of,
        problem_model,
        routes_of,
        vehicles_of,
    )
    from outreach.routing.solvers.sisr import anneal
    from outreach.routing.solvers.trips import choose_trips

    trips = choose_trips(problem, seed=seed)
    vehicles = vehicles_of(problem, trips)
    if not vehicles or not problem.requirements:
        return trips
    if limit.iterations is not None:
        limit = replace(limit, iterations=limit.iterations * RUINS_PER_ITERATION)
    best = anneal(
        problem_model(problem, vehicles),
        limit=limit,
        seed=seed,
        ends=ends_of(problem, vehicles, trips),
        progress=lambda part: progress("plan", part, 1.0),
    )
    return routes_of(problem, vehicles, best)


def _within_budgets(days: Days) -> Days:
    """
    Leave the lightest visits out while somebody spends too much.

    The fastest way past a place may be longer than the way through it: a visit less can cost
    more money, which the search does not look at when it takes visits out.
    """
    problem = days.problem
    for worker_id, budget_idr in problem.budget_idr.items():
        while days.spent_idr(worker_id) > budget_idr + 1:
            made = [
                problem.visit[visit_id]
                for (team_id, _), route in days.routes.items()
                if worker_id in problem.team[team_id].worker_ids
                for visit_id in route.visit_ids
            ]
            if not made:
                break
            _, lightest = min(made, key=lambda v: (worth_s(problem.weights, *v), v[1].id))
            days = days.without_visit(lightest.id)
    return days
