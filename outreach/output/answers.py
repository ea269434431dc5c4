"""What a plan's reader is told who asks about it, or changed it by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outreach.output.itinerary import ALL
from outreach.output.judgement import comparison, score_json, score_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from outreach.errors import Message
    from outreach.model import Plan, Score
    from outreach.output.reports import PlanReport
    from outreach.output.words import Words
    from outreach.routing.violation import Violation

_WORKED_OUT_AGAIN = frozenset({"legs", "totals", "score"})
"""Rules about what follows from the stops; whoever moves a stop need not care for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainReport:
    """What `outreach plan --explain` tells of one beneficiary."""

    plan: Plan
    path: Path
    is_new: bool
    beneficiary_id: str
    sentences: tuple[Message, ...]

    @property
    def n_lost(self) -> int:
        """How many losses the beneficiary has."""
        return sum(loss.beneficiary_id == self.beneficiary_id for loss in self.plan.losses)

    def as_json(self) -> dict[str, Any]:
        """Give each sentence."""
        return {
            "id": self.beneficiary_id,
            "plan": str(self.path),
            "sentences": [str(sentence) for sentence in self.sentences],
        }

    def as_text(self, words: Words) -> str:
        """Write each sentence on a line, below whom they are about and which plan says so."""
        named: dict[str, object] = {"id": self.beneficiary_id, "file": str(self.path)}
        if self.is_new:
            head = words.say("%(id)s, by the plan made just now, %(file)s:", **named)
        else:
            head = words.say("%(id)s, by the plan in %(file)s:", **named)
        return "\n".join([head, *(f"  {words.say(sentence)}" for sentence in self.sentences)])


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """
    What `outreach audit` tells.

    `score` is None where the plan names what the problem does not know; `best` where there is
    no other plan to compare with, in `best_path`.
    """

    plan: Plan
    violations: tuple[Violation, ...]
    score: Score | None = None
    best: Score | None = None
    best_path: Path | None = None

    def as_json(self) -> dict[str, Any]:
        """Give each violation, and what the plan and the best one cost."""
        return {
            "violations": _violations_json(self.violations),
            "score": score_json(self.score),
            "best_score": score_json(self.best),
        }

    def as_text(self, words: Words) -> str:
        """Write each violation on a line, then what the plan costs."""
        lines = _violation_lines(self.violations, words)
        if not self.violations:
            lines = [words.say("The plan breaks no rule")]
        if self.score is not None:
            lines.append(score_line(self.score, words))
        if self.score is not None and self.best is not None:
            head = words.say("Against %(file)s:", file=str(self.best_path))
            lines += _against(self.score, self.best, head, words)
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepReport:
    """What `outreach plan --keep` tells: what was held, what not, and what holding it costs."""

    edited: Path
    violations: tuple[Violation, ...]
    released: tuple[Message, ...]
    finished: PlanReport
    best: Plan

    def as_json(self) -> dict[str, Any]:
        """Give what the edited plan broke, what was let go, and both scores."""
        return {
            "violations": _violations_json(self.violations),
            "released": [str(message) for message in self.released],
            **self.finished.as_json(),
            "best_score": score_json(self.best.score),
        }

    def as_text(self, words: Words) -> str:
        """Write what was broken and let go, the finished plan, and what keeping costs."""
        name = self.edited.name
        told = [v for v in self.violations if v.rule not in _WORKED_OUT_AGAIN]
        if told:
            lines = [
                words.plural(
                    "%(file)s breaks %(n)s rule:",
                    "%(file)s breaks %(n)s rules:",
                    len(told),
                    file=name,
                )
            ]
            lines += [f"  {line}" for line in _violation_lines(told, words)]
        else:
            lines = [words.say("%(file)s breaks no rule", file=name)]
        if self.released:
            lines.append(words.say("What could not be kept:"))
            lines += [f"  {words.say(message)}" for message in self.released]
        else:
            lines.append(words.say("All of it could be kept."))
        lines += ["", self.finished.as_text(words), ""]
        lines += self._price_of_keeping(words)
        return "\n".join(lines)

    def _price_of_keeping(self, words: Words) -> list[str]:
        plan, best = self.finished.plan, self.best
        if plan.score is None or best.score is None:
            return []
        head = words.say(
            "Against the best plan that is not bound to %(file)s:", file=self.edited.name
        )
        lines = _against(plan.score, best.score, head, words)
        mine, other = dict(plan.totals)[ALL], dict(best.totals)[ALL]
        if (mine.n_visits, mine.cost_idr) != (other.n_visits, other.cost_idr):
            lines.append(
                words.say(
                    "  %(visits)s visits instead of %(other_visits)s, %(cost)s instead of"
                    " %(other_cost)s",
                    visits=words.number(mine.n_visits),
                    other_visits=words.number(other.n_visits),
                    cost=words.money(mine.cost_idr),
                    other_cost=words.money(other.cost_idr),
                )
            )
        return lines


def _against(mine: Score, other: Score, head: str, words: Words) -> list[str]:
    said = comparison(mine, other, words) or (words.say("equally good"),)
    return [head, *(f"  {line}" for line in said)]


def _violations_json(violations: Sequence[Violation]) -> list[dict[str, str]]:
    return [{"rule": v.rule, "where": str(v.where), "what": str(v.what)} for v in violations]


def _violation_lines(violations: Sequence[Violation], words: Words) -> list[str]:
    return [f"{words.say(v.where)}: {words.say(v.what)}" for v in violations]
