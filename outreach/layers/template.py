"""The workbook that a new project starts from."""

from __future__ import annotations

import datetime as dt
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from outreach.errors import ConfigError, ExportError
from outreach.layers.columns import SYNONYMS
from outreach.layers.presets import DEFAULT_PRESETS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from openpyxl import Workbook

SHEETS: Mapping[str, Mapping[str, str]] = {
    "id": {
        "beneficiaries": "Penerima",
        "workers": "Petugas",
        "lodgings": "Penginapan",
        "partners": "Mitra",
        "pins": "Jadwal tetap",
    },
    "en": {
        "beneficiaries": "Beneficiaries",
        "workers": "Workers",
        "lodgings": "Lodgings",
        "partners": "Partners",
        "pins": "Pins",
    },
}
"""By language, the layers to the names of their sheets."""

_ROWS_VALIDATED = 2000
_WEEKDAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu", "Senin-Jumat"),
    "en": (
        *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        "Mon-Fri",
    ),
}
# Where a list helps to write a cell; weekdays may be combined, so the list only suggests.
_LISTED = {
    "category": "categories",
    "weekdays": "weekdays",
    "nights": "weekdays",
    "weekday": "weekdays",
}


def write_template(
    path: Path, *, language: str = "id", categories: Iterable[str] = tuple(DEFAULT_PRESETS)
) -> None:
    """
    Write a workbook with a sheet for each table, explanations, and example rows.

    Parameters
    ----------
    path
        Of the XLSX; an existing file is replaced.
    language
        Of headers and explanations.
    categories
        Offered in the column of categories.

    Raises
    ------
    ConfigError
        When there is no template in `language`.
    ExportError
        When the file cannot be written.
    """
    if language not in SHEETS:
        raise ConfigError(
            "there is no template in '%(language)s'; choose one of: %(known)s",
            language=language,
            known=", ".join(SHEETS),
        )
    texts = tomllib.loads(files("outreach.layers").joinpath("template.toml").read_text("utf-8"))
    workbook = _workbook(
        texts[language],
        SHEETS[language],
        {"categories": tuple(categories), "weekdays": _WEEKDAYS[language]},
    )
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        try:
            workbook.save(unfinished)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise ExportError(
            "%(file)s cannot be written: %(cause)s; close it in other programs, or choose "
            "another folder",
            file=path.name,
            cause=error.strerror or type(error).__name__,
        ) from error


def _workbook(
    texts: Mapping[str, Any], names: Mapping[str, str], lists: Mapping[str, tuple[str, ...]]
) -> Workbook:
    from openpyxl import Workbook

    workbook = Workbook()
    _write_readme(workbook, texts, names)
    for layer, name in names.items():
        _write_sheet(workbook, name, texts["sheets"][layer]["columns"], texts, lists)
    hidden = workbook.create_sheet(texts["lists_sheet"])
    hidden.sheet_state = "hidden"
    for column, words in enumerate(lists.values(), start=1):
        for row, word in enumerate(words, start=1):
            hidden.cell(row=row, column=column, value=word)
    return workbook


def _write_readme(workbook: Workbook, texts: Mapping[str, Any], names: Mapping[str, str]) -> None:
    from openpyxl.styles import Alignment, Font

    sheet = workbook.worksheets[0]
    sheet.title = texts["readme_sheet"]
    lines = [(line, "") for line in texts["readme"]]
    for layer, name in names.items():
        lines += [("", ""), (name, "")]
        lines += [(column[0], column[1]) for column in texts["sheets"][layer]["columns"]]
    titles = {texts["readme"][0], *names.values()}
    for row, (first, second) in enumerate(lines, start=1):
        sheet.cell(row=row, column=1, value=first).font = Font(bold=first in titles)
        sheet.cell(row=row, column=2, value=second).alignment = Alignment(wrap_text=True)
    sheet.column_dimensions["A"].width = 28
    sheet.column_dimensions["B"].width = 90


def _write_sheet(
    workbook: Workbook,
    name: str,
    columns: Iterable[Sequence[Any]],
    texts: Mapping[str, Any],
    lists: Mapping[str, tuple[str, ...]],
) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet = workbook.create_sheet(name)
    yellow = PatternFill("solid", fgColor="FFF2CC")
    for number, (header, explanation, *examples) in enumerate(columns, start=1):
        letter = get_column_letter(number)
        head = sheet.cell(row=1, column=number, value=header)
        head.font = Font(bold=True)
        head.comment = Comment(explanation, texts["author"], width=260, height=90)
        sheet.column_dimensions[letter].width = max(12, len(header) + 2)
        if header == "id":
            # As text, so that leading zeros stay.
            sheet.column_dimensions[letter].number_format = "@"
        for row, example in enumerate(examples, start=2):
            cell = sheet.cell(row=row, column=number, value=example if example != "" else None)
            cell.fill = yellow
            cell.font = Font(italic=True)
            if isinstance(example, dt.date):
                cell.number_format = "DD/MM/YYYY"
        _offer_list(sheet, letter, header, texts["lists_sheet"], lists)
    sheet.freeze_panes = "B2"


def _offer_list(
    sheet: Any, letter: str, header: str, lists_sheet: str, lists: Mapping[str, tuple[str, ...]]
) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    name = next((name for field, name in _LISTED.items() if header in SYNONYMS[field]), None)
    if name is None:
        return
    column = get_column_letter(tuple(lists).index(name) + 1)
    validation = DataValidation(
        type="list",
        formula1=f"'{lists_sheet}'!${column}$1:${column}${len(lists[name])}",
        allow_blank=True,
        showErrorMessage=name == "categories",
    )
    validation.add(f"{letter}2:{letter}{_ROWS_VALIDATED}")
    sheet.add_data_validation(validation)
