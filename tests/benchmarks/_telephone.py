"""A week of the demo, and what is told by telephone while it runs, by chance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from outreach.ground import read_ground
from outreach.lineage import Happening
from outreach.pipeline import find_plan, places_of, prepare_network, prepare_problem
from outreach.routing.assemble import Tables
from outreach.routing.closures import around, closed
from outreach.routing.matrix import default_engine, travel_matrix
from outreach.routing.matrix_growth import with_places
from outreach.routing.snap import snap
from outreach.routing.trace import trace
from outreach.units import DAY_S, HOUR_S, MINUTE_S

if TYPE_CHECKING:
    import random

    import geopandas as gpd
    from numpy.typing import NDArray

    from outreach.config import Config
    from outreach.ground import Ground
    from outreach.model import Plan
    from outreach.routing.engines.protocol import Engine
    from outreach.routing.problem import Problem, Requirement
    from outreach.routing.road_network import RoadNetwork
    from outreach.routing.snap import Snapped

N_CASES = 250
NEW = "urgent, new place"
KINDS = ("urgent", NEW, "absent", "late", "cancelled", "lodging_full", "road_closed", "season")

_FROM_S, _TO_S = 7 * HOUR_S, 16 * HOUR_S
_WORKING_DAYS = 5
_WITHIN_DAYS = (0, 1, 2, 5)
"""How soon an urgent case is to be met: today, in 24 hours, in two and in five days."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Week:
    """
    A week that is planned, and what stands beside the telephone.

    `full` holds all cases of the demo, of whom some are not in `problem`: the new ones; `homes`
    are where all live. `ways` are the lines of the plan's rides, longitude and latitude.
    """

    config: Config
    problem: Problem
    dormant: tuple[Requirement, ...]
    plan: Plan
    full: Problem
    homes: gpd.GeoDataFrame
    network: RoadNetwork
    engine: Engine
    snapped: Snapped
    ways: tuple[NDArray[np.float64], ...]

    @classmethod
    def planned(cls, config: Config, seed: int) -> Week:
        """Plan a week of some of the cases, the circuit's children among them."""
        network = prepare_network(config)
        ground = read_ground(config)
        fewer = _fewer(ground, seed)
        prepared = prepare_problem(config, fewer, network)
        plan = find_plan(config, prepared)
        matrix = prepared.problem.matrix
        # As in a session that has just made the plan.
        _ = matrix.distance_m, matrix.n_ferries
        legs = trace(plan, network, snap=config.snap).legs
        return cls(
            config=config,
            problem=prepared.problem,
            dormant=prepared.dormant,
            plan=plan,
            full=prepare_problem(config, ground, network).problem,
            homes=places_of(Tables.of(ground.layers)),
            network=network,
            engine=default_engine(network, cache_dir=config.cache),
            snapped=snap(places_of(Tables.of(fewer.layers)), network, params=config.snap),
            ways=tuple(np.asarray(line.coords) for line in legs.geometry),
        )

    def drawn(self, kind: str, rng: random.Random) -> Happening:
        """Let something of a kind happen, in a working hour."""
        day = rng.randrange(_WORKING_DAYS)
        at_s = day * DAY_S + rng.randrange(_FROM_S, _TO_S)
        workers = sorted(self.problem.available_s)
        if kind in {"urgent", NEW}:
            within = rng.choice(_WITHIN_DAYS)
            return Happening(
                kind="urgent",
                at_s=at_s,
                id=rng.choice(self._new if kind == NEW else self._known),
                deadline_s=(day + 1) * DAY_S - 1 if not within else at_s + within * DAY_S,
            )
        if kind == "absent":
            first = rng.choice((day, min(day + 1, _WORKING_DAYS - 1)))
            return Happening(
                kind="absent",
                at_s=at_s,
                id=rng.choice(workers),
                from_s=max(at_s, first * DAY_S),
                to_s=(first + rng.choice((1, 2))) * DAY_S,
            )
        if kind == "late":
            delay_s = rng.choice((15, 45, 90)) * MINUTE_S
            return Happening(kind="late", at_s=at_s, id=rng.choice(workers), delay_s=delay_s)
        return self._drawn_of_plan(kind, rng, at_s)

    def _drawn_of_plan(self, kind: str, rng: random.Random, at_s: int) -> Happening:
        if kind == "cancelled":
            at_s = at_s if self._to_come(at_s) else 0
            visit_id, who = rng.choice(self._to_come(at_s))
            return Happening(kind="cancelled", at_s=at_s, id=who, visit_id=visit_id)
        if kind == "lodging_full":
            lodging_id, night = rng.choice(self._nights)
            at_s = rng.randrange(night + 1) * DAY_S + at_s % DAY_S
            return Happening(kind="lodging_full", at_s=at_s, id=lodging_id, day=night)
        if kind == "season":
            return Happening(kind="season", at_s=at_s, season="wet")
        return Happening(kind="road_closed", at_s=at_s, area_wkt=self._flooded(rng))

    @property
    def _known(self) -> list[str]:
        return sorted({r.id for r in self.problem.requirements if r.kind == "visit"})

    @property
    def _new(self) -> list[str]:
        known = {*self._known, *(r.id for r in self.dormant)}
        return sorted({r.id for r in self.full.requirements if r.kind == "visit"} - known)

    @property
    def _nights(self) -> list[tuple[str, int]]:
        lodgings = self.problem.lodging
        return [(r.sleeps_at, r.day) for r in self.plan.day_routes if r.sleeps_at in lodgings]

    def _to_come(self, at_s: int) -> list[tuple[str, str]]:
        return [
            (s.visit_id, s.beneficiary_id)
            for route in self.plan.day_routes
            for s in route.stops
            if s.visit_id is not None and s.beneficiary_id is not None and s.starts_s > at_s
        ]

    def _flooded(self, rng: random.Random) -> str:
        """Flood a spot on the way of somebody, not at a door."""
        while True:
            way = rng.choice(self.ways)
            # At both ends are the place, and the walk to the road.
            if len(way) > 6:
                lon, lat = way[rng.randrange(2, len(way) - 2)]
                return str(around(float(lon), float(lat)).wkt)

    def problem_after(self, told: Happening) -> tuple[Problem, tuple[Requirement, ...]]:
        """Give the plain problem as it is now, and who may be urgent beside those in it."""
        if told.kind == "urgent" and told.id not in self.problem.place:
            return self._with_new(told.id)
        if told.kind not in {"road_closed", "season"}:
            return self.problem, self.dormant
        network = self.network
        if told.area_wkt is not None:
            import shapely

            network = closed(network, [shapely.from_wkt(told.area_wkt)])
        matrix = travel_matrix(
            self.snapped,
            network,
            season=told.season or self.config.season,
            engine=self.engine,
        )
        return replace(self.problem, matrix=matrix), self.dormant

    def _with_new(self, who: str) -> tuple[Problem, tuple[Requirement, ...]]:
        home = self.homes[self.homes["id"] == who]
        matrix = with_places(
            self.problem.matrix,
            self.snapped,
            snap(home, self.network, params=self.config.snap),
            self.network,
            season=self.config.season,
            engine=self.engine,
        )
        places = sorted((*self.problem.places, self.full.place[who]), key=lambda p: p.id)
        needs = [r for r in self.full.requirements if r.id == who]
        asked = replace(needs[0], visits=())
        problem = replace(self.problem, matrix=matrix, places=tuple(places))
        return problem, (*self.dormant, asked)


def _fewer(ground: Ground, seed: int) -> Ground:
    """Leave so many cases that all workers have a full week."""
    people: Any = ground.layers["beneficiaries"]
    rows = people.rows
    others = np.flatnonzero(~rows["circuit"].notna().to_numpy())
    n_gone = max(0, len(rows) - N_CASES)
    gone = np.random.default_rng(seed).choice(others, n_gone, replace=False)
    kept = rows.drop(rows.index[gone])
    return replace(ground, layers={**ground.layers, "beneficiaries": replace(people, rows=kept)})
