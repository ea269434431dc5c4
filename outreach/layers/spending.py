"""What workers have spent of this month, by the plans that were carried out."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from outreach.layers.past_visits import PastWeek
    from outreach.model import DayRoute, Plan


class Costs(Protocol):
    """What moving about costs; the planner's own."""

    @property
    def fuel_idr_per_km(self) -> int:
        """Of one motorbike."""

    @property
    def meal_idr_per_day_away(self) -> int:
        """For each worker."""


def spent_before(
    starts_on: dt.date,
    weeks: Iterable[PastWeek],
    budgets: Mapping[str, float],
    *,
    nights: Mapping[str, float],
    costs: Costs,
) -> dict[str, int]:
    """
    Give what each worker has spent of the month of a day, until the day before.

    Days of which no plan that was carried out tells count with their part of the budget, as they
    do where nothing is known: without that a month that is half unknown would look half saved.

    Parameters
    ----------
    budgets
        Rupiah a month, of the workers who have one.
    nights
        Lodgings to what a night costs each worker, Rupiah.

    Returns
    -------
    spent
        Rupiah by worker; nothing where no plan tells of any day of the month.
    """
    first = starts_on.replace(day=1)
    _, n_days = calendar.monthrange(first.year, first.month)
    known: set[dt.date] = set()
    spent: dict[str, float] = defaultdict(float)
    for week in weeks:
        if not week.is_carried_out:
            continue
        days = range((week.until - week.starts_on).days)
        dates = {week.starts_on + dt.timedelta(days=day) for day in days}
        known |= {date for date in dates if first <= date < starts_on}
        for (worker, date), idr in _by_day(week.plan, nights, costs).items():
            if date in dates and first <= date < starts_on:
                spent[worker] += idr
    if not known:
        return {}
    unknown_share = ((starts_on - first).days - len(known)) / n_days
    return {w: round(spent[w] + budget * unknown_share) for w, budget in budgets.items()}


def _by_day(
    plan: Plan, nights: Mapping[str, float], costs: Costs
) -> dict[tuple[str, dt.date], float]:
    """
    Share out what a plan costs each worker among its days.

    The plan tells the sums; who shares a motorbike or crosses a ferry does not stand in it, so
    that the days only weigh against each other by what they would cost alone.
    """
    totals = dict(plan.totals)
    weights: dict[str, dict[dt.date, float]] = defaultdict(dict)
    for route in plan.day_routes:
        date = plan.starts_at.date() + dt.timedelta(days=route.day)
        for worker in route.worker_ids:
            weight = _weight_idr(route, nights, costs)
            weights[worker][date] = weights[worker].get(date, 0.0) + weight
    return {
        (worker, date): totals[worker].cost_idr * weight / whole
        for worker, days in weights.items()
        if worker in totals and (whole := sum(days.values())) > 0
        for date, weight in days.items()
    }


def _weight_idr(route: DayRoute, nights: Mapping[str, float], costs: Costs) -> float:
    idr = costs.fuel_idr_per_km * sum(leg.distance_m for leg in route.legs) / 1000
    if route.circuit_id is not None or route.starts_from != route.sleeps_at:
        idr += costs.meal_idr_per_day_away + nights.get(route.sleeps_at, 0.0)
    return idr
