"""What happened in a planned week, and what it changes, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.output.itinerary import date_of, moment
from outreach.units import DAY_S, MINUTE_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outreach.lineage import (
        Call,
        Change,
        ChangeKind,
        Happening,
        HappeningKind,
        Revision,
        When,
    )
    from outreach.model import Plan, Season
    from outreach.output.words import Words

_LABELS: Mapping[ChangeKind, Message] = {
    "kept": Message("other time"),
    "moved": Message("moved"),
    "fell_out": Message("does not take place"),
    "new": Message("new"),
    "stays_out": Message("does not take place"),
    # Done already, or not wanted.
    "cancelled": Message("not needed any more"),
}
_HAPPENED: Mapping[HappeningKind, Message] = {
    "urgent": Message("%(id)s is urgent: a visit by %(moment)s"),
    "absent": Message("%(id)s is absent, %(start)s – %(end)s"),
    "late": Message("%(id)s is late by %(delay)s"),
    "cancelled": Message("the visit %(visit)s is not needed any more"),
    "lodging_full": Message("%(lodging)s is full in the night of %(day)s"),
    "road_closed": Message("a road is closed: see the map"),
}
_SEASONS: Mapping[Season, Message] = {
    "wet": Message("the roads are as in the rainy season"),
    "dry": Message("the roads are as in the dry season"),
}


class ChangeTeller:
    """
    Says what happened and what became of it.

    Parameters
    ----------
    plan
        The changed plan.
    words
        The reader's language.
    reader
        The worker who reads it, of whose visits nobody need be named; None for the office.
    """

    def __init__(self, plan: Plan, words: Words, *, reader: str | None = None) -> None:
        self._plan = plan
        self._words = words
        self._reader = reader
        self._names = {contact.place_id: contact.label for contact in plan.contacts}

    def title(self) -> str:
        """Name the plan by its number and moment: ``Perubahan ke-2, Sel 3 Mar, 10.20``."""
        revision = self._plan.revision
        if revision is None:
            return ""
        return self._words.say(
            "Change %(number)d of the plan, %(moment)s",
            number=revision.number,
            moment=self.moment(revision.at_s),
        )

    def moment(self, seconds: int) -> str:
        """Write a moment of the plan for a narrow place: ``Sel 3 Mar, 10.20``."""
        at = moment(self._plan.starts_at, seconds)
        return f"{self.date(seconds // DAY_S)}, {self._words.clock(at)}"

    def clock(self, seconds: int) -> str:
        """Write the time of day of a moment of the plan: ``10.20``."""
        return self._words.clock(moment(self._plan.starts_at, seconds))

    def date(self, day: int) -> str:
        """Write a day of the plan for a narrow place: ``Sel 3 Mar``."""
        date = date_of(self._plan, day)
        return f"{self._words.weekday(date)} {self._words.short_date(date)}"

    def when(self, when: When) -> str:
        """Write when and by whom else a visit is made: ``Sel 3 Mar, 10.20, W-1 + W-2``."""
        said = self.moment(when.starts_s)
        is_own = self._reader in when.worker_ids
        return said if is_own else f"{said}, {' + '.join(when.worker_ids)}"

    def label(self, change: Change) -> str:
        """Call a change by a word or two: ``pindah``."""
        if change.before is not None and change.before == change.after:
            return self._words.say("as planned")
        return self._words.say(_LABELS[change.kind])

    def place(self, place_id: str | None) -> str | None:
        """Name a lodging or partner."""
        return None if place_id is None else self._names.get(place_id, place_id)

    def happening(self, told: Happening) -> str:
        """Say what was told, and when: ``Sel 3 Mar, 10.20: W-1 terlambat 45 menit``."""
        if told.kind == "season":
            template = _SEASONS[told.season or self._plan.season]
        elif told.kind == "urgent" and told.deadline_s is None:
            template = Message("%(id)s is urgent")
        elif told.kind == "absent" and self._is_one_day(told):
            template = Message("%(id)s is absent, %(start)s")
        else:
            template = _HAPPENED[told.kind]
        said = self._words.say(
            template,
            id=told.id,
            visit=told.visit_id or told.id,
            lodging=self.place(told.id),
            moment=self._until(told.deadline_s or 0),
            **self._span(told.from_s or 0, told.to_s or 0),
            delay=self._words.duration(told.delay_s or 0),
            day=self.date(told.day or 0),
        )
        return f"{self.moment(told.at_s)}: {said}"

    @staticmethod
    def _is_one_day(told: Happening) -> bool:
        from_s, to_s = told.from_s or 0, told.to_s or 0
        return from_s % DAY_S == 0 and to_s == from_s + DAY_S

    def _until(self, seconds: int) -> str:
        """Write a moment; the end of a day by its date."""
        is_evening = seconds % DAY_S >= DAY_S - MINUTE_S
        return self.date(seconds // DAY_S) if is_evening else self.moment(seconds)

    def _span(self, from_s: int, to_s: int) -> dict[str, str]:
        """Write from when to when; whole days by their dates."""
        if from_s % DAY_S or to_s % DAY_S:
            return {"start": self.moment(from_s), "end": self._until(to_s)}
        return {"start": self.date(from_s // DAY_S), "end": self.date(to_s // DAY_S - 1)}

    def callee(self, call: Call) -> str:
        """Name whom to phone; a family by the id of its child, since no name is known."""
        if call.kind == "family":
            return self._words.say("family of %(id)s", id=call.id)
        return self._names.get(call.id, call.id)

    def phone(self, call: Call) -> str | None:
        """Give the number of a lodging or partner; those of workers and families are not known."""
        numbers = {contact.place_id: contact.phone for contact in self._plan.contacts}
        return numbers.get(call.id) if call.kind in {"lodging", "partner"} else None

    def by(self, call: Call) -> str:
        """Write by when somebody must know; about a night, by the evening."""
        revision = self._plan.revision
        if revision is not None and call.by_s <= revision.at_s:
            return self._words.say("at once")
        if call.by_s % DAY_S == 0:
            return self._words.say(
                "before the evening of %(day)s", day=self.date(call.by_s // DAY_S - 1)
            )
        return self._words.say("before %(moment)s", moment=self.moment(call.by_s))

    def by_day(self, call: Call) -> str:
        """Write on which day somebody must know."""
        revision = self._plan.revision
        if revision is not None and call.by_s <= revision.at_s:
            return self._words.say("at once")
        return self._words.say("before %(moment)s", moment=self.date(call.by_s // DAY_S))

    def outcome(self, call: Call, changes: Sequence[Change]) -> tuple[str, ...]:
        """Tell what a family is to hear of its visits: ``pindah, Rab 2 Des, 14.06, kota``."""
        if call.kind != "family":
            return ()
        told = []
        for change in changes:
            label, said = self.label(change), ""
            if change.after is not None:
                said = self.when(change.after)
            elif change.before is not None and len(changes) > 1:
                said = self.moment(change.before.starts_s)
            told.append(", ".join(filter(None, (label, said))))
        return tuple(told)

    def figures(self, revision: Revision) -> tuple[str, ...]:
        """
        Say what a change comes to: visits by what becomes of them, riding and money.

        Visits at another hour keep their day and workers.
        """
        plural, figures = self._words.plural, revision.figures
        n_hours = sum(
            change.kind == "kept" and change.before != change.after for change in revision.changes
        )
        moved, out, new, late = (
            *(figures.n_moved, figures.n_fell_out),
            *(figures.n_new, figures.n_late),
        )
        counts = (
            (
                n_hours,
                plural("%(n)s visit at another hour", "%(n)s visits at another hour", n_hours),
            ),
            (moved, plural("%(n)s visit moved", "%(n)s visits moved", moved)),
            (out, plural("%(n)s visit falls out", "%(n)s visits fall out", out)),
            (new, plural("%(n)s new visit", "%(n)s new visits", new)),
            (late, plural("%(n)s after its deadline", "%(n)s after their deadline", late)),
        )
        riding = self._words.duration(abs(figures.riding_s))
        money = self._words.money(abs(figures.cost_idr))
        return (
            *(said for n, said in counts if n),
            self._words.say("riding %(more)s", more=_signed(figures.riding_s, riding)),
            self._words.say("cost %(more)s", more=_signed(figures.cost_idr, money)),
        )


def _signed(value: int, said: str) -> str:
    sign = "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else "±"
    return f"{sign}{said}"
