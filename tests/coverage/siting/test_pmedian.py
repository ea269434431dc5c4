"""The p-median problem: small worlds by hand and by enumeration, larger ones by two ways."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.coverage.siting import pmedian_branch
from outreach.coverage.siting.pmedian import pmedian
from outreach.coverage.siting.pmedian_search import Ground, greedy, swap
from outreach.errors import InfeasibleError, PlanningError
from tests.benchmarks import pmedian as benchmark

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LINE = np.abs(np.subtract.outer(np.array([0.0, 1.0, 2.0, 10.0, 11.0]), [0.0, 1.0, 2.0, 10.0, 11.0]))


def by_enumeration(cost: Floats, weights: Floats, p: int, fixed: tuple[int, ...] = ()) -> float:
    """Try every choice."""
    free = [j for j in range(cost.shape[1]) if j not in fixed]
    used = weights > 0
    return min(
        float((weights[used] * cost[used][:, [*fixed, *sites]].min(axis=1, initial=np.inf)).sum())
        for sites in combinations(free, p)
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Floats, Floats, int, tuple[int, ...]]:
    """Give costs, some without a way, weights, a number of sites, and fixed ones."""
    n, m = draw(st.integers(1, 12)), draw(st.integers(1, 8))
    fixed = tuple(draw(st.lists(st.integers(0, m - 1), max_size=2)))
    p = draw(st.integers(0, m - len(set(fixed))))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    is_whole = draw(st.booleans())
    cost = chance.integers(0, 20, (n, m)).astype(np.float64)
    weights = chance.integers(0, 4, n).astype(np.float64)
    if not is_whole:
        cost, weights = cost + chance.random((n, m)), weights * chance.random(n)
    cost[chance.random((n, m)) < draw(st.sampled_from([0.0, 0.2, 0.5]))] = np.inf
    return cost, weights, p, fixed


@pytest.fixture(scope="module")
def town() -> Floats:
    """Give distances among 150 places of a town."""
    places = np.random.default_rng(3).random((150, 2)) * 1000
    east, north = (places[:, None] - places[None]).transpose(2, 0, 1)
    return np.asarray(np.hypot(east, north))


def test_two_villages_get_a_site_each() -> None:
    """Three houses at 0, 1 and 2 are served from the middle; two at 10 and 11 from either."""
    found = pmedian(LINE, np.ones(5), 2)
    assert found.sites[0] == 1
    assert found.sites[1] in {3, 4}
    assert (found.value, found.bound, found.proof, found.gap_share) == (3.0, 3.0, "proven", 0.0)


def test_weights_draw_the_site() -> None:
    """Four visits at 2 outweigh two at 0 and 1."""
    found = pmedian(LINE[:3, :3], np.array([1.0, 1.0, 4.0]), 1)
    assert found.sites == (2,)
    assert found.value == 3.0


def test_fixed_sites_serve_and_are_not_counted() -> None:
    """With a site at 1 the new one goes to the other village, and is alone in the answer."""
    found = pmedian(LINE, np.array([1.0, 1.0, 1.0, 1.0, 2.0]), 1, fixed=[1, 1])
    assert found.sites == (4,)
    assert found.value == 3.0
    assert found.proof == "proven"


def test_no_new_site_leaves_the_fixed_ones() -> None:
    """Nothing is to be chosen, and that is the best choice."""
    found = pmedian(LINE, np.ones(5), 0, fixed=[0])
    assert (found.sites, found.value, found.proof) == ((), 24.0, "proven")


def test_nobody_to_serve_costs_nothing() -> None:
    """Any sites do."""
    found = pmedian(np.empty((0, 3)), np.empty(0), 2)
    assert (found.sites, found.value, found.proof) == ((0, 1), 0.0, "proven")


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_as_good_as_the_best_of_all_choices(
    world: tuple[Floats, Floats, int, tuple[int, ...]],
) -> None:
    """Small worlds are solved and proven, or said to have no solution."""
    cost, weights, p, fixed = world
    best = by_enumeration(cost, weights, p, fixed)
    if not np.isfinite(best):
        with pytest.raises(InfeasibleError):
            pmedian(cost, weights, p, fixed=fixed)
        return
    found = pmedian(cost, weights, p, fixed=fixed)
    assert found.value == pytest.approx(best)
    assert found.bound <= found.value
    assert found.proof == "proven"
    assert len(set(found.sites)) == p
    assert not set(found.sites) & set(fixed)
    assert list(found.sites) == sorted(found.sites)


@pytest.mark.parametrize("p", [2, 5, 30])
def test_splitting_and_highs_agree(town: Floats, p: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two ways that share only the bound close the gap at the same cost."""
    weights = np.random.default_rng(4).integers(1, 9, len(town)).astype(np.float64)
    monkeypatch.setattr(pmedian_branch, "MANY", 10**9)
    split = pmedian(town, weights, p)
    monkeypatch.setattr(pmedian_branch, "MANY", 0)
    monkeypatch.setattr(pmedian_branch, "FEW", 10**9)
    solved = pmedian(town, weights, p)
    assert split.proof == solved.proof == "proven"
    assert split.value == pytest.approx(solved.value, rel=1e-6)


def test_more_sites_never_cost_more(town: Floats) -> None:
    """The cost falls with each site, and the same call gives the same sites."""
    found = [pmedian(town, np.ones(len(town)), p) for p in range(1, 9)]
    values = [one.value for one in found]
    assert values == sorted(values, reverse=True)
    assert {one.proof for one in found} == {"proven"}
    assert pmedian(town, np.ones(len(town)), 8) == found[-1]


def test_whole_numbers_round_the_bound_up(town: Floats) -> None:
    """Costs in whole seconds make the value its own bound."""
    found = pmedian(np.rint(town), np.ones(len(town)), 12)
    assert found.bound == found.value
    assert found.gap_share == 0.0


def test_out_of_time_is_said(town: Floats) -> None:
    """Without time there are sites all the same, and a bound under their cost."""
    found = pmedian(town, np.ones(len(town)), 10, time_limit_s=0.0)
    proven = pmedian(town, np.ones(len(town)), 10)
    assert found.proof == "within"
    assert found.bound < proven.value <= found.value
    assert found.gap_share == pytest.approx(found.value / found.bound - 1)


def test_no_single_swap_betters_swapped_sites(town: Floats) -> None:
    """Each site is moved to each place by hand."""
    ground = Ground(by_site=town.T.copy(), base=np.full(len(town), np.inf))
    start = greedy(ground, 6)
    sites = swap(ground, start)
    least = ground.cost(sites)
    assert least <= ground.cost(start)
    for place in range(6):
        for site in range(len(town)):
            moved = sites.copy()
            moved[place] = site
            assert ground.cost(moved) >= least * (1 - 1e-9)


def test_points_without_any_way_are_counted() -> None:
    """The caller is told how many to leave out."""
    cost = np.array([[1.0, 2.0], [np.inf, np.inf], [np.inf, np.inf]])
    with pytest.raises(InfeasibleError, match="2 points have no way"):
        pmedian(cost, np.ones(3), 1)


def test_points_without_weight_need_no_way() -> None:
    """Nobody is there."""
    cost = np.array([[1.0, 2.0], [np.inf, np.inf]])
    assert pmedian(cost, np.array([1.0, 0.0]), 1).value == 1.0


def test_too_few_sites_for_all_to_have_a_way() -> None:
    """Two islands and one site leave somebody without."""
    cost = np.array([[1.0, np.inf], [1.0, np.inf], [np.inf, 1.0]])
    with pytest.raises(InfeasibleError, match="1 points have none"):
        pmedian(cost, np.ones(3), 1)
    assert pmedian(cost, np.ones(3), 2).value == 3.0


def test_missing_ways_do_not_spoil_the_bound(town: Floats) -> None:
    """Where many points have a way to one of three sites only, the best are proven all the same."""
    chance = np.random.default_rng(6)
    cost = np.where(chance.random(town.shape) < 0.1, np.inf, town)
    found = pmedian(cost, chance.random(len(town)), 3, time_limit_s=10.0)
    assert found.proof == "proven"


def test_whole_numbers_out_of_time(town: Floats) -> None:
    """The bound is rounded up, and is still one."""
    found = pmedian(np.rint(town), np.ones(len(town)), 10, time_limit_s=0.0)
    assert found.proof == "within"
    assert found.bound == round(found.bound) < found.value


def test_the_last_of_repeated_edges_counts(tmp_path: Path) -> None:
    """The benchmark's files name an edge again, from its other end, with its real length."""
    file = tmp_path / "tiny.txt"
    file.write_text(" 3 3 1 \n 1 2 9 \n 2 3 4 \n 2 1 5 \n")
    instance = benchmark.read(file)
    assert instance.p == 1
    assert instance.cost.tolist() == [[0, 5, 9], [5, 0, 4], [9, 4, 0]]


def test_more_sites_than_candidates_is_an_error() -> None:
    """Fixed ones cannot be chosen again."""
    with pytest.raises(PlanningError, match="5 sites are asked for among 4 candidates"):
        pmedian(LINE, np.ones(5), 5, fixed=[0])
