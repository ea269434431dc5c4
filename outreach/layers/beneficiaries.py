"""The beneficiaries: who is visited, where, how often, when and by whom."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any

from outreach.errors import Message
from outreach.layers.checks import Inspection, frame_of, uphold
from outreach.layers.columns import fold
from outreach.layers.places import PLACE_FIELDS, locate, place_columns
from outreach.layers.tables import read_table, require_columns
from outreach.layers.times import (
    YEAR_DAYS,
    check_frequency,
    read_priorities,
    read_service_minutes,
    read_windows,
)
from outreach.layers.values import (
    nearest,
    parse_date,
    parse_id,
    parse_number,
    parse_text,
    parse_weekdays,
    parse_whole,
    parse_words,
    quote,
)
from outreach.units import DAY_S, MINUTE_S

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from outreach.layers.checks import CheckParams
    from outreach.layers.layer import Layer
    from outreach.layers.presets import CategoryPreset
    from outreach.layers.tables import Table, TableSource

logger = logging.getLogger(__name__)

# The id comes last: `id_petugas` is the worker's where there is one, `id_mitra` the partner's.
BENEFICIARY_FIELDS = (
    *PLACE_FIELDS,
    *("category", "visits_per_week", "every_days", "min_gap_days", "weekdays", "opens", "closes"),
    *("service_minutes", "priority", "last_visit", "deadline", "workers_needed", "skills"),
    *("worker", "circuit", "area", "partner", "id"),
)
MOST_WORKERS = 50
_DTYPES = {
    "id": "object",
    "category": "object",
    "visits_per_week": "float64",
    "every_days": "float64",
    "min_gap_days": "int64",
    "weekdays": "object",
    "windows": "object",
    "service_s": "int64",
    "priority": "float64",
    "last_visit": "object",
    "deadline": "object",
    "workers_needed": "int64",
    "skills": "object",
    "worker": "object",
    "circuit": "object",
    "area": "object",
    "partner": "object",
}


def read_beneficiaries(
    source: TableSource,
    *,
    presets: Mapping[str, CategoryPreset],
    params: CheckParams,
    today: dt.date,
    area: Any | None = None,
) -> Layer:
    """
    Read and check the table of those who are visited.

    Parameters
    ----------
    source
        Where the table lies.
    presets
        By category: what rows leave out.
    params
        What counts as doubtful.
    today
        Visits after it cannot have been.
    area
        Shapely polygon in EPSG:4326 that all must live in; None: `params.bounds`.

    Returns
    -------
    layer
        Rows with `id`, `category` (the preset's name), exactly one of `visits_per_week` and
        `every_days`, `min_gap_days`, `weekdays` (Monday 0; empty: any), `windows` (pairs of
        seconds after midnight; empty: any time), `service_s`, `priority`, `last_visit`,
        `deadline`, `workers_needed`, `skills`, `worker`, `circuit`, `area`, `partner` to call,
        `geometry`.
        Every row of the table is a good row, an invalid loss, or a noted repetition.

    Raises
    ------
    LayerError
        When the table as a whole cannot be used.
    """
    table = read_table(source, BENEFICIARY_FIELDS, layer="beneficiaries")
    require_columns(table, ("id",), *place_columns(table), ("category",))
    return check_beneficiaries(table, presets=presets, params=params, today=today, area=area)


def check_beneficiaries(
    table: Table,
    *,
    presets: Mapping[str, CategoryPreset],
    params: CheckParams,
    today: dt.date,
    area: Any | None = None,
) -> Layer:
    """Check a table that was read; see `read_beneficiaries`."""
    inspection = Inspection(table)
    inspection.note_ignored()
    columns: dict[str, Sequence[Any]] = {"id": inspection.identify()}
    columns["geometry"] = locate(inspection, params, area)
    chosen = _read_categories(inspection, presets)
    columns["category"] = [category for category, _ in chosen]
    fill = [preset for _, preset in chosen]
    columns |= _read_frequency(inspection, fill)
    columns |= _read_service(inspection, fill)
    columns |= _read_dates(inspection, params, today)
    for field in ("worker", "circuit", "area", "partner"):
        columns[field] = inspection.column(field, parse_id, blank=None)
    inspection.compare(columns)
    rows = uphold(_schema(), frame_of(columns, _DTYPES, inspection.good()), layer="beneficiaries")
    layer = inspection.finish("beneficiaries", rows, with_losses=True)
    logger.info(
        "read %d of %d beneficiaries; %d invalid, %d repeated",
        len(rows),
        inspection.n_rows,
        len(layer.invalid),
        len(inspection.repeated),
    )
    return layer


def _read_categories(
    inspection: Inspection, presets: Mapping[str, CategoryPreset]
) -> list[tuple[str, CategoryPreset | None]]:
    """Give each row the name of its category and the preset."""
    names = {fold(alias): name for name, preset in presets.items() for alias in preset.aliases}
    names |= {fold(name): name for name in presets}
    chosen: list[tuple[str, CategoryPreset | None]] = []
    for row, text in enumerate(inspection.column("category", parse_text, blank="")):
        name = names.get(fold(text))
        if not text and not inspection.is_broken(row, "category"):
            inspection.error(
                row,
                "category",
                "missing-category",
                Message("the row has no category"),
                Message("write one of: %(known)s", {"known": ", ".join(presets)}),
            )
        elif text and name is None:
            near = names.get(fold(nearest(text, names) or ""))
            inspection.error(
                row,
                "category",
                "unknown-category",
                Message("the category '%(value)s' is not known", {"value": quote(text)}),
                Message(
                    "perhaps '%(near)s'? Or add [categories.…] to outreach.toml", {"near": near}
                )
                if near
                else Message("write one of: %(known)s", {"known": ", ".join(presets)}),
            )
        chosen.append((name or "", presets[name] if name else None))
    return chosen


def _read_frequency(
    inspection: Inspection, fill: Sequence[CategoryPreset | None]
) -> dict[str, Sequence[Any]]:
    """Read how often and on which days; the preset says what the row does not."""
    nothing: tuple[int, ...] = ()
    per_week = inspection.column("visits_per_week", parse_number, blank=math.nan)
    every = inspection.column("every_days", parse_number, blank=math.nan)
    gaps: list[int | None] = inspection.column("min_gap_days", parse_whole, blank=None)
    weekdays = inspection.column("weekdays", parse_weekdays, blank=nothing)
    inspection.demand(
        "min_gap_days",
        gaps,
        lambda gap: 0 <= gap <= YEAR_DAYS,
        code="impossible-gap",
        what=Message("a least gap of '%(value)s' days cannot be"),
        mend=Message("write the least number of days between two visits, such as 2"),
    )
    for row, preset in enumerate(fill):
        if preset is None:
            continue
        is_silent = math.isnan(per_week[row]) and math.isnan(every[row])
        if is_silent:
            per_week[row] = math.nan if preset.visits_per_week is None else preset.visits_per_week
            every[row] = math.nan if preset.every_days is None else preset.every_days
        gap = gaps[row]
        gaps[row] = preset.min_gap_days if gap is None else gap
        weekdays[row] = weekdays[row] or preset.weekdays
        check_frequency(
            inspection,
            row,
            visits_per_week=per_week[row],
            every_days=every[row],
            weekdays=weekdays[row],
            min_gap_days=gaps[row] or 0,
            # A preset's frequency is right; what the row itself says does not leave room for it.
            blamed="weekdays" if is_silent else None,
        )
    return {
        "visits_per_week": per_week,
        "every_days": every,
        "min_gap_days": gaps,
        "weekdays": weekdays,
    }


def _read_service(
    inspection: Inspection, fill: Sequence[CategoryPreset | None]
) -> dict[str, Sequence[Any]]:
    """Read what a visit takes; the preset says what the row does not."""
    windows = read_windows(inspection)
    minutes: list[float | None] = read_service_minutes(inspection, blank=None)
    priorities: list[float | None] = read_priorities(inspection, blank=None)
    needed: list[int | None] = inspection.column("workers_needed", parse_whole, blank=None)
    no_skills: tuple[str, ...] = ()
    skills = inspection.column("skills", parse_words, blank=no_skills)
    inspection.demand(
        "workers_needed",
        needed,
        lambda n_workers: 1 <= n_workers <= MOST_WORKERS,
        code="impossible-workers",
        what=Message("'%(value)s' workers cannot make a visit"),
        mend=Message("write how many must be there together, at least 1"),
    )
    for row, preset in enumerate(fill):
        if preset is None:
            continue
        windows[row] = windows[row] or preset.windows
        minutes[row] = _first(minutes[row], preset.service_minutes)
        priorities[row] = _first(priorities[row], preset.priority)
        needed[row] = _first(needed[row], preset.workers_needed)
        skills[row] = skills[row] or preset.skills
    return {
        "windows": windows,
        "service_s": [None if length is None else round(length * MINUTE_S) for length in minutes],
        "priority": priorities,
        "workers_needed": needed,
        "skills": skills,
    }


def _first(value: Any, otherwise: Any) -> Any:
    return otherwise if value is None else value


def _read_dates(
    inspection: Inspection, params: CheckParams, today: dt.date
) -> dict[str, Sequence[Any]]:
    last_visits: list[dt.date | None] = inspection.column("last_visit", parse_date, blank=None)
    deadlines: list[dt.date | None] = inspection.column("deadline", parse_date, blank=None)
    for row, (last_visit, deadline) in enumerate(zip(last_visits, deadlines, strict=True)):
        if last_visit is not None and last_visit > today:
            inspection.error(
                row,
                "last_visit",
                "future-visit",
                Message(
                    "the last visit, %(date)s, is still to come", {"date": last_visit.isoformat()}
                ),
                Message("write the day first, then the month: 02/03/2026 is 2 March"),
            )
        if last_visit is not None and (today - last_visit).days > params.stale_after_days:
            inspection.warn(
                row,
                "last_visit",
                "stale-visit",
                Message(
                    "the last visit was %(n_days)s days ago", {"n_days": (today - last_visit).days}
                ),
                Message("enter the visits since then, or check whether the case is still open"),
            )
        if deadline is None:
            continue
        if last_visit is not None and deadline < last_visit:
            inspection.warn(
                row,
                "deadline",
                "deadline-met",
                Message("the deadline lies before the last visit"),
                Message("delete the deadline, or enter the new one"),
            )
        elif deadline < today:
            inspection.warn(
                row,
                "deadline",
                "deadline-past",
                Message(
                    "the deadline passed %(n_days)s days ago", {"n_days": (today - deadline).days}
                ),
                Message("visit at once; or correct the deadline"),
            )
    return {"last_visit": last_visits, "deadline": deadlines}


def _schema() -> Any:
    import pandera.pandas as pa

    def one_frequency(rows: Any) -> Any:
        return rows["visits_per_week"].isna() != rows["every_days"].isna()

    checks = {
        "visits_per_week": pa.Check.gt(0),
        "every_days": pa.Check.gt(0),
        "min_gap_days": pa.Check.ge(0),
        "service_s": pa.Check.in_range(1, DAY_S),
        "priority": pa.Check.ge(0),
        "workers_needed": pa.Check.ge(1),
    }
    optional = {"visits_per_week", "every_days", "last_visit", "deadline", "worker"}
    optional |= {"circuit", "area", "partner"}
    return pa.DataFrameSchema(
        {
            name: pa.Column(dtype, checks.get(name), nullable=name in optional)
            for name, dtype in _DTYPES.items()
        }
        | {"geometry": pa.Column(nullable=False)},
        checks=pa.Check(one_frequency, name="exactly one frequency"),
        unique=["id"],
        strict=True,
        ordered=True,
    )
