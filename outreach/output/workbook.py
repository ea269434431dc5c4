"""`plan.xlsx`: the sums, a sheet per worker, and one of all who are left out."""

from __future__ import annotations

import io
import logging
import re
import textwrap
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.output.circuits import circuit_name
from outreach.output.files import write_whole
from outreach.output.itinerary import (
    ALL,
    Rest,
    budget_used,
    date_of,
    listed,
    load,
    place_name,
    routes_of,
    worker_ids,
)
from outreach.output.judgement import SCORE_NOTE, price_sentences, score_hours
from outreach.output.left_out import LOSS_NAMES, NOT_DUE_NAME, losses_by_kind
from outreach.output.names import unique_names
from outreach.output.safe_text import writable
from outreach.units import HOUR_S, MINUTE_S

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from outreach.model import PlaceKind, Plan
    from outreach.output.itinerary import Entry
    from outreach.output.words import Words

logger = logging.getLogger(__name__)

_MAX_SHEET_NAME = 31
_SHEET_NAME_SIGNS = re.compile(r"[\[\]:*?/\\]|^'|'$")
# Excel reads these as the start of a formula where a cell is edited or exported as CSV.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
# Points; programs that open a file need not fit the height of rows to wrapped text.
_LINE_HEIGHT = 15.0
# The longest name of a loss, or of a part of the score, stays on one line.
_NAME_WIDTH = 52
_RUPIAH = '"Rp" #,##0'

Cell = str | int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """A column's heading, width in characters, how its numbers are written, where they stand."""

    head: str
    width: float
    format: str | None = None
    is_centred: bool = False


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
    summary, left_out, not_due, *names = unique_names(
        [_SHEET_NAME_SIGNS.sub("_", writable(name)) for name in (*fixed, *workers)],
        _MAX_SHEET_NAME,
    )
    _summary_sheet(book, summary, plan, words)
    for worker_id, name in zip(workers, names, strict=True):
        _worker_sheet(book, name, plan, worker_id, words)
    _left_out_sheet(book, left_out, plan, words)
    _not_due_sheet(book, not_due, plan, words)
    book.properties.creator = "outreach"
    book.properties.created = plan.starts_at.replace(tzinfo=None)
    with write_whole(path) as part:
        part.write_bytes(_dateless(book, plan.starts_at))
    logger.info("wrote %d sheets to %s", len(book.sheetnames), path.name)


def _summary_sheet(book: Workbook, name: str, plan: Plan, words: Words) -> None:
    first, last = date_of(plan, 0), date_of(plan, plan.horizon_days - 1)
    intro = [words.days(first, last), *(words.say(notice) for notice in plan.notices)]
    columns = (
        _Column(head=words.say("worker"), width=_NAME_WIDTH),
        _Column(head=words.say("visits"), width=11, format="#,##0"),
        _Column(head=words.say("riding (hours)"), width=16, format="#,##0.0"),
        _Column(head=words.say("service (hours)"), width=16, format="#,##0.0"),
        _Column(head=words.say("distance (km)"), width=14, format="#,##0.0"),
        _Column(head=words.say("nights"), width=9, format="#,##0"),
        _Column(head=words.say("cost"), width=16, format=_RUPIAH),
        _Column(head=words.say("budget for these days"), width=20, format=_RUPIAH),
        _Column(head=words.say("budget used"), width=12, format="0%"),
        _Column(head=words.say("working time (hours)"), width=16, format="#,##0.0"),
        _Column(head=words.say("load"), width=9, format="0%"),
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
    _sheet(book, name, columns, rows, intro=intro)
    _judgement(book[name], plan, words)


def _judgement(sheet: Worksheet, plan: Plan, words: Words) -> None:
    from openpyxl.styles import Font

    heading = Font(name="Calibri", size=11, bold=True)
    if plan.prices:
        row = sheet.max_row + 2
        _put(sheet, row, 1, words.say("What a little more would bring"))
        sheet.cell(row, 1).font = heading
        for i, sentence in enumerate(price_sentences(plan, words), start=row + 1):
            _put(sheet, i, 1, sentence)
    if plan.score is not None:
        row = sheet.max_row + 2
        _put(sheet, row, 1, words.say("How the plan is weighed"))
        sheet.cell(row, 1).font = heading
        _put(sheet, row + 1, 1, words.say(SCORE_NOTE))
        for i, (part, hours) in enumerate(score_hours(plan.score), start=row + 2):
            _put(sheet, i, 1, words.say(part))
            _put(sheet, i, 2, round(hours, 2))
            sheet.cell(i, 2).number_format = "#,##0.0"


def _worker_sheet(book: Workbook, name: str, plan: Plan, worker_id: str, words: Words) -> None:
    routes = routes_of(plan, worker_id)
    circuit = _Column(head=words.say("circuit"), width=26)
    columns = (
        _Column(head=words.say("day"), width=10),
        _Column(head=words.say("date"), width=16),
        _Column(head=words.say("no."), width=6, format="0", is_centred=True),
        _Column(head=words.say("arrive"), width=8, is_centred=True),
        _Column(head=words.say("start"), width=8, is_centred=True),
        _Column(head=words.say("leave"), width=8, is_centred=True),
        _Column(head=words.say("place"), width=18),
        _Column(head=words.say("kind"), width=26),
        _Column(head=words.say("category"), width=20),
        _Column(head=words.say("area"), width=18),
        _Column(head=words.say("km to next"), width=11, format="#,##0.0", is_centred=True),
        _Column(head=words.say("minutes to next"), width=11, format="0", is_centred=True),
        _Column(head=words.say("name"), width=26),
        _Column(head=words.say("with"), width=22),
        # Whoever is on none has the narrower page.
        *((circuit,) if any(route.circuit_id for route in routes) else ()),
    )
    rows: list[Sequence[Cell]] = []
    for route in routes:
        if rows:
            rows.append(())
        company = (
            ", ".join(x for x in route.worker_ids if x != worker_id),
            circuit_name(plan, route, words),
        )
        date = date_of(plan, route.day)
        rows += [
            _rest_row(item, date, words)
            if isinstance(item, Rest)
            else (*_stop_row(item, date, words), *company)[: len(columns)]
            for item in listed(route, plan.starts_at)
        ]
    _sheet(book, name, columns, rows)


def _rest_row(rest: Rest, date: dt.date, words: Words) -> Sequence[Cell]:
    is_on_the_way = words.say("break, on the way") if rest.is_on_the_way else words.say("break")
    times = words.clock(rest.starts), words.clock(rest.ends)
    return (
        *(words.weekday(date), date.isoformat(), None, None),
        *(*times, rest.break_id, is_on_the_way),
    )


def _stop_row(entry: Entry, date: dt.date, words: Words) -> Sequence[Cell]:
    stop, leg = entry.stop, entry.leg_out
    kind = kind_name(stop.kind, words)
    return (
        words.weekday(date),
        date.isoformat(),
        entry.number,
        words.clock(entry.arrives) if entry.leg_in else None,
        words.clock(entry.starts) if entry.leg_in and leg else None,
        words.clock(entry.departs) if leg else None,
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
        _Column(head=words.say("loss"), width=_NAME_WIDTH),
        _Column(head=words.say("beneficiary"), width=16),
        _Column(head=words.say("visit"), width=18),
        _Column(head=words.say("reason"), width=90),
        _Column(head=words.say("code"), width=18),
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
    _sheet(book, name, columns, rows)


def _not_due_sheet(book: Workbook, name: str, plan: Plan, words: Words) -> None:
    columns = (
        _Column(head=words.say("beneficiary"), width=16),
        _Column(head=words.say("due on"), width=32),
    )
    rows = [
        (x.beneficiary_id, words.date(x.due_on))
        for x in sorted(plan.not_due, key=lambda x: (x.due_on, x.beneficiary_id))
    ]
    _sheet(book, name, columns, rows)


def kind_name(kind: PlaceKind, words: Words) -> str:
    """Name a kind of stop in the reader's language."""
    return {
        "base": words.say("base"),
        "visit": words.say("visit"),
        "partner": words.say("partner"),
        "lodging": words.say("lodging"),
    }[kind]


def _sheet(
    book: Workbook,
    name: str,
    columns: Sequence[_Column],
    rows: Sequence[Sequence[Cell]],
    *,
    intro: Sequence[str] = (),
) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(name)
    for i, text in enumerate(intro, start=1):
        _put(sheet, i, 1, text)
    head_row = len(intro) + 1
    for j, column in enumerate(columns, start=1):
        _put(sheet, head_row, j, column.head)
        cell = sheet.cell(head_row, j)
        cell.font = Font(name="Calibri", size=11, bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1B4040")
        over_numbers = "right" if column.format else None
        cell.alignment = Alignment(
            wrap_text=True,
            vertical="center",
            horizontal="center" if column.is_centred else over_numbers,
        )
        sheet.column_dimensions[get_column_letter(j)].width = column.width
    sheet.row_dimensions[head_row].height = _LINE_HEIGHT * max(
        # Bold letters are wider than the digits that columns are counted in.
        _n_lines(column.head, column.width * 0.85)
        for column in columns
    )
    for i, row in enumerate(rows, start=head_row + 1):
        for j, value in enumerate(row, start=1):
            _put(sheet, i, j, value)
            column = columns[j - 1]
            cell = sheet.cell(i, j)
            cell.alignment = Alignment(
                wrap_text=isinstance(value, str) and len(value) > column.width,
                vertical="top",
                horizontal="center" if column.is_centred else None,
            )
            if column.format and value is not None and not isinstance(value, str):
                cell.number_format = column.format
        sheet.row_dimensions[i].height = _LINE_HEIGHT * max(
            (_n_lines(x, columns[j].width) for j, x in enumerate(row) if isinstance(x, str)),
            default=1,
        )
    sheet.freeze_panes = sheet.cell(head_row + 1, 1)
    sheet.print_title_rows = f"{head_row}:{head_row}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "&P / &N"


def _n_lines(text: str, width: float) -> int:
    return len(textwrap.wrap(text, int(width))) or 1


def _put(sheet: Worksheet, row: int, column: int, value: Cell) -> None:
    if value is None:
        return
    cell = sheet.cell(row, column)
    if not isinstance(value, str):
        cell.value = value
        return
    cell.value = writable(value)
    # openpyxl takes a leading = for a formula; what comes from the data is text.
    cell.data_type = "s"
    if value.startswith(_FORMULA_SIGNS):
        cell.quotePrefix = True


def _dateless(book: Workbook, when: dt.datetime) -> bytes:
    # openpyxl writes the present moment into the archive and the properties.
    saved, fixed = io.BytesIO(), io.BytesIO()
    book.save(saved)
    modified = when.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(saved) as read, zipfile.ZipFile(fixed, "w") as written:
        for name in read.namelist():
            content = _MODIFIED.sub(rb"\g<1>" + modified, read.read(name))
            entry = zipfile.ZipInfo(name, date_time=_ZIP_EPOCH)
            written.writestr(entry, content, compress_type=zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
