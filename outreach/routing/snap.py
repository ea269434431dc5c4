"""Places → positions on road edges, with the walk to the road."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from outreach.errors import (
    ConfigError,
    DuplicateIdError,
    InvalidGeometryError,
    Message,
    MissingColumnError,
    MissingCrsError,
)
from outreach.model import Loss

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from outreach.routing.road_network import RoadNetwork

logger = logging.getLogger(__name__)

DEGREE_DECIMALS = 6
"""Positions count to a decimetre, as plan.json keeps them, so that a plan that was read back
snaps as it did when it was made."""

_FARTHEST_M = 1e8
_AT_NODE_M = 0.1
"""So near to the end of an edge, a place is taken to lie on the crossing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapParams:
    """How far a place may lie from its road, and how fast one walks there."""

    max_distance_m: float = 500.0
    walking_kph: float = 4.0

    def __post_init__(self) -> None:
        if not self.max_distance_m > 0:
            raise ConfigError("max_distance_m must be more than 0")
        if not self.walking_kph > 0:
            raise ConfigError("walking_kph must be more than 0")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapped:
    """
    Positions of n places on the edges of a network; read-only arrays of shape (n,).

    Parameters
    ----------
    ids
        Ids of the places that were snapped, ascending.
    edge
        The edge that the place lies on; of a two-way road the edge of lower index; int32.
    fraction
        How far along the edge, in its direction: 0 at its start, 1 at its end.
    road_lon, road_lat
        The position on the road, EPSG:4326 degrees.
    walk_m, walk_s
        From the place to the road, on foot.
    unsnapped
        One loss for each place that no road is near to; `beneficiary_id` is the place's id,
        whatever kind of place it is.
    """

    ids: tuple[str, ...]
    edge: NDArray[np.int32]
    fraction: NDArray[np.float64]
    road_lon: NDArray[np.float64]
    road_lat: NDArray[np.float64]
    walk_m: NDArray[np.float64]
    walk_s: NDArray[np.float64]
    unsnapped: tuple[Loss, ...] = ()

    def __post_init__(self) -> None:
        for name in ("edge", "fraction", "road_lon", "road_lat", "walk_m", "walk_s"):
            getattr(self, name).setflags(write=False)

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: NDArray[np.int64]) -> Snapped:
        """Give the positions at the given indices, without the losses."""
        return Snapped(
            ids=tuple(self.ids[i] for i in rows),
            edge=self.edge[rows],
            fraction=self.fraction[rows],
            road_lon=self.road_lon[rows],
            road_lat=self.road_lat[rows],
            walk_m=self.walk_m[rows],
            walk_s=self.walk_s[rows],
        )

    def joined(self, others: Snapped) -> Snapped:
        """Give these positions and after them those of others, without the losses."""
        return Snapped(
            ids=(*self.ids, *others.ids),
            edge=np.concatenate([self.edge, others.edge]),
            fraction=np.concatenate([self.fraction, others.fraction]),
            road_lon=np.concatenate([self.road_lon, others.road_lon]),
            road_lat=np.concatenate([self.road_lat, others.road_lat]),
            walk_m=np.concatenate([self.walk_m, others.walk_m]),
            walk_s=np.concatenate([self.walk_s, others.walk_s]),
        )


def snap(
    places: gpd.GeoDataFrame, network: RoadNetwork, *, params: SnapParams | None = None
) -> Snapped:
    """
    Attach each place to the nearest point of the road network.

    A place lies where it lies in every season, so the same position serves dry and wet: where
    its road is shut, the matrix says unreachable. Roads that are shut in all seasons are not
    snapped to; those closed for the time being are. A road of the largest strongly connected
    component within the limit is preferred to a nearer one from which nothing can be reached,
    such as a stretch cut off by the extract.

    Parameters
    ----------
    places
        Points with unique `id`, in any CRS; a decimetre (6 decimals of a degree) counts.
    network
        The roads.
    params
        The limit and the walking speed.

    Returns
    -------
    snapped
        Positions sorted by place id, and a loss for each place farther than the limit.

    Raises
    ------
    MissingColumnError, DuplicateIdError, MissingCrsError, InvalidGeometryError
        When the table of places cannot be used.
    """
    import geopandas as gpd
    import shapely

    params = params or SnapParams()
    _check(places)
    order = np.argsort(places["id"].to_numpy(dtype=str), kind="stable")
    ids = places["id"].to_numpy(dtype=str)[order]
    lonlat = shapely.get_coordinates(places.geometry.to_crs("EPSG:4326").array[order])
    rounded = gpd.GeoSeries(
        shapely.points(np.round(lonlat, DEGREE_DECIMALS)), crs="EPSG:4326"
    ).to_crs(network.crs)
    projected = shapely.get_coordinates(rounded.array)
    # Far from its zone a projection may answer with infinity; such a place is far from any road.
    xy = np.nan_to_num(projected, nan=_FARTHEST_M, posinf=_FARTHEST_M, neginf=-_FARTHEST_M)
    points = shapely.points(xy)

    edge = np.full(len(ids), -1, dtype=np.int32)
    walk_m = np.full(len(ids), np.inf)
    roads = _Roads.of(network)
    is_main = (network.is_main[network.edge_from] & network.is_main[network.edge_to])[roads.edge]
    for chosen in (is_main, ~is_main):
        open_ = np.flatnonzero(edge < 0)
        found, near, distance = roads.nearest(points[open_], chosen, params.max_distance_m)
        edge[open_[found]] = near
        walk_m[open_[found]] = distance

    on = np.flatnonzero(edge >= 0)
    lines = roads.lines[np.searchsorted(roads.edge, edge[on])]
    fraction = shapely.line_locate_point(lines, points[on], normalized=True)
    fraction = _at_nodes(np.clip(np.nan_to_num(fraction), 0.0, 1.0), shapely.length(lines))
    road = gpd.GeoSeries(
        shapely.line_interpolate_point(lines, fraction, normalized=True), crs=network.crs
    ).to_crs("EPSG:4326")
    unsnapped = _losses(ids, points, edge < 0, roads, params)
    logger.info("snapped %d of %d places; %d unsnapped", len(on), len(ids), len(unsnapped))
    return Snapped(
        ids=tuple(ids[on].tolist()),
        edge=edge[on],
        fraction=fraction,
        road_lon=road.x.to_numpy(dtype=float),
        road_lat=road.y.to_numpy(dtype=float),
        walk_m=walk_m[on],
        walk_s=walk_m[on] / (params.walking_kph / 3.6),
        unsnapped=unsnapped,
    )


def _check(places: gpd.GeoDataFrame) -> None:
    if "id" not in places.columns:
        raise MissingColumnError("places have no column 'id'; name the column of their ids so")
    ids = places["id"].astype(str)
    twice = sorted(set(ids[ids.duplicated()]))
    if twice:
        raise DuplicateIdError(
            "%(ids)s: used for more than one place; give each place an id of its own",
            ids=", ".join(twice[:5]),
        )
    if places.crs is None:
        raise MissingCrsError("places do not say their CRS; set it, for instance EPSG:4326")
    bad = ids[(places.geometry.geom_type != "Point") | places.geometry.is_empty].tolist()
    if bad:
        raise InvalidGeometryError(
            "%(ids)s: not a point; give each place one longitude and latitude",
            ids=", ".join(bad[:5]),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Roads:
    """The roads that can be ridden in some season, once each, projected."""

    edge: NDArray[np.int64]
    lines: NDArray[Any]

    @classmethod
    def of(cls, network: RoadNetwork) -> _Roads:
        import pyproj
        import shapely

        index = np.arange(network.n_edges)
        # Both edges of a two-way road have one geometry: the lower stands for both.
        is_first = (network.reverse < 0) | (index <= network.reverse)
        is_open = np.zeros(network.n_edges, dtype=bool)
        for season in network.duration_s:
            is_open |= np.isfinite(network.stretch_s(season))
        if network.n_edges:
            back = np.where(network.reverse < 0, index, network.reverse)
            is_open |= is_open[back]
        edge = np.flatnonzero(is_first & is_open)

        counts = np.diff(network.shape_offsets)
        line = np.repeat(index, counts)
        kept = (is_first & is_open)[line]
        to_metres = pyproj.Transformer.from_crs("EPSG:4326", network.crs, always_xy=True)
        x, y = to_metres.transform(network.shape_lon[kept], network.shape_lat[kept])
        lines = shapely.linestrings(x, y, indices=np.repeat(np.arange(len(edge)), counts[edge]))
        return cls(edge=edge, lines=lines)

    def nearest(
        self, points: NDArray[Any], chosen: NDArray[np.bool_], max_distance_m: float | None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Give the points that have a road within the limit, that road, and how far it is."""
        import shapely

        of = np.flatnonzero(chosen)
        if not len(of) or not len(points):
            return np.zeros(0, dtype=int), np.zeros(0, dtype=int), np.zeros(0)
        tree = shapely.STRtree(self.lines[of])
        (point, line), distance = tree.query_nearest(
            points, max_distance=max_distance_m, return_distance=True
        )
        # Ties go to the lowest edge index, so equal inputs snap equally.
        by_edge = np.lexsort((line, point))
        point, first = np.unique(point[by_edge], return_index=True)
        return point, self.edge[of[line[by_edge][first]]], distance[by_edge][first]


def _at_nodes(fraction: NDArray[np.float64], length_m: NDArray[np.float64]) -> NDArray[np.float64]:
    start_m, end_m = fraction * length_m, (1 - fraction) * length_m
    is_start = (start_m <= _AT_NODE_M) & (start_m <= end_m)
    return np.where(is_start, 0.0, np.where(end_m <= _AT_NODE_M, 1.0, fraction))


def _losses(
    ids: NDArray[Any],
    points: NDArray[Any],
    is_lost: NDArray[np.bool_],
    roads: _Roads,
    params: SnapParams,
) -> tuple[Loss, ...]:
    lost = np.flatnonzero(is_lost)
    any_road = np.ones(len(roads.edge), dtype=bool)
    found, _, distance = roads.nearest(points[lost], any_road, None)
    distance_m = np.full(len(lost), _FARTHEST_M)
    distance_m[found] = distance
    return tuple(
        Loss(
            kind="unsnapped",
            beneficiary_id=str(ids[i]),
            reason="no_road_near",
            detail=Message(
                "the nearest road is %(distance_m)d m away, the limit is %(limit_m)d m; check the"
                " position, or raise max_distance_m",
                {"distance_m": round(float(m)), "limit_m": round(params.max_distance_m)},
            ),
        )
        for i, m in zip(lost, distance_m, strict=True)
    )
