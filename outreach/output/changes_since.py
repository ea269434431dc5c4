"""What differs from the plan that somebody holds, where that is older than the one before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.lineage import Change, NightChange, When
from outreach.output.itinerary import is_night_away

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.lineage import ChangeKind, Revision
    from outreach.model import Plan


def revision_since(held: Plan, plan: Plan) -> Revision | None:
    """
    Tell how a changed plan differs from an earlier one of the same days.

    Parameters
    ----------
    held
        The week's first plan, or one that was changed from it.
    plan
        One that was changed from `held`, at once or in several steps.

    Returns
    -------
    revision
        That of `plan`, with what was told since `held`, and what differs from it; calls and
        figures stay those of the last step. None: `plan` is a first plan.
    """
    revision = plan.revision
    if revision is None:
        return None
    n_known = 0 if held.revision is None else len(held.revision.happened)
    return replace(
        revision,
        n_told=len(revision.happened) - n_known,
        changes=tuple(_changes(held, plan)),
        nights=tuple(_nights(held, plan)),
    )


def _changes(held: Plan, plan: Plan) -> Iterator[Change]:
    from outreach.routing.repair import TOLD_S

    was, now = _visits(held), _visits(plan)
    cases = {i: case for one in (was, now) for i, (case, _) in one.items()}
    losses = {loss.visit_id: loss for loss in plan.unserved}
    changes = []
    for visit_id, case in cases.items():
        before = was[visit_id][1] if visit_id in was else None
        after = now[visit_id][1] if visit_id in now else None
        loss = losses.get(visit_id)
        kind = _kind(before, after, is_lost=loss is not None)
        change = Change(
            kind=kind,
            visit_id=visit_id,
            beneficiary_id=case,
            before=before,
            after=after,
            reason=None if loss is None else loss.reason,
            detail=None if loss is None else loss.detail,
        )
        if kind != "kept" or abs(change.shift_s) >= TOLD_S:
            changes.append(change)
    yield from sorted(changes, key=_concerns_first)


def _visits(plan: Plan) -> dict[str, tuple[str, When]]:
    """Give each visit with its case, and who makes it when."""
    return {
        stop.visit_id: (
            stop.beneficiary_id or stop.place_id,
            When(
                team_id=route.team_id,
                worker_ids=route.worker_ids,
                day=route.day,
                starts_s=stop.starts_s,
            ),
        )
        for route in plan.day_routes
        for stop in route.stops
        if stop.visit_id is not None
    }


def _kind(before: When | None, after: When | None, *, is_lost: bool) -> ChangeKind:
    if before is None:
        return "new"
    if after is None:
        return "fell_out" if is_lost else "cancelled"
    is_same = (before.day, before.worker_ids) == (after.day, after.worker_ids)
    return "kept" if is_same else "moved"


def _concerns_first(change: Change) -> tuple[int, str]:
    moments = [when.starts_s for when in (change.before, change.after) if when is not None]
    return min(moments), change.visit_id


def _nights(held: Plan, plan: Plan) -> Iterator[NightChange]:
    slept, sleeps = _beds(held), _beds(plan)
    for day, team_id in sorted(slept.keys() | sleeps.keys()):
        before, after = slept.get((day, team_id)), sleeps.get((day, team_id))
        if before != after:
            yield NightChange(team_id=team_id, day=day, before=before, after=after)


def _beds(plan: Plan) -> dict[tuple[int, str], str]:
    """Give where teams sleep away, by day and team."""
    return {
        (route.day, route.team_id): route.sleeps_at
        for route in plan.day_routes
        if is_night_away(route)
    }
