"""From a problem to a plan, through one solver."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from outreach.errors import ConfigError, Message, SolverError
from outreach.model import DayRoute, Leg, Loss, Plan, Season, Stop, Totals
from outreach.progress import SILENT, Progress
from outreach.routing.days import Days
from outreach.routing.reasons import explain
from outreach.routing.schedule import schedule
from outreach.routing.solvers.layered import LayeredSolver
from outreach.routing.solvers.protocol import Limit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from outreach.model import PlaceKind
    from outreach.routing.problem import Problem, Team
    from outreach.routing.schedule import Route, Timetable
    from outreach.routing.solvers.protocol import Solver

logger = logging.getLogger(__name__)

SOLVERS = ("layered", "periodic")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanParams:
    """
    How long the solver works, and from which seed.

    Parameters
    ----------
    time_limit_s
        Seconds of search; ignored where `iterations` is given.
    iterations
        Iterations of search; with them, equal input and seed give the same plan, byte for byte.
    seed
        Seed of the random numbers.
    solver
        ``"layered"`` plans team by team with PyVRP; ``"periodic"`` searches all teams and days
        at once, better over several weeks, and compiles itself at its first use.
    """

    time_limit_s: float = 30.0
    iterations: int | None = None
    seed: int = 0
    solver: str = "layered"

    def __post_init__(self) -> None:
        if self.time_limit_s <= 0 or (self.iterations is not None and self.iterations < 1):
            raise ConfigError("the plan's time limit and iterations must be positive")
        if self.seed < 0:
            raise ConfigError("the seed must not be negative")
        if self.solver not in SOLVERS:
            raise ConfigError(
                "there is no solver '%(solver)s'; choose %(known)s",
                solver=self.solver,
                known=", ".join(SOLVERS),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """Who was lost before the planner's turn."""

    invalid: tuple[Loss, ...] = field(default=())
    unsnapped: tuple[Loss, ...] = field(default=())
    unreachable: tuple[Loss, ...] = field(default=())


def plan_visits(
    problem: Problem,
    *,
    params: PlanParams | None = None,
    season: Season = "dry",
    losses: Losses | None = None,
    notices: Iterable[Message] = (),
    solver: Solver | None = None,
    progress: Progress = SILENT,
) -> Plan:
    """
    Plan the visits of a problem.

    Parameters
    ----------
    losses
        Who was lost before; the plan names them beside those whom it leaves out itself.
    notices
        What every reader must know; a worker's budget that does not suffice is added.

    Raises
    ------
    InfeasibleError
        When a circuit cannot be ridden as it was fixed.
    SolverError
        When the solver answers with something that is not a plan.
    """
    params = params or PlanParams()
    losses = losses or Losses()
    limit = Limit(time_s=params.time_limit_s, iterations=params.iterations)
    solution = (solver or _solver(params.solver)).solve(
        problem, limit=limit, seed=params.seed, progress=progress
    )
    routes = tuple(_day_route(problem, route) for route in solution.routes)
    days = Days(problem, {(r.team_id, r.day): r for r in solution.routes})
    unserved = tuple(
        explain(days, requirement, visit)
        for requirement in problem.requirements
        for visit in requirement.visits
        if visit.id not in solution.served
    )
    totals = _totals(problem, routes)
    logger.info("planned %d day routes; %d visits unserved", len(routes), len(unserved))
    return Plan(
        starts_at=problem.starts_at,
        horizon_days=problem.horizon_days,
        seed=params.seed,
        season=season,
        day_routes=routes,
        unserved=unserved,
        invalid=losses.invalid,
        unsnapped=losses.unsnapped,
        unreachable=losses.unreachable,
        not_due=problem.not_due,
        totals=totals,
        notices=(*notices, *_after_deadline(problem, routes), *_over_budget(problem, totals)),
    )


def _solver(name: str) -> Solver:
    if name == "periodic":
        # It brings a compiler along, which nobody waits for who does not ask.
        from outreach.routing.solvers.periodic import PeriodicSolver

        return PeriodicSolver()
    return LayeredSolver()


def _day_route(problem: Problem, route: Route) -> DayRoute:
    team = problem.team[route.team_id]
    shift = team.shift_on(route.day)
    timetable = (
        None
        if shift is None
        else schedule(problem, shift, route.starts_from, route.sleeps_at, route.visit_ids)
    )
    if timetable is None:
        raise SolverError(
            "the solver's route of %(team)s on day %(day)d breaks a window, the shift or the"
            " riding limit; this is a fault of the solver, please report it",
            team=route.team_id,
            day=route.day + 1,
        )
    stops = _stops(problem, team, route, timetable)
    legs = tuple(
        Leg(
            from_id=a.place_id,
            to_id=b.place_id,
            duration_s=problem.riding_s(a.place_id, b.place_id) or 0,
            distance_m=problem.distance_m(a.place_id, b.place_id),
            walk_m=problem.walk_m(a.place_id, b.place_id),
        )
        for a, b in pairwise(stops)
    )
    return DayRoute(
        team_id=team.id,
        worker_ids=team.worker_ids,
        circuit_id=team.circuit_id,
        day=route.day,
        starts_from=route.starts_from,
        sleeps_at=route.sleeps_at,
        stops=stops,
        legs=legs,
    )


def _stops(problem: Problem, team: Team, route: Route, timetable: Timetable) -> tuple[Stop, ...]:
    stops = [_end(problem, team, route.starts_from, timetable.leaves_s)]
    for timed in timetable.visits:
        requirement, visit = problem.visit[timed.visit_id]
        place = problem.place[requirement.place_id]
        stops.append(
            Stop(
                kind=requirement.kind,
                place_id=place.id,
                visit_id=visit.id,
                beneficiary_id=requirement.id if requirement.kind == "visit" else None,
                category=place.category,
                area=place.area,
                label=place.label,
                lon=place.lon,
                lat=place.lat,
                arrives_s=timed.arrives_s,
                starts_s=timed.starts_s,
                departs_s=timed.departs_s,
            )
        )
    stops.append(_end(problem, team, route.sleeps_at, timetable.arrives_s))
    return tuple(stops)


def _end(problem: Problem, team: Team, place_id: str, at_s: int) -> Stop:
    place = problem.place[place_id]
    kind: PlaceKind = "base" if place_id == team.base_id else "lodging"
    return Stop(
        kind=kind,
        place_id=place_id,
        label=place.label,
        lon=place.lon,
        lat=place.lat,
        arrives_s=at_s,
        starts_s=at_s,
        departs_s=at_s,
    )


def _totals(problem: Problem, routes: Sequence[DayRoute]) -> tuple[tuple[str, Totals], ...]:
    workers = sorted({w for t in problem.teams for w in t.worker_ids})
    totals = [("all", _sum(problem, routes, None))]
    totals += [(w, _sum(problem, [r for r in routes if w in r.worker_ids], w)) for w in workers]
    return tuple(totals)


def _sum(problem: Problem, routes: Sequence[DayRoute], worker_id: str | None) -> Totals:
    n_visits = n_nights = riding_s = service_s = 0
    distance_m = cost = 0.0
    for route in routes:
        team = problem.team[route.team_id]
        # A worker pays for one motorbike; for all, everyone rides their own.
        riders = len(route.worker_ids) if worker_id is None else 1
        route_m = sum(leg.distance_m for leg in route.legs)
        distance_m += route_m
        riding_s += sum(leg.duration_s for leg in route.legs)
        service_s += sum(s.departs_s - s.starts_s for s in route.stops)
        n_visits += sum(s.visit_id is not None for s in route.stops)
        cost += riders * route_m / 1000 * problem.costs.fuel_idr_per_km
        if team.circuit_id is not None:
            cost += riders * problem.costs.meal_idr_per_day_away
        if route.sleeps_at != team.base_id:
            n_nights += 1
            cost += riders * problem.lodging[route.sleeps_at].cost_idr
    return Totals(
        n_visits=n_visits,
        riding_s=riding_s,
        service_s=service_s,
        distance_m=distance_m,
        n_nights=n_nights,
        cost_idr=round(cost),
    )


def _after_deadline(problem: Problem, routes: Sequence[DayRoute]) -> tuple[Message, ...]:
    late = sorted(
        str(stop.visit_id)
        for route in routes
        for stop in route.stops
        if stop.visit_id is not None
        and (deadline := problem.visit[stop.visit_id][1].deadline_day) is not None
        and route.day > deadline
    )
    if not late:
        return ()
    return (Message("%(visits)s: planned, but after the deadline", {"visits": ", ".join(late)}),)


def _over_budget(problem: Problem, totals: Sequence[tuple[str, Totals]]) -> tuple[Message, ...]:
    return tuple(
        Message(
            "%(worker)s: moving about costs Rp %(cost)d in these days; this share of the monthly"
            " budget is Rp %(budget)d",
            {"worker": worker, "cost": total.cost_idr, "budget": problem.budget_idr[worker]},
        )
        for worker, total in totals
        if worker in problem.budget_idr and total.cost_idr > problem.budget_idr[worker]
    )
