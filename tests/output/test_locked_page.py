"""A worker's whole page under a passphrase: opened, ticked, closed and opened again."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from outreach.output.locked import sealer
from outreach.output.page_words import lock_words
from outreach.output.words import Words
from outreach.output.write import Drawn, worker_page
from outreach.privacy import Passphrase
from tests.browsing import CHROMIUM, PHONE, opened
from tests.output.sample import PHONE as TELEPHONE

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from outreach.model import Plan
    from outreach.output.basemap import Roads
    from outreach.routing.trace import Traces

pytestmark = pytest.mark.browser

SPOKEN = "kucing merah lari pagi"
TYPED = "Kucing  merah lari pagi "
WORKER = "SAD-1"
READY = "html[data-ready]"
CIPHERTEXT = re.compile(r'(?<="box": ")[A-Za-z0-9+/=]+')
# A day of the sample week, in the morning.
WEDNESDAY = "2026-03-04"


@pytest.fixture(scope="module")
def locked(
    tmp_path_factory: pytest.TempPathFactory, plan: Plan, traces: Traces, roads: Roads, words: Words
) -> Path:
    """Give a worker's page under a passphrase."""
    path = tmp_path_factory.mktemp("locked") / "worker.html"
    drawn = Drawn.of(plan, traces, roads=roads)
    html = worker_page(drawn, WORKER, words, seal=sealer(Passphrase(SPOKEN)))
    path.write_text(html, encoding="utf-8")
    return path


def unlock(page: Page) -> None:
    """Type the passphrase as a phone's keyboard would, and wait for the map."""
    page.fill("#lock-passphrase", TYPED)
    page.click("#lock button")
    page.wait_for_selector(READY)


def test_a_locked_page_tells_nothing(browser: Browser, locked: Path, plan: Plan) -> None:
    """Neither its bytes nor what is seen name a worker, a place, a case or a number."""
    # Among hundreds of thousands of random signs any short word may stand.
    html, n_boxes = CIPHERTEXT.subn("", locked.read_text(encoding="utf-8"))
    assert n_boxes == 1
    stops = [stop for route in plan.day_routes for stop in route.stops]
    told = {WORKER, TELEPHONE, *(stop.place_id for stop in stops)}
    told |= {text for stop in stops for text in (stop.label, stop.area, stop.category) if text}
    assert [text for text in sorted(told) if text in html] == []
    with opened(browser, locked, PHONE, WEDNESDAY, awaited="#lock") as page:
        assert page.title() == Words("id").say("Visit map")
        for part in ("#head", "#main", ".leaflet-container"):
            assert not page.is_visible(part)
        page.fill("#lock-passphrase", "kucing merah lari sore")
        page.click("#lock button")
        page.wait_for_selector("#lock-word:not(:empty)")
        assert page.inner_text("#lock-word") == lock_words(Words("id"))["wrong"]
        assert page.query_selector(READY) is None
        assert not page.is_visible("#main")
        assert page.inner_text("#head") == page.inner_text("#panel") == ""


def test_a_locked_page_opens_on_the_map(browser: Browser, locked: Path) -> None:
    """The lock is gone, and the map fills its place with today's stops."""
    with opened(browser, locked, PHONE, WEDNESDAY, awaited="#lock") as page:
        unlock(page)
        assert page.query_selector("#lock") is None
        assert page.is_visible("#head")
        box = page.locator(".leaflet-container").bounding_box()
        assert box is not None
        assert box["width"] == 360
        assert page.locator(".pin:visible").count() > 0
        assert page.locator(".tick:visible").count() > 0


def test_ticks_of_a_locked_page_survive_as_ciphertext(browser: Browser, locked: Path) -> None:
    """What other pages on the phone can read of the store tells neither state nor note."""
    with opened(browser, locked, PHONE, WEDNESDAY, awaited="#lock") as page:
        unlock(page)
        tick = page.locator(".tick:visible").first
        tick.click()
        page.wait_for_function("() => localStorage.length === 1")
        [(key, value)] = page.evaluate("Object.entries(localStorage)")
        assert re.fullmatch(r"outreach:[A-Za-z0-9+/]{43}=", key)
        with pytest.raises(json.JSONDecodeError):
            json.loads(value)
        page.reload()
        unlock(page)
        assert page.locator(".tick:visible").first.get_attribute("aria-pressed") == "true"


def test_ticks_moved_from_child_to_child_are_refused(browser: Browser, locked: Path) -> None:
    """Who exchanges ciphertexts in the store makes them unreadable, and none is thrown away."""
    exchange = """() => {
      const [[a, x], [b, y]] = Object.entries(localStorage);
      localStorage.setItem(a, y);
      localStorage.setItem(b, x);
      return Object.entries(localStorage).sort();
    }"""
    with opened(browser, locked, PHONE, WEDNESDAY, awaited="#lock") as page:
        unlock(page)
        for i in range(2):
            page.locator(".tick:visible").nth(i).click()
        page.wait_for_function("() => localStorage.length === 2")
        exchanged = page.evaluate(exchange)
        page.reload()
        unlock(page)
        pressed = "all => all.map(tick => tick.getAttribute('aria-pressed'))"
        assert set(page.locator(".tick").evaluate_all(pressed)) == {"false"}
        assert page.evaluate("Object.entries(localStorage).sort()") == exchanged


def test_a_browser_writes_nothing_typed_into_its_profile(
    browser: Browser, locked: Path, tmp_path: Path
) -> None:
    """Neither note nor passphrase is in any file of it, once the page is left and it is closed."""
    profile = tmp_path / "profile"
    note = "rumahbirudibelakangmasjid"
    context = browser.browser_type.launch_persistent_context(
        profile,
        executable_path=str(CHROMIUM),
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        viewport={"width": 360, "height": 800},
        offline=True,
    )
    page = context.new_page()
    page.goto(locked.as_uri())
    unlock(page)
    page.locator(".row:visible").nth(1).click()
    page.locator("textarea").first.press_sequentially(note)
    page.wait_for_function("() => localStorage.length === 1")
    # A page that is left hands its form to the browser, which writes it down some time later.
    page.goto("about:blank")
    page.wait_for_timeout(3000)
    context.close()
    found = [path for path in sorted(profile.rglob("*")) if path.is_file()]
    assert any("Sessions" in path.parts for path in found)
    typed = (note, TYPED)
    spelled = [text.encode(code) for text in typed for code in ("utf-8", "utf-16-le")]
    assert [x.name for x in found if any(text in x.read_bytes() for text in spelled)] == []
