"""There is always a plan while somebody is on the road: small weeks worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.lineage import Happening
from outreach.routing.replan import replan
from outreach.routing.replay import replayed
from outreach.units import HOUR_S, MINUTE_S
from tests.routing.changed import assert_changed
from tests.routing.problems import Rest, circuit_world, need, problem, worker
from tests.routing.test_replan import ROAD, at, clock_at, lines, nights, planned, route
from tests.routing.test_replan_properties import slowed

if TYPE_CHECKING:
    from outreach.model import Plan
    from outreach.routing.problem import Problem
    from outreach.routing.replan import Replanned


def told(world: Problem, plan: Plan, at_s: int, *happened: Happening) -> Replanned:
    """Replan, and check it by the problem that is rebuilt of the plan."""
    found = replan(world, plan, at_s=at_s, happened=happened)
    assert_changed(found.problem, found.plan)
    assert_changed(replayed(world, found.plan), found.plan)
    return found


def test_a_night_without_a_bed_that_was_slept_is_past() -> None:
    """The inn is full, and the base too far: they stay, and the next call finds them there."""
    world = circuit_world({"v1": 250.0, "v2": 260.0}, {"inn": 255.0}, n_days=2, visits=((0, 1),))
    plan = planned(
        world, route("sad", 0, "v1/1", "base", "inn"), route("sad", 1, "v2/1", "inn", "base")
    )
    full = Happening(kind="lodging_full", at_s=at(0, 15.5), id="inn", day=0)
    found = told(world, plan, at(0, 15.5), full)
    (notice,) = found.plan.notices
    assert str(notice).startswith("sad sleeps at inn on 2026-11-30, though no bed was to be free")
    late = Happening(kind="late", at_s=at(1, 7), id="w0", delay_s=HOUR_S)
    found = told(world, found.plan, at(1, 7), late)
    assert found.plan.notices == ()
    assert [r.sleeps_at for r in found.plan.day_routes] == ["inn", "base"]


def test_who_rests_on_a_way_that_becomes_longer_comes_so_much_later() -> None:
    """They left a at 11:15 and rest for an hour: c, half an hour away, is now a whole one."""
    needs = (need("a", service_s=3 * HOUR_S), need("c"))
    world = problem(ROAD, needs, (worker("w", rests=(Rest(11, 12),), ends_h=17),))
    plan = planned(world, route("w", 0, "a/1 c/1"))
    found = told(slowed(world, 2.0), plan, at(0, 12))
    stops = found.plan.day_routes[0].stops
    assert [clock_at(s.starts_s) for s in plan.day_routes[0].stops[1:3]] == ["0:8.25", "0:12.75"]
    assert [clock_at(s.starts_s) for s in stops[1:3]] == ["0:8.25", "0:13.25"]


def test_where_a_bed_lacks_the_next_nights_change_places_too() -> None:
    """
    The hut is full on Tuesday: they stay at the inn, and are at the hut a night later.

    From the inn to p and back are 7.5 hours, too long beside a visit; from the hut by l home 6.25,
    and two visits take 1.5. So p is met on Wednesday and Thursday, and nobody falls out.
    """
    world = circuit_world(
        {"l": 100.0, "p": 250.0},
        {"inn": 100.0, "hut": 250.0},
        n_days=4,
        visits=((0, 1, 2, 3),) * 4,
        service_s=45 * MINUTE_S,
    )
    needs = (replace(r, visits=r.visits[: 4 if r.id == "l" else 2]) for r in world.requirements)
    world = replace(world, requirements=tuple(needs))
    plan = planned(
        world,
        route("sad", 0, "l/1", "base", "inn"),
        route("sad", 1, "l/2 p/1", "inn", "hut"),
        route("sad", 2, "p/2 l/3", "hut", "inn"),
        route("sad", 3, "l/4", "inn", "base"),
    )
    full = Happening(kind="lodging_full", at_s=at(1, 7), id="hut", day=1)
    found = told(world, plan, at(1, 7), full)
    assert nights(found) == [(1, "hut", "inn"), (2, "inn", "hut")]
    assert [line for line in lines(found) if not line.startswith("kept l/")] == [
        "moved p/1 sad@1 12.5 sad@3 8",
        "kept p/2 sad@2 8 sad@2 12.5",
    ]
    assert found.plan.unserved == ()
