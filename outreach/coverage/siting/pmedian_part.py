"""Parts of the p-median problem, and the best sites against which they are held."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.siting.pmedian_search import Ground, swap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]

NEAR = 5e-7
"""A bound is good enough when it is this near to the cost, as a part of it."""
ROUNDING = 1e-6
WORTH_SWAPS = 1.02
"""Sites that cost up to this times the best are worth swaps."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """
    The choices that open some sites and leave others closed.

    Parameters
    ----------
    opened
        Rows of `Ground.by_site` that are open.
    free
        (f,) rows that may be open or not.
    p
        How many of the free ones are to be opened.
    base
        (n,) cost of serving each point from what is open already.
    u
        (n,) multipliers: what each point offers for being served.
    bound
        No choice of this part costs less.
    usage
        (f,) how often each was open in the relaxed problems, lately: 0 to 1.
    """

    opened: tuple[int, ...]
    free: Ints
    p: int
    base: Floats
    u: Floats
    bound: float
    usage: Floats


class Search:
    """
    The best sites so far, against which the parts of the problem are held.

    Parameters
    ----------
    ground
        (m, n) costs.
    sites
        Rows of `Ground.by_site` to begin with.
    is_whole
        All costs are whole numbers, so that bounds can be rounded up.
    ends_at
        Of `time.monotonic`: when to stop.
    """

    def __init__(self, ground: Ground, sites: Ints, *, is_whole: bool, ends_at: float) -> None:
        self.ground = ground
        self.sites = sites
        self.cost = ground.cost(sites)
        self._is_whole = is_whole
        self._ends_at = ends_at
        self._decided = np.empty(0, np.intp)
        self._rows = np.arange(len(ground.by_site))
        self._seen: set[int] = set()

    @property
    def is_late(self) -> bool:
        """The time is over."""
        return self.left_s <= 0

    @property
    def left_s(self) -> float:
        """Seconds until it is."""
        return self._ends_at - time.monotonic()

    @property
    def enough(self) -> float:
        """A part whose bound is this high holds nothing that matters."""
        return self.cost - 1 + ROUNDING if self._is_whole else self.cost * (1 - NEAR)

    def proven(self, bound: float) -> float:
        """Give the bound of all, when no part is left whose bound is under this one."""
        if bound >= self.enough:
            return self.cost if self._is_whole else min(max(bound, self.enough), self.cost)
        return math.ceil(bound - ROUNDING) if self._is_whole else bound

    def offer(self, sites: Ints) -> None:
        """Take rows of the ground that may be the best, and swap in those that are nearly so."""
        cost = self.ground.cost(sites)
        key = hash(np.sort(sites).tobytes())
        if cost >= self.cost * WORTH_SWAPS or key in self._seen:
            return
        self._seen.add(key)
        if len(sites):
            sites = swap(self.ground, sites)
            cost = self.ground.cost(sites)
        if cost < self.cost:
            self.sites, self.cost = np.concatenate([self._decided, self._rows[sites]]), cost

    def narrow(self, part: Part) -> Part:
        """Leave nothing in the ground but what a part leaves free, and number its sites anew."""
        self._decided = np.concatenate([self._decided, self._rows[np.array(part.opened, np.intp)]])
        self._rows = self._rows[part.free]
        self._seen.clear()
        self.ground = Ground(by_site=self.ground.by_site[part.free], base=part.base)
        return replace(part, opened=(), free=np.arange(len(part.free)))


def whole_part(ground: Ground, sites: Ints) -> Part:
    """Give the part that holds all choices; what points offer comes from good sites."""
    m = len(ground.by_site)
    table = np.vstack([ground.by_site[sites], ground.base[None, :]])
    first, second = np.partition(table, 1, axis=0)[:2]
    # Nobody offers what it costs to stay without a way, or prices would begin far too high.
    second = np.minimum(second, np.median(ground.by_site, axis=0))
    return Part(
        opened=(),
        free=np.arange(m),
        p=len(sites),
        base=ground.base,
        u=np.minimum((first + second) / 2, ground.base),
        bound=-np.inf,
        usage=np.full(m, 0.5),
    )
