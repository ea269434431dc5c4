"""Weeks planned one after the other: what so many workers really get done."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.result import Outcome
from outreach.routing.due import WEEK_DAYS
from outreach.routing.horizon import Horizon
from outreach.units import HOUR_S

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from outreach.coverage.books import Books
    from outreach.coverage.diary import WeekNote
    from outreach.coverage.interruptions import Interruptions
    from outreach.coverage.living import Outlived
    from outreach.coverage.luck import Luck
    from outreach.coverage.roll import Roll
    from outreach.model import Season
    from outreach.routing.assemble import Assembled, Tables
    from outreach.routing.matrix import TravelMatrix
    from outreach.routing.problem import CostParams, Problem, Weights
    from outreach.routing.schedule import Route
    from outreach.routing.specs import Arrangements


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
    interruptions
        What comes between; None: every week goes as planned.
    season
        Of the matrix.
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
    interruptions: Interruptions | None = None
    season: Season = "dry"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weeks:
    """
    What became of everybody's visits; all arrays by row of the table of beneficiaries.

    Where weeks are interrupted, those who came in the meantime are further rows.

    Parameters
    ----------
    required, delivered
        Visits that are due in the weeks if each is made on time, and those made, never more; int.
    is_hopeless
        Whether more workers of the same kind, wherever somebody could sit, could not make any of
        those that are missing; bool.
    is_open
        Whether a visit is due at the end and not made; of interrupted weeks, whether the last
        Monday's plan left one out: what happened since Monday may still be caught up with; bool.
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
    diary
        Week by week.
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
    diary: tuple[WeekNote, ...] = ()

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
    from outreach.coverage.books import Books
    from outreach.coverage.roll import Roll

    roll = Roll(setting)
    books = Books(roll)
    for week in range(setting.n_weeks):
        _live_through(week, roll, books)
        told((week + 1) / setting.n_weeks)
    return books.closed()


def _live_through(week: int, roll: Roll, books: Books) -> None:
    """Plan a week, let it happen, and enter it into the books."""
    from outreach.coverage.luck import Luck
    from outreach.routing.assemble import build_problem
    from outreach.routing.plan import solver_named
    from outreach.routing.solvers.protocol import Limit

    setting = roll.setting
    starts_on = setting.starts_on + dt.timedelta(days=WEEK_DAYS * week)
    people = setting.tables.beneficiaries.assign(
        last_visit=books.last_visit, deadline=books.deadline
    )
    is_open = roll.is_open(week)
    workers = setting.tables.workers.assign(spent_idr=np.nan)
    assembled = build_problem(
        replace(
            setting.tables,
            beneficiaries=people if is_open.all() else people[is_open].reset_index(drop=True),
            workers=workers,
        ),
        setting.matrix,
        horizon=Horizon(starts_on=starts_on, n_days=WEEK_DAYS, timezone=setting.timezone),
        arranged=setting.arranged,
        costs=setting.costs,
        weights=setting.weights,
    )
    unknown = roll.unknown(week)
    known = tuple(r for r in assembled.problem.requirements if r.id not in unknown)
    problem = replace(assembled.problem, requirements=known) if unknown else assembled.problem
    routes: Sequence[Route] = ()
    if problem.teams and problem.requirements:
        limit = Limit(iterations=setting.iterations)
        solver = solver_named("periodic")
        routes = solver.solve(problem, limit=limit, seed=setting.seed + week).routes
    outlived = None
    if setting.interruptions is not None:
        luck = Luck(params=setting.interruptions.params, seed=setting.seed)
        outlived = _outlived(week, roll, luck, problem, assembled, routes)
    books.enter(week, problem, routes, outlived)


def _outlived(
    week: int,
    roll: Roll,
    luck: Luck,
    problem: Problem,
    assembled: Assembled,
    routes: Sequence[Route],
) -> Outlived:
    from outreach.coverage.living import Week, live

    setting = roll.setting
    ids = setting.tables.beneficiaries["id"]
    floods = () if setting.interruptions is None else setting.interruptions.floods
    flood = None
    if floods and luck.happens(luck.params.flood_share, "flood", week):
        flood = floods[int(luck.lot("which flood", week).integers(len(floods)))]
    needs = (*assembled.dormant, *assembled.problem.requirements)
    return live(
        Week(
            problem=problem,
            needs={need.id: need for need in needs if need.kind == "visit"},
            routes=routes,
            calls=[(call, str(ids.iloc[call.row])) for call in roll.calls(week)],
            number=week,
            season=setting.season,
            flood=flood,
        ),
        luck,
    )
