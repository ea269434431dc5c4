"""What a worker is told of a plan's notices."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from outreach.errors import Message
from outreach.output.notices import notices_for

if TYPE_CHECKING:
    from outreach.model import Plan

LATE = "%(visits)s: planned, but after the deadline"


@pytest.mark.parametrize(
    ("visits", "told"),
    [
        # K- are visited in town, S- on the circuit; K-101 is left out.
        ("K-001:0", "K-001:0"),
        ("K-001:0, K-005:1, S-01:2", "K-001:0, K-005:1"),
        ("S-01:2, S-02:1", None),
        ("K-101:1", None),
        ("K-200", None),
        ("K-002, S-01", "K-002"),
    ],
)
def test_others_cases_are_not_named(plan: Plan, visits: str, told: str | None) -> None:
    """Of a list the worker's own stay; a sentence about nobody of the worker's is left out."""
    late = replace(plan, notices=(Message(LATE, {"visits": visits}),))
    expected = () if told is None else (Message(LATE, {"visits": told}),)
    assert notices_for(late, "KOTA") == expected


def test_who_travels_along_may_read_of_the_teams_cases(plan: Plan) -> None:
    """The children of a circuit are those of each of its workers."""
    late = replace(plan, notices=(Message(LATE, {"visits": "S-01:2, K-001:0"}),))
    assert notices_for(late, "SAD-2") == (Message(LATE, {"visits": "S-01:2"}),)


def test_what_names_no_case_is_for_everybody(plan: Plan) -> None:
    """Neither sentences without values nor those with others are touched."""
    notices = (Message("The roads are synthetic"), Message("%(n)d of %(of)s", {"n": 0, "of": ""}))
    assert notices_for(replace(plan, notices=notices), "KOTA") == notices
