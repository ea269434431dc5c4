"""What `outreach report` prints: the first page in sentences, the whole for machines."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outreach.errors import Message
from outreach.output.progress_facts import Facts
from outreach.output.progress_report import title_of
from outreach.output.progress_safe import without_places
from outreach.output.progress_summary import attention, told

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.coverage.accounts_result import Accounts
    from outreach.output.words import Words

# Where a road is closed stays in plan.json.
_UNTOLD = frozenset({"area_wkt"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressReport:
    """The accounts that were reported, the project's name, and the files."""

    accounts: Accounts
    name: str
    paths: tuple[Path, ...]

    @property
    def n_overdue(self) -> int:
        """How many people are overdue at the end."""
        return len(self.accounts.overdue)

    def as_json(self) -> dict[str, Any]:
        """Give all accounts, sums with what follows from them, and the files."""
        total = self.accounts.total
        plain: dict[str, Any] = _plain(without_places(self.accounts))
        plain["total"] |= {
            "in_plan": total.in_plan,
            "expected": total.expected,
            "share_done": total.share_done,
        }
        return {**plain, "files": [str(path) for path in self.paths]}

    def as_text(self, words: Words) -> str:
        """Write what came of the visits, what needs attention, and where the report lies."""
        facts = Facts(accounts=self.accounts, name=self.name, words=words)
        lines = [f"{title_of(facts)}, {facts.days}", *(f"  {said}" for said in told(facts))]
        needed = [f"  {words.say(topic)}: {said}" for topic, said in attention(facts)]
        if needed:
            lines += [words.say("What needs attention"), *needed]
        return "\n".join([*lines, *(str(path) for path in self.paths)])


def _plain(value: object) -> Any:
    """Give a value as JSON can hold it."""
    match value:
        case Message():
            return str(value)
        case dt.date():
            return value.isoformat()
        case tuple():
            return [_plain(item) for item in value]
        case float():
            return value if math.isfinite(value) else None
        case _ if dataclasses.is_dataclass(value):
            named = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
            return {name: _plain(item) for name, item in named if name not in _UNTOLD}
        case _:
            return value
