"""Planning problems along straight roads, whose answers can be worked out by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from outreach.routing.matrix import TravelMatrix
from outreach.routing.problem import (
    Break,
    Circuit,
    CostParams,
    Lodging,
    Night,
    Order,
    Place,
    Problem,
    Requirement,
    Shift,
    Team,
    Visit,
    Weights,
)
from outreach.units import DAY_S, HOUR_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outreach.model import TimeWindow

MONDAY = dt.datetime(2026, 11, 30, tzinfo=ZoneInfo("Asia/Jakarta"))


@dataclass(frozen=True, slots=True)
class Road:
    """Places along one straight road, by kilometre, ridden at one speed; ferries at kilometres."""

    km: Mapping[str, float]
    kph: float = 40.0
    ferries_km: tuple[float, ...] = ()

    def matrix(self) -> TravelMatrix:
        """Give travel times and distances along the road."""
        ids = tuple(sorted(self.km))
        at = np.array([self.km[i] for i in ids])
        distance_m = np.abs(at[:, None] - at[None, :]) * 1000
        return TravelMatrix(
            ids=ids,
            duration_s=distance_m / (self.kph / 3.6),
            distance_m=distance_m,
            walk_m=np.zeros(len(ids)),
            n_ferries=sum(
                (
                    ((at[:, None] < km) != (at[None, :] < km)).astype(float)
                    for km in self.ferries_km
                ),
                start=np.zeros((len(ids), len(ids))),
            ),
        )


class Rest(NamedTuple):
    """A break in hours: it begins between the first two, and lasts the third."""

    opens_h: float
    closes_h: float
    length_h: float = 1
    id: str = "lunch"

    def on(self, day: int) -> Break:
        """Give the break of one day."""
        return Break(
            id=self.id,
            opens_s=day * DAY_S + round(self.opens_h * HOUR_S),
            closes_s=day * DAY_S + round(self.closes_h * HOUR_S),
            length_s=round(self.length_h * HOUR_S),
        )


def shift(
    day: int,
    starts_h: float = 8,
    ends_h: float = 16,
    riding_h: float = 8,
    rests: tuple[Rest, ...] = (),
) -> Shift:
    """Make a shift of one day, in hours."""
    return Shift(
        day=day,
        starts_s=day * DAY_S + round(starts_h * HOUR_S),
        ends_s=day * DAY_S + round(ends_h * HOUR_S),
        max_riding_s=round(riding_h * HOUR_S),
        breaks=tuple(rest.on(day) for rest in rests),
    )


def need(
    id_: str,
    *,
    days: tuple[tuple[int, ...], ...] = ((0, 1, 2, 3, 4),),
    service_s: int = HOUR_S,
    deadline_day: int | None = None,
    place_id: str | None = None,
    min_gap_days: int = 1,
    windows: tuple[TimeWindow, ...] = (),
    priority: float = 1.0,
    n_workers: int = 1,
    skills: tuple[str, ...] = (),
    known_worker_id: str | None = None,
    circuit_id: str | None = None,
    worker_ids: tuple[str, ...] = (),
    order: tuple[str, int] | None = None,
    is_pinned: bool = False,
    overdue_days: int = 0,
) -> Requirement:
    """Make a requirement with one visit for each tuple of days."""
    return Requirement(
        id=id_,
        place_id=place_id or id_,
        visits=tuple(
            Visit(
                id=f"{id_}/{i + 1}",
                days=d,
                deadline_day=deadline_day,
                overdue_days=overdue_days,
                is_pinned=is_pinned,
            )
            for i, d in enumerate(days)
        ),
        min_gap_days=min_gap_days,
        windows=windows,
        service_s=service_s,
        priority=priority,
        n_workers=n_workers,
        skills=skills,
        known_worker_id=known_worker_id,
        circuit_id=circuit_id,
        worker_ids=worker_ids,
        order=None if order is None else Order(group=order[0], rank=order[1]),
    )


def worker(
    id_: str = "w",
    base_id: str = "base",
    days: tuple[int, ...] = (0, 1, 2, 3, 4),
    *,
    skills: frozenset[str] = frozenset(),
    ends_h: float = 16,
    riding_h: float = 8,
    rests: tuple[Rest, ...] = (),
    nights: tuple[Night, ...] = (),
    worker_ids: tuple[str, ...] = (),
    n_motorbikes: int | None = None,
) -> Team:
    """Make a worker, or a team of `worker_ids`, who works from eight on each of the days."""
    return Team(
        id=id_,
        worker_ids=worker_ids or (id_,),
        base_id=base_id,
        shifts=tuple(shift(d, ends_h=ends_h, riding_h=riding_h, rests=rests) for d in days),
        skills=skills,
        nights=nights,
        n_motorbikes=n_motorbikes,
    )


def problem(
    road: Road,
    requirements: tuple[Requirement, ...],
    teams: tuple[Team, ...],
    *,
    lodgings: tuple[Lodging, ...] = (),
    circuits: tuple[Circuit, ...] = (),
    costs: CostParams | None = None,
    weights: Weights | None = None,
    budget_idr: Mapping[str, int] | None = None,
    horizon_days: int = 7,
) -> Problem:
    """Put a problem together on a road."""
    return Problem(
        starts_at=MONDAY,
        horizon_days=horizon_days,
        places=tuple(
            Place(id=i, lon=103.6 + km / 111.32, lat=0.0) for i, km in sorted(road.km.items())
        ),
        matrix=road.matrix(),
        requirements=tuple(sorted(requirements, key=lambda r: r.id)),
        teams=tuple(sorted(teams, key=lambda t: t.id)),
        lodgings=lodgings,
        circuits=circuits,
        costs=costs or CostParams(),
        weights=weights or Weights(),
        budget_idr=budget_idr or {},
    )


def circuit_world(
    villages_km: Mapping[str, float],
    lodgings_km: Mapping[str, float],
    *,
    n_days: int = 2,
    visits: tuple[tuple[int, ...], ...] | None = None,
    service_s: int = HOUR_S,
    n_workers: int = 1,
    beds: int = 4,
    kph: float = 40.0,
) -> Problem:
    """Make one team's circuit over the first days, from a base at kilometre 0."""
    days = tuple(range(n_days))
    team = Team(
        id="sad",
        worker_ids=tuple(f"w{i}" for i in range(n_workers)),
        base_id="base",
        shifts=tuple(shift(d) for d in days),
        circuit_id="sad",
        nights=tuple(Night(day=d, place_ids=tuple(sorted(lodgings_km))) for d in days[:-1]),
    )
    return problem(
        Road({"base": 0.0, **villages_km, **lodgings_km}, kph),
        tuple(
            need(v, days=visits or (days,), service_s=service_s, circuit_id="sad")
            for v in villages_km
        ),
        (team,),
        lodgings=tuple(
            Lodging(id=i, nights=days, beds=beds, cost_idr=50_000) for i in sorted(lodgings_km)
        ),
        circuits=(
            Circuit(id="sad", team_id="sad", days=days, lodging_ids=tuple(sorted(lodgings_km))),
        ),
    )
