"""The printed map: true to scale, nothing covered, crowded places enlarged."""

from __future__ import annotations

import itertools
import math
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from outreach.output.basemap import Roads
from outreach.output.page_data import ways_of
from outreach.output.print_map import MapWay, draw_map
from outreach.output.print_marks import RADIUS_MM, MapMark, spread
from outreach.output.print_panels import WIDTH_MM, day_panels, tour_panels
from outreach.output.print_paper import fit

if TYPE_CHECKING:
    from outreach.model import Plan
    from outreach.routing.trace import Traces

CRS = "EPSG:32748"
SVG = "{http://www.w3.org/2000/svg}"


def numbers(n: int) -> list[MapMark]:
    """Give marks of n numbers; where they are is told apart."""
    return [MapMark(kind="number", lon=0.0, lat=0.0, text=str(i + 1)) for i in range(n)]


@given(
    st.lists(st.tuples(st.floats(0, 180), st.floats(0, 90)), min_size=1, max_size=14),
)
def test_marks_are_spread_until_none_covers_another(places: list[tuple[float, float]]) -> None:
    """Wherever stops lie, their marks end up apart and inside the paper."""
    shown = spread(np.array(places, dtype=float), numbers(len(places)), 180, 90)
    for a, b in itertools.combinations(shown.tolist(), 2):
        assert math.dist(a, b) > 2 * RADIUS_MM - 0.2
    assert (shown > RADIUS_MM - 1e-9).all()
    assert (shown < np.array([180, 90]) - RADIUS_MM + 1e-9).all()


def test_marks_that_are_apart_stay_where_they_are() -> None:
    """Nothing is moved without need."""
    at = np.array([[20.0, 20.0], [30.0, 20.0], [100.0, 50.0]])
    assert (spread(at, numbers(3), 180, 90) == at).all()


def test_the_paper_holds_all_points_at_one_scale() -> None:
    """Of a square kilometre on 100 mm × 60 mm with 10 mm around, a kilometre takes 40 mm."""
    corners = np.array([[0.0, 0.0], [1000.0, 0.0], [1000.0, 1000.0], [0.0, 1000.0]])
    frame = fit(corners, CRS, width_mm=100, height_mm=60, padding_mm=10, least_m=100)
    assert frame.to_paper(corners).round(6).tolist() == [
        [30.0, 50.0],
        [70.0, 50.0],
        [70.0, 10.0],
        [30.0, 10.0],
    ]


def test_one_place_alone_is_not_enlarged_without_end() -> None:
    """A single point is shown with at least so much around it."""
    frame = fit(np.zeros((1, 2)), CRS, width_mm=100, height_mm=50, padding_mm=9, least_m=1500)
    assert frame.bounds == pytest.approx((-750, -375, 750, 375))


def square(name: str) -> Roads:
    """Give a way of 2 km along a main road, with a place on it and a street far away."""
    lines = [
        shapely.LineString([(350_000, 9_820_000), (352_000, 9_820_000)]),
        shapely.LineString([(350_500, 9_820_900), (350_900, 9_820_900)]),
    ]
    classes = np.array(["main", "street"], dtype=object)
    places = ((name, "village", 103.66, -1.6235),)
    return Roads(lines=np.array(lines, dtype=object), classes=classes, places=places, crs=CRS)


def ridden() -> MapWay:
    """Give the way along that road, in degrees."""
    path = shapely.LineString([(103.6520, -1.62795), (103.6700, -1.62795)])
    return MapWay(paths=(path,), colour="#3727eb")


def test_main_roads_are_drawn_and_streets_only_near_the_way() -> None:
    """Of lesser roads those stay out that nobody passes."""
    svg = draw_map([ridden()], [], square("x"), width_mm=180, height_mm=90)
    assert 'stroke="#969696"' in svg
    assert 'stroke="#bdbdbd"' not in svg


def test_a_day_without_a_way_is_drawn() -> None:
    """Who stays where he is gets a map of that place, with roads and without."""
    here = MapMark(kind="base", lon=103.66, lat=-1.628)
    for roads in (square("x"), None):
        svg = draw_map(
            [MapWay(paths=(), colour="#3727eb")], [here], roads, width_mm=90, height_mm=90
        )
        assert "translate(4500 4500)" in svg


def test_names_of_places_are_text() -> None:
    """A name that looks like markup is written, not obeyed."""
    name = "</text><script>x</script>&amp;"
    drawing = ET.fromstring(  # noqa: S314 - our own
        draw_map([ridden()], [], square(name), width_mm=180, height_mm=90)
    )
    assert name in [text.text for text in drawing.iter(f"{SVG}text")]
    assert not list(drawing.iter(f"{SVG}script"))


def test_stops_at_one_spot_share_a_mark_and_crowds_are_enlarged(plan: Plan, traces: Traces) -> None:
    """Where twelve stops crowd, the whole shows one mark, and a map beside it each of them."""
    route = next(r for r in plan.day_routes if r.team_id == "SAD")
    far = {"name": "Balai desa"} | _item(0, "lodging", None, 103.9, -1.9)
    here = [_item(i, "visit", i, 103.46 + 0.0004 * i, -1.92) for i in range(1, 13)]
    here.append(_item(12, "visit", 13, 103.46 + 0.0004 * 12, -1.92))
    day = {"colour": "#a86200", "items": [far, *here]}
    whole, near = day_panels(route, day, ways_of(traces), None, height_mm=90)
    assert whole["width_mm"] + near["width_mm"] < WIDTH_MM
    assert _texts(whole["svg"]) == ["1–13"]
    assert _texts(near["svg"]) == [*(str(i) for i in range(1, 12)), "12–13"]


def test_a_circuit_names_its_days_and_lodgings(plan: Plan, traces: Traces) -> None:
    """The map of a circuit tells which way is whose day, and where one sleeps."""
    routes = [route for route in plan.day_routes if route.team_id == "SAD"]
    far = {"name": "Balai <desa>"} | _item(0, "lodging", None, 103.46, -1.92)
    days = [{"colour": "#a86200", "chip": chip, "items": [far]} for chip in ("S", "R", "K", "J")]
    (panel,) = tour_panels(routes, days, ways_of(traces), None)
    assert sorted(_texts(panel["svg"])) == ["Balai <desa>", *"JKRS"]


def _item(spot: int, kind: str, number: int | None, lon: float, lat: float) -> dict[str, Any]:
    return {"is": "stop", "kind": kind, "number": number, "lon": lon, "lat": lat, "spot": spot}


def _texts(svg: str) -> list[str]:
    found = (text.text or "" for text in ET.fromstring(svg).iter(f"{SVG}text"))  # noqa: S314
    # A name stands there twice, once for its rim.
    return [text for text in dict.fromkeys(found) if not re.fullmatch(r"\d+ k?m", text)]
