"""Where a circuit sleeps, and on which of its days each visit falls."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.errors import InfeasibleError
from outreach.routing.solvers.patterns import day_patterns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outreach.routing.problem import Circuit, Problem, Requirement, Team

NEAR_S = 300
"""Places within five minutes of each other are planned as one village."""
MOST_SERVICE_S = 5400
"""A village's requirements move between days in bundles of at most an hour and a half."""
RESTARTS = 8
MOST_COMBINATIONS = 1024
OVERTIME_WEIGHT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bundle:
    """Requirements of one village with the same possible days, that move together."""

    place_id: str
    requirement_ids: tuple[str, ...]
    service_s: int
    patterns: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nights:
    """The lodging after each day but the last, and the day that was foreseen for each visit."""

    lodging_ids: tuple[str, ...]
    day_of: Mapping[str, int]


def choose_nights(
    problem: Problem,
    circuit: Circuit,
    requirements: Sequence[Requirement],
    beds: Mapping[tuple[str, int], int],
    *,
    seed: int,
) -> Nights:
    """
    Choose lodgings and days together.

    A local search moves bundles of visits between their possible day patterns; for each
    assignment the best sequence of lodgings is found exactly, by dynamic programming over days
    and lodgings. What is minimised is time beyond the shifts and riding limits first, riding
    second; windows and the exact order are the next step's.

    Parameters
    ----------
    requirements
        What the circuit's team is asked to do.
    beds
        Free beds by lodging and day.

    Raises
    ------
    InfeasibleError
        When on some night no lodging with enough beds is open.
    """
    team = problem.team[circuit.team_id]
    nights = _open_lodgings(problem, circuit, team, beds)
    bundles = _bundles(problem, requirements, circuit.days)
    costs = _DayCosts(problem, team, bundles)
    starts = _starts(costs, circuit.days, team.base_id, nights, bundles, random.Random(seed))  # noqa: S311
    best = min(
        (_descend(costs, circuit.days, team.base_id, nights, bundles, s) for s in starts),
        key=lambda found: found[0],
    )
    by_id = {r.id: r for r in requirements}
    day_of = {
        visit.id: day
        for bundle, pattern in zip(bundles, best[2], strict=True)
        for requirement_id in bundle.requirement_ids
        for visit, day in zip(by_id[requirement_id].visits, bundle.patterns[pattern], strict=False)
    }
    return Nights(lodging_ids=best[1], day_of=day_of)


def _open_lodgings(
    problem: Problem, circuit: Circuit, team: Team, beds: Mapping[tuple[str, int], int]
) -> list[tuple[str, ...]]:
    nights = []
    for day in circuit.days[:-1]:
        open_ids = tuple(
            lodging_id
            for lodging_id in circuit.lodging_ids
            if lodging_id in problem.lodging
            and day in problem.lodging[lodging_id].nights
            and beds[lodging_id, day] >= len(team.worker_ids)
        )
        if not open_ids:
            raise InfeasibleError(
                "circuit %(circuit)s: on the night of day %(day)d no lodging with %(beds)d free"
                " beds is open; add a lodging, or change the circuit's days",
                circuit=circuit.id,
                day=day + 1,
                beds=len(team.worker_ids),
            )
        nights.append(open_ids)
    return nights


def _bundles(
    problem: Problem, requirements: Sequence[Requirement], days: Sequence[int]
) -> list[_Bundle]:
    villages: dict[str, list[Requirement]] = {}
    for requirement in requirements:
        near = next(
            (
                centre
                for centre in villages
                if (s := problem.riding_s(centre, requirement.place_id)) is not None and s <= NEAR_S
            ),
            requirement.place_id,
        )
        villages.setdefault(near, []).append(requirement)
    bundles: list[_Bundle] = []
    for centre, members in villages.items():
        alike: dict[tuple[tuple[int, ...], ...], list[Requirement]] = {}
        for requirement in members:
            patterns = tuple(day_patterns(requirement, days))
            if patterns:
                alike.setdefault(patterns, []).append(requirement)
        for patterns, same in alike.items():
            bundles.extend(_cut(centre, same, patterns))
    return bundles


def _cut(
    centre: str, requirements: list[Requirement], patterns: tuple[tuple[int, ...], ...]
) -> list[_Bundle]:
    bundles: list[tuple[tuple[str, ...], int]] = []
    bundle: list[str] = []
    service_s = 0
    for requirement in requirements:
        if bundle and service_s + requirement.service_s > MOST_SERVICE_S:
            bundles.append((tuple(bundle), service_s))
            bundle, service_s = [], 0
        bundle.append(requirement.id)
        service_s += requirement.service_s
    bundles.append((tuple(bundle), service_s))
    return [
        _Bundle(place_id=centre, requirement_ids=ids, service_s=s, patterns=patterns)
        for ids, s in bundles
    ]


class _DayCosts:
    """What a day costs that starts at one place, ends at another and serves some bundles."""

    def __init__(self, problem: Problem, team: Team, bundles: Sequence[_Bundle]) -> None:
        self._problem = problem
        self._team = team
        self._bundles = bundles
        self._known: dict[tuple[int, str, str, tuple[int, ...]], int] = {}

    def __call__(self, day: int, start: str, end: str, served: tuple[int, ...]) -> int:
        key = (day, start, end, served)
        if key not in self._known:
            self._known[key] = self._cost(*key)
        return self._known[key]

    def _riding_s(self, a: str, b: str) -> int:
        seconds = self._problem.riding_s(a, b)
        return 10**7 if seconds is None else seconds

    def _cost(self, day: int, start: str, end: str, served: tuple[int, ...]) -> int:
        shift = self._team.shift_on(day)
        route = [start, end]
        for place in sorted({self._bundles[i].place_id for i in served}):
            best = min(
                range(1, len(route)),
                key=lambda i: self._detour_s(route[i - 1], place, route[i]),
            )
            route.insert(best, place)
        riding_s = sum(self._riding_s(a, b) for a, b in itertools.pairwise(route))
        needed_s = riding_s + sum(self._bundles[i].service_s for i in served)
        if shift is None:
            return OVERTIME_WEIGHT * needed_s + riding_s
        over_s = max(0, needed_s - (shift.ends_s - shift.starts_s))
        over_s += max(0, riding_s - shift.max_riding_s)
        return OVERTIME_WEIGHT * over_s + riding_s

    def _detour_s(self, a: str, place: str, b: str) -> int:
        return self._riding_s(a, place) + self._riding_s(place, b) - self._riding_s(a, b)


def _descend(
    costs: _DayCosts,
    days: Sequence[int],
    base_id: str,
    nights: Sequence[tuple[str, ...]],
    bundles: Sequence[_Bundle],
    chosen: list[int],
) -> tuple[int, tuple[str, ...], list[int]]:
    cost, lodgings = _best_lodgings(costs, days, base_id, nights, bundles, chosen)
    improved = True
    while improved:
        improved = False
        for group in _groups(bundles):
            for pattern in range(len(bundles[group[0]].patterns)):
                trial = [pattern if i in group else p for i, p in enumerate(chosen)]
                found, where = _best_lodgings(costs, days, base_id, nights, bundles, trial)
                if found < cost:
                    cost, lodgings, chosen, improved = found, where, trial, True
    return cost, lodgings, chosen


def _starts(
    costs: _DayCosts,
    days: Sequence[int],
    base_id: str,
    nights: Sequence[tuple[str, ...]],
    bundles: Sequence[_Bundle],
    rng: random.Random,
) -> list[list[int]]:
    """
    Give assignments to begin with: the best ones that keep villages whole.

    Few villages are tried in every combination of their patterns, many by chance.
    """
    villages = _villages(bundles)
    choices = [range(len(bundles[ids[0]].patterns)) for ids in villages]
    if math.prod(map(len, choices)) <= MOST_COMBINATIONS:
        combinations = list(itertools.product(*choices))
    else:
        combinations = [
            tuple(rng.choice(patterns) for patterns in choices) for _ in range(MOST_COMBINATIONS)
        ]
    starts = []
    for combination in combinations:
        chosen = [0] * len(bundles)
        for ids, pattern in zip(villages, combination, strict=True):
            for i in ids:
                chosen[i] = pattern
        starts.append((_best_lodgings(costs, days, base_id, nights, bundles, chosen)[0], chosen))
    return [chosen for _, chosen in sorted(starts)[:RESTARTS]]


def _groups(bundles: Sequence[_Bundle]) -> list[tuple[int, ...]]:
    """List what moves together: whole villages first, since half a village saves no riding."""
    villages = _villages(bundles)
    return villages + [(i,) for ids in villages if len(ids) > 1 for i in ids]


def _villages(bundles: Sequence[_Bundle]) -> list[tuple[int, ...]]:
    villages: dict[tuple[str, tuple[tuple[int, ...], ...]], list[int]] = {}
    for i, bundle in enumerate(bundles):
        villages.setdefault((bundle.place_id, bundle.patterns), []).append(i)
    return [tuple(ids) for ids in villages.values()]


def _best_lodgings(
    costs: _DayCosts,
    days: Sequence[int],
    base_id: str,
    nights: Sequence[tuple[str, ...]],
    bundles: Sequence[_Bundle],
    chosen: Sequence[int],
) -> tuple[int, tuple[str, ...]]:
    served = {
        day: tuple(i for i, b in enumerate(bundles) if day in b.patterns[chosen[i]]) for day in days
    }
    best: dict[str, tuple[int, tuple[str, ...]]] = {base_id: (0, ())}
    for day, ends in zip(days, (*nights, (base_id,)), strict=True):
        best = {
            end: min(
                (cost + costs(day, start, end, served[day]), (*path, end))
                for start, (cost, path) in best.items()
            )
            for end in ends
        }
    cost, path = best[base_id]
    return cost, path[:-1]
