"""Runs of the search by string removals, side by side; the best one counts."""

from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.routing.solvers.sisr_model import empty_state, scratch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
    progress
        Told the part of the limit that is used up, from 0 to 1.
    """
    params = params or SisrParams()
    runs = [_Run(model, ends, params, (seed, i)) for i in range(params.n_runs)]
    clock = _Clock(limit)
    stop = threading.Event()
    with ThreadPoolExecutor(max(1, params.n_runs - 1)) as pool:
        for begins, until in itertools.pairwise((0.0, *params.meet_at, 1.0)):
            others = [pool.submit(run.go, clock, begins, until, stop) for run in runs[1:]]
            try:
                runs[0].go(clock, begins, until, stop, progress)
            except BaseException:
                # Whoever interrupts must not wait for the other runs' time to pass.
                stop.set()
                raise
            for other in others:
                other.result()
            best = min(runs, key=_Run.cost)
            for run in runs:
                if run is not best:
                    run.follow(best)
    return min(runs, key=_Run.cost).best


class _Clock:
    """Cuts the limit into steps: iterations, and the parts of the limit before and after them."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._began_s = time.perf_counter()

    def steps(self, begins: float, until: float) -> Iterator[tuple[int, float, float]]:
        n_steps = max(1, round(STEPS * (until - begins)))
        if self._limit.iterations is not None:
            bounds = [begins + (until - begins) * i / n_steps for i in range(n_steps + 1)]
            for before, after in itertools.pairwise(bounds):
                n = round(self._limit.iterations * after) - round(self._limit.iterations * before)
                if n:
                    yield n, before, after
            return
        limit_s = self._limit.time_s
        part, iterations, done, since_s = begins, 10, 0, time.perf_counter()
        while part < until:
            ends = min(until, part + 1 / STEPS)
            yield iterations, part, ends
            done += iterations
            now_s = time.perf_counter()
            part = max(part, (now_s - self._began_s) / limit_s)
            iterations = max(1, int(done / (now_s - since_s) * limit_s / STEPS))


class _Run:
    """One run: where it is, where it goes back to, and the best that it has seen."""

    def __init__(
        self,
        model: Model,
        ends: tuple[Ints, Ints] | None,
        params: SisrParams,
        seed: tuple[int, int],
    ) -> None:
        from outreach.routing.solvers import sisr_kernel as kernel

        self._kernel = kernel
        self._model = model
        self._params = params
        self._room = scratch(model, seed)
        self._now, self._kept, self.best = (
            empty_state(model, *(ends or (None, None))) for _ in range(3)
        )
        for state in (self._now, self._kept, self.best):
            kernel.begin(model, state, self._room)
        self._leg: float | None = None

    def cost(self) -> float:
        return float(self.best.total[0])

    def follow(self, other: _Run) -> None:
        """Go on from where another run is."""
        self._kernel.copy_all(other._kept, self._kept)
        self._kernel.copy_all(other._kept, self._now)

    def go(
        self,
        clock: _Clock,
        begins: float,
        until: float,
        stop: threading.Event,
        progress: Callable[[float], None] = lambda _: None,
    ) -> None:
        params = self._params
        for iterations, before, after in clock.steps(begins, until):
            if stop.is_set():
                return
            if self._leg is None:
                # Cold to begin with: nothing is worth less than what is still out.
                self._search(min(WARM_UP, iterations * STEPS), 1e-3, 1e-3)
                n_legs = max(1, int(self.best.vehicles["length"].sum()))
                self._leg = float(self.best.vehicles["cost"].sum()) / n_legs or 1.0
            hot, cold = (
                self._leg * params.hot_legs * (params.cold_legs / params.hot_legs) ** part
                for part in (before, after)
            )
            self._search(iterations, hot, cold)
            progress(after)

    def _search(self, iterations: int, hot: float, cold: float) -> None:
        self._kernel.search(
            self._model, self._now, self._kept, self.best, self._room, iterations, hot, cold
        )
