"""Cases that came by telephone stay beside the caseload until they stand in it."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest
from pandas.testing import assert_frame_equal

from outreach.errors import LayerError
from outreach.layers.beneficiaries import check_beneficiaries
from outreach.layers.phoned import PHONED_FILE, phoned_text, read_calls, with_phoned
from outreach.layers.tables import TableSource
from tests.layers.tables import JAMBI, PRESETS, TODAY, codes, read, read_rows, write_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.layers.layer import Layer
    from outreach.layers.tables import Table

HEADER = ("id", "koordinat", "jenis kasus", "nama", "buka", "batas waktu", "prioritas")


@pytest.fixture
def called(tmp_path: Path) -> tuple[Table, Layer]:
    """Give three calls, of which one has no place."""
    path = write_workbook(
        tmp_path / "telepon.xlsx",
        cases=[
            HEADER,
            (900, "-1.6 103.6 12 5", "anjal", "Budi Rahasia", dt.time(8), None, "tinggi"),
            ("K-901", "-1.61 103.61", "street", "Siti Rahasia", None, dt.date(2026, 3, 6), 2.5),
            ("K-902", None, "street", "Edi Rahasia", None, None, None),
        ],
    )
    table = read_calls(TableSource(path=path))
    layer = check_beneficiaries(table, presets=PRESETS, params=JAMBI, today=TODAY)
    return table, layer


def text_after(called: tuple[Table, Layer], before: bytes = b"", *, language: str = "id") -> str:
    """Write the calls behind what is there."""
    deadlines = {"900": dt.date(2026, 3, 4), "K-901": dt.date(2026, 3, 4)}
    return phoned_text(before, *called, deadlines=deadlines, language=language)


def lines(text: str) -> list[dict[str, str]]:
    """Read what was written by its headers, without what is empty."""
    rows = csv.DictReader(io.StringIO(text))
    return [{k: v for k, v in row.items() if v} for row in rows]


def test_good_rows_are_written_with_the_headers_of_the_template(
    called: tuple[Table, Layer],
) -> None:
    """In the language of the project, and never a name; an empty deadline is filled in."""
    assert lines(text_after(called)) == [
        {
            "id": "900",
            "bujur": "103.600000",
            "lintang": "-1.600000",
            "kategori": "anjal",
            "buka": "08:00",
            "prioritas": "tinggi",
            "batas_waktu": "2026-03-04",
        },
        {
            "id": "K-901",
            "bujur": "103.610000",
            "lintang": "-1.610000",
            "kategori": "street",
            "prioritas": "2.5",
            "batas_waktu": "2026-03-06",
        },
    ]
    assert "Rahasia" not in text_after(called, language="en")


def test_what_is_written_reads_as_what_was_told(
    called: tuple[Table, Layer], tmp_path: Path
) -> None:
    """Whether a case comes from the call or from the file next week, it is the same case."""
    path = tmp_path / PHONED_FILE
    path.write_text(text_after(called), encoding="utf-8")
    again, told = read(path), called[1].rows
    assert again.findings == ()
    same = [name for name in told.columns if name not in {"deadline", "geometry"}]
    assert_frame_equal(again.rows[same], told[same])
    assert again.rows.geometry.geom_equals_exact(told.geometry, 1e-6).all()


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_lines_that_are_there_stay_as_they_are(called: tuple[Table, Layer], delimiter: str) -> None:
    """Also columns of the user's own; a column that is missing is added at the end."""
    before = "lat;id;keterangan;lon;category\n-1.6;K-1;dari RPSA;103.6;street\n\n"
    text = text_after(called, before.replace(";", delimiter).encode("utf-8-sig"))
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    assert rows[0] == ["lat", "id", "keterangan", "lon", "category", *rows[0][5:]]
    assert set(rows[0][5:]) == {"buka", "prioritas", "batas_waktu"}
    assert rows[1] == ["-1.6", "K-1", "dari RPSA", "103.6", "street"]
    assert rows[2][:5] == ["-1.600000", "900", "", "103.600000", "anjal"]


def test_what_a_spreadsheet_of_windows_saved_stays_readable(called: tuple[Table, Layer]) -> None:
    """Signs beyond ASCII are kept, and from then on as UTF-8."""
    text = text_after(called, "id,keterangan\nK-1,café\n".encode("cp1252"))
    assert "K-1,café" in text


def test_a_file_without_headers_is_refused(called: tuple[Table, Layer]) -> None:
    """Nobody would know next week what its cells mean."""
    with pytest.raises(LayerError, match="first line"):
        text_after(called, b"K-1,103.6,-1.6,street\n")


def test_new_cases_stand_beside_the_caseload(tmp_path: Path) -> None:
    """Sorted by id; who stands in both is taken from the caseload, and the line is to go."""
    (tmp_path / "a").mkdir()
    caseload = read_rows(tmp_path / "a", {"id": "K2", "priority": 1}, {"id": "K4"})
    phoned = read_rows(tmp_path, {"id": "K3"}, {"id": "K2", "priority": 9}, {"id": "K1"})
    both = with_phoned(caseload, phoned)
    assert list(both.rows["id"]) == ["K1", "K2", "K3", "K4"]
    assert both.rows.set_index("id").loc["K2", "priority"] == 1
    assert both.rows.crs == caseload.rows.crs
    assert (both.rows.dtypes == caseload.rows.dtypes).all()
    (finding,) = both.findings
    assert (finding.code, finding.id, finding.row) == ("phoned-and-known", "K2", 3)


def test_a_good_call_saves_who_cannot_be_read_in_the_caseload(tmp_path: Path) -> None:
    """The fault is still told; a call that cannot be read is a loss of its own."""
    (tmp_path / "a").mkdir()
    caseload = read_rows(tmp_path / "a", {"id": "K1", "lat": 50}, {"id": "K2"})
    phoned = read_rows(
        tmp_path, {"id": "K1"}, {"id": "K3", "category": "?"}, {"id": "K2", "lat": 9}
    )
    both = with_phoned(caseload, phoned)
    assert list(both.rows["id"]) == ["K1", "K2"]
    assert [loss.beneficiary_id for loss in both.invalid] == ["K3"]
    assert codes(both) == ["outside-area", "unknown-category", "outside-area"]


def test_nothing_phoned_changes_nothing(tmp_path: Path) -> None:
    """An empty file of calls is no reason for anything."""
    (tmp_path / "a").mkdir()
    caseload = read_rows(tmp_path / "a", {"id": "K1"})
    phoned = read_rows(tmp_path, {"id": "K1"})
    assert with_phoned(caseload, phoned).rows is caseload.rows
