"""GPX and GeoPackage, read back by other libraries than wrote them."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
import pytest

from outreach.output.gpkg import write_gpkg
from outreach.output.gpx import write_gpx
from outreach.output.safe_text import writable
from tests.output.hostile import EVIL, hostile
from tests.output.sample import sample_traces

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.model import Plan
    from outreach.output.words import Words
    from outreach.routing.trace import Traces

GPX = "{http://www.topografix.com/GPX/1/1}"


def test_there_is_a_gpx_for_each_worker_and_day(
    plan: Plan, traces: Traces, words: Words, tmp_path: Path
) -> None:
    """Five days in town, and four for each of the three on the circuit."""
    written = write_gpx(plan, traces, words, tmp_path)
    assert len(written) == 5 + 3 * 4
    assert sorted(tmp_path.iterdir()) == sorted(written)
    assert tmp_path / "SAD-2-2026-03-05.gpx" in written


def test_a_gpx_holds_waypoints_in_order_and_the_way(
    plan: Plan, traces: Traces, words: Words, tmp_path: Path
) -> None:
    """The names sort as the day goes and bear the page's numbers; the track ends where it does."""
    write_gpx(plan, traces, words, tmp_path)
    root = ET.parse(tmp_path / "KOTA-2026-03-02.gpx").getroot()  # noqa: S314
    names = [str(x.findtext(f"{GPX}name")) for x in root.findall(f"{GPX}wpt")]
    assert names == sorted(names)
    assert [name.split()[0] for name in names] == ["00", "01", "02", "03", "04", "04+"]
    assert names[1] == "01 K-001"
    points = root.findall(f"{GPX}trk/{GPX}trkseg/{GPX}trkpt")
    day = next(r for r in plan.day_routes if r.team_id == "KOTA")
    # 21 points a leg, the shared ones once.
    assert len(points) == 20 * len(day.legs) + 1
    for point, stop in ((points[0], day.stops[0]), (points[-1], day.stops[-1])):
        assert float(point.attrib["lat"]) == pytest.approx(stop.lat, abs=1e-6)
        assert float(point.attrib["lon"]) == pytest.approx(stop.lon, abs=1e-6)


def test_a_gpx_tells_breaks_and_promises(
    plan: Plan, traces: Traces, words: Words, tmp_path: Path
) -> None:
    """A break at the stop that follows it, a promise at its own."""
    write_gpx(plan, traces, words, tmp_path)
    root = ET.parse(tmp_path / "KOTA-2026-03-02.gpx").getroot()  # noqa: S314
    told = {
        x.findtext(f"{GPX}name"): str(x.findtext(f"{GPX}desc")) for x in root.findall(f"{GPX}wpt")
    }
    assert told["03 K-002"].endswith("dijanjikan")
    assert told["04 K-003"].startswith("dzuhur 10.02–10.32")
    assert [name for name, desc in told.items() if "dzuhur" in desc] == ["04 K-003"]


def test_gdal_opens_a_gpx(plan: Plan, traces: Traces, words: Words, tmp_path: Path) -> None:
    """Another reader finds the same waypoints and the track."""
    write_gpx(plan, traces, words, tmp_path)
    path = tmp_path / "SAD-1-2026-03-02.gpx"
    assert len(gpd.read_file(path, layer="waypoints")) == 5
    assert gpd.read_file(path, layer="tracks").geometry.iloc[0].geom_type == "MultiLineString"


def test_planted_text_stays_text_in_a_gpx(plan: Plan, words: Words, tmp_path: Path) -> None:
    """Whatever an id holds, the XML gives it back, and the file stays in its folder."""
    evil = hostile(plan)
    written = write_gpx(evil, sample_traces(evil), words, tmp_path)
    assert {path.parent for path in written} == {tmp_path}
    root = ET.parse(written[0]).getroot()  # noqa: S314
    names = [str(x.findtext(f"{GPX}name")) for x in root.findall(f"{GPX}wpt")]
    assert names[1] == f"01 K-001{writable(EVIL)}"


def test_a_geopackage_holds_stops_legs_and_losses(
    plan: Plan, traces: Traces, words: Words, tmp_path: Path
) -> None:
    """Each stop a point, each leg the road's line, each loss a row without a place."""
    path = tmp_path / "plan.gpkg"
    write_gpkg(plan, traces, words, path)
    assert sorted(name for name, _ in pyogrio.list_layers(path)) == ["left_out", "legs", "stops"]
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
