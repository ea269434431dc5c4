"""How long visits take is learned from many, and led astray by few."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.layers.learned import Learned, learn
from outreach.layers.log import LogEntry
from outreach.layers.presets import CategoryPreset

if TYPE_CHECKING:
    from collections.abc import Sequence

PRESETS = {
    "street": CategoryPreset(service_minutes=40),
    "violence": CategoryPreset(service_minutes=60),
}


def _entries(minutes: Sequence[float | None], **told: Any) -> list[LogEntry]:
    """Make a visit a day to a street child."""
    first = dt.date(2026, 1, 5)
    base: dict[str, Any] = {"beneficiary_id": "K1", "state": "done", **told}
    return [
        LogEntry(id=f"e{i}", date=first + dt.timedelta(days=i), minutes=length, **base)
        for i, length in enumerate(minutes)
    ]


def _learn(entries: Sequence[LogEntry], learn_from: int = 10) -> tuple[Learned, ...]:
    category_of = {"K1": "street", "K2": "violence", "K3": "gone"}
    return learn(entries, category_of, PRESETS, learn_from=learn_from, least_share=0.5)


def test_the_median_is_learned_and_the_far_one_left_aside() -> None:
    """A day at court is no visit; 30 to 39 have the median 34.5, a deviation of 2.5 × 1.4826."""
    (found,) = _learn(_entries([*range(30, 40), 480]))
    assert (found.category, found.preset, found.n_visits, found.n_aside) == ("street", 40, 11, 1)
    assert (found.median, found.lower, found.upper) == (34.5, 32.25, 36.75)
    assert found.minutes == 34


@pytest.mark.parametrize(
    ("minutes", "learned"),
    [([30] * 9, None), ([30] * 10, 30), ([30] * 9 + [None], None), ([12] * 10, 20)],
)
def test_too_few_teach_nothing_and_knocking_is_no_visit(
    minutes: list[float | None], learned: int | None
) -> None:
    """Nothing is learned that is less than half of the preset."""
    assert _learn(_entries(minutes))[0].minutes == learned


def test_the_length_is_told_or_lies_between_the_two_times() -> None:
    """What is told comes first; a visit that ends as it begins was not timed."""
    timed = {"begins_s": 32_400, "ends_s": 34_200}
    assert _learn(_entries([None] * 10, **timed))[0].median == 30
    assert _learn(_entries([44] * 10, **timed))[0].median == 44
    assert _learn(_entries([None] * 10, begins_s=32_400, ends_s=32_400)) == ()
    assert _learn(_entries([None] * 10, begins_s=32_400)) == ()


@pytest.mark.parametrize("state", ["not met", "refused", "moved", "closed"])
def test_only_visits_that_were_made_teach(state: str) -> None:
    """Waiting at a gate is no visit."""
    assert _learn(_entries([30] * 10, state=state)) == ()


def test_several_workers_at_one_visit_are_one_visit() -> None:
    """Else a team of three would teach with four visits."""
    entries = [e for _ in range(3) for e in _entries([30] * 4)]
    assert [(one.n_visits, one.minutes) for one in _learn(entries)] == [(4, None)]


def test_categories_are_learned_apart_by_name() -> None:
    """Of ids and categories that the tables do not have nothing is learned."""
    entries = [
        *_entries([70] * 10, beneficiary_id="K2"),
        *_entries([30] * 10),
        *_entries([30] * 10, beneficiary_id="K3"),
        *_entries([30] * 10, beneficiary_id="K9"),
    ]
    assert [(one.category, one.minutes) for one in _learn(entries)] == [
        ("street", 30),
        ("violence", 70),
    ]


@given(
    st.lists(st.floats(20, 60), min_size=10, max_size=40),
    st.lists(st.floats(200, 1440), max_size=4),
    st.randoms(use_true_random=False),
)
def test_few_long_visits_do_not_carry_the_others_away(
    minutes: list[float], long: list[float], random: Any
) -> None:
    """Whatever they say, what is learned lies among the others; in whatever order."""
    entries = _entries([*minutes, *long])
    (found,) = _learn(entries)
    if found.minutes is not None:
        assert round(min(minutes)) <= found.minutes <= round(max(minutes))
    assert found.lower <= found.median <= found.upper
    assert found.n_aside < found.n_visits / 2 + 1
    random.shuffle(entries)
    assert _learn(entries) == (found,)
    if not long:
        assert abs(found.median - np.median(minutes)) <= max(minutes) - min(minutes)
