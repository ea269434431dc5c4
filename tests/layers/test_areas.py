"""Areas: valid polygons that do not overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
from shapely import Polygon, box

from outreach.layers.areas import read_areas
from outreach.layers.checks import CheckParams
from outreach.layers.tables import TableSource
from tests.layers.tables import codes, write_text

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.layers.layer import Layer

LEFT, RIGHT = box(103.0, -2.0, 103.5, -1.5), box(103.5, -2.0, 104.0, -1.5)
BOW_TIE = Polygon([(103, -2), (104, -1), (104, -2), (103, -1)])


def _read(folder: Path, *shapes: shapely.Geometry, kind: str = "desa", **params: object) -> Layer:
    frame = gpd.GeoDataFrame(
        {
            "kode": [f"{number}" for number in range(len(shapes))],
            "nama": "Mestong",
            "jenis": kind,
            "penduduk": 10,
        },
        geometry=list(shapes),
        crs=4326,
    )
    frame.to_file(folder / "a.gpkg")
    return read_areas(TableSource(path=folder / "a.gpkg"), params=CheckParams(**params))  # type: ignore[arg-type]


def test_areas(tmp_path: Path) -> None:
    """Neighbours share a border and no finding."""
    layer = _read(tmp_path, LEFT, RIGHT)
    assert codes(layer) == []
    assert tuple(layer.rows.columns) == ("id", "name", "kind", "population", "geometry")
    assert layer.rows["population"].tolist() == [10, 10]


def test_overlaps_are_doubtful(tmp_path: Path) -> None:
    """People in an overlap would count twice: a warning at the second."""
    layer = _read(tmp_path, LEFT, box(103.4, -2.0, 104.0, -1.5))
    assert [(finding.code, finding.id) for finding in layer.findings] == [("areas-overlap", "1")]


def test_the_share_of_an_overlap_is_of_the_smaller(tmp_path: Path) -> None:
    """A fifth of the left area lies in the right one, which is the larger."""
    finding = _read(tmp_path, LEFT, box(103.4, -2.0, 104.0, -1.5)).findings[0]
    assert float(str(finding.what.values["share"])) == pytest.approx(20, abs=0.2)


def test_crossing_borders_are_mended(tmp_path: Path) -> None:
    """A bow tie becomes two triangles, and is named."""
    layer = _read(tmp_path, BOW_TIE)
    assert codes(layer) == ["border-mended"]
    assert layer.rows.geometry.is_valid.all()


def test_points_are_no_areas(tmp_path: Path) -> None:
    """What has no inside is refused."""
    layer = _read(tmp_path, shapely.Point(103, -2), shapely.Point(103, -2))
    assert codes(layer) == ["not-a-polygon", "not-a-polygon"]


def test_areas_elsewhere_are_refused(tmp_path: Path) -> None:
    """An area with its axes swapped lies outside the bounds."""
    layer = _read(tmp_path, box(-2.0, 88.0, -1.5, 88.5), bounds=(103.0, -2.5, 104.5, -1.0))
    assert codes(layer) == ["outside-area"]


def test_wkt(tmp_path: Path) -> None:
    """A table exported with its geometry as text is read; a broken one is an error."""
    rows = [("kode", "wkt"), ("1", LEFT.wkt), ("2", "POLYGON((")]
    layer = read_areas(TableSource(path=write_text(tmp_path / "a.csv", rows)), params=CheckParams())
    assert (layer.rows["id"].tolist(), codes(layer)) == (["1"], ["not-a-polygon"])
