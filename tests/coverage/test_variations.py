"""How many workers planning asks for, as it is and where something differs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from outreach.coverage.interruptions import Interruptions
from outreach.coverage.simulation import simulate
from outreach.coverage.trials import Trials
from outreach.coverage.variations import (
    AS_IT_IS,
    INTERRUPTED,
    Staffing,
    Variation,
    left_open,
    variations,
)
from outreach.units import HOUR_S
from tests.coverage.world import QUIET, child, seat, setting, worker
from tests.routing.problems import Road

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from outreach.coverage.result import Planned, Site
    from outreach.coverage.weeks import Setting
    from outreach.model import Season

PRESENT = Variation(name=AS_IT_IS, season="dry")
SEASONS: tuple[Season, ...] = ("dry", "wet")
ONE_ILL = Variation(name="one worker ill", season="dry", n_ill=1)
TWO_FIT_H = 2.4
"""Ten minutes there, two hours of service, ten minutes back: 140 of 144 minutes."""


def next_door(n_added: int) -> tuple[Site, ...]:
    """Put everybody who is added beside the children."""
    return (seat("next", 10),) * n_added


def staffing(asked: Setting, *, cap: int = 5) -> Staffing:
    """Look for workers in the setting; the wet season is as the dry one."""
    seasons: tuple[Season, ...] = ("dry", "wet")
    return Staffing(
        setting=asked,
        matrices=dict.fromkeys(seasons, asked.matrix),
        sites=next_door,
        like=asked.tables.workers["id"].iloc[0],
        cap=cap,
        trials=Trials(lambda _name, _n_done: None),
    )


def children(n: int, service_h: float = 1.0) -> list[dict[str, object]]:
    """Make children at kilometre ten who are due weekly."""
    return [child(f"c{i}", 10, service_s=round(service_h * HOUR_S)) for i in range(n)]


@pytest.mark.parametrize(
    ("n_children", "n_required"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (7, 4)]
)
def test_each_worker_sees_two_a_week(n_children: int, n_required: int) -> None:
    """Two hours and the ride fit into a Monday, so half as many workers as children are needed."""
    asked = setting(
        children(n_children), [worker("w", hours=TWO_FIT_H)], sites={"next": 10}, n_weeks=2
    )
    planned = staffing(asked).needed(PRESENT)
    assert (planned.n_present, planned.n_required, planned.left_visits) == (1, n_required, 0)


def test_a_cap_that_is_too_low_says_what_was_left() -> None:
    """Two workers see four of seven children."""
    asked = setting(children(7), [worker("w", hours=TWO_FIT_H)], sites={"next": 10}, n_weeks=2)
    planned = staffing(asked, cap=2).needed(PRESENT)
    assert (planned.n_required, planned.n_tried, planned.left_visits) == (None, 2, 3)


def test_what_nobody_can_do_asks_for_nobody() -> None:
    """A child whose language nobody knows is no reason for more workers."""
    asked = setting(
        [*children(2), child("deaf", 10, skills=("sign",))],
        [worker("w", hours=TWO_FIT_H)],
        sites={"next": 10},
    )
    assert left_open(simulate(asked)) == 0
    assert staffing(asked).needed(PRESENT).n_required == 1


@pytest.mark.parametrize(("factor", "n_required"), [(0.5, 1), (1.0, 2), (2.0, 4)])
def test_longer_visits_ask_for_more(factor: float, n_required: int) -> None:
    """Of visits of an hour two fit, of half an hour four, of two hours one."""
    asked = setting(children(4), [worker("w", hours=TWO_FIT_H)], sites={"next": 10}, n_weeks=1)
    varied = Variation(name="service", season="dry", service_factor=factor)
    found = staffing(asked).needed(varied, guess=2)
    assert (found.n_required, found.service_factor) == (n_required, factor)


def test_a_slower_season_asks_for_more() -> None:
    """When the ride takes an hour, only one child fits beside it from the office, not two."""
    asked = setting(children(2), [worker("w", hours=3.2)], sites={"next": 10}, n_weeks=1)
    slow = Road({"office": 0, "next": 10, "c0": 10, "c1": 10}, 10.0).matrix()
    looked = replace(staffing(asked), matrices={"dry": asked.matrix, "wet": slow})
    assert looked.needed(PRESENT).n_required == 1
    wet = looked.needed(Variation(name="wet season", season="wet"))
    assert (wet.season, wet.n_required) == ("wet", 2)


def test_the_work_of_who_is_ill_is_left_to_others() -> None:
    """Two present workers are enough for four children; with one of them ill a third is needed."""
    asked = setting(
        children(4),
        [worker("u", hours=TWO_FIT_H), worker("w", hours=TWO_FIT_H)],
        sites={"next": 10},
        n_weeks=2,
    )
    assert staffing(asked).needed(PRESENT).n_required == 2
    assert staffing(asked).needed(ONE_ILL).n_required == 3


def test_when_the_only_worker_is_ill_somebody_else_is_needed() -> None:
    """Nobody is left who could be like the others, but the children still wait."""
    asked = setting(children(2), [worker("w", hours=TWO_FIT_H)], sites={"next": 10}, n_weeks=1)
    assert staffing(asked).needed(ONE_ILL).n_required == 2


def test_a_skill_that_only_the_ill_worker_has_is_missed() -> None:
    """With the signer ill the deaf child waits; it is not taken for one whom nobody can help."""
    asked = setting(
        [child("deaf", 10, skills=("sign",))],
        [worker("a", skills=("sign",)), worker("b")],
        sites={"next": 10},
        n_weeks=1,
    )
    assert staffing(asked).needed(PRESENT).n_required == 2
    assert staffing(asked).needed(ONE_ILL).n_required == 3


def test_everything_is_varied_together() -> None:
    """Added workers, the ill one, the longer service and the season's matrix."""
    asked = setting(children(2), [worker("u"), worker("w")], sites={"next": 10})
    slow = Road({"office": 0, "next": 10, "c0": 10, "c1": 10}, 10.0).matrix()
    looked = replace(staffing(asked), matrices={"dry": asked.matrix, "wet": slow})
    made = looked.varied(Variation(name="all", season="wet", service_factor=1.5, n_ill=1), 2)
    assert made.tables.workers["id"].tolist() == ["w", "new-1", "new-2"]
    assert made.tables.beneficiaries["service_s"].tolist() == [5400, 5400]
    assert made.matrix is slow


@pytest.mark.parametrize(("season", "other"), [("dry", "wet season"), ("wet", "dry season")])
def test_what_is_tried_beside_the_present(season: Season, other: str) -> None:
    """The other season, the service and the crew, one at a time, the present first."""
    tried = variations(season)
    assert [v.name for v in tried][:2] == [AS_IT_IS, other]
    assert tried[0] == Variation(name=AS_IT_IS, season=season)
    assert tried[1].season != season
    assert {v.season for v in tried[2:]} == {season}
    assert [v.service_factor for v in tried] == [1, 1, 0.8, 1.2, 1]
    assert [v.n_ill for v in tried] == [0, 0, 0, 0, 1]


def test_interrupted_weeks_are_tried_where_somebody_said_how_often() -> None:
    """They come last, and differ from the present in nothing else."""
    (last,) = variations("wet", with_interruptions=True)[len(variations("wet")) :]
    assert last == Variation(name=INTERRUPTED, season="wet", is_interrupted=True)


def test_interruptions_ask_for_more_workers() -> None:
    """
    Two children a week fit, and no third; where nothing happens one worker is enough.

    The plan of the last Monday has room for new cases only with more workers. It always has room
    for two on paper; but when everybody is always ill, nobody comes in three weeks on end.
    """
    asked = setting(children(2), [worker("w", hours=TWO_FIT_H)], sites={"next": 10}, n_weeks=3)
    interrupted = Variation(name=INTERRUPTED, season="dry", is_interrupted=True)

    def needed(**rates: Any) -> Planned:
        interruptions = Interruptions(params=replace(QUIET, **rates))
        return replace(staffing(asked), interruptions=interruptions).needed(interrupted)

    assert needed().n_required == 1
    assert needed().is_interrupted
    assert (needed(new_per_week=2.0).n_required or 0) > 1
    assert needed(ill_days_per_month=1000.0).n_required is None


def test_floods_are_of_the_wet_season() -> None:
    """A dry week has none, whatever is known of floods."""
    asked = setting(children(1), [worker("w")], sites={"next": 10})
    known = Interruptions(params=QUIET, floods=(asked.matrix,))
    looked = replace(staffing(asked), interruptions=known)
    made = {
        (season, is_interrupted): looked.varied(
            Variation(name="", season=season, is_interrupted=is_interrupted), 0
        ).interruptions
        for season in SEASONS
        for is_interrupted in (False, True)
    }
    assert made["dry", False] is None
    assert made["wet", False] is None
    assert made["wet", True] is known
    dry = made["dry", True]
    assert dry is not None
    assert (dry.floods, dry.params) == ((), QUIET)


def test_weeks_are_planned_once() -> None:
    """What was asked before is not planned again, and answers come in the order of the question."""
    told: list[tuple[str, int]] = []
    trials = Trials(lambda name, n_done: told.append((name, n_done)))
    made: list[int] = []

    def make(n: int) -> Setting:
        made.append(n)
        return setting(children(n), [worker("w")], n_weeks=1)

    asked: dict[Hashable, tuple[str, Callable[[], Setting]]] = {
        n: (f"{n} children", partial(make, n)) for n in (2, 1)
    }
    two, one = trials.plan(asked)
    assert (two.required.size, one.required.size) == (2, 1)
    (again,) = trials.plan({1: asked[1]})
    assert again is one
    assert sorted(made) == [1, 2]
    assert told == [("2 children", 0), ("1 children", 1)]
