"""From a worker's thumb to the log: real pages in a browser, the file saved, and imported."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from outreach.cli import main
from outreach.config import read_config
from outreach.layers.log import standing
from outreach.logbook import read_logbook
from outreach.recording import import_logs
from tests.browsing import OFFICE, opened
from tests.projects import BLOCK_DEG, SOUTH, WEST, town_project

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Browser

    from outreach.layers.log import LogEntry
    from outreach.output.log_told import LogImportReport

pytestmark = pytest.mark.browser

MONDAY, FRIDAY, SUNDAY = "2026-11-30", "2026-12-04", dt.date(2026, 12, 6)
CHILDREN = tuple(f"c{i}" for i in range(1, 7))


def _call(folder: Path, *args: str) -> None:
    done = CliRunner().invoke(main, [*args, str(folder), "--cache", str(folder.parent / "cache")])
    assert done.exit_code == 0, done.output


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a project in which w2 meets four of six children of one street on Friday."""
    rows = [(c, WEST + i * BLOCK_DEG, SOUTH, "neglect", 30) for i, c in enumerate(CHILDREN)]
    folder = town_project(
        tmp_path_factory.mktemp("page") / "town",
        children=[(*row, "", "", "Budi Rahasia") for row in rows],
    )
    settings = folder / "outreach.toml"
    settings.write_text(settings.read_text("utf-8") + 'solver = "greedy"\n', encoding="utf-8")
    _call(folder, "plan")
    _call(folder, "maps")
    return folder


@pytest.fixture
def town(drawn: Path, tmp_path: Path) -> Path:
    """Give a copy that may be changed."""
    return Path(shutil.copytree(drawn, tmp_path / "town"))


def _order(town: Path) -> list[str]:
    plan = json.loads((town / "maps" / "plan.json").read_text("utf-8"))
    return [
        stop["beneficiary_id"]
        for route in plan["day_routes"]
        if route["worker_ids"] == ["w2"]
        for stop in route["stops"]
        if stop["kind"] == "visit"
    ]


def _handed_in(
    browser: Browser, page_path: Path, told: Mapping[str, str], note: str, hour: int
) -> Path:
    """Tick children on a page, write the note to the last one, and save the file."""
    with opened(browser, page_path, OFFICE, today=FRIDAY) as page:
        page.clock.set_fixed_time(f"{FRIDAY}T{hour:02}:00:00Z")
        for child, button in told.items():
            row = page.locator(".day .stop.visit").filter(has_text=child).locator(".row")
            row.first.click()
            page.get_by_role("button", name=button, exact=True).last.click()
        page.get_by_label("Note").last.fill(note)
        with page.expect_download() as saved:
            page.get_by_role("button", name="Save ticks and notes").click()
        path = page_path.parent / f"{hour}-{saved.value.suggested_filename}"
        saved.value.save_as(path)
    return path


def _import(town: Path, path: Path) -> tuple[LogImportReport, list[LogEntry]]:
    report = import_logs(read_config(town), [path], today=SUNDAY)
    return report, list(standing(read_logbook(town / "log.gpkg")))


def test_the_log_holds_exactly_what_was_ticked(browser: Browser, town: Path) -> None:
    """Each child with its word, its day, its worker and its visit of the plan; nobody else."""
    order = _order(town)
    assert len(order) == 4
    told = {order[0]: "Done", order[2]: "Not met"}
    path = _handed_in(browser, town / "maps" / "worker-w2.html", told, "pintu terkunci", 4)
    report, entries = _import(town, path)
    assert (report.n_refused, report.read[0].findings) == (0, ())
    assert {
        e.beneficiary_id: (e.state, e.note, e.visit_id, e.worker_id, e.number) for e in entries
    } == {
        order[0]: ("done", "", f"{order[0]}/1", "w2", 1),
        order[2]: ("not met", "pintu terkunci", f"{order[2]}/1", "w2", 3),
    }
    assert {e.date.isoformat() for e in entries} == {FRIDAY}


def test_pages_of_before_and_after_a_change_speak_of_the_same_children(
    browser: Browser, town: Path
) -> None:
    """A cancelled visit moves all numbers; old and new files go in, in whichever order."""
    order = _order(town)
    old = town / "maps" / "before.html"
    shutil.copy(town / "maps" / "worker-w2.html", old)
    _call(town, "replan", "--at", f"{MONDAY} 07:00", "--cancel", f"{order[0]}/1")
    after = _order(town)
    assert order[0] not in after
    where = {child: after.index(child) + 1 for child in after}
    assert all(where[child] != order.index(child) + 1 for child in after)
    first, second, third = order[1:]
    early = _handed_in(browser, old, {first: "Done", second: "Done"}, "", 3)
    late = _handed_in(
        browser, town / "maps" / "worker-w2.html", {first: "Not met", third: "Done"}, "x", 5
    )
    expected = {first: "not met", second: "done", third: "done"}
    for files in ((early, late), (late, early)):
        for path in files:
            report, entries = _import(town, path)
            assert report.n_refused == 0
        assert {e.beneficiary_id: e.state for e in entries} == expected
        assert len(entries) == len(expected)
        assert {e.visit_id for e in entries} == {f"{child}/1" for child in expected}
        (town / "log.gpkg").unlink()
