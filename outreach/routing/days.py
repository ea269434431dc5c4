"""Every day that a team works, as it is planned so far, and what is left of it."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from outreach.routing.schedule import Route
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from outreach.model import TimeWindow
    from outreach.routing.problem import Problem, Requirement, Team, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """
    Between two stops of a route, breaks left aside.

    Both are rows of the matrix. `departs_s` is the earliest departure from the first, `latest_s`
    the latest arrival at the second with which the windows after it are kept, within a day more
    than the shift, and `rest_s` what is ridden and served after that arrival.
    """

    from_row: int
    to_row: int
    direct_s: int
    direct_idr: float
    departs_s: int
    latest_s: int
    rest_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    What a route takes, and costs each worker.

    It has no slots where its visits cannot be made in their windows at all.
    """

    riding_s: int
    service_s: int
    cost_idr: float
    slots: tuple[Slot, ...]


@dataclass(slots=True, kw_only=True)
class _Books:
    """Routes, and what is counted over them; lines are kept of all routes that ever were here."""

    problem: Problem
    lines: dict[Route, Line] = field(default_factory=dict)
    routes: dict[tuple[str, int], Route] = field(default_factory=dict)
    key_of: dict[str, tuple[str, int]] = field(default_factory=dict)
    spent_idr: dict[str, float] = field(default_factory=dict)
    load_s: dict[str, int] = field(default_factory=dict)
    teams_of: dict[tuple[str, int], str] = field(default_factory=dict)

    def copy(self) -> _Books:
        return _Books(
            problem=self.problem,
            lines=self.lines,
            routes=dict(self.routes),
            key_of=dict(self.key_of),
            spent_idr=dict(self.spent_idr),
            load_s=dict(self.load_s),
            teams_of=dict(self.teams_of),
        )

    def line(self, route: Route) -> Line:
        found = self.lines.get(route)
        if found is None:
            found = self.lines[route] = line_of(self.problem, route)
        return found

    def add(self, route: Route) -> None:
        key = route.team_id, route.day
        self.routes[key] = route
        self.key_of.update(dict.fromkeys(route.visit_ids, key))
        self._tally(route, 1)
        for who in self._busy(route):
            self.teams_of[who] = route.team_id

    def remove(self, route: Route) -> None:
        del self.routes[route.team_id, route.day]
        for visit_id in route.visit_ids:
            del self.key_of[visit_id]
        self._tally(route, -1)
        # The days beside it may keep the workers all the same.
        near = [self.routes.get((route.team_id, route.day + i)) for i in (-1, 1)]
        kept = {who for other in near if other is not None for who in self._busy(other)}
        for who in self._busy(route):
            if who not in kept:
                self.teams_of.pop(who, None)

    def _busy(self, route: Route) -> tuple[tuple[str, int], ...]:
        """Who is bound on which days: on the next one too, where the night is spent away."""
        team = self.problem.team[route.team_id]
        n_days = 1 if route.sleeps_at == team.base_id else 2
        return tuple((w, route.day + i) for i in range(n_days) for w in team.worker_ids)

    def _tally(self, route: Route, sign: int) -> None:
        line = self.line(route)
        for w in self.problem.team[route.team_id].worker_ids:
            self.spent_idr[w] = self.spent_idr.get(w, 0.0) + sign * line.cost_idr
            self.load_s[w] = self.load_s.get(w, 0) + sign * (line.riding_s + line.service_s)


class Days:
    """
    Every day that a team works, with the route that it has or the empty one at its base.

    Never changed: `with_route` gives other days, and keeps what is known of the other routes.

    Parameters
    ----------
    problem
        What is planned.
    routes
        By team and day.
    """

    def __init__(self, problem: Problem, routes: Mapping[tuple[str, int], Route]) -> None:
        self.problem = problem
        self._kin: dict[str, list[tuple[str, int]]] = {}
        for requirement in problem.requirements:
            kin = self._kin.setdefault(requirement.id, [])
            kin += [(visit.id, requirement.min_gap_days) for visit in requirement.visits]
        self._books = _Books(problem=problem)
        for route in routes.values():
            self._books.add(route)

    @property
    def routes(self) -> Mapping[tuple[str, int], Route]:
        """The routes by team and day."""
        return self._books.routes

    @property
    def key_of(self) -> Mapping[str, tuple[str, int]]:
        """The team and day of every visit that is made, by visit id."""
        return self._books.key_of

    def spent_idr(self, worker_id: str) -> float:
        """Rupiah that the worker's routes cost."""
        return self._books.spent_idr.get(worker_id, 0.0)

    def load_s(self, worker_id: str) -> int:
        """Seconds that the worker rides and serves."""
        return self._books.load_s.get(worker_id, 0)

    def beds_left(self, lodging_id: str, day: int) -> int:
        """Count the beds that are free after a day; none where the lodging is closed."""
        lodging = self.problem.lodging[lodging_id]
        if day not in lodging.nights:
            return 0
        taken = sum(
            len(self.problem.team[route.team_id].worker_ids)
            for route in self.routes.values()
            if route.day == day and route.sleeps_at == lodging_id
        )
        return lodging.beds - taken

    def poorest(self, team: Team) -> str:
        """Give the worker of the team who has least of the budget left."""
        budget = self.problem.budget_idr
        known = [w for w in team.worker_ids if w in budget] or list(team.worker_ids)
        return min(known, key=lambda w: (budget.get(w, 0) - self.spent_idr(w), w))

    def line(self, route: Route) -> Line:
        """Give what a route takes and costs, and the slots between its stops."""
        return self._books.line(route)

    def rivals(self, team: Team, day: int) -> tuple[tuple[str, str], ...]:
        """List the team's workers who are with another team on that day, each with that one."""
        with_whom = ((w, self._books.teams_of.get((w, day), team.id)) for w in team.worker_ids)
        return tuple((worker_id, other) for worker_id, other in with_whom if other != team.id)

    def route(self, team: Team, day: int) -> Route | None:
        """
        Give the team's route, the empty one at its base where it has none.

        None for a day of a circuit that is not ridden, where the team must sleep away, or where
        one of its workers is with another team.
        """
        found = self.routes.get((team.id, day))
        if found is not None:
            return found
        is_away = team.circuit_id is not None or team.must_be_away(day)
        if is_away or self.rivals(team, day):
            return None
        return Route(
            team_id=team.id,
            day=day,
            starts_from=team.base_id,
            sleeps_at=team.base_id,
            visit_ids=(),
        )

    def days_kept(self, requirement: Requirement, visit: Visit) -> tuple[int, ...]:
        """List the days of the visit that keep the gap to the beneficiary's other visits."""
        others = [
            (self.key_of[other][1], max(gap, requirement.min_gap_days))
            for other, gap in self._kin.get(requirement.id, ())
            if other != visit.id and other in self.key_of
        ]
        return tuple(d for d in visit.days if all(abs(d - o) >= gap for o, gap in others))

    def with_route(self, route: Route) -> Days:
        """Give the days with this route in place of its team's; an empty one at home is none."""
        books = self._books.copy()
        before = books.routes.get((route.team_id, route.day))
        if before is not None:
            books.remove(before)
        team = self.problem.team[route.team_id]
        is_home = route.starts_from == route.sleeps_at == team.base_id and team.circuit_id is None
        if route.visit_ids or not is_home:
            books.add(route)
        other = copy(self)
        other._books = books  # noqa: SLF001  (it is one of us)
        return other

    def under(self, problem: Problem, *, changed: Collection[tuple[str, int]] = ()) -> Days:
        """
        Give the same routes under other budgets, or other shifts on the `changed` teams' days.

        What is known of the other days' routes is kept.
        """
        books = self._books.copy()
        books.problem = problem
        books.lines = {
            route: line
            for route, line in books.lines.items()
            if (route.team_id, route.day) not in changed
        }
        other = copy(self)
        other.problem = problem
        other._books = books  # noqa: SLF001  (it is one of us)
        return other

    def without_visit(self, visit_id: str) -> Days:
        """Give the days without a visit that they make."""
        route = self.routes[self.key_of[visit_id]]
        kept = tuple(v for v in route.visit_ids if v != visit_id)
        return self.with_route(replace(route, visit_ids=kept))


def with_visit_at(route: Route, visit_id: str, position: int) -> Route:
    """Give the route with one more visit, before the one that is at this position now."""
    ids = route.visit_ids
    return replace(route, visit_ids=(*ids[:position], visit_id, *ids[position:]))


def begins_s(windows: tuple[TimeWindow, ...], arrives_s: int) -> int | None:
    """Give the first moment of the windows that is not before the arrival."""
    return next((max(arrives_s, w.opens_s) for w in windows if arrives_s <= w.closes_s), None)


def line_of(problem: Problem, route: Route) -> Line:
    """Sum up a route, and find the slots between its stops."""
    team = problem.team[route.team_id]
    shift = team.shift_on(route.day)
    needs = [problem.visit[visit_id][0] for visit_id in route.visit_ids]
    places = [route.starts_from, *(need.place_id for need in needs), route.sleeps_at]
    service_s = [0, *(need.service_s for need in needs), 0]
    legs = [problem.riding_s(a, b) for a, b in pairwise(places)]
    legs_s = [0 if leg is None else leg for leg in legs]
    legs_idr = [problem.leg_idr(team, a, b) for a, b in pairwise(places)]
    day_idr = problem.day_idr(team, route.starts_from, route.sleeps_at)
    whole = Line(
        riding_s=sum(legs_s),
        service_s=sum(service_s),
        cost_idr=sum(legs_idr) + day_idr,
        slots=(),
    )
    if shift is None or None in legs:
        return whole
    windows = [need.windows_on(route.day) for need in needs]
    departs_s = [shift.starts_s]
    for i, spans in enumerate(windows):
        starts_s = begins_s(spans, departs_s[-1] + legs_s[i])
        if starts_s is None:
            return whole
        departs_s.append(starts_s + service_s[i + 1])
    latest_s = [shift.ends_s + DAY_S]
    rest_s = [0]
    for i in reversed(range(len(needs))):
        begin_s = latest_s[-1] - legs_s[i + 1] - service_s[i + 1]
        latest_s.append(
            max(
                (min(w.closes_s, begin_s) for w in windows[i] if w.opens_s <= begin_s),
                default=-1,
            )
        )
        rest_s.append(rest_s[-1] + legs_s[i + 1] + service_s[i + 1])
    latest_s.reverse()
    rest_s.reverse()
    row = problem.matrix.row
    return replace(
        whole,
        slots=tuple(
            Slot(
                from_row=row[a],
                to_row=row[b],
                direct_s=legs_s[i],
                direct_idr=legs_idr[i],
                departs_s=departs_s[i],
                latest_s=latest_s[i],
                rest_s=rest_s[i],
            )
            for i, (a, b) in enumerate(pairwise(places))
        ),
    )
