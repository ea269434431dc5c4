"""The road geometry of each day, taken from the traces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry import LineString

    from outreach.routing.trace import Traces


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedLeg:
    """A leg's path, EPSG:4326, and the stretches of it that rain makes slow, in metres too."""

    path: LineString
    soft: tuple[LineString, ...]
    soft_m: float


def traced_legs(traces: Traces) -> Mapping[tuple[str, int], tuple[TracedLeg, ...]]:
    """
    Give the legs of each day route, in their order.

    Returns
    -------
    legs
        By team id and day; one for each leg of the route.
    """
    table = traces.legs
    found: dict[tuple[str, int], list[TracedLeg]] = {}
    for team_id, day, path, soft, soft_m in zip(
        table["team_id"], table["day"], table.geometry, table["soft"], table["soft_m"], strict=True
    ):
        leg = TracedLeg(path=path, soft=tuple(soft), soft_m=float(soft_m))
        found.setdefault((str(team_id), int(day)), []).append(leg)
    return {key: tuple(legs) for key, legs in found.items()}


def paths_of(traces: Traces) -> Mapping[tuple[str, int], tuple[LineString, ...]]:
    """Give the paths of each day route's legs, EPSG:4326, by team id and day, in their order."""
    legs = traces.legs
    paths: dict[tuple[str, int], list[LineString]] = {}
    for team_id, day, path in zip(legs["team_id"], legs["day"], legs.geometry, strict=True):
        paths.setdefault((str(team_id), int(day)), []).append(path)
    return {key: tuple(found) for key, found in paths.items()}
