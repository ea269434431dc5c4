"""Pages as their readers open them: offline, on a day, at the size of a phone or an office."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

PHONE, OFFICE = (360, 800), (1366, 768)
BEFORE = "2026-01-01"
"""A day before the sample week."""

_TRAP = "window.hits = 0; window.hit = window.alert = function () { window.hits += 1; };"


@contextmanager
def opened(
    browser: Browser,
    path: Path,
    size: tuple[int, int] = OFFICE,
    today: str = BEFORE,
    init_script: str = "",
) -> Iterator[Page]:
    """Open a page; other requests, messages, errors and hits of planted scripts fail the test."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, offline=True, timezone_id="Asia/Jakarta"
    )
    context.add_init_script(_TRAP + init_script)
    page = context.new_page()
    page.clock.set_fixed_time(f"{today}T01:00:00Z")
    troubles: list[str] = []
    page.on("request", lambda request: troubles.append(request.url))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text))
    page.on("dialog", lambda dialog: troubles.append(dialog.message))
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready]")
    yield page
    assert set(troubles) == {path.as_uri()}
    assert page.evaluate("window.hits") == 0
    context.close()
