"""The layers of coverage, read back as QGIS would."""

from __future__ import annotations

import sqlite3
import time
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
import pytest
import shapely

from outreach.output.coverage_gpkg import write_coverage_gpkg
from outreach.output.coverage_rows import name_of
from outreach.output.coverage_told import tell
from outreach.output.qgis_style import quoted
from outreach.output.words import Words
from tests.output.coverage_sample import MINUTES, N_ADDED, coverage_sample, map_sample, people

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.coverage.result import Coverage, CoverageMap
    from outreach.output.coverage_rows import Told

LAYERS = ("areas", "isochrones", "catchments", "sites")
ENGLISH = Words("en")


@pytest.fixture(scope="module")
def coverage() -> Coverage:
    """Give a small case."""
    return coverage_sample()


@pytest.fixture(scope="module")
def map_() -> CoverageMap:
    """Give its maps."""
    return map_sample()


@pytest.fixture(scope="module")
def told(coverage: Coverage, map_: CoverageMap) -> Told:
    """Give what of it may be told."""
    return tell(coverage, map_=map_)


@pytest.fixture(scope="module")
def path(
    coverage: Coverage, map_: CoverageMap, told: Told, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Give the GeoPackage in English."""
    file = tmp_path_factory.mktemp("coverage") / "coverage.gpkg"
    write_coverage_gpkg(coverage, map_, told, file, ENGLISH)
    return file


def style(path: Path, layer: str) -> ET.Element:
    """Give the style of a layer."""
    styles = pyogrio.read_dataframe(path, layer="layer_styles").set_index("f_table_name")
    return ET.fromstring(str(styles.loc[layer, "styleQML"]))  # noqa: S314


def ground(table: gpd.GeoDataFrame) -> float:
    """Sum up in square degrees, which serve to compare."""
    return float(shapely.area(table.geometry.to_numpy()).sum())


def test_there_is_a_layer_for_each_thing_on_the_map(path: Path) -> None:
    """Areas, reach, catchments and sites in degrees, and their styles."""
    assert [name for name, _ in pyogrio.list_layers(path)] == [*LAYERS, "layer_styles"]
    for layer in LAYERS:
        kind = "Point" if layer == "sites" else "MultiPolygon"
        info = pyogrio.read_info(path, layer=layer)
        assert (info["crs"], info["geometry_type"]) == ("EPSG:4326", kind)


def test_areas_are_merged_and_withheld_as_told(path: Path, told: Told) -> None:
    """A row for each told group and number of added workers; what is withheld is null."""
    areas = gpd.read_file(path, layer="areas")
    assert len(areas) == len(told.areas) * (N_ADDED + 1)
    for n_added in range(N_ADDED + 1):
        rows = areas[areas["n_added"] == n_added].set_index("area_id")
        for row in told.by_area(n_added):
            found = rows.loc[row.id]
            assert found["name"] == name_of(row, ENGLISH)
            assert found["n_people"] == row.n_people
            for name in ("gap_visits", "n_with_gap", "n_uncovered", "gap_h"):
                value = getattr(row, name)
                assert value == found[name] if value is not None else found[name] != found[name]
    assert areas["share_not_made"].isna().any()
    known = areas.dropna(subset="share_not_made")
    assert list(known["share_not_made"]) == pytest.approx(
        list(known["gap_visits"] / known["required_visits"])
    )


def test_a_merged_area_has_the_ground_of_its_parts(
    path: Path, map_: CoverageMap, told: Told
) -> None:
    """Together they are all areas, each once; an area of few people has no outline of its own."""
    areas = gpd.read_file(path, layer="areas")
    present = areas[areas["n_added"] == 0]
    assert ground(present) == pytest.approx(ground(map_.areas))
    assert present.geometry.union_all().equals(map_.areas.geometry.union_all())
    small = [row for row in told.areas if row.kind == "others"]
    assert small
    assert "Ibru" not in set(areas["name"])


def test_reach_is_drawn_from_the_farthest_to_the_nearest(path: Path, told: Told) -> None:
    """So that the nearest lies on top; people are counted for the present bases alone."""
    reach = gpd.read_file(path, layer="isochrones")
    dry = reach[(reach["n_added"] == 0) & (reach["season"] == "dry")]
    assert list(dry["minutes"]) == sorted(MINUTES, reverse=True)
    expected = {x.minutes: x.n_people for x in told.bands if x.season == "dry"}
    counted = dry.dropna(subset="n_people")
    assert dict(zip(counted["minutes"], counted["n_people"], strict=True)) == {
        minutes: n for minutes, n in expected.items() if n is not None
    }
    assert reach.loc[reach["n_added"] > 0, "n_people"].isna().all()


def test_sites_open_in_the_order_of_adding(path: Path, coverage: Coverage) -> None:
    """Present ones at 0, then one for each worker."""
    sites = gpd.read_file(path, layer="sites")
    assert list(sites["n_added"]) == [0, 0, 1, 2, 3]
    expected = [*coverage.present_sites, *coverage.steps[-1].sites]
    assert list(sites["site_id"]) == [site.id for site in expected]
    assert list(sites.geometry.x) == [site.lon for site in expected]
    assert list(sites.geometry.y) == [site.lat for site in expected]


def test_catchments_share_the_ground_between_the_bases(path: Path, map_: CoverageMap) -> None:
    """With each number of workers they cover all areas, and do not overlap."""
    catchments = gpd.read_file(path, layer="catchments")
    for _, own in catchments.groupby("n_added"):
        assert ground(own) == pytest.approx(ground(map_.areas))
        assert own.geometry.union_all().equals(map_.areas.geometry.union_all())
        assert own["site_id"].is_unique
    last = catchments[catchments["n_added"] == N_ADDED]
    assert len(last) > len(catchments[catchments["n_added"] == 0])
    assert "Sekernan" in set(last["site"])


def test_nobodys_id_is_in_the_file(path: Path) -> None:
    """In no table, index or style."""
    content = path.read_bytes()
    assert not [x.id for x in people() if x.id.encode() in content]
    assert b"Tempino" in content


@pytest.mark.parametrize("layer", LAYERS)
def test_qgis_finds_a_style_for_each_layer(path: Path, layer: str) -> None:
    """The default style of the layer and its geometry, in a schema that is empty and not null."""
    with sqlite3.connect(path) as database:
        rows = database.execute(
            "SELECT f_geometry_column FROM layer_styles"
            " WHERE f_table_schema = '' AND f_table_name = ? AND useAsDefault = 1",
            (layer,),
        ).fetchall()
        column = database.execute(
            "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (layer,)
        ).fetchall()
    database.close()
    assert rows == column != []


@pytest.mark.parametrize("layer", LAYERS)
def test_every_rule_has_its_symbol_and_known_columns(path: Path, layer: str) -> None:
    """A rule draws or groups; filters and labels name columns that the layer has."""
    drawn = style(path, layer)
    renderer = drawn.find("renderer-v2")
    assert renderer is not None
    assert renderer.attrib["type"] == "RuleRenderer"
    symbols = {x.attrib["name"] for x in renderer.findall("symbols/symbol")}
    rules = renderer.findall(".//rule")
    assert symbols == {x.attrib["symbol"] for x in rules if "symbol" in x.attrib}
    assert all(("symbol" in x.attrib) == (x.find("rule") is None) for x in rules)
    assert len({x.attrib["key"] for x in rules}) == len(rules)
    fields = set(pyogrio.read_info(path, layer=layer)["fields"])
    named = {part for x in rules for part in x.attrib["filter"].split('"')[1::2]}
    text = drawn.find("labeling/settings/text-style")
    assert named | ({text.attrib["fieldName"]} if text is not None else set()) <= fields


@pytest.mark.parametrize("layer", ["areas", "isochrones", "catchments"])
def test_the_present_alone_is_ticked_at_first(path: Path, coverage: Coverage, layer: str) -> None:
    """Of reach, in the planned season."""
    renderer = style(path, layer).find("renderer-v2")
    assert renderer is not None
    ticked = [
        x.attrib["filter"] for x in renderer.findall("rules/rule") if "checkstate" not in x.attrib
    ]
    season = f" AND \"season\" = '{coverage.season}'" if layer == "isochrones" else ""
    assert ticked == [f'"n_added" = 0{season}']


def test_each_area_is_drawn_by_one_rule(path: Path) -> None:
    """SQL, which reads these filters as QGIS does, finds each row under one class."""
    renderer = style(path, "areas").find("renderer-v2")
    assert renderer is not None
    group = renderer.find("rules/rule")
    assert group is not None
    filters = [x.attrib["filter"] for x in group.findall("rule")]
    with sqlite3.connect(path) as database:
        sums = " + ".join(f"coalesce({x}, 0)" for x in filters)
        counts = database.execute(f"SELECT {sums} FROM areas").fetchall()  # noqa: S608
    database.close()
    assert set(counts) == {(1,)}


def test_a_project_without_areas_has_reach_and_sites(coverage: Coverage, tmp_path: Path) -> None:
    """What has nothing to tell is no layer."""
    sample = map_sample()
    bare = replace(coverage, areas=(), districts=())
    empty = replace(sample, areas=sample.areas.iloc[:0], catchments=(), by_area=())
    path = tmp_path / "coverage.gpkg"
    write_coverage_gpkg(bare, empty, tell(bare, map_=empty), path, ENGLISH)
    assert [name for name, _ in pyogrio.list_layers(path)] == [
        *("isochrones", "sites", "layer_styles")
    ]


def test_equal_coverage_gives_equal_bytes(
    coverage: Coverage, map_: CoverageMap, told: Told, path: Path, tmp_path: Path
) -> None:
    """The present moment is nowhere in the file."""
    time.sleep(1.1)
    write_coverage_gpkg(coverage, map_, told, tmp_path / "b.gpkg", ENGLISH)
    assert (tmp_path / "b.gpkg").read_bytes() == path.read_bytes()


def test_planted_text_stays_text(
    coverage: Coverage, map_: CoverageMap, told: Told, tmp_path: Path
) -> None:
    """A label is a value, and no style holds any of it."""
    evil = "'); DROP TABLE areas; --<hit/>\x00"
    site = replace(coverage.present_sites[0], label=evil)
    changed = replace(coverage, present_sites=(site, *coverage.present_sites[1:]))
    path = tmp_path / "coverage.gpkg"
    write_coverage_gpkg(changed, map_, told, path, ENGLISH)
    sites = pyogrio.read_dataframe(path, layer="sites")
    assert sites["label"].iloc[0] == evil.replace("\x00", "\ufffd")
    assert not any(b"hit/" in ET.tostring(style(path, layer)) for layer in LAYERS)


def test_a_quote_in_an_expression_is_doubled() -> None:
    """As QGIS reads literals; a backslash too."""
    assert quoted("O'Neil \\ x") == "'O''Neil \\\\ x'"
