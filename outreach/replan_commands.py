"""The command of the telephone: what happened, and the least changed plan after it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outreach.errors import OutreachError
from outreach.options import shared_options
from outreach.units import parse_duration_s

if TYPE_CHECKING:
    from collections.abc import Callable

    from outreach.config import Config

_KINDS = ("other_worker", "other_day", "circuit_cut_short")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def replan_command(
    begin: Callable[[Path, dict[str, Any]], Config],
    tell: Callable[[dict[str, Any], Callable[[], dict[str, Any]], str], None],
    end: Callable[[dict[str, Any], int], None],
) -> click.Command:
    """
    Make the command that changes a plan.

    Parameters
    ----------
    begin, tell, end
        How the command line reads the settings, prints a report, and ends.
    """

    def many(name: str, metavar: str, text: str) -> Callable[..., Any]:
        argument = name.removeprefix("--").replace("-", "_")
        return click.option(name, argument, multiple=True, metavar=metavar, help=text)

    @click.command()
    @shared_options
    @click.option(
        "--plan", "plan_path", type=_FILE, help="The plan to change  [default: OUT/plan.json]"
    )
    @click.option("--at", metavar="MOMENT", help='Since when, "2026-12-01 10:20"  [default: now]')
    @many("--urgent", "FILE|ID[=SOON]", "New cases, or one that is known; SOON: at-once, 24h, 2d")
    @many("--absent", "WORKER[@FROM..TO]", "Who cannot work; until the evening where no TO is told")
    @many("--late", "WORKER=45min", "Who is behind the plan")
    @many("--closed-road", "LON,LAT[,M]|FILE", "Where nobody passes; a GeoJSON may hold more")
    @click.option("--season", metavar="SEASON", help="wet or dry roads from now on")
    @many("--cancel", "VISIT|ID", "What is not needed any more")
    @many("--lodging-full", "ID[@DATE]", "Where nobody can sleep; tonight where no date is told")
    @click.option("--events", multiple=True, type=_FILE, help="A table of all of this at once")
    @click.option("--take", type=click.Choice(_KINDS), help="Another plan than the least changed")
    @click.option(
        "--improve",
        metavar="TIME",
        callback=_seconds,
        help="Search so long for a better plan, such as 10s",
    )
    @click.option("--no-maps", is_flag=True, help="Write plan.json only")
    @click.option("--dry-run", is_flag=True, help="Tell what would change, and write nothing")
    def replan(project: Path, *, no_maps: bool, dry_run: bool, **options: Any) -> None:
        """
        Change the plan as little as what happened allows, and tell whom to phone.

        What has begun stays. What the log says of these days counts too. New cases are kept in
        urgent.csv in the project folder, until they are in the caseload.

        \b
        Example: outreach replan my-district --at "2026-12-01 10:20" --urgent K-017=24h
                 outreach replan my-district --urgent new-case.xlsx --dry-run
                 outreach replan my-district --absent muaro@2026-12-02..2026-12-03
                 outreach replan my-district --events events.csv --take other_day
        """  # noqa: D301 (click reads the character, not the two that write it)
        from outreach.calling import Call
        from outreach.pipeline import words_for
        from outreach.replanning import Wish, replan_week

        config = begin(project, options)
        report = replan_week(
            config,
            Call(
                plan_path=options["plan_path"],
                at=options["at"],
                urgent=options["urgent"],
                absent=options["absent"],
                late=options["late"],
                closed_roads=options["closed_road"],
                season=options["season"],
                cancelled=options["cancel"],
                full=options["lodging_full"],
                events=options["events"],
            ),
            Wish(
                take=options["take"],
                improve_s=options["improve"],
                with_maps=not no_maps,
                is_dry=dry_run,
            ),
        )
        tell(options, report.as_json, report.as_text(words_for(config)))
        end(options, len(report.plan.losses))

    return replan


def _seconds(ctx: click.Context, param: click.Parameter, value: str | None) -> float:
    try:
        return 0.0 if value is None else parse_duration_s(value)
    except OutreachError as error:
        raise click.BadParameter(str(error), ctx=ctx, param=param) from error
