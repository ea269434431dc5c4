"""
One vehicle's day, compiled: when it is where, with its breaks, and what it costs.

Functions that are inlined are compiled as part of those that call them, and numba's cache looks
at the callers' files only: after a change here, clear the cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from outreach.routing.solvers.sisr_model import Model, Scratch, State

# Without references to count and divisions to check there is half as much to compile.
compiled = njit(cache=True, nogil=True, error_model="numpy", _nrt=False)  # type: ignore[call-overload]
# Put into the callers before they are compiled: each call between compiled functions hands dozens
# of arrays over one by one, which takes longer to compile than to repeat.
inlined = njit(nogil=True, inline="always")
SLACK_IDR = 0.5
"""What is left of a budget may be a matter of rounding."""


@inlined
def begins_at(m: Model, node: int, arrives: float) -> float:
    """Give when service begins, inf where the last window has closed."""
    for w in range(m.nodes[node].window_from, m.nodes[node].window_to):
        if arrives <= m.windows[w].closes:
            opens: float = m.windows[w].opens
            return max(arrives, opens)
    return np.inf


@inlined
def ride(m: Model, v: int, takes: float, x: Scratch) -> None:
    """
    Work out arrivals from departures, for each number of breaks behind one.

    A break begins on the way or at its end, or else before one sets out: `free` is the earliest
    moment at which all of them so far could be over.
    """
    free = x.rests[0].leaves
    x.rests[0].arrives = free + takes
    first = m.vehicles[v].rest_from - 1
    for k in range(1, m.vehicles[v].rest_to - first):
        rest = m.rests[first + k]
        begins = max(free, rest.opens)
        free = x.rests[k].leaves
        arrives = free + takes
        if begins <= rest.closes:
            free = min(free, begins + rest.length)
            arrives = min(arrives, max(x.rests[k - 1].arrives, rest.opens) + rest.length)
        x.rests[k].arrives = arrives


@inlined
def latest_departure(m: Model, s: State, v: int, i: int, k: int, takes: float) -> float:
    """Tell until when one may leave for stop `i` after `k` breaks; the inverse of `ride`."""
    by: float = s.clock[v, i, k].latest - takes
    bound = np.inf
    rests = 0.0
    rested = -np.inf
    for j in range(k + 1, m.vehicles[v].rest_to - m.vehicles[v].rest_from + 1):
        rest = m.rests[m.vehicles[v].rest_from + j - 1]
        if rested > rest.closes:
            break
        bound = min(bound, rest.closes - rests)
        rests += rest.length
        rested = max(rested, rest.opens) + rest.length
        if rested <= s.clock[v, i, j].latest:
            by = max(by, min(bound, s.clock[v, i, j].latest - rests - takes))
    return by


@inlined
def latest_arrival(m: Model, node: int, begins_by: float) -> float:
    """Give until when one may arrive for service to begin by then; the inverse of `begins_at`."""
    for w in range(m.nodes[node].window_to - 1, m.nodes[node].window_from - 1, -1):
        if m.windows[w].opens <= begins_by:
            closes: float = m.windows[w].closes
            return min(begins_by, closes)
    return -np.inf


@inlined
def arrives_by(m: Model, s: State, x: Scratch, v: int, i: int) -> bool:
    """Whether one arrives at stop `i` in time, with some number of breaks behind one."""
    for k in range(m.vehicles[v].rest_to - m.vehicles[v].rest_from + 1):
        if x.rests[k].arrives <= s.clock[v, i, k].latest:
            return True
    return False


@inlined
def serve(m: Model, v: int, node: int, x: Scratch) -> None:
    """Work out departures from arrivals."""
    for k in range(m.vehicles[v].rest_to - m.vehicles[v].rest_from + 1):
        x.rests[k].leaves = begins_at(m, node, x.rests[k].arrives) + m.nodes[node].service


@inlined
def is_used(m: Model, s: State, v: int) -> bool:
    """Whether a vehicle is on the road: with a visit, or between nights away."""
    n: int = s.vehicles[v].length
    home: int = m.vehicles[v].home
    is_away: bool = s.stops[v, 0].node != home or s.stops[v, n + 1].node != home
    return n > 0 or is_away


@inlined
def is_free(m: Model, s: State, v: int) -> bool:
    """Whether no worker of a vehicle is on the road with others on that day."""
    for i in range(m.vehicles[v].rival_from, m.vehicles[v].rival_to):
        if is_used(m, s, m.lists[i]):
            return False
    return True


@inlined
def room_idr(m: Model, s: State, v: int) -> float:
    """Give what each worker of a vehicle may still spend: the least that one of them may."""
    room = np.inf
    for i in range(m.vehicles[v].member_from, m.vehicles[v].member_to):
        w = m.lists[i]
        left: float = m.workers[w].budget - s.workers[w].spent + SLACK_IDR
        room = min(room, left)
    return room


@inlined
def strain(m: Model, s: State, v: int) -> float:
    """Give what one more second of work costs the fairness among a vehicle's workers."""
    price = 0.0
    for i in range(m.vehicles[v].member_from, m.vehicles[v].member_to):
        w = m.lists[i]
        price += 2.0 * m.workers[w].unfair * s.workers[w].worked
    return price


@inlined
def book(m: Model, s: State, v: int, work: float, money: float, cost: float) -> None:
    """Write new sums of a vehicle's day down, also for its workers and in all."""
    vehicle = s.vehicles[v]
    more = cost - vehicle.cost
    for i in range(m.vehicles[v].member_from, m.vehicles[v].member_to):
        w = m.lists[i]
        worker = s.workers[w]
        worker.spent += money - vehicle.money
        before = worker.worked
        after = before + work - vehicle.work
        worker.worked = after
        more += m.workers[w].unfair * (after * after - before * before)
    s.total[0] += more
    vehicle.work = work
    vehicle.money = money
    vehicle.cost = cost


@compiled
def refresh(m: Model, s: State, x: Scratch, v: int) -> bool:
    """Work a vehicle's day out anew; False where it cannot be ridden."""
    n = s.vehicles[v].length
    vehicle = m.vehicles[v]
    n_rests = vehicle.rest_to - vehicle.rest_from
    riding, service, cost, money, load = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(n_rests + 1):
        x.rests[k].leaves = np.inf if k > 0 else vehicle.leaves
        s.clock[v, 0, k].departs = x.rests[k].leaves
    for i in range(1, n + 2):
        before = s.stops[v, i - 1].node
        node = s.stops[v, i].node
        takes = m.rides[0, before, node]
        s.stops[v, i].leg = m.rides[vehicle.cost_at, before, node]
        riding += takes
        cost += s.stops[v, i].leg
        money += m.rides[vehicle.money_at, before, node]
        load += m.nodes[node].demand
        ride(m, v, takes, x)
        if i <= n:
            serve(m, v, node, x)
            service += m.nodes[node].service
            for k in range(n_rests + 1):
                s.clock[v, i, k].departs = x.rests[k].leaves
    s.clock[v, n + 1, n_rests].latest = vehicle.returns
    for k in range(n_rests):
        closes = m.rests[vehicle.rest_from + k].closes
        s.clock[v, n + 1, k].latest = min(vehicle.returns, closes)
    is_ridable = arrives_by(m, s, x, v, n + 1)
    for i in range(n, 0, -1):
        node = s.stops[v, i].node
        takes = m.rides[0, node, s.stops[v, i + 1].node]
        for k in range(n_rests + 1):
            by = latest_departure(m, s, v, i + 1, k, takes) - m.nodes[node].service
            s.clock[v, i, k].latest = latest_arrival(m, node, by)
    end = s.stops[v, n + 1].node
    is_away = s.stops[v, 0].node != vehicle.home or end != vehicle.home
    per_day = vehicle.meal if is_away or vehicle.always_eats else 0.0
    if end != vehicle.home:
        per_day += m.nodes[end].night_money
    book(m, s, v, riding + service, money + per_day, cost + per_day * vehicle.per_idr)
    s.vehicles[v].riding = riding
    s.vehicles[v].load = load
    return is_ridable and riding <= vehicle.most_riding
