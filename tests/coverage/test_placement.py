"""Where the next workers should sit, checked by trying every choice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.coverage.placement import SOLVED_TO, Candidates, Residual, choose, follow
from outreach.errors import PlanningError
from tests.coverage.world import seat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MOST_ADDED = 3
TINY = 1e-6


@dataclass(frozen=True)
class World:
    """Candidates, and what is left for those who sit there."""

    candidates: Candidates
    residual: Residual

    def served(self, sites: Sequence[int]) -> float:
        """Give the visits that workers at these columns make at most, by a linear program."""
        from scipy.optimize import linprog

        cost, left = self.candidates.seconds, self.residual
        pairs = [
            (i, j)
            for i in range(len(left.visits))
            for j in sorted(set(sites))
            if np.isfinite(left.hours[i, j]) and cost[i, j] <= left.limit_s and left.visits[i]
        ]
        if not pairs:
            return 0.0
        # One row for each person's visits, one for each site's hours; in visits made.
        rows = np.zeros((len(left.visits) + cost.shape[1], len(pairs)))
        for column, (i, j) in enumerate(pairs):
            rows[i, column] = 1
            rows[len(left.visits) + j, column] = left.hours[i, j]
        hours = [left.capacity_h * list(sites).count(j) for j in range(cost.shape[1])]
        found = linprog(-np.ones(len(pairs)), A_ub=rows, b_ub=[*left.visits, *hours])
        return -float(found.fun)

    def best(self, n_added: int) -> float:
        """Give the most that so many workers make, wherever they sit."""
        columns = range(len(self.candidates.sites))
        return max(map(self.served, combinations_with_replacement(columns, n_added)))


def world_of(
    hours: NDArray[np.float64],
    visits: Sequence[int],
    *,
    capacity_h: float = 8,
    limit_s: float = np.inf,
    seconds: NDArray[np.float64] | None = None,
    again: Sequence[int] | None = None,
) -> World:
    """Make a world of people (rows) and candidates (columns)."""
    m = hours.shape[1]
    return World(
        candidates=Candidates(
            sites=tuple(seat(f"s{j}", j) for j in range(m)),
            seconds=np.where(np.isfinite(hours), 0.0, np.inf) if seconds is None else seconds,
        ),
        residual=Residual(
            visits=np.array(visits),
            hours=hours,
            capacity_h=capacity_h,
            limit_s=limit_s,
            again=np.array(visits if again is None else again),
        ),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw up to five people and three candidates; some ways are too far, some are not there."""
    n, m = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    minutes = st.lists(st.integers(1, 120), min_size=n * m, max_size=n * m)
    ride = np.array(draw(minutes), dtype=float).reshape(n, m) * 60
    no_way = st.lists(st.sampled_from((False,) * 5 + (True,)), min_size=n * m, max_size=n * m)
    ride = np.where(np.array(draw(no_way)).reshape(n, m), np.inf, ride)
    return world_of(
        1 + ride / 3600,
        draw(st.lists(st.integers(0, 5), min_size=n, max_size=n)),
        capacity_h=draw(st.sampled_from((2.5, 6.0, 20.0))),
        limit_s=draw(st.sampled_from((1800.0, 5400.0, np.inf))),
        seconds=ride,
    )


@settings(max_examples=12, deadline=None)
@given(world=worlds())
def test_every_choice_has_been_tried(world: World) -> None:
    """Free choices are the best, nested ones the best step each, and no bound is too low."""
    choices = choose(world.candidates, world.residual, MOST_ADDED)
    before: tuple[int, ...] = ()
    for n_added, choice in enumerate(choices, start=1):
        best = world.best(n_added)
        assert choice.free_visits == pytest.approx(world.served(choice.free), abs=TINY)
        assert choice.free_visits >= best * (1 - SOLVED_TO) - TINY
        assert choice.bound_visits >= best - TINY
        assert choice.nested[:-1] == before
        assert choice.nested_visits == pytest.approx(world.served(choice.nested), abs=TINY)
        step = max(world.served((*before, j)) for j in range(len(world.candidates.sites)))
        assert choice.nested_visits >= step * (1 - SOLVED_TO) - TINY
        assert len(choice.free) == len(choice.nested) == n_added
        assert choice.nested_visits <= choice.free_visits <= choice.bound_visits + TINY
        if choice.proof == "proven":
            assert choice.nested_visits >= best - max(1, best) * 1e-6
        before = choice.nested


@settings(max_examples=10, deadline=None)
@given(world=worlds(), more_h=st.floats(1, 9), farther_s=st.floats(60, 3600))
def test_more_is_never_worse(world: World, more_h: float, farther_s: float) -> None:
    """More workers, more hours, a longer ride: each makes as many visits or more."""
    found = choose(world.candidates, world.residual, 2)
    assert found[0].free_visits <= found[1].free_visits * (1 + SOLVED_TO) + TINY
    assert found[0].nested_visits <= found[1].nested_visits + TINY
    for changed in (
        replace(world.residual, capacity_h=world.residual.capacity_h + more_h),
        replace(world.residual, limit_s=world.residual.limit_s + farther_s),
    ):
        (better,) = choose(world.candidates, changed, 1)
        assert found[0].free_visits <= better.free_visits * (1 + SOLVED_TO) + TINY


def test_adding_to_the_last_may_be_worse_than_choosing_afresh() -> None:
    """
    Four groups of 2, 3, 3 and 2 people along a road, a site between each two: 5, 6 and 5 in reach.

    One worker sits in the middle, for 6. Two who are chosen afresh sit left and right, for all 10;
    beside the one in the middle there are only two more to see.
    """
    of = [0] * 2 + [1] * 3 + [2] * 3 + [3] * 2
    hours = np.array([[1 if j in (group - 1, group) else np.inf for j in range(3)] for group in of])
    world = world_of(hours, [1] * 10, capacity_h=20)
    one, two = choose(world.candidates, world.residual, 2)
    assert (one.nested, one.nested_visits, one.gap_share) == ((1,), 6, 0)
    assert (two.free, two.free_visits) == ((0, 2), 10)
    assert two.nested[0] == 1
    assert two.nested_visits == 8
    assert two.gap_share == pytest.approx(0.2)
    assert two.proof != "proven"


def test_several_may_sit_at_one_place() -> None:
    """More workers than candidates: all sit at the only place, until nothing is left."""
    world = world_of(np.array([[1.0]]), [20])
    choices = choose(world.candidates, world.residual, 4)
    assert [c.nested for c in choices] == [(0,), (0, 0), (0, 0, 0), (0, 0, 0, 0)]
    assert [c.nested_visits for c in choices] == pytest.approx([8, 16, 20, 20])
    assert {c.proof for c in choices} == {"proven"}


def test_where_nothing_is_left_nothing_is_won() -> None:
    """Everybody sits somewhere, and makes no visit."""
    world = world_of(np.ones((2, 2)), [0, 0])
    (choice,) = choose(world.candidates, world.residual, 1)
    assert (choice.nested_visits, choice.free_visits, choice.bound_visits) == (0, 0, 0)
    assert len(follow(world.candidates, world.residual, (), 3)) == 3


def test_where_nothing_is_left_one_more_sits_where_there_is_most_to_do() -> None:
    """Nobody is near the first place; the visits are all made, so the next one shares the most."""
    hours = np.array([[np.inf, 1, np.inf], [np.inf, np.inf, 1]])
    world = world_of(hours, [6, 2])
    choices = choose(world.candidates, world.residual, 3)
    assert [c.nested for c in choices] == [(1,), (1, 2), (1, 2, 1)]
    assert [c.nested_visits for c in choices] == pytest.approx([6, 8, 8])
    assert choices[2].free == (1, 1, 2)
    assert set(follow(world.candidates, world.residual, (), 6)) == {1, 2}
    idle = world_of(hours, [0, 0], again=[2, 6])
    assert follow(idle.candidates, idle.residual, (), 1) == (2,)


def test_who_is_too_far_is_not_counted() -> None:
    """The ride is longer than anybody may ride from the one place, and not from the other."""
    seconds = np.array([[3601.0, 3600.0]])
    world = world_of(np.array([[1.0, 5.0]]), [1], limit_s=3600, seconds=seconds)
    (choice,) = choose(world.candidates, world.residual, 1)
    assert choice.nested == (1,)


def test_following_goes_on_as_choosing_did() -> None:
    """The same sites, one after the other."""
    world = world_of(np.array([[1, 2, np.inf]] * 5 + [[np.inf, 2, 1]] * 5), [2] * 10)
    choices = choose(world.candidates, world.residual, 3)
    assert follow(world.candidates, world.residual, choices[0].nested, 3) == choices[2].nested
    assert follow(world.candidates, world.residual, choices[2].nested, 2) == choices[2].nested


def test_equal_input_gives_equal_choices() -> None:
    """Nothing is drawn by chance."""
    hours = 1 + np.arange(24.0).reshape(6, 4) % 5 / 4
    world = world_of(hours, [3, 1, 4, 1, 5, 9])
    assert choose(world.candidates, world.residual, 3) == choose(
        world.candidates, world.residual, 3
    )


def test_progress_is_told() -> None:
    """One number after the other."""
    world = world_of(np.ones((1, 1)), [5])
    told: list[int] = []
    choose(world.candidates, world.residual, 2, told=told.append)
    assert told == [1, 2]


def test_nowhere_to_sit_is_told_with_what_to_do() -> None:
    """Without candidates nobody can be added; nobody added needs none."""
    world = world_of(np.ones((2, 0)), [1, 1])
    with pytest.raises(PlanningError, match="coverage: candidates"):
        choose(world.candidates, world.residual, 1)
    with pytest.raises(PlanningError, match="no place"):
        follow(world.candidates, world.residual, (), 1)
    assert choose(world.candidates, world.residual, 0) == ()
