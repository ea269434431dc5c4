"""Ways of an OSM extract → road network, all in arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outreach.errors import EmptyNetworkError
from outreach.routing.impedance import durations_s, is_ferry, way_speeds_kph
from outreach.routing.road_network import (
    SEASONS,
    RoadNetwork,
    coded,
    great_circle_m,
    main_component,
    utm_crs,
)
from outreach.routing.simplify import cut_ways, distinct, simplify

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from outreach.layers.osm_extract import RoadWays
    from outreach.routing.impedance import ImpedanceParams
    from outreach.routing.simplify import Segments

_ONEWAY = ("yes", "true", "1", "-1", "reverse", "T", "F")
_BACKWARD = ("-1", "reverse", "T")


def network_from_ways(roads: RoadWays, impedance: ImpedanceParams) -> RoadNetwork:
    """
    Simplify ways into a road network.

    Times are added up along the segments of each way before they are merged, so that a merged
    edge keeps the times of all its ways. Where a road begins to be shut in a season, or a ferry
    leaves, a node stays: a house before the mud must not be cut off by it.

    Raises
    ------
    EmptyNetworkError
        When a motorbike may use none of the ways.
    """
    speed_kph = {season: way_speeds_kph(roads.tags, impedance, season) for season in SEASONS}
    is_open = np.logical_or.reduce([speed > 0 for speed in speed_kph.values()])
    roads = roads.keep(is_open)
    tags = roads.tags
    is_oneway, is_backward = oneway_rules(tags)
    segments = cut_ways(roads.refs, roads.ref_offsets, is_oneway=is_oneway, is_backward=is_backward)
    ferry = is_ferry(tags)
    condition = sum(
        (speed_kph[season][is_open] > 0).astype(np.int64) << i for i, season in enumerate(SEASONS)
    )
    changes = _changes(segments, np.where(ferry, -1, condition), len(roads.node_ids))
    simple = simplify(segments, len(roads.node_ids), keep=changes)
    if not len(simple.edge_from):
        raise EmptyNetworkError(
            "none of the roads may be used by a motorbike; check the extract, and the speeds and"
            " access rules in outreach.toml"
        )

    start, end = segments.start[simple.segments], segments.end[simple.segments]
    way = segments.way[simple.segments]
    at = simple.offsets[:-1]
    edge = np.repeat(np.arange(len(at)), np.diff(simple.offsets))
    piece_m = great_circle_m(roads.lon, roads.lat, start, end)
    boards = _boards(ferry[way], edge)
    duration_s = {
        season: np.add.reduceat(
            durations_s(piece_m, speed_kph[season][is_open][way], boards, impedance), at
        )
        for season in SEASONS
    }

    highway, highway_classes = coded(np.where(ferry, "ferry", tags["highway"].to_numpy(object)))
    surface, surface_classes = coded(tags["surface"].to_numpy(object))
    name, names = coded(tags["name"].to_numpy(object))
    shape = _corners(simple.offsets, start, end)
    way_offsets, way_ids = _ways_of_edges(edge, way, roads.way_ids)
    lon, lat = roads.lon[simple.nodes], roads.lat[simple.nodes]
    renumbered = np.full(len(roads.node_ids), -1)
    renumbered[simple.nodes] = np.arange(len(simple.nodes))
    edge_from, edge_to = renumbered[simple.edge_from], renumbered[simple.edge_to]
    return RoadNetwork(
        node_ids=roads.node_ids[simple.nodes],
        lon=lon,
        lat=lat,
        edge_from=edge_from.astype(np.int32),
        edge_to=edge_to.astype(np.int32),
        edge_key=simple.edge_key.astype(np.int32),
        length_m=np.add.reduceat(piece_m, at),
        duration_s=duration_s,
        reverse=simple.reverse.astype(np.int32),
        shape_offsets=simple.offsets + np.arange(len(simple.offsets)),
        shape_lon=roads.lon[shape],
        shape_lat=roads.lat[shape],
        highway=_prevailing(highway[way], edge, piece_m).astype(np.int16),
        highway_classes=highway_classes,
        surface=_prevailing(surface[way], edge, piece_m).astype(np.int16),
        surface_classes=surface_classes,
        name=_prevailing(name[way], edge, piece_m).astype(np.int32),
        names=names,
        oneway=_shared(is_oneway[way], at),
        against_way=_shared(segments.is_against[simple.segments], at),
        way_offsets=way_offsets,
        way_ids=way_ids,
        is_main=main_component(edge_from, edge_to, len(simple.nodes)),
        crs=utm_crs(lon, lat),
        key="",
    )


def oneway_rules(tags: pd.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """
    Tell which ways are one-way, and which of them against their drawing, as osmnx does.

    Roundabouts are one-way whether tagged so or not.
    """
    oneway = tags["oneway"]
    is_oneway = oneway.isin(_ONEWAY) | (tags["junction"] == "roundabout")
    return is_oneway.to_numpy(dtype=bool), oneway.isin(_BACKWARD).to_numpy(dtype=bool)


def _changes(segments: Segments, condition: NDArray[np.int64], n_nodes: int) -> NDArray[np.bool_]:
    """Mark the nodes where ways of different condition meet; `condition` is by way."""
    lowest = np.full(n_nodes, np.iinfo(np.int64).max)
    highest = np.full(n_nodes, np.iinfo(np.int64).min)
    here = condition[segments.way]
    for nodes in (segments.start, segments.end):
        np.minimum.at(lowest, nodes, here)
        np.maximum.at(highest, nodes, here)
    return lowest < highest


def _boards(is_ferry_piece: NDArray[np.bool_], edge: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Mark where each run of ferry pieces within an edge begins: there one waits."""
    boards = is_ferry_piece.copy()
    boards[1:] &= ~is_ferry_piece[:-1] | (edge[1:] != edge[:-1])
    return boards


def _prevailing(
    code: NDArray[np.int64], edge: NDArray[np.int64], piece_m: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Choose for each edge the code that covers most of its length, of equals the lowest."""
    n_codes = int(code.max()) + 2
    pairs, pair = np.unique(edge * n_codes + code + 1, return_inverse=True)
    covered_m = np.bincount(pair, weights=piece_m)
    order = np.lexsort((pairs, -covered_m, pairs // n_codes))
    _, first = np.unique(pairs[order] // n_codes, return_index=True)
    chosen: NDArray[np.int64] = pairs[order][first] % n_codes - 1
    return chosen


def _shared(flag: NDArray[np.bool_], at: NDArray[np.int64]) -> NDArray[np.int8]:
    """Sum up a flag of the pieces for each edge: 0 none, 1 all, 2 some."""
    some, every = np.logical_or.reduceat(flag, at), np.logical_and.reduceat(flag, at)
    return np.where(every, 1, np.where(some, 2, 0)).astype(np.int8)


def _corners(
    offsets: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64]
) -> NDArray[np.int64]:
    """List the nodes along each edge, both ends included."""
    n_edges = len(offsets) - 1
    corners = np.empty(len(start) + n_edges, dtype=np.int64)
    corners[np.arange(len(start)) + np.repeat(np.arange(n_edges), np.diff(offsets))] = start
    corners[offsets[1:] + np.arange(n_edges)] = end[offsets[1:] - 1]
    return corners


def _ways_of_edges(
    edge: NDArray[np.int64], way: NDArray[np.int64], way_ids: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List the OSM ids of the ways of each edge, each once."""
    # A way that the extract's border cuts in pieces is still one.
    ids, osm_way = np.unique(way_ids, return_inverse=True)
    pairs = distinct(edge * len(ids) + osm_way[way])
    counts = np.bincount(pairs // len(ids), minlength=int(edge[-1]) + 1)
    return np.concatenate(([0], np.cumsum(counts))), ids[pairs % len(ids)]
