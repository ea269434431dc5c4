"""The log: what came of the visits, as tables, forms and phones tell it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from outreach.errors import LayerError, Message
from outreach.layers.columns import fold
from outreach.layers.tables import Table, read_table, require_columns
from outreach.layers.values import CellError, nearest, quote
from outreach.units import format_clock

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from outreach.layers.tables import TableSource

State = Literal["done", "not met", "refused", "moved", "closed"]
STATES: tuple[State, ...] = get_args(State)

TICKS_FORM = "outreach/done/1"
"""What the file says of itself that a worker's page hands in."""

# `id_petugas` is the worker's where there is one, so the id comes after it; the submission first,
# or a form's own number of the sheet would pass for the id of whom it is about.
LOG_FIELDS = (
    *("submission", "worker", "visited_on", "state", "time", "ends", "service_minutes"),
    *("next_due", "note", "corrects", "id"),
)
_TICK_FIELDS = ("number", "said_at")
_DIGITS = 16

_STATE_WORDS: Mapping[State, tuple[str, ...]] = {
    "done": (
        *("done", "met", "visited", "selesai", "bertemu", "ditemui", "dikunjungi", "terlaksana"),
        *("sudah", "sudah_dikunjungi", "sudah_bertemu", "kunjungan_selesai"),
    ),
    "not met": (
        *("not_met", "missed", "absent", "not_at_home", "not_found", "tidak_bertemu", "tidak_ada"),
        *("tidak_ditemui", "tidak_di_rumah", "tidak_ada_di_rumah", "belum_bertemu"),
    ),
    "refused": ("refused", "declined", "menolak", "ditolak", "tidak_bersedia"),
    "moved": ("moved", "moved_away", "pindah", "pindah_alamat", "pindah_rumah", "sudah_pindah"),
    "closed": (
        *("closed", "case_closed", "ditutup", "tutup", "kasus_ditutup", "kasus_selesai"),
        "terminasi",
    ),
}
_STATE_OF = {word: state for state, words in _STATE_WORDS.items() for word in words}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """
    What came of one visit, as one source says it; never changed, but perhaps corrected.

    Parameters
    ----------
    id
        Digest of all that the source says, so that the same word twice is one entry.
    line
        Names the line of a form or page that may be handed in again, "" where there is none.
    begins_s, ends_s
        Seconds after midnight.
    minutes
        How long the visit took.
    number
        Of the visit on the worker's page.
    note
        For the office; it may hold names, and is told nowhere.
    corrects
        Id of the entry in whose place this one stands.
    said_at
        When the phone noted it, ISO 8601 in UTC, "" where nothing says so.
    plan_starts_on
        First day of the plan that the visit is part of, None where none is known.
    entered_at
        ISO 8601 in UTC.
    """

    id: str
    beneficiary_id: str
    date: dt.date
    state: State
    line: str = ""
    begins_s: int | None = None
    ends_s: int | None = None
    minutes: float | None = None
    worker_id: str | None = None
    next_due: dt.date | None = None
    visit_id: str | None = None
    number: int | None = None
    note: str = ""
    corrects: str | None = None
    said_at: str = ""
    plan_starts_on: dt.date | None = None
    file: str = ""
    row: int | None = None
    entered_at: str = ""


def entry_id(said: Mapping[str, object]) -> str:
    """Digest what a source says: equal words, equal id, whatever file and row they stand in."""
    told = json.dumps({name: str(value) for name, value in said.items()}, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:_DIGITS]


def standing(entries: Iterable[LogEntry]) -> tuple[LogEntry, ...]:
    """Give the entries that no other one corrects, by date and beneficiary."""
    entries = tuple(entries)
    corrected = {entry.corrects for entry in entries}
    left = (entry for entry in entries if entry.id not in corrected)
    return tuple(
        sorted(left, key=lambda e: (e.date, e.beneficiary_id, e.begins_s or 0, e.entered_at, e.id))
    )


def parse_state(value: object) -> State:
    """Read what came of a visit."""
    state = _STATE_OF.get(fold(str(value)))
    if state is None:
        near = nearest(str(value), _STATE_OF)
        raise CellError(
            "unknown-state",
            Message("'%(value)s' does not tell what came of the visit", {"value": quote(value)}),
            Message("write done, not met, refused, moved or closed")
            if near is None
            else Message(
                "write done, not met, refused, moved or closed; perhaps '%(near)s'?",
                {"near": near.replace("_", " ")},
            ),
        )
    return state


def read_log(source: TableSource, *, pages: Mapping[str, str]) -> Table:
    """
    Read what a file says of visits: a table, the export of a form, or of a worker's page.

    Parameters
    ----------
    source
        XLSX, CSV, GeoJSON, GeoPackage; KoboToolbox and ODK Central exports as they come; the
        JSON that a worker's page hands in.
    pages
        Keys of the pages to the ids of their workers; under "" whose page it is that no plan
        knows, where that is told.

    Returns
    -------
    table
        Unchecked; see `outreach.layers.log_checks.check_log`.

    Raises
    ------
    LayerError
        When the file as a whole cannot be used.
    """
    if source.path.suffix.lower() == ".json" and source.path.is_file():
        document = _json(source.path)
        if isinstance(document, dict) and "features" not in document:
            return _ticks(source.path.name, document, pages)
    table = read_table(source, LOG_FIELDS, layer="log")
    require_columns(table, ("id",), ("visited_on",), ("state",))
    return table


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise LayerError(
            "%(file)s cannot be read as JSON; save it from the worker's page once more",
            file=path.name,
        ) from error


def _ticks(file: str, document: Mapping[str, Any], pages: Mapping[str, str]) -> Table:
    """Make a table of what a worker's page handed in; its rows count from 1."""
    items = document.get("items")
    if document.get("form") != TICKS_FORM or not isinstance(items, list) or not _is_flat(items):
        raise LayerError(
            "%(file)s is not what a worker's page hands in (form %(form)s)",
            file=file,
            form=TICKS_FORM,
        )
    key = str(document.get("key"))
    worker = pages.get(key) or pages.get("")
    if worker is None:
        raise LayerError(
            "%(file)s was made on a page of another plan; name that plan with --plan, or tell"
            " whose page it was with --worker",
            file=file,
        )
    told = [{**item, "submission": _line(key, item), "worker": worker} for item in items]
    names = {
        "id": "beneficiary",
        "visited_on": "date",
        "note": "note",
        "state": "state",
        "number": "number",
        "said_at": "at",
        "submission": "submission",
        "worker": "worker",
    }
    return Table(
        file=file,
        sheet=None,
        headers=names,
        cells={field: [item.get(name) for item in told] for field, name in names.items()},
        rows=tuple(range(1, len(told) + 1)),
    )


def _is_flat(items: Sequence[object]) -> bool:
    return all(
        isinstance(item, dict)
        and all(value is None or isinstance(value, (str, int, float)) for value in item.values())
        for item in items
    )


def _line(key: str, item: Mapping[str, Any]) -> str:
    return f"{key}/{item.get('date')}/{item.get('number')}"


def single_row(told: Mapping[str, object], *, headers: Mapping[str, str], file: str) -> Table:
    """Make a table of one row that was told otherwise than by a file."""
    given = {field: value for field, value in told.items() if value is not None}
    return Table(
        file=file,
        sheet=None,
        headers={field: headers.get(field, field) for field in given},
        cells={field: [value] for field, value in given.items()},
        rows=(1,),
    )


def clock_cell(seconds: int | None) -> str | None:
    """Write a time of day, or None."""
    return None if seconds is None else format_clock(seconds)


def states_of(entries: Sequence[LogEntry]) -> dict[State, int]:
    """Count the entries of each state."""
    return {state: sum(entry.state == state for entry in entries) for state in STATES}
