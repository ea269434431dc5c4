"""The map of a printed page: the ground, the ways of the days, the stops; as an SVG drawing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.output.print_ground import HERE, ground_svg, names_svg
from outreach.output.print_marks import RADIUS_MM, MapMark, leaders_svg, mark_svg, spread
from outreach.output.print_paper import PAPER, fit, needle_svg, path_data, scale_bar_svg, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry import LineString

    from outreach.output.basemap import Place, Roads
    from outreach.output.print_paper import Box, Frame

_WGS84 = "EPSG:4326"
_PADDING_MM = 9.0
_LEAST_WIDTH_M = 1500.0
_LEAST_ENLARGED_M = 150.0
_ARROW_EVERY_MM = 28.0
_ARROW_CLEAR_MM = 4.5
_ARROW_LENGTH_MM = 2.8
_RIM_MM = 2.3
_WAY_MM = 1.1


@dataclass(frozen=True, slots=True, kw_only=True)
class MapWay:
    """
    The way of one day.

    Parameters
    ----------
    paths
        Of its legs in order, EPSG:4326.
    colour
        ``#rrggbb``.
    dashes_mm
        Lengths of dash and gap, so that grey print tells the days apart; none: unbroken.
    """

    paths: tuple[LineString, ...]
    colour: str
    dashes_mm: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _LaidOut:
    """Where everything comes to lie: the ways in metres of the frame's CRS, the marks on paper."""

    frame: Frame
    ways_m: list[list[NDArray[np.float64]]]
    at_mm: NDArray[np.float64]


def draw_map(
    ways: Sequence[MapWay],
    marks: Sequence[MapMark],
    roads: Roads | None,
    *,
    width_mm: float,
    height_mm: float,
    around: Sequence[MapMark] = (),
) -> str:
    """
    Draw a map, north up.

    Parameters
    ----------
    ways
        Drawn in their order, with arrows where they are long enough.
    marks
        Stops, bases and lodgings; those that would cover each other are moved apart, with a
        thin line to where they are.
    roads
        The network under it, with the names of places; None leaves the paper white.
    width_mm, height_mm
        On paper.
    around
        Which marks must be seen; none: all of them, and all ways.

    Returns
    -------
    svg
        Distances are true to scale in the network's projected CRS, or in the UTM zone.
    """
    laid_out = _laid_out(ways, marks, roads, width_mm, height_mm, around)
    frame = laid_out.frame
    is_seen = [0 <= x <= width_mm and 0 <= y <= height_mm for x, y in laid_out.at_mm.tolist()]
    marks = [mark for mark, seen in zip(marks, is_seen, strict=True) if seen]
    at_mm = laid_out.at_mm[is_seen]
    shown_mm = spread(at_mm, marks, width_mm, height_mm)
    paper = [[frame.to_paper(line) for line in lines_m] for lines_m in laid_out.ways_m]
    ridden = [line for lines_m in laid_out.ways_m for line in lines_m]
    return "".join(
        (
            _open(width_mm, height_mm),
            '<g fill="none" stroke-linecap="round" stroke-linejoin="round">',
            "" if roads is None else ground_svg(roads, ridden, frame),
            _ways(ways, laid_out.ways_m, frame),
            "</g>",
            *(
                _arrows(lines_mm, way.colour, shown_mm, frame)
                for way, lines_mm in zip(ways, paper, strict=True)
            ),
            names_svg(_places(marks, roads), ridden, frame, _boxes(marks, shown_mm)),
            leaders_svg(at_mm, shown_mm),
            *(mark_svg(mark, x, y) for mark, (x, y) in zip(marks, shown_mm.tolist(), strict=True)),
            scale_bar_svg(frame),
            needle_svg(frame),
            "</svg>",
        )
    )


def places_on_paper(
    ways: Sequence[MapWay],
    marks: Sequence[MapMark],
    roads: Roads | None,
    *,
    width_mm: float,
    height_mm: float,
) -> NDArray[np.float64]:
    """Tell where marks lie on a map of all, in millimetres from its upper left corner, (n, 2)."""
    return _laid_out(ways, marks, roads, width_mm, height_mm, ()).at_mm


def _laid_out(
    ways: Sequence[MapWay],
    marks: Sequence[MapMark],
    roads: Roads | None,
    width_mm: float,
    height_mm: float,
    around: Sequence[MapMark],
) -> _LaidOut:
    import numpy as np

    at = _degrees(marks)
    lines = [path for way in ways for path in way.paths if not path.is_empty]
    crs = roads.crs if roads is not None else _utm(lines, at)
    at_m, ways_m = _projected(at, crs), [_in_metres(way.paths, crs) for way in ways]
    if around:
        points, least_m = _projected(_degrees(around), crs), _LEAST_ENLARGED_M
    else:
        points = np.vstack([at_m, *(line for day in ways_m for line in day)])
        least_m = _LEAST_WIDTH_M
    frame = fit(
        points,
        crs,
        width_mm=width_mm,
        height_mm=height_mm,
        padding_mm=_PADDING_MM,
        least_m=least_m,
    )
    return _LaidOut(frame=frame, ways_m=ways_m, at_mm=frame.to_paper(at_m))


def _degrees(marks: Sequence[MapMark]) -> NDArray[np.float64]:
    import numpy as np

    return np.array([(mark.lon, mark.lat) for mark in marks], dtype=np.float64).reshape(-1, 2)


def _utm(lines: Sequence[LineString], points: NDArray[np.float64]) -> str:
    import numpy as np
    import shapely

    from outreach.routing.road_network import utm_crs

    everything = np.vstack((shapely.get_coordinates(list(lines)).reshape(-1, 2), points))
    return utm_crs(everything[:, 0], everything[:, 1])


def _projected(points: NDArray[np.float64], crs: str) -> NDArray[np.float64]:
    import numpy as np
    from pyproj import Transformer

    to_metres = Transformer.from_crs(_WGS84, crs, always_xy=True)
    return np.column_stack(to_metres.transform(points[:, 0], points[:, 1]))


def _in_metres(paths: Sequence[LineString], crs: str) -> list[NDArray[np.float64]]:
    import shapely

    return [
        _projected(shapely.get_coordinates(path), crs)
        for path in paths
        if not path.is_empty and path.length > 0
    ]


def _open(width_mm: float, height_mm: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width_mm:g}mm" height="{height_mm:g}mm"'
        f' viewBox="0 0 {units(width_mm)} {units(height_mm)}">'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>'
    )


def _ways(
    ways: Sequence[MapWay], ways_m: Sequence[Sequence[NDArray[np.float64]]], frame: Frame
) -> str:
    """Draw the rims of all ways under the ways, so that none hides one below it."""
    import numpy as np
    import shapely

    rims, inks = [], []
    for way, lines_m in zip(ways, ways_m, strict=True):
        lines = np.array([shapely.linestrings(line) for line in lines_m], dtype=object)
        data = "".join(path_data(lines, frame))
        if not data:
            continue
        dashes = " ".join(str(units(length)) for length in way.dashes_mm)
        # Round caps would close the gaps.
        dashed = f' stroke-dasharray="{dashes}" stroke-linecap="butt"' if dashes else ""
        width = units(_WAY_MM)
        rims.append(f'<path stroke="{PAPER}" stroke-width="{units(_RIM_MM)}" d="{data}"/>')
        inks.append(f'<path stroke="{way.colour}" stroke-width="{width}"{dashed} d="{data}"/>')
    return "".join(rims + inks)


def _arrows(
    lines_mm: Sequence[NDArray[np.float64]],
    colour: str,
    shown_mm: NDArray[np.float64],
    frame: Frame,
) -> str:
    """Put arrowheads at even distances along the way, where they are seen and no mark is."""
    import numpy as np

    if not lines_mm:
        return ""
    points = np.vstack(lines_mm)
    steps = np.hypot(*np.diff(points, axis=0).T)
    points, steps = points[np.r_[True, steps > 0]], steps[steps > 0]
    ends = np.cumsum(steps)
    at = (np.arange(round(ends[-1] / _ARROW_EVERY_MM)) + 0.5) * _ARROW_EVERY_MM
    leg = np.searchsorted(ends, at)
    along = (points[leg + 1] - points[leg]) / steps[leg, None]
    middles = points[leg + 1] - along * (ends[leg] - at)[:, None]
    heads = []
    for (x, y), (dx, dy) in zip(middles.tolist(), along.tolist(), strict=True):
        is_seen = 0 <= x <= frame.width_mm and 0 <= y <= frame.height_mm
        if not is_seen or any(math.dist((x, y), m) < _ARROW_CLEAR_MM for m in shown_mm.tolist()):
            continue
        tip, half = _ARROW_LENGTH_MM * 0.6, _ARROW_LENGTH_MM * 0.45
        corners = (
            (x + dx * tip, y + dy * tip),
            (x - dx * tip - dy * half, y - dy * tip + dx * half),
            (x - dx * tip * 0.5, y - dy * tip * 0.5),
            (x - dx * tip + dy * half, y - dy * tip - dx * half),
        )
        heads.append(" ".join(f"{units(px)},{units(py)}" for px, py in corners))
    return "".join(
        f'<polygon points="{head}" fill="{colour}" stroke="{PAPER}" stroke-width="60"'
        ' paint-order="stroke"/>'
        for head in heads
    )


def _places(marks: Sequence[MapMark], roads: Roads | None) -> tuple[Place, ...]:
    named = tuple((mark.name, HERE, mark.lon, mark.lat) for mark in marks if mark.name)
    return named + (() if roads is None else roads.places)


def _boxes(marks: Sequence[MapMark], shown_mm: NDArray[np.float64]) -> list[Box]:
    return [
        (x - mark.half_width_mm, y - RADIUS_MM, x + mark.half_width_mm, y + RADIUS_MM)
        for mark, (x, y) in zip(marks, shown_mm.tolist(), strict=True)
    ]
