"""Our layer above PyVRP: who makes which visits, nights, and a second chance for the unserved."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from outreach.progress import SILENT, Progress
from outreach.routing.insertion import Days, cheapest_insertion
from outreach.routing.schedule import Route
from outreach.routing.solvers.days import Offer, order_days
from outreach.routing.solvers.nights import choose_nights
from outreach.routing.solvers.patterns import day_patterns
from outreach.routing.solvers.protocol import Solution

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outreach.routing.problem import Problem, Requirement, Team
    from outreach.routing.solvers.protocol import Limit

logger = logging.getLogger(__name__)

FIRST_ROUND = 0.6
"""Part of the limit for each team's own cases; the rest is for what others left unserved."""


@dataclass(slots=True)
class _State:
    """What has been decided so far."""

    routes: dict[tuple[str, int], Route] = field(default_factory=dict)
    pinned: dict[str, int] = field(default_factory=dict)
    beds: dict[tuple[str, int], int] = field(default_factory=dict)

    def day_of(self) -> dict[str, int]:
        return {v: r.day for r in self.routes.values() for v in r.visit_ids}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """One run of PyVRP: how long, from which seed, and whom to tell."""

    limit: Limit
    seed: int
    progress: Progress
    begins: float
    part: float

    def order(
        self,
        problem: Problem,
        team: Team,
        ends: dict[int, tuple[str, str]],
        offers: list[Offer],
        *,
        must_move: bool,
    ) -> dict[int, tuple[str, ...]]:
        return order_days(
            problem,
            team,
            ends,
            offers,
            must_move=must_move,
            limit=self.limit.share(self.part),
            seed=self.seed,
            progress=lambda done: self.progress("plan", self.begins + self.part * done, 1.0),
        )


class LayeredSolver:
    """
    Team by team: assign cases, choose nights, then let PyVRP pick days and order.

    Cases go to the worker whom the child knows, else to the nearest team with room. Circuits
    choose their lodgings and the days of repeated visits by `nights.choose_nights`. What remains
    unserved is then offered to every other team that may serve it, since a new face is better
    than no visit.
    """

    def solve(
        self, problem: Problem, *, limit: Limit, seed: int, progress: Progress = SILENT
    ) -> Solution:
        """Find a good solution that keeps every hard rule; see `protocol.Solver`."""
        state = _State()
        for lodging in problem.lodgings:
            for night in lodging.nights:
                state.beds[lodging.id, night] = lodging.beds
        cases = _assign(problem)
        n_cases = {team: sum(len(r.visits) for r in own) for team, own in cases.items()}
        total = max(1, sum(n_cases.values()))
        single = [t for t in problem.teams if t.circuit_id is None]
        first = FIRST_ROUND if len(single) > 1 else 1.0
        begins = 0.0
        for team in problem.teams:
            search = _Search(
                limit=limit,
                seed=seed,
                progress=progress,
                begins=begins,
                part=first * n_cases[team.id] / total,
            )
            plan = _plan_days if team.circuit_id is None else _plan_circuit
            plan(problem, team, cases[team.id], state, search)
            begins += search.part
        if len(single) > 1:
            search = _Search(
                limit=limit, seed=seed, progress=progress, begins=begins, part=1 - first
            )
            _offer_unserved(problem, single, state, search)
        _insert_unserved(problem, state)
        progress("plan", 1.0, 1.0)
        solution = Solution(
            routes=tuple(sorted(state.routes.values(), key=lambda r: (r.day, r.team_id)))
        )
        n_visits = len(problem.visit)
        logger.info("planned %d of %d visits", len(solution.served), n_visits)
        return solution


def _assign(problem: Problem) -> dict[str, list[Requirement]]:
    cases: dict[str, list[Requirement]] = {team.id: [] for team in problem.teams}
    load_s = dict.fromkeys(cases, 0)
    room_s = {t.id: sum(s.ends_s - s.starts_s for s in t.shifts) for t in problem.teams}
    for requirement in problem.requirements:
        able = [t for t in problem.teams if _is_able(problem, t, requirement)]
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


def _is_able(problem: Problem, team: Team, requirement: Requirement) -> bool:
    if not problem.may_serve(team, requirement):
        return False
    there = problem.riding_s(team.base_id, requirement.place_id)
    back = problem.riding_s(requirement.place_id, team.base_id)
    if there is None or back is None:
        return False
    days = {d for v in requirement.visits for d in v.days}
    return any(s.day in days for s in team.shifts)


def _plan_circuit(
    problem: Problem,
    team: Team,
    requirements: list[Requirement],
    state: _State,
    search: _Search,
) -> None:
    if not requirements:
        return
    circuit = next(c for c in problem.circuits if c.team_id == team.id)
    requirements = [_apart(problem, r, state) for r in requirements]
    nights = choose_nights(problem, circuit, requirements, state.beds, seed=search.seed)
    for lodging_id, day in zip(nights.lodging_ids, circuit.days, strict=False):
        state.beds[lodging_id, day] -= len(team.worker_ids)
    sleeps = (team.base_id, *nights.lodging_ids, team.base_id)
    ends = {day: (sleeps[i], sleeps[i + 1]) for i, day in enumerate(circuit.days)}
    offers = []
    for requirement in requirements:
        for visit in requirement.visits:
            # A single visit may still move: the order within the days decides better.
            if len(requirement.visits) == 1:
                offers.append(Offer(visit_id=visit.id, days=visit.days))
            elif visit.id in nights.day_of:
                offers.append(Offer(visit_id=visit.id, days=(nights.day_of[visit.id],)))
    order = search.order(problem, team, ends, offers, must_move=True)
    for day, visit_ids in order.items():
        state.routes[team.id, day] = Route(
            team_id=team.id,
            day=day,
            starts_from=ends[day][0],
            sleeps_at=ends[day][1],
            visit_ids=visit_ids,
        )


def _apart(problem: Problem, part: Requirement, state: _State) -> Requirement:
    """Keep the gap to the visits that another trip of the circuit makes."""
    day_of = state.day_of()
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


def _plan_days(
    problem: Problem,
    team: Team,
    requirements: list[Requirement],
    state: _State,
    search: _Search,
) -> None:
    load_s = {s.day: 0 for s in team.shifts}
    offers = []
    for requirement in requirements:
        if len(requirement.visits) == 1:
            visit = requirement.visits[0]
            offers.append(Offer(visit_id=visit.id, days=visit.days))
            continue
        patterns = day_patterns(requirement, load_s)
        if not patterns:
            continue
        spread = min(range(len(patterns)), key=lambda i: (sum(load_s[d] for d in patterns[i]), i))
        for visit, day in zip(requirement.visits, patterns[spread], strict=False):
            load_s[day] += requirement.service_s
            state.pinned[visit.id] = day
            offers.append(Offer(visit_id=visit.id, days=(day,)))
    _order_at_base(problem, team, offers, state, search)


def _order_at_base(
    problem: Problem, team: Team, offers: list[Offer], state: _State, search: _Search
) -> None:
    ends = {s.day: (team.base_id, team.base_id) for s in team.shifts}
    order = search.order(problem, team, ends, offers, must_move=False)
    for day in ends:
        state.routes.pop((team.id, day), None)
    for day, visit_ids in order.items():
        if visit_ids:
            state.routes[team.id, day] = Route(
                team_id=team.id,
                day=day,
                starts_from=team.base_id,
                sleeps_at=team.base_id,
                visit_ids=visit_ids,
            )


def _offer_unserved(
    problem: Problem,
    teams: list[Team],
    state: _State,
    search: _Search,
) -> None:
    part = search.part / len(teams)
    for i, team in enumerate(sorted(teams, key=lambda t: (_used(problem, t, state), t.id))):
        extra = list(_extra_offers(problem, team, state))
        if not extra:
            continue
        own = [
            Offer(visit_id=v, days=_own_days(problem, v, state))
            for (team_id, _), route in sorted(state.routes.items())
            if team_id == team.id
            for v in route.visit_ids
        ]
        before = dict(state.routes)
        turn = replace(search, part=part, begins=search.begins + i * part)
        _order_at_base(problem, team, own + extra, state, turn)
        if _value(problem, state.routes) < _value(problem, before):
            state.routes = before


def _extra_offers(problem: Problem, team: Team, state: _State) -> Iterator[Offer]:
    day_of = state.day_of()
    for requirement in problem.requirements:
        if not _is_able(problem, team, requirement):
            continue
        for visit in requirement.visits:
            if visit.id in day_of:
                continue
            days = _days_apart(requirement, visit.id, day_of, state.pinned)
            if days:
                yield Offer(visit_id=visit.id, days=days)
            # Sisters that may still move could land on each other's day: one at a time.
            if visit.id not in state.pinned:
                break


def _insert_unserved(problem: Problem, state: _State) -> None:
    """Put in by hand what the search overlooked, heaviest first."""
    days = Days(problem, state.routes)
    served = state.day_of()
    left = [(r, v) for r in problem.requirements for v in r.visits if v.id not in served]
    left.sort(key=lambda pair: (-problem.weights.unserved(*pair), pair[1].id))
    for requirement, visit in left:
        found = cheapest_insertion(days, requirement, visit)
        if found is None or found.short_s > 0:
            continue
        start, end, ids = days.route(found.team, found.day) or ("", "", ())
        state.routes[found.team.id, found.day] = Route(
            team_id=found.team.id,
            day=found.day,
            starts_from=start,
            sleeps_at=end,
            visit_ids=(*ids[: found.position], visit.id, *ids[found.position :]),
        )


def _own_days(problem: Problem, visit_id: str, state: _State) -> tuple[int, ...]:
    requirement, visit = problem.visit[visit_id]
    if len(requirement.visits) == 1:
        return visit.days
    return (state.day_of()[visit_id],)


def _days_apart(
    requirement: Requirement,
    visit_id: str,
    day_of: Mapping[str, int],
    pinned: Mapping[str, int],
) -> tuple[int, ...]:
    """Give the days that keep the gap to the requirement's other visits."""
    if len(requirement.visits) == 1:
        return requirement.visits[0].days
    if visit_id in pinned:
        return (pinned[visit_id],)
    visit = next(v for v in requirement.visits if v.id == visit_id)
    others = [day_of.get(v.id, pinned.get(v.id)) for v in requirement.visits if v.id != visit_id]
    return tuple(
        day
        for day in visit.days
        if all(o is None or abs(day - o) >= requirement.min_gap_days for o in others)
    )


def _used(problem: Problem, team: Team, state: _State) -> float:
    service_s = sum(
        problem.visit[v][0].service_s
        for (team_id, _), route in state.routes.items()
        if team_id == team.id
        for v in route.visit_ids
    )
    return service_s / max(1, sum(s.ends_s - s.starts_s for s in team.shifts))


def _value(problem: Problem, routes: Mapping[tuple[str, int], Route]) -> int:
    """Sum the weights of what the routes serve, deadlines kept counted too."""
    total = 0
    for route in routes.values():
        for visit_id in route.visit_ids:
            requirement, visit = problem.visit[visit_id]
            total += problem.weights.unserved(requirement, visit)
            if visit.deadline_day is not None and route.day <= visit.deadline_day:
                total += problem.weights.missed_deadline_s
    return total
