"""Plan against actual: when visits began, and how long the ways between them took."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from outreach.coverage.actual_result import LegRow, Punctuality, Riding, TeamPunctuality
from outreach.units import DAY_S, MINUTE_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from outreach.coverage.outcomes import Outcomes, PlannedWeek, VisitRecord
    from outreach.layers.log import LogEntry
    from outreach.model import DayRoute, Leg, PlaceKind, Season, Stop

    Place = tuple[PlaceKind, str]

WITHIN_S = 30 * MINUTE_S
"""So near to the plan, a beginning counts as on time."""
TOLD_FROM_S = 3 * MINUTE_S
"""Of shorter legs a clock that shows minutes tells nothing."""
_WAIT_S = MINUTE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedLeg:
    """A leg between two visits that was ridden as planned; `real_s` is what passed between."""

    date: dt.date
    start: Stop
    end: Stop
    planned_s: int
    real_s: int
    season: Season


def punctuality(visits: Iterable[VisitRecord]) -> Punctuality:
    """Compare the beginnings of visits that were done, on their planned day, with the plan."""
    done = [visit for visit in visits if visit.outcome == "done"]
    late_s = [
        visit.entry.begins_s - visit.begins_s
        for visit in done
        if visit.entry is not None
        and visit.entry.begins_s is not None
        and visit.entry.date == visit.date
        and visit.is_kept
    ]
    return Punctuality(
        n_done=len(done),
        n_timed=len(late_s),
        n_on_time=sum(abs(s) <= WITHIN_S for s in late_s),
        n_early=sum(s < -WITHIN_S for s in late_s),
        n_late=sum(s > WITHIN_S for s in late_s),
        within_s=WITHIN_S,
        median_late_s=float(median(late_s)) if late_s else None,
    )


def by_team(visits: Iterable[VisitRecord]) -> tuple[TeamPunctuality, ...]:
    """Give the punctuality of each team of which a visit was done, by its id."""
    teams: dict[str, list[VisitRecord]] = defaultdict(list)
    for visit in visits:
        if visit.outcome == "done":
            teams[visit.team_id].append(visit)
    return tuple(
        TeamPunctuality(team_id=team_id, punctuality=punctuality(own))
        for team_id, own in sorted(teams.items())
    )


def timed_legs(
    weeks: Sequence[PlannedWeek], found: Outcomes, *, is_counted: Callable[[dt.date], bool]
) -> tuple[tuple[TimedLeg, ...], int]:
    """
    Find the legs of which the log tells how long they took.

    Such a leg joins two visits that were done one after the other, as planned: nothing else is
    told to have begun between them, no wait was planned after it, no break lies between, as
    planned or as it went.

    Parameters
    ----------
    weeks
        The plans; the last one of each week counts.
    found
        What came of their visits.
    is_counted
        Of which days legs count.

    Returns
    -------
    legs, n_untold
        In the order of the plans; and how many other legs joined two visits that were done.
    """
    done = {(v.starts_on, v.visit_id): v for v in found.visits if v.outcome == "done" and v.is_kept}
    begun = _beginnings(found)
    legs: list[TimedLeg] = []
    n_untold = 0
    for week in weeks:
        plan = week.plans[-1]
        for route in plan.day_routes:
            date = week.starts_on + dt.timedelta(days=route.day)
            if date >= week.until or not is_counted(date):
                continue
            for (start, end), leg in zip(pairwise(route.stops), route.legs, strict=True):
                visits = [done.get((week.starts_on, s.visit_id or "")) for s in (start, end)]
                if None in visits:
                    continue
                told = [v.entry for v in visits if v is not None and v.entry is not None]
                real_s = _passed(told, route, (start, end), leg, date, begun)
                if real_s is None:
                    n_untold += 1
                    continue
                legs.append(
                    TimedLeg(
                        date=date,
                        start=start,
                        end=end,
                        planned_s=leg.duration_s,
                        real_s=real_s,
                        season=plan.season,
                    )
                )
    return tuple(legs), n_untold


def riding(
    legs: Sequence[TimedLeg], n_untold: int, *, around: Mapping[str, str] | None = None
) -> Riding:
    """
    Sum up legs, and those from each area to another, or within it.

    Parameters
    ----------
    around
        Of areas by their name what they count as, such as their districts: the smaller the
        places, the less a few legs say.
    """
    around = around or {}
    ways: dict[tuple[Place, Place], list[TimedLeg]] = defaultdict(list)
    for leg in legs:
        ways[_place(leg.start, around), _place(leg.end, around)].append(leg)
    rows = [
        LegRow(
            from_kind=start[0],
            from_area=start[1],
            to_kind=end[0],
            to_area=end[1],
            n=len(some),
            planned_s=sum(leg.planned_s for leg in some),
            real_s=sum(leg.real_s for leg in some),
            median_ratio=_ratio(some),
        )
        for (start, end), some in sorted(ways.items())
    ]
    return Riding(
        n_legs=len(legs),
        n_untold=n_untold,
        planned_s=sum(leg.planned_s for leg in legs),
        real_s=sum(leg.real_s for leg in legs),
        median_ratio=_ratio(legs) if legs else None,
        legs=tuple(sorted(rows, key=lambda row: -row.lost_s)),
    )


def _place(stop: Stop, around: Mapping[str, str]) -> Place:
    area = stop.area or ""
    return stop.kind, around.get(area, area)


def _ratio(legs: Sequence[TimedLeg]) -> float:
    return float(median(leg.real_s / leg.planned_s for leg in legs))


def _beginnings(found: Outcomes) -> Mapping[tuple[str, dt.date], set[int]]:
    """Give when each worker began something, by the day."""
    begun: dict[tuple[str, dt.date], set[int]] = defaultdict(set)
    told = [(v.entry, v.worker_ids) for v in found.visits if v.entry is not None]
    others: tuple[LogEntry, ...] = (*found.unplanned, *found.doubled)
    for entry, workers in (*told, *((entry, ()) for entry in others)):
        if entry.begins_s is not None:
            for worker_id in {*workers, entry.worker_id} - {None}:
                begun[str(worker_id), entry.date].add(entry.begins_s)
    return begun


def _passed(
    told: Sequence[LogEntry],
    route: DayRoute,
    ends: tuple[Stop, Stop],
    leg: Leg,
    date: dt.date,
    begun: Mapping[tuple[str, dt.date], set[int]],
) -> int | None:
    """Give the seconds from the end of a visit to the beginning of the next; None: not riding."""
    leaves_s, begins_s = _end_s(told[0]), told[1].begins_s
    if leaves_s is None or begins_s is None or any(entry.date != date for entry in told):
        return None
    if leg.duration_s < TOLD_FROM_S or ends[1].starts_s - ends[1].arrives_s > _WAIT_S:
        return None
    if begins_s <= leaves_s:
        return None
    midnight_s = route.day * DAY_S
    spans = (
        (ends[0].departs_s, ends[1].starts_s),
        (midnight_s + leaves_s, midnight_s + begins_s),
    )
    if any(p.starts_s < to_s and p.ends_s > from_s for p in route.pauses for from_s, to_s in spans):
        return None
    since_s = leaves_s - 1 if told[0].begins_s is None else told[0].begins_s
    between = (b for w in route.worker_ids for b in begun.get((w, date), ()))
    if any(since_s < b < begins_s for b in between):
        return None
    return begins_s - leaves_s


def _end_s(entry: LogEntry) -> int | None:
    if entry.ends_s is not None:
        return entry.ends_s
    if entry.begins_s is None or entry.minutes is None:
        return None
    return entry.begins_s + round(entry.minutes * MINUTE_S)
