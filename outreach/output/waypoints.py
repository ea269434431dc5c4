"""A day as the map apps of others take it: named points in order, and one line along the roads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outreach.output.itinerary import Rest, listed, place_name
from outreach.output.safe_text import writable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry import LineString

    from outreach.model import DayRoute, Plan, Stop
    from outreach.output.itinerary import Entry
    from outreach.output.words import Words

# About 0.1 m, as plan.json holds positions.
_DECIMALS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Waypoint:
    """A stop with a name that sorts as the day goes, and what is told of it; EPSG:4326."""

    stop: Stop
    name: str
    told: str
    lon: float
    lat: float


def waypoints(plan: Plan, route: DayRoute, words: Words) -> tuple[Waypoint, ...]:
    """
    List a day's stops in order.

    A break has no place of its own: it is told at the stop that follows it, or at the last.
    """
    points: list[Waypoint] = []
    rests: list[str] = []
    number = 0
    for item in listed(route, plan.starts_at):
        if isinstance(item, Rest):
            rests.append(_rest(item, words))
            continue
        number = item.number or number
        points.append(_waypoint(item, number, rests, words))
        rests = []
    if rests and points:
        points[-1] = replace(points[-1], told=" · ".join((points[-1].told, *rests)))
    return tuple(points)


def way_points(way: Sequence[LineString]) -> tuple[tuple[float, float], ...]:
    """Join the paths of a day's legs to one line, (lon, lat), without points said twice."""
    line: list[tuple[float, float]] = []
    for path in way:
        for lon, lat, *_ in path.coords:
            point = (round(lon, _DECIMALS), round(lat, _DECIMALS))
            if not line or point != line[-1]:
                line.append(point)
    return tuple(line)


def _rest(rest: Rest, words: Words) -> str:
    return writable(f"{rest.break_id} {words.clock(rest.starts)}–{words.clock(rest.ends)}")


def _waypoint(entry: Entry, number: int, rests: Sequence[str], words: Words) -> Waypoint:
    stop = entry.stop
    time = entry.departs if entry.leg_in is None else entry.starts
    # Apps sort waypoints by name, so the name begins with the number that the stop has on the
    # worker's page; what has none there stands right after the stop before it.
    is_after = entry.number is None and entry.leg_in is not None
    order = f"{number:02d}+" if is_after else f"{number:02d}"
    promised = words.say("promised") if stop.is_pinned else None
    # Without the category: these files lie open in other apps, beside where a child lives.
    facts = (*rests, words.clock(time), stop.area, promised)
    return Waypoint(
        stop=stop,
        name=writable(f"{order} {place_name(stop)}"),
        told=writable(" · ".join(x for x in facts if x)),
        lon=round(stop.lon, _DECIMALS),
        lat=round(stop.lat, _DECIMALS),
    )
