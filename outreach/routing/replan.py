"""A plan and what happened since → the least changed new plan."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from outreach.errors import InfeasibleError
from outreach.routing.cuts import absent, cut_short, sleeping_at, stretched, trip_days, ways_home
from outreach.routing.days import Days
from outreach.routing.events import Absent, Late, Urgent, happened
from outreach.routing.held import Holding
from outreach.routing.insertion import worth_s
from outreach.routing.past import Past, freeze
from outreach.routing.plan import Losses, plan_of
from outreach.routing.repair import Repair
from outreach.routing.replan_diff import PlanDiff, plan_diff
from outreach.routing.schedule import Route
from outreach.routing.solvers.protocol import Limit, solution_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from outreach.model import DayRoute, Plan
    from outreach.routing.events import Event
    from outreach.routing.held import HeldDay
    from outreach.routing.past import Key
    from outreach.routing.problem import Problem
    from outreach.routing.repair import Rank

logger = logging.getLogger(__name__)

AT_ONCE = Limit(time_s=0.5)
"""A first answer while the caller is still on the phone."""

AlternativeKind = Literal["other_worker", "other_day", "circuit_cut_short"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Alternative:
    """A plan of another kind than the first, with what it changes."""

    kind: AlternativeKind
    problem: Problem
    plan: Plan
    diff: PlanDiff


@dataclass(frozen=True, kw_only=True, eq=False)
class Replanned:
    """
    The least changed new plan.

    `problem` holds what happened: the plan keeps its rules, and what has begun can by it only be
    as it was. A later change starts from these two.
    """

    problem: Problem
    plan: Plan
    diff: PlanDiff
    alternatives: tuple[Alternative, ...]


def replan(
    problem: Problem,
    plan: Plan,
    *,
    at_s: int,
    events: Sequence[Event] = (),
    limit: Limit = AT_ONCE,
    seed: int = 0,
) -> Replanned:
    """
    Change a plan as little as what happened allows, by insertion and repair.

    Made small are, in this order: pinned visits given up; deadlines missed; promises broken, by
    `repair.broken_promise`; then the planner's own score. Pins hold, and what has begun stays.

    Parameters
    ----------
    problem
        What the plan was made of, or, where roads are closed or a season has begun, the same with
        another matrix. It has the places of new cases.
    at_s
        Now, in seconds from the start of the horizon.
    limit
        How long others are moved to make room, for each of up to four plans.
    seed
        Kept in the plan; nothing is drawn by chance.

    Raises
    ------
    PlanningError
        When events name what the problem does not know, or the plan does not fit it.
    InfeasibleError
        When a team can sleep nowhere and cannot come home.
    """
    delays_s: dict[str, int] = {}
    for event in events:
        if isinstance(event, Late):
            delays_s[event.worker_id] = delays_s.get(event.worker_id, 0) + event.delay_s
    past = freeze(happened(problem, events), plan, at_s, delays_s=delays_s)
    past = stretched(past, plan)
    for event in events:
        if isinstance(event, Absent):
            past = absent(past, plan, event)
    urgent = frozenset(e.requirement.visits[0].id for e in events if isinstance(e, Urgent))
    maker = _Maker(before=plan, urgent=urgent, limit=limit, seed=seed)
    first = maker.make(past)
    logger.info("replanned: %s", first.diff.figures)
    return Replanned(
        problem=first.past.problem,
        plan=first.plan,
        diff=first.diff,
        alternatives=tuple(_alternatives(maker, past, first)),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Made:
    past: Past
    plan: Plan
    diff: PlanDiff
    rank: Rank


@dataclass(frozen=True, kw_only=True, eq=False)
class _Maker:
    """Makes a plan after another one, as what happened asks."""

    before: Plan
    urgent: frozenset[str]
    limit: Limit
    seed: int

    def make(
        self, past: Past, *, focus: frozenset[str] = frozenset(), barred: Iterable[Key] = ()
    ) -> _Made:
        """Hold what can be held, and repair the rest; `focus` is kept out of `barred` days."""
        past, held = _held(past, _without_slow(past.problem, self.before, self.urgent, focus))
        promised = _promised(self.before)
        repair = Repair(
            past=past,
            promised=promised,
            begins_s={
                stop.visit_id: stop.starts_s
                for route in self.before.day_routes
                for stop in route.stops
                if stop.visit_id is not None
            },
            limit=self.limit,
            focus=focus,
            barred=frozenset(barred),
        )
        pressing = (promised.keys() | self.urgent) & past.problem.visit.keys()
        days = repair.put_in(held, sorted(pressing - held.key_of.keys()))
        days = repair.fill(days, sorted(past.problem.visit.keys() - days.key_of.keys() - focus))
        solution = solution_of(days.routes.values())
        made = plan_of(
            past.problem,
            solution.routes,
            seed=self.seed,
            season=self.before.season,
            losses=Losses(
                invalid=self.before.invalid,
                unsnapped=self.before.unsnapped,
                unreachable=self.before.unreachable,
            ),
            notices=(n for n in self.before.notices if "deadline" not in n.template),
        )
        made = _as_it_was(past, self.before, made)
        diff = plan_diff(past.problem, self.before, made, at_s=past.at_s)
        return _Made(past=past, plan=made, diff=diff, rank=repair.rank(days))

    def is_met(self, made: _Made, focus: frozenset[str]) -> bool:
        """Whether a plan does what it is for: all that is urgent in it, or some of the rest."""
        now = _promised(made.plan).keys()
        urgent = focus & self.urgent
        return urgent <= now if urgent else bool(focus & now)


def _promised(plan: Plan) -> dict[str, Key]:
    return {s.visit_id: (r.team_id, r.day) for r in plan.day_routes for s in r.stops if s.visit_id}


def _without_slow(
    problem: Problem, plan: Plan, urgent: frozenset[str], focus: frozenset[str]
) -> Plan:
    """Take out of a plan what has become urgent and comes too late, and what is looked at anew."""

    def is_slow(route: DayRoute, visit_id: str | None) -> bool:
        if visit_id is None or visit_id not in problem.visit:
            return False
        deadline = problem.visit[visit_id][1].deadline_day
        return visit_id in focus or (
            visit_id in urgent and deadline is not None and route.day > deadline
        )

    return replace(
        plan,
        day_routes=tuple(
            replace(route, stops=tuple(s for s in route.stops if not is_slow(route, s.visit_id)))
            for route in plan.day_routes
        ),
    )


class _Holding(Holding):
    """Holds what has begun whatever else must go."""

    __slots__ = ()

    def _can_be_made(self, held: HeldDay, visit_ids: Sequence[str]) -> bool:
        wanted = {*visit_ids, *self.moved}
        return super()._can_be_made(held, [v for v in held.visit_ids if v in wanted])


def _held(past: Past, plan: Plan) -> tuple[Past, Days]:
    """
    Hold what a plan says as far as it can be.

    Of a night that cannot be slept as planned all ways out are tried, other lodgings and ending
    the trip: that one is taken with which the visits that fall out weigh least.
    """
    tried: set[Key] = set()
    while True:
        routes, changed = _hold(past, plan)
        stranded = _stranded(past, plan, routes) or _roofless(past.problem, routes)
        trouble = next((key for key in changed if key not in tried), stranded)
        if trouble is None:
            return past, Days(past.problem, routes)
        ways = [] if trouble in tried else list(_ways_out(past, plan, *trouble))
        tried.add(trouble)
        if ways:
            past = min(ways, key=lambda way: _lost(way, plan))
        elif stranded is not None:
            raise InfeasibleError(
                "%(team)s finds no bed after day %(day)d of the plan and cannot be home; name a"
                " lodging that is open to them",
                team=trouble[0],
                day=trouble[1] + 1,
            )


def _hold(past: Past, plan: Plan) -> tuple[dict[Key, Route], list[Key]]:
    """Hold what can be held; give the routes, and the nights that are not slept as planned."""
    holding = _Holding(past.problem, (), past.frozen)
    holding.hold(plan)
    routes = {
        key: Route(
            team_id=key[0],
            day=key[1],
            starts_from=one.starts_from,
            sleeps_at=one.sleeps_at,
            visit_ids=tuple(one.visit_ids),
        )
        for key, one in holding.days.items()
        if one.visit_ids or {one.starts_from, one.sleeps_at} != {one.team.base_id}
    }
    changed = {
        key
        for key, one in holding.days.items()
        if not one.has_night and one.sleeps_at != one.team.base_id
    }
    # Where the money suffices for no way out nothing of the trip may be left.
    lodging = past.problem.lodging
    changed |= {
        (route.team_id, route.day)
        for route in plan.day_routes
        if route.day >= past.today
        and route.sleeps_at in past.problem.team[route.team_id].may_sleep_at(route.day)
        and route.sleeps_at in lodging
        and route.day not in lodging[route.sleeps_at].nights
    }
    return {**routes, **_begun_trips(past, plan, routes)}, sorted(changed)


def _ways_out(past: Past, plan: Plan, team_id: str, night: int) -> Iterator[Past]:
    team = past.problem.team[team_id]
    for place_id in team.may_sleep_at(night):
        lodging = past.problem.lodging.get(place_id)
        if lodging is not None and night in lodging.nights and night >= past.today:
            yield sleeping_at(past, team_id, night, place_id)
    for evening in ways_home(past, plan, team_id, night):
        yield cut_short(past, plan, team_id, evening)


def _lost(past: Past, plan: Plan) -> tuple[int, bool, int]:
    """Weigh what falls out of a plan if it is held so."""
    routes, _ = _hold(past, plan)
    visits, weights = past.problem.visit, past.problem.weights
    made = {visit_id for route in routes.values() for visit_id in route.visit_ids}
    return (
        len(past.frozen - made),
        _roofless(past.problem, routes) is not None,
        sum(worth_s(weights, *visits[v]) for v in _promised(plan) if v in visits and v not in made),
    )


def _begun_trips(past: Past, plan: Plan, routes: Mapping[Key, Route]) -> dict[Key, Route]:
    """Bring home, or to where they go, teams whose trip has begun and leads to nobody any more."""
    found: dict[Key, Route] = {}
    planned = {(r.team_id, r.day): r for r in plan.day_routes}
    for key in sorted(past.n_frozen.keys() - routes.keys()):
        team = past.problem.team[key[0]]
        at = team.base_id
        for day in sorted(trip_days(plan, team, key[1])):
            route = planned[team.id, day]
            is_away = route.sleeps_at in team.may_sleep_at(day)
            if team.shift_on(day) is None or (at == team.base_id and not is_away):
                break
            sleeps_at = route.sleeps_at if is_away else team.base_id
            found[team.id, day] = Route(
                team_id=team.id, day=day, starts_from=at, sleeps_at=sleeps_at, visit_ids=()
            )
            at = sleeps_at
    return found


def _stranded(past: Past, plan: Plan, routes: Mapping[Key, Route]) -> Key | None:
    """Give a team and day of which what has begun leaves no time for the way to the night."""
    made = {visit_id for route in routes.values() for visit_id in route.visit_ids}
    lost = past.frozen - made
    keys = [key for visit_id, key in _promised(plan).items() if visit_id in lost]
    return max(((team_id, max(day, past.today)) for team_id, day in keys), default=None)


def _roofless(problem: Problem, routes: Mapping[Key, Route]) -> Key | None:
    """Give the first team and night without an open bed, or after which there is no next day."""
    taken: Counter[Key] = Counter()
    for (team_id, day), route in sorted(routes.items(), key=lambda item: item[0][::-1]):
        team = problem.team[team_id]
        if route.sleeps_at == team.base_id:
            if team.base_id not in team.may_sleep_at(day):
                return team_id, day
            continue
        lodging = problem.lodging[route.sleeps_at]
        taken[lodging.id, day] += len(team.worker_ids)
        has_bed = day in lodging.nights and taken[lodging.id, day] <= lodging.beds
        if not has_bed or (team_id, day + 1) not in routes:
            return team_id, day
    return None


def _as_it_was(past: Past, before: Plan, plan: Plan) -> Plan:
    """Write what has begun as it stood: where rests were, times on the way may differ."""
    stood = (s for route in before.day_routes for s in route.stops if s.starts_s < past.at_s)
    was = {s.visit_id: s for s in stood if s.visit_id is not None and s.visit_id in past.frozen}

    def stops(route: DayRoute) -> DayRoute:
        changed = (
            old
            if (old := was.get(s.visit_id or "")) is not None
            and (old.starts_s, old.departs_s) == (s.starts_s, s.departs_s)
            else s
            for s in route.stops
        )
        return replace(route, stops=tuple(changed))

    return replace(plan, day_routes=tuple(stops(route) for route in plan.day_routes))


def _alternatives(maker: _Maker, past: Past, first: _Made) -> Iterator[Alternative]:
    """Yield plans of another kind: somebody else, another day, a circuit that ends sooner."""
    made = [(kind, trial) for kind, trial in _trials(maker, past, first)]
    seen = [_promised(first.plan)]
    for kind, trial in made:
        if (now := _promised(trial.plan)) not in seen:
            seen.append(now)
            yield Alternative(
                kind=kind, problem=trial.past.problem, plan=trial.plan, diff=trial.diff
            )


def _trials(maker: _Maker, past: Past, first: _Made) -> Iterator[tuple[AlternativeKind, _Made]]:
    now = _promised(first.plan)
    slipped = {change.visit_id for change in first.diff.of("moved", "fell_out")}
    focus = (maker.urgent - past.frozen) or frozenset(slipped)
    placed = {now[v] for v in focus if v in now}
    by = {w for team_id, _ in placed for w in past.problem.team[team_id].worker_ids}
    days = {day for _, day in placed}
    theirs: list[Key] = []
    others: list[Key] = []
    for team in past.problem.teams:
        book = theirs if by & set(team.worker_ids) else others
        book += [(team.id, shift.day) for shift in team.shifts]
    if placed:
        other = maker.make(past, focus=focus, barred=theirs)
        if maker.is_met(other, focus):
            yield "other_worker", other
        barred = [*others, *(key for key in theirs if key[1] in days)]
        later = maker.make(past, focus=focus, barred=barred)
        if maker.is_met(later, focus):
            yield "other_day", later
    if not focus:
        return
    cut = [
        maker.make(cut_short(past, maker.before, team_id, night), focus=focus)
        for team_id, night in _trips(past, maker.before)
    ]
    cut = [one for one in cut if maker.is_met(one, focus)]
    if cut:
        yield "circuit_cut_short", min(cut, key=lambda one: one.rank)


def _trips(past: Past, plan: Plan) -> Iterator[Key]:
    """Yield each trip that is under way, with the first evening on which it can be home."""
    seen: set[str] = set()
    for route in sorted(plan.day_routes, key=lambda r: (r.day, r.team_id)):
        is_away = route.stops[-1].kind == "lodging"
        if route.day < past.today or not is_away or route.team_id in seen:
            continue
        seen.add(route.team_id)
        evenings = [n for n in ways_home(past, plan, route.team_id, route.day) if n >= route.day]
        if evenings:
            yield route.team_id, evenings[-1]
