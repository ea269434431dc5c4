"""
The telephone rings: random events, each on its own, in a week of the demo that is planned.

Of the demo's cases 250 are planned, the circuit's children among them; the others are the new
ones that somebody phones about. `seconds` is from what is told to the first plan: rows of the
matrix for a new place, the matrix on closed roads or in another season. With `--gap N` some of
the plans are improved for ten seconds, and set beside a full plan of the rest of the week that
keeps no promise: the better one of the planner from nothing, and of the search from the first
answer.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from outreach.config import read_config
from outreach.errors import PlanningError
from outreach.routing.audit import audit
from outreach.routing.days import Days
from outreach.routing.improve import improve
from outreach.routing.remaining import Remaining
from outreach.routing.replan import replan
from outreach.routing.replay import replayed
from outreach.routing.score import score, score_of
from outreach.routing.solvers.periodic import PeriodicSolver
from outreach.routing.solvers.protocol import Limit
from tests.benchmarks._telephone import KINDS, NEW, Week

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from outreach.model import Plan
    from outreach.routing.problem import Problem, Requirement
    from outreach.routing.replan import Replanned
    from outreach.routing.schedule import Route

ROOT = Path(__file__).resolve().parents[2]
FULL = Limit(time_s=30.0)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the benchmark takes."""
    parser.add_argument("project", nargs="?", type=Path, default=ROOT / "data" / "jambi")
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--time-limit", type=float, default=30.0, help="seconds for the week")
    parser.add_argument("--gap", type=int, default=0, help="so many events beside a full plan")
    parser.add_argument("--improve", type=float, default=10.0, help="seconds, for --gap")


def run(args: argparse.Namespace) -> list[dict[str, object]]:
    """Give a row by kind of event, and one for all."""
    document_ = document(args)
    everything = {
        key: value for key, value in document_.items() if key not in {"kinds", "failures"}
    }
    return [*document_["kinds"], {"kind": "all", **everything}]


def document(args: argparse.Namespace) -> dict[str, Any]:
    """Measure, and sum up."""
    with tempfile.TemporaryDirectory() as cache:
        config = read_config(args.project).with_options(
            time_limit_s=args.time_limit, seed=args.seed, cache=Path(cache)
        )
        # The rain begins in a week that was planned for the dry season.
        week = Week.planned(replace(config, season="dry"), args.seed)
        trials = list(_trials(week, args))
    kinds = [_summary([t for t in trials if t.kind == kind]) | {"kind": kind} for kind in KINDS]
    kinds = [{"kind": row.pop("kind"), **row} for row in kinds]
    urgent = [t.n_moved for t in trials if t.kind in {"urgent", NEW} and not t.failed]
    return {
        **_summary(trials),
        "median_moved": statistics.median(urgent) if urgent else None,
        "failures": [t.failed for t in trials if t.failed is not None],
        "kinds": kinds,
    }


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """What came of one event; `seconds` to the first plan, `all_s` with the alternatives."""

    kind: str
    failed: str | None = None
    seconds: float = 0.0
    all_s: float = 0.0
    processor_s: float = 0.0
    n_moved: int = 0
    n_fell_out: int = 0
    n_late: int = 0
    n_calls: int = 0
    n_others: int = 0
    n_broken: int = 0
    gap: _Gap | None = None


@dataclass(frozen=True, kw_only=True)
class _Gap:
    """Parts of the full plan's score by which the first and the improved one are above it."""

    first: float
    improved: float
    moved_first: int
    moved_improved: int


def _summary(trials: Sequence[_Trial]) -> dict[str, Any]:
    made = [t for t in trials if t.failed is None]
    if not made:
        return {"n": len(trials), "failed": len(trials)}
    gaps = [t.gap for t in made if t.gap is not None]
    row: dict[str, Any] = {
        "n": len(trials),
        "failed": len(trials) - len(made),
        "median_seconds": round(statistics.median(t.seconds for t in made), 3),
        "p95_seconds": round(float(np.percentile([t.seconds for t in made], 95)), 3),
        "processor_seconds": round(statistics.median(t.processor_s for t in made), 3),
        "with_alternatives": round(statistics.median(t.all_s for t in made), 3),
        "median_moved": statistics.median(t.n_moved for t in made),
        "most_moved": max(t.n_moved for t in made),
        "fell_out": statistics.median(t.n_fell_out for t in made),
        "late": sum(t.n_late for t in made),
        "calls": statistics.median(t.n_calls for t in made),
        "alternatives": round(statistics.mean(t.n_others for t in made), 2),
        "broken": sum(t.n_broken for t in made),
    }
    if gaps:
        row |= {
            "gap_at_once": round(statistics.median(g.first for g in gaps), 4),
            "gap_after_10s": round(statistics.median(g.improved for g in gaps), 4),
            "worst_gap": round(max(g.improved for g in gaps), 4),
            "moved_at_once": statistics.median(g.moved_first for g in gaps),
            "moved_after_10s": statistics.median(g.moved_improved for g in gaps),
        }
    return row


def _trials(week: Week, args: argparse.Namespace) -> Iterator[_Trial]:
    # The first of all also waits for libraries to load, which is not what is measured.
    _tried(week, "late", random.Random(0), gap_s=None)
    rng = random.Random(args.seed)
    every = max(1, args.events // args.gap) if args.gap else 0
    for i in range(args.events):
        has_gap = args.gap and i % every == every - 1
        # One more kind at each turn, so that the sample of gaps sees them all.
        kind = KINDS[(i + i // len(KINDS)) % len(KINDS)]
        yield _tried(week, kind, rng, gap_s=args.improve if has_gap else None)


def _tried(week: Week, kind: str, rng: random.Random, *, gap_s: float | None) -> _Trial:
    """Let one thing happen, and measure what comes of it."""
    told = week.drawn(kind, rng)
    began, worked = time.perf_counter(), time.process_time()
    problem, dormant = week.problem_after(told)
    plan = replace(week.plan, season=told.season or week.plan.season)
    try:
        changed = replan(problem, plan, at_s=told.at_s, happened=(told,), dormant=dormant)
    except PlanningError as error:
        return _Trial(kind=kind, failed=str(error))
    seconds, processor_s = time.perf_counter() - began, time.process_time() - worked
    # They are made when they are asked for.
    plans = (changed.plan, *(one.plan for one in changed.alternatives))
    all_s = time.perf_counter() - began
    figures = changed.diff.figures
    gap = None
    if gap_s is not None:
        gap = _gap_of(problem, plan, changed, dormant, gap_s)
    return _Trial(
        kind=kind,
        seconds=seconds,
        all_s=all_s,
        processor_s=processor_s,
        n_moved=figures.n_moved,
        n_fell_out=figures.n_fell_out,
        n_late=figures.n_late,
        n_calls=len(changed.diff.calls),
        n_others=len(changed.alternatives),
        n_broken=sum(bool(audit(replayed(problem, p, dormant=dormant), p)) for p in plans),
        gap=gap,
    )


def _gap_of(
    problem: Problem,
    plan: Plan,
    changed: Replanned,
    dormant: tuple[Requirement, ...],
    seconds: float,
) -> _Gap:
    limit = Limit(time_s=seconds)
    better = improve(problem, plan, changed, dormant=dormant, limit=limit)
    if audit(better.problem, better.plan):
        raise SystemExit("the improved plan breaks a rule")
    rest = changed.problem
    anew = PeriodicSolver().solve(rest, limit=FULL, seed=0)
    remaining = Remaining(
        problem=rest,
        plan=changed.plan,
        at_s=changed.plan.revision.at_s if changed.plan.revision else 0,
        promised={},
        promise_s=0.0,
    )
    onward = remaining.searched(limit=FULL, seed=0)
    full_s = min(_score_s(rest, routes) for routes in (anew.routes, *onward))
    first_s, better_s = (score(rest, one.plan.day_routes).total_s for one in (changed, better))
    return _Gap(
        first=first_s / full_s - 1,
        improved=better_s / full_s - 1,
        moved_first=changed.diff.figures.n_moved,
        moved_improved=better.diff.figures.n_moved,
    )


def _score_s(problem: Problem, routes: Iterable[Route]) -> int:
    return score_of(Days(problem, {(r.team_id, r.day): r for r in routes})).total_s
