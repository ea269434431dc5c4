"""The simplified graph equals the one that osmnx makes of the same ways."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.errors import EmptyNetworkError
from outreach.layers.osm_extract import read_extract
from outreach.routing.impedance import ImpedanceParams
from outreach.routing.network import build_network, to_graph
from tests.osm_files import Way, edges_of, osmnx_graph, write_osm

PLACES = {
    i: (round(103.6 + x, 7), round(-1.6 + y, 7))
    for i, (x, y) in enumerate(
        [(0.0, 0.0), (0.003, 0.001), (0.001, 0.004), (0.005, 0.005), (0.007, 0.0), (0.002, 0.008)],
        1,
    )
}
ROAD = {"highway": "residential"}


def assert_equals_osmnx(folder: Path, ways: list[Way]) -> None:
    """Compare node ids and edges; what neither holds is equal too."""
    used = {ref for _, refs, _ in ways for ref in refs}
    path = write_osm(folder / "roads.osm", {n: PLACES[n] for n in sorted(used)}, ways)
    theirs = osmnx_graph(path)
    try:
        ours = to_graph(build_network(read_extract(path), impedance=ImpedanceParams()), "dry")
    except EmptyNetworkError:
        assert theirs.number_of_edges() == 0
        return
    assert sorted(ours.nodes) == sorted(theirs.nodes)
    assert edges_of(ours) == edges_of(theirs)


def way(identifier: int, *refs: int, **tags: str) -> Way:
    """Give a residential road with further tags."""
    return identifier, refs, {**ROAD, **tags}


@pytest.mark.parametrize(
    "ways",
    [
        pytest.param([way(1, 1, 2, 3)], id="a bend is no node"),
        pytest.param([way(1, 1, 2, 3), way(2, 2, 4)], id="a junction is a node"),
        pytest.param([way(1, 1, 2), way(2, 2, 3)], id="two ways merge"),
        pytest.param([way(1, 1, 2), way(2, 3, 2)], id="two ways drawn towards each other merge"),
        pytest.param([way(1, 1, 2, oneway="yes"), way(2, 2, 3)], id="a one-way begins at a node"),
        pytest.param([way(1, 1, 2, 3, oneway="yes")], id="a one-way bends"),
        pytest.param([way(1, 1, 2, 3, oneway="-1")], id="a one-way against its drawing"),
        pytest.param([way(1, 1, 2, 3, oneway="reverse")], id="reverse"),
        pytest.param([way(1, 1, 2, 3, oneway="T")], id="T runs against the drawing"),
        pytest.param([way(1, 1, 2, 3, oneway="F")], id="F runs along the drawing"),
        pytest.param([way(1, 1, 2, 3, oneway="no")], id="no is two-way"),
        pytest.param([way(1, 1, 2, 3, oneway="alternating")], id="other values are two-way"),
        pytest.param([way(1, 1, 2, 3, 1, oneway="yes")], id="a lone one-way ring vanishes"),
        pytest.param([way(1, 1, 2, 3, 1), way(2, 4, 5)], id="a lone ring vanishes, the rest stays"),
        pytest.param([way(1, 1, 2, 3, 1), way(2, 1, 4)], id="a ring at a road is a self-loop"),
        pytest.param(
            [way(1, 1, 2, 3, 1, junction="roundabout"), way(2, 1, 4), way(3, 3, 5)],
            id="a roundabout is one-way",
        ),
        pytest.param(
            [way(1, 1, 2, 3, 1, junction="roundabout", oneway="-1"), way(2, 1, 4)],
            id="a roundabout drawn the other way round",
        ),
        pytest.param([way(1, 1, 2, 3), way(2, 1, 2, 3)], id="a road drawn twice"),
        pytest.param([way(1, 1, 2, 3), way(2, 1, 4, 3)], id="parallel roads"),
        pytest.param([way(1, 1, 2, 2, 3)], id="a node repeated"),
        pytest.param([way(1, 1, 2, 3, 4, 2, 5)], id="a way crosses itself"),
        pytest.param([way(1, 1, 2, 3, 2, 4)], id="a way goes back on itself"),
        pytest.param([way(1, 1, 1), way(2, 2, 3)], id="a way of one place leaves its node"),
        pytest.param(
            [way(1, 1, 2, oneway="yes"), way(2, 2, 1, oneway="yes"), way(3, 2, 3)],
            id="two one-ways make a two-way",
        ),
        pytest.param(
            [way(1, 1, 2), way(2, 3, 2, oneway="yes"), way(3, 3, 2, oneway="yes")],
            id="one-ways drawn twice end in a two-way",
        ),
    ],
)
def test_each_rule_gives_the_graph_of_osmnx(tmp_path: Path, ways: list[Way]) -> None:
    """Nodes, edges, directions, ways, lengths and shapes agree for each rule."""
    assert_equals_osmnx(tmp_path, ways)


@st.composite
def way_sets(draw: st.DrawFn) -> list[Way]:
    """Draw up to five ways over six places, with every kind of direction."""
    n_ways = draw(st.integers(1, 5))
    n_places = draw(st.integers(3, len(PLACES)))
    refs = st.lists(st.integers(1, n_places), min_size=2, max_size=6)
    tags = st.sampled_from(
        [{}, {}, {"oneway": "yes"}, {"oneway": "-1"}, {"junction": "roundabout"}]
    )
    return [way(i, *draw(refs), **draw(tags)) for i in range(1, n_ways + 1)]


@settings(max_examples=400, deadline=None, derandomize=True)
@given(way_sets())
def test_any_ways_give_the_graph_of_osmnx(ways: list[Way]) -> None:
    """Whatever is drawn, odd or not, the graph is the one that osmnx makes."""
    with tempfile.TemporaryDirectory() as folder:
        assert_equals_osmnx(Path(folder), ways)
