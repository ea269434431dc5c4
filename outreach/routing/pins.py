"""Pins: visits and nights that the supervisor fixed by hand, put into the problem."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outreach.routing.pinned_nights import NightBook, NightPin
from outreach.routing.pinned_visits import VisitBook, VisitPin, set_apart

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from outreach.layers.pins import PinRow
    from outreach.model import Finding
    from outreach.routing.horizon import Horizon
    from outreach.routing.problem import Problem, Requirement

__all__ = ["NightPin", "Pinned", "VisitPin", "with_pins", "within"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """The problem with all pins that can be kept, and why the others cannot."""

    problem: Problem
    faults: tuple[Finding, ...] = ()


def within(
    rows: Iterable[PinRow], horizon: Horizon
) -> tuple[tuple[VisitPin, ...], tuple[NightPin, ...]]:
    """Give the pins of the days that are planned; others are of other weeks, and no fault."""
    visits: list[VisitPin] = []
    nights: list[NightPin] = []
    for row in rows:
        days: Sequence[int] = (
            horizon.days_on(row.weekdays)
            if row.day is None
            else [(row.day - horizon.starts_on).days]
        )
        for day in days:
            if not 0 <= day < horizon.n_days:
                continue
            if row.id is not None:
                visits.append(
                    VisitPin(
                        beneficiary_id=row.id,
                        day=day,
                        worker_id=row.worker,
                        at_s=row.begins_s,
                        rank=row.order,
                        is_weekly=row.day is None,
                        row=row,
                    )
                )
            elif row.team is not None and row.lodging is not None:
                nights.append(NightPin(team_id=row.team, day=day, lodging_id=row.lodging, row=row))
    return tuple(visits), tuple(nights)


def with_pins(
    problem: Problem,
    visit_pins: Iterable[VisitPin] = (),
    night_pins: Iterable[NightPin] = (),
    *,
    dormant: Iterable[Requirement] = (),
) -> Pinned:
    """
    Put pins into a problem.

    A pinned visit takes the place of the required one that is nearest in time, else it is made
    besides; the pin's day wins over the allowed days, its time over the windows, its worker over
    the circuit. The beneficiary's other visits keep the least gap from it.

    Parameters
    ----------
    dormant
        Requirements without visits, of those who may be pinned though nothing is due.

    Returns
    -------
    pinned
        Its `faults` name the pins that contradict each other, or ask for what nobody can do; of
        two that contradict each other the first one stays.
    """
    book = VisitBook(problem, {r.id: r for r in dormant})
    for pin in visit_pins:
        book.enter(pin)
    nights = NightBook(problem)
    for night_pin in night_pins:
        nights.enter(night_pin)
    pinned = set_apart(problem, book.chosen, book.created)
    teams = tuple(
        replace(team, nights=nights.of(team)) if team.nights else team for team in pinned.teams
    )
    return Pinned(problem=replace(pinned, teams=teams), faults=(*book.faults, *nights.faults))
