"""What is wrong with what was told of visits: against the tables, the plans and the log itself."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.layers.checks import Inspection
from outreach.layers.columns import fold
from outreach.layers.log import LogEntry, clock_cell, entry_id, parse_state
from outreach.layers.log_settling import Held, settle
from outreach.layers.values import (
    nearest,
    parse_clock,
    parse_date,
    parse_id,
    parse_minutes,
    parse_text,
    parse_whole,
    quote,
)
from outreach.units import DAY_S, MINUTE_S

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping, Sequence

    from outreach.layers.log import State
    from outreach.layers.tables import Table
    from outreach.model import Finding

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedVisit:
    """A visit as a plan has it; `worker_ids` go there together."""

    visit_id: str | None
    worker_ids: tuple[str, ...]
    plan_starts_on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """
    What the project knows, so that words about others can be refused.

    Parameters
    ----------
    first_day
        No visit is older: the first day of the first plan; None where there is no plan.
    today
        No visit is later.
    visits
        Those of the plans, by beneficiary and date.
    """

    beneficiary_ids: Collection[str]
    worker_ids: Collection[str]
    today: dt.date
    first_day: dt.date | None = None
    visits: Mapping[tuple[str, dt.date], Sequence[PlannedVisit]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRead:
    """
    What one file adds to the log.

    `n_known` rows say what the log holds already, or has a later word of; `n_refused` rows are
    wrong, and `findings` tell how.
    """

    file: str
    entries: tuple[LogEntry, ...]
    n_known: int
    n_refused: int
    findings: tuple[Finding, ...]


def check_log(table: Table, *, known: Known, entries: Sequence[LogEntry]) -> LogRead:
    """
    Read the good rows of a table as new entries, and tell what is wrong with the others.

    Parameters
    ----------
    table
        As `outreach.layers.log.read_log` gives it.
    known
        What the project knows.
    entries
        The log so far.
    """
    inspection = Inspection(table)
    inspection.note_ignored()
    rows = _read(inspection, known)
    _check_when(inspection, rows, known)
    held = Held(entries)
    _check_minutes(inspection, rows, held, known)
    fresh: list[LogEntry] = []
    n_known = 0
    for position, row in enumerate(rows):
        if row is None or position in inspection.refused:
            continue
        entry = settle(inspection, position, _placed(row, known), held)
        if entry is not None:
            fresh.append(entry)
            held.add(entry)
        elif position not in inspection.refused:
            n_known += 1
    logger.info("read %d new entries of %d rows", len(fresh), inspection.n_rows)
    return LogRead(
        file=table.file,
        entries=tuple(fresh),
        n_known=n_known,
        n_refused=len(inspection.refused),
        findings=inspection.findings(),
    )


def _read(inspection: Inspection, known: Known) -> list[LogEntry | None]:
    """Read each row by itself; None where that cannot be."""
    table = inspection.table
    ids: list[str | None] = inspection.column("id", parse_id, blank=None)
    _check_ids(inspection, ids, known)
    dates: list[dt.date | None] = inspection.column("visited_on", parse_date, blank=None)
    states: list[State | None] = inspection.column("state", parse_state, blank=None)
    workers: list[str | None] = inspection.column("worker", parse_id, blank=None)
    _check_workers(inspection, workers, known)
    begins: list[int | None] = inspection.column("time", parse_clock, blank=None)
    ends: list[int | None] = inspection.column("ends", parse_clock, blank=None)
    minutes: list[float | None] = inspection.column("service_minutes", parse_minutes, blank=None)
    due: list[dt.date | None] = inspection.column("next_due", parse_date, blank=None)
    notes = inspection.column("note", parse_text, blank="")
    corrects: list[str | None] = inspection.column("corrects", parse_id, blank=None)
    submissions = _submissions(inspection)
    numbers: list[int | None] = inspection.column("number", parse_whole, blank=None)
    said_at = inspection.column("said_at", parse_text, blank="")
    inspection.demand(
        "service_minutes",
        minutes,
        lambda length: 1 <= round(length * MINUTE_S) <= DAY_S,
        code="impossible-service",
        what=Message("a visit of '%(value)s' minutes cannot be"),
        mend=Message("write the length of the visit in minutes, such as 45"),
    )
    rows: list[LogEntry | None] = []
    for i in range(inspection.n_rows):
        who, date, state = ids[i], dates[i], states[i]
        if numbers[i] is not None and notes[i] and who and state is None:
            _warn_of_note(inspection, i)
            rows.append(None)
            continue
        _demand_all(inspection, i, {"id": who, "visited_on": date, "state": state})
        if who is None or date is None or state is None:
            rows.append(None)
            continue
        said = {
            "who": who,
            "date": date,
            "state": state,
            "worker": workers[i] or "",
            "begins": clock_cell(begins[i]),
            "ends": clock_cell(ends[i]),
            "minutes": minutes[i],
            "next_due": due[i],
            "note": notes[i],
            "corrects": corrects[i],
            "submission": submissions[i],
            "number": numbers[i],
            "said_at": said_at[i],
        }
        rows.append(
            LogEntry(
                id=entry_id({name: told for name, told in said.items() if told not in {None, ""}}),
                beneficiary_id=who,
                date=date,
                state=state,
                line=f"{submissions[i]}|{who}" if submissions[i] else "",
                begins_s=begins[i],
                ends_s=ends[i],
                minutes=minutes[i],
                worker_id=workers[i],
                next_due=due[i],
                number=numbers[i],
                note=notes[i],
                corrects=corrects[i],
                said_at=said_at[i],
                file=table.file,
                row=table.rows[i],
            )
        )
    return rows


def _warn_of_note(inspection: Inspection, position: int) -> None:
    """Pass over what a worker noted for a visit that is still to come, or forgot to tick."""
    if not inspection.is_broken(position, "state"):
        inspection.warn(
            position,
            "state",
            "note-without-tick",
            Message("a note, but no tick tells what came of the visit; it was not entered"),
            Message("nothing to do before the visit; after it, tick it and save the file again"),
        )


def _submissions(inspection: Inspection) -> list[str]:
    """Read what a form calls its submissions; a column that is only called so names nothing."""
    found = inspection.column("submission", parse_id, blank="")
    if fold(inspection.table.headers.get("submission", "")) != "key":
        return found
    return [name if name.startswith("uuid:") else "" for name in found]


def _demand_all(inspection: Inspection, position: int, cells: Mapping[str, object]) -> None:
    told = {
        "id": (
            "missing-id",
            Message("the row does not say who was visited"),
            Message("write the id of the beneficiary"),
        ),
        "visited_on": (
            "missing-date",
            Message("the row has no date"),
            Message("write the day of the visit, such as 02/03/2026"),
        ),
        "state": (
            "missing-state",
            Message("the row does not say what came of the visit"),
            Message("write done, not met, refused, moved or closed"),
        ),
    }
    for name, value in cells.items():
        if value is None and not inspection.is_broken(position, name):
            inspection.error(position, name, *told[name])


def _check_ids(inspection: Inspection, ids: Sequence[str | None], known: Known) -> None:
    unknown = {who for who in ids if who is not None} - set(known.beneficiary_ids)
    near = {who: nearest(who, known.beneficiary_ids) for who in unknown}
    for position, who in enumerate(ids):
        if who is None:
            continue
        if who not in unknown:
            inspection.ids[position] = who
        else:
            # What is written there is not repeated: people write names where an id is asked for.
            inspection.error(
                position,
                "id",
                "unknown-id",
                Message("no beneficiary and no partner has this id"),
                _perhaps(near[who]),
            )


def _check_workers(inspection: Inspection, workers: Sequence[str | None], known: Known) -> None:
    for position, worker in enumerate(workers):
        if worker is not None and worker not in known.worker_ids:
            inspection.error(
                position,
                "worker",
                "unknown-worker",
                Message("the worker named here is not in the table of workers"),
                _perhaps(nearest(worker, known.worker_ids)),
            )


def _perhaps(near: str | None) -> Message:
    if near is None:
        return Message("write the id as in its table, or delete the row")
    return Message("write the id as in its table; perhaps '%(near)s'?", {"near": quote(near)})


def _check_when(inspection: Inspection, rows: Sequence[LogEntry | None], known: Known) -> None:
    for position, row in enumerate(rows):
        if row is None:
            continue
        if row.date > known.today:
            inspection.error(
                position,
                "visited_on",
                "date-to-come",
                Message("%(date)s is still to come", {"date": row.date.isoformat()}),
                Message("write the day on which the visit was"),
            )
        if known.first_day is not None and row.date < known.first_day:
            inspection.error(
                position,
                "visited_on",
                "before-the-plan",
                Message(
                    "%(date)s is before the first day of the plan, %(other_date)s",
                    {"date": row.date.isoformat(), "other_date": known.first_day.isoformat()},
                ),
                Message("correct the date, or allow earlier days with --from"),
            )
        if row.begins_s is not None and row.ends_s is not None and row.ends_s < row.begins_s:
            inspection.error(
                position,
                "ends",
                "ends-early",
                Message("the visit ends before it begins"),
                Message("correct one of the two times"),
            )
        if row.next_due is not None and row.next_due <= row.date:
            inspection.error(
                position,
                "next_due",
                "due-before-the-visit",
                Message("the next visit is not after this one"),
                Message("write a later day, or leave it empty"),
            )


def _check_minutes(
    inspection: Inspection, rows: Sequence[LogEntry | None], held: Held, known: Known
) -> None:
    """Refuse that two workers who do not go together are with one child in one minute."""
    there: dict[tuple[str, dt.date, int], list[tuple[int, LogEntry]]] = defaultdict(list)
    for position, row in enumerate(rows):
        if row is None or position in inspection.refused or row.id in held.by_id:
            continue
        if row.begins_s is None or row.worker_id is None:
            continue
        minute = row.begins_s // MINUTE_S
        there[row.beneficiary_id, row.date, minute].append((position, row))
    for (who, date, minute), told in there.items():
        others = {
            entry.worker_id
            for entry in held.standing_on(who, date)
            if entry.worker_id is not None
            and entry.begins_s is not None
            and entry.begins_s // MINUTE_S == minute
            # What a row or a form itself puts right is no other word.
            and not any(
                row.line == entry.line != "" or (row.corrects and entry.id.startswith(row.corrects))
                for _, row in told
            )
        }
        workers = sorted(others | {row.worker_id for _, row in told if row.worker_id})
        if len(workers) < 2 or _go_together(workers, known.visits.get((who, date), ())):  # noqa: PLR2004
            continue
        for position, _ in told:
            inspection.error(
                position,
                "worker",
                "two-workers-at-once",
                Message(
                    "%(workers)s are said to be there in the same minute, %(clock)s",
                    {
                        "workers": ", ".join(workers),
                        "clock": clock_cell(minute * MINUTE_S) or "",
                    },
                ),
                Message("correct the worker or the time; who goes in a team stands in the plan"),
            )


def _go_together(workers: Sequence[str], visits: Sequence[PlannedVisit]) -> bool:
    return any(set(workers) <= set(visit.worker_ids) for visit in visits)


def _placed(row: LogEntry, known: Known) -> LogEntry:
    """Find the visit of a plan that an entry is about, where only one can be meant."""
    visits = [
        visit
        for visit in known.visits.get((row.beneficiary_id, row.date), ())
        if row.worker_id is None or row.worker_id in visit.worker_ids
    ]
    if len({visit.visit_id for visit in visits}) != 1:
        return row
    return replace(
        row, visit_id=visits[0].visit_id, plan_starts_on=max(v.plan_starts_on for v in visits)
    )
