"""What has been made of everybody's visits, week by week, and how long they wait."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.access import reach
from outreach.coverage.diary import Lived, Longest, Waiting, WeekNote
from outreach.coverage.weeks import Weeks
from outreach.routing.due import WEEK_DAYS
from outreach.routing.horizon import Horizon

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from outreach.coverage.living import Outlived
    from outreach.coverage.roll import Roll
    from outreach.coverage.weeks import Setting
    from outreach.model import DayRoute
    from outreach.routing.problem import Problem, Requirement
    from outreach.routing.schedule import Route

CHRONIC_WEEKS = 3
"""Whose visit was displaced in so many weeks, one after the other, does not wait by chance."""


class Books:
    """
    What has happened so far.

    Parameters
    ----------
    roll
        Who is a case in which week; closed here when a visit is entered.
    """

    def __init__(self, roll: Roll) -> None:
        people = roll.setting.tables.beneficiaries
        n_people = len(people)
        self._roll, self._setting = roll, roll.setting
        self._row = {id_: i for i, id_ in enumerate(people["id"])}
        self.last_visit = people["last_visit"].astype(object).tolist()
        self.deadline = people["deadline"].astype(object).tolist()
        self._is_weekly = people["visits_per_week"].notna().to_numpy()
        # Whoever is in no problem has no way from the bases; perhaps from another seat.
        self._was_missed = self._is_weekly.copy()
        self._was_left = np.zeros(n_people, dtype=bool)
        self._n_displaced = np.zeros(n_people, dtype=np.int64)
        self._is_beyond = ~_can_be_reached(roll.setting)
        self._has_chance = np.zeros(n_people, dtype=bool)
        self._n_made = np.zeros(n_people, dtype=np.int64)
        self._worker_visits = np.zeros(n_people, dtype=np.int64)
        self._service_s, self._travel_s = np.zeros(n_people), np.zeros(n_people)
        self._line_haul_s = self._riding_s = self._distance_m = self._available_s = 0.0
        self._all_service_s = self._all_travel_s = self._moving_idr = 0.0
        self._n_stops = self._n_trips = 0
        self._used: list[float] = []
        self._diary: list[WeekNote] = []

    def enter(
        self,
        week: int,
        problem: Problem,
        routes: Sequence[Route],
        outlived: Outlived | None = None,
    ) -> None:
        """
        Note a week.

        Parameters
        ----------
        problem
            As it was on Monday, with the places of all who were called about.
        routes
            Monday's plan.
        outlived
            What became of it; None: it went as planned.
        """
        from outreach.routing.plan import day_route
        from outreach.routing.totals import EVERYONE, sum_up

        in_vain: frozenset[str] = frozenset()
        if outlived is None:
            days: Sequence[DayRoute] = [day_route(problem, route, None) for route in routes]
        else:
            days, in_vain = outlived.days, outlived.in_vain
        starts_on = problem.starts_at.date()
        totals = dict(sum_up(problem, days))[EVERYONE]
        self._available_s += totals.available_s
        self._moving_idr += totals.cost_idr
        self._used += [_used_share(problem, route) for route in days]
        before = self._all_service_s, self._all_travel_s, self._distance_m
        for trip in _trips(problem, days):
            self._enter_trip(problem, trip)
        planned = frozenset(v for route in routes for v in route.visit_ids)
        made = _days_made(days, in_vain)
        tried = frozenset(s.visit_id for r in days for s in r.stops if s.visit_id is not None)
        self._enter_needs(problem, made, planned, tried)
        self._enter_visits(starts_on, made)
        if outlived is not None:
            for id_, deadline in outlived.still_urgent.items():
                known = self.deadline[self._row[id_]]
                is_sooner = isinstance(known, dt.date) and known < deadline
                self.deadline[self._row[id_]] = known if is_sooner else deadline
        due = {v for v, (need, _) in problem.visit.items() if need.kind == "visit"}
        is_met = np.zeros(len(self._row), dtype=bool)
        is_met[[self._row[id_] for id_ in made]] = True
        n_closed = self._roll.close(week, is_met)
        waiting, longest = self._waiting(week)
        self._diary.append(
            WeekNote(
                starts_on=starts_on,
                n_due=len(due),
                n_made=sum(len(on) for on in made.values()),
                n_left=len(due - planned),
                n_new=self._roll.n_new(week),
                n_closed=n_closed,
                service_s=self._all_service_s - before[0],
                riding_s=self._all_travel_s - before[1],
                available_s=totals.available_s,
                distance_m=self._distance_m - before[2],
                cost_idr=totals.cost_idr,
                lived=Lived() if outlived is None else outlived.lived,
                waiting=waiting,
                longest=longest,
            )
        )

    def _enter_needs(
        self,
        problem: Problem,
        made: Mapping[str, Sequence[int]],
        planned: frozenset[str],
        tried: frozenset[str],
    ) -> None:
        """Note who was left out, and whether another worker could have come."""
        self._was_missed[:] = self._is_weekly
        self._was_left[:] = False
        n_before, self._n_displaced = self._n_displaced, np.zeros_like(self._n_displaced)
        skills = frozenset(s for team in problem.teams for s in team.skills)
        for requirement in problem.requirements:
            row = self._row.get(requirement.id)
            if row is None:
                continue
            self._was_missed[row] = len(made.get(requirement.id, ())) < len(requirement.visits)
            self._was_left[row] = any(v.id not in planned for v in requirement.visits)
            if tried.isdisjoint(v.id for v in requirement.visits):
                self._n_displaced[row] = n_before[row] + 1
            if self._was_left[row]:
                can_be = not is_hopeless(problem, requirement, skills)
                self._has_chance[row] |= can_be
                self._is_beyond[row] |= not can_be

    def _enter_visits(self, starts_on: dt.date, made: Mapping[str, Sequence[int]]) -> None:
        for id_, on_days in made.items():
            row = self._row[id_]
            self._n_made[row] += len(on_days)
            self.last_visit[row] = starts_on + dt.timedelta(days=max(on_days))
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
        n_weeks = self._setting.n_weeks
        required = self._required()
        is_case = self._roll.is_left(n_weeks - 1)
        overdue_days = np.where((required > 0) & is_case, self._overdue_days(n_weeks), 0)
        delivered = np.minimum(required, self._n_made)
        if self._setting.interruptions is None:
            is_open = np.where(self._is_weekly, self._was_missed, overdue_days > 0)
            is_open &= delivered < required
        else:
            is_open = (self._was_left | (self._n_displaced >= CHRONIC_WEEKS)) & is_case
        return Weeks(
            n_workers=len(self._setting.tables.workers),
            required=required,
            delivered=delivered,
            is_hopeless=self._is_hopeless,
            is_open=is_open,
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
            diary=tuple(self._diary),
        )

    @property
    def _is_hopeless(self) -> NDArray[np.bool_]:
        return self._is_beyond & ~self._has_chance

    def _required(self) -> NDArray[np.int64]:
        """Count what falls due of each person in the weeks in which they are a case."""
        people = self._setting.tables.beneficiaries
        opened, closed = self._roll.open_weeks
        required = np.zeros(len(people), dtype=np.int64)
        for first, after in sorted(set(zip(opened.tolist(), closed.tolist(), strict=True))):
            is_own = (opened == first) & (closed == after)
            starts_on = self._setting.starts_on + dt.timedelta(days=WEEK_DAYS * first)
            required[is_own] = visits_due(people[is_own], starts_on, n_weeks=after - first)
        return required

    def _overdue_days(self, n_weeks: int) -> NDArray[np.int64]:
        """Tell since how many days a visit has been due, the day after so many weeks."""
        starts_on = self._setting.starts_on
        after = starts_on + dt.timedelta(days=WEEK_DAYS * n_weeks)
        opened, _ = self._roll.open_weeks
        due_on = map(
            _due_on,
            (starts_on + dt.timedelta(days=WEEK_DAYS * week) for week in opened.tolist()),
            self._setting.tables.beneficiaries["every_days"],
            self.last_visit,
            self.deadline,
        )
        return np.array(
            [0 if due is None else max(0, (after - due).days) for due in due_on], dtype=np.int64
        )

    def _waiting(self, week: int) -> tuple[tuple[Waiting, ...], Longest | None]:
        """Tell who waits at the end of a week, of those to whom somebody could come."""
        people = self._setting.tables.beneficiaries
        is_case = self._roll.is_left(week) & ~self._is_hopeless
        overdue_days = np.where(is_case, self._overdue_days(week + 1), 0)
        is_waiting = is_case & (overdue_days > 0) | (is_case & self._is_weekly & self._was_missed)
        category = people["category"].to_numpy(dtype=object)
        rows = []
        for name in sorted(set(category[is_case])):
            is_own = is_case & (category == name)
            rows.append(
                Waiting(
                    category=name,
                    n_open=int(is_own.sum()),
                    n_people=int((is_own & is_waiting).sum()),
                    overdue_days=int(overdue_days[is_own].sum()),
                    longest_days=int(overdue_days[is_own].max(initial=0)),
                )
            )
        worst = int(np.argmax(overdue_days)) if len(overdue_days) else -1
        if worst < 0 or not overdue_days[worst]:
            return tuple(rows), None
        return tuple(rows), Longest(
            id=str(people["id"].iloc[worst]),
            category=category[worst],
            days=int(overdue_days[worst]),
        )


def _days_made(days: Sequence[DayRoute], in_vain: frozenset[str]) -> dict[str, list[int]]:
    """Give the days on which each person was met."""
    made: dict[str, list[int]] = {}
    for route in days:
        for stop in route.stops:
            if stop.beneficiary_id is not None and stop.visit_id not in in_vain:
                made.setdefault(stop.beneficiary_id, []).append(route.day)
    return made


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
