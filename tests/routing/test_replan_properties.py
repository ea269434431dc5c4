"""Whatever happens to whatever plan: the past stays, nobody is lost, and no rule is broken."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.errors import InfeasibleError
from outreach.routing.events import Absent, Cancelled, Late, LodgingFull, Urgent
from outreach.routing.matrix import TravelMatrix
from outreach.routing.plan import PlanParams, plan_visits
from outreach.routing.replan import Alternative, Replanned, replan
from outreach.routing.solvers.protocol import Limit
from outreach.units import DAY_S, HOUR_S, MINUTE_S
from tests.properties.worlds import problems
from tests.routing.problems import need
from tests.routing.verdict import assert_sound

if TYPE_CHECKING:
    from outreach.model import Plan, Stop
    from outreach.routing.events import Event
    from outreach.routing.problem import Problem, Requirement

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


@st.composite
def events_in(draw: st.DrawFn, world: Problem, plan: Plan, at_s: int) -> list[Event]:
    """Draw up to three things that happen at the moment."""
    today = at_s // DAY_S
    ahead = sorted(set(world.visit) - set(begun(plan, at_s)))
    workers = st.sampled_from(sorted(world.available_s))
    days = st.integers(today, today + 2)
    kinds: list[st.SearchStrategy[Event]] = [
        st.builds(Late, worker_id=workers, delay_s=st.integers(1, 12).map(lambda n: n * 900)),
        st.builds(LodgingFull, lodging_id=st.sampled_from(("hut", "inn")), day=days),
        st.builds(
            lambda who, hours, length: Absent(
                worker_id=who, from_s=at_s + hours * HOUR_S, to_s=at_s + (hours + length) * HOUR_S
            ),
            workers,
            st.integers(0, 40),
            st.integers(1, 48),
        ),
    ]
    if ahead:
        kinds.append(st.builds(Cancelled, visit_id=st.sampled_from(ahead)))
    found = draw(st.lists(st.one_of(kinds), max_size=2))
    if draw(st.booleans()):
        found.append(Urgent(requirement=draw(urgent_cases(world, today))))
    return found


@st.composite
def urgent_cases(draw: st.DrawFn, world: Problem, today: int) -> Requirement:
    """Draw a case at one of the world's places, due within three days."""
    deadline = today + draw(st.integers(0, 2))
    return need(
        "urgent",
        place_id=draw(st.sampled_from(sorted(world.place))),
        days=(tuple(range(today, world.horizon_days)),),
        deadline_day=deadline,
        service_s=HOUR_S // 2,
    )


@settings(max_examples=40, deadline=None)
@given(world=problems(has_pins=True), at_s=moments(), data=st.data())
def test_the_past_stays_nobody_is_lost_and_no_rule_is_broken(
    world: Problem, at_s: int, data: st.DataObject
) -> None:
    """Of the new plan and of each alternative."""
    plan = plan_visits(world, params=PARAMS)
    events = data.draw(events_in(world, plan, at_s))
    try:
        found = replan(world, plan, at_s=at_s, events=events, limit=FEW)
    except InfeasibleError:
        return
    new = {e.requirement.visits[0].id for e in events if isinstance(e, Urgent)}
    gone = {e.visit_id for e in events if isinstance(e, Cancelled)}
    past = begun(plan, at_s)
    results: list[Replanned | Alternative] = [found, *found.alternatives]
    for one in results:
        assert_sound(one.problem, one.plan)
        made = days_of(one.plan)
        left = {loss.visit_id for loss in one.plan.unserved}
        assert set(made) | left == (set(world.visit) | new) - gone
        assert {c.visit_id for c in one.diff.changes} == set(world.visit) | new
        now = begun(one.plan, at_s)
        assert set(now) == set(past)
        assert {v: s.starts_s for v, s in now.items()} == {v: s.starts_s for v, s in past.items()}
        assert {v: made[v] for v in past} == {v: days_of(plan)[v] for v in past}


@settings(max_examples=30, deadline=None)
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
    case = data.draw(urgent_cases(world, at_s // DAY_S))
    found = replan(world, plan, at_s=at_s, events=[Urgent(requirement=case)], limit=FEW)
    before = {v: key for v, key in days_of(plan).items() if world.visit[v][1].is_pinned}
    now = days_of(found.plan)
    assert {v: now.get(v) for v in before} == before


@settings(max_examples=20, deadline=None)
@given(world=problems(), at_s=moments(), data=st.data())
def test_one_change_after_another_keeps_the_past(
    world: Problem, at_s: int, data: st.DataObject
) -> None:
    """A second change starts from the problem and the plan of the first."""
    plan = plan_visits(world, params=PARAMS)
    later_s = at_s + data.draw(st.integers(1, 30)) * HOUR_S
    try:
        first = replan(
            world, plan, at_s=at_s, events=data.draw(events_in(world, plan, at_s)), limit=FEW
        )
        second = replan(first.problem, first.plan, at_s=later_s, limit=FEW)
    except InfeasibleError:
        return
    assert_sound(second.problem, second.plan)
    past = begun(first.plan, later_s)
    assert {v: s.starts_s for v, s in begun(second.plan, later_s).items()} == {
        v: s.starts_s for v, s in past.items()
    }


@settings(max_examples=20, deadline=None)
@given(world=problems(), at_s=moments(), slower=st.integers(0, 3))
def test_other_roads_break_no_rule(world: Problem, at_s: int, slower: int) -> None:
    """The season turns: all rides take longer from now on, those of the past did not."""
    plan = plan_visits(world, params=PARAMS)
    was = world.matrix
    wet = TravelMatrix(
        ids=was.ids,
        duration_s=was.duration_s * (1 + slower / 4),
        distance_m=was.distance_m,
        walk_m=was.walk_m,
        n_ferries=was.n_ferries,
    )
    try:
        found = replan(replace(world, matrix=wet), plan, at_s=at_s, limit=FEW)
    except InfeasibleError:
        return
    assert_sound(found.problem, found.plan)
    assert set(begun(found.plan, at_s)) >= set(begun(plan, at_s))
