"""Hand-made OSM files, and what osmnx alone makes of them: the oracle for our own road graph."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    import networkx as nx

    from outreach.layers.osm_extract import RoadWays

Way = tuple[int, "Sequence[int]", "Mapping[str, str]"]


def write_osm(path: Path, nodes: Mapping[int, tuple[float, float]], ways: Iterable[Way]) -> Path:
    """Write nodes (lon, lat) and ways (id, node ids, tags) as OSM XML."""
    root = ET.Element("osm", version="0.6", generator="tests")
    for node, (lon, lat) in nodes.items():
        ET.SubElement(root, "node", id=str(node), lon=repr(lon), lat=repr(lat), version="1")
    for way, refs, tags in ways:
        element = ET.SubElement(root, "way", id=str(way), version="1")
        for ref in refs:
            ET.SubElement(element, "nd", ref=str(ref))
        for key, value in tags.items():
            ET.SubElement(element, "tag", k=key, v=value)
    ET.ElementTree(root).write(path)
    return path


def write_roads(path: Path, roads: RoadWays) -> Path:
    """Write the ways that we read as the OSM XML that osmnx is to read."""
    ids = roads.node_ids.tolist()
    nodes = dict(zip(ids, zip(roads.lon.tolist(), roads.lat.tolist(), strict=True), strict=True))
    at, refs = roads.ref_offsets.tolist(), roads.node_ids[roads.refs].tolist()
    rows = roads.tags[["highway", "oneway", "junction"]].to_dict("records")
    ways = (
        (
            way,
            refs[at[i] : at[i + 1]],
            {str(k): v for k, v in rows[i].items() if isinstance(v, str)},
        )
        for i, way in enumerate(roads.way_ids.tolist())
    )
    return write_osm(path, nodes, ways)


def osmnx_graph(path: Path, *, kept: Collection[int] = ()) -> nx.MultiDiGraph:
    """Let osmnx read and simplify the whole file; the `kept` nodes stay nodes."""
    import osmnx as ox

    graph = ox.graph_from_xml(path, simplify=False, retain_all=True)
    for node in kept:
        graph.nodes[node]["kept"] = True
    return ox.simplify_graph(graph, node_attrs_include=["kept"])


def edges_of(graph: nx.MultiDiGraph) -> Counter[tuple[object, ...]]:
    """Count edges by what must agree: ends, direction flags, ways, length to the centimetre."""
    return Counter(
        (
            u,
            v,
            _settled(data["oneway"]),
            _settled(data["reversed"]),
            _settled(data["osmid"]),
            round(data["length"], 2),
            _corners(graph, u, v, data),
        )
        for u, v, data in graph.edges(data=True)
    )


def _settled(value: object) -> tuple[object, ...]:
    return tuple(sorted(value)) if isinstance(value, list) else (value,)


def _corners(
    graph: nx.MultiDiGraph, u: int, v: int, data: Mapping[str, object]
) -> tuple[tuple[float, float], ...]:
    if "geometry" in data:
        return tuple(data["geometry"].coords)  # type: ignore[attr-defined]
    return tuple((graph.nodes[node]["x"], graph.nodes[node]["y"]) for node in (u, v))
