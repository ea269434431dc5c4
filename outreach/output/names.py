"""Names for files and sheets, made from ids that may hold anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNSAFE = re.compile(r"[^\w.-]+")
_MAX_FILE_NAME = 60


def file_names(ids: Iterable[str]) -> dict[str, str]:
    """
    Give each id a part of a file name that is safe on every system, and unique.

    Letters of any script, digits, ``_``, ``.`` and ``-`` stay; what else there is becomes ``_``.
    """
    listed = tuple(ids)
    safe = [_UNSAFE.sub("_", text).strip("._-") or "_" for text in listed]
    return dict(zip(listed, unique_names(safe, _MAX_FILE_NAME), strict=True))


def unique_names(names: Iterable[str], max_length: int) -> list[str]:
    """Cut names to a length and number those that would be taken for an earlier one."""
    taken: set[str] = set()
    unique = []
    for name in names:
        candidate, n = name[:max_length] or "_", 1
        # Windows and Excel take big and small letters for the same.
        while candidate.casefold() in taken:
            n += 1
            candidate = f"{name[: max_length - len(str(n)) - 1]}~{n}"
        taken.add(candidate.casefold())
        unique.append(candidate)
    return unique
