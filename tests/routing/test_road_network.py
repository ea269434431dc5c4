"""What all networks share: lengths, the main part, the projected CRS."""

from __future__ import annotations

import networkx as nx
import numpy as np
import osmnx as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.routing.road_network import coded, great_circle_m, main_component, utm_crs

DEGREES = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@settings(deadline=None)
@given(st.lists(DEGREES, min_size=2, max_size=8))
def test_lengths_are_those_of_osmnx(places: list[tuple[float, float]]) -> None:
    """Between any two places, to the millimetre (near the antipode to the metre)."""
    lon, lat = np.array(places).T
    here = np.arange(len(places) - 1)
    ours = great_circle_m(lon, lat, here, here + 1)
    theirs = ox.distance.great_circle(lat[:-1], lon[:-1], lat[1:], lon[1:])
    assert ours == pytest.approx(theirs, abs=1e-3, rel=1e-7)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20))
def test_the_main_part_is_a_largest_strong_component(links: list[tuple[int, int]]) -> None:
    """It is one that networkx finds; of equals the one with the lowest node."""
    ends = np.array(links, dtype=np.int64).reshape(-1, 2)
    marked = set(np.flatnonzero(main_component(ends[:, 0], ends[:, 1], 8)).tolist())
    graph = nx.DiGraph(links)
    graph.add_nodes_from(range(8))
    parts = [set(part) for part in nx.strongly_connected_components(graph)]
    largest = max(len(part) for part in parts)
    assert marked == min((p for p in parts if len(p) == largest), key=min)


@pytest.mark.parametrize(
    ("lon", "lat", "crs"),
    [
        (103.6, -1.6, "EPSG:32748"),
        (-8.6, 41.1, "EPSG:32629"),
        (-51.2, -30.0, "EPSG:32722"),
        (180.0, 0.0, "EPSG:32660"),
        (-180.0, 0.0, "EPSG:32601"),
    ],
)
def test_the_crs_is_the_utm_zone_of_the_centre(lon: float, lat: float, crs: str) -> None:
    """North and south, west and east, and on the date line."""
    assert utm_crs(np.array([lon]), np.array([lat])) == crs


def test_strings_are_numbered_in_their_order() -> None:
    """So that equal tables get equal codes; what is missing is -1."""
    codes, classes = coded(np.array(["track", None, "path", float("nan"), "track"], dtype=object))
    assert codes.tolist() == [1, -1, 0, -1, 1]
    assert classes == ("path", "track")
