"""What a location model answers: the sites, their value, and how good that is at best."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outreach.coverage.result import Proof

EXACT = 1e-6
"""A gap up to this part of the bound is rounding, and the answer is the best one."""
TINY = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Siting:
    """
    Chosen sites, and what no choice can surpass.

    Parameters
    ----------
    sites
        Chosen columns of the candidates, ascending; those that were fixed beforehand are not
        among them. A column is repeated where several workers sit there.
    value
        What these sites, with the fixed ones, cost or cover; worked out anew from the inputs.
    bound
        No choice does better: below it no cost gets, above it no coverage.
    proof
        Whether the choice is the best (``"proven"``), within `gap_share` of it, or not known.
    gap_share
        Between value and bound, as a part of the bound; inf where there is no bound.
    """

    sites: tuple[int, ...]
    value: float
    bound: float
    proof: Proof
    gap_share: float


def gap_of(value: float, bound: float) -> float:
    """Give the gap between a value and its bound, as a part of the bound; inf without one."""
    if not (math.isfinite(value) and math.isfinite(bound)):
        return math.inf
    return abs(value - bound) / max(abs(bound), TINY) if value != bound else 0.0


def proof_of(value: float, bound: float, *, tolerance: float = EXACT) -> Proof:
    """
    Say what a bound proves of a value.

    Parameters
    ----------
    value, bound
        Of the same objective; a bound that is not finite proves nothing.
    tolerance
        The gap, as a part of the bound, up to which the value is the best one.
    """
    gap = gap_of(value, bound)
    if gap <= tolerance:
        return "proven"
    return "within" if math.isfinite(gap) else "unsolved"


def siting_of(
    sites: tuple[int, ...], *, value: float, bound: float, tolerance: float = EXACT
) -> Siting:
    """Put sites together with what their value and bound say of them."""
    return Siting(
        sites=tuple(sorted(sites)),
        value=value,
        bound=bound,
        proof=proof_of(value, bound, tolerance=tolerance),
        gap_share=gap_of(value, bound),
    )
