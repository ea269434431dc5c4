"""Visits that are pinned: on which day, at what time, by whom, in which order."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.layers.pins import PinRow, finding_of
from outreach.model import TimeWindow
from outreach.routing.problem import Order, Requirement, Visit
from outreach.units import DAY_S, format_clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from outreach.model import Finding
    from outreach.routing.problem import Problem, Team

_WEEK_DAYS = 7
_NOWHERE = PinRow()


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPin:
    """
    A visit on a day of the horizon, and whatever else of it is fixed.

    Parameters
    ----------
    at_s
        When service begins, seconds after midnight.
    rank
        Its place among the pinned visits of the day's route.
    is_weekly
        Written for a day of the week: void in weeks in which no visit is due.
    row
        Where it is written.
    """

    beneficiary_id: str
    day: int
    worker_id: str | None = None
    at_s: int | None = None
    rank: int | None = None
    is_weekly: bool = False
    row: PinRow = _NOWHERE


def set_apart(
    problem: Problem,
    chosen: Mapping[str, Requirement],
    created: Iterable[Requirement] = (),
) -> Problem:
    """
    Give single visits requirements of their own, and keep the others at the least gap from them.

    Parameters
    ----------
    chosen
        By visit id, the requirement that holds this visit alone, on one day.
    created
        Requirements of the same kind for visits that were not required.
    """
    alone = [*chosen.values(), *created]
    fixed: dict[str, list[int]] = defaultdict(list)
    for requirement in alone:
        fixed[requirement.id] += requirement.visits[0].days
    requirements = list(alone)
    for requirement in problem.requirements:
        free = tuple(
            _apart(visit, fixed[requirement.id], requirement.min_gap_days)
            for visit in requirement.visits
            if visit.id not in chosen
        )
        if free or not requirement.visits:
            requirements.append(replace(requirement, visits=free))
    requirements.sort(key=lambda r: (r.id, [v.id for v in r.visits]))
    ids = {r.id for r in alone}
    return replace(
        problem,
        requirements=tuple(requirements),
        not_due=tuple(n for n in problem.not_due if n.beneficiary_id not in ids),
    )


def _apart(visit: Visit, fixed: Sequence[int], gap_days: int) -> Visit:
    if visit.is_pinned:
        return visit
    days = tuple(d for d in visit.days if all(abs(d - day) >= gap_days for day in fixed))
    return visit if days == visit.days else replace(visit, days=days)


class VisitBook:
    """The pinned visits so far: each new one must fit the problem and those before it."""

    def __init__(self, problem: Problem, dormant: Mapping[str, Requirement]) -> None:
        self.problem = problem
        self.chosen: dict[str, Requirement] = {}
        self.created: list[Requirement] = []
        self.faults: list[Finding] = []
        self._pins: list[VisitPin] = []
        self._needs: dict[str, list[Requirement]] = defaultdict(list)
        for requirement in (*problem.requirements, *dormant.values()):
            self._needs[requirement.id].append(requirement)
        self._workers = {w for team in problem.teams for w in team.worker_ids}

    def enter(self, pin: VisitPin) -> None:
        """Take a pin in, or tell why not."""
        needs = self._needs.get(pin.beneficiary_id)
        if needs is None:
            # The tables know the id, else the pin would not have come this far.
            self._refuse(
                pin,
                "pin-without-way",
                "id",
                Message("no way leads to this beneficiary or partner, there and back"),
                Message("correct its position in its table, or delete the row"),
            )
            return
        if pin.worker_id is not None and pin.worker_id not in self._workers:
            self._refuse(
                pin,
                "idle-worker",
                "worker",
                Message("the worker named here does not work in these days"),
                Message("name another worker, or empty the cell"),
            )
            return
        before = [p for p in self._pins if p.beneficiary_id == pin.beneficiary_id]
        if any(replace(p, row=pin.row, is_weekly=pin.is_weekly) == pin for p in before):
            return
        need, visit, distance = self._nearest(needs, pin.day)
        if pin.is_weekly and self._is_void(pin, needs, distance, is_first=not before):
            return
        pinned = self._pinned(pin, need, visit)
        if pinned is None or self._contradicts(pin, pinned, before):
            return
        self._pins.append(pin)
        if visit is None:
            self.created.append(pinned)
        else:
            self.chosen[visit.id] = pinned

    def _nearest(
        self, needs: Sequence[Requirement], day: int
    ) -> tuple[Requirement, Visit | None, int]:
        """Find the visit that a pin takes, and how many days it lies off; None: one more."""
        free = [
            (min((abs(d - day) for d in visit.days), default=_WEEK_DAYS), visit.id, need, visit)
            for need in needs
            for visit in need.visits
            if visit.id not in self.chosen and not visit.is_pinned
        ]
        if not free:
            return needs[0], None, 0
        distance, _, need, visit = min(free, key=lambda entry: entry[:2])
        return need, visit, distance

    def _is_void(
        self, pin: VisitPin, needs: Sequence[Requirement], distance: int, *, is_first: bool
    ) -> bool:
        """Whether no visit is due around a weekly pin, or the next week's is nearer to it."""
        _, visit, next_distance = self._nearest(needs, pin.day + _WEEK_DAYS)
        if visit is None:
            return not is_first
        has_next = pin.day + _WEEK_DAYS < self.problem.horizon_days
        return distance >= _WEEK_DAYS or (has_next and next_distance < distance)

    def _pinned(self, pin: VisitPin, need: Requirement, visit: Visit | None) -> Requirement | None:
        """Make the requirement of a pinned visit; None, with a fault, where nobody could go."""
        number = 1 + sum(len(r.visits) for r in self._needs[need.id])
        number += sum(r.id == need.id for r in self.created)
        visit = visit or Visit(id=f"{need.id}/{number}", days=())
        pinned = replace(
            need,
            visits=(replace(visit, days=(pin.day,), is_pinned=True),),
            order=need.order
            if pin.rank is None
            else Order(group=f"{self._date(pin.day):%Y-%m-%d}", rank=pin.rank),
        )
        if pin.at_s is not None:
            pinned = replace(pinned, windows=(TimeWindow(opens_s=pin.at_s, closes_s=pin.at_s),))
        if pin.worker_id is not None:
            pinned = replace(pinned, worker_ids=(pin.worker_id,))
        if not self._teams(pinned, pin.day):
            pinned = replace(pinned, circuit_id=None)
        teams = self._teams(pinned, pin.day)
        if not teams:
            self._refuse_day(pin)
            return None
        if pin.at_s is not None and not any(
            _is_at_work(team, pin.day, pin.at_s, need.service_s) for team in teams
        ):
            self._refuse(
                pin,
                "pin-outside-shift",
                "time",
                Message(
                    "nobody who could go is at work at %(time)s", {"time": format_clock(pin.at_s)}
                ),
                Message("write a time within the working hours, or another worker or day"),
            )
            return None
        return pinned

    def _teams(self, requirement: Requirement, day: int) -> list[Team]:
        return [
            team
            for team in self.problem.teams
            if team.shift_on(day) is not None and self.problem.may_serve(team, requirement)
        ]

    def _refuse_day(self, pin: VisitPin) -> None:
        named = {"date": f"{self._date(pin.day):%Y-%m-%d}", "worker": pin.worker_id or ""}
        self._refuse(
            pin,
            "pin-nobody-goes",
            "date" if pin.row.day is not None else "weekday",
            Message("on %(date)s nobody may go who could make this visit", named)
            if pin.worker_id is None
            else Message("on %(date)s %(worker)s may not go, or not to this visit", named),
            Message("write another day or worker; look at shifts, circuits, skills and numbers"),
        )

    def _contradicts(self, pin: VisitPin, pinned: Requirement, before: Iterable[VisitPin]) -> bool:
        """Tell, with a fault, whether an earlier pin makes this one impossible."""
        for other in before:
            if abs(other.day - pin.day) < pinned.min_gap_days:
                self._refuse(
                    pin,
                    "pins-too-near",
                    "date" if pin.row.day is not None else "weekday",
                    Message(
                        "another pin has this beneficiary on %(date)s; %(days)d days must lie"
                        " between",
                        {
                            "date": f"{self._date(other.day):%Y-%m-%d}",
                            "days": pinned.min_gap_days,
                        },
                    ),
                    Message("keep one of the two, or give them days farther apart"),
                )
                return True
        for other in self._pins:
            if other.day != pin.day:
                continue
            both = {other.worker_id, pin.worker_id}
            length_s = self._needs[other.beneficiary_id][0].service_s
            if None not in both and len(both) == 1 and _collide(pin, pinned, other, length_s):
                self._refuse_collision(pin, other, "time")
                return True
            if (len(both) == 1 or None in both) and _run_backwards(pin, other):
                self._refuse_collision(pin, other, "order")
                return True
        return False

    def _refuse_collision(self, pin: VisitPin, other: VisitPin, name: str) -> None:
        self._refuse(
            pin,
            "pins-collide",
            name,
            Message(
                "cannot be kept beside the pin of '%(id)s' on the same day",
                {"id": other.beneficiary_id},
            ),
            Message("change the time or the order of one of the two"),
        )

    def _refuse(self, pin: VisitPin, code: str, name: str, what: Message, mend: Message) -> None:
        finding = finding_of(pin.row, code, name, what, mend)
        # A weekly pin is told once, not for each week.
        if finding.row is None or not any(
            (f.file, f.sheet, f.row, f.code) == (finding.file, finding.sheet, finding.row, code)
            for f in self.faults
        ):
            self.faults.append(finding)

    def _date(self, day: int) -> dt.date:
        return self.problem.starts_at.date() + dt.timedelta(days=day)


def _is_at_work(team: Team, day: int, at_s: int, service_s: int) -> bool:
    shift = team.shift_on(day)
    begins_s = day * DAY_S + at_s
    return shift is not None and shift.starts_s <= begins_s <= shift.ends_s - service_s


def _collide(pin: VisitPin, pinned: Requirement, other: VisitPin, other_s: int) -> bool:
    """Whether one worker would have to be at two visits at once."""
    if pin.at_s is None or other.at_s is None:
        return False
    return pin.at_s < other.at_s + other_s and other.at_s < pin.at_s + pinned.service_s


def _run_backwards(pin: VisitPin, other: VisitPin) -> bool:
    """Whether order and times of two visits contradict each other."""
    if pin.rank is None or other.rank is None or pin.at_s is None or other.at_s is None:
        return False
    return (pin.rank - other.rank) * (pin.at_s - other.at_s) < 0
