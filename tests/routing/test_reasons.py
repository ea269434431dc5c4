"""Why visits stay out: one world for each reason, with its figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.model import TimeWindow
from outreach.routing.explanation import explain_beneficiary
from outreach.routing.insertion import insert_all
from outreach.routing.plan import plan_of
from outreach.routing.problem import CostParams, Lodging, Night, Problem, Team
from outreach.routing.reasons import explain
from outreach.units import HOUR_S
from tests.routing.problems import Rest, Road, circuit_world, need, problem, worker
from tests.routing.routes import days_with, route

if TYPE_CHECKING:
    from outreach.model import Loss
    from outreach.routing.schedule import Route

WORK = tuple(range(5))
MONDAY, TUESDAY, WEDNESDAY = "2026-11-30", "2026-12-01", "2026-12-02"


def loss(world: Problem, visit_id: str, *routes: Route) -> Loss:
    """Explain one visit that the routes leave out."""
    days = days_with(world, *routes)
    (found,) = explain(days, [world.visit[visit_id]])
    assert (found.kind, found.visit_id) == ("unserved", visit_id)
    return found


def told(found: Loss, reason: str, **values: object) -> None:
    """Check a reason and its values; the sentence can be said."""
    assert found.reason == reason, found.detail
    assert {name: found.detail.values[name] for name in values} == values
    for name, value in values.items():
        assert name in found.detail.template
        assert str(value) in str(found.detail)


def small(requirement_changes: dict[str, object], *teams: Team) -> Problem:
    """Give one child 5 km from the base."""
    case = need("a", **requirement_changes)  # type: ignore[arg-type]
    return problem(Road({"base": 0.0, "a": 5.0}), (case,), teams or (worker(),))


def full(world: Problem, day: int = 0, team: str = "w") -> Route:
    """Give the day that is full with the visit `full`."""
    assert "full/1" in world.visit
    return route(team, day, "full/1")


def busy(*cases: object, **options: object) -> Problem:
    """Give cases at 5 km, and one that fills Monday's eight hours."""
    filler = need("full", service_s=8 * HOUR_S - 900, days=((0,),))
    requirements = (*cases, filler)
    km = {r.id: 5.0 for r in requirements}  # type: ignore[attr-defined]
    teams = options.pop("teams", (worker(days=(0, 1)),))
    return problem(Road({"base": 0.0, **km}), requirements, teams, **options)  # type: ignore[arg-type]


def test_nobody_works() -> None:
    """Without a team there is nobody to blame but the calendar."""
    told(loss(replace(small({}), teams=()), "a/1"), "nobody_works")


def test_a_circuit_that_does_not_run() -> None:
    """The case belongs to a circuit whose days are not in the horizon."""
    told(loss(small({"circuit_id": "sad"}), "a/1"), "no_circuit", circuit="sad")


def cut(service_s: int) -> Problem:
    """Give one child whose circuit does not fit into the horizon."""
    world = small({"service_s": service_s})
    (case,) = world.requirements
    return replace(world, requirements=(replace(case, cut_circuit_id="sad"),))


def test_a_circuit_that_the_horizon_cuts() -> None:
    """A quarter of an hour too long for anybody alone: it is the circuit that lacks."""
    told(loss(cut(8 * HOUR_S), "a/1"), "no_circuit", circuit="sad")


def test_what_anybody_can_make_needs_no_circuit() -> None:
    """The circuit is cut, and yet there is room: the planner overlooked it."""
    assert loss(cut(HOUR_S), "a/1").reason == "overlooked"


def test_too_few_workers() -> None:
    """Two are needed, and everyone works alone."""
    told(loss(small({"n_workers": 2}), "a/1"), "too_few_workers", n=2)


def test_no_skill() -> None:
    """Nobody knows the sign language."""
    told(loss(small({"skills": ("sign",)}), "a/1"), "no_skill", skills="sign")


def test_a_pinned_worker_who_may_not_go() -> None:
    """Pinned to somebody who does not work in these days."""
    told(loss(small({"worker_ids": ("x",)}), "a/1"), "pinned_worker", workers="x")


def test_no_day_and_the_one_that_would_do() -> None:
    """Allowed on Saturday only; the first day at work would do."""
    found = loss(small({"days": ((5,),)}), "a/1")
    told(found, "no_day", team="w", date=MONDAY)


def test_no_day_at_all() -> None:
    """Too far on every day, so that no other is named."""
    far = need("a", service_s=9 * HOUR_S, days=((5,),))
    world = problem(Road({"base": 0.0, "a": 5.0}), (far,), (worker(),))
    told(loss(world, "a/1"), "no_day")


def test_a_pinned_day_off() -> None:
    """Promised for Saturday, when nobody works."""
    found = loss(small({"days": ((5,),), "is_pinned": True}), "a/1")
    told(found, "no_day", dates="2026-12-05", date=MONDAY)


def test_a_gap_and_the_smaller_one_that_would_do() -> None:
    """Served on Wednesday, three days between: none left; two would leave Monday."""
    world = small({"days": (WORK, WORK), "min_gap_days": 3})
    told(loss(world, "a/2", route("w", 2, "a/1")), "gap", days=3, less=2, date=MONDAY)


def test_a_gap_that_nothing_bends() -> None:
    """Two visits on the same and only day."""
    world = small({"days": ((0,), (0,))})
    told(loss(world, "a/2", route("w", 0, "a/1")), "gap", days=1)


def test_a_few_minutes_lack() -> None:
    """An hour of service beside a full day of eight hours, at the same place: sixty minutes."""
    world = busy(need("a", days=((0,),)))
    told(loss(world, "a/1", full(world)), "no_time", team="w", minutes=60, date=MONDAY)


def test_a_pin_that_lacks_minutes_is_named() -> None:
    """Promised for Monday, an hour short."""
    world = busy(need("a", days=((0,),), is_pinned=True))
    told(loss(world, "a/1", full(world)), "no_time", dates=MONDAY, minutes=60)


def test_rupiah_lack() -> None:
    """Ten kilometres cost Rp 3,000; 1,000 are left."""
    world = replace(small({}), budget_idr={"w": 1000})
    told(loss(world, "a/1"), "no_money", worker="w", rupiah=2000, date=MONDAY)


def test_a_pin_that_lacks_rupiah_is_named() -> None:
    """Promised for Tuesday, Rp 2,000 short."""
    world = replace(small({"days": ((1,),), "is_pinned": True}), budget_idr={"w": 1000})
    told(loss(world, "a/1"), "no_money", dates=TUESDAY, rupiah=2000)


def test_minutes_and_rupiah_lack() -> None:
    """The full day has spent Rp 3,000 of 3,000; one kilometre more each way, and 15 minutes."""
    filler = need("full", service_s=8 * HOUR_S - 900, days=((0,),))
    case = need("a", service_s=12 * 60, days=((0,),))
    world = problem(
        Road({"base": 0.0, "full": 5.0, "a": 6.0}),
        (case, filler),
        (worker(days=(0,)),),
        budget_idr={"w": 3000},
    )
    told(loss(world, "a/1", full(world)), "no_time", minutes=15, rupiah=600, worker="w")


def test_what_fits_but_is_not_worth_its_way() -> None:
    """A priority of a hundredth weighs less than fifteen minutes and Rp 3,000."""
    told(loss(small({"priority": 0.01}), "a/1"), "not_worth", minutes=15, rupiah=3000, team="w")


def test_what_the_planner_overlooked() -> None:
    """It fits, is worth its way, and is not in: the planner should search on."""
    told(loss(small({}), "a/1"), "overlooked", team="w", date=MONDAY)


def test_another_worker_than_the_pinned_one() -> None:
    """Pinned to w, whose day is full by more than an hour; u has time."""
    world = busy(
        need("a", days=((0,),), service_s=2 * HOUR_S, worker_ids=("w",)),
        teams=(worker("u", days=(0,)), worker("w", days=(0,))),
    )
    told(loss(world, "a/1", full(world)), "pinned_worker", workers="w", team="u", date=MONDAY)


def test_a_pinned_order_that_leaves_no_place() -> None:
    """
    First of the day by the supervisor's order, but its door opens in the afternoon.

    Then the second, whose door shuts at nine, is missed; in the other order both are made.
    """
    late = need(
        "late",
        order=("w", 1),
        days=((0,),),
        windows=(TimeWindow(opens_s=13 * HOUR_S, closes_s=14 * HOUR_S),),
    )
    early = need(
        "early",
        order=("w", 2),
        days=((0,),),
        windows=(TimeWindow(opens_s=8 * HOUR_S, closes_s=9 * HOUR_S),),
    )
    world = problem(
        Road({"base": 0.0, "late": 5.0, "early": 5.0}), (late, early), (worker(days=(0,)),)
    )
    told(loss(world, "late/1", route("w", 0, "early/1")), "pinned_order", team="w", date=MONDAY)


def test_another_day_would_do() -> None:
    """Two hours lack on Monday, the only day that the table allows; Tuesday is empty."""
    world = busy(need("a", days=((0,),), service_s=2 * HOUR_S))
    told(loss(world, "a/1", full(world)), "other_day", team="w", date=TUESDAY)


def test_another_day_than_the_pinned_one_would_do() -> None:
    """Promised for a Monday that is full."""
    world = busy(need("a", days=((0,),), service_s=2 * HOUR_S, is_pinned=True))
    told(loss(world, "a/1", full(world)), "pinned_day", dates=MONDAY, date=TUESDAY)


def test_fewer_days_between_would_do() -> None:
    """
    Monday is full, and on Wednesday the other visit stands.

    Two days between leave only Monday; with one, Tuesday would do.
    """
    case = need("a", days=((0, 1), (2,)), min_gap_days=2, service_s=2 * HOUR_S)
    world = busy(case, teams=(worker(days=(0, 1, 2)),))
    told(
        loss(world, "a/1", full(world), route("w", 2, "a/2")),
        "gap",
        days=2,
        less=1,
        date=TUESDAY,
    )


def test_a_door_that_is_shut_when_one_could_be_there() -> None:
    """Open from six to seven; the shift begins at eight, and it is seven minutes there."""
    found = loss(small({"windows": (TimeWindow(opens_s=6 * HOUR_S, closes_s=7 * HOUR_S),)}), "a/1")
    told(found, "window", team="w", date=MONDAY, clock="08:07")


def test_a_door_that_nobody_meets_even_so() -> None:
    """Shut in the morning, and a whole shift would not be enough either."""
    windows = (TimeWindow(opens_s=0, closes_s=7 * HOUR_S),)
    told(loss(small({"windows": windows, "service_s": 9 * HOUR_S}), "a/1"), "window_missed")


def test_too_far_even_alone() -> None:
    """Nine hours of service and 15 minutes of way: 75 minutes over, and nothing is planned."""
    found = loss(small({"service_s": 9 * HOUR_S}), "a/1")
    told(found, "too_far", minutes=75, team="w", date=MONDAY)


def test_too_dear_even_alone() -> None:
    """Rp 300,000 for the way, 100,000 in the purse: more than an hour's worth lacks."""
    world = replace(small({}), budget_idr={"w": 100_000}, costs=CostParams(fuel_idr_per_km=30_000))
    told(loss(world, "a/1"), "too_dear", worker="w", rupiah=200_000, date=MONDAY)


def far_world(*, allowed: bool = True, beds: int = 1, **options: object) -> Problem:
    """Give a child at 150 km, four hours from home where eight are a day, and an inn beside it."""
    nights = tuple(Night(day=d, place_ids=("base", "inn")) for d in (0, 1)) if allowed else ()
    return problem(
        Road({"base": 0.0, "inn": 150.0, "a": 150.0}),
        (need("a", days=(WORK,), service_s=2 * HOUR_S),),
        (worker(days=(0, 1), nights=nights),),
        lodgings=(Lodging(id="inn", nights=(0, 1), beds=beds, cost_idr=70_000),),
        **options,  # type: ignore[arg-type]
    )


def test_a_night_away_brings_it_within_reach() -> None:
    """Three and three quarters of an hour there, two of service, and home on the next day."""
    told(loss(far_world(), "a/1"), "needs_night", lodging="inn", night=MONDAY, team="w")


def test_a_night_away_that_is_not_allowed() -> None:
    """The same, for a worker who may not sleep away."""
    found = loss(far_world(allowed=False), "a/1")
    told(found, "needs_night", lodging="inn", night=MONDAY, team="w")
    assert "may not sleep there" in str(found.detail)


def test_a_night_away_without_money() -> None:
    """300 km at Rp 300, two days' meals and the bed are Rp 260,000; 200,000 are there."""
    found = loss(far_world(budget_idr={"w": 200_000}), "a/1")
    told(found, "needs_night", lodging="inn", worker="w", rupiah=60_000)


def test_a_night_away_without_beds() -> None:
    """Two are needed, the inn has one bed."""
    world = far_world()
    team = replace(world.team["w"], worker_ids=("u", "w"))
    found = loss(replace(world, teams=(team,)), "a/1")
    told(found, "no_bed", lodging="inn", night=MONDAY, n=2, beds=1, team="w")


def test_a_night_away_that_lacks_minutes() -> None:
    """Five hours of service after three and three quarters of riding: 45 minutes over."""
    world = far_world()
    long = need("a", days=((0,),), service_s=5 * HOUR_S)
    found = loss(replace(world, requirements=(long,)), "a/1")
    told(found, "needs_night", lodging="inn", minutes=45, date=MONDAY, team="w")


def test_a_night_away_with_less_else_to_do() -> None:
    """A full Monday and a full Tuesday in town leave no time to ride to the inn."""
    town = tuple(need(f"t{d}", service_s=7 * HOUR_S, days=((d,),)) for d in (0, 1))
    world = far_world()
    road = Road({"base": 0.0, "inn": 150.0, "a": 150.0, "t0": 1.0, "t1": 1.0})
    full_week = problem(road, (*world.requirements, *town), world.teams, lodgings=world.lodgings)
    found = loss(full_week, "a/1", route("w", 0, "t0/1"), route("w", 1, "t1/1"))
    told(found, "needs_night", lodging="inn", night=MONDAY, team="w")
    assert "less else to do" in str(found.detail)


def test_less_else_to_do_is_no_help_to_who_may_not_sleep_away() -> None:
    """Two full days in town again, and a worker who must be home: nine hours and a half are due."""
    town = tuple(need(f"t{d}", service_s=7 * HOUR_S, days=((d,),)) for d in (0, 1))
    world = far_world(allowed=False)
    road = Road({"base": 0.0, "inn": 150.0, "a": 150.0, "t0": 1.0, "t1": 1.0})
    full_week = problem(road, (*world.requirements, *town), world.teams, lodgings=world.lodgings)
    found = loss(full_week, "a/1", route("w", 0, "t0/1"), route("w", 1, "t1/1"))
    assert "less else to do" not in str(found.detail)


def test_more_time_where_nothing_else_helps() -> None:
    """Two hours lack on the only day at work."""
    world = busy(need("a", days=((0,),), service_s=2 * HOUR_S), teams=(worker(days=(0,)),))
    told(loss(world, "a/1", full(world)), "no_time", minutes=120, date=MONDAY)


def test_a_team_that_cannot_be_formed() -> None:
    """Only u and w together may go, and on that day u is on the road alone."""
    world = problem(
        Road({"base": 0.0, "a": 5.0, "b": 5.0}),
        (need("a", n_workers=2, days=((0,),)), need("b")),
        (worker("u", days=(0,)), worker("u+w", days=(0,), worker_ids=("u", "w"))),
    )
    found = loss(world, "a/1", route("u", 0, "b/1"))
    told(found, "rival", team="u+w", worker="u", date=MONDAY)
    assert str(found.detail).endswith("u is on the road alone then")


def test_a_team_whose_worker_is_with_another() -> None:
    """Only u and w together know the sign language, and on that day u is on the road with x."""
    world = problem(
        Road({"base": 0.0, "a": 5.0, "b": 5.0}),
        (need("a", skills=("sign",), days=((0,),)), need("b")),
        (
            worker("u+w", days=(0,), worker_ids=("u", "w"), skills=frozenset({"sign"})),
            worker("u+x", days=(0,), worker_ids=("u", "x")),
        ),
    )
    found = loss(world, "a/1", route("u+x", 0, "b/1"))
    told(found, "rival", team="u+w", worker="u", other="u+x", date=MONDAY)


def test_a_team_that_must_sleep_away() -> None:
    """The supervisor pinned the night at the inn, and the team does not set out."""
    team = worker(days=(0, 1), nights=(Night(day=0, place_ids=("inn",)),))
    world = problem(
        Road({"base": 0.0, "inn": 20.0, "a": 5.0}),
        (need("a", days=((0, 1),)),),
        (team,),
        lodgings=(Lodging(id="inn", nights=(0,), beds=1, cost_idr=0),),
    )
    told(loss(world, "a/1"), "pinned_night", team="w")


def test_a_circuit_without_beds() -> None:
    """Three workers and two beds: the circuit is not ridden, and the night is named."""
    world = circuit_world({"v": 50.0}, {"inn": 50.0}, n_workers=3, beds=2)
    told(loss(world, "v/1"), "no_bed", circuit="sad", n=3, date=MONDAY)


def test_a_circuit_that_is_not_ridden() -> None:
    """With beds enough it is said that nobody sets out."""
    world = circuit_world({"v": 50.0}, {"inn": 50.0})
    told(loss(world, "v/1"), "circuit_not_ridden", circuit="sad")


@pytest.mark.parametrize("n_days", [1, 2])
def test_a_circuit_of_one_day_needs_no_bed(n_days: int) -> None:
    """Whether it sleeps away or not, a circuit that is not ridden is explained."""
    world = circuit_world({"v": 5.0}, {"inn": 5.0}, n_days=n_days)
    assert loss(world, "v/1").reason == "circuit_not_ridden"


def test_every_visit_left_out_is_explained_once() -> None:
    """In the order in which they are asked for."""
    world = busy(need("a", days=((0,),)), need("b", days=((5,),)))
    days = days_with(world, full(world))
    left = [world.visit["a/1"], world.visit["b/1"]]
    assert [x.visit_id for x in explain(days, left)] == ["a/1", "b/1"]


@st.composite
def worlds(draw: st.DrawFn) -> Problem:
    """Draw children along a road with all kinds of wishes, two workers and their team, an inn."""
    n = draw(st.integers(1, 6))
    km = {f"c{i}": float(draw(st.integers(-160, 160))) for i in range(n)}
    cases = tuple(
        need(
            c,
            days=tuple(
                tuple(draw(st.sets(st.integers(0, 4), max_size=4)))
                for _ in range(draw(st.integers(1, 2)))
            ),
            service_s=draw(st.sampled_from((1800, 7200, 30_000))),
            min_gap_days=draw(st.integers(1, 3)),
            windows=draw(st.sampled_from(((), (TimeWindow(opens_s=3600, closes_s=36_000),)))),
            n_workers=draw(st.sampled_from((1, 1, 2))),
            skills=draw(st.sampled_from(((), (), ("sign",)))),
            worker_ids=draw(st.sampled_from(((), (), ("u",), ("x",)))),
            order=draw(st.sampled_from((None, ("w", 1), ("w", 2)))),
            is_pinned=draw(st.booleans()),
            deadline_day=draw(st.sampled_from((None, 1))),
        )
        for c in km
    )
    nights = (Night(day=0, place_ids=draw(st.sampled_from((("base", "inn"), ("inn",))))),)
    return problem(
        Road({"base": 0.0, "inn": 100.0, **km}),
        cases,
        (
            worker("u", days=(0, 1, 2), nights=nights, rests=(Rest(11.5, 13),)),
            worker("u+w", worker_ids=("u", "w"), days=(0, 2)),
            worker("w", days=(0, 1), skills=frozenset({"sign"})),
        ),
        lodgings=(Lodging(id="inn", nights=(0,), beds=1, cost_idr=50_000),),
        budget_idr={"u": draw(st.integers(0, 200_000))},
    )


@given(worlds())
@settings(max_examples=60, deadline=None)
def test_whoever_stays_out_has_a_reason_that_can_be_said(world: Problem) -> None:
    """Whatever the world, each visit left out is told in a whole sentence, and nothing raises."""
    days = insert_all(days_with(world), world.visit.values())
    plan = plan_of(world, tuple(days.routes.values()), seed=0, season="dry")
    assert {x.visit_id for x in plan.unserved} == set(world.visit) - set(days.key_of)
    assert all(str(x.detail) for x in plan.unserved)
    for requirement in world.requirements:
        told_all = explain_beneficiary(world, plan, requirement.id)
        assert all(str(sentence) for sentence in told_all.sentences)
