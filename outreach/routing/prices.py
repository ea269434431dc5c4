"""Who else could be visited with one hour more, or Rp 100,000, for one worker."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from outreach.model import Price
from outreach.routing.insertion import insert_all, insertion_by_day, worth_s
from outreach.units import HOUR_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from outreach.routing.days import Days
    from outreach.routing.problem import Requirement, Team, Visit

    _Helped = dict[tuple[str, int], dict[str, tuple[Requirement, Visit]]]

MORE_IDR = 100_000


def shadow_prices(days: Days, unserved: Sequence[tuple[Requirement, Visit]]) -> tuple[Price, ...]:
    """
    Try for each worker what one more hour on one day, or Rp 100,000 more, would bring.

    What stays out is inserted under the relaxed limit, those that weigh most first; nothing that
    is planned is moved. Of the days of an hour the best is named. What brings nobody is left
    out.

    Parameters
    ----------
    days
        What is planned.
    unserved
        The visits that stay out.

    Returns
    -------
    prices
        The one that brings most weight first.
    """
    problem = days.problem
    late: _Helped = {}
    dear: _Helped = {}
    for requirement, visit in unserved:
        found = insertion_by_day(days, requirement, visit, most_short_s=HOUR_S)
        for key, insertion in found.items():
            if insertion.short_s and not insertion.short_idr:
                late.setdefault(key, {})[visit.id] = requirement, visit
            elif not insertion.short_s and 0 < insertion.short_idr <= MORE_IDR:
                dear.setdefault(key, {})[visit.id] = requirement, visit
    prices: list[tuple[int, Price]] = []
    for worker_id in problem.available_s:
        hours = list(_hours(days, worker_id, late))
        if hours:
            prices.append(max(hours, key=lambda hour: (hour[0], -(hour[1].day or 0))))
        prices += _money(days, worker_id, dear)
    prices.sort(key=lambda price: (-price[0], price[1].worker_id, price[1].of))
    return tuple(price for _, price in prices)


def _hours(days: Days, worker_id: str, late: _Helped) -> Iterator[tuple[int, Price]]:
    problem = days.problem
    for day in range(problem.horizon_days):
        keys = {(team.id, day) for team in problem.teams if worker_id in team.worker_ids}
        if keys.isdisjoint(late):
            continue
        teams = tuple(
            _with_hour(team, day) if worker_id in team.worker_ids else team
            for team in problem.teams
        )
        longer = days.under(replace(problem, teams=teams), changed=keys)
        yield from _price(longer, late, keys, of="hour", worker_id=worker_id, day=day)


def _with_hour(team: Team, day: int) -> Team:
    """Give the team an hour more on one day, to work and to ride."""
    shifts = (
        replace(s, ends_s=s.ends_s + HOUR_S, max_riding_s=s.max_riding_s + HOUR_S)
        if s.day == day
        else s
        for s in team.shifts
    )
    return replace(team, shifts=tuple(shifts))


def _money(days: Days, worker_id: str, dear: _Helped) -> Iterator[tuple[int, Price]]:
    problem = days.problem
    keys = {
        (team.id, shift.day)
        for team in problem.teams
        if worker_id in team.worker_ids
        for shift in team.shifts
    }
    if worker_id in problem.budget_idr and not keys.isdisjoint(dear):
        more = {**problem.budget_idr, worker_id: problem.budget_idr[worker_id] + MORE_IDR}
        richer = days.under(replace(problem, budget_idr=more))
        yield from _price(richer, dear, keys, of="rp_100000", worker_id=worker_id, day=None)


def _price(
    relaxed: Days,
    helped: _Helped,
    keys: set[tuple[str, int]],
    *,
    of: Literal["hour", "rp_100000"],
    worker_id: str,
    day: int | None,
) -> Iterator[tuple[int, Price]]:
    """Insert whom the relaxed limit helps; yield the weight of those who come in, and the price."""
    wanted = {
        visit_id: pair for key in sorted(keys) for visit_id, pair in helped.get(key, {}).items()
    }
    after = insert_all(relaxed, wanted.values(), team_days=keys)
    served = [wanted[visit_id] for visit_id in sorted(wanted) if visit_id in after.key_of]
    if served:
        yield (
            sum(worth_s(relaxed.problem.weights, r, v) for r, v in served),
            Price(
                of=of,
                worker_id=worker_id,
                day=day,
                visit_ids=tuple(v.id for _, v in served),
                beneficiary_ids=tuple(dict.fromkeys(r.id for r, _ in served)),
            ),
        )
