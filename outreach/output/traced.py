"""The road geometry of each day, taken from the traces."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry import LineString

    from outreach.routing.trace import Traces


def paths_of(traces: Traces) -> Mapping[tuple[str, int], tuple[LineString, ...]]:
    """
    Give the paths of each day route's legs, in their order.

    Returns
    -------
    paths
        LineStrings in EPSG:4326 by team id and day; one for each leg of the route.
    """
    legs = traces.legs
    paths: dict[tuple[str, int], list[LineString]] = {}
    for team_id, day, path in zip(legs["team_id"], legs["day"], legs.geometry, strict=True):
        paths.setdefault((str(team_id), int(day)), []).append(path)
    return {key: tuple(found) for key, found in paths.items()}
