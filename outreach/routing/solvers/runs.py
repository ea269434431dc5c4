"""Runs of one search side by side, which meet now and then; the best one counts."""

from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from outreach.routing.solvers.protocol import Limit


class Run(Protocol):
    """A search that can be stopped, and go on from where another one is."""

    def search(self, iterations: int, begins: float, ends: float) -> None:
        """Go on for so many iterations, between these parts of the limit."""

    def rank(self) -> tuple[float, ...]:
        """Tell how good the best one is that was found; less is better."""

    def follow(self, other: Self) -> None:
        """Go on from where another run is."""


R = TypeVar("R", bound=Run)


def side_by_side(
    runs: Sequence[R],
    limit: Limit,
    *,
    n_steps: int,
    meet_at: tuple[float, ...] = (),
    progress: Callable[[float], None] = lambda _: None,
) -> R:
    """
    Let runs search, each in a thread, and give the one that found the best.

    What is found depends on iterations only, not on how many cores there are.

    Parameters
    ----------
    limit
        Seconds, or iterations of each run.
    n_steps
        Parts of a run, between which it looks at the clock and tells how far it is.
    meet_at
        Parts of the limit after which all follow the best one.
    progress
        Told the part of the limit that is used up, from 0 to 1.
    """
    clock = _Clock(limit, n_steps)
    stop = threading.Event()
    with ThreadPoolExecutor(max(1, len(runs) - 1)) as pool:
        for begins, until in itertools.pairwise((0.0, *meet_at, 1.0)):
            others = [pool.submit(clock.drive, r, begins, until, stop) for r in runs[1:]]
            try:
                clock.drive(runs[0], begins, until, stop, progress)
            except BaseException:
                # Whoever interrupts must not wait for the other runs' time to pass.
                stop.set()
                raise
            for other in others:
                other.result()
            best = min(runs, key=lambda run: run.rank())
            if until < 1.0:
                for run in runs:
                    if run is not best:
                        run.follow(best)
    progress(1.0)
    return best


class _Clock:
    """Cuts the limit into steps: iterations, and the parts of the limit before and after them."""

    def __init__(self, limit: Limit, n_steps: int) -> None:
        self._limit = limit
        self._n_steps = n_steps
        self._began_s = time.perf_counter()

    def drive(
        self,
        run: Run,
        begins: float,
        until: float,
        stop: threading.Event,
        progress: Callable[[float], None] = lambda _: None,
    ) -> None:
        for iterations, before, after in self._steps(begins, until):
            if stop.is_set():
                return
            run.search(iterations, before, after)
            progress(after)

    def _steps(self, begins: float, until: float) -> Iterator[tuple[int, float, float]]:
        n_steps = max(1, round(self._n_steps * (until - begins)))
        total = self._limit.iterations
        if total is not None:
            bounds = [begins + (until - begins) * i / n_steps for i in range(n_steps + 1)]
            for before, after in itertools.pairwise(bounds):
                if n := round(total * after) - round(total * before):
                    yield n, before, after
            return
        limit_s = self._limit.time_s
        part, iterations, done, since_s = begins, 10, 0, time.perf_counter()
        while part < until:
            ends = min(until, part + 1 / self._n_steps)
            yield iterations, part, ends
            done += iterations
            now_s = time.perf_counter()
            part = max(part, (now_s - self._began_s) / limit_s)
            iterations = max(1, int(done / (now_s - since_s) * limit_s / self._n_steps))
