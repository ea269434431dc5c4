"""The workbook of the progress report, read back; and what happened, in one line."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.coverage.accounts_result import VisitCounts
from outreach.lineage import Happening
from outreach.output.progress_book import progress_book
from outreach.output.progress_facts import Facts
from outreach.output.progress_happened import happened_said
from outreach.output.progress_visits import COUNTED, counted_of
from outreach.output.words import Words
from outreach.units import DAY_S, HOUR_S, MINUTE_S
from tests.output.progress_sample import TOTAL, accounts_sample, quiet_accounts

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from outreach.coverage.accounts_result import Accounts

ENGLISH, INDONESIAN = Words("en"), Words("id")
MONDAY = dt.date(2026, 3, 2)
TUESDAY_1020 = DAY_S + 10 * HOUR_S + 20 * MINUTE_S


def book_of(accounts: Accounts, words: Words = ENGLISH) -> Workbook:
    """Write a workbook, and read it back."""
    facts = Facts(accounts=accounts, name="Kota Jambi", words=words)
    return openpyxl.load_workbook(BytesIO(progress_book(facts, title="Report", footer="ids only")))


@pytest.fixture(scope="module")
def book() -> Workbook:
    """Give the sample's workbook."""
    return book_of(accounts_sample())


def column(sheet: Worksheet, head: str) -> list[object]:
    """Give what stands below a heading."""
    heads = [cell.value for cell in sheet[1]]
    return [row[heads.index(head)].value for row in sheet.iter_rows(min_row=2)]


def test_every_part_has_its_sheet(book: Workbook) -> None:
    """In the order in which the report tells of them."""
    assert book.sheetnames == [
        *("Summary", "Visits by category", "Visits by area", "Visits by team", "Why left out"),
        *("Who is overdue", "New and closed cases", "Kilometres and money", "What came between"),
        *("Beginnings of visits", "Rides", "Speeds"),
    ]


def test_sheets_are_called_in_the_readers_language() -> None:
    """Bahasa Indonesia by default."""
    assert "Kunjungan tertunggak" in book_of(accounts_sample(), INDONESIAN).sheetnames


def test_accounts_of_nothing_have_a_summary_only() -> None:
    """An empty sheet tells nothing."""
    assert book_of(quiet_accounts()).sheetnames == ["Summary"]


@pytest.mark.parametrize("name", ["Visits by category", "Visits by area", "Visits by team"])
def test_counts_are_numbers_that_sum_to_the_total(book: Workbook, name: str) -> None:
    """Whoever adds up a column gets what the summary says."""
    for counted in counted_of(TOTAL):
        cells = column(book[name], str(counted.title))
        assert all(isinstance(cell, int) for cell in cells)
        assert sum(cell for cell in cells if isinstance(cell, int)) == counted.count(TOTAL)


def test_the_summary_holds_the_figures(book: Workbook) -> None:
    """As numbers to reckon with."""
    rows = {row[0].value: row[1].value for row in book["Summary"].iter_rows()}
    assert rows["in the first plans"] == 168
    assert rows["added since"] == 6
    assert rows["to be made by now"] == 173
    assert rows["share made"] == pytest.approx(146 / 173)
    assert rows["people overdue"] == 42
    assert rows["spent of it"] == 3_600_000


def test_all_who_are_overdue_are_listed(book: Workbook) -> None:
    """Also those whom the report has no room for; dates are dates."""
    sheet = book["Who is overdue"]
    assert len(column(sheet, "beneficiary")) == 42
    first, second, *_ = column(sheet, "due on")
    assert isinstance(first, dt.datetime)
    assert (first.date(), second) == (dt.date(2026, 10, 1), None)
    assert column(sheet, "times in a row")[0] == 3


def test_every_case_has_a_row(book: Workbook) -> None:
    """New, closed, gone without a word, and whose new address must be found."""
    sheet = book["New and closed cases"]
    assert column(sheet, "beneficiary") == ["K-130", "K-131", "K-132", "K-017", "K-099", "K-031"]
    assert column(sheet, "change")[-3:] == ["closed", "gone without a word", "moved away"]


def test_what_cannot_be_told_is_empty(book: Workbook) -> None:
    """A number that is none would make the file a broken one."""
    assert column(book["Speeds"], "time against the plan") == [1.35, None]
    assert column(book["Kilometres and money"], "left") == [-100_000, 500_000, None]


def test_the_rows_of_invalid_data_are_one() -> None:
    """Until they are mended nobody needs them apart, and what they say stays in the office."""
    from outreach.output.progress_safe import without_places

    sheet = book_of(without_places(accounts_sample()))["Why left out"]
    assert column(sheet, "people") == [6, 4, 2, 2]
    assert column(sheet, "reason")[-1] == (
        "the row cannot be used; outreach check tells what is wrong with it"
    )


counts = st.builds(
    VisitCounts, **{name: st.integers(0, 50) for name in VisitCounts.__dataclass_fields__}
)


@given(counts)
def test_only_columns_of_nothing_are_left_out(total: VisitCounts) -> None:
    """No visit hides in a column that is not shown."""
    shown = counted_of(total)
    assert all(x.count(total) == 0 for x in COUNTED if x not in shown)


@pytest.mark.parametrize(
    ("happening", "english", "indonesian"),
    [
        (
            Happening(kind="urgent", at_s=TUESDAY_1020, id="K-1", deadline_s=TUESDAY_1020 + DAY_S),
            "K-1 is urgent: a visit by Wed 4 Mar, 10:20",
            "K-1 mendesak: dikunjungi paling lambat Rab 4 Mar, 10.20",
        ),
        (Happening(kind="urgent", at_s=0, id="K-1"), "K-1 is urgent", "K-1 mendesak"),
        (
            Happening(kind="absent", at_s=0, id="kota", from_s=DAY_S, to_s=TUESDAY_1020),
            "kota is absent, Tue 3 Mar, 00:00 – Tue 3 Mar, 10:20",
            "kota tidak masuk, Sel 3 Mar, 00.00 – Sel 3 Mar, 10.20",
        ),
        (
            Happening(kind="absent", at_s=0, id="kota", from_s=DAY_S, to_s=3 * DAY_S),
            "kota is absent, Tue 3 Mar – Wed 4 Mar",
            "kota tidak masuk, Sel 3 Mar – Rab 4 Mar",
        ),
        (
            Happening(kind="late", at_s=0, id="kota", delay_s=45 * MINUTE_S),
            "kota is late by 45 min",
            "kota terlambat 45 menit",
        ),
        (
            Happening(kind="cancelled", at_s=0, id="K-1", visit_id="K-1#1"),
            "the visit K-1#1 is not needed any more",
            "kunjungan K-1#1 tidak perlu lagi",
        ),
        (
            Happening(kind="lodging_full", at_s=0, id="balai", day=1),
            "balai is full in the night of Tue 3 Mar",
            "balai penuh pada malam Sel 3 Mar",
        ),
        (
            Happening(kind="road_closed", at_s=0, area_wkt="POINT (103.6 -1.6)"),
            "a road is closed",
            "ada jalan yang ditutup",
        ),
        (
            Happening(kind="season", at_s=0, season="wet"),
            "the roads are as in the rainy season",
            "keadaan jalan seperti di musim hujan",
        ),
    ],
)
def test_what_happened_is_said(happening: Happening, english: str, indonesian: str) -> None:
    """Who, what and when; of a closed road never where."""
    assert happened_said(happening, MONDAY, ENGLISH) == english
    assert happened_said(happening, MONDAY, INDONESIAN) == indonesian
