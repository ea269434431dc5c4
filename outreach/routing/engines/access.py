"""How snapped places hang on the nodes: the network cut at their positions, unchanged itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outreach.routing.road_network import RoadNetwork
    from outreach.routing.snap import Snapped

NO_WAY = np.iinfo(np.int64).max // 8
"""Cost of what cannot be ridden; eight of them still add up."""


def whole(values: NDArray[np.float64], *, scale: float) -> NDArray[np.int64]:
    """
    Round scaled values to integers of at least 1; infinite ones become `NO_WAY`.

    At least 1, since a sparse matrix takes an edge of weight 0 for none.
    """
    finite = np.isfinite(values)
    out = np.full(len(values), NO_WAY, dtype=np.int64)
    out[finite] = np.maximum(1, np.rint(values[finite] * scale)).astype(np.int64)
    return out


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Access:
    """
    The ways on and off the road of n places, for one cost per edge.

    A place cuts its edge u → v at `fraction`; at the very end of an edge it lies on the node.
    Column 0 is along the edge, column 1 against it, by its reverse edge where there is one.

    Parameters
    ----------
    out_node, out_cost
        From the place on to the nodes v and u; shape (n, 2); `NO_WAY` where that is not allowed.
    in_node, in_cost
        To the place from the nodes u and v; shape (n, 2).
    direct_from, direct_to, direct_cost
        From place to place along one edge without passing a node; shape (k,).
    """

    out_node: NDArray[np.int64]
    out_cost: NDArray[np.int64]
    in_node: NDArray[np.int64]
    in_cost: NDArray[np.int64]
    direct_from: NDArray[np.int64]
    direct_to: NDArray[np.int64]
    direct_cost: NDArray[np.int64]

    @classmethod
    def of(cls, snapped: Snapped, network: RoadNetwork, cost: NDArray[np.int64]) -> Access:
        """
        Cut the edges at the places.

        Parameters
        ----------
        snapped
            The n places.
        network
            The roads that they lie on.
        cost
            Integer cost of each edge, `NO_WAY` where shut; shape (m,). Parts of an edge are
            rounded to integers. Closed edges cost what they do where they are open
            (`RoadNetwork.stretch_s`): they are ridden up to where they are closed.
        """
        edge, fraction = snapped.edge.astype(np.int64), snapped.fraction
        closed_from, closed_to = network.closed_between(edge)
        is_before, is_after = fraction < closed_from, fraction > closed_to
        back = network.reverse[edge].astype(np.int64)
        along = cost[edge]
        against = np.where(back < 0, NO_WAY, cost[back])
        u, v = network.edge_from[edge].astype(np.int64), network.edge_to[edge].astype(np.int64)
        i, j = _on_one_edge(edge)
        ahead = fraction[j] - fraction[i]
        out_cost = np.stack([_part(along, 1 - fraction), _part(against, fraction)], axis=1)
        in_cost = np.stack([_part(along, fraction), _part(against, 1 - fraction)], axis=1)
        out_cost[~is_after, 0] = out_cost[~is_before, 1] = NO_WAY
        in_cost[~is_before, 0] = in_cost[~is_after, 1] = NO_WAY
        # A place at the very end of an edge lies on the crossing, whatever is allowed on the edge.
        at_u, at_v = fraction == 0, fraction == 1
        out_cost[at_v, 0] = out_cost[at_u, 1] = 0
        in_cost[at_u, 0] = in_cost[at_v, 1] = 0
        return cls(
            out_node=np.stack([v, u], axis=1),
            out_cost=out_cost,
            in_node=np.stack([u, v], axis=1),
            in_cost=in_cost,
            direct_from=i,
            direct_to=j,
            direct_cost=np.where(
                (is_before[i] & is_before[j]) | (is_after[i] & is_after[j]),
                np.minimum(
                    np.where(ahead >= 0, _part(along[i], np.maximum(ahead, 0)), NO_WAY),
                    np.where(ahead <= 0, _part(against[i], np.maximum(-ahead, 0)), NO_WAY),
                ),
                NO_WAY,
            ),
        )

    def __len__(self) -> int:
        return len(self.out_node)

    def some(self, rows: NDArray[np.int64] | None) -> NDArray[np.int64]:
        """Give rows of places, by default all."""
        return np.arange(len(self)) if rows is None else rows

    def with_direct(
        self,
        shortest: NDArray[np.int64],
        *,
        sources: NDArray[np.int64] | None = None,
        targets: NDArray[np.int64] | None = None,
    ) -> NDArray[np.int64]:
        """
        Take the way along one edge where it is cheaper; from a place to itself costs 0.

        Parameters
        ----------
        shortest
            What `Engine.shortest` gives for these sources and targets.
        """
        between = shortest.copy()
        row, column = np.full(len(self), -1), np.full(len(self), -1)
        row[self.some(sources)] = np.arange(between.shape[0])
        column[self.some(targets)] = np.arange(between.shape[1])
        i, j = row[self.direct_from], column[self.direct_to]
        is_asked = (i >= 0) & (j >= 0)
        pairs = (i[is_asked], j[is_asked])
        between[pairs] = np.minimum(between[pairs], self.direct_cost[is_asked])
        is_both = (row >= 0) & (column >= 0)
        between[row[is_both], column[is_both]] = 0
        return between


def _part(cost: NDArray[np.int64], fraction: NDArray[np.float64]) -> NDArray[np.int64]:
    shut = cost >= NO_WAY
    part = np.rint(np.where(shut, 0, cost) * fraction).astype(np.int64)
    return np.where(shut, NO_WAY, part)


def _on_one_edge(edge: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the ordered pairs of different places that lie on the same edge."""
    order = np.argsort(edge, kind="stable")
    _, starts, counts = np.unique(edge[order], return_index=True, return_counts=True)
    groups = [order[s : s + n] for s, n in zip(starts, counts, strict=True) if n > 1]
    if not groups:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    i = np.concatenate([np.repeat(g, len(g)) for g in groups])
    j = np.concatenate([np.tile(g, len(g)) for g in groups])
    return i[i != j], j[i != j]
