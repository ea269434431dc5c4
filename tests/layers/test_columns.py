"""Columns are found under the names that people and forms give them."""

from __future__ import annotations

import pytest

from outreach.layers.beneficiaries import BENEFICIARY_FIELDS
from outreach.layers.columns import SYNONYMS, fold, match_columns


@pytest.mark.parametrize("header", ["No. Kasus", "NO_KASUS", " no  kasus ", "Nó Kasus", "no-kasus"])
def test_headers_are_folded(header: str) -> None:
    """Case, accents, spaces and signs in a header do not matter."""
    assert fold(header) == "no_kasus"


def test_synonyms_are_folded() -> None:
    """Every synonym is written as headers are compared, else it could never match."""
    for names in SYNONYMS.values():
        assert [name for name in names if fold(name) != name.lstrip("_")] == []


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Bujur (derajat)", "lon"),
        ("keluarga/kategori", "category"),
        ("keluarga-kategori", "category"),
        ("Kategori::Bahasa Indonesia (id)", "category"),
        ("Tiap hari", "every_days"),
        ("* Kunjungan terakhir", "last_visit"),
        ("_uuid", "id"),
    ],
)
def test_decorated_headers_match(header: str, field: str) -> None:
    """Units, groups, languages and stars around a name do not hide it."""
    assert dict(match_columns([header], BENEFICIARY_FIELDS).positions) == {field: 0}


def test_the_workers_code_is_no_case_number() -> None:
    """A column of workers' ids serves the worker, never the beneficiary's id."""
    assert dict(match_columns(["id_petugas"], BENEFICIARY_FIELDS).positions) == {"worker": 0}


def test_the_partners_code_is_no_case_number() -> None:
    """A column of partners' ids serves the partner to call, never the beneficiary's id."""
    assert dict(match_columns(["id_mitra"], BENEFICIARY_FIELDS).positions) == {"partner": 0}


def test_a_childs_telephone_number_is_not_read() -> None:
    """No column of a beneficiary holds a number."""
    headers = ["telepon", "no_hp", "phone", "Nomor telepon orang tua"]
    assert dict(match_columns(headers, BENEFICIARY_FIELDS).positions) == {}


def test_the_better_name_wins() -> None:
    """Of two columns for one field the one with the earlier synonym is read."""
    matched = match_columns(["_uuid", "id"], BENEFICIARY_FIELDS)
    assert matched.positions["id"] == 1
    assert matched.ignored == (0,)


@pytest.mark.parametrize(
    "headers",
    [
        ["kk/_rumah_latitude", "kk/_rumah_longitude", "kk/_rumah_altitude", "kk/_rumah_precision"],
        ["kk-rumah-Latitude", "kk-rumah-Longitude", "kk-rumah-Altitude", "kk-rumah-Accuracy"],
    ],
)
def test_a_geopoint_question_gives_the_place(headers: list[str]) -> None:
    """The four columns of a geopoint are found by their endings."""
    assert dict(match_columns(headers, BENEFICIARY_FIELDS).positions) == {
        "lat": 0,
        "lon": 1,
        "accuracy": 3,
    }


def test_answers_of_one_question_are_not_called_ignored() -> None:
    """The yes-or-no columns of a question with several answers belong to the question."""
    matched = match_columns(["hari", "hari/senin", "hari/rabu", "alamat"], BENEFICIARY_FIELDS)
    assert matched.ignored == (3,)
