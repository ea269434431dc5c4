"""The options that all commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outreach.errors import OutreachError
from outreach.units import parse_duration_s

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable


class _Duration(click.ParamType[float]):
    """A duration with a unit, such as 30s or 2min."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if isinstance(value, float):
            return value
        try:
            return parse_duration_s(str(value))
        except OutreachError as error:
            self.fail(str(error), param, ctx)


def day_of(ctx: click.Context, param: click.Parameter, value: str | None) -> dt.date | None:
    """Read a day that is told on the command line, in any of the forms that tables may have."""
    from outreach.layers.values import CellError, parse_date

    if value is None:
        return None
    try:
        return parse_date(value)
    except CellError as error:
        raise click.BadParameter(f"{error.what}; {error.mend}", ctx=ctx, param=param) from error


week_option = click.option(
    "--week",
    metavar="DATE",
    callback=day_of,
    help="First day of the week to plan, such as 2026-03-09  [default: starts_on of outreach.toml]",
)


def shared_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that all of them share."""
    for option in reversed(
        (
            click.argument(
                "project",
                default=".",
                type=click.Path(exists=True, file_okay=False, path_type=Path),
            ),
            click.option(
                "--out",
                type=click.Path(file_okay=False, path_type=Path),
                help="Folder for the outputs  [default: PROJECT/maps]",
            ),
            click.option("--seed", type=click.IntRange(min=0), help="Seed of the search"),
            click.option(
                "--time-limit", type=_Duration(), help="How long to search, such as 30s or 2min"
            ),
            click.option(
                "--iterations",
                type=click.IntRange(min=1),
                help="Search steps instead of time: same input and seed, same plan",
            ),
            click.option("--json", "as_json", is_flag=True, help="Print JSON for machines"),
            click.option("--strict", is_flag=True, help="Exit 3 when anyone is lost"),
            click.option(
                "--cache",
                envvar="OUTREACH_CACHE",
                type=click.Path(file_okay=False, path_type=Path),
                help="Folder for built road networks",
            ),
            click.option("-v", "--verbose", count=True, help="Tell more; -vv tells everything"),
            click.option("-q", "--quiet", is_flag=True, help="Print errors only"),
        )
    ):
        command = option(command)
    return command
