"""From a problem to a plan, through one solver."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from outreach.errors import ConfigError, Message, SolverError
from outreach.model import DayRoute, Leg, Loss, Plan, Season, Stop
from outreach.progress import SILENT, Progress
from outreach.routing.days import Days
from outreach.routing.prices import shadow_prices
from outreach.routing.reasons import explain
from outreach.routing.schedule import schedule
from outreach.routing.score import score_of
from outreach.routing.solvers.greedy import GreedySolver
from outreach.routing.solvers.protocol import Limit
from outreach.routing.totals import sum_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager

    from outreach.model import Contact, PlaceKind
    from outreach.routing.problem import Problem, Team
    from outreach.routing.schedule import Route, Timetable
    from outreach.routing.solvers.protocol import Solver

logger = logging.getLogger(__name__)

SOLVERS = ("periodic", "greedy")


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
        ``"periodic"`` searches all teams, days and nights at once, and compiles itself at its
        first use; ``"greedy"`` puts in one visit after the other and is done at once.
    """

    time_limit_s: float = 30.0
    iterations: int | None = None
    seed: int = 0
    solver: str = "periodic"

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
        What every reader must know; visits after their deadline are added.

    Raises
    ------
    SolverError
        When the solver answers with something that is not a plan.
    """
    params = params or PlanParams()
    limit = Limit(time_s=params.time_limit_s, iterations=params.iterations)
    solution = (solver or solver_named(params.solver)).solve(
        problem, limit=limit, seed=params.seed, progress=progress
    )
    return plan_of(
        problem, solution.routes, seed=params.seed, season=season, losses=losses, notices=notices
    )


def plan_of(
    problem: Problem,
    solution: Sequence[Route],
    *,
    seed: int,
    season: Season,
    losses: Losses | None = None,
    notices: Iterable[Message] = (),
) -> Plan:
    """
    Time and place the visits of routes, and say of the others why they stay out.

    Parameters
    ----------
    solution
        The routes, by day and team.
    seed, season
        What the plan was made with.
    losses, notices
        As in `plan_visits`.

    Raises
    ------
    SolverError
        When a route breaks a window, a break, the shift or the riding limit.
    """
    losses = losses or Losses()
    days = Days(problem, {(r.team_id, r.day): r for r in solution})
    circuits = circuits_of(problem, solution)
    routes = tuple(
        day_route(problem, route, circuits.get((route.team_id, route.day))) for route in solution
    )
    left = [pair for visit_id, pair in problem.visit.items() if visit_id not in days.key_of]
    unserved = explain(days, left)
    logger.info("planned %d day routes; %d visits unserved", len(routes), len(unserved))
    return Plan(
        starts_at=problem.starts_at,
        horizon_days=problem.horizon_days,
        seed=seed,
        season=season,
        day_routes=routes,
        unserved=unserved,
        invalid=losses.invalid,
        unsnapped=losses.unsnapped,
        unreachable=losses.unreachable,
        not_due=problem.not_due,
        totals=sum_up(problem, routes),
        notices=(*notices, *_after_deadline(problem, routes)),
        score=score_of(days),
        prices=shadow_prices(days, left),
        contacts=_contacts_for(problem, routes),
    )


def _contacts_for(problem: Problem, routes: Iterable[DayRoute]) -> tuple[Contact, ...]:
    """Give the partners and lodgings that routes visit, that stops name, or that have a phone."""
    stops = [stop for route in routes for stop in route.stops]
    named = {stop.place_id for stop in stops} | {stop.contact for stop in stops}
    return tuple(c for c in problem.contacts if c.phone is not None or c.place_id in named)


def getting_ready(params: PlanParams) -> AbstractContextManager[Callable[[], None]]:
    """Get the solver ready while other things are done; gives a function that waits for it."""
    if params.solver != "periodic":
        return nullcontext(lambda: None)
    from outreach.routing.solvers.ahead import compiling_ahead

    return compiling_ahead()


def solver_named(name: str) -> Solver:
    """Give the solver of one of the names in `SOLVERS`."""
    if name == "periodic":
        # It brings a compiler along, which nobody waits for who does not ask.
        from outreach.routing.solvers.periodic import PeriodicSolver

        return PeriodicSolver()
    return GreedySolver()


def circuits_of(problem: Problem, routes: Sequence[Route]) -> dict[tuple[str, int], str]:
    """Name the circuits: those fixed, and the days that nights away join, by their first day."""
    at = {(r.team_id, r.day): r for r in routes}
    names: dict[tuple[str, int], str] = {}
    for (team_id, day), route in sorted(at.items()):
        team = problem.team[team_id]
        if team.circuit_id is not None:
            names[team_id, day] = team.circuit_id
        elif route.starts_from != team.base_id and (team_id, day - 1) in names:
            names[team_id, day] = names[team_id, day - 1]
        elif route.sleeps_at != team.base_id:
            names[team_id, day] = f"{team_id}@{day + 1}"
    return names


def day_route(problem: Problem, route: Route, circuit_id: str | None) -> DayRoute:
    """
    Time and place the stops of a route.

    Raises
    ------
    SolverError
        When it breaks a window, a break, the shift or the riding limit.
    """
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
        circuit_id=circuit_id,
        day=route.day,
        starts_from=route.starts_from,
        sleeps_at=route.sleeps_at,
        stops=stops,
        legs=legs,
        pauses=timetable.pauses,
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
                is_pinned=visit.is_pinned,
                contact=place.contact if requirement.kind == "visit" else None,
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
