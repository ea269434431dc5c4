"""What the audit finds: one rule that a plan breaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.errors import Message

if TYPE_CHECKING:
    from outreach.model import DayRoute


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


def on_day(who: str, day: int) -> Message:
    """Name a team's or worker's day; people count days from 1."""
    return Message("%(who)s, day %(day)d", {"who": who, "day": day + 1})


def on_route(route: DayRoute) -> Message:
    """Name a route by its team and day."""
    return on_day(route.team_id, route.day)
