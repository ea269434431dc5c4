"""Branch and bound for the p-median problem."""

from __future__ import annotations

import heapq
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.siting.pmedian_bound import ascend
from outreach.coverage.siting.pmedian_part import Part, Search, whole_part
from outreach.coverage.siting.pmedian_radius import finish, pairs_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

FIRST_STEP, FIRST_LEAST, FIRST_ITERATIONS = 1.0, 0.005, 300
"""Of the whole problem's bound."""
STEP, LEAST_STEP, ITERATIONS = 0.4, 0.02, 30
"""Of a part's bound: its multipliers are good already."""
DIVE_ITERATIONS = 20
FAST, SLOW = 0.125, 0.05
"""What part of the sites to open a dive decides on at a time."""
MANY = 20
"""Sites from which on HiGHS is faster than splitting, with up to so many pairs for each point."""
FEW = 40
EARLY, DIVE_S = 0.1, 10.0
"""What part of the gap a dive may lose while it goes well; seconds for HiGHS to end it."""
DIVE_EVERY = 10
"""Parts that are split between two dives."""
DOUBTFUL = 0.5
"""How often a site is open, in the relaxed problems, that is the first to be decided on."""


def close(search: Search) -> float:
    """
    Find the best sites, by splitting the choices until nothing better can be in any part.

    Parameters
    ----------
    search
        The best sites so far; better ones are given to it.

    Returns
    -------
    bound
        No choice costs less; the cost itself unless the time was over before.
    """
    root = whole_part(search.ground, search.sites)
    root = ascend(
        search, root, iterations=FIRST_ITERATIONS, step=FIRST_STEP, least_step=FIRST_LEAST
    )
    root = search.narrow(root)
    for share in (FAST, SLOW):
        dive(search, root, share=share)
    if is_done(search, root):
        return search.proven(np.inf)
    bound = solve_few(search, root, time_limit_s=search.left_s)
    if bound is not None:
        return search.proven(bound)
    number = count(1)
    heap = [(root.bound, 0, root)]
    while heap and heap[0][0] < search.enough:
        if search.is_late:
            return search.proven(heap[0][0])
        _, visited, part = heapq.heappop(heap)
        if visited % DIVE_EVERY == DIVE_EVERY - 1:
            dive(search, part, share=FAST)
        parts = [
            ascend(search, half, iterations=ITERATIONS, step=STEP, least_step=LEAST_STEP)
            for half in halves(search, part)
        ]
        for half in parts:
            if not is_done(search, half):
                heapq.heappush(heap, (half.bound, next(number), half))
    return search.proven(heap[0][0] if heap else np.inf)


def is_done(search: Search, part: Part) -> bool:
    """Say whether a part can hold nothing better, or only one choice, which has been tried."""
    return part.bound >= search.enough or part.p in {0, len(part.free)}


def halves(search: Search, part: Part) -> Iterator[Part]:
    """Give the choices with a doubtful site open, and those with it closed."""
    doubtful = int(np.abs(part.usage - DOUBTFUL).argmin())
    yield opened(search, part, np.array([doubtful]))
    stays = np.arange(len(part.free)) != doubtful
    yield replace(part, free=part.free[stays], usage=part.usage[stays])


def opened(search: Search, part: Part, places: NDArray[np.intp]) -> Part:
    """Give the choices of a part in which some of its free sites, by their places, are open."""
    sites = part.free[places]
    base = np.minimum(part.base, search.ground.by_site[sites].min(axis=0))
    return replace(
        part,
        opened=(*part.opened, *sites.tolist()),
        free=np.delete(part.free, places),
        usage=np.delete(part.usage, places),
        p=part.p - len(sites),
        base=base,
        u=np.minimum(part.u, base),
    )


def dive(search: Search, part: Part, *, share: float) -> None:
    """
    Open what the relaxed problem likes most, bound again, and so on down to one choice.

    Where that goes wrong, HiGHS chooses the rest from where it was still going well.
    """
    well = part.bound + EARLY * (search.cost - part.bound)
    last = part
    while not (is_done(search, part) or search.is_late):
        n = max(1, int(part.p * share))
        part = opened(search, part, part.usage.argpartition(-n)[-n:])
        part = ascend(search, part, iterations=DIVE_ITERATIONS, step=STEP, least_step=LEAST_STEP)
        if part.bound <= well:
            last = part
    if part.bound >= search.enough and not is_done(search, last):
        solve_few(search, last, time_limit_s=min(DIVE_S, search.left_s))


def solve_few(search: Search, part: Part, *, time_limit_s: float) -> float | None:
    """Solve a part by HiGHS and give its bound; None where it would take too long."""
    if part.p < MANY:
        return None
    pairs = pairs_of(search, part)
    if len(pairs.point) > FEW * len(part.base):
        return None
    return finish(search, part, pairs, time_limit_s=time_limit_s)
