"""Which counts of people are told, so that none, and no difference of some, tells of a few."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Cell:
    """Of `n` people, `count` have something; both tell of the others, who have not."""

    n: int
    count: int


def is_safe(count: int, n: int, k: int) -> bool:
    """Whether those who have something, and those who have not, are each nobody or `k` people."""
    return all(not part or part >= k for part in (count, n - count))


def told_count(count: int, n: int, k: int) -> int | None:
    """Give a count of `n` people where that is safe, else None."""
    return count if is_safe(count, n, k) else None


def told_parts(
    cells: Sequence[Cell], k: int, *, is_open: Sequence[bool] | None = None
) -> list[bool]:
    """
    Decide which parts of a whole are told, where the count of the whole is known.

    A part is told where it is safe. What the parts that are not told have together comes out by
    subtraction; so there are at least two of them, of whom together at least `k` have it and
    `k` have not. Then each hidden count may, for those who know all others and the sizes of all
    parts, still be any of at least `k` + 1 numbers (if each part has nobody or `k` people). More
    parts are hidden until that holds, the smallest first. Where all parts are hidden, nothing
    comes out by subtraction but the whole.

    Not protected is what follows from knowing that a part was hidden because it is not safe.

    Parameters
    ----------
    cells
        The parts; each person is in one.
    k
        The fewest people that a number may tell of.
    is_open
        Whether a part may be told at all; by default, all may.

    Returns
    -------
    is_told
        One for each part; True where it has nobody.
    """
    allowed = [True] * len(cells) if is_open is None else is_open
    is_told = [
        not cell.n or (may and is_safe(cell.count, cell.n, k))
        for cell, may in zip(cells, allowed, strict=True)
    ]
    while True:
        hidden = [i for i, told in enumerate(is_told) if not told]
        left = [i for i, told in enumerate(is_told) if told and cells[i].n]
        if not hidden or not left or _is_blurred([cells[i] for i in hidden], k):
            return is_told
        # Sorting is stable, so equal parts are hidden in their order.
        left.sort(key=lambda i: cells[i].n)
        enough = (i for i in left if _is_blurred([cells[j] for j in (*hidden, i)], k))
        is_told[next(enough, left[0])] = False


def _is_blurred(hidden: Sequence[Cell], k: int) -> bool:
    count = sum(cell.count for cell in hidden)
    n = sum(cell.n for cell in hidden)
    return len(hidden) > 1 and k <= count <= n - k
