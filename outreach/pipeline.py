"""The stages in order: the only wiring."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING

from outreach.archive import load_plan, save_plan
from outreach.config import DOWNLOADED_ROADS, FILE, Config, Language
from outreach.drawing import areas_of, background, cache_dir_of, lay_out
from outreach.errors import (
    ExportError,
    LayerError,
    Message,
    PlanningError,
    SolverError,
)
from outreach.ground import read_ground
from outreach.progress import SILENT, Progress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import geopandas as gpd
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from outreach.ground import Ground
    from outreach.model import Finding, Loss, Plan
    from outreach.output.reports import CheckReport, NetworkReport, PlanReport
    from outreach.output.words import Words
    from outreach.routing.assemble import Tables
    from outreach.routing.network import RoadNetwork
    from outreach.routing.problem import Problem, Requirement
    from outreach.routing.solvers.protocol import Solver

logger = logging.getLogger(__name__)


def words_for(config: Config) -> Words:
    """Give the project's language."""
    from outreach.output.words import Words

    return Words(config.language)


def check_tables(config: Config) -> CheckReport:
    """Read the tables, and say what is wrong with them."""
    from outreach.output.reports import CheckReport

    ground = read_ground(config)
    return CheckReport(layers=ground.layers, findings=ground.findings)


def start_project(folder: Path, *, language: Language) -> tuple[Path, ...]:
    """
    Make a project folder with a commented outreach.toml and a template workbook.

    Raises
    ------
    ExportError
        When the folder holds a project already: nothing is overwritten.
    """
    import datetime as dt

    from outreach.layers.template import write_template
    from outreach.output.files import write_whole

    settings, workbook = folder / FILE, folder / "caseload.xlsx"
    there = [p.name for p in (settings, workbook) if p.exists()]
    if there:
        raise ExportError(
            "%(folder)s holds %(files)s already; nothing was changed, choose another folder",
            folder=str(folder),
            files=", ".join(there),
        )
    folder.mkdir(parents=True, exist_ok=True)
    today = dt.datetime.now().astimezone().date()
    monday = today + dt.timedelta(days=-today.weekday() % 7)
    text = resources.files("outreach").joinpath(f"templates/outreach.{language}.toml")
    with write_whole(settings) as path:
        path.write_text(
            text.read_text(encoding="utf-8").format(starts_on=monday),
            encoding="utf-8",
        )
    write_template(workbook, language=language)
    return settings, workbook


def prepare_network(
    config: Config, *, place: str | Path | None = None, progress: Progress = SILENT
) -> RoadNetwork:
    """
    Build the road network, or load it from the cache; download it first where it must be.

    Parameters
    ----------
    place
        Download this place now, or what lies in the polygons of this file, and keep it in the
        project folder.

    Raises
    ------
    NetworkError
        When the roads cannot be downloaded, read or used.
    """
    from outreach.layers.roads import download_to, read_roads
    from outreach.routing.network import build_network
    from outreach.routing.network_cache import cached_network

    source = config.roads.source
    if place is not None or source is None:
        source = config.folder / DOWNLOADED_ROADS
        wanted = _outline(config, place) or config.roads.place or ""
        download_to(source, wanted, params=config.download, progress=progress)
    return cached_network(
        (source,),
        config.impedance,
        cache_dir=cache_dir_of(config),
        build=lambda: build_network(
            read_roads(source, progress=progress), impedance=config.impedance, progress=progress
        ),
        progress=progress,
    )


def _outline(config: Config, place: str | Path | None) -> str | Polygon | MultiPolygon | None:
    if place is None or isinstance(place, str):
        return place
    from outreach.layers.areas import read_areas
    from outreach.layers.tables import TableSource

    areas = read_areas(TableSource(path=place), params=config.checks)
    if not len(areas.rows):
        raise LayerError("%(file)s holds no polygon that can be used", file=str(place))
    return areas.rows.union_all()


def describe_network(network: RoadNetwork, *, is_new: bool = False) -> NetworkReport:
    """Count what the network holds."""
    from outreach.output.reports import NetworkReport

    return NetworkReport(
        n_nodes=network.n_nodes,
        n_edges=network.n_edges,
        n_main=int(network.is_main.sum()),
        length_km=float(network.length_m.sum()) / 1000,
        downloaded=DOWNLOADED_ROADS if is_new else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """
    A problem and who was lost on the way to it.

    `findings` are the pins that cannot be kept, `dormant` the requirements, without visits, of
    those who need none in these days.
    """

    problem: Problem
    invalid: tuple[Loss, ...]
    unsnapped: tuple[Loss, ...]
    unreachable: tuple[Loss, ...]
    notices: tuple[Message, ...]
    findings: tuple[Finding, ...] = ()
    dormant: tuple[Requirement, ...] = ()


def prepare_problem(
    config: Config, ground: Ground, network: RoadNetwork, *, closed: Sequence[BaseGeometry] = ()
) -> Prepared:
    """
    Snap all places, compute the matrix and assemble the problem.

    Parameters
    ----------
    closed
        Areas in EPSG:4326 through which nobody passes for the time being.

    Raises
    ------
    PlanningError
        When no worker has a base on a road.
    """
    from outreach.routing.assemble import Tables, build_problem
    from outreach.routing.clashes import clashes
    from outreach.routing.closures import closed as shut
    from outreach.routing.matrix import default_engine, travel_matrix
    from outreach.routing.pins import with_pins, within
    from outreach.routing.snap import snap

    tables = Tables.of(ground.layers)
    snapped = snap(places_of(tables), network, params=config.snap)
    children = set(tables.beneficiaries["id"])
    unsnapped = tuple(u for u in snapped.unsnapped if u.beneficiary_id in children)
    others = tuple(u for u in snapped.unsnapped if u.beneficiary_id not in children)
    if not len(tables.workers):
        raise PlanningError(
            "no worker can be planned: no row of the workers can be used; outreach check tells"
            " what is wrong with them"
        )
    if not set(tables.workers["base_id"]) & set(snapped.ids):
        raise PlanningError(
            "no worker can be planned: none of their bases lies near a road; compare the bases"
            " with the roads, or raise max_distance_m"
        )
    engine = default_engine(network, cache_dir=cache_dir_of(config))
    passable = shut(network, closed) if closed else network
    matrix = travel_matrix(snapped, passable, season=config.season, engine=engine)
    visit_pins, night_pins = within(ground.pins, config.horizon)
    assembled = build_problem(
        tables,
        matrix,
        horizon=config.horizon,
        arranged=config.arranged,
        visit_pins=visit_pins,
        costs=config.costs,
        weights=config.weights,
    )
    pinned = with_pins(assembled.problem, visit_pins, night_pins, dormant=assembled.dormant)
    asked = {requirement.id for requirement in pinned.problem.requirements}
    return Prepared(
        problem=pinned.problem,
        invalid=ground.invalid,
        unsnapped=unsnapped,
        unreachable=assembled.unreachable,
        notices=(
            *config.notices,
            *(ground.carried.notices if ground.carried is not None else ()),
            *(
                Message(
                    "%(place)s (a base, lodging or partner) is not used: no road lies near it",
                    {"place": other.beneficiary_id},
                )
                for other in others
            ),
            *assembled.notices,
            *clashes(pinned.problem),
        ),
        findings=pinned.faults,
        dormant=tuple(r for r in assembled.dormant if r.id not in asked),
    )


def places_of(tables: Tables) -> gpd.GeoDataFrame:
    """Give the places of all people, bases, lodgings and partners."""
    import geopandas as gpd
    import pandas as pd

    bases = tables.workers.drop_duplicates("base_id")[["base_id", "geometry"]]
    frames = [tables.beneficiaries[["id", "geometry"]], bases.rename(columns={"base_id": "id"})]
    frames += [
        frame[["id", "geometry"]]
        for frame in (tables.lodgings, tables.partners)
        if frame is not None and len(frame)
    ]
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs="EPSG:4326")


def make_plan(config: Config, *, progress: Progress = SILENT) -> PlanReport:
    """Plan the visits and write plan.json."""
    from outreach.routing.plan import getting_ready

    ground = read_ground(config)
    with getting_ready(config.plan) as wait:
        network = prepare_network(config, progress=progress)
        prepared = prepare_problem(config, ground, network)
        wait()
    return _plan(config, ground, prepared, progress=progress)


def find_plan(
    config: Config,
    prepared: Prepared,
    *,
    solver: Solver | None = None,
    progress: Progress = SILENT,
) -> Plan:
    """Plan a prepared problem, by the solver of the settings where no other is given."""
    from outreach.routing.plan import Losses, plan_visits

    return plan_visits(
        prepared.problem,
        params=config.plan,
        season=config.season,
        losses=Losses(
            invalid=prepared.invalid,
            unsnapped=prepared.unsnapped,
            unreachable=prepared.unreachable,
        ),
        notices=prepared.notices,
        solver=solver,
        progress=progress,
    )


def _plan(config: Config, ground: Ground, prepared: Prepared, *, progress: Progress) -> PlanReport:
    from outreach.output.reports import PlanReport

    plan, path = save_plan(config, find_plan(config, prepared, progress=progress))
    return PlanReport(
        plan=plan,
        paths=(path,),
        findings=ground.findings,
        unkept=prepared.findings,
        told=ground.carried.told if ground.carried is not None else (),
    )


def draw_outputs(
    config: Config, *, is_public: bool = False, progress: Progress = SILENT
) -> PlanReport:
    """
    Draw everything that people take away from plan.json.

    Parameters
    ----------
    is_public
        Draw nothing but a page that anybody may see: sums by area.
    """
    from outreach.output.reports import PlanReport

    plan = load_plan(config)
    network = prepare_network(config, progress=progress)
    if is_public:
        from outreach.output.write import write_public_page

        config = config.for_week(plan.starts_at.date(), plan.horizon_days)
        people = read_ground(config).layers["beneficiaries"].rows
        places = zip(people.geometry.x, people.geometry.y, strict=True)
        path = write_public_page(
            plan,
            areas_of(config),
            words_for(config),
            config.out / "public.html",
            homes=dict(zip(people["id"], places, strict=True)),
            roads=background(config, network, progress=progress),
            attribution=config.roads.attribution,
        )
        return PlanReport(plan=plan, paths=(path,))
    return PlanReport(plan=plan, paths=_draw(config, plan, network, progress=progress))


def _draw(
    config: Config, plan: Plan, network: RoadNetwork, *, progress: Progress
) -> tuple[Path, ...]:
    from outreach.output.write import write_outputs

    drawn = lay_out(config, plan, network, progress=progress)
    return write_outputs(drawn, words_for(config), config.out, progress=progress)


def run_all(config: Config, *, progress: Progress = SILENT) -> PlanReport:
    """
    Do it all: check, network, plan, audit, outputs.

    Raises
    ------
    SolverError
        When the audit finds that the plan breaks a rule: such a plan is not drawn.
    """
    from outreach.routing.audit import audit
    from outreach.routing.plan import getting_ready

    ground = read_ground(config)
    with getting_ready(config.plan) as wait:
        network = prepare_network(config, progress=progress)
        prepared = prepare_problem(config, ground, network)
        wait()
    result = _plan(config, ground, prepared, progress=progress)
    violations = audit(prepared.problem, result.plan)
    if violations:
        raise SolverError(
            "the plan breaks %(n)d rules, first: %(where)s %(what)s; nothing was drawn, please"
            " report this",
            n=len(violations),
            where=str(violations[0].where),
            what=str(violations[0].what),
        )
    paths = _draw(config, result.plan, network, progress=progress)
    return replace(result, paths=(*result.paths, *paths))
