"""Audit the visits: whether each may be made so, there and then, by that team."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.routing.violation import Violation, broken, date_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.model import DayRoute, Plan, Stop
    from outreach.routing.problem import Problem, Requirement, Team

DAY_S = 86_400


def visit_violations(problem: Problem, team: Team, route: DayRoute) -> Iterator[Violation]:
    """Yield what is wrong with the visits of one route."""
    made = [
        (stop, *problem.visit[stop.visit_id])
        for stop in route.stops
        if stop.visit_id is not None and stop.visit_id in problem.visit
    ]
    for stop, requirement, visit in made:
        if route.day not in visit.days:
            on = {"date": date_of(problem, route.day)}
            yield broken("day", visit.id, Message("may not be made on %(date)s", on))
        if stop.is_pinned != visit.is_pinned:
            yield broken(
                "pin",
                visit.id,
                Message("was promised, and the plan does not say so")
                if visit.is_pinned
                else Message("is called promised, but was not"),
            )
        yield from _service(requirement, route, stop)
        yield from _who(requirement, team, visit.id)
    last: dict[str, int] = {}
    for _, requirement, visit in made:
        order = requirement.order
        if order is None:
            continue
        if order.rank < last.get(order.group, order.rank):
            yield broken(
                "order", visit.id, Message("comes after a visit that must follow it, by the pins")
            )
        last[order.group] = max(order.rank, last.get(order.group, order.rank))


def _service(requirement: Requirement, route: DayRoute, stop: Stop) -> Iterator[Violation]:
    where = str(stop.visit_id)
    if stop.place_id != requirement.place_id:
        yield broken("place", where, Message("is not made where the beneficiary is"))
    if stop.departs_s - stop.starts_s != requirement.service_s:
        yield broken("service", where, Message("lasts other than it must"))
    clock_s = stop.starts_s - route.day * DAY_S
    spans = [(w.opens_s, w.closes_s) for w in requirement.windows] or [(0, DAY_S - 1)]
    if not any(opens_s <= clock_s <= closes_s for opens_s, closes_s in spans):
        yield broken("window", where, Message("begins outside its windows"))


def _who(requirement: Requirement, team: Team, where: str) -> Iterator[Violation]:
    if len(team.worker_ids) < requirement.n_workers:
        needed = {"n": requirement.n_workers}
        yield broken("workers", where, Message("needs %(n)d workers", needed))
    lacking = sorted(set(requirement.skills) - set(team.skills))
    if lacking:
        yield broken("skills", where, Message("lacks %(skills)s", {"skills": ", ".join(lacking)}))
    if requirement.worker_ids and not set(requirement.worker_ids) & set(team.worker_ids):
        pinned = {"workers": ", ".join(requirement.worker_ids)}
        yield broken("worker", where, Message("is pinned to %(workers)s, who is not there", pinned))
    if requirement.circuit_id not in {None, team.circuit_id}:
        yield broken("circuit", where, Message("is made by a team of another circuit"))


def gap_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield whose visits are too near each other; pinned ones are requirements of their own."""
    day_of = {s.visit_id: r.day for r in plan.day_routes for s in r.stops if s.visit_id}
    days: dict[str, list[int]] = {}
    gaps: dict[str, int] = {}
    for requirement in problem.requirements:
        made = [day_of[v.id] for v in requirement.visits if v.id in day_of]
        days.setdefault(requirement.id, []).extend(made)
        gap = requirement.min_gap_days
        gaps[requirement.id] = max(gap, gaps.get(requirement.id, gap))
    for beneficiary_id, gap in gaps.items():
        if any(b - a < gap for a, b in pairwise(sorted(days[beneficiary_id]))):
            apart = {"n": gap}
            yield broken(
                "gap", beneficiary_id, Message("has visits less than %(n)d days apart", apart)
            )
