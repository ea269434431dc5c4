"""What the log's commands tell: what was entered, what was not, and what the log holds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from outreach.errors import Message
from outreach.layers.log import clock_cell, states_of
from outreach.output.findings import finding_json, finding_line
from outreach.units import HOUR_S, MINUTE_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outreach.layers.learned import Learned
    from outreach.layers.log import LogEntry, State
    from outreach.layers.log_checks import LogRead
    from outreach.model import Finding
    from outreach.output.words import Words

_STATES: Mapping[State, Message] = {
    "done": Message("visited"),
    "not met": Message("not met"),
    "refused": Message("refused"),
    "moved": Message("moved away"),
    "closed": Message("case closed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogImportReport:
    """What `outreach log import` tells, file by file."""

    read: tuple[LogRead, ...]
    n_held: int

    @property
    def n_refused(self) -> int:
        """How many rows, and files as a whole, were not entered because something is wrong."""
        unusable = sum(f.code == "unusable-file" for read in self.read for f in read.findings)
        return sum(read.n_refused for read in self.read) + unusable

    def as_json(self) -> dict[str, Any]:
        """Give the counts of each file, the new entries, and each finding with its place."""
        return {
            "files": [
                {
                    "file": read.file,
                    "entered": len(read.entries),
                    "known": read.n_known,
                    "refused": read.n_refused,
                }
                for read in self.read
            ],
            "entered": [entry_json(entry) for read in self.read for entry in read.entries],
            "held": self.n_held,
            "findings": [finding_json(f) for read in self.read for f in read.findings],
        }

    def as_text(self, words: Words) -> str:
        """Write the counts of each file, and below them what is wrong with it."""
        lines = []
        for read in self.read:
            lines.append(
                words.say(
                    "%(file)s: %(entered)s entered (%(corrections)s of them corrections),"
                    " %(known)s known already, %(refused)s refused",
                    file=read.file,
                    entered=words.number(len(read.entries)),
                    corrections=words.number(sum(e.corrects is not None for e in read.entries)),
                    known=words.number(read.n_known),
                    refused=words.number(read.n_refused),
                )
            )
            lines += [finding_line(finding, words) for finding in read.findings]
        lines.append(words.say("The log holds %(n)s entries.", n=words.number(self.n_held)))
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAddReport:
    """What `outreach log add` tells; `entry` is None where the log held the same already."""

    entry: LogEntry | None
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        """Give the entry, and what is doubtful about it."""
        return {
            "entered": None if self.entry is None else entry_json(self.entry),
            "findings": [finding_json(f) for f in self.findings],
        }

    def as_text(self, words: Words) -> str:
        """Write under which number it was entered, and what is doubtful about it."""
        if self.entry is None:
            lines = [words.say("The log holds this already; nothing was entered.")]
        else:
            lines = [words.say("Entered under the number %(entry)s", entry=self.entry.id)]
        for finding in self.findings:
            lines += [f"  {words.say(finding.what)}", f"      → {words.say(finding.mend)}"]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogShowReport:
    """What `outreach log show` tells: the entries that stand, by date."""

    entries: tuple[LogEntry, ...]

    def as_json(self) -> dict[str, Any]:
        """Give each entry, without its note."""
        return {
            "states": states_of(self.entries),
            "entries": [entry_json(entry) for entry in self.entries],
        }

    def as_text(self, words: Words) -> str:
        """Write each entry on a line below its day, and the sums; never a note."""
        if not self.entries:
            return words.say("The log holds nothing of this.")
        lines: list[str] = []
        for date, day in groupby(self.entries, key=lambda entry: entry.date):
            lines.append(words.date(date))
            lines += _lines(tuple(day), words)
        counts = (
            f"{words.say(_STATES[state])}: {words.number(n)}"
            for state, n in states_of(self.entries).items()
            if n
        )
        return "\n".join([*lines, "", " · ".join(counts)])


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedReport:
    """What `outreach log learned` tells: how long visits take, by category."""

    learned: tuple[Learned, ...]
    learn_from: int
    is_used: bool

    def as_json(self) -> dict[str, Any]:
        """Give each category with what its preset says and what the log says, in minutes."""
        return {
            "used": self.is_used,
            "categories": [
                {
                    "category": one.category,
                    "visits": one.n_visits,
                    "left_aside": one.n_aside,
                    "preset_minutes": one.preset,
                    "median_minutes": one.median,
                    "quartile_minutes": [one.lower, one.upper],
                    "learned_minutes": one.minutes,
                }
                for one in self.learned
            ],
        }

    def as_text(self, words: Words) -> str:
        """Write a line for each category, and how what is learned comes to be used."""
        if not self.learned:
            return words.say("The log tells of no visit how long it took.")
        heads = (
            *(words.say("Category"), words.say("Preset"), words.say("Learned")),
            *(words.say("Half of them"), words.say("Visits"), words.say("Left aside")),
        )
        rows = [heads, *(self._row(one, words) for one in self.learned)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [words.say("Minutes of a visit, by the log:")]
        for first, *others in rows:
            cells = [f"{cell:>{width}}" for cell, width in zip(others, widths[1:], strict=True)]
            lines.append("  ".join([f"{first:<{widths[0]}}", *cells]))
        if any(one.minutes is None for one in self.learned):
            lines.append(
                words.say(
                    "– fewer than %(n)s visits: nothing is learned of them",
                    n=words.number(self.learn_from),
                )
            )
        lines.append(
            words.say("Plans use what was learned until a week before they begin.")
            if self.is_used
            else words.say(
                'Plans use the presets; with service_minutes = "learned" under [log] in'
                " outreach.toml they use what is learned."
            )
        )
        return "\n".join(lines)

    @staticmethod
    def _row(one: Learned, words: Words) -> tuple[str, ...]:
        return (
            one.category,
            words.number(one.preset),
            "–" if one.minutes is None else words.number(one.minutes),
            f"{words.number(one.lower)}–{words.number(one.upper)}",
            words.number(one.n_visits),
            words.number(one.n_aside),
        )


def _lines(day: Sequence[LogEntry], words: Words) -> list[str]:
    width = max(len(entry.beneficiary_id) for entry in day)
    return [
        f"  {entry.id}  {entry.beneficiary_id:<{width}}  {_told(entry, words)}" for entry in day
    ]


def _told(entry: LogEntry, words: Words) -> str:
    parts = [words.say(_STATES[entry.state])]
    if entry.worker_id is not None:
        parts.append(entry.worker_id)
    if entry.begins_s is not None:
        ends = "" if entry.ends_s is None else f"–{_clock(entry.ends_s, words)}"
        parts.append(_clock(entry.begins_s, words) + ends)
    if entry.minutes is not None:
        parts.append(words.duration(entry.minutes * MINUTE_S))
    if entry.next_due is not None:
        parts.append(words.say("next on %(date)s", date=entry.next_due.isoformat()))
    if entry.corrects is not None:
        parts.append(words.say("corrects %(entry)s", entry=entry.corrects))
    return ", ".join(parts)


def _clock(seconds: int, words: Words) -> str:
    hours, rest = divmod(seconds, HOUR_S)
    # Midnight at the end of a day is 24:00 in tables.
    return words.clock(dt.time(hours % 24, rest // MINUTE_S))


def entry_json(entry: LogEntry) -> dict[str, Any]:
    """Give an entry for machines; of its note only that there is one."""
    return {
        "id": entry.id,
        "beneficiary_id": entry.beneficiary_id,
        "date": entry.date.isoformat(),
        "state": entry.state,
        "begins": clock_cell(entry.begins_s),
        "ends": clock_cell(entry.ends_s),
        "minutes": entry.minutes,
        "worker_id": entry.worker_id,
        "next_due": None if entry.next_due is None else entry.next_due.isoformat(),
        "visit_id": entry.visit_id,
        "number": entry.number,
        "has_note": bool(entry.note),
        "corrects": entry.corrects,
        "file": entry.file,
        "row": entry.row,
        "entered_at": entry.entered_at or None,
    }
