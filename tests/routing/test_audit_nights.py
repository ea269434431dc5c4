"""The audit of nights, teams and circuits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.routing.problem import Lodging, Night, Team
from tests.routing.by_hand import plan_of, ride, told
from tests.routing.problems import Road, circuit_world, need, problem, worker

if TYPE_CHECKING:
    from outreach.model import DayRoute
    from outreach.routing.problem import Problem

AWAY = (Night(day=0, place_ids=("base", "inn")),)


def roaming(id_: str, *worker_ids: str) -> Team:
    """Make a team that may sleep at home or at the inn after Monday."""
    return worker(id_, nights=AWAY, worker_ids=worker_ids)


def world(*teams: Team, beds: int = 2) -> Problem:
    """Make a village beside an inn, fifty kilometres from the base."""
    return problem(
        Road({"base": 0.0, "inn": 50.0, "v": 50.0}),
        (need("v"),),
        teams,
        lodgings=(Lodging(id="inn", nights=(0,), beds=beds, cost_idr=50_000),),
    )


def out(world: Problem, team_id: str, circuit_id: str | None = None) -> DayRoute:
    """Ride out on Monday, and sleep at the inn."""
    return ride(
        world,
        team_id,
        leaves_h=8,
        home_h=9.25,
        sleeps_at="inn",
        circuit_id=circuit_id or f"{team_id}@1",
    )


def back(world: Problem, team_id: str, circuit_id: str | None = None) -> DayRoute:
    """Visit the village on Tuesday, and ride home."""
    return ride(
        world,
        team_id,
        [("v/1", 8)] if team_id in {"w", "sad"} else [],
        day=1,
        leaves_h=8,
        home_h=10.25,
        starts_from="inn",
        circuit_id=circuit_id or f"{team_id}@1",
    )


def test_a_free_night_away_is_sound() -> None:
    """Out on Monday, home on Tuesday: a circuit that nobody fixed, called by its first day."""
    alone = world(roaming("w"))
    assert told(alone, plan_of(alone, out(alone, "w"), back(alone, "w"))) == []


def test_a_night_away_must_be_allowed() -> None:
    """A worker who is home every night may not sleep at the inn."""
    homely = world(worker("w"))
    assert told(homely, plan_of(homely, out(homely, "w"), back(homely, "w"))) == [
        ("night", "may not sleep at inn")
    ]


def test_who_sleeps_away_comes_home() -> None:
    """Without a route on Tuesday the team would still be at the inn."""
    alone = world(roaming("w"))
    assert told(alone, plan_of(alone, out(alone, "w"))) == [("night", "never comes home")]


def test_a_day_starts_where_the_last_one_ended() -> None:
    """Nobody starts from an inn without having slept there."""
    alone = world(roaming("w"))
    assert told(alone, plan_of(alone, back(alone, "w", "w@2"))) == [
        ("night", "starts at inn, but slept at base")
    ]


def test_a_found_circuit_bears_its_name() -> None:
    """Days that a night away joins are named by team and first day; other days by nothing."""
    alone = world(roaming("w"))
    nameless = replace(out(alone, "w"), circuit_id=None)
    assert told(alone, plan_of(alone, nameless, back(alone, "w"))) == [
        ("circuit", "belongs to the circuit w@1")
    ]
    home = ride(alone, "w", [("v/1", 9.25)], leaves_h=8, home_h=11.5, circuit_id="w@1")
    assert told(alone, plan_of(alone, home)) == [("circuit", "belongs to no circuit")]


def test_two_teams_share_the_beds() -> None:
    """One bed for two workers, each of a team of their own."""
    for beds, said in ((2, []), (1, [("beds", "has 1 beds for 2")])):
        both = world(roaming("u"), roaming("w"), beds=beds)
        routes = [make(both, team_id) for team_id in ("u", "w") for make in (out, back)]
        assert told(both, plan_of(both, *routes)) == said


def test_a_worker_is_on_one_route_a_day() -> None:
    """Alone and in a team on the same Monday."""
    both = world(worker("w"), worker("u+w", worker_ids=("u", "w")))
    alone = ride(both, "w", [("v/1", 9.25)], leaves_h=8, home_h=11.5)
    together = ride(both, "u+w", leaves_h=8, home_h=8)
    assert told(both, plan_of(both, alone, together)) == [("people", "is on 2 routes on one day")]


def test_who_slept_away_with_a_team_goes_on_with_it() -> None:
    """On Monday out with a colleague, on Tuesday on a day of one's own, from home."""
    both = world(roaming("u+w", "u", "w"), worker("w"))
    elsewhere = ride(both, "w", [("v/1", 9.25)], day=1, leaves_h=8, home_h=11.5)
    assert told(both, plan_of(both, out(both, "u+w"), elsewhere)) == [
        ("people", "sleeps at inn with u+w, and goes on with w"),
        ("night", "never comes home"),
    ]


CIRCUIT = circuit_world({"v": 50.0}, {"inn": 50.0})


def test_a_fixed_circuit_is_sound() -> None:
    """Two days, with the night between them at the inn."""
    routes = (out(CIRCUIT, "sad", "sad"), back(CIRCUIT, "sad", "sad"))
    assert told(CIRCUIT, plan_of(CIRCUIT, *routes)) == []


def test_a_fixed_circuit_is_not_home_between_its_days() -> None:
    """Home on Monday night, and out again on Tuesday."""
    monday = ride(CIRCUIT, "sad", leaves_h=8, home_h=8, circuit_id="sad")
    tuesday = ride(
        CIRCUIT, "sad", [("v/1", 9.25)], day=1, leaves_h=8, home_h=11.5, circuit_id="sad"
    )
    assert told(CIRCUIT, plan_of(CIRCUIT, monday, tuesday)) == [
        ("night", "may not be home that night")
    ]


def test_a_fixed_circuit_is_ridden_whole_or_not() -> None:
    """Tuesday without Monday is half of it; neither is none."""
    assert told(CIRCUIT, plan_of(CIRCUIT)) == []
    tuesday = ride(
        CIRCUIT, "sad", [("v/1", 9.25)], day=1, leaves_h=8, home_h=11.5, circuit_id="sad"
    )
    assert told(CIRCUIT, plan_of(CIRCUIT, tuesday)) == [
        ("circuit", "is not on the road on its days")
    ]


def test_a_circuit_without_cases_stays_at_home() -> None:
    """Where no requirement names it, the circuit would only cost money."""
    idle = replace(CIRCUIT, requirements=(need("v", days=((0, 1),)),))
    routes = (out(idle, "sad", "sad"), back(idle, "sad", "sad"))
    assert told(idle, plan_of(idle, *routes)) == [
        ("circuit", "is on the road, but nobody is on its circuit")
    ]


def test_a_circuit_may_take_others_along_its_way_but_nobody_else_its_cases() -> None:
    """The team of the circuit serves a village without one; a worker alone not that of one."""
    free = replace(CIRCUIT, requirements=(*CIRCUIT.requirements, need("inn", days=((0, 1),))))
    extra = ride(
        free,
        "sad",
        [("inn/1", 9.25)],
        leaves_h=8,
        home_h=10.25,
        sleeps_at="inn",
        circuit_id="sad",
    )
    assert told(free, plan_of(free, out(free, "sad", "sad"), back(free, "sad", "sad"))) == []
    assert told(free, plan_of(free, extra, back(free, "sad", "sad"))) == []
    other = replace(CIRCUIT, teams=(worker("u"), *CIRCUIT.teams))
    alone = ride(other, "u", [("v/1", 9.25)], leaves_h=8, home_h=11.5)
    assert told(other, plan_of(other, alone)) == [
        ("circuit", "is made by a team of another circuit")
    ]
