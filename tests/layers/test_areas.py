"""Areas: valid polygons that do not overlap."""

from __future__ import annotations

import math
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
    from collections.abc import Sequence
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
    assert tuple(layer.rows.drop(columns="geometry")) == (
        *("id", "name", "kind", "district", "population", "lon", "lat"),
    )
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


def _write(folder: Path, **columns: Sequence[object]) -> Layer:
    shapes = [LEFT, RIGHT][: len(next(iter(columns.values())))]
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=4326)
    frame.to_file(folder / "b.geojson")
    return read_areas(TableSource(path=folder / "b.geojson"), params=CheckParams())


@pytest.mark.parametrize("header", ["Kecamatan", "WADMKC", "district", "nama_kecamatan"])
def test_an_area_belongs_to_a_district(tmp_path: Path, header: str) -> None:
    """By whatever name the map calls it; blank is not known."""
    layer = _write(tmp_path, kode=["1", "2"], nama=["Pelempang", "?"], **{header: ["Mestong", ""]})
    assert layer.rows["district"].tolist() == ["Mestong", None]
    assert layer.rows["name"].tolist() == ["Pelempang", "?"]


def test_the_name_of_a_village_is_not_its_districts(tmp_path: Path) -> None:
    """A map of villages names both; a map of districts names only itself."""
    villages = _write(tmp_path, kode=["1"], nmdesa=["Pelempang"], nmkec=["Mestong"])
    assert villages.rows[["name", "district"]].iloc[0].tolist() == ["Pelempang", "Mestong"]
    districts = _write(tmp_path, kode=["1"], nmkec=["Mestong"])
    assert districts.rows[["name", "district"]].iloc[0].tolist() == ["Mestong", None]


def test_missing_population_is_counted(tmp_path: Path) -> None:
    """One warning for the table where some areas have a population and others do not."""
    (finding,) = _write(tmp_path, kode=["1", "2"], penduduk=[10, None]).findings
    assert (finding.code, finding.severity, finding.row) == ("population-unknown", "warning", None)
    assert str(finding.what) == "1 of 2 areas have no population"
    assert (finding.column, codes(_write(tmp_path, kode=["1", "2"]))) == ("penduduk", [])


def test_holes_between_areas_are_doubtful(tmp_path: Path) -> None:
    """Four blocks around a missing fifth, of a ninth of the whole."""
    edge, near, far, end = 103.0, 103.1, 103.2, 103.3
    ring = (
        box(edge, -2.0, far, -1.9),
        box(far, -2.0, end, -1.8),
        box(near, -1.8, end, -1.7),
        box(edge, -1.9, near, -1.7),
    )
    (finding,) = _read(tmp_path, *ring).findings
    assert (finding.code, finding.row, finding.id) == ("areas-with-holes", None, None)
    assert float(str(finding.what.values["share"])) == pytest.approx(100 / 9, abs=0.1)
    assert codes(_read(tmp_path, *ring, box(near, -1.9, far, -1.8))) == []


def test_small_holes_and_islands_are_not_told(tmp_path: Path) -> None:
    """Slivers between digitised borders, and areas that lie apart."""
    frame = LEFT.difference(box(103.2, -1.8, 103.21, -1.79))
    assert codes(_read(tmp_path, frame, box(103.6, -2.0, 104.0, -1.5))) == []


def test_no_area_at_all_has_no_holes(tmp_path: Path) -> None:
    """A table whose rows are all refused is read."""
    layer = _read(tmp_path, shapely.Point(103, -2))
    assert (len(layer.rows), codes(layer)) == (0, ["not-a-polygon"])


def test_the_seat_of_an_area(tmp_path: Path) -> None:
    """Where its office is, if the map says so; half a place is none."""
    layer = _write(tmp_path, kode=["1", "2"], bujur=[103.1, 103.6], lintang=[-1.6, None])
    assert layer.rows["lon"].tolist() == pytest.approx([103.1, math.nan], nan_ok=True)
    assert layer.rows["lat"].tolist() == pytest.approx([-1.6, math.nan], nan_ok=True)
    assert codes(layer) == []


def test_a_seat_elsewhere_is_not_believed(tmp_path: Path) -> None:
    """Swapped, in metres, in the neighbouring area: counted once for the table."""
    layer = _write(tmp_path, kode=["1", "2"], x=[103.6, 345_000], y=[-1.6, 9_800_000])
    assert layer.rows[["lon", "lat"]].isna().all(axis=None)
    (finding,) = layer.findings
    assert (finding.code, finding.what.values) == ("seats-outside", {"outside": 2})
