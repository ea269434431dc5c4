"""Other workers, other bases, other times of service: the tables as they would be then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from outreach.routing.specs import BreakSpec, CircuitSpec, TeamSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import geopandas as gpd

    from outreach.coverage.result import Site
    from outreach.coverage.weeks import Setting

Spec = TypeVar("Spec", CircuitSpec, TeamSpec, BreakSpec)

SITE_PREFIX = "site/"
"""Of the ids of bases that are none yet, so that a partner's place can be one too."""


def site_id(place_id: str) -> str:
    """Give the id that a place bears as a base."""
    return f"{SITE_PREFIX}{place_id}"


def with_workers(setting: Setting, sites: Sequence[Site], *, like: str) -> Setting:
    """
    Add a worker at each site, with the hours, limits and vehicle of a present one.

    They can do whatever some present worker can; whether a skill is missing is another question
    than whether there are too few.

    Parameters
    ----------
    like
        Id of the present worker.
    """
    import pandas as pd

    if not sites:
        return setting
    workers = setting.tables.workers
    model = workers[workers["id"] == like]
    rows = model.iloc[[0] * len(sites)].copy()
    taken = set(workers["id"])
    free = (name for n in range(1, 10_000) if (name := f"new-{n}") not in taken)
    rows["id"] = [next(free) for _ in sites]
    rows["base_id"] = [site.id for site in sites]
    rows["base_label"] = [site.label for site in sites]
    skills = tuple(sorted({skill for row in workers["skills"] for skill in row}))
    rows["skills"] = pd.Series([skills] * len(sites), index=rows.index, dtype=object)
    rows = rows.set_geometry(_points(sites), crs=workers.crs)
    return _with(setting, pd.concat([workers, rows], ignore_index=True))


def everybody_at(setting: Setting, site: Site) -> Setting:
    """Let all workers sit at one place; appointments at their bases are there, too."""
    left = set(setting.tables.workers["base_id"])
    workers = setting.tables.workers.assign(base_id=site.id, base_label=site.label)
    moved = _with(setting, workers.set_geometry(_points([site] * len(workers)), crs=workers.crs))
    bookings = tuple(
        replace(b, place_id=site.id) if b.place_id in left else b for b in setting.arranged.bookings
    )
    return replace(moved, arranged=replace(setting.arranged, bookings=bookings))


def without_worker(setting: Setting, worker_id: str) -> Setting:
    """Leave a worker out, also from the circuits, teams and appointments."""
    arranged, workers = setting.arranged, setting.tables.workers
    kept = workers[workers["id"] != worker_id].reset_index(drop=True)
    # A base that nobody has any more is no place where the planner knows the way.
    gone = set(workers["base_id"]) - set(kept["base_id"])
    remaining = replace(
        arranged,
        circuits=_without(arranged.circuits, worker_id),
        teams=_without(arranged.teams, worker_id),
        breaks=tuple(
            _left(spec, worker_id) for spec in arranged.breaks if spec.worker_ids != (worker_id,)
        ),
        bookings=tuple(
            b for b in arranged.bookings if b.worker_id != worker_id and b.place_id not in gone
        ),
    )
    return replace(_with(setting, kept), arranged=remaining)


def whose_absence_is_ordinary(setting: Setting) -> str:
    """Choose the worker to be ill: one of no circuit and no team where there is one, by id."""
    arranged = setting.arranged
    specs: list[CircuitSpec | TeamSpec] = [*arranged.circuits, *arranged.teams]
    bound = {worker_id for spec in specs for worker_id in spec.worker_ids}
    ids: list[str] = sorted(setting.tables.workers["id"])
    return next((i for i in ids if i not in bound), ids[0])


def with_service(setting: Setting, factor: float) -> Setting:
    """Let every visit to a beneficiary last so many times as long."""
    people = setting.tables.beneficiaries
    longer = people.assign(service_s=(people["service_s"] * factor).round().astype("int64"))
    return replace(setting, tables=replace(setting.tables, beneficiaries=longer))


def _with(setting: Setting, workers: gpd.GeoDataFrame) -> Setting:
    return replace(setting, tables=replace(setting.tables, workers=workers))


def _points(sites: Iterable[Site]) -> gpd.GeoSeries:
    import geopandas as gpd

    placed = list(sites)
    return gpd.points_from_xy([s.lon for s in placed], [s.lat for s in placed])


def _left(spec: Spec, worker_id: str) -> Spec:
    return replace(spec, worker_ids=tuple(w for w in spec.worker_ids if w != worker_id))


def _without(specs: Iterable[Spec], worker_id: str) -> tuple[Spec, ...]:
    """Leave a worker out of teams; one of which nobody remains is none."""
    left = (_left(spec, worker_id) for spec in specs)
    return tuple(spec for spec in left if spec.worker_ids)
