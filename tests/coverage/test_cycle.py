"""Several runs of many weeks: trend, verdict, means."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from outreach.coverage.cycle import Run, Trend, run_weeks, trend_of, verdict_of
from outreach.coverage.interruptions import Interruptions
from tests.coverage.cycles import cycle, note, run
from tests.coverage.world import MONDAY, QUIET, child, setting, worker


def test_the_trend_is_that_of_the_second_half() -> None:
    """What happened while the weeks settled does not count."""
    trend = trend_of([run(900, 500, 0, 100, 110, 120, 130, 140)])
    assert trend.days_per_week == pytest.approx(10)
    # One run does not tell how sure that is.
    assert (trend.low, trend.high) == (None, None)


def test_runs_that_agree_are_sure() -> None:
    """Slopes of 8, 10 and 12: mean 10, and by Student's t with 2 degrees ± 4.303 · 2 / √3."""
    runs = [run(0, 0, 0, 0, 50, 50 + n, 50 + 2 * n, 50 + 3 * n) for n in (8, 10, 12)]
    trend = trend_of(runs)
    assert trend.days_per_week == pytest.approx(10)
    assert trend.low == pytest.approx(10 - 4.969, abs=0.01)
    assert trend.high == pytest.approx(10 + 4.969, abs=0.01)


def test_too_few_weeks_tell_nothing() -> None:
    """Two points always lie on a line."""
    assert trend_of([run(0, 10, 20), run(0, 20, 40)]) == Trend(days_per_week=None)


@pytest.mark.parametrize(
    ("mean", "low", "high", "verdict"),
    [
        (50.0, 20.0, 80.0, "grows"),
        (50.0, -5.0, 105.0, "open"),
        # Steady is less than if two of a hundred were never visited again: 14 days a week.
        (10.0, 6.0, 14.0, "holds"),
        (0.0, 0.0, 0.0, "holds"),
        (10.0, 5.0, 15.0, "open"),
        (-50.0, -80.0, -20.0, "falls"),
        (-50.0, -105.0, 5.0, "open"),
        (50.0, None, None, "open"),
        (None, None, None, "open"),
    ],
)
def test_the_verdict(
    mean: float | None, low: float | None, high: float | None, verdict: str
) -> None:
    """Of a hundred people; what the runs leave open is not decided."""
    trend = Trend(days_per_week=mean, low=low, high=high)
    assert verdict_of(trend, n_people=100) == verdict


def test_means_and_bands() -> None:
    """Over weeks and runs, at the end, and week by week."""
    made = cycle((run(0, 10), run(20, 50)))
    assert made.mean(lambda w: w.overdue_days) == 20
    assert made.total(lambda w: w.overdue_days) == 40
    assert made.at_end(lambda w: w.overdue_days) == 30
    assert made.band(lambda w: w.overdue_days) == ((0, 10, 20), (10, 30, 50))


def test_a_note_sums_up_its_categories() -> None:
    """Of two categories."""
    week = note(30)
    assert (week.n_open, week.n_waiting, week.overdue_days) == (12, 3, 30)


def test_who_has_time_keeps_up_and_who_has_not_does_not() -> None:
    """
    One worker sees four children a week: of four nobody waits, of eight the lighter four for ever.

    These are 28 days more each week, in both runs alike.
    """
    rows = [child(f"c{i}", 10) for i in range(4)]
    enough = replace(
        setting(rows, [worker("w", hours=4.4)], n_weeks=6),
        interruptions=Interruptions(params=QUIET),
    )
    runs = run_weeks(enough, 2)
    assert [one.seed for one in runs] == [0, 1]
    assert verdict_of(trend_of(runs), n_people=4) == "holds"
    assert runs[0].weeks[-1].n_waiting == 0
    many = [child(f"c{i}", 10, priority=5.0) for i in range(4)]
    many += [child(f"low{i}", 10, priority=0.1) for i in range(4)]
    short = replace(
        setting(many, [worker("w", hours=4.4)], n_weeks=6),
        interruptions=Interruptions(params=QUIET),
    )
    runs = run_weeks(short, 2)
    trend = trend_of(runs)
    assert trend.days_per_week == pytest.approx(28)
    assert verdict_of(trend, n_people=8) == "grows"
    assert runs[0].weeks[-1].longest is not None
    assert runs[0].weeks[-1].longest.days == 42


def test_progress_reaches_the_end() -> None:
    """Of all runs together, never backwards."""
    told: list[float] = []
    asked = replace(
        setting([child("a", 1)], [worker("w")], n_weeks=2),
        interruptions=Interruptions(params=QUIET),
    )
    runs = run_weeks(asked, 2, told=told.append)
    assert len(told) == 4
    assert max(told) == 1.0
    assert all(isinstance(one, Run) and len(one.weeks) == 2 for one in runs)
    assert runs[0].weeks[1].starts_on == MONDAY + dt.timedelta(days=7)
