"""The supervisor's page as the office meets it: in a browser, without a network."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import shapely
from playwright.sync_api import expect

from outreach.errors import Message
from outreach.output.itinerary import routes_of
from outreach.output.page import write_page
from outreach.output.safe_text import writable
from outreach.output.words import Words
from outreach.output.write import Drawn, page_names, supervisor_page, write_public_page
from tests.browsing import OFFICE, PHONE, opened
from tests.output.hostile import EVIL, hostile
from tests.output.sample import sample_traces

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from outreach.model import Plan
    from outreach.output.basemap import Roads
    from outreach.routing.trace import Traces

pytestmark = pytest.mark.browser

STOPS, GLANCE, LEFT_OUT, SUMS = ("Perhentian", "Ikhtisar", "Tidak masuk rencana", "Jumlah")
ROW = "tr[data-item]"


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
    write_page(supervisor_page(Drawn.of(plan, traces, roads=roads), words), path)
    return path


def turn_to(page: Page, name: str) -> None:
    """Choose one of the parts beside the map."""
    page.get_by_role("tab", name=name).click()


def seen(page: Page, selector: str) -> Sequence[str]:
    """Read what is to be seen of the elements."""
    return page.locator(f"{selector}:visible").all_inner_texts()


def legibility(page: Page) -> dict[str, float]:
    """Measure the smallest letters, the lowest target, and the least contrast of a text."""
    measured: dict[str, float] = page.evaluate(
        """() => {
          const all = Array.from(document.querySelectorAll("body *")).filter((e) =>
            e.getClientRects().length && getComputedStyle(e).visibility === "visible");
          const told = all.filter((e) => e.tagName !== "SCRIPT" &&
            Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.data.trim()));
          const tapped = all.filter((e) => e.matches(
            "button:not(.who), select, input, summary, #panel a, tr[data-item], .leaflet-bar a"));
          const rgba = (text) => text.match(/[\\d.]+/g).map(Number);
          // Relative luminance and contrast, WCAG 2.2.
          const luminance = (text) => rgba(text).slice(0, 3).map((v) => v / 255)
            .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
            .reduce((sum, v, i) => sum + [0.2126, 0.7152, 0.0722][i] * v, 0);
          const ground = (e) => {
            const colour = getComputedStyle(e).backgroundColor;
            const isPlain = (rgba(colour)[3] ?? 1) > 0.5;
            return isPlain || !e.parentElement ? colour : ground(e.parentElement);
          };
          const contrast = (e) => {
            const both = [getComputedStyle(e).color, ground(e)].map(luminance);
            return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
          };
          return {
            letters_px: Math.min(...told.map((e) => parseFloat(getComputedStyle(e).fontSize))),
            target_px: Math.min(...tapped.map((e) => e.getBoundingClientRect().height)),
            contrast: Math.min(...told.map(contrast)),
          };
        }"""
    )
    return measured


def assert_legible(page: Page) -> None:
    """Letters of 14 pixels, targets of 44, and a contrast of 4.5 are the least."""
    measured = legibility(page)
    assert measured["letters_px"] >= 14
    assert measured["target_px"] >= 44
    assert measured["contrast"] >= 4.5


@pytest.mark.parametrize("size", [PHONE, OFFICE])
def test_the_page_opens_without_a_network(
    browser: Browser, supervisor: Path, plan: Plan, size: tuple[int, int]
) -> None:
    """Nothing but the file is asked for; every stop is listed, nothing is wider than the screen."""
    with opened(browser, supervisor, size) as page:
        assert page.locator(ROW).count() == sum(len(route.stops) for route in plan.day_routes)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        for part in (STOPS, GLANCE, LEFT_OUT, SUMS):
            turn_to(page, part)
            assert_legible(page)


def test_stops_are_sorted_by_time_over_all_workers(
    browser: Browser, supervisor: Path, plan: Plan
) -> None:
    """The lines of two teams interleave, and each team's own order stays."""
    monday = [route for route in plan.day_routes if route.day == 0]
    with opened(browser, supervisor) as page:
        rows = page.locator(".day").first.locator(ROW)
        times = rows.locator(".is-time").all_inner_texts()
        keys = rows.evaluate_all("all => all.map(e => [e.dataset.route, +e.dataset.item])")
    assert len(times) == sum(len(route.stops) for route in monday)
    assert list(times) == sorted(times)
    for route in {key[0] for key in keys}:
        items = [item for key, item in keys if key == route]
        assert items == sorted(items)
    assert len({key[0] for key in keys}) == len(monday)


def test_a_row_tells_who_where_and_how_far(browser: Browser, supervisor: Path) -> None:
    """Time, worker, number, case, category, area and kilometres stand in one row."""
    with opened(browser, supervisor) as page:
        cells = page.locator(ROW).filter(has_text="K-001").first.locator("td").all_inner_texts()
        promised = page.locator(ROW).filter(has_text="dijanjikan").all_inner_texts()
    assert cells[1:6] == ["KOTA", "1", "K-001", "AMPK", "Telanaipura"]
    assert re.fullmatch(r"\d\d\.\d\d", cells[0])
    assert re.fullmatch(r"\d+,\d km", cells[6])
    assert ["K-002" in row for row in promised] == [True]


def test_choosing_a_day_shows_that_day(browser: Browser, supervisor: Path) -> None:
    """Table and map hold the chosen day and no other."""
    with opened(browser, supervisor) as page:
        assert page.locator(".day").count() == 5
        ways = page.locator("path.way").count()
        page.get_by_role("button", name="Rab 4").click()
        assert seen(page, ".day h3") == ["Rabu, 4 Maret 2026"]
        assert 0 < page.locator("path.way").count() < ways
        page.get_by_role("button", name="Semua", exact=True).click()
        assert page.locator(".day").count() == 5
        assert page.locator("path.way").count() == ways


def test_choosing_a_worker_shows_that_worker(browser: Browser, supervisor: Path) -> None:
    """The supervisor sees a member's circuit, which the whole team shares, and its breaks."""
    with opened(browser, supervisor) as page:
        assert page.locator("tr.rest").count() == 0
        page.get_by_role("button", name="SAD-2").click()
        assert set(seen(page, "td.is-worker")) == {"SAD-1, SAD-2, SAD-3"}
        assert page.locator(".day").count() == 4
        assert page.locator("tr.rest").count() == 4
        page.get_by_role("button", name="Jum 6").click()
        assert page.locator(ROW).count() == 0
        assert "Tidak ada kunjungan" in page.locator(".none:visible").inner_text()


def test_many_workers_and_days_are_picked_from_a_list(
    browser: Browser, plan: Plan, traces: Traces, words: Words, tmp_path: Path
) -> None:
    """Nine workers do not fit as chips."""
    more = tuple((f"W-{i}", totals) for i, (_, totals) in enumerate(plan.totals[:1] * 5))
    path = tmp_path / "supervisor.html"
    many = replace(plan, totals=(*plan.totals, *more))
    write_page(supervisor_page(Drawn.of(many, traces), words), path)
    with opened(browser, path) as page:
        page.get_by_label("petugas").select_option("SAD-2")
        assert page.locator(".day").count() == 4
        page.get_by_label("petugas").select_option("W-3")
        assert page.locator(ROW).count() == 0


def test_the_page_opens_on_today(browser: Browser, supervisor: Path) -> None:
    """Who opens it within the week sees that day first."""
    with opened(browser, supervisor, today="2026-03-05") as page:
        assert seen(page, ".day h3") == ["Kamis, 5 Maret 2026"]
        assert page.get_by_role("button", name="Kam 5").get_attribute("aria-pressed") == "true"


def test_clicking_a_row_opens_the_stop_on_the_map(browser: Browser, supervisor: Path) -> None:
    """The popup tells the stop again, whole; the row is marked."""
    with opened(browser, supervisor) as page:
        row = page.locator(ROW).filter(has_text="K-001").first
        row.click()
        popup = page.locator(".leaflet-popup-content").inner_text()
        assert row.get_attribute("aria-current") == "true"
    for part in ("Senin, 2 Maret 2026", "KOTA", "1. K-001", "AMPK", "Telanaipura", "menit"):
        assert part in popup


def test_an_opened_stop_is_whole_on_the_map(browser: Browser, supervisor: Path) -> None:
    """The pin and its popup end above the lower edge of the map, which the head has made lower."""
    with opened(browser, supervisor) as page:
        page.locator(ROW).filter(has_text="K-001").first.click()
        pin = page.locator(".anchor[aria-label*=K-001] .pin").bounding_box()
        popup = page.locator(".leaflet-popup").bounding_box()
        around = page.locator("#map-box").bounding_box()
    assert pin is not None
    assert popup is not None
    assert around is not None
    assert around["y"] <= popup["y"]
    assert pin["y"] + pin["height"] + 20 <= around["y"] + around["height"]


def test_the_way_of_an_opened_stop_stands_out(
    browser: Browser, supervisor: Path, plan: Plan
) -> None:
    """All other ways stand back until the popup is closed."""
    with opened(browser, supervisor) as page:
        faint = page.locator("path.way.faint")
        page.locator(ROW).filter(has_text="K-001").first.click()
        assert faint.count() == len(plan.day_routes) - 1
        page.locator(ROW).filter(has_text="K-003").first.click()
        assert faint.count() == len(plan.day_routes) - 1
        page.locator(".leaflet-popup-close-button").last.click()
        assert faint.count() == 0


def test_a_team_is_told_apart_on_its_day(browser: Browser, supervisor: Path, plan: Plan) -> None:
    """The ways of one day have one colour: a team's name lets its own stand out."""
    monday = [route for route in plan.day_routes if route.day == 0]
    with opened(browser, supervisor) as page:
        names, faint = page.locator(".teams button"), page.locator("path.way.faint")
        assert names.count() == 0
        page.get_by_role("button", name="Sen 2").click()
        assert sorted(names.all_inner_texts()) == sorted(", ".join(r.worker_ids) for r in monday)
        names.first.click()
        assert faint.count() == len(monday) - 1
        assert float(faint.first.evaluate("e => getComputedStyle(e).opacity")) < 0.5
        assert names.first.get_attribute("aria-pressed") == "true"
        assert_legible(page)
        names.first.click()
        assert faint.count() == 0
        page.get_by_role("button", name="Semua", exact=True).click()
        assert names.count() == 0


def test_an_id_is_found_wherever_it_stands(browser: Browser, supervisor: Path) -> None:
    """Among the stops of all days, and among those who are left out."""
    with opened(browser, supervisor) as page:
        page.get_by_role("searchbox").fill("k-013")
        expect(page.locator(ROW)).to_have_count(1)
        assert seen(page, ".day h3") == ["Jumat, 6 Maret 2026"]
        page.get_by_role("searchbox").fill("K-103")
        expect(page.locator(ROW)).to_have_count(0)
        turn_to(page, LEFT_OUT)
        assert seen(page, ".loss-table td.is-who") == ["K-103"]


def test_a_supervisor_finds_who_is_left_out_and_why(browser: Browser, supervisor: Path) -> None:
    """Each loss is there with its id and its sentence, and folds away."""
    with opened(browser, supervisor) as page:
        assert page.get_by_role("tab", name=LEFT_OUT).inner_text().endswith("4")
        turn_to(page, LEFT_OUT)
        ids = seen(page, ".loss-table td.is-who")
        assert ids == ["K-101:1", "K-104", "K-103", "K-102"]
        lacks = "KOTA perlu 25 menit lagi pada Selasa, 3 Maret 2026"
        assert f"{lacks} masuk dengan satu jam lagi" in seen(page, "td.is-why")
        page.locator(".not-due summary").click()
        expect(page.locator(".not-due td")).to_have_text(["K-200", "Jumat, 20 Maret 2026"])
        page.locator(".loss summary").first.click()
        assert "K-101:1" not in seen(page, ".loss-table td.is-who")


def test_reasons_stand_together_the_most_frequent_first(
    browser: Browser, plan: Plan, traces: Traces, words: Words, tmp_path: Path
) -> None:
    """Within a reason come first those whom an hour would bring in, then who lacks the least."""
    template = "%(team)s would need %(minutes)d more minutes on %(date)s"
    hour = plan.unserved[0]
    needs = (("K-300", "SAD", 5), ("K-301", "KOTA", 40), ("K-302", "KOTA", 9))
    values = [{"team": team, "minutes": m, "date": "2026-03-03"} for _, team, m in needs]
    more = tuple(
        replace(hour, beneficiary_id=x[0], visit_id=f"{x[0]}:1", detail=Message(template, value))
        for x, value in zip(needs, values, strict=True)
    )
    path = tmp_path / "supervisor.html"
    asked = replace(plan, unserved=(*more, hour))
    write_page(supervisor_page(Drawn.of(asked, traces), words), path)
    with opened(browser, path) as page:
        turn_to(page, LEFT_OUT)
        unserved = page.locator(".loss").first
        assert unserved.locator(".reason .badge").all_inner_texts() == ["3", "1"]
        assert "KOTA" in unserved.locator(".reason h4").first.inner_text()
        ids = unserved.locator("td.is-who").all_inner_texts()
        marked = unserved.locator("tr", has=page.locator(".more")).all_inner_texts()
        page.get_by_role("searchbox").fill("K-302")
        expect(unserved.locator("td.is-who")).to_have_count(1)
    assert list(ids) == ["K-101:1", "K-302:1", "K-301:1", "K-300:1"]
    assert ["K-101:1" in row for row in marked] == [True]


def test_a_supervisor_sees_when_each_is_back(browser: Browser, supervisor: Path) -> None:
    """The week at a glance tells visits, return, and nights away; a cell shows that day."""
    with opened(browser, supervisor) as page:
        turn_to(page, GLANCE)
        heads = page.locator(".week-table thead .is-day").all_inner_texts()
        row = page.locator(".week-table tbody tr").filter(has_text="SAD-1")
        cells = [text.split() for text in row.locator("td.is-day").all_inner_texts()]
        row.locator("td.is-day button").nth(1).click()
        assert row.locator("button[aria-pressed=true]").count() == 1
        turn_to(page, STOPS)
        assert seen(page, ".day h3") == ["Selasa, 3 Maret 2026"]
    assert heads == ["Sen 2", "Sel 3", "Rab 4", "Kam 5", "Jum 6"]
    assert cells[:3] == [["3", "☾"]] * 3
    assert re.fullmatch(r"\d\d\.\d\d", cells[3][1])
    assert cells[4] == []


def test_bars_are_as_long_as_they_say(browser: Browser, supervisor: Path, plan: Plan) -> None:
    """Load and budget of each worker stand as a bar and as a number."""
    sums = dict(plan.totals)["KOTA"]
    shares = ((sums.riding_s + sums.service_s) / sums.available_s, sums.cost_idr / 500_000)
    with opened(browser, supervisor) as page:
        turn_to(page, GLANCE)
        bars = page.locator(".week-table tbody tr").filter(has_text="KOTA").locator(".bar")
        said = bars.all_inner_texts()
        drawn = bars.locator(".bar-full").evaluate_all(
            "all => all.map(e => e.offsetWidth / e.parentElement.clientWidth)"
        )
    assert list(said) == [f"{round(100 * share)}%" for share in shares]
    assert drawn == pytest.approx(shares, abs=0.02)


def test_a_supervisor_sees_sums_weight_and_prices(
    browser: Browser, supervisor: Path, plan: Plan
) -> None:
    """What each worker carries, what is left of the money, and what a little more would bring."""
    sums = dict(plan.totals)["KOTA"]
    load = round(100 * (sums.riding_s + sums.service_s) / sums.available_s)
    used = round(100 * sums.cost_idr / 500_000)
    with opened(browser, supervisor) as page:
        turn_to(page, SUMS)
        row = page.locator(".sum-table tr").filter(has_text="KOTA").first.inner_text()
        room = page.locator(".part.open .wide").evaluate("e => e.clientWidth - e.scrollWidth")
        prices = page.locator(".prices").inner_text()
        weighed = page.locator(".score-table").evaluate("e => e.textContent")
    assert f"{load}%" in row
    assert f"{used}% dari Rp 500.000" in row.replace("\N{NO-BREAK SPACE}", " ")
    assert room == 0
    assert "Satu jam lagi bagi KOTA pada Selasa, 3 Maret 2026: 1 anak lagi (K-101)" in prices
    assert "Rp 100.000 lagi bagi SAD-1: 2 anak lagi (K-101, K-105)" in prices
    assert "menurut prioritas10,0" in weighed
    assert "Seluruhnya40,5" in weighed


def test_each_workers_file_is_a_click_away(browser: Browser, supervisor: Path, plan: Plan) -> None:
    """The links are relative, so that the folder can be moved."""
    with opened(browser, supervisor) as page:
        turn_to(page, GLANCE)
        links = page.locator(".week-table a").evaluate_all(
            "all => all.map(e => [e.textContent, e.getAttribute('href')])"
        )
    assert dict(map(tuple, links)) == dict(page_names(plan))


def test_nothing_planted_runs_and_all_of_it_shows(
    browser: Browser, plan: Plan, roads: Roads, words: Words, tmp_path: Path
) -> None:
    """Templates, template literals, tags and quotes in every text column are shown as text."""
    evil = hostile(plan)
    path = tmp_path / "supervisor.html"
    write_page(supervisor_page(Drawn.of(evil, sample_traces(evil), roads=roads), words), path)
    html = path.read_text(encoding="utf-8")
    assert "zigzag" not in html
    assert "ranran" not in html
    shown = writable(EVIL)
    with opened(browser, path) as page:
        text = "e => e.textContent"
        assert page.locator("button.who").count() == sum(len(r.stops) for r in evil.day_routes)
        for part in ("button.who", ".chip >> nth=7", ".notice", "td.is-worker", "td.is-area"):
            assert shown in page.locator(part).first.evaluate(text), part
        for tab, parts in (
            (GLANCE, ("tbody th", ".circuit h3", ".circuit li")),
            (LEFT_OUT, ("td.is-who", "td.is-why")),
            (SUMS, ("tbody th", ".prices li")),
        ):
            turn_to(page, tab)
            for part in parts:
                assert shown in page.locator(f".part.open {part}").first.evaluate(text), part
        turn_to(page, STOPS)
        for i in range(3):
            page.locator("tr.visit").nth(i).click()
            assert shown in page.locator(".leaflet-popup-content").last.evaluate(text)
        page.locator(".chip").nth(7).click()
        assert shown in page.locator("tr.rest").first.evaluate(text)
        assert page.locator("#panel img, iframe, object").count() == 0
        assert page.locator("script").count() == html.count("<script")


def test_paper_holds_what_the_screen_folds(browser: Browser, supervisor: Path, plan: Plan) -> None:
    """The PDF has every stop, every loss and the sums, and says on each page that it is secret."""
    pypdf = pytest.importorskip("pypdf")
    with opened(browser, supervisor, today="2026-03-05") as page:
        page.get_by_role("button", name="Semua", exact=True).click()
        printed = page.pdf(prefer_css_page_size=True)
        assert page.locator(".part.open").count() == 1
    pages = [sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(printed)).pages]
    text = "\n".join(pages)
    stops = [stop for route in routes_of(plan) for stop in route.stops]
    ids = {stop.beneficiary_id for stop in stops if stop.beneficiary_id}
    ids |= {loss.beneficiary_id for loss in plan.losses} | {"K-200"}
    assert sorted(x for x in ids if x not in text) == []
    assert "Seluruhnya" in text
    order = [text.index(f"{part}\n") for part in (GLANCE, STOPS, LEFT_OUT, SUMS)]
    assert order == sorted(order)
    assert all("RAHASIA" in sheet for sheet in pages)
    assert 2 <= len(pages) <= 6


def test_a_page_speaks_english(
    browser: Browser, plan: Plan, traces: Traces, tmp_path: Path
) -> None:
    """The same page in the other language."""
    path = tmp_path / "supervisor.html"
    write_page(supervisor_page(Drawn.of(plan, traces), Words("en")), path)
    with opened(browser, path) as page:
        tabs = page.get_by_role("tab").all_inner_texts()
        turn_to(page, "At a glance")
        assert page.locator(".week-table .bar-text").first.inner_text().endswith("%")
        assert "Petugas" not in page.locator("body").inner_text()
    assert [tab.split("\n")[0] for tab in tabs] == ["Stops", "At a glance", "Left out4", "Sums"]


@pytest.mark.parametrize("size", [PHONE, OFFICE])
def test_the_public_page_shows_areas(
    browser: Browser,
    plan: Plan,
    roads: Roads,
    words: Words,
    tmp_path: Path,
    size: tuple[int, int],
) -> None:
    """Each area stands on the map and in the table; a click tells it."""
    town = shapely.box(103.55, -1.66, 103.66, -1.56)
    village = shapely.box(103.4, -2.0, 103.55, -1.8)
    areas = (("Kota" + EVIL, town), ("Mestong", village))
    # All left out are people, at home in neither.
    homes = {loss.beneficiary_id: (0.0, 0.0) for loss in plan.losses}
    path = write_public_page(plan, areas, words, tmp_path / "public.html", homes=homes, roads=roads)
    with opened(browser, path, size) as page:
        rows = page.locator("tbody tr").all_inner_texts()
        assert page.locator("path.area").count() == 2
        assert page.locator(".area-count").all_inner_texts() == ["15"]
        page.locator("tbody tr").first.click()
        popup = page.locator(".leaflet-popup-content").evaluate("e => e.textContent")
        assert writable("Kota" + EVIL) in popup
        assert_legible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert [row.split("\t")[1] for row in rows] == ["15", "7", "22"]
