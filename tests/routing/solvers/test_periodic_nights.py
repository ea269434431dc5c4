"""Nights away, found or fixed, in worlds whose best plan is worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from outreach.routing.matrix import TravelMatrix
from outreach.routing.plan import PlanParams, plan_visits
from outreach.routing.problem import Lodging, Night, Problem, Weights
from outreach.routing.solvers.periodic import PeriodicSolver
from outreach.routing.solvers.protocol import Limit
from outreach.units import HOUR_S
from tests.routing.problems import Road, circuit_world, need, problem, worker
from tests.routing.solvers.worlds import away, far_child


def planned(world: Problem) -> dict[tuple[str, int], tuple[str, str, tuple[str, ...]]]:
    """Plan, and give where each day begins and ends and what it visits."""
    plan = plan_visits(world, params=PlanParams(iterations=50))
    return {
        (r.team_id, r.day): (
            r.starts_from,
            r.sleeps_at,
            tuple(s.visit_id for s in r.stops if s.visit_id is not None),
        )
        for r in plan.day_routes
    }


def ridden_km(world: Problem) -> float:
    """Plan, and give how far the teams ride in all."""
    plan = plan_visits(world, params=PlanParams(iterations=50))
    assert not plan.unserved
    return sum(leg.distance_m for r in plan.day_routes for leg in r.legs) / 1000


def test_nobody_flies_back_to_the_lodging() -> None:
    """
    Villages at 50, 60, 70 and 80, a lodging at 60: out and back is 160 km.

    Whoever let the second day begin at home, or the first one end there unseen, would count 100.
    """
    villages = {f"v{km}": float(km) for km in (50, 60, 70, 80)}
    world = circuit_world(villages, {"inn": 60.0}, service_s=7200)
    assert ridden_km(world) == pytest.approx(160)


@pytest.mark.parametrize(("lodgings", "km"), [((20,), 240), ((70,), 140), ((20, 70, 110), 140)])
def test_the_right_lodging_saves_a_hundred_kilometres(lodgings: tuple[int, ...], km: int) -> None:
    """A village at 70 on both days: 70 + 0 + 0 + 70 km, or 70 + 50 + 50 + 70 from the inn at 20."""
    inns = {f"inn{at}": float(at) for at in lodgings}
    world = circuit_world({"v": 70.0}, inns, visits=((0,), (1,)))
    assert ridden_km(world) == pytest.approx(km)


def test_three_days_want_two_lodgings() -> None:
    """On Monday and Tuesday at 50, on Tuesday and Wednesday at 100: no kilometre twice."""
    inns = {"inn50": 50.0, "inn100": 100.0}
    world = circuit_world({"a": 50.0, "b": 100.0}, inns, n_days=3)
    cases = tuple(
        need(c, days=days, circuit_id="sad")
        for c, days in (("a", ((0,), (1,))), ("b", ((1,), (2,))))
    )
    assert planned(replace(world, requirements=cases)) == {
        ("sad", 0): ("base", "inn50", ("a/1",)),
        ("sad", 1): ("inn50", "inn100", ("a/2", "b/1")),
        ("sad", 2): ("inn100", "base", ("b/2",)),
    }


def test_a_day_may_be_for_the_way_alone() -> None:
    """Two hundred kilometres take five hours: with four at the door that is no day trip."""
    world = circuit_world(
        {"v": 200.0}, {"inn": 200.0}, n_days=3, visits=((1,),), service_s=4 * 3600
    )
    assert planned(world) == {
        ("sad", 0): ("base", "inn", ()),
        ("sad", 1): ("inn", "inn", ("v/1",)),
        ("sad", 2): ("inn", "base", ()),
    }


def test_two_villages_are_met_on_a_way_out_and_home() -> None:
    """
    Ten children at 35 km and thirteen at 89, three meetings each in four days, ten minutes each.

    The 54 km between the villages are ridden twice, not every day: 178 km in all, and the few
    metres between the doors.
    """
    near = {f"n{i:02d}": 35.0 + i / 100 for i in range(10)}
    far = {f"t{i:02d}": 89.0 + i / 100 for i in range(13)}
    world = circuit_world(
        near | far,
        {"near-inn": 35.0, "far-inn": 89.0},
        n_days=4,
        visits=((0, 1, 2, 3),) * 3,
        service_s=600,
        kph=27.0,
    )
    assert ridden_km(world) == pytest.approx(178, abs=3)


class TestFound:
    """Nights that nobody fixed: away where that is worth the lodging and the meals."""

    def test_far_away_one_sleeps_there(self) -> None:
        """200 km (18,000 s and Rp 60,000) saved, for a night and meals of Rp 150,000 (10,800 s)."""
        world = far_child(100.0)
        assert planned(world) == {
            ("w", 0): ("base", "inn", ("a/1",)),
            ("w", 1): ("inn", "base", ("a/2",)),
        }
        plan = plan_visits(world, params=PlanParams(iterations=50))
        assert [r.circuit_id for r in plan.day_routes] == ["w@1", "w@1"]

    def test_near_home_one_sleeps_at_home(self) -> None:
        """60 km are 5,400 s and Rp 18,000 (1,296 s): less than the night costs."""
        assert planned(far_child(30.0)) == at_home()

    def test_where_money_is_dear_one_rides(self) -> None:
        """At Rp 15,000 an hour the night costs Rp 90,000, or six hours, more; it saves five."""
        world = replace(far_child(100.0), weights=Weights(idr_per_hour=15_000))
        assert planned(world) == at_home()

    def test_a_budget_may_forbid_the_night(self) -> None:
        """Twice 200 km are Rp 120,000; with the night it is Rp 210,000."""
        world = far_child(100.0)
        assert planned(replace(world, budget_idr={"w": 209_999})) == at_home()
        assert ridden_km(replace(world, budget_idr={"w": 210_000})) == pytest.approx(200)

    def test_whom_others_could_see_is_reason_enough(self) -> None:
        """Nobody has the child for himself, so that only the search can find the night."""
        world = far_child(100.0)
        (one,) = world.teams
        other = replace(one, id="v", worker_ids=("v",))
        world = replace(world, teams=(other, one))
        days = planned(world)
        assert len({team_id for team_id, _ in days}) == 1
        assert ridden_km(world) == pytest.approx(200)

    def test_two_go_together_for_two_days(self) -> None:
        """
        Two who need two workers, at 100 and 120 km: each alone is a day trip, both are too much.

        A night saves 200 km for both (36,000 s and Rp 120,000) and costs Rp 300,000 (21,600 s).
        """
        days = planned(away())
        first, last = sorted(day for team_id, day in days if team_id == "u+w")
        assert last == first + 1
        assert days["u+w", first][:2] == ("base", "inn")
        assert days["u+w", last][:2] == ("inn", "base")
        made = days["u+w", first][2] + days["u+w", last][2]
        assert set(made) - {"c/1"} == {"a/1", "b/1"}
        assert ridden_km(away()) == pytest.approx(240)

    @pytest.mark.parametrize("world", [away(beds=1), away(nights=(4,))], ids=["full", "closed"])
    def test_without_beds_they_come_home(self, world: Problem) -> None:
        """One bed for two, or an inn that opens on Friday: 200 and 240 km, home between."""
        assert {sleeps_at for _, sleeps_at, _ in planned(world).values()} == {"base"}
        assert ridden_km(world) == pytest.approx(440)

    def test_two_teams_do_not_share_a_bed(self) -> None:
        """Each has far children of its own, and there is one bed: one of them rides."""
        world = far_child(100.0)
        (case,) = world.requirements
        (one,) = world.teams
        world = replace(
            world,
            requirements=tuple(
                replace(
                    case,
                    id=w,
                    visits=tuple(replace(v, id=f"{w}/{i}") for i, v in enumerate(case.visits)),
                    worker_ids=(w,),
                )
                for w in ("v", "w")
            ),
            teams=(worker("v", nights=one.nights), one),
        )
        assert ridden_km(world) == pytest.approx(200 + 400)
        (inn,) = world.lodgings
        two_beds: tuple[Lodging, ...] = (replace(inn, beds=2),)
        assert ridden_km(replace(world, lodgings=two_beds)) == pytest.approx(200 + 200)


def at_home() -> dict[tuple[str, int], tuple[str, str, tuple[str, ...]]]:
    """Give the two days that end at home."""
    return {("w", 0): ("base", "base", ("a/1",)), ("w", 1): ("base", "base", ("a/2",))}


def test_a_lodging_that_no_road_leads_to_is_never_slept_at() -> None:
    """One inn beside the village, one on an island: the search stays off the second."""
    made = problem(
        Road({"base": 0.0, "inn": 100.0, "isle": 101.0, "v": 100.0, "w": 99.0}),
        (need("v", days=((0, 1),)), need("w", days=((0, 1),), service_s=4 * HOUR_S)),
        (replace(worker(days=(0, 1)), nights=(Night(day=0, place_ids=("base", "inn", "isle")),)),),
        lodgings=tuple(Lodging(id=i, nights=(0,), beds=1, cost_idr=0) for i in ("inn", "isle")),
    )
    matrix = made.matrix
    is_cut = np.array([i == "isle" for i in matrix.ids])
    no_way = is_cut[:, None] != is_cut[None, :]
    apart = TravelMatrix(
        ids=matrix.ids,
        duration_s=np.where(no_way, np.inf, matrix.duration_s),
        distance_m=np.where(no_way, np.inf, matrix.distance_m),
        walk_m=matrix.walk_m,
    )
    solution = PeriodicSolver().solve(
        replace(made, matrix=apart), limit=Limit(iterations=20), seed=0
    )
    assert solution.served == {"v/1", "w/1"}
    assert [r.sleeps_at for r in solution.routes] == ["inn", "base"]
