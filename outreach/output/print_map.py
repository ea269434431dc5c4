"""The map of a printed page: near roads, the ways of the days, the stops; as an SVG drawing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from outreach.output.print_marks import MapMark, leaders_svg, mark_svg, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry import LineString, MultiLineString

    from outreach.output.basemap import Roads

_WGS84 = "EPSG:4326"
# The drawing's unit is a hundredth of a millimetre on paper, so that whole numbers suffice.
_PER_MM = 100
_PADDING_MM = 9.0
_LEAST_WIDTH_M = 1500.0
_SIMPLIFIED_MM = 0.08
# Of minor roads and tracks only those that a rider might take for the way.
_NEAR_MM = 9.0
_ARROW_EVERY_MM = 28.0
_ARROW_CLEAR_MM = 4.5
_ARROW_LENGTH_MM = 2.6

_ROAD_STYLES = (
    ("track", 'stroke="#b4b4b4" stroke-width="25" stroke-dasharray="90 60"'),
    ("minor", 'stroke="#b4b4b4" stroke-width="25"'),
    ("ferry", 'stroke="#7d7d7d" stroke-width="40" stroke-dasharray="60 120"'),
    ("main", 'stroke="#9a9a9a" stroke-width="60"'),
)
_CASING_WIDTH = 230
_WAY_WIDTH = 110
_PAPER = "#ffffff"
_INK = "#1b1b1b"


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
class _Frame:
    """What part of the ground is drawn, and how large; `crs` in metres, `scale` in mm a metre."""

    crs: str
    west: float
    north: float
    scale: float
    width_mm: float
    height_mm: float

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        return (
            self.west,
            self.north - self.height_mm / self.scale,
            self.west + self.width_mm / self.scale,
            self.north,
        )

    def to_paper(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn metres, shape (n, 2), into millimetres from the upper left corner."""
        import numpy as np

        return np.column_stack(
            ((points[:, 0] - self.west) * self.scale, (self.north - points[:, 1]) * self.scale)
        )


def draw_map(
    ways: Sequence[MapWay],
    marks: Sequence[MapMark],
    roads: Roads | None,
    *,
    width_mm: float,
    height_mm: float,
) -> str:
    """
    Draw a map, north up, around the ways and marks.

    Parameters
    ----------
    ways
        Drawn in their order, with arrows where they are long enough.
    marks
        Stops, bases and lodgings; those that would cover each other are moved apart, with a
        thin line to where they are.
    roads
        The network under it; None leaves the paper white.
    width_mm, height_mm
        On paper.

    Returns
    -------
    svg
        Distances are true to scale in the network's projected CRS, or in the UTM zone.
    """
    import numpy as np

    at = np.array([(mark.lon, mark.lat) for mark in marks], dtype=np.float64).reshape(-1, 2)
    lines = [path for way in ways for path in way.paths if not path.is_empty]
    crs = roads.crs if roads is not None else _utm(lines, at)
    at_m = _projected_points(at, crs)
    drawn = [_in_metres(way.paths, crs) for way in ways]
    frame = _frame(drawn, at_m, crs, width_mm, height_mm)
    at_mm = frame.to_paper(at_m)
    paper = [[frame.to_paper(line) for line in lines_m] for lines_m in drawn]
    shown_mm = spread(at_mm, marks, width_mm, height_mm)
    parts = [
        _open(width_mm, height_mm),
        f'<rect width="100%" height="100%" fill="{_PAPER}"/>',
        '<g fill="none" stroke-linecap="round" stroke-linejoin="round">',
        *(_roads(roads, drawn, frame) if roads is not None else ()),
        *(_way(way, lines_mm) for way, lines_mm in zip(ways, paper, strict=True)),
        "</g>",
        *(
            _arrows(lines_mm, way.colour, shown_mm)
            for way, lines_mm in zip(ways, paper, strict=True)
        ),
        leaders_svg(at_mm, shown_mm),
        *(mark_svg(mark, x, y) for mark, (x, y) in zip(marks, shown_mm.tolist(), strict=True)),
        _scale_bar(frame),
        _north(frame),
        "</svg>",
    ]
    return "".join(parts)


def _open(width_mm: float, height_mm: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width_mm:g}mm" height="{height_mm:g}mm"'
        f' viewBox="0 0 {_units(width_mm)} {_units(height_mm)}">'
    )


def _units(mm: float) -> int:
    return round(mm * _PER_MM)


def _utm(lines: Sequence[LineString], points: NDArray[np.float64]) -> str:
    import numpy as np
    import shapely

    from outreach.routing.road_network import utm_crs

    everything = np.vstack((shapely.get_coordinates(list(lines)).reshape(-1, 2), points))
    return utm_crs(everything[:, 0], everything[:, 1]) if len(everything) else "EPSG:32748"


def _projected_points(points: NDArray[np.float64], crs: str) -> NDArray[np.float64]:
    import numpy as np
    from pyproj import Transformer

    to_metres = Transformer.from_crs(_WGS84, crs, always_xy=True)
    x, y = to_metres.transform(points[:, 0], points[:, 1])
    return np.column_stack((x, y))


def _in_metres(paths: Sequence[LineString], crs: str) -> list[NDArray[np.float64]]:
    import shapely

    return [
        _projected_points(shapely.get_coordinates(path), crs)
        for path in paths
        if not path.is_empty and path.length > 0
    ]


def _frame(
    drawn: Sequence[Sequence[NDArray[np.float64]]],
    at_m: NDArray[np.float64],
    crs: str,
    width_mm: float,
    height_mm: float,
) -> _Frame:
    """Fit everything into the paper, its middle in the middle."""
    import numpy as np

    points = np.vstack([at_m, *(line for lines in drawn for line in lines)])
    low, high = (points.min(axis=0), points.max(axis=0)) if len(points) else (np.zeros(2),) * 2
    room_mm = np.array([width_mm, height_mm]) - 2 * _PADDING_MM
    m_per_mm = max(float(((high - low) / room_mm).max()), _LEAST_WIDTH_M / width_mm)
    middle = (low + high) / 2
    return _Frame(
        crs=crs,
        west=float(middle[0]) - width_mm / 2 * m_per_mm,
        north=float(middle[1]) + height_mm / 2 * m_per_mm,
        scale=1 / m_per_mm,
        width_mm=width_mm,
        height_mm=height_mm,
    )


def _roads(
    roads: Roads, drawn: Sequence[Sequence[NDArray[np.float64]]], frame: _Frame
) -> list[str]:
    import numpy as np
    import shapely

    west, south, east, north = frame.bounds
    box = shapely.bounds(roads.lines)
    inside = (box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= north) & (box[:, 3] >= south)
    lines, classes = roads.lines[inside], roads.classes[inside]
    ridden = shapely.multilinestrings([line for day in drawn for line in day if len(line) > 1])
    ridden = shapely.simplify(ridden, _SIMPLIFIED_MM / frame.scale)
    shapely.prepare(ridden)
    near = shapely.dwithin(lines, ridden, _NEAR_MM / frame.scale)
    parts = []
    for name, style in _ROAD_STYLES:
        chosen = lines[(classes == name) & (near | np.isin(classes, ("main", "ferry")))]
        clipped = shapely.clip_by_rect(chosen, west, south, east, north)
        merged = shapely.line_merge(shapely.union_all(clipped)) if len(clipped) else None
        if merged is not None and not merged.is_empty:
            parts.append(f'<path {style} d="{_path_of(merged, frame)}"/>')
    return parts


def _path_of(merged: LineString | MultiLineString, frame: _Frame) -> str:
    """Write many lines as one path, in an order of their own: merging has none."""
    import shapely

    simple = shapely.simplify(shapely.get_parts(merged), _SIMPLIFIED_MM / frame.scale)
    return "".join(sorted(_path(frame.to_paper(shapely.get_coordinates(line))) for line in simple))


def _path(line_mm: NDArray[np.float64]) -> str:
    """Write a line as SVG path data, in whole units, each point from the one before it."""
    import numpy as np

    points = np.round(line_mm * _PER_MM).astype(np.int64)
    steps = np.diff(points, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    text = " ".join(f"{x} {y}" for x, y in steps.tolist())
    return f"M{points[0, 0]} {points[0, 1]}" + (f"l{text}" if text else "h0")


def _way(way: MapWay, lines_mm: Sequence[NDArray[np.float64]]) -> str:
    import shapely

    simple = [
        shapely.get_coordinates(shapely.simplify(shapely.linestrings(line), _SIMPLIFIED_MM))
        for line in lines_mm
        if len(line) > 1
    ]
    data = "".join(_path(line) for line in simple)
    if not data:
        return ""
    dashes = " ".join(str(_units(length)) for length in way.dashes_mm)
    # Round caps would close the gaps.
    dashed = f' stroke-dasharray="{dashes}" stroke-linecap="butt"' if dashes else ""
    return (
        f'<path stroke="{_PAPER}" stroke-width="{_CASING_WIDTH}" d="{data}"/>'
        f'<path stroke="{way.colour}" stroke-width="{_WAY_WIDTH}"{dashed} d="{data}"/>'
    )


def _along(lines_mm: Sequence[NDArray[np.float64]], distance_mm: float) -> tuple[float, ...]:
    """Give the point at a distance along the lines, and the unit vector of the way there."""
    for line in lines_mm:
        for (ax, ay), (bx, by) in pairwise(line.tolist()):
            length = math.hypot(bx - ax, by - ay)
            if length and distance_mm <= length:
                dx, dy = (bx - ax) / length, (by - ay) / length
                return ax + dx * distance_mm, ay + dy * distance_mm, dx, dy
            distance_mm -= length
    x, y = lines_mm[-1][-1].tolist()
    return x, y, 1.0, 0.0


def _length(lines_mm: Sequence[NDArray[np.float64]]) -> float:
    return sum(math.dist(a, b) for line in lines_mm for a, b in pairwise(line.tolist()))


def _is_clear(x: float, y: float, shown_mm: NDArray[np.float64]) -> bool:
    return all(math.dist((x, y), mark) > _ARROW_CLEAR_MM for mark in shown_mm.tolist())


def _arrows(
    lines_mm: Sequence[NDArray[np.float64]], colour: str, shown_mm: NDArray[np.float64]
) -> str:
    """Put arrowheads along the way, where no mark covers them."""
    heads = []
    for i in range(int(_length(lines_mm) / _ARROW_EVERY_MM + 0.5)):
        x, y, dx, dy = _along(lines_mm, (i + 0.5) * _ARROW_EVERY_MM)
        if not _is_clear(x, y, shown_mm):
            continue
        tip, half = _ARROW_LENGTH_MM * 0.6, _ARROW_LENGTH_MM * 0.45
        corners = (
            (x + dx * tip, y + dy * tip),
            (x - dx * tip - dy * half, y - dy * tip + dx * half),
            (x - dx * tip * 0.5, y - dy * tip * 0.5),
            (x - dx * tip + dy * half, y - dy * tip - dx * half),
        )
        heads.append(" ".join(f"{_units(px)},{_units(py)}" for px, py in corners))
    return "".join(
        f'<polygon points="{head}" fill="{colour}" stroke="{_PAPER}" stroke-width="35"'
        ' paint-order="stroke"/>'
        for head in heads
    )


def _text(
    x: float, y: float, text: str, *, size: int, colour: str, anchor: Literal["middle", "start"]
) -> str:
    """Write bold text with a white rim."""
    shape = (
        f'x="{_units(x)}" y="{_units(y)}" font-family="Libertinus Serif" font-weight="700"'
        f' font-size="{size}" text-anchor="{anchor}"'
    )
    return (
        f'<text {shape} fill="none" stroke="{_PAPER}" stroke-width="110"'
        f' stroke-linejoin="round">{text}</text><text {shape} fill="{colour}">{text}</text>'
    )


def _scale_bar(frame: _Frame) -> str:
    """Draw a bar of a round length, about a fifth of the width."""
    room_m = frame.width_mm / 4 / frame.scale
    power = 10 ** math.floor(math.log10(room_m))
    length_m = next(x * power for x in (5, 2, 1) if x * power <= room_m)
    end, y = 4 + length_m * frame.scale, frame.height_mm - 3.5
    said = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"  # noqa: PLR2004
    bar = f"M{_units(4)} {_units(y - 1.5)}V{_units(y)}H{_units(end)}V{_units(y - 1.5)}"
    return (
        f'<path d="{bar}" fill="none" stroke="{_PAPER}" stroke-width="120"/>'
        f'<path d="{bar}" fill="none" stroke="{_INK}" stroke-width="35"/>'
        + _text(5, y - 1, said, size=300, colour=_INK, anchor="start")
    )


def _north(frame: _Frame) -> str:
    x, y = frame.width_mm - 6, 4.0
    needle = f"M{_units(x)} {_units(y)}l160 520l-160 -120l-160 120z"
    return (
        f'<path d="{needle}" fill="{_INK}" stroke="{_PAPER}" stroke-width="50"'
        ' paint-order="stroke"/>' + _text(x, y + 8.2, "U", size=300, colour=_INK, anchor="middle")
    )
