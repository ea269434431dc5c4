"""The charts of a progress report: what came of the visits, and where the money went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outreach.output.charts import (
    BAND,
    DONE,
    HATCH,
    INK,
    PREDICTED,
    QUIET,
    drawing,
    legend,
    say_numbers,
    short_label,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from outreach.output.report_parts import Drawing
    from outreach.output.words import Words

_HEIGHT = 0.62
_ROW_MM, _AROUND_MM = 5.6, 17.0
_ROOM = 1.12
_SOLID: dict[str, Any] = {"color": DONE}
_HATCHED: dict[str, Any] = {
    "color": "white",
    "edgecolor": INK,
    "linewidth": 0.6,
    "hatch": HATCH,
}
_WARM: dict[str, Any] = {"color": PREDICTED}
_PALE: dict[str, Any] = {
    "color": BAND,
    "edgecolor": QUIET,
    "linewidth": 0.6,
    "linestyle": ":",
}
_EMPTY: dict[str, Any] = {"color": "white", "edgecolor": QUIET, "linewidth": 0.6}


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitsBar:
    """The visits of a group; they are told apart without remainder."""

    label: str
    made: int
    not_made: int
    displaced: int
    no_word: int
    ahead: int

    @property
    def n_all(self) -> int:
        """All of them."""
        return self.made + self.not_made + self.displaced + self.no_word + self.ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyBar:
    """A worker's money in a month, rupiah; `budget_idr` None: no limit is known."""

    label: str
    spent_idr: int
    unsure_idr: int
    ahead_idr: int
    budget_idr: int | None


def visits_chart(bars: Sequence[VisitsBar], words: Words, *, alt: str) -> Drawing:
    """
    Draw what came of the visits, a bar for each group, with the numbers made and planned.

    Parameters
    ----------
    bars
        From above to below.
    words
        The reader's language.
    alt
        What it shows, for whoever cannot see it.
    """
    series = (
        (words.say("made"), [bar.made for bar in bars], _SOLID),
        (words.say("not made"), [bar.not_made for bar in bars], _HATCHED),
        (words.say("displaced or called off"), [bar.displaced for bar in bars], _WARM),
        (words.say("no word in the log"), [bar.no_word for bar in bars], _PALE),
        (words.say("to come"), [bar.ahead for bar in bars], _EMPTY),
    )

    def draw(axes: Axes) -> None:
        _stack(axes, series)
        most = max((bar.n_all for bar in bars), default=1)
        for y, bar in enumerate(bars):
            said = f"{words.number(bar.made)} / {words.number(bar.n_all)}"
            axes.text(bar.n_all + most * 0.01, y, said, va="center")
        _finish(axes, [bar.label for bar in bars], most, words)
        axes.set_xlabel(words.say("visits in the plans"))

    return drawing(_AROUND_MM + _ROW_MM * len(bars), alt, draw)


def money_chart(bars: Sequence[MoneyBar], words: Words, *, alt: str) -> Drawing:
    """
    Draw each worker's money of a month beside the budget.

    Parameters
    ----------
    bars
        From above to below.
    words
        The reader's language.
    alt
        What it shows, for whoever cannot see it.
    """
    series = (
        (words.say("spent"), [bar.spent_idr for bar in bars], _SOLID),
        (words.say("days without a word"), [bar.unsure_idr for bar in bars], _HATCHED),
        (words.say("planned, to come"), [bar.ahead_idr for bar in bars], _PALE),
    )

    def draw(axes: Axes) -> None:
        _stack(axes, series)
        limits = [(y, bar.budget_idr) for y, bar in enumerate(bars) if bar.budget_idr is not None]
        if limits:
            axes.vlines(
                *([limit for _, limit in limits], [y - 0.42 for y, _ in limits]),
                [y + 0.42 for y, _ in limits],
                colors=PREDICTED,
                linewidth=2.2,
                label=words.say("budget of the month"),
            )
        most = max(
            (max(b.spent_idr + b.unsure_idr + b.ahead_idr, b.budget_idr or 0) for b in bars),
            default=1,
        )
        _finish(axes, [bar.label for bar in bars], most, words)
        axes.set_xlabel(words.say("rupiah"))

    return drawing(_AROUND_MM + _ROW_MM * len(bars), alt, draw)


def _stack(axes: Axes, series: Sequence[tuple[str, list[int], dict[str, Any]]]) -> None:
    """Set bars of each kind behind each other; a kind that nothing is of has no key."""
    left = [0] * len(series[0][1])
    for label, lengths, style in series:
        if any(lengths):
            axes.barh(range(len(lengths)), lengths, _HEIGHT, left, label=label, **style)
        left = [start + length for start, length in zip(left, lengths, strict=True)]


def _finish(axes: Axes, labels: Sequence[str], most: float, words: Words) -> None:
    axes.set_yticks(range(len(labels)), [short_label(label) for label in labels])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_xlim(0, max(most, 1) * _ROOM)
    say_numbers(axes, words, "x")
    legend(axes, n_columns=5)
