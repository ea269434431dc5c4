"""The template workbook reads back as what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from outreach.errors import ConfigError, ExportError
from outreach.layers.beneficiaries import read_beneficiaries
from outreach.layers.lodgings import read_lodgings
from outreach.layers.partners import read_partners
from outreach.layers.pins import known_pins, read_pins
from outreach.layers.presets import DEFAULT_PRESETS
from outreach.layers.references import check_references
from outreach.layers.tables import parse_source
from outreach.layers.template import SHEETS, write_template
from outreach.layers.workers import read_workers
from tests.layers.tables import JAMBI, TODAY

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.layers.layer import Layer


def _read_back(path: Path, names: dict[str, str]) -> dict[str, Layer]:
    def source(layer: str) -> str:
        return f"{path.name}#{names[layer]}"

    folder = path.parent
    return {
        "beneficiaries": read_beneficiaries(
            parse_source(source("beneficiaries"), folder),
            presets=DEFAULT_PRESETS,
            params=JAMBI,
            today=TODAY,
        ),
        "workers": read_workers(parse_source(source("workers"), folder), params=JAMBI),
        "lodgings": read_lodgings(parse_source(source("lodgings"), folder), params=JAMBI),
        "partners": read_partners(parse_source(source("partners"), folder), params=JAMBI),
    }


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_template_reads_back(tmp_path: Path, language: str) -> None:
    """Every column of the template is known, and nothing is found but that rows are examples."""
    write_template(tmp_path / "t.xlsx", language=language)
    layers = _read_back(tmp_path / "t.xlsx", dict(SHEETS[language]))
    assert [len(layer.rows) for layer in layers.values()] == [2, 2, 1, 1]
    pins = known_pins(
        read_pins(parse_source(f"t.xlsx#{SHEETS[language]['pins']}", tmp_path)), layers
    )
    assert [(p.weekdays, p.begins_s, p.order) for p in pins.rows] == [((0,), 34_200, 1)]
    findings = [f for layer in layers.values() for f in layer.findings] + list(pins.findings)
    found = {finding.code for finding in findings}
    assert found == {"example-row"}
    assert check_references(layers) == ()


def test_both_languages_say_the_same(tmp_path: Path) -> None:
    """The examples differ in words only."""
    told = []
    for language in ("id", "en"):
        write_template(tmp_path / f"{language}.xlsx", language=language)
        rows = _read_back(tmp_path / f"{language}.xlsx", dict(SHEETS[language]))[
            "beneficiaries"
        ].rows
        told.append(rows[["category", "weekdays", "windows", "service_s", "last_visit"]].to_dict())
    assert told[0] == told[1]


def test_headers_are_explained(tmp_path: Path) -> None:
    """Each column has a comment, and each sheet its name on the first page."""
    write_template(tmp_path / "t.xlsx")
    workbook = load_workbook(tmp_path / "t.xlsx")
    page = [cell.value for cell in workbook["Baca dulu"]["A"]]
    for name in SHEETS["id"].values():
        assert name in page
        assert [cell.value for cell in workbook[name][1] if cell.comment is None] == []


def test_categories_are_offered(tmp_path: Path) -> None:
    """The project's own categories stand in the list of the column."""
    write_template(tmp_path / "t.xlsx", categories=("Satu", "Dua"))
    workbook = load_workbook(tmp_path / "t.xlsx")
    validations = workbook["Penerima"].data_validations.dataValidation
    assert "'Daftar'!$A$1:$A$2" in [validation.formula1 for validation in validations]
    assert [cell.value for cell in workbook["Daftar"]["A"]][:2] == ["Satu", "Dua"]


def test_an_unknown_language(tmp_path: Path) -> None:
    """Languages without a template are refused."""
    with pytest.raises(ConfigError, match="'nl'"):
        write_template(tmp_path / "t.xlsx", language="nl")


def test_nothing_half_is_left(tmp_path: Path) -> None:
    """A template that cannot be written leaves no file behind."""
    (tmp_path / "t.xlsx").mkdir()
    with pytest.raises(ExportError, match=r"t\.xlsx"):
        write_template(tmp_path / "t.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["t.xlsx"]
