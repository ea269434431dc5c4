"""Arrival, wait, service, rest and departure along a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.model import Pause
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.routing.problem import Break, Problem, Requirement, Shift

NEVER = 1 << 40
"""Seconds that no day reaches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Which visits a team makes on a day, in order, from where it slept to where it sleeps."""

    team_id: str
    day: int
    starts_from: str
    sleeps_at: str
    visit_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """When a team is at one visit; seconds from the start of the horizon."""

    visit_id: str
    arrives_s: int
    starts_s: int
    departs_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """
    A day's times: when the team sets out, its visits, and when it is done.

    `pauses` are the breaks from setting out to the end; who rests at home before is not shown.
    """

    leaves_s: int
    visits: tuple[Timed, ...]
    arrives_s: int
    riding_s: int
    pauses: tuple[Pause, ...] = ()


def schedule(
    problem: Problem, shift: Shift, from_id: str, to_id: str, visit_ids: Sequence[str]
) -> Timetable | None:
    """
    Time a day's visits in the given order, so that the day ends as early as it can.

    The team sets out as late as it can without coming late to its first visit, so that it waits
    at home and not at a door. A break that can fall into the wait at a door does; else it begins
    as early as it may. Whoever is done by the end of a break's time needs none.

    Returns
    -------
    timetable
        None where the order breaks a window, a break, the shift, the riding limit, or has no way.
    """
    if shift.breaks:
        return _with_breaks(problem, shift, from_id, to_id, visit_ids)
    now_s, riding_s, at = shift.starts_s, 0, from_id
    leaves_s = now_s
    timed: list[Timed] = []
    for visit_id in visit_ids:
        requirement, _ = problem.visit[visit_id]
        leg_s = problem.riding_s(at, requirement.place_id)
        if leg_s is None:
            return None
        arrives_s = now_s + leg_s
        starts_s = _begins_s(requirement, shift.day, arrives_s)
        if starts_s is None:
            return None
        if not timed:
            leaves_s = starts_s - leg_s
            arrives_s = starts_s
        now_s = starts_s + requirement.service_s
        riding_s += leg_s
        at = requirement.place_id
        timed.append(
            Timed(visit_id=visit_id, arrives_s=arrives_s, starts_s=starts_s, departs_s=now_s)
        )
    leg_s = problem.riding_s(at, to_id)
    if leg_s is None:
        return None
    riding_s += leg_s
    if now_s + leg_s > shift.ends_s or riding_s > shift.max_riding_s:
        return None
    return Timetable(
        leaves_s=leaves_s,
        visits=tuple(timed),
        arrives_s=now_s + leg_s,
        riding_s=riding_s,
    )


def _begins_s(requirement: Requirement, day: int, arrives_s: int) -> int | None:
    """Give the first moment from `arrives_s` on at which service may begin."""
    midnight_s = day * DAY_S
    if not requirement.windows:
        return max(arrives_s, midnight_s) if arrives_s < midnight_s + DAY_S else None
    for window in requirement.windows:
        if arrives_s <= midnight_s + window.closes_s:
            return max(arrives_s, midnight_s + window.opens_s)
    return None


@dataclass(frozen=True, slots=True)
class _Leg:
    """
    A leg to a requirement, or home (None), on a day with breaks.

    `ready` and `starts` are, by how many breaks have been taken, the earliest moments at which
    the team may leave and service begins at the leg's end; `NEVER` where there is none.
    """

    requirement: Requirement | None
    riding_s: int
    ready: list[int]
    starts: list[int]


def _with_breaks(
    problem: Problem, shift: Shift, from_id: str, to_id: str, visit_ids: Sequence[str]
) -> Timetable | None:
    """
    Time a day on which the team may have to rest.

    What can follow depends on nothing but how many breaks have been taken, and when: for each
    number the earliest moment is carried along the day. The way back tells where the breaks lie.
    """
    breaks, day = shift.breaks, shift.day
    legs: list[_Leg] = []
    ready, at = _only(shift.starts_s, breaks), from_id
    for visit_id in visit_ids:
        requirement, _ = problem.visit[visit_id]
        leg_s = problem.riding_s(at, requirement.place_id)
        if leg_s is None:
            return None
        starts = [
            NEVER if (starts_s := _begins_s(requirement, day, arrives_s)) is None else starts_s
            for arrives_s in _arrivals(breaks, ready, leg_s)
        ]
        if min(starts) > shift.ends_s:
            return None
        legs.append(_Leg(requirement, leg_s, ready, starts))
        ready = [starts_s + requirement.service_s for starts_s in starts]
        at = requirement.place_id
    leg_s = problem.riding_s(at, to_id)
    if leg_s is None:
        return None
    home = _arrivals(breaks, ready, leg_s)
    legs.append(_Leg(None, leg_s, ready, home))
    if sum(leg.riding_s for leg in legs) > shift.max_riding_s:
        return None
    # Each break makes the day longer, so that the first number that is enough is the best one.
    for taken, arrives_s in enumerate(home):
        is_enough = all(arrives_s <= rest.closes_s for rest in breaks[taken:])
        if is_enough and arrives_s <= shift.ends_s:
            return _timetable(shift, visit_ids, legs, taken)
    return None


def _arrivals(breaks: Sequence[Break], ready: Sequence[int], riding_s: int) -> list[int]:
    """
    Give the earliest arrival by how many breaks have been taken.

    Nothing is better than to ride until a break opens, and to rest at once: it takes as long
    anywhere, and the sooner it is over, the sooner may the next one begin. Of two ways to have
    taken as many, one is the better in both: in when the rest is over and in the arrival.
    """
    rested_s, arrives_s = ready[0], ready[0] + riding_s
    arrivals = [arrives_s]
    for rest, ready_s in zip(breaks, ready[1:], strict=True):
        if rested_s > rest.closes_s:
            rested_s, arrives_s = ready_s, ready_s + riding_s
        else:
            rested_s = min(max(rested_s, rest.opens_s) + rest.length_s, ready_s)
            arrives_s = min(max(arrives_s, rest.opens_s) + rest.length_s, ready_s + riding_s)
        arrivals.append(arrives_s)
    return arrivals


def _only(ready_s: int, breaks: Sequence[Break]) -> list[int]:
    """Be ready before all of the breaks, and not after any."""
    return [ready_s] + [NEVER] * len(breaks)


def _door_opens_s(leg: _Leg, day: int, arrives_s: int) -> int | None:
    return arrives_s if leg.requirement is None else _begins_s(leg.requirement, day, arrives_s)


def _timetable(
    shift: Shift, visit_ids: Sequence[str], legs: Sequence[_Leg], taken: int
) -> Timetable:
    """Put the breaks where they lie, when `taken` of them are over at the end of the day."""
    visits: list[Timed] = []
    pauses: list[Pause] = []
    leaves_s = arrives_s = shift.starts_s
    for i, (leg, (before, after)) in enumerate(zip(legs, _spans(shift, legs, taken), strict=True)):
        starts_s = leg.starts[after]
        sets_out_s, breaks = leg.ready[before], shift.breaks[before:after]
        if i == 0 and visit_ids:
            leaves_s, breaks = _last_departure(shift, leg, after)
            sets_out_s = leaves_s
        arrives_s, rests = _ride(leg, shift.day, sets_out_s, breaks, starts_s)
        pauses += rests
        if leg.requirement is not None:
            departs_s = starts_s + leg.requirement.service_s
            visits.append(
                Timed(
                    visit_id=visit_ids[i],
                    arrives_s=arrives_s,
                    starts_s=starts_s,
                    departs_s=departs_s,
                )
            )
    return Timetable(
        leaves_s=leaves_s,
        visits=tuple(visits),
        arrives_s=arrives_s,
        riding_s=sum(leg.riding_s for leg in legs),
        pauses=tuple(pauses),
    )


def _spans(shift: Shift, legs: Sequence[_Leg], taken: int) -> list[tuple[int, int]]:
    """
    Trace back how many breaks are over before and after each leg.

    Each is taken on the last leg on which it delays nothing.
    """
    spans = []
    for leg in reversed(legs):
        before = 0
        while before < taken:
            breaks = shift.breaks[before:taken]
            arrives_s = _arrivals(breaks, _only(leg.ready[before], breaks), leg.riding_s)[-1]
            if _door_opens_s(leg, shift.day, arrives_s) == leg.starts[taken]:
                break
            before += 1
        spans.append((before, taken))
        taken = before
    return spans[::-1]


def _last_departure(shift: Shift, leg: _Leg, taken: int) -> tuple[int, tuple[Break, ...]]:
    """Give the last moment to leave for the first visit, and the breaks to take after that."""
    home_s = [shift.starts_s]
    for rest in shift.breaks[:taken]:
        home_s.append(max(home_s[-1], rest.opens_s) + rest.length_s)
    at_home, leaves_s = taken, leg.starts[taken] - leg.riding_s
    while leaves_s < home_s[at_home]:
        at_home -= 1
        leaves_s -= shift.breaks[at_home].length_s
    return leaves_s, shift.breaks[at_home:taken]


def _ride(
    leg: _Leg, day: int, leaves_s: int, breaks: Sequence[Break], starts_s: int
) -> tuple[int, list[Pause]]:
    """Give the arrival, and the breaks: as early as may be, or at a door that is closed anyway."""
    rested_s, arrives_s = leaves_s, leaves_s + leg.riding_s
    pauses = []
    for i, rest in enumerate(breaks):
        remaining = breaks[i:]
        is_free = _door_opens_s(leg, day, arrives_s) == starts_s
        if is_free and _arrivals(remaining, _only(arrives_s, remaining), 0)[-1] <= starts_s:
            rested_s = max(rested_s, arrives_s)
        begins_s = max(rested_s, rest.opens_s)
        rested_s = begins_s + rest.length_s
        if begins_s < arrives_s:
            arrives_s += rest.length_s
        pauses.append(Pause(break_id=rest.id, starts_s=begins_s, ends_s=rested_s))
    return arrives_s, pauses
