"""Outlines for the page about coverage: areas told together, what is reached, catchments."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from outreach.output.polyline import encode, encode_many

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from shapely import Geometry, Polygon

    from outreach.coverage.result import CoverageMap
    from outreach.output.coverage_rows import ToldRow
    from outreach.output.page_data import Json

Rings = list[str]
"""A polygon: polylines, of which the first goes around it and the others around its holes."""

# About 40 m and 10 cm.
_TOLERANCE_DEGREES = 4e-4
_GRID_DEGREES = 1e-6
# About 2.5 km²: smaller holes of what is reached cannot be told apart from its edge.
_LEAST_HOLE_DEGREES2 = 2e-4


def shapes_of(map_: CoverageMap, rows: Sequence[ToldRow]) -> NDArray[np.object_]:
    """Join the areas of each row; a row without a known area has an empty shape, shape (n,)."""
    import numpy as np
    import shapely

    polygons = dict(zip(map_.areas["id"].astype(str), map_.areas.geometry, strict=True))
    shapes = np.empty(len(rows), dtype=object)
    for i, row in enumerate(rows):
        members = [polygons[area] for area in row.members if area in polygons]
        shapes[i] = _joined(shapely.make_valid(np.array(members, dtype=object)))
    return shapes


def untold(map_: CoverageMap, told: Collection[str]) -> list[Rings]:
    """Give the areas that are not among those told of."""
    is_untold = ~map_.areas["id"].astype(str).isin(list(told))
    return [outline for shape in map_.areas.geometry[is_untold] for outline in outlines(shape)]


def outlines(shape: Geometry, *, least_hole: float = 0.0) -> list[Rings]:
    """
    Encode the polygons of a shape, simplified for a map of districts.

    Parameters
    ----------
    shape
        EPSG:4326; only its areas count.
    least_hole
        Smaller holes are closed, square degrees.
    """
    import shapely

    parts = shapely.get_parts(shapely.get_parts(shapely.simplify(shape, _TOLERANCE_DEGREES)))
    return [
        _rings(part, least_hole)
        for part in parts
        if shapely.get_dimensions(part) == 2 and not part.is_empty  # noqa: PLR2004 - an area
    ]


def middle(shape: Geometry) -> tuple[float, float] | None:
    """Give latitude and longitude of a point within the largest part, None where it is empty."""
    import shapely

    parts = shapely.get_parts(shape)
    if not len(parts):
        return None
    point = max(parts, key=shapely.area).representative_point()
    return round(point.y, 5), round(point.x, 5)


def isochrones(map_: CoverageMap, seasons: Sequence[str], bands: Sequence[int]) -> list[Json]:
    """Encode what is reached: with so many workers added, in a season, within a band's minutes."""
    frame = map_.isochrones
    found = zip(frame["n_added"], frame["season"], frame["minutes"], frame.geometry, strict=True)
    return [
        {
            "step": int(n_added),
            "season": seasons.index(season),
            "band": bands.index(int(minutes)),
            "outline": outlines(shape, least_hole=_LEAST_HOLE_DEGREES2),
        }
        for n_added, season, minutes, shape in found
        if shape is not None and not shape.is_empty
    ]


def nearest_sites(
    map_: CoverageMap, rows: Sequence[ToldRow], n_added: int
) -> tuple[str | None, ...]:
    """Give the base that is nearest to most areas of each row, the first by id where two tie."""
    site_of = {area: site for n, area, site in map_.catchments if n == n_added}
    found: list[str | None] = []
    for row in rows:
        counted = Counter(site_of[area] for area in row.members if area in site_of)
        found.append(min(counted, key=lambda site: (-counted[site], site), default=None))
    return tuple(found)


def borders(shapes: NDArray[np.object_], nearest: Sequence[str | None]) -> list[str]:
    """Encode the borders of catchments, each line once."""
    import numpy as np
    import shapely

    sites = np.array([site or "" for site in nearest], dtype=object)
    edges = [shapely.boundary(_joined(shapes[sites == site])) for site in sorted(set(sites) - {""})]
    lines = shapely.line_merge(shapely.union_all(edges, grid_size=_GRID_DEGREES))
    parts = shapely.get_parts(shapely.simplify(lines, _TOLERANCE_DEGREES))
    parts = parts[~shapely.is_empty(parts)]
    points, line_of = shapely.get_coordinates(parts, return_index=True)
    first = np.searchsorted(line_of, np.arange(len(parts)))
    return sorted(encode_many(points[:, 0], points[:, 1], first)) if len(parts) else []


def _joined(shapes: NDArray[np.object_]) -> Geometry:
    import shapely

    # Equal borders of two areas may differ in the last digit.
    return shapely.union_all(shapes, grid_size=_GRID_DEGREES)


def _rings(polygon: Polygon, least_hole: float) -> list[str]:
    import shapely

    holes = [ring for ring in polygon.interiors if shapely.Polygon(ring).area >= least_hole]
    rings = [shapely.get_coordinates(ring) for ring in (polygon.exterior, *holes)]
    return [encode(ring[:, 0], ring[:, 1]) for ring in rings]
