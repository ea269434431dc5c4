"""What solvers share: who makes which visits, where circuits sleep, and a last insertion."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from outreach.routing.days import Days
from outreach.routing.insertion import insert_all
from outreach.routing.solvers.days import check_bare_rides
from outreach.routing.solvers.nights import choose_nights
from outreach.routing.solvers.patterns import day_patterns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from outreach.routing.problem import Problem, Requirement, Team
    from outreach.routing.schedule import Route
    from outreach.routing.solvers.nights import Nights

Ends = dict[int, tuple[str, str]]
"""Where a team starts and where it sleeps, by day."""


@dataclass(slots=True)
class Draft:
    """What has been decided so far: routes by team and day, and the beds that are left."""

    routes: dict[tuple[str, int], Route] = field(default_factory=dict)
    beds: dict[tuple[str, int], int] = field(default_factory=dict)

    def day_of(self) -> dict[str, int]:
        """Give the day of every visit that is made."""
        return {v: r.day for r in self.routes.values() for v in r.visit_ids}


def all_beds(problem: Problem) -> dict[tuple[str, int], int]:
    """Count the beds of every lodging on every night that it is open."""
    return {(lodging.id, n): lodging.beds for lodging in problem.lodgings for n in lodging.nights}


def assign(problem: Problem) -> dict[str, list[Requirement]]:
    """
    Give each case to one team: whom the child knows, else the nearest with room.

    The visits of a case of a circuit are shared out to its trips.
    """
    cases: dict[str, list[Requirement]] = {team.id: [] for team in problem.teams}
    load_s = dict.fromkeys(cases, 0)
    room_s = {t.id: sum(s.ends_s - s.starts_s for s in t.shifts) for t in problem.teams}
    for requirement in problem.requirements:
        able = [t for t in problem.teams if is_able(problem, t, requirement)]
        if not able:
            continue
        if requirement.circuit_id is not None:
            for team_id, part in _by_trip(requirement, able):
                cases[team_id].append(part)
            continue
        # In the order of what is minimised: deadlines, then continuity, then riding.
        able = [t for t in able if _keeps_deadline(t, requirement)] or able
        able = [t for t in able if requirement.known_worker_id in t.worker_ids] or able

        def price(team: Team, requirement: Requirement = requirement) -> tuple[int, float, str]:
            there = problem.riding_s(team.base_id, requirement.place_id) or 0
            back = problem.riding_s(requirement.place_id, team.base_id) or 0
            fullness = load_s[team.id] / room_s[team.id]
            return (int(fullness > 1), there + back + fullness * (there + back + 3600), team.id)

        chosen = min(able, key=price)
        cases[chosen.id].append(requirement)
        load_s[chosen.id] += len(requirement.visits) * requirement.service_s
    return cases


def _keeps_deadline(team: Team, requirement: Requirement) -> bool:
    return all(
        any(s.day in visit.days and s.day <= visit.deadline_day for s in team.shifts)
        for visit in requirement.visits
        if visit.deadline_day is not None
    )


def _by_trip(requirement: Requirement, teams: list[Team]) -> Iterator[tuple[str, Requirement]]:
    """Share the visits out to the trips of a circuit, as many to each as its days can hold."""
    left = list(requirement.visits)
    for team in teams:
        days = {shift.day for shift in team.shifts}
        fitting = tuple(visit for visit in left if days & set(visit.days))
        patterns = day_patterns(replace(requirement, visits=fitting), days)
        if patterns:
            taken = fitting[: len(patterns[0])]
            left = [visit for visit in left if visit not in taken]
            yield team.id, replace(requirement, visits=taken)


def is_able(problem: Problem, team: Team, requirement: Requirement) -> bool:
    """Whether the team may serve the requirement, can ride there, and works on one of its days."""
    if not problem.may_serve(team, requirement) or requirement.circuit_id != team.circuit_id:
        return False
    there = problem.riding_s(team.base_id, requirement.place_id)
    back = problem.riding_s(requirement.place_id, team.base_id)
    if there is None or back is None:
        return False
    days = {d for v in requirement.visits for d in v.days}
    return any(s.day in days for s in team.shifts)


def apart(problem: Problem, part: Requirement, day_of: Mapping[str, int]) -> Requirement:
    """Keep the gap to the visits that another trip of the circuit makes."""
    whole, _ = problem.visit[part.visits[0].id]
    elsewhere = {v.id for v in whole.visits} - {v.id for v in part.visits}
    taken = [day_of[v] for v in elsewhere if v in day_of]
    visits = [
        replace(
            v, days=tuple(d for d in v.days if all(abs(d - t) >= whole.min_gap_days for t in taken))
        )
        for v in part.visits
    ]
    return replace(part, visits=tuple(visits))


def sleep(
    problem: Problem,
    team: Team,
    requirements: Sequence[Requirement],
    beds: dict[tuple[str, int], int],
    *,
    seed: int,
) -> tuple[Ends, Nights]:
    """Choose where a circuit sleeps, and take the beds."""
    circuit = next(c for c in problem.circuits if c.team_id == team.id)
    nights = choose_nights(problem, circuit, requirements, beds, seed=seed)
    for lodging_id, day in zip(nights.lodging_ids, circuit.days, strict=False):
        beds[lodging_id, day] -= len(team.worker_ids)
    sleeps = (team.base_id, *nights.lodging_ids, team.base_id)
    return {day: (sleeps[i], sleeps[i + 1]) for i, day in enumerate(circuit.days)}, nights


def sleep_all(problem: Problem, beds: dict[tuple[str, int], int], *, seed: int) -> dict[str, Ends]:
    """
    Choose where every circuit sleeps that has something to do.

    Raises
    ------
    InfeasibleError
        When on some night no lodging has beds, or a day cannot be ridden even without a visit.
    """
    cases = assign(problem)
    circuits: dict[str, Ends] = {}
    day_of: dict[str, int] = {}
    for team in problem.teams:
        if team.circuit_id is None or not cases[team.id]:
            continue
        requirements = [apart(problem, r, day_of) for r in cases[team.id]]
        ends, nights = sleep(problem, team, requirements, beds, seed=seed)
        check_bare_rides(problem, team, ends)
        circuits[team.id] = ends
        day_of.update(nights.day_of)
    return circuits


def insert_unserved(problem: Problem, draft: Draft) -> None:
    """Put in by hand what the search overlooked, heaviest first."""
    days = Days(problem, draft.routes)
    left = [pair for visit_id, pair in problem.visit.items() if visit_id not in days.key_of]
    draft.routes = dict(insert_all(days, left).routes)
