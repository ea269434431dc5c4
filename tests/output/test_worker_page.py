"""The worker's page as it is met in a village: on a phone, in a browser, without a network."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import resources
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
import shapely

from outreach.output.basemap import basemap_for
from outreach.output.page import page_html
from outreach.output.page_data import Ways, ways_of, worker_data
from outreach.output.page_words import change_words, page_words
from outreach.output.safe_text import writable
from tests.browsing import OFFICE, PHONE, opened
from tests.output.hostile import EVIL, hostile
from tests.output.sample import PHONE as TELEPHONE
from tests.output.sample import sample_traces

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from outreach.model import Plan
    from outreach.output.basemap import Roads
    from outreach.output.words import Words
    from outreach.routing.trace import Traces

pytestmark = pytest.mark.browser

WEDNESDAY = "2026-03-04"
DAY_SHOWN = ".day:not([hidden])"
POPUP = ".leaflet-popup-content"
HANDLE = ".handle"

# Every text that is seen, with its size, its colour, and what is painted behind it, from the
# nearest to the farthest.
TEXTS = """() => Array.from(document.querySelectorAll('body *'))
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest('script, style') &&
    !e.closest(':disabled') &&
    Array.from(e.childNodes).some(n => n.nodeType === 3 && n.data.trim()))
  .map(e => {
    const behind = [];
    for (let at = e; at; at = at.parentElement) behind.push(getComputedStyle(at).backgroundColor);
    const style = getComputedStyle(e);
    return {text: e.textContent, size: parseFloat(style.fontSize), colour: style.color, behind};
  })"""
HEIGHTS = """() => Array.from(document.querySelectorAll('button, a, textarea'))
  .filter(e => e.checkVisibility() && !e.matches('.handle'))
  .map(e => [e.outerHTML, e.getBoundingClientRect().height, e.getBoundingClientRect().width])"""
# The lines on the map by the first of their classes, and how many legs each has.
LINES = """name => { const found = []; map_week.eachLayer(layer => {
  if (layer instanceof L.Polyline && layer.options.className.split(' ')[0] === name)
    found.push(layer.getLatLngs().length); }); return found; }"""


@pytest.fixture(scope="module")
def ways(traces: Traces) -> Ways:
    """Give the sample week's ways: the first of Monday's legs is soft, and has another way."""
    plain = ways_of(traces)
    monday = plain.legs["KOTA", 0]
    path = monday[0].path
    soft = replace(monday[0], soft=(shapely.LineString(path.coords[5:12]),), soft_m=1200.0)
    around = shapely.LineString([path.coords[0], (103.7, -1.7), path.coords[-1]])
    row = next(leg for leg in traces.legs.itertuples() if leg.team_id == "KOTA" and leg.day == 0)
    return Ways(
        legs={**plain.legs, ("KOTA", 0): (soft, *monday[1:])},
        detours={(row.from_id, row.to_id): (3000, 15_000.0, around)},
    )


@pytest.fixture(scope="module")
def town(
    tmp_path_factory: pytest.TempPathFactory,
    plan: Plan,
    ways: Ways,
    roads: Roads,
    words: Words,
) -> Path:
    """Give the page of the worker in town, on its roads."""
    paths = [leg.path for (team, _), legs in ways.legs.items() for leg in legs if team == "KOTA"]
    path = tmp_path_factory.mktemp("worker") / "worker-KOTA.html"
    data = worker_data(plan, ways, "KOTA", words, basemap=basemap_for(roads, paths))
    path.write_text(page_html(data, words), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def circuit(tmp_path_factory: pytest.TempPathFactory, plan: Plan, ways: Ways, words: Words) -> Path:
    """Give the page of a worker who is away from Monday to Thursday."""
    path = tmp_path_factory.mktemp("worker") / "worker-SAD-1.html"
    path.write_text(page_html(worker_data(plan, ways, "SAD-1", words), words), encoding="utf-8")
    return path


@pytest.mark.parametrize("size", [PHONE, OFFICE])
def test_a_page_opens_without_a_network(
    browser: Browser, town: Path, plan: Plan, size: tuple[int, int]
) -> None:
    """Nothing but the file is asked for, and every stop and leg of the plan is there."""
    routes = [route for route in plan.day_routes if route.team_id == "KOTA"]
    with opened(browser, town, size) as page:
        assert page.locator(".day .stop").count() == sum(len(route.stops) for route in routes)
        assert page.locator(".day .pause").count() == sum(len(route.pauses) for route in routes)
        assert page.evaluate(LINES, "way") == [len(route.legs) for route in routes]
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_no_text_is_small_or_faint(browser: Browser, town: Path) -> None:
    """Letters have 14 pixels and more, and stand out from what is behind them 4.5 times."""
    with opened(browser, town, PHONE, today=WEDNESDAY) as page:
        texts = page.evaluate(TEXTS)
        page.get_by_role("button", name="Semua", exact=True).click()
        texts += page.evaluate(TEXTS)
        page.locator(".row").nth(1).click()
        texts += page.evaluate(TEXTS)
    assert len(texts) > 100
    assert [text for text in texts if text["size"] < 14] == []
    assert [text for text in texts if _contrast(text["colour"], text["behind"]) < 4.5] == []


def _contrast(colour: str, behind: list[str]) -> float:
    """Work out WCAG's contrast of a colour with layers of colour, on the map's paper at last."""
    seen = [246.0, 243.0, 236.0]
    for layer in reversed(behind):
        *rgb, alpha = [*map(float, re.findall(r"[\d.]+", layer)), 1.0][:4]
        seen = [alpha * x + (1 - alpha) * y for x, y in zip(rgb, seen, strict=True)]
    text = [float(x) for x in re.findall(r"[\d.]+", colour)][:3]
    dark, light = sorted((_luminance(text), _luminance(seen)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(rgb: list[float]) -> float:
    linear = [x / 3294.6 if x <= 10 else ((x / 255 + 0.055) / 1.055) ** 2.4 for x in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_nothing_is_hard_to_hit(browser: Browser, town: Path) -> None:
    """What is tapped has 44 pixels and more: buttons, links, and the space around pins."""
    with opened(browser, town, PHONE, today="2026-03-02") as page:
        sizes = page.evaluate(HEIGHTS)
        reach = page.locator(".pin").evaluate_all(
            "pins => pins.map(pin => { const box = pin.getBoundingClientRect();"
            " const style = getComputedStyle(pin, '::after');"
            " return box.height - parseFloat(style.top) - parseFloat(style.bottom); })"
        )
        page.locator(".row").nth(1).click()
        sizes += page.evaluate(HEIGHTS)
    assert [found for found in sizes if min(found[1:]) < 44] == []
    assert min(reach) >= 44


def test_every_word_that_scripts_ask_for_is_said(words: Words) -> None:
    """No label is missing from the page's words."""
    asked = set()
    for script in (resources.files("outreach.output") / "assets").iterdir():
        if script.name.endswith(".js") and script.name != "lock.js":
            asked |= set(re.findall(r"\bwords\.(\w+)", script.read_text(encoding="utf-8")))
    assert len(asked) > 20
    assert asked - set(page_words(words)) - set(change_words(words)) == set()


def test_choosing_a_day_shows_that_day(browser: Browser, town: Path, plan: Plan) -> None:
    """List and map hold the chosen day and no other."""
    n_legs = len(next(r for r in plan.day_routes if r.team_id == "KOTA" and r.day == 2).legs)
    with opened(browser, town, PHONE) as page:
        assert page.locator(DAY_SHOWN).count() == 5
        page.get_by_role("button", name="Rabu, 4 Maret 2026").click()
        assert page.locator(DAY_SHOWN).count() == 1
        assert page.locator(".grip h2").inner_text() == "Rabu, 4 Maret 2026"
        assert page.evaluate(LINES, "way") == [n_legs]
        page.get_by_role("button", name="Semua", exact=True).click()
        assert page.locator(DAY_SHOWN).count() == 5
        assert page.evaluate(LINES, "way") == [n_legs] * 5


def test_a_page_opens_on_today(browser: Browser, town: Path) -> None:
    """Who opens the page within the week sees that day first."""
    with opened(browser, town, PHONE, today="2026-03-05") as page:
        assert page.locator(".grip h2").inner_text() == "Kamis, 5 Maret 2026"
        assert page.locator(".chip[aria-pressed=true]").inner_text().split() == ["Kam", "5"]


def test_pins_never_cover_each_other(browser: Browser, town: Path) -> None:
    """From near and far, what would overlap shares a pin, and no stop is lost."""
    boxes = (
        "pins => pins.map(pin => { const b = pin.getBoundingClientRect();"
        " return [b.left, b.top, b.right, b.bottom]; })"
    )
    with opened(browser, town, PHONE) as page:
        for zoom in (15, 12, 9):
            page.evaluate(f"map_week.setZoom({zoom}, {{animate: false}})")
            found = page.locator(".pin").evaluate_all(boxes)
            pairs = [(a, b) for i, a in enumerate(found) for b in found[:i]]
            assert not any(
                a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3] for a, b in pairs
            )
        assert page.locator(".pin .heap").inner_text() == "20"


def test_a_tapped_stop_tells_its_plan(browser: Browser, town: Path) -> None:
    """The popup stands in the free part of the map, says it all, and leads to the map app."""
    with opened(browser, town, PHONE) as page:
        page.locator(HANDLE).press("ArrowUp")
        page.locator(HANDLE).press("ArrowUp")
        page.get_by_role("button", name="1 K-001").click()
        popup = page.locator(POPUP)
        for part in ("1. K-001", "Senin, 2 Maret 2026", "AMPK", "Polresta Kota Jambi, Unit PPA"):
            assert part in popup.inner_text()
        page.wait_for_timeout(300)
        box = page.locator(".leaflet-popup-content-wrapper").bounding_box()
        head, sheet = page.locator("#head").bounding_box(), page.locator("#panel").bounding_box()
        assert box is not None
        assert head is not None
        assert sheet is not None
        assert box["y"] >= head["y"] + head["height"]
        assert box["y"] + box["height"] <= sheet["y"]
        assert 0 <= box["x"] <= box["x"] + box["width"] <= PHONE[0]
        assert popup.locator(".call").get_attribute("href") == f"tel:{TELEPHONE}"
        link = popup.locator("a[href^='geo:']").get_attribute("href")
        assert link is not None
        assert re.fullmatch(r"geo:-1\.\d+,103\.\d+", link)
        assert "Aplikasi peta jadi tahu tempat ini." in popup.inner_text()


def test_map_apps_are_asked_for_public_places_alone(browser: Browser, town: Path) -> None:
    """They look up a base, at their makers; of a home they get no more than where it is."""
    with opened(browser, town, OFFICE) as page:
        links = {}
        for kind in ("base", "visit"):
            page.locator(f".day .stop.{kind} .row").first.click()
            # The popup before it fades out still.
            link = page.locator(f"{POPUP} a[href^='geo:']").last
            links[kind] = link.get_attribute("href") or ""
    assert re.fullmatch(r"geo:(-1\.\d+,103\.\d+)\?q=\1", links["base"])
    assert "?" not in links["visit"]


def test_the_list_tells_breaks_promises_and_roads(browser: Browser, town: Path) -> None:
    """In their places: the break, what was promised, the soft road and the other way."""
    with opened(browser, town, PHONE) as page:
        monday = page.locator(".day").first
        listed = monday.locator("li").all_inner_texts()
        at = next(i for i, text in enumerate(listed) if text.startswith("dzuhur"))
        assert listed[at].split() == ["dzuhur", "istirahat", "10.02–10.32"]
        assert "K-002" in " ".join(listed[:at])
        assert "K-003" in " ".join(listed[at:])
        promised = [
            text for text in page.locator(".stop").all_inner_texts() if "dijanjikan" in text
        ]
        assert len(promised) == 1
        assert "K-002" in promised[0]
        assert monday.locator(".soft-road").count() == 1
        assert page.evaluate(LINES, "other") == []
        monday.locator("button.other-way").click()
        assert len(page.evaluate(LINES, "other")) == 1
        monday.locator("button.other-way").click()
        assert page.evaluate(LINES, "other") == []
        monday.locator(".row").first.click()
        assert len(page.evaluate(LINES, "other")) == 1


def test_a_circuit_tells_its_nights(browser: Browser, circuit: Path) -> None:
    """At a glance over the week, and at the end of each day away."""
    with opened(browser, circuit, PHONE) as page:
        nights = page.locator(".circuit li").all_inner_texts()
        assert [text.split(",")[0] for text in nights] == ["Senin", "Selasa", "Rabu"]
        assert all("Menginap: Rumah Kepala Desa" in " ".join(text.split()) for text in nights)
        ends = page.locator(".day .night").all_inner_texts()
        assert [text.strip() for text in ends] == ["Menginap: Rumah Kepala Desa"] * 3


def test_the_sheet_is_drawn_up_and_down(browser: Browser, town: Path) -> None:
    """By taps, by keys and by dragging, never under the head."""
    height = "document.getElementById('panel').getBoundingClientRect().height"
    with opened(browser, town, PHONE) as page:
        page.emulate_media(reduced_motion="reduce")
        heights = [page.evaluate(height)]
        for _ in range(2):
            page.locator(".grip h2").click()
            heights.append(page.evaluate(height))
        page.locator(HANDLE).press("Enter")
        assert page.evaluate(height) == heights[0]
        assert heights[0] < heights[1] < heights[2]
        assert heights[2] < PHONE[1] - page.locator("#head").evaluate("e => e.offsetHeight")
        grip = page.locator(".grip h2").bounding_box()
        assert grip is not None
        page.mouse.move(grip["x"] + 9, grip["y"] + 9)
        page.mouse.down()
        page.mouse.move(grip["x"] + 9, 150, steps=4)
        page.mouse.up()
        assert page.evaluate(height) == heights[2]
        assert page.locator(HANDLE).get_attribute("aria-expanded") == "true"


def test_the_own_position_is_shown_or_the_trouble_told(browser: Browser, town: Path) -> None:
    """A dot where the phone is; a sentence where it may not be known."""
    found = (
        "navigator.geolocation.watchPosition = (ok, bad) => { window.place = ok; window.no = bad;"
        " return 7; }; navigator.geolocation.clearWatch = () => {};"
    )
    with opened(browser, town, PHONE, script=found) as page:
        button = page.get_by_role("button", name="Posisi saya")
        button.click()
        page.evaluate(
            "place({coords: {latitude: -1.6, longitude: 103.6, accuracy: 30}, timestamp: 1})"
        )
        assert page.locator("path.here").count() == 1
        assert button.get_attribute("aria-pressed") == "true"
        page.evaluate("no({code: 1, message: 'User denied Geolocation'})")
        assert page.locator("path.here").count() == 0
        assert "tidak mengizinkan" in page.locator(".told-now").inner_text()


def test_nothing_planted_runs_and_all_of_it_shows(
    browser: Browser, plan: Plan, words: Words, tmp_path: Path
) -> None:
    """Templates, tags, quotes and turned text in every column are shown as text."""
    evil = hostile(plan)
    data = worker_data(evil, ways_of(sample_traces(evil)), "SAD-1" + EVIL, words)
    path = tmp_path / "page.html"
    html = page_html(data, words)
    path.write_text(html, encoding="utf-8")
    shown = writable(EVIL)
    with opened(browser, path, OFFICE) as page:
        for part in (
            "h1",
            ".notice",
            ".team",
            ".stop .who",
            ".stop.visit .facts",
            ".pause .who",
            ".night",
        ):
            texts = page.locator(part).evaluate_all("all => all.map(e => e.textContent)")
            assert texts
            assert shown in texts[-1], part
        rows = page.locator(".day .row")
        for i in range(0, rows.count(), 4):
            rows.nth(i).click()
            assert shown in (page.locator(f"{POPUP} .who").first.text_content() or "")
            assert shown in (page.locator(f"{POPUP} .facts").first.text_content() or "")
        assert page.locator("img, iframe, object").count() == 0
        assert page.locator("script").count() == html.count("<script>") + 1
        turned = page.locator(".who").evaluate_all("all => all.every(e => e.querySelector('bdi'))")
        assert turned


def test_a_page_prints_every_stop_a_page_a_day(browser: Browser, town: Path, plan: Plan) -> None:
    """The map first, then each day on paper of its own, marked as confidential."""
    pypdf = pytest.importorskip("pypdf")
    with opened(browser, town, PHONE, today=WEDNESDAY) as page:
        pdf = page.pdf(prefer_css_page_size=True)
        page.wait_for_function("!document.body.classList.contains('printed')")
        assert page.locator(".grip h2").inner_text() == "Rabu, 4 Maret 2026"
    pages = [sheet.extract_text() for sheet in pypdf.PdfReader(BytesIO(pdf)).pages]
    routes = [route for route in plan.day_routes if route.team_id == "KOTA"]
    assert len(pages) == 1 + len(routes)
    for route, text in zip(routes, pages[1:], strict=True):
        assert all(stop.place_id in text for stop in route.stops if stop.kind == "visit")
    assert all("RAHASIA" in text for text in pages)
