"""Shortest paths by scipy's Dijkstra: needs no preparation, and carries weights of 53 bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outreach.routing.engines.access import NO_WAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outreach.routing.engines.access import Access
    from outreach.routing.road_network import RoadNetwork

_CELLS_AT_ONCE = 8_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DijkstraEngine:
    """
    One Dijkstra from every source, on the network with the places as additional nodes.

    Where there are fewer targets than sources, from every target against all directions.

    Weights are added as float64 without rounding as long as sums stay below 2**53.
    """

    network: RoadNetwork
    name: str = "dijkstra"

    def shortest(
        self,
        weight: NDArray[np.int64],
        access: Access,
        *,
        sources: NDArray[np.int64] | None = None,
        targets: NDArray[np.int64] | None = None,
    ) -> NDArray[np.int64]:
        """Give the least weight from places to places over the nodes; see `Engine`."""
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import dijkstra

        n_nodes, n = self.network.n_nodes, len(access)
        outs = np.repeat(np.arange(n_nodes, n_nodes + n), 2)
        ins = outs + n
        tail = np.concatenate([self.network.edge_from, outs, access.in_node.ravel()])
        head = np.concatenate([self.network.edge_to, access.out_node.ravel(), ins])
        # A sparse matrix takes weight 0 for no edge. Every path leaves and arrives once, so 1
        # more on each of these two edges is 2 too much on every path alike.
        cost = np.concatenate([weight, access.out_cost.ravel() + 1, access.in_cost.ravel() + 1])
        tail, head, cost = _fastest_parallel(tail, head, cost)
        graph = csr_array((cost.astype(float), (tail, head)), shape=(n_nodes + 2 * n,) * 2)

        begins, ends = n_nodes + access.some(sources), n_nodes + n + access.some(targets)
        is_backwards = len(ends) < len(begins)
        if is_backwards:
            graph, begins, ends = graph.T.tocsr(), ends, begins
        shortest = np.full((len(begins), len(ends)), NO_WAY, dtype=np.int64)
        step = max(1, _CELLS_AT_ONCE // (n_nodes + 2 * n))
        for start in range(0, len(begins), step):
            some = slice(start, start + step)
            found = dijkstra(graph, indices=begins[some])[:, ends]
            reached = np.isfinite(found)
            shortest[some] = np.where(reached, np.where(reached, found, 0) - 2, NO_WAY)
        return shortest.T if is_backwards else shortest


def _fastest_parallel(
    tail: NDArray[np.int64], head: NDArray[np.int64], cost: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Keep the cheapest of parallel edges, which a sparse matrix would add up; drop shut ones."""
    open_ = cost < NO_WAY
    tail, head, cost = tail[open_], head[open_], cost[open_]
    order = np.lexsort((cost, head, tail))
    tail, head, cost = tail[order], head[order], cost[order]
    first = np.ones(len(tail), dtype=bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    return tail[first], head[first], cost[first]
