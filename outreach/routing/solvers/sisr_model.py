"""Periodic routing as plain arrays: what the search by string removals reads and writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class Model(NamedTuple):
    """
    Customers, the days on which they may be visited, and vehicles that run on one day each.

    Nodes are the customers, then the places where vehicles start and end. Times count from each
    day's midnight, in the unit of `cost`. Ragged lists are flat, with `*_from` telling where
    each one's begins.

    Parameters
    ----------
    cost, back
        Riding from node to node, inf where there is no way, and its transpose.
    service, demand
        By node; 0 at starts and ends.
    window_from, opens, closes
        When service may begin at each node, ascending.
    near
        For each customer all others, nearest first.
    start, end, leaves, returns, most_riding, capacity, team, kind
        By vehicle, sorted by day. Of several empty vehicles of one kind only one is tried.
    day_from
        First vehicle of each day.
    face
        Customer × team: what a visit by that team costs on top of the riding, inf: may not.
    out
        By customer: what leaving all its visits out costs.
    worth
        By customer: where the order of putting back goes by worth, the most comes first.
    pattern_from, patterns
        Bit masks of the days that serve a customer together. A customer without any has its
        visits put on days by `visit_from`, `gap`, `on_day` and `skip` instead.
    visit_from, gap, on_day, skip
        A customer's visits in order, the least days between them, visit × day what a visit
        costs there (inf: not allowed), and what leaving the visit out costs.
    may
        Customer × day: whether any visit may be made then.
    """

    cost: Floats
    back: Floats
    service: Floats
    demand: Floats
    window_from: Ints
    opens: Floats
    closes: Floats
    near: NDArray[np.int32]
    start: Ints
    end: Ints
    leaves: Floats
    returns: Floats
    most_riding: Floats
    capacity: Floats
    team: Ints
    kind: Ints
    day_from: Ints
    face: Floats
    out: Floats
    worth: Floats
    pattern_from: Ints
    patterns: Ints
    visit_from: Ints
    gap: Ints
    on_day: Floats
    skip: Floats
    may: NDArray[np.bool_]


class State(NamedTuple):
    """
    A solution, with what makes the test of an insertion a matter of a few sums.

    `stops[v, 0]` is where vehicle v starts, its `length[v]` visits follow, then its end.
    `departs` is when it leaves a stop, all done as early as possible; `latest` is when it must
    have arrived there at the latest for the rest to fit. `made[c, d]` is which of the visits of
    customer c vehicle `by[c, d]` makes on day d; -1 is none. `price[c]` is what c costs beside
    riding.
    """

    stops: NDArray[np.int32]
    length: Ints
    leg: Floats
    departs: Floats
    latest: Floats
    riding: Floats
    load: Floats
    by: NDArray[np.int32]
    made: NDArray[np.int32]
    is_out: NDArray[np.bool_]
    price: Floats
    total: Floats


class Scratch(NamedTuple):
    """Room for one iteration, so that none allocates."""

    touched: Ints
    is_touched: NDArray[np.bool_]
    removed: Ints
    is_ruined: NDArray[np.bool_]
    key: Floats
    best: Floats
    vehicle: Ints
    position: Ints
    chosen: Ints
    table: Floats
    came_from: Ints
    counts: Ints
    random: NDArray[np.uint64]


def packed(model: Model) -> Model:
    """Copy every array into one piece, so that all models are compiled for once."""
    return Model._make(np.array(array, order="C") for array in model)


def empty_state(model: Model) -> State:
    """Make a solution in which every visit is left out."""
    n, n_days = model.may.shape
    n_vehicles = len(model.start)
    shape = (n_vehicles, n + 2)
    stops, leg = np.zeros(shape, np.int32), np.zeros(shape)
    departs, latest = np.zeros(shape), np.zeros(shape)
    stops[:, 0], stops[:, 1] = model.start, model.end
    leg[:, 1] = model.cost[model.start, model.end]
    departs[:, 0], latest[:, 1] = model.leaves, model.returns
    return State(
        stops=stops,
        length=np.zeros(n_vehicles, np.int64),
        leg=leg,
        departs=departs,
        latest=latest,
        riding=leg[:, 1].copy(),
        load=np.zeros(n_vehicles),
        by=np.full((n, n_days), -1, np.int32),
        made=np.full((n, n_days), -1, np.int32),
        is_out=np.ones(n, np.bool_),
        price=model.out.copy(),
        total=np.array([leg[:, 1].sum() + model.out.sum()]),
    )


def scratch(model: Model, seed: tuple[int, int]) -> Scratch:
    """Make the room that one run of the search works in."""
    n, n_days = model.may.shape
    n_vehicles = len(model.start)
    most_visits = int(np.diff(model.visit_from).max(initial=0)) + 1
    return Scratch(
        touched=np.zeros(n_vehicles, np.int64),
        is_touched=np.zeros(n_vehicles, np.bool_),
        removed=np.zeros(n, np.int64),
        is_ruined=np.zeros(n_vehicles, np.bool_),
        key=np.zeros(n),
        best=np.zeros(n_days),
        vehicle=np.zeros(n_days, np.int64),
        position=np.zeros(n_days, np.int64),
        chosen=np.zeros(n_days, np.int64),
        table=np.zeros((most_visits, n_days + 1)),
        came_from=np.zeros((most_visits, n_days + 1), np.int64),
        counts=np.zeros(2, np.int64),
        random=np.random.SeedSequence(seed).generate_state(1, np.uint64).astype(np.uint64),
    )


def neighbours(cost: Floats, n: int) -> NDArray[np.int32]:
    """List for each of the first `n` nodes the others by the way there and back, nearest first."""
    around = cost[:n, :n] + cost[:n, :n].T
    np.fill_diagonal(around, -1.0)
    return np.argsort(around, axis=1, kind="stable")[:, 1:].astype(np.int32)
