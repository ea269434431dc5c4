"""Work times and ways out again, of a plan whose stops were moved by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.routing.audit import audit
from outreach.routing.joined import joined
from outreach.routing.plan import circuits_of, day_route
from outreach.routing.schedule import Route, schedule
from outreach.routing.violation import Violation, broken, on_route

if TYPE_CHECKING:
    from outreach.model import DayRoute, Plan
    from outreach.routing.problem import Problem

_OF_THE_WHOLE = frozenset({"legs", "totals", "score"})
_OF_TIMES = frozenset({"break", "ends", "riding", "shift", "stop", "time", "window"})


def retimed(problem: Problem, plan: Plan) -> Plan:
    """
    Time each day whose stops were moved anew: from its team, the order of its visits, the nights.

    A day starts where the team slept. Days whose legs still join their stops, and those that
    cannot be ridden in their order, stay as they are written.
    """
    plan = joined(plan)
    routes = [
        (written, _route(problem, plan, written) if _is_moved(plan, written) else None)
        for written in plan.day_routes
    ]
    names = circuits_of(problem, [r for w in plan.day_routes if (r := _route(problem, plan, w))])
    return replace(
        plan,
        day_routes=tuple(
            written
            if route is None
            else day_route(problem, route, names.get((route.team_id, route.day)))
            for written, route in routes
        ),
    )


def audit_edited(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """
    List what a plan breaks; of days whose stops were moved the times and ways say nothing.

    Such a day that cannot be ridden in its order is named once.
    """
    plan = joined(plan)
    moved = [route for route in plan.day_routes if _is_moved(plan, route)]
    if not moved or (plan.starts_at, plan.horizon_days) != (
        problem.starts_at,
        problem.horizon_days,
    ):
        return audit(problem, plan)
    found = [v for v in audit(problem, retimed(problem, plan)) if v.rule not in _OF_THE_WHOLE]
    for written in moved:
        if (team := problem.team.get(written.team_id)) is None or not team.shift_on(written.day):
            continue
        visit_ids = {stop.visit_id for stop in written.stops if stop.visit_id}
        if not visit_ids <= set(problem.visit) or _route(problem, plan, written) is not None:
            continue
        about = [on_route(problem, written), *(Message("%(id)s", {"id": i}) for i in visit_ids)]
        found = [v for v in found if v.rule not in _OF_TIMES or v.where not in about]
        found.append(
            broken(
                "order",
                on_route(problem, written),
                Message(
                    "cannot be ridden in this order: it breaks a window, a break, the shift or the"
                    " riding limit"
                ),
            )
        )
    return tuple(found)


def _is_moved(plan: Plan, written: DayRoute) -> bool:
    """Whether the legs of a day no longer join its stops, or it starts where nobody slept."""
    places = [stop.place_id for stop in written.stops]
    slept = next(
        (
            r.sleeps_at
            for r in plan.day_routes
            if (r.team_id, r.day) == (written.team_id, written.day - 1)
        ),
        written.starts_from,
    )
    return [(leg.from_id, leg.to_id) for leg in written.legs] != list(pairwise(places)) or [
        slept,
        written.sleeps_at,
    ] != [*places[:1], *places[-1:]]


def _route(problem: Problem, plan: Plan, written: DayRoute) -> Route | None:
    """Give the route of a day, None where it cannot be ridden."""
    team = problem.team.get(written.team_id)
    shift = None if team is None else team.shift_on(written.day)
    if team is None or shift is None:
        return None
    slept = {r.day + 1: r.sleeps_at for r in plan.day_routes if r.team_id == team.id}
    route = Route(
        team_id=team.id,
        day=written.day,
        starts_from=slept.get(written.day, team.base_id),
        sleeps_at=written.sleeps_at,
        visit_ids=tuple(stop.visit_id for stop in written.stops if stop.visit_id),
    )
    ends = (route.starts_from, route.sleeps_at)
    if not {*ends} <= {team.base_id, *problem.lodging} or not {*route.visit_ids} <= {
        *problem.visit
    }:
        return None
    return route if schedule(problem, shift, *ends, route.visit_ids) else None
