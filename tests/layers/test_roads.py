"""Roads from whatever the user has."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import networkx as nx
import osmnx as ox
import pytest

from outreach.errors import EmptyNetworkError, NetworkError
from outreach.layers import overpass
from outreach.layers.osm_extract import RoadWays
from outreach.layers.roads import download_to, read_roads
from tests.osm_files import write_osm
from tests.worlds import grid_town

if TYPE_CHECKING:
    from pathlib import Path

PLACES = {1: (103.6, -1.6), 2: (103.61, -1.6), 3: (103.62, -1.61)}
WAYS = [(1, (1, 2, 3), {"highway": "residential"})]


@pytest.fixture
def graphml(tmp_path: Path) -> Path:
    """Give a simplified graph of one road as osmnx saves it."""
    graph = ox.graph_from_xml(write_osm(tmp_path / "in.osm", PLACES, WAYS), retain_all=True)
    ox.save_graphml(graph, tmp_path / "roads.graphml")
    return tmp_path / "roads.graphml"


def test_an_extract_gives_its_ways(tmp_path: Path) -> None:
    """The suffix tells an extract, in capitals too."""
    roads = read_roads(write_osm(tmp_path / "ROADS.OSM", PLACES, WAYS))
    assert isinstance(roads, RoadWays)
    assert roads.way_ids.tolist() == [1]


def test_graphml_gives_its_graph(graphml: Path) -> None:
    """A graph comes back as it was saved, with numbers as numbers."""
    graph = read_roads(graphml)
    assert isinstance(graph, nx.MultiDiGraph)
    assert sorted(graph.edges(keys=True)) == [(1, 3, 0), (3, 1, 0)]
    assert graph.edges[1, 3, 0]["length"] == pytest.approx(2684, abs=1)
    assert graph.edges[1, 3, 0]["oneway"] is False


def test_packed_graphml_gives_the_same(graphml: Path) -> None:
    """A gzipped file is unpacked."""
    packed = graphml.with_name("roads.graphml.gz")
    packed.write_bytes(gzip.compress(graphml.read_bytes()))
    graph = read_roads(packed)
    assert isinstance(graph, nx.MultiDiGraph)
    assert nx.utils.edges_equal(graph.edges, read_roads(graphml).edges, directed=True)  # type: ignore[union-attr]


def test_a_projected_graph_comes_back_in_degrees(graphml: Path) -> None:
    """A graph in metres is turned into EPSG:4326."""
    ox.save_graphml(ox.project_graph(ox.load_graphml(graphml)), graphml)
    graph = read_roads(graphml)
    assert isinstance(graph, nx.MultiDiGraph)
    assert graph.nodes[1]["x"] == pytest.approx(103.6, abs=1e-6)
    assert graph.nodes[1]["y"] == pytest.approx(-1.6, abs=1e-6)


def test_a_graph_that_was_not_simplified_is(tmp_path: Path) -> None:
    """Bends are no nodes, whoever saved the graph."""
    path = write_osm(tmp_path / "in.osm", PLACES, WAYS)
    raw = ox.graph_from_xml(path, retain_all=True, simplify=False)
    ox.save_graphml(raw, tmp_path / "raw.graphml")
    graph = read_roads(tmp_path / "raw.graphml")
    assert isinstance(graph, nx.MultiDiGraph)
    assert sorted(graph.nodes) == [1, 3]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda text: text[: len(text) // 2], id="cut off"),
        pytest.param(lambda _: "", id="empty"),
        pytest.param(lambda _: "<html>no</html>", id="another kind of XML"),
        pytest.param(lambda text: text.replace("epsg:4326", "nowhere"), id="unknown CRS"),
        pytest.param(lambda text: text.replace(">103.6<", ">east<"), id="no number"),
        pytest.param(lambda text: text.replace('id="1"', 'id="one"'), id="no OSM id"),
    ],
)
def test_damaged_graphml_is_named(graphml: Path, damage: Any) -> None:
    """The error says which file cannot be read."""
    text = graphml.read_text()
    damaged = damage(text)
    assert damaged != text
    graphml.write_text(damaged)
    with pytest.raises(NetworkError, match=r"roads\.graphml"):
        read_roads(graphml)


def test_gzip_that_was_cut_off_is_named(graphml: Path) -> None:
    """A packed file may break too."""
    packed = graphml.with_name("roads.graphml.gz")
    packed.write_bytes(gzip.compress(graphml.read_bytes())[:-20])
    with pytest.raises(NetworkError, match=r"roads\.graphml\.gz"):
        read_roads(packed)


def test_a_graph_without_roads_is_empty(tmp_path: Path) -> None:
    """Nodes alone are no network."""
    graph = grid_town(2)
    graph.remove_edges_from(list(graph.edges))
    ox.save_graphml(graph, tmp_path / "none.graphml")
    with pytest.raises(EmptyNetworkError, match="no road"):
        read_roads(tmp_path / "none.graphml")


@pytest.mark.parametrize("name", ["gone.graphml", "gone.osm.pbf"])
def test_an_absent_file_is_named(tmp_path: Path, name: str) -> None:
    """The error names the file to put there."""
    with pytest.raises(NetworkError, match="no such file"):
        read_roads(tmp_path / name)


def test_an_unknown_kind_of_file_is_told_the_known_ones(tmp_path: Path) -> None:
    """The error lists what could be given instead."""
    with pytest.raises(NetworkError, match=r"roads\.shp.*\.osm\.pbf.*\.graphml"):
        read_roads(tmp_path / "roads.shp")


def test_a_place_is_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A string is a place; only it is sent."""
    asked = []

    def download(place: str, **_: object) -> nx.MultiDiGraph:
        asked.append(place)
        return grid_town(2)

    monkeypatch.setattr(overpass, "download_roads", download)
    graph = read_roads("Kota Jambi, Indonesia")
    assert asked == ["Kota Jambi, Indonesia"]
    assert isinstance(graph, nx.MultiDiGraph)


def test_a_download_is_kept_as_graphml(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What was downloaded can be read again, and nothing else is left beside it."""
    monkeypatch.setattr(overpass, "download_roads", lambda _, **__: _saved(grid_town(3)))
    download_to(tmp_path / "new" / "roads.graphml", "Kota Jambi, Indonesia")
    graph = read_roads(tmp_path / "new" / "roads.graphml")
    assert isinstance(graph, nx.MultiDiGraph)
    assert graph.number_of_edges() == 24
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["roads.graphml"]


def test_a_download_that_cannot_be_kept_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A file where the folder should be is an error that a user understands."""
    monkeypatch.setattr(overpass, "download_roads", lambda _, **__: _saved(grid_town(3)))
    (tmp_path / "new").write_text("in the way")
    with pytest.raises(NetworkError, match=r"roads\.graphml: cannot be written"):
        download_to(tmp_path / "new" / "roads.graphml", "Kota Jambi, Indonesia")


def _saved(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    graph.graph["simplified"] = True
    return graph
