"""The report of a coverage: what it says follows from the values, and tells of nobody."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from outreach.errors import Message
from outreach.output import charts
from outreach.output.coverage_report import (
    report_html,
    report_parts,
    report_pdf,
    write_coverage_reports,
)
from outreach.output.coverage_told import tell
from outreach.output.report_facts import Facts
from outreach.output.report_parts import Advice, Drawing, Figure, Heading, Signatures, Table, Text
from outreach.output.words import Words
from tests.output.coverage_sample import coverage_sample, map_sample
from tests.output.hostile import EVIL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from outreach.coverage.result import Coverage, CoverageMap, Step
    from outreach.output.basemap import Roads
    from outreach.output.report_parts import Part
    from outreach.output.words import Language

ENGLISH, INDONESIAN = Words("en"), Words("id")
A4_POINTS = (595.3, 841.9)
BLANK = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write the sample's reports, and give them by name."""
    coverage, map_ = coverage_sample(), map_sample()
    folder = tmp_path_factory.mktemp("reports")
    paths = write_coverage_reports(coverage, map_, tell(coverage, map_=map_), folder)
    return {path.name: path for path in paths}


@pytest.fixture(autouse=True)
def no_charts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the time for charts where only words are read."""
    if "written" not in request.fixturenames:
        blank = Drawing(svg=BLANK, width_mm=10, height_mm=10, alt="")
        monkeypatch.setattr(charts, "drawing", lambda *_: blank)


def parts_of(
    coverage: Coverage, map_: CoverageMap | None = None, words: Words = ENGLISH
) -> tuple[Part, ...]:
    """Put a report together."""
    map_ = map_sample() if map_ is None else map_
    return report_parts(coverage, map_, tell(coverage, map_=map_), words)


def said(parts: Sequence[Part]) -> str:
    """Read all that is written in paragraphs and frames."""
    return " ".join(part.text for part in parts if isinstance(part, (Text, Advice)))


def table(parts: Sequence[Part], title: str) -> Table:
    """Find a table by its caption."""
    return next(part for part in parts if isinstance(part, Table) and title in part.caption)


def changed(step: Step, **values: Any) -> Step:
    """Let a step realise something else."""
    return replace(step, realised=replace(step.realised, **values))


def text_of(pdf: bytes) -> str:
    """Read the pages as one line."""
    pages = PdfReader(BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def test_each_language_has_a_page_and_a_print(written: dict[str, Path]) -> None:
    """Four files, none of them for others to read."""
    assert list(written) == [
        "coverage-report-id.html",
        "coverage-report-id.pdf",
        "coverage-report-en.html",
        "coverage-report-en.pdf",
    ]
    assert {path.stat().st_mode & 0o777 for path in written.values()} == {0o600}


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_print_has_three_to_six_pages_of_a4(written: dict[str, Path], language: str) -> None:
    """Short enough to be read before it is signed."""
    reader = PdfReader(written[f"coverage-report-{language}.pdf"])
    assert 3 <= len(reader.pages) <= 6
    for page in reader.pages:
        size = (float(page.mediabox.width), float(page.mediabox.height))
        assert size == pytest.approx(A4_POINTS, abs=0.1)


@pytest.mark.parametrize("language", ["id", "en"])
def test_equal_values_give_equal_bytes(
    written: dict[str, Path], tmp_path: Path, language: Language
) -> None:
    """Neither a date nor a chance is in a report."""
    coverage, map_ = coverage_sample(), map_sample()
    told = tell(coverage, map_=map_)
    again = write_coverage_reports(coverage, map_, told, tmp_path, languages=(language,))
    for path in again:
        assert path.read_bytes() == written[path.name].read_bytes()


def test_a_page_needs_nothing_else(written: dict[str, Path]) -> None:
    """Neither a script, nor a net, nor a font."""
    html = written["coverage-report-en.html"].read_text(encoding="utf-8")
    assert "<script" not in html
    assert not re.search(r"(?:src|href)=\"(?!data:)", html)
    assert "url(" not in html
    assert html.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert '<html lang="id">' in written["coverage-report-id.html"].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("language", "needed"),
    [
        ("en", ("Recommendation", "Prepared by", "Head of office", "196 of 210", "Rp 4,000,000")),
        ("id", ("Rekomendasi", "Disusun oleh", "Kepala Dinas", "196 dari 210", "Rp 4.000.000")),
    ],
)
def test_the_print_holds_the_argument(
    written: dict[str, Path], language: str, needed: tuple[str, ...]
) -> None:
    """What is signed, by whom, and on which figures; with its sources."""
    text = text_of(written[f"coverage-report-{language}.pdf"].read_bytes())
    for piece in (*needed, "Sekernan, Tempino", "Church", "Daganzo", "Jurnal Penelitian"):
        assert piece in text


def test_sections_tables_and_figures_are_numbered_through() -> None:
    """Each has the next number."""
    parts = parts_of(coverage_sample())
    for kind, sign in ((Heading, ""), (Table, "Table "), (Figure, "Figure ")):
        names = [
            part.text if isinstance(part, Heading) else part.caption
            for part in parts
            if isinstance(part, (Heading, Table, Figure)) and isinstance(part, kind)
        ]
        assert len(names) >= 4
        for i, name in enumerate(names, start=1):
            assert name.startswith(f"{sign}{i}. ")


def test_a_further_visit_costs_what_it_costs() -> None:
    """Two workers for Rp 4,000,000 a month, 28 days, 49 visits: Rp 75,095, said to three digits."""
    coverage = coverage_sample()
    facts = Facts(coverage=coverage, told=tell(coverage), words=ENGLISH)
    best = facts.best
    assert best is not None
    cost = facts.idr_per_visit(best)
    assert cost == pytest.approx(4_000_000 * 28 / (365.25 / 12) / 49)
    assert "about Rp 75,100" in said(parts_of(coverage))


def test_a_person_more_costs_what_it_costs() -> None:
    """The workers' cost over those who no longer miss anything, where both numbers are told."""
    coverage = coverage_sample()
    facts = Facts(coverage=coverage, told=tell(coverage), words=ENGLISH)
    first, last = coverage.steps[1], coverage.steps[-1]
    fewer = coverage.present.n_with_gap - first.realised.n_with_gap
    assert facts.idr_per_person(first) == pytest.approx(2_000_000 * 28 / (365.25 / 12) / fewer)
    few = replace(last, realised=replace(last.realised, n_with_gap=2))
    assert facts.idr_per_person(few) is None
    assert facts.idr_per_person(coverage.steps[0]) is None


def test_planning_is_called_the_least_where_it_asks_for_fewer_than_wisn() -> None:
    """Four by planning beside 3.4 by WISN say nothing; beside 9.7 it is the least."""
    coverage = coverage_sample()
    assert "4 is the least" not in said(parts_of(coverage))
    harder = replace(coverage, wisn=replace(coverage.wisn, n_required=9.7))
    assert "4 is the least" in said(parts_of(harder))


def test_the_recommended_workers_stand_in_one_table_with_their_sum() -> None:
    """Each in order, with what that one brings and costs; the sums are those of the step."""
    rows = table(parts_of(coverage_sample()), "The recommended workers").rows
    assert [row[1] for row in rows] == ["Sekernan", "Tempino", "All together"]
    assert [row[3] for row in rows] == ["+23", "+26", "+49"]
    assert rows[-1][4] == "Rp 4,000,000"


def test_predicted_stands_beside_realised() -> None:
    """Each step has its row: base, prediction, bound, and what the planner made of it."""
    rows = table(parts_of(coverage_sample()), "Each next worker").rows
    assert [row[1] for row in rows][1:] == ["Sekernan", "Tempino", "Tanjung Lanjut"]
    assert [row[2] for row in rows] == ["147", "172", "199", "210"]
    assert [row[4] for row in rows] == ["147", "170", "196", "206"]
    assert [row[5] for row in rows] == ["–", "+23", "+26", "+10"]


def test_nobody_is_recommended_where_nobody_helps() -> None:
    """It says so, and gives the reason that the figures give."""
    coverage = coverage_sample()
    first = coverage.steps[0].realised
    steps = tuple(
        changed(step, delivered_visits=first.delivered_visits + step.n_added % 2)
        for step in coverage.steps
    )
    idle = replace(coverage, steps=steps, recommended=0)
    parts = parts_of(idle)
    text = said(parts)
    assert "No further worker is recommended. Even 3 workers more" in text
    assert "by +1 only" in text
    assert not any(isinstance(x, Table) and "recommended" in x.caption for x in parts)
    assert any(isinstance(part, Signatures) for part in parts)


def test_nobody_is_recommended_where_nothing_is_missing() -> None:
    """The present workers make all that workers of their kind can make."""
    coverage = coverage_sample()
    present = replace(coverage.present, delivered_visits=208, hopeless_visits=2, n_with_gap=0)
    full = replace(coverage, present=present, recommended=0)
    assert "make all visits that workers of their kind can make, but for 0." in said(parts_of(full))


def test_more_than_was_tried_may_be_needed() -> None:
    """Where the last step is recommended and much is left, it may not be enough."""
    coverage = coverage_sample()
    last = changed(coverage.steps[-1], delivered_visits=190)
    short = replace(coverage, steps=(*coverage.steps[:-1], last), recommended=3)
    assert "No more than 3 were tried, and 18 visits" in said(parts_of(short))


def test_planning_that_found_no_number_says_so() -> None:
    """The table has more than what was tried, and the text what was left."""
    coverage = coverage_sample()
    none = replace(coverage.planned[0], n_required=None, n_tried=8, left_visits=3)
    parts = parts_of(replace(coverage, planned=(none, *coverage.planned[1:])))
    assert "even 8 workers are not enough: at least 3 visits stay open" in said(parts)
    row = next(x for x in table(parts, "Three views").rows if x[0] == "Planning")
    assert row[2:] == ("> 8", "2", "> 6")


def test_the_reason_for_the_number_is_the_one_that_holds() -> None:
    """By planning, or by the noise of the search, or none."""
    coverage = coverage_sample()
    assert "smallest number with which nothing due stays open" in said(parts_of(coverage))
    fewer = replace(coverage, recommended=1)
    assert "Up to this number each worker brings more visits" in said(parts_of(fewer))
    noisy = replace(fewer, noise_visits=50)
    assert "Up to this number" not in said(parts_of(noisy))


def test_arrangements_within_the_noise_are_not_told_apart() -> None:
    """Else the best is named, with what it is worth."""
    coverage = coverage_sample()
    assert "makes the most visits, 196; the least are 187" in said(parts_of(coverage))
    noisy = replace(coverage, noise_visits=9)
    assert "number of workers counts, not where they sit" in said(parts_of(noisy))


def test_many_districts_are_told_by_the_least_and_the_best_served() -> None:
    """Twenty in a row would be read by nobody."""
    coverage = coverage_sample()
    told = tell(coverage, map_=map_sample())
    some = told.districts[0]
    assert f"{some.name} " in said(report_parts(coverage, map_sample(), told, ENGLISH))
    many = tuple(
        replace(some, id=f"{i}", name=f"D{i}", required_visits=100, delivered_visits=60 + i)
        for i in range(20)
    )
    parts = report_parts(coverage, map_sample(), replace(told, districts=many), ENGLISH)
    assert "by district: from D0 60% to D19 79%." in said(parts)


def test_a_long_report_has_smaller_letters() -> None:
    """Many scenarios and activities still make six pages at most."""
    coverage = coverage_sample()
    wisn = replace(coverage.wisn, activities=coverage.wisn.activities[:5] * 6)
    # Blank charts spare some lines, so the notices are long.
    notices = (Message("The roads are synthetic: do not ride by them. " * 60),)
    long = replace(coverage, wisn=wisn, scenarios=coverage.scenarios * 10, notices=notices)
    told = tell(long, map_=map_sample())
    parts = report_parts(long, map_sample(), told, ENGLISH)
    assert 5 <= len(PdfReader(BytesIO(report_pdf(long, told, parts, ENGLISH))).pages) <= 6


def test_without_areas_scenarios_or_added_workers_a_report_is_written() -> None:
    """What was not found out has no section."""
    coverage, map_ = coverage_sample(), map_sample()
    bare = replace(
        *(coverage,),
        areas=(),
        districts=(),
        steps=coverage.steps[:1],
        scenarios=(),
        recommended=0,
        planned=(),
    )
    bare_map = replace(
        map_, areas=map_.areas[:0], isochrones=map_.isochrones[:0], catchments=(), by_area=()
    )
    parts = parts_of(bare, bare_map)
    headings = [part.text for part in parts if isinstance(part, Heading)]
    assert not any("What each next worker" in text for text in headings)
    assert not any("Where people are missed" in text for text in headings)
    assert "No added worker was planned" in said(parts)
    assert report_pdf(bare, tell(bare), parts, ENGLISH).startswith(b"%PDF")


def test_maps_are_a_pair_of_one_scale_with_a_legend() -> None:
    """Before and after, each with its title; the added bases are numbered in the second only."""
    figure = next(
        part for part in parts_of(coverage_sample()) if isinstance(part, Figure) and part.below
    )
    before, after = figure.drawings
    assert (before.title, after.title) == ("Today", "With 2 workers more")
    assert (before.width_mm, before.height_mm) == (after.width_mm, after.height_mm)
    assert ">2</text>" not in before.svg
    assert ">2</text>" in after.svg
    bars = re.findall(r"10 km", before.svg), re.findall(r"10 km", after.svg)
    assert bars[0] == bars[1] != []


def test_maps_lie_on_the_roads(roads: Roads) -> None:
    """Roads and names of places are drawn, and those who are owed the roads are named."""
    coverage, map_ = coverage_sample(), map_sample()
    told = tell(coverage, map_=map_)
    parts = report_parts(coverage, map_, told, ENGLISH, roads=roads, attribution="© Somebody")
    figure = next(part for part in parts if isinstance(part, Figure) and part.below)
    plain = next(part for part in parts_of(coverage) if isinstance(part, Figure) and part.below)
    assert len(figure.drawings[0].svg) > len(plain.drawings[0].svg)
    assert "© Somebody" in figure.notes


def test_nobody_is_named(written: dict[str, Path]) -> None:
    """No id of anybody is in any file."""
    coverage = coverage_sample()
    ids = {loss.beneficiary_id for loss in coverage.losses if loss.beneficiary_id}
    for name, path in written.items():
        content = path.read_bytes()
        text = text_of(content) if name.endswith("pdf") else content.decode()
        assert not [person for person in ids if person in text]


def test_no_number_tells_of_a_few() -> None:
    """Less than k people are told as fewer, and withheld in groups."""
    parts = parts_of(coverage_sample())
    rows = table(parts, "Each next worker").rows
    assert rows[-1][6] == "< 5"
    groups = table(parts, "The gap by category")
    assert any("…" in row for row in groups.rows)
    assert any("withheld" in note for note in groups.notes)


def test_a_finding_that_names_somebody_is_not_said() -> None:
    """The report is read outside the office."""
    coverage = coverage_sample()
    person = coverage.losses[0].beneficiary_id
    findings = (
        Message("%(ids)s twice", {"ids": f"K-999, {person}"}),
        Message("%(n)d twice", {"n": 2}),
    )
    quality = replace(coverage.quality, findings=findings)
    text = said(parts_of(replace(coverage, quality=quality)))
    assert "2 twice." in text
    assert str(person) not in text


def test_any_text_is_literal() -> None:
    """Whatever a project calls its places, nothing of it runs or disarranges a page."""
    coverage = coverage_sample()
    sites = tuple(replace(site, label=site.label + EVIL) for site in coverage.steps[2].sites)
    steps = tuple(
        replace(step, sites=sites[: step.n_added]) if step.n_added <= 2 else step
        for step in coverage.steps
    )
    evil = replace(coverage, title=f"Jambi {EVIL}", scenario=EVIL, steps=steps)
    parts = parts_of(evil)
    html = report_html(evil, tell(evil), parts, ENGLISH)
    tags = set(re.findall(r"<(\w+)", html))
    assert not tags & {"script", "iframe", "object", "svg", "style2", "a", "form", "input"}
    assert report_pdf(evil, tell(evil), parts, ENGLISH).startswith(b"%PDF")


def test_indonesian_says_nothing_in_english() -> None:
    """Each paragraph, caption and column is said in the reader's language."""
    english, indonesian = parts_of(coverage_sample()), parts_of(coverage_sample(), None, INDONESIAN)
    for mine, theirs in zip(english, indonesian, strict=True):
        if isinstance(mine, Text) and isinstance(theirs, Text) and len(mine.text) > 40:
            assert mine.text != theirs.text
        if isinstance(mine, Table) and isinstance(theirs, Table):
            assert mine.caption != theirs.caption
