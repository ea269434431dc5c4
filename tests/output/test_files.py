"""Files are whole or absent."""

from __future__ import annotations

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
