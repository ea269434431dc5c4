"""How the five losses, and those who are not due, are called and explained."""

from __future__ import annotations

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
    """
    Count losses by what is said of them, the most frequent first.

    Sentences that differ in their values only count as one, told by an example.
    """
    said: dict[str, list[str]] = {}
    for loss in losses:
        said.setdefault(loss.detail.template, []).append(words.say(loss.detail))
    counts = []
    for sentences in said.values():
        example = sentences[0]
        if len(set(sentences)) > 1:
            example = words.say("for instance: %(example)s", example=example)
        counts.append((example, len(sentences)))
    return tuple(sorted(counts, key=lambda item: (-item[1], item[0])))
