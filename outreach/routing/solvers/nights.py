"""Where a fixed circuit sleeps to begin with: the search moves it from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.errors import InfeasibleError
from outreach.routing.schedule import Route, schedule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outreach.routing.problem import Problem, Shift, Team


def first_circuits(problem: Problem) -> tuple[Route, ...]:
    """
    Ride every fixed circuit that has cases of its own, without visits, by the shortest way.

    A circuit for which its workers' money does not suffice is not ridden.

    Raises
    ------
    InfeasibleError
        When on some night no lodging with enough beds is open, or a day cannot be ridden within
        the shift and the riding limit.
    """
    beds = {(lodging.id, n): lodging.beds for lodging in problem.lodgings for n in lodging.nights}
    spent_idr: dict[str, float] = {}
    asked = {requirement.circuit_id for requirement in problem.requirements}
    routes: list[Route] = []
    for team in problem.teams:
        if team.circuit_id is None or team.circuit_id not in asked:
            continue
        trip = _shortest(problem, team, beds)
        cost_idr = sum(
            problem.leg_idr(team, r.starts_from, r.sleeps_at)
            + problem.day_idr(team, r.starts_from, r.sleeps_at)
            for r in trip
        )
        if any(
            spent_idr.get(w, 0.0) + cost_idr > problem.budget_idr[w]
            for w in team.worker_ids
            if w in problem.budget_idr
        ):
            continue
        for worker_id in team.worker_ids:
            spent_idr[worker_id] = spent_idr.get(worker_id, 0.0) + cost_idr
        for route in trip[:-1]:
            beds[route.sleeps_at, route.day] -= len(team.worker_ids)
        routes += trip
    return tuple(routes)


def _shortest(
    problem: Problem, team: Team, beds: Mapping[tuple[str, int], int]
) -> tuple[Route, ...]:
    """Find the lodgings with the least riding, by dynamic programming over days and lodgings."""
    paths: dict[str, tuple[int, tuple[Route, ...]]] = {team.base_id: (0, ())}
    for shift in team.shifts:
        ends = _open_ends(team, shift.day, beds)
        before, paths = paths, {}
        for end in ends:
            found = list(_rides(problem, team, shift, before, end))
            if found:
                paths[end] = min(found, key=lambda ride: ride[0])
        if not paths:
            raise _cannot(problem, team, shift, before, ends)
    # Whoever is still away after the last day has nights that were pinned past its end.
    return min(paths.values(), key=lambda ride: ride[0])[1]


def _open_ends(team: Team, day: int, beds: Mapping[tuple[str, int], int]) -> tuple[str, ...]:
    ends = tuple(
        place_id
        for place_id in team.may_sleep_at(day)
        if place_id == team.base_id or beds.get((place_id, day), 0) >= len(team.worker_ids)
    )
    if not ends:
        raise InfeasibleError(
            "circuit %(circuit)s: on the night of day %(day)d no lodging with %(beds)d free"
            " beds is open; add a lodging, or change the circuit's days",
            circuit=str(team.circuit_id),
            day=day + 1,
            beds=len(team.worker_ids),
        )
    return ends


def _rides(
    problem: Problem,
    team: Team,
    shift: Shift,
    paths: Mapping[str, tuple[int, tuple[Route, ...]]],
    end: str,
) -> Iterator[tuple[int, tuple[Route, ...]]]:
    for start, (riding_s, path) in paths.items():
        timetable = schedule(problem, shift, start, end, ())
        if timetable is not None:
            day = Route(
                team_id=team.id, day=shift.day, starts_from=start, sleeps_at=end, visit_ids=()
            )
            yield riding_s + timetable.riding_s, (*path, day)


def _cannot(
    problem: Problem,
    team: Team,
    shift: Shift,
    starts: Mapping[str, object],
    ends: tuple[str, ...],
) -> InfeasibleError:
    start, end = min(
        ((start, end) for start in starts for end in ends),
        key=lambda pair: (problem.riding_s(*pair) is None, problem.riding_s(*pair) or 0),
    )
    return InfeasibleError(
        "%(team)s, day %(day)d: from %(start)s to %(end)s cannot be ridden within the"
        " shift and the riding limit; give the circuit more days, its workers longer"
        " shifts, or nearer lodgings",
        team=team.id,
        day=shift.day + 1,
        start=start,
        end=end,
    )
