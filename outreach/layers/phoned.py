"""New cases that came by telephone: kept beside the caseload until they stand in it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tomllib
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING

from outreach.errors import LayerError, Message
from outreach.layers.beneficiaries import BENEFICIARY_FIELDS
from outreach.layers.columns import match_columns
from outreach.layers.places import place_columns
from outreach.layers.tables import Table, read_table, require_columns
from outreach.layers.values import is_blank
from outreach.model import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outreach.layers.layer import Layer
    from outreach.layers.tables import TableSource

PHONED_FILE = "urgent.csv"
"""In the project folder, with the columns of the template of beneficiaries."""

_DELIMITERS = ",;\t"
_DEGREE_DECIMALS = 6


def read_calls(source: TableSource) -> Table:
    """
    Read a table of new cases, unchecked; see `beneficiaries.check_beneficiaries`.

    Raises
    ------
    LayerError
        When the file as a whole cannot be used.
    """
    table = read_table(source, BENEFICIARY_FIELDS, layer="beneficiaries")
    require_columns(table, ("id",), *place_columns(table), ("category",))
    return table


def with_phoned(caseload: Layer, phoned: Layer) -> Layer:
    """
    Put new cases beside the caseload.

    Parameters
    ----------
    caseload, phoned
        Two layers of beneficiaries.

    Returns
    -------
    layer
        Rows of both, sorted by id. A case that stands in both is taken from the caseload, with a
        finding; where its row there cannot be used, the one that was phoned counts.
    """
    import pandas as pd

    known = set(caseload.rows["id"])
    rows = phoned.rows[~phoned.rows["id"].isin(known)]
    added = set(rows["id"])
    if added:
        both = pd.concat([caseload.rows, rows], ignore_index=True) if known else rows
        rows = both.sort_values("id", kind="stable", ignore_index=True)
    twice = sorted(set(phoned.rows["id"]) - added)
    return replace(
        caseload,
        rows=rows if added else caseload.rows,
        findings=(
            *caseload.findings,
            *phoned.findings,
            *(_stands_in_both(phoned, who) for who in twice),
        ),
        invalid=(
            *(loss for loss in caseload.invalid if loss.beneficiary_id not in added),
            *(loss for loss in phoned.invalid if loss.beneficiary_id not in known),
        ),
    )


def _stands_in_both(phoned: Layer, who: str) -> Finding:
    return Finding(
        severity="warning",
        code="phoned-and-known",
        file=phoned.file,
        sheet=phoned.sheet,
        row=phoned.row_numbers.get(who),
        column=phoned.headers.get("id", "id"),
        id=who,
        what=Message("this case that was phoned stands in the caseload too, which counts"),
        mend=Message("delete the line here"),
    )


def phoned_text(
    before: bytes,
    calls: Table,
    layer: Layer,
    *,
    deadlines: Mapping[str, dt.date],
    language: str,
) -> str:
    """
    Write the file of phoned cases with new ones at its end.

    Parameters
    ----------
    before
        The file so far, b"" where there is none. Its lines and columns stay as they are.
    calls, layer
        The table of new cases, and what was read of it: only its good rows are written, their
        places in degrees, their other cells as they came.
    deadlines
        By id, the last day on which the first visit is in time; they stand in for empty cells.
    language
        Of the headers of a new file, ``"id"`` or ``"en"``.

    Raises
    ------
    LayerError
        When the file so far has no header that tells the columns.
    """
    lines, delimiter = _lines(before)
    headers = lines[0] if lines else list(_headers(language).values())
    positions = dict(match_columns(headers, BENEFICIARY_FIELDS).positions)
    if "id" not in positions:
        raise LayerError(
            "%(file)s: its first line does not name the columns; write them, or move the file away",
            file=PHONED_FILE,
        )
    rows = [_cells(calls, layer, who, deadlines.get(who)) for who in layer.rows["id"]]
    # Somebody may have deleted columns that stood empty.
    for field, header in _headers(language).items():
        if field not in positions and any(row.get(field) for row in rows):
            positions[field] = len(headers)
            headers = [*headers, header]
    told = [headers, *lines[1:]]
    field_at = {position: field for field, position in positions.items()}
    told += [[row.get(field_at.get(i, ""), "") for i in range(len(headers))] for row in rows]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(told)
    return out.getvalue()


def _lines(before: bytes) -> tuple[list[list[str]], str]:
    try:
        text = before.decode("utf-8-sig")
    except UnicodeDecodeError:
        # As spreadsheets on Windows save it.
        text = before.decode("cp1252", "replace")
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [row for row in rows if any(cell.strip() for cell in row)], delimiter


def _headers(language: str) -> Mapping[str, str]:
    """Give the template's headers by field."""
    text = files("outreach.layers").joinpath("template.toml").read_text("utf-8")
    columns = tomllib.loads(text)[language]["sheets"]["beneficiaries"]["columns"]
    names = [str(column[0]) for column in columns]
    positions = match_columns(names, BENEFICIARY_FIELDS).positions
    return {field: names[at] for field, at in sorted(positions.items(), key=lambda item: item[1])}


def _cells(calls: Table, layer: Layer, who: str, deadline: dt.date | None) -> Mapping[str, str]:
    at = calls.rows.index(layer.row_numbers[who])
    told = {
        field: _text(cells[at])
        for field, cells in calls.cells.items()
        if field not in {"point", "accuracy"}
    }
    home = layer.rows.geometry[layer.rows["id"] == who].iloc[0]
    return {
        **told,
        "id": who,
        "lon": f"{home.x:.{_DEGREE_DECIMALS}f}",
        "lat": f"{home.y:.{_DEGREE_DECIMALS}f}",
        "deadline": told.get("deadline") or ("" if deadline is None else deadline.isoformat()),
    }


def _text(cell: object) -> str:
    if is_blank(cell):
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.time):
        return f"{cell:%H:%M}"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)
