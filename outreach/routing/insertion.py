"""The cheapest place for one more visit in the days that are already planned."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from outreach.routing.days import begins_s, with_visit_at
from outreach.routing.schedule import schedule
from outreach.units import DAY_S, HOUR_S

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from outreach.routing.days import Days
    from outreach.routing.problem import Problem, Requirement, Shift, Team, Visit, Weights
    from outreach.routing.schedule import Route

_ROUNDING_IDR = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Insertion:
    """
    A way to add a visit to a team's day, what it costs, and what lacks for it.

    Parameters
    ----------
    riding_s, cost_idr
        What the detour adds for each worker of the team.
    price_s
        What the visit made there adds to the plan's score; what it takes off by being made at
        all is not in it.
    short_s, short_idr
        How much longer the shift or the riding limit, and how much larger the budget of the
        worker who has least left, would have to be; 0 where it fits.
    """

    team: Team
    day: int
    position: int
    riding_s: int
    cost_idr: float
    price_s: float
    short_s: int
    short_idr: int

    @property
    def fits(self) -> bool:
        """Whether nothing lacks."""
        return self.short_s == 0 and self.short_idr == 0


def open_days(
    days: Days,
    requirement: Requirement,
    visit: Visit,
    *,
    team_days: Collection[tuple[str, int]] | None = None,
) -> Iterator[tuple[Team, Shift, Route]]:
    """
    Yield the teams, shifts and routes that may make the visit, gaps to its sisters kept.

    Parameters
    ----------
    team_days
        Only these teams and days, where given.
    """
    kept = days.days_kept(requirement, visit)
    asked = None if team_days is None else {team_id for team_id, _ in team_days}
    for team in days.problem.teams:
        if asked is not None and team.id not in asked:
            continue
        if not days.problem.may_serve(team, requirement):
            continue
        for shift in team.shifts:
            if shift.day not in kept:
                continue
            if team_days is not None and (team.id, shift.day) not in team_days:
                continue
            route = days.route(team, shift.day)
            if route is not None:
                yield team, shift, route


def cheapest_insertion(
    days: Days,
    requirement: Requirement,
    visit: Visit,
    *,
    team_days: Collection[tuple[str, int]] | None = None,
) -> Insertion | None:
    """
    Find where the visit fits and adds least to the score, or else lacks least.

    What lacks are seconds and Rupiah, at the price of an hour. All else is kept: windows, gaps,
    orders, breaks, nights, and that a worker is with one team a day.

    Parameters
    ----------
    team_days
        Only into these teams' days, where given.

    Returns
    -------
    insertion
        None where neither a longer shift nor more money would help.
    """
    tries = _tries(days, requirement, visit, team_days)
    return _best(days, visit, tries, most_short_s=DAY_S)


def cheapest_fit(
    days: Days,
    requirement: Requirement,
    visit: Visit,
    *,
    team_days: Collection[tuple[str, int]] | None = None,
) -> Insertion | None:
    """Find where the visit fits and adds least to the score; None where it fits nowhere."""
    tries = _tries(days, requirement, visit, team_days, most_short_s=0, most_short_idr=0)
    return _best(days, visit, tries, most_short_s=0)


def insertion_by_day(
    days: Days,
    requirement: Requirement,
    visit: Visit,
    *,
    team_days: Collection[tuple[str, int]] | None = None,
    most_short_s: int = DAY_S,
) -> dict[tuple[str, int], Insertion]:
    """
    Find the cheapest insertion into each day of each team, by team and day.

    Parameters
    ----------
    team_days
        Only into these teams' days, where given.
    most_short_s
        Days that lack more seconds are left out.
    """
    groups: dict[tuple[str, int], list[_Try]] = {}
    for a_try in _tries(days, requirement, visit, team_days, most_short_s=most_short_s):
        groups.setdefault((a_try.team_id, a_try.day), []).append(a_try)
    found = {
        key: _best(days, visit, tries, most_short_s=most_short_s) for key, tries in groups.items()
    }
    return {key: insertion for key, insertion in found.items() if insertion is not None}


def insert(days: Days, insertion: Insertion, visit: Visit) -> Days:
    """
    Give the days with the visit put in.

    Raises
    ------
    ValueError
        When the insertion is not one into these days.
    """
    route = days.route(insertion.team, insertion.day)
    if route is None:
        raise ValueError(f"{insertion.team.id} has no route on day {insertion.day}")
    return days.with_route(with_visit_at(route, visit.id, insertion.position))


def insert_all(
    days: Days,
    visits: Iterable[tuple[Requirement, Visit]],
    *,
    team_days: Collection[tuple[str, int]] | None = None,
) -> Days:
    """Put in all that fit and are worth their price, those that weigh most first."""
    weights = days.problem.weights
    heaviest = sorted(visits, key=lambda v: (-worth_s(weights, *v), v[1].id))
    return insert_in_order(days, heaviest, team_days=team_days)


def insert_in_order(
    days: Days,
    visits: Iterable[tuple[Requirement, Visit]],
    *,
    team_days: Collection[tuple[str, int]] | None = None,
) -> Days:
    """Put in one after the other, each where it is cheapest, if it fits and is worth it."""
    weights = days.problem.weights
    for requirement, visit in visits:
        found = cheapest_fit(days, requirement, visit, team_days=team_days)
        if found is not None and found.price_s < worth_s(weights, requirement, visit):
            days = insert(days, found, visit)
    return days


def worth_s(weights: Weights, requirement: Requirement, visit: Visit) -> int:
    """Give what the score loses by leaving the visit out, its deadline included."""
    missed_s = weights.missed_deadline_s if visit.deadline_day is not None else 0
    return weights.unserved(requirement, visit) + missed_s


class _Try(NamedTuple):
    """A place in a route; sorted, those that may lack least come first, then the cheapest."""

    lacks_s: float
    price_s: float
    day: int
    team_id: str
    position: int
    riding_s: int
    cost_idr: float
    short_idr: int


def _tries(
    days: Days,
    requirement: Requirement,
    visit: Visit,
    team_days: Collection[tuple[str, int]] | None,
    *,
    most_short_s: int = DAY_S,
    most_short_idr: float = math.inf,
) -> list[_Try]:
    """
    List the places that may do, with bounds of what lacks that leave the breaks aside.

    Those that clearly lack more than is asked for are left out, and early: there are many.
    """
    problem, weights = days.problem, days.problem.weights
    idr_s = HOUR_S / weights.idr_per_hour
    service_s = requirement.service_s
    place = problem.matrix.row[requirement.place_id]
    whole_s = problem.matrix.whole_s
    windows = {day: requirement.windows_on(day) for day in visit.days}
    prices: dict[str, _Price] = {}
    legs_idr: dict[float, tuple[list[float], list[float]]] = {}
    tries: list[_Try] = []
    for team, shift, route in open_days(days, requirement, visit, team_days=team_days):
        day = shift.day
        if team.id not in prices:
            prices[team.id] = _Price.of(days, team, requirement)
        line, price = days.line(route), prices[team.id]
        served_s = line.service_s + service_s
        most_riding_s = most_short_s + min(
            shift.max_riding_s, shift.ends_s - shift.starts_s - served_s
        )
        missed_s = _missed_s(weights, visit, day)
        first, last = _allowed(problem, requirement, route)
        for position, slot in enumerate(line.slots[first : last + 1], start=first):
            out_s, home_s = whole_s[slot.from_row][place], whole_s[place][slot.to_row]
            if out_s is None or home_s is None:
                continue
            detour_s = out_s + home_s - slot.direct_s
            riding_s = line.riding_s + detour_s
            if riding_s > most_riding_s:
                continue
            starts_s = begins_s(windows[day], slot.departs_s + out_s)
            if starts_s is None or starts_s + service_s + home_s > slot.latest_s:
                continue
            arrives_s = max(
                starts_s + service_s + home_s + slot.rest_s,
                _rested_s(shift, shift.starts_s + riding_s + served_s),
            )
            short_s = max(0, arrives_s - shift.ends_s, riding_s - shift.max_riding_s)
            if short_s > most_short_s:
                continue
            kind = team.motorbikes_per_head
            if kind not in legs_idr:
                legs_idr[kind] = problem.legs_idr(team, requirement.place_id)
            there_idr, back_idr = legs_idr[kind]
            cost_idr = there_idr[slot.from_row] + back_idr[slot.to_row] - slot.direct_idr
            short_idr = math.ceil(max(0.0, price.over_idr + cost_idr - _ROUNDING_IDR))
            if short_idr > most_short_idr:
                continue
            tries.append(
                _Try(
                    short_s + short_idr * idr_s,
                    missed_s + price.of_detour(detour_s, service_s, cost_idr * idr_s),
                    day,
                    team.id,
                    position,
                    detour_s,
                    cost_idr,
                    short_idr,
                )
            )
    return tries


def _missed_s(weights: Weights, visit: Visit, day: int) -> int:
    is_late = visit.deadline_day is not None and day > visit.deadline_day
    return weights.missed_deadline_s if is_late else 0


def _rested_s(shift: Shift, done_s: int) -> int:
    """Add the breaks that nobody gets round who is busy until then."""
    for rest in shift.breaks:
        if done_s > rest.closes_s:
            done_s += rest.length_s
    return done_s


def _best(days: Days, visit: Visit, tries: list[_Try], *, most_short_s: int) -> Insertion | None:
    """Time the places exactly, the most promising first, until no other can be better."""
    problem = days.problem
    idr_s = HOUR_S / problem.weights.idr_per_hour
    best: Insertion | None = None
    best_rank = math.inf, math.inf
    for a_try in sorted(tries):
        if a_try[:2] >= best_rank:
            break
        team = problem.team[a_try.team_id]
        route, shift = days.route(team, a_try.day), team.shift_on(a_try.day)
        if route is None or shift is None:
            continue
        short_s = _short_s(problem, shift, with_visit_at(route, visit.id, a_try.position))
        if short_s is None or short_s > most_short_s:
            continue
        rank = short_s + a_try.short_idr * idr_s, a_try.price_s
        if rank < best_rank:
            best_rank = rank
            best = Insertion(
                team=team,
                day=a_try.day,
                position=a_try.position,
                riding_s=a_try.riding_s,
                cost_idr=a_try.cost_idr,
                price_s=a_try.price_s,
                short_s=short_s,
                short_idr=a_try.short_idr,
            )
    return best


def _short_s(problem: Problem, shift: Shift, route: Route) -> int | None:
    endless = replace(shift, ends_s=shift.ends_s + DAY_S, max_riding_s=shift.max_riding_s + DAY_S)
    timetable = schedule(problem, endless, route.starts_from, route.sleeps_at, route.visit_ids)
    if timetable is None:
        return None
    late_s = timetable.arrives_s - shift.ends_s
    return max(0, late_s, timetable.riding_s - shift.max_riding_s)


@dataclass(frozen=True, slots=True)
class _Price:
    """What one more detour of a team to the visit adds to the score."""

    n_workers: int
    new_face_s: int
    over_idr: float
    unfair_per_s: float
    unfair_per_s2: float

    @classmethod
    def of(cls, days: Days, team: Team, requirement: Requirement) -> _Price:
        problem = days.problem
        over_idr = [
            days.spent_idr(w) - problem.budget_idr[w]
            for w in team.worker_ids
            if w in problem.budget_idr
        ]
        linear = square = 0.0
        for worker_id in team.worker_ids:
            available_s = problem.available_s[worker_id]
            if available_s > 0:
                linear += 2 * days.load_s(worker_id) / available_s**2
                square += 1 / available_s**2
        unfairness_s = problem.weights.unfairness_s
        is_known = requirement.known_worker_id in {None, *team.worker_ids}
        return cls(
            n_workers=len(team.worker_ids),
            new_face_s=0 if is_known else problem.weights.broken_continuity_s,
            over_idr=max(over_idr, default=-math.inf),
            unfair_per_s=unfairness_s * linear,
            unfair_per_s2=unfairness_s * square,
        )

    def of_detour(self, riding_s: int, service_s: int, money_s: float) -> float:
        load_s = riding_s + service_s
        unfair_s = load_s * (self.unfair_per_s + load_s * self.unfair_per_s2)
        return self.new_face_s + self.n_workers * (riding_s + money_s) + unfair_s


def _allowed(problem: Problem, requirement: Requirement, route: Route) -> tuple[int, int]:
    """Give the first and the last position that a fixed order allows."""
    first, last = 0, len(route.visit_ids)
    if requirement.order is None:
        return first, last
    for i, visit_id in enumerate(route.visit_ids):
        order = problem.visit[visit_id][0].order
        if order is None or order.group != requirement.order.group:
            continue
        if order.rank < requirement.order.rank:
            first = i + 1
        elif order.rank > requirement.order.rank:
            last = min(last, i)
    return first, last
