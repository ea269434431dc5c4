"""Which visits fall due within the horizon, and on which days they may happen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.routing.problem import Visit

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

WEEK_DAYS = 7


def visits_per_week(
    id_: str, n_per_week: int, days: Iterable[int], *, horizon_days: int
) -> tuple[Visit, ...]:
    """
    Make the visits of somebody who is seen `n_per_week` times in each week of the horizon.

    `days` are the days of the horizon on which a visit is allowed at all.
    """
    allowed = sorted(days)
    weeks = [
        tuple(d for d in allowed if starts <= d < starts + WEEK_DAYS)
        for starts in range(0, horizon_days, WEEK_DAYS)
    ]
    each = [week for week in weeks for _ in range(n_per_week)]
    return tuple(Visit(id=f"{id_}/{i}", days=week) for i, week in enumerate(each, start=1))


def visits_every(
    id_: str,
    every_days: int,
    days: Iterable[int],
    *,
    starts_on: dt.date,
    horizon_days: int,
    min_gap_days: int,
    last_visit: dt.date | None,
    deadline: dt.date | None,
) -> tuple[Visit, ...]:
    """
    Make the visits of somebody who is seen every so many days.

    The first is due `every_days` after `last_visit`, at once where there was none, and no later
    than `deadline`; the others follow in the same rhythm. A visit may come up to a third of
    the interval early, so that one that falls due on a Sunday can be made on the Friday. Nothing
    due within the horizon gives an empty tuple.

    Parameters
    ----------
    days
        Days of the horizon on which a visit is allowed at all.
    """
    allowed = sorted(days)
    due = 0 if last_visit is None else (last_visit - starts_on).days + every_days
    deadline_day = None if deadline is None else (deadline - starts_on).days
    if deadline_day is not None:
        due = min(due, deadline_day)
    earliest = 0 if last_visit is None else (last_visit - starts_on).days + min_gap_days
    overdue_days = max(0, -due)
    visits: list[Visit] = []
    target = max(due, 0)
    while target < horizon_days:
        opens = max(earliest, target - every_days // 3)
        # A late visit pushes the next one on, so each may use the days up to the next's due day.
        closes = target + max(every_days - 1, 0)
        visits.append(
            Visit(
                id=f"{id_}/{len(visits) + 1}",
                days=tuple(d for d in allowed if opens <= d <= closes),
                deadline_day=None if visits or deadline_day is None else max(deadline_day, 0),
                overdue_days=0 if visits else overdue_days,
            )
        )
        target += max(every_days, 1)
    return tuple(visits)


def due_on(every_days: int, last_visit: dt.date) -> dt.date:
    """Give the day on which the next visit falls due."""
    import datetime as dt

    return last_visit + dt.timedelta(days=every_days)
