"""
Slack induction by string removals, compiled.

Christiaens and Vanden Berghe, "Slack Induction by String Removals for Vehicle Routing Problems",
Transportation Science 54 (2020), with the days of a customer's visits chosen when it is put
back: the cheapest place on every day first, then the days that are cheapest together.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outreach.routing.solvers.sisr_model import Model, Scratch, State

MOST_REMOVED = 10
"""Visits that a ruin takes out on average (the paper's c), and the longest string."""
LONGEST_STRING = 10
SPLIT = 0.5
"""How often a string leaves some visits in its middle alone, and how often it leaves no more."""
KEEP_ONE_MORE = 0.01
BLINK = 0.01
MOST_OUT_TRIED = 10
"""Customers that were out before and are tried again in one iteration."""
BIT_30, BIT_27, BIT_31, BIT_11 = (np.uint64(i) for i in (30, 27, 31, 11))
STEP, MIX, MIX_MORE = (
    np.uint64(i) for i in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)
TO_UNIT = np.float64(2.0**-53)
SKIPPED, CARRIED = -1, -2
"""Marks in the table of days: the visit is left out; nothing more is made on that day."""
BY_CHANCE, BY_WORTH, FAR_FIRST, NEAR_FIRST = 4.0, 8.0, 10.0, 11.0
"""Orders in which to put back, as likely as the paper has them: 4, 4, 2 and 1 of 11."""

compiled = njit(cache=True, nogil=True)
# Put into the callers before they are compiled: each call between compiled functions hands dozens
# of arrays over one by one, which takes longer to compile than to repeat.
inlined = njit(nogil=True, inline="always")


@compiled
def uniform(random: NDArray[np.uint64]) -> Any:
    """Draw from [0, 1) by SplitMix64 (Steele, Lea and Flood 2014)."""
    random[0] += STEP
    z = random[0]
    z = (z ^ (z >> BIT_30)) * MIX
    z = (z ^ (z >> BIT_27)) * MIX_MORE
    z ^= z >> BIT_31
    return np.float64(z >> BIT_11) * TO_UNIT


@inlined
def begins_at(m: Model, node: int, arrives: float) -> float:
    """Give when service begins, inf where the last window has closed."""
    for w in range(m.window_from[node], m.window_from[node + 1]):
        if arrives <= m.closes[w]:
            opens: float = m.opens[w]
            return max(arrives, opens)
    return np.inf


@inlined
def refresh(m: Model, s: State, v: int) -> None:
    """Work out legs, times and riding of a vehicle anew."""
    n = s.length[v]
    now = m.leaves[v]
    riding = 0.0
    load = 0.0
    s.departs[v, 0] = now
    for i in range(1, n + 2):
        node = s.stops[v, i]
        leg = m.cost[s.stops[v, i - 1], node]
        s.leg[v, i] = leg
        riding += leg
        load += m.demand[node]
        now += leg
        if i <= n:
            now = begins_at(m, node, now) + m.service[node]
            s.departs[v, i] = now
    by = m.returns[v]
    s.latest[v, n + 1] = by
    for i in range(n, 0, -1):
        node = s.stops[v, i]
        by -= s.leg[v, i + 1] + m.service[node]
        found = -np.inf
        for w in range(m.window_from[node + 1] - 1, m.window_from[node] - 1, -1):
            if m.opens[w] <= by:
                found = min(by, m.closes[w])
                break
        by = found
        s.latest[v, i] = by
    s.total[0] += riding - s.riding[v]
    s.riding[v] = riding
    s.load[v] = load


@inlined
def copy_vehicle(a: State, b: State, v: int) -> None:
    """Copy a vehicle's day from state `a` to state `b`."""
    n = a.length[v]
    b.length[v] = n
    for i in range(n + 2):
        b.stops[v, i] = a.stops[v, i]
        b.leg[v, i] = a.leg[v, i]
        b.departs[v, i] = a.departs[v, i]
        b.latest[v, i] = a.latest[v, i]
    b.riding[v] = a.riding[v]
    b.load[v] = a.load[v]


@inlined
def copy_customer(a: State, b: State, c: int) -> None:
    """Copy on which days a customer is visited, and by which vehicles."""
    for d in range(a.by.shape[1]):
        b.by[c, d] = a.by[c, d]
        b.made[c, d] = a.made[c, d]
    b.is_out[c] = a.is_out[c]
    b.price[c] = a.price[c]


@inlined
def copy_all(a: State, b: State) -> None:
    """Copy a whole state."""
    for v in range(len(a.length)):
        copy_vehicle(a, b, v)
    for c in range(len(a.price)):
        copy_customer(a, b, c)
    b.total[0] = a.total[0]


@inlined
def touch(x: Scratch, v: int) -> None:
    """Note that a vehicle's day changes in this iteration."""
    if not x.is_touched[v]:
        x.is_touched[v] = True
        x.touched[x.counts[0]] = v
        x.counts[0] += 1


@inlined
def take_out(m: Model, s: State, x: Scratch, c: int) -> None:
    """Leave all visits of a customer out; its vehicles are closed up later."""
    for d in range(s.by.shape[1]):
        if s.by[c, d] >= 0:
            touch(x, s.by[c, d])
            s.by[c, d] = -1
            s.made[c, d] = -1
    s.is_out[c] = True
    s.total[0] += m.out[c] - s.price[c]
    s.price[c] = m.out[c]
    x.removed[x.counts[1]] = c
    x.counts[1] += 1


@inlined
def take_string(m: Model, s: State, x: Scratch, v: int, c: int, longest: float) -> None:
    """Take a string of visits out that holds customer `c`, whole or with a gap in its middle."""
    n = s.length[v]
    at = 1
    while s.stops[v, at] != c:
        at += 1
    take = min(n, int(uniform(x.random) * min(float(n), longest)) + 1)
    keep = 0
    if take > 1 and take < n and uniform(x.random) < SPLIT:
        keep = 1
        while take + keep < n and uniform(x.random) < KEEP_ONE_MORE:
            keep += 1
    span = take + keep
    lowest = max(1, at - span + 1)
    highest = min(at, n - span + 1)
    first = lowest + int(uniform(x.random) * (highest - lowest + 1))
    hole = first + 1 + int(uniform(x.random) * (take - 1)) if keep > 0 else first + span
    for i in range(first, first + span):
        if hole <= i < hole + keep:
            continue
        other = s.stops[v, i]
        if not s.is_out[other]:
            take_out(m, s, x, other)


@inlined
def close_up(m: Model, s: State, x: Scratch) -> None:
    """Close the gaps in the touched vehicles' days."""
    for i in range(x.counts[0]):
        v = x.touched[i]
        end = s.stops[v, s.length[v] + 1]
        kept = 0
        for j in range(1, s.length[v] + 1):
            if not s.is_out[s.stops[v, j]]:
                kept += 1
                s.stops[v, kept] = s.stops[v, j]
        s.stops[v, kept + 1] = end
        s.length[v] = kept
        refresh(m, s, v)


@compiled
def ruin(m: Model, s: State, x: Scratch) -> None:
    """Take strings out of days near each other."""
    n = len(m.out)
    visits = 0
    used = 0
    for v in range(len(s.length)):
        x.is_ruined[v] = False
        visits += s.length[v]
        used += s.length[v] > 0
    longest = min(float(LONGEST_STRING), visits / max(1, used))
    strings = int(uniform(x.random) * (4.0 * MOST_REMOVED / (1.0 + longest) - 1.0)) + 1
    seed = int(uniform(x.random) * n)
    n_days = s.by.shape[1]
    for i in range(n):
        c = seed if i == 0 else m.near[seed, i - 1]
        if s.is_out[c]:
            continue
        offset = int(uniform(x.random) * n_days)
        for j in range(n_days):
            v = s.by[c, (j + offset) % n_days]
            if v >= 0 and not x.is_ruined[v]:
                x.is_ruined[v] = True
                take_string(m, s, x, v, c, longest)
                strings -= 1
                break
        if strings == 0:
            break
    close_up(m, s, x)


@inlined
def best_on_day(m: Model, s: State, x: Scratch, c: int, d: int) -> None:
    """Find the cheapest place for a visit on a day; what it costs may be inf."""
    best = np.inf
    x.vehicle[d] = -1
    empty_kind = -1
    to = m.back[c]
    fro = m.cost[c]
    for v in range(m.day_from[d], m.day_from[d + 1]):
        face = m.face[c, m.team[v]]
        if face >= best or s.load[v] + m.demand[c] > m.capacity[v]:
            continue
        n = s.length[v]
        if n == 0:
            if m.kind[v] == empty_kind:
                continue
            empty_kind = m.kind[v]
        room = m.most_riding[v] - s.riding[v]
        before = to[s.stops[v, 0]]
        for i in range(1, n + 2):
            here = before
            after = s.stops[v, i]
            before = to[after]
            more = here + fro[after] - s.leg[v, i]
            if more + face >= best or more > room:
                continue
            begins = begins_at(m, c, s.departs[v, i - 1] + here)
            if begins + m.service[c] + fro[after] > s.latest[v, i]:
                continue
            if uniform(x.random) < BLINK:
                continue
            best = more + face
            x.vehicle[d] = v
            x.position[d] = i
    x.best[d] = best


@inlined
def choose_pattern(m: Model, x: Scratch, c: int) -> bool:
    """Choose the pattern whose days are cheapest together; False: staying out is cheaper."""
    cheapest = m.out[c]
    chosen = 0
    for p in range(m.pattern_from[c], m.pattern_from[c + 1]):
        total = 0.0
        for d in range(len(x.best)):
            if (m.patterns[p] >> d) & 1:
                total += x.best[d]
        if total < cheapest:
            cheapest = total
            chosen = m.patterns[p]
    for d in range(len(x.best)):
        x.chosen[d] = 0 if (chosen >> d) & 1 else -1
    return chosen != 0


@inlined
def choose_days(m: Model, x: Scratch, c: int) -> bool:
    """
    Put a customer's visits on days by dynamic programming; False: staying out is cheaper.

    `table[k, j]` is the least that the first k visits cost if the last one made is before day j.
    """
    first = m.visit_from[c]
    n = m.visit_from[c + 1] - first
    n_days = len(x.best)
    for j in range(n_days + 1):
        x.table[0, j] = 0.0
    for k in range(1, n + 1):
        visit = first + k - 1
        x.table[k, 0] = x.table[k - 1, 0] + m.skip[visit]
        x.came_from[k, 0] = SKIPPED
        for j in range(1, n_days + 1):
            least = x.table[k - 1, j] + m.skip[visit]
            came = SKIPPED
            if x.table[k, j - 1] < least:
                least = x.table[k, j - 1]
                came = CARRIED
            there = max(0, j - m.gap[c])
            made = x.table[k - 1, there] + x.best[j - 1] + m.on_day[visit, j - 1]
            if made < least:
                least = made
                came = there
            x.table[k, j] = least
            x.came_from[k, j] = came
    for d in range(n_days):
        x.chosen[d] = -1
    k, j, found = n, n_days, False
    while k > 0:
        came = x.came_from[k, j]
        if came == CARRIED:
            j -= 1
            continue
        if came >= 0:
            x.chosen[j - 1] = k - 1
            found = True
            j = came
        k -= 1
    return found


@inlined
def put_in(m: Model, s: State, x: Scratch, c: int) -> None:
    """Make the visits of a customer on the chosen days."""
    price = 0.0
    for visit in range(m.visit_from[c], m.visit_from[c + 1]):
        price += m.skip[visit]
    for d in range(len(x.chosen)):
        if x.chosen[d] < 0:
            continue
        v = x.vehicle[d]
        touch(x, v)
        n = s.length[v]
        for i in range(n + 1, x.position[d] - 1, -1):
            s.stops[v, i + 1] = s.stops[v, i]
        s.stops[v, x.position[d]] = c
        s.length[v] = n + 1
        refresh(m, s, v)
        s.by[c, d] = v
        s.made[c, d] = x.chosen[d]
        price += m.face[c, m.team[v]]
        if m.visit_from[c + 1] > m.visit_from[c]:
            visit = m.visit_from[c] + x.chosen[d]
            price += m.on_day[visit, d] - m.skip[visit]
    s.is_out[c] = False
    s.total[0] += price - s.price[c]
    s.price[c] = price


@inlined
def also_try(s: State, x: Scratch) -> None:
    """Let some of those who are out already be put in with those whom the ruin takes out."""
    n = len(s.is_out)
    offset = int(uniform(x.random) * n)
    for i in range(n):
        if x.counts[1] == MOST_OUT_TRIED:
            break
        c = (i + offset) % n
        if s.is_out[c]:
            x.removed[x.counts[1]] = c
            x.counts[1] += 1


@inlined
def order(m: Model, x: Scratch) -> None:
    """Sort those to put in by one of the paper's keys; numpy's sort takes long to compile."""
    draw = uniform(x.random) * NEAR_FIRST
    home = m.start[0]
    for i in range(x.counts[1]):
        c = x.removed[i]
        if draw < BY_CHANCE:
            key = float(uniform(x.random))
        elif draw < BY_WORTH:
            key = -m.worth[c]
        elif draw < FAR_FIRST:
            key = -m.cost[home, c]
        else:
            key = m.cost[home, c]
        j = i
        while j > 0 and x.key[j - 1] > key:
            x.key[j] = x.key[j - 1]
            x.removed[j] = x.removed[j - 1]
            j -= 1
        x.key[j] = key
        x.removed[j] = c


@compiled
def recreate(m: Model, s: State, x: Scratch) -> None:
    """Put back what is out, each where it costs least, now and then blinking."""
    order(m, x)
    for i in range(x.counts[1]):
        c = x.removed[i]
        for d in range(len(x.best)):
            x.best[d] = np.inf
            if m.may[c, d]:
                best_on_day(m, s, x, c, d)
        if m.pattern_from[c + 1] > m.pattern_from[c]:
            found = choose_pattern(m, x, c)
        else:
            found = choose_days(m, x, c)
        if found:
            put_in(m, s, x, c)


@compiled
def search(
    m: Model,
    now: State,
    kept: State,
    best: State,
    x: Scratch,
    iterations: int,
    hot: float,
    cold: float,
) -> None:
    """Ruin and recreate, cooling from `hot` to `cold`; `kept` is the state one goes back to."""
    temperature = hot
    cooling = (cold / hot) ** (1.0 / iterations)
    for _ in range(iterations):
        x.counts[0] = 0
        x.counts[1] = 0
        also_try(now, x)
        ruin(m, now, x)
        recreate(m, now, x)
        limit = kept.total[0] - temperature * math.log(1.0 - uniform(x.random))
        good, bad = (now, kept) if now.total[0] < limit else (kept, now)
        for i in range(x.counts[0]):
            x.is_touched[x.touched[i]] = False
            copy_vehicle(good, bad, x.touched[i])
        for i in range(x.counts[1]):
            copy_customer(good, bad, x.removed[i])
        bad.total[0] = good.total[0]
        if now.total[0] < best.total[0] - 1e-9:
            copy_all(now, best)
        temperature *= cooling
