"""Files of every kind give the same rows; broken ones say what to do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
from openpyxl import Workbook
from shapely.geometry import Point

from outreach.errors import LayerError, MissingColumnError, MissingCrsError
from outreach.layers.tables import parse_source
from tests.layers.tables import HEADER, read, write_text, write_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.layers.layer import Layer

COLUMNS = ("id", "lon", "lat", "category", "hari", "buka", "tutup", "prioritas", "wilayah")
ROWS = (
    ("007", 103.6, -1.6, "street", "Senin", "08:00", "12:00", 2.5, "1571"),
    ("K2", 103.61, -1.61, "forest", None, None, None, None, None),
    ("12", 103.62, -1.62, "Street", "Senin-Jumat", "08:00;13:00", "11:00;15:00", 1, "1571"),
)


def _feature(row: tuple[Any, ...]) -> dict[str, Any]:
    properties = dict(zip(COLUMNS, row, strict=True))
    lon, lat = properties.pop("lon"), properties.pop("lat")
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
    }


def _write(path: Path) -> Path:
    if path.suffix == ".xlsx":
        return write_workbook(path, anak=[COLUMNS, *ROWS])
    if path.suffix == ".csv":
        decimal_commas = [
            [str(cell).replace(".", ",") if isinstance(cell, float) else cell for cell in row]
            for row in ROWS
        ]
        return write_text(path, [COLUMNS, *decimal_commas], delimiter=";", encoding="utf-8-sig")
    if path.suffix == ".geojson":
        content = {"type": "FeatureCollection", "features": [_feature(row) for row in ROWS]}
        path.write_text(json.dumps(content), encoding="utf-8")
        return path
    frame = pd.DataFrame(ROWS, columns=COLUMNS)
    points = gpd.points_from_xy(frame.pop("lon"), frame.pop("lat"), crs=4326)
    gpd.GeoDataFrame(frame, geometry=points).to_crs(32748).to_file(path, layer="anak")
    return path


def _told(layer: Layer) -> pd.DataFrame:
    told = pd.DataFrame(layer.rows.drop(columns="geometry"))
    told["lon"], told["lat"] = layer.rows.geometry.x.round(9), layer.rows.geometry.y.round(9)
    return told


@pytest.mark.parametrize("name", ["cases.csv", "cases.geojson", "cases.gpkg"])
def test_all_formats_read_equally(tmp_path: Path, name: str) -> None:
    """The same rows in another kind of file are the same layer, in another projection too."""
    expected = _told(read(_write(tmp_path / "cases.xlsx")))
    pd.testing.assert_frame_equal(_told(read(_write(tmp_path / name))), expected)
    assert len(expected) == len(ROWS)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_delimiters_and_encodings(tmp_path: Path, delimiter: str, encoding: str) -> None:
    """Text tables tell their delimiter and encoding themselves."""
    rows = [(*HEADER, "wilayah"), ("K1", "103.6", "-1.6", "street", "Désa, Lama")]
    path = write_text(tmp_path / "c.csv", rows, delimiter=delimiter, encoding=encoding)
    assert read(path).rows["area"].tolist() == ["Désa, Lama"]


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_quotation_mark_that_is_never_closed(tmp_path: Path, delimiter: str) -> None:
    """It would swallow all rows after it, and no one would know of them."""
    path = write_text(tmp_path / "c.csv", [HEADER, ("K1", 103.6, -1.6, "street")] * 3)
    text = path.read_text(encoding="utf-8").replace(",", delimiter).splitlines()
    text[3] = '"' + text[3]
    path.write_text("\n".join(text), encoding="utf-8")
    with pytest.raises(LayerError, match=r"c\.csv: a quotation mark in row 4 is not closed"):
        read(path)


def test_a_cell_of_several_lines_is_no_open_quotation(tmp_path: Path) -> None:
    """Forms write notes of several lines, rightly quoted, in the last row too."""
    rows = [(*HEADER, "catatan"), ("K1", 103.6, -1.6, "street", 'two\nlines, "said"')]
    assert len(read(write_text(tmp_path / "c.csv", rows)).rows) == 1


def test_titles_above_the_header(tmp_path: Path) -> None:
    """The header may stand below titles; rows keep the numbers that the user sees."""
    rows = [("Data Kasus 2026",), (), HEADER, ("K1", 103.6, -1.6, "street"), (None, 1, 2, "street")]
    layer = read(write_workbook(tmp_path / "c.xlsx", data=rows))
    assert layer.rows["id"].tolist() == ["K1"]
    assert layer.row_numbers == {"K1": 4}
    assert layer.invalid[0].beneficiary_id == "c.xlsx-row-5"


def test_empty_rows_are_no_rows(tmp_path: Path) -> None:
    """Empty rows between and below are nobody."""
    rows = [HEADER, (None, " "), ("K1", 103.6, -1.6, "street"), (), (None,)]
    layer = read(write_workbook(tmp_path / "c.xlsx", data=rows))
    assert (len(layer.rows), layer.invalid) == (1, ())


def test_short_rows_are_filled(tmp_path: Path) -> None:
    """A row of a CSV may end early."""
    path = tmp_path / "c.csv"
    path.write_text("id,lon,lat,category,prioritas\nK1,103.6,-1.6,street\n", encoding="utf-8")
    assert read(path).rows["priority"].tolist() == [2]


def test_the_sheet_of_the_layer_is_found(tmp_path: Path) -> None:
    """Without a sheet named, the one that bears the layer's name in either language is read."""
    path = write_workbook(
        tmp_path / "c.xlsx", Catatan=[("id",)], Penerima=[HEADER, ("K1", 103.6, -1.6, "street")]
    )
    assert read(path).sheet == "Penerima"
    assert read(path, "beneficiaries").sheet == "Penerima"


def test_a_missing_sheet_names_those_there_are(tmp_path: Path) -> None:
    """A wrong name of a sheet is answered with the right ones."""
    path = write_workbook(tmp_path / "c.xlsx", Satu=[HEADER])
    with pytest.raises(LayerError, match=r"'Dua'.*Satu"):
        read(path, "Dua")


def test_all_missing_columns_are_named_at_once(tmp_path: Path) -> None:
    """One message names everything that is missing, and what was found."""
    path = write_workbook(tmp_path / "c.xlsx", data=[("kategori", "Catatan"), ("street", "x")])
    with pytest.raises(
        MissingColumnError, match=r"for id, lon / point, lat / point; .*kategori, Cat"
    ):
        read(path)


def test_missing_places_are_missing_columns(tmp_path: Path) -> None:
    """A table without any column for a place cannot be used."""
    path = write_workbook(tmp_path / "c.xlsx", data=[("id", "kategori"), ("K1", "street")])
    with pytest.raises(MissingColumnError, match="lon / point, lat / point"):
        read(path)


def test_a_table_without_header_is_not_quoted(tmp_path: Path) -> None:
    """Where no row names the columns, no cell is repeated: it may be a name."""
    path = write_text(tmp_path / "c.csv", [("Budi Santoso", "0812345678")])
    with pytest.raises(LayerError) as caught:
        read(path)
    assert "Budi" not in str(caught.value)


@pytest.mark.parametrize("name", ["c.xlsx", "c.geojson", "c.gpkg", "c.pdf", "absent.xlsx", "e.csv"])
def test_unreadable_files_are_layer_errors(tmp_path: Path, name: str) -> None:
    """Whatever is broken about a file, the answer is one sentence that names it."""
    if name != "absent.xlsx":
        (tmp_path / name).write_bytes(b"" if name == "e.csv" else b"\x00\xffnothing of the kind")
    with pytest.raises(LayerError, match=name):
        read(tmp_path / name)


@pytest.mark.parametrize(
    "content", ["[]", "3", '{"features": 5}', '{"features": [null]}', "[" * 9999]
)
def test_json_that_is_no_geojson(tmp_path: Path, content: str) -> None:
    """JSON of another shape is refused, not stumbled over."""
    (tmp_path / "c.geojson").write_text(content, encoding="utf-8")
    with pytest.raises(LayerError, match=r"c\.geojson"):
        read(tmp_path / "c.geojson")


def test_broken_geometry_is_a_broken_row(tmp_path: Path) -> None:
    """A feature with a mad geometry is invalid; the others stay."""
    mad = _feature(ROWS[0]) | {"geometry": {"type": "Point", "coordinates": ["x"]}}
    content = {"type": "FeatureCollection", "features": [mad, _feature(ROWS[1])]}
    (tmp_path / "c.geojson").write_text(json.dumps(content), encoding="utf-8")
    layer = read(tmp_path / "c.geojson")
    assert (layer.rows["id"].tolist(), layer.invalid[0].reason) == (["K2"], "missing-place")


def test_lines_are_no_points(tmp_path: Path) -> None:
    """A beneficiary drawn as a line is invalid."""
    line = {"type": "LineString", "coordinates": [[103.6, -1.6], [103.7, -1.6]]}
    content = {"type": "FeatureCollection", "features": [_feature(ROWS[0]) | {"geometry": line}]}
    (tmp_path / "c.geojson").write_text(json.dumps(content), encoding="utf-8")
    assert read(tmp_path / "c.geojson").invalid[0].reason == "not-a-point"


def test_a_geopackage_without_crs(tmp_path: Path) -> None:
    """Coordinates of an unknown system are refused."""
    frame = gpd.GeoDataFrame({"id": ["K1"], "kategori": ["street"]}, geometry=[Point(1, 2)])
    with pytest.warns(UserWarning, match="crs"):
        frame.to_file(tmp_path / "c.gpkg")
    with pytest.raises(MissingCrsError, match=r"c\.gpkg"):
        read(tmp_path / "c.gpkg")


def test_cached_values_of_formulas_are_read(tmp_path: Path) -> None:
    """A formula that was never calculated is an empty cell, not its text."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.append([*HEADER, "prioritas"])
    sheet.append(["K1", 103.6, -1.6, "street", "=1+1"])
    workbook.save(tmp_path / "c.xlsx")
    assert read(tmp_path / "c.xlsx").rows["priority"].tolist() == [2]


@pytest.mark.parametrize(
    ("text", "name", "sheet"),
    [
        ("a.xlsx", "a.xlsx", None),
        ("a.xlsx#Anak", "a.xlsx", "Anak"),
        ("b#1.xlsx#Anak", "b#1.xlsx", "Anak"),
        ("b#1.xlsx", "b#1.xlsx", None),
    ],
)
def test_sources(tmp_path: Path, text: str, name: str, sheet: str | None) -> None:
    """A sheet follows the last hash; a hash in a file's name is part of it."""
    (tmp_path / "b#1.xlsx").touch()
    source = parse_source(text, tmp_path)
    assert (source.path.name, source.sheet) == (name, sheet)
