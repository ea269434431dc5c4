"""What a plan is drawn from: its ways, the roads behind them, rivers and names."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from outreach.progress import SILENT

if TYPE_CHECKING:
    from pathlib import Path

    from shapely import MultiPolygon, Polygon

    from outreach.config import Config
    from outreach.model import Plan
    from outreach.output.basemap import Roads
    from outreach.output.write import Drawn
    from outreach.progress import Progress
    from outreach.routing.network import RoadNetwork


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
    from outreach.routing.trace import trace

    return Drawn.of(
        plan,
        trace(plan, network, snap=config.snap, season=plan.season),
        detours=find_detours(plan, network, snap=config.snap, season=plan.season),
        roads=background(config, network, progress=progress),
        look=Look(
            shorts={name: preset.short for name, preset in config.presets.items()},
            attribution=config.roads.attribution,
            online_tiles=config.maps.online_tiles,
        ),
    )


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
