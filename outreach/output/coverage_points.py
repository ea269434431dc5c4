"""Where beneficiaries live, about: points moved so far that each hides among k others."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from outreach.masking import mask_points
from outreach.output.files import write_text_whole

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)


def write_points(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    path: Path,
    *,
    k: int,
    areas: gpd.GeoDataFrame | None = None,
) -> int:
    """
    Write masked points as GeoJSON that tells nothing of anybody; who cannot hide is left out.

    They hide among the people of their area where all areas have a population, else among the
    other beneficiaries. Each run moves them by another way: publish one, never two.

    Parameters
    ----------
    lon, lat
        Of shape (n,), EPSG:4326.
    k
        The fewest others.
    areas
        In which points stay.

    Returns
    -------
    reached_k
        That was verified; 0 where no point is shown.

    Raises
    ------
    ExportError
        When the file cannot be written.
    """
    has_population = areas is not None and len(areas) and areas["population"].notna().all()
    masked = mask_points(
        lon, lat, k=k, among="population" if has_population else "points", areas=areas
    )
    places = zip(masked.lon[masked.is_shown], masked.lat[masked.is_shown], strict=True)
    # The order of the rows would tell whose point is whose.
    features = [
        {
            "type": "Feature",
            "properties": {},
            "geometry": {"type": "Point", "coordinates": [float(x), float(y)]},
        }
        for x, y in sorted(places)
    ]
    document = {
        "type": "FeatureCollection",
        "k": masked.reached_k,
        "among": "population" if has_population else "beneficiaries",
        "n_withheld": int((~masked.is_shown).sum()),
        "features": features,
    }
    write_text_whole(path, json.dumps(document, indent=1) + "\n")
    logger.info("wrote %d masked points, %d withheld", len(features), len(lon) - len(features))
    return masked.reached_k
