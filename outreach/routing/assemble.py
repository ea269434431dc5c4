"""Turn the layers' tables and the matrix into a `Problem`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from outreach.errors import ConfigError, Message
from outreach.model import Loss, NotDue, TimeWindow
from outreach.routing.due import due_on, visits_every, visits_per_week
from outreach.routing.problem import (
    Circuit,
    CostParams,
    Lodging,
    Place,
    Problem,
    Requirement,
    Shift,
    Team,
    Visit,
    Weights,
)
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    import geopandas as gpd

    from outreach.routing.matrix import TravelMatrix

DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitSpec:
    """
    A circuit that the supervisor fixed, week after week; weekdays count from Monday = 0.

    `lodging_ids` are the lodgings it may use; empty means all.
    """

    id: str
    worker_ids: tuple[str, ...]
    leaves: int
    returns: int
    lodging_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamSpec:
    """Workers who always travel together on some weekdays (empty: on all)."""

    id: str
    worker_ids: tuple[str, ...]
    weekdays: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """The days that are planned."""

    starts_on: dt.date
    n_days: int = 7
    timezone: str = "Asia/Jakarta"

    @property
    def starts_at(self) -> dt.datetime:
        """Midnight of the first day."""
        return dt.datetime.combine(self.starts_on, dt.time(), tzinfo=ZoneInfo(self.timezone))

    def weekday(self, day: int) -> int:
        """Weekday of a day of the horizon, Monday = 0."""
        return (self.starts_on.weekday() + day) % 7

    def days_on(self, weekdays: Collection[int]) -> tuple[int, ...]:
        """Days of the horizon that fall on these weekdays; empty means all."""
        return tuple(d for d in range(self.n_days) if not weekdays or self.weekday(d) in weekdays)


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
    all_teams, all_circuits = _teams(
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
    reachable, unreachable = [], []
    for requirement in requirements:
        if requirement.place_id not in known:
            continue
        if _is_reachable(problem, requirement):
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


def _is_reachable(problem: Problem, requirement: Requirement) -> bool:
    return any(
        problem.riding_s(base, requirement.place_id) is not None
        and problem.riding_s(requirement.place_id, base) is not None
        for base in sorted({t.base_id for t in problem.teams})
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)  # noqa: PLR0124


def _date(value: Any) -> dt.date | None:
    return None if value is None or value != value else value  # noqa: PLR0124


def _places(tables: Tables) -> list[Place]:
    places = [
        Place(id=r.id, lon=r.geometry.x, lat=r.geometry.y, category=r.category, area=_text(r.area))
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


def _circuit_days(spec: CircuitSpec, horizon: Horizon) -> list[tuple[int, ...]]:
    n_days = (spec.returns - spec.leaves) % 7 + 1
    starts = [d for d in range(horizon.n_days) if horizon.weekday(d) == spec.leaves]
    return [tuple(range(d, d + n_days)) for d in starts if d + n_days <= horizon.n_days]


def _teams(
    workers: gpd.GeoDataFrame,
    lodging_ids: tuple[str, ...],
    horizon: Horizon,
    circuit_specs: list[CircuitSpec],
    team_specs: list[TeamSpec],
) -> tuple[tuple[Team, ...], tuple[Circuit, ...]]:
    rows = {r.id: r for r in workers.sort_values("id").itertuples()} if len(workers) else {}
    faults = _spec_faults(rows, lodging_ids, circuit_specs, team_specs)
    if faults:
        raise ConfigError("outreach.toml: %(faults)s", faults="; ".join(faults))
    taken: dict[str, set[int]] = {worker_id: set() for worker_id in rows}
    teams: list[Team] = []
    circuits: list[Circuit] = []

    def form(team_id: str, ids: tuple[str, ...], days: set[int], circuit: str | None) -> Team:
        team = _form_team(team_id, [rows[i] for i in ids], days, horizon, circuit)
        for worker_id in ids:
            taken[worker_id] |= days
        return team

    for spec in circuit_specs:
        trips = _circuit_days(spec, horizon)
        for i, days in enumerate(trips):
            team_id = spec.id if len(trips) == 1 else f"{spec.id}-{i + 1}"
            clash = [w for w in spec.worker_ids if taken[w] & set(days)]
            if clash:
                raise ConfigError(
                    "outreach.toml: circuit %(circuit)s: %(workers)s travel on another circuit"
                    " on the same days; change its weekdays or its workers",
                    circuit=spec.id,
                    workers=", ".join(clash),
                )
            teams.append(form(team_id, spec.worker_ids, set(days), spec.id))
            circuits.append(
                Circuit(
                    id=spec.id,
                    team_id=team_id,
                    days=days,
                    lodging_ids=tuple(sorted(spec.lodging_ids or lodging_ids)),
                )
            )
    for team_spec in team_specs:
        free = set(horizon.days_on(team_spec.weekdays))
        for worker_id in team_spec.worker_ids:
            free -= taken[worker_id]
        teams.append(form(team_spec.id, team_spec.worker_ids, free, None))
    for worker_id, row in rows.items():
        free = set(range(horizon.n_days)) - taken[worker_id]
        teams.append(_form_team(worker_id, [row], free, horizon, None))
    return tuple(sorted((t for t in teams if t.shifts), key=lambda t: t.id)), tuple(circuits)


def _spec_faults(
    rows: Mapping[str, Any],
    lodging_ids: tuple[str, ...],
    circuits: list[CircuitSpec],
    teams: list[TeamSpec],
) -> list[str]:
    faults = []
    specs: list[CircuitSpec | TeamSpec] = [*circuits, *teams]
    for spec in specs:
        what = "circuit" if isinstance(spec, CircuitSpec) else "team"
        unknown = [w for w in spec.worker_ids if w not in rows]
        if unknown or not spec.worker_ids:
            names = ", ".join(unknown) or "nobody"
            faults.append(f"{what} {spec.id} names {names}, who is not among the workers")
        elif len({rows[w].base_id for w in spec.worker_ids}) > 1:
            faults.append(f"{what} {spec.id}: its workers must start from one base")
        if isinstance(spec, CircuitSpec):
            missing = [i for i in spec.lodging_ids if i not in lodging_ids]
            if missing:
                names = ", ".join(missing)
                faults.append(f"circuit {spec.id} names {names}, not among the lodgings")
            if spec.leaves != spec.returns and not lodging_ids:
                faults.append(f"circuit {spec.id} sleeps away, but there are no lodgings")
        if spec.id in rows:
            faults.append(f"{what} {spec.id} has the id of a worker")
    ids = [s.id for s in specs]
    faults += [
        f"{i} is used for two circuits or teams" for i in sorted(set(ids)) if ids.count(i) > 1
    ]
    return faults


def _form_team(
    team_id: str, members: list[Any], days: set[int], horizon: Horizon, circuit_id: str | None
) -> Team:
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
            shifts.append(
                Shift(
                    day=day,
                    starts_s=day * DAY_S + starts_s,
                    ends_s=day * DAY_S + ends_s,
                    max_riding_s=min(int(m.max_riding_s) for m in members),
                )
            )
    return Team(
        id=team_id,
        worker_ids=tuple(sorted(m.id for m in members)),
        base_id=members[0].base_id,
        shifts=tuple(shifts),
        skills=frozenset(skill for m in members for skill in m.skills),
        circuit_id=circuit_id,
    )


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
                        known_worker_id=_text(row.worker),
                    )
                )
    return requirements, not_due


def _windows(pairs: Iterable[tuple[int, int]]) -> tuple[TimeWindow, ...]:
    return tuple(TimeWindow(opens_s=int(a), closes_s=int(b)) for a, b in pairs)


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
