"""
The recreation of the search, compiled: the days of a customer's visits are chosen as it is put in.

The cheapest place on every day comes first, then the days that are cheapest together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outreach.routing.solvers.sisr_days import (
    arrives_by,
    begins_at,
    compiled,
    inlined,
    is_free,
    is_used,
    refresh,
    ride,
    room_idr,
    serve,
    strain,
)
from outreach.routing.solvers.sisr_ruin import touch, uniform

if TYPE_CHECKING:
    from outreach.routing.solvers.sisr_model import Model, Scratch, State

BLINK = 0.01
MOST_OUT_TRIED = 10
"""Customers that were out before and are tried again in one iteration."""
SKIPPED, CARRIED = -1, -2
"""Marks in the table of days: the visit is left out; nothing more is made on that day."""
BY_CHANCE, BY_WORTH, FAR_FIRST, NEAR_FIRST = 4.0, 8.0, 10.0, 11.0
"""Orders in which to put back, as likely as the paper has them: 4, 4, 2 and 1 of 11."""


@inlined
def fits(m: Model, s: State, x: Scratch, v: int, i: int, c: int) -> bool:
    """Whether a visit before stop `i` leaves the rest of the day as it must be."""
    vehicle = m.vehicles[v]
    before = s.stops[v, i - 1].node
    after = s.stops[v, i].node
    there = m.rides[0, before, c]
    onward = m.rides[0, c, after]
    longer = there + onward - m.rides[0, before, after]
    if s.vehicles[v].riding + longer > vehicle.most_riding:
        return False
    if vehicle.rest_from == vehicle.rest_to:
        begins = begins_at(m, c, s.clock[v, i - 1, 0].departs + there)
        is_early: bool = begins + m.nodes[c].service + onward <= s.clock[v, i, 0].latest
        return is_early
    for k in range(vehicle.rest_to - vehicle.rest_from + 1):
        x.rests[k].leaves = s.clock[v, i - 1, k].departs
    ride(m, v, there, x)
    serve(m, v, c, x)
    ride(m, v, onward, x)
    return arrives_by(m, s, x, v, i)


@inlined
def positions(m: Model, s: State, v: int, c: int) -> tuple[int, int]:
    """Give the first and the last stop before which a fixed order allows the visit."""
    n = s.vehicles[v].length
    lowest, highest = 1, n + 1
    if m.customers[c].group >= 0:
        for i in range(1, n + 1):
            other = m.customers[s.stops[v, i].node]
            if other.group == m.customers[c].group:
                if other.rank < m.customers[c].rank:
                    lowest = i + 1
                else:
                    highest = min(highest, i)
    return lowest, highest


@inlined
def pays(m: Model, s: State, v: int, i: int, c: int) -> float:
    """Give what each worker pays more for a visit before stop `i`."""
    at = m.vehicles[v].money_at
    before = s.stops[v, i - 1].node
    after = s.stops[v, i].node
    return m.rides[at, before, c] + m.rides[at, c, after] - m.rides[at, before, after]  # type: ignore[no-any-return]


@compiled
def best_on_day(  # noqa: C901  (each branch spares those behind it)
    m: Model, s: State, x: Scratch, c: int, d: int
) -> None:
    """Find the cheapest place for a visit on a day; what it costs may be inf."""
    best = np.inf
    x.days[d].vehicle = -1
    tried = -1
    for v in range(m.day_from[d], m.day_from[d + 1]):
        vehicle = m.vehicles[v]
        face = m.face[c, vehicle.team]
        if face >= best or s.vehicles[v].load + m.nodes[c].demand > vehicle.capacity:
            continue
        n = s.vehicles[v].length
        if n == 0:
            if vehicle.alike == tried:
                continue
            tried = vehicle.alike
            if not is_used(m, s, v) and not is_free(m, s, v):
                continue
        if n + 2 >= s.stops.shape[1]:
            continue
        face += strain(m, s, v) * m.nodes[c].service
        room = room_idr(m, s, v)
        to = m.rides[vehicle.back_at, c]
        fro = m.rides[vehicle.cost_at, c]
        lowest, highest = positions(m, s, v, c)
        before = to[s.stops[v, lowest - 1].node]
        for i in range(lowest, highest + 1):
            here = before
            after = s.stops[v, i].node
            before = to[after]
            more = here + fro[after] - s.stops[v, i].leg + face
            if more >= best:
                continue
            if (room < np.inf and pays(m, s, v, i, c) > room) or not fits(m, s, x, v, i, c):
                continue
            if uniform(x.random) < BLINK:
                continue
            best = more
            x.days[d].vehicle = v
            x.days[d].position = i
    x.days[d].best = best


@inlined
def choose_pattern(m: Model, x: Scratch, c: int) -> bool:
    """Choose the pattern whose days are cheapest together; False: staying out is cheaper."""
    cheapest = m.customers[c].out
    chosen = 0
    for p in range(m.customers[c].pattern_from, m.customers[c].pattern_to):
        total = 0.0
        for d in range(len(x.days)):
            if (m.lists[p] >> d) & 1:
                total += x.days[d].best
        if total < cheapest:
            cheapest = total
            chosen = m.lists[p]
    for d in range(len(x.days)):
        x.days[d].chosen = 0 if (chosen >> d) & 1 else -1
    return chosen != 0


@compiled
def choose_days(m: Model, x: Scratch, c: int) -> bool:
    """
    Put a customer's visits on days by dynamic programming; False: staying out is cheaper.

    `table[k, j]` is the least that the first k visits cost if the last one made is before day j.
    """
    first = m.customers[c].visit_from
    n = m.customers[c].visit_to - first
    n_days = len(x.days)
    for j in range(n_days + 1):
        x.table[0, j].cost = 0.0
    for k in range(1, n + 1):
        visit = first + k - 1
        x.table[k, 0].cost = x.table[k - 1, 0].cost + m.on_day[visit, n_days]
        x.table[k, 0].came_from = SKIPPED
        for j in range(1, n_days + 1):
            least = x.table[k - 1, j].cost + m.on_day[visit, n_days]
            came = SKIPPED
            if x.table[k, j - 1].cost < least:
                least = x.table[k, j - 1].cost
                came = CARRIED
            there = max(0, j - m.customers[c].gap)
            made = x.table[k - 1, there].cost + x.days[j - 1].best + m.on_day[visit, j - 1]
            if made < least:
                least = made
                came = there
            x.table[k, j].cost = least
            x.table[k, j].came_from = came
    for d in range(n_days):
        x.days[d].chosen = -1
    k, j, found = n, n_days, False
    while k > 0:
        came = x.table[k, j].came_from
        if came == CARRIED:
            j -= 1
            continue
        if came >= 0:
            x.days[j - 1].chosen = k - 1
            found = True
            j = came
        k -= 1
    return found


@compiled
def put_in(m: Model, s: State, x: Scratch, c: int) -> None:
    """Make the visits of a customer on the chosen days."""
    price = 0.0
    n_days = len(x.days)
    for visit in range(m.customers[c].visit_from, m.customers[c].visit_to):
        price += m.on_day[visit, n_days]
    is_in = False
    for d in range(n_days):
        if x.days[d].chosen < 0:
            continue
        v = x.days[d].vehicle
        # The days were chosen one by one: together they may cost more than there is.
        if is_in and pays(m, s, v, x.days[d].position, c) > room_idr(m, s, v):
            continue
        touch(x, v)
        n = s.vehicles[v].length
        for i in range(n + 1, x.days[d].position - 1, -1):
            s.stops[v, i + 1].node = s.stops[v, i].node
        s.stops[v, x.days[d].position].node = c
        s.vehicles[v].length = n + 1
        refresh(m, s, x, v)
        s.days[c, d].vehicle = v
        s.days[c, d].visit = x.days[d].chosen
        price += m.face[c, m.vehicles[v].team]
        if m.customers[c].visit_to > m.customers[c].visit_from:
            visit = m.customers[c].visit_from + x.days[d].chosen
            price += m.on_day[visit, d] - m.on_day[visit, n_days]
        is_in = True
    s.customers[c].is_out = False
    s.total[0] += price - s.customers[c].price
    s.customers[c].price = price


@inlined
def also_try(s: State, x: Scratch) -> None:
    """Let some of those who are out already be put in with those whom the ruin takes out."""
    n = len(s.customers)
    offset = int(uniform(x.random) * n)
    for i in range(n):
        if x.counts[1] == MOST_OUT_TRIED:
            break
        c = (i + offset) % n
        if s.customers[c].is_out:
            x.queue[x.counts[1]].removed = c
            x.counts[1] += 1


@compiled
def order(m: Model, x: Scratch) -> None:
    """Sort those to put in by one of the paper's keys; numpy's sort takes long to compile."""
    draw = uniform(x.random) * NEAR_FIRST
    home = m.vehicles[0].home
    for i in range(x.counts[1]):
        c = x.queue[i].removed
        if c == x.counts[2]:
            key = -np.inf
        elif draw < BY_CHANCE:
            key = float(uniform(x.random))
        elif draw < BY_WORTH:
            key = -m.customers[c].worth
        elif draw < FAR_FIRST:
            key = -m.rides[0, home, c]
        else:
            key = m.rides[0, home, c]
        j = i
        while j > 0 and x.queue[j - 1].key > key:
            x.queue[j].key = x.queue[j - 1].key
            x.queue[j].removed = x.queue[j - 1].removed
            j -= 1
        x.queue[j].key = key
        x.queue[j].removed = c


@compiled
def recreate(m: Model, s: State, x: Scratch) -> None:
    """Put back what is out, each where it costs least, now and then blinking."""
    order(m, x)
    for i in range(x.counts[1]):
        c = x.queue[i].removed
        for d in range(len(x.days)):
            x.days[d].best = np.inf
            if m.may[c, d]:
                best_on_day(m, s, x, c, d)
        if m.customers[c].pattern_to > m.customers[c].pattern_from:
            found = choose_pattern(m, x, c)
        else:
            found = choose_days(m, x, c)
        if found:
            put_in(m, s, x, c)
