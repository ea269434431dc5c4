"""What the roads lie between: the river and its lakes, and the places by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from geography import ISLAND, Village, river_line, to_metres, water

if TYPE_CHECKING:
    from network import Net

RIVER = "Batang Hari"
CITY = ("Kota Jambi", (103.6130, -1.5970))
# The island is drawn as wide as its gardens, with a channel on either side.
_ISLAND_M, _CHANNEL_M = 60.0, 150.0
_TOLERANCE_M = 8.0
# A kelurahan, whose code goes on with 1, is a town where it is not a part of the city.
_TOWN = ".1"


def draw_landmarks(net: Net, villages: tuple[Village, ...]) -> None:
    """Draw river and lakes, and name city, towns, villages and the parts of the city."""
    lane = shapely.LineString(to_metres(ISLAND))
    wet = shapely.union(water(), lane.buffer(_CHANNEL_M)).difference(lane.buffer(_ISLAND_M))
    course = shapely.get_coordinates(river_line().simplify(_TOLERANCE_M))
    net.add_way(net.add_nodes(course), {"waterway": "river", "name": RIVER})
    for part in shapely.get_parts(wet.simplify(_TOLERANCE_M)):
        rings = [_closed(net, ring) for ring in (part.exterior, *part.interiors)]
        net.add_area(rings, {"natural": "water"})
    name, centre = CITY
    net.add_place(to_metres([centre]), {"place": "city", "name": name})
    for village in villages:
        spot = to_metres([(village.lon, village.lat)])
        net.add_place(spot, {"place": _kind(village), "name": village.name})


def _closed(net: Net, ring: shapely.LinearRing) -> list[int]:
    nodes = net.add_nodes(shapely.get_coordinates(ring)[:-1])
    return [*nodes.tolist(), int(nodes[0])]


def _kind(village: Village) -> str:
    if village.in_city:
        return "suburb"
    return "town" if village.code[-5:].startswith(_TOWN) else "village"
