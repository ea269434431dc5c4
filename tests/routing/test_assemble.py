"""From tables and matrix to a problem."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import Point

from outreach.errors import ConfigError, DuplicateIdError
from outreach.model import TimeWindow
from outreach.routing.assemble import Assembled, Tables, build_problem
from outreach.routing.horizon import Horizon
from outreach.routing.matrix import TravelMatrix
from outreach.routing.plan import PlanParams, plan_visits
from outreach.routing.specs import Arrangements, BookingSpec, CircuitSpec, TeamSpec
from outreach.units import DAY_S, HOUR_S

if TYPE_CHECKING:
    from outreach.routing.pins import VisitPin

WEEK = Horizon(starts_on=dt.date(2026, 11, 30))
SHIFTS = tuple((weekday, 8 * HOUR_S, 16 * HOUR_S) for weekday in range(5))


def frame(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Make a table in the form in which the layers give it."""
    return gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326")


def child(id_: str, **changes: Any) -> dict[str, Any]:
    """Make a beneficiary's row, due every thirty days and never seen."""
    return {
        "id": id_,
        "category": "neglect",
        "visits_per_week": float("nan"),
        "every_days": 30.0,
        "min_gap_days": 1,
        "weekdays": (),
        "windows": (),
        "service_s": HOUR_S,
        "priority": 1.0,
        "last_visit": None,
        "deadline": None,
        "workers_needed": 1,
        "skills": (),
        "worker": None,
        "circuit": None,
        "area": None,
        "partner": None,
        "geometry": Point(103.6, -1.6),
    } | changes


def worker(id_: str, base_id: str = "base", **changes: Any) -> dict[str, Any]:
    """Make a worker's row, Monday to Friday from eight to four."""
    return {
        "id": id_,
        "base_id": base_id,
        "base_label": "Dinas Sosial",
        "shifts": SHIFTS,
        "max_riding_s": 4 * HOUR_S,
        "skills": (),
        "nights_away": True,
        "monthly_budget_idr": 2_000_000.0,
        "spent_idr": float("nan"),
        "vehicle": "motorbike",
        "geometry": Point(103.61, -1.61),
    } | changes


def lodging(id_: str, nights: tuple[int, ...] = ()) -> dict[str, Any]:
    """Make a lodging's row."""
    return {
        "id": id_,
        "label": "Balai Desa",
        "nights": nights,
        "beds": 4,
        "cost_idr": 50_000,
        "phone": None,
        "geometry": Point(103.5, -1.8),
    }


def build(
    children: list[dict[str, Any]],
    workers: list[dict[str, Any]],
    *,
    lodgings: list[dict[str, Any]] | None = None,
    cut_off: tuple[str, ...] = (),
    horizon: Horizon = WEEK,
    visit_pins: tuple[VisitPin, ...] = (),
    **arranged: Any,
) -> Assembled:
    """Build a problem in which every two places are ten minutes apart."""
    tables = Tables(
        beneficiaries=frame(children),
        workers=frame(workers),
        lodgings=frame(lodgings) if lodgings else None,
    )
    ids = sorted(
        {c["id"] for c in children}
        | {w["base_id"] for w in workers}
        | {i["id"] for i in lodgings or []}
    )
    duration_s = np.full((len(ids), len(ids)), 600.0)
    for id_ in cut_off:
        duration_s[:, ids.index(id_)] = np.inf
    np.fill_diagonal(duration_s, 0)
    matrix = TravelMatrix(
        ids=tuple(ids),
        duration_s=duration_s,
        distance_m=duration_s * 10,
        walk_m=np.zeros(len(ids)),
    )
    return build_problem(
        tables,
        matrix,
        horizon=horizon,
        arranged=Arrangements(**arranged),
        visit_pins=visit_pins,
    )


def sad(**changes: Any) -> CircuitSpec:
    """Make the circuit from Monday to Thursday."""
    given: dict[str, Any] = {"id": "sad", "worker_ids": ("u", "w"), "leaves": 0, "returns": 3}
    return CircuitSpec(**(given | changes))


def test_who_is_not_due_is_named_with_the_date() -> None:
    """Seen a week before the plan begins and due monthly: not this week, and not forgotten."""
    made = build([child("c", last_visit=dt.date(2026, 11, 23))], [worker("u")])
    assert not made.problem.requirements
    (not_due,) = made.problem.not_due
    assert (not_due.beneficiary_id, not_due.due_on) == ("c", dt.date(2026, 12, 23))


def test_who_cannot_be_reached_is_lost_with_a_reason() -> None:
    """A place without a way is unreachable, the other is planned."""
    made = build([child("c"), child("d")], [worker("u")], cut_off=("c",))
    assert [loss.beneficiary_id for loss in made.unreachable] == ["c"]
    assert [r.id for r in made.problem.requirements] == ["d"]


def test_a_circuit_takes_its_workers_from_their_own_days() -> None:
    """From Monday to Thursday both travel together; only Friday is left for each alone."""
    made = build(
        [child("c", circuit="sad")], [worker("u"), worker("w")], lodgings=[lodging("hall")],
        circuits=(sad(),),
    )  # fmt: skip
    days = {t.id: [s.day for s in t.shifts] for t in made.problem.teams}
    assert days == {"sad": [0, 1, 2, 3], "u": [4], "w": [4]}
    assert made.problem.requirements[0].circuit_id == "sad"
    assert made.problem.circuits[0].lodging_ids == ("hall",)


def test_a_team_works_the_hours_that_its_workers_share() -> None:
    """One begins at nine, the other ends at three: together from nine to three."""
    late = tuple((w, 9 * HOUR_S, 16 * HOUR_S) for w in range(5))
    early = tuple((w, 8 * HOUR_S, 15 * HOUR_S) for w in range(5))
    made = build(
        [child("c")],
        [worker("u", shifts=late, skills=("sign",)), worker("w", shifts=early)],
        teams=(TeamSpec(id="pair", worker_ids=("u", "w"), weekdays=(1,)),),
    )
    pair = made.problem.team["pair"]
    (shift,) = pair.shifts
    assert (shift.starts_s, shift.ends_s) == (DAY_S + 9 * HOUR_S, DAY_S + 15 * HOUR_S)
    assert pair.skills == {"sign"}


def test_an_unknown_circuit_label_leaves_the_child_to_everyone() -> None:
    """A label that no circuit bears does not lose the child."""
    made = build([child("c", circuit="typo")], [worker("u")])
    assert made.problem.requirements[0].circuit_id is None


def test_the_weekly_share_of_the_budget_is_known() -> None:
    """Two million a month are about 460,000 for seven days."""
    made = build([child("c")], [worker("u")])
    assert made.problem.budget_idr["u"] == pytest.approx(2_000_000 * 7 * 12 / 365.25, abs=1)


@pytest.mark.parametrize(
    ("starts_on", "spent", "expected"),
    [
        # Ten days are left of December, seven of them are planned.
        (dt.date(2026, 12, 22), 500_000.0, 1_500_000 * 7 / 10),
        # One day of November takes what is left of it; December's six days are as always.
        (dt.date(2026, 11, 30), 1_900_000.0, 100_000 + 2_000_000 * 6 * 12 / 365.25),
        (dt.date(2026, 12, 22), 2_100_000.0, 0),
    ],
)
def test_what_is_spent_is_taken_off_the_month(
    starts_on: dt.date, spent: float, expected: float
) -> None:
    """The rest of the month shares what is left of its money."""
    horizon = Horizon(starts_on=starts_on)
    made = build([child("c")], [worker("u", spent_idr=spent)], horizon=horizon)
    assert made.problem.budget_idr["u"] == pytest.approx(expected, abs=1)


def test_an_appointment_is_a_promise_of_one_worker() -> None:
    """On its day at its minute, at the child's place, by u; that of another week is none."""
    booking = BookingSpec(
        worker_id="u",
        day=dt.date(2026, 12, 2),
        begins_s=10 * HOUR_S,
        length_s=1800,
        place_id="c",
    )
    later = replace(booking, day=dt.date(2026, 12, 7))
    made = build([child("c")], [worker("u"), worker("w")], bookings=(later, booking)).problem
    booked, _ = made.requirements
    assert (booked.id, booked.kind, booked.place_id) == ("booking-2-u", "partner", "c")
    assert (booked.visits[0].days, booked.visits[0].is_pinned) == ((2,), True)
    assert booked.windows_on(2) == (TimeWindow(opens_s=58 * HOUR_S, closes_s=58 * HOUR_S),)
    assert [t.id for t in made.teams if made.may_serve(t, booked)] == ["u"]


def test_an_appointment_must_be_somewhere_and_somebody_s() -> None:
    """An unknown worker and a lodging as its place: both are told."""
    booking = BookingSpec(
        worker_id="ghost", day=dt.date(2026, 12, 2), begins_s=0, length_s=60, place_id="hall"
    )
    with pytest.raises(ConfigError, match="ghost") as caught:
        build([child("c")], [worker("u")], lodgings=[lodging("hall")], bookings=(booking,))
    assert "hall: no base, partner or beneficiary" in str(caught.value)


def test_who_needs_nothing_now_can_still_be_pinned() -> None:
    """Who is not due stands ready, with all that a visit of theirs would need."""
    made = build([child("c", last_visit=dt.date(2026, 11, 23), skills=("sign",))], [worker("u")])
    (dormant,) = made.dormant
    assert (dormant.id, dormant.visits, dormant.skills) == ("c", (), ("sign",))


def test_all_faults_of_circuits_are_told_at_once() -> None:
    """An unknown worker, an unknown lodging and a taken id stand in one message."""
    with pytest.raises(ConfigError) as caught:
        build(
            [child("c")],
            [worker("u"), worker("v", base_id="other"), worker("h", nights_away=False)],
            lodgings=[lodging("hall")],
            circuits=(
                sad(worker_ids=("u", "ghost"), lodging_ids=("castle",)),
                sad(id="homely", worker_ids=("h",)),
                sad(id="u", worker_ids=("u", "v")),
            ),
        )
    for word in ("ghost", "castle", "id of a worker", "one base", "nights away"):
        assert word in str(caught.value)


def test_two_circuits_cannot_share_a_worker_on_one_day() -> None:
    """The message names the worker and the circuit."""
    with pytest.raises(ConfigError, match="w"):
        build(
            [child("c")],
            [worker("u"), worker("w")],
            lodgings=[lodging("hall")],
            circuits=(sad(), sad(id="second", worker_ids=("w",), leaves=3, returns=4)),
        )


def test_a_place_id_used_twice_is_refused() -> None:
    """A child with the id of a base would be visited at the office."""
    with pytest.raises(DuplicateIdError, match="base"):
        build([child("base")], [worker("u")])


def test_a_circuit_runs_each_week_of_the_horizon() -> None:
    """A fortnight has two trips of the same circuit, with a team each."""
    fortnight = Horizon(starts_on=dt.date(2026, 11, 30), n_days=14)
    ids = ("base", "c", "hall")
    matrix = TravelMatrix(
        ids=ids,
        duration_s=np.zeros((3, 3)),
        distance_m=np.zeros((3, 3)),
        walk_m=np.zeros(3),
    )
    made = build_problem(
        Tables(
            beneficiaries=frame([child("c", circuit="sad")]),
            workers=frame([worker("u"), worker("w")]),
            lodgings=frame([lodging("hall")]),
        ),
        matrix,
        horizon=fortnight,
        arranged=Arrangements(circuits=(sad(),)),
    )
    assert [c.days for c in made.problem.circuits] == [(0, 1, 2, 3), (7, 8, 9, 10)]
    assert [t.id for t in made.problem.teams] == ["sad-1", "sad-2", "u", "w"]


def test_a_circuit_that_the_horizon_cuts_is_remembered() -> None:
    """From Wednesday to Tuesday no Monday is followed by its Thursday: anybody may go."""
    made = build(
        [child("c", circuit="sad"), child("d", circuit="nobody's")],
        [worker("u"), worker("w")],
        lodgings=[lodging("hall")],
        circuits=(sad(),),
        horizon=Horizon(starts_on=dt.date(2026, 12, 2), n_days=7),
    )
    (c, d) = made.problem.requirements
    assert (c.circuit_id, c.cut_circuit_id) == (None, "sad")
    assert (d.circuit_id, d.cut_circuit_id) == (None, None)
    assert made.problem.circuits == ()


def test_contacts_are_those_whom_the_plan_needs() -> None:
    """Of the partners those that a child's row names or that have a phone; a typo names none."""
    partner = {
        **child("ppa", worker=None, phone=None, geometry=Point(103.62, -1.62)),
        "every_days": float("nan"),
    }
    tables = Tables(
        beneficiaries=frame([child("c", partner="ppa"), child("d", partner="typo")]),
        workers=frame([worker("u")]),
        lodgings=frame([lodging("hall")]),
        partners=frame(
            [
                partner | {"id": "ppa", "label": "Unit PPA"},
                partner | {"id": "rpsa", "label": "RPSA", "phone": "07410000001"},
                partner | {"id": "silent", "label": "LPA"},
            ]
        ),
    )
    # The partners lie near no road: one can call them all the same.
    matrix = TravelMatrix(
        ids=("base", "c", "d"),
        duration_s=np.zeros((3, 3)),
        distance_m=np.zeros((3, 3)),
        walk_m=np.zeros(3),
    )
    problem = build_problem(tables, matrix, horizon=WEEK).problem
    plan = plan_visits(problem, params=PlanParams(iterations=1, solver="greedy"))
    stops = {s.place_id: s.contact for r in plan.day_routes for s in r.stops}
    assert stops == {"base": None, "c": "ppa", "d": None}
    assert [(c.place_id, c.label, c.kind, c.phone) for c in plan.contacts] == [
        ("ppa", "Unit PPA", "partner", None),
        ("rpsa", "RPSA", "partner", "07410000001"),
    ]
    assert (plan.contacts[0].lon, plan.contacts[0].lat) == (103.62, -1.62)


def test_areas_get_their_names() -> None:
    """A code becomes its area's name; a blank cell takes the polygon around the place."""
    box = Point(103.6, -1.6).buffer(0.1)
    tables = Tables(
        beneficiaries=frame(
            [
                child("blank"),
                child("code", area="15.71"),
                child("words", area="Seberang"),
                child("away", geometry=Point(110, -1)),
            ]
        ),
        workers=frame([worker("u")]),
        areas=frame([{"id": "15.71", "name": "Telanaipura", "geometry": box}]),
    )
    ids = ("away", "base", "blank", "code", "words")
    matrix = TravelMatrix(
        ids=ids, duration_s=np.zeros((5, 5)), distance_m=np.zeros((5, 5)), walk_m=np.zeros(5)
    )
    place = build_problem(tables, matrix, horizon=WEEK).problem.place
    assert {i: place[i].area for i in ids if i != "base"} == {
        "blank": "Telanaipura",
        "code": "Telanaipura",
        "words": "Seberang",
        "away": None,
    }


def test_who_has_nobody_at_work_is_not_called_unreachable() -> None:
    """A worker of Saturdays only, and a week that ends on Friday: the roads are not to blame."""
    saturday = ((5, 8 * HOUR_S, 12 * HOUR_S),)
    tables = Tables(
        beneficiaries=frame([child("c")]), workers=frame([worker("u", shifts=saturday)])
    )
    matrix = TravelMatrix(
        ids=("base", "c"),
        duration_s=np.zeros((2, 2)),
        distance_m=np.zeros((2, 2)),
        walk_m=np.zeros(2),
    )
    workdays = Horizon(starts_on=dt.date(2026, 11, 30), n_days=5)
    made = build_problem(tables, matrix, horizon=workdays)
    assert not made.unreachable
    (loss,) = plan_visits(made.problem, params=PlanParams(iterations=1)).unserved
    assert loss.reason == "nobody_works"
