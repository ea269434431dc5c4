"""Sites that cover most, or all with the fewest, are those that enumeration finds."""

from __future__ import annotations

import functools
import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.coverage.siting.covering import least_covering, max_covering
from outreach.coverage.siting.covering_branch import closed_by_branching
from outreach.coverage.siting.covering_model import (
    Cover,
    CoverBound,
    covered_most,
    grain_of,
    relax,
    shrunk,
    swapped,
)
from outreach.coverage.siting.highs import Repeated
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


@st.composite
def tables(draw: st.DrawFn) -> Cover:
    """Draw which columns cover which rows, near half of them, and what the rows are worth."""
    n, m = draw(st.integers(2, 14)), draw(st.integers(2, 8))
    cells = draw(st.lists(st.booleans(), min_size=n * m, max_size=n * m))
    demand = draw(st.lists(st.integers(1, 4), min_size=n, max_size=n))
    covers = np.array(cells, np.float32).reshape(n, m)
    p = draw(st.integers(1, m - 1))
    return Cover(covers=covers, demand=np.array(demand, float), sites=np.arange(m), p=p)


def told_nothing(cover: Cover) -> CoverBound:
    """Give the first columns, and rule nothing out."""
    return CoverBound(
        bound=float(cover.demand.sum()),
        chosen=np.arange(cover.p),
        is_out=np.zeros(cover.covers.shape[1], bool),
    )


@settings(max_examples=200, deadline=None, derandomize=True)
@given(cover=tables())
def test_branching_alone_finds_the_best(cover: Cover) -> None:
    """From a poor choice, and nothing ruled out, the tree ends at the best of all choices."""
    best = max(
        cover.value_of(np.array(choice))
        for choice in itertools.combinations(range(cover.covers.shape[1]), cover.p)
    )
    chosen, bound = closed_by_branching(
        cover, told_nothing(cover), bar_of=lambda v: v + 0.999, until=time.perf_counter() + 60
    )
    assert cover.value_of(chosen) == best
    assert best <= bound < best + 1


def test_columns_are_parted_where_all_rows_are_decided() -> None:
    """Every two of three columns share a row: half of each would cover all three rows."""
    ring = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], np.float32)
    two = np.kron(np.eye(2, dtype=np.float32), ring)
    cover = Cover(covers=two, demand=np.ones(6), sites=np.arange(6), p=3)
    chosen, bound = closed_by_branching(
        cover, told_nothing(cover), bar_of=lambda v: v + 0.999, until=time.perf_counter() + 60
    )
    # Two columns cover one ring, the third two rows of the other one.
    assert cover.value_of(chosen) == 5
    assert bound < 6


def test_branching_out_of_time_keeps_the_bound_it_was_told() -> None:
    """Nothing is solved, and so nothing is known beyond what was."""
    cost, demand = plane(60, 20, seed=1)
    cover = shrunk(
        Cover(covers=(cost <= 20).astype(np.float32), demand=demand, sites=np.arange(20), p=3)
    )
    chosen, bound = closed_by_branching(
        cover, told_nothing(cover), bar_of=lambda v: v, until=time.perf_counter()
    )
    assert list(chosen) == [0, 1, 2]
    assert bound == cover.demand.sum()


@settings(max_examples=50, deadline=None, derandomize=True)
@given(cover=tables())
def test_no_single_exchange_covers_more(cover: Cover) -> None:
    """After exchanging, no other column in the place of a chosen one covers more."""
    chosen = swapped(cover, np.arange(cover.p))
    value = cover.value_of(chosen)
    assert value >= cover.value_of(np.arange(cover.p))
    for out, into in itertools.product(range(cover.p), range(cover.covers.shape[1])):
        other = chosen.copy()
        other[out] = into
        assert cover.value_of(other) <= value


def test_a_program_is_solved_again_with_other_limits() -> None:
    """The limits of one call do not linger in the next, and little worth is not looked for."""
    covers = np.array([[1, 0], [1, 1], [0, 1]], np.float32)
    program = Repeated(covered_most(covers, np.array([1.0, 1.0, 3.0]), 1))
    free, none = np.ones(5), np.zeros(5)
    again = functools.partial(program.solve, above=0.0, time_limit_s=10.0)
    first = again(lower=none, upper=free)
    assert first.x is not None
    assert list(first.x) == [0, 1, 1, 0, 1]
    left = again(lower=none, upper=np.array([1.0, 1, 1, 1, 0]), basis=first.basis)
    assert left.x is not None
    assert list(left.x) == [1, 1, 0, 1, 0]
    assert again(lower=np.ones(5), upper=free).outcome == "infeasible"
    dear = again(lower=none, upper=free, above=4.5)
    assert dear.outcome == "infeasible" or (dear.x is not None and list(dear.x) == list(first.x))
    assert again(lower=none, upper=free, time_limit_s=0.0).outcome == "stopped"


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
