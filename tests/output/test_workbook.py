"""The workbook that a supervisor reads and prints."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from outreach.output.words import Words
from outreach.output.workbook import write_workbook
from tests.output.hostile import hostile

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl import Workbook

    from outreach.model import Plan
    from outreach.output.words import Language


@pytest.fixture
def book(plan: Plan, words: Words, tmp_path: Path) -> Workbook:
    """Give the sample week's workbook, read back."""
    write_workbook(plan, words, tmp_path / "plan.xlsx")
    return openpyxl.load_workbook(tmp_path / "plan.xlsx")


def test_there_is_a_sheet_for_everything(book: Workbook) -> None:
    """The summary first, a sheet per worker, then who is left out and who is not due."""
    assert book.sheetnames[:-1] == [
        *("Ringkasan", "KOTA", "SAD-1", "SAD-2", "SAD-3", "Tidak masuk rencana")
    ]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("name", ["Summary", "Left out", "Not due"])
def test_the_names_of_sheets_are_not_cut(language: Language, name: str) -> None:
    """Excel allows 31 letters."""
    assert len(Words(language).say(name)) <= 31


def test_a_worker_sheet_lists_the_stops_in_order(book: Workbook, plan: Plan) -> None:
    """Each stop of each day is a row, with its time and its number."""
    rows = list(book["KOTA"].iter_rows(min_row=2, values_only=True))
    monday = rows[:7]
    assert [row[6] for row in monday] == [
        *("KOTA-BASE", "K-001", "RPSA", "K-002", "dzuhur", "K-003", "KOTA-BASE")
    ]
    assert [row[2] for row in monday] == [None, 1, 2, 3, None, 4, None]
    assert [row[0] for row in monday] == ["Sen"] * 7
    assert monday[0][5] == "08.00"
    assert monday[2][12] == "RPSA Alyatama"
    mine = [r for r in plan.day_routes if r.team_id == "KOTA"]
    n_listed = sum(len(r.stops) + len(r.pauses) for r in mine)
    assert sum(row[6] is not None for row in rows) == n_listed


def test_a_break_and_a_promise_are_told_in_words(book: Workbook) -> None:
    """A break has its times and is called one; a pinned visit is called promised."""
    rows = list(book["KOTA"].iter_rows(min_row=2, values_only=True))
    assert rows[3][6:8] == ("K-002", "kunjungan, dijanjikan")
    assert rows[4][4:8] == ("10.02", "10.32", "dzuhur", "istirahat")


def test_a_circuit_stands_beside_its_days(book: Workbook) -> None:
    """Nobody sleeps away without knowing on which trip."""
    rows = list(book["SAD-1"].iter_rows(min_row=2, values_only=True))
    assert rows[0][13:15] == ("SAD-2, SAD-3", "perjalanan keliling SAD")
    heads = {sheet.title: [cell.value for cell in sheet[1]] for sheet in book.worksheets}
    assert "perjalanan keliling" in heads["SAD-1"]
    assert "perjalanan keliling" not in heads["KOTA"]


def test_everybody_left_out_is_listed_with_the_reason(book: Workbook) -> None:
    """Each loss has a row that says why."""
    rows = list(book["Tidak masuk rencana"].iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in rows] == ["K-101", "K-104", "K-103", "K-102"]
    assert rows[0][3] == "KOTA perlu 25 menit lagi pada Selasa, 3 Maret 2026"


def test_the_sums_are_numbers(book: Workbook, plan: Plan) -> None:
    """The last line of the table is everybody's, money written as rupiah."""
    sheet = book["Ringkasan"]
    row = next(r for r in sheet.iter_rows() if str(r[0].value).startswith("semua"))
    sums = dict(plan.totals)["all"]
    assert row[1].value == sums.n_visits
    assert row[6].value == sums.cost_idr
    assert "Rp" in row[6].number_format


def test_load_and_budget_are_parts_of_the_whole(book: Workbook, plan: Plan) -> None:
    """Riding and service over the working time; cost over the budget; nothing where none is set."""
    rows = {row[0].value: row for row in book["Ringkasan"].iter_rows()}
    sums = dict(plan.totals)
    kota, everybody = rows["KOTA"], rows["semua, hari tiap tim dihitung sekali"]
    assert rows["petugas"][7].value == "anggaran untuk hari-hari ini"
    assert kota[7].value == 500_000
    assert kota[8].value == pytest.approx(sums["KOTA"].cost_idr / 500_000)
    assert kota[10].value == pytest.approx(
        (sums["KOTA"].riding_s + sums["KOTA"].service_s) / sums["KOTA"].available_s
    )
    assert everybody[7].value is None
    assert everybody[8].value is None
    # The circuit's three workers are busy together: three times its riding and service.
    busy_s = sum(x.riding_s + x.service_s for who, x in plan.totals if who != "all")
    assert everybody[10].value == pytest.approx(busy_s / sums["all"].available_s)


def test_the_summary_says_what_a_little_more_brings_and_what_the_plan_weighs(
    book: Workbook,
) -> None:
    """Prices as sentences, the parts of the score as hours that add up."""
    sheet = book["Ringkasan"]
    column = [row[0].value for row in sheet.iter_rows()]
    assert "Rp 100.000 lagi bagi SAD-1: 2 anak lagi (K-101, K-105)" in column
    at = column.index("Cara rencana ini ditimbang") + 3
    hours = [sheet.cell(row, 2).value for row in range(at, at + 8)]
    assert hours == [0, 0, 10, 0, 25, 5, 0.5, 40.5]


def test_sheets_print_on_the_width_of_a_page(book: Workbook) -> None:
    """Landscape A4, the header on every page and in view."""
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToWidth == 1
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.freeze_panes is not None


def test_rows_are_high_enough_for_their_text(book: Workbook) -> None:
    """LibreOffice does not fit rows by itself: headings and reasons were cut."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for column, cell in enumerate(row, start=1):
                width = sheet.column_dimensions[get_column_letter(column)].width
                if isinstance(cell.value, str) and cell.alignment.wrap_text:
                    n_lines = -(-len(cell.value) // width)
                    assert sheet.row_dimensions[cell.row].height >= 14 * n_lines, cell.value


def test_numbers_do_not_run_into_the_next_column(book: Workbook) -> None:
    """A right-aligned 11 beside a left-aligned 15.04 reads as 1115.04."""
    assert {cell.alignment.horizontal for row in book["KOTA"]["C2:F6"] for cell in row} == {
        "center"
    }


def test_no_cell_is_a_formula(plan: Plan, words: Words, tmp_path: Path) -> None:
    """Text of the data that looks like a formula stays text, and names of sheets stay valid."""
    evil = hostile(plan)
    for sign in ("=1+1", "+1", "-1", "@x"):
        stops = evil.day_routes[0].stops
        object.__setattr__(stops[1], "category", sign)
        path = tmp_path / "plan.xlsx"
        write_workbook(evil, words, path)
        book = openpyxl.load_workbook(path)
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert not [cell.value for cell in cells if cell.data_type == "f"]
        planted = next(cell for cell in cells if cell.value == sign)
        assert planted.quotePrefix
        assert all(len(name) <= 31 for name in book.sheetnames)
        assert len(set(book.sheetnames)) == 7


def test_equal_plans_give_equal_bytes(plan: Plan, words: Words, tmp_path: Path) -> None:
    """The present moment is nowhere in the file."""
    write_workbook(plan, words, tmp_path / "a.xlsx")
    time.sleep(2.1)  # a ZIP archive counts in steps of two seconds
    write_workbook(plan, words, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
