"""Appointments that clash: two of one worker at once, or one while a fixed circuit is away."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from outreach.errors import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.routing.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class _Appointment:
    """A promised visit of one worker at one time, in seconds after midnight of its day."""

    id: str
    worker_id: str
    day: int
    begins_s: int
    ends_s: int


def clashes(problem: Problem) -> tuple[Message, ...]:
    """Tell which bookings and pinned times of one worker cannot, or may not, all be kept."""
    appointments = tuple(_appointments(problem))
    return (*_at_once(problem, appointments), *_while_away(problem, appointments))


def _appointments(problem: Problem) -> Iterator[_Appointment]:
    for requirement in problem.requirements:
        if len(requirement.worker_ids) != 1 or len(requirement.windows) != 1:
            continue
        (worker_id,), (window,) = requirement.worker_ids, requirement.windows
        if window.opens_s != window.closes_s:
            continue
        for visit in requirement.visits:
            if visit.is_pinned and len(visit.days) == 1:
                yield _Appointment(
                    id=requirement.id,
                    worker_id=worker_id,
                    day=visit.days[0],
                    begins_s=window.opens_s,
                    ends_s=window.opens_s + requirement.service_s,
                )


def _at_once(problem: Problem, appointments: tuple[_Appointment, ...]) -> Iterator[Message]:
    for one, other in combinations(appointments, 2):
        if (one.worker_id, one.day) != (other.worker_id, other.day):
            continue
        if one.begins_s < other.ends_s and other.begins_s < one.ends_s:
            yield Message(
                "%(one)s and %(other)s overlap for %(worker)s on %(date)s; change the time of"
                " one of them",
                {
                    "one": one.id,
                    "other": other.id,
                    "worker": one.worker_id,
                    "date": _date(problem, one.day),
                },
            )


def _while_away(problem: Problem, appointments: tuple[_Appointment, ...]) -> Iterator[Message]:
    for appointment in appointments:
        for circuit in problem.circuits:
            team = problem.team.get(circuit.team_id)
            if team is None or appointment.worker_id not in team.worker_ids:
                continue
            if appointment.day in circuit.days:
                yield Message(
                    "%(one)s: %(worker)s is on circuit %(circuit)s on %(date)s; change its day,"
                    " unless the circuit passes there",
                    {
                        "one": appointment.id,
                        "worker": appointment.worker_id,
                        "circuit": circuit.id,
                        "date": _date(problem, appointment.day),
                    },
                )


def _date(problem: Problem, day: int) -> str:
    return (problem.starts_at.date() + dt.timedelta(days=day)).isoformat()
