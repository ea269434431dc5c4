"""Pages as their readers open them: in Debian's Chromium, offline, on a day, at a size."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
PHONE, OFFICE = (360, 800), (1366, 768)
BEFORE = "2026-01-01"
"""A day before any week of the tests."""

_TRAP = "window.hits = 0; window.hit = window.alert = function () { window.hits += 1; };"
_QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Chromium until the end of the block."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(_QUIET))
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser,
    path: Path,
    size: tuple[int, int] = OFFICE,
    today: str = BEFORE,
    *,
    script: str = "",
    awaited: str = "html[data-ready]",
) -> Iterator[Page]:
    """
    Open a page; other requests, messages, errors and hits of planted scripts fail the test.

    Parameters
    ----------
    script
        Runs before those of the page.
    awaited
        What must be there before the test begins; by default all that is drawn.
    """
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, offline=True, timezone_id="Asia/Jakarta"
    )
    context.add_init_script(_TRAP + script)
    page = context.new_page()
    page.clock.set_fixed_time(f"{today}T01:00:00Z")
    troubles: list[str] = []
    page.on("request", lambda request: troubles.append(request.url))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text))
    page.on("dialog", lambda dialog: troubles.append(dialog.message))
    page.goto(path.as_uri())
    page.wait_for_selector(awaited, state="attached")
    yield page
    assert set(troubles) == {path.as_uri()}
    assert page.evaluate("window.hits") == 0
    context.close()
