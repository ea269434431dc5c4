"""Where plans lie: the one in force, those of other weeks, and what each came from."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from outreach.errors import ConfigError, LayerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from outreach.config import Config
    from outreach.model import Plan

PLAN_FILE = "plan.json"
PLANS_FOLDER = "plans"
_WEEK_FILE = re.compile(r"(\d{4}-\d{2}-\d{2})\.json")


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
    weeks = sorted(_weeks(config), key=lambda plan: plan.starts_at)
    found = []
    for plan, after in zip_longest(weeks, weeks[1:]):
        starts_on = plan.starts_at.date()
        until = starts_on + dt.timedelta(days=plan.horizon_days)
        if after is not None:
            until = min(until, after.starts_at.date())
        if starts_on <= last and until > first:
            plans = tuple(_chain(config, plan))[::-1]
            found.append(WeekOfPlans(starts_on=starts_on, until=until, plans=plans))
    return tuple(found)


def _weeks(config: Config) -> list[Plan]:
    from outreach.output.plan_json import read_plan

    folder = config.out / PLANS_FOLDER
    files = sorted(p for p in folder.glob("*.json") if _WEEK_FILE.fullmatch(p.name))
    plans: dict[dt.datetime, Plan] = {}
    faults = []
    for path in (*files, config.out / PLAN_FILE):
        if not path.is_file():
            continue
        try:
            plan = read_plan(path)
        except LayerError as error:
            faults.append((str(path), error.message))
        else:
            plans[plan.starts_at] = plan
    if faults:
        raise LayerError(
            "%(n)d of the plans that are kept cannot be read; take them out of %(folder)s:",
            n=len(faults),
            folder=str(folder),
        ).with_details(faults)
    return list(plans.values())


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
