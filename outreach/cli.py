"""
Parse, call one stage, print.

The only file that prints, configures logging or exits. Heavy rooms are imported inside the
commands, so that help answers at once.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outreach.cycle_commands import cycle_command
from outreach.errors import OutreachError
from outreach.log_commands import log_commands
from outreach.options import shared_options, week_option
from outreach.replan_commands import replan_command
from outreach.report_commands import report_commands

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from outreach.config import Config, Language
    from outreach.progress import Progress

logger = logging.getLogger(__name__)

EXIT_LOST = 3
"""Under --strict, when anyone is lost."""


class _Commands(click.Group):
    """Commands whose errors reach the user as one sentence, never as a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OutreachError as error:
            click.echo(f"outreach: {_say(ctx, error)}", err=True)
            logger.debug("where it happened", exc_info=error)
            ctx.exit(error.exit_code)
        # Who reads only the first lines of what is printed closes the pipe.
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            click.echo(
                f"outreach: an unexpected fault ({type(error).__name__}: {error}). Nothing was"
                " written half. Run again with -vv and report what it prints.",
                err=True,
            )
            logger.debug("where it happened", exc_info=error)
            ctx.exit(1)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order in which they are used."""
        del ctx
        return list(self.commands)


def _say(ctx: click.Context, error: OutreachError) -> str:
    language = ctx.find_root().meta.get("outreach.language")
    if language is None:
        return str(error)
    from outreach.output.words import Words

    words = Words(language)
    lines = [f"  [{place}] {words.say(message)}" for place, message in error.details]
    return "\n".join([words.say(error.message), *lines])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="outreach")
def main() -> None:
    """
    Plan outreach visits on real roads.

    A project is a folder with outreach.toml and tables of beneficiaries, workers, lodgings and
    partners. `outreach init DIR` makes one; `outreach run DIR` plans its week and draws the
    maps.
    """


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--language", type=click.Choice(["id", "en"]), default="id", help="Of the templates")
def init(folder: Path, language: Language) -> None:
    """
    Make a project folder: a commented outreach.toml and a template workbook.

    Example: outreach init my-district
    """
    from outreach.pipeline import start_project

    for path in start_project(folder, language=language):
        click.echo(path)


@main.command()
@shared_options
@week_option
def check(project: Path, **options: Any) -> None:
    """
    Read the tables and print what is wrong with them, and how to mend it.

    Example: outreach check my-district
    """
    from outreach.pipeline import check_tables, words_for

    config = _begin(project, options)
    report = check_tables(config)
    _print(options, report.as_json, report.as_text(words_for(config)))
    _end(options, report.n_invalid)


@main.command()
@shared_options
@click.option("--place", help='Download this area, such as "Kota Jambi, Indonesia"')
@click.option(
    "--area",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Download what lies in the polygons of this GeoJSON or GeoPackage",
)
def network(project: Path, place: str | None, area: Path | None, **options: Any) -> None:
    """
    Build the road network, and download it first where a place is named.

    Example: outreach network my-district --place "Kota Jambi, Indonesia"
    """
    from outreach.pipeline import describe_network, prepare_network, words_for

    if place and area:
        raise click.UsageError("give --place or --area, not both")
    config = _begin(project, options)
    with _bar(options) as progress:
        roads = prepare_network(config, place=area or place, progress=progress)
    report = describe_network(roads, is_new=bool(area or place))
    _print(options, report.as_json, report.as_text(words_for(config)))


@main.command()
@shared_options
@week_option
@click.option("--explain", metavar="ID", help="Tell why this beneficiary is visited, or is not")
@click.option(
    "--keep",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Finish this plan, edited by hand, and tell what that costs",
)
def plan(project: Path, explain: str | None, keep: Path | None, **options: Any) -> None:
    """
    Plan the visits and write plan.json.

    What the log holds of the days before counts: who was met, who waits still, what is spent.
    With --explain a plan.json that is there is asked, and nothing is planned.

    \b
    Example: outreach plan my-district --week 2026-03-09
             outreach plan my-district --explain K-017
             outreach plan my-district --keep edited.json
    """  # noqa: D301 (click reads the character, not the two that write it)
    from outreach.pipeline import make_plan, words_for

    if explain is not None and keep is not None:
        raise click.UsageError("give --explain or --keep, not both")
    if explain is not None:
        _explain(project, explain, options)
        return
    if keep is not None:
        _keep(project, keep, options)
        return
    config = _begin(project, options)
    with _bar(options) as progress:
        result = make_plan(config, progress=progress)
    _print(options, result.as_json, result.as_text(words_for(config)))
    _end(options, len(result.plan.losses))


def _explain(project: Path, beneficiary_id: str, options: dict[str, Any]) -> None:
    from outreach.pipeline import words_for
    from outreach.revision import explain_plan

    config = _begin(project, options)
    with _bar(options) as progress:
        result = explain_plan(config, beneficiary_id, progress=progress)
    _print(options, result.as_json, result.as_text(words_for(config)))
    _end(options, result.n_lost)


def _keep(project: Path, edited: Path, options: dict[str, Any]) -> None:
    from outreach.pipeline import words_for
    from outreach.revision import keep_plan

    config = _begin(project, options)
    with _bar(options) as progress:
        result = keep_plan(config, edited, progress=progress)
    _print(options, result.as_json, result.as_text(words_for(config)))
    _end(options, len(result.finished.plan.losses))


@main.command()
@shared_options
@click.option(
    "--public", "is_public", is_flag=True, help="Only a page that anybody may see: sums by area"
)
def maps(project: Path, *, is_public: bool, **options: Any) -> None:
    """
    Draw maps, workbook, GPX and GeoPackage from plan.json.

    Example: outreach maps my-district
    """
    from outreach.pipeline import draw_outputs, words_for

    config = _begin(project, options)
    with _bar(options) as progress:
        result = draw_outputs(config, is_public=is_public, progress=progress)
    _print(options, result.as_json, result.as_text(words_for(config)))
    _end(options, len(result.plan.losses))


@main.command()
@shared_options
@click.option("--worker", "workers", multiple=True, metavar="ID", help="Only this worker's pack")
@click.option("--changed", is_flag=True, help="Only those whose days are other than in their pack")
@click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Lock every pack with the first line of this file",
)
@click.option("--unlocked", is_flag=True, help="Lock nothing; whoever finds a pack can read it")
def pack(
    project: Path,
    workers: tuple[str, ...],
    passphrase_file: Path | None,
    *,
    changed: bool,
    unlocked: bool,
    **options: Any,
) -> None:
    """
    Make a locked pack for each worker's phone from plan.json.

    Each pack has a passphrase of five words, made by lot and shown once, or the one in
    --passphrase-file.

    \b
    Example: outreach pack my-district
             outreach pack my-district --changed
             outreach pack my-district --worker kota --passphrase-file secret.txt
    """  # noqa: D301 (click reads the character, not the two that write it)
    from outreach.packing import make_packs
    from outreach.pipeline import words_for
    from outreach.privacy import open_to_others, read_passphrase

    if unlocked and passphrase_file is not None:
        raise click.UsageError("give --passphrase-file or --unlocked, not both")
    if options["quiet"] and not unlocked and passphrase_file is None:
        raise click.UsageError("--quiet would hide the passphrases; give --passphrase-file too")
    config = _begin(project, options)
    words = words_for(config)
    passphrase = None
    if passphrase_file is not None:
        passphrase = read_passphrase(passphrase_file)
        for warning in open_to_others(passphrase_file):
            logger.warning(words.say(warning))
    with _bar(options) as progress:
        result = make_packs(
            config,
            workers=workers,
            only_changed=changed,
            passphrase=passphrase,
            is_locked=not unlocked,
            progress=progress,
        )
    _print(options, result.as_json, result.as_text(words))


@main.command()
@shared_options
@click.option(
    "--plan",
    "plan_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The plan to check  [default: OUT/plan.json]",
)
def audit(project: Path, plan_path: Path | None, **options: Any) -> None:
    """
    Check a plan against the tables and roads, and tell what it costs.

    Exit 1 where it breaks a rule.

    Example: outreach audit my-district --plan edited.json
    """
    from outreach.pipeline import words_for
    from outreach.revision import audit_plan

    config = _begin(project, options)
    with _bar(options) as progress:
        result = audit_plan(config, plan_path=plan_path, progress=progress)
    _print(options, result.as_json, result.as_text(words_for(config)))
    if result.violations:
        sys.exit(1)
    _end(options, len(result.plan.losses))


@main.command()
@shared_options
@week_option
def run(project: Path, **options: Any) -> None:
    """
    Do it all: check, network, plan, audit, maps.

    Example: outreach run data/jambi --out maps
    """
    from outreach.pipeline import run_all, words_for

    config = _begin(project, options)
    with _bar(options) as progress:
        result = run_all(config, progress=progress)
    _print(options, result.as_json, result.as_text(words_for(config)))
    _end(options, len(result.plan.losses))


@main.command()
@shared_options
@click.option("--add", type=click.IntRange(0, 20), help="How many workers more to look at")
@click.option("--weeks", type=click.IntRange(1, 26), help="How many weeks to plan")
@click.option("--season", type=click.Choice(["wet", "dry"]), help="Whose travel times count")
@click.option("--scenario", metavar="NAME", help="Another arrangement, of outreach.toml")
@click.option("--points", is_flag=True, help="Also write masked points, which may be shown")
def coverage(project: Path, *, points: bool, **options: Any) -> None:
    """
    Find out who is missed, how many workers are missing, and where they should sit.

    Plans week after week with the present workers and with more; writes a report in Indonesian
    and English, a map, a workbook, and coverage.json.

    Example: outreach coverage data/jambi --add 5
    """
    from outreach.assessment import Question, assess
    from outreach.pipeline import words_for

    config = _begin(project, options)
    asked = {name: options[name] for name in ("add", "weeks", "season", "scenario")}
    with _bar(options) as progress:
        result = assess(config, Question(**asked, with_points=points), progress=progress)
    _print(options, result.as_json, result.as_text(words_for(config)))
    _end(options, result.n_lost)


@main.command()
@click.argument("name", type=click.Choice(["plan", "coverage", "cycle"]))
def schema(name: str) -> None:
    """
    Print the JSON Schema of an output file.

    Example: outreach schema plan
    """
    from outreach.output.coverage_json import coverage_schema
    from outreach.output.cycle_json import cycle_schema
    from outreach.output.plan_json import plan_schema

    schemas = {"plan": plan_schema, "coverage": coverage_schema, "cycle": cycle_schema}
    click.echo(json.dumps(schemas[name](), indent=2, ensure_ascii=False))


def _begin(project: Path, options: dict[str, Any]) -> Config:
    from outreach.config import language_of, read_config

    _configure_logging(options)
    click.get_current_context().find_root().meta["outreach.language"] = language_of(project)
    config = read_config(project)
    if options.get("week") is not None:
        config = config.for_week(options["week"])
    return config.with_options(
        out=options["out"],
        cache=options["cache"],
        seed=options["seed"],
        time_limit_s=options["time_limit"],
        iterations=options["iterations"],
    )


def _configure_logging(options: dict[str, Any]) -> None:
    levels = [logging.WARNING, logging.INFO, logging.DEBUG]
    level = logging.ERROR if options["quiet"] else levels[min(options["verbose"], 2)]
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(message)s", force=True)
    logging.getLogger("outreach").setLevel(level)


class _bar:  # noqa: N801  (reads as a verb where it is used)
    """A progress bar on a terminal, silence elsewhere."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._shown = sys.stderr.isatty() and not options["quiet"]
        self._bar: Any = None

    def __enter__(self) -> Progress:
        if not self._shown:
            from outreach.progress import SILENT

            return SILENT
        from tqdm import tqdm

        self._bar = tqdm(file=sys.stderr, leave=False, bar_format="{desc} {percentage:3.0f}% {bar}")
        return self._move

    def _move(self, stage: str, done: float, total: float | None) -> None:
        self._bar.set_description_str(stage, refresh=False)
        self._bar.total = total
        self._bar.n = done
        self._bar.refresh()

    def __exit__(self, *exc: object) -> None:
        if self._bar is not None:
            self._bar.close()


def _print(
    options: dict[str, Any], as_json: Callable[[], dict[str, Any]], text: str | Sequence[str]
) -> None:
    if options["as_json"]:
        click.echo(json.dumps(as_json(), indent=2, ensure_ascii=False))
    elif not options["quiet"]:
        click.echo(text if isinstance(text, str) else "\n".join(text))


def _end(options: dict[str, Any], n_lost: int) -> None:
    if options["strict"] and n_lost:
        sys.exit(EXIT_LOST)


for made in (replan_command, log_commands, report_commands):
    main.add_command(made(_begin, _print, _end))
main.add_command(cycle_command(_begin, _bar, _print, _end))
