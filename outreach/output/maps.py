"""Draw a plan with folium: the roads, each day's way in its colour, numbered stops."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from outreach.output.basemap import road_lines
from outreach.output.itinerary import (
    compact_numbers,
    date_of,
    entries,
    is_ridden,
    place_name,
    routes_of,
)
from outreach.output.palette import WEEKDAY_COLOURS
from outreach.output.safe_text import safe_text
from outreach.output.traced import paths_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import folium
    from branca.element import Element
    from shapely.geometry import LineString

    from outreach.model import DayRoute, Plan
    from outreach.output.basemap import RoadClass, Roads
    from outreach.output.itinerary import Entry
    from outreach.output.words import Words
    from outreach.routing.trace import Traces

LEAFLET_JS = "leaflet.js"
LEAFLET_CSS = "leaflet.css"

# Colour, width in pixels, dashes. At least 3:1 against the paper for what must be seen in the
# sun; the small roads stay lighter, since they only tell which turn it is.
_ROAD_STYLES: dict[RoadClass, tuple[str, float, str | None]] = {
    "track": ("#94795a", 1.2, "4 3"),
    "minor": ("#87827a", 1.2, None),
    "main": ("#7a705f", 3.0, None),
    "ferry": ("#2b7bba", 2.5, "2 6"),
}
_ROADS_PANE = "roads"
_ROADS_Z_INDEX = 350
_COORDINATE_DECIMALS = 5
_ARROW_MIN_DISTANCE_M = 3000.0

_GLYPHS = {
    "base": '<svg viewBox="0 0 16 16"><path d="M8 1 1 8h2v6h4v-4h2v4h4V8h2z"/></svg>',
    "lodging": '<svg viewBox="0 0 16 16"><path d="M6 1a7 7 0 1 0 9 9A6 6 0 0 1 6 1z"/></svg>',
}


def draw_supervisor(
    plan: Plan, traces: Traces, words: Words, *, roads: Roads | None = None
) -> folium.Map:
    """
    Draw everybody's days.

    Parameters
    ----------
    plan
        What is drawn.
    traces
        The road geometry of its legs.
    words
        The reader's language.
    roads
        What the background shows; without it the ways stand on plain paper.
    """
    return _draw(plan, routes_of(plan), traces, words, roads)


def draw_worker(
    plan: Plan,
    traces: Traces,
    worker_id: str,
    words: Words,
    *,
    roads: Roads | None = None,
) -> folium.Map:
    """Draw one worker's days, and nobody else's cases; parameters as for `draw_supervisor`."""
    return _draw(plan, routes_of(plan, worker_id), traces, words, roads)


def route_name(position: int) -> str:
    """Name a drawn day in the page's script."""
    return f"route_{position}"


def stop_name(position: int, spot: int) -> str:
    """Name a drawn stop in the page's script."""
    return f"stop_{position}_{spot}"


def _draw(
    plan: Plan,
    routes: Sequence[DayRoute],
    traces: Traces,
    words: Words,
    roads: Roads | None,
) -> folium.Map:
    import folium

    drawn = folium.Map(tiles=None, zoom_control="bottomright", max_zoom=18)
    # On the instance: the lists of the class are shared by all maps. jQuery, Bootstrap and icon
    # fonts serve parts of folium that are not used here.
    drawn.default_js = [("leaflet", LEAFLET_JS)]
    drawn.default_css = [("leaflet_css", LEAFLET_CSS)]
    paths = paths_of(traces)
    ways = [paths.get((route.team_id, route.day), ()) for route in routes]
    if roads is not None:
        _draw_roads(drawn, roads, [path for way in ways for path in way])
    for position, (route, way) in enumerate(zip(routes, ways, strict=True)):
        _draw_route(drawn, plan, route, way, position, words)
    _fit(drawn, routes, ways)
    _number_names(drawn)
    return drawn


def _draw_roads(drawn: folium.Map, roads: Roads, paths: Sequence[LineString]) -> None:
    import folium

    drawn.add_child(folium.map.CustomPane(_ROADS_PANE, z_index=_ROADS_Z_INDEX))
    for name, lines in road_lines(roads, paths).items():
        if not lines:
            continue
        colour, weight, dashes = _ROAD_STYLES[name]
        drawn.add_child(
            _polyline(
                [[[lat, lon] for lon, lat in line] for line in lines],
                colour,
                weight,
                dashArray=dashes,
                pane=_ROADS_PANE,
                className=f"road-{name}",
            )
        )


def _draw_route(
    drawn: folium.Map,
    plan: Plan,
    route: DayRoute,
    way: Sequence[LineString],
    position: int,
    words: Words,
) -> None:
    import folium

    group = folium.FeatureGroup(control=False)
    _name(group, route_name(position))
    weekday = date_of(plan, route.day).weekday()
    lines = [_flipped(path) for path in way if not path.is_empty]
    if lines:
        for colour, weight in (("#ffffff", 8), (WEEKDAY_COLOURS[weekday], 4.5)):
            group.add_child(_polyline(lines, colour, weight, opacity=0.95))
    for leg, path in zip(route.legs, way, strict=False):
        if leg.distance_m >= _ARROW_MIN_DISTANCE_M:
            group.add_child(_arrow(path, weekday))
    listed = entries(route, plan.starts_at)
    for spot in sorted({entry.spot for entry in listed}):
        here = [entry for entry in listed if entry.spot == spot]
        group.add_child(_marker(plan, route, here, position, words))
    drawn.add_child(group)


def _polyline(
    lines: list[list[list[float]]], colour: str, weight: float, **options: object
) -> folium.PolyLine:
    import folium

    line = folium.PolyLine([(0.0, 0.0)], color=colour, weight=weight)
    # folium would look at each number of each point anew, which takes longer than all the rest.
    line.locations = lines
    line.options.update(interactive=False, **options)
    return line


def _marker(
    plan: Plan, route: DayRoute, here: Sequence[Entry], position: int, words: Words
) -> folium.Marker:
    import folium
    from folium.elements import MethodCall

    first = here[0]
    numbers = tuple(entry.number for entry in here if entry.number is not None)
    glyph = next((_GLYPHS[e.stop.kind] for e in here if e.stop.kind in _GLYPHS), "")
    kind = "visit" if not glyph else first.stop.kind
    if not glyph and all(entry.stop.kind == "partner" for entry in here):
        kind = "partner"
    weekday = date_of(plan, route.day).weekday()
    label = glyph or compact_numbers(numbers)
    marker = folium.Marker(
        (first.stop.lat, first.stop.lon),
        icon=folium.DivIcon(
            html=f'<span class="pin {kind} weekday-{weekday}">{label}</span>',
            icon_size=(0, 0),
            class_name="anchor",
        ),
    )
    if glyph:
        # Seen, but never in the way of a numbered stop's tap.
        marker.options["zIndexOffset"] = -1000
    _name(marker, stop_name(position, first.spot))
    marker.add_child(MethodCall(marker, "bind_popup", _popup(plan, route, here, words)))
    return marker


def _popup(plan: Plan, route: DayRoute, here: Sequence[Entry], words: Words) -> str:
    date = date_of(plan, route.day)
    team = ", ".join(route.worker_ids)
    head = f'<p class="when weekday-{date.weekday()}">{safe_text(words.date(date))}</p>'
    head += f'<p class="team"><bdi>{safe_text(team)}</bdi></p>'
    return head + "".join(_popup_entry(entry, words) for entry in here)


def _popup_entry(entry: Entry, words: Words) -> str:
    stop = entry.stop
    title = place_name(stop) if entry.number is None else f"{entry.number}. {place_name(stop)}"
    facts = [f"{words.clock(entry.starts)}–{words.clock(entry.departs)}"]
    if entry.leg_in is None:
        facts = [words.say("leaves %(time)s", time=words.clock(entry.departs))]
    elif entry.leg_out is None:
        facts = [words.say("arrives %(time)s", time=words.clock(entry.arrives))]
    else:
        facts.append(words.duration(stop.departs_s - stop.starts_s))
    if stop.place_id != place_name(stop):
        facts.append(stop.place_id)
    facts += [fact for fact in (stop.category, stop.area) if fact]
    if stop.is_pinned:
        facts.append(words.say("promised"))
    lines = f"<p>{' · '.join(f'<bdi>{safe_text(fact)}</bdi>' for fact in facts)}</p>"
    if entry.leg_out is not None and is_ridden(entry.leg_out):
        onward = words.say(
            "%(distance)s, %(duration)s to the next stop",
            distance=words.km(entry.leg_out.distance_m),
            duration=words.duration(entry.leg_out.duration_s),
        )
        lines += f'<p class="onward">{safe_text(onward)}</p>'
    return f'<p class="who"><bdi>{safe_text(title)}</bdi></p>{lines}'


def _arrow(path: LineString, weekday: int) -> folium.Marker:
    import math

    import folium

    before, middle, after = (path.interpolate(x, normalized=True) for x in (0.49, 0.5, 0.51))
    east = (after.x - before.x) * math.cos(math.radians(middle.y))
    bearing = math.degrees(math.atan2(east, after.y - before.y))
    arrow = folium.Marker(
        (round(middle.y, _COORDINATE_DECIMALS), round(middle.x, _COORDINATE_DECIMALS)),
        icon=folium.DivIcon(
            html=f'<svg class="arrow weekday-{weekday}" viewBox="-8 -8 16 16">'
            f'<path transform="rotate({bearing:.0f})" d="M0-6 5 5 0 2-5 5z"/></svg>',
            icon_size=(0, 0),
            class_name="anchor",
        ),
    )
    arrow.options.update(interactive=False, keyboard=False, zIndexOffset=-2000)
    return arrow


def _fit(
    drawn: folium.Map, routes: Sequence[DayRoute], ways: Sequence[Sequence[LineString]]
) -> None:
    lons = [stop.lon for route in routes for stop in route.stops]
    lats = [stop.lat for route in routes for stop in route.stops]
    for path in (path for way in ways for path in way if not path.is_empty):
        west, south, east, north = path.bounds
        lons += [west, east]
        lats += [south, north]
    if lons:
        corners = [(min(lats), min(lons)), (max(lats), max(lons))]
        drawn.fit_bounds(corners, padding=(24, 24), max_zoom=16)


def _flipped(path: LineString) -> list[list[float]]:
    kept: list[list[float]] = []
    for lon, lat, *_ in path.coords:
        point = [round(lat, _COORDINATE_DECIMALS), round(lon, _COORDINATE_DECIMALS)]
        if not kept or point != kept[-1]:
            kept.append(point)
    return kept


def _name(element: Element, name: str) -> None:
    # folium names its variables by random ids; the page's script must know these, and equal
    # plans must give equal pages.
    element._name, element._id = name.split("_", maxsplit=1)  # noqa: SLF001


def _number_names(drawn: folium.Map) -> None:
    numbers = count()

    def number(element: Element) -> None:
        if len(element._id) == 32:  # noqa: PLR2004, SLF001
            element._id = str(next(numbers))  # noqa: SLF001
        for child in element._children.values():  # noqa: SLF001
            number(child)

    number(drawn)
