"""What is urgent by the hour: who is sent, from where they are, and what is told of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.lineage import Happening
from outreach.model import TimeWindow
from outreach.routing.replan import replan
from outreach.routing.replay import replayed
from outreach.units import HOUR_S
from tests.routing.changed import assert_changed
from tests.routing.problems import Rest, circuit_world, need, problem, worker
from tests.routing.test_replan import ROAD, at, clock_at, lines, planned, route

if TYPE_CHECKING:
    from outreach.model import Plan
    from outreach.routing.problem import Problem
    from outreach.routing.replan import Replanned

CASE = need("n", days=())
"""Of whom the tables know, and who needs no visit in these days."""


def called(
    world: Problem, plan: Plan, hour: float, *, id_: str = "n", by_h: float = 0
) -> Replanned:
    """Let the telephone ring on Monday; without an hour it is at once."""
    told = Happening(kind="urgent", at_s=at(0, hour), id=id_, deadline_s=at(0, by_h or hour))
    found = replan(world, plan, at_s=at(0, hour), happened=[told], dormant=(CASE,))
    assert_changed(found.problem, found.plan)
    assert_changed(replayed(world, found.plan, dormant=(CASE,)), found.plan)
    return found


def test_who_is_on_the_way_home_turns_back() -> None:
    """At 9:24 they are nine minutes from a: back there by 9:33, and at n a quarter later."""
    world = problem(ROAD, (need("a"),), (worker("w"),))
    found = called(world, planned(world, route("w", 0, "a/1")), 9.4)
    assert lines(found) == ["kept a/1 w@0 8.25 w@0 8.25", "new n/1 w@0 9.8"]
    (notice,) = found.plan.notices
    assert str(notice).startswith("w is shown at a/1 until 09:33 on 2026-11-30")


def test_who_is_home_with_hours_left_sets_out_once_more() -> None:
    """At two they are at home: half an hour to n, and home again at four."""
    world = problem(ROAD, (need("a"),), (worker("w"),))
    found = called(world, planned(world, route("w", 0, "a/1")), 14)
    assert lines(found)[1] == "new n/1 w@0 14.5"
    assert clock_at(found.plan.day_routes[0].stops[-1].arrives_s) == "0:16"


def test_what_is_at_once_comes_before_what_was_planned() -> None:
    """By the way n would follow b; at once it comes first, and b an hour later."""
    world = problem(ROAD, (need("a"), need("b")), (worker("w"),))
    found = called(world, planned(world, route("w", 0, "a/1 b/1")), 8.5)
    assert lines(found)[1:] == ["kept b/1 w@0 9.5 w@0 10.5", "new n/1 w@0 9.5"]


def test_what_is_at_once_comes_before_what_was_promised() -> None:
    """The door of b shuts at ten: behind b the case would wait an hour, so b waits a day."""
    until_ten = (TimeWindow(opens_s=0, closes_s=10 * HOUR_S),)
    world = problem(ROAD, (need("a"), need("b", windows=until_ten)), (worker("w"),))
    found = called(world, planned(world, route("w", 0, "a/1 b/1")), 8.5)
    assert sorted(lines(found)[1:]) == ["moved b/1 w@0 9.5 w@1 8.5", "new n/1 w@0 9.5"]


def test_no_promise_is_broken_for_a_quarter_of_an_hour() -> None:
    """The visit to b takes a quarter of an hour: so long the case can wait."""
    until_ten = (TimeWindow(opens_s=0, closes_s=10 * HOUR_S),)
    short = need("b", windows=until_ten, service_s=HOUR_S // 4)
    world = problem(ROAD, (need("a"), short), (worker("w"),))
    found = called(world, planned(world, route("w", 0, "a/1 b/1")), 8.5)
    assert lines(found)[1:] == ["kept b/1 w@0 9.5 w@0 9.5", "new n/1 w@0 9.75"]


def test_a_visit_on_the_day_of_the_deadline_may_be_late() -> None:
    """Nobody can be at n by nine: the visit at half past counts as late, and is told to be."""
    world = problem(ROAD, (need("a"),), (worker("w"),))
    found = called(world, planned(world, route("w", 0, "a/1")), 8.5, by_h=9)
    assert found.diff.figures.n_late == 1
    assert [str(n) for n in found.plan.notices] == ["n/1: planned, but after the deadline"]


def test_no_gap_keeps_an_urgent_visit_away() -> None:
    """The child was met at a quarter past eight, and is met again on the same day."""
    world = problem(ROAD, (need("a", min_gap_days=3), need("b")), (worker("w"),))
    found = called(world, planned(world, route("w", 0, "a/1 b/1")), 8.5, id_="a")
    assert lines(found)[1] == "new a/2 w@0 9.25"


def test_the_nearest_who_may_go_is_named_first() -> None:
    """The one who is near does not sign; u can be at n from the base at nine."""
    teams = (worker("u", skills=frozenset({"sign"})), worker("w"))
    world = problem(ROAD, (need("a"), need("n", skills=("sign",))), teams)
    plan = planned(world, route("w", 0, "a/1"))
    told = Happening(kind="urgent", at_s=at(0, 8.5), id="n", deadline_s=at(0, 8.5))
    found = replan(world, plan, at_s=at(0, 8.5), happened=[told])
    said = [
        (c.worker_id, c.at_place, c.riding_s, clock_at(c.arrives_s or 0), str(c.why_not))
        for c in found.candidates
    ]
    assert said == [
        ("u", "base", HOUR_S // 2, "0:9", "None"),
        ("w", "a", HOUR_S // 4, "0:9.5", "lacks sign"),
    ]


def test_who_is_late_and_has_not_set_out_does_not_by_a_second_change_either() -> None:
    """Told at seven that w sets out at nine; at half past seven somebody else cancels."""
    world = problem(ROAD, (need("a"), need("b")), (worker("w", rests=(Rest(12, 13),)),))
    plan = planned(world, route("w", 0, "a/1"), route("w", 1, "b/1"))
    late = Happening(kind="late", at_s=at(0, 7), id="w", delay_s=HOUR_S)
    first = replan(world, plan, at_s=at(0, 7), happened=[late])
    assert lines(first)[0] == "kept a/1 w@0 8.25 w@0 9.25"
    off = Happening(kind="cancelled", at_s=at(0, 7.5), id="b")
    second = replan(world, first.plan, at_s=at(0, 7.5), happened=[off])
    assert lines(second) == ["kept a/1 w@0 9.25 w@0 9.25", "cancelled b/1 w@1 8.5"]
    assert_changed(replayed(world, second.plan), second.plan)
    assert second.plan.revision is not None
    assert (second.plan.revision.number, second.plan.revision.n_told) == (2, 1)
    assert [one.kind for one in second.plan.revision.happened] == ["late", "cancelled"]


def test_a_plan_that_meets_the_case_as_another_one_does_is_not_shown() -> None:
    """The circuit's worker can meet n on the way: that the circuit ends sooner too is no help."""
    world = circuit_world({"v1": 50.0, "v2": 60.0, "n": -20.0}, {"inn": 52.0}, visits=((0, 1),))
    needs = tuple(r for r in world.requirements if r.id != "n")
    world = replace(world, requirements=needs, teams=(*world.teams, worker("w")))
    trip = route("sad", 0, "v1/1", "base", "inn"), route("sad", 1, "v2/1", "inn", "base")
    found = called(world, planned(world, *trip), 7, by_h=9)
    assert [line for line in lines(found) if line.startswith("new")] == ["new n/1 w@0 8.5"]
    told = {
        other.kind: [(c.after.team_id, c.after.day) for c in other.diff.of("new") if c.after]
        for other in found.alternatives
    }
    assert told == {"other_worker": [("sad", 0)], "other_day": [("w", 1)]}
