"""Floods in the wet season: some roads that the rain slows are shut together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from outreach.routing.road_network import RoadNetwork


def flooded(network: RoadNetwork, *, share: float, lot: np.random.Generator) -> RoadNetwork:
    """
    Shut the roads around one spot that are slower in the wet season than in the dry one.

    Water stands where it is low: so what is shut lies together, around an edge drawn by length.

    Parameters
    ----------
    share
        Of the length of all such roads, how much is shut, at most.
    lot
        What draws the spot.

    Returns
    -------
    network
        The same where no road is slower when it is wet, or the share is too small for one.
    """
    wet_s, dry_s = network.duration_s["wet"], network.duration_s["dry"]
    slowed = np.flatnonzero(np.isfinite(wet_s) & (wet_s > dry_s))
    length_m = network.length_m[slowed]
    if not len(slowed):
        return network
    start, end = network.edge_from[slowed], network.edge_to[slowed]
    lon, lat = ((degrees[start] + degrees[end]) / 2 for degrees in (network.lon, network.lat))
    spot = int(lot.choice(len(slowed), p=length_m / length_m.sum()))
    # Near enough for a few kilometres around a place.
    away = np.hypot((lon - lon[spot]) * np.cos(np.radians(lat[spot])), lat - lat[spot])
    nearest = np.lexsort((slowed, away))
    is_under = np.cumsum(length_m[nearest]) <= share * length_m.sum()
    shut = slowed[nearest[is_under]]
    back = network.reverse[shut]
    seconds = wet_s.copy()
    seconds[shut] = seconds[back[back >= 0]] = np.inf
    return replace(network, duration_s={**network.duration_s, "wet": seconds})
