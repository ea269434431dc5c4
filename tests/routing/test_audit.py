"""The audit finds each kind of violation when one is planted."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from outreach.errors import Message
from outreach.model import Loss, Stop, TimeWindow
from outreach.routing.audit import audit
from outreach.routing.problem import Circuit, Lodging, Night, Requirement, Team
from outreach.units import DAY_S, HOUR_S
from tests.routing.by_hand import plan_of, ride
from tests.routing.problems import Road, need, problem, shift, worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from outreach.model import DayRoute, Plan

WORLD = problem(
    Road({"base": 0.0, "inn": 50.0, "v": 48.0, "city": 4.0, "town": 6.0}),
    (
        need("v", days=((0, 1), (0, 1)), circuit_id="sad"),
        need("city", windows=(TimeWindow(opens_s=9 * HOUR_S, closes_s=10 * HOUR_S),)),
        need("town", skills=("sign",)),
    ),
    (
        worker("u", skills=frozenset({"sign"})),
        Team(
            id="sad",
            worker_ids=("x", "y"),
            base_id="base",
            shifts=(shift(0), shift(1)),
            circuit_id="sad",
            nights=(Night(day=0, place_ids=("inn",)),),
        ),
    ),
    lodgings=(Lodging(id="inn", nights=(0,), beds=2, cost_idr=0),),
    circuits=(Circuit(id="sad", team_id="sad", days=(0, 1), lodging_ids=("inn",)),),
)
PLAN = plan_of(
    WORLD,
    ride(
        WORLD,
        "sad",
        [("v/1", 9.2)],
        leaves_h=8,
        home_h=10.25,
        sleeps_at="inn",
        circuit_id="sad",
    ),
    ride(
        WORLD,
        "sad",
        [("v/2", 8.05)],
        day=1,
        leaves_h=8,
        home_h=10.25,
        starts_from="inn",
        circuit_id="sad",
    ),
    ride(WORLD, "u", [("city/1", 9), ("town/1", 10.05)], leaves_h=8.9, home_h=11.2),
)


def with_route(plan: Plan, team_id: str, change: Callable[[DayRoute], DayRoute]) -> Plan:
    """Change the first route of a team."""
    index = next(i for i, r in enumerate(plan.day_routes) if r.team_id == team_id)
    routes = list(plan.day_routes)
    routes[index] = change(routes[index])
    return replace(plan, day_routes=tuple(routes))


def with_stop(plan: Plan, visit: str, change: Callable[[Stop], Stop]) -> Plan:
    """Change the stop of one visit."""
    routes = tuple(
        replace(
            r,
            stops=tuple(
                change(s) if s.visit_id and s.visit_id.startswith(visit) else s for s in r.stops
            ),
        )
        for r in plan.day_routes
    )
    return replace(plan, day_routes=routes)


def without(plan: Plan, team_id: str, day: int) -> Plan:
    """Leave out one day of a team."""
    return replace(
        plan,
        day_routes=tuple(r for r in plan.day_routes if not (r.team_id == team_id and r.day == day)),
    )


def test_the_plan_itself_is_sound() -> None:
    """What the others plant their faults in has none."""
    assert audit(WORLD, PLAN) == ()
    assert not PLAN.unserved


LOSS = Loss(
    kind="unserved",
    beneficiary_id="v",
    visit_id="v/1",
    reason="no_time",
    detail=Message("planted"),
)


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        ("horizon", replace(PLAN, horizon_days=14)),
        ("horizon", replace(PLAN, starts_at=PLAN.starts_at + dt.timedelta(days=7))),
        ("once", replace(PLAN, unserved=(LOSS,))),
        ("once", replace(PLAN, unserved=(replace(LOSS, visit_id="nobody/1"),))),
        ("once", without(PLAN, "u", PLAN.day_routes[-1].day)),
        ("team", with_route(PLAN, "sad", lambda r: replace(r, team_id="ghosts"))),
        ("team", with_route(PLAN, "sad", lambda r: replace(r, worker_ids=("x",)))),
        ("people", with_route(PLAN, "sad", lambda r: replace(r, day=1))),
        ("ends", with_route(PLAN, "sad", lambda r: replace(r, sleeps_at="base"))),
        ("night", with_route(PLAN, "sad", lambda r: replace(r, sleeps_at="base"))),
        ("night", without(PLAN, "sad", 1)),
        ("circuit", without(PLAN, "sad", 0)),
        ("legs", with_route(PLAN, "sad", lambda r: replace(r, legs=r.legs[1:]))),
        (
            "legs",
            with_route(
                PLAN,
                "u",
                lambda r: replace(r, legs=(replace(r.legs[0], duration_s=1), *r.legs[1:])),
            ),
        ),
        (
            "legs",
            with_route(
                PLAN,
                "u",
                lambda r: replace(r, legs=(replace(r.legs[0], to_id="inn"), *r.legs[1:])),
            ),
        ),
        ("window", with_stop(PLAN, "city", lambda s: replace(s, starts_s=s.starts_s + 2 * HOUR_S))),
        ("time", with_stop(PLAN, "city", lambda s: replace(s, arrives_s=s.arrives_s - HOUR_S))),
        ("time", with_stop(PLAN, "city", lambda s: replace(s, departs_s=s.starts_s - 1))),
        ("service", with_stop(PLAN, "city", lambda s: replace(s, departs_s=s.starts_s))),
        ("place", with_stop(PLAN, "city", lambda s: replace(s, place_id="town"))),
        ("place", with_stop(PLAN, "city", lambda s: replace(s, lon=10.0))),
        ("place", with_stop(PLAN, "city", lambda s: replace(s, place_id="nowhere"))),
        ("stop", with_stop(PLAN, "city", lambda s: replace(s, visit_id=None))),
        ("day", with_route(PLAN, "u", lambda r: replace(r, day=6))),
        ("shift", with_route(PLAN, "u", lambda r: replace(r, day=6))),
    ],
)
def test_a_planted_fault_is_found(rule: str, broken: Plan) -> None:
    """Whatever is changed in a sound plan, its rule is named."""
    assert rule in {violation.rule for violation in audit(WORLD, broken)}


def changed(**changes: object) -> tuple[Requirement, ...]:
    """Change every requirement of the world, so that the plan breaks the new rule."""
    return tuple(replace(r, **changes) for r in WORLD.requirements)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "world"),
    [
        ("skills", replace(WORLD, requirements=changed(skills=("flying",)))),
        ("workers", replace(WORLD, requirements=changed(n_workers=5))),
        ("circuit", replace(WORLD, requirements=changed(circuit_id="other"))),
        ("gap", replace(WORLD, requirements=changed(min_gap_days=5))),
        ("service", replace(WORLD, requirements=changed(service_s=1))),
        (
            "beds",
            replace(WORLD, lodgings=(Lodging(id="inn", nights=(0,), beds=1, cost_idr=0),)),
        ),
        (
            "night",
            replace(WORLD, lodgings=(Lodging(id="inn", nights=(1,), beds=2, cost_idr=0),)),
        ),
        ("night", replace(WORLD, lodgings=())),
        (
            "night",
            replace(
                WORLD,
                teams=tuple(replace(t, nights=()) for t in WORLD.teams),
            ),
        ),
        (
            "riding",
            replace(
                WORLD,
                teams=tuple(
                    replace(t, shifts=tuple(replace(s, max_riding_s=60) for s in t.shifts))
                    for t in WORLD.teams
                ),
            ),
        ),
        (
            "shift",
            replace(
                WORLD,
                teams=tuple(
                    replace(
                        t,
                        shifts=tuple(
                            replace(s, starts_s=s.day * DAY_S + 15 * HOUR_S) for s in t.shifts
                        ),
                    )
                    for t in WORLD.teams
                ),
            ),
        ),
    ],
)
def test_a_plan_for_another_problem_is_caught(rule: str, world: object) -> None:
    """A sound plan breaks the rules of a stricter world."""
    assert isinstance(world, type(WORLD))
    assert rule in {violation.rule for violation in audit(world, PLAN)}
