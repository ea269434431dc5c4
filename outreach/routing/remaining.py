"""What of a plan is still to be done, searched on from where everybody stands."""

from __future__ import annotations

import itertools
import math
import time
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from outreach.routing.days import Days
from outreach.routing.past import PAST
from outreach.routing.repair import broken_promise
from outreach.routing.score import routes_of
from outreach.routing.solvers import periodic_model
from outreach.routing.solvers.periodic import RUINS_PER_ITERATION
from outreach.routing.solvers.periodic_model import (
    Vehicle,
    end_nodes,
    ends_of,
    problem_model,
    vehicles_of,
)
from outreach.routing.solvers.protocol import Limit
from outreach.routing.solvers.sisr import SisrParams, anneal
from outreach.routing.solvers.sisr_model import empty_state, scratch, with_visits
from outreach.routing.solvers.trips import MOST_TRIPS, ROUNDS
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from outreach.model import DayRoute, Plan
    from outreach.routing.past import Key
    from outreach.routing.problem import Problem, Requirement, Shift, Team
    from outreach.routing.schedule import Route
    from outreach.routing.solvers.sisr_model import Ints, Model, State

    Ends = tuple[Ints, Ints]

WARM = SisrParams(hot_legs=0.5, cold_legs=0.02)
"""Cooler than a search from nothing: what is there is good, and is to be changed little."""

TRIAL = replace(WARM, n_runs=1, meet_at=())

SAME_NIGHTS = 0.4
"""Part of the search in which all sleep where they were told."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Remaining:
    """
    The days from today on, without what is done on them, and who waits to be visited.

    Past days and nights are left as they were.

    Parameters
    ----------
    problem
        Of the plan: what has begun can by it only be as it was.
    plan
        A plan that keeps its rules; the search begins with it.
    at_s
        Now.
    promised
        Team and day that a family was told, by visit id.
    promise_s
        What breaking a promise costs, where `repair.broken_promise` is 1.
    fixed
        Visits that stay with their team and day, and begin no later than in the plan.
    """

    problem: Problem
    plan: Plan
    at_s: int
    promised: Mapping[str, Key]
    promise_s: float
    fixed: frozenset[str] = frozenset()

    @property
    def today(self) -> int:
        """The day of the horizon."""
        return self.at_s // DAY_S

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """The plan's routes."""
        return routes_of(self.plan.day_routes)

    def searched(self, *, limit: Limit, seed: int) -> Iterator[tuple[Route, ...]]:
        """
        Search on, and yield whole routes: with the nights of the plan, then with any others.

        They may break rules that the search does not know.
        """
        vehicles = self.vehicles
        if not vehicles or not self.rest.requirements:
            return
        if limit.iterations is not None:
            limit = replace(limit, iterations=limit.iterations * RUINS_PER_ITERATION)
        model = self._model(vehicles)
        ends = ends_of(self.rest, vehicles, self.routes)
        others = list(self._other_ends(vehicles, ends))
        nights_to = model.vehicles["night_to"].copy()
        model.vehicles["night_to"] = model.vehicles["night_from"]
        first = self._state(model, vehicles, ends)
        part = SAME_NIGHTS if others else 1.0
        found = anneal(model, limit=limit.share(part), seed=seed, params=WARM, first=first)
        yield self._routes_of(vehicles, found)
        if others:
            began_s = time.perf_counter()
            model.vehicles["night_to"] = nights_to
            other = self._sifted(model, vehicles, [ends, *others], seed) or found
            other = found if _nights(found) == _nights(other) else other
            left = limit.share(1 - part)
            took_s = time.perf_counter() - began_s
            left = replace(left, time_s=max(left.time_s / 2, left.time_s - took_s))
            found = anneal(model, limit=left, seed=seed, params=WARM, first=other)
            yield self._routes_of(vehicles, found)

    def _routes_of(self, vehicles: Sequence[Vehicle], state: State) -> tuple[Route, ...]:
        found = {
            (r.team_id, r.day): r for r in periodic_model.routes_of(self.rest, vehicles, state)
        }
        keys = {(v.team.id, v.shift.day) for v in vehicles}
        kept = [r for r in self.routes if (r.team_id, r.day) not in keys]
        whole = (self._whole(key, found.get(key)) for key in sorted(keys))
        return (*kept, *(route for route in whole if route is not None))

    def _whole(self, key: Key, found: Route | None) -> Route | None:
        """Put what is done before what is to be done; None for a day at home."""
        before = self._route.get(key)
        if before is None or key not in self._begun:
            return found
        rest = found or replace(before, sleeps_at=self.problem.team[key[0]].base_id, visit_ids=())
        return replace(
            rest,
            starts_from=before.starts_from,
            visit_ids=(*self._done(before), *rest.visit_ids),
        )

    def _other_ends(self, vehicles: Sequence[Vehicle], ends: Ends) -> Iterator[Ends]:
        """Yield where days may start and end, each time with one team's nights changed."""
        node = end_nodes(self.rest, vehicles)
        index = {(v.team.id, v.shift.day): i for i, v in enumerate(vehicles)}
        for team in self.rest.teams:
            own = [index[team.id, s.day] for s in team.shifts if (team.id, s.day) in index]
            at_nights = [
                i for i in own if self._next(index, vehicles[i]) and self._may_sleep(vehicles[i])
            ]
            if not any(self._is_trip(r) for r in self.routes if r.team_id == team.id):
                continue
            choices = [self._may_sleep(vehicles[i]) for i in at_nights]
            if math.prod(map(len, choices)) > MOST_TRIPS:
                continue
            for places in itertools.product(*choices):
                start, end = (array.copy() for array in ends)
                for i, place in zip(at_nights, places, strict=True):
                    end[i] = node[place]
                    start[self._next(index, vehicles[i])[0]] = node[place]
                if (end != ends[1]).any():
                    yield start, end

    def _next(self, index: Mapping[Key, int], vehicle: Vehicle) -> tuple[int, ...]:
        """Give the same team's vehicle of the day after, if there is one."""
        after = index.get((vehicle.team.id, vehicle.shift.day + 1))
        return () if after is None else (after,)

    def _may_sleep(self, vehicle: Vehicle) -> tuple[str, ...]:
        """List where a team may sleep after a day; of a night at home only, nothing."""
        day, team = vehicle.shift.day, vehicle.team
        places = team.may_sleep_at(day)
        if set(places) <= {team.base_id}:
            return ()
        lodging = self.rest.lodging
        return tuple(p for p in places if p == team.base_id or day in lodging[p].nights)

    def _sifted(
        self, model: Model, vehicles: Sequence[Vehicle], ways: Sequence[Ends], seed: int
    ) -> State | None:
        """Search a little from each way to sleep, ever longer with ever fewer; None: no way."""
        states = [s for ends in ways if (s := self._begun_state(model, vehicles, ends)) is not None]
        for n_iterations, n_left in ROUNDS:
            states = [
                anneal(
                    model, limit=Limit(iterations=n_iterations), seed=seed, params=TRIAL, first=s
                )
                for s in states
            ]
            states = sorted(states, key=lambda s: float(s.total[0]))[:n_left]
        return states[0] if states else None

    def _begun_state(self, model: Model, vehicles: Sequence[Vehicle], ends: Ends) -> State | None:
        """Give the plan with other nights, without visits on their days; None: it cannot be."""
        from outreach.routing.solvers import sisr_kernel

        state = self._state(model, vehicles, ends)
        is_ridable = sisr_kernel.begin(model, state, scratch(model, (0,)))
        has_beds = bool((state.beds >= 0).all())
        is_paid = bool((state.workers["spent"] <= model.workers["budget"] + 1).all())
        return state if is_ridable and has_beds and is_paid else None

    @cached_property
    def _route(self) -> Mapping[Key, Route]:
        return {(r.team_id, r.day): r for r in self.routes}

    def _done(self, route: Route) -> tuple[str, ...]:
        """Give the visits of a day that have begun, or to which the team is on the way."""
        done = (v for v in route.visit_ids if self.problem.visit[v][0].order == PAST)
        return tuple(done)

    @cached_property
    def rest(self) -> Problem:
        """The problem of what is still to be done."""
        open_ = (r for r in self.problem.requirements if r.order != PAST)
        needs = (
            replace(r, visits=tuple(v for v in r.visits if v.days)) for r in map(self._held, open_)
        )
        return replace(
            self.problem,
            requirements=tuple(r for r in needs if r.visits),
            teams=tuple(
                replace(
                    team,
                    shifts=tuple(self._shift(team, s) for s in team.shifts if s.day >= self.today),
                )
                for team in self.problem.teams
            ),
        )

    def _held(self, requirement: Requirement) -> Requirement:
        """Hold what is fixed: with its team, on its day, no later."""
        held = [v for v in requirement.visits if v.id in self.fixed and v.id in self._begins]
        if not held:
            return requirement
        (visit, *_) = held
        key, clock_s = self._begins[visit.id]
        windows = requirement.windows_on(0)
        return replace(
            requirement,
            visits=(replace(visit, days=(key[1],)),),
            worker_ids=self.problem.team[key[0]].worker_ids,
            windows=tuple(
                replace(w, closes_s=min(w.closes_s, clock_s))
                for w in windows
                if w.opens_s <= clock_s
            ),
        )

    @cached_property
    def _begins(self) -> Mapping[str, tuple[Key, int]]:
        """Team and day of each visit, and at what time it begins, from midnight."""
        return {
            s.visit_id: ((r.team_id, r.day), s.starts_s - r.day * DAY_S)
            for r in self.plan.day_routes
            for s in r.stops
            if s.visit_id is not None
        }

    @cached_property
    def _begun(self) -> Mapping[Key, tuple[DayRoute, int]]:
        """Days on which something is done already, and how many stops of them."""
        found = {}
        for route, day in zip(self.routes, self.plan.day_routes, strict=True):
            if day.day == self.today and (done := self._done(route)):
                found[route.team_id, route.day] = day, len(done)
        return found

    def _shift(self, team: Team, shift: Shift) -> Shift:
        """Begin a day on which something is done where that ends."""
        if (team.id, shift.day) not in self._begun:
            return shift
        day, n_done = self._begun[team.id, shift.day]
        departs_s = day.stops[n_done].departs_s
        rested = {p.break_id for p in day.pauses if p.starts_s < departs_s}
        ridden_s = sum(leg.duration_s for leg in day.legs[:n_done])
        return replace(
            shift,
            starts_s=departs_s,
            max_riding_s=shift.max_riding_s - ridden_s,
            breaks=tuple(b for b in shift.breaks if b.id not in rested),
        )

    @cached_property
    def vehicles(self) -> tuple[Vehicle, ...]:
        """Who runs from now on."""
        trips = [r for r in self.routes if r.day >= self.today and self._is_trip(r)]
        return tuple(
            replace(v, starts_from=self._stands_at(v)) for v in vehicles_of(self.rest, trips)
        )

    def _is_trip(self, route: Route) -> bool:
        team = self.problem.team[route.team_id]
        return team.circuit_id is not None or {route.starts_from, route.sleeps_at} != {team.base_id}

    def _stands_at(self, vehicle: Vehicle) -> str | None:
        """Give where a team is, or slept last night; None on later days."""
        key = vehicle.team.id, vehicle.shift.day
        if key in self._begun:
            day, n_done = self._begun[key]
            return day.stops[n_done].place_id
        return self._route[key].starts_from if key[1] == self.today and key in self._route else None

    def _model(self, vehicles: Sequence[Vehicle]) -> Model:
        model = problem_model(self.rest, vehicles)
        weights, available_s = self.problem.weights, self.problem.available_s
        for i, worker_id in enumerate(sorted(self.rest.available_s)):
            seconds = available_s.get(worker_id) or float("inf")
            model.workers["unfair"][i] = weights.unfairness_s / seconds**2
        row = 0
        for c, requirement in enumerate(self.rest.requirements):
            for visit in requirement.visits:
                if visit.id in self.promised:
                    self._price(model, c, row, visit.id)
                row += 1
        return model

    def _price(self, model: Model, c: int, row: int, visit_id: str) -> None:
        """Price what breaks a promise: another day, other workers, staying out."""
        was = self.promised[visit_id]

        def price_s(becomes: Key | None) -> float:
            return self.promise_s * broken_promise(self.problem, visit_id, self.today, was, becomes)

        other_day = was[1] + 1
        for day in range(self.problem.horizon_days):
            if day != was[1]:
                model.on_day[row, day] += price_s((was[0], other_day))
        out_s = price_s(None)
        model.on_day[row, -1] += out_s
        model.customers["out"][c] += out_s
        n_visits = model.customers["visit_to"][c] - model.customers["visit_from"][c]
        for t, team in enumerate(self.problem.teams):
            # Of several visits the faces are those of all.
            model.face[c, t] += price_s((team.id, was[1])) / n_visits

    def _state(self, model: Model, vehicles: Sequence[Vehicle], ends: Ends) -> State:
        """Fill a state with the plan's visits, other than on days that begin or end elsewhere."""
        was = ends_of(self.rest, vehicles, self.routes)
        at = {
            v.id: (c, k)
            for c, r in enumerate(self.rest.requirements)
            for k, v in enumerate(r.visits)
        }
        open_ = [
            [at[v] for v in route.visit_ids if v in at]
            if (route := self._route.get((one.team.id, one.shift.day))) is not None
            and (ends[0][i], ends[1][i]) == (was[0][i], was[1][i])
            else []
            for i, one in enumerate(vehicles)
        ]
        state = with_visits(model, empty_state(model, *ends), open_)
        spent_idr, worked_s = self._past_sums()
        for i, worker_id in enumerate(sorted(self.rest.available_s)):
            state.workers["spent"][i] = spent_idr.get(worker_id, 0.0)
            state.workers["worked"][i] = worked_s.get(worker_id, 0.0)
        return state

    def _past_sums(self) -> tuple[dict[str, float], dict[str, float]]:
        """Sum up what workers have spent and worked before the search begins."""
        spent_idr: dict[str, float] = {}
        worked_s: dict[str, float] = {}

        def add(team: Team, idr: float, seconds: float) -> None:
            for worker_id in team.worker_ids:
                spent_idr[worker_id] = spent_idr.get(worker_id, 0.0) + idr
                worked_s[worker_id] = worked_s.get(worker_id, 0.0) + seconds

        days = Days(self.problem, self._route)
        keys = {(v.team.id, v.shift.day) for v in self.vehicles}
        for key, route in self._route.items():
            team = self.problem.team[key[0]]
            if key not in keys:
                line = days.line(route)
                add(team, line.cost_idr, line.riding_s + line.service_s)
            elif key in self._begun:
                day, n_done = self._begun[key]
                done = day.stops[: n_done + 1]
                idr = sum(
                    self.problem.leg_idr(team, a.place_id, b.place_id) for a, b in pairwise(done)
                )
                seconds = sum(leg.duration_s for leg in day.legs[:n_done])
                seconds += sum(s.departs_s - s.starts_s for s in done[1:])
                if not self._is_trip(route):
                    # Who begins the rest of a day elsewhere than at home is not away for that.
                    idr -= self.problem.costs.meal_idr_per_day_away
                add(team, idr, seconds)
        return spent_idr, worked_s


def _nights(state: State) -> list[int]:
    """List the nodes at which the vehicles' days end."""
    lengths = state.vehicles["length"]
    return [int(state.stops["node"][v, n + 1]) for v, n in enumerate(lengths.tolist())]
