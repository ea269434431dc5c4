"""Arrival, wait, service and departure along a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.routing.problem import Problem, Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Which visits a team makes on a day, in order, from where it slept to where it sleeps."""

    team_id: str
    day: int
    starts_from: str
    sleeps_at: str
    visit_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """When a team is at one visit; seconds from the start of the horizon."""

    visit_id: str
    arrives_s: int
    starts_s: int
    departs_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """A day's times: when the team sets out, its visits, and when it is done."""

    leaves_s: int
    visits: tuple[Timed, ...]
    arrives_s: int
    riding_s: int


def schedule(
    problem: Problem, shift: Shift, from_id: str, to_id: str, visit_ids: Sequence[str]
) -> Timetable | None:
    """
    Time a day's visits in the given order, each as early as it can be.

    The team sets out as late as it can without coming late to its first visit, so that it waits
    at home and not at a door.

    Returns
    -------
    timetable
        None where the order breaks a window, the shift, the riding limit, or has no way.
    """
    now_s, riding_s, at = shift.starts_s, 0, from_id
    leaves_s = now_s
    timed: list[Timed] = []
    for visit_id in visit_ids:
        requirement, _ = problem.visit[visit_id]
        leg_s = problem.riding_s(at, requirement.place_id)
        if leg_s is None:
            return None
        arrives_s = now_s + leg_s
        starts_s = next(
            (
                max(arrives_s, window.opens_s)
                for window in requirement.windows_on(shift.day)
                if arrives_s <= window.closes_s
            ),
            None,
        )
        if starts_s is None:
            return None
        if not timed:
            leaves_s = starts_s - leg_s
            arrives_s = starts_s
        now_s = starts_s + requirement.service_s
        riding_s += leg_s
        at = requirement.place_id
        timed.append(
            Timed(visit_id=visit_id, arrives_s=arrives_s, starts_s=starts_s, departs_s=now_s)
        )
    leg_s = problem.riding_s(at, to_id)
    if leg_s is None:
        return None
    riding_s += leg_s
    if now_s + leg_s > shift.ends_s or riding_s > shift.max_riding_s:
        return None
    return Timetable(
        leaves_s=leaves_s,
        visits=tuple(timed),
        arrives_s=now_s + leg_s,
        riding_s=riding_s,
    )
