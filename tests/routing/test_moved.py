"""What a hand changed between two plans."""

from __future__ import annotations

import pytest

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
