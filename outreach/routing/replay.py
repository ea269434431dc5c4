"""The problem of a plan that was changed: what was told since the first plan, and the past."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outreach.errors import Message, PlanningError
from outreach.routing.cuts import absent, as_ridden, stretched
from outreach.routing.events import Absent, Cancelled, Late, LodgingFull, Urgent, happened
from outreach.routing.past import freeze
from outreach.routing.problem import Visit
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from outreach.lineage import Happening
    from outreach.model import DayRoute, Plan, TimeWindow
    from outreach.routing.events import Event
    from outreach.routing.past import Key, Past
    from outreach.routing.problem import Problem, Requirement


def replayed(problem: Problem, plan: Plan, *, dormant: Iterable[Requirement] = ()) -> Problem:
    """
    Rebuild the problem of a plan: of one that was changed, with all that was told since.

    What had begun when it was changed can by this problem only be as it was.

    Parameters
    ----------
    problem
        As the tables and the roads have it now: closed roads and a season that has begun are in
        its matrix. It is the plain one also where the plan was changed several times.
    dormant
        Requirements of those who need no visit in these days.

    Raises
    ------
    PlanningError
        When the tables do not know what the plan has or was told.
    """
    revision = plan.revision
    if revision is None:
        return problem
    events = events_of(problem, tuple(dormant), revision.happened)
    return standing(
        problem,
        plan,
        events,
        revision.at_s,
        cut_off=ways_lost(problem, plan, revision.at_s),
        kept=nights_kept(problem, plan, events),
        long=days_long(problem, plan, revision.at_s),
    ).problem


def events_of(
    problem: Problem, dormant: Sequence[Requirement], told: Iterable[Happening]
) -> tuple[Event, ...]:
    """Give what of all that was told changes more than the matrix."""
    found = (event_of(problem, dormant, one) for one in told)
    return tuple(event for event in found if event is not None)


def event_of(
    problem: Problem, dormant: Iterable[Requirement], happening: Happening
) -> Event | None:
    """
    Give what happened as an event of the plain problem; None for roads and seasons.

    An urgent visit is bound neither to the pinned worker or order nor to the circuit or the gaps
    of its beneficiary, and to the hours of the door only where one of them is in time. Whose
    deadline is today, or over, is met as early as can be.

    Raises
    ------
    PlanningError
        When nobody has the id of an urgent case, or something is not told.
    """
    if happening.kind == "urgent":
        return _urgent(problem, dormant, happening)
    if happening.kind == "absent":
        from_s, to_s = _told(happening, "from_s"), _told(happening, "to_s")
        return Absent(worker_id=happening.id, from_s=from_s, to_s=to_s)
    if happening.kind == "late":
        return Late(
            worker_id=happening.id, delay_s=_told(happening, "delay_s"), leaves_s=happening.to_s
        )
    if happening.kind == "cancelled":
        return Cancelled(visit_id=happening.visit_id or happening.id)
    if happening.kind == "lodging_full":
        return LodgingFull(lodging_id=happening.id, day=_told(happening, "day"))
    return None


def _told(happening: Happening, name: str) -> int:
    value: int | None = getattr(happening, name)
    if value is None:
        raise PlanningError(
            "%(kind)s of %(id)s: %(name)s is not told",
            kind=happening.kind,
            id=happening.id,
            name=name,
        )
    return value


def _urgent(problem: Problem, dormant: Iterable[Requirement], happening: Happening) -> Urgent:
    needs = [r for r in (*problem.requirements, *dormant) if r.id == happening.id]
    if not needs:
        raise PlanningError(
            "%(id)s: nobody of this id can be reached on the roads of the plan",
            id=happening.id,
        )
    told_s, asked_s = happening.at_s, happening.deadline_s
    today = told_s // DAY_S
    visit_id = happening.visit_id or f"{happening.id}/1"
    known = ((r, v) for r in needs for v in r.visits if v.id == visit_id)
    need, visit = next(known, (needs[0], Visit(id=visit_id, days=())))
    is_at_once = asked_s is not None and asked_s < (today + 1) * DAY_S
    deadline_s = (today + 1) * DAY_S - 1 if asked_s is not None and asked_s <= told_s else asked_s
    if deadline_s is not None and deadline_s >= problem.horizon_days * DAY_S:
        deadline_s = None
    return Urgent(
        requirement=replace(
            need,
            visits=(
                replace(
                    visit,
                    days=tuple(range(today, problem.horizon_days)),
                    deadline_day=None if deadline_s is None else deadline_s // DAY_S,
                    is_pinned=False,
                ),
            ),
            min_gap_days=0,
            windows=_in_time(need, told_s, deadline_s),
            # The pinned worker is rather sent than others, like one whom the child knows.
            known_worker_id=need.known_worker_id or next(iter(need.worker_ids), None),
            worker_ids=(),
            circuit_id=None,
            order=None,
        ),
        deadline_s=deadline_s,
        is_at_once=is_at_once,
    )


def _in_time(need: Requirement, told_s: int, deadline_s: int | None) -> tuple[TimeWindow, ...]:
    if deadline_s is None:
        return need.windows
    days = range(told_s // DAY_S, deadline_s // DAY_S + 1)
    is_open = any(
        w.closes_s >= told_s and w.opens_s <= deadline_s for d in days for w in need.windows_on(d)
    )
    return need.windows if is_open else ()


def standing(
    problem: Problem,
    plan: Plan,
    events: Sequence[Event],
    at_s: int,
    *,
    delays_s: Mapping[str, int] | None = None,
    off: Collection[str] = (),
    cut_off: Collection[Key] = (),
    kept: Collection[Key] = (),
    long: Collection[Key] = (),
) -> Past:
    """
    Freeze what of a plan has begun, in the problem after what happened.

    It follows from the plain problem, the events, and of the plan from its past, its nights and
    the days of its circuits.

    Parameters
    ----------
    problem
        The plain one.
    plan
        With delays that are known for longer than this moment.
    delays_s
        How much workers on the road are behind the plan, by what was told now.
    off
        Teams whose circuits are not ridden any more, whatever the plan shows of that.
    cut_off
        Team-days without an open way to where they end, which counts as the plan has it.
    kept
        Lodgings and nights that are slept there, though there is no bed, for want of any other.
        Nights that are over were slept, whatever was told of the beds.
    long
        Team-days that may take as long as the way to where they end.
    """
    slept = {(r.sleeps_at, r.day) for r in plan.day_routes if r.day < at_s // DAY_S}
    kept = {*kept, *(slept & _full(events))}
    leaves_s: dict[str, int] = {}
    for event in events:
        if isinstance(event, Late) and event.leaves_s is not None:
            leaves_s[event.worker_id] = max(leaves_s.get(event.worker_id, 0), event.leaves_s)
    now = as_ridden(_with_beds(happened(problem, events), kept), plan, off=off)
    past = freeze(now, plan, at_s, delays_s=delays_s, leaves_s=leaves_s, cut_off=cut_off)
    past = stretched(past, plan, long)
    for event in events:
        if isinstance(event, Absent):
            past = absent(past, plan, event)
    return past


def nights_kept(problem: Problem, plan: Plan, events: Sequence[Event]) -> frozenset[Key]:
    """Give the lodgings and nights of a changed plan that were said to have no bed."""
    slept = {(route.sleeps_at, route.day) for route in plan.day_routes}
    return frozenset(
        (place_id, day)
        for place_id, day in slept & _full(events)
        if place_id in problem.lodging and day in problem.lodging[place_id].nights
    )


def _full(events: Iterable[Event]) -> set[Key]:
    return {(e.lodging_id, e.day) for e in events if isinstance(e, LodgingFull)}


def days_long(problem: Problem, plan: Plan, at_s: int) -> frozenset[Key]:
    """Give the team-days of a changed plan that take longer than the plain problem lets them."""
    found: set[Key] = set()
    for route in plan.day_routes:
        team = problem.team.get(route.team_id)
        shift = None if team is None else team.shift_on(route.day)
        if shift is None or route.day < at_s // DAY_S:
            continue
        riding_s = sum(leg.duration_s for leg in route.legs)
        if route.stops[-1].arrives_s > shift.ends_s or riding_s > shift.max_riding_s:
            found.add((route.team_id, route.day))
    return frozenset(found)


def _with_beds(problem: Problem, kept: Collection[Key]) -> Problem:
    if not kept:
        return problem
    lodgings = (
        replace(one, nights=tuple(sorted({*one.nights, *(n for i, n in kept if i == one.id)})))
        for one in problem.lodgings
    )
    return replace(problem, lodgings=tuple(lodgings))


def ways_lost(problem: Problem, plan: Plan, at_s: int) -> frozenset[Key]:
    """Give the team-days of a changed plan with a way that is not open any more."""
    known = problem.place.keys()
    return frozenset(
        (route.team_id, route.day)
        for route in plan.day_routes
        if any(
            stop.arrives_s > at_s
            and {leg.from_id, leg.to_id} <= known
            and problem.riding_s(leg.from_id, leg.to_id) is None
            for leg, stop in zip(route.legs, route.stops[1:], strict=True)
        )
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Telling:
    """Completes what is told of a plan by what only the plan can tell."""

    problem: Problem
    dormant: Sequence[Requirement]
    plan: Plan
    at_s: int

    def complete(self, told: Sequence[Happening]) -> tuple[Happening, ...]:
        """
        Name the visit that is urgent or cancelled, and when who is late sets out.

        Raises
        ------
        PlanningError
            With all that does not fit the plan.
        """
        faults = [(one.id, what) for one in told if (what := self._fault(one)) is not None]
        if faults:
            raise PlanningError(
                "%(n)d of the events do not fit the plan; correct them", n=len(faults)
            ).with_details(faults)
        found: list[Happening] = []
        for one in told:
            found.append(self._complete(one, found))
        return tuple(found)

    def _fault(self, one: Happening) -> Message | None:
        if one.kind == "urgent" and one.visit_id is None:
            needs = (*self.problem.requirements, *self.dormant)
            if all(r.id != one.id for r in needs):
                return Message("nobody of this id can be reached on the roads of the plan")
        if one.kind == "cancelled":
            visit_id = one.visit_id or self._next_visit(one.id)
            if visit_id is None:
                return Message("no visit to this beneficiary is still to come")
            if visit_id in self._begun:
                return Message("this visit has begun already")
        return None

    def _complete(self, one: Happening, before: Sequence[Happening]) -> Happening:
        if one.kind == "urgent" and one.visit_id is None:
            taken = {other.visit_id for other in before if other.id == one.id}
            return replace(one, visit_id=self._urgent_visit(one.id, taken))
        if one.kind == "cancelled" and one.visit_id is None:
            return replace(one, visit_id=self._next_visit(one.id))
        if one.kind == "late" and one.to_s is None:
            return replace(one, to_s=self._leaves_s(one))
        return one

    @property
    def _begun(self) -> frozenset[str]:
        return frozenset(
            s.visit_id
            for r in self.plan.day_routes
            for s in r.stops
            if s.visit_id is not None and s.starts_s < self.at_s
        )

    def _to_come(self, id_: str) -> Iterator[tuple[int, str, bool]]:
        """Yield when each visit to somebody begins, those left out last, and whether by a pin."""
        begins_s = {s.visit_id: s.starts_s for r in self.plan.day_routes for s in r.stops}
        left_out_s = self.problem.horizon_days * DAY_S
        cancelled = {
            one.visit_id
            for one in (self.plan.revision.happened if self.plan.revision else ())
            if one.kind == "cancelled"
        }
        for requirement in self.problem.requirements:
            for visit in requirement.visits:
                if requirement.id == id_ and visit.id not in self._begun | cancelled:
                    yield begins_s.get(visit.id, left_out_s), visit.id, visit.is_pinned
        known = {v.id for r in self.problem.requirements for v in r.visits}
        for route in self.plan.day_routes:
            for stop in route.stops:
                if (
                    stop.beneficiary_id == id_
                    and stop.visit_id is not None
                    and stop.visit_id not in known | self._begun
                ):
                    yield stop.starts_s, stop.visit_id, stop.is_pinned

    def _next_visit(self, id_: str) -> str | None:
        return min(self._to_come(id_), default=(0, None, False))[1]

    def _urgent_visit(self, id_: str, taken: Collection[str | None]) -> str:
        """Take the next visit that was not promised, else one more."""
        free = [v for v in self._to_come(id_) if not v[2] and v[1] not in taken]
        if free:
            return min(free)[1]
        told = self.plan.revision.happened if self.plan.revision else ()
        used = {
            *taken,
            *self.problem.visit,
            *(s.visit_id for r in self.plan.day_routes for s in r.stops),
            *(loss.visit_id for loss in self.plan.unserved),
            *(one.visit_id for one in told),
        }
        number = 1
        while f"{id_}/{number}" in used:
            number += 1
        return f"{id_}/{number}"

    def _leaves_s(self, one: Happening) -> int | None:
        """Give when who is late sets out; None for who is on the road, or has no more to do."""
        today, delay_s = self.at_s // DAY_S, one.delay_s or 0
        routes = [r for r in self.plan.day_routes if r.day == today and one.id in r.worker_ids]
        if routes:
            return _late_s(routes[0], self.at_s, delay_s)
        shifts = [
            shift
            for team in self.problem.teams
            if one.id in team.worker_ids and (shift := team.shift_on(today)) is not None
        ]
        return max((max(self.at_s, s.starts_s) + delay_s for s in shifts), default=None)


def _late_s(route: DayRoute, at_s: int, delay_s: int) -> int | None:
    leaves_s = route.stops[0].departs_s
    return None if leaves_s < at_s else leaves_s + delay_s
