"""networkx MultiDiGraph ↔ road network."""

from __future__ import annotations

import contextlib
import gc
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from outreach.errors import EmptyNetworkError, NetworkError
from outreach.routing.impedance import (
    IMPEDANCE_TAGS,
    durations_s,
    edge_speeds_kph,
    is_ferry,
)
from outreach.routing.road_network import (
    SEASONS,
    RoadNetwork,
    coded,
    great_circle_m,
    main_component,
    utm_crs,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import networkx as nx
    from numpy.typing import NDArray

    from outreach.model import Season
    from outreach.routing.impedance import ImpedanceParams

    Edge = tuple[int, int, int, dict[str, Any]]
    Coordinates = tuple[tuple[float, float], ...]


_PARTLY = 2


def network_from_graph(graph: nx.MultiDiGraph) -> RoadNetwork:
    """
    Take over a MultiDiGraph as osmnx makes it, with `duration_s` on its edges.

    Parameters
    ----------
    graph
        Nodes with `x`, `y` (EPSG:4326); edges with `length` (m), `duration_s` (dry; and
        `duration_wet_s`, when it differs), optionally `highway` and `geometry`.
    """
    edges = _sorted_edges(graph)
    dry = [data["duration_s"] for *_, data in edges]
    wet = [data.get("duration_wet_s", data["duration_s"]) for *_, data in edges]
    duration_s: dict[Season, NDArray[np.float64]] = {
        "dry": np.array(dry, dtype=float),
        "wet": np.array(wet, dtype=float),
    }
    highway = [_first(data.get("highway")) or "unclassified" for *_, data in edges]
    return _network(graph, sorted(graph.nodes), edges, duration_s=duration_s, highway=highway)


def network_from_tags(graph: nx.MultiDiGraph, impedance: ImpedanceParams) -> RoadNetwork:
    """
    Give a simplified MultiDiGraph of osmnx the times that its tags allow.

    Where osmnx merged ways of different kinds into one edge, it keeps the values but not which
    part has which: then the slowest holds for the whole edge.

    Raises
    ------
    EmptyNetworkError
        When a motorbike may use none of the edges.
    NetworkError
        When nodes lack coordinates.
    """
    import pandas as pd

    missing = [node for node, data in graph.nodes(data=True) if not {"x", "y"} <= data.keys()]
    if missing:
        raise NetworkError(
            "%(n_nodes)d nodes of the road graph have no coordinates (first: %(node)s); give a"
            " GraphML file as osmnx saves it",
            n_nodes=len(missing),
            node=str(missing[0]),
        )
    edges = _sorted_edges(graph)
    keys = [*IMPEDANCE_TAGS]
    rows = [[data.get(key) for key in keys] for *_, data in edges]
    tags = pd.DataFrame(rows, columns=keys, dtype=object)
    speed_kph = {season: edge_speeds_kph(tags, impedance, season) for season in SEASONS}
    is_open = np.logical_or.reduce([speed > 0 for speed in speed_kph.values()])
    if not is_open.any():
        raise EmptyNetworkError(
            "none of the roads may be used by a motorbike; check the road graph, and the speeds"
            " and access rules in outreach.toml"
        )
    ferry = is_ferry(tags)[is_open]
    edges = [edge for edge, stays in zip(edges, is_open.tolist(), strict=True) if stays]
    length_m = np.array([_length_m(graph, edge) for edge in edges])
    highway = [
        "ferry" if by_water else _first(data.get("highway"))
        for by_water, (*_, data) in zip(ferry.tolist(), edges, strict=True)
    ]
    return _network(
        graph,
        sorted({node for u, v, *_ in edges for node in (u, v)}),
        edges,
        duration_s={
            season: durations_s(length_m, speed_kph[season][is_open], ferry, impedance)
            for season in SEASONS
        },
        highway=highway,
    )


def to_graph(network: RoadNetwork, season: Season) -> nx.MultiDiGraph:
    """
    Make the MultiDiGraph that osmnx would make, with `duration_s` of the season.

    Nodes have `x` and `y`; edges `osmid`, `highway`, `length` (m), `oneway`, `reversed`,
    `duration_s`, where known `name` and `surface`, and `geometry` where they bend. An edge that
    is shut has the duration `inf`. Every function of osmnx can be used on the graph.
    """
    import networkx as nx

    ids = network.node_ids.tolist()
    graph = nx.MultiDiGraph(crs="epsg:4326", simplified=True)
    with _collector_paused():
        graph.add_nodes_from(
            (node, {"y": y, "x": x})
            for node, x, y in zip(ids, network.lon.tolist(), network.lat.tolist(), strict=True)
        )
        graph.add_edges_from(
            zip(
                network.node_ids[network.edge_from].tolist(),
                network.node_ids[network.edge_to].tolist(),
                network.edge_key.tolist(),
                _edge_data(network, season),
                strict=True,
            )
        )
    return graph


@contextlib.contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the garbage collector from walking, again and again, a graph that only grows."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _edge_data(network: RoadNetwork, season: Season) -> list[dict[str, Any]]:
    import shapely

    ways, at = network.way_ids.tolist(), network.way_offsets.tolist()
    rows: list[dict[str, Any]] = []
    for first, stop, highway, oneway, against, length_m, duration_s, name, surface in zip(
        at[:-1],
        at[1:],
        network.highway.tolist(),
        network.oneway.tolist(),
        network.against_way.tolist(),
        network.length_m.tolist(),
        network.duration_s[season].tolist(),
        network.name.tolist(),
        network.surface.tolist(),
        strict=True,
    ):
        data = {
            "osmid": ways[first] if stop - first == 1 else ways[first:stop],
            "highway": network.highway_classes[highway],
            "oneway": _flag(oneway),
            "reversed": _flag(against),
            "length": length_m,
            "duration_s": duration_s,
        }
        if name >= 0:
            data["name"] = network.names[name]
        if surface >= 0:
            data["surface"] = network.surface_classes[surface]
        rows.append(data)

    n_corners = np.diff(network.shape_offsets)
    is_bent = n_corners > 2  # noqa: PLR2004
    bent = np.flatnonzero(is_bent)
    corners = np.column_stack((network.shape_lon, network.shape_lat))
    lines = shapely.linestrings(
        corners[np.repeat(is_bent, n_corners)],
        indices=np.repeat(np.arange(len(bent)), n_corners[bent]),
    )
    for i, line in zip(bent.tolist(), lines, strict=True):
        rows[i]["geometry"] = line
    return rows


def _network(
    graph: nx.MultiDiGraph,
    nodes: Sequence[int],
    edges: Sequence[Edge],
    *,
    duration_s: Mapping[Season, NDArray[np.float64]],
    highway: Sequence[str | None],
) -> RoadNetwork:
    position = {node: i for i, node in enumerate(nodes)}
    edge_from = np.array([position[u] for u, *_ in edges], dtype=np.int32)
    edge_to = np.array([position[v] for _, v, *_ in edges], dtype=np.int32)
    lon = np.array([graph.nodes[node]["x"] for node in nodes], dtype=float)
    lat = np.array([graph.nodes[node]["y"] for node in nodes], dtype=float)
    shapes = [_shape(graph, edge) for edge in edges]
    corners = np.array([c for shape in shapes for c in shape], dtype=float).reshape(-1, 2)
    way_ids = [_all(data.get("osmid")) for *_, data in edges]
    highway_codes, highway_classes = coded(np.array(highway, dtype=object))
    surface, surface_classes = _coded_tag(edges, "surface")
    name, names = _coded_tag(edges, "name")
    return RoadNetwork(
        node_ids=np.array(nodes, dtype=np.int64),
        lon=lon,
        lat=lat,
        edge_from=edge_from,
        edge_to=edge_to,
        edge_key=np.array([key for _, _, key, _ in edges], dtype=np.int32),
        length_m=np.array([_length_m(graph, edge) for edge in edges], dtype=float),
        duration_s=duration_s,
        reverse=_reverse(edges, shapes),
        shape_offsets=_offsets(shapes),
        shape_lon=corners[:, 0].copy(),
        shape_lat=corners[:, 1].copy(),
        highway=highway_codes.astype(np.int16),
        highway_classes=highway_classes,
        surface=surface.astype(np.int16),
        surface_classes=surface_classes,
        name=name.astype(np.int32),
        names=names,
        oneway=_flags(edges, "oneway"),
        against_way=_flags(edges, "reversed"),
        way_offsets=_offsets(way_ids),
        way_ids=np.array([i for ids in way_ids for i in ids], dtype=np.int64),
        is_main=main_component(edge_from, edge_to, len(nodes)),
        crs=utm_crs(lon, lat),
        key="",
    )


def _sorted_edges(graph: nx.MultiDiGraph) -> list[Edge]:
    return sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[:3])


def _shape(graph: nx.MultiDiGraph, edge: Edge) -> Coordinates:
    u, v, _, data = edge
    if "geometry" in data:
        return tuple((x, y) for x, y, *_ in data["geometry"].coords)
    return tuple((graph.nodes[node]["x"], graph.nodes[node]["y"]) for node in (u, v))


def _length_m(graph: nx.MultiDiGraph, edge: Edge) -> float:
    if "length" in edge[3]:
        return float(edge[3]["length"])
    lon, lat = np.array(_shape(graph, edge), dtype=float).T
    here = np.arange(len(lon) - 1)
    return float(great_circle_m(lon, lat, here, here + 1).sum())


def _reverse(edges: Sequence[Edge], shapes: Sequence[Coordinates]) -> NDArray[np.int32]:
    """Pair the two directions of two-way roads by their ends, shape and length."""
    waiting: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    reverse = np.full(len(edges), -1, dtype=np.int32)
    for i, ((u, v, _, data), shape) in enumerate(zip(edges, shapes, strict=True)):
        if data.get("oneway") is True:
            continue
        length_m = round(data.get("length", 0.0), 3)
        partners = waiting[v, u, shape[::-1], length_m]
        if partners:
            partner = partners.pop(0)
            reverse[i], reverse[partner] = partner, i
        else:
            waiting[u, v, shape, length_m].append(i)
    return reverse


def _all(value: object) -> list[Any]:
    """List a tag's values: osmnx keeps a list where merged ways differ."""
    if value is None:
        return []
    return sorted(value, key=str) if isinstance(value, list) else [value]


def _first(value: object) -> str | None:
    values = _all(value)
    return str(values[0]) if values else None


def _coded_tag(edges: Sequence[Edge], key: str) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    return coded(np.array([_first(data.get(key)) for *_, data in edges], dtype=object))


def _flag(code: int) -> bool | list[bool]:
    return [False, True] if code == _PARTLY else code == 1


def _flags(edges: Sequence[Edge], key: str) -> NDArray[np.int8]:
    """Code a flag: 0 no, 1 yes, 2 partly."""
    values = [set(_all(data.get(key, False))) for *_, data in edges]
    return np.array([_PARTLY if len(v) > 1 else int(v == {True}) for v in values], dtype=np.int8)


def _offsets(parts: Sequence[Sequence[object]]) -> NDArray[np.int64]:
    return np.cumsum([0, *(len(part) for part in parts)], dtype=np.int64)
