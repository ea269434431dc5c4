"""The changes of a plan, as a worker sees them, or the office."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from outreach.output.changes_since import revision_since
from outreach.output.changes_told import ChangeTeller
from outreach.output.itinerary import routes_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry import LineString

    from outreach.lineage import Change, Happening, NightChange, Revision, When
    from outreach.model import Plan
    from outreach.output.words import Words

MarkKind = Literal["new", "moved", "time", "off"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Before:
    """
    What a changed plan is drawn against.

    Parameters
    ----------
    earlier
        The plans of the week that it was changed from, the latest first; not empty.
    left
        By team and day the paths that are not ridden any more, EPSG:4326.
    held
        The plan of which a worker has the pack, where that is another than the latest.
    """

    earlier: tuple[Plan, ...]
    left: Mapping[tuple[str, int], tuple[LineString, ...]] = field(default_factory=dict)
    held: Mapping[str, Plan] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        """The plan before."""
        return self.earlier[0]

    @property
    def first(self) -> Plan:
        """The week's first plan, of which pages have the names under which phones keep ticks."""
        return self.earlier[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """
    What is other about a visit for its reader.

    `was` and `now` are None where the reader did not, or does not, make it: then it is new, or
    off. `said` tells it in a line, `label` in a word or two.
    """

    kind: MarkKind
    label: str
    said: str
    change: Change
    was: When | None
    now: When | None


class Changes:
    """
    The changes of a plan, seen with one worker's eyes or the office's.

    What a worker hands over to a colleague is off, what comes from one is new. Nothing is told
    to a worker of others' cases, nor of their absence.

    Parameters
    ----------
    plan
        A changed one.
    revision
        The plan's own, or what differs from the plan that the reader has.
    words
        The reader's language.
    reader
        The worker; None for the office.
    """

    def __init__(
        self, plan: Plan, revision: Revision, words: Words, *, reader: str | None = None
    ) -> None:
        self.plan = plan
        self.revision = revision
        self.reader = reader
        self.tell = ChangeTeller(plan, words, reader=reader)
        self._words = words
        marks = (self._mark(change) for change in revision.changes)
        self.marks = tuple(mark for mark in marks if mark is not None)
        self.nights = tuple(self._nights())
        self.told = tuple(told for told in revision.told if self._may_read(told))

    @property
    def is_concerned(self) -> bool:
        """Whether a visit or a night of the reader is another."""
        return bool(self.marks or self.nights)

    def _mark(self, change: Change) -> Mark | None:
        was, now = (
            when if when is not None and self.reader in {None, *when.worker_ids} else None
            for when in (change.before, change.after)
        )
        before, after = change.before, change.after
        kind: MarkKind = "off"
        said = label = self.tell.label(change)
        if now is not None:
            kind = "time" if change.kind == "kept" else "moved"
            if was is None:
                kind, label = "new", self._words.say("new")
            said = label
            if before is not None and before != now:
                is_alike = (before.day, before.worker_ids) == (now.day, now.worker_ids)
                # The line stands in a narrow place below the day.
                when = self.tell.clock(before.starts_s) if is_alike else self.tell.when(before)
                said = self._words.say("%(label)s, was %(when)s", label=label, when=when)
        elif was is not None and after is not None:
            label = self._words.say("handed over")
            said = f"{label}: {self.tell.when(after)}"
        elif was is None and self.reader is not None:
            return None
        return Mark(kind=kind, label=label, said=said, change=change, was=was, now=now)

    def _nights(self) -> tuple[NightChange, ...]:
        if self.reader is None:
            return self.revision.nights
        teams = {route.team_id for route in routes_of(self.plan, self.reader)}
        teams |= {w.team_id for mark in self.marks for w in (mark.was, mark.now) if w is not None}
        return tuple(night for night in self.revision.nights if night.team_id in teams)

    def _may_read(self, told: Happening) -> bool:
        if self.reader is None or told.kind in {"road_closed", "season"}:
            return True
        if told.kind in {"absent", "late"}:
            return told.id == self.reader
        if told.kind == "lodging_full":
            return any(told.id in {night.before, night.after} for night in self.nights)
        own = {i for mark in self.marks for i in (mark.change.visit_id, mark.change.beneficiary_id)}
        return told.id in own or told.visit_id in own

    def said(self) -> dict[str, str]:
        """Tell what is other about each visit that the reader makes, by its id."""
        return {mark.change.visit_id: mark.said for mark in self.marks if mark.now is not None}

    def reason(self, mark: Mark) -> str | None:
        """Tell the office why a visit is off."""
        detail = None if self.reader else mark.change.detail
        return None if detail is None or mark.change.after else self._words.say(detail)

    def night(self, night: NightChange) -> str:
        """Tell where a night is spent: ``Balai Desa → Rumah Kades``."""
        was, now = self.tell.place(night.before), self.tell.place(night.after)
        return f"{was or '–'} → {now or '–'}"

    def lines(self) -> tuple[str, ...]:
        """Tell the change, what happened, what is off, and which nights are elsewhere."""
        if not self.is_concerned:
            return ()
        return (
            self.tell.title(),
            *map(self.tell.happening, self.told),
            *(
                f"{mark.change.beneficiary_id}, {self.tell.when(mark.was)}: {mark.said}"
                for mark in self.marks
                if mark.was is not None and mark.now is None
            ),
            *(
                self._words.say(
                    "night of %(day)s: %(change)s",
                    day=self.tell.date(night.day),
                    change=self.night(night),
                )
                for night in self.nights
            ),
        )


def changes_for(
    plan: Plan, words: Words, worker_id: str, *, before: Before | None = None
) -> Changes | None:
    """Give what is other for a worker than in the plan that this worker has; None in a first."""
    held = None if before is None else before.held.get(worker_id)
    revision = plan.revision if held is None else revision_since(held, plan)
    return None if revision is None else Changes(plan, revision, words, reader=worker_id)
