"""
No place of a beneficiary is in what `outreach coverage` lets people show, however it is written.

The homes lie in the middles of blocks: nothing else in the town comes near them, so that a pair
of numbers which does is theirs.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import math
import shutil
import sqlite3
import struct
import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pypdf
import pytest
import shapely
from pyproj import Transformer

from outreach.assessment import Question, assess
from outreach.config import read_config
from tests.output.unpacked import find, unpacked, unpacked_folder
from tests.villages import HOMES, INVALID, LOST, PEOPLE, UNSNAPPED, village_project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from outreach.output.coverage_answer import CoverageReport
    from tests.output.unpacked import Part

    Place = tuple[float, float]

# Whose numbers are swapped in the table lives where they should be.
PLACES = HOMES | UNSNAPPED | {id_: (lon, lat) for id_, (lat, lon) in INVALID.items()}
SHOWN = (
    *("coverage.xlsx", "coverage.gpkg", "coverage.html"),
    *(
        f"coverage-report-{language}.{kind}"
        for language in ("id", "en")
        for kind in ("html", "pdf")
    ),
)
# The office's own, and one that moved places are in: by chance some come near others' homes.
NO_SUMS = ("coverage.json", "coverage-points.gpkg")
# How far apart two numbers of one place may stand: with markup between them.
_NEIGHBOURS = 48
_MERCATOR, _UTM = "EPSG:3857", "EPSG:32748"


def projected(place: Place, crs: str) -> Place:
    """Give metres."""
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(*place)
    return float(x), float(y)


def written(place: Place) -> Iterable[tuple[str, str]]:
    """Give the pairs of texts that would betray a place, without signs, rounded and cut off."""
    # The last is what six significant digits make of both.
    for lon_decimals, lat_decimals in ((4, 4), (5, 5), (3, 5)):
        for lon in _forms(place[0], lon_decimals):
            yield from ((lon, lat) for lat in _forms(place[1], lat_decimals))
    for crs in (_MERCATOR, _UTM):
        x, y = projected(place, crs)
        yield from ((a, b) for a in _forms(x, 0) for b in _forms(y, 0))


def _forms(value: float, decimals: int) -> set[str]:
    scale = 10**decimals
    near = {round(abs(value) * scale), math.floor(abs(value) * scale)}
    return {f"{n / scale:.{decimals}f}" for n in near}


def leaks(parts: Iterable[Part], places: dict[str, Place]) -> list[str]:
    """Tell in which parts a place stands, as text or in binary."""
    pairs = {name: set(written(place)) for name, place in places.items()}
    alone = {name: _exact(place) for name, place in places.items()}
    found = []
    for part in parts:
        # Indonesian writes a comma, and points between thousands.
        text = part.content.replace(b",", b".")
        for name in places:
            is_written = any(_stand_together(text, *pair) for pair in pairs[name])
            if is_written or any(number in part.content for number in alone[name]):
                found.append(f"{name} in {part.path}")
    return found


def _exact(place: Place) -> list[bytes]:
    """Give each number of a place to seven digits as text, and in eight bytes of either order."""
    numbers = [*place, *projected(place, _MERCATOR), *projected(place, _UTM)]
    texts = [f"{abs(number):.{decimals}f}".encode() for number in place for decimals in (6, 7)]
    rounded = [*numbers, *(round(number, n) for number in place for n in (5, 6, 7))]
    return [*texts, *(struct.pack(f"{order}d", number) for number in rounded for order in "<>")]


def _stand_together(text: bytes, one: str, other: str) -> bool:
    first, second = one.encode(), other.encode()
    at = text.find(first)
    while at >= 0:
        if second in text[max(0, at - _NEIGHBOURS) : at + len(first) + _NEIGHBOURS]:
            return True
        at = text.find(first, at + 1)
    return False


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> CoverageReport:
    """Ask about the villages and write everything, also masked points."""
    folder = tmp_path_factory.mktemp("coverage-leaks")
    project = village_project(folder / "town", people=(*PEOPLE, *LOST), language="id")
    config = read_config(project).with_options(cache=folder / "cache", iterations=1)
    return assess(config, Question(add=1, weeks=1, with_points=True))


@pytest.fixture(scope="module")
def parts(made: CoverageReport) -> tuple[Part, ...]:
    """Take everything apart that is drawn from sums."""
    folder = made.paths[0].parent
    return tuple(
        part for part in unpacked_folder(folder) if part.path.split(" > ")[0] not in NO_SUMS
    )


def test_everything_that_may_be_shown_is_searched(parts: tuple[Part, ...]) -> None:
    """Each file was opened to what is packed in it."""
    opened = {part.path.split(" > ")[0] for part in parts} - {"names of files"}
    assert opened == set(SHOWN)
    inside = "\n".join(part.path for part in parts)
    for sign in ("coverage.xlsx > xl/", "coverage.gpkg > areas", "pdf > stream", "> gzip"):
        assert sign in inside, sign


def test_no_place_of_anybody_is_shown(parts: tuple[Part, ...]) -> None:
    """Of those who are planned, and of those who are lost."""
    assert leaks(parts, PLACES) == []


def test_no_id_of_anybody_is_shown(parts: tuple[Part, ...]) -> None:
    """Only the office's file names who is left out."""
    assert find(parts, PLACES) == []


def test_the_offices_file_has_ids_and_no_place(made: CoverageReport) -> None:
    """It names whoever is lost, and nobody's place."""
    office = made.paths[0]
    assert office.name == "coverage.json"
    parts = tuple(unpacked(office.name, office.read_bytes()))
    assert find(parts, UNSNAPPED)
    assert find(parts, INVALID)
    assert leaks(parts, PLACES) == []


def test_all_geometries_of_the_layers_stay_away_from_homes(made: CoverageReport) -> None:
    """No corner of any shape comes within thirty metres, in whatever way bytes are read."""
    homes = shapely.MultiPoint(list(HOMES.values()))
    gpkg = made.paths[0].with_name("coverage.gpkg")
    for layer in gpd.list_layers(gpkg)["name"]:
        table = gpd.read_file(gpkg, layer=layer)
        if isinstance(table, gpd.GeoDataFrame):
            corners = shapely.points(shapely.get_coordinates(table.geometry))
            assert shapely.distance(corners, homes).min() > 30 / 111_320, layer


def test_masked_points_are_of_all_and_of_nobody(made: CoverageReport) -> None:
    """As many as can hide, none where anybody lives, in an order that tells of no table."""
    shown = gpd.read_file(made.paths[0].with_name("coverage-points.gpkg"), layer="points")
    n_usable = len(HOMES) + len(UNSNAPPED)
    assert 0 < len(shown) <= n_usable
    assert set(shown["k"]) == {made.points_k}
    assert made.points_k is not None
    assert made.points_k >= made.coverage.k
    places = shapely.get_coordinates(shown.geometry)
    homes = np.array([*HOMES.values(), *UNSNAPPED.values()])
    away = np.linalg.norm(places[:, None] - homes[None], axis=2)
    assert away.min() > 1e-6
    assert places.tolist() == sorted(places.tolist())


def as_workbook(path: Path, place: Place) -> None:
    """Add a sheet."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet99.xml", f"<v>{place[0]}</v><v>{place[1]}</v>")


def as_layer(path: Path, place: Place) -> None:
    """Add a row with a point, as GeoPackages keep it."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE planted (geom BLOB)")
        blob = b"GP\x00\x01" + shapely.to_wkb(shapely.Point(place))
        connection.execute("INSERT INTO planted VALUES (?)", (blob,))
    connection.close()


def as_payload(path: Path, place: Place) -> None:
    """Pack a place like the background of a page."""
    told = json.dumps({"features": [{"lon": round(place[0], 5), "lat": round(place[1], 5)}]})
    packed = base64.b64encode(gzip.compress(told.encode())).decode()
    data = f'<script type="application/json">{json.dumps(packed)}</script>'
    path.write_text(path.read_text("utf-8") + data, encoding="utf-8")


def as_drawing(path: Path, place: Place) -> None:
    """Draw a place in metres."""
    x, y = projected(place, _MERCATOR)
    path.write_text(path.read_text("utf-8") + f'<circle cx="{x:.1f}" cy="{y:.1f}"/>', "utf-8")


def as_print(path: Path, place: Place) -> None:
    """Print a place, in a stream that is packed."""
    x, y = projected(place, _UTM)
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(path.read_bytes()))
    stream = pypdf.generic.DecodedStreamObject()
    stream.set_data(f"{x:.0f} {y:.0f} l".encode())
    writer.pages[0][pypdf.generic.NameObject("/Planted")] = writer._add_object(
        stream.flate_encode()
    )
    writer.write(path)


def as_quote(path: Path, place: Place) -> None:
    """Quote a cell, with numbers as Python shortens them."""
    told = f'{{"lat": "{place[1]:g}", "lon": "{place[0]:g}"}}'
    path.write_text(path.read_text("utf-8") + told, "utf-8")


def big_endian(path: Path, place: Place) -> None:
    """Append a longitude alone, as a number of eight bytes."""
    path.write_bytes(path.read_bytes() + struct.pack(">d", place[0]))


PLANTING: dict[str, tuple[str, Callable[[Path, Place], None]]] = {
    "workbook": ("coverage.xlsx", as_workbook),
    "layer": ("coverage.gpkg", as_layer),
    "payload": ("coverage.html", as_payload),
    "drawing": ("coverage-report-id.html", as_drawing),
    "quote": ("coverage-report-id.html", as_quote),
    "print": ("coverage-report-en.pdf", as_print),
    "eight bytes": ("coverage-report-en.html", big_endian),
}


@pytest.mark.parametrize("how", PLANTING)
def test_a_place_that_is_planted_is_found(made: CoverageReport, tmp_path: Path, how: str) -> None:
    """In each kind of file, so that finding nothing means something."""
    name, plant = PLANTING[how]
    path = tmp_path / name
    shutil.copy(made.paths[0].with_name(name), path)
    home = next(iter(HOMES))
    plant(path, HOMES[home])
    found = leaks(unpacked(name, path.read_bytes()), {home: HOMES[home]})
    assert found, how
