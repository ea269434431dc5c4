"""All that people take away of a plan, each file whole or not at all."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from outreach.output.basemap import prepare_roads
from outreach.output.gpkg import write_gpkg
from outreach.output.gpx import is_own_gpx, write_gpx
from outreach.output.itinerary import worker_ids
from outreach.output.names import file_names
from outreach.output.page import is_own_page, page_html, write_page
from outreach.output.panel import (
    supervisor_header,
    supervisor_panel,
    worker_header,
    worker_panel,
)
from outreach.output.workbook import write_workbook
from outreach.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from outreach.model import Plan
    from outreach.output.basemap import Roads
    from outreach.output.words import Words
    from outreach.progress import Progress
    from outreach.routing.network import RoadNetwork
    from outreach.routing.trace import Traces

logger = logging.getLogger(__name__)

_STAGE = "outputs"


def write_outputs(
    plan: Plan,
    traces: Traces,
    network: RoadNetwork | None,
    words: Words,
    folder: Path,
    *,
    progress: Progress = SILENT,
) -> tuple[Path, ...]:
    """
    Write workbook, GeoPackage, GPX files and pages, and clear away those of an earlier run.

    Parameters
    ----------
    plan
        What is told.
    traces
        The road geometry of its legs.
    network
        Roads for the maps' background; None leaves them plain.
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
    workers = worker_ids(plan)
    pages = {worker_id: f"worker-{name}.html" for worker_id, name in file_names(workers).items()}
    n_steps = len(workers) + 4
    written: list[Path] = []

    def step(*paths: Path) -> None:
        written.extend(paths)
        progress(_STAGE, min(n_steps, len(written)), n_steps)

    write_workbook(plan, words, folder / "plan.xlsx")
    step(folder / "plan.xlsx")
    write_gpkg(plan, traces, words, folder / "plan.gpkg")
    step(folder / "plan.gpkg")
    roads = prepare_roads(network) if network is not None else None
    step(write_supervisor_page(plan, traces, roads, words, folder / "supervisor.html"))
    for worker_id, name in pages.items():
        step(write_worker_page(plan, traces, worker_id, roads, words, folder / name))
    step(*write_gpx(plan, traces, words, folder / "gpx"))
    _clear(folder.glob("worker-*.html"), is_own_page, written)
    _clear((folder / "gpx").glob("*.gpx"), is_own_gpx, written)
    logger.info("wrote %d files to %s", len(written), folder)
    return tuple(written)


def write_supervisor_page(
    plan: Plan, traces: Traces, roads: Roads | None, words: Words, path: Path
) -> Path:
    """Write the page of everybody's days before prepared roads, or none."""
    from outreach.output.maps import draw_supervisor

    html = page_html(
        draw_supervisor(plan, traces, words, roads=roads),
        title=words.say("Visits of all workers"),
        header=supervisor_header(plan, words),
        panel=supervisor_panel(plan, words),
        language=words.language,
    )
    write_page(html, path)
    return path


def write_worker_page(
    plan: Plan,
    traces: Traces,
    worker_id: str,
    roads: Roads | None,
    words: Words,
    path: Path,
) -> Path:
    """Write the page of one worker's days before prepared roads, or none."""
    from outreach.output.maps import draw_worker

    html = page_html(
        draw_worker(plan, traces, worker_id, words, roads=roads),
        title=words.say("Visits of %(worker)s", worker=worker_id),
        header=worker_header(plan, worker_id, words),
        panel=worker_panel(plan, worker_id, words),
        language=words.language,
    )
    write_page(html, path)
    return path


def _clear(found: Iterable[Path], is_own: Callable[[Path], bool], written: list[Path]) -> None:
    # A page of a worker who is gone would tell of places nobody goes to any more.
    kept = set(written)
    for path in found:
        if path not in kept and is_own(path):
            path.unlink()
