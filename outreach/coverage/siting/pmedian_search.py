"""Good sites for the p-median problem: the greedy choice, and swaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]

LEAST_GAIN = 1e-12
"""What a swap must gain, as a part of the cost: less is rounding, and might be undone for ever."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """
    What serving costs.

    Parameters
    ----------
    by_site
        (m, n) float64: cost of serving point i from candidate j, weights included; finite.
    base
        (n,) float64: cost of serving point i from what is open anyhow; inf where nothing is.
    """

    by_site: Floats
    base: Floats

    def cost(self, sites: Ints) -> float:
        """Give the cost of serving all points from these candidates and what is open anyhow."""
        served = self.by_site[sites].min(axis=0, initial=np.inf)
        return float(np.minimum(self.base, served).sum())


def greedy(ground: Ground, p: int) -> Ints:
    """
    Open one candidate after the other, each time the one that saves most.

    What a candidate saves never grows while others open, so that an old figure is a bound, and
    few are worked out again each time (Minoux, "Accelerated greedy algorithms for maximizing
    submodular set functions", 1978).

    Parameters
    ----------
    ground
        (m, n) costs.
    p
        How many to open, at most m.

    Returns
    -------
    sites
        (p,) rows of `by_site`, in the order of opening.
    """
    cost = np.minimum(ground.base, ground.by_site.max(axis=0))
    saves = np.maximum(cost - ground.by_site, 0.0).sum(axis=1)
    known = np.zeros(len(saves), np.intp)
    sites = np.empty(p, np.intp)
    for k in range(p):
        best = int(saves.argmax())
        while known[best] != k:
            saves[best] = np.maximum(cost - ground.by_site[best], 0.0).sum()
            known[best] = k
            best = int(saves.argmax())
        sites[k] = best
        saves[best] = -np.inf
        np.minimum(cost, ground.by_site[best], out=cost)
    return sites


def swap(ground: Ground, sites: Ints) -> Ints:
    """
    Move one site after the other, each time by the swap that saves most, until none saves.

    The gain of every swap follows from the nearest and second nearest open site of each point:
    Resende and Werneck, "On the implementation of a swap-based local search procedure for the
    p-median problem" (2003), after Whitaker (1983).

    Parameters
    ----------
    ground
        (m, n) costs.
    sites
        (p,) rows of `by_site` to begin with, p >= 1.

    Returns
    -------
    sites
        (p,) rows that no single swap betters.
    """
    by_site, n = ground.by_site, ground.by_site.shape[1]
    worst = by_site.max(axis=0)
    points = np.arange(n)
    sites = sites.copy()
    p = len(sites)
    table = np.empty((p + 1, n))
    while True:
        table[:p] = by_site[sites]
        table[p] = ground.base
        nearest = table.argmin(axis=0)
        first = table[nearest, points]
        table[nearest, points] = np.inf
        # With one site and no base there is no second: then the worst stands for it.
        second = np.minimum(table.min(axis=0), worst)
        gains = np.maximum(first - by_site, 0.0).sum(axis=1)
        losses = np.bincount(nearest, np.maximum(second - first, 0.0), minlength=p + 1)[:p]
        order = nearest.argsort(kind="stable")
        order = order[: len(order) - int((nearest == p).sum())]
        profit = gains[:, None] - losses
        if len(order):
            kept = np.maximum(by_site[:, order], first[order])
            np.subtract(second[order], kept, out=kept)
            np.maximum(kept, 0.0, out=kept)
            groups, starts = np.unique(nearest[order], return_index=True)
            profit[:, groups] += np.add.reduceat(kept, starts, axis=1)
        profit[sites] = -np.inf
        into, out = divmod(int(profit.argmax()), p)
        if profit[into, out] <= LEAST_GAIN * max(float(first.sum()), 1.0):
            return sites
        sites[out] = into
