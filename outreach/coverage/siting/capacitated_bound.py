"""Bound of what workers with hours can serve: every site on its own, with prices for the points."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from outreach.coverage.siting.capacitated_model import Task

PATIENCE = 8
LEAST_STEP = 1e-3
LEAST_HOURS = 1e-12
MEMORY = 0.1
"""Weight of the last step in the averages of the choices."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stock:
    """
    What each site is worth on its own, at prices that every point is to be paid for.

    Parameters
    ----------
    present
        (m,) worth, less prices, of what its present workers serve best.
    gains
        (n_levels, m) what the first, second … new worker there adds; never growing downwards.
    """

    present: NDArray[np.float64]
    gains: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limits:
    """At each candidate (m,), the fewest and the most new workers."""

    least_at: NDArray[np.int64]
    most_at: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Relaxed:
    """
    The best bound that was found, and what it leaves possible.

    Parameters
    ----------
    bound
        No choice within the limits is worth more.
    limits
        More new workers than these allow cannot be worth more than the bar.
    prices
        (n,) of the best bound.
    mean_at
        (m,) workers at each candidate, as the choices of the last steps have it on average.
    """

    bound: float
    limits: Limits
    prices: NDArray[np.float64]
    mean_at: NDArray[np.float64]


class Stocks:
    """
    Fill the hours of each site with the points that are worth most per hour at given prices.

    This is the fractional knapsack (Dantzig 1957) of each site, for its present workers, one more,
    two more and so on. The order of the points is kept, since prices change little by little.

    Parameters
    ----------
    task
        The problem.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        site, point = np.nonzero(np.isfinite(task.hours.T))
        self._starts = np.searchsorted(site, np.arange(task.hours.shape[1] + 1))
        self._point = point.astype(np.int64)
        # Where no hours are needed all are served first; a division by zero would follow.
        self._hours = np.maximum(task.hours.T[site, point], LEAST_HOURS)
        # The order by hours alone is near any that prices make of it.
        order = np.lexsort((self._hours, site))
        self._point, self._hours = self._point[order], self._hours[order]

    def at(self, prices: NDArray[np.float64], n_at: NDArray[np.int64], n_levels: int) -> Stock:
        """Give what sites are worth that have so many new workers already."""
        from outreach.coverage.siting.capacitated_kernel import fill

        level = np.arange(n_levels + 1)[:, None]
        available_h = self.task.available_h(n_at) + level * self.task.new_h
        worth = np.zeros_like(available_h)
        margin = np.maximum(self.task.worth - prices, 0.0)
        fill(self._starts, self._point, self._hours, margin, available_h, worth)
        return Stock(present=worth[0], gains=np.diff(worth, axis=0))

    def slope(self, prices: NDArray[np.float64], n_at: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give that of the bound in the prices: 1, less the times that each point is served."""
        from outreach.coverage.siting.capacitated_kernel import count_served

        times = np.zeros(len(prices))
        margin = np.maximum(self.task.worth - prices, 0.0)
        available_h = self.task.available_h(n_at)
        count_served(self._starts, self._point, self._hours, margin, available_h, times)
        slope: NDArray[np.float64] = 1.0 - times
        return slope


def chosen(
    gains: NDArray[np.float64], n_new: int, limits: Limits
) -> tuple[NDArray[np.int64], float, float]:
    """
    Give the workers at each site that gain most together, their gain, and the least of them.

    Those that the limits demand are among them, but not the least.
    """
    level = np.arange(len(gains))[:, None]
    wanted = np.where(level < limits.least_at, np.inf, gains)
    wanted = np.where(level < limits.most_at, wanted, -np.inf).ravel()
    best = np.argsort(-wanted, kind="stable")[:n_new]
    n_at = np.bincount(best % gains.shape[1], minlength=gains.shape[1])
    return n_at, float(gains.ravel()[best].sum()), float(wanted[best[-1]])


def relax(
    stocks: Stocks,
    prices: NDArray[np.float64],
    limits: Limits,
    *,
    value_of: Callable[[NDArray[np.int64]], float],
    n_tried: int,
    value: float,
    gap: float,
    n_rounds: int,
    until: float,
) -> Relaxed:
    """
    Lower the bound of Lagrange by its subgradient, and find choices on the way.

    The rows that serve each point once at most are relaxed (as Cornuejols, Sridharan and Thizy
    1991 do for capacitated location); what is left falls apart into sites, which are solved
    exactly. Candidates of which a worker would press the bound under the bar are ruled out.

    Parameters
    ----------
    stocks
        Of the problem, which has at least one new worker.
    prices
        (n,) not negative, to begin with.
    limits
        Of the choices, which leave room for all new workers.
    value_of
        Gives the value of the best choice that is known; it is called for the first `n_tried`
        choices of the relaxation.
    value
        Of a choice that is known.
    gap
        The bound may stay this part of the value above it: the bar.
    n_rounds, until
        At most so many steps, and no later than this reading of `time.perf_counter`.
    """
    task, n_new = stocks.task, stocks.task.n_new
    bound, lenience, n_waiting, best_prices = np.inf, 1.0, 0, prices
    none = np.zeros(task.hours.shape[1], np.int64)
    direction, mean_at = np.zeros_like(prices), none.astype(np.float64)
    ceiling = np.full((n_new, len(none)), np.inf)
    seen: set[bytes] = set()
    for _ in range(n_rounds):
        held = stocks.at(prices, none, n_new)
        n_at, gain, least = chosen(held.gains, n_new, limits)
        now = float(prices.sum() + held.present.sum() + gain)
        if np.isfinite(least):
            ceiling = np.minimum(ceiling, now + np.minimum(held.gains - least, 0.0))
        mean_at = n_at * MEMORY + mean_at * (1 - MEMORY) if seen else n_at.astype(np.float64)
        n_waiting = 0 if not np.isfinite(bound) or now < bound * (1 - 1e-6) else n_waiting + 1
        if now < bound:
            bound, best_prices = now, prices
        if n_at.tobytes() not in seen:
            seen.add(n_at.tobytes())
            if len(seen) <= n_tried:
                value = max(value, value_of(n_at))
        if bound <= value * (1 + gap) or lenience < LEAST_STEP or time.perf_counter() > until:
            break
        if n_waiting >= PATIENCE:
            lenience, n_waiting, prices = lenience / 2, 0, best_prices
            direction = np.zeros_like(prices)
            continue
        direction = stocks.slope(prices, n_at) + 0.5 * direction
        length = float(direction @ direction)
        if length <= 0:
            break
        step = lenience * max(now - value, 1e-9 * abs(now)) / length
        prices = np.clip(prices - step * direction, 0.0, task.worth)
    possible = (ceiling > value * (1 + gap)).sum(axis=0)
    most_at = np.maximum(np.minimum(possible, limits.most_at), limits.least_at)
    return Relaxed(
        bound=bound,
        limits=Limits(least_at=limits.least_at, most_at=most_at),
        prices=best_prices,
        mean_at=mean_at,
    )
