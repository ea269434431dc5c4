"""Points that were masked, as a layer for whoever asks for more than sums."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np

from outreach.errors import PrivacyError
from outreach.output.files import write_whole

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from outreach.masking import Masked

logger = logging.getLogger(__name__)


def require_points(masked: Masked) -> None:
    """
    Refuse a mask that shows nothing.

    Raises
    ------
    PrivacyError
        When no point may be shown.
    """
    if not masked.is_shown.any():
        raise PrivacyError(
            "none of %(n)d points has enough others around it to hide among: mask them in larger"
            " areas, or among the population",
            n=len(masked.lon),
        )


def write_masked_points(masked: Masked, path: Path, *, starts_on: dt.date) -> None:
    """
    Write a GeoPackage with the layer ``points``, EPSG:4326: places, and the k that was reached.

    Nothing else is told of a point: no id, no category, not how far it was moved. The points
    stand from west to east, so that their order tells of no table. Equal masks give equal bytes.

    Parameters
    ----------
    masked
        What `outreach.masking.mask_points` gave; what it withholds is not written.
    path
        Where to.
    starts_on
        Stands in the file as the day on which it was changed.

    Raises
    ------
    PrivacyError
        When no point may be shown.
    ExportError
        When the file cannot be written.
    """
    import geopandas as gpd
    import pyogrio

    require_points(masked)
    lon, lat = masked.lon[masked.is_shown], masked.lat[masked.is_shown]
    order = np.lexsort((lat, lon))
    table = gpd.GeoDataFrame(
        {"k": np.full(len(order), masked.reached_k)},
        geometry=gpd.points_from_xy(lon[order], lat[order], crs="EPSG:4326"),
    )
    with write_whole(path) as part:
        # GDAL would note down the present moment as the last change.
        stamp = f"{starts_on.isoformat()}T00:00:00.000Z"
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": stamp})
        try:
            pyogrio.write_dataframe(
                table,
                part,
                layer="points",
                driver="GPKG",
                geometry_type="Point",
                GEOMETRY_NAME="geom",
            )
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    logger.info(
        "wrote %d masked points (k = %d) to %s; %d are withheld",
        len(order),
        masked.reached_k,
        path.name,
        len(masked.lon) - len(order),
    )
