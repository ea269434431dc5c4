"""KoboToolbox and ODK Central exports are read as they come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.layers.tables import codes, read, write_text, write_workbook

if TYPE_CHECKING:
    from pathlib import Path

KOBO = (
    *("start", "end", "kasus/no_kasus", "kasus/nama_anak", "kasus/kategori", "kasus/hari"),
    *("kasus/hari/senin", "kasus/hari/rabu", "tempat/lokasi", "tempat/_lokasi_latitude"),
    *("tempat/_lokasi_longitude", "tempat/_lokasi_altitude", "tempat/_lokasi_precision"),
    *("_id", "_uuid", "_submission_time", "_geolocation", "_index"),
)
KOBO_ROW = (
    *("2026-02-20T09:00:00.000+07:00", "2026-02-20T09:20:00.000+07:00", "K7", "Budi", "anjal"),
    *("senin rabu", "1", "1", "-1.61 103.61 24.0 150.0", "-1.61", "103.61", "24.0", "150.0"),
    *("1812", "9be0-1", "2026-02-20T02:20:01", "[-1.61, 103.61]", "1"),
)


@pytest.mark.parametrize("name", ["kobo.xlsx", "kobo.csv"])
def test_kobo(tmp_path: Path, name: str) -> None:
    """Groups, geopoint columns, select-multiple and form columns are understood."""
    path = tmp_path / name
    if name.endswith("xlsx"):
        write_workbook(path, form=[KOBO, KOBO_ROW])
    else:
        write_text(path, [KOBO, KOBO_ROW], delimiter=";", encoding="utf-8-sig")
    layer = read(path)
    row = layer.rows.iloc[0]
    assert (row["id"], row["category"], row["weekdays"]) == ("K7", "street", (0, 2))
    assert (row.geometry.x, row.geometry.y) == (103.61, -1.61)
    assert codes(layer) == ["ignored-columns", "coarse-accuracy"]
    # Of all that the form adds by itself nobody needs to hear.
    assert layer.findings[0].what.values == {"columns": "kasus/nama_anak"}


@pytest.mark.parametrize(("mark", "told"), [("KEY", "alamat"), ("kunci", "today, alamat, kunci")])
def test_only_a_form_adds_columns_by_itself(tmp_path: Path, mark: str, told: str) -> None:
    """In a table that people made, a column called today is told as not read."""
    header = ("id", "lon", "lat", "category", "today", "alamat", mark)
    row = ("K7", 103.61, -1.61, "anjal", "2026-02-20", "Jalan Mawar", "uuid:7")
    layer = read(write_text(tmp_path / "t.csv", [header, row]))
    assert layer.findings[0].what.values == {"columns": told}


def test_kobo_with_labels(tmp_path: Path) -> None:
    """Exports with labels as headers have the geopoint under its label."""
    header = (
        *("No. kasus", "Kategori", "Lokasi rumah", "_Lokasi rumah_latitude"),
        *("_Lokasi rumah_longitude", "_id", "_uuid"),
    )
    rows = [header, ("K7", "Anjal", "-1.61 103.61 0 0", "-1.61", "103.61", "5", "u-5")]
    layer = read(write_text(tmp_path / "k.csv", rows, delimiter=";"))
    assert (layer.rows["id"].tolist(), layer.rows.geometry.x.tolist()) == (["K7"], [103.61])


def test_a_submission_is_its_own_id(tmp_path: Path) -> None:
    """Forms that ask for no case number are told apart by the submission."""
    rows = [("kategori", "lokasi", "_id", "_uuid"), ("anjal", "-1.61 103.61 0 5", "5", "u-5")]
    assert read(write_text(tmp_path / "k.csv", rows)).rows["id"].tolist() == ["u-5"]


def test_one_geopoint_cell_is_enough(tmp_path: Path) -> None:
    """A geopoint alone gives place and accuracy."""
    rows = [("id", "kategori", "lokasi"), ("K1", "anjal", "-1.61 103.61 24 480")]
    layer = read(write_text(tmp_path / "k.csv", rows))
    assert (layer.rows.geometry.y.tolist(), codes(layer)) == ([-1.61], ["coarse-accuracy"])


def test_kobo_geolocation_in_two_columns(tmp_path: Path) -> None:
    """Older exports cut the place of the submission in two."""
    rows = [("id", "kategori", "_geolocation/0", "_geolocation/1"), ("K1", "anjal", -1.61, 103.61)]
    assert read(write_workbook(tmp_path / "k.xlsx", k=rows)).rows.geometry.x.tolist() == [103.61]


def test_members_of_a_family_share_its_place(tmp_path: Path) -> None:
    """A repeat's rows take place and worker from their parent, and keep what they say."""
    families = [
        ("no_kasus", "petugas", "_lokasi_latitude", "_lokasi_longitude", "_index"),
        ("F1", "W1", -1.61, 103.61, 1),
        ("F2", "W2", -1.62, 103.62, 2),
    ]
    children = [
        ("anak/nama", "anak/kategori", "_index", "_parent_table_name", "_parent_index"),
        ("Budi", "anjal", 1, "form", 2),
        ("Siti", "forest", 2, "form", 1),
        ("Adi", "forest", 3, "form", 9),
    ]
    path = write_workbook(tmp_path / "k.xlsx", form=families, anak_anak=children)
    layer = read(path, "anak_anak")
    assert layer.rows["id"].tolist() == ["F1-2", "F2-1"]
    assert layer.rows["worker"].tolist() == ["W1", "W2"]
    assert layer.rows.geometry.x.tolist() == [103.61, 103.62]
    # A child whose family is not in the workbook is nowhere, but not forgotten.
    assert [loss.reason for loss in layer.invalid] == ["missing-id"]


ODK = (
    *("SubmissionDate", "kasus-kategori", "tempat-titik-Latitude", "tempat-titik-Longitude"),
    *("tempat-titik-Altitude", "tempat-titik-Accuracy", "meta-instanceID", "KEY"),
    *("SubmitterName", "ReviewState"),
)
ODK_ROW = (
    *("2026-02-20T02:20:01.000Z", "anjal", "-1.61", "103.61", "24", "4.5", "uuid:1", "uuid:1"),
    *("Petugas Satu", ""),
)


def test_odk_central(tmp_path: Path) -> None:
    """Groups stand before a hyphen, and the key is the id."""
    layer = read(write_text(tmp_path / "form.csv", [ODK, ODK_ROW]))
    assert layer.rows["id"].tolist() == ["uuid:1"]
    assert (layer.rows.geometry.x.tolist(), layer.rows.geometry.y.tolist()) == ([103.61], [-1.61])


def test_odk_repeats_hang_on_the_form_beside_them(tmp_path: Path) -> None:
    """A repeat is a second file; a repeat inside it is a third, and takes the place of both."""
    write_text(tmp_path / "form.csv", [ODK, ODK_ROW])
    members = [
        ("wilayah", "PARENT_KEY", "KEY"),
        ("Mestong", "uuid:1", "uuid:1/family[1]"),
    ]
    write_text(tmp_path / "form-family.csv", members)
    children = [
        ("kategori", "PARENT_KEY", "KEY"),
        ("forest", "uuid:1/family[1]", "uuid:1/family[1]/child[1]"),
    ]
    layer = read(write_text(tmp_path / "form-family-child.csv", children))
    row = layer.rows.iloc[0]
    assert (row["id"], row["category"]) == ("uuid:1/family[1]/child[1]", "forest")
    assert (row["area"], row.geometry.x) == ("Mestong", 103.61)


def test_odk_geojson(tmp_path: Path) -> None:
    """Features bear their id beside the properties, and points may have an altitude."""
    feature = {
        "type": "Feature",
        "id": "uuid:1",
        "properties": {"kategori": "anjal", "nama": "Budi", "hari": ["senin", "rabu"]},
        "geometry": {"type": "Point", "coordinates": [103.61, -1.61, 24.0]},
    }
    (tmp_path / "f.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8"
    )
    row = read(tmp_path / "f.geojson").rows.iloc[0]
    assert (row["id"], row["weekdays"], row.geometry.has_z) == ("uuid:1", (0, 2), False)
