"""All that people take away of a plan, each file whole or not at all."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.output.basemap import basemap_for
from outreach.output.gpkg import write_gpkg
from outreach.output.gpx import is_own_gpx, write_gpx
from outreach.output.itinerary import routes_of, worker_ids
from outreach.output.names import file_names
from outreach.output.page import is_own_page, page_html, write_page
from outreach.output.page_data import PLAIN, ways_of, worker_data
from outreach.output.supervisor_data import supervisor_data
from outreach.output.workbook import write_workbook
from outreach.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    from shapely.geometry import LineString, MultiPolygon, Polygon

    from outreach.model import Plan
    from outreach.output.basemap import Roads
    from outreach.output.changes_seen import Before
    from outreach.output.page_data import Look, Ways
    from outreach.output.words import Words
    from outreach.progress import Progress
    from outreach.routing.trace import Traces

logger = logging.getLogger(__name__)

_STAGE = "outputs"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """
    What every page of a plan is drawn from.

    Parameters
    ----------
    plan
        What is told.
    traces
        The road geometry of its legs.
    ways
        The same, with second-best ways, laid out for pages.
    roads
        What the background shows; without it the ways stand on plain paper.
    look
        What pages show beside the plan.
    before
        Of a changed plan, what it was changed from.
    """

    plan: Plan
    traces: Traces
    ways: Ways
    roads: Roads | None
    look: Look = PLAIN
    before: Before | None = None

    @classmethod
    def of(
        cls,
        plan: Plan,
        traces: Traces,
        *,
        roads: Roads | None = None,
        detours: gpd.GeoDataFrame | None = None,
        look: Look = PLAIN,
        before: Before | None = None,
    ) -> Drawn:
        """Lay out a plan's traces, and its second-best ways where they are known."""
        ways = ways_of(traces, detours)
        return cls(plan=plan, traces=traces, ways=ways, roads=roads, look=look, before=before)

    def paths(self, worker_id: str | None = None) -> Sequence[LineString]:
        """Give all that is ridden, or that one worker rides, second-best ways too."""
        paths = []
        for route in routes_of(self.plan, worker_id):
            paths += [leg.path for leg in self.ways.legs.get((route.team_id, route.day), ())]
            ends = {(leg.from_id, leg.to_id) for leg in route.legs}
            paths += [
                self.ways.detours[pair][2] for pair in sorted(ends & self.ways.detours.keys())
            ]
        return paths


def write_outputs(
    drawn: Drawn, words: Words, folder: Path, *, progress: Progress = SILENT
) -> tuple[Path, ...]:
    """
    Write workbook, GeoPackage, GPX files and pages, and clear away those of an earlier run.

    Parameters
    ----------
    drawn
        The plan, laid out.
    words
        The readers' language.
    folder
        Where the files land; only files that outreach itself made are cleared away from it.
    progress
        Told after each file.

    Returns
    -------
    paths
        Every file that was written.

    Raises
    ------
    ExportError
        When a file cannot be written; the files before it stand.
    """
    plan = drawn.plan
    pages = page_names(plan)
    n_steps = len(pages) + 4
    written: list[Path] = []

    def step(*paths: Path) -> None:
        written.extend(paths)
        progress(_STAGE, min(n_steps, len(written)), n_steps)

    write_workbook(plan, words, folder / "plan.xlsx")
    step(folder / "plan.xlsx")
    write_gpkg(plan, drawn.traces, words, folder / "plan.gpkg")
    step(folder / "plan.gpkg")
    write_page(supervisor_page(drawn, words), folder / "supervisor.html")
    step(folder / "supervisor.html")
    for worker_id, name in pages.items():
        write_page(worker_page(drawn, worker_id, words), folder / name)
        step(folder / name)
    step(*write_gpx(plan, drawn.traces, words, folder / "gpx"))
    clear(folder.glob("worker-*.html"), is_own_page, written)
    clear((folder / "gpx").glob("*.gpx"), is_own_gpx, written)
    logger.info("wrote %d files to %s", len(written), folder)
    return tuple(written)


def page_names(plan: Plan) -> Mapping[str, str]:
    """Name the file of each worker's page."""
    names = file_names(worker_ids(plan))
    return {worker_id: f"worker-{name}.html" for worker_id, name in names.items()}


def supervisor_page(drawn: Drawn, words: Words) -> str:
    """Make the page of everybody's days, for the office."""
    basemap = basemap_for(drawn.roads, drawn.paths(), whole=True) if drawn.roads else None
    data = supervisor_data(
        drawn.plan,
        drawn.ways,
        words,
        links=page_names(drawn.plan),
        look=drawn.look,
        basemap=basemap,
        before=drawn.before,
    )
    return page_html(data, words)


def worker_page(
    drawn: Drawn, worker_id: str, words: Words, *, seal: Callable[[bytes], str] | None = None
) -> str:
    """Make the page of one worker's days, locked where a `seal` is given."""
    basemap = basemap_for(drawn.roads, drawn.paths(worker_id)) if drawn.roads else None
    data = worker_data(
        drawn.plan,
        drawn.ways,
        worker_id,
        words,
        look=drawn.look,
        basemap=basemap,
        before=drawn.before,
    )
    return page_html(data, words, seal=seal)


def clear(found: Iterable[Path], is_own: Callable[[Path], bool], written: Iterable[Path]) -> None:
    """Remove files of ours that were not written this time."""
    # A page of a worker who is gone would tell of places nobody goes to any more.
    kept = set(written)
    for path in found:
        if path not in kept and is_own(path):
            path.unlink()


def write_public_page(
    plan: Plan,
    areas: Sequence[tuple[str, Polygon | MultiPolygon]],
    words: Words,
    path: Path,
    *,
    homes: Mapping[str, tuple[float, float]] | None = None,
    roads: Roads | None = None,
    attribution: str = "",
) -> Path:
    """Write the page that anybody may see: sums by area, none small, and no place of anybody."""
    from outreach.output.public import public_data

    data = public_data(plan, areas, words, homes=homes, attribution=attribution)
    data["basemap"] = basemap_for(roads, (), whole=True) if roads else None
    write_page(page_html(data, words), path)
    return path
