"""A worker's itinerary on A4, as PDF: a page a day, and one before each circuit."""

from __future__ import annotations

import json
import logging
import math
import re
from importlib import resources
from typing import TYPE_CHECKING, Any

from outreach.errors import ExportError
from outreach.output.itinerary import compact_numbers, date_of, is_night_away, routes_of
from outreach.output.page_data import PLAIN, ways_of, worker_data
from outreach.output.palette import WEEKDAY_COLOURS
from outreach.output.print_map import MapWay, draw_map
from outreach.output.print_marks import MapMark

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from outreach.model import DayRoute, Plan
    from outreach.output.basemap import Roads
    from outreach.output.page_data import Look, Ways
    from outreach.output.words import Words
    from outreach.routing.trace import Traces

Json = dict[str, Any]

logger = logging.getLogger(__name__)

_TEMPLATE = "assets/itinerary.typ"
_WIDTH_MM = 180.0
_TOUR_HEIGHT_MM = 120.0
_DAY_HEIGHT_MM = 96.0
_LEAST_HEIGHT_MM = 62.0
# A day of so many lines fits under the highest map; each line more takes from its height.
_LINES_UNDER_MAP = 12
_LINE_MM = 8.0
_FOOTER_MM = 14.0
_NOTICE_LINE_MM = 3.4
_NOTICE_LETTERS = 120
# Long words may be broken after so many letters, or they would run into the next column.
_LONG_WORD = re.compile(r"\S{20,}")
_PIECE = re.compile(r"\S{10}(?=\S)")
_MAY_BREAK = "\N{ZERO WIDTH SPACE}"
# Who reads on paper cannot select what a sign turned round, or put into a line of its own.
_DISARRANGING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile(r"[\u2028\u2029\r\n\t]+")
_LEAST_POINTS = 2
_DASHES_MM: tuple[tuple[float, ...], ...] = ((), (4.0, 1.4), (1.7, 1.2), (6.0, 1.2, 1.2, 1.2))


def itinerary_pdf(
    plan: Plan,
    traces: Traces,
    words: Words,
    *,
    worker_id: str,
    roads: Roads | None = None,
    look: Look = PLAIN,
) -> bytes:
    """
    Print one worker's days.

    Parameters
    ----------
    plan
        What is told; nobody's cases but this worker's are printed.
    traces
        The road geometry of its legs.
    words
        The reader's language.
    worker_id
        Whose days.
    roads
        What lies under the ways on the maps; None leaves them white.
    look
        How categories are called, and whom the roads are owed to.

    Returns
    -------
    pdf
        Equal plans give equal bytes.

    Raises
    ------
    ExportError
        When the pages cannot be typeset.
    """
    ways = ways_of(traces)
    routes = routes_of(plan, worker_id)
    told = worker_data(plan, ways, worker_id, words, look=look)
    days = [
        _day(plan, route, shown, told["title"], words)
        for route, shown in zip(routes, told["routes"], strict=True)
    ]
    pages: list[Json] = []
    for tour in _tours(routes):
        ridden, shown = [routes[i] for i in tour], [days[i] for i in tour]
        if is_night_away(ridden[0]):
            pages.append(_tour_page(plan, ridden, shown, words))
            pages[-1]["map"] = _tour_map(ridden, shown, ways, roads)
        for route, day in zip(ridden, shown, strict=True):
            pages.append(day | {"map": _day_map(route, day, ways, roads)})
    n_lines = sum(math.ceil(len(notice) / _NOTICE_LETTERS) for notice in told["notices"])
    pdf = _typeset(
        {
            "language": words.language,
            "words": _labels(words),
            "title": told["title"],
            "span": told["span"],
            "notices": told["notices"],
            "attribution": "" if roads is None else told["attribution"],
            "footer_mm": _FOOTER_MM + _NOTICE_LINE_MM * n_lines,
            "contacts": told["contacts"],
            "pages": pages,
        }
    )
    logger.info("printed %d days and circuits of %s", len(pages), worker_id)
    return pdf


def _labels(words: Words) -> dict[str, str]:
    return {
        "area": words.say("Area"),
        "category": words.say("Category"),
        "confidential": words.say("CONFIDENTIAL – holds data about children"),
        "contact": words.say("Contact"),
        "day": words.say("Day"),
        "done": words.say("Done"),
        "home": words.say("home"),
        "hours": words.say("From – to"),
        "itinerary": words.say("Itinerary"),
        "map": words.say("Map of the way and its stops"),
        "minutes": words.say("Takes"),
        "night": words.say("Night at"),
        "notes": words.say("Notes"),
        "nothing": words.say("No visits are planned in these days."),
        "number": words.say("No."),
        "onward": words.say("To the next"),
        "promised": words.say("promised"),
        "time": words.say("Time"),
        "visits": words.say("Visits"),
        "way": words.say("Way"),
        "who": words.say("Who"),
    }


def _tours(routes: Sequence[DayRoute]) -> list[list[int]]:
    """Group days, by their positions: those with a night away between them belong together."""
    tours: list[list[int]] = []
    for i in range(len(routes)):
        if i and is_night_away(routes[i - 1]):
            tours[-1].append(i)
        else:
            tours.append([i])
    return tours


def _day(plan: Plan, route: DayRoute, shown: Json, title: str, words: Words) -> Json:
    date = date_of(plan, route.day)
    times = [item["time"] for item in shown["items"] if item["is"] == "stop"]
    team = words.say("with %(team)s", team=shown["team"]) if shown["team"] else ""
    return {
        "is": "day",
        "date": words.date(date),
        "chip": words.weekday(date),
        "colour": WEEKDAY_COLOURS[date.weekday()],
        "whose": " · ".join(said for said in (title, shown["circuit"], team) if said),
        "facts": shown["facts"],
        "hours": f"{times[0]} – {times[-1]}",
        "night": shown["night"],
        "items": shown["items"],
    }


def _tour_page(plan: Plan, routes: Sequence[DayRoute], days: Sequence[Json], words: Words) -> Json:
    first, last = date_of(plan, routes[0].day), date_of(plan, routes[-1].day)
    return {
        "is": "tour",
        "title": words.days(first, last),
        "whose": days[0]["whose"],
        "days": [
            {key: day[key] for key in ("date", "colour", "facts", "hours", "night")} for day in days
        ],
    }


def _day_map(route: DayRoute, day: Json, ways: Ways, roads: Roads | None) -> Json:
    way = MapWay(paths=_paths(route, ways), colour=day["colour"])
    n_over = max(0, len(day["items"]) - _LINES_UNDER_MAP)
    height_mm = max(_LEAST_HEIGHT_MM, _DAY_HEIGHT_MM - n_over * _LINE_MM)
    return _map([way], _numbers(day) + _houses([day]), roads, height_mm)


def _tour_map(
    routes: Sequence[DayRoute], days: Sequence[Json], ways: Ways, roads: Roads | None
) -> Json:
    drawn = [
        MapWay(
            paths=_paths(route, ways),
            colour=day["colour"],
            dashes_mm=_DASHES_MM[i % len(_DASHES_MM)],
        )
        for i, (route, day) in enumerate(zip(routes, days, strict=True))
    ]
    return _map(drawn, _chips(drawn, days) + _houses(days), roads, _TOUR_HEIGHT_MM)


def _map(
    ways: Sequence[MapWay], marks: Sequence[MapMark], roads: Roads | None, height_mm: float
) -> Json:
    svg = draw_map(ways, marks, roads, width_mm=_WIDTH_MM, height_mm=height_mm)
    return {"svg": svg, "width_mm": _WIDTH_MM, "height_mm": height_mm}


def _paths(route: DayRoute, ways: Ways) -> tuple[Any, ...]:
    return tuple(leg.path for leg in ways.legs.get((route.team_id, route.day), ()))


def _numbers(day: Json) -> list[MapMark]:
    """Mark the visits and partners of a day, those at one spot by one mark."""
    spots: dict[int, list[Json]] = {}
    for item in day["items"]:
        if item["is"] == "stop" and item["number"] is not None:
            spots.setdefault(item["spot"], []).append(item)
    return [
        MapMark(
            kind="number",
            lon=items[0]["lon"],
            lat=items[0]["lat"],
            colour=day["colour"],
            text=compact_numbers(tuple(item["number"] for item in items)),
        )
        for items in spots.values()
    ]


def _chips(ways: Sequence[MapWay], days: Sequence[Json]) -> list[MapMark]:
    """Name each day at the middle of its way."""
    import shapely

    marks = []
    for way, day in zip(ways, days, strict=True):
        points = shapely.get_coordinates(list(way.paths))
        if len(points) < _LEAST_POINTS:
            continue
        middle = shapely.line_interpolate_point(shapely.linestrings(points), 0.5, normalized=True)
        colour, text = day["colour"], day["chip"]
        marks.append(MapMark(kind="number", lon=middle.x, lat=middle.y, colour=colour, text=text))
    return marks


def _houses(days: Iterable[Json]) -> list[MapMark]:
    """Mark bases and lodgings, each place once."""
    places = {
        (item["kind"], item["lon"], item["lat"]): None
        for day in days
        for item in day["items"]
        if item["is"] == "stop" and item["kind"] in {"base", "lodging"}
    }
    return [MapMark(kind=kind, lon=lon, lat=lat) for kind, lon, lat in places]


def _typeset(document: Json) -> bytes:
    """Hand data and template to the typesetter; neither reads nor writes a file, nor asks a net."""
    import typst

    template = resources.files("outreach.output").joinpath(_TEMPLATE).read_bytes()
    data = json.dumps(_on_paper(document), ensure_ascii=False, sort_keys=True)
    try:
        pdf = typst.compile(
            template, format="pdf", sys_inputs={"data": data}, ignore_system_fonts=True
        )
    except typst.TypstError as error:
        raise ExportError(
            "the itinerary cannot be typeset (%(reason)s); please report this", reason=str(error)
        ) from error
    return bytes(pdf)


def _on_paper(node: Any, key: str = "") -> Any:
    """Take from texts what disarranges a page, and let long words be broken."""
    if isinstance(node, dict):
        return {name: _on_paper(value, name) for name, value in node.items()}
    if isinstance(node, list):
        return [_on_paper(item) for item in node]
    if isinstance(node, str) and key != "svg":
        text = _LINE_ENDS.sub(" ", _DISARRANGING.sub("", node))
        return _LONG_WORD.sub(lambda word: _PIECE.sub(rf"\g<0>{_MAY_BREAK}", word[0]), text)
    return node
