"""The road network as arrays: what snapping, the matrix and the outputs build on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from outreach.model import Season

SEASONS: tuple[Season, ...] = ("dry", "wet")
EARTH_RADIUS_M = 6_371_009.0
"""Mean radius, as osmnx takes it, so that lengths agree."""

_N_UTM_ZONES = 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClosedEdges:
    """
    Edges that nobody passes, though people may live on either side of the spot.

    Parameters
    ----------
    edge
        The edges, ascending; shape (k,), int64.
    starts_at, ends_at
        Fractions of each edge between which it is closed; shape (k,).
    duration_s
        What the edges take where they are open; shape (k,) per season.
    """

    edge: NDArray[np.int64]
    starts_at: NDArray[np.float64]
    ends_at: NDArray[np.float64]
    duration_s: Mapping[Season, NDArray[np.float64]]


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
        Code of the edge's highway class in `highway_classes`; shape (m,), int16. An edge of
        several ways has the class that covers most of its length.
    highway_classes
        OSM highway values (and ``"ferry"``), by code.
    surface, surface_classes
        OSM surface likewise; -1 where it is not known.
    name, names
        Road name likewise, int32; -1 where there is none.
    oneway, against_way
        Whether the ways of the edge are one-way, and whether it runs against their drawing:
        0 no, 1 yes, 2 partly; shape (m,), int8.
    way_offsets, way_ids
        Edge i consists of the OSM ways ``way_ids[way_offsets[i]:way_offsets[i + 1]]``.
    is_main
        Whether the node is in the largest strongly connected component; shape (n,).
    crs
        A projected CRS in metres that fits the network, such as ``"EPSG:32748"``.
    key
        Hash of the sources and parameters that this network was built from.
    closed
        Edges that are closed for the time being: `inf` in `duration_s`, yet ridden up to there.
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
    surface: NDArray[np.int16]
    surface_classes: tuple[str, ...]
    name: NDArray[np.int32]
    names: tuple[str, ...]
    oneway: NDArray[np.int8]
    against_way: NDArray[np.int8]
    way_offsets: NDArray[np.int64]
    way_ids: NDArray[np.int64]
    closed: ClosedEdges | None = None

    def __post_init__(self) -> None:
        arrays = [getattr(self, name) for name in self.__slots__]
        for array in (*arrays, *self.duration_s.values()):
            if isinstance(array, np.ndarray):
                array.setflags(write=False)

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_ids)

    @property
    def n_edges(self) -> int:
        """Number of directed edges."""
        return len(self.edge_from)

    def stretch_s(self, season: Season) -> NDArray[np.float64]:
        """
        Give what the edges take where they can be ridden, closed ones up to where they are closed.

        This is what parts of an edge are taken from; `duration_s` is for whole edges. Shape (m,).
        """
        if self.closed is None:
            return self.duration_s[season]
        stretch_s = self.duration_s[season].copy()
        stretch_s[self.closed.edge] = self.closed.duration_s[season]
        return stretch_s

    def closed_between(
        self, edge: NDArray[np.integer]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give between which fractions edges are closed; `inf` and `-inf` where they are not."""
        starts_at, ends_at = np.full(len(edge), np.inf), np.full(len(edge), -np.inf)
        if self.closed is not None and len(self.closed.edge):
            at = np.minimum(np.searchsorted(self.closed.edge, edge), len(self.closed.edge) - 1)
            is_closed = self.closed.edge[at] == edge
            starts_at[is_closed] = self.closed.starts_at[at[is_closed]]
            ends_at[is_closed] = self.closed.ends_at[at[is_closed]]
        return starts_at, ends_at


def great_circle_m(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
) -> NDArray[np.float64]:
    """
    Measure along great circles (haversine formula).

    Parameters
    ----------
    lon, lat
        Coordinates in EPSG:4326 degrees.
    start, end
        Positions in them of the ends of each piece.
    """
    phi, lam = np.radians(lat), np.radians(lon)
    a = (
        np.sin((phi[end] - phi[start]) / 2) ** 2
        + np.cos(phi[start]) * np.cos(phi[end]) * np.sin((lam[end] - lam[start]) / 2) ** 2
    )
    distance_m: NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(a, 1)))
    return distance_m


def main_component(
    edge_from: NDArray[np.integer], edge_to: NDArray[np.integer], n_nodes: int
) -> NDArray[np.bool_]:
    """Mark the nodes of the largest strongly connected component; shape (n,)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(edge_from)), (edge_from, edge_to)), shape=(n_nodes, n_nodes))
    _, component = connected_components(links, directed=True, connection="strong")
    sizes = np.bincount(component)[component]
    # Of equals the one with the lowest node id, so that equal inputs agree.
    main: NDArray[np.bool_] = component == component[np.argmax(sizes)]
    return main


def utm_crs(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> str:
    """Choose the UTM zone (WGS 84) of the centre of the nodes."""
    zone = min(int((float(lon.mean()) + 180) // 6) + 1, _N_UTM_ZONES)
    return f"EPSG:{(32600 if lat.mean() >= 0 else 32700) + zone}"


def coded(values: NDArray[np.object_]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Give each string its place in alphabetical order; None and NaN get -1."""
    import pandas as pd

    codes, classes = pd.factorize(values, sort=True)
    return np.asarray(codes, dtype=np.int64), tuple(str(value) for value in classes)
