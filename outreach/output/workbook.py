"""`plan.xlsx`: the sums, a sheet per worker, and one of all who are left out."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from outreach.output.changes_seen import changes_for
from outreach.output.changes_sheet import add_changes_sheet
from outreach.output.circuits import circuit_name
from outreach.output.files import write_bytes_whole
from outreach.output.itinerary import (
    ALL,
    Rest,
    budget_used,
    date_of,
    kind_name,
    listed,
    load,
    place_name,
    routes_of,
    worker_ids,
)
from outreach.output.judgement import SCORE_NOTE, price_sentences, score_hours
from outreach.output.left_out import LOSS_NAMES, NOT_DUE_NAME, losses_by_kind
from outreach.output.notices import notices_for
from outreach.output.sheets import (
    Column,
    add_sheet,
    dateless,
    print_all,
    put,
    put_heading,
    sheet_names,
)
from outreach.units import HOUR_S, MINUTE_S

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from outreach.model import Contact, Plan
    from outreach.output.changes_seen import Before, Changes
    from outreach.output.itinerary import Entry
    from outreach.output.sheets import Cell
    from outreach.output.words import Language, Words

logger = logging.getLogger(__name__)

# The longest name of a loss, or of a part of the score, stays on one line.
_NAME_WIDTH = 52
_RUPIAH = '"Rp" #,##0'
# The numbers name Indonesian and British English, so that months and days are in the plan's
# language wherever the workbook is opened.
_SHORT_DATES: Mapping[Language, str] = {
    "id": "[$-421]d mmm yyyy",
    "en": "[$-809]d mmm yyyy",
}
_LONG_DATES: Mapping[Language, str] = {
    "id": "[$-421]dddd, d mmmm yyyy",
    "en": "[$-809]dddd, d mmmm yyyy",
}
_CLOCKS: Mapping[Language, str] = {"id": r"hh\.mm", "en": "hh:mm"}
_TO_TICK = "\N{BALLOT BOX}"


def write_workbook(plan: Plan, words: Words, path: Path) -> None:
    """
    Write the plan as a workbook to read and print; equal plans give equal bytes.

    Raises
    ------
    ExportError
        When the file cannot be written.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new workbook has one sheet
    workers = worker_ids(plan)
    fixed = (words.say("Summary"), words.say("Left out"), words.say("Not due"))
    changed = () if plan.revision is None else (words.say("Changes"),)
    summary, left_out, not_due, *names = sheet_names((*fixed, *changed, *workers))
    _summary_sheet(book, summary, plan, words)
    if plan.revision is not None:
        add_changes_sheet(
            book,
            names.pop(0),
            plan,
            plan.revision,
            words,
            date_format=_SHORT_DATES[words.language],
            clock_format=_CLOCKS[words.language],
            footer=_footer(words),
        )
    for worker_id, name in zip(workers, names, strict=True):
        _worker_sheet(book, name, plan, worker_id, words)
    _left_out_sheet(book, left_out, plan, words)
    _not_due_sheet(book, not_due, plan, words)
    write_bytes_whole(path, dateless(book, plan.starts_at))
    logger.info("wrote %d sheets to %s", len(book.sheetnames), path.name)


def worker_workbook(
    plan: Plan, worker_id: str, words: Words, *, before: Before | None = None
) -> bytes:
    """
    Make a workbook of one worker's days, which holds nobody else's cases.

    It has neither sums nor those left out; of a changed plan, what is other for this worker.
    Equal plans give equal bytes.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new workbook has one sheet
    (name,) = sheet_names((worker_id,))
    title = words.say("Visits of %(worker)s", worker=worker_id)
    notices = (words.say(notice) for notice in notices_for(plan, worker_id))
    changes = changes_for(plan, words, worker_id, before=before)
    told = () if changes is None else changes.lines()
    intro = (f"{title}, {_span(plan, words)}", *notices, *told)
    _worker_sheet(book, name, plan, worker_id, words, intro=intro, changes=changes)
    return dateless(book, plan.starts_at)


def _span(plan: Plan, words: Words) -> str:
    return words.days(date_of(plan, 0), date_of(plan, plan.horizon_days - 1))


def _summary_sheet(book: Workbook, name: str, plan: Plan, words: Words) -> None:
    intro = [_span(plan, words), *(words.say(notice) for notice in plan.notices)]
    columns = (
        Column(head=words.say("worker"), width=_NAME_WIDTH),
        Column(head=words.say("visits"), width=11, format="#,##0"),
        Column(head=words.say("riding (hours)"), width=16, format="#,##0.0"),
        Column(head=words.say("service (hours)"), width=16, format="#,##0.0"),
        Column(head=words.say("distance (km)"), width=14, format="#,##0.0"),
        Column(head=words.say("nights"), width=9, format="#,##0"),
        Column(head=words.say("cost"), width=16, format=_RUPIAH),
        Column(head=words.say("budget for these days"), width=20, format=_RUPIAH),
        Column(head=words.say("budget used"), width=12, format="0%"),
        Column(head=words.say("working time (hours)"), width=16, format="#,##0.0"),
        Column(head=words.say("load"), width=9, format="0%"),
    )
    rows: list[Sequence[Cell]] = [
        (
            words.say("all, each team's day once") if key == ALL else key,
            sums.n_visits,
            round(sums.riding_s / HOUR_S, 2),
            round(sums.service_s / HOUR_S, 2),
            round(sums.distance_m / 1000, 1),
            sums.n_nights,
            sums.cost_idr,
            sums.budget_idr,
            budget_used(sums),
            round(sums.available_s / HOUR_S, 2),
            load(plan, key),
        )
        for key, sums in sorted(plan.totals, key=lambda item: (item[0] == ALL, item[0]))
    ]
    rows += [()]
    for kind, losses in losses_by_kind(plan):
        rows.append((words.say(LOSS_NAMES[kind]), len(losses)))
    rows.append((words.say(NOT_DUE_NAME), len(plan.not_due)))
    sheet = add_sheet(
        book, name, columns, rows, footer=_footer(words), intro=intro, is_filtered=False
    )
    _judgement(sheet, plan, words)
    print_all(sheet, len(columns))


def _judgement(sheet: Worksheet, plan: Plan, words: Words) -> None:
    if plan.prices:
        row = sheet.max_row + 2
        put_heading(sheet, row, words.say("What a little more would bring"))
        for i, sentence in enumerate(price_sentences(plan, words), start=row + 1):
            put(sheet, i, 1, sentence)
    if plan.score is not None:
        row = sheet.max_row + 2
        put_heading(sheet, row, words.say("How the plan is weighed"))
        put(sheet, row + 1, 1, words.say(SCORE_NOTE))
        for i, (part, hours) in enumerate(score_hours(plan.score), start=row + 2):
            put(sheet, i, 1, words.say(part))
            put(sheet, i, 2, round(hours, 2))
            sheet.cell(i, 2).number_format = "#,##0.0"


def _worker_sheet(
    book: Workbook,
    name: str,
    plan: Plan,
    worker_id: str,
    words: Words,
    *,
    intro: Sequence[str] = (),
    changes: Changes | None = None,
) -> None:
    routes = routes_of(plan, worker_id)
    contacts = {contact.place_id: contact for contact in plan.contacts}
    # Whoever rides alone, is on no circuit, or has nobody to call, has the narrower page.
    is_together = any(len(route.worker_ids) > 1 for route in routes)
    is_away = any(route.circuit_id for route in routes)
    is_called = any(stop.contact in contacts for route in routes for stop in route.stops)
    marks = {} if changes is None else changes.said()
    clock = _CLOCKS[words.language]
    columns = (
        Column(head=words.say("day"), width=6),
        Column(
            head=words.say("date"), width=14, format=_SHORT_DATES[words.language], stands="left"
        ),
        Column(head=words.say("no."), width=6, format="0", stands="center"),
        Column(head=words.say("arrive"), width=8, format=clock, stands="center"),
        Column(head=words.say("start"), width=8, format=clock, stands="center"),
        Column(head=words.say("leave"), width=8, format=clock, stands="center"),
        Column(head=words.say("place"), width=18),
        Column(head=words.say("kind"), width=26),
        Column(head=words.say("category"), width=20),
        Column(head=words.say("area"), width=18),
        Column(head=words.say("km to next"), width=11, format="#,##0.0", stands="center"),
        Column(head=words.say("minutes to next"), width=11, format="0", stands="center"),
        Column(head=words.say("name"), width=26),
        *((Column(head=words.say("with"), width=22),) if is_together else ()),
        *((Column(head=words.say("circuit"), width=26),) if is_away else ()),
        *((Column(head=words.say("contact"), width=26),) if is_called else ()),
        *((Column(head=words.say("change"), width=30),) if marks else ()),
        Column(head=words.say("done"), width=8, stands="center"),
    )
    rows: list[Sequence[Cell]] = []
    for route in routes:
        if rows:
            rows.append(())
        company = (", ".join(x for x in route.worker_ids if x != worker_id),) if is_together else ()
        circuit = (circuit_name(plan, route, words),) if is_away else ()
        date = date_of(plan, route.day)
        for item in listed(route, plan.starts_at):
            if isinstance(item, Rest):
                rest = _rest_row(item, date, words)
                rows.append((*rest, *(None,) * (len(columns) - len(rest))))
                continue
            contact = contacts.get(item.stop.contact or "")
            called = (_called(contact) if contact else None,) if is_called else ()
            changed = (marks.get(item.stop.visit_id or ""),) if marks else ()
            box = _TO_TICK if item.number is not None else None
            others = (*company, *circuit, *called, *changed)
            rows.append((*_stop_row(item, date, words), *others, box))
    add_sheet(book, name, columns, rows, footer=_footer(words), intro=intro)


def _called(contact: Contact) -> str:
    return f"{contact.label}, {contact.phone}" if contact.phone else contact.label


def _footer(words: Words) -> str:
    return words.say("CONFIDENTIAL – holds data about children")


def _minute(moment: dt.datetime) -> dt.time:
    # Programs differ on whether seconds that are not shown round up; all outputs tell the minute.
    return moment.time().replace(second=0, microsecond=0)


def _rest_row(rest: Rest, date: dt.date, words: Words) -> Sequence[Cell]:
    is_on_the_way = words.say("break, on the way") if rest.is_on_the_way else words.say("break")
    times = _minute(rest.starts), _minute(rest.ends)
    return (
        *(words.weekday(date), date, None, None),
        *(*times, rest.break_id, is_on_the_way),
    )


def _stop_row(entry: Entry, date: dt.date, words: Words) -> Sequence[Cell]:
    stop, leg = entry.stop, entry.leg_out
    kind = kind_name(stop.kind, words)
    return (
        words.weekday(date),
        date,
        entry.number,
        _minute(entry.arrives) if entry.leg_in else None,
        _minute(entry.starts) if entry.leg_in and leg else None,
        _minute(entry.departs) if leg else None,
        stop.beneficiary_id or stop.place_id,
        f"{kind}, {words.say('promised')}" if stop.is_pinned else kind,
        stop.category,
        stop.area,
        round(leg.distance_m / 1000, 1) if leg else None,
        round(leg.duration_s / MINUTE_S) if leg else None,
        stop.label if stop.label == place_name(stop) else None,
    )


def _left_out_sheet(book: Workbook, name: str, plan: Plan, words: Words) -> None:
    columns = (
        Column(head=words.say("loss"), width=_NAME_WIDTH),
        Column(head=words.say("beneficiary"), width=16),
        Column(head=words.say("visit"), width=18),
        Column(head=words.say("reason"), width=90),
        Column(head=words.say("code"), width=18),
    )
    rows = [
        (
            words.say(LOSS_NAMES[kind]),
            loss.beneficiary_id,
            loss.visit_id,
            words.say(loss.detail),
            loss.reason,
        )
        for kind, losses in losses_by_kind(plan)
        for loss in losses
    ]
    add_sheet(book, name, columns, rows, footer=_footer(words))


def _not_due_sheet(book: Workbook, name: str, plan: Plan, words: Words) -> None:
    columns = (
        Column(head=words.say("beneficiary"), width=16),
        Column(
            head=words.say("due on"), width=32, format=_LONG_DATES[words.language], stands="left"
        ),
    )
    rows = [
        (x.beneficiary_id, x.due_on)
        for x in sorted(plan.not_due, key=lambda x: (x.due_on, x.beneficiary_id))
    ]
    add_sheet(book, name, columns, rows, footer=_footer(words))
