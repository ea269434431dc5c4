"""What the shades, lines and signs of the report's maps look like and mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outreach.output.coverage_metrics import GAP_STEPS, level_of
from outreach.output.print_marks import MapMark, mark_svg
from outreach.output.print_paper import INK, PAPER, text_svg, units
from outreach.output.report_parts import Drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.output.words import Words

# One for each level of the page, apart by lightness, so that grey print keeps their order.
SHADES = ("#f7f4ee", "#edcb92", "#dba45c", "#b8702f", "#6e3510")
# On white, where the lightest shade would not be seen.
SPARSE = ("#d5d0c4", *SHADES[1:])
BORDER = 'stroke="#8a8a8a" stroke-width="10"'
NOBODY = f'fill="{PAPER}" stroke="#b8b8b8" stroke-width="8"'
BAND_MM = 0.6
BAND_DASHES = "170 80"
_WITHHELD = "url(#withheld)"
_LINES = ("#8a8a8a", "#8a8a8a", PAPER, PAPER, PAPER)
_LEGEND_WIDTH_MM = 170.0
_LINE_MM, _SWATCH_MM, _TEXT_MM, _GAP_MM = 5.6, 5.0, 2.9, 4.5
# Of Libertinus at 1 mm: the mean letter, with room.
_LETTER_SHARE = 0.47


class Missed(NamedTuple):
    """
    Which part of the visits due is not made around an area; None: withheld.

    `is_own`: of the group that it is told with, not of a larger one. `is_sparse`: that group has
    fewer people than areas.
    """

    share: float | None
    is_own: bool = True
    is_sparse: bool = False


class Legend(NamedTuple):
    """What the maps show beside shades."""

    has_sparse: bool
    has_wider: bool
    has_withheld: bool
    has_nobody: bool
    has_band: bool
    has_added: bool


def fill_of(missed: Missed) -> str:
    """Give the fill of an area: hatched where the figure is a larger one's, white where sparse."""
    if missed.share is None:
        return _WITHHELD
    level = level_of(missed.share, GAP_STEPS)
    if missed.is_sparse:
        return f"url(#sparse-{level})"
    return SHADES[level] if missed.is_own else f"url(#wider-{level})"


def patterns_svg() -> str:
    """Define the hatches that `fill_of` names."""
    hatches = [("withheld", PAPER, "#8a8a8a", 36)]
    hatches += [
        (f"wider-{level}", shade, line, 34)
        for level, (shade, line) in enumerate(zip(SHADES, _LINES, strict=True))
    ]
    hatches += [(f"sparse-{level}", PAPER, shade, 34) for level, shade in enumerate(SPARSE)]
    patterns = "".join(
        f'<pattern id="{name}" width="160" height="160" patternUnits="userSpaceOnUse"'
        f' patternTransform="rotate(45)"><rect width="160" height="160" fill="{ground}"/>'
        f'<path d="M80 0V160" stroke="{line}" stroke-width="{width}"/></pattern>'
        for name, ground, line, width in hatches
    )
    return f"<defs>{patterns}</defs>"


def draw_legend(words: Words, classes: Sequence[str], *, minutes: int, shown: Legend) -> Drawing:
    """
    Draw what the shades, lines and signs of the maps mean.

    Parameters
    ----------
    words
        The reader's language.
    classes
        What each level of shade stands for, the least first.
    minutes
        Of the band that is outlined.
    shown
        What else the maps show.
    """
    entries = [
        (_swatch(f'fill="{shade}" {BORDER}'), text)
        for shade, text in zip(SHADES, classes, strict=True)
    ]
    if shown.has_wider:
        sign = _swatch(f'fill="url(#wider-2)" {BORDER}')
        entries.append((sign, words.say("figure of a larger area")))
    if shown.has_sparse:
        sign = _swatch(f'fill="url(#sparse-4)" {BORDER}')
        entries.append((sign, words.say("fewer people than areas")))
    if shown.has_withheld:
        entries.append((_swatch(f'fill="{_WITHHELD}" {BORDER}'), words.say("withheld")))
    if shown.has_nobody:
        entries.append((_swatch(NOBODY), words.say("nobody to be visited")))
    if shown.has_band:
        text = words.say("within %(minutes)s of a base", minutes=words.duration(60 * minutes))
        entries.append((_band_sign(), text))
    entries.append((mark_svg(MapMark(kind="base", lon=0, lat=0), 0, 0), words.say("present base")))
    if shown.has_added:
        mark = MapMark(kind="number", lon=0, lat=0, text="1")
        entries.append((mark_svg(mark, 0, 0), words.say("base of an added worker, in order")))
    parts, height_mm = _flowed(entries)
    return Drawing(
        svg=f"{open_svg(_LEGEND_WIDTH_MM, height_mm)}{parts}</svg>",
        width_mm=_LEGEND_WIDTH_MM,
        height_mm=height_mm,
        alt=words.say("What the shades and signs mean"),
    )


def open_svg(width_mm: float, height_mm: float) -> str:
    """Open a drawing of a size, with its paper and hatches."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width_mm:g}mm" height="{height_mm:g}mm"'
        f' viewBox="0 0 {units(width_mm)} {units(height_mm)}">{patterns_svg()}'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>'
    )


def _flowed(entries: Sequence[tuple[str, str]]) -> tuple[str, float]:
    """Set signs with their texts in lines, as many as they need."""
    x, y, parts = 0.5, _LINE_MM / 2, []
    for sign, text in entries:
        width_mm = _SWATCH_MM + 1.5 + len(text) * _TEXT_MM * _LETTER_SHARE
        if x > 1 and x + width_mm > _LEGEND_WIDTH_MM:
            x, y = 0.5, y + _LINE_MM
        middle = x + _SWATCH_MM / 2
        parts.append(f'<g transform="translate({units(middle)} {units(y)})">{sign}</g>')
        parts.append(
            text_svg(
                *(x + _SWATCH_MM + 1.2, y + _TEXT_MM * 0.34, text),
                size_mm=_TEXT_MM,
                is_bold=False,
                anchor="start",
            )
        )
        x += width_mm + _GAP_MM
    return "".join(parts), y + _LINE_MM / 2


def _swatch(look: str) -> str:
    half_width, half_height = units(_SWATCH_MM / 2), units(1.6)
    return (
        f'<rect x="{-half_width}" y="{-half_height}" width="{2 * half_width}"'
        f' height="{2 * half_height}" {look}/>'
    )


def _band_sign() -> str:
    half = units(_SWATCH_MM / 2)
    return (
        f'<path d="M{-half} 0H{half}" fill="none" stroke="{INK}"'
        f' stroke-width="{units(BAND_MM)}" stroke-dasharray="{BAND_DASHES}"/>'
    )
