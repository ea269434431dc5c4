"""Choices of sites for workers with hours: one after another, then one for another."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.siting.capacitated_bound import LEAST_HOURS
from outreach.coverage.siting.capacitated_model import serve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outreach.coverage.siting.capacitated_model import Service, Task

MOST_TRIED = 12
"""Moves that are served exactly in a round, of those that promise most."""
BETTER = 1 + 1e-9


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
        self._trials = Trials(task)
        self._bounds: dict[bytes, float] = {}
        self.best = self._served(self._climbed(self._added()))

    def value_of(self, n_at: NDArray[np.int64]) -> float:
        """Give what is served from the best sites near these, or from the best ones known."""
        if not self.is_over():
            self._try_out(self._climbed(n_at))
        return self.best.value

    def is_over(self) -> bool:
        """Say whether there is no time left, or nothing left to serve."""
        return time.perf_counter() > self.until or self.best.value >= self.task.most

    def swap(self) -> None:
        """Move single workers as long as more is served."""
        is_better = True
        while is_better and not self.is_over():
            is_better = any(
                not self.is_over() and self._try_out(n_at) for n_at in self._moves(self.best.n_at)
            )

    def bound_of(self, n_at: NDArray[np.int64]) -> float:
        """Give what is served from these very sites at most."""
        self._try_out(n_at)
        return self._bounds[n_at.tobytes()]

    def _served(self, n_at: NDArray[np.int64]) -> Service:
        left_s = max(self.until - time.perf_counter(), 1.0)
        service = serve(self.task, n_at, is_split=True, time_limit_s=left_s)
        self._bounds[n_at.tobytes()] = service.bound
        return service

    def _try_out(self, n_at: NDArray[np.int64]) -> bool:
        if n_at.tobytes() in self._bounds:
            return False
        service = self._served(n_at)
        if service.value <= self.best.value * BETTER:
            return False
        self.best = service
        return True

    def _added(self) -> NDArray[np.int64]:
        n_at = np.zeros(self.task.hours.shape[1], np.int64)
        for _ in range(self.task.n_new):
            n_at[int(np.argmax(self._trials.values(n_at)))] += 1
        return n_at

    def _climbed(self, n_at: NDArray[np.int64]) -> NDArray[np.int64]:
        # By what is served about, without a program for each choice.
        now = -np.inf
        while (moves := self._about(n_at)) is not None:
            sites, values = moves
            out, into = np.unravel_index(int(np.argmax(values)), values.shape)
            if values[out, into] <= now * BETTER:
                break
            now = float(values[out, into])
            n_at = _with(_with(n_at, int(sites[out]), -1), int(into))
        return n_at

    def _moves(self, n_at: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        moves = self._about(n_at)
        if moves is None:
            return []
        sites, values = moves
        values[np.arange(len(sites)), sites] = -np.inf
        best = np.argsort(-values, axis=None, kind="stable")[:MOST_TRIED]
        return [
            _with(_with(n_at, int(sites[out]), -1), int(into))
            for out, into in zip(*np.unravel_index(best, values.shape), strict=True)
            if np.isfinite(values[out, into])
        ]

    def _about(
        self, n_at: NDArray[np.int64]
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]] | None:
        sites = np.flatnonzero(n_at)
        if not len(sites):
            return None
        return sites, np.array([self._trials.values(_with(n_at, int(j), -1)) for j in sites])


class Trials:
    """Say quickly, and only about, what one worker more at each site would serve."""

    def __init__(self, task: Task) -> None:
        self.task = task
        site, point = np.nonzero(np.isfinite(task.hours.T))
        hours = np.maximum(task.hours.T[site, point], LEAST_HOURS)
        order = np.lexsort((-task.worth[point] / hours, site))
        self._site, self._point, self._hours = site[order], point[order], hours[order]
        self._starts = np.searchsorted(self._site, np.arange(task.hours.shape[1] + 1))
        self._best_first = np.argsort(-task.worth[self._point] / self._hours, kind="stable")

    def values(self, n_at: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give it for each site (m,), with so many new workers beforehand; -inf: nobody may."""
        from outreach.coverage.siting.capacitated_kernel import try_each

        available_h = self.task.available_h(n_at)
        pairs = self._best_first[available_h[self._site[self._best_first]] > 0]
        values = np.zeros(len(available_h))
        try_each(
            self._starts,
            self._point,
            self._hours,
            pairs,
            self._site,
            self.task.worth,
            available_h,
            self.task.new_h,
            values,
        )
        return np.where(self.task.new_h > 0, values, -np.inf)


def _with(n_at: NDArray[np.int64], site: int, change: int = 1) -> NDArray[np.int64]:
    changed = n_at.copy()
    changed[site] += change
    return changed
