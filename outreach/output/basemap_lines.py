"""Sort, merge and simplify what is drawn behind the ways: roads, waters, borders, names."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.output.safe_text import writable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry import LineString

    from outreach.layers.landmarks import Landmarks
    from outreach.routing.network import RoadNetwork

    Boundaries = Sequence[tuple[str, Polygon | MultiPolygon]]

Place = tuple[str, str, float, float]
"""Name, kind, lon and lat in EPSG:4326."""

AREA = "area"
"""The kind of a place that is the middle of a boundary."""

WGS84 = "EPSG:4326"

_HIGHWAYS: Mapping[str, Sequence[str]] = {
    "main": ("motorway", "trunk", "primary", "secondary"),
    "minor": ("tertiary", "unclassified", "road"),
    "track": ("track", "path", "bridleway", "footway", "steps", "pedestrian", "cycleway"),
    "ferry": ("ferry",),
}
_CLASS_OF = {
    f"{highway}{link}": name
    for name, highways in _HIGHWAYS.items()
    for highway in highways
    for link in ("", "_link")
}
_OTHER = "street"

# How far a drawn line may be off, lowest class first. A pixel is 5 m where streets first show.
TOLERANCE_M: Mapping[str, float] = {
    "river": 15.0,
    "water": 15.0,
    "boundary": 30.0,
    "track": 10.0,
    "street": 8.0,
    "minor": 10.0,
    "ferry": 20.0,
    "main": 10.0,
}
_LEAST_WATER_M2 = 5_000.0
# Rivers and borders lead a little beyond the roads, and not to the sea.
_MARGIN_DEG = 0.05
_BORDER_GRID_M = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roads:
    """
    A network and what lies around it, made ready to be drawn, once for all maps.

    Parameters
    ----------
    lines
        LineStrings in `crs`: roads, merged between junctions, one for both directions; courses
        of rivers, boundaries, and the rings of waters; shape (m,).
    classes
        How each is drawn: ``river``, ``water``, ``boundary``, ``track``, ``street``, ``minor``,
        ``ferry`` or ``main``; shape (m,).
    places
        Names to be written.
    crs
        Projected, in metres.
    """

    lines: NDArray[np.object_]
    classes: NDArray[np.object_]
    places: tuple[Place, ...]
    crs: str


def prepared(network: RoadNetwork, landmarks: Landmarks | None, boundaries: Boundaries) -> Roads:
    """Make all that can be drawn around a network; see `outreach.output.basemap.prepare_roads`."""
    import numpy as np

    found = dict(_road_lines(network))
    places: tuple[Place, ...] = ()
    window = _window(network)
    if landmarks is not None:
        found["river"] = _merged(window.lines(landmarks.rivers), "river")
        found["water"] = _rings(window.polygons(landmarks.waters))
        places = window.places(landmarks.places)
    if boundaries:
        areas = window.polygons([area for _, area in boundaries])
        found["boundary"] = _borders(areas)
        known = {name.casefold() for name, *_ in places}
        places += window.places(
            [
                (name, AREA, point.x, point.y)
                for name, point in (
                    (name, area.representative_point()) for name, area in boundaries
                )
                if name.casefold() not in known
            ]
        )
    names = [name for name in TOLERANCE_M if name in found]
    return Roads(
        lines=np.concatenate([found[name] for name in names]),
        classes=np.repeat(np.array(names, dtype=object), [len(found[name]) for name in names]),
        places=places,
        crs=network.crs,
    )


def _road_lines(network: RoadNetwork) -> Iterator[tuple[str, NDArray[np.object_]]]:
    import numpy as np

    once = np.flatnonzero((network.reverse < 0) | (np.arange(network.n_edges) < network.reverse))
    names = [_CLASS_OF.get(highway, _OTHER) for highway in network.highway_classes]
    classes = np.array(names, dtype=object)[network.highway[once]]
    lines = _edge_lines(network, once)
    for name in sorted(set(names)):
        yield name, _merged(lines[classes == name], name)


def _edge_lines(network: RoadNetwork, edges: NDArray[np.int64]) -> NDArray[np.object_]:
    import numpy as np
    import shapely

    starts, ends = network.shape_offsets[edges], network.shape_offsets[edges + 1]
    counts = ends - starts
    which = np.repeat(np.arange(len(edges)), counts)
    within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    at = np.repeat(starts, counts) + within
    lines: NDArray[np.object_] = shapely.linestrings(
        np.column_stack((network.shape_lon[at], network.shape_lat[at])),
        indices=which,
        out=np.empty(len(edges), dtype=object),
    )
    return projected(lines, WGS84, network.crs)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """The part of the ground around a network, in degrees, and the network's `crs`."""

    west: float
    south: float
    east: float
    north: float
    crs: str

    def lines(self, lines: Sequence[LineString]) -> NDArray[np.object_]:
        """Cut lines to the window, and project them."""
        import numpy as np
        import shapely

        clipped = shapely.clip_by_rect(
            np.array(lines, dtype=object), self.west, self.south, self.east, self.north
        )
        return projected(shapely.get_parts(clipped), WGS84, self.crs)

    def polygons(self, polygons: Sequence[Polygon | MultiPolygon]) -> NDArray[np.object_]:
        """Cut areas to the window, and project them."""
        import numpy as np
        import shapely

        around = shapely.box(self.west, self.south, self.east, self.north)
        valid = shapely.make_valid(np.array(polygons, dtype=object))
        parts = shapely.get_parts(shapely.intersection(valid, around))
        # What touches the window only, and what making valid left over, are lines and points.
        parts = shapely.get_parts(parts)
        areas = parts[shapely.get_dimensions(parts) == 2]  # noqa: PLR2004 - an area
        return projected(areas, WGS84, self.crs)

    def places(self, places: Sequence[Place]) -> tuple[Place, ...]:
        """Give the places in the window, with names that a page can hold."""
        return tuple(
            (writable(name), kind, round(lon, 5), round(lat, 5))
            for name, kind, lon, lat in places
            if self.west <= lon <= self.east and self.south <= lat <= self.north
        )


def _window(network: RoadNetwork) -> _Window:
    lon, lat = network.shape_lon, network.shape_lat
    return _Window(
        west=float(lon.min()) - _MARGIN_DEG,
        south=float(lat.min()) - _MARGIN_DEG,
        east=float(lon.max()) + _MARGIN_DEG,
        north=float(lat.max()) + _MARGIN_DEG,
        crs=network.crs,
    )


def _merged(lines: NDArray[np.object_], name: str) -> NDArray[np.object_]:
    """Join lines wherever just two meet, and leave out the points that hardly matter."""
    import shapely

    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    simple: NDArray[np.object_] = shapely.simplify(merged, TOLERANCE_M[name])
    return simple


def _rings(waters: NDArray[np.object_]) -> NDArray[np.object_]:
    """Give the outlines of waters, shores of islands among them."""
    import shapely

    # Where two overlap, the page would take the common part for an island.
    joined = shapely.get_parts(shapely.union_all(waters))
    joined = joined[shapely.area(joined) >= _LEAST_WATER_M2]
    simple = shapely.get_parts(shapely.simplify(joined, TOLERANCE_M["water"]))
    outlines: NDArray[np.object_] = shapely.get_parts(shapely.boundary(simple))
    return outlines


def _borders(areas: NDArray[np.object_]) -> NDArray[np.object_]:
    import shapely

    # Equal borders of two areas may differ in the last digit.
    once = shapely.union_all(shapely.boundary(areas), grid_size=_BORDER_GRID_M)
    return _merged(shapely.get_parts(once), "boundary")


def projected(geometries: NDArray[np.object_], from_crs: str, to_crs: str) -> NDArray[np.object_]:
    """Take geometries from one CRS to another, x before y in both."""
    import shapely
    from pyproj import Transformer

    transform = Transformer.from_crs(from_crs, to_crs, always_xy=True).transform
    projected: NDArray[np.object_] = shapely.transform(geometries, transform, interleaved=False)
    return projected


def key_of(network: RoadNetwork, boundaries: Boundaries, *, has_landmarks: bool) -> str:
    """Hash all that the lines depend on."""
    import shapely

    parts = (
        network.key,
        network.crs,
        (_HIGHWAYS, TOLERANCE_M, _LEAST_WATER_M2, _MARGIN_DEG, _BORDER_GRID_M),
        has_landmarks,
        [(name, shapely.to_wkb(area, hex=True)) for name, area in boundaries],
    )
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()
