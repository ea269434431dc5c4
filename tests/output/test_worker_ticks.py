"""Ticks and notes of a worker's page: kept on the phone, and handed in as a file."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from outreach.output.page import page_html
from outreach.output.page_data import ways_of, worker_data
from tests.browsing import OFFICE, PHONE, opened

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from outreach.model import Plan
    from outreach.output.words import Words
    from outreach.routing.trace import Traces

pytestmark = pytest.mark.browser

WEDNESDAY = "2026-03-04"
DAY_SHOWN = ".day:not([hidden])"


@pytest.fixture(scope="module")
def town(
    tmp_path_factory: pytest.TempPathFactory, plan: Plan, traces: Traces, words: Words
) -> Path:
    """Give the page of the worker in town."""
    path = tmp_path_factory.mktemp("ticks") / "worker-KOTA.html"
    data = worker_data(plan, ways_of(traces), "KOTA", words)
    path.write_text(page_html(data, words), encoding="utf-8")
    return path


def test_browsers_neither_keep_nor_send_notes(browser: Browser, town: Path) -> None:
    """The field of a note opts out of kept forms and of spelling help from elsewhere."""
    with opened(browser, town, OFFICE) as page:
        page.locator(".day .stop.visit .row").first.click()
        field = page.get_by_label("Catatan")
        assert field.evaluate("e => [e.autocomplete, e.spellcheck]") == ["off", False]


def test_ticks_survive_and_say_nothing(browser: Browser, town: Path) -> None:
    """State and note are there after a reload; the phone's store names no child and no page."""
    with opened(browser, town, PHONE, today="2026-03-02") as page:
        page.locator(".tick").first.click()
        page.locator(".row").nth(3).click()
        page.get_by_role("button", name="Tak bertemu").click()
        page.get_by_label("Catatan").fill("rumah kosong")
        page.reload()
        page.wait_for_selector("html[data-ready]")
        states = page.locator(f"{DAY_SHOWN} .tick").evaluate_all(
            "all => all.map(e => e.dataset.state)"
        )
        assert states == ["done", "", "missed", ""]
        assert page.locator(".kept-note:visible").all_inner_texts() == ["rumah kosong"]
        keys = page.evaluate("Object.keys(localStorage)")
        assert len(keys) == 2
        assert all(re.fullmatch(r"outreach:[0-9a-f]{16}:[0-9a-f]{16}", key) for key in keys)
        page.locator(".tick").first.click()
        assert len(page.evaluate("Object.keys(localStorage)")) == 1


def test_a_vault_keeps_only_what_it_sealed(browser: Browser, town: Path) -> None:
    """Behind a passphrase the store holds ciphertext, which only the same vault reads."""
    made = """async () => {
      const vault = name => ({
        name: async text => btoa(text),
        seal: async (text, place) => name + btoa(place + text),
        open: async (text, place) => { const whole = atob(text.slice(name.length));
          if (!text.startsWith(name) || !whole.startsWith(place)) throw new Error('foreign');
          return whole.slice(place.length); } });
      const store = await outreach.openStore('k', ['t'], vault('A'));
      store.set('t', {state: 'done', note: 'one'});
      await store.set('t', {state: 'done', note: 'two'});
      const again = await outreach.openStore('k', ['t'], vault('A'));
      const foreign = await outreach.openStore('k', ['t'], vault('B'));
      return [Object.entries(localStorage), again.get('t').note, foreign.count()];
    }"""
    with opened(browser, town, PHONE) as page:
        entries, note, foreign = page.evaluate(made)
    assert [key for key, _ in entries] == ["outreach:azp0"]
    assert entries[0][1].startswith("A")
    assert "two" not in entries[0][1]
    assert (note, foreign) == ("two", 0)


def test_without_a_store_ticks_last_while_the_page_does(browser: Browser, town: Path) -> None:
    """A browser that keeps nothing is no error, and the reader is told."""
    refusing = (
        "Object.defineProperty(window, 'localStorage',"
        " {get() { throw new DOMException('no', 'SecurityError'); }});"
    )
    with opened(browser, town, PHONE, today=WEDNESDAY, script=refusing) as page:
        assert "tidak menyimpan tanda" in page.locator(".told-now").inner_text()
        page.locator(f"{DAY_SHOWN} .tick").first.click()
        assert page.locator(f"{DAY_SHOWN} .tick").first.get_attribute("aria-pressed") == "true"


def test_ticks_are_handed_in_as_a_file(browser: Browser, town: Path, plan: Plan) -> None:
    """One small file, from which the office learns whom and when each tick is about."""
    with opened(browser, town, PHONE, today=WEDNESDAY) as page:
        button = page.get_by_role("button", name="Simpan tanda dan catatan")
        assert button.is_disabled()
        for i in range(2):
            page.locator(f"{DAY_SHOWN} .tick").nth(i).click()
        with page.expect_download() as saved:
            button.click()
        document = json.loads(saved.value.path().read_text(encoding="utf-8"))
        key = json.loads(page.locator("#data").text_content() or "")["key"]
    assert (document["form"], document["key"]) == ("outreach/done/1", key)
    route = next(r for r in plan.day_routes if (r.team_id, r.day) == ("KOTA", 2))
    stops = [stop for stop in route.stops if stop.kind in {"visit", "partner"}][:2]
    assert {stop.kind for stop in stops} == {"visit", "partner"}
    assert all(item.pop("at").startswith(WEDNESDAY) for item in document["items"])
    assert document["items"] == [
        {
            "beneficiary": stop.beneficiary_id or stop.place_id,
            "date": WEDNESDAY,
            "number": number,
            "state": "done",
            "note": "",
        }
        for number, stop in enumerate(stops, 1)
    ]
    assert saved.value.suggested_filename == f"outreach-{key}.json"
