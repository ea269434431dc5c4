"""Branch and bound over the number of workers at each site, until the bound is near enough."""

from __future__ import annotations

import heapq
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.siting.capacitated_bound import Limits, Relaxed, Stocks, relax

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outreach.coverage.siting.capacitated_model import Task
    from outreach.coverage.siting.capacitated_search import Search

ROOT_ROUNDS, ROUNDS = 250, 50
"""Steps of the subgradient at first, and at each branch."""
ROOT_TRIED, TRIED = 30, 1
"""Choices of the relaxation that are served exactly."""


def bounded(task: Task, search: Search, *, gap: float, until: float) -> float:
    """
    Lower the bound until it is near the best value of the search, which improves on the way.

    Parameters
    ----------
    task
        The problem, with at least one new worker; points count as if served in part.
    search
        Its best choice is where the bound begins.
    gap
        Of the bound above the value, as a part of it, at which to stop.
    until
        The reading of `time.perf_counter` at which to stop anyhow.

    Returns
    -------
    bound
        No choice is worth more.
    """
    stocks = Stocks(task)
    m = task.hours.shape[1]
    most_at = np.where(task.new_h > 0, task.n_new, 0)

    def relaxed(
        prices: NDArray[np.float64], limits: Limits, n_rounds: int, n_tried: int
    ) -> Relaxed:
        found = relax(
            stocks,
            prices,
            limits,
            value_of=search.value_of,
            n_tried=n_tried,
            value=search.best.value,
            gap=gap,
            n_rounds=n_rounds,
            until=until,
        )
        return replace(found, bound=min(found.bound, task.most))

    limits = Limits(least_at=np.zeros(m, np.int64), most_at=most_at)
    root = relaxed(search.best.prices, limits, ROOT_ROUNDS, ROOT_TRIED)
    search.swap()
    nodes = [(-root.bound, 0, root)]
    closed, n_made = -np.inf, 0

    def bar() -> float:
        return search.best.value * (1 + gap)

    while nodes and -nodes[0][0] > max(bar(), closed) and time.perf_counter() < until:
        node = heapq.heappop(nodes)[2]
        for part in _parts(node):
            if part.most_at.sum() < task.n_new or part.least_at.sum() > task.n_new:
                continue
            if part.least_at.sum() == task.n_new:
                closed = max(closed, search.bound_of(part.least_at))
                continue
            child = relaxed(node.prices, part, ROUNDS, TRIED)
            n_made += 1
            heapq.heappush(nodes, (-min(child.bound, node.bound), n_made, child))
    left = max(closed, -nodes[0][0] if nodes else -np.inf)
    # What was ruled out on the way stays under the bar.
    return min(root.bound, max(left, bar()))


def _parts(node: Relaxed) -> tuple[Limits, Limits]:
    """Split the choices by the workers at the site about which the relaxation is least sure."""
    limits = node.limits
    is_open = limits.most_at > limits.least_at
    mean_at = np.clip(node.mean_at, limits.least_at, limits.most_at)
    doubt = np.where(is_open, 0.5 - np.abs(mean_at - np.floor(mean_at) - 0.5), -1.0)
    # Among equals the one with most workers: its absence changes most.
    site = int(np.lexsort((-mean_at, -np.round(doubt, 3)))[0])
    few = int(np.floor(mean_at[site]))
    few = min(max(few, int(limits.least_at[site])), int(limits.most_at[site]) - 1)
    fewer, more = limits.most_at.copy(), limits.least_at.copy()
    fewer[site], more[site] = few, few + 1
    return replace(limits, most_at=fewer), replace(limits, least_at=more)
