"""What the areas of the page about coverage are coloured by, and what is said of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.output.coverage_cells import HIDDEN
from outreach.output.coverage_rows import name_of
from outreach.output.coverage_tables import area_cells, hidden_cells
from outreach.output.safe_text import writable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from outreach.coverage.result import Coverage
    from outreach.output.coverage_rows import Told, ToldRow
    from outreach.output.page_data import Json
    from outreach.output.words import Words

_HIDDEN_LEVEL, _SPARSE_LEVEL, _NOBODY_LEVEL = "hidden", "sparse", "nobody"
GAP_STEPS = (0.05, 0.1, 0.25, 0.5)
"""Parts of the visits due that are not made, from which the next level goes."""

_UNCOVERED_STEPS = (0.1, 0.25, 0.5, 0.75)
# As parts of the threshold beyond which somebody is uncovered.
_RIDE_STEPS = (0.25, 0.5, 1.0, 1.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """What the areas are coloured by: five levels, parted by four values."""

    name: str
    short: str
    value: Callable[[ToldRow], float | None]
    steps: tuple[float, ...]
    said: Callable[[float], str]

    def level(self, value: float) -> int:
        """Give 0 for the least."""
        return level_of(value, self.steps)

    def classes(
        self, words: Words, *, has_sparse: bool = False, has_nobody: bool = False
    ) -> list[list[str]]:
        """Say what each level stands for, and the signs of what is none."""
        texts = [self.said(step) for step in self.steps]
        bare = [text.rstrip("%\N{NO-BREAK SPACE} ") for text in texts]
        spans = [f"<{texts[0]}"]
        spans += [f"{bare[i]}–{texts[i + 1]}" for i in range(len(texts) - 1)]
        spans += [f"≥{texts[-1]}"]
        classes = [[str(level), span] for level, span in enumerate(spans)]
        classes.append([_HIDDEN_LEVEL, words.say("told with a larger area")])
        if has_sparse:
            classes.append([_SPARSE_LEVEL, words.say("fewer people than areas")])
        if has_nobody:
            classes.append([_NOBODY_LEVEL, words.say("nobody to be visited")])
        return classes


def is_sparse(row: ToldRow) -> bool:
    """Tell whether a group has fewer people than areas: in some of them there is nobody."""
    return row.n_people < len(row.members)


def level_of(value: float, steps: Sequence[float]) -> int:
    """Count the steps that a value has reached."""
    # A share such as 1 - 0.9 is a hair under what it stands for.
    return sum(round(value, 9) >= step for step in steps)


def metrics_of(coverage: Coverage, words: Words) -> tuple[Metric, ...]:
    """Give what the reader can choose from, the gap first."""
    minutes = coverage.access.threshold_minutes

    def not_made(row: ToldRow) -> float | None:
        return None if row.share_delivered is None else 1 - row.share_delivered

    def uncovered(row: ToldRow) -> float | None:
        return None if row.n_uncovered is None else row.n_uncovered / max(row.n_people, 1)

    return (
        Metric(
            name=words.say("Due visits that are not made"),
            short=words.say("Missed"),
            value=not_made,
            steps=GAP_STEPS,
            said=words.percent,
        ),
        Metric(
            name=words.say("People beyond %(minutes)d minutes", minutes=minutes),
            short=words.say("Far away"),
            value=uncovered,
            steps=_UNCOVERED_STEPS,
            said=words.percent,
        ),
        Metric(
            name=words.say("Mean ride from a base, in minutes"),
            short=words.say("Ride"),
            value=lambda row: row.mean_minutes,
            steps=tuple(part * minutes for part in _RIDE_STEPS),
            said=words.number,
        ),
    )


def rows_said(
    told: Told, rows: Sequence[ToldRow], n_added: int, metrics: Sequence[Metric], words: Words
) -> list[Json]:
    """Say of each row, with so many workers added, its figures and its levels."""
    step = next((step for step in told.steps if step.n_added == n_added), None)
    if step is None:
        hidden = [_gap(None) for _ in metrics]
        return [{"cells": hidden_cells(), "gaps": hidden} for _ in rows]
    districts = {row.id: row for row in step.districts}
    then = {row.id: row for row in (*step.areas, *step.districts)}
    return [
        {
            "cells": area_cells(then[row.id], words),
            "gaps": [
                _shown((then[row.id], districts.get(row.district or ""), step.total), metric, words)
                for metric in metrics
            ],
        }
        for row in rows
    ]


def _shown(around: Sequence[ToldRow | None], metric: Metric, words: Words) -> Json:
    """Give an area the colour of what it lies in, where its own is not told."""
    for i, row in enumerate(around):
        value = None if row is None else metric.value(row)
        if row is None or value is None:
            continue
        said = metric.said(value)
        if not i:
            return _gap(metric.level(value), said)
        where = writable(name_of(row, words))
        told = words.say("%(value)s in all of: %(area)s", value=said, area=where)
        return _gap(metric.level(value), told, is_own=False)
    return _gap(None)


def _gap(level: int | None, said: str = HIDDEN, *, is_own: bool = True) -> Json:
    return {
        "level": _HIDDEN_LEVEL if level is None else str(level),
        "said": said,
        "is_own": is_own and level is not None,
    }
