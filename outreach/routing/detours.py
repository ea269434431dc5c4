"""
The second-best way of each leg: what to do where a road turns out to be shut.

The penalty method: roads of the best way are made dearer, then the best way is looked for again.
It finds one way that shares little with the first, where shortest paths in order of length
(Yen) would differ by a block. Where the best way has soft stretches, these are what the rain
shuts, so the other way is one around them, and may share the rest.
"""

from __future__ import annotations

import logging
import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from outreach.routing.engines.access import NO_WAY
from outreach.routing.paths import CRS, SOFT_FROM_M, Hop, Path, Paths, Run
from outreach.units import MINUTE_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import geopandas as gpd

    from outreach.model import Plan, Season
    from outreach.routing.road_network import RoadNetwork
    from outreach.routing.snap import SnapParams

logger = logging.getLogger(__name__)

APPROACH_M = 300.0
"""So near to either end a road is shared without a penalty: most doors have only one."""

# A mild one finds a way that is hardly longer; if all is shared, one that avoids at any price.
_PENALTIES = (5, 50)
_LEAST_APART = 0.3
_MOST_SOFT_SHARED = 0.5
_MOST_TIMES, _MOST_LONGER_S = 3.0, 30 * MINUTE_S

Ends = tuple[int, int]
Spans = dict[int, list[tuple[float, float]]]
"""Stretches by road, as fractions along the one of its two edges that has the lower index."""


def find_detours(
    plan: Plan,
    network: RoadNetwork,
    *,
    snap: SnapParams | None = None,
    season: Season | None = None,
) -> gpd.GeoDataFrame:
    """
    Find the second-best way of every leg of a plan.

    A leg has one when it differs from the best on at least 30 % of its length, and takes at most
    three times as long or half an hour longer. Near neighbours (600 m) have none. A leg with
    500 m of soft road or more, however short, has one when it shares at most half of that.

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

    Returns
    -------
    detours
        `from_id`, `to_id`, `duration_s` (whole seconds, with the walks at both ends),
        `distance_m` (by road and ferry), `soft_m` (of it on soft roads) and `shared_soft_m` (of
        that on soft roads of the best way), one row for each ordered pair that has a second way,
        in the order of the plan; lines from place to place in EPSG:4326.

    Raises
    ------
    PlanningError
        When a stop is far from these roads, on which the plan cannot have been made.
    """
    import geopandas as gpd

    # A dict keeps the order of the plan, which a set would not.
    pairs = dict.fromkeys(
        (leg.from_id, leg.to_id)
        for route in plan.day_routes
        for leg in route.legs
        if leg.distance_m >= SOFT_FROM_M
    )
    search = _Search(Paths.of(plan, network, snap=snap, season=season), network)
    found = {pair: search.second(*pair) for pair in pairs}
    ways = {pair: detour for pair, detour in found.items() if detour is not None}
    logger.info("found a second way for %d of %d legs", len(ways), len(pairs))
    columns: dict[str, list[Any]] = {
        "from_id": [a for a, _ in ways],
        "to_id": [b for _, b in ways],
        "duration_s": [math.ceil(way.path.duration_s) for way in ways.values()],
        "distance_m": [way.path.distance_m for way in ways.values()],
        "soft_m": [way.path.soft_m for way in ways.values()],
        "shared_soft_m": [way.shared_soft_m for way in ways.values()],
    }
    return gpd.GeoDataFrame(columns, geometry=[w.path.line for w in ways.values()], crs=CRS)


class _Detour(NamedTuple):
    path: Path
    shared_soft_m: float


class _Search:
    def __init__(self, paths: Paths, network: RoadNetwork) -> None:
        self._paths = paths
        self._edge_from, self._edge_to = network.edge_from.tolist(), network.edge_to.tolist()
        self._reverse = network.reverse.tolist()
        self._parallels = _parallels(paths, network)

    def second(self, from_id: str, to_id: str) -> _Detour | None:
        """Give the second-best way, where there is one worth telling."""
        best = self._paths.between(from_id, to_id)
        if best is None:
            return None
        limit_s = max(_MOST_TIMES * best.duration_s, best.duration_s + _MOST_LONGER_S)
        if best.soft_m >= SOFT_FROM_M:
            return self._around_soft(from_id, to_id, best, limit_s)
        if best.distance_m <= 2 * APPROACH_M:
            return None
        for penalty in _PENALTIES:
            second = self._avoiding(from_id, to_id, _beyond_ends(best.hops), penalty)
            shared_m = self._shared_m(second, (hop.run for hop in best.hops))
            if second.distance_m - shared_m >= _LEAST_APART * second.distance_m:
                is_told = second.duration_s <= limit_s
                return _Detour(second, self._soft_shared_m(second, best)) if is_told else None
        return None

    def _around_soft(self, from_id: str, to_id: str, best: Path, limit_s: float) -> _Detour | None:
        """Find the way around soft roads; one that is dearer must share clearly less of them."""
        told: _Detour | None = None
        for penalty in _PENALTIES:
            second = self._avoiding(from_id, to_id, self._soft(best), penalty)
            detour = _Detour(second, self._soft_shared_m(second, best))
            is_apart = detour.shared_soft_m <= _MOST_SOFT_SHARED * best.soft_m
            is_better = told is None or detour.shared_soft_m <= told.shared_soft_m - SOFT_FROM_M
            if is_apart and is_better and second.duration_s <= limit_s:
                told = detour
        return told

    def _avoiding(self, from_id: str, to_id: str, shut: Iterable[Run], penalty: int) -> Path:
        """Find the way where these stretches cost more."""
        ends = self._paths.ends(from_id, to_id)
        hops = self._cheapest(ends, self._dearer(ends, self._spans(shut), penalty))
        return self._paths.along(from_id, to_id, hops)

    def _soft(self, path: Path) -> Iterator[Run]:
        return (hop.run for hop in path.hops if self._paths.is_soft(hop.run))

    def _soft_shared_m(self, second: Path, best: Path) -> float:
        return self._shared_m(second, self._soft(best))

    def _shared_m(self, second: Path, runs: Iterable[Run]) -> float:
        spans = self._spans(runs)
        return sum(self._shared(hop.run, spans) * hop.distance_m for hop in second.hops)

    def _cheapest(
        self, ends: tuple[int, int], dearer: Mapping[Ends, tuple[int, Hop]]
    ) -> tuple[Hop, ...]:
        """Find the cheapest way where some hops are dearer; there is one, since the best is."""
        import networkx as nx

        def cost(tail: int, head: int, hop: Mapping[str, int]) -> int:
            known = dearer.get((tail, head))
            return hop["cost"] if known is None else known[0]

        graph = self._paths.graph
        _, nodes = nx.bidirectional_dijkstra(graph, *ends, weight=cost)
        return tuple(
            dearer[hop][1] if hop in dearer else graph.edges[hop]["hop"] for hop in pairwise(nodes)
        )

    def _dearer(
        self, ends: tuple[int, int], spans: Spans, penalty: int
    ) -> dict[Ends, tuple[int, Hop]]:
        """Price all that runs along these spans, either way; of parallels take the cheapest."""
        graph = self._paths.graph
        # What joins the two places to the road can run along it as well, past the nodes.
        passed: set[Ends] = {*graph.out_edges(ends[0]), *graph.in_edges(ends[1])}
        for edge in spans:
            tail, head = self._edge_from[edge], self._edge_to[edge]
            passed |= {hop for hop in ((tail, head), (head, tail)) if graph.has_edge(*hop)}
        return {
            hop: min(
                (self._price(way, spans, penalty), way)
                for way in (graph.edges[hop]["hop"], *self._parallels.get(hop, ()))
            )
            for hop in passed
        }

    def _price(self, hop: Hop, spans: Spans, penalty: int) -> int:
        per_mille = round(1000 * self._shared(hop.run, spans))
        return hop.cost + (penalty - 1) * hop.cost * per_mille // 1000

    def _spans(self, runs: Iterable[Run]) -> Spans:
        spans: Spans = {}
        for run in runs:
            edge, low, high = self._span(run)
            spans.setdefault(edge, []).append((low, high))
        return spans

    def _span(self, run: Run) -> tuple[int, float, float]:
        """Tell where on its road a run lies, whichever way it goes."""
        low, high = sorted((run.starts_at, run.ends_at))
        back = self._reverse[run.edge]
        return (back, 1 - high, 1 - low) if 0 <= back < run.edge else (run.edge, low, high)

    def _shared(self, run: Run, spans: Spans) -> float:
        """Tell which part of a run lies on the spans."""
        edge, low, high = self._span(run)
        shared = sum(max(0.0, min(high, b) - max(low, a)) for a, b in spans.get(edge, ()))
        return shared / (high - low) if high > low else 0.0


def _beyond_ends(hops: Sequence[Hop]) -> Iterator[Run]:
    """Give the runs of a path, cut off near both its ends."""
    last_m = sum(hop.distance_m for hop in hops) - APPROACH_M
    ridden_m = 0.0
    for hop in hops:
        (edge, start, end), length_m = hop.run, hop.distance_m
        low_m = max(APPROACH_M - ridden_m, 0.0)
        high_m = min(last_m - ridden_m, length_m)
        if low_m < high_m:
            per_m = (end - start) / length_m
            yield Run(edge, start + low_m * per_m, start + high_m * per_m)
        ridden_m += length_m


def _parallels(paths: Paths, network: RoadNetwork) -> dict[Ends, list[Hop]]:
    """List the open edges between nodes that more than one joins: the graph holds one of them."""
    is_open = np.flatnonzero(paths.cost < NO_WAY)
    joined = np.stack([network.edge_from[is_open], network.edge_to[is_open]], axis=1)
    _, group, count = np.unique(joined, axis=0, return_inverse=True, return_counts=True)
    parallels: dict[Ends, list[Hop]] = {}
    for i in np.flatnonzero(count[group] > 1).tolist():
        edge, (tail, head) = int(is_open[i]), joined[i].tolist()
        hop = Hop(Run(edge, 0.0, 1.0), int(paths.cost[edge]))
        parallels.setdefault((tail, head), []).append(hop)
    return parallels
