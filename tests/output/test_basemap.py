"""What lies behind the ways of a page."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from outreach.layers.landmarks import Landmarks, Place
from outreach.output import basemap, basemap_cache, basemap_lines
from outreach.output.basemap import AREA, Roads, basemap_for, prepare_roads
from outreach.routing.network import network_from_graph
from tests.output.sample import sample_network
from tests.output.test_polyline import decoded
from tests.worlds import grid_town

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.routing.network import RoadNetwork

CORNER = shapely.LineString([(103.3, -2.0), (103.31, -2.0)])
EQUATOR_M = 111_320.0


@pytest.fixture(scope="module")
def town() -> RoadNetwork:
    """Give a grid of three by three corners, 100 m apart, on the equator."""
    return replace(network_from_graph(grid_town(3)), key="town")


def test_each_road_is_drawn_once(town: RoadNetwork) -> None:
    """Both directions of a two-way street are one line: 12 blocks of 100 m."""
    lines = read(basemap_for(prepare_roads(town), (), whole=True))["street"]
    assert abs(sum(line.length for line in lines) * EQUATOR_M - 1200) < 25


def test_straight_streets_are_one_line_between_junctions(town: RoadNetwork) -> None:
    """The corners of the grid, where just two streets meet, end no line: 4 + 4 are left."""
    roads = prepare_roads(town)
    assert len(roads.lines) == 8
    assert set(roads.classes) == {"street"}


def test_main_roads_are_drawn_everywhere_and_others_near(roads: Roads) -> None:
    """A short path in a corner brings its small roads and the main ones of the whole network."""
    drawn = read(basemap_for(roads, [CORNER]))
    assert width(drawn["main"]) > 0.4
    for name in ("street", "minor", "track"):
        assert 0 < width(drawn[name]) < 0.12


def test_lesser_roads_are_drawn_for_two_and_a_half_kilometres() -> None:
    """Of streets that lie 2.4 and 2.6 km from the path, the nearer one is drawn."""
    to_path = shapely.LineString([(0, 0), (0, 1000)])
    streets = [shapely.LineString([(x, 0), (x, 900)]) for x in (2400, -2600)]
    ground = Roads(
        lines=np.array(streets, dtype=object),
        classes=np.array(["street"] * 2, dtype=object),
        places=(),
        # Metres along the equator, more or less.
        crs="EPSG:3857",
    )
    path = shapely.transform(to_path, lambda points: points / EQUATOR_M)
    (line,) = read(basemap_for(ground, [path]))["street"]
    assert abs(line.bounds[0] * EQUATOR_M - 2400) < 10


def test_the_whole_network_has_every_road(roads: Roads) -> None:
    """What the office sees does not stop at the ways."""
    drawn = read(basemap_for(roads, [CORNER], whole=True))
    for name in ("main", "street", "minor", "track"):
        assert width(drawn[name]) > 0.4


def test_roads_are_drawn_without_a_path(roads: Roads) -> None:
    """An empty plan still has its main roads, and no others."""
    drawn = read(basemap_for(roads, []))
    assert drawn["main"]
    assert not drawn["street"]


def test_a_path_of_one_point_has_its_roads(roads: Roads) -> None:
    """Who walks from door to door sees the roads around."""
    assert read(basemap_for(roads, [shapely.LineString([(103.3, -2.0)] * 2)]))["street"]


def test_a_page_is_never_too_heavy(monkeypatch: pytest.MonkeyPatch, roads: Roads) -> None:
    """Where the roads do not fit, fewer are drawn, main ones last of all."""
    full = basemap_for(roads, [CORNER], whole=True)
    monkeypatch.setattr(basemap, "_MOST_BYTES_WHOLE", len(full) - 1)
    less = basemap_for(roads, [CORNER], whole=True)
    assert len(less) < len(full)
    monkeypatch.setattr(basemap, "_MOST_BYTES_WHOLE", 10)
    least = read(basemap_for(roads, [CORNER], whole=True))
    assert width(least["main"]) > 0.4
    assert width(least["street"]) < 0.12


def test_equal_roads_give_equal_text() -> None:
    """Nothing of the hour or of an order by chance is in it."""
    one, other = (
        basemap_for(prepare_roads(sample_network()), [CORNER], whole=True) for _ in range(2)
    )
    assert one == other


def test_rivers_and_waters_lie_lowest(town: RoadNetwork) -> None:
    """They are drawn first, with islands as rings of their own, however far they lead."""
    lake = shapely.box(103.6, 0.0, 103.61, 0.01)
    island = shapely.box(103.604, 0.004, 103.606, 0.006)
    river = shapely.LineString([(102.0, 0.005), (105.0, 0.005)])
    drawn = read(whole(town, rivers=(river,), waters=(lake - island,)))
    assert list(drawn)[:3] == ["river", "water", "boundary"]
    assert sorted(round(ring.length * 100) for ring in drawn["water"]) == [1, 4]
    # The streets are 0.0018° wide, and have a margin of 0.05° on both sides.
    assert abs(width(drawn["river"]) - 0.1018) < 1e-3


def test_waters_that_overlap_are_one(town: RoadNetwork) -> None:
    """A river drawn in pieces has no islands where the pieces meet."""
    pieces = (shapely.box(103.6, 0, 103.61, 0.01), shapely.box(103.605, 0, 103.62, 0.01))
    assert len(read(whole(town, waters=pieces))["water"]) == 1


def test_a_border_between_two_areas_is_drawn_once(town: RoadNetwork) -> None:
    """Two squares of 0.01° have seven sides of border between and around them."""
    squares = [shapely.box(x, 0, x + 0.01, 0.01) for x in (103.59, 103.6)]
    areas = list(zip(("Barat", "Timur"), squares, strict=True))
    packed = basemap_for(prepare_roads(town, boundaries=areas), (), whole=True)
    border = sum(line.length for line in read(packed)["boundary"])
    assert abs(border - 0.07) < 0.001
    assert [place[:2] for place in content(packed)["places"]] == [["Barat", AREA], ["Timur", AREA]]


def test_names_far_from_the_roads_are_left_out(town: RoadNetwork) -> None:
    """An extract knows more towns than the network reaches."""
    places = (Place("Jambi", "city", 103.6, 0.0), Place("Padang", "city", 100.4, -0.9))
    assert content(whole(town, places=places))["places"] == [["Jambi", "city", 103.6, 0.0]]


def test_villages_are_named_near_the_ways_and_towns_everywhere() -> None:
    """Whoever rides in one corner needs no hamlet of another."""
    places = (
        Place("Near", "village", 103.31, -2.0),
        Place("Far", "village", 103.6, -1.7),
        Place("Town", "town", 103.6, -1.7),
    )
    known = Landmarks(places=places)
    ground = prepare_roads(sample_network(), landmarks=lambda: known)
    named = content(basemap_for(ground, [CORNER]))["places"]
    assert [name for name, *_ in named] == ["Near", "Town"]


def test_an_area_with_the_name_of_a_place_is_not_named_twice(town: RoadNetwork) -> None:
    """The place is where people live, the middle of its area is not."""
    known = Landmarks(places=(Place("Mestong", "village", 103.6, 0.0),))
    areas = [("MESTONG", shapely.box(103.59, 0, 103.6, 0.01))]
    ground = prepare_roads(town, landmarks=lambda: known, boundaries=areas)
    assert [place[:2] for place in ground.places] == [("Mestong", "village")]


def test_kept_lines_are_used_again(town: RoadNetwork, tmp_path: Path, built: list[str]) -> None:
    """The second time nothing is merged, and the text is the same."""
    cold = basemap_for(prepare_roads(town, cache_dir=tmp_path), (), whole=True)
    warm = basemap_for(prepare_roads(town, cache_dir=tmp_path), (), whole=True)
    assert cold == warm
    assert built == ["town"]


def test_other_ground_is_not_taken_from_the_cache(
    town: RoadNetwork, tmp_path: Path, built: list[str]
) -> None:
    """A network of another key, landmarks, a new border: each makes new lines."""
    river = Landmarks(rivers=(shapely.LineString([(103.6, 0), (103.61, 0)]),))
    area = shapely.box(103.6, 0, 103.61, 0.01)
    prepare_roads(town, cache_dir=tmp_path)
    prepare_roads(replace(town, key="other"), cache_dir=tmp_path)
    prepare_roads(town, landmarks=lambda: river, cache_dir=tmp_path)
    prepare_roads(town, boundaries=[("A", area)], cache_dir=tmp_path)
    prepare_roads(town, boundaries=[("B", area)], cache_dir=tmp_path)
    assert len(built) == 5


def test_landmarks_are_read_only_where_no_lines_are_kept(town: RoadNetwork, tmp_path: Path) -> None:
    """A large extract takes long to read, and its lines are there already."""
    n_read = 0

    def read() -> Landmarks:
        nonlocal n_read
        n_read += 1
        return Landmarks()

    for _ in range(3):
        prepare_roads(town, landmarks=read, cache_dir=tmp_path)
    assert n_read == 1


def test_a_network_without_a_key_is_not_kept(town: RoadNetwork, tmp_path: Path) -> None:
    """Nothing tells whether it would be the same the next time."""
    prepare_roads(replace(town, key=""), cache_dir=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("at", [0, 40, 400, -30])
def test_a_damaged_cache_is_made_again(
    town: RoadNetwork, tmp_path: Path, built: list[str], at: int
) -> None:
    """A changed byte anywhere is noticed, and the file mended."""
    sound = basemap_for(prepare_roads(town, cache_dir=tmp_path), ())
    (path,) = tmp_path.iterdir()
    kept = path.read_bytes()
    damaged = bytearray(kept)
    damaged[at] ^= 0xFF
    path.write_bytes(damaged)
    assert basemap_for(prepare_roads(town, cache_dir=tmp_path), ()) == sound
    assert path.read_bytes() == kept
    assert len(built) == 2


@pytest.mark.parametrize("text", [b"", b"short", bytes(32)])
def test_a_cache_cut_short_is_made_again(town: RoadNetwork, tmp_path: Path, text: bytes) -> None:
    """Nor does an empty file stop anything."""
    prepare_roads(town, cache_dir=tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(text)
    assert len(prepare_roads(town, cache_dir=tmp_path).lines) == 8


def test_a_cache_that_cannot_be_written_is_only_warned_of(
    town: RoadNetwork, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The map is drawn all the same."""
    (tmp_path / "file").write_text("in the way")
    assert len(prepare_roads(town, cache_dir=tmp_path / "file").lines) == 8
    assert "could not be cached" in caplog.text


def test_the_cache_does_not_grow_for_ever(town: RoadNetwork, tmp_path: Path) -> None:
    """The longest unused go."""
    for i in range(basemap_cache.N_KEPT + 3):
        prepare_roads(replace(town, key=str(i)), cache_dir=tmp_path)
    assert len(list(tmp_path.iterdir())) == basemap_cache.N_KEPT


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the key of each network whose lines are made rather than loaded."""
    keys: list[str] = []
    prepare = basemap_lines.prepared

    def noting(network: RoadNetwork, *others: Any) -> Roads:
        keys.append(network.key)
        return prepare(network, *others)

    monkeypatch.setattr(basemap, "prepared", noting)
    return keys


def whole(town: RoadNetwork, **landmarks: Any) -> str:
    """Pack a network with landmarks."""
    known = Landmarks(**landmarks)
    return basemap_for(prepare_roads(town, landmarks=lambda: known), (), whole=True)


def content(packed: str) -> dict[str, Any]:
    """Unpack a background as a page does."""
    read: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(packed)))
    return read


def read(packed: str) -> dict[str, list[shapely.LineString]]:
    """Give the lines of each class, in degrees."""
    return {
        name: [
            shapely.LineString([(lon, lat) for lat, lon in decoded(line)]) for line in text.split()
        ]
        for name, text in content(packed)["lines"].items()
    }


def width(lines: list[shapely.LineString]) -> float:
    """Tell how many degrees of longitude lines cover."""
    west, _, east, _ = shapely.MultiLineString(lines).bounds
    return float(east - west)
