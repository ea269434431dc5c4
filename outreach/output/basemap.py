"""The ground as the map's background, drawn from layers: no tiles, so nobody is told of it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import logging
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.output.safe_text import writable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry import LineString

    from outreach.layers.landmarks import Landmarks
    from outreach.routing.network import RoadNetwork

    Boundaries = Sequence[tuple[str, Polygon | MultiPolygon]]

logger = logging.getLogger(__name__)

Place = tuple[str, str, float, float]
"""Name, kind, lon and lat in EPSG:4326."""

AREA = "area"
"""The kind of a place that is the middle of a boundary."""

FORM = "outreach/basemap/1"

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
_TOLERANCE_M: Mapping[str, float] = {
    "river": 15.0,
    "water": 15.0,
    "boundary": 30.0,
    "track": 10.0,
    "street": 8.0,
    "minor": 10.0,
    "ferry": 20.0,
    "main": 10.0,
}
_EVERYWHERE = frozenset({"water", "river", "boundary", "ferry", "main"})
_SEEN_FROM_AFAR = frozenset({"city", "town"})
_LEAST_WATER_M2 = 5_000.0
# Rivers and borders lead a little beyond the roads, and not to the sea.
_MARGIN_DEG = 0.05
_BORDER_GRID_M = 1.0
_RIDDEN_TOLERANCE_M = 50.0
# A quarter of a megabyte is what a page of 0.6 MB has to spare beside Leaflet and the plan.
_MOST_BYTES = 300_000
_MOST_BYTES_WHOLE = 1_000_000
_WGS84 = "EPSG:4326"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Detail:
    """How much is drawn: lesser roads within `near_m` of what is ridden, all `coarser` times."""

    near_m: float
    coarser: float = 1.0


# From the best down to what any page can carry.
_WHOLE = (
    _Detail(near_m=math.inf),
    _Detail(near_m=math.inf, coarser=3.0),
    _Detail(near_m=math.inf, coarser=9.0),
)
_NEAR = (
    _Detail(near_m=2500.0),
    _Detail(near_m=1250.0),
    _Detail(near_m=600.0, coarser=2.0),
    _Detail(near_m=300.0, coarser=4.0),
)


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


def prepare_roads(
    network: RoadNetwork,
    *,
    landmarks: Landmarks | None = None,
    boundaries: Boundaries | None = None,
    cache_dir: Path | None = None,
) -> Roads:
    """
    Sort a network's roads into the classes in which they are drawn, merged and simplified.

    Parameters
    ----------
    network
        One line is drawn for both directions of a road.
    landmarks
        Rivers, waters and places, EPSG:4326; those far from all roads are left out.
    boundaries
        Names and areas, EPSG:4326; a border that areas share is drawn once.
    cache_dir
        Folder where the lines are kept for the next time; without it, or for a network without
        a key, they are made anew.
    """
    from outreach.output.basemap_cache import cached_roads

    def build() -> Roads:
        roads = _prepared(network, landmarks, boundaries or ())
        logger.info("prepared %d lines and %d names", len(roads.lines), len(roads.places))
        return roads

    if cache_dir is None or not network.key:
        return build()
    key = _key(network, landmarks, boundaries or ())
    return cached_roads(key, cache_dir=cache_dir, build=build)


def basemap_for(roads: Roads, paths: Sequence[LineString], *, whole: bool = False) -> str:
    """
    Pack what lies behind a page's ways; equal input gives equal text.

    Parameters
    ----------
    roads
        The prepared ground.
    paths
        What is ridden, EPSG:4326. Lesser roads are drawn within 2.5 km of it, or nearer where a
        page could not carry them; main roads, waters and boundaries everywhere.
    whole
        Draw lesser roads everywhere, more coarsely where there are very many.

    Returns
    -------
    basemap
        Base64 of gzip of JSON: ``form``, ``lines`` (by class, lowest first, polylines with a
        blank between) and ``places`` (name, kind, lon, lat).
    """
    most = _MOST_BYTES_WHOLE if whole else _MOST_BYTES
    packed = ""
    for detail in (*_WHOLE, *_NEAR) if whole else _NEAR:
        packed = _packed(roads, paths, detail)
        if len(packed) <= most:
            break
    return packed


def _packed(roads: Roads, paths: Sequence[LineString], detail: _Detail) -> str:
    import numpy as np
    import shapely

    is_drawn = np.isin(roads.classes, list(_EVERYWHERE))
    places = roads.places
    if math.isinf(detail.near_m):
        is_drawn[:] = True
    else:
        corridor = _corridor(paths, roads.crs, detail.near_m)
        is_drawn |= shapely.intersects(corridor, roads.lines)
        places = _near_places(places, corridor, roads.crs)
    content = {
        "form": FORM,
        "lines": {
            name: _text(roads.lines[is_drawn & (roads.classes == name)], name, roads.crs, detail)
            for name in _TOLERANCE_M
        },
        "places": places,
    }
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    # The time of packing would make equal pages differ.
    return base64.b64encode(gzip.compress(plain, 9, mtime=0)).decode("ascii")


def _corridor(paths: Sequence[LineString], crs: str, near_m: float) -> Polygon | MultiPolygon:
    import numpy as np
    import shapely

    ridden = np.array([path for path in paths if not path.is_empty], dtype=object)
    lines = shapely.simplify(_projected(ridden, _WGS84, crs), _RIDDEN_TOLERANCE_M)
    corridor: Polygon | MultiPolygon = shapely.union_all(shapely.buffer(lines, near_m, quad_segs=4))
    shapely.prepare(corridor)
    return corridor


def _near_places(
    places: Sequence[Place], corridor: Polygon | MultiPolygon, crs: str
) -> tuple[Place, ...]:
    import numpy as np
    import shapely

    points = np.array([place[2:] for place in places], dtype=float).reshape(-1, 2)
    at = _projected(shapely.points(points), _WGS84, crs)
    near = shapely.intersects(corridor, at)
    return tuple(
        place
        for place, is_near in zip(places, near, strict=True)
        if is_near or place[1] in _SEEN_FROM_AFAR
    )


def _text(lines: NDArray[np.object_], name: str, crs: str, detail: _Detail) -> str:
    """Write lines as polylines with blanks between, in an order of their own."""
    import numpy as np
    import shapely

    from outreach.output.polyline import encode_many

    if detail.coarser > 1:
        lines = shapely.simplify(lines, _TOLERANCE_M[name] * detail.coarser)
    degrees, line_of = shapely.get_coordinates(_projected(lines, crs, _WGS84), return_index=True)
    first = np.searchsorted(line_of, np.arange(len(lines)))
    # Merging has no order of its own; neighbours side by side also pack better.
    return " ".join(sorted(encode_many(degrees[:, 0], degrees[:, 1], first)))


def _prepared(network: RoadNetwork, landmarks: Landmarks | None, boundaries: Boundaries) -> Roads:
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
    names = [name for name in _TOLERANCE_M if name in found]
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
    return _projected(lines, _WGS84, network.crs)


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
        return _projected(shapely.get_parts(clipped), _WGS84, self.crs)

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
        return _projected(areas, _WGS84, self.crs)

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
    simple: NDArray[np.object_] = shapely.simplify(merged, _TOLERANCE_M[name])
    return simple


def _rings(waters: NDArray[np.object_]) -> NDArray[np.object_]:
    """Give the outlines of waters, shores of islands among them."""
    import shapely

    # Where two overlap, the page would take the common part for an island.
    joined = shapely.get_parts(shapely.union_all(waters))
    joined = joined[shapely.area(joined) >= _LEAST_WATER_M2]
    simple = shapely.get_parts(shapely.simplify(joined, _TOLERANCE_M["water"]))
    outlines: NDArray[np.object_] = shapely.get_parts(shapely.boundary(simple))
    return outlines


def _borders(areas: NDArray[np.object_]) -> NDArray[np.object_]:
    import shapely

    # Equal borders of two areas may differ in the last digit.
    once = shapely.union_all(shapely.boundary(areas), grid_size=_BORDER_GRID_M)
    return _merged(shapely.get_parts(once), "boundary")


def _projected(geometries: NDArray[np.object_], from_crs: str, to_crs: str) -> NDArray[np.object_]:
    import shapely
    from pyproj import Transformer

    transform = Transformer.from_crs(from_crs, to_crs, always_xy=True).transform
    projected: NDArray[np.object_] = shapely.transform(geometries, transform, interleaved=False)
    return projected


def _key(network: RoadNetwork, landmarks: Landmarks | None, boundaries: Boundaries) -> str:
    """Hash all that the lines depend on."""
    import shapely

    parts = (
        network.key,
        network.crs,
        (_HIGHWAYS, _TOLERANCE_M, _LEAST_WATER_M2, _MARGIN_DEG, _BORDER_GRID_M),
        None if landmarks is None else landmarks.key,
        [(name, shapely.to_wkb(area, hex=True)) for name, area in boundaries],
    )
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()
