"""The maps above a printed page: a day or a circuit as a whole, and crowded places enlarged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outreach.output.itinerary import compact_numbers
from outreach.output.print_map import MapWay, draw_map, places_on_paper
from outreach.output.print_marks import RADIUS_MM, MapMark

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from outreach.model import DayRoute
    from outreach.output.basemap import Roads
    from outreach.output.page_data import Ways

Json = dict[str, Any]

WIDTH_MM = 180.0
_TOUR_HEIGHT_MM = 120.0
_GUTTER_MM = 2.0
_CROWD = 3
# Of the whole, and of each enlarged place, by how many of these there are.
_WIDTHS_MM = {0: (WIDTH_MM,), 1: (102.0, 76.0), 2: (72.0, 52.0, 52.0)}
_DASHES_MM: tuple[tuple[float, ...], ...] = ((), (4.0, 1.4), (1.7, 1.2), (6.0, 1.2, 1.2, 1.2))
_LEAST_POINTS = 2

Spot = tuple[tuple[int, ...], MapMark]
"""Numbers of the stops at one spot, and their mark."""


def day_panels(
    route: DayRoute, day: Json, ways: Ways, roads: Roads | None, *, height_mm: float
) -> list[Json]:
    """
    Draw a day: the whole way, and beside it the places where its stops crowd.

    Parameters
    ----------
    route
        Whose way is drawn.
    day
        Its `colour` and its `items`, as `outreach.output.page_data` lists them.
    ways
        The paths.
    roads
        What lies under them, or nothing.
    height_mm
        Of all panels.

    Returns
    -------
    panels
        From left to right: `svg`, `width_mm`, `height_mm`; as wide as the page with their gaps.
    """
    drawn = [MapWay(paths=_paths(route, ways), colour=day["colour"])]
    spots, houses = _spots(day), _houses([day])
    crowds = _crowds(drawn, spots, houses, roads, height_mm)
    whole = [mark for _, mark in _gathered(spots, crowds)] + houses
    everything = [mark for _, mark in spots] + houses
    shown: list[tuple[list[MapMark], list[MapMark]]] = [(whole, [])]
    shown += [(everything, [spots[i][1] for i in crowd]) for crowd in crowds]
    return [
        _panel(drawn, marks, roads, width_mm, height_mm, around)
        for width_mm, (marks, around) in zip(_WIDTHS_MM[len(crowds)], shown, strict=True)
    ]


def tour_panels(
    routes: Sequence[DayRoute], days: Sequence[Json], ways: Ways, roads: Roads | None
) -> list[Json]:
    """Draw the days of a circuit, each named at the middle of its way, without the stops."""
    drawn = [
        MapWay(
            paths=_paths(route, ways),
            colour=day["colour"],
            dashes_mm=_DASHES_MM[i % len(_DASHES_MM)],
        )
        for i, (route, day) in enumerate(zip(routes, days, strict=True))
    ]
    marks = _chips(drawn, days) + _houses(days, are_named=True)
    return [_panel(drawn, marks, roads, WIDTH_MM, _TOUR_HEIGHT_MM, [])]


def _panel(
    ways: Sequence[MapWay],
    marks: Sequence[MapMark],
    roads: Roads | None,
    width_mm: float,
    height_mm: float,
    around: Sequence[MapMark],
) -> Json:
    svg = draw_map(ways, marks, roads, width_mm=width_mm, height_mm=height_mm, around=around)
    return {"svg": svg, "width_mm": width_mm, "height_mm": height_mm}


def _paths(route: DayRoute, ways: Ways) -> tuple[Any, ...]:
    return tuple(leg.path for leg in ways.legs.get((route.team_id, route.day), ()))


def _spots(day: Json) -> list[Spot]:
    """Mark the visits and partners of a day, those at one spot by one mark."""
    spots: dict[int, list[Json]] = {}
    for item in day["items"]:
        if item["is"] == "stop" and item["number"] is not None:
            spots.setdefault(item["spot"], []).append(item)
    return [
        _spot(
            tuple(item["number"] for item in items),
            items[0]["lon"],
            items[0]["lat"],
            day["colour"],
        )
        for items in spots.values()
    ]


def _spot(numbers: tuple[int, ...], lon: float, lat: float, colour: str) -> Spot:
    text = compact_numbers(numbers)
    return numbers, MapMark(kind="number", lon=lon, lat=lat, colour=colour, text=text)


def _crowds(
    ways: Sequence[MapWay],
    spots: Sequence[Spot],
    houses: Sequence[MapMark],
    roads: Roads | None,
    height_mm: float,
) -> list[list[int]]:
    """Find, by position, the spots whose marks would cover each other; the largest two crowds."""
    import numpy as np
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial.distance import cdist

    marks = [mark for _, mark in spots] + list(houses)
    if len(spots) < _CROWD:
        return []
    at_mm = places_on_paper(ways, marks, roads, width_mm=WIDTH_MM, height_mm=height_mm)
    covers = cdist(at_mm[: len(spots)], at_mm[: len(spots)]) < 2 * RADIUS_MM
    n, crowd_of = connected_components(covers, directed=False)
    crowds = [np.flatnonzero(crowd_of == i).tolist() for i in range(n)]
    crowds = [crowd for crowd in crowds if len(crowd) >= _CROWD]
    largest = sorted(crowds, key=lambda crowd: (-len(crowd), crowd))[: max(_WIDTHS_MM)]
    # Read from left to right as the day goes.
    return sorted(largest)


def _gathered(spots: Sequence[Spot], crowds: Sequence[Sequence[int]]) -> list[Spot]:
    """Put one mark in place of each crowd, in its middle."""
    crowded = {i for crowd in crowds for i in crowd}
    gathered = [spot for i, spot in enumerate(spots) if i not in crowded]
    for crowd in crowds:
        members = [spots[i] for i in crowd]
        marks = [mark for _, mark in members]
        gathered.append(
            _spot(
                tuple(sorted(number for numbers, _ in members for number in numbers)),
                sum(mark.lon for mark in marks) / len(marks),
                sum(mark.lat for mark in marks) / len(marks),
                marks[0].colour,
            )
        )
    return gathered


def _chips(ways: Sequence[MapWay], days: Sequence[Json]) -> list[MapMark]:
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


def _houses(days: Iterable[Json], *, are_named: bool = False) -> list[MapMark]:
    """Mark bases and lodgings, each place once; name the lodgings where they are to be named."""
    places = {
        (item["kind"], item["lon"], item["lat"]): item["name"]
        for day in days
        for item in day["items"]
        if item["is"] == "stop" and item["kind"] in {"base", "lodging"}
    }
    return [
        MapMark(
            kind=kind,
            lon=lon,
            lat=lat,
            name=name if are_named and kind == "lodging" else "",
        )
        for (kind, lon, lat), name in places.items()
    ]
