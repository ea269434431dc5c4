"""How the workbook of coverage writes numbers, and what it keeps to itself."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.output.sheets import print_all, put, put_heading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from outreach.coverage.result import Coverage, Proof, Site, SiteKind
    from outreach.model import Season
    from outreach.output.sheets import Cell
    from outreach.output.words import Words

WHOLE = "#,##0"
TENTHS = "#,##0.0"
HUNDREDTHS = "0.00"
# 846 of 850 is not all: a whole percent would say so.
SHARE = "0.0%"
FINE_SHARE = "0.00%"
SIGNED = "+#,##0;-#,##0;0"
RUPIAH = '"Rp" #,##0'
HIDDEN = "…"
"""What stands in place of a number that is not told."""

DAYS_PER_MONTH = 365.25 / 12
# What stands for a number and is none: withheld, or under or over another.
_COARSE = re.compile(f"{HIDDEN}|[<>][0-9]+")
# A single person's ride is told no finer.
_RIDE_STEP_MINUTES = 5

SEASONS: Mapping[Season, Message] = {"dry": Message("dry season"), "wet": Message("wet season")}
SITE_KINDS: Mapping[SiteKind, Message] = {
    "base": Message("present base"),
    "partner": Message("partner institution"),
    "village": Message("village"),
    "table": Message("place from a table"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A line of key figures: what, how much, written how, and what it means."""

    name: str
    value: Cell = None
    format: str = WHOLE
    note: str | None = None


def held(value: Cell) -> Cell:
    """Give a cell of a group, where what is not told has its sign."""
    return HIDDEN if value is None else value


def count_said(n: int, of: int, k: int) -> Cell:
    """Give a number of people, coarsely where it or the rest of them tells of fewer than `k`."""
    if 0 < n < k:
        return f"<{k}"
    return f">{of - k}" if 0 < of - n < k else n


def ride(minutes: float) -> Cell:
    """Round the ride to a single person, who may not be found by it."""
    if not math.isfinite(minutes):
        return None
    return _RIDE_STEP_MINUTES * round(minutes / _RIDE_STEP_MINUTES)


def proof_said(proof: Proof, gap_share: float, words: Words) -> str:
    """Say whether a choice is the best."""
    if proof == "proven":
        return words.say("proven the best")
    if proof == "unsolved" or not math.isfinite(gap_share):
        return words.say("not solved: how good it is, is not known")
    return words.say(
        "within %(percent)s%% of the best that is possible",
        percent=words.number(math.ceil(gap_share * 1e4) / 100, 2),
    )


def sites_said(sites: Sequence[Site]) -> str:
    """Name places in their order, one that comes again with its number."""
    names = [site.label or site.id for site in sites]
    counted = {name: names.count(name) for name in names}
    return ", ".join(f"{name} ({n}x)" if n > 1 else name for name, n in counted.items())


def weeks_idr(coverage: Coverage, idr_per_month: int) -> float:
    """Turn rupiah a month into rupiah in the simulated weeks."""
    return idr_per_month * coverage.n_weeks * 7 / DAYS_PER_MONTH


def put_figures(sheet: Worksheet, first_row: int, figures: Sequence[Figure | None]) -> None:
    """Format the rows of figures, which a table's one format a column cannot; None is a gap."""
    from openpyxl.styles import Alignment, Font

    for i, figure in enumerate(figures, start=first_row):
        if figure is None:
            continue
        name, value = sheet.cell(i, 1), sheet.cell(i, 2)
        if figure.value is None and figure.note is None:
            name.font = Font(name="Calibri", size=11, bold=True)
        elif isinstance(figure.value, str):
            value.alignment = Alignment(horizontal="right", vertical="top")
        else:
            value.number_format = figure.format


def add_figures(sheet: Worksheet, heading: str, figures: Sequence[Figure], n_columns: int) -> None:
    """Write figures under a table of so many columns, their names as wide as they are."""
    row = sheet.max_row + 2
    put_heading(sheet, row, heading)
    for i, figure in enumerate(figures, start=row + 1):
        for j, value in enumerate((figure.name, figure.value, figure.note), start=1):
            put(sheet, i, j, value)
    put_figures(sheet, row + 1, figures)
    first = sheet.column_dimensions["A"]
    first.width = max(first.width, *(len(figure.name) + 2 for figure in figures))
    print_all(sheet, n_columns)


def tidy(sheet: Worksheet) -> None:
    """Set what stands for numbers at the right as numbers are, and empty what is no number."""
    from openpyxl.styles import Alignment

    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and _COARSE.fullmatch(cell.value):
                cell.alignment = Alignment(horizontal="right", vertical="top")
            # A workbook knows neither infinity nor NaN: programs call such a file broken.
            elif isinstance(cell.value, float) and not math.isfinite(cell.value):
                cell.value = None
