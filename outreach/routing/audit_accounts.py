"""Audit the accounts: what each worker spends, the totals, and the score."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.routing.violation import Violation, broken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from outreach.model import DayRoute, Plan, Totals
    from outreach.routing.problem import Problem, Team

ROUNDING_IDR = 1.0
ROUNDING_M = 1.0
ROUNDING_S = 1.0
HOUR_S = 3600


def account_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield budgets that are overspent, and sums that are not those of the routes."""
    books = _Books(problem, plan)
    for worker_id, cost_idr in books.cost_idr.items():
        budget_idr = problem.budget_idr.get(worker_id)
        if budget_idr is not None and cost_idr > budget_idr + ROUNDING_IDR:
            spent = {"cost": round(cost_idr), "budget": budget_idr}
            yield broken(
                "budget",
                worker_id,
                Message("spends Rp %(cost)d; the budget is Rp %(budget)d", spent),
            )
    for who, total in plan.totals:
        yield from _total(books, who, total)
    yield from _score(books)


@dataclass(frozen=True)
class _Books:
    """A plan's routes, each with its team, and what follows from them for each worker."""

    problem: Problem
    plan: Plan

    @cached_property
    def routes(self) -> list[tuple[Team, DayRoute]]:
        teams = self.problem.team
        return [(teams[r.team_id], r) for r in self.plan.day_routes if r.team_id in teams]

    @cached_property
    def workers(self) -> list[str]:
        return sorted({w for team in self.problem.teams for w in team.worker_ids})

    def of(self, worker_id: str) -> list[DayRoute]:
        return [route for _, route in self.routes if worker_id in route.worker_ids]

    @cached_property
    def cost_idr(self) -> Mapping[str, float]:
        """Fuel, ferries, lodgings and meals of each worker."""
        cost = dict.fromkeys(self.workers, 0.0)
        for team, route in self.routes:
            each_idr = self._each_idr(team, route)
            for worker_id in route.worker_ids:
                cost[worker_id] = cost.get(worker_id, 0.0) + each_idr
        return cost

    def _each_idr(self, team: Team, route: DayRoute) -> float:
        costs, places = self.problem.costs, self.problem.place
        legs = [(leg.from_id, leg.to_id) for leg in route.legs]
        known = [(a, b) for a, b in legs if a in places and b in places]
        n_workers = len(team.worker_ids)
        n_motorbikes = n_workers if team.n_motorbikes is None else team.n_motorbikes
        metres = sum(self.problem.distance_m(a, b) for a, b in known)
        cost = costs.fuel_idr_per_km * metres / 1000 * n_motorbikes / n_workers
        if costs.ferry_idr:
            ids = self.problem.matrix.ids
            n_ferries = self.problem.matrix.n_ferries
            cost += costs.ferry_idr * sum(
                float(n_ferries[ids.index(a), ids.index(b)]) for a, b in known
            )
        lodging = self.problem.lodging.get(route.sleeps_at)
        if lodging is not None and route.sleeps_at != team.base_id:
            cost += lodging.cost_idr
        is_away = route.starts_from != team.base_id or route.sleeps_at != team.base_id
        if is_away or team.circuit_id is not None:
            cost += costs.meal_idr_per_day_away
        return cost

    @cached_property
    def available_s(self) -> Mapping[str, int]:
        """Each worker's longest shift of each day, without its breaks, over the days."""
        spans: dict[str, dict[int, int]] = {worker_id: {} for worker_id in self.workers}
        for team in self.problem.teams:
            for shift in team.shifts:
                working_s = shift.ends_s - shift.starts_s
                working_s -= sum(rest.length_s for rest in shift.breaks)
                for worker_id in team.worker_ids:
                    longest = spans[worker_id]
                    longest[shift.day] = max(working_s, longest.get(shift.day, 0))
        return {worker_id: sum(days.values()) for worker_id, days in spans.items()}


def _riding_s(routes: Sequence[DayRoute]) -> int:
    return sum(leg.duration_s for route in routes for leg in route.legs)


def _service_s(routes: Sequence[DayRoute]) -> int:
    return sum(stop.departs_s - stop.starts_s for route in routes for stop in route.stops)


def _total(books: _Books, who: str, total: Totals) -> Iterator[Violation]:
    everyone = who == "all"
    routes = [route for _, route in books.routes] if everyone else books.of(who)
    base = {team.id: team.base_id for team in books.problem.teams}
    sums = (
        sum(1 for route in routes for stop in route.stops if stop.visit_id),
        _riding_s(routes),
        _service_s(routes),
        sum(1 for route in routes if route.sleeps_at != base[route.team_id]),
    )
    said = (total.n_visits, total.riding_s, total.service_s, total.n_nights)
    metres = sum(leg.distance_m for route in routes for leg in route.legs)
    if sums != said or abs(metres - total.distance_m) > ROUNDING_M:
        yield broken("totals", who, Message("the totals are not the sums of the routes"))
    workers = books.workers if everyone else [who]
    cost_idr = sum(books.cost_idr.get(w, 0.0) for w in workers)
    if abs(cost_idr - total.cost_idr) > ROUNDING_IDR * max(1, len(workers)):
        costs = {"cost": round(cost_idr), "said": total.cost_idr}
        yield broken(
            "totals", who, Message("costs Rp %(cost)d, not Rp %(said)d as in the totals", costs)
        )
    # Plans without a score are of a time when these two were not told.
    if books.plan.score is None:
        return
    budgets = [books.problem.budget_idr.get(w) for w in workers]
    known = [budget for budget in budgets if budget is not None]
    if total.budget_idr != (sum(known) if known and len(known) == len(budgets) else None):
        yield broken("totals", who, Message("the budget in the totals is another"))
    if total.available_s != sum(books.available_s.get(w, 0) for w in workers):
        yield broken("totals", who, Message("the working time in the totals is another"))


def _score(books: _Books) -> Iterator[Violation]:
    score, weights = books.plan.score, books.problem.weights
    if score is None:
        return
    money_s = sum(books.cost_idr.values()) * HOUR_S / weights.idr_per_hour
    parts = {
        **_visits_s(books),
        "riding_s": sum(_riding_s([route]) * len(route.worker_ids) for _, route in books.routes),
        "money_s": money_s,
        "unfairness_s": weights.unfairness_s * _unfairness(books),
    }
    for part, found_s in parts.items():
        said_s = getattr(score, part)
        if abs(found_s - said_s) > ROUNDING_S:
            named = {"part": part, "found": round(found_s), "said": said_s}
            yield broken(
                "score",
                Message("the score"),
                Message("%(part)s is %(found)d by the weights, not %(said)d", named),
            )


def _visits_s(books: _Books) -> Mapping[str, int]:
    weights = books.problem.weights
    made = {
        stop.visit_id: (team, route.day)
        for team, route in books.routes
        for stop in route.stops
        if stop.visit_id is not None
    }
    promises_s = missed_s = unserved_s = continuity_s = 0
    for requirement in books.problem.requirements:
        for visit in requirement.visits:
            team, day = made.get(visit.id, (None, None))
            is_late = visit.deadline_day is not None and (day is None or day > visit.deadline_day)
            missed_s += weights.missed_deadline_s * is_late
            if team is not None:
                known_id = requirement.known_worker_id
                is_stranger = known_id is not None and known_id not in team.worker_ids
                continuity_s += weights.broken_continuity_s * is_stranger
            elif visit.is_pinned:
                promises_s += weights.broken_promise_s
            else:
                overdue = min(visit.overdue_days / weights.overdue_doubles_after_days, 1)
                unserved_s += round(weights.unserved_s * requirement.priority * (1 + overdue))
    return {
        "broken_promises_s": promises_s,
        "missed_deadlines_s": missed_s,
        "unserved_s": unserved_s,
        "broken_continuity_s": continuity_s,
    }


def _unfairness(books: _Books) -> float:
    """Sum the squares of the workers' loads, each a part of the worker's working time."""
    loads = [
        (_riding_s(books.of(worker_id)) + _service_s(books.of(worker_id))) / available_s
        for worker_id, available_s in books.available_s.items()
        if available_s
    ]
    return sum(load * load for load in loads)
