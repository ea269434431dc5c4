"""Every row of a caseload is good, invalid with a reason, or a noted repetition."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from outreach.layers.beneficiaries import BENEFICIARY_FIELDS
from outreach.layers.checks import CheckParams
from outreach.layers.presets import DEFAULT_PRESETS, CategoryPreset
from outreach.output.words import Words
from tests.layers.tables import JAMBI, codes, read, read_rows, write_text, write_workbook

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = (
    *("id", "category", "visits_per_week", "every_days", "min_gap_days", "weekdays", "windows"),
    *("service_s", "priority", "last_visit", "deadline", "workers_needed", "skills", "worker"),
    *("circuit", "area", "partner", "geometry"),
)


def test_columns(tmp_path: Path) -> None:
    """The frame has the declared columns in the declared order, in degrees."""
    layer = read_rows(tmp_path, {})
    assert tuple(layer.rows.columns) == COLUMNS
    assert layer.rows.crs.to_epsg() == 4326


def test_a_full_row(tmp_path: Path) -> None:
    """Everything that a row says is in the frame, as the values that it means."""
    row = {
        "visits_per_week": 2,
        "min_gap_days": 2,
        "weekdays": "Senin-Kamis",
        "opens": "08:00;13:00",
        "closes": "11:00;15.00",
        "service_minutes": 40,
        "priority": "tinggi",
        "last_visit": dt.date(2026, 2, 20),
        "deadline": "9 Maret 2026",
        "workers_needed": 2,
        "skills": "Konseling; bahasa  isyarat",
        "worker": "W1",
        "circuit": "SAD",
        "area": 1571.0,
        "mitra": "M1",
    }
    read_row = read_rows(tmp_path, row).rows.iloc[0].drop("geometry").to_dict()
    assert math.isnan(read_row.pop("every_days"))
    assert read_row == {
        "id": "K1",
        "category": "street",
        "visits_per_week": 2,
        "min_gap_days": 2,
        "weekdays": (0, 1, 2, 3),
        "windows": ((28800, 39600), (46800, 54000)),
        "service_s": 2400,
        "priority": 3,
        "last_visit": dt.date(2026, 2, 20),
        "deadline": dt.date(2026, 3, 9),
        "workers_needed": 2,
        "skills": ("bahasa isyarat", "konseling"),
        "worker": "W1",
        "circuit": "SAD",
        "area": "1571",
        "partner": "M1",
    }


def test_the_preset_fills_what_is_left_out(tmp_path: Path) -> None:
    """An empty cell takes the value of the category."""
    preset = CategoryPreset(
        visits_per_week=2,
        min_gap_days=3,
        service_minutes=20,
        priority=7,
        workers_needed=2,
        skills=("konseling",),
        weekdays=(0, 3),
        opens="09:00",
        closes="10:00",
    )
    row = read_rows(tmp_path, {}, presets={"street": preset}).rows.iloc[0]
    assert (row["visits_per_week"], row["min_gap_days"], row["service_s"]) == (2, 3, 1200)
    assert (row["priority"], row["workers_needed"], row["skills"]) == (7, 2, ("konseling",))
    assert (row["weekdays"], row["windows"]) == ((0, 3), ((32400, 36000),))


def test_a_rows_own_frequency_replaces_the_presets(tmp_path: Path) -> None:
    """Exactly one kind of frequency is left, whatever kind the preset has."""
    rows = read_rows(tmp_path, {"every_days": 10, "category": "forest"}, {}).rows
    assert rows["every_days"].tolist() == [10, 14]
    assert rows["visits_per_week"].isna().all()


def test_a_lost_minus_is_doubted_where_no_area_is_set(tmp_path: Path) -> None:
    """Nothing else would tell but that no road lies near; across the equator live people too."""
    nowhere = CheckParams()
    layer = read_rows(tmp_path, {}, {"lat": -1.5}, {"lat": 1.6}, {"lat": 0.2}, params=nowhere)
    assert [(x.code, x.row, x.severity) for x in layer.findings] == [("sign-lost", 4, "warning")]
    pontianak = [{"lat": lat} for lat in (-0.1, -0.02, -0.05, 0.04, 0.09)]
    assert codes(read_rows(tmp_path, *pontianak, params=nowhere)) == []


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ({"lon": -1.6, "lat": 103.6}, "swapped-place", "lon"),
        ({"lat": 1.6}, "sign-lost", "lat"),
        ({"lon": 0, "lat": 0}, "zero-place", "lon"),
        ({"lon": 106.8, "lat": -6.2}, "outside-area", "lon"),
        ({"lon": 1036117, "lat": -1.6}, "impossible-degrees", "lon"),
        ({"lon": "seratus"}, "not-a-number", "lon"),
        ({"lon": None}, "missing-place", "lon"),
        ({"category": "streat"}, "unknown-category", "category"),
        ({"category": None}, "missing-category", "category"),
        ({"visits_per_week": 8}, "impossible-frequency", "visits_per_week"),
        ({"visits_per_week": 0.5}, "impossible-frequency", "visits_per_week"),
        ({"visits_per_week": 3, "weekdays": "sel, rab"}, "impossible-frequency", "visits_per_week"),
        ({"visits_per_week": 3, "min_gap_days": 4}, "impossible-frequency", "visits_per_week"),
        ({"visits_per_week": 0}, "impossible-frequency", "visits_per_week"),
        ({"every_days": -7}, "impossible-frequency", "every_days"),
        ({"every_days": 3, "min_gap_days": 5}, "impossible-frequency", "every_days"),
        ({"every_days": 7, "visits_per_week": 1}, "impossible-frequency", "visits_per_week"),
        ({"category": "forest", "weekdays": "senin"}, "impossible-frequency", "weekdays"),
        ({"min_gap_days": -1}, "impossible-gap", "min_gap_days"),
        ({"min_gap_days": 1.5}, "not-whole", "min_gap_days"),
        ({"weekdays": "Snin"}, "unknown-weekday", "weekdays"),
        ({"opens": "14:00", "closes": "08:00"}, "window-closes-early", "closes"),
        ({"opens": "08:00;13:00", "closes": "11:00"}, "window-closes-early", "closes"),
        ({"opens": "pagi"}, "not-a-time", "opens"),
        ({"service_minutes": -5}, "impossible-service", "service_minutes"),
        ({"service_minutes": 0}, "impossible-service", "service_minutes"),
        ({"priority": -1}, "impossible-priority", "priority"),
        ({"last_visit": "03/03/2026"}, "future-visit", "last_visit"),
        ({"last_visit": "kemarin"}, "not-a-date", "last_visit"),
        ({"workers_needed": 0}, "impossible-workers", "workers_needed"),
        ({"worker": "#REF!"}, "formula-error", "worker"),
    ],
)
def test_a_bad_row_is_invalid(
    tmp_path: Path, row: dict[str, Any], code: str, column: str | None
) -> None:
    """Each kind of error names file, sheet, row, column and id, and loses that row only."""
    layer = read_rows(tmp_path, row, {})
    found = next(finding for finding in layer.findings if finding.severity == "error")
    assert (found.code, found.column, found.row, found.id) == (code, column, 2, "K1")
    assert (found.file, found.sheet) == ("cases.xlsx", "cases")
    assert str(found.what)
    assert str(found.mend)
    assert [(loss.kind, loss.beneficiary_id, loss.reason) for loss in layer.invalid] == [
        ("invalid", "K1", code)
    ]
    assert layer.rows["id"].tolist() == ["K2"]


def test_a_last_visit_still_to_come_is_told_with_its_date(tmp_path: Path) -> None:
    """Written out in the reader's language, however the cell has it."""
    layer = read_rows(tmp_path, {"last_visit": "03/03/2026"}, {})
    said = Words("en").say(layer.findings[0].what)
    assert said == "the last visit, Tuesday, 3 March 2026, is still to come"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"accuracy": 101}, "coarse-accuracy"),
        ({"last_visit": "01/12/2025"}, "stale-visit"),
        ({"deadline": "01/03/2026"}, "deadline-past"),
        ({"deadline": "01/03/2026", "last_visit": "02/03/2026"}, "deadline-met"),
    ],
)
def test_doubtful_rows_stay(tmp_path: Path, row: dict[str, Any], code: str) -> None:
    """What is only doubtful is a warning, and the row is planned."""
    layer = read_rows(tmp_path, row)
    assert (codes(layer), len(layer.rows), layer.invalid) == ([code], 1, ())


@pytest.mark.parametrize(
    "row",
    [
        {"visits_per_week": 3, "weekdays": "sen, rab, jum", "min_gap_days": 2},
        {"visits_per_week": 7},
        {"every_days": 5, "min_gap_days": 5},
        {"opens": "08:00", "closes": "08:00"},
        {"last_visit": "02/03/2026"},
        {"accuracy": 100},
        {"min_gap_days": 0},
    ],
)
def test_what_is_just_possible_is_good(tmp_path: Path, row: dict[str, Any]) -> None:
    """Values on the edge of what can be are no findings."""
    assert codes(read_rows(tmp_path, row)) == []


def test_all_problems_of_a_row_are_found_at_once(tmp_path: Path) -> None:
    """A row with four mistakes has four findings, and one loss."""
    row = {"lon": "x", "category": "y", "weekdays": "z", "service_minutes": 0}
    layer = read_rows(tmp_path, row)
    assert sorted(codes(layer)) == [
        *("impossible-service", "not-a-number", "unknown-category", "unknown-weekday"),
    ]
    assert len(layer.invalid) == 1


def test_findings_come_in_the_order_of_the_rows(tmp_path: Path) -> None:
    """The report can be worked through from the top."""
    layer = read_rows(
        tmp_path, {"lon": 0, "lat": 0}, {"id": None, "accuracy": 900}, {"priority": -1}
    )
    assert [finding.row for finding in layer.findings] == [2, 3, 3, 4]


def test_dates_in_messages_are_dates(tmp_path: Path) -> None:
    """A spreadsheet's date is quoted without the midnight that it is kept with."""
    finding = read_rows(tmp_path, {"last_visit": dt.date(2026, 3, 9)}).findings[0]
    assert finding.what.values == {"date": "2026-03-09"}


def test_an_unknown_category_gets_the_nearest(tmp_path: Path) -> None:
    """The suggestion is the category that is spelled most alike."""
    finding = read_rows(tmp_path, {"category": "Anak jalanna"}, presets=DEFAULT_PRESETS).findings[0]
    assert finding.mend.values == {"near": "Anak jalanan"}


@pytest.mark.parametrize("name", ["anak_jalanan", "ANAK JALANAN", "street child", "Anjal"])
def test_categories_have_many_names(tmp_path: Path, name: str) -> None:
    """Spelling, form values and aliases lead to the preset's own name."""
    layer = read_rows(tmp_path, {"category": name}, presets=DEFAULT_PRESETS)
    assert layer.rows["category"].tolist() == ["Anak jalanan"]


def test_rows_that_say_the_same_are_one_child(tmp_path: Path) -> None:
    """A child entered twice is planned once, and the second row is named."""
    layer = read_rows(tmp_path, {"id": "A", "accuracy": 9}, {"id": "B"}, {"id": "A", "accuracy": 9})
    assert (layer.rows["id"].tolist(), layer.invalid) == (["A", "B"], ())
    assert [(finding.code, finding.row) for finding in layer.findings] == [("repeated-row", 4)]


def test_rows_that_contradict_each_other_are_all_invalid(tmp_path: Path) -> None:
    """No row is preferred: it might be the wrong child; each names the others."""
    layer = read_rows(tmp_path, {"id": "A"}, {"id": "B"}, {"id": "A", "lon": 103.7})
    assert layer.rows["id"].tolist() == ["B"]
    assert [loss.reason for loss in layer.invalid] == ["duplicate-id", "duplicate-id"]
    assert {finding.what.values["rows"] for finding in layer.findings} == {"2, 4"}


def test_a_good_row_beside_a_broken_one_of_the_same_id(tmp_path: Path) -> None:
    """An id is either good or invalid, never both."""
    layer = read_rows(tmp_path, {"id": "A"}, {"id": "A", "deadline": "besok"})
    assert (len(layer.rows), len(layer.invalid)) == (0, 2)


def test_the_area_is_a_polygon_where_there_is_one(tmp_path: Path) -> None:
    """A place inside the bounds but outside the area is refused."""
    area = shapely.box(103.5, -1.7, 103.65, -1.5)
    layer = read_rows(tmp_path, {}, {"lon": 103.66}, area=area)
    assert (layer.rows["id"].tolist(), codes(layer)) == (["K1"], ["outside-area"])


def test_swapped_degrees_are_seen_without_an_area(tmp_path: Path) -> None:
    """In Indonesia no longitude can be a latitude."""
    layer = read_rows(tmp_path, {"lon": -1.6, "lat": 103.6}, params=CheckParams())
    assert codes(layer) == ["swapped-place"]


def test_a_missing_id_is_made_of_file_and_row(tmp_path: Path) -> None:
    """Nobody is lost for want of an id."""
    layer = read_rows(tmp_path, {"id": None})
    assert layer.invalid[0].beneficiary_id == "cases.xlsx-row-2"


def test_examples_of_the_template_are_pointed_out(tmp_path: Path) -> None:
    """Example rows that were not deleted are planned, and said so."""
    layer = read_rows(tmp_path, {"id": "CONTOH-1"})
    assert (codes(layer), len(layer.rows)) == (["example-row"], 1)


def test_undeclared_columns_are_named_but_not_read(tmp_path: Path) -> None:
    """Names, addresses and numbers are nowhere in what reading gives."""
    header = ("id", "Nama Anak", "bujur", "lintang", "kategori", "Alamat", "No HP", "Catatan")
    secrets = ("Budi Santoso", "Jalan Mawar 12", "081234567890", "Lihat Bu Siti")
    good = ("K1", secrets[0], 103.6, -1.6, "street", *secrets[1:])
    bad = ("K1", secrets[0], "?", -1.6, "?", *secrets[1:])
    layer = read(write_workbook(tmp_path / "c.xlsx", data=[header, good, bad]))
    told = repr((layer.findings, layer.invalid, layer.rows.to_dict(), layer.row_numbers))
    assert "Nama Anak, Alamat, No HP, Catatan" in told
    assert [secret for secret in secrets if secret in told] == []


def test_a_telephone_number_in_the_header_is_not_repeated(tmp_path: Path) -> None:
    """Cells that strayed into the header row may be data."""
    header = ("id", "bujur", "lintang", "kategori", "081234567890", "budi@example.org")
    layer = read(write_text(tmp_path / "c.csv", [header, ("K1", "103.6", "-1.6", "street")]))
    assert "0812" not in repr(layer.findings)
    assert "budi" not in repr(layer.findings)


def test_long_cells_are_shortened_in_messages(tmp_path: Path) -> None:
    """A story in a cell does not fill the report."""
    finding = read_rows(tmp_path, {"category": "cerita " * 50}).findings[0]
    assert len(str(finding.what.values["value"])) <= 30


def test_an_empty_table_is_an_empty_layer(tmp_path: Path) -> None:
    """A header without rows has nobody, in the same columns."""
    path = write_workbook(tmp_path / "c.xlsx", data=[("id", "lon", "lat", "category")])
    layer = read(path, params=JAMBI)
    assert (len(layer.rows), tuple(layer.rows.columns)) == (0, COLUMNS)


def test_every_field_has_an_own_name_as_header(tmp_path: Path) -> None:
    """The English column names of the documentation are read as themselves."""
    header = tuple(field for field in BENEFICIARY_FIELDS if field != "point")
    layer = read(write_text(tmp_path / "c.csv", [header]))
    assert codes(layer) == []


def test_a_loss_quotes_no_cell(tmp_path: Path) -> None:
    """Who mends the table reads the cell; the plan, which goes into files, does not hold it."""
    layer = read_rows(tmp_path, {"priority": "titip ke Bu Sri"})
    assert "Bu Sri" in str(layer.findings[0].what)
    assert "Bu Sri" not in repr(layer.invalid)
    assert layer.invalid[0].detail.template == layer.findings[0].what.template
