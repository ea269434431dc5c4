"""Why a visit is left out: the reason that binds, found by testing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.model import Loss
from outreach.routing.days import Days
from outreach.routing.insertion import Insertion, cheapest_insertion, open_days
from outreach.units import MINUTE_S

if TYPE_CHECKING:
    from outreach.routing.problem import Problem, Requirement, Visit
    from outreach.routing.schedule import Route


def explain(days: Days, requirement: Requirement, visit: Visit) -> Loss:
    """Say what binds: who is lacking, which day, or how many minutes."""
    reason, detail = _reason(days, requirement, visit)
    return Loss(
        kind="unserved",
        beneficiary_id=requirement.id,
        visit_id=visit.id,
        reason=reason,
        detail=detail,
    )


def _reason(  # noqa: PLR0911  (each return is one reason)
    days: Days, requirement: Requirement, visit: Visit
) -> tuple[str, Message]:
    problem = days.problem
    if not problem.teams:
        return "nobody_works", Message("nobody has working hours in these days")
    if not any(problem.may_serve(team, requirement) for team in problem.teams):
        return _no_team(problem, requirement)
    if not any(
        problem.may_serve(team, requirement) and shift.day in visit.days
        for team in problem.teams
        for shift in team.shifts
    ):
        return "no_day", Message("nobody who may go works on the days on which the visit may be")
    if next(open_days(days, requirement, visit), None) is None:
        return "gap", Message(
            "the other visits leave no day with %(days)d days between",
            {"days": requirement.min_gap_days},
        )
    alone = cheapest_insertion(Days(problem, _emptied(days)), requirement, visit)
    if alone is None:
        return "window_missed", Message(
            "nobody who may go can be there while the door is open and still come home"
        )
    if alone.short_s > 0:
        return "too_far", Message(
            "even alone on %(date)s the way there and back and the visit take %(minutes)d"
            " minutes more than the shift or the riding limit of %(team)s",
            _values(problem, alone),
        )
    best = cheapest_insertion(days, requirement, visit)
    if best is None:
        return "window_missed", Message(
            "on the days that are left, %(team)s cannot be there while the door is open",
            {"team": alone.team.id},
        )
    return "no_time", Message(
        "%(team)s would need %(minutes)d more minutes on %(date)s", _values(problem, best)
    )


def _emptied(days: Days) -> dict[tuple[str, int], Route]:
    return {key: replace(route, visit_ids=()) for key, route in days.routes.items()}


def _values(problem: Problem, insertion: Insertion) -> dict[str, object]:
    import datetime as dt

    date = problem.starts_at.date() + dt.timedelta(days=insertion.day)
    return {
        "team": insertion.team.id,
        "minutes": max(1, -(-insertion.short_s // MINUTE_S)),
        "date": date.isoformat(),
    }


def _no_team(problem: Problem, requirement: Requirement) -> tuple[str, Message]:
    if requirement.circuit_id is not None:
        teams = [t for t in problem.teams if t.circuit_id == requirement.circuit_id]
        if not teams:
            return "no_circuit", Message(
                "circuit %(circuit)s does not run in these days",
                {"circuit": requirement.circuit_id},
            )
    else:
        teams = [t for t in problem.teams if t.circuit_id is None]
    if not any(len(t.worker_ids) >= requirement.n_workers for t in teams):
        return "too_few_workers", Message(
            "needs %(n)d workers together; no team that may go has so many",
            {"n": requirement.n_workers},
        )
    return "no_skill", Message(
        "no team that may go has the skill: %(skills)s",
        {"skills": ", ".join(requirement.skills)},
    )
