"""How near people are to bases, and how fairly the hours of workers lie within reach."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from outreach.coverage.access import (
    NO_BASE,
    Reach,
    assess_access,
    band_weights,
    e2sfca,
    gini,
    people_within,
    reach,
    uncovered,
)
from outreach.routing.matrix import TravelMatrix

if TYPE_CHECKING:
    from numpy.typing import NDArray

INF = np.inf


def matrix(ids: str, duration_s: list[list[float]]) -> TravelMatrix:
    """Make a matrix of places with one letter each."""
    n = len(ids)
    return TravelMatrix(
        ids=tuple(ids),
        duration_s=np.array(duration_s, dtype=float),
        distance_m=np.zeros((n, n)),
        walk_m=np.zeros(n),
    )


def of(seconds: list[list[float]]) -> Reach:
    """Make the reach of people p0, p1, … from bases b0, b1, …"""
    table = np.array(seconds, dtype=float)
    n, m = table.shape
    return Reach(
        ids=tuple(f"p{i}" for i in range(n)),
        base_ids=tuple(f"b{j}" for j in range(m)),
        seconds=table,
    )


def test_a_ride_counts_from_the_base_to_the_person() -> None:
    """10 s there, 20 s back."""
    found = reach(matrix("bp", [[0, 10], [20, 0]]), ["p"], ["b"])
    assert found.seconds.tolist() == [[10]]


def test_there_is_no_way_where_none_leads_back() -> None:
    """As for the planner, who would not go there."""
    found = reach(matrix("bp", [[0, 10], [INF, 0]]), ["p"], ["b"])
    assert found.seconds.tolist() == [[INF]]


def test_a_place_without_a_road_has_no_way() -> None:
    """Neither x nor the base y were snapped."""
    found = reach(matrix("bp", [[0, 10], [20, 0]]), ["x", "p"], ["y", "b", "b"])
    assert found.base_ids == ("y", "b")
    assert found.seconds.tolist() == [[INF, INF], [INF, 10]]
    assert found.nearest.tolist() == [NO_BASE, 1]
    assert found.nearest_s.tolist() == [INF, 10]


def test_of_equally_near_bases_the_first_counts() -> None:
    """Equal input, equal answer."""
    assert of([[5, 3, 3]]).nearest.tolist() == [1]


@pytest.mark.parametrize(("n", "m"), [(0, 2), (2, 0), (0, 0)])
def test_nobody_or_no_base_is_no_error(n: int, m: int) -> None:
    """All are without a way."""
    names = [f"p{i}" for i in range(n)], [f"b{j}" for j in range(m)]
    found = reach(matrix("", []), *names)
    assert found.seconds.shape == (n, m)
    assert found.nearest.tolist() == [NO_BASE] * n
    assert uncovered(found, 60) == ()
    access = assess_access(
        {"dry": found},
        season="dry",
        need_h=np.ones(n),
        supply_h=np.ones(m),
        threshold_minutes=60,
        bands_minutes=(30,),
    )
    assert (access.worst_minutes, access.gini, access.hours_per_need) == (0, 0, 0)


def test_some_bases_may_be_taken() -> None:
    """Those asked for, in that order."""
    assert of([[1, 2, 3]]).of(["b2", "b0"]).seconds.tolist() == [[3, 1]]


def test_who_is_beyond_the_threshold_is_uncovered() -> None:
    """The threshold itself is within; those without a way are lost already."""
    found = of([[3600], [3601], [INF], [5000]])
    losses = uncovered(found, 3600)
    assert [(loss.kind, loss.beneficiary_id, loss.reason) for loss in losses] == [
        ("uncovered", "p1", "beyond_threshold"),
        ("uncovered", "p3", "beyond_threshold"),
    ]
    assert str(losses[0].detail) == "more than 60 minutes from every base: about 65 from b0"
    assert str(losses[1].detail) == "more than 60 minutes from every base: about 85 from b0"


@given(
    arrays.arrays(float, (5, 3), elements=st.sampled_from([0, 600, 1800, 3600, 7200, INF])),
    st.integers(0, 120),
    st.integers(0, 120),
)
def test_coverage_grows_with_the_threshold(
    seconds: NDArray[np.float64], first: int, second: int
) -> None:
    """Who is within 30 minutes is within 60."""
    found = of(seconds.tolist())
    low, high = sorted((first, second))
    fewer, more = people_within(found, (low, high))
    assert fewer <= more
    assert len(uncovered(found, 60 * low)) >= len(uncovered(found, 60 * high))


def test_three_zones_have_published_weights_and_the_gaussian_agrees() -> None:
    """Luo & Qi's 1, 0.68, 0.22; of six zones every second begins where those do."""
    assert band_weights((600, 1200, 1800)) == (1, 0.68, 0.22)
    six = band_weights((300, 600, 900, 1200, 1500, 1800))
    assert [round(w, 2) for w in six[::2]] == [1, 0.68, 0.22]
    assert band_weights((600,)) == (1,)


def test_a_score_worked_out_by_hand() -> None:
    """Base 0: 10 h for 2 + 0.68 · 5; base 1: 4 h for 0.22 · 5."""
    seconds = [[600, 2000], [1200, 1800]]
    scores = e2sfca(seconds, [2, 5], [10, 4], bands_s=(600, 1200, 1800))
    near, far = 10 / 5.4, 4 / 1.1
    assert scores.tolist() == pytest.approx([near, 0.68 * near + 0.22 * far])


def test_a_base_without_anybody_near_helps_nobody() -> None:
    """No division by nothing."""
    assert e2sfca([[9000]], [1], [10], bands_s=(600, 1200, 1800)).tolist() == [0]


@pytest.mark.parametrize("bands_s", [(), (600, 600), (1200, 600), (0, 600)])
def test_zones_must_ascend(bands_s: tuple[int, ...]) -> None:
    """Everything else is a mistake of the caller."""
    with pytest.raises(ValueError, match="ascend"):
        e2sfca([[1]], [1], [1], bands_s=bands_s)


def test_each_zone_has_a_weight() -> None:
    """Two zones, one weight."""
    with pytest.raises(ValueError, match="weight each"):
        e2sfca([[1]], [1], [1], bands_s=(600, 1200), weights=(1,))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(1, 6))
def test_scores_are_those_of_pysal(seed: int, n: int, m: int) -> None:
    """The access package on the same matrix, to 1e-9."""
    peers = pytest.importorskip("access.access")
    step_fn = pytest.importorskip("access.weights").step_fn
    rng = np.random.default_rng(seed)
    seconds = rng.choice([300, 1800, 1801, 3600, 5000, 7200, 9000], size=(n, m)).astype(float)
    demand = rng.uniform(0.1, 9, n)
    supply = rng.uniform(0, 40, m)
    ends = (1800, 3600, 7200)
    origin, destination = np.divmod(np.arange(n * m), m)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = peers.Access(
            demand_df=pd.DataFrame({"id": np.arange(n), "need": demand}),
            demand_index="id",
            demand_value="need",
            supply_df=pd.DataFrame({"id": np.arange(m), "hours": supply}),
            supply_index="id",
            supply_value="hours",
            cost_df=pd.DataFrame({"from": origin, "to": destination, "s": seconds.ravel()}),
            cost_origin="from",
            cost_dest="to",
            cost_name="s",
        )
        weigh = step_fn(dict(zip(ends, (1, 0.68, 0.22), strict=True)))
        theirs = peer.enhanced_two_stage_fca(weight_fn=weigh, max_cost=ends[-1])
    wanted = theirs["e2sfca_hours"].reindex(np.arange(n)).fillna(0).to_numpy()
    assert e2sfca(seconds, demand, supply, bands_s=ends) == pytest.approx(wanted, abs=1e-9)


@given(
    arrays.arrays(float, (6, 3), elements=st.sampled_from([300, 3600, 7200, 9000, INF])),
    arrays.arrays(float, 6, elements=st.floats(0.1, 9)),
)
def test_what_is_within_reach_is_given_out_once(
    seconds: NDArray[np.float64], demand: NDArray[np.float64]
) -> None:
    """Scores times demand add up to the supply of the bases that reach somebody."""
    supply = np.array([5.0, 7.0, 11.0])
    scores = e2sfca(seconds, demand, supply, bands_s=(1800, 3600, 7200))
    assert scores @ demand == pytest.approx(supply[(seconds <= 7200).any(axis=0)].sum())


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1, 1, 1], 0), ([0, 0, 0], 0), ([], 0), ([0, 1], 0.5), ([0, 0, 0, 1], 0.75), ([1, 3], 0.25)],
)
def test_gini_of_few(values: list[float], expected: float) -> None:
    """Worked out from half the mean difference over the mean."""
    assert gini(values) == pytest.approx(expected)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4)), min_size=1, max_size=8))
def test_gini_is_half_the_mean_difference_over_the_mean(rows: list[tuple[int, int]]) -> None:
    """By its other definition, all pairs of people written out."""
    everybody = np.repeat([v for v, _ in rows], [n for _, n in rows]).astype(float)
    mean = everybody.mean()
    differences = np.abs(everybody[:, None] - everybody[None, :]).mean()
    expected = differences / (2 * mean) if mean else 0
    weighed = gini([v for v, _ in rows], [n for _, n in rows])
    assert weighed == pytest.approx(gini(everybody)) == pytest.approx(expected, abs=1e-12)


def test_access_is_told_by_season_and_band() -> None:
    """Three people, one of them cut off in the wet season."""
    minute = 60.0
    access = assess_access(
        {
            "wet": of([[20 * minute], [70 * minute], [INF]]),
            "dry": of([[10 * minute], [50 * minute], [110 * minute]]),
        },
        season="wet",
        need_h=[1, 2, 1],
        supply_h=[8],
        threshold_minutes=60,
        bands_minutes=(30, 60, 120),
        population={("wet", 30): 4000},
    )
    assert [(b.season, b.minutes, b.n_people, b.population) for b in access.bands] == [
        ("dry", 30, 1, None),
        ("dry", 60, 2, None),
        ("dry", 120, 3, None),
        ("wet", 30, 1, 4000),
        ("wet", 60, 1, None),
        ("wet", 120, 2, None),
    ]
    assert (access.median_minutes, access.worst_minutes) == (45, 70)
    assert access.hours_per_need == pytest.approx(8 / 4)
    assert 0 < access.gini < 1
