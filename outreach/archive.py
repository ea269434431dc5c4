"""Where plans lie: the one in force, those of other weeks, and what each came from."""

from __future__ import annotations

import datetime as dt
import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from outreach.config import MOST_DAYS
from outreach.errors import ConfigError, LayerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from outreach.config import Config
    from outreach.model import Plan

PLAN_FILE = "plan.json"
PLANS_FOLDER = "plans"
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WeekOfPlans:
    """
    The plans of the same days, as they followed each other.

    Parameters
    ----------
    starts_on, until
        The days for which they hold; `until` is the first day after, on which a later plan
        begins or the horizon has ended.
    plans
        The week's first plan, then each that was changed from the one before; never empty. Where
        earlier ones are gone the first is a changed one.
    """

    starts_on: dt.date
    until: dt.date
    plans: tuple[Plan, ...]

    @property
    def first(self) -> Plan:
        """What was planned before anything happened."""
        return self.plans[0]

    @property
    def latest(self) -> Plan:
        """What held at the end."""
        return self.plans[-1]


def load_plan(config: Config, path: Path | None = None, *, is_edited: bool = False) -> Plan:
    """
    Read a plan from the project's outputs, or from a file, which a hand may have edited.

    Raises
    ------
    ConfigError
        When there is no plan yet.
    """
    from outreach.output.plan_json import read_plan

    path = path or config.out / PLAN_FILE
    if not path.is_file():
        raise ConfigError(
            "there is no %(file)s yet; make it with: outreach plan %(folder)s",
            file=str(path),
            folder=str(config.folder),
        )
    return read_plan(path, is_edited=is_edited)


def save_plan(config: Config, plan: Plan, *, revises: Path | None = None) -> tuple[Plan, Path]:
    """
    Write plan.json, and keep it for the reports of its weeks.

    Parameters
    ----------
    plan
        A first plan, or one with a `revision`.
    revises
        The file of the plan before; it is kept, and its digest goes into the new plan.

    Returns
    -------
    plan, path
        The plan as it is written, and where.

    Raises
    ------
    ExportError
        When something cannot be written; plan.json is written last.
    """
    from outreach.output.files import write_bytes_whole
    from outreach.output.plan_json import write_plan

    folder, week = config.out / PLANS_FOLDER, plan.starts_at.date().isoformat()
    revision = plan.revision
    if revision is not None and revises is not None:
        before = revises.read_bytes()
        digest = hashlib.sha256(before).hexdigest()
        plan = replace(plan, revision=replace(revision, revises=digest))
        write_bytes_whole(folder / f"{week}-r{revision.number - 1}.json", before)
    write_plan(plan, folder / f"{week}.json")
    path = config.out / PLAN_FILE
    write_plan(plan, path)
    return plan, path


def plan_revised(config: Config, plan: Plan) -> Plan | None:
    """Give the plan that this one was changed from; None: there is none, or it is gone."""
    from outreach.output.plan_json import read_plan

    path = _revised(config, plan)
    return None if path is None else read_plan(path)


def plans_between(
    config: Config, first: dt.date = dt.date.min, last: dt.date = dt.date.max
) -> tuple[WeekOfPlans, ...]:
    """
    Give the plans of all weeks of which a day lies between two days, both included.

    Where two weeks overlap, the later one holds from its first day on.

    Raises
    ------
    LayerError
        When a file is no plan; each is named.
    """
    from outreach.output.plan_json import read_plan

    files = _week_files(config)
    starts = sorted(files)
    found, faults = [], []
    for starts_on, after in zip_longest(starts, starts[1:]):
        # In ordinals, since the first and the last day of all cannot be added to.
        if starts_on > last or starts_on.toordinal() + MOST_DAYS <= first.toordinal():
            continue
        try:
            plans = tuple(_chain(config, read_plan(files[starts_on])))[::-1]
        except LayerError as error:
            faults.append((str(files[starts_on]), error.message))
            continue
        until = starts_on + plans[-1].horizon_days * _DAY
        until = until if after is None else min(until, after)
        if until > first:
            found.append(WeekOfPlans(starts_on=starts_on, until=until, plans=plans))
    if faults:
        raise LayerError(
            "%(n)d of the plans that are kept cannot be read; take them out of %(folder)s:",
            n=len(faults),
            folder=str(config.out / PLANS_FOLDER),
        ).with_details(faults)
    return tuple(found)


def _week_files(config: Config) -> dict[dt.date, Path]:
    """Give the file of each week's latest plan by its first day, without reading many."""
    from outreach.output.plan_json import read_plan

    folder, own = config.out / PLANS_FOLDER, config.out / PLAN_FILE
    files: dict[dt.date, Path] = {}
    for path in folder.glob("*.json"):
        # Whatever else lies there is none of ours.
        with suppress(ValueError):
            files[dt.date.fromisoformat(path.stem)] = path
    if own.is_file():
        content = own.read_bytes()
        # Most often it is one of them; only where it is not its own day must be read.
        if not any(_has_content(path, content) for path in files.values()):
            files[read_plan(own).starts_at.date()] = own
    return files


def _has_content(path: Path, content: bytes) -> bool:
    return path.stat().st_size == len(content) and path.read_bytes() == content


def _chain(config: Config, plan: Plan) -> Iterator[Plan]:
    """Yield a plan, and those before it, the latest first."""
    seen: Plan | None = plan
    while seen is not None:
        yield seen
        seen = plan_revised(config, seen)


def _revised(config: Config, plan: Plan) -> Path | None:
    if plan.revision is None:
        return None
    week = plan.starts_at.date().isoformat()
    path = config.out / PLANS_FOLDER / f"{week}-r{plan.revision.number - 1}.json"
    try:
        is_it = hashlib.sha256(path.read_bytes()).hexdigest() == plan.revision.revises
    except OSError:
        return None
    return path if is_it else None
