"""The ground as the map's background, drawn from layers: no tiles, so nobody is told of it."""

from __future__ import annotations

import base64
import gzip
import json
import logging
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.output.basemap_cache import cached_roads
from outreach.output.basemap_lines import (
    AREA,
    TOLERANCE_M,
    WGS84,
    Place,
    Roads,
    key_of,
    prepared,
    projected,
)
from outreach.output.polyline import encode_many

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry import LineString

    from outreach.layers.landmarks import Landmarks
    from outreach.output.basemap_lines import Boundaries
    from outreach.routing.network import RoadNetwork

__all__ = ["AREA", "Place", "Roads", "basemap_for", "prepare_roads"]

logger = logging.getLogger(__name__)

FORM = "outreach/basemap/1"

_EVERYWHERE = frozenset({"river", "water", "boundary", "ferry", "main"})
_SEEN_FROM_AFAR = frozenset({"city", "town"})
_RIDDEN_TOLERANCE_M = 50.0
# A quarter of a megabyte is what a page of 0.6 MB has to spare beside Leaflet and the plan.
_MOST_BYTES = 300_000
_MOST_BYTES_WHOLE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Detail:
    """How much is drawn: some classes everywhere, all others within `near_m` of what is ridden."""

    near_m: float
    coarser: float = 1.0
    everywhere: frozenset[str] = _EVERYWHERE


# From the best down to what any page can carry.
_WHOLE = (
    _Detail(near_m=math.inf),
    _Detail(near_m=math.inf, coarser=3.0),
    _Detail(near_m=10_000.0, coarser=3.0, everywhere=_EVERYWHERE | {"minor"}),
    _Detail(near_m=5_000.0, coarser=3.0, everywhere=_EVERYWHERE | {"minor"}),
)
_NEAR = (
    _Detail(near_m=2500.0),
    _Detail(near_m=1250.0),
    _Detail(near_m=600.0, coarser=2.0),
    _Detail(near_m=300.0, coarser=4.0),
)


def prepare_roads(
    network: RoadNetwork,
    *,
    landmarks: Callable[[], Landmarks] | None = None,
    boundaries: Boundaries | None = None,
    cache_dir: Path | None = None,
) -> Roads:
    """
    Sort a network's roads into the classes in which they are drawn, merged and simplified.

    Parameters
    ----------
    network
        One line is drawn for both directions of a road.
    landmarks
        Reads rivers, waters and places, EPSG:4326, from the source of the network, whose content
        its key stands for; called only where no lines are kept. Those far from all roads are
        left out.
    boundaries
        Names and areas, EPSG:4326; a border that areas share is drawn once.
    cache_dir
        Folder where the lines are kept for the next time; without it, or for a network without
        a key, they are made anew.
    """

    def build() -> Roads:
        roads = prepared(network, landmarks() if landmarks else None, boundaries or ())
        logger.info("prepared %d lines and %d names", len(roads.lines), len(roads.places))
        return roads

    if cache_dir is None or not network.key:
        return build()
    key = key_of(network, boundaries or (), has_landmarks=landmarks is not None)
    return cached_roads(key, cache_dir=cache_dir, build=build)


def basemap_for(roads: Roads, paths: Sequence[LineString], *, whole: bool = False) -> str:
    """
    Pack what lies behind a page's ways; equal input gives equal text.

    Parameters
    ----------
    roads
        The prepared ground.
    paths
        What is ridden, EPSG:4326. Lesser roads are drawn within 2.5 km of it, or nearer where a
        page could not carry them; main roads, waters and boundaries everywhere.
    whole
        Draw lesser roads everywhere; more coarsely where there are very many, then fewer.

    Returns
    -------
    basemap
        Base64 of gzip of JSON: ``form``, ``lines`` (by class, lowest first, polylines with a
        blank between) and ``places`` (name, kind, lon, lat).
    """
    most = _MOST_BYTES_WHOLE if whole else _MOST_BYTES
    packed = ""
    for detail in (*_WHOLE, *_NEAR) if whole else _NEAR:
        packed = _packed(roads, paths, detail)
        if len(packed) <= most:
            break
    return packed


def _packed(roads: Roads, paths: Sequence[LineString], detail: _Detail) -> str:
    import numpy as np
    import shapely

    is_drawn = np.isin(roads.classes, list(detail.everywhere))
    places = roads.places
    if math.isinf(detail.near_m):
        is_drawn[:] = True
    else:
        corridor = _corridor(paths, roads.crs, detail.near_m)
        is_drawn |= shapely.intersects(corridor, roads.lines)
        places = _near_places(places, corridor, roads.crs)
    content = {
        "form": FORM,
        "lines": {
            name: _text(roads.lines[is_drawn & (roads.classes == name)], name, roads.crs, detail)
            for name in TOLERANCE_M
        },
        "places": places,
    }
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    # The time of packing would make equal pages differ.
    return base64.b64encode(gzip.compress(plain, 9, mtime=0)).decode("ascii")


def _corridor(paths: Sequence[LineString], crs: str, near_m: float) -> Polygon | MultiPolygon:
    import numpy as np
    import shapely

    ridden = np.array([path for path in paths if not path.is_empty], dtype=object)
    lines = shapely.simplify(projected(ridden, WGS84, crs), _RIDDEN_TOLERANCE_M)
    corridor: Polygon | MultiPolygon = shapely.union_all(shapely.buffer(lines, near_m, quad_segs=4))
    shapely.prepare(corridor)
    return corridor


def _near_places(
    places: Sequence[Place], corridor: Polygon | MultiPolygon, crs: str
) -> tuple[Place, ...]:
    import numpy as np
    import shapely

    points = np.array([place[2:] for place in places], dtype=float).reshape(-1, 2)
    at = projected(shapely.points(points), WGS84, crs)
    near = shapely.intersects(corridor, at)
    return tuple(
        place
        for place, is_near in zip(places, near, strict=True)
        if is_near or place[1] in _SEEN_FROM_AFAR
    )


def _text(lines: NDArray[np.object_], name: str, crs: str, detail: _Detail) -> str:
    """Write lines as polylines with blanks between, in an order of their own."""
    import numpy as np
    import shapely

    if detail.coarser > 1:
        lines = shapely.simplify(lines, TOLERANCE_M[name] * detail.coarser)
    degrees, line_of = shapely.get_coordinates(projected(lines, crs, WGS84), return_index=True)
    first = np.searchsorted(line_of, np.arange(len(lines)))
    # Merging has no order of its own; neighbours side by side also pack better.
    return " ".join(sorted(encode_many(degrees[:, 0], degrees[:, 1], first)))
