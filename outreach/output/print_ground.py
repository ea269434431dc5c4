"""What lies under the ways of a printed map: waters, roads, borders, and the names of places."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outreach.output.print_paper import furniture, path_data, text_svg

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from outreach.output.basemap import Place, Roads
    from outreach.output.print_paper import Box, Frame

_WATER = 'fill="#d3dfe9" fill-rule="evenodd"'
# Lowest first. What grey print makes of them must stay lighter than any way.
_LINE_STYLES = (
    ("river", 'stroke="#a9c3d8" stroke-width="45"'),
    ("boundary", 'stroke="#8f8f8f" stroke-width="20" stroke-dasharray="25 70"'),
    ("track", 'stroke="#b4b4b4" stroke-width="22" stroke-dasharray="90 60"'),
    ("street", 'stroke="#bdbdbd" stroke-width="20"'),
    ("minor", 'stroke="#a9a9a9" stroke-width="35"'),
    ("ferry", 'stroke="#7d7d7d" stroke-width="40" stroke-dasharray="60 120"'),
    ("main", 'stroke="#969696" stroke-width="60"'),
)
# Of lesser roads only those that a rider might take for the way.
_ONLY_NEAR = ("track", "street", "minor")
_NEAR_MM = 14.0
_MOST_NEAR_M = 600.0
_AREA = 2

_NAME_MM = 2.9
_LETTER_MM = 1.5
_STEP_MM = 3.8
# From the middle of a mark to a name beside it, and to the foot of a name below it.
_BESIDE_MM = 3.4
_BELOW_MM = 6.0
_MOST_NAMES = 14
HERE = "here"
"""The kind of a place that the map is about."""

_NAMED_FIRST = (HERE, "city", "town", "area", "village", "suburb")
_N_LARGE = 3
_LAST = len(_NAMED_FIRST)
_NAME_COLOUR = "#3d3d3d"


def ground_svg(roads: Roads, ridden: Sequence[NDArray[np.float64]], frame: Frame) -> str:
    """
    Draw waters, borders and main roads, and the lesser roads near what is ridden.

    Parameters
    ----------
    roads
        In the frame's CRS.
    ridden
        The ways, metres, each of shape (n, 2).
    frame
        What is seen.
    """
    import numpy as np
    import shapely

    west, south, east, north = frame.bounds
    box = shapely.bounds(roads.lines)
    inside = (box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= north) & (box[:, 3] >= south)
    lines, classes = roads.lines[inside], roads.classes[inside]
    # What is followed beyond the frame is too far to be near to what is seen.
    followed = shapely.clip_by_rect(
        shapely.MultiLineString(list(ridden)),
        *(west - _MOST_NEAR_M, south - _MOST_NEAR_M, east + _MOST_NEAR_M, north + _MOST_NEAR_M),
    )
    followed = shapely.simplify(followed, frame.tolerance_m)
    shapely.prepare(followed)
    is_drawn = ~np.isin(classes, _ONLY_NEAR)
    is_drawn |= shapely.dwithin(lines, followed, min(_NEAR_MM / frame.scale, _MOST_NEAR_M))
    parts = [_waters(lines[classes == "water"], frame)]
    for name, style in _LINE_STYLES:
        if data := _lines(lines[is_drawn & (classes == name)], frame):
            parts.append(f'<path {style} d="{data}"/>')
    return "".join(parts)


def _waters(rings: NDArray[np.object_], frame: Frame) -> str:
    import shapely

    # A ring that was cut open would be filled beyond its shore.
    closed = rings[shapely.is_ring(rings)]
    if not len(closed):
        return ""
    points, ring_of = shapely.get_coordinates(closed, return_index=True)
    areas = shapely.make_valid(shapely.polygons(shapely.linearrings(points, indices=ring_of)))
    areas = shapely.clip_by_rect(areas, *frame.bounds)
    clipped = shapely.get_parts(areas)
    clipped = clipped[shapely.get_dimensions(clipped) == _AREA]
    shores = shapely.get_parts(shapely.boundary(clipped))
    data = _lines(shores, frame)
    return f'<path {_WATER} d="{data}"/>' if data else ""


def _lines(lines: NDArray[np.object_], frame: Frame) -> str:
    """Write lines as one path, in an order of their own: merging has none."""
    import shapely

    if not len(lines):
        return ""
    merged = shapely.line_merge(shapely.multilinestrings(lines))
    return "".join(sorted(path_data(shapely.get_parts(merged), frame)))


def names_svg(
    places: Sequence[Place],
    ridden: Sequence[NDArray[np.float64]],
    frame: Frame,
    marks: Sequence[Box],
) -> str:
    """
    Write the names of places where nothing else stands.

    Parameters
    ----------
    places
        Name, kind, longitude and latitude (EPSG:4326). The largest come first, of equals those
        near the marks.
    ridden
        The ways, metres, each of shape (n, 2); no name covers them.
    frame
        What is seen.
    marks
        Where marks stand.
    """
    import numpy as np
    import shapely
    from pyproj import Transformer

    if not places:
        return ""
    to_metres = Transformer.from_crs("EPSG:4326", frame.crs, always_xy=True)
    lon, lat = np.array([place[2:] for place in places], dtype=np.float64).T
    at_mm = frame.to_paper(np.column_stack(to_metres.transform(lon, lat)))
    ranked = sorted(
        (_rank(kind), _away(x, y, marks), name, x, y)
        for (name, kind, *_), (x, y) in zip(places, at_mm.tolist(), strict=True)
        if 0 <= x <= frame.width_mm and 0 <= y <= frame.height_mm
    )
    ways = shapely.MultiLineString([frame.to_paper(way) for way in ridden])
    shapely.prepare(ways)
    taken, parts = [*marks, *furniture(frame)], []
    for rank, _, name, at_x, at_y in ranked:
        half = len(name) * _LETTER_MM / 2 + 0.5
        for dx, dy in _steps(rank, half):
            x, y = at_x + dx, at_y + dy
            box = (x - half, y - _NAME_MM, x + half, y + 0.9)
            is_inside = box[0] > 0 and box[2] < frame.width_mm and box[1] > 0
            if not is_inside or box[3] > frame.height_mm or any(_overlap(box, b) for b in taken):
                continue
            if not shapely.intersects(ways, shapely.box(*box)):
                taken.append(box)
                parts.append(
                    text_svg(
                        x, y, name, size_mm=_NAME_MM, colour=_NAME_COLOUR, is_bold=rank < _N_LARGE
                    )
                )
                break
        if len(parts) == _MOST_NAMES:
            break
    return "".join(parts)


def _steps(rank: int, half: float) -> tuple[tuple[float, float], ...]:
    """Tell where a name may stand, from its place; one of a mark stands beside that."""
    if rank == 0:
        aside = half + _BESIDE_MM
        return ((0.0, _BELOW_MM), (0.0, -_STEP_MM), (aside, 1.0), (-aside, 1.0))
    return ((0.0, 0.0), (0.0, -_STEP_MM), (0.0, _STEP_MM))


def _away(x: float, y: float, taken: Sequence[Box]) -> float:
    middles = (((left + right) / 2, (top + bottom) / 2) for left, top, right, bottom in taken)
    return min((math.dist((x, y), middle) for middle in middles), default=0.0)


def _rank(kind: str) -> int:
    return _NAMED_FIRST.index(kind) if kind in _NAMED_FIRST else _LAST


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
