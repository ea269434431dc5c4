"""What a hand changed between two plans."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.model import Plan

_T = TypeVar("_T")


def moved(before: Plan | None, edited: Plan) -> frozenset[str]:
    """
    Give the visits that an edited plan makes on another day, with another team or in other order.

    Of visits that change places both have moved; where one jumps over several, only that one.

    Parameters
    ----------
    before
        The plan that was edited, where it is there. It is not asked about days whose legs no
        longer join their stops: these still tell the order before, whatever has been planned since.
    """
    was = {} if before is None else _orders(before)
    at_hand: set[str] = set()
    unmoved: set[str] = set()
    for route in edited.day_routes:
        visit_ids = [stop.visit_id for stop in route.stops]
        places = [stop.place_id for stop in route.stops]
        ridden = [leg.from_id for leg in route.legs] + [leg.to_id for leg in route.legs[-1:]]
        if ridden and ridden != places:
            now = _told_apart(places)
            same = _in_same_order(_told_apart(ridden), now)
            unmoved |= {v for v, place in zip(visit_ids, now, strict=True) if v and place in same}
        elif before is not None:
            key = route.team_id, route.day
            unmoved |= _in_same_order(was.get(key, []), [v for v in visit_ids if v])
        else:
            continue
        at_hand |= {v for v in visit_ids if v}
    return frozenset(at_hand - unmoved)


def _orders(plan: Plan) -> dict[tuple[str, int], list[str]]:
    orders: dict[tuple[str, int], list[str]] = defaultdict(list)
    for route in plan.day_routes:
        orders[route.team_id, route.day] += [s.visit_id for s in route.stops if s.visit_id]
    return orders


def _told_apart(place_ids: Sequence[str]) -> list[tuple[str, int]]:
    """Give each stop its place and number there: several may live at one place."""
    n_before: Counter[str] = Counter()
    numbered = []
    for place_id in place_ids:
        numbered.append((place_id, n_before[place_id]))
        n_before[place_id] += 1
    return numbered


def _in_same_order(was: Sequence[_T], now: Sequence[_T]) -> set[_T]:
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
    takers: dict[int, list[_T]] = defaultdict(list)
    for visit_id, n_before, n_after in zip(both, up_to, onwards, strict=True):
        if n_before + n_after - 1 == longest:
            takers[n_before].append(visit_id)
    return {taken_by[0] for taken_by in takers.values() if len(taken_by) == 1}
