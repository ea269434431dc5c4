"""The report's charts: the same bytes each time, legible in grey, safe with any name."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from matplotlib.colors import to_rgb

from outreach.output import charts, report_legend
from outreach.output.charts import Bar, Point, View, bars_chart, curve_chart, views_chart
from outreach.output.words import Words
from tests.output.hostile import EVIL

if TYPE_CHECKING:
    from outreach.output.report_parts import Drawing

ENGLISH, INDONESIAN = Words("en"), Words("id")
BARS = (Bar(label="AMPK", due=60, made=42), Bar(label="ANJAL", due=1300, made=None))
VIEWS = (View(label="Caseload", n_required=4), View(label="WISN", n_required=1.4))
POINTS = tuple(
    Point(n_added=n, predicted=100.0 + 20 * n, bound=101.0 + 20 * n, realised=100 + 19 * n)
    for n in range(4)
)
# What the eye keeps apart on an office printer, of 100 (CIE L*).
LEAST_APART = 18


def bars(words: Words = ENGLISH) -> Drawing:
    """Draw bars of which one is withheld."""
    return bars_chart(BARS, words, alt="bars")


def views(words: Words = ENGLISH) -> Drawing:
    """Draw a view above and one below the present."""
    return views_chart(VIEWS, 2, words, alt="views")


def curve(words: Words = ENGLISH, recommended: int = 2, hopeless: int = 3) -> Drawing:
    """Draw a curve to three added workers."""
    return curve_chart(
        POINTS,
        words,
        required=180,
        hopeless=hopeless,
        noise=2,
        recommended=recommended,
        alt="curve",
    )


def svg_of(drawing: Drawing) -> ET.Element:
    """Read a drawing, which must be XML."""
    return ET.fromstring(drawing.svg)  # noqa: S314


def written(drawing: Drawing) -> set[str]:
    """Read what is written in a drawing: beside its outlines each text stands as a comment."""
    return {text.strip() for text in re.findall(r"<!--(.*?)-->", drawing.svg, re.DOTALL)}


def lightness(colour: str) -> float:
    """Give CIE L* of a colour, from 0 to 100, as grey print shows it."""
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in to_rgb(colour)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * luminance ** (1 / 3) - 16 if luminance > 0.008856 else 903.3 * luminance


@pytest.mark.parametrize("draw", [bars, views, curve])
def test_a_chart_is_svg_of_outlines_and_always_the_same(draw: object) -> None:
    """No date, no font that a reader may lack, no script, and equal bytes from equal values."""
    assert callable(draw)
    drawing = draw()
    root = svg_of(drawing)
    assert root.tag.endswith("svg")
    assert not list(root.iter("{http://www.w3.org/2000/svg}text"))
    assert "date>" not in drawing.svg
    assert "<script" not in drawing.svg
    assert draw() == drawing


def test_bars_tell_both_numbers_and_withhold_what_is_withheld() -> None:
    """Made and due stand at each bar, as the language writes numbers."""
    assert {"42 / 60", "… / 1,300", "AMPK", "not made", "due, the rest withheld"} <= written(bars())
    assert {"… / 1.300", "tidak terlaksana"} <= written(bars(INDONESIAN))


def test_bars_speak_of_withholding_only_where_something_is() -> None:
    """The legend names what is seen."""
    drawing = bars_chart(BARS[:1], ENGLISH, alt="")
    assert "due, the rest withheld" not in written(drawing)


def test_views_tell_each_number_and_the_present() -> None:
    """Whole numbers have no decimals, and what was not enough is told as more."""
    more = View(label="Planning", n_required=9, is_least=True)
    said = written(views_chart((*VIEWS, more), 2, ENGLISH, alt=""))
    assert {"4", "1.4", "more than 9", "present: 2", "Planning"} <= said


def test_a_curve_names_both_ceilings_and_what_was_realised() -> None:
    """The realised numbers stand in it, those due, and what such workers cannot reach."""
    said = written(curve())
    assert {"100", "119", "138", "157", "due: 180", "recommended"} <= said
    assert "within reach of such workers: 177" in said
    assert not any("within reach" in text for text in written(curve(hopeless=0)))


def test_a_curve_without_recommendation_rings_the_present() -> None:
    """Where nobody more is recommended the present is."""
    assert "recommended" in written(curve(recommended=0))


def test_any_name_is_drawn_as_it_stands() -> None:
    """Neither markup, nor a formula, nor a letter that the font lacks stops a chart."""
    names = (EVIL, "$x^2$", "--> <b>", "玩 \N{GRINNING FACE}")
    drawing = bars_chart([Bar(label=name, due=5, made=3) for name in names], ENGLISH, alt="")
    root = svg_of(drawing)
    assert not list(root.iter("{http://www.w3.org/2000/svg}script"))


def test_nothing_to_draw_is_drawn_as_nothing() -> None:
    """No bar, and a single point, are charts too."""
    assert svg_of(bars_chart((), ENGLISH, alt="")) is not None
    drawing = curve_chart(
        POINTS[:1], ENGLISH, required=100, hopeless=0, noise=0, recommended=0, alt=""
    )
    assert "100" in written(drawing)


def test_colours_keep_apart_in_grey() -> None:
    """What is told by colour is told by lightness too."""
    inks = [lightness(colour) for colour in (charts.DONE, charts.PREDICTED, charts.BAND)]
    assert min(abs(a - b) for i, a in enumerate(inks) for b in inks[:i]) >= LEAST_APART
    shades = [lightness(colour) for colour in report_legend.SHADES]
    steps = [light - dark for light, dark in pairwise(shades)]
    assert min(steps) >= 11
