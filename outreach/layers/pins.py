"""What the supervisor pinned: this child on Tuesday, in this order, this night in that lodging."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from outreach.errors import Message
from outreach.layers.checks import Inspection
from outreach.layers.tables import Table, read_table, require_columns
from outreach.layers.values import (
    nearest,
    parse_clock,
    parse_date,
    parse_id,
    parse_weekdays,
    parse_whole,
    quote,
)
from outreach.model import Finding

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping, Sequence

    from outreach.layers.layer import Layer
    from outreach.layers.tables import TableSource

logger = logging.getLogger(__name__)

PIN_FIELDS = ("worker", "lodging", "team", "date", "weekday", "time", "order", "id")


@dataclass(frozen=True, slots=True, kw_only=True)
class PinRow:
    """
    One thing that is pinned: a visit of `id`, or a night of `team` in `lodging`.

    Parameters
    ----------
    day, weekdays
        When: a date, or days of the week (Monday 0).
    worker, begins_s, order
        Of a visit: who goes, when it begins (seconds after midnight), its place in the day.
    file, sheet, row, headers
        Where it is written; `headers` are fields to the names of the columns.
    """

    id: str | None = None
    team: str | None = None
    day: dt.date | None = None
    weekdays: tuple[int, ...] = ()
    worker: str | None = None
    begins_s: int | None = None
    order: int | None = None
    lodging: str | None = None
    file: str = ""
    sheet: str | None = None
    row: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """The good rows in their order, and what is wrong with the others."""

    rows: tuple[PinRow, ...] = ()
    findings: tuple[Finding, ...] = ()

    def __add__(self, other: Pins) -> Pins:
        return Pins(rows=self.rows + other.rows, findings=self.findings + other.findings)


def read_pins(source: TableSource) -> Pins:
    """
    Read and check the table of pins.

    Raises
    ------
    LayerError
        When the table as a whole cannot be used.
    """
    table = read_table(source, PIN_FIELDS, layer="pins")
    require_columns(table, ("id", "team"), ("date", "weekday"))
    return check_pins(table)


def pins_table(rows: Sequence[Mapping[str, Any]], *, file: str) -> Table:
    """Make a table of pins that are written in ``outreach.toml``, numbered from 1."""
    return Table(
        file=file,
        sheet="pins",
        headers={name: name for name in PIN_FIELDS},
        cells={name: [_plain(row.get(name)) for row in rows] for name in PIN_FIELDS},
        rows=tuple(range(1, len(rows) + 1)),
    )


def _plain(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def check_pins(table: Table) -> Pins:
    """Check a table that was read; see `read_pins`."""
    inspection = Inspection(table)
    inspection.note_ignored()
    ids: list[str | None] = inspection.column("id", parse_id, blank=None)
    teams: list[str | None] = inspection.column("team", parse_id, blank=None)
    named = zip(ids, teams, inspection.ids, strict=True)
    inspection.ids = [id_ or team or made for id_, team, made in named]
    inspection.warn_examples(ids)
    days: list[dt.date | None] = inspection.column("date", parse_date, blank=None)
    nothing: tuple[int, ...] = ()
    weekdays = inspection.column("weekday", parse_weekdays, blank=nothing)
    workers: list[str | None] = inspection.column("worker", parse_id, blank=None)
    times: list[int | None] = inspection.column("time", parse_clock, blank=None)
    orders: list[int | None] = inspection.column("order", parse_whole, blank=None)
    lodgings: list[str | None] = inspection.column("lodging", parse_id, blank=None)
    rows = [
        PinRow(
            id=ids[i],
            team=teams[i],
            day=days[i],
            weekdays=weekdays[i] if days[i] is None else (),
            worker=workers[i],
            begins_s=times[i],
            order=orders[i],
            lodging=lodgings[i],
            file=table.file,
            sheet=table.sheet,
            row=table.rows[i],
            headers=table.headers,
        )
        for i in range(inspection.n_rows)
    ]
    for position, row in enumerate(rows):
        if position not in inspection.refused:
            _check_subject(inspection, position, row)
            _check_day(inspection, position, row, weekdays[position])
    good = [row for position, row in enumerate(rows) if position not in inspection.refused]
    logger.info("read %d of %d pins", len(good), inspection.n_rows)
    return Pins(rows=tuple(good), findings=inspection.findings())


def _check_subject(inspection: Inspection, position: int, row: PinRow) -> None:
    """Refuse rows that pin neither a visit nor a night, or half of each."""
    of_visit = [n for n in ("worker", "begins_s", "order") if getattr(row, n) is not None]
    if (row.id is None) == (row.team is None):
        inspection.error(
            position,
            "id",
            "pin-of-whom",
            Message("a pin is for a beneficiary or for a team, one of the two"),
            Message("write the id of the beneficiary, or the team and the lodging for the night"),
        )
    elif row.id is not None and row.lodging is not None:
        inspection.error(
            position,
            "lodging",
            "pin-too-much",
            Message("a visit has no lodging"),
            Message("empty the cell, and pin the night in a row of its own, with the team"),
        )
    elif row.team is not None and of_visit:
        inspection.error(
            position,
            {"begins_s": "time"}.get(of_visit[0], of_visit[0]),
            "pin-too-much",
            Message("a night has no worker, time or order"),
            Message("empty the cell, and pin the visit in a row of its own, with its id"),
        )
    elif row.team is not None and row.lodging is None:
        inspection.error(
            position,
            "lodging",
            "pin-without-lodging",
            Message("the night is pinned, but no lodging is named"),
            Message("write the id of the lodging"),
        )


def _check_day(
    inspection: Inspection, position: int, row: PinRow, weekdays: tuple[int, ...]
) -> None:
    if row.day is None and not weekdays:
        inspection.error(
            position,
            "date",
            "pin-without-day",
            Message("the pin has no day"),
            Message("write a date, or a day of the week"),
        )
    elif row.day is not None and weekdays and row.day.weekday() not in weekdays:
        inspection.error(
            position,
            "weekday",
            "pin-on-two-days",
            Message("%(date)s is not on that day of the week", {"date": f"{row.day:%Y-%m-%d}"}),
            Message("correct the date, or empty the cell"),
        )


def known_pins(pins: Pins, layers: Mapping[str, Layer]) -> Pins:
    """
    Refuse pins that name somebody or something that no table has.

    Parameters
    ----------
    layers
        By name. Teams are not checked here: some are formed later.
    """
    known: dict[str, set[str]] = {
        "id": {i for n in ("beneficiaries", "partners") for i in _ids(layers, n)},
        "worker": _ids(layers, "workers"),
        "lodging": _ids(layers, "lodgings") | _bases(layers),
    }
    rows, findings = [], list(pins.findings)
    for row in pins.rows:
        unknown = [
            (name, value)
            for name, ids in known.items()
            if (value := getattr(row, name)) is not None and value not in ids
        ]
        findings += [unknown_pin(row, name, known[name]) for name, _ in unknown]
        if not unknown:
            rows.append(row)
    return Pins(rows=tuple(rows), findings=tuple(findings))


def _ids(layers: Mapping[str, Layer], name: str) -> set[str]:
    return set(layers[name].rows["id"]) if name in layers else set()


def _bases(layers: Mapping[str, Layer]) -> set[str]:
    return set(layers["workers"].rows["base_id"]) if "workers" in layers else set()


def unknown_pin(row: PinRow, name: str, known: Collection[str]) -> Finding:
    """Tell that a pin names what is not there; what comes nearest is offered."""
    value = str(getattr(row, name))
    near = nearest(value, known)
    # What is written there is not repeated: people write names where an id is asked for.
    mend = (
        Message("write the id as in its table; perhaps '%(near)s'?", {"near": quote(near)})
        if near
        else Message("write the id as in its table, or delete the row")
    )
    what = {
        "id": Message("no beneficiary and no partner that can be planned has this id"),
        "worker": Message("the worker named here is not in the table of workers"),
        "lodging": Message("no lodging and no base has this id"),
        "team": Message("no team and no circuit has this id in these days"),
    }[name]
    finding = finding_of(row, "unknown-pin", name, what, mend)
    return replace(finding, id=None) if name == "id" else finding


def finding_of(
    row: PinRow,
    code: str,
    name: str,
    what: Message,
    mend: Message,
) -> Finding:
    """Tell why a pin cannot be kept; `name` is the field to look at."""
    return Finding(
        severity="error",
        code=code,
        file=row.file,
        sheet=row.sheet,
        row=row.row,
        column=row.headers.get(name, name),
        id=row.id or row.team,
        what=what,
        mend=mend,
    )
