"""A planned week as it really goes: somebody is ill, the telephone rings, a door stays shut."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outreach.coverage.diary import Lived
from outreach.coverage.roll import working_days_after
from outreach.errors import OutreachError
from outreach.lineage import Happening
from outreach.routing.plan import plan_of
from outreach.routing.replan import replan
from outreach.routing.solvers.protocol import Limit
from outreach.units import DAY_S, MINUTE_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from outreach.coverage.luck import Luck
    from outreach.coverage.roll import Call
    from outreach.model import DayRoute, Plan, Season
    from outreach.routing.matrix import TravelMatrix
    from outreach.routing.problem import Problem, Requirement
    from outreach.routing.schedule import Route

logger = logging.getLogger(__name__)

FEW_STEPS = Limit(iterations=12)
"""Steps and no time, so that the same gives the same."""
STAND_BY = 20
"""So many of those whom Monday's plan left out, the weightiest, may come in where time is left."""

Made = tuple[int, tuple[str, ...]]
"""Day and workers of a visit."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Week:
    """
    A week before it begins.

    Parameters
    ----------
    problem
        As it was planned, and with the places of all who will be called about.
    dormant
        What others need who can be called about: those who are not due, and the unknown.
    routes
        Monday's plan.
    calls
        With the id of whom each is about.
    number
        Of the week, from 0.
    flood
        The matrix of a flood that comes; None: none comes.
    """

    problem: Problem
    dormant: Sequence[Requirement]
    routes: Sequence[Route]
    calls: Sequence[tuple[Call, str]]
    number: int
    season: Season
    flood: TravelMatrix | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outlived:
    """
    A week when it is over.

    Parameters
    ----------
    days
        As they were ridden.
    in_vain
        Visits where nobody was met, or nobody wanted to talk.
    still_urgent
        Those who were called about and have not been met, by id, with the last day for it.
    """

    days: tuple[DayRoute, ...]
    in_vain: frozenset[str]
    still_urgent: Mapping[str, dt.date]
    lived: Lived


def live(week: Week, luck: Luck) -> Outlived:
    """
    Let a week happen, and change its plan each time as little as possible.

    In the morning it is known who is ill, late, or without a bed, and that roads are shut; a call
    comes when it comes. Each time the plan is made anew by `routing.replan`: so what a call
    displaces is what the command would displace. Whether somebody is at home shows at the door:
    the ride and the time are spent.
    """
    return _Living(week, luck).lived()


class _Living:
    def __init__(self, week: Week, luck: Luck) -> None:
        self._week, self._luck, self._params = week, luck, luck.params
        self._problem = _at_hand(week.problem, week.routes)
        self._plan = self._planned = plan_of(
            self._problem, week.routes, seed=luck.seed, season=week.season
        )
        at_hand = {need.id for need in self._problem.requirements}
        others = (need for need in week.problem.requirements if need.id not in at_hand)
        self._dormant = (*week.dormant, *others)
        self._at_s = 0
        self._counts: Counter[str] = Counter()
        # By visit id: whom a call is about, and the last day on which it is in time.
        self._urgent: dict[str, tuple[str, dt.date]] = {}

    def lived(self) -> Outlived:
        for day in range(self._problem.horizon_days):
            self._morning(day)
            for call, id_ in self._week.calls:
                if call.day == day:
                    self._ring(call, id_)
        in_vain = frozenset(self._in_vain())
        before, after = _made(self._planned), _made(self._plan)
        return Outlived(
            days=self._plan.day_routes,
            in_vain=in_vain,
            still_urgent={
                id_: deadline
                for visit_id, (id_, deadline) in self._urgent.items()
                if visit_id not in after or visit_id in in_vain
            },
            lived=Lived(
                n_urgent=len(self._week.calls),
                n_urgent_late=sum(
                    self._is_late(visit_id, deadline, after)
                    for visit_id, (_, deadline) in self._urgent.items()
                ),
                n_displaced=len(before.keys() - after.keys()),
                n_moved=sum(before[v] != after[v] for v in before.keys() & after.keys()),
                n_not_met=self._counts["not met"],
                n_refused=self._counts["refused"],
                ill_days=self._counts["ill"],
                n_late=self._counts["late"],
                n_full=self._counts["full"],
                is_flooded=self._week.flood is not None,
                n_unanswered=self._counts["unanswered"],
            ),
        )

    def _morning(self, day: int) -> None:
        shifts = [s for team in self._week.problem.teams for s in team.shifts if s.day == day]
        if not shifts:
            return
        at_s = min(shift.starts_s for shift in shifts)
        if self._week.flood is not None and day == self._flood_day():
            self._flood(self._week.flood, at_s)
        ill, told = self._ill(day, at_s)
        self._change(at_s, [*told, *self._late(day, at_s, ill), *self._full(day, at_s)])

    def _flood_day(self) -> int:
        days = sorted({s.day for team in self._week.problem.teams for s in team.shifts})
        return days[int(self._luck.lot("flood day", self._week.number).integers(len(days)))]

    def _flood(self, matrix: TravelMatrix, at_s: int) -> None:
        before = self._problem
        self._problem = replace(before, matrix=matrix)
        if not self._replan(at_s, ()):
            self._problem = before
            self._counts["unanswered"] += 1

    def _ill(self, day: int, at_s: int) -> tuple[frozenset[str], list[Happening]]:
        """Give who is ill today, and of those of whom it is news how long they will be."""
        ill, told = set(), []
        for worker_id in sorted({w for t in self._week.problem.teams for w in t.worker_ids}):
            days = self._days_ill(worker_id)
            if day in days:
                ill.add(worker_id)
                self._counts["ill"] += 1
            if days and day == days[0]:
                from_s, to_s = day * DAY_S, (days[-1] + 1) * DAY_S
                told.append(
                    Happening(kind="absent", at_s=at_s, id=worker_id, from_s=from_s, to_s=to_s)
                )
        return frozenset(ill), told

    def _days_ill(self, worker_id: str) -> tuple[int, ...]:
        teams = (t for t in self._week.problem.teams if worker_id in t.worker_ids)
        at_work = tuple(sorted({s.day for team in teams for s in team.shifts}))
        return self._luck.days_ill(self._week.number, worker_id, at_work)

    def _late(self, day: int, at_s: int, ill: frozenset[str]) -> Iterator[Happening]:
        delay_s = round(self._params.late_minutes * MINUTE_S)
        for route in self._plan.day_routes:
            if route.day != day or not ill.isdisjoint(route.worker_ids) or not delay_s:
                continue
            share = self._params.late_share
            if self._luck.happens(share, "late", self._week.number, route.team_id, day):
                self._counts["late"] += 1
                yield Happening(kind="late", at_s=at_s, id=route.worker_ids[0], delay_s=delay_s)

    def _full(self, day: int, at_s: int) -> Iterator[Happening]:
        lodgings = {
            route.sleeps_at
            for route in self._plan.day_routes
            if route.day == day and route.stops[-1].kind == "lodging"
        }
        for lodging_id in sorted(lodgings):
            share = self._params.lodging_full_share
            if self._luck.happens(share, "full", self._week.number, lodging_id, day):
                self._counts["full"] += 1
                yield Happening(kind="lodging_full", at_s=at_s, id=lodging_id, day=day)

    def _ring(self, call: Call, id_: str) -> None:
        """Send whoever can come, within the working days."""
        starts_on = self._problem.starts_at.date()
        today = starts_on + dt.timedelta(days=call.day)
        deadline = working_days_after(today, self._params.urgent_working_days)
        deadline_s = ((deadline - starts_on).days + 1) * DAY_S - 1
        is_planned = self._change(
            call.at_s,
            [Happening(kind="urgent", at_s=call.at_s, id=id_, deadline_s=deadline_s)],
        )
        told = () if self._plan.revision is None else self._plan.revision.happened
        visit_id = told[-1].visit_id if is_planned and told else None
        # Where no way leads, there is no visit that could be made.
        self._urgent[visit_id or f"{id_}/urgent"] = id_, deadline

    def _change(self, at_s: int, told: Sequence[Happening]) -> bool:
        if not told or self._replan(at_s, told):
            return True
        # What one of them makes impossible must not hide the others.
        for one in told:
            if len(told) == 1 or not self._replan(at_s, [one]):
                self._counts["unanswered"] += 1
        return len(told) > 1

    def _replan(self, at_s: int, told: Sequence[Happening]) -> bool:
        self._at_s = max(self._at_s, at_s)
        try:
            found = replan(
                self._problem,
                self._plan,
                at_s=self._at_s,
                happened=told,
                dormant=self._dormant,
                limit=FEW_STEPS,
                seed=self._luck.seed,
            )
        except OutreachError as error:
            logger.info("week %d: no way to live with %s: %s", self._week.number, told, error)
            return False
        self._plan = found.plan
        return True

    def _in_vain(self) -> Iterator[str]:
        params = self._params
        for route in self._plan.day_routes:
            for stop in route.stops:
                if stop.visit_id is None or stop.beneficiary_id is None:
                    continue
                lot = self._luck.lot("door", self._week.number, stop.visit_id)
                at = float(lot.random())
                if at < params.not_met_share + params.refused_share:
                    self._counts["not met" if at < params.not_met_share else "refused"] += 1
                    yield stop.visit_id

    def _is_late(self, visit_id: str, deadline: dt.date, made: Mapping[str, Made]) -> bool:
        """
        Whether nobody was there in time, be anybody at home or not.

        After the end of the week it is still in time; next Monday's plan knows of it.
        """
        last_day = (deadline - self._problem.starts_at.date()).days
        if visit_id in made:
            return made[visit_id][0] > last_day
        return last_day < self._problem.horizon_days


def _at_hand(problem: Problem, routes: Sequence[Route]) -> Problem:
    """
    Leave out most of what Monday's plan left out: so late in the week it has no place in it.

    That is only to save time, as each new plan asks of everybody left out what would have to
    change.
    """
    planned = {visit_id for route in routes for visit_id in route.visit_ids}
    left = sorted(
        (pair for visit_id, pair in problem.visit.items() if visit_id not in planned),
        key=lambda pair: (-problem.weights.unserved(*pair), pair[1].id),
    )
    kept = planned | {visit.id for _, visit in left[:STAND_BY]}
    needs = (
        replace(need, visits=tuple(v for v in need.visits if v.id in kept))
        for need in problem.requirements
    )
    return replace(problem, requirements=tuple(need for need in needs if need.visits))


def _made(plan: Plan) -> dict[str, Made]:
    """Give day and workers of every visit of a plan."""
    return {
        stop.visit_id: (route.day, route.worker_ids)
        for route in plan.day_routes
        for stop in route.stops
        if stop.visit_id is not None
    }
