"""The workbook of a progress report: every figure in a cell of its own, and whole lists."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.output.coverage_cells import RUPIAH, SHARE, TENTHS, WHOLE, Figure, put_figures, tidy
from outreach.output.progress_book_time import (
    interruptions_table,
    legs_table,
    punctuality_table,
    speeds_table,
)
from outreach.output.progress_cells import Sheet, date_format
from outreach.output.progress_end import method
from outreach.output.progress_facts import WHY_WAITING
from outreach.output.progress_summary import attention, told
from outreach.output.progress_visits import counted_of
from outreach.output.sheets import Column, add_sheet, dateless, put_heading, sheet_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from outreach.coverage.accounts_result import CountRow
    from outreach.output.progress_facts import Facts


def progress_book(facts: Facts, *, title: str, footer: str) -> bytes:
    """
    Write a progress report as a workbook to sort and reckon with; equal accounts, equal bytes.

    Parameters
    ----------
    facts
        The accounts and the reader's language; a sheet of which they hold nothing is left out.
    title
        Of the first sheet.
    footer
        What every printed page bears.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new workbook has one sheet
    words = facts.words
    sheets = [sheet for sheet in _tables(facts) if sheet.rows]
    first, *names = sheet_names((words.say("Summary"), *(words.say(x.name) for x in sheets)))
    figures = tuple(_figures(facts))
    intro = (title, f"{facts.name}. {facts.days}")
    summary = add_sheet(
        book,
        first,
        (
            Column(head=words.say("figure"), width=64),
            Column(head=words.say("value"), width=18, format=WHOLE),
            Column(head=words.say("what it means"), width=90),
        ),
        [() if x is None else (x.name, x.value, x.note) for x in figures],
        footer=footer,
        intro=intro,
        is_filtered=False,
    )
    put_figures(summary, len(intro) + 2, figures)
    put_heading(summary, 1, title)
    for name, sheet in zip(names, sheets, strict=True):
        add_sheet(book, name, sheet.columns, sheet.rows, footer=footer)
    for written in book.worksheets:
        tidy(written)
    return dateless(book, dt.datetime.combine(facts.accounts.period.last, dt.time()))


def _tables(facts: Facts) -> Iterator[Sheet]:
    accounts = facts.accounts
    yield _counts(
        facts,
        Message("Visits by category"),
        Message("category"),
        [(facts.category(row), "", row) for row in accounts.by_category],
    )
    yield _counts(
        facts,
        Message("Visits by area"),
        Message("area"),
        [(facts.area(row), row.id, row) for row in accounts.by_area],
    )
    yield _counts(
        facts,
        Message("Visits by team"),
        Message("team"),
        [(facts.team(row), "", row) for row in accounts.by_team],
    )
    yield _reasons(facts)
    yield _overdue(facts)
    yield _cases(facts)
    yield _workers(facts)
    yield interruptions_table(facts)
    yield punctuality_table(facts)
    yield legs_table(facts)
    yield speeds_table(facts)


def _figures(facts: Facts) -> Iterator[Figure | None]:
    """Give the first sheet's lines, in sections."""
    words = facts.words
    yield Figure(name=words.say("In short"))
    for sentence in told(facts):
        yield Figure(name="", note=sentence)
    yield None
    yield Figure(name=words.say("What needs attention"))
    for topic, sentence in attention(facts):
        yield Figure(name=words.say(topic), note=sentence)
    yield None
    yield from _visit_figures(facts)
    yield None
    yield from _road_figures(facts)
    yield None
    yield Figure(name=words.say("How it was counted"))
    for sentence in method(facts):
        yield Figure(name="", note=sentence)


def _visit_figures(facts: Facts) -> Iterator[Figure]:
    words, total, accounts = facts.words, facts.total, facts.accounts
    yield Figure(name=words.say("Visits"))
    yield Figure(name=words.say("in the first plans"), value=total.planned)
    yield Figure(name=words.say("added since"), value=total.added)
    for counted in counted_of(total):
        yield Figure(name=words.say(counted.title), value=counted.count(total))
    yield Figure(name=words.say("to be made by now"), value=total.expected)
    if total.share_done is not None:
        yield Figure(name=words.say("share made"), value=total.share_done, format=SHARE)
    yield Figure(name=words.say("people planned"), value=accounts.n_people_planned)
    yield Figure(name=words.say("people met"), value=accounts.n_people_met)
    yield Figure(name=words.say("people overdue"), value=len(accounts.overdue))
    yield Figure(name=words.say("cases at the start"), value=accounts.cases.n_at_start)
    yield Figure(name=words.say("cases at the end"), value=accounts.cases.n_at_end)


def _road_figures(facts: Facts) -> Iterator[Figure]:
    words, travel, late = facts.words, facts.accounts.travel, facts.accounts.punctuality
    yield Figure(name=words.say("Kilometres and money"))
    planned = words.say("on all days until now, as planned")
    ridden = words.say("on days of which the log has a word, as planned")
    for name, all_, some, form in (
        (words.say("days on the road"), travel.n_days, travel.n_ridden_days, WHOLE),
        (words.say("kilometres"), travel.distance_km, travel.ridden_km, TENTHS),
        (words.say("riding (hours)"), travel.riding_h, travel.ridden_h, TENTHS),
        (words.say("nights away"), travel.n_nights, travel.n_ridden_nights, WHOLE),
        (words.say("cost"), travel.cost_idr, travel.ridden_idr, RUPIAH),
    ):
        yield Figure(name=name, value=all_, format=form, note=planned)
        yield Figure(name=name, value=some, format=form, note=ridden)
    if facts.budget_idr:
        name = words.say("budget of the month")
        yield Figure(name=name, value=facts.budget_idr, format=RUPIAH, note=facts.month)
        name = words.say("spent of it")
        yield Figure(name=name, value=facts.spent_idr, format=RUPIAH, note=facts.month)
    if late.share_on_time is not None:
        name = words.say("share on time")
        note = words.say("of %(n)s visits with a time", n=facts.number(late.n_timed))
        yield Figure(name=name, value=late.share_on_time, format=SHARE, note=note)


def _counts(
    facts: Facts, name: Message, head: Message, rows: Sequence[tuple[str, str, CountRow]]
) -> Sheet:
    """Give counts by group; the sum is left to whoever sorts and filters."""
    words = facts.words
    counted = counted_of(facts.total)
    has_id = any(row_id not in {"", label} for label, row_id, _ in rows)
    columns = [
        Column(head=words.say(head), width=40),
        *((Column(head=words.say("id"), width=20),) if has_id else ()),
        *(Column(head=words.say(x.title), width=13, format=WHOLE) for x in counted),
        Column(head=words.say("share made"), width=12, format=SHARE),
    ]
    cells = [
        (
            label,
            *((row_id or None,) if has_id else ()),
            *(x.count(row.counts) for x in counted),
            row.counts.share_done,
        )
        for label, row_id, row in rows
    ]
    return Sheet(name=name, columns=tuple(columns), rows=tuple(cells))


def _reasons(facts: Facts) -> Sheet:
    words = facts.words
    return Sheet(
        name=Message("Why left out"),
        columns=(
            Column(head=words.say("loss"), width=44),
            Column(head=words.say("reason"), width=90),
            Column(head=words.say("code"), width=22),
            Column(head=words.say("visits"), width=12, format=WHOLE),
            Column(head=words.say("people"), width=12, format=WHOLE),
        ),
        rows=tuple(
            (facts.reason_kind(x), facts.reason(x), x.reason, x.n_visits, x.n_people)
            for x in facts.accounts.reasons
        ),
    )


def _overdue(facts: Facts) -> Sheet:
    words, form = facts.words, date_format(facts.words)
    return Sheet(
        name=Message("Who is overdue"),
        columns=(
            Column(head=words.say("beneficiary"), width=18),
            Column(head=words.say("category"), width=28),
            Column(head=words.say("area"), width=30),
            Column(head=words.say("due on"), width=14, format=form),
            Column(head=words.say("days"), width=9, format=WHOLE),
            Column(head=words.say("why not yet"), width=34),
            Column(head=words.say("times in a row"), width=12, format=WHOLE),
            Column(head=words.say("planned on"), width=14, format=form),
            Column(head=words.say("reason"), width=80),
        ),
        rows=tuple(
            (
                x.id,
                facts.category_of(x.category),
                facts.area_of(x.area, x.area_name),
                x.due_on,
                x.days,
                words.say(WHY_WAITING[x.why]),
                x.n_missed,
                x.planned_on,
                None if x.detail is None else words.say(x.detail),
            )
            for x in facts.accounts.overdue
        ),
    )


def _cases(facts: Facts) -> Sheet:
    words, cases = facts.words, facts.accounts.cases
    return Sheet(
        name=Message("New and closed cases"),
        columns=(
            Column(head=words.say("beneficiary"), width=18),
            Column(head=words.say("change"), width=30),
        ),
        rows=tuple(
            (case_id, words.say(what))
            for what, ids in (
                (Message("new"), cases.new),
                (Message("closed"), cases.closed),
                (Message("gone without a word"), cases.gone),
                (Message("moved away"), cases.moved),
            )
            for case_id in ids
        ),
    )


def _workers(facts: Facts) -> Sheet:
    words = facts.words
    return Sheet(
        name=Message("Kilometres and money"),
        columns=(
            Column(head=words.say("worker"), width=18),
            Column(head=words.say("days planned"), width=11, format=WHOLE),
            Column(head=words.say("days with a word"), width=11, format=WHOLE),
            Column(head=words.say("km ridden"), width=11, format=TENTHS),
            Column(head=words.say("riding (hours)"), width=12, format=TENTHS),
            Column(head=words.say("nights away"), width=11, format=WHOLE),
            Column(head=words.say("spent in this time"), width=16, format=RUPIAH),
            Column(head=words.say("spent this month"), width=16, format=RUPIAH),
            Column(head=words.say("budget"), width=16, format=RUPIAH),
            Column(head=words.say("left"), width=16, format=RUPIAH),
            Column(head=words.say("days without a word"), width=16, format=RUPIAH),
            Column(head=words.say("planned, to come"), width=16, format=RUPIAH),
        ),
        rows=tuple(
            (
                x.worker_id,
                x.travel.n_days,
                x.travel.n_ridden_days,
                x.travel.ridden_km,
                x.travel.ridden_h,
                x.travel.n_ridden_nights,
                x.travel.ridden_idr,
                x.month_idr,
                x.budget_idr,
                x.left_idr,
                x.unsure_idr,
                x.ahead_idr,
            )
            for x in facts.accounts.workers
        ),
    )
