"""What people know their way by, from an OpenStreetMap extract: rivers, lakes, names of places."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from outreach.layers.osm_extract import EXTRACT_SUFFIXES, reading
from outreach.layers.values import clean_text
from outreach.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from osmium.io import File
    from osmium.osm import Area, Node, TagList, Way
    from pyproj import Geod
    from shapely import LineString, Polygon

    from outreach.progress import Progress

logger = logging.getLogger(__name__)

T = TypeVar("T")

PLACE_KINDS = ("city", "town", "village", "suburb", "hamlet")
"""Kinds of places that are read, the one that is seen from farthest away first."""

_RIVERS = frozenset({"river", "canal"})
_WATERS = (("natural", "water"), ("waterway", "riverbank"), ("landuse", "reservoir"))
_LEAST_WATER_M2 = 5_000.0
_LONGEST_NAME = 60
# A background needs no more than these, whatever part of the world the extract holds.
_MOST_RIVERS, _MOST_WATERS, _MOST_PLACES = 20_000, 5_000, 20_000


class Place(NamedTuple):
    """A city, town, village, suburb or hamlet by its name; EPSG:4326 degrees."""

    name: str
    kind: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmarks:
    """
    Landmarks of an extract, in EPSG:4326, in the order of the file.

    Parameters
    ----------
    rivers
        Courses of rivers and canals, as they are mapped.
    waters
        Lakes, reservoirs and broad rivers with their islands, from half a hectare.
    places
        Settlements that have a name: one line of printable text.
    """

    rivers: tuple[LineString, ...] = ()
    waters: tuple[Polygon, ...] = ()
    places: tuple[Place, ...] = ()


def read_landmarks(source: Path, *, progress: Progress = SILENT) -> Landmarks:
    """
    Read rivers, waters and settlements from an OSM extract.

    A river is cut where the extract lacks its nodes, and a water that it does not hold entirely is
    left out. Of very many the longest rivers, the largest waters and the largest kinds of places
    are kept.

    Parameters
    ----------
    source
        A ``.osm.pbf``, ``.osm``, ``.osm.gz`` or ``.osm.bz2`` file. Any other kind of road file,
        such as GraphML, holds no landmarks.

    Raises
    ------
    NetworkError
        When the file is absent or damaged.
    """
    if not source.name.lower().endswith(EXTRACT_SUFFIXES):
        return Landmarks()
    progress("read landmarks", 0, 1)
    with reading(source) as file:
        landmarks = _read(file)
    progress("read landmarks", 1, 1)
    logger.info(
        "read %d rivers, %d waters and %d places from %s",
        len(landmarks.rivers),
        len(landmarks.waters),
        len(landmarks.places),
        source.name,
    )
    return landmarks


def _read(file: File) -> Landmarks:
    import osmium
    from pyproj import Geod

    wgs84 = Geod(ellps="WGS84")
    is_water = osmium.filter.TagFilter(*_WATERS)
    objects = (
        osmium.FileProcessor(file)
        .with_areas(is_water)
        .with_filter(osmium.filter.KeyFilter("waterway", "natural", "landuse", "place"))
    )
    rivers: list[LineString] = []
    waters: list[tuple[float, Polygon]] = []
    places: list[Place] = []
    for found in objects:
        if isinstance(found, osmium.osm.Node):
            places += _places(found)
        elif isinstance(found, osmium.osm.Way):
            rivers += _courses(found)
        elif isinstance(found, osmium.osm.Area) and _is_water(found.tags):
            waters += _polygons(found, wgs84)
    return Landmarks(
        rivers=_most(rivers, [-wgs84.geometry_length(line) for line in rivers], _MOST_RIVERS),
        waters=_most([area for _, area in waters], [-m2 for m2, _ in waters], _MOST_WATERS),
        places=_most(places, [PLACE_KINDS.index(place.kind) for place in places], _MOST_PLACES),
    )


def _places(node: Node) -> Iterator[Place]:
    kind, name = node.tags.get("place"), clean_text(node.tags.get("name", ""))
    if kind in PLACE_KINDS and name and node.location.valid():
        yield Place(name[:_LONGEST_NAME], kind, node.location.lon, node.location.lat)


def _courses(way: Way) -> Iterator[LineString]:
    import shapely

    if way.tags.get("waterway") not in _RIVERS:
        return
    piece: list[tuple[float, float]] = []
    for node in (*way.nodes, None):
        if node is not None and node.location.valid():
            piece.append((node.location.lon, node.location.lat))
            continue
        if len(piece) > 1:
            yield shapely.LineString(piece)
        piece = []


def _is_water(tags: TagList) -> bool:
    return any(tags.get(key) == value for key, value in _WATERS)


def _polygons(area: Area, wgs84: Geod) -> Iterator[tuple[float, Polygon]]:
    """Give the parts of a water that are large enough to be seen, with their areas in m²."""
    import osmium
    import shapely

    shape = shapely.from_wkb(osmium.geom.WKBFactory().create_multipolygon(area))
    for part in shape.geoms:
        area_m2 = abs(wgs84.geometry_area_perimeter(part)[0])
        if area_m2 >= _LEAST_WATER_M2:
            yield area_m2, part


def _most(found: Sequence[T], ranks: Sequence[float], most: int) -> tuple[T, ...]:
    """Keep those of the lowest ranks, in their order; of equals the first."""
    kept = sorted(range(len(found)), key=ranks.__getitem__)[:most]
    return tuple(found[i] for i in sorted(kept))
