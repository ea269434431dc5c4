"""Tables that name each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.layers.partners import read_partners
from outreach.layers.references import check_references
from outreach.layers.tables import TableSource
from outreach.layers.workers import read_workers
from tests.layers.tables import JAMBI, read, read_rows, write_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.layers.layer import Layer


def _workers(folder: Path) -> Layer:
    rows = [("id", "lon", "lat", "keahlian"), ("W1", 103.6, -1.6, "konseling")]
    source = TableSource(path=write_workbook(folder / "w.xlsx", Petugas=rows))
    return read_workers(source, params=JAMBI)


def test_all_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Unknown workers, circuits and skills are warnings with row and column."""
    cases = read_rows(
        tmp_path,
        {"worker": "W1", "circuit": "SAD", "keahlian": "Konseling"},
        {"worker": "Ibu Sri"},
        {"circuit": "SDA"},
        {"keahlian": "konseling, terapi"},
    )
    layers = {"beneficiaries": cases, "workers": _workers(tmp_path)}
    findings = check_references(layers, circuit_ids=("SAD",))
    assert [(finding.code, finding.row, finding.column) for finding in findings] == [
        ("unknown-worker", 3, "worker"),
        ("unknown-circuit", 4, "circuit"),
        ("unknown-skill", 5, "keahlian"),
    ]
    assert {finding.severity for finding in findings} == {"warning"}
    assert findings[1].mend.values == {"near": "SAD"}
    assert findings[2].what.values == {"skills": "terapi"}


def test_a_table_without_rows_is_told(tmp_path: Path) -> None:
    """Somebody forgot to save, or named the wrong sheet; where all rows are bad, that is said."""
    header = ("id", "lon", "lat", "category")
    empty = read(write_workbook(tmp_path / "none.xlsx", cases=[header]))
    bad = read_rows(tmp_path, {"category": "none such"})
    assert [(x.code, x.file) for x in check_references({"beneficiaries": empty})] == [
        ("empty-table", "none.xlsx")
    ]
    assert check_references({"beneficiaries": bad}) == ()


def test_a_workers_name_is_not_quoted(tmp_path: Path) -> None:
    """Where people write a name instead of an id, no message repeats it."""
    layers = {
        "beneficiaries": read_rows(tmp_path, {"worker": "Ibu Sri"}),
        "workers": _workers(tmp_path),
    }
    assert "Sri" not in repr(check_references(layers))


def test_absent_tables_are_not_missed(tmp_path: Path) -> None:
    """Without a table of workers nothing can be said of workers."""
    assert check_references({"beneficiaries": read_rows(tmp_path, {"worker": "W9"})}) == ()


def test_an_unknown_partner_is_told_and_not_quoted(tmp_path: Path) -> None:
    """Whom to call must be in the table of partners; blank cells ask nobody."""
    cases = read_rows(tmp_path, {"mitra": "M1"}, {"mitra": "Pak Budi"}, {})
    table = write_workbook(tmp_path / "m.xlsx", Mitra=[("id", "lon", "lat"), ("M1", 103.6, -1.6)])
    partners = read_partners(TableSource(path=table), params=JAMBI)
    (finding,) = check_references({"beneficiaries": cases, "partners": partners})
    assert (finding.code, finding.row, finding.column) == ("unknown-partner", 3, "mitra")
    assert finding.severity == "warning"
    assert "Budi" not in repr(finding)
