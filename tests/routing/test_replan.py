"""The telephone rings: small weeks whose least changed new plan can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from outreach.errors import PlanningError
from outreach.model import TimeWindow
from outreach.routing.events import Absent, Cancelled, Late, LodgingFull, Urgent
from outreach.routing.matrix import TravelMatrix
from outreach.routing.plan import plan_of
from outreach.routing.replan import replan
from outreach.routing.schedule import Route
from outreach.units import DAY_S, HOUR_S, MINUTE_S
from tests.routing.changed import assert_changed
from tests.routing.problems import Rest, Road, circuit_world, need, problem, worker
from tests.routing.verdict import assert_sound

if TYPE_CHECKING:
    from outreach.lineage import Change
    from outreach.model import Plan
    from outreach.routing.events import Event
    from outreach.routing.problem import Problem
    from outreach.routing.replan import Replanned

# At 40 km/h ten kilometres take a quarter of an hour.
ROAD = Road({"base": 0.0, "a": 10.0, "b": 20.0, "c": 30.0, "n": 20.0, "hall": 40.0, "far": 100.0})


def route(team_id: str, day: int, visits: str, *ends: str) -> Route:
    """Make a day of visits with spaces between, from and to the base or the given ends."""
    starts_from, sleeps_at = ends or ("base", "base")
    return Route(
        team_id=team_id,
        day=day,
        starts_from=starts_from,
        sleeps_at=sleeps_at,
        visit_ids=tuple(visits.split()),
    )


def planned(world: Problem, *routes: Route) -> Plan:
    """Make a plan of routes."""
    plan = plan_of(world, routes, seed=0, season="dry")
    assert_sound(world, plan)
    return plan


def at(day: int, hour: float) -> int:
    """Give the second of an hour of a day."""
    return day * DAY_S + round(hour * HOUR_S)


def replanned(world: Problem, plan: Plan, at_s: int, *events: Event) -> Replanned:
    """Replan, and check all that comes of it."""
    found = replan(world, plan, at_s=at_s, events=events)
    assert_changed(found.problem, found.plan)
    for other in found.alternatives:
        assert_changed(other.problem, other.plan)
    return found


def urgent(id_: str, *days: int, **more: object) -> Urgent:
    """Make a case for these days, the last of which is the deadline."""
    return Urgent(requirement=need(id_, days=(days,), deadline_day=days[-1], **more))  # type: ignore[arg-type]


def lines(found: Replanned) -> list[str]:
    """Write each change: kind, visit, who and when before, who and when after, in hours."""
    return [_line(change) for change in found.diff.changes]


def _line(change: Change) -> str:
    words = [change.kind, change.visit_id]
    for when in (change.before, change.after):
        if when is not None:
            hour = when.starts_s % DAY_S / HOUR_S
            words.append(f"{when.team_id}@{when.day} {hour:g}")
    return " ".join(words)


def calls(found: Replanned) -> list[str]:
    """Write each call: whom, and by when, in days and hours."""
    return [f"{c.kind} {c.id} {clock_at(c.by_s)}" for c in found.diff.calls]


def clock_at(moment_s: int) -> str:
    """Write a moment in days and hours."""
    return f"{moment_s // DAY_S}:{moment_s % DAY_S / HOUR_S:g}"


WEEK = (need("a"), need("b"), need("c"))


def test_an_urgent_case_next_door_is_met_on_the_way() -> None:
    """The worker is at a, then at b; n is next door to b, and nobody else need be told."""
    world = problem(ROAD, WEEK, (worker("w"),))
    plan = planned(world, route("w", 0, "a/1 b/1"), route("w", 1, "c/1"))
    found = replanned(world, plan, at(0, 8.5), urgent("n", 0))
    assert lines(found) == [
        "kept a/1 w@0 8.25 w@0 8.25",
        "kept b/1 w@0 9.5 w@0 9.5",
        "new n/1 w@0 10.5",
        "kept c/1 w@1 8.75 w@1 8.75",
    ]
    assert calls(found) == ["worker w 0:10.5", "family n 0:10.5"]
    assert found.diff.figures.riding_s == 0


def test_a_case_that_only_the_colleague_can_reach_is_the_colleagues() -> None:
    """Only u signs, and goes on from c to n today; tomorrow is another kind of answer."""
    teams = (worker("u", skills=frozenset({"sign"})), worker("w"))
    world = problem(ROAD, WEEK, teams)
    plan = planned(world, route("u", 0, "c/1"), route("w", 0, "a/1 b/1"))
    found = replanned(world, plan, at(0, 8.5), urgent("n", 0, 1, skills=("sign",)))
    assert lines(found)[-1] == "new n/1 u@0 10"
    assert [change.kind for change in found.diff.changes] == ["kept"] * 3 + ["new"]
    assert calls(found) == ["worker u 0:10", "family n 0:10"]
    (other,) = found.alternatives
    assert other.kind == "other_day"
    assert [_line(change) for change in other.diff.of("new")] == ["new n/1 u@1 8.5"]
    # To n and back on a day of its own: 40 km.
    assert other.diff.figures.riding_s == HOUR_S


def test_who_may_also_go_is_another_kind_of_answer() -> None:
    """The worker at a is nearest, the colleague would have to set out; or it waits a day."""
    world = problem(ROAD, (need("a"), need("b")), (worker("u"), worker("w")))
    plan = planned(world, route("w", 0, "a/1 b/1"))
    found = replanned(world, plan, at(0, 8.5), urgent("n", 0, 1))
    assert [_line(change) for change in found.diff.of("new")] == ["new n/1 w@0 10.5"]
    told = {
        other.kind: [_line(change) for change in other.diff.of("new")]
        for other in found.alternatives
    }
    assert told == {"other_worker": ["new n/1 u@0 9"], "other_day": ["new n/1 w@1 8.5"]}


def test_where_no_hour_is_free_the_visit_that_can_best_wait_makes_room() -> None:
    """Two visits fill the morning; a is moved rather than b, whose way is that of n."""
    world = problem(ROAD, WEEK, (worker("w", ends_h=11),))
    plan = planned(world, route("w", 0, "a/1 b/1"), route("w", 1, "c/1"))
    found = replanned(world, plan, at(0, 7), urgent("n", 0))
    assert lines(found) == [
        "moved a/1 w@0 8.25 w@2 8.25",
        "new n/1 w@0 8.5",
        "kept b/1 w@0 9.5 w@0 9.5",
        "kept c/1 w@1 8.75 w@1 8.75",
    ]
    assert calls(found) == ["worker w 0:8.25", "family a 0:8.25", "family n 0:8.5"]


def test_a_pinned_visit_makes_no_room() -> None:
    """Both were promised for certain: the urgent case is late, and said to be."""
    needs = (need("a", days=((0,),), is_pinned=True), need("b", days=((0,),), is_pinned=True))
    world = problem(ROAD, needs, (worker("w", ends_h=11),))
    plan = planned(world, route("w", 0, "a/1 b/1"))
    found = replanned(world, plan, at(0, 7), urgent("n", 0))
    assert lines(found)[:2] == ["kept a/1 w@0 8.25 w@0 8.25", "kept b/1 w@0 9.5 w@0 9.5"]
    (out,) = found.diff.of("stays_out")
    assert out.reason is not None
    assert found.diff.figures.n_late == 1


def test_a_known_case_that_becomes_urgent_is_drawn_forward() -> None:
    """The visit c/1 of tomorrow must be made today."""
    world = problem(ROAD, WEEK, (worker("w"),))
    plan = planned(world, route("w", 0, "a/1"), route("w", 1, "b/1 c/1"))
    found = replanned(world, plan, at(0, 8.5), urgent("c", 0))
    assert lines(found)[1] == "moved c/1 w@1 9.75 w@0 9.75"


CIRCUIT = ({"v1": 50.0, "v2": 60.0, "v3": 55.0}, {"inn": 52.0, "hut": 58.0})


def circuit(*lodgings: str) -> tuple[Problem, Plan]:
    """Make a circuit of three days, one visit on each, and the nights at the inn."""
    villages_km, lodgings_km = CIRCUIT
    world = circuit_world(
        villages_km, {i: lodgings_km[i] for i in lodgings}, n_days=3, visits=((0, 1, 2),)
    )
    return world, planned(
        world,
        route("sad", 0, "v1/1", "base", "inn"),
        route("sad", 1, "v2/1", "inn", "inn"),
        route("sad", 2, "v3/1", "inn", "base"),
    )


def nights(found: Replanned) -> list[tuple[int, str | None, str | None]]:
    """Give each night that is slept elsewhere."""
    return [(n.day, n.before, n.after) for n in found.diff.nights]


def test_a_lodging_full_on_tuesday_sends_the_circuit_to_another() -> None:
    """No visit moves: only the inn and the hut are phoned, and the worker."""
    found = replanned(*circuit("inn", "hut"), at(0, 12), LodgingFull(lodging_id="inn", day=1))
    assert nights(found) == [(1, "inn", "hut")]
    assert [change.kind for change in found.diff.changes] == ["kept"] * 3
    assert calls(found) == ["worker w0 2:0", "lodging hut 2:0", "lodging inn 2:0"]


def test_where_no_other_lodging_is_the_night_is_spent_at_home() -> None:
    """Home on Tuesday, and out again on Wednesday: nobody is told of another day."""
    found = replanned(*circuit("inn"), at(0, 12), LodgingFull(lodging_id="inn", day=1))
    assert nights(found) == [(1, "inn", "base")]
    assert lines(found) == [
        "kept v1/1 sad@0 9.25 sad@0 9.25",
        "kept v2/1 sad@1 8.2 sad@1 8.2",
        "kept v3/1 sad@2 8.075 sad@2 9.375",
    ]


def test_a_lodging_that_nobody_can_pay_is_no_way_out() -> None:
    """The hut is nearer, but the money suffices only for a night at home."""
    world, plan = circuit("inn", "hut")
    lodgings = (replace(x, cost_idr=900_000 if x.id == "hut" else 0) for x in world.lodgings)
    world = replace(world, lodgings=tuple(lodgings), budget_idr={"w0": 300_000})
    found = replanned(world, plan, at(0, 12), LodgingFull(lodging_id="inn", day=1))
    assert nights(found) == [(1, "inn", "base")]
    assert found.diff.of("moved", "fell_out") == ()


def test_a_worker_ill_on_wednesday_of_a_circuit_is_home_on_tuesday() -> None:
    """It is known on Tuesday morning: what Wednesday was for is made on the way home."""
    ill = Absent(worker_id="w0", from_s=at(2, 0), to_s=at(3, 0))
    found = replanned(*circuit("inn"), at(1, 8.1), ill)
    assert nights(found) == [(1, "inn", "base")]
    assert lines(found) == [
        "kept v1/1 sad@0 9.25 sad@0 9.25",
        "kept v2/1 sad@1 8.2 sad@1 8.2",
        "moved v3/1 sad@2 8.075 sad@1 9.325",
    ]
    assert calls(found) == ["worker w0 1:9.325", "lodging inn 2:0", "family v3 1:9.325"]


def test_who_wakes_up_ill_on_a_circuit_rides_home() -> None:
    """On Wednesday there is only the way home; the visit falls out, with its reason."""
    ill = Absent(worker_id="w0", from_s=at(2, 0), to_s=at(3, 0))
    found = replanned(*circuit("inn"), at(2, 7), ill)
    assert nights(found) == []
    (out,) = found.diff.of("fell_out")
    assert (out.visit_id, out.reason) == ("v3/1", "too_far")
    home = found.plan.day_routes[-1]
    assert (home.day, home.starts_from, home.sleeps_at, len(home.stops)) == (2, "inn", "base", 2)


def test_of_a_day_at_home_only_the_longer_part_is_worked() -> None:
    """From nine to one the worker is away: what remains is the afternoon."""
    world = problem(ROAD, WEEK, (worker("w"),))
    plan = planned(world, route("w", 0, "a/1 b/1"), route("w", 1, "c/1"))
    found = replanned(world, plan, at(0, 7), Absent(worker_id="w", from_s=at(0, 9), to_s=at(0, 13)))
    assert lines(found)[:2] == ["kept a/1 w@0 8.25 w@0 13.25", "kept b/1 w@0 9.5 w@0 14.5"]


def test_who_is_late_comes_later_and_what_no_longer_fits_is_moved() -> None:
    """Half an hour can be made up for; after two hours b would begin too late to be home at 12."""
    world = problem(ROAD, WEEK, (worker("w", ends_h=12),))
    plan = planned(world, route("w", 0, "a/1 b/1"), route("w", 1, "c/1"))
    soon = replanned(world, plan, at(0, 8.5), Late(worker_id="w", delay_s=30 * MINUTE_S))
    assert lines(soon)[:2] == ["kept a/1 w@0 8.25 w@0 8.25", "kept b/1 w@0 9.5 w@0 10"]
    later = replanned(world, plan, at(0, 8.5), Late(worker_id="w", delay_s=2 * HOUR_S))
    assert lines(later)[:2] == ["kept a/1 w@0 8.25 w@0 8.25", "moved b/1 w@0 9.5 w@1 10"]


def test_who_is_on_the_way_makes_that_visit_first() -> None:
    """At 9:20 the worker rides from a to b: n, which they pass by no more, is met after b."""
    world = problem(ROAD, WEEK, (worker("w"),))
    plan = planned(world, route("w", 0, "a/1 b/1"), route("w", 1, "c/1"))
    found = replanned(world, plan, at(0, 9 + 20 / 60), urgent("n", 0))
    assert lines(found)[1:3] == ["kept b/1 w@0 9.5 w@0 9.5", "new n/1 w@0 10.5"]


def test_a_cancelled_visit_makes_room_for_one_that_was_out() -> None:
    """There was time for two of three."""
    world = problem(ROAD, WEEK, (worker("w", days=(0,), ends_h=11.5),))
    plan = planned(world, route("w", 0, "a/1 b/1"))
    found = replanned(world, plan, at(0, 7), Cancelled(visit_id="b/1"))
    assert lines(found) == [
        "kept a/1 w@0 8.25 w@0 8.25",
        "cancelled b/1 w@0 9.5",
        "new c/1 w@0 9.75",
    ]
    assert calls(found) == ["worker w 0:9.5", "family c 0:9.75"]


def test_who_rests_at_a_door_that_stays_shut_goes_on_after_the_break() -> None:
    """Lunch is from twelve to one; b is cancelled at half past, and c is met in its place."""
    rests = (Rest(12, 12),)
    windows = (TimeWindow(opens_s=13 * HOUR_S, closes_s=15 * HOUR_S),)
    needs = (need("a", service_s=3 * HOUR_S), need("b", windows=windows), need("c", days=((0,),)))
    world = problem(ROAD, needs, (worker("w", rests=rests, ends_h=15.5),))
    plan = planned(world, route("w", 0, "a/1 b/1"))
    found = replanned(world, plan, at(0, 12.5), Cancelled(visit_id="b/1"))
    # From a, where the time until one is counted, to c: 20 km.
    assert [_line(change) for change in found.diff.of("new")] == ["new c/1 w@0 13.5"]


def test_behind_the_only_bridge_nobody_is_met_any_more() -> None:
    """The bridge is at kilometre 15, and a flood takes it on Monday at noon."""
    world = problem(ROAD, WEEK, (worker("w"),))
    plan = planned(world, route("w", 0, "b/1"), route("w", 1, "a/1 c/1"))
    found = replanned(without_bridge(world, 15.0), plan, at(0, 12))
    assert lines(found) == [
        "kept b/1 w@0 8.5 w@0 8.5",
        "kept a/1 w@1 8.25 w@1 8.25",
        "fell_out c/1 w@1 9.75",
    ]


def test_a_way_of_yesterday_that_is_closed_is_not_ridden_again() -> None:
    """The bridge at kilometre 5 goes at noon: what was ridden by it in the morning stays so."""
    needs = (need("a", days=((0,), (2,))), need("b"))
    world = problem(ROAD, needs, (worker("w"),))
    plan = planned(world, route("w", 0, "a/1"), route("w", 1, "b/1"), route("w", 2, "a/2"))
    found = replanned(without_bridge(world, 5.0), plan, at(0, 12))
    assert [_line(change) for change in found.diff.of("kept")] == ["kept a/1 w@0 8.25 w@0 8.25"]
    assert [change.visit_id for change in found.diff.of("fell_out")] == ["b/1", "a/2"]
    assert found.plan.notices == ()


def test_who_is_behind_the_bridge_is_told_to_be_cut_off() -> None:
    """The road is closed at nine, while the worker is at b: the way home counts as before."""
    world = problem(ROAD, WEEK, (worker("w"),))
    plan = planned(world, route("w", 0, "b/1 c/1"), route("w", 1, "a/1"))
    closed = without_bridge(without_bridge(world, 15.0), 25.0)
    found = replanned(closed, plan, at(0, 9))
    assert lines(found) == [
        "kept b/1 w@0 8.5 w@0 8.5",
        "fell_out c/1 w@0 9.75",
        "kept a/1 w@1 8.25 w@1 8.25",
    ]
    (notice,) = found.plan.notices
    assert str(notice).startswith("w is cut off: no open way leads from b to base on 2026-11-30.")
    # By c and back, as it was planned: the road from b itself is closed.
    assert clock_at(found.plan.day_routes[0].stops[-1].arrives_s) == "0:10.5"


def without_bridge(world: Problem, km: float) -> Problem:
    """Give the same world with no way across a kilometre."""
    was = world.matrix
    beyond = np.array([ROAD.km[i] > km for i in was.ids])
    closed = beyond[:, None] != beyond[None, :]
    matrix = TravelMatrix(
        ids=was.ids,
        duration_s=np.where(closed, np.inf, was.duration_s),
        distance_m=np.where(closed, np.inf, was.distance_m),
        walk_m=was.walk_m,
    )
    return replace(world, matrix=matrix)


def test_a_partner_is_phoned_in_place_of_the_child() -> None:
    """The home where a lives is called, once."""
    world = problem(ROAD, WEEK, (worker("w", ends_h=11),))
    places = (replace(p, contact="home" if p.id == "a" else None) for p in world.places)
    world = replace(world, places=tuple(places))
    plan = planned(world, route("w", 0, "a/1 b/1"), route("w", 1, "c/1"))
    found = replanned(world, plan, at(0, 7), urgent("n", 0))
    assert calls(found)[1] == "partner home 0:8.25"


def test_events_that_do_not_fit_are_named_all_at_once() -> None:
    """Nobody is replanned on half of what was said."""
    world = problem(ROAD, WEEK, (worker("w"),))
    plan = planned(world, route("w", 0, "a/1"))
    wrong: list[Event] = [
        Cancelled(visit_id="x/1"),
        LodgingFull(lodging_id="x", day=0),
        Late(worker_id="x", delay_s=60),
        Late(worker_id="w", delay_s=0),
        Absent(worker_id="w", from_s=5, to_s=5),
        urgent("x", 0),
        Urgent(requirement=need("a", days=((0,), (1,)))),
    ]
    with pytest.raises(PlanningError, match="7 of the events do not fit") as caught:
        replan(world, plan, at_s=0, events=wrong)
    assert [place for place, _ in caught.value.details] == ["x/1", "x", "x", "w", "w", "x", "a"]
