"""Telephone numbers of institutions; those of a child or family are never read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.layers.values import CellError, clean_text, parse_cells

if TYPE_CHECKING:
    from outreach.layers.checks import Inspection

_BETWEEN = re.compile(r"[\s()\[\]\-‐‑–]+")
# Such as 110 of the police, or 129 for women and children; a workbook keeps them as numbers, and
# none of them ever had a nought before it.
_HOTLINES = range(100, 1000)
_NUMBER = re.compile(r"\+?[0-9]{3,15}", re.ASCII)


def parse_phone(value: object) -> str:
    """Read a telephone number as its digits, perhaps after a plus: ``(0741) 000-0001``."""
    if isinstance(value, (int, float)) and value in _HOTLINES:
        return str(int(value))
    if not isinstance(value, str):
        raise CellError(
            "phone-as-number",
            # Nobody knows whether a nought stood before it.
            Message("the telephone number is kept as a number, which loses a leading 0"),
            Message("format the cell as text and write the number anew, such as 0741-000-0001"),
        )
    number = _BETWEEN.sub("", clean_text(value))
    if not _NUMBER.fullmatch(number):
        raise CellError(
            "not-a-phone",
            # Not quoted: people write names there, and several numbers.
            Message("this is not one telephone number"),
            Message("write one number of 3 to 15 digits, such as 0741-000-0001, and nothing else"),
        )
    return number


def read_phones(inspection: Inspection) -> list[str | None]:
    """Read whom one can call; what is no number is doubtful and left out, its row stays."""
    cells = inspection.table.cells.get("phone", ())
    nobody: str | None = None
    phones, errors = parse_cells(cells, parse_phone, nobody)
    for row, error in errors:
        inspection.warn(row, "phone", error.code, error.what, error.mend)
    return phones or [None] * inspection.n_rows
