"""The report of a coverage, for whoever decides on workers: HTML and PDF, in both languages."""

from __future__ import annotations

import logging
import re
from itertools import chain
from typing import TYPE_CHECKING

from outreach.output.coverage_cells import SEASONS
from outreach.output.coverage_metrics import is_sparse, metrics_of
from outreach.output.files import write_bytes_whole, write_text_whole
from outreach.output.report_curve import curve, scenarios
from outreach.output.report_end import method, recommendation, signatures, sources
from outreach.output.report_facts import Facts
from outreach.output.report_legend import SHADES, Legend, Missed, draw_legend
from outreach.output.report_map import MapView, draw_views, has_band
from outreach.output.report_need import data, gap, question, summary
from outreach.output.report_paper import Paper, numbered, paper_html, paper_pdf
from outreach.output.report_parts import Figure, Heading
from outreach.output.report_workers import staffing
from outreach.output.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from outreach.coverage.result import Coverage, CoverageMap
    from outreach.output.basemap import Roads
    from outreach.output.coverage_rows import Told
    from outreach.output.report_parts import Part
    from outreach.output.words import Language

logger = logging.getLogger(__name__)

# What is longer than this is not read before it is signed; smaller letters are not read at all.
_MOST_PAGES = 6
_SIZES_PT = (10.5, 10.0, 9.5)
_COUNTED = re.compile(rb"/Type\s*/Pages\s*/Count (\d+)")
LANGUAGES: tuple[Language, ...] = ("id", "en")


def write_coverage_reports(
    coverage: Coverage,
    map_: CoverageMap,
    told: Told,
    folder: Path,
    *,
    roads: Roads | None = None,
    languages: Sequence[Language] = LANGUAGES,
    attribution: str = "",
) -> tuple[Path, ...]:
    """
    Write ``coverage-report-id.html`` and ``.pdf``, and the same in each other language.

    Parameters
    ----------
    coverage
        The values that every figure follows from.
    map_
        What the maps are drawn from, EPSG:4326.
    told
        What of the groups may be shown.
    folder
        Where they are written.
    roads
        Waters and main roads under the maps; None leaves them out.
    languages
        Of the reports.
    attribution
        Whom the roads are owed to.

    Returns
    -------
    paths
        Of what was written, in the order of the languages, HTML before PDF.

    Raises
    ------
    ExportError
        When a file cannot be written, or the pages cannot be typeset.
    """
    paths = []
    for language in languages:
        words = Words(language)
        parts = report_parts(coverage, map_, told, words, roads=roads, attribution=attribution)
        html, pdf = (folder / f"coverage-report-{language}.{end}" for end in ("html", "pdf"))
        write_text_whole(html, report_html(coverage, told, parts, words))
        write_bytes_whole(pdf, report_pdf(coverage, told, parts, words))
        paths += [html, pdf]
    logger.info("wrote %d reports of coverage", len(paths))
    return tuple(paths)


def report_parts(
    coverage: Coverage,
    map_: CoverageMap,
    told: Told,
    words: Words,
    *,
    roads: Roads | None = None,
    attribution: str = "",
) -> tuple[Part, ...]:
    """
    Put the report together, with its sections, tables and figures numbered.

    Parameters
    ----------
    coverage, map_, told
        As in `write_coverage_reports`.
    words
        The reader's language.
    roads, attribution
        As in `write_coverage_reports`.
    """
    facts = Facts(coverage=coverage, told=told, words=words)
    parts = chain(
        summary(facts),
        question(facts),
        data(facts),
        gap(facts),
        _maps(facts, map_, roads, attribution),
        staffing(facts),
        curve(facts),
        scenarios(facts),
        recommendation(facts),
        signatures(facts),
        method(facts),
        sources(facts),
    )
    return tuple(numbered(parts, words))


def _maps(facts: Facts, map_: CoverageMap, roads: Roads | None, attribution: str) -> Iterator[Part]:
    words, coverage, best = facts.words, facts.coverage, facts.best
    if not (len(map_.areas) or len(map_.isochrones)):
        return
    n_added = 0 if best is None else best.n_added
    views = [_view(facts, 0, words.say("Today"))]
    if best is not None and any(step.n_added == n_added for step in facts.told.steps):
        title = words.say("With %(workers)s more", workers=facts.n_workers(n_added))
        views.append(_view(facts, n_added, title))
    minutes, season = coverage.access.threshold_minutes, coverage.season
    caption = words.say("Part of the visits due that is not made, by area")
    drawings = draw_views(
        views,
        map_,
        coverage.present_sites,
        minutes=minutes,
        season=season,
        roads=roads,
        alt=caption,
        around=words.say("around the bases"),
    )
    missed = [one for view in views for one in view.missed.values()]
    shown = Legend(
        has_sparse=any(one.share is not None and one.is_sparse for one in missed),
        has_wider=any(not (one.share is None or one.is_own or one.is_sparse) for one in missed),
        has_withheld=any(one.share is None for one in missed),
        has_nobody=any(str(area_id) not in views[0].missed for area_id in map_.areas["id"]),
        has_band=any(has_band(map_, view.n_added, minutes, season) for view in views),
        has_added=len(views) > 1,
    )
    classes = [text for _, text in metrics_of(coverage, words)[0].classes(words)]
    legend = draw_legend(words, classes[: len(SHADES)], minutes=minutes, shown=shown)
    yield Heading(text=words.say("Where people are missed, and where workers should sit"))
    notes = [
        words.say(
            "Areas of which too little may be told are hatched: they have the shade of their"
            " district or, where that is not told either, of all together. The outline follows the"
            " roads of the %(season)s, drawn roughly.",
            season=words.say(SEASONS[season]),
        ),
        attribution if roads is not None else "",
    ]
    said = tuple(note for note in notes if note)
    yield Figure(caption=caption, drawings=drawings, below=legend, notes=said)


def _view(facts: Facts, n_added: int, title: str) -> MapView:
    around = facts.told.shown(n_added)
    missed = {
        area_id: Missed(
            None if share is None else 1 - share, is_own=shown is row, is_sparse=is_sparse(row)
        )
        for row in facts.told.by_area(n_added)
        if row.n_people
        for area_id in row.members
        for shown in (around[area_id],)
        for share in (shown.share_delivered,)
    }
    best = facts.best
    added = best.sites if best is not None and n_added else ()
    return MapView(n_added=n_added, missed=missed, added=added, title=title)


def report_paper(coverage: Coverage, told: Told, parts: tuple[Part, ...], words: Words) -> Paper:
    """
    Put the parts of a report under its title.

    Parameters
    ----------
    coverage, told
        As in `write_coverage_reports`.
    parts
        What `report_parts` gives.
    words
        The reader's language.
    """
    return Paper(
        name=coverage.title,
        title=words.say("How many workers are needed, and where"),
        below=words.say(
            "Coverage of visits: %(title)s. Simulated: %(weeks)s from %(date)s, %(season)s.",
            title=coverage.title,
            weeks=words.plural("%(n)s week", "%(n)s weeks", coverage.n_weeks),
            date=coverage.starts_on.isoformat(),
            season=words.say(SEASONS[coverage.season]),
        ),
        footer=words.say(
            "Figures of groups of at least %(k)d people; no home is shown and nobody is named.",
            k=told.k,
        ),
        parts=parts,
    )


def report_html(coverage: Coverage, told: Told, parts: tuple[Part, ...], words: Words) -> str:
    """Write the report as one page that needs nothing else, neither a net nor a script."""
    return paper_html(report_paper(coverage, told, parts, words), words)


def report_pdf(coverage: Coverage, told: Told, parts: tuple[Part, ...], words: Words) -> bytes:
    """
    Write the report as PDF on A4, in smaller letters where it would have more than six pages.

    Raises
    ------
    ExportError
        When the pages cannot be typeset.
    """
    paper = report_paper(coverage, told, parts, words)
    pdf = b""
    for size_pt in _SIZES_PT:
        pdf = paper_pdf(paper, words, size_pt=size_pt)
        if _n_pages(pdf) <= _MOST_PAGES:
            break
    return pdf


def _n_pages(pdf: bytes) -> int:
    """Count the pages that the typesetter made; it names their number before them."""
    found = _COUNTED.search(pdf)
    return int(found[1]) if found else 0
