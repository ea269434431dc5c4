"""When workers who travel together are at work, when they rest, where they may sleep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outreach.routing.problem import Break, Night, Shift
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from outreach.routing.horizon import Horizon
    from outreach.routing.problem import Lodging
    from outreach.routing.specs import BreakSpec


def shared_shifts(
    members: Sequence[Any], days: Iterable[int], horizon: Horizon, breaks: Sequence[BreakSpec]
) -> tuple[Shift, ...]:
    """
    Give the hours that all members work, day by day.

    A team rests when any of its workers does, rides no longer than each may, and has no shift on
    a day on which the hours do not meet.

    Parameters
    ----------
    members
        Rows of the workers, with `id`, `shifts` and `max_riding_s`.
    """
    shifts = []
    for day in sorted(days):
        hours = [
            next(((a, b) for weekday, a, b in m.shifts if weekday == horizon.weekday(day)), None)
            for m in members
        ]
        if None in hours:
            continue
        starts_s = max(h[0] for h in hours if h)
        ends_s = min(h[1] for h in hours if h)
        if starts_s < ends_s:
            resting = [
                spec
                for spec in breaks
                if spec.holds_on(horizon.weekday(day)) and spec.holds_for([m.id for m in members])
            ]
            shifts.append(
                Shift(
                    day=day,
                    starts_s=day * DAY_S + starts_s,
                    ends_s=day * DAY_S + ends_s,
                    max_riding_s=min(int(m.max_riding_s) for m in members),
                    breaks=_breaks(resting, day, starts_s, ends_s),
                )
            )
    return tuple(shifts)


def _breaks(specs: Iterable[BreakSpec], day: int, starts_s: int, ends_s: int) -> tuple[Break, ...]:
    """Give the breaks that fall into a shift; what one can take before or after does not."""
    midnight_s = day * DAY_S
    found: list[Break] = []
    for spec in sorted(specs, key=lambda s: (s.opens_s, s.closes_s, s.id)):
        if spec.opens_s + spec.length_s <= starts_s or spec.closes_s >= ends_s:
            continue
        rest = Break(
            id=spec.id,
            opens_s=midnight_s + spec.opens_s,
            closes_s=midnight_s + spec.closes_s,
            length_s=spec.length_s,
        )
        if found and rest.opens_s <= found[-1].closes_s:
            # Two workers, each with a break of their own, rest together where both may.
            rest = _together(found.pop(), rest)
        found.append(rest)
    return tuple(found)


def _together(first: Break, second: Break) -> Break:
    return Break(
        id=f"{first.id}, {second.id}",
        opens_s=max(first.opens_s, second.opens_s),
        closes_s=min(first.closes_s, second.closes_s),
        length_s=max(first.length_s, second.length_s),
    )


def fixed_nights(days: Sequence[int], lodgings: Sequence[Lodging]) -> tuple[Night, ...]:
    """Give the nights of a circuit whose days are fixed: all away, in lodgings that are open."""
    return tuple(
        Night(day=day, place_ids=tuple(i.id for i in lodgings if day in i.nights))
        for day in days[:-1]
    )


def free_nights(
    shifts: Sequence[Shift], base_id: str, lodgings: Sequence[Lodging]
) -> tuple[Night, ...]:
    """Give the nights between two days at work, which may be slept at the base or away."""
    at_work = {shift.day for shift in shifts}
    nights = []
    for day in sorted(at_work):
        is_open = tuple(i.id for i in lodgings if day in i.nights)
        if day + 1 in at_work and is_open:
            nights.append(Night(day=day, place_ids=(base_id, *is_open)))
    return tuple(nights)


_SEATS: Mapping[str, int] = {"car": 4, "motorbike": 2}


def vehicles_needed(vehicles: Sequence[str]) -> int | None:
    """
    Count the vehicles that carry workers who travel together; None where not all find a seat.

    Parameters
    ----------
    vehicles
        ``"motorbike"``, ``"car"`` or ``"none"`` of each worker. A car carries four. A motorbike
        carries two, but whoever has one rides it.
    """
    n_workers = len(vehicles)
    n_cars = min(vehicles.count("car"), -(-n_workers // _SEATS["car"]))
    left = max(0, n_workers - n_cars * _SEATS["car"])
    n_motorbikes = min(vehicles.count("motorbike"), left)
    if n_motorbikes * _SEATS["motorbike"] < left:
        return None
    return n_cars + n_motorbikes
