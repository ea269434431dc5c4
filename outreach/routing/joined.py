"""Join the nights of a plan that were edited by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outreach.model import Plan


def joined(plan: Plan) -> Plan:
    """
    Let each day start where the team slept: a night edited in one place is meant for both.

    Which one was edited, the stops tell, that still are as they were.
    """
    routes = {(r.team_id, r.day): r for r in plan.day_routes}
    if len(routes) < len(plan.day_routes):
        return plan
    for team_id, day in sorted(routes):
        evening, morning = routes[team_id, day], routes.get((team_id, day + 1))
        if morning is None:
            continue
        has_new_start = [morning.starts_from] != [s.place_id for s in morning.stops[:1]]
        has_old_night = [evening.sleeps_at] == [s.place_id for s in evening.stops[-1:]]
        if has_new_start and has_old_night:
            routes[team_id, day] = replace(evening, sleeps_at=morning.starts_from)
        else:
            routes[team_id, day + 1] = replace(morning, starts_from=evening.sleeps_at)
    return replace(plan, day_routes=tuple(routes[r.team_id, r.day] for r in plan.day_routes))
