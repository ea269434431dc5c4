"""Our planning problem as the arrays of the search by string removals."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from outreach.routing.schedule import Route
from outreach.routing.solvers.sisr_model import Model, neighbours
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from outreach.routing.problem import Problem, Requirement, Shift, Team, Visit
    from outreach.routing.solvers.drafts import Ends
    from outreach.routing.solvers.sisr_model import State


TYPICAL_RIDE_S = 900
"""Stands for what a visit's way costs, before its neighbours are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """One team on one day, between where it starts and where it sleeps."""

    team: Team
    shift: Shift
    starts_from: str
    sleeps_at: str


def vehicles_of(problem: Problem, circuits: Mapping[str, Ends]) -> tuple[Vehicle, ...]:
    """
    List who runs when, sorted by day and team.

    Parameters
    ----------
    circuits
        Ends of the days of the circuits that are ridden; the others stay at home.
    """
    vehicles = []
    for team in problem.teams:
        for shift in team.shifts:
            if team.circuit_id is None:
                start = end = team.base_id
            elif shift.day in circuits.get(team.id, {}):
                start, end = circuits[team.id][shift.day]
            else:
                continue
            vehicles.append(Vehicle(team=team, shift=shift, starts_from=start, sleeps_at=end))
    return tuple(sorted(vehicles, key=lambda v: (v.shift.day, v.team.id)))


def model_of(problem: Problem, vehicles: Sequence[Vehicle]) -> Model:
    """
    Put the problem into arrays; customer i is requirement i, and costs are seconds of riding.

    What a visit costs beside riding: `Weights.broken_continuity_s` for a worker whom the child
    does not know, and the price of a missed deadline after it.
    """
    requirements = problem.requirements
    n, n_days = len(requirements), problem.horizon_days
    ends = sorted({p for v in vehicles for p in (v.starts_from, v.sleeps_at)})
    places = [*(r.place_id for r in requirements), *ends]
    node = {place: n + i for i, place in enumerate(ends)}
    cost = _riding(problem, places)
    windows = [[(w.opens_s, w.closes_s) for w in r.windows_on(0)] for r in requirements]
    flat = np.array([w for own in windows for w in own], np.float64)
    visits = [(r, v) for r in requirements for v in r.visits]
    visit_from = np.cumsum([0, *(len(r.visits) for r in requirements)])
    on_day = np.array([_on_day(problem, v) for _, v in visits]).reshape(len(visits), n_days)
    skip = np.array([_skip(problem, r, v) for r, v in visits], np.float64)
    teams = {team.id: i for i, team in enumerate(problem.teams)}
    days = np.array([v.shift.day for v in vehicles])
    midnight = days * DAY_S
    out = np.array([skip[a:b].sum() for a, b in pairwise(visit_from)])
    needs_s = [len(r.visits) * (r.service_s + TYPICAL_RIDE_S) for r in requirements]
    return Model(
        cost=cost,
        back=cost.T,
        service=np.array([*(r.service_s for r in requirements), *(0 for _ in ends)], np.float64),
        demand=np.zeros(len(places)),
        window_from=np.cumsum([0, *map(len, windows), *(0 for _ in ends)]),
        opens=flat[:, 0],
        closes=flat[:, 1],
        near=neighbours(cost, n),
        start=np.array([node[v.starts_from] for v in vehicles]),
        end=np.array([node[v.sleeps_at] for v in vehicles]),
        leaves=np.array([v.shift.starts_s for v in vehicles], np.float64) - midnight,
        returns=np.array([v.shift.ends_s for v in vehicles], np.float64) - midnight,
        most_riding=np.array([v.shift.max_riding_s for v in vehicles], np.float64),
        capacity=np.full(len(vehicles), np.inf),
        team=np.array([teams[v.team.id] for v in vehicles]),
        kind=np.arange(len(vehicles)),
        day_from=np.searchsorted(days, np.arange(n_days + 1)),
        face=np.array([[_face(problem, t, r) for t in problem.teams] for r in requirements]),
        out=out,
        # Where not all can be served, what counts is how much an hour is worth.
        worth=out / np.maximum(1, needs_s),
        pattern_from=np.zeros(n + 1, np.int64),
        patterns=np.zeros(0, np.int64),
        visit_from=visit_from,
        gap=np.array([max(1, r.min_gap_days) for r in requirements]),
        on_day=on_day,
        skip=skip,
        may=_may(on_day, visit_from),
    )


def routes_of(problem: Problem, vehicles: Sequence[Vehicle], state: State) -> Iterator[Route]:
    """Read the routes of a state; a circuit's day is ridden even without a visit."""
    for i, vehicle in enumerate(vehicles):
        day = vehicle.shift.day
        customers = state.stops[i, 1 : state.length[i] + 1]
        if len(customers) or vehicle.team.circuit_id is not None:
            yield Route(
                team_id=vehicle.team.id,
                day=day,
                starts_from=vehicle.starts_from,
                sleeps_at=vehicle.sleeps_at,
                visit_ids=tuple(
                    problem.requirements[c].visits[state.made[c, day]].id for c in customers
                ),
            )


def _riding(problem: Problem, places: Sequence[str]) -> NDArray[np.float64]:
    seconds = [[problem.riding_s(a, b) for b in places] for a in places]
    return np.array([[np.inf if s is None else s for s in row] for row in seconds], np.float64)


def _skip(problem: Problem, requirement: Requirement, visit: Visit) -> int:
    price = problem.weights.unserved(requirement, visit)
    return price + (0 if visit.deadline_day is None else problem.weights.missed_deadline_s)


def _on_day(problem: Problem, visit: Visit) -> list[float]:
    prices = [np.inf] * problem.horizon_days
    for day in visit.days:
        is_late = visit.deadline_day is not None and day > visit.deadline_day
        prices[day] = problem.weights.missed_deadline_s if is_late else 0.0
    return prices


def _face(problem: Problem, team: Team, requirement: Requirement) -> float:
    if not problem.may_serve(team, requirement):
        return np.inf
    if requirement.known_worker_id in {None, *team.worker_ids}:
        return 0.0
    return problem.weights.broken_continuity_s


def _may(on_day: NDArray[np.float64], visit_from: NDArray[np.int64]) -> NDArray[np.bool_]:
    bounds = pairwise(visit_from)
    return np.array([np.isfinite(on_day[a:b]).any(axis=0) for a, b in bounds])
