"""Public instances in files: what their benchmarks take, and the table of gaps that they give."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping


def add_arguments(parser: argparse.ArgumentParser, *, time_limit_s: float) -> None:
    """Declare what such a benchmark takes."""
    parser.add_argument("file", nargs="?", type=Path, help="an instance; all shared ones if none")
    parser.add_argument("--time-limit", type=float, default=time_limit_s, help="seconds for each")
    parser.add_argument("--iterations", type=int, help="of each run, instead of seconds")
    parser.add_argument("--seed", type=int, default=0)


def gaps(
    args: argparse.Namespace,
    folder: Path,
    best_known: Mapping[str, float],
    solve: Callable[[Path, argparse.Namespace], Any],
    n_faults: Callable[[Path, Any], int],
) -> list[dict[str, object]]:
    """Solve one instance, or every one of the folder, and give its gap to the best known."""
    rows: list[dict[str, object]] = []
    for file in [args.file] if args.file else sorted(folder.glob("*.txt")):
        began = time.perf_counter()
        found = solve(file, args)
        known = best_known.get(file.stem)
        rows.append(
            {
                "instance": file.stem,
                "cost": round(found["cost"], 2),
                "best_known": known,
                "gap_percent": None if known is None else 100 * (found["cost"] / known - 1),
                "faults": n_faults(file, found),
                "seconds": round(time.perf_counter() - began, 1),
            }
        )
    return rows
