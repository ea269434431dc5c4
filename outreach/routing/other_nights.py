"""Other lodgings for the rest of a trip, with what can be put back on its other days."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice, product
from typing import TYPE_CHECKING

from outreach.routing.cuts import sleeping_at, stretched_to, trip_days
from outreach.routing.days import Days
from outreach.routing.insertion import insert_in_order
from outreach.routing.past import AFTER
from outreach.routing.schedule import schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from outreach.model import DayRoute, Plan
    from outreach.routing.past import Key, Past
    from outreach.routing.problem import Problem, Team
    from outreach.routing.schedule import Route


_MOST_TRIED = 24
_MOST_NIGHTS = 3


def other_nights(
    past: Past,
    plan: Plan,
    team_id: str,
    night: int,
    hold: Callable[[Past, Plan], Mapping[Key, Route]],
    *,
    late: bool = False,
) -> Iterator[tuple[Past, Plan]]:
    """
    Yield a trip that goes on by other nights, from `night` on: each with the plan that it makes.

    For three nights all series of open lodgings, and nights at home between, are tried, those
    first that change least. What can be held of each day is; what falls out is put in on the other
    days of the trip.

    Parameters
    ----------
    hold
        Gives what of a plan can be held, by team and day.
    late
        Whether who is on the road today may be so for as long as it takes.
    """
    team = past.problem.team[team_id]
    rest = sorted(day for day in trip_days(plan, team, night) if day >= night)
    planned = {r.day: r for r in plan.day_routes if r.team_id == team_id}
    is_last = not rest[1:]
    if night < past.today or is_last or (team_id, night) in past.closed:
        return
    choices = [
        _beds(past, plan, team, day) if i < _MOST_NIGHTS else [planned[day].sleeps_at]
        for i, day in enumerate(rest[:-1])
    ]
    series = sorted(
        product(*choices),
        key=lambda places: [p != planned[d].sleeps_at for d, p in zip(rest, places, strict=False)],
    )
    for places in islice(series, _MOST_TRIED):
        slept = (*places, team.base_id)
        starts = (planned[night].starts_from, *places)
        sketch = _with_routes(
            plan,
            {
                (team_id, day): replace(planned[day], starts_from=a, sleeps_at=b)
                for day, a, b in zip(rest, starts, slept, strict=True)
            },
        )
        bound = past
        for day, place_id in zip(rest, places, strict=False):
            bound = sleeping_at(bound, team_id, day, place_id)
        if late and night == past.today:
            bound = stretched_to(bound, sketch, team_id, night, places[0])
        bound = stretched_to(bound, sketch, team_id, rest[-1], team.base_id)
        made = _filled(bound, sketch, team_id, rest, slept, hold)
        if made is not None:
            yield bound, made


def _beds(past: Past, plan: Plan, team: Team, day: int) -> list[str]:
    """List where a team may sleep: at home, or where as many beds are free as it needs."""
    taken: dict[str, int] = {}
    for route in plan.day_routes:
        if route.day == day and route.team_id != team.id:
            taken[route.sleeps_at] = taken.get(route.sleeps_at, 0) + len(route.worker_ids)
    found = [team.base_id]
    for place_id in team.may_sleep_at(day):
        lodging = past.problem.lodging.get(place_id)
        if lodging is not None and day in lodging.nights:
            n_free = lodging.beds - taken.get(place_id, 0)
            found += [place_id] if n_free >= len(team.worker_ids) else []
    return found


def _with_routes(plan: Plan, others: Mapping[Key, DayRoute]) -> Plan:
    routes = (others.get((r.team_id, r.day), r) for r in plan.day_routes)
    return replace(plan, day_routes=tuple(routes))


def _filled(
    past: Past,
    plan: Plan,
    team_id: str,
    rest: list[int],
    slept: tuple[str, ...],
    hold: Callable[[Past, Plan], Mapping[Key, Route]],
) -> Plan | None:
    """Hold a plan, and put back on the days of the trip what falls out; None where it cannot be."""
    problem = past.problem
    held = hold(past, plan)
    ends = [(held[team_id, d].sleeps_at if (team_id, d) in held else None) for d in rest]
    if ends != list(slept) or any(not _is_timed(problem, held[team_id, d]) for d in rest):
        return None
    days = Days(problem, dict(held))
    stops = {s.visit_id: s for r in plan.day_routes for s in r.stops if s.visit_id is not None}
    out = [
        problem.visit[v] for v in sorted(stops.keys() - days.key_of.keys()) if v in problem.visit
    ]
    asked = [(r if r.order else replace(r, order=AFTER), v) for r, v in out]
    asked.sort(key=lambda one: (-problem.weights.unserved(*one), one[1].id))
    open_ = {(team_id, day) for day in rest if (team_id, day) not in past.closed}
    days = insert_in_order(days, asked, team_days=open_)
    routes = {(r.team_id, r.day): r for r in plan.day_routes}
    return _with_routes(
        plan,
        {
            key: replace(
                routes[key],
                stops=(
                    routes[key].stops[0],
                    # Times of a sketch are not looked at.
                    *(stops[v] for v in days.routes[key].visit_ids),
                    routes[key].stops[-1],
                ),
            )
            for key in ((team_id, day) for day in rest)
        },
    )


def _is_timed(problem: Problem, route: Route) -> bool:
    shift = problem.team[route.team_id].shift_on(route.day)
    ends = route.starts_from, route.sleeps_at
    return shift is not None and schedule(problem, shift, *ends, route.visit_ids) is not None
