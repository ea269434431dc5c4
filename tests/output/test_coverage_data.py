"""What the page about coverage holds: everything told, nobody's place, each level as it says."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from outreach.output.coverage_cells import HIDDEN
from outreach.output.coverage_data import coverage_data
from outreach.output.coverage_metrics import metrics_of
from outreach.output.coverage_page import draw_coverage_page
from outreach.output.coverage_shapes import borders, middle, nearest_sites, outlines
from outreach.output.coverage_tables import axis_values
from outreach.output.coverage_told import tell
from outreach.output.page_words import page_words
from outreach.output.words import Words
from tests.output.coverage_sample import coverage_sample, map_sample, people

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from outreach.coverage.result import Coverage, CoverageMap
    from outreach.output.coverage_rows import Told

ENGLISH = Words("en")
SCRIPTS = ("coverage", "coverage_map", "coverage_chart")


@pytest.fixture(scope="module")
def coverage() -> Coverage:
    """Give the sample's argument."""
    return coverage_sample()


@pytest.fixture(scope="module")
def map_() -> CoverageMap:
    """Give the sample's map."""
    return map_sample()


@pytest.fixture(scope="module")
def told(coverage: Coverage, map_: CoverageMap) -> Told:
    """Give what may be told of it."""
    return tell(coverage, map_=map_)


@pytest.fixture(scope="module")
def data(coverage: Coverage, map_: CoverageMap, told: Told) -> Mapping[str, Any]:
    """Give the page's data in English."""
    return coverage_data(coverage, map_, told, ENGLISH)


def without_areas(coverage: Coverage) -> tuple[Coverage, CoverageMap]:
    """Take away all that lies on the map."""
    areas: dict[str, list[str]] = {key: [] for key in ("id", "name", "district")}
    bands: dict[str, list[str]] = {key: [] for key in ("n_added", "season", "minutes")}
    return replace(coverage, areas=(), districts=()), replace(
        map_sample(),
        areas=gpd.GeoDataFrame(areas, geometry=[], crs="EPSG:4326"),
        isochrones=gpd.GeoDataFrame(bands, geometry=[], crs="EPSG:4326"),
        catchments=(),
        by_area=(),
    )


def test_equal_input_gives_an_equal_page(coverage: Coverage, map_: CoverageMap, told: Told) -> None:
    """Nothing is drawn by lot."""
    first = draw_coverage_page(coverage, map_, told, ENGLISH)
    assert draw_coverage_page(coverage_sample(), map_sample(), told, ENGLISH) == first


def test_nobody_is_in_the_page(coverage: Coverage, map_: CoverageMap, told: Told) -> None:
    """No id of anybody who is counted or lost, though the losses name them."""
    html = draw_coverage_page(coverage, map_, told, Words("id"))
    ids = {person.id for person in people()} | {loss.beneficiary_id for loss in coverage.losses}
    assert sorted(one for one in ids if one in html) == []


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_label_is_asked_for_and_said(
    language: str, coverage: Coverage, map_: CoverageMap, told: Told
) -> None:
    """The scripts and the data know the same labels."""
    words = Words(language)  # type: ignore[arg-type]
    said = coverage_data(coverage, map_, told, words)
    assets = resources.files("outreach.output") / "assets"
    scripts = "".join((assets / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    assert set(re.findall(r"\blabels\.(\w+)", scripts)) == set(said["labels"])
    assert set(re.findall(r"\bwords\.(\w+)", scripts)) <= set(page_words(words))


def test_each_step_tells_the_rows_of_the_map(data: Mapping[str, Any], told: Told) -> None:
    """As many cells as heads, as many gaps as metrics, the same areas in each step."""
    assert len(data["steps"]) == 4
    assert len(data["rows"]) == len(told.areas)
    for step in data["steps"]:
        assert len(step["rows"]) == len(step["nearest"]) == len(data["rows"])
        for row in (*(one["cells"] for one in step["rows"]), step["total"]):
            assert len(row) == len(data["area_head"]) - 1
        assert {len(row["gaps"]) for row in step["rows"]} == {len(data["metrics"])}


def test_the_worst_area_comes_first(data: Mapping[str, Any]) -> None:
    """By visits that are missed now; those that are not told come last."""
    missed = [row["cells"][1] for row in data["steps"][0]["rows"]]
    known = [int(cell) for cell in missed if cell != HIDDEN]
    assert known == sorted(known, reverse=True)
    assert set(missed[len(known) :]) <= {HIDDEN}


def test_what_is_not_told_has_the_colour_of_what_is_around_it(
    data: Mapping[str, Any], told: Told
) -> None:
    """With two more workers no area may be told, and the map shows them all as the whole."""
    total = told.step(2).total
    assert total.share_delivered is not None
    share = 1 - total.share_delivered
    for row in data["steps"][2]["rows"]:
        gap = row["gaps"][0]
        assert row["cells"][1] == HIDDEN
        assert gap["is_own"] is False
        assert gap["level"] == str(sum(share >= step for step in (0.05, 0.1, 0.25, 0.5)))
        assert gap["said"].startswith(ENGLISH.percent(share))


@pytest.mark.parametrize(("missed", "level"), [(0, 0), (4, 0), (5, 1), (10, 2), (49, 3), (50, 4)])
def test_a_level_begins_with_its_value(
    missed: int, level: int, coverage: Coverage, told: Told
) -> None:
    """Of a hundred visits, ten missed are the third level, though 1 - 0.9 is less than 0.1."""
    gap, *_ = metrics_of(coverage, ENGLISH)
    row = replace(told.total, required_visits=100, delivered_visits=100 - missed)
    value = gap.value(row)
    assert value is not None
    assert gap.level(value) == level


def test_the_legend_says_each_level_in_either_language(coverage: Coverage) -> None:
    """Spans join, with one sign of percent each."""
    classes = [text for _, text in metrics_of(coverage, ENGLISH)[0].classes(ENGLISH)[:5]]
    assert [x.replace("\N{NO-BREAK SPACE}", "") for x in classes] == [
        *("<5%", "5–10%", "10–25%", "25–50%", "≥50%")
    ]
    ride = [text for _, text in metrics_of(coverage, ENGLISH)[2].classes(ENGLISH)[:5]]
    assert ride == ["<15", "15–30", "30–60", "60–90", "≥90"]


@given(st.floats(0, 1e6), st.floats(0, 1e5))
def test_the_axis_holds_everything(least: float, more: float) -> None:
    """It begins under the least and ends over the most, with few steps of one size."""
    values = axis_values(least, least + more)
    assert values[0] <= least
    assert values[-1] >= least + more
    assert 2 <= len(values) <= 12
    sizes = [b - a for a, b in itertools.pairwise(values)]
    assert sizes == pytest.approx([sizes[0]] * len(sizes))


def test_a_row_is_nearest_to_the_base_of_most_of_its_areas(map_: CoverageMap, told: Told) -> None:
    """Where two bases have as many areas, the first by id."""
    row = replace(told.areas[0], members=("a", "b", "c", "d"))
    catchments = ((0, "a", "y"), (0, "b", "x"), (0, "c", "y"), (0, "d", "x"), (1, "a", "z"))
    chosen = replace(map_, catchments=catchments)
    assert nearest_sites(chosen, [row], 0) == ("x",)
    assert nearest_sites(chosen, [row], 1) == ("z",)
    assert nearest_sites(chosen, [row], 2) == (None,)


def test_a_border_between_catchments_is_drawn_once() -> None:
    """Two squares side by side: an outline, and a line between them only if they part."""
    import numpy as np

    squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], dtype=object)
    assert len(borders(squares, ["x", "x"])) == 1
    assert len(borders(squares, ["x", "y"])) == 3
    assert borders(squares, [None, None]) == []


def test_small_holes_are_closed_where_it_is_asked_for() -> None:
    """A lake is no part of an area; a gap between two roads is within reach."""
    ring = shapely.box(0, 0, 1, 1).difference(shapely.box(0.4, 0.4, 0.402, 0.402))
    assert [len(rings) for rings in outlines(ring)] == [2]
    assert [len(rings) for rings in outlines(ring, least_hole=1e-3)] == [1]
    assert outlines(shapely.Point(0, 0)) == []
    assert middle(shapely.GeometryCollection()) is None
    assert middle(shapely.box(0, 0, 2, 1)) == (0.5, 1.0)


def test_a_project_without_areas_has_a_page(coverage: Coverage) -> None:
    """Figures, curve and sites are told; the map has bases only."""
    alone, bare = without_areas(coverage)
    data = coverage_data(alone, bare, tell(alone, map_=bare), ENGLISH)
    assert data["rows"] == []
    assert data["isochrones"] == []
    assert [step["figures"][1]["value"] for step in data["steps"]] == ["63", "40", "14", "4"]
    assert "<html" in draw_coverage_page(alone, bare, tell(alone, map_=bare), ENGLISH)


def test_what_planning_found_out_is_told_by_what_was_varied(data: Mapping[str, Any]) -> None:
    """Season, longer visits and illness stand in the line; what was not enough is told as more."""
    table = next(one for one in data["tables"] if "needed" in one["title"])
    rows = {name: cells for name, *cells in table["rows"]}
    assert rows["by planning: wet season"] == ["5", "3"]
    assert rows["by planning: dry season, 1 worker ill"] == [">7", ">5"]
    longer = next(name for name in rows if "longer" in name)
    assert "20" in longer


def test_the_legend_names_what_is_no_level_where_there_is_some(coverage: Coverage) -> None:
    """What is hatched thinly and what is dashed stands after the levels, else neither."""
    gap, *_ = metrics_of(coverage, ENGLISH)
    plain = gap.classes(ENGLISH)
    assert [level for level, _ in plain[5:]] == ["hidden"]
    assert gap.classes(ENGLISH, has_sparse=True, has_nobody=True) == [
        *(*plain, ["sparse", "fewer people than areas"], ["nobody", "nobody to be visited"])
    ]
