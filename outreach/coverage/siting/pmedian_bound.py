"""Lagrangian bound of the p-median problem, and what it decides: which sites are in, which out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.siting.pmedian_part import Part

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outreach.coverage.siting.pmedian_part import Search

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]

BLOCK = 10
"""Iterations between two decisions about sites."""
PATIENCE = 6
"""Iterations without a better bound after which steps are shortened, by so much."""
SHORTER = 0.6
BETTER = 1e-4
"""A bound is better that closes at least this part of the gap."""
DRIFT = 0.7
"""How much of the last direction goes on in the next one."""
OVER = 1.0005
"""The steps aim at this times the best cost, so that they do not die before the bound is there."""
FORGET = 0.1
"""How much the latest relaxed problem weighs in how often a site is open."""


def ascend(search: Search, part: Part, *, iterations: int, step: float, least_step: float) -> Part:
    """
    Raise a part's bound by subgradient steps, and decide about sites as it rises.

    Each point is to be served once; that is relaxed, with the multipliers `u` as prices
    (Cornuéjols, Fisher and Nemhauser 1977; Beasley, "A note on solving large p-median problems",
    1985). A site is closed, or opened, for good where the contrary would raise the bound over
    the best cost. Steps are Polyak's, along a mean of directions (Crowder 1976).

    Parameters
    ----------
    search
        The best sites so far; the best that are met on the way are given to it.
    part
        What to bound.
    iterations
        At most so many.
    step, least_step
        The first step, as a part of Polyak's, and the one at which it ends.

    Returns
    -------
    part
        With a bound that is no lower, and with fewer free sites.
    """
    climb = _Climb(search, part)
    direction = np.zeros_like(part.u)
    waited = 0
    for iteration in range(iterations):
        if climb.is_settled:
            break
        before = climb.bound
        here, lacks = climb.relax()
        is_better = climb.bound > before + BETTER * max(search.cost - before, 0.0)
        waited = 0 if is_better or before == -np.inf else waited + 1
        if climb.bound >= search.enough or search.is_late or not lacks.any():
            break
        if waited >= PATIENCE:
            waited, step = 0, step * SHORTER
            climb.return_to_best()
            direction[:] = 0.0
            if step < least_step:
                break
            continue
        direction = lacks + DRIFT * direction
        length = step * (search.cost * OVER - here) / max(float(direction @ direction), 1.0)
        climb.u = np.minimum(climb.u + length * direction, climb.base)
        if iteration % BLOCK == BLOCK - 1:
            climb.decide()
    return climb.end()


class _Climb:
    """A part whose bound is being raised."""

    def __init__(self, search: Search, part: Part) -> None:
        self._search = search
        self._opened = np.array(part.opened, np.intp)
        self._free, self._p, self._usage = part.free, part.p, part.usage.copy()
        self._by_site = search.ground.by_site[part.free]
        self._buffer = np.empty_like(self._by_site)
        self._met, self._met_cost = part.free[:0], np.inf
        self._rest: Floats | None = None
        self._best_u = part.u
        self.base, self.bound = part.base, part.bound
        self.u = np.minimum(part.u, part.base)

    @property
    def is_settled(self) -> bool:
        """There is one choice only."""
        return self._p in {0, len(self._free)}

    def relax(self) -> tuple[float, Floats]:
        """Solve the relaxed problem; give its value, and how often each point lacks service."""
        np.subtract(self._by_site, self.u, out=self._buffer)
        np.minimum(self._buffer, 0.0, out=self._buffer)
        rest = self._buffer.sum(axis=1)
        chosen = rest.argpartition(self._p - 1)[: self._p]
        value = float(self.u.sum() + rest[chosen].sum())
        self._usage *= 1 - FORGET
        self._usage[chosen] += FORGET
        if value > self.bound:
            self.bound, self._best_u = value, self.u
            self._rest = rest
            cost = float(np.minimum(self.base, self._by_site[chosen].min(axis=0)).sum())
            if cost < self._met_cost:
                self._met_cost = cost
                self._met = np.concatenate([self._opened, self._free[chosen]])
        lacks = 1.0 - np.count_nonzero(self._buffer[chosen], axis=0)
        # What is open already serves at its price, however often that is.
        lacks[(self.u >= self.base) & (lacks > 0)] = 0.0
        return value, lacks

    def return_to_best(self) -> None:
        """Go on from the best multipliers."""
        self.u = np.minimum(self._best_u, self.base)

    def decide(self) -> None:
        """Close and open for good what the best relaxed problem decides."""
        if self._rest is None:
            return
        is_out, is_in = decided(self._rest, self._p, self.bound, self._search.enough)
        if is_in.any():
            self._opened = np.concatenate([self._opened, self._free[is_in]])
            self._p -= int(is_in.sum())
            self.base = np.minimum(self.base, self._by_site[is_in].min(axis=0))
            self.u = np.minimum(self.u, self.base)
            self._best_u = np.minimum(self._best_u, self.base)
        stays = ~(is_out | is_in)
        if not stays.all():
            self._free, self._usage = self._free[stays], self._usage[stays]
            self._by_site = self._by_site[stays]
            self._buffer = np.empty_like(self._by_site)
            self._rest = None

    def end(self) -> Part:
        """Offer the best sites that were met, and give the part as it is now."""
        if self.is_settled:
            self._met = np.concatenate([self._opened, self._free[: self._p]])
        if len(self._met):
            self._search.offer(self._met)
        return Part(
            opened=tuple(self._opened.tolist()),
            free=self._free,
            p=self._p,
            base=self.base,
            u=np.minimum(self._best_u, self.base),
            bound=self.bound,
            usage=self._usage,
        )


def decided(
    rest: Floats, p: int, bound: float, enough: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """
    Say which sites stay closed, and which must open, in anything better than the best.

    Parameters
    ----------
    rest
        (f,) what opening each free site brings in the relaxed problem; 0 < `p` < f are opened.
    bound, enough
        Of the relaxed problem, and the one above which nothing better can be.
    """
    edges = np.partition(rest, (p - 1, p))
    last_in, first_out = edges[p - 1], edges[p]
    is_out = (bound + rest - last_in >= enough) & (rest >= first_out)
    is_in = (bound - rest + first_out >= enough) & (rest <= last_in)
    return is_out, is_in
