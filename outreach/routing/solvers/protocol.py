"""What every solver takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from outreach.progress import SILENT, Progress

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outreach.routing.problem import Problem
    from outreach.routing.schedule import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """
    When a solver stops: after `time_s` seconds, or `iterations` if they are given.

    Only an iteration limit promises the same plan for the same input and seed.
    """

    time_s: float = 30.0
    iterations: int | None = None

    def share(self, part: float) -> Limit:
        """Give a part of this limit to one of several runs; at least one iteration."""
        iterations = None if self.iterations is None else max(1, round(self.iterations * part))
        return Limit(time_s=self.time_s * part, iterations=iterations)


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """Routes, sorted by day and team; a visit that is in none of them is unserved."""

    routes: tuple[Route, ...]

    @property
    def served(self) -> frozenset[str]:
        """Ids of the visits that are made."""
        return frozenset(visit_id for route in self.routes for visit_id in route.visit_ids)


def solution_of(routes: Iterable[Route]) -> Solution:
    """Put routes in their order."""
    return Solution(routes=tuple(sorted(routes, key=lambda r: (r.day, r.team_id))))


class Solver(Protocol):
    """Decides days, teams, nights and order; times are `outreach.routing.schedule`'s."""

    def solve(
        self, problem: Problem, *, limit: Limit, seed: int, progress: Progress = SILENT
    ) -> Solution:
        """
        Find a good solution that keeps every hard rule of the problem.

        What was fixed but cannot be kept, such as a circuit, is left out with its visits.

        Raises
        ------
        SolverError
            When the solver fails.
        """
