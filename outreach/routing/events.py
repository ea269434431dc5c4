"""What happens in a week that is already planned, and what of it changes the problem."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outreach.errors import Message, PlanningError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.errors import Detail
    from outreach.routing.problem import Problem, Requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent:
    """
    A case that cannot wait: a new one, or one already known, whose visit is more pressing now.

    Parameters
    ----------
    requirement
        With one visit; its `days` and `deadline_day` say how soon, to the day. The place must be
        one of the problem's, rows of the matrix included. Others of the same beneficiary keep no
        longer gap from it than its own.
    deadline_s
        When the visit must have begun; None: as `deadline_day` has it.
    is_at_once
        Whether it is to be made as early as can be.
    """

    requirement: Requirement
    deadline_s: int | None = None
    is_at_once: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A worker cannot work from `from_s` to `to_s`, seconds from the start of the horizon."""

    worker_id: str
    from_s: int
    to_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """
    A worker is so much behind the plan today, or will leave so much later.

    `leaves_s` is the moment before which one who has not set out yet does not.
    """

    worker_id: str
    delay_s: int
    leaves_s: int | None = None


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

    What happens is taken in one after the other. Absent and late workers are not looked at: what
    they change depends on where they are.

    Raises
    ------
    PlanningError
        With all events that do not fit the problem.
    """
    faults: list[Detail] = []
    gone: set[str] = set()
    for event in events:
        who, what = _fault(problem, event)
        if what is None:
            problem = _after(problem, event)
        elif who not in gone:
            faults.append((who, what))
        if isinstance(event, Cancelled):
            # Nothing is wrong with hearing it twice.
            gone.add(event.visit_id)
    if faults:
        raise PlanningError(
            "%(n)d of the events do not fit the plan; correct them", n=len(faults)
        ).with_details(faults)
    return problem


def _after(problem: Problem, event: Event) -> Problem:
    if isinstance(event, LodgingFull):
        lodgings = (
            replace(one, nights=tuple(n for n in one.nights if n != event.day))
            if one.id == event.lodging_id
            else one
            for one in problem.lodgings
        )
        return replace(problem, lodgings=tuple(lodgings))
    if isinstance(event, Cancelled):
        return replace(problem, requirements=_without(problem, event.visit_id))
    if isinstance(event, Urgent):
        new = event.requirement
        others = (
            replace(r, min_gap_days=min(r.min_gap_days, new.min_gap_days)) if r.id == new.id else r
            for r in _without(problem, new.visits[0].id)
        )
        needs = sorted((new, *others), key=lambda r: (r.id, [v.id for v in r.visits]))
        return replace(problem, requirements=tuple(needs))
    return problem


def _without(problem: Problem, visit_id: str) -> tuple[Requirement, ...]:
    """Give the requirements without a visit, and without those that have no other."""
    if visit_id not in problem.visit:
        return problem.requirements
    whose = problem.visit[visit_id][0]
    left = tuple(v for v in whose.visits if v.id != visit_id)
    return tuple(
        replace(r, visits=left) if r is whose else r
        for r in problem.requirements
        if left or r is not whose
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
