"""The candidates: places where one more worker could sit."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from outreach.layers.checks import Inspection, frame_of, uphold
from outreach.layers.places import PLACE_FIELDS, locate, place_columns
from outreach.layers.tables import read_table, require_columns
from outreach.layers.values import parse_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from outreach.layers.checks import CheckParams
    from outreach.layers.layer import Layer
    from outreach.layers.tables import Table, TableSource

logger = logging.getLogger(__name__)

CANDIDATE_FIELDS = (*PLACE_FIELDS, "label", "kind", "id")
_DTYPES = {"id": "object", "label": "object", "kind": "object"}


def read_candidates(source: TableSource, *, params: CheckParams, area: Any | None = None) -> Layer:
    """
    Read and check the table of candidate bases.

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
        Rows with `id`, `label` (the id where none is given), `kind` (a free word; None: not
        given), `geometry`.

    Raises
    ------
    LayerError
        When the table as a whole cannot be used.
    """
    table = read_table(source, CANDIDATE_FIELDS, layer="candidates")
    require_columns(table, ("id",), *place_columns(table))
    return check_candidates(table, params=params, area=area)


def check_candidates(table: Table, *, params: CheckParams, area: Any | None = None) -> Layer:
    """Check a table that was read; see `read_candidates`."""
    inspection = Inspection(table)
    inspection.note_ignored()
    ids = inspection.identify()
    points = locate(inspection, params, area)
    labels = inspection.column("label", parse_text, blank="")
    columns: dict[str, Sequence[Any]] = {
        "id": ids,
        "label": [label or row_id for label, row_id in zip(labels, ids, strict=True)],
        "kind": inspection.column("kind", parse_text, blank=None),
        "geometry": points,
    }
    inspection.compare(columns)
    rows = uphold(_schema(), frame_of(columns, _DTYPES, inspection.good()), layer="candidates")
    logger.info("read %d of %d candidates", len(rows), inspection.n_rows)
    return inspection.finish("candidates", rows)


def village_candidates(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Give a candidate for each area: at its seat, and where that is not known somewhere inside.

    Parameters
    ----------
    areas
        Rows as `outreach.layers.areas.read_areas` gives them.

    Returns
    -------
    candidates
        As `read_candidates` gives them: `id` and `label` are the area's id and name, `kind` is
        its kind. A point somewhere inside may be far from every road.
    """
    import geopandas as gpd

    inside = areas.geometry.representative_point()
    seats = gpd.GeoSeries.from_xy(areas["lon"], areas["lat"], crs=areas.crs)
    is_known = areas["lon"].notna() & areas["lat"].notna()
    columns = {"id": areas["id"], "label": areas["name"], "kind": areas["kind"]}
    return gpd.GeoDataFrame(columns, geometry=seats.where(is_known, inside), crs=areas.crs)


def _schema() -> Any:
    import pandera.pandas as pa

    columns = {name: pa.Column(dtype, nullable=name == "kind") for name, dtype in _DTYPES.items()}
    columns["geometry"] = pa.Column(nullable=False)
    return pa.DataFrameSchema(columns, unique=["id"], strict=True, ordered=True)
