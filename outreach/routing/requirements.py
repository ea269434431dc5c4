"""What each beneficiary and partner needs within the horizon, and who is not due."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from outreach.model import NotDue, TimeWindow
from outreach.routing.due import due_on, visits_every, visits_per_week
from outreach.routing.problem import Requirement, Visit

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    import geopandas as gpd

    from outreach.routing.horizon import Horizon
    from outreach.routing.problem import Weights
    from outreach.routing.specs import BookingSpec
    from outreach.routing.teams import Formed


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """
    What is needed in these days, and by whom nothing is.

    `dormant` are requirements without visits: of beneficiaries who are not due, and of partners
    whom no plan needs to visit.
    """

    requirements: tuple[Requirement, ...]
    not_due: tuple[NotDue, ...]
    dormant: tuple[Requirement, ...]


def read_needs(
    beneficiaries: gpd.GeoDataFrame,
    partners: gpd.GeoDataFrame | None,
    horizon: Horizon,
    formed: Formed,
    weights: Weights,
) -> Needs:
    """Make requirements of the tables' rows, sorted by id, those of partners last."""
    requirements, not_due, dormant = [], [], []
    cut = {spec.id for spec in formed.roster.arranged.circuits} - formed.circuit_ids
    for row in beneficiaries.sort_values("id").itertuples():
        requirement = _beneficiary(row, horizon)
        if (circuit_id := text(row.circuit)) in formed.circuit_ids:
            requirement = _of_circuit(requirement, circuit_id, formed)
            priority = requirement.priority * weights.own_circuit_times
            requirement = replace(requirement, priority=priority)
        elif circuit_id in cut:
            requirement = replace(requirement, cut_circuit_id=circuit_id)
        every, last = number(row.every_days), date(row.last_visit)
        if not requirement.visits and every is not None and last is not None:
            not_due.append(NotDue(beneficiary_id=row.id, due_on=due_on(int(every), last)))
            dormant.append(requirement)
        else:
            requirements.append(requirement)
    if partners is not None:
        for row in partners.sort_values("id").itertuples():
            requirement = _partner(row, horizon)
            (requirements if requirement.visits else dormant).append(requirement)
    return Needs(requirements=tuple(requirements), not_due=tuple(not_due), dormant=tuple(dormant))


def _beneficiary(row: Any, horizon: Horizon) -> Requirement:
    return Requirement(
        id=row.id,
        place_id=row.id,
        visits=read_visits(row, horizon),
        min_gap_days=max(1, int(row.min_gap_days)),
        windows=_windows(row.windows),
        service_s=int(row.service_s),
        priority=float(row.priority),
        n_workers=int(row.workers_needed),
        skills=tuple(sorted(row.skills)),
        known_worker_id=text(row.worker),
    )


def _of_circuit(requirement: Requirement, circuit_id: str | None, formed: Formed) -> Requirement:
    """Leave a beneficiary to the circuit's team."""
    found = next((c for c in formed.found_circuits if c.id == circuit_id), None)
    if found is None:
        return replace(requirement, circuit_id=circuit_id)
    # No other team is as large and has one of these workers, unless another visit needs it.
    return replace(
        requirement,
        worker_ids=found.worker_ids,
        n_workers=max(requirement.n_workers, len(found.worker_ids)),
    )


def _partner(row: Any, horizon: Horizon) -> Requirement:
    return Requirement(
        id=row.id,
        kind="partner",
        place_id=row.id,
        # Only the log knows when a partner was seen last.
        visits=_visits(
            row, horizon, last_visit=date(getattr(row, "last_visit", None)), deadline=None
        ),
        windows=_windows(row.windows),
        service_s=int(row.service_s),
        priority=float(row.priority),
        known_worker_id=text(row.worker),
    )


def booked(bookings: Sequence[BookingSpec], horizon: Horizon) -> tuple[Requirement, ...]:
    """Make a promised requirement of each appointment within the horizon."""
    requirements = []
    for index, booking in enumerate(bookings, start=1):
        day = (booking.day - horizon.starts_on).days
        if not 0 <= day < horizon.n_days:
            continue
        id_ = f"booking-{index}-{booking.worker_id}"
        begins = TimeWindow(opens_s=booking.begins_s, closes_s=booking.begins_s)
        requirements.append(
            Requirement(
                id=id_,
                kind="partner",
                place_id=booking.place_id,
                visits=(Visit(id=f"{id_}/1", days=(day,), is_pinned=True),),
                windows=(begins,),
                service_s=booking.length_s,
                worker_ids=(booking.worker_id,),
            )
        )
    return tuple(requirements)


def text(value: Any) -> str | None:
    """Read a cell of text; blank ones are None."""
    return value if isinstance(value, str) and value else None


def number(value: Any) -> float | None:
    """Read a cell of numbers; blank ones are None."""
    return None if value is None or value != value else float(value)  # noqa: PLR0124


def date(value: Any) -> dt.date | None:
    """Read a cell of dates; blank ones are None."""
    return None if value is None or value != value else value  # noqa: PLR0124


def _windows(pairs: Iterable[tuple[int, int]]) -> tuple[TimeWindow, ...]:
    return tuple(TimeWindow(opens_s=int(a), closes_s=int(b)) for a, b in sorted(pairs))


def read_visits(row: Any, horizon: Horizon) -> tuple[Visit, ...]:
    """Make the visits that a beneficiary's row asks for within the horizon."""
    return _visits(row, horizon, last_visit=date(row.last_visit), deadline=date(row.deadline))


def _visits(
    row: Any, horizon: Horizon, *, last_visit: dt.date | None, deadline: dt.date | None
) -> tuple[Visit, ...]:
    days = horizon.days_on(row.weekdays)
    per_week, every = number(row.visits_per_week), number(row.every_days)
    if per_week is not None:
        return visits_per_week(row.id, int(per_week), days, horizon_days=horizon.n_days)
    if every is None:
        return ()
    gap = int(getattr(row, "min_gap_days", 1) or 1)
    return visits_every(
        row.id,
        int(every),
        days,
        starts_on=horizon.starts_on,
        horizon_days=horizon.n_days,
        min_gap_days=gap,
        last_visit=last_visit,
        deadline=deadline,
    )
