"""The store of the log: one GeoPackage in the project folder, to which is only ever added."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from outreach.errors import ExportError, LayerError
from outreach.layers.log import LogEntry, clock_cell
from outreach.units import parse_clock_s

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

LOG_FILE = "log.gpkg"

# OGC 12-128r18, GeoPackage 1.3.1: requirement 2, and annex on the user version.
_APPLICATION_ID = 0x47504B47
_GEOPACKAGE_VERSION = 10300
# Another program may be writing; an import takes less.
_WAIT_S = 10.0

# Columns as people meet them in QGIS, in the order of `_cells`.
_COLUMNS = (
    *("id", "beneficiary_id", "date", "state", "line", "begins", "ends", "minutes", "worker_id"),
    *("next_due", "visit_id", "number", "note", "corrects", "said_at", "plan_starts_on"),
    *("source_file", "source_row", "entered_at"),
)


class Logbook:
    """The log within one transaction; see `open_logbook`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def entries(self) -> tuple[LogEntry, ...]:
        """Give every entry in the order in which it was entered."""
        names = ", ".join(_COLUMNS)
        rows = self._connection.execute(f"SELECT {names} FROM log ORDER BY fid")  # noqa: S608
        return tuple(_entry(row) for row in rows)

    def append(self, entries: Iterable[LogEntry]) -> int:
        """Add entries; those whose id is there already change nothing. Gives how many were new."""
        now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        rows = [(*_cells(entry), entry.entered_at or now) for entry in entries]
        before = self._connection.total_changes
        marks = ", ".join("?" * len(_COLUMNS))
        names = ", ".join(_COLUMNS)
        self._connection.executemany(
            f"INSERT OR IGNORE INTO log ({names}) VALUES ({marks})",  # noqa: S608
            rows,
        )
        n_new = self._connection.total_changes - before
        if n_new:
            self._connection.execute(
                "UPDATE gpkg_contents SET last_change = ? WHERE table_name = 'log'", (now,)
            )
        return n_new


@contextmanager
def open_logbook(path: Path) -> Iterator[Logbook]:
    """
    Give the log for one change: all of it is kept, or nothing.

    The file is made where there is none, readable by its owner alone.

    Raises
    ------
    LayerError
        When the file is no log, or a newer outreach made it.
    ExportError
        When the change cannot be written; what was entered before stays.
    """
    try:
        _make_private(path)
        with closing(_connect(path)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                _migrate(connection, path)
                yield Logbook(connection)
                connection.execute("COMMIT")
            except BaseException:
                # On a full disk SQLite may have rolled back by itself.
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
    except sqlite3.Error as error:
        raise _told(error, path) from error
    except OSError as error:
        if isinstance(error, ExportError):
            raise
        raise _unwritten(path, error.strerror or str(error)) from error


def read_logbook(path: Path) -> tuple[LogEntry, ...]:
    """
    Read every entry in the order in which it was entered; none where there is no log yet.

    Raises
    ------
    LayerError
        When the file is no log, or a newer outreach made it.
    """
    if not path.is_file():
        return ()
    with open_logbook(path) as book:
        return book.entries()


def _make_private(path: Path) -> None:
    # SQLite gives the journal beside it the same rights.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None)
    try:
        # Writing ahead keeps what was committed when the power fails, if each commit is synced.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the tables to the form of today, from whatever form they have."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    version = 0
    if "outreach_log_form" in tables:
        ((version,),) = connection.execute("SELECT form FROM outreach_log_form")
    elif tables:
        raise LayerError(
            "%(file)s is not the log of outreach; move it elsewhere, or rename it", file=path.name
        )
    if version > len(_MIGRATIONS):
        raise LayerError(
            "%(file)s was made by a newer outreach (form %(form)d); install that one",
            file=path.name,
            form=version,
        )
    for migration in _MIGRATIONS[version:]:
        migration(connection)
    if version < len(_MIGRATIONS):
        connection.execute("UPDATE outreach_log_form SET form = ?", (len(_MIGRATIONS),))


def _create(connection: sqlite3.Connection) -> None:
    """Make form 1: what every GeoPackage holds, and one table of attributes."""
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {_GEOPACKAGE_VERSION}")
    for statement in _FORM_1:
        connection.execute(statement)


# Kept for good: each form is made from the one before it.
_FORM_1 = (
    """CREATE TABLE gpkg_spatial_ref_sys (
        srs_name TEXT NOT NULL,
        srs_id INTEGER PRIMARY KEY,
        organization TEXT NOT NULL,
        organization_coordsys_id INTEGER NOT NULL,
        definition TEXT NOT NULL,
        description TEXT
    )""",
    """INSERT INTO gpkg_spatial_ref_sys VALUES
        ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', NULL),
        ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', NULL),
        ('WGS 84 geodetic', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",
6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]', NULL)""",
    """CREATE TABLE gpkg_contents (
        table_name TEXT NOT NULL PRIMARY KEY,
        data_type TEXT NOT NULL,
        identifier TEXT UNIQUE,
        description TEXT DEFAULT '',
        last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
        min_x DOUBLE,
        min_y DOUBLE,
        max_x DOUBLE,
        max_y DOUBLE,
        srs_id INTEGER,
        CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
    )""",
    # Empty, but GDAL opens nothing to read where it is missing.
    """CREATE TABLE gpkg_geometry_columns (
        table_name TEXT NOT NULL PRIMARY KEY,
        column_name TEXT NOT NULL,
        geometry_type_name TEXT NOT NULL,
        srs_id INTEGER NOT NULL,
        z TINYINT NOT NULL,
        m TINYINT NOT NULL,
        CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents (table_name),
        CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
    )""",
    """CREATE TABLE log (
        fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
        id TEXT NOT NULL UNIQUE,
        beneficiary_id TEXT NOT NULL,
        date DATE NOT NULL,
        state TEXT NOT NULL,
        line TEXT NOT NULL,
        begins TEXT,
        ends TEXT,
        minutes DOUBLE,
        worker_id TEXT,
        next_due DATE,
        visit_id TEXT,
        number INTEGER,
        note TEXT NOT NULL,
        corrects TEXT,
        said_at TEXT NOT NULL,
        plan_starts_on DATE,
        source_file TEXT NOT NULL,
        source_row INTEGER,
        entered_at DATETIME NOT NULL
    )""",
    """INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
        VALUES ('log', 'attributes', 'log', 'What came of the visits', 0)""",
    """CREATE TRIGGER log_is_not_changed BEFORE UPDATE ON log
        BEGIN SELECT RAISE(ABORT, 'the log is only added to: enter a correction'); END""",
    """CREATE TRIGGER log_is_not_shortened BEFORE DELETE ON log
        BEGIN SELECT RAISE(ABORT, 'the log is only added to: enter a correction'); END""",
    "CREATE TABLE outreach_log_form (form INTEGER NOT NULL)",
    "INSERT INTO outreach_log_form VALUES (1)",
)

_MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_create,)


def _cells(entry: LogEntry) -> tuple[object, ...]:
    """Give all columns but the last."""
    return (
        entry.id,
        entry.beneficiary_id,
        entry.date.isoformat(),
        entry.state,
        entry.line,
        clock_cell(entry.begins_s),
        clock_cell(entry.ends_s),
        entry.minutes,
        entry.worker_id,
        _iso(entry.next_due),
        entry.visit_id,
        entry.number,
        entry.note,
        entry.corrects,
        entry.said_at,
        _iso(entry.plan_starts_on),
        entry.file,
        entry.row,
    )


def _iso(date: dt.date | None) -> str | None:
    return None if date is None else date.isoformat()


def _entry(row: tuple[Any, ...]) -> LogEntry:
    told = dict(zip(_COLUMNS, row, strict=True))
    return LogEntry(
        id=told["id"],
        beneficiary_id=told["beneficiary_id"],
        date=dt.date.fromisoformat(told["date"]),
        state=told["state"],
        line=told["line"],
        begins_s=_clock(told["begins"]),
        ends_s=_clock(told["ends"]),
        minutes=told["minutes"],
        worker_id=told["worker_id"],
        next_due=_date(told["next_due"]),
        visit_id=told["visit_id"],
        number=told["number"],
        note=told["note"],
        corrects=told["corrects"],
        said_at=told["said_at"],
        plan_starts_on=_date(told["plan_starts_on"]),
        file=told["source_file"],
        row=told["source_row"],
        entered_at=told["entered_at"],
    )


def _date(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def _clock(text: str | None) -> int | None:
    return None if text is None else parse_clock_s(text)


def _told(error: sqlite3.Error, path: Path) -> LayerError | ExportError:
    name = getattr(error, "sqlite_errorname", "")
    if name == "SQLITE_NOTADB":
        return LayerError(
            "%(file)s is not the log of outreach; move it elsewhere, or rename it", file=path.name
        )
    if name.startswith("SQLITE_CORRUPT"):
        return LayerError(
            "%(file)s is damaged; put back its last copy, and hand the files in again",
            file=path.name,
        )
    return _unwritten(path, str(error))


def _unwritten(path: Path, reason: str) -> ExportError:
    return ExportError(
        "%(file)s cannot be written (%(reason)s): nothing of this was entered, and what the log"
        " held before stays; make room on the disk, or close other programs that have it open",
        file=str(path),
        reason=reason,
    )
