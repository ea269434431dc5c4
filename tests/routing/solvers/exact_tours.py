"""An exact method for tours over several days: every subset of places, from every lodging."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.routing.solvers.tours import TourProblem

HAIR = 1e-9


def least_days_and_riding(problem: TourProblem) -> tuple[int, float] | None:
    """
    Give the fewest days that visit all places, and the least riding on so many; None: none do.

    A day is all that one visits between two nights, in its best order (Held and Karp); then days
    are put together, one more in each round, by which places are done and where one sleeps.
    """
    n = len(problem.service_s)
    days = _days(problem)
    everything = (1 << n) - 1
    seen = at = {(0, 0): 0.0}
    for n_days in itertools.count():
        if (everything, 0) in at:
            return n_days, at[everything, 0]
        after: dict[tuple[int, int], float] = {}
        for (done, start), so_far in at.items():
            for visits in _parts(everything ^ done):
                for end in range(problem.n_lodgings):
                    state = done | visits, end
                    riding = so_far + days.get((start, end, visits), math.inf)
                    # What fewer days have reached is better off, however long they were.
                    if riding < after.get(state, math.inf) and state not in seen:
                        after[state] = riding
        if not after:
            return None
        at = after
        seen = seen | at
    raise AssertionError


def _parts(whole: int) -> Iterator[int]:
    """Yield all subsets of a set, as bit masks."""
    part = whole
    while part:
        yield part
        part = (part - 1) & whole
    yield 0


def _days(problem: TourProblem) -> dict[tuple[int, int, int], float]:
    """Give the least riding of every day that is short enough, by start, end and visits."""
    travel, n_lodgings = problem.travel_s, problem.n_lodgings
    n = len(problem.service_s)
    found: dict[tuple[int, int, int], float] = {}
    for g in range(n_lodgings):
        path = {(1 << c, c): float(travel[g, n_lodgings + c]) for c in range(n)}
        ends: dict[tuple[int, int], float] = {
            (0, h): float(travel[g, h]) for h in range(n_lodgings)
        }
        while path:
            longer: dict[tuple[int, int], float] = {}
            for (visits, last), riding in path.items():
                for h in range(n_lodgings):
                    home = riding + float(travel[n_lodgings + last, h])
                    ends[visits, h] = min(ends.get((visits, h), math.inf), home)
                for c in range(n):
                    if not visits >> c & 1:
                        state = visits | 1 << c, c
                        there = riding + float(travel[n_lodgings + last, n_lodgings + c])
                        longer[state] = min(longer.get(state, math.inf), there)
            path = longer
        for (visits, h), riding in ends.items():
            service = sum(float(problem.service_s[c]) for c in range(n) if visits >> c & 1)
            if (visits or g != h) and riding + service <= problem.most_day_s + HAIR:
                found[g, h, visits] = riding
    return found
