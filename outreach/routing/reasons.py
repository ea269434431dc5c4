"""Why a visit is left out: the reason that binds, found by testing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.model import Loss
from outreach.routing.case import Case
from outreach.routing.far import closed, too_far
from outreach.routing.insertion import worth_s
from outreach.routing.relaxations import (
    at_any_hour,
    emptied,
    on_any_day,
    out_of_order,
    with_less_gap,
    with_others,
)
from outreach.units import HOUR_S, MINUTE_S, format_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from outreach.routing.days import Days
    from outreach.routing.insertion import Insertion
    from outreach.routing.problem import Requirement, Team, Visit

    Said = tuple[str, Message]

LITTLE_S = HOUR_S
"""Up to so much, more time or money is asked for before any other rule is bent."""


def explain(days: Days, visits: Iterable[tuple[Requirement, Visit]]) -> tuple[Loss, ...]:
    """
    Say of each visit that stays out what binds, so that a supervisor can act on it.

    Tested are, in this order: who may go at all, on which days, with which gaps; whether the
    horizon cuts the circuit; a little more time or money; other workers, orders, days, gaps and
    hours than those that are pinned or allowed; a night away for what is too far; more time or
    money; who rides with whom.

    Parameters
    ----------
    days
        What is planned.
    visits
        Those that stay out.
    """
    alone = emptied(days)
    losses = []
    for requirement, visit in visits:
        case = Case(days=days, alone=alone, requirement=requirement, visit=visit)
        found = (test(case) for test in _TESTS)
        reason, detail = next((said for said in found if said is not None), _NEVER_OPEN)
        losses.append(
            Loss(
                kind="unserved",
                beneficiary_id=requirement.id,
                visit_id=visit.id,
                reason=reason,
                detail=detail,
            )
        )
    return tuple(losses)


_NEVER_OPEN = (
    "window_missed",
    Message("nobody who may go can be there while the door is open and still come home"),
)


def _nobody(case: Case) -> Said | None:
    problem, requirement = case.problem, case.requirement
    if not problem.teams:
        return "nobody_works", Message("nobody has working hours in these days")
    if case.able:
        return None
    teams: list[Team] = list(problem.teams)
    if requirement.circuit_id is not None:
        teams = [t for t in teams if t.circuit_id == requirement.circuit_id]
        if not teams:
            return "no_circuit", Message(
                "circuit %(circuit)s does not run in these days",
                {"circuit": requirement.circuit_id},
            )
    teams = [t for t in teams if len(t.worker_ids) >= requirement.n_workers]
    if not teams:
        return "too_few_workers", Message(
            "needs %(n)d workers together; no team that may go has so many",
            {"n": requirement.n_workers},
        )
    teams = [t for t in teams if t.skills.issuperset(requirement.skills)]
    if not teams:
        return "no_skill", Message(
            "no team that may go has the skill: %(skills)s",
            {"skills": ", ".join(requirement.skills)},
        )
    return "pinned_worker", Message(
        "is pinned to %(workers)s, but no team with one of them may go",
        {"workers": ", ".join(requirement.worker_ids)},
    )


def _no_day(case: Case) -> Said | None:
    works = {shift.day for team in case.able for shift in team.shifts}
    if works & set(case.visit.days):
        return None
    other = on_any_day(case.days, case.requirement, case.visit)
    if case.visit.is_pinned:
        if other is None:
            return "no_day", Message(
                "is pinned to %(dates)s, when nobody who may go works", {"dates": case.dates}
            )
        return "no_day", Message(
            "is pinned to %(dates)s, when nobody who may go works; on %(date)s %(team)s could"
            " make it",
            case.values(other),
        )
    if other is None:
        return "no_day", Message("nobody who may go works on the days on which the visit may be")
    return "no_day", Message(
        "nobody who may go works on the days on which the visit may be; on %(date)s %(team)s"
        " could make it",
        case.values(other),
    )


def _gap(case: Case) -> Said | None:
    kept = set(case.days.days_kept(case.requirement, case.visit))
    works = {shift.day for team in case.able for shift in team.shifts}
    if kept & works:
        return None
    closer = _closer(case)
    if closer is not None:
        return closer
    return "gap", Message(
        "the other visits leave no day with %(days)d days between",
        {"days": case.requirement.min_gap_days},
    )


def _closer(case: Case) -> Said | None:
    found = with_less_gap(case.days, case.requirement, case.visit)
    if found is None:
        return None
    gap, insertion = found
    return "gap", Message(
        "the other visits leave no day with %(days)d days between on which it fits; with"
        " %(less)d, %(team)s could make it on %(date)s",
        case.values(insertion, days=case.requirement.min_gap_days, less=gap),
    )


def _fits(case: Case) -> Said | None:
    best = case.best
    if best is None or not best.fits:
        return None
    if best.price_s < worth_s(case.problem.weights, case.requirement, case.visit):
        return "overlooked", Message(
            "%(team)s could still make it on %(date)s; let the planner search longer",
            case.values(best),
        )
    n_workers = len(best.team.worker_ids)
    return "not_worth", Message(
        "%(team)s could make it on %(date)s, but %(minutes)d minutes more on the road and"
        " Rp %(rupiah)d weigh more than the visit; raise its priority",
        case.values(
            best,
            minutes=round(best.riding_s * n_workers / MINUTE_S),
            rupiah=round(best.cost_idr * n_workers),
        ),
    )


def _cut_circuit(case: Case) -> Said | None:
    circuit_id = case.requirement.cut_circuit_id
    if circuit_id is None:
        return None
    return "no_circuit", Message(
        "circuit %(circuit)s does not fit into these days, and nobody else can make it; let the"
        " plan begin no later than the day on which the circuit leaves, and end no earlier than"
        " it returns",
        {"circuit": circuit_id},
    )


def _lacks_little(case: Case) -> Said | None:
    best = case.best
    if best is None or case.lacks_s(best) > LITTLE_S:
        return None
    return _lacking(case, best)


def _lacks(case: Case) -> Said | None:
    return None if case.best is None else _lacking(case, case.best)


def _lacking(case: Case, best: Insertion) -> Said:
    values, is_pinned = case.values(best), case.visit.is_pinned
    if best.short_s and best.short_idr:
        return "no_time", Message(
            "%(team)s would need %(minutes)d more minutes on %(date)s, and %(worker)s"
            " Rp %(rupiah)d more",
            values,
        )
    if best.short_idr:
        if is_pinned:
            return "no_money", Message(
                "is pinned to %(dates)s, but %(worker)s would need Rp %(rupiah)d more to go"
                " there on %(date)s",
                values,
            )
        return "no_money", Message(
            "%(worker)s would need Rp %(rupiah)d more to go there on %(date)s", values
        )
    if is_pinned:
        return "no_time", Message(
            "is pinned to %(dates)s, but %(team)s would need %(minutes)d more minutes on %(date)s",
            values,
        )
    return "no_time", Message("%(team)s would need %(minutes)d more minutes on %(date)s", values)


def _pinned_worker(case: Case) -> Said | None:
    found = with_others(case.days, case.requirement, case.visit)
    if found is None:
        return None
    return "pinned_worker", Message(
        "is pinned to %(workers)s; %(team)s could make it on %(date)s",
        case.values(found, workers=", ".join(case.requirement.worker_ids)),
    )


def _pinned_order(case: Case) -> Said | None:
    found = out_of_order(case.days, case.requirement, case.visit)
    if found is None:
        return None
    return "pinned_order", Message(
        "the pinned order leaves no place for it; out of order %(team)s could make it on %(date)s",
        case.values(found),
    )


def _other_day(case: Case) -> Said | None:
    found = on_any_day(case.days, case.requirement, case.visit)
    if found is None:
        return None
    if case.visit.is_pinned:
        return "pinned_day", Message(
            "is pinned to %(dates)s; on %(date)s %(team)s could make it", case.values(found)
        )
    return "other_day", Message(
        "%(team)s could make it on %(date)s, a day on which the visit may not be",
        case.values(found),
    )


def _window(case: Case) -> Said | None:
    found = at_any_hour(case.days, case.requirement, case.visit)
    if found is None:
        return None
    starts_s, insertion = found
    return "window", Message(
        "%(team)s could begin at %(clock)s on %(date)s, when the door is not open",
        case.values(insertion, clock=format_clock(starts_s)),
    )


_TESTS: tuple[Callable[[Case], Said | None], ...] = (
    _nobody,
    _no_day,
    _gap,
    _fits,
    _cut_circuit,
    _lacks_little,
    _pinned_worker,
    _pinned_order,
    _other_day,
    _closer,
    _window,
    too_far,
    _lacks,
    closed,
)
