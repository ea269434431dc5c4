"""Turn the layers' tables and the matrix into a `Problem`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from outreach.errors import Message
from outreach.model import Loss, NotDue, TimeWindow
from outreach.routing.due import due_on, visits_every, visits_per_week
from outreach.routing.problem import (
    CostParams,
    Lodging,
    Place,
    Problem,
    Requirement,
    Visit,
    Weights,
)
from outreach.routing.teams import CircuitSpec, TeamSpec, form_teams

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    import geopandas as gpd

    from outreach.routing.horizon import Horizon
    from outreach.routing.matrix import TravelMatrix

DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """A problem, and the beneficiaries whom no team can reach."""

    problem: Problem
    unreachable: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The good rows of the layers whose places are in the matrix."""

    beneficiaries: gpd.GeoDataFrame
    workers: gpd.GeoDataFrame
    lodgings: gpd.GeoDataFrame | None = None
    partners: gpd.GeoDataFrame | None = None
    areas: gpd.GeoDataFrame | None = None


def build_problem(
    tables: Tables,
    matrix: TravelMatrix,
    *,
    horizon: Horizon,
    circuits: Iterable[CircuitSpec] = (),
    teams: Iterable[TeamSpec] = (),
    costs: CostParams | None = None,
    weights: Weights | None = None,
) -> Assembled:
    """
    Put together what a plan depends on.

    Raises
    ------
    ConfigError
        When circuits or teams name a worker or lodging that is not there, or overlap; all
        such faults at once.
    DuplicateIdError
        When two places share an id.
    """
    lodgings, places = _lodgings(tables.lodgings, horizon), _places(tables)
    specs = sorted(circuits, key=lambda c: c.id)
    all_teams, all_circuits = form_teams(
        tables.workers, tuple(lodgings), horizon, specs, sorted(teams, key=lambda t: t.id)
    )
    requirements, not_due = _requirements(tables, horizon, {c.circuit_id for c in all_teams})
    known = set(matrix.ids)
    problem = Problem(
        starts_at=horizon.starts_at,
        horizon_days=horizon.n_days,
        places=tuple(p for p in places if p.id in known),
        matrix=matrix,
        requirements=(),
        teams=tuple(t for t in all_teams if t.base_id in known),
        lodgings=tuple(v for k, v in sorted(lodgings.items()) if k in known),
        circuits=all_circuits,
        costs=costs or CostParams(),
        weights=weights or Weights(),
        budget_idr=_budgets(tables.workers, horizon),
        not_due=tuple(not_due),
    )
    # Of those, too, who do not work in these days: the roads are not to blame for that.
    bases = sorted(set(tables.workers["base_id"]) & known) if len(tables.workers) else []
    reachable, unreachable = [], []
    for requirement in requirements:
        if requirement.place_id not in known:
            continue
        if _is_reachable(problem, bases, requirement):
            reachable.append(requirement)
        else:
            unreachable.append(
                Loss(
                    kind="unreachable",
                    beneficiary_id=requirement.id,
                    reason="no_way",
                    detail=Message(
                        "no way there and back from any base on the roads in this season"
                    ),
                )
            )
    return Assembled(
        problem=replace(problem, requirements=tuple(reachable)),
        unreachable=tuple(unreachable),
    )


def _is_reachable(problem: Problem, bases: Iterable[str], requirement: Requirement) -> bool:
    return any(
        problem.riding_s(base, requirement.place_id) is not None
        and problem.riding_s(requirement.place_id, base) is not None
        for base in bases
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)  # noqa: PLR0124


def _date(value: Any) -> dt.date | None:
    return None if value is None or value != value else value  # noqa: PLR0124


def _places(tables: Tables) -> list[Place]:
    names = _area_names(tables.beneficiaries, tables.areas)
    places = [
        Place(id=r.id, lon=r.geometry.x, lat=r.geometry.y, category=r.category, area=names[r.id])
        for r in tables.beneficiaries.itertuples()
    ]
    bases = tables.workers.drop_duplicates("base_id") if len(tables.workers) else tables.workers
    places += [
        Place(id=r.base_id, lon=r.geometry.x, lat=r.geometry.y, label=_text(r.base_label))
        for r in bases.itertuples()
    ]
    for frame in (tables.lodgings, tables.partners):
        if frame is not None:
            places += [
                Place(id=r.id, lon=r.geometry.x, lat=r.geometry.y, label=_text(r.label))
                for r in frame.itertuples()
            ]
    return sorted(places, key=lambda p: p.id)


def _area_names(
    beneficiaries: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | None
) -> Mapping[str, str | None]:
    """Name each beneficiary's area: as the row has it, else the polygon around the place."""
    if areas is None or not len(areas) or not len(beneficiaries):
        return {r.id: _text(r.area) for r in beneficiaries.itertuples()}
    name = dict(zip(areas["id"], areas["name"], strict=True))
    points = beneficiaries[["id", "geometry"]]
    polygons = areas[["name", "geometry"]].rename(columns={"name": "around"})
    around = points.sjoin(polygons, how="left").drop_duplicates("id").set_index("id")["around"]
    return {
        r.id: name.get(r.area, r.area) if _text(r.area) else _text(around[r.id])
        for r in beneficiaries.itertuples()
    }


def _lodgings(frame: gpd.GeoDataFrame | None, horizon: Horizon) -> dict[str, Lodging]:
    if frame is None:
        return {}
    return {
        r.id: Lodging(
            id=r.id,
            nights=horizon.days_on(r.nights),
            beds=int(r.beds),
            cost_idr=int(r.cost_idr),
        )
        for r in frame.itertuples()
    }


def _budgets(workers: gpd.GeoDataFrame, horizon: Horizon) -> dict[str, int]:
    share = horizon.n_days / DAYS_PER_MONTH
    budgets = {}
    for row in workers.itertuples():
        monthly = _number(row.monthly_budget_idr)
        if monthly is not None:
            budgets[row.id] = round(monthly * share)
    return budgets


def _requirements(
    tables: Tables, horizon: Horizon, circuit_ids: set[str | None]
) -> tuple[list[Requirement], list[NotDue]]:
    requirements, not_due = [], []
    for row in tables.beneficiaries.sort_values("id").itertuples():
        last = _date(row.last_visit)
        visits = _visits(row, horizon, last_visit=last, deadline=_date(row.deadline))
        every = _number(row.every_days)
        if not visits and every is not None and last is not None:
            not_due.append(NotDue(beneficiary_id=row.id, due_on=due_on(int(every), last)))
            continue
        requirements.append(
            Requirement(
                id=row.id,
                place_id=row.id,
                visits=visits,
                min_gap_days=max(1, int(row.min_gap_days)),
                windows=_windows(row.windows),
                service_s=int(row.service_s),
                priority=float(row.priority),
                n_workers=int(row.workers_needed),
                skills=tuple(sorted(row.skills)),
                known_worker_id=_text(row.worker),
                # A label that no circuit bears is a wish that nobody can keep: any team may go.
                circuit_id=_text(row.circuit) if _text(row.circuit) in circuit_ids else None,
            )
        )
    if tables.partners is not None:
        for row in tables.partners.sort_values("id").itertuples():
            visits = _visits(row, horizon, last_visit=None, deadline=None)
            if visits:
                requirements.append(
                    Requirement(
                        id=row.id,
                        kind="partner",
                        place_id=row.id,
                        visits=visits,
                        windows=_windows(row.windows),
                        service_s=int(row.service_s),
                        priority=float(row.priority),
                        known_worker_id=_text(row.worker),
                    )
                )
    return requirements, not_due


def _windows(pairs: Iterable[tuple[int, int]]) -> tuple[TimeWindow, ...]:
    return tuple(TimeWindow(opens_s=int(a), closes_s=int(b)) for a, b in sorted(pairs))


def _visits(
    row: Any, horizon: Horizon, *, last_visit: dt.date | None, deadline: dt.date | None
) -> tuple[Visit, ...]:
    days = horizon.days_on(row.weekdays)
    per_week, every = _number(row.visits_per_week), _number(row.every_days)
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
