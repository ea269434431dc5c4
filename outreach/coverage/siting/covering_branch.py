"""Maximal covering by branch and bound: a point is covered, or all that cover it are left out."""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.siting.covering_model import Cover, covered_most, shrunk
from outreach.coverage.siting.highs import Again, Repeated

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from outreach.coverage.siting.covering_model import CoverBound

UNDECIDED = 1e-6
"""How far from 0 and 1 a share is that can be decided about."""

CLOSE = 1e-7
"""As a part of the bar: what the tolerances of HiGHS may hide."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Node:
    """
    Choices among the open columns that cover some rows and hold some columns.

    `is_must` (n,) are the rows to be covered, `is_in` (m,) the columns to be held; `again` is the
    answer of the linear program, `bound` what no choice of the node surpasses.
    """

    is_open: NDArray[np.bool_]
    is_must: NDArray[np.bool_]
    is_in: NDArray[np.bool_]
    bound: float
    again: Again


def closed_by_branching(
    whole: Cover, told: CoverBound, *, bar_of: Callable[[float], float], until: float
) -> tuple[NDArray[np.intp], float]:
    """
    Choose the columns that cover most, among those that are not ruled out.

    A node is parted by a row that the linear program covers by half: either one of the columns
    that cover it is chosen, or none of them. Where many columns are nearly alike that decides
    far more than one column would.

    Parameters
    ----------
    whole
        The problem.
    told
        A good choice, and the columns that no choice above the bar of its value holds.
    bar_of
        Gives, for a value, the one that a choice must surpass to be of use.
    until
        By the clock of `time.perf_counter`, when the bound of the open nodes is given instead.

    Returns
    -------
    chosen, bound
        The best columns that are known, ascending, and what no choice surpasses.
    """
    best, value = told.chosen, whole.value_of(told.chosen)
    columns = np.flatnonzero(~told.is_out)
    cover = shrunk(
        Cover(covers=whole.covers[:, columns], demand=whole.demand, sites=columns, p=whole.p)
    )
    n, m = cover.covers.shape
    if m <= cover.p:
        everything = np.sort(cover.sites)
        value = max(value, most := whole.value_of(everything))
        return (everything if most >= value else best), bar_of(value)
    tree = _Tree(cover, until)
    first = _Node(
        is_open=np.ones(m, bool),
        is_must=np.zeros(n, bool),
        is_in=np.zeros(m, bool),
        bound=told.bound,
        again=Again(outcome="stopped"),
    )
    heap: list[tuple[float, int, _Node]] = []
    children, n_nodes, floor = [first], 0, -np.inf
    while children:
        for child in children:
            node = tree.solved(child, bar_of(value))
            if node is None:
                continue
            if node.again.x is not None:
                # The columns with the largest shares are a choice of their own.
                chosen = np.argsort(-node.again.x[n:], kind="stable")[: cover.p]
                if (new := cover.value_of(chosen)) > value:
                    best, value = np.sort(cover.sites[chosen]), new
            n_nodes += 1
            heapq.heappush(heap, (-node.bound, n_nodes, node))
        children = []
        while heap and not children and time.perf_counter() < until:
            node = heapq.heappop(heap)[2]
            if node.bound > bar_of(value):
                children = tree.parted(node)
                # What cannot be parted, or was not solved, keeps its bound.
                floor = floor if children else max(floor, node.bound)
    left = [node.bound for _, _, node in heap]
    return best, max([bar_of(value), floor, *left])


class _Tree:
    """The linear program of a problem, for one node after another."""

    def __init__(self, cover: Cover, until: float) -> None:
        self.cover, self.until = cover, until
        self.n, self.m = cover.covers.shape
        self.covers = cover.covers.astype(np.float64)
        self.program = Repeated(covered_most(cover.covers, cover.demand, cover.p))

    def solved(self, node: _Node, bar: float) -> _Node | None:
        """Bound a node, beginning where its parent ended; None: nothing in it is above the bar."""
        if node.is_open.sum() < self.cover.p:
            return None
        again = self.program.solve(
            lower=np.concatenate([node.is_must, node.is_in]).astype(np.float64),
            upper=np.concatenate([np.ones(self.n), node.is_open]),
            # Near the bar the bound is worked out here, not by the tolerances of HiGHS.
            above=bar * (1 - CLOSE),
            time_limit_s=self.until - time.perf_counter(),
            basis=node.again.basis,
        )
        if again.outcome == "infeasible":
            return None
        bound, is_open = node.bound, node.is_open
        if again.prices is not None:
            now, margin = self._bound(node, again.prices)
            bound = min(bound, now)
            is_open = is_open & (node.is_in | (now + np.minimum(margin, 0.0) > bar))
        if bound <= bar:
            return None
        return _Node(
            is_open=is_open, is_must=node.is_must, is_in=node.is_in, bound=bound, again=again
        )

    def _bound(
        self, node: _Node, row_prices: NDArray[np.float64]
    ) -> tuple[float, NDArray[np.float64]]:
        """Work out the bound of Lagrange at these prices, and what it loses with each column."""
        demand = self.cover.demand
        prices = np.clip(row_prices[: self.n], 0.0, np.where(node.is_must, np.inf, demand))
        worth = prices @ self.covers
        offered = np.where(node.is_open & ~node.is_in, worth, -np.inf)
        order = np.argsort(-offered, kind="stable")
        n_more = self.cover.p - int(node.is_in.sum())
        bound = float((demand - prices).sum() + worth[node.is_in].sum())
        if n_more == 0:
            return bound, np.full(self.m, -np.inf)
        bound += float(worth[order[:n_more]].sum())
        return bound, worth - worth[order[n_more - 1]]

    def parted(self, node: _Node) -> list[_Node]:
        """Part a node by a row, or by a column where all rows are decided; empty: by nothing."""
        if node.again.x is None:
            return []
        share = np.where(node.is_open, node.again.x[self.n :], 0.0)
        of_row = self.covers @ share
        undecided = np.where(node.is_must, 0.0, np.minimum(of_row, 1.0 - of_row))
        # Of rows that are as undecided, the one of most demand.
        row = int(np.argmax(undecided + UNDECIDED * self.cover.demand / self.cover.demand.max()))
        is_must, is_in = node.is_must.copy(), node.is_in.copy()
        if undecided[row] > UNDECIDED:
            is_within = self.covers[row] > 0
            is_must[row] = True
        else:
            of_column = np.where(node.is_in, 0.0, np.minimum(share, 1.0 - share))
            column = int(np.argmax(of_column))
            if of_column[column] <= UNDECIDED:
                return []
            is_within = np.arange(self.m) == column
            is_in[column] = True
        cases = (
            (node.is_open & ~is_within, node.is_must, node.is_in),
            (node.is_open, is_must, is_in),
        )
        return [
            _Node(is_open=a, is_must=b, is_in=c, bound=node.bound, again=node.again)
            for a, b, c in cases
        ]
