"""Routing with time windows on one day: Solomon's format, distance objective."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from outreach.routing.solvers.protocol import Limit
from outreach.routing.solvers.sisr import anneal
from outreach.routing.solvers.sisr_model import Model, model_of
from tests.benchmarks import _instances
from tests.benchmarks.checkers import vrptw as checker

if TYPE_CHECKING:
    import argparse

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "benchmarks" / "vrptw"
BEST_KNOWN = {"R101": 1642.88, "R104": 976.61, "C101": 828.94, "RC101": 1643.41, "RC204": 786.38}
ROUNDING = 1e-9
WIDTH = 7


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the benchmark takes."""
    _instances.add_arguments(parser, time_limit_s=30.0)


def run(args: argparse.Namespace) -> list[dict[str, object]]:
    """Solve one instance, or every shared one, and give the gaps."""
    return _instances.gaps(
        args,
        FOLDER,
        BEST_KNOWN,
        solve,
        lambda file, found: len(checker.faults(file, found["routes"], found["cost"])),
    )


def document(args: argparse.Namespace) -> dict[str, Any]:
    """Give the solution of one instance, or the table of all."""
    return solve(args.file, args) if args.file else {"instances": run(args)}


def solve(file: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Search for the shortest routes of an instance."""
    model = read(file)
    limit = Limit(time_s=args.time_limit, iterations=args.iterations)
    best = anneal(model, limit=limit, seed=args.seed)
    routes = [
        [int(c) + 1 for c in best.visits(v)]
        for v in range(len(model.vehicles))
        if best.vehicles[v]["length"]
    ]
    return {"cost": float(best.vehicles["riding"].sum()), "routes": routes}


def read(file: Path) -> Model:
    """Read an instance; customer i becomes node i - 1, the depot the last node."""
    lines = [line.split() for line in file.read_text().splitlines()]
    numbers = [[float(w) for w in line] for line in lines if line and line[0].isdigit()]
    n_vehicles, most_load = int(numbers[0][0]), numbers[0][1]
    table = np.array([row for row in numbers if len(row) == WIDTH])
    table = np.vstack([table[1:], table[:1]])
    n = len(table) - 1
    xy = table[:, 1:3]
    cost = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    vehicles = np.zeros(n_vehicles, np.int64)
    closes = table[:, 5] + ROUNDING
    return model_of(
        cost,
        n_customers=n,
        n_days=1,
        day=vehicles,
        home=vehicles + n,
        leaves=np.zeros(n_vehicles),
        returns=np.full(n_vehicles, closes[n]),
        alike=vehicles,
        capacity=np.full(n_vehicles, most_load + ROUNDING),
        service=table[:, 6],
        demand=table[:, 3],
        windows=[[(opens, by)] for opens, by in zip(table[:n, 4], closes, strict=False)],
        out=np.full(n, 10 * cost.max()),
        worth=table[:n, 3],
        patterns=[[1]] * n,
    )
