"""Where teams sleep to begin with, as the supervisor fixed it: the search moves it from there."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.errors import InfeasibleError, Message
from outreach.routing.schedule import Route, schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from outreach.routing.days import Days
    from outreach.routing.problem import Problem, Shift, Team


def first_circuits(problem: Problem) -> tuple[Route, ...]:
    """
    Ride fixed circuits that have cases of their own, and pinned nights, by the shortest way.

    There are no visits yet. A trip that cannot be ridden, slept or paid stays at home; `obstacle`
    tells why.
    """
    beds = _all_beds(problem)
    spent_idr: dict[str, float] = {}
    busy: set[tuple[str, int]] = set()
    asked = {requirement.circuit_id for requirement in problem.requirements}
    fixed = [t for t in problem.teams if t.circuit_id is not None and t.circuit_id in asked]
    free = [t for t in problem.teams if t.circuit_id is None]
    trips = [(t, t.shifts) for t in fixed]
    trips += [(t, run) for t in free for run in _pinned_runs(t)]
    routes: list[Route] = []
    for team, shifts in trips:
        whose = {(w, shift.day) for w in team.worker_ids for shift in shifts}
        if whose & busy:
            continue
        room_idr = min(
            problem.budget_idr.get(w, math.inf) - spent_idr.get(w, 0.0) for w in team.worker_ids
        )
        try:
            trip = _best_trip(problem, team, shifts, beds, _riding_s)
            if trip_idr(problem, trip) > room_idr:
                trip = _best_trip(problem, team, shifts, beds, _cost_idr)
        except InfeasibleError:
            continue
        cost_idr = trip_idr(problem, trip)
        if cost_idr > room_idr:
            continue
        busy |= whose
        for worker_id in team.worker_ids:
            spent_idr[worker_id] = spent_idr.get(worker_id, 0.0) + cost_idr
        for route in trip:
            if route.sleeps_at != team.base_id:
                beds[route.sleeps_at, route.day] -= len(team.worker_ids)
        routes += trip
    return tuple(routes)


def obstacle(problem: Problem, team: Team) -> tuple[str, Message] | None:
    """Give a reason why a fixed circuit cannot be ridden even alone, None where it can."""
    try:
        trip = _best_trip(problem, team, team.shifts, _all_beds(problem), _cost_idr)
    except InfeasibleError as error:
        return "circuit_impossible", error.message
    cost_idr = trip_idr(problem, trip)
    for worker_id in team.worker_ids:
        budget_idr = problem.budget_idr.get(worker_id, math.inf)
        if cost_idr > budget_idr:
            return "no_money", Message(
                "circuit %(circuit)s costs each of its workers Rp %(cost)d at least, without any"
                " visit; the budget of %(worker)s for these days is Rp %(budget)d",
                {
                    "circuit": str(team.circuit_id),
                    "cost": math.ceil(cost_idr),
                    "worker": worker_id,
                    "budget": budget_idr,
                },
            )
    return None


def _all_beds(problem: Problem) -> dict[tuple[str, int], int]:
    return {(lodging.id, n): lodging.beds for lodging in problem.lodgings for n in lodging.nights}


def trip_idr(problem: Problem, trip: Sequence[Route]) -> float:
    """Give what days without visits cost each worker of their teams, in Rupiah."""
    return sum(_cost_idr(problem, route) for route in trip)


def _cost_idr(problem: Problem, route: Route) -> float:
    team = problem.team[route.team_id]
    ends = route.starts_from, route.sleeps_at
    return problem.leg_idr(team, *ends) + problem.day_idr(team, *ends)


def _riding_s(problem: Problem, route: Route) -> float:
    return problem.riding_s(route.starts_from, route.sleeps_at) or 0


def without_empty_trips(days: Days) -> Days:
    """Leave out nights away that lead to no visit, those of fixed circuits apart."""
    trip: list[Route] = []
    for route in sorted(days.routes.values(), key=lambda r: (r.team_id, r.day)):
        team = days.problem.team[route.team_id]
        if team.circuit_id is not None:
            continue
        trip = [route] if route.starts_from == team.base_id else [*trip, route]
        if route.sleeps_at == team.base_id and not any(r.visit_ids for r in trip):
            for one in trip:
                home = replace(one, starts_from=team.base_id, sleeps_at=team.base_id)
                days = days.with_route(home)
    return days


def _pinned_runs(team: Team) -> Iterator[tuple[Shift, ...]]:
    """Yield the days that pinned nights join, each time from the first to the way home."""
    run: list[Shift] = []
    for shift in team.shifts:
        if run and run[-1].day + 1 != shift.day:
            run = []
        run.append(shift)
        if team.base_id in team.may_sleep_at(shift.day):
            if len(run) > 1:
                yield tuple(run)
            run = []


def _best_trip(
    problem: Problem,
    team: Team,
    shifts: Sequence[Shift],
    beds: Mapping[tuple[str, int], int],
    price: Callable[[Problem, Route], float],
) -> tuple[Route, ...]:
    """Find the cheapest lodgings by dynamic programming over days and lodgings."""
    paths: dict[str, tuple[float, tuple[Route, ...]]] = {team.base_id: (0.0, ())}
    for shift in shifts:
        ends = _open_ends(team, shift.day, beds)
        if shift is shifts[-1] and team.base_id in ends:
            ends = (team.base_id,)
        before, paths = paths, {}
        for end in ends:
            found = list(_rides(problem, team, shift, before, end, price))
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
    paths: Mapping[str, tuple[float, tuple[Route, ...]]],
    end: str,
    price: Callable[[Problem, Route], float],
) -> Iterator[tuple[float, tuple[Route, ...]]]:
    for start, (spent, path) in paths.items():
        if schedule(problem, shift, start, end, ()) is not None:
            day = Route(
                team_id=team.id, day=shift.day, starts_from=start, sleeps_at=end, visit_ids=()
            )
            yield spent + price(problem, day), (*path, day)


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
