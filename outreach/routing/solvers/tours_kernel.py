"""
Order first, then nights, compiled: ruin and recreate over the order of all places.

Where an order is cut into days, and where each night is slept, follows from it exactly, by
dynamic programming over cuts × lodgings; only what comes after the first change is worked out
anew. The problem is Vansteenwegen, Souffriau and Sörensen's, "The travelling salesperson problem
with hotel selection", Journal of the Operational Research Society 63 (2012). Places are taken
out in strings, as Christiaens and Vanden Berghe do (see `sisr_kernel`). A day may be too long at
a price, so that a day too many can be emptied step by step.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from outreach.routing.solvers.sisr_ruin import uniform

if TYPE_CHECKING:
    from outreach.routing.solvers.tours_model import Ground, Scratch, State

REMOVED = 6.0
"""Places that a ruin takes out on average, and the longest string of them."""
LONGEST = 5.0
BLINK = 0.01
BY_CHANCE, FAR_FIRST = 0.5, 0.8
"""Orders in which to put back: so often by chance, so often those two, else the near first."""
REARRANGE = 0.3
"""How often a part of the order is turned or moved instead; how often one that begins anywhere."""
ANYWHERE = 0.3
MOVE = 0.5
TURN = 0.5
MOST_NEAR = 10
LONGEST_PART = 30
SETTLE = 100
"""Iterations after which the price of time too much is set anew, and by how much."""
EAGER = 0.02
SHORT_OF_DAYS = 0.7
"""How often the search should be at fewer days than the best tour has, some of them too long."""

compiled = njit(cache=True, nogil=True)
inlined = njit(nogil=True, inline="always")


@inlined
def reach(m: Ground, s: State, j: int, price: float) -> None:
    """Work out the least cost of the first `j` places, by the lodging after them."""
    n_lodgings = len(m.onward)
    least = s.least[j]
    for h in range(n_lodgings):
        least[h] = np.inf
    last = s.order[j - 1]
    out = m.takes[last]
    path = 0.0
    for i in range(j - 1, -1, -1):
        begins = s.order[i]
        if i < j - 1:
            path += m.takes[begins, s.order[i + 1]]
        if m.least_in[begins] + path + m.least_out[last] > m.most[0] + m.late[0]:
            break
        for k in range(s.n_from[i]):
            time = s.from_time[i, k] + path
            cost = s.from_cost[i, k] + path + m.day[0]
            # Without branches, so that it runs over several lodgings at a time.
            for h in range(n_lodgings):
                late = time + out[h] - m.most[0]
                late = late if late > 0.0 else 0.0  # noqa: FURB136
                total = cost + out[h] + late * price
                least[h] = total if total < least[h] else least[h]  # noqa: FURB136


@inlined
def move_on(m: Ground, s: State, j: int) -> None:
    """Let days without a visit lead on to other lodgings, where that costs less."""
    n_lodgings = len(m.onward)
    least = s.least[j]
    lowest = least[0]
    for h in range(1, n_lodgings):
        lowest = min(lowest, least[h])
    for h in range(n_lodgings):
        if least[h] > lowest + m.day[0]:
            for g in range(n_lodgings):
                least[h] = min(least[h], least[g] + m.onward[g, h])


@inlined
def set_out(m: Ground, s: State, i: int) -> None:
    """Keep the lodgings from which the place is reached for less than from any nearer one."""
    place = s.order[i]
    kept = 0
    lowest = np.inf
    for d in range(len(m.onward)):
        g = m.doors[place, d]
        cost = s.least[i, g] + m.takes[g, place]
        if cost < lowest:
            lowest = cost
            s.from_lodging[i, kept] = g
            s.from_time[i, kept] = m.takes[g, place]
            s.from_cost[i, kept] = cost
            kept += 1
    s.n_from[i] = kept


@compiled
def evaluate(m: Ground, s: State, first: int, price: float) -> float:
    """Give the least cost of an order that has changed from position `first` on."""
    n = len(s.order)
    if first == 0:
        for h in range(len(m.onward)):
            s.least[0, h] = m.onward[0, h]
    for j in range(first, n + 1):
        if j > first:
            reach(m, s, j, price)
            move_on(m, s, j)
        if j < n:
            set_out(m, s, j)
    total: float = s.least[n, 0]
    return total


@inlined
def last_day(m: Ground, s: State, j: int, h: int, price: float) -> tuple[float, int, int, float]:
    """Find the day with visits after which the first `j` places are done and one sleeps at h."""
    lowest = np.inf
    begins, starts, day_time = j, h, 0.0
    path = 0.0
    for i in range(j - 1, -1, -1):
        last = s.order[j - 1]
        if i < j - 1:
            path += m.takes[s.order[i], s.order[i + 1]]
        if m.least_in[s.order[i]] + path + m.least_out[last] > m.most[0] + m.late[0]:
            break
        # The same sums in the same order as in `reach`, so that equal is equal.
        for k in range(s.n_from[i]):
            time = s.from_time[i, k] + path
            cost = s.from_cost[i, k] + path + m.day[0]
            late = max(0.0, time + m.takes[last, h] - m.most[0])
            total = cost + m.takes[last, h] + late * price
            if total < lowest:
                lowest = total
                begins, starts, day_time = i, s.from_lodging[i, k], time + m.takes[last, h]
    return lowest, begins, starts, day_time


@inlined
def night_before(m: Ground, s: State, j: int, h: int) -> int:
    """Find where one slept if no place was visited on the day that ends at h."""
    lowest = np.inf
    came = 0
    for g in range(len(m.onward)):
        total = s.least[j, g] + m.onward[g, h]
        if g != h and total < lowest:
            lowest, came = total, g
    night: int = m.through[came, h]
    return night


@inlined
def write_down(m: Ground, s: State, price: float) -> None:
    """Go back from the end to see which days the least cost is made of."""
    for i in range(1, len(s.total)):
        s.total[i] = 0.0
    j, h = len(s.order), 0
    w = len(s.stops) - 1
    s.stops[w] = 0
    while j > 0 or h > 0:
        lowest, begins, starts, day_time = last_day(m, s, j, h, price)
        if lowest > s.least[j, h]:
            begins, starts = j, night_before(m, s, j, h)
            day_time = m.takes[starts, h]
        for i in range(j - 1, begins - 1, -1):
            w -= 1
            s.stops[w] = s.order[i]
        w -= 1
        s.stops[w] = starts
        j, h = begins, starts
        s.total[1] += 1.0
        s.total[2] += day_time
        s.total[3] += max(0.0, day_time - m.most[0])
    s.n_stops[0] = len(s.stops) - w
    for i in range(s.n_stops[0]):
        s.stops[i] = s.stops[w + i]


@inlined
def ruin(m: Ground, s: State, x: Scratch) -> int:
    """Copy the tour without some strings of places near each other; give how many are out."""
    n = len(s.order)
    n_lodgings = len(m.onward)
    for i in range(n):
        x.at[s.order[i]] = i
    seed = s.order[int(uniform(x.random) * n)]
    strings = int(uniform(x.random) * (4.0 * REMOVED / (1.0 + LONGEST) - 1.0)) + 1
    n_out = 0
    for i in range(n):
        place = seed if i == 0 else m.near[seed - n_lodgings, i - 1]
        if x.is_out[place]:
            continue
        take = int(uniform(x.random) * LONGEST) + 1
        begins = x.at[place] - int(uniform(x.random) * take)
        for k in range(max(0, begins), min(n, begins + take)):
            if not x.is_out[s.order[k]]:
                x.is_out[s.order[k]] = True
                x.removed[n_out] = s.order[k]
                n_out += 1
        strings -= 1
        if strings == 0:
            break
    x.stops[0] = s.stops[0]
    w, day = 1, 0
    x.day_time[0] = 0.0
    for i in range(1, s.n_stops[0]):
        node = s.stops[i]
        is_idle = node == x.stops[w - 1] and i < s.n_stops[0] - 1
        if x.is_out[node] or is_idle:
            continue
        x.day_time[day] += m.takes[x.stops[w - 1], node]
        x.stops[w] = node
        w += 1
        if node < n_lodgings:
            day += 1
            x.day_time[day] = 0.0
    x.n_stops[0] = w
    return n_out


@inlined
def sort_out(m: Ground, x: Scratch, n_out: int) -> None:
    """Sort those to put back; numpy's sort takes long to compile."""
    draw = uniform(x.random)
    for i in range(n_out):
        place = x.removed[i]
        if draw < BY_CHANCE:
            key = float(uniform(x.random))
        else:
            key = m.least_in[place] + m.least_out[place]
            if draw < FAR_FIRST:
                key = -key
        j = i
        while j > 0 and x.key[j - 1] > key:
            x.key[j] = x.key[j - 1]
            x.removed[j] = x.removed[j - 1]
            j -= 1
        x.key[j] = key
        x.removed[j] = place


@inlined
def recreate(m: Ground, x: Scratch, n_out: int, price: float) -> None:
    """Put each place back where it costs least with the nights as they were."""
    for r in range(n_out):
        place = x.removed[r]
        x.is_out[place] = False
        lowest = np.inf
        at, on, longer = 1, 0, 0.0
        day = 0
        before = x.stops[0]
        n = x.n_stops[0]
        for i in range(1, n):
            after = x.stops[i]
            more = m.takes[before, place] + m.takes[place, after] - m.takes[before, after]
            if more < lowest:
                time = x.day_time[day] - m.most[0]
                cost = more + price * (max(0.0, time + more) - max(0.0, time))
                if cost < lowest and uniform(x.random) >= BLINK:
                    lowest = cost
                    at, on, longer = i, day, more
            day += after < len(m.onward)
            before = after
        for i in range(n, at, -1):
            x.stops[i] = x.stops[i - 1]
        x.stops[at] = place
        x.n_stops[0] = n + 1
        x.day_time[on] += longer


@inlined
def rearrange(m: Ground, s: State, x: Scratch) -> None:
    """Copy the order with a part of it turned round, or put elsewhere."""
    n = len(s.order)
    for i in range(n):
        x.stops[i] = s.order[i]
        x.at[s.order[i]] = i
    x.n_stops[0] = n
    i = int(uniform(x.random) * n)
    if uniform(x.random) < ANYWHERE:
        j = int(uniform(x.random) * n)
    else:
        near = int(uniform(x.random) * min(n - 1, MOST_NEAR))
        j = x.at[m.near[s.order[i] - len(m.onward), near]]
    i, j = min(i, j), max(i, j)
    first, end = i + 1, j + 1
    moves = i < j and uniform(x.random) < MOVE
    if moves:
        # The part that begins at j comes right after i, or the part that ends at i before j.
        length = int(uniform(x.random) * LONGEST_PART) + 1
        if uniform(x.random) < MOVE:
            middle, end = j, min(n, j + length)
        else:
            first, middle, end = max(0, i + 1 - length), i + 1, j
        for k in range(first, end):
            x.stops[k] = s.order[
                k + middle - first if k < first + end - middle else k + middle - end
            ]
        end = first + end - middle
    if not moves or uniform(x.random) < TURN:
        for k in range((end - first) // 2):
            a, b = first + k, end - 1 - k
            x.stops[a], x.stops[b] = x.stops[b], x.stops[a]


@inlined
def take_over(x: Scratch, old: State, new: State, n_lodgings: int) -> int:
    """Read the new order off its stops; give where it begins to differ from the old one."""
    n = len(old.order)
    first = n
    w = 0
    for i in range(x.n_stops[0]):
        node = x.stops[i]
        if node >= n_lodgings:
            if first == n and node != old.order[w]:
                first = w
            new.order[w] = node
            w += 1
    return first


@compiled
def copy(a: State, b: State, first: int) -> None:
    """Copy an order, and what its beginnings cost, from position `first` on."""
    n = len(a.order)
    n_lodgings = a.least.shape[1]
    for i in range(first, n + 1):
        for h in range(n_lodgings):
            b.least[i, h] = a.least[i, h]
        if i == n:
            break
        b.order[i] = a.order[i]
        b.n_from[i] = a.n_from[i]
        for k in range(a.n_from[i]):
            b.from_lodging[i, k] = a.from_lodging[i, k]
            b.from_time[i, k] = a.from_time[i, k]
            b.from_cost[i, k] = a.from_cost[i, k]


@compiled
def settle(m: Ground, now: State, best: State, price: float) -> None:
    """Write the tour down, and keep it if no day is too long and it is the best yet."""
    write_down(m, now, price)
    is_shorter = now.total[1] == best.total[1] and now.total[2] < best.total[2] - 1e-9
    if now.total[3] == 0.0 and (now.total[1] < best.total[1] or is_shorter):
        best.n_stops[0] = now.n_stops[0]
        for i in range(len(now.order)):
            best.order[i] = now.order[i]
        for i in range(now.n_stops[0]):
            best.stops[i] = now.stops[i]
        for i in range(len(now.total)):
            best.total[i] = now.total[i]


@compiled
def search(
    m: Ground,
    now: State,
    new: State,
    best: State,
    x: Scratch,
    iterations: int,
    hot: float,
    cold: float,
    price: float,
    eager: float,
) -> float:
    """
    Ruin and recreate, cooling from `hot` to `cold`.

    Gives the price of time too much, which has been made to follow how many days the search is
    at: dearer while there are fewer than in the best tour, cheaper while there are not.
    """
    temperature = hot
    cooling = (cold / hot) ** (1.0 / iterations)
    n_short = 0
    for iteration in range(iterations):
        if iteration % SETTLE == 0:
            if iteration > 0:
                price *= 1.0 + eager * (n_short / SETTLE - SHORT_OF_DAYS)
                n_short = 0
            # A bare 0 would be a type of its own, for which all is compiled once more.
            first = int(np.int64(0))
            now.total[0] = evaluate(m, now, first, price)
            settle(m, now, best, price)
            copy(now, new, first)
        if len(now.order) > 1 and uniform(x.random) < REARRANGE:
            rearrange(m, now, x)
        else:
            n_out = ruin(m, now, x)
            sort_out(m, x, n_out)
            recreate(m, x, n_out, price)
        first = take_over(x, now, new, len(m.onward))
        if first < len(now.order):
            total = evaluate(m, new, first, price)
            if total < now.total[0] - temperature * math.log(1.0 - uniform(x.random)):
                copy(new, now, first)
                now.total[0] = total
                settle(m, now, best, price)
            else:
                copy(now, new, first)
        n_short += now.total[1] < best.total[1]
        temperature *= cooling
    return price
