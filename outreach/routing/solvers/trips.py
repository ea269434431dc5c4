"""Where teams sleep to begin with, by trying: nights are hard to change once days are full."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.routing.schedule import Route, schedule
from outreach.routing.solvers.nights import first_circuits, trip_idr
from outreach.routing.solvers.periodic_model import ends_of, problem_model, routes_of, vehicles_of
from outreach.routing.solvers.protocol import Limit
from outreach.routing.solvers.sisr import SisrParams, anneal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from outreach.routing.problem import Problem, Requirement, Team
    from outreach.routing.solvers.sisr_model import State

Trip = tuple[Route, ...]

MOST_TRIPS = 128
"""Of more ways to sleep than these, tours through all cases are tried, and others by chance."""
ROUNDS = ((50, 10), (300, 4), (2_000, 1))
"""Iterations for each trip that is left, and how many are left after them."""


def choose_trips(problem: Problem, *, seed: int) -> Trip:
    """
    Choose where each team sleeps that alone can serve somebody, and may or must sleep away.

    All sequences of lodgings (and nights at home, where the team may be there) are tried with
    the team's own cases, ever longer with ever fewer of them; of too many, those of the shortest
    tours, and some drawn by chance.

    Returns
    -------
    trips
        Routes without visits, of fixed circuits and of other teams that are best away.
    """
    chosen = list(first_circuits(problem))
    ridden = {route.team_id for route in chosen}
    for team in problem.teams:
        own = _own(problem, team)
        if not team.nights or not own or (team.circuit_id is not None and team.id not in ridden):
            continue
        others = [route for route in chosen if route.team_id != team.id]
        given = tuple(route for route in chosen if route.team_id == team.id)
        chosen = others + list(_best(_alone(problem, team, own, others), given, seed))
    return tuple(chosen)


def _own(problem: Problem, team: Team) -> tuple[Requirement, ...]:
    """List who has nobody else: other trips of the team's circuit aside."""
    rivals = [t for t in problem.teams if t.circuit_id is None or t.circuit_id != team.circuit_id]
    return tuple(
        requirement
        for requirement in problem.requirements
        if problem.may_serve(team, requirement)
        and not any(t is not team and problem.may_serve(t, requirement) for t in rivals)
    )


def _alone(
    problem: Problem, team: Team, own: tuple[Requirement, ...], others: Iterable[Route]
) -> Problem:
    """Cut the problem down to one team, without the beds, days and money that others take."""
    taken: dict[tuple[str, int], int] = {}
    busy: set[int] = set()
    budget_idr = dict(problem.budget_idr)
    for route in others:
        key, whose = (route.sleeps_at, route.day), problem.team[route.team_id].worker_ids
        taken[key] = taken.get(key, 0) + len(whose)
        for worker_id in set(whose) & set(team.worker_ids):
            busy.add(route.day)
            if worker_id in budget_idr:
                budget_idr[worker_id] -= math.ceil(trip_idr(problem, (route,)))
    lodgings = tuple(
        replace(
            lodging,
            nights=tuple(
                night
                for night in lodging.nights
                if lodging.beds - taken.get((lodging.id, night), 0) >= len(team.worker_ids)
            ),
        )
        for lodging in problem.lodgings
    )
    rest = replace(team, shifts=tuple(s for s in team.shifts if s.day not in busy))
    return replace(
        problem, teams=(rest,), requirements=own, lodgings=lodgings, budget_idr=budget_idr
    )


def _best(problem: Problem, given: Trip, seed: int) -> Trip:
    (team,) = problem.teams
    trips = list(_trips(problem, team, random.Random(seed)))  # noqa: S311  (no secret)
    if not trips:
        return given
    for n_iterations, n_left in ROUNDS:
        if len(trips) > 1:
            trips = _sifted(problem, trips, n_iterations, seed)[:n_left]
    return trips[0]


def _sifted(problem: Problem, trips: Sequence[Trip], n_iterations: int, seed: int) -> list[Trip]:
    """Search a little from each trip, and give where they end, the cheapest first."""
    vehicles = vehicles_of(problem, trips[0])
    model = problem_model(problem, vehicles)
    found: list[tuple[float, int, State]] = []
    for i, trip in enumerate(trips):
        state = anneal(
            model,
            limit=Limit(iterations=n_iterations),
            seed=seed,
            params=SisrParams(n_runs=1, meet_at=()),
            ends=ends_of(problem, vehicles, trip),
        )
        found.append((float(state.total[0]), i, state))
    found.sort(key=lambda one: one[:2])
    ends = (
        tuple(
            replace(route, visit_ids=())
            for route in routes_of(problem, vehicles, state)
            if _is_set(problem.team[route.team_id], route.starts_from, route.sleeps_at)
        )
        for _, _, state in found
    )
    return list(dict.fromkeys(ends))


def _is_set(team: Team, starts_from: str, sleeps_at: str) -> bool:
    """Whether a day is ridden for its night alone; others the search fills by itself."""
    return team.circuit_id is not None or {starts_from, sleeps_at} != {team.base_id}


def _trips(problem: Problem, team: Team, rng: random.Random) -> Iterator[Trip]:
    """List the ways to sleep that can be ridden and paid, all or some."""
    beds = {lodging.id: set(lodging.nights) for lodging in problem.lodgings}
    at_work = {shift.day for shift in team.shifts}
    room_idr = min(problem.budget_idr.get(w, math.inf) for w in team.worker_ids)
    choices = [
        [
            place_id
            for place_id in team.may_sleep_at(shift.day)
            if place_id == team.base_id
            or (shift.day in beds[place_id] and shift.day + 1 in at_work)
        ]
        for shift in team.shifts
    ]
    if math.prod(map(len, choices)) <= MOST_TRIPS:
        ways = list(itertools.product(*choices))
    else:
        from outreach.routing.solvers.outings import outings

        ways = list(outings(problem, team, choices, seed=rng.randrange(MOST_TRIPS)))
        ways += [tuple(map(rng.choice, choices)) for _ in range(MOST_TRIPS)]
    for ends in dict.fromkeys(ways):
        days = list(zip(team.shifts, (team.base_id, *ends), ends, strict=False))
        if all(schedule(problem, shift, a, b, ()) is not None for shift, a, b in days):
            trip = tuple(
                Route(team_id=team.id, day=shift.day, starts_from=a, sleeps_at=b, visit_ids=())
                for shift, a, b in days
                if _is_set(team, a, b)
            )
            if trip_idr(problem, trip) <= room_idr:
                yield trip
