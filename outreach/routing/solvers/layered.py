"""Our layer above PyVRP: who makes which visits, nights, and a second chance for the unserved."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from outreach.progress import SILENT, Progress
from outreach.routing.schedule import Route
from outreach.routing.solvers.days import Offer, order_days
from outreach.routing.solvers.drafts import (
    Draft,
    all_beds,
    apart,
    assign,
    insert_unserved,
    is_able,
    sleep,
)
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
class _State(Draft):
    """A draft, and the days that were decided for visits whether they are made or not."""

    pinned: dict[str, int] = field(default_factory=dict)


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
        state = _State(beds=all_beds(problem))
        cases = assign(problem)
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
        insert_unserved(problem, state)
        progress("plan", 1.0, 1.0)
        solution = Solution(
            routes=tuple(sorted(state.routes.values(), key=lambda r: (r.day, r.team_id)))
        )
        n_visits = len(problem.visit)
        logger.info("planned %d of %d visits", len(solution.served), n_visits)
        return solution


def _plan_circuit(
    problem: Problem,
    team: Team,
    requirements: list[Requirement],
    state: _State,
    search: _Search,
) -> None:
    if not requirements:
        return
    day_of = state.day_of()
    requirements = [apart(problem, r, day_of) for r in requirements]
    ends, nights = sleep(problem, team, requirements, state.beds, seed=search.seed)
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
        if not is_able(problem, team, requirement):
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
