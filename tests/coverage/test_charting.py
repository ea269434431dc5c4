"""What the maps are drawn from, along a straight road."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import networkx as nx
import pytest
from shapely.geometry import box

from outreach.coverage.charting import chart
from outreach.coverage.crew import site_id
from outreach.coverage.isochrones import IsochroneParams
from outreach.coverage.study import Study
from outreach.routing.network import RoadNetwork, network_from_graph
from outreach.routing.snap import Snapped, snap
from tests.coverage.world import child, inquiry, point, setting, worker

SITES = {site_id("near"): 10.0}
COARSE = IsochroneParams(reach_m=300, cell_m=100)


@pytest.fixture(scope="module")
def road() -> tuple[RoadNetwork, Snapped]:
    """Make a road of a node each kilometre, a minute apart, with the office and the site on it."""
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    for km in range(-20, 21):
        graph.add_node(km, x=point(km).x, y=0.0)
    for km in range(-20, 20):
        for u, v in ((km, km + 1), (km + 1, km)):
            graph.add_edge(u, v, length=1000.0, duration_s=60.0, highway="residential")
    network = network_from_graph(graph)
    places = gpd.GeoDataFrame(
        {"id": ["office", *SITES]}, geometry=[point(0), point(10)], crs="EPSG:4326"
    )
    return network, snap(places, network)


def areas() -> gpd.GeoDataFrame:
    """Make an area on each side of kilometre 0, and one in which nobody lives."""
    west, middle, east, end = (point(km).x for km in (-20, 0, 20, 25))
    return gpd.GeoDataFrame(
        {
            "id": ["east", "empty", "west"],
            "name": ["East", "Empty", "West"],
            "district": ["Kota", None, None],
            "population": [100.0, 0.0, 50.0],
        },
        geometry=[box(middle, -1, east, 1), box(east, -1, end, 1), box(west, -1, middle, 1)],
        crs="EPSG:4326",
    )


def studied(*, has_areas: bool = True) -> Study:
    """Study a worker who sees two of four children, three of them in the east."""
    people = [child(f"c{km}", km) for km in (9, 10, 11, -10)]
    asked = setting(
        people,
        [worker("w", hours=2.4)],
        sites=SITES,
        n_weeks=1,
        areas=areas() if has_areas else None,
    )
    found = inquiry(asked, SITES, add=1)
    return Study(replace(found, params=replace(found.params, bands_minutes=(5, 15))))


def test_each_number_of_workers_has_its_map(road: tuple[RoadNetwork, Snapped]) -> None:
    """Bands of both seasons, areas before and after, and who is nearest, for none and one more."""
    network, snapped = road
    study = studied()
    drawn = chart(study, network, snapped, params=COARSE)
    bands = drawn.isochrones
    keys = list(zip(bands["n_added"], bands["season"], bands["minutes"], strict=True))
    assert sorted(keys) == [(n, s, m) for n in (0, 1) for s in ("dry", "wet") for m in (5, 15)]
    by_key = dict(zip(keys, bands.geometry, strict=True))
    # From the site at kilometre 10 the road is reached to its 15th within five minutes, and the
    # walk from it becomes shorter to the end.
    assert not by_key[0, "dry", 5].contains(point(13))
    assert by_key[1, "dry", 5].contains(point(13))
    assert by_key[0, "dry", 15].contains(point(13))
    assert drawn.areas.columns.tolist() == ["id", "name", "district", "geometry"]
    rows = {(n, row.id): row for n, row in drawn.by_area}
    assert {key[1] for key in rows} == {"", "east", "empty", "west"}
    for n_added in (0, 1):
        some = [row for (n, _), row in rows.items() if n == n_added]
        assert sum(r.gap_visits for r in some) == study.gaps(n_added).total().gap_visits
    assert rows[1, "east"].minutes == pytest.approx(2)
    assert rows[0, "east"].minutes == pytest.approx(30)


def test_the_nearest_base_of_an_area(road: tuple[RoadNetwork, Snapped]) -> None:
    """The site takes the east; where nobody lives nobody is nearest."""
    drawn = chart(studied(), *road, params=COARSE)
    assert drawn.catchments == (
        (0, "east", "office"),
        (0, "west", "office"),
        (1, "east", "near"),
        (1, "west", "office"),
    )


def test_without_areas_the_map_has_none(road: tuple[RoadNetwork, Snapped]) -> None:
    """The bands are drawn all the same, and progress is told."""
    told: list[tuple[str, float, float | None]] = []
    drawn = chart(
        studied(has_areas=False),
        *road,
        params=COARSE,
        progress=lambda name, done, of: told.append((name, done, of)),
    )
    assert (len(drawn.areas), drawn.by_area, drawn.catchments) == (0, (), ())
    assert drawn.areas.crs == drawn.isochrones.crs
    assert len(drawn.isochrones) == 8
    assert told == [("isochrones", 0, 2), ("isochrones", 1, 2)]
