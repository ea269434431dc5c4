"""The cheapest place for one more visit in the days that are already planned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outreach.routing.schedule import schedule
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outreach.routing.problem import Problem, Requirement, Shift, Team, Visit
    from outreach.routing.schedule import Route

POSITIONS_TRIED = 3
"""Only the cheapest places in a route are timed exactly; the others cost more riding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Insertion:
    """The cheapest way found to add a visit to a team's day, and the minutes that lack for it."""

    team: Team
    day: int
    position: int
    short_s: int
    riding_s: int


@dataclass(frozen=True, slots=True)
class Days:
    """Every day that a team works, with the route that it has or the empty one at its base."""

    problem: Problem
    routes: Mapping[tuple[str, int], Route]

    def route(self, team: Team, day: int) -> tuple[str, str, tuple[str, ...]] | None:
        """Give start, end and visits; None for a day of a circuit that is not ridden."""
        found = self.routes.get((team.id, day))
        if found is not None:
            return found.starts_from, found.sleeps_at, found.visit_ids
        return None if team.circuit_id else (team.base_id, team.base_id, ())


def open_days(days: Days, requirement: Requirement, visit: Visit) -> Iterator[tuple[Team, Shift]]:
    """Yield the teams and shifts that may make the visit, gaps to its sisters kept."""
    served = {v: r.day for r in days.routes.values() for v in r.visit_ids}
    sisters = [served[v.id] for v in requirement.visits if v.id != visit.id and v.id in served]
    for team in days.problem.teams:
        if not days.problem.may_serve(team, requirement):
            continue
        for shift in team.shifts:
            apart = all(abs(shift.day - d) >= requirement.min_gap_days for d in sisters)
            if shift.day in visit.days and apart:
                yield team, shift


def cheapest_insertion(days: Days, requirement: Requirement, visit: Visit) -> Insertion | None:
    """
    Find the day and position where the visit fits, or lacks the fewest minutes.

    Returns
    -------
    insertion
        `short_s` is 0 where it fits; None where no lengthening of a shift would help.
    """
    best: Insertion | None = None
    for team, shift in open_days(days, requirement, visit):
        route = days.route(team, shift.day)
        if route is None:
            continue
        for position, short_s, riding_s in _positions(days.problem, shift, route, visit.id):
            found = Insertion(
                team=team, day=shift.day, position=position, short_s=short_s, riding_s=riding_s
            )
            if best is None or _price(found) < _price(best):
                best = found
    return best


def _price(insertion: Insertion) -> tuple[int, int, int, str]:
    return insertion.short_s, insertion.riding_s, insertion.day, insertion.team.id


def _positions(
    problem: Problem, shift: Shift, route: tuple[str, str, tuple[str, ...]], visit_id: str
) -> Iterator[tuple[int, int, int]]:
    start, end, visit_ids = route
    place = problem.visit[visit_id][0].place_id
    stops = [start, *(problem.visit[v][0].place_id for v in visit_ids), end]
    detours = []
    for i in range(1, len(stops)):
        there = problem.riding_s(stops[i - 1], place)
        back = problem.riding_s(place, stops[i])
        direct = problem.riding_s(stops[i - 1], stops[i])
        if there is not None and back is not None and direct is not None:
            detours.append((there + back - direct, i - 1))
    endless = replace(shift, ends_s=shift.ends_s + DAY_S, max_riding_s=shift.max_riding_s + DAY_S)
    for detour_s, position in sorted(detours)[:POSITIONS_TRIED]:
        trial = (*visit_ids[:position], visit_id, *visit_ids[position:])
        timetable = schedule(problem, endless, start, end, trial)
        if timetable is not None:
            late_s = timetable.arrives_s - shift.ends_s
            short_s = max(0, late_s, timetable.riding_s - shift.max_riding_s)
            yield position, short_s, detour_s
