"""The whole argument, put together from what was found out."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.access import assess_access, reach, uncovered
from outreach.coverage.crew import everybody_at, with_workers
from outreach.coverage.groups import area_groups, districts_of, total_population
from outreach.coverage.placement import follow
from outreach.coverage.result import Coverage, ScenarioRow
from outreach.coverage.staffing import caseloads, wisn
from outreach.coverage.study import shown
from outreach.coverage.supply import hours_by_base
from outreach.coverage.variations import Staffing, variations
from outreach.coverage.workload import workloads
from outreach.errors import Message
from outreach.model import Loss

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from outreach.coverage.params import Scenario
    from outreach.coverage.result import Access, Planned, Site, Step, Wisn
    from outreach.coverage.study import Study
    from outreach.coverage.weeks import Setting
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
        quality=replace(inquiry.quality, n_in_no_area=study.need.n_in_no_area),
        total=gaps.total(population=total_population(groups.values())),
        categories=gaps.rows(study.need.category, {}),
        districts=gaps.rows(districts, known) if known else (),
        areas=gaps.rows(study.need.area, groups) if len(groups) > 1 else (),
        access=_access(study, population),
        present=steps[0].realised,
        gap_workers=float(gaps.gap_h.sum()) / capacity_h if capacity_h else 0.0,
        caseloads=caseloads(len(study.need)),
        wisn=needed,
        planned=planned,
        steps=steps,
        scenarios=_scenarios(study, recommended or params.add),
        recommended=recommended,
        noise_visits=study.noise_visits,
        worker_idr_per_month=params.worker_idr_per_month,
        losses=(*inquiry.lost, *_unserved(study), *uncovered(gaps.reach, gaps.threshold_s)),
        notices=inquiry.notices,
    )


def recommend(steps: Sequence[Step], planned: Sequence[Planned], *, noise_visits: int) -> int:
    """
    Choose how many workers to ask for.

    The fewest with which nothing due stays open at the end of the planned weeks, where so many
    were looked at; else as many as still bring more than the noise of the search.

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
    for before, step in pairwise(steps):
        gain = step.realised.delivered_visits - before.realised.delivered_visits
        if gain > noise_visits:
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
    )
    found: list[Planned] = []
    for variation in variations(study.inquiry.season):
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


def _unserved(study: Study) -> tuple[Loss, ...]:
    """Name those of whom something due stays open at the end with the present workers."""
    weeks, lost = study.present, {loss.beneficiary_id for loss in study.inquiry.lost}
    losses = []
    for row in np.flatnonzero(weeks.is_open).tolist():
        if study.need.ids[row] in lost:
            continue
        values = {
            "made": int(weeks.delivered[row]),
            "required": int(weeks.required[row]),
            "weeks": study.params.weeks,
            "workers": weeks.n_workers,
        }
        if weeks.is_hopeless[row]:
            reason, detail = (
                "nobody_can",
                Message(
                    "%(made)d of %(required)d visits in %(weeks)d weeks; more workers alone would"
                    " not help: the circuit is full, the skill is missing, or nobody works when the"
                    " door is open",
                    values,
                ),
            )
        else:
            reason, detail = (
                "no_time",
                Message(
                    "%(made)d of %(required)d visits in %(weeks)d weeks; the %(workers)d workers"
                    " have no time for more",
                    values,
                ),
            )
        losses.append(
            Loss(
                kind="unserved",
                beneficiary_id=study.need.ids[row],
                reason=reason,
                detail=detail,
            )
        )
    return tuple(losses)


def _scenarios(study: Study, n_added: int) -> tuple[ScenarioRow, ...]:
    """Plan the weeks of the other arrangements, with the present workers and with more."""
    if study.inquiry.scenario is not None or not study.n_added:
        return ()
    arranged = [_Arranged(study, scenario, n_added) for scenario in study.params.scenarios]
    planned = study.trials.plan(
        {
            one.key(n): (f"{one.scenario.label}, {n} more", partial(one.setting, n))
            for one in arranged
            for n in (0, n_added)
        }
    )
    outcomes = [
        weeks.outcome(worst_minutes=one.worst_minutes(n))
        for weeks, (one, n) in zip(
            planned, ((one, n) for one in arranged for n in (0, n_added)), strict=True
        )
    ]
    return tuple(
        ScenarioRow(
            name=one.scenario.name,
            label=one.scenario.label,
            n_added=n_added,
            sites=shown(one.sites),
            present=present,
            realised=realised,
        )
        for one, present, realised in zip(arranged, outcomes[::2], outcomes[1::2], strict=True)
    )


class _Arranged:
    """One scenario: who sits where, with the present workers and with more."""

    def __init__(self, study: Study, scenario: Scenario, n_added: int) -> None:
        self._study = study
        self.scenario = scenario
        self._everybody = study.place_of(scenario) if scenario.everybody_at else None
        self.sites: tuple[Site, ...]
        if self._everybody is not None:
            self.sites = (self._everybody,) * n_added
        else:
            here = study.candidates(scenario.candidates)
            chosen = follow(here, study.residual(here), (), n_added)
            self.sites = tuple(here.sites[j] for j in chosen)

    def key(self, n_added: int) -> Hashable:
        """Name the weeks; nobody of the present ones sits elsewhere unless everybody does."""
        if not n_added and self._everybody is None:
            return (self._study.as_it_is, 0)
        return (self.scenario, n_added)

    def setting(self, n_added: int) -> Setting:
        """Give the setting with so many more."""
        present = self._study.setting
        if self._everybody is not None:
            present = everybody_at(present, self._everybody)
        return with_workers(present, self.sites[:n_added], like=self._study.like)

    def worst_minutes(self, n_added: int) -> float:
        """Give the longest ride from the nearest base."""
        bases = set(self.setting(n_added).tables.workers["base_id"])
        matrix = self._study.setting.matrix
        return self._study.worst_minutes(reach(matrix, self._study.need.ids, sorted(bases)))
