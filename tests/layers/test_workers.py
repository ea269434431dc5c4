"""Workers: bases, shifts and limits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from outreach.layers.tables import parse_source
from outreach.layers.workers import read_workers
from tests.layers.tables import JAMBI, codes, write_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from outreach.layers.layer import Layer

OFFICE_HOURS = tuple((day, 28800, 57600) for day in range(5))


def _read(folder: Path, *rows: Mapping[str, Any]) -> Layer:
    good = {"lon": 103.6, "lat": -1.6}
    filled = [{"id": f"W{number}", **good, **row} for number, row in enumerate(rows, start=1)]
    header = list(dict.fromkeys(name for row in filled for name in row))
    body = [[row.get(name) for name in header] for row in filled]
    path = write_workbook(folder / "w.xlsx", Petugas=[header, *body])
    return read_workers(parse_source("w.xlsx", path.parent), params=JAMBI)


def test_defaults(tmp_path: Path) -> None:
    """A worker of whom only id and base are known works office hours and rides a motorbike."""
    row = _read(tmp_path, {}).rows.iloc[0].to_dict()
    assert math.isnan(row.pop("monthly_budget_idr"))
    assert math.isnan(row.pop("spent_idr"))
    del row["geometry"]
    assert row == {
        "id": "W1",
        "base_id": "base-W1",
        "base_label": "base-W1",
        "shifts": OFFICE_HOURS,
        "max_riding_s": 18000,
        "skills": (),
        "nights_away": False,
        "vehicle": "motorbike",
    }


def test_no_worker_is_called_all(tmp_path: Path) -> None:
    """In a plan that id means everybody, so nobody may bear it."""
    layer = _read(tmp_path, {"id": "all"}, {"id": "All"})
    assert layer.rows["id"].tolist() == ["All"]
    assert codes(layer) == ["reserved-id"]


def test_a_full_row(tmp_path: Path) -> None:
    """Indonesian headers and values are read."""
    row = {
        "id_pangkalan": "dinsos",
        "pangkalan": "Dinas Sosial",
        "keahlian": "Konseling",
        "jam_kerja": "Senin-Selasa 08:00-16:00; Jumat 08:00-11:30",
        "boleh_menginap": "ya",
        "batas_berkendara_menit": 240,
        "anggaran": "Rp 2.000.000",
        "terpakai_bulan_ini_rp": "350.000",
        "punya_motor": "tidak",
    }
    read = _read(tmp_path, row).rows.iloc[0]
    assert (read["base_id"], read["base_label"]) == ("dinsos", "Dinas Sosial")
    assert read["shifts"] == ((0, 28800, 57600), (1, 28800, 57600), (4, 28800, 41400))
    assert (read["max_riding_s"], read["nights_away"], read["skills"]) == (
        14400,
        True,
        ("konseling",),
    )
    assert (read["monthly_budget_idr"], read["spent_idr"]) == (2_000_000, 350_000)
    assert read["vehicle"] == "none"


def test_shift_by_days_and_hours(tmp_path: Path) -> None:
    """Workdays and hours may stand in columns of their own."""
    rows = _read(tmp_path, {"hari": "Senin, Rabu", "masuk": "07:30", "pulang": "15:00"}).rows
    assert rows["shifts"][0] == ((0, 27000, 54000), (2, 27000, 54000))


def test_workers_at_one_place_share_the_base(tmp_path: Path) -> None:
    """Without base ids, those who start at the same place start together."""
    rows = _read(tmp_path, {}, {}, {"lon": 103.7}).rows
    assert rows["base_id"].tolist() == ["base-W1", "base-W1", "base-W3"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"starts": "16:00", "ends": "08:00"}, "shift-ends-early"),
        ({"shifts": "Senin 12:00-11:00"}, "shift-ends-early"),
        ({"shifts": "Senin 08:00-11:00; Senin 13:00-16:00"}, "two-shifts"),
        ({"shifts": "pagi"}, "not-a-shift"),
        ({"max_riding_minutes": -1}, "impossible-riding"),
        ({"monthly_budget_idr": "banyak"}, "not-an-amount"),
        ({"spent_idr": -5}, "impossible-spending"),
        ({"vehicle": "kuda"}, "unknown-vehicle"),
        ({"nights_away": "mungkin"}, "not-yes-or-no"),
        ({"lon": 0, "lat": 0}, "zero-place"),
    ],
)
def test_bad_rows_are_refused(tmp_path: Path, row: dict[str, Any], code: str) -> None:
    """A worker who cannot be planned with is an error; the others stay."""
    layer = _read(tmp_path, row, {"lon": 103.7})
    assert (codes(layer), layer.rows["id"].tolist()) == ([code], ["W2"])


def test_a_base_lies_in_one_place(tmp_path: Path) -> None:
    """The same base at two places is an error for all who start there."""
    layer = _read(tmp_path, {"base_id": "B"}, {"base_id": "B", "lon": 103.7}, {"base_id": "C"})
    assert codes(layer) == ["base-in-two-places", "base-in-two-places"]
    assert layer.rows["id"].tolist() == ["W3"]


def test_names_of_workers_are_dropped(tmp_path: Path) -> None:
    """A worker is an id."""
    layer = _read(tmp_path, {"nama": "Ibu Sri"})
    assert "Sri" not in repr((layer.rows.to_dict(), layer.findings))
