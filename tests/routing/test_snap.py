"""Places come to lie on the nearest point of a road."""

from __future__ import annotations

import dataclasses
import math

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.errors import (
    ConfigError,
    DuplicateIdError,
    InvalidGeometryError,
    MissingColumnError,
    MissingCrsError,
)
from outreach.routing.network import RoadNetwork, network_from_graph
from outreach.routing.snap import SnapParams, snap
from tests.worlds import METRE_DEG, grid_town, island, one_way_loop


def places(*metres: tuple[float, float], crs: str | None = "EPSG:4326") -> gpd.GeoDataFrame:
    """Make places a, b, … so many metres east and north of the worlds' corner (103.6, 0)."""
    return gpd.GeoDataFrame(
        {"id": [chr(ord("a") + i) for i in range(len(metres))]},
        geometry=[shapely.Point(103.6 + x * METRE_DEG, y * METRE_DEG) for x, y in metres],
        crs=crs,
    )


def ends(network: RoadNetwork, edge: int) -> tuple[int, int]:
    """Give the node ids of an edge's ends."""
    u, v = network.edge_from[edge], network.edge_to[edge]
    return int(network.node_ids[u]), int(network.node_ids[v])


def test_a_place_lies_on_the_edge_and_not_at_the_node() -> None:
    """30 m along the first block and 20 m north of it: fraction 0.3, a walk of 20 m, 18 s."""
    network = network_from_graph(grid_town())
    snapped = snap(places((30, 20)), network)
    assert ends(network, snapped.edge[0]) == (0, 1)
    assert snapped.fraction[0] == pytest.approx(0.3, abs=1e-3)
    assert snapped.walk_m[0] == pytest.approx(20, rel=0.01)
    assert snapped.walk_s[0] == pytest.approx(18, rel=0.01)
    assert snapped.road_lon[0] == pytest.approx(103.6 + 30 * METRE_DEG, abs=6e-7)
    assert snapped.road_lat[0] == pytest.approx(0, abs=1e-7)


def test_of_a_two_way_road_the_lower_edge_holds_the_place() -> None:
    """On either side of the street the place lies on the same edge."""
    network = network_from_graph(grid_town())
    snapped = snap(places((30, 20), (30, -20)), network)
    assert snapped.edge[0] == snapped.edge[1] < network.reverse[snapped.edge[0]]


def test_a_place_beyond_the_corner_lies_on_the_crossing() -> None:
    """South-west of the town the nearest point of any road is node 0 itself."""
    snapped = snap(places((-30, -40)), network_from_graph(grid_town()))
    assert snapped.fraction[0] in {0.0, 1.0}
    assert snapped.walk_m[0] == pytest.approx(50, rel=0.01)


def test_ties_go_to_the_lowest_edge() -> None:
    """In the middle of a block four streets are equally near; the first in order is taken."""
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    graph.add_node(0, x=103.6, y=0.0)
    graph.add_node(1, x=103.6 + 100 * METRE_DEG, y=0.0)
    for _ in range(3):
        graph.add_edge(0, 1, length=100.0, duration_s=10.0, oneway=True)
    assert snap(places((50, 10)), network_from_graph(graph)).edge.tolist() == [0]


def test_farther_than_the_limit_is_unsnapped_with_the_distance() -> None:
    """A place 800 m from any road is a loss that says so, and the others are snapped."""
    network = network_from_graph(grid_town())
    snapped = snap(places((50, 5), (50, -800)), network, params=SnapParams(max_distance_m=500))
    assert snapped.ids == ("a",)
    (loss,) = snapped.unsnapped
    assert (loss.kind, loss.beneficiary_id, loss.reason) == ("unsnapped", "b", "no_road_near")
    assert loss.detail.values["distance_m"] == pytest.approx(800, rel=0.01)
    assert loss.detail.values["limit_m"] == 500
    assert "limit is 500 m" in str(loss.detail)


def test_a_place_on_the_other_side_of_the_earth_is_a_loss() -> None:
    """Coordinates that the projection cannot hold raise nothing."""
    far = gpd.GeoDataFrame({"id": ["x"]}, geometry=[shapely.Point(-76.4, 0)], crs="EPSG:4326")
    snapped = snap(far, network_from_graph(grid_town()))
    assert len(snapped) == 0
    assert [loss.beneficiary_id for loss in snapped.unsnapped] == ["x"]


def test_the_main_network_is_preferred_within_the_limit() -> None:
    """Beside the island's street, the town 700 m away is taken when that is near enough."""
    network = network_from_graph(island())
    near, far = (
        snap(places((1050, 10)), network, params=SnapParams(max_distance_m=limit_m))
        for limit_m in (500, 1000)
    )
    assert ends(network, near.edge[0]) == (100, 101)
    assert max(ends(network, far.edge[0])) < 9


def test_the_season_does_not_move_a_place() -> None:
    """A street shut in the wet still holds its place; one shut in both seasons does not."""
    graph = one_way_loop()
    graph.edges[0, 1, 0]["duration_wet_s"] = math.inf
    wet_shut = network_from_graph(graph)
    graph.edges[0, 1, 0]["duration_s"] = math.inf
    always_shut = network_from_graph(graph)
    place = places((50, -10))
    assert ends(wet_shut, snap(place, wet_shut).edge[0]) == (0, 1)
    assert ends(always_shut, snap(place, always_shut).edge[0]) != (0, 1)


def test_the_order_of_the_rows_does_not_matter() -> None:
    """Shuffled places give the same positions, sorted by id."""
    network = network_from_graph(grid_town())
    table = places((30, 20), (140, 5), (33, 270), (900, 900))
    one, other = snap(table, network), snap(table.iloc[::-1], network)
    for field in dataclasses.fields(one):
        assert np.array_equal(getattr(one, field.name), getattr(other, field.name))


def test_any_crs_will_do() -> None:
    """Places in metres snap as places in degrees do."""
    network = network_from_graph(grid_town())
    table = places((30, 20), (140, 5))
    assert np.allclose(
        snap(table, network).fraction, snap(table.to_crs(network.crs), network).fraction
    )


def test_positions_count_to_a_decimetre() -> None:
    """Half way between two streets, the rounding of plan.json does not change the street."""
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    for i in range(4):
        graph.add_node(i, x=103.6 + (i % 2) * 1e-3, y=(i // 2) * 1e-3)
    for u in (0, 2):
        graph.add_edge(u, u + 1, length=111.0, duration_s=10.0, oneway=True)
    network = network_from_graph(graph)
    ids = [f"p{i:02d}" for i in range(40)]
    lat = 0.0005 + np.linspace(-2e-6, 2e-6, 40)
    exact, kept = (
        gpd.GeoDataFrame(
            {"id": ids}, geometry=[shapely.Point(103.6005, y) for y in lats], crs="EPSG:4326"
        )
        for lats in (lat, np.round(lat, 6))
    )
    edges = snap(exact, network).edge
    assert set(edges.tolist()) == {0, 1}
    assert np.array_equal(edges, snap(kept, network).edge)


def test_no_places_are_no_error() -> None:
    """An empty table snaps to nothing."""
    assert len(snap(places(), network_from_graph(grid_town()))) == 0


def test_a_table_that_cannot_be_used_says_why() -> None:
    """Missing ids, ids used twice, no CRS and other geometries each have their error."""
    network = network_from_graph(grid_town())
    good = places((0, 0), (50, 0))
    with pytest.raises(MissingColumnError, match="'id'"):
        snap(good.drop(columns="id"), network)
    with pytest.raises(DuplicateIdError, match=r"^a: "):
        snap(good.assign(id="a"), network)
    with pytest.raises(MissingCrsError, match="EPSG:4326"):
        snap(places((0, 0), crs=None), network)
    with pytest.raises(InvalidGeometryError, match=r"^a, b: "):
        snap(good.set_geometry([shapely.box(103, 0, 104, 1)] * 2, crs=good.crs), network)


@pytest.mark.parametrize("params", [{"max_distance_m": 0.0}, {"walking_kph": -1.0}])
def test_impossible_parameters_are_refused(params: dict[str, float]) -> None:
    """Nobody walks at -1 km/h."""
    with pytest.raises(ConfigError, match="must be more than 0"):
        SnapParams(**params)


@given(at=st.lists(st.tuples(st.floats(-300, 800), st.floats(-300, 800)), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_no_road_is_nearer_than_the_one_taken(at: list[tuple[float, float]]) -> None:
    """The walk is as long as the distance to all roads together, and ends on the edge."""
    network = network_from_graph(grid_town())
    snapped = snap(places(*at), network, params=SnapParams(max_distance_m=1000))
    table = places(*at).to_crs(network.crs)
    streets = [
        shapely.LineString(
            np.column_stack([network.shape_lon, network.shape_lat])[
                network.shape_offsets[e] : network.shape_offsets[e + 1]
            ]
        )
        for e in range(network.n_edges)
    ]
    roads = gpd.GeoSeries(streets, crs="EPSG:4326").to_crs(network.crs)
    on_road = gpd.GeoSeries(
        gpd.points_from_xy(snapped.road_lon, snapped.road_lat), crs="EPSG:4326"
    ).to_crs(network.crs)
    # Positions are rounded to a decimetre before they snap.
    nearest_m = [roads.distance(point).min() for point in table.geometry]
    assert snapped.walk_m == pytest.approx(nearest_m, abs=0.1)
    taken = roads.iloc[snapped.edge].reset_index(drop=True)
    assert on_road.distance(taken, align=False).max() < 0.01
