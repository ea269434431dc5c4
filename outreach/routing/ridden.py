"""Ways that take as long as a plan has it, whatever the matrix says by now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.routing.matrix import TravelMatrix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from outreach.model import Leg, Plan
    from outreach.routing.problem import Problem

Legs = dict[tuple[str, str], tuple[int, float]]
"""Seconds and metres by both ends."""


def ways_out(problem: Problem, plan: Plan, key: tuple[str, int], first: int) -> Legs:
    """
    Give the ways to the night and home from one of a day's stops, where no open one leads there.

    Each is as long as the plan's own legs from there on, those of the next days included.

    Parameters
    ----------
    key
        Team and day.
    first
        Which stop of the day.
    """
    found: Legs = {}
    seconds, metres, start = 0, 0.0, None
    for leg, is_end in _legs_on(problem, plan, key, first):
        start = leg.from_id if start is None else start
        seconds, metres = seconds + leg.duration_s, metres + leg.distance_m
        ends = start, leg.to_id
        if is_end and ends not in found and problem.riding_s(*ends) is None:
            found[ends] = seconds, metres
    return found


def _legs_on(
    problem: Problem, plan: Plan, key: tuple[str, int], first: int
) -> Iterator[tuple[Leg, bool]]:
    """Yield a team's legs from a stop to its base, and which of them end a day at either."""
    routes = {(r.team_id, r.day): r for r in plan.day_routes}
    team_id, day = key
    while (team_id, day) in routes:
        route = routes[team_id, day]
        last = len(route.legs) - 1
        is_home = route.sleeps_at == problem.team[team_id].base_id
        for i, leg in enumerate(route.legs):
            if i >= first:
                yield leg, i == last and (is_home or day == key[1])
        if is_home:
            return
        first, day = 0, day + 1


def as_ridden(
    problem: Problem, ridden: Iterable[Mapping[tuple[str, str], tuple[int, float]]]
) -> TravelMatrix:
    """Give the matrix with these ways in place of its own; of two for one way the later."""
    matrix, legs = problem.matrix, {k: v for one in ridden for k, v in one.items()}
    other = {
        (matrix.row[a], matrix.row[b]): was
        for (a, b), was in legs.items()
        if a in matrix.row and b in matrix.row and problem.riding_s(a, b) != was[0]
    }
    if not other:
        return matrix
    duration_s, distance_m = matrix.duration_s.copy(), matrix.distance_m.copy()
    for cell, (seconds, metres) in other.items():
        duration_s[cell], distance_m[cell] = seconds, metres
    return TravelMatrix(
        ids=matrix.ids,
        duration_s=duration_s,
        distance_m=distance_m,
        walk_m=matrix.walk_m,
        n_ferries=matrix.n_ferries,
    )
