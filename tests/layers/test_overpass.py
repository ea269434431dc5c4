"""Roads come from map servers that may fail in every way, and each way ends well or in words."""

from __future__ import annotations

import email.utils
import functools
import socket
import time
from typing import TYPE_CHECKING

import numpy as np
import osmnx as ox
import pandas as pd
import pyproj.database
import pytest
from shapely import Polygon, box

from outreach.errors import ConfigError, DownloadError
from outreach.layers.overpass import OverpassParams, download_roads
from outreach.routing.impedance import ImpedanceParams, is_ferry, way_speeds_kph
from tests.layers.overpass_server import AREA, FAULTS, TownServer, town_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import networkx as nx

query_once = functools.cache(pyproj.database.query_utm_crs_info)

PLACE = "Kota Kecil, Indonesia"


@pytest.fixture
def town() -> Iterator[TownServer]:
    """Run a server that knows one town."""
    with town_server() as server:
        yield server


@pytest.fixture
def napped_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[float]:
    """List what anybody sleeps, without sleeping; work in an empty folder, without a proxy."""
    naps: list[float] = []
    monkeypatch.setattr(time, "sleep", naps.append)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    # The same few projections are looked up again and again, which costs most of the time.
    monkeypatch.setattr(pyproj.database, "query_utm_crs_info", query_once)
    return naps


@pytest.fixture
def params(town: TownServer, tmp_path: Path, napped_s: list[float]) -> OverpassParams:
    """Ask the town's server, three times at most, and keep its answers."""
    assert not napped_s
    return OverpassParams(
        overpass_url=town.overpass_url,
        nominatim_url=town.url,
        timeout_s=0.3,
        n_tries=3,
        cache_dir=tmp_path / "answers",
    )


def ends(graph: nx.MultiDiGraph) -> set[tuple[int, int]]:
    """Give the directed edges by their nodes."""
    return set(graph.edges(keys=False))


EDGES = {
    (1, 2), (2, 1), (2, 3), (3, 2), (3, 4), (2, 5), (5, 2), (4, 6), (6, 4), (1, 4), (6, 7), (7, 6),
}  # fmt: skip


def test_download_gives_all_roads_and_ferries(town: TownServer, params: OverpassParams) -> None:
    """Two-way streets come twice, the one-way and the motorway once, the ferry is among them."""
    graph = download_roads(AREA, params=params)
    assert ends(graph) == EDGES
    assert graph.edges[4, 6, 0]["route"] == "ferry"
    assert graph.edges[6, 7, 0]["tracktype"] == "grade5"
    assert graph.graph["crs"] == "epsg:4326"
    assert len(town.roads_asked) == 2


def test_edges_split_where_speed_changes(params: OverpassParams) -> None:
    """Node 6, between ferry and track, is no crossing, but is kept; no tag is a list."""
    graph = download_roads(AREA, params=params)
    assert 6 in graph
    tags = ("highway", "route", "surface", "tracktype", "maxspeed", "access")
    cells = [data.get(tag) for *_, data in graph.edges(data=True) for tag in tags]
    assert not any(isinstance(cell, list) for cell in cells)


def test_download_passes_through_impedance(params: OverpassParams) -> None:
    """Speeds are finite and positive but on the private road and the motorway."""
    graph = download_roads(AREA, params=params)
    edges = pd.DataFrame(
        [{"ends": (u, v), **data} for u, v, data in graph.edges(data=True)],
    )
    speed_kph = way_speeds_kph(edges, ImpedanceParams(), "dry")
    shut = {end for end, speed in zip(edges["ends"], speed_kph, strict=True) if speed == 0}
    assert shut == {(2, 5), (5, 2), (1, 4)}
    seconds = edges["length"].to_numpy()[speed_kph > 0] * 3.6 / speed_kph[speed_kph > 0]
    assert np.isfinite(seconds).all()
    assert set(edges["ends"][is_ferry(edges)]) == {(4, 6), (6, 4)}


def test_request_holds_area_and_filters_and_nothing_else(
    town: TownServer, params: OverpassParams
) -> None:
    """Both queries name the outline; the agent says who asks; there is no other field."""
    download_roads(AREA, params=params)
    roads, ferries = town.roads_asked
    for asked in (roads, ferries):
        assert asked.fields.keys() == {"data"}
        assert asked.headers["User-Agent"].startswith("outreach/")
        query = asked.fields["data"][0]
        assert query.startswith("[out:json][timeout:1]")
        # osmnx asks for half a kilometre more on each side.
        latitudes = [float(x) for x in query.partition("(poly:'")[2].partition("'")[0].split()][::2]
        assert min(latitudes) == pytest.approx(-1.6245, abs=0.0005)
        assert max(latitudes) == pytest.approx(-1.5755, abs=0.0005)
    assert "residential" in roads.fields["data"][0]
    assert "track" in roads.fields["data"][0]
    assert '["route"="ferry"]' in ferries.fields["data"][0]


def test_place_is_looked_up_by_name(town: TownServer, params: OverpassParams) -> None:
    """Nominatim gets the name, Overpass the outline that it answers."""
    graph = download_roads(PLACE, params=params)
    assert ends(graph) == EDGES
    assert [asked.path for asked in town.asked] == ["/search"] + ["/api/interpreter"] * 2
    assert town.asked[0].fields["q"] == [PLACE]
    assert town.asked[0].headers["User-Agent"].startswith("outreach/")


def test_unknown_place_says_how_to_spell(town: TownServer, params: OverpassParams) -> None:
    """The name is in the message, the server was asked once, and the answer is not kept."""
    for n_asked in (1, 2):
        with pytest.raises(DownloadError, match="no place 'Kota Tiada'; spell it as"):
            download_roads("Kota Tiada", params=params)
        assert len(town.asked) == n_asked


def test_place_without_outline_is_told(params: OverpassParams) -> None:
    """A point is not an area."""
    with pytest.raises(DownloadError, match="'Pasar Kecil' as a point without an outline"):
        download_roads("Pasar Kecil", params=params)


def test_town_without_ferry(town: TownServer, params: OverpassParams) -> None:
    """An empty answer about ferries is no failure."""
    town.has_ferry = False
    graph = download_roads(AREA, params=params)
    assert ends(graph) == EDGES - {(4, 6), (6, 4)}
    assert len(town.roads_asked) == 2


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "empty"])
def test_fault_once_heals(
    fault: str, town: TownServer, params: OverpassParams, napped_s: list[float]
) -> None:
    """One failure costs one wait."""
    town.faults = [fault]
    graph = download_roads(AREA, params=params, sleep=napped_s.append)
    assert ends(graph) == EDGES
    assert len(town.roads_asked) == 3
    assert [nap for nap in napped_s if nap] == [10.0]


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "empty"])
def test_fault_in_second_answer_keeps_the_first(
    fault: str, town: TownServer, params: OverpassParams, napped_s: list[float]
) -> None:
    """What was answered well is not asked again."""
    town.faults = [None, fault]
    graph = download_roads(AREA, params=params, sleep=napped_s.append)
    assert ends(graph) == EDGES
    assert ["highway" in asked.fields["data"][0] for asked in town.roads_asked] == [
        True,
        False,
        False,
    ]


def test_empty_answers_heal(
    town: TownServer, params: OverpassParams, napped_s: list[float]
) -> None:
    """A database that is just being rebuilt gives nothing once, and then roads."""
    town.faults = ["empty", "empty"]
    graph = download_roads(AREA, params=params, sleep=napped_s.append)
    assert ends(graph) == EDGES
    assert len(town.roads_asked) == 4


REASONS = {
    "busy": "is too busy (429 Too Many Requests)",
    "overloaded": "is too busy (504 Gateway Timeout)",
    "hang": "did not answer within 0.3 s",
    "reset": "cannot be reached",
    "cut off": "gave an answer that was cut off",
    "half a JSON": "gave an answer that was cut off",
    "page": "answered with a web page instead of data",
    "remark": "gave up half-way, saying 'runtime error: Query run out of memory'",
    "empty": "gave no road in this area",
    "no roads": "answered with something that is not roads",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_forever_ends_in_words(
    fault: str, town: TownServer, params: OverpassParams, napped_s: list[float]
) -> None:
    """After three tries the error says what, where, and what to do; nothing bad is kept."""
    town.always = fault
    with pytest.raises(DownloadError) as caught:
        download_roads(AREA, params=params, sleep=napped_s.append)
    told = str(caught.value)
    assert REASONS[fault] in told
    assert town.overpass_url in told
    assert "asked 3 times" in told
    assert "smaller area" in told
    assert ".osm.pbf" in told
    assert len(town.roads_asked) == 3 * (2 if fault == "empty" else 1)
    assert [nap for nap in napped_s if nap] == [10.0, 20.0]
    town.always = None
    assert ends(download_roads(AREA, params=params)) == EDGES


def test_nobody_there(town: TownServer, params: OverpassParams, napped_s: list[float]) -> None:
    """A closed port is tried as often as any, and told."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    nobody = OverpassParams(
        overpass_url=f"http://127.0.0.1:{port}/api", n_tries=2, first_wait_s=3, timeout_s=1
    )
    with pytest.raises(DownloadError, match=r"cannot be reached; .*\(asked 2 times\)"):
        download_roads(AREA, params=nobody, sleep=napped_s.append)
    assert [nap for nap in napped_s if nap] == [3.0]
    assert not town.asked
    assert params.cache_dir is not None
    assert not params.cache_dir.exists()


@pytest.mark.parametrize("fault", ["busy", "hang", "page", "half a JSON", "no roads"])
def test_nominatim_faults_heal(
    fault: str, town: TownServer, params: OverpassParams, napped_s: list[float]
) -> None:
    """The server of names is asked as patiently as that of roads."""
    town.place_faults = [fault]
    assert ends(download_roads(PLACE, params=params, sleep=napped_s.append)) == EDGES
    # osmnx itself leaves a second before each lookup, as Nominatim asks for.
    assert [nap for nap in napped_s if nap] == [1, 10.0, 1]


def test_refusal_is_not_repeated(
    town: TownServer, params: OverpassParams, napped_s: list[float]
) -> None:
    """Who says no is not asked again."""
    town.always = "refused"
    with pytest.raises(DownloadError, match=r"refuses \(403 Forbidden\) \(asked 1 times\)"):
        download_roads(AREA, params=params, sleep=napped_s.append)
    assert len(town.roads_asked) == 1


def test_retry_after_is_respected(
    town: TownServer, params: OverpassParams, napped_s: list[float]
) -> None:
    """A server that asks for 45 s gets them, and 2 s do not hurry us."""
    town.faults, town.retry_after = ["busy"], "45"
    download_roads(AREA, params=params, sleep=napped_s.append)
    assert [nap for nap in napped_s if nap] == [45.0]


def test_retry_after_as_date(
    town: TownServer, params: OverpassParams, napped_s: list[float]
) -> None:
    """A date is waited for."""
    town.faults = ["busy"]
    town.retry_after = email.utils.formatdate(time.time() + 100, usegmt=True)
    download_roads(AREA, params=params, sleep=napped_s.append)
    assert [nap for nap in napped_s if nap] == [pytest.approx(99, abs=3)]


@pytest.mark.parametrize("text", ["soon", "-5", "٣", "Wed, 99 Foo 2026 99:00:00 GMT"])
def test_retry_after_that_says_nothing(
    text: str, town: TownServer, params: OverpassParams, napped_s: list[float]
) -> None:
    """Nonsense is passed over."""
    if not text.isascii():
        text = text.encode().decode("latin-1")
    town.faults, town.retry_after = ["busy"], text
    download_roads(AREA, params=params, sleep=napped_s.append)
    assert [nap for nap in napped_s if nap] == [10.0]


def test_too_long_a_wait_is_left_to_the_user(
    town: TownServer, params: OverpassParams, napped_s: list[float]
) -> None:
    """An hour is neither waited for nor cut short: the server is left alone."""
    town.always, town.retry_after = "busy", "3600"
    with pytest.raises(DownloadError, match=r"asks for a wait of 3600 s.*\(asked 1 times\)"):
        download_roads(AREA, params=params, sleep=napped_s.append)
    assert len(town.roads_asked) == 1
    assert not any(napped_s)


def test_waits_double_up_to_their_bound(town: TownServer, napped_s: list[float]) -> None:
    """10, 20, 40, then 60 and no more."""
    town.always = "overloaded"
    patient = OverpassParams(overpass_url=town.overpass_url, n_tries=6, longest_wait_s=60)
    with pytest.raises(DownloadError):
        download_roads(AREA, params=patient, sleep=napped_s.append)
    assert [nap for nap in napped_s if nap] == [10, 20, 40, 60, 60]


def test_good_answers_are_kept_where_told(
    town: TownServer, params: OverpassParams, tmp_path: Path
) -> None:
    """The second time nobody is asked, and nothing lies in the working folder."""
    first = download_roads(PLACE, params=params)
    n_asked = len(town.asked)
    second = download_roads(PLACE, params=params)
    assert len(town.asked) == n_asked
    assert ends(first) == ends(second)
    assert len([path for path in (tmp_path / "answers").rglob("*") if path.is_file()]) == 3
    assert not list((tmp_path / "work").iterdir())


def test_without_cache_nothing_is_kept(town: TownServer, tmp_path: Path) -> None:
    """Each download asks anew."""
    forgetful = OverpassParams(overpass_url=town.overpass_url)
    download_roads(AREA, params=forgetful)
    download_roads(AREA, params=forgetful)
    assert len(town.roads_asked) == 4
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("damage", [None, b"", b"\xff\xfe", b"{}"])
def test_damaged_kept_answer_is_asked_anew(
    damage: bytes | None, town: TownServer, params: OverpassParams, tmp_path: Path
) -> None:
    """Half a file, or something else in it, is not trusted."""
    download_roads(PLACE, params=params)
    for path in (tmp_path / "answers").rglob("*.json"):
        path.write_bytes(path.read_bytes()[:20] if damage is None else damage)
    assert ends(download_roads(PLACE, params=params)) == EDGES
    assert len(town.asked) == 6


def test_cache_that_cannot_be_written_is_told(
    town: TownServer, params: OverpassParams, tmp_path: Path
) -> None:
    """A file where the folder should be is named, and the server is not blamed."""
    (tmp_path / "answers").write_text("")
    with pytest.raises(DownloadError, match=r"cannot be kept in .*answers"):
        download_roads(AREA, params=params)
    assert len(town.roads_asked) == 1


@pytest.mark.parametrize("fault", [None, "page"])
def test_settings_of_osmnx_are_restored(
    fault: str | None, town: TownServer, params: OverpassParams, napped_s: list[float]
) -> None:
    """Other users of osmnx in this process notice nothing, even after a failure."""
    before = {k: v for k, v in vars(ox.settings).items() if not k.startswith("__")}
    resolve = socket.getaddrinfo
    town.always = fault
    if fault is None:
        download_roads(AREA, params=params)
    else:
        with pytest.raises(DownloadError):
            download_roads(AREA, params=params, sleep=napped_s.append)
    assert {k: v for k, v in vars(ox.settings).items() if not k.startswith("__")} == before
    assert socket.getaddrinfo is resolve


def test_progress_counts_answers(params: OverpassParams) -> None:
    """Each answer is told when it has come."""
    told: list[tuple[str, float, float | None]] = []
    download_roads(AREA, params=params, progress=lambda *step: told.append(step))
    assert told == [("download roads", 1, None), ("download roads", 2, None)]


@pytest.mark.parametrize(
    ("area", "reason"),
    [
        (Polygon(), "empty"),
        (Polygon([(103, -1), (104, -2), (104, -1), (103, -2)]), "Self-intersection"),
        (box(350_000, 9_800_000, 360_000, 9_810_000), "degrees"),
    ],
)
def test_impossible_area_is_not_asked_for(
    area: Polygon, reason: str, town: TownServer, params: OverpassParams
) -> None:
    """An area that no server could use is told before any is asked."""
    with pytest.raises(DownloadError, match=reason):
        download_roads(area, params=params)
    assert not town.asked


@pytest.mark.parametrize("url", ["https://two..dots/api", "https://a:99999/api", "ftp://a/", ""])
def test_address_that_is_none_is_told(url: str) -> None:
    """An address that could not be asked is refused before."""
    with pytest.raises(ConfigError, match="nominatim_url"):
        OverpassParams(nominatim_url=url)


def test_params_tell_all_that_is_wrong() -> None:
    """Every impossible figure is named at once."""
    with pytest.raises(ConfigError) as caught:
        OverpassParams(overpass_url="example", timeout_s=0, n_tries=-1, first_wait_s=float("nan"))
    for name in ("overpass_url", "timeout_s", "n_tries", "first_wait_s"):
        assert name in str(caught.value)
