"""A changed plan → a better one, by some seconds of search that begins with it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from outreach.routing.audit import audit
from outreach.routing.days import Days, with_visit_at
from outreach.routing.past import PAST
from outreach.routing.plan import Losses, plan_of
from outreach.routing.remaining import Remaining
from outreach.routing.repair import TOLD_S, broken_promise
from outreach.routing.replan_diff import plan_diff, revision_of
from outreach.routing.replay import replayed
from outreach.routing.schedule import schedule
from outreach.routing.score import routes_of, score_of
from outreach.routing.solvers.protocol import Limit, solution_of
from outreach.routing.ways_out import promised
from outreach.units import DAY_S, HOUR_S, MINUTE_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from outreach.lineage import Happening, Revision
    from outreach.model import DayRoute, Plan
    from outreach.routing.past import Key
    from outreach.routing.problem import Problem, Requirement
    from outreach.routing.replan import Replanned
    from outreach.routing.schedule import Route

logger = logging.getLogger(__name__)

A_WHILE = Limit(time_s=10.0)
"""While the supervisor reads the first answer."""

_OTHER_BED = 0.5

_CALL_S = 10 * MINUTE_S
"""What it costs to tell a family that somebody comes sooner or later on the same day."""


def improve(
    problem: Problem,
    before: Plan,
    changed: Replanned,
    *,
    dormant: Iterable[Requirement] = (),
    limit: Limit = A_WHILE,
    seed: int = 0,
) -> Replanned:
    """
    Search on from a changed plan, before anybody is told of it.

    What the first answer made small in turn is weighed here: breaking the promise of a visit of
    today costs as much as leaving out a visit of priority 1 (`Weights.unserved_s`), of later days
    and other workers as `repair.broken_promise` has it. So a call is made for somebody who would
    else not be met, or for hours on the road, and not for minutes. Pins and deadlines are never
    broken more than by the first answer; urgent cases stay with whom it sent, and are met no
    later. A night elsewhere than was told costs half a promise of its day, for each who sleeps.

    Parameters
    ----------
    problem
        The plain one, as for `replan.replan`.
    before
        The plan that was changed.
    changed
        What `replan.replan` made of these two.
    dormant
        As for `replan.replan`.
    limit
        How long to search.
    seed
        Of the search; with a limit of iterations the same plan comes of the same seed.

    Returns
    -------
    changed
        The better plan, which keeps every rule; the same as before where none is found.
    """
    better = _Better(before=before, changed=changed)
    remaining = Remaining(
        problem=changed.problem,
        plan=changed.plan,
        at_s=better.at_s,
        promised=better.promised,
        promise_s=better.promise_s,
        fixed=better.urgent,
    )
    found = [
        routes
        for one in remaining.searched(limit=limit, seed=seed)
        for routes in (better.calmed(one), one)
        if better.is_better(routes)
    ]
    dormant = tuple(dormant)
    for routes in sorted(found, key=better.cost_s):
        plan = better.plan_of(routes)
        now = replayed(problem, plan, dormant=dormant)
        if faults := audit(now, plan):
            logger.info("not improved so: %s %s", faults[0].where, faults[0].what)
            continue
        diff = plan_diff(now, before, plan, at_s=better.at_s, deadlines_s=changed.deadlines_s)
        revision = revision_of(before, diff, at_s=better.at_s, told=better.told)
        logger.info("improved: %s", diff.figures)
        return replace(changed, problem=now, plan=replace(plan, revision=revision), diff=diff)
    return changed


@dataclass(frozen=True, kw_only=True, eq=False)
class _Better:
    """Weighs plans that may follow a plan in place of the first answer."""

    before: Plan
    changed: Replanned

    @property
    def problem(self) -> Problem:
        """In which what has begun can only be as it was."""
        return self.changed.problem

    @property
    def at_s(self) -> int:
        """When the plan was changed."""
        return self._revision.at_s

    @property
    def told(self) -> tuple[Happening, ...]:
        """What led to the change."""
        return self._revision.told

    @property
    def _revision(self) -> Revision:
        if self.changed.plan.revision is None:
            raise ValueError("a plan that was not changed is not improved so")
        return self.changed.plan.revision

    @property
    def promise_s(self) -> int:
        """What breaking the promise of a visit of today costs."""
        return self.problem.weights.unserved_s

    @cached_property
    def promised(self) -> Mapping[str, Key]:
        """What families were told, by visit id."""
        return promised(self.before)

    @cached_property
    def urgent(self) -> frozenset[str]:
        """Urgent visits, which stay with whom the first answer sent."""
        told = self._revision.happened
        return frozenset(o.visit_id for o in told if o.kind == "urgent" and o.visit_id is not None)

    @cached_property
    def _begins_s(self) -> Mapping[str, int]:
        stops = (stop for route in self.before.day_routes for stop in route.stops)
        return {s.visit_id: s.starts_s for s in stops if s.visit_id is not None}

    def is_better(self, routes: Sequence[Route]) -> bool:
        """Whether routes are better than the first answer, and break no more that must be kept."""
        first, now = self._weight(routes_of(self.changed.plan.day_routes)), self._weight(routes)
        return now[0] <= first[0] and now[1] <= first[1] and now[2] < first[2]

    def _weight(self, routes: Iterable[Route]) -> tuple[int, int, float]:
        """Give pins given up, deadlines missed, and what all the rest costs."""
        days = Days(self.problem, {(r.team_id, r.day): r for r in routes})
        score = score_of(days)
        broken = sum(
            broken_promise(
                self.problem, visit_id, self.at_s // DAY_S, was, days.key_of.get(visit_id)
            )
            for visit_id, was in self.promised.items()
            if visit_id in self.problem.visit
        )
        n_told = sum(self._n_told(route) for route in days.routes.values())
        broken += sum(self._moved_night(route) for route in days.routes.values())
        return (
            score.broken_promises_s,
            score.missed_deadlines_s,
            score.total_s + self.promise_s * broken + _CALL_S * n_told,
        )

    def cost_s(self, routes: Iterable[Route]) -> float:
        """Give what routes cost beside pins and deadlines."""
        return self._weight(routes)[2]

    def _moved_night(self, route: Route) -> float:
        """Weigh a bed that was told of and is not slept in; today's most."""
        key = route.team_id, route.day
        if self._slept_at.get(key, route.sleeps_at) == route.sleeps_at:
            return 0.0
        n_days = max(0, route.day - self.at_s // DAY_S)
        return _OTHER_BED * len(self.problem.team[route.team_id].worker_ids) / (1 + n_days)

    @cached_property
    def _slept_at(self) -> Mapping[Key, str]:
        return {(r.team_id, r.day): r.sleeps_at for r in self.before.day_routes}

    def _n_told(self, route: Route) -> int:
        """Count who is met by whom and on the day they expect, but at another time."""
        starts_s = self._starts_s(route) or {}
        return sum(
            abs(at_s - self._begins_s[visit_id]) >= TOLD_S
            for visit_id, at_s in starts_s.items()
            if self.promised.get(visit_id) == (route.team_id, route.day)
        )

    def _starts_s(self, route: Route) -> Mapping[str, int] | None:
        """Give when each visit of a route begins; None where it breaks a rule."""
        shift = self.problem.team[route.team_id].shift_on(route.day)
        timed = shift and schedule(
            self.problem, shift, route.starts_from, route.sleeps_at, route.visit_ids
        )
        return {one.visit_id: one.starts_s for one in timed.visits} if timed else None

    def calmed(self, routes: Sequence[Route]) -> tuple[Route, ...]:
        """Put each day's visits into the order that families know, where little is lost by it."""
        days = Days(self.problem, {(r.team_id, r.day): r for r in routes})
        as_it_was = set(routes_of(self.changed.plan.day_routes))

        def cost_s(route: Route) -> float:
            if self._starts_s(route) is None:
                return float("inf")
            line, n = days.line(route), len(self.problem.team[route.team_id].worker_ids)
            money_s = line.cost_idr * HOUR_S / self.problem.weights.idr_per_hour
            return n * (line.riding_s + money_s) + _CALL_S * self._n_told(route)

        return tuple(
            route if route in as_it_was else min(self._orders(route, cost_s), key=cost_s)
            for route in routes
        )

    def _orders(self, route: Route, cost_s: Callable[[Route], float]) -> Iterator[Route]:
        """Yield a day in the order found, and in the one that was promised with others between."""
        yield route
        key = route.team_id, route.day
        done = [v for v in route.visit_ids if self._is_done(v)]
        known = [v for v in route.visit_ids[len(done) :] if self.promised.get(v) == key]
        others = [v for v in route.visit_ids[len(done) :] if v not in known]
        calm = replace(route, visit_ids=(*done, *sorted(known, key=self._begins_s.__getitem__)))
        for visit_id in others:
            places = range(len(done), len(calm.visit_ids) + 1)
            calm = min((with_visit_at(calm, visit_id, i) for i in places), key=cost_s)
        yield calm

    def plan_of(self, routes: Iterable[Route]) -> Plan:
        """Make a plan of routes."""
        was = self.changed.plan
        plan = plan_of(
            self.problem,
            solution_of(routes).routes,
            seed=was.seed,
            season=was.season,
            losses=Losses(
                invalid=was.invalid, unsnapped=was.unsnapped, unreachable=was.unreachable
            ),
            notices=(n for n in was.notices if "deadline" not in n.template),
        )
        return replace(
            plan,
            day_routes=tuple(self._as_it_was(route) for route in plan.day_routes),
            revision=was.revision,
        )

    def _as_it_was(self, route: DayRoute) -> DayRoute:
        """Write what has begun of a day as it stood: from when they set out, rests included."""
        old = self._first.get((route.team_id, route.day))
        n_done = 0 if old is None else sum(self._is_done(stop.visit_id) for stop in old.stops)
        if old is None or not n_done:
            return route
        departs_s = old.stops[n_done].departs_s
        rested = tuple(pause for pause in old.pauses if pause.starts_s < departs_s)
        ids = {pause.break_id for pause in rested}
        return replace(
            route,
            stops=(*old.stops[: n_done + 1], *route.stops[n_done + 1 :]),
            pauses=(*rested, *(pause for pause in route.pauses if pause.break_id not in ids)),
        )

    @cached_property
    def _first(self) -> Mapping[Key, DayRoute]:
        return {(r.team_id, r.day): r for r in self.changed.plan.day_routes}

    def _is_done(self, visit_id: str | None) -> bool:
        return visit_id is not None and self.problem.visit[visit_id][0].order == PAST
