"""The audit of pins, orders and gaps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.routing.by_hand import plan_of, ride, told
from tests.routing.problems import Road, need, problem, worker

if TYPE_CHECKING:
    from outreach.model import Plan

ROAD = Road({"base": 0.0, "a": 20.0, "b": 40.0})


def there_and_back(**pins: object) -> Plan:
    """Visit a and then b on one day, alone."""
    world = problem(ROAD, (need("a", **pins), need("b")), (worker(),))  # type: ignore[arg-type]
    return plan_of(world, ride(world, "w", [("a/1", 8.5), ("b/1", 10)], leaves_h=8, home_h=12))


@pytest.mark.parametrize(
    ("a", "b", "is_kept"),
    [
        (("market", 1), ("market", 2), True),
        (("market", 1), ("market", 1), True),
        (("market", 2), ("school", 1), True),
        (("market", 2), None, True),
        (("market", 2), ("market", 1), False),
    ],
)
def test_lower_ranks_come_first_within_a_group(
    a: tuple[str, int], b: tuple[str, int] | None, *, is_kept: bool
) -> None:
    """A before b is against the order where b has the lower rank in the same group."""
    world = problem(ROAD, (need("a", order=a), need("b", order=b)), (worker(),))
    said = "comes after a visit that must follow it, by the pins"
    assert told(world, there_and_back()) == ([] if is_kept else [("order", said)])


def test_an_order_binds_across_what_lies_between() -> None:
    """A third visit between the two makes no difference."""
    needs = (need("a", order=("g", 2)), need("b"), need("c", order=("g", 1)))
    world = problem(Road({**ROAD.km, "c": 60.0}), needs, (worker(),))
    route = ride(world, "w", [("a/1", 8.5), ("b/1", 10), ("c/1", 11.5)], leaves_h=8, home_h=14)
    assert [rule for rule, _ in told(world, plan_of(world, route))] == ["order"]


def test_an_order_binds_within_a_day_only() -> None:
    """On two days whoever is second may be first."""
    needs = (need("a", order=("g", 2)), need("b", order=("g", 1)))
    world = problem(ROAD, needs, (worker(),))
    monday = ride(world, "w", [("a/1", 8.5)], leaves_h=8, home_h=10)
    tuesday = ride(world, "w", [("b/1", 9)], day=1, leaves_h=8, home_h=11)
    assert told(world, plan_of(world, monday, tuesday)) == []


def test_a_pinned_worker_must_be_there() -> None:
    """Either of two would do; a third is not one of them."""
    world = problem(ROAD, (need("a", worker_ids=("u", "x")), need("b")), (worker(),))
    said = "is pinned to u, x, who is not there"
    assert told(world, there_and_back()) == [("worker", said)]
    world = problem(ROAD, (need("a", worker_ids=("u", "w")), need("b")), (worker(),))
    assert told(world, there_and_back()) == []


def test_a_day_that_is_not_allowed_is_told_by_its_date() -> None:
    """Nobody counts the days of a plan."""
    world = problem(ROAD, (need("a", days=((1,),)), need("b")), (worker(),))
    assert told(world, there_and_back()) == [("day", "may not be made on 2026-11-30")]


def test_a_promise_must_be_told() -> None:
    """The plan calls a stop pinned where the visit is, and nowhere else."""
    plain = problem(ROAD, (need("a"), need("b")), (worker(),))
    pinned = problem(ROAD, (need("a", is_pinned=True), need("b")), (worker(),))
    assert told(pinned, there_and_back(is_pinned=True)) == []
    assert told(pinned, there_and_back()) == [("pin", "was promised, and the plan does not say so")]
    assert told(plain, there_and_back(is_pinned=True)) == [
        ("pin", "is called promised, but was not")
    ]


@pytest.mark.parametrize(("second_day", "is_kept"), [(0, False), (1, False), (2, True)])
def test_a_gap_binds_between_requirements_of_one_beneficiary(
    second_day: int, *, is_kept: bool
) -> None:
    """A pinned visit on Monday and a free one are two requirements, and one child."""
    pinned, free = (need("a", min_gap_days=2, is_pinned=is_pinned) for is_pinned in (True, False))
    free = replace(free, visits=(replace(free.visits[0], id="a/2"),))
    world = problem(ROAD, (pinned, free), (worker(), worker("u")))
    first = ride(world, "u", [("a/1", 8.5)], leaves_h=8, home_h=10)
    second = ride(world, "w", [("a/2", 8.5)], day=second_day, leaves_h=8, home_h=10)
    said = [] if is_kept else [("gap", "has visits less than 2 days apart")]
    assert told(world, plan_of(world, first, second)) == said
