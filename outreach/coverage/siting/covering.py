"""Cover most demand with so many sites (MCLP), or everybody with as few as can be (LSCP)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.siting.covering_branch import closed_by_branching
from outreach.coverage.siting.covering_model import (
    Cover,
    CoverBound,
    covered_most,
    grain_of,
    greedy,
    relax,
    shrunk,
    swapped,
)
from outreach.coverage.siting.highs import Program, solve
from outreach.coverage.siting.result import Siting, siting_of
from outreach.errors import InfeasibleError, PlanningError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

FIRST_ROUNDS = 300
"""Of the subgradient, before the linear program is solved."""
LATER_ROUNDS = 150
"""From the prices of the linear program, for the choices that lie near it."""
LATER_STEP = 0.3
ROUNDING = 1e-9
HALF = 0.5
"""Above it a whole number of the solver is 1."""


def max_covering(
    cost: ArrayLike,
    demand: ArrayLike,
    p: int,
    *,
    radius: float,
    fixed: Sequence[int] = (),
    time_limit_s: float = 60.0,
    gap: float = 0.0,
) -> Siting:
    """
    Choose the sites that cover most demand (MCLP; Church and ReVelle 1974).

    Parameters
    ----------
    cost
        (n, m) of reaching point i from candidate j, in the unit of `radius`; inf: no way.
    demand
        (n,) of the points; not negative.
    p
        How many new sites.
    radius
        A point is covered when it can be reached at no more than this cost.
    fixed
        Candidates that are sites already, and cover too.
    time_limit_s
        After so many seconds the best so far is returned, with its bound.
    gap
        How far the bound may stay above the value, as a part of it.

    Returns
    -------
    siting
        Its value is the demand covered by new and fixed sites together.

    Raises
    ------
    PlanningError
        There are fewer than `p` candidates that are not sites already.
    """
    cost, demand = np.asarray(cost, np.float64), np.asarray(demand, np.float64)
    is_fixed = np.zeros(cost.shape[1], bool)
    is_fixed[list(fixed)] = True
    free = np.flatnonzero(~is_fixed)
    if p > len(free):
        raise PlanningError(
            "%(p)d sites are asked for among %(n)d candidates; ask for fewer, or name more.",
            p=p,
            n=len(free),
        )
    covers = np.isfinite(cost) & (cost <= radius)
    left = ~covers[:, is_fixed].any(axis=1)
    present = float(demand[~left].sum())
    whole = Cover(
        covers=covers[left][:, free].astype(np.float32), demand=demand[left], sites=free, p=p
    )
    cover = shrunk(whole)
    chosen, bound = _most(cover, present, gap=gap, until=time.perf_counter() + time_limit_s)
    sites = [int(j) for j in cover.sites[chosen]]
    # Where fewer sites cover all that can be covered, the others may be anywhere.
    sites += [int(j) for j in free if j not in sites][: p - len(sites)]
    value = float(demand @ covers[:, sorted({*sites, *fixed})].any(axis=1))
    return siting_of(tuple(sites), value=value, bound=max(value, present + bound))


def _most(
    cover: Cover, present: float, *, gap: float, until: float
) -> tuple[NDArray[np.intp], float]:
    """Give the columns that cover most, and the bound of what is covered beside `present`."""
    grain = grain_of(cover.demand)
    total = float(cover.demand.sum())
    least = max(ROUNDING * (present + total), grain * (1 - 1e-4))

    def bar_of(value: float) -> float:
        return value + max(gap * (present + value), least)

    chosen = swapped(cover, greedy(cover))
    if cover.p in {0, cover.covers.shape[1]}:
        return chosen, cover.value_of(chosen)
    bound = total
    told: CoverBound | None = None
    if bound > bar_of(cover.value_of(chosen)):
        told = relax(cover, chosen, bar_of=bar_of, n_rounds=FIRST_ROUNDS)
        chosen, bound = told.chosen, min(bound, told.bound)
    if told and bound > bar_of(cover.value_of(chosen)):
        prices = _prices(cover, until)
        if prices is not None:
            told = relax(
                cover,
                chosen,
                bar_of=bar_of,
                n_rounds=LATER_ROUNDS,
                prices=prices,
                lenience=LATER_STEP,
            )
            chosen, bound = told.chosen, min(bound, told.bound)
    if told and bound > bar_of(cover.value_of(chosen)):
        chosen, closed = closed_by_branching(cover, told, bar_of=bar_of, until=until)
        bound = min(bound, closed)
    value = cover.value_of(chosen)
    # Nothing lies between two steps of the grain.
    return chosen, value if bound <= value + least * (1 + 1e-9) else bound


def _prices(cover: Cover, until: float) -> NDArray[np.float64] | None:
    """Give the prices (n,) of the linear program, at which Lagrange's bound is as low as can be."""
    # The subgradient stalls far above it where nearly all can be covered.
    program = covered_most(cover.covers, cover.demand, cover.p)
    answer = solve(program, time_limit_s=max(until - time.perf_counter(), 0.0))
    if answer.prices is None:
        return None
    return np.clip(answer.prices[:-1], 0.0, cover.demand)


def least_covering(
    cost: ArrayLike,
    *,
    radius: float,
    fixed: Sequence[int] = (),
    backup: int = 1,
    time_limit_s: float = 60.0,
) -> Siting:
    """
    Choose the fewest new sites that cover everybody (LSCP; Toregas, Swain, ReVelle, Bergman 1971).

    Among as few, those are preferred that cover more points once more than is asked (Hogan and
    ReVelle 1986); that preference is followed as far as time allows.

    Parameters
    ----------
    cost
        (n, m) of reaching point i from candidate j, in the unit of `radius`; inf: no way.
    radius
        A point is covered when it can be reached at no more than this cost.
    fixed
        Candidates that are sites already, and cover too.
    backup
        How many sites must cover each point: 2 leaves everybody covered when one is away.
    time_limit_s
        After so long the best so far is returned, with its bound.

    Returns
    -------
    siting
        Its value is the number of new sites.

    Raises
    ------
    InfeasibleError
        Some points lie within the radius of too few candidates.
    """
    began = time.perf_counter()
    cost = np.asarray(cost, np.float64)
    m = cost.shape[1]
    covers = np.isfinite(cost) & (cost <= radius)
    n_beyond = int((~covers.any(axis=1)).sum())
    n_lost = int((covers.sum(axis=1) < backup).sum())
    if n_beyond:
        raise InfeasibleError(
            "%(n)d points lie beyond the radius of every candidate; name candidates nearer to "
            "them, or allow a larger radius.",
            n=n_beyond,
        )
    if n_lost:
        raise InfeasibleError(
            "%(n)d points lie within the radius of fewer than %(backup)d candidates; name "
            "candidates nearer to them, or allow a larger radius.",
            n=n_lost,
            backup=backup,
        )
    lower = np.zeros(m)
    lower[list(fixed)] = 1.0
    start = _covering_all(covers, lower > 0, backup)
    program = _all_covered(covers, lower, backup)
    answer = solve(program, time_limit_s=time_limit_s, start=start.astype(np.float64))
    chosen = start if answer.x is None else answer.x > HALF
    n_new = int(chosen.sum() - lower.sum())
    bound = float(np.ceil(-answer.bound - lower.sum() - 1e-6))
    left_s = time_limit_s - (time.perf_counter() - began)
    if left_s > 0 and n_new:
        chosen = _most_twice(covers, lower, backup, chosen, left_s)
    sites = np.flatnonzero(chosen & (lower == 0))
    return siting_of(tuple(int(j) for j in sites), value=float(n_new), bound=max(0.0, bound))


def _all_covered(covers: NDArray[np.bool_], lower: NDArray[np.float64], backup: int) -> Program:
    from scipy.sparse import csr_matrix

    n, m = covers.shape
    return Program(
        worth=-np.ones(m),
        lower=lower,
        upper=np.ones(m),
        is_whole=np.ones(m, bool),
        rows=csr_matrix(covers.astype(np.float64)),
        row_lower=np.full(n, float(backup)),
        row_upper=np.full(n, np.inf),
    )


def _covering_all(
    covers: NDArray[np.bool_], is_fixed: NDArray[np.bool_], backup: int
) -> NDArray[np.bool_]:
    """Choose one site after another, each for the most that it adds to what is asked."""
    chosen = is_fixed.copy()
    missing = np.maximum(backup - covers[:, chosen].sum(axis=1), 0)
    while missing.any():
        gains = np.where(chosen, -1, (missing > 0) @ covers.astype(np.int64))
        best = int(np.argmax(gains))
        chosen[best] = True
        missing = np.maximum(missing - covers[:, best], 0)
    return chosen


def _most_twice(
    covers: NDArray[np.bool_],
    lower: NDArray[np.float64],
    backup: int,
    chosen: NDArray[np.bool_],
    time_limit_s: float,
) -> NDArray[np.bool_]:
    """Exchange sites for as many others that cover more points once more than is asked."""
    from scipy.sparse import csr_matrix, eye_array, hstack, vstack

    n, m = covers.shape
    n_sites = float(chosen.sum())
    rows = vstack(
        [
            hstack([csr_matrix(covers.astype(np.float64)), -eye_array(n)]),
            csr_matrix(np.concatenate([np.ones(m), np.zeros(n)])[None]),
        ]
    )
    is_twice = covers[:, chosen].sum(axis=1) > backup
    answer = solve(
        Program(
            worth=np.concatenate([np.zeros(m), np.ones(n)]),
            lower=np.concatenate([lower, np.zeros(n)]),
            upper=np.ones(m + n),
            is_whole=np.concatenate([np.ones(m, bool), np.zeros(n, bool)]),
            rows=rows,
            row_lower=np.concatenate([np.full(n, float(backup)), [n_sites]]),
            row_upper=np.concatenate([np.full(n, np.inf), [n_sites]]),
        ),
        time_limit_s=time_limit_s,
        start=np.concatenate([chosen, is_twice]).astype(np.float64),
    )
    return chosen if answer.x is None else answer.x[:m] > HALF
