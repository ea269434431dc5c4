"""What differs between a plan and the one that follows it, and whom to tell, in which order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.lineage import Call, Change, Figures, NightChange, Revision, When
from outreach.routing.repair import TOLD_S
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from outreach.lineage import CallKind, ChangeKind, Happening
    from outreach.model import Loss, Plan, Stop
    from outreach.routing.problem import Problem

_TURN: Mapping[CallKind, int] = {"worker": 0, "lodging": 1, "partner": 2, "family": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDiff:
    """Each visit's change, those of the nights, whom to phone in that order, and the figures."""

    changes: tuple[Change, ...]
    nights: tuple[NightChange, ...]
    calls: tuple[Call, ...]
    figures: Figures

    def of(self, *kinds: ChangeKind) -> tuple[Change, ...]:
        """Give the changes of some kinds."""
        return tuple(change for change in self.changes if change.kind in kinds)


def is_told(change: Change) -> bool:
    """Whether somebody must hear of it: also of one who comes a quarter of an hour later."""
    if change.kind == "kept":
        return abs(change.shift_s) >= TOLD_S
    return change.kind not in {"stays_out", "cancelled"}


def plan_diff(
    problem: Problem,
    before: Plan,
    after: Plan,
    *,
    at_s: int,
    deadlines_s: Mapping[str, int] | None = None,
) -> PlanDiff:
    """
    Compare two plans of the same days.

    Parameters
    ----------
    problem
        That of the plan after.
    at_s
        Now: nobody is told of what is over.
    deadlines_s
        By visit id, when urgent visits must have begun; of others their day counts.

    Returns
    -------
    diff
        Changes by the moment that they concern first. Calls name workers and lodgings first,
        then partners and families: these can only be told what is settled. Of a child with a
        partner the partner is called. Within each the soonest comes first.
    """
    was, now = _stops(before), _stops(after)
    losses = {loss.visit_id: loss for loss in after.unserved if loss.visit_id is not None}
    ids = {*was, *now, *losses, *(v.visit_id for v in before.unserved if v.visit_id)}
    changes = sorted(
        (_change(problem, before, i, was, now, losses) for i in sorted(ids)),
        key=lambda c: (_first_s(c), c.visit_id),
    )
    nights = tuple(_nights(before, after))
    return PlanDiff(
        changes=tuple(changes),
        nights=nights,
        calls=tuple(_calls(problem, changes, nights, {**was, **now}, at_s)),
        figures=_figures(problem, before, after, changes, deadlines_s or {}),
    )


def revision_of(
    before: Plan, diff: PlanDiff, *, at_s: int, told: Sequence[Happening] = ()
) -> Revision:
    """
    Give how a plan came from the one before it, until that is written without its hash.

    Parameters
    ----------
    told
        What led to the change; what was told before is taken from the plan before.
    """
    last = before.revision
    asked = {one.visit_id for one in told if one.visit_id is not None}
    return Revision(
        number=1 if last is None else last.number + 1,
        revises="",
        at_s=at_s,
        happened=(*(() if last is None else last.happened), *told),
        n_told=len(told),
        changes=tuple(
            change
            for change in diff.changes
            if is_told(change) or change.kind == "cancelled" or change.visit_id in asked
        ),
        nights=diff.nights,
        calls=diff.calls,
        figures=diff.figures,
    )


def _stops(plan: Plan) -> dict[str, tuple[When, Stop]]:
    return {
        stop.visit_id: (
            When(
                team_id=route.team_id,
                worker_ids=route.worker_ids,
                day=route.day,
                starts_s=stop.starts_s,
            ),
            stop,
        )
        for route in plan.day_routes
        for stop in route.stops
        if stop.visit_id is not None
    }


def _change(
    problem: Problem,
    before: Plan,
    visit_id: str,
    was: Mapping[str, tuple[When, Stop]],
    now: Mapping[str, tuple[When, Stop]],
    losses: Mapping[str, Loss],
) -> Change:
    old = was[visit_id][0] if visit_id in was else None
    new = now[visit_id][0] if visit_id in now else None
    kind: ChangeKind
    if visit_id in problem.visit:
        who = problem.visit[visit_id][0].id
    else:
        lost = {loss.visit_id: loss.beneficiary_id for loss in before.unserved}
        stop = was[visit_id][1] if visit_id in was else None
        who = lost.get(visit_id) or (stop and stop.beneficiary_id) or visit_id.rpartition("/")[0]
    if visit_id not in problem.visit:
        kind = "cancelled"
    elif old is None:
        kind = "stays_out" if new is None else "new"
    elif new is None:
        kind = "fell_out"
    else:
        is_same = (old.day, sorted(old.worker_ids)) == (new.day, sorted(new.worker_ids))
        kind = "kept" if is_same else "moved"
    loss = losses.get(visit_id)
    return Change(
        kind=kind,
        visit_id=visit_id,
        beneficiary_id=who,
        before=old,
        after=new,
        reason=None if loss is None else loss.reason,
        detail=None if loss is None else loss.detail,
    )


def _first_s(change: Change) -> int:
    moments = [when.starts_s for when in (change.before, change.after) if when is not None]
    return min(moments, default=1 << 40)


def _nights(before: Plan, after: Plan) -> Iterator[NightChange]:
    slept = {(r.day, r.team_id): r.sleeps_at for r in before.day_routes}
    sleeps = {(r.day, r.team_id): r.sleeps_at for r in after.day_routes}
    away = {
        (route.day, route.team_id)
        for plan in (before, after)
        for route in plan.day_routes
        if route.stops[-1].kind == "lodging"
    }
    for key in sorted(away):
        if slept.get(key) != sleeps.get(key):
            yield NightChange(
                team_id=key[1], day=key[0], before=slept.get(key), after=sleeps.get(key)
            )


def _calls(
    problem: Problem,
    changes: Sequence[Change],
    nights: Sequence[NightChange],
    stops: Mapping[str, tuple[When, Stop]],
    at_s: int,
) -> Iterator[Call]:
    book: dict[tuple[CallKind, str], list[tuple[int, str]]] = defaultdict(list)
    for change in changes:
        # A worker also hears of what is cancelled; who cancelled it knows.
        if is_told(change) or change.kind == "cancelled":
            for when in filter(None, (change.before, change.after)):
                for worker_id in when.worker_ids:
                    book["worker", worker_id].append((when.starts_s, change.visit_id))
        if is_told(change):
            book[_contact(problem, change, stops)].append((_first_s(change), change.visit_id))
    for night in nights:
        midnight_s = (night.day + 1) * DAY_S
        for worker_id in problem.team[night.team_id].worker_ids:
            book["worker", worker_id].append((midnight_s, ""))
        for place_id in filter(None, (night.before, night.after)):
            if place_id in problem.lodging:
                book["lodging", place_id].append((midnight_s, ""))
    calls = (
        Call(
            kind=kind,
            id=who,
            by_s=max(at_s, min(about)[0]),
            visit_ids=tuple(dict.fromkeys(v for _, v in sorted(about) if v)),
        )
        for (kind, who), about in book.items()
    )
    yield from sorted(calls, key=lambda call: (_TURN[call.kind], call.by_s, call.id))


def _contact(
    problem: Problem, change: Change, stops: Mapping[str, tuple[When, Stop]]
) -> tuple[CallKind, str]:
    requirement, _ = problem.visit[change.visit_id]
    if requirement.kind == "partner":
        return "partner", requirement.id
    contact = problem.place[requirement.place_id].contact
    if contact is None and change.visit_id in stops:
        contact = stops[change.visit_id][1].contact
    return ("family", change.beneficiary_id) if contact is None else ("partner", contact)


def _figures(
    problem: Problem,
    before: Plan,
    after: Plan,
    changes: Sequence[Change],
    deadlines_s: Mapping[str, int],
) -> Figures:
    def spent(plan: Plan) -> tuple[int, int, int]:
        total = dict(plan.totals).get("all")
        score_s = 0 if plan.score is None else plan.score.total_s - plan.score.unfairness_s
        return (0, 0, score_s) if total is None else (total.riding_s, total.cost_idr, score_s)

    was, now = spent(before), spent(after)
    kinds = [change.kind for change in changes]
    return Figures(
        n_moved=kinds.count("moved"),
        n_fell_out=kinds.count("fell_out"),
        n_new=kinds.count("new"),
        n_late=sum(_is_late(problem, change, deadlines_s) for change in changes),
        riding_s=now[0] - was[0],
        cost_idr=now[1] - was[1],
        score_s=now[2] - was[2],
    )


def _is_late(problem: Problem, change: Change, deadlines_s: Mapping[str, int]) -> bool:
    if change.visit_id not in problem.visit:
        return False
    if change.after is not None and change.visit_id in deadlines_s:
        return change.after.starts_s > deadlines_s[change.visit_id]
    deadline = problem.visit[change.visit_id][1].deadline_day
    return deadline is not None and (change.after is None or change.after.day > deadline)
