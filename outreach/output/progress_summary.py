"""The first page of a progress report: the figures, what they say, and what needs a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.output.progress_charts import VisitsBar, visits_chart
from outreach.output.report_parts import Column, Figure, Table, Text, Tiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.output.progress_facts import Facts
    from outreach.output.report_parts import Part

_MOST_BARS = 12
_MOST_IDS = 5


def summary(facts: Facts) -> Iterator[Part]:
    """Say the whole report in four figures, a paragraph, a chart, and what to see to."""
    words = facts.words
    yield Tiles(tiles=(_planned(facts), _made(facts), _waiting(facts), _money(facts)))
    yield Text(text=" ".join(told(facts)), style="lead")
    needed: dict[str, list[str]] = {}
    for topic, sentence in attention(facts):
        needed.setdefault(words.say(topic), []).append(sentence)
    yield Table(
        caption=words.say("What needs attention"),
        columns=(
            Column(title=words.say("matter"), align="left"),
            Column(title=words.say("what to see to"), align="left", width=6),
        ),
        rows=tuple((topic, " ".join(sentences)) for topic, sentences in needed.items()),
    )
    yield _chart(facts)


def _planned(facts: Facts) -> tuple[str, str]:
    total, words = facts.total, facts.words
    said = words.say("visits in the plans")
    if total.ahead:
        said = words.say("visits in the plans, %(n)s to come", n=facts.number(total.ahead))
    return facts.number(total.in_plan), said


def _made(facts: Facts) -> tuple[str, str]:
    total = facts.total
    if total.no_word:
        return facts.share(total.share_done), facts.words.say(
            "made: %(done)s of %(expected)s, no word yet of %(n)s",
            done=facts.number(total.done),
            expected=facts.number(total.expected),
            n=facts.number(total.no_word),
        )
    said = facts.words.say(
        "made: %(done)s of %(expected)s",
        done=facts.number(total.done),
        expected=facts.number(total.expected),
    )
    return facts.share(total.share_done), said


def _waiting(facts: Facts) -> tuple[str, str]:
    overdue = facts.accounts.overdue
    said = facts.words.plural("person overdue", "people overdue", len(overdue))
    return facts.number(len(overdue)), said


def _money(facts: Facts) -> tuple[str, str]:
    words = facts.words
    if facts.budget_idr:
        share = facts.spent_idr / facts.budget_idr
        limited = (w for w in facts.accounts.workers if w.budget_idr is not None)
        if unsure_idr := sum(worker.unsure_idr for worker in limited):
            return words.percent(share), words.say(
                "of the month's money spent, %(money)s left; days without a word: %(unsure)s",
                money=words.money(facts.budget_idr - facts.spent_idr),
                unsure=words.money(unsure_idr),
            )
        return words.percent(share), words.say(
            "of the month's money spent, %(money)s left",
            money=words.money(facts.budget_idr - facts.spent_idr),
        )
    return words.money(facts.accounts.travel.ridden_idr), words.say("spent on the ridden days")


def told(facts: Facts) -> Iterator[str]:
    """Say in sentences what was planned and what came of it."""
    words, total, accounts = facts.words, facts.total, facts.accounts
    yield words.say("The plans of this time held %(n)s visits.", n=facts.number(total.in_plan))
    if total.added:
        yield words.say("%(n)s of them were added while it went on.", n=facts.number(total.added))
    if accounts.until < accounts.period.first:
        yield words.say("This time has not begun yet.")
    elif not facts.is_over:
        yield words.say(
            "The log can tell of the days until %(date)s; the others are still to come.",
            date=accounts.until.isoformat(),
        )
    is_told = total.share_done is not None
    if total.expected and not is_told:
        yield words.say(
            "Of %(expected)s visits that were to be made the log has no word yet.",
            expected=facts.number(total.no_word),
        )
    elif total.expected:
        yield words.say(
            "Of %(expected)s visits that were to be made %(done)s were made (%(share)s), and"
            " %(met)s of %(people)s people were met.",
            expected=facts.number(total.expected),
            done=facts.number(total.done),
            share=facts.share(total.share_done),
            met=facts.number(accounts.n_people_met),
            people=facts.number(accounts.n_people_planned),
        )
    if missed := tuple(_missed(facts)):
        yield words.say("Not made: %(reasons)s.", reasons=", ".join(missed))
    if total.no_word and is_told:
        yield words.say("Of %(n)s the log has no word.", n=facts.number(total.no_word))
    if total.left_out:
        yield words.say(
            "%(n)s more visits were due and in no plan.", n=facts.number(total.left_out)
        )
    if total.unplanned_done:
        yield words.say(
            "Visits made that no plan held: %(n)s.", n=facts.number(total.unplanned_done)
        )


def _missed(facts: Facts) -> Iterator[str]:
    """Give each way in which visits were not made, with its number."""
    total = facts.total
    for said, n in (
        (Message("nobody met %(n)s"), total.not_met),
        (Message("refused %(n)s"), total.refused),
        (Message("moved away %(n)s"), total.moved),
        (Message("case closed before %(n)s"), total.closed),
        (Message("displaced by a change of the plan %(n)s"), total.fell_out),
    ):
        if n:
            yield facts.words.say(said, n=facts.number(n))


def attention(facts: Facts) -> Iterator[tuple[Message, str]]:
    """Say what somebody must see to, each under its matter, the most urgent first."""
    words, accounts = facts.words, facts.accounts
    for topic, sentences in (
        (Message("Who is overdue"), _overdue(facts)),
        (Message("Cases"), _cases(facts)),
        (Message("Log"), _words_lacking(facts)),
        (Message("Money"), _money_lacking(facts)),
    ):
        yield from ((topic, sentence) for sentence in sentences)
    if n_speeds := sum(x.suggested_kph is not None for x in accounts.speeds):
        said = words.plural(
            "Rides say otherwise than the table of speeds on %(n)s kind of road; see the"
            " suggestion.",
            "Rides say otherwise than the table of speeds on %(n)s kinds of road; see the"
            " suggestions.",
            n_speeds,
        )
        yield Message("Speeds"), said
    if n_days := accounts.n_days_unplanned:
        said = words.plural(
            "No plan covers %(n)s day of this time.",
            "No plan covers %(n)s days of this time.",
            n_days,
        )
        yield Message("Plans"), said


def _overdue(facts: Facts) -> Iterator[str]:
    words, overdue = facts.words, facts.accounts.overdue
    if not overdue:
        return
    longest = overdue[0]
    said = words.plural("%(n)s person is overdue;", "%(n)s people are overdue;", len(overdue))
    yield (
        said
        + " "
        + words.say(
            "%(id)s waits longest, %(days)s days (%(why)s).",
            id=longest.id,
            days=facts.number(longest.days),
            why=facts.why(longest),
        )
    )
    if n_unplanned := sum(x.planned_on is None for x in overdue):
        yield words.plural(
            "%(n)s of them is in no plan yet.", "%(n)s of them are in no plan yet.", n_unplanned
        )


def _cases(facts: Facts) -> Iterator[str]:
    words, cases = facts.words, facts.accounts.cases
    if cases.gone:
        yield words.say(
            "Out of the tables without a word in the log: %(ids)s. Somebody must tell why.",
            ids=facts.ids(cases.gone, _MOST_IDS),
        )
    if cases.moved:
        yield words.say(
            "The family moved away, and the new address must be found: %(ids)s.",
            ids=facts.ids(cases.moved, _MOST_IDS),
        )


def _words_lacking(facts: Facts) -> Iterator[str]:
    """Say between what the share made lies while the log lacks a word."""
    words, total = facts.words, facts.total
    if not total.no_word:
        return
    yield words.say(
        "Of %(n)s visits the log says nothing: have the workers hand in what is missing. Until"
        " then the share made lies between %(least)s and %(most)s.",
        n=facts.number(total.no_word),
        least=facts.share(total.done / total.expected),
        most=facts.share((total.done + total.no_word) / total.expected),
    )


def _money_lacking(facts: Facts) -> Iterator[str]:
    words = facts.words
    for worker in facts.accounts.workers:
        left = worker.left_idr
        if left is None:
            continue
        if left < 0:
            yield words.say(
                "%(worker)s has spent %(money)s more than the month's budget.",
                worker=worker.worker_id,
                money=words.money(-left),
            )
        elif (lacking := worker.unsure_idr + worker.ahead_idr - left) > 0:
            yield words.say(
                "With the other planned days %(worker)s will lack %(money)s of the month's budget.",
                worker=worker.worker_id,
                money=words.money(lacking),
            )


def _chart(facts: Facts) -> Figure:
    words, rows = facts.words, facts.accounts.by_category
    rows = tuple(row for row in rows if row.counts.in_plan)
    largest = sorted(rows, key=lambda row: -row.counts.in_plan)[:_MOST_BARS]
    bars = [
        VisitsBar(
            label=facts.category(row),
            made=row.counts.done,
            not_made=row.counts.missed,
            displaced=row.counts.fell_out + row.counts.cancelled,
            no_word=row.counts.no_word,
            ahead=row.counts.ahead,
        )
        for row in largest
    ]
    caption = words.say("What came of the visits in the plans, by category")
    if len(largest) < len(rows):
        caption = words.say(
            "What came of the visits in the plans, by category; the %(n)s largest", n=_MOST_BARS
        )
    drawings = (visits_chart(bars, words, alt=caption),) if bars else ()
    return Figure(caption=caption, drawings=drawings)
