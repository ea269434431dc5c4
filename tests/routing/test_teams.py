"""Who travels with whom, when they rest, where they may sleep."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from outreach.errors import ConfigError
from outreach.routing.horizon import Horizon
from outreach.routing.pins import VisitPin, with_pins
from outreach.routing.shifts import vehicles_needed
from outreach.routing.specs import BreakSpec, CircuitSpec, TeamSpec, break_faults
from outreach.units import DAY_S, HOUR_S, MINUTE_S
from tests.routing.test_assemble import build, child, lodging, sad, worker

if TYPE_CHECKING:
    from outreach.routing.problem import Problem

FORTNIGHT = Horizon(starts_on=dt.date(2026, 11, 30), n_days=14)


def rest(id_: str = "lunch", opens_h: float = 11.5, closes_h: float = 13, **more: Any) -> BreakSpec:
    """Make a break of an hour, in hours."""
    return BreakSpec(
        id=id_,
        opens_s=round(opens_h * HOUR_S),
        closes_s=round(closes_h * HOUR_S),
        length_s=more.pop("length_s", HOUR_S),
        **more,
    )


def breaks(problem: Problem, team_id: str) -> dict[int, list[tuple[str, int, int, int]]]:
    """Give a team's breaks by day: id, opening and closing after midnight, length."""
    return {
        s.day: [
            (b.id, b.opens_s - s.day * DAY_S, b.closes_s - s.day * DAY_S, b.length_s)
            for b in s.breaks
        ]
        for s in problem.team[team_id].shifts
    }


def test_breaks_are_taken_on_their_weekdays() -> None:
    """Lunch from Monday to Thursday, prayer on Friday, both in the order of the day."""
    made = build(
        [child("c")],
        [worker("u")],
        breaks=(rest(weekdays=(0, 1, 2, 3)), rest("prayer", 11, 12, weekdays=(4,))),
    ).problem
    lunch = [("lunch", 41_400, 46_800, HOUR_S)]
    assert breaks(made, "u") == {
        **dict.fromkeys(range(4), lunch),
        4: [("prayer", 39_600, 43_200, HOUR_S)],
    }
    assert made.available_s["u"] == 5 * 7 * HOUR_S


def test_a_team_rests_when_any_of_its_workers_does() -> None:
    """Only one of the two prays at three; on Friday they travel together, so both rest."""
    made = build(
        [child("c")],
        [worker("u"), worker("w")],
        teams=(TeamSpec(id="pair", worker_ids=("u", "w"), weekdays=(4,)),),
        breaks=(rest("asr", 15, 15.25, length_s=900, worker_ids=("w",)),),
    ).problem
    assert breaks(made, "pair") == {4: [("asr", 54_000, 54_900, 900)]}
    assert set(map(tuple, breaks(made, "u").values())) == {()}


def test_two_who_rest_at_different_times_rest_together_when_both_may() -> None:
    """One from half past eleven to one, one from twelve to two: from twelve to one, the longer."""
    made = build(
        [child("c")],
        [worker("u"), worker("w")],
        teams=(TeamSpec(id="pair", worker_ids=("u", "w"), weekdays=(4,)),),
        breaks=(
            rest("early", worker_ids=("u",)),
            rest("late", 12, 14, length_s=2 * HOUR_S, worker_ids=("w",)),
        ),
    ).problem
    assert breaks(made, "pair") == {4: [("early, late", 43_200, 46_800, 2 * HOUR_S)]}


def test_breaks_outside_the_shift_are_not_its_matter() -> None:
    """Whoever begins at one has eaten; whoever ends at noon eats at home."""
    afternoon = tuple((w, 13 * HOUR_S, 17 * HOUR_S) for w in range(5))
    morning = tuple((w, 8 * HOUR_S, 12 * HOUR_S) for w in range(5))
    made = build(
        [child("c")],
        [worker("a", shifts=afternoon), worker("m", shifts=morning)],
        breaks=(rest(),),
    ).problem
    assert breaks(made, "a") == breaks(made, "m") == {day: [] for day in range(5)}


def test_breaks_of_one_worker_at_once_are_a_fault() -> None:
    """Two that may begin at noon on the same day cannot both be taken, on others they can."""
    noon, prayer = rest(), rest("prayer", 11, 12, weekdays=(4,))
    ((where, what),) = break_faults([noon, prayer])
    assert where == "breaks: prayer"
    assert "lunch" in str(what)
    assert not list(break_faults([rest(weekdays=(0,)), prayer]))
    assert not list(break_faults([rest(worker_ids=("u",)), rest("other", worker_ids=("w",))]))


def test_two_breaks_of_one_name_are_a_fault() -> None:
    """A plan names the break that is taken."""
    assert [str(what) for _, what in break_faults([rest(), rest(opens_h=15, closes_h=16)])] == [
        "another break has this name too"
    ]


def test_a_fixed_circuit_sleeps_in_open_lodgings_only() -> None:
    """Tuesday night the hall is shut and nothing else is open: nowhere to sleep, and it shows."""
    made = build(
        [child("c", circuit="sad")],
        [worker("u"), worker("w")],
        lodgings=[lodging("hall", (0, 2))],
        circuits=(sad(),),
    ).problem
    nights = {n.day: n.place_ids for n in made.team["sad"].nights}
    assert nights == {0: ("hall",), 1: (), 2: ("hall",)}
    assert made.team["sad"].may_sleep_at(3) == ("base",)


def test_who_may_sleeps_away_between_two_days_at_work() -> None:
    """Not on the night before a day off, nor where nothing is open, nor who must come home."""
    shifts = tuple((w, 8 * HOUR_S, 16 * HOUR_S) for w in (0, 1, 2, 4))
    made = build(
        [child("c")],
        [worker("u", shifts=shifts), worker("h", nights_away=False)],
        lodgings=[lodging("hall", (0, 2, 4)), lodging("inn", (0,))],
    ).problem
    nights = {n.day: n.place_ids for n in made.team["u"].nights}
    assert nights == {0: ("base", "hall", "inn")}
    assert made.team["h"].nights == ()


def test_nights_can_be_left_to_the_fixed_circuits() -> None:
    """Nobody else sleeps away where the supervisor does not want it."""
    made = build(
        [child("c", circuit="sad")],
        [worker("u"), worker("w"), worker("x")],
        lodgings=[lodging("hall")],
        circuits=(sad(),),
        nights="fixed",
    ).problem
    assert {t.id for t in made.teams if t.nights} == {"sad"}


def test_a_circuit_without_days_is_left_to_the_planner() -> None:
    """All travel together on any day and may sleep in its lodging; each may also go alone."""
    made = build(
        [child("c", circuit="sad"), child("d")],
        [worker("u"), worker("w"), worker("x")],
        lodgings=[lodging("hall"), lodging("inn")],
        circuits=(CircuitSpec(id="sad", worker_ids=("u", "w"), lodging_ids=("hall",)),),
    ).problem
    team = made.team["sad"]
    assert (team.circuit_id, [s.day for s in team.shifts]) == (None, [0, 1, 2, 3, 4])
    assert {n.place_ids for n in team.nights} == {("base", "hall")}
    assert made.circuits == ()
    assert set(made.team) == {"sad", "u", "w", "x"}
    c, d = made.requirements
    assert [t.id for t in made.teams if made.may_serve(t, c)] == ["sad"]
    assert len([t for t in made.teams if made.may_serve(t, d)]) == 4


@pytest.mark.parametrize(
    ("vehicles", "needed"),
    [
        (("motorbike",), 1),
        (("none",), None),
        (("motorbike", "none"), 1),
        (("motorbike", "motorbike"), 2),
        (("motorbike", "none", "none"), None),
        (("motorbike", "motorbike", "none"), 2),
        (("car", "none", "none", "none"), 1),
        (("car", "motorbike", "motorbike"), 1),
        (("car", "none", "none", "none", "none"), None),
        (("car", "motorbike", "none", "none", "none"), 2),
    ],
)
def test_seats(vehicles: tuple[str, ...], needed: int | None) -> None:
    """Two on a motorbike, four in a car; whoever has a motorbike rides it."""
    assert vehicles_needed(vehicles) == needed


def test_who_has_no_vehicle_rides_along() -> None:
    """Never alone, with each who has one, on one motorbike; and the supervisor is told."""
    made = build(
        [child("c")],
        [worker("foot", vehicle="none"), worker("u"), worker("w"), worker("far", "other")],
    )
    teams = {t.id: t.n_motorbikes for t in made.problem.teams}
    assert teams == {"u": 1, "w": 1, "far": 1, "foot+u": 1, "foot+w": 1}
    (notice,) = made.notices
    assert str(notice).startswith("foot: no vehicle")


def test_who_has_nobody_to_ride_with_is_named() -> None:
    """Without a vehicle and alone at the base there is no way to work."""
    made = build([child("c")], [worker("foot", "other", vehicle="none"), worker("u")])
    assert [t.id for t in made.problem.teams] == ["u"]
    assert any("nobody to ride along with" in str(n) for n in made.notices)


def test_a_fixed_team_with_too_few_vehicles_goes_all_the_same() -> None:
    """The supervisor fixed it; a notice says what is doubtful."""
    made = build(
        [child("c")],
        [worker("a"), *(worker(i, vehicle="none") for i in "xy")],
        teams=(TeamSpec(id="all", worker_ids=("a", "x", "y")),),
    )
    assert made.problem.team["all"].n_motorbikes == 2
    assert any(str(n).startswith("all: ") for n in made.notices)


def test_teams_are_formed_where_a_visit_needs_two() -> None:
    """Two who work on a shared day from one base, once for each pair; not three."""
    saturday = ((5, 8 * HOUR_S, 12 * HOUR_S),)
    made = build(
        [child("c", workers_needed=2)],
        [
            *(worker(i) for i in "uvw"),
            worker("far", "other"),
            worker("weekend", shifts=saturday),
        ],
    ).problem
    assert {t.id for t in made.teams if len(t.worker_ids) > 1} == {"u+v", "u+w", "v+w"}


def test_no_team_is_formed_where_one_is_fixed() -> None:
    """The supervisor's pair works on the child's day."""
    made = build(
        [child("c", workers_needed=2, weekdays=(4,))],
        [worker(i) for i in "uvw"],
        teams=(TeamSpec(id="pair", worker_ids=("u", "v"), weekdays=(4,)),),
    ).problem
    assert {t.id for t in made.teams if len(t.worker_ids) > 1} == {"pair"}


def test_a_team_is_formed_on_the_days_on_which_the_fixed_one_is_not_there() -> None:
    """The pair goes on Friday, the child can be seen on Monday: the two go on Monday, too."""
    made = build(
        [child("c", workers_needed=2, weekdays=(0,))],
        [worker(i) for i in "uv"],
        teams=(TeamSpec(id="pair", worker_ids=("u", "v"), weekdays=(4,)),),
    ).problem
    assert [s.day for s in made.team["u+v"].shifts] == [0, 1, 2, 3]


def test_skills_are_brought_together() -> None:
    """Nobody alone knows both; with each other's company they do."""
    made = build(
        [child("c", skills=("sign", "trauma"))],
        [worker("u", skills=("sign",)), worker("v", skills=("trauma",)), worker("w")],
    ).problem
    assert {t.id for t in made.teams if len(t.worker_ids) > 1} == {"u+v"}


def test_of_many_teams_those_come_first_whom_the_children_know() -> None:
    """Of 190 pairs thirty are kept: each worker has one, and the known one has all."""
    ids = [f"w{i:02d}" for i in range(20)]
    made = build([child("c", workers_needed=2, worker="w13")], [worker(i) for i in ids]).problem
    pairs = [t for t in made.teams if len(t.worker_ids) > 1]
    assert len(pairs) == 30
    assert sum("w13" in t.worker_ids for t in pairs) == 19
    assert {w for t in pairs for w in t.worker_ids} == set(ids)


def test_formed_teams_keep_off_the_days_of_circuits() -> None:
    """Two are away from Monday to Thursday: with the third each of them can go on Friday."""
    made = build(
        [child("c", circuit="sad"), child("d", workers_needed=2)],
        [worker("u"), worker("w"), worker("x")],
        lodgings=[lodging("hall")],
        circuits=(sad(),),
    ).problem
    days = {t.id: [s.day for s in t.shifts] for t in made.teams if "+" in t.id}
    assert days == {"u+w": [4], "u+x": [4], "w+x": [4]}


def test_breaks_of_unknown_workers_are_a_fault() -> None:
    """Told with the break's name."""
    with pytest.raises(ConfigError, match=r"breaks: lunch\].*ghost"):
        build([child("c")], [worker("u")], breaks=(rest(worker_ids=("ghost",)),))


def test_the_fixed_circuits_nights_repeat_each_week() -> None:
    """In a fortnight both trips know where to sleep."""
    made = build(
        [child("c", circuit="sad")],
        [worker("u"), worker("w")],
        lodgings=[lodging("hall")],
        circuits=(sad(returns=1),),
        horizon=FORTNIGHT,
    ).problem
    assert [n.day for i in (1, 2) for n in made.team[f"sad-{i}"].nights] == [0, 7]
    assert made.team["u"].shifts[0].starts_s == 2 * DAY_S + 480 * MINUTE_S


def test_teams_are_formed_for_what_is_pinned() -> None:
    """Not due, but pinned on Monday, and needing two of whom w is one: w goes with each."""
    not_due = child("c", last_visit=dt.date(2026, 11, 23), workers_needed=2)
    workers = [worker(i) for i in "uvw"]
    assert not any("+" in t.id for t in build([not_due], workers).problem.teams)
    pin = VisitPin(beneficiary_id="c", day=0, worker_id="w")
    made = build([not_due], workers, visit_pins=(pin,))
    assert {t.id for t in made.problem.teams if "+" in t.id} == {"u+v", "u+w", "v+w"}
    pinned = with_pins(made.problem, [pin], dormant=made.dormant)
    assert not pinned.faults
    (need,) = pinned.problem.requirements
    able = [t.id for t in made.problem.teams if made.problem.may_serve(t, need)]
    assert able == ["u+w", "v+w"]
