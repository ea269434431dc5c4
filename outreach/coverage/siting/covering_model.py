"""Maximal covering made small, and its bound: what can be known before a program is solved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.siting.covering_kernel import descend, exchange, turned
from outreach.coverage.siting.highs import Program

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

ROUNDS = 15
"""Of the subgradient, before columns are exchanged in the best choice that it came upon."""
SHORTER = 0.85
"""What the step becomes each time."""
EQUAL = 1e-9
"""As a part of all demand: a gain that is rounding only."""


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
    is_out
        (m,) columns that no choice above the bar holds.
    """

    bound: float
    chosen: NDArray[np.intp]
    is_out: NDArray[np.bool_]


class _Listed:
    """The table of a problem by row and by column, as the compiled loops go through it."""

    def __init__(self, cover: Cover) -> None:
        from scipy.sparse import csr_matrix

        by_row = csr_matrix(cover.covers)
        self.starts = by_row.indptr.astype(np.int64)
        self.columns = by_row.indices.astype(np.int64)
        self.col_starts = np.zeros(by_row.shape[1] + 1, np.int64)
        self.rows = np.empty(len(self.columns), np.int64)
        turned(self.starts, self.columns, self.col_starts, self.rows)
        self.demand = cover.demand
        self.least = EQUAL * float(cover.demand.sum())

    def exchanged(self, chosen: NDArray[np.intp]) -> tuple[NDArray[np.intp], float]:
        """Exchange columns as long as that covers more; the choice, and what it covers."""
        better = chosen.astype(np.int64)
        value = exchange(self.col_starts, self.rows, self.demand, better, self.least)
        return np.sort(better), value


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


def covered_most(covers: NDArray[np.float32], demand: NDArray[np.float64], p: int) -> Program:
    """Cover points (n,) by shares of sites (m,), `p` in all: the linear program of the problem."""
    from scipy.sparse import csr_matrix, eye_array, hstack, vstack

    n, m = covers.shape
    rows = vstack(
        [
            hstack([eye_array(n), -csr_matrix(covers, dtype=np.float64)]),
            csr_matrix(np.concatenate([np.zeros(n), np.ones(m)])[None]),
        ]
    )
    return Program(
        worth=np.concatenate([demand, np.zeros(m)]),
        lower=np.zeros(n + m),
        upper=np.ones(n + m),
        is_whole=np.zeros(n + m, bool),
        rows=rows,
        row_lower=np.concatenate([np.full(n, -np.inf), [float(p)]]),
        row_upper=np.concatenate([np.zeros(n), [float(p)]]),
    )


def swapped(cover: Cover, chosen: NDArray[np.intp]) -> NDArray[np.intp]:
    """Exchange a column for another one, the best pair each time, while that covers more."""
    return _Listed(cover).exchanged(chosen)[0]


def relax(
    cover: Cover,
    chosen: NDArray[np.intp],
    *,
    bar_of: Callable[[float], float],
    n_rounds: int,
    prices: NDArray[np.float64] | None = None,
    lenience: float = 1.0,
) -> CoverBound:
    """
    Lower the bound of Lagrange by its subgradient, and find choices on the way.

    The rows that let only covered points count are relaxed (Galvão and ReVelle 1996); the columns
    of the largest prices are the choice of the relaxation.

    Parameters
    ----------
    cover
        The problem; fewer sites than columns.
    chosen
        (p,) a good choice.
    bar_of
        Gives, for a value, the one that a choice must surpass to be of use.
    n_rounds
        At most so many steps.
    prices
        (n,) of the rows to begin with, from 0 to the demand.
    lenience
        How far the first steps go, as a part of what would close the gap.
    """
    listed = _Listed(cover)
    chosen, value = listed.exchanged(chosen)
    if prices is None:
        times = cover.covers[:, chosen].sum(axis=1)
        prices = cover.demand / np.maximum(times, 1.0)
    prices, offered = prices.copy(), np.zeros(cover.p, np.int64)
    for _ in range(0, n_rounds, ROUNDS):
        bound = descend(
            listed.starts,
            listed.columns,
            listed.col_starts,
            listed.rows,
            cover.demand,
            prices,
            value,
            bar_of(value),
            ROUNDS,
            lenience,
            offered,
        )
        better, got = listed.exchanged(offered)
        if got > value:
            chosen, value = better, got
        if bound <= bar_of(value):
            break
        lenience *= SHORTER
    return _priced(cover, prices, chosen, bar_of(value))


def _priced(
    cover: Cover, prices: NDArray[np.float64], chosen: NDArray[np.intp], bar: float
) -> CoverBound:
    """Work out anew what prices tell: what was added up step by step has gathered rounding."""
    worth = prices @ cover.covers
    order = np.argsort(-worth, kind="stable")
    least = worth[order[cover.p - 1]]
    bound = float((cover.demand - prices).sum() + worth[order[: cover.p]].sum())
    return CoverBound(
        bound=bound, chosen=chosen, is_out=bound + np.minimum(worth - least, 0.0) <= bar
    )
