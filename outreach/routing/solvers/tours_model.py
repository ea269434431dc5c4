"""Tours over several days as plain arrays: what their search reads and writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ROUNDING = 1e-9
TOO_FAR = 4
"""A leg counts as so many days at most; with more than one no day is kept anyway."""


class Ground(NamedTuple):
    """
    Lodgings and places to visit, with the time between them.

    Nodes are the lodgings, the base being the first, then the places.

    Parameters
    ----------
    takes
        Node × node: the travel, and the service at the second.
    onward, through
        Lodging × lodging: what days without a visit cost that lead there, inf where none do, and
        the lodging of the last night before.
    doors
        By node the lodgings, nearest first.
    least_in, least_out
        By node: the least time in which one gets there from any lodging, service included, and
        from there to any; also by way of other places.
    near
        By place the other places, nearest first.
    most, day, late
        The most time that a day may take, what a day costs, and how much too long a day may be
        while one searches. One number each.
    """

    takes: Floats
    onward: Floats
    through: Ints
    doors: Ints
    least_in: Floats
    least_out: Floats
    near: Ints
    most: Floats
    day: Floats
    late: Floats


class State(NamedTuple):
    """
    An order of all places, and the least that each beginning of it costs.

    `least[j, h]` is what the first j places cost if lodging h is slept at after them. The
    lodgings from which it may pay to begin a day with place i of the order are `from_lodging[i]`,
    `n_from[i]` many: `from_time` is the time to the place, `from_cost` all that it costs to be
    there. `stops` is the whole tour, from base to base, with the lodgings in it.
    `total` is the least cost of the order, the days, their time and how much of it is too much.
    """

    order: Ints
    least: Floats
    from_lodging: Ints
    from_time: Floats
    from_cost: Floats
    n_from: Ints
    stops: Ints
    n_stops: Ints
    total: Floats


class Scratch(NamedTuple):
    """Room for one iteration, so that none allocates."""

    stops: Ints
    n_stops: Ints
    day_time: Floats
    removed: Ints
    is_out: NDArray[np.bool_]
    at: Ints
    key: Floats
    random: NDArray[np.uint64]


def ground(
    travel: Floats,
    service: Floats,
    *,
    n_lodgings: int,
    most: float,
    day: float,
    late: float,
) -> Ground:
    """
    Work out what the search needs to know of lodgings and places.

    Parameters
    ----------
    travel
        Node × node, lodgings first, the base before the others.
    service
        By node; 0 at lodgings.
    """
    from scipy.sparse.csgraph import floyd_warshall

    takes = np.minimum(travel, TOO_FAR * most) + service
    np.fill_diagonal(takes, 0.0)
    nights = travel[:n_lodgings, :n_lodgings]
    onward, through = floyd_warshall(
        np.where(nights <= most + ROUNDING, nights + day, np.inf), return_predecessors=True
    )
    return Ground(
        takes=takes,
        onward=np.ascontiguousarray(onward),
        through=np.ascontiguousarray(through, np.int64),
        doors=np.ascontiguousarray(takes[:n_lodgings].T.argsort(axis=1, kind="stable")),
        least_in=_shortest(takes[:n_lodgings].min(axis=0), takes),
        least_out=_shortest(takes[:, :n_lodgings].min(axis=1), takes.T),
        near=neighbours(travel[n_lodgings:, n_lodgings:]) + n_lodgings,
        most=np.array([most + ROUNDING]),
        day=np.array([day]),
        late=np.array([late]),
    )


def neighbours(travel: Floats) -> Ints:
    """List for each place the others by the way there and back, nearest first."""
    around = travel + travel.T
    np.fill_diagonal(around, -1.0)
    return np.ascontiguousarray(np.argsort(around, axis=1, kind="stable")[:, 1:])


def _shortest(time: Floats, takes: Floats) -> Floats:
    """Shorten times to nodes by way of others, as long as any gets shorter."""
    while True:
        shorter = np.minimum(time, (time[:, None] + takes).min(axis=0))
        if np.array_equal(shorter, time):
            return time
        time = shorter


def nearest_first(land: Ground) -> Ints:
    """Order the places by going on to the nearest one that is left."""
    n_lodgings = len(land.onward)
    left = list(range(n_lodgings, len(land.takes)))
    order, here = [], 0
    while left:
        here = min(left, key=lambda place: float(land.takes[here, place]))
        left.remove(here)
        order.append(here)
    return np.array(order, np.int64)


def state(land: Ground, order: Ints) -> State:
    """Make room for an order."""
    n_lodgings, n = len(land.onward), len(order)
    return State(
        order=order.copy(),
        least=np.full((n + 1, n_lodgings), np.inf),
        from_lodging=np.zeros((n, n_lodgings), np.int64),
        from_time=np.zeros((n, n_lodgings)),
        from_cost=np.zeros((n, n_lodgings)),
        n_from=np.zeros(n, np.int64),
        stops=np.zeros(_most_stops(land), np.int64),
        n_stops=np.zeros(1, np.int64),
        total=np.full(4, np.inf),
    )


def scratch(land: Ground, seed: tuple[int, int]) -> Scratch:
    """Make the room that one run of the search works in."""
    n = len(land.near)
    return Scratch(
        stops=np.zeros(_most_stops(land) + n, np.int64),
        n_stops=np.zeros(1, np.int64),
        day_time=np.zeros(_most_stops(land)),
        removed=np.zeros(n + 1, np.int64),
        is_out=np.zeros(len(land.takes), np.bool_),
        at=np.zeros(len(land.takes), np.int64),
        key=np.zeros(n),
        random=np.random.SeedSequence(seed).generate_state(1, np.uint64).astype(np.uint64),
    )


def _most_stops(land: Ground) -> int:
    """Count the stops of a tour with each place on a day of its own, and all lodgings between."""
    n, n_lodgings = len(land.near), len(land.onward)
    return (n + 1) * (n_lodgings + 1)
