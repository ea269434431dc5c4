"""Workers needed: numbers that can be worked out on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.coverage.staffing import (
    WisnParams,
    WorkingTime,
    Workload,
    available_time,
    caseloads,
    planned_needed,
    wisn,
)
from outreach.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from outreach.coverage.staffing import Needed

NOTHING_LOST = WisnParams(
    leave_days=0, holiday_days=0, sick_days=0, training_days=0, category_share=0
)
# 1,000 hours a year, so that hours are thousandths of a worker.
THOUSAND_H = WorkingTime(working_days=200, hours_per_day=5)


def test_the_studys_caseload() -> None:
    """By 25 cases each, 253 children need 11 workers, by 17 they need 15."""
    assert [(row.cases_per_worker, row.n_required) for row in caseloads(253)] == [
        (25, 11),
        (17, 15),
    ]


@pytest.mark.parametrize(("n_cases", "n_required"), [(0, 0), (1, 1), (25, 1), (26, 2)])
def test_workers_come_whole(n_cases: int, n_required: int) -> None:
    """One case over the standard asks for another worker."""
    assert caseloads(n_cases)[0].n_required == n_required


def test_the_published_example_of_a_clinic_in_kenya() -> None:
    """
    Burmen, Owuor and Mitei, Human Resources for Health 15:9 (2017), table 3.

    4.5 days a week less 10 holidays, 30 days of leave and 15 of sickness are 179 days; 100,000
    consultations of 15 minutes need 17.46 clinicians. Their 10 days of training are a category
    allowance of 10/179, so that the need grows by 179/169.
    """
    params = WisnParams(
        leave_days=30, holiday_days=10, sick_days=15, training_days=0, category_share=10 / 179
    )
    time = available_time(params, working_days_per_week=4.5, hours_per_day=8)
    assert time.working_days == 179
    visits = Workload(name="HIV", visits_per_year=100_000, service_s=900, travel_s=0)
    need = wisn([visits], time=time, params=params, n_present=11)
    assert need.activities[0].n_required == pytest.approx(17.46, abs=0.005)
    assert need.category_factor == pytest.approx(179 / 169)
    assert need.n_required == pytest.approx(3125 / 169)
    assert need.ratio == pytest.approx(11 * 169 / 3125)


def test_an_example_on_paper() -> None:
    """
    All three parts of the method together.

    A thousand hours a worker. 2,000 visits of 45 minutes with 15 on the road are 2,000 hours: two
    workers, 1,000 visits each. 300 visits of one hour with one on the road are 600 hours: 0.6.
    A fifth of everybody's time goes into reports: 2.6 x 1.25 = 3.25. One supervises for 250
    hours: 3.5 in all. With 2.8 workers the ratio is 0.8 and the pressure 0.2.
    """
    params = WisnParams(category_share=0.2, individual_hours=250)
    workloads = [
        Workload(name="street", visits_per_year=2_000, service_s=2_700, travel_s=900),
        Workload(name="forest", visits_per_year=300, service_s=3_600, travel_s=3_600),
        Workload(name="none", visits_per_year=0, service_s=600, travel_s=0),
    ]
    need = wisn(workloads, time=THOUSAND_H, params=params, n_present=2.8)
    assert [row.n_per_worker for row in need.activities] == pytest.approx([1000, 500, 6000])
    assert [row.n_required for row in need.activities] == pytest.approx([2, 0.6, 0])
    assert need.category_factor == pytest.approx(1.25)
    assert need.individual_workers == pytest.approx(0.25)
    assert need.n_required == pytest.approx(3.5)
    assert (need.ratio, need.pressure) == pytest.approx((0.8, 0.2))


def test_travel_is_what_the_method_lacked() -> None:
    """As long on the road as with people: twice the workers."""
    visits = Workload(name="far", visits_per_year=1_000, service_s=3_600, travel_s=3_600)
    near = Workload(name="near", visits_per_year=1_000, service_s=3_600, travel_s=0)
    required = [
        wisn([work], time=THOUSAND_H, params=NOTHING_LOST, n_present=1).n_required
        for work in (near, visits)
    ]
    assert required == pytest.approx([1, 2])


def test_no_work_needs_nobody() -> None:
    """No visits, no workers, and nothing is missing."""
    need = wisn([], time=THOUSAND_H, params=NOTHING_LOST, n_present=0)
    assert (need.n_required, need.ratio, need.pressure) == (0, 1, 0)


def test_a_visit_without_time_is_refused() -> None:
    """A worker could make endless many: somebody passed nonsense."""
    visits = Workload(name="x", visits_per_year=1, service_s=0, travel_s=0)
    with pytest.raises(ValueError, match="takes no time"):
        wisn([visits], time=THOUSAND_H, params=NOTHING_LOST, n_present=1)


def test_a_civil_servants_year() -> None:
    """260 days less 12, 21, 5 and 3."""
    time = available_time(WisnParams(), working_days_per_week=5, hours_per_day=7.5)
    assert (time.working_days, time.hours) == (219, 1642.5)


@pytest.mark.parametrize(("leave_days", "hours"), [(260, 8), (400, 8), (12, 0)])
def test_a_year_without_working_time_is_refused(leave_days: float, hours: float) -> None:
    """Nobody can be divided by it."""
    with pytest.raises(ConfigError, match="no working time"):
        available_time(
            WisnParams(leave_days=leave_days), working_days_per_week=5, hours_per_day=hours
        )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("leave_days", -1),
        ("holiday_days", float("nan")),
        ("individual_hours", float("inf")),
        ("category_share", 1.0),
        ("category_share", 24.0),
    ],
)
def test_impossible_allowances_are_refused(field: str, value: float) -> None:
    """Negative days, shares written as percent."""
    with pytest.raises(ConfigError, match=field):
        WisnParams(**{field: value})


def _needing(required: int) -> tuple[Callable[[int], int], list[int]]:
    asked: list[int] = []

    def left(n: int) -> int:
        asked.append(n)
        return max(0, required - n) * 10

    return left, asked


@given(
    present=st.integers(0, 30),
    required=st.integers(0, 60),
    cap=st.integers(0, 60),
    guess=st.none() | st.integers(-5, 70),
)
def test_the_fewest_workers_are_found(
    present: int, required: int, cap: int, guess: int | None
) -> None:
    """Wherever the search begins, and no number is planned twice or beyond the bounds."""
    left, asked = _needing(required)
    needed = planned_needed(left, present=present, cap=cap, guess=guess)
    most = max(cap, present)
    if required <= most:
        assert needed.n_required == max(required, present)
        assert needed.left_visits == 0
    else:
        assert needed.n_required is None
        assert (needed.n_tried, needed.left_visits) == (most, (required - most) * 10)
    assert len(asked) == len(set(asked))
    assert all(present <= n <= most for n in asked)
    assert needed.n_tried == max(asked)


def test_a_good_guess_saves_plans() -> None:
    """Two numbers are planned instead of eight."""
    far, near = _needing(12), _needing(12)
    assert planned_needed(far[0], present=4, cap=20).n_required == 12
    assert planned_needed(near[0], present=4, cap=20, guess=12).n_required == 12
    assert (len(far[1]), len(near[1])) == (8, 2)


@given(left=st.lists(st.integers(0, 3), min_size=1, max_size=20), start=st.integers(0, 19))
def test_a_fickle_planner_is_not_believed_beyond_what_was_seen(left: list[int], start: int) -> None:
    """Where more workers may leave more, the answer leaves nothing and one fewer something."""
    needed: Needed = planned_needed(left.__getitem__, present=0, cap=len(left) - 1, guess=start)
    if needed.n_required is None:
        assert left[-1] == needed.left_visits > 0
    else:
        assert left[needed.n_required] == 0
        assert needed.n_required == 0 or left[needed.n_required - 1] > 0
