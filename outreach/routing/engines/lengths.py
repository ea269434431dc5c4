"""How long the fastest paths are: the shortest of those that are equally fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outreach.routing.engines.access import NO_WAY, Access, whole
from outreach.routing.engines.dijkstra import DijkstraEngine

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outreach.routing.road_network import RoadNetwork
    from outreach.routing.snap import Snapped

_FLOAT_BITS = 53
_FINEST_M = 0.01


def lengths_m(
    snapped: Snapped,
    network: RoadNetwork,
    edge_ms: NDArray[np.int64],
    longest_ms: int,
) -> NDArray[np.float64]:
    """
    Measure the fastest paths among places, in one search for time and then length.

    Both are packed into one weight, the time above the bits of the length. So ties in time go
    to the shorter path, whatever engine found the time, and the length is read off the sum.
    Lengths count in centimetres; more coarsely where a path could be too long for the bits.

    Parameters
    ----------
    snapped
        The n places.
    network
        The roads.
    edge_ms
        Milliseconds along each edge, `NO_WAY` where shut; shape (m,).
    longest_ms
        No path between two of the places takes longer.

    Returns
    -------
    lengths_m
        Shape (n, n); `inf` where there is no path, 0 on the diagonal.
    """
    bits = _FLOAT_BITS - max(1, longest_ms + 2).bit_length()
    is_used = edge_ms <= longest_ms
    fastest_m_per_ms = float(np.max(network.length_m[is_used] / edge_ms[is_used], initial=0.0))
    # One bit to spare for the rounding of each edge.
    unit_m = max(_FINEST_M, fastest_m_per_ms * longest_ms / 2 ** (bits - 1))
    edge_units = whole(network.length_m, scale=1 / unit_m)

    time = Access.of(snapped, network, edge_ms)
    length = Access.of(snapped, network, edge_units)

    def packed(ms: NDArray[np.int64], units: NDArray[np.int64]) -> NDArray[np.int64]:
        # What takes longer than every path is on none of them, and might overflow.
        is_way = ms <= longest_ms
        return np.where(is_way, (np.where(is_way, ms, 0) << bits) + units, NO_WAY)

    access = Access(
        out_node=time.out_node,
        out_cost=packed(time.out_cost, length.out_cost),
        in_node=time.in_node,
        in_cost=packed(time.in_cost, length.in_cost),
        direct_from=time.direct_from,
        direct_to=time.direct_to,
        direct_cost=packed(time.direct_cost, length.direct_cost),
    )
    engine = DijkstraEngine(network=network)
    both = access.with_direct(engine.shortest(packed(edge_ms, edge_units), access))
    units = (both & (2**bits - 1)).astype(float)
    return np.where(both < NO_WAY, units * unit_m, np.inf)
