"""Who is in the caseload in which week."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from outreach.coverage.interruptions import InterruptionParams, Interruptions
from outreach.coverage.roll import CALLS_FROM_S, CALLS_TO_S, Roll, working_days_after
from outreach.units import DAY_S
from tests.coverage.world import MONDAY, QUIET, child, setting, worker

if TYPE_CHECKING:
    from outreach.coverage.weeks import Setting

FRIDAY = dt.date(2026, 12, 4)


def asked(n_weeks: int = 20, **rates: Any) -> Setting:
    """Make two children, of whom one is near and known, and rates of nothing but what is given."""
    people = [child("far", 30, category="violence"), child("near", 2, worker="w")]
    params = replace(QUIET, **rates)
    return replace(
        setting(people, [worker("w")], n_weeks=n_weeks),
        interruptions=Interruptions(params=params, first_contact_days={"violence": 2}),
    )


def test_without_interruptions_nobody_comes_or_goes() -> None:
    """The same people in every week, and the tables as they were."""
    plain = setting([child("a", 1)], [worker("w")])
    roll = Roll(plain)
    assert roll.setting is plain
    roll.mark(0)
    assert roll.close(0, np.array([True])) == 0
    assert [roll.is_open(week).tolist() for week in range(4)] == [[True]] * 4
    assert (roll.calls(0), roll.unknown(0), roll.n_new(0)) == ((), frozenset(), 0)


def test_a_new_case_is_like_a_present_one() -> None:
    """It lives where that one does and needs the same, but nobody knows it or has met it."""
    roll = Roll(asked(new_per_week=1.0))
    people, matrix = roll.setting.tables.beneficiaries, roll.setting.matrix
    new = people[people["id"].str.startswith("case-")]
    assert sum(roll.n_new(week) for week in range(20)) == len(new) > 5
    assert set(new["category"]) == {"violence", "neglect"}
    assert new["worker"].isna().all()
    assert new["last_visit"].isna().all()
    km = {"violence": 30, "neglect": 2}
    for row in new.itertuples():
        metres = matrix.distance_m[matrix.row["office"], matrix.row[row.id]]
        assert metres == pytest.approx(1000 * km[row.category])
    opened, closed = roll.open_weeks
    assert (closed == 20).all()
    assert opened[:2].tolist() == [0, 0]


def test_the_first_contact_is_due_by_category() -> None:
    """Two working days after the Monday for violence, ten where nothing is said."""
    roll = Roll(asked(new_per_week=1.0))
    people, (opened, _) = roll.setting.tables.beneficiaries, roll.open_weeks
    for row, week in list(zip(people.itertuples(), opened, strict=True))[2:]:
        days = 2 if row.category == "violence" else 14
        assert row.deadline == MONDAY + dt.timedelta(days=7 * int(week) + days)


@pytest.mark.parametrize("n_shifted", [0, 2, 6])
def test_calls_come_in_office_hours(n_shifted: int) -> None:
    """From Monday to Friday, whichever day the weeks begin, in the order of time."""
    starts_on = MONDAY + dt.timedelta(days=n_shifted)
    roll = Roll(replace(asked(urgent_per_week=3.0), starts_on=starts_on))
    calls = [roll.calls(week) for week in range(20)]
    assert all(list(week) == sorted(week, key=lambda call: call.at_s) for week in calls)
    for call in (call for week in calls for call in week):
        assert (starts_on + dt.timedelta(days=call.day)).weekday() < 5
        assert CALLS_FROM_S <= call.at_s % DAY_S < CALLS_TO_S


def test_who_is_called_about_is_known_or_new() -> None:
    """Of a new child nobody knows on Monday; nobody is called about twice in a week."""
    roll = Roll(asked(urgent_per_week=2.0, urgent_new_share=0.5))
    ids = roll.setting.tables.beneficiaries["id"]
    n_new = 0
    for week in range(20):
        called = [str(ids.iloc[call.row]) for call in roll.calls(week)]
        assert len(called) == len(set(called))
        assert roll.unknown(week) == set(called) & who_came(roll, week)
        n_new += len(roll.unknown(week))
    assert n_new == len(ids) - 2 > 5


def who_came(roll: Roll, week: int) -> set[str]:
    """Give those who come in a week."""
    opened, _ = roll.open_weeks
    ids = roll.setting.tables.beneficiaries["id"]
    return {str(ids.iloc[i]) for i in range(2, len(ids)) if opened[i] == week}


def test_a_case_is_closed_when_it_is_met() -> None:
    """Both are to be closed; only the one who is met is, from the next week on."""
    roll = Roll(asked(closed_per_week=50.0))
    roll.mark(0)
    assert roll.close(0, np.array([False, True])) == 1
    assert roll.is_open(0).tolist() == [True, True]
    assert roll.is_left(0).tolist() == roll.is_open(1).tolist() == [True, False]
    roll.mark(1)
    assert roll.close(1, np.array([True, True])) == 1
    assert not roll.is_open(2).any()


def test_what_a_week_brings_does_not_depend_on_the_workers() -> None:
    """The same calls and cases with a second worker."""
    one = asked(urgent_per_week=2.0, new_per_week=1.0)
    two = setting(
        [child("far", 30, category="violence"), child("near", 2, worker="w")],
        [worker("w"), worker("v")],
        n_weeks=20,
    )
    rolls = Roll(one), Roll(replace(two, interruptions=one.interruptions))
    for week in range(20):
        first, second = (roll.calls(week) for roll in rolls)
        assert first == second
    ids = [roll.setting.tables.beneficiaries["id"].tolist() for roll in rolls]
    assert ids[0] == ids[1]


def test_ids_that_are_taken_are_not_given_again() -> None:
    """A child whose id looks like a new case keeps it."""
    taken = replace(
        setting([child("case-1", 1)], [worker("w")]),
        interruptions=Interruptions(params=replace(QUIET, new_per_week=3.0)),
    )
    ids = Roll(taken).setting.tables.beneficiaries["id"]
    assert ids.is_unique
    assert ids.iloc[1] == "case-2"


def test_who_lives_near_no_road_is_copied_too() -> None:
    """Such a new case is in no matrix either, and is not lost from the table."""
    away = replace(
        setting([child("a", 1), child("b", 2)], [worker("w")], away=["a", "b"]),
        interruptions=Interruptions(params=replace(QUIET, new_per_week=3.0)),
    )
    roll = Roll(away)
    assert len(roll.setting.tables.beneficiaries) > 2
    assert roll.setting.matrix.ids == away.matrix.ids


@pytest.mark.parametrize(
    ("n_days", "date"),
    [
        (0, FRIDAY),
        (1, dt.date(2026, 12, 7)),
        (5, dt.date(2026, 12, 11)),
        (6, dt.date(2026, 12, 14)),
    ],
)
def test_working_days_leave_out_weekends(n_days: int, date: dt.date) -> None:
    """The first after a Friday is a Monday."""
    assert working_days_after(FRIDAY, n_days) == date


def test_rates_of_nothing_are_nothing() -> None:
    """What the tests call quiet brings nothing."""
    assert InterruptionParams().urgent_per_week
    roll = Roll(asked())
    assert not any(roll.calls(week) or roll.n_new(week) for week in range(20))
