"""What happens in a week that is already planned, and what of it changes the problem."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outreach.errors import Message, PlanningError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.routing.problem import Problem, Requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent:
    """
    A case that cannot wait: a new one, or one already known, whose visit is more pressing now.

    Its requirement has one visit; that visit's `days` and `deadline_day` say how soon. The place
    must be one of the problem's, rows of the matrix included.
    """

    requirement: Requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A worker cannot work from `from_s` to `to_s`, seconds from the start of the horizon."""

    worker_id: str
    from_s: int
    to_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A worker is so much behind the plan today, or will leave so much later."""

    worker_id: str
    delay_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """A visit is not needed any more, or not wanted on any of its days."""

    visit_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LodgingFull:
    """A lodging has no bed after `day` of the horizon."""

    lodging_id: str
    day: int


Event = Urgent | Absent | Late | Cancelled | LodgingFull


def happened(problem: Problem, events: Sequence[Event]) -> Problem:
    """
    Give the problem with the urgent cases, and without what was cancelled and the full lodgings.

    Absent and late workers are not looked at: what they change depends on where they are.

    Raises
    ------
    PlanningError
        With all events that do not fit the problem.
    """
    faults = [(who, what) for who, what in (_fault(problem, e) for e in events) if what]
    if faults:
        raise PlanningError(
            "%(n)d of the events do not fit the plan; correct them", n=len(faults)
        ).with_details(faults)
    gone = {e.visit_id for e in events if isinstance(e, Cancelled)}
    full = {(e.lodging_id, e.day) for e in events if isinstance(e, LodgingFull)}
    urgent = {e.requirement.visits[0].id: e.requirement for e in events if isinstance(e, Urgent)}
    others = (
        replace(r, visits=tuple(v for v in r.visits if v.id not in gone and v.id not in urgent))
        for r in problem.requirements
    )
    needs = [*urgent.values(), *(r for r in others if r.visits)]
    return replace(
        problem,
        requirements=tuple(sorted(needs, key=lambda r: (r.id, [v.id for v in r.visits]))),
        lodgings=tuple(
            replace(one, nights=tuple(n for n in one.nights if (one.id, n) not in full))
            for one in problem.lodgings
        ),
    )


def _fault(problem: Problem, event: Event) -> tuple[str, Message | None]:
    if isinstance(event, Urgent):
        return event.requirement.id, _fault_of_case(problem, event.requirement)
    if isinstance(event, Cancelled):
        is_known = event.visit_id in problem.visit
        return event.visit_id, None if is_known else Message("no such visit is required")
    if isinstance(event, LodgingFull):
        is_known = event.lodging_id in problem.lodging
        return event.lodging_id, None if is_known else Message("there is no such lodging")
    if event.worker_id not in problem.available_s:
        return event.worker_id, Message("no such worker has working hours in these days")
    if isinstance(event, Absent):
        is_span = event.from_s < event.to_s
        return event.worker_id, None if is_span else Message("the absence ends before it begins")
    is_delay = event.delay_s > 0
    return event.worker_id, None if is_delay else Message("a delay must be longer than nothing")


def _fault_of_case(problem: Problem, requirement: Requirement) -> Message | None:
    if len(requirement.visits) != 1:
        return Message("an urgent case is one visit")
    if requirement.place_id not in problem.place:
        return Message("its place is not on the roads of the plan; add it first")
    return None
