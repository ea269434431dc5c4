"""Whatever happens to whatever plan: the past stays, nobody is lost, and no rule is broken."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.lineage import Happening
from outreach.routing.matrix import TravelMatrix
from outreach.routing.plan import PlanParams, plan_visits
from outreach.routing.replan import Alternative, Replanned, replan
from outreach.routing.replay import replayed
from outreach.routing.solvers.protocol import Limit
from outreach.units import DAY_S, HOUR_S, MINUTE_S
from tests.properties.worlds import problems
from tests.routing.changed import assert_changed
from tests.routing.problems import need

if TYPE_CHECKING:
    from outreach.model import Plan, Stop
    from outreach.routing.problem import Problem

PARAMS = PlanParams(iterations=1, solver="greedy")
FEW = Limit(iterations=20)


def days_of(plan: Plan) -> dict[str, tuple[str, int]]:
    """Give team and day of each visit that is made."""
    return {s.visit_id: (r.team_id, r.day) for r in plan.day_routes for s in r.stops if s.visit_id}


def begun(plan: Plan, at_s: int) -> dict[str, Stop]:
    """Give the stops of visits that have begun."""
    stops = (stop for route in plan.day_routes for stop in route.stops)
    return {s.visit_id: s for s in stops if s.visit_id is not None and s.starts_s < at_s}


@st.composite
def moments(draw: st.DrawFn) -> int:
    """Draw a quarter of an hour of the first week's working time."""
    return draw(st.integers(0, 4)) * DAY_S + draw(st.integers(28, 68)) * 15 * MINUTE_S


CASE = need("urgent", place_id="base", days=(), service_s=HOUR_S // 2)
"""Who needs no visit in these days, until the telephone rings."""


@st.composite
def tellings(draw: st.DrawFn, world: Problem, plan: Plan, at_s: int) -> list[Happening]:
    """Draw up to three things that are told at the moment."""
    today = at_s // DAY_S
    ahead = sorted(set(days_of(plan)) - set(begun(plan, at_s)))
    workers = st.sampled_from(sorted(world.available_s))
    spans = st.tuples(st.integers(0, 40), st.integers(1, 48))
    kinds: list[st.SearchStrategy[Happening]] = [
        st.builds(
            lambda who, n: Happening(kind="late", at_s=at_s, id=who, delay_s=n * 900),
            workers,
            st.integers(1, 12),
        ),
        st.builds(
            lambda id_, day: Happening(kind="lodging_full", at_s=at_s, id=id_, day=day),
            st.sampled_from(("hut", "inn")),
            st.integers(today, today + 2),
        ),
        st.builds(
            lambda who, span: Happening(
                kind="absent",
                at_s=at_s,
                id=who,
                from_s=at_s + span[0] * HOUR_S,
                to_s=at_s + sum(span) * HOUR_S,
            ),
            workers,
            spans,
        ),
    ]
    if ahead:
        kinds.append(
            st.builds(
                lambda v: Happening(kind="cancelled", at_s=at_s, visit_id=v),
                st.sampled_from(ahead),
            )
        )
    found = draw(st.lists(st.one_of(kinds), max_size=2))
    if draw(st.booleans()):
        found.append(draw(urgent_cases(world, at_s)))
    return found


@st.composite
def urgent_cases(draw: st.DrawFn, world: Problem, at_s: int) -> Happening:
    """Draw a new case or one of the world's children, at once or due within three days."""
    id_ = draw(st.sampled_from(("urgent", *sorted({r.id for r in world.requirements}))))
    within_s = draw(st.sampled_from((0, 2 * HOUR_S, DAY_S, 2 * DAY_S, 14 * DAY_S)))
    return Happening(kind="urgent", at_s=at_s, id=id_, deadline_s=at_s + within_s)


def check(world: Problem, found: Replanned | Alternative) -> None:
    """Fail where a plan breaks a rule, by its problem or by the one that is rebuilt from it."""
    assert_changed(found.problem, found.plan)
    assert_changed(replayed(world, found.plan, dormant=(CASE,)), found.plan)


@settings(max_examples=25, deadline=None)
@given(world=problems(has_pins=True), at_s=moments(), data=st.data())
def test_the_past_stays_nobody_is_lost_and_no_rule_is_broken(
    world: Problem, at_s: int, data: st.DataObject
) -> None:
    """Of the new plan and of each alternative."""
    plan = plan_visits(world, params=PARAMS)
    told = data.draw(tellings(world, plan, at_s))
    found = replan(world, plan, at_s=at_s, happened=told, dormant=(CASE,), limit=FEW)
    assert found.plan.revision is not None
    told = list(found.plan.revision.happened)
    new = {str(one.visit_id) for one in told if one.kind == "urgent"}
    gone = {one.visit_id for one in told if one.kind == "cancelled"} - new
    past = begun(plan, at_s)
    results: list[Replanned | Alternative] = [found, *found.alternatives]
    for one in results:
        check(world, one)
        made = days_of(one.plan)
        left = {loss.visit_id for loss in one.plan.unserved}
        assert set(made) | left == (set(world.visit) | new) - gone
        assert {c.visit_id for c in one.diff.changes} == set(world.visit) | new
        now = begun(one.plan, at_s)
        assert set(now) == set(past)
        assert {v: s.starts_s for v, s in now.items()} == {v: s.starts_s for v, s in past.items()}
        assert {v: made[v] for v in past} == {v: days_of(plan)[v] for v in past}


@settings(max_examples=20, deadline=None)
@given(world=problems(has_pins=True), at_s=moments())
def test_where_nothing_happens_nothing_changes(world: Problem, at_s: int) -> None:
    """
    Every visit stays with its team on its day, and begins when it did.

    Some may be new, and a trip that leads to nobody is not ridden.
    """
    plan = plan_visits(world, params=PARAMS)
    found = replan(world, plan, at_s=at_s, limit=FEW)
    assert found.diff.of("moved", "fell_out", "cancelled") == ()
    if not found.diff.of("new") and not found.diff.nights:
        assert [c.shift_s for c in found.diff.changes] == [0] * len(found.diff.changes)
        assert found.diff.calls == ()


@settings(max_examples=20, deadline=None)
@given(world=problems(has_pins=True), at_s=moments(), data=st.data())
def test_pins_hold_whatever_is_urgent(world: Problem, at_s: int, data: st.DataObject) -> None:
    """A promised visit is on its day, with its team, and where it was."""
    plan = plan_visits(world, params=PARAMS)
    case = data.draw(urgent_cases(world, at_s))
    found = replan(world, plan, at_s=at_s, happened=[case], dormant=(CASE,), limit=FEW)
    before = {v: key for v, key in days_of(plan).items() if world.visit[v][1].is_pinned}
    now = days_of(found.plan)
    assert {v: now.get(v) for v in before} == before


@settings(max_examples=20, deadline=None)
@given(world=problems(), at_s=moments(), data=st.data())
def test_one_change_after_another_keeps_the_past(
    world: Problem, at_s: int, data: st.DataObject
) -> None:
    """
    Each starts from the plain problem and the plan before, and so does a check of it.

    Whatever is told, also of other roads: there is always a plan.
    """
    plan = plan_visits(world, params=PARAMS)
    for _ in range(3):
        told = data.draw(tellings(world, plan, at_s))
        if data.draw(st.booleans()):
            world = slowed(world, data.draw(st.sampled_from((0.5, 1.5, 3.0))))
        found = replan(world, plan, at_s=at_s, happened=told, dormant=(CASE,), limit=FEW)
        check(world, found)
        past = begun(plan, at_s)
        now = begun(found.plan, at_s)
        assert {v: s.starts_s for v, s in now.items()} == {v: s.starts_s for v, s in past.items()}
        plan, at_s = found.plan, at_s + data.draw(st.integers(0, 30)) * HOUR_S
        if at_s >= world.horizon_days * DAY_S:
            return


@settings(max_examples=20, deadline=None)
@given(world=problems(), at_s=moments(), slower=st.integers(0, 3))
def test_other_roads_break_no_rule(world: Problem, at_s: int, slower: int) -> None:
    """The season turns: all rides take longer from now on, those of the past did not."""
    plan = plan_visits(world, params=PARAMS)
    found = replan(slowed(world, 1 + slower / 4), plan, at_s=at_s, limit=FEW)
    assert_changed(found.problem, found.plan)
    assert set(begun(found.plan, at_s)) >= set(begun(plan, at_s))


def slowed(world: Problem, factor: float) -> Problem:
    """Give the same world in which every ride takes so many times as long."""
    was = world.matrix
    matrix = TravelMatrix(
        ids=was.ids,
        duration_s=was.duration_s * factor,
        distance_m=was.distance_m,
        walk_m=was.walk_m,
        n_ferries=was.n_ferries,
    )
    return replace(world, matrix=matrix)


@settings(max_examples=15, deadline=None)
@given(world=problems(), at_s=moments(), km=st.integers(-50, 50), data=st.data())
def test_nobody_is_left_without_a_plan_behind_a_closed_road(
    world: Problem, at_s: int, km: int, data: st.DataObject
) -> None:
    """A bridge is gone on the only road: whoever is beyond it is planned, or told to be cut off."""
    plan = plan_visits(world, params=PARAMS)
    closed = without_bridge(world, km + 0.5)
    told = data.draw(tellings(closed, plan, at_s))
    found = replan(closed, plan, at_s=at_s, happened=told, dormant=(CASE,), limit=FEW)
    check(closed, found)
    assert set(begun(found.plan, at_s)) == set(begun(plan, at_s))


def without_bridge(world: Problem, km: float) -> Problem:
    """Give the same world with no way across a kilometre."""
    was = world.matrix
    beyond = np.array([(world.place[i].lon - 103.6) * 111.32 > km for i in was.ids])
    open_ = beyond[:, None] == beyond[None, :]
    matrix = TravelMatrix(
        ids=was.ids,
        duration_s=np.where(open_, was.duration_s, np.inf),
        distance_m=np.where(open_, was.distance_m, np.inf),
        walk_m=was.walk_m,
        n_ferries=was.n_ferries,
    )
    return replace(world, matrix=matrix)
