"""A GPX file per worker and day: the way as a track, the stops as waypoints in order."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from outreach.output.files import write_bytes_whole
from outreach.output.itinerary import date_of, kind_name, routes_of, worker_ids
from outreach.output.names import file_names
from outreach.output.notices import notices_for
from outreach.output.page import GENERATOR
from outreach.output.safe_text import writable
from outreach.output.traced import paths_of
from outreach.output.waypoints import way_points, waypoints

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gpxpy.gpx import GPX
    from shapely.geometry import LineString

    from outreach.model import DayRoute, Plan
    from outreach.output.words import Words
    from outreach.routing.trace import Traces

logger = logging.getLogger(__name__)

_SYMBOLS = {"base": "Building", "visit": "Flag", "partner": "School", "lodging": "Lodge"}


def gpx_files(plan: Plan, traces: Traces, worker_id: str, words: Words) -> dict[str, bytes]:
    """
    Make ``<worker>-<date>.gpx`` (GPX 1.1) for every day of one worker.

    There is no route element beside the track: apps that find a way of their own along a route's
    points would lead over other roads than those that were planned.

    Parameters
    ----------
    plan
        Whose stops become the waypoints.
    traces
        The road geometry of its legs.
    worker_id
        Whose days.
    words
        The reader's language.

    Returns
    -------
    files
        What each file holds, by its name, in the order of the days.
    """
    paths = paths_of(traces)
    name = file_names(worker_ids(plan))[worker_id]
    files = {}
    for route in routes_of(plan, worker_id):
        way = paths.get((route.team_id, route.day), ())
        gpx = _gpx(plan, route, worker_id, way, words)
        file = f"{name}-{date_of(plan, route.day).isoformat()}.gpx"
        files[file] = gpx.to_xml(version="1.1").encode()
    return files


def write_gpx(plan: Plan, traces: Traces, words: Words, folder: Path) -> tuple[Path, ...]:
    """
    Write the files of `gpx_files` for every worker into a folder.

    Raises
    ------
    ExportError
        When a file cannot be written.
    """
    written = []
    for worker_id in worker_ids(plan):
        for name, content in gpx_files(plan, traces, worker_id, words).items():
            write_bytes_whole(folder / name, content)
            written.append(folder / name)
    logger.info("wrote %d GPX files to %s", len(written), folder.name)
    return tuple(written)


def is_own_gpx(path: Path) -> bool:
    """Tell whether a file is a GPX that `write_gpx` made."""
    with path.open(encoding="utf-8", errors="replace") as file:
        return f'creator="{GENERATOR}"' in file.read(512)


def _gpx(
    plan: Plan, route: DayRoute, worker_id: str, way: Sequence[LineString], words: Words
) -> GPX:
    from gpxpy.gpx import GPX, GPXTrack, GPXTrackPoint, GPXTrackSegment, GPXWaypoint

    gpx = GPX()
    gpx.creator = GENERATOR
    gpx.name = writable(f"{worker_id} {words.date(date_of(plan, route.day))}")
    if notices := notices_for(plan, worker_id):
        gpx.description = writable(" ".join(words.say(notice) for notice in notices))
    gpx.waypoints = [
        GPXWaypoint(
            latitude=point.lat,
            longitude=point.lon,
            name=point.name,
            description=point.told,
            symbol=_SYMBOLS[point.stop.kind],
            # OsmAnd shows waypoints in groups by their type.
            type=kind_name(point.stop.kind, words),
        )
        for point in waypoints(plan, route, words)
    ]
    track = GPXTrack(name=gpx.name)
    track.segments.append(
        GPXTrackSegment(
            [GPXTrackPoint(latitude=lat, longitude=lon) for lon, lat in way_points(way)]
        )
    )
    gpx.tracks.append(track)
    return gpx
