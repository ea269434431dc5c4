"""How the workbook of a progress report is made of sheets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outreach.errors import Message
    from outreach.output.sheets import Cell, Column
    from outreach.output.words import Language, Words

# The numbers name Indonesian and British English, so that months are in the report's language
# wherever the workbook is opened.
_DATES: Mapping[Language, str] = {"id": "[$-421]d mmm yyyy", "en": "[$-809]d mmm yyyy"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table with the name of its sheet; it is left out where it has no rows."""

    name: Message
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def date_format(words: Words) -> str:
    """Give the number format of dates."""
    return _DATES[words.language]
