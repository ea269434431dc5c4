"""The command of the cycle; what it prints, the command line prints for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from outreach.options import shared_options, week_option

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from outreach.config import Config
    from outreach.model import Season
    from outreach.progress import Progress


def cycle_command(
    begin: Callable[[Path, dict[str, Any]], Config],
    bar: Callable[[dict[str, Any]], AbstractContextManager[Progress]],
    tell: Callable[[dict[str, Any], Callable[[], dict[str, Any]], str], None],
    end: Callable[[dict[str, Any], int], None],
) -> click.Command:
    """
    Make the command.

    Parameters
    ----------
    begin, bar, tell, end
        How the command line reads the settings, shows progress, prints a report, and ends.
    """

    @click.command()
    @shared_options
    @week_option
    @click.option("--weeks", type=click.IntRange(1, 104), help="How many follow each other")
    @click.option("--runs", type=click.IntRange(1, 50), help="How often, each time with other luck")
    @click.option("--season", type=click.Choice(["dry", "wet"]), help="Whose travel times count")
    @click.option("--scenario", metavar="NAME", help="Everybody sits where a scenario says")
    def cycle(
        project: Path,
        weeks: int | None,
        runs: int | None,
        season: Season | None,
        scenario: str | None,
        **options: Any,
    ) -> None:
        """
        Simulate many weeks with what comes between: can these workers keep up?

        Calls, illness, shut doors, late starts, full lodgings, floods, new and closed cases come
        as often as [cycle] in outreach.toml says. Writes cycle.json and cycle.html. Under
        --strict, exit 3 when they cannot keep up.

        Example: outreach cycle my-district --weeks 12 --seed 1
        """
        from outreach.cycling import Ask, simulate_cycle
        from outreach.pipeline import words_for

        config = begin(project, options)
        ask = Ask(weeks=weeks, runs=runs, season=season, scenario=scenario)
        with bar(options) as progress:
            report = simulate_cycle(config, ask, progress=progress)
        tell(options, report.as_json, report.as_text(words_for(config)))
        end(options, report.n_failing)

    return cycle
