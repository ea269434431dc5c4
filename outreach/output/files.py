"""Write files whole or not at all."""

from __future__ import annotations

import glob
import os
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from outreach.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# No file takes so long to write.
_STALE_S = 3600


@contextmanager
def write_whole(path: Path) -> Iterator[Path]:
    """
    Give a temporary path beside `path`, and rename it to `path` when all went well.

    Folders that are missing are made. A reader sees the old file or the new one, never a half.

    Raises
    ------
    ExportError
        When the file or its folder cannot be written.
    """
    # The ending stays, because GDAL and others read the format from it.
    part = path.with_name(f".part-{os.getpid()}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        yield part
        # What is written here shows where children live: it is for whoever made it.
        part.chmod(0o600)
        part.replace(path)
    except OSError as error:
        raise ExportError(
            "%(file)s cannot be written (%(reason)s); close it where it is open, or choose"
            " another folder with --out",
            file=str(path),
            reason=error.strerror or str(error),
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _sweep(path: Path) -> None:
    """Remove what runs that were killed left half written, and let be what one still writes."""
    for part in path.parent.glob(f".part-*-{glob.escape(path.name)}"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > _STALE_S:
                part.unlink()


def write_text_whole(path: Path, text: str) -> None:
    """Write `text` as UTF-8 with plain line feeds, whole or not at all."""
    with write_whole(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def write_bytes_whole(path: Path, content: bytes) -> None:
    """Write bytes, whole or not at all."""
    with write_whole(path) as part:
        part.write_bytes(content)
