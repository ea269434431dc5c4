"""`outreach run` on a project, stage by stage: seconds of each, and the peak of memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

ROOT = Path(__file__).resolve().parents[2]
KB_PER_MB = 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the benchmark takes."""
    parser.add_argument("project", nargs="?", type=Path, default=ROOT / "data" / "jambi")
    parser.add_argument("--time-limit", type=float, default=30.0, help="seconds of search")
    parser.add_argument("--runs", type=int, default=3, help="runs with a warm cache")


def run(args: argparse.Namespace) -> list[dict[str, object]]:
    """Run the project once with an empty cache and then with a warm one, each in a process."""
    with tempfile.TemporaryDirectory() as cache:
        return [
            {"cache": "warm" if i else "empty"}
            | measured(args.project, Path(cache), args.time_limit)
            for i in range(args.runs + 1)
        ]


def measured(project: Path, cache: Path, time_limit_s: float) -> dict[str, Any]:
    """Run a project in a process of its own, whose peak of memory is the run's."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.benchmarks.run",
            str(project.resolve()),
            str(cache),
            str(time_limit_s),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _measure(project: Path, cache: Path, time_limit_s: float) -> dict[str, Any]:
    began = time.perf_counter()
    from outreach.archive import PLAN_FILE
    from outreach.config import read_config
    from outreach.drawing import lay_out
    from outreach.ground import read_ground
    from outreach.output.plan_json import write_plan
    from outreach.output.words import Words
    from outreach.output.write import write_outputs
    from outreach.pipeline import find_plan, prepare_network, prepare_problem
    from outreach.routing.audit import audit

    seconds: dict[str, Any] = {}

    def lap(stage: str, since: float) -> float:
        now = time.perf_counter()
        seconds[f"{stage}_s"] = round(now - since, 2)
        return now

    config = read_config(project).with_options(cache=cache, time_limit_s=time_limit_s)
    at = lap("settings", began)
    ground = read_ground(config)
    at = lap("tables", at)
    network = prepare_network(config)
    at = lap("network", at)
    prepared = prepare_problem(config, ground, network)
    at = lap("problem", at)
    plan = find_plan(config, prepared)
    at = lap("plan", at)
    n_violations = len(audit(prepared.problem, plan))
    at = lap("audit", at)
    drawn = lay_out(config, plan, network)
    at = lap("layout", at)
    with tempfile.TemporaryDirectory() as folder:
        write_plan(plan, Path(folder, PLAN_FILE))
        at = lap("plan_json", at)
        write_outputs(drawn, Words(config.language), Path(folder))
    lap("outputs", at)
    total = time.perf_counter() - began
    return seconds | {
        "total_s": round(total, 2),
        "but_search_s": round(total - time_limit_s, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KB_PER_MB,
        "visits": dict(plan.totals)["all"].n_visits,
        "unserved": len(plan.unserved),
        "violations": n_violations,
    }


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))))
