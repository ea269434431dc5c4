"""The progress report of a week or month: plans, log and tables are read, and accounted for."""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from outreach.archive import load_plan, plans_between
from outreach.errors import ConfigError, NetworkError
from outreach.ground import read_ground
from outreach.logbook import LOG_FILE, read_logbook
from outreach.pipeline import prepare_network
from outreach.progress import SILENT, Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.archive import WeekOfPlans
    from outreach.config import Config, Language
    from outreach.coverage.accounts_result import Period
    from outreach.coverage.speed_evidence import Roads
    from outreach.layers.log import LogEntry
    from outreach.output.progress_told import ProgressReport

logger = logging.getLogger(__name__)

Span = Literal["week", "month"]

_DAY = dt.timedelta(days=1)
_WEEK_DAYS = 7
# Who was in the caseload before, and how often somebody was missed in a row.
_BEFORE = dt.timedelta(weeks=8)
_MOST_NAMED = 6


def report_progress(
    config: Config,
    span: Span,
    *,
    of: dt.date | None = None,
    language: Language | None = None,
    today: dt.date | None = None,
    progress: Progress = SILENT,
) -> ProgressReport:
    """
    Account for a week or a month, and write the report of it into the project's outputs.

    Parameters
    ----------
    span
        A planned week, at most seven days of its plan; or a calendar month.
    of
        A day of it; by default the last planned day that has begun.
    language
        Of the report; by default the project's.
    today
        What is planned from then on is ahead; by default the day in the project's timezone.

    Raises
    ------
    ConfigError
        When no plan covers a day of it.
    LayerError
        When a table, the log or a plan cannot be read.
    ExportError
        When a file cannot be written.
    """
    from outreach.coverage.accounts import account
    from outreach.output.progress_report import write_progress_report
    from outreach.output.progress_told import ProgressReport
    from outreach.output.words import Words
    from outreach.routing.assemble import Tables

    today = today or dt.datetime.now(ZoneInfo(config.horizon.timezone)).date()
    planned = plans_between(config)
    if not planned:
        load_plan(config)
    period = period_of(span, planned, of or _last_begun(planned, today), config)
    first = min(period.first, period.last.replace(day=1)) - _BEFORE
    entries = read_logbook(config.folder / LOG_FILE)
    # What the log holds is accounted for here, not in the tables; and what the tables say of later
    # days, such as a visit since, is no fault of theirs.
    ground = read_ground(config.for_week(max(today, period.last)), with_log=False)
    accounts = account(
        period,
        [week for week in planned if week.until > first],
        entries,
        tables=Tables.of(ground.layers),
        costs=config.costs,
        today=today,
        roads=_roads(config, entries, period, progress=progress),
    )
    words = Words(language or config.language)
    paths = write_progress_report(accounts, config.out, words, name=config.name)
    return ProgressReport(accounts=accounts, name=config.name, paths=paths)


def period_of(span: Span, planned: Sequence[WeekOfPlans], of: dt.date, config: Config) -> Period:
    """
    Give the days of a report.

    Parameters
    ----------
    planned
        All weeks of which plans are kept.
    of
        A day of it.

    Raises
    ------
    ConfigError
        When no plan covers a day of it.
    """
    from outreach.coverage.accounts_result import Period

    if span == "week":
        for week in planned:
            if week.starts_on <= of < week.until:
                n_days = (of - week.starts_on).days // _WEEK_DAYS * _WEEK_DAYS
                first = week.starts_on + n_days * _DAY
                last = min(first + _WEEK_DAYS * _DAY, week.until) - _DAY
                return Period(kind="week", first=first, last=last)
    else:
        first = of.replace(day=1)
        last = (first + 31 * _DAY).replace(day=1) - _DAY
        if any(week.starts_on <= last and week.until > first for week in planned):
            return Period(kind="month", first=first, last=last)
    raise ConfigError(
        "no plan of %(folder)s covers %(date)s; the latest plans begin on: %(dates)s",
        folder=str(config.out),
        date=of.isoformat(),
        dates="; ".join(week.starts_on.isoformat() for week in planned[-_MOST_NAMED:]),
    )


def _last_begun(planned: Sequence[WeekOfPlans], today: dt.date) -> dt.date:
    """Give today, or the last planned day before, or the first of all."""
    begun = [week for week in planned if week.starts_on <= today]
    return min(today, begun[-1].until - _DAY) if begun else planned[0].starts_on


def _roads(
    config: Config, entries: Sequence[LogEntry], period: Period, *, progress: Progress
) -> Roads | None:
    """Give the roads where the log holds times that rides could be told by."""
    from outreach.coverage.speed_evidence import Roads

    if not any(entry.begins_s is not None and entry.date in period for entry in entries):
        return None
    try:
        network = prepare_network(config, progress=progress)
    except NetworkError as error:
        logger.warning("the report says nothing of speeds: %s", error)
        return None
    return Roads(network=network, impedance=config.impedance, snap=config.snap)
