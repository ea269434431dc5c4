"""Make areas.geojson: a cell of its own for each village, no boundaries; people shared out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import shapely
from geography import FOLDER, OUTLINE, read_villages, to_degrees, to_metres

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geography import Village

_DECIMALS = 5
_NOTE = "approximate cells around the villages, not boundaries; population shared out by guess"
# Kepmendagri 300.2.2-2138/2025, by way of cahyadsn/wilayah.
_PEOPLE_IN_CITY = 649_656
_PEOPLE_AROUND = 457_238
# About 12,000 to 14,000 people in each of these kecamatan, a newspaper wrote in 2023.
_SPARSE = frozenset({"Danau Teluk", "Pelayangan", "Pasar Jambi"})


def make_areas(path: Path) -> None:
    """Give each village what is nearer to it than to any other, within the outline."""
    villages = read_villages()
    outline = shapely.Polygon(to_metres(OUTLINE))
    points = to_metres([(v.lon, v.lat) for v in villages])
    cells = shapely.voronoi_polygons(
        shapely.MultiPoint(points), extend_to=outline.buffer(10_000.0), ordered=True
    )
    people = _share_out(villages)
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
            "district": village.kecamatan,
            "population": people[village.code],
            "lon": village.lon,
            "lat": village.lat,
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


def _share_out(villages: Sequence[Village]) -> dict[str, int]:
    """
    Share the people of either district among its villages, to each the same.

    To each of the sparse or small ones of the city goes a quarter. That is this demo's guess: by
    the root of their land, Kumpeh's peat would be the fullest of all.
    """
    people: dict[str, int] = {}
    for total, in_city in ((_PEOPLE_IN_CITY, True), (_PEOPLE_AROUND, False)):
        some = [village for village in villages if village.in_city == in_city]
        weights = [0.25 if village.kecamatan in _SPARSE else 1.0 for village in some]
        # Rounding the running sum keeps the total.
        ends = np.rint(total * np.cumsum(weights) / sum(weights)).astype(int)
        shares = np.diff(ends, prepend=0).tolist()
        people |= dict(zip((village.code for village in some), shares, strict=True))
    return people


if __name__ == "__main__":
    make_areas(FOLDER / "areas.geojson")
