"""Lodgings and days of a circuit."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from outreach.errors import InfeasibleError
from outreach.routing.solvers.nights import choose_nights
from outreach.routing.solvers.patterns import day_patterns
from tests.routing.problems import circuit_world, need

if TYPE_CHECKING:
    from outreach.routing.problem import Problem


def nights_of(world: Problem) -> tuple[str, ...]:
    """Choose the nights of the only circuit."""
    beds = {(i.id, n): i.beds for i in world.lodgings for n in i.nights}
    (circuit,) = world.circuits
    return choose_nights(world, circuit, world.requirements, beds, seed=0).lodging_ids


def test_each_night_is_spent_where_the_riding_is_least() -> None:
    """Villages at 50 and 100 km, to be seen on two days each: sleep near, far, near."""
    world = circuit_world(
        {"near": 50.0, "far": 100.0},
        {"inn-50": 50.0, "inn-100": 100.0, "inn-200": 200.0},
        n_days=3,
    )
    assert "inn-200" not in nights_of(world)


def test_a_full_lodging_is_passed_by() -> None:
    """Where the best lodging has no beds left the next one is taken."""
    world = circuit_world({"v": 50.0}, {"a": 50.0, "b": 60.0})
    (circuit,) = world.circuits
    beds = {("a", 0): 0, ("b", 0): 4, ("a", 1): 0, ("b", 1): 4}
    found = choose_nights(world, circuit, world.requirements, beds, seed=0)
    assert found.lodging_ids == ("b",)


def test_no_open_lodging_is_an_error() -> None:
    """What the supervisor fixed cannot be kept, and the message says why."""
    world = circuit_world({"v": 50.0}, {"a": 50.0})
    (circuit,) = world.circuits
    with pytest.raises(InfeasibleError, match="free beds"):
        choose_nights(world, circuit, world.requirements, {("a", 0): 0}, seed=0)


def test_patterns_keep_the_gap_and_put_even_ones_first() -> None:
    """Two visits in five days with two between: 1–4, 1–5 or 2–5, evenly spread first."""
    requirement = need("a", days=((0, 1, 2, 3, 4),) * 2, min_gap_days=3)
    assert day_patterns(requirement, range(5)) == [(0, 4), (0, 3), (1, 4)]


def test_where_not_all_fit_the_first_visits_still_do() -> None:
    """Three visits in two days: two can be made."""
    requirement = need("a", days=((0, 1),) * 3)
    assert day_patterns(requirement, (0, 1)) == [(0, 1)]


def test_a_village_of_many_children_moves_as_a_whole() -> None:
    """
    Ten and thirteen children, three meetings each from Monday to Thursday, ten minutes each.

    The near village on Monday, Tuesday and Thursday, the far one from Tuesday to Thursday: the
    54 km between them are ridden twice, and never as far as on every day.
    """
    days = (0, 1, 2, 3)
    near = {f"n{i:02d}": 35.0 + i / 100 for i in range(10)}
    far = {f"t{i:02d}": 89.0 + i / 100 for i in range(13)}
    world = circuit_world(
        near | far,
        {"near-inn": 35.0, "far-inn": 89.0},
        n_days=4,
        visits=(days,) * 3,
        service_s=600,
        kph=27.0,
    )
    beds = {(i.id, n): i.beds for i in world.lodgings for n in i.nights}
    (circuit,) = world.circuits
    found = choose_nights(world, circuit, world.requirements, beds, seed=0)
    sleeps = ("base", *found.lodging_ids, "base")
    at = {"base": 0.0, "near-inn": 35.0, "far-inn": 89.0}
    ridden = sum(abs(at[a] - at[b]) for a, b in pairwise(sleeps))
    assert ridden == pytest.approx(2 * 89.0)
