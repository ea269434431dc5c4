"""Writers of a log that are killed, or whose disk is full: each runs in a process of its own."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import resource
import signal
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from outreach.errors import ExportError
from outreach.layers.log import LogEntry
from outreach.logbook import open_logbook

BATCH = 3
"""Entries in one change."""

# So often, the log is begun anew: then the making of the file is what is interrupted.
_FRESH_EVERY = 4
_LONGEST_S = 0.06


def write_change(path: Path, change: int) -> None:
    """Enter `BATCH` entries at once, named by the number of the change."""
    with open_logbook(path) as book:
        book.append(
            LogEntry(
                id=f"{change}.{i}", beneficiary_id="K" * 40, date=dt.date(2026, 3, 2), state="done"
            )
            for i in range(BATCH)
        )


def kept_changes(path: Path) -> list[int]:
    """Give the changes that a log holds; it must be sound, and each change whole."""
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'log'").fetchall():
            return []
        ids = [id_ for (id_,) in connection.execute("SELECT id FROM log ORDER BY fid")]
    changes = [int(id_.split(".")[0]) for id_ in ids[::BATCH]]
    assert ids == [f"{change}.{i}" for change in changes for i in range(BATCH)]
    return changes


def kill_writers(folder: Path, n_kills: int, seed: int) -> dict[str, int]:
    """
    Kill one writer after the other at a random moment, and look what is left each time.

    Returns
    -------
    counts
        Of kills, of changes kept, of changes kept though nobody was told yet, and of kills
        before the file had its tables.
    """
    draw = random.Random(seed)
    counts = {"kills": 0, "kept": 0, "untold": 0, "before_tables": 0}
    path, told = folder / "none", 0
    for number in range(n_kills):
        if number % _FRESH_EVERY == 0:
            path, told = folder / f"log-{number}.gpkg", 0
        told += _killed_after(path, told, draw.random() * _LONGEST_S)
        kept = kept_changes(path)
        assert kept == list(range(len(kept)))
        assert told <= len(kept) <= told + 1, (told, len(kept))
        counts["kills"] += 1
        counts["untold"] += len(kept) - told
        counts["before_tables"] += not kept
        told = len(kept)
        if number % _FRESH_EVERY == _FRESH_EVERY - 1:
            counts["kept"] += len(kept)
    return counts


def _killed_after(path: Path, first: int, seconds: float) -> int:
    """Let a writer run for some time; gives how many changes it said were kept."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        change = first
        while True:
            write_change(path, change)
            os.write(into, b"+")
            change += 1
    os.close(into)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    with open(out, "rb") as told:  # noqa: PTH123 - a pipe has no path
        return len(told.read())


def fill_disk(path: Path, most_bytes: int) -> dict[str, object]:
    """Write until no file may grow any more; gives how many changes were kept, and the error."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))
    change = 0
    try:
        while True:
            write_change(path, change)
            change += 1
    except ExportError as error:
        return {"told": change, "error": str(error)}


if __name__ == "__main__":
    if sys.argv[1] == "kill":
        with tempfile.TemporaryDirectory(dir=sys.argv[2]) as made:
            found: dict[str, object] = {**kill_writers(Path(made), int(sys.argv[3]), seed=1)}
    else:
        found = fill_disk(Path(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.write(json.dumps(found))
