"""The partners: institutions that are stops, with their opening hours."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any

from outreach.layers.checks import Inspection, frame_of, uphold
from outreach.layers.phones import read_phones
from outreach.layers.places import PLACE_FIELDS, locate, place_columns
from outreach.layers.tables import read_table, require_columns
from outreach.layers.times import (
    check_frequency,
    read_priorities,
    read_service_minutes,
    read_windows,
)
from outreach.layers.values import (
    parse_id,
    parse_number,
    parse_text,
    parse_weekdays,
)
from outreach.units import DAY_S, MINUTE_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.layers.checks import CheckParams
    from outreach.layers.layer import Layer
    from outreach.layers.tables import Table, TableSource

logger = logging.getLogger(__name__)

PARTNER_FIELDS = (
    *PLACE_FIELDS,
    *("label", "kind", "weekdays", "opens", "closes", "visits_per_week", "every_days"),
    *("service_minutes", "priority", "worker", "phone", "id"),
)
DEFAULT_SERVICE_MINUTES = 30.0
# An institution expects the worker: as urgent as a middling case.
DEFAULT_PRIORITY = 3.0
_DTYPES = {
    "id": "object",
    "label": "object",
    "kind": "object",
    "windows": "object",
    "weekdays": "object",
    "visits_per_week": "float64",
    "every_days": "float64",
    "service_s": "int64",
    "priority": "float64",
    "worker": "object",
    "phone": "object",
}


def read_partners(source: TableSource, *, params: CheckParams, area: Any | None = None) -> Layer:
    """
    Read and check the table of partners.

    Parameters
    ----------
    source
        Where the table lies.
    params
        What counts as doubtful.
    area
        Shapely polygon in EPSG:4326 that all must lie in; None: `params.bounds`.

    Returns
    -------
    layer
        Rows with `id`, `label`, `kind`, `windows` (opening hours, pairs of seconds after
        midnight; empty: any time), `weekdays` (Monday 0; empty: any), `visits_per_week` or
        `every_days` (both NaN: a place that no plan needs to visit), `service_s`,
        `priority`, `worker` who must go, `phone` (digits, perhaps after a plus), `geometry`.

    Raises
    ------
    LayerError
        When the table as a whole cannot be used.
    """
    table = read_table(source, PARTNER_FIELDS, layer="partners")
    require_columns(table, ("id",), *place_columns(table))
    return check_partners(table, params=params, area=area)


def check_partners(table: Table, *, params: CheckParams, area: Any | None = None) -> Layer:
    """Check a table that was read; see `read_partners`."""
    inspection = Inspection(table)
    inspection.note_ignored()
    ids = inspection.identify()
    points = locate(inspection, params, area)
    labels = inspection.column("label", parse_text, blank="")
    nothing: tuple[int, ...] = ()
    weekdays = inspection.column("weekdays", parse_weekdays, blank=nothing)
    per_week = inspection.column("visits_per_week", parse_number, blank=math.nan)
    every = inspection.column("every_days", parse_number, blank=math.nan)
    for row in range(inspection.n_rows):
        check_frequency(
            inspection,
            row,
            visits_per_week=per_week[row],
            every_days=every[row],
            weekdays=weekdays[row],
            min_gap_days=1,
        )
    minutes = read_service_minutes(inspection, blank=DEFAULT_SERVICE_MINUTES)
    priorities = read_priorities(inspection, blank=DEFAULT_PRIORITY)
    columns: dict[str, Sequence[Any]] = {
        "id": ids,
        "label": [label or row_id for label, row_id in zip(labels, ids, strict=True)],
        "kind": inspection.column("kind", parse_text, blank=None),
        "windows": read_windows(inspection),
        "weekdays": weekdays,
        "visits_per_week": per_week,
        "every_days": every,
        "service_s": [round(length * MINUTE_S) for length in minutes],
        "priority": priorities,
        "worker": inspection.column("worker", parse_id, blank=None),
        "phone": read_phones(inspection),
        "geometry": points,
    }
    inspection.compare(columns)
    rows = uphold(_schema(), frame_of(columns, _DTYPES, inspection.good()), layer="partners")
    logger.info("read %d of %d partners", len(rows), inspection.n_rows)
    return inspection.finish("partners", rows)


def _schema() -> Any:
    import pandera.pandas as pa

    checks = {
        "visits_per_week": pa.Check.gt(0),
        "every_days": pa.Check.gt(0),
        "service_s": pa.Check.in_range(1, DAY_S),
        "priority": pa.Check.ge(0),
    }
    optional = {"kind", "visits_per_week", "every_days", "worker", "phone"}
    columns = {
        name: pa.Column(dtype, checks.get(name), nullable=name in optional)
        for name, dtype in _DTYPES.items()
    }
    columns["geometry"] = pa.Column(nullable=False)
    return pa.DataFrameSchema(columns, unique=["id"], strict=True, ordered=True)
