"""The demo week by every solver: who is left out, what is ridden, in the same time."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from outreach.config import read_config
from outreach.pipeline import prepare_network, prepare_problem, read_ground
from outreach.routing.audit import audit
from outreach.routing.plan import PlanParams, plan_visits
from outreach.routing.solvers.greedy import GreedySolver
from outreach.routing.solvers.periodic import PeriodicSolver
from outreach.units import HOUR_S

if TYPE_CHECKING:
    import argparse

    from outreach.model import Plan
    from outreach.routing.problem import Problem
    from outreach.routing.solvers.protocol import Solver

ROOT = Path(__file__).resolve().parents[2]


SOLVERS: tuple[Solver, ...] = (GreedySolver(), PeriodicSolver())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the benchmark takes."""
    parser.add_argument("project", nargs="?", type=Path, default=ROOT / "data" / "jambi")
    parser.add_argument("--time-limit", type=float, default=30.0, help="seconds for each solver")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--weeks", type=int, nargs="+", default=[1], help="lengths of the horizon")


def run(args: argparse.Namespace) -> list[dict[str, object]]:
    """Plan the project with every solver."""
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as cache:
        config = read_config(args.project).with_options(cache=Path(cache))
        network = prepare_network(config)
        for weeks in args.weeks:
            horizon = replace(config.horizon, n_days=7 * weeks)
            longer = replace(config, horizon=horizon)
            problem = prepare_problem(longer, read_ground(longer), network).problem
            for solver in SOLVERS:
                began = time.perf_counter()
                params = PlanParams(time_limit_s=args.time_limit, seed=args.seed)
                plan = plan_visits(problem, params=params, solver=solver)
                seconds = round(time.perf_counter() - began, 1)
                row: dict[str, object] = {"weeks": weeks, "solver": type(solver).__name__}
                rows.append(row | _figures(problem, plan) | {"seconds": seconds})
    return rows


def _figures(problem: Problem, plan: Plan) -> dict[str, object]:
    """Work out what a plan costs from the plan itself, not from what a solver says."""
    weights = problem.weights
    unserved_s = late_s = new_faces = n_visits = 0
    for loss in plan.unserved:
        requirement, visit = problem.visit[str(loss.visit_id)]
        unserved_s += weights.unserved(requirement, visit)
        late_s += weights.missed_deadline_s * (visit.deadline_day is not None)
    for route in plan.day_routes:
        for stop in route.stops:
            if stop.visit_id is None:
                continue
            n_visits += 1
            requirement, visit = problem.visit[stop.visit_id]
            if visit.deadline_day is not None and route.day > visit.deadline_day:
                late_s += weights.missed_deadline_s
            new_faces += requirement.known_worker_id not in {None, *route.worker_ids}
    riding_s = sum(leg.duration_s for route in plan.day_routes for leg in route.legs)
    total_s = unserved_s + late_s + new_faces * weights.broken_continuity_s + riding_s
    return {
        "visits": n_visits,
        "unserved": len(plan.unserved),
        "unserved_weighted_h": round(unserved_s / HOUR_S, 1),
        "missed_deadlines_h": round(late_s / HOUR_S, 1),
        "new_faces": new_faces,
        "riding_h": round(riding_s / HOUR_S, 2),
        "total_h": round(total_s / HOUR_S, 1),
        "violations": len(audit(problem, plan)),
    }
