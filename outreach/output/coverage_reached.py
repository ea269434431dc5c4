"""The smallest group of people that what is told of a coverage tells of, counted afterwards."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from outreach.coverage.result import GroupRow
    from outreach.output.coverage_rows import Told, ToldRow


def reached(told: Told, totals: Mapping[int, GroupRow]) -> int:
    """
    Find the smallest group of which a number is shown, or comes out by subtraction.

    It shares no code with what decides about it: it looks at the numbers alone, at what each
    leaves of its group, and at what the parts that are shown leave of their whole.

    Parameters
    ----------
    told
        What is shown.
    totals
        Everybody together by `ToldStep.n_added`; taken as known even where it is not shown.

    Returns
    -------
    n
        0 where nothing is shown of anybody.
    """
    sizes = [*_band_sizes(told)]
    for step in told.steps:
        total = totals[step.n_added]
        sizes += _row_sizes((step.total, *step.districts, *step.areas))
        if step.districts:
            sizes += _left_over(step.districts, total)
        for district in step.districts:
            inside = [row for row in step.areas if row.district == district.id]
            sizes += _left_over(inside, district)
        sizes += _left_over(step.areas, total)
    sizes += _row_sizes(told.categories)
    sizes += _left_over(told.categories, totals[0])
    sizes += _changes(told)
    return min((n for n in sizes if n), default=0)


def _row_sizes(rows: Sequence[ToldRow]) -> Iterator[int]:
    for row in rows:
        yield row.n_people
        for n in (row.n_with_gap, row.n_uncovered):
            if n is not None:
                yield from (n, row.n_people - n)


def _left_over(parts: Sequence[ToldRow], whole: ToldRow | GroupRow) -> Iterator[int]:
    """Count what the parts that are shown leave of a whole, unless that is all of it."""
    n_people = whole.n_people
    for name in ("n_with_gap", "n_uncovered"):
        n_whole: int | None = getattr(whole, name)
        shown = [row for row in parts if getattr(row, name) is not None and row.n_people]
        if n_whole is None or not shown:
            continue
        n = n_whole - sum(getattr(row, name) for row in shown)
        yield from (n, n_people - sum(row.n_people for row in shown) - n)


def _band_sizes(told: Told) -> Iterator[int]:
    counts = sorted(band.n_people for band in told.bands if band.n_people is not None)
    yield from (b - a for a, b in pairwise((0, *counts, told.total.n_people)))


def _changes(told: Told) -> Iterator[int]:
    """Count who gets within reach by new bases."""
    counts: dict[str, list[int]] = {}
    for step in told.steps:
        for row in (step.total, *step.districts, *step.areas):
            if row.n_uncovered is not None:
                counts.setdefault(row.id, []).append(row.n_uncovered)
    for some in counts.values():
        yield from (abs(b - a) for a, b in pairwise(sorted(some)))
