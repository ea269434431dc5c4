"""What is found out step by step: need, weeks as they are, sites, weeks with more workers."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.access import reach
from outreach.coverage.crew import SITE_PREFIX, everybody_at, with_workers
from outreach.coverage.demand import needs_of
from outreach.coverage.effort import calibrate
from outreach.coverage.gaps import Gaps
from outreach.coverage.placement import Candidates, Residual, choose, follow
from outreach.coverage.result import Site, Step
from outreach.coverage.staffing import available_time
from outreach.coverage.supply import working_weeks
from outreach.coverage.trials import Trials
from outreach.coverage.variations import AS_IT_IS, Variation
from outreach.errors import ConfigError, Message, PlanningError
from outreach.progress import SILENT, Progress
from outreach.units import MINUTE_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd

    from outreach.coverage.access import Reach
    from outreach.coverage.demand import Need
    from outreach.coverage.effort import Effort
    from outreach.coverage.interruptions import Interruptions
    from outreach.coverage.params import CoverageParams, Scenario
    from outreach.coverage.placement import Choice
    from outreach.coverage.result import Quality
    from outreach.coverage.supply import WorkingWeek
    from outreach.coverage.weeks import Setting, Weeks
    from outreach.model import Loss, Season
    from outreach.routing.matrix import TravelMatrix

logger = logging.getLogger(__name__)

NOISE_SEED = 1_000
"""Added to the seed, to see by how much searches of the same weeks differ."""
N_SEARCHES = 3
"""How often the present weeks are searched for that."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inquiry:
    """
    What is asked, of what.

    Parameters
    ----------
    setting
        The present, with the beneficiaries sorted by id.
    matrices
        By season, of the beneficiaries, the present places, and all `sites`.
    sites
        Where workers may sit, by the words of `CoverageParams.candidates`.
    places
        Where everybody may sit, by the id of the base or partner.
    lost
        Who was lost before: *invalid*, *unsnapped*, *unreachable*.
    interruptions
        What interrupts the weeks; None: nobody said.
    """

    title: str
    params: CoverageParams
    scenario: Scenario | None
    season: Season
    setting: Setting
    matrices: Mapping[Season, TravelMatrix]
    sites: Mapping[str, tuple[Site, ...]]
    places: Mapping[str, Site]
    quality: Quality
    lost: tuple[Loss, ...] = ()
    notices: tuple[Message, ...] = ()
    interruptions: Interruptions | None = None


class Study:
    """
    Finds everything out, each thing when it is first asked for.

    Parameters
    ----------
    progress
        Told what is planned now; how many weeks will be planned in all is a guess.

    Raises
    ------
    PlanningError
        When there is nobody to visit, or no place for another worker.
    ConfigError
        When a scenario names a place that is not there, the settings a worker who is not, or the
        allowances leave no working time.
    """

    def __init__(self, inquiry: Inquiry, *, progress: Progress = SILENT) -> None:
        self.inquiry = inquiry
        self.params = inquiry.params
        self._progress = progress
        if not len(inquiry.setting.tables.beneficiaries):
            raise PlanningError(
                "nobody needs a visit: no row of the beneficiaries can be used; outreach check"
                " tells what is wrong with them"
            )
        self.setting = inquiry.setting
        words = self.params.candidates
        if inquiry.scenario is not None:
            words = inquiry.scenario.candidates or words
            if inquiry.scenario.everybody_at:
                self.setting = everybody_at(self.setting, self.place_of(inquiry.scenario))
        self._words = words
        self.like = self._model_worker()
        week = self.working[self.like]
        self.year = available_time(
            self.params.wisn,
            working_days_per_week=week.n_days,
            hours_per_day=week.hours / week.n_days if week.n_days else 0.0,
        )
        self.trials = Trials(self._tell)
        self._nested: tuple[int, ...] = ()

    # What is there

    @property
    def areas(self) -> gpd.GeoDataFrame | None:
        """The areas, where the project has some."""
        return self.setting.tables.areas

    @cached_property
    def need(self) -> Need:
        """What everybody needs."""
        return needs_of(self.setting.tables.beneficiaries, self.areas)

    @cached_property
    def working(self) -> Mapping[str, WorkingWeek]:
        """Everybody's week."""
        return working_weeks(self.setting)

    @cached_property
    def present_bases(self) -> tuple[str, ...]:
        """Where the present workers sit, by id."""
        return tuple(sorted(set(self.setting.tables.workers["base_id"])))

    def reach(self, n_added: int, season: Season | None = None) -> Reach:
        """Tell how far it is from the present bases and so many added ones."""
        bases = (*self.present_bases, *(site.id for site in self.sites(n_added)))
        matrix = self.inquiry.matrices[season or self.inquiry.season]
        return reach(matrix, self.need.ids, bases)

    def _model_worker(self) -> str:
        workers = self.setting.tables.workers
        ids: list[str] = sorted(workers["id"])
        wanted = self.params.new_worker_like
        if wanted and wanted not in ids:
            raise ConfigError(
                "coverage: new_worker_like: '%(worker)s' is not among the workers: %(known)s",
                worker=wanted,
                known=", ".join(ids),
            )
        bound = {w for c in self.setting.arranged.circuits for w in c.worker_ids}
        rides = dict(zip(workers["id"], workers["vehicle"] != "none", strict=True))
        is_idle = {i: not self.working[i].hours for i in ids}
        chosen = wanted or min(ids, key=lambda i: (is_idle[i], not rides[i], i in bound, i))
        if is_idle[chosen]:
            raise ConfigError(
                "coverage: an added worker would have the hours of '%(worker)s', who has none;"
                " name another one as new_worker_like, or write hours for the worker",
                worker=chosen,
            )
        return chosen

    def place_of(self, scenario: Scenario) -> Site:
        """Look up where everybody sits."""
        site = self.inquiry.places.get(scenario.everybody_at)
        if site is None:
            raise ConfigError(
                "scenarios: %(name)s: '%(place)s' is no base or partner near a road; there are:"
                " %(known)s",
                name=scenario.name,
                place=scenario.everybody_at,
                known=", ".join(sorted(self.inquiry.places)),
            )
        return site

    def _tell(self, name: str, n_done: int) -> None:
        n_scenarios = 2 * len(self.params.scenarios) if self.inquiry.scenario is None else 0
        n_expected = 2 + self.params.add + 12 + n_scenarios
        self._progress(f"weeks: {name}", float(n_done), float(max(n_expected, n_done + 1)))

    # What the weeks deliver

    @cached_property
    def present(self) -> Weeks:
        """The weeks as they are."""
        return self._present[0]

    @cached_property
    def _present(self) -> tuple[Weeks, ...]:
        others = [
            replace(self.setting, seed=self.setting.seed + NOISE_SEED * n)
            for n in range(1, N_SEARCHES)
        ]
        return tuple(
            self.trials.plan(
                {
                    (self.as_it_is, 0): ("the present workers", lambda: self.setting),
                    **{
                        other.seed: ("the present workers, searched anew", partial(_same, other))
                        for other in others
                    },
                }
            )
        )

    @property
    def as_it_is(self) -> Variation:
        """The season, work and crew of the present."""
        return Variation(name=AS_IT_IS, season=self.inquiry.season)

    @cached_property
    def noise_visits(self) -> int:
        """By how much searches of the same weeks differ at most, and never less than a visit."""
        found = [weeks.n_delivered for weeks in self._present]
        return max(1, max(found) - min(found))

    @cached_property
    def effort(self) -> Effort:
        """What a visit takes, as the present weeks show."""
        return calibrate(self.present)

    @cached_property
    def added(self) -> tuple[Weeks, ...]:
        """The weeks with 0, 1, 2, … workers more."""
        more = self.trials.plan(
            {
                (self.as_it_is, n): (f"{n} more", lambda n=n: self.with_added(n))  # type: ignore[misc]
                for n in range(1, self.n_added + 1)
            }
        )
        return (self.present, *more)

    def with_added(self, n_added: int) -> Setting:
        """Give the present with so many workers more, at the nested sites."""
        return with_workers(self.setting, self.sites(n_added), like=self.like)

    def gaps(self, n_added: int) -> Gaps:
        """Compare need and delivery with so many workers more."""
        return Gaps(
            need=self.need,
            weeks=self.added[n_added],
            reach=self.reach(n_added),
            effort=self.effort,
            threshold_s=self.params.threshold_minutes * MINUTE_S,
        )

    def worst_minutes(self, found: Reach) -> float:
        """Give the longest ride from the nearest base to anybody who can be reached."""
        ride_s = found.nearest_s[np.isfinite(found.nearest_s)]
        return float(ride_s.max(initial=0.0)) / MINUTE_S

    # Where the next ones sit

    @property
    def n_added(self) -> int:
        """How many more are looked at: none where nothing is left that they could do."""
        return self.params.add if self.present.curable.any() else 0

    def candidates(self, words: Sequence[str]) -> Candidates:
        """Look up the sites that these words stand for, each once."""
        scenario = self.inquiry.scenario
        if scenario is not None and scenario.everybody_at and words is self._words:
            sites: tuple[Site, ...] = (self.place_of(scenario),)
        else:
            by_id = {site.id: site for word in words for site in self.inquiry.sites[word]}
            sites = tuple(by_id[i] for i in sorted(by_id))
        found = reach(self.inquiry.matrices[self.inquiry.season], self.need.ids, _ids(sites))
        return Candidates(sites=sites, seconds=found.seconds)

    def residual(self, candidates: Candidates) -> Residual:
        """Tell what the present workers leave, and what it takes from each site."""
        week, visits = self.working[self.like], self.present.curable
        # Who is seen first is for priority to say, not for how short the visit is: so each
        # counts with the mean time, and no choice looks better for leaving out the long ones.
        mean_s = float(visits @ self.need.service_s) / max(1, int(visits.sum()))
        service_s = np.full(len(visits), mean_s)
        return Residual(
            visits=visits,
            hours=self.effort.hours(service_s, self.need.n_workers, candidates.seconds),
            capacity_h=week.hours * self.params.weeks * self.effort.used_share,
            limit_s=week.max_riding_s / 2,
            again=np.where(self.present.is_hopeless, 0, self.present.required),
        )

    @cached_property
    def _here(self) -> Candidates:
        return self.candidates(self._words)

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """The sites for 1, 2, … workers more."""
        if not self.n_added:
            return ()
        return choose(
            self._here,
            self.residual(self._here),
            self.n_added,
            told=lambda n: self._progress("places", float(n), float(self.n_added)),
        )

    def sites(self, n_added: int) -> tuple[Site, ...]:
        """Give the places of so many workers more, in the order of adding."""
        if not n_added:
            return ()
        if not self._nested and self.choices:
            self._nested = self.choices[-1].nested
        if n_added > len(self._nested):
            self._nested = follow(self._here, self.residual(self._here), self._nested, n_added)
        return tuple(self._here.sites[j] for j in self._nested[:n_added])

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Predict, plan, and put both side by side."""
        base = self.present.n_delivered
        present = Step(
            n_added=0,
            sites=(),
            predicted_visits=base,
            bound_visits=base,
            proof="proven",
            gap_share=0.0,
            free_sites=(),
            free_visits=base,
            realised=self.added[0].outcome(worst_minutes=self.worst_minutes(self.reach(0))),
            cost_idr_per_month=0,
        )
        return (
            present,
            *(
                Step(
                    n_added=n,
                    sites=shown(self.sites(n)),
                    predicted_visits=base + choice.nested_visits,
                    bound_visits=base + choice.bound_visits,
                    proof=choice.proof,
                    gap_share=choice.gap_share,
                    free_sites=shown(self._here.sites[j] for j in choice.free),
                    free_visits=base + choice.free_visits,
                    realised=self.added[n].outcome(worst_minutes=self.worst_minutes(self.reach(n))),
                    cost_idr_per_month=n * self.params.worker_idr_per_month,
                )
                for n, choice in enumerate(self.choices, start=1)
            ),
        )


def _same(setting: Setting) -> Setting:
    return setting


def shown(sites: Iterable[Site]) -> tuple[Site, ...]:
    """Give sites by the ids of the places that they are, as people know them."""
    return tuple(replace(site, id=site.id.removeprefix(SITE_PREFIX)) for site in sites)


def _ids(sites: Iterable[Site]) -> list[str]:
    return [site.id for site in sites]
