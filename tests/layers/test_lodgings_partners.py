"""Lodgings and partners: institutions, which have a label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from outreach.layers.lodgings import read_lodgings
from outreach.layers.partners import read_partners
from outreach.layers.tables import TableSource
from tests.layers.tables import JAMBI, codes, write_workbook

if TYPE_CHECKING:
    from pathlib import Path


def _table(folder: Path, **row: Any) -> TableSource:
    filled = {"id": "P1", "bujur": 103.6, "lintang": -1.6, **row}
    return TableSource(
        path=write_workbook(folder / "p.xlsx", p=[tuple(filled), tuple(filled.values())])
    )


def test_a_lodging(tmp_path: Path) -> None:
    """Nights, beds and price of a lodging."""
    source = _table(
        tmp_path,
        nama="Balai desa",
        malam="Senin-Rabu",
        ranjang=3,
        biaya="Rp 50.000",
        telp="0741-000-0001",
    )
    row = read_lodgings(source, params=JAMBI).rows.drop(columns="geometry").iloc[0].to_dict()
    assert row == {
        "id": "P1",
        "label": "Balai desa",
        "nights": (0, 1, 2),
        "beds": 3,
        "cost_idr": 50000,
        "phone": "07410000001",
    }


def test_a_lodging_without_beds_has_one(tmp_path: Path) -> None:
    """Unknown beds are a warning, not a crowd."""
    layer = read_lodgings(_table(tmp_path), params=JAMBI)
    assert (layer.rows["beds"].tolist(), codes(layer)) == ([1], ["unknown-beds"])


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"beds": 0}, "impossible-beds"),
        ({"beds": 1, "cost_idr": -1}, "impossible-cost"),
        ({"beds": 10**30}, "impossible-beds"),
        ({"beds": 1, "nights": "malam"}, "unknown-weekday"),
    ],
)
def test_impossible_lodgings(tmp_path: Path, row: dict[str, Any], code: str) -> None:
    """What cannot be slept in is refused."""
    layer = read_lodgings(_table(tmp_path, **row), params=JAMBI)
    assert (codes(layer), len(layer.rows)) == ([code], 0)


def test_a_partner(tmp_path: Path) -> None:
    """Opening hours, frequency and the worker who must go."""
    source = _table(
        tmp_path,
        nama="Puskesmas",
        jenis="kesehatan",
        hari="Senin-Jumat",
        buka="08:00",
        tutup="14:00",
        kunjungan_per_minggu=1,
        petugas="W1",
        prioritas=2,
        nomor_telepon="+62 (741) 000-0002",
    )
    row = read_partners(source, params=JAMBI).rows.drop(columns=["geometry", "every_days"])
    assert row.iloc[0].to_dict() == {
        "id": "P1",
        "label": "Puskesmas",
        "kind": "kesehatan",
        "windows": ((28800, 50400),),
        "weekdays": (0, 1, 2, 3, 4),
        "visits_per_week": 1,
        "service_s": 1800,
        "priority": 2,
        "worker": "W1",
        "phone": "+627410000002",
    }


def test_a_partner_need_not_be_visited(tmp_path: Path) -> None:
    """Without a frequency a partner is only a place, labelled by its id, of middling urgency."""
    row = read_partners(_table(tmp_path), params=JAMBI).rows.iloc[0]
    assert row[["visits_per_week", "every_days"]].isna().all()
    assert (row["label"], row["worker"], row["priority"]) == ("P1", None, 3)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"visits_per_week": 2, "every_days": 3}, "impossible-frequency"),
        ({"visits_per_week": 2, "weekdays": "Senin"}, "impossible-frequency"),
        ({"opens": "14:00", "closes": "08:00"}, "window-closes-early"),
        ({"service_minutes": 0}, "impossible-service"),
        ({"priority": -1}, "impossible-priority"),
    ],
)
def test_impossible_partners(tmp_path: Path, row: dict[str, Any], code: str) -> None:
    """What no calendar can hold is refused."""
    layer = read_partners(_table(tmp_path, **row), params=JAMBI)
    assert (codes(layer), len(layer.rows)) == ([code], 0)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("Bu Sri 0812", "not-a-phone"),
        ("0741-000-0001 / 0741-000-0002", "not-a-phone"),
        ("12", "not-a-phone"),
        ("0741 000 000 000 0001", "not-a-phone"),
        ("62+7410000001", "not-a-phone"),
        ("٠٧٤١٠٠٠٠٠٠١", "not-a-phone"),
        (7410000001, "phone-as-number"),
        (7410000001.0, "phone-as-number"),
    ],
)
def test_what_is_no_telephone_number_is_left_out(tmp_path: Path, cell: Any, code: str) -> None:
    """A doubtful number is told and not dialled, its row stays, and no message repeats it."""
    for reader in (read_partners, read_lodgings):
        layer = reader(_table(tmp_path, beds=1, telepon=cell), params=JAMBI)
        assert layer.rows["phone"].tolist() == [None]
        (finding,) = (f for f in layer.findings if f.column == "telepon")
        assert (finding.code, finding.severity) == (code, "warning")
        assert (finding.what.values, finding.mend.values) == ({}, {})


@pytest.mark.parametrize("cell", [129, 129.0, "129"])
def test_a_hotline_is_short(tmp_path: Path, cell: Any) -> None:
    """Three digits, which a workbook keeps as a number."""
    layer = read_partners(_table(tmp_path, phone=cell), params=JAMBI)
    assert layer.rows["phone"].tolist() == ["129"]


def test_the_interviewers_own_number_is_not_the_partners(tmp_path: Path) -> None:
    """Form exports have a column `phonenumber`: of the phone that filled the form in."""
    layer = read_partners(_table(tmp_path, phonenumber="08120000001"), params=JAMBI)
    assert layer.rows["phone"].tolist() == [None]
