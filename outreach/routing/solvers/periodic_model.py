"""Our planning problem as the arrays of the search by string removals."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from outreach.routing.schedule import Route
from outreach.routing.solvers.sisr_model import Model, model_of
from outreach.units import DAY_S, HOUR_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from outreach.routing.problem import Problem, Requirement, Shift, Team, Visit
    from outreach.routing.solvers.sisr_model import State

TYPICAL_RIDE_S = 900
"""Stands for what a visit's way costs, before its neighbours are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """One team on one day; `starts_from` is where it is already, on a day that has begun."""

    team: Team
    shift: Shift
    starts_from: str | None = None


def vehicles_of(problem: Problem, trips: Sequence[Route]) -> tuple[Vehicle, ...]:
    """
    List who runs when, sorted by day and team.

    Parameters
    ----------
    trips
        Days of the fixed circuits and of the nights away that are ridden. Other circuits, and
        whoever would have to be away, stay at home.
    """
    ridden = {(route.team_id, route.day) for route in trips}
    return tuple(
        sorted(
            (
                Vehicle(team=team, shift=shift)
                for team in problem.teams
                for shift in team.shifts
                if (team.id, shift.day) in ridden
                or (team.circuit_id is None and not team.must_be_away(shift.day))
            ),
            key=lambda v: (v.shift.day, v.team.id),
        )
    )


def ends_of(
    problem: Problem, vehicles: Sequence[Vehicle], circuits: Sequence[Route]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the nodes where each vehicle's day starts and ends before the search."""
    node = end_nodes(problem, vehicles)
    given = {(route.team_id, route.day): (route.starts_from, route.sleeps_at) for route in circuits}
    ends = [given.get((v.team.id, v.shift.day), (v.team.base_id,) * 2) for v in vehicles]
    starts = [v.starts_from or start for v, (start, _) in zip(vehicles, ends, strict=True)]
    return np.array([node[start] for start in starts]), np.array([node[end] for _, end in ends])


def problem_model(problem: Problem, vehicles: Sequence[Vehicle]) -> Model:
    """
    Put the problem into arrays; customer i is requirement i, and costs are those of the score.

    What a visit costs beside riding: `Weights.broken_continuity_s` for a worker whom the child
    does not know, and the price of a missed deadline after it.
    """
    requirements, n = problem.requirements, len(problem.requirements)
    node = end_nodes(problem, vehicles)
    n_visits = [len(r.visits) for r in requirements]
    visit_from = np.cumsum([0, *n_visits])
    on_day = np.array([_on_day(problem, r, v) for r in requirements for v in r.visits])
    on_day = on_day.reshape(-1, problem.horizon_days + 1)
    out = np.array([on_day[a:b, -1].sum() for a, b in pairwise(visit_from)])
    needs_s = [len(r.visits) * (r.service_s + TYPICAL_RIDE_S) for r in requirements]
    time, cost, money, kinds = _rides(problem, [*(r.place_id for r in requirements), *node])
    workers = sorted(problem.available_s)
    shifts = [v.shift for v in vehicles]
    days = np.array([s.day for s in shifts])
    midnight = days * DAY_S
    lodgings = {lodging.id: i for i, lodging in enumerate(problem.lodgings)}
    return model_of(
        time,
        n_customers=n,
        n_days=problem.horizon_days,
        out=out,
        # Where not all can be served, what counts is how much an hour is worth.
        worth=out / np.maximum(1, needs_s),
        cost=cost,
        money=money,
        kind=np.array([kinds[_kind(v.team)] for v in vehicles]),
        service=np.array([*(r.service_s for r in requirements), *(0 for _ in node)], np.float64),
        windows=[[(w.opens_s, w.closes_s) for w in r.windows_on(0)] for r in requirements],
        day=days,
        home=np.array([node[v.team.base_id] for v in vehicles]),
        leaves=np.array([s.starts_s for s in shifts], np.float64) - midnight,
        returns=np.array([s.ends_s for s in shifts], np.float64) - midnight,
        most_riding=np.array([s.max_riding_s for s in shifts], np.float64),
        rests=[
            [(b.opens_s - s.day * DAY_S, b.closes_s - s.day * DAY_S, b.length_s) for b in s.breaks]
            for s in shifts
        ],
        team=_positions([v.team.id for v in vehicles], [t.id for t in problem.teams]),
        heads=np.array([len(v.team.worker_ids) for v in vehicles]),
        per_idr=np.array([len(v.team.worker_ids) * _idr_s(problem) for v in vehicles]),
        meal=np.full(len(vehicles), float(problem.costs.meal_idr_per_day_away)),
        always_eats=np.array([v.team.circuit_id is not None for v in vehicles]),
        night_money=np.array(
            [0.0] * n + [float(problem.lodging[i].cost_idr) if i in lodgings else 0.0 for i in node]
        ),
        next_day=_next_days(vehicles),
        nights=_nights(vehicles, node),
        members=[_positions(v.team.worker_ids, workers).tolist() for v in vehicles],
        rivals=_rivals(vehicles),
        budget=np.array([problem.budget_idr.get(w, np.inf) for w in workers], np.float64),
        unfair=np.array(
            [
                problem.weights.unfairness_s / (problem.available_s[w] or np.inf) ** 2
                for w in workers
            ]
        ),
        bed_of=np.array([-1] * n + [lodgings.get(i, -1) for i in node]),
        beds=np.array(
            [
                [lodging.beds if d in lodging.nights else 0 for d in range(problem.horizon_days)]
                for lodging in problem.lodgings
            ],
            np.int64,
        ).reshape(len(lodgings), problem.horizon_days),
        face=np.array([[_face(problem, t, r) for t in problem.teams] for r in requirements]),
        group=_groups(requirements),
        rank=np.array([0 if r.order is None else r.order.rank for r in requirements]),
        n_visits=n_visits,
        gap=np.array([max(1, r.min_gap_days) for r in requirements]),
        on_day=on_day,
        may=np.array([np.isfinite(on_day[a:b, :-1]).any(axis=0) for a, b in pairwise(visit_from)]),
    )


def routes_of(problem: Problem, vehicles: Sequence[Vehicle], state: State) -> tuple[Route, ...]:
    """Read the routes of a state: with a visit, between nights away, or of a fixed circuit."""
    places = list(end_nodes(problem, vehicles))
    n = len(problem.requirements)
    nodes, lengths = state.stops["node"], state.vehicles["length"]
    routes = []
    for i, vehicle in enumerate(vehicles):
        team, day, customers = vehicle.team, vehicle.shift.day, state.visits(i)
        starts_from = places[nodes[i, 0] - n]
        sleeps_at = places[nodes[i, lengths[i] + 1] - n]
        is_home = starts_from == sleeps_at == team.base_id and team.circuit_id is None
        if is_home and not customers:
            continue
        routes.append(
            Route(
                team_id=team.id,
                day=day,
                starts_from=starts_from,
                sleeps_at=sleeps_at,
                visit_ids=tuple(
                    problem.requirements[c].visits[state.days["visit"][c, day]].id
                    for c in customers
                ),
            )
        )
    return tuple(routes)


def end_nodes(problem: Problem, vehicles: Sequence[Vehicle]) -> dict[str, int]:
    """Give numbers to the places where days start and end, after the customers."""
    ends = {v.team.base_id for v in vehicles}
    ends |= {place for v in vehicles for place in v.team.may_sleep_at(v.shift.day)}
    ends |= {v.starts_from for v in vehicles if v.starts_from is not None}
    return {place: len(problem.requirements) + i for i, place in enumerate(sorted(ends))}


def _idr_s(problem: Problem) -> float:
    return HOUR_S / problem.weights.idr_per_hour


def _kind(team: Team) -> tuple[int, float]:
    return len(team.worker_ids), team.motorbikes_per_head


def _rides(
    problem: Problem, places: Sequence[str]
) -> tuple[
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
    dict[tuple[int, float], int],
]:
    """Give times, costs and money between places, the latter two by kind of team; and the kinds."""
    row = problem.matrix.row
    rows = np.array([row[place] for place in places])
    among = np.ix_(rows, rows)
    time = problem.matrix.rounded_s[among]
    kinds = {kind: i for i, kind in enumerate(sorted({_kind(t) for t in problem.teams}))}
    fuel = problem.costs.fuel_idr_per_km / 1000 * problem.matrix.distance_m[among]
    ferries = 0.0
    if problem.costs.ferry_idr:
        ferries = problem.costs.ferry_idr * problem.matrix.n_ferries[among]
    # No way has no length: what cannot be ridden costs no money, but endless time.
    fuel = np.where(np.isfinite(fuel), fuel, 0.0)
    money = np.array([per_head * fuel + ferries for _, per_head in kinds])
    heads = np.array([n for n, _ in kinds], np.float64)[:, None, None]
    return time, heads * (time[None] + _idr_s(problem) * money), money, kinds


def _next_days(vehicles: Sequence[Vehicle]) -> NDArray[np.int64]:
    at = {(v.team.id, v.shift.day): i for i, v in enumerate(vehicles)}
    return np.array([at.get((v.team.id, v.shift.day + 1), -1) for v in vehicles])


def _nights(vehicles: Sequence[Vehicle], node: Mapping[str, int]) -> list[list[int]]:
    """List where each vehicle's day may end, if that is not at home only."""
    nights = []
    for vehicle, after in zip(vehicles, _next_days(vehicles), strict=True):
        places = vehicle.team.may_sleep_at(vehicle.shift.day)
        is_home = set(places) <= {vehicle.team.base_id}
        nights.append([] if after < 0 or is_home else [node[place] for place in places])
    return nights


def _rivals(vehicles: Sequence[Vehicle]) -> list[list[int]]:
    at: dict[tuple[int, str], list[int]] = {}
    for i, vehicle in enumerate(vehicles):
        for worker_id in vehicle.team.worker_ids:
            at.setdefault((vehicle.shift.day, worker_id), []).append(i)
    return [
        sorted({j for w in v.team.worker_ids for j in at[v.shift.day, w]} - {i})
        for i, v in enumerate(vehicles)
    ]


def _positions(names: Sequence[str], among: Sequence[str]) -> NDArray[np.int64]:
    at = {name: i for i, name in enumerate(among)}
    return np.array([at[name] for name in names], np.int64)


def _groups(requirements: Sequence[Requirement]) -> NDArray[np.int64]:
    names = sorted({r.order.group for r in requirements if r.order is not None})
    return np.array([-1 if r.order is None else names.index(r.order.group) for r in requirements])


def _on_day(problem: Problem, requirement: Requirement, visit: Visit) -> list[float]:
    """Give what a visit costs on each day, and what it costs to leave it out."""
    missed_s = problem.weights.missed_deadline_s
    prices = [np.inf] * problem.horizon_days
    for day in visit.days:
        is_late = visit.deadline_day is not None and day > visit.deadline_day
        prices[day] = missed_s if is_late else 0.0
    left_out = problem.weights.unserved(requirement, visit)
    return [*prices, left_out + (0 if visit.deadline_day is None else missed_s)]


def _face(problem: Problem, team: Team, requirement: Requirement) -> float:
    if not problem.may_serve(team, requirement):
        return np.inf
    if requirement.known_worker_id in {None, *team.worker_ids}:
        return 0.0
    return problem.weights.broken_continuity_s
