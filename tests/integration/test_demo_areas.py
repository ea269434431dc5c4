"""The demo's areas: every village with its kecamatan, its point and a share of the people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from outreach.layers.areas import read_areas
from outreach.layers.candidates import village_candidates
from outreach.layers.checks import CheckParams
from outreach.layers.tables import TableSource

if TYPE_CHECKING:
    from outreach.layers.layer import Layer

DEMO = Path(__file__).resolve().parents[2] / "data" / "jambi"


@pytest.fixture(scope="module")
def areas() -> Layer:
    """Read the committed areas."""
    return read_areas(TableSource(path=DEMO / "areas.geojson"), params=CheckParams())


def test_nothing_is_doubtful_about_them(areas: Layer) -> None:
    """No overlap, no hole, nobody's people or seat missing."""
    assert areas.findings == ()
    assert not areas.rows[["district", "population", "lon", "lat"]].isna().any(axis=None)


def test_the_people_are_as_many_as_published(areas: Layer) -> None:
    """Kepmendagri 300.2.2-2138/2025: Muaro Jambi and Kota Jambi."""
    people = areas.rows.groupby(areas.rows["id"].str[:5])["population"].sum()
    assert people.to_dict() == {"15.05": 457_238, "15.71": 649_656}


def test_there_are_twenty_two_kecamatan(areas: Layer) -> None:
    """Eleven of either district; the code of a village begins with its kecamatan's."""
    pairs = set(zip(areas.rows["id"].str[:8], areas.rows["district"], strict=True))
    assert len(pairs) == areas.rows["district"].nunique() == 22
    assert sum(code.startswith("15.71") for code, _ in pairs) == 11


def test_each_village_offers_a_base_in_its_own_cell(areas: Layer) -> None:
    """The point of places.csv."""
    offered = village_candidates(areas.rows)
    assert offered.geometry.within(areas.rows.geometry).all()
