"""Appointments that clash are told when the plan begins."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from outreach.model import TimeWindow
from outreach.routing.clashes import clashes
from outreach.units import HOUR_S
from tests.routing.problems import Road, circuit_world, need, problem, worker

if TYPE_CHECKING:
    from outreach.routing.problem import Problem, Requirement

NINE_S = 9 * HOUR_S


def promised(id_: str, at_s: int = NINE_S, *, day: int = 0, by: str = "w") -> Requirement:
    """Promise an hour of one worker, to begin on the second."""
    return need(
        id_,
        days=((day,),),
        is_pinned=True,
        windows=(TimeWindow(opens_s=at_s, closes_s=at_s),),
        service_s=HOUR_S,
        worker_ids=(by,),
    )


def world(*needs: Requirement) -> Problem:
    """Make a world of the workers u and w."""
    return problem(Road({"base": 0.0, "a": 5.0, "b": 5.0}), needs, (worker("u"), worker("w")))


def test_two_appointments_at_once_are_told_with_both_names() -> None:
    """The second begins half an hour before the first ends."""
    (told,) = clashes(world(promised("a"), promised("b", NINE_S + 1_800)))
    assert str(told).startswith("a and b overlap for w on 2026-11-30")


@pytest.mark.parametrize(
    "other",
    [
        promised("b", NINE_S + HOUR_S),
        promised("b", day=1),
        promised("b", by="u"),
        replace(promised("b"), windows=(TimeWindow(opens_s=NINE_S, closes_s=NINE_S + 60),)),
        replace(promised("b"), worker_ids=()),
    ],
    ids=["one after the other", "another day", "another worker", "any minute", "anybody"],
)
def test_appointments_that_can_all_be_kept_are_no_clash(other: Requirement) -> None:
    """One ends as the other begins; or day, worker or time give way."""
    assert clashes(world(promised("a"), other)) == ()


def test_an_appointment_while_the_circuit_is_away_is_told() -> None:
    """On the second day of the circuit; on the day after it there is no clash."""
    away = circuit_world({"v": 50.0}, {"inn": 50.0})
    on_tuesday, on_wednesday = (promised("v", day=day, by="w0") for day in (1, 2))
    (told,) = clashes(replace(away, requirements=(on_tuesday,)))
    assert str(told).startswith("v: w0 is on circuit sad on 2026-12-01")
    assert clashes(replace(away, requirements=(on_wednesday,))) == ()
