"""Candidates for bases: places with a label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely

from outreach.errors import MissingColumnError
from outreach.layers.areas import read_areas
from outreach.layers.candidates import read_candidates, village_candidates
from outreach.layers.tables import TableSource, parse_source
from tests.layers.tables import JAMBI, codes, write_text, write_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.layers.layer import Layer


def _read(folder: Path, *rows: tuple[Any, ...], header: tuple[str, ...], **options: Any) -> Layer:
    path = write_workbook(folder / "c.xlsx", c=[header, *rows])
    return read_candidates(TableSource(path=path), params=JAMBI, **options)


def test_a_candidate(tmp_path: Path) -> None:
    """Id, label, kind and place."""
    layer = _read(
        tmp_path,
        ("C1", "Kantor Camat Mestong", "kecamatan", 103.55, -1.8),
        header=("kode", "nama", "jenis", "bujur", "lintang"),
    )
    row = layer.rows.iloc[0]
    assert (layer.name, codes(layer)) == ("candidates", [])
    assert tuple(row)[:3] == ("C1", "Kantor Camat Mestong", "kecamatan")
    assert (row.geometry.x, row.geometry.y) == (103.55, -1.8)


def test_a_candidate_without_a_name_bears_its_id(tmp_path: Path) -> None:
    """Label and kind need not be given."""
    row = _read(tmp_path, ("C1", 103.55, -1.8), header=("id", "lon", "lat")).rows.iloc[0]
    assert (row["label"], row["kind"]) == ("C1", None)


def test_wrong_rows_are_refused_by_name(tmp_path: Path) -> None:
    """Swapped, without an id, outside, two of one id: each with its own finding."""
    layer = _read(
        tmp_path,
        ("C1", -1.8, 103.55),
        (None, 103.55, -1.8),
        ("C3", 110.0, -1.8),
        ("C4", 103.5, -1.8),
        ("C4", 103.6, -1.8),
        ("C5", 103.6, -1.7),
        header=("id", "lon", "lat"),
    )
    assert codes(layer) == [
        *("swapped-place", "missing-id", "outside-area", "duplicate-id", "duplicate-id")
    ]
    assert layer.rows["id"].tolist() == ["C5"]


def test_candidates_lie_in_the_areas(tmp_path: Path) -> None:
    """Where the project has areas, a place outside them is refused."""
    layer = _read(
        tmp_path,
        ("C1", 103.55, -1.8),
        ("C2", 103.95, -1.8),
        header=("id", "lon", "lat"),
        area=shapely.box(103.5, -2.0, 103.7, -1.5),
    )
    assert (layer.rows["id"].tolist(), codes(layer)) == (["C1"], ["outside-area"])


def test_a_layer_of_points(tmp_path: Path) -> None:
    """Offices drawn on a map serve as well."""
    frame = gpd.GeoDataFrame(
        {"kode": ["C1"], "nama": ["Balai desa"]}, geometry=[shapely.Point(103.5, -1.8)], crs=4326
    )
    frame.to_file(tmp_path / "c.geojson")
    layer = read_candidates(TableSource(path=tmp_path / "c.geojson"), params=JAMBI)
    assert layer.rows["label"].tolist() == ["Balai desa"]


@pytest.mark.parametrize("header", [("id",), ("lon", "lat"), ("id", "lon")])
def test_a_table_without_places_is_no_table(tmp_path: Path, header: tuple[str, ...]) -> None:
    """Id and place must have a column."""
    path = write_text(tmp_path / "c.csv", [header, tuple("1" for _ in header)])
    with pytest.raises(MissingColumnError):
        read_candidates(TableSource(path=path), params=JAMBI)


def test_the_sheet_is_found_under_its_indonesian_name(tmp_path: Path) -> None:
    """Candidates may stand in the workbook of the caseload."""
    path = write_workbook(
        tmp_path / "c.xlsx",
        Petugas=[("id",), ("W1",)],
        **{"Calon pangkalan": [("id", "lon", "lat"), ("C1", 103.5, -1.8)]},
    )
    assert read_candidates(parse_source(path.name, tmp_path), params=JAMBI).rows["id"][0] == "C1"


def test_a_village_offers_its_office(tmp_path: Path) -> None:
    """Where the map names no seat, a point inside has to do."""
    square = [shapely.box(103.0, -2.0, 103.5, -1.5), shapely.box(103.5, -2.0, 104.0, -1.5)]
    frame = gpd.GeoDataFrame(
        {
            "kode": ["15.1", "15.2"],
            "nama": ["Nyogan", "Suak"],
            "jenis": "desa",
            "bujur": [103.1, None],
            "lintang": [-1.6, None],
        },
        geometry=square,
        crs=4326,
    )
    frame.to_file(tmp_path / "a.geojson")
    areas = read_areas(TableSource(path=tmp_path / "a.geojson"), params=JAMBI).rows
    offered = village_candidates(areas)
    assert offered.crs == areas.crs
    assert list(offered.columns) == ["id", "label", "kind", "geometry"]
    assert offered[["id", "label", "kind"]].values.tolist() == [
        ["15.1", "Nyogan", "desa"],
        ["15.2", "Suak", "desa"],
    ]
    assert offered.geometry[0].equals(shapely.Point(103.1, -1.6))
    assert square[1].contains(offered.geometry[1])


def test_no_areas_offer_nothing(tmp_path: Path) -> None:
    """A project may have areas that are all refused."""
    frame = gpd.GeoDataFrame({"kode": ["1"]}, geometry=[shapely.Point(103, -2)], crs=4326)
    frame.to_file(tmp_path / "a.geojson")
    areas = read_areas(TableSource(path=tmp_path / "a.geojson"), params=JAMBI).rows
    assert len(village_candidates(areas)) == 0
