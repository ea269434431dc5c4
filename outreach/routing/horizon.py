"""The days that are planned."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """The days that are planned."""

    starts_on: dt.date
    n_days: int = 7
    timezone: str = "Asia/Jakarta"

    @property
    def starts_at(self) -> dt.datetime:
        """Midnight of the first day."""
        return dt.datetime.combine(self.starts_on, dt.time(), tzinfo=ZoneInfo(self.timezone))

    @property
    def days_left_in_month(self) -> int:
        """Days from the first one to the end of its month, both counted."""
        _, last = calendar.monthrange(self.starts_on.year, self.starts_on.month)
        return last - self.starts_on.day + 1

    def weekday(self, day: int) -> int:
        """Weekday of a day of the horizon, Monday = 0."""
        return (self.starts_on.weekday() + day) % 7

    def days_on(self, weekdays: Collection[int]) -> tuple[int, ...]:
        """Days of the horizon that fall on these weekdays; empty means all."""
        return tuple(d for d in range(self.n_days) if not weekdays or self.weekday(d) in weekdays)
