"""Where the next workers should sit: each added to the last, and all chosen afresh."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.siting.capacitated import capacitated_covering
from outreach.coverage.siting.result import gap_of, proof_of
from outreach.errors import PlanningError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from outreach.coverage.result import Proof, Site
    from outreach.coverage.siting.capacitated import CapacitatedSiting

logger = logging.getLogger(__name__)

SOLVED_TO = 1e-3
"""Part of the bound at which a choice is good enough: plans vary by more."""

_NO_VISIT = 1e-6
_TIMES_AGAIN = (1, 2, 4, 8, 16, 32, 64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidates:
    """
    Where added workers may sit.

    Parameters
    ----------
    sites
        m of them; `Site.id` is the id of the base that a worker would have there.
    seconds
        Ride from each to each of n people, in the season; `inf` without a way; shape (n, m).
    """

    sites: tuple[Site, ...]
    seconds: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Residual:
    """
    What the present workers leave: the present ones keep what they do, the added take up the rest.

    Parameters
    ----------
    visits
        Not made in the weeks, that more workers could make, by person; shape (n,).
    hours
        Of a worker that one of them takes from each candidate; `inf` without a way; shape (n, m).
    capacity_h
        What one added worker can spend in the weeks with people and on the road.
    limit_s
        Longest ride one way.
    again
        Visits of everybody that workers can make, as if they were due once more: by them further
        workers are placed where nothing is left of `visits`; shape (n,).
    """

    visits: NDArray[np.int64]
    hours: NDArray[np.float64]
    capacity_h: float
    limit_s: float
    again: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """
    Where so many added workers sit; columns of the candidates.

    Parameters
    ----------
    nested, nested_visits
        The last choice and one more, in the order of adding, and the visits that they make.
    free, free_visits
        Chosen afresh, ascending, and their visits.
    bound_visits
        No choice makes more.
    proof, gap_share
        Of the nested choice, to that bound.
    """

    nested: tuple[int, ...]
    nested_visits: float
    free: tuple[int, ...]
    free_visits: float
    bound_visits: float
    proof: Proof
    gap_share: float


def choose(
    candidates: Candidates,
    residual: Residual,
    n_added: int,
    *,
    told: Callable[[int], None] = lambda _: None,
) -> tuple[Choice, ...]:
    """
    Choose for 1, 2, … workers, nested and afresh.

    Capacitated maximal covering (Current & Storbeck 1988, after Church & ReVelle 1974) of the
    visits that are left. Several workers may sit at one place.

    Parameters
    ----------
    told
        Called with the number that has been chosen.

    Raises
    ------
    PlanningError
        When nobody may sit anywhere.
    """
    _demand(candidates, n_added)
    choices: list[Choice] = []
    nested: tuple[int, ...] = ()
    value = 0.0
    for n in range(1, n_added + 1):
        free = _cover(candidates, residual, workers=n)
        if n > 1:
            nested, value = _one_more(candidates, residual, nested, value)
        else:
            nested, value = free.sites, free.value
        # Two searches to the same tolerance: the better of the two is known, so it is free's.
        best = max(free.value, value)
        bound = max(free.bound, best)
        choices.append(
            Choice(
                nested=nested,
                nested_visits=value,
                free=free.sites if free.value > value + _NO_VISIT else tuple(sorted(nested)),
                free_visits=best,
                bound_visits=bound,
                proof=proof_of(value, bound),
                gap_share=gap_of(value, bound),
            )
        )
        logger.info("%d added: %.1f visits, at most %.1f", n, value, bound)
        told(n)
    return tuple(choices)


def follow(
    candidates: Candidates, residual: Residual, nested: tuple[int, ...], n_added: int
) -> tuple[int, ...]:
    """Go on adding one worker after the other to those that are chosen."""
    _demand(candidates, n_added)
    value = _cover(candidates, residual, workers=0, fixed=nested).value
    while len(nested) < n_added:
        nested, value = _one_more(candidates, residual, nested, value)
    return nested


def _one_more(
    candidates: Candidates, residual: Residual, nested: tuple[int, ...], value: float
) -> tuple[tuple[int, ...], float]:
    """Add one to those who make `value` visits, and give all, and the visits that they make."""
    found = _cover(candidates, residual, workers=1, fixed=nested)
    if found.value > value + _NO_VISIT:
        return (*nested, *found.sites), found.value
    # In this model nothing is left, so any place would do. Plans need more than a model says, and
    # longer visits need more workers: who comes now sits where those before had most to do.
    for times in _TIMES_AGAIN:
        more = replace(residual, visits=residual.visits + times * residual.again)
        before = _cover(candidates, more, workers=0, fixed=nested)
        again = _cover(candidates, more, workers=1, fixed=nested)
        if again.value > before.value + _NO_VISIT:
            return (*nested, *again.sites), value
    return (*nested, *found.sites), value


def _cover(
    candidates: Candidates,
    residual: Residual,
    *,
    workers: int,
    fixed: tuple[int, ...] = (),
) -> CapacitatedSiting:
    rows = np.flatnonzero(residual.visits > 0)
    visits = residual.visits[rows]
    return capacitated_covering(
        candidates.seconds[rows],
        visits[:, None] * residual.hours[rows],
        visits.astype(float),
        residual.capacity_h,
        workers,
        radius=residual.limit_s,
        fixed=fixed,
        gap=SOLVED_TO,
    )


def _demand(candidates: Candidates, n_added: int) -> None:
    if n_added and not candidates.sites:
        raise PlanningError(
            "there is no place where another worker could sit: none of the candidates lies near a"
            " road; write others in coverage: candidates"
        )
