"""The sections about kilometres and money, and about what came between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.output.progress_charts import MoneyBar, money_chart
from outreach.output.progress_facts import NOTHING
from outreach.output.progress_happened import happened_said
from outreach.output.report_parts import Column, Figure, Heading, Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.coverage.accounts_result import Interruption, WorkerMoney
    from outreach.output.progress_facts import Facts
    from outreach.output.report_parts import Part

_MOST_BARS = 12
_MOST_IDS = 6


def road(facts: Facts) -> Iterator[Part]:
    """Tell how far people rode, and what of the money is left."""
    words, travel = facts.words, facts.accounts.travel
    yield Heading(text=words.say("Kilometres and money"))
    yield Text(
        text=words.say(
            "Until now %(n)s days on the road were planned: %(km)s km, %(hours)s hours, %(nights)s"
            " nights away, %(money)s. Of %(ridden)s of these days the log has a word:"
            " %(ridden_km)s km, %(ridden_hours)s hours, %(ridden_nights)s nights,"
            " %(ridden_money)s.",
            n=facts.number(travel.n_days),
            km=words.number(travel.distance_km),
            hours=words.number(travel.riding_h, 1),
            nights=facts.number(travel.n_nights),
            money=words.money(travel.cost_idr),
            ridden=facts.number(travel.n_ridden_days),
            ridden_km=words.number(travel.ridden_km),
            ridden_hours=words.number(travel.ridden_h, 1),
            ridden_nights=facts.number(travel.n_ridden_nights),
            ridden_money=words.money(travel.ridden_idr),
        )
    )
    yield _money_chart(facts)
    yield _money_table(facts)


def _money_chart(facts: Facts) -> Figure:
    words = facts.words
    caption = words.say("Money of each worker in %(month)s", month=facts.month)
    bars = [
        MoneyBar(
            label=worker.worker_id,
            spent_idr=worker.month_idr,
            unsure_idr=worker.unsure_idr,
            ahead_idr=worker.ahead_idr,
            budget_idr=worker.budget_idr,
        )
        for worker in facts.accounts.workers[:_MOST_BARS]
    ]
    is_told = any(b.spent_idr or b.unsure_idr or b.ahead_idr or b.budget_idr for b in bars)
    return Figure(
        caption=caption, drawings=(money_chart(bars, words, alt=caption),) if is_told else ()
    )


def _money_table(facts: Facts) -> Table:
    words, accounts = facts.words, facts.accounts
    rows = [_money_row(facts, worker) for worker in accounts.workers]
    return Table(
        caption=words.say(
            "Days on the road in this time, and the money of %(month)s", month=facts.month
        ),
        columns=(
            Column(title=words.say("worker"), align="left", width=1.6),
            Column(title=words.say("days with a word"), width=1.3),
            Column(title=words.say("km ridden")),
            Column(title=words.say("spent this month"), width=1.7),
            Column(title=words.say("budget"), width=1.7),
            Column(title=words.say("left"), width=1.7),
            Column(title=words.say("days without a word"), width=1.6),
            Column(title=words.say("planned, to come"), width=1.6),
        ),
        rows=tuple(rows),
        notes=(
            words.say(
                "A log knows no kilometres: ridden are those of the plan on days of which the log"
                " has a word. A team's day counts for each of its workers."
            ),
        ),
    )


def _money_row(facts: Facts, worker: WorkerMoney) -> tuple[str, ...]:
    words, travel, left = facts.words, worker.travel, worker.left_idr
    days = words.say(
        "%(ridden)s of %(all)s",
        ridden=facts.number(travel.n_ridden_days),
        all=facts.number(travel.n_days),
    )
    return (
        worker.worker_id,
        days,
        words.number(travel.ridden_km),
        words.money(worker.month_idr),
        NOTHING if worker.budget_idr is None else words.money(worker.budget_idr),
        NOTHING if left is None else facts.money(left),
        words.money(worker.unsure_idr),
        words.money(worker.ahead_idr),
    )


def interruptions(facts: Facts) -> Iterator[Part]:
    """Tell what came between, and what it displaced."""
    words, told = facts.words, facts.accounts.interruptions
    yield Heading(text=words.say("What came between"))
    if not told:
        yield Text(text=words.say("No plan was changed in this time."))
        return
    yield Text(
        text=words.say(
            "Changes of the plans: %(n)s. Visits moved: %(moved)s, added: %(new)s, displaced:"
            " %(fell_out)s.",
            n=facts.number(len(told)),
            moved=facts.number(sum(x.n_moved for x in told)),
            new=facts.number(sum(x.n_new for x in told)),
            fell_out=facts.number(sum(x.n_fell_out for x in told)),
        ),
        style="intro",
    )
    yield Table(
        caption=words.say("What was told, and what it displaced"),
        columns=(
            Column(title=words.say("told on"), align="left", width=1.5),
            Column(title=words.say("what happened"), align="left", width=4.2),
            Column(title=words.say("moved"), width=0.9),
            Column(title=words.say("new"), width=0.7),
            Column(title=words.say("displaced"), align="left", width=2),
            Column(title=words.say("past the deadline"), width=1.2),
            Column(title=words.say("more riding"), width=1.4),
            Column(title=words.say("more cost"), width=1.4),
        ),
        rows=tuple(_interruption_row(facts, x) for x in told),
    )


def _interruption_row(facts: Facts, told: Interruption) -> tuple[str, ...]:
    words = facts.words
    happened = "; ".join(happened_said(x, told.starts_on, words) for x in told.happened)
    fell_out = NOTHING
    if told.fell_out:
        ids = facts.ids(told.fell_out, _MOST_IDS)
        fell_out = f"{facts.number(told.n_fell_out)}: {ids}"
    return (
        f"{words.short_date(told.at.date())} {words.clock(told.at)}",
        happened,
        facts.number(told.n_moved),
        facts.number(told.n_new),
        fell_out,
        facts.number(told.n_late),
        facts.minutes(told.riding_s),
        facts.money(told.cost_idr),
    )
