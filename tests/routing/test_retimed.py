"""Plans edited by hand: their times say nothing, their days, teams, orders and nights do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.model import DayRoute, Plan, Stop, TimeWindow
from outreach.routing.plan import plan_of
from outreach.routing.problem import Lodging, Night
from outreach.routing.retimed import audit_edited, retimed
from outreach.routing.schedule import Route
from outreach.units import HOUR_S
from tests.routing.problems import Road, need, problem, worker

if TYPE_CHECKING:
    from outreach.routing.problem import Problem

ROAD = Road({"base": 0.0, "a": 10.0, "b": 20.0})
MORNING = TimeWindow(opens_s=8 * HOUR_S, closes_s=9 * HOUR_S)
EVENING = TimeWindow(opens_s=13 * HOUR_S, closes_s=14 * HOUR_S)


def world(**more: tuple[TimeWindow, ...]) -> Problem:
    """Make a world of two children and a worker."""
    return problem(
        ROAD,
        tuple(replace(need(id_), windows=more.get(id_, need(id_).windows)) for id_ in ("a", "b")),
        (worker("u"),),
    )


def plan(made: Problem, *visit_ids: str) -> Plan:
    """Let the planner time these visits on Monday."""
    route = Route(
        team_id="u", day=0, starts_from="base", sleeps_at="base", visit_ids=tuple(visit_ids)
    )
    return plan_of(made, (route,), seed=0, season="dry")


def reordered(made: Plan, *positions: int) -> Plan:
    """Move the stops of the only route, as by hand: nothing else changes."""
    (route,) = made.day_routes
    stops: tuple[Stop, ...] = tuple(route.stops[i] for i in positions)
    edited: DayRoute = replace(route, stops=stops)
    return replace(made, day_routes=(edited,))


def test_stops_that_change_places_break_nothing() -> None:
    """Both may be visited at any time: the way back is the way there."""
    made = world()
    edited = reordered(plan(made, "a/1", "b/1"), 0, 2, 1, 3)
    assert audit_edited(made, edited) == ()
    assert retimed(made, edited).day_routes == plan(made, "b/1", "a/1").day_routes


def test_an_order_that_cannot_be_ridden_is_told_once() -> None:
    """A closes at nine, b opens at one: a cannot come after b, and that is all there is to say."""
    made = world(a=(MORNING,), b=(EVENING,))
    edited = reordered(plan(made, "a/1", "b/1"), 0, 2, 1, 3)
    assert [(v.rule, str(v.where)) for v in audit_edited(made, edited)] == [
        ("order", "u, 2026-11-30")
    ]


def test_a_stop_that_is_deleted_is_missed() -> None:
    """The legs and sums of the file need not be mended by hand."""
    made = world()
    found = audit_edited(made, reordered(plan(made, "a/1", "b/1"), 0, 1, 3))
    assert [(v.rule, str(v.where)) for v in found] == [("once", "b/1")]


def test_a_plan_as_it_was_made_is_as_it_was() -> None:
    """Timing anew gives the same times."""
    made = world()
    assert retimed(made, plan(made, "a/1", "b/1")) == plan(made, "a/1", "b/1")


def test_a_plan_of_other_days_is_told_so_alone() -> None:
    """Its days would be other days here."""
    made = world()
    found = audit_edited(made, replace(plan(made, "a/1"), horizon_days=14))
    assert [v.rule for v in found] == ["horizon"]


def test_a_time_that_was_changed_is_no_move() -> None:
    """The stops are where they were: the file is held to what it says."""
    made = plan(world(), "a/1", "b/1")
    (route,) = made.day_routes
    early = tuple(replace(s, arrives_s=0, starts_s=0) if s.visit_id else s for s in route.stops)
    edited = replace(made, day_routes=(replace(route, stops=early),))
    assert "time" in {violation.rule for violation in audit_edited(world(), edited)}


def test_a_night_edited_where_it_is_slept_is_meant_for_the_next_day_too() -> None:
    """The inn for the hall, both at 30 km: the next day starts there, and no rule is broken."""
    made = two_days()
    edited = with_ends(trip(made), "inn", None)
    assert audit_edited(made, edited) == ()
    assert retimed(made, edited).day_routes == trip(made, "inn").day_routes


def test_a_night_edited_where_the_next_day_starts_is_meant_for_the_evening_too() -> None:
    """Only the start was changed by hand; the evening's stops still end at the hall."""
    made = two_days()
    edited = with_ends(trip(made), None, "inn")
    assert audit_edited(made, edited) == ()
    assert retimed(made, edited).day_routes == trip(made, "inn").day_routes


def two_days() -> Problem:
    """Make a world with two lodgings at the end of the road."""
    lodgings = tuple(Lodging(id=i, nights=(0,), beds=1, cost_idr=0) for i in ("hall", "inn"))
    night = Night(day=0, place_ids=("base", "hall", "inn"))
    return problem(
        Road({**ROAD.km, "hall": 30.0, "inn": 30.0}),
        (need("a"), need("b")),
        (worker("u", nights=(night,)),),
        lodgings=lodgings,
    )


def trip(made: Problem, lodging_id: str = "hall") -> Plan:
    """Let the planner time a trip of two days."""
    ends = (("base", lodging_id, "a/1"), (lodging_id, "base", "b/1"))
    routes = (
        Route(team_id="u", day=day, starts_from=a, sleeps_at=b, visit_ids=(visit_id,))
        for day, (a, b, visit_id) in enumerate(ends)
    )
    return plan_of(made, tuple(routes), seed=0, season="dry")


def with_ends(made: Plan, sleeps_at: str | None, starts_from: str | None) -> Plan:
    """Change the night between both days, as by hand: nothing else changes."""
    first, second = made.day_routes
    first = replace(first, sleeps_at=sleeps_at or first.sleeps_at)
    second = replace(second, starts_from=starts_from or second.starts_from)
    return replace(made, day_routes=(first, second))
