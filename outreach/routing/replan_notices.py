"""What every reader of a changed plan must know: who is late, works longer, or is cut off."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.routing.repair import TOLD_S
from outreach.units import DAY_S, MINUTE_S, format_clock

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from outreach.model import DayRoute
    from outreach.routing.past import Past
    from outreach.routing.problem import Problem

_LATE = Message("%(visits)s: planned, but after the deadline")
_LONG = Message(
    "%(team)s is on the road until %(clock)s on %(date)s, %(minutes)d minutes longer than the"
    " working hours"
)
_FAR = Message("%(team)s rides %(minutes)d minutes more than the limit on %(date)s")
_CUT_OFF = Message(
    "%(team)s is cut off: no open way leads from %(a)s to %(b)s on %(date)s. The plan counts it as"
    " before it was closed; call them, and let them wait where they are until it is open"
)

_STAYS = Message(
    "%(team)s is shown at %(visit)s until %(clock)s on %(date)s: what they ride back or wait before"
    " they go on is counted there"
)

_NO_BED = Message(
    "%(team)s sleeps at %(place)s on %(date)s, though no bed was to be free there: no other place"
    " can be reached; call them and the lodging"
)
_OWN = (_LATE, _LONG, _FAR, _CUT_OFF, _STAYS, _NO_BED)


def is_of_plan(notice: Message) -> bool:
    """Whether a notice is one of these, which are told anew of each plan."""
    return notice.template in {one.template for one in _OWN}


def notices_of(
    problem: Problem, past: Past, routes: Sequence[DayRoute], deadlines_s: Mapping[str, int]
) -> tuple[Message, ...]:
    """
    Give the notices about routes.

    Parameters
    ----------
    problem
        The plain one: with the hours as they were arranged, and the ways that are open.
    past
        Of what is over nothing is told but missed deadlines.
    deadlines_s
        When urgent visits must have begun, by visit id.
    """
    late = _late(past.problem, routes, deadlines_s)
    found = [replace(_LATE, values={"visits": ", ".join(late)})] if late else []
    for route in routes:
        if route.stops[-1].arrives_s > past.at_s:
            found += _of_day(problem, route, past.at_s)
    return tuple(found)


def without_bed(
    past: Past, routes: Sequence[DayRoute], full: Collection[tuple[str, int]]
) -> Iterator[Message]:
    """Yield who sleeps where there was said to be no bed, by lodging and day."""
    for route in routes:
        if route.day >= past.today and (route.sleeps_at, route.day) in full:
            date = (past.problem.starts_at.date() + dt.timedelta(days=route.day)).isoformat()
            named = {"team": route.team_id, "place": route.sleeps_at, "date": date}
            yield replace(_NO_BED, values=named)


def _late(
    problem: Problem, routes: Sequence[DayRoute], deadlines_s: Mapping[str, int]
) -> list[str]:
    found = []
    for route in routes:
        for stop in route.stops:
            if stop.visit_id is None:
                continue
            day = problem.visit[stop.visit_id][1].deadline_day
            by_s = deadlines_s.get(stop.visit_id, None if day is None else (day + 1) * DAY_S - 1)
            if by_s is not None and stop.starts_s > by_s:
                found.append(stop.visit_id)
    return sorted(found)


def _of_day(problem: Problem, route: DayRoute, at_s: int) -> Iterator[Message]:
    date = (problem.starts_at.date() + dt.timedelta(days=route.day)).isoformat()
    named: dict[str, object] = {"team": route.team_id, "date": date}
    shift = problem.team[route.team_id].shift_on(route.day)
    arrives_s = route.stops[-1].arrives_s
    if shift is not None and arrives_s > shift.ends_s:
        longer_s = arrives_s - shift.ends_s
        clock = format_clock(arrives_s - route.day * DAY_S)
        yield replace(_LONG, values={**named, "clock": clock, "minutes": -(-longer_s // MINUTE_S)})
    riding_s = sum(leg.duration_s for leg in route.legs)
    if shift is not None and riding_s > shift.max_riding_s:
        longer_s = riding_s - shift.max_riding_s
        yield replace(_FAR, values={**named, "minutes": -(-longer_s // MINUTE_S)})
    for stop in route.stops:
        if stop.visit_id is None or stop.visit_id not in problem.visit:
            continue
        longer_s = stop.departs_s - stop.starts_s - problem.visit[stop.visit_id][0].service_s
        if longer_s >= TOLD_S:
            clock = format_clock(stop.departs_s - route.day * DAY_S)
            yield replace(_STAYS, values={**named, "visit": stop.visit_id, "clock": clock})
    for leg, stop in zip(route.legs, route.stops[1:], strict=True):
        is_ahead = stop.arrives_s > at_s
        if is_ahead and problem.riding_s(leg.from_id, leg.to_id) is None:
            yield replace(_CUT_OFF, values={**named, "a": leg.from_id, "b": leg.to_id})
