"""What became of everybody's visits, by the log and by the plans of past weeks."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from outreach.layers.log import LogEntry, State
    from outreach.model import Plan, Stop

# Of several words about one day the later one here counts: who came twice may have been met then,
# and a last visit may close the case.
_ORDER: tuple[State, ...] = ("not met", "refused", "done", "moved", "closed")
_RANK = {state: rank for rank, state in enumerate(_ORDER)}
# After these nobody is to be visited, until somebody was met again.
_GONE = frozenset({"moved", "closed"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PastWeek:
    """
    A plan and the days for which it held.

    Parameters
    ----------
    starts_on, until
        `until` is the first day after: the end of the horizon, or the start of a later plan.
    is_carried_out
        Whether the log has a word of any of these days; else nobody knows what was done.
    """

    plan: Plan
    starts_on: dt.date
    until: dt.date
    is_carried_out: bool

    def visits(self) -> Iterator[tuple[dt.date, tuple[str, ...], Stop]]:
        """Give the planned visits of these days: when, the workers, the stop."""
        for route in self.plan.day_routes:
            date = self.plan.starts_at.date() + dt.timedelta(days=route.day)
            if date < self.until:
                for stop in route.stops:
                    if stop.visit_id is not None:
                        yield date, route.worker_ids, stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """
    What became of the visits to one beneficiary or partner.

    Parameters
    ----------
    done_on
        Days on which they were met, ascending, by the log.
    state, said_on, entry_id
        The last word of the log and its day, None where there is none; that they moved or that the
        case is closed stays the last word until they are met.
    back_on
        The day on which they were met after such a word.
    next_due
        The day that was agreed on since the last visit, where one was.
    n_missed
        How often in a row, since they were met last, they were not met or left out.
    met_by
        Workers to how often, and when last, they met them.
    urgent_by
        Until when they were to be visited by a call in a past week, if that was not done.
    """

    done_on: tuple[dt.date, ...] = ()
    state: State | None = None
    said_on: dt.date | None = None
    entry_id: str = ""
    back_on: dt.date | None = None
    next_due: dt.date | None = None
    n_missed: int = 0
    met_by: Mapping[str, tuple[int, dt.date]]
    urgent_by: dt.date | None = None


def past_weeks(
    plans: Iterable[Plan], entries: Iterable[LogEntry], *, before: dt.date
) -> tuple[PastWeek, ...]:
    """
    Give the weeks that were planned, as far as they lie before a day; the earliest first.

    Parameters
    ----------
    plans
        Of each week the last one.
    entries
        The log.
    """
    said_on = {entry.date for entry in entries}
    begun = sorted((p for p in plans if p.starts_at.date() < before), key=lambda p: p.starts_at)
    starts = [plan.starts_at.date() for plan in begun]
    weeks = []
    for plan, starts_on, later in zip(begun, starts, [*starts, before][1:], strict=True):
        until = min(starts_on + dt.timedelta(days=plan.horizon_days), later)
        weeks.append(
            PastWeek(
                plan=plan,
                starts_on=starts_on,
                until=until,
                is_carried_out=any(starts_on <= date < until for date in said_on),
            )
        )
    return tuple(weeks)


def past_visits(
    entries: Iterable[LogEntry],
    weeks: Sequence[PastWeek],
    *,
    last_visits: Mapping[str, dt.date],
) -> dict[str, Past]:
    """
    Tell of everybody what became of the visits.

    Parameters
    ----------
    entries
        The words of the log that stand, until the day before the next plan.
    weeks
        As `past_weeks` gives them.
    last_visits
        What the tables know of last visits; such a day counts as one on which they were met.

    Returns
    -------
    past
        By id, of all of whom the log or a plan has a word.
    """
    days: dict[str, dict[dt.date, list[LogEntry]]] = defaultdict(lambda: defaultdict(list))
    for entry in sorted(entries, key=lambda e: (_RANK[e.state], e.begins_s or 0, e.entered_at)):
        days[entry.beneficiary_id][entry.date].append(entry)
    carried_out = [week for week in weeks if week.is_carried_out]
    teams: dict[tuple[str, dt.date], list[tuple[str, ...]]] = defaultdict(list)
    for week in carried_out:
        for date, worker_ids, stop in week.visits():
            teams[stop.beneficiary_id or stop.place_id, date].append(worker_ids)
    left = _left_out(carried_out, days, last_visits)
    calls = _calls(weeks)
    return {
        who: _past(
            days.get(who, {}),
            left.get(who, {}),
            {date: teams.get((who, date), []) for date in days.get(who, {})},
            calls.get(who, ()),
            last_visits.get(who),
        )
        for who in sorted(days.keys() | left.keys() | calls.keys())
    }


def _left_out(
    weeks: Iterable[PastWeek],
    days: Mapping[str, Mapping[dt.date, Sequence[LogEntry]]],
    last_visits: Mapping[str, dt.date],
) -> dict[str, dict[dt.date, dt.date]]:
    """Give the last days of the weeks in which somebody was left out, each with its first day."""
    found: dict[str, dict[dt.date, dt.date]] = defaultdict(dict)
    for week in weeks:
        ends = week.starts_on + dt.timedelta(days=week.plan.horizon_days)
        if week.until < ends:
            # A later plan took over what was left.
            continue
        n_left = Counter(loss.beneficiary_id for loss in week.plan.unserved)
        n_planned = Counter(stop.beneficiary_id or stop.place_id for _, _, stop in week.visits())
        for who, n in n_left.items():
            met_on = {d for d, told in days.get(who, {}).items() if _is_met(told)}
            met_on |= {last_visits[who]} if who in last_visits else set()
            n_met = sum(week.starts_on <= date < week.until for date in met_on)
            if n_met < n + n_planned[who]:
                found[who][week.until - dt.timedelta(days=1)] = week.starts_on
    return found


def _calls(weeks: Iterable[PastWeek]) -> dict[str, list[tuple[dt.date, dt.date]]]:
    """Give the urgent calls of past weeks that were not taken back: when told, until when."""
    found: dict[str, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for week in weeks:
        happened = () if week.plan.revision is None else week.plan.revision.happened
        gone = {h.visit_id for h in happened if h.kind == "cancelled" and h.visit_id}
        for told in happened:
            if told.kind == "urgent" and told.visit_id not in gone:
                told_on = week.plan.starts_at + dt.timedelta(seconds=told.at_s)
                # Until the end of a day is until that day.
                by_s = told.at_s if told.deadline_s is None else max(told.at_s, told.deadline_s - 1)
                by = week.plan.starts_at + dt.timedelta(seconds=by_s)
                found[told.id].append((told_on.date(), by.date()))
    return found


def _past(
    days: Mapping[dt.date, Sequence[LogEntry]],
    left: Mapping[dt.date, dt.date],
    teams: Mapping[dt.date, Collection[tuple[str, ...]]],
    calls: Iterable[tuple[dt.date, dt.date]],
    last_visit: dt.date | None,
) -> Past:
    """Walk through what happened to one of them, day by day."""
    done_on: list[dt.date] = []
    met_by: dict[str, tuple[int, dt.date]] = {}
    last: LogEntry | None = None
    back_on: dt.date | None = None
    next_due: dt.date | None = None
    missed_on: list[dt.date] = []
    for date in sorted({*days, *left, *([] if last_visit is None else [last_visit])}):
        told = days.get(date, ())
        if _is_met(told) or date == last_visit:
            missed_on, next_due = [], None
        elif told and told[-1].state == "not met":
            missed_on.append(date)
        if told:
            is_gone = last is not None and last.state in _GONE
            if is_gone and _is_met(told):
                back_on = date
            if not is_gone or _is_met(told) or told[-1].state in _GONE:
                last = told[-1]
            agreed = [entry.next_due for entry in told if entry.next_due is not None]
            next_due = agreed[-1] if agreed else next_due
        if _is_met(told):
            done_on.append(date)
            for worker in _who_met(told, teams.get(date, ())):
                met_by[worker] = (met_by.get(worker, (0, date))[0] + 1, date)
        # Who was not met in that week was not left out as well.
        if date in left and not any(day >= left[date] for day in missed_on):
            missed_on.append(date)
    met_last = max([*done_on, *([] if last_visit is None else [last_visit])], default=dt.date.min)
    return Past(
        done_on=tuple(done_on),
        state=None if last is None else last.state,
        said_on=None if last is None else last.date,
        entry_id="" if last is None else last.id,
        back_on=back_on,
        next_due=next_due,
        n_missed=len(missed_on),
        met_by=met_by,
        urgent_by=min((by for told_on, by in calls if met_last < told_on), default=None),
    )


def _is_met(told: Iterable[LogEntry]) -> bool:
    return any(entry.state == "done" for entry in told)


def _who_met(told: Iterable[LogEntry], teams: Collection[tuple[str, ...]]) -> set[str]:
    """Give the workers who met somebody on a day: those named, and who was planned with them."""
    met: set[str] = set()
    for entry in told:
        if entry.state == "done":
            met |= {entry.worker_id} if entry.worker_id else set()
            met |= {w for team in teams for w in team if entry.worker_id in {None, *team}}
    return met
