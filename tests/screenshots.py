"""
Make screenshots of pages, to be looked at: ``python -m tests.screenshots maps --out shots``.

Each page of the folder is opened without a network, at a phone's and a laptop's size, as it
opens on its first day. With ``--picture FILE`` the README's picture is made: the supervisor's
page beside a worker's.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browsing import OFFICE, PHONE, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_HEIGHT = 560
_QUALITY = 82


def main() -> None:
    """Read the arguments and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pages lie")
    parser.add_argument("--out", type=Path, help="where the screenshots land")
    parser.add_argument("--picture", type=Path, help="the README's picture, a JPEG")
    parser.add_argument("--worker", default="muaro", help="whose page stands in the picture")
    given = parser.parse_args()
    with chromium() as browser:
        if given.out is not None:
            given.out.mkdir(parents=True, exist_ok=True)
            for path in sorted(given.folder.glob("*.html")):
                for size in (PHONE, OFFICE):
                    page = opened(browser, path, size)
                    page.screenshot(path=given.out / f"{path.stem}-{size[0]}.png")
                    page.context.close()
        if given.picture is not None:
            _picture(browser, given.folder, given.worker, given.picture)


def opened(browser: Browser, path: Path, size: tuple[int, int]) -> Page:
    """Open a page on its first day, and wait until all is drawn."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, offline=True, timezone_id="Asia/Jakarta"
    )
    page = context.new_page()
    if first := _first_day(path):
        page.clock.set_fixed_time(f"{first}T02:00:00Z")
    page.goto(path.as_uri())
    if "locked" not in (page.locator("body").get_attribute("class") or ""):
        page.wait_for_selector("html[data-ready='1']", state="attached")
    return page


def _first_day(path: Path) -> str | None:
    block = re.search(
        r'<script type="application/json" id="data">(.*?)</script>',
        path.read_text(encoding="utf-8"),
    )
    days = json.loads(block[1]).get("days") if block else None
    return days[0]["date"] if days else None


def _picture(browser: Browser, folder: Path, worker: str, picture: Path) -> None:
    shots = []
    for name, size in (("supervisor", OFFICE), (f"worker-{worker}", PHONE)):
        page = opened(browser, (folder / f"{name}.html").resolve(), size)
        shots.append(base64.b64encode(page.screenshot()).decode())
        page.context.close()
    side_by_side = browser.new_page(viewport={"width": 1280, "height": _HEIGHT})
    images = "".join(f'<img height="{_HEIGHT}" src="data:image/png;base64,{x}">' for x in shots)
    side_by_side.set_content(
        f'<body style="margin:0;display:flex;gap:12px;background:#888">{images}</body>'
    )
    box = side_by_side.locator("body").evaluate(
        "b => Array.from(b.children).reduce((w, i) => w + i.getBoundingClientRect().width, 12)"
    )
    side_by_side.set_viewport_size({"width": round(box), "height": _HEIGHT})
    side_by_side.screenshot(path=picture, type="jpeg", quality=_QUALITY)
    side_by_side.close()


if __name__ == "__main__":
    main()
