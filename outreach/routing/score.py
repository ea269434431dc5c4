"""What a plan costs by the published weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.model import Score
from outreach.routing.days import Days
from outreach.routing.schedule import Route
from outreach.units import HOUR_S

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outreach.model import DayRoute
    from outreach.routing.problem import Problem


def score(problem: Problem, day_routes: Iterable[DayRoute]) -> Score:
    """Weigh a plan by what its routes do and leave; each part is rounded once."""
    return score_of(Days(problem, {(r.team_id, r.day): r for r in routes_of(day_routes)}))


def routes_of(day_routes: Iterable[DayRoute]) -> tuple[Route, ...]:
    """Take a plan's routes back to what was decided, without places and times."""
    return tuple(
        Route(
            team_id=r.team_id,
            day=r.day,
            starts_from=r.starts_from,
            sleeps_at=r.sleeps_at,
            visit_ids=tuple(s.visit_id for s in r.stops if s.visit_id is not None),
        )
        for r in day_routes
    )


def score_of(days: Days) -> Score:
    """Weigh what has been planned so far."""
    problem, weights = days.problem, days.problem.weights
    promises_s = missed_s = unserved_s = continuity_s = 0
    for visit_id, (requirement, visit) in problem.visit.items():
        team_id, day = days.key_of.get(visit_id, (None, None))
        if visit.deadline_day is not None and (day is None or day > visit.deadline_day):
            missed_s += weights.missed_deadline_s
        if team_id is not None:
            is_known = requirement.known_worker_id in {None, *problem.team[team_id].worker_ids}
            continuity_s += 0 if is_known else weights.broken_continuity_s
        elif visit.is_pinned:
            promises_s += weights.broken_promise_s
        else:
            unserved_s += weights.unserved(requirement, visit)
    riding_s = sum(
        days.line(route).riding_s * len(problem.team[route.team_id].worker_ids)
        for route in days.routes.values()
    )
    workers = problem.available_s
    cost_idr = sum(days.spent_idr(w) for w in workers)
    loads = [days.load_s(w) / available_s for w, available_s in workers.items() if available_s]
    return Score(
        broken_promises_s=promises_s,
        missed_deadlines_s=missed_s,
        unserved_s=unserved_s,
        broken_continuity_s=continuity_s,
        riding_s=riding_s,
        money_s=round(cost_idr * HOUR_S / weights.idr_per_hour),
        unfairness_s=round(weights.unfairness_s * sum(load**2 for load in loads)),
    )
