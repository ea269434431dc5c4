"""`coverage.xlsx`: need, gap, staffing and places for more workers, in sums that anyone may see."""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING

from outreach.output.coverage_book_method import method_sheet
from outreach.output.coverage_book_placement import model_sheet, placement_sheet, scenarios_sheet
from outreach.output.coverage_book_places import access_sheet, areas_sheet, categories_sheet
from outreach.output.coverage_book_staffing import staffing_sheet, wisn_sheet
from outreach.output.coverage_cells import (
    HIDDEN,
    RUPIAH,
    SEASONS,
    SHARE,
    TENTHS,
    Figure,
    count_said,
    held,
    put_figures,
    sites_said,
    tidy,
    weeks_idr,
)
from outreach.output.coverage_rows import name_of, worst_served
from outreach.output.files import write_bytes_whole
from outreach.output.sheets import Column, add_sheet, dateless, put_heading, sheet_names

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from openpyxl import Workbook

    from outreach.coverage.result import Coverage, Step
    from outreach.errors import Message
    from outreach.output.coverage_rows import Told
    from outreach.output.words import Words

logger = logging.getLogger(__name__)


def write_coverage_book(coverage: Coverage, told: Told, path: Path, words: Words) -> None:
    """
    Write what is found out about coverage as a workbook to read, sort, reckon with and print.

    It holds sums of at least `told.reached_k` people and no id of any; equal coverage gives equal
    bytes.

    Parameters
    ----------
    coverage
        What is found out; of its groups of people nothing is read but through `told`.
    told
        The groups as they may be shown.
    path
        Where to, ending in ``.xlsx``.
    words
        The readers' language.

    Raises
    ------
    ExportError
        When the file cannot be written.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new workbook has one sheet
    names = sheet_names(
        (
            *(words.say("Summary"), words.say("Areas"), words.say("Categories")),
            *(words.say("Access"), words.say("Workers needed"), words.say("WISN")),
            *(words.say("Where they sit"), words.say("Placement model")),
            *(words.say("Scenarios"), words.say("Method and limits")),
        )
    )
    footer = words.say("Sums of at least %(k)d people, planned by outreach", k=told.reached_k)
    # Sheets that have nothing to tell are left out, so each comes with its name.
    (summary, areas, categories, access, staffing, wisn, placement, model, scenarios, method) = (
        names
    )
    _summary_sheet(book, summary, coverage, told, words, footer)
    if told.areas:
        areas_sheet(book, areas, coverage, told, words, footer)
    categories_sheet(book, categories, coverage, told, words, footer)
    access_sheet(book, access, coverage, told, words, footer)
    staffing_sheet(book, staffing, coverage, words, footer)
    wisn_sheet(book, wisn, coverage.wisn, words, footer)
    if coverage.steps:
        placement_sheet(book, placement, coverage, words, footer)
        model_sheet(book, model, coverage, words, footer)
    if coverage.scenarios:
        scenarios_sheet(book, scenarios, coverage, words, footer)
    method_sheet(book, method, coverage, told, words, footer)
    for sheet in book.worksheets:
        tidy(sheet)
    write_bytes_whole(path, dateless(book, dt.datetime.combine(coverage.starts_on, dt.time())))
    logger.info("wrote %d sheets to %s", len(book.sheetnames), path.name)


def _summary_sheet(
    book: Workbook, name: str, coverage: Coverage, told: Told, words: Words, footer: str
) -> None:
    last = coverage.starts_on + dt.timedelta(weeks=coverage.n_weeks, days=-1)
    season = words.say(SEASONS[coverage.season])
    span = f"{words.days(coverage.starts_on, last)}, {season}"
    intro = [
        words.say("The case for more workers: %(title)s", title=coverage.title),
        f"{span}, {coverage.scenario}" if coverage.scenario else span,
        *(words.say(x) for x in coverage.notices if _names_nobody(x)),
        words.say(
            "Every group that is shown holds at least %(k)d people; %(sign)s stands for what"
            " would tell of fewer.",
            k=told.reached_k,
            sign=HIDDEN,
        ),
    ]
    figures: list[Figure | None] = []
    for section in (
        _need(coverage, told, words),
        _done(coverage, told, words),
        _needed(coverage, words),
        _recommended(coverage, words),
        _data(coverage, words),
    ):
        figures += [*((None,) if figures else ()), *section]
    columns = (
        Column(head=words.say("figure"), width=64),
        Column(head=words.say("value"), width=16, format=TENTHS),
        Column(head=words.say("what it means"), width=90),
    )
    rows = [() if x is None else (x.name, x.value, x.note) for x in figures]
    sheet = add_sheet(book, name, columns, rows, footer=footer, intro=intro, is_filtered=False)
    put_figures(sheet, len(intro) + 2, figures)
    put_heading(sheet, 1, intro[0])


def _names_nobody(notice: Message) -> bool:
    """Whether a notice tells of numbers at most: what else it names may be a person."""
    return all(isinstance(value, int | float) for value in notice.values.values())


def _need(coverage: Coverage, told: Told, words: Words) -> Iterable[Figure]:
    total = told.total
    yield Figure(name=words.say("Need"))
    yield Figure(
        name=words.say("people to visit"),
        value=coverage.n_people,
        note=words.say("children, families and groups whose data can be used"),
    )
    yield Figure(
        name=words.say("visits needed a week"),
        value=total.visits_per_week,
        format=TENTHS,
        note=words.say("by how often each must be visited"),
    )
    yield Figure(
        name=words.say("service needed a week (hours)"),
        value=total.service_h_per_week,
        format=TENTHS,
        note=words.say("time with people, without the road"),
    )


def _done(coverage: Coverage, told: Told, words: Words) -> Iterable[Figure]:
    total, present = told.total, coverage.present
    minutes = coverage.access.threshold_minutes
    yield Figure(name=words.say("What the present workers get done"))
    yield Figure(
        name=words.say("present workers"),
        value=len(coverage.workers),
        note=sites_said(coverage.present_sites),
    )
    yield Figure(
        name=words.say("visits due in these weeks"),
        value=present.required_visits,
        note=words.say("if each is made on time"),
    )
    yield Figure(
        name=words.say("visits made"),
        value=present.delivered_visits,
        note=words.say("by planning these weeks, one after the other"),
    )
    if present.required_visits:
        yield Figure(
            name=words.say("share of due visits that is made"),
            value=present.delivered_visits / present.required_visits,
            format=SHARE,
        )
    yield Figure(name=words.say("visits not made"), value=present.gap_visits)
    yield Figure(
        name=words.say("of these, visits that more such workers could not make either"),
        value=present.hopeless_visits,
        note=words.say(
            "the circuit is full, no way leads there, nobody has the skill, or no hour fits"
        ),
    )
    yield Figure(
        name=words.say("hours missing"),
        value=held(total.gap_h),
        format=TENTHS,
        note=words.say("service of the visits not made, with the road to them"),
    )
    yield Figure(
        name=words.say("full-time workers missing"),
        value=coverage.gap_workers,
        format=TENTHS,
        note=words.say("these hours over the working time of one worker"),
    )
    yield Figure(name=words.say("people with a visit not made"), value=held(total.n_with_gap))
    yield Figure(
        name=words.say("people farther than %(minutes)d minutes from every base", minutes=minutes),
        value=held(total.n_uncovered),
        note=words.say("or without any way"),
    )
    worst = worst_served(told.areas)
    if worst is not None:
        yield Figure(
            name=words.say("share made in the area served worst, of those that are told"),
            value=worst.share_delivered,
            format=SHARE,
            note=name_of(worst, words),
        )


def _needed(coverage: Coverage, words: Words) -> Iterable[Figure]:
    yield Figure(name=words.say("How many workers are needed"))
    for row in coverage.caseloads:
        yield Figure(
            name=words.say("by caseload, %(n)d cases for each", n=row.cases_per_worker),
            value=row.n_required,
            note=row.standard,
        )
    yield Figure(
        name=words.say("by workload with travel (WISN)"),
        value=coverage.wisn.n_required,
        format=TENTHS,
        note=words.say("full-time workers for a year's visits and the road to them"),
    )
    for plan in coverage.planned[:1]:
        n = plan.n_required
        yield Figure(
            name=words.say("by planning"),
            value=n if n is not None else f">{plan.n_tried}",
            note=words.say("the fewest with whom nothing that is due stays open at the end"),
        )


def _recommended(coverage: Coverage, words: Words) -> Iterable[Figure]:
    yield Figure(name=words.say("What is recommended"))
    yield Figure(name=words.say("workers to add"), value=coverage.recommended)
    step = _step(coverage, coverage.recommended)
    if step is None or not step.n_added:
        return
    realised, present = step.realised, coverage.present
    yield Figure(name=words.say("where they sit"), note=sites_said(step.sites))
    yield Figure(
        name=words.say("visits made then"),
        value=realised.delivered_visits,
        note=words.say("by planning the same weeks again with these workers"),
    )
    if realised.required_visits:
        yield Figure(
            name=words.say("share of due visits that is made then"),
            value=realised.delivered_visits / realised.required_visits,
            format=SHARE,
        )
    yield Figure(
        name=words.say("cost of the added workers a month"),
        value=step.cost_idr_per_month,
        format=RUPIAH,
    )
    more = realised.delivered_visits - present.delivered_visits
    if more > 0:
        yield Figure(
            name=words.say("cost of one visit more"),
            value=weeks_idr(coverage, step.cost_idr_per_month) / more,
            format=RUPIAH,
        )


def _step(coverage: Coverage, n_added: int) -> Step | None:
    return next((x for x in coverage.steps if x.n_added == n_added), None)


def _data(coverage: Coverage, words: Words) -> Iterable[Figure]:
    quality, k = coverage.quality, coverage.k
    yield Figure(name=words.say("What the data are worth"))
    yield Figure(name=words.say("rows of the caseload"), value=quality.n_rows)
    for name, n in (
        (words.say("rows that cannot be used"), quality.n_invalid),
        (words.say("people with no road near"), quality.n_unsnapped),
        (words.say("people to whom no way leads"), quality.n_unreachable),
        (words.say("people in no area"), quality.n_in_no_area),
    ):
        yield Figure(name=name, value=count_said(n, quality.n_rows, k))
    yield Figure(name=words.say("warnings about the data"), value=quality.n_warnings)
    yield Figure(name=words.say("areas"), value=quality.n_areas)
    yield Figure(
        name=words.say("areas whose population is not known"),
        value=quality.n_areas_without_population,
    )
