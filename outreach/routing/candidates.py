"""Who could go to an urgent case: where each worker is, how far, when they arrive, who may."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.model import DayRoute, Plan
    from outreach.routing.past import Key, Past
    from outreach.routing.problem import Problem, Requirement, Team


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """
    Somebody who might go to an urgent case.

    Parameters
    ----------
    at_place
        Where they are, or will be when they are done with what has begun.
    riding_s
        From there to the case; None where no way leads.
    arrives_s
        The earliest moment at which they can be there, whatever else they leave.
    why_not
        Why they cannot be sent today; None for those who can.
    """

    beneficiary_id: str
    worker_id: str
    at_place: str
    riding_s: int | None
    arrives_s: int | None
    why_not: Message | None = None


def candidates(
    problem: Problem, past: Past, plan: Plan, case: Requirement
) -> tuple[Candidate, ...]:
    """
    Tell of each worker when they could be at an urgent case, those who may go first, by arrival.

    Parameters
    ----------
    problem
        The plain one: of whose day is over the past does not say how long they work.
    past
        What of the plan has begun.
    plan
        The one before the case.
    case
        As it is in the problem of the past.
    """
    found = [_candidate(problem, past, plan, case, w) for w in sorted(past.problem.available_s)]
    never_s = past.problem.horizon_days * DAY_S
    return tuple(
        sorted(
            found,
            key=lambda c: (
                c.why_not is not None,
                never_s if c.arrives_s is None else c.arrives_s,
                c.worker_id,
            ),
        )
    )


def turned_back(past: Past, plan: Plan, case: Requirement) -> Iterator[tuple[int, Plan]]:
    """
    Yield plans in which a team whose day is over sets out once more, with when it arrives.

    It is shown as staying longer at its last visit, by as much as it then takes to be at the
    case: back to that visit, or by way of where it sleeps, whichever is sooner.
    """
    for key in sorted(past.closed):
        route = _route(plan, key)
        if key[1] != past.today or route is None or len(route.stops) < _WITH_A_VISIT:
            continue
        if not past.problem.may_serve(past.problem.team[key[0]], case):
            continue
        arrives_s = _arrives_s(past, route, case.place_id)
        last = route.stops[-2]
        riding_s = past.problem.riding_s(last.place_id, case.place_id)
        if arrives_s is None or riding_s is None:
            continue
        leaves_s = max(arrives_s - riding_s, past.at_s)
        stays = replace(last, departs_s=leaves_s)
        later_s = leaves_s - last.departs_s
        end = route.stops[-1]
        home = replace(
            end,
            arrives_s=end.arrives_s + later_s,
            starts_s=end.starts_s + later_s,
            departs_s=end.departs_s + later_s,
        )
        longer = replace(route, stops=(*route.stops[:-2], stays, home))
        routes = tuple(longer if r is route else r for r in plan.day_routes)
        yield arrives_s, replace(plan, day_routes=routes)


_WITH_A_VISIT = 3


def _candidate(
    plain: Problem, past: Past, plan: Plan, case: Requirement, worker_id: str
) -> Candidate:
    problem, today = past.problem, past.today
    teams = [t for t in problem.teams if worker_id in t.worker_ids]
    route = next((r for r in plan.day_routes if r.day == today and worker_id in r.worker_ids), None)
    bound = [t for t in teams if route is None or t.id == route.team_id] or teams
    is_over = route is not None and (route.team_id, today) in past.closed
    shifts = [(plain if is_over else problem).team[team.id].shift_on(today) for team in bound]
    ends_s = max((s.ends_s for s in shifts if s is not None), default=0)
    at_place, free_s = _place(past, plan, bound[0], route)
    riding_s = problem.riding_s(at_place, case.place_id)
    arrives_s = None if riding_s is None else max(free_s, past.at_s) + riding_s
    if route is not None and is_over:
        arrives_s = _arrives_s(past, route, case.place_id)
    whys = [_why_not(problem, team, case) for team in bound]
    why_not = None if None in whys else whys[0]
    if why_not is None and ends_s <= past.at_s:
        why_not = Message("does not work today any more")
    elif why_not is None and arrives_s is None:
        why_not = Message("no way leads there")
    elif why_not is None and arrives_s is not None and arrives_s > ends_s:
        why_not = Message("would be there only after the working hours")
    return Candidate(
        beneficiary_id=case.id,
        worker_id=worker_id,
        at_place=at_place,
        riding_s=riding_s,
        arrives_s=arrives_s,
        why_not=why_not,
    )


def _why_not(problem: Problem, team: Team, case: Requirement) -> Message | None:
    lacking = sorted(set(case.skills) - team.skills)
    if lacking:
        return Message("lacks %(skills)s", {"skills": ", ".join(lacking)})
    if len(team.worker_ids) < case.n_workers:
        return Message("needs %(n)d workers", {"n": case.n_workers})
    if not problem.may_serve(team, case):
        return Message("is not the one for it, by circuit or pins")
    return None


def _place(past: Past, plan: Plan, team: Team, route: DayRoute | None) -> tuple[str, int]:
    """Give where a team is free, and when."""
    problem = past.problem
    if route is not None and (route.team_id, route.day) in past.closed:
        return route.sleeps_at, route.stops[-1].arrives_s
    done = [] if route is None else [s for s in route.stops if s.visit_id in past.frozen]
    if route is not None and done:
        need = problem.visit[str(done[-1].visit_id)][0]
        starts_s = route.day * DAY_S + need.windows[0].opens_s
        return need.place_id, starts_s + need.service_s
    shift = team.shift_on(past.today)
    free_s = past.at_s if shift is None else shift.starts_s
    if route is not None:
        return route.starts_from, free_s
    slept = _route(plan, (team.id, past.today - 1))
    return team.base_id if slept is None else slept.sleeps_at, free_s


def _arrives_s(past: Past, route: DayRoute, place_id: str) -> int | None:
    """Give when a team that has done for the day can be somewhere: it turns, or goes on first."""
    problem, (last, end) = past.problem, route.stops[-2:]
    on_s, back_s = (
        problem.riding_s(end.place_id, place_id),
        problem.riding_s(last.place_id, place_id),
    )
    found = [] if on_s is None else [max(past.at_s, end.arrives_s) + on_s]
    if back_s is not None and past.at_s < end.arrives_s:
        found.append(past.at_s + max(0, past.at_s - last.departs_s) + back_s)
    return min(found, default=None)


def _route(plan: Plan, key: Key) -> DayRoute | None:
    return next((r for r in plan.day_routes if (r.team_id, r.day) == key), None)
