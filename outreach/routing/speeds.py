"""
The tables of speeds: what a small loaded motorbike (*bebek*) rides on the roads of Jambi.

All are our own choice, kept in one place: door-to-door speeds with junctions, villages and
potholes in them, not what a speedometer shows. They are set so that the two ends that are known
come out right: town traffic, and the villages of the Sungai Bahar blocks, some 75 km away by
national road and laterite, "over two hours by motorbike". Every figure may be overridden under
``[roads]`` in ``outreach.toml``. A cap of 0 shuts the road.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outreach.model import Season

# What is ridden on a good surface, by class of the road.
SPEEDS_KPH: Mapping[str, float] = MappingProxyType(
    {
        "motorway": 70,
        "motorway_link": 40,
        "trunk": 50,
        "trunk_link": 35,
        "primary": 48,
        "primary_link": 32,
        "secondary": 42,
        "secondary_link": 30,
        "tertiary": 38,
        "tertiary_link": 28,
        "unclassified": 32,
        "residential": 25,
        "living_street": 15,
        "service": 18,
        "road": 25,
        "track": 25,
        "path": 12,
        "footway": 8,
        "cycleway": 12,
        "pedestrian": 8,
        "bridleway": 8,
    }
)

# Ridden only where `motorcycle` says so: motorways are toll roads, which Indonesia closes to
# motorbikes (PP 15/2005, art. 38), the others are made for walkers.
CLOSED_CLASSES: tuple[str, ...] = (
    "motorway",
    "motorway_link",
    "footway",
    "cycleway",
    "pedestrian",
    "bridleway",
)

SERVICE_KPH: Mapping[str, float] = MappingProxyType(
    {
        "alley": 12,
        "driveway": 10,
        "parking_aisle": 8,
        "drive-through": 8,
        "emergency_access": 0,
    }
)

# Laterite, clay and peat carry a motorbike well until it rains: that is the wet season's loss.
SURFACE_KPH: Mapping[Season, Mapping[str, float]] = MappingProxyType(
    {
        "dry": MappingProxyType(
            {
                "asphalt": 80,
                "chipseal": 60,
                "paved": 60,
                "concrete": 60,
                "concrete:plates": 45,
                "concrete:lanes": 28,
                "paving_stones": 35,
                "grass_paver": 20,
                "bricks": 30,
                "sett": 30,
                "cobblestone": 20,
                "unhewn_cobblestone": 15,
                "metal": 25,
                "metal_grid": 20,
                "wood": 15,
                "compacted": 38,
                "fine_gravel": 35,
                "gravel": 30,
                "pebblestone": 25,
                "unpaved": 28,
                "laterite": 30,
                "dirt": 25,
                "earth": 25,
                "ground": 25,
                "soil": 25,
                "clay": 25,
                "dirt/sand": 18,
                "sand": 14,
                "grass": 15,
                "woodchips": 15,
                "rock": 12,
                "stone": 12,
                "peat": 12,
                "mud": 5,
            }
        ),
        "wet": MappingProxyType(
            {
                "asphalt": 60,
                "chipseal": 50,
                "paved": 50,
                "concrete": 55,
                "concrete:plates": 40,
                "concrete:lanes": 24,
                "paving_stones": 30,
                "grass_paver": 14,
                "bricks": 24,
                "sett": 24,
                "cobblestone": 15,
                "unhewn_cobblestone": 10,
                "metal": 15,
                "metal_grid": 15,
                "wood": 8,
                "compacted": 25,
                "fine_gravel": 25,
                "gravel": 22,
                "pebblestone": 18,
                "unpaved": 14,
                "laterite": 12,
                "dirt": 10,
                "earth": 10,
                "ground": 10,
                "soil": 10,
                "clay": 6,
                "dirt/sand": 10,
                "sand": 12,
                "grass": 6,
                "woodchips": 8,
                "rock": 8,
                "stone": 8,
                "peat": 0,
                "mud": 0,
            }
        ),
    }
)

TRACKTYPE_KPH: Mapping[Season, Mapping[str, float]] = MappingProxyType(
    {
        "dry": MappingProxyType(
            {"grade1": 45, "grade2": 32, "grade3": 25, "grade4": 18, "grade5": 12}
        ),
        "wet": MappingProxyType(
            {"grade1": 40, "grade2": 22, "grade3": 12, "grade4": 6, "grade5": 0}
        ),
    }
)

SMOOTHNESS_KPH: Mapping[str, float] = MappingProxyType(
    {
        "excellent": 80,
        "good": 70,
        "intermediate": 45,
        "bad": 28,
        "very_bad": 16,
        "horrible": 10,
        "very_horrible": 5,
        "impassable": 0,
    }
)

# Taken where neither `surface` nor `tracktype` is tagged.
ASSUMED_SURFACE: Mapping[str, str] = MappingProxyType(
    {
        "motorway": "asphalt",
        "motorway_link": "asphalt",
        "trunk": "asphalt",
        "trunk_link": "asphalt",
        "primary": "asphalt",
        "primary_link": "asphalt",
        "secondary": "asphalt",
        "secondary_link": "asphalt",
        "tertiary": "paved",
        "tertiary_link": "paved",
        "unclassified": "paved",
        "residential": "paved",
        "living_street": "paved",
        "service": "paved",
        "road": "unpaved",
        "track": "ground",
        "path": "ground",
        "footway": "paved",
        "cycleway": "paved",
        "pedestrian": "paved",
        "bridleway": "ground",
    }
)

# The limits of Permenhub 111/2015, for `maxspeed` values such as ``ID:urban``, and walking pace.
NAMED_MAXSPEEDS_KPH: Mapping[str, float] = MappingProxyType(
    {
        "motorway": 100,
        "trunk": 80,
        "rural": 80,
        "urban": 50,
        "residential": 30,
        "living_street": 20,
        "walk": 5,
    }
)

FERRY_SPEED_KPH = 8.0
FERRY_WAIT_S = 600.0
