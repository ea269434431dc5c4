"""Days, people, money and order, in worlds whose best plan is worked out by hand."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from outreach.model import TimeWindow
from outreach.routing.plan import PlanParams, plan_visits
from outreach.routing.problem import CostParams
from outreach.routing.solvers.periodic_model import problem_model, vehicles_of
from outreach.routing.solvers.protocol import Limit
from outreach.routing.solvers.sisr import anneal
from outreach.units import HOUR_S
from tests.routing.problems import Rest, Road, need, problem, worker
from tests.routing.solvers.worlds import colleagues

if TYPE_CHECKING:
    from outreach.routing.problem import Problem, Requirement


def planned(world: Problem) -> dict[tuple[str, int], tuple[str, ...]]:
    """Plan, and give the visits of each day of each team in order."""
    plan = plan_visits(world, params=PlanParams(iterations=50))
    return {
        (r.team_id, r.day): tuple(s.visit_id for s in r.stops if s.visit_id is not None)
        for r in plan.day_routes
    }


def left_out(world: Problem) -> set[str | None]:
    """Plan, and give who stays out."""
    plan = plan_visits(world, params=PlanParams(iterations=50))
    return {loss.beneficiary_id for loss in plan.unserved}


def one_day(*cases: Requirement, km: dict[str, float], rests: tuple[Rest, ...] = ()) -> Problem:
    """Give one worker's Monday."""
    return problem(Road({"base": 0.0, **km}), cases, (worker(days=(0,), rests=rests),))


def test_colleagues_meet_on_the_one_day_that_needs_both() -> None:
    """
    One child needs two workers; five others take three and a half hours each, on two days.

    Alone they make two of those a day each, together one beside the first: so all six fit only
    if they travel together on one of the days, and apart on the other.
    """
    km = {f"c{i}": 1.0 for i in range(5)}
    both = (0, 1)
    world = problem(
        Road({"base": 0.0, "z": 1.0, **km}),
        (
            need("z", days=(both,), n_workers=2),
            *(need(c, days=(both,), service_s=7 * HOUR_S // 2) for c in km),
        ),
        colleagues(),
    )
    days = planned(world)
    (together,) = (day for team_id, day in days if team_id == "u+w")
    assert sorted((team_id, day) for team_id, day in days) == sorted(
        [("u+w", together), ("u", 1 - together), ("w", 1 - together)]
    )
    assert "z/1" in days["u+w", together]
    assert sorted(len(made) for made in days.values()) == [2, 2, 2]


@pytest.mark.parametrize(("priority", "out"), [(3.0, "mid"), (1.0, "far")])
def test_the_money_goes_where_it_weighs_most(priority: float, out: str) -> None:
    """
    Day trips for Rp 6,000, 12,000 and 18,000, and Rp 24,000 to spend.

    Two can be made: near and far where far weighs three times as much, else the cheaper two.
    """
    world = problem(
        Road({"base": 0.0, "near": 10.0, "mid": 20.0, "far": 30.0}),
        (
            need("near", days=((0,),)),
            need("mid", days=((1,),)),
            need("far", days=((2,),), priority=priority),
        ),
        (worker(),),
        budget_idr={"w": 24_000},
    )
    assert left_out(world) == {out}


def test_fares_count_as_money() -> None:
    """A crossing there and back is Rp 60,000: with Rp 75,000 one, for the heavier child."""
    world = problem(
        Road({"base": 0.0, "a": 20.0, "b": 25.0}, ferries_km=(10.0,)),
        (need("a", days=((0,),)), need("b", days=((1,),), priority=2.0)),
        (worker(),),
        costs=CostParams(ferry_idr=30_000),
        budget_idr={"w": 75_000},
    )
    assert left_out(world) == {"a"}


@pytest.mark.parametrize(("n_motorbikes", "out"), [(1, set()), (2, {"a"})])
def test_two_on_a_motorbike_share_the_fuel(n_motorbikes: int, out: set[str]) -> None:
    """A hundred kilometres are Rp 30,000 for one motorbike, half of it for each of the two."""
    world = problem(
        Road({"base": 0.0, "a": 50.0}),
        (need("a", n_workers=2),),
        colleagues(n_motorbikes=n_motorbikes),
        budget_idr={"u": 15_000, "w": 15_000},
    )
    assert left_out(world) == out


def test_equal_workers_share_where_it_costs_nothing() -> None:
    """Two children on either side of the base: 20 km for each side, whoever goes."""
    km = {"a": 10.0, "b": 10.0, "c": -10.0, "d": -10.0}
    world = problem(
        Road({"base": 0.0, **km}),
        tuple(need(c, days=((0,),)) for c in km),
        (worker("u", days=(0,)), worker("w", days=(0,))),
    )
    assert sorted(sorted(made) for made in planned(world).values()) == [
        ["a/1", "b/1"],
        ["c/1", "d/1"],
    ]


def test_fairness_is_not_worth_a_second_ride() -> None:
    """
    All four on one side: a second worker would ride 20 km more, 2,232 s with the fuel.

    It would bring the squares of the loads from (4.5 / 8)² to 2 (2.5 / 8)², which is 436 s.
    """
    km = dict.fromkeys("abcd", 10.0)
    world = problem(
        Road({"base": 0.0, **km}),
        tuple(need(c, days=((0,),)) for c in km),
        (worker("u", days=(0,)), worker("w", days=(0,))),
    )
    assert [len(made) for made in planned(world).values()] == [4]


@pytest.mark.parametrize(("km", "who"), [(7.0, "u"), (20.0, "w")])
def test_a_known_face_is_worth_half_an_hour(km: float, who: str) -> None:
    """
    One goes there anyway for another child; whom the other knows would be a ride of its own.

    14 km are 1,562 s with the fuel, less than the 1,800 s of a strange face; 40 km are 4,464 s.
    """
    world = problem(
        Road({"base": 0.0, "a": km, "b": km}),
        (need("a", days=((0,),), known_worker_id="u"), need("b", days=((0,),), worker_ids=("w",))),
        (worker("u"), worker("w")),
    )
    days = planned(world)
    assert "a/1" in days[who, 0]
    assert "b/1" in days["w", 0]


def test_whoever_is_pinned_goes() -> None:
    """By the pin w, whomever the child knows."""
    world = problem(
        Road({"base": 0.0, "a": 5.0}),
        (need("a", known_worker_id="u", worker_ids=("w",)),),
        (worker("u"), worker("w")),
    )
    assert {team_id for team_id, _ in planned(world)} == {"w"}


@pytest.mark.parametrize(
    ("rests", "order"),
    [((), ("c/1", "b/1", "a/1")), ((Rest(11, 11.5),), ("c/1", "a/1", "b/1"))],
    ids=["no break", "lunch"],
)
def test_a_break_changes_the_order(rests: tuple[Rest, ...], order: tuple[str, ...]) -> None:
    """
    Door c closes first, b beside it takes three hours, a is on the other side; home by four.

    Without a break b follows c, and 40 km are ridden. With an hour of rest that begins from
    eleven to half past, b would last into it if begun at 9:15, and begun at twelve it would leave
    a until after four: so a comes first, the rest on the way back, b from 12:15 to 15:15.
    """
    world = one_day(
        need("a", days=((0,),)),
        need("b", days=((0,),), service_s=3 * HOUR_S),
        need("c", days=((0,),), windows=(TimeWindow(opens_s=0, closes_s=8 * HOUR_S + 900),)),
        km={"a": -10.0, "b": 10.0, "c": 10.0},
        rests=rests,
    )
    assert planned(world) == {("w", 0): order}


def test_a_pinned_order_holds() -> None:
    """Far, other side, near: 40 km where 30 would do."""
    world = one_day(
        need("far", days=((0,),), order=("monday", 1)),
        need("near", days=((0,),), order=("monday", 3)),
        need("other", days=((0,),), order=("monday", 2)),
        km={"far": 10.0, "near": 5.0, "other": -5.0},
    )
    assert planned(world) == {("w", 0): ("far/1", "other/1", "near/1")}


RANKED = (
    need("promised", days=((0,),), service_s=6 * HOUR_S, is_pinned=True),
    need("due", days=((0,),), service_s=6 * HOUR_S, deadline_day=0),
    need("overdue", days=((0,),), service_s=6 * HOUR_S, priority=3.0, overdue_days=60),
    need("heavy", days=((0,),), service_s=6 * HOUR_S, priority=3.0),
    need("light", days=((0,),), service_s=6 * HOUR_S),
)


@pytest.mark.parametrize("first", range(len(RANKED)), ids=[r.id for r in RANKED])
def test_of_those_who_do_not_fit_together_the_first_is_made(first: int) -> None:
    """One of them fills the day: a promise, then a deadline, then what weighs more."""
    ranked = RANKED[first:]
    world = one_day(*ranked, km={r.id: 1.0 for r in ranked})
    assert planned(world) == {("w", 0): (f"{ranked[0].id}/1",)}


def test_a_deadline_is_worth_a_strange_face() -> None:
    """The worker whom the child knows is there a day too late."""
    world = problem(
        Road({"base": 0.0, "a": 5.0}),
        (need("a", deadline_day=0, known_worker_id="u"),),
        (worker("u", days=(1,)), worker("w", days=(0,))),
    )
    assert planned(world) == {("w", 0): ("a/1",)}


def test_late_is_better_than_never() -> None:
    """Nobody works before the deadline has passed."""
    world = problem(
        Road({"base": 0.0, "a": 5.0}), (need("a", deadline_day=0),), (worker(days=(1,)),)
    )
    assert planned(world) == {("w", 1): ("a/1",)}


@pytest.mark.parametrize(("gap", "n_made"), [(1, 3), (2, 3), (3, 2), (5, 1)])
def test_visits_keep_apart(gap: int, n_made: int) -> None:
    """Of three visits in five days as many as the gap leaves room for."""
    world = problem(
        Road({"base": 0.0, "a": 5.0}),
        (need("a", days=((0, 1, 2, 3, 4),) * 3, min_gap_days=gap),),
        (worker(),),
    )
    days = sorted(day for _, day in planned(world))
    assert len(days) == n_made
    assert all(b - a >= gap for a, b in pairwise(days))


def test_fairness_is_silent_on_whoever_has_no_time_but_the_break() -> None:
    """An hour of work with an hour of lunch in it is no time to be fair with, but for a visit."""
    rest = Rest(8, 8.75)
    world = problem(
        Road({"base": 0.0, "a": 4.0}),
        (need("a", days=((0,),), service_s=600),),
        (worker(days=(0,), ends_h=9, rests=(rest,)),),
    )
    model = problem_model(world, vehicles_of(world, ()))
    assert anneal(model, limit=Limit(iterations=50), seed=0).total[0] < world.weights.unserved_s
