"""Periodic vehicle routing: Cordeau's format, against the best published lengths."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from outreach.routing.solvers.protocol import Limit
from outreach.routing.solvers.sisr import anneal
from outreach.routing.solvers.sisr_model import Model, model_of
from tests.benchmarks import _instances
from tests.benchmarks.checkers import pvrp as checker

if TYPE_CHECKING:
    import argparse

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "benchmarks" / "pvrp"
BEST_KNOWN = {
    "p01": 524.61,
    "p02": 1322.87,
    "p04": 835.43,
    "p05": 2027.99,
    "p06": 836.37,
    "p08": 2034.15,
    "p11": 779.29,
    "p12": 1195.88,
    "p13": 3511.62,
    "p15": 1862.63,
    "p16": 2875.24,
    "p18": 3147.24,
    "pr01": 2209.02,
    "pr02": 3799.28,
    "pr03": 5218.13,
    "pr07": 4997.41,
}
NO_LIMIT = 1e12
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A file, as the search's model; node i of the model is `ids[i]` of the file."""

    model: Model
    ids: tuple[int, ...]
    n_days: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the benchmark takes."""
    _instances.add_arguments(parser, time_limit_s=60.0)


def run(args: argparse.Namespace) -> list[dict[str, object]]:
    """Solve one instance, or every shared one, and give the gaps."""
    rows = _instances.gaps(
        args,
        FOLDER,
        BEST_KNOWN,
        solve,
        lambda file, found: len(checker.faults(file, found["days"], found["cost"])),
    )
    gaps = [row["gap_percent"] for row in rows if isinstance(row["gap_percent"], float)]
    if len(gaps) > 1:
        rows.append({"instance": "mean", "gap_percent": sum(gaps) / len(gaps)})
    return rows


def document(args: argparse.Namespace) -> dict[str, Any]:
    """Give the solution of one instance, or the table of all."""
    return solve(args.file, args) if args.file else {"instances": run(args)}


def solve(file: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Search for the shortest routes of an instance."""
    instance = read(file)
    model = instance.model
    limit = Limit(time_s=args.time_limit, iterations=args.iterations)
    best = anneal(model, limit=limit, seed=args.seed)
    days = [
        [
            [instance.ids[c] for c in best.visits(v)]
            for v in range(model.day_from[day], model.day_from[day + 1])
            if best.vehicles[v]["length"]
        ]
        for day in range(instance.n_days)
    ]
    return {"cost": float(best.vehicles["riding"].sum()), "days": days}


def read(file: Path) -> Instance:
    """Read an instance; the depot becomes the last node."""
    words = iter(file.read_text().split())
    kind, n_vehicles, n, n_days = (int(next(words)) for _ in range(4))
    if kind not in {0, 1}:
        raise ValueError(f"{file}: type {kind} is not the (periodic) vehicle routing problem")
    limits = np.array([(float(next(words)), float(next(words))) for _ in range(n_days)])
    limits[limits == 0] = NO_LIMIT
    rows, masks = [], []
    for _ in range(n + 1):
        rows.append([float(next(words)) for _ in range(6)])
        masks.append([_reversed(int(next(words)), n_days) for _ in range(int(next(words)))])
    rows, masks = [*rows[1:], rows[0]], masks[1:]
    table = np.array(rows)
    xy, demand = table[:, 1:3], table[:, 4]
    cost = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    day = np.repeat(np.arange(n_days), n_vehicles)
    most_time, most_load = limits[day].T
    # Dearer than any detour, and dearest for those for whom room is hardest to find.
    out = 2 * table[:n, 5] * cost.max() * (1 + 2 * demand[:n] / most_load.max())
    model = model_of(
        cost,
        n_customers=n,
        n_days=n_days,
        day=day,
        home=np.full(len(day), n),
        leaves=np.zeros(len(day)),
        returns=most_time + ROUNDING,
        alike=day,
        capacity=most_load + ROUNDING,
        service=table[:, 3],
        demand=demand,
        out=out,
        patterns=masks,
        may=np.array([[any(m >> d & 1 for m in own) for d in range(n_days)] for own in masks]),
    )
    return Instance(model=model, ids=tuple(int(row[0]) for row in rows), n_days=n_days)


def _reversed(mask: int, n_days: int) -> int:
    """Turn a mask whose first day is the highest bit into one whose first day is the lowest."""
    return int(format(mask, f"0{n_days}b")[::-1], 2)
