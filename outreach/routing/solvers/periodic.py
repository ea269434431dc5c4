"""All teams and days at once, by string removals, between nights that were chosen before."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.progress import SILENT, Progress
from outreach.routing.solvers.drafts import Draft, all_beds, insert_unserved, sleep_all
from outreach.routing.solvers.protocol import Solution

if TYPE_CHECKING:
    from outreach.routing.problem import Problem
    from outreach.routing.solvers.drafts import Ends
    from outreach.routing.solvers.protocol import Limit

logger = logging.getLogger(__name__)

RUINS_PER_ITERATION = 100
"""So that an iteration is about as much work as one of PyVRP's."""


class PeriodicSolver:
    """
    Decide worker, days and order of every visit together.

    Circuits choose their lodgings first, by `nights.choose_nights`; then one search runs over
    all teams and days, in which a child may change day, worker and place in the order at once.
    """

    def solve(
        self, problem: Problem, *, limit: Limit, seed: int, progress: Progress = SILENT
    ) -> Solution:
        """Find a good solution that keeps every hard rule; see `protocol.Solver`."""
        draft = Draft(beds=all_beds(problem))
        circuits = sleep_all(problem, draft.beds, seed=seed)
        _search(problem, draft, circuits, limit, seed, progress)
        insert_unserved(problem, draft)
        progress("plan", 1.0, 1.0)
        solution = Solution(
            routes=tuple(sorted(draft.routes.values(), key=lambda r: (r.day, r.team_id)))
        )
        logger.info("planned %d of %d visits", len(solution.served), len(problem.visit))
        return solution


def _search(
    problem: Problem,
    draft: Draft,
    circuits: dict[str, Ends],
    limit: Limit,
    seed: int,
    progress: Progress,
) -> None:
    from outreach.routing.solvers.periodic_model import model_of, routes_of, vehicles_of
    from outreach.routing.solvers.sisr import anneal

    vehicles = vehicles_of(problem, circuits)
    if not vehicles or not problem.requirements:
        return
    if limit.iterations is not None:
        limit = replace(limit, iterations=limit.iterations * RUINS_PER_ITERATION)
    best = anneal(
        model_of(problem, vehicles),
        limit=limit,
        seed=seed,
        progress=lambda part: progress("plan", part, 1.0),
    )
    draft.routes.update(((r.team_id, r.day), r) for r in routes_of(problem, vehicles, best))
