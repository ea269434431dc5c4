"""The report's charts: SVG that grey print shows as well as colour, with letters as outlines."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any, Literal

from outreach.output.coverage_cells import HIDDEN
from outreach.output.report_parts import Drawing
from outreach.output.safe_text import writable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes

    from outreach.output.words import Words

WIDTH_MM = 170.0
_MM_PER_INCH = 25.4
_DATED = ("Creator", "Date", "Format", "Type")
INK, QUIET, _RULE = "#1b1b1b", "#4a4a4a", "#c8c8c8"
# Apart by lightness: 31, 62 and 90 of 100.
DONE, PREDICTED, BAND = "#1f4e79", "#c8722c", "#dde3ea"
HATCH = "////"
_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 7.5,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 7.5,
    "svg.fonttype": "path",
    # Names within the drawing follow from its content alone.
    "svg.hashsalt": "outreach",
    "text.color": INK,
    # A name may hold what a formula would be told by.
    "text.parse_math": False,
    "xtick.color": QUIET,
    "xtick.major.width": 0.6,
    "ytick.color": QUIET,
    "ytick.major.width": 0.6,
}
_BAR_MM, _BARS_AROUND_MM = 5.6, 17.0
_ROW_MM, _ROWS_AROUND_MM = 5.6, 16.0
_CURVE_MM = 70.0
_ROOM = 1.12
_LEAST_SPAN = 4.0
_MOST_LETTERS = 44


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How many visits of a group fell due, and how many were made; None: withheld."""

    label: str
    due: int
    made: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How many workers are needed by a view; `is_least` where even that many are not enough."""

    label: str
    n_required: float
    is_least: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What so many added workers get done: by the model, at best in the model, and as planned."""

    n_added: int
    predicted: float
    bound: float
    realised: int


def bars_chart(bars: Sequence[Bar], words: Words, *, alt: str) -> Drawing:
    """
    Draw what was made and missed, a bar for each group, with both numbers.

    Parameters
    ----------
    bars
        From above to below.
    words
        The reader's language.
    alt
        What it shows, for whoever cannot see it.
    """

    def draw(axes: Axes) -> None:
        places = range(len(bars))
        made = [bar.made or 0 for bar in bars]
        missed = [0 if bar.made is None else bar.due - bar.made for bar in bars]
        hidden = [bar.due if bar.made is None else 0 for bar in bars]
        axes.barh(places, made, color=DONE, height=0.62, label=words.say("made"))
        axes.barh(
            *(places, missed, 0.62, made),
            color="white",
            edgecolor=INK,
            linewidth=0.6,
            hatch=HATCH,
            label=words.say("not made"),
        )
        if any(hidden):
            axes.barh(
                *(places, hidden, 0.62),
                color=BAND,
                edgecolor=QUIET,
                linewidth=0.6,
                linestyle=":",
                label=words.say("due, the rest withheld"),
            )
        most = max((bar.due for bar in bars), default=1)
        for y, bar in enumerate(bars):
            told = HIDDEN if bar.made is None else words.number(bar.made)
            said = f"{told} / {words.number(bar.due)}"
            axes.text(bar.due + most * 0.01, y, said, va="center")
        axes.set_yticks(list(places), [short_label(bar.label) for bar in bars])
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        axes.set_xlim(0, max(most, 1) * _ROOM)
        say_numbers(axes, words, "x")
        axes.set_xlabel(words.say("visits that fell due"))
        legend(axes, n_columns=3)

    return drawing(_BARS_AROUND_MM + _BAR_MM * len(bars), alt, draw)


def views_chart(views: Sequence[View], n_present: float, words: Words, *, alt: str) -> Drawing:
    """
    Draw how many workers are needed by each view, beside how many there are.

    Parameters
    ----------
    views
        From above to below.
    n_present
        A line across all.
    words
        The reader's language.
    alt
        What it shows, for whoever cannot see it.
    """

    def draw(axes: Axes) -> None:
        most = max([n_present, *(view.n_required for view in views)])
        axes.axvline(n_present, color=INK, linestyle=(0, (4, 2)), linewidth=1.0)
        for y, view in enumerate(views):
            axes.plot([n_present, view.n_required], [y, y], color=DONE, linewidth=2.2)
            axes.plot(
                *([view.n_required], [y]),
                marker=">" if view.is_least else "o",
                color=DONE,
                markersize=6.5,
            )
            n_decimals = 0 if float(view.n_required).is_integer() else 1
            said = words.number(view.n_required, n_decimals)
            if view.is_least:
                said = words.say("more than %(n)s", n=said)
            is_left = view.n_required < n_present
            axes.annotate(
                said,
                (view.n_required, y),
                xytext=(-6 if is_left else 6, 0),
                textcoords="offset points",
                va="center",
                ha="right" if is_left else "left",
                fontweight="bold",
            )
        axes.set_yticks(range(len(views)), [short_label(view.label) for view in views])
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(views) - 0.5, -0.9)
        axes.set_xlim(0, max(most * 1.15, 1))
        axes.annotate(
            words.say("present: %(n)s", n=words.number(n_present, _decimals(n_present))),
            (n_present, -0.9),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            va="bottom",
        )
        say_numbers(axes, words, "x")
        axes.set_xlabel(words.say("workers needed"))

    return drawing(_ROWS_AROUND_MM + _ROW_MM * len(views), alt, draw)


def curve_chart(
    points: Sequence[Point],
    words: Words,
    *,
    required: int,
    hopeless: int,
    noise: int,
    recommended: int,
    alt: str,
) -> Drawing:
    """
    Draw what more workers get done, predicted beside realised.

    Parameters
    ----------
    points
        By added workers, ascending.
    words
        The reader's language.
    required
        Visits that fall due: the ceiling.
    hopeless
        Visits of them that no more such workers could make; a second ceiling, where there are any.
    noise
        Half of the height of the band around what was realised.
    recommended
        The point that is marked.
    alt
        What it shows, for whoever cannot see it.
    """

    def draw(axes: Axes) -> None:
        added = [point.n_added for point in points]
        realised = [point.realised for point in points]
        axes.fill_between(
            added,
            [made - noise for made in realised],
            [made + noise for made in realised],
            color=BAND,
            label=words.say("difference between two searches (± %(n)s)", n=words.number(noise)),
        )
        axes.plot(
            *(added, [point.bound for point in points]),
            color=QUIET,
            linestyle=":",
            linewidth=1.0,
            label=words.say("no choice of bases predicts more"),
        )
        axes.plot(
            *(added, [point.predicted for point in points]),
            color=PREDICTED,
            linestyle="--",
            marker="s",
            markerfacecolor="white",
            # Seen around a realised point that lies on it.
            markersize=8,
            label=words.say("predicted by the placement model"),
        )
        axes.plot(
            *(added, realised),
            color=DONE,
            marker="o",
            markersize=4.5,
            linewidth=1.8,
            label=words.say("realised: the weeks planned again"),
        )
        lowest = min(*realised, *(point.predicted for point in points), required - hopeless)
        span = max(required - lowest, _LEAST_SPAN)
        _ceilings(axes, words, required, hopeless, added, span)
        _marked(axes, words, points, recommended)
        axes.set_ylim(lowest - 0.16 * span, required + 0.12 * span)
        axes.set_xlim(min(added) - 0.25, max(added) + 0.45)
        axes.set_xticks(added)
        say_numbers(axes, words, "y")
        axes.grid(axis="y", color=_RULE, linewidth=0.4)
        axes.set_axisbelow(True)
        axes.set_xlabel(words.say("workers added"))
        axes.set_ylabel(words.say("visits made"))
        legend(axes, n_columns=2)

    return drawing(_CURVE_MM, alt, draw)


def _ceilings(
    axes: Axes, words: Words, required: int, hopeless: int, added: Sequence[int], span: float
) -> None:
    axes.axhline(required, color=INK, linewidth=0.9)
    said = words.say("due: %(n)s", n=words.number(required))
    axes.text(min(added) - 0.2, required + 0.015 * span, said, va="bottom")
    if hopeless:
        axes.axhline(required - hopeless, color=INK, linewidth=0.7, linestyle=(0, (1, 1.5)))
        said = words.say("within reach of such workers: %(n)s", n=words.number(required - hopeless))
        axes.text(min(added) - 0.2, required - hopeless - 0.02 * span, said, va="top")


def _marked(axes: Axes, words: Words, points: Sequence[Point], recommended: int) -> None:
    """Ring the recommended point, and write what was realised at each."""
    for point in points:
        is_recommended = point.n_added == recommended
        axes.annotate(
            words.number(point.realised),
            (point.n_added, point.realised),
            xytext=(7, -9),
            textcoords="offset points",
            fontweight="bold" if is_recommended else "normal",
        )
        if is_recommended:
            axes.plot(
                *([point.n_added], [point.realised]),
                marker="o",
                markersize=14,
                markerfacecolor="none",
                markeredgecolor=INK,
                markeredgewidth=1.4,
                linestyle="none",
                label=words.say("recommended"),
            )


def drawing(height_mm: float, alt: str, draw: Callable[[Axes], None]) -> Drawing:
    """Draw into axes of the report's width, and give them as SVG without a date."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with warnings.catch_warnings(), mpl.rc_context(_STYLE):
        # A letter that the font lacks is drawn as a box, which tells its reader enough.
        warnings.filterwarnings("ignore", "Glyph")
        size = (WIDTH_MM / _MM_PER_INCH, height_mm / _MM_PER_INCH)
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.add_subplot())
        written = StringIO()
        figure.savefig(written, format="svg", metadata=dict.fromkeys(_DATED))
    # The document around it says what it is.
    svg = written.getvalue()
    return Drawing(svg=svg[svg.index("<svg") :], width_mm=WIDTH_MM, height_mm=height_mm, alt=alt)


def say_numbers(axes: Axes, words: Words, axis: Literal["x", "y"]) -> None:
    """Write the numbers of an axis, whole ones only, as the language does."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    shown = axes.xaxis if axis == "x" else axes.yaxis
    shown.set_major_locator(MaxNLocator(nbins="auto", integer=True))
    shown.set_major_formatter(FuncFormatter(lambda number, _: words.number(number)))


def short_label(label: str) -> str:
    """Leave room for the bars beside a name of any length."""
    said = " ".join(writable(label).split())
    return said if len(said) <= _MOST_LETTERS else f"{said[: _MOST_LETTERS - 1].rstrip()}…"


def _decimals(number: float) -> int:
    return 0 if math.isclose(number, round(number), abs_tol=0.05) else 1


def legend(axes: Axes, *, n_columns: int) -> None:
    """Set the keys above the axes."""
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=n_columns, borderaxespad=0.3)
