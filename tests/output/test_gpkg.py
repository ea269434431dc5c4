"""The GeoPackage, read back as QGIS would."""

from __future__ import annotations

import sqlite3
import time
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
import pytest

from outreach.output.gpkg import write_gpkg
from outreach.output.itinerary import date_of
from outreach.output.palette import WEEKDAY_COLOURS
from tests.output.hostile import EVIL, hostile
from tests.output.sample import sample_traces

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.model import Plan
    from outreach.output.words import Words
    from outreach.routing.trace import Traces


def test_a_geopackage_holds_stops_legs_and_losses(
    plan: Plan, traces: Traces, words: Words, tmp_path: Path
) -> None:
    """Each stop a point, each leg the road's line, each loss a row without a place."""
    path = tmp_path / "plan.gpkg"
    write_gpkg(plan, traces, words, path)
    assert [name for name, _ in pyogrio.list_layers(path)] == [
        *("stops", "legs", "left_out", "layer_styles")
    ]
    stops, legs = gpd.read_file(path, layer="stops"), gpd.read_file(path, layer="legs")
    assert stops.crs == legs.crs == "EPSG:4326"
    assert len(stops) == sum(len(r.stops) for r in plan.day_routes)
    assert len(legs) == sum(len(r.legs) for r in plan.day_routes)
    assert legs.geometry.iloc[0].equals(traces.legs.geometry.iloc[0])
    monday = stops[(stops["team_id"] == "KOTA") & (stops["day"] == 0)]
    assert monday["place_id"].tolist()[:2] == ["KOTA-BASE", "K-001"]
    assert stops.loc[stops["is_pinned"], "place_id"].tolist() == ["K-002"]
    left_out = pyogrio.read_dataframe(path, layer="left_out")
    assert sorted(left_out["beneficiary_id"]) == ["K-101", "K-102", "K-103", "K-104"]


def test_equal_plans_give_equal_geopackages(
    plan: Plan, traces: Traces, words: Words, tmp_path: Path
) -> None:
    """The present moment is nowhere in the file."""
    write_gpkg(plan, traces, words, tmp_path / "a.gpkg")
    time.sleep(1.1)
    write_gpkg(plan, traces, words, tmp_path / "b.gpkg")
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()


@pytest.mark.parametrize("layer", ["stops", "legs"])
def test_qgis_finds_a_style_for_each_layer(
    plan: Plan, traces: Traces, words: Words, tmp_path: Path, layer: str
) -> None:
    """The default style of the layer and its geometry, in a schema that is empty and not null."""
    path = tmp_path / "plan.gpkg"
    write_gpkg(plan, traces, words, path)
    with sqlite3.connect(path) as database:
        # What QGIS asks for as it opens a layer.
        rows = database.execute(
            "SELECT styleQML, f_geometry_column FROM layer_styles"
            " WHERE f_table_schema = '' AND f_table_name = ? AND useAsDefault = 1",
            (layer,),
        ).fetchall()
        registered = database.execute(
            "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'"
        ).fetchall()
        column = database.execute(
            "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (layer,)
        ).fetchone()
        keys = database.execute("SELECT name FROM pragma_table_info('layer_styles') WHERE pk")
        assert keys.fetchall() == [("id",)]
    database.close()
    ((style, geometry_column),) = rows
    assert registered == [("attributes",)]
    assert geometry_column == column[0]
    assert ET.fromstring(style).tag == "qgis"  # noqa: S314


@pytest.mark.parametrize("layer", ["stops", "legs"])
def test_each_day_is_drawn_in_its_colour(
    plan: Plan, traces: Traces, words: Words, tmp_path: Path, layer: str
) -> None:
    """A category for each date that the layer holds, with the symbol of the weekday's colour."""
    path = tmp_path / "plan.gpkg"
    write_gpkg(plan, traces, words, path)
    renderer = _style(path, layer).find("renderer-v2")
    assert renderer is not None
    assert renderer.attrib["type"] == "categorizedSymbol"
    assert renderer.attrib["attr"] == "date"
    categories = renderer.findall("categories/category")
    held = pyogrio.read_dataframe(path, layer=layer)["date"]
    assert [x.attrib["value"] for x in categories] == sorted(set(held))
    assert categories[0].attrib["label"] == "Senin, 2 Maret 2026"
    drawn = {
        str(symbol.attrib["name"]): {
            option.attrib["name"]: option.attrib.get("value")
            for option in symbol.findall("layer/Option/Option")
        }
        for symbol in renderer.findall("symbols/symbol")
    }
    for day, category in enumerate(categories):
        options = drawn[category.attrib["symbol"]]
        red, green, blue, alpha = str(options.get("color") or options["line_color"]).split(",")
        assert alpha == "255"
        colour = f"#{int(red):02x}{int(green):02x}{int(blue):02x}"
        assert colour == WEEKDAY_COLOURS[date_of(plan, day).weekday()]


def test_stops_bear_their_numbers(plan: Plan, traces: Traces, words: Words, tmp_path: Path) -> None:
    """The label is a field that the layer has."""
    path = tmp_path / "plan.gpkg"
    write_gpkg(plan, traces, words, path)
    style = _style(path, "stops")
    assert style.attrib["labelsEnabled"] == "1"
    text = style.find("labeling/settings/text-style")
    assert text is not None
    assert text.attrib["fieldName"] in pyogrio.read_info(path, layer="stops")["fields"]


def test_planted_text_stays_text_in_a_geopackage(plan: Plan, words: Words, tmp_path: Path) -> None:
    """Columns hold it as it is, and no style holds any of it."""
    evil = hostile(plan)
    # No file in UTF-8 holds half a sign.
    object.__setattr__(evil.day_routes[0].stops[1], "category", "a\ud800\x00b")
    path = tmp_path / "plan.gpkg"
    write_gpkg(evil, sample_traces(evil), words, path)
    stops = pyogrio.read_dataframe(path, layer="stops")
    assert f"K-001{EVIL}" in set(stops["place_id"])
    assert "a\ufffd\ufffdb" in set(stops["category"])
    for layer in ("stops", "legs"):
        assert "hit()" not in ET.tostring(_style(path, layer), encoding="unicode")


def _style(path: Path, layer: str) -> ET.Element:
    styles = pyogrio.read_dataframe(path, layer="layer_styles").set_index("f_table_name")
    return ET.fromstring(str(styles.loc[layer, "styleQML"]))  # noqa: S314
