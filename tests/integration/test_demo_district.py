"""The demo district: made by its script, like the real one where it is meant to be."""

from __future__ import annotations

import csv
import datetime as dt
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from outreach.layers.beneficiaries import read_beneficiaries
from outreach.layers.checks import CheckParams
from outreach.layers.landmarks import read_landmarks
from outreach.layers.osm_extract import RoadWays, read_extract
from outreach.layers.presets import DEFAULT_PRESETS
from outreach.layers.tables import TableSource
from outreach.routing.impedance import ImpedanceParams
from outreach.routing.matrix import travel_matrix
from outreach.routing.network import RoadNetwork, build_network
from outreach.routing.snap import SnapParams, snap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from outreach.layers.layer import Layer
    from outreach.model import Season

DEMO = Path(__file__).resolve().parents[2] / "data" / "jambi"
WEEK = dt.date(2026, 11, 30)
OFFICE = (103.5945, -1.6105)
ACROSS_THE_RIVER = ("15.71.05", "15.71.06")
# The real streets: median 1.48 over the kelurahan, 2.4 to 3.4 in those across the river.
LEAST_MEDIAN, MOST_MEDIAN = 1.38, 1.58
LEAST_ACROSS = 2.0
N_PAIRS = 443
SAME_SPOT_M = 100.0
METRES_PER_DEGREE = 111_195.0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the committed script into a folder of its own."""
    folder = tmp_path_factory.mktemp("jambi")
    run("make.py", folder)
    return folder


@pytest.fixture(scope="module")
def ways() -> RoadWays:
    """Read the committed roads."""
    return read_extract(DEMO / "roads.osm.pbf")


@pytest.fixture(scope="module")
def network(ways: RoadWays) -> RoadNetwork:
    """Build the committed roads' network."""
    return build_network(ways, impedance=ImpedanceParams())


@pytest.fixture(scope="module")
def beneficiaries() -> Layer:
    """Read the committed caseload."""
    return read_beneficiaries(
        TableSource(path=DEMO / "caseload.xlsx", sheet="beneficiaries"),
        presets=DEFAULT_PRESETS,
        params=CheckParams(),
        today=WEEK,
    )


@pytest.fixture(scope="module")
def circuity(network: RoadNetwork) -> Mapping[str, float]:
    """Give network ÷ straight-line distance, ferries left out, by code of the kelurahan."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra
    from scipy.spatial import KDTree

    with (DEMO / "places.csv").open(encoding="utf-8", newline="") as file:
        city = [row for row in csv.DictReader(file) if row["code"].startswith("15.71")]
    homes = np.array([(float(row["lon"]), float(row["lat"])) for row in city]) * METRES_PER_DEGREE
    spots = np.stack([network.lon, network.lat], axis=1) * METRES_PER_DEGREE
    main = np.flatnonzero(network.is_main)
    start = main[KDTree(spots[main]).query(homes)[1]]
    apart_m, _ = KDTree(homes).query(spots[main])
    goals = np.random.default_rng(0).choice(main[apart_m < 1_200], N_PAIRS, replace=False)
    length_m = shortest_edges(network)
    graph = csr_array(
        (list(length_m.values()), tuple(np.array(list(length_m)).T)),
        shape=(network.n_nodes, network.n_nodes),
    )
    by_road = dijkstra(graph, indices=start)[:, goals]
    straight = np.hypot(*(spots[start][:, None] - spots[goals][None]).transpose(2, 0, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(straight > SAME_SPOT_M, by_road / straight, np.nan)
    return {row["code"]: float(np.nanmean(r)) for row, r in zip(city, ratio, strict=True)}


def shortest_edges(network: RoadNetwork) -> dict[tuple[int, int], float]:
    """Give the shortest road between neighbouring nodes; a matrix would add parallel ones up."""
    is_road = np.array([name != "ferry" for name in network.highway_classes])[network.highway]
    shortest: dict[tuple[int, int], float] = {}
    for i in np.flatnonzero(is_road).tolist():
        pair = int(network.edge_from[i]), int(network.edge_to[i])
        shortest[pair] = min(shortest.get(pair, np.inf), float(network.length_m[i]))
    return shortest


def run(script: str, *arguments: Path) -> None:
    """Run a script of the demo, as a newcomer would."""
    done = subprocess.run(
        [sys.executable, str(DEMO / script), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def cells(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Read all cells of a workbook, by sheet."""
    from openpyxl import load_workbook

    book = load_workbook(path)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def riding_s(
    network: RoadNetwork, beneficiaries: Layer, season: Season
) -> tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.float64]]:
    """Give ids, and the times from the office to each beneficiary and back."""
    import geopandas as gpd
    import pandas as pd

    office = gpd.GeoDataFrame(
        {"id": ["office"]}, geometry=gpd.points_from_xy([OFFICE[0]], [OFFICE[1]]), crs=4326
    )
    places = pd.concat([beneficiaries.rows[["id", "geometry"]], office], ignore_index=True)
    snapped = snap(gpd.GeoDataFrame(places), network, params=SnapParams(max_distance_m=500))
    matrix = travel_matrix(snapped, network, season=season)
    at = matrix.ids.index("office")
    return matrix.ids, matrix.duration_s[at], matrix.duration_s[:, at]


def test_committed_roads_are_what_the_script_makes(made: Path, ways: RoadWays) -> None:
    """The roads come from the committed script alone, node by node and way by way."""
    fresh = read_extract(made / "roads.osm.pbf")
    assert fresh.node_ids.tolist() == ways.node_ids.tolist()
    assert fresh.lon.tolist() == ways.lon.tolist()
    assert fresh.lat.tolist() == ways.lat.tolist()
    assert fresh.refs.tolist() == ways.refs.tolist()
    assert fresh.tags.equals(ways.tags)


def test_committed_tables_are_what_the_script_makes(made: Path) -> None:
    """The caseload and the areas come from the committed script alone."""
    assert cells(made / "caseload.xlsx") == cells(DEMO / "caseload.xlsx")
    fresh, committed = (folder / "areas.geojson" for folder in (made, DEMO))
    assert json.loads(fresh.read_text("utf-8")) == json.loads(committed.read_text("utf-8"))


def test_making_twice_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    """No clock and no chance gets into the files."""
    run("make.py", tmp_path)
    for name in ("roads.osm.pbf", "areas.geojson", "caseload.xlsx"):
        assert (tmp_path / name).read_bytes() == (made / name).read_bytes(), name


def test_committed_landmarks_are_what_the_script_makes(made: Path) -> None:
    """River, lakes and names come from the committed script alone, too."""
    assert read_landmarks(made / "roads.osm.pbf") == read_landmarks(DEMO / "roads.osm.pbf")


def test_map_knows_the_river_and_every_place() -> None:
    """The Batang Hari runs through, around its island; all villages of the table have a name."""
    landmarks = read_landmarks(DEMO / "roads.osm.pbf")
    with (DEMO / "places.csv").open(encoding="utf-8", newline="") as file:
        villages = {row["name"] for row in csv.DictReader(file)}
    assert {place.name for place in landmarks.places} == {*villages, "Kota Jambi"}
    assert {p.name for p in landmarks.places if p.kind == "town"} >= {"Sengeti", "Tempino"}
    (river,) = landmarks.rivers
    broadest = max(landmarks.waters, key=lambda water: water.area)
    assert shapely.covered_by(river, broadest.buffer(1e-5))
    assert len(broadest.interiors) == 1


def test_district_is_as_large_as_the_real_city(network: RoadNetwork) -> None:
    """About 20,000 junctions and ends of roads, in an extract of at most 2 MB."""
    assert 19_000 <= network.n_nodes <= 21_000
    assert (DEMO / "roads.osm.pbf").stat().st_size <= 2_000_000
    assert (DEMO / "areas.geojson").stat().st_size <= 200_000


def test_ids_are_no_osm_ids(ways: RoadWays) -> None:
    """Nobody can take a made-up road for one of OpenStreetMap's."""
    assert ways.node_ids.min() > 900_000_000_000
    assert ways.way_ids.min() > 900_000_000_000


def test_roads_are_as_crooked_as_the_real_ones(circuity: Mapping[str, float]) -> None:
    """The median circuity of the kelurahan lies near the real one, 1.48."""
    assert LEAST_MEDIAN <= np.median(list(circuity.values())) <= MOST_MEDIAN


def test_river_parts_the_city(circuity: Mapping[str, float]) -> None:
    """From Pelayangan and Danau Teluk, every way leads around by a bridge."""
    across = {code: c for code, c in circuity.items() if code.startswith(ACROSS_THE_RIVER)}
    assert len(across) == 11
    assert min(across.values()) >= LEAST_ACROSS
    here = [c for code, c in circuity.items() if code not in across]
    assert max(here) < min(across.values())


def test_circuity_follows_the_real_one(circuity: Mapping[str, float], shared: Path) -> None:
    """Where the real roads lead astray, so do these."""
    path = shared / "data" / "jambi" / "circuity_reference_kota_jambi.csv"
    with path.open(encoding="utf-8", newline="") as file:
        real = {row["KDEPUM"]: float(row["eta_mean"]) for row in csv.DictReader(file)}
    both = np.array([(circuity[code], real[code]) for code in sorted(real)])
    assert np.corrcoef(both.T)[0, 1] > 0.9


def test_villages_lie_where_they_lie(shared: Path) -> None:
    """The places are the source's: every code, name and point."""
    path = shared / "data" / "jambi" / "desa_kelurahan_points.csv"
    with path.open(encoding="utf-8", newline="") as file:
        real = {
            (row["kode"], row["nama"], float(row["rep_lon"]), float(row["rep_lat"]))
            for row in csv.DictReader(file)
        }
    with (DEMO / "places.csv").open(encoding="utf-8", newline="") as file:
        ours = {
            (row["code"], row["name"], float(row["lon"]), float(row["lat"]))
            for row in csv.DictReader(file)
        }
    assert ours == real


def test_caseload_has_the_counts_of_the_study() -> None:
    """253 cases of the city, by category where the study tells; 23 children in the forest."""
    header, *rows = cells(DEMO / "caseload.xlsx")["beneficiaries"]
    category = {row[header.index("id")]: row[header.index("kategori")] for row in rows}
    city = Counter(kind for id_, kind in category.items() if id_.startswith("KJ-"))
    assert city.total() == 253
    assert (city["AMPK"], city["Anak jalanan"], city["Korban kekerasan"]) == (23, 22, 20)
    assert list(category.values()).count("Suku Anak Dalam") == 23


def test_planted_faults_are_found(beneficiaries: Layer) -> None:
    """Each fault that README tells of is found, and no other."""
    found = {(f.id, f.code, f.severity) for f in beneficiaries.findings}
    assert found == {
        ("KJ-017", "swapped-place", "error"),
        ("KJ-058", "missing-place", "error"),
        ("KJ-091", "stale-visit", "warning"),
        ("KJ-123", "unknown-category", "error"),
        ("KJ-150", "impossible-frequency", "error"),
        ("KJ-174", "window-closes-early", "error"),
        ("KJ-201", "future-visit", "error"),
        ("KJ-040", "repeated-row", "warning"),
    }
    assert len(beneficiaries.invalid) == 6


@pytest.mark.parametrize("season", ["dry", "wet"])
def test_all_can_be_reached_but_those_who_are_meant(
    network: RoadNetwork, beneficiaries: Layer, season: Season
) -> None:
    """One lives too far from a road, one on an island; everybody else can be ridden to."""
    ids, there_s, back_s = riding_s(network, beneficiaries, season)
    assert set(beneficiaries.rows["id"]) - set(ids) == {"KJ-222"}
    cut_off = {id_ for id_, a, b in zip(ids, there_s, back_s, strict=True) if np.isinf(a + b)}
    assert cut_off == {"MJ-012"}


@pytest.mark.parametrize("season", ["dry", "wet"])
def test_forest_is_more_than_two_hours_away(
    network: RoadNetwork, beneficiaries: Layer, season: Season
) -> None:
    """The study's ride to the farther settlement takes over two hours, one way."""
    ids, there_s, _ = riding_s(network, beneficiaries, season)
    to_forest = [t for id_, t in zip(ids, there_s, strict=True) if id_.startswith("SAD-L")]
    assert len(to_forest) == 11
    assert min(to_forest) > 2 * 3_600
