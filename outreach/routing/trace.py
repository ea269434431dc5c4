"""Plan → stops and legs as tables, each leg with the roads that it follows."""

from __future__ import annotations

import dataclasses
import logging
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from outreach.errors import PlanningError
from outreach.model import Stop
from outreach.routing import snap as snapping
from outreach.routing.engines.access import NO_WAY, Access, whole
from outreach.routing.matrix import MS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd
    import networkx as nx
    import shapely
    from numpy.typing import NDArray

    from outreach.model import DayRoute, Leg, Plan, Season
    from outreach.routing.road_network import RoadNetwork
    from outreach.routing.snap import SnapParams, Snapped

logger = logging.getLogger(__name__)

CRS = "EPSG:4326"
_CM_PER_M = 100
_CM_BITS = 30
# A plan counts whole seconds, and its file holds positions to about a decimetre.
_DURATION_TOLERANCE_S = 2.0
_DISTANCE_TOLERANCE_M = 2.0

Run = tuple[int, float, float]
"""A stretch of an edge's geometry: the edge, and from which to which fraction of it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Traces:
    """
    A plan laid on the roads; both tables in EPSG:4326, in the order of the plan.

    Parameters
    ----------
    stops
        Every field of `Stop` with `team_id`, `day` and `number`: visits and partners count from
        1 on each day, bases and lodgings have none. Geometry: where the place is.
    legs
        `team_id`, `day`, `circuit_id`, `from_id`, `to_id`, `duration_s`, `distance_m`, `walk_m`,
        and `ferry_m`, the part of the distance that is by ferry. Geometry: from the place
        straight to the road, along the fastest path, and straight to the next place.
    """

    stops: gpd.GeoDataFrame
    legs: gpd.GeoDataFrame


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Path:
    duration_s: float
    distance_m: float
    ferry_m: float
    line: shapely.LineString


def trace(
    plan: Plan,
    network: RoadNetwork,
    *,
    snap: SnapParams | None = None,
    season: Season | None = None,
) -> Traces:
    """
    Lay a plan's stops and legs on the roads.

    Parameters
    ----------
    plan
        Made on these roads.
    network
        The roads.
    snap
        As the plan was made with.
    season
        Whose roads to follow; the plan's by default.

    Raises
    ------
    PlanningError
        When the plan cannot have been made on these roads: a stop is far from them, a leg has no
        path, or takes longer or shorter than the plan says. All such legs are counted, the first
        are named.
    """
    season = season or plan.season
    places = {s.place_id: (s.lon, s.lat) for route in plan.day_routes for s in route.stops}
    snapped = snapping.snap(_points(places), network, params=snap)
    if snapped.unsnapped:
        raise PlanningError(
            "%(ids)s: no road near; this plan was made on other roads, plan again",
            ids=", ".join(loss.beneficiary_id for loss in snapped.unsnapped[:5]),
        )
    paths = _Paths(snapped, network, season, places)
    faults: list[str] = []
    found: dict[tuple[str, str], _Path | None] = {}
    rows, lines = [], []
    for route in plan.day_routes:
        joined = {(a.place_id, b.place_id) for a, b in pairwise(route.stops)}
        for leg in route.legs:
            ends = (leg.from_id, leg.to_id)
            if ends not in joined:
                faults.append(_fault(route, leg, None))
                continue
            if ends not in found:
                found[ends] = paths.between(*ends)
            path = found[ends]
            if path is None or not _agrees(leg, path):
                faults.append(_fault(route, leg, path))
                continue
            rows.append(_leg_row(route, leg, path))
            lines.append(path.line)
    if faults:
        raise PlanningError(
            "%(n)d legs do not agree with the roads: %(legs)s; this plan was made on other roads"
            " or for another season, plan again",
            n=len(faults),
            legs="; ".join(faults[:5]),
        )
    logger.info("traced %d legs, %d of them different", len(rows), len(found))
    return Traces(stops=_stop_table(plan), legs=_leg_table(rows, lines))


class _Paths:
    """Fastest paths between snapped places, by networkx, on the roads cut at the places."""

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
        ms = whole(network.duration_s[season], scale=MS_PER_S)
        cm = whole(network.length_m, scale=_CM_PER_M)
        self._graph = _road_graph(network, _both(ms, cm))
        self._cut(Access.of(snapped, network, ms), Access.of(snapped, network, cm))

    def between(self, from_id: str, to_id: str) -> _Path | None:
        """Give the fastest path, the shortest of equally fast ones; None where there is none."""
        import networkx as nx
        import shapely

        if from_id == to_id:
            here = self._places[from_id]
            line = shapely.LineString([here, here])
            return _Path(duration_s=0.0, distance_m=0.0, ferry_m=0.0, line=line)
        i, j = self._row[from_id], self._row[to_id]
        source, target = self._nodes(i)[0], self._nodes(j)[1]
        try:
            cost, nodes = nx.bidirectional_dijkstra(self._graph, source, target, weight="cost")
        except nx.NetworkXNoPath:
            return None
        hops = [self._graph.edges[hop] for hop in pairwise(nodes)]
        ferry = [hop["cost"] for hop in hops if self._by_ferry(hop["run"][0])]
        walk_s = self._snapped.walk_s[i] + self._snapped.walk_s[j]
        return _Path(
            duration_s=float((cost >> _CM_BITS) / MS_PER_S + walk_s),
            distance_m=_metres(cost),
            ferry_m=sum(map(_metres, ferry)),
            line=shapely.LineString(
                list(
                    _without_repeats(
                        [
                            self._places[from_id],
                            self._on_road(i),
                            *(xy for hop in hops for xy in self._stretch(hop["run"])),
                            self._on_road(j),
                            self._places[to_id],
                        ]
                    )
                )
            ),
        )

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
                self._join(leave, int(ms.out_node[i, column]), out[i, column], (e, f, end))
                self._join(int(ms.in_node[i, column]), arrive, in_[i, column], (e, 1 - end, f))
        direct = _both(ms.direct_cost, cm.direct_cost)
        for i, j, cost in zip(ms.direct_from.tolist(), ms.direct_to.tolist(), direct, strict=True):
            self._join(self._nodes(i)[0], self._nodes(j)[1], cost, (edge[i], at[i], at[j]))

    def _join(self, tail: int, head: int, cost: np.int64, run: Run) -> None:
        known = self._graph.get_edge_data(tail, head)
        if cost < NO_WAY and (known is None or cost < known["cost"]):
            self._graph.add_edge(tail, head, cost=int(cost), run=run)

    def _by_ferry(self, edge: int) -> bool:
        return bool(self._is_ferry[self._network.highway[edge]])

    def _on_road(self, i: int) -> tuple[float, float]:
        return float(self._snapped.road_lon[i]), float(self._snapped.road_lat[i])

    def _stretch(self, run: Run) -> list[tuple[float, float]]:
        """Give the coordinates of the stretch, without the ends that are cut."""
        edge, start, end = run
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
        (u, v, {"cost": c, "run": (e, 0.0, 1.0)})
        for u, v, c, e in zip(
            network.edge_from[order].tolist(),
            network.edge_to[order].tolist(),
            cost[order].tolist(),
            order.tolist(),
            strict=True,
        )
    )
    return graph


def _without_repeats(
    coordinates: list[tuple[float, float]],
) -> Iterator[tuple[float, float]]:
    last = len(coordinates) - 1
    for i, here in enumerate(coordinates):
        # Both ends stay, also of a leg between two places at one point.
        if i in {0, last} or here != coordinates[i - 1]:
            yield here


def _agrees(leg: Leg, path: _Path) -> bool:
    return (
        abs(leg.duration_s - path.duration_s) <= _DURATION_TOLERANCE_S
        and abs(leg.distance_m - path.distance_m) <= _DISTANCE_TOLERANCE_M
    )


def _fault(route: DayRoute, leg: Leg, path: _Path | None) -> str:
    which = f"{route.team_id} day {route.day + 1} {leg.from_id} → {leg.to_id}"
    if path is None:
        return f"{which} has no path"
    return (
        f"{which} {leg.duration_s} s {leg.distance_m:.0f} m planned,"
        f" {path.duration_s:.0f} s {path.distance_m:.0f} m on these roads"
    )


def _points(places: Mapping[str, tuple[float, float]]) -> gpd.GeoDataFrame:
    import geopandas as gpd

    return gpd.GeoDataFrame(
        {"id": list(places)},
        geometry=gpd.points_from_xy(
            [x for x, _ in places.values()], [y for _, y in places.values()]
        ),
        crs=CRS,
    )


def _leg_row(route: DayRoute, leg: Leg, path: _Path) -> dict[str, Any]:
    return {
        "team_id": route.team_id,
        "day": route.day,
        "circuit_id": route.circuit_id,
        "from_id": leg.from_id,
        "to_id": leg.to_id,
        "duration_s": leg.duration_s,
        "distance_m": leg.distance_m,
        "walk_m": leg.walk_m,
        "ferry_m": path.ferry_m,
    }


def _leg_table(rows: list[dict[str, Any]], lines: list[shapely.LineString]) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import pandas as pd

    columns = ["team_id", "day", "circuit_id", "from_id", "to_id"]
    columns += ["duration_s", "distance_m", "walk_m", "ferry_m"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry=lines, crs=CRS)


def _stop_table(plan: Plan) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import pandas as pd

    rows = []
    for route in plan.day_routes:
        number = 0
        for stop in route.stops:
            is_numbered = stop.kind in {"visit", "partner"}
            number += is_numbered
            rows.append(
                {
                    "team_id": route.team_id,
                    "day": route.day,
                    "number": number if is_numbered else None,
                    **dataclasses.asdict(stop),
                }
            )
    columns = ["team_id", "day", "number", *(f.name for f in dataclasses.fields(Stop))]
    table = pd.DataFrame(rows, columns=columns).astype({"number": "Int64"})
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=CRS)
