"""GPX, checked against its schema and read back by other libraries than wrote it."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
import pytest

from outreach.output.gpx import gpx_files, write_gpx
from outreach.output.itinerary import worker_ids
from outreach.output.safe_text import writable
from tests.output.hostile import EVIL, hostile
from tests.output.sample import sample_traces
from tests.output.schemas import gpx_schema

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
    kinds = [x.findtext(f"{GPX}type") for x in root.findall(f"{GPX}wpt")]
    assert kinds == ["pangkalan", "kunjungan", "mitra", "kunjungan", "kunjungan", "pangkalan"]
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


def test_gpx_follows_its_schema(plan: Plan, traces: Traces, words: Words) -> None:
    """The schema of GPX 1.1 takes every file of the week, and those with planted text."""
    evil = hostile(plan)
    evil_traces = sample_traces(evil)
    files = [
        *(gpx_files(plan, traces, worker, words) for worker in worker_ids(plan)),
        *(gpx_files(evil, evil_traces, worker, words) for worker in worker_ids(evil)),
    ]
    contents = [content for group in files for content in group.values()]
    assert len(contents) == 2 * (5 + 3 * 4)
    for content in contents:
        gpx_schema().validate(io.BytesIO(content))


def test_the_schema_is_not_blind(plan: Plan, traces: Traces, words: Words) -> None:
    """An element in a wrong place is found."""
    content = next(iter(gpx_files(plan, traces, "KOTA", words).values()))
    broken = content.replace(b"<sym>Flag</sym>", b"").replace(b"<desc>", b"<sym>x</sym><desc>")
    assert not gpx_schema().is_valid(io.BytesIO(broken))


def test_gdal_opens_a_gpx(plan: Plan, traces: Traces, words: Words, tmp_path: Path) -> None:
    """Another reader finds the waypoints in their order and where they are, and the track."""
    write_gpx(plan, traces, words, tmp_path)
    path = tmp_path / "SAD-1-2026-03-02.gpx"
    day = next(r for r in plan.day_routes if r.team_id == "SAD" and r.day == 0)
    points = gpd.read_file(path, layer="waypoints")
    assert points["name"].tolist() == [
        *("00 Dinas Sosial Kota Jambi", "01 S-01", "02 S-02", "03 S-03"),
        "03+ Rumah Kepala Desa",
    ]
    assert points.geometry.x.tolist() == pytest.approx([s.lon for s in day.stops], abs=1e-6)
    assert points.geometry.y.tolist() == pytest.approx([s.lat for s in day.stops], abs=1e-6)
    assert gpd.read_file(path, layer="tracks").geometry.iloc[0].geom_type == "MultiLineString"
    way = pyogrio.read_dataframe(path, layer="track_points")
    track = ET.parse(path).getroot().findall(f"{GPX}trk/{GPX}trkseg/{GPX}trkpt")  # noqa: S314
    assert len(way) == len(track) > len(day.stops)
    assert (way.geometry.iloc[-1].x, way.geometry.iloc[-1].y) == pytest.approx(
        (day.stops[-1].lon, day.stops[-1].lat), abs=1e-6
    )


def test_a_worker_has_files_of_their_own_days_only(
    plan: Plan, traces: Traces, words: Words, tmp_path: Path
) -> None:
    """The files of a pack are those of the folder, and hold nobody else's cases."""
    files = gpx_files(plan, traces, "SAD-1", words)
    assert list(files) == [f"SAD-1-2026-03-0{day}.gpx" for day in range(2, 6)]
    write_gpx(plan, traces, words, tmp_path)
    for name, content in files.items():
        assert (tmp_path / name).read_bytes() == content
        assert b"S-01" in content
        assert b"K-0" not in content


def test_planted_text_stays_text_in_a_gpx(plan: Plan, words: Words, tmp_path: Path) -> None:
    """Whatever an id holds, the XML gives it back, and the file stays in its folder."""
    evil = hostile(plan)
    written = write_gpx(evil, sample_traces(evil), words, tmp_path)
    assert {path.parent for path in written} == {tmp_path}
    root = ET.parse(written[0]).getroot()  # noqa: S314
    names = [str(x.findtext(f"{GPX}name")) for x in root.findall(f"{GPX}wpt")]
    assert names[1] == f"01 K-001{writable(EVIL)}"
