"""A workbook whose bytes depend on its cells alone."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_WRITTEN_AT = dt.datetime(2026, 11, 23, 8, 0, 0)  # noqa: DTZ001
_WIDTH = 15


def write_workbook(
    path: Path, sheets: Mapping[str, tuple[Sequence[str], Iterable[Sequence[Any]]]]
) -> None:
    """
    Write sheets of a header and rows; whole or not at all.

    The clock is kept out of the file: openpyxl stamps the time of writing on the workbook and
    on each part of the archive.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.active)
    for name, (header, rows) in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(list(header))
        for row in rows:
            sheet.append(list(row))
        sheet.freeze_panes = "B2"
        for column in sheet.columns:
            column[0].font = Font(bold=True)
            sheet.column_dimensions[column[0].column_letter].width = _WIDTH
        for cells in sheet.iter_rows(min_row=2):
            for cell in cells:
                if isinstance(cell.value, dt.date):
                    cell.number_format = "DD/MM/YYYY"
    book.properties.creator = "data/jambi/make.py"
    book.properties.created = _WRITTEN_AT
    stamped = io.BytesIO()
    book.save(stamped)
    whole = path.with_name(f".{path.name}")
    stamp = _WRITTEN_AT.isoformat() + "Z"
    with (
        zipfile.ZipFile(stamped) as parts,
        zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for part in parts.infolist():
            content = parts.read(part)
            if part.filename == "docProps/core.xml":
                content = re.sub(
                    rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp.encode(), content
                )
            info = zipfile.ZipInfo(part.filename, _WRITTEN_AT.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    whole.replace(path)
