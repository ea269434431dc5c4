"""How much longer than planned each minute on each kind of road took, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

N_DRAWS = 200
NOISE_S = 180.0
"""What misses by more counts less than by the square: a break that nobody told of."""
_WITHIN = (2.5, 97.5)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpeedFit:
    """
    What explains the times best; arrays of shape (k,), one figure for each kind of road.

    Parameters
    ----------
    start_s
        Seconds that each leg takes beside riding.
    ratio
        Real by planned riding time.
    low, high
        Between them lie 95 % of what the days say when they are drawn anew.
    """

    start_s: float
    ratio: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def fit_speeds(
    planned_s: NDArray[np.float64],
    real_s: NDArray[np.float64],
    day: NDArray[np.int64],
    *,
    n_draws: int = N_DRAWS,
) -> SpeedFit | None:
    """
    Explain real times by so much for getting going and a ratio for each kind of road.

    Least squares with scipy's ``soft_l1`` loss. The interval is that of a bootstrap by days
    (Efron 1979; of clusters: Cameron, Gelbach and Miller 2008), with a seed of its own, so that
    equal legs say the same.

    Parameters
    ----------
    planned_s
        Seconds of n legs on k kinds of road; shape (n, k).
    real_s
        What the legs took; shape (n,).
    day
        A number for the day of each; shape (n,).

    Returns
    -------
    fit
        None where the legs do not tell the kinds of road, or getting going, apart.
    """
    one = np.ones((len(real_s), 1))
    table = np.hstack([one, planned_s])
    sizes = np.abs(table).max(axis=0, initial=0.0)
    if not len(table) or not sizes.all():
        return None
    if np.linalg.matrix_rank(table / sizes) < table.shape[1]:
        return None
    start = np.concatenate([[0.0], np.ones(planned_s.shape[1])])
    best = _solve(table, real_s, start)
    days = np.unique(day)
    legs_of = [np.flatnonzero(day == d) for d in days]
    random = np.random.default_rng(0)
    draws = np.empty((n_draws, len(best)))
    for i in range(n_draws):
        drawn = random.integers(len(days), size=len(days))
        rows = np.concatenate([legs_of[d] for d in drawn])
        draws[i] = _solve(table[rows], real_s[rows], best)
    low, high = np.percentile(draws[:, 1:], _WITHIN, axis=0)
    return SpeedFit(start_s=float(best[0]), ratio=best[1:], low=low, high=high)


def _solve(
    table: NDArray[np.float64], real_s: NDArray[np.float64], start: NDArray[np.float64]
) -> NDArray[np.float64]:
    from scipy.optimize import least_squares

    found = least_squares(
        lambda x: table @ x - real_s,
        start,
        jac=lambda _: table,
        loss="soft_l1",
        f_scale=NOISE_S,
        x_scale="jac",
    )
    solution: NDArray[np.float64] = found.x
    return solution
