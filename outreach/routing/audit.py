"""
Check a plan against the problem alone.

Nothing here comes from a solver or from the schedule: the audit is the oracle of both.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from outreach.errors import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.model import DayRoute, Plan, Stop
    from outreach.routing.problem import Problem, Requirement, Team

ROUNDING_S = 1
ROUNDING_M = 1.0
ROUNDING_DEG = 1e-5
DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One rule that a plan breaks; `where` names the team and day, the visit or the worker."""

    rule: str
    where: Message
    what: Message


def audit(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """
    List every rule that the plan breaks; an empty tuple is a plan that can be ridden.

    Checked are: the horizon, each visit served or lost exactly once, days, gaps, windows,
    service times, skills and numbers, circuits, shifts, riding limits, legs and times that
    follow each other, nights that join, open lodgings and free beds, nobody in two places, and
    the totals.
    """
    if (plan.starts_at, plan.horizon_days) != (problem.starts_at, problem.horizon_days):
        return (
            _broken(
                "horizon",
                Message(
                    "%(n)d days from %(date)s",
                    {"n": plan.horizon_days, "date": f"{plan.starts_at:%Y-%m-%d}"},
                ),
                "is not what outreach.toml plans: %(n)d days from %(date)s",
                n=problem.horizon_days,
                date=f"{problem.starts_at:%Y-%m-%d}",
            ),
        )
    found = [*_once(problem, plan), *_people(plan), *_nights(problem, plan)]
    for route in plan.day_routes:
        team = problem.team.get(route.team_id)
        if team is None:
            found.append(_broken("team", _where(route), "no such team"))
            continue
        found += [*_route(problem, team, route), *_visits(problem, team, route)]
    found += [*_gaps(problem, plan), *_totals(problem, plan)]
    return tuple(found)


def _broken(rule: str, where: str | Message, template: str, **values: object) -> Violation:
    if isinstance(where, str):
        where = Message("%(id)s", {"id": where})
    return Violation(rule=rule, where=where, what=Message(template, values))


def _where(route: DayRoute) -> Message:
    return _on_day(route.team_id, route.day)


def _on_day(who: str, day: int) -> Message:
    return Message("%(who)s, day %(day)d", {"who": who, "day": day + 1})


def _once(problem: Problem, plan: Plan) -> Iterator[Violation]:
    served = Counter(s.visit_id for r in plan.day_routes for s in r.stops if s.visit_id)
    lost = Counter(loss.visit_id for loss in plan.unserved if loss.visit_id)
    for visit_id in sorted({*served, *lost} - set(problem.visit)):
        yield _broken("once", visit_id, "no such visit is required")
    for visit_id in problem.visit:
        n = served[visit_id] + lost[visit_id]
        if n != 1:
            yield _broken(
                "once",
                visit_id,
                "served %(served)d times and left out %(lost)d times; it must be one or the other",
                served=served[visit_id],
                lost=lost[visit_id],
            )


def _people(plan: Plan) -> Iterator[Violation]:
    busy = Counter((r.day, w) for r in plan.day_routes for w in r.worker_ids)
    for (day, worker), n in sorted(busy.items()):
        if n > 1:
            yield _broken("people", _on_day(worker, day), "is on %(n)d routes on one day", n=n)


def _route(problem: Problem, team: Team, route: DayRoute) -> Iterator[Violation]:
    where = _where(route)
    if not route.stops or len(route.legs) != len(route.stops) - 1:
        yield _broken("legs", where, "needs a leg between each two stops, and no other")
        return
    if tuple(sorted(route.worker_ids)) != tuple(sorted(team.worker_ids)):
        yield _broken("team", where, "its workers are not the team's")
    ends = (route.stops[0].place_id, route.stops[-1].place_id)
    if ends != (route.starts_from, route.sleeps_at):
        yield _broken("ends", where, "does not start and end where it says")
    yield from _shift(team, route)
    for (a, b), leg in zip(pairwise(route.stops), route.legs, strict=True):
        if (leg.from_id, leg.to_id) != (a.place_id, b.place_id):
            yield _broken("legs", where, "a leg does not join its stops")
            continue
        seconds = problem.riding_s(a.place_id, b.place_id)
        if seconds is None:
            yield _broken("legs", where, "no way from %(a)s to %(b)s", a=leg.from_id, b=leg.to_id)
            continue
        metres = problem.distance_m(a.place_id, b.place_id)
        if abs(leg.duration_s - seconds) > ROUNDING_S or abs(leg.distance_m - metres) > ROUNDING_M:
            yield _broken(
                "legs",
                where,
                "from %(a)s to %(b)s takes %(s)d s and %(m)d m by the matrix, not as planned",
                a=leg.from_id,
                b=leg.to_id,
                s=seconds,
                m=round(metres),
            )
        if b.arrives_s < a.departs_s + min(leg.duration_s, seconds):
            yield _broken("time", where, "is at %(b)s before it can be there", b=b.place_id)


def _shift(team: Team, route: DayRoute) -> Iterator[Violation]:
    where = _where(route)
    shifts = [s for s in team.shifts if s.day == route.day]
    if not shifts:
        yield _broken("shift", where, "nobody works on that day")
        return
    shift = shifts[0]
    if route.stops[0].departs_s < shift.starts_s or route.stops[-1].arrives_s > shift.ends_s:
        yield _broken("shift", where, "is on the road outside the shift")
    if sum(leg.duration_s for leg in route.legs) > shift.max_riding_s:
        yield _broken("riding", where, "rides longer than the limit")


def _visits(problem: Problem, team: Team, route: DayRoute) -> Iterator[Violation]:
    for stop in route.stops:
        place = problem.place.get(stop.place_id)
        if place is None:
            yield _broken("place", _where(route), "there is no place %(id)s", id=stop.place_id)
        elif max(abs(place.lon - stop.lon), abs(place.lat - stop.lat)) > ROUNDING_DEG:
            yield _broken(
                "place", _where(route), "%(id)s lies elsewhere by the tables", id=stop.place_id
            )
        if not stop.arrives_s <= stop.starts_s <= stop.departs_s:
            yield _broken("time", _where(route), "times of %(id)s run backwards", id=stop.place_id)
        if stop.visit_id is None:
            if stop.place_id not in {route.starts_from, route.sleeps_at}:
                yield _broken(
                    "stop", _where(route), "%(id)s is neither a visit nor an end", id=stop.place_id
                )
            continue
        if stop.visit_id not in problem.visit:
            continue
        requirement, visit = problem.visit[stop.visit_id]
        if route.day not in visit.days:
            yield _broken("day", visit.id, "may not be made on day %(day)d", day=route.day + 1)
        yield from _visit(requirement, team, route, stop)


def _visit(
    requirement: Requirement, team: Team, route: DayRoute, stop: Stop
) -> Iterator[Violation]:
    where = str(stop.visit_id)
    if stop.place_id != requirement.place_id:
        yield _broken("place", where, "is not made where the beneficiary is")
    if stop.departs_s - stop.starts_s != requirement.service_s:
        yield _broken("service", where, "lasts other than it must")
    clock = stop.starts_s - route.day * DAY_S
    spans = [(w.opens_s, w.closes_s) for w in requirement.windows] or [(0, DAY_S - 1)]
    if not any(opens <= clock <= closes for opens, closes in spans):
        yield _broken("window", where, "begins outside its windows")
    if len(team.worker_ids) < requirement.n_workers:
        yield _broken("workers", where, "needs %(n)d workers", n=requirement.n_workers)
    lacking = set(requirement.skills) - set(team.skills)
    if lacking:
        yield _broken("skills", where, "lacks %(skills)s", skills=", ".join(sorted(lacking)))
    if requirement.circuit_id not in {None, team.circuit_id}:
        yield _broken("circuit", where, "is made by a team of another circuit")


def _gaps(problem: Problem, plan: Plan) -> Iterator[Violation]:
    day_of = {s.visit_id: r.day for r in plan.day_routes for s in r.stops if s.visit_id}
    for requirement in problem.requirements:
        days = sorted(day_of[v.id] for v in requirement.visits if v.id in day_of)
        if any(b - a < requirement.min_gap_days for a, b in pairwise(days)):
            yield _broken(
                "gap",
                requirement.id,
                "has visits less than %(n)d days apart",
                n=requirement.min_gap_days,
            )


def _nights(problem: Problem, plan: Plan) -> Iterator[Violation]:
    by_team: dict[str, dict[int, DayRoute]] = {}
    for route in plan.day_routes:
        if route.day in by_team.setdefault(route.team_id, {}):
            yield _broken("people", _where(route), "two routes of one team on one day")
        by_team[route.team_id][route.day] = route
    sleeping: Counter[tuple[str, int]] = Counter()
    for team_id, days in sorted(by_team.items()):
        team = problem.team.get(team_id)
        if team is None:
            continue
        circuit_days = [c.days for c in problem.circuits if c.team_id == team_id]
        for day, route in sorted(days.items()):
            before = days.get(day - 1)
            slept = team.base_id if before is None else before.sleeps_at
            if route.starts_from != slept:
                yield _broken(
                    "night",
                    _where(route),
                    "starts at %(a)s, but slept at %(b)s",
                    a=route.starts_from,
                    b=slept,
                )
            if route.sleeps_at == team.base_id:
                continue
            if day + 1 not in days:
                yield _broken("night", _where(route), "never comes home")
            if not any(day in c[:-1] for c in circuit_days):
                yield _broken("night", _where(route), "sleeps away without a circuit")
            sleeping[route.sleeps_at, day] += len(route.worker_ids)
    yield from _beds(problem, sleeping)
    yield from _circuits(problem, by_team)


def _beds(problem: Problem, sleeping: Counter[tuple[str, int]]) -> Iterator[Violation]:
    for (place_id, day), n in sorted(sleeping.items()):
        where = Message("%(lodging)s, night %(day)d", {"lodging": place_id, "day": day + 1})
        lodging = problem.lodging.get(place_id)
        if lodging is None:
            yield _broken("night", where, "is not a lodging")
        elif day not in lodging.nights:
            yield _broken("night", where, "is not open")
        elif n > lodging.beds:
            yield _broken("beds", where, "has %(beds)d beds for %(n)d", beds=lodging.beds, n=n)


def _circuits(problem: Problem, by_team: dict[str, dict[int, DayRoute]]) -> Iterator[Violation]:
    for circuit in problem.circuits:
        days = by_team.get(circuit.team_id, {})
        if days and tuple(sorted(days)) != tuple(sorted(circuit.days)):
            yield _broken("circuit", circuit.team_id, "is not on the road on its days")
        for day, route in sorted(days.items()):
            base = problem.team[circuit.team_id].base_id
            if route.sleeps_at not in {*circuit.lodging_ids, base}:
                yield _broken("night", _where(route), "sleeps at a lodging of another circuit")
            if day in circuit.days[:-1] and route.sleeps_at == base:
                yield _broken("night", _where(route), "is home in the middle of its circuit")


def _totals(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for who, total in plan.totals:
        routes = [r for r in plan.day_routes if who == "all" or who in r.worker_ids]
        visits = sum(1 for r in routes for s in r.stops if s.visit_id)
        riding = sum(leg.duration_s for r in routes for leg in r.legs)
        service = sum(s.departs_s - s.starts_s for r in routes for s in r.stops)
        metres = sum(leg.distance_m for r in routes for leg in r.legs)
        away = [
            r
            for r in routes
            if r.team_id in problem.team and r.sleeps_at != problem.team[r.team_id].base_id
        ]
        if (visits, riding, service, len(away)) != (
            total.n_visits,
            total.riding_s,
            total.service_s,
            total.n_nights,
        ) or abs(metres - total.distance_m) > ROUNDING_M:
            yield _broken("totals", who, "the totals are not the sums of the routes")
