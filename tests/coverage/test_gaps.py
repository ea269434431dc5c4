"""Required minus delivered, by group: sums that must agree with each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.coverage.access import Reach
from outreach.coverage.demand import Need
from outreach.coverage.effort import Effort
from outreach.coverage.gaps import Gaps, Group
from outreach.coverage.groups import area_groups, districts_of, total_population
from outreach.coverage.result import GroupRow
from outreach.coverage.weeks import Weeks
from outreach.coverage.workload import workloads
from tests.coverage.world import NAN, frame

SUMMED = (
    "n_people",
    "visits_per_week",
    "service_h_per_week",
    "required_visits",
    "delivered_visits",
    "gap_h",
    "n_with_gap",
    "n_uncovered",
    "minutes",
    "n_timed",
)
Person = tuple[int, int, float, int]
"""Required visits, delivered visits, minutes from the nearest base, workers needed together."""


def gaps_of(*people: Person, threshold_min: float = 60, service_s: int = 3600) -> Gaps:
    """Put together what is known of people; without a way it takes `inf` minutes."""
    n = len(people)
    required, delivered, minutes, together = (np.array(a) for a in zip(*people, strict=True))
    weeks = Weeks(
        n_workers=1,
        required=required.astype(np.int64),
        delivered=delivered.astype(np.int64),
        is_hopeless=np.zeros(n, dtype=bool),
        is_open=np.zeros(n, dtype=bool),
        overdue_days=np.zeros(n, dtype=np.int64),
        service_s=np.zeros(n),
        travel_s=np.zeros(n),
        n_made=delivered.astype(np.int64),
        worker_visits=delivered.astype(np.int64),
        line_haul_s=0,
        riding_s=0,
        n_stops=0,
        n_trips=0,
        used_share=1,
        all_service_s=0,
        all_travel_s=0,
        available_s=0,
        distance_m=0,
        moving_idr=0,
    )
    need = Need(
        ids=tuple(f"p{i}" for i in range(n)),
        category=("neglect",) * n,
        area=("",) * n,
        visits_per_week=required / 4,
        service_s=np.full(n, service_s),
        n_workers=together.astype(np.int64),
    )
    seconds = minutes.astype(float)[:, None] * 60
    return Gaps(
        need=need,
        weeks=weeks,
        reach=Reach(ids=need.ids, base_ids=("base",), seconds=seconds),
        effort=Effort(local_s=600, stops_per_trip=2, used_share=1),
        threshold_s=threshold_min * 60,
    )


def test_a_gap_in_visits_hours_and_people() -> None:
    """One lacks two visits of 60 + 10 + 30 minutes, one none, one has no way and lacks one."""
    gaps = gaps_of((4, 2, 30, 1), (4, 4, 90, 1), (1, 0, np.inf, 1))
    row = gaps.total(name="All", population=50)
    assert (row.id, row.name, row.population) == ("", "All", 50)
    assert (row.n_people, row.required_visits, row.delivered_visits, row.gap_visits) == (3, 9, 6, 3)
    assert row.gap_h == pytest.approx((2 * 100 + 70) / 60)
    assert (row.n_with_gap, row.n_uncovered) == (2, 2)
    assert (row.minutes, row.n_timed) == (120, 2)
    assert row.visits_per_week == row.service_h_per_week == 2.25
    assert row.share_delivered == pytest.approx(2 / 3)


def test_a_gap_of_two_workers_counts_the_hours_of_both() -> None:
    """A visit of two that was not made lacks twice the hours."""
    assert gaps_of((1, 0, 30, 2)).gap_h.tolist() == pytest.approx([2 * 100 / 60])


def test_groups_are_named_and_those_without_people_are_there() -> None:
    """What is known comes from the groups; of others the key is the name; sorted by key."""
    gaps = gaps_of((1, 1, 10, 1), (1, 0, 10, 1), (2, 0, 10, 1))
    known = {
        "b": Group(id="b", name="Bertam", district="Muaro Jambi", population=900),
        "c": Group(id="c", name="Cemara"),
    }
    rows = gaps.rows(["b", "x", "b"], known)
    assert [(r.id, r.name, r.district, r.population) for r in rows] == [
        ("b", "Bertam", "Muaro Jambi", 900),
        ("c", "Cemara", None, None),
        ("x", "x", None, None),
    ]
    assert [(r.n_people, r.required_visits, r.gap_visits) for r in rows] == [
        (2, 3, 2),
        (0, 0, 0),
        (1, 1, 1),
    ]
    assert rows[1].share_delivered == 1


people = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.integers(0, 9),
        st.integers(0, 200) | st.just(np.inf),
        st.integers(1, 3),
    ).map(lambda p: (max(p[:2]), min(p[:2]), float(p[2]), p[3])),
    min_size=1,
    max_size=12,
)


@given(people=people, keys=st.lists(st.sampled_from("abcd"), min_size=12, max_size=12))
def test_groups_sum_up_to_the_total(people: list[Person], keys: list[str]) -> None:
    """However people are grouped, nobody is counted twice or forgotten."""
    gaps = gaps_of(*people)
    rows, total = gaps.rows(keys[: len(people)], {}), gaps.total()
    for name in SUMMED:
        assert sum(getattr(row, name) for row in rows) == pytest.approx(getattr(total, name)), name


@given(people=people, threshold=st.floats(0, 200), more=st.floats(0, 200))
def test_a_longer_ride_that_is_accepted_covers_no_fewer(
    people: list[Person], threshold: float, more: float
) -> None:
    """Uncovered people become fewer with the threshold, and those without a way stay."""
    strict = gaps_of(*people, threshold_min=threshold).total().n_uncovered
    lax = gaps_of(*people, threshold_min=threshold + more).total().n_uncovered
    assert strict >= lax >= sum(np.isinf(p[2]) for p in people)


def areas() -> dict[str, Group]:
    """Give three areas in two districts, one of unknown population."""
    rows = [
        {"id": "a", "km": 0, "name": "Arab", "district": "Kota", "population": 100.0},
        {"id": "b", "km": 0, "name": "Beringin", "district": "Kota", "population": 20.4},
        {"id": "c", "km": 0, "name": "Cemara", "district": None, "population": NAN},
    ]
    return dict(area_groups(frame(rows)))


def test_what_is_known_of_areas() -> None:
    """Names, districts and whole people; of a blank cell nothing is known."""
    groups = areas()
    assert groups["b"] == Group(id="b", name="Beringin", district="Kota", population=20)
    assert groups["c"] == Group(id="c", name="Cemara", district=None, population=None)
    assert groups[""] == Group(id="", name="")
    assert area_groups(None) == {"": Group(id="", name="")}


def test_districts_sum_up_their_areas() -> None:
    """Who lives in an area of no district, in no area, or in one nobody knows has none."""
    keys, groups = districts_of(areas(), ["b", "c", "", "unknown", "a"])
    assert keys == ["Kota", "", "", "", "Kota"]
    assert groups == {"Kota": Group(id="Kota", name="Kota", population=120)}


def test_a_total_of_what_is_not_known_is_not_known() -> None:
    """One blank area makes the sum unknown; no area has no population either."""
    groups = areas()
    assert total_population(groups.values()) is None
    assert total_population([groups["a"], groups["b"], groups[""]]) == 120
    assert total_population([groups[""]]) is None


def test_a_years_work_by_category() -> None:
    """Visits of two workers are twice the work; travel as the weeks had it, else as for all."""
    gaps = gaps_of((4, 2, 30, 1), (4, 1, 30, 2), (4, 0, 30, 1))
    need = replace(gaps.need, category=("neglect", "neglect", "violence"))
    weeks = replace(
        gaps.weeks,
        travel_s=np.array([1200.0, 1200.0, 0.0]),
        worker_visits=np.array([2, 2, 0]),
    )
    neglect, violence = workloads(need, weeks)
    assert (neglect.name, violence.name) == ("neglect", "violence")
    assert neglect.visits_per_year == pytest.approx(3 * 365.25 / 7)
    assert violence.visits_per_year == pytest.approx(365.25 / 7)
    # Forty minutes for two visits of one worker and one of two.
    assert neglect.travel_s == violence.travel_s == 600
    assert neglect.service_s == 3600


def test_a_category_that_needs_nothing_is_no_workload() -> None:
    """No visits a week, no standard workload."""
    gaps = gaps_of((0, 0, 30, 1))
    assert workloads(gaps.need, gaps.weeks) == ()


def test_the_sums_named_here_are_all_sums_of_a_row() -> None:
    """A figure that is added to the row is added to the property above."""
    names = set(GroupRow.__dataclass_fields__)
    assert names - set(SUMMED) == {"id", "name", "district", "population"}
