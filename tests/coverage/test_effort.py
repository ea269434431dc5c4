"""What a visit takes: calibrated on weeks whose trips are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.coverage.effort import Effort, calibrate
from outreach.coverage.simulation import simulate
from outreach.coverage.supply import hours_by_base, working_weeks
from outreach.routing.specs import BreakSpec
from outreach.units import HOUR_S, MINUTE_S
from tests.coverage.world import child, setting, worker

INF = np.inf


def test_a_visit_takes_service_the_way_between_and_its_part_of_the_way_out() -> None:
    """An hour, ten minutes to the next, and a quarter of two half hours: 85 minutes."""
    effort = Effort(local_s=600, stops_per_trip=4, used_share=1)
    hours = effort.hours([3600], [1], np.array([[1800.0, INF]]))
    assert hours.tolist() == [[85 / 60, INF]]


def test_two_workers_take_twice_the_hours() -> None:
    """By person, also where only the nearest base counts."""
    effort = Effort(local_s=0, stops_per_trip=1, used_share=1)
    hours = effort.hours([3600, 3600], [1, 2], np.array([1800.0, 1800.0]))
    assert hours.tolist() == [2, 4]


def test_trips_along_one_road_have_no_way_between() -> None:
    """Three children at one place: three stops a trip, and all riding is the way out and back."""
    people = [child(i, 10) for i in "abc"]
    effort = calibrate(simulate(setting(people, [worker("w")])))
    assert effort.local_s == 0
    assert effort.stops_per_trip == 3
    # Three hours and twenty minutes of eight: there was no more to do, so a full day holds more.
    assert effort.used_share == 0.8


def test_a_full_day_tells_what_a_day_holds() -> None:
    """Two visits of an hour with forty minutes of riding, in two hours and fifty minutes."""
    people = [child(i, 10) for i in "abc"]
    effort = calibrate(simulate(setting(people, [worker("w", hours=17 / 6)])))
    assert effort.used_share == pytest.approx(140 / 170)


def test_the_formula_gives_back_the_riding_that_it_was_calibrated_on() -> None:
    """Children on both sides of the office: the ways of all stops sum to the planned riding."""
    people = [child("a", -20), child("b", 10), child("c", 30)]
    weeks = simulate(setting(people, [worker("w")]))
    effort = calibrate(weeks)
    seconds = np.array([20.0, 10.0, 30.0]) * MINUTE_S
    each = effort.hours(np.zeros(3), np.ones(3), seconds)
    assert effort.local_s > 0
    assert each @ weeks.n_made == pytest.approx(weeks.all_travel_s / HOUR_S)


def test_where_nothing_was_planned_a_visit_is_a_trip() -> None:
    """Weeks without a trip have nothing to calibrate on."""
    effort = calibrate(simulate(setting([child("a", 10, skills=("sign",))], [worker("w")])))
    assert effort.stops_per_trip == 1
    assert effort.local_s > 0
    assert effort.used_share == 0.8


@given(
    near=st.floats(0, 1e4),
    farther=st.floats(0, 1e4),
    stops=st.floats(1, 10),
    local=st.floats(0, 1e4),
)
def test_farther_never_takes_less(near: float, farther: float, stops: float, local: float) -> None:
    """Hours grow with the ride."""
    effort = Effort(local_s=local, stops_per_trip=stops, used_share=1)
    hours = effort.hours([0.0, 0.0], [1, 1], np.array([near, near + farther]))
    assert hours[0] <= hours[1]


def test_a_working_week_is_without_breaks() -> None:
    """Mondays of eight hours less one at noon, and one day for who works on one."""
    lunch = BreakSpec(id="lunch", opens_s=12 * HOUR_S, closes_s=12 * HOUR_S, length_s=HOUR_S)
    days = tuple((d, 8 * HOUR_S, 16 * HOUR_S) for d in range(5))
    workers = [worker("u", shifts=days), worker("w"), worker("x", base_id="branch", hours=3)]
    weeks = working_weeks(setting([], workers, breaks=(lunch,)))
    assert {i: (w.base_id, w.n_days, w.hours) for i, w in weeks.items()} == {
        "u": ("office", 5, 35),
        "w": ("office", 1, 7),
        # Noon is over when the shift is.
        "x": ("branch", 1, 3),
    }
    assert hours_by_base(weeks, ["branch", "office"]) == [3, 42]
