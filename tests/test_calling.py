"""What the supervisor types, before it is held against anything."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from outreach.calling import Call, moment_of
from outreach.errors import ConfigError
from outreach.lineage import Figures, Revision
from outreach.model import Plan
from outreach.units import DAY_S, HOUR_S, MINUTE_S

JAMBI = ZoneInfo("Asia/Jakarta")
PLAN = Plan(
    starts_at=dt.datetime(2026, 11, 30, tzinfo=JAMBI),
    horizon_days=7,
    seed=0,
    season="dry",
    day_routes=(),
)
TUESDAY = dt.datetime(2026, 12, 1, 3, 20, tzinfo=dt.UTC)
"""20 past 10 in Jambi."""
AT_S = DAY_S + 10 * HOUR_S + 20 * MINUTE_S


@pytest.mark.parametrize(
    ("at", "at_s"),
    [
        (None, AT_S),
        ("2026-12-01 10:20", AT_S),
        ("1/12/2026 10.20", AT_S),
        ("Selasa, 1 Desember 2026 pukul 10.20", AT_S),
        ("10:20", AT_S),
        ("2026-12-02", 2 * DAY_S),
        # On Sunday evening nothing of the week has begun.
        ("2026-11-29 20:00", 0),
    ],
)
def test_a_moment_is_told_in_many_ways(at: str | None, at_s: int) -> None:
    """By the clock of the office, wherever the machine stands."""
    assert moment_of(Call(at=at), PLAN, now=TUESDAY) == at_s


@pytest.mark.parametrize("at", ["2026-12-07 08:00", "2025-12-01 10:20", "soon"])
def test_a_moment_of_another_week_is_refused(at: str) -> None:
    """A year mistyped changes no plan."""
    with pytest.raises(ConfigError):
        moment_of(Call(at=at), PLAN, now=TUESDAY)


def test_a_plan_is_not_changed_before_it_was_changed_last() -> None:
    """What was told in between is in it already."""
    figures = Figures(n_moved=0, n_fell_out=0, n_new=0, n_late=0, riding_s=0, cost_idr=0, score_s=0)
    revision = Revision(
        number=1, revises="", at_s=AT_S, happened=(), n_told=0, changes=(), figures=figures
    )
    changed = replace(PLAN, revision=revision)
    assert moment_of(Call(at="10:20"), changed, now=TUESDAY) == AT_S
    with pytest.raises(ConfigError, match="2026-12-01 10:20 already"):
        moment_of(Call(at="10:19"), changed, now=TUESDAY)
