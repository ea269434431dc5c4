"""Weeks planned one after the other, along a road where each answer is known."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.coverage.books import visits_due
from outreach.coverage.crew import with_workers
from outreach.coverage.simulation import simulate
from outreach.routing.matrix import TravelMatrix
from outreach.routing.specs import BookingSpec, CircuitSpec
from outreach.units import HOUR_S, MINUTE_S
from tests.coverage.world import MONDAY, NAN, child, frame, seat, setting, worker

if TYPE_CHECKING:
    from outreach.coverage.weeks import Weeks

TWO_FIT_H = 2.4
"""Ten minutes there, two hours of service, ten minutes back: 140 of 144 minutes."""
THREE = [child("a", 10), child("b", 10), child("c", 10)]


def same(one: Weeks, other: Weeks) -> bool:
    """Whether two weeks hold the same, figure by figure."""
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in one.__dataclass_fields__
    )


def test_who_has_time_makes_every_visit() -> None:
    """Three children ten minutes away, each due weekly: four Mondays of 200 minutes."""
    weeks = simulate(setting(THREE, [worker("w")]))
    assert weeks.required.tolist() == weeks.delivered.tolist() == [4, 4, 4]
    assert not weeks.is_open.any()
    assert weeks.overdue_days.tolist() == [0, 0, 0]
    assert weeks.all_service_s == 12 * HOUR_S
    assert weeks.all_travel_s == 4 * 20 * MINUTE_S
    assert weeks.available_s == 4 * 8 * HOUR_S
    assert weeks.distance_m == 4 * 20_000
    assert weeks.moving_idr == 4 * 20 * 300


def test_travel_is_shared_by_the_stops_of_a_trip() -> None:
    """Twenty minutes on the road for three visits; all of it is the way out and back."""
    weeks = simulate(setting(THREE, [worker("w")]))
    assert weeks.travel_s == pytest.approx([4 * 20 * MINUTE_S / 3] * 3)
    assert weeks.service_s.tolist() == [4 * HOUR_S] * 3
    assert weeks.line_haul_s == weeks.riding_s == 4 * 20 * MINUTE_S
    assert (weeks.n_stops, weeks.n_trips) == (12, 4)


def test_a_short_day_leaves_what_does_not_fit() -> None:
    """Two of three fit into each Monday: eight of twelve, and no more could be."""
    weeks = simulate(setting(THREE, [worker("w", hours=TWO_FIT_H)]))
    assert weeks.n_delivered == 8
    assert weeks.gap.sum() == weeks.curable.sum() == 4
    assert not weeks.is_hopeless.any()
    assert (weeks.is_open == (weeks.overdue_days > 0)).all()


def test_what_was_missed_stays_due() -> None:
    """Only one fits: whoever is more overdue comes first, and each is seen twice in four weeks."""
    seen = [child(i, 10, last_visit=MONDAY - dt.timedelta(days=n)) for i, n in (("a", 7), ("b", 8))]
    weeks = simulate(setting(seen, [worker("w", hours=1.4)]))
    assert weeks.delivered.tolist() == [2, 2]
    # The last of the Mondays was a week before the day after; the other waits since the one before.
    assert sorted(weeks.overdue_days.tolist()) == [0, 7]
    assert weeks.is_open.sum() == 1


def test_who_is_never_seen_waits_since_the_beginning() -> None:
    """Nobody can, so nothing is made in 28 days; who was seen before waits from when it was due."""
    last = MONDAY - dt.timedelta(days=10)
    people = [
        child("a", 10, skills=("sign",)),
        child("b", 10, skills=("sign",), last_visit=last),
    ]
    weeks = simulate(setting(people, [worker("w")]))
    # 28 days from the first to the day after, 10 before, less the 7 in which nothing was due.
    assert weeks.overdue_days.tolist() == [28, 28 + 10 - 7]


def test_a_deadline_that_was_missed_is_open() -> None:
    """Seen a month ago and due in two, but promised by Monday, and the only worker is elsewhere."""
    promised = child(
        "a",
        10,
        every_days=90,
        last_visit=MONDAY - dt.timedelta(days=30),
        deadline=MONDAY,
        service_s=9 * 3600,
    )
    weeks = simulate(setting([promised], [worker("w")], n_weeks=2))
    assert (weeks.required.tolist(), weeks.delivered.tolist()) == ([1], [0])
    assert weeks.is_open.tolist() == [True]
    assert weeks.overdue_days.tolist() == [14]


def test_whoever_a_candidate_can_reach_is_not_given_up() -> None:
    """No way leads from the office to the island; one leads from a house on it."""
    people = [child("a", 10), child("b", 10, visits_per_week=1.0, every_days=NAN)]
    cut_off = setting(people, [worker("w")], sites={"house": 10}, n_weeks=2)
    far = cut_off.matrix.duration_s.copy()
    row = cut_off.matrix.row
    for place in ("a", "b", "house"):
        for base in set(cut_off.tables.workers["base_id"]):
            far[row[place], row[base]] = far[row[base], row[place]] = np.inf
    matrix = TravelMatrix(
        ids=cut_off.matrix.ids, duration_s=far, distance_m=far, walk_m=np.zeros(len(far))
    )
    weeks = simulate(replace(cut_off, matrix=matrix, seats=("house",)))
    assert weeks.curable.tolist() == weeks.required.tolist() == [2, 2]
    assert weeks.is_open.tolist() == [True, True]
    given_up = simulate(replace(cut_off, matrix=matrix))
    assert given_up.curable.tolist() == [0, 0]


def test_a_frequency_by_the_week_is_counted_by_the_week() -> None:
    """Twice a week, but the worker comes on Mondays only: half of eight, and open at the end."""
    weeks = simulate(setting([child("a", 10, visits_per_week=2.0, every_days=NAN)], [worker("w")]))
    assert (weeks.required.tolist(), weeks.delivered.tolist()) == ([8], [4])
    assert weeks.is_open.tolist() == [True]
    assert weeks.overdue_days.tolist() == [0]


def test_who_is_not_due_requires_nothing() -> None:
    """Seen a week ago and due monthly in three weeks: one visit in four weeks, none in two."""
    seen = [child("a", 10, every_days=30.0, last_visit=MONDAY - dt.timedelta(days=9))]
    assert simulate(setting(seen, [worker("w")], n_weeks=4)).required.tolist() == [1]
    idle = simulate(setting(seen, [worker("w")], n_weeks=2))
    assert (idle.required.tolist(), idle.n_made.tolist()) == ([0], [0])
    assert not idle.is_open.any()


@pytest.mark.parametrize(
    "person",
    [
        {"skills": ("sign",)},
        {"windows": ((17 * HOUR_S, 18 * HOUR_S),)},
        {"weekdays": (5, 6)},
        # Open while the worker is there, but two hours of service then end after the shift.
        {"windows": ((round(9.5 * HOUR_S), 18 * HOUR_S),), "service_s": 2 * HOUR_S},
    ],
    ids=["skill", "door", "weekdays", "too late"],
)
def test_what_more_workers_could_not_make_is_told_apart(person: dict[str, Any]) -> None:
    """No skill, a door that is shut, days on which nobody works: hopeless, whoever is added."""
    people = [child("a", 10, **person), child("b", 10)]
    weeks = simulate(setting(people, [worker("w", hours=3)]))
    assert weeks.is_hopeless.tolist() == [True, False]
    assert weeks.delivered.tolist() == [0, 4]
    assert weeks.curable.tolist() == [0, 0]
    outcome = weeks.outcome(worst_minutes=10)
    assert (outcome.gap_visits, outcome.hopeless_visits) == (4, 4)
    assert (outcome.n_with_gap, outcome.n_without_gap) == (1, 1)


def test_nobody_without_a_road_is_forgotten() -> None:
    """What they need is required, and hopeless."""
    weeks = simulate(setting([child("a", 10), child("b", 10)], [worker("w")], away=["a"]))
    assert weeks.required.tolist() == [4, 4]
    assert weeks.is_hopeless.tolist() == [True, False]
    assert weeks.curable.tolist() == [0, 0]


def test_a_full_circuit_is_not_helped_by_others() -> None:
    """Two fit into the circuit's Monday; the third is its own, so another worker does not help."""
    people = [child(i, 10, circuit="sad") for i in "abc"]
    circuit = CircuitSpec(id="sad", worker_ids=("w",), leaves=0, returns=0)
    full = setting(people, [worker("w", hours=TWO_FIT_H)], circuits=(circuit,), sites={"next": 10})
    weeks = simulate(full)
    assert weeks.n_delivered == 8
    assert weeks.gap.sum() == 4
    assert not weeks.curable.any()
    # Trips of a fixed circuit say nothing about what another worker's trips would be like.
    assert (weeks.n_stops, weeks.n_trips, weeks.line_haul_s) == (0, 0, 0)
    assert weeks.all_travel_s == 4 * 20 * MINUTE_S
    more = simulate(with_workers(full, [seat("next", 10)], like="w"))
    assert more.n_delivered == 8


def test_a_worker_next_door_delivers_the_rest() -> None:
    """The third child of each Monday is seen by whoever sits beside them."""
    few = setting(THREE, [worker("w", hours=TWO_FIT_H)], sites={"next": 10})
    weeks = simulate(with_workers(few, [seat("next", 10)], like="w"))
    assert weeks.n_workers == 2
    assert weeks.delivered.tolist() == [4, 4, 4]
    assert not weeks.is_open.any()


def test_two_who_must_be_there_count_twice() -> None:
    """An hour of two workers is two hours of work, and so is the ride."""
    people = [child("a", 10, workers_needed=2)]
    weeks = simulate(setting(people, [worker("u"), worker("w")], n_weeks=1))
    assert weeks.delivered.tolist() == [1]
    assert weeks.service_s.tolist() == [2 * HOUR_S]
    assert weeks.travel_s.tolist() == [2 * 20 * MINUTE_S]
    assert weeks.all_service_s == 2 * HOUR_S


def test_an_appointment_takes_its_time() -> None:
    """An hour at the office on the first Monday: one child less, in that week only."""
    booking = BookingSpec(
        worker_id="w", day=MONDAY, begins_s=8 * HOUR_S, length_s=HOUR_S, place_id="office"
    )
    weeks = simulate(setting(THREE[:2], [worker("w", hours=TWO_FIT_H)], bookings=(booking,)))
    assert weeks.n_delivered == 7
    assert weeks.all_service_s == 8 * HOUR_S
    assert weeks.service_s.sum() == 7 * HOUR_S


def test_nobody_to_visit_is_no_error() -> None:
    """Empty weeks have their hours, and nothing else."""
    weeks = simulate(setting([], [worker("w")]))
    assert weeks.required.shape == (0,)
    outcome = weeks.outcome(worst_minutes=0)
    assert (outcome.required_visits, outcome.longest_overdue_days) == (0, 0)
    assert outcome.available_h == 32


def test_equal_input_gives_equal_weeks() -> None:
    """The search is bounded by steps and seeded."""
    tight = setting(
        [child(f"c{i}", 3.0 * i, every_days=7.0 * (1 + i % 2)) for i in range(8)],
        [worker("u", hours=3), worker("w", hours=3)],
        n_weeks=2,
    )
    assert same(simulate(tight), simulate(tight))


def test_progress_is_told_week_by_week() -> None:
    """From the first to the last."""
    told: list[float] = []
    simulate(setting(THREE[:1], [worker("w")]), told=told.append)
    assert told == [0.25, 0.5, 0.75, 1.0]


def test_the_tables_are_left_as_they_were() -> None:
    """Weeks are planned on copies."""
    asked = setting(THREE, [worker("w", spent_idr=1000.0)])
    before = (asked.tables.beneficiaries.copy(), asked.tables.workers.copy())
    simulate(asked)
    assert asked.tables.beneficiaries.equals(before[0])
    assert asked.tables.workers.equals(before[1])


@settings(max_examples=50, deadline=None)
@given(
    every=st.integers(1, 60),
    since=st.none() | st.integers(0, 90),
    n_weeks=st.integers(1, 8),
)
def test_visits_fall_due_in_the_rhythm(every: int, since: int | None, n_weeks: int) -> None:
    """Counted day by day: due at once or so long after the last, and again after each visit."""
    last = None if since is None else MONDAY - dt.timedelta(days=since)
    people = frame([child("a", 1, every_days=float(every), last_visit=last)])
    due_day = 0 if since is None else max(0, every - since)
    expected = 0
    for day in range(7 * n_weeks):
        if day == due_day:
            expected, due_day = expected + 1, day + every
    assert visits_due(people, MONDAY, n_weeks=n_weeks).tolist() == [expected]


@settings(max_examples=5, deadline=None)
@given(
    people=st.lists(
        st.tuples(st.integers(1, 60), st.sampled_from((7.0, 14.0, 30.0)), st.booleans()),
        min_size=1,
        max_size=6,
    ),
    hours=st.sampled_from((2.0, 4.0)),
)
def test_the_books_agree_with_each_other(
    people: list[tuple[int, float, bool]], hours: float
) -> None:
    """
    Whatever is planned: sums match, nobody gets more than is due, and another worker helps.

    One who is added beside somebody present can do at least what was done before; a search may
    miss some of it, so visits may be fewer by as many as two searches of the same weeks differ.
    """
    rows = [
        child(f"c{i}", km, every_days=every, skills=("sign",) if is_deaf else ())
        for i, (km, every, is_deaf) in enumerate(people)
    ]
    asked = setting(rows, [worker("w", hours=hours)], n_weeks=2)
    weeks, again = simulate(asked), simulate(replace(asked, seed=1))
    assert (weeks.delivered <= weeks.required).all()
    assert (weeks.delivered <= weeks.n_made).all()
    assert (weeks.curable <= weeks.gap).all()
    assert (weeks.service_s == weeks.n_made * HOUR_S).all()
    assert weeks.service_s.sum() == weeks.all_service_s
    assert weeks.travel_s.sum() == pytest.approx(weeks.all_travel_s)
    assert weeks.all_service_s + weeks.all_travel_s <= weeks.available_s
    assert not weeks.delivered[weeks.is_hopeless].any()
    outcome = weeks.outcome(worst_minutes=0)
    assert outcome.n_with_gap + outcome.n_without_gap == len(rows)
    noise = abs(weeks.n_delivered - again.n_delivered)
    more = simulate(with_workers(asked, [seat("office", 0)], like="w"))
    assert more.n_delivered >= weeks.n_delivered - noise
