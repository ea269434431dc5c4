"""Hold a plan after what happened, and find the way out of a night that cannot be slept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from outreach.routing.cuts import cut_short, sleeping_at, stretched_to, trip_days, ways_home
from outreach.routing.days import Days
from outreach.routing.held import Holding
from outreach.routing.insertion import worth_s
from outreach.routing.other_nights import other_nights
from outreach.routing.schedule import Route, schedule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from outreach.model import Plan
    from outreach.routing.held import HeldDay
    from outreach.routing.past import Key, Past
    from outreach.routing.problem import Problem

_MOST_TRIED = 30

_Loss = tuple[int, bool, int, int]


class Trapped(Exception):  # noqa: N818  (it never leaves the rooms of replanning)
    """A team can sleep nowhere, and no open way leads home, on a day of the plan."""

    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self.key = key


def held_plan(past: Past, plan: Plan) -> tuple[Past, Days]:
    """
    Hold what a plan says as far as it can be.

    Of a night that cannot be slept as planned all ways out are tried: other lodgings on this
    night and the next ones, a night at home between, and ending the trip. That one is taken with
    which the visits that fall out weigh least. Only where none keeps the hours a team is on the
    road for longer.

    Raises
    ------
    Trapped
        When a team can sleep nowhere and no way leads home.
    """
    tried: set[Key] = set()
    while True:
        routes, changed = _hold(past, plan)
        stranded = _stranded(past, plan, routes) or _roofless(past, routes)
        trouble = next((key for key in changed if key not in tried), stranded)
        if trouble is None:
            return past, Days(past.problem, routes)
        if trouble in tried:
            raise Trapped(trouble)
        tried.add(trouble)
        past, plan = _out_of(past, plan, trouble)


def _out_of(past: Past, plan: Plan, trouble: Key) -> tuple[Past, Plan]:
    """Take the best way out of a night, with the plan that is held by it; else all as it is."""
    must = promised(plan)

    def weighed(ways: Iterable[tuple[Past, Plan]]) -> list[tuple[_Loss, tuple[Past, Plan]]]:
        return [(_lost(*way, must), way) for way in ways]

    found = weighed(_ways_out(past, plan, *trouble))
    if all(lost[0] or lost[1] for lost, _ in found):
        found += weighed(_late_ways_out(past, plan, *trouble))
    return min(found, key=lambda one: one[0], default=(None, (past, plan)))[1]


def promised(plan: Plan) -> dict[str, Key]:
    """Give team and day of each visit that a plan makes, by visit id."""
    return {s.visit_id: (r.team_id, r.day) for r in plan.day_routes for s in r.stops if s.visit_id}


@dataclass(slots=True, kw_only=True)
class _Holding(Holding):
    """Holds what has begun whatever else must go, and rides no way that is lost."""

    past: Past

    def _can_be_made(self, held: HeldDay, visit_ids: Sequence[str]) -> bool:
        wanted = {*visit_ids, *self.moved}
        kept = [v for v in held.visit_ids if v in wanted]
        places = self._places(held, kept)[sum(v in self.past.frozen for v in kept) :]
        if held.day >= self.past.today and not self.past.lost.isdisjoint(pairwise(places)):
            return False
        return super(_Holding, self)._can_be_made(held, kept)


def _hold(past: Past, plan: Plan) -> tuple[dict[Key, Route], list[Key]]:
    """Hold what can be held; give the routes, and the nights that are not slept as planned."""
    holding = _Holding(past.problem, (), past.frozen, most_tried=_MOST_TRIED, past=past)
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


def _ways_out(past: Past, plan: Plan, team_id: str, night: int) -> Iterator[tuple[Past, Plan]]:
    team = past.problem.team[team_id]
    for place_id in team.may_sleep_at(night):
        lodging = past.problem.lodging.get(place_id)
        if lodging is not None and night in lodging.nights and night >= past.today:
            yield sleeping_at(past, team_id, night, place_id), plan
    for evening in ways_home(past, plan, team_id, night):
        yield cut_short(past, plan, team_id, evening), plan
    yield from other_nights(past, plan, team_id, night, _routes_held)


def _late_ways_out(past: Past, plan: Plan, team_id: str, night: int) -> Iterator[tuple[Past, Plan]]:
    """Yield the same for who is on the road for as long as it takes."""
    team = past.problem.team[team_id]
    for place_id in team.may_sleep_at(night):
        lodging = past.problem.lodging.get(place_id)
        if lodging is not None and night in lodging.nights and night == past.today:
            bound = sleeping_at(past, team_id, night, place_id)
            yield stretched_to(bound, plan, team_id, night, place_id), plan
    for evening in sorted({past.today, night}):
        if trip_days(plan, team, night) >= {evening} and (team_id, evening) not in past.closed:
            home = cut_short(past, plan, team_id, evening)
            yield stretched_to(home, plan, team_id, evening, team.base_id), plan
    yield from other_nights(past, plan, team_id, night, _routes_held, late=True)


def _routes_held(past: Past, plan: Plan) -> dict[Key, Route]:
    return _hold(past, plan)[0]


def _lost(past: Past, plan: Plan, must: Iterable[str]) -> _Loss:
    """Weigh what of promised visits falls out if a plan is held so, and then what is ridden."""
    routes, _ = _hold(past, plan)
    visits, weights = past.problem.visit, past.problem.weights
    made = {visit_id for route in routes.values() for visit_id in route.visit_ids}
    return (
        len(past.frozen - made),
        _roofless(past, routes) is not None,
        sum(worth_s(weights, *visits[v]) for v in must if v in visits and v not in made),
        sum(_riding_s(past.problem, route) for route in routes.values()),
    )


def _riding_s(problem: Problem, route: Route) -> int:
    places = [problem.visit[v][0].place_id for v in route.visit_ids]
    ways = pairwise([route.starts_from, *places, route.sleeps_at])
    return sum(problem.riding_s(a, b) or 0 for a, b in ways)


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
    keys = [key for visit_id, key in promised(plan).items() if visit_id in lost]
    return max(((team_id, max(day, past.today)) for team_id, day in keys), default=None)


def _roofless(past: Past, routes: Mapping[Key, Route]) -> Key | None:
    """Give the first team and night without an open bed, a way there, or a next day."""
    problem = past.problem
    taken: Counter[Key] = Counter()
    for (team_id, day), route in sorted(routes.items(), key=lambda item: item[0][::-1]):
        team = problem.team[team_id]
        shift = team.shift_on(day)
        ends = route.starts_from, route.sleeps_at
        if shift is None or schedule(problem, shift, *ends, route.visit_ids) is None:
            return team_id, day
        if day >= past.today and not route.visit_ids and ends in past.lost:
            return team_id, day
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
