"""The audit of money, totals and the score."""

from __future__ import annotations

from dataclasses import replace

import pytest

from outreach.model import Plan, Score, Totals
from outreach.routing.problem import CostParams, Lodging, Night, Problem
from outreach.units import HOUR_S
from tests.routing.by_hand import plan_of, ride, told
from tests.routing.problems import Road, need, problem, worker

SHARED = worker(
    "u+w",
    days=(0, 1),
    worker_ids=("u", "w"),
    nights=(Night(day=0, place_ids=("base", "inn")),),
    n_motorbikes=1,
)
DAYS = ((0, 1),)
# All fifty kilometres from the base, an hour and a quarter, with a ferry on the way.
PLACES = ("inn", "known", "late", "out", "promised")
WORLD = problem(
    Road({"base": 0.0, **dict.fromkeys(PLACES, 50.0)}, ferries_km=(10.0,)),
    (
        need("known", days=DAYS, known_worker_id="x"),
        need("late", days=DAYS, deadline_day=0, known_worker_id="u"),
        need("out", days=DAYS, priority=2, overdue_days=15),
        need("promised", days=DAYS, is_pinned=True),
    ),
    (SHARED,),
    lodgings=(Lodging(id="inn", nights=(0,), beds=2, cost_idr=40_000),),
    costs=CostParams(fuel_idr_per_km=300, meal_idr_per_day_away=50_000, ferry_idr=5_000),
    budget_idr={"u": 200_000, "w": 165_000},
)
# Each day half of 50 km at Rp 300, a ferry and the meals; the inn once.
EACH_IDR = 2 * (7_500 + 5_000 + 50_000) + 40_000
EACH = Totals(
    n_visits=2,
    riding_s=9_000,
    service_s=2 * HOUR_S,
    distance_m=100_000,
    n_nights=1,
    cost_idr=EACH_IDR,
    available_s=16 * HOUR_S,
)
PLAN = replace(
    plan_of(
        WORLD,
        ride(
            WORLD,
            "u+w",
            [("known/1", 9.25)],
            leaves_h=8,
            home_h=10.25,
            sleeps_at="inn",
            circuit_id="u+w@1",
        ),
        ride(
            WORLD,
            "u+w",
            [("late/1", 8)],
            day=1,
            leaves_h=8,
            home_h=10.25,
            starts_from="inn",
            circuit_id="u+w@1",
        ),
    ),
    totals=(
        (
            "all",
            replace(EACH, cost_idr=2 * EACH_IDR, budget_idr=365_000, available_s=32 * HOUR_S),
        ),
        ("u", replace(EACH, budget_idr=200_000)),
        ("w", replace(EACH, budget_idr=165_000)),
    ),
    score=Score(
        broken_promises_s=36_000_000,
        missed_deadlines_s=360_000,
        # Ten hours, twice for the priority, and half as much again for fifteen days overdue.
        unserved_s=108_000,
        broken_continuity_s=1_800,
        riding_s=2 * 9_000,
        # Rp 330,000 at Rp 50,000 an hour.
        money_s=23_760,
        # Two workers, each on the road or with a child for 4.5 hours of 16, squared.
        unfairness_s=570,
    ),
)


def test_accounts_worked_out_by_hand_are_sound() -> None:
    """Fuel for one motorbike of two, ferries, meals, the inn; the score part by part."""
    assert EACH_IDR == 165_000
    assert told(WORLD, PLAN) == []


def with_budgets(plan: Plan, u: int | None, w: int | None) -> tuple[Problem, Plan]:
    """Change the budgets in the tables, and in the totals too."""
    known = {who: budget for who, budget in (("u", u), ("w", w)) if budget is not None}
    budgets = {**known, "all": sum(known.values()) if len(known) == 2 else None}
    totals = tuple((who, replace(t, budget_idr=budgets.get(who))) for who, t in plan.totals)
    return replace(WORLD, budget_idr=known), replace(plan, totals=totals)


@pytest.mark.parametrize(
    ("u", "w", "said"),
    [
        (165_000, 165_000, []),
        (None, None, []),
        (None, 165_000, []),
        # A Rupiah less may be rounding.
        (164_999, 164_999, []),
        (165_000, 164_998, [("budget", "spends Rp 165000; the budget is Rp 164998")]),
    ],
)
def test_nobody_spends_more_than_the_budget(
    u: int | None, w: int | None, said: list[tuple[str, str]]
) -> None:
    """Each worker's budget binds that worker's own costs, where one is known."""
    assert told(*with_budgets(PLAN, u, w)) == said


@pytest.mark.parametrize("n_motorbikes", [None, 2])
def test_fuel_is_paid_for_each_motorbike(n_motorbikes: int | None) -> None:
    """Of two motorbikes each worker pays one: Rp 15,000 more than for a half."""
    team = replace(SHARED, n_motorbikes=n_motorbikes)
    world, plan = with_budgets(replace(PLAN, score=None, totals=()), 180_000, 179_998)
    assert told(replace(world, teams=(team,)), plan) == [
        ("budget", "spends Rp 180000; the budget is Rp 179998")
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"n_visits": 3}, "the totals are not the sums of the routes"),
        ({"riding_s": 0}, "the totals are not the sums of the routes"),
        ({"service_s": 0}, "the totals are not the sums of the routes"),
        ({"n_nights": 2}, "the totals are not the sums of the routes"),
        ({"distance_m": 1.0}, "the totals are not the sums of the routes"),
        ({"cost_idr": 164_990}, "costs Rp 165000, not Rp 164990 as in the totals"),
        ({"budget_idr": 1}, "the budget in the totals is another"),
        ({"budget_idr": None}, "the budget in the totals is another"),
        ({"available_s": 0}, "the working time in the totals is another"),
    ],
)
def test_each_total_must_be_the_sum(change: dict[str, float], said: str) -> None:
    """One wrong figure of one worker is named."""
    wrong = tuple(
        (who, replace(total, **change) if who == "u" else total)  # type: ignore[arg-type]
        for who, total in PLAN.totals
    )
    assert told(WORLD, replace(PLAN, totals=wrong)) == [("totals", said)]


@pytest.mark.parametrize(
    ("part", "found_s"),
    [
        ("broken_promises_s", 36_000_000),
        ("missed_deadlines_s", 360_000),
        ("unserved_s", 108_000),
        ("broken_continuity_s", 1_800),
        ("riding_s", 18_000),
        ("money_s", 23_760),
        ("unfairness_s", 570),
    ],
)
def test_each_part_of_the_score_is_weighed_anew(part: str, found_s: int) -> None:
    """Two seconds more or less are no rounding."""
    assert PLAN.score is not None
    for said_s in (found_s - 2, found_s + 2):
        wrong = replace(PLAN, score=replace(PLAN.score, **{part: said_s}))
        assert told(WORLD, wrong) == [
            ("score", f"{part} is {found_s} by the weights, not {said_s}")
        ]


def test_a_plan_without_a_score_has_older_totals() -> None:
    """Neither budgets nor working times were told then."""
    older = tuple((who, replace(t, budget_idr=None, available_s=0)) for who, t in PLAN.totals)
    assert told(WORLD, replace(PLAN, totals=older, score=None)) == []
