"""The order of visits within a team's days, by PyVRP."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.errors import InfeasibleError, SolverError
from outreach.routing.schedule import schedule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyvrp
    from pyvrp import ProblemData

    from outreach.routing.problem import Problem, Requirement, Team, Visit
    from outreach.routing.solvers.protocol import Limit

Advance = Callable[[float], None]
TELL_EVERY_S = 0.1
FAR_S = 10_000_000
"""Stands for "no way": longer than any horizon, short enough for the solver's sums."""


def _ignore(part: float) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A visit that the team may make, on one of these days."""

    visit_id: str
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """One way to make a visit: within one window, or over days that join without a seam."""

    visit_id: str
    place_id: str
    service_s: int
    opens_s: int
    closes_s: int
    prize: int


def order_days(
    problem: Problem,
    team: Team,
    ends: Mapping[int, tuple[str, str]],
    offers: Sequence[Offer],
    *,
    must_move: bool,
    limit: Limit,
    seed: int,
    progress: Advance = _ignore,
) -> dict[int, tuple[str, ...]]:
    """
    Choose among offered visits, put them on days, and order each day.

    A vehicle of the solver is one day of the team. Its "distance" is seconds of riding, so that
    its distance limit is the riding limit.

    Parameters
    ----------
    ends
        Where the team starts and ends, by day.
    must_move
        Whether each day's route is ridden even without a visit, as between two lodgings; else a
        team could turn up at a lodging without having travelled there.
    progress
        Told the part of the limit that is used up, from 0 to 1.

    Returns
    -------
    order
        Visit ids by day.

    Raises
    ------
    InfeasibleError
        When a day that must be ridden cannot be, within the shift and the riding limit.
    """
    choices = [c for offer in offers for c in _choices(problem, team, set(ends), offer)]
    if not choices and not must_move:
        return dict.fromkeys(ends, ())
    data, days = _model(problem, team, ends, choices, must_move=must_move)
    best = _solve(data, limit, seed, progress)
    if not best.is_feasible():
        # The search may end before it has found its feet: what can be ridden is told by riding it.
        check_bare_rides(problem, team, ends)
        return dict.fromkeys(ends, ())
    n_forced = len(days) if must_move else 0
    order: dict[int, tuple[str, ...]] = dict.fromkeys(ends, ())
    for route in best.routes():
        ids = [a.idx - n_forced for a in route.schedule() if a.is_client()]
        order[days[route.vehicle_type()]] = tuple(choices[i].visit_id for i in ids if i >= 0)
    return order


def check_bare_rides(problem: Problem, team: Team, ends: Mapping[int, tuple[str, str]]) -> None:
    """Raise InfeasibleError where a day cannot be ridden even without a visit."""
    for shift in team.shifts:
        if shift.day not in ends:
            continue
        start, end = ends[shift.day]
        if schedule(problem, shift, start, end, ()) is None:
            raise InfeasibleError(
                "%(team)s, day %(day)d: from %(start)s to %(end)s cannot be ridden within the"
                " shift and the riding limit; give the circuit more days, its workers longer"
                " shifts, or nearer lodgings",
                team=team.id,
                day=shift.day + 1,
                start=start,
                end=end,
            )


def _choices(problem: Problem, team: Team, days: set[int], offer: Offer) -> Iterator[_Choice]:
    requirement, visit = problem.visit[offer.visit_id]
    shifts = [s for s in team.shifts if s.day in days and s.day in offer.days]
    run: _Choice | None = None
    for shift in shifts:
        prize = _prize(problem, requirement, visit, shift.day)
        for window in requirement.windows_on(shift.day):
            opens_s = max(window.opens_s, shift.starts_s)
            closes_s = min(window.closes_s, shift.ends_s)
            if opens_s > closes_s:
                continue
            choice = _Choice(
                visit_id=visit.id,
                place_id=requirement.place_id,
                service_s=requirement.service_s,
                opens_s=opens_s,
                closes_s=closes_s,
                prize=prize,
            )
            # Where every whole shift will do, days that follow each other need one choice only.
            whole = opens_s == shift.starts_s and closes_s == shift.ends_s
            joins = (
                run is not None and whole and run.prize == prize and _follows(team, run, shift.day)
            )
            if run is not None and joins:
                run = _Choice(
                    visit_id=run.visit_id,
                    place_id=run.place_id,
                    service_s=run.service_s,
                    opens_s=run.opens_s,
                    closes_s=closes_s,
                    prize=prize,
                )
                continue
            if run is not None:
                yield run
            run = choice if whole else None
            if not whole:
                yield choice
    if run is not None:
        yield run


def _follows(team: Team, run: _Choice, day: int) -> bool:
    previous = [s for s in team.shifts if s.day < day]
    return bool(previous) and previous[-1].ends_s == run.closes_s


def _prize(problem: Problem, requirement: Requirement, visit: Visit, day: int) -> int:
    prize = problem.weights.unserved(requirement, visit)
    if visit.deadline_day is not None and day <= visit.deadline_day:
        prize += problem.weights.missed_deadline_s
    return prize


def _model(
    problem: Problem,
    team: Team,
    ends: Mapping[int, tuple[str, str]],
    choices: Sequence[_Choice],
    *,
    must_move: bool,
) -> tuple[ProblemData, list[int]]:
    import numpy as np
    import pyvrp

    shifts = [s for s in team.shifts if s.day in ends]
    end_places = sorted({place for s in shifts for place in ends[s.day]})
    places = end_places + sorted({c.place_id for c in choices} - set(end_places))
    at = {place: i for i, place in enumerate(places)}
    seconds = np.array(
        [[FAR_S if (s := problem.riding_s(a, b)) is None else s for b in places] for a in places],
        dtype=np.int64,
    )
    clients = []
    if must_move:
        clients = [
            pyvrp.Client(at[ends[s.day][0]], tw_early=s.starts_s, tw_late=s.ends_s) for s in shifts
        ]
    members: dict[str, list[int]] = {}
    for i, choice in enumerate(choices, start=len(clients)):
        members.setdefault(choice.visit_id, []).append(i)
    groups = {v: g for g, v in enumerate(v for v, ids in members.items() if len(ids) > 1)}
    clients += [
        pyvrp.Client(
            at[c.place_id],
            service_duration=c.service_s,
            tw_early=c.opens_s,
            tw_late=c.closes_s,
            prize=c.prize,
            required=False,
            group=groups.get(c.visit_id),
        )
        for c in choices
    ]
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(problem.place[p].lon, problem.place[p].lat) for p in places],
        clients=clients,
        depots=[pyvrp.Depot(i) for i in range(len(end_places))],
        vehicle_types=[
            pyvrp.VehicleType(
                start_depot=at[ends[s.day][0]],
                end_depot=at[ends[s.day][1]],
                tw_early=s.starts_s,
                tw_late=s.ends_s,
                max_distance=s.max_riding_s,
            )
            for s in shifts
        ],
        distance_matrices=[seconds],  # type: ignore[list-item]  # its stubs want any shape
        duration_matrices=[seconds],  # type: ignore[list-item]
        groups=[pyvrp.ClientGroup(members[v], required=False) for v in groups],
    )
    return data, [s.day for s in shifts]


def _solve(data: ProblemData, limit: Limit, seed: int, progress: Advance) -> pyvrp.Solution:
    import pyvrp

    try:
        return pyvrp.solve(
            data, _Stop(limit, progress), seed=seed, collect_stats=False, display=False
        ).best
    except (ValueError, RuntimeError, IndexError) as error:
        raise SolverError("PyVRP failed: %(error)s", error=str(error)) from error


class _Stop:
    """Ends the search at its limit, and tells how far it is."""

    def __init__(self, limit: Limit, progress: Advance) -> None:
        self._limit = limit
        self._progress = progress
        self._n_calls = 0
        self._began_s: float | None = None
        self._told_s = 0.0

    def __call__(self, best_cost: int) -> bool:
        del best_cost
        now_s = time.perf_counter()
        if self._began_s is None:
            self._began_s = now_s
        if self._limit.iterations is None:
            part = (now_s - self._began_s) / self._limit.time_s
        else:
            part = self._n_calls / self._limit.iterations
        self._n_calls += 1
        if now_s - self._told_s >= TELL_EVERY_S:
            self._told_s = now_s
            self._progress(min(part, 1.0))
        return part >= 1
