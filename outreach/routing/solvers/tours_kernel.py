"""
Order first, then nights: ruin and recreate over the order of all places, compiled.

The order of the places is searched; where it is cut into days, and where each night is slept,
follows from it exactly by dynamic programming over cuts and lodgings, as in Vansteenwegen,
Souffriau and Sörensen, "The travelling salesperson problem with hotel selection", Journal of the
Operational Research Society 63 (2012). Strings of places are taken out as Christiaens and Vanden
Berghe do (see `sisr_kernel`). Time beyond the most a day may take is allowed at a price, so that
a day too many can be emptied step by step.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from outreach.routing.solvers.sisr_kernel import uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

BLINK = 0.01

compiled = njit(cache=True, nogil=True)
inlined = njit(nogil=True, inline="always")


class Country(NamedTuple):
    """
    Lodgings and places, with the time between them.

    Nodes are the lodgings, the base being the first, then the places.

    Parameters
    ----------
    takes
        Travel from node to node with the service at the second.
    onward
        Lodging × lodging: what it costs to get there on days without visits.
    entry
        For each place the lodgings, by the time from there, nearest first.
    least_in, least_out
        For each node the least time from any lodging to it, service included, and from it to any
        lodging, possibly through other places.
    near
        For each place all others, nearest first.
    most
        The most time that a day may take, the price of a day, the most that a day may exceed.
    """

    takes: Floats
    onward: Floats
    hop: Ints
    entry: Ints
    least_in: Floats
    least_out: Floats
    near: Ints
    most: Floats


class State(NamedTuple):
    """
    An order, and the least that each beginning of it costs.

    `f[j, h]` is the least that the first j places cost with the night slept at h; `front_*[i]`
    are the lodgings worth starting from when the next day begins with place i of the order.
    `stops` is the whole tour with the nights in it.
    """

    order: Ints
    f: Floats
    front_cost: Floats
    front_in: Floats
    front_lodging: Ints
    n_front: Ints
    stops: Ints
    n_stops: Ints
    total: Floats


class Scratch(NamedTuple):
    stops: Ints
    day_time: Floats
    removed: Ints
    is_out: NDArray[np.bool_]
    at: Ints
    key: Floats
    random: NDArray[np.uint64]
    counts: Ints
    stats: Floats


@compiled
def evaluate(m: Country, s: State, first: int, price: float) -> float:
    n = len(s.order)
    n_lodgings = len(m.onward)
    most = m.most[0]
    day = m.most[1]
    by = m.most[0] + m.most[2]
    if first == 0:
        for h in range(n_lodgings):
            s.f[0, h] = m.onward[0, h]
        s.f[0, 0] = 0.0
    for j in range(first, n + 1):
        row = s.f[j]
        if j > 0 and j > first:
            for h in range(n_lodgings):
                row[h] = np.inf
            last = s.order[j - 1]
            out = m.takes[last]
            leaves = m.least_out[last]
            path = 0.0
            i = j - 1
            while True:
                head = s.order[i]
                if path + m.least_in[head] + leaves > by:
                    break
                for k in range(s.n_front[i]):
                    elapsed = s.front_in[i, k] + path
                    cost = s.front_cost[i, k] + path + day
                    for h in range(n_lodgings):
                        over = elapsed + out[h] - most
                        over = over if over > 0.0 else 0.0
                        x = cost + out[h] + over * price
                        row[h] = x if x < row[h] else row[h]
                if i == 0:
                    break
                i -= 1
                path += m.takes[s.order[i], head]
            least = row[0]
            for h in range(1, n_lodgings):
                least = row[h] if row[h] < least else least
            least += day
            for h in range(n_lodgings):
                if row[h] > least:
                    for g in range(n_lodgings):
                        x = row[g] + m.onward[g, h]
                        if x < row[h]:
                            row[h] = x
        if j < n:
            head = s.order[j]
            k = 0
            best = np.inf
            for e in range(n_lodgings):
                g = m.entry[head, e]
                arrives = m.takes[g, head]
                cost = row[g] + arrives
                if cost < best:
                    best = cost
                    s.front_cost[j, k] = cost
                    s.front_in[j, k] = arrives
                    s.front_lodging[j, k] = g
                    k += 1
            s.n_front[j] = k
    return s.f[n, 0]


@compiled
def decode(m: Country, s: State, price: float) -> None:
    """Write down the tour behind the least cost: total[1] days, total[2] time, total[3] over."""
    n_lodgings = len(m.onward)
    most = m.most[0]
    day = m.most[1]
    by = m.most[0] + m.most[2]
    j = len(s.order)
    h = 0
    w = len(s.stops) - 1
    s.stops[w] = 0
    s.total[1] = 0.0
    s.total[2] = 0.0
    s.total[3] = 0.0
    while j > 0 or h != 0:
        best = np.inf
        best_i = 0
        best_g = 0
        best_time = 0.0
        if j > 0:
            last = s.order[j - 1]
            out = m.takes[last, h]
            path = 0.0
            i = j - 1
            while True:
                head = s.order[i]
                if path + m.least_in[head] + m.least_out[last] > by:
                    break
                for k in range(s.n_front[i]):
                    elapsed = s.front_in[i, k] + path
                    over = max(0.0, elapsed + out - most)
                    x = s.front_cost[i, k] + path + day + out + over * price
                    if x < best:
                        best = x
                        best_i = i
                        best_g = s.front_lodging[i, k]
                        best_time = elapsed + out
                if i == 0:
                    break
                i -= 1
                path += m.takes[s.order[i], head]
        if j > 0 and best <= s.f[j, h] + 1e-7:
            for i in range(j - 1, best_i - 1, -1):
                w -= 1
                s.stops[w] = s.order[i]
            j = best_i
            h = best_g
            w -= 1
            s.stops[w] = h
            s.total[1] += 1.0
            s.total[2] += best_time
            s.total[3] += max(0.0, best_time - most)
        else:
            best = np.inf
            for g in range(n_lodgings):
                if g != h:
                    x = s.f[j, g] + m.onward[g, h]
                    if x < best:
                        best = x
                        best_g = g
            g = m.hop[best_g, h]
            w -= 1
            s.stops[w] = g
            s.total[1] += 1.0
            s.total[2] += m.takes[g, h]
            h = g
    n = len(s.stops) - w
    for i in range(n):
        s.stops[i] = s.stops[w + i]
    s.n_stops[0] = n
