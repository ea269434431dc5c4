"""Ten seconds more: a better plan from the first answer, for which few promises are broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.errors import InfeasibleError
from outreach.lineage import Happening
from outreach.routing.improve import improve
from outreach.routing.plan import plan_visits
from outreach.routing.replan import replan
from outreach.routing.replay import replayed
from outreach.routing.score import score
from outreach.routing.solvers.protocol import Limit
from tests.properties.worlds import problems
from tests.routing.changed import assert_changed
from tests.routing.problems import Road, circuit_world, need, problem, worker
from tests.routing.test_replan import at, planned, route
from tests.routing.test_replan_properties import (
    CASE,
    FEW,
    PARAMS,
    begun,
    days_of,
    moments,
    tellings,
)

if TYPE_CHECKING:
    from outreach.model import Plan
    from outreach.routing.problem import Problem
    from outreach.routing.replan import Replanned

SHORT = Limit(iterations=5)
# At 40 km/h ten kilometres take a quarter of an hour; the day has eight hours.
ROAD = Road({"base": 0.0, "a": 10.0, "b": 20.0, "c": 30.0, "d": 40.0})
NOBODY = Happening(kind="late", at_s=at(0, 8), id="w", delay_s=60)


def better(world: Problem, plan: Plan, told: Happening = NOBODY) -> tuple[Replanned, Replanned]:
    """Replan and improve; both keep every rule."""
    first = replan(world, plan, at_s=told.at_s, happened=(told,))
    found = improve(world, plan, first, limit=SHORT)
    assert_changed(replayed(world, found.plan), found.plan)
    return first, found


def test_a_promise_is_not_broken_for_an_hour_on_the_road() -> None:
    """Both could be met on one day, which saves the ride to a and back; both were told a day."""
    world = problem(ROAD, (need("a"), need("b")), (worker(days=(0, 1)),))
    plan = planned(world, route("w", 0, "a/1"), route("w", 1, "b/1"))
    first, found = better(world, plan)
    assert found is first


def test_a_promise_is_broken_for_somebody_who_would_not_be_met() -> None:
    """
    For c there is only Friday, whose hours b takes.

    To meet c for six hours, b is met on Thursday, and is told four days before: that weighs two
    hours of riding, and ten that somebody is left out.
    """
    long_s = 6 * 3600
    needs = (
        need("b", days=((3, 4),), service_s=long_s),
        need("c", days=((4,),), service_s=long_s),
    )
    world = problem(ROAD, needs, (worker(),))
    plan = planned(world, route("w", 4, "b/1"))
    first, found = better(world, plan)
    assert days_of(first.plan) == {"b/1": ("w", 4)}
    assert days_of(found.plan) == {"b/1": ("w", 3), "c/1": ("w", 4)}
    assert [c.visit_id for c in found.diff.of("moved")] == ["b/1"]
    assert found.plan.revision is not None
    assert found.plan.revision.figures == found.diff.figures
    assert found.plan.revision.happened == first.plan.revision.happened  # type: ignore[union-attr]


def test_what_was_told_for_today_stays_today() -> None:
    """The same an hour before: b expects the worker today, c is as light, and nobody is moved."""
    needs = (
        need("b", days=((0, 1),), service_s=6 * 3600),
        need("c", days=((0,),), service_s=6 * 3600),
    )
    world = problem(ROAD, needs, (worker(days=(0, 1)),))
    plan = planned(world, route("w", 0, "b/1"))
    first, found = better(world, plan)
    assert found is first


def test_the_order_that_families_know_is_kept() -> None:
    """
    With d there is a shorter round than to a, b and c as they were told.

    The day before was a, c, b; where d is added, c and b keep their turn, as nothing is gained
    that is worth calling them.
    """
    needs = (*(need(i, days=((1,),)) for i in "abc"), need("d", days=((1, 2),), priority=0.001))
    world = problem(ROAD, needs, (worker(days=(1, 2)),))
    plan = planned(world, route("w", 1, "a/1 c/1 b/1"))
    _, found = better(world, plan)
    (day,) = [r for r in found.plan.day_routes if r.day == 1]
    met = [s.visit_id for s in day.stops if s.visit_id in {"a/1", "b/1", "c/1"}]
    assert met == ["a/1", "c/1", "b/1"]


def test_an_urgent_case_stays_with_whom_the_first_answer_sent() -> None:
    """Whoever drives there has been told by then; others are moved around the case."""
    needs = (need("a", days=((0, 1),)), need("b", days=((0, 1, 2),)))
    world = problem(ROAD, needs, (worker("u", days=(0, 1, 2)), worker("w", days=(0, 1, 2))))
    plan = planned(world, route("u", 0, "a/1"), route("w", 0, "b/1"))
    case = need("d", days=())
    told = Happening(kind="urgent", at_s=at(0, 8.1), id="d", deadline_s=at(0, 23))
    first = replan(world, plan, at_s=told.at_s, happened=(told,), dormant=(case,))
    found = improve(world, plan, first, dormant=(case,), limit=SHORT)
    assert days_of(found.plan)["d/1"] == days_of(first.plan)["d/1"]


def test_a_bed_is_not_changed_for_some_minutes() -> None:
    """A circuit of two days sleeps where it was told, though another lodging is nearer."""
    world = circuit_world({"v1": 50.0, "v2": 60.0}, {"hut": 55.0, "inn": 54.0}, n_days=2)
    plan = planned(
        world,
        route("sad", 0, "v1/1", "base", "inn"),
        route("sad", 1, "v2/1", "inn", "base"),
    )
    told = Happening(kind="late", at_s=at(0, 9), id="w0", delay_s=600)
    first, found = better(world, plan, told)
    assert [r.sleeps_at for r in found.plan.day_routes] == [
        r.sleeps_at for r in first.plan.day_routes
    ]


def test_a_bed_is_changed_for_somebody_who_would_not_be_met() -> None:
    """From the hut v2 is too far for the second day; from the inn it is next door."""
    world = circuit_world({"v1": 50.0, "v2": 100.0}, {"hut": 20.0, "inn": 95.0}, service_s=4 * 3600)
    plan = planned(
        world,
        route("sad", 0, "v1/1", "base", "hut"),
        route("sad", 1, "", "hut", "base"),
    )
    told = Happening(kind="late", at_s=at(0, 8.5), id="w0", delay_s=600)
    first, found = better(world, plan, told)
    assert days_of(first.plan) == {"v1/1": ("sad", 0)}
    assert days_of(found.plan) == {"v1/1": ("sad", 0), "v2/1": ("sad", 1)}
    assert [r.sleeps_at for r in found.plan.day_routes] == ["inn", "base"]
    assert [(n.before, n.after) for n in found.diff.nights] == [("hut", "inn")]


@settings(max_examples=15, deadline=None)
@given(world=problems(has_pins=True), at_s=moments(), data=st.data())
def test_a_better_plan_keeps_the_past_the_rules_and_the_promises(
    world: Problem, at_s: int, data: st.DataObject
) -> None:
    """Whatever happened to whatever plan: pins, deadlines, urgent cases; and it is better."""
    plan = plan_visits(world, params=PARAMS)
    told = data.draw(tellings(world, plan, at_s))
    try:
        first = replan(world, plan, at_s=at_s, happened=told, dormant=(CASE,), limit=FEW)
    except InfeasibleError:
        return
    found = improve(world, plan, first, dormant=(CASE,), limit=SHORT)
    again = improve(world, plan, first, dormant=(CASE,), limit=SHORT)
    assert found.plan == again.plan
    assert_changed(replayed(world, found.plan, dormant=(CASE,)), found.plan)
    assert begun(found.plan, at_s) == begun(first.plan, at_s)
    was, now = (score(first.problem, one.plan.day_routes) for one in (first, found))
    assert now.broken_promises_s <= was.broken_promises_s
    assert now.missed_deadlines_s <= was.missed_deadlines_s
    before, after = days_of(first.plan), days_of(found.plan)
    for one in first.plan.revision.happened if first.plan.revision else ():
        if one.kind == "urgent" and one.visit_id in before:
            assert after[one.visit_id] == before[one.visit_id]
