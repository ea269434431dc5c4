"""Workers with hours are located as enumeration would, and the bound is never beaten."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from outreach.coverage.siting.capacitated import capacitated_covering, capacitated_pmedian
from outreach.errors import InfeasibleError, PlanningError

if TYPE_CHECKING:
    from numpy.typing import NDArray

SLACK = 1e-6


def best_in_parts(
    hours: NDArray[np.float64], worth: NDArray[np.float64], available_h: NDArray[np.float64]
) -> float:
    """Share hours out by a dense linear program of another library."""
    n, m = hours.shape
    limits = np.vstack(
        [
            np.kron(np.eye(n), np.ones((1, m))),
            np.kron(np.ones((1, n)), np.eye(m)) * np.where(np.isfinite(hours), hours, 0).ravel(),
        ]
    )
    found = linprog(
        -np.repeat(worth, m),
        A_ub=limits,
        b_ub=np.concatenate([np.ones(n), available_h]),
        bounds=[(0, float(ok)) for ok in np.isfinite(hours).ravel()],
    )
    return float(-found.fun)


def best_whole(
    hours: NDArray[np.float64], worth: NDArray[np.float64], available_h: NDArray[np.float64]
) -> float:
    """Try every way to serve whole points or not at all."""
    n, m = hours.shape
    best = 0.0
    for sites in itertools.product(range(-1, m), repeat=n):
        used = np.zeros(m)
        for i, j in enumerate(sites):
            if j >= 0:
                used[j] += hours[i, j]
        if np.all(used <= available_h):
            best = max(best, sum(worth[i] for i, j in enumerate(sites) if j >= 0))
    return best


@st.composite
def worlds(draw: st.DrawFn) -> tuple[NDArray[np.float64], NDArray[np.float64], int, int]:
    """Draw hours, some of them without a way, worths, new workers, and present ones."""
    n, m = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    one = st.one_of(st.integers(1, 9).map(float), st.just(np.inf))
    hours = np.array([[draw(one) for _ in range(m)] for _ in range(n)])
    worth = np.array([float(draw(st.integers(0, 5))) for _ in range(n)])
    return hours, worth, draw(st.integers(0, 3)), draw(st.integers(0, 2))


@pytest.mark.parametrize("is_split", [True, False])
@settings(max_examples=40, deadline=None, derandomize=True)
@given(world=worlds())
def test_no_choice_is_better(
    *, is_split: bool, world: tuple[NDArray[np.float64], NDArray[np.float64], int, int]
) -> None:
    """With no gap allowed the value is the best over all places and all ways to serve."""
    hours, worth, workers, n_fixed = world
    m = hours.shape[1]
    capacity_h = np.array([4.0, 7.0, 5.0])[:m]
    fixed = [0] * n_fixed
    found = capacitated_covering(
        hours, hours, worth, capacity_h, workers, fixed=fixed, gap=0.0, is_split=is_split
    )
    present_h = capacity_h * np.bincount(np.array(fixed, int), minlength=m)
    best = best_in_parts if is_split else best_whole
    values = [
        best(hours, worth, present_h + capacity_h * np.bincount(np.array(at, int), minlength=m))
        for at in itertools.combinations_with_replacement(range(m), workers)
    ]
    assert found.value == pytest.approx(max(values), abs=SLACK)
    assert found.proof == "proven"
    assert found.n_at.sum() == workers == len(found.sites)
    used_h = np.where(found.assigned > 0, hours, 0) * found.assigned
    assert np.all(used_h.sum(axis=0) <= present_h + capacity_h * found.n_at + SLACK)
    assert np.all(found.assigned.sum(axis=1) <= 1 + SLACK)
    assert found.value == pytest.approx(worth @ found.assigned.sum(axis=1))


def test_several_workers_share_a_site() -> None:
    """Where all need is in one place both workers sit there."""
    hours = np.array([[8.0, 16.0], [8.0, 16.0]])
    found = capacitated_covering(hours, hours, [1.0, 1.0], 8.0, 2)
    assert found.sites == (0, 0)
    assert found.value == pytest.approx(2.0)


def test_nobody_new_sits_where_there_are_no_hours() -> None:
    """A candidate without hours for a new worker is a place of present ones only."""
    hours = np.array([[1.0, 2.0]])
    found = capacitated_covering(
        hours, hours, [3.0], np.array([0.0, 8.0]), 1, fixed=[0], fixed_capacity_h=[0.5]
    )
    assert found.sites == (1,)


def test_workers_without_any_place() -> None:
    """New workers need at least one candidate."""
    with pytest.raises(InfeasibleError, match="no candidate"):
        capacitated_covering(np.zeros((1, 0)), np.zeros((1, 0)), [1.0], 8.0, 1)


def least_travel(
    cost: NDArray[np.float64],
    load: NDArray[np.float64],
    capacity: NDArray[np.float64],
    sites: tuple[int, ...],
) -> float:
    """Try every way to assign each point to one of these sites."""
    best = np.inf
    for chosen in itertools.product(sites, repeat=len(load)):
        used = np.zeros(len(capacity))
        np.add.at(used, list(chosen), load)
        if np.all(used <= capacity):
            best = min(best, float(cost[np.arange(len(load)), list(chosen)].sum()))
    return best


@settings(max_examples=60, deadline=None, derandomize=True)
@given(world=worlds(), data=st.data())
def test_nobody_travels_less(
    world: tuple[NDArray[np.float64], NDArray[np.float64], int, int], data: st.DataObject
) -> None:
    """The sites are as good as the best of all choices, or no choice holds everybody."""
    cost, load, _, n_fixed = world
    m = cost.shape[1]
    capacity = np.array([6.0, 4.0, 9.0])[:m]
    fixed = tuple(range(min(n_fixed, 1)))
    free = [j for j in range(m) if j not in fixed]
    p = data.draw(st.integers(0, len(free)))
    best = min(
        least_travel(cost, load, capacity, (*sites, *fixed))
        for sites in itertools.combinations(free, p)
    )
    weights = np.ones(len(load))
    if best == np.inf:
        with pytest.raises(InfeasibleError, match="can hold everybody"):
            capacitated_pmedian(cost, weights, load, capacity, p, fixed=fixed)
        return
    found = capacitated_pmedian(cost, weights, load, capacity, p, fixed=fixed)
    assert found.value == pytest.approx(best)
    assert found.proof == "proven"
    assert len(found.sites) == p
    assert least_travel(cost, load, capacity, (*found.sites, *fixed)) == pytest.approx(best)


def test_more_capacitated_sites_than_candidates() -> None:
    """Asking for more sites than there are candidates says how many there are."""
    with pytest.raises(PlanningError, match="2 sites are asked for among 1"):
        capacitated_pmedian(np.zeros((1, 2)), [1.0], [1.0], [1.0, 1.0], 2, fixed=[0])


def town(n: int, m: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give hours one way on a plane, and visits."""
    rng = np.random.default_rng(seed)
    people, places = rng.uniform(0, 60, (n, 2)), rng.uniform(0, 60, (m, 2))
    ride_h = np.hypot(*(people[:, None] - places[None]).transpose(2, 0, 1)) / 30
    return ride_h, rng.choice([1.0, 2.0, 4.0], n)


def test_more_is_served_with_more_workers_hours_and_reach() -> None:
    """A worker, an hour, or a minute more never makes the best choice serve less."""
    ride_h, visits = town(60, 15, seed=1)
    hours = visits[:, None] * (0.75 + ride_h)

    def served(workers: int = 2, capacity_h: float = 30.0, radius: float = 1.2) -> float:
        found = capacitated_covering(
            ride_h, hours, visits, capacity_h, workers, radius=radius, gap=0.0
        )
        return found.value

    by_workers = [served(workers=k) for k in range(4)]
    by_hours = [served(capacity_h=h) for h in (10.0, 20.0, 40.0)]
    by_radius = [served(radius=r) for r in (0.3, 0.8, 1.6)]
    for values in (by_workers, by_hours, by_radius):
        assert all(b >= a - SLACK for a, b in itertools.pairwise(values))


def test_a_worker_serves_nobody_out_of_reach() -> None:
    """Beyond the radius, without a way, or without worth nobody is served."""
    cost = np.array([[1.0], [5.0], [np.inf], [1.0]])
    found = capacitated_covering(cost, np.ones((4, 1)), [1.0, 9.0, 9.0, 0.0], 8.0, 1, radius=2.0)
    assert found.value == pytest.approx(1.0)
    assert found.assigned[:, 0] == pytest.approx([1.0, 0.0, 0.0, 0.0])


def test_the_same_input_gives_the_same_workers() -> None:
    """Nothing is left to chance, and a hundred candidates are bounded to the gap."""
    ride_h, visits = town(120, 100, seed=4)
    hours = visits[:, None] * (0.75 + ride_h)
    found = [
        capacitated_covering(ride_h, hours, visits, 60.0, 3, radius=1.5, gap=2e-3) for _ in range(2)
    ]
    assert found[0].sites == found[1].sites
    assert found[0].value == found[1].value
    assert found[0].bound == found[1].bound
    assert found[0].gap_share <= 2e-3


@pytest.mark.parametrize("is_split", [True, False])
@pytest.mark.parametrize(("n", "way"), [(0, 1.0), (2, np.inf)])
def test_nobody_to_serve(n: int, way: float, *, is_split: bool) -> None:
    """Workers sit somewhere also when there is nobody whom they can serve."""
    hours = np.full((n, 3), way)
    found = capacitated_covering(hours, hours, np.ones(n), 8.0, 2, is_split=is_split)
    assert found.value == found.bound == 0.0
    assert found.n_at.sum() == 2
