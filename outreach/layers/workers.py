"""The workers: where they start, when they work, how far they ride."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any

from outreach.errors import Message
from outreach.layers.checks import Inspection, frame_of, uphold
from outreach.layers.columns import fold
from outreach.layers.places import PLACE_FIELDS, locate, place_columns
from outreach.layers.tables import read_table, require_columns
from outreach.layers.values import (
    CellError,
    nearest,
    parse_clock,
    parse_id,
    parse_idr,
    parse_minutes,
    parse_shifts,
    parse_text,
    parse_weekdays,
    parse_words,
    parse_yes,
    quote,
)
from outreach.units import DAY_S, HOUR_S, MINUTE_S, format_clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outreach.layers.checks import CheckParams
    from outreach.layers.layer import Layer
    from outreach.layers.tables import Table, TableSource

    Shifts = tuple[tuple[int, int, int], ...]

logger = logging.getLogger(__name__)

WORKER_FIELDS = (
    *PLACE_FIELDS,
    *("base_id", "base_label", "shifts", "weekdays", "starts", "ends", "max_riding_minutes"),
    *("skills", "nights_away", "monthly_budget_idr", "spent_idr", "vehicle"),
    *("has_motorbike", "id"),
)
# The sums over all workers bear this name in plan.json.
EVERYBODY = "all"
# Office hours of the Dinas Sosial; FIELD: the villages lie two hours and more away, one way.
DEFAULT_WEEKDAYS: tuple[int, ...] = (0, 1, 2, 3, 4)
DEFAULT_STARTS_S = 8 * HOUR_S
DEFAULT_ENDS_S = 16 * HOUR_S
DEFAULT_RIDING_MINUTES = 300.0

_VEHICLES = {
    **dict.fromkeys(("motorbike", "motorcycle", "motor", "sepeda_motor", "ojek"), "motorbike"),
    **dict.fromkeys(("car", "mobil", "mobil_dinas"), "car"),
    **dict.fromkeys(("none", "tidak", "tidak_ada", "tanpa", "tidak_punya", "no"), "none"),
}
_DTYPES = {
    "id": "object",
    "base_id": "object",
    "base_label": "object",
    "shifts": "object",
    "max_riding_s": "int64",
    "skills": "object",
    "nights_away": "bool",
    "monthly_budget_idr": "float64",
    "spent_idr": "float64",
    "vehicle": "object",
}


def read_workers(
    source: TableSource,
    *,
    params: CheckParams,
    area: Any | None = None,
) -> Layer:
    """
    Read and check the table of workers.

    Parameters
    ----------
    source
        Where the table lies.
    params
        What counts as doubtful.
    area
        Shapely polygon in EPSG:4326 that all bases must lie in; None: `params.bounds`.

    Returns
    -------
    layer
        Rows with `id`, `base_id` (of workers without one: shared with all who start at the
        same place), `base_label`, `shifts` ((weekday, starts_s, ends_s), Monday 0),
        `max_riding_s` a day, `skills`, `nights_away`, `monthly_budget_idr` (NaN: no limit
        known), `spent_idr` of it in this month (NaN: not known), `vehicle` (``"motorbike"``,
        ``"car"``, ``"none"``), `geometry` of the base.

    Raises
    ------
    LayerError
        When the table as a whole cannot be used.
    """
    table = read_table(source, WORKER_FIELDS, layer="workers")
    require_columns(table, ("id",), *place_columns(table))
    return check_workers(table, params=params, area=area)


def check_workers(table: Table, *, params: CheckParams, area: Any | None = None) -> Layer:
    """Check a table that was read; see `read_workers`."""
    inspection = Inspection(table)
    inspection.note_ignored()
    columns: dict[str, Sequence[Any]] = {"id": inspection.identify()}
    inspection.demand(
        "id",
        columns["id"],
        lambda row_id: row_id != EVERYBODY,
        code="reserved-id",
        what=Message("the id '%(value)s' means all workers in a plan"),
        mend=Message("give the worker another id"),
    )
    points = locate(inspection, params, area)
    columns["geometry"] = points
    columns |= _read_bases(inspection, points)
    columns["shifts"] = _read_shifts(inspection)
    columns |= _read_limits(inspection)
    no_skills: tuple[str, ...] = ()
    columns["skills"] = inspection.column("skills", parse_words, blank=no_skills)
    columns["vehicle"] = _read_vehicles(inspection)
    inspection.compare(columns)
    rows = uphold(_schema(), frame_of(columns, _DTYPES, inspection.good()), layer="workers")
    logger.info("read %d of %d workers", len(rows), inspection.n_rows)
    return inspection.finish("workers", rows)


def _read_bases(inspection: Inspection, points: Sequence[Any]) -> Mapping[str, Sequence[Any]]:
    """Read which base each worker starts from; a base has one place."""
    base_ids: list[str | None] = inspection.column("base_id", parse_id, blank=None)
    labels: list[str | None] = inspection.column("base_label", parse_text, blank=None)
    at_place: dict[bytes, list[int]] = {}
    at_base: dict[str, set[bytes]] = {}
    for row, point in enumerate(points):
        if point is not None:
            at_place.setdefault(point.wkb, []).append(row)
            if (base_id := base_ids[row]) is not None:
                at_base.setdefault(base_id, set()).add(point.wkb)
    for rows in at_place.values():
        # The name must not depend on the order of the rows.
        given = sorted(base_id for row in rows if (base_id := base_ids[row]) is not None)
        shared = given[0] if given else "base-" + min(inspection.ids[row] for row in rows)
        for row in rows:
            base_ids[row] = base_ids[row] or shared
    for row, point in enumerate(points):
        if point is not None and len(at_base.get(base_ids[row] or "", ())) > 1:
            inspection.error(
                row,
                "base_id",
                "base-in-two-places",
                Message("the base '%(base)s' has several places", {"base": quote(base_ids[row])}),
                Message("write the same coordinates for all who start there, or another base"),
            )
    return {
        "base_id": base_ids,
        "base_label": [label or base_id for label, base_id in zip(labels, base_ids, strict=True)],
    }


def _read_shifts(inspection: Inspection) -> list[Shifts]:
    nothing: Shifts = ()
    written = inspection.column("shifts", parse_shifts, blank=nothing)
    weekdays = inspection.column("weekdays", parse_weekdays, blank=DEFAULT_WEEKDAYS)
    starts = inspection.column("starts", parse_clock, blank=DEFAULT_STARTS_S)
    ends = inspection.column("ends", parse_clock, blank=DEFAULT_ENDS_S)
    shifts: list[Shifts] = []
    for row, given in enumerate(written):
        own = given or tuple((day, starts[row], ends[row]) for day in weekdays[row])
        early = [shift for shift in own if shift[2] <= shift[1]]
        if early:
            inspection.error(
                row,
                "shifts" if given else "ends",
                "shift-ends-early",
                Message(
                    "the shift starts at %(starts)s but ends at %(ends)s",
                    {"starts": format_clock(early[0][1]), "ends": format_clock(early[0][2])},
                ),
                Message("write an end after the start, such as 08:00 and 16:00"),
            )
        elif len({day for day, _, _ in own}) < len(own):
            inspection.error(
                row,
                "shifts",
                "two-shifts",
                Message("one day of the week has two shifts"),
                Message("write one shift a day, from the first hour to the last"),
            )
        shifts.append(own)
    return shifts


def _read_limits(inspection: Inspection) -> Mapping[str, Sequence[Any]]:
    minutes: list[float | None] = inspection.column("max_riding_minutes", parse_minutes, blank=None)
    budgets: list[float | None] = inspection.column("monthly_budget_idr", parse_idr, blank=None)
    spent: list[float | None] = inspection.column("spent_idr", parse_idr, blank=None)
    inspection.demand(
        "spent_idr",
        spent,
        lambda amount: amount >= 0,
        code="impossible-spending",
        what=Message("'%(value)s' cannot have been spent"),
        mend=Message("write the rupiah that are spent already this month, such as 350000"),
    )
    inspection.demand(
        "max_riding_minutes",
        minutes,
        lambda length: 0 <= length * MINUTE_S <= DAY_S,
        code="impossible-riding",
        what=Message("a riding limit of '%(value)s' minutes a day cannot be"),
        mend=Message("write the most minutes of riding in a day, such as 300"),
    )
    inspection.demand(
        "monthly_budget_idr",
        budgets,
        lambda budget: budget >= 0,
        code="impossible-budget",
        what=Message("a budget of '%(value)s' cannot be"),
        mend=Message("write rupiah a month, such as 2000000"),
    )
    return {
        "max_riding_s": [
            round((DEFAULT_RIDING_MINUTES if length is None else length) * MINUTE_S)
            for length in minutes
        ],
        "nights_away": inspection.column("nights_away", parse_yes, blank=False),
        "monthly_budget_idr": [math.nan if budget is None else budget for budget in budgets],
        "spent_idr": [math.nan if amount is None else amount for amount in spent],
    }


def _read_vehicles(inspection: Inspection) -> list[str]:
    """Read what a worker rides; who does not say rides a motorbike, as everyone does."""
    vehicles: list[str | None] = inspection.column("vehicle", _parse_vehicle, blank=None)
    has_motorbike = inspection.column("has_motorbike", parse_yes, blank=True)
    return [
        vehicle or ("motorbike" if has else "none")
        for vehicle, has in zip(vehicles, has_motorbike, strict=True)
    ]


def _parse_vehicle(value: object) -> str:
    word = parse_text(value)
    vehicle = _VEHICLES.get(fold(word))
    if vehicle is None:
        raise CellError(
            "unknown-vehicle",
            Message("the vehicle '%(value)s' is not known", {"value": quote(word)}),
            Message(
                "write motor, mobil or tidak ada; perhaps '%(near)s'?",
                {"near": nearest(word, _VEHICLES) or "motor"},
            ),
        )
    return vehicle


def _schema() -> Any:
    import pandera.pandas as pa

    checks = {
        "max_riding_s": pa.Check.in_range(0, DAY_S),
        "monthly_budget_idr": pa.Check.ge(0),
        "spent_idr": pa.Check.ge(0),
        "vehicle": pa.Check.isin(sorted(set(_VEHICLES.values()))),
    }
    columns = {
        name: pa.Column(
            dtype, checks.get(name), nullable=name in {"monthly_budget_idr", "spent_idr"}
        )
        for name, dtype in _DTYPES.items()
    }
    columns["geometry"] = pa.Column(nullable=False)
    return pa.DataFrameSchema(columns, unique=["id"], strict=True, ordered=True)
