"""What a change of the plan comes to: for the one on the telephone, and for machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outreach.errors import Message
from outreach.output.changes_told import ChangeTeller
from outreach.output.findings import finding_json, finding_line
from outreach.output.replan_lines import call_lines, change_lines, nearest_lines
from outreach.output.revision_json import revision_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from outreach.lineage import Figures, Revision
    from outreach.model import Finding, Plan
    from outreach.output.words import Words
    from outreach.routing.candidates import Candidate

OTHER_KINDS: Mapping[str, Message] = {
    "other_worker": Message("another worker"),
    "other_day": Message("another day"),
    "circuit_cut_short": Message("the circuit cut short"),
}
"""Kinds of plans to choose from beside the first one."""

FIRST = "first"
"""The least changed plan."""
_HEADS = (
    *(Message("moved"), Message("left out"), Message("new"), Message("late")),
    *(Message("riding"), Message("cost")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """A plan of another kind, in figures."""

    kind: str
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplanReport:
    """
    What `outreach replan` tells.

    Parameters
    ----------
    project
        The folder, as the user names it.
    plan
        The changed plan, with its revision.
    first
        The figures of the least changed plan, and `others` those of other kinds.
    taken
        The kind of the plan that was taken; "first": the least changed one.
    nearest
        By urgent case, who could come, those who may first, by arrival.
    n_logged
        How many of what happened nobody told but the log.
    phoned
        New cases that were kept beside the caseload.
    beyond
        Urgent cases with deadlines after this plan, and no visit in it.
    notices
        What of the plan is to be minded since this change.
    gained_s
        By how much the search after the first plan lessened its weight, None: there was none.
    undrawn
        Why the maps could not be drawn again.
    paths
        What was written; nothing of a dry run.
    """

    project: Path
    plan: Plan
    first: Figures
    others: tuple[Other, ...] = ()
    taken: str = FIRST
    nearest: tuple[Candidate, ...] = ()
    n_logged: int = 0
    phoned: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    notices: tuple[Message, ...] = ()
    findings: tuple[Finding, ...] = ()
    gained_s: int | None = None
    undrawn: Message | None = None
    paths: tuple[Path, ...] = ()

    @property
    def revision(self) -> Revision:
        """What led to the plan and what it changes."""
        if self.plan.revision is None:
            raise ValueError("the plan was not changed")
        return self.plan.revision

    def as_json(self) -> dict[str, Any]:
        """Give the revision as plan.json has it, who could come, and the other plans' figures."""
        return {
            "revision": revision_document(self.revision, self.plan.starts_at),
            "from_log": self.n_logged,
            "phoned": list(self.phoned),
            "nearest": [
                {
                    "beneficiary_id": one.beneficiary_id,
                    "worker_id": one.worker_id,
                    "at": one.at_place,
                    "riding_s": one.riding_s,
                    "arrives_s": one.arrives_s,
                    "why_not": None if one.why_not is None else str(one.why_not),
                }
                for one in self.nearest
            ],
            "plans": [
                {"kind": kind, "taken": kind == self.taken, **_figures_json(figures)}
                for kind, figures in self._plans()
            ],
            "changed_workers": list(self.revision.worker_ids),
            "beyond": list(self.beyond),
            "notices": [str(notice) for notice in self.notices],
            "findings": [finding_json(finding) for finding in self.findings],
            "gained_s": self.gained_s,
            "undrawn": None if self.undrawn is None else str(self.undrawn),
            "files": [str(path) for path in self.paths],
        }

    def as_text(self, words: Words) -> str:
        """Write what happened, what it changes, whom to phone, and what else could be done."""
        tell = ChangeTeller(self.plan, words)
        lines = [finding_line(finding, words) for finding in self.findings]
        lines += [tell.title(), *self._happened(tell, words)]
        figures = tell.figures(self.revision)
        # Who waits on the telephone is answered first; the lists come after.
        lines.append(words.say("In all: %(figures)s", figures=" · ".join(figures)))
        if self.gained_s is not None:
            gained = words.duration(max(0, self.gained_s))
            lines.append(words.say("Search after that: %(gained)s of weight less", gained=gained))
        lines += [words.say(notice) for notice in self.notices]
        nearest = nearest_lines(self.nearest, tell, words)
        lines += _titled(words.say("Who could come, those who may first"), nearest)
        changes = list(change_lines(self.revision, tell, words))
        lines += _titled(words.say("Changes"), changes)
        if not changes:
            lines += ["", words.say("No visit changes, and nobody need be phoned.")]
        calls = call_lines(self.revision, tell, words)
        lines += _titled(words.say("Phone, in this order"), calls)
        lines += self._choices(words)
        return "\n".join([*lines, "", *self._next(words)])

    def _happened(self, tell: ChangeTeller, words: Words) -> list[str]:
        told = self.revision.told
        by_mouth = len(told) - self.n_logged
        from_log = words.say("from the log")
        return [
            f"  {tell.happening(one)}{'' if i < by_mouth else f' ({from_log})'}"
            for i, one in enumerate(told)
        ]

    def _plans(self) -> tuple[tuple[str, Figures], ...]:
        return ((FIRST, self.first), *((one.kind, one.figures) for one in self.others))

    def _choices(self, words: Words) -> list[str]:
        """Put the figures of all plans side by side."""
        if not self.others:
            return []
        rows = [["", *(words.say(head) for head in _HEADS)]]
        for kind, figures in self._plans():
            name = OTHER_KINDS.get(kind, Message("least changed"))
            option = "" if kind == FIRST else f" (--take {kind})"
            rows.append(
                [
                    f"{'*' if kind == self.taken else ' '} {words.say(name)}{option}",
                    *map(words.number, (figures.n_moved, figures.n_fell_out)),
                    *map(words.number, (figures.n_new, figures.n_late)),
                    _more(figures.riding_s, words.duration(abs(figures.riding_s))),
                    _more(figures.cost_idr, words.money(abs(figures.cost_idr))),
                ]
            )
        return _titled(words.say("Plans to choose from (*: taken)"), _table(rows))

    def _next(self, words: Words) -> Iterator[str]:
        for who in self.beyond:
            yield words.say(
                "%(id)s is not visited in these days, its deadline is later: enter the deadline"
                " into the caseload",
                id=who,
            )
        if self.phoned:
            yield words.say(
                "Kept in urgent.csv until the caseload has them: %(ids)s",
                ids=", ".join(self.phoned),
            )
        if not self.paths:
            yield words.say("Nothing was written (--dry-run).")
            return
        if self.undrawn is not None:
            yield words.say(
                "The plan is changed, but the maps were not drawn again: %(why)s; mend that, and"
                " draw them with: outreach maps %(project)s",
                why=words.say(self.undrawn),
                project=str(self.project),
            )
        if workers := self.revision.worker_ids:
            yield words.say(
                "Packs to be made again: %(workers)s → outreach pack %(project)s --changed",
                workers=", ".join(workers),
                project=str(self.project),
            )
        folder = min((path.parent for path in self.paths), key=lambda p: len(p.parts))
        yield words.say("Files are in %(folder)s", folder=str(folder))


def _titled(title: str, lines: Iterable[str]) -> list[str]:
    listed = [f"  {line}" for line in lines]
    return ["", f"{title}:", *listed] if listed else []


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = (f"{cell:>{width}}" for cell, width in zip(others, widths[1:], strict=True))
        yield "  ".join((f"{first:<{widths[0]}}", *cells))


def _more(value: int, said: str) -> str:
    sign = "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else "±"
    return f"{sign}{said}"


def _figures_json(figures: Figures) -> dict[str, int]:
    return {
        "moved": figures.n_moved,
        "fell_out": figures.n_fell_out,
        "new": figures.n_new,
        "late": figures.n_late,
        "riding_s": figures.riding_s,
        "cost_idr": figures.cost_idr,
        "score_s": figures.score_s,
    }
