"""How long the fastest paths are, and how often they cross by ferry."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from outreach.routing.engines.access import NO_WAY, Access, whole
from outreach.routing.engines.dijkstra import DijkstraEngine

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outreach.routing.road_network import RoadNetwork
    from outreach.routing.snap import Snapped

FERRY = "ferry"
"""What `RoadNetwork.highway_classes` call a ferry."""

_FLOAT_BITS = 53
_FINEST_M = 0.01


class Times(NamedTuple):
    """
    Milliseconds along each edge, `NO_WAY` where shut; shape (m,) each.

    `stretch_ms` is what parts of edges are taken from: it has the closed ones too.
    """

    edge_ms: NDArray[np.int64]
    stretch_ms: NDArray[np.int64]


class Cells(NamedTuple):
    """Sources and targets that are asked for, None: all; no path of theirs takes longer."""

    longest_ms: int
    sources: NDArray[np.int64] | None = None
    targets: NDArray[np.int64] | None = None


def lengths_m(
    snapped: Snapped, network: RoadNetwork, times: Times, cells: Cells
) -> NDArray[np.float64]:
    """
    Measure the fastest paths among places; of those that are equally fast, the shortest.

    Lengths count in centimetres; more coarsely where a path could be too long for the bits.

    Parameters
    ----------
    snapped
        The n places.
    network
        The roads.
    times
        Along the edges.
    cells
        Between which of the places.

    Returns
    -------
    lengths_m
        Shape (sources, targets); `inf` where there is no path, 0 from a place to itself.
    """
    edge_ms, longest_ms = times.stretch_ms, cells.longest_ms
    is_used = edge_ms <= longest_ms
    fastest_m_per_ms = float(np.max(network.length_m[is_used] / edge_ms[is_used], initial=0.0))
    # One bit to spare for the rounding of each edge.
    most_units = 2 ** (_bits(longest_ms) - 1)
    unit_m = max(_FINEST_M, fastest_m_per_ms * longest_ms / most_units)
    edge_units = whole(network.length_m, scale=1 / unit_m)
    measured_m: NDArray[np.float64] = unit_m * _along(snapped, network, times, cells, edge_units)
    return measured_m


def n_ferries(
    snapped: Snapped, network: RoadNetwork, times: Times, cells: Cells
) -> NDArray[np.float64]:
    """
    Count the crossings by ferry along the fastest paths; of equally fast ones the fewest.

    Each edge of a ferry is a crossing, as it is for the wait before it. Parameters and returns
    are those of `lengths_m`.
    """
    is_ferry = np.array([name == FERRY for name in network.highway_classes])[network.highway]
    return _along(snapped, network, times, cells, is_ferry.astype(np.int64))


def _bits(longest_ms: int) -> int:
    """Count the bits that the time leaves to what is summed up beside it."""
    return _FLOAT_BITS - max(1, longest_ms + 2).bit_length()


def _along(
    snapped: Snapped,
    network: RoadNetwork,
    times: Times,
    cells: Cells,
    edge_units: NDArray[np.int64],
) -> NDArray[np.float64]:
    """
    Sum up units along the fastest paths, in one search for time and then units.

    Both are packed into one weight, the time above the bits of the units. So ties in time go to
    the fewer units, whatever engine found the time, and the units are read off the sum.
    """
    longest_ms, sources, targets = cells
    bits = _bits(longest_ms)
    time = Access.of(snapped, network, times.stretch_ms)
    units = Access.of(snapped, network, edge_units)

    def packed(ms: NDArray[np.int64], some: NDArray[np.int64]) -> NDArray[np.int64]:
        # What takes longer than every path is on none of them, and might overflow.
        is_way = ms <= longest_ms
        return np.where(is_way, (np.where(is_way, ms, 0) << bits) + some, NO_WAY)

    access = Access(
        out_node=time.out_node,
        out_cost=packed(time.out_cost, units.out_cost),
        in_node=time.in_node,
        in_cost=packed(time.in_cost, units.in_cost),
        direct_from=time.direct_from,
        direct_to=time.direct_to,
        direct_cost=packed(time.direct_cost, units.direct_cost),
    )
    engine = DijkstraEngine(network=network)
    weight = packed(times.edge_ms, edge_units)
    found = engine.shortest(weight, access, sources=sources, targets=targets)
    both = access.with_direct(found, sources=sources, targets=targets)
    return np.where(both < NO_WAY, (both & (2**bits - 1)).astype(float), np.inf)
