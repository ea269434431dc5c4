"""Roads closed for the time being: nobody passes, and who lives before the spot is reached."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.errors import ConfigError, LayerError, PlanningError
from outreach.routing.closures import around, closed, parse_closure, read_closures
from outreach.routing.matrix import travel_matrix
from outreach.routing.network import RoadNetwork, network_from_graph
from outreach.routing.paths import Paths
from outreach.routing.snap import Snapped, snap
from tests.routing.test_matrix import ENGINES, edge_between, make_engine, placed
from tests.worlds import METRE_DEG, grid_town

if TYPE_CHECKING:
    from pathlib import Path


def spot(x_m: float, y_m: float, radius_m: float = 10.0) -> shapely.Polygon:
    """Close so much around a spot east and north of the worlds' corner."""
    return around(103.6 + x_m * METRE_DEG, y_m * METRE_DEG, radius_m)


def shut(network: RoadNetwork) -> set[tuple[int, int]]:
    """Give the ends of the edges that nobody can ride along."""
    closed_ = np.isinf(network.duration_s["dry"])
    assert (closed_ == np.isinf(network.duration_s["wet"])).all()
    ends = network.node_ids[network.edge_from], network.node_ids[network.edge_to]
    return set(zip(ends[0][closed_].tolist(), ends[1][closed_].tolist(), strict=True))


def two_banks() -> nx.MultiDiGraph:
    """Make two streets from south to north, 1 km apart, that one bridge joins: 1 000 m, 100 s."""
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    for node, (x, y) in enumerate([(0, 0), (0, 500), (1000, 500), (1000, 0)]):
        graph.add_node(node, x=103.6 + x * METRE_DEG, y=y * METRE_DEG)
    for u, v, m in ((0, 1, 500.0), (1, 2, 1000.0), (2, 3, 500.0)):
        for a, b in ((u, v), (v, u)):
            graph.add_edge(a, b, length=m, duration_s=m / 10, highway="residential", oneway=False)
    return graph


def test_the_edge_through_the_spot_is_closed_in_both_directions() -> None:
    """In the middle of a block nothing else is hit."""
    network = network_from_graph(grid_town(3))
    assert shut(closed(network, [spot(50, 0)])) == {(0, 1), (1, 0)}
    assert not shut(network)


def test_a_crossing_closes_all_that_meets_there() -> None:
    """Around a corner both of its streets end in the water."""
    network = network_from_graph(grid_town(3))
    assert shut(closed(network, [spot(0, 0)])) == {(0, 1), (1, 0), (0, 3), (3, 0)}


@pytest.mark.parametrize("name", ENGINES)
def test_one_rides_around_with_the_same_engine(name: str) -> None:
    """One block is 10 s, and 30 s around it; what was prepared before still serves."""
    network = network_from_graph(grid_town(3))
    engine = make_engine(name, network)
    places = placed((edge_between(network, 0, 3), 0.0), (edge_between(network, 1, 4), 0.0))
    before = travel_matrix(places, network, season="dry", engine=engine)
    after = travel_matrix(places, closed(network, [spot(50, 0)]), season="dry", engine=engine)
    assert (before.duration_s[0, 1], before.distance_m[0, 1]) == pytest.approx((10, 100))
    assert (after.duration_s[0, 1], after.distance_m[0, 1]) == pytest.approx((30, 300))


@pytest.mark.parametrize("name", ENGINES)
def test_who_lives_before_the_only_bridge_is_reached_from_there(name: str) -> None:
    """Broken at its middle: a quarter of it from the west 25 s, and beyond there is no way."""
    network = network_from_graph(two_banks())
    broken = closed(network, [spot(500, 500)])
    bridge = edge_between(network, 1, 2)
    places = placed((edge_between(network, 0, 1), 1.0), *((bridge, f) for f in (0.25, 0.4, 0.75)))
    matrix = travel_matrix(places, broken, season="dry", engine=make_engine(name, network))
    expected = np.array(
        [
            [0, 25, 40, math.inf],
            [25, 0, 15, math.inf],
            [40, 15, 0, math.inf],
            [math.inf, math.inf, math.inf, 0],
        ]
    )
    assert matrix.duration_s == pytest.approx(expected)
    assert matrix.distance_m == pytest.approx(10 * expected)


def test_whose_house_stands_in_the_water_is_not_reached() -> None:
    """Neither from one side nor from the other."""
    network = network_from_graph(two_banks())
    bridge = edge_between(network, 1, 2)
    places = placed((bridge, 0.25), (bridge, 0.5), (bridge, 0.75))
    matrix = travel_matrix(places, closed(network, [spot(500, 500)]), season="dry")
    assert np.isinf(matrix.duration_s[1, [0, 2]]).all()
    assert np.isinf(matrix.duration_s[[0, 2], 1]).all()


def test_between_two_spots_nobody_is_reached() -> None:
    """Closed one after the other or together, the stretch between them is cut off."""
    network = network_from_graph(two_banks())
    bridge = edge_between(network, 1, 2)
    places = placed((bridge, 0.1), (bridge, 0.5), (bridge, 0.9))
    spots = [spot(300, 500), spot(700, 500)]
    together = closed(network, spots)
    in_turn = closed(closed(network, spots[:1]), spots[1:])
    assert together.closed is not None
    assert in_turn.closed is not None
    assert in_turn.closed.starts_at == pytest.approx(together.closed.starts_at)
    assert in_turn.closed.ends_at == pytest.approx(together.closed.ends_at)
    for network_ in (together, in_turn):
        matrix = travel_matrix(places, network_, season="wet")
        assert np.isfinite(matrix.duration_s).tolist() == np.eye(3, dtype=bool).tolist()


def test_places_lie_where_they_did() -> None:
    """A closed road is snapped to, though others are near."""
    network = network_from_graph(grid_town(3))
    homes = gpd.GeoDataFrame(
        {"id": ["a"]}, geometry=[shapely.Point(103.6 + 45 * METRE_DEG, 0)], crs="EPSG:4326"
    )
    before, after = (snap(homes, roads) for roads in (network, closed(network, [spot(50, 0)])))
    assert (before.edge[0], before.fraction[0]) == (after.edge[0], after.fraction[0])


def test_the_line_on_the_map_goes_around() -> None:
    """The path that is drawn takes as long as the matrix says, and does not touch the spot."""
    network = closed(network_from_graph(grid_town(3)), [spot(150, 0)])
    at = {"a": (103.6 + 130 * METRE_DEG, 0.0), "b": (103.6 + 170 * METRE_DEG, 0.0)}
    homes = gpd.GeoDataFrame(
        {"id": list(at)}, geometry=gpd.points_from_xy(*zip(*at.values(), strict=True)), crs=4326
    )
    snapped = snap(homes, network)
    path = Paths(snapped, network, "dry", at).between("a", "b")
    matrix = travel_matrix(snapped, network, season="dry")
    assert path is not None
    assert path.duration_s == pytest.approx(matrix.duration_s[0, 1], abs=0.01)
    # 30 m back to the corner, three blocks around, 30 m back from the other one.
    assert path.distance_m == pytest.approx(360, rel=0.01)
    assert not path.line.intersects(spot(150, 0, 9))


@settings(max_examples=40, deadline=None)
@given(
    middle=st.tuples(st.integers(0, 400), st.integers(0, 400)),
    radius_m=st.integers(5, 120),
    homes=st.lists(st.tuples(st.integers(0, 39), st.floats(0.02, 0.98)), min_size=2, max_size=6),
)
def test_no_way_leads_through_the_water(
    middle: tuple[int, int], radius_m: int, homes: list[tuple[int, float]]
) -> None:
    """Ways are never shorter than before, and those that are drawn stay outside of the area."""
    network = network_from_graph(grid_town(5))
    area = spot(*middle, radius_m)
    try:
        flooded = closed(network, [area])
    except PlanningError:
        return
    lower = np.flatnonzero(np.arange(network.n_edges) < network.reverse)
    places = placed(*((int(lower[i]), f) for i, f in homes))
    before, after = (travel_matrix(places, roads, season="dry") for roads in (network, flooded))
    assert (after.duration_s >= before.duration_s - 1e-9).all()
    at = dict(zip(places.ids, _on_road(network, places), strict=True))
    paths = Paths(_with_spots(places, at), flooded, "dry", at)
    inner = spot(*middle, radius_m * 0.98)
    for i, a in enumerate(places.ids):
        for j, b in enumerate(places.ids):
            path = paths.between(a, b)
            if i == j or path is None:
                assert i == j or math.isinf(after.duration_s[i, j])
                continue
            assert path.duration_s == pytest.approx(after.duration_s[i, j], abs=0.01)
            assert path.line.length == 0 or not path.line.intersects(inner)


def _on_road(network: RoadNetwork, places: Snapped) -> list[tuple[float, float]]:
    u, v = network.edge_from[places.edge], network.edge_to[places.edge]
    lon = network.lon[u] + places.fraction * (network.lon[v] - network.lon[u])
    lat = network.lat[u] + places.fraction * (network.lat[v] - network.lat[u])
    return list(zip(lon.tolist(), lat.tolist(), strict=True))


def _with_spots(places: Snapped, at: dict[str, tuple[float, float]]) -> Snapped:
    lon, lat = np.array(list(at.values())).T
    return Snapped(
        ids=places.ids,
        edge=places.edge,
        fraction=places.fraction,
        road_lon=lon,
        road_lat=lat,
        walk_m=places.walk_m,
        walk_s=places.walk_s,
    )


def test_areas_without_a_road_are_all_named() -> None:
    """Two of three are in the fields; nothing is closed."""
    network = network_from_graph(grid_town(3))
    with pytest.raises(PlanningError, match=r"2 of the closed areas") as raised:
        closed(network, [spot(50, 50), spot(50, 0), spot(5000, 0)])
    assert len(raised.value.details) == 2
    assert raised.value.details[0][0] == f"{103.6 + 50 * METRE_DEG:.5f},{50 * METRE_DEG:.5f}"


@pytest.mark.parametrize(
    ("text", "radius_m"),
    [("103.6,-1.6", 50), (" 103.6 , -1.6 , 200 ", 200), ("103.6;-1.6;0.5", 0.5)],
)
def test_a_spot_is_read(text: str, radius_m: float) -> None:
    """Fifty metres where no radius is given; the circle is that wide."""
    area = parse_closure(text)
    assert (area.centroid.x, area.centroid.y) == pytest.approx((103.6, -1.6))
    west, south, east, north = area.bounds
    assert (north - south) / 2 * 110_580 == pytest.approx(radius_m, rel=0.01)
    assert (east - west) / 2 * 111_280 == pytest.approx(radius_m, rel=0.01)


@pytest.mark.parametrize(
    "text",
    [
        *("", "103.6", "-1.6,103.6", "a,b", "nan,nan", "inf,0", "1,2,3,4"),
        *("103.6,-1.6,0", "103.6,-1.6,-5", "103.6,-1.6,nan", "103.6,-1.6,1e9"),
    ],
)
def test_what_is_no_spot_is_said(text: str) -> None:
    """Latitude first, too few, too many, or no metres."""
    with pytest.raises(ConfigError, match=r"longitude|radius"):
        parse_closure(text)


def written(folder: Path, *features: dict[str, Any]) -> Path:
    """Write a GeoJSON of features."""
    path = folder / "closed.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return path


def feature(shape: shapely.geometry.base.BaseGeometry | None, **properties: object) -> Any:
    """Make a feature."""
    geometry = None if shape is None else json.loads(shapely.to_geojson(shape))
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def test_a_file_of_areas_spots_and_lines_is_read(tmp_path: Path) -> None:
    """An area stays as it is; a spot and a line are widened by 50 m, or by what they say."""
    square = shapely.box(103.6, 0, 103.601, 0.001)
    here, street = shapely.Point(103.6, 0), shapely.LineString([(103.6, 0), (103.61, 0)])
    path = written(
        tmp_path, feature(square), feature(here), feature(street), feature(here, radius_m="200")
    )
    areas = read_closures(path)
    assert areas[0].equals(square)
    heights_m = [(a.bounds[3] - a.bounds[1]) / 2 * 110_580 for a in areas[1:]]
    assert heights_m == pytest.approx([50, 50, 200], rel=0.01)


def test_features_that_close_nothing_are_all_named(tmp_path: Path) -> None:
    """Without a place, in metres, or with a radius that is none."""
    here = shapely.Point(103.6, 0)
    path = written(
        tmp_path,
        feature(here),
        feature(None),
        feature(shapely.Point(345_000, 9_823_000)),
        feature(here, radius_m="wide"),
    )
    with pytest.raises(LayerError, match=r"3 features") as raised:
        read_closures(path)
    assert [where for where, _ in raised.value.details] == [
        f"closed.geojson {n}" for n in (2, 3, 4)
    ]


def test_a_file_that_is_none_is_said(tmp_path: Path) -> None:
    """Absent, empty, or no GeoJSON."""
    with pytest.raises(LayerError, match="cannot be read"):
        read_closures(tmp_path / "absent.geojson")
    with pytest.raises(LayerError, match="no closed area"):
        read_closures(written(tmp_path))
    (tmp_path / "text.geojson").write_text("flood")
    with pytest.raises(LayerError, match="no GeoJSON"):
        read_closures(tmp_path / "text.geojson")
