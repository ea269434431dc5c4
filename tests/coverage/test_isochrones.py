"""What can be reached in time."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely

from outreach.coverage.isochrones import (
    IsochroneParams,
    isochrones,
    population_within,
    road_points,
)
from outreach.routing.engines.dijkstra import DijkstraEngine
from outreach.routing.matrix import travel_matrix
from outreach.routing.network import RoadNetwork, network_from_graph
from outreach.routing.snap import Snapped, snap
from tests.worlds import METRE_DEG, grid_town, one_way_loop

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

FINE = IsochroneParams(reach_m=50, cell_m=10, least_hole_m2=0)
"""Cells of 10 m: a minute of riding is 600 m in these worlds."""


def street(
    *lengths_m: float, oneway: bool = False, highway: str = "residential", wet: float = 1.0
) -> RoadNetwork:
    """Make a street east from (103.6, 0), at 36 km/h, 10 m/s, in the wet season slower."""
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    ends = np.concatenate([[0.0], np.cumsum(lengths_m)])
    for node, x in enumerate(ends):
        graph.add_node(node, x=103.6 + x * METRE_DEG, y=0.0)
    for u, length_m in enumerate(lengths_m):
        for a, b in ((u, u + 1),) if oneway else ((u, u + 1), (u + 1, u)):
            graph.add_edge(
                a,
                b,
                length=length_m,
                duration_s=length_m / 10,
                duration_wet_s=wet * length_m / 10,
                highway=highway,
                oneway=oneway,
            )
    return network_from_graph(graph)


def at(network: RoadNetwork, *metres: tuple[float, float]) -> Snapped:
    """Put places on the roads, so many metres east and north of (103.6, 0)."""
    points = [shapely.Point(103.6 + x * METRE_DEG, y * METRE_DEG) for x, y in metres]
    ids = [f"p{i:03d}" for i in range(len(points))]
    return snap(gpd.GeoDataFrame({"id": ids}, geometry=points, crs="EPSG:4326"), network)


def span(region: Polygon | MultiPolygon) -> tuple[float, float]:
    """Measure from where to where a region goes, in metres east of (103.6, 0)."""
    west, _, east, _ = region.bounds
    return (west - 103.6) / METRE_DEG, (east - 103.6) / METRE_DEG


def one(
    network: RoadNetwork, bases: Snapped, minutes: int = 1, season: str = "dry"
) -> Polygon | MultiPolygon:
    """Draw one band."""
    bands = isochrones(
        network,
        bases,
        minutes=(minutes,),
        season="wet" if season == "wet" else "dry",
        params=FINE,
    )
    return bands.geometry.iloc[0]


def test_a_band_ends_on_the_road_where_time_runs_out() -> None:
    """A minute is 600 m both ways, in the middle of an edge; beside it one walks 50 m at most."""
    network = street(2000, 2000)
    region = one(network, at(network, (2000, 0)))
    assert span(region) == pytest.approx((1400, 2600), abs=25)
    _, south, _, north = region.bounds
    assert (south / METRE_DEG, north / METRE_DEG) == pytest.approx((-50, 50), abs=10)


def test_a_base_in_the_middle_of_an_edge_reaches_both_ways() -> None:
    """No crossing is reached at all."""
    network = street(4000)
    assert span(one(network, at(network, (1700, 0)))) == pytest.approx((1100, 2300), abs=25)


def test_nobody_rides_against_a_one_way_street() -> None:
    """Back from the base one only walks: 50 m take 45 seconds."""
    network = street(4000, oneway=True)
    assert span(one(network, at(network, (1700, 0)))) == pytest.approx((1650, 2300), abs=25)


def test_the_walk_from_the_base_to_the_road_counts() -> None:
    """40 m take 36 seconds, and leave 24 for 240 m."""
    network = street(4000)
    assert span(one(network, at(network, (1700, 40)))) == pytest.approx((1460, 1940), abs=25)


def test_in_the_wet_season_less_is_reached() -> None:
    """At half the speed half as far."""
    network = street(4000, wet=2)
    region = one(network, at(network, (1700, 0)), season="wet")
    assert span(region) == pytest.approx((1400, 2000), abs=25)


def test_a_shut_road_is_not_reached() -> None:
    """Only where the base itself lies."""
    network = street(2000, 2000)
    base = at(network, (2000, 0))
    shut = np.isin(network.edge_from, [1]) & np.isin(network.edge_to, [2])
    shut |= np.isin(network.edge_from, [2]) & np.isin(network.edge_to, [1])
    dry = np.where(shut, np.inf, network.duration_s["dry"])
    closed = replace(network, duration_s={"dry": dry, "wet": dry})
    assert span(one(closed, base)) == pytest.approx((1400, 2050), abs=25)


def test_nobody_lives_on_the_way_of_a_ferry() -> None:
    """What lies behind is reached, the water is not."""
    river = nx.MultiDiGraph(crs="EPSG:4326")
    for node, x in enumerate((0, 1000, 1300, 2000)):
        river.add_node(node, x=103.6 + x * METRE_DEG, y=0.0)
    for a, b, highway in ((0, 1, "track"), (1, 2, "ferry"), (2, 3, "track")):
        for u, v in ((a, b), (b, a)):
            length = abs(river.nodes[u]["x"] - river.nodes[v]["x"]) / METRE_DEG
            river.add_edge(u, v, length=length, duration_s=length / 10, highway=highway)
    network = network_from_graph(river)
    region = one(network, at(network, (900, 0)))
    assert span(region) == pytest.approx((300, 1500), abs=25)
    middle = shapely.Point(103.6 + 1150 * METRE_DEG, 0)
    assert not region.intersects(middle)


def test_who_the_matrix_says_is_in_time_is_in_the_band() -> None:
    """People along the streets of a town, by the engine that the planner uses."""
    network = network_from_graph(grid_town(12))
    rng = np.random.default_rng(5)
    people = np.stack([rng.uniform(0, 1100, 200), 100.0 * rng.integers(0, 12, 200)], axis=1)
    people[::2] = people[::2, ::-1]
    base = (440.0, 300.0)
    snapped = at(network, base, *people)
    matrix = travel_matrix(snapped, network, season="dry", engine=DijkstraEngine(network=network))
    region = one(network, snapped.take(np.array([0])))
    shapely.prepare(region)
    lonlat = [(103.6 + x * METRE_DEG, y * METRE_DEG) for x, y in people]
    is_in = shapely.intersects(region, shapely.points(lonlat))
    duration_s = matrix.duration_s[0, 1:]
    # The border lies inside, by less than a cell of 10 m, which is nine seconds of walking.
    assert is_in[duration_s <= 54].all()
    assert not is_in[duration_s > 60].any()
    assert 20 < is_in.sum() < 180


def test_bands_hold_each_other_and_come_largest_first() -> None:
    """Of fewer minutes within those of more; whatever the order that was asked for."""
    network = network_from_graph(grid_town(30))
    base = at(network, (500, 500), (2000, 1500))
    bands = isochrones(network, base, minutes=(2, 1, 4, 2), season="dry", params=FINE)
    assert bands["minutes"].tolist() == [4, 2, 1]
    assert set(bands["season"]) == {"dry"}
    assert bands.crs.to_epsg() == 4326
    assert bands.geometry.is_valid.all()
    flat = bands.to_crs(network.crs).geometry
    for outer, inner in zip(flat, flat.iloc[1:], strict=False):
        assert inner.difference(outer).area < 1
        assert inner.area < outer.area


def test_several_bases_reach_what_each_of_them_reaches() -> None:
    """The nearest counts."""
    network = network_from_graph(grid_town(20))
    both = at(network, (300, 300), (1500, 1200))
    together = one(network, both)
    apart = [one(network, both.take(np.array([i]))) for i in (0, 1)]
    assert together.symmetric_difference(shapely.union_all(apart)).area < 0.01 * together.area


def test_more_time_reaches_everything() -> None:
    """Two hours in a small town: the town, and 50 m around it."""
    network = network_from_graph(one_way_loop())
    region = gpd.GeoSeries([one(network, at(network, (0, 0)), 120)], crs="EPSG:4326")
    ring = 4 * 100 * 100 + math.pi * 50**2
    # A street of 100 m and 50 m on both sides, four times; inside, the halves meet.
    assert region.to_crs(network.crs).area.iloc[0] == pytest.approx(ring - 2 * 50 * 100, rel=0.1)


def test_a_long_border_is_simplified_and_small_holes_are_filled() -> None:
    """The blocks of a town are within walking distance or not worth drawing."""
    network = network_from_graph(grid_town(20))
    base = at(network, (900, 900))
    few = replace(FINE, least_hole_m2=1e6, most_vertices=40)
    drawn = isochrones(network, base, minutes=(1,), season="dry", params=few)
    assert shapely.get_num_coordinates(drawn.geometry.iloc[0]) <= 40
    assert shapely.get_num_coordinates(one(network, base)) > 80
    holed = isochrones(network, base, minutes=(1,), season="dry", params=replace(FINE, reach_m=20))
    filled = isochrones(
        network,
        base,
        minutes=(1,),
        season="dry",
        params=replace(FINE, reach_m=20, least_hole_m2=10_000),
    )
    assert sum(len(p.interiors) for p in shapely.get_parts(holed.geometry.iloc[0])) > 20
    assert sum(len(p.interiors) for p in shapely.get_parts(filled.geometry.iloc[0])) == 0


def test_points_may_be_laid_once_for_all_seasons() -> None:
    """The same bands come out."""
    network = network_from_graph(grid_town(6))
    base = at(network, (100, 100))
    points = road_points(network, params=FINE)
    first = isochrones(network, base, minutes=(1,), season="dry", params=FINE, points=points)
    second = isochrones(network, base, minutes=(1,), season="dry", params=FINE)
    assert first.geometry.iloc[0].equals(second.geometry.iloc[0])


def test_without_a_base_nothing_is_reached() -> None:
    """No band, but the columns; nor without minutes."""
    network = network_from_graph(grid_town(3))
    base = at(network, (0, 0))
    nobody = base.take(np.array([], dtype=np.int64))
    for bases, minutes in ((nobody, (30, 60)), (base, ())):
        bands = isochrones(network, bases, minutes=minutes, season="dry")
        assert len(bands) == 0
        assert list(bands.columns) == ["season", "minutes", "geometry"]


def test_people_are_counted_by_the_share_of_their_area() -> None:
    """Half of one area, all of another, nothing of the third; of the fourth nobody knows."""
    boxes = [shapely.box(x, 0, x + 0.01, 0.01) for x in (0, 0.01, 0.05, 0)]
    areas = gpd.GeoDataFrame(
        {"population": [1000, 200, 50, np.nan]}, geometry=boxes, crs="EPSG:4326"
    )
    bands = gpd.GeoDataFrame(
        {"season": ["wet", "wet"], "minutes": [60, 30]},
        geometry=[shapely.box(0.005, 0, 0.02, 0.01), shapely.box(0.005, 0, 0.01, 0.01)],
        crs="EPSG:4326",
    )
    assert population_within(areas, bands) == {("wet", 60): 700, ("wet", 30): 500}


def test_where_no_population_is_known_nothing_is_told() -> None:
    """Rather than nought."""
    areas = gpd.GeoDataFrame(
        {"population": [np.nan]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:4326"
    )
    bands = gpd.GeoDataFrame(
        {"season": ["dry"], "minutes": [30]}, geometry=areas.geometry.tolist(), crs="EPSG:4326"
    )
    assert population_within(areas, bands) == {}
