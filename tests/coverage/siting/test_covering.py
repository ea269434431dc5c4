"""Sites that cover most, or all with the fewest, are those that enumeration finds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.coverage.siting.covering import least_covering, max_covering
from outreach.coverage.siting.covering_model import Cover, grain_of, relax, shrunk
from outreach.errors import InfeasibleError, PlanningError

INF = np.inf


def covered(cost: np.ndarray, demand: np.ndarray, sites: tuple[int, ...], radius: float) -> float:
    """Add up, point after point, what these sites cover."""
    return sum(
        float(demand[i])
        for i in range(len(demand))
        if any(cost[i, j] <= radius and cost[i, j] < INF for j in sites)
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, tuple[int, ...]]:
    """Draw costs, some of them without a way, demand, and sites that are fixed."""
    n, m = draw(st.integers(1, 8)), draw(st.integers(1, 6))
    one = st.one_of(st.integers(0, 9).map(float), st.just(INF))
    cost = np.array([[draw(one) for _ in range(m)] for _ in range(n)])
    amount = st.one_of(st.integers(0, 5).map(float), st.floats(0.0, 3.0, width=16))
    demand = np.array([draw(amount) for _ in range(n)])
    return cost, demand, tuple(draw(st.sets(st.integers(0, m - 1), max_size=m)))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(world=worlds(), radius=st.sampled_from([0.0, 2.0, 4.0, INF]), data=st.data())
def test_no_choice_covers_more(
    world: tuple[np.ndarray, np.ndarray, tuple[int, ...]], radius: float, data: st.DataObject
) -> None:
    """The choice is proven and covers as much as the best of all choices."""
    cost, demand, fixed = world
    free = [j for j in range(cost.shape[1]) if j not in fixed]
    p = data.draw(st.integers(0, len(free)))
    found = max_covering(cost, demand, p, radius=radius, fixed=fixed)
    best = max(
        covered(cost, demand, (*sites, *fixed), radius) for sites in itertools.combinations(free, p)
    )
    assert found.value == pytest.approx(best)
    assert found.value == pytest.approx(covered(cost, demand, (*found.sites, *fixed), radius))
    assert found.proof == "proven"
    assert len(set(found.sites)) == p
    assert not set(found.sites) & set(fixed)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(world=worlds(), radius=st.sampled_from([2.0, 5.0, INF]), backup=st.integers(1, 2))
def test_no_fewer_sites_cover_all(
    world: tuple[np.ndarray, np.ndarray, tuple[int, ...]], radius: float, backup: int
) -> None:
    """As few sites as can be; of as few, those that cover most points once more."""
    cost, _, fixed = world
    is_near = np.isfinite(cost) & (cost <= radius)
    if (is_near.sum(axis=1) < backup).any():
        with pytest.raises(InfeasibleError, match=r"fewer than|beyond the radius"):
            least_covering(cost, radius=radius, fixed=fixed, backup=backup)
        return
    found = least_covering(cost, radius=radius, fixed=fixed, backup=backup)
    free = [j for j in range(cost.shape[1]) if j not in fixed]
    most_twice = -1
    for size in range(len(free) + 1):
        for sites in itertools.combinations(free, size):
            times = is_near[:, [*sites, *fixed]].sum(axis=1)
            if times.min() >= backup:
                most_twice = max(most_twice, int((times > backup).sum()))
        if most_twice >= 0:
            break
    times = is_near[:, [*found.sites, *fixed]].sum(axis=1)
    assert found.value == len(found.sites) == size
    assert found.proof == "proven"
    assert times.min() >= backup
    if size:
        assert (times > backup).sum() == most_twice


def plane(n: int, m: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Give points on a plane, the first `m` of them candidates, and whole demand."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 100, (n, 2))
    cost = np.hypot(*(places[:, None] - places[None, :m]).transpose(2, 0, 1))
    return cost, rng.integers(1, 50, n).astype(float)


def test_coverage_grows_with_sites_and_radius() -> None:
    """One site more, or a longer radius, never covers less."""
    cost, demand = plane(120, 30)
    by_p = [max_covering(cost, demand, p, radius=15.0).value for p in range(7)]
    by_radius = [max_covering(cost, demand, 4, radius=r).value for r in (5.0, 10.0, 20.0, 40.0)]
    assert by_p == sorted(by_p)
    assert by_radius == sorted(by_radius)
    assert by_p[0] == 0


def test_what_the_relaxation_rules_out_is_not_needed() -> None:
    """The bound holds, and the best choice is left among the columns that are still open."""
    cost, demand = plane(40, 12, seed=3)
    whole = Cover(covers=(cost <= 25).astype(np.float32), demand=demand, sites=np.arange(12), p=3)
    cover = shrunk(whole)
    choices = [np.array(c) for c in itertools.combinations(range(len(cover.sites)), cover.p)]
    values = [cover.value_of(c) for c in choices]
    told = relax(cover, np.arange(3), bar_of=lambda value: value + 0.5, n_rounds=30)
    best = choices[int(np.argmax(values))]
    assert told.bound >= max(values) - 1e-9
    assert max(values) == max(
        whole.value_of(np.array(c)) for c in itertools.combinations(range(12), 3)
    )
    if cover.value_of(told.chosen) < max(values):
        assert not told.is_out[best].any()
        assert set(np.flatnonzero(told.is_in)) <= set(best)


def test_the_same_input_gives_the_same_sites() -> None:
    """Nothing is left to chance."""
    cost, demand = plane(200, 60, seed=5)
    assert max_covering(cost, demand, 5, radius=14.0) == max_covering(cost, demand, 5, radius=14.0)


def test_a_gap_may_be_allowed() -> None:
    """With a gap the bound may stay above the value, but no farther than that."""
    cost, demand = plane(300, 80, seed=2)
    loose = max_covering(cost, demand, 8, radius=16.0, gap=0.05)
    exact = max_covering(cost, demand, 8, radius=16.0)
    assert loose.value <= exact.value <= loose.bound
    assert loose.bound <= loose.value * 1.05 + 1e-6


def test_no_time_leaves_a_choice_and_an_honest_bound() -> None:
    """When time runs out the bound is still a bound, and nothing is called proven by it."""
    cost, demand = plane(500, 100, seed=180)
    found = max_covering(cost, demand, 10, radius=18.0, time_limit_s=0.0)
    assert len(found.sites) == 10
    assert found.bound > found.value
    assert found.proof == "within"


def test_more_sites_than_candidates() -> None:
    """Asking for more sites than there are candidates says how many there are."""
    with pytest.raises(PlanningError, match="3 sites are asked for among 2"):
        max_covering(np.zeros((1, 3)), np.ones(1), 3, radius=1.0, fixed=[1])


def test_nobody_can_be_covered_from_too_far() -> None:
    """Points beyond every candidate are counted, and so are those that have one only."""
    cost = np.array([[1.0, 9.0], [9.0, 9.0], [INF, INF]])
    with pytest.raises(InfeasibleError, match="2 points lie beyond"):
        least_covering(cost, radius=5.0)
    with pytest.raises(InfeasibleError, match=r"1 points lie within .* fewer than 2"):
        least_covering(cost[:1], radius=5.0, backup=2)


def test_steps_of_whole_demand() -> None:
    """Whole demand goes in steps of its common divisor; other demand in none."""
    assert grain_of(np.array([4.0, 6.0])) == 2.0
    assert grain_of(np.array([4.0, 6.5])) == 0.0
    assert grain_of(np.array([])) == 0.0
