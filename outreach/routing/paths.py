"""Fastest paths between the places of a plan, each with the roads that it follows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from outreach.errors import PlanningError
from outreach.routing import snap as snapping
from outreach.routing.engines.access import NO_WAY, Access, whole
from outreach.routing.matrix import MS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import geopandas as gpd
    import networkx as nx
    import shapely
    from numpy.typing import NDArray

    from outreach.model import Plan, Season
    from outreach.routing.road_network import RoadNetwork
    from outreach.routing.snap import SnapParams, Snapped

CRS = "EPSG:4326"
SOFT_RATIO = 1.05
"""So much slower in the wet season than in the dry, a road counts as soft."""
SOFT_FROM_M = 500.0
"""From so much soft road on, a way is warned of."""

_CM_PER_M = 100
_CM_BITS = 30


class Run(NamedTuple):
    """A stretch of an edge's geometry, from which to which fraction of it; backwards too."""

    edge: int
    starts_at: float
    ends_at: float


class Hop(NamedTuple):
    """What a path passes between two nodes; its cost is time and length in one integer."""

    run: Run
    cost: int

    @property
    def distance_m(self) -> float:
        """Length of the stretch."""
        return _metres(self.cost)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Path:
    """
    The way from one place to another; lines in EPSG:4326.

    Parameters
    ----------
    hops
        The stretches of road, in order.
    duration_s
        Riding and the walks at both ends.
    distance_m, ferry_m
        By road and ferry; of it by ferry.
    soft_m, soft
        Of it on soft roads, which the rain slows down or shuts: length, and a line for each
        stretch without a break.
    line
        From the place straight to the road, along it, and straight to the next place.
    """

    hops: tuple[Hop, ...]
    duration_s: float
    distance_m: float
    ferry_m: float
    soft_m: float
    soft: tuple[shapely.LineString, ...]
    line: shapely.LineString


class Paths:
    """
    Paths between snapped places, by networkx, on the roads cut at the places.

    Parameters
    ----------
    snapped
        The places on their roads.
    network
        The roads.
    season
        Whose travel times count.
    places
        Longitude and latitude by place id, EPSG:4326.
    """

    def __init__(
        self,
        snapped: Snapped,
        network: RoadNetwork,
        season: Season,
        places: Mapping[str, tuple[float, float]],
    ) -> None:
        import pyproj

        self._to_metres = pyproj.Transformer.from_crs(CRS, network.crs, always_xy=True)
        self._snapped = snapped
        self._network = network
        self._places = places
        self._row = {place_id: i for i, place_id in enumerate(snapped.ids)}
        self._is_ferry = np.array([name == "ferry" for name in network.highway_classes])
        self._is_soft = network.stretch_s("wet") > SOFT_RATIO * network.stretch_s("dry")
        ms = whole(network.duration_s[season], scale=MS_PER_S)
        cm = whole(network.length_m, scale=_CM_PER_M)
        self.cost = _both(ms, cm)
        """Cost of each edge, `NO_WAY` where shut; shape (m,)."""
        self.graph = _road_graph(network, self.cost)
        """Nodes by position; on each edge the `Hop` between them, and its `cost`."""
        stretch_ms = whole(network.stretch_s(season), scale=MS_PER_S)
        self._cut(Access.of(snapped, network, stretch_ms), Access.of(snapped, network, cm))

    @classmethod
    def of(
        cls, plan: Plan, network: RoadNetwork, *, snap: SnapParams | None, season: Season | None
    ) -> Paths:
        """
        Hang the places of a plan on the roads.

        Raises
        ------
        PlanningError
            When a stop is far from these roads, on which the plan cannot have been made.
        """
        places = {s.place_id: (s.lon, s.lat) for route in plan.day_routes for s in route.stops}
        snapped = snapping.snap(_points(places), network, params=snap)
        if snapped.unsnapped:
            raise PlanningError(
                "%(ids)s: no road near; this plan was made on other roads, plan again",
                ids=", ".join(loss.beneficiary_id for loss in snapped.unsnapped[:5]),
            )
        return cls(snapped, network, season or plan.season, places)

    def between(self, from_id: str, to_id: str) -> Path | None:
        """Give the fastest path, the shortest of equally fast ones; None where there is none."""
        import networkx as nx
        import shapely

        if from_id == to_id:
            here = self._places[from_id]
            line = shapely.LineString([here, here])
            return Path(
                hops=(),
                duration_s=0.0,
                distance_m=0.0,
                ferry_m=0.0,
                soft_m=0.0,
                soft=(),
                line=line,
            )
        source, target = self.ends(from_id, to_id)
        try:
            _, nodes = nx.bidirectional_dijkstra(self.graph, source, target, weight="cost")
        # Nothing leads to or from a place whose whole road is shut.
        except (nx.NetworkXNoPath, nx.NodeNotFound):
            return None
        return self.along(from_id, to_id, [self.graph.edges[ab]["hop"] for ab in pairwise(nodes)])

    def ends(self, from_id: str, to_id: str) -> tuple[int, int]:
        """Give the nodes of the graph at which a path between two places starts and ends."""
        return self._nodes(self._row[from_id])[0], self._nodes(self._row[to_id])[1]

    def along(self, from_id: str, to_id: str, hops: Sequence[Hop]) -> Path:
        """Lay out the path between two places that passes these stretches."""
        import shapely

        i, j = self._row[from_id], self._row[to_id]
        cost = sum(hop.cost for hop in hops)
        walk_s = self._snapped.walk_s[i] + self._snapped.walk_s[j]
        points = [[self._on_road(i)], *map(self._stretch, hops), [self._on_road(j)]]
        road = [xy for stretch in points for xy in stretch]
        line = _without_repeats([self._places[from_id], *road, self._places[to_id]])
        soft = [self.is_soft(hop.run) for hop in hops]
        return Path(
            hops=tuple(hops),
            duration_s=float((cost >> _CM_BITS) / MS_PER_S + walk_s),
            distance_m=_metres(cost),
            ferry_m=sum(hop.distance_m for hop in hops if self._by_ferry(hop.run.edge)),
            soft_m=sum(hop.distance_m for hop, is_soft in zip(hops, soft, strict=True) if is_soft),
            soft=tuple(_lines(points, soft)),
            line=shapely.LineString(list(line)),
        )

    def is_soft(self, run: Run) -> bool:
        """Tell whether the rain slows down or shuts this stretch."""
        is_along = run.starts_at <= run.ends_at
        return bool(self._is_soft[run.edge if is_along else self._network.reverse[run.edge]])

    def _nodes(self, i: int) -> tuple[int, int]:
        """Give the node from which place i is left, and the one at which it is reached."""
        return self._network.n_nodes + 2 * i, self._network.n_nodes + 2 * i + 1

    def _cut(self, ms: Access, cm: Access) -> None:
        """Hang the places on the graph; what leaves a place is not what arrives there."""
        edge, at = self._snapped.edge.tolist(), self._snapped.fraction.tolist()
        out, in_ = _both(ms.out_cost, cm.out_cost), _both(ms.in_cost, cm.in_cost)
        for i, (e, f) in enumerate(zip(edge, at, strict=True)):
            leave, arrive = self._nodes(i)
            for column, end in ((0, 1.0), (1, 0.0)):
                self._join(leave, int(ms.out_node[i, column]), out[i, column], Run(e, f, end))
                self._join(int(ms.in_node[i, column]), arrive, in_[i, column], Run(e, 1 - end, f))
        direct = _both(ms.direct_cost, cm.direct_cost)
        for i, j, cost in zip(ms.direct_from.tolist(), ms.direct_to.tolist(), direct, strict=True):
            run = Run(edge[i], at[i], at[j])
            self._join(self._nodes(i)[0], self._nodes(j)[1], cost, run)

    def _join(self, tail: int, head: int, cost: np.int64, run: Run) -> None:
        known = self.graph.get_edge_data(tail, head)
        if cost < NO_WAY and (known is None or cost < known["cost"]):
            self.graph.add_edge(tail, head, cost=int(cost), hop=Hop(run, int(cost)))

    def _by_ferry(self, edge: int) -> bool:
        return bool(self._is_ferry[self._network.highway[edge]])

    def _on_road(self, i: int) -> tuple[float, float]:
        return float(self._snapped.road_lon[i]), float(self._snapped.road_lat[i])

    def _stretch(self, hop: Hop) -> list[tuple[float, float]]:
        """Give the coordinates of the stretch, without the ends that are cut."""
        edge, start, end = hop.run
        ends = slice(*self._network.shape_offsets[edge : edge + 2])
        lon, lat = self._network.shape_lon[ends], self._network.shape_lat[ends]
        if {start, end} != {0.0, 1.0}:
            low, high = min(start, end), max(start, end)
            along = self._fractions(lon, lat)
            inside = (along >= low) & (along <= high)
            lon, lat = lon[inside], lat[inside]
        coordinates = list(zip(lon.tolist(), lat.tolist(), strict=True))
        return coordinates if start <= end else coordinates[::-1]

    def _fractions(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give how far along the edge each of its coordinates is, measured as snapping does."""
        x, y = self._to_metres.transform(lon, lat)
        along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
        fractions: NDArray[np.float64] = along / (along[-1] or 1.0)
        return fractions


def _both(ms: NDArray[np.int64], cm: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pack time and length into one cost, so that ties in time go to the shorter path."""
    is_way = (ms < NO_WAY) & (cm < NO_WAY)
    return np.where(is_way, (np.where(is_way, ms, 0) << _CM_BITS) + cm, NO_WAY)


def _metres(cost: int) -> float:
    return float((cost & (2**_CM_BITS - 1)) / _CM_PER_M)


def _road_graph(network: RoadNetwork, cost: NDArray[np.int64]) -> nx.DiGraph:
    """Make the graph of the edges that are open, of parallel ones the cheapest."""
    import networkx as nx

    order = np.argsort(-cost, kind="stable")
    order = order[cost[order] < NO_WAY]
    graph = nx.DiGraph()
    # The last of parallel edges stays, which is the cheapest in this order.
    graph.add_edges_from(
        (u, v, {"cost": c, "hop": Hop(Run(e, 0.0, 1.0), c)})
        for u, v, c, e in zip(
            network.edge_from[order].tolist(),
            network.edge_to[order].tolist(),
            cost[order].tolist(),
            order.tolist(),
            strict=True,
        )
    )
    return graph


def _lines(
    points: list[list[tuple[float, float]]], soft: list[bool]
) -> Iterator[shapely.LineString]:
    """Draw each run of soft stretches; the cut ends of the path stand before and after all."""
    import shapely

    at = 1
    for is_soft, run in groupby(soft):
        end = at + len(list(run))
        if is_soft:
            first, last = at - (at == 1), end + (end == len(points) - 1)
            whole_run = [xy for stretch in points[first:last] for xy in stretch]
            drawn = [xy for k, xy in enumerate(whole_run) if k == 0 or xy != whole_run[k - 1]]
            if len(drawn) > 1:
                yield shapely.LineString(drawn)
        at = end


def _without_repeats(coordinates: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    last = len(coordinates) - 1
    for i, here in enumerate(coordinates):
        # Both ends stay, also of a leg between two places at one point.
        if i in {0, last} or here != coordinates[i - 1]:
            yield here


def _points(places: Mapping[str, tuple[float, float]]) -> gpd.GeoDataFrame:
    import geopandas as gpd

    return gpd.GeoDataFrame(
        {"id": list(places)},
        geometry=gpd.points_from_xy(
            [x for x, _ in places.values()], [y for _, y in places.values()]
        ),
        crs=CRS,
    )
