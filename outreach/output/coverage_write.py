"""All that people take away about coverage, each file whole or not at all."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from outreach.output.coverage_book import write_coverage_book
from outreach.output.coverage_gpkg import write_coverage_gpkg
from outreach.output.coverage_json import write_coverage
from outreach.output.coverage_page import write_coverage_page
from outreach.output.coverage_report import write_coverage_reports
from outreach.output.coverage_told import tell
from outreach.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from outreach.coverage.result import Coverage, CoverageMap
    from outreach.output.basemap import Roads
    from outreach.output.coverage_rows import Told
    from outreach.output.words import Words
    from outreach.progress import Progress

logger = logging.getLogger(__name__)

COVERAGE_FILE = "coverage.json"
_STAGE = "outputs"


def write_coverage_outputs(
    coverage: Coverage,
    map_: CoverageMap,
    words: Words,
    folder: Path,
    *,
    roads: Roads | None = None,
    attribution: str = "",
    progress: Progress = SILENT,
) -> tuple[tuple[Path, ...], Told]:
    """
    Write coverage.json for the office, and workbook, GeoPackage, page and reports of sums.

    Parameters
    ----------
    coverage, map_
        What was found out.
    words
        The language of workbook, GeoPackage and page; the reports come in each.
    folder
        Where the files land.
    roads
        What the background shows; without it the maps stand on plain paper.
    attribution
        The makers of the roads.
    progress
        Told before each file.

    Returns
    -------
    paths, told
        Every file that was written, and the groups as they were published.

    Raises
    ------
    PrivacyError
        When sums would tell of fewer people than `coverage.k`; then nothing is written.
    ExportError
        When a file cannot be written.
    """
    told = tell(coverage, map_=map_)
    office, book, gpkg, page = (
        folder / name for name in (COVERAGE_FILE, "coverage.xlsx", "coverage.gpkg", "coverage.html")
    )

    def pages() -> Path:
        return write_coverage_page(
            coverage, map_, told, words, page, roads=roads, attribution=attribution
        )

    def reports() -> tuple[Path, ...]:
        return write_coverage_reports(
            coverage, map_, told, folder, roads=roads, attribution=attribution
        )

    write_each: Sequence[tuple[Path, Callable[[], object]]] = (
        (office, lambda: write_coverage(coverage, office)),
        (book, lambda: write_coverage_book(coverage, told, book, words)),
        (gpkg, lambda: write_coverage_gpkg(coverage, map_, told, gpkg, words)),
        (page, pages),
    )
    folder.mkdir(parents=True, exist_ok=True)
    for done, (path, write) in enumerate(write_each):
        progress(f"{_STAGE}: {path.name}", float(done), float(len(write_each) + 1))
        write()
    progress(f"{_STAGE}: reports", float(len(write_each)), float(len(write_each) + 1))
    paths = (*(path for path, _ in write_each), *reports())
    logger.info("wrote %d files about coverage", len(paths))
    return paths, told
