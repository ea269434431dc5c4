"""The knapsacks of all sites at once, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def _fill(
    starts: NDArray[np.int64],
    point: NDArray[np.int64],
    hours: NDArray[np.float64],
    margin: NDArray[np.float64],
    available_h: NDArray[np.float64],
    worth: NDArray[np.float64],
) -> None:
    """
    Fill each site's hours with what is worth most per hour, and write down what that is worth.

    Pairs of a site lie between its `starts` and the next one; `point` and `hours` are put into
    the order of worth per hour, from which the next call begins. `available_h` and `worth` are
    (n_levels, m), the former growing by level.
    """
    n_levels, n_sites = available_h.shape
    for j in range(n_sites):
        first, end = starts[j], starts[j + 1]
        for a in range(first + 1, end):
            i, h = point[a], hours[a]
            b = a
            while b > first and margin[point[b - 1]] * h < margin[i] * hours[b - 1]:
                point[b], hours[b] = point[b - 1], hours[b - 1]
                b -= 1
            point[b], hours[b] = i, h
        level, used, gained = 0, 0.0, 0.0
        for a in range(first, end):
            here = margin[point[a]]
            if here <= 0.0:
                break
            while level < n_levels and used + hours[a] > available_h[level, j]:
                worth[level, j] = gained + here * (available_h[level, j] - used) / hours[a]
                level += 1
            if level == n_levels:
                break
            used += hours[a]
            gained += here
        for rest in range(level, n_levels):
            worth[rest, j] = gained


def _serve(
    starts: NDArray[np.int64],
    point: NDArray[np.int64],
    hours: NDArray[np.float64],
    margin: NDArray[np.float64],
    available_h: NDArray[np.float64],
    times: NDArray[np.float64],
) -> None:
    """Count how often each point is served when each site (m,) fills its hours, as `fill` does."""
    for j in range(len(available_h)):
        left = available_h[j]
        for a in range(starts[j], starts[j + 1]):
            if left <= 0.0 or margin[point[a]] <= 0.0:
                break
            if hours[a] <= left:
                times[point[a]] += 1.0
            else:
                times[point[a]] += left / hours[a]
            left -= hours[a]


def _try_each(
    starts: NDArray[np.int64],
    point: NDArray[np.int64],
    hours: NDArray[np.float64],
    pairs: NDArray[np.int64],
    site: NDArray[np.int64],
    worth: NDArray[np.float64],
    available_h: NDArray[np.float64],
    new_h: NDArray[np.float64],
    values: NDArray[np.float64],
) -> None:
    """
    Say about what is served with one worker more at each site: the best per hour goes first.

    The pairs of a site are in the order of worth per hour, and so are `pairs`, those of the sites
    that have hours `available_h` (m,) without the new worker; `site` (n_pairs,) is that of each.
    """
    n_pairs = len(pairs)
    for j in range(len(new_h)):
        left_h = available_h.copy()
        left_h[j] += new_h[j]
        is_new = available_h[j] <= 0.0
        open_share = np.ones(len(worth))
        mine, end = starts[j], starts[j + 1] if is_new else starts[j]
        theirs, gained = 0, 0.0
        while mine < end or theirs < n_pairs:
            if theirs == n_pairs:
                a, mine = mine, mine + 1
            elif mine == end:
                a, theirs = pairs[theirs], theirs + 1
            else:
                other = pairs[theirs]
                if worth[point[mine]] * hours[other] >= worth[point[other]] * hours[mine]:
                    a, mine = mine, mine + 1
                else:
                    a, theirs = other, theirs + 1
            i, k = point[a], site[a]
            if open_share[i] <= 0.0 or left_h[k] <= 0.0:
                continue
            share = min(open_share[i], left_h[k] / hours[a])
            open_share[i] -= share
            left_h[k] -= share * hours[a]
            gained += share * worth[i]
        values[j] = gained


# As calls, since numba's decorators have no types of their own.
fill: Callable[..., None] = njit(cache=True, nogil=True)(_fill)
count_served: Callable[..., None] = njit(cache=True, nogil=True)(_serve)
try_each: Callable[..., None] = njit(cache=True, nogil=True)(_try_each)
