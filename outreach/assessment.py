"""Who is missed, and what more workers would change: the stages of coverage, wired."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outreach.drawing import background, cache_dir_of
from outreach.errors import Message, PlanningError
from outreach.ground import read_ground
from outreach.interrupting import interruptions_of
from outreach.pipeline import places_of, prepare_network, words_for
from outreach.progress import SILENT, Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.config import Config
    from outreach.coverage.params import Scenario
    from outreach.coverage.result import Coverage, CoverageMap, Quality
    from outreach.coverage.study import Inquiry
    from outreach.ground import Ground
    from outreach.masking import Masked
    from outreach.model import Loss, Season
    from outreach.output.coverage_answer import CoverageReport
    from outreach.routing.assemble import Tables
    from outreach.routing.network import RoadNetwork
    from outreach.routing.snap import SnapParams, Snapped
    from outreach.seats import Seats

logger = logging.getLogger(__name__)

POINTS_FILE = "coverage-points.gpkg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    What the command line asks instead of outreach.toml; None: as it says there.

    `with_points`: masked points are wanted, too.
    """

    add: int | None = None
    weeks: int | None = None
    season: Season | None = None
    scenario: str | None = None
    with_points: bool = False

    def of(self, config: Config) -> tuple[Config, Scenario | None]:
        """
        Put it into the settings.

        Raises
        ------
        ConfigError
            When there is no such scenario.
        """
        coverage = config.coverage
        scenario = None if self.scenario is None else coverage.scenario(self.scenario)
        coverage = replace(
            coverage,
            add=coverage.add if self.add is None else self.add,
            weeks=self.weeks or coverage.weeks,
            iterations=config.plan.iterations or coverage.iterations,
        )
        return replace(config, coverage=coverage, season=self.season or config.season), scenario


def assess(config: Config, question: Question, *, progress: Progress = SILENT) -> CoverageReport:
    """
    Find out who is missed and what more workers would change, and write everything about it.

    Raises
    ------
    ConfigError, LayerError, NetworkError, PlanningError
        When nothing useful can be found out.
    PrivacyError
        When there are too few people to tell of any, or to show masked points of.
    """
    from outreach.output.coverage_answer import CoverageReport
    from outreach.output.coverage_points import write_masked_points
    from outreach.output.coverage_told import require_enough
    from outreach.output.coverage_write import write_coverage_outputs
    from outreach.routing.plan import getting_ready

    config, scenario = question.of(config)
    ground = read_ground(config)
    with getting_ready(config.plan) as wait:
        network = prepare_network(config, progress=progress)
        progress("places", 0.0, None)
        inquiry, snapped = inquire(config, ground, network, scenario=scenario)
        if config.cycle is not None:
            interruptions = interruptions_of(config, config.cycle, network, snapped)
            inquiry = replace(inquiry, interruptions=interruptions)
        wait()
    # What cannot be shown is told before the weeks are planned.
    require_enough(len(inquiry.setting.tables.beneficiaries), config.coverage.k)
    masked = _masked(inquiry.setting.tables, k=config.coverage.k) if question.with_points else None
    coverage, charted = find_out(inquiry, network, snapped, walk=config.snap, progress=progress)
    paths, told = write_coverage_outputs(
        coverage,
        charted,
        words_for(config),
        config.out,
        roads=background(config, network, progress=progress),
        attribution=config.roads.attribution,
        progress=progress,
    )
    points_k = None
    if masked is not None:
        points = config.out / POINTS_FILE
        write_masked_points(masked, points, starts_on=coverage.starts_on)
        points_k, paths = masked.reached_k, (*paths, points)
    return CoverageReport(coverage=coverage, told=told, paths=paths, points_k=points_k)


def find_out(
    inquiry: Inquiry,
    network: RoadNetwork,
    snapped: Snapped,
    *,
    walk: SnapParams | None = None,
    progress: Progress = SILENT,
) -> tuple[Coverage, CoverageMap]:
    """
    Answer an inquiry.

    Parameters
    ----------
    walk
        How far from a road, and how fast, people are reached on foot.

    Raises
    ------
    ConfigError
        When a scenario names a place that is not there, the settings a worker who is not, or the
        allowances leave no working time.
    PlanningError
        When there is nobody to visit, or no place for another worker.
    """
    from outreach.coverage.argument import argue
    from outreach.coverage.charting import chart
    from outreach.coverage.isochrones import IsochroneParams, population_within
    from outreach.coverage.study import Study

    study = Study(inquiry, progress=progress)
    if inquiry.scenario is None:
        # A place that is not there is told before the weeks are planned.
        for scenario in study.params.scenarios:
            if scenario.everybody_at:
                study.place_of(scenario)
    params = None
    if walk is not None:
        params = IsochroneParams(reach_m=walk.max_distance_m, walking_kph=walk.walking_kph)
    charted = chart(study, network, snapped, params=params, progress=progress)
    bands = charted.isochrones[charted.isochrones["n_added"] == 0]
    population = {} if study.areas is None else population_within(study.areas, bands)
    return argue(study, population=population), charted


def inquire(
    config: Config, ground: Ground, network: RoadNetwork, *, scenario: Scenario | None = None
) -> tuple[Inquiry, Snapped]:
    """
    Snap all places and sites, compute the matrices of both seasons, and put the question together.

    Raises
    ------
    PlanningError
        When there is no worker, or none of their bases lies near a road.
    """
    import pandas as pd

    from outreach.coverage.study import Inquiry
    from outreach.coverage.weeks import Setting
    from outreach.routing.assemble import Tables
    from outreach.routing.matrix import default_engine, travel_matrix
    from outreach.routing.snap import snap
    from outreach.seats import seats_of

    tables = Tables.of(ground.layers)
    if not len(tables.workers):
        raise PlanningError(
            "there is no worker whose weeks could be planned: no row of the workers can be used;"
            " outreach check tells what is wrong with them"
        )
    seats = seats_of(config, tables)
    places = places_of(tables)
    places = pd.concat([places, seats.frame(places["id"])], ignore_index=True)
    snapped = snap(places, network, params=config.snap)
    known = set(snapped.ids)
    bases = set(tables.workers["base_id"])
    if not bases & known:
        raise PlanningError(
            "no worker can be planned: none of their bases lies near a road; compare the bases"
            " with the roads, or raise max_distance_m"
        )
    engine = default_engine(network, cache_dir=cache_dir_of(config))
    seasons: tuple[Season, ...] = ("dry", "wet")
    matrices = {s: travel_matrix(snapped, network, season=s, engine=engine) for s in seasons}
    children = set(tables.beneficiaries["id"])
    unsnapped = tuple(u for u in snapped.unsnapped if u.beneficiary_id in children)
    lost = (
        *map(_without_place, ground.invalid),
        *unsnapped,
    )
    inquiry = Inquiry(
        title=config.name,
        params=config.coverage,
        scenario=scenario,
        season=config.season,
        setting=Setting(
            tables=tables,
            matrix=matrices[config.season],
            arranged=config.arranged,
            costs=config.costs,
            weights=config.weights,
            starts_on=config.horizon.starts_on,
            timezone=config.horizon.timezone,
            n_weeks=config.coverage.weeks,
            iterations=config.coverage.iterations,
            seed=config.plan.seed,
            seats=tuple(sorted(known & {*_asked(config, seats, scenario), *bases})),
            season=config.season,
        ),
        matrices=matrices,
        sites={
            word: tuple(s for s in some if s.id in known) for word, some in seats.by_word.items()
        },
        places={key: s for key, s in seats.places.items() if s.id in known},
        quality=_quality(ground, lost),
        lost=lost,
        notices=(*config.notices, *_left_aside(ground, seats, known)),
    )
    return inquiry, snapped


def _asked(config: Config, seats: Seats, scenario: Scenario | None) -> Iterator[str]:
    """Give the ids of the sites where an added worker may sit."""
    words = config.coverage.candidates
    if scenario is not None:
        words = scenario.candidates or words
        if scenario.everybody_at in seats.places:
            words = ()
            yield seats.places[scenario.everybody_at].id
    for word in words:
        yield from (site.id for site in seats.by_word[word])


def _masked(tables: Tables, *, k: int) -> Masked:
    """Mask where people live, among the people of their area where all areas tell how many."""
    from outreach.masking import mask_points
    from outreach.output.coverage_points import require_points

    homes, areas = tables.beneficiaries.geometry, tables.areas
    is_told = areas is not None and len(areas) > 0 and bool(areas["population"].notna().all())
    masked = mask_points(
        homes.x.to_numpy(),
        homes.y.to_numpy(),
        k=k,
        among="population" if is_told else "points",
        areas=areas,
    )
    require_points(masked)
    return masked


def _without_place(loss: Loss) -> Loss:
    """Leave out what the row says: it may be where somebody lives, or nearly."""
    detail = Message("the row cannot be used; outreach check tells what is wrong with it")
    return replace(loss, detail=detail)


def _quality(ground: Ground, lost: tuple[Loss, ...]) -> Quality:
    from outreach.coverage.result import Quality

    kinds = [loss.kind for loss in lost]
    people = ground.layers["beneficiaries"]
    areas = ground.layers.get("areas")
    warnings = [f for f in ground.findings if f.severity == "warning"]
    said = {} if areas is None else {str(f.what): f.what for f in areas.findings}
    return Quality(
        n_rows=len(people.rows) + len(people.invalid),
        n_invalid=kinds.count("invalid"),
        n_unsnapped=kinds.count("unsnapped"),
        n_unreachable=0,
        n_warnings=len(warnings),
        n_in_no_area=0,
        n_areas=0 if areas is None else len(areas.rows),
        n_areas_without_population=(
            0 if areas is None else int(areas.rows["population"].isna().sum())
        ),
        findings=tuple(said.values()),
    )


def _left_aside(ground: Ground, seats: Seats, known: set[str]) -> Iterator[Message]:
    """Say what the planned weeks do not look at."""
    if ground.pins:
        yield Message("Pins are not looked at: coverage asks about the ordinary month")
    for file, rows in seats.unusable.items():
        yield Message(
            "%(file)s: rows of the candidates that cannot be used: %(n)d, the first is row %(row)d",
            {"file": file, "n": len(rows), "row": rows[0]},
        )
    away = [site for site in seats.all if site.id not in known]
    for site in away:
        if site.kind == "base":
            yield Message(
                "%(place)s (a base, lodging or partner) is not used: no road lies near it",
                {"place": site.id},
            )
    n_away = sum(site.kind != "base" for site in away)
    if n_away:
        yield Message("Candidate bases without a road near, so not looked at: %(n)d", {"n": n_away})
