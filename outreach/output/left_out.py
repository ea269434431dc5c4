"""How the five losses, and those who are not due, are called and explained."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from outreach.errors import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outreach.model import Loss, LossKind, Plan
    from outreach.output.words import Words

LOSS_NAMES: Mapping[LossKind, Message] = {
    "unserved": Message("Visits that do not fit into the plan"),
    "unreachable": Message("No way leads there"),
    "unsnapped": Message("No road near the place"),
    "invalid": Message("Data that must be mended first"),
    "uncovered": Message("Too far from every base"),
}
"""What each kind of loss is called, the most urgent for the planner first."""

NOT_DUE_NAME = Message("Not due in these days")


def losses_by_kind(plan: Plan) -> tuple[tuple[LossKind, tuple[Loss, ...]], ...]:
    """Group the losses by kind, leaving out kinds without any, each sorted by id."""
    groups = []
    for kind in LOSS_NAMES:
        found = [loss for loss in plan.losses if loss.kind == kind]
        if found:
            found.sort(key=lambda loss: (loss.beneficiary_id, loss.visit_id or ""))
            groups.append((kind, tuple(found)))
    return tuple(groups)


def reason_counts(losses: tuple[Loss, ...], words: Words) -> tuple[tuple[str, int], ...]:
    """Count losses by what is said of them, the most frequent first."""
    counts = Counter(words.say(loss.detail) for loss in losses)
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
