"""The lodgings: where a worker may sleep on a circuit."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from outreach.errors import Message
from outreach.layers.checks import Inspection, frame_of, uphold
from outreach.layers.phones import read_phones
from outreach.layers.places import PLACE_FIELDS, locate, place_columns
from outreach.layers.tables import read_table, require_columns
from outreach.layers.values import parse_idr, parse_text, parse_weekdays, parse_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.layers.checks import CheckParams
    from outreach.layers.layer import Layer
    from outreach.layers.tables import Table, TableSource

logger = logging.getLogger(__name__)

LODGING_FIELDS = (*PLACE_FIELDS, "label", "nights", "beds", "cost_idr", "phone", "id")
MOST_BEDS = 10_000
MOST_COST_IDR = 1_000_000_000
_DTYPES = {
    "id": "object",
    "label": "object",
    "nights": "object",
    "beds": "int64",
    "cost_idr": "int64",
    "phone": "object",
}


def read_lodgings(source: TableSource, *, params: CheckParams, area: Any | None = None) -> Layer:
    """
    Read and check the table of lodgings.

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
        Rows with `id`, `label`, `nights` (weekdays on whose evening it is open, Monday 0;
        empty: all), `beds`, `cost_idr` a bed and night, `phone` (digits, perhaps
        after a plus), `geometry`.

    Raises
    ------
    LayerError
        When the table as a whole cannot be used.
    """
    table = read_table(source, LODGING_FIELDS, layer="lodgings")
    require_columns(table, ("id",), *place_columns(table))
    return check_lodgings(table, params=params, area=area)


def check_lodgings(table: Table, *, params: CheckParams, area: Any | None = None) -> Layer:
    """Check a table that was read; see `read_lodgings`."""
    inspection = Inspection(table)
    inspection.note_ignored()
    ids = inspection.identify()
    points = locate(inspection, params, area)
    labels = inspection.column("label", parse_text, blank="")
    nothing: tuple[int, ...] = ()
    beds: list[int | None] = inspection.column("beds", parse_whole, blank=None)
    costs: list[float | None] = inspection.column("cost_idr", parse_idr, blank=None)
    inspection.demand(
        "beds",
        beds,
        lambda n_beds: 1 <= n_beds <= MOST_BEDS,
        code="impossible-beds",
        what=Message("a lodging of '%(value)s' beds cannot be"),
        mend=Message("write how many workers can sleep there, at least 1"),
    )
    inspection.demand(
        "cost_idr",
        costs,
        lambda cost: 0 <= cost <= MOST_COST_IDR,
        code="impossible-cost",
        what=Message("a price of '%(value)s' cannot be"),
        mend=Message("write rupiah for a bed and a night, such as 50000"),
    )
    for row, n_beds in enumerate(beds):
        if n_beds is None and not inspection.is_broken(row, "beds"):
            inspection.warn(
                row,
                "beds",
                "unknown-beds",
                Message("the number of beds is not given; 1 is planned"),
                Message("write how many workers can sleep there"),
            )
    columns: dict[str, Sequence[Any]] = {
        "id": ids,
        "label": [label or row_id for label, row_id in zip(labels, ids, strict=True)],
        "nights": inspection.column("nights", parse_weekdays, blank=nothing),
        "beds": [n_beds or 1 for n_beds in beds],
        "cost_idr": [round(cost or 0) for cost in costs],
        "phone": read_phones(inspection),
        "geometry": points,
    }
    inspection.compare(columns)
    rows = uphold(_schema(), frame_of(columns, _DTYPES, inspection.good()), layer="lodgings")
    logger.info("read %d of %d lodgings", len(rows), inspection.n_rows)
    return inspection.finish("lodgings", rows)


def _schema() -> Any:
    import pandera.pandas as pa

    checks = {"beds": pa.Check.ge(1), "cost_idr": pa.Check.ge(0)}
    columns = {
        name: pa.Column(dtype, checks.get(name), nullable=name == "phone")
        for name, dtype in _DTYPES.items()
    }
    columns["geometry"] = pa.Column(nullable=False)
    return pa.DataFrameSchema(columns, unique=["id"], strict=True, ordered=True)
