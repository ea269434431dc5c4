"""The telephone rings: what the supervisor types, what is told, and what lies there afterwards."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from outreach.cli import main
from outreach.config import read_config
from outreach.errors import ExportError
from outreach.output.plan_json import read_plan
from outreach.recording import Told, add_to_log
from tests.projects import BLOCK_DEG, SOUTH, WEST, town_project, write_csv

MONDAY = "2026-11-30"
"""Day 0 of the plan. w1 visits c1 and c2, w2 is on a circuit until Thursday."""


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the town's project with its plan."""
    folder = town_project(tmp_path_factory.mktemp("town"))
    settings = folder / "outreach.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'{text}solver = "greedy"\n', encoding="utf-8")
    done = call("plan", folder)
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def town(planned: Path, tmp_path: Path) -> Path:
    """Give a copy of the planned town that may be changed."""
    return Path(shutil.copytree(planned, tmp_path / "town"))


def call(command: str, folder: Path, *args: str) -> Result:
    """Run a command as a user would, without a terminal."""
    cache = str(folder.parent / "cache")
    return CliRunner().invoke(main, [command, str(folder), *args, "--cache", cache])


def replan(town: Path, *args: str, at: str = f"{MONDAY} 07:30") -> dict[str, Any]:
    """Change the plan, and give what machines are told; the maps are not drawn."""
    done = call("replan", town, "--at", at, *args, "--no-maps", "--json")
    assert done.exit_code == 0, done.output
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def begins(town: Path) -> dict[str, str]:
    """Give when the visits of the plan begin, as day and time."""
    plan = json.loads((town / "maps" / "plan.json").read_text(encoding="utf-8"))
    return {
        stop["visit_id"]: stop["starts_at"][5:16]
        for route in plan["day_routes"]
        for stop in route["stops"]
        if stop["visit_id"]
    }


def files(folder: Path) -> dict[str, bytes]:
    """Give all files of a project."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_who_is_late_is_late_and_nothing_else_changes(town: Path) -> None:
    """w1 leaves an hour later; the plan before is kept, and the new one keeps every rule."""
    before = begins(town)
    told = replan(town, "--late", "w1=60min")
    after = begins(town)
    assert {v for v in after if after[v] != before[v]} == {"c1/1", "c2/1"}
    assert (before["c1/1"], after["c1/1"]) == ("11-30T08:01", "11-30T09:01")
    assert told["changed_workers"] == ["w1"]
    assert (told["revision"]["number"], told["revision"]["n_told"]) == (1, 1)
    plans = sorted(path.name for path in (town / "maps" / "plans").iterdir())
    assert plans == [f"{MONDAY}-r0.json", f"{MONDAY}.json"]
    assert call("audit", town).exit_code == 0


def test_a_new_case_is_visited_and_not_lost(town: Path, tmp_path: Path) -> None:
    """It is kept beside the caseload, for the owner alone; the same call again adds no line."""
    new = tmp_path / "new.csv"
    write_csv(
        new,
        ("id", "lon", "lat", "category", "nama"),
        [("n1", WEST + BLOCK_DEG, SOUTH + BLOCK_DEG, "violence", "Dewi Rahasia")],
    )
    told = replan(town, "--urgent", f"{new}=at-once")
    assert told["phoned"] == ["n1"]
    # Both are at the office, one crossing away; w2 is bound to the circuit all day.
    assert told["nearest"][0]["worker_id"] == "w1"
    assert {one["worker_id"] for one in told["nearest"]} == {"w1", "w2"}
    assert begins(town)["n1/1"].startswith("11-30")
    kept = town / "urgent.csv"
    text = kept.read_text(encoding="utf-8")
    assert ("n1" in text, "Rahasia" in text) == (True, False)
    assert kept.stat().st_mode & 0o777 == 0o600
    again = replan(town, "--urgent", f"{new}=24h", at=f"{MONDAY} 07:40")
    assert (again["phoned"], again["revision"]["number"]) == ([], 2)
    assert kept.read_text(encoding="utf-8") == text
    assert [one["kind"] for one in again["revision"]["happened"]] == ["urgent", "urgent"]
    assert call("audit", town).exit_code == 0


def test_a_dry_run_tells_all_and_writes_nothing(town: Path, tmp_path: Path) -> None:
    """Not even the new case."""
    new = tmp_path / "new.csv"
    write_csv(new, ("id", "lon", "lat", "category"), [("n1", WEST, SOUTH, "neglect")])
    before = files(town)
    done = call(
        "replan",
        town,
        "--at",
        f"{MONDAY} 07:30",
        "--urgent",
        str(new),
        "--cancel",
        "c2",
        "--dry-run",
    )
    assert done.exit_code == 0, done.output
    assert files(town) == before
    for said in ("n1", "c2: not needed any more", "Phone, in this order", "Nothing was written"):
        assert said in done.output


def test_everything_that_is_wrong_is_told_at_once(town: Path, tmp_path: Path) -> None:
    """Options and files alike; nothing is changed."""
    events = tmp_path / "events.csv"
    write_csv(events, ("kind", "id", "minutes"), [("late", "w1", "soon"), ("nap", "w1", "")])
    new = tmp_path / "new.csv"
    write_csv(new, ("id", "lon", "lat", "category"), [("n1", WEST, SOUTH, "unheard of")])
    before = files(town)
    told = (
        "--late",
        "w1=5min",
        "--late",
        "w9=5min",
        "--absent",
        "w1@x",
        "--cancel",
        "c9",
        "--urgent",
        str(new),
    )
    roads = ("--closed-road", "1,2,3,4", "--closed-road", "103.7,-1.7")
    gone = ("--closed-road", "gone.geojson", "--urgent", "gone.csv", "--late", "w1")
    more = (*roads, *gone, "--lodging-full", "inn", "--season", "spring")
    done = call(
        "replan", town, "--at", f"{MONDAY} 07:30", *told, *more, "--events", str(events), "-q"
    )
    assert done.exit_code == 1
    assert files(town) == before
    places = re.findall(r"^  \[([^→\]]+)\]", done.output, re.MULTILINE)
    assert places == [
        *("new.csv · 2 · category", "gone.csv"),
        *("outreach replan · --absent", "outreach replan · --late · 2"),
        "outreach replan · --late · 3",
        *("outreach replan · --season", "outreach replan · --cancel"),
        "outreach replan · --lodging-full",
        *("events.csv · 2 · minutes", "events.csv · 3 · kind"),
        *("1,2,3,4", "103.7,-1.7 · 103.70000,-1.70000", "gone.geojson"),
    ]
    assert done.output.count("there is no such file") == 2
    assert "write it like --late W-1=45min" in done.output


def test_who_is_urgent_twice_is_visited_once(town: Path) -> None:
    """The sooner deadline counts, in whatever order they are told."""
    twice = ("--cancel", "c1", "--cancel", "c1/1")
    told = replan(town, "--urgent", "c2=2d", "--urgent", "c2=24h", "--urgent", "c2=5d", *twice)
    cancelled, urgent = told["revision"]["happened"]
    assert cancelled["kind"] == "cancelled"
    assert urgent["deadline"].startswith("2026-12-01T07:30")


def test_a_table_tells_several_things_at_once(town: Path, tmp_path: Path) -> None:
    """
    Indonesian headers, and what was told first comes first.

    Who is at home goes on Wednesday to the child of the one who is ill.
    """
    events = tmp_path / "kejadian.csv"
    write_csv(
        events,
        ("kejadian", "id", "menit", "dari", "sampai", "pukul"),
        [
            ("batal", "c1/1", "", "", "", "07:25"),
            ("sakit", "w2", "", "2026-12-02", "2026-12-02", "07:20"),
            ("terlambat", "w1", 30, "", "", "07:10"),
        ],
    )
    told = replan(town, "--events", str(events))
    assert [one["kind"] for one in told["revision"]["happened"]] == ["late", "absent", "cancelled"]
    after = begins(town)
    assert "c1/1" not in after
    moved = next(c for c in told["revision"]["changes"] if c["kind"] == "moved")
    assert (moved["visit_id"], moved["before"]["worker_ids"]) == ("s1/3", ["w2"])
    assert (moved["after"]["worker_ids"], moved["after"]["day"]) == (["w1"], 2)
    assert call("audit", town).exit_code == 0


def test_another_plan_can_be_taken(town: Path) -> None:
    """Its figures stand beside those of the first; one that is not there cannot be taken."""
    offered = replan(town, "--urgent", "c2=24h", "--dry-run")
    kinds = [plan["kind"] for plan in offered["plans"]]
    assert kinds[0] == "first"
    if "other_day" in kinds:
        taken = replan(town, "--urgent", "c2=24h", "--take", "other_day")
        assert next(p["kind"] for p in taken["plans"] if p["taken"]) == "other_day"
        assert call("audit", town).exit_code == 0
    refused = call(
        *("replan", town, "--at", f"{MONDAY} 07:45", "--cancel", "c1"),
        *("--take", "circuit_cut_short", "--no-maps"),
    )
    assert (refused.exit_code, "to take" in refused.output) == (1, True)


def test_the_log_counts_as_if_somebody_had_phoned(town: Path) -> None:
    """c1 was seen before the plan got there: that visit is off. Later nothing is new."""
    add_to_log(
        read_config(town),
        Told(beneficiary_id="c1", date=MONDAY, state="done", begins="07:10", worker="w1"),
        today=dt.date.fromisoformat(MONDAY),
    )
    told = replan(town)
    assert (told["from_log"], "c1/1" in begins(town)) == (1, False)
    nothing = call("replan", town, "--at", f"{MONDAY} 07:40", "--no-maps")
    assert (nothing.exit_code, "nothing was told" in nothing.output) == (1, True)


def test_who_was_struck_out_of_the_tables_leaves_the_plan(town: Path) -> None:
    """c1 has been visited, which stays; c2 was to be, and is called off."""
    table = town / "children.csv"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(("c1,", "c2,"))]
    table.write_text("".join(kept), encoding="utf-8")
    told = replan(town, "--late", "w1=15min", at=f"{MONDAY} 08:20")
    gone = [c["visit_id"] for c in told["revision"]["changes"] if c["kind"] == "cancelled"]
    assert gone == ["c2/1"]
    assert {"c1/1", "c2/1"} & begins(town).keys() == {"c1/1"}
    assert call("audit", town).exit_code == 0


def test_what_was_entered_late_takes_nobody_off_the_plan(town: Path) -> None:
    """By last week's log c1 and c2 need nothing now: who was promised a visit is visited."""
    table = town / "children.csv"
    header, *lines = table.read_text(encoding="utf-8").splitlines()
    seen = [f"{line},{'2026-11-29' if line.startswith('c') else ''}" for line in lines]
    table.write_text("\n".join([f"{header},last_visit", *seen]), encoding="utf-8")
    replan(town, "--late", "w1=15min", at=f"{MONDAY} 08:20")
    assert {"c1/1", "c2/1"} <= begins(town).keys()
    assert call("audit", town).exit_code == 0


def test_search_goes_on_where_it_is_asked_for(town: Path) -> None:
    """What it gains is told; the plan keeps every rule and its lineage."""
    told = replan(town, "--absent", "w2@2026-12-02", "--improve", "0.2s")
    assert told["gained_s"] >= 0
    assert told["plans"][0]["score_s"] == told["revision"]["figures"]["score_s"]
    assert call("audit", town).exit_code == 0


def test_the_same_call_makes_the_same_plan(town: Path) -> None:
    """Where iterations are counted: byte for byte."""
    first = town / "maps" / "plan.json"
    before = first.read_bytes()
    replan(town, "--urgent", "c2=24h", "--late", "w1=20min", "--improve", "1s")
    changed = first.read_bytes()
    first.write_bytes(before)
    replan(town, "--urgent", "c2=24h", "--late", "w1=20min", "--improve", "1s")
    assert first.read_bytes() == changed


def test_floods_and_seasons_stay_until_the_week_is_over(town: Path) -> None:
    """The only road to c1's corner is shut: nobody comes; a later change still knows it."""
    told = replan(town, "--closed-road", f"{WEST},{SOUTH},20")
    out = [
        change["beneficiary_id"] for change in told["revision"]["changes"] if not change["after"]
    ]
    assert out == ["c1"]
    later = replan(town, "--season", "wet", "--late", "w1=20min", at=f"{MONDAY} 07:40")
    assert "c1/1" not in begins(town)
    assert later["revision"]["number"] == 2
    plan = read_plan(town / "maps" / "plan.json")
    assert (plan.season, plan.losses != ()) == ("wet", True)
    assert call("audit", town).exit_code == 0


def test_a_changed_plan_can_be_asked_and_edited_in_any_week(town: Path) -> None:
    """By what has happened since, although the settings are those of another week by now."""
    replan(town, "--cancel", "c1", "--late", "w1=60min")
    settings = town / "outreach.toml"
    text = settings.read_text(encoding="utf-8").replace(MONDAY, "2026-12-07")
    settings.write_text(text, encoding="utf-8")
    assert call("audit", town).exit_code == 0
    explained = call("plan", town, "--explain", "c2")
    assert (explained.exit_code, "Monday, 30 November" in explained.output) == (0, True)
    edited = shutil.copy(town / "maps" / "plan.json", town / "edited.json")
    kept = call("plan", town, "--keep", str(edited))
    assert kept.exit_code == 0, kept.output
    plan = read_plan(town / "maps" / "plan.json")
    assert plan.revision is not None
    assert (plan.revision.number, len(plan.revision.happened)) == (1, 2)
    assert call("audit", town).exit_code == 0


def test_who_calls_about_last_week_is_led_to_its_plan(town: Path) -> None:
    """The next week is planned already; the plan of this one can still be changed."""
    assert call("plan", town, "--week", "2026-12-07", "--iterations", "10").exit_code == 0
    at = ("--at", f"{MONDAY} 07:30", "--late", "w1=20min", "--no-maps")
    done = call("replan", town, *at)
    assert done.exit_code == 1
    path = town / "maps" / "plans" / f"{MONDAY}.json"
    assert f"--plan {path}" in done.output
    assert call("replan", town, *at, "--plan", str(path)).exit_code == 0
    assert read_plan(town / "maps" / "plan.json").starts_at.date().isoformat() == MONDAY


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--late", "w1=5min", "--at", "2026-12-09 08:00"), "is not in it"),
        (("--late", "w1=5min", "--at", "after lunch"), "is no moment"),
        (("--at", f"{MONDAY} 07:30"), "nothing was told"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(town: Path, args: tuple[str, ...], said: str) -> None:
    """Moments of another week, none at all, and nothing that happened."""
    done = call("replan", town, *args, "--no-maps")
    assert (done.exit_code, said in done.output) == (1, True)
    assert "Traceback" not in done.output


def test_nobody_far_from_every_road_is_planned_in_silence(town: Path, tmp_path: Path) -> None:
    """The case is kept, and its position is to be corrected."""
    new = tmp_path / "new.csv"
    write_csv(new, ("id", "lon", "lat", "category"), [("n1", WEST + 0.08, SOUTH, "neglect")])
    done = call("replan", town, "--at", f"{MONDAY} 07:30", "--urgent", str(new))
    assert (done.exit_code, "[n1]" in done.output) == (1, True)
    assert "n1" in (town / "urgent.csv").read_text(encoding="utf-8")


def test_the_plan_before_comes_first(tmp_path: Path) -> None:
    """Without a plan there is nothing to change."""
    folder = town_project(tmp_path / "town")
    done = call("replan", folder, "--late", "w1=5min")
    assert (done.exit_code, "outreach plan" in done.output) == (1, True)


def test_whom_to_phone_is_told_though_the_maps_cannot_be_drawn(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The changed plan is in force by then."""

    def fail(*args: object, **options: object) -> None:
        del args, options
        raise ExportError("%(file)s cannot be written", file="supervisor.html")

    monkeypatch.setattr("outreach.replanning.draw_outputs", fail)
    done = call("replan", town, "--at", f"{MONDAY} 07:30", "--late", "w1=60min")
    assert done.exit_code == 0, done.output
    assert "1. w1, before" in done.output
    assert "supervisor.html cannot be written" in done.output
    assert begins(town)["c1/1"] == "11-30T09:01"


def test_the_office_reads_it_in_indonesian(town: Path) -> None:
    """And the maps are drawn again, with the command for the packs that changed."""
    settings = town / "outreach.toml"
    text = settings.read_text(encoding="utf-8").replace('language = "en"', 'language = "id"')
    settings.write_text(text, encoding="utf-8")
    done = call("replan", town, "--at", f"{MONDAY} 07:30", "--late", "w1=60min")
    assert done.exit_code == 0, done.output
    for said in ("w1 terlambat 1 jam", "jam berubah", "Telepon, menurut urutan ini"):
        assert said in done.output
    assert f"w1 → outreach pack {town} --changed" in done.output
    assert (town / "maps" / "supervisor.html").is_file()
