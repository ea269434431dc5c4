"""
The p-median problem on OR-Library's graphs (Beasley 1985), beside `spopt` on the same files.

A file begins with the numbers of vertices, edges and medians; then a line ``i j length`` for each
edge. Where an edge repeats the last one wins. Every vertex is a point to serve and a candidate,
and costs are lengths of shortest paths. Medians are the numbers of vertices in the file, from 1.
"""

from __future__ import annotations

import importlib
import statistics
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from outreach.coverage.siting.pmedian import pmedian

if TYPE_CHECKING:
    import argparse

    from numpy.typing import NDArray

    from outreach.coverage.siting.result import Siting

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "benchmarks" / "pmedian"
OPTIMA = """
5819 4093 4250 3034 1355 7824 5631 4445 2734 1255
7696 6634 4374 2968 1729 8162 6999 4809 2845 1789
9138 8579 4619 2961 1828 9917 8307 4498 3033 1989
10086 9297 4700 3013 10400 9934 5057 11060 9423 5128
"""
BEST_KNOWN = {f"pmed{i}": int(cost) for i, cost in enumerate(OPTIMA.split(), start=1)}
"""Proven optima, from OR-Library's ``pmedopt.txt``."""
HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instance:
    """Shortest paths (n, n) and the number of medians."""

    name: str
    cost: NDArray[np.float64]
    p: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the benchmark takes."""
    parser.add_argument(
        "files", nargs="*", type=Path, help="instances or folders; all shared ones if none"
    )
    parser.add_argument("--time-limit", type=float, default=120.0, help="seconds for each")
    parser.add_argument("--peer", action="store_true", help="spopt beside it, on HiGHS by PuLP")
    parser.add_argument("--peer-seconds", type=float, default=120.0, help="limit of spopt")


def run(args: argparse.Namespace) -> list[dict[str, object]]:
    """Solve every instance, with medians of seconds at the end."""
    rows = [_row(read(file), args) for file in _files(args.files or [FOLDER])]
    last: dict[str, object] = {"instance": "median"}
    for name in ("seconds", "spopt_seconds"):
        taken = [row[name] for row in rows if isinstance(row.get(name), float)]
        if taken:
            last[name] = statistics.median(float(str(seconds)) for seconds in taken)
    return [*rows, last]


def document(args: argparse.Namespace) -> dict[str, Any]:
    """Give the solution of one instance, or the table of several."""
    files = _files(args.files or [FOLDER])
    if len(files) != 1:
        return {"instances": run(args)}
    instance = read(files[0])
    found = _solve(instance, args)
    medians = [site + 1 for site in found.sites]
    return {"cost": found.value, "medians": medians, "bound": found.bound}


def read(file: Path) -> Instance:
    """Read an instance and work out its shortest paths."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import shortest_path

    numbers = np.array(file.read_text().split(), np.float64)
    n, n_edges, p = (int(number) for number in numbers[:3])
    edges = numbers[3 : 3 + 3 * n_edges].reshape(n_edges, 3)
    ends = np.sort(edges[:, :2].astype(np.intp) - 1, axis=1)
    key = ends[:, 0] * n + ends[:, 1]
    # Of equal keys `unique` finds the first: seen from behind that is the last.
    _, last = np.unique(key[::-1], return_index=True)
    kept = n_edges - 1 - last
    graph = csr_matrix((edges[kept, 2], (ends[kept, 0], ends[kept, 1])), shape=(n, n))
    return Instance(name=file.stem, cost=shortest_path(graph, directed=False), p=p)


def _files(given: list[Path]) -> list[Path]:
    """Look for instances in folders, in the order of their numbers."""
    found = [file for path in given for file in (path.glob("*.txt") if path.is_dir() else [path])]
    return sorted(found, key=lambda file: (len(file.stem), file.stem))


def _solve(instance: Instance, args: argparse.Namespace) -> Siting:
    weights = np.ones(len(instance.cost))
    return pmedian(instance.cost, weights, instance.p, time_limit_s=args.time_limit)


def _row(instance: Instance, args: argparse.Namespace) -> dict[str, object]:
    began = time.perf_counter()
    found = _solve(instance, args)
    seconds = time.perf_counter() - began
    known = BEST_KNOWN.get(instance.name)
    served = float(instance.cost[:, list(found.sites)].min(axis=1).sum())
    row: dict[str, object] = {
        "instance": instance.name,
        "n": len(instance.cost),
        "p": instance.p,
        "cost": found.value,
        "bound": found.bound,
        "best_known": known,
        "gap_percent": 100 * found.gap_share,
        "proof": found.proof,
        "faults": int(served != found.value) + int(len(set(found.sites)) != instance.p),
        "seconds": round(seconds, 3),
    }
    if args.peer:
        row |= _peer(instance, args.peer_seconds)
    return row


def _peer(instance: Instance, time_limit_s: float) -> dict[str, object]:
    """
    Let spopt solve it.

    The cost is worked out from the sites that it opens, since PuLP calls what HiGHS had when the
    time ran out optimal.
    """
    try:
        pulp = importlib.import_module("pulp")
        locate = importlib.import_module("spopt.locate")
    except ImportError:
        return {}
    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = locate.PMedian.from_cost_matrix(
            instance.cost, np.ones(len(instance.cost)), p_facilities=instance.p
        )
        model.problem.solve(pulp.HiGHS(msg=False, timeLimit=time_limit_s))
    seconds = time.perf_counter() - began
    sites = [j for j, opens in enumerate(model.fac_vars) if (opens.value() or 0.0) > HALF]
    is_answer = len(sites) == instance.p
    return {
        "spopt_cost": float(instance.cost[:, sites].min(axis=1).sum()) if is_answer else None,
        "spopt_status": pulp.LpStatus[model.problem.status],
        "spopt_seconds": round(seconds, 3),
    }
