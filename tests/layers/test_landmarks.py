"""OSM extracts → rivers, waters and names of places."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
import shapely

from outreach.errors import NetworkError
from outreach.layers import landmarks as landmarks_module
from outreach.layers.landmarks import Landmarks, Place, read_landmarks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# Ten thousandths of a degree near the equator: 11 m.
STEP = 1e-4
TOWN = {"place": "town", "name": "Sengeti"}


class Extract:
    """An OSM file as it is drawn up: nodes by position in steps from (103.6, -1.6)."""

    def __init__(self) -> None:
        self._root = ET.Element("osm", version="0.6", generator="tests")
        self._ways: list[ET.Element] = []
        self._relations: list[ET.Element] = []
        self._n = 0

    def node(self, x: int, y: int, tags: Mapping[str, str] | None = None) -> int:
        """Add a node and give its id."""
        self._n += 1
        lon, lat = f"{103.6 + x * STEP:.4f}", f"{-1.6 + y * STEP:.4f}"
        node = ET.SubElement(self._root, "node", id=str(self._n), lon=lon, lat=lat, version="1")
        self._tag(node, tags or {})
        return self._n

    def way(self, nodes: Sequence[int], tags: Mapping[str, str] | None = None) -> int:
        """Add a way and give its id."""
        way = ET.Element("way", id=str(len(self._ways) + 1), version="1")
        for node in nodes:
            ET.SubElement(way, "nd", ref=str(node))
        self._tag(way, tags or {})
        self._ways.append(way)
        return len(self._ways)

    def square(self, x: int, y: int, side: int, tags: Mapping[str, str] | None = None) -> int:
        """Add a closed way around a square."""
        shape = ((x, y), (x + side, y), (x + side, y + side), (x, y + side))
        nodes = [self.node(*xy) for xy in shape]
        return self.way([*nodes, nodes[0]], tags)

    def multipolygon(self, outer: int, inner: int, tags: Mapping[str, str]) -> None:
        """Add a relation of two closed ways."""
        relation = ET.Element("relation", id="1", version="1")
        for way, role in ((outer, "outer"), (inner, "inner")):
            ET.SubElement(relation, "member", type="way", ref=str(way), role=role)
        self._tag(relation, {"type": "multipolygon", **tags})
        self._relations.append(relation)

    def write(self, folder: Path) -> Path:
        """Write the file."""
        self._root.extend([*self._ways, *self._relations])
        path = folder / "extract.osm"
        ET.ElementTree(self._root).write(path, encoding="utf-8")
        return path

    @staticmethod
    def _tag(element: ET.Element, tags: Mapping[str, str]) -> None:
        for key, value in tags.items():
            ET.SubElement(element, "tag", k=key, v=value)


def steps(geometry: shapely.Geometry) -> list[tuple[int, int]]:
    """Give the coordinates of a line or ring in steps."""
    return [(round((x - 103.6) / STEP), round((y + 1.6) / STEP)) for x, y in geometry.coords]


@pytest.mark.parametrize(
    ("waterway", "is_read"),
    [("river", True), ("canal", True), ("stream", False), ("drain", False), ("dam", False)],
)
def test_rivers_and_canals_are_read_and_no_brooks(
    tmp_path: Path,
    waterway: str,
    is_read: bool,  # noqa: FBT001
) -> None:
    """A background of every ditch would hide the roads."""
    extract = Extract()
    extract.way([extract.node(0, 0), extract.node(5, 1)], {"waterway": waterway})
    rivers = read_landmarks(extract.write(tmp_path)).rivers
    assert [steps(line) for line in rivers] == ([[(0, 0), (5, 1)]] if is_read else [])


def test_a_river_is_cut_where_nodes_are_missing(tmp_path: Path) -> None:
    """Of the two ends outside the extract and the hole in it, nothing is made up."""
    extract = Extract()
    a, b, c, d, e = (extract.node(x, 0) for x in range(5))
    extract.way([901, a, b, 902, c, 903, d, e, 904], {"waterway": "river"})
    rivers = read_landmarks(extract.write(tmp_path)).rivers
    assert [steps(line) for line in rivers] == [[(0, 0), (1, 0)], [(3, 0), (4, 0)]]


@pytest.mark.parametrize(
    "tags", [{"natural": "water"}, {"waterway": "riverbank"}, {"landuse": "reservoir"}]
)
def test_lakes_are_areas(tmp_path: Path, tags: dict[str, str]) -> None:
    """A closed way of 111 m by 111 m is a lake; one that is open, or a wood, is none."""
    extract = Extract()
    extract.square(0, 0, 10, tags)
    extract.way([extract.node(30, 0), extract.node(40, 0), extract.node(40, 9)], tags)
    extract.square(60, 0, 10, {"natural": "wood"})
    (lake,) = read_landmarks(extract.write(tmp_path)).waters
    assert set(steps(lake.exterior)) == {(0, 0), (10, 0), (10, 10), (0, 10)}


def test_a_lake_with_an_island_has_a_hole(tmp_path: Path) -> None:
    """A multipolygon is one lake, and its inner ring no lake of its own."""
    extract = Extract()
    outer, inner = extract.square(0, 0, 20), extract.square(5, 5, 10)
    extract.multipolygon(outer, inner, {"natural": "water"})
    (lake,) = read_landmarks(extract.write(tmp_path)).waters
    assert [sorted(set(steps(ring))) for ring in lake.interiors] == [
        [(5, 5), (5, 15), (15, 5), (15, 15)]
    ]


def test_a_multipolygon_without_all_its_ways_is_no_lake(tmp_path: Path) -> None:
    """Its outline cannot be closed; the rest of the extract is read all the same."""
    extract = Extract()
    extract.node(0, 0, TOWN)
    extract.multipolygon(77, 78, {"natural": "water"})
    landmarks = read_landmarks(extract.write(tmp_path))
    assert not landmarks.waters
    assert len(landmarks.places) == 1


@pytest.mark.parametrize(("side", "is_read"), [(6, False), (7, True)])
def test_ponds_are_left_out(tmp_path: Path, side: int, is_read: bool) -> None:  # noqa: FBT001
    """66 m by 66 m are less than half a hectare, 77 m by 77 m are more."""
    extract = Extract()
    extract.square(0, 0, side, {"natural": "water"})
    assert len(read_landmarks(extract.write(tmp_path)).waters) == is_read


def test_the_area_of_a_lake_is_that_of_its_water(tmp_path: Path) -> None:
    """A moat around an island of 89 m by 89 m is too small, though its outline is not."""
    extract = Extract()
    outer, inner = extract.square(0, 0, 10), extract.square(1, 1, 8)
    extract.multipolygon(outer, inner, {"natural": "water"})
    assert not read_landmarks(extract.write(tmp_path)).waters


def test_settlements_with_a_name_are_places(tmp_path: Path) -> None:
    """In the order of the file; without a name, or of another kind, they are none."""
    extract = Extract()
    for x, kind in enumerate(("hamlet", "city", "town", "suburb", "village")):
        extract.node(x, -x, {"place": kind, "name": f"N{x}"})
    for tags in ({"place": "town"}, {"place": "town", "name": " "}, {"place": "sea", "name": "S"}):
        extract.node(9, 9, tags)
    extract.node(9, 9, {"name": "Warung", "shop": "yes"})
    extract.square(20, 0, 10, TOWN)
    places = read_landmarks(extract.write(tmp_path)).places
    assert places[1:2] == (Place("N1", "city", 103.6001, -1.6001),)
    kinds = ["hamlet", "city", "town", "suburb", "village"]
    assert [(p.name, p.kind) for p in places] == [(f"N{i}", kind) for i, kind in enumerate(kinds)]


def test_names_are_one_line_of_printable_text(tmp_path: Path) -> None:
    """What turns writing around, breaks lines or goes on and on stays out."""
    extract = Extract()
    extract.node(0, 0, {"place": "village", "name": "Muara\u202e \t Bulian\u0085"})
    extract.node(1, 0, {"place": "village", "name": "a" * 200})
    extract.node(2, 0, {"place": "village", "name": "<b>Pijoan</b>"})
    names = [place.name for place in read_landmarks(extract.write(tmp_path)).places]
    assert names == ["Muara Bulian", "a" * 60, "<b>Pijoan</b>"]


def test_of_too_many_the_most_important_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The longest rivers, the largest lakes and the largest places, in the order of the file."""
    for name in ("_MOST_RIVERS", "_MOST_WATERS", "_MOST_PLACES"):
        monkeypatch.setattr(landmarks_module, name, 2)
    extract = Extract()
    for x, length in ((0, 7), (10, 5), (20, 9)):
        river = [extract.node(x, 0), extract.node(x, length)]
        extract.way(river, {"waterway": "river"})
        extract.square(x, 50, length + 5, {"natural": "water"})
    for x, kind in enumerate(("village", "hamlet", "city", "village")):
        extract.node(x, -9, {"place": kind, "name": kind})
    landmarks = read_landmarks(extract.write(tmp_path))
    assert [steps(line)[0] for line in landmarks.rivers] == [(0, 0), (20, 0)]
    assert [min(steps(lake.exterior)) for lake in landmarks.waters] == [(0, 50), (20, 50)]
    assert [place.name for place in landmarks.places] == ["village", "city"]


def test_a_graph_file_has_no_landmarks(tmp_path: Path) -> None:
    """GraphML knows roads only; it is not even opened."""
    assert read_landmarks(tmp_path / "roads.graphml") == Landmarks()


def test_an_absent_extract_is_named(tmp_path: Path) -> None:
    """With what to do."""
    with pytest.raises(NetworkError, match=r"absent\.osm: no such file; put the road extract"):
        read_landmarks(tmp_path / "absent.osm")


def test_a_damaged_extract_is_named(tmp_path: Path) -> None:
    """As for the roads."""
    path = tmp_path / "broken.osm.pbf"
    path.write_bytes(b"\x00\x00\x00\x0dnothing at all")
    with pytest.raises(NetworkError, match=r"broken\.osm\.pbf: cannot be read as an OSM extract"):
        read_landmarks(path)


def test_a_real_extract(shared: Path) -> None:
    """Liechtenstein: the Rhine is its border, its eleven municipalities are villages."""
    landmarks = read_landmarks(shared / "data" / "osm" / "liechtenstein.osm.pbf")
    assert {"Vaduz", "Schaan", "Balzers"} <= {place.name for place in landmarks.places}
    # The area of the Rhine goes on to Lake Constance.
    box = shapely.box(9.4, 46.9, 9.7, 47.55)
    assert all(map(box.contains, landmarks.rivers + landmarks.waters))
    assert sum(shapely.get_num_coordinates(landmarks.rivers)) > 100
