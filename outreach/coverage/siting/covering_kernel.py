"""The relaxation of maximal covering, and the exchange of columns, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def _exchange(  # noqa: C901, PLR0912
    starts: NDArray[np.int64],
    rows: NDArray[np.int64],
    demand: NDArray[np.float64],
    chosen: NDArray[np.int64],
    least: float,
) -> float:
    """
    Exchange a column for another one, the best pair each time, while that covers `least` more.

    The rows of a column lie between its `starts` and the next one. Writes into `chosen` (p,), and
    gives the demand that those columns cover.
    """
    n, m, p = len(demand), len(starts) - 1, len(chosen)
    while True:
        times, holder = np.zeros(n, np.int64), np.zeros(n, np.int64)
        is_chosen = np.zeros(m, np.bool_)
        for k in range(p):
            is_chosen[chosen[k]] = True
            for a in range(starts[chosen[k]], starts[chosen[k] + 1]):
                times[rows[a]] += 1
                holder[rows[a]] = k
        lost, value = np.zeros(p), 0.0
        for i in range(n):
            if times[i] > 0:
                value += demand[i]
            if times[i] == 1:
                lost[holder[i]] += demand[i]
        most, out, into = least, -1, -1
        kept = np.zeros(p)
        for j in range(m):
            if is_chosen[j]:
                continue
            gain = 0.0
            kept[:] = 0.0
            for a in range(starts[j], starts[j + 1]):
                i = rows[a]
                if times[i] == 0:
                    gain += demand[i]
                elif times[i] == 1:
                    kept[holder[i]] += demand[i]
            for k in range(p):
                if gain + kept[k] - lost[k] > most:
                    most, out, into = gain + kept[k] - lost[k], k, j
        if out < 0:
            return value
        chosen[out] = into


def _turned(
    starts: NDArray[np.int64],
    columns: NDArray[np.int64],
    col_starts: NDArray[np.int64],
    rows: NDArray[np.int64],
) -> None:
    """Write down the rows of each column, given the columns of each row."""
    for a in range(starts[-1]):
        col_starts[columns[a] + 1] += 1
    for j in range(len(col_starts) - 1):
        col_starts[j + 1] += col_starts[j]
    at = col_starts[:-1].copy()
    for i in range(len(starts) - 1):
        for a in range(starts[i], starts[i + 1]):
            rows[at[columns[a]]] = i
            at[columns[a]] += 1


def _descend(  # noqa: C901, PLR0912
    starts: NDArray[np.int64],
    columns: NDArray[np.int64],
    col_starts: NDArray[np.int64],
    rows: NDArray[np.int64],
    demand: NDArray[np.float64],
    prices: NDArray[np.float64],
    value: float,
    bar: float,
    n_rounds: int,
    lenience: float,
    chosen: NDArray[np.int64],
) -> float:
    """
    Lower the bound of Lagrange by its subgradient, until it is at the bar or rounds run out.

    The columns of a row lie between its `starts` and the next one, the rows of a column between
    its `col_starts`. Writes the prices of the least bound into `prices` (n,), and the choice that
    covers most of those come upon into `chosen` (p,); gives that bound.
    """
    n, m, p = len(demand), len(col_starts) - 1, len(chosen)
    now_prices, worth = prices.copy(), np.zeros(m)
    times, taken = np.zeros(n, np.int64), np.zeros(p, np.int64)
    bound, most = np.inf, -1.0
    for i in range(n):
        for a in range(starts[i], starts[i + 1]):
            worth[columns[a]] += now_prices[i]
    for _ in range(n_rounds):
        n_taken = 0
        for j in range(m):
            if n_taken == p and worth[j] <= worth[taken[p - 1]]:
                continue
            n_taken = min(p, n_taken + 1)
            at = n_taken - 1
            while at > 0 and worth[taken[at - 1]] < worth[j]:
                taken[at] = taken[at - 1]
                at -= 1
            taken[at] = j
        now = 0.0
        times[:] = 0
        for k in range(p):
            now += worth[taken[k]]
            for a in range(col_starts[taken[k]], col_starts[taken[k] + 1]):
                times[rows[a]] += 1
        got, length = 0.0, 0.0
        for i in range(n):
            now += demand[i] - now_prices[i]
            if times[i] > 0:
                got += demand[i]
            slope = times[i] - 1.0
            if (slope > 0.0 and now_prices[i] > 0.0) or (slope < 0.0 and now_prices[i] < demand[i]):
                length += slope * slope
        if now < bound:
            bound = now
            prices[:] = now_prices
        if got > most:
            most = got
            chosen[:] = taken
        value = max(value, got)
        if bound <= bar or length <= 0.0:
            break
        step = lenience * (now - value) / length
        for i in range(n):
            changed = now_prices[i] - step * (times[i] - 1.0)
            change = min(max(changed, 0.0), demand[i]) - now_prices[i]
            if change != 0.0:
                now_prices[i] += change
                for a in range(starts[i], starts[i + 1]):
                    worth[columns[a]] += change
    return bound


# As calls, since numba's decorators have no types of their own.
exchange: Callable[..., float] = njit(cache=True, nogil=True)(_exchange)
turned: Callable[..., None] = njit(cache=True, nogil=True)(_turned)
descend: Callable[..., float] = njit(cache=True, nogil=True)(_descend)
