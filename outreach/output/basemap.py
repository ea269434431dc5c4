"""The roads themselves as the map's background: no tiles, so nobody is told where we look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry import LineString

    from outreach.routing.network import RoadNetwork

RoadClass = Literal["track", "minor", "main", "ferry"]
Line = tuple[tuple[float, float], ...]

_MAIN = frozenset(
    f"{name}{link}"
    for name in ("motorway", "trunk", "primary", "secondary")
    for link in ("", "_link")
)
_TRACK = frozenset({"track", "path", "bridleway", "footway", "steps", "pedestrian", "cycleway"})

_TOLERANCE_M: Mapping[RoadClass, float] = {"main": 20.0, "minor": 8.0, "track": 8.0, "ferry": 20.0}
_DRAWN: tuple[RoadClass, ...] = ("track", "minor", "main", "ferry")
_EVERYWHERE: tuple[RoadClass, ...] = ("main", "ferry")
_NEAR_M = 1600.0
_LEAST_NEAR_M = 200.0
_STEP_M = 50.0
_WGS84 = "EPSG:4326"
# About 20 bytes a point: half a megabyte of roads, which a cheap phone still opens at once.
_MAX_POINTS = 25_000
# About a metre.
_DECIMALS = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roads:
    """
    A network made ready to be drawn, once for all maps.

    Parameters
    ----------
    lines
        LineStrings in `crs`, one for both directions of a road; shape (m,).
    classes
        How each is drawn; shape (m,).
    vertices, first_vertex
        Corners of all lines, metres in `crs`, shape (k, 2); those of line i begin at
        ``first_vertex[i]``.
    everywhere
        The main roads and ferries, simplified: every map shows all of them.
    crs
        Projected, in metres.
    """

    lines: NDArray[np.object_]
    classes: NDArray[np.object_]
    vertices: NDArray[np.float64]
    first_vertex: NDArray[np.int64]
    everywhere: Mapping[RoadClass, NDArray[np.object_]]
    crs: str


def prepare_roads(network: RoadNetwork) -> Roads:
    """Project a network's roads and sort them into the classes in which they are drawn."""
    import numpy as np
    import shapely

    once = np.flatnonzero((network.reverse < 0) | (np.arange(network.n_edges) < network.reverse))
    classes = np.array([_road_class(name) for name in network.highway_classes], dtype=object)
    lines, drawn_as = _edge_lines(network, once), classes[network.highway[once]]
    vertices, line_of = shapely.get_coordinates(lines, return_index=True)
    return Roads(
        lines=lines,
        classes=drawn_as,
        vertices=vertices,
        first_vertex=np.searchsorted(line_of, np.arange(len(lines))),
        everywhere={
            name: _simplified(lines[drawn_as == name], _TOLERANCE_M[name]) for name in _EVERYWHERE
        },
        crs=network.crs,
    )


def road_lines(roads: Roads, paths: Sequence[LineString]) -> Mapping[RoadClass, tuple[Line, ...]]:
    """
    Give the roads to draw: main ones everywhere, the others near the paths that are followed.

    Parameters
    ----------
    roads
        The prepared network.
    paths
        What is ridden, EPSG:4326. How near is near shrinks until the roads fit in a page.

    Returns
    -------
    lines
        Simplified lines per class, lowest class first; (lon, lat) in EPSG:4326.
    """
    import shapely

    away_m = _away_m(roads, paths)
    near_m = _NEAR_M
    while True:
        near = away_m <= near_m
        lines = {
            name: roads.everywhere[name]
            if name in _EVERYWHERE
            else _simplified(roads.lines[near & (roads.classes == name)], _TOLERANCE_M[name])
            for name in _DRAWN
        }
        n_points = sum(int(shapely.get_num_coordinates(drawn).sum()) for drawn in lines.values())
        if n_points <= _MAX_POINTS or near_m <= _LEAST_NEAR_M:
            break
        near_m /= 2
    return {name: _to_degrees(drawn, roads.crs) for name, drawn in lines.items()}


def _away_m(roads: Roads, paths: Sequence[LineString]) -> NDArray[np.float64]:
    """Tell how far each road's nearest corner is from what is ridden, to about 50 m."""
    import numpy as np
    import shapely
    from pyproj import Transformer
    from scipy.spatial import KDTree

    ridden = [path for path in paths if not path.is_empty]
    if not ridden or not len(roads.lines):
        return np.full(len(roads.lines), np.inf)
    to_metres = Transformer.from_crs(_WGS84, roads.crs, always_xy=True)
    in_metres = shapely.transform(
        np.array(ridden, dtype=object), to_metres.transform, interleaved=False
    )
    # Corners lie far apart on a straight road; the same roads are ridden again and again.
    points = shapely.get_coordinates(shapely.segmentize(in_metres, _STEP_M))
    points = np.unique(np.round(points / _STEP_M), axis=0) * _STEP_M
    away_m, _ = KDTree(points).query(roads.vertices, distance_upper_bound=_NEAR_M)
    nearest: NDArray[np.float64] = np.minimum.reduceat(away_m, roads.first_vertex)
    return nearest


def _road_class(highway: str) -> RoadClass:
    if highway == "ferry":
        return "ferry"
    if highway in _MAIN:
        return "main"
    return "track" if highway in _TRACK else "minor"


def _edge_lines(network: RoadNetwork, edges: NDArray[np.int64]) -> NDArray[np.object_]:
    import numpy as np
    import shapely
    from pyproj import Transformer

    to_metres = Transformer.from_crs(_WGS84, network.crs, always_xy=True)
    x, y = to_metres.transform(network.shape_lon, network.shape_lat)
    starts, ends = network.shape_offsets[edges], network.shape_offsets[edges + 1]
    counts = ends - starts
    which = np.repeat(np.arange(len(edges)), counts)
    within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    at = np.repeat(starts, counts) + within
    lines: NDArray[np.object_] = shapely.linestrings(
        np.column_stack((x[at], y[at])), indices=which, out=np.empty(len(edges), dtype=object)
    )
    return lines


def _simplified(edges: NDArray[np.object_], tolerance_m: float) -> NDArray[np.object_]:
    import shapely

    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(edges)))
    lines: NDArray[np.object_] = shapely.simplify(merged, tolerance_m)
    return lines


def _to_degrees(lines: NDArray[np.object_], crs: str) -> tuple[Line, ...]:
    import numpy as np
    import shapely
    from pyproj import Transformer

    coordinates, which = shapely.get_coordinates(lines, return_index=True)
    to_degrees = Transformer.from_crs(crs, _WGS84, always_xy=True)
    lon, lat = to_degrees.transform(coordinates[:, 0], coordinates[:, 1])
    points = np.column_stack((np.round(lon, _DECIMALS), np.round(lat, _DECIMALS)))
    cuts = np.flatnonzero(np.diff(which)) + 1
    # Merging has no order of its own.
    return tuple(
        sorted(
            tuple((x, y) for x, y in line.tolist()) for line in np.split(points, cuts) if len(line)
        )
    )
