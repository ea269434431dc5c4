"""What is flooded or broken → the roads that nobody passes for the time being."""

from __future__ import annotations

import logging
import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from outreach.errors import ConfigError, LayerError, Message, PlanningError
from outreach.routing.road_network import ClosedEdges

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import shapely
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from outreach.routing.road_network import RoadNetwork

logger = logging.getLogger(__name__)

RADIUS_M = 50.0
"""Around a spot or a line for which no radius is given: a bridge, not the street beside it."""

_MOST_RADIUS_M = 100_000.0
_WGS84 = "EPSG:4326"
_SEPARATOR = re.compile(r"\s*[,;]\s*")


def closed(network: RoadNetwork, areas: Sequence[BaseGeometry]) -> RoadNetwork:
    """
    Close every road that runs through an area, in both seasons and directions.

    Nobody passes what is closed; who lives on a closed edge before or behind the spot is reached
    from that side. Positions on the roads stay as they are, and so does what an engine has
    prepared. Of several spots on one edge, what lies between them is cut off too.

    Parameters
    ----------
    network
        The roads; what is closed on them stays closed.
    areas
        Polygons in EPSG:4326; a point or a line closes only what it touches.

    Raises
    ------
    PlanningError
        Naming every area through which no road runs.
    """
    import pyproj
    import shapely

    to_metres = pyproj.Transformer.from_crs(_WGS84, network.crs, always_xy=True)
    starts_at, ends_at = network.closed_between(np.arange(network.n_edges))
    faults = []
    n_closed = 0
    for number, area in enumerate(areas, start=1):
        spot = shapely.transform(area, to_metres.transform, interleaved=False)
        edge, lines = _lines_near(network, area, to_metres)
        hit = shapely.intersects(lines, spot)
        edge, lines = edge[hit], lines[hit]
        if not len(edge):
            faults.append((_where(area, number), Message("no road runs through it")))
            continue
        n_closed += len(edge)
        first, last = _span(lines, spot)
        np.minimum.at(starts_at, edge, first)
        np.maximum.at(ends_at, edge, last)
        back = network.reverse[edge]
        two_way = back >= 0
        np.minimum.at(starts_at, back[two_way], 1 - last[two_way])
        np.maximum.at(ends_at, back[two_way], 1 - first[two_way])
    if faults:
        raise PlanningError(
            "%(n)d of the closed areas close no road; compare them with the map, or give a larger"
            " radius",
            n=len(faults),
        ).with_details(faults)
    edge = np.flatnonzero(starts_at <= ends_at)
    logger.info("closed %d roads in %d areas", n_closed, len(areas))
    open_s = {season: network.stretch_s(season) for season in network.duration_s}
    shut_s = {season: seconds.copy() for season, seconds in open_s.items()}
    for seconds in shut_s.values():
        seconds[edge] = np.inf
    return replace(
        network,
        duration_s=shut_s,
        closed=ClosedEdges(
            edge=edge,
            starts_at=starts_at[edge],
            ends_at=ends_at[edge],
            duration_s={season: seconds[edge] for season, seconds in open_s.items()},
        ),
    )


def parse_closure(text: str) -> shapely.Polygon:
    """
    Read where a road is closed: ``lon,lat`` or ``lon,lat,radius_m``, such as ``103.61,-1.6,200``.

    Parameters
    ----------
    text
        Decimal degrees, EPSG:4326; without a radius 50 m are closed around the spot.

    Returns
    -------
    area
        EPSG:4326.

    Raises
    ------
    ConfigError
        When `text` is not that.
    """
    parts = _SEPARATOR.split(text.strip())
    try:
        lon, lat, *radius = (float(part) for part in parts)
    except ValueError:
        lon, lat, radius = math.nan, math.nan, []
    radius_m = radius[0] if radius else RADIUS_M
    if len(radius) > 1 or not (abs(lon) <= 180 and abs(lat) <= 90):  # noqa: PLR2004
        raise ConfigError(
            "'%(text)s' is no closed spot: write longitude,latitude or longitude,latitude,metres"
            " such as 103.61,-1.6,200",
            text=text,
        )
    if not 0 < radius_m <= _MOST_RADIUS_M:
        raise ConfigError(
            "'%(text)s': the radius of a closed spot is metres, more than 0 and at most %(most)d",
            text=text,
            most=round(_MOST_RADIUS_M),
        )
    return around(lon, lat, radius_m)


def around(lon: float, lat: float, radius_m: float = RADIUS_M) -> shapely.Polygon:
    """Give the circle around a spot; degrees and the result in EPSG:4326."""
    import shapely

    return _widened(shapely.Point(lon, lat), radius_m)


def read_closures(path: Path) -> tuple[BaseGeometry, ...]:
    """
    Read what is closed from a GeoJSON or GeoPackage: areas, and spots and lines 50 m around.

    A feature's property ``radius_m`` widens it by so many metres.

    Returns
    -------
    areas
        Polygons in EPSG:4326.

    Raises
    ------
    LayerError
        When the file cannot be read, holds nothing, or with all features that cannot be used.
    """
    import shapely

    from outreach.layers.features import read_features

    try:
        found = read_features(path, None, layer="closures")
    except OSError as error:
        raise LayerError(
            "%(file)s cannot be read: %(error)s",
            file=str(path),
            error=error.strerror or str(error),
        ) from error
    given = found.columns.get("radius_m", [None] * len(found.geometry))
    areas, faults = [], []
    for number, (shape, radius) in enumerate(zip(found.geometry, given, strict=True), start=1):
        radius_m = _radius_m(radius)
        fault = _fault(shape, radius_m)
        if fault is not None:
            faults.append((f"{path.name} {number}", fault))
            continue
        is_area = shapely.get_dimensions(shape) > 1
        wider_m = radius_m or (0.0 if is_area else RADIUS_M)
        areas.append(_widened(shapely.make_valid(shape), wider_m) if wider_m else shape)
    if faults:
        raise LayerError(
            "%(n)d features of %(file)s close nothing; draw them again",
            n=len(faults),
            file=path.name,
        ).with_details(faults)
    if not areas:
        raise LayerError("%(file)s holds no closed area", file=path.name)
    return tuple(shapely.make_valid(area) for area in areas)


def _radius_m(value: object) -> float | None:
    """Give a radius; None where none is given, NaN where it cannot be read."""
    if value is None or value == "":
        return None
    try:
        return float(str(value).replace(",", "."))
    except ValueError:
        return math.nan


def _fault(shape: BaseGeometry | None, radius_m: float | None) -> Message | None:
    import shapely

    if shape is None or shape.is_empty:
        return Message("it has no place")
    west, south, east, north = shapely.bounds(shape)
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):  # noqa: PLR2004
        return Message("its coordinates are not longitude and latitude in degrees")
    if radius_m is not None and not 0 <= radius_m <= _MOST_RADIUS_M:
        return Message(
            "its radius_m must be metres, at most %(most)d", {"most": round(_MOST_RADIUS_M)}
        )
    return None


def _widened(shape: BaseGeometry, radius_m: float) -> Any:
    import pyproj
    import shapely

    # True to scale around the shape, wherever on Earth it lies.
    centre = shapely.centroid(shape)
    flat = f"+proj=aeqd +lat_0={centre.y} +lon_0={centre.x} +units=m +ellps=WGS84"
    there = pyproj.Transformer.from_crs(_WGS84, flat, always_xy=True)
    back = pyproj.Transformer.from_crs(flat, _WGS84, always_xy=True)
    wide = shapely.buffer(shapely.transform(shape, there.transform, interleaved=False), radius_m)
    return shapely.transform(wide, back.transform, interleaved=False)


def _lines_near(
    network: RoadNetwork, area: BaseGeometry, to_metres: Any
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Give the roads whose bounds meet those of an area, once each, as projected lines."""
    import shapely

    none = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=object)
    if not network.n_edges or shapely.is_empty(area):
        return none
    begins, lon, lat = network.shape_offsets[:-1], network.shape_lon, network.shape_lat
    west, south, east, north = shapely.bounds(area)
    index = np.arange(network.n_edges)
    is_near = (network.reverse < 0) | (index <= network.reverse)
    is_near &= np.minimum.reduceat(lon, begins) <= east
    is_near &= np.maximum.reduceat(lon, begins) >= west
    is_near &= np.minimum.reduceat(lat, begins) <= north
    is_near &= np.maximum.reduceat(lat, begins) >= south
    edge = np.flatnonzero(is_near)
    if not len(edge):
        return none
    counts = np.diff(network.shape_offsets)
    kept = np.repeat(is_near, counts)
    x, y = to_metres.transform(lon[kept], lat[kept])
    lines = shapely.linestrings(x, y, indices=np.repeat(np.arange(len(edge)), counts[edge]))
    return edge, lines


def _span(
    lines: NDArray[Any], spot: BaseGeometry
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the fractions of lines at which they enter a spot first and leave it last."""
    import shapely

    shared, line = shapely.get_coordinates(shapely.intersection(lines, spot), return_index=True)
    at = shapely.line_locate_point(lines[line], shapely.points(shared), normalized=True)
    first, last = np.full(len(lines), np.inf), np.full(len(lines), -np.inf)
    np.minimum.at(first, line, at)
    np.maximum.at(last, line, at)
    return first, last


def _where(area: BaseGeometry, number: int) -> str:
    import shapely

    if shapely.is_empty(area):
        return str(number)
    centre = shapely.centroid(area)
    return f"{centre.x:.5f},{centre.y:.5f}"
