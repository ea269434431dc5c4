"""Who travels with whom, on which days: circuits, fixed teams, and everyone alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outreach.errors import ConfigError, Detail, Message
from outreach.routing.problem import Circuit, Shift, Team
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd

    from outreach.routing.horizon import Horizon


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


def _circuit_days(spec: CircuitSpec, horizon: Horizon) -> list[tuple[int, ...]]:
    n_days = (spec.returns - spec.leaves) % 7 + 1
    starts = [d for d in range(horizon.n_days) if horizon.weekday(d) == spec.leaves]
    return [tuple(range(d, d + n_days)) for d in starts if d + n_days <= horizon.n_days]


def form_teams(
    workers: gpd.GeoDataFrame,
    lodging_ids: tuple[str, ...],
    horizon: Horizon,
    circuit_specs: list[CircuitSpec],
    team_specs: list[TeamSpec],
) -> tuple[tuple[Team, ...], tuple[Circuit, ...]]:
    """
    Form the teams of each day: circuits first, then fixed teams, then everyone alone.

    A worker on a circuit or in a team is in no other on that day.

    Parameters
    ----------
    workers
        The layer's good rows.

    Raises
    ------
    ConfigError
        When circuits or teams name a worker or lodging that is not there, or overlap; all
        such faults at once.
    """
    rows = {r.id: r for r in workers.sort_values("id").itertuples()} if len(workers) else {}
    faults = _spec_faults(rows, lodging_ids, circuit_specs, team_specs)
    if faults:
        raise ConfigError(
            "the circuits and teams of outreach.toml do not fit the tables:"
        ).with_details(faults)
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
) -> list[Detail]:
    faults: list[Detail] = []
    specs: list[CircuitSpec | TeamSpec] = [*circuits, *teams]
    ids = [spec.id for spec in specs]
    for spec in specs:
        is_circuit = isinstance(spec, CircuitSpec)
        where = f"{'circuits' if is_circuit else 'teams'}: {spec.id}"
        unknown = [w for w in spec.worker_ids if w not in rows]
        if not spec.worker_ids:
            faults.append((where, Message("names no workers")))
        elif unknown:
            named = {"workers": ", ".join(unknown)}
            faults.append((where, Message("%(workers)s: not among the workers", named)))
        elif len({rows[w].base_id for w in spec.worker_ids}) > 1:
            faults.append((where, Message("its workers must start from one base")))
        if isinstance(spec, CircuitSpec):
            faults += [(where, message) for message in _night_faults(rows, lodging_ids, spec)]
        if spec.id in rows:
            faults.append((where, Message("has the id of a worker; give it another")))
        if ids.count(spec.id) > 1:
            faults.append((where, Message("another circuit or team has this id too")))
    return faults


def _night_faults(
    rows: Mapping[str, Any], lodging_ids: tuple[str, ...], spec: CircuitSpec
) -> Iterator[Message]:
    missing = [i for i in spec.lodging_ids if i not in lodging_ids]
    if missing:
        yield Message("%(lodgings)s: not among the lodgings", {"lodgings": ", ".join(missing)})
    if spec.leaves == spec.returns:
        return
    if not lodging_ids:
        yield Message("sleeps away, but there are no lodgings")
    homely = [w for w in spec.worker_ids if w in rows and not bool(rows[w].nights_away)]
    if homely:
        yield Message(
            "%(workers)s: not allowed nights away, by the table", {"workers": ", ".join(homely)}
        )


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
