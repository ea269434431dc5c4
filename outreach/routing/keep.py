"""Hold on to a plan, perhaps one edited by hand, so that planning finishes it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outreach.errors import PlanningError
from outreach.routing.held import Holding
from outreach.routing.joined import joined
from outreach.routing.pinned_visits import set_apart
from outreach.routing.problem import Night, Order

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from outreach.errors import Message
    from outreach.model import Plan
    from outreach.routing.held import HeldDay
    from outreach.routing.problem import Problem, Requirement, Team
    from outreach.routing.violation import Violation

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """
    A problem whose every plan keeps to another one, and what of that could not be kept.

    Visit and team ids are those of the problem before.
    """

    problem: Problem
    released: tuple[Message, ...]


def keep(
    problem: Problem,
    plan: Plan,
    violations: Iterable[Violation] = (),
    moved: Collection[str] = (),
) -> Kept:
    """
    Pin every visit of a plan to its day, its team and its place in the order, and the nights.

    Of the plan only days, teams, the order of the stops and the nights count; times are worked
    out again. What breaks a rule is let go, as little as possible, and told; that and what is
    unserved stays free.

    Parameters
    ----------
    violations
        What the audit found; visits that it names are let go rather than others.
    moved
        Ids of the visits that were changed by hand: they are held first, the others as far as
        these leave room.

    Raises
    ------
    PlanningError
        When the plan is of other days than the problem.
    """
    if (plan.starts_at, plan.horizon_days) != (problem.starts_at, problem.horizon_days):
        raise PlanningError(
            "the plan to keep is of %(n)d days from %(date)s, but outreach.toml plans %(other_n)d"
            " days from %(other_date)s; make them agree, or plan anew",
            n=plan.horizon_days,
            date=f"{plan.starts_at:%Y-%m-%d}",
            other_n=problem.horizon_days,
            other_date=f"{problem.starts_at:%Y-%m-%d}",
        )
    doubted = {str(v.where.values.get("id")) for v in violations}
    holding = Holding(problem, doubted & set(problem.visit), frozenset(moved))
    holding.hold(joined(plan))
    chosen = {
        visit_id: _alone(problem, held, rank, visit_id)
        for held in holding.days.values()
        for rank, visit_id in enumerate(held.visit_ids, start=1)
    }
    kept = set_apart(problem, chosen)
    teams = (_bound(team, holding.days) for team in kept.teams)
    logger.info("keep %d visits; %d things let go", len(chosen), len(holding.released))
    return Kept(
        problem=replace(kept, teams=tuple(team for team in teams if team.shifts)),
        released=tuple(holding.released),
    )


def _alone(problem: Problem, held: HeldDay, rank: int, visit_id: str) -> Requirement:
    requirement, visit = problem.visit[visit_id]
    return replace(
        requirement,
        visits=(replace(visit, days=(held.day,), is_pinned=True),),
        worker_ids=held.team.worker_ids,
        order=Order(group=f"{held.team.id}@{held.day + 1}", rank=rank),
    )


def _bound(team: Team, days: Mapping[tuple[str, int], HeldDay]) -> Team:
    """Leave a team the days on which none of its workers is held by another, and its nights."""
    rivals = {
        held.day
        for (team_id, _), held in days.items()
        if team_id != team.id and set(held.team.worker_ids) & set(team.worker_ids)
    }
    shifts = tuple(s for s in team.shifts if s.day not in rivals)
    at_work = {s.day for s in shifts}
    nights = (
        _night(team, night, days)
        for night in team.nights
        # A pinned night binds also where the days around it are gone: nobody is home then.
        if {night.day, night.day + 1} <= at_work or team.base_id not in night.place_ids
    )
    return replace(team, shifts=shifts, nights=tuple(nights))


def _night(team: Team, night: Night, days: Mapping[tuple[str, int], HeldDay]) -> Night:
    held, after = days.get((team.id, night.day)), days.get((team.id, night.day + 1))
    if held is not None:
        return replace(night, place_ids=(held.sleeps_at,)) if held.has_night else night
    if after is not None and after.starts_from in night.place_ids:
        return replace(night, place_ids=(after.starts_from,))
    return night
