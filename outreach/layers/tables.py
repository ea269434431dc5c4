"""Files as people keep them, read into the columns that a layer declares and no others."""

from __future__ import annotations

import csv
import io
import re
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from outreach.errors import LayerError, MissingColumnError
from outreach.layers.columns import FORM_COLUMNS, LINKS, SHEETS, Matched, fold, match_columns
from outreach.layers.values import clean_text, is_blank, quote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from openpyxl import Workbook

    from outreach.layers.features import Features

_WORKBOOKS = frozenset({".xlsx", ".xlsm"})
_TEXTS = frozenset({".csv", ".tsv", ".txt"})
_FEATURES = frozenset({".geojson", ".json", ".gpkg"})
_DELIMITERS = (",", ";", "\t")
# Titles and logos stand above many headers; deeper ones are not looked for.
_HEADER_ROWS = 10
_COLUMNS_NAMED = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSource:
    """A table in a file: of a workbook a sheet, of a GeoPackage a layer."""

    path: Path
    sheet: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """
    The declared columns of a table, cells still as the file has them.

    Parameters
    ----------
    headers
        Fields to the names that the file gives their columns.
    cells
        Fields to cells, one for each of `rows`.
    rows
        Row numbers that the user sees; of spatial files, the header would be row 1.
    geometry
        Shapely geometries in EPSG:4326 or None, of spatial files only.
    ignored
        Names of the columns that were not read.
    found
        Names of all columns.
    """

    file: str
    sheet: str | None
    headers: Mapping[str, str]
    cells: Mapping[str, Sequence[Any]]
    rows: tuple[int, ...]
    geometry: tuple[Any, ...] | None = None
    ignored: tuple[str, ...] = ()
    found: tuple[str, ...] = ()

    def has(self, field: str) -> bool:
        """Tell whether the file has a column for `field`."""
        return field in self.headers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Grid:
    """Rows of cells, the header somewhere near the top; row `i` is number ``i + 1``."""

    sheet: str | None
    rows: Sequence[Sequence[Any]]


def parse_source(text: str, folder: Path) -> TableSource:
    """
    Read where a table lies, such as ``caseload.xlsx#beneficiaries``.

    Parameters
    ----------
    text
        A path, relative to `folder` or absolute, and after ``#`` the sheet or layer.
    """
    if (folder / text).is_file():
        return TableSource(path=folder / text)
    path, hash_sign, sheet = text.rpartition("#")
    if not hash_sign:
        return TableSource(path=folder / text)
    return TableSource(path=folder / path, sheet=sheet.strip() or None)


def read_table(source: TableSource, fields: Sequence[str], *, layer: str) -> Table:
    """
    Read the columns of a table that serve `fields`.

    Parameters
    ----------
    source
        XLSX, CSV, GeoJSON or GeoPackage; KoboToolbox and ODK Central exports as they come.
    fields
        Keys of `outreach.layers.columns.SYNONYMS`; all other columns are dropped.
    layer
        Its name; the sheet that bears it is read when `source` names none.

    Raises
    ------
    LayerError
        When the file cannot be read, has no such sheet, or no row that could be a header.
    """
    path = source.path
    if not path.is_file():
        raise LayerError(
            "%(file)s: there is no such file; check the name in outreach.toml", file=path.name
        )
    suffix = path.suffix.lower()
    if suffix in _FEATURES:
        from outreach.layers.features import read_features

        return _match_features(path.name, read_features(path, source.sheet, layer=layer), fields)
    if suffix in _WORKBOOKS:
        return _read_workbook(source, fields, layer)
    if suffix in _TEXTS:
        return _read_text_table(path, fields)
    raise LayerError(
        "%(file)s: files of this kind are not read; save it as .xlsx, .csv, .geojson or .gpkg",
        file=path.name,
    )


def require_columns(table: Table, *alternatives: tuple[str, ...]) -> None:
    """
    Demand that of each group of fields at least one has a column.

    Raises
    ------
    MissingColumnError
        Naming all that is missing at once, and the columns that there are.
    """
    missing = [
        " / ".join(group) for group in alternatives if not any(table.has(field) for field in group)
    ]
    if missing:
        raise MissingColumnError(
            "%(file)s: no column for %(missing)s; the columns are: %(found)s. "
            "Rename the columns, or start from the template of `outreach init`",
            file=table.file if table.sheet is None else f"{table.file}#{table.sheet}",
            missing=", ".join(missing),
            found=name_columns(table.found) or "–",
        )


def name_columns(names: Sequence[str]) -> str:
    """List column names for a message; cells that strayed into the header are not repeated."""
    # A header row that is none may hold telephone numbers or addresses of mail.
    shown = [
        quote(name)
        for name in names[:_COLUMNS_NAMED]
        if "@" not in name and sum(sign.isdigit() for sign in name) < 6  # noqa: PLR2004
    ]
    return ", ".join(shown) + (", …" if len(names) > len(shown) else "")


def _read_workbook(source: TableSource, fields: Sequence[str], layer: str) -> Table:
    from openpyxl import load_workbook

    name = source.path.name
    try:
        with warnings.catch_warnings():
            # openpyxl warns of decorations that it does not keep; only cells are read here.
            warnings.simplefilter("ignore")
            workbook = load_workbook(source.path, read_only=True, data_only=True)
            try:
                sheet = _choose_sheet(workbook, source.sheet, layer, name)
                return _read_sheet(workbook, sheet, name, fields)
            finally:
                workbook.close()
    except LayerError:
        raise
    except Exception as error:  # openpyxl has no base for what a broken workbook may raise
        raise LayerError(
            "%(file)s cannot be read as a workbook (%(kind)s); "
            "open it and save it as .xlsx without a password",
            file=name,
            kind=type(error).__name__,
        ) from error


def _choose_sheet(workbook: Workbook, wanted: str | None, layer: str, file: str) -> str:
    folded = {fold(name): name for name in reversed(workbook.sheetnames)}
    names = (layer, *SHEETS.get(layer, ()))
    if wanted is not None:
        if wanted in workbook.sheetnames:
            return wanted
        names = (fold(wanted), *(names if fold(wanted) in names else ()))
    for name in names:
        if name in folded:
            return folded[name]
    if wanted is not None or not workbook.sheetnames:
        raise LayerError(
            "%(file)s: no sheet '%(sheet)s'; the sheets are: %(found)s",
            file=file,
            sheet=wanted or "",
            found=", ".join(map(quote, workbook.sheetnames)) or "–",
        )
    return workbook.sheetnames[0]


def _read_sheet(workbook: Workbook, sheet: str, file: str, fields: Sequence[str]) -> Table:
    worksheet: Any = workbook[sheet]
    if not hasattr(worksheet, "iter_rows"):
        raise LayerError("%(file)s: '%(sheet)s' is a chart, not a table", file=file, sheet=sheet)
    # Some programs write a wrong size of the sheet, and openpyxl would believe it.
    worksheet.reset_dimensions()
    grid = _Grid(sheet=sheet, rows=list(worksheet.iter_rows(values_only=True)))
    table = _from_grid(file, grid, fields)
    if not table.has("parent_link"):
        return table
    named = [cell for cell in table.cells.get("parent_table", ()) if not is_blank(cell)]
    parents = [str(name) for name in named[:1]] + [workbook.sheetnames[0]]
    # Excel allows 31 letters in the name of a sheet, forms may have more.
    parent = next((name[:31] for name in parents if name[:31] in workbook.sheetnames), sheet)
    if parent == sheet:
        return table
    return _adopt(table, _read_sheet(workbook, parent, file, fields))


def _read_text_table(path: Path, fields: Sequence[str]) -> Table:
    table = _from_grid(path.name, _read_text(path, fields), fields)
    parent = _parent_file(path) if table.has("parent_link") else None
    return table if parent is None else _adopt(table, _read_text_table(parent, fields))


def _read_text(path: Path, fields: Sequence[str]) -> _Grid:
    """Read a CSV under the delimiter that makes its header speak."""
    raw = path.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = raw.decode("utf-16", "replace")
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", "replace")
    best: tuple[int, int, _Grid] | None = None
    delimiter_of_best = ","
    for delimiter in _DELIMITERS:
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error:
            continue
        served, width = max(
            (
                (len(_match(row, fields).positions), sum(1 for cell in row if cell.strip()))
                for row in rows[:_HEADER_ROWS]
            ),
            default=(0, 0),
        )
        if best is None or (served, width) > best[:2]:
            best = served, width, _Grid(sheet=None, rows=rows)
            delimiter_of_best = delimiter
    if best is None:
        raise LayerError(
            "%(file)s cannot be read as CSV; save it again as CSV UTF-8", file=path.name
        )
    _refuse_open_quote(text, delimiter_of_best, best[2], path.name)
    return best[2]


def _refuse_open_quote(text: str, delimiter: str, grid: _Grid, file: str) -> None:
    """Refuse a text whose last cell opens a quotation mark and swallows all rows after it."""
    if not grid.rows or not any("\n" in cell for cell in grid.rows[-1]):
        return
    try:
        list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "end of data" in str(error):
            raise LayerError(
                "%(file)s: a quotation mark in row %(row)s is not closed, so that all rows after "
                "it are lost; delete it, or save the table again as CSV UTF-8",
                file=file,
                row=len(grid.rows),
            ) from error


def _match(header: Sequence[Any], fields: Sequence[str]) -> Matched:
    return match_columns(["" if is_blank(cell) else clean_text(cell) for cell in header], fields)


def _from_grid(file: str, grid: _Grid, fields: Sequence[str]) -> Table:
    served = [len(_match(row, fields).positions) for row in grid.rows[:_HEADER_ROWS]]
    if not any(served):
        raise LayerError(
            "%(file)s: none of the first %(n_rows)s rows names the columns; "
            "write one header row, such as id, lon, lat, category",
            file=file if grid.sheet is None else f"{file}#{grid.sheet}",
            n_rows=_HEADER_ROWS,
        )
    top = served.index(max(served))
    headers = ["" if is_blank(cell) else clean_text(cell) for cell in grid.rows[top]]
    matched = match_columns(headers, fields)
    links = match_columns(headers, LINKS)
    positions = {**matched.positions, **links.positions}
    kept = [
        (number, row)
        for number, row in enumerate(grid.rows[top + 1 :], start=top + 2)
        if not all(is_blank(cell) for cell in row)
    ]
    return Table(
        file=file,
        sheet=grid.sheet,
        headers={field: headers[position] for field, position in positions.items()},
        cells={
            field: [row[position] if position < len(row) else None for _, row in kept]
            for field, position in positions.items()
        },
        rows=tuple(number for number, _ in kept),
        ignored=_ignored(headers, matched, is_form=bool(links.positions)),
        found=tuple(header for header in headers if header),
    )


def _ignored(headers: Sequence[str], matched: Matched, *, is_form: bool) -> tuple[str, ...]:
    # What a form adds by itself; among it, nobody would see the column that was meant to be read.
    added = FORM_COLUMNS if is_form else ()
    names = (headers[position] for position in matched.ignored)
    lasts = ((name, re.split(r"[-/]", name)[-1]) for name in names)
    return tuple(
        name
        for name, last in lasts
        if not name.rsplit("/", 1)[-1].startswith("_") and fold(last) not in added
    )


def _match_features(file: str, features: Features, fields: Sequence[str]) -> Table:
    headers = [clean_text(name) for name in features.columns]
    columns = list(features.columns.values())
    matched = match_columns(headers, fields)
    return Table(
        file=file,
        sheet=features.sheet,
        headers={field: headers[position] for field, position in matched.positions.items()},
        cells={field: columns[position] for field, position in matched.positions.items()},
        rows=tuple(range(2, len(features.geometry) + 2)),
        geometry=features.geometry,
        ignored=_ignored(headers, matched, is_form="instanceID" in headers),
        found=tuple(headers),
    )


def _parent_file(path: Path) -> Path | None:
    """Find the table that a repeat hangs on: ``form-children.csv`` hangs on ``form.csv``."""
    parts = path.stem.split("-")
    for length in range(len(parts) - 1, 0, -1):
        parent = path.with_name("-".join(parts[:length]) + path.suffix)
        if parent.is_file():
            return parent
    return None


def _adopt(children: Table, parents: Table) -> Table:
    """Give the rows of a repeat what their parent says and they do not: above all its place."""
    links = [_link(cell) for cell in parents.cells.get("link", ())]
    row_of = {link: row for row, link in enumerate(links) if link}
    at = [row_of.get(_link(cell)) for cell in children.cells["parent_link"]]
    cells = dict(children.cells)
    headers = dict(children.headers)
    for field, column in parents.cells.items():
        if field in LINKS or field in headers:
            continue
        inherited = [None if row is None else column[row] for row in at]
        if field == "id" and "link" in cells:
            # Members without an id of their own: the family's, and the number of the member.
            inherited = [
                None if is_blank(family) else f"{_link(family)}-{_link(link)}"
                for family, link in zip(inherited, cells["link"], strict=True)
            ]
        cells[field] = inherited
        headers[field] = parents.headers[field]
    return replace(children, cells=cells, headers=headers)


def _link(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if is_blank(cell) else clean_text(cell)
