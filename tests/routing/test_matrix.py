"""One contract for every engine: networkx's own Dijkstra on the graph that is really cut."""

from __future__ import annotations

import gzip
import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.errors import PlanningError
from outreach.routing.engines.cch import CchEngine
from outreach.routing.engines.dijkstra import DijkstraEngine
from outreach.routing.matrix import TravelMatrix, default_engine, travel_matrix
from outreach.routing.network import RoadNetwork, network_from_graph
from outreach.routing.snap import SnapParams, Snapped, snap
from tests.worlds import grid_town, island, one_way_loop

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.routing.engines.protocol import Engine

ENGINES = ("cch", "dijkstra")


def make_engine(name: str, network: RoadNetwork, cache_dir: Path | None = None) -> Engine:
    """Make the engine of that name."""
    if name == "cch":
        return CchEngine.prepare(network, cache_dir=cache_dir)
    return DijkstraEngine(network=network)


def placed(*positions: tuple[int, float], walk_m: float = 0.0) -> Snapped:
    """Put places p00, p01, … on edges, at fractions of them."""
    n = len(positions)
    return Snapped(
        ids=tuple(f"p{i:02d}" for i in range(n)),
        edge=np.array([edge for edge, _ in positions], dtype=np.int32),
        fraction=np.array([fraction for _, fraction in positions]),
        road_lon=np.zeros(n),
        road_lat=np.zeros(n),
        walk_m=np.full(n, walk_m),
        walk_s=np.full(n, walk_m / (4 / 3.6)),
    )


def edge_between(network: RoadNetwork, u: int, v: int) -> int:
    """Give the edge between two nodes of the world."""
    ends = (network.node_ids[network.edge_from] == u) & (network.node_ids[network.edge_to] == v)
    return int(np.flatnonzero(ends)[0])


def cut_graph(snapped: Snapped, network: RoadNetwork, season: str) -> nx.MultiDiGraph:
    """Cut every edge at its places; `ms` and `m` on the pieces, places named by their ids."""
    on: dict[int, list[tuple[float, str]]] = {}
    for place_id, edge, fraction in zip(
        snapped.ids, snapped.edge.tolist(), snapped.fraction.tolist(), strict=True
    ):
        on.setdefault(edge, []).append((fraction, place_id))
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(snapped.ids)
    for e, places in on.items():
        for fraction, place_id in places:
            for end, at in ((network.edge_from[e], 0), (network.edge_to[e], 1)):
                if fraction == at:
                    graph.add_edge(place_id, int(end), ms=0, m=0)
                    graph.add_edge(int(end), place_id, ms=0, m=0)
    for e in range(network.n_edges):
        seconds = network.duration_s[season][e]  # type: ignore[index]
        if math.isinf(seconds):
            continue
        ms, m = max(1, round(seconds * 1000)), network.length_m[e]
        u, v = int(network.edge_from[e]), int(network.edge_to[e])
        runs = []
        if e in on or network.reverse[e] not in on:
            runs.append(sorted(on.get(e, [])))
        if network.reverse[e] in on:
            runs.append(sorted((1 - f, i) for f, i in on[network.reverse[e]]))
        for places in runs:
            chain = [(0.0, u), *places, (1.0, v)]
            for (f, a), (g, b) in pairwise(chain):
                graph.add_edge(a, b, ms=ms * (g - f), m=m * (g - f))
                if f == g and places and a in snapped.ids and b in snapped.ids:
                    graph.add_edge(b, a, ms=0, m=0)
    return graph


def lexicographic(graph: nx.MultiDiGraph) -> dict[str, dict[str, tuple[float, float]]]:
    """Give ms and metres of the shortest of the fastest paths, found by networkx."""
    for *_, data in graph.edges(data=True):
        data["both"] = (round(data["ms"] * 1000) << 40) + round(data["m"] * 100)
    return {
        source: {
            target: ((cost >> 40) / 1000, (cost & (2**40 - 1)) / 100)
            for target, cost in nx.single_source_dijkstra_path_length(
                graph, source, weight="both"
            ).items()
        }
        for source in graph.nodes
        if isinstance(source, str)
    }


def assert_equal_to_networkx(
    matrix: TravelMatrix, snapped: Snapped, network: RoadNetwork, season: str, *, within_ms: float
) -> None:
    """Compare every pair."""
    expected = lexicographic(cut_graph(snapped, network, season))
    for i, a in enumerate(matrix.ids):
        for j, b in enumerate(matrix.ids):
            ms, m = expected[a].get(b, (math.inf, math.inf))
            assert matrix.duration_s[i, j] * 1000 == pytest.approx(ms, rel=0, abs=within_ms), (a, b)
            assert matrix.distance_m[i, j] == pytest.approx(m, rel=0, abs=0.5), (a, b)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[RoadNetwork, Snapped]:
    """Draw roads with one-ways, parallels, loops, islands and shut edges, and places on them."""
    n = draw(st.integers(1, 7))
    node = st.integers(0, n - 1)
    # Multiples of 4 can be cut at quarters without rounding, so equality is exact.
    quarters = st.integers(1, 12).map(lambda k: 4 * k)
    road = st.tuples(node, node, quarters, quarters, st.booleans(), st.sampled_from("ooos"))
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    for i in range(n):
        graph.add_node(i, x=103.6 + i * 1e-3, y=(i * i % 5) * 1e-3)
    for u, v, ms, m, oneway, state in draw(st.lists(road, min_size=1, max_size=14)):
        for a, b in ((u, v),) if oneway else ((u, v), (v, u)):
            graph.add_edge(
                a,
                b,
                length=float(m),
                duration_s=ms / 1000,
                duration_wet_s=math.inf if state == "s" else ms / 1000,
                oneway=oneway,
            )
    network = network_from_graph(graph)
    edge = st.integers(0, network.n_edges - 1).map(
        # Of a two-way road, places lie on the edge of lower index.
        lambda e: min(e, int(network.reverse[e])) if network.reverse[e] >= 0 else e
    )
    fraction = st.sampled_from((0.0, 0.25, 0.5, 0.5, 0.75, 1.0))
    positions = draw(st.lists(st.tuples(edge, fraction), min_size=1, max_size=8))
    return network, placed(*positions)


@pytest.mark.parametrize("name", ENGINES)
@given(world=worlds(), season=st.sampled_from(("dry", "wet")))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_pair_equals_networkx_on_the_cut_graph(
    name: str, world: tuple[RoadNetwork, Snapped], season: str
) -> None:
    """Any roads, any places: durations and distances are networkx's."""
    network, snapped = world
    engine = make_engine(name, network)
    matrix = travel_matrix(snapped, network, season=season, engine=engine)  # type: ignore[arg-type]
    assert_equal_to_networkx(matrix, snapped, network, season, within_ms=1e-6)


@pytest.fixture(scope="module")
def balikpapan(shared: Path) -> RoadNetwork:
    """Give the real roads of Balikpapan at 30 km/h."""
    import osmnx as ox

    packed = shared / "data" / "osm" / "balikpapan_kota_drive.graphml.gz"
    graph = ox.load_graphml(graphml_str=gzip.decompress(packed.read_bytes()).decode())
    for *_, data in graph.edges(data=True):
        data["duration_s"] = data["length"] / 8.33
    return network_from_graph(graph)


@pytest.mark.parametrize("name", ENGINES)
def test_real_roads_equal_networkx(name: str, balikpapan: RoadNetwork) -> None:
    """On a real extract every pair of 60 snapped places agrees to the rounding."""
    rng = np.random.default_rng(3)
    at = rng.integers(0, balikpapan.n_nodes, 60)
    places = gpd.GeoDataFrame(
        {"id": [f"c{i:02d}" for i in range(60)]},
        geometry=gpd.points_from_xy(
            balikpapan.lon[at] + rng.normal(0, 1e-3, 60),
            balikpapan.lat[at] + rng.normal(0, 1e-3, 60),
        ),
        crs="EPSG:4326",
    )
    snapped = snap(places, balikpapan, params=SnapParams(max_distance_m=2000))
    no_walk = replace(snapped, walk_s=np.zeros(len(snapped)))
    matrix = travel_matrix(no_walk, balikpapan, season="dry", engine=make_engine(name, balikpapan))
    assert np.isfinite(matrix.duration_s).mean() > 0.9
    assert_equal_to_networkx(matrix, no_walk, balikpapan, "dry", within_ms=1.01)


@pytest.mark.parametrize("name", ENGINES)
def test_edges_are_cut_where_places_lie(name: str) -> None:
    """Half a block (5 s), two blocks (20 s) and a quarter (2.5 s) make 27.5 s and 275 m."""
    network = network_from_graph(grid_town(5))
    snapped = placed((edge_between(network, 0, 1), 0.5), (edge_between(network, 3, 4), 0.25))
    matrix = travel_matrix(snapped, network, season="dry", engine=make_engine(name, network))
    assert matrix.duration_s[0, 1] == pytest.approx(27.5)
    assert matrix.distance_m[0, 1] == pytest.approx(275.0)


@pytest.mark.parametrize("name", ENGINES)
def test_against_a_one_way_one_rides_around(name: str) -> None:
    """On a ring of 400 m, 25 m back are 375 m forth."""
    network = network_from_graph(one_way_loop())
    snapped = placed((0, 0.25), (0, 0.5))
    matrix = travel_matrix(snapped, network, season="dry", engine=make_engine(name, network))
    assert matrix.distance_m.tolist() == pytest.approx(np.array([[0, 25], [375, 0]]))
    assert matrix.duration_s == pytest.approx(np.array([[0, 2.5], [37.5, 0]]))


@pytest.mark.parametrize("name", ENGINES)
def test_an_island_is_unreachable(name: str) -> None:
    """Where no road leads, both duration and distance are infinite."""
    network = network_from_graph(island())
    snapped = placed((edge_between(network, 0, 1), 0.5), (edge_between(network, 100, 101), 0.5))
    matrix = travel_matrix(snapped, network, season="dry", engine=make_engine(name, network))
    assert np.isinf(matrix.duration_s).tolist() == [[False, True], [True, False]]
    assert np.isinf(matrix.distance_m).tolist() == [[False, True], [True, False]]


@pytest.mark.parametrize("name", ENGINES)
def test_both_walks_count_in_time_and_not_in_distance(name: str) -> None:
    """40 m at 4 km/h are 36 s: once out of the first place, once into the second."""
    network = network_from_graph(grid_town(3))
    edge = edge_between(network, 0, 1)
    snapped = placed((edge, 0.5), (edge, 0.5), walk_m=40.0)
    matrix = travel_matrix(snapped, network, season="dry", engine=make_engine(name, network))
    assert matrix.duration_s == pytest.approx(np.array([[0, 72], [72, 0]]))
    assert not matrix.distance_m.any()


@pytest.mark.parametrize("name", ENGINES)
def test_one_engine_serves_both_seasons(name: str) -> None:
    """A street shut in the wet is ridden around: 10 s in the dry, 30 s in the wet."""
    graph = grid_town(3)
    for u, v in ((0, 1), (1, 0)):
        graph.edges[u, v, 0]["duration_wet_s"] = math.inf
    network = network_from_graph(graph)
    engine = make_engine(name, network)
    snapped = placed((edge_between(network, 0, 3), 0.0), (edge_between(network, 1, 4), 0.0))
    dry = travel_matrix(snapped, network, season="dry", engine=engine)
    wet = travel_matrix(snapped, network, season="wet", engine=engine)
    assert (dry.duration_s[0, 1], wet.duration_s[0, 1]) == (10.0, 30.0)


@pytest.mark.parametrize("name", ENGINES)
def test_no_places_make_an_empty_matrix(name: str) -> None:
    """A week without places is no error."""
    network = network_from_graph(grid_town(3))
    matrix = travel_matrix(placed(), network, season="dry", engine=make_engine(name, network))
    assert matrix.duration_s.shape == matrix.distance_m.shape == (0, 0)


@pytest.mark.parametrize("speed_up", [1, 100_000])
def test_ties_in_time_go_to_the_shorter_path(speed_up: int) -> None:
    """Of two equally fast ways the shorter is measured, however long the paths may be."""
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    for i in range(4):
        graph.add_node(i, x=103.6 + i * 1e-3, y=(i % 2) * 1e-3)
    for u, v, m in ((0, 1, 700.0), (1, 3, 500.0), (0, 2, 400.0), (2, 3, 600.0)):
        graph.add_edge(u, v, length=m * speed_up, duration_s=60.0)
    network = network_from_graph(graph)
    snapped = placed((0, 0.0), (edge_between(network, 1, 3), 1.0))
    matrix = travel_matrix(snapped, network, season="dry")
    assert matrix.distance_m[0, 1] == pytest.approx(1000.0 * speed_up, rel=1e-6)


def test_a_part_has_the_same_figures() -> None:
    """A subset, measured before or after the whole, is cut out of it."""
    network = network_from_graph(grid_town(4))
    snapped = placed(*((e, 0.5) for e in (0, 3, 7, 11)))
    whole = travel_matrix(snapped, network, season="dry")
    before = whole.subset(["p03", "p01"]).distance_m
    after = whole.subset(["p03", "p01"])
    rows = np.ix_([3, 1], [3, 1])
    assert before == pytest.approx(whole.distance_m[rows])
    assert after.ids == ("p03", "p01")
    assert after.duration_s == pytest.approx(whole.duration_s[rows])
    assert whole.subset(["p03", "p01"]).distance_m == pytest.approx(before)


def river_town() -> RoadNetwork:
    """Make a 3 × 3 town whose three streets from south to north are joined by ferries alone."""
    graph = grid_town(3)
    for u, v, data in graph.edges(data=True):
        if abs(u - v) == 1:
            data["highway"] = "ferry"
    return network_from_graph(graph)


def river_places(network: RoadNetwork) -> Snapped:
    """Put two places on the western street, one on the middle one, one on the eastern one."""
    streets = [edge_between(network, u, v) for u, v in ((0, 3), (3, 6), (1, 4), (2, 5))]
    return placed(*((street, 0.5) for street in streets))


def test_ferries_are_counted_along_the_fastest_paths() -> None:
    """Along a street none, to the next street one, to the one after it two; there as back."""
    network = river_town()
    matrix = travel_matrix(river_places(network), network, season="dry")
    assert matrix.n_ferries.tolist() == [[0, 0, 1, 2], [0, 0, 1, 2], [1, 1, 0, 1], [2, 2, 1, 0]]


def test_of_equally_fast_paths_the_one_with_fewer_ferries_counts() -> None:
    """Around a block, one way by ferry and back by road, the other by road all the way."""
    graph = grid_town(2)
    for u, v in ((0, 1), (1, 0)):
        graph.edges[u, v, 0]["highway"] = "ferry"
    network = network_from_graph(graph)
    # From the middle of 0–2 to the middle of 1–3 it is 200 m over either corner.
    snapped = placed((edge_between(network, 0, 2), 0.5), (edge_between(network, 1, 3), 0.5))
    assert travel_matrix(snapped, network, season="dry").n_ferries.tolist() == [[0, 0], [0, 0]]


def test_where_there_is_no_way_there_is_no_count() -> None:
    """An island without a ferry is infinitely far in crossings too."""
    network = network_from_graph(island())
    snapped = placed((edge_between(network, 0, 1), 0.5), (edge_between(network, 100, 101), 0.5))
    matrix = travel_matrix(snapped, network, season="dry")
    assert matrix.n_ferries.tolist() == [[0, math.inf], [math.inf, 0]]


def test_a_part_of_the_matrix_keeps_its_ferries() -> None:
    """Asked before or after the whole, and not counted until asked."""
    network = river_town()
    whole = travel_matrix(river_places(network), network, season="dry")
    early, ids = whole.subset(["p03", "p00"]), ["p03", "p00"]
    assert "n_ferries" not in vars(whole)
    assert early.n_ferries.tolist() == [[0, 2], [2, 0]]
    assert whole.n_ferries[3, 0] == 2
    assert whole.subset(ids).n_ferries.tolist() == [[0, 2], [2, 0]]


def test_a_matrix_by_hand_has_no_ferries() -> None:
    """Where none are given, none are crossed, in its parts too."""
    zeros = np.zeros((2, 2))
    matrix = TravelMatrix(ids=("a", "b"), duration_s=zeros, distance_m=zeros, walk_m=np.zeros(2))
    assert matrix.n_ferries.tolist() == [[0, 0], [0, 0]]
    assert matrix.subset(["b"]).n_ferries.tolist() == [[0]]


def test_whole_seconds_are_rounded_up() -> None:
    """Rounded up, a detour is never faster than the direct way; no way is None."""
    duration_s = np.array([[0.0, 1.2, np.inf], [1.2, 0.0, 2.0], [3.0004, 2.0, 0.0]])
    matrix = TravelMatrix(
        ids=("a", "b", "c"), duration_s=duration_s, distance_m=duration_s, walk_m=np.zeros(3)
    )
    assert matrix.whole_s == [[0, 2, None], [2, 0, 2], [3, 2, 0]]
    assert matrix.row == {"a": 0, "b": 1, "c": 2}


def test_an_unknown_id_is_named() -> None:
    """Asking for a place that is not there says which."""
    network = network_from_graph(grid_town(3))
    matrix = travel_matrix(placed((0, 0.5)), network, season="dry")
    with pytest.raises(PlanningError, match="nobody"):
        matrix.subset(["nobody"])


def test_the_matrix_cannot_be_changed() -> None:
    """Durations and distances are read-only."""
    network = network_from_graph(grid_town(3))
    matrix = travel_matrix(placed((0, 0.5), (3, 0.5)), network, season="dry")
    for array in (matrix.duration_s, matrix.distance_m, matrix.walk_m):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_the_order_of_the_roads_is_loaded_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was kept is loaded, not built again."""
    network = network_from_graph(grid_town(4))
    CchEngine.prepare(network, cache_dir=tmp_path)

    def fail(_: RoadNetwork) -> None:
        pytest.fail("built again")

    monkeypatch.setattr("outreach.routing.engines.cch._build", fail)
    engine = CchEngine.prepare(network, cache_dir=tmp_path)
    snapped = placed((0, 0.5), (9, 0.5))
    found = travel_matrix(snapped, network, season="dry", engine=engine)
    fresh = travel_matrix(snapped, network, season="dry", engine=DijkstraEngine(network=network))
    assert found.duration_s == pytest.approx(fresh.duration_s)


@pytest.mark.parametrize("damage", ["cut", "flipped", "lost", "unsealed"])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, damage: str) -> None:
    """Whatever happened to the files, the engine comes up and the cache is mended."""
    network = network_from_graph(grid_town(4))
    CchEngine.prepare(network, cache_dir=tmp_path)
    (folder,) = tmp_path.iterdir()
    sound = {file.name: file.read_bytes() for file in folder.iterdir()}
    victim = max((f for f in folder.iterdir() if f.name != "checksum"), key=lambda f: len(f.name))
    if damage == "cut":
        victim.write_bytes(sound[victim.name][:-3])
    elif damage == "flipped":
        victim.write_bytes(bytes([sound[victim.name][0] ^ 1]) + sound[victim.name][1:])
    elif damage == "lost":
        victim.unlink()
    else:
        (folder / "checksum").unlink()
    engine = CchEngine.prepare(network, cache_dir=tmp_path)
    snapped = placed((0, 0.5), (9, 0.5))
    assert np.isfinite(
        travel_matrix(snapped, network, season="dry", engine=engine).duration_s
    ).all()
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == sound
    assert list(tmp_path.iterdir()) == [folder]


def test_a_cache_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    """Without room for the cache there is an engine all the same."""
    (tmp_path / "file").write_text("no folder")
    network = network_from_graph(grid_town(3))
    engine = CchEngine.prepare(network, cache_dir=tmp_path / "file")
    assert engine.name == "cch"


def test_scipy_serves_where_the_wheel_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyroutingkit the default engine is Dijkstra's."""
    import sys

    monkeypatch.setitem(sys.modules, "pyroutingkit", None)
    assert default_engine(network_from_graph(grid_town(3))).name == "dijkstra"
