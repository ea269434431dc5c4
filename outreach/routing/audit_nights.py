"""Audit people and nights: nobody in two places, beds for all, circuits whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.routing.violation import Violation, broken, on_day, on_route

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outreach.model import DayRoute, Plan
    from outreach.routing.problem import Problem, Team


def night_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield what is wrong between the routes: two at once, or nights that do not join."""
    by_team: dict[str, dict[int, DayRoute]] = {}
    for route in plan.day_routes:
        if route.day in by_team.setdefault(route.team_id, {}):
            yield broken(
                "people", on_route(problem, route), Message("two routes of one team on one day")
            )
        by_team[route.team_id][route.day] = route
    yield from _people(problem, plan)
    for team_id, days in sorted(by_team.items()):
        team = problem.team.get(team_id)
        if team is not None:
            yield from _nights(problem, team, days)
            yield from _names(problem, team, days)
    yield from _beds(problem, plan)
    yield from _circuits(problem, by_team)


def _people(problem: Problem, plan: Plan) -> Iterator[Violation]:
    routes: defaultdict[tuple[str, int], list[DayRoute]] = defaultdict(list)
    for route in plan.day_routes:
        for worker_id in route.worker_ids:
            routes[worker_id, route.day].append(route)
    for (worker_id, day), today in sorted(routes.items(), key=lambda item: item[0][::-1]):
        where = on_day(problem, worker_id, day)
        if len(today) > 1:
            n = {"n": len(today)}
            yield broken("people", where, Message("is on %(n)d routes on one day", n))
        for route in today:
            team = problem.team.get(route.team_id)
            if team is None or route.sleeps_at == team.base_id:
                continue
            others = [r for r in routes.get((worker_id, day + 1), []) if r.team_id != team.id]
            if others:
                named = {"lodging": route.sleeps_at, "team": team.id, "other": others[0].team_id}
                yield broken(
                    "people",
                    where,
                    Message(
                        "sleeps at %(lodging)s with %(team)s, and goes on with %(other)s", named
                    ),
                )


def _nights(problem: Problem, team: Team, days: Mapping[int, DayRoute]) -> Iterator[Violation]:
    for day, route in sorted(days.items()):
        where = on_route(problem, route)
        slept_at = days[day - 1].sleeps_at if day - 1 in days else team.base_id
        if route.starts_from != slept_at:
            named = {"a": route.starts_from, "b": slept_at}
            yield broken("night", where, Message("starts at %(a)s, but slept at %(b)s", named))
        if route.sleeps_at != team.base_id and day + 1 not in days:
            yield broken("night", where, Message("never comes home"))
        if route.sleeps_at not in team.may_sleep_at(day):
            yield broken(
                "night",
                where,
                Message("may not be home that night")
                if route.sleeps_at == team.base_id
                else Message("may not sleep at %(id)s", {"id": route.sleeps_at}),
            )


def _names(problem: Problem, team: Team, days: Mapping[int, DayRoute]) -> Iterator[Violation]:
    """Check what the circuits are called: as they were fixed, else by team and first day."""
    first = 0
    for day, route in sorted(days.items()):
        if route.starts_from == team.base_id or day - 1 not in days:
            first = day
        is_away = {route.starts_from, route.sleeps_at} != {team.base_id}
        name = team.circuit_id or (f"{team.id}@{first + 1}" if is_away else None)
        if route.circuit_id != name:
            yield broken(
                "circuit",
                on_route(problem, route),
                Message("belongs to no circuit")
                if name is None
                else Message("belongs to the circuit %(id)s", {"id": name}),
            )


def _beds(problem: Problem, plan: Plan) -> Iterator[Violation]:
    sleeping: Counter[tuple[str, int]] = Counter()
    for route in plan.day_routes:
        team = problem.team.get(route.team_id)
        if team is not None and route.sleeps_at != team.base_id:
            sleeping[route.sleeps_at, route.day] += len(route.worker_ids)
    for (place_id, day), n in sorted(sleeping.items()):
        where = Message("%(lodging)s, night %(day)d", {"lodging": place_id, "day": day + 1})
        lodging = problem.lodging.get(place_id)
        if lodging is None:
            yield broken("night", where, Message("is not a lodging"))
        elif day not in lodging.nights:
            yield broken("night", where, Message("is not open"))
        elif n > lodging.beds:
            full = {"beds": lodging.beds, "n": n}
            yield broken("beds", where, Message("has %(beds)d beds for %(n)d", full))


def _circuits(
    problem: Problem, by_team: Mapping[str, Mapping[int, DayRoute]]
) -> Iterator[Violation]:
    needed = {requirement.circuit_id for requirement in problem.requirements}
    for circuit in problem.circuits:
        days = by_team.get(circuit.team_id, {})
        if days and sorted(days) != sorted(circuit.days):
            yield broken("circuit", circuit.team_id, Message("is not on the road on its days"))
        if days and circuit.id not in needed:
            yield broken(
                "circuit", circuit.team_id, Message("is on the road, but nobody is on its circuit")
            )
