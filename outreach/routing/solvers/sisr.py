"""The search by string removals: how it cools, and its runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.routing.solvers.runs import side_by_side
from outreach.routing.solvers.sisr_model import copy_of, empty_state, scratch

if TYPE_CHECKING:
    from collections.abc import Callable

    from outreach.routing.solvers.protocol import Limit
    from outreach.routing.solvers.sisr_model import Ints, Model, State

STEPS = 100
"""Parts of a run, between which it looks at the clock and tells how far it is."""
WARM_UP = 100
"""Iterations that make the first solution; its legs are what temperatures are measured in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SisrParams:
    """
    How the search cools.

    Parameters
    ----------
    hot_legs, cold_legs
        First and last temperature, in average legs of the first solution.
    n_runs
        Runs, each in a thread; the same number on any machine, so that the result depends on
        seed and iterations only.
    meet_at
        Parts of the limit after which all go on from the solution of the best one.
    """

    hot_legs: float = 2.0
    cold_legs: float = 0.02
    n_runs: int = 2
    meet_at: tuple[float, ...] = (0.5, 0.75)


def anneal(
    model: Model,
    *,
    limit: Limit,
    seed: int,
    params: SisrParams | None = None,
    ends: tuple[Ints, Ints] | None = None,
    first: State | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> State:
    """
    Search for the cheapest solution of a model.

    Parameters
    ----------
    limit
        Seconds, or iterations of each run.
    ends
        Nodes where each vehicle's day starts and ends to begin with; None: all at home.
    first
        The solution to begin with, which nothing worse is given for; None: nobody is served.
    progress
        Told the part of the limit that is used up, from 0 to 1.
    """
    params = params or SisrParams()
    first = first or empty_state(model, *(ends or (None, None)))
    runs = [_Run(model, first, params, (seed, i)) for i in range(params.n_runs)]
    best = side_by_side(runs, limit, n_steps=STEPS, meet_at=params.meet_at, progress=progress)
    return best.best


class _Run:
    """One run: where it is, where it goes back to, and the best that it has seen."""

    def __init__(
        self,
        model: Model,
        first: State,
        params: SisrParams,
        seed: tuple[int, int],
    ) -> None:
        from outreach.routing.solvers import sisr_kernel as kernel

        self._kernel = kernel
        self._model = model
        self._params = params
        self._room = scratch(model, seed)
        self._now, self.kept, self.best = (copy_of(first) for _ in range(3))
        for state in (self._now, self.kept, self.best):
            kernel.begin(model, state, self._room)
        self._leg: float | None = None

    def rank(self) -> tuple[float, ...]:
        return (float(self.best.total[0]),)

    def follow(self, other: _Run) -> None:
        self._kernel.copy_all(other.kept, self.kept)
        self._kernel.copy_all(other.kept, self._now)

    def search(self, iterations: int, begins: float, ends: float) -> None:
        params = self._params
        if self._leg is None:
            # Cold to begin with: nothing is worth less than what is still out.
            self._go(min(WARM_UP, iterations * STEPS), 1e-3, 1e-3)
            n_legs = max(1, int(self.best.vehicles["length"].sum()))
            self._leg = float(self.best.vehicles["cost"].sum()) / n_legs or 1.0
        hot, cold = (
            self._leg * params.hot_legs * (params.cold_legs / params.hot_legs) ** part
            for part in (begins, ends)
        )
        self._go(iterations, hot, cold)

    def _go(self, iterations: int, hot: float, cold: float) -> None:
        self._kernel.search(
            self._model, self._now, self.kept, self.best, self._room, iterations, hot, cold
        )
