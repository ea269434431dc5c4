"""What an absence or a night without a bed takes away: hours, days, the rest of a trip."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.routing.schedule import schedule
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Collection

    from outreach.model import Plan
    from outreach.routing.events import Absent
    from outreach.routing.past import Key, Past
    from outreach.routing.problem import Problem, Requirement, Shift, Team
    from outreach.routing.schedule import Timetable


def absent(past: Past, plan: Plan, event: Absent) -> Past:
    """
    Take a worker's absence from the shifts of the worker's teams.

    Of a day at home the longer part that is left is worked. Whoever is on the road ends the visit
    that has begun and rides home; whoever is away is home the evening before, if that can still
    be ridden, else the day goes into the way home, however late that is. The rest of a trip is
    off, also where the absence ends before it.
    """
    for team_id in [t.id for t in past.problem.teams if event.worker_id in t.worker_ids]:
        for day in [s.day for s in past.problem.team[team_id].shifts]:
            shift = past.problem.team[team_id].shift_on(day)
            if day < past.today or shift is None:
                continue
            if event.from_s < shift.ends_s and shift.starts_s < event.to_s:
                past = _absent_on(past, plan, event, past.problem.team[team_id], shift)
    return past


def stretched(past: Past, plan: Plan, long: Collection[Key] = ()) -> Past:
    """
    Let whoever is on the road today end the day, however late it has become by delay or roads.

    Nobody stays away for good: who comes home may ride for as long as the way takes, and so may
    anybody on days that are `long`.
    """
    for route in plan.day_routes:
        team = past.problem.team[route.team_id]
        has_begun = route.day == past.today and _has_begun(past, team, route.day)
        comes_home = route.sleeps_at == team.base_id != route.starts_from
        is_long = comes_home or (route.team_id, route.day) in long
        if has_begun or (route.day >= past.today and is_long):
            past = stretched_to(past, plan, route.team_id, route.day, route.sleeps_at)
    return past


def stretched_to(past: Past, plan: Plan, team_id: str, day: int, place_id: str) -> Past:
    """Let a team reach a place after a day on which it has nothing more to do, if a way leads."""
    team = past.problem.team[team_id]
    shift = team.shift_on(day)
    is_planned = any((r.team_id, r.day) == (team_id, day) for r in plan.day_routes)
    if shift is None or not is_planned:
        return past
    timed = _timed_to(past, plan, team, shift, place_id)
    if timed is None:
        return past
    ends_s = max(shift.ends_s, timed.arrives_s)
    riding_s = max(shift.max_riding_s, timed.riding_s)
    longer = replace(shift, ends_s=ends_s, max_riding_s=riding_s)
    return _with_shift(past, team_id, day, longer)


def cut_short(past: Past, plan: Plan, team_id: str, night: int) -> Past:
    """
    Bring a team home after the day `night`: what remains of its trip is not ridden.

    Cases of a fixed circuit that were to be met on its other days may be met by anybody.
    """
    problem, team = past.problem, past.problem.team[team_id]
    trip = trip_days(plan, team, night) | trip_days(plan, team, night + 1)
    off = {day for day in trip if day > night}
    shorter = replace(
        team,
        nights=tuple(n for n in team.nights if n.day not in trip or n.day < night),
        shifts=team.shifts
        if team.circuit_id is None
        else tuple(s for s in team.shifts if s.day not in off),
    )
    teams = tuple(shorter if t is team else t for t in problem.teams)
    changed = replace(problem, teams=teams)
    if team.circuit_id is not None:
        changed = _without(changed, plan, team, off)
    return replace(past, problem=changed)


def as_ridden(problem: Problem, plan: Plan, *, off: Collection[str] = ()) -> Problem:
    """
    Leave fixed circuits and nights the days on which a plan keeps them.

    Whom one that ends sooner does not meet may be met by anybody; of one that is not ridden at
    all, only where it is `off`, or the plan lets others meet somebody of it.
    """
    met_by = {s.visit_id: r.team_id for r in plan.day_routes for s in r.stops if s.visit_id}
    home = {(r.team_id, r.day) for r in plan.day_routes if r.stops[-1].kind == "base"}
    homely = (_at_home(t, {day for i, day in home if i == t.id}) for t in problem.teams)
    problem = replace(problem, teams=tuple(homely))
    for team in problem.teams:
        if team.circuit_id is None:
            continue
        ridden = {r.day for r in plan.day_routes if r.team_id == team.id}
        gone = {shift.day for shift in team.shifts} - ridden
        is_off = team.id in off or any(
            problem.team[met_by[v.id]].circuit_id != team.circuit_id
            for r in problem.requirements
            if r.circuit_id == team.circuit_id
            for v in r.visits
            if met_by.get(v.id) in problem.team
        )
        if not gone or not (ridden or is_off):
            continue
        shorter = replace(
            team,
            nights=tuple(n for n in team.nights if {n.day, n.day + 1} <= ridden),
            shifts=tuple(s for s in team.shifts if s.day in ridden),
        )
        teams = tuple(shorter if t.id == team.id else t for t in problem.teams)
        problem = _without(replace(problem, teams=teams), plan, team, gone)
    return _asked(problem)


def _at_home(team: Team, days: Collection[int]) -> Team:
    """Let a team be home after these days, where it was to be away."""
    nights = (
        replace(n, place_ids=(team.base_id, *n.place_ids))
        if n.day in days and team.base_id not in n.place_ids
        else n
        for n in team.nights
    )
    return replace(team, nights=tuple(nights))


def sleeping_at(past: Past, team_id: str, night: int, place_id: str) -> Past:
    """Let a team sleep at one place only after a day."""

    def bound(team: Team) -> Team:
        if team.id != team_id:
            return team
        nights = (replace(n, place_ids=(place_id,)) if n.day == night else n for n in team.nights)
        return replace(team, nights=tuple(nights))

    problem = past.problem
    return replace(past, problem=replace(problem, teams=tuple(bound(t) for t in problem.teams)))


def ways_home(past: Past, plan: Plan, team_id: str, night: int) -> list[int]:
    """List the evenings up to `night` on which the team can be home, today's the first at most."""
    team = past.problem.team[team_id]
    trip = trip_days(plan, team, night)
    first = min(trip, default=night)
    evenings = [n for n in range(night, past.today - 1, -1) if n in trip]
    found = [n for n in evenings if _can_be_home(past, plan, team, n)]
    # A trip that has not begun may also be left out.
    return (
        [*found, first - 1] if first >= past.today and not _has_begun(past, team, first) else found
    )


def trip_days(plan: Plan, team: Team, day: int) -> set[int]:
    """Give the days that nights away join to a team's day, itself included; none of a day off."""
    routes = {r.day: r for r in plan.day_routes if r.team_id == team.id}
    if day not in routes:
        return set()
    first = last = day
    while routes[first].starts_from != team.base_id and first - 1 in routes:
        first -= 1
    while routes[last].sleeps_at != team.base_id and last + 1 in routes:
        last += 1
    return set(range(first, last + 1))


def _absent_on(past: Past, plan: Plan, event: Absent, team: Team, shift: Shift) -> Past:
    day = shift.day
    trip = trip_days(plan, team, day)
    if (team.id, day) in past.closed:
        return past
    if _has_begun(past, team, day):
        past = cut_short(past, plan, team.id, day) if len(trip) > 1 else past
        return _straight_home(past, plan, event, team.id, day)
    if len(trip) > 1:
        first = min(trip)
        if day == first or day - 1 in ways_home(past, plan, team.id, day - 1):
            past = cut_short(past, plan, team.id, day - 1)
        else:
            past = cut_short(past, plan, team.id, day)
            return _straight_home(past, plan, event, team.id, day)
    parts = [
        (shift.starts_s, min(shift.ends_s, event.from_s)),
        (max(shift.starts_s, event.to_s), shift.ends_s),
    ]
    starts_s, ends_s = max(parts, key=lambda part: part[1] - part[0])
    rest = None
    if starts_s < ends_s:
        rest = replace(
            shift,
            starts_s=starts_s,
            ends_s=ends_s,
            breaks=tuple(b for b in shift.breaks if starts_s < b.opens_s + b.length_s),
        )
    return _with_shift(past, team.id, day, rest)


def _straight_home(past: Past, plan: Plan, event: Absent, team_id: str, day: int) -> Past:
    """End a day on which the team is on the road as soon as it can be home, or later by notice."""
    team = past.problem.team[team_id]
    shift = team.shift_on(day)
    if shift is None:
        return past
    timed = _timed_to(past, plan, team, shift, team.base_id)
    if timed is None:
        return past
    return _with_shift(
        past,
        team_id,
        day,
        replace(
            shift,
            ends_s=max(timed.arrives_s, min(shift.ends_s, event.from_s)),
            max_riding_s=max(timed.riding_s, shift.max_riding_s),
        ),
    )


def _timed_to(past: Past, plan: Plan, team: Team, shift: Shift, place_id: str) -> Timetable | None:
    """Time a day that takes as long as it must, with nothing more to do; None without a way."""
    longer = replace(shift, ends_s=shift.ends_s + DAY_S, max_riding_s=shift.max_riding_s + DAY_S)
    starts_from, done = _morning(past, plan, team, shift.day)
    return schedule(past.problem, longer, starts_from, place_id, done)


def _with_shift(past: Past, team_id: str, day: int, shift: Shift | None) -> Past:
    def changed(team: Team) -> Team:
        if team.id != team_id:
            return team
        shifts = (shift if s.day == day else s for s in team.shifts)
        return replace(team, shifts=tuple(s for s in shifts if s is not None))

    problem = past.problem
    return replace(past, problem=replace(problem, teams=tuple(changed(t) for t in problem.teams)))


def _has_begun(past: Past, team: Team, day: int) -> bool:
    return (team.id, day) in past.n_frozen


def _can_be_home(past: Past, plan: Plan, team: Team, day: int) -> bool:
    shift = team.shift_on(day)
    if shift is None or (team.id, day) in past.closed:
        return False
    starts_from, done = _morning(past, plan, team, day)
    return schedule(past.problem, shift, starts_from, team.base_id, done) is not None


def _morning(past: Past, plan: Plan, team: Team, day: int) -> tuple[str, list[str]]:
    """Give where a team's day starts, and its visits that are of the past."""
    route = next(r for r in plan.day_routes if (r.team_id, r.day) == (team.id, day))
    done = [s.visit_id for s in route.stops if s.visit_id in past.frozen]
    return route.starts_from, [v for v in done if v is not None]


def _without(problem: Problem, plan: Plan, team: Team, off: set[int]) -> Problem:
    """Take days from a fixed circuit; whom it does not meet any more anybody may."""
    kept = {
        stop.visit_id
        for route in plan.day_routes
        if problem.team[route.team_id].circuit_id == team.circuit_id
        and not (route.team_id == team.id and route.day in off)
        for stop in route.stops
    }
    needs: list[Requirement] = []
    for one in problem.requirements:
        if one.circuit_id != team.circuit_id:
            needs.append(one)
            continue
        bound = tuple(v for v in one.visits if v.id in kept)
        free = tuple(v for v in one.visits if v.id not in kept)
        if bound:
            needs.append(replace(one, visits=bound))
        if free:
            needs.append(replace(one, visits=free, circuit_id=None))
    circuits = (
        replace(c, days=tuple(d for d in c.days if d not in off)) if c.team_id == team.id else c
        for c in problem.circuits
    )
    return _asked(replace(problem, requirements=tuple(needs), circuits=tuple(circuits)))


def _asked(problem: Problem) -> Problem:
    """Leave away circuits that have no days or meet nobody: who is on one only comes home."""
    asked = {one.circuit_id for one in problem.requirements}
    circuits = tuple(c for c in problem.circuits if c.days and c.id in asked)
    return replace(problem, circuits=circuits)
