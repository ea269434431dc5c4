"""
One tour over as many days as it takes: which places on which day, and where each night is slept.

The fewest days count first, then the least riding. Every day starts where the one before ended.
"""

from __future__ import annotations

import functools
import itertools
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outreach.routing.solvers.runs import side_by_side
from outreach.routing.solvers.tours_model import ROUNDING, ground, nearest_first, scratch, state

if TYPE_CHECKING:
    from collections.abc import Callable

    from outreach.routing.solvers.protocol import Limit
    from outreach.routing.solvers.tours_model import Floats, Ground, Ints

logger = logging.getLogger(__name__)

STEPS = 400
"""Parts of a run, between which it looks at the clock and tells how far it is."""
DEAREST = 1e15
"""The price of a second too much when no day may be too long."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TourProblem:
    """
    Places to visit, and lodgings to do it from.

    Nodes are the base, where the tour starts and ends and where one may also sleep, then
    the other lodgings, then the places. Any unit of time will do that all share.

    Parameters
    ----------
    travel_s
        Node × node, not necessarily the same there and back; inf where there is no way.
    service_s
        By place.
    most_day_s
        What travel and service of a day may take together.
    """

    travel_s: Floats
    service_s: Floats
    most_day_s: float

    @property
    def n_lodgings(self) -> int:
        """Count the lodgings, the base included."""
        return len(self.travel_s) - len(self.service_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """
    The days of a tour, each with its nodes from where it starts to where one sleeps after it.

    `unreachable` are the places that are out of reach of all lodgings that can be used.
    """

    days: tuple[tuple[int, ...], ...]
    riding_s: float
    unreachable: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TourParams:
    """
    How the search cools.

    Parameters
    ----------
    hot_legs, cold_legs
        First and last temperature, in average legs of the tour that goes on to the nearest.
    n_cycles
        How often it cools in one run.
    strict_from
        Part of each cycle after which no day may be too long any more.
    price, day_price
        What a second too much costs at first, in seconds, and what a day costs, in days' time.
    most_late
        How much too long a day may be until then, in days' time.
    n_runs
        Runs, each in a thread; the same number on any machine, so that the result depends on
        seed and iterations only.
    meet_at
        Parts of the limit after which all go on from the best tour that one has seen.
    """

    hot_legs: float = 1.0
    cold_legs: float = 0.01
    n_cycles: int = 2
    strict_from: float = 0.7
    price: float = 20.0
    day_price: float = 2.0
    most_late: float = 0.15
    n_runs: int = 2
    meet_at: tuple[float, ...] = (0.5,)


def find_tour(
    problem: TourProblem,
    *,
    limit: Limit,
    seed: int,
    params: TourParams | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> Tour:
    """
    Search for the tour of the fewest days, and among those for the shortest.

    A lodging may be slept at any number of times, and days without a visit are allowed. A lodging
    can be used if days without a visit lead there from the base, and back. A place that no two
    usable lodgings have within reach on one day is left out and named.

    Parameters
    ----------
    limit
        Seconds, or iterations of each run.
    progress
        Told the part of the limit that is used up, from 0 to 1.
    """
    lodgings, places = within_reach(problem)
    missed = np.setdiff1d(np.arange(problem.n_lodgings, len(problem.travel_s)), places)
    unreachable = tuple(missed.tolist())
    if not len(places):
        return Tour(days=(), riding_s=0.0, unreachable=unreachable)
    nodes = np.concatenate([lodgings, places])
    params = params or TourParams()
    over = _Search.over(problem, lodgings, places, params)
    runs = [_Run(over, (seed, i)) for i in range(params.n_runs)]
    best = side_by_side(runs, limit, n_steps=STEPS, meet_at=params.meet_at, progress=progress).best
    stops = nodes[best.stops[: best.n_stops[0]]].tolist()
    nights = [i for i, node in enumerate(stops) if node < problem.n_lodgings]
    tour = Tour(
        days=tuple(tuple(stops[a : b + 1]) for a, b in itertools.pairwise(nights)),
        riding_s=float(sum(problem.travel_s[a, b] for a, b in itertools.pairwise(stops))),
        unreachable=unreachable,
    )
    logger.info("%d places on %d days; %d unreachable", len(places), len(tour.days), len(missed))
    return tour


def within_reach(problem: TourProblem) -> tuple[Ints, Ints]:
    """Give the lodgings that can be used, the base first, and the places that they reach."""
    from scipy.sparse.csgraph import connected_components

    n_lodgings = problem.n_lodgings
    most = problem.most_day_s + ROUNDING
    is_a_day = problem.travel_s[:n_lodgings, :n_lodgings] <= most
    _, group = connected_components(is_a_day, connection="strong")
    lodgings = np.flatnonzero(group == group[0])
    there = problem.travel_s[lodgings, n_lodgings:].min(axis=0)
    back = problem.travel_s[n_lodgings:, lodgings].min(axis=1)
    places = np.flatnonzero(there + problem.service_s + back <= most) + n_lodgings
    return lodgings, places


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """
    What all runs share.

    While days may be too long, a day costs so little that a price of lateness can outweigh it;
    afterwards it costs more than any riding.
    """

    loose: Ground
    strict: Ground
    first: Ints
    params: TourParams

    @classmethod
    def over(
        cls, problem: TourProblem, lodgings: Ints, places: Ints, params: TourParams
    ) -> _Search:
        """Work out the ground of both phases, and the order to begin with."""
        nodes = np.concatenate([lodgings, places])
        most = problem.most_day_s
        service = np.zeros(len(problem.travel_s))
        service[problem.n_lodgings :] = problem.service_s
        make = functools.partial(
            ground,
            problem.travel_s[np.ix_(nodes, nodes)],
            service[nodes],
            n_lodgings=len(lodgings),
            most=most,
        )
        loose = make(day=params.day_price * most, late=params.most_late * most)
        strict = make(day=len(nodes) * most, late=0.0)
        return cls(loose=loose, strict=strict, first=nearest_first(loose), params=params)


class _Run:
    """One run: the order that it is at, and the best tour that it has seen."""

    def __init__(self, over: _Search, seed: tuple[int, int]) -> None:
        from outreach.routing.solvers import tours_kernel as kernel

        self._kernel = kernel
        self._over = over
        self._now, self._new, self.best = (state(over.loose, over.first) for _ in range(3))
        self._room = scratch(over.loose, seed)
        self._go(over.strict, 1, 1.0, 1.0, DEAREST, 0.0)
        stops = self.best.stops[: self.best.n_stops[0]]
        self._leg = float(over.strict.takes[stops[:-1], stops[1:]].mean()) or 1.0
        self._price = over.params.price
        self._was_strict = False

    def rank(self) -> tuple[float, ...]:
        return float(self.best.total[1]), float(self.best.total[2])

    def follow(self, other: _Run) -> None:
        self._now.order[:] = other.best.order

    def search(self, iterations: int, begins: float, ends: float) -> None:
        over, params = self._over, self._over.params
        cycle = int(begins * params.n_cycles)
        begins, ends = begins * params.n_cycles - cycle, ends * params.n_cycles - cycle
        hot, cold = (
            self._leg * params.hot_legs * (params.cold_legs / params.hot_legs) ** cooled
            for cooled in (begins, ends)
        )
        is_strict = begins >= params.strict_from
        if is_strict and not self._was_strict:
            self._now.order[:] = self.best.order
        if is_strict:
            self._go(over.strict, iterations, hot, cold, DEAREST, 0.0)
        else:
            eager = self._kernel.EAGER
            self._price = self._go(over.loose, iterations, hot, cold, self._price, eager)
        self._was_strict = is_strict

    def _go(
        self, m: Ground, iterations: int, hot: float, cold: float, price: float, eager: float
    ) -> float:
        now, new, best, room = self._now, self._new, self.best, self._room
        return float(
            self._kernel.search(m, now, new, best, room, iterations, hot, cold, price, eager)
        )
