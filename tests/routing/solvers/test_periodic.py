"""Days, workers and order decided together: what one search must find that steps cannot."""

from __future__ import annotations

import itertools
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.routing.problem import CostParams, Weights
from outreach.routing.solvers.greedy import GreedySolver
from outreach.routing.solvers.periodic import PeriodicSolver
from outreach.routing.solvers.periodic_model import problem_model, vehicles_of
from outreach.routing.solvers.protocol import Limit
from outreach.routing.solvers.sisr import anneal
from outreach.units import HOUR_S
from tests.routing.problems import Road, need, problem, worker

if TYPE_CHECKING:
    from outreach.routing.problem import Problem, Requirement

DAYS = st.lists(st.integers(0, 6), max_size=7, unique=True).map(sorted).map(tuple)
RIDE_S = 900
"""Ten kilometres at 40 km/h."""


def cheapest(world: Problem, child: Requirement) -> float:
    """Try every way to put the visits of one child on days, in order and apart, or to leave out."""
    weights = world.weights
    best = float("inf")
    for days in itertools.product(*((None, *v.days) for v in child.visits)):
        made = [d for d in days if d is not None]
        if any(b - a < child.min_gap_days for a, b in itertools.pairwise(made)):
            continue
        price = 2.0 * RIDE_S * len(made)
        for visit, day in zip(child.visits, days, strict=True):
            if day is None:
                price += weights.unserved(child, visit)
            if visit.deadline_day is not None and (day is None or day > visit.deadline_day):
                price += weights.missed_deadline_s
        best = min(best, price)
    return best


@settings(max_examples=60, deadline=None)
@given(
    days=st.lists(DAYS, min_size=1, max_size=4).map(tuple),
    gap=st.integers(1, 4),
    deadline=st.none() | st.integers(0, 6),
)
def test_the_days_of_one_child_are_the_cheapest(
    days: tuple[tuple[int, ...], ...], gap: int, deadline: int | None
) -> None:
    """Whatever days, gap and deadline: as good as trying every combination."""
    child = need("a", days=days, min_gap_days=gap, deadline_day=deadline)
    world = problem(Road({"base": 0.0, "a": 10.0}), (child,), (worker(days=tuple(range(7))),))
    world = replace(world, weights=Weights(unfairness_s=0), costs=CostParams(fuel_idr_per_km=0))
    model = problem_model(world, vehicles_of(world, ()))
    found = anneal(model, limit=Limit(iterations=50), seed=0)
    assert found.total[0] == cheapest(world, child)


def test_a_child_changes_worker_and_day_at_once() -> None:
    """
    Two children share one far place, one of them only on Friday, when only w works.

    The other has no worker of its own and may be seen any day by u or w: seen together they
    cost one ride, apart two.
    """
    world = problem(
        Road({"base": 0.0, "a": 60.0, "b": 60.0, "c": 1.0}),
        (need("a", days=((4,),)), need("b"), need("c", days=((0,),))),
        (worker("u", days=(0, 1, 2, 3)), worker("w", days=(4,))),
    )
    solution = PeriodicSolver().solve(world, limit=Limit(iterations=20), seed=0)
    assert {(r.team_id, r.day): set(r.visit_ids) for r in solution.routes} == {
        ("u", 0): {"c/1"},
        ("w", 4): {"a/1", "b/1"},
    }


def test_one_core_finds_what_two_find() -> None:
    """Iterations decide, not how many cores share the work."""
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this system cannot bind a process to one core")
    km = {f"c{i}": float(7 * i % 23 - 11) for i in range(25)}
    world = problem(
        Road({"base": 0.0, **km}),
        tuple(need(c, service_s=2 * HOUR_S) for c in km),
        (worker("u"), worker("w")),
    )
    limit = Limit(iterations=20)
    free = PeriodicSolver().solve(world, limit=limit, seed=5)
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        bound = PeriodicSolver().solve(world, limit=limit, seed=5)
    finally:
        os.sched_setaffinity(0, cores)
    assert bound == free


def test_more_is_served_than_team_by_team() -> None:
    """
    The known worker is full on the days on which her children may be seen; a colleague helps.

    Of twelve visits of three hours the two together can make twelve (two a day each, three
    days); whoever gives each child to its known worker first has to find that out afterwards.
    """
    km = {f"c{i:02d}": 1.0 + i / 10 for i in range(12)}
    cases = tuple(
        need(c, service_s=3 * HOUR_S, days=((0, 1, 2),), known_worker_id="u" if i < 9 else "w")
        for i, c in enumerate(km)
    )
    world = problem(
        Road({"base": 0.0, **km}),
        cases,
        (worker("u", days=(0, 1, 2)), worker("w", days=(0, 1, 2))),
    )
    limit = Limit(iterations=50)
    made = {
        type(s).__name__: len(s.solve(world, limit=limit, seed=0).served)
        for s in (GreedySolver(), PeriodicSolver())
    }
    assert made["PeriodicSolver"] == 12
    assert made["PeriodicSolver"] >= made["GreedySolver"]
