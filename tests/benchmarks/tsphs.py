"""The travelling salesperson with hotel selection: trips first, then length."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from outreach.routing.solvers.protocol import Limit
from outreach.routing.solvers.tours import TourProblem, find_tour
from tests.benchmarks import _instances
from tests.benchmarks.checkers import tsphs as checker

if TYPE_CHECKING:
    import argparse

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "benchmarks" / "tsphs"
TRIAL = {
    "h10_c50_l150_02": (9, 644.0),
    "h05_c75_l150_03": (13, 1042.8),
    "h10_c75_l100_04": (19, 950.8),
    "h05_c100_l150_05": (19, 1656.2),
    "h10_c100_l200_06": (10, 894.9),
}
"""Trips and length of an untuned trial; no best-known values are published with the files."""
TENTH = 10
EXACT = 1e-9
"""Tenths of whole numbers' square roots: so close below a whole number, it is that number."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instance:
    """A file, as the search's problem; node i of the problem is `ids[i]` of the file."""

    problem: TourProblem
    ids: tuple[int, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the benchmark takes."""
    _instances.add_arguments(parser, time_limit_s=60.0)


def run(args: argparse.Namespace) -> list[dict[str, object]]:
    """Solve one instance, or every shared one, and set the trial's values beside."""
    rows: list[dict[str, object]] = []
    for file in [args.file] if args.file else sorted(FOLDER.glob("*.txt")):
        began_s = time.perf_counter()
        found = solve(file, args)
        trips, length = TRIAL.get(file.stem, (None, None))
        rows.append(
            {
                "instance": file.stem,
                "trips": found["trips"],
                "length": found["length"],
                "trial_trips": trips,
                "trial_length": length,
                "unreachable": len(found["unreachable"]),
                "faults": len(checker.faults(file, found)),
                "seconds": round(time.perf_counter() - began_s, 1),
            }
        )
    return rows


def document(args: argparse.Namespace) -> dict[str, Any]:
    """Give the solution of one instance, or the table of all."""
    return solve(args.file, args) if args.file else {"instances": run(args)}


def solve(file: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Search for the tour of the fewest trips."""
    instance = read(file)
    limit = Limit(time_s=args.time_limit, iterations=args.iterations)
    tour = find_tour(instance.problem, limit=limit, seed=args.seed)
    nodes = [0, *itertools.chain.from_iterable(day[1:] for day in tour.days)]
    return {
        "trips": len(tour.days),
        "length": round(tour.riding_s, 1),
        "tour": [instance.ids[node] for node in nodes],
        "unreachable": [instance.ids[node] for node in tour.unreachable],
    }


def read(file: Path) -> Instance:
    """Read an instance."""
    lines = [line.split() for line in file.read_text().splitlines() if line.strip()]
    n_hotels, n_customers, most = int(lines[0][0]), int(lines[0][1]), float(lines[0][2])
    rows = lines[1 : 1 + n_hotels + n_customers]
    xy = np.array([row[1:3] for row in rows], np.float64)
    length = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    return Instance(
        problem=TourProblem(
            travel_s=np.floor(length * TENTH + EXACT) / TENTH,
            service_s=np.array([float(row[3]) if row[3:] else 0.0 for row in rows[n_hotels:]]),
            most_day_s=most,
        ),
        ids=tuple(int(row[0]) for row in rows),
    )
