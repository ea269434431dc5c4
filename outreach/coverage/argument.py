"""The whole argument, put together from what was found out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.coverage.access import assess_access, uncovered
from outreach.coverage.groups import area_groups, districts_of, total_population
from outreach.coverage.lost import unreachable, unserved
from outreach.coverage.result import Coverage
from outreach.coverage.scenarios import compare
from outreach.coverage.staffing import caseloads, wisn
from outreach.coverage.study import shown
from outreach.coverage.supply import hours_by_base
from outreach.coverage.variations import Staffing, variations
from outreach.coverage.workload import workloads

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outreach.coverage.result import Access, Planned, Site, Step, Wisn
    from outreach.coverage.study import Study
    from outreach.model import Season

MORE_THAN_WISN = 6
"""So many workers beyond what the workload asks for are tried in planning, no more."""


def argue(study: Study, *, population: Mapping[tuple[Season, int], int] | None = None) -> Coverage:
    """
    Put the argument together.

    Parameters
    ----------
    population
        Who lives within which band of the present bases, by season and minutes.
    """
    inquiry, params, gaps = study.inquiry, study.params, study.gaps(0)
    groups = area_groups(study.areas)
    districts, known = districts_of(groups, study.need.area)
    steps, needed = study.steps, _wisn(study)
    planned = _planned(study, needed)
    recommended = recommend(steps, planned, noise_visits=study.noise_visits)
    compared, passed_over = compare(study, recommended or params.add)
    lost_on_the_way = unreachable(study)
    capacity_h = study.working[study.like].hours * params.weeks * study.effort.used_share
    return Coverage(
        title=inquiry.title,
        scenario=inquiry.scenario.name if inquiry.scenario is not None else None,
        season=inquiry.season,
        starts_on=study.setting.starts_on,
        n_weeks=params.weeks,
        seed=study.setting.seed,
        k=params.k,
        n_people=len(study.need),
        workers=tuple(sorted(study.setting.tables.workers["id"])),
        present_sites=shown(_present_sites(study)),
        quality=replace(
            inquiry.quality,
            n_unreachable=len(lost_on_the_way),
            n_in_no_area=study.need.n_in_no_area,
        ),
        total=gaps.total(population=total_population(groups.values())),
        categories=gaps.rows(study.need.category, {}),
        districts=gaps.rows(districts, known) if known else (),
        areas=gaps.rows(study.need.area, groups) if len(groups) > 1 else (),
        access=_access(study, population),
        present=steps[0].realised,
        gap_workers=float(gaps.curable_h.sum()) / capacity_h,
        caseloads=caseloads(len(study.need)),
        wisn=needed,
        planned=planned,
        steps=steps,
        scenarios=compared,
        recommended=recommended,
        noise_visits=study.noise_visits,
        worker_idr_per_month=params.worker_idr_per_month,
        losses=(
            *inquiry.lost,
            *lost_on_the_way,
            *unserved(study),
            *uncovered(gaps.reach, gaps.threshold_s),
        ),
        notices=(*inquiry.notices, *passed_over),
    )


def recommend(steps: Sequence[Step], planned: Sequence[Planned], *, noise_visits: int) -> int:
    """
    Choose how many workers to ask for.

    The fewest that were found with whom nothing due stays open at the end of the planned weeks,
    where so many were looked at; else as many as each bring more than the noise of the search.

    Parameters
    ----------
    steps
        With 0, 1, 2, … added.
    planned
        The present season, work and crew first.
    """
    present = steps[0].realised.n_workers
    required = planned[0].n_required if planned else None
    if required is not None and required - present < len(steps):
        return max(0, required - present)
    best = 0
    for step in steps[1:]:
        gain = step.realised.delivered_visits - steps[best].realised.delivered_visits
        if gain > noise_visits * (step.n_added - best):
            best = step.n_added
    return best


def _wisn(study: Study) -> Wisn:
    present_h = sum(week.hours for week in study.working.values())
    return wisn(
        workloads(study.need, study.present),
        time=study.year,
        params=study.params.wisn,
        n_present=present_h / study.working[study.like].hours,
    )


def _planned(study: Study, needed: Wisn) -> tuple[Planned, ...]:
    present = len(study.setting.tables.workers)
    cap = max(present + study.params.add, round(needed.n_required) + MORE_THAN_WISN)
    staffing = Staffing(
        setting=study.setting,
        matrices=study.inquiry.matrices,
        sites=study.sites,
        like=study.like,
        cap=cap,
        trials=study.trials,
        interruptions=study.inquiry.interruptions,
    )
    found: list[Planned] = []
    is_known = study.inquiry.interruptions is not None
    for variation in variations(study.inquiry.season, with_interruptions=is_known):
        guess = found[0].n_required if found else None
        found.append(staffing.needed(variation, guess=guess))
    return tuple(found)


def _access(study: Study, population: Mapping[tuple[Season, int], int] | None) -> Access:
    return assess_access(
        {season: study.reach(0, season) for season in sorted(study.inquiry.matrices)},
        season=study.inquiry.season,
        need_h=study.need.worker_hours_per_week,
        supply_h=hours_by_base(study.working, study.present_bases),
        threshold_minutes=study.params.threshold_minutes,
        bands_minutes=study.params.bands_minutes,
        population=population,
    )


def _present_sites(study: Study) -> list[Site]:
    """Give the bases of the present workers, where they sit in this scenario."""
    known = {site.id: site for site in study.inquiry.places.values()}
    return [known[base_id] for base_id in study.present_bases if base_id in known]
