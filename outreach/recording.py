"""What was done goes into the log, held against the tables and the plans; and is told again."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from outreach.archive import load_plan, plans_between
from outreach.errors import LayerError, Message
from outreach.ground import read_ground
from outreach.logbook import LOG_FILE, open_logbook, read_logbook

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from outreach.config import Config
    from outreach.layers.log import LogEntry
    from outreach.layers.log_checks import Known, LogRead, PlannedVisit
    from outreach.layers.tables import Table
    from outreach.model import Plan
    from outreach.output.log_told import LogAddReport, LogImportReport, LogShowReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One visit as it is told on the command line, in the words of the user."""

    beneficiary_id: str
    date: str
    state: str
    begins: str | None = None
    ends: str | None = None
    minutes: str | None = None
    worker: str | None = None
    next_due: str | None = None
    note: str | None = None
    corrects: str | None = None


_OPTIONS: Mapping[str, str] = {
    "id": "ID",
    "visited_on": "--date",
    "state": "--state",
    "time": "--begins",
    "ends": "--ends",
    "service_minutes": "--minutes",
    "worker": "--worker",
    "next_due": "--next-due",
    "note": "--note",
    "corrects": "--corrects",
}


def add_to_log(
    config: Config, told: Told, *, since: dt.date | None = None, today: dt.date | None = None
) -> LogAddReport:
    """
    Enter one visit.

    Parameters
    ----------
    since
        Visits from this day on count, also where the first plan begins later.
    today
        No visit is later; by default the day in the project's timezone.

    Raises
    ------
    LayerError
        When something about it cannot be; all of it at once.
    ExportError
        When the log cannot be written.
    """
    from outreach.layers.log import single_row
    from outreach.output.log_told import LogAddReport

    cells: dict[str, object] = {
        "id": told.beneficiary_id,
        "visited_on": told.date,
        "state": told.state,
        "time": told.begins,
        "ends": told.ends,
        "service_minutes": told.minutes,
        "worker": told.worker,
        "next_due": told.next_due,
        "note": told.note,
        "corrects": told.corrects,
    }
    table = single_row(cells, headers=_OPTIONS, file="outreach log add")
    (read,) = _enter(config, [table], plans=_plans(config, ()), since=since, today=today).read
    if wrong := [finding for finding in read.findings if finding.severity == "error"]:
        raise LayerError("Nothing was entered:").with_details(
            detail for f in wrong for detail in ((f.column or "", f.what), ("→", f.mend))
        )
    return LogAddReport(entry=next(iter(read.entries), None), findings=read.findings)


def import_logs(
    config: Config,
    files: Sequence[Path],
    *,
    plans: Sequence[Path] = (),
    worker: str | None = None,
    since: dt.date | None = None,
    today: dt.date | None = None,
) -> LogImportReport:
    """
    Enter what files say of visits: all of their good rows, in one change.

    Parameters
    ----------
    files
        Tables, exports of forms and of workers' pages.
    plans
        Plans from which the pages were made, beside the project's plan.json.
    worker
        Whose page it was, where its plan is gone.
    since
        Visits from this day on count, also where the first plan begins later.
    today
        No visit is later; by default the day in the project's timezone.

    Raises
    ------
    LayerError
        When no file can be used at all.
    ExportError
        When the log cannot be written; then nothing of it was entered.
    """
    from outreach.layers.log import read_log
    from outreach.layers.tables import TableSource

    known_plans = _plans(config, plans)
    pages = _pages(known_plans)
    if worker is not None:
        pages[""] = worker
    tables: list[Table | LogRead] = []
    faults: list[LayerError] = []
    for file in files:
        try:
            tables.append(read_log(TableSource(path=file), pages=pages))
        except LayerError as error:
            tables.append(_unusable(file, error))
            faults.append(error)
    if len(faults) == len(files):
        if len(faults) == 1:
            raise faults[0]
        raise LayerError("None of the files can be used:").with_details(
            (file.name, error.message) for file, error in zip(files, faults, strict=True)
        )
    return _enter(config, tables, plans=known_plans, since=since, today=today)


def show_log(
    config: Config, *, since: dt.date | None = None, beneficiary_id: str | None = None
) -> LogShowReport:
    """
    Give what the log holds and no later entry corrects.

    Raises
    ------
    LayerError
        When the log cannot be read.
    """
    from outreach.layers.log import standing
    from outreach.output.log_told import LogShowReport

    return LogShowReport(
        entries=tuple(
            entry
            for entry in standing(read_logbook(config.folder / LOG_FILE))
            if (since is None or entry.date >= since)
            and beneficiary_id in {None, entry.beneficiary_id}
        )
    )


def _enter(
    config: Config,
    tables: Sequence[Table | LogRead],
    *,
    plans: Sequence[Plan],
    since: dt.date | None,
    today: dt.date | None,
) -> LogImportReport:
    from outreach.layers.log_checks import LogRead, check_log
    from outreach.output.log_told import LogImportReport

    today = today or dt.datetime.now(ZoneInfo(config.horizon.timezone)).date()
    ids = _ids(config)
    with open_logbook(config.folder / LOG_FILE) as book:
        held = list(book.entries())
        known = _known(ids, plans, held, since=since, today=today)
        read = []
        for table in tables:
            told = (
                table if isinstance(table, LogRead) else check_log(table, known=known, entries=held)
            )
            held += told.entries
            read.append(told)
        book.append(entry for told in read for entry in told.entries)
    return LogImportReport(read=tuple(read), n_held=len(held))


def _unusable(file: Path, error: LayerError) -> LogRead:
    from outreach.layers.log_checks import LogRead
    from outreach.model import Finding

    finding = Finding(
        severity="error",
        code="unusable-file",
        file=file.name,
        what=error.message,
        mend=Message("nothing of this file was entered"),
    )
    return LogRead(file=file.name, entries=(), n_known=0, n_refused=0, findings=(finding,))


def _plans(config: Config, paths: Iterable[Path]) -> tuple[Plan, ...]:
    kept = [plan for week in plans_between(config) for plan in week.plans]
    return (*kept, *(load_plan(config, path) for path in paths))


def _pages(plans: Iterable[Plan]) -> dict[str, str]:
    from outreach.output.page_keys import PageKeys

    return {
        PageKeys(plan, worker).page(): worker
        for plan in plans
        for worker in sorted({w for route in plan.day_routes for w in route.worker_ids})
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ids:
    people: frozenset[str]
    workers: frozenset[str]


def _ids(config: Config) -> _Ids:
    """Give who is in the tables, also those whose rows cannot be planned."""
    ground = read_ground(config, with_log=False)
    people = {loss.beneficiary_id for loss in ground.invalid}
    for name in ("beneficiaries", "partners"):
        if name in ground.layers:
            people |= set(ground.layers[name].rows["id"])
    return _Ids(people=frozenset(people), workers=frozenset(ground.layers["workers"].rows["id"]))


def _known(
    ids: _Ids,
    plans: Sequence[Plan],
    held: Sequence[LogEntry],
    *,
    since: dt.date | None,
    today: dt.date,
) -> Known:
    """Put together whom the tables, the plans and the log know, and since when there are plans."""
    from outreach.layers.log_checks import Known, PlannedVisit

    visits: dict[tuple[str, dt.date], list[PlannedVisit]] = defaultdict(list)
    people = ids.people | {entry.beneficiary_id for entry in held}
    workers = ids.workers | {entry.worker_id for entry in held if entry.worker_id is not None}
    for plan in plans:
        people |= {loss.beneficiary_id for loss in plan.losses}
        starts_on = plan.starts_at.date()
        for route in plan.day_routes:
            workers |= set(route.worker_ids)
            for stop in route.stops:
                if stop.kind not in {"visit", "partner"}:
                    continue
                who = stop.beneficiary_id or stop.place_id
                people |= {who}
                visits[who, starts_on + dt.timedelta(days=route.day)].append(
                    PlannedVisit(
                        visit_id=stop.visit_id,
                        worker_ids=route.worker_ids,
                        plan_starts_on=starts_on,
                    )
                )
    starts = [plan.starts_at.date() for plan in plans]
    # A plan that is gone was known when its visits were entered.
    if starts:
        starts += [entry.plan_starts_on or entry.date for entry in held]
        starts += [since] if since is not None else []
    return Known(
        beneficiary_ids=people,
        worker_ids=workers,
        today=today,
        first_day=min(starts, default=None),
        visits=visits,
    )
