"""Runs of the search by string removals, side by side; the best one counts."""

from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.routing.solvers.sisr_model import empty_state, packed, scratch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from outreach.routing.solvers.protocol import Limit
    from outreach.routing.solvers.sisr_model import Model, State

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
        Independent runs, each in a thread; the same number on any machine, so that the result
        depends on seed and iterations only.
    """

    hot_legs: float = 2.0
    cold_legs: float = 0.02
    n_runs: int = 2


def anneal(
    model: Model,
    *,
    limit: Limit,
    seed: int,
    params: SisrParams | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> State:
    """
    Search for the cheapest solution of a model.

    Parameters
    ----------
    limit
        Seconds, or iterations of each run.
    progress
        Told the part of the limit that is used up, from 0 to 1.
    """
    params = params or SisrParams()
    model = packed(model)
    stop = threading.Event()
    with ThreadPoolExecutor(max(1, params.n_runs - 1)) as pool:
        others = [
            pool.submit(_run, model, params, limit, (seed, run), stop, lambda _: None)
            for run in range(1, params.n_runs)
        ]
        try:
            found = [_run(model, params, limit, (seed, 0), stop, progress)]
        except BaseException:
            # Whoever interrupts must not wait for the other runs' time to pass.
            stop.set()
            raise
        found += [other.result() for other in others]
    return min(found, key=lambda state: float(state.total[0]))


def _run(
    model: Model,
    params: SisrParams,
    limit: Limit,
    seed: tuple[int, int],
    stop: threading.Event,
    progress: Callable[[float], None],
) -> State:
    from outreach.routing.solvers import sisr_kernel as kernel

    room = scratch(model, seed)
    now, kept, best = (empty_state(model) for _ in range(3))
    n_first = min(WARM_UP, limit.iterations or WARM_UP)
    # Cold to begin with: nothing is worth less than what is still out.
    kernel.search(model, now, kept, best, room, n_first, 1e-3, 1e-3)
    leg = float(best.riding.sum()) / max(1, int(best.length.sum())) or 1.0
    for iterations, begins, ends in _steps(limit, stop):
        hot, cold = (
            leg * params.hot_legs * (params.cold_legs / params.hot_legs) ** part
            for part in (begins, ends)
        )
        kernel.search(model, now, kept, best, room, iterations, hot, cold)
        progress(ends)
    return best


def _steps(limit: Limit, stop: threading.Event) -> Iterator[tuple[int, float, float]]:
    """Yield iterations, and the parts of the limit before and after them."""
    if limit.iterations is not None:
        bounds = [limit.iterations * i // STEPS for i in range(STEPS + 1)]
        for before, after in itertools.pairwise(bounds):
            if after > before and not stop.is_set():
                yield after - before, before / limit.iterations, after / limit.iterations
        return
    began_s = time.perf_counter()
    done, part, iterations = 0, 0.0, 10
    while part < 1 and not stop.is_set():
        ends = min(1.0, part + 1 / STEPS)
        yield iterations, part, ends
        done += iterations
        spent_s = time.perf_counter() - began_s
        part = spent_s / limit.time_s
        iterations = max(1, int(done / spent_s * limit.time_s / STEPS))
