"""The progress report: what it says follows from the accounts, and tells of nobody's home."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from outreach.coverage.accounts_result import CountRow, Travel, VisitCounts, WorkerMoney
from outreach.errors import ExportError
from outreach.output import progress_charts, progress_report
from outreach.output.progress_facts import Facts
from outreach.output.progress_report import progress_paper, write_progress_report
from outreach.output.progress_summary import attention, told
from outreach.output.progress_told import ProgressReport
from outreach.output.report_paper import paper_html
from outreach.output.report_parts import Drawing, Heading, Table, Text, Tiles
from outreach.output.words import Words
from tests.output.hostile import EVIL
from tests.output.progress_sample import PLACES, TOTAL, accounts_sample, quiet_accounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.coverage.accounts_result import Accounts
    from outreach.output.report_parts import Part
    from outreach.output.words import Language

ENGLISH, INDONESIAN = Words("en"), Words("id")
NAME = "Kota Jambi"
BLANK = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[Language, list[Path]]:
    """Write the sample's report in both languages."""
    languages: tuple[Language, ...] = ("id", "en")
    return {
        language: list(
            write_progress_report(
                accounts_sample(),
                tmp_path_factory.mktemp(language),
                Words(language),
                name=NAME,
            )
        )
        for language in languages
    }


@pytest.fixture(autouse=True)
def no_charts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the time for charts where only words are read."""
    if not {"written", "with_charts"} & set(request.fixturenames):
        blank = Drawing(svg=BLANK, width_mm=10, height_mm=10, alt="")
        monkeypatch.setattr(progress_charts, "drawing", lambda *_: blank)


@pytest.fixture
def with_charts() -> None:
    """Let the charts be drawn."""


def parts_of(accounts: Accounts, words: Words = ENGLISH) -> tuple[Part, ...]:
    """Put a report together."""
    return progress_paper(accounts, words, name=NAME).parts


def facts_of(accounts: Accounts) -> Facts:
    """Give what the sections share, in English."""
    return Facts(accounts=accounts, name=NAME, words=ENGLISH)


def table(parts: Sequence[Part], title: str) -> Table:
    """Find a table by its caption."""
    return next(part for part in parts if isinstance(part, Table) and title in part.caption)


def counted(**counts: int) -> Accounts:
    """Give quiet accounts with these visits, all of one category, area and team."""
    total = VisitCounts(**counts)
    row = CountRow(id="x", counts=total)
    return replace(
        quiet_accounts(), total=total, by_category=(row,), by_area=(row,), by_team=(row,)
    )


def test_the_sample_adds_up() -> None:
    """What was worked out with a pencil is what the tables sum to."""
    accounts = accounts_sample()
    for rows in (accounts.by_category, accounts.by_area, accounts.by_team):
        assert sum((row.counts for row in rows), VisitCounts()) == accounts.total
    assert (TOTAL.in_plan, TOTAL.done, TOTAL.expected) == (174, 146, 173)


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_report_is_three_files_for_the_office_only(
    written: dict[Language, list[Path]], language: Language
) -> None:
    """Page, paper and workbook; named by the month, and not for others to read."""
    assert [path.name for path in written[language]] == [
        "report-month-2026-11.html",
        "report-month-2026-11.pdf",
        "report-month-2026-11.xlsx",
    ]
    assert {path.stat().st_mode & 0o777 for path in written[language]} == {0o600}


def test_equal_accounts_give_equal_bytes(
    written: dict[Language, list[Path]], tmp_path: Path
) -> None:
    """Neither the present day nor a chance is in a report."""
    again = write_progress_report(accounts_sample(), tmp_path, INDONESIAN, name=NAME)
    assert [p.read_bytes() for p in again] == [p.read_bytes() for p in written["id"]]


@pytest.mark.parametrize(
    ("language", "needed"),
    [
        (
            "en",
            (
                *("Monthly report", "174", "84%", "146 of 173", "42", "90%", "Rp 400,000 left"),
                *("K-044 waits longest, 60 days", "between 84% and 89%", "K-099"),
                *("kota has spent Rp 100,000 more", "No plan covers 2 days"),
            ),
        ),
        (
            "id",
            (
                *("Laporan Bulanan Kunjungan", "174", "84%", "146 dari 173", "42", "90%"),
                *("sisa Rp 400.000", "K-044 paling lama menunggu, 60 hari", "K-099"),
                "kota melebihi anggaran bulan ini sebesar Rp 100.000",
            ),
        ),
    ],
)
def test_the_first_page_says_it_all(
    written: dict[Language, list[Path]], language: Language, needed: tuple[str, ...]
) -> None:
    """The head of office needs no second page."""
    pages = PdfReader(written[language][1]).pages
    first = re.sub(r"\s+", " ", pages[0].extract_text())
    assert not [one for one in needed if one not in first]
    assert 3 <= len(pages) <= 5


def test_a_page_needs_nothing_else(written: dict[Language, list[Path]]) -> None:
    """Neither a script, nor a net, nor a font."""
    html = written["id"][0].read_text(encoding="utf-8")
    assert html.startswith('<!DOCTYPE html>\n<html lang="id">')
    assert "<script" not in html
    assert not re.search(r"(?:src|href)=\"(?!data:)", html)
    assert html.count('<img src="data:image/svg+xml') == 2


def test_no_file_tells_a_place(written: dict[Language, list[Path]]) -> None:
    """Neither of a row that says where somebody lives, nor of a closed road."""
    for page, paper, book in written.values():
        texts = [
            page.read_text(encoding="utf-8"),
            "".join(p.extract_text() for p in PdfReader(BytesIO(paper.read_bytes())).pages),
            *_strings(book),
        ]
        assert not [digits for digits in PLACES if any(digits in text for text in texts)]
    report = ProgressReport(accounts=accounts_sample(), name=NAME, paths=())
    assert not [digits for digits in PLACES if digits in json.dumps(report.as_json())]


def _strings(book: Path) -> list[str]:
    import openpyxl

    cells = (cell.value for sheet in openpyxl.load_workbook(book) for r in sheet for cell in r)
    return [str(value) for value in cells if value is not None]


def test_a_report_that_cannot_be_typeset_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three files of one report, or none."""
    paths = write_progress_report(quiet_accounts(), tmp_path, ENGLISH, name=NAME)
    before = [path.read_bytes() for path in paths]

    def fail(*_: object) -> bytes:
        raise ExportError("no ink")

    monkeypatch.setattr(progress_report, "paper_pdf", fail)
    with pytest.raises(ExportError, match="no ink"):
        write_progress_report(accounts_sample(), tmp_path, ENGLISH, name=NAME)
    assert [path.read_bytes() for path in paths] == before
    assert sorted(tmp_path.iterdir()) == sorted(paths)


def test_a_file_that_cannot_be_written_leaves_the_others(tmp_path: Path) -> None:
    """A folder in the way of the workbook: nothing of the new report appears."""
    (tmp_path / "report-month-2026-11.xlsx").mkdir()
    with pytest.raises(ExportError, match=r"^\S+xlsx cannot be written \(Is a directory\)"):
        write_progress_report(accounts_sample(), tmp_path, ENGLISH, name=NAME)
    assert [path.name for path in tmp_path.iterdir()] == ["report-month-2026-11.xlsx"]


@pytest.mark.usefixtures("with_charts")
def test_texts_of_the_data_stay_texts(tmp_path: Path) -> None:
    """Whatever a category, an area, an id or the project is called."""
    accounts = accounts_sample()
    evil = replace(
        accounts,
        by_category=tuple(replace(row, id=row.id + EVIL) for row in accounts.by_category),
        by_area=tuple(replace(row, name=EVIL) for row in accounts.by_area),
        overdue=tuple(replace(one, id=one.id + EVIL) for one in accounts.overdue),
    )
    page, paper, _ = write_progress_report(evil, tmp_path, ENGLISH, name=EVIL)
    html = page.read_text(encoding="utf-8")
    assert "<script" not in html
    assert "<img src=x" not in html
    assert len(PdfReader(paper).pages) >= 3


def test_accounts_of_nothing_make_a_report(tmp_path: Path) -> None:
    """A week before its first visit, and without a log."""
    page, _, _ = write_progress_report(quiet_accounts(), tmp_path, ENGLISH, name=NAME)
    html = page.read_text(encoding="utf-8")
    for said in ("Nobody is overdue", "No plan was changed", "cannot be told"):
        assert said in html
    assert "What needs attention" not in html
    assert list(attention(facts_of(quiet_accounts()))) == []


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"planned": 4, "done": 4}, "Of 4 visits that were to be made 4 were made (100%)"),
        ({"planned": 4, "done": 3, "not_met": 1}, "Not made: nobody met 1."),
        ({"planned": 4, "done": 3, "ahead": 1}, "Of 3 visits that were to be made 3 were made"),
        ({"planned": 4, "done": 3, "no_word": 1}, "Of 1 the log has no word."),
        ({"planned": 3, "added": 1, "done": 4}, "1 of them were added"),
        ({"planned": 1, "done": 1, "left_out": 5}, "5 more visits were due and in no plan."),
        ({"planned": 4, "no_word": 4}, "Of 4 visits that were to be made the log has no word yet."),
        ({"unplanned_done": 2}, "Visits made that no plan held: 2."),
    ],
)
def test_the_sentences_follow_from_the_counts(counts: dict[str, int], said: str) -> None:
    """Each says what its numbers say."""
    assert said in " ".join(told(facts_of(counted(**counts))))


@pytest.mark.parametrize(("n_done", "share"), [(0, "0%"), (1, "1%"), (999, "99%"), (1000, "100%")])
def test_nearly_all_is_not_all(n_done: int, share: str) -> None:
    """Nor is one of a thousand nothing."""
    facts = facts_of(counted(planned=1000, done=n_done, not_met=1000 - n_done))
    assert facts.share(facts.total.share_done) == share


def test_the_share_lies_between_what_the_missing_words_may_say() -> None:
    """Of ten visits five were made and two are unknown: 50 % at least, 70 % at most."""
    counts = {"planned": 10, "done": 5, "not_met": 3, "no_word": 2}
    (said,) = (said for topic, said in attention(facts_of(counted(**counts))))
    assert "between 50% and 70%" in said


@pytest.mark.parametrize(
    ("counts", "share"),
    [
        ({"planned": 10, "fell_out": 1, "no_word": 9}, "–"),
        ({"planned": 10, "not_met": 1, "no_word": 9}, "0%"),
        ({"planned": 10, "done": 5, "no_word": 5}, "50%"),
    ],
)
def test_a_log_that_is_not_in_yet_blames_nobody(counts: dict[str, int], share: str) -> None:
    """The large figure is no 0 % before anybody handed in a word, and tells what is lacking."""
    tiles = next(p for p in parts_of(counted(**counts)) if isinstance(p, Tiles))
    figure, said = tiles.tiles[1]
    assert figure == share
    assert f"no word yet of {counts['no_word']}" in said


def test_a_family_that_moved_is_named_for_whoever_must_find_it() -> None:
    """At a planned visit or not."""
    quiet = quiet_accounts()
    moved = replace(quiet, cases=replace(quiet.cases, moved=("K-031",)))
    ((_, said),) = attention(facts_of(moved))
    assert said.endswith("must be found: K-031.")


def test_money_that_will_not_last_is_told() -> None:
    """Muaro has 500,000 left, and 600,000 are planned."""
    accounts = accounts_sample()
    kota, muaro, _ = accounts.workers
    accounts = replace(accounts, workers=(replace(muaro, ahead_idr=400_000),))
    said = " ".join(said for _, said in attention(facts_of(accounts)))
    assert "muaro will lack Rp 100,000" in said
    assert kota.worker_id not in said


def test_what_is_counted_nowhere_has_no_column() -> None:
    """In the plans, made and the share are always told."""
    heads = [c.title for c in table(parts_of(counted(planned=2, done=2)), "category").columns]
    assert heads == ["category", "in the plans", "made", "%"]
    heads = [c.title for c in table(parts_of(counted(planned=2, done=1, moved=1)), "area").columns]
    assert heads == ["area", "in the plans", "made", "%", "moved away"]


def test_many_areas_are_summed_up() -> None:
    """Twenty rows, the others together, and the sum: no visit is lost."""
    rows = [CountRow(id=f"a{i}", counts=VisitCounts(planned=i, done=i)) for i in range(1, 31)]
    total = sum((row.counts for row in rows), VisitCounts())
    shown = table(parts_of(replace(counted(), total=total, by_area=tuple(rows))), "by area").rows
    assert len(shown) == 22
    assert shown[0][0] == "a30"
    assert shown[20] == ("10 others", "55", "55", "100%")
    assert sum(int(row[1]) for row in shown[:-1]) == int(shown[-1][1]) == 465


def test_the_longest_waiting_are_listed_and_the_rest_counted() -> None:
    """25 of 42; the workbook holds all."""
    shown = table(parts_of(accounts_sample()), "overdue")
    assert len(shown.rows) == 25
    assert shown.rows[0] == (
        *("K-044", "Anak terlantar", "Telanaipura", "1 Oct", "60"),
        *("nobody was met, 3 times in a row", "2 Dec"),
    )
    assert shown.rows[1][2:5] == ("in no area", "–", "28")
    assert "The first 25 of 42" in shown.notes[0]


def test_an_interruption_tells_what_it_displaced() -> None:
    """The call of Tuesday at 10:20, and the absence of Wednesday."""
    first, second = table(parts_of(accounts_sample()), "What was told").rows
    assert first[0] == "10 Nov 10:20"
    assert first[1] == ("K-130 is urgent: a visit by Wed 11 Nov, 10:20; a road is closed")
    assert first[4:] == ("2: K-020, K-021", "0", "25 min", "Rp 12,000")
    assert second[6:] == ("−40 min", "−Rp 50,000")


def test_rides_between_places_name_no_place() -> None:
    """Areas only; those faster than planned are not late."""
    rows = table(parts_of(accounts_sample()), "longer than planned").rows
    assert rows == (("visits in Telanaipura", "visits in no area", "14", "4.0", "6.0", "1.50×"),)


def test_a_speed_is_suggested_with_its_evidence() -> None:
    """What to write where is said; who has too few rides says nothing."""
    shown = table(parts_of(accounts_sample()), "speed table")
    assert len(shown.rows) == 1
    assert shown.rows[0][:2] == ("tertiary, laterite", "wet season")
    assert shown.rows[0][6] == "1.35× (1.20–1.50)"
    assert "roads.surface_kph.wet.laterite = 18.5 (22 rides" in shown.notes[1]


def test_too_few_rides_suggest_nothing() -> None:
    """Neither a table nor a word under what needs attention."""
    accounts = accounts_sample()
    few = replace(accounts, speeds=accounts.speeds[1:])
    parts = parts_of(few)
    assert any(isinstance(p, Text) and "too few yet" in p.text for p in parts)
    assert "Speeds" not in {str(topic) for topic, _ in attention(facts_of(few))}


def test_money_of_days_without_a_word_is_not_told_as_left_alone() -> None:
    """What nobody told of was spent all the same, perhaps."""
    one = WorkerMoney(
        worker_id="a", travel=Travel(), budget_idr=100, month_idr=20, unsure_idr=30, ahead_idr=0
    )
    workers = (one, replace(one, worker_id="b", budget_idr=None))
    tiles = next(
        p for p in parts_of(replace(quiet_accounts(), workers=workers)) if isinstance(p, Tiles)
    )
    figure, said = tiles.tiles[3]
    assert figure == "20%"
    assert re.search(r"80 left; days without a word: \D*30$", said)


def test_without_a_budget_the_money_spent_is_told() -> None:
    """A share of nothing is no figure."""
    accounts = accounts_sample()
    workers = tuple(replace(worker, budget_idr=None) for worker in accounts.workers)
    tiles = next(p for p in parts_of(replace(accounts, workers=workers)) if isinstance(p, Tiles))
    assert tiles.tiles[3] == ("Rp 3,600,000", "spent on the ridden days")


def test_sections_are_numbered_through() -> None:
    """From what came of the visits to how it was counted."""
    heads = [part.text for part in parts_of(accounts_sample()) if isinstance(part, Heading)]
    assert [head.split(".")[0] for head in heads] == [str(i) for i in range(1, len(heads) + 1)]
    assert heads[0] == "1. What came of the visits"
    assert heads[-1].endswith("How it was counted")


def test_what_is_printed_names_the_files() -> None:
    """The terminal says the first page, and where the report lies."""
    report = ProgressReport(accounts=accounts_sample(), name=NAME, paths=(Path("a.html"),))
    text = report.as_text(INDONESIAN)
    assert text.startswith("Laporan Bulanan Kunjungan, 1 November – 30 November 2026\n")
    assert "Yang perlu perhatian" in text
    assert text.endswith("a.html")
    document: dict[str, Any] = report.as_json()
    assert document["total"]["share_done"] == pytest.approx(146 / 173)
    assert document["files"] == ["a.html"]
    assert document["speeds"][1]["ratio"] is None
    assert report.n_overdue == 42


def test_a_page_is_told_in_its_language() -> None:
    """No English is left in the Indonesian page but names of the data."""
    html = paper_html(progress_paper(accounts_sample(), INDONESIAN, name=NAME), INDONESIAN)
    seen = re.sub(r"(?s)<style>.*?</style>|<[^>]+>", " ", html)
    assert not re.findall(r"\b(?:the|visits|planned|and|was|with)\b", seen)
