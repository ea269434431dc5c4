"""Plan → stops and legs as tables, each leg with the roads that it follows."""

from __future__ import annotations

import dataclasses
import logging
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from outreach.errors import PlanningError
from outreach.model import Stop
from outreach.routing.paths import CRS, Path, Paths

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import shapely

    from outreach.model import DayRoute, Leg, Plan, Season
    from outreach.routing.road_network import RoadNetwork
    from outreach.routing.snap import SnapParams

logger = logging.getLogger(__name__)

# A plan counts whole seconds, and its file holds positions to about a decimetre.
_DURATION_TOLERANCE_S = 2.0
_DISTANCE_TOLERANCE_M = 2.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Traces:
    """
    A plan laid on the roads; both tables in EPSG:4326, in the order of the plan.

    Parameters
    ----------
    stops
        Every field of `Stop` with `team_id`, `day` and `number`: visits and partners count from
        1 on each day, bases and lodgings have none. Geometry: where the place is.
    legs
        `team_id`, `day`, `circuit_id`, `from_id`, `to_id`, `duration_s`, `distance_m`, `walk_m`;
        `ferry_m` and `soft_m`, the parts of the distance by ferry and on roads that the rain
        slows down or shuts; `soft`, a tuple of lines, one for each such stretch. Geometry: from
        the place straight to the road, along the fastest path, and straight to the next place.
    """

    stops: gpd.GeoDataFrame
    legs: gpd.GeoDataFrame


def trace(
    plan: Plan,
    network: RoadNetwork,
    *,
    snap: SnapParams | None = None,
    season: Season | None = None,
    earlier: Sequence[tuple[RoadNetwork, Season]] = (),
    begun_until: int = -1,
) -> Traces:
    """
    Lay a plan's stops and legs on the roads.

    Parameters
    ----------
    plan
        Made on these roads.
    network
        The roads.
    snap
        As the plan was made with.
    season
        Whose roads to follow; the plan's by default.
    earlier
        The roads as they were, the latest first, before something was closed or the season
        turned: what was ridden by then follows them.
    begun_until
        The last day that had begun when the plan was changed. What was under way may have taken
        longer than any road explains, such as turning back; its legs are drawn all the same.

    Raises
    ------
    PlanningError
        When the plan cannot have been made on these roads: a stop is far from them, a leg has no
        path, or takes longer or shorter than the plan says. All such legs are counted, the first
        are named.
    """
    search = _Search(plan, ((network, season or plan.season), *earlier), snap)
    # A changed plan counts later rides between the same two places alike.
    given = {
        (leg.from_id, leg.to_id, leg.duration_s)
        for route in plan.day_routes
        if route.day <= begun_until
        for leg in route.legs
    }
    faults: list[str] = []
    rows, lines = [], []
    for route in plan.day_routes:
        joined = {(a.place_id, b.place_id) for a, b in pairwise(route.stops)}
        for leg in route.legs:
            ends = (leg.from_id, leg.to_id)
            if ends not in joined:
                faults.append(_fault(route, leg, None))
                continue
            path = search.path(leg)
            is_given = (leg.from_id, leg.to_id, leg.duration_s) in given
            if path is None or not (is_given or _agrees(leg, path)):
                faults.append(_fault(route, leg, path))
                continue
            rows.append(_leg_row(route, leg, path))
            lines.append(path.line)
    if faults:
        raise PlanningError(
            "%(n)d legs do not agree with the roads: %(legs)s; this plan was made on other roads"
            " or for another season, plan again",
            n=len(faults),
            legs="; ".join(faults[:5]),
        )
    logger.info("traced %d legs, %d of them different", len(rows), search.n_found)
    return Traces(stops=_stop_table(plan), legs=_leg_table(rows, lines))


class _Search:
    """Finds the path of each leg on the first of several states of the roads that fits it."""

    def __init__(
        self,
        plan: Plan,
        states: Sequence[tuple[RoadNetwork, Season]],
        snap: SnapParams | None,
    ) -> None:
        self._plan = plan
        self._states = states
        self._snap = snap
        self._paths = [self._paths_on(*states[0])]
        self._found: dict[tuple[int, str, str], Path | None] = {}

    @property
    def n_found(self) -> int:
        """How many paths were looked for."""
        return len(self._found)

    def path(self, leg: Leg) -> Path | None:
        """Give the path that takes as long as the plan says, else the latest that there is."""
        found: Path | None = None
        for state in range(len(self._states)):
            path = self._on(state, leg)
            if path is not None and _agrees(leg, path):
                return path
            found = found or path
        return found

    def _on(self, state: int, leg: Leg) -> Path | None:
        key = state, leg.from_id, leg.to_id
        if key not in self._found:
            if state == len(self._paths):
                self._paths.append(self._paths_on(*self._states[state]))
            self._found[key] = self._paths[state].between(leg.from_id, leg.to_id)
        return self._found[key]

    def _paths_on(self, network: RoadNetwork, season: Season) -> Paths:
        return Paths.of(self._plan, network, snap=self._snap, season=season)


def _agrees(leg: Leg, path: Path) -> bool:
    return (
        abs(leg.duration_s - path.duration_s) <= _DURATION_TOLERANCE_S
        and abs(leg.distance_m - path.distance_m) <= _DISTANCE_TOLERANCE_M
    )


def _fault(route: DayRoute, leg: Leg, path: Path | None) -> str:
    which = f"{route.team_id} day {route.day + 1} {leg.from_id} → {leg.to_id}"
    if path is None:
        return f"{which} has no path"
    return (
        f"{which} {leg.duration_s} s {leg.distance_m:.0f} m planned,"
        f" {path.duration_s:.0f} s {path.distance_m:.0f} m on these roads"
    )


def _leg_row(route: DayRoute, leg: Leg, path: Path) -> dict[str, Any]:
    return {
        "team_id": route.team_id,
        "day": route.day,
        "circuit_id": route.circuit_id,
        "from_id": leg.from_id,
        "to_id": leg.to_id,
        "duration_s": leg.duration_s,
        "distance_m": leg.distance_m,
        "walk_m": leg.walk_m,
        "ferry_m": path.ferry_m,
        "soft_m": path.soft_m,
        "soft": path.soft,
    }


def _leg_table(rows: list[dict[str, Any]], lines: list[shapely.LineString]) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import pandas as pd

    columns = ["team_id", "day", "circuit_id", "from_id", "to_id"]
    columns += ["duration_s", "distance_m", "walk_m", "ferry_m", "soft_m", "soft"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry=lines, crs=CRS)


def _stop_table(plan: Plan) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import pandas as pd

    rows = []
    for route in plan.day_routes:
        number = 0
        for stop in route.stops:
            is_numbered = stop.kind in {"visit", "partner"}
            number += is_numbered
            rows.append(
                {
                    "team_id": route.team_id,
                    "day": route.day,
                    "number": number if is_numbered else None,
                    **dataclasses.asdict(stop),
                }
            )
    columns = ["team_id", "day", "number", *(f.name for f in dataclasses.fields(Stop))]
    table = pd.DataFrame(rows, columns=columns).astype({"number": "Int64"})
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=CRS)
