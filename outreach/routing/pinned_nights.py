"""Nights that are pinned: where a team sleeps."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.layers.pins import PinRow, finding_of, unknown_pin

if TYPE_CHECKING:
    from outreach.model import Finding
    from outreach.routing.problem import Night, Problem, Team

_NOWHERE = PinRow()


@dataclass(frozen=True, slots=True, kw_only=True)
class NightPin:
    """Where a team (or the team of a circuit) sleeps after a day."""

    team_id: str
    day: int
    lodging_id: str
    row: PinRow = _NOWHERE


class NightBook:
    """The pinned nights so far."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.faults: list[Finding] = []
        self._pinned: dict[tuple[str, int], str] = {}

    def of(self, team: Team) -> tuple[Night, ...]:
        """Give the nights of a team, each pinned one with its lodging alone."""
        return tuple(
            replace(night, place_ids=(self._pinned[team.id, night.day],))
            if (team.id, night.day) in self._pinned
            else night
            for night in team.nights
        )

    def enter(self, pin: NightPin) -> None:
        """Take a pin in, or tell why not."""
        teams = [t for t in self.problem.teams if pin.team_id in {t.id, t.circuit_id}]
        if not teams:
            known = {t.id for t in self.problem.teams} | {c.id for c in self.problem.circuits}
            self.faults.append(unknown_pin(pin.row, "team", known))
            return
        lodging = self.problem.lodging.get(pin.lodging_id)
        if lodging is None and pin.lodging_id not in {t.base_id for t in teams}:
            self.faults.append(unknown_pin(pin.row, "lodging", self.problem.lodging))
            return
        date = self.problem.starts_at.date() + dt.timedelta(days=pin.day)
        named = {"lodging": pin.lodging_id, "date": f"{date:%Y-%m-%d}"}
        if lodging is not None and pin.day not in lodging.nights:
            self._refuse(
                pin,
                "lodging-closed",
                "lodging",
                Message("%(lodging)s is closed on the night after %(date)s", named),
                Message("write another lodging or day"),
            )
            return
        away = [(team, night) for team in teams for night in team.nights if night.day == pin.day]
        fits = [team for team, night in away if pin.lodging_id in night.place_ids]
        if not fits:
            self._refuse(
                pin,
                "night-not-away",
                "lodging" if away else "team",
                Message(
                    "%(team)s cannot sleep at %(lodging)s on the night after %(date)s",
                    {**named, "team": pin.team_id},
                ),
                Message(
                    "choose a lodging of this circuit, and a night before a day at work, of"
                    " workers who may sleep away"
                ),
            )
            return
        for team in fits:
            self._enter(pin, team, beds=None if lodging is None else lodging.beds)

    def _enter(self, pin: NightPin, team: Team, *, beds: int | None) -> None:
        if beds is not None and beds < len(team.worker_ids):
            self._refuse(
                pin,
                "too-few-beds",
                "lodging",
                Message(
                    "%(lodging)s has %(beds)d beds for %(n)d",
                    {"lodging": pin.lodging_id, "beds": beds, "n": len(team.worker_ids)},
                ),
                Message("write another lodging"),
            )
        elif self._pinned.setdefault((team.id, pin.day), pin.lodging_id) != pin.lodging_id:
            self._refuse(
                pin,
                "pins-collide",
                "lodging",
                Message(
                    "another pin has %(team)s at %(lodging)s on this night",
                    {"team": pin.team_id, "lodging": self._pinned[team.id, pin.day]},
                ),
                Message("keep one of the two"),
            )

    def _refuse(self, pin: NightPin, code: str, name: str, what: Message, mend: Message) -> None:
        self.faults.append(finding_of(pin.row, code, name, what, mend))
