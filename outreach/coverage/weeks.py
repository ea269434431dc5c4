"""Weeks planned one after the other: what so many workers really get done."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.access import reach
from outreach.coverage.result import Outcome
from outreach.routing.due import WEEK_DAYS
from outreach.routing.horizon import Horizon
from outreach.units import HOUR_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from outreach.model import DayRoute
    from outreach.routing.assemble import Tables
    from outreach.routing.matrix import TravelMatrix
    from outreach.routing.problem import CostParams, Problem, Requirement, Weights
    from outreach.routing.schedule import Route
    from outreach.routing.specs import Arrangements

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setting:
    """
    What weeks are planned with.

    Parameters
    ----------
    tables
        The good rows of the layers.
    matrix
        Of all places that are on a road, in the season that is planned.
    starts_on
        First day of the first week.
    n_weeks
        How many weeks follow each other.
    iterations
        Search steps of each week; steps and no time, so that the same gives the same.
    seats
        Ids of the bases where somebody could sit, present ones or not; empty: the present ones.
    """

    tables: Tables
    matrix: TravelMatrix
    arranged: Arrangements
    costs: CostParams
    weights: Weights
    starts_on: dt.date
    timezone: str
    n_weeks: int
    iterations: int
    seed: int
    seats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weeks:
    """
    What became of everybody's visits; all arrays by row of the table of beneficiaries.

    Parameters
    ----------
    required, delivered
        Visits that are due in the weeks if each is made on time, and those made, never more; int.
    is_hopeless
        Whether more workers of the same kind, wherever somebody could sit, could not make any of
        those that are missing; bool.
    is_open
        Whether a visit is due at the end and not made; bool.
    overdue_days
        Since when, on the day after; 0: nothing is due, or a visit of so many a week; int.
    service_s, travel_s
        Of workers, by person, the travel of a trip shared equally by its visits; float.
    n_made, worker_visits
        Visits made, also those above what was required; and counted for each worker who was
        there; int.
    line_haul_s, riding_s, n_stops, n_trips
        Of the trips on no fixed circuit: twice the mean ride from the base to the stops, all
        riding, the stops, and how often somebody set out.
    used_share
        Median, over the days on which somebody was on the road, of the part of the shift that was
        spent so or with people.
    all_service_s, all_travel_s, available_s
        Of all workers, also for partners; available are the shifts without breaks.
    distance_m, moving_idr
        Ridden by all workers, and what they spent on it.
    """

    n_workers: int
    required: NDArray[np.int64]
    delivered: NDArray[np.int64]
    is_hopeless: NDArray[np.bool_]
    is_open: NDArray[np.bool_]
    overdue_days: NDArray[np.int64]
    service_s: NDArray[np.float64]
    travel_s: NDArray[np.float64]
    n_made: NDArray[np.int64]
    worker_visits: NDArray[np.int64]
    line_haul_s: float
    riding_s: float
    n_stops: int
    n_trips: int
    used_share: float
    all_service_s: float
    all_travel_s: float
    available_s: float
    distance_m: float
    moving_idr: int

    @property
    def gap(self) -> NDArray[np.int64]:
        """Visits that were due and not made, by person."""
        return self.required - self.delivered

    @property
    def curable(self) -> NDArray[np.int64]:
        """Of the gap, what more workers could make, by person."""
        return np.where(self.is_hopeless, 0, self.gap)

    @property
    def n_delivered(self) -> int:
        """Visits made that were due."""
        return int(self.delivered.sum())

    def outcome(self, *, worst_minutes: float) -> Outcome:
        """Sum it up; `worst_minutes` is the longest ride from a base to anybody."""
        gap = self.gap
        return Outcome(
            n_workers=self.n_workers,
            required_visits=int(self.required.sum()),
            delivered_visits=self.n_delivered,
            hopeless_visits=int(gap[self.is_hopeless].sum()),
            service_h=self.all_service_s / HOUR_S,
            travel_h=self.all_travel_s / HOUR_S,
            available_h=self.available_s / HOUR_S,
            n_with_gap=int((gap > 0).sum()),
            n_without_gap=int((gap <= 0).sum()),
            longest_overdue_days=int(self.overdue_days.max(initial=0)),
            worst_minutes=worst_minutes,
            distance_km=self.distance_m / 1000,
            moving_idr=self.moving_idr,
        )


def simulate(setting: Setting, *, told: Callable[[float], None] = lambda _: None) -> Weeks:
    """
    Plan week after week: what was not made stays due, what was made is due again later.

    Money that was spent before, and pins, are left aside: the question is the ordinary month.

    Parameters
    ----------
    told
        Called with the part that is done.
    """
    from outreach.routing.assemble import build_problem
    from outreach.routing.plan import solver_named
    from outreach.routing.solvers.protocol import Limit

    people = setting.tables.beneficiaries
    workers = setting.tables.workers.assign(spent_idr=np.nan)
    books = _Books(setting)
    solver = solver_named("periodic")
    for week in range(setting.n_weeks):
        starts_on = setting.starts_on + dt.timedelta(days=WEEK_DAYS * week)
        frame = people.assign(last_visit=books.last_visit, deadline=books.deadline)
        assembled = build_problem(
            replace(setting.tables, beneficiaries=frame, workers=workers),
            setting.matrix,
            horizon=Horizon(starts_on=starts_on, n_days=WEEK_DAYS, timezone=setting.timezone),
            arranged=setting.arranged,
            costs=setting.costs,
            weights=setting.weights,
        )
        routes: Sequence[Route] = ()
        if assembled.problem.teams and assembled.problem.requirements:
            limit = Limit(iterations=setting.iterations)
            solution = solver.solve(assembled.problem, limit=limit, seed=setting.seed + week)
            routes = solution.routes
        books.enter(assembled.problem, routes, starts_on)
        told((week + 1) / setting.n_weeks)
    return books.closed()


class _Books:
    """What has happened so far."""

    def __init__(self, setting: Setting) -> None:
        people = setting.tables.beneficiaries
        n_people = len(people)
        self._setting = setting
        self._row = {id_: i for i, id_ in enumerate(people["id"])}
        self.last_visit = people["last_visit"].astype(object).tolist()
        self.deadline = people["deadline"].astype(object).tolist()
        self._required = visits_due(people, setting.starts_on, n_weeks=setting.n_weeks)
        self._is_weekly = people["visits_per_week"].notna().to_numpy()
        # Whoever is in no problem has no way from the bases; perhaps from another seat.
        self._was_missed = self._is_weekly.copy()
        self._is_beyond = ~_can_be_reached(setting)
        self._has_chance = np.zeros(n_people, dtype=bool)
        self._n_made = np.zeros(n_people, dtype=np.int64)
        self._worker_visits = np.zeros(n_people, dtype=np.int64)
        self._service_s, self._travel_s = np.zeros(n_people), np.zeros(n_people)
        self._line_haul_s = self._riding_s = self._distance_m = self._available_s = 0.0
        self._all_service_s = self._all_travel_s = self._moving_idr = 0.0
        self._n_stops = self._n_trips = 0
        self._used: list[float] = []

    def enter(self, problem: Problem, routes: Sequence[Route], starts_on: dt.date) -> None:
        """Note a week."""
        from outreach.routing.plan import day_route
        from outreach.routing.totals import EVERYONE, sum_up

        days = [day_route(problem, route, None) for route in routes]
        totals = dict(sum_up(problem, days))[EVERYONE]
        self._available_s += totals.available_s
        self._moving_idr += totals.cost_idr
        self._used += [_used_share(problem, route) for route in days]
        for trip in _trips(problem, days):
            self._enter_trip(problem, trip)
        on_day = {v: route.day for route in routes for v in route.visit_ids}
        self._was_missed[:] = self._is_weekly
        skills = frozenset(s for team in problem.teams for s in team.skills)
        for requirement in problem.requirements:
            row = self._row.get(requirement.id)
            if row is None:
                continue
            days_made = [on_day[v.id] for v in requirement.visits if v.id in on_day]
            self._n_made[row] += len(days_made)
            self._was_missed[row] = len(days_made) < len(requirement.visits)
            if self._was_missed[row]:
                can_be = not is_hopeless(problem, requirement, skills)
                self._has_chance[row] |= can_be
                self._is_beyond[row] |= not can_be
            if days_made:
                self.last_visit[row] = starts_on + dt.timedelta(days=max(days_made))
                self.deadline[row] = None

    def _enter_trip(self, problem: Problem, trip: Sequence[DayRoute]) -> None:
        n_workers = len(trip[0].worker_ids)
        riding_s = sum(leg.duration_s for route in trip for leg in route.legs)
        stops = [s for route in trip for s in route.stops if s.visit_id is not None]
        self._distance_m += n_workers * sum(leg.distance_m for r in trip for leg in r.legs)
        self._all_travel_s += n_workers * riding_s
        if problem.team[trip[0].team_id].circuit_id is None:
            start = trip[0].stops[0].place_id
            out_s = [problem.riding_s(start, stop.place_id) or 0 for stop in stops]
            self._line_haul_s += 2 * sum(out_s) / max(1, len(stops))
            self._riding_s += riding_s
            self._n_trips += 1
            self._n_stops += len(stops)
        for stop in stops:
            service_s = n_workers * (stop.departs_s - stop.starts_s)
            self._all_service_s += service_s
            if stop.beneficiary_id is not None:
                row = self._row[stop.beneficiary_id]
                self._worker_visits[row] += n_workers
                self._service_s[row] += service_s
                self._travel_s[row] += n_workers * riding_s / len(stops)

    def closed(self) -> Weeks:
        """Close the books at the end of the last week."""
        people, setting = self._setting.tables.beneficiaries, self._setting
        after = setting.starts_on + dt.timedelta(days=WEEK_DAYS * setting.n_weeks)
        overdue_days = np.array(
            [
                max(0, (after - due).days) if due is not None and n_required else 0
                for due, n_required in zip(
                    map(
                        partial(_due_on, setting.starts_on),
                        people["every_days"],
                        self.last_visit,
                        self.deadline,
                    ),
                    self._required,
                    strict=True,
                )
            ],
            dtype=np.int64,
        )
        delivered = np.minimum(self._required, self._n_made)
        return Weeks(
            n_workers=len(setting.tables.workers),
            required=self._required,
            delivered=delivered,
            is_hopeless=self._is_beyond & ~self._has_chance,
            is_open=np.where(self._is_weekly, self._was_missed, overdue_days > 0)
            & (delivered < self._required),
            overdue_days=overdue_days,
            service_s=self._service_s,
            travel_s=self._travel_s,
            n_made=self._n_made,
            worker_visits=self._worker_visits,
            line_haul_s=self._line_haul_s,
            riding_s=self._riding_s,
            n_stops=self._n_stops,
            n_trips=self._n_trips,
            used_share=float(np.median(self._used)) if self._used else 0.0,
            all_service_s=self._all_service_s,
            all_travel_s=self._all_travel_s,
            available_s=self._available_s,
            distance_m=self._distance_m,
            moving_idr=round(self._moving_idr),
        )


def visits_due(people: gpd.GeoDataFrame, starts_on: dt.date, *, n_weeks: int) -> NDArray[np.int64]:
    """Count the visits of each person that fall due in the weeks if each is made on time."""
    from outreach.routing.requirements import read_visits

    horizon = Horizon(starts_on=starts_on, n_days=WEEK_DAYS * n_weeks)
    return np.array([len(read_visits(row, horizon)) for row in people.itertuples()], dtype=np.int64)


def is_hopeless(problem: Problem, requirement: Requirement, skills: frozenset[str]) -> bool:
    """
    Say whether another worker like those at work could not make the visits wherever they sat.

    The circuit that makes them is full, nobody has the skill, or the door is never open while
    anybody is at work.

    Parameters
    ----------
    skills
        Those that are there among all workers.
    """
    if requirement.circuit_id is not None or not skills.issuperset(requirement.skills):
        return True
    hours = {(s.day, s.starts_s, s.ends_s) for team in problem.teams for s in team.shifts}
    return not any(
        max(window.opens_s, starts_s) <= min(window.closes_s, ends_s - requirement.service_s)
        for visit in requirement.visits
        for day, starts_s, ends_s in hours
        if day in visit.days
        for window in requirement.windows_on(day)
    )


def _trips(problem: Problem, days: Sequence[DayRoute]) -> Iterator[list[DayRoute]]:
    """Join the days of a team from leaving its base to coming home."""
    under_way: dict[str, list[DayRoute]] = {}
    for route in sorted(days, key=lambda r: (r.team_id, r.day)):
        trip = under_way.setdefault(route.team_id, [])
        trip.append(route)
        if route.sleeps_at == problem.team[route.team_id].base_id:
            yield under_way.pop(route.team_id)
    yield from under_way.values()


def _due_on(
    starts_on: dt.date, every_days: float, last_visit: object, deadline: object
) -> dt.date | None:
    """Give the day on which the next visit is due; None: seen so many times a week."""
    if every_days != every_days:  # noqa: PLR0124
        return None
    due = starts_on
    if isinstance(last_visit, dt.date):
        due = last_visit + dt.timedelta(days=int(every_days))
    return min(due, deadline) if isinstance(deadline, dt.date) else due


def _can_be_reached(setting: Setting) -> NDArray[np.bool_]:
    """Tell to whom a way leads from anywhere where somebody could sit; shape (n,)."""
    seats = setting.seats or tuple(sorted(set(setting.tables.workers["base_id"])))
    found = reach(setting.matrix, tuple(setting.tables.beneficiaries["id"]), seats)
    return np.isfinite(found.nearest_s)


def _used_share(problem: Problem, route: DayRoute) -> float:
    """Tell which part of a day's shift is spent on the road or with people."""
    shift = problem.team[route.team_id].shift_on(route.day)
    if shift is None:
        return 0.0
    used_s = sum(leg.duration_s for leg in route.legs)
    used_s += sum(s.departs_s - s.starts_s for s in route.stops if s.visit_id is not None)
    available_s = shift.ends_s - shift.starts_s - sum(rest.length_s for rest in shift.breaks)
    return used_s / available_s
