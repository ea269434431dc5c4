"""Who waits for a visit that is due: since when, and why."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outreach.coverage.accounts_result import Overdue
from outreach.layers.log import standing
from outreach.routing.due import WEEK_DAYS
from outreach.routing.requirements import date as day_of
from outreach.routing.requirements import number
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    import geopandas as gpd

    from outreach.coverage.accounts_result import VisitOutcome, Waiting
    from outreach.coverage.outcomes import Outcomes, PlannedWeek
    from outreach.errors import Message
    from outreach.layers.log import LogEntry
    from outreach.model import Loss

_TOLD: Mapping[VisitOutcome, Waiting] = {
    "not_met": "not_met",
    "refused": "refused",
    "moved": "moved",
    "no_word": "no_word",
    "cancelled": "cancelled",
    "fell_out": "fell_out",
}
_MISSED: frozenset[Waiting] = frozenset({"not_met", "refused", "moved", "fell_out", "left_out"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """One thing that is known of somebody who was not met."""

    date: dt.date
    why: Waiting
    detail: Message | None = None


def waiting(
    people: gpd.GeoDataFrame,
    caseload: Collection[str],
    weeks: Sequence[PlannedWeek],
    found: Outcomes,
    entries: Iterable[LogEntry],
    *,
    until: dt.date,
) -> tuple[Overdue, ...]:
    """
    Find those whose visit is overdue.

    A visit is due so many days after the last one that was made, by the log or by the table; of
    who is seen several times a week a week after it; on the day that the last visit agreed on;
    by the deadline of a first contact; and an urgent one by its own. It is overdue from the next
    day on. Whoever was never met, without a deadline, counts as due on the first day of the first
    of these plans that knows them; whoever was met afterwards only, by the table, is left aside:
    nobody knows when the visit before was.

    Parameters
    ----------
    people
        Rows of the beneficiaries as they are now, or as they were.
    caseload
        Whose cases are open.
    weeks
        All plans at hand, by their first day.
    found
        What came of their visits.
    entries
        The log; what it says of later days is not looked at.
    until
        The last day.

    Returns
    -------
    overdue
        Without category and area; who waits longest first.
    """
    told: dict[str, list[LogEntry]] = defaultdict(list)
    for entry in standing(entries):
        if entry.date <= until:
            told[entry.beneficiary_id].append(entry)
    rows = {row.id: row for row in people.itertuples() if row.id in caseload}
    words = _words(weeks, found, until)
    unusable = _unusable(weeks, until)
    since = _known_since(weeks, until)
    urgent = _urgent(weeks, until)
    planned = _planned(weeks, until)
    overdue = []
    for who in sorted(caseload):
        if who not in rows and who not in unusable:
            continue
        due_on, last_met = _due(rows.get(who), told.get(who, ()), until)
        if last_met is None and who in rows and _is_after(rows[who].last_visit, until):
            continue
        pressing = [
            by for told_on, by in urgent.get(who, ()) if last_met is None or last_met < told_on
        ]
        due_on = min((d for d in (due_on, *pressing) if d is not None), default=None)
        counts_from = due_on or since.get(who, until)
        days = (until - counts_from).days
        if days <= 0:
            continue
        heard = [w for w in words.get(who, ()) if last_met is None or w.date > last_met]
        last = max(heard, key=lambda w: w.date, default=None)
        if who in unusable:
            last = _Word(date=until, why="unusable", detail=unusable[who].detail)
        overdue.append(
            Overdue(
                id=who,
                category="",
                area="",
                due_on=due_on,
                days=days,
                why="unplanned" if last is None else last.why,
                detail=None if last is None else last.detail,
                n_missed=_n_in_row(heard),
                planned_on=planned.get(who),
            )
        )
    return tuple(sorted(overdue, key=lambda one: (-one.days, one.id)))


def _due(
    row: Any | None, told: Sequence[LogEntry], until: dt.date
) -> tuple[dt.date | None, dt.date | None]:
    """Give when somebody's visit is due, and when they were met last; None: not known."""
    met = [entry for entry in told if entry.state == "done"]
    last_met = met[-1].date if met else None
    agreed = [
        e for e in told if e.next_due is not None and (last_met is None or e.date >= last_met)
    ]
    if row is None:
        return (agreed[-1].next_due if agreed else None), last_met
    deadline = None if met else day_of(row.deadline)
    before = day_of(row.last_visit)
    if before is not None and before <= until:
        last_met = before if last_met is None else max(before, last_met)
    due_on = None if last_met is None else last_met + dt.timedelta(days=_interval_days(row))
    if agreed:
        due_on = agreed[-1].next_due
    return min((d for d in (due_on, deadline) if d is not None), default=None), last_met


def _is_after(cell: object, until: dt.date) -> bool:
    date = day_of(cell)
    return date is not None and date > until


def _interval_days(row: Any) -> int:
    every = number(row.every_days)
    return WEEK_DAYS if every is None else max(1, int(every))


def _n_in_row(heard: Iterable[_Word]) -> int:
    return sum(word.why in _MISSED for word in heard)


def _words(
    weeks: Sequence[PlannedWeek], found: Outcomes, until: dt.date
) -> Mapping[str, list[_Word]]:
    """Gather what is known of visits that were not made, for each person by the day."""
    words: dict[str, list[_Word]] = defaultdict(list)
    losses = {(w.starts_on, v.visit_id): v for w in weeks for v in w.plans[-1].unserved}
    for visit in found.visits:
        if visit.outcome in _TOLD:
            date = visit.date if visit.entry is None else visit.entry.date
            loss = losses.get((visit.starts_on, visit.visit_id))
            why = _TOLD[visit.outcome]
            detail = loss.detail if loss is not None and why == "fell_out" else None
            words[visit.who].append(_Word(date=date, why=why, detail=detail))
    planned = {(v.starts_on, v.visit_id) for v in found.visits}
    for (starts_on, visit_id), loss in losses.items():
        if (starts_on, visit_id) not in planned:
            words[loss.beneficiary_id].append(
                _Word(date=starts_on, why="left_out", detail=loss.detail)
            )
    for entry in found.unplanned:
        state = entry.state
        if state in {"not met", "refused", "moved"}:
            why = "not_met" if state == "not met" else "refused" if state == "refused" else "moved"
            words[entry.beneficiary_id].append(_Word(date=entry.date, why=why))
    return {
        who: sorted((w for w in some if w.date <= until), key=lambda w: w.date)
        for who, some in words.items()
    }


def _unusable(weeks: Sequence[PlannedWeek], until: dt.date) -> Mapping[str, Loss]:
    """Give those whom the last plan could not use."""
    last = [week.plans[-1] for week in weeks if week.starts_on <= until]
    if not last:
        return {}
    losses = (*last[-1].invalid, *last[-1].unsnapped, *last[-1].unreachable)
    return {loss.beneficiary_id: loss for loss in losses}


def _known_since(weeks: Sequence[PlannedWeek], until: dt.date) -> Mapping[str, dt.date]:
    since: dict[str, dt.date] = {}
    for week in weeks:
        if week.starts_on <= until:
            for plan in week.plans:
                for who in _named(plan.losses):
                    since.setdefault(who, week.starts_on)
                for route in plan.day_routes:
                    for stop in route.stops:
                        if stop.beneficiary_id is not None:
                            since.setdefault(stop.beneficiary_id, week.starts_on)
    return since


def _named(losses: Iterable[Loss]) -> Iterator[str]:
    return (loss.beneficiary_id for loss in losses)


def _urgent(
    weeks: Sequence[PlannedWeek], until: dt.date
) -> Mapping[str, list[tuple[dt.date, dt.date]]]:
    """Give the urgent cases: the day of the call, and of the deadline."""
    urgent: dict[str, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for week in weeks:
        revision = week.plans[-1].revision
        happened = () if revision is None else revision.happened
        gone = {h.visit_id for h in happened if h.kind == "cancelled"}
        for told in happened:
            if told.kind == "urgent" and told.deadline_s is not None and told.visit_id not in gone:
                told_on = week.starts_on + dt.timedelta(days=told.at_s // DAY_S)
                # The midnight that ends a day is the deadline of that day.
                by = week.starts_on + dt.timedelta(days=(told.deadline_s - 1) // DAY_S)
                if told_on <= until:
                    urgent[told.id].append((told_on, by))
    return urgent


def _planned(weeks: Sequence[PlannedWeek], until: dt.date) -> Mapping[str, dt.date]:
    """Give the next day on which a plan has somebody's visit."""
    planned: dict[str, dt.date] = {}
    for week in weeks:
        for route in week.plans[-1].day_routes:
            date = week.starts_on + dt.timedelta(days=route.day)
            if until < date < week.until:
                for stop in route.stops:
                    if stop.beneficiary_id is not None:
                        before = planned.get(stop.beneficiary_id, date)
                        planned[stop.beneficiary_id] = min(before, date)
    return planned
