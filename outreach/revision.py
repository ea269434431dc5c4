"""What people ask of a plan, and what they changed in it by hand: explain, audit, keep."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from outreach.archive import PLAN_FILE, load_plan, plan_revised, save_plan
from outreach.errors import ConfigError, LayerError, PlanningError
from outreach.ground import read_ground
from outreach.in_force import config_of, happened_to, prepare_week, problem_of
from outreach.pipeline import Prepared, find_plan, prepare_network, prepare_problem
from outreach.progress import SILENT, Progress

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.config import Config
    from outreach.model import DayRoute, Plan, Score
    from outreach.output.answers import AuditReport, ExplainReport, KeepReport
    from outreach.routing.plan import PlanParams
    from outreach.routing.problem import Problem
    from outreach.routing.solvers.protocol import Limit, Solution, Solver

logger = logging.getLogger(__name__)


def explain_plan(
    config: Config, beneficiary_id: str, *, progress: Progress = SILENT
) -> ExplainReport:
    """
    Tell why one beneficiary is visited when they are, or not: by plan.json, or a new plan.

    Raises
    ------
    PlanningError
        When nobody has that id, or plan.json does not fit the tables.
    """
    from outreach.output.answers import ExplainReport
    from outreach.routing.audit import audit
    from outreach.routing.explanation import explain_beneficiary

    path = config.out / PLAN_FILE
    is_new = not path.is_file()
    if is_new:
        network = prepare_network(config, progress=progress)
        prepared = prepare_problem(config, read_ground(config), network)
        plan, path = save_plan(config, find_plan(config, prepared, progress=progress))
    else:
        plan = load_plan(config)
        prepared = _prepared(config, plan, progress)
    problem = prepared.problem
    violations = audit(problem, plan)
    if violations:
        raise PlanningError(
            "%(file)s does not fit the tables (%(n)d rules broken, first: %(where)s: %(what)s);"
            " outreach audit names them all, outreach plan makes it anew",
            file=str(path),
            n=len(violations),
            where=str(violations[0].where),
            what=str(violations[0].what),
        )
    explanation = explain_beneficiary(problem, plan, beneficiary_id)
    return ExplainReport(
        plan=plan,
        path=path,
        is_new=is_new,
        beneficiary_id=explanation.id,
        sentences=explanation.sentences,
    )


def audit_plan(
    config: Config, *, plan_path: Path | None = None, progress: Progress = SILENT
) -> AuditReport:
    """
    Check a plan, by hand or by machine, against the tables and roads, and tell what it costs.

    One that was changed in its week is checked with all that has happened since the first plan.
    Where plan.json is another plan than the one that is checked, both costs are told, and the
    times and ways of days whose stops were moved are worked out again first.
    """
    from outreach.output.answers import AuditReport
    from outreach.routing.audit import audit
    from outreach.routing.retimed import audit_edited, retimed

    best_path = config.out / PLAN_FILE
    plan = load_plan(config, plan_path, is_edited=True)
    problem = _prepared(config, plan, progress).problem
    is_other = plan_path is not None and plan_path.resolve() != best_path.resolve()
    return AuditReport(
        plan=plan,
        violations=audit_edited(problem, plan) if is_other else audit(problem, plan),
        score=_score(problem, retimed(problem, plan) if is_other else plan),
        best=_best_score(problem, config) if is_other else None,
        best_path=best_path,
    )


def keep_plan(config: Config, edited_path: Path, *, progress: Progress = SILENT) -> KeepReport:
    """
    Finish a plan that was edited by hand, and tell what holding on to it costs.

    What the edited plan says is held where it breaks no rule, first of all what was moved
    by hand (its legs tell, or else plan.json, where that is another plan); half of the search is
    spent on finishing it, half on a plan that is not bound to it. Only plan.json is written.
    """
    from outreach.output.answers import KeepReport
    from outreach.output.reports import PlanReport
    from outreach.routing.keep import keep
    from outreach.routing.moved import moved
    from outreach.routing.plan import solver_named
    from outreach.routing.retimed import audit_edited

    edited = load_plan(config, edited_path, is_edited=True)
    prepared = _prepared(config, edited, progress)
    violations = audit_edited(prepared.problem, edited)
    path = config.out / PLAN_FILE
    before = None if edited_path.resolve() == path.resolve() else _best_plan(config)
    if before is not None and before.starts_at != edited.starts_at:
        before = None
    kept = keep(prepared.problem, edited, violations, moved(before, edited))
    half = replace(config_of(config, edited), plan=_half(config.plan))
    solver = solver_named(config.plan.solver)
    finished = find_plan(half, prepared, solver=_Bound(kept.problem, solver), progress=progress)
    free = find_plan(half, prepared, solver=solver, progress=progress)
    finished, path = save_plan(config, _with_revision(config, prepared.problem, edited, finished))
    return KeepReport(
        edited=edited_path,
        violations=violations,
        released=kept.released,
        finished=PlanReport(plan=finished, paths=(path,), unkept=prepared.findings),
        # What is bound may be free too: in a short search it happens to be the better one.
        best=min(finished, free, key=_weight),
    )


@dataclass(frozen=True, slots=True)
class _Bound:
    """
    Solves a problem as a stricter one, so that nothing of its strictness shows in the plan.

    What was held by hand is no promise of the tables: times, reasons and the score come from the
    problem itself.
    """

    kept: Problem
    solver: Solver

    def solve(
        self, problem: Problem, *, limit: Limit, seed: int, progress: Progress = SILENT
    ) -> Solution:
        """Solve the stricter problem."""
        del problem
        return self.solver.solve(self.kept, limit=limit, seed=seed, progress=progress)


def _weight(plan: Plan) -> int:
    return 0 if plan.score is None else plan.score.total_s


def _half(params: PlanParams) -> PlanParams:
    iterations = None if params.iterations is None else max(1, params.iterations // 2)
    return replace(params, time_limit_s=params.time_limit_s / 2, iterations=iterations)


def _prepared(config: Config, plan: Plan, progress: Progress) -> Prepared:
    """Prepare the problem whose rules a plan keeps, whatever week it is for."""
    config = config.for_week(plan.starts_at.date(), plan.horizon_days)
    network = prepare_network(config, progress=progress)
    at_s = 0 if plan.revision is None else plan.revision.at_s
    ground, happened = read_ground(config), happened_to(plan)
    prepared = prepare_week(config, ground, network, plan, happened, at_s=at_s)
    return replace(prepared, problem=problem_of(prepared, plan))


def _with_revision(config: Config, problem: Problem, edited: Plan, finished: Plan) -> Plan:
    """Let a plan that was finished by hand tell how it came about, as the edited one does."""
    from outreach.routing.replan_diff import plan_diff, revision_of

    revision, before = edited.revision, plan_revised(config, edited)
    if revision is None or before is None:
        return replace(finished, revision=revision)
    deadlines_s = {
        one.visit_id: one.deadline_s
        for one in revision.happened
        if one.visit_id is not None and one.deadline_s is not None
    }
    diff = plan_diff(problem, before, finished, at_s=revision.at_s, deadlines_s=deadlines_s)
    again = revision_of(before, diff, at_s=revision.at_s, told=revision.told)
    return replace(finished, revision=replace(again, revises=revision.revises))


def _best_score(problem: Problem, config: Config) -> Score | None:
    best = _best_plan(config)
    return None if best is None else _score(problem, best)


def _best_plan(config: Config) -> Plan | None:
    try:
        return load_plan(config)
    except (LayerError, ConfigError) as error:
        # Nothing to compare with is no fault of the plan that is checked.
        logger.info("no plan to compare with: %s", error)
        return None


def _score(problem: Problem, plan: Plan) -> Score | None:
    """Give what a plan costs, None where it names what the problem does not know."""
    from outreach.routing.score import score

    can_be_weighed = all(_is_known(problem, route) for route in plan.day_routes)
    return score(problem, plan.day_routes) if can_be_weighed else None


def _is_known(problem: Problem, route: DayRoute) -> bool:
    team = problem.team.get(route.team_id)
    if team is None or not {stop.place_id for stop in route.stops} <= set(problem.place):
        return False
    return (
        {stop.visit_id for stop in route.stops if stop.visit_id} <= set(problem.visit)
        and {route.starts_from, route.sleeps_at} <= {team.base_id, *problem.lodging}
        and all(
            problem.riding_s(a.place_id, b.place_id) is not None for a, b in pairwise(route.stops)
        )
    )
