"""The page on which a planner shows what each further worker would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.output.basemap import basemap_for
from outreach.output.coverage_data import coverage_data
from outreach.output.page import page_html, write_page

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.coverage.result import Coverage, CoverageMap
    from outreach.output.basemap import Roads
    from outreach.output.coverage_rows import Told
    from outreach.output.words import Words


def draw_coverage_page(
    coverage: Coverage,
    map_: CoverageMap,
    told: Told,
    words: Words,
    *,
    roads: Roads | None = None,
    attribution: str = "",
) -> str:
    """
    Draw the page about coverage, which needs nothing from elsewhere.

    Parameters
    ----------
    coverage
        What was found out.
    map_
        What the map is drawn from.
    told
        The groups as they may be published: `outreach.output.coverage_told.tell` of both.
    words
        The readers' language.
    roads
        What the background shows; without it the areas stand on plain paper.
    attribution
        The makers of the roads.

    Returns
    -------
    html
        Equal for equal input.
    """
    basemap = basemap_for(roads, (), whole=True) if roads is not None else None
    data = coverage_data(coverage, map_, told, words, attribution=attribution, basemap=basemap)
    return page_html(data, words)


def write_coverage_page(
    coverage: Coverage,
    map_: CoverageMap,
    told: Told,
    words: Words,
    path: Path,
    *,
    roads: Roads | None = None,
    attribution: str = "",
) -> Path:
    """
    Write what `draw_coverage_page` draws, whole or not at all.

    Raises
    ------
    ExportError
        When the file cannot be written.
    """
    html = draw_coverage_page(coverage, map_, told, words, roads=roads, attribution=attribution)
    write_page(html, path)
    return path
