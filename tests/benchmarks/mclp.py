"""
Maximal covering on a plane, beside `spopt` on the same instances.

A file begins with the number of points; then a line ``x y demand`` for each. Every point is also
a candidate, or the first so many are (``--candidates``). A point is covered when its Euclidean
distance is at most the radius. Sites are the indices of points in the order of the file, from 0.
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

from outreach.coverage.siting.covering import max_covering

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from numpy.typing import NDArray

SIDE = 100.0
GENERATED = ((500, 100), (1000, 200), (2000, 200))
LARGE = (2000, 2000)
RADII = (6.0, 10.0, 14.0)
SITES = (3, 5, 10)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instance:
    """Distances (n, m), demand (n,), and what is asked."""

    name: str
    cost: NDArray[np.float64]
    demand: NDArray[np.float64]
    radius: float
    p: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the benchmark takes."""
    parser.add_argument("file", nargs="?", type=Path, help="an instance; generated ones if none")
    parser.add_argument("--radius", type=float, help="of the file's instance")
    parser.add_argument("-p", type=int, help="sites of the file's instance")
    parser.add_argument("--candidates", type=int, help="the first so many points only")
    parser.add_argument("--generate", action="store_true", help="seeded instances beside spopt")
    parser.add_argument("--large", action="store_true", help="also generate 2000 candidates")
    parser.add_argument("--peer", action="store_true", help="spopt beside the file's answer")
    parser.add_argument("--peer-seconds", type=float, default=120.0, help="limit of spopt")
    parser.add_argument("--time-limit", type=float, default=120.0, help="seconds for each")
    parser.add_argument("--seed", type=int, default=0)


def run(args: argparse.Namespace) -> list[dict[str, object]]:
    """Solve one instance, or the generated ones beside spopt, with medians at the end."""
    if args.file:
        return [_row(_from(args), args, has_peer=args.peer)]
    # The first of all also waits for libraries to load, which is not what is compared.
    _row(next(generated(args.seed, is_large=False)), args, has_peer=True)
    rows = [
        _row(instance, args, has_peer=True)
        for instance in generated(args.seed, is_large=args.large)
    ]
    ours = [float(str(row["seconds"])) for row in rows]
    peers = [float(str(row["spopt_seconds"])) for row in rows if row["spopt_seconds"] is not None]
    rows.append(
        {
            "instance": "median",
            "seconds": round(statistics.median(ours), 3),
            "spopt_seconds": round(statistics.median(peers), 3) if peers else None,
            "never_worse": all(row["never_worse"] is not False for row in rows),
        }
    )
    return rows


def document(args: argparse.Namespace) -> dict[str, Any]:
    """Give the solution of one instance, or the table of the generated ones."""
    if not args.file:
        return {"instances": run(args)}
    instance = _from(args)
    found = _solve(instance, args)
    return {"covered": found.value, "sites": list(found.sites), "bound": found.bound}


def read(file: Path, *, radius: float, p: int, n_candidates: int | None = None) -> Instance:
    """Read an instance."""
    numbers = file.read_text().split("\n", 1)
    n = int(numbers[0].split()[0])
    table = np.array(numbers[1].split(), float)[: 3 * n].reshape(n, 3)
    places = table[:, :2]
    return Instance(
        name=file.stem,
        cost=_distances(places, places[:n_candidates]),
        demand=table[:, 2],
        radius=radius,
        p=p,
    )


def generated(seed: int, *, is_large: bool) -> Iterator[Instance]:
    """Scatter points evenly, or in towns, each with whole demand."""
    for n, m in (*GENERATED, *([LARGE] if is_large else [])):
        for kind in ("even", "towns"):
            for radius in RADII:
                for p in SITES:
                    rng = np.random.default_rng([seed, n, m, int(radius), p])
                    places = rng.uniform(0, SIDE, (n, 2))
                    if kind == "towns":
                        towns = rng.uniform(0, SIDE, (20, 2))
                        places = towns[rng.integers(20, size=n)] + rng.normal(0, 6, (n, 2))
                    yield Instance(
                        name=f"{kind} {n}x{m} r{radius:g} p{p}",
                        cost=_distances(places, places[:m]),
                        demand=rng.integers(1, 101, n).astype(float),
                        radius=radius,
                        p=p,
                    )


def _distances(places: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    apart: NDArray[np.float64] = np.hypot(
        places[:, None, 0] - others[None, :, 0], places[:, None, 1] - others[None, :, 1]
    )
    return apart


def _from(args: argparse.Namespace) -> Instance:
    if args.radius is None or args.p is None:
        raise SystemExit("mclp FILE needs --radius and -p")
    return read(args.file, radius=args.radius, p=args.p, n_candidates=args.candidates)


def _solve(instance: Instance, args: argparse.Namespace) -> Any:
    return max_covering(
        instance.cost,
        instance.demand,
        instance.p,
        radius=instance.radius,
        time_limit_s=args.time_limit,
    )


def _row(instance: Instance, args: argparse.Namespace, *, has_peer: bool) -> dict[str, object]:
    began = time.perf_counter()
    found = _solve(instance, args)
    seconds = time.perf_counter() - began
    row: dict[str, object] = {
        "instance": instance.name,
        "covered": found.value,
        "bound": round(found.bound, 3),
        "proof": found.proof,
        "seconds": round(seconds, 3),
    }
    if has_peer:
        peer = _peer(instance, args.peer_seconds)
        row["spopt_covered"], row["spopt_seconds"], row["spopt_status"] = peer
        row["never_worse"] = None if peer[0] is None else found.value >= peer[0] - 1e-6
    return row


def _peer(instance: Instance, time_limit_s: float) -> tuple[float | None, float | None, str | None]:
    """Cover with spopt through PuLP and HiGHS: the demand, seconds with modelling, its status."""
    try:
        pulp = importlib.import_module("pulp")
        locate = importlib.import_module("spopt.locate")
    except ImportError:
        return None, None, None
    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = locate.MCLP.from_cost_matrix(
            instance.cost, instance.demand, instance.radius, instance.p
        )
        model.problem.solve(pulp.HiGHS(msg=False, timeLimit=time_limit_s))
    seconds = time.perf_counter() - began
    sites = [j for j, x in enumerate(model.fac_vars) if (x.value() or 0.0) > 0.5]
    is_covered = (instance.cost[:, sites] <= instance.radius).any(axis=1)
    return (
        float(instance.demand[is_covered].sum()),
        round(seconds, 3),
        pulp.LpStatus[model.problem.status],
    )
