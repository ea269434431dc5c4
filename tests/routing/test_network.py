"""Ways and graphs → the road network with its times."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import osmnx as ox
import pytest
from hypothesis import given, settings

from outreach.errors import EmptyNetworkError, NetworkError
from outreach.layers.osm_extract import read_extract
from outreach.layers.roads import read_roads
from outreach.routing.impedance import ImpedanceParams, is_ferry, way_speeds_kph
from outreach.routing.network import RoadNetwork, build_network, network_from_graph, to_graph
from outreach.routing.road_network import SEASONS
from tests.osm_files import Way, edges_of, osmnx_graph, write_osm, write_roads
from tests.routing.test_simplify import way, way_sets
from tests.worlds import METRE_DEG, grid_town, island, one_way_loop

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from outreach.model import Season

LINE = {i: (round(103.6 + i * 1000 * METRE_DEG, 7), 0.0) for i in range(1, 8)}
"""Places on the equator, a kilometre apart."""

KM = 1000.0


def network(folder: Path, *ways: Way, **params: object) -> RoadNetwork:
    """Build the network of ways over the places of the line."""
    return build_network(
        read_extract(write_osm(folder / "roads.osm", LINE, ways)),
        impedance=ImpedanceParams(**params),  # type: ignore[arg-type]
    )


def speed_kph(season: Season = "dry", **tags: str) -> float:
    """Ask the speed of a single way."""
    import pandas as pd

    return float(way_speeds_kph(pd.DataFrame([tags]), ImpedanceParams(), season)[0])


def edge(roads: RoadNetwork, u: int, v: int) -> int:
    """Find the only edge between two OSM nodes."""
    ends = zip(roads.node_ids[roads.edge_from], roads.node_ids[roads.edge_to], strict=True)
    (found,) = [i for i, pair in enumerate(ends) if pair == (u, v)]
    return found


class TestFromWays:
    """Ways of an extract."""

    def test_times_of_merged_ways_are_added_up(self, tmp_path: Path) -> None:
        """A kilometre of one class and two of another take what each takes, not a mean."""
        roads = network(
            tmp_path, (1, (1, 2), {"highway": "tertiary"}), (2, (2, 3, 4), {"highway": "service"})
        )
        fast, slow = speed_kph(highway="tertiary"), speed_kph(highway="service")
        assert roads.n_edges == 2
        assert roads.length_m == pytest.approx(3 * KM, rel=2e-3)
        assert roads.duration_s["dry"] == pytest.approx(3600 / fast + 7200 / slow, rel=2e-3)

    def test_an_edge_has_the_class_surface_and_name_of_most_of_its_length(
        self, tmp_path: Path
    ) -> None:
        """Two kilometres outvote one."""
        roads = network(
            tmp_path,
            (1, (1, 2), {"highway": "tertiary", "surface": "asphalt", "name": "Jalan Raya"}),
            (2, (2, 3, 4), {"highway": "service", "surface": "gravel", "name": "Gang Mawar"}),
        )
        assert {roads.highway_classes[i] for i in roads.highway} == {"service"}
        assert {roads.surface_classes[i] for i in roads.surface} == {"gravel"}
        assert {roads.names[i] for i in roads.name} == {"Gang Mawar"}
        assert roads.way_ids[: roads.way_offsets[1]].tolist() == [1, 2]

    def test_what_is_not_tagged_is_not_invented(self, tmp_path: Path) -> None:
        """No surface and no name are -1."""
        roads = network(tmp_path, way(1, 1, 2))
        assert roads.surface.tolist() == [-1, -1]
        assert roads.name.tolist() == [-1, -1]

    def test_the_mud_shuts_its_own_piece_in_the_rains_only(self, tmp_path: Path) -> None:
        """A house before the drowned track can still be reached: there a node stays."""
        drowned = {"highway": "track", "surface": "mud"}
        params = {
            "surface_kph": {
                season: {**ImpedanceParams().surface_kph[season], "mud": kph}
                for season, kph in zip(SEASONS, (10.0, 0.0), strict=True)
            }
        }
        roads = network(
            tmp_path, way(1, 1, 2), (2, (2, 3), drowned), (3, (3, 4), drowned), **params
        )
        assert roads.node_ids.tolist() == [1, 2, 4]
        assert np.isfinite(roads.duration_s["dry"]).all()
        wet = roads.duration_s["wet"]
        assert np.isfinite(wet[[edge(roads, 1, 2), edge(roads, 2, 1)]]).all()
        assert np.isinf(wet[[edge(roads, 2, 4), edge(roads, 4, 2)]]).all()

    def test_what_stays_is_what_osmnx_keeps(self, tmp_path: Path) -> None:
        """With the same node kept, osmnx makes the same graph."""
        drowned = {"highway": "track", "tracktype": "grade5"}
        ways = (way(1, 1, 2), (2, (2, 3), drowned), way(3, 3, 4))
        ours = to_graph(network(tmp_path, *ways), "dry")
        theirs = osmnx_graph(tmp_path / "roads.osm", kept=(2, 3))
        assert sorted(ours.nodes) == [1, 2, 3, 4]
        assert edges_of(ours) == edges_of(theirs)

    def test_private_roads_neither_connect_nor_cut(self, tmp_path: Path) -> None:
        """A private drive is left out before bends are merged, and makes no junction."""
        roads = network(tmp_path, way(1, 1, 2, 3), way(2, 2, 5, access="private"))
        assert roads.node_ids.tolist() == [1, 3]

    def test_a_ferry_waits_once(self, tmp_path: Path) -> None:
        """Two ways of one crossing make one edge and one wait; its landing stays a node."""
        ferry = {"route": "ferry"}
        roads = network(tmp_path, way(1, 1, 2), (2, (2, 3), ferry), (3, (3, 4), ferry))
        sailing_s = 2 * 3.6 * KM / ImpedanceParams().ferry_speed_kph
        waiting_s = ImpedanceParams().ferry_wait_s
        riding_s = 3.6 * KM / speed_kph(highway="residential")
        crossing, road = edge(roads, 2, 4), edge(roads, 1, 2)
        duration_s = roads.duration_s["dry"]
        assert duration_s[crossing] == pytest.approx(sailing_s + waiting_s, rel=2e-3)
        assert duration_s[road] == pytest.approx(riding_s, rel=2e-3)
        assert roads.highway_classes[roads.highway[crossing]] == "ferry"

    def test_each_of_two_crossings_waits(self, tmp_path: Path) -> None:
        """Over an island one boards twice, junction or not."""
        ferry = {"route": "ferry"}
        roads = network(tmp_path, (1, (1, 2), ferry), way(2, 2, 3), (3, (3, 4), ferry))
        sailing_s = 3.6 * KM / ImpedanceParams().ferry_speed_kph
        for u, v in ((1, 2), (3, 4)):
            assert roads.duration_s["dry"][edge(roads, u, v)] == pytest.approx(
                sailing_s + ImpedanceParams().ferry_wait_s, rel=2e-3
            )

    def test_a_two_way_road_knows_its_way_back(self, tmp_path: Path) -> None:
        """Each direction names the other; a one-way has none."""
        roads = network(tmp_path, way(1, 1, 2, 3), way(2, 3, 4, oneway="yes"), way(3, 4, 5))
        there, back = edge(roads, 1, 3), edge(roads, 3, 1)
        assert (roads.reverse[there], roads.reverse[back]) == (back, there)
        assert roads.reverse[edge(roads, 3, 4)] == -1

    def test_directions_against_the_drawing_are_marked(self, tmp_path: Path) -> None:
        """A way back, and a merge of ways drawn towards each other, are told apart."""
        roads = network(tmp_path, way(1, 1, 2), way(2, 3, 2), way(3, 3, 4, oneway="yes"))
        assert roads.against_way[edge(roads, 1, 3)] == 2
        assert roads.against_way[edge(roads, 3, 4)] == 0
        assert (roads.oneway[edge(roads, 1, 3)], roads.oneway[edge(roads, 3, 4)]) == (0, 1)

    def test_the_largest_part_is_marked(self, tmp_path: Path) -> None:
        """Where one can enter but not return is outside."""
        roads = network(tmp_path, way(1, 1, 2), way(2, 2, 4), way(3, 2, 3, oneway="yes"))
        assert dict(zip(roads.node_ids.tolist(), roads.is_main.tolist(), strict=True)) == {
            1: True,
            2: True,
            3: False,
            4: True,
        }

    def test_nothing_to_ride_on_is_an_error(self, tmp_path: Path) -> None:
        """Private roads alone are no network."""
        with pytest.raises(EmptyNetworkError, match="none of the roads"):
            network(tmp_path, way(1, 1, 2, access="private"))

    def test_the_arrays_cannot_be_written(self, tmp_path: Path) -> None:
        """A network is shared by all stages; none can spoil it for another."""
        roads = network(tmp_path, way(1, 1, 2))
        with pytest.raises(ValueError, match="read-only"):
            roads.length_m[0] = 0
        with pytest.raises(ValueError, match="read-only"):
            roads.duration_s["wet"][0] = 0

    @settings(max_examples=150, deadline=None, derandomize=True)
    @given(way_sets())
    def test_arrays_hang_together(self, ways: list[Way]) -> None:
        """Ends, shapes, lengths and ways back agree, whatever was drawn."""
        used = {ref for _, refs, _ in ways for ref in refs}
        with tempfile.TemporaryDirectory() as folder:
            path = write_osm(Path(folder) / "roads.osm", {n: LINE[n] for n in used}, ways)
            try:
                roads = build_network(read_extract(path), impedance=ImpedanceParams())
            except EmptyNetworkError:
                return
        at = roads.shape_offsets
        assert np.array_equal(roads.shape_lon[at[:-1]], roads.lon[roads.edge_from])
        assert np.array_equal(roads.shape_lat[at[1:] - 1], roads.lat[roads.edge_to])
        order = np.lexsort((roads.edge_key, roads.edge_to, roads.edge_from))
        assert np.array_equal(order, np.arange(roads.n_edges))
        has_back = np.flatnonzero(roads.reverse >= 0)
        back = roads.reverse[has_back]
        assert np.array_equal(roads.reverse[back], has_back)
        for i, j in zip(has_back.tolist(), back.tolist(), strict=True):
            shape, returned = slice(at[i], at[i + 1]), slice(at[j], at[j + 1])
            assert roads.shape_lon[shape].tolist() == roads.shape_lon[returned].tolist()[::-1]
            assert roads.length_m[i] == pytest.approx(roads.length_m[j])
        assert set(np.flatnonzero(roads.oneway == 0).tolist()) <= set(has_back.tolist())


class TestToGraph:
    """The MultiDiGraph."""

    def test_osmnx_can_use_it(self, tmp_path: Path) -> None:
        """Frames, bearings, projection and GraphML of osmnx take the graph as their own."""
        graph = to_graph(network(tmp_path, way(1, 1, 2, 3), way(2, 3, 4), way(3, 4, 2)), "dry")
        _, edges = ox.graph_to_gdfs(graph)
        assert len(edges) == graph.number_of_edges()
        ox.add_edge_bearings(graph)
        ox.project_graph(graph)
        ox.save_graphml(graph, tmp_path / "roads.graphml")
        assert len(ox.load_graphml(tmp_path / "roads.graphml")) == len(graph)

    def test_the_season_rules_the_durations(self, tmp_path: Path) -> None:
        """Laterite is slower in the rains."""
        roads = network(tmp_path, (1, (1, 2), {"highway": "track", "surface": "laterite"}))
        dry, wet = (to_graph(roads, season).edges[1, 2, 0]["duration_s"] for season in SEASONS)
        assert dry < wet

    def test_only_bent_edges_have_a_geometry(self, tmp_path: Path) -> None:
        """As with osmnx, a straight edge is its two nodes."""
        graph = to_graph(network(tmp_path, way(1, 1, 2, 3), way(2, 3, 4), way(3, 3, 5)), "dry")
        assert len(graph.edges[1, 3, 0]["geometry"].coords) == 3
        assert "geometry" not in graph.edges[3, 4, 0]

    def test_known_names_and_surfaces_are_told(self, tmp_path: Path) -> None:
        """An edge has them only where they are known."""
        roads = network(tmp_path, way(1, 1, 2, name="Gang Mawar", surface="sett"), way(2, 3, 4))
        graph = to_graph(roads, "dry")
        assert graph.edges[1, 2, 0]["name"] == "Gang Mawar"
        assert graph.edges[1, 2, 0]["surface"] == "sett"
        assert not {"name", "surface"} & graph.edges[3, 4, 0].keys()


class TestFromGraph:
    """Graphs of osmnx and of the small worlds."""

    def test_a_graph_of_osmnx_gives_the_network_of_its_ways(self, tmp_path: Path) -> None:
        """Through osmnx or through our reader, uniform roads make the same network."""
        ways = [way(1, 1, 2, 3), way(2, 3, 4, oneway="yes"), way(3, 3, 5, 6), way(4, 6, 1)]
        ours = network(tmp_path, *ways)
        theirs = build_network(osmnx_graph(tmp_path / "roads.osm"), impedance=ImpedanceParams())
        for name in ("node_ids", "edge_from", "edge_to", "edge_key", "reverse", "shape_lon"):
            assert np.array_equal(getattr(ours, name), getattr(theirs, name)), name
        for season in SEASONS:
            assert ours.duration_s[season] == pytest.approx(theirs.duration_s[season])
        assert ours.crs == theirs.crs

    def test_of_merged_tags_the_slowest_holds(self) -> None:
        """A list of classes means that some part of the edge is the slowest of them."""
        graph = grid_town(2)
        for *_, data in graph.edges(data=True):
            data["highway"] = ["tertiary", "track"]
        roads = build_network(graph, impedance=ImpedanceParams())
        expected = 100 * 3.6 / speed_kph(highway="track")
        assert roads.duration_s["dry"] == pytest.approx(expected)

    def test_edges_where_no_motorbike_may_go_are_left_out(self) -> None:
        """Their lone nodes go too."""
        graph = island()
        for u, v, data in graph.edges(data=True):
            data["access"] = "private" if {u, v} == {100, 101} else "yes"
        roads = build_network(graph, impedance=ImpedanceParams())
        assert roads.node_ids.tolist() == list(range(9))

    def test_a_graph_of_private_roads_is_empty(self) -> None:
        """Nothing left is an error."""
        graph = grid_town(2)
        nx.set_edge_attributes(graph, "no", "access")
        with pytest.raises(EmptyNetworkError, match="none of the roads"):
            build_network(graph, impedance=ImpedanceParams())

    def test_nodes_without_a_place_are_an_error(self) -> None:
        """The first of them is named."""
        graph = grid_town(2)
        del graph.nodes[3]["x"]
        with pytest.raises(NetworkError, match="first: 3"):
            build_network(graph, impedance=ImpedanceParams())

    def test_a_ferry_waits(self) -> None:
        """The wait is on top of the crossing."""
        graph = grid_town(2)
        graph.add_edge(0, 3, length=500.0, route="ferry", oneway=True)
        roads = build_network(graph, impedance=ImpedanceParams(ferry_wait_s=900.0))
        crossing = edge(roads, 0, 3)
        assert roads.duration_s["dry"][crossing] == pytest.approx(
            900 + 500 * 3.6 / ImpedanceParams().ferry_speed_kph
        )
        assert roads.highway_classes[roads.highway[crossing]] == "ferry"

    def test_a_missing_length_is_measured(self) -> None:
        """A graph may come without lengths; then the geometry tells."""
        graph = grid_town(2)
        for *_, data in graph.edges(data=True):
            del data["length"]
        roads = build_network(graph, impedance=ImpedanceParams())
        assert roads.length_m == pytest.approx(100, rel=2e-3)

    def test_given_durations_are_taken_over(self) -> None:
        """A block of 100 m at 36 km/h takes 10 s; both directions know each other."""
        roads = network_from_graph(grid_town(3))
        assert roads.duration_s["dry"] == pytest.approx(10)
        assert np.array_equal(roads.reverse[roads.reverse], np.arange(24))
        assert roads.crs == "EPSG:32648"

    def test_a_given_wet_duration_holds_in_the_rains(self) -> None:
        """`duration_wet_s` where it is given, else the dry one."""
        graph = grid_town(2)
        graph.edges[0, 1, 0]["duration_wet_s"] = 99.0
        roads = network_from_graph(graph)
        assert roads.duration_s["wet"][edge(roads, 0, 1)] == 99
        assert roads.duration_s["wet"][edge(roads, 1, 0)] == pytest.approx(10)

    def test_one_ways_have_no_way_back(self) -> None:
        """A ring of one-way streets is one component all the same."""
        roads = network_from_graph(one_way_loop())
        assert roads.reverse.tolist() == [-1] * 4
        assert roads.is_main.all()

    def test_what_goes_in_comes_out(self) -> None:
        """Network and graph say the same."""
        roads = network_from_graph(grid_town(3))
        again = network_from_graph(to_graph(roads, "dry"))
        assert np.array_equal(again.edge_to, roads.edge_to)
        assert np.array_equal(again.reverse, roads.reverse)
        assert again.length_m == pytest.approx(roads.length_m)


ALL_WEATHER = ImpedanceParams.from_table(
    {
        "surface_kph": {"wet": {"peat": 3, "mud": 3}},
        "tracktype_kph": {"wet": {"grade5": 3}},
    }
)


@pytest.mark.parametrize("name", ["liechtenstein", "porto_alegre"])
def test_a_real_extract_gives_the_graph_of_osmnx(shared: Path, tmp_path: Path, name: str) -> None:
    """
    On the same ways: node ids, edges, directions, ways and shapes equal, lengths to 1 cm.

    With roads that no season shuts, since where one begins to be shut we keep a node more.
    """
    roads = read_extract(shared / "data" / "osm" / f"{name}.osm.pbf")
    roads = roads.keep(~is_ferry(roads.tags))
    params = ALL_WEATHER
    speeds: Mapping[Season, NDArray[np.float64]] = {
        season: way_speeds_kph(roads.tags, params, season) for season in SEASONS
    }
    ridden = roads.keep((speeds["dry"] > 0) | (speeds["wet"] > 0))
    theirs = osmnx_graph(write_roads(tmp_path / "ridden.osm", ridden))
    ours = to_graph(build_network(roads, impedance=params), "dry")
    assert sorted(ours.nodes) == sorted(theirs.nodes)
    assert edges_of(ours) == edges_of(theirs)


def test_a_real_graphml_gives_its_own_edges(shared: Path) -> None:
    """All edges of the file but the private ones, at their lengths."""
    graph = read_roads(shared / "data" / "osm" / "balikpapan_kota_drive.graphml.gz")
    assert isinstance(graph, nx.MultiDiGraph)
    roads = build_network(graph, impedance=ImpedanceParams())
    public = {
        (u, v, k): data
        for u, v, k, data in graph.edges(keys=True, data=True)
        if not {"private", "no"} & set(np.atleast_1d(data.get("access", "yes")).tolist())
    }
    ours = to_graph(roads, "dry")
    assert set(ours.edges(keys=True)) == set(public)
    for u, v, k, data in ours.edges(keys=True, data=True):
        assert data["length"] == pytest.approx(public[u, v, k]["length"])
        assert ("geometry" in data) == ("geometry" in public[u, v, k])
    assert roads.crs == "EPSG:32750"
