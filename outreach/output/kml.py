"""A KML file per worker: a folder a day, with the way in the day's colour and numbered places."""

from __future__ import annotations

import html
import logging
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from outreach.output.itinerary import date_of, routes_of
from outreach.output.notices import notices_for
from outreach.output.page import GENERATOR
from outreach.output.palette import WEEKDAY_COLOURS
from outreach.output.safe_text import writable
from outreach.output.traced import paths_of
from outreach.output.waypoints import way_points, waypoints

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry import LineString

    from outreach.model import DayRoute, Plan
    from outreach.output.waypoints import Waypoint
    from outreach.output.words import Words
    from outreach.routing.trace import Traces

logger = logging.getLogger(__name__)

_NAMESPACE = "http://www.opengis.net/kml/2.2"
_MARK = f"<!--{GENERATOR}-->"
_WIDTH_PX = 4


def kml_of(plan: Plan, traces: Traces, worker_id: str, words: Words) -> bytes:
    """
    Make one worker's days as KML 2.2, in EPSG:4326.

    It asks for no icons from elsewhere; readers draw their own, tinted as the day.

    Parameters
    ----------
    plan
        Whose stops become placemarks.
    traces
        The road geometry of its legs.
    worker_id
        Whose days.
    words
        The reader's language.
    """
    # ElementTree and not simplekml, which takes some texts for markup and breaks on them.
    paths = paths_of(traces)
    kml = ET.Element("kml", xmlns=_NAMESPACE)
    document = ET.SubElement(kml, "Document")
    _say(document, "name", words.say("Visits of %(worker)s", worker=worker_id))
    _say(document, "open", "1")
    if notices := notices_for(plan, worker_id):
        _describe(document, " ".join(words.say(notice) for notice in notices))
    routes = routes_of(plan, worker_id)
    for weekday in sorted({date_of(plan, route.day).weekday() for route in routes}):
        _add_style(document, weekday)
    for route in routes:
        way = paths.get((route.team_id, route.day), ())
        _add_day(document, plan, route, way, words)
    ET.indent(kml)
    text: str = ET.tostring(kml, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_MARK}\n{text}\n'.encode()


def _add_style(document: ET.Element, weekday: int) -> None:
    colour = _abgr(WEEKDAY_COLOURS[weekday])
    style = ET.SubElement(document, "Style", id=_style_id(weekday))
    _say(ET.SubElement(style, "IconStyle"), "color", colour)
    line = ET.SubElement(style, "LineStyle")
    _say(line, "color", colour)
    _say(line, "width", str(_WIDTH_PX))


def _add_day(
    document: ET.Element, plan: Plan, route: DayRoute, way: Sequence[LineString], words: Words
) -> None:
    date = date_of(plan, route.day)
    style = f"#{_style_id(date.weekday())}"
    folder = ET.SubElement(document, "Folder")
    _say(folder, "name", words.date(date))
    line = way_points(way)
    if len(line) > 1:
        track = _placemark(folder, words.date(date), None, style)
        geometry = ET.SubElement(track, "LineString")
        _say(geometry, "tessellate", "1")
        _say(geometry, "coordinates", " ".join(_at(lon, lat) for lon, lat in line))
    for point in waypoints(plan, route, words):
        _add_place(folder, point, style)


def _add_place(folder: ET.Element, point: Waypoint, style: str) -> None:
    placemark = _placemark(folder, point.name, point.told, style)
    _say(ET.SubElement(placemark, "Point"), "coordinates", _at(point.lon, point.lat))


def _placemark(folder: ET.Element, name: str, told: str | None, style: str) -> ET.Element:
    placemark = ET.SubElement(folder, "Placemark")
    _say(placemark, "name", name)
    if told:
        _describe(placemark, told)
    _say(placemark, "styleUrl", style)
    return placemark


def _describe(parent: ET.Element, text: str) -> None:
    # Readers take a description for HTML.
    _say(parent, "description", html.escape(text, quote=False))


def _say(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = writable(text)


def _at(lon: float, lat: float) -> str:
    return f"{lon:.6f},{lat:.6f}"


def _style_id(weekday: int) -> str:
    return f"weekday-{weekday}"


def _abgr(colour: str) -> str:
    """Turn ``#rrggbb`` into KML's ``aabbggrr``, opaque."""
    red, green, blue = colour[1:3], colour[3:5], colour[5:7]
    return f"ff{blue}{green}{red}"
