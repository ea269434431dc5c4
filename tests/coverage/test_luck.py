"""Chance is drawn by name: equal names, equal draws, and nothing depends on anything else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from outreach.coverage.interruptions import InterruptionParams
from outreach.coverage.luck import WEEKS_PER_MONTH, Luck
from outreach.errors import ConfigError

LUCK = Luck(params=InterruptionParams(), seed=7)


def test_a_name_always_draws_the_same() -> None:
    """Another seed or another name draws something else."""
    first = LUCK.lot("ill", 3, "kota").random()
    assert LUCK.lot("ill", 3, "kota").random() == first
    others = (LUCK.lot("ill", 3, "muaro"), LUCK.lot("ill", 4, "kota"))
    assert first not in {lot.random() for lot in (*others, replace(LUCK, seed=8).lot("ill", 3))}


@pytest.mark.parametrize(("share", "happens"), [(0.0, False), (1.0, True)])
def test_what_never_and_what_always_happens(share: float, *, happens: bool) -> None:
    """Nought never, one always."""
    assert {LUCK.happens(share, "door", n) for n in range(200)} == {happens}


def test_shares_and_counts_come_out_on_average() -> None:
    """Of 2,000 draws about a tenth, and about two a week."""
    n_shut = sum(LUCK.happens(0.1, "door", n) for n in range(2000))
    assert n_shut == pytest.approx(200, abs=60)
    n_calls = sum(LUCK.count(2.0, "urgent", n) for n in range(2000))
    assert n_calls == pytest.approx(4000, abs=250)


def test_days_of_illness_follow_each_other() -> None:
    """As many a month as was said, never on a day off, and those of a week in one piece."""
    at_work = (0, 1, 2, 4)
    luck = replace(LUCK, params=InterruptionParams(ill_days_per_month=2 * WEEKS_PER_MONTH))
    spells = [luck.days_ill(week, "kota", at_work) for week in range(500)]
    assert all(
        spell == at_work[at_work.index(spell[0]) :][: len(spell)] for spell in spells if spell
    )
    # Two a week on average, of which what would be more than the four working days is cut.
    assert sum(map(len, spells)) / 500 == pytest.approx(2 - 0.075, abs=0.2)
    assert luck.days_ill(0, "kota", ()) == ()


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"weeks": 0}, "weeks must be from 1 to 104"),
        ({"runs": 51}, "runs must be from 1 to 50"),
        ({"iterations": 0}, "iterations must be at least 1"),
        ({"urgent_per_week": -1.0}, "urgent_per_week must be 0 or more"),
        ({"late_minutes": float("nan")}, "late_minutes must be 0 or more"),
        ({"flood_share": 1.5}, "flood_share is a share: from 0 to 1"),
        ({"not_met_share": 0.6, "refused_share": 0.5}, "parts of the same visits"),
    ],
)
def test_rates_that_cannot_be(given: dict[str, float], fault: str) -> None:
    """Each fault is told by its name."""
    with pytest.raises(ConfigError, match=fault):
        InterruptionParams(**given)  # type: ignore[arg-type]
