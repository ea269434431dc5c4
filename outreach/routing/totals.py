"""What each worker does and spends in a plan, and all together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.model import Totals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.model import DayRoute
    from outreach.routing.problem import Problem

EVERYONE = "all"


def sum_up(problem: Problem, routes: Sequence[DayRoute]) -> tuple[tuple[str, Totals], ...]:
    """
    Sum up the routes of all, and of each worker.

    A team's day counts once among all, but what it costs is paid by each of its workers.
    """
    workers = sorted({w for team in problem.teams for w in team.worker_ids})
    budgets = [problem.budget_idr.get(w) for w in workers]
    known = [budget for budget in budgets if budget is not None]
    everyone = _sum(
        problem,
        routes,
        cost_idr=sum(_cost_idr(problem, r) * len(r.worker_ids) for r in routes),
        # The sum of some workers' budgets is not what all may spend.
        budget_idr=sum(known) if workers and len(known) == len(workers) else None,
        available_s=sum(problem.available_s.values()),
    )
    totals = [(EVERYONE, everyone)]
    for worker_id in workers:
        own = [r for r in routes if worker_id in r.worker_ids]
        total = _sum(
            problem,
            own,
            cost_idr=sum(_cost_idr(problem, r) for r in own),
            budget_idr=problem.budget_idr.get(worker_id),
            available_s=problem.available_s.get(worker_id, 0),
        )
        totals.append((worker_id, total))
    return tuple(totals)


def _sum(
    problem: Problem,
    routes: Sequence[DayRoute],
    *,
    cost_idr: float,
    budget_idr: int | None,
    available_s: int,
) -> Totals:
    return Totals(
        n_visits=sum(s.visit_id is not None for r in routes for s in r.stops),
        riding_s=sum(leg.duration_s for r in routes for leg in r.legs),
        service_s=sum(s.departs_s - s.starts_s for r in routes for s in r.stops),
        distance_m=sum(leg.distance_m for r in routes for leg in r.legs),
        n_nights=sum(r.sleeps_at != problem.team[r.team_id].base_id for r in routes),
        cost_idr=round(cost_idr),
        budget_idr=budget_idr,
        available_s=available_s,
    )


def _cost_idr(problem: Problem, route: DayRoute) -> float:
    """Rupiah that each worker on the route pays."""
    team = problem.team[route.team_id]
    legs_idr = sum(problem.leg_idr(team, leg.from_id, leg.to_id) for leg in route.legs)
    return legs_idr + problem.day_idr(team, route.starts_from, route.sleeps_at)
