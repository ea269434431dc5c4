"""Small worlds whose answers can be worked out by hand."""

from __future__ import annotations

import networkx as nx

METRE_DEG = 1 / 111_320
"""Degrees of longitude per metre on the equator, where these worlds lie."""


def _graph() -> nx.MultiDiGraph:
    return nx.MultiDiGraph(crs="EPSG:4326")


def _road(
    graph: nx.MultiDiGraph,
    u: int,
    v: int,
    length_m: float,
    kph: float = 36.0,
    highway: str = "residential",
    oneway: bool = False,  # noqa: FBT001, FBT002
) -> None:
    duration_s = length_m / (kph / 3.6)
    for a, b in ((u, v),) if oneway else ((u, v), (v, u)):
        graph.add_edge(a, b, length=length_m, duration_s=duration_s, highway=highway, oneway=oneway)


def grid_town(n: int = 5, block_m: float = 100.0, kph: float = 36.0) -> nx.MultiDiGraph:
    """
    Make an n × n grid of two-way streets at 36 km/h: 10 s for each 100 m block.

    Node ``row * n + column`` lies `column` blocks east and `row` blocks north of (103.6, 0).
    """
    graph = _graph()
    for row in range(n):
        for column in range(n):
            graph.add_node(
                row * n + column,
                x=103.6 + column * block_m * METRE_DEG,
                y=row * block_m * METRE_DEG,
            )
    for row in range(n):
        for column in range(n):
            here = row * n + column
            if column + 1 < n:
                _road(graph, here, here + 1, block_m, kph)
            if row + 1 < n:
                _road(graph, here, here + n, block_m, kph)
    return graph


def one_way_loop(n: int = 4, block_m: float = 100.0) -> nx.MultiDiGraph:
    """Make a square ring of n one-way streets, 0 → 1 → … → 0, at 36 km/h."""
    graph = _graph()
    corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
    for i in range(n):
        x, y = corners[i % 4]
        graph.add_node(i, x=103.6 + x * block_m * METRE_DEG, y=y * block_m * METRE_DEG)
    for i in range(n):
        _road(graph, i, (i + 1) % n, block_m, oneway=True)
    return graph


def island(block_m: float = 100.0) -> nx.MultiDiGraph:
    """Make a 3 × 3 grid town and, a kilometre east, a street (100–101) that no road reaches."""
    graph = grid_town(3, block_m)
    for i, node in enumerate((100, 101)):
        graph.add_node(node, x=103.6 + (1000 + i * block_m) * METRE_DEG, y=0.0)
    _road(graph, 100, 101, block_m)
    return graph
