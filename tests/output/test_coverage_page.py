"""The page about coverage as a planner shows it: in a browser, without a network."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from outreach.output.coverage_page import write_coverage_page
from outreach.output.coverage_told import tell
from outreach.output.safe_text import writable
from outreach.output.words import Words
from tests.browsing import OFFICE, PHONE, opened
from tests.output.coverage_sample import AREAS, coverage_sample, map_sample, people
from tests.output.hostile import EVIL
from tests.output.test_coverage_data import without_areas
from tests.output.test_supervisor_page import assert_legible

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from outreach.output.basemap import Roads

pytestmark = pytest.mark.browser

LEVELS = "all => all.map(e => e.dataset.level)"
TOLD = ".leaflet-popup-content"


def drawn(path: Path, language: str, roads: Roads | None = None) -> Path:
    """Write the sample's page."""
    coverage, map_ = coverage_sample(), map_sample()
    words = Words(language)  # type: ignore[arg-type]
    told = tell(coverage, map_=map_)
    return write_coverage_page(coverage, map_, told, words, path, roads=roads, attribution="OSM")


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory, roads: Roads) -> Path:
    """Give the page in English, with roads behind it."""
    return drawn(tmp_path_factory.mktemp("pages") / "coverage.html", "en", roads)


@pytest.fixture(scope="module")
def indonesian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the page in Indonesian, on plain paper."""
    return drawn(tmp_path_factory.mktemp("pages") / "coverage.html", "id")


def levels(page: Page) -> list[str]:
    """Read how dark each area is."""
    found: list[str] = page.locator("path.area").evaluate_all(LEVELS)
    return found


def figures(page: Page) -> list[str]:
    """Read the key figures."""
    return list(page.locator(".figure-value").all_inner_texts())


def add(page: Page, n: int) -> None:
    """Move the slider by keyboard."""
    for _ in range(n):
        page.locator("#added").press("ArrowRight")


@pytest.mark.parametrize("size", [PHONE, OFFICE])
@pytest.mark.parametrize("language", ["english", "indonesian"])
def test_the_page_opens_without_a_network(
    browser: Browser, request: pytest.FixtureRequest, language: str, size: tuple[int, int]
) -> None:
    """Nothing but the file is asked for, nothing is wider than the screen, all can be read."""
    with opened(browser, request.getfixturevalue(language), size) as page:
        assert page.locator("path.area").count() == len(AREAS)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert page.evaluate("document.querySelector('#panel').scrollWidth") <= size[0]
        assert_legible(page)
        add(page, 2)
        page.locator(".area-table button").first.click()
        assert_legible(page)
        page.keyboard.press("Escape")
        if size == PHONE:
            page.locator(".card summary").click()
            assert_legible(page)


def test_more_workers_change_figures_map_and_table(browser: Browser, english: Path) -> None:
    """The slider goes by keyboard; all of the page follows it, and the present stays beside."""
    with opened(browser, english) as page:
        assert figures(page)[:3] == ["70%", "63", "49"]
        assert page.locator(".figure-change").count() == 0
        before = levels(page)
        page.locator("#added").focus()
        add(page, 1)
        assert figures(page)[:3] == ["81%", "40", "31"]
        assert page.locator(".figure-change").first.inner_text() == "now 70%"
        assert levels(page) != before
        assert page.locator(".added-number").inner_text() == "+1"
        assert page.locator("#added").get_attribute("aria-valuetext") == "3 workers in all"
        assert page.locator(".curve-table [aria-current] th").inner_text() == "+1 Sekernan"
        assert page.locator(".area-table .total td").nth(1).inner_text() == "40"
        districts = page.locator(".part", has_text="By district").locator("tbody tr")
        missed = sum(person.missed[1] for person in people() if person.district == "Sekernan")
        assert districts.first.locator("td").nth(1).inner_text() == str(missed)
        assert page.locator(".sites li").all_inner_texts() == ["1\nSekernan village"]
        assert page.locator(".cell.weekday-added").all_inner_texts() == ["1", "1"]


def test_buttons_go_to_now_and_to_what_is_recommended(browser: Browser, english: Path) -> None:
    """And one by one, as far as there are steps."""
    with opened(browser, english) as page:
        number = page.locator(".added-number")
        page.get_by_role("button", name="Recommended").click()
        assert number.inner_text() == "+2"
        page.get_by_role("button", name="One worker more").click()
        assert number.inner_text() == "+3"
        assert page.get_by_role("button", name="One worker more").is_disabled()
        page.get_by_role("button", name="Now", exact=True).click()
        assert number.inner_text() == "0"
        assert page.get_by_role("button", name="One worker fewer").is_disabled()


def test_a_click_into_curve_or_table_chooses_too(browser: Browser, english: Path) -> None:
    """A column of the chart, a line of the table."""
    with opened(browser, english) as page:
        page.locator(".chart .column").nth(3).click()
        assert page.locator(".added-number").inner_text() == "+3"
        page.locator(".curve-table tbody tr").nth(1).click()
        assert page.locator(".added-number").inner_text() == "+1"
        assert page.locator(".column.is-chosen").count() == 1


def test_the_areas_are_coloured_by_what_is_chosen(browser: Browser, english: Path) -> None:
    """The legend names it; each level of it is on the map in the legend's colour."""
    with opened(browser, english) as page:
        missed = levels(page)
        assert page.locator(".legend-title").inner_text() == "Due visits that are not made"
        page.get_by_role("button", name="Ride", exact=True).click()
        assert page.locator(".legend-title").inner_text() == "Mean ride from a base, in minutes"
        assert levels(page) != missed
        assert "15–30" in page.locator(".scale").inner_text()
        for level in set(levels(page)):
            area = page.locator(f"path.area[data-level='{level}']").first
            swatch = page.locator(f".swatch[data-level='{level}']")
            assert area.evaluate("e => getComputedStyle(e).fill") == swatch.evaluate(
                "e => getComputedStyle(e).backgroundColor"
            )


def test_levels_are_told_apart_in_grey(browser: Browser, english: Path) -> None:
    """Each level is clearly darker than the one before: a grey printer keeps their order."""
    with opened(browser, english) as page:
        shades = page.locator(".scale .swatch").evaluate_all(
            """all => all.slice(0, 5).map((e) => {
              const [r, g, b] = getComputedStyle(e).backgroundColor.match(/\\d+/g).map(Number);
              return 0.299 * r + 0.587 * g + 0.114 * b;
            })"""
        )
    assert len(shades) == 5
    assert min(a - b for a, b in itertools.pairwise(shades)) > 25


def test_bands_and_seasons_are_switched(browser: Browser, english: Path) -> None:
    """A line for each band that is chosen, no two alike; other ones in the wet season."""
    with opened(browser, english) as page:
        lines = page.locator("path.reach")
        assert lines.count() == 1
        page.get_by_role("button", name="30", exact=True).click()
        page.get_by_role("button", name="120", exact=True).click()
        assert lines.count() == 3
        looks = lines.evaluate_all(
            "all => all.map(e => getComputedStyle(e)).map(s => [s.stroke, s.strokeWidth].join())"
        )
        assert len(set(looks)) == 3
        page.get_by_role("button", name="60", exact=True).click()
        page.get_by_role("button", name="120", exact=True).click()
        dry = lines.first.get_attribute("d")
        page.get_by_role("button", name="wet", exact=True).click()
        assert lines.count() == 1
        assert lines.first.get_attribute("d") != dry
        page.get_by_role("button", name="borders").click()
        assert page.locator("path.catchment").count() == 0


def test_a_name_opens_its_area_now_and_then(browser: Browser, english: Path) -> None:
    """What changes stands beside what is now; Escape leads back to the name."""
    with opened(browser, english) as page:
        add(page, 1)
        name = page.locator(".area-table").get_by_role("button", name="Sekernan")
        name.focus()
        page.keyboard.press("Enter")
        told = page.locator(TOLD).inner_text()
        assert "3 workers in all" in told
        assert "Now: " in told
        assert page.locator(".area-table [aria-current] th").inner_text() == "Sekernan"
        add(page, 1)
        assert "4 workers in all" in page.locator(TOLD).inner_text()
        page.locator(".leaflet-popup").focus()
        page.keyboard.press("Escape")
        expect(page.locator(TOLD)).to_have_count(0)
        assert page.locator(".area-table [aria-current]").count() == 0


def test_a_number_stands_on_the_map_only_where_it_is_told(browser: Browser, english: Path) -> None:
    """With two workers more, too few are missed in any area: colours of the whole, no numbers."""
    with opened(browser, english) as page:
        told = [level for level in levels(page) if not level.startswith("not-own")]
        assert page.locator(".area-number").count() == len(told) > 0
        add(page, 2)
        assert page.locator(".area-number").count() == 0
        assert len(set(levels(page))) == 1
        assert levels(page)[0].startswith("not-own-")


def test_hovering_tells_the_area(browser: Browser, english: Path) -> None:
    """Its name, and the number by which it is coloured."""
    with opened(browser, english) as page:
        page.locator("path.area[data-level='3']").first.hover()
        brief = page.locator(".brief").inner_text()
        assert "Due visits that are not made: " in brief
        assert "%" in brief


def test_a_base_tells_whom_it_is_nearest_to(browser: Browser, english: Path) -> None:
    """The areas of its catchment stay, the others stand back until it is closed."""
    with opened(browser, english) as page:
        add(page, 1)
        page.locator(".anchor", has_text="1").locator(".pin").click()
        assert "nearest base of: " in page.locator(TOLD).inner_text()
        aside = page.locator("path.area.aside")
        assert 0 < aside.count() < len(AREAS)
        page.keyboard.press("Escape")
        expect(aside).to_have_count(0)


def test_a_popup_leaves_the_legend_in_sight(browser: Browser, english: Path) -> None:
    """Beside it on a wide screen, in its place on a phone, and always whole on the map."""
    for size in (OFFICE, PHONE):
        with opened(browser, english, size) as page:
            page.locator(".area-table button").first.click()
            popup = page.locator(".leaflet-popup").bounding_box()
            around = page.locator("#map-box").bounding_box()
            assert popup is not None
            assert around is not None
            assert popup["y"] >= around["y"]
            card = page.locator(".card").bounding_box()
            if size == OFFICE:
                assert card is not None
                assert popup["x"] >= card["x"] + card["width"]
            else:
                assert card is None


@pytest.mark.parametrize("size", [PHONE, OFFICE])
def test_a_project_without_areas_has_a_page(
    browser: Browser, tmp_path: Path, size: tuple[int, int]
) -> None:
    """Bases on the map, and figures that follow the slider."""
    coverage, map_ = without_areas(coverage_sample())
    path = tmp_path / "coverage.html"
    write_coverage_page(coverage, map_, tell(coverage, map_=map_), Words("en"), path)
    with opened(browser, path, size) as page:
        add(page, 1)
        assert figures(page)[:2] == ["81%", "40"]
        assert page.locator(".cell.weekday-added").count() == 2
        assert not page.locator(".area-table").is_visible()
        assert_legible(page)


def test_nothing_planted_runs_and_all_of_it_shows(browser: Browser, tmp_path: Path) -> None:
    """Names of areas, places and scenarios with tags and templates are shown as text."""
    sample, map_ = coverage_sample(), map_sample()
    areas = tuple(replace(row, name=row.name and row.name + EVIL) for row in sample.areas)
    by_area = tuple((n, replace(row, name=row.name and row.name + EVIL)) for n, row in map_.by_area)
    steps = tuple(
        replace(step, sites=tuple(replace(site, label=site.label + EVIL) for site in step.sites))
        for step in sample.steps
    )
    evil = replace(
        sample,
        title=sample.title + EVIL,
        areas=areas,
        steps=steps,
        scenarios=tuple(replace(x, label=x.label + EVIL) for x in sample.scenarios),
    )
    evil_map = replace(map_, by_area=by_area)
    path = tmp_path / "coverage.html"
    write_coverage_page(evil, evil_map, tell(evil, map_=evil_map), Words("en"), path)
    html = path.read_text(encoding="utf-8")
    assert "zigzag" not in html
    shown = writable(EVIL)
    with opened(browser, path) as page:
        add(page, 1)
        page.locator(".area-table button").first.click()
        for part in ("h1", ".area-table button", ".sites b", ".curve-table th", TOLD):
            texts = page.locator(part).evaluate_all("all => all.map(e => e.textContent)")
            assert any(shown in text for text in texts), part
        assert page.locator("#panel img, iframe, object").count() == 0
        assert page.locator("script").count() == html.count("<script")


def test_paper_holds_map_figures_and_tables(browser: Browser, english: Path) -> None:
    """A few sheets of A4, each of which says of how many people at least it tells."""
    pypdf = pytest.importorskip("pypdf")
    with opened(browser, english) as page:
        add(page, 1)
        printed = page.pdf(prefer_css_page_size=True)
    sheets = [sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(printed)).pages]
    text = "\n".join(sheets)
    for part in ("3 workers in all", "Due visits that are not made", "Tempino", "by planning"):
        assert part in text
    assert "Recommended" not in text
    assert all("k = 5" in sheet for sheet in sheets)
    assert 2 <= len(sheets) <= 5
