"""A GPX file per worker and day: the way as a track, the stops as waypoints in order."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from outreach.output.files import write_text_whole
from outreach.output.itinerary import Rest, date_of, listed, place_name, routes_of, worker_ids
from outreach.output.names import file_names
from outreach.output.page import GENERATOR
from outreach.output.safe_text import writable
from outreach.output.traced import paths_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gpxpy.gpx import GPX, GPXTrackSegment, GPXWaypoint
    from shapely.geometry import LineString

    from outreach.model import DayRoute, Plan
    from outreach.output.itinerary import Entry
    from outreach.output.words import Words
    from outreach.routing.trace import Traces

logger = logging.getLogger(__name__)

_DECIMALS = 6
_SYMBOLS = {"base": "Building", "visit": "Flag", "partner": "School", "lodging": "Lodge"}


def write_gpx(plan: Plan, traces: Traces, words: Words, folder: Path) -> tuple[Path, ...]:
    """
    Write ``<worker>-<date>.gpx`` for every day of every worker.

    Parameters
    ----------
    plan
        Whose stops become the waypoints.
    traces
        The road geometry of its legs.
    words
        The reader's language.
    folder
        Where the files land.

    Raises
    ------
    ExportError
        When a file cannot be written.
    """
    paths = paths_of(traces)
    workers = worker_ids(plan)
    names = file_names(workers)
    written = []
    for worker_id in workers:
        for route in routes_of(plan, worker_id):
            way = paths.get((route.team_id, route.day), ())
            gpx = _gpx(plan, route, worker_id, way, words)
            path = folder / f"{names[worker_id]}-{date_of(plan, route.day).isoformat()}.gpx"
            write_text_whole(path, gpx.to_xml(version="1.1"))
            written.append(path)
    logger.info("wrote %d GPX files to %s", len(written), folder.name)
    return tuple(written)


def is_own_gpx(path: Path) -> bool:
    """Tell whether a file is a GPX that `write_gpx` made."""
    with path.open(encoding="utf-8", errors="replace") as file:
        return f'creator="{GENERATOR}"' in file.read(512)


def _gpx(
    plan: Plan, route: DayRoute, worker_id: str, way: Sequence[LineString], words: Words
) -> GPX:
    from gpxpy.gpx import GPX, GPXTrack

    gpx = GPX()
    gpx.creator = GENERATOR
    date = date_of(plan, route.day)
    gpx.name = writable(f"{worker_id} {words.date(date)}")
    if plan.notices:
        gpx.description = writable(" ".join(words.say(notice) for notice in plan.notices))
    number = 0
    rests: list[str] = []
    for item in listed(route, plan.starts_at):
        if isinstance(item, Rest):
            rests.append(_rest(item, words))
            continue
        number = item.number or number
        gpx.waypoints.append(_waypoint(item, number, rests, words))
        rests = []
    if rests:
        last = gpx.waypoints[-1]
        last.description = " · ".join((last.description or "", *rests))
    track = GPXTrack(name=gpx.name)
    track.segments.append(_segment(way))
    gpx.tracks.append(track)
    return gpx


def _rest(rest: Rest, words: Words) -> str:
    return writable(f"{rest.break_id} {words.clock(rest.starts)}–{words.clock(rest.ends)}")


def _waypoint(entry: Entry, number: int, rests: Sequence[str], words: Words) -> GPXWaypoint:
    from gpxpy.gpx import GPXWaypoint

    stop = entry.stop
    time = entry.departs if entry.leg_in is None else entry.starts
    # Apps sort waypoints by name, so the name begins with the number that the stop has on the
    # worker's page; what has none there stands right after the stop before it.
    is_after = entry.number is None and entry.leg_in is not None
    order = f"{number:02d}+" if is_after else f"{number:02d}"
    promised = words.say("promised") if stop.is_pinned else None
    facts = (*rests, words.clock(time), stop.category, stop.area, promised)
    return GPXWaypoint(
        latitude=round(stop.lat, _DECIMALS),
        longitude=round(stop.lon, _DECIMALS),
        name=writable(f"{order} {place_name(stop)}"),
        # A break has no place of its own: it is told at the stop that follows it.
        description=writable(" · ".join(x for x in facts if x)),
        symbol=_SYMBOLS[stop.kind],
        type=stop.kind,
    )


def _segment(way: Sequence[LineString]) -> GPXTrackSegment:
    from gpxpy.gpx import GPXTrackPoint, GPXTrackSegment

    segment = GPXTrackSegment()
    last: tuple[float, float] | None = None
    for path in way:
        for lon, lat, *_ in path.coords:
            point = (round(lat, _DECIMALS), round(lon, _DECIMALS))
            if point != last:
                segment.points.append(GPXTrackPoint(*point))
            last = point
    return segment
