"""Maximal covering made small, and its bound: what can be known before a program is solved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

PATIENCE = 10
LEAST_STEP = 1e-3
SWAPPED_EVERY = 15
"""Choices of the relaxation that columns are exchanged in: one of so many."""
EQUAL = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cover:
    """
    Which candidates cover which points, what those are worth, and how many sites may be chosen.

    Parameters
    ----------
    covers
        (n, m) 0 or 1.
    demand
        (n,) positive.
    sites
        (m,) the columns of the candidates in the caller's table.
    p
        Sites to choose.
    """

    covers: NDArray[np.float32]
    demand: NDArray[np.float64]
    sites: NDArray[np.intp]
    p: int

    def value_of(self, chosen: NDArray[np.intp]) -> float:
        """Give the demand that these columns cover."""
        return float(self.demand @ self.covers[:, chosen].any(axis=1))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoverBound:
    """
    What the relaxation tells.

    Parameters
    ----------
    bound
        No choice covers more.
    chosen
        The best columns that are known, (p,) ascending.
    is_out, is_in
        (m,) columns that no choice above the bar holds, and those that each of them holds.
    """

    bound: float
    chosen: NDArray[np.intp]
    is_out: NDArray[np.bool_]
    is_in: NDArray[np.bool_]


def shrunk(cover: Cover) -> Cover:
    """
    Leave out what cannot matter: candidates that another one surpasses, and points alike.

    A candidate that covers no point beyond those of another one is never needed (the column rule
    of Toregas and ReVelle 1973); points that the same candidates cover become one.
    """
    reached = (cover.covers > 0).any(axis=1) & (cover.demand > 0)
    covers, demand = cover.covers[reached], cover.demand[reached]
    both = covers.T @ covers
    size = np.diag(both)
    column = np.arange(len(size))
    is_within = both >= size[:, None]
    is_larger = size[None, :] > size[:, None]
    is_first = (size[None, :] == size[:, None]) & (column[None, :] < column[:, None])
    keeps = ~(is_within & (is_larger | is_first)).any(axis=1) & (size > 0)
    covers = covers[:, keeps]
    if not covers.size:
        return Cover(covers=covers[:0], demand=demand[:0], sites=cover.sites[keeps], p=0)
    patterns = np.packbits(covers > 0, axis=1)
    _, first, group = np.unique(patterns, axis=0, return_index=True, return_inverse=True)
    return Cover(
        covers=covers[first],
        demand=np.bincount(group.ravel(), weights=demand).astype(np.float64),
        sites=cover.sites[keeps],
        p=min(cover.p, int(keeps.sum())),
    )


def grain_of(demand: NDArray[np.float64]) -> float:
    """Give a step of which all covered sums are multiples: the common divisor; 0: none is known."""
    whole = np.round(demand)
    if not len(demand) or np.any(whole != demand) or whole.max() >= 2**53:
        return 0.0
    return float(np.gcd.reduce(whole.astype(np.int64)))


def greedy(cover: Cover) -> NDArray[np.intp]:
    """Choose one column after another, each for the most demand that it adds."""
    open_demand = cover.demand.copy()
    chosen: list[int] = []
    for _ in range(cover.p):
        gains = open_demand @ cover.covers
        gains[chosen] = -1.0
        best = int(np.argmax(gains))
        chosen.append(best)
        open_demand[cover.covers[:, best] > 0] = 0.0
    return np.array(sorted(chosen), np.intp)


def swapped(cover: Cover, chosen: NDArray[np.intp]) -> NDArray[np.intp]:
    """Exchange a column for another one, the best pair each time, while that covers more."""
    chosen = chosen.copy()
    if not 0 < len(chosen) < cover.covers.shape[1]:
        return chosen
    # Products of two precisions would convert the table each time.
    covers = cover.covers.astype(np.float64)
    while True:
        times = covers[:, chosen].sum(axis=1)
        # What only one chosen column covers is lost, or taken over, when that column goes.
        alone = covers[:, chosen].T * (cover.demand * (times == 1))
        gains = (cover.demand * (times == 0) + alone) @ covers
        gains -= alone.sum(axis=1)[:, None]
        gains[:, chosen] = -np.inf
        out, into = np.unravel_index(int(np.argmax(gains)), gains.shape)
        if gains[out, into] <= EQUAL * cover.demand.sum():
            return np.sort(chosen)
        chosen[out] = into


def relax(
    cover: Cover,
    chosen: NDArray[np.intp],
    *,
    bar_of: Callable[[float], float],
    n_rounds: int,
) -> CoverBound:
    """
    Lower the bound of Lagrange by its subgradient, and find choices on the way.

    The rows that let only covered points count are relaxed (Galvão and ReVelle 1996); the columns
    of the largest prices are the choice of the relaxation.

    Parameters
    ----------
    cover
        The problem.
    chosen
        (p,) a good choice.
    bar_of
        Gives, for a value, the one that a choice must surpass to be of use.
    n_rounds
        At most so many steps.
    """
    from scipy.sparse import csr_matrix

    value, bound, lenience, n_waiting = cover.value_of(chosen), np.inf, 1.0, 0
    m, p = cover.covers.shape[1], cover.p
    prices = best_prices = _first_prices(cover, chosen)
    with_it, without_it = np.full(m, np.inf), np.full(m, np.inf)
    tried: set[bytes] = set()
    by_site = csr_matrix(cover.covers.T, dtype=np.float64)
    for n_before in range(n_rounds):
        worth = by_site @ prices
        order = np.argsort(-worth, kind="stable")
        taken = np.sort(order[:p])
        least = worth[order[p - 1]]
        following = worth[order[p]] if p < m else -np.inf
        now = float((cover.demand - prices).sum() + worth[taken].sum())
        is_taken = np.zeros(m, bool)
        is_taken[taken] = True
        with_it = np.minimum(with_it, now + np.where(is_taken, 0.0, worth - least))
        without_it = np.minimum(without_it, now + np.where(is_taken, following - worth, 0.0))
        n_waiting = 0 if now < bound * (1 - 1e-5) or not np.isfinite(bound) else n_waiting + 1
        if now < bound:
            bound, best_prices = now, prices
        if taken.tobytes() not in tried:
            tried.add(taken.tobytes())
            offered = swapped(cover, taken) if n_before % SWAPPED_EVERY == 0 else taken
            if (new := cover.value_of(offered)) > value:
                value, chosen = new, offered
        if bound <= bar_of(value) or lenience < LEAST_STEP:
            break
        if n_waiting >= PATIENCE:
            lenience, n_waiting, prices = lenience / 2, 0, best_prices
            continue
        slope = cover.covers[:, taken].sum(axis=1) - 1.0
        slope[(prices <= 0) & (slope > 0) | (prices >= cover.demand) & (slope < 0)] = 0.0
        length = float(slope @ slope)
        if length <= 0:
            break
        step = lenience * (now - value) / length
        prices = np.clip(prices - step * slope, 0.0, cover.demand)
    better = swapped(cover, chosen)
    value = cover.value_of(better)
    bar = bar_of(value)
    return CoverBound(
        bound=bound,
        chosen=better,
        is_out=with_it <= bar,
        is_in=without_it <= bar,
    )


def _first_prices(cover: Cover, chosen: NDArray[np.intp]) -> NDArray[np.float64]:
    times = cover.covers[:, chosen].sum(axis=1)
    prices: NDArray[np.float64] = cover.demand / np.maximum(times, 1.0)
    return prices
