"""The problem of a plan that is in force: its week, the roads by now, and what has happened."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.pipeline import prepare_problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from outreach.config import Config
    from outreach.ground import Ground
    from outreach.lineage import Happening
    from outreach.model import Plan
    from outreach.pipeline import Prepared
    from outreach.routing.problem import Problem, Requirement
    from outreach.routing.road_network import RoadNetwork


def happened_to(plan: Plan) -> tuple[Happening, ...]:
    """Give all that was told since the week's first plan."""
    return () if plan.revision is None else plan.revision.happened


def config_of(config: Config, plan: Plan, happened: Iterable[Happening] | None = None) -> Config:
    """
    Give the configuration of a plan's week, in the season that has begun since.

    Parameters
    ----------
    happened
        By default what led to the plan.
    """
    told = happened_to(plan) if happened is None else happened
    seasons = [one.season for one in told if one.season is not None]
    week = config.for_week(plan.starts_at.date(), plan.horizon_days)
    return replace(week, season=seasons[-1]) if seasons else week


def closed_by(happened: Iterable[Happening]) -> tuple[BaseGeometry, ...]:
    """Give the areas in EPSG:4326 in which roads are closed."""
    import shapely

    return tuple(shapely.from_wkt(one.area_wkt) for one in happened if one.area_wkt is not None)


def prepare_week(
    config: Config,
    ground: Ground,
    network: RoadNetwork,
    plan: Plan,
    happened: Sequence[Happening],
) -> Prepared:
    """
    Prepare the plain problem of a plan's week on the roads as they are by now.

    Of a plan that was changed, or is about to be, all stays required that was before: the homes
    that a flood cuts off, and what the plan has but the tables do not ask for any more, because
    what was done last week may have been entered since.

    Parameters
    ----------
    config
        With the project's own season.
    happened
        What led to the plan, or will lead to the next one.
    """
    week, areas = config_of(config, plan, happened), closed_by(happened)
    prepared = prepare_problem(week, ground, network, closed=areas)
    if not happened:
        return prepared
    if areas or week.season != config.season:
        before = prepare_problem(config_of(config, plan, ()), ground, network)
        prepared = _with_cut_off(prepared, before)
    dormant = {requirement.id: requirement for requirement in prepared.dormant}
    forgotten = tuple(_forgotten(prepared.problem, plan, dormant.values()))
    return replace(
        prepared,
        problem=_with_needs(prepared.problem, forgotten),
        dormant=tuple(r for r in prepared.dormant if r.id not in {f.id for f in forgotten}),
    )


def _with_cut_off(now: Prepared, before: Prepared) -> Prepared:
    """Leave required to whom a way led before; that none leads now is said of their visits."""
    known = {requirement.id for requirement in now.problem.requirements}
    cut_off = [r for r in before.problem.requirements if r.id not in known]
    ids = {r.id for r in cut_off} | {r.id for r in before.dormant}
    asleep = {requirement.id for requirement in now.dormant}
    return replace(
        now,
        problem=_with_needs(now.problem, cut_off),
        dormant=(*now.dormant, *(r for r in before.dormant if r.id not in asleep | known)),
        unreachable=tuple(loss for loss in now.unreachable if loss.beneficiary_id not in ids),
    )


def _with_needs(problem: Problem, more: Iterable[Requirement]) -> Problem:
    needs = sorted((*problem.requirements, *more), key=lambda r: (r.id, [v.id for v in r.visits]))
    return replace(problem, requirements=tuple(needs))


def _forgotten(
    problem: Problem, plan: Plan, dormant: Iterable[Requirement]
) -> Iterator[Requirement]:
    """Yield what a plan has of those who need nothing in these days by the tables."""
    from outreach.routing.problem import Visit

    told = {one.visit_id for one in happened_to(plan) if one.kind == "urgent"}
    days = sorted(plan.day_routes, key=lambda route: route.day)
    for requirement in dormant:
        ids = [
            *(s.visit_id for r in days for s in r.stops if s.place_id == requirement.place_id),
            *(one.visit_id for one in plan.unserved if one.beneficiary_id == requirement.id),
        ]
        visits = tuple(
            Visit(id=visit_id, days=tuple(range(problem.horizon_days)))
            for visit_id in dict.fromkeys(ids)
            if visit_id is not None and visit_id not in told
        )
        if visits:
            yield replace(requirement, visits=visits)


def problem_of(prepared: Prepared, plan: Plan) -> Problem:
    """Give the problem whose rules a plan keeps: what has begun can only be as it was."""
    from outreach.routing.replay import replayed

    return replayed(prepared.problem, plan, dormant=prepared.dormant)
