"""What a hand changed between two plans."""

from __future__ import annotations

from dataclasses import replace

import pytest

from outreach.model import Leg
from outreach.routing.moved import moved
from tests.routing.problems import need
from tests.routing.test_keep import plan_of, world

BEFORE = (("u", 0, "a/1 b/1 c/1 a/2", "base"), ("w", 1, "b/2", "base"))


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (BEFORE, set()),
        ((("u", 0, "a/1 b/1 c/1 a/2", "hall"), ("w", 1, "b/2", "base")), set()),
        ((("u", 0, "a/1 c/1 a/2", "base"), ("w", 1, "b/2", "base")), set()),
        ((("u", 0, "a/2 a/1 b/1 c/1", "base"), ("w", 1, "b/2", "base")), {"a/2"}),
        ((("u", 0, "a/1 c/1 b/1 a/2", "base"), ("w", 1, "b/2", "base")), {"b/1", "c/1"}),
        ((("u", 0, "a/1 b/1 b/2 c/1 a/2", "base"),), {"b/2"}),
        ((("u", 0, "a/1 b/1 c/1 a/2", "base"), ("w", 2, "b/2", "base")), {"b/2"}),
        ((("u", 0, "a/1 b/1 c/1 a/2", "base"), ("u", 1, "b/2", "base")), {"b/2"}),
        ((*BEFORE, ("w", 2, "c/2", "base")), {"c/2"}),
    ],
    ids=[
        *("nothing", "a night", "one left out", "one jumps", "two change places"),
        *("to another route", "to another day", "to another team", "one more"),
    ],
)
def test_what_differs_in_day_team_or_order_has_moved(
    after: tuple[tuple[str, int, str, str], ...], expected: set[str]
) -> None:
    """And nothing that only stands beside it."""
    made = world(*(need(i) for i in "abc"))
    assert moved(plan_of(made, *BEFORE), plan_of(made, *after)) == expected


@pytest.mark.parametrize("is_known", [True, False], ids=["planned anew since", "not there"])
def test_legs_that_no_longer_join_the_stops_tell_what_has_moved(*, is_known: bool) -> None:
    """They go to a and c; b came between, whatever plan.json says by now."""
    made = world(*(need(i) for i in "abc"))
    since = plan_of(made, ("u", 0, "b/1 c/1", "base"), ("u", 1, "a/1", "base"))
    edited = plan_of(made, ("u", 0, "a/1 b/1 c/1", "base"))
    (route,) = edited.day_routes
    ends = (("base", "a"), ("a", "c"), ("c", "base"))
    legs = tuple(Leg(from_id=a, to_id=b, duration_s=0, distance_m=0, walk_m=0) for a, b in ends)
    edited = replace(edited, day_routes=(replace(route, legs=legs),))
    assert moved(since if is_known else None, edited) == {"b/1"}


def test_where_neither_tells_nothing_has_moved() -> None:
    """All stops are joined, and there is no plan from before."""
    made = world(*(need(i) for i in "abc"))
    assert moved(None, plan_of(made, *BEFORE)) == set()
