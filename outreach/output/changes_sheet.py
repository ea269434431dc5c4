"""What a changed plan changes, as a sheet of the office's workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.output.changes_seen import Changes
from outreach.output.itinerary import date_of, moment
from outreach.output.sheets import Column, add_sheet, print_all, put, put_heading

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from outreach.lineage import Revision, When
    from outreach.model import Plan
    from outreach.output.changes_told import ChangeTeller
    from outreach.output.sheets import Cell
    from outreach.output.words import Words


def add_changes_sheet(
    book: Workbook,
    name: str,
    plan: Plan,
    revision: Revision,
    words: Words,
    *,
    date_format: str,
    clock_format: str,
    footer: str,
) -> None:
    """
    Add what happened, each visit before and now, whom to phone, and where nights are elsewhere.

    Parameters
    ----------
    name
        Made by `outreach.output.sheets.sheet_names`.
    plan, revision
        A changed plan, and how it came from the one before.
    date_format, clock_format
        Number formats.
    footer
        What every printed page bears.
    """
    changes = Changes(plan, revision, words)
    tell = changes.tell
    columns = (
        Column(head=words.say("change"), width=20),
        Column(head=words.say("beneficiary"), width=16),
        Column(head=words.say("visit"), width=18),
        Column(head=words.say("date before"), width=16, format=date_format, stands="left"),
        Column(head=words.say("start before"), width=10, format=clock_format, stands="center"),
        Column(head=words.say("worker before"), width=20),
        Column(head=words.say("date now"), width=16, format=date_format, stands="left"),
        Column(head=words.say("start now"), width=10, format=clock_format, stands="center"),
        Column(head=words.say("worker now"), width=20),
        Column(head=words.say("reason"), width=60),
    )
    rows: list[Sequence[Cell]] = [
        (
            mark.label,
            mark.change.beneficiary_id,
            mark.change.visit_id,
            *_when(mark.change.before, plan),
            *_when(mark.change.after, plan),
            changes.reason(mark),
        )
        for mark in changes.marks
    ]
    happened = [tell.happening(told) for told in revision.happened]
    intro = (tell.title(), *happened, " · ".join(tell.figures(revision)))
    sheet = add_sheet(book, name, columns, rows, footer=footer, intro=intro)
    _calls(sheet, tell, revision, words)
    _nights(sheet, changes, words)
    print_all(sheet, len(columns))


def _when(when: When | None, plan: Plan) -> tuple[dt.date | None, dt.time | None, str | None]:
    if when is None:
        return None, None, None
    starts = moment(plan.starts_at, when.starts_s)
    # Programs differ on whether seconds that are not shown round up.
    clock = starts.time().replace(second=0, microsecond=0)
    return date_of(plan, when.day), clock, ", ".join(when.worker_ids)


def _calls(sheet: Worksheet, tell: ChangeTeller, revision: Revision, words: Words) -> None:
    if not revision.calls:
        return
    changed = {change.visit_id: change for change in revision.changes}
    row = sheet.max_row + 2
    put_heading(sheet, row, words.say("Whom to phone, in this order"))
    for i, call in enumerate(revision.calls, start=row + 1):
        changes = [changed[visit_id] for visit_id in call.visit_ids if visit_id in changed]
        cases = dict.fromkeys(change.beneficiary_id for change in changes)
        about = "; ".join(tell.outcome(call, changes)) or ", ".join(cases)
        for column, cell in enumerate(
            (f"{i - row}. {tell.callee(call)}", tell.phone(call), tell.by(call), about), start=1
        ):
            put(sheet, i, column, cell)


def _nights(sheet: Worksheet, changes: Changes, words: Words) -> None:
    if not changes.nights:
        return
    row = sheet.max_row + 2
    put_heading(sheet, row, words.say("Nights elsewhere"))
    for i, night in enumerate(changes.nights, start=row + 1):
        told = (night.team_id, changes.tell.date(night.day), changes.night(night))
        for column, cell in enumerate(told, start=1):
            put(sheet, i, column, cell)
