"""
Check a plan against the problem alone.

Nothing here comes from a solver or from the schedule: the audit is the oracle of both.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.routing.audit_accounts import account_violations
from outreach.routing.audit_nights import night_violations
from outreach.routing.audit_routes import route_violations
from outreach.routing.audit_visits import gap_violations, visit_violations
from outreach.routing.violation import Violation, broken, on_route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.model import Plan
    from outreach.routing.problem import Problem

__all__ = ["Violation", "audit"]


def audit(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """
    List every rule that the plan breaks; an empty tuple is a plan that can be ridden.

    Checked are: the horizon; each visit served or lost exactly once; days, gaps, orders, windows
    and lengths of the visits, and who makes them; shifts, riding limits, breaks, and legs and
    times that follow each other; nights that join, open lodgings and free beds, whole circuits,
    nobody in two places; the budgets, the totals and the score.
    """
    if (plan.starts_at, plan.horizon_days) != (problem.starts_at, problem.horizon_days):
        return (
            broken(
                "horizon",
                Message(
                    "%(n)d days from %(date)s",
                    {"n": plan.horizon_days, "date": f"{plan.starts_at:%Y-%m-%d}"},
                ),
                Message(
                    "is not what outreach.toml plans: %(n)d days from %(date)s",
                    {"n": problem.horizon_days, "date": f"{problem.starts_at:%Y-%m-%d}"},
                ),
            ),
        )
    found = [*_once(problem, plan), *night_violations(problem, plan)]
    for route in plan.day_routes:
        team = problem.team.get(route.team_id)
        if team is None:
            found.append(broken("team", on_route(problem, route), Message("no such team")))
            continue
        found += route_violations(problem, team, route)
        found += visit_violations(problem, team, route)
    found += gap_violations(problem, plan)
    found += account_violations(problem, plan)
    return tuple(found)


def _once(problem: Problem, plan: Plan) -> Iterator[Violation]:
    served = Counter(s.visit_id for r in plan.day_routes for s in r.stops if s.visit_id)
    lost = Counter(loss.visit_id for loss in plan.unserved if loss.visit_id)
    for visit_id in sorted({*served, *lost} - set(problem.visit)):
        yield broken("once", visit_id, Message("no such visit is required"))
    for visit_id in problem.visit:
        if served[visit_id] + lost[visit_id] != 1:
            yield broken(
                "once",
                visit_id,
                Message(
                    "served %(served)d times and left out %(lost)d times; it must be one or the"
                    " other",
                    {"served": served[visit_id], "lost": lost[visit_id]},
                ),
            )
