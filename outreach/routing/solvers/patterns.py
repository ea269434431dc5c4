"""On which days the visits of one requirement may fall together."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from outreach.routing.problem import Requirement, Visit

MOST_PATTERNS = 400
"""Longer lists are cut: a horizon of four weeks has millions, most of them alike."""


def day_patterns(requirement: Requirement, days: Collection[int]) -> list[tuple[int, ...]]:
    """
    List the ways to put all visits of a requirement on `days`, gaps kept.

    Where not all visits fit, the longest ways to put the first few of them are listed instead,
    so that a child who is due three times is still seen twice.

    Returns
    -------
    patterns
        Day of each visit, in the visits' order; evenly spread patterns first.
    """
    found: list[tuple[int, ...]] = []
    visits = list(requirement.visits)
    while visits and not found:
        _extend((), visits, set(days), requirement.min_gap_days, found)
        visits.pop()
    return sorted(found, key=_unevenness)


def _extend(
    head: tuple[int, ...],
    rest: list[Visit],
    days: set[int],
    gap: int,
    found: list[tuple[int, ...]],
) -> None:
    if not rest:
        found.append(head)
        return
    for day in rest[0].days:
        if len(found) >= MOST_PATTERNS:
            return
        if day in days and (not head or day >= head[-1] + gap):
            _extend((*head, day), rest[1:], days, gap, found)


def _unevenness(pattern: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    gaps = [b - a for a, b in pairwise(pattern)]
    return (-min(gaps, default=0), pattern)
