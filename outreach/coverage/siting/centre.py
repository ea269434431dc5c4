"""Where so many sites keep the longest way short: the p-centre problem."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from outreach.coverage.siting.highs import Program, solve
from outreach.coverage.siting.result import siting_of
from outreach.errors import InfeasibleError, PlanningError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from outreach.coverage.siting.result import Siting

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]

Answer = Literal["found", "impossible", "open"]

HALF = 0.5
"""Above it a whole number of the solver is 1."""
ROUNDING = 1e-6


def pcentre(
    cost: ArrayLike,
    p: int,
    *,
    fixed: Sequence[int] = (),
    weights: ArrayLike | None = None,
    time_limit_s: float = 60.0,
) -> Siting:
    """
    Choose the sites from which the longest way to anybody is shortest (Hakimi 1964).

    The longest way is one of the costs, and whether so many sites can keep to it is a covering
    problem: the costs are searched by halves (Minieka, "The m-center problem", 1970), each by a
    greedy choice, then a linear program, then whole numbers by HiGHS.

    Parameters
    ----------
    cost
        (n, m) of reaching point i from candidate j; inf: no way.
    p
        How many new sites.
    fixed
        Candidates that are sites already, and serve too.
    weights
        (n,) by which costs are multiplied; a point without weight counts for nothing. None: 1.
    time_limit_s
        After so long the best so far is returned, with its bound.

    Returns
    -------
    siting
        Its value is the longest way to the nearest new or fixed site, 0 where nobody is. Sites
        that are not needed for it are the first that are left.

    Raises
    ------
    InfeasibleError
        Points that no candidate reaches, or that no choice of so few sites was found to reach.
    PlanningError
        There are fewer than `p` candidates that are not sites already.
    """
    ends_at = time.monotonic() + time_limit_s
    ways = np.asarray(cost, np.float64)
    if weights is not None:
        weight = np.asarray(weights, np.float64)
        ways = ways[weight > 0] * weight[weight > 0, None]
    free = np.setdiff1d(np.arange(ways.shape[1]), np.array(fixed, np.intp))
    if p > len(free):
        raise PlanningError(
            "%(p)d sites are asked for among %(n)d candidates; ask for fewer, or name more.",
            p=p,
            n=len(free),
        )
    n_lost = int((~np.isfinite(ways).any(axis=1)).sum())
    if n_lost:
        raise InfeasibleError(
            "%(n)d points have no way to any candidate; name candidates that they can reach, or "
            "leave them out.",
            n=n_lost,
        )
    task = Task(ways=ways[:, free], base=ways[:, list(fixed)].min(axis=1, initial=np.inf), p=p)
    chosen, bound = shortest(task, ends_at)
    value = task.worst(chosen)
    if not np.isfinite(value):
        raise InfeasibleError(
            "No %(p)d sites were found that everybody has a way to. Ask for more sites, or leave "
            "some points out.",
            p=p,
        )
    return siting_of(tuple(int(j) for j in free[chosen]), value=value, bound=min(bound, value))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Task:
    """
    What is to be covered.

    Parameters
    ----------
    ways
        (n, f) cost of reaching point i from free candidate j.
    base
        (n,) from the fixed ones.
    p
        How many to open.
    """

    ways: Floats
    base: Floats
    p: int

    def worst(self, chosen: Ints) -> float:
        """Give the longest way when these are open."""
        served = np.minimum(self.base, self.ways[:, chosen].min(axis=1, initial=np.inf))
        return float(served.max(initial=0.0))

    def filled(self, chosen: Ints) -> Ints:
        """Add the first candidates that are left, up to the number that is asked for."""
        others = np.setdiff1d(np.arange(self.ways.shape[1]), chosen)
        return np.concatenate([chosen, others[: self.p - len(chosen)]])


def shortest(task: Task, ends_at: float) -> tuple[Ints, float]:
    """Search the longest way by halves, first where linear programs suffice; give a bound too."""
    nearest = np.minimum(task.base, task.ways.min(axis=1, initial=np.inf))
    steps = np.unique(np.append(task.ways, task.base))
    steps = steps[(steps >= nearest.max(initial=0.0)) & np.isfinite(steps)]
    chosen = task.filled(np.empty(0, np.intp))
    low, high = 0, int(np.searchsorted(steps, task.worst(chosen)))
    for is_whole in (False, True):
        # That a linear program is possible says nothing yet, but that whole numbers are next.
        top = high
        while low < top:
            middle = (low + top) // 2
            answer, sites = cover(task, steps[middle], is_whole=is_whole, ends_at=ends_at)
            if answer == "found":
                chosen = task.filled(sites)
                top = high = int(np.searchsorted(steps, task.worst(chosen)))
            elif answer == "impossible":
                low = middle + 1
            elif time.monotonic() >= ends_at:
                return chosen, float(steps[low])
            else:
                top = middle
    return chosen, task.worst(chosen)


def cover(
    task: Task, radius: float, *, is_whole: bool, ends_at: float
) -> tuple[Answer, NDArray[np.intp]]:
    """Look for sites that keep every way to a radius; "open": the linear program allows it."""
    from scipy.sparse import csr_matrix

    nobody = np.empty(0, np.intp)
    covers = task.ways[task.base > radius] <= radius
    sites = greedy(covers, task.p)
    if covers[:, sites].any(axis=1).all():
        return "found", sites
    n, f = covers.shape
    program = Program(
        worth=-np.ones(f),
        lower=np.zeros(f),
        upper=np.ones(f),
        is_whole=np.full(f, is_whole),
        rows=csr_matrix(covers.astype(np.float64)),
        row_lower=np.ones(n),
        row_upper=np.full(n, np.inf),
    )
    answer = solve(program, time_limit_s=max(ends_at - time.monotonic(), 0.0))
    if -answer.bound > task.p + ROUNDING or answer.outcome == "infeasible":
        return "impossible", nobody
    if is_whole and answer.x is not None:
        found = np.flatnonzero(answer.x > HALF)
        if len(found) <= task.p:
            return "found", found
    return "open", nobody


def greedy(covers: NDArray[np.bool_], p: int) -> Ints:
    """Open what covers most points that are not covered yet, one after the other."""
    left, sites = np.ones(len(covers), np.bool_), []
    for _ in range(p):
        if not left.any():
            break
        site = int(np.count_nonzero(covers[left], axis=0).argmax())
        sites.append(site)
        left &= ~covers[:, site]
    return np.array(sites, np.intp)
