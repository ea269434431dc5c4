"""The pages of a changed plan in a browser: what the office reads first, and a worker outdoors."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from outreach.output.changes_seen import Before
from outreach.output.changes_since import revision_since
from outreach.output.locked import sealer
from outreach.output.page import write_page
from outreach.output.page_data import ways_of
from outreach.output.write import Drawn, supervisor_page, worker_page
from outreach.privacy import Passphrase
from tests.browsing import OFFICE, PHONE, opened
from tests.output.changed import CANCELLED, GIVEN, LATER, MOVED, NEW, OUT, changed_plan
from tests.output.hostile import EVIL, hostile
from tests.output.sample import sample_traces
from tests.output.test_locked_page import SPOKEN, unlock
from tests.output.test_supervisor_page import assert_legible, legibility, seen
from tests.output.test_worker_page import HEIGHTS

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from outreach.model import Plan
    from outreach.output.basemap import Roads
    from outreach.output.words import Words

pytestmark = pytest.mark.browser

ROWS = ".change-rows strong"
TUESDAY = "2026-03-03"


def drawn(plan: Plan, changed: Plan, roads: Roads | None = None) -> Drawn:
    """Lay out a changed plan; of Tuesday in town all that was ridden is left."""
    was = ways_of(sample_traces(plan)).legs["KOTA", 1]
    before = Before(earlier=(plan,), left={("KOTA", 1): tuple(leg.path for leg in was)})
    return Drawn.of(changed, sample_traces(changed), roads=roads, before=before)


@pytest.fixture(scope="module")
def office(
    tmp_path_factory: pytest.TempPathFactory, plan: Plan, roads: Roads, words: Words
) -> Path:
    """Give the office's page."""
    path = tmp_path_factory.mktemp("changed") / "supervisor.html"
    write_page(supervisor_page(drawn(plan, changed_plan(plan), roads), words), path)
    return path


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, plan: Plan, roads: Roads, words: Words) -> Path:
    """Give the page of the worker in town."""
    path = tmp_path_factory.mktemp("changed") / "worker-KOTA.html"
    write_page(worker_page(drawn(plan, changed_plan(plan), roads), "KOTA", words), path)
    return path


@pytest.mark.parametrize("size", [PHONE, OFFICE])
def test_the_office_reads_first_what_changed(
    browser: Browser, office: Path, size: tuple[int, int]
) -> None:
    """The part of the changes is open, legible, and no wider than the screen."""
    with opened(browser, office, size) as page:
        assert page.get_by_role("tab", selected=True).inner_text().startswith("Perubahan")
        assert seen(page, ROWS) == [NEW, MOVED, OUT, LATER, GIVEN, CANCELLED]
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert_legible(page)


def test_calls_are_ticked_off_and_dialled(browser: Browser, office: Path) -> None:
    """Whoever has a number can be called from the list."""
    with opened(browser, office) as page:
        calls = page.locator(".calls li")
        assert calls.count() == 4
        assert page.locator(".calls a").get_attribute("href") == "tel:0741000003"
        page.get_by_role("checkbox", name="KOTA").check()
        assert "line-through" in calls.first.locator("div").evaluate(
            "e => getComputedStyle(e).textDecoration"
        )


def test_changes_are_found_by_worker_day_and_id(browser: Browser, office: Path) -> None:
    """The filters of the page hold for them as well."""
    with opened(browser, office) as page:
        page.get_by_role("button", name="SAD-1", exact=True).click()
        assert seen(page, ROWS) == [GIVEN]
        page.get_by_role("button", name="Semua petugas").click()
        page.get_by_role("button", name="Kam 5", exact=True).click()
        assert seen(page, ROWS) == [MOVED]
        page.get_by_role("button", name="Semua", exact=True).click()
        page.get_by_role("searchbox").fill("k-300")
        expect(page.locator(ROWS)).to_have_text([NEW])


def test_a_change_opens_its_stop_and_stays_in_sight(browser: Browser, office: Path) -> None:
    """The popup tells what it was; the list of changes is not turned away."""
    with opened(browser, office) as page:
        page.locator("button.change-row").filter(has_text=MOVED).click()
        assert "pindah, semula Sel 3 Mar, 09.23" in page.locator(".popup").inner_text()
        assert page.get_by_role("tab", selected=True).inner_text().startswith("Perubahan")
        page.get_by_role("tab", name="Perhentian").click()
        row = page.locator("tr[data-item]").filter(has_text=MOVED)
        assert row.locator(".changed").inner_text() == "pindah"


def test_the_map_shows_the_old_way_of_the_chosen_days(browser: Browser, office: Path) -> None:
    """Thin dashes under the new ways, rings where nobody goes any more, and the closed road."""
    with opened(browser, office) as page:
        assert page.locator("path.was").count() == 1
        assert page.locator("path.gone").count() == 4
        page.get_by_role("button", name="Jum 6", exact=True).click()
        assert page.locator("path.was").count() == 0
        assert page.locator("path.gone").count() == 2
        page.get_by_role("button", name="Rab 4", exact=True).click()
        assert page.locator("path.gone").count() == 0
        assert page.locator("path.closed-area").count() == 1
        page.locator(".closed-sign").first.click()
        assert "ada jalan yang ditutup" in page.locator(".popup").inner_text()


def test_stops_that_are_other_bear_a_dot(browser: Browser, office: Path) -> None:
    """On the map, so that the eye finds them."""
    with opened(browser, office) as page:
        page.get_by_role("button", name="Sel 3", exact=True).click()
        assert page.locator(".cell.has-change").count() == 1
        page.get_by_role("button", name="Rab 4", exact=True).click()
        assert page.locator(".cell.has-change").count() == 0


def test_a_worker_sees_the_notice_whatever_day_it_is(browser: Browser, town: Path) -> None:
    """It is on top of the list, open; a tap folds it away."""
    with opened(browser, town, PHONE, today=TUESDAY) as page:
        notice = page.locator(".change-notice")
        assert notice.locator(".change-list li").count() == 6
        assert "K-300 mendesak" in notice.inner_text()
        top = notice.evaluate("e => e.offsetTop - e.parentElement.scrollTop")
        assert top < 5
        notice.locator("summary").click()
        assert not notice.locator(".change-list").is_visible()
        for text in ("SAD-2", "S-02"):
            assert text not in page.content()


def test_a_worker_sees_in_the_day_what_is_off_and_what_is_new(browser: Browser, town: Path) -> None:
    """In the order of the day; what is off is struck through and has nothing to tick."""
    with opened(browser, town, PHONE, today=TUESDAY) as page:
        page.get_by_role("button", name="Selasa, 3 Maret 2026").click()
        day = page.locator(".day:not([hidden])")
        names = day.locator(".who").all_inner_texts()
        assert names.index(NEW) < names.index(MOVED) < names.index(OUT)
        off = day.locator("li.off")
        assert off.locator(".changed").all_inner_texts() == [
            "pindah: Kam 5 Mar, 11.34",
            "tidak jadi",
        ]
        assert off.locator("button").count() == 0
        assert day.locator("li.stop .changed").all_inner_texts() == ["baru"]


def test_a_workers_changed_page_is_legible(browser: Browser, town: Path) -> None:
    """Letters, contrast and targets are as large as everywhere."""
    with opened(browser, town, PHONE, today=TUESDAY) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        page.locator(".handle").click()
        measured = legibility(page)
        assert measured["letters_px"] >= 14
        assert measured["contrast"] >= 4.5
        assert [found for found in page.evaluate(HEIGHTS) if min(found[1:]) < 44] == []


def test_planted_scripts_stay_text(
    browser: Browser, plan: Plan, words: Words, tmp_path: Path
) -> None:
    """Whatever ids and names hold."""
    changed = hostile(changed_plan(plan))
    path = tmp_path / "supervisor.html"
    write_page(supervisor_page(drawn(plan, changed), words), path)
    with opened(browser, path) as page:
        rows = page.locator(".change-rows").inner_text()
        assert rows.count("</script>") >= 6
        page.locator("button.change-row").first.click()
        assert EVIL[:10] in page.locator(".popup").inner_text()


def test_a_locked_page_says_where_the_ticks_before_are(
    browser: Browser, town: Path, plan: Plan, words: Words, tmp_path: Path
) -> None:
    """They are sealed under the page that they were made on; an open page has them still."""
    path = tmp_path / "locked-KOTA.html"
    made = drawn(plan, changed_plan(plan))
    write_page(worker_page(made, "KOTA", words, seal=sealer(Passphrase(SPOKEN))), path)
    with opened(browser, path, PHONE, awaited="#lock") as page:
        unlock(page)
        page.wait_for_selector(".change-notice", state="attached")
        assert "masih ada di sana" in page.locator(".change-notice").inner_text()
    with opened(browser, town, PHONE) as page:
        assert "masih ada di sana" not in page.locator(".change-notice").inner_text()


def test_whoever_has_no_day_left_reads_why(
    browser: Browser, plan: Plan, words: Words, tmp_path: Path
) -> None:
    """The page of a worker who is ill has no day, and all visits in the notice."""
    routes = tuple(route for route in plan.day_routes if route.team_id != "KOTA")
    none = replace(changed_plan(plan), day_routes=routes)
    none = replace(none, revision=revision_since(plan, none))
    path = tmp_path / "worker-KOTA.html"
    write_page(worker_page(drawn(plan, none), "KOTA", words), path)
    with opened(browser, path, PHONE) as page:
        assert page.locator(".change-list .off").count() == 15
        assert page.locator(".day").count() == 0
