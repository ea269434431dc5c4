"""The p-median problem by distances that are needed, for HiGHS to finish where few of them are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.siting.highs import Program, solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outreach.coverage.siting.pmedian_part import Part, Search

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]

HALF = 0.5
"""Above it a whole number of the solver is 1."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairs:
    """
    Which site may serve which point in anything better than the best, the near ones first.

    Parameters
    ----------
    point, site
        (k,) by point, then by cost; `site` by its place among the free ones.
    cost
        (k,) of the pair.
    """

    point: Ints
    site: Ints
    cost: Floats


def pairs_of(search: Search, part: Part) -> Pairs:
    """
    Leave out the pairs that would raise a part's bound over the best cost.

    A point that is served at a cost over its multiplier raises the bound by the difference.
    """
    most = part.u + (search.cost - part.bound) * (1 + 1e-9)
    costs = search.ground.by_site[part.free].T
    point, site = np.nonzero(costs <= np.minimum(most, part.base)[:, None])
    cost = costs[point, site]
    order = np.lexsort((site, cost, point))
    return Pairs(point=point[order], site=site[order], cost=cost[order])


def finish(search: Search, part: Part, pairs: Pairs, *, time_limit_s: float) -> float:
    """
    Solve a part by HiGHS.

    Parameters
    ----------
    search
        The best sites so far; better ones are given to it.
    part, pairs
        What to solve.
    time_limit_s
        Seconds that may be taken.

    Returns
    -------
    bound
        No choice of the part costs less; inf where none is as good as the best.
    """
    program, least = program_of(part, pairs)
    answer = solve(program, time_limit_s=time_limit_s)
    if answer.x is not None:
        chosen = part.free[answer.x[: len(part.free)] > HALF]
        search.offer(np.concatenate([np.array(part.opened, np.intp), chosen]))
    if answer.outcome == "infeasible":
        return float("inf")
    return max(least - answer.bound, part.bound)


def program_of(part: Part, pairs: Pairs) -> tuple[Program, float]:
    """
    Pay for each point from one distance to the next while no site is open that near.

    Cornuéjols, Nemhauser and Wolsey, "A canonical representation of simple plant location
    problems and its applications" (1980); García, Labbé and Marín, "Solving large p-median
    problems with a radius formulation" (2011). A row for each point and distance: a site at that
    distance is open, or one nearer is, or the next distance is paid.

    Returns
    -------
    program
        Columns: the free sites, then whether the way on from each row is paid.
    least
        What is paid in any case.
    """
    from scipy.sparse import csr_matrix

    point, cost, f = pairs.point, pairs.cost, len(part.free)
    is_new_point = np.diff(point, prepend=-1) != 0
    is_new = is_new_point | (np.diff(cost, prepend=-1.0) != 0)
    row = np.cumsum(is_new) - 1
    point, cost, is_first = point[is_new], cost[is_new], is_new_point[is_new]
    n_rows = len(point)
    is_last = np.append(is_first[1:], [True]) if n_rows else is_first
    after = np.where(is_last, part.base[point], np.append(cost[1:], 0.0))
    pays = np.flatnonzero(np.isfinite(after))
    column = np.full(n_rows, -1)
    column[pays] = f + np.arange(len(pays))
    follows = np.flatnonzero(~is_first)
    n_columns = f + len(pays)
    entries = (
        (np.ones(len(row)), row, pairs.site),
        (np.ones(len(pays)), pays, column[pays]),
        (-np.ones(len(follows)), follows, column[follows - 1]),
        (np.ones(f), np.full(f, n_rows), np.arange(f)),
    )
    value, at, of = (np.concatenate(parts) for parts in zip(*entries, strict=True))
    worth = np.zeros(n_columns)
    worth[column[pays]] = cost[pays] - after[pays]
    program = Program(
        worth=worth,
        lower=np.zeros(n_columns),
        upper=np.ones(n_columns),
        is_whole=np.arange(n_columns) < f,
        rows=csr_matrix((value, (at, of)), shape=(n_rows + 1, n_columns)),
        row_lower=np.append(is_first.astype(np.float64), part.p),
        row_upper=np.append(np.full(n_rows, np.inf), part.p),
    )
    unserved = np.ones(len(part.base), np.bool_)
    unserved[point] = False
    return program, float(cost[is_first].sum() + part.base[unserved].sum())
