"""The tables as they would be with other workers, bases and times of service."""

from __future__ import annotations

from typing import Any

import pytest

from outreach.coverage.crew import (
    everybody_at,
    site_id,
    whose_absence_is_ordinary,
    with_service,
    with_workers,
    without_worker,
)
from outreach.coverage.simulation import simulate
from outreach.routing.specs import BookingSpec, BreakSpec, CircuitSpec, TeamSpec
from outreach.units import HOUR_S
from tests.coverage.world import MONDAY, child, point, seat, setting, worker

CIRCUIT = CircuitSpec(id="sad", worker_ids=("u", "w"), leaves=0, returns=0)
ALONE = CircuitSpec(id="alone", worker_ids=("w",), leaves=1, returns=1)
TEAM = TeamSpec(id="pair", worker_ids=("w", "x"), weekdays=(2,))
LUNCH = BreakSpec(id="lunch", opens_s=43_200, closes_s=43_200, length_s=3600)
OWN = BreakSpec(id="own", opens_s=54_000, closes_s=54_000, length_s=3600, worker_ids=("w",))
SHARED = BreakSpec(
    id="shared", opens_s=36_000, closes_s=36_000, length_s=600, worker_ids=("u", "w")
)


def booking(worker_id: str, place_id: str = "office") -> BookingSpec:
    """Make an appointment on the first Monday at nine."""
    return BookingSpec(
        worker_id=worker_id, day=MONDAY, begins_s=9 * HOUR_S, length_s=HOUR_S, place_id=place_id
    )


def test_added_workers_sit_at_their_sites_and_are_like_one_who_is_there() -> None:
    """Hours, limits and vehicle of the model; skills of everybody; ids that are free."""
    workers = [
        worker("new-1", hours=3, skills=("sign",), max_riding_s=77),
        worker("w", hours=5, skills=("law",), vehicle="car"),
    ]
    asked = setting([child("a", 5)], workers, sites={"site/p": 4, "site/q": 9})
    sites = [seat("site/p", 4), seat("site/p", 4), seat("site/q", 9)]
    table = with_workers(asked, sites, like="w").tables.workers
    assert table["id"].tolist() == ["new-1", "w", "new-2", "new-3", "new-4"]
    added = table.iloc[2:]
    assert added["base_id"].tolist() == ["site/p", "site/p", "site/q"]
    assert set(added["skills"]) == {("law", "sign")}
    assert set(added["vehicle"]) == {"car"}
    assert set(added["shifts"]) == {workers[1]["shifts"]}
    assert added.geometry.tolist() == [point(4), point(4), point(9)]
    assert table.crs == asked.tables.workers.crs
    assert len(asked.tables.workers) == 2


def test_nobody_more_is_the_present() -> None:
    """Without sites the setting stays the same."""
    asked = setting([child("a", 5)], [worker("w")])
    assert with_workers(asked, [], like="w") is asked


def test_a_skill_that_one_has_added_workers_have() -> None:
    """A child that only the busy signer can see is seen by the one who is added."""
    people = [child("a", 10, skills=("sign",)), child("b", 10, skills=("sign",))]
    asked = setting(
        people, [worker("u"), worker("w", hours=1.5, skills=("sign",))], sites={"next": 10}
    )
    assert simulate(asked).n_delivered == 4
    assert simulate(with_workers(asked, [seat("next", 10)], like="u")).n_delivered == 8


def test_everybody_sits_at_one_place() -> None:
    """Ten minutes' ride become none."""
    asked = setting([child("a", 10)], [worker("u"), worker("w")], sites={"next": 10})
    moved = everybody_at(asked, seat("next", 10))
    assert set(moved.tables.workers["base_id"]) == {"next"}
    assert set(moved.tables.workers.geometry) == {point(10)}
    assert simulate(asked).all_travel_s > 0
    assert simulate(moved).all_travel_s == 0


def test_an_appointment_at_the_base_moves_with_the_workers() -> None:
    """The old base is none any more; what stands at a child's place stays there."""
    asked = setting(
        [child("a", 10)],
        [worker("w")],
        sites={"next": 10},
        bookings=(booking("w"), booking("w", "a")),
    )
    moved = everybody_at(asked, seat("next", 10))
    assert [b.place_id for b in moved.arranged.bookings] == ["next", "a"]
    asked = setting([child("a", 10)], [worker("w")], sites={"next": 10}, bookings=(booking("w"),))
    weeks = simulate(everybody_at(asked, seat("next", 10)))
    assert weeks.all_service_s == 5 * HOUR_S


def test_who_is_left_out_is_in_nothing() -> None:
    """Not in the table, and in no circuit, team, break or appointment; of alone ones none stay."""
    asked = setting(
        [child("a", 10)],
        [worker("u"), worker("w"), worker("x")],
        circuits=(CIRCUIT, ALONE),
        teams=(TEAM,),
        breaks=(LUNCH, OWN, SHARED),
        bookings=(booking("u"), booking("w")),
    )
    left = without_worker(asked, "w")
    assert left.tables.workers["id"].tolist() == ["u", "x"]
    arranged = left.arranged
    assert [(c.id, c.worker_ids) for c in arranged.circuits] == [("sad", ("u",))]
    assert [t.worker_ids for t in arranged.teams] == [("x",)]
    # A break of nobody would be one of everybody.
    assert [(b.id, b.worker_ids) for b in arranged.breaks] == [("lunch", ()), ("shared", ("u",))]
    assert [b.worker_id for b in arranged.bookings] == ["u"]
    simulate(left)


def test_an_appointment_at_a_base_that_nobody_has_any_more_is_dropped() -> None:
    """The only one of that base is ill, so it is no place that the planner knows."""
    asked = setting(
        [child("a", 10)],
        [worker("u"), worker("w", 10, base_id="branch")],
        bookings=(booking("u", "branch"), booking("u", "a")),
    )
    left = without_worker(asked, "w")
    assert [b.place_id for b in left.arranged.bookings] == ["a"]
    simulate(left)


@pytest.mark.parametrize(
    ("arranged", "who"),
    [({}, "u"), ({"circuits": (CIRCUIT,)}, "x"), ({"circuits": (CIRCUIT,), "teams": (TEAM,)}, "u")],
    ids=["free", "not on the circuit", "all bound"],
)
def test_who_falls_ill_is_bound_by_nothing_where_there_is_one(
    arranged: dict[str, Any], who: str
) -> None:
    """The first by id of those in no circuit and no team, else the first of all."""
    asked = setting([], [worker("x"), worker("w"), worker("u")], **arranged)
    assert whose_absence_is_ordinary(asked) == who


def test_visits_last_so_many_times_as_long() -> None:
    """A fifth longer, in whole seconds, and not in the table that was given."""
    asked = setting([child("a", 5, service_s=1001), child("b", 5, service_s=0)], [worker("w")])
    longer = with_service(asked, 1.2).tables.beneficiaries["service_s"]
    assert longer.tolist() == [1201, 0]
    assert longer.dtype == "int64"
    assert asked.tables.beneficiaries["service_s"].tolist() == [1001, 0]


def test_a_site_is_told_from_the_place_that_it_is() -> None:
    """A partner's place can be a base too."""
    assert site_id("rpsa") == "site/rpsa"
