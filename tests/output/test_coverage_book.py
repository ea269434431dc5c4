"""The workbook that makes the case for more workers."""

from __future__ import annotations

import time
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from outreach.errors import ExportError, Message
from outreach.output.coverage_book import write_coverage_book
from outreach.output.coverage_rows import name_of
from outreach.output.coverage_told import tell
from outreach.output.words import Words
from tests.output.coverage_sample import K, coverage_sample, map_sample
from tests.output.hostile import EVIL

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from outreach.coverage.result import Coverage
    from outreach.output.coverage_rows import Told
    from outreach.output.words import Language

SHEETS = (
    *("Summary", "Areas", "Categories", "Access", "Workers needed", "WISN"),
    *("Where they sit", "Placement model", "Scenarios", "Method and limits"),
)
ENGLISH = Words("en")


@pytest.fixture(scope="module")
def coverage() -> Coverage:
    """Give a small case."""
    return coverage_sample()


@pytest.fixture(scope="module")
def told(coverage: Coverage) -> Told:
    """Give what of it may be told."""
    return tell(coverage, map_=map_sample())


@pytest.fixture
def book(coverage: Coverage, told: Told, tmp_path: Path) -> Workbook:
    """Give its workbook in English, read back."""
    return written(coverage, told, tmp_path / "coverage.xlsx", ENGLISH)


def written(coverage: Coverage, told: Told, path: Path, words: Words) -> Workbook:
    """Write the workbook and read it back."""
    write_coverage_book(coverage, told, path, words)
    return openpyxl.load_workbook(path)


def table(sheet: Worksheet, head: str) -> dict[object, dict[str, object]]:
    """Give the rows under the row that begins with `head`, by their first cell."""
    rows = list(sheet.iter_rows(values_only=True))
    at = next(i for i, row in enumerate(rows) if row[0] == head)
    names = [str(name) for name in rows[at]]
    return {
        row[0]: dict(zip(names, row, strict=True)) for row in rows[at + 1 :] if row[0] is not None
    }


def test_there_is_a_sheet_for_each_question(book: Workbook) -> None:
    """From the sum to the method."""
    assert book.sheetnames == list(SHEETS)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("name", SHEETS)
def test_the_names_of_sheets_are_not_cut(language: Language, name: str) -> None:
    """Excel allows 31 letters."""
    assert len(Words(language).say(name)) <= 31


def test_the_summary_holds_the_case(book: Workbook, coverage: Coverage) -> None:
    """Need, gap, three views and the recommendation with its cost, each by its own format."""
    figures = table(book["Summary"], "figure")
    assert figures["people to visit"]["value"] == 90
    assert figures["visits due in these weeks"]["value"] == 210
    assert figures["visits made"]["value"] == 147
    assert figures["visits not made"]["value"] == 63
    assert figures["by caseload, 25 cases for each"]["value"] == 4
    assert figures["by workload with travel (WISN)"]["value"] == pytest.approx(3.4)
    assert figures["by planning"]["value"] == 4
    assert figures["workers to add"]["value"] == 2
    assert figures["where they sit"]["what it means"] == "Sekernan, Tempino"
    assert figures["visits made then"]["value"] == 196
    # 2 workers x Rp 2,000,000 a month x 28 of 30.4375 days, for 196 - 147 = 49 visits more.
    assert figures["cost of one visit more"]["value"] == pytest.approx(4e6 * 28 / 30.4375 / 49)
    formats = {row[0].value: row[1].number_format for row in book["Summary"].iter_rows()}
    assert formats["visits made"] == "#,##0"
    assert formats["share of due visits that is made"] == "0.0%"
    assert "Rp" in formats["cost of one visit more"]
    assert book["Summary"]["A1"].value == f"The case for more workers: {coverage.title}"


def test_without_a_recommendation_nothing_is_promised(
    coverage: Coverage, told: Told, tmp_path: Path
) -> None:
    """No places, no visits more, no cost."""
    book = written(replace(coverage, recommended=0), told, tmp_path / "a.xlsx", ENGLISH)
    figures = table(book["Summary"], "figure")
    assert figures["workers to add"]["value"] == 0
    assert not figures.keys() & {"where they sit", "visits made then", "cost of one visit more"}
    assert "with 2 workers more" not in str([cell.value for cell in book["Areas"][1]])


def test_where_planning_found_no_number_the_most_tried_is_named(
    coverage: Coverage, told: Told, tmp_path: Path
) -> None:
    """More than that many are needed; how many, is not known."""
    unknown = replace(coverage.planned[0], n_required=None, n_tried=7, left_visits=3)
    changed = replace(coverage, planned=(unknown,))
    book = written(changed, told, tmp_path / "a.xlsx", ENGLISH)
    assert table(book["Summary"], "figure")["by planning"]["value"] == ">7"
    row = table(book["Workers needed"], "view")["planning"]
    assert (row["workers needed"], row["workers missing"]) == (">7", ">5")
    assert row["visits left open"] == 3


def test_areas_stand_with_their_districts_and_the_total(book: Workbook, told: Told) -> None:
    """Every told group, and the sums outside of what is sorted."""
    sheet = book["Areas"]
    heads, *rows = (list(row) for row in sheet.iter_rows(values_only=True))
    n_areas = len(told.areas)
    assert {row[0] for row in rows[:n_areas]} == {name_of(x, ENGLISH) for x in told.areas}
    assert set(rows[n_areas]) == {None}
    assert [row[0] for row in rows[n_areas + 1 :]] == ["whole district"] * 2 + ["Total"]
    assert sheet.auto_filter.ref == f"A1:O{n_areas + 1}"
    people, gaps = (
        [int(str(row[at])) for row in rows[:n_areas] if row[at] != "…"]
        for at in map(heads.index, ("people to visit", "visits not made"))
    )
    assert sum(people) == rows[-1][heads.index("people to visit")] == 90
    assert len(gaps) > 2
    assert gaps == sorted(gaps, reverse=True)


def test_what_is_withheld_has_its_sign_at_the_right(book: Workbook, told: Told) -> None:
    """As many signs as numbers are withheld; no cell of a group is empty for it."""
    sheet = book["Categories"]
    row = table(sheet, "category")
    hidden = [x for x in told.categories if x.gap_h is None]
    assert hidden
    for group in hidden:
        cells = row[name_of(group, ENGLISH)]
        withheld = ("visits made", "visits not made", "share made")
        assert {cells[name] for name in withheld} == {"…"}
    signs = [cell for line in sheet.iter_rows() for cell in line if cell.value == "…"]
    assert {cell.alignment.horizontal for cell in signs} == {"right"}


def test_no_number_of_people_is_under_k(book: Workbook) -> None:
    """In no column that counts people, of no sheet."""
    found = 0
    for sheet in book.worksheets:
        heads: list[str] = []
        for row in sheet.iter_rows(values_only=True):
            if row[0] in {"area", "category", "season", "workers added", "arrangement"}:
                heads = [str(x) for x in row]
                continue
            counts = [
                x
                for name, x in zip(heads, row, strict=False)
                if name.startswith("people") and isinstance(x, int | float)
            ]
            found += len(counts)
            assert all(not x or x >= K for x in counts)
    assert found > 20


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_person_is_in_any_part_of_the_file(
    coverage: Coverage, told: Told, tmp_path: Path, language: Language
) -> None:
    """Neither an id nor what is said of one who is left out."""
    write_coverage_book(coverage, told, tmp_path / "a.xlsx", Words(language))
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        content = b"".join(map(archive.read, archive.namelist()))
    assert b"K-0" not in content
    for loss in coverage.losses:
        assert loss.beneficiary_id.encode() not in content
    assert b"Tempino" in content


def test_a_notice_that_names_something_stays_out(
    coverage: Coverage, told: Told, tmp_path: Path
) -> None:
    """It may name a person; a notice of numbers is told."""
    named = Message("%(id)s has no road", {"id": "K-007"})
    counted = Message("%(n)d places are not looked at", {"n": 3})
    changed = replace(coverage, notices=(*coverage.notices, named, counted))
    book = written(changed, told, tmp_path / "a.xlsx", ENGLISH)
    column = [str(row[0]) for row in book["Summary"].iter_rows(values_only=True)]
    assert "The roads are synthetic: do not ride by them." in column
    assert "3 places are not looked at" in column
    assert not [x for x in column if "K-007" in x]


def test_each_worker_more_is_told_with_prediction_and_proof(
    book: Workbook, coverage: Coverage
) -> None:
    """What planning made of it beside what was predicted; a quotient within the noise is none."""
    rows = table(book["Where they sit"], "workers added")
    steps = [rows[n] for n in range(4)]
    assert [x["visits made, by planning"] for x in steps] == [
        step.realised.delivered_visits for step in coverage.steps
    ]
    assert [x["visits made, predicted"] for x in steps] == [
        step.predicted_visits for step in coverage.steps
    ]
    assert [x["more visits than with one worker less"] for x in steps] == [None, 23, 26, 10]
    assert [x["remark"] for x in steps] == ["at present", None, "recommended", None]
    model = table(book["Placement model"], "workers added")
    assert model[2]["how good the choice is"] == "proven the best"
    # The gap of 1.2 / 211.7 is 0.567 %: rounded up, so that the sentence holds.
    assert model[3]["how good the choice is"] == "within 0.57% of the best that is possible"


@pytest.mark.parametrize(("noise", "n_costs"), [(22, 3), (23, 2)])
def test_a_cost_within_the_noise_is_not_told(
    coverage: Coverage, told: Told, tmp_path: Path, noise: int, n_costs: int
) -> None:
    """One, two and three workers add 23, 49 and 59 visits."""
    changed = replace(coverage, noise_visits=noise)
    book = written(changed, told, tmp_path / "a.xlsx", ENGLISH)
    rows = table(book["Where they sit"], "workers added").values()
    assert sum(row["cost of one visit more"] is not None for row in rows) == n_costs


def test_a_quotient_does_not_tell_of_what_is_withheld(book: Workbook, coverage: Coverage) -> None:
    """With three workers fewer than five people have a gap, which the cost of a person tells."""
    rows = table(book["Where they sit"], "workers added")
    name = "cost of one person more whose visits are all made"
    told = [rows[n]["people with a visit not made"] for n in range(4)]
    assert told == [49, 31, 13, "<5"]
    assert coverage.steps[3].realised.n_with_gap < K
    assert [rows[n][name] for n in range(4)] == [
        None,
        *(pytest.approx(2e6 * 28 / 30.4375 / 18),) * 2,
        None,
    ]


def test_a_worker_who_adds_no_more_than_the_noise_is_called_so(
    coverage: Coverage, told: Told, tmp_path: Path
) -> None:
    """The third adds 10 visits."""
    book = written(replace(coverage, noise_visits=10), told, tmp_path / "a.xlsx", ENGLISH)
    rows = table(book["Where they sit"], "workers added")
    assert [rows[n]["remark"] for n in range(4)] == [
        *("at present", None, "recommended", "adds no more than the noise")
    ]


def test_a_group_of_nobody_withholds_nothing(
    coverage: Coverage, told: Told, tmp_path: Path
) -> None:
    """It has no numbers, where a sign would look like a secret."""
    hidden = next(row for row in told.areas if row.gap_h is None)
    empty = replace(hidden, n_people=0)
    changed = replace(told, areas=(empty,))
    book = written(coverage, changed, tmp_path / "a.xlsx", ENGLISH)
    row = table(book["Areas"], "area")[name_of(empty, ENGLISH)]
    assert row["people to visit"] == 0
    assert "…" not in row.values()


def test_what_was_not_solved_is_called_so(coverage: Coverage, told: Told, tmp_path: Path) -> None:
    """Nothing is said of how good such a choice is, and no infinite number is written."""
    unsolved = replace(
        coverage.steps[1], proof="unsolved", gap_share=float("inf"), bound_visits=float("inf")
    )
    changed = replace(coverage, steps=(coverage.steps[0], unsolved))
    book = written(changed, told, tmp_path / "a.xlsx", ENGLISH)
    row = table(book["Placement model"], "workers added")[1]
    assert row["how good the choice is"] == "not solved: how good it is, is not known"
    assert row["distance from that bound"] is row["upper bound of the model"] is None


def test_a_number_that_is_none_leaves_its_cell_empty(
    coverage: Coverage, told: Told, tmp_path: Path
) -> None:
    """Where nobody can be reached, no ride has a median; programs would call the file broken."""
    nobody = replace(
        coverage.access, median_minutes=float("inf"), worst_minutes=float("inf"), gini=float("nan")
    )
    changed = replace(coverage, access=nobody, gap_workers=float("inf"))
    book = written(changed, told, tmp_path / "a.xlsx", ENGLISH)
    rows = {row[0]: row[1] for row in book["Access"].iter_rows(values_only=True)}
    for name in ("median, min", "longest ride", "Gini"):
        assert [value for head, value in rows.items() if head and name in str(head)] == [None]
    assert table(book["Summary"], "figure")["full-time workers missing"]["value"] is None


def test_a_chart_shows_made_and_predicted_visits(book: Workbook) -> None:
    """Two series over the numbers of added workers."""
    # openpyxl offers no other way to the charts of a book that it read.
    sheet: Any = book["Where they sit"]
    (chart,) = sheet._charts
    assert [str(x.val.numRef.f) for x in chart.series] == [
        "'Where they sit'!$D$4:$D$7",
        "'Where they sit'!$E$4:$E$7",
    ]


def test_variations_of_planning_are_named_by_what_differs(book: Workbook) -> None:
    """Season, length of service, illness."""
    rows = book["Workers needed"].iter_rows(values_only=True)
    assert [row[1] for row in rows if row[0] == "planning"] == [
        *("as it is", "wet season", "service takes 20% less", "service takes 20% more"),
        "1 worker ill",
    ]


def test_scenarios_stand_beside_this_placement(book: Workbook) -> None:
    """The same number of workers, once as placed here and once for each arrangement."""
    rows = table(book["Scenarios"], "arrangement")
    assert rows["as placed in this report"]["visits made with the added ones"] == 196
    shelter = rows["Everybody at the shelter"]
    assert shelter["added workers sit at"] == "RPSA Alyatama (2x)"
    assert shelter["visits made with the added ones"] == 190


def test_wisn_can_be_followed_by_hand(book: Workbook, coverage: Coverage) -> None:
    """Activities add up; the factors and the ratio stand under them."""
    rows = table(book["WISN"], "activity")
    parts = [rows[x.name]["workers needed"] for x in coverage.wisn.activities]
    assert rows["all"]["workers needed"] == pytest.approx(sum(map(float, map(str, parts))))
    assert rows["WISN ratio: present ÷ needed"][
        "visits a year, counted for each worker who goes"
    ] == pytest.approx(2 / 3.4)


def test_a_project_without_areas_steps_or_scenarios_has_fewer_sheets(
    coverage: Coverage, tmp_path: Path
) -> None:
    """What was not looked at is no empty table."""
    bare = replace(coverage, areas=(), districts=(), steps=(), scenarios=(), planned=())
    book = written(bare, tell(bare), tmp_path / "a.xlsx", ENGLISH)
    gone = {"Areas", "Where they sit", "Placement model", "Scenarios"}
    assert book.sheetnames == [name for name in SHEETS if name not in gone]


def test_sheets_print_on_the_width_of_a_page(book: Workbook) -> None:
    """Landscape A4 with the head in view and on each page; every page says that it is of sums."""
    for sheet in book.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToWidth == 1
        assert sheet.freeze_panes is not None
        assert sheet.print_title_rows
        assert sheet.oddFooter is not None
        assert sheet.oddFooter.left.text == "Sums of at least 5 people, planned by outreach"


def test_equal_coverage_gives_equal_bytes(coverage: Coverage, told: Told, tmp_path: Path) -> None:
    """The present moment is nowhere in the file."""
    write_coverage_book(coverage, told, tmp_path / "a.xlsx", ENGLISH)
    time.sleep(1.1)
    write_coverage_book(coverage, told, tmp_path / "b.xlsx", ENGLISH)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_other_readers_find_the_same(coverage: Coverage, told: Told, tmp_path: Path) -> None:
    """A library that did not write it reads the sheets; a planner reckons with the table."""
    path = tmp_path / "a.xlsx"
    book = written(coverage, told, path, Words("id"))
    assert CalamineWorkbook.from_path(path).sheet_names == book.sheetnames
    curve = pd.read_excel(path, sheet_name="Tempat tugas", engine="calamine", skiprows=2)
    made = curve["kunjungan terlaksana, menurut rencana"].dropna()
    assert list(made.diff().dropna()) == [23, 26, 10]


def test_planted_text_stays_text(coverage: Coverage, told: Told, tmp_path: Path) -> None:
    """A label from the data is no formula and no markup."""
    site = replace(coverage.present_sites[0], label="=1+1")
    scenario = replace(coverage.scenarios[0], label=f"={EVIL}")
    changed = replace(
        coverage, title=EVIL, present_sites=(site,), scenarios=(scenario,), scenario="=2"
    )
    book = written(changed, told, tmp_path / "a.xlsx", ENGLISH)
    figures = table(book["Summary"], "figure")
    assert figures["present workers"]["what it means"] == "=1+1"
    for sheet in book.worksheets:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_file_that_cannot_be_written_is_an_error(
    coverage: Coverage, told: Told, tmp_path: Path
) -> None:
    """It says which, and leaves nothing behind."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(ExportError, match="cannot be written"):
        write_coverage_book(coverage, told, blocked / "a.xlsx", ENGLISH)
    assert list(tmp_path.iterdir()) == [blocked]
