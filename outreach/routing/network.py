"""Roads as arrays and as a networkx MultiDiGraph, with travel times by motorbike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx
    from numpy.typing import NDArray

    from outreach.model import Season


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoadNetwork:
    """
    A simplified road network: n nodes, m directed edges, read-only arrays.

    Parameters
    ----------
    node_ids
        OSM node ids, ascending; shape (n,), int64.
    lon, lat
        Node coordinates in EPSG:4326 degrees; shape (n,).
    edge_from, edge_to
        Positions of the end nodes in `node_ids`; shape (m,), int32. Edges are sorted by
        (from, to, key).
    edge_key
        Key of the edge among its parallels in the MultiDiGraph; shape (m,), int32.
    length_m
        Length along the geometry; shape (m,).
    duration_s
        Seconds by motorbike per season; shape (m,) each; `inf` where shut in that season.
    reverse
        Position of the opposite edge of a two-way road, -1 for a one-way; shape (m,), int32.
    shape_offsets, shape_lon, shape_lat
        Edge i has the coordinates ``shape_lon[shape_offsets[i]:shape_offsets[i + 1]]``, both
        ends included; offsets have shape (m + 1,), int64.
    highway
        Code of the edge's highway class in `highway_classes`; shape (m,), int16.
    highway_classes
        OSM highway values (and ``"ferry"``), by code.
    is_main
        Whether the node is in the largest strongly connected component; shape (n,).
    crs
        A projected CRS in metres that fits the network, such as ``"EPSG:32748"``.
    key
        Hash of the sources and parameters that this network was built from.
    """

    node_ids: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    edge_from: NDArray[np.int32]
    edge_to: NDArray[np.int32]
    edge_key: NDArray[np.int32]
    length_m: NDArray[np.float64]
    duration_s: Mapping[Season, NDArray[np.float64]]
    reverse: NDArray[np.int32]
    shape_offsets: NDArray[np.int64]
    shape_lon: NDArray[np.float64]
    shape_lat: NDArray[np.float64]
    highway: NDArray[np.int16]
    highway_classes: tuple[str, ...]
    is_main: NDArray[np.bool_]
    crs: str
    key: str

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_ids)

    @property
    def n_edges(self) -> int:
        """Number of directed edges."""
        return len(self.edge_from)


def network_from_graph(graph: nx.MultiDiGraph) -> RoadNetwork:
    """
    Take over a MultiDiGraph as osmnx makes it, with `duration_s` on its edges.

    Parameters
    ----------
    graph
        Nodes with `x`, `y` (EPSG:4326); edges with `length` (m), `duration_s` (dry; and
        `duration_wet_s`, when it differs), optionally `highway` and `geometry`.
    """
    import networkx as nx

    nodes = sorted(graph.nodes)
    position = {node: i for i, node in enumerate(nodes)}
    edges = sorted(graph.edges(keys=True, data=True), key=lambda e: (e[0], e[1], e[2]))
    classes: dict[str, int] = {}
    at = {(u, v, k): i for i, (u, v, k, _) in enumerate(edges)}
    offsets, shapes, highway, reverse = [0], [], [], []
    for u, v, k, data in edges:
        if "geometry" in data:
            shape = list(data["geometry"].coords)
        else:
            shape = [(graph.nodes[n]["x"], graph.nodes[n]["y"]) for n in (u, v)]
        shapes.extend(shape)
        offsets.append(len(shapes))
        name = data.get("highway", "unclassified")
        name = name[0] if isinstance(name, list) else name
        highway.append(classes.setdefault(name, len(classes)))
        reverse.append(-1 if data.get("oneway", False) else at.get((v, u, k), -1))
    main = max(nx.strongly_connected_components(graph), key=lambda c: (len(c), -min(c)))
    coordinates = np.asarray(shapes, dtype=float).reshape(-1, 2)
    lon = np.array([graph.nodes[n]["x"] for n in nodes], dtype=float)
    lat = np.array([graph.nodes[n]["y"] for n in nodes], dtype=float)
    dry = np.array([d["duration_s"] for *_, d in edges], dtype=float)
    wet = np.array([d.get("duration_wet_s", d["duration_s"]) for *_, d in edges], dtype=float)
    zone = int((float(lon.mean()) + 180) // 6) + 1
    return RoadNetwork(
        node_ids=np.array(nodes, dtype=np.int64),
        lon=lon,
        lat=lat,
        edge_from=np.array([position[u] for u, *_ in edges], dtype=np.int32),
        edge_to=np.array([position[v] for _, v, *_ in edges], dtype=np.int32),
        edge_key=np.array([k for _, _, k, _ in edges], dtype=np.int32),
        length_m=np.array([d["length"] for *_, d in edges], dtype=float),
        duration_s={"dry": dry, "wet": wet},
        reverse=np.array(reverse, dtype=np.int32),
        shape_offsets=np.array(offsets, dtype=np.int64),
        shape_lon=coordinates[:, 0],
        shape_lat=coordinates[:, 1],
        highway=np.array(highway, dtype=np.int16),
        highway_classes=tuple(classes),
        is_main=np.array([n in main for n in nodes]),
        crs=f"EPSG:{32600 + zone if lat.mean() >= 0 else 32700 + zone}",
        key="",
    )
