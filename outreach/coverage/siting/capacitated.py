"""Locate workers who have hours: most served (capacitated maximal covering), or least travel."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.siting.capacitated_branch import bounded
from outreach.coverage.siting.capacitated_model import Service, Task, serve, sharing, value_of
from outreach.coverage.siting.capacitated_search import Search
from outreach.coverage.siting.covering_model import grain_of
from outreach.coverage.siting.highs import Program, solve
from outreach.coverage.siting.result import Siting, siting_of
from outreach.errors import InfeasibleError, PlanningError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

ROUNDING = 1e-6
MOST_LINKS = 6000
"""Rows that tie single shares to their site, beyond which they slow the program down."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CapacitatedSiting(Siting):
    """
    Chosen sites of workers with hours, and who is served from where.

    Parameters
    ----------
    n_at
        (m,) new workers at each candidate.
    assigned
        (n, m) the share of each point that is served from each candidate, by present and new
        workers.
    """

    n_at: NDArray[np.int64]
    assigned: NDArray[np.float64]


def capacitated_covering(
    cost: ArrayLike,
    hours: ArrayLike,
    worth: ArrayLike,
    capacity_h: ArrayLike,
    workers: int,
    *,
    radius: float = np.inf,
    fixed: Sequence[int] = (),
    fixed_capacity_h: Sequence[float] | None = None,
    is_split: bool = True,
    gap: float = 1e-3,
    time_limit_s: float = 30.0,
) -> CapacitatedSiting:
    """
    Choose where new workers sit so that what all workers serve in their hours is worth most.

    The maximal covering of Church and ReVelle (1974) with hours in the place of mere reach
    (Current and Storbeck 1988); several workers may share a site. Choices are found by adding and
    moving single workers, bounded by Lagrangian relaxation, and where a gap is left, closed by
    branch and bound; HiGHS shares the hours of each choice out, and closes what is served whole.

    Parameters
    ----------
    cost
        (n, m) of reaching point i from candidate j, in the unit of `radius`; inf: no way.
    hours
        (n, m) that serving the whole of point i from candidate j takes, in the unit of the
        capacities; inf: not from there.
    worth
        (n,) of serving the whole of a point; not negative.
    capacity_h
        Hours of a new worker; a number, or (m,) by candidate. Nobody new sits where it is 0.
    workers
        How many new ones; each sits somewhere.
    radius
        A point is served from no farther.
    fixed
        Candidates where workers sit already, repeated for several.
    fixed_capacity_h
        The hours of each of those; None: `capacity_h`.
    is_split
        Whether a point may be served in part and from several sites.
    gap
        How far the bound may stay above the value, as a part of it, before it is worth time.
    time_limit_s
        After so long the best so far is returned, with its bound; it may be overrun by the
        single step under way.

    Raises
    ------
    InfeasibleError
        There are new workers and no candidate where they may sit.
    """
    began = time.perf_counter()
    until = began + time_limit_s
    cost, hours, worth = (np.asarray(a, np.float64) for a in (cost, hours, worth))
    m = cost.shape[1]
    new_h = np.broadcast_to(np.asarray(capacity_h, np.float64), (m,)).copy()
    if workers > 0 and not (new_h > 0).any():
        raise InfeasibleError(
            "There is no candidate site for %(n)d workers; name candidates.", n=workers
        )
    present_h = np.zeros(m)
    np.add.at(
        present_h,
        np.asarray(fixed, np.int64),
        new_h[list(fixed)] if fixed_capacity_h is None else np.asarray(fixed_capacity_h, float),
    )
    usable = np.isfinite(cost) & (cost <= radius) & np.isfinite(hours) & (worth > 0)[:, None]
    points = np.flatnonzero(usable[:, (present_h > 0) | (new_h > 0)].any(axis=1))
    task = Task(
        hours=np.where(usable, hours, np.inf)[points],
        worth=worth[points],
        present_h=present_h,
        new_h=new_h if workers else np.zeros(m),
        n_new=workers,
        is_split=is_split,
    )
    service = _best(task, gap=gap, until=until)
    assigned = np.zeros(cost.shape)
    assigned[points] = service.shares
    found = siting_of(
        tuple(int(j) for j in np.repeat(np.arange(m), service.n_at)),
        value=service.value,
        bound=service.bound,
    )
    return CapacitatedSiting(
        sites=found.sites,
        value=found.value,
        bound=found.bound,
        proof=found.proof,
        gap_share=found.gap_share,
        n_at=service.n_at,
        assigned=assigned,
    )


def _best(task: Task, *, gap: float, until: float) -> Service:
    search = Search(task, until=until)
    search.swap()
    bound = min(task.most, search.best.bound) if not task.n_new else task.most
    if search.best.value * (1 + gap) < bound and task.n_new:
        bound = bounded(task, search, gap=gap, until=until)
    best = search.best
    if not task.is_split:
        # What is served whole could be served in parts: the bound of parts holds.
        best = serve(task, best.n_at, is_split=False, gap=gap / 4, time_limit_s=_left_s(until))
        if not task.n_new:
            bound = min(bound, best.bound)
        bound = _stepped(task, bound)
        if bound > best.value * (1 + gap) and task.n_new and time.perf_counter() < until:
            best, bound = _closed(task, best, bound, gap=gap, until=until)
            bound = _stepped(task, bound)
    return replace(best, bound=max(bound, best.value))


def _stepped(task: Task, bound: float) -> float:
    # Whole points of whole worth add up to multiples of its common divisor.
    grain = grain_of(task.worth)
    return float(np.floor(bound / grain + ROUNDING) * grain) if grain else bound


def _left_s(until: float) -> float:
    return max(until - time.perf_counter(), 1.0)


def _closed(
    task: Task, best: Service, bound: float, *, gap: float, until: float
) -> tuple[Service, float]:
    """Solve the whole-number program of who is served whole, beginning with the best known."""
    places = np.flatnonzero((task.present_h > 0) | (task.new_h > 0))
    point, place = np.nonzero(np.isfinite(task.hours[:, places]))
    program = _with_workers(task, point, place, places)
    start = np.concatenate([best.shares[point, places[place]], best.n_at[places]])
    answer = solve(program, start=start, gap=gap, time_limit_s=_left_s(until))
    if answer.x is not None and answer.value > best.value:
        n_at = np.zeros_like(best.n_at)
        n_at[places] = np.round(answer.x[len(point) :]).astype(np.int64)
        shares = np.zeros_like(best.shares)
        shares[point, places[place]] = np.round(answer.x[: len(point)])
        best = replace(best, n_at=n_at, shares=shares, value=value_of(task, shares))
    return best, min(bound, answer.bound)


def _with_workers(
    task: Task,
    point: NDArray[np.intp],
    place: NDArray[np.intp],
    places: NDArray[np.intp],
) -> Program:
    from scipy.sparse import csr_matrix, hstack, vstack

    n, n_pairs, n_places = len(task.worth), len(point), len(places)
    shared = sharing(task, point, places[place], place, task.present_h[places], is_split=False)
    worker = np.arange(n_places)
    capacity = csr_matrix(
        (-task.new_h[places], (n + worker, worker)), shape=(n + n_places, n_places)
    )
    rows = [
        hstack([shared.rows, capacity]),
        csr_matrix(
            (np.ones(n_places), (np.zeros(n_places, int), n_pairs + worker)),
            shape=(1, n_pairs + n_places),
        ),
    ]
    links = np.flatnonzero(task.present_h[places[place]] == 0)
    if len(links) <= MOST_LINKS:
        row = np.arange(len(links))
        ties = (
            np.concatenate([np.ones(len(links)), -np.ones(len(links))]),
            (np.concatenate([row, row]), np.concatenate([links, n_pairs + place[links]])),
        )
        rows.append(csr_matrix(ties, shape=(len(links), n_pairs + n_places)))
    else:
        links = links[:0]
    total = np.array([float(task.n_new)])
    return Program(
        worth=np.concatenate([shared.worth, np.zeros(n_places)]),
        lower=np.zeros(n_pairs + n_places),
        upper=np.concatenate([shared.upper, np.full(n_places, float(task.n_new))]),
        is_whole=np.concatenate([shared.is_whole, np.ones(n_places, bool)]),
        rows=vstack(rows),
        row_lower=np.concatenate([shared.row_lower, total, np.full(len(links), -np.inf)]),
        row_upper=np.concatenate([shared.row_upper, total, np.zeros(len(links))]),
    )


def capacitated_pmedian(
    cost: ArrayLike,
    weights: ArrayLike,
    load: ArrayLike,
    capacity: ArrayLike,
    p: int,
    *,
    fixed: Sequence[int] = (),
    time_limit_s: float = 60.0,
    gap: float = 0.0,
) -> Siting:
    """
    Choose sites to which everybody is assigned, each to one, with least travel and no site full.

    The capacitated p-median (Mulvey and Beck 1984; with the strong links of each share to its
    site), by HiGHS.

    Parameters
    ----------
    cost
        (n, m) of reaching point i from candidate j; inf: no way.
    weights
        (n,) how often.
    load
        (n,) what a point takes of its site's capacity.
    capacity
        (m,) of a site there, in the unit of `load`.
    p
        How many new sites.
    fixed
        Candidates that are sites already.
    time_limit_s
        After so long the best so far is returned, with its bound; without any, the value is inf
        and nothing is proven.
    gap
        How far the bound may stay under the value, as a part of it.

    Raises
    ------
    PlanningError
        There are fewer than `p` candidates that are not sites already.
    InfeasibleError
        No choice of sites can hold everybody.
    """
    from scipy.sparse import csr_matrix, vstack

    cost, weights, load, capacity = (
        np.asarray(a, np.float64) for a in (cost, weights, load, capacity)
    )
    n, m = cost.shape
    is_fixed = np.zeros(m, bool)
    is_fixed[list(fixed)] = True
    if p > m - is_fixed.sum():
        raise PlanningError(
            "%(p)d sites are asked for among %(n)d candidates; ask for fewer, or name more.",
            p=p,
            n=m - int(is_fixed.sum()),
        )
    point, site = np.nonzero(np.isfinite(cost) & (load[:, None] <= capacity))
    n_pairs = len(point)
    pair, column = np.arange(n_pairs), n_pairs + np.arange(m)
    one = np.ones(n_pairs)
    shape = n_pairs + m
    rows = vstack(
        [
            csr_matrix((one, (point, pair)), shape=(n, shape)),
            csr_matrix(
                (
                    np.concatenate([load[point], -capacity]),
                    (np.concatenate([site, np.arange(m)]), np.concatenate([pair, column])),
                ),
                shape=(m, shape),
            ),
            csr_matrix(
                (
                    np.concatenate([one, -one]),
                    (np.concatenate([pair, pair]), np.concatenate([pair, column[site]])),
                ),
                shape=(n_pairs, shape),
            ),
            csr_matrix((np.ones(m), (np.zeros(m, int), column)), shape=(1, shape)),
        ]
    )
    total = [float(p + is_fixed.sum())]
    answer = solve(
        Program(
            worth=np.concatenate([-(weights[point] * cost[point, site]), np.zeros(m)]),
            lower=np.concatenate([np.zeros(n_pairs), is_fixed.astype(np.float64)]),
            upper=np.ones(shape),
            is_whole=np.ones(shape, bool),
            rows=rows,
            row_lower=np.concatenate([np.ones(n), np.full(m + n_pairs, -np.inf), total]),
            row_upper=np.concatenate([np.ones(n), np.zeros(m + n_pairs), total]),
        ),
        time_limit_s=time_limit_s,
        gap=gap,
    )
    if answer.outcome == "infeasible":
        raise InfeasibleError(
            "No %(p)d sites can hold everybody: ask for more, allow each more, or name candidates "
            "that can be reached.",
            p=p,
        )
    if answer.x is None:
        return siting_of((), value=np.inf, bound=-answer.bound)
    is_chosen = np.round(answer.x[:n_pairs]).astype(bool)
    is_site = (np.round(answer.x[n_pairs:]) > 0) & ~is_fixed
    value = float((weights[point] * cost[point, site])[is_chosen].sum())
    return siting_of(
        tuple(int(j) for j in np.flatnonzero(is_site)),
        value=value,
        bound=min(max(-answer.bound, 0.0), value),
    )
