"""The accounts of a week or month: plans and log put side by side, and summed up."""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outreach.coverage import punctuality as actual
from outreach.coverage.accounts_result import (
    PARTNER_CATEGORY,
    UNKNOWN,
    Accounts,
    Cases,
    CountRow,
    Interruption,
    ReasonRow,
    VisitCounts,
    WeekCovered,
)
from outreach.coverage.demand import needs_of
from outreach.coverage.outcomes import ever_planned, outcomes
from outreach.coverage.speed_evidence import speed_evidence
from outreach.coverage.spending import money, team_days, travel_of
from outreach.coverage.waiting import waiting
from outreach.layers.log import standing
from outreach.routing.requirements import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from outreach.coverage.accounts_result import Period
    from outreach.coverage.outcomes import Outcomes, PlannedWeek, VisitRecord
    from outreach.coverage.speed_evidence import Roads
    from outreach.layers.log import LogEntry
    from outreach.model import Loss, Plan
    from outreach.routing.assemble import Tables
    from outreach.routing.problem import CostParams

logger = logging.getLogger(__name__)

_DAY = dt.timedelta(days=1)
_BOOKING = "booking-"


def account(
    period: Period,
    weeks: Sequence[PlannedWeek],
    entries: Sequence[LogEntry],
    *,
    tables: Tables,
    costs: CostParams,
    today: dt.date,
    roads: Roads | None = None,
) -> Accounts:
    """
    Account for a period.

    Parameters
    ----------
    weeks
        Plans by their first day, not overlapping: those of the period; with them those of the
        whole month, for the money, one week before, for the cases, and those after, which tell
        when the overdue have their turn.
    entries
        The log.
    tables
        As they are now: categories, areas, how often somebody is due, and the budgets.
    costs
        Those of the plans.
    today
        What is planned from this day on, and not told of yet, is ahead.
    roads
        Those of the plans; without them the speeds are not looked at.

    Returns
    -------
    accounts
        A plan's left-out visits have no day: they belong to the period in which the plan begins,
        and to any other period in which no plan begins. Where a later plan takes over before a
        plan has ended, what that one left out is for the later one to tell.
    """
    until = min(period.last, today)
    covered = [w for w in weeks if w.starts_on <= period.last and w.until > period.first]
    found = outcomes(weeks, entries, today=today)
    who = _Who(tables, found)
    visits = [v for v in found.visits if v.date in period]
    unplanned = [e for e in found.unplanned if e.date in period]
    beginning = [w for w in covered if w.starts_on in period] or covered
    left_out = [(w, loss) for w in beginning for loss in _left_out(w)]
    tallies = [
        *(_Tally.of_visit(who, v) for v in visits),
        *(_Tally.of_loss(who, loss) for _, loss in left_out),
        *(_Tally.of_entry(who, e) for e in unplanned),
    ]
    days = team_days(weeks, found, tables=tables, costs=costs, today=today)
    legs, n_untold = actual.timed_legs(weeks, found, is_counted=period.__contains__)
    cases, caseload = _cases(period, weeks, entries, who, until)
    told = [e for e in standing(entries) if e.date in period]
    met = {e.beneficiary_id for e in told if e.state == "done"}
    expected = {
        v.who
        for v in visits
        if v.outcome not in {"ahead", "cancelled"} and not who.is_partner(v.who)
    }
    accounts = Accounts(
        period=period,
        until=until,
        weeks=tuple(
            WeekCovered(
                starts_on=w.starts_on, last=w.until - _DAY, n_revisions=_n_revisions(w.plans[-1])
            )
            for w in covered
        ),
        n_days_unplanned=sum(
            not any(w.starts_on <= day < w.until for w in covered)
            for day in _days(period)
            if day <= until
        ),
        total=sum((t.counts for t in tallies), VisitCounts()),
        by_category=_rows(tallies, "category"),
        by_area=tuple(replace(row, name=who.area_name(row.id)) for row in _rows(tallies, "area")),
        by_team=tuple(
            replace(row, worker_ids=_workers_of(row.id, visits)) for row in _rows(tallies, "team")
        ),
        n_people_planned=len(expected),
        n_people_met=len(expected & met),
        reasons=_reasons(visits, left_out, beginning, covered),
        cases=cases,
        overdue=tuple(
            replace(
                one,
                category=who.category(one.id),
                area=who.area(one.id),
                area_name=who.area_name(who.area(one.id)),
            )
            for one in waiting(tables.beneficiaries, caseload, weeks, found, entries, until=until)
        ),
        travel=travel_of(d for d in days if d.date in period),
        workers=money(
            days,
            tables.workers,
            is_counted=period.__contains__,
            month_of=period.last,
            today=today,
        ),
        interruptions=tuple(_interruptions(period, covered)),
        punctuality=actual.punctuality(visits),
        by_team_punctuality=actual.by_team(visits),
        riding=actual.riding(legs, n_untold, around=_districts(tables)),
        speeds=speed_evidence(legs, roads) if roads is not None and legs else (),
        n_entries=len(told),
        n_doubled=sum(e.date in period for e in found.doubled),
    )
    logger.info(
        "accounted for %d visits in plans, %d of them done, and %d entries",
        accounts.total.in_plan,
        accounts.total.done,
        accounts.n_entries,
    )
    return accounts


class _Who:
    """Category and area of everybody whom the tables or a plan know."""

    def __init__(self, tables: Tables, found: Outcomes) -> None:
        need = needs_of(tables.beneficiaries, tables.areas)
        self._category = dict(zip(need.ids, need.category, strict=True))
        self._area = dict(zip(need.ids, need.area, strict=True))
        self._names: dict[str, str] = {}
        if tables.areas is not None:
            self._names = dict(zip(tables.areas["id"], tables.areas["name"], strict=True))
        ids = {name: area_id for area_id, name in sorted(self._names.items(), reverse=True)}
        self._partners = set() if tables.partners is None else set(tables.partners["id"])
        for visit in found.visits:
            if visit.is_partner:
                self._partners |= {visit.who, visit.visit_id.rpartition("/")[0]}
            else:
                # Of those who left the tables the plan still tells.
                area = visit.area or UNKNOWN
                self._category.setdefault(visit.who, visit.category or UNKNOWN)
                self._area.setdefault(visit.who, ids.get(area, area))

    def is_partner(self, id_: str) -> bool:
        """Whether it is an appointment at a partner."""
        return id_ in self._partners or (id_.startswith(_BOOKING) and id_ not in self._category)

    def category(self, id_: str) -> str:
        """Give the code of somebody's category."""
        return PARTNER_CATEGORY if self.is_partner(id_) else self._category.get(id_, UNKNOWN)

    def area(self, id_: str) -> str:
        """Give the id of somebody's area; of areas that the layer does not know, the name."""
        return UNKNOWN if self.is_partner(id_) else self._area.get(id_, UNKNOWN)

    def area_name(self, area_id: str) -> str:
        """Give the name of an area."""
        return self._names.get(area_id, area_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tally:
    """One visit, loss or entry, as it counts for a category, an area and a team."""

    category: str
    area: str
    team: str
    counts: VisitCounts

    @classmethod
    def of_visit(cls, who: _Who, visit: VisitRecord) -> _Tally:
        return cls(
            category=PARTNER_CATEGORY if visit.is_partner else who.category(visit.who),
            area=UNKNOWN if visit.is_partner else who.area(visit.who),
            team=visit.team_id,
            counts=VisitCounts(**{"added" if visit.is_added else "planned": 1, visit.outcome: 1}),
        )

    @classmethod
    def of_loss(cls, who: _Who, loss: Loss) -> _Tally:
        return cls(
            category=who.category(loss.beneficiary_id),
            area=who.area(loss.beneficiary_id),
            team=UNKNOWN,
            counts=VisitCounts(left_out=1),
        )

    @classmethod
    def of_entry(cls, who: _Who, entry: LogEntry) -> _Tally:
        is_done = entry.state == "done"
        return cls(
            category=who.category(entry.beneficiary_id),
            area=who.area(entry.beneficiary_id),
            team=entry.worker_id or UNKNOWN,
            counts=VisitCounts(unplanned_done=int(is_done), unplanned_other=int(not is_done)),
        )


def _rows(tallies: Iterable[_Tally], by: str) -> tuple[CountRow, ...]:
    sums: dict[str, VisitCounts] = defaultdict(VisitCounts)
    for tally in tallies:
        sums[getattr(tally, by)] += tally.counts
    return tuple(CountRow(id=key, counts=counts) for key, counts in sorted(sums.items()))


def _workers_of(team_id: str, visits: Iterable[VisitRecord]) -> tuple[str, ...]:
    workers = {w for v in visits if v.team_id == team_id for w in v.worker_ids}
    return tuple(sorted(workers)) or ((team_id,) if team_id else ())


def _districts(tables: Tables) -> Mapping[str, str]:
    """Give the district of each area that has one, by the area's name."""
    if tables.areas is None:
        return {}
    rows = tables.areas
    told = zip(rows["name"], rows["district"], strict=True) if "district" in rows else ()
    return {name: known for name, district in told if (known := text(district))}


def _days(period: Period) -> Iterator[dt.date]:
    for n in range((period.last - period.first).days + 1):
        yield period.first + n * _DAY


def _n_revisions(plan: Plan) -> int:
    return 0 if plan.revision is None else plan.revision.number


def _left_out(week: PlannedWeek) -> list[Loss]:
    """Give the visits that were due and that no plan of the week ever had."""
    last = week.plans[-1]
    if week.until < week.starts_on + dt.timedelta(days=last.horizon_days):
        return []
    planned = ever_planned(week)
    return [x for x in last.unserved if x.visit_id is not None and x.visit_id not in planned]


def _reasons(
    visits: Iterable[VisitRecord],
    left_out: Iterable[tuple[PlannedWeek, Loss]],
    beginning: Iterable[PlannedWeek],
    covered: Iterable[PlannedWeek],
) -> tuple[ReasonRow, ...]:
    """Count what was left out or fell out by what is said of it."""
    said: dict[tuple[str, str, str], list[Loss]] = defaultdict(list)
    for _, loss in left_out:
        said[loss.kind, loss.reason, loss.detail.template].append(loss)
    for week in beginning:
        last = week.plans[-1]
        for loss in (*last.invalid, *last.unsnapped, *last.unreachable):
            said[loss.kind, loss.reason, loss.detail.template].append(loss)
    losses = {(w.starts_on, x.visit_id): x for w in covered for x in w.plans[-1].unserved}
    for visit in visits:
        loss_of = losses.get((visit.starts_on, visit.visit_id))
        if visit.outcome == "fell_out" and loss_of is not None:
            said["fell_out", loss_of.reason, loss_of.detail.template].append(loss_of)
    rows = [
        ReasonRow(
            kind="fell_out" if kind == "fell_out" else some[0].kind,
            reason=reason,
            detail=some[0].detail,
            is_example=len({str(loss.detail) for loss in some}) > 1,
            n_visits=sum(loss.visit_id is not None for loss in some),
            n_people=len({loss.beneficiary_id for loss in some}),
        )
        for (kind, reason, _), some in sorted(said.items())
    ]
    return tuple(sorted(rows, key=lambda row: (-max(row.n_visits, row.n_people), row.reason)))


def _cases(
    period: Period,
    weeks: Sequence[PlannedWeek],
    entries: Iterable[LogEntry],
    who: _Who,
    until: dt.date,
) -> tuple[Cases, frozenset[str]]:
    """Compare the caseloads of the plans; gives also who is in it at the end."""
    told = standing(entries)

    def closed(by: dt.date) -> set[str]:
        # The last visit may close a case: only on a later day it is opened again.
        on, met = (
            {e.beneficiary_id: e.date for e in told if e.date <= by and e.state == state}
            for state in ("closed", "done")
        )
        return {id_ for id_, date in on.items() if met.get(id_, date) <= date}

    def caseload(plan: Plan) -> set[str]:
        return {id_ for id_ in _people(plan) if not who.is_partner(id_)}

    in_force = [(at, plan) for week in weeks for at, plan in _in_force(week) if at <= until]
    earlier = [plan for at, plan in in_force if at < period.first]
    own = [plan for at, plan in in_force if at >= period.first]
    if not in_force:
        return Cases(n_at_start=0, n_at_end=0), frozenset()
    closed_before, gone_in_log = closed(period.first - _DAY), closed(until)
    start = caseload((earlier[-1:] or own)[0]) - closed_before
    end = caseload((own or earlier)[-1]) - gone_in_log
    # Whoever was closed before and is met again has a new case.
    seen = start | end | (set().union(*map(caseload, own)) - closed_before)
    left = seen - end
    at, latest = in_force[-1]
    unusable = {loss.beneficiary_id for loss in latest.invalid}
    words = {e.beneficiary_id: e for e in told if e.date <= until}
    moved = {w: e.date for w, e in words.items() if e.state == "moved"}
    cases = Cases(
        n_at_start=len(start),
        n_at_end=len(end),
        new=tuple(sorted(seen - start)),
        closed=tuple(sorted(left & gone_in_log)),
        gone=tuple(sorted(left - gone_in_log)),
        # A later plan that could use the row has the new place.
        moved=tuple(w for w in sorted(end & set(moved)) if moved[w] >= at or w in unusable),
    )
    return cases, frozenset(end)


def _in_force(week: PlannedWeek) -> Iterator[tuple[dt.date, Plan]]:
    """Yield the plans of a week, each with the day from which it held."""
    for plan in week.plans:
        at_s = 0 if plan.revision is None else plan.revision.at_s
        yield (plan.starts_at + dt.timedelta(seconds=at_s)).date(), plan


def _people(plan: Plan) -> Iterator[str]:
    """Yield everybody whom a plan knows, planned or not."""
    for route in plan.day_routes:
        for stop in route.stops:
            if stop.beneficiary_id is not None:
                yield stop.beneficiary_id
    for loss in plan.losses:
        yield loss.beneficiary_id
    for one in plan.not_due:
        yield one.beneficiary_id


def _interruptions(period: Period, covered: Iterable[PlannedWeek]) -> Iterator[Interruption]:
    for week in covered:
        for plan in week.plans:
            revision = plan.revision
            if revision is None:
                continue
            at = plan.starts_at + dt.timedelta(seconds=revision.at_s)
            if at.date() in period:
                fell_out = (c.beneficiary_id for c in revision.changes if c.kind == "fell_out")
                yield Interruption(
                    at=at,
                    starts_on=week.starts_on,
                    number=revision.number,
                    happened=revision.told,
                    n_moved=revision.figures.n_moved,
                    n_new=revision.figures.n_new,
                    fell_out=tuple(sorted(fell_out)),
                    n_late=revision.figures.n_late,
                    riding_s=revision.figures.riding_s,
                    cost_idr=revision.figures.cost_idr,
                )
