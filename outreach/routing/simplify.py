"""
Simplify the topology of roads: only junctions and dead ends stay nodes.

The rules are those of Boeing (2025), "Topological Graph Simplification Solutions to the Street
Intersection Miscount Problem", Transactions in GIS 29 (3), e70037, as osmnx applies them, so that
the outcome is the graph that osmnx would make; here they work on whole arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segments:
    """
    Straight directed pieces between two consecutive nodes of a way; s of them.

    Parameters
    ----------
    start, end
        Positions of the nodes; shape (s,).
    way
        Position of the way; shape (s,).
    is_against
        Whether the segment runs against the drawing of its way; shape (s,).
    opposite
        The segment that runs the other way on a two-way road, -1 on a one-way; shape (s,).
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    way: NDArray[np.int64]
    is_against: NDArray[np.bool_]
    opposite: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Simplified:
    """
    Edges between the nodes that stay; m of them, sorted by (from, to, key).

    Parameters
    ----------
    nodes
        Positions of the nodes that stay, ascending.
    edge_from, edge_to
        End nodes, as positions in the *unsimplified* nodes; shape (m,).
    edge_key
        Number of the edge among its parallels; shape (m,).
    offsets, segments
        Edge i runs along ``segments[offsets[i]:offsets[i + 1]]``; offsets have shape (m + 1,).
    reverse
        The edge that runs the same way back, -1 where there is none; shape (m,).
    """

    nodes: NDArray[np.int64]
    edge_from: NDArray[np.int64]
    edge_to: NDArray[np.int64]
    edge_key: NDArray[np.int64]
    offsets: NDArray[np.int64]
    segments: NDArray[np.int64]
    reverse: NDArray[np.int64]


def cut_ways(
    refs: NDArray[np.integer],
    ref_offsets: NDArray[np.int64],
    *,
    is_oneway: NDArray[np.bool_],
    is_backward: NDArray[np.bool_],
) -> Segments:
    """
    Cut ways into directed segments, in the order in which osmnx adds them to its graph.

    Parameters
    ----------
    refs, ref_offsets
        Nodes along the ways, as in `outreach.layers.osm_extract.RoadWays`.
    is_oneway, is_backward
        Per way: whether it may be ridden in one direction only, and whether that is the one
        against its drawing.
    """
    way_of_ref = np.repeat(np.arange(len(ref_offsets) - 1), np.diff(ref_offsets))
    is_within = (way_of_ref[:-1] == way_of_ref[1:]) & (refs[:-1] != refs[1:])
    place = np.flatnonzero(is_within)
    a, b, way = refs[place].astype(np.int64), refs[place + 1].astype(np.int64), way_of_ref[place]
    two_way = np.flatnonzero(~is_oneway[way])
    turned = (is_oneway & is_backward)[way]

    start = np.concatenate((np.where(turned, b, a), b[two_way]))
    end = np.concatenate((np.where(turned, a, b), a[two_way]))
    ways = np.concatenate((way, way[two_way]))
    n_drawn = len(place)
    is_return = np.arange(len(start)) >= n_drawn
    opposite = np.full(len(start), -1)
    opposite[two_way] = n_drawn + np.arange(len(two_way))
    opposite[n_drawn:] = two_way
    step = np.concatenate((np.where(turned, -place, place), place[two_way]))

    order = np.lexsort((step, is_return, ways))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return Segments(
        start=start[order],
        end=end[order],
        way=ways[order],
        is_against=is_return[order],
        opposite=np.where(opposite >= 0, rank[opposite], -1)[order],
    )


def simplify(
    segments: Segments, n_nodes: int, *, keep: NDArray[np.bool_] | None = None
) -> Simplified:
    """
    Merge the segments between junctions and dead ends into edges.

    A node stays when it has no way in or no way out, or is not simply passed through: passed
    through means two neighbours and two or four segments. Of parallel segments within a merged
    edge the first counts. Components that are nothing but a ring disappear.

    Parameters
    ----------
    segments
        Directed segments in the order of the ways.
    n_nodes
        Number of nodes; those that no segment touches stay.
    keep
        Nodes that stay although one only passes through them, as osmnx's `node_attrs_include`;
        shape (n_nodes,).
    """
    if keep is None:
        keep = np.zeros(n_nodes, dtype=bool)
    arcs = _Arcs.of(segments.start, segments.end, n_nodes)
    is_end = keep | _endpoints(segments.start, segments.end, n_nodes)
    follows = _followers(arcs, is_end)
    chain, step = _walk_chains(arcs, is_end, follows)

    on_chain = np.flatnonzero(chain >= 0)
    order = on_chain[np.lexsort((step[on_chain], chain[on_chain]))]
    chain_starts = np.flatnonzero(step[order] == 0)
    chain_stops = np.append(chain_starts, len(order))[1:]
    stays = np.ones(n_nodes, dtype=bool)
    stays[arcs.end[order[follows[order] >= 0]]] = False

    # Plain edges first, then merged ones: the order in which osmnx numbers parallels.
    plain = np.flatnonzero(stays[segments.start] & stays[segments.end])
    first, last = order[chain_starts], order[chain_stops - 1]
    reverse = _reverses(segments, arcs, plain, chain, first, last)
    is_chain_kept = stays[arcs.end[last]]
    edge_from = np.concatenate((segments.start[plain], arcs.start[first]))
    edge_to = np.concatenate((segments.end[plain], arcs.end[last]))
    n_segments = np.concatenate((np.ones(len(plain), dtype=np.int64), chain_stops - chain_starts))
    along = np.concatenate((plain, arcs.segment[order]))

    is_kept = np.concatenate((np.ones(len(plain), dtype=bool), is_chain_kept))
    stays &= ~_rings(edge_from[is_kept], edge_to[is_kept], stays, keep)
    is_kept &= stays[edge_from]

    kept = np.flatnonzero(is_kept)
    kept = kept[np.lexsort((edge_to[kept], edge_from[kept]))]
    position = np.full(len(edge_from) + 1, -1)
    position[kept] = np.arange(len(kept))
    offsets = np.concatenate(([0], np.cumsum(n_segments)))
    edge_from, edge_to = edge_from[kept], edge_to[kept]
    return Simplified(
        nodes=np.flatnonzero(stays),
        edge_from=edge_from,
        edge_to=edge_to,
        edge_key=_numbers_in_runs(edge_from, edge_to),
        offsets=np.concatenate(([0], np.cumsum(n_segments[kept]))),
        segments=along[_ranges(offsets[kept], n_segments[kept])],
        # -1 points at the last place, which is -1.
        reverse=position[reverse[kept]],
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Arcs:
    """Distinct (start, end) pairs in ascending order, with the first segment of each."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    segment: NDArray[np.int64]
    n_nodes: int

    @classmethod
    def of(cls, start: NDArray[np.int64], end: NDArray[np.int64], n_nodes: int) -> _Arcs:
        code, segment = np.unique(start * n_nodes + end, return_index=True)
        return cls(start=code // n_nodes, end=code % n_nodes, segment=segment, n_nodes=n_nodes)

    def find(self, start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
        """Position of the arc from `start` to `end`, -1 where there is none."""
        if not len(self.start):
            return np.full(len(start), -1)
        code, wanted = self.start * self.n_nodes + self.end, start * self.n_nodes + end
        at = np.minimum(np.searchsorted(code, wanted), len(code) - 1)
        return np.where(code[at] == wanted, at, -1)


def distinct(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sort integers, each once; on road graphs several times as fast as hashing them."""
    ascending = np.sort(values)
    is_new = np.ones(len(values), dtype=bool)
    is_new[1:] = ascending[1:] != ascending[:-1]
    return ascending[is_new]


def _neighbours(
    start: NDArray[np.int64], end: NDArray[np.int64], n_nodes: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count the distinct neighbours of each node, and add up their positions."""
    pairs = distinct(np.concatenate((start * n_nodes + end, end * n_nodes + start)))
    node, other = pairs // max(n_nodes, 1), pairs % max(n_nodes, 1)
    total = np.zeros(n_nodes, dtype=np.int64)
    np.add.at(total, node, other)
    return np.bincount(node, minlength=n_nodes), total


def _endpoints(start: NDArray[np.int64], end: NDArray[np.int64], n_nodes: int) -> NDArray[np.bool_]:
    n_out = np.bincount(start, minlength=n_nodes)
    n_in = np.bincount(end, minlength=n_nodes)
    n_neighbours, _ = _neighbours(start, end, n_nodes)
    is_passed = (n_neighbours == 2) & np.isin(n_out + n_in, (2, 4))  # noqa: PLR2004
    is_end: NDArray[np.bool_] = (n_out == 0) | (n_in == 0) | ~is_passed
    is_end[start[start == end]] = True
    return is_end


def _followers(arcs: _Arcs, is_end: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Find the arc by which one rides on through a passed node, -1 where there is none."""
    follows = np.full(len(arcs.start), -1)
    _, total = _neighbours(arcs.start, arcs.end, arcs.n_nodes)
    through = np.flatnonzero(~is_end[arcs.end])
    node = arcs.end[through]
    follows[through] = arcs.find(node, total[node] - arcs.start[through])
    return follows


def _walk_chains(
    arcs: _Arcs, is_end: NDArray[np.bool_], follows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    Walk from each endpoint through passed nodes, all chains in step.

    An arc follows at most one other, so that no two chains share one. Rings without an endpoint
    are never entered.

    Returns
    -------
    chain, step
        By arc: the chain that it is part of (-1: none), and its place there.
    """
    chain = np.full(len(arcs.start), -1)
    step = np.full(len(arcs.start), -1)
    here = np.flatnonzero(is_end[arcs.start] & ~is_end[arcs.end])
    walking = np.arange(len(here))
    n_steps = 0
    while len(here):
        chain[here], step[here] = walking, n_steps
        there = follows[here]
        goes_on = there >= 0
        here, walking = there[goes_on], walking[goes_on]
        n_steps += 1
    return chain, step


def _reverses(
    segments: Segments,
    arcs: _Arcs,
    plain: NDArray[np.int64],
    chain: NDArray[np.int64],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Find the way back of each plain edge and each chain, numbered in this order; or -1."""
    number = np.full(len(segments.start), -1)
    number[plain] = np.arange(len(plain))
    opposite = segments.opposite[plain]
    of_plain = np.where(opposite >= 0, number[opposite], -1)

    back = arcs.find(arcs.end[last], arcs.start[last])
    candidate = np.where(back >= 0, chain[back], -1)
    returns = arcs.find(arcs.end[first], arcs.start[first])
    is_same = (candidate >= 0) & (first[candidate] == back) & (last[candidate] == returns)
    of_chain = np.where(is_same, len(plain) + candidate, -1)
    return np.concatenate((of_plain, of_chain))


def _rings(
    edge_from: NDArray[np.int64],
    edge_to: NDArray[np.int64],
    stays: NDArray[np.bool_],
    keep: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Tell which nodes lie in a component without an endpoint."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n_nodes = len(stays)
    links = coo_array((np.ones(len(edge_from)), (edge_from, edge_to)), shape=(n_nodes, n_nodes))
    _, component = connected_components(links, directed=False)
    has_end = np.zeros(n_nodes, dtype=bool)
    has_end[component[stays & (keep | _endpoints(edge_from, edge_to, n_nodes))]] = True
    ringed: NDArray[np.bool_] = stays & ~has_end[component]
    return ringed


def _numbers_in_runs(*keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count from 0 within each run of equal keys."""
    n = len(keys[0])
    starts_run = np.ones(n, dtype=bool)
    starts_run[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    here = np.arange(n)
    return here - np.maximum.accumulate(np.where(starts_run, here, 0))


def _ranges(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Positions of several ranges, one after the other."""
    skipped = np.concatenate(([0], np.cumsum(lengths)))[:-1]
    return np.repeat(starts - skipped, lengths) + np.arange(int(lengths.sum()))
