"""Who travels with whom, on which days: circuits, fixed teams, and everyone alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from outreach.errors import ConfigError, Message
from outreach.routing.problem import Circuit, Team
from outreach.routing.shifts import fixed_nights, free_nights, shared_shifts, vehicles_needed
from outreach.routing.specs import spec_faults

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import geopandas as gpd

    from outreach.routing.horizon import Horizon
    from outreach.routing.problem import Lodging
    from outreach.routing.specs import Arrangements, CircuitSpec, TeamSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Who may be put together: the workers' rows by id, and what binds all teams."""

    rows: Mapping[str, Any]
    horizon: Horizon
    arranged: Arrangements
    lodgings: tuple[Lodging, ...] = ()

    def seats(self, worker_ids: Collection[str]) -> int | None:
        """Count the vehicles that carry these workers; None where not all find a seat."""
        return vehicles_needed([self.rows[w].vehicle for w in worker_ids])

    def team(
        self,
        team_id: str,
        worker_ids: Collection[str],
        days: Iterable[int],
        *,
        lodging_ids: Collection[str] = (),
    ) -> Team:
        """
        Put a team together that is home at night or away, as it likes.

        Parameters
        ----------
        lodging_ids
            Where it may sleep; empty means in all.
        """
        members = [self.rows[w] for w in sorted(worker_ids)]
        shifts = shared_shifts(members, days, self.horizon, self.arranged.breaks)
        base_id = members[0].base_id
        lodgings = [i for i in self.lodgings if not lodging_ids or i.id in lodging_ids]
        is_free = self.arranged.nights == "found" and all(bool(m.nights_away) for m in members)
        return Team(
            id=team_id,
            worker_ids=tuple(sorted(worker_ids)),
            base_id=base_id,
            shifts=shifts,
            skills=frozenset(skill for m in members for skill in m.skills),
            nights=free_nights(shifts, base_id, lodgings) if is_free else (),
            # Who was told to travel together does so, if need be two on each motorbike.
            n_motorbikes=self.seats(worker_ids) or -(-len(members) // 2),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Formed:
    """
    The teams that are there whoever is to be visited.

    `free_days` are each worker's days without a fixed circuit or team; `circuits` are those with
    fixed days, `found_circuits` those whose days the planner finds.
    """

    roster: Roster
    teams: tuple[Team, ...]
    circuits: tuple[Circuit, ...]
    found_circuits: tuple[CircuitSpec, ...]
    free_days: Mapping[str, frozenset[int]]
    notices: tuple[Message, ...]

    @property
    def circuit_ids(self) -> frozenset[str]:
        """The circuits that run, on fixed days or on those that the planner finds."""
        found = {spec.id for spec in self.found_circuits}
        return frozenset(found | {circuit.id for circuit in self.circuits})


def form_teams(
    workers: gpd.GeoDataFrame,
    lodgings: Sequence[Lodging],
    horizon: Horizon,
    arranged: Arrangements,
    *,
    lodging_ids: Collection[str] | None = None,
    place_ids: Collection[str] = (),
) -> Formed:
    """
    Form circuits and fixed teams, and everyone alone who has a vehicle.

    A worker on a fixed circuit or in a fixed team is in no other on that day.

    Parameters
    ----------
    workers
        The layer's good rows.
    lodgings
        Those that can be reached, sorted by id.
    lodging_ids
        All that circuits may name; None: those of `lodgings`.
    place_ids
        Where a booking may be.

    Raises
    ------
    ConfigError
        When circuits, teams, breaks or bookings name what is not there, or overlap; all such
        faults at once.
    """
    rows = {r.id: r for r in workers.sort_values("id").itertuples()} if len(workers) else {}
    known = {i.id for i in lodgings} if lodging_ids is None else lodging_ids
    faults = spec_faults(arranged, rows, known, place_ids)
    if faults:
        raise ConfigError("what outreach.toml arranges does not fit the tables:").with_details(
            faults
        )
    roster = Roster(rows=rows, horizon=horizon, arranged=arranged, lodgings=tuple(lodgings))
    free = {worker_id: set(range(horizon.n_days)) for worker_id in rows}
    teams, circuits = _fixed_circuits(roster, free)
    teams += [_fixed_team(roster, spec, free) for spec in _by_id(arranged.teams)]
    found = [spec for spec in _by_id(arranged.circuits) if not spec.is_fixed]
    for spec in found:
        days = set.intersection(*(free[w] for w in spec.worker_ids))
        teams.append(roster.team(spec.id, spec.worker_ids, days, lodging_ids=spec.lodging_ids))
    alone = [w for w in rows if roster.seats([w]) is not None]
    teams += [roster.team(w, [w], free[w]) for w in alone]
    at_work = tuple(sorted((t for t in teams if t.shifts), key=lambda t: t.id))
    return Formed(
        roster=roster,
        teams=at_work,
        circuits=tuple(circuits),
        found_circuits=tuple(found),
        free_days={w: frozenset(days) for w, days in free.items()},
        notices=(*_crowded(roster, at_work), *_riding_along(sorted(set(rows) - set(alone)))),
    )


def _by_id(specs: Iterable[Any]) -> list[Any]:
    return sorted(specs, key=lambda spec: spec.id)


def _fixed_circuits(
    roster: Roster, free: Mapping[str, set[int]]
) -> tuple[list[Team], list[Circuit]]:
    teams: list[Team] = []
    circuits: list[Circuit] = []
    for spec in _by_id(roster.arranged.circuits):
        trips = _circuit_days(spec, roster.horizon)
        for number, days in enumerate(trips, start=1):
            clash = [w for w in spec.worker_ids if not free[w].issuperset(days)]
            if clash:
                raise ConfigError(
                    "outreach.toml: circuit %(circuit)s: %(workers)s travel on another circuit"
                    " on the same days; change its weekdays or its workers",
                    circuit=spec.id,
                    workers=", ".join(clash),
                )
            team_id = spec.id if len(trips) == 1 else f"{spec.id}-{number}"
            teams.append(_circuit_team(roster, spec, team_id, days))
            _take(free, spec.worker_ids, days)
            circuits.append(
                Circuit(
                    id=spec.id,
                    team_id=team_id,
                    days=days,
                    lodging_ids=tuple(sorted(i.id for i in _lodgings(roster, spec))),
                )
            )
    return teams, circuits


def _circuit_days(spec: CircuitSpec, horizon: Horizon) -> list[tuple[int, ...]]:
    if spec.leaves is None or spec.returns is None:
        return []
    n_days = (spec.returns - spec.leaves) % 7 + 1
    starts = [d for d in range(horizon.n_days) if horizon.weekday(d) == spec.leaves]
    return [tuple(range(d, d + n_days)) for d in starts if d + n_days <= horizon.n_days]


def _circuit_team(roster: Roster, spec: CircuitSpec, team_id: str, days: tuple[int, ...]) -> Team:
    team = roster.team(team_id, spec.worker_ids, days)
    nights = fixed_nights(days, _lodgings(roster, spec))
    return replace(team, circuit_id=spec.id, nights=nights)


def _lodgings(roster: Roster, spec: CircuitSpec) -> list[Lodging]:
    return [i for i in roster.lodgings if not spec.lodging_ids or i.id in spec.lodging_ids]


def _fixed_team(roster: Roster, spec: TeamSpec, free: Mapping[str, set[int]]) -> Team:
    days = set(roster.horizon.days_on(spec.weekdays))
    days = days.intersection(*(free[w] for w in spec.worker_ids))
    _take(free, spec.worker_ids, days)
    return roster.team(spec.id, spec.worker_ids, days)


def _take(free: Mapping[str, set[int]], worker_ids: Iterable[str], days: Iterable[int]) -> None:
    for worker_id in worker_ids:
        free[worker_id].difference_update(days)


def _crowded(roster: Roster, teams: Iterable[Team]) -> tuple[Message, ...]:
    return tuple(
        Message(
            "%(team)s: its workers have too few vehicles to carry them all; planned all the same,"
            " two on each motorbike",
            {"team": team.id},
        )
        for team in teams
        if roster.seats(team.worker_ids) is None
    )


def _riding_along(worker_ids: Sequence[str]) -> tuple[Message, ...]:
    if not worker_ids:
        return ()
    named = {"workers": ", ".join(worker_ids)}
    return (Message("%(workers)s: no vehicle, so never alone, only riding along", named),)
