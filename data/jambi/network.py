"""Nodes and ways as they are drawn, and the extract that they are written to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from geography import to_degrees
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

# Far above any id in use, so that nobody takes these for objects of OpenStreetMap.
FIRST_ID = 900_000_000_001
_DECIMALS = 5


@dataclass(eq=False)
class Net:
    """
    A road network that grows: positions in metres, ways as runs of nodes with tags.

    Areas are positions of ways, the outer one first; places are nodes with tags.
    """

    xy: list[tuple[float, float]] = field(default_factory=list)
    ways: list[tuple[list[int], dict[str, str]]] = field(default_factory=list)
    areas: list[tuple[list[int], dict[str, str]]] = field(default_factory=list)
    places: dict[int, dict[str, str]] = field(default_factory=dict)

    def add_nodes(self, xy: NDArray[np.float64]) -> NDArray[np.int64]:
        """Add nodes and give their positions in the network."""
        start = len(self.xy)
        self.xy.extend(map(tuple, np.asarray(xy).reshape(-1, 2).tolist()))
        return np.arange(start, len(self.xy))

    def add_way(self, nodes: NDArray[np.int64] | list[int], tags: dict[str, str]) -> None:
        """Add a way along nodes that exist."""
        run = [int(node) for node in nodes]
        kept = [b for i, b in enumerate(run) if i == 0 or b != run[i - 1]]
        if len(kept) > 1:
            self.ways.append((kept, tags))

    def add_area(self, rings: list[list[int]], tags: dict[str, str]) -> None:
        """Add an area by its outline and the outlines of its islands, all closed."""
        first = len(self.ways)
        for ring in rings:
            self.add_way(ring, tags if len(rings) == 1 else {})
        if len(rings) > 1:
            self.areas.append((list(range(first, len(self.ways))), tags))

    def add_place(self, xy: NDArray[np.float64], tags: dict[str, str]) -> None:
        """Add a node with tags that no way passes."""
        self.places[int(self.add_nodes(xy)[0])] = tags

    def positions(self) -> NDArray[np.float64]:
        """Positions of all nodes in metres; shape (n, 2)."""
        return np.array(self.xy)

    def used(self) -> NDArray[np.int64]:
        """Nodes that some way passes or that have tags, ascending."""
        passed = (node for nodes, _ in self.ways for node in nodes)
        return np.array(sorted({*passed, *self.places}), dtype=np.int64)

    def keep_largest_part(self) -> None:
        """Leave out the ways that do not hang together with the most of the network."""
        part = self._components(directed=False)
        main = np.bincount(part).argmax()
        self.ways = [(nodes, tags) for nodes, tags in self.ways if part[nodes[0]] == main]

    def free_the_shut_in(self) -> None:
        """Open the one-way streets that lead somewhere without a way back, or out of it."""
        while True:
            strong = self._components(directed=True)
            home = np.bincount(strong[self.used()]).argmax()
            shut = [
                i
                for i, (nodes, tags) in enumerate(self.ways)
                if "oneway" in tags and (strong[nodes] != home).any()
            ]
            if not shut:
                return
            for i in shut:
                nodes, tags = self.ways[i]
                self.ways[i] = nodes, {k: v for k, v in tags.items() if k != "oneway"}

    def _components(self, *, directed: bool) -> NDArray[np.int64]:
        tails, heads = [], []
        for nodes, tags in self.ways:
            tails += nodes[:-1]
            heads += nodes[1:]
            if "oneway" not in tags:
                tails += nodes[1:]
                heads += nodes[:-1]
        n = len(self.xy)
        graph = csr_array((np.ones(len(tails)), (tails, heads)), shape=(n, n))
        _, part = connected_components(graph, directed=directed, connection="strong")
        return np.asarray(part, dtype=np.int64)

    def write(self, path: Path) -> None:
        """Write an extract (PBF), whole or not at all; the same network gives the same bytes."""
        import osmium

        used = self.used()
        number = np.full(len(self.xy), -1)
        number[used] = np.arange(len(used))
        degrees = _apart(np.round(to_degrees(self.positions()[used]), _DECIMALS))
        header = osmium.io.Header()
        header.set("generator", "data/jambi/make.py; synthetic, no OpenStreetMap data")
        whole = path.with_name(f".{path.name}")
        whole.unlink(missing_ok=True)
        file = osmium.io.File(str(whole), "pbf,pbf_dense_nodes=true,add_metadata=false")
        with osmium.SimpleWriter(file, header=header) as writer:
            for i, (node, (lon, lat)) in enumerate(
                zip(used.tolist(), degrees.tolist(), strict=True)
            ):
                tags = self.places.get(node, {})
                writer.add_node(
                    osmium.osm.mutable.Node(id=FIRST_ID + i, location=(lon, lat), tags=tags)
                )
            for i, (nodes, tags) in enumerate(self.ways):
                refs = [FIRST_ID + int(number[node]) for node in nodes]
                writer.add_way(osmium.osm.mutable.Way(id=FIRST_ID + i, nodes=refs, tags=tags))
            for i, (rings, tags) in enumerate(self.areas):
                roles = ["outer", *["inner"] * (len(rings) - 1)]
                members = [
                    ("w", FIRST_ID + ring, role) for ring, role in zip(rings, roles, strict=True)
                ]
                relation = osmium.osm.mutable.Relation(
                    id=FIRST_ID + i, members=members, tags={"type": "multipolygon", **tags}
                )
                writer.add_relation(relation)
        whole.replace(path)


def _apart(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move nodes that rounding put on one spot a metre apart, so that no road is 0 m long."""
    while True:
        _, first = np.unique(degrees, axis=0, return_index=True)
        is_repeated = np.ones(len(degrees), dtype=bool)
        is_repeated[first] = False
        if not is_repeated.any():
            return degrees
        degrees[is_repeated, 0] = np.round(degrees[is_repeated, 0] + 10**-_DECIMALS, _DECIMALS)
