"""The sections about visits: what came of them by group, why not, whose cases, and who waits."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from outreach.coverage.accounts_result import UNKNOWN, VisitCounts
from outreach.errors import Message
from outreach.output.report_parts import Column, Heading, Table, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from outreach.coverage.accounts_result import CountRow, Overdue
    from outreach.output.progress_facts import Facts
    from outreach.output.report_parts import Part

_MOST_OVERDUE = 25
_MOST_ROWS = 20
_MOST_IDS = 40
# In letters; the room around a cell is as wide as two of them.
_LEAST_LABEL, _MOST_LABEL, _AROUND = 12, 20, 2


Named = tuple[str, VisitCounts]
"""A group's name and its visits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A column of counts; `is_always` shows it also where it counts nothing."""

    title: Message
    count: Callable[[VisitCounts], int]
    is_always: bool = False


COUNTED: tuple[Counted, ...] = (
    Counted(title=Message("in the plans"), count=attrgetter("in_plan"), is_always=True),
    Counted(title=Message("made"), count=attrgetter("done"), is_always=True),
    Counted(title=Message("not met"), count=attrgetter("not_met")),
    Counted(title=Message("refused"), count=attrgetter("refused")),
    Counted(title=Message("moved away"), count=attrgetter("moved")),
    Counted(title=Message("case closed"), count=attrgetter("closed")),
    Counted(title=Message("displaced"), count=attrgetter("fell_out")),
    Counted(title=Message("called off"), count=attrgetter("cancelled")),
    Counted(title=Message("no word"), count=attrgetter("no_word")),
    Counted(title=Message("to come"), count=attrgetter("ahead")),
    Counted(title=Message("due, in no plan"), count=attrgetter("left_out")),
    Counted(title=Message("outside the plans"), count=attrgetter("unplanned_done")),
)
"""What is counted of visits, in the order of the tables."""


def counted_of(total: VisitCounts) -> tuple[Counted, ...]:
    """Give the columns that count anything at all."""
    return tuple(x for x in COUNTED if x.is_always or x.count(total))


def visits(facts: Facts) -> Iterator[Part]:
    """Tell what came of the visits by category, area and team."""
    words, accounts = facts.words, facts.accounts
    yield Heading(text=words.say("What came of the visits"))
    for caption, head, name, rows in (
        (Message("Visits by category"), Message("category"), facts.category, accounts.by_category),
        (Message("Visits by area"), Message("area"), facts.area, accounts.by_area),
        (Message("Visits by team"), Message("team"), facts.team, accounts.by_team),
    ):
        yield _counts(facts, words.say(caption), words.say(head), _largest(facts, rows, name))


def _largest(
    facts: Facts, rows: Sequence[CountRow], name: Callable[[CountRow], str]
) -> list[Named]:
    """Name the groups with the most visits first, and sum up the rest; those of none come last."""
    rows = sorted(rows, key=lambda row: (row.id == UNKNOWN, -_n_due(row.counts)))
    named = [(name(row), row.counts) for row in rows]
    rest = named[_MOST_ROWS:]
    if len(rest) <= 1:
        return named
    others = facts.words.say("%(n)s others", n=facts.number(len(rest)))
    return [*named[:_MOST_ROWS], (others, sum((counts for _, counts in rest), VisitCounts()))]


def _n_due(counts: VisitCounts) -> int:
    return counts.in_plan + counts.left_out


def _counts(facts: Facts, caption: str, head: str, rows: Sequence[Named]) -> Table:
    """Write counts by group, with their sum below."""
    words = facts.words
    counted = counted_of(facts.total)
    named = [*rows, (words.say("all"), facts.total)]
    share = _column("%")
    columns = [
        Column(title=head, align="left", width=_label_width([name for name, _ in named])),
        *(_column(words.say(x.title)) for x in counted),
    ]
    columns.insert(3, share)
    cells = []
    for name, counts in named:
        row = [name, *(words.number(x.count(counts)) for x in counted)]
        row.insert(3, facts.share(counts.share_done))
        cells.append(tuple(row))
    return Table(
        caption=caption, columns=tuple(columns), rows=tuple(cells), strong=(len(cells) - 1,)
    )


def _column(title: str) -> Column:
    # A word of a heading is not broken on paper.
    return Column(title=title, width=_AROUND + max(5, *map(len, title.split())))


def _label_width(labels: Sequence[str]) -> float:
    return _AROUND + min(max(_LEAST_LABEL, *map(len, labels)), _MOST_LABEL)


def reasons(facts: Facts) -> Iterator[Part]:
    """Tell why visits were in no plan, or were no more."""
    words, rows = facts.words, facts.accounts.reasons
    if not rows:
        return
    yield Heading(text=words.say("Why visits were left out"))
    yield Table(
        caption=words.say("Visits due in no plan, and those displaced, by reason"),
        columns=(
            Column(title=words.say("loss"), align="left", width=3),
            Column(title=words.say("reason"), align="left", width=6),
            Column(title=words.say("visits")),
            Column(title=words.say("people")),
        ),
        rows=tuple(
            (
                facts.reason_kind(row),
                facts.reason(row),
                words.number(row.n_visits),
                words.number(row.n_people),
            )
            for row in rows
        ),
        notes=(
            words.say("Whoever stays out two weeks counts twice among the visits, once as people."),
        ),
    )


def cases(facts: Facts) -> Iterator[Part]:
    """Tell how the caseload grew and shrank, by id."""
    words, told = facts.words, facts.accounts.cases
    yield Heading(text=words.say("New and closed cases"))
    yield Text(
        text=words.say(
            "Cases at the start: %(start)s; new: %(new)s; closed: %(closed)s; out of the tables"
            " without a word: %(gone)s; cases at the end: %(end)s.",
            start=facts.number(told.n_at_start),
            new=facts.number(len(told.new)),
            closed=facts.number(len(told.closed)),
            gone=facts.number(len(told.gone)),
            end=facts.number(told.n_at_end),
        )
    )
    rows = [
        (words.say(title), facts.ids(ids, _MOST_IDS))
        for title, ids in (
            (Message("new"), told.new),
            (Message("closed"), told.closed),
            (Message("gone without a word"), told.gone),
            (Message("moved away"), told.moved),
        )
        if ids
    ]
    yield Table(
        caption=words.say("Cases that came and went"),
        columns=(
            Column(title=words.say("change"), align="left"),
            Column(title=words.say("ids"), align="left", width=5),
        ),
        rows=tuple(rows),
    )


def overdue(facts: Facts) -> Iterator[Part]:
    """List those who wait longest."""
    words, rows = facts.words, facts.accounts.overdue
    yield Heading(text=words.say("Who is overdue"))
    if not rows:
        yield Text(text=words.say("Nobody is overdue at the end of this time."))
        return
    notes = []
    if len(rows) > _MOST_OVERDUE:
        notes.append(
            words.say(
                "The first %(shown)s of %(n)s; the workbook lists all.",
                shown=facts.number(_MOST_OVERDUE),
                n=facts.number(len(rows)),
            )
        )
    if any(row.due_on is None for row in rows[:_MOST_OVERDUE]):
        notes.append(
            words.say(
                "Where no day is told nobody was visited yet: the days count from the first plan at"
                " hand that knows them."
            )
        )
    yield Table(
        caption=words.say("People overdue at the end of this time, the longest first"),
        columns=(
            Column(title=words.say("beneficiary"), align="left", width=1.6),
            Column(title=words.say("category"), align="left", width=2.2),
            Column(title=words.say("area"), align="left", width=2.2),
            Column(title=words.say("due on"), width=1.2),
            Column(title=words.say("days")),
            Column(title=words.say("why not yet"), align="left", width=3.4),
            Column(title=words.say("planned on"), width=1.3),
        ),
        rows=tuple(_overdue_row(facts, row) for row in rows[:_MOST_OVERDUE]),
        notes=tuple(notes),
    )


def _overdue_row(facts: Facts, row: Overdue) -> tuple[str, ...]:
    return (
        row.id,
        facts.category_of(row.category),
        facts.area_of(row.area, row.area_name),
        facts.date(row.due_on),
        facts.number(row.days),
        facts.why(row),
        facts.date(row.planned_on),
    )
