"""One visit that stays out, and what the sentences about it name."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from outreach.routing.insertion import Insertion, cheapest_insertion
from outreach.units import HOUR_S, MINUTE_S

if TYPE_CHECKING:
    from outreach.routing.days import Days
    from outreach.routing.problem import Problem, Requirement, Team, Visit


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """
    One visit that stays out.

    `alone` are the days with nothing planned but nights away and the circuits that are ridden.
    """

    days: Days
    alone: Days
    requirement: Requirement
    visit: Visit

    @property
    def problem(self) -> Problem:
        """What is planned."""
        return self.days.problem

    @cached_property
    def able(self) -> tuple[Team, ...]:
        """The teams that may go at all."""
        return tuple(t for t in self.problem.teams if self.problem.may_serve(t, self.requirement))

    @cached_property
    def best(self) -> Insertion | None:
        """The cheapest insertion by every rule."""
        return cheapest_insertion(self.days, self.requirement, self.visit)

    def lacks_s(self, insertion: Insertion) -> float:
        """Sum up the seconds and the money that lack, at the price of an hour."""
        idr_s = HOUR_S / self.problem.weights.idr_per_hour
        return insertion.short_s + insertion.short_idr * idr_s

    def date(self, day: int) -> str:
        """Write a day of the horizon."""
        return (self.problem.starts_at.date() + dt.timedelta(days=day)).isoformat()

    @property
    def dates(self) -> str:
        """The days on which the visit may be."""
        return ", ".join(self.date(day) for day in self.visit.days)

    def values(self, insertion: Insertion, **more: object) -> dict[str, object]:
        """Give the values of the sentences about an insertion."""
        return {
            "team": insertion.team.id,
            "date": self.date(insertion.day),
            "dates": self.dates,
            "minutes": -(-insertion.short_s // MINUTE_S),
            "rupiah": insertion.short_idr,
            "worker": self.days.poorest(insertion.team),
            **more,
        }
