"""What a plan is drawn from: its ways, the roads behind them, rivers and names."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from outreach.progress import SILENT
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from shapely import MultiPolygon, Polygon

    from outreach.config import Config
    from outreach.model import Plan, Season
    from outreach.output.basemap import Roads
    from outreach.output.changes_seen import Before
    from outreach.output.write import Drawn
    from outreach.progress import Progress
    from outreach.routing.network import RoadNetwork
    from outreach.routing.trace import Traces


def lay_out(
    config: Config, plan: Plan, network: RoadNetwork, *, progress: Progress = SILENT
) -> Drawn:
    """
    Follow a plan's legs along the roads, find the second-best ways, and prepare the background.

    Parameters
    ----------
    config
        The project.
    plan
        Made on `network`.
    network
        The roads.

    Raises
    ------
    PlanningError
        When the plan cannot have been made on these roads.
    """
    from outreach.output.page_data import Look
    from outreach.output.write import Drawn
    from outreach.routing.detours import find_detours

    earlier = tuple(_earlier(config, plan))
    (now, season), *_ = states = _states(plan, network)
    traces = _trace(config, plan, states)
    return Drawn.of(
        plan,
        traces,
        detours=find_detours(plan, now, snap=config.snap, season=season),
        before=_before(config, traces, earlier, network) if earlier else None,
        roads=background(config, network, progress=progress),
        look=Look(
            shorts={name: preset.short for name, preset in config.presets.items()},
            attribution=config.roads.attribution,
            online_tiles=config.maps.online_tiles,
        ),
    )


def _earlier(config: Config, plan: Plan) -> Iterator[Plan]:
    """Yield the plans of the week that a plan was changed from, the latest first."""
    from outreach.archive import plan_revised

    before = plan_revised(config, plan)
    while before is not None:
        yield before
        before = plan_revised(config, before)


def _states(plan: Plan, network: RoadNetwork) -> list[tuple[RoadNetwork, Season]]:
    """Give the roads and the season that hold for a plan, and those before, the latest first."""
    import shapely

    from outreach.routing.closures import closed

    happened = () if plan.revision is None else plan.revision.happened
    turned = next((told.season for told in happened if told.season is not None), None)
    # The first turn of the season was from the other one.
    season = plan.season if turned is None else "wet" if turned == "dry" else "dry"
    states = [(network, season)]
    for told in happened:
        if told.area_wkt is not None:
            network = closed(network, [shapely.from_wkt(told.area_wkt)])
        season = told.season or season
        if states[-1] != (network, season):
            states.append((network, season))
    return states[::-1]


def _trace(config: Config, plan: Plan, states: Sequence[tuple[RoadNetwork, Season]]) -> Traces:
    from outreach.routing.trace import trace

    (network, season), *others = states
    return trace(
        plan,
        network,
        snap=config.snap,
        season=season,
        earlier=others,
        begun_until=-1 if plan.revision is None else plan.revision.at_s // DAY_S,
    )


def _before(
    config: Config, traces: Traces, earlier: Sequence[Plan], network: RoadNetwork
) -> Before:
    """Lay out the plan before: of each day, the ways that are not ridden any more."""
    from outreach.output.changes_seen import Before
    from outreach.output.traced import paths_of

    was = paths_of(_trace(config, earlier[0], _states(earlier[0], network)))
    now = {key: set(paths) for key, paths in paths_of(traces).items()}
    left = {
        key: tuple(path for path in paths if path not in now.get(key, ()))
        for key, paths in was.items()
    }
    return Before(earlier=tuple(earlier), left={k: paths for k, paths in left.items() if paths})


def background(config: Config, network: RoadNetwork, *, progress: Progress = SILENT) -> Roads:
    """Prepare what lies behind the ways: roads, and rivers, names and boundaries where known."""
    from outreach.layers.landmarks import read_landmarks
    from outreach.output.basemap import prepare_roads

    source = config.roads.source
    return prepare_roads(
        network,
        landmarks=partial(read_landmarks, source, progress=progress) if source else None,
        boundaries=areas_of(config),
        cache_dir=cache_dir_of(config),
    )


def cache_dir_of(config: Config) -> Path:
    """Tell where what is costly to build is kept."""
    from pathlib import Path

    from platformdirs import user_cache_path

    return Path(config.cache) if config.cache else user_cache_path("outreach")


def areas_of(config: Config) -> tuple[tuple[str, Polygon | MultiPolygon], ...]:
    """Give the names and polygons, EPSG:4326, of the project's areas; none where it has none."""
    from outreach.layers.areas import read_areas

    if "areas" not in config.files:
        return ()
    rows = read_areas(config.files["areas"], params=config.checks).rows
    return tuple(zip(map(str, rows["name"]), rows.geometry, strict=True))
