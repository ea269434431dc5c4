"""The store of the log: what was entered stays, whatever happens to the process or the disk."""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach import logbook
from outreach.errors import ExportError, LayerError
from outreach.layers.log import STATES, LogEntry, standing
from outreach.logbook import open_logbook, read_logbook

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and file limits")


def _entry(id_: str, **told: object) -> LogEntry:
    entry = LogEntry(id=id_, beneficiary_id="K1", date=dt.date(2026, 3, 2), state="done")
    return replace(entry, **told)  # type: ignore[arg-type]


def _append(path: Path, *entries: LogEntry) -> int:
    with open_logbook(path) as book:
        return book.append(entries)


def test_what_is_entered_comes_back(tmp_path: Path) -> None:
    """Every field, in the order of entering; with the moment of it."""
    path = tmp_path / "log.gpkg"
    full = _entry(
        "a",
        line="x|K1",
        begins_s=34_200,
        ends_s=36_900,
        minutes=45.5,
        worker_id="w1",
        next_due=dt.date(2026, 3, 16),
        visit_id="K1#1",
        number=4,
        note="pagar 'terkunci' 🏠",
        corrects="b",
        said_at="2026-03-02T03:00:00.000Z",
        plan_starts_on=dt.date(2026, 3, 2),
        file="done.xlsx",
        row=7,
        entered_at="2026-03-06T08:00:00.000Z",
    )
    assert read_logbook(path) == ()
    assert not path.exists()
    assert _append(path, full, _entry("b")) == 2
    first, second = read_logbook(path)
    assert first == full
    assert second.entered_at.endswith("Z")


def test_an_entry_that_is_there_changes_nothing(tmp_path: Path) -> None:
    """Also when it comes beside a new one."""
    path = tmp_path / "log.gpkg"
    _append(path, _entry("a"))
    before = read_logbook(path)
    assert _append(path, _entry("a", note="other"), _entry("b")) == 1
    assert read_logbook(path)[:1] == before


def test_a_change_that_fails_half_way_is_no_change(tmp_path: Path) -> None:
    """All of it is kept, or nothing."""
    path = tmp_path / "log.gpkg"
    _append(path, _entry("a"))

    def enter_and_fail() -> None:
        with open_logbook(path) as book:
            assert book.append([_entry("b")]) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        enter_and_fail()
    assert [e.id for e in read_logbook(path)] == ["a"]


def test_nothing_can_be_changed_or_taken_out(tmp_path: Path) -> None:
    """The file itself refuses, also in other programs."""
    path = tmp_path / "log.gpkg"
    _append(path, _entry("a"))
    connection = sqlite3.connect(path)
    for statement in ("UPDATE log SET state = 'moved'", "DELETE FROM log"):
        with pytest.raises(sqlite3.IntegrityError, match="only added to"):
            connection.execute(statement)
    connection.close()


@pytest.mark.skipif(os.name == "nt", reason="rights are told otherwise there")
def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    """It says where children were met; the journal beside it too."""
    path = tmp_path / "log.gpkg"
    with open_logbook(path) as book:
        book.append([_entry("a")])
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir()}
    assert "log.gpkg-wal" in modes
    assert set(modes.values()) == {0o600}


def test_other_programs_open_it(tmp_path: Path) -> None:
    """GDAL, which QGIS reads with, finds a table with dates, numbers and texts."""
    import pyogrio

    path = tmp_path / "log.gpkg"
    _append(path, _entry("a", minutes=30.0))
    assert pyogrio.list_layers(path).tolist() == [["log", None]]
    frame = pyogrio.read_dataframe(path, layer="log")
    row = frame.iloc[0]
    assert (row["id"], row["minutes"], row["date"].date()) == ("a", 30.0, dt.date(2026, 3, 2))
    connection = sqlite3.connect(path)
    told = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id",)]
    told += connection.execute("PRAGMA journal_mode").fetchone()
    assert told == [int.from_bytes(b"GPKG"), "wal"]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


def test_an_older_form_is_brought_up_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the steps that are missing, once; a step that fails leaves the form as it was."""
    path = tmp_path / "log.gpkg"
    _append(path, _entry("a"))
    before = read_logbook(path)

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE log ADD COLUMN weather TEXT")
        raise sqlite3.OperationalError("no")

    def add(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE log ADD COLUMN weather TEXT")

    steps = logbook._MIGRATIONS
    monkeypatch.setattr(logbook, "_MIGRATIONS", (*steps, fail))
    with pytest.raises(ExportError):
        read_logbook(path)
    monkeypatch.setattr(logbook, "_MIGRATIONS", (*steps, add))
    assert read_logbook(path) == before
    assert read_logbook(path) == before
    monkeypatch.setattr(logbook, "_MIGRATIONS", steps)
    with pytest.raises(LayerError, match="newer outreach"):
        read_logbook(path)


@pytest.mark.parametrize("content", [b"no database, but long enough to be read as one" * 9, None])
def test_a_file_that_is_no_log_is_left_alone(tmp_path: Path, content: bytes | None) -> None:
    """Another program's table, or something else altogether."""
    path = tmp_path / "log.gpkg"
    if content is None:
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE mine (a)")
        connection.close()
    else:
        path.write_bytes(content)
    before = path.stat().st_size
    with pytest.raises(LayerError, match="not the log"):
        _append(path, _entry("a"))
    assert path.stat().st_size == before


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """In words."""
    with pytest.raises(ExportError, match="cannot be written"):
        _append(tmp_path / "gone" / "log.gpkg", _entry("a"))


def test_whoever_waits_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program holds the log."""
    path = tmp_path / "log.gpkg"
    monkeypatch.setattr(logbook, "_WAIT_S", 0.05)
    with (
        open_logbook(path),
        pytest.raises(ExportError, match="close other programs"),
        open_logbook(path),
    ):
        pass


def _run(*args: object) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.log_writers", *map(str, args)],
        cwd=Path(__file__).resolve().parents[1],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@needs_fork
def test_whoever_is_killed_at_any_moment_has_lost_nothing(tmp_path: Path) -> None:
    """A hundred times: what was said to be kept is there, whole, and the file is sound."""
    found = _run("kill", tmp_path, 100)
    assert found["kills"] == 100
    # Else the moments were all too early to tell anything.
    assert found["kept"] > 0


@needs_fork
def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    """No file may grow beyond 80 kB: the writer hears it, and what was entered stays."""
    from tests.log_writers import kept_changes, write_change

    path = tmp_path / "log.gpkg"
    found = _run("fill", path, 80_000)
    assert "nothing of this was entered" in found["error"]
    assert found["told"] > 10
    assert kept_changes(path) == list(range(found["told"]))
    write_change(path, found["told"])
    assert kept_changes(path)[-1] == found["told"]


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_ENTRIES = st.lists(
    st.builds(
        LogEntry,
        id=st.integers(0, 20).map(str),
        beneficiary_id=_TEXTS,
        date=st.dates(dt.date(2000, 1, 1)),
        state=st.sampled_from(STATES),
        note=_TEXTS,
        begins_s=st.none() | st.integers(0, 24 * 60).map(lambda minute: minute * 60),
        minutes=st.none() | st.floats(1, 1440),
        corrects=st.none() | st.integers(0, 20).map(str),
        entered_at=st.just("2026-03-06T08:00:00.000Z"),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(first=_ENTRIES, second=_ENTRIES)
def test_whatever_comes_the_first_word_of_each_id_is_kept(
    tmp_path_factory: pytest.TempPathFactory, first: list[LogEntry], second: list[LogEntry]
) -> None:
    """Entering all of it again adds nothing, and nothing that is corrected stands."""
    path = tmp_path_factory.mktemp("log") / "log.gpkg"
    for entries in (first, second, first, second):
        _append(path, *entries)
    words: dict[str, LogEntry] = {}
    for entry in first + second:
        words.setdefault(entry.id, entry)
    kept = read_logbook(path)
    assert kept == tuple(words.values())
    assert {e.id for e in standing(kept)} == set(words) - {e.corrects for e in kept}
