"""Holding on to a plan: what stays, what is let go, what remains free."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from outreach.errors import Message, PlanningError
from outreach.model import DayRoute, Plan, Stop, TimeWindow
from outreach.routing.keep import Kept, keep
from outreach.routing.problem import Circuit, Lodging, Night, Order, Problem, Requirement
from outreach.routing.violation import broken
from outreach.units import HOUR_S
from tests.routing.problems import Road, need, problem, worker

ROAD = Road({"base": 0.0, "a": 10.0, "b": 20.0, "c": 30.0, "hall": 40.0})
BASE_HALL = ("base", "hall")


def free_nights(*days: int) -> tuple[Night, ...]:
    """Let a team sleep at the base or in the hall after these days."""
    return tuple(Night(day=d, place_ids=BASE_HALL) for d in days)


def world(*needs: Requirement, **more: Any) -> Problem:
    """Make a week of workers u and w, alone or together, of whom both may sleep in the hall."""
    teams = (
        worker("u", nights=free_nights(0, 1)),
        worker("w", nights=free_nights(0, 1)),
        worker("u+w", nights=free_nights(0, 1), worker_ids=("u", "w")),
    )
    return problem(
        ROAD,
        needs or (need("a"), need("b"), need("c")),
        teams,
        lodgings=(Lodging(id="hall", nights=(0, 1), beds=more.pop("beds", 2), cost_idr=50_000),),
        **more,
    )


def stop(problem: Problem, place_id: str, visit_id: str | None = None) -> Stop:
    """Make a stop whose times say nothing."""
    place = problem.place[place_id]
    return Stop(
        kind="base" if visit_id is None else "visit",
        place_id=place_id,
        visit_id=visit_id,
        lon=place.lon,
        lat=place.lat,
        arrives_s=0,
        starts_s=0,
        departs_s=0,
    )


def plan_of(problem: Problem, *routes: tuple[str, int, str, str]) -> Plan:
    """Make a plan of routes: team, day, visits with spaces between, where the team sleeps."""
    made = []
    for team_id, day, visits, sleeps_at in routes:
        stops = [stop(problem, "base")]
        stops += [stop(problem, visit[0], visit) for visit in visits.split()]
        stops.append(stop(problem, sleeps_at))
        made.append(
            DayRoute(
                team_id=team_id,
                worker_ids=tuple(team_id.split("+")),
                circuit_id=None,
                day=day,
                starts_from="base",
                sleeps_at=sleeps_at,
                stops=tuple(stops),
                legs=(),
            )
        )
    return Plan(
        starts_at=problem.starts_at,
        horizon_days=problem.horizon_days,
        seed=0,
        season="dry",
        day_routes=tuple(made),
    )


def held(kept: Kept) -> dict[str, tuple[tuple[int, ...], tuple[str, ...], Order | None]]:
    """Give days, workers and order of each visit that is held."""
    return {
        v.id: (v.days, r.worker_ids, r.order)
        for v_id, (r, v) in kept.problem.visit.items()
        if v.is_pinned and v_id
    }


def let_go(kept: Kept) -> list[str]:
    """Say what was let go."""
    return [str(message) for message in kept.released]


def shifts(problem: Problem) -> dict[str, list[int]]:
    """Give each team's days."""
    return {t.id: [s.day for s in t.shifts] for t in problem.teams}


def test_day_team_and_order_are_held() -> None:
    """Both go together on Tuesday, b before a; c, unserved, stays free, and so do other days."""
    made = world()
    kept = keep(made, plan_of(made, ("u+w", 1, "b/1 a/1", "base")))
    assert not kept.released
    assert held(kept) == {
        "b/1": ((1,), ("u", "w"), Order(group="u+w@2", rank=1)),
        "a/1": ((1,), ("u", "w"), Order(group="u+w@2", rank=2)),
    }
    assert kept.problem.visit["c/1"] == made.visit["c/1"]
    assert shifts(kept.problem) == {"u": [0, 2, 3, 4], "w": [0, 2, 3, 4], "u+w": [0, 1, 2, 3, 4]}


def test_nights_are_held() -> None:
    """One night in the hall, and the evening before at home; no other team rides in between."""
    made = world()
    kept = keep(made, plan_of(made, ("u", 1, "a/1", "hall"), ("u", 2, "b/1", "base")))
    assert not kept.released
    team = kept.problem.team["u"]
    assert [(n.day, n.place_ids) for n in team.nights] == [(0, ("base",)), (1, ("hall",))]
    assert [s.day for s in kept.problem.team["u+w"].shifts] == [0, 3, 4]
    assert kept.problem.team["u+w"].nights == ()
    assert kept.problem.team["w"] == made.team["w"]


def test_a_night_at_home_is_held() -> None:
    """Whoever goes home on Monday does so, though the hall is open."""
    made = world()
    kept = keep(made, plan_of(made, ("u", 0, "a/1", "base"), ("u", 1, "b/1", "base")))
    assert [n.place_ids for n in kept.problem.team["u"].nights] == [("base",), ("base",)]


def test_other_visits_of_the_child_keep_the_gap() -> None:
    """Two visits two days apart, one held on Wednesday: Monday and Friday are left."""
    made = world(need("a", days=((0, 1, 2, 3, 4),) * 2, min_gap_days=2))
    kept = keep(made, plan_of(made, ("u", 2, "a/1", "base")))
    assert kept.problem.visit["a/2"][1].days == (0, 4)


@pytest.mark.parametrize(
    ("needs", "route", "why"),
    [
        ((need("a"),), ("u", 5, "a/1", "base"), "does not work then"),
        ((need("a"),), ("u", 0, "a/9", "base"), "no such visit"),
        ((need("a", days=((1,),)),), ("u", 0, "a/1", "base"), "may not be made on day 1"),
        ((need("a", n_workers=2),), ("u", 0, "a/1", "base"), "u is not the team for it"),
        ((need("a", skills=("sign",)),), ("u", 0, "a/1", "base"), "u is not the team for it"),
    ],
)
def test_what_breaks_a_rule_by_itself_is_let_go(
    needs: tuple[Requirement, ...], route: tuple[str, int, str, str], why: str
) -> None:
    """Told with its reason; everything is free as before."""
    made = world(*needs)
    kept = keep(made, plan_of(made, route))
    (message,) = let_go(kept)
    assert why in message
    assert message.startswith(route[2])
    assert held(kept) == {}
    assert shifts(kept.problem) == shifts(made)


def test_a_team_that_is_now_called_otherwise_is_known_by_its_workers() -> None:
    """The plan says w+u, the problem u+w."""
    made = world()
    plan = plan_of(made, ("w+u", 0, "a/1", "base"))
    assert held(keep(made, plan))["a/1"][1] == ("u", "w")


def test_nobody_is_held_on_two_routes() -> None:
    """The longer route of Monday stays; the other one's visit is free again."""
    made = world()
    kept = keep(made, plan_of(made, ("u", 0, "a/1", "base"), ("u+w", 0, "b/1 c/1", "base")))
    assert set(held(kept)) == {"b/1", "c/1"}
    assert "u would be on two routes" in let_go(kept)[0]


def test_no_visit_is_held_twice() -> None:
    """The first one stays."""
    made = world()
    kept = keep(made, plan_of(made, ("u", 0, "a/1", "base"), ("w", 1, "a/1", "base")))
    assert held(kept)["a/1"][0] == (0,)
    assert let_go(kept) == ["a/1 is not held a second time, on day 2"]


def test_of_visits_too_near_each_other_as_many_stay_as_can() -> None:
    """Two days apart, planned on Monday, Tuesday and Wednesday: Tuesday's is let go."""
    made = world(need("a", days=((0, 1, 2, 3, 4),) * 3, min_gap_days=2))
    plan = plan_of(made, *((("u", d, f"a/{d + 1}", "base")) for d in range(3)))
    kept = keep(made, plan)
    assert set(held(kept)) == {"a/1", "a/3"}
    assert "a/2" in let_go(kept)[0]


def windowed() -> tuple[Requirement, ...]:
    """Make three visits of an hour: a by nine, c any time, b until ten."""
    by_nine = (TimeWindow(opens_s=8 * HOUR_S, closes_s=9 * HOUR_S),)
    by_ten = (TimeWindow(opens_s=8 * HOUR_S, closes_s=10 * HOUR_S),)
    return need("a", windows=by_nine), need("b", windows=by_ten), need("c")


def test_an_order_that_breaks_a_window_loses_one_visit() -> None:
    """
    Only without a do the others fit: c is left at 9:45, and b's door just reached at ten.

    30 km at 40 km/h are 45 minutes, and 10 km are 15. Whoever goes to a after c or b, who are an
    hour each, comes after nine.
    """
    made = world(*windowed())
    kept = keep(made, plan_of(made, ("u", 0, "c/1 b/1 a/1", "base")))
    assert set(held(kept)) == {"b/1", "c/1"}
    assert "a/1 is not held on day 1: in this order it breaks" in let_go(kept)[0]


def test_what_the_audit_names_is_let_go_first() -> None:
    """The day is too long for three; a weighs least, but the audit has named c."""
    made = world(
        *(need(i, service_s=9_000, priority=p) for i, p in zip("abc", (1, 1, 5), strict=True))
    )
    plan = plan_of(made, ("u", 0, "a/1 b/1 c/1", "base"))
    assert set(held(keep(made, plan))) == {"b/1", "c/1"}
    named = [broken("window", "c/1", Message("begins outside its windows"))]
    assert set(held(keep(made, plan, named))) == {"a/1", "b/1"}


def test_times_written_in_the_plan_do_not_matter() -> None:
    """All of its stops are at midnight, which no shift allows."""
    made = world()
    kept = keep(made, plan_of(made, ("u", 0, "a/1 b/1 c/1", "base")))
    assert not kept.released


def test_money_that_does_not_suffice_lets_go_what_saves_most() -> None:
    """There and back to c are 60 km, Rp 18,000; Rp 12,000 reach b, and a on the way."""
    made = world(budget_idr={"u": 12_000})
    kept = keep(made, plan_of(made, ("u", 0, "a/1 b/1 c/1", "base")))
    assert set(held(kept)) == {"a/1", "b/1"}
    assert "the money of u does not suffice" in let_go(kept)[0]


@pytest.mark.parametrize(
    ("routes", "beds"),
    [
        ([("u", 2, "a/1", "hall"), ("u", 3, "b/1", "base")], 2),
        ([("u", 0, "a/1", "hall"), ("u", 3, "b/1", "base")], 2),
        ([("u+w", 0, "a/1", "hall"), ("u+w", 1, "b/1", "base")], 1),
    ],
    ids=["not open", "no day after it", "too few beds"],
)
def test_a_night_that_cannot_be_slept_is_let_go(
    routes: list[tuple[str, int, str, str]], beds: int
) -> None:
    """The visits stay, the team comes home or sleeps where the planner likes."""
    made = world(beds=beds)
    kept = keep(made, plan_of(made, *routes))
    assert set(held(kept)) == {"a/1", "b/1"}
    (message,) = let_go(kept)
    assert f"day {routes[0][1] + 1}: the night at hall is not held" in message
    night = next((n for n in kept.problem.team[routes[0][0]].nights if n.day == 0), None)
    assert night is None or "base" in night.place_ids


def test_a_trip_of_which_nothing_is_left_frees_its_days() -> None:
    """Both visits of the trip are too dear, so nothing binds u on Monday and Tuesday."""
    made = world(budget_idr={"u": 1_000})
    kept = keep(made, plan_of(made, ("u", 0, "a/1", "hall"), ("u", 1, "b/1", "base")))
    assert held(kept) == {}
    assert kept.problem.team["u"].nights == made.team["u"].nights
    assert shifts(kept.problem) == shifts(made)


def test_a_fixed_circuit_keeps_its_nights() -> None:
    """Tuesday's route was deleted by hand; the circuit is ridden whole, Monday's night stays."""
    made = world(need("a", days=((0, 1, 2),), circuit_id="sad"))
    nights = tuple(Night(day=d, place_ids=("hall", "inn")) for d in (0, 1))
    sad = replace(made.team["u"], id="sad", circuit_id="sad", nights=nights)
    sad = replace(sad, shifts=sad.shifts[:3])
    made = replace(made, teams=(sad,), circuits=(Circuit(id="sad", team_id="sad", days=(0, 1, 2)),))
    kept = keep(made, plan_of(made, ("sad", 0, "a/1", "hall")))
    assert not kept.released
    assert [n.place_ids for n in kept.problem.team["sad"].nights] == [("hall",), ("hall", "inn")]
    assert kept.problem.visit["a/1"][0].circuit_id == "sad"


def test_what_was_pinned_before_stays_where_it_was() -> None:
    """The supervisor's own order says a before b; the plan has it the other way round."""
    made = world(
        need("a", order=("day", 1), is_pinned=True), need("b", order=("day", 2), is_pinned=True)
    )
    kept = keep(made, plan_of(made, ("u", 0, "b/1 a/1", "base")))
    assert [m.partition(" is")[0] for m in let_go(kept)] == ["a/1"]
    assert kept.problem.visit["a/1"] == made.visit["a/1"]


def test_a_plan_of_other_days_cannot_be_kept() -> None:
    """Last week's plan is refused with both dates."""
    made = world()
    plan = replace(plan_of(made), horizon_days=14)
    with pytest.raises(PlanningError, match="14 days from 2026-11-30"):
        keep(made, plan)


def full_day() -> Problem:
    """Make a day of eight hours for three visits of two and a half hours, of which a weighs least.

    Two of them and the longest way, 60 km, are six hours and a half; three are too long.
    """
    return world(
        *(need(i, service_s=9_000, priority=p) for i, p in zip("abc", (1, 2, 5), strict=True))
    )


def test_what_was_moved_by_hand_stays_on_a_full_day() -> None:
    """The light a was moved to Monday: of the others the lighter b makes room, and is told so."""
    made = full_day()
    kept = keep(made, plan_of(made, ("u", 0, "a/1 b/1 c/1", "base")), moved={"a/1"})
    assert set(held(kept)) == {"a/1", "c/1"}
    assert let_go(kept) == ["b/1 is not held on day 1: it makes room for a/1, moved by hand"]


def test_what_was_moved_stays_even_where_the_audit_names_it() -> None:
    """That the day is too long is the fault of all three."""
    made = full_day()
    named = [broken("window", "a/1", Message("begins outside its windows"))]
    kept = keep(made, plan_of(made, ("u", 0, "a/1 b/1 c/1", "base")), named, {"a/1"})
    assert set(held(kept)) == {"a/1", "c/1"}


def test_what_was_moved_but_cannot_be_made_even_alone_is_let_go() -> None:
    """The door of c closes at 8:30, and the way to it takes 45 minutes from eight."""
    early = (TimeWindow(opens_s=8 * HOUR_S, closes_s=8 * HOUR_S + 1_800),)
    made = world(need("a"), need("b"), need("c", windows=early))
    kept = keep(made, plan_of(made, ("u", 0, "c/1 a/1 b/1", "base")), moved={"c/1"})
    assert set(held(kept)) == {"a/1", "b/1"}
    assert "c/1 is not held on day 1: in this order it breaks" in let_go(kept)[0]


def test_of_two_routes_of_a_worker_the_one_with_moved_visits_stays() -> None:
    """The longer one of Monday is as it was; a was moved to u alone."""
    made = world()
    plan = plan_of(made, ("u", 0, "a/1", "base"), ("u+w", 0, "b/1 c/1", "base"))
    assert set(held(keep(made, plan, moved={"a/1"}))) == {"a/1"}


def test_what_was_moved_where_nobody_may_make_it_wins_no_route() -> None:
    """A needs who signs, so u alone is no reason to break up the day of both."""
    made = world(need("a", skills=("sign",)), need("b"), need("c"))
    plan = plan_of(made, ("u", 0, "a/1", "base"), ("u+w", 0, "b/1 c/1", "base"))
    assert set(held(keep(made, plan, moved={"a/1"}))) == {"b/1", "c/1"}


def test_of_visits_too_near_each_other_the_moved_one_stays() -> None:
    """Monday's and Wednesday's make room for the one that was moved to Tuesday."""
    made = world(need("a", days=((0, 1, 2, 3, 4),) * 3, min_gap_days=2))
    plan = plan_of(made, *((("u", d, f"a/{d + 1}", "base")) for d in range(3)))
    assert set(held(keep(made, plan, moved={"a/2"}))) == {"a/2"}


def test_money_is_kept_for_what_was_moved() -> None:
    """Rp 18,000 reach c and back, but not also b, Rp 12,000, of which c saves more."""
    made = world(need("a"), need("b"), need("c"), budget_idr={"u": 18_000})
    plan = plan_of(made, ("u", 0, "b/1", "base"), ("u", 1, "c/1", "base"))
    assert set(held(keep(made, plan))) == {"b/1"}
    assert set(held(keep(made, plan, moved={"c/1"}))) == {"c/1"}


def test_a_night_that_cannot_be_slept_gives_way_to_the_one_that_holds_most() -> None:
    """From the hall both far days can be made, from the base neither: nothing else is let go."""
    far = Road({"base": 0.0, "hall": 150.0, "inn": 150.0, "a": 160.0, "b": 170.0})
    night = Night(day=0, place_ids=("base", "hall", "inn"))
    made = problem(
        far,
        (need("a"), need("b")),
        (worker("u", nights=(night,)),),
        lodgings=(
            Lodging(id="hall", nights=(0,), beds=1, cost_idr=0),
            Lodging(id="inn", nights=(0,), beds=0, cost_idr=0),
        ),
    )
    kept = keep(made, plan_of(made, ("u", 0, "a/1", "inn"), ("u", 1, "b/1", "base")))
    assert set(held(kept)) == {"a/1", "b/1"}
    (message,) = let_go(kept)
    assert "the night at inn is not held" in message


def test_a_night_edited_where_the_next_day_starts_is_held() -> None:
    """Tuesday shall start at the hall, though Monday's stops still end at the base."""
    made = world()
    plan = plan_of(made, ("u", 0, "a/1", "base"), ("u", 1, "b/1", "base"))
    monday, tuesday = plan.day_routes
    edited = replace(plan, day_routes=(monday, replace(tuesday, starts_from="hall")))
    assert kept_nights(keep(made, edited)) == {0: ("hall",), 1: ("base",)}


def kept_nights(kept: Kept) -> dict[int, tuple[str, ...]]:
    """Give where u may sleep."""
    return {n.day: n.place_ids for n in kept.problem.team["u"].nights}
