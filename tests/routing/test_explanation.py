"""What a plan says about one child: when, why not, and what else would be possible."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from outreach.errors import Message, PlanningError
from outreach.model import Loss, NotDue
from outreach.routing.explanation import explain_beneficiary
from outreach.routing.plan import Losses, plan_of
from outreach.routing.problem import CostParams, Lodging, Problem, Weights
from outreach.units import HOUR_S
from tests.routing.problems import Road, need, problem, worker
from tests.routing.routes import route

if TYPE_CHECKING:
    from outreach.routing.schedule import Route

ROUND = Weights(unfairness_s=0)
"""So that what a move costs is a round figure."""


def told(world: Problem, beneficiary_id: str, *routes: Route) -> list[str]:
    """Plan the routes, and explain somebody."""
    plan = plan_of(world, routes, seed=0, season="dry")
    return [str(s) for s in explain_beneficiary(world, plan, beneficiary_id).sentences]


def test_a_planned_visit_and_what_moving_it_costs() -> None:
    """
    At 20 km beside another child on Monday; a day of its own is an hour and Rp 12,000 more.

    Rp 12,000 at Rp 50,000 an hour are 864 s: together 74 minutes, on Tuesday as on Wednesday.
    """
    world = problem(
        Road({"base": 0.0, "a": 20.0, "b": 20.0}),
        (need("a"), need("b", days=((0, 1, 2),))),
        (worker(days=(0, 1, 2)),),
        weights=ROUND,
    )
    assert told(world, "b", route("w", 0, "a/1", "b/1")) == [
        "b/1 is on 2026-11-30 at 09:30 with w",
        "on 2026-12-01 with w it would be 74 minutes of riding dearer",
        "on 2026-12-02 with w it would be 74 minutes of riding dearer",
    ]


def test_a_move_that_would_be_cheaper_is_told() -> None:
    """Planned for a day of its own, though the other child is beside it on Monday."""
    world = problem(
        Road({"base": 0.0, "a": 20.0, "b": 20.0}),
        (need("a"), need("b", days=((0, 1),))),
        (worker(days=(0, 1)),),
        weights=ROUND,
    )
    assert told(world, "b", route("w", 0, "a/1"), route("w", 1, "b/1"))[1:] == [
        "on 2026-11-30 with w it would be 74 minutes of riding cheaper"
    ]


def test_at_most_five_moves_are_told_the_cheapest_first() -> None:
    """Six other days and teams have room; the dearest is not told, nor is one without room."""
    world = problem(
        Road({"base": 0.0, "home": -10.0, "a": 5.0}),
        (need("a", days=((0, 1, 2, 3),)),),
        (worker("u", base_id="home", days=(0, 1, 2)), worker("w", days=(0, 1, 2, 3))),
        weights=ROUND,
    )
    moves = told(world, "a", route("w", 0, "a/1"))[1:]
    assert len(moves) == 5
    assert [m.split(" it ")[0] for m in moves[:3]] == [f"on 2026-12-0{i} with w" for i in (1, 2, 3)]
    assert all("with u" in m for m in moves[3:])


def test_a_visit_without_another_place_says_so() -> None:
    """One worker, one day."""
    world = problem(Road({"base": 0.0, "a": 5.0}), (need("a"),), (worker(days=(0,)),))
    assert told(world, "a", route("w", 0, "a/1"))[1:] == ["no other day or team has room for it"]


def test_pins_deadlines_and_new_faces_are_told() -> None:
    """Promised for Tuesday, due on Monday, and the known worker stays at home."""
    case = need("a", days=((1,),), is_pinned=True, deadline_day=0, known_worker_id="u")
    world = problem(Road({"base": 0.0, "a": 20.0}), (case,), (worker(days=(1,)),))
    assert told(world, "a", route("w", 1, "a/1")) == [
        "a/1 is on 2026-12-01 at 08:30 with w, as it is pinned",
        "it comes after its deadline, 2026-11-30",
        "it is with a new face: u is the one known",
        "no other day or team has room for it",
    ]


def test_a_visit_left_out_its_options_and_who_could_give_way() -> None:
    """
    Full days on Monday and Tuesday; an hour lacks on each, and neither day is told twice.

    In place of the light child of Monday it would fit; Tuesday's weighs as much as it does.
    """
    cases = (
        need("a", days=((0, 1),)),
        need("light", service_s=8 * HOUR_S - 900, priority=0.5),
        need("same", service_s=8 * HOUR_S - 900),
    )
    world = problem(
        Road({"base": 0.0, **{c.id: 5.0 for c in cases}}), cases, (worker(days=(0, 1)),)
    )
    assert told(world, "a", route("w", 0, "light/1"), route("w", 1, "same/1")) == [
        "a/1 stays out",
        "w would need 60 more minutes on 2026-11-30",
        "on 2026-12-01 w lacks 60 minutes",
        "on 2026-11-30 with w it would fit in place of light/1, which weighs less",
    ]


def test_money_that_lacks_is_told_by_day() -> None:
    """Rp 3,000 there, 2,000 in the purse; nobody's place would help."""
    world = problem(
        Road({"base": 0.0, "a": 5.0}),
        (need("a", days=((0, 1),)),),
        (worker(days=(0, 1)),),
        budget_idr={"w": 2000},
    )
    assert told(world, "a") == [
        "a/1 stays out",
        "w would need Rp 1000 more to go there on 2026-11-30",
        "on 2026-12-01 w lacks Rp 1000",
        "no single visit that weighs less makes room for it",
    ]


def test_money_that_lacks_one_of_a_team_is_told() -> None:
    """Both pay Rp 3,000; one of them has a thousand less."""
    world = problem(
        Road({"base": 0.0, "a": 5.0}),
        (need("a"),),
        (worker("team", worker_ids=("u", "w"), days=(0,)),),
        budget_idr={"u": 9000, "w": 2000},
    )
    assert "on 2026-11-30 w lacks Rp 1000 to go there with team" in told(world, "a")


def test_minutes_and_money_that_lack_together() -> None:
    """An hour and a quarter too long, and Rp 1,000 too dear."""
    world = problem(
        Road({"base": 0.0, "a": 5.0}),
        (need("a", service_s=9 * HOUR_S),),
        (worker(days=(0,)),),
        budget_idr={"w": 2000},
    )
    assert "on 2026-11-30 w lacks 75 minutes, and w Rp 1000" in told(world, "a")


def test_beds_that_lack_are_told() -> None:
    """Two would sleep at an inn with one bed, and still have an hour too little by day."""
    far = need("a", service_s=2 * HOUR_S)
    world = problem(
        Road({"base": 0.0, "inn": 150.0, "a": 150.0}),
        (far,),
        (worker("team", worker_ids=("u", "w"), days=(0, 1)),),
        lodgings=(Lodging(id="inn", nights=(0,), beds=1, cost_idr=0),),
        costs=CostParams(),
    )
    assert "beds that team lacks for a night at inn after 2026-11-30: 1" in told(world, "a")


def test_what_lacks_nothing_is_told() -> None:
    """A visit that the plan overlooked has days that take it as it is; each is told once."""
    case = need("a", days=((0, 1),))
    world = problem(Road({"base": 0.0, "a": 5.0}), (case,), (worker(days=(0, 1)),))
    assert told(world, "a")[1:3] == [
        "w could still make it on 2026-11-30; let the planner search longer",
        "on 2026-12-01 w lacks nothing",
    ]


def test_all_visits_of_somebody_are_explained() -> None:
    """Two meetings in a requirement, a pinned one in another: three visits of one child."""
    plain = need("a", days=((0, 1, 2, 3, 4),) * 2)
    pinned = replace(plain, visits=(replace(plain.visits[0], id="a/3", is_pinned=True),))
    world = problem(Road({"base": 0.0, "a": 5.0}), (plain, pinned), (worker(),))
    sentences = told(world, "a", route("w", 0, "a/1"), route("w", 1, "a/3"))
    assert [s[:3] for s in sentences if s.startswith("a/")] == ["a/1", "a/2", "a/3"]


def test_who_was_lost_before_is_explained() -> None:
    """A row that could not be read, somebody far from a road, and one who is not due."""
    world = problem(Road({"base": 0.0, "a": 5.0}), (need("a"),), (worker(),))
    plan = plan_of(
        replace(world, not_due=(NotDue(beneficiary_id="later", due_on=dt.date(2026, 12, 24)),)),
        (),
        seed=0,
        season="dry",
        losses=Losses(
            invalid=(
                Loss(
                    kind="invalid",
                    beneficiary_id="blank",
                    reason="no_place",
                    detail=Message("has no place"),
                ),
            ),
            unsnapped=(
                Loss(
                    kind="unsnapped",
                    beneficiary_id="remote",
                    reason="no_road",
                    detail=Message("no road within %(m)d m", {"m": 500}),
                ),
            ),
        ),
    )

    def said(id_: str) -> list[str]:
        return [str(s) for s in explain_beneficiary(world, plan, id_).sentences]

    assert said("blank") == ["has no place"]
    assert said("remote") == ["no road within 500 m"]
    assert said("later") == ["is not due before 2026-12-24"]


def test_a_requirement_without_visits_is_explained() -> None:
    """Known, but nobody need go in these days."""
    world = problem(Road({"base": 0.0, "a": 5.0}), (need("a", days=()),), (worker(),))
    assert told(world, "a") == ["needs no visit in these days"]


def test_an_unknown_id_names_those_that_are_alike() -> None:
    """A slip of the keyboard is answered with what was meant."""
    world = problem(Road({"base": 0.0, "K-017": 5.0}), (need("K-017"),), (worker(),))
    plan = plan_of(world, (), seed=0, season="dry")
    with pytest.raises(PlanningError, match=r"K-17: nobody has this id; did you mean K-017\?"):
        explain_beneficiary(world, plan, "K-17")
    with pytest.raises(PlanningError, match="zzz: nobody has this id; the workbook"):
        explain_beneficiary(world, plan, "zzz")
