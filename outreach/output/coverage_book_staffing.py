"""The sheets of coverage about how many workers are needed, by three views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.output.coverage_cells import (
    HUNDREDTHS,
    SEASONS,
    SHARE,
    TENTHS,
    WHOLE,
    Figure,
    add_figures,
)
from outreach.output.sheets import Column, add_sheet
from outreach.units import MINUTE_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl import Workbook

    from outreach.coverage.result import Coverage, Planned, Wisn
    from outreach.model import Season
    from outreach.output.sheets import Cell
    from outreach.output.words import Words


def staffing_sheet(
    book: Workbook, name: str, coverage: Coverage, words: Words, footer: str
) -> None:
    """Add the three views of how many workers are needed, one under the other."""
    columns = (
        Column(head=words.say("view"), width=30),
        Column(head=words.say("by what"), width=76),
        Column(head=words.say("season"), width=16),
        Column(head=words.say("workers needed"), width=14, format=TENTHS),
        Column(head=words.say("present workers"), width=14, format=TENTHS),
        Column(head=words.say("workers missing"), width=14, format=TENTHS),
        Column(head=words.say("present ÷ needed"), width=14, format=SHARE),
        Column(head=words.say("visits left open"), width=14, format=WHOLE),
    )
    n_present = len(coverage.workers)
    wisn = coverage.wisn
    rows: list[Sequence[Cell]] = [
        (
            words.say("caseload standard"),
            words.say(
                "%(n)d cases for each worker: %(standard)s",
                n=row.cases_per_worker,
                standard=row.standard,
            ),
            None,
            *_beside(row.n_required, n_present),
        )
        for row in coverage.caseloads
    ]
    rows += [
        (),
        (
            words.say("WISN with travel"),
            words.say("a year's visits and the road to them, in full-time workers"),
            words.say(SEASONS[coverage.season]),
            *_beside(wisn.n_required, wisn.n_present),
        ),
        (),
        *(_planned_row(row, coverage.season, words) for row in coverage.planned),
    ]
    intro = (
        words.say("A caseload standard knows no distance, WISN no day and no hour; planning both."),
    )
    add_sheet(book, name, columns, rows, footer=footer, intro=intro, is_filtered=False)


def _beside(n_required: float, n_present: float) -> tuple[Cell, ...]:
    ratio = n_present / n_required if n_required else None
    return n_required, n_present, max(0, n_required - n_present), ratio


def _planned_row(row: Planned, season: Season, words: Words) -> Sequence[Cell]:
    n = row.n_required
    counts: tuple[Cell, ...]
    if n is None:
        counts = (f">{row.n_tried}", row.n_present, f">{row.n_tried - row.n_present}", None)
    else:
        counts = _beside(n, row.n_present)
    return (
        words.say("planning"),
        _variation_said(row, season, words),
        words.say(SEASONS[row.season]),
        *counts,
        row.left_visits,
    )


def _variation_said(row: Planned, season: Season, words: Words) -> str:
    changes = []
    if row.season != season:
        changes.append(words.say(SEASONS[row.season]))
    change = row.service_factor - 1
    if change > 0:
        changes.append(words.say("service takes %(percent)s more", percent=words.percent(change)))
    if change < 0:
        changes.append(words.say("service takes %(percent)s less", percent=words.percent(-change)))
    if row.n_ill:
        changes.append(words.plural("%(n)s worker ill", "%(n)s workers ill", row.n_ill))
    if row.is_interrupted:
        changes.append(words.say("weeks that are interrupted"))
    return ", ".join(changes) or words.say("as it is")


def wisn_sheet(book: Workbook, name: str, wisn: Wisn, words: Words, footer: str) -> None:
    """Add the reckoning of WISN, step by step, so that it can be followed by hand."""
    columns = (
        Column(head=words.say("activity"), width=50),
        Column(
            head=words.say("visits a year, counted for each worker who goes"),
            width=14,
            format=WHOLE,
        ),
        Column(head=words.say("service (min a visit)"), width=14, format=TENTHS),
        Column(head=words.say("travel (min a visit)"), width=14, format=TENTHS),
        Column(
            head=words.say("standard workload (visits a year for one worker)"),
            width=18,
            format=WHOLE,
        ),
        Column(head=words.say("workers needed"), width=14, format=HUNDREDTHS),
    )
    rows: list[Sequence[Cell]] = [
        (
            row.name or words.say("no category"),
            row.n_per_year,
            row.service_s / MINUTE_S,
            row.travel_s / MINUTE_S,
            row.n_per_worker,
            row.n_required,
        )
        for row in wisn.activities
    ]
    n_active = sum(row.n_required for row in wisn.activities)
    n_visits = sum(row.n_per_year for row in wisn.activities)
    rows += [(), (words.say("all"), n_visits, None, None, None, n_active)]
    sheet = add_sheet(book, name, columns, rows, footer=footer, is_filtered=False)
    figures = (
        Figure(
            name=words.say("working days a year"),
            value=wisn.working_days,
            format=TENTHS,
            note=words.say("without leave, holidays, sickness and training"),
        ),
        Figure(name=words.say("hours a day"), value=wisn.hours_per_day, format=TENTHS),
        Figure(name=words.say("working time of one worker (hours a year)"), value=wisn.available_h),
        Figure(
            name=words.say("category allowance factor"),
            value=wisn.category_factor,
            format=HUNDREDTHS,
            note=words.say("for work that all do beside visits, such as reports"),
        ),
        Figure(
            name=words.say("individual allowance (full-time workers)"),
            value=wisn.individual_workers,
            format=HUNDREDTHS,
            note=words.say("for work that only some do"),
        ),
        Figure(
            name=words.say("workers needed in all"),
            value=wisn.n_required,
            format=HUNDREDTHS,
            note=words.say("sum of the table × category factor + individual allowance"),
        ),
        Figure(
            name=words.say("present full-time workers"), value=wisn.n_present, format=HUNDREDTHS
        ),
        Figure(name=words.say("WISN ratio: present ÷ needed"), value=wisn.ratio, format=HUNDREDTHS),
        Figure(
            name=words.say("pressure: part of the work that nobody is there for"),
            value=wisn.pressure,
            format=SHARE,
        ),
    )
    add_figures(sheet, words.say("How it is reckoned"), figures, len(columns) + 1)
