"""The commands of the progress report; what they print, the command line prints for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from outreach.options import day_of, shared_options

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from pathlib import Path

    from outreach.config import Config, Language
    from outreach.reporting import Span


def report_commands(
    begin: Callable[[Path, dict[str, Any]], Config],
    tell: Callable[[dict[str, Any], Callable[[], dict[str, Any]], str], None],
    end: Callable[[dict[str, Any], int], None],
) -> click.Group:
    """
    Make the group of the progress report's commands.

    Parameters
    ----------
    begin, tell, end
        How the command line reads the settings, prints a report, and ends.
    """
    of_option = click.option(
        "--of",
        metavar="DATE",
        callback=day_of,
        help="A day of it, such as 2026-03-02  [default: the last planned day that has begun]",
    )
    language_option = click.option(
        "--lang",
        "language",
        type=click.Choice(["id", "en"]),
        help="Of the report  [default: the project's]",
    )

    def write(
        span: Span,
        project: Path,
        of: dt.date | None,
        language: Language | None,
        options: dict[str, Any],
    ) -> None:
        from outreach.pipeline import words_for
        from outreach.reporting import report_progress

        config = begin(project, options)
        report = report_progress(config, span, of=of, language=language)
        tell(options, report.as_json, report.as_text(words_for(config)))
        end(options, report.n_overdue)

    @click.group()
    def report() -> None:
        """
        Report to the office what was planned, done and missed, and what it cost.

        Writes report-week-DATE or report-month-MONTH as HTML, PDF and XLSX, from the plans and the
        log.

        Example: outreach report week my-district
        """

    @report.command()
    @shared_options
    @of_option
    @language_option
    def week(project: Path, of: dt.date | None, language: Language | None, **options: Any) -> None:
        """
        Report one planned week.

        Under --strict, exit 3 when a visit is overdue at its end.

        Example: outreach report week my-district --of 2026-03-02
        """
        write("week", project, of, language, options)

    @report.command()
    @shared_options
    @of_option
    @language_option
    def month(project: Path, of: dt.date | None, language: Language | None, **options: Any) -> None:
        """
        Report one month, with every planned week that has days in it.

        Under --strict, exit 3 when a visit is overdue at its end.

        Example: outreach report month my-district --of 2026-03-01 --lang en
        """
        write("month", project, of, language, options)

    return report
