"""Who needs how much, and where."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from outreach.coverage.demand import NO_AREA, by_group, needs_of, sum_of
from outreach.routing import requirements
from outreach.routing.horizon import Horizon

NAN = math.nan


def people(*rows: dict[str, Any]) -> gpd.GeoDataFrame:
    """Make rows of the layer; each says what it has of its own."""
    usual = {
        "category": "ABH",
        "visits_per_week": NAN,
        "every_days": NAN,
        "min_gap_days": 1,
        "weekdays": (),
        "service_s": 3600,
        "workers_needed": 1,
        "area": None,
        "at": (0.5, 0.5),
    }
    table = [usual | {"id": f"p{i}"} | row for i, row in enumerate(rows)]
    geometry = [shapely.Point(row.pop("at")) for row in table]
    return gpd.GeoDataFrame(table, geometry=geometry, crs="EPSG:4326")


def squares(*named: tuple[str, str, tuple[float, float, float, float]]) -> gpd.GeoDataFrame:
    """Make areas of an id, a name and a box."""
    return gpd.GeoDataFrame(
        {"id": [a for a, *_ in named], "name": [name for _, name, _ in named]},
        geometry=[shapely.box(*box) for *_, box in named],
        crs="EPSG:4326",
    )


def test_visits_and_hours_follow_from_frequency_and_service_time() -> None:
    """Three half hours a week, and two hours every fortnight with two workers."""
    need = needs_of(
        people(
            {"visits_per_week": 3.0, "service_s": 1800},
            {"every_days": 14.0, "service_s": 7200, "workers_needed": 2},
        ),
        None,
    )
    assert need.visits_per_week.tolist() == [3, 0.5]
    assert need.hours_per_week.tolist() == [1.5, 1]
    assert need.worker_hours_per_week.tolist() == [1.5, 2]


def test_a_year_has_52_weeks_and_a_day_and_a_quarter() -> None:
    """Once a week: 365.25 / 7 visits a year, a twelfth of it a month."""
    total = sum_of(needs_of(people({"every_days": 7.0, "service_s": 1800}), None))
    assert total.visits_per_year == pytest.approx(52.178571428)
    assert total.visits_per_month == pytest.approx(4.348214286)
    assert total.hours_per_year == pytest.approx(26.089285714)
    assert total.hours_per_month == pytest.approx(2.174107143)


def test_people_are_sorted_by_id() -> None:
    """The order of the table does not matter."""
    need = needs_of(
        people({"id": "b", "every_days": 7.0}, {"id": "a", "visits_per_week": 2.0}), None
    )
    assert need.ids == ("a", "b")
    assert need.visits_per_week.tolist() == [2, 1]


@given(
    st.one_of(
        st.tuples(st.floats(0.1, 7), st.just(NAN)),
        st.tuples(st.just(NAN), st.floats(1, 60)),
    ),
    st.integers(0, 6),
)
def test_the_planner_makes_as_many_visits(frequency: tuple[float, float], weekday: int) -> None:
    """Over as many weeks as an interval has days, its visits are those of so many weeks."""
    per_week, every = frequency
    rows = people({"visits_per_week": per_week, "every_days": every})
    n_weeks = 1 if math.isnan(every) else int(every)
    starts_on = dt.date(2026, 11, 30) + dt.timedelta(days=weekday)
    horizon = Horizon(starts_on=starts_on, n_days=7 * n_weeks)
    row = next(iter(rows.itertuples()))
    visits = requirements._visits(row, horizon, last_visit=None, deadline=None)
    assert len(visits) == pytest.approx(float(needs_of(rows, None).visits_per_week[0]) * n_weeks)


def test_the_area_is_the_polygon_around_the_place() -> None:
    """In the left square, in the right one, in none."""
    areas = squares(("l", "Left", (0, 0, 1, 1)), ("r", "Right", (2, 0, 3, 1)))
    rows = people({"at": (0.5, 0.5)}, {"at": (2.5, 0.5)}, {"at": (1.5, 0.5)})
    need = needs_of(rows, areas)
    assert need.area == ("l", "r", NO_AREA)
    assert need.n_in_no_area == 1


def test_what_the_row_says_of_its_area_counts_first() -> None:
    """By id or by name; what the areas do not know gives way to the polygon."""
    areas = squares(("l", "Left", (0, 0, 1, 1)), ("r", "Right", (2, 0, 3, 1)))
    rows = people({"area": "r"}, {"area": "Right"}, {"area": "Elsewhere"}, {"area": None})
    assert needs_of(rows, areas).area == ("r", "r", "l", "l")


def test_on_a_common_border_the_first_area_by_id_counts() -> None:
    """Two equal squares meet where the place is."""
    areas = squares(("b", "B", (0, 0, 1, 1)), ("a", "A", (1, 0, 2, 1)))
    assert needs_of(people({"at": (1, 0.5)}), areas).area == ("a",)


def test_a_village_counts_before_its_sub_district() -> None:
    """Of areas inside each other the smallest is the person's."""
    areas = squares(("1", "District", (0, 0, 4, 4)), ("1.2", "Village", (0, 0, 1, 1)))
    assert needs_of(people({}, {"at": (3, 3)}), areas).area == ("1.2", "1")


def test_areas_in_metres_hold_the_same_people() -> None:
    """The areas' CRS need not be that of the people."""
    areas = squares(("l", "Left", (103, -2, 104, -1))).to_crs("EPSG:32748")
    assert needs_of(people({"at": (103.5, -1.5)}), areas).area == ("l",)


def test_without_areas_the_row_alone_says_where() -> None:
    """No polygons: what is written, or nothing."""
    assert needs_of(people({"area": "Muara"}, {}), None).area == ("Muara", NO_AREA)
    assert needs_of(people({"area": "Muara"}), squares()).area == ("Muara",)


def test_nobody_needs_nothing() -> None:
    """An empty table is no error."""
    empty = people({}).iloc[:0]
    need = needs_of(empty, squares(("l", "Left", (0, 0, 1, 1))))
    assert len(need) == 0
    assert by_group(need, need.area) == {}
    assert sum_of(need).visits_per_week == 0


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 7), st.integers(1, 240)), max_size=12)
)
def test_groups_add_up_to_all(rows: list[tuple[str, int, int]]) -> None:
    """Whatever the groups, they hold everybody once."""
    table = [{"category": c, "visits_per_week": float(n), "service_s": 60 * m} for c, n, m in rows]
    need = needs_of(people({}, *table).iloc[1:], None)
    sums = by_group(need, need.category)
    total = sum_of(need)
    assert list(sums) == sorted({c for c, *_ in rows})
    assert sum(s.n_people for s in sums.values()) == total.n_people == len(rows)
    assert sum(s.visits_per_week for s in sums.values()) == pytest.approx(total.visits_per_week)
    hours = sum(s.worker_hours_per_week for s in sums.values())
    assert hours == pytest.approx(total.worker_hours_per_week)


def test_some_may_be_taken() -> None:
    """Positions choose, in their order."""
    need = needs_of(people({"every_days": 7.0}, {"visits_per_week": 2.0}), None)
    some = need.take(np.array([1]))
    assert (some.ids, some.visits_per_week.tolist()) == (("p1",), [2])
