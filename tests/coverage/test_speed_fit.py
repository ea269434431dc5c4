"""What explains riding times is found again, also behind breaks that nobody told of."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.coverage.speed_fit import fit_speeds

N_LEGS = 80


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    start_s=st.integers(0, 600),
    ratios=st.lists(st.floats(0.5, 3), min_size=1, max_size=3),
)
def test_exact_times_give_the_exact_answer(seed: int, start_s: int, ratios: list[float]) -> None:
    """However long the legs are, and whichever day they were ridden."""
    random = np.random.default_rng(seed)
    planned_s = random.uniform(60, 3000, (N_LEGS, len(ratios)))
    day = random.integers(0, 12, N_LEGS)
    fit = fit_speeds(planned_s, start_s + planned_s @ np.array(ratios), day, n_draws=5)
    assert fit is not None
    assert fit.start_s == pytest.approx(start_s, abs=1)
    assert fit.ratio == pytest.approx(ratios, abs=0.001)
    assert fit.low == pytest.approx(ratios, abs=0.001)
    assert fit.high == pytest.approx(ratios, abs=0.001)


def test_a_break_that_nobody_told_of_changes_little() -> None:
    """Of eighty legs four took an hour more: plain least squares would call a road slow."""
    random = np.random.default_rng(1)
    planned_s = random.uniform(120, 1800, (N_LEGS, 1))
    real_s = 120 + planned_s[:, 0] * random.uniform(0.9, 1.1, N_LEGS)
    real_s[np.argsort(planned_s[:, 0])[-4:]] += 3600
    day = np.arange(N_LEGS) % 16
    fit = fit_speeds(planned_s, real_s, day)
    assert fit is not None
    plain = np.polyfit(planned_s[:, 0], real_s, 1)[0]
    assert abs(fit.ratio[0] - 1) < 0.1 < abs(plain - 1)
    assert fit.low[0] <= fit.ratio[0] <= fit.high[0]


def test_days_that_differ_make_it_unsure() -> None:
    """Every second day all legs take a quarter longer: drawn leg by leg that looks surer."""
    random = np.random.default_rng(2)
    planned_s = random.uniform(120, 1800, (N_LEGS, 1))
    day = np.arange(N_LEGS) % 8
    real_s = planned_s[:, 0] * np.where(day % 2, 1.25, 1.0)
    draws = (fit_speeds(planned_s, real_s, d, n_draws=60) for d in (day, np.arange(N_LEGS)))
    by_day, by_leg = draws
    assert by_day is not None
    assert by_leg is not None
    assert by_day.high[0] - by_day.low[0] > 1.3 * (by_leg.high[0] - by_leg.low[0])


@pytest.mark.parametrize(
    "planned_s",
    [np.zeros((0, 1)), np.zeros((9, 1)), np.full((9, 1), 60.0), np.ones((9, 2)) * [[60, 90]]],
    ids=["no legs", "no road", "one length", "always together"],
)
def test_what_cannot_be_told_apart_is_not(planned_s: np.ndarray) -> None:
    """Nothing is said where nothing varies."""
    n = len(planned_s)
    assert fit_speeds(planned_s, np.full(n, 100.0), np.arange(n)) is None


def test_equal_legs_say_the_same() -> None:
    """The draws have a seed of their own."""
    random = np.random.default_rng(3)
    planned_s = random.uniform(120, 1800, (30, 2))
    real_s = planned_s.sum(axis=1) * random.uniform(0.8, 1.4, 30)
    one, two = (fit_speeds(planned_s, real_s, np.arange(30) % 10, n_draws=20) for _ in range(2))
    assert one is not None
    assert two is not None
    assert one.low.tolist() == two.low.tolist()
