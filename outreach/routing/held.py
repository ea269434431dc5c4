"""What of a plan can be held as it is: days, teams, orders and nights that break no rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise
from math import comb
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.routing.schedule import schedule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from outreach.model import DayRoute, Plan
    from outreach.routing.problem import Problem, Shift, Team

_ROUNDING_IDR = 1


@dataclass(slots=True, kw_only=True)
class HeldDay:
    """
    A team's day as it is held so far.

    `sleeps_at` is only supposed where `has_night` is False: the plan's night cannot be held.
    """

    team: Team
    shift: Shift
    visit_ids: list[str]
    starts_from: str
    sleeps_at: str
    has_night: bool = True

    @property
    def day(self) -> int:
        """The day of the horizon."""
        return self.shift.day


@dataclass(slots=True)
class Holding:
    """
    Takes a plan in, and lets go what breaks a rule, as little as it can.

    Times are not looked at: they are worked out again. Where one of several visits must be let
    go, `doubted` ones are rather than others, and `moved` ones, changed by hand, after all others.
    Up to `most_tried` sets of as many visits are tried, then one is let go after the other.
    """

    problem: Problem
    doubted: Collection[str] = ()
    moved: Collection[str] = ()
    days: dict[tuple[str, int], HeldDay] = field(default_factory=dict)
    released: list[Message] = field(default_factory=list)
    most_tried: int = 3_000

    def hold(self, plan: Plan) -> None:
        """Hold what can be held of a plan."""
        busy: dict[tuple[str, int], str] = {}
        for route in sorted(plan.day_routes, key=self._turn):
            self._take_in(route, busy)
        self._drop_doubles()
        self._keep_gaps()
        self._keep_orders()
        self._settle_nights()
        for held in self.days.values():
            self._fit(held)
        self._forget_empty_trips()
        self._keep_budgets()
        self._forget_empty_trips()

    def _turn(self, route: DayRoute) -> tuple[int, int, int, str]:
        """Give the turn of a route: of a day's, those first with most that can be held by hand."""
        team = self._team(route)
        visit_ids = {stop.visit_id for stop in route.stops} & set(self.moved)
        n_moved = (
            sum(self._why_not(team, route.day, v) is None for v in visit_ids if v is not None)
            if team is not None and team.shift_on(route.day) is not None
            else 0
        )
        return route.day, -n_moved, -len(route.stops), route.team_id

    def _take_in(self, route: DayRoute, busy: dict[tuple[str, int], str]) -> None:
        """Take a route in, without the visits that this team may not make on this day."""
        visit_ids = [stop.visit_id for stop in route.stops if stop.visit_id is not None]
        team = self._team(route)
        shift = None if team is None else team.shift_on(route.day)
        if team is None or shift is None:
            for visit_id in visit_ids:
                self._release(
                    visit_id,
                    route.day,
                    Message(
                        "%(visit)s is not held on day %(day)d: %(team)s does not work then",
                        {"team": route.team_id},
                    ),
                )
            return
        taken = {w for w in team.worker_ids if (w, route.day) in busy}
        if taken:
            for visit_id in visit_ids:
                self._release(
                    visit_id,
                    route.day,
                    Message(
                        "%(visit)s is not held on day %(day)d: %(workers)s would be on two routes",
                        {"workers": ", ".join(sorted(taken))},
                    ),
                )
            return
        busy |= {(w, route.day): team.id for w in team.worker_ids}
        self.days[team.id, route.day] = HeldDay(
            team=team,
            shift=shift,
            visit_ids=[v for v in visit_ids if self._may_make(team, route.day, v)],
            starts_from=team.base_id,
            sleeps_at=route.sleeps_at,
        )

    def _team(self, route: DayRoute) -> Team | None:
        """Find the team by its id, or by its workers where it was formed under another."""
        found = self.problem.team.get(route.team_id)
        if found is not None:
            return found
        workers = tuple(sorted(route.worker_ids))
        alike = (t for t in self.problem.teams if t.worker_ids == workers)
        return next((t for t in alike if t.shift_on(route.day) is not None), None)

    def _may_make(self, team: Team, day: int, visit_id: str) -> bool:
        why = self._why_not(team, day, visit_id)
        if why is not None:
            self._release(visit_id, day, why)
        return why is None

    def _why_not(self, team: Team, day: int, visit_id: str) -> Message | None:
        if visit_id not in self.problem.visit:
            return Message("%(visit)s is not held: no such visit is required")
        requirement, visit = self.problem.visit[visit_id]
        if day not in visit.days:
            return Message("%(visit)s is not held: it may not be made on day %(day)d")
        if not self.problem.may_serve(team, requirement):
            return Message(
                "%(visit)s is not held on day %(day)d: %(team)s is not the team for it, by"
                " circuit, pins, number or skills",
                {"team": team.id},
            )
        return None

    def _drop_doubles(self) -> None:
        seen: set[str] = set()
        for held in self._in_order():
            for visit_id in list(held.visit_ids):
                if visit_id in seen:
                    held.visit_ids.remove(visit_id)
                    self._release(
                        visit_id,
                        held.day,
                        Message("%(visit)s is not held a second time, on day %(day)d"),
                    )
                seen.add(visit_id)

    def _keep_gaps(self) -> None:
        """Keep of each beneficiary's visits as many as lie far enough apart."""
        made: dict[str, list[tuple[tuple[bool, bool], int, str, HeldDay]]] = defaultdict(list)
        for held in self._in_order():
            for visit_id in held.visit_ids:
                requirement, visit = self.problem.visit[visit_id]
                turn = not visit.is_pinned, visit_id not in self.moved
                made[requirement.id].append((turn, held.day, visit_id, held))
        for visits in made.values():
            kept: list[int] = []
            for _, day, visit_id, held in sorted(visits, key=lambda v: v[:3]):
                gap_days = self.problem.visit[visit_id][0].min_gap_days
                if all(abs(day - other) >= gap_days for other in kept):
                    kept.append(day)
                    continue
                held.visit_ids.remove(visit_id)
                self._release(
                    visit_id,
                    day,
                    Message(
                        "%(visit)s is not held on day %(day)d: too near another visit, %(gap)d"
                        " days must lie between",
                        {"gap": gap_days},
                    ),
                )

    def _keep_orders(self) -> None:
        """Let go what comes after a visit that must follow it, by the pins, or what was there."""
        for held in self._in_order():
            at = {visit_id: i for i, visit_id in enumerate(held.visit_ids)}
            kept: dict[str, list[tuple[int, int]]] = defaultdict(list)
            for visit_id in sorted(at, key=lambda v: (v not in self.moved, at[v])):
                order = self.problem.visit[visit_id][0].order
                if order is None:
                    continue
                if any(
                    (at[visit_id] - other_at) * (order.rank - rank) < 0
                    for other_at, rank in kept[order.group]
                ):
                    held.visit_ids.remove(visit_id)
                    self._release(
                        visit_id,
                        held.day,
                        Message(
                            "%(visit)s is not held at this place of day %(day)d: the pins ask for"
                            " another order"
                        ),
                    )
                else:
                    kept[order.group].append((at[visit_id], order.rank))

    def _settle_nights(self) -> None:
        """Find where each day begins and ends; let go nights that cannot be slept as planned."""
        sleepers: Counter[tuple[str, int]] = Counter()
        for held in self._in_order():
            before = self.days.get((held.team.id, held.day - 1))
            held.starts_from = held.team.base_id if before is None else before.sleeps_at
            if not self._may_sleep(held, held.sleeps_at, sleepers) or not self._can_be_made(
                held, ()
            ):
                self._release_night(held, self._other_night(held, sleepers))
            if held.sleeps_at != held.team.base_id:
                sleepers[held.sleeps_at, held.day] += len(held.team.worker_ids)

    def _may_sleep(self, held: HeldDay, place_id: str, sleepers: Counter[tuple[str, int]]) -> bool:
        team, day = held.team, held.day
        if place_id not in team.may_sleep_at(day):
            return False
        if place_id == team.base_id:
            return True
        lodging = self.problem.lodging[place_id]
        goes_on = (
            team.shift_on(day + 1) is not None
            if team.circuit_id is not None
            else (team.id, day + 1) in self.days
        )
        has_bed = sleepers[place_id, day] + len(team.worker_ids) <= lodging.beds
        return goes_on and has_bed and day in lodging.nights

    def _other_night(self, held: HeldDay, sleepers: Counter[tuple[str, int]]) -> str:
        """Find another place for a night: where most visits of the days around it can be made."""
        base_id, allowed = held.team.base_id, held.team.may_sleep_at(held.day)
        after = self.days.get((held.team.id, held.day + 1))
        last = self._places(held)[-2]

        def rank(place_id: str) -> tuple[int, bool, float, str]:
            n_made = len(self._longest(replace(held, sleeps_at=place_id)))
            if after is not None:
                n_made += len(self._longest(replace(after, starts_from=place_id)))
            riding_s = self.problem.riding_s(last, place_id) or 0
            return -n_made, place_id != base_id, riding_s, place_id

        open_ids = [
            i for i in allowed if i != held.sleeps_at and self._may_sleep(held, i, sleepers)
        ]
        return min(open_ids or allowed or (base_id,), key=rank)

    def _release_night(self, held: HeldDay, other_id: str) -> None:
        planned = held.sleeps_at
        held.sleeps_at, held.has_night = other_id, False
        self.released.append(
            Message(
                "%(team)s, day %(day)d: the night at %(place)s is not held: not open, full, too"
                " far, not theirs to sleep at, or without a day after it",
                {"team": held.team.id, "day": held.day + 1, "place": planned},
            )
        )

    def _fit(self, held: HeldDay) -> None:
        """Let go of as few visits as possible, so that the others can be made in their order."""
        kept = self._longest(held)
        for visit_id in [v for v in held.visit_ids if v not in kept]:
            self._release(visit_id, held.day, self._why_unfit(held, kept, visit_id))
        held.visit_ids = [v for v in held.visit_ids if v in kept]

    def _why_unfit(self, held: HeldDay, kept: Collection[str], visit_id: str) -> Message:
        by_hand = [v for v in kept if v in self.moved]
        others = [v for v in held.visit_ids if v == visit_id or (v in kept and v not in by_hand)]
        if by_hand and visit_id not in self.moved and self._can_be_made(held, others):
            return Message(
                "%(visit)s is not held on day %(day)d: it makes room for %(moved)s, moved by hand",
                {"moved": ", ".join(by_hand)},
            )
        return Message(
            "%(visit)s is not held on day %(day)d: in this order it breaks a window, a break, the"
            " shift or the riding limit of %(team)s",
            {"team": held.team.id},
        )

    def _longest(self, held: HeldDay) -> Collection[str]:
        """Find most of what can be made in its order; what was moved by hand comes first."""
        if self._can_be_made(held, held.visit_ids):
            return held.visit_ids
        by_hand = [v for v in held.visit_ids if v in self.moved]
        first = self._most_of(held, by_hand, ()) if by_hand else ()
        return self._most_of(held, [v for v in held.visit_ids if v not in self.moved], first)

    def _most_of(
        self, held: HeldDay, visit_ids: Collection[str], besides: Collection[str]
    ) -> Collection[str]:
        """Find most of some visits that can be made besides others."""
        cheap_first = sorted(visit_ids, key=self._value)
        for n_dropped in range(len(cheap_first)):
            if comb(len(cheap_first), n_dropped) > self.most_tried:
                break
            for dropped in combinations(cheap_first, n_dropped):
                wanted = {*besides, *visit_ids} - {*dropped}
                kept = [v for v in held.visit_ids if v in wanted]
                if self._can_be_made(held, kept):
                    return kept
        return self._thinned(held, cheap_first, besides)

    def _thinned(
        self, held: HeldDay, cheap_first: Sequence[str], besides: Collection[str]
    ) -> Collection[str]:
        """Let go the visit that saves most for its weight, until the others can be made."""
        left = [*cheap_first]
        while left:
            wanted = {*besides, *left}
            kept = [v for v in held.visit_ids if v in wanted]
            if self._can_be_made(held, kept):
                break
            left.remove(max(left, key=lambda v: self._relief(held, kept, v)))
        for visit_id in [v for v in reversed(cheap_first) if v not in left]:
            wanted = {*besides, *left, visit_id}
            if self._can_be_made(held, [v for v in held.visit_ids if v in wanted]):
                left.append(visit_id)
        return [v for v in held.visit_ids if v in {*besides, *left}]

    def _relief(self, held: HeldDay, kept: Sequence[str], visit_id: str) -> tuple[bool, float]:
        """Give the seconds that a day is shorter without a visit, by the visit's weight."""
        at = kept.index(visit_id)
        places = self._places(held, kept)
        before, here, after = places[at : at + 3]
        there_s, on_s = self.problem.riding_s(before, here), self.problem.riding_s(here, after)
        past_s = self.problem.riding_s(before, after)
        if there_s is None or on_s is None or past_s is None:
            return past_s is not None, 0.0
        requirement, visit = self.problem.visit[visit_id]
        saved_s = there_s + on_s - past_s + requirement.service_s
        weight = max(1, self.problem.weights.unserved(requirement, visit))
        return visit_id in self.doubted, saved_s / weight

    def _can_be_made(self, held: HeldDay, visit_ids: Sequence[str]) -> bool:
        ends = held.starts_from, held.sleeps_at
        return schedule(self.problem, held.shift, *ends, visit_ids) is not None

    def _value(self, visit_id: str) -> tuple[bool, int, str]:
        requirement, visit = self.problem.visit[visit_id]
        weight = self.problem.weights.unserved(requirement, visit)
        return visit_id not in self.doubted, weight, visit_id

    def _keep_budgets(self) -> None:
        """Let go visits, those first that save most for their weight, until the money suffices."""
        for worker_id, budget_idr in sorted(self.problem.budget_idr.items()):
            while self._spent_idr(worker_id) > budget_idr + _ROUNDING_IDR:
                held, visit_id = max(
                    self._savings(worker_id), key=lambda s: s[0], default=(None, None, None)
                )[1:]
                if held is None or visit_id is None:
                    break
                held.visit_ids.remove(visit_id)
                self._release(
                    visit_id,
                    held.day,
                    Message(
                        "%(visit)s is not held on day %(day)d: the money of %(worker)s does not"
                        " suffice",
                        {"worker": worker_id},
                    ),
                )

    def _forget_empty_trips(self) -> None:
        """Leave days free again on which nothing is held, nights away and all."""
        trip: list[HeldDay] = []
        for held in sorted(self.days.values(), key=lambda h: (h.team.id, h.day)):
            if held.starts_from == held.team.base_id:
                trip = []
            trip.append(held)
            if held.sleeps_at == held.team.base_id and not any(h.visit_ids for h in trip):
                for empty in trip:
                    del self.days[empty.team.id, empty.day]

    def _savings(
        self, worker_id: str
    ) -> Iterator[tuple[tuple[bool, float, bool, str], HeldDay, str]]:
        for held in self._in_order():
            if worker_id not in held.team.worker_ids:
                continue
            cost_idr = self._cost_idr(held, held.visit_ids)
            for visit_id in held.visit_ids:
                fewer = [v for v in held.visit_ids if v != visit_id]
                saved_idr = cost_idr - self._cost_idr(held, fewer)
                weight = self.problem.weights.unserved(*self.problem.visit[visit_id])
                is_unmoved = visit_id not in self.moved
                rank = saved_idr > 0 and is_unmoved, saved_idr / max(weight, 1), is_unmoved
                yield (*rank, visit_id), held, visit_id

    def _spent_idr(self, worker_id: str) -> float:
        days = (h for h in self.days.values() if worker_id in h.team.worker_ids)
        return sum(self._cost_idr(held, held.visit_ids) for held in days)

    def _cost_idr(self, held: HeldDay, visit_ids: Iterable[str]) -> float:
        stops = self._places(held, visit_ids)
        if set(stops) == {held.team.base_id}:
            return 0.0
        legs_idr = sum(self.problem.leg_idr(held.team, a, b) for a, b in pairwise(stops))
        return legs_idr + self.problem.day_idr(held.team, held.starts_from, held.sleeps_at)

    def _places(self, held: HeldDay, visit_ids: Iterable[str] | None = None) -> list[str]:
        ids = held.visit_ids if visit_ids is None else visit_ids
        places = (self.problem.visit[v][0].place_id for v in ids)
        return [held.starts_from, *places, held.sleeps_at]

    def _in_order(self) -> list[HeldDay]:
        return sorted(self.days.values(), key=lambda h: (h.day, h.team.id))

    def _release(self, visit_id: str, day: int, why: Message) -> None:
        named = {"visit": visit_id, "day": day + 1, **why.values}
        self.released.append(Message(why.template, named))
