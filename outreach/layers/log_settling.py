"""The place of a new entry among those that the log holds: known, correcting, or beside them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.errors import Message

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from outreach.layers.checks import Inspection
    from outreach.layers.log import LogEntry


class Held:
    """The log so far, and what this file adds to it."""

    def __init__(self, entries: Iterable[LogEntry]) -> None:
        self.by_id: dict[str, LogEntry] = {}
        self.by_line: dict[str, LogEntry] = {}
        self.by_tick: dict[tuple[str, dt.date, str, str], LogEntry] = {}
        self.by_day: dict[tuple[str, dt.date], list[LogEntry]] = defaultdict(list)
        self.corrected_by: dict[str, str] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: LogEntry) -> None:
        """Take an entry in, after all that were entered before it."""
        self.by_id[entry.id] = entry
        if entry.line:
            self.by_line[entry.line] = entry
        if (tick := _tick(entry)) is not None:
            self.by_tick[tick] = entry
        if entry.corrects is not None:
            self.corrected_by[entry.corrects] = entry.id
        self.by_day[entry.beneficiary_id, entry.date].append(entry)

    def same_line(self, entry: LogEntry) -> LogEntry | None:
        """
        Give the last word of the same line of a form, or of the same visit on a worker's pages.

        A changed plan makes a new page, on which a visit may have another number.
        """
        tick = _tick(entry)
        before = None if tick is None else self.by_tick.get(tick)
        return before or (self.by_line.get(entry.line) if entry.line else None)

    def last_of(self, entry_id: str) -> str:
        """Follow the corrections of an entry to the one that stands."""
        while entry_id in self.corrected_by:
            entry_id = self.corrected_by[entry_id]
        return entry_id

    def standing_on(self, beneficiary_id: str, date: dt.date) -> list[LogEntry]:
        """Give what stands of a beneficiary's day."""
        day = self.by_day.get((beneficiary_id, date), [])
        return [entry for entry in day if entry.id not in self.corrected_by]


def _tick(entry: LogEntry) -> tuple[str, dt.date, str, str] | None:
    """Name what a worker's pages say of a visit on a day; other sources give no number."""
    if entry.number is None or entry.visit_id is None:
        return None
    return entry.beneficiary_id, entry.date, entry.worker_id or "", entry.visit_id


def settle(inspection: Inspection, position: int, entry: LogEntry, held: Held) -> LogEntry | None:
    """Give an entry its place after those that it corrects; None where it adds nothing."""
    if entry.id in held.by_id:
        return None
    if entry.corrects is not None:
        return _correcting(inspection, position, entry, held)
    before = held.same_line(entry)
    if before is not None:
        if entry.said_at and _word(entry) == _word(before):
            return None
        # ISO 8601 in UTC is ordered like its text.
        if entry.said_at < before.said_at:
            inspection.warn(
                position,
                "said_at",
                "older-word",
                Message(
                    "older than what the log has from the same page (entry %(entry)s); it was"
                    " not entered",
                    {"entry": held.last_of(before.id)},
                ),
                Message("nothing to do, unless the clock of the phone was wrong"),
            )
            return None
        return replace(entry, corrects=held.last_of(before.id))
    others = [e for e in held.standing_on(entry.beneficiary_id, entry.date) if _differ(e, entry)]
    if others:
        inspection.warn(
            position,
            "state",
            "another-word",
            Message(
                "the log has another entry of the same day, %(entry)s; both stand",
                {"entry": others[0].id},
            ),
            Message(
                "where they are about one visit, enter it again with --corrects and the number of"
                " the wrong one"
            ),
        )
    return entry


def _word(entry: LogEntry) -> tuple[str, str, str]:
    return entry.said_at, entry.state, entry.note


def _differ(one: LogEntry, other: LogEntry) -> bool:
    """Tell whether two entries of a day may be two words about one visit."""
    if _agree(one, other):
        return False
    same_time = None in {one.begins_s, other.begins_s} or one.begins_s == other.begins_s
    same_worker = None in {one.worker_id, other.worker_id} or one.worker_id == other.worker_id
    return same_time and (same_worker or one.state != other.state)


def _agree(one: LogEntry, other: LogEntry) -> bool:
    """Tell whether a tick says what a table says of the same planned visit: the usual case."""
    is_ticked = one.number is not None or other.number is not None
    same_visit = one.visit_id is not None and one.visit_id == other.visit_id
    same_word = (one.state, one.worker_id) == (other.state, other.worker_id)
    return is_ticked and same_visit and same_word


def _correcting(
    inspection: Inspection, position: int, entry: LogEntry, held: Held
) -> LogEntry | None:
    named = [i for i in held.by_id if entry.corrects and i.startswith(entry.corrects)]
    if len(named) != 1:
        inspection.error(
            position,
            "corrects",
            "unknown-entry",
            Message("the log holds no such entry")
            if not named
            else Message("several entries begin like this"),
            Message("write the number of the entry as outreach log show tells it"),
        )
        return None
    last = held.last_of(named[0])
    if last != named[0]:
        inspection.error(
            position,
            "corrects",
            "corrected-already",
            Message("this entry was corrected already, by %(entry)s", {"entry": last}),
            Message("correct that one"),
        )
        return None
    return replace(entry, corrects=last)
