"""Routes and half-made plans for the tests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.routing.days import Days
from outreach.routing.plan import plan_of
from outreach.routing.problem import Lodging, Night, Problem, Weights
from outreach.routing.schedule import Route
from tests.routing.problems import Road, need, problem, worker

if TYPE_CHECKING:
    from outreach.model import Plan


def route(team: str, day: int, *visits: str, ends: tuple[str, str] = ("base", "base")) -> Route:
    """Make a route from base to base, or between the ends."""
    return Route(team_id=team, day=day, starts_from=ends[0], sleeps_at=ends[1], visit_ids=visits)


def days_with(world: Problem, *routes: Route) -> Days:
    """Make the days that have these routes."""
    return Days(world, {(r.team_id, r.day): r for r in routes})


def planned(world: Problem, *routes: Route) -> Plan:
    """Make the plan of these routes."""
    return plan_of(world, routes, seed=0, season="dry")


def two_workers(**changes: object) -> Problem:
    """Give u and w, who also form a team, and four children who each try one rule."""
    cases = (
        need("calm"),
        need("known", known_worker_id="u"),
        need("due", deadline_day=0),
        need("pinned", days=((2,),), is_pinned=True),
    )
    world = problem(
        Road({"base": 0.0, "inn": 20.0, **{c.id: 10.0 for c in cases}}),
        cases,
        (
            worker("u", nights=(Night(day=0, place_ids=("base", "inn")),)),
            worker("u+w", worker_ids=("u", "w"), n_motorbikes=1),
            worker("w"),
        ),
        lodgings=(Lodging(id="inn", nights=(0,), beds=1, cost_idr=70_000),),
        weights=Weights(unfairness_s=0),
    )
    return replace(world, **changes)  # type: ignore[arg-type]
