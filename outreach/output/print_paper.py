"""The paper of a printed map: what part of the ground it shows, and how SVG is written on it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PAPER = "#ffffff"
INK = "#1b1b1b"

# The drawing's unit is a hundredth of a millimetre, so that whole numbers suffice.
_PER_MM = 100
_SIMPLIFIED_MM = 0.08
# Lines end so far beyond the paper that none of their width is missing.
_RIM_MM = 2.3
_KM_M = 1000


Box = tuple[float, float, float, float]
"""Left, top, right and bottom on paper, in millimetres."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """
    What part of the ground is drawn, and how large.

    Parameters
    ----------
    crs
        Projected, in metres.
    west, north
        Of the upper left corner, metres.
    scale
        Millimetres on paper for a metre on the ground.
    width_mm, height_mm
        Of the paper.
    """

    crs: str
    west: float
    north: float
    scale: float
    width_mm: float
    height_mm: float

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north in metres."""
        return (
            self.west,
            self.north - self.height_mm / self.scale,
            self.west + self.width_mm / self.scale,
            self.north,
        )

    @property
    def tolerance_m(self) -> float:
        """How far a line may be off on the ground before paper shows it."""
        return _SIMPLIFIED_MM / self.scale

    def to_paper(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn metres, shape (n, 2), into millimetres from the upper left corner."""
        import numpy as np

        return np.column_stack(
            ((points[:, 0] - self.west) * self.scale, (self.north - points[:, 1]) * self.scale)
        )


def fit(
    points: NDArray[np.float64],
    crs: str,
    *,
    width_mm: float,
    height_mm: float,
    padding_mm: float,
    least_m: float,
) -> Frame:
    """Fit points, metres, into the paper, their middle in its middle, no width below the least."""
    import numpy as np

    low, high = (points.min(axis=0), points.max(axis=0)) if len(points) else (np.zeros(2),) * 2
    room_mm = np.array([width_mm, height_mm]) - 2 * padding_mm
    m_per_mm = max(float(((high - low) / room_mm).max()), least_m / width_mm)
    middle = (low + high) / 2
    return Frame(
        crs=crs,
        west=float(middle[0]) - width_mm / 2 * m_per_mm,
        north=float(middle[1]) + height_mm / 2 * m_per_mm,
        scale=1 / m_per_mm,
        width_mm=width_mm,
        height_mm=height_mm,
    )


def units(mm: float) -> int:
    """Turn millimetres into the drawing's units."""
    return round(mm * _PER_MM)


def path_data(lines: NDArray[np.object_], frame: Frame) -> tuple[str, ...]:
    """
    Write lines as SVG path data, in whole units, each point from the one before it.

    Parameters
    ----------
    lines
        LineStrings in metres of the frame's CRS, shape (n,); cut to the frame and simplified.
    """
    import numpy as np
    import shapely

    west, south, east, north = frame.bounds
    room = _RIM_MM / frame.scale
    seen = shapely.clip_by_rect(lines, west - room, south - room, east + room, north + room)
    pieces = shapely.get_parts(seen)
    pieces = pieces[shapely.get_num_points(pieces) > 1]
    if not len(pieces):
        return ()
    simple = shapely.simplify(pieces, _SIMPLIFIED_MM / frame.scale)
    points, line_of = shapely.get_coordinates(simple, return_index=True)
    on_paper = np.round(frame.to_paper(points) * _PER_MM).astype(np.int64)
    steps = np.diff(on_paper, axis=0, prepend=on_paper[:1])
    cuts = np.flatnonzero(np.diff(line_of)) + 1
    written = []
    for start, *rest in (line.tolist() for line in np.split(np.c_[on_paper, steps], cuts)):
        text = " ".join(f"{dx} {dy}" for _, _, dx, dy in rest if dx or dy)
        written.append(f"M{start[0]} {start[1]}" + (f"l{text}" if text else "h0"))
    return tuple(written)


def text_svg(
    x: float,
    y: float,
    text: str,
    *,
    size_mm: float,
    colour: str = INK,
    is_bold: bool = True,
    anchor: Literal["middle", "start"] = "middle",
) -> str:
    """Write text with a white rim, its foot at `y`, in millimetres."""
    shape = (
        f'x="{units(x)}" y="{units(y)}" font-family="Libertinus Serif"'
        f' font-weight="{700 if is_bold else 400}" font-size="{units(size_mm)}"'
        f' text-anchor="{anchor}"'
    )
    said = escape(text)
    # One text with its rim painted first would take 110 kB more in the print of a week.
    return (
        f'<text {shape} fill="none" stroke="{PAPER}" stroke-width="110"'
        f' stroke-linejoin="round">{said}</text><text {shape} fill="{colour}">{said}</text>'
    )


def scale_bar_svg(frame: Frame) -> str:
    """Draw a bar of a round length, at most a quarter of the width, into the lower left corner."""
    room_m = frame.width_mm / 4 / frame.scale
    power = 10 ** math.floor(math.log10(room_m))
    length_m = next(x * power for x in (5, 2, 1) if x * power <= room_m)
    end, y = 4 + length_m * frame.scale, frame.height_mm - 3.5
    said = f"{length_m / _KM_M:g} km" if length_m >= _KM_M else f"{length_m:g} m"
    bar = f"M{units(4)} {units(y - 1.5)}V{units(y)}H{units(end)}V{units(y - 1.5)}"
    return (
        f'<path d="{bar}" fill="none" stroke="{PAPER}" stroke-width="120"/>'
        f'<path d="{bar}" fill="none" stroke="{INK}" stroke-width="35"/>'
        + text_svg(5, y - 1, said, size_mm=3, anchor="start")
    )


def needle_svg(frame: Frame) -> str:
    """Draw a needle that points north, which is up, into the upper right corner."""
    x, y = units(frame.width_mm - 5), units(3)
    halves = ((-1, INK), (1, PAPER))
    return "".join(
        f'<path d="M{x} {y}l{side * 170} 620l{-side * 170} -130z" fill="{fill}" stroke="{INK}"'
        ' stroke-width="22" stroke-linejoin="round"/>'
        for side, fill in halves
    )


def furniture(frame: Frame) -> tuple[Box, Box]:
    """Tell where scale bar and needle stand."""
    width, height = frame.width_mm, frame.height_mm
    return (0.0, height - 8.5, 4.5 + width / 4, height), (width - 8.0, 0.0, width, 11.0)
