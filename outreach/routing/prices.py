"""Who else could be visited with one hour more, or Rp 100,000, for one worker."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from outreach.model import Price
from outreach.routing.insertion import insert_in_order, insertion_by_day, worth_s
from outreach.units import HOUR_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from outreach.routing.days import Days
    from outreach.routing.problem import Requirement, Team, Visit

    # By team and day, and by visit: the seconds or the Rupiah that the visit needs in all.
    _Helped = dict[tuple[str, int], dict[str, float]]

MORE_IDR = 100_000


def shadow_prices(days: Days, unserved: Sequence[tuple[Requirement, Visit]]) -> tuple[Price, ...]:
    """
    Try for each worker what one more hour on one day, or Rp 100,000 more, would bring.

    What stays out is inserted under the relaxed limit, those first that weigh most, or weigh most
    for what they need, whichever brings more; nothing that is planned is moved. Of the days of
    an hour the best is named. What brings nobody is left out.

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
                needs_s = insertion.riding_s + requirement.service_s
                late.setdefault(key, {})[visit.id] = needs_s
            elif not insertion.short_s and 0 < insertion.short_idr <= MORE_IDR:
                dear.setdefault(key, {})[visit.id] = insertion.cost_idr
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
    problem = relaxed.problem
    needs: dict[str, float] = {}
    for key in sorted(keys):
        for visit_id, need in helped.get(key, {}).items():
            needs[visit_id] = min(need, needs.get(visit_id, need))
    weight = {v: worth_s(problem.weights, *problem.visit[v]) for v in needs}
    orders = (
        sorted(needs, key=lambda v: (-weight[v], v)),
        sorted(needs, key=lambda v: (-weight[v] / max(1.0, needs[v]), v)),
    )
    best: list[str] = []
    for order in orders:
        after = insert_in_order(relaxed, (problem.visit[v] for v in order), team_days=keys)
        served = sorted(v for v in needs if v in after.key_of)
        best = max(best, served, key=lambda ids: sum(weight[v] for v in ids))
    if best:
        who = [problem.visit[visit_id][0] for visit_id in best]
        yield (
            sum(weight[v] for v in best),
            Price(
                of=of,
                worker_id=worker_id,
                day=day,
                visit_ids=tuple(best),
                beneficiary_ids=tuple(dict.fromkeys(r.id for r in who if r.kind == "visit")),
            ),
        )
