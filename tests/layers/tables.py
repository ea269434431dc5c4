"""Small tables that the tests write, and short ways to read them."""

from __future__ import annotations

import csv
import datetime as dt
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook

from outreach.layers.beneficiaries import read_beneficiaries
from outreach.layers.checks import CheckParams
from outreach.layers.presets import CategoryPreset
from outreach.layers.tables import parse_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from outreach.layers.layer import Layer

TODAY = dt.date(2026, 3, 2)
"""A Monday."""

JAMBI = CheckParams(bounds=(103.0, -2.5, 104.5, -1.0))

PRESETS: Mapping[str, CategoryPreset] = {
    "street": CategoryPreset(every_days=14, priority=2, service_minutes=30, aliases=("anjal",)),
    "forest": CategoryPreset(visits_per_week=3, service_minutes=60),
}

HEADER = ("id", "lon", "lat", "category")


def write_workbook(path: Path, **sheets: Sequence[Sequence[Any]]) -> Path:
    """Write a workbook of sheets of rows."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    workbook.save(path)
    return path


def write_text(
    path: Path,
    rows: Sequence[Sequence[Any]],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
) -> Path:
    """Write a CSV."""
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def read(
    path: Path,
    sheet: str = "",
    *,
    params: CheckParams = JAMBI,
    presets: Mapping[str, CategoryPreset] = PRESETS,
    area: Any | None = None,
) -> Layer:
    """Read a table of beneficiaries."""
    source = parse_source(f"{path.name}#{sheet}" if sheet else path.name, path.parent)
    return read_beneficiaries(source, presets=presets, params=params, today=TODAY, area=area)


def read_rows(folder: Path, *rows: Mapping[str, Any], **options: Any) -> Layer:
    """Read beneficiaries that are good but for what each row says."""
    good = {"id": "K1", "lon": 103.6, "lat": -1.6, "category": "street"}
    filled = [{**good, "id": f"K{number}", **row} for number, row in enumerate(rows, start=1)]
    header = list(dict.fromkeys(name for row in filled for name in row))
    body = [[row.get(name) for name in header] for row in filled]
    return read(write_workbook(folder / "cases.xlsx", cases=[header, *body]), **options)


def codes(layer: Layer) -> list[str]:
    """Name what was found, in the order of the findings."""
    return [finding.code for finding in layer.findings]
