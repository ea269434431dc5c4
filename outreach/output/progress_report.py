"""The progress report to the office: HTML, PDF and workbook, whole or not at all."""

from __future__ import annotations

import logging
from itertools import chain
from typing import TYPE_CHECKING

from outreach.output.files import write_bytes_whole
from outreach.output.progress_actual import actual
from outreach.output.progress_book import progress_book
from outreach.output.progress_end import counting, signatures
from outreach.output.progress_facts import Facts
from outreach.output.progress_road import interruptions, road
from outreach.output.progress_safe import without_places
from outreach.output.progress_summary import summary
from outreach.output.progress_visits import cases, overdue, reasons, visits
from outreach.output.report_paper import Paper, numbered, paper_html, paper_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.coverage.accounts_result import Accounts, Period
    from outreach.output.words import Words

logger = logging.getLogger(__name__)


def write_progress_report(
    accounts: Accounts, folder: Path, words: Words, *, name: str
) -> tuple[Path, ...]:
    """
    Write ``report-week-2026-03-02.html``, ``.pdf`` and ``.xlsx``, or ``report-month-2026-03``.

    Parameters
    ----------
    accounts
        The values that every figure follows from.
    folder
        Where they are written.
    words
        The reader's language.
    name
        Of the project.

    Returns
    -------
    paths
        Of what was written. Equal accounts give equal bytes.

    Raises
    ------
    ExportError
        When the pages cannot be typeset, or a file cannot be written; each is whole or as before.
    """
    accounts = without_places(accounts)
    paper = progress_paper(accounts, words, name=name)
    contents = {
        "html": paper_html(paper, words).encode(),
        "pdf": paper_pdf(paper, words),
        "xlsx": progress_book(
            Facts(accounts=accounts, name=name, words=words),
            title=paper.title,
            footer=paper.footer,
        ),
    }
    stem = report_name(accounts.period)
    # A workbook that is open elsewhere cannot be replaced: then the others are not either.
    for end in reversed(contents):
        write_bytes_whole(folder / f"{stem}.{end}", contents[end])
    logger.info("wrote the report %s", stem)
    return tuple(folder / f"{stem}.{end}" for end in contents)


def report_name(period: Period) -> str:
    """Name the files of a period, without their endings."""
    pattern = "%Y-%m-%d" if period.kind == "week" else "%Y-%m"
    return f"report-{period.kind}-{period.first.strftime(pattern)}"


def progress_paper(accounts: Accounts, words: Words, *, name: str) -> Paper:
    """
    Put the report together, with its sections, tables and figures numbered.

    Parameters
    ----------
    accounts, words, name
        As in `write_progress_report`.
    """
    facts = Facts(accounts=accounts, name=name, words=words)
    parts = chain(
        summary(facts),
        visits(facts),
        reasons(facts),
        overdue(facts),
        cases(facts),
        interruptions(facts),
        road(facts),
        actual(facts),
        signatures(facts),
        counting(facts),
    )
    return Paper(
        name=name,
        title=title_of(facts),
        below=f"{name}. {facts.days}",
        footer=words.say(
            "For official use: cases by id, nobody is named. Small numbers may tell who is meant;"
            " do not publish."
        ),
        parts=tuple(numbered(parts, words)),
    )


def title_of(facts: Facts) -> str:
    """Name the report by what it is about."""
    if facts.accounts.period.kind == "week":
        return facts.words.say("Weekly report of the visits")
    return facts.words.say("Monthly report of the visits")
