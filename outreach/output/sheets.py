"""How a sheet of a workbook is drawn, for the screen and for paper."""

from __future__ import annotations

import datetime as dt
import io
import re
import textwrap
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from outreach.output.names import unique_names
from outreach.output.safe_text import writable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_MAX_SHEET_NAME = 31
_SHEET_NAME_SIGNS = re.compile(r"[\[\]:*?/\\]|^'|'$")
# Excel reads these as the start of a formula where a cell is edited or exported as CSV.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
# Points; programs that open a file need not fit the height of rows to wrapped text.
_LINE_HEIGHT = 15.0
_FONT = "Calibri"
_HEAD_COLOUR = "1B4040"
_LINE_COLOUR = "9AA5A5"
# Bold letters are wider than the digits that columns are counted in.
_BOLD = 0.85
_PADDING = 2
# Inches: narrow, yet what every printer leaves.
_MARGIN, _EDGE = 0.4, 0.65
# What a footer holds and what Excel takes, without the signs that lay it out.
_MAX_MARGIN_TEXT = 80

Cell = str | int | float | dt.date | dt.time | None
"""What a cell holds; a time has no zone, as workbooks know none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """
    A column's heading, widest in characters, and how its values are written and where they stand.

    `format` is a number format, for dates and times too; without `stands`, numbers and their
    heading stand at the right, texts at the left.
    """

    head: str
    width: float
    format: str | None = None
    stands: Literal["left", "center"] | None = None


def sheet_names(names: Iterable[str]) -> list[str]:
    """Make names of sheets, each unique and without the signs that Excel forbids."""
    return unique_names(
        [_SHEET_NAME_SIGNS.sub("_", writable(name)) for name in names], _MAX_SHEET_NAME
    )


def add_sheet(
    book: Workbook,
    name: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    *,
    footer: str,
    intro: Sequence[str] = (),
    is_filtered: bool = True,
) -> Worksheet:
    """
    Add a table under its heading, which stays in view and comes again on every printed page.

    Parameters
    ----------
    book
        Where the sheet goes, after the others.
    name
        Made by `sheet_names`.
    columns
        From left to right; those of text are as wide as their longest, that is, at most as wide as
        they say.
    rows
        Values by column; those at the right may lack. A row without any parts two groups.
    footer
        What every printed page bears.
    intro
        Lines above the table.
    is_filtered
        Whether the heading lets its reader choose rows.
    """
    sheet: Worksheet = book.create_sheet(name)
    for i, text in enumerate(intro, start=1):
        put(sheet, i, 1, text)
    head_row = len(intro) + 1
    columns = [_fitted(column, j, rows) for j, column in enumerate(columns)]
    _draw_head(sheet, columns, head_row)
    for i, row in enumerate(rows, start=head_row + 1):
        _draw_row(sheet, columns, i, row)
    sheet.freeze_panes = f"A{head_row + 1}"
    if rows and is_filtered:
        sheet.auto_filter.ref = _range(head_row, head_row + len(rows), len(columns))
    sheet.print_title_rows = f"{head_row}:{head_row}"
    _lay_out(sheet, footer)
    print_all(sheet, len(columns))
    return sheet


def put(sheet: Worksheet, row: int, column: int, value: Cell) -> None:
    """Write a value; text stays text, whatever it looks like."""
    if value is None:
        return
    cell = sheet.cell(row, column)
    if not isinstance(value, str):
        cell.value = value
        return
    cell.value = writable(value)
    # openpyxl takes a leading = for a formula; what comes from the data is text.
    cell.data_type = "s"
    if value.startswith(_FORMULA_SIGNS):
        cell.quotePrefix = True


def put_heading(sheet: Worksheet, row: int, text: str) -> None:
    """Write a bold line under a table."""
    from openpyxl.styles import Font

    put(sheet, row, 1, text)
    sheet.cell(row, 1).font = Font(name=_FONT, size=11, bold=True)


def print_all(sheet: Worksheet, n_columns: int) -> None:
    """Print what a sheet holds now, as wide as its table."""
    sheet.print_area = _range(1, sheet.max_row, n_columns)


def dateless(book: Workbook, when: dt.datetime) -> bytes:
    """Save a workbook as if at the time `when`; equal workbooks give equal bytes."""
    book.properties.creator = "outreach"
    book.properties.created = when.replace(tzinfo=None)
    # openpyxl writes the present moment into the archive and the properties.
    saved, fixed = io.BytesIO(), io.BytesIO()
    book.save(saved)
    modified = when.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(saved) as read, zipfile.ZipFile(fixed, "w") as written:
        for name in read.namelist():
            content = _MODIFIED.sub(rb"\g<1>" + modified, read.read(name))
            entry = zipfile.ZipInfo(name, date_time=_ZIP_EPOCH)
            written.writestr(entry, content, compress_type=zipfile.ZIP_DEFLATED)
    return fixed.getvalue()


def _fitted(column: Column, j: int, rows: Sequence[Sequence[Cell]]) -> Column:
    """Take room from a column that its text does not need, so that more fits on paper."""
    values = [x for row in rows for x in row[j : j + 1] if x is not None]
    if any(not isinstance(x, str) for x in values):
        return column
    longest = max((len(str(x)) for x in values), default=0)
    # Words of a heading stay whole; it is bold, and bears the button of the filter.
    head = max(map(len, column.head.split()), default=0) / _BOLD
    return replace(column, width=min(column.width, max(longest, head) + _PADDING))


def _draw_head(sheet: Worksheet, columns: Sequence[Column], row: int) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for j, column in enumerate(columns, start=1):
        put(sheet, row, j, column.head)
        cell = sheet.cell(row, j)
        cell.font = Font(name=_FONT, size=11, bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=_HEAD_COLOUR)
        over_numbers = "right" if column.format else None
        cell.alignment = Alignment(
            wrap_text=True, vertical="center", horizontal=column.stands or over_numbers
        )
        sheet.column_dimensions[get_column_letter(j)].width = column.width
    sheet.row_dimensions[row].height = _LINE_HEIGHT * max(
        _n_lines(column.head, column.width * _BOLD) for column in columns
    )


def _draw_row(sheet: Worksheet, columns: Sequence[Column], i: int, row: Sequence[Cell]) -> None:
    from openpyxl.styles import Alignment, Border, Side

    for j, value in enumerate(row, start=1):
        put(sheet, i, j, value)
        column = columns[j - 1]
        cell = sheet.cell(i, j)
        cell.alignment = Alignment(
            wrap_text=isinstance(value, str) and len(value) > column.width,
            vertical="top",
            horizontal=column.stands,
        )
        if column.format and value is not None and not isinstance(value, str):
            cell.number_format = column.format
        cell.border = Border(bottom=Side(style="hair", color=_LINE_COLOUR))
    sheet.row_dimensions[i].height = _LINE_HEIGHT * max(
        (_n_lines(x, columns[j].width) for j, x in enumerate(row) if isinstance(x, str)),
        default=1,
    )


def _lay_out(sheet: Any, footer: str) -> None:
    # Typed so because openpyxl's types say of what each new sheet has that it may be lacking.
    from openpyxl.worksheet.page import PageMargins

    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins = PageMargins(
        left=_MARGIN, right=_MARGIN, top=_EDGE, bottom=_EDGE, header=_MARGIN / 2, footer=_MARGIN / 2
    )
    sheet.oddHeader.left.text = _margin_text(sheet.title)
    sheet.oddFooter.left.text = _margin_text(footer)
    sheet.oddFooter.right.text = "&P / &N"


def _margin_text(text: str) -> str:
    # An ampersand begins a code of the page's layout, two are one.
    return text[:_MAX_MARGIN_TEXT].replace("&", "&&")


def _range(first_row: int, last_row: int, n_columns: int) -> str:
    from openpyxl.utils import get_column_letter

    return f"A{first_row}:{get_column_letter(n_columns)}{last_row}"


def _n_lines(text: str, width: float) -> int:
    return len(textwrap.wrap(text, int(width))) or 1
