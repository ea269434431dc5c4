"""Where a row lies: from two columns, a geopoint or a geometry, and what can be wrong with it."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING, Any

from outreach.errors import Message
from outreach.layers.values import parse_number, parse_point

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from outreach.layers.checks import CheckParams, Inspection
    from outreach.layers.tables import Table

    Place = tuple[float, float]
    Inside = Callable[[Sequence[float], Sequence[float]], Sequence[bool]]

PLACE_FIELDS = ("lon", "lat", "point", "accuracy")
_MAX_LON = 180
_MAX_LAT = 90
_FEWEST_FOR_MIDDLE = 3
_WRITE_MINUS = Message("write a minus before it, such as -1.6101")


def place_columns(table: Table) -> tuple[tuple[str, ...], ...]:
    """Give the columns that a table needs for its places, as `require_columns` wants them."""
    return () if table.geometry is not None else (("lon", "point"), ("lat", "point"))


def locate(inspection: Inspection, params: CheckParams, area: Any | None) -> list[Any]:
    """
    Read the place of every row, and refuse those that lie nowhere or in the wrong place.

    Parameters
    ----------
    inspection
        Of the table; takes the findings.
    params
        `bounds` and `max_accuracy_m`.
    area
        Shapely polygon in EPSG:4326 that all places must lie in; None: `params.bounds`.

    Returns
    -------
    points
        Shapely points in EPSG:4326; None where there is none to use.
    """
    import shapely

    places = _places(inspection, params)
    known = [row for row, place in enumerate(places) if place is not None]
    spots = [place for place in places if place is not None]
    inside = _inside(params, area)
    fits = inside([lon for lon, _ in spots], [lat for _, lat in spots])
    for row, place, fit in zip(known, spots, fits, strict=True):
        if not fit:
            _explain(inspection, row, place, inside)
    if area is None and params.bounds is None:
        _doubt_signs(inspection, known, [lat for _, lat in spots])
    points: list[Any] = [None] * len(places)
    for row, point in zip(known, shapely.points(spots) if spots else (), strict=True):
        points[row] = point
    return points


def _places(inspection: Inspection, params: CheckParams) -> list[Place | None]:
    lons = inspection.column("lon", parse_number, blank=math.nan)
    lats = inspection.column("lat", parse_number, blank=math.nan)
    accuracies = inspection.column("accuracy", parse_number, blank=math.nan)
    needs_point = [
        (math.isnan(lon) or math.isnan(lat))
        and not inspection.is_broken(row, "lon")
        and not inspection.is_broken(row, "lat")
        for row, (lon, lat) in enumerate(zip(lons, lats, strict=True))
    ]
    geopoints = _geopoints(inspection, needs_point)
    geometry = inspection.table.geometry or (None,) * inspection.n_rows
    places: list[Place | None] = []
    for row, (lon, lat, accuracy) in enumerate(zip(lons, lats, accuracies, strict=True)):
        place: Place | None = None
        if not needs_point[row]:
            place = None if math.isnan(lon) or math.isnan(lat) else (lon, lat)
        elif geopoints[row] is not None:
            geopoint_lon, geopoint_lat, geopoint_accuracy = geopoints[row]
            place = geopoint_lon, geopoint_lat
            if math.isnan(accuracy) and geopoint_accuracy is not None:
                accuracies[row] = geopoint_accuracy
        elif not inspection.is_broken(row, "point"):
            place = _from_geometry(inspection, row, geometry[row])
        places.append(place)
    _check_accuracy(inspection, accuracies, params.max_accuracy_m)
    return places


def _geopoints(inspection: Inspection, needs_point: Sequence[bool]) -> list[Any]:
    """Read geopoints where nothing else tells the place; elsewhere they may be any text."""
    cells = inspection.table.cells.get("point")
    if cells is None:
        return [None] * inspection.n_rows
    wanted = [cell if needed else None for cell, needed in zip(cells, needs_point, strict=True)]
    return inspection.read(wanted, "point", parse_point, blank=None)


def _from_geometry(inspection: Inspection, row: int, geometry: Any) -> Place | None:
    parts = getattr(geometry, "geoms", None)
    if parts is not None and len(parts) == 1:
        geometry = parts[0]
    if geometry is None or geometry.is_empty:
        fields = (field for field in ("lon", "point") if inspection.table.has(field))
        inspection.error(
            row,
            next(fields, None),
            "missing-place",
            Message("the row has no place"),
            Message("write longitude and latitude in degrees, such as 103.6131 and -1.6101"),
        )
        return None
    if geometry.geom_type != "Point":
        inspection.error(
            row,
            None,
            "not-a-point",
            Message("the geometry is a %(kind)s, not a point", {"kind": geometry.geom_type}),
            Message("draw one point for the row"),
        )
        return None
    return float(geometry.x), float(geometry.y)


def _check_accuracy(
    inspection: Inspection, accuracies: Sequence[float], max_accuracy_m: float
) -> None:
    for row, accuracy_m in enumerate(accuracies):
        if accuracy_m > max_accuracy_m:
            inspection.warn(
                row,
                "accuracy",
                "coarse-accuracy",
                Message(
                    "the position is known to %(accuracy_m)s m only",
                    {"accuracy_m": f"{accuracy_m:.0f}"},
                ),
                Message("take the position again under open sky, or check it on a map"),
            )


def _inside(params: CheckParams, area: Any | None) -> Inside:
    """Give the test that a place must pass; latitudes beyond 90 never do."""
    import numpy as np
    import shapely

    if area is not None:
        shapely.prepare(area)
    west, south, east, north = params.bounds or (-_MAX_LON, -_MAX_LAT, _MAX_LON, _MAX_LAT)

    def inside(lons: Sequence[float], lats: Sequence[float]) -> Sequence[bool]:
        lon, lat = np.asarray(lons, dtype=float), np.asarray(lats, dtype=float)
        # Where both are zero no phone has stood: the position was never taken.
        fits = ((lon != 0) | (lat != 0)) & (np.abs(lon) <= _MAX_LON) & (np.abs(lat) <= _MAX_LAT)
        if area is not None:
            fits &= shapely.intersects_xy(area, lon, lat)
        else:
            fits &= (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)
        return [bool(fit) for fit in fits]

    return inside


def _doubt_signs(inspection: Inspection, rows: Sequence[int], lats: Sequence[float]) -> None:
    """Doubt latitudes that a minus would bring to where most of the others lie."""
    middle = statistics.median(lats) if len(lats) >= _FEWEST_FOR_MIDDLE else 0.0
    for row, lat in zip(rows, lats, strict=True):
        is_near_with_minus = abs(-lat - middle) < abs(lat - middle) / 2
        # Where people live on both sides of the equator, a degree across it is nothing odd.
        if middle < 0 < lat and lat - middle > 1 and is_near_with_minus:
            field = "lat" if inspection.table.has("lat") else "point"
            inspection.warn(
                row,
                field if inspection.table.has(field) else None,
                "sign-lost",
                _sign_lost({"lat": f"{lat:g}"}),
                _WRITE_MINUS,
            )


def _sign_lost(numbers: Mapping[str, str]) -> Message:
    return Message("latitude %(lat)s lies north of the equator; its minus is lost", numbers)


def _explain(inspection: Inspection, row: int, place: Place, inside: Inside) -> None:
    """Say what is wrong with a place that does not fit."""
    lon, lat = place
    numbers = {"lon": f"{lon:g}", "lat": f"{lat:g}"}
    swapped, sign_lost = inside([lat, lon], [lon, -lat])
    if lon == 0 and lat == 0:
        code = "zero-place"
        what = Message("longitude and latitude are both 0")
        mend = Message("take the position again, or leave both empty until it is known")
    elif swapped:
        code = "swapped-place"
        what = Message("longitude %(lon)s and latitude %(lat)s are swapped", numbers)
        mend = Message("swap the two: longitude is the larger one, such as 103.6131")
    elif sign_lost:
        code = "sign-lost"
        what, mend = _sign_lost(numbers), _WRITE_MINUS
    elif abs(lon) > _MAX_LON or abs(lat) > _MAX_LAT:
        code = "impossible-degrees"
        what = Message("longitude %(lon)s, latitude %(lat)s are no degrees", numbers)
        mend = Message(
            "write degrees such as 103.6131 and -1.6101; perhaps the decimal point is lost, "
            "or these are metres"
        )
    else:
        code = "outside-area"
        what = Message("longitude %(lon)s, latitude %(lat)s lies outside the area", numbers)
        mend = Message("correct the position, or widen the area in outreach.toml")
    field = "lat" if code == "sign-lost" else "lon"
    if not inspection.table.has(field):
        field = "point" if inspection.table.has("point") else ""
    inspection.error(row, field or None, code, what, mend)
