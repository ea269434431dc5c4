"""Roads as arrays and as a networkx MultiDiGraph, with travel times by motorbike."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from outreach.layers.osm_extract import RoadWays
from outreach.progress import SILENT
from outreach.routing.network_graph import network_from_graph, network_from_tags, to_graph
from outreach.routing.network_ways import network_from_ways
from outreach.routing.road_network import RoadNetwork

if TYPE_CHECKING:
    import networkx as nx

    from outreach.progress import Progress
    from outreach.routing.impedance import ImpedanceParams

__all__ = ["RoadNetwork", "build_network", "network_from_graph", "to_graph"]

logger = logging.getLogger(__name__)


def build_network(
    roads: RoadWays | nx.MultiDiGraph,
    *,
    impedance: ImpedanceParams,
    progress: Progress = SILENT,
) -> RoadNetwork:
    """
    Make the road network with travel times by motorbike in both seasons.

    Roads that a motorbike may never use are left out before anything else, so that they neither
    connect nor cut what remains.

    Parameters
    ----------
    roads
        Ways of an OSM extract, or a simplified MultiDiGraph as osmnx makes it.
    impedance
        Speeds, access rules and the wait at ferries.

    Raises
    ------
    EmptyNetworkError
        When no road is left.
    NetworkError
        When a graph lacks what every osmnx graph has.
    """
    progress("build network", 0, 1)
    if isinstance(roads, RoadWays):
        network = network_from_ways(roads, impedance)
    else:
        network = network_from_tags(roads, impedance)
    progress("build network", 1, 1)
    logger.info(
        "built a network of %d nodes and %d edges; %d nodes outside its main part",
        network.n_nodes,
        network.n_edges,
        network.n_nodes - int(network.is_main.sum()),
    )
    return network
