"""Plans of a few tours between places given in metres, timed by the matrix."""

from __future__ import annotations

import datetime as dt
import math
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import geopandas as gpd
import shapely

from outreach.model import DayRoute, Leg, Plan, Stop
from outreach.routing.matrix import travel_matrix
from outreach.routing.snap import SnapParams, snap
from tests.worlds import METRE_DEG

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outreach.model import PlaceKind, Season
    from outreach.routing.network import RoadNetwork

SNAP = SnapParams(max_distance_m=500)


def planned(
    network: RoadNetwork,
    at: Mapping[str, tuple[float, float]],
    *tours: str,
    season: Season = "dry",
) -> Plan:
    """Make a plan of one tour a day, "axya"; lower case are visits, upper case bases."""
    lonlat = {i: (103.6 + x * METRE_DEG, y * METRE_DEG) for i, (x, y) in at.items()}
    table = gpd.GeoDataFrame(
        {"id": list(at)}, geometry=[shapely.Point(*p) for p in lonlat.values()], crs="EPSG:4326"
    )
    matrix = travel_matrix(snap(table, network, params=SNAP), network, season=season)
    row = {place_id: i for i, place_id in enumerate(matrix.ids)}

    def stop(place_id: str) -> Stop:
        kind: PlaceKind = "base" if place_id.isupper() else "visit"
        lon, lat = lonlat[place_id]
        return Stop(
            kind=kind, place_id=place_id, lon=lon, lat=lat, arrives_s=0, starts_s=0, departs_s=0
        )

    def leg(a: str, b: str) -> Leg:
        i, j = row[a], row[b]
        duration_s = matrix.duration_s[i, j]
        return Leg(
            from_id=a,
            to_id=b,
            duration_s=math.ceil(duration_s) if math.isfinite(duration_s) else 0,
            distance_m=float(matrix.distance_m[i, j]),
            walk_m=float(matrix.walk_m[i] + matrix.walk_m[j]) if a != b else 0.0,
        )

    routes = tuple(
        DayRoute(
            team_id="t",
            worker_ids=("w",),
            circuit_id=None,
            day=day,
            starts_from=tour[0],
            sleeps_at=tour[-1],
            stops=tuple(stop(i) for i in tour),
            legs=tuple(leg(a, b) for a, b in pairwise(tour)),
        )
        for day, tour in enumerate(tours)
    )
    return Plan(
        starts_at=dt.datetime(2026, 11, 30, tzinfo=ZoneInfo("Asia/Jakarta")),
        horizon_days=7,
        seed=0,
        season=season,
        day_routes=routes,
    )


def metres(line: shapely.LineString) -> list[tuple[int, int]]:
    """Give a line's coordinates in metres from the worlds' corner."""
    return [(round((x - 103.6) / METRE_DEG), round(y / METRE_DEG)) for x, y in line.coords]
