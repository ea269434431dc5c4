"""Next week starts from the log: plan, what was done, next plan, as the office does it."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from outreach.cli import main
from outreach.config import read_config
from outreach.output.plan_json import read_plan
from outreach.recording import import_logs
from tests.projects import BLOCK_DEG, SOUTH, WEST, town_project, write_csv

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from outreach.model import Plan

NEXT = "2026-12-07"
SUNDAY = dt.date(2026, 12, 6)
"""The first plan is for the week from 30 November 2026."""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder for built networks that the tests of this file share."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def town(tmp_path: Path, cache: Path) -> Path:
    """Give the town with the plan of its first week, and no log."""
    folder = town_project(tmp_path / "town")
    settings = folder / "outreach.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'{text}solver = "greedy"\n', encoding="utf-8")
    _plan(folder, cache)
    return folder


def call(*args: str) -> Result:
    """Run a command as a user would, without a terminal."""
    return CliRunner().invoke(main, args)


def _plan(folder: Path, cache: Path, week: str | None = None) -> dict[str, Any]:
    options = [] if week is None else ["--week", week]
    result = call("plan", str(folder), "--cache", str(cache), "--json", *options)
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def _done(folder: Path, *rows: Iterable[object], today: dt.date = SUNDAY) -> None:
    """Enter a table of id, date, state, worker, minutes."""
    path = folder / "done.csv"
    write_csv(path, ("id", "date", "state", "worker", "minutes"), rows)
    report = import_logs(read_config(folder), [path], today=today)
    assert report.n_refused == 0, report.as_json()


def _kept(folder: Path, week: str = NEXT) -> Plan:
    return read_plan(folder / "maps" / "plans" / f"{week}.json")


def _visited(plan: Plan) -> set[str | None]:
    return {s.beneficiary_id for r in plan.day_routes for s in r.stops if s.visit_id is not None}


def test_next_week_starts_where_this_one_ended(town: Path, cache: Path) -> None:
    """Who was met is not due, who was not met is; and it is told."""
    _done(
        town,
        ("c1", "2026-11-30", "done", "w1", 40),
        ("c2", "2026-12-01", "not met", "w1", ""),
        *(("s1", f"2026-12-0{n}", "done", "w2", 60) for n in (1, 2, 3)),
    )
    told = _plan(town, cache, NEXT)
    plan = _kept(town)
    assert [(n.beneficiary_id, n.due_on) for n in plan.not_due] == [("c1", dt.date(2026, 12, 30))]
    assert _visited(plan) == {"c2", "s1"}
    assert told["from_log"][0].startswith("From the log since 2026-11-30: 4 visited, 1 not met")
    text = call("plan", str(town), "--cache", str(cache), "--week", NEXT).output
    assert "From the log since Monday, 30 November 2026: 4 visited, 1 not met" in text
    assert "more urgent now: 1" in text


def test_without_the_log_everybody_is_due_again(town: Path, cache: Path) -> None:
    """The tables alone know of no visit."""
    assert _plan(town, cache, NEXT)["from_log"] == []
    assert _visited(_kept(town)) == {"c1", "c2", "s1"}


def test_the_week_itself_is_not_changed_by_its_log(town: Path, cache: Path) -> None:
    """Planned once more, it is the same to the byte."""
    before = (town / "maps" / "plan.json").read_bytes()
    _done(town, ("c1", "2026-11-30", "done", "w1", 40), ("c2", "2026-12-01", "closed", "", ""))
    _plan(town, cache)
    assert (town / "maps" / "plan.json").read_bytes() == before


def test_the_plan_says_what_it_takes_for_granted(town: Path, cache: Path) -> None:
    """Visits of which nobody told count as not made; every reader of the plan is told, by no id."""
    _done(town, ("c1", "2026-11-30", "done", "w1", 40))
    _plan(town, cache, NEXT)
    (notice,) = [str(n) for n in _kept(town).notices if "log" in str(n)]
    assert notice.startswith("the log says nothing of 4 visits planned in the week from 2026-11-30")
    assert _visited(_kept(town)) == {"c2", "s1"}


def test_who_moved_waits_for_a_new_place(town: Path, cache: Path) -> None:
    """Among the data to be mended first; when the table has it, the visit is planned."""
    _done(town, ("c1", "2026-11-30", "moved", "w1", ""), ("c2", "2026-11-30", "closed", "w1", ""))
    _plan(town, cache, NEXT)
    assert {(x.beneficiary_id, x.reason) for x in _kept(town).invalid} >= {("c1", "moved-away")}
    assert _visited(_kept(town)) == {"s1"}
    checked = json.loads(call("check", str(town), "--week", NEXT, "--json").stdout)["findings"]
    assert {(f["code"], f["id"], f["row"]) for f in checked} >= {
        ("moved-away", "c1", 2),
        ("case-closed", "c2", 3),
    }
    table = town / "children.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    lines[1] = f"c1,{WEST + 3 * BLOCK_DEG},{SOUTH + BLOCK_DEG},neglect,30,,,"
    table.write_text("\n".join(lines), encoding="utf-8")
    _plan(town, cache, NEXT)
    assert _visited(_kept(town)) == {"c1", "s1"}


def test_two_children_and_time_for_one_take_turns(tmp_path: Path, cache: Path) -> None:
    """Who was left out is more urgent the week after; else the same one would be visited always."""
    children = [(f"c{i}", WEST + i * BLOCK_DEG, SOUTH, "neglect", 7, "", "", "") for i in (1, 2)]
    folder = town_project(tmp_path / "town", children=children)
    base = ("office", "Dinas Sosial", WEST + 2 * BLOCK_DEG, SOUTH, "no", "senin", "08:00", "09:00")
    columns = ("base_id", "base_label", "lon", "lat", "nights_allowed", "hari", "mulai", "selesai")
    write_csv(folder / "workers.csv", ("id", *columns), (("w1", *base),))
    settings = folder / "outreach.toml"
    text = settings.read_text(encoding="utf-8").split("[[circuits]]")[0]
    settings.write_text(f"{text}[plan]\niterations = 50\n", encoding="utf-8")
    visited = []
    for week in range(4):
        monday = dt.date(2026, 11, 30) + dt.timedelta(days=7 * week)
        _plan(folder, cache, monday.isoformat())
        (who,) = _visited(_kept(folder, monday.isoformat()))
        visited.append(who)
        _done(folder, (who, monday, "done", "w1", 45), today=monday + dt.timedelta(days=6))
    assert len(set(visited[:2])) == 2
    assert visited[:2] == visited[2:]


def test_the_log_tells_how_long_visits_take(town: Path) -> None:
    """Beside the preset; used by the plans when the settings say so."""
    assert call("log", "learned", str(town)).output.strip() == (
        "The log tells of no visit how long it took."
    )
    _done(
        town,
        *(("c1", f"2026-12-0{n}", "done", "w1", 70 + n) for n in range(1, 6)),
        ("c2", "2026-12-01", "done", "w1", 80),
    )
    settings = town / "outreach.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f"{text}\n[log]\nlearn_from = 5\n", encoding="utf-8")
    assert call("log", "learned", str(town)).output.splitlines() == [
        "Minutes of a visit, by the log:",
        "Category          Preset  Learned  Half of them  Visits  Left aside",
        "Anak terlantar        45       73         72–74       5           0",
        "Korban kekerasan      60        –         80–80       1           0",
        "– fewer than 5 visits: nothing is learned of them",
        (
            'Plans use the presets; with service_minutes = "learned" under [log] in outreach.toml'
            " they use what is learned."
        ),
    ]


def test_what_is_learned_is_planned_with_when_told(town: Path, cache: Path) -> None:
    """A visit to a neglected child takes 73 minutes instead of 45."""
    _done(town, *(("c1", f"2026-12-0{n}", "done", "w1", 70 + n) for n in range(1, 6)))
    settings = town / "outreach.toml"
    text = settings.read_text(encoding="utf-8")
    learned = '\n[log]\nlearn_from = 5\nservice_minutes = "learned"\n'
    settings.write_text(text + learned, encoding="utf-8")
    _plan(town, cache, "2027-01-04")
    plan = _kept(town, "2027-01-04")
    lengths = {
        s.beneficiary_id: (s.departs_s - s.starts_s) // 60
        for r in plan.day_routes
        for s in r.stops
        if s.visit_id is not None
    }
    assert lengths == {"c1": 73, "c2": 60, "s1": 73}
    assert json.loads(call("log", "learned", str(town), "--json").stdout)["used"] is True


def test_log_learned_has_help_with_an_example() -> None:
    """It says what it does and how to call it."""
    result = call("log", "learned", "--help")
    assert result.exit_code == 0
    assert "Example: outreach log learned" in result.output


def test_settings_of_the_log_that_cannot_be_are_told(town: Path) -> None:
    """By their section."""
    settings = town / "outreach.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f"{text}\n[log]\nleast_share = 2\n", encoding="utf-8")
    result = call("check", str(town))
    assert (result.exit_code, "[log] least_share must be from 0 to 1" in result.output) == (1, True)
