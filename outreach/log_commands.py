"""The commands of the log; what they print, the command line prints for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from outreach.options import day_of, shared_options

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from outreach.config import Config
    from outreach.output.words import Words

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Report(Protocol):
    def as_json(self) -> dict[str, Any]: ...

    def as_text(self, words: Words) -> str: ...


def log_commands(
    begin: Callable[[Path, dict[str, Any]], Config],
    tell: Callable[[dict[str, Any], Callable[[], dict[str, Any]], str], None],
    end: Callable[[dict[str, Any], int], None],
) -> click.Group:
    """
    Make the group of the log's commands.

    Parameters
    ----------
    begin, tell, end
        How the command line reads the settings, prints a report, and ends.
    """
    since_option = click.option(
        "--from",
        "since",
        metavar="DATE",
        callback=day_of,
        help="Take visits from this day on, also where the first plan begins later",
    )

    def say(config: Config, options: dict[str, Any], report: _Report) -> None:
        from outreach.pipeline import words_for

        tell(options, report.as_json, report.as_text(words_for(config)))

    @click.group()
    def log() -> None:
        """
        Keep what was done: add a visit, import what workers hand in, show what the log holds.

        The log is log.gpkg in the project folder. It is only added to: a correction is a new
        entry.

        \b
        Example: outreach log import my-district outreach-1f2e3d4c5b6a7988.json
                 outreach log show my-district --since 2026-03-02
        """  # noqa: D301 (click reads the character, not the two that write it)

    @log.command()
    @shared_options
    @click.argument("beneficiary", metavar="ID")
    @click.option("--date", required=True, help="The day of the visit, such as 2026-03-02")
    @click.option(
        "--state", required=True, help='One of done, "not met", refused, moved and closed'
    )
    @click.option("--begins", help="When it began, such as 09:30")
    @click.option("--ends", help="When it ended")
    @click.option("--minutes", help="How long it took")
    @click.option("--worker", metavar="ID", help="Who was there")
    @click.option("--next-due", metavar="DATE", help="When the next visit is due")
    @click.option("--note", help="For the office; it is kept, and printed nowhere")
    @click.option("--corrects", metavar="ENTRY", help="The entry in whose place this one stands")
    @since_option
    def add(project: Path, beneficiary: str, since: dt.date | None, **options: Any) -> None:
        """
        Enter one visit.

        \b
        Example: outreach log add my-district K-017 --date 2026-03-02 --state done --minutes 30
                 outreach log add my-district K-017 --date 2026-03-02 --state "not met"
                   --corrects 5d41402abc4b2a76
        """  # noqa: D301 (click reads the character, not the two that write it)
        from outreach.recording import Told, add_to_log

        config = begin(project, options)
        told = ("date", "state", "begins", "ends", "minutes", "worker", "next_due", "note")
        report = add_to_log(
            config,
            Told(
                beneficiary_id=beneficiary,
                corrects=options["corrects"],
                **{name: options[name] for name in told},
            ),
            since=since,
        )
        say(config, options, report)

    @log.command(name="import")
    @shared_options
    @click.argument("files", metavar="FILE...", nargs=-1, required=True, type=_FILE)
    @click.option(
        "--plan", "plans", multiple=True, type=_FILE, help="An earlier plan whose pages these are"
    )
    @click.option("--worker", metavar="ID", help="Whose page it was, where its plan is gone")
    @since_option
    def import_(
        project: Path,
        files: tuple[Path, ...],
        plans: tuple[Path, ...],
        worker: str | None,
        since: dt.date | None,
        **options: Any,
    ) -> None:
        """
        Enter what workers' pages hand in, tables, and exports of KoboToolbox and ODK Central.

        Good rows go in, the others are told; the same file twice changes nothing. Under
        --strict, exit 3 when a row is refused.

        Example: outreach log import my-district outreach-1f2e3d4c5b6a7988.json week.xlsx
        """
        from outreach.recording import import_logs

        config = begin(project, options)
        report = import_logs(config, files, plans=plans, worker=worker, since=since)
        say(config, options, report)
        end(options, report.n_refused)

    @log.command()
    @shared_options
    @click.option("--since", metavar="DATE", callback=day_of, help="Only visits from this day on")
    @click.option("--beneficiary", metavar="ID", help="Only those of one beneficiary")
    def show(project: Path, since: dt.date | None, beneficiary: str | None, **options: Any) -> None:
        """
        Print the entries that stand, by day, without their notes.

        Example: outreach log show my-district --since 2026-03-02 --beneficiary K-017
        """
        from outreach.recording import show_log

        config = begin(project, options)
        say(config, options, show_log(config, since=since, beneficiary_id=beneficiary))

    @log.command()
    @shared_options
    def learned(project: Path, **options: Any) -> None:
        """
        Print how long visits take by the log, beside the presets of the categories.

        Example: outreach log learned my-district
        """
        from outreach.learning import learned_times

        config = begin(project, options)
        say(config, options, learned_times(config))

    return log
