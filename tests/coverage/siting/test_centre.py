"""The p-centre problem: small worlds by hand and by enumeration."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.coverage.siting import centre
from outreach.coverage.siting.centre import pcentre
from outreach.errors import InfeasibleError, PlanningError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LINE = np.abs(np.subtract.outer(np.array([0.0, 1.0, 2.0, 10.0, 14.0]), [0.0, 1.0, 2.0, 10.0, 14.0]))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Floats, Floats, int, tuple[int, ...]]:
    """Give ways, some of them missing, weights, a number of sites, and fixed ones."""
    n, m = draw(st.integers(1, 10)), draw(st.integers(1, 8))
    fixed = tuple(draw(st.lists(st.integers(0, m - 1), max_size=2)))
    p = draw(st.integers(0, m - len(set(fixed))))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    cost = chance.integers(0, 30, (n, m)).astype(np.float64) * draw(st.sampled_from([1, 0.37]))
    cost[chance.random((n, m)) < draw(st.sampled_from([0.0, 0.2, 0.5]))] = np.inf
    return cost, chance.integers(0, 4, n).astype(np.float64), p, fixed


def by_enumeration(cost: Floats, weights: Floats, p: int, fixed: tuple[int, ...]) -> float:
    """Try every choice."""
    used = weights > 0
    ways = cost[used] * weights[used, None]
    free = [j for j in range(cost.shape[1]) if j not in fixed]
    return min(
        float(ways[:, [*fixed, *sites]].min(axis=1, initial=np.inf).max(initial=0.0))
        for sites in combinations(free, p)
    )


def test_the_longest_way_is_shared_out() -> None:
    """Sites at 1 and at 10 or 14 leave a way of 4; three of them leave 1."""
    found = pcentre(LINE, 2)
    assert found.sites[0] in {0, 1, 2}
    assert (found.value, found.bound, found.proof) == (4.0, 4.0, "proven")
    assert pcentre(LINE, 3).value == 1.0


def test_fixed_sites_serve_and_are_not_counted() -> None:
    """With a site at 14 one more is enough for what two can do."""
    found = pcentre(LINE, 1, fixed=[4])
    assert found.value == 4.0
    assert found.sites[0] in {0, 1, 2}


def test_weights_stretch_the_way() -> None:
    """Somebody who counts twenty times has the site."""
    found = pcentre(LINE, 1, weights=np.array([20.0, 1.0, 1.0, 1.0, 1.0]))
    assert found.sites == (0,)
    assert found.value == 14.0


def test_sites_that_are_not_needed_are_the_first_left() -> None:
    """All are asked for; nobody has a way to go."""
    found = pcentre(LINE, 5)
    assert (found.sites, found.value, found.proof) == ((0, 1, 2, 3, 4), 0.0, "proven")


def test_nobody_has_no_way_to_go() -> None:
    """Any sites do."""
    found = pcentre(np.empty((0, 3)), 2)
    assert (found.sites, found.value, found.proof) == ((0, 1), 0.0, "proven")


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_as_good_as_the_best_of_all_choices(
    world: tuple[Floats, Floats, int, tuple[int, ...]],
) -> None:
    """Small worlds are solved and proven, or said to have no solution."""
    cost, weights, p, fixed = world
    best = by_enumeration(cost, weights, p, fixed)
    if not np.isfinite(best):
        with pytest.raises(InfeasibleError):
            pcentre(cost, p, fixed=fixed, weights=weights)
        return
    found = pcentre(cost, p, fixed=fixed, weights=weights)
    assert found.value == found.bound == best
    assert found.proof == "proven"
    assert len(set(found.sites)) == p
    assert not set(found.sites) & set(fixed)


@pytest.fixture(scope="module")
def town() -> Floats:
    """Give distances among 120 places of a town."""
    places = np.random.default_rng(5).random((120, 2)) * 1000
    east, north = (places[:, None] - places[None]).transpose(2, 0, 1)
    return np.asarray(np.hypot(east, north))


def test_more_sites_never_make_the_way_longer(town: Floats) -> None:
    """The longest way falls with each site, down to its bound each time."""
    found = [pcentre(town, p) for p in range(1, 5)]
    values = [one.value for one in found]
    assert values == sorted(values, reverse=True)
    assert {one.proof for one in found} == {"proven"}


def test_the_greedy_choice_is_not_enough(town: Floats, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it whole numbers find the same way."""
    value = pcentre(town, 4).value
    monkeypatch.setattr(centre, "greedy", lambda covers, _p: np.arange(min(covers.shape[1], 1)))
    assert pcentre(town, 4).value == value


def test_out_of_time_is_said(town: Floats) -> None:
    """Without time there are sites all the same, and a bound under the longest way."""
    found = pcentre(town, 4, time_limit_s=0.0)
    assert found.proof == "within"
    assert found.bound <= pcentre(town, 4).value <= found.value


def test_points_without_any_way_are_counted() -> None:
    """The caller is told how many to leave out."""
    with pytest.raises(InfeasibleError, match="1 points have no way"):
        pcentre(np.array([[1.0, 2.0], [np.inf, np.inf]]), 1)


def test_too_few_sites_for_all_to_have_a_way() -> None:
    """Two islands and one site leave somebody without."""
    cost = np.array([[1.0, np.inf], [np.inf, 2.0]])
    with pytest.raises(InfeasibleError, match="No 1 sites"):
        pcentre(cost, 1)
    assert pcentre(cost, 2).value == 2.0


def test_more_sites_than_candidates_is_an_error() -> None:
    """Fixed ones cannot be chosen again."""
    with pytest.raises(PlanningError, match="5 sites are asked for among 4 candidates"):
        pcentre(LINE, 5, fixed=[0])
