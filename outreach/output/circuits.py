"""How circuits are called: those that the supervisor fixed, and those that were found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.output.itinerary import date_of

if TYPE_CHECKING:
    from outreach.model import DayRoute, Plan
    from outreach.output.words import Words


def circuit_name(plan: Plan, route: DayRoute, words: Words) -> str | None:
    """Name the circuit of a day: as the supervisor did, or by its team and first date."""
    if route.circuit_id is None:
        return None
    first = _found_on(route)
    if first is None:
        return words.say("circuit %(circuit)s", circuit=route.circuit_id)
    return words.say(
        "circuit of %(team)s from %(day)s",
        team=_team_name(route),
        day=words.short_date(date_of(plan, first)),
    )


def _team_name(route: DayRoute) -> str:
    """Name a team by its id; one that was formed for the trip, by its workers."""
    is_formed = route.team_id == "+".join(route.worker_ids)
    return " + ".join(route.worker_ids) if is_formed else route.team_id


def _found_on(route: DayRoute) -> int | None:
    """Tell on which day the circuit of a route began that nobody had fixed, counted from 0."""
    team_id, _, first = (route.circuit_id or "").rpartition("@")
    return int(first) - 1 if team_id == route.team_id and first.isdecimal() else None
