"""The workbook that a supervisor reads and prints."""

from __future__ import annotations

import datetime as dt
import io
import time
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook

from outreach.output.words import Words
from outreach.output.workbook import worker_workbook, write_workbook
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
    assert monday[0][5] == dt.time(8)
    assert monday[2][12] == "RPSA Alyatama"
    mine = [r for r in plan.day_routes if r.team_id == "KOTA"]
    n_listed = sum(len(r.stops) + len(r.pauses) for r in mine)
    assert sum(row[6] is not None for row in rows) == n_listed


def test_a_break_and_a_promise_are_told_in_words(book: Workbook) -> None:
    """A break has its times and is called one; a pinned visit is called promised."""
    rows = list(book["KOTA"].iter_rows(min_row=2, values_only=True))
    assert rows[3][6:8] == ("K-002", "kunjungan, dijanjikan")
    assert rows[4][4:8] == (dt.time(10, 2), dt.time(10, 32), "dzuhur", "istirahat")


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


def test_what_is_printed_is_the_whole_table_and_is_called_confidential(book: Workbook) -> None:
    """Every page says whose it is, that it is confidential, and which of how many it is."""
    for sheet in book.worksheets:
        last = f"${get_column_letter(sheet.max_column)}${sheet.max_row}"
        assert sheet.print_area.endswith(f"!$A$1:{last}")
        assert sheet.oddHeader is not None
        assert sheet.oddFooter is not None
        assert sheet.oddHeader.left.text == sheet.title
        assert sheet.oddFooter.left.text == "RAHASIA – memuat data anak"
        assert sheet.oddFooter.right.text == "&P / &N"


def test_rows_can_be_chosen_by_their_heading(book: Workbook) -> None:
    """The filter is over the table, heading included; the sums have none."""
    for sheet in book.worksheets[1:]:
        last = f"{get_column_letter(sheet.max_column)}{sheet.max_row}"
        assert sheet.auto_filter.ref == f"A1:{last}"
    assert not book["Ringkasan"].auto_filter.ref


def test_visits_and_partners_have_a_box_to_tick(book: Workbook) -> None:
    """As many boxes as numbers; bases and breaks have none."""
    rows = list(book["KOTA"].iter_rows(values_only=True))
    assert rows[0][-1] == "selesai"
    assert [row[-1] for row in rows[1:8]] == [None, *"☐☐☐", None, "☐", None]


def test_whom_to_call_stands_beside_the_visit(plan: Plan, book: Workbook) -> None:
    """Name and number of the partner; who has nobody to call has no such column."""
    heads = [cell.value for cell in book["KOTA"][1]]
    called = {row[heads.index("kontak")] for row in book["KOTA"].iter_rows(values_only=True)}
    contacts = {contact.place_id: contact for contact in plan.contacts}
    stops = [s for r in plan.day_routes if r.team_id == "KOTA" for s in r.stops if s.contact]
    (contact,) = {contacts[str(stop.contact)] for stop in stops}
    assert called == {"kontak", None, f"{contact.label}, {contact.phone}"}
    assert "kontak" not in [cell.value for cell in book["SAD-1"][1]]


def test_another_reader_finds_the_same(plan: Plan, words: Words, tmp_path: Path) -> None:
    """A library that did not write it reads the same sheets, texts, numbers, dates and times."""
    path = tmp_path / "plan.xlsx"
    write_workbook(plan, words, path)
    written, read = openpyxl.load_workbook(path), CalamineWorkbook.from_path(path)
    assert read.sheet_names == written.sheetnames
    for name in read.sheet_names:
        rows = read.get_sheet_by_name(name).to_python(skip_empty_area=False)
        table = written[name].iter_rows(values_only=True)
        cells = [[_date(x) for x in row if x not in {None, ""}] for row in table]
        assert [[x for x in row if x != ""] for row in rows] == cells


def _date(value: object) -> object:
    # openpyxl gives midnight with a date.
    return value.date() if isinstance(value, dt.datetime) else value


def test_a_supervisor_sorts_chooses_and_reckons(plan: Plan, words: Words, tmp_path: Path) -> None:
    """Dates and times are values: a day is chosen, a service timed, the next week's due counted."""
    write_workbook(plan, words, tmp_path / "plan.xlsx")
    with pd.ExcelFile(tmp_path / "plan.xlsx", engine="calamine") as file:
        days = pd.read_excel(file, sheet_name="KOTA").dropna(how="all")
        not_due = pd.read_excel(file, sheet_name=file.sheet_names[-1])
    tuesday = days[days["tanggal"] == pd.Timestamp(2026, 3, 3)].dropna(subset="no.")
    latest_first = tuesday.sort_values("mulai", ascending=False)
    assert list(latest_first["tempat"]) == ["K-006", "K-005", "RPSA", "K-004"]
    starts, leaves = (pd.to_timedelta(tuesday[x].astype(str)) for x in ("mulai", "pergi"))
    served_min = dict(zip(tuesday["tempat"], (leaves - starts) / pd.Timedelta("1min"), strict=True))
    assert served_min == {"K-004": 40, "RPSA": 15, "K-005": 40, "K-006": 40}
    assert list(days["tanggal"].dt.day_name().unique()) == [
        *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
    ]
    due = not_due.set_index("penerima manfaat")["jatuh tempo"]
    assert list(due[due.between("2026-03-16", "2026-03-22")].index) == ["K-200"]


@pytest.mark.parametrize(
    ("language", "date", "clock", "due_on"),
    [
        ("id", "[$-421]d mmm yyyy", r"hh\.mm", "[$-421]dddd, d mmmm yyyy"),
        ("en", "[$-809]d mmm yyyy", "hh:mm", "[$-809]dddd, d mmmm yyyy"),
    ],
)
def test_dates_and_times_read_as_in_the_plans_language(
    plan: Plan, tmp_path: Path, language: Language, date: str, clock: str, due_on: str
) -> None:
    """Whatever language the program speaks that opens them; the column has room for the longest."""
    words = Words(language)
    write_workbook(plan, words, tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    visit, not_due = book["KOTA"][3], book[book.sheetnames[-1]]
    assert [cell.number_format for cell in visit[1:6]] == [date, "0", *[clock] * 3]
    assert not_due["B2"].number_format == due_on
    year = [dt.date(2026, 1, 1) + dt.timedelta(days=i) for i in range(365)]
    assert max(len(words.date(day)) for day in year) < not_due.column_dimensions["B"].width
    longest = max(len(f"{words.short_date(day)} {day.year}") for day in year)
    assert longest < book["KOTA"].column_dimensions["B"].width


def test_times_are_whole_minutes(book: Workbook, plan: Plan) -> None:
    """As all other outputs tell them; programs would round seconds in different ways."""
    mine = [stop for route in plan.day_routes for stop in route.stops]
    assert any(stop.arrives_s % 60 for stop in mine)
    table = book["KOTA"].iter_rows(values_only=True)
    times = [x for row in table for x in row if isinstance(x, dt.time)]
    assert times
    assert not [x for x in times if x.second or x.microsecond]


def test_a_worker_has_a_workbook_of_their_own_days(plan: Plan, words: Words) -> None:
    """One sheet, which also tells what every reader must see."""
    book = openpyxl.load_workbook(io.BytesIO(worker_workbook(plan, "SAD-1", words)))
    assert book.sheetnames == ["SAD-1"]
    sheet = book["SAD-1"]
    assert sheet["A1"].value == "Kunjungan SAD-1, 2 Maret – 8 Maret 2026"
    assert sheet["A2"].value == words.say(plan.notices[0])
    assert sheet.freeze_panes == "A4"
    assert sheet.print_title_rows == "$3:$3"
    mine = [route for route in plan.day_routes if "SAD-1" in route.worker_ids]
    places = [row[6] for row in sheet.iter_rows(min_row=4, values_only=True) if row[2]]
    visited = [s.place_id for r in mine for s in r.stops if s.kind in {"visit", "partner"}]
    assert places == visited


def test_a_workers_workbook_holds_nobody_elses_cases(plan: Plan, words: Words) -> None:
    """Neither another worker's nor those who are left out, in no part of the archive."""
    with zipfile.ZipFile(io.BytesIO(worker_workbook(plan, "SAD-1", words))) as archive:
        content = b"".join(map(archive.read, archive.namelist()))
    assert b"S-01" in content
    assert b"K-0" not in content
    assert b"K-1" not in content
    assert b"K-200" not in content


def test_whoever_does_not_ride_gets_an_empty_table(plan: Plan, words: Words) -> None:
    """It still opens."""
    idle = replace(plan, day_routes=())
    book = openpyxl.load_workbook(io.BytesIO(worker_workbook(idle, "KOTA", words)))
    assert book["KOTA"].max_row == 3


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
