"""
The ruin of the search, compiled: strings of visits, nights, and who travels with whom.

Christiaens and Vanden Berghe, "Slack Induction by String Removals for Vehicle Routing Problems",
Transportation Science 54 (2020), take out strings; nights and teams are ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from outreach.routing.solvers.sisr_days import (
    compiled,
    inlined,
    is_free,
    is_used,
    refresh,
    room_idr,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outreach.routing.solvers.sisr_model import Model, Scratch, State

MOST_REMOVED = 10
"""Visits that a ruin takes out on average (the paper's c), and the longest string."""
LONGEST_STRING = 10
SPLIT = 0.5
"""How often a string leaves some visits in its middle alone, and how often it leaves no more."""
KEEP_ONE_MORE = 0.01
OTHER_NIGHT = 0.1
"""How often an iteration first moves a team to another lodging, or makes way for a team."""
OTHER_TEAM = 0.1
WHO_IS_OUT = 0.5
"""How often way is made for somebody who is left out, and not for one who is served."""
BIT_30, BIT_27, BIT_31, BIT_11 = (np.uint64(i) for i in (30, 27, 31, 11))
STEP, MIX, MIX_MORE = (
    np.uint64(i) for i in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)
TO_UNIT = np.float64(2.0**-53)


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
def touch(x: Scratch, v: int) -> None:
    """Note that a vehicle's day changes in this iteration."""
    if not x.vehicles[v].is_touched:
        x.vehicles[v].is_touched = True
        x.vehicles[x.counts[0]].touched = v
        x.counts[0] += 1


@inlined
def take_out(m: Model, s: State, x: Scratch, c: int) -> None:
    """Leave all visits of a customer out; its vehicles are closed up later."""
    for d in range(s.days.shape[1]):
        if s.days[c, d].vehicle >= 0:
            touch(x, s.days[c, d].vehicle)
            s.days[c, d].vehicle = -1
            s.days[c, d].visit = -1
    s.customers[c].is_out = True
    s.total[0] += m.customers[c].out - s.customers[c].price
    s.customers[c].price = m.customers[c].out
    x.queue[x.counts[1]].removed = c
    x.counts[1] += 1


@inlined
def take_string(m: Model, s: State, x: Scratch, v: int, c: int, longest: float) -> None:
    """Take a string of visits out that holds customer `c`, whole or with a gap in its middle."""
    n = s.vehicles[v].length
    at = 1
    while s.stops[v, at].node != c:
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
        other = s.stops[v, i].node
        if not s.customers[other].is_out:
            take_out(m, s, x, other)


@compiled
def close_up(m: Model, s: State, x: Scratch) -> None:
    """Close the gaps in the touched vehicles' days."""
    for i in range(x.counts[0]):
        v = x.vehicles[i].touched
        end = s.stops[v, s.vehicles[v].length + 1].node
        kept = 0
        for j in range(1, s.vehicles[v].length + 1):
            if not s.customers[s.stops[v, j].node].is_out:
                kept += 1
                s.stops[v, kept].node = s.stops[v, j].node
        s.stops[v, kept + 1].node = end
        s.vehicles[v].length = kept
        refresh(m, s, x, v)


@compiled
def take_strings(m: Model, s: State, x: Scratch) -> None:
    """Take strings out of days near each other."""
    n = len(m.customers)
    visits = 0
    used = 0
    for v in range(len(s.vehicles)):
        x.vehicles[v].is_ruined = False
        visits += s.vehicles[v].length
        used += s.vehicles[v].length > 0
    longest = min(float(LONGEST_STRING), visits / max(1, used))
    strings = int(uniform(x.random) * (4.0 * MOST_REMOVED / (1.0 + longest) - 1.0)) + 1
    seed = int(uniform(x.random) * n)
    n_days = s.days.shape[1]
    for i in range(n):
        c = seed if i == 0 else m.near[seed, i - 1]
        if s.customers[c].is_out:
            continue
        offset = int(uniform(x.random) * n_days)
        for j in range(n_days):
            v = s.days[c, (j + offset) % n_days].vehicle
            if v >= 0 and not x.vehicles[v].is_ruined:
                x.vehicles[v].is_ruined = True
                take_string(m, s, x, v, c, longest)
                strings -= 1
                break
        if strings == 0:
            break
    close_up(m, s, x)


@compiled
def make_way(m: Model, s: State, x: Scratch, v: int) -> bool:
    """Empty the days of a vehicle's rivals; False where one of them is between nights away."""
    for i in range(m.vehicles[v].rival_from, m.vehicles[v].rival_to):
        r = m.lists[i]
        n = s.vehicles[r].length
        home = m.vehicles[r].home
        if s.stops[r, 0].node != home or s.stops[r, n + 1].node != home:
            return False
    for i in range(m.vehicles[v].rival_from, m.vehicles[v].rival_to):
        r = m.lists[i]
        for j in range(1, s.vehicles[r].length + 1):
            if not s.customers[s.stops[r, j].node].is_out:
                take_out(m, s, x, s.stops[r, j].node)
    return True


@inlined
def sleep(m: Model, s: State, v: int, node: int) -> None:
    """End a vehicle's day at a place, and begin the next one there."""
    vehicle = m.vehicles[v]
    end = s.vehicles[v].length + 1
    left = m.nodes[s.stops[v, end].node].bed_of
    taken = m.nodes[node].bed_of
    if left >= 0:
        s.beds[left, vehicle.day] += vehicle.heads
    if taken >= 0:
        s.beds[taken, vehicle.day] -= vehicle.heads
    s.stops[v, end].node = node
    s.stops[vehicle.next_day, 0].node = node


@compiled
def thin_out(m: Model, s: State, x: Scratch, v: int) -> bool:
    """Take visits out by chance until a day can be ridden and paid; False: not even without."""
    is_ridable = refresh(m, s, x, v)
    while s.vehicles[v].length > 0 and not (is_ridable and room_idr(m, s, v) >= 0.0):
        n = s.vehicles[v].length
        at = 1 + int(uniform(x.random) * n)
        take_out(m, s, x, s.stops[v, at].node)
        # Its other days are closed up at the end.
        for j in range(at, n + 1):
            s.stops[v, j].node = s.stops[v, j + 1].node
        s.vehicles[v].length = n - 1
        is_ridable = refresh(m, s, x, v)
    return is_ridable and room_idr(m, s, v) >= 0.0


@compiled
def change_night(m: Model, s: State, x: Scratch) -> None:
    """Let a team sleep somewhere else, and take out what its two days no longer hold."""
    v = int(uniform(x.random) * len(m.vehicles))
    vehicle = m.vehicles[v]
    n_nights = vehicle.night_to - vehicle.night_from
    after = vehicle.next_day
    if n_nights < 1 or after < 0:
        return
    node = m.lists[vehicle.night_from + int(uniform(x.random) * n_nights)]
    before = s.stops[v, s.vehicles[v].length + 1].node
    beds = m.nodes[node].bed_of
    if node == before or (beds >= 0 and s.beds[beds, vehicle.day] < vehicle.heads):
        return
    last = s.stops[v, s.vehicles[v].length].node
    first = s.stops[after, 1].node
    if m.rides[0, last, node] == np.inf or m.rides[0, node, first] == np.inf:
        return
    for day in (v, after):
        if not is_used(m, s, day) and not make_way(m, s, x, day):
            close_up(m, s, x)
            return
    close_up(m, s, x)
    touch(x, v)
    touch(x, after)
    sleep(m, s, v, node)
    is_ridable = thin_out(m, s, x, v)
    close_up(m, s, x)
    if not (is_ridable and thin_out(m, s, x, after)):
        sleep(m, s, v, before)
    close_up(m, s, x)


@compiled
def change_team(m: Model, s: State, x: Scratch) -> None:
    """Make way for a team that somebody could have, served or not; that one is put in first."""
    if x.counts[1] > 0 and uniform(x.random) < WHO_IS_OUT:
        c = x.queue[int(uniform(x.random) * x.counts[1])].removed
    else:
        c = int(uniform(x.random) * len(m.customers))
        if s.customers[c].is_out:
            return
        take_out(m, s, x, c)
        close_up(m, s, x)
    d = int(uniform(x.random) * m.may.shape[1])
    n = m.day_from[d + 1] - m.day_from[d]
    if not m.may[c, d]:
        return
    offset = int(uniform(x.random) * n)
    for i in range(n):
        v = m.day_from[d] + (offset + i) % n
        is_able = m.face[c, m.vehicles[v].team] < np.inf
        if is_able and not is_used(m, s, v) and not is_free(m, s, v):
            make_way(m, s, x, v)
            close_up(m, s, x)
            x.counts[2] = c
            return
