"""The end of a progress report: how it was counted, and room to sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.output.report_parts import Heading, Items, Signatures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.coverage.accounts_result import WeekCovered
    from outreach.output.progress_facts import Facts
    from outreach.output.report_parts import Part


def counting(facts: Facts) -> Iterator[Part]:
    """Say how the figures came about, and what they do not tell."""
    yield Heading(text=facts.words.say("How it was counted"))
    yield Items(items=tuple(method(facts)))


def method(facts: Facts) -> Iterator[str]:
    """Give the rules of counting, one by one."""
    words, accounts = facts.words, facts.accounts
    yield words.say(
        "Planned is what the first plan of a week held, and what its changes added. Each of these"
        " visits is counted once, under what came of it last."
    )
    yield words.say(
        "Share made (%%): visits made, of those in the plans without what was called off or is"
        " still to come. A visit without a word in the log is neither made nor missed."
    )
    yield words.say(
        "Due, in no plan: visits that fell due and fitted into no plan; they are not among the"
        " planned."
    )
    yield words.say(
        "Real riding time: from the end of a visit to the beginning of the next, where no wait and"
        " no break was planned between."
    )
    covered = "; ".join(_week(facts, week) for week in accounts.weeks)
    yield words.say("Plans of this time: %(plans)s.", plans=covered or words.say("none"))
    yield words.say("Entries of the log in this time: %(n)s.", n=facts.number(accounts.n_entries))
    if accounts.n_doubled:
        yield words.say(
            "Entries that say a second thing of a visit, and are not counted: %(n)s.",
            n=facts.number(accounts.n_doubled),
        )


def _week(facts: Facts, week: WeekCovered) -> str:
    """Name the days of a plan, and how often it was changed."""
    words = facts.words
    days = words.days(week.starts_on, week.last)
    if not week.n_revisions:
        return days
    changed = words.plural("changed %(n)s time", "changed %(n)s times", week.n_revisions)
    return f"{days} ({changed})"


def signatures(facts: Facts) -> Iterator[Part]:
    """Leave room for whoever made the report, and for the head of the office."""
    words = facts.words
    yield Signatures(
        place=words.say("Place and date:"),
        signers=(words.say("Prepared by"), words.say("Head of office")),
        below=words.say("Name and NIP"),
    )
