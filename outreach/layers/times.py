"""When, how often, how long and how urgently: what several layers read alike."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar

from outreach.errors import Message
from outreach.layers.values import parse_clocks, parse_minutes, parse_priority
from outreach.units import DAY_S, MINUTE_S, format_clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.layers.checks import Inspection

    Windows = tuple[tuple[int, int], ...]

_Blank = TypeVar("_Blank", float, "float | None")

WEEK_DAYS = 7
YEAR_DAYS = 366


def pair_windows(opens: Sequence[int], closes: Sequence[int]) -> Windows | None:
    """
    Make windows of opening and closing times in seconds after midnight, in time's order.

    Returns
    -------
    windows
        A missing side is the start or the end of the day. None when the numbers of times
        differ, or one closes before it opens.
    """
    if not opens and not closes:
        return ()
    opens, closes = opens or (0,) * len(closes), closes or (DAY_S,) * len(opens)
    pairs = sorted(zip(opens, closes, strict=False))
    if len(opens) != len(closes) or any(closed < opened for opened, closed in pairs):
        return None
    return tuple(pairs)


def read_windows(inspection: Inspection) -> list[Windows]:
    """Read the columns `opens` and `closes`; empty where the row leaves both out."""
    nothing: tuple[int, ...] = ()
    opens = inspection.column("opens", parse_clocks, blank=nothing)
    closes = inspection.column("closes", parse_clocks, blank=nothing)
    windows: list[Windows] = []
    for row, (opened, closed) in enumerate(zip(opens, closes, strict=True)):
        paired = pair_windows(opened, closed)
        if paired is None:
            inspection.error(
                row,
                "closes",
                "window-closes-early",
                Message(
                    "opens at %(opens)s but closes at %(closes)s",
                    {
                        "opens": ", ".join(map(format_clock, opened)),
                        "closes": ", ".join(map(format_clock, closed)),
                    },
                ),
                Message("write a later closing time for each opening time"),
            )
        windows.append(paired or ())
    return windows


def most_visits(weekdays: Sequence[int], min_gap_days: int) -> int:
    """Count the days of one week that allow a visit, least gaps kept (0 counts as 1)."""
    n_visits, last = 0, -WEEK_DAYS * max(min_gap_days, 1)
    for day in weekdays or range(WEEK_DAYS):
        if day - last >= max(min_gap_days, 1):
            n_visits, last = n_visits + 1, day
    return n_visits


def check_frequency(
    inspection: Inspection, row: int, *, visits_per_week: float, every_days: float,
    weekdays: Sequence[int], min_gap_days: int, blamed: str | None = None,
) -> None:  # fmt: skip
    """
    Refuse a frequency that no calendar can hold.

    Parameters
    ----------
    visits_per_week, every_days
        NaN: not given.
    weekdays
        Allowed days, Monday 0; empty: any.
    blamed
        The field to correct, when it is not the frequency.
    """
    both = not math.isnan(visits_per_week) and not math.isnan(every_days)
    field = "every_days" if math.isnan(visits_per_week) else "visits_per_week"
    mend = Message("write fewer visits, more weekdays, or a smaller least gap")
    what: Message | None = None
    if both:
        what = Message("both visits_per_week and every_days are given")
        mend = Message("keep one of the two")
    elif visits_per_week <= 0 or every_days <= 0:
        what = Message("visits must come more often than never")
        mend = Message("write a number above 0, or leave it empty for the category's")
    elif not math.isnan(visits_per_week) and visits_per_week != int(visits_per_week):
        what = Message(
            "%(visits)s visits a week is no whole number", {"visits": f"{visits_per_week:g}"}
        )
        mend = Message("write how many days from one visit to the next as every_days instead")
    elif every_days < max(min_gap_days, 1):
        what = Message(
            "every %(every)s days is sooner than the least gap of %(gap)s days",
            {"every": f"{every_days:g}", "gap": max(min_gap_days, 1)},
        )
    elif visits_per_week > (most := most_visits(weekdays, min_gap_days)):
        what = Message(
            "%(visits)s visits a week do not fit: its days and gaps allow %(most)s",
            {"visits": f"{visits_per_week:g}", "most": most},
        )
    if what is not None:
        inspection.error(row, blamed or field, "impossible-frequency", what, mend)


def read_service_minutes(inspection: Inspection, *, blank: _Blank) -> list[_Blank]:
    """Read how long a visit lasts: more than nothing, a day at most."""
    minutes: list[_Blank] = inspection.column("service_minutes", parse_minutes, blank=blank)
    inspection.demand(
        "service_minutes",
        minutes,
        lambda length: 1 <= round(length * MINUTE_S) <= DAY_S,
        code="impossible-service",
        what=Message("a visit of '%(value)s' minutes cannot be"),
        mend=Message("write the length of the visit in minutes, such as 45"),
    )
    return minutes


def read_priorities(inspection: Inspection, *, blank: _Blank) -> list[_Blank]:
    """Read how urgent a visit is."""
    priorities: list[_Blank] = inspection.column("priority", parse_priority, blank=blank)
    inspection.demand(
        "priority",
        priorities,
        lambda priority: priority >= 0,
        code="impossible-priority",
        what=Message("the priority '%(value)s' is negative"),
        mend=Message("write a number from 0 up; higher goes first"),
    )
    return priorities
