"""Where teams sleep before a visit is planned: as it was fixed, or as trying shows."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from outreach.routing.problem import Lodging, Night
from outreach.routing.schedule import Route
from outreach.routing.solvers.greedy import GreedySolver
from outreach.routing.solvers.nights import first_circuits, obstacle, trip_idr
from outreach.routing.solvers.periodic import PeriodicSolver
from outreach.routing.solvers.periodic_model import vehicles_of
from outreach.routing.solvers.protocol import Limit, Solver
from outreach.routing.solvers.trips import choose_trips
from tests.routing.problems import Road, circuit_world, need, problem, worker
from tests.routing.solvers.worlds import TRIP_IDR, far_child, pinned_night, two_circuits

if TYPE_CHECKING:
    from outreach.routing.problem import Problem


def nights(trips: tuple[Route, ...], team_id: str = "sad") -> list[str]:
    """List where a team sleeps, day by day."""
    return [r.sleeps_at for r in sorted(trips, key=lambda r: r.day) if r.team_id == team_id]


def told(world: Problem) -> str:
    """Say why the world's only circuit cannot be ridden."""
    found = obstacle(world, world.teams[0])
    assert found is not None
    return str(found[1])


class TestFirstCircuits:
    """What is fixed is ridden by the shortest way, where it can be."""

    def test_the_nearest_lodging_is_first(self) -> None:
        """To kilometre 30 and back are 60, to 50 and back 100."""
        world = circuit_world({"v": 40.0}, {"hut": 50.0, "inn": 30.0})
        assert nights(first_circuits(world)) == ["inn", "base"]

    def test_a_day_too_long_is_ridden_round(self) -> None:
        """
        At 20 km/h eight hours are 160 km: to kilometre 220 and home it takes a night on the way.

        From the nearer lodging, at 20, the 200 km on the second day would be too far.
        """
        world = circuit_world({"v": 220.0}, {"a": 20.0, "b": 100.0, "c": 220.0}, n_days=4, kph=20)
        (team,) = world.teams
        far = (team.nights[0], Night(day=1, place_ids=("c",)), team.nights[2])
        world = replace(world, teams=(replace(team, nights=far),))
        assert nights(first_circuits(world)) == ["b", "c", "b", "base"]

    def test_with_too_few_beds_it_stays_at_home_and_says_how_many(self) -> None:
        """Two workers do not share a bed."""
        world = circuit_world({"v": 50.0}, {"inn": 55.0}, n_workers=2, beds=1)
        assert first_circuits(world) == ()
        assert re.search("sad: on the night of day 1 .* 2 free beds", told(world))

    def test_a_closed_lodging_is_an_obstacle(self) -> None:
        """Open on no night of the circuit is as good as no lodging."""
        world = circuit_world({"v": 50.0}, {"inn": 55.0}, n_days=3)
        (inn,) = world.lodgings
        world = replace(world, lodgings=(replace(inn, nights=(0,)),))
        assert first_circuits(world) == ()
        assert "on the night of day 2 no lodging" in told(world)

    def test_too_far_is_an_obstacle_that_names_the_leg(self) -> None:
        """Four hundred kilometres take ten hours of a shift of eight."""
        world = circuit_world({"v": 50.0}, {"inn": 400.0})
        assert first_circuits(world) == ()
        assert "sad, day 1: from base to inn cannot be ridden" in told(world)

    def test_two_circuits_share_the_beds(self) -> None:
        """The inn has beds for two of the four: the others sleep farther away."""
        trips = first_circuits(two_circuits(inn_beds=2))
        assert (nights(trips, "a"), nights(trips, "b")) == (["inn", "base"], ["hut", "base"])

    def test_a_circuit_without_cases_stays_at_home(self) -> None:
        """Others' cases are no reason to ride it."""
        world = circuit_world({"v": 50.0}, {"inn": 55.0})
        cases = tuple(replace(r, circuit_id=None) for r in world.requirements)
        assert first_circuits(replace(world, requirements=cases)) == ()

    @pytest.mark.parametrize(("budget_idr", "n_days"), [(TRIP_IDR, 2), (TRIP_IDR - 1, 0)])
    def test_a_circuit_is_ridden_if_the_money_suffices(self, budget_idr: int, n_days: int) -> None:
        """To the Rupiah."""
        world = circuit_world({"v": 30.0}, {"inn": 30.0})
        world = replace(world, budget_idr={"w0": budget_idr})
        assert len(first_circuits(world)) == n_days

    def test_a_second_trip_needs_the_money_of_two(self) -> None:
        """A Rupiah less than for both: the first one is ridden."""
        world = two_circuits(inn_beds=4, shares_days=False, budget_idr=2 * TRIP_IDR - 1)
        assert {r.team_id for r in first_circuits(world)} == {"a"}

    def test_a_pinned_night_is_ridden(self) -> None:
        """Tuesday's night at the inn makes Tuesday and Wednesday a trip."""
        assert first_circuits(pinned_night(beds=1)) == (
            Route(team_id="w", day=1, starts_from="base", sleeps_at="inn", visit_ids=()),
            Route(team_id="w", day=2, starts_from="inn", sleeps_at="base", visit_ids=()),
        )

    def test_a_pinned_night_without_a_bed_is_stayed_away_from(self) -> None:
        """Whoever cannot sleep where it was pinned works on the other days."""
        world = pinned_night(beds=0)
        assert first_circuits(world) == ()
        assert [v.shift.day for v in vehicles_of(world, ())] == [0, 3, 4]

    def test_nobody_sleeps_in_two_pinned_places(self) -> None:
        """Of two teams with the same worker one goes."""
        world = pinned_night(beds=3)
        (alone,) = world.teams
        both = replace(alone, id="v+w", worker_ids=("v", "w"))
        assert {r.team_id for r in first_circuits(replace(world, teams=(both, alone)))} == {"v+w"}


@pytest.mark.parametrize("solver", [GreedySolver(), PeriodicSolver()], ids=["greedy", "periodic"])
class TestPinnedNights:
    """Both solvers keep to them."""

    def test_the_night_is_slept_where_it_was_pinned(self, solver: Solver) -> None:
        """The child beside the inn is seen on the way there or back, and nothing else is ridden."""
        routes = solver.solve(pinned_night(beds=1), limit=Limit(iterations=5), seed=0).routes
        assert [(r.day, r.starts_from, r.sleeps_at) for r in routes] == [
            (1, "base", "inn"),
            (2, "inn", "base"),
        ]
        assert sum(len(r.visit_ids) for r in routes) == 1

    def test_nobody_goes_for_the_night_alone(self, solver: Solver) -> None:
        """Where the only child needs two, one stays at home."""
        world = pinned_night(beds=1)
        (case,) = world.requirements
        world = replace(world, requirements=(replace(case, n_workers=2),))
        assert solver.solve(world, limit=Limit(iterations=5), seed=0).routes == ()

    def test_without_a_bed_the_other_days_are_left(self, solver: Solver) -> None:
        """On Tuesday and Wednesday one would have to be away."""
        routes = solver.solve(pinned_night(beds=0), limit=Limit(iterations=5), seed=0).routes
        (route,) = routes
        assert route.day in {0, 3, 4}


class TestChooseTrips:
    """Ways to sleep are tried with the cases that nobody else can serve."""

    def test_a_circuit_sleeps_where_its_cases_are(self) -> None:
        """
        To a village at 100 on both days.

        From the hut at 95 that is 200 km, from the inn at 30 it is 340.
        """
        world = circuit_world({"v": 100.0}, {"hut": 95.0, "inn": 30.0}, visits=((0,), (1,)))
        assert nights(first_circuits(world)) == ["inn", "base"]
        assert nights(choose_trips(world, seed=0)) == ["hut", "base"]

    def test_two_circuits_share_the_beds(self) -> None:
        """Both would sleep at the hut; there is room for one of them."""
        world = two_circuits(inn_beds=4)
        hut, inn = world.lodgings
        trips = choose_trips(replace(world, lodgings=(replace(hut, beds=2), inn)), seed=0)
        assert sorted(nights(trips, "a") + nights(trips, "b")) == ["base", "base", "hut", "inn"]

    def test_two_trips_share_the_money(self) -> None:
        """There is enough for two nights at the inn, which the better nights cost more than."""
        world = two_circuits(inn_beds=4, shares_days=False, budget_idr=2 * TRIP_IDR)
        trips = choose_trips(world, seed=0)
        assert {r.team_id for r in trips} == {"a", "b"}
        assert trip_idr(world, trips) <= 2 * TRIP_IDR

    def test_far_cases_make_a_trip(self) -> None:
        """
        A hundred kilometres away, sleeping there saves 200 km.

        Those are 18,000 seconds and Rp 60,000; the night and the meals cost Rp 150,000, or
        10,800 seconds at Rp 50,000 an hour.
        """
        assert choose_trips(far_child(100.0), seed=0) == (
            Route(team_id="w", day=0, starts_from="base", sleeps_at="inn", visit_ids=()),
            Route(team_id="w", day=1, starts_from="inn", sleeps_at="base", visit_ids=()),
        )

    def test_near_cases_make_none(self) -> None:
        """Thirty kilometres away it saves 60 km: 5,400 seconds and Rp 18,000 (1,296 seconds)."""
        assert choose_trips(far_child(30.0), seed=0) == ()

    def test_cases_of_others_make_none(self) -> None:
        """Whom a colleague may see as well is left to the search."""
        world = far_child(100.0)
        world = replace(world, teams=(worker("v"), *world.teams))
        assert choose_trips(world, seed=0) == ()

    def test_nobody_sleeps_away_before_a_day_off(self) -> None:
        """Friday's night would never end."""
        world = far_child(100.0, night=Night(day=4, place_ids=("base", "inn")))
        assert choose_trips(world, seed=0) == ()

    def test_nobody_is_on_two_trips_at_once(self) -> None:
        """Two teams, each with far cases of its own, have one worker in common."""
        cases = tuple(
            need(c, days=((0,), (1,)), n_workers=2, skills=(skill,))
            for c, skill in (("a", "sign"), ("b", "law"))
        )
        teams = tuple(
            worker(
                f"u+{w}",
                worker_ids=("u", w),
                skills=frozenset({skill}),
                nights=(Night(day=0, place_ids=("base", "inn")),),
            )
            for w, skill in (("v", "sign"), ("w", "law"))
        )
        world = problem(
            Road({"base": 0.0, "a": 100.0, "b": 100.0, "inn": 100.0}),
            cases,
            teams,
            lodgings=(Lodging(id="inn", nights=(0,), beds=9, cost_idr=0),),
        )
        trips = choose_trips(world, seed=0)
        busy = Counter((w, r.day) for r in trips for w in world.team[r.team_id].worker_ids)
        assert busy["u", 0] == busy["u", 1] == 1

    def test_the_one_way_in_thousands_is_kept(self) -> None:
        """Six nights, six lodgings, of which five are too far: no draw by chance finds it."""
        far = {f"far{i}": 400.0 + i for i in range(5)}
        world = circuit_world({"v": 20.0}, {"near": 20.0, **far}, n_days=7)
        assert nights(choose_trips(world, seed=0)) == ["near"] * 6 + ["base"]

    def test_a_circuit_that_cannot_be_ridden_stays_at_home(self) -> None:
        """Its cases are left out; all others are planned."""
        world = circuit_world({"v": 50.0}, {"inn": 400.0})
        assert choose_trips(world, seed=0) == ()
