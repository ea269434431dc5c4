"""How many workers are needed: by caseload standards, by workload with travel, by planning."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.coverage.result import Activity, Caseload, Wisn
from outreach.errors import ConfigError
from outreach.units import HOUR_S

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# The guidelines were written for emergencies, the standard for the United States, where the case
# is a family: both are yardsticks from elsewhere, and neither knows distance.
CASELOAD_STANDARDS = (
    # Child Protection Working Group, Inter Agency Guidelines for Case Management and Child
    # Protection, January 2014.
    ("Inter-Agency Guidelines for Case Management and Child Protection (2014)", 25),
    # Child Welfare League of America, Standards of Excellence for Services to Abused or Neglected
    # Children and their Families, revised 1999: active families for each social worker.
    ("CWLA Standards of Excellence (1999)", 17),
)
WEEKS_PER_YEAR = 52
"""As the WISN user's manual counts a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WisnParams:
    """
    What a worker's year holds beside serving people; days are working days.

    Parameters
    ----------
    leave_days
        PP 11/2017, article 311: twelve.
    holiday_days
        Of a week of five days in 2026: 13 of the 17 national holidays, the others fall on
        weekends, and 8 days of joint leave (joint decree of three ministers, September 2025),
        which for civil servants do not count as leave (PP 11/2017, article 333).
    sick_days
        Assumed.
    training_days
        PP 11/2017, article 203: at least 20 lessons a year, which is two to three days.
    category_share
        Of the available time, for what every worker does beside serving people, such as reports
        and meetings. Workload studies in 29 jurisdictions found that 63 to 76 percent of the time
        goes into serving (Child Welfare League of America): by default the least, 24 percent.
    individual_hours
        A year, of all workers together, for what only some do, such as supervision.
    """

    leave_days: float = 12.0
    holiday_days: float = 21.0
    sick_days: float = 5.0
    training_days: float = 3.0
    category_share: float = 0.24
    individual_hours: float = 0.0

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            if not 0 <= getattr(self, field.name) < math.inf:
                raise ConfigError("%(name)s must be 0 or more", name=field.name)
        if not self.category_share < 1:
            raise ConfigError("category_share is a part of the working time: less than 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingTime:
    """What a full-time worker has in a year."""

    working_days: float
    hours_per_day: float

    @property
    def hours(self) -> float:
        """The available working time."""
        return self.working_days * self.hours_per_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """
    A year's visits of one category.

    Parameters
    ----------
    name
        Of the category.
    visits_per_year
        A visit that two workers make together counts twice.
    service_s
        That one takes, on average.
    travel_s
        That one takes on the road in real plans, on average.
    """

    name: str
    visits_per_year: float
    service_s: float
    travel_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """
    What trying numbers of workers came to.

    `n_required` is None where even `n_tried`, the most that were tried, left `left_visits`.
    """

    n_required: int | None
    n_tried: int
    left_visits: int


def caseloads(n_cases: int) -> tuple[Caseload, ...]:
    """Count the workers that each of `CASELOAD_STANDARDS` asks for, whole ones."""
    return tuple(
        Caseload(
            standard=standard,
            cases_per_worker=most,
            n_cases=n_cases,
            n_required=-(-n_cases // most),
        )
        for standard, most in CASELOAD_STANDARDS
    )


def available_time(
    params: WisnParams, *, working_days_per_week: float, hours_per_day: float
) -> WorkingTime:
    """
    Take from the possible days of a year what is lost to leave and the like.

    WHO, Workload Indicators of Staffing Need: user's manual, Geneva 2010, step 2:
    A - (B + C + D + E) days.

    Parameters
    ----------
    params
        The days that are lost.
    working_days_per_week, hours_per_day
        Of a full-time worker, without breaks.

    Raises
    ------
    ConfigError
        When nothing is left of the year.
    """
    lost = params.leave_days + params.holiday_days + params.sick_days + params.training_days
    days = WEEKS_PER_YEAR * working_days_per_week - lost
    if not days > 0 or not hours_per_day > 0:
        raise ConfigError(
            "leave, holidays, sickness and training leave no working time: %(lost)g days of"
            " %(days)g; write fewer in coverage.wisn, or hours for the workers",
            lost=lost,
            days=WEEKS_PER_YEAR * working_days_per_week,
        )
    return WorkingTime(working_days=days, hours_per_day=hours_per_day)


def wisn(
    workloads: Sequence[Workload],
    *,
    time: WorkingTime,
    params: WisnParams,
    n_present: float,
) -> Wisn:
    """
    Count the workers that a year's work needs, with the travel of real plans.

    WHO, Workload Indicators of Staffing Need: user's manual, Geneva 2010, steps 5 to 8: standard
    workload = available time / time of one; allowance factors 1 / (1 - CAS) and IAS / available
    time; required = activities x category factor + individual factor. That travel counts as part
    of a visit's time is added here; the manual has none.

    Parameters
    ----------
    workloads
        By category; those without visits need nobody.
    time
        Of one full-time worker.
    params
        The shares for what is no visit.
    n_present
        Present workers, in full-time ones.

    Raises
    ------
    ValueError
        When a visit takes no time.
    """
    activities = tuple(_activity(workload, time) for workload in workloads)
    factor = 1 / (1 - params.category_share)
    individual = params.individual_hours / time.hours
    served = math.fsum(activity.n_required for activity in activities)
    return Wisn(
        working_days=time.working_days,
        hours_per_day=time.hours_per_day,
        available_h=time.hours,
        activities=activities,
        category_factor=factor,
        individual_workers=individual,
        n_required=served * factor + individual,
        n_present=n_present,
    )


def _activity(workload: Workload, time: WorkingTime) -> Activity:
    takes_s = workload.service_s + workload.travel_s
    if not takes_s > 0:
        raise ValueError(f"a visit of {workload.name} takes no time")
    standard = time.hours * HOUR_S / takes_s
    return Activity(
        name=workload.name,
        n_per_year=workload.visits_per_year,
        service_s=workload.service_s,
        travel_s=workload.travel_s,
        n_per_worker=standard,
        n_required=workload.visits_per_year / standard,
    )


def planned_needed(
    left: Callable[[int], int], *, present: int, cap: int, guess: int | None = None
) -> Needed:
    """
    Find the fewest workers with which planning leaves nothing due.

    Steps that double away from `guess`, then halving. Of two neighbouring numbers one was seen
    to leave nothing and the other something; as more workers now and then leave more, because a
    search is no proof, a smaller number may do by luck, and is not looked for.

    Parameters
    ----------
    left
        Visits that so many workers, present and added, leave; each number is asked once.
    present
        None are tried below it.
    cap
        None are tried above it, unless more are present.
    guess
        Where to begin, for fewer trials; None: with the present ones.

    Returns
    -------
    needed
        The present ones are required when already they leave nothing.
    """
    cap = max(cap, present)
    trials: dict[int, int] = {}

    def leaves(n: int) -> bool:
        if n not in trials:
            trials[n] = left(n)
        return trials[n] > 0

    first = present if guess is None else min(max(guess, present), cap)
    low, high = _bracket(leaves, first, present=present, cap=cap)
    if high is None:
        return Needed(n_required=None, n_tried=cap, left_visits=trials[cap])
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if leaves(middle) else (low, middle)
    return Needed(n_required=high, n_tried=max(trials), left_visits=0)


def _bracket(
    leaves: Callable[[int], bool], first: int, *, present: int, cap: int
) -> tuple[int, int | None]:
    """Give a number that leaves something, or one below `present`, and a larger that does not."""
    step = 1
    if leaves(first):
        low = first
        while low < cap:
            tried = min(low + step, cap)
            if not leaves(tried):
                return low, tried
            low, step = tried, 2 * step
        return low, None
    high = first
    while high > present:
        tried = max(high - step, present)
        if leaves(tried):
            return tried, high
        high, step = tried, 2 * step
    return present - 1, high
