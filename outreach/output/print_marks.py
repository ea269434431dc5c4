"""The marks of a printed map: numbers, bases, lodgings, and how they keep clear of each other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from xml.sax.saxutils import escape

from outreach.output.print_paper import INK, PAPER, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

MarkKind = Literal["number", "base", "lodging"]

RADIUS_MM = 2.7
"""Of a mark that holds one sign."""

_DIGIT_MM = 1.65
_LETTER_MM = 2.05
_GAP_MM = 0.35
_MARGIN_MM = 0.6
_ROUNDS = 300
_MOVED_MM = 0.9
# The angle after which no direction is met again soon.
_GOLDEN = math.pi * (3 - math.sqrt(5))


@dataclass(frozen=True, slots=True, kw_only=True)
class MapMark:
    """
    A mark on the map.

    Parameters
    ----------
    kind
        A number (or several, as ``1–3``) in a disc, a house, or a moon.
    lon, lat
        Where it is, EPSG:4326.
    colour
        Of a number's disc, ``#rrggbb``.
    text
        The number.
    name
        Written beside it where there is room, if it is not empty.
    """

    kind: MarkKind
    lon: float
    lat: float
    colour: str = INK
    text: str = ""
    name: str = ""

    @property
    def half_width_mm(self) -> float:
        """Half of what it takes on paper from left to right."""
        signs = sum(_LETTER_MM if sign.isalpha() else _DIGIT_MM for sign in self.text)
        return max(RADIUS_MM, (signs + 2.2) / 2)


def spread(
    at_mm: NDArray[np.float64], marks: Sequence[MapMark], width_mm: float, height_mm: float
) -> NDArray[np.float64]:
    """
    Move marks apart until none covers another, and into the paper.

    Parameters
    ----------
    at_mm
        Where they are, millimetres from the upper left corner, shape (n, 2).

    Returns
    -------
    shown_mm
        Where they are drawn, likewise. Equal input gives equal output.
    """
    import numpy as np

    half = np.array([mark.half_width_mm for mark in marks])
    low = (half + _MARGIN_MM)[:, None] if len(marks) else np.zeros((0, 1))
    high = np.array([[width_mm, height_mm]]) - low
    shown = np.clip(at_mm, low, high)
    for _ in range(_ROUNDS):
        is_settled = True
        for i in range(len(marks)):
            for j in range(i):
                wanted = half[i] + half[j] + _GAP_MM
                dx, dy = (shown[i] - shown[j]).tolist()
                apart = math.hypot(dx, dy)
                if apart >= wanted - 1e-3:
                    continue
                is_settled = False
                if apart < 1e-6:  # noqa: PLR2004
                    dx, dy, apart = math.cos(i * _GOLDEN), math.sin(i * _GOLDEN), 1.0
                    push = wanted / 2
                else:
                    push = (wanted - apart) / 2
                step = np.array([dx, dy]) / apart * push
                shown[i] += step
                shown[j] -= step
        if is_settled:
            break
        shown = np.clip(shown, low, high)
    return shown


def leaders_svg(at_mm: NDArray[np.float64], shown_mm: NDArray[np.float64]) -> str:
    """Draw a thin line from each mark that was moved to where it is."""
    parts = []
    for (ax, ay), (bx, by) in zip(at_mm.tolist(), shown_mm.tolist(), strict=True):
        if math.hypot(bx - ax, by - ay) <= _MOVED_MM:
            continue
        x, y = units(ax), units(ay)
        line = f'<path d="M{x} {y}L{units(bx)} {units(by)}" stroke='
        dot = f'<circle cx="{x}" cy="{y}" r="65" fill="{INK}" stroke="{PAPER}" stroke-width="25"/>'
        parts += [f'{line}"{PAPER}" stroke-width="90"/>{line}"{INK}" stroke-width="28"/>{dot}']
    return "".join(parts)


def mark_svg(mark: MapMark, x: float, y: float) -> str:
    """Draw a mark with its middle at a point, in millimetres."""
    half, r = mark.half_width_mm, RADIUS_MM
    corner = r if mark.kind == "number" else r * 0.35
    box = (
        f'<rect x="{units(x - half)}" y="{units(y - r)}"'
        f' width="{units(2 * half)}" height="{units(2 * r)}"'
        f' rx="{units(corner)}" fill="{mark.colour}" stroke="{PAPER}" stroke-width="45"/>'
    )
    if mark.kind == "number":
        return (
            f'{box}<text x="{units(x)}" y="{units(y + 1.12)}" font-family="Libertinus Serif"'
            f' font-weight="700" font-size="340" text-anchor="middle" fill="{PAPER}">'
            f"{escape(mark.text)}</text>"
        )
    sign = (
        "M0 -165L-170 -15H-120V150H-40V40H40V150H120V-15H170Z"
        if mark.kind == "base"
        else "M60 -160A165 165 0 1 0 160 60A130 130 0 0 1 60 -160Z"
    )
    return f'{box}<path transform="translate({units(x)} {units(y)})" d="{sign}" fill="{PAPER}"/>'
