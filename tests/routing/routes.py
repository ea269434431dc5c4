"""Routes and half-made plans for the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.routing.days import Days
from outreach.routing.schedule import Route

if TYPE_CHECKING:
    from outreach.routing.problem import Problem


def route(team: str, day: int, *visits: str, ends: tuple[str, str] = ("base", "base")) -> Route:
    """Make a route from base to base, or between the ends."""
    return Route(team_id=team, day=day, starts_from=ends[0], sleeps_at=ends[1], visit_ids=visits)


def days_with(world: Problem, *routes: Route) -> Days:
    """Make the days that have these routes."""
    return Days(world, {(r.team_id, r.day): r for r in routes})
