"""One new plan after another one: hold what can be held, repair the rest, keep the past."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from outreach.model import Pause
from outreach.routing.days import Days
from outreach.routing.events import LodgingFull, Urgent
from outreach.routing.plan import circuits_of, day_route
from outreach.routing.reasons import explain
from outreach.routing.repair import Repair
from outreach.routing.replan_diff import plan_diff, revision_of
from outreach.routing.replan_notices import is_of_plan, notices_of, without_bed
from outreach.routing.replay import days_long, nights_kept, standing, ways_lost
from outreach.routing.score import score_of
from outreach.routing.solvers.protocol import solution_of
from outreach.routing.totals import sum_up
from outreach.routing.ways_out import held_plan, promised

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from outreach.lineage import Happening
    from outreach.model import DayRoute, Plan, Stop
    from outreach.routing.events import Event
    from outreach.routing.past import Key, Past
    from outreach.routing.problem import Problem
    from outreach.routing.repair import Rank
    from outreach.routing.replan_diff import PlanDiff
    from outreach.routing.schedule import Route
    from outreach.routing.solvers.protocol import Limit

_TURNS = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class Made:
    """A new plan with the problem that it keeps, the past, what it changes, and its rank."""

    past: Past
    plan: Plan
    diff: PlanDiff
    rank: Rank

    @property
    def problem(self) -> Problem:
        """What the plan keeps to."""
        return self.past.problem


@dataclass(frozen=True, kw_only=True, eq=False)
class Maker:
    """
    Makes plans after another one, as what happened asks.

    Parameters
    ----------
    problem
        The plain one.
    before
        The plan that is changed.
    events, told
        All that happened since the first plan, and what of it was told now.
    n_new
        How many of the last events are new.
    """

    problem: Problem
    before: Plan
    at_s: int
    events: Sequence[Event]
    n_new: int
    told: Sequence[Happening]
    limit: Limit
    seed: int

    @cached_property
    def pressing(self) -> Mapping[str, Urgent]:
        """All urgent cases by visit id; of one that was told twice, the last."""
        return {
            event.requirement.visits[0].id: event
            for event in self.events
            if isinstance(event, Urgent)
        }

    @cached_property
    def urgent(self) -> frozenset[str]:
        """The visits of the urgent cases that are new."""
        new = self.events[len(self.events) - self.n_new :]
        return frozenset(e.requirement.visits[0].id for e in new if isinstance(e, Urgent))

    @property
    def deadlines_s(self) -> Mapping[str, int]:
        """When urgent visits must have begun, by visit id."""
        cases = self.pressing.items()
        return {i: case.deadline_s for i, case in cases if case.deadline_s is not None}

    @cached_property
    def _stood(self) -> Mapping[str, Stop]:
        """What had begun, by visit id."""
        stops = (s for route in self.before.day_routes for s in route.stops)
        return {s.visit_id: s for s in stops if s.visit_id is not None and s.starts_s < self.at_s}

    @cached_property
    def _left(self) -> Mapping[Key, Stop]:
        """From where, and when, teams had set out, by team and day."""
        routes = self.before.day_routes
        firsts = {(r.team_id, r.day): r.stops[0] for r in routes}
        return {key: stop for key, stop in firsts.items() if stop.departs_s < self.at_s}

    @cached_property
    def _days(self) -> Mapping[Key, DayRoute]:
        return {(route.team_id, route.day): route for route in self.before.day_routes}

    def make(
        self, past: Past, *, focus: frozenset[str] = frozenset(), barred: Iterable[Key] = ()
    ) -> Made:
        """Hold what can be held, and repair the rest; `focus` is kept out of `barred` days."""
        past, held = held_plan(past, self._without_slow(past, focus))
        at_work = {route.team_id for route in held.routes.values()}
        off = {route.team_id for route in self.before.day_routes} - at_work
        for _ in range(_TURNS):
            sketch = self._sketch(past, held.routes.values())
            past = self._past_of(past, held.routes.values(), off=off)
            # Without the trip that it cut short, an absence may leave other hours.
            past, again = held_plan(past, sketch)
            is_settled = dict(again.routes) == dict(held.routes)
            held = again
            if is_settled:
                break
        days = self._repaired(past, Days(past.problem, held.routes), focus, frozenset(barred))
        return self.finish(past, days.routes.values())

    def finish(self, past: Past, routes: Iterable[Route]) -> Made:
        """
        Time routes, and say what they change and whom they leave out.

        Prices of what lacks are not looked for: who is on the telephone does not wait for them.
        """
        past = self._past_of(past, routes)
        in_order = solution_of(routes).routes
        days = Days(past.problem, {(r.team_id, r.day): r for r in in_order})
        out = [pair for visit_id, pair in past.problem.visit.items() if visit_id not in days.key_of]
        day_routes = self._timed(past, in_order)
        named = {s.place_id for r in day_routes for s in r.stops}
        named |= {s.contact or "" for r in day_routes for s in r.stops}
        full = {(e.lodging_id, e.day) for e in self.events if isinstance(e, LodgingFull)}
        plan = replace(
            self.before,
            seed=self.seed,
            day_routes=day_routes,
            unserved=explain(days, out),
            not_due=past.problem.not_due,
            totals=sum_up(past.problem, day_routes),
            notices=(
                *(n for n in self.before.notices if not is_of_plan(n)),
                *notices_of(self.problem, past, day_routes, self.deadlines_s),
                *without_bed(past, day_routes, full),
            ),
            score=score_of(days),
            prices=(),
            contacts=tuple(
                c for c in past.problem.contacts if c.phone is not None or c.place_id in named
            ),
            revision=None,
        )
        diff = plan_diff(
            past.problem, self.before, plan, at_s=self.at_s, deadlines_s=self.deadlines_s
        )
        revision = revision_of(self.before, diff, at_s=self.at_s, told=self.told)
        return Made(
            past=past,
            plan=replace(plan, revision=revision),
            diff=diff,
            rank=self._repair(past, frozenset(), frozenset()).rank(days),
        )

    def is_met(self, made: Made, focus: frozenset[str]) -> bool:
        """Whether a plan does what it is for: all that is urgent in it, or some of the rest."""
        now = promised(made.plan).keys()
        urgent = focus & self.urgent
        return urgent <= now if urgent else bool(focus & now)

    def _repaired(
        self, past: Past, held: Days, focus: frozenset[str], barred: frozenset[Key]
    ) -> Days:
        repair = self._repair(past, focus, barred)
        required = past.problem.visit.keys()
        pressing = (promised(self.before).keys() | self.pressing.keys()) & required
        days = repair.put_in(held, sorted(pressing - held.key_of.keys()))
        return repair.fill(days, sorted(required - days.key_of.keys() - focus))

    def _repair(self, past: Past, focus: frozenset[str], barred: frozenset[Key]) -> Repair:
        stops = (stop for route in self.before.day_routes for stop in route.stops)
        return Repair(
            past=past,
            promised=promised(self.before),
            begins_s={s.visit_id: s.starts_s for s in stops if s.visit_id is not None},
            pressing=self.pressing,
            limit=self.limit,
            focus=focus,
            barred=barred,
        )

    def _past_of(self, past: Past, routes: Iterable[Route], *, off: Collection[str] = ()) -> Past:
        """
        Take the past anew, as it follows from these routes.

        So anybody can rebuild the problem of a plan from the plan, whatever led to it.
        """
        sketch = self._sketch(past, routes)
        lost = ways_lost(self.problem, sketch, self.at_s)
        kept = nights_kept(self.problem, sketch, self.events)
        return standing(
            self.problem,
            sketch,
            self.events,
            self.at_s,
            off=off,
            cut_off=lost,
            kept=kept,
            long=days_long(self.problem, sketch, self.at_s),
        )

    def _sketch(self, past: Past, routes: Iterable[Route]) -> Plan:
        day_routes = self._timed(past, solution_of(routes).routes)
        return replace(self.before, day_routes=day_routes)

    def _timed(self, past: Past, routes: Sequence[Route]) -> tuple[DayRoute, ...]:
        circuits = circuits_of(past.problem, routes)
        return tuple(
            self._as_it_was(past, day_route(past.problem, r, circuits.get((r.team_id, r.day))))
            for r in routes
        )

    def _without_slow(self, past: Past, focus: frozenset[str]) -> Plan:
        """Take out what has become urgent and comes too late, and what is looked at anew."""
        problem = past.problem

        def is_slow(route: DayRoute, visit_id: str | None, starts_s: int) -> bool:
            if visit_id is None or visit_id not in problem.visit or visit_id in past.frozen:
                return False
            if visit_id in focus:
                return True
            if visit_id not in self.urgent:
                return False
            case = self.pressing[visit_id]
            return (
                case.is_at_once
                or (case.deadline_s is not None and starts_s > case.deadline_s)
                or self._is_after_day(problem, route, visit_id)
            )

        return replace(
            self.before,
            day_routes=tuple(
                replace(
                    route,
                    stops=tuple(
                        s for s in route.stops if not is_slow(route, s.visit_id, s.starts_s)
                    ),
                )
                for route in self.before.day_routes
            ),
        )

    def _is_after_day(self, problem: Problem, route: DayRoute, visit_id: str) -> bool:
        deadline = problem.visit[visit_id][1].deadline_day
        return deadline is not None and route.day > deadline

    def _as_it_was(self, past: Past, route: DayRoute) -> DayRoute:
        """
        Write what has begun as it stood: where rests were, times on the way may differ.

        A day on which nobody is met at another time, and nothing is ridden otherwise, stays as it
        was, rests included: nobody needs to hear of it.
        """
        day = self._days.get((route.team_id, route.day))
        if day is not None and _is_alike(day, route):
            return replace(day, circuit_id=route.circuit_id)
        stops = [
            old
            if (old := self._stood.get(s.visit_id or "")) is not None
            and s.visit_id in past.frozen
            and (old.starts_s, old.departs_s) == (s.starts_s, s.departs_s)
            else s
            for s in route.stops
        ]
        pauses = route.pauses
        left = self._left.get((route.team_id, route.day))
        if left is not None and past.n_frozen.get((route.team_id, route.day)):
            # Who is late for the first visit is on the way all the same, and rests there.
            pauses = (*_rests(past.problem, route, left.departs_s), *pauses)
            stops[0] = left
        return replace(route, stops=tuple(stops), pauses=pauses)


def _is_alike(a: DayRoute, b: DayRoute) -> bool:
    """Whether two days differ in no more than where their rests lie, and what these delay."""
    return (a.worker_ids, _ridden(a), _met(a)) == (b.worker_ids, _ridden(b), _met(b))


def _ridden(route: DayRoute) -> list[tuple[str, str, int]]:
    # Metres are rounded where a plan was written.
    return [(leg.from_id, leg.to_id, leg.duration_s) for leg in route.legs]


def _met(route: DayRoute) -> list[tuple[object, ...]]:
    return [
        (s.place_id, s.visit_id, s.starts_s, s.departs_s, s.is_pinned, s.contact)
        for s in route.stops
    ]


def _rests(problem: Problem, route: DayRoute, left_s: int) -> Iterator[Pause]:
    """Yield the breaks for which a day was to begin later than it did."""
    shift = problem.team[route.team_id].shift_on(route.day)
    taken, free_s = {pause.break_id for pause in route.pauses}, left_s
    for rest in () if shift is None else shift.breaks:
        begins_s = max(free_s, rest.opens_s)
        free_s = begins_s + rest.length_s
        if rest.id not in taken and left_s < free_s <= route.stops[0].departs_s:
            yield Pause(break_id=rest.id, starts_s=begins_s, ends_s=free_s)
