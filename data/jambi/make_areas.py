"""Make areas.geojson: a cell of its own for each village, no boundaries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import shapely
from geography import FOLDER, OUTLINE, read_villages, to_degrees, to_metres

if TYPE_CHECKING:
    from pathlib import Path

_DECIMALS = 5
_NOTE = "approximate cells around the villages, not boundaries"


def make_areas(path: Path) -> None:
    """Give each village what is nearer to it than to any other, within the outline."""
    villages = read_villages()
    outline = shapely.Polygon(to_metres(OUTLINE))
    points = to_metres([(v.lon, v.lat) for v in villages])
    cells = shapely.voronoi_polygons(
        shapely.MultiPoint(points), extend_to=outline.buffer(10_000.0), ordered=True
    )
    features = []
    for village, cell in zip(villages, cells.geoms, strict=True):
        polygon = shapely.intersection(cell, outline)
        corners = np.round(to_degrees(shapely.get_coordinates(polygon)), _DECIMALS)
        if not isinstance(polygon, shapely.Polygon):
            raise TypeError(f"the outline cuts {village.name} in two")
        properties = {
            "id": village.code,
            "name": village.name,
            "level": "kelurahan" if village.code.split(".")[-1].startswith("1") else "desa",
        }
        geometry = {"type": "Polygon", "coordinates": [corners.tolist()]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    whole = path.with_name(f".{path.name}")
    whole.write_text(
        f'{{"type": "FeatureCollection", "note": "{_NOTE}", "features": [\n{lines}\n]}}\n',
        encoding="utf-8",
    )
    whole.replace(path)


if __name__ == "__main__":
    make_areas(FOLDER / "areas.geojson")
