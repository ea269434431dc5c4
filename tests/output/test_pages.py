"""The pages as their readers meet them: in a browser, without a network."""

from __future__ import annotations

import base64
import hashlib
import re
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import folium
import pytest

from outreach.errors import ExportError
from outreach.output.circuits import circuit_name
from outreach.output.maps import draw_supervisor, draw_worker
from outreach.output.page import page_html
from outreach.output.safe_text import writable
from outreach.output.words import Words
from outreach.output.write import write_supervisor_page, write_worker_page
from tests.output.hostile import EVIL, hostile
from tests.output.sample import sample_traces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from outreach.model import DayRoute, Plan
    from outreach.output.basemap import Roads
    from outreach.routing.trace import Traces

PHONE, OFFICE = (360, 800), (1366, 768)

pytestmark = pytest.mark.browser


@contextmanager
def opened(
    browser: Browser, path: Path, size: tuple[int, int] = PHONE, today: str = "2026-01-01"
) -> Iterator[Page]:
    """Open a page offline on a day; requests, errors and hits of planted scripts fail the test."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, offline=True, timezone_id="Asia/Jakarta"
    )
    context.add_init_script(
        "window.hits = 0; window.hit = window.alert = function () { window.hits += 1; };"
    )
    page = context.new_page()
    page.clock.set_fixed_time(f"{today}T01:00:00Z")
    troubles: list[str] = []
    page.on("request", lambda request: troubles.append(request.url))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text))
    page.on("dialog", lambda dialog: troubles.append(dialog.message))
    page.goto(path.as_uri())
    yield page
    assert troubles == [path.as_uri()]
    assert page.evaluate("window.hits") == 0
    context.close()


@pytest.fixture(scope="module")
def supervisor(
    tmp_path_factory: pytest.TempPathFactory,
    plan: Plan,
    traces: Traces,
    roads: Roads,
    words: Words,
) -> Path:
    """Give the supervisor's page."""
    path = tmp_path_factory.mktemp("pages") / "supervisor.html"
    return write_supervisor_page(plan, traces, roads, words, path)


@pytest.fixture(scope="module")
def town_worker(
    tmp_path_factory: pytest.TempPathFactory,
    plan: Plan,
    traces: Traces,
    roads: Roads,
    words: Words,
) -> Path:
    """Give the page of the worker in town."""
    path = tmp_path_factory.mktemp("pages") / "worker-KOTA.html"
    return write_worker_page(plan, traces, "KOTA", roads, words, path)


@pytest.mark.parametrize("size", [PHONE, OFFICE])
def test_a_page_opens_without_a_network(
    browser: Browser, supervisor: Path, plan: Plan, size: tuple[int, int]
) -> None:
    """Nothing but the file is asked for, and every day and its stops are there."""
    with opened(browser, supervisor, size) as page:
        assert page.locator(".day").count() == len(plan.day_routes)
        n_listed = sum(len(route.stops) + len(route.pauses) for route in plan.day_routes)
        assert page.locator(".day li").count() == n_listed
        drawn = page.evaluate(
            "Array.from(document.querySelectorAll('.day'))"
            ".map(day => window[day.dataset.route].getLayers()"
            ".filter(layer => layer instanceof L.Polyline)"
            ".map(line => line.getLatLngs().length))"
        )
        # A white edge and the colour, each with a line for every leg.
        assert drawn == [[len(route.legs)] * 2 for route in _by_day(plan)]


def _by_day(plan: Plan) -> list[DayRoute]:
    return sorted(plan.day_routes, key=lambda route: (route.day, route.team_id))


def test_text_fits_the_phone(browser: Browser, supervisor: Path) -> None:
    """At 360 pixels nothing but the rows that scroll is wider than the screen."""
    with opened(browser, supervisor) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_no_text_is_small_and_no_button_hard_to_hit(browser: Browser, town_worker: Path) -> None:
    """Letters have 14 pixels and more, what is tapped 44."""
    with opened(browser, town_worker) as page:
        sizes = page.evaluate(
            "Array.from(document.querySelectorAll('body *'))"
            ".filter(e => e.childNodes.length && e.getClientRects().length &&"
            " Array.from(e.childNodes).some(n => n.nodeType === 3 && n.data.trim()))"
            ".map(e => parseFloat(getComputedStyle(e).fontSize))"
        )
        heights = page.evaluate(
            "Array.from(document.querySelectorAll('.chip, .day li, summary, .leaflet-bar a'))"
            ".map(e => e.getBoundingClientRect().height)"
        )
    assert min(sizes) >= 14
    assert min(heights) >= 44


def test_choosing_a_day_shows_that_day(browser: Browser, town_worker: Path) -> None:
    """List and map hold the chosen day and no other."""
    with opened(browser, town_worker) as page:
        assert page.locator(".day:visible").count() == 5
        page.get_by_role("button", name="Rab 4").click()
        assert page.locator(".day:visible").count() == 1
        assert page.locator(".day:visible h2").inner_text() == "Rabu, 4 Maret 2026"
        on_map = page.evaluate(
            "Array.from(document.querySelectorAll('.day'))"
            ".map(day => map_0.hasLayer(window[day.dataset.route]))"
        )
        assert on_map == [False, False, True, False, False]
        page.get_by_role("button", name="Semua").click()
        assert page.locator(".day:visible").count() == 5


def test_choosing_a_worker_shows_that_worker(browser: Browser, supervisor: Path) -> None:
    """The supervisor sees a member's circuit, which the whole team shares."""
    with opened(browser, supervisor, OFFICE) as page:
        page.get_by_role("button", name="SAD-2").click()
        teams = page.locator(".day:visible .team").all_inner_texts()
        assert teams == ["SAD-1, SAD-2, SAD-3"] * 4
        page.get_by_role("button", name="Jum 6").click()
        assert page.locator(".day:visible").count() == 0


def test_a_page_opens_on_today(browser: Browser, town_worker: Path) -> None:
    """Who opens the page within the week sees that day first."""
    with opened(browser, town_worker, today="2026-03-05") as page:
        assert page.locator(".day:visible h2").all_inner_texts() == ["Kamis, 5 Maret 2026"]


def test_tapping_a_stop_opens_its_popup(browser: Browser, town_worker: Path) -> None:
    """The list leads to the map, which tells the stop again."""
    with opened(browser, town_worker) as page:
        page.locator(".day li.visit").first.click()
        popup = page.locator(".leaflet-popup-content")
        assert "1. K-001" in popup.inner_text()
        assert "Senin, 2 Maret 2026" in popup.inner_text()
        assert "AMPK" in popup.inner_text()


def test_a_stop_tapped_right_after_a_day_is_in_sight(browser: Browser, town_worker: Path) -> None:
    """The way to the day's roads does not carry the map off the stop."""
    with opened(browser, town_worker) as page:
        page.get_by_role("button", name="Rab 4").click()
        page.locator(".day:visible li.visit").first.click()
        page.wait_for_timeout(600)
        popup = page.locator(".leaflet-popup-content").bounding_box()
        assert popup is not None
        assert popup["x"] >= 0
        assert popup["x"] + popup["width"] <= PHONE[0]
        assert page.evaluate("map_0.getZoom()") >= 14


def test_a_supervisor_finds_who_is_left_out_and_why(browser: Browser, supervisor: Path) -> None:
    """Each loss is there with its id and its sentence."""
    with opened(browser, supervisor, OFFICE) as page:
        text = page.locator(".left-out").evaluate("e => e.textContent")
    for beneficiary_id in ("K-101", "K-102", "K-103", "K-104"):
        assert beneficiary_id in text
    assert "KOTA perlu 25 menit lagi pada Selasa, 3 Maret 2026" in text


def test_a_supervisor_sees_when_each_is_back(browser: Browser, supervisor: Path) -> None:
    """The week at a glance tells visits, return, and nights away."""
    with opened(browser, supervisor, OFFICE) as page:
        rows = page.locator(".week tr").all_inner_texts()
    assert rows[0].split() == ["Sen", "2", "Sel", "3", "Rab", "4", "Kam", "5", "Jum", "6"]
    circuit = rows[2].split()
    assert circuit[:7] == ["SAD-1", "3", "☾", "3", "☾", "3", "☾"]
    assert re.fullmatch(r"\d\d\.\d\d", circuit[8])


def test_a_break_stands_where_it_falls_in_the_day(browser: Browser, town_worker: Path) -> None:
    """Between the stops around it, with its times, and called a break."""
    with opened(browser, town_worker) as page:
        monday = page.locator(".day").first
        listed = monday.locator("li").all_inner_texts()
    names = [text.split("\n")[0] for text in listed]
    at = names.index("dzuhur")
    assert "K-002" in listed[at - 1]
    assert "K-003" in listed[at + 1]
    assert "istirahat · di perjalanan" not in listed[at]
    assert "istirahat" in listed[at]
    assert "10.02–10.32" in listed[at]


def test_what_was_promised_says_so(browser: Browser, town_worker: Path) -> None:
    """In the list and on the map, as a word."""
    with opened(browser, town_worker) as page:
        promised = page.locator(".day li").filter(has_text="dijanjikan")
        assert promised.count() == 1
        assert "K-002" in promised.inner_text()
        promised.click()
        assert "dijanjikan" in page.locator(".leaflet-popup-content").inner_text()


def test_a_supervisor_sees_load_budget_weight_and_prices(
    browser: Browser, supervisor: Path, plan: Plan
) -> None:
    """What each worker carries, what is left of the money, and what a little more would bring."""
    sums = dict(plan.totals)["KOTA"]
    load = round(100 * (sums.riding_s + sums.service_s) / sums.available_s)
    used = round(100 * sums.cost_idr / 500_000)
    with opened(browser, supervisor, OFFICE) as page:
        row = page.locator(".sums tr").filter(has_text="KOTA").first.inner_text()
        prices = page.locator(".prices").inner_text()
        weighed = page.locator(".score").evaluate("e => e.textContent")
        heads = page.locator(".sums th").evaluate_all("all => all.map(e => e.textContent)")
    assert "terpakai dari anggaran untuk hari-hari ini" in heads
    assert f"{load}%" in row
    assert f"{used}% dari Rp 500.000" in row
    assert "Satu jam lagi bagi KOTA pada Selasa, 3 Maret 2026: 1 anak lagi (K-101)" in prices
    assert "Rp 100.000 lagi bagi SAD-1: 2 anak lagi (K-101, K-105)" in prices
    assert "menurut prioritas10,0" in weighed
    assert "Seluruhnya40,5" in weighed


@pytest.mark.parametrize(
    ("team_id", "circuit_id", "said"),
    [
        ("SAD", "SAD", "perjalanan keliling SAD"),
        ("SAD", "SAD@2", "perjalanan keliling SAD mulai 3 Mar"),
        ("SAD-1+SAD-2+SAD-3", "SAD-1+SAD-2+SAD-3@1", "keliling SAD-1 + SAD-2 + SAD-3 mulai 2 Mar"),
        ("SAD", "KOTA@2", "perjalanan keliling KOTA@2"),
    ],
)
def test_a_circuit_is_named(
    plan: Plan, words: Words, team_id: str, circuit_id: str, said: str
) -> None:
    """As the supervisor named it; one that was found by its team and first date."""
    route = next(r for r in plan.day_routes if r.team_id == "SAD" and r.day == 2)
    named = circuit_name(plan, replace(route, team_id=team_id, circuit_id=circuit_id), words)
    assert named is not None
    assert named.endswith(said)


def test_a_worker_page_holds_no_other_case(
    plan: Plan, traces: Traces, roads: Roads, words: Words, tmp_path: Path
) -> None:
    """No byte of a worker's page names a case that the worker does not visit."""
    path = write_worker_page(plan, traces, "SAD-1", roads, words, tmp_path / "worker.html")
    text = path.read_text(encoding="utf-8")
    mine = {s.beneficiary_id for r in plan.day_routes if r.team_id == "SAD" for s in r.stops}
    all_cases = {s.beneficiary_id for r in plan.day_routes for s in r.stops}
    all_cases |= {loss.beneficiary_id for loss in plan.losses}
    all_cases |= {x.beneficiary_id for x in plan.not_due}
    others = sorted(x for x in all_cases - mine if x)
    assert len(others) == 20
    assert [x for x in others if x in text] == []
    assert all(x in text for x in mine if x)


def test_the_road_is_drawn_as_traced(plan: Plan, traces: Traces, words: Words) -> None:
    """A point in the middle of a leg, which no stop has, is on the map; lat comes first."""
    html = draw_worker(plan, traces, "KOTA", words).get_root().render()
    lon, lat = traces.legs.geometry.iloc[0].coords[10]
    assert f"[{round(lat, 5)}, {round(lon, 5)}]" in html


@pytest.mark.parametrize("is_supervisor", [True, False])
def test_nothing_planted_runs_and_all_of_it_shows(
    browser: Browser,
    plan: Plan,
    roads: Roads,
    words: Words,
    tmp_path: Path,
    is_supervisor: bool,  # noqa: FBT001
) -> None:
    """Templates, template literals, tags and quotes in every text column are shown as text."""
    evil = hostile(plan)
    traces = sample_traces(evil)
    path = tmp_path / "page.html"
    if is_supervisor:
        write_supervisor_page(evil, traces, roads, words, path)
    else:
        write_worker_page(evil, traces, "SAD-1" + EVIL, roads, words, path)
    html = path.read_text(encoding="utf-8")
    assert "zigzag" not in html
    assert "ranran" not in html
    shown = writable(EVIL)
    with opened(browser, path, OFFICE) as page:
        names = page.locator(".day .who").evaluate_all("all => all.map(e => e.textContent)")
        assert names
        assert all(name.endswith(shown) for name in names)
        title = ".chip[data-worker='0']" if is_supervisor else "h1"
        for part in (title, ".notice", ".day .team", ".day .visit .facts"):
            assert shown in page.locator(part).first.evaluate("e => e.textContent"), part
        if is_supervisor:
            for part in (".left-out", ".not-due", ".sums", ".week"):
                assert shown in page.locator(part).evaluate("e => e.textContent"), part
        popups = page.evaluate(
            "Array.from(document.querySelectorAll('[data-stop]'))"
            ".map(e => { const s = window[e.dataset.stop]; s.openPopup();"
            " return s.getPopup().getElement() ? s.getPopup().getElement().textContent : ''; })"
        )
        assert any(popups)
        assert all(shown in popup for popup in popups if popup)
        assert page.locator("img, iframe, object").count() == 0
        assert page.locator("script").count() == html.count("<script>")


def test_the_policy_lets_nothing_else_run(browser: Browser, supervisor: Path) -> None:
    """A script or a style that was not there when the page was made is refused."""
    html = supervisor.read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    assert "http" not in policy[1]
    own = base64.b64encode(hashlib.sha256(b"hit()").digest()).decode()
    assert own not in policy[1]
    planted = supervisor.with_name("planted.html")
    planted.write_text(html.replace("</body>", "<script>hit()</script></body>"), encoding="utf-8")
    page = browser.new_page()
    page.add_init_script("window.hits = 0; window.hit = function () { window.hits += 1; };")
    page.goto(planted.as_uri())
    assert page.evaluate("window.hits") == 0
    assert page.locator(".day").count() > 0
    page.close()


def test_an_unknown_link_is_refused(plan: Plan, traces: Traces, words: Words) -> None:
    """A map that asks for something from elsewhere becomes no page."""
    drawn = draw_supervisor(plan, traces, words)
    drawn.default_js = [*drawn.default_js, ("more", "https://example.org/more.js")]
    with pytest.raises(ExportError, match=r"https://example\.org/more\.js"):
        page_html(drawn, title="", header="", panel="", language="en")


def test_other_maps_keep_their_links(plan: Plan, traces: Traces, words: Words) -> None:
    """Drawing a plan changes nothing for whoever else uses folium."""
    before = list(folium.Map.default_js), list(folium.Map.default_css)
    draw_supervisor(plan, traces, words)
    assert (folium.Map.default_js, folium.Map.default_css) == before


def test_equal_plans_give_equal_pages(
    plan: Plan, traces: Traces, roads: Roads, words: Words, supervisor: Path, tmp_path: Path
) -> None:
    """Folium's random names do not reach the page."""
    again = write_supervisor_page(plan, traces, roads, words, tmp_path / "again.html")
    assert again.read_bytes() == supervisor.read_bytes()


def test_a_page_speaks_english(plan: Plan, traces: Traces, tmp_path: Path) -> None:
    """The same page in the other language."""
    path = write_supervisor_page(plan, traces, None, Words("en"), tmp_path / "supervisor.html")
    html = path.read_text(encoding="utf-8")
    assert '<html lang="en">' in html
    assert "At a glance" in html
    assert "Ikhtisar" not in html
