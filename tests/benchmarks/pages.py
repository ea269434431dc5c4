"""
How large the demo's pages are, and how soon they can be used in Chromium at a slowed processor.

`ready_ms` is from the beginning of the load until everything is drawn and painted and the page
listens again; of a locked page from the tap on its button. The median of several loads, each in
a browser context of its own without a network. Workers' pages are loaded at the size of a phone,
the others at that of a laptop.
"""

from __future__ import annotations

import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from outreach.config import read_config
from outreach.packing import make_packs
from outreach.pipeline import draw_outputs, make_plan
from outreach.privacy import Passphrase
from tests.browsing import chromium

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ViewportSize

    from outreach.config import Config

ROOT = Path(__file__).resolve().parents[2]
PHONE: ViewportSize = {"width": 360, "height": 800}
LAPTOP: ViewportSize = {"width": 1366, "height": 768}
MOST_MS = 60_000

PASSPHRASE = Passphrase("rumah panggung di tepi sungai")

# Told before any script of the page runs; the page's own policy does not concern it.
_WATCH = """
let begun = 0;
document.addEventListener("submit", function () { begun = performance.now(); }, true);
new MutationObserver(function (_, watching) {
  const root = document.documentElement;
  if (root && root.dataset.ready) {
    watching.disconnect();
    requestAnimationFrame(function () {
      setTimeout(function () { root.dataset.taken = performance.now() - begun; }, 0);
    });
  }
}).observe(document, {attributes: true, subtree: true, attributeFilter: ["data-ready"]});
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page to load; `most_bytes` and `most_ms` are what the project wants of it at most."""

    path: Path
    name: str
    viewport: ViewportSize
    is_locked: bool = False
    most_bytes: int | None = None
    most_ms: int | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the benchmark takes."""
    parser.add_argument("project", nargs="?", type=Path, default=ROOT / "data" / "jambi")
    parser.add_argument("--iterations", type=int, default=2000, help="of the plan's search")
    parser.add_argument("--loads", type=int, default=5, help="of which the median counts")
    parser.add_argument("--throttle", type=float, default=4.0, help="times slower a processor")
    parser.add_argument("--cache", type=Path, help="a folder of built networks, to save time")


def run(args: argparse.Namespace) -> list[dict[str, object]]:
    """Plan, draw, and load each page."""
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        config = read_config(args.project).with_options(
            out=Path(folder) / "out",
            cache=args.cache or Path(folder) / "cache",
            iterations=args.iterations,
        )
        pages = _draw(config)
        with chromium() as browser:
            for page in pages:
                loads = [_load_ms(browser, page, args.throttle) for _ in range(args.loads)]
                n_bytes = page.path.stat().st_size
                rows.append(
                    {
                        "page": page.name,
                        "size": f"{page.viewport['width']}x{page.viewport['height']}",
                        "bytes": n_bytes,
                        "most_bytes": page.most_bytes,
                        "ready_ms": round(statistics.median(loads)),
                        "most_ms": page.most_ms,
                        "slowest_ms": round(max(loads)),
                    }
                )
    return rows


def _draw(config: Config) -> list[Page]:
    make_plan(config)
    draw_outputs(config)
    draw_outputs(config, is_public=True)
    make_packs(config, passphrase=PASSPHRASE)
    return [*_pages(config.out)]


def _pages(folder: Path) -> Iterator[Page]:
    for path in sorted(folder.glob("worker-*.html")):
        yield Page(path=path, name=path.name, viewport=PHONE, most_bytes=600_000, most_ms=1500)
    for path in sorted((folder / "packs").glob("locked-*.html")):
        yield Page(path=path, name=path.name, viewport=PHONE, is_locked=True)
    office = folder / "supervisor.html"
    yield Page(path=office, name=office.name, viewport=LAPTOP, most_bytes=1_500_000, most_ms=2500)
    yield Page(path=folder / "public.html", name="public.html", viewport=LAPTOP)


def _load_ms(browser: Browser, page: Page, throttle: float) -> float:
    """Load a page once, and unlock it where it is locked."""
    context = browser.new_context(
        viewport=page.viewport, offline=True, has_touch=page.viewport is PHONE
    )
    try:
        context.set_default_timeout(MOST_MS)
        tab = context.new_page()
        tab.add_init_script(_WATCH)
        session = context.new_cdp_session(tab)
        session.send("Emulation.setCPUThrottlingRate", {"rate": throttle})
        tab.goto(page.path.as_uri(), wait_until="commit")
        if page.is_locked:
            tab.fill("#lock-passphrase", PASSPHRASE.reveal())
            tab.click("#lock button[type=submit]")
        tab.locator("html[data-taken]").wait_for(state="attached")
        return float(tab.locator("html").get_attribute("data-taken") or "nan")
    finally:
        context.close()
