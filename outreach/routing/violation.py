"""What the audit finds: one rule that a plan breaks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.errors import Message

if TYPE_CHECKING:
    from outreach.model import DayRoute
    from outreach.routing.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One rule that a plan breaks; `where` names the team and day, the visit or the worker."""

    rule: str
    where: Message
    what: Message


def broken(rule: str, where: str | Message, what: Message) -> Violation:
    """Name a broken rule; a bare id says where it is by itself."""
    if isinstance(where, str):
        where = Message("%(id)s", {"id": where})
    return Violation(rule=rule, where=where, what=what)


def date_of(problem: Problem, day: int) -> str:
    """Write the date of a day of the horizon."""
    return (problem.starts_at.date() + dt.timedelta(days=day)).isoformat()


def on_day(problem: Problem, who: str, day: int) -> Message:
    """Name a team's or worker's day by its date."""
    return Message("%(who)s, %(date)s", {"who": who, "date": date_of(problem, day)})


def on_route(problem: Problem, route: DayRoute) -> Message:
    """Name a route by its team and date."""
    return on_day(problem, route.team_id, route.day)
