"""Kilometres, nights and rupiah of the days that were ridden, against the budgets."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.coverage.accounts_result import Travel, WorkerMoney
from outreach.routing.requirements import number
from outreach.units import HOUR_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import geopandas as gpd

    from outreach.coverage.outcomes import Outcomes, PlannedWeek
    from outreach.model import DayRoute, Plan
    from outreach.routing.assemble import Tables
    from outreach.routing.problem import CostParams

_METRES = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamDay:
    """
    A team's day as it was planned last.

    `is_over` says whether the log could have a word of it, `is_ridden` whether it has one;
    `cost_idr` is what each of its workers pays.
    """

    date: dt.date
    route: DayRoute
    is_over: bool
    is_ridden: bool
    cost_idr: Mapping[str, float]


def team_days(
    weeks: Sequence[PlannedWeek],
    found: Outcomes,
    *,
    tables: Tables,
    costs: CostParams,
    today: dt.date,
) -> tuple[TeamDay, ...]:
    """
    Give all days on which a team is on the road, and what they cost.

    The plan knows what a worker spends in all its days. Of that each day has its meals and its
    bed, by the settings and the table of lodgings, and a share of the rest by its kilometres: so
    the days add up to the plan, and each is exact where all of a worker's kilometres cost alike.

    Parameters
    ----------
    weeks
        Not overlapping.
    found
        What came of their visits: a day with a word of one of its visits, or of one of its
        workers, was ridden. Days that nights away join were ridden together.
    tables
        Of them the lodgings count.
    costs
        Those of the plan.
    today
        Days before it are over.
    """
    beds = _beds(tables.lodgings)
    days: list[TeamDay] = []
    for week in weeks:
        plan = week.plans[-1]
        share = _Shares(plan, costs, beds)
        told = _told(week, found)
        for trip in _trips(week, plan):
            is_ridden = any(date in told.get(w, ()) for date, r in trip for w in r.worker_ids)
            days += (
                TeamDay(
                    date=date,
                    route=route,
                    is_over=date < today,
                    is_ridden=is_ridden and date <= today,
                    cost_idr={w: share.of(w, route) for w in route.worker_ids},
                )
                for date, route in trip
            )
    return tuple(sorted(days, key=lambda day: (day.date, day.route.team_id)))


def travel_of(days: Iterable[TeamDay], *, worker_id: str | None = None) -> Travel:
    """
    Sum up days that are over or ridden; of one worker, or of all.

    A day of several workers counts once for all, and its rupiah for each.
    """
    total = dict.fromkeys(("n", "m", "s", "nights", "idr"), 0.0)
    ridden = dict(total)
    for day in days:
        if worker_id not in {None, *day.route.worker_ids} or not (day.is_over or day.is_ridden):
            continue
        costs = day.cost_idr.values() if worker_id is None else (day.cost_idr[worker_id],)
        sums = {
            "n": 1,
            "m": sum(leg.distance_m for leg in day.route.legs),
            "s": sum(leg.duration_s for leg in day.route.legs),
            "nights": day.route.stops[-1].kind == "lodging",
            "idr": sum(costs),
        }
        for name, value in sums.items():
            total[name] += value
            ridden[name] += value if day.is_ridden else 0
    return Travel(
        n_days=round(total["n"]),
        n_ridden_days=round(ridden["n"]),
        distance_km=total["m"] / _METRES,
        ridden_km=ridden["m"] / _METRES,
        riding_h=total["s"] / HOUR_S,
        ridden_h=ridden["s"] / HOUR_S,
        n_nights=round(total["nights"]),
        n_ridden_nights=round(ridden["nights"]),
        cost_idr=round(total["idr"]),
        ridden_idr=round(ridden["idr"]),
    )


def money(
    days: Sequence[TeamDay],
    workers: gpd.GeoDataFrame,
    *,
    is_counted: Callable[[dt.date], bool],
    month_of: dt.date,
    today: dt.date,
) -> tuple[WorkerMoney, ...]:
    """
    Give each worker's travel in the period, and money in a month.

    Parameters
    ----------
    days
        Those of the period and of the month.
    workers
        Rows of the layer; workers who are only in the plans have no budget.
    is_counted
        Which days the period holds.
    month_of
        The last day of the period: days of its month until then count, later ones are ahead.
    today
        Days from then on that were not ridden yet are ahead.
    """
    budgets = {row.id: number(row.monthly_budget_idr) for row in workers.itertuples()}
    ids = sorted({*budgets, *(w for day in days for w in day.route.worker_ids)})
    in_month = [d for d in days if (d.date.year, d.date.month) == (month_of.year, month_of.month)]
    rows = []
    for worker_id in ids:
        spent = {"month": 0.0, "unsure": 0.0, "ahead": 0.0}
        for day in in_month:
            if day.date > month_of or not (day.date < today or day.is_ridden):
                kind = "ahead"
            else:
                kind = "month" if day.is_ridden else "unsure"
            spent[kind] += day.cost_idr.get(worker_id, 0.0)
        budget = budgets.get(worker_id)
        rows.append(
            WorkerMoney(
                worker_id=worker_id,
                travel=travel_of((d for d in days if is_counted(d.date)), worker_id=worker_id),
                budget_idr=None if budget is None else round(budget),
                month_idr=round(spent["month"]),
                unsure_idr=round(spent["unsure"]),
                ahead_idr=round(spent["ahead"]),
            )
        )
    return tuple(rows)


def _beds(lodgings: gpd.GeoDataFrame | None) -> Mapping[str, int]:
    if lodgings is None:
        return {}
    return {row.id: int(row.cost_idr) for row in lodgings.itertuples()}


class _Shares:
    """What each worker pays for each day of a plan; see `team_days`."""

    def __init__(self, plan: Plan, costs: CostParams, beds: Mapping[str, int]) -> None:
        self._meal_idr = costs.meal_idr_per_day_away
        self._beds = beds
        self._rest_idr: dict[str, float] = {}
        self._metres: dict[str, float] = defaultdict(float)
        days_idr: dict[str, float] = defaultdict(float)
        for route in plan.day_routes:
            for worker_id in route.worker_ids:
                self._metres[worker_id] += _metres(route)
                days_idr[worker_id] += self._day_idr(route)
        for worker_id, totals in plan.totals:
            self._rest_idr[worker_id] = totals.cost_idr - days_idr[worker_id]
        # Prices have changed since: then the whole goes by the kilometres.
        self._changed = {w for w, rest in self._rest_idr.items() if rest < -1}
        for worker_id in self._changed:
            self._rest_idr[worker_id] += days_idr[worker_id]

    def of(self, worker_id: str, route: DayRoute) -> float:
        """Give what a worker pays for a day."""
        metres = self._metres[worker_id]
        share = _metres(route) / metres if metres else 0.0
        own = 0.0 if worker_id in self._changed else self._day_idr(route)
        return own + share * self._rest_idr.get(worker_id, 0.0)

    def _day_idr(self, route: DayRoute) -> float:
        ends = {route.stops[0].kind, route.stops[-1].kind}
        is_away = route.circuit_id is not None or "lodging" in ends
        is_night = route.stops[-1].kind == "lodging"
        bed = self._beds.get(route.sleeps_at, 0) if is_night else 0
        return bed + (self._meal_idr if is_away else 0)


def _metres(route: DayRoute) -> float:
    return sum(leg.distance_m for leg in route.legs)


def _trips(week: PlannedWeek, plan: Plan) -> Iterator[list[tuple[dt.date, DayRoute]]]:
    """Yield the days that nights away join, of each team, as far as the plan holds."""
    trips: dict[tuple[str, int], list[tuple[dt.date, DayRoute]]] = {}
    began: dict[str, int] = {}
    for route in sorted(plan.day_routes, key=lambda r: (r.team_id, r.day)):
        date = week.starts_on + dt.timedelta(days=route.day)
        if date >= week.until:
            continue
        if route.stops[0].kind != "lodging" or route.team_id not in began:
            began[route.team_id] = route.day
        trips.setdefault((route.team_id, began[route.team_id]), []).append((date, route))
    yield from trips.values()


def _told(week: PlannedWeek, found: Outcomes) -> Mapping[str, set[dt.date]]:
    """Give the days of each worker of which the log has a word."""
    told: dict[str, set[dt.date]] = defaultdict(set)
    for visit in found.visits:
        if visit.starts_on == week.starts_on and visit.entry is not None:
            named = visit.entry.worker_id
            # Somebody of the team has told; without a name, of its own day.
            if named is not None:
                told[named].add(visit.entry.date)
            elif visit.entry.date == visit.date:
                for worker_id in visit.worker_ids:
                    told[worker_id].add(visit.date)
    for entry in (*found.unplanned, *found.doubled):
        if entry.worker_id is not None and week.starts_on <= entry.date < week.until:
            told[entry.worker_id].add(entry.date)
    return told
