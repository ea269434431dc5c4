"""
Slack induction by string removals, compiled: ruin, recreate, accept.

Christiaens and Vanden Berghe, "Slack Induction by String Removals for Vehicle Routing Problems",
Transportation Science 54 (2020).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outreach.routing.solvers.sisr_days import compiled, inlined, is_used, refresh
from outreach.routing.solvers.sisr_recreate import also_try, recreate
from outreach.routing.solvers.sisr_ruin import (
    OTHER_NIGHT,
    OTHER_TEAM,
    change_night,
    change_team,
    take_strings,
    uniform,
)

if TYPE_CHECKING:
    from outreach.routing.solvers.sisr_model import Model, Scratch, State


@inlined
def copy_vehicle(a: State, b: State, v: int) -> None:
    """Copy a vehicle's day from state `a` to state `b`."""
    b.vehicles[v] = a.vehicles[v]
    for i in range(a.vehicles[v].length + 2):
        b.stops[v, i] = a.stops[v, i]
        for k in range(a.clock.shape[2]):
            b.clock[v, i, k] = a.clock[v, i, k]


@inlined
def copy_customer(a: State, b: State, c: int) -> None:
    """Copy on which days a customer is visited, and by which vehicles."""
    b.customers[c] = a.customers[c]
    for d in range(a.days.shape[1]):
        b.days[c, d] = a.days[c, d]


@inlined
def copy_sums(a: State, b: State) -> None:
    """Copy what all vehicles share."""
    for w in range(len(a.workers)):
        b.workers[w] = a.workers[w]
    for i in range(a.beds.shape[0]):
        for d in range(a.beds.shape[1]):
            b.beds[i, d] = a.beds[i, d]
    b.total[0] = a.total[0]


@compiled
def copy_changes(a: State, b: State, x: Scratch) -> None:
    """Copy what an iteration changed, and take its marks off."""
    for i in range(x.counts[0]):
        v = x.vehicles[i].touched
        x.vehicles[v].is_touched = False
        copy_vehicle(a, b, v)
    for i in range(x.counts[1]):
        copy_customer(a, b, x.queue[i].removed)
    copy_sums(a, b)


@compiled
def copy_all(a: State, b: State) -> None:
    """Copy a whole state."""
    for v in range(len(a.vehicles)):
        copy_vehicle(a, b, v)
    for c in range(len(a.customers)):
        copy_customer(a, b, c)
    copy_sums(a, b)


@compiled
def begin(m: Model, s: State, x: Scratch) -> bool:
    """Work out a state without visits; False where a day that must be ridden cannot be."""
    is_ridable = True
    for v in range(len(m.vehicles)):
        is_good = refresh(m, s, x, v)
        is_ridable = is_ridable and (is_good or not is_used(m, s, v))
    return is_ridable


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
    has_nights, has_rivals = False, False
    for v in range(len(m.vehicles)):
        has_nights = has_nights or m.vehicles[v].night_to > m.vehicles[v].night_from
        has_rivals = has_rivals or m.vehicles[v].rival_to > m.vehicles[v].rival_from
    for _ in range(iterations):
        x.counts[0] = 0
        x.counts[1] = 0
        x.counts[2] = -1
        also_try(now, x)
        if has_rivals and uniform(x.random) < OTHER_TEAM:
            change_team(m, now, x)
        if has_nights and uniform(x.random) < OTHER_NIGHT:
            change_night(m, now, x)
        take_strings(m, now, x)
        recreate(m, now, x)
        limit = kept.total[0] - temperature * math.log(1.0 - uniform(x.random))
        if now.total[0] < limit:
            copy_changes(now, kept, x)
        else:
            copy_changes(kept, now, x)
        if now.total[0] < best.total[0] - 1e-9:
            copy_all(now, best)
        temperature *= cooling
