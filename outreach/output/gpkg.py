"""`plan.gpkg`: stops, legs and those left out, as layers for QGIS."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from outreach.output.files import write_whole
from outreach.output.gpkg_styles import layer_styles
from outreach.output.itinerary import date_of, entries, routes_of
from outreach.output.left_out import losses_by_kind
from outreach.output.qgis_style import TABLE
from outreach.output.safe_text import writable
from outreach.output.traced import paths_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from outreach.model import Plan
    from outreach.output.words import Words
    from outreach.routing.trace import Traces

logger = logging.getLogger(__name__)

_CRS = "EPSG:4326"
_GEOMETRY = "geom"
_NULLABLE = {"number": "Int64"}


def write_gpkg(plan: Plan, traces: Traces, words: Words, path: Path) -> None:
    """
    Write a GeoPackage with the layers ``stops``, ``legs`` and ``left_out``, in EPSG:4326.

    QGIS finds its styles in the table ``layer_styles``. Equal plans give equal bytes.

    Raises
    ------
    ExportError
        When the file cannot be written.
    """
    import pyogrio

    stops, legs, left_out = _stops(plan), _legs(plan, traces), _left_out(plan, words)
    styles = layer_styles(plan, words, _GEOMETRY)
    stamp = plan.starts_at.strftime("%Y-%m-%dT00:00:00.000Z")
    with write_whole(path) as part:
        # GDAL would note down the present moment as the last change.
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": stamp})
        try:
            for name, table, kind, options in (
                ("stops", stops, "Point", {"GEOMETRY_NAME": _GEOMETRY}),
                ("legs", legs, "LineString", {"GEOMETRY_NAME": _GEOMETRY}),
                ("left_out", left_out, None, {}),
                (TABLE, styles, None, {"FID": "id"}),
            ):
                pyogrio.write_dataframe(
                    table, part, layer=name, driver="GPKG", geometry_type=kind, **options
                )
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    logger.info("wrote %d stops and %d legs to %s", len(stops), len(legs), path.name)


def _stops(plan: Plan) -> gpd.GeoDataFrame:
    import geopandas as gpd

    rows = [
        {
            "team_id": route.team_id,
            "workers": ", ".join(route.worker_ids),
            "circuit_id": route.circuit_id,
            "day": route.day,
            "date": date_of(plan, route.day).isoformat(),
            "position": position,
            "number": entry.number,
            "kind": entry.stop.kind,
            "place_id": entry.stop.place_id,
            "visit_id": entry.stop.visit_id,
            "beneficiary_id": entry.stop.beneficiary_id,
            "category": entry.stop.category,
            "area": entry.stop.area,
            "label": entry.stop.label,
            "is_pinned": entry.stop.is_pinned,
            "arrives_at": entry.arrives.strftime("%H:%M"),
            "starts_at": entry.starts.strftime("%H:%M"),
            "departs_at": entry.departs.strftime("%H:%M"),
            "lon": entry.stop.lon,
            "lat": entry.stop.lat,
        }
        for route in routes_of(plan)
        for position, entry in enumerate(entries(route, plan.starts_at))
    ]
    columns = ("number", "circuit_id", "visit_id", "beneficiary_id", "category", "area", "label")
    table = _table(rows, _STOP_COLUMNS, columns)
    points = gpd.points_from_xy(table["lon"], table["lat"], crs=_CRS)
    return gpd.GeoDataFrame(table.drop(columns=["lon", "lat"]), geometry=points)


_STOP_COLUMNS = (
    *("team_id", "workers", "circuit_id", "day", "date", "position", "number", "kind"),
    *("place_id", "visit_id", "beneficiary_id", "category", "area", "label", "is_pinned"),
    *("arrives_at", "starts_at", "departs_at", "lon", "lat"),
)
_LEG_COLUMNS = (
    *("team_id", "workers", "circuit_id", "day", "date", "position"),
    *("from_id", "to_id", "duration_s", "distance_m", "walk_m"),
)
_LEFT_OUT_COLUMNS = ("kind", "beneficiary_id", "visit_id", "reason", "detail")


def _legs(plan: Plan, traces: Traces) -> gpd.GeoDataFrame:
    import geopandas as gpd

    paths = paths_of(traces)
    rows, lines = [], []
    for route in routes_of(plan):
        way = paths.get((route.team_id, route.day), ())
        for position, leg in enumerate(route.legs):
            rows.append(
                {
                    "team_id": route.team_id,
                    "workers": ", ".join(route.worker_ids),
                    "circuit_id": route.circuit_id,
                    "day": route.day,
                    "date": date_of(plan, route.day).isoformat(),
                    "position": position,
                    "from_id": leg.from_id,
                    "to_id": leg.to_id,
                    "duration_s": leg.duration_s,
                    "distance_m": round(leg.distance_m, 1),
                    "walk_m": round(leg.walk_m, 1),
                }
            )
            lines.append(way[position] if position < len(way) else None)
    table = _table(rows, _LEG_COLUMNS, ("circuit_id",))
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(lines, index=table.index, crs=_CRS))


def _left_out(plan: Plan, words: Words) -> pd.DataFrame:
    rows = [
        {
            "kind": kind,
            "beneficiary_id": loss.beneficiary_id,
            "visit_id": loss.visit_id,
            "reason": loss.reason,
            "detail": words.say(loss.detail),
        }
        for kind, losses in losses_by_kind(plan)
        for loss in losses
    ]
    return _table(rows, _LEFT_OUT_COLUMNS, ("visit_id",))


def _table(
    rows: Sequence[Mapping[str, object]], columns: tuple[str, ...], nullable: tuple[str, ...]
) -> pd.DataFrame:
    import pandas as pd

    kept = [{k: writable(v) if isinstance(v, str) else v for k, v in row.items()} for row in rows]
    table = pd.DataFrame(kept, columns=list(columns))
    # A column of nothing but None has no type that GDAL could write.
    return table.astype({column: _NULLABLE.get(column, "string") for column in nullable})
