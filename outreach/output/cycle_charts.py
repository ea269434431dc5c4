"""The charts of a cycle: what waits at the end of each week, in all runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.output.charts import (
    BAND,
    DONE,
    QUIET,
    drawing,
    legend,
    say_numbers,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from outreach.output.report_parts import Drawing
    from outreach.output.words import Words

_HEIGHT_MM = 62.0
_ROOM = 1.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Least, mean and most of all runs, week by week from the first."""

    label: str
    weeks: tuple[tuple[float, float, float], ...]


def weeks_chart(line: Line, words: Words, *, ceiling: Line | None = None, alt: str) -> Drawing:
    """
    Draw a figure over the weeks, with the band in which the runs lie.

    Parameters
    ----------
    line
        What is drawn; its label names the upright axis.
    words
        The reader's language.
    ceiling
        What it cannot be more than, such as all open cases; its mean is drawn.
    alt
        What it shows, for whoever cannot see it.
    """

    def draw(axes: Axes) -> None:
        numbers = range(1, len(line.weeks) + 1)
        least, mean, most = zip(*line.weeks, strict=True)
        if least != most:
            axes.fill_between(numbers, least, most, color=BAND, label=words.say("all runs"))
        axes.plot(
            *(numbers, mean),
            color=DONE,
            marker="o",
            markersize=4.0,
            linewidth=1.8,
            label=words.say("mean of the runs"),
        )
        top = max(most)
        if ceiling is not None:
            upper = [one for _, one, _ in ceiling.weeks]
            axes.plot(numbers, upper, color=QUIET, linestyle=":", label=ceiling.label)
            top = max(top, *upper)
        axes.annotate(
            words.number(mean[-1]),
            (numbers[-1], mean[-1]),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontweight="bold",
        )
        axes.set_ylim(0, max(top, 1.0) * _ROOM)
        axes.set_xlim(0.5, len(line.weeks) + _margin(line.weeks))
        say_numbers(axes, words, "x")
        say_numbers(axes, words, "y")
        axes.set_axisbelow(True)
        axes.set_xlabel(words.say("week"))
        axes.set_ylabel(line.label)
        legend(axes, n_columns=3)

    return drawing(_HEIGHT_MM, alt, draw)


def _margin(weeks: Sequence[object]) -> float:
    """Leave room for the number at the end of the line."""
    return 0.5 + len(weeks) / 16
