"""The sentences that a plan's readers must see: the office all, a worker none of others' cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.errors import Message

if TYPE_CHECKING:
    from collections.abc import Collection

    from outreach.model import Plan

_BETWEEN = ", "


def notices_for(plan: Plan, worker_id: str) -> tuple[Message, ...]:
    """
    Give the notices that a worker may read: none names a case of somebody else.

    Of a list of cases the worker's own stay; a sentence with no other case in such a place is
    left out.
    """
    others = {
        case_id
        for route in plan.day_routes
        if worker_id not in route.worker_ids
        for stop in route.stops
        if stop.kind == "visit"
        for case_id in (stop.visit_id, stop.beneficiary_id)
    }
    others |= {case_id for loss in plan.losses for case_id in (loss.visit_id, loss.beneficiary_id)}
    others |= {waiting.beneficiary_id for waiting in plan.not_due}
    own = {
        case_id
        for route in plan.day_routes
        if worker_id in route.worker_ids
        for stop in route.stops
        for case_id in (stop.visit_id, stop.beneficiary_id)
    }
    told = (_without(notice, others - own) for notice in plan.notices)
    return tuple(notice for notice in told if notice is not None)


def _without(notice: Message, others: Collection[str | None]) -> Message | None:
    values: dict[str, object] = {}
    for name, value in notice.values.items():
        named = str(value).split(_BETWEEN)
        kept = [case_id for case_id in named if case_id not in others]
        if not kept:
            return None
        values[name] = value if kept == named else _BETWEEN.join(kept)
    return Message(notice.template, values)
