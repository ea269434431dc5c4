"""Weeks that are interrupted, along a road where each answer is known."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.coverage.crew import with_workers
from outreach.coverage.diary import Lived
from outreach.coverage.interruptions import Interruptions
from outreach.coverage.simulation import simulate
from outreach.routing.matrix import TravelMatrix
from outreach.routing.specs import CircuitSpec
from outreach.units import HOUR_S, MINUTE_S
from tests.coverage.world import MONDAY, QUIET, child, frame, seat, setting, worker

if TYPE_CHECKING:
    from outreach.coverage.weeks import Setting, Weeks

TWO_FIT_H = 2.4
"""Ten minutes there, two hours of service, ten minutes back: 140 of 144 minutes."""
WORKDAYS = tuple((day, 8 * HOUR_S, 16 * HOUR_S) for day in range(5))
THREE = [child("a", 10), child("b", 10), child("c", 10)]


def interrupted(plain: Setting, *, floods: tuple[TravelMatrix, ...] = (), **rates: Any) -> Setting:
    """Let nothing come between but what is given."""
    params = replace(QUIET, **rates)
    return replace(plain, interruptions=Interruptions(params=params, floods=floods))


def test_when_nothing_happens_the_weeks_are_as_planned() -> None:
    """Figure by figure, but for what counts as open."""
    plain = setting(
        [child(f"c{i}", 3.0 * i, every_days=7.0 * (1 + i % 2)) for i in range(8)],
        [worker("u", hours=3), worker("w", hours=3)],
        n_weeks=3,
    )
    one, other = simulate(plain), simulate(interrupted(plain))
    for name in set(one.__dataclass_fields__) - {"is_open"}:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert [week.lived for week in other.diary] == [Lived()] * 3


def test_the_diary_tells_each_week() -> None:
    """Two of three fit into each Monday; whoever is left waits a week and is seen next."""
    weeks = simulate(setting(THREE, [worker("w", hours=TWO_FIT_H)], n_weeks=2))
    first, second = weeks.diary
    assert (first.starts_on, second.starts_on) == (MONDAY, MONDAY + dt.timedelta(days=7))
    assert (first.n_due, first.n_made, first.n_left, first.n_waiting) == (3, 2, 1, 1)
    assert (first.service_s, first.riding_s) == (2 * HOUR_S, 20 * MINUTE_S)
    assert (first.distance_m, first.cost_idr) == (20_000, 6_000)
    assert first.available_s == pytest.approx(TWO_FIT_H * HOUR_S)
    (row,) = first.waiting
    # One has waited for seven days; the others, seen on Monday, fall due on the next.
    assert (row.category, row.n_open, row.n_people) == ("neglect", 3, 1)
    assert first.longest is not None
    assert (first.longest.days, first.overdue_days) == (7, 7)


def test_behind_shut_doors_nobody_is_met() -> None:
    """The rides and the time are spent all the same."""
    plain = setting(THREE, [worker("w")], n_weeks=2)
    shut, met = simulate(interrupted(plain, not_met_share=1.0)), simulate(plain)
    assert shut.n_made.tolist() == [0, 0, 0]
    assert [week.lived.n_not_met for week in shut.diary] == [3, 3]
    assert (shut.all_service_s, shut.all_travel_s) == (met.all_service_s, met.all_travel_s)
    assert shut.overdue_days.tolist() == [14, 14, 14]
    # That no door opens is not for want of workers.
    assert not shut.is_open.any()


def test_who_refuses_stays_due() -> None:
    """A refusal is counted as one, and is no contact."""
    weeks = simulate(interrupted(setting(THREE, [worker("w")], n_weeks=1), refused_share=1.0))
    assert (weeks.diary[0].lived.n_refused, weeks.diary[0].lived.n_not_met) == (3, 0)
    assert weeks.diary[0].n_waiting == 3


def test_who_is_always_ill_sees_nobody() -> None:
    """Five working days a week; the two workers have nobody to take over."""
    plain = setting([child("a", 10)], [worker("w", shifts=WORKDAYS)], n_weeks=2)
    weeks = simulate(interrupted(plain, ill_days_per_month=1000.0))
    assert [week.lived.ill_days for week in weeks.diary] == [5, 5]
    assert [week.lived.n_displaced for week in weeks.diary] == [1, 1]
    assert weeks.n_delivered == 0


def test_a_late_morning_costs_what_does_not_fit_any_more() -> None:
    """Of two hours of service that just fit, one is left when the day begins an hour late."""
    plain = setting(THREE[:2], [worker("w", hours=TWO_FIT_H)], n_weeks=1)
    weeks = simulate(interrupted(plain, late_share=1.0, late_minutes=60.0))
    (week,) = weeks.diary
    assert (week.lived.n_late, week.lived.n_displaced, week.n_made) == (1, 1, 1)


def test_a_call_about_a_known_child_brings_the_visit_forward() -> None:
    """Nothing is due in this week; the call is answered on its day or the working day after."""
    seen = [child("a", 10, every_days=90.0, last_visit=MONDAY - dt.timedelta(days=1))]
    plain = setting(seen, [worker("w", shifts=WORKDAYS)], n_weeks=1)
    weeks = simulate(interrupted(plain, urgent_per_week=3.0, urgent_new_share=0.0))
    (week,) = weeks.diary
    assert (week.n_due, week.lived.n_urgent) == (0, 1)
    assert (week.lived.n_urgent_late, week.n_made) == (0, 1)


def test_a_call_displaces_what_can_wait() -> None:
    """
    A worker whose ten hours are given away takes them from others; two have some to spare.

    Every call is about a new child, whom somebody must see.
    """
    days = tuple((day, 8 * HOUR_S, round((8 + TWO_FIT_H) * HOUR_S)) for day in range(5))
    full = [child(f"c{i}", 10) for i in range(10)]
    plain = setting(full, [worker("w", shifts=days)], sites={"next": 10}, n_weeks=2)
    params: dict[str, Any] = {"urgent_per_week": 3.0, "urgent_new_share": 1.0}
    alone = simulate(interrupted(plain, **params))
    called = sum(week.lived.n_urgent for week in alone.diary)
    assert called > 5
    assert sum(week.lived.n_displaced for week in alone.diary) > 0
    two = simulate(interrupted(with_workers(plain, [seat("next", 10)], like="w"), **params))
    assert sum(week.lived.n_urgent for week in two.diary) == called
    assert sum(week.lived.n_displaced for week in two.diary) == 0
    assert not two.is_open.any()


def test_a_call_that_nobody_can_answer_is_late() -> None:
    """No road leads to whoever is called about."""
    plain = setting([child("a", 10)], [worker("w", shifts=WORKDAYS)], away=["a"], n_weeks=4)
    weeks = simulate(interrupted(plain, urgent_per_week=2.0, urgent_new_share=0.0))
    told = [(week.lived.n_urgent, week.lived.n_urgent_late) for week in weeks.diary]
    assert any(n for n, _ in told)
    # Whoever calls on a Friday may still be served on Monday.
    assert all(0 <= late <= n for n, late in told)
    assert any(late for _, late in told)


def test_a_flood_cuts_off_who_lives_behind_it() -> None:
    """From whichever day it comes, nobody reaches the far one; the near one is seen."""
    people = [child("near", 2, weekdays=(4,)), child("far", 20, weekdays=(4,))]
    plain = setting(people, [worker("w", shifts=WORKDAYS)], n_weeks=2)
    wet = plain.matrix.duration_s.copy()
    far = plain.matrix.row["far"]
    wet[far, :] = wet[:, far] = np.inf
    wet[far, far] = 0.0
    flood = TravelMatrix(
        ids=plain.matrix.ids,
        duration_s=wet,
        distance_m=plain.matrix.distance_m,
        walk_m=plain.matrix.walk_m,
    )
    weeks = simulate(interrupted(plain, floods=(flood,), flood_share=1.0))
    assert all(week.lived.is_flooded for week in weeks.diary)
    assert weeks.n_made.tolist() == [2, 0]
    assert [week.lived.n_displaced for week in weeks.diary] == [1, 1]
    assert [week.lived.n_unanswered for week in weeks.diary] == [0, 0]
    dry = simulate(interrupted(plain, flood_share=1.0))
    assert not any(week.lived.is_flooded for week in dry.diary)


def test_a_full_lodging_is_lived_with() -> None:
    """Of the two nights away each is full on some day; the week goes on, and nobody vanishes."""
    people = [child(i, 100, circuit="sad", visits_per_week=2.0, every_days=NAN) for i in "ab"]
    plain = setting(
        people,
        [worker("w", shifts=WORKDAYS, max_riding_s=5 * HOUR_S, nights_away=True)],
        sites={"inn": 100, "hall": 101},
        n_weeks=2,
        circuits=(CircuitSpec(id="sad", worker_ids=("w",), leaves=0, returns=2),),
    )
    lodgings = frame([lodging("inn", 100), lodging("hall", 101)])
    plain = replace(plain, tables=replace(plain.tables, lodgings=lodgings))
    assert simulate(plain).n_made.tolist() == [4, 4]
    weeks = simulate(interrupted(plain, lodging_full_share=1.0))
    assert sum(week.lived.n_full for week in weeks.diary) >= 2
    assert sum(week.lived.n_unanswered for week in weeks.diary) == 0


def test_who_is_not_met_on_a_circuit_is_not_given_up() -> None:
    """The circuit has time for both; that nobody is at home is no reason to give them up."""
    people = [child(i, 10, circuit="sad") for i in "ab"]
    circuit = CircuitSpec(id="sad", worker_ids=("w",), leaves=0, returns=0)
    plain = setting(people, [worker("w")], circuits=(circuit,), n_weeks=1)
    weeks = simulate(interrupted(plain, not_met_share=1.0))
    assert not weeks.is_hopeless.any()
    assert weeks.diary[0].n_waiting == 2


NAN = float("nan")


def lodging(id_: str, km: float) -> dict[str, Any]:
    """Make a house with beds for all, open every night."""
    return {
        "id": id_,
        "km": km,
        "label": id_.title(),
        "beds": 9,
        "cost_idr": 0,
        "nights": (),
        "phone": None,
    }


def test_cases_come_and_go_and_none_is_lost() -> None:
    """Who is open at the end of a week was so before or came, and was not closed."""
    plain = setting(THREE, [worker("w", shifts=WORKDAYS)], n_weeks=8)
    weeks = simulate(interrupted(plain, new_per_week=1.0, closed_per_week=1.0, not_met_share=0.2))
    n_open = 3
    for week in weeks.diary:
        n_open += week.n_new - week.n_closed
        assert week.n_open == n_open
    assert sum(week.n_closed for week in weeks.diary) > 0
    assert len(weeks.required) == 3 + sum(week.n_new for week in weeks.diary)


def figures(weeks: Weeks) -> tuple[object, ...]:
    """Give all that must be the same when the same weeks are lived through again."""
    return (weeks.diary, weeks.n_made.tolist(), weeks.overdue_days.tolist())


@settings(max_examples=3, deadline=None)
@given(
    km=st.lists(st.integers(1, 40), min_size=1, max_size=6),
    rates=st.fixed_dictionaries(
        {
            "urgent_per_week": st.sampled_from((0.0, 2.0)),
            "not_met_share": st.sampled_from((0.0, 0.3)),
            "ill_days_per_month": st.sampled_from((0.0, 5.0)),
            "late_share": st.sampled_from((0.0, 0.5)),
            "new_per_week": st.sampled_from((0.0, 1.0)),
            "closed_per_week": st.sampled_from((0.0, 1.0)),
        }
    ),
    seed=st.integers(0, 99),
)
def test_whatever_happens_the_books_agree(km: list[int], rates: dict[str, Any], seed: int) -> None:
    """Equal input gives equal weeks, and the diary's sums are those of the weeks."""
    rows = [child(f"c{i}", at, every_days=7.0 * (1 + i % 2)) for i, at in enumerate(km)]
    workers = [worker("u", shifts=WORKDAYS), worker("w", hours=3)]
    asked = interrupted(setting(rows, workers, n_weeks=2, seed=seed), **rates)
    weeks = simulate(asked)
    assert figures(weeks) == figures(simulate(asked))
    assert weeks.n_made.sum() == sum(week.n_made for week in weeks.diary)
    assert weeks.all_travel_s == pytest.approx(sum(week.riding_s for week in weeks.diary))
    assert weeks.all_service_s == pytest.approx(sum(week.service_s for week in weeks.diary))
    assert (weeks.delivered <= weeks.required).all()
    for week in weeks.diary:
        assert week.lived.n_urgent_late <= week.lived.n_urgent
        assert week.lived.n_unanswered == 0
        assert week.n_open >= week.n_waiting >= 0
        assert week.longest is None or week.longest.days <= week.overdue_days
