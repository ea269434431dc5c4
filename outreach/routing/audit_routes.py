"""Audit one team's day by itself: its shift, its legs and times, its breaks."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.routing.violation import Violation, broken, on_route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.model import DayRoute, Leg, Pause, Stop
    from outreach.routing.problem import Problem, Shift, Team

ROUNDING_S = 1
ROUNDING_M = 1.0
ROUNDING_DEG = 1e-5


def route_violations(problem: Problem, team: Team, route: DayRoute) -> Iterator[Violation]:
    """Yield what cannot be ridden as the route says."""
    where = on_route(problem, route)
    for stop in route.stops:
        yield from _stop(problem, route, stop)
    if not route.stops or len(route.legs) != len(route.stops) - 1:
        yield broken("legs", where, Message("needs a leg between each two stops, and no other"))
        return
    if sorted(route.worker_ids) != sorted(team.worker_ids):
        yield broken("team", where, Message("its workers are not the team's"))
    ends = (route.stops[0].place_id, route.stops[-1].place_id)
    if ends != (route.starts_from, route.sleeps_at):
        yield broken("ends", where, Message("does not start and end where it says"))
    for (a, b), leg in zip(pairwise(route.stops), route.legs, strict=True):
        yield from _leg(problem, route, a, b, leg)
    shift = next((s for s in team.shifts if s.day == route.day), None)
    if shift is None:
        yield broken("shift", where, Message("nobody works on that day"))
        return
    if route.stops[0].departs_s < shift.starts_s or route.stops[-1].arrives_s > shift.ends_s:
        yield broken("shift", where, Message("is on the road outside the shift"))
    if sum(leg.duration_s for leg in route.legs) > shift.max_riding_s:
        yield broken("riding", where, Message("rides longer than the limit"))
    yield from _pauses(problem, shift, route)
    yield from _due(problem, shift, route)


def _stop(problem: Problem, route: DayRoute, stop: Stop) -> Iterator[Violation]:
    where, named = on_route(problem, route), {"id": stop.place_id}
    place = problem.place.get(stop.place_id)
    if place is None:
        yield broken("place", where, Message("there is no place %(id)s", named))
    elif max(abs(place.lon - stop.lon), abs(place.lat - stop.lat)) > ROUNDING_DEG:
        yield broken("place", where, Message("%(id)s lies elsewhere by the tables", named))
    if not stop.arrives_s <= stop.starts_s <= stop.departs_s:
        yield broken("time", where, Message("times of %(id)s run backwards", named))
    if stop.visit_id is None and stop.place_id not in {route.starts_from, route.sleeps_at}:
        yield broken("stop", where, Message("%(id)s is neither a visit nor an end", named))


def _leg(problem: Problem, route: DayRoute, a: Stop, b: Stop, leg: Leg) -> Iterator[Violation]:
    where, named = on_route(problem, route), {"a": leg.from_id, "b": leg.to_id}
    if (leg.from_id, leg.to_id) != (a.place_id, b.place_id):
        yield broken("legs", where, Message("a leg does not join its stops"))
        return
    if a.place_id not in problem.place or b.place_id not in problem.place:
        return
    seconds = problem.riding_s(a.place_id, b.place_id)
    if seconds is None:
        yield broken("legs", where, Message("no way from %(a)s to %(b)s", named))
        return
    metres = problem.distance_m(a.place_id, b.place_id)
    if abs(leg.duration_s - seconds) > ROUNDING_S or abs(leg.distance_m - metres) > ROUNDING_M:
        yield broken(
            "legs",
            where,
            Message(
                "from %(a)s to %(b)s takes %(s)d s and %(m)d m by the matrix, not as planned",
                {**named, "s": seconds, "m": round(metres)},
            ),
        )
    resting = sum(_overlap_s(pause, a.departs_s, b.arrives_s) for pause in route.pauses)
    if b.arrives_s < a.departs_s + min(leg.duration_s, seconds) + resting:
        yield broken("time", where, Message("is at %(b)s before it can be there", named))


def _overlap_s(pause: Pause, from_s: int, to_s: int) -> int:
    return max(0, min(pause.ends_s, to_s) - max(pause.starts_s, from_s))


def _pauses(problem: Problem, shift: Shift, route: DayRoute) -> Iterator[Violation]:
    where = on_route(problem, route)
    known = {rest.id: rest for rest in shift.breaks}
    pauses = sorted(route.pauses, key=lambda pause: (pause.starts_s, pause.ends_s))
    for pause in pauses:
        named = {"break": pause.break_id}
        rest = known.get(pause.break_id)
        if rest is None:
            yield broken("break", where, Message("%(break)s is no break of that day", named))
            continue
        if not rest.opens_s <= pause.starts_s <= rest.closes_s:
            yield broken("break", where, Message("%(break)s begins outside its time", named))
        if pause.ends_s - pause.starts_s != rest.length_s:
            yield broken("break", where, Message("%(break)s is shorter or longer", named))
        if any(
            pause.starts_s < stop.departs_s and stop.starts_s < pause.ends_s
            for stop in route.stops
            if stop.visit_id is not None
        ):
            yield broken("break", where, Message("%(break)s falls into a visit", named))
    for a, b in pairwise(pauses):
        named = {"a": a.break_id, "b": b.break_id}
        if a.ends_s > b.starts_s:
            yield broken("break", where, Message("%(a)s and %(b)s overlap", named))
    for break_id in sorted(known):
        if sum(pause.break_id == break_id for pause in pauses) > 1:
            named = {"break": break_id}
            yield broken("break", where, Message("%(break)s is taken more than once", named))


def _due(problem: Problem, shift: Shift, route: DayRoute) -> Iterator[Violation]:
    """Name the breaks that were taken neither on the road nor at home before or after."""
    leaves_s, home_s = route.stops[0].departs_s, route.stops[-1].arrives_s
    taken = {pause.break_id: pause for pause in route.pauses}
    rested_s = 0
    for rest in shift.breaks:
        if rest.id in taken:
            rested_s = taken[rest.id].ends_s
            continue
        if home_s <= rest.closes_s:
            continue
        begins_s = max(rested_s, rest.opens_s)
        rested_s = begins_s + rest.length_s
        if begins_s > rest.closes_s or rested_s > leaves_s:
            yield broken(
                "break",
                on_route(problem, route),
                Message("%(break)s is due on the road, and is not taken", {"break": rest.id}),
            )
