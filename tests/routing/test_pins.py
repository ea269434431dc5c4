"""Pins in the problem: what is fixed, what gives way, what cannot be kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.layers.pins import PinRow
from outreach.model import NotDue, TimeWindow
from outreach.routing.horizon import Horizon
from outreach.routing.pins import NightPin, Pinned, VisitPin, with_pins, within
from outreach.routing.problem import Lodging, Night, Order, Problem, Requirement
from outreach.units import HOUR_S
from tests.routing.problems import MONDAY, Road, circuit_world, need, problem, worker

ROAD = Road({"base": 0.0, "c": 5.0, "d": 10.0, "hall": 20.0, "inn": 21.0})
WEEK = tuple(range(5))
WORKDAYS = (*WEEK, *range(7, 12))


def world(*needs: Requirement, **changes: Any) -> Problem:
    """Make a world of two workers, u and w, and of the children c and d."""
    teams = (worker("u", days=WORKDAYS), worker("w", days=WORKDAYS))
    made = problem(ROAD, needs or (need("c"), need("d")), teams)
    return replace(made, **changes)


def visit_pin(id_: str = "c", day: int = 1, row: int = 2, **more: Any) -> VisitPin:
    """Pin a visit, written in some row of a sheet."""
    where = PinRow(file="p.xlsx", sheet="pins", row=row, day=MONDAY.date() + dt.timedelta(days=day))
    return VisitPin(beneficiary_id=id_, day=day, row=where, **more)


def codes(pinned: Pinned) -> list[tuple[str, int | None]]:
    """Name what was found, with its row."""
    return [(fault.code, fault.row) for fault in pinned.faults]


def of(made: Problem, id_: str) -> dict[str, Requirement]:
    """Give a beneficiary's requirements by visit."""
    return {v.id: r for r in made.requirements if r.id == id_ for v in r.visits}


def test_a_pinned_visit_stands_alone() -> None:
    """Day, worker, time and place in the order are fixed; the other child is as before."""
    pinned = with_pins(world(), [visit_pin(day=1, worker_id="w", at_s=9 * HOUR_S, rank=2)])
    assert not pinned.faults
    c, d = pinned.problem.requirements
    (visit,) = c.visits
    assert (visit.id, visit.days, visit.is_pinned) == ("c/1", (1,), True)
    assert c.worker_ids == ("w",)
    assert c.windows == (TimeWindow(opens_s=9 * HOUR_S, closes_s=9 * HOUR_S),)
    assert c.order == Order(group="2026-12-01", rank=2)
    assert d == need("d")


def test_the_pin_wins_over_the_allowed_days_and_windows() -> None:
    """Allowed on Monday mornings only, pinned on Thursday at two: so be it."""
    morning = (TimeWindow(opens_s=8 * HOUR_S, closes_s=9 * HOUR_S),)
    made = world(need("c", days=((0,),), windows=morning))
    (c,) = with_pins(made, [visit_pin(day=3, at_s=14 * HOUR_S)]).problem.requirements
    assert (c.visits[0].days, c.windows[0].opens_s) == ((3,), 14 * HOUR_S)
    (kept,) = with_pins(made, [visit_pin(day=3)]).problem.requirements
    assert kept.windows == morning


def test_other_visits_keep_the_gap() -> None:
    """Three a week two days apart, Wednesday pinned: Monday and Friday are left to the others."""
    made = world(need("c", days=(WEEK,) * 3, min_gap_days=2))
    visits = {
        v.id: v.days
        for r in with_pins(made, [visit_pin(day=2)]).problem.requirements
        for v in r.visits
    }
    assert visits == {"c/1": (2,), "c/2": (0, 4), "c/3": (0, 4)}


def test_the_nearest_visit_is_taken() -> None:
    """One in each week: a pin in the second week takes the second."""
    made = world(need("c", days=(WEEK, (7, 8, 9))), horizon_days=14)
    visits = of(with_pins(made, [visit_pin(day=4)]).problem, "c")
    assert {k: r.visits[0].is_pinned for k, r in visits.items()} == {"c/1": True, "c/2": False}
    visits = of(with_pins(made, [visit_pin(day=7)]).problem, "c")
    assert {k: r.visits[0].is_pinned for k, r in visits.items()} == {"c/1": False, "c/2": True}


def test_a_second_pin_makes_a_second_visit() -> None:
    """Due once, promised twice: both are in."""
    pinned = with_pins(world(need("c")), [visit_pin(day=0), visit_pin(day=3, row=3)])
    assert not pinned.faults
    assert {k: r.visits[0].days for k, r in of(pinned.problem, "c").items()} == {
        "c/1": (0,),
        "c/2": (3,),
    }


def test_who_is_not_due_can_be_pinned() -> None:
    """Nothing is due within the week; the pin makes the visit, and the name leaves the list."""
    made = world(need("d"), not_due=(NotDue(beneficiary_id="c", due_on=dt.date(2026, 12, 20)),))
    pinned = with_pins(made, [visit_pin(day=1)], dormant=[replace(need("c"), visits=())])
    assert [v.id for r in pinned.problem.requirements for v in r.visits] == ["c/1", "d/1"]
    assert pinned.problem.not_due == ()


@pytest.mark.parametrize(
    ("pins", "code"),
    [
        ([visit_pin("ghost")], "pin-without-way"),
        ([visit_pin(worker_id="ghost")], "idle-worker"),
        ([visit_pin(day=5)], "pin-nobody-goes"),
        ([visit_pin(at_s=16 * HOUR_S)], "pin-outside-shift"),
        ([visit_pin(day=1, row=1), visit_pin(day=1, worker_id="w")], "pins-too-near"),
        (
            [
                visit_pin("d", row=1, worker_id="w", at_s=9 * HOUR_S),
                visit_pin("c", worker_id="w", at_s=9 * HOUR_S + 1800),
            ],
            "pins-collide",
        ),
        (
            [
                visit_pin("d", row=1, rank=1, at_s=12 * HOUR_S),
                visit_pin("c", rank=2, at_s=9 * HOUR_S),
            ],
            "pins-collide",
        ),
    ],
)
def test_what_cannot_be_kept_is_told(pins: list[VisitPin], code: str) -> None:
    """One finding with its row, and what came before is pinned all the same."""
    pinned = with_pins(world(), pins)
    assert codes(pinned) == [(code, 2)]
    n_pinned = sum(v.is_pinned for r in pinned.problem.requirements for v in r.visits)
    assert n_pinned == len(pins) - 1


def test_the_same_pin_twice_is_one() -> None:
    """Entered in the sheet and in the settings: no contradiction."""
    pinned = with_pins(world(), [visit_pin(day=1), visit_pin(day=1, row=9)])
    assert not pinned.faults
    assert len(pinned.problem.requirements) == 2


def test_a_worker_without_the_skill_cannot_be_pinned() -> None:
    """The table asks for a skill that w has not."""
    made = problem(
        ROAD,
        (need("c", skills=("sign",)),),
        (worker("u", skills=frozenset({"sign"})), worker("w")),
    )
    assert codes(with_pins(made, [visit_pin(worker_id="w")])) == [("pin-nobody-goes", 2)]
    assert not with_pins(made, [visit_pin(worker_id="u")]).faults


def test_a_pin_takes_a_child_out_of_the_circuit() -> None:
    """On a day of the circuit it stays there, on another anyone may go."""
    made = circuit_world({"v": 40.0}, {"hall": 40.0}, visits=((0, 1),))
    made = replace(made, teams=(*made.teams, worker("x", days=(3,))))
    (stays,) = with_pins(made, [visit_pin("v", day=1)]).problem.requirements
    assert stays.circuit_id == "sad"
    (leaves,) = with_pins(made, [visit_pin("v", day=3)]).problem.requirements
    assert (leaves.circuit_id, leaves.visits[0].days) == (None, (3,))


def test_weekly_pins_follow_what_is_due() -> None:
    """Due once in a fortnight, Tuesdays pinned: one Tuesday, not two."""
    made = world(need("c", days=((5, 6, 7, 8, 9),)), horizon_days=14)
    tuesdays = [visit_pin(day=day, is_weekly=True) for day in (1, 8)]
    pinned = with_pins(made, tuesdays)
    assert not pinned.faults
    assert [v.days for r in pinned.problem.requirements for v in r.visits] == [(8,)]


def test_a_weekly_fault_is_told_once() -> None:
    """Nobody works on Saturdays: one finding, not one for each week."""
    made = world(need("c", days=(WEEK, (7, 8, 9))), horizon_days=14)
    saturdays = [visit_pin(day=day, is_weekly=True) for day in (5, 12)]
    assert codes(with_pins(made, saturdays)) == [("pin-nobody-goes", 2)]


def test_rows_become_the_pins_of_the_days_that_are_planned() -> None:
    """A date of another week is no pin and no fault; a weekday is one in each week."""
    fortnight = Horizon(starts_on=dt.date(2026, 11, 30), n_days=14)
    visits, nights = within(
        [
            PinRow(id="c", day=dt.date(2026, 12, 3), worker="w", begins_s=60, order=1),
            PinRow(id="c", day=dt.date(2026, 11, 29)),
            PinRow(id="c", day=dt.date(2026, 12, 14)),
            PinRow(team="sad", weekdays=(0, 1), lodging="hall"),
        ],
        fortnight,
    )
    assert [(p.day, p.worker_id, p.at_s, p.rank, p.is_weekly) for p in visits] == [
        (3, "w", 60, 1, False)
    ]
    assert [(p.team_id, p.day, p.lodging_id) for p in nights] == [
        ("sad", 0, "hall"),
        ("sad", 1, "hall"),
        ("sad", 7, "hall"),
        ("sad", 8, "hall"),
    ]


PINS = st.builds(
    VisitPin,
    beneficiary_id=st.sampled_from(["c", "d", "ghost"]),
    day=st.integers(0, 13),
    worker_id=st.sampled_from([None, "u", "w"]),
    at_s=st.one_of(st.none(), st.integers(0, 23).map(HOUR_S.__mul__)),
    rank=st.one_of(st.none(), st.integers(1, 3)),
    is_weekly=st.booleans(),
)


@given(pins=st.lists(PINS, max_size=6), gap=st.integers(1, 4))
def test_no_visit_is_lost_and_no_gap_is_broken(pins: list[VisitPin], gap: int) -> None:
    """Whatever is pinned, every required visit is there once, and all keep off the pinned days."""
    made = world(
        need("c", days=(WEEK, WEEK, (7, 8, 9)), min_gap_days=gap), need("d"), horizon_days=14
    )
    result = with_pins(made, pins).problem
    ids = [v.id for r in result.requirements for v in r.visits]
    assert len(set(ids)) == len(ids)
    assert set(made.visit) <= set(ids)
    visits = [v for r in result.requirements if r.id == "c" for v in r.visits]
    fixed = sorted(v.days[0] for v in visits if v.is_pinned)
    assert all(b - a >= gap for a, b in pairwise(fixed))
    free_days = {d for v in visits if not v.is_pinned for d in v.days}
    assert all(abs(d - day) >= gap for d in free_days for day in fixed)


def nights_world() -> Problem:
    """Make a fixed circuit from Monday to Wednesday, and a worker who may sleep away."""
    made = circuit_world({"v": 40.0}, {"hall": 40.0, "inn": 41.0}, n_days=3, n_workers=2)
    inn = Lodging(id="inn", nights=(0,), beds=1, cost_idr=0)
    free = replace(
        worker("x", days=(0, 1, 2)),
        nights=tuple(Night(day=d, place_ids=("base", "hall", "inn")) for d in (0, 1)),
    )
    return replace(made, lodgings=(made.lodgings[0], inn), teams=(*made.teams, free))


def night_pin(team: str = "sad", day: int = 0, lodging: str = "hall", row: int = 2) -> NightPin:
    """Pin a night, written in some row."""
    return NightPin(
        team_id=team, day=day, lodging_id=lodging, row=PinRow(file="p.xlsx", row=row, team=team)
    )


def test_a_pinned_night_leaves_one_lodging() -> None:
    """The circuit by its id; the other night and the other team stay free."""
    pinned = with_pins(nights_world(), (), [night_pin("sad", 1, "hall"), night_pin("x", 0, "base")])
    assert not pinned.faults
    assert pinned.problem.team["sad"].may_sleep_at(0) == ("hall", "inn")
    assert pinned.problem.team["sad"].may_sleep_at(1) == ("hall",)
    assert pinned.problem.team["x"].may_sleep_at(0) == ("base",)
    assert pinned.problem.team["x"].may_sleep_at(1) == ("base", "hall", "inn")


@pytest.mark.parametrize(
    ("pins", "code"),
    [
        ([night_pin("ghost")], "unknown-pin"),
        ([night_pin(lodging="castle")], "unknown-pin"),
        ([night_pin("x", 1, "inn")], "lodging-closed"),
        ([night_pin("sad", 0, "inn")], "too-few-beds"),
        ([night_pin("sad", 2, "hall")], "night-not-away"),
        ([night_pin("sad", 0, "base")], "night-not-away"),
        ([night_pin("x", 0, "hall", row=1), night_pin("x", 0, "inn")], "pins-collide"),
    ],
)
def test_nights_that_cannot_be_kept_are_told(pins: list[NightPin], code: str) -> None:
    """One finding with its row; nothing else changes."""
    made = nights_world()
    pinned = with_pins(made, (), pins)
    assert codes(pinned) == [(code, 2)]
    changed = sum(a != b for a, b in zip(made.teams, pinned.problem.teams, strict=True))
    assert changed == len(pins) - 1


@pytest.mark.parametrize(
    ("pin", "said"),
    [
        (night_pin("x", 1, "inn"), "inn is closed on the night after 2026-12-01"),
        (night_pin("sad", 2, "hall"), "sad cannot sleep at hall on the night after 2026-12-02"),
    ],
)
def test_a_night_that_cannot_be_kept_is_told_by_its_date(pin: NightPin, said: str) -> None:
    """The supervisor wrote a date, and reads it again, in either language."""
    (fault,) = with_pins(nights_world(), (), [pin]).faults
    assert str(fault.what) == said


def test_a_pin_for_somebody_without_a_way_sends_nobody_to_look_for_another_id() -> None:
    """The id is in its table, but no road leads there: another child's id would not help."""
    (fault,) = with_pins(world(), [visit_pin("e")]).faults
    assert (fault.code, fault.column) == ("pin-without-way", "id")
    assert str(fault.mend) == "correct its position in its table, or delete the row"
