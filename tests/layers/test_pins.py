"""Pins: who, when, and what of it is fixed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from outreach.errors import MissingColumnError
from outreach.layers.pins import Pins, check_pins, known_pins, pins_table, read_pins
from outreach.layers.tables import parse_source
from outreach.layers.workers import read_workers
from tests.layers.tables import JAMBI, read_rows, write_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TUESDAY = dt.date(2026, 12, 1)


def _read(folder: Path, *rows: Mapping[str, Any]) -> Pins:
    header = list(dict.fromkeys(name for row in rows for name in row))
    body = [[row.get(name) for name in header] for row in rows]
    write_workbook(folder / "p.xlsx", pins=[header, *body])
    return read_pins(parse_source("p.xlsx#pins", folder))


def test_indonesian_columns_are_read(tmp_path: Path) -> None:
    """A visit with all that can be fixed, and a night; each knows where it is written."""
    visit, night = _read(
        tmp_path,
        {"No. Kasus": "K1", "Tanggal": TUESDAY, "Petugas": "w", "Jam": "09.30", "Urutan": 2},
        {"Tim": "sad", "Hari": "Senin-Rabu", "Penginapan": "balai", "Tanggal": None},
    ).rows
    assert (visit.id, visit.day, visit.worker) == ("K1", TUESDAY, "w")
    assert (visit.begins_s, visit.order, visit.row) == (34_200, 2, 2)
    assert (night.team, night.weekdays, night.lodging) == ("sad", (0, 1, 2), "balai")
    assert (night.file, night.sheet, night.row) == ("p.xlsx", "pins", 3)


def test_settings_are_read_alike() -> None:
    """In outreach.toml a pin has the same parts, and is known by its number."""
    pins = check_pins(
        pins_table(
            [
                {"id": "K1", "weekday": ["monday", "wednesday"], "time": "8"},
                {"team": "sad", "date": TUESDAY, "lodging": "hall"},
                {"id": "K1", "date": "soon"},
            ],
            file="outreach.toml",
        )
    )
    assert [(r.id, r.weekdays, r.begins_s) for r in pins.rows] == [
        ("K1", (0, 2), 28_800),
        (None, (), None),
    ]
    (finding,) = pins.findings
    assert (finding.file, finding.sheet, finding.row) == ("outreach.toml", "pins", 3)
    assert (finding.code, finding.column) == ("not-a-date", "date")


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ({"id": "K1"}, "pin-without-day", "date"),
        ({"hari": "Senin"}, "pin-of-whom", "id"),
        ({"id": "K1", "team": "sad", "hari": "Senin", "lodging": "h"}, "pin-of-whom", "id"),
        ({"id": "K1", "hari": "Senin", "lodging": "h"}, "pin-too-much", "lodging"),
        ({"team": "sad", "hari": "Senin"}, "pin-without-lodging", "lodging"),
        ({"team": "sad", "hari": "Senin", "lodging": "h", "jam": "9"}, "pin-too-much", "jam"),
        ({"id": "K1", "date": TUESDAY, "hari": "Senin"}, "pin-on-two-days", "hari"),
        ({"id": "K1", "hari": "Senen"}, "unknown-weekday", "hari"),
        ({"id": "K1", "hari": "Senin", "order": 1.5}, "not-whole", "order"),
    ],
)
def test_bad_rows_are_refused(tmp_path: Path, row: dict[str, Any], code: str, column: str) -> None:
    """Each is told with its place; the good row stays."""
    blank = dict.fromkeys(("id", "date", "hari", "jam", "order", "team", "lodging"))
    pins = _read(tmp_path, blank | row, blank | {"id": "K2", "hari": "Rabu"})
    assert [(f.code, f.column, f.row) for f in pins.findings] == [(code, column, 2)]
    assert [r.id for r in pins.rows] == ["K2"]


def test_day_and_subject_need_columns(tmp_path: Path) -> None:
    """A sheet without dates and weekdays cannot pin anything."""
    with pytest.raises(MissingColumnError, match="date / weekday"):
        _read(tmp_path, {"id": "K1", "jam": "09:00"})


def test_who_is_not_in_the_tables_is_told_without_repeating_names(tmp_path: Path) -> None:
    """A slip is mended by what comes nearest; what stands there may be a child's name."""
    layers = {
        "beneficiaries": read_rows(tmp_path, {"id": "KASUS-1"}),
        "workers": read_workers(
            parse_source(
                "w.xlsx",
                write_workbook(
                    tmp_path / "w.xlsx", w=[("id", "lon", "lat"), ("W1", 103.6, -1.6)]
                ).parent,
            ),
            params=JAMBI,
        ),
    }
    pins = _read(
        tmp_path,
        {"id": "KASUS-1", "hari": "Senin", "petugas": "W1"},
        {"id": "KASUS-2", "hari": "Senin"},
        {"id": "Budi Rahasia", "hari": "Senin"},
        {"id": "KASUS-1", "hari": "Senin", "petugas": "Sri"},
    )
    known = known_pins(pins, layers)
    assert [r.row for r in known.rows] == [2]
    assert [(f.code, f.row, f.column) for f in known.findings] == [
        ("unknown-pin", 3, "id"),
        ("unknown-pin", 4, "id"),
        ("unknown-pin", 5, "petugas"),
    ]
    assert "KASUS-1" in str(known.findings[0].mend)
    assert "Rahasia" not in repr(known.findings)
