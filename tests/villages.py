"""A small town in four areas, as a project that asks about coverage."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.projects import BLOCK_DEG, SOUTH, WEST, town_xml, write_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    Point = tuple[float, float]
    Row = tuple[object, ...]

SIDE = 5 * BLOCK_DEG
MIDDLE = (WEST + SIDE / 2, SOUTH + SIDE / 2)
_EDGE = 0.002

# In the middles of blocks, so that no corner, road or border lies within fifty metres of a home.
HOMES: dict[str, Point] = {
    f"KASUS-{7301 + 5 * row + column}": (
        round(WEST + (column + 0.5) * BLOCK_DEG + 1.7e-5 * row + 3.13e-5, 7),
        round(SOUTH + (row + 0.5) * BLOCK_DEG - 2.3e-5 * column + 1.19e-5, 7),
    )
    for row in range(5)
    for column in range(5)
    # The middle block holds the corner of all areas.
    if (row, column) != (2, 2)
}
UNSNAPPED = {"KASUS-9901": (WEST + SIDE + 0.0011713, SOUTH + SIDE + 0.0413377)}
INVALID = {"KASUS-9902": (SOUTH + 0.0013171, WEST + 0.0027191)}
OFFICE = (WEST + 2 * BLOCK_DEG, SOUTH)

PEOPLE: tuple[Row, ...] = tuple(
    (id_, lon, lat, ("neglect", "violence")[i % 2], 7, 60)
    for i, (id_, (lon, lat)) in enumerate(HOMES.items())
)
LOST: tuple[Row, ...] = tuple(
    (id_, lon, lat, "neglect", 7, 60) for id_, (lon, lat) in (UNSNAPPED | INVALID).items()
)
WORKERS: tuple[Row, ...] = (
    ("w1", "office", "Dinas Sosial", *OFFICE, "Monday, Tuesday", "08:00", "14:00"),
)


def ring(west: float, south: float, east: float, north: float) -> list[Point]:
    """Draw a rectangle."""
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def area(
    id_: str, district: str, *rings: list[Point], population: int | None = 1000
) -> dict[str, object]:
    """Make a feature; rings after the first are holes."""
    known = {"id": id_, "name": id_.title(), "district": district, "population": population}
    shape = {"type": "Polygon", "coordinates": rings}
    return {"type": "Feature", "properties": known, "geometry": shape}


def quarters(population: int | None = 1000) -> list[dict[str, object]]:
    """Make the four areas; the last reaches far beyond the town."""
    (x, y), west, south = MIDDLE, WEST - _EDGE, SOUTH - _EDGE
    east, north = WEST + SIDE + _EDGE, SOUTH + SIDE + _EDGE
    return [
        area("barat", "Hilir", ring(west, south, x, y), population=population),
        area("timur", "Hilir", ring(x, south, east, y), population=population),
        area("kota", "Hulu", ring(west, y, x, north), population=population),
        area("rimba", "Hulu", ring(x, y, east, north + 0.05), population=population),
    ]


def whole() -> list[Point]:
    """Draw around the whole town."""
    return ring(WEST - _EDGE, SOUTH - _EDGE, WEST + SIDE + _EDGE, SOUTH + SIDE + _EDGE)


def village_project(
    folder: Path,
    *,
    people: Iterable[Row] = PEOPLE,
    workers: Iterable[Row] = WORKERS,
    areas: Sequence[dict[str, object]] | None = (),
    extra: str = "",
    language: str = "en",
) -> Path:
    """
    Make a project: 24 people to see every week, one worker who cannot, and four areas.

    Parameters
    ----------
    areas
        Features; None: the project has no areas; by default, `quarters`.
    extra
        More of outreach.toml.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "roads.osm").write_text(town_xml(), encoding="utf-8")
    write_csv(
        folder / "children.csv",
        ("id", "lon", "lat", "category", "every_days", "service_minutes"),
        people,
    )
    write_csv(
        folder / "workers.csv",
        ("id", "base_id", "base_label", "lon", "lat", "days", "starts", "ends"),
        workers,
    )
    corner = (WEST, SOUTH + SIDE)
    write_csv(folder / "partners.csv", ("id", "label", "lon", "lat"), [("ppa", "PPA", *corner)])
    if areas is not None:
        features = {"type": "FeatureCollection", "features": [*areas] or quarters()}
        (folder / "areas.geojson").write_text(json.dumps(features), encoding="utf-8")
    (folder / "outreach.toml").write_text(
        f"""
[project]
name = "Town"
language = "{language}"
starts_on = 2026-11-30

[files]
beneficiaries = "children.csv"
workers = "workers.csv"
partners = "partners.csv"
{"" if areas is None else 'areas = "areas.geojson"'}

[roads]
source = "roads.osm"

[checks]
bounds = [103.0, -2.5, 105.0, -1.0]

{extra}
""",
        encoding="utf-8",
    )
    return folder
