"""Read the roads of an OpenStreetMap extract (PBF or XML) into arrays."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outreach.errors import EmptyNetworkError, NetworkError
from outreach.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray
    from osmium.io import File
    from osmium.osm import TagList

    from outreach.progress import Progress

logger = logging.getLogger(__name__)

EXTRACT_SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")

HIGHWAYS = frozenset(
    {
        "motorway",
        "motorway_link",
        "trunk",
        "trunk_link",
        "primary",
        "primary_link",
        "secondary",
        "secondary_link",
        "tertiary",
        "tertiary_link",
        "unclassified",
        "residential",
        "living_street",
        "service",
        "road",
        "track",
        "path",
    }
)
"""Highway classes that a motorbike may be ridden on, tags of access aside."""

HIGHWAYS_BY_PERMIT = frozenset({"footway", "cycleway", "pedestrian", "bridleway"})
"""Classes made for others, which count only where `motorcycle` is tagged."""

TAG_KEYS = (
    "highway",
    "route",
    "name",
    "surface",
    "tracktype",
    "smoothness",
    "maxspeed",
    "oneway",
    "junction",
    "access",
    "vehicle",
    "motor_vehicle",
    "motorcycle",
    "service",
)
"""Tags that say how fast, in which direction and whether a way can be ridden."""

_COORDINATE_SCALE = 10_000_000
_ONE_WAY = b'<osm version="0.6"><way id="1"/></osm>'


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoadWays:
    """
    Ways as OpenStreetMap draws them: n nodes, w ways, arrays.

    Parameters
    ----------
    node_ids
        OSM node ids, ascending; shape (n,), int64.
    lon, lat
        Node coordinates in EPSG:4326 degrees; shape (n,).
    way_ids
        OSM way ids in the order of the file; shape (w,), int64. A way whose nodes are partly
        missing from the extract appears once for each piece that is there.
    ref_offsets, refs
        Way i passes the nodes at ``refs[ref_offsets[i]:ref_offsets[i + 1]]``, positions in
        `node_ids`; offsets have shape (w + 1,), int64.
    tags
        One row per way and one string column per key of `TAG_KEYS`, NaN where untagged.
    """

    node_ids: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    way_ids: NDArray[np.int64]
    ref_offsets: NDArray[np.int64]
    refs: NDArray[np.int32]
    tags: pd.DataFrame

    @property
    def n_ways(self) -> int:
        """Number of ways."""
        return len(self.way_ids)

    def keep(self, is_kept: NDArray[np.bool_]) -> RoadWays:
        """
        Leave out ways, and the nodes that only they pass.

        Parameters
        ----------
        is_kept
            Which ways stay; shape (w,).
        """
        n_refs = np.diff(self.ref_offsets)
        used, refs = np.unique(self.refs[np.repeat(is_kept, n_refs)], return_inverse=True)
        return RoadWays(
            node_ids=self.node_ids[used],
            lon=self.lon[used],
            lat=self.lat[used],
            way_ids=self.way_ids[is_kept],
            ref_offsets=_offsets(n_refs[is_kept]),
            refs=refs.astype(np.int32),
            tags=self.tags[is_kept].reset_index(drop=True),
        )


def read_extract(path: Path, *, progress: Progress = SILENT) -> RoadWays:
    """
    Read the ways that a motorbike might use from an OSM extract.

    Kept are the `HIGHWAYS`, those `HIGHWAYS_BY_PERMIT` and the ferries (``route=ferry``),
    whatever their access; outlines of areas (``area=yes``) are no roads. A way is cut where the
    extract lacks its nodes, so that no road is invented across the gap.

    Parameters
    ----------
    path
        A ``.osm.pbf``, ``.osm``, ``.osm.gz`` or ``.osm.bz2`` file.

    Raises
    ------
    NetworkError
        When the file is absent, damaged or not an OSM extract.
    EmptyNetworkError
        When no such way is in it.
    """
    progress("read roads", 0, 2)
    with reading(path) as file:
        drawn = _read_ways(file)
        progress("read roads", 1, 2)
        ids, positions = np.unique(drawn.refs, return_inverse=True)
        lon, lat = _read_locations(file, ids)
    roads = _without_gaps(drawn, ids, positions, lon, lat)
    if roads.n_ways == 0:
        raise EmptyNetworkError(
            "%(file)s: holds no road and no ferry; give an extract with roads", file=str(path)
        )
    progress("read roads", 2, 2)
    logger.info("read %d ways over %d nodes from %s", roads.n_ways, len(roads.node_ids), path.name)
    return roads


@contextlib.contextmanager
def reading(path: Path) -> Iterator[File]:
    """
    Give an extract to osmium, and tell the user what is wrong with it.

    Raises
    ------
    NetworkError
        When the file is absent, damaged or not an OSM extract.
    """
    import osmium

    if not path.is_file():
        raise NetworkError("%(file)s: no such file; put the road extract there", file=str(path))
    name = path.name.lower()
    # Osmium would not see a suffix in capitals.
    suffix = next((end for end in EXTRACT_SUFFIXES if name.endswith(end)), "")
    try:
        yield osmium.io.File(str(path), suffix.removeprefix("."))
    except (RuntimeError, ValueError) as error:
        raise NetworkError(
            "%(file)s: cannot be read as an OSM extract (%(reason)s); it may be cut off or"
            " damaged: fetch it again, or give a .osm.pbf, .osm, .osm.gz or .osm.bz2 file",
            file=str(path),
            reason=str(error),
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Drawn:
    """Ways with the node ids they name, which the extract may lack."""

    way_ids: NDArray[np.int64]
    n_refs: NDArray[np.int64]
    refs: NDArray[np.int64]
    tags: pd.DataFrame


def _read_ways(file: File) -> _Drawn:
    import osmium
    import pandas as pd

    ways = osmium.FileProcessor(file, osmium.osm.WAY).with_filter(
        osmium.filter.KeyFilter("highway", "route")
    )
    ids: list[int] = []
    n_refs: list[int] = []
    refs: list[int] = []
    rows: list[list[str | None]] = []
    for way in ways:
        if isinstance(way, osmium.osm.Way) and _is_road(way.tags):
            tag = way.tags.get
            nodes = [node.ref for node in way.nodes]
            ids.append(way.id)
            n_refs.append(len(nodes))
            refs += nodes
            rows.append([tag(key) for key in TAG_KEYS])
    return _Drawn(
        way_ids=np.array(ids, dtype=np.int64),
        n_refs=np.array(n_refs, dtype=np.int64),
        refs=np.array(refs, dtype=np.int64),
        tags=pd.DataFrame(rows, columns=list(TAG_KEYS), dtype="str"),
    )


def _is_road(tags: TagList) -> bool:
    highway = tags.get("highway")
    return (
        highway in HIGHWAYS
        or (highway in HIGHWAYS_BY_PERMIT and "motorcycle" in tags)
        or tags.get("route") == "ferry"
    ) and tags.get("area") != "yes"


def _read_locations(
    file: File, ids: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Look up longitude and latitude by node id; NaN where the extract lacks the node."""
    import osmium

    table = osmium.index.create_map("flex_mem")
    collector = osmium.NodeLocationsForWays(table)
    with osmium.io.Reader(file, osmium.osm.NODE) as nodes:
        osmium.apply(nodes, collector)
    # The table sorts itself when the first way comes; without one, a file whose nodes are not
    # in order would seem to lack them.
    with osmium.io.Reader(osmium.io.FileBuffer(_ONE_WAY, "osm")) as way:
        osmium.apply(way, collector)
    scaled = np.full((len(ids), 2), np.nan)
    for i, node_id in enumerate(ids.tolist()):
        if node_id >= 0:
            try:
                location = table.get(node_id)
            except KeyError:
                continue
            scaled[i] = location.x, location.y
    if len(ids) and ids[0] < 0:
        # Editors give negative ids to what is not uploaded yet; the table has no room for them.
        for node in osmium.FileProcessor(file, osmium.osm.NODE):
            at = int(np.searchsorted(ids, node.id))
            if isinstance(node, osmium.osm.Node) and node.id < 0 and ids[at] == node.id:
                scaled[at] = node.location.x, node.location.y
    # Division gives the double that is nearest to the decimal degrees in the file.
    degrees = scaled / _COORDINATE_SCALE
    # Deleted nodes have no place; osmium then gives one that is not on the globe.
    degrees[(np.abs(degrees) > (180, 90)).any(axis=1)] = np.nan
    return degrees[:, 0], degrees[:, 1]


def _without_gaps(
    drawn: _Drawn,
    ids: NDArray[np.int64],
    positions: NDArray[np.intp],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
) -> RoadWays:
    """Cut the ways where their nodes are missing."""
    is_known = ~np.isnan(lon)
    is_there = is_known[positions]
    way = np.repeat(np.arange(len(drawn.way_ids)), drawn.n_refs)[is_there]
    place = np.flatnonzero(is_there)
    starts_piece = np.ones(len(place), dtype=bool)
    starts_piece[1:] = (np.diff(place) > 1) | (np.diff(way) > 0)
    starts = np.flatnonzero(starts_piece)
    renumbered = np.cumsum(is_known) - 1
    return RoadWays(
        node_ids=ids[is_known],
        lon=lon[is_known],
        lat=lat[is_known],
        way_ids=drawn.way_ids[way[starts]],
        ref_offsets=np.append(starts, len(place)).astype(np.int64),
        refs=renumbered[positions[is_there]].astype(np.int32),
        tags=drawn.tags.iloc[way[starts]].reset_index(drop=True),
    )


def _offsets(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
