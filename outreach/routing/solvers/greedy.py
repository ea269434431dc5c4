"""One visit after the other: a plan at once, to look at or to compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.progress import SILENT, Progress
from outreach.routing.days import Days
from outreach.routing.insertion import insert_all
from outreach.routing.solvers.nights import first_circuits, without_empty_trips
from outreach.routing.solvers.protocol import Limit, Solution, solution_of

if TYPE_CHECKING:
    from outreach.routing.problem import Problem


class GreedySolver:
    """Put one visit after the other where it costs least, heaviest first; change nothing after."""

    def solve(
        self, problem: Problem, *, limit: Limit, seed: int, progress: Progress = SILENT
    ) -> Solution:
        """Insert every visit once; see `protocol.Solver`."""
        del limit, seed
        days = Days(problem, {(r.team_id, r.day): r for r in first_circuits(problem)})
        days = without_empty_trips(insert_all(days, problem.visit.values()))
        progress("plan", 1.0, 1.0)
        return solution_of(days.routes.values())
