"""What would bring an unserved visit in, were one rule bent: found by testing, one at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outreach.routing.days import Days, with_visit_at
from outreach.routing.insertion import Insertion, cheapest_fit, insertion_by_day
from outreach.routing.schedule import schedule
from outreach.units import DAY_S, HOUR_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.routing.problem import Problem, Requirement, Team, Visit
    from outreach.routing.schedule import Route

LODGINGS_TRIED = 3
TEAMS_TRIED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class NightAway:
    """A night that brings a visit within reach, and what lacks for it all the same."""

    insertion: Insertion
    lodging_id: str
    day: int
    is_allowed: bool
    beds_left: int

    @property
    def beds_short(self) -> int:
        """How many of the team would find no bed."""
        return max(0, len(self.insertion.team.worker_ids) - self.beds_left)


def emptied(days: Days) -> Days:
    """Give the days with nothing but the nights away and the circuits that are ridden."""
    problem = days.problem
    return Days(
        problem,
        {
            key: replace(route, visit_ids=())
            for key, route in days.routes.items()
            if problem.team[route.team_id].circuit_id is not None
            or {route.starts_from, route.sleeps_at} != {problem.team[route.team_id].base_id}
        },
    )


def on_any_day(days: Days, requirement: Requirement, visit: Visit) -> Insertion | None:
    """Try the days on which the visit may not be; gaps are kept."""
    others = set(range(days.problem.horizon_days)) - set(visit.days)
    return cheapest_fit(days, requirement, replace(visit, days=tuple(sorted(others))))


def with_less_gap(
    days: Days, requirement: Requirement, visit: Visit
) -> tuple[int, Insertion] | None:
    """Try fewer days between the visits, one less at a time; they stay on different days."""
    sisters = [
        days.key_of[v.id][1]
        for r in days.problem.requirements
        if r.id == requirement.id
        for v in r.visits
        if v.id != visit.id and v.id in days.key_of
    ]
    # By another id nobody is its sister, and no gap is kept but this one.
    stranger = replace(requirement, id="")
    for gap in range(requirement.min_gap_days - 1, 0, -1):
        apart = tuple(d for d in visit.days if all(abs(d - s) >= gap for s in sisters))
        found = cheapest_fit(days, stranger, replace(visit, days=apart))
        if found is not None:
            return gap, found
    return None


def at_any_hour(days: Days, requirement: Requirement, visit: Visit) -> tuple[int, Insertion] | None:
    """Try it with the door always open; give the second of the day at which it would begin."""
    if not requirement.windows:
        return None
    awake = _bent(days, requirement, replace(requirement, windows=()))
    open_, _ = awake.problem.visit[visit.id]
    found = cheapest_fit(awake, open_, visit)
    if found is None:
        return None
    route = awake.route(found.team, found.day)
    shift = found.team.shift_on(found.day)
    if route is None or shift is None:
        return None
    trial = with_visit_at(route, visit.id, found.position)
    timed = schedule(awake.problem, shift, trial.starts_from, trial.sleeps_at, trial.visit_ids)
    if timed is None:
        return None
    return timed.visits[found.position].starts_s - found.day * DAY_S, found


def out_of_order(days: Days, requirement: Requirement, visit: Visit) -> Insertion | None:
    """Try it anywhere in the day, where its place in an order was pinned."""
    if requirement.order is None:
        return None
    return cheapest_fit(days, replace(requirement, order=None), visit)


def with_others(days: Days, requirement: Requirement, visit: Visit) -> Insertion | None:
    """Try other workers than those who were pinned."""
    if not requirement.worker_ids:
        return None
    return cheapest_fit(days, replace(requirement, worker_ids=()), visit)


def with_night(days: Days, requirement: Requirement, visit: Visit) -> NightAway | None:
    """
    Try a night away at the nearest lodgings, for the teams of the nearest bases.

    Returns
    -------
    night
        One that is allowed rather than not, with beds rather than without, that lacks least.
    """
    problem = days.problem
    place = requirement.place_id

    def away_s(other_id: str) -> float:
        there, back = problem.riding_s(other_id, place), problem.riding_s(place, other_id)
        return float("inf") if there is None or back is None else there + back

    lodgings = sorted(problem.lodging, key=lambda i: (away_s(i), i))[:LODGINGS_TRIED]
    able = [t for t in problem.teams if t.circuit_id is None and problem.may_serve(t, requirement)]
    teams = sorted(able, key=lambda t: (away_s(t.base_id), t.id))[:TEAMS_TRIED]
    kept = set(days.days_kept(requirement, visit))
    nights = [
        night
        for team in teams
        for lodging_id in lodgings
        for night in _nights(days, requirement, visit, team, lodging_id, kept)
    ]
    return min(nights, default=None, key=lambda night: _difficulty(problem, night))


def _difficulty(problem: Problem, night: NightAway) -> tuple[bool, int, float, float]:
    found = night.insertion
    lacks_s = found.short_s + found.short_idr * HOUR_S / problem.weights.idr_per_hour
    return not night.is_allowed, night.beds_short, lacks_s, found.price_s


def _nights(
    days: Days,
    requirement: Requirement,
    visit: Visit,
    team: Team,
    lodging_id: str,
    kept: set[int],
) -> Iterator[NightAway]:
    for shift in team.shifts:
        day = shift.day
        if not kept & {day, day + 1} or day not in days.problem.lodging[lodging_id].nights:
            continue
        first, second = days.route(team, day), days.route(team, day + 1)
        if first is None or second is None or team.shift_on(day + 1) is None:
            continue
        if {first.sleeps_at, second.starts_from} != {team.base_id}:
            continue
        away = replace(first, sleeps_at=lodging_id), replace(second, starts_from=lodging_id)
        if not all(_is_ridable(days.problem, team, route) for route in away):
            continue
        slept = days.with_route(away[0]).with_route(away[1])
        found = insertion_by_day(
            slept, requirement, visit, team_days={(team.id, day), (team.id, day + 1)}
        )
        for insertion in found.values():
            yield NightAway(
                insertion=insertion,
                lodging_id=lodging_id,
                day=day,
                is_allowed=lodging_id in team.may_sleep_at(day),
                beds_left=days.beds_left(lodging_id, day),
            )


def _is_ridable(problem: Problem, team: Team, route: Route) -> bool:
    shift = team.shift_on(route.day)
    if shift is None:
        return False
    timed = schedule(problem, shift, route.starts_from, route.sleeps_at, route.visit_ids)
    return timed is not None


def _bent(days: Days, requirement: Requirement, instead: Requirement) -> Days:
    """Give the same days of a problem with one requirement changed."""
    problem = days.problem
    changed = tuple(instead if r is requirement else r for r in problem.requirements)
    return Days(replace(problem, requirements=changed), days.routes)
