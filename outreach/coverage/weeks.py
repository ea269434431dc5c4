"""Weeks planned one after the other: what with, and what so many workers really get done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.result import Outcome
from outreach.units import HOUR_S

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from outreach.coverage.diary import WeekNote
    from outreach.coverage.interruptions import Interruptions
    from outreach.model import Season
    from outreach.routing.assemble import Tables
    from outreach.routing.matrix import TravelMatrix
    from outreach.routing.problem import CostParams, Weights
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
        Monday's plan left one out, or nobody went in three weeks on end: what happened since
        Monday may still be caught up with; bool.
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
