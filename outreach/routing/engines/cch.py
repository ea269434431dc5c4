"""Shortest paths by RoutingKit's customizable contraction hierarchies (package pyroutingkit)."""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from outreach.routing.engines.access import NO_WAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outreach.routing.engines.access import Access
    from outreach.routing.road_network import RoadNetwork

logger = logging.getLogger(__name__)

_CHECKSUM = "checksum"
_CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CchEngine:
    """
    Contraction hierarchies whose order depends on the topology alone.

    Dibbelt, Strasser, Wagner: *Customizable Contraction Hierarchies*, JEA 21 (2016). Make one
    with `prepare`.
    """

    topology: Any
    name: str = "cch"

    @classmethod
    def prepare(cls, network: RoadNetwork, *, cache_dir: Path | None = None) -> CchEngine:
        """
        Order the nodes, or load the order from the cache.

        Parameters
        ----------
        network
            The roads.
        cache_dir
            Where orders are kept, by the content of the topology; None keeps none. A damaged
            order is made anew.
        """
        folder = None if cache_dir is None else Path(cache_dir) / f"cch-{_fingerprint(network)}"
        topology = None if folder is None else _load(folder)
        if topology is None:
            topology = _build(network)
            if folder is not None:
                _save(topology, folder)
        return cls(topology=topology)

    def shortest(
        self,
        weight: NDArray[np.int64],
        access: Access,
        *,
        sources: NDArray[np.int64] | None = None,
        targets: NDArray[np.int64] | None = None,
    ) -> NDArray[np.int64]:
        """Give the least weight from places to places over the nodes; see `Engine`."""
        from pyroutingkit import INF_WEIGHT, CCHMetric

        begins, ends = access.some(sources), access.some(targets)
        out_node, out_cost = access.out_node[begins], access.out_cost[begins]
        in_node, in_cost = access.in_node[ends], access.in_cost[ends]
        shortest = np.full((len(begins), len(ends)), NO_WAY, dtype=np.int64)
        if not shortest.size:
            return shortest
        metric = CCHMetric(self.topology)
        metric.customize(np.minimum(weight, INF_WEIGHT).astype(np.uint32))
        tails, source = np.unique(out_node, return_inverse=True)
        heads, target = np.unique(in_node, return_inverse=True)
        source, target = source.reshape(-1, 2), target.reshape(-1, 2)
        step = max(1, _CELLS_AT_ONCE // (4 * len(ends)))
        for start in range(0, len(begins), step):
            some = slice(start, start + step)
            rows, row = np.unique(source[some], return_inverse=True)
            row = row.reshape(-1, 2)
            between = metric.distances_many_to_many(
                tails[rows].astype(np.uint32), heads.astype(np.uint32)
            ).astype(np.int64)
            between[between >= INF_WEIGHT] = NO_WAY
            for leave in (0, 1):
                out = between[row[:, leave]] + out_cost[some, leave, None]
                for arrive in (0, 1):
                    ways = out[:, target[:, arrive]] + in_cost[None, :, arrive]
                    np.minimum(shortest[some], ways, out=shortest[some])
        return shortest


def _build(network: RoadNetwork) -> Any:
    from pyroutingkit import CCHTopology

    topology = CCHTopology()
    topology.build(
        network.edge_from.astype(np.uint32),
        network.edge_to.astype(np.uint32),
        network.lat.astype(np.float32),
        network.lon.astype(np.float32),
        network.n_nodes,
    )
    return topology


def _fingerprint(network: RoadNetwork) -> str:
    content = hashlib.blake2b(digest_size=16)
    for array in (network.edge_from, network.edge_to, network.lat, network.lon):
        content.update(np.ascontiguousarray(array).tobytes())
        content.update(b"|")
    return content.hexdigest()


def _checksum(folder: Path) -> str:
    content = hashlib.blake2b(digest_size=16)
    for file in sorted(f for f in folder.iterdir() if f.name != _CHECKSUM):
        content.update(file.name.encode() + b"|" + file.read_bytes())
    return content.hexdigest()


def _load(folder: Path) -> Any | None:
    """Load an order whose checksum is right: the library trusts its files, and would crash."""
    from pyroutingkit import CCHTopology

    try:
        expected = (folder / _CHECKSUM).read_text(encoding="ascii")
        if _checksum(folder) != expected:
            logger.warning("%s is damaged and is made anew", folder)
            return None
        topology = CCHTopology()
        topology.load(str(folder))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RuntimeError) as error:
        logger.warning("%s cannot be read and is made anew: %s", folder, error)
        return None
    return topology


def _save(topology: Any, folder: Path) -> None:
    """Write the order whole or not at all; without a cache the matrix is as right."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
            fresh = Path(temporary) / folder.name
            fresh.mkdir()
            topology.save(str(fresh))
            (fresh / _CHECKSUM).write_text(_checksum(fresh), encoding="ascii")
            shutil.rmtree(folder, ignore_errors=True)
            fresh.replace(folder)
    except (OSError, RuntimeError) as error:
        logger.warning("the order of the roads could not be kept in %s: %s", folder, error)
