"""What came of each planned visit: the plans of a week held against the log."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from outreach.layers.log import standing
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from outreach.coverage.accounts_result import VisitOutcome
    from outreach.layers.log import LogEntry, State
    from outreach.model import Plan

_OUTCOME_OF: Mapping[State, VisitOutcome] = {
    "done": "done",
    "not met": "not_met",
    "refused": "refused",
    "moved": "moved",
    "closed": "closed",
}


class PlannedWeek(Protocol):
    """The plans of the same days as they followed each other; `outreach.archive` has them."""

    @property
    def starts_on(self) -> dt.date:
        """The first day."""

    @property
    def until(self) -> dt.date:
        """The first day after, on which a later plan begins or the horizon has ended."""

    @property
    def plans(self) -> tuple[Plan, ...]:
        """The first plan, then each that was changed from the one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRecord:
    """
    A visit that stood in a plan of its week, as it stood there last, and what came of it.

    Parameters
    ----------
    who
        The beneficiary, or the partner of an appointment.
    category, area
        As the plan has them; the area's name.
    begins_s
        Planned beginning, seconds after midnight of `date`.
    is_added
        Whether only a changed plan has it.
    is_kept
        Whether the last plan of the week has it.
    entry
        The word of the log that decides.
    """

    visit_id: str
    who: str
    is_partner: bool = False
    category: str | None = None
    area: str | None = None
    team_id: str
    worker_ids: tuple[str, ...]
    starts_on: dt.date
    date: dt.date
    begins_s: int
    is_added: bool
    is_kept: bool
    outcome: VisitOutcome = "no_word"
    entry: LogEntry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """
    All visits of the weeks by day, and the entries that no visit explains.

    `doubled` are entries that say a second thing of a visit that another one settles.
    """

    visits: tuple[VisitRecord, ...]
    unplanned: tuple[LogEntry, ...]
    doubled: tuple[LogEntry, ...]


def outcomes(
    weeks: Sequence[PlannedWeek], entries: Iterable[LogEntry], *, today: dt.date
) -> Outcomes:
    """
    Find out what came of each visit that stood in a plan.

    An entry tells of the visit that it names, else of the one of its day, else of the nearest
    one of the same person in the same week of which nothing is told: a visit made a day later is
    made. So is one that was made after all, later in the week than nobody was met. Of several
    entries on one visit, done decides, of equal ones that with a time, else the last one entered.

    Parameters
    ----------
    weeks
        Not overlapping; by their first day.
    entries
        The log; corrected ones do not count.
    today
        Visits from this day on of which nothing is told are still ahead.
    """
    left = standing(entries)
    visits: list[VisitRecord] = []
    unplanned: list[LogEntry] = []
    doubled: list[LogEntry] = []
    for week in weeks:
        told = [e for e in left if week.starts_on <= e.date < week.until]
        by_who: dict[str, list[LogEntry]] = defaultdict(list)
        for entry in told:
            by_who[entry.beneficiary_id].append(entry)
        records = _records(week)
        of: dict[str, list[VisitRecord]] = defaultdict(list)
        for record in records:
            of[record.who].append(record)
        for who in sorted({*of, *by_who}):
            matched = _Person(sorted(of.get(who, ()), key=lambda r: (r.date, r.visit_id)))
            matched.match(by_who.get(who, ()), week.starts_on)
            unplanned += matched.unplanned
            doubled += matched.doubled
            visits += matched.settled(today)
    covered = {e.id for e in left if any(w.starts_on <= e.date < w.until for w in weeks)}
    unplanned += [entry for entry in left if entry.id not in covered]
    return Outcomes(
        visits=tuple(sorted(visits, key=lambda v: (v.date, v.begins_s, v.who, v.visit_id))),
        unplanned=tuple(sorted(unplanned, key=lambda e: (e.date, e.beneficiary_id, e.id))),
        doubled=tuple(sorted(doubled, key=lambda e: (e.date, e.beneficiary_id, e.id))),
    )


def ever_planned(week: PlannedWeek) -> frozenset[str]:
    """Give the ids of all visits that stood in a plan of the week."""
    return frozenset(visit_id for visit_id, _ in _standing_visits(week))


def _records(week: PlannedWeek) -> list[VisitRecord]:
    """Give each visit as it stood last, of the days for which the week's plans hold."""
    records = dict(_standing_visits(week))
    first, last = week.plans[0], week.plans[-1]
    new = {c.visit_id for c in first.revision.changes if c.kind == "new"} if first.revision else ()
    at_first, at_last = _visit_ids(first), _visit_ids(last)
    lost = {loss.visit_id for loss in last.unserved}
    return [
        replace(
            record,
            is_added=(visit_id not in at_first and record.is_added) or visit_id in new,
            is_kept=visit_id in at_last,
            outcome="fell_out" if visit_id in lost else "cancelled",
        )
        for visit_id, record in records.items()
        if record.date < week.until
    ]


def _visit_ids(plan: Plan) -> set[str]:
    return {s.visit_id for r in plan.day_routes for s in r.stops if s.visit_id is not None}


def _standing_visits(week: PlannedWeek) -> Iterator[tuple[str, VisitRecord]]:
    """Yield the visits of each plan in turn; the later word counts."""
    for plan in week.plans:
        if plan is week.plans[0] and plan.revision is not None:
            # The plans before are gone; what fell out of the last of them is told here.
            for change in plan.revision.changes:
                if change.before is not None and change.after is None:
                    yield (
                        change.visit_id,
                        VisitRecord(
                            visit_id=change.visit_id,
                            who=change.beneficiary_id,
                            team_id=change.before.team_id,
                            worker_ids=change.before.worker_ids,
                            starts_on=week.starts_on,
                            date=week.starts_on + dt.timedelta(days=change.before.day),
                            begins_s=change.before.starts_s - change.before.day * DAY_S,
                            is_added=False,
                            is_kept=False,
                        ),
                    )
        for route in plan.day_routes:
            for stop in route.stops:
                if stop.visit_id is not None:
                    yield (
                        stop.visit_id,
                        VisitRecord(
                            visit_id=stop.visit_id,
                            who=stop.beneficiary_id or stop.place_id,
                            is_partner=stop.kind == "partner",
                            category=stop.category,
                            area=stop.area,
                            team_id=route.team_id,
                            worker_ids=route.worker_ids,
                            starts_on=week.starts_on,
                            date=week.starts_on + dt.timedelta(days=route.day),
                            begins_s=stop.starts_s - route.day * DAY_S,
                            is_added=True,
                            is_kept=False,
                        ),
                    )


class _Person:
    """One person's visits of a week, and what is told of them."""

    def __init__(self, visits: Sequence[VisitRecord]) -> None:
        self.visits = visits
        self.told: dict[str, LogEntry] = {}
        self.unplanned: list[LogEntry] = []
        self.doubled: list[LogEntry] = []

    def match(self, entries: Sequence[LogEntry], starts_on: dt.date) -> None:
        """Find the visit of each entry."""
        by_id = {visit.visit_id: visit for visit in self.visits}
        others = []
        for entry in entries:
            is_ours = entry.plan_starts_on in {None, starts_on}
            if is_ours and entry.visit_id in by_id:
                self._tell(by_id[entry.visit_id], entry)
            else:
                others.append(entry)
        later = []
        for entry in others:
            same_day = [v for v in self.visits if v.date == entry.date]
            if same_day:
                self._tell(min(same_day, key=lambda v: v.visit_id in self.told), entry)
            else:
                later.append(entry)
        for entry in later:
            if (visit := self._nearest(entry)) is not None:
                self._tell(visit, entry)
            else:
                self.unplanned.append(entry)

    def _nearest(self, entry: LogEntry) -> VisitRecord | None:
        free = [v for v in self.visits if v.visit_id not in self.told]
        if not free and entry.state == "done":
            free = [
                v
                for v in self.visits
                if self.told[v.visit_id].state == "not met" and v.date < entry.date
            ]
        return min(
            free,
            key=lambda v: (not v.is_kept, abs((v.date - entry.date).days), v.date),
            default=None,
        )

    def _tell(self, visit: VisitRecord, entry: LogEntry) -> None:
        before = self.told.get(visit.visit_id)
        if before is None:
            self.told[visit.visit_id] = entry
            return
        # Of two equal words that with a time tells more.
        is_equal = (before.state, before.date) == (entry.state, entry.date)
        decides = max(
            *(before, entry),
            key=lambda e: (
                *(e.state == "done", e.date),
                *(is_equal and e.begins_s is not None, e.entered_at),
            ),
        )
        self.told[visit.visit_id] = decides
        self.doubled.append(entry if decides is before else before)

    def settled(self, today: dt.date) -> Iterator[VisitRecord]:
        """Yield the visits with their outcomes."""
        told = (*self.told.values(), *self.unplanned, *self.doubled)
        closed = [entry.date for entry in told if entry.state == "closed"]
        for visit in self.visits:
            entry = self.told.get(visit.visit_id)
            if entry is not None:
                yield replace(visit, outcome=_OUTCOME_OF[entry.state], entry=entry)
            elif not visit.is_kept:
                yield visit
            elif closed and visit.date >= min(closed):
                yield replace(visit, outcome="closed")
            else:
                yield replace(visit, outcome="ahead" if visit.date >= today else "no_word")
