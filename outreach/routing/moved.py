"""What a hand changed between two plans."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.model import Plan


def moved(before: Plan, edited: Plan) -> frozenset[str]:
    """
    Give the visits that an edited plan makes on another day, with another team or in other order.

    Of visits that change places both have moved; where one jumps over several, only that one.
    """
    was, now = _orders(before), _orders(edited)
    unmoved = {
        visit_id
        for key, visit_ids in now.items()
        for visit_id in _in_same_order(was.get(key, []), visit_ids)
    }
    return frozenset(v for visit_ids in now.values() for v in visit_ids if v not in unmoved)


def _orders(plan: Plan) -> dict[tuple[str, int], list[str]]:
    orders: dict[tuple[str, int], list[str]] = defaultdict(list)
    for route in plan.day_routes:
        orders[route.team_id, route.day] += [s.visit_id for s in route.stops if s.visit_id]
    return orders


def _in_same_order(was: Sequence[str], now: Sequence[str]) -> list[str]:
    """Give what is part of every longest run of visits that come in the same order in both."""
    rank = {visit_id: i for i, visit_id in enumerate(was)}
    both = [v for v in now if v in rank]
    up_to, onwards = [1] * len(both), [1] * len(both)
    for j in range(len(both)):
        for i in range(j):
            if rank[both[i]] < rank[both[j]]:
                up_to[j] = max(up_to[j], up_to[i] + 1)
    for i in reversed(range(len(both))):
        for j in range(i + 1, len(both)):
            if rank[both[i]] < rank[both[j]]:
                onwards[i] = max(onwards[i], onwards[j] + 1)
    longest = max(up_to, default=0)
    # A place in the run that only one visit can take is taken by it in every longest run.
    takers: dict[int, list[str]] = defaultdict(list)
    for visit_id, n_before, n_after in zip(both, up_to, onwards, strict=True):
        if n_before + n_after - 1 == longest:
            takers[n_before].append(visit_id)
    return [taken_by[0] for taken_by in takers.values() if len(taken_by) == 1]
