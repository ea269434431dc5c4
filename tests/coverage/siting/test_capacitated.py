"""Workers with hours are located as enumeration would, and the bound is never beaten."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from outreach.coverage.siting.capacitated import capacitated_covering
from outreach.errors import InfeasibleError

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
