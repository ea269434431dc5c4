"""Plans put together by hand, in hours, to break one rule at a time."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.model import DayRoute, Leg, Loss, Pause, Plan, Stop
from outreach.routing.audit import audit
from outreach.units import DAY_S, HOUR_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.model import PlaceKind
    from outreach.routing.problem import Problem

Made = tuple[str, float] | tuple[str, float, float]
"""A visit, when the team arrives, and when service begins if that is later; in hours."""


def ride(
    world: Problem,
    team_id: str,
    visits: Sequence[Made] = (),
    *,
    day: int = 0,
    leaves_h: float,
    home_h: float,
    starts_from: str = "base",
    sleeps_at: str = "base",
    circuit_id: str | None = None,
    pauses: Sequence[tuple[str, float, float]] = (),
) -> DayRoute:
    """Make a team's day of the visits in that order, and of its breaks."""

    def at(hour: float) -> int:
        return day * DAY_S + round(hour * HOUR_S)

    stops = [_stop(world, starts_from, at(leaves_h), at(leaves_h), at(leaves_h))]
    for visit_id, arrives_h, *starts_h in visits:
        requirement, _ = world.visit[visit_id]
        starts_s = at(starts_h[0] if starts_h else arrives_h)
        departs_s = starts_s + requirement.service_s
        place_id = requirement.place_id
        stops.append(_stop(world, place_id, at(arrives_h), starts_s, departs_s, visit_id))
    stops.append(_stop(world, sleeps_at, at(home_h), at(home_h), at(home_h)))
    return DayRoute(
        team_id=team_id,
        worker_ids=world.team[team_id].worker_ids,
        circuit_id=circuit_id,
        day=day,
        starts_from=starts_from,
        sleeps_at=sleeps_at,
        stops=tuple(stops),
        legs=tuple(
            Leg(
                from_id=a.place_id,
                to_id=b.place_id,
                duration_s=world.riding_s(a.place_id, b.place_id) or 0,
                distance_m=world.distance_m(a.place_id, b.place_id),
                walk_m=0.0,
            )
            for a, b in pairwise(stops)
        ),
        pauses=tuple(
            Pause(break_id=break_id, starts_s=at(starts), ends_s=at(ends))
            for break_id, starts, ends in pauses
        ),
    )


def _stop(
    world: Problem,
    place_id: str,
    arrives_s: int,
    starts_s: int,
    departs_s: int,
    visit_id: str | None = None,
) -> Stop:
    place = world.place[place_id]
    kind: PlaceKind = "lodging" if place_id in world.lodging else "base"
    return Stop(
        kind="visit" if visit_id else kind,
        place_id=place_id,
        visit_id=visit_id,
        is_pinned=visit_id is not None and world.visit[visit_id][1].is_pinned,
        lon=place.lon,
        lat=place.lat,
        arrives_s=arrives_s,
        starts_s=starts_s,
        departs_s=departs_s,
    )


def plan_of(world: Problem, *routes: DayRoute) -> Plan:
    """Make a plan of the routes; whoever is not on them is left out."""
    made = {stop.visit_id for route in routes for stop in route.stops}
    return Plan(
        starts_at=world.starts_at,
        horizon_days=world.horizon_days,
        seed=0,
        season="dry",
        day_routes=routes,
        unserved=tuple(
            Loss(
                kind="unserved",
                beneficiary_id=requirement.id,
                visit_id=visit_id,
                reason="no_time",
                detail=Message("left out by hand"),
            )
            for visit_id, (requirement, _) in world.visit.items()
            if visit_id not in made
        ),
    )


def told(world: Problem, plan: Plan) -> list[tuple[str, str]]:
    """Give each broken rule, and what is said of it."""
    return [(violation.rule, str(violation.what)) for violation in audit(world, plan)]
