"""What can be reached from the bases in time: polygons along the roads, and who lives there."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outreach.layers.areas import EQUAL_AREA_CRS
from outreach.routing.engines.access import NO_WAY, Access, whole
from outreach.routing.matrix import MS_PER_S
from outreach.units import MINUTE_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from outreach.model import Season
    from outreach.routing.road_network import RoadNetwork
    from outreach.routing.snap import Snapped

logger = logging.getLogger(__name__)

_FERRY = "ferry"
_FAR_M = 1e7
# Beyond where people walk to, so that the border lies between known cells.
_MARGIN_CELLS = 2
_COARSER = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class IsochroneParams:
    """
    How isochrones are drawn.

    Parameters
    ----------
    reach_m
        So far from a road, on foot, people are still reached; as far as places are snapped.
    walking_kph
        The walk takes its time from the ride.
    cell_m
        Of the grid; a border lies inside of what is reached, by less than so much.
    least_hole_m2
        Smaller holes, between roads that are reached, are filled though nobody walks there in time.
    most_vertices
        About so many in one band; a longer border is simplified further.
    """

    reach_m: float = 500.0
    walking_kph: float = 4.0
    cell_m: float = 100.0
    least_hole_m2: float = 500_000.0
    most_vertices: int = 2500


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoadPoints:
    """
    Points along the roads, half a cell from each other at most, once for all isochrones.

    Parameters
    ----------
    edge
        Edge of each of p points, of a two-way road the one of lower index; ascending.
    fraction
        How far along the edge.
    x, y
        In the network's projected CRS.
    """

    edge: NDArray[np.int64]
    fraction: NDArray[np.float64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]


def road_points(network: RoadNetwork, *, params: IsochroneParams | None = None) -> RoadPoints:
    """Lay points along all roads; ferries have none, as nobody lives on their way."""
    import pyproj
    import shapely

    params = params or IsochroneParams()
    index = np.arange(network.n_edges)
    is_ferry = np.array([name == _FERRY for name in network.highway_classes], dtype=bool)
    is_kept = (network.reverse < 0) | (index < network.reverse)
    if network.n_edges:
        is_kept &= ~is_ferry[network.highway]
    edges = np.flatnonzero(is_kept)
    counts = np.diff(network.shape_offsets)
    of = np.repeat(index, counts)
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", network.crs, always_xy=True)
    x, y = to_metres.transform(network.shape_lon[is_kept[of]], network.shape_lat[is_kept[of]])
    lines = shapely.linestrings(x, y, indices=np.repeat(np.arange(len(edges)), counts[edges]))
    n_each = 1 + np.ceil(shapely.length(lines) / (params.cell_m / 2)).astype(np.int64)
    line = np.repeat(np.arange(len(edges)), n_each)
    rank = np.arange(len(line)) - np.repeat(np.cumsum(n_each) - n_each, n_each)
    fraction = rank / np.maximum(n_each[line] - 1, 1)
    at = shapely.get_coordinates(
        shapely.line_interpolate_point(lines[line], fraction, normalized=True)
    )
    return RoadPoints(edge=edges[line], fraction=fraction, x=at[:, 0], y=at[:, 1])


def isochrones(
    network: RoadNetwork,
    bases: Snapped,
    *,
    minutes: Sequence[int],
    season: Season,
    params: IsochroneParams | None = None,
    points: RoadPoints | None = None,
) -> gpd.GeoDataFrame:
    """
    Draw what is reached from the nearest of several bases in so many minutes.

    A place belongs to a band when the way along the roads and the walk from there take no longer;
    in each band are those of fewer minutes. Where time runs out between two crossings, the band
    ends there.

    Parameters
    ----------
    network
        The roads.
    bases
        Their positions on the roads; the walk to the road counts.
    minutes
        Of each band.
    season
        Whose travel times count.
    params
        How it is drawn.
    points
        Of `road_points`, for the same network and params, where several are drawn.

    Returns
    -------
    bands
        `season`, `minutes`, `geometry` (EPSG:4326), the largest first; none for a band in which
        nothing lies.
    """
    import geopandas as gpd

    params = params or IsochroneParams()
    points = points or road_points(network, params=params)
    reached_s = _reached_s(network, bases, season, points, MINUTE_S * max(minutes, default=0))
    field = _Field.of(points, reached_s, params)
    regions: list[tuple[int, Polygon | MultiPolygon]] = []
    if field is not None:
        for band in sorted(set(minutes)):
            region = _simplified(field.within(MINUTE_S * band), params)
            if regions:
                region = region.union(regions[-1][1])
            if not region.is_empty:
                regions.append((band, region))
    regions.reverse()
    logger.info("%d isochrones (%s) from %d bases", len(regions), season, len(bases))
    table = {"season": [season] * len(regions), "minutes": [band for band, _ in regions]}
    frame = gpd.GeoDataFrame(table, geometry=[region for _, region in regions], crs=network.crs)
    return frame.to_crs("EPSG:4326")


def population_within(
    areas: gpd.GeoDataFrame, bands: gpd.GeoDataFrame
) -> Mapping[tuple[Season, int], int]:
    """
    Estimate who lives in each band, by season and minutes.

    An approximation: the people of an area are taken to live evenly all over it (areal
    weighting), so where they live along the roads it tells too few. Areas must not overlap, and
    those without a population count nobody; where no area has one, nothing is told.

    Parameters
    ----------
    areas
        `population` (NaN: not known) and polygons.
    bands
        Of `isochrones`.
    """
    import shapely

    known = areas[areas["population"].notna()]
    if not len(known):
        return {}
    flat = known.geometry.to_crs(EQUAL_AREA_CRS).to_numpy()
    people = known["population"].to_numpy(dtype=float)
    told: dict[tuple[Season, int], int] = {}
    reached = bands.geometry.to_crs(EQUAL_AREA_CRS)
    for season, minutes, region in zip(bands["season"], bands["minutes"], reached, strict=True):
        share = shapely.area(shapely.intersection(flat, region)) / shapely.area(flat)
        told[season, int(minutes)] = round(float(share @ people))
    return told


def _reached_s(
    network: RoadNetwork,
    bases: Snapped,
    season: Season,
    points: RoadPoints,
    most_s: float,
) -> NDArray[np.float64]:
    """Seconds from the nearest base to each point; `inf` beyond `most_s` or without a way."""
    ms = whole(network.duration_s[season], scale=MS_PER_S)
    node_ms = _node_ms(network, bases, ms, most_s * MS_PER_S)
    edge, back = points.edge, network.reverse[points.edge]
    along = np.where(ms < NO_WAY, ms, np.inf)
    against = np.where(back < 0, np.inf, along[back])
    # A crossing is reached even where the road itself may not be ridden that way.
    ahead, behind = _part(points.fraction, along[edge]), _part(1 - points.fraction, against)
    reached = np.minimum(
        node_ms[network.edge_from[edge]] + ahead, node_ms[network.edge_to[edge]] + behind
    )
    for base_edge, at, walk_s in zip(bases.edge, bases.fraction, bases.walk_s, strict=True):
        here = slice(*np.searchsorted(edge, [base_edge, base_edge + 1]))
        offset = points.fraction[here] - at
        cost = np.where(offset >= 0, along[base_edge], against[here])
        reached[here] = np.minimum(reached[here], walk_s * MS_PER_S + _part(abs(offset), cost))
    reached_s: NDArray[np.float64] = np.where(reached <= most_s * MS_PER_S, reached, np.inf)
    return reached_s / MS_PER_S


def _part(share: NDArray[np.float64], cost: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cost of a part of an edge; nothing of a shut one costs nothing."""
    return np.multiply(share, cost, out=np.zeros_like(share), where=share > 0)


def _node_ms(
    network: RoadNetwork, bases: Snapped, ms: NDArray[np.int64], most_ms: float
) -> NDArray[np.float64]:
    """Milliseconds from the nearest base to each node, from one node that leads to all bases."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    n = network.n_nodes
    access = Access.of(bases, network, ms)
    walk_ms = np.rint(bases.walk_s * MS_PER_S).astype(np.int64)
    # A sparse matrix takes weight 0 for no edge; each path has one of these edges.
    start = (access.out_cost + walk_ms[:, None]).ravel() + 1
    tail = np.concatenate([network.edge_from, np.full(len(start), n)])
    head = np.concatenate([network.edge_to, access.out_node.ravel()])
    cost = np.concatenate([ms, start])
    order = np.lexsort((cost, head, tail))
    order = order[cost[order] < NO_WAY]
    # Of parallel edges the fastest counts; the matrix would add them up.
    _, first = np.unique(tail[order] * (n + 1) + head[order], return_index=True)
    order = order[first]
    graph = csr_array((cost[order].astype(float), (tail[order], head[order])), shape=(n + 1, n + 1))
    reached: NDArray[np.float64] = dijkstra(graph, indices=n, limit=most_ms + 1)[:n] - 1
    return reached


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Field:
    """
    Least time to get to the centre of each cell of a grid, ride and walk, and how far roads are.

    Levels of one field are nested, and the walk may start at any road, not only the nearest.
    """

    west: float
    south: float
    seconds: NDArray[np.float64]
    from_road_m: NDArray[np.float64]
    params: IsochroneParams

    @classmethod
    def of(
        cls, points: RoadPoints, reached_s: NDArray[np.float64], params: IsochroneParams
    ) -> _Field | None:
        """Spread the times at the roads as people walk; None: nothing is reached."""
        from scipy.ndimage import distance_transform_edt

        is_reached = np.isfinite(reached_s)
        if not is_reached.any():
            return None
        x, y = points.x[is_reached], points.y[is_reached]
        cell = params.cell_m
        margin = int(np.ceil(params.reach_m / cell)) + _MARGIN_CELLS
        # Whole multiples of a cell: the same ground has the same cells, whatever is reached.
        west = (np.floor(x.min() / cell) - margin) * cell
        south = (np.floor(y.min() / cell) - margin) * cell
        column = ((x - west) // cell).astype(np.int64)
        row = ((y - south) // cell).astype(np.int64)
        at_road = np.full((row.max() + margin + 1, column.max() + margin + 1), np.inf)
        np.minimum.at(at_road, (row, column), reached_s[is_reached])
        return cls(
            west=west + cell / 2,
            south=south + cell / 2,
            seconds=_walked(at_road, margin, cell / (params.walking_kph / 3.6)),
            from_road_m=cell * distance_transform_edt(np.isinf(at_road)),
            params=params,
        )

    def within(self, most_s: float) -> Polygon | MultiPolygon:
        """Draw the border of what is reached in time, in the network's projected CRS."""
        import shapely
        from contourpy import FillType, contour_generator

        # Both limits in metres, so that the border between two cells lies where it should.
        late_m = (self.seconds - most_s) * (self.params.walking_kph / 3.6)
        beyond_m = np.maximum(late_m, self.from_road_m - self.params.reach_m)
        n_rows, n_columns = beyond_m.shape
        contours = contour_generator(
            x=self.west + self.params.cell_m * np.arange(n_columns),
            y=self.south + self.params.cell_m * np.arange(n_rows),
            z=np.clip(beyond_m, -_FAR_M, _FAR_M),
            fill_type=FillType.OuterOffset,
        )
        found = contours.filled(-2 * _FAR_M, 0.0)
        polygons = []
        for xy, offsets in zip(*found, strict=True):
            shell, *holes = np.split(xy, offsets[1:-1])
            polygons.append(shapely.Polygon(shell, holes))
        region: Polygon | MultiPolygon = shapely.union_all(shapely.buffer(polygons, 0))
        return region


def _walked(at_road: NDArray[np.float64], n_cells: int, cell_s: float) -> NDArray[np.float64]:
    """
    Give the least time to each cell by a straight walk of so many cells from some road.

    No road lies nearer to the edge of the grid than that.
    """
    seconds = at_road.copy()
    cells = seconds.reshape(-1)
    roads = np.flatnonzero(np.isfinite(at_road))
    ridden_s = cells[roads]
    for down in range(-n_cells, n_cells + 1):
        for right in range(-n_cells, n_cells + 1):
            if 0 < (squared := down**2 + right**2) <= n_cells**2:
                there = roads + (down * at_road.shape[1] + right)
                walked_s = ridden_s + float(np.sqrt(squared)) * cell_s
                cells[there] = np.minimum(cells[there], walked_s)
    return seconds


def _simplified(region: Polygon | MultiPolygon, params: IsochroneParams) -> Polygon | MultiPolygon:
    """Fill small holes, and take out vertices until the border is short enough."""
    import shapely

    parts = shapely.get_parts(region)
    filled = shapely.union_all([_without_small_holes(part, params.least_hole_m2) for part in parts])
    tolerance_m = params.cell_m / 4
    simple: Polygon | MultiPolygon = shapely.simplify(filled, tolerance_m)
    while (
        shapely.get_num_coordinates(simple) > params.most_vertices and tolerance_m < params.reach_m
    ):
        tolerance_m *= _COARSER
        simple = shapely.simplify(filled, tolerance_m)
    return simple


def _without_small_holes(part: Polygon, least_m2: float) -> Polygon:
    import shapely

    holes = [ring for ring in part.interiors if shapely.Polygon(ring).area >= least_m2]
    return shapely.Polygon(part.exterior, holes)
