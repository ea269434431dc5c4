"""The demo week, and two to four weeks, by both solvers: what each plan costs by its score."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from outreach.config import read_config
from outreach.ground import read_ground
from outreach.pipeline import find_plan, prepare_network, prepare_problem
from outreach.routing.audit import audit
from outreach.routing.score import score
from outreach.routing.solvers.greedy import GreedySolver
from outreach.routing.solvers.periodic import PeriodicSolver
from outreach.routing.totals import EVERYONE
from outreach.units import HOUR_S

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from outreach.config import Config
    from outreach.layers.layer import Layer
    from outreach.model import DayRoute, Plan
    from outreach.routing.problem import Problem
    from outreach.routing.solvers.protocol import Solver

ROOT = Path(__file__).resolve().parents[2]

SOLVERS: tuple[Solver, ...] = (GreedySolver(), PeriodicSolver())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the benchmark takes."""
    parser.add_argument("project", nargs="?", type=Path, default=ROOT / "data" / "jambi")
    parser.add_argument("--time-limit", type=float, default=30.0, help="seconds for each solver")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--weeks", type=int, nargs="+", default=[1, 2, 3, 4], help="lengths of the horizon"
    )
    parser.add_argument(
        "--found", action="store_true", help="let the planner find the circuits' days"
    )


def run(args: argparse.Namespace) -> list[dict[str, object]]:
    """Plan the project with every solver."""
    rows: list[dict[str, object]] = []
    config = read_config(args.project).with_options(time_limit_s=args.time_limit, seed=args.seed)
    if args.found:
        config = _unfixed(config)
    with tempfile.TemporaryDirectory() as cache:
        config = config.with_options(cache=Path(cache))
        network = prepare_network(config)
        for weeks in args.weeks:
            longer = replace(config, horizon=replace(config.horizon, n_days=7 * weeks))
            ground = read_ground(longer)
            prepared = prepare_problem(longer, ground, network)
            for solver in SOLVERS:
                began = time.perf_counter()
                plan = find_plan(longer, prepared, solver=solver)
                seconds = round(time.perf_counter() - began, 1)
                row: dict[str, object] = {"weeks": weeks, "solver": type(solver).__name__}
                row |= _figures(prepared.problem, plan) | {"seconds": seconds}
                circuits = "; ".join(_circuits(plan, ground.layers["beneficiaries"]))
                rows.append(row | {"circuits": circuits})
    return rows


def _unfixed(config: Config) -> Config:
    """Take the days from the circuits that the supervisor has fixed."""
    circuits = tuple(replace(c, leaves=None, returns=None) for c in config.arranged.circuits)
    return replace(config, arranged=replace(config.arranged, circuits=circuits))


def _figures(problem: Problem, plan: Plan) -> dict[str, object]:
    """Weigh a plan's routes anew, not by what a solver says of them; `_h` are hours of score."""
    parts = score(problem, plan.day_routes)
    totals = dict(plan.totals)[EVERYONE]
    return {
        "visits": totals.n_visits,
        "unserved": len(plan.unserved),
        "promises_h": _hours(parts.broken_promises_s),
        "deadlines_h": _hours(parts.missed_deadlines_s),
        "unserved_h": _hours(parts.unserved_s),
        "new_faces_h": _hours(parts.broken_continuity_s),
        "riding_h": _hours(parts.riding_s),
        "money_h": _hours(parts.money_s),
        "unfair_h": _hours(parts.unfairness_s),
        "total_h": _hours(parts.total_s),
        "cost_idr": totals.cost_idr,
        "nights": totals.n_nights,
        "violations": len(audit(problem, plan)),
    }


def _hours(seconds: int) -> float:
    return round(seconds / HOUR_S, 2)


def _circuits(plan: Plan, children: Layer) -> Iterator[str]:
    """Tell the days and lodgings of each circuit, and how many of its meetings come about."""

    def whose(route: DayRoute) -> tuple[str, str]:
        return route.circuit_id or "", route.team_id

    away = sorted((r for r in plan.day_routes if r.circuit_id), key=lambda r: (*whose(r), r.day))
    for (circuit, team), routes in groupby(away, key=whose):
        days = list(routes)
        dates = ",".join(str(route.day + 1) for route in days)
        yield f"{circuit} ({team}) days {dates}, nights {' > '.join(r.sleeps_at for r in days)}"
    circuit_of = dict(zip(children.rows["id"], children.rows["circuit"], strict=True))
    made = Counter(
        circuit_of.get(stop.beneficiary_id) for route in plan.day_routes for stop in route.stops
    )
    left = Counter(circuit_of.get(loss.beneficiary_id) for loss in plan.unserved)
    for circuit in sorted({c for c in circuit_of.values() if isinstance(c, str)}):
        yield f"{circuit}: {made[circuit]} meetings of {made[circuit] + left[circuit]}"
