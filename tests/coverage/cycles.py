"""Cycles made by hand, for the tests of their values and outputs."""

from __future__ import annotations

import datetime as dt

from outreach.coverage.cycle import Cycle, Run, Trend, trend_of, verdict_of
from outreach.coverage.diary import Lived, Longest, Waiting, WeekNote
from outreach.coverage.interruptions import InterruptionParams
from outreach.errors import Message
from outreach.units import HOUR_S
from tests.coverage.world import MONDAY


def note(overdue_days: int, number: int = 0) -> WeekNote:
    """Make a week of twelve cases of two categories, of whom three wait so many days in all."""
    longest_days = overdue_days // 2
    return WeekNote(
        starts_on=MONDAY + dt.timedelta(days=7 * number),
        n_due=10,
        n_made=7,
        n_left=2,
        n_new=1,
        n_closed=1,
        service_s=5.0 * HOUR_S,
        riding_s=2.5 * HOUR_S,
        available_s=40.0 * HOUR_S,
        distance_m=84_500.0,
        cost_idr=125_000,
        lived=Lived(n_urgent=2, n_urgent_late=1, n_displaced=1, n_not_met=1),
        waiting=(
            Waiting(
                category="neglect",
                n_open=8,
                n_people=2,
                overdue_days=overdue_days - longest_days,
                longest_days=longest_days,
            ),
            Waiting(
                category="violence",
                n_open=4,
                n_people=1,
                overdue_days=longest_days,
                longest_days=longest_days,
            ),
        ),
        longest=None
        if not longest_days
        else Longest(id="K-017", category="violence", days=longest_days),
    )


def run(*overdue_days: int, seed: int = 0, n_beyond: int = 0) -> Run:
    """Make a run of weeks that end with so many overdue days."""
    weeks = tuple(note(days, number) for number, days in enumerate(overdue_days))
    return Run(seed=seed, weeks=weeks, n_beyond=n_beyond)


def cycle(runs: tuple[Run, ...], *, is_guess: bool = False) -> Cycle:
    """Make a cycle of runs."""
    trend: Trend = trend_of(runs)
    return Cycle(
        title="Kota <Jambi>",
        scenario=None,
        season="wet",
        starts_on=MONDAY,
        n_weeks=len(runs[0].weeks),
        n_people=12,
        n_workers=2,
        params=InterruptionParams(),
        is_guess=is_guess,
        runs=runs,
        trend=trend,
        verdict=verdict_of(trend, n_people=12),
        notices=(Message("The roads are made up"),),
    )
