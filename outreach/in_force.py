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


_NEVER_DAYS = 10_000
"""Longer than any horizon."""


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
    *,
    at_s: int,
) -> Prepared:
    """
    Prepare the plain problem of a plan's week on the roads as they are by now.

    Of a plan that was changed, or is about to be, all stays required that was before: the homes
    that a flood cuts off, and what the plan has but the tables do not ask for any more, because
    what was done last week may have been entered since, or a closed case was struck out.

    Parameters
    ----------
    config
        With the project's own season.
    happened
        What led to the plan, or will lead to the next one.
    at_s
        When that one is, or was, made.
    """
    week, areas = config_of(config, plan, happened), closed_by(happened)
    if not happened:
        return prepare_problem(week, ground, network)
    ground = _with_struck_out(ground, plan, at_s)
    prepared = prepare_problem(week, ground, network, closed=areas)
    if areas or week.season != config.season:
        before = prepare_problem(config_of(config, plan, ()), ground, network)
        prepared = _with_cut_off(prepared, before)
    dormant = {requirement.id: requirement for requirement in prepared.dormant}
    forgotten = tuple(_forgotten(prepared.problem, plan, dormant.values()))
    ids = {requirement.id for requirement in forgotten}
    problem = _with_needs(prepared.problem, forgotten)
    return replace(
        prepared,
        problem=replace(
            problem, not_due=tuple(n for n in problem.not_due if n.beneficiary_id not in ids)
        ),
        dormant=tuple(r for r in prepared.dormant if r.id not in ids),
    )


def _with_struck_out(ground: Ground, plan: Plan, at_s: int) -> Ground:
    """Leave in the tables who was visited, as somebody who needs nothing in these days."""
    known = set(ground.layers["beneficiaries"].rows["id"])
    gone = {
        stop.place_id: stop
        for route in plan.day_routes
        for stop in route.stops
        if stop.kind == "visit" and stop.starts_s < at_s and stop.place_id not in known
    }
    if not gone:
        return ground
    import geopandas as gpd
    import pandas as pd
    import shapely

    people, nothing = ground.layers["beneficiaries"], ()
    rows = pd.DataFrame(
        {
            "id": list(gone),
            "category": [stop.category or "" for stop in gone.values()],
            "visits_per_week": float("nan"),
            "every_days": float(_NEVER_DAYS),
            "min_gap_days": 1,
            "weekdays": [nothing for _ in gone],
            "windows": [nothing for _ in gone],
            "service_s": [stop.departs_s - stop.starts_s for stop in gone.values()],
            "priority": 1.0,
            "last_visit": [plan.starts_at.date() for _ in gone],
            "workers_needed": 1,
            "skills": [nothing for _ in gone],
        },
        columns=people.rows.columns.drop("geometry"),
    )
    rows = rows.astype(people.rows.dtypes.drop("geometry")).where(rows.notna(), None)
    homes = shapely.points([(stop.lon, stop.lat) for stop in gone.values()])
    frame = gpd.GeoDataFrame(rows, geometry=homes, crs=people.rows.crs)
    both = pd.concat([people.rows, frame], ignore_index=True)
    both = both.sort_values("id", kind="stable", ignore_index=True)
    return replace(ground, layers={**ground.layers, "beneficiaries": replace(people, rows=both)})


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
