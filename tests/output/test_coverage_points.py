"""Masked points as a file: what may be shown, and no original in any of its bytes."""

from __future__ import annotations

import datetime as dt
import struct
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest

from outreach.errors import PrivacyError
from outreach.masking import mask_points
from outreach.output.coverage_points import write_masked_points

if TYPE_CHECKING:
    from pathlib import Path

STARTS_ON = dt.date(2026, 3, 2)
PLACES = np.random.default_rng(0).uniform((103.55, -1.65), (103.65, -1.57), (60, 2))
# One who lives far from all.
PLACES[7] = (104.2, -1.3)
LON, LAT = PLACES.T


def test_the_layer_holds_the_shown_points_from_west_to_east(tmp_path: Path) -> None:
    """With the k that was reached, and nothing else."""
    masked = mask_points(LON, LAT, seed=1)
    write_masked_points(masked, tmp_path / "points.gpkg", starts_on=STARTS_ON)
    table = gpd.read_file(tmp_path / "points.gpkg", layer="points")
    assert list(table.columns) == ["k", "geometry"]
    assert set(table["k"]) == {masked.reached_k}
    shown = sorted(zip(masked.lon[masked.is_shown], masked.lat[masked.is_shown], strict=True))
    assert list(zip(table.geometry.x, table.geometry.y, strict=True)) == shown


def test_no_original_is_in_the_bytes(tmp_path: Path) -> None:
    """Neither as a number of eight bytes nor as text."""
    path = tmp_path / "points.gpkg"
    masked = mask_points(LON, LAT, seed=2)
    write_masked_points(masked, path, starts_on=STARTS_ON)
    content = path.read_bytes()
    shown = masked.lon[masked.is_shown]
    assert struct.pack("<d", shown[0]) in content
    for value in PLACES.ravel():
        assert struct.pack("<d", value) not in content
        assert struct.pack(">d", value) not in content
        assert f"{value:.4f}".encode() not in content


def test_the_same_mask_gives_the_same_bytes(tmp_path: Path) -> None:
    """No moment of writing is in the file."""
    masked = mask_points(LON, LAT, seed=3)
    write_masked_points(masked, tmp_path / "a.gpkg", starts_on=STARTS_ON)
    write_masked_points(masked, tmp_path / "b.gpkg", starts_on=STARTS_ON)
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()


def test_a_layer_of_nobody_is_refused(tmp_path: Path) -> None:
    """Three cannot hide among five; the error says what would help."""
    masked = mask_points(LON[:3], LAT[:3], seed=4)
    with pytest.raises(PrivacyError, match=r"none of 3 points .* larger areas"):
        write_masked_points(masked, tmp_path / "points.gpkg", starts_on=STARTS_ON)
    assert not list(tmp_path.iterdir())
