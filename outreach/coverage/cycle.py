"""Many weeks as they really go, several times over: can so many workers keep up."""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from outreach.coverage.simulation import simulate
from outreach.routing.due import WEEK_DAYS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from outreach.coverage.diary import WeekNote
    from outreach.coverage.interruptions import InterruptionParams
    from outreach.coverage.weeks import Setting
    from outreach.errors import Message
    from outreach.model import Season

Verdict = Literal["grows", "holds", "falls", "open"]

AT_ONCE = 2
"""The search leaves the interpreter free, replanning does not: more gain nothing."""
LEAST_WEEKS = 4
"""Of the second half of fewer weeks no trend can be told."""
STEADY_SHARE = 0.02
"""Steady is what grows or falls by less than if so many of the cases were never visited again."""
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """All weeks, once; `n_beyond` are the people to whom nobody of these workers could come."""

    seed: int
    weeks: tuple[WeekNote, ...]
    n_beyond: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """
    By how much the overdue days of all people grow each week, in the second half of the weeks.

    Mean of the runs, each by least squares; `low` and `high` bound it with 95 percent confidence
    (Student's t), None where one run alone does not tell. Without a trend all are None.
    """

    days_per_week: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """
    What many weeks come to.

    Parameters
    ----------
    n_people, n_workers
        At the beginning.
    is_guess
        Whether outreach.toml says nothing of what interrupts the weeks, so the rates are ours.
    runs
        The same weeks with other luck.
    """

    title: str
    scenario: str | None
    season: Season
    starts_on: dt.date
    n_weeks: int
    n_people: int
    n_workers: int
    params: InterruptionParams
    is_guess: bool
    runs: tuple[Run, ...]
    trend: Trend
    verdict: Verdict
    notices: tuple[Message, ...] = ()

    def mean(self, figure: Callable[[WeekNote], float]) -> float:
        """Give the mean of a figure over all weeks of all runs."""
        return math.fsum(figure(w) for run in self.runs for w in run.weeks) / self._n

    def total(self, figure: Callable[[WeekNote], float]) -> float:
        """Give the mean over the runs of a figure's sum over the weeks."""
        return self.mean(figure) * self.n_weeks

    def at_end(self, figure: Callable[[WeekNote], float]) -> float:
        """Give the mean over the runs of a figure at the end of the last week."""
        return math.fsum(figure(run.weeks[-1]) for run in self.runs) / len(self.runs)

    def band(self, figure: Callable[[WeekNote], float]) -> tuple[tuple[float, float, float], ...]:
        """Give the least, the mean and the most of the runs, week by week."""
        by_week = zip(*(tuple(map(figure, run.weeks)) for run in self.runs), strict=True)
        return tuple((min(one), math.fsum(one) / len(one), max(one)) for one in by_week)

    @property
    def _n(self) -> int:
        return len(self.runs) * self.n_weeks


def run_weeks(
    setting: Setting, n_runs: int, *, told: Callable[[float], None] = lambda _: None
) -> tuple[Run, ...]:
    """
    Live through the weeks of a setting several times, each time with other luck.

    Parameters
    ----------
    told
        Called with the part that is done.
    """
    done = dict.fromkeys(range(n_runs), 0.0)

    def one(number: int) -> Run:
        def part(share: float) -> None:
            done[number] = share
            told(math.fsum(done.values()) / n_runs)

        own = replace(setting, seed=setting.seed + number)
        weeks = simulate(own, told=part)
        return Run(seed=own.seed, weeks=weeks.diary, n_beyond=int(weeks.is_hopeless.sum()))

    with ThreadPoolExecutor(min(AT_ONCE, os.cpu_count() or 1)) as pool:
        return tuple(pool.map(one, range(n_runs)))


def trend_of(runs: Sequence[Run]) -> Trend:
    """Tell by how much the overdue days grow each week, once the weeks have settled."""
    n_weeks = len(runs[0].weeks)
    if n_weeks < LEAST_WEEKS:
        return Trend(days_per_week=None)
    overdue = np.array([[w.overdue_days for w in run.weeks[n_weeks // 2 :]] for run in runs])
    slopes = np.polyfit(np.arange(overdue.shape[1]), overdue.T.astype(float), deg=1)[0]
    mean = float(slopes.mean())
    if len(runs) == 1:
        return Trend(days_per_week=mean)
    from scipy.stats import t

    spread = float(slopes.std(ddof=1)) / math.sqrt(len(runs))
    half = float(t.ppf((1 + CONFIDENCE) / 2, len(runs) - 1)) * spread
    return Trend(days_per_week=mean, low=mean - half, high=mean + half)


def verdict_of(trend: Trend, *, n_people: int) -> Verdict:
    """Say whether what is overdue grows, holds or falls; open where the runs do not tell."""
    mean, low, high = trend.days_per_week, trend.low, trend.high
    if mean is None or low is None or high is None:
        return "open"
    steady = STEADY_SHARE * n_people * WEEK_DAYS
    if mean > steady and low > 0:
        return "grows"
    if mean < -steady and high < 0:
        return "falls"
    return "holds" if -steady <= low and high <= steady else "open"
