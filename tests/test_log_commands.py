"""The log's commands: Friday in the office, from what workers hand in to what the log tells."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from outreach.cli import main
from outreach.config import read_config
from outreach.errors import LayerError
from outreach.logbook import read_logbook
from outreach.output.page_keys import PageKeys
from outreach.output.plan_json import read_plan
from outreach.output.words import Words
from outreach.recording import Told, add_to_log, import_logs
from tests.projects import town_project, write_csv

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from outreach.model import Plan

SUNDAY = dt.date(2026, 12, 6)
"""The plan is for the week from 30 November 2026."""


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the town's project with its plan."""
    folder = town_project(tmp_path_factory.mktemp("town"))
    settings = folder / "outreach.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'{text}solver = "greedy"\n', encoding="utf-8")
    cache = str(tmp_path_factory.mktemp("cache"))
    result = call("plan", str(folder), "--cache", cache)
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def town(planned: Path) -> Path:
    """Give the project with an empty log."""
    for path in planned.glob("log.gpkg*"):
        path.unlink()
    return planned


def call(*args: str) -> Result:
    """Run a command as a user would, without a terminal."""
    return CliRunner().invoke(main, args)


def _plan(town: Path) -> Plan:
    return read_plan(town / "maps" / "plan.json")


def _handed_in(
    town: Path, folder: Path, worker: str, states: Mapping[str, str], key: str | None = None
) -> Path:
    """Write what a worker's page hands in, of the first visit of the plan to each beneficiary."""
    plan = _plan(town)
    key = key or PageKeys(plan, worker).page()
    items = []
    for who, state in states.items():
        date, number = next(
            (plan.starts_at.date() + dt.timedelta(days=route.day), number)
            for route in plan.day_routes
            if worker in route.worker_ids
            for number, stop in enumerate((s for s in route.stops if s.kind == "visit"), 1)
            if stop.beneficiary_id == who
        )
        items.append(
            {
                "beneficiary": who,
                "date": date.isoformat(),
                "number": number,
                "state": state,
                "note": "Siti Rahasia",
                "at": f"{date}T04:00:00.000Z",
            }
        )
    path = folder / f"outreach-{key}.json"
    document = {"form": "outreach/done/1", "key": key, "items": items}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def _entries(town: Path) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = json.loads(call("log", "show", str(town), "--json").stdout)[
        "entries"
    ]
    return shown


def test_a_page_is_entered_once_with_its_worker_and_visits(town: Path, tmp_path: Path) -> None:
    """The key says whose page it was; the same file again changes nothing."""
    path = _handed_in(town, tmp_path, "w2", {"s1": "done"})
    config = read_config(town)
    first = import_logs(config, [path], today=SUNDAY)
    (entry,) = first.read[0].entries
    visit = next(
        s.visit_id for r in _plan(town).day_routes for s in r.stops if s.beneficiary_id == "s1"
    )
    assert (entry.worker_id, entry.visit_id) == ("w2", visit)
    assert entry.plan_starts_on == dt.date(2026, 11, 30)
    before = (town / "log.gpkg").read_bytes()
    again = import_logs(config, [path], today=SUNDAY)
    assert (again.read[0].entries, again.read[0].n_known, again.n_held) == ((), 1, 1)
    assert (town / "log.gpkg").read_bytes() == before


def test_no_note_and_no_name_is_ever_printed(town: Path, tmp_path: Path) -> None:
    """Neither what a worker wrote nor what stands where an id should."""
    page = _handed_in(town, tmp_path, "w2", {"s1": "done"})
    table = tmp_path / "more.csv"
    rows = (("Budi Rahasia", "2026-11-30", "done", "x"), ("c1", "2026-11-30", "done", "Rahasia"))
    write_csv(table, ("id", "tanggal", "hasil", "catatan"), rows)
    import_logs(read_config(town), [page], today=SUNDAY)
    told = [
        call("log", "import", str(town), str(page), str(table), *more) for more in ((), ("--json",))
    ]
    told += [call("log", "show", str(town), *more) for more in ((), ("--json",))]
    assert [result.exit_code for result in told] == [0, 0, 0, 0]
    assert not any("Rahasia" in result.output for result in told)
    assert "Siti Rahasia" in {entry.note for entry in read_logbook(town / "log.gpkg")}


def test_a_page_of_a_plan_that_is_gone_needs_its_worker(town: Path, tmp_path: Path) -> None:
    """Or the plan itself."""
    path = _handed_in(town, tmp_path, "w2", {"s1": "missed"}, key="0123456789abcdef")
    config = read_config(town)
    with pytest.raises(LayerError, match="--worker"):
        import_logs(config, [path], today=SUNDAY)
    report = import_logs(config, [path], worker="w2", today=SUNDAY)
    assert [e.state for e in report.read[0].entries] == ["not met"]
    plans, moved = town / "maps", tmp_path / "plan-of-last-week.json"
    plans.rename(tmp_path / "gone")
    try:
        shutil.copy(tmp_path / "gone" / "plan.json", moved)
        page = _handed_in_of(moved, tmp_path)
        with pytest.raises(LayerError, match="--plan"):
            import_logs(config, [page], today=SUNDAY)
        assert import_logs(config, [page], plans=[moved], today=SUNDAY).n_held == 2
    finally:
        (tmp_path / "gone").rename(plans)


def _handed_in_of(plan_path: Path, folder: Path) -> Path:
    key = PageKeys(read_plan(plan_path), "w2").page()
    item = {"beneficiary": "s1", "date": "2026-12-02", "number": 1, "state": "done", "at": ""}
    path = folder / "page.json"
    path.write_text(
        json.dumps({"form": "outreach/done/1", "key": key, "items": [item]}), encoding="utf-8"
    )
    return path


def test_a_file_that_cannot_be_used_does_not_keep_the_others_out(
    town: Path, tmp_path: Path
) -> None:
    """It is told; only where no file can be used nothing is entered."""
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    table = tmp_path / "done.csv"
    write_csv(table, ("id", "date", "state"), (("c1", "2026-11-30", "done"),))
    report = import_logs(read_config(town), [broken, table], today=SUNDAY)
    assert (report.n_refused, report.n_held) == (1, 1)
    assert [f["code"] for f in report.as_json()["findings"]] == ["unusable-file"]
    with pytest.raises(LayerError, match=r"broken\.json"):
        import_logs(read_config(town), [broken, broken], today=SUNDAY)


def test_children_that_cannot_be_planned_may_be_visited_all_the_same(
    town: Path, tmp_path: Path
) -> None:
    """Swapped coordinates keep nobody out of the log."""
    table = tmp_path / "done.csv"
    write_csv(table, ("id", "date", "state"), (("swapped", "2026-11-30", "done"),))
    assert import_logs(read_config(town), [table], today=SUNDAY).n_held == 1


def test_a_day_before_the_plan_is_taken_only_when_told(town: Path, tmp_path: Path) -> None:
    """From then on the log itself knows of that day."""
    table = tmp_path / "done.csv"
    rows = (("c1", "2026-11-24", "done"), ("c1", "2026-11-20", "done"))
    write_csv(table, ("id", "date", "state"), rows)
    config = read_config(town)
    refused = import_logs(config, [table], today=SUNDAY)
    assert (refused.n_refused, refused.n_held) == (2, 0)
    taken = import_logs(config, [table], since=dt.date(2026, 11, 23), today=SUNDAY)
    assert (taken.n_refused, taken.n_held) == (1, 1)
    told = Told(beneficiary_id="c2", date="2026-11-25", state="done")
    assert add_to_log(config, told, today=SUNDAY).entry is not None


def test_a_visit_is_added_and_corrected_by_hand(town: Path) -> None:
    """In the words of either language; what was corrected is shown no more, and kept."""
    config = read_config(town)
    told = Told(beneficiary_id="c1", date="30/11/2026", state="tidak bertemu", worker="w1")
    entry = add_to_log(config, told, today=SUNDAY).entry
    assert entry is not None
    assert entry.state == "not met"
    again = add_to_log(config, told, today=SUNDAY)
    assert (again.entry, again.as_json()["entered"]) == (None, None)
    assert "holds this already" in again.as_text(Words("en"))
    mended = Told(
        beneficiary_id="c1",
        date="30/11/2026",
        state="done",
        begins="9.30",
        minutes="45",
        corrects=entry.id[:6],
    )
    report = add_to_log(config, mended, today=SUNDAY)
    (shown,) = _entries(town)
    assert (shown["state"], shown["begins"], shown["minutes"]) == ("done", "09:30", 45)
    assert shown["corrects"] == entry.id
    assert report.as_text(Words("en")) == f"Entered under the number {shown['id']}"
    assert len(read_logbook(town / "log.gpkg")) == 2


def test_all_that_is_wrong_with_an_added_visit_is_told_at_once(town: Path) -> None:
    """By the options' names, and nothing is entered."""
    told = Told(beneficiary_id="c9", date="soon", state="dunno", worker="w9", minutes="long")
    with pytest.raises(LayerError) as caught:
        add_to_log(read_config(town), told, today=SUNDAY)
    said = str(caught.value)
    assert all(f"[{o}]" in said for o in ("ID", "--date", "--state", "--worker", "--minutes"))
    assert read_logbook(town / "log.gpkg") == ()


def test_the_log_is_shown_by_day_since_a_day_and_for_one(town: Path) -> None:
    """Each entry on a line with its number; the sums below."""
    config = read_config(town)
    for who, date, state, minutes in (
        ("c1", "2026-11-30", "done", "45"),
        ("c2", "2026-11-30", "refused", None),
        ("c1", "2026-12-02", "moved", None),
    ):
        add_to_log(
            config,
            Told(beneficiary_id=who, date=date, state=state, minutes=minutes),
            today=SUNDAY,
        )
    ids = [entry["id"] for entry in _entries(town)]
    assert call("log", "show", str(town)).output.splitlines() == [
        "Monday, 30 November 2026",
        f"  {ids[0]}  c1  visited, 45 min",
        f"  {ids[1]}  c2  refused",
        "Wednesday, 2 December 2026",
        f"  {ids[2]}  c1  moved away",
        "",
        "visited: 1 · refused: 1 · moved away: 1",
    ]
    since = call("log", "show", str(town), "--since", "2 Desember 2026").output
    assert since.splitlines()[0] == "Wednesday, 2 December 2026"
    other = json.loads(call("log", "show", str(town), "--beneficiary", "c2", "--json").stdout)
    assert [e["beneficiary_id"] for e in other["entries"]] == ["c2"]
    assert (other["states"]["refused"], other["states"]["done"]) == (1, 0)
    assert "nothing of this" in call("log", "show", str(town), "--beneficiary", "c7").output


@pytest.mark.parametrize("command", ["add", "import", "show"])
def test_every_command_of_the_log_has_help_with_an_example(command: str) -> None:
    """Help says what it does and how to call it."""
    result = call("log", command, "--help")
    assert result.exit_code == 0
    assert "Example: outreach log" in result.output
    assert "\\b" not in result.output


def test_the_command_line_ends_as_all_commands_do(town: Path, tmp_path: Path) -> None:
    """1 where nothing could be done, 2 on wrong usage, 3 under --strict when a row is refused."""
    table = tmp_path / "done.csv"
    write_csv(table, ("id", "date", "state"), (("c9", "2020-01-06", "done"),))
    assert call("log", "import", str(town), str(table)).exit_code == 0
    assert call("log", "import", str(town), str(table), "--strict").exit_code == 3
    assert call("log", "add", str(town), "c1", "--date", "x", "--state", "done").exit_code == 1
    assert call("log", "add", str(town), "c1", "--date", "x").exit_code == 2
    assert call("log", "show", str(town), "--since", "soon").exit_code == 2
    (town / "log.gpkg").write_bytes(b"no database, but long enough to be read as one" * 9)
    result = call("log", "show", str(town))
    assert (result.exit_code, "is not the log" in result.output) == (1, True)
