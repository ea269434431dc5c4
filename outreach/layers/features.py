"""Spatial files, GeoJSON and GeoPackage, as columns and geometries in EPSG:4326."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outreach.errors import LayerError, MissingCrsError
from outreach.layers.columns import SHEETS, fold
from outreach.layers.values import quote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_WGS84_NAMES = ("CRS84", "EPSG::4326", "EPSG:4326")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Features:
    """Columns by name, and as many geometries (None: a feature without a place)."""

    sheet: str | None
    columns: Mapping[str, Sequence[Any]]
    geometry: tuple[Any, ...]


def read_features(path: Path, sheet: str | None, *, layer: str) -> Features:
    """
    Read a GeoJSON, or a layer of a GeoPackage.

    Raises
    ------
    LayerError
        When the file cannot be read or has no such layer.
    MissingCrsError
        When a GeoPackage does not say which coordinates it is in.
    """
    if path.suffix.lower() == ".gpkg":
        return _read_geopackage(path, sheet, layer)
    return _read_geojson(path)


def _read_geojson(path: Path) -> Features:
    # GDAL would guess types from texts, and drop the times of day that it finds.
    from shapely.errors import ShapelyError
    from shapely.geometry import shape

    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"))
        features = content.get("features", [content])
        records = [feature.get("properties") or {} for feature in features]
        shapes = [feature.get("geometry") for feature in features]
        names = list(dict.fromkeys(name for record in records for name in record))
        columns = {name: [_flat(record.get(name)) for record in records] for name in names}
        # ODK Central writes the id of a submission beside its properties.
        if "id" not in columns and any("id" in feature for feature in features):
            columns["id"] = [_flat(feature.get("id")) for feature in features]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise LayerError(
            "%(file)s is no GeoJSON of features (%(kind)s); export it again",
            file=path.name,
            kind=type(error).__name__,
        ) from error
    geometry: list[Any] = []
    for member in shapes:
        try:
            geometry.append(shape(member) if member else None)
        except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError):
            geometry.append(None)
    crs = str(content.get("crs") or "")
    if crs and not any(name in crs for name in _WGS84_NAMES):
        geometry = _to_wgs84(geometry, content["crs"], path.name)
    return Features(sheet=None, columns=columns, geometry=tuple(geometry))


def _flat(value: Any) -> Any:
    """Write what cells cannot hold as text: a list is its members, separated by commas."""
    if isinstance(value, list):
        return ", ".join(str(member) for member in value)
    return str(value) if isinstance(value, dict) else value


def _to_wgs84(geometry: Sequence[Any], crs: Any, file: str) -> list[Any]:
    import geopandas as gpd
    from pyproj.exceptions import CRSError

    try:
        series = gpd.GeoSeries(list(geometry), crs=crs["properties"]["name"])
    except (CRSError, TypeError, KeyError) as error:
        raise MissingCrsError(
            "%(file)s: its coordinate system is not known; export it in WGS 84 (EPSG:4326)",
            file=file,
        ) from error
    return list(series.to_crs(4326))


def _read_geopackage(path: Path, sheet: str | None, layer: str) -> Features:
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(path)]
        chosen = _choose_layer(layers, sheet, layer, path.name)
        frame = pyogrio.read_dataframe(path, layer=chosen)
    except (DataSourceError, DataLayerError) as error:
        raise LayerError(
            "%(file)s cannot be read as a GeoPackage; export it again", file=path.name
        ) from error
    geometry: list[Any] = [None] * len(frame)
    if "geometry" in frame.columns:
        if frame.crs is None:
            raise MissingCrsError(
                "%(file)s: layer '%(sheet)s' names no coordinate system; "
                "set it in QGIS and save it again",
                file=path.name,
                sheet=chosen,
            )
        geometry = list(frame.geometry.to_crs(4326))
    plain = frame[[name for name in frame.columns if name != "geometry"]].astype(object)
    plain = plain.where(plain.notna(), None)
    return Features(
        sheet=chosen,
        columns={str(name): plain[name].tolist() for name in plain.columns},
        geometry=tuple(geometry),
    )


def _choose_layer(layers: Sequence[str], wanted: str | None, layer: str, file: str) -> str:
    folded = {fold(name): name for name in reversed(layers)}
    if wanted in layers:
        return str(wanted)
    names = SHEETS.get(layer, ()) if wanted is None else (fold(wanted),)
    for name in names:
        if name in folded:
            return folded[name]
    if wanted is not None or not layers:
        raise LayerError(
            "%(file)s: no layer '%(sheet)s'; the layers are: %(found)s",
            file=file,
            sheet=wanted or "",
            found=", ".join(map(quote, layers)) or "–",
        )
    return layers[0]
