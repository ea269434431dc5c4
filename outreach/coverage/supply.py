"""The hours that workers have: each of them, at each base, in a full-time week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.routing.due import WEEK_DAYS
from outreach.routing.horizon import Horizon
from outreach.routing.shifts import shared_shifts
from outreach.units import HOUR_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outreach.coverage.weeks import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingWeek:
    """What one worker works in a week; `hours` are without the breaks."""

    base_id: str
    n_days: int
    hours: float
    max_riding_s: int


def working_weeks(setting: Setting) -> Mapping[str, WorkingWeek]:
    """Give everybody's week, by worker id."""
    horizon = Horizon(starts_on=setting.starts_on, n_days=WEEK_DAYS, timezone=setting.timezone)
    weeks = {}
    for row in setting.tables.workers.itertuples():
        shifts = shared_shifts([row], range(WEEK_DAYS), horizon, setting.arranged.breaks)
        rest_s = sum(rest.length_s for shift in shifts for rest in shift.breaks)
        weeks[row.id] = WorkingWeek(
            base_id=row.base_id,
            n_days=len(shifts),
            hours=(sum(s.ends_s - s.starts_s for s in shifts) - rest_s) / HOUR_S,
            max_riding_s=int(row.max_riding_s),
        )
    return weeks


def hours_by_base(weeks: Mapping[str, WorkingWeek], base_ids: Sequence[str]) -> list[float]:
    """Sum up the weekly hours of the workers at each base."""
    at = dict.fromkeys(base_ids, 0.0)
    for week in weeks.values():
        at[week.base_id] += week.hours
    return list(at.values())
