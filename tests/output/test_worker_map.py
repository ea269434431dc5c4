"""The map of the worker's page under the finger: in villages, beside the list, on the move."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest

from outreach.output.page import page_html
from outreach.output.page_data import ways_of, worker_data
from tests.browsing import PHONE, opened
from tests.output.sample import sample_traces

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from outreach.model import Plan
    from outreach.output.words import Words

pytestmark = pytest.mark.browser

MONDAY = "2026-03-02"
POPUP = ".leaflet-popup-content"
# Which part of the map neither the head nor the list covers: top and bottom.
FREE = """() => [document.getElementById('head').getBoundingClientRect().bottom,
  document.getElementById('panel').getBoundingClientRect().top]"""


def village(plan: Plan, apart_degrees: float) -> Plan:
    """Move the visits of the worker in town to one row of houses."""
    routes = []
    for route in plan.day_routes:
        stops = tuple(
            replace(stop, lon=103.5 + i * apart_degrees, lat=-1.7) if stop.kind == "visit" else stop
            for i, stop in enumerate(route.stops)
        )
        routes.append(replace(route, stops=stops) if route.team_id == "KOTA" else route)
    return replace(plan, day_routes=tuple(routes))


def drawn(plan: Plan, words: Words, path: Path) -> Path:
    """Draw the page of the worker in town."""
    data = worker_data(plan, ways_of(sample_traces(plan)), "KOTA", words)
    path.write_text(page_html(data, words), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory, plan: Plan, words: Words) -> Path:
    """Give a page whose houses stand about 30 metres apart."""
    return drawn(village(plan, 3e-4), words, tmp_path_factory.mktemp("crowded") / "page.html")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, plan: Plan, words: Words) -> Path:
    """Give the page of the worker in town."""
    return drawn(plan, words, tmp_path_factory.mktemp("town") / "page.html")


def _is_free(page: Page, x: float, y: float) -> bool:
    top, bottom = page.evaluate(FREE)
    return bool(0 <= x <= page.evaluate("innerWidth") and top <= y <= bottom)


def test_a_crowded_pin_parts_where_it_is_tapped(browser: Browser, crowded: Path) -> None:
    """One tap leads as near as the houses need, and their pins stand in sight."""
    with opened(browser, crowded, PHONE, today=MONDAY) as page:
        page.locator(".pin:has(.visit)").first.click()
        assert page.evaluate("map_week.getZoom()") > 16
        pins = page.locator(".pin:has(.visit)")
        assert pins.count() > 1
        boxes = [pin.bounding_box() for pin in pins.all()]
        assert any(_is_free(page, box["x"] + box["width"] / 2, box["y"]) for box in boxes if box)


def test_a_pin_that_never_parts_tells_all_its_stops(
    browser: Browser, plan: Plan, words: Words, tmp_path: Path
) -> None:
    """Houses wall to wall share one popup, from whatever zoom their pin is tapped."""
    page_path = drawn(village(plan, 1e-6), words, tmp_path / "page.html")
    with opened(browser, page_path, PHONE, today=MONDAY) as page:
        page.locator(".pin:has(.visit)").first.click()
        assert (
            page.locator(f"{POPUP} .entry").count()
            == page.locator(".day:not([hidden]) .stop.visit").count()
        )


def test_zooming_keeps_what_is_seen(browser: Browser, town: Path) -> None:
    """The middle of the free part of the map stays where it is when a button zooms."""
    place = "xy => { const at = map_week.containerPointToLatLng(xy); return [at.lat, at.lng]; }"
    with opened(browser, town, PHONE, today=MONDAY) as page:
        page.evaluate("map_week.options.zoomAnimation = false; map_week._zoomAnimated = false")
        top, bottom = page.evaluate(FREE)
        middle = [PHONE[0] / 2, (top + bottom) / 2]
        before, zoom = page.evaluate(place, middle), page.evaluate("map_week.getZoom()")
        page.locator(".leaflet-control-zoom-in").click()
        assert page.evaluate("map_week.getZoom()") == zoom + 1
        assert page.evaluate(place, middle) == pytest.approx(before, abs=2e-4)


def test_the_own_place_stays_when_it_is_not_found_again(browser: Browser, town: Path) -> None:
    """It stands in the free part of the map; a late fix greys it with its age, and ends nothing."""
    script = (
        "navigator.geolocation.watchPosition = (ok, bad) => { window.place = ok; window.no = bad;"
        " return 7; }; window.cleared = 0;"
        " navigator.geolocation.clearWatch = () => { window.cleared += 1; };"
    )
    with opened(browser, town, PHONE, today=MONDAY, script=script) as page:
        button = page.get_by_role("button", name="Posisi saya")
        button.click()
        page.evaluate("no({code: 3, message: 'Timeout expired'})")
        assert button.get_attribute("data-state") == "waiting"
        assert "terus mencari" in page.locator(".told-now").inner_text()
        page.evaluate(
            "place({coords: {latitude: -1.6, longitude: 103.6, accuracy: 30}, timestamp: 1})"
        )
        box = page.locator("path.here").bounding_box()
        assert box is not None
        assert _is_free(page, box["x"], box["y"])
        assert _is_free(page, box["x"] + box["width"], box["y"] + box["height"])
        assert page.locator("path.here.old").count() == 0
        page.clock.set_fixed_time(f"{MONDAY}T01:05:00Z")
        page.evaluate("no({code: 3, message: 'Timeout expired'})")
        assert page.locator("path.here.old").count() == 1
        assert page.locator(".age").inner_text() == "5 menit lalu"
        assert page.evaluate("cleared") == 0
        page.evaluate(
            "place({coords: {latitude: -1.6, longitude: 103.6, accuracy: 30}, timestamp: 1})"
        )
        assert page.locator("path.here.old").count() == 0
        page.locator(".age").wait_for(state="detached")


def test_a_soft_stretch_stands_out_on_every_day(browser: Browser, town: Path) -> None:
    """Its mark is ink and white, whatever the day's colour."""
    seen = """name => { const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      path.setAttribute('class', name); document.querySelector('.leaflet-overlay-pane svg')
        .append(path); return getComputedStyle(path).stroke; }"""
    with opened(browser, town, PHONE) as page:
        assert page.evaluate(seen, "soft-edge") == "rgb(28, 27, 25)"
        assert page.evaluate(seen, "soft") == "rgb(255, 255, 255)"


def test_the_list_tells_other_ways_of_long_and_soft_legs_only(
    browser: Browser, plan: Plan, words: Words, tmp_path: Path
) -> None:
    """Of all legs with another way, those of three kilometres and more show it in their row."""
    ways = ways_of(sample_traces(plan))
    legs = [leg for (team, _), each in ways.legs.items() if team == "KOTA" for leg in each]
    metres = [
        gpd.GeoSeries([leg.path], crs="EPSG:4326").to_crs("EPSG:32748").length.iloc[0]
        for leg in legs
    ]
    ends = {
        (leg.from_id, leg.to_id)
        for route in plan.day_routes
        if route.team_id == "KOTA"
        for leg in route.legs
    }
    other = (900, 5_000.0, legs[0].path)
    data = worker_data(plan, replace(ways, detours=dict.fromkeys(ends, other)), "KOTA", words)
    path = tmp_path / "page.html"
    path.write_text(page_html(data, words), encoding="utf-8")
    n_long = sum(length > 3000 for length in metres)
    assert 0 < n_long < len(legs)
    with opened(browser, path, PHONE) as page:
        assert page.locator("button.other-way").count() == n_long


def test_an_end_tells_its_time_once(browser: Browser, town: Path) -> None:
    """Beside its time, the row of the base only says that the day begins there."""
    with opened(browser, town, PHONE, today=MONDAY) as page:
        row = page.locator(".day:not([hidden]) .stop.base .row").first
        assert row.inner_text().count("08.00") == 1
        assert row.locator(".facts").inner_text() == "berangkat"


@pytest.mark.parametrize("size", [(360, 450), (277, 615), (320, 568)])
def test_a_small_window_shows_what_is_ticked_at_the_door(
    browser: Browser, town: Path, size: tuple[int, int]
) -> None:
    """Both states of a visit are in sight as soon as its popup opens, and nothing covers them."""
    with opened(browser, town, size, today=MONDAY) as page:
        # A row behind the others is reached by scrolling, which is not what is tested.
        page.locator(".day:not([hidden]) .stop.visit .row").first.evaluate("row => row.click()")
        page.wait_for_timeout(400)
        for button in page.locator(f"{POPUP} .states button").all():
            box = button.bounding_box()
            assert box is not None
            assert _is_free(page, box["x"], box["y"])
            assert _is_free(page, box["x"] + box["width"], box["y"] + box["height"])
            assert button.evaluate(
                "e => { const b = e.getBoundingClientRect(); return e.contains("
                "document.elementFromPoint(b.x + b.width / 2, b.bottom - 3)); }"
            )


def test_a_note_is_seen_while_it_is_written(browser: Browser, town: Path) -> None:
    """The list stands back from the keyboard, the note stays in sight, and then all returns."""
    with opened(browser, town, PHONE, today=MONDAY) as page:
        page.locator(".day:not([hidden]) .stop.visit .row").first.click()
        note = page.get_by_label("Catatan")
        note.focus()
        page.set_viewport_size({"width": 360, "height": 400})
        page.wait_for_timeout(400)
        assert not page.locator("#panel").is_visible()
        box = note.bounding_box()
        assert box is not None
        assert 0 <= box["y"] <= box["y"] + box["height"] <= 400
        page.keyboard.type("rumah kosong")
        assert note.input_value() == "rumah kosong"
        page.set_viewport_size({"width": 360, "height": 800})
        page.get_by_role("button", name="Selesai", exact=True).click()
        page.locator("#panel").wait_for(state="visible")
        assert page.locator(f"{POPUP} .states [aria-pressed=true]").count() == 1


def test_the_list_returns_when_a_popup_closes(browser: Browser, town: Path) -> None:
    """It is as high as before, also after one popup has followed another."""
    height = "document.getElementById('panel').getBoundingClientRect().height"
    with opened(browser, town, PHONE, today=MONDAY) as page:
        page.emulate_media(reduced_motion="reduce")
        half = page.evaluate(height)
        rows = page.locator(".day:not([hidden]) .stop .row")
        rows.nth(1).click()
        assert page.evaluate(height) < half
        rows.nth(3).evaluate("row => row.click()")
        # The popup before it fades.
        page.locator(".leaflet-popup").nth(1).wait_for(state="detached")
        assert page.evaluate(height) < half
        page.locator(".leaflet-popup-close-button").click()
        page.wait_for_timeout(500)
        assert page.evaluate(height) == half


def test_the_days_view_is_given_back(browser: Browser, town: Path) -> None:
    """One button shows the whole day again after a stop was looked at."""
    view = "(c => [c.lat, c.lng, map_week.getZoom()])(map_week.getCenter())"
    with opened(browser, town, PHONE, today=MONDAY) as page:
        before = page.evaluate(view)
        page.locator(".day:not([hidden]) .stop.visit .row").first.click()
        assert page.evaluate(view) != before
        page.locator(".leaflet-popup-close-button").click()
        page.wait_for_timeout(500)
        page.get_by_role("button", name="Semua rute").click()
        assert page.evaluate(view) == pytest.approx(before)
        # It fades for a moment.
        page.wait_for_selector(".leaflet-popup", state="detached")
