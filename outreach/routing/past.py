"""What of a plan has already been done at a moment, and the problem of what remains."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from outreach.errors import PlanningError
from outreach.model import TimeWindow
from outreach.routing.pinned_visits import set_apart
from outreach.routing.problem import Order
from outreach.routing.ridden import as_ridden, ways_out
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from outreach.model import DayRoute, Pause, Plan, Stop
    from outreach.routing.problem import Break, Problem, Requirement, Shift, Team
    from outreach.routing.ridden import Legs

Key = tuple[str, int]

PAST = Order(group="past", rank=0)
"""Where what is done stands in the order of its day: before all that is still to be done."""
AFTER = Order(group=PAST.group, rank=1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Past:
    """
    A problem in which what has begun can only be as it was.

    Parameters
    ----------
    problem
        Visits that have begun, or to which somebody is on the way, begin at their second, on
        their day, with their team; no other falls into the past.
    n_frozen
        How many visits of a team's day are of the past, by team and day that have begun.
    closed
        Team-days into which no visit can be put any more.
    lost
        Ways that have been ridden, and are not open any more: nobody rides them again.
    """

    problem: Problem
    at_s: int
    frozen: frozenset[str]
    n_frozen: Mapping[Key, int]
    closed: frozenset[Key]
    lost: frozenset[tuple[str, str]] = frozenset()

    @property
    def today(self) -> int:
        """The day of the horizon."""
        return self.at_s // DAY_S


def freeze(
    problem: Problem,
    plan: Plan,
    at_s: int,
    *,
    delays_s: Mapping[str, int] | None = None,
    leaves_s: Mapping[str, int] | None = None,
    cut_off: Collection[Key] = (),
) -> Past:
    """
    Fix what of a plan has begun at a moment.

    A visit that has begun is ended; who is on the way to one makes it, if the door is open then
    and it is still required; who has set out for home or a lodging goes there and has done for
    the day. What has been ridden took as long as planned, whatever the matrix says by now; that
    holds for later rides between the same two places too.

    Parameters
    ----------
    delays_s
        How much workers on the road are behind the plan.
    leaves_s
        Before which moments workers do not set out who have not yet.
    cut_off
        Team-days without an open way to where they end: it counts as the plan has it.

    Raises
    ------
    PlanningError
        When the plan has teams, days or visits that the problem does not know.
    """
    days = [
        _Day(
            problem,
            route,
            at_s,
            max((delays_s or {}).get(w, 0) for w in route.worker_ids),
            max((leaves_s or {}).get(w, 0) for w in route.worker_ids),
        )
        for route in plan.day_routes
        if route.day * DAY_S <= at_s
    ]
    known = {(team.id, shift.day) for team in problem.teams for shift in team.shifts}
    strange = sorted({day.route.team_id for day in days if day.key not in known})
    if strange:
        raise PlanningError(
            "%(teams)s: on the road by the plan, but not at work by the tables; plan anew",
            teams=", ".join(strange),
        )
    chosen: dict[str, Requirement] = {}
    for day in days:
        chosen |= day.done()
    shifts = {day.key: day.shift() for day in days}
    begun = [day for day in days if day.has_left]
    whole = [ways_out(problem, plan, day.key, 0) for day in begun]
    ridden = [day.ridden() for day in begun]
    cut = [legs for day in days for legs in _cut(day, plan, cut_off)]
    cut += [ways_out(problem, plan, key, 0) for key in cut_off]
    before = (ends for legs in (*whole, *ridden) for ends in legs)
    lost = {ends for ends in before if problem.riding_s(*ends) is None}
    remaining = replace(
        problem,
        requirements=tuple(_from(r, at_s // DAY_S) for r in problem.requirements),
        teams=tuple(_on_duty(t, shifts, at_s, leaves_s or {}) for t in problem.teams),
        # One leg that was ridden counts before several that lead between the same two places.
        matrix=as_ridden(problem, [*whole, *cut, *ridden]),
    )
    return Past(
        problem=set_apart(remaining, chosen),
        at_s=at_s,
        frozen=frozenset(chosen),
        n_frozen={day.key: len(day.done()) for day in days if day.has_left},
        closed=frozenset(day.key for day in days if day.is_over),
        lost=frozenset(lost - {ends for legs in cut for ends in legs}),
    )


@dataclass(frozen=True, slots=True)
class _Day:
    """One team's day, of which at least the morning has come."""

    problem: Problem
    route: DayRoute
    at_s: int
    delay_s: int
    leaves_from_s: int

    @property
    def key(self) -> Key:
        return self.route.team_id, self.route.day

    @property
    def is_past(self) -> bool:
        return self.route.day < self.at_s // DAY_S

    @property
    def has_left(self) -> bool:
        return self.is_past or self.route.stops[0].departs_s < self.at_s

    @property
    def begun(self) -> tuple[Stop, ...]:
        visits = self.route.stops[1:-1]
        return tuple(s for s in visits if self.is_past or s.starts_s < self.at_s)

    @property
    def last(self) -> Stop:
        """Where the team is, or was last."""
        return self.route.stops[len(self.begun)]

    @property
    def is_on_the_way(self) -> bool:
        return self.has_left and (self.is_past or self.last.departs_s < self.at_s)

    @property
    def is_over(self) -> bool:
        return self.is_on_the_way and len(self.begun) == len(self.route.stops) - 2

    def next(self) -> tuple[Stop, int] | None:
        """Give the visit to which the team is on the way, and when it begins."""
        stop = self.route.stops[len(self.begun) + 1]
        if not self.is_on_the_way or self.is_over or stop.visit_id is None:
            return None
        if stop.visit_id not in self.problem.visit:
            return None
        riding_s = self.problem.riding_s(self.last.place_id, stop.place_id)
        if riding_s is None:
            return None
        arrives_s = self.last.departs_s + riding_s + self.delay_s
        for pause in self.route.pauses:
            # Who rests on a way that has become longer is so much longer on it.
            if self.last.departs_s <= pause.starts_s < arrives_s:
                arrives_s += pause.ends_s - pause.starts_s
        arrives_s = max(arrives_s, stop.arrives_s + self.delay_s)
        windows = self.problem.visit[stop.visit_id][0].windows_on(self.route.day)
        starts_s = next(
            (max(arrives_s, w.opens_s) for w in windows if arrives_s <= w.closes_s), None
        )
        return None if starts_s is None else (stop, max(starts_s, stop.starts_s))

    def leaves_s(self) -> int:
        """Give when a team sets out again that makes no visit to which it is on the way."""
        planned_s = self.last.departs_s + self.delay_s
        if not self.is_stopped:
            return planned_s
        return max(planned_s, self.at_s, *(pause.ends_s for pause in self._rested))

    @property
    def is_stopped(self) -> bool:
        """Whether the visit to which the team is on the way is off."""
        return self.is_on_the_way and not self.is_over and self.next() is None

    @property
    def _rested(self) -> tuple[Pause, ...]:
        """Breaks since the last visit; who is stopped has taken them where they were last."""
        since_s = self.last.departs_s
        return tuple(p for p in self.route.pauses if since_s <= p.starts_s < self.at_s)

    def done(self) -> dict[str, Requirement]:
        """Give what has begun, and to which the team is on the way, as it can only be."""
        return {
            str(stop.visit_id): self._alone(stop, starts_s, departs_s)
            for stop, starts_s, departs_s in self._done()
        }

    def _done(self) -> list[tuple[Stop, int, int]]:
        if not self.has_left:
            return []
        done = [(stop, stop.starts_s, stop.departs_s) for stop in self.begun]
        ahead = self.next()
        if ahead is not None:
            stop, starts_s = ahead
            done.append((stop, starts_s, starts_s + stop.departs_s - stop.starts_s))
        elif done and not self.is_over:
            stop, starts_s, _ = done[-1]
            done[-1] = stop, starts_s, self.leaves_s()
        return done

    def _alone(self, stop: Stop, starts_s: int, departs_s: int) -> Requirement:
        if stop.visit_id is None or stop.visit_id not in self.problem.visit:
            raise PlanningError(
                "%(visit)s has begun by the plan, but is not required by the tables or the events",
                visit=str(stop.visit_id),
            )
        requirement, visit = self.problem.visit[stop.visit_id]
        clock_s = starts_s - self.route.day * DAY_S
        circuit_id = requirement.circuit_id
        if (
            circuit_id is not None
            and self.problem.team[self.route.team_id].circuit_id != circuit_id
        ):
            # Others make it only where its own circuit was cut short, maybe long ago.
            requirement = replace(requirement, circuit_id=None, cut_circuit_id=circuit_id)
        return replace(
            requirement,
            visits=(replace(visit, days=(self.route.day,)),),
            windows=(TimeWindow(opens_s=clock_s, closes_s=clock_s),),
            service_s=departs_s - starts_s,
            worker_ids=self.route.worker_ids,
            order=PAST,
        )

    def shift(self) -> Shift:
        """Give the shift in which nothing more can be done before the moment."""
        shift = self.problem.team[self.route.team_id].shift_on(self.route.day)
        if shift is None:
            raise ValueError(f"{self.route.team_id} does not work on day {self.route.day}")
        if not self.has_left:
            return _from_on(shift, max(shift.starts_s, self.at_s, self.leaves_from_s))
        if not self.done() and not self.is_over:
            return _from_on(shift, max(shift.starts_s, self.at_s))
        breaks = self._rests(shift.breaks)
        out_s = self.route.stops[0].departs_s
        if not self.is_over:
            return replace(shift, starts_s=out_s, breaks=breaks)
        return replace(
            shift,
            starts_s=out_s,
            ends_s=self.route.stops[-1].arrives_s,
            max_riding_s=sum(leg.duration_s for leg in self.route.legs),
            breaks=breaks,
        )

    def _rests(self, breaks: Sequence[Break]) -> tuple[Break, ...]:
        """Give the breaks that are still due; what has begun may have left no time for them."""
        done = self._done()
        begun_s, free_s = done[-1][1:] if done else (0, 0)
        taken_s = {pause.break_id: pause.starts_s for pause in self.route.pauses}
        found: list[Break] = []
        for rest in breaks:
            if self._has_had(rest):
                continue
            due = self._rest(rest)
            opens_s, closes_s = due.opens_s, due.closes_s
            if closes_s < free_s and taken_s.get(rest.id, begun_s) >= begun_s:
                opens_s = closes_s = free_s
            if found and opens_s <= found[-1].closes_s:
                opens_s = found[-1].closes_s + 1
            found.append(replace(due, opens_s=opens_s, closes_s=max(opens_s, closes_s)))
        return tuple(found)

    def _has_had(self, rest: Break) -> bool:
        """Whether a break was had at home before, or where somebody stayed on after a visit."""
        if self.is_stopped and rest.id in {pause.break_id for pause in self._rested}:
            return True
        if rest.id in {pause.break_id for pause in self.route.pauses}:
            return False
        if rest.opens_s + rest.length_s <= self.route.stops[0].departs_s:
            return True
        for stop, starts_s, departs_s in self._done():
            if stop.visit_id is not None and stop.visit_id in self.problem.visit:
                ended_s = starts_s + self.problem.visit[stop.visit_id][0].service_s
                begins_s = max(rest.opens_s, ended_s)
                if begins_s <= rest.closes_s and begins_s + rest.length_s <= departs_s:
                    return True
        return False

    def _rest(self, rest: Break) -> Break:
        taken = (p for p in self.route.pauses if p.break_id == rest.id)
        pause: Pause | None = next(taken, None)
        if pause is not None and (self.is_past or pause.starts_s < self.at_s):
            return replace(rest, opens_s=pause.starts_s, closes_s=pause.starts_s)
        if rest.opens_s < self.at_s <= rest.closes_s:
            return replace(rest, opens_s=self.at_s)
        return rest

    def ridden(self) -> Legs:
        """Give seconds and metres of what has been ridden, by both its ends."""
        return {
            (leg.from_id, leg.to_id): (leg.duration_s, leg.distance_m)
            for leg, (_, stop) in zip(self.route.legs, pairwise(self.route.stops), strict=True)
            if self.is_past or (self.has_left and stop.arrives_s <= self.at_s)
        }

    @property
    def n_done(self) -> int:
        """How many visits are behind the team when it is free."""
        return len(self._done())


def _cut(day: _Day, plan: Plan, cut_off: Collection[Key]) -> Iterator[Legs]:
    """Yield the ways out of today where no other is open; who has set out goes there."""
    if day.has_left and not day.is_past and (day.is_over or day.key in cut_off):
        yield ways_out(day.problem, plan, day.key, day.n_done)


def _from_on(shift: Shift, starts_s: int) -> Shift:
    """Give what is left of a shift; who has not left yet has rested at home till then."""
    starts_s = min(starts_s, shift.ends_s)
    return replace(
        shift,
        starts_s=starts_s,
        breaks=tuple(
            replace(rest, opens_s=max(rest.opens_s, starts_s))
            for rest in shift.breaks
            if starts_s <= rest.closes_s and starts_s < rest.opens_s + rest.length_s
        ),
    )


def _on_duty(
    team: Team, shifts: Mapping[Key, Shift], at_s: int, leaves_s: Mapping[str, int]
) -> Team:
    today = at_s // DAY_S
    from_s = max(at_s, *(leaves_s.get(w, 0) for w in team.worker_ids))

    def left(shift: Shift) -> Shift:
        if (team.id, shift.day) in shifts:
            return shifts[team.id, shift.day]
        if shift.day < today:
            return replace(shift, ends_s=shift.starts_s, max_riding_s=0)
        return _from_on(shift, from_s) if shift.starts_s < from_s else shift

    return replace(team, shifts=tuple(left(shift) for shift in team.shifts))


def _from(requirement: Requirement, today: int) -> Requirement:
    """Leave visits the days that are still to come; a promised day is named even if it is over."""
    return replace(
        requirement,
        visits=tuple(
            visit
            if visit.is_pinned
            else replace(visit, days=tuple(d for d in visit.days if d >= today))
            for visit in requirement.visits
        ),
    )
