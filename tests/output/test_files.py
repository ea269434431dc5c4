"""Files are whole or absent."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from outreach.errors import ExportError
from outreach.output.files import write_text_whole, write_whole

if TYPE_CHECKING:
    from pathlib import Path


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    """What breaks in the middle of writing changes nothing, and leaves nothing behind."""
    path = tmp_path / "plan.json"
    path.write_text("old")

    def fail() -> None:
        with write_whole(path) as part:
            part.write_text("half")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_missing_folders_are_made(tmp_path: Path) -> None:
    """A file lands in a folder that was not there."""
    path = tmp_path / "a" / "b.txt"
    write_text_whole(path, "ä\n")
    assert path.read_bytes() == "ä\n".encode()


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The error says which file and what to do, without a traceback's words."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match=r"plan\.json cannot be written .* --out"):
        write_text_whole(tmp_path / "file" / "plan.json", "")


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has these rights")
def test_what_is_written_is_for_nobody_else(tmp_path: Path) -> None:
    """Other users of the computer may neither read nor change it."""
    path = tmp_path / "plan.json"
    write_text_whole(path, "")
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_a_killed_run_left_is_swept(tmp_path: Path) -> None:
    """An old half file of this name goes; one that is being written, or of another name, stays."""
    old, fresh, other = (tmp_path / f".part-{x}" for x in ("1-a.txt", "2-a.txt", "1-b.txt"))
    for path in (old, fresh, other):
        path.write_text("half")
    for path in (old, other):
        os.utime(path, (0, 0))
    write_text_whole(tmp_path / "a.txt", "whole")
    assert {path.name for path in tmp_path.iterdir()} == {"a.txt", fresh.name, other.name}
