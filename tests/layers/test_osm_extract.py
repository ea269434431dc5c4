"""OSM extracts → arrays of ways."""

from __future__ import annotations

import bz2
import gzip
from typing import TYPE_CHECKING

import numpy as np
import pytest

from outreach.errors import EmptyNetworkError, NetworkError
from outreach.layers.osm_extract import TAG_KEYS, RoadWays, read_extract
from outreach.routing.impedance import IMPEDANCE_TAGS
from tests.osm_files import Way, write_osm

if TYPE_CHECKING:
    from pathlib import Path

NODES = {3: (103.61, -1.61), 1: (103.6, -1.6), 2: (103.62, -1.6), 9: (103.65, -1.65)}
ROAD = {"highway": "residential", "surface": "asphalt"}


def write(folder: Path, *ways: Way) -> Path:
    """Write ways over the four nodes, which are not in the order of their ids."""
    return write_osm(folder / "roads.osm", NODES, ways)


def drawn(roads: RoadWays) -> dict[int, list[list[int]]]:
    """List the node ids along each way, piece by piece."""
    pieces: dict[int, list[list[int]]] = {}
    for i, way in enumerate(roads.way_ids.tolist()):
        refs = roads.refs[roads.ref_offsets[i] : roads.ref_offsets[i + 1]]
        pieces.setdefault(way, []).append(roads.node_ids[refs].tolist())
    return pieces


def test_ways_keep_their_nodes_in_order(tmp_path: Path) -> None:
    """A way passes its nodes as drawn, whatever the order of nodes in the file."""
    roads = read_extract(write(tmp_path, (7, (3, 1, 2), ROAD), (5, (2, 9), ROAD)))
    assert drawn(roads) == {7: [[3, 1, 2]], 5: [[2, 9]]}
    assert roads.node_ids.tolist() == [1, 2, 3, 9]


def test_coordinates_are_the_decimal_degrees_of_the_file(tmp_path: Path) -> None:
    """No digit is lost or added on the way."""
    roads = read_extract(write(tmp_path, (7, (3, 1, 2, 9), ROAD)))
    places = dict(
        zip(
            roads.node_ids.tolist(),
            zip(roads.lon.tolist(), roads.lat.tolist(), strict=True),
            strict=True,
        )
    )
    assert places == NODES


def test_tags_are_columns_and_missing_ones_nan(tmp_path: Path) -> None:
    """Every known key is a column; what is not tagged is missing."""
    roads = read_extract(write(tmp_path, (7, (1, 2), ROAD), (8, (2, 3), {"highway": "track"})))
    assert list(roads.tags.columns) == list(TAG_KEYS)
    assert roads.tags["surface"].isna().tolist() == [False, True]
    assert roads.tags.loc[0, "surface"] == "asphalt"


def test_every_tag_that_rules_the_speed_is_read() -> None:
    """What the travel times look at is among the columns."""
    assert set(IMPEDANCE_TAGS) <= set(TAG_KEYS)


@pytest.mark.parametrize(
    ("tags", "is_read"),
    [
        ({"highway": "path"}, True),
        ({"highway": "track"}, True),
        ({"highway": "residential", "access": "private"}, True),
        ({"route": "ferry"}, True),
        ({"highway": "footway", "motorcycle": "yes"}, True),
        ({"highway": "footway"}, False),
        ({"highway": "steps"}, False),
        ({"highway": "proposed"}, False),
        ({"highway": "construction"}, False),
        ({"highway": "pedestrian", "area": "yes"}, False),
        ({"highway": "service", "area": "yes"}, False),
        ({"route": "bus"}, False),
        ({"building": "yes"}, False),
    ],
)
def test_only_what_a_motorbike_might_use_is_read(
    tmp_path: Path,
    tags: dict[str, str],
    is_read: bool,  # noqa: FBT001
) -> None:
    """Paths and ferries count; pavements, plans and outlines do not."""
    roads = read_extract(write(tmp_path, (1, (1, 2), ROAD), (2, (2, 3), tags)))
    assert (2 in roads.way_ids) == is_read


def test_a_way_is_cut_where_the_extract_lacks_a_node(tmp_path: Path) -> None:
    """No straight road is invented across the gap; each piece keeps the tags."""
    roads = read_extract(write(tmp_path, (7, (1, 2, 77, 3, 9, 78), ROAD)))
    assert drawn(roads) == {7: [[1, 2], [3, 9]]}
    assert roads.tags["surface"].tolist() == ["asphalt", "asphalt"]


def test_a_node_without_a_place_is_missing(tmp_path: Path) -> None:
    """A deleted node, which an extract may still name, is no corner of the world."""
    path = write(tmp_path, (7, (1, 2, 5), ROAD))
    path.write_text(path.read_text().replace("<way", '<node id="5" version="2"/><way', 1))
    assert drawn(read_extract(path)) == {7: [[1, 2]]}


def test_negative_ids_of_an_editor_are_read(tmp_path: Path) -> None:
    """What was drawn and never uploaded has negative ids."""
    places = {-1: (103.6, -1.6), -2: (103.61, -1.6), 4: (103.62, -1.6)}
    roads = read_extract(write_osm(tmp_path / "roads.osm", places, [(-9, (-1, 4, -2), ROAD)]))
    assert drawn(roads) == {-9: [[-1, 4, -2]]}
    assert roads.lon.tolist() == [103.61, 103.6, 103.62]


def test_packed_files_give_the_same(tmp_path: Path) -> None:
    """gzip, bzip2 and PBF hold the same roads as the plain file."""
    import osmium

    plain = write(tmp_path, (7, (3, 1, 2), ROAD), (8, (2, 9), ROAD))
    (tmp_path / "a.osm.gz").write_bytes(gzip.compress(plain.read_bytes()))
    (tmp_path / "b.osm.bz2").write_bytes(bz2.compress(plain.read_bytes()))
    with osmium.SimpleWriter(str(tmp_path / "c.osm.pbf")) as writer:
        for thing in osmium.FileProcessor(plain):
            writer.add(thing)
    expected = read_extract(plain)
    for name in ("a.osm.gz", "b.osm.bz2", "c.osm.pbf"):
        roads = read_extract(tmp_path / name)
        assert drawn(roads) == drawn(expected)
        assert np.array_equal(roads.lon, expected.lon)


def test_keeping_ways_leaves_out_their_lone_nodes(tmp_path: Path) -> None:
    """Nodes go with the last way that passes them."""
    roads = read_extract(write(tmp_path, (7, (3, 1), ROAD), (8, (1, 2, 9), ROAD)))
    kept = roads.keep(np.array([False, True]))
    assert drawn(kept) == {8: [[1, 2, 9]]}
    assert kept.node_ids.tolist() == [1, 2, 9]
    assert kept.lon.tolist() == [103.6, 103.62, 103.65]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.osm.pbf", b""),
        ("a.osm.pbf", b"this is no extract at all, but it is long enough to look like one"),
        ("a.osm", b""),
        ("a.osm", b"<html><body>503 Service Unavailable</body></html>"),
        ("a.osm", b'<osm version="0.6"><node id="1" lon="1" lat="1"/><way id="2">'),
        ("a.osm", b'<osm version="0.6"><node id="one" lon="1" lat="1"/></osm>'),
        ("a.osm.gz", b"\x1f\x8b\x08no"),
        ("a.osm.gz", gzip.compress(b'<osm version="0.6"></osm>' * 100, mtime=0)[:-12]),
        ("a.osm.bz2", b"BZh9 no"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    """The error says which file cannot be read, and no traceback of a reader escapes."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(NetworkError, match=r"a\.osm"):
        read_extract(path)


def test_an_extract_that_was_cut_off_is_refused(tmp_path: Path, shared: Path) -> None:
    """Half a download is not taken for a small district."""
    whole = (shared / "data" / "osm" / "jakarta_2012.osm.pbf").read_bytes()
    (tmp_path / "half.osm.pbf").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(NetworkError, match="cut off"):
        read_extract(tmp_path / "half.osm.pbf")


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    """The error names the file to put there."""
    with pytest.raises(NetworkError, match=r"gone\.osm\.pbf: no such file"):
        read_extract(tmp_path / "gone.osm.pbf")


def test_an_extract_without_roads_is_empty(tmp_path: Path) -> None:
    """A file with nothing to ride on is an error of its own."""
    with pytest.raises(EmptyNetworkError, match="no road"):
        read_extract(write(tmp_path, (1, (1, 2), {"building": "yes"})))
