"""Choices of sites for workers with hours: one after another, then one for another."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.siting.capacitated_bound import stock
from outreach.coverage.siting.capacitated_model import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outreach.coverage.siting.capacitated_model import Service, Task

MOST_TRIED = 6
"""Sites that are tried for one worker, of those that promise most."""


class Search:
    """
    Try choices of sites, each once, and remember the best.

    Parameters
    ----------
    task
        The problem; points count as if they could be served in part.
    until
        The reading of `time.perf_counter` at which to stop.
    """

    def __init__(self, task: Task, *, until: float) -> None:
        self.task = task
        self.until = until
        self.best = self.try_out(np.zeros(task.hours.shape[1], np.int64), is_whole_choice=False)
        self._values: dict[bytes, float] = {}

    def try_out(self, n_at: NDArray[np.int64], *, is_whole_choice: bool = True) -> Service:
        """Serve from these sites; `is_whole_choice`: all new workers have a place."""
        left_s = max(self.until - time.perf_counter(), 1.0)
        service = serve(self.task, n_at, is_split=True, time_limit_s=left_s)
        if is_whole_choice:
            self._values[n_at.tobytes()] = service.value
            if self.best.n_at.sum() < n_at.sum() or service.value > self.best.value:
                self.best = service
        return service

    def value_of(self, n_at: NDArray[np.int64]) -> float:
        """Give what these sites serve, tried out when they are new."""
        known = self._values.get(n_at.tobytes())
        return self.try_out(n_at).value if known is None else known

    def is_over(self) -> bool:
        """Say whether there is no time left, or nothing left to serve."""
        return time.perf_counter() > self.until or self.best.value >= self.task.most

    def add_each(self) -> None:
        """Put every new worker, one after another, where most is served with those before."""
        here = self.best
        for k in range(self.task.n_new):
            is_last = k == self.task.n_new - 1
            tried: Service | None = None
            for site, ceiling in self._promising(here):
                if tried is not None and (tried.value >= ceiling or self.is_over()):
                    break
                service = self.try_out(_with(here.n_at, site), is_whole_choice=is_last)
                if tried is None or service.value > tried.value:
                    tried = service
            if tried is None:
                break
            here = tried

    def swap(self) -> None:
        """Move single workers as long as more is served."""
        is_better = self.task.n_new > 0
        while is_better and not self.is_over():
            is_better = any(
                self._move(int(site))
                for site in np.flatnonzero(self.best.n_at)
                if not self.is_over()
            )

    def _move(self, site: int) -> bool:
        start = self.best
        if not start.n_at[site]:
            return False
        without = self.try_out(_with(start.n_at, site, -1), is_whole_choice=False)
        for other, ceiling in self._promising(without):
            if ceiling <= start.value * (1 + 1e-9):
                break
            if other != site and self.value_of(_with(without.n_at, other)) > start.value * (
                1 + 1e-9
            ):
                return True
        return False

    def _promising(self, here: Service) -> Iterator[tuple[int, float]]:
        # By the prices of what is served now no site can add more than this (weak duality).
        at_most = self.task.moved(here.n_at)
        gains = np.where(self.task.new_h > 0, stock(at_most, here.prices, 1).gains[0], -np.inf)
        for site in np.argsort(-gains, kind="stable")[:MOST_TRIED]:
            if np.isfinite(gains[site]):
                yield int(site), here.value + float(gains[site])


def _with(n_at: NDArray[np.int64], site: int, change: int = 1) -> NDArray[np.int64]:
    changed = n_at.copy()
    changed[site] += change
    return changed
