"""KML, checked against OGC's schema and read back by GDAL."""

from __future__ import annotations

import html
import io
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import TYPE_CHECKING

import pyogrio
import pytest

from outreach.output.itinerary import worker_ids
from outreach.output.kml import kml_of
from outreach.output.palette import WEEKDAY_COLOURS
from outreach.output.safe_text import writable
from tests.output.hostile import EVIL, hostile
from tests.output.sample import sample_traces
from tests.output.schemas import kml_schema

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.model import Plan
    from outreach.output.words import Words
    from outreach.routing.trace import Traces

KML = "{http://www.opengis.net/kml/2.2}"


def _document(content: bytes) -> ET.Element:
    document = ET.fromstring(content).find(f"{KML}Document")  # noqa: S314
    assert document is not None
    return document


def _names(parent: ET.Element) -> list[str]:
    return [str(x.findtext(f"{KML}name")) for x in parent.findall(f"{KML}Placemark")]


@pytest.mark.parametrize("worker_id", ["KOTA", "SAD-2"])
def test_kml_follows_its_schema(plan: Plan, traces: Traces, words: Words, worker_id: str) -> None:
    """OGC's schema of KML 2.2 takes every element, in its order."""
    kml_schema().validate(io.BytesIO(kml_of(plan, traces, worker_id, words)))


def test_the_schema_is_not_blind(plan: Plan, traces: Traces, words: Words) -> None:
    """An element in a wrong place is found."""
    broken = kml_of(plan, traces, "KOTA", words).replace(b"tessellate>", b"tesselate>")
    assert not kml_schema().is_valid(io.BytesIO(broken))


def test_there_is_a_folder_a_day_with_way_and_places(
    plan: Plan, traces: Traces, words: Words
) -> None:
    """The way comes first, then the stops by the numbers of the page."""
    folders = _document(kml_of(plan, traces, "KOTA", words)).findall(f"{KML}Folder")
    assert len(folders) == 5
    assert folders[0].findtext(f"{KML}name") == "Senin, 2 Maret 2026"
    way, *places = _names(folders[0])
    assert way == "Senin, 2 Maret 2026"
    assert [x.split()[0] for x in places] == ["00", "01", "02", "03", "04", "04+"]


def test_a_day_has_the_colour_of_its_weekday(plan: Plan, traces: Traces, words: Words) -> None:
    """KML writes alpha, blue, green, red."""
    document = _document(kml_of(plan, traces, "KOTA", words))
    folders = document.findall(f"{KML}Folder")
    styles = {x.attrib["id"]: x for x in document.findall(f"{KML}Style")}
    for folder, colour in zip(folders, WEEKDAY_COLOURS, strict=False):
        url = str(folder.findtext(f"{KML}Placemark/{KML}styleUrl"))
        written = str(styles[url.removeprefix("#")].findtext(f"{KML}LineStyle/{KML}color"))
        assert written[:2] == "ff"
        assert "#" + written[6:8] + written[4:6] + written[2:4] == colour


def test_gdal_opens_kml(plan: Plan, traces: Traces, words: Words, tmp_path: Path) -> None:
    """Another reader finds as many points as the plan has stops, where they are, and the ways."""
    (tmp_path / "SAD-1.kml").write_bytes(kml_of(plan, traces, "SAD-1", words))
    mine = [route for route in plan.day_routes if "SAD-1" in route.worker_ids]
    layers = pyogrio.list_layers(tmp_path / "SAD-1.kml")[:, 0]
    assert len(layers) == len(mine)
    for layer, route in zip(layers, mine, strict=True):
        table = pyogrio.read_dataframe(tmp_path / "SAD-1.kml", layer=layer)
        lines = table[table.geometry.geom_type == "LineString"]
        points = table[table.geometry.geom_type == "Point"].geometry
        assert len(lines) == 1
        assert len(lines.geometry.iloc[0].coords) > len(route.stops)
        assert points.x.tolist() == pytest.approx([stop.lon for stop in route.stops], abs=1e-6)
        assert points.y.tolist() == pytest.approx([stop.lat for stop in route.stops], abs=1e-6)


def test_kml_asks_for_nothing_from_elsewhere(plan: Plan, traces: Traces, words: Words) -> None:
    """The only address in it is the name of its language."""
    content = kml_of(plan, traces, "KOTA", words)
    assert content.count(b"://") == content.count(KML[1:-1].encode()) == 1
    assert b"href" not in content


def test_kml_holds_only_the_cases_of_its_worker(plan: Plan, traces: Traces, words: Words) -> None:
    """Neither another worker's nor those who are left out."""
    content = kml_of(plan, traces, "SAD-1", words)
    assert b"S-01" in content
    assert b"K-0" not in content
    assert b"K-1" not in content


def test_planted_text_stays_text_in_kml(plan: Plan, words: Words) -> None:
    """A name is what it was, a description is HTML that shows it, and the schema still holds."""
    evil = hostile(plan)
    content = kml_of(evil, sample_traces(evil), worker_ids(evil)[0], words)
    kml_schema().validate(io.BytesIO(content))
    document = _document(content)
    assert {x.tag.removeprefix(KML) for x in document.iter()} == {
        *("Document", "name", "open", "description", "Style", "IconStyle", "LineStyle", "color"),
        *("width", "Folder", "Placemark", "styleUrl", "LineString", "tessellate", "coordinates"),
        "Point",
    }
    assert f"01 K-001{writable(EVIL)}" in _names(document.findall(f"{KML}Folder")[0])
    told = [str(x.text) for x in document.iter(f"{KML}description")]
    assert told
    assert all(html.escape(EVIL, quote=False) in text for text in told)
    assert not any("<" in text for text in told)


def test_equal_plans_give_equal_kml(plan: Plan, traces: Traces, words: Words) -> None:
    """Nothing in it comes from elsewhere than the plan."""
    assert kml_of(plan, traces, "KOTA", words) == kml_of(plan, traces, "KOTA", words)


def test_kml_of_whoever_does_not_ride_is_kml(plan: Plan, traces: Traces, words: Words) -> None:
    """Without a day it still follows the schema."""
    town = replace(plan, day_routes=tuple(r for r in plan.day_routes if r.team_id == "KOTA"))
    kml_schema().validate(io.BytesIO(kml_of(town, traces, "SAD-1", words)))
