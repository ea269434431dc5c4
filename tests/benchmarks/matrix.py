"""
Travel times among many places: both engines beside networkx, igraph and pandana, in one run.

All answer one question: durations in milliseconds between the same nodes of the same network.
What each does once per network is `prepare_s`; `answer_s` is the matrix. Peers that are not
installed are named and left out.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from outreach.layers.osm_extract import read_extract
from outreach.routing.engines.access import NO_WAY, whole
from outreach.routing.engines.cch import CchEngine
from outreach.routing.engines.dijkstra import DijkstraEngine
from outreach.routing.impedance import ImpedanceParams
from outreach.routing.matrix import MS_PER_S, travel_matrix
from outreach.routing.network import build_network
from outreach.routing.snap import Snapped

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from outreach.routing.road_network import RoadNetwork

    Peer = Callable[[RoadNetwork, NDArray[np.int64], NDArray[np.int64]], "Answer"]

PORTO = Path(__file__).resolve().parents[2].parent / "shared/data/osm/porto_region.osm.pbf"

Answer = tuple[float, float, "NDArray[np.float64]"]
"""Seconds to prepare, seconds to answer, and the durations in ms."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--roads", type=Path, default=PORTO, help="an OSM extract")
    parser.add_argument("--sizes", type=int, nargs="+", default=[250, 2000], help="places")
    parser.add_argument(
        "--networkx-rows", type=int, default=25, help="rows by networkx; the rest is scaled up"
    )


def run(args: argparse.Namespace) -> list[dict[str, object]]:
    """Measure every engine and peer on the same places."""
    network = build_network(read_extract(args.roads), impedance=ImpedanceParams())
    return [row for n in args.sizes for row in _rows(network, n, args.networkx_rows)]


def _rows(network: RoadNetwork, n: int, networkx_rows: int) -> Iterator[dict[str, object]]:
    rng = np.random.default_rng(1)
    nodes = np.sort(rng.choice(np.flatnonzero(network.is_main), n, replace=False)).astype(np.int64)
    ms = whole(network.duration_s["dry"], scale=MS_PER_S)
    about = {"places": n, "nodes": network.n_nodes, "edges": network.n_edges}

    started = time.perf_counter()
    cch = CchEngine.prepare(network)
    prepare_s = time.perf_counter() - started
    snapped = _at_nodes(network, nodes)
    expected = np.zeros((n, n))
    for engine, once_s in ((cch, prepare_s), (DijkstraEngine(network=network), 0.0)):
        started = time.perf_counter()
        matrix = travel_matrix(snapped, network, season="dry", engine=engine)
        answer_s = time.perf_counter() - started
        found = matrix.duration_s * MS_PER_S
        if engine is cch:
            expected = found
        yield _row(about, f"outreach, {engine.name}", (once_s, answer_s, found), expected)
    started = time.perf_counter()
    reached = np.isfinite(matrix.distance_m).mean()
    yield {
        **about,
        "who": "outreach, distances besides",
        "prepare_s": 0.0,
        "answer_s": time.perf_counter() - started,
        "note": f"{reached:.1%} of pairs reachable",
    }

    peers: dict[str, Peer] = {"igraph": _igraph, "pandana": _pandana}
    for name, peer in peers.items():
        if importlib.util.find_spec(name) is None:
            yield {**about, "who": name, "note": "not installed, left out"}
        else:
            yield _row(about, name, peer(network, nodes, ms), expected)

    some = np.arange(min(n, networkx_rows))
    once_s, answer_s, found = _networkx(network, nodes, ms, some)
    row = _row(about, "networkx", (once_s, answer_s * n / len(some), found), expected[some])
    yield row if len(some) == n else {**row, "note": f"{len(some)} of {n} rows, scaled up"}


def _row(
    about: dict[str, int], who: str, answer: Answer, expected: NDArray[np.float64]
) -> dict[str, object]:
    prepare_s, answer_s, found = answer
    both = np.isfinite(found) & np.isfinite(expected)
    unlike = int((np.isfinite(found) != np.isfinite(expected)).sum())
    return {
        **about,
        "who": who,
        "prepare_s": prepare_s,
        "answer_s": answer_s,
        "worst_difference_ms": float(np.abs(found[both] - expected[both]).max(initial=0.0)),
        "note": f"{unlike} pairs differ in being reachable" if unlike else "",
    }


def _at_nodes(network: RoadNetwork, nodes: NDArray[np.int64]) -> Snapped:
    """Put a place on each node: at the very end of an edge that leads there."""
    order = np.argsort(network.edge_to, kind="stable")
    edge = order[np.searchsorted(network.edge_to[order], nodes)]
    zeros = np.zeros(len(nodes))
    return Snapped(
        ids=tuple(f"{i:05d}" for i in range(len(nodes))),
        edge=edge.astype(np.int32),
        fraction=np.ones(len(nodes)),
        road_lon=network.lon[nodes],
        road_lat=network.lat[nodes],
        walk_m=zeros,
        walk_s=zeros.copy(),
    )


def _igraph(network: RoadNetwork, nodes: NDArray[np.int64], ms: NDArray[np.int64]) -> Answer:
    import igraph

    started = time.perf_counter()
    open_ = ms < NO_WAY
    ends = np.column_stack([network.edge_from[open_], network.edge_to[open_]])
    graph = igraph.Graph(n=network.n_nodes, edges=ends, directed=True)
    prepared = time.perf_counter()
    found = graph.distances(nodes.tolist(), nodes.tolist(), weights=ms[open_].tolist())
    return prepared - started, time.perf_counter() - prepared, np.array(found, dtype=float)


def _pandana(network: RoadNetwork, nodes: NDArray[np.int64], ms: NDArray[np.int64]) -> Answer:
    import pandana
    import pandas as pd

    started = time.perf_counter()
    open_ = ms < NO_WAY
    with _stdout_to_stderr():
        graph = pandana.Network(
            pd.Series(network.lon),
            pd.Series(network.lat),
            pd.Series(network.edge_from[open_].astype(np.int64)),
            pd.Series(network.edge_to[open_].astype(np.int64)),
            # It counts in thousandths, and in 32 bits: from seconds it makes the same milliseconds.
            pd.DataFrame({"duration_s": ms[open_] / MS_PER_S}),
            twoway=False,
        )
    prepared = time.perf_counter()
    n = len(nodes)
    lengths = graph.shortest_path_lengths(
        np.repeat(nodes, n), np.tile(nodes, n), imp_name="duration_s"
    )
    found = np.array(lengths, dtype=float).reshape(n, n) * MS_PER_S
    # Its sign for "no path" is the largest 32-bit integer.
    found[found >= 2**32 - 2] = np.inf
    return prepared - started, time.perf_counter() - prepared, found


@contextmanager
def _stdout_to_stderr() -> Iterator[None]:
    """Keep standard output for the table: pandana prints its progress from C++."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _networkx(
    network: RoadNetwork,
    nodes: NDArray[np.int64],
    ms: NDArray[np.int64],
    some: NDArray[np.int64],
) -> Answer:
    import networkx as nx

    started = time.perf_counter()
    graph = nx.MultiDiGraph()
    graph.add_weighted_edges_from(
        (u, v, w)
        for u, v, w in zip(
            network.edge_from.tolist(), network.edge_to.tolist(), ms.tolist(), strict=True
        )
        if w < NO_WAY
    )
    prepared = time.perf_counter()
    found = np.full((len(some), len(nodes)), np.inf)
    for row in some.tolist():
        reached = nx.single_source_dijkstra_path_length(graph, int(nodes[row]))
        found[row] = [reached.get(node, np.inf) for node in nodes.tolist()]
    return prepared - started, time.perf_counter() - prepared, found
