"""Put visits that fell out of a plan back into it, so that as few promises as may be are broken."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from outreach.routing.days import with_visit_at
from outreach.routing.insertion import insert, insertion_by_day, worth_s
from outreach.routing.past import AFTER
from outreach.routing.schedule import NEVER, schedule
from outreach.routing.score import score_of
from outreach.units import DAY_S, HOUR_S, MINUTE_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from outreach.routing.days import Days
    from outreach.routing.events import Urgent
    from outreach.routing.insertion import Insertion
    from outreach.routing.past import Key, Past
    from outreach.routing.problem import Problem, Visit
    from outreach.routing.schedule import Route
    from outreach.routing.solvers.protocol import Limit

TOLD_S = 15 * MINUTE_S
"""Who is met on the day and by whom they expect, but so much sooner or later, must be told."""

_CALL_S = 10 * MINUTE_S
_MOST_OUSTED = 2
_MOST_TRIED = 120
_SOONER_S = 30 * MINUTE_S
_OTHER_WORKER = 0.5
_FELL_OUT = 2.0
_APPOINTED = 2.0

Rank = tuple[int, int, int, float, int, int]


def broken_promise(
    problem: Problem, visit_id: str, today: int, was: Key | None, becomes: Key | None
) -> float:
    """
    Weigh what was promised and what becomes of it: 1 for a visit of today on another day.

    One of tomorrow weighs half as much, of the day after a third: there is time to tell. Other
    workers on the same day weigh half, a visit that falls out twice as much as one that is moved,
    and all of it twice where somebody was surely told: of a pinned visit or by an appointment
    with a partner. The numbers are ours; what matters is their order.
    """
    if was is None or was == becomes:
        return 0.0
    requirement, visit = problem.visit[visit_id]
    weight = _APPOINTED if visit.is_pinned or requirement.kind == "partner" else 1.0
    weight /= 1 + max(0, was[1] - today)
    if becomes is None:
        return _FELL_OUT * weight
    if was[1] != becomes[1]:
        return weight
    is_same = set(problem.team[was[0]].worker_ids) == set(problem.team[becomes[0]].worker_ids)
    return 0.0 if is_same else _OTHER_WORKER * weight


def _route_of(days: Days, insertion: Insertion) -> Route:
    route = days.route(insertion.team, insertion.day)
    if route is None:
        raise ValueError(f"{insertion.team.id} has no route on day {insertion.day}")
    return route


def starts_of(days: Days, visit_id: str) -> int | None:
    """Give when a visit that is made begins; None where its day cannot be timed."""
    route = days.routes[days.key_of[visit_id]]
    shift = days.problem.team[route.team_id].shift_on(route.day)
    if shift is None:
        return None
    timed = schedule(days.problem, shift, route.starts_from, route.sleeps_at, route.visit_ids)
    if timed is None:
        return None
    return next(one.starts_s for one in timed.visits if one.visit_id == visit_id)


@dataclass(frozen=True, kw_only=True, eq=False)
class Repair:
    """
    Changes days as little as it can.

    Parameters
    ----------
    promised
        Team and day of each visit in the plan before, by visit id.
    begins_s
        When each of them was to begin.
    pressing
        The urgent cases, by visit id.
    limit
        When no more are ousted; an iteration is a set of visits that is tried.
    focus, barred
        Team-days into which these visits may not be put.
    """

    past: Past
    promised: Mapping[str, Key]
    begins_s: Mapping[str, int]
    pressing: Mapping[str, Urgent]
    limit: Limit
    focus: frozenset[str] = frozenset()
    barred: frozenset[Key] = frozenset()
    _began_s: float = field(default_factory=time.perf_counter)

    def put_in(self, days: Days, visit_ids: Iterable[str]) -> Days:
        """
        Put visits in that were promised or are urgent, the weightiest first.

        One that finds no place, or none by its deadline, may oust up to two others from a day,
        where less is broken by moving these; one that is at once also where it begins half an
        hour sooner so.
        """
        for visit_id in self._in_turn(days.problem, visit_ids):
            placed = self._placed(days, visit_id)
            if placed is None or visit_id in self._at_once or self._is_late(placed, visit_id):
                placed = self._ousting(days, visit_id, days if placed is None else placed)
            days = placed
        return days

    def fill(self, days: Days, visit_ids: Iterable[str]) -> Days:
        """Put visits in that nobody was promised, where they fit and are worth their price."""
        weights = days.problem.weights
        for visit_id in self._in_turn(days.problem, visit_ids):
            requirement, visit = days.problem.visit[visit_id]
            found = self._best(days, visit_id)
            if found is not None and found.price_s < worth_s(weights, requirement, visit):
                days = insert(days, found, visit)
        return days

    def rank(self, days: Days) -> Rank:
        """
        Give what is to be small.

        These are pins broken, deadlines missed, the half hours until what is at once begins,
        promises broken, the same in seconds, and the score.
        """
        problem, made, score = days.problem, days.key_of, score_of(days)
        weights = problem.weights
        broken = sum(
            broken_promise(problem, visit_id, self.past.today, was, made.get(visit_id))
            for visit_id, was in self.promised.items()
            if visit_id in problem.visit
        )
        soon_s = sum(self._begins_s(days, case) for case in self._at_once.values())
        return (
            score.broken_promises_s // max(1, weights.broken_promise_s),
            score.missed_deadlines_s // max(1, weights.missed_deadline_s)
            + sum(self._is_too_late(days, visit_id) for visit_id in self.pressing),
            self._soon(days),
            round(broken, 9),
            soon_s,
            score.total_s,
        )

    @cached_property
    def _at_once(self) -> Mapping[str, Urgent]:
        return {visit_id: case for visit_id, case in self.pressing.items() if case.is_at_once}

    def _soon(self, days: Days) -> int:
        """Count the half hours until what is at once begins."""
        return sum(self._begins_s(days, case) // _SOONER_S for case in self._at_once.values())

    def _in_turn(self, problem: Problem, visit_ids: Iterable[str]) -> list[str]:
        worth = {v: worth_s(problem.weights, *problem.visit[v]) for v in visit_ids}
        return sorted(worth, key=lambda v: (v not in self.pressing, -worth[v], v))

    def _is_late(self, days: Days, visit_id: str) -> bool:
        deadline = days.problem.visit[visit_id][1].deadline_day
        is_late = deadline is not None and days.key_of[visit_id][1] > deadline
        return is_late or self._is_too_late(days, visit_id)

    def _is_too_late(self, days: Days, visit_id: str) -> bool:
        """Whether an urgent visit begins on the day of its deadline, but after it."""
        case, key = self.pressing.get(visit_id), days.key_of.get(visit_id)
        if case is None or case.deadline_s is None or key is None:
            return False
        if key[1] != case.deadline_s // DAY_S:
            return False
        starts_s = starts_of(days, visit_id)
        return starts_s is None or starts_s > case.deadline_s

    def _begins_s(self, days: Days, case: Urgent) -> int:
        visit_id = case.requirement.visits[0].id
        starts_s = starts_of(days, visit_id) if visit_id in days.key_of else None
        return days.problem.horizon_days * DAY_S if starts_s is None else starts_s

    def _placed(
        self, days: Days, visit_id: str, only: Key | None = None, *, but: Key | None = None
    ) -> Days | None:
        found = self._best(days, visit_id, only, but)
        return None if found is None else insert(days, found, days.problem.visit[visit_id][1])

    def _best(
        self, days: Days, visit_id: str, only: Key | None = None, but: Key | None = None
    ) -> Insertion | None:
        """Find where the visit fits: in time, near what was promised, then at the least price."""
        requirement, visit = days.problem.visit[visit_id]
        asked = requirement if requirement.order else replace(requirement, order=AFTER)
        keys = self._open - self.barred if visit_id in self.focus else self._open
        found = insertion_by_day(
            days,
            asked,
            visit,
            team_days=keys - {but} if only is None else keys & {only},
            most_short_s=0,
        )
        fitting = [
            i
            for key, i in found.items()
            if i.fits
            and i.position >= self.past.n_frozen.get(key, 0)
            and self._is_open(days, with_visit_at(_route_of(days, i), visit_id, i.position))
        ]
        case = self.pressing.get(visit_id)
        if case is not None:
            return self._soonest(days, visit, case, fitting)
        best = min(fitting, default=None, key=lambda i: self._price(days, visit, i))
        if best is None or requirement.order:
            return best
        return self._settled(days, best, visit)[0]

    def _price(self, days: Days, visit: Visit, i: Insertion) -> tuple[bool, float, float, int, str]:
        was, today = self.promised.get(visit.id), self.past.today
        return (
            visit.deadline_day is not None and i.day > visit.deadline_day,
            broken_promise(days.problem, visit.id, today, was, (i.team.id, i.day)),
            i.price_s,
            i.day,
            i.team.id,
        )

    def _soonest(
        self, days: Days, visit: Visit, case: Urgent, fitting: Iterable[Insertion]
    ) -> Insertion | None:
        """Find where an urgent visit is in time, and of what is at once where it begins first."""

        def rank(
            one: tuple[Insertion, int],
        ) -> tuple[bool, int, tuple[bool, float, float, int, str]]:
            insertion, starts_s = one
            price = self._price(days, visit, insertion)
            is_late = price[0] or (case.deadline_s is not None and starts_s > case.deadline_s)
            return is_late, starts_s if case.is_at_once and not is_late else 0, price

        settled = (self._settled(days, i, visit, case) for i in fitting)
        return min(settled, default=(None, 0), key=rank)[0]

    def _settled(
        self, days: Days, found: Insertion, visit: Visit, case: Urgent | None = None
    ) -> tuple[Insertion, int]:
        """
        Look for a place in the same day at which fewer others come sooner or later.

        One that is urgent is in time before that, or as early as can be.

        Returns
        -------
        insertion, starts_s
            The place, and when the visit begins there.
        """
        problem, team = days.problem, found.team
        route, shift = days.route(team, found.day), team.shift_on(found.day)
        if route is None or shift is None:
            return found, NEVER
        ends = route.starts_from, route.sleeps_at
        budget = problem.budget_idr
        room_idr = min(
            (budget[w] - days.spent_idr(w) for w in team.worker_ids if w in budget),
            default=math.inf,
        )
        ranks: list[tuple[bool, int, float, int, int]] = []
        first = self.past.n_frozen.get((team.id, found.day), 0)
        for position in range(first, len(route.visit_ids) + 1):
            trial = with_visit_at(route, visit.id, position)
            timed = schedule(problem, shift, *ends, trial.visit_ids)
            line = days.line(trial)
            cost_idr = line.cost_idr - days.line(route).cost_idr
            if timed is None or cost_idr > room_idr or not self._is_open(days, trial):
                continue
            n_told = sum(
                abs(one.starts_s - self.begins_s[one.visit_id]) >= TOLD_S
                for one in timed.visits
                if one.visit_id in self.begins_s and one.visit_id != visit.id
            )
            money_s = cost_idr * HOUR_S / problem.weights.idr_per_hour
            price_s = len(team.worker_ids) * (line.riding_s + money_s) + n_told * _CALL_S
            starts_s = timed.visits[position].starts_s
            is_late = (
                case is not None and case.deadline_s is not None and starts_s > case.deadline_s
            )
            soon_s = starts_s if case is not None and case.is_at_once else 0
            ranks.append((is_late, soon_s, price_s, position, starts_s))
        if not ranks:
            return found, NEVER
        position, starts_s = min(ranks)[3:]
        return replace(found, position=position), starts_s

    def _is_open(self, days: Days, route: Route) -> bool:
        """Whether what is still to be ridden of a route has no way that is lost."""
        if not self.past.lost:
            return True
        n_frozen = self.past.n_frozen.get((route.team_id, route.day), 0)
        places = [days.problem.visit[v][0].place_id for v in route.visit_ids]
        ways = pairwise([route.starts_from, *places, route.sleeps_at][n_frozen:])
        return self.past.lost.isdisjoint(ways)

    @cached_property
    def _open(self) -> frozenset[Key]:
        """The team-days of which something is still to come."""
        return frozenset(
            (team.id, shift.day)
            for team in self.past.problem.teams
            for shift in team.shifts
            if shift.day >= self.past.today and (team.id, shift.day) not in self.past.closed
        )

    def _ousting(self, days: Days, visit_id: str, otherwise: Days) -> Days:
        """Give the best days in which the visit ousts others, or what is there otherwise."""
        best, best_rank = otherwise, self.rank(otherwise)
        visit = days.problem.visit[visit_id][1]
        is_pressing = visit.is_pinned or visit.deadline_day is not None
        n_tried = 0
        sizes: list[int | None] = list(range(1, 1 + (_MOST_OUSTED if is_pressing else 1)))
        # What is at once may clear a day; what finds its place again is put back.
        for n_ousted in [*sizes, None] if visit_id in self._at_once else sizes:
            for key, ousted in self._ousted(days, visit_id, n_ousted):
                if self._is_spent(visit_id, n_tried):
                    return best
                n_tried += 1
                trial = days
                for other in ousted:
                    trial = trial.without_visit(other)
                if key in trial.routes and not self._is_open(days, trial.routes[key]):
                    continue
                placed = self._placed(trial, visit_id, key)
                if placed is None:
                    continue
                for other in self._in_turn(days.problem, ousted):
                    placed = self._put_back(placed, other, key)
                if (rank := self.rank(placed)) < best_rank:
                    best, best_rank = placed, rank
            if best is not otherwise and visit_id not in self._at_once:
                break
        return best

    def _put_back(self, days: Days, visit_id: str, key: Key) -> Days:
        """Put what was ousted from a day back, on another where else what is at once must wait."""
        placed = self._placed(days, visit_id)
        if placed is not None and self._soon(placed) > self._soon(days):
            placed = self._placed(days, visit_id, but=key)
        return placed or days

    def _ousted(
        self, days: Days, visit_id: str, n_ousted: int | None
    ) -> Iterator[tuple[Key, tuple[str, ...]]]:
        """
        Yield sets of visits that may make room, of the days on which the visit is in time.

        None: all that a day still has.
        """
        problem = days.problem
        requirement, visit = problem.visit[visit_id]
        last = problem.horizon_days if visit.deadline_day is None else visit.deadline_day
        keys = self._open - self.barred if visit_id in self.focus else self._open
        for key in sorted(keys, key=lambda k: (k[1], k[0])):
            route = days.routes.get(key)
            if route is None or key[1] > last or key[1] not in visit.days:
                continue
            if not problem.may_serve(problem.team[key[0]], requirement):
                continue
            may_go = [
                v
                for v in route.visit_ids[self.past.n_frozen.get(key, 0) :]
                if not problem.visit[v][1].is_pinned and v not in self.focus
            ]
            for ousted in combinations(may_go, len(may_go) if n_ousted is None else n_ousted):
                yield key, ousted

    def _is_spent(self, visit_id: str, n_tried: int) -> bool:
        if visit_id in self.pressing:
            # Whoever calls about a child gets the same answer on a slow machine.
            return n_tried >= (self.limit.iterations or _MOST_TRIED)
        if self.limit.iterations is not None:
            return n_tried >= self.limit.iterations
        return time.perf_counter() - self._began_s > self.limit.time_s
