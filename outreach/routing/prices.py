"""Who else could be visited with one hour more, or Rp 100,000, for one worker."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from outreach.model import Price
from outreach.routing.days import Days
from outreach.routing.insertion import insert_all, insertion_by_day, worth_s
from outreach.units import HOUR_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from outreach.routing.insertion import Insertion
    from outreach.routing.problem import Requirement, Visit

    TeamDay = tuple[str, int]
    Offer = tuple[Requirement, Visit, dict[TeamDay, Insertion]]

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
    offers: list[Offer] = [
        (requirement, visit, found)
        for requirement, visit in unserved
        if (found := insertion_by_day(days, requirement, visit, most_short_s=HOUR_S))
    ]
    prices: list[tuple[int, Price]] = []
    for worker_id in problem.available_s:
        hours = list(_hours(days, worker_id, offers))
        if hours:
            prices.append(max(hours, key=lambda hour: (hour[0], -(hour[1].day or 0))))
        prices += _money(days, worker_id, offers)
    prices.sort(key=lambda price: (-price[0], price[1].worker_id, price[1].of))
    return tuple(price for _, price in prices)


def _hours(days: Days, worker_id: str, offers: list[Offer]) -> Iterator[tuple[int, Price]]:
    problem = days.problem
    for day in range(problem.horizon_days):
        keys = {(t.id, day) for t in problem.teams if worker_id in t.worker_ids}
        helped = [
            (requirement, visit)
            for requirement, visit, found in offers
            if any(k in keys and i.short_s > 0 and i.short_idr == 0 for k, i in found.items())
        ]
        if not helped:
            continue
        teams = tuple(
            replace(
                team,
                shifts=tuple(
                    replace(
                        shift,
                        ends_s=shift.ends_s + HOUR_S,
                        max_riding_s=shift.max_riding_s + HOUR_S,
                    )
                    if (team.id, shift.day) in keys
                    else shift
                    for shift in team.shifts
                ),
            )
            for team in problem.teams
        )
        longer = Days(replace(problem, teams=teams), days.routes)
        yield from _price(longer, helped, keys, of="hour", worker_id=worker_id, day=day)


def _money(days: Days, worker_id: str, offers: list[Offer]) -> Iterator[tuple[int, Price]]:
    problem = days.problem
    if worker_id not in problem.budget_idr:
        return
    keys = {
        (team.id, shift.day)
        for team in problem.teams
        if worker_id in team.worker_ids
        for shift in team.shifts
    }
    helped = [
        (requirement, visit)
        for requirement, visit, found in offers
        if any(
            k in keys and i.short_s == 0 and 0 < i.short_idr <= MORE_IDR for k, i in found.items()
        )
    ]
    if helped:
        more = {**problem.budget_idr, worker_id: problem.budget_idr[worker_id] + MORE_IDR}
        richer = Days(replace(problem, budget_idr=more), days.routes)
        yield from _price(richer, helped, keys, of="rp_100000", worker_id=worker_id, day=None)


def _price(
    relaxed: Days,
    helped: list[tuple[Requirement, Visit]],
    keys: set[TeamDay],
    *,
    of: Literal["hour", "rp_100000"],
    worker_id: str,
    day: int | None,
) -> Iterator[tuple[int, Price]]:
    """Insert whom the relaxed limit helps; yield the weight of those who come in, and the price."""
    after = insert_all(relaxed, helped, team_days=keys)
    served = [(r, v) for r, v in helped if v.id in after.key_of]
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
