"""`coverage.gpkg`: areas with their gap, reach, bases and catchments, as layers for QGIS."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING

from outreach.output.coverage_rows import name_of
from outreach.output.coverage_styles import (
    areas_style,
    catchments_style,
    isochrones_style,
    sites_style,
)
from outreach.output.files import write_whole
from outreach.output.qgis_style import TABLE, style_table
from outreach.output.safe_text import writable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from outreach.coverage.result import Coverage, CoverageMap, Site
    from outreach.output.coverage_rows import Told, ToldRow
    from outreach.output.words import Words

logger = logging.getLogger(__name__)

_CRS = "EPSG:4326"
_GEOMETRY = "geom"
_TEXT, _COUNT, _AMOUNT = "string", "Int64", "Float64"
_AREA_COLUMNS: Mapping[str, str] = {
    "n_added": _COUNT,
    "area_id": _TEXT,
    "name": _TEXT,
    "district": _TEXT,
    "population": _COUNT,
    "n_people": _COUNT,
    "visits_per_week": _AMOUNT,
    "service_h_per_week": _AMOUNT,
    "required_visits": _COUNT,
    "delivered_visits": _COUNT,
    "gap_visits": _COUNT,
    "share_not_made": _AMOUNT,
    "gap_h": _AMOUNT,
    "n_with_gap": _COUNT,
    "n_uncovered": _COUNT,
    "mean_minutes": _AMOUNT,
}
_ISOCHRONE_COLUMNS: Mapping[str, str] = {
    "n_added": _COUNT,
    "season": _TEXT,
    "minutes": _COUNT,
    "n_people": _COUNT,
    "population": _COUNT,
}
_SITE_COLUMNS: Mapping[str, str] = {
    "n_added": _COUNT,
    "site_id": _TEXT,
    "label": _TEXT,
    "kind": _TEXT,
}
_CATCHMENT_COLUMNS: Mapping[str, str] = {"n_added": _COUNT, "site_id": _TEXT, "site": _TEXT}


def write_coverage_gpkg(
    coverage: Coverage, map_: CoverageMap, told: Told, path: Path, words: Words
) -> None:
    """
    Write ``areas``, ``isochrones``, ``catchments`` and ``sites``, in EPSG:4326.

    Every layer tells by `n_added` with how many workers more: 0 is the present; of a site, which
    of the added workers opens it. Areas are merged and withheld as `told` says, catchments are
    made of the merged ones, and what has nothing to tell is no layer. QGIS finds its styles in the
    table ``layer_styles``. Equal coverage gives equal bytes.

    Raises
    ------
    ExportError
        When the file cannot be written.
    """
    import pyogrio

    areas, catchments = _areas(map_, told, words), _catchments(coverage, map_, told)
    isochrones, sites = _isochrones(map_, told), _sites(coverage)
    layers: dict[str, gpd.GeoDataFrame] = {
        name: table
        for name, table in (
            ("areas", areas),
            ("isochrones", isochrones),
            ("catchments", catchments),
            ("sites", sites),
        )
        if len(table)
    }
    made = {
        "areas": areas_style(_numbers(areas), words),
        "isochrones": isochrones_style(
            _numbers(isochrones),
            sorted(set(isochrones["season"])),
            sorted(set(isochrones["minutes"])),
            words,
            planned=coverage.season,
        ),
        "catchments": catchments_style(_numbers(catchments), words),
        "sites": sites_style(words),
    }
    styles = style_table({name: made[name] for name in layers}, _GEOMETRY, coverage.starts_on)
    with write_whole(path) as part:
        # GDAL would note down the present moment as the last change.
        stamp = f"{coverage.starts_on.isoformat()}T00:00:00.000Z"
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": stamp})
        try:
            for name, table in layers.items():
                kind = "Point" if name == "sites" else "MultiPolygon"
                pyogrio.write_dataframe(
                    table,
                    part,
                    layer=name,
                    driver="GPKG",
                    geometry_type=kind,
                    promote_to_multi=kind != "Point",
                    GEOMETRY_NAME=_GEOMETRY,
                )
            pyogrio.write_dataframe(styles, part, layer=TABLE, driver="GPKG", FID="id")
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    logger.info("wrote %d layers to %s", len(layers), path.name)


def _areas(map_: CoverageMap, told: Told, words: Words) -> gpd.GeoDataFrame:
    shapes = _shapes(map_)
    if not shapes:
        return _table((), (), _AREA_COLUMNS)
    names = {row.id: name_of(row, words) for row in told.districts}
    rows = [
        {
            "n_added": step.n_added,
            "area_id": row.id,
            "name": name_of(row, words),
            "district": names.get(row.district or ""),
            "population": row.population,
            "n_people": row.n_people,
            "visits_per_week": row.visits_per_week,
            "service_h_per_week": row.service_h_per_week,
            "required_visits": row.required_visits,
            "delivered_visits": row.delivered_visits,
            "gap_visits": row.gap_visits,
            "share_not_made": _share_not_made(row),
            "gap_h": row.gap_h,
            "n_with_gap": row.n_with_gap,
            "n_uncovered": row.n_uncovered,
            "mean_minutes": row.mean_minutes,
        }
        for step in told.steps
        for row in step.areas
    ]
    merged = {row.id: _merged(row, shapes) for row in told.areas}
    return _table(rows, (merged.get(str(row["area_id"])) for row in rows), _AREA_COLUMNS)


def _share_not_made(row: ToldRow) -> float | None:
    if row.share_delivered is None or not row.required_visits:
        return None
    return 1 - row.share_delivered


def _isochrones(map_: CoverageMap, told: Told) -> gpd.GeoDataFrame:
    bands = {(band.season, band.minutes): band for band in told.bands}
    rows = []
    for n_added, season, minutes in zip(
        *(map_.isochrones[name] for name in ("n_added", "season", "minutes")), strict=True
    ):
        # Counts are told of the present bases only.
        band = bands.get((season, minutes)) if not n_added else None
        rows.append(
            {
                "n_added": n_added,
                "season": season,
                "minutes": minutes,
                "n_people": band.n_people if band else None,
                "population": band.population if band else None,
            }
        )
    return _table(rows, map_.isochrones.geometry, _ISOCHRONE_COLUMNS)


def _sites(coverage: Coverage) -> gpd.GeoDataFrame:
    import shapely

    last = max(coverage.steps, key=lambda step: step.n_added, default=None)
    opened = [
        *((0, site) for site in coverage.present_sites),
        *enumerate(last.sites if last else (), start=1),
    ]
    rows = [
        {"n_added": n, "site_id": site.id, "label": site.label or site.id, "kind": site.kind}
        for n, site in opened
    ]
    points = shapely.points([site.lon for _, site in opened], [site.lat for _, site in opened])
    return _table(rows, points, _SITE_COLUMNS)


def _catchments(coverage: Coverage, map_: CoverageMap, told: Told) -> gpd.GeoDataFrame:
    """Join the merged areas of each base: an area of few people has no border of its own."""
    import shapely

    shapes = _shapes(map_)
    labels = {site.id: site.label or site.id for site in _all_sites(coverage)}
    nearest = {(n_added, area): site for n_added, area, site in map_.catchments}
    merged = {row.id: shape for row in told.areas if (shape := _merged(row, shapes)) is not None}
    rows, geometries = [], []
    for n_added in sorted({n for n, _, _ in map_.catchments}):
        parts: dict[str, list[BaseGeometry]] = {}
        for row in told.areas:
            found = [nearest[key] for x in row.members if (key := (n_added, x)) in nearest]
            if found and row.id in merged:
                parts.setdefault(_most_frequent(found), []).append(merged[row.id])
        for site_id, own in sorted(parts.items()):
            rows.append(
                {"n_added": n_added, "site_id": site_id, "site": labels.get(site_id, site_id)}
            )
            geometries.append(shapely.union_all(own))
    return _table(rows, geometries, _CATCHMENT_COLUMNS)


def _all_sites(coverage: Coverage) -> Iterable[Site]:
    yield from coverage.present_sites
    for step in coverage.steps:
        yield from step.sites


def _most_frequent(sites: Sequence[str]) -> str:
    counts = Counter(sites)
    return min(counts, key=lambda site: (-counts[site], site))


def _shapes(map_: CoverageMap) -> dict[str, BaseGeometry]:
    return dict(zip(map_.areas["id"].astype(str), map_.areas.geometry, strict=True))


def _merged(row: ToldRow, shapes: Mapping[str, BaseGeometry]) -> BaseGeometry | None:
    """Unite the areas of a row; people who live in none have no ground."""
    import shapely

    found = [shapes[member] for member in row.members if member in shapes]
    return shapely.union_all(found) if found else None


def _numbers(table: gpd.GeoDataFrame) -> list[int]:
    return sorted({int(n) for n in table["n_added"]})


def _table(
    rows: Sequence[Mapping[str, object]],
    geometries: Iterable[BaseGeometry | None],
    columns: Mapping[str, str],
) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import pandas as pd

    kept = [{k: writable(v) if isinstance(v, str) else v for k, v in row.items()} for row in rows]
    # A column of nothing but None has no type that GDAL could write.
    table = pd.DataFrame(kept, columns=list(columns)).astype(dict(columns))
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(list(geometries), crs=_CRS))
