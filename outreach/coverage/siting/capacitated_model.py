"""Sites whose workers have hours: the problem, and who is served once the sites are chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.siting.highs import Program, solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

DUST = 1e-9
"""Shares under it are the solver's tolerance."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Task:
    """
    Serve what is worth most with the hours of present and new workers.

    Parameters
    ----------
    hours
        (n, m) that serving the whole of point i from candidate j takes; inf: not from there.
    worth
        (n,) positive.
    present_h
        (m,) hours of the workers who sit there already.
    new_h
        (m,) hours of one new worker there; 0: nobody new may sit there.
    n_new
        New workers.
    is_split
        Whether a point may be served in part, and from several sites.
    """

    hours: NDArray[np.float64]
    worth: NDArray[np.float64]
    present_h: NDArray[np.float64]
    new_h: NDArray[np.float64]
    n_new: int
    is_split: bool

    def available_h(self, n_at: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the hours at each candidate with so many new workers there."""
        return self.present_h + self.new_h * n_at

    @property
    def most(self) -> float:
        """What all points are worth together: no choice serves more."""
        return float(self.worth.sum())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Service:
    """
    Who is served with so many new workers at each site.

    `prices` (n,) is what a unit more of each point to serve would be worth: 0 where hours lack.
    """

    n_at: NDArray[np.int64]
    value: float
    bound: float
    shares: NDArray[np.float64]
    prices: NDArray[np.float64]


def serve(
    task: Task, n_at: NDArray[np.int64], *, is_split: bool, time_limit_s: float, gap: float = 0.0
) -> Service:
    """Share the hours out with the new workers where they are, as well as can be."""
    n, m = task.hours.shape
    available_h = task.available_h(n_at)
    shares, prices = np.zeros((n, m)), np.zeros(n)
    open_at = np.flatnonzero(available_h > 0)
    point, place = np.nonzero(np.isfinite(task.hours[:, open_at]))
    site = open_at[place]
    if not len(point):
        return Service(n_at=n_at, value=0.0, bound=0.0, shares=shares, prices=prices)
    program = sharing(task, point, site, place, available_h[open_at], is_split=is_split)
    start = None if is_split else np.zeros(len(point))
    answer = solve(program, time_limit_s=time_limit_s, gap=gap, start=start)
    if answer.x is None:
        return Service(n_at=n_at, value=0.0, bound=np.inf, shares=shares, prices=prices)
    shares[point, site] = answer.x if is_split else np.round(answer.x)
    shares = _kept_within(task, shares, available_h)
    if answer.prices is not None:
        prices = np.maximum(answer.prices[:n], 0.0)
    return Service(
        n_at=n_at,
        value=value_of(task, shares),
        bound=answer.bound,
        shares=shares,
        prices=prices,
    )


def sharing(
    task: Task,
    point: NDArray[np.intp],
    site: NDArray[np.intp],
    place: NDArray[np.intp],
    available_h: NDArray[np.float64],
    *,
    is_split: bool,
) -> Program:
    """
    Write down who is served from which site; first a row for each point, then one for each place.

    Parameters
    ----------
    task
        The problem.
    point, site, place
        (n_pairs,) point, its candidate, and the row of that among `available_h`.
    available_h
        (n_places,) hours at each place.
    is_split
        Whether shares may be other than 0 and 1.
    """
    from scipy.sparse import csr_matrix, vstack

    n, n_pairs, n_places = len(task.worth), len(point), len(available_h)
    pair = np.arange(n_pairs)
    rows = vstack(
        [
            csr_matrix((np.ones(n_pairs), (point, pair)), shape=(n, n_pairs)),
            csr_matrix((task.hours[point, site], (place, pair)), shape=(n_places, n_pairs)),
        ]
    )
    return Program(
        worth=task.worth[point],
        lower=np.zeros(n_pairs),
        upper=np.ones(n_pairs),
        is_whole=np.full(n_pairs, not is_split),
        rows=rows,
        row_lower=np.full(n + n_places, -np.inf),
        row_upper=np.concatenate([np.ones(n), available_h]),
    )


def value_of(task: Task, shares: NDArray[np.float64]) -> float:
    """Give what the shares are worth."""
    return float(task.worth @ shares.sum(axis=1))


def _kept_within(
    task: Task, shares: NDArray[np.float64], available_h: NDArray[np.float64]
) -> NDArray[np.float64]:
    # The solver keeps limits up to a tolerance; what is handed on keeps them as floats can.
    # Whole shares stay whole.
    if np.all(shares == np.round(shares)):
        return shares
    shares = np.clip(shares, 0.0, 1.0)
    shares[shares < DUST] = 0.0
    shares = shares / np.maximum(shares.sum(axis=1, keepdims=True), 1.0)
    used_h = (np.where(shares > 0, task.hours, 0.0) * shares).sum(axis=0)
    over = used_h > available_h
    shares[:, over] *= available_h[over] / used_h[over]
    return shares
