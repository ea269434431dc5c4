"""The search by string removals, against answers that are counted out."""

from __future__ import annotations

import argparse
import itertools
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from outreach.routing.solvers.protocol import Limit
from outreach.routing.solvers.sisr import SisrParams, anneal
from tests.benchmarks import pvrp, vrptw
from tests.benchmarks.checkers import pvrp as pvrp_checker
from tests.benchmarks.checkers import vrptw as vrptw_checker

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[3]
QUICK = Limit(iterations=3_000)
# id, x, y, service, demand, frequency, combinations: one vehicle, two days, load at most 4.
SPOTS = (
    (0, 0, 0, 0, 0, 0, ()),
    (1, 3, 0, 0, 1, 2, (3,)),
    (2, 0, 4, 0, 2, 1, (1, 2)),
    (3, 3, 4, 0, 1, 1, (1, 2)),
    (4, -5, 0, 0, 2, 1, (1, 2)),
    (5, -5, 1, 0, 1, 1, (1, 2)),
)


@pytest.fixture
def periodic_file(tmp_path: Path) -> Path:
    """Write a small instance of Cordeau's format."""
    file = tmp_path / "tiny.txt"
    lines = ["1 1 5 2", "0 4", "0 4"]
    lines += [" ".join(map(str, (*s[:6], len(s[6]), *s[6]))) for s in SPOTS]
    file.write_text("\n".join(lines))
    return file


def asked(file: Path, **options: object) -> argparse.Namespace:
    """Make what the command line of a benchmark gives."""
    given = {"file": file, "time_limit": 1.0, "iterations": 3_000, "seed": 0}
    return argparse.Namespace(**given | options)


def round_trip(customers: Sequence[int]) -> float:
    """Give the shortest way from the depot through all of them and back, by trying every order."""
    at = {s[0]: (s[1], s[2]) for s in SPOTS}
    return min(
        sum(math.dist(at[a], at[b]) for a, b in itertools.pairwise((0, *order, 0)))
        for order in itertools.permutations(customers)
    )


def test_the_best_pattern_and_order_are_found(periodic_file: Path) -> None:
    """Of the two ways to put five customers on two days, the one whose rounds are shorter."""
    # Customer 1 leaves room for 3 on either day; of 2 + 1 + 2 + 1 that is one of 2 and one of 1.
    best = min(
        round_trip((1, 2, 3)) + round_trip((1, 4, 5)),
        round_trip((1, 2, 5)) + round_trip((1, 4, 3)),
    )
    found = pvrp.solve(periodic_file, asked(periodic_file))
    assert found["cost"] == pytest.approx(best)
    assert pvrp_checker.faults(periodic_file, found["days"], found["cost"]) == []


def test_threads_and_order_do_not_change_the_answer(periodic_file: Path) -> None:
    """The best of two runs side by side is the best of the same two runs one by one."""
    model = pvrp.read(periodic_file).model
    both = [anneal(model, limit=Limit(iterations=50), seed=4) for _ in range(2)]
    alone = anneal(model, limit=Limit(iterations=50), seed=4, params=SisrParams(n_runs=1))
    assert np.array_equal(both[0].stops, both[1].stops)
    assert both[0].total[0] <= alone.total[0]


@pytest.mark.parametrize(
    ("days", "cost", "word"),
    [
        ([[[1, 2, 3]], [[1, 4]]], 0.0, "customer 5"),
        ([[[1, 2, 3, 5]], [[1, 4]]], 0.0, "carries"),
        ([[[1, 2, 3]], [[1, 4, 5]]], 1.0, "costs"),
        ([[[1, 2], [3]], [[1, 4, 5]]], 0.0, "2 routes"),
        ([[[1, 2, 3, 4, 5]], [[]]], 0.0, "customer 1"),
        ([[[1, 2, 3]]], 0.0, "1 days"),
    ],
)
def test_the_checker_finds_what_is_wrong(
    periodic_file: Path, days: list[list[list[int]]], cost: float, word: str
) -> None:
    """A visit left out, a load too large, a false sum, a vehicle or a day too many."""
    assert any(word in fault for fault in pvrp_checker.faults(periodic_file, days, cost))


def solomon(tmp_path: Path) -> Path:
    """Write three customers on a line, of whom the farthest must be first."""
    file = tmp_path / "line.txt"
    file.write_text(
        "LINE\n\nVEHICLE\nNUMBER CAPACITY\n2 10\n\nCUSTOMER\n\n"
        "0 0 0 0 0 100 0\n1 10 0 1 25 90 5\n2 20 0 1 0 20 5\n3 0 5 1 0 100 5\n"
    )
    return file


def test_windows_are_kept(tmp_path: Path) -> None:
    """The farthest first, as its door closes at 20; then the two on the way home."""
    file = solomon(tmp_path)
    found = vrptw.solve(file, asked(file))
    # 0-2-1-0 and 0-3-0 are 40 + 10; on one round 20 + 10 + √125 + 5 = 46.18.
    assert found["cost"] == pytest.approx(35 + math.sqrt(125))
    assert vrptw_checker.faults(file, found["routes"], found["cost"]) == []


@pytest.mark.parametrize(
    ("routes", "word"),
    [([[1, 2], [3]], "comes to 2"), ([[2, 1]], "customer 3"), ([[2], [1], [3]], "3 routes")],
)
def test_the_checker_of_windows_finds_what_is_wrong(
    tmp_path: Path, routes: list[list[int]], word: str
) -> None:
    """Too late, left out, a vehicle too many."""
    assert any(word in fault for fault in vrptw_checker.faults(solomon(tmp_path), routes, 50.0))


def test_a_published_instance_comes_close_in_no_time(shared: Path) -> None:
    """p15 has a regular best solution, that a short search finds to within a hundredth."""
    file = shared / "benchmarks" / "pvrp" / "p15.txt"
    if not file.is_file():
        pytest.skip("the folder of benchmarks, ../shared/benchmarks, is absent")
    found = pvrp.solve(file, asked(file, iterations=10_000))
    assert pvrp_checker.faults(file, found["days"], found["cost"]) == []
    assert found["cost"] <= 1.01 * pvrp.BEST_KNOWN["p15"]


def test_progress_reaches_the_end(periodic_file: Path) -> None:
    """A caller is told parts that grow to one."""
    told: list[float] = []
    anneal(pvrp.read(periodic_file).model, limit=QUICK, seed=0, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1


def test_a_benchmark_prints_its_solution_as_json(periodic_file: Path) -> None:
    """Who checks a solution reads it from standard output, whole."""
    command = [sys.executable, "-m", "tests.benchmarks", "pvrp", str(periodic_file)]
    done = subprocess.run(
        [*command, "--iterations", "200", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    printed = json.loads(done.stdout)
    assert sorted(printed) == ["cost", "days"]
    assert pvrp_checker.faults(periodic_file, printed["days"], printed["cost"]) == []
