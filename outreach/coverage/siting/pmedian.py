"""Where so many sites serve people at the least total travel: the p-median problem."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.siting.pmedian_branch import close
from outreach.coverage.siting.pmedian_part import Search
from outreach.coverage.siting.pmedian_search import Ground, greedy, swap
from outreach.coverage.siting.result import siting_of
from outreach.errors import InfeasibleError, PlanningError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from outreach.coverage.siting.result import Siting

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]

MOST_WHOLE = 2.0**50
"""Sums of whole numbers up to this are exact."""


def pmedian(
    cost: ArrayLike,
    weights: ArrayLike,
    p: int,
    *,
    fixed: Sequence[int] = (),
    time_limit_s: float = 60.0,
) -> Siting:
    """
    Choose the sites from which serving everybody costs least.

    The greedy choice and swaps give good sites; a Lagrangian bound says how good, and leaves out
    most candidates; HiGHS, or branch and bound, closes what gap is left. There is no chance in
    it: the same inputs give the same sites, unless the time runs out.

    Parameters
    ----------
    cost
        (n, m) of serving point i from candidate j, for each unit of weight; inf: no way.
    weights
        (n,) of the points, such as visits a week; a point without weight counts for nothing.
    p
        How many new sites.
    fixed
        Candidates that are sites already, and serve too.
    time_limit_s
        After so long the best so far is returned, with its bound.

    Returns
    -------
    siting
        Its value is the sum over the points of weight times cost from the nearest new or fixed
        site. Where all of these products are whole numbers the bound is rounded up.

    Raises
    ------
    InfeasibleError
        Points that no candidate reaches, or that no choice of so few sites was found to reach.
    PlanningError
        There are fewer than `p` candidates that are not sites already.
    """
    ends_at = time.monotonic() + time_limit_s
    costs, weight = np.asarray(cost, np.float64), np.asarray(weights, np.float64)
    free = np.setdiff1d(np.arange(costs.shape[1]), np.array(fixed, np.intp))
    if p > len(free):
        raise PlanningError(
            "%(p)d sites are asked for among %(n)d candidates; ask for fewer, or name more.",
            p=p,
            n=len(free),
        )
    costs, weight = costs[weight > 0], weight[weight > 0]
    n_lost = int((~np.isfinite(costs).any(axis=1)).sum())
    if n_lost:
        raise InfeasibleError(
            "%(n)d points have no way to any candidate; name candidates that they can reach, or "
            "leave them out.",
            n=n_lost,
        )
    weighted = costs * weight[:, None]
    sites, bound = _cheapest(_finite(weighted), free, p, fixed, ends_at)
    served = weighted[:, [*fixed, *sites]].min(axis=1, initial=np.inf)
    n_lost = int((~np.isfinite(served)).sum())
    if n_lost:
        raise InfeasibleError(
            "No %(p)d sites were found that everybody has a way to; with the best ones %(n)d "
            "points have none. Ask for more sites, or leave them out.",
            p=p,
            n=n_lost,
        )
    value = float(served.sum())
    return siting_of(tuple(int(j) for j in sites), value=value, bound=min(bound, value))


def _finite(weighted: Floats) -> Floats:
    """Let a point without a way cost more than all others can together."""
    is_way = np.isfinite(weighted)
    no_way = 1.0 + float(weighted.max(axis=1, initial=0.0, where=is_way).sum())
    return np.where(is_way, weighted, no_way)


def _cheapest(
    weighted: Floats, free: Ints, p: int, fixed: Sequence[int], ends_at: float
) -> tuple[Ints, float]:
    """Choose among the free columns; give the bound too."""
    base = weighted[:, list(fixed)].min(axis=1, initial=np.inf)
    # What all candidates together cost is a bound that needs no work.
    least = float(weighted.min(axis=1).sum()) if len(weighted) else 0.0
    if p in {0, len(free)} or not len(weighted):
        return free[:p], np.inf
    ground = Ground(by_site=np.ascontiguousarray(weighted[:, free].T), base=base)
    is_whole = bool((weighted == np.rint(weighted)).all()) and weighted.sum() < MOST_WHOLE
    start = swap(ground, greedy(ground, p))
    search = Search(ground, start, is_whole=is_whole, ends_at=ends_at)
    bound = search.cost if search.cost <= least else max(least, close(search))
    return free[search.sites], bound
