"""The areas: villages, sub-districts or regencies, as polygons."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any

from outreach.errors import Message
from outreach.layers.checks import Inspection, frame_of, uphold
from outreach.layers.tables import read_table, require_columns
from outreach.layers.values import CellError, parse_id, parse_number, parse_text, quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.layers.checks import CheckParams
    from outreach.layers.layer import Layer
    from outreach.layers.tables import Table, TableSource

logger = logging.getLogger(__name__)

AREA_FIELDS = ("name", "kind", "district", "population", "lon", "lat", "wkt", "id")
_POLYGONS = ("Polygon", "MultiPolygon")
# Digitised borders never meet exactly; a thousandth of the smaller area is no overlap.
_OVERLAP_SHARE = 1e-3
# A lake may be left out on purpose; a missing village is mostly more than this.
_HOLES_SHARE = 1e-2
EQUAL_AREA_CRS = 6933
"""EPSG code in which surfaces are compared, wherever the project lies."""

_DTYPES = {
    "id": "object",
    "name": "object",
    "kind": "object",
    "district": "object",
    "population": "float64",
    "lon": "float64",
    "lat": "float64",
}


def read_areas(source: TableSource, *, params: CheckParams) -> Layer:
    """
    Read and check the layer of areas.

    Parameters
    ----------
    source
        GeoJSON or GeoPackage, or a table with a column of WKT in EPSG:4326.
    params
        `bounds`, that every area must touch.

    Returns
    -------
    layer
        Rows with `id` (code), `name`, `kind`, `district` that it belongs to (None: not known),
        `population` (NaN: not known), `lon` and `lat` of its seat, such as the village office
        (NaN: not known), `geometry` (valid polygons).

    Raises
    ------
    LayerError
        When the table as a whole cannot be used.
    """
    table = read_table(source, AREA_FIELDS, layer="areas")
    require_columns(table, ("id",), *(() if table.geometry is not None else (("wkt",),)))
    return check_areas(table, params=params)


def check_areas(table: Table, *, params: CheckParams) -> Layer:
    """Check a table that was read; see `read_areas`."""
    inspection = Inspection(table)
    inspection.note_ignored()
    ids = inspection.identify()
    names = inspection.column("name", parse_text, blank="")
    populations: list[float | None] = inspection.column("population", parse_number, blank=None)
    inspection.demand(
        "population",
        populations,
        lambda population: population >= 0,
        code="impossible-population",
        what=Message("a population of '%(value)s' cannot be"),
        mend=Message("write how many people live there, or leave it empty"),
    )
    polygons = _read_polygons(inspection, params)
    lons, lats = _read_seats(inspection, polygons)
    columns: dict[str, Sequence[Any]] = {
        "id": ids,
        "name": [name or row_id for name, row_id in zip(names, ids, strict=True)],
        "kind": inspection.column("kind", parse_id, blank=None),
        "district": inspection.column("district", parse_id, blank=None),
        "population": populations,
        "lon": lons,
        "lat": lats,
        "geometry": polygons,
    }
    inspection.compare(columns)
    rows = uphold(_schema(), frame_of(columns, _DTYPES, inspection.good()), layer="areas")
    _warn_of_unknown_population(inspection, rows)
    flat = rows.geometry.to_crs(EQUAL_AREA_CRS)
    _warn_of_overlaps(inspection, rows, flat)
    _warn_of_holes(inspection, flat)
    logger.info("read %d of %d areas", len(rows), inspection.n_rows)
    return inspection.finish("areas", rows)


def _read_polygons(inspection: Inspection, params: CheckParams) -> list[Any]:
    import shapely

    frame = None if params.bounds is None else shapely.box(*params.bounds)
    written = inspection.column("wkt", _parse_wkt, blank=None)
    drawn = inspection.table.geometry or (None,) * inspection.n_rows
    polygons: list[Any] = []
    for row, shape in enumerate(zip(drawn, written, strict=True)):
        polygon = shape[0] if shape[0] is not None else shape[1]
        if polygon is not None and not polygon.is_empty and not polygon.is_valid:
            polygon = _mend(inspection, row, polygon)
        if polygon is None or polygon.is_empty or polygon.geom_type not in _POLYGONS:
            if not inspection.is_broken(row, "wkt"):
                inspection.error(
                    row,
                    None,
                    "not-a-polygon",
                    Message("the area has no polygon"),
                    Message("draw the border of the area as a polygon"),
                )
            polygon = None
        elif frame is not None and not polygon.intersects(frame):
            inspection.error(
                row,
                None,
                "outside-area",
                Message("the area lies outside the bounds"),
                Message("check its coordinate system, or widen the bounds in outreach.toml"),
            )
        polygons.append(polygon)
    return polygons


def _read_seats(inspection: Inspection, polygons: Sequence[Any]) -> tuple[list[float], list[float]]:
    """Read where each area has its seat; one outside its area is not known, and is counted."""
    import numpy as np
    import shapely

    lons = np.array(inspection.column("lon", parse_number, blank=math.nan), dtype=float)
    lats = np.array(inspection.column("lat", parse_number, blank=math.nan), dtype=float)
    is_given = np.isfinite(lons) & np.isfinite(lats)
    is_inside = shapely.intersects_xy(np.array(polygons, dtype=object), lons, lats)
    # Many maps name the middle, which may lie outside, or metres: a column for itself, no fault
    # of each row.
    n_outside = int((is_given & ~is_inside).sum())
    if n_outside:
        inspection.warn(
            -1,
            "lon",
            "seats-outside",
            Message("%(outside)d areas have their seat outside themselves", {"outside": n_outside}),
            Message("write where the office of the area is, in degrees, or leave it empty"),
        )
    return (
        np.where(is_inside, lons, np.nan).tolist(),
        np.where(is_inside, lats, np.nan).tolist(),
    )


def _parse_wkt(value: object) -> Any:
    import shapely

    try:
        return shapely.from_wkt(parse_text(value))
    except shapely.errors.ShapelyError:
        raise CellError(
            "not-a-polygon",
            Message("this is no geometry in WKT"),
            Message("export the areas as GeoPackage or GeoJSON instead"),
        ) from None


def _mend(inspection: Inspection, row: int, polygon: Any) -> Any:
    """Make a border that crosses itself valid, and say so."""
    import shapely

    inspection.warn(
        row,
        None,
        "border-mended",
        Message("the border crosses or touches itself; it was mended"),
        Message("look at the area on a map, and draw the border again if it is wrong"),
    )
    mended = shapely.make_valid(polygon)
    parts = [part for part in getattr(mended, "geoms", (mended,)) if part.geom_type in _POLYGONS]
    return shapely.union_all(parts) if parts else None


def _warn_of_unknown_population(inspection: Inspection, rows: Any) -> None:
    """Warn where some areas have a population and others none; without any, nothing is meant."""
    n_unknown = int(rows["population"].isna().sum())
    if n_unknown and inspection.table.has("population"):
        inspection.warn(
            -1,
            "population",
            "population-unknown",
            Message(
                "%(unknown)d of %(areas)d areas have no population",
                {"unknown": n_unknown, "areas": len(rows)},
            ),
            Message("write how many people live there; till then they count as not known"),
        )


def _warn_of_overlaps(inspection: Inspection, rows: Any, flat: Any) -> None:
    """Warn where areas of one kind overlap: people there would be counted twice."""
    row_of = {inspection.ids[position]: position for position in inspection.good()}
    lefts, rights = flat.sindex.query(flat, predicate="intersects")
    for left, right in sorted(zip(lefts.tolist(), rights.tolist(), strict=True)):
        # A village lies inside its sub-district, and that is no overlap.
        if left >= right or rows["kind"].iloc[left] != rows["kind"].iloc[right]:
            continue
        first, second = flat.iloc[left], flat.iloc[right]
        share = first.intersection(second).area / min(first.area, second.area)
        if share > _OVERLAP_SHARE:
            inspection.warn(
                row_of[rows["id"].iloc[right]],
                None,
                "areas-overlap",
                Message(
                    "it overlaps '%(other)s' by %(share)s percent of the smaller one",
                    {"other": quote(rows["id"].iloc[left]), "share": f"{share:.1%}"[:-1]},
                ),
                Message("mend the common border"),
            )


def _warn_of_holes(inspection: Inspection, flat: Any) -> None:
    """Warn where the areas enclose ground that is part of none: places there are refused."""
    import shapely

    whole = flat.union_all()
    outlines = shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(whole)))
    share = 1 - whole.area / shapely.union_all(outlines).area if len(outlines) else 0.0
    if share > _HOLES_SHARE:
        inspection.warn(
            -1,
            None,
            "areas-with-holes",
            Message(
                "the areas leave holes between them, %(share)s percent of the whole",
                {"share": f"{share:.1%}"[:-1]},
            ),
            Message("add the areas that are missing; places in a hole count as outside"),
        )


def _schema() -> Any:
    import pandera.pandas as pa

    columns = {
        name: pa.Column(dtype, nullable=name not in {"id", "name"})
        for name, dtype in _DTYPES.items()
    }
    columns["population"] = pa.Column("float64", pa.Check.ge(0), nullable=True)
    columns["geometry"] = pa.Column(nullable=False)
    return pa.DataFrameSchema(columns, unique=["id"], strict=True, ordered=True)
