"""Can the workers keep up with the cases: many weeks with what comes between, wired."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outreach.assessment import inquire
from outreach.errors import ConfigError, PlanningError
from outreach.ground import read_ground
from outreach.interrupting import interruptions_of
from outreach.pipeline import prepare_network, words_for
from outreach.progress import SILENT, Progress

if TYPE_CHECKING:
    from outreach.config import Config
    from outreach.coverage.interruptions import InterruptionParams
    from outreach.coverage.study import Inquiry
    from outreach.coverage.weeks import Setting
    from outreach.model import Season
    from outreach.output.cycle_told import CycleReport

logger = logging.getLogger(__name__)

CYCLE_FILE, CYCLE_PAGE = "cycle.json", "cycle.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What the command line asks instead of outreach.toml; None: as it says there."""

    weeks: int | None = None
    runs: int | None = None
    season: Season | None = None
    scenario: str | None = None

    def rates(self, config: Config) -> InterruptionParams:
        """Give the rates, with what is asked instead."""
        from outreach.coverage.interruptions import InterruptionParams

        rates = config.cycle or InterruptionParams()
        return replace(
            rates,
            weeks=self.weeks or rates.weeks,
            runs=self.runs or rates.runs,
            iterations=config.plan.iterations or rates.iterations,
        )


def simulate_cycle(config: Config, ask: Ask, *, progress: Progress = SILENT) -> CycleReport:
    """
    Live through many weeks several times, and write what came of it.

    Raises
    ------
    ConfigError
        When there is no such scenario, or it says nothing of the present workers.
    LayerError, NetworkError, PlanningError
        When nothing useful can be found out.
    """
    from outreach.coverage.cycle import Cycle, run_weeks, trend_of, verdict_of
    from outreach.output.cycle_json import write_cycle
    from outreach.output.cycle_page import write_cycle_page
    from outreach.output.cycle_told import CycleReport
    from outreach.routing.plan import getting_ready

    rates = ask.rates(config)
    config = replace(config, season=ask.season or config.season)
    scenario = None if ask.scenario is None else config.coverage.scenario(ask.scenario)
    if scenario is not None and not scenario.everybody_at:
        raise ConfigError(
            "the scenario '%(name)s' says where added workers sit; outreach cycle looks at the"
            " present ones, ask outreach coverage",
            name=scenario.name,
        )
    ground = read_ground(config)
    with getting_ready(config.plan) as wait:
        network = prepare_network(config, progress=progress)
        progress("places", 0.0, None)
        inquiry, snapped = inquire(config, ground, network, scenario=scenario)
        if not len(inquiry.setting.tables.beneficiaries):
            raise PlanningError(
                "nobody needs a visit: no row of the beneficiaries can be used; outreach check"
                " tells what is wrong with them"
            )
        setting = replace(
            _arranged(inquiry),
            n_weeks=rates.weeks,
            iterations=rates.iterations,
            season=config.season,
            interruptions=interruptions_of(config, rates, network, snapped),
        )
        wait()
    runs = run_weeks(setting, rates.runs, told=lambda part: progress("weeks", part, 1.0))
    trend = trend_of(runs)
    n_people = len(setting.tables.beneficiaries)
    cycle = Cycle(
        title=config.name,
        scenario=None if scenario is None else scenario.label,
        season=config.season,
        starts_on=setting.starts_on,
        n_weeks=rates.weeks,
        n_people=n_people,
        n_workers=len(setting.tables.workers),
        params=rates,
        is_guess=config.cycle is None,
        runs=runs,
        trend=trend,
        verdict=verdict_of(trend, n_people=n_people),
        # Of what coverage passes over only the bases without a road concern those at work.
        notices=(*config.notices, *(n for n in inquiry.notices if "place" in n.values)),
    )
    paths = (config.out / CYCLE_FILE, config.out / CYCLE_PAGE)
    write_cycle(cycle, paths[0])
    write_cycle_page(cycle, words_for(config), paths[1])
    logger.info("lived through %d weeks, %d times: %s", rates.weeks, rates.runs, cycle.verdict)
    return CycleReport(cycle=cycle, paths=paths)


def _arranged(inquiry: Inquiry) -> Setting:
    """Give the setting, with everybody where the scenario puts them."""
    from outreach.coverage.crew import everybody_at

    scenario = inquiry.scenario
    if scenario is None:
        return inquiry.setting
    site = inquiry.places.get(scenario.everybody_at)
    if site is None:
        raise ConfigError(
            "scenarios: %(name)s: '%(place)s' is no base or partner near a road; there are:"
            " %(known)s",
            name=scenario.name,
            place=scenario.everybody_at,
            known=", ".join(sorted(inquiry.places)),
        )
    return everybody_at(inquiry.setting, site)
