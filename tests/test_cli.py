"""The command line: what it prints where, and how it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest
from click.testing import CliRunner, Result

from outreach.cli import main
from tests.projects import BLOCK_DEG, SOUTH, WEST, town_project, write_csv

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = sorted(main.commands)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder for built networks that the tests of this file share."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """Give the town's project with its outputs made."""
    folder = town_project(tmp_path_factory.mktemp("town"))
    result = call("run", str(folder), "--cache", str(cache))
    assert result.exit_code == 0, result.output
    return folder


def call(*args: str) -> Result:
    """Run a command as a user would, without a terminal."""
    return CliRunner().invoke(main, args)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    """Help says what it does and how to call it."""
    result = call(command, "--help")
    assert result.exit_code == 0
    assert "Example: outreach" in result.output
    assert "\\b" not in result.output


def test_each_example_of_plan_has_its_line() -> None:
    """They are not run together into one paragraph."""
    lines = [line.strip() for line in call("plan", "--help").output.splitlines()]
    assert "outreach plan my-district --explain K-017" in lines


def test_run_makes_everything(town: Path) -> None:
    """Plan, workbook, GeoPackage, tracks and a page for the supervisor and each worker."""
    made = {str(p.relative_to(town / "maps")) for p in (town / "maps").rglob("*") if p.is_file()}
    assert {
        "plan.json",
        "plan.xlsx",
        "plan.gpkg",
        "supervisor.html",
        "worker-w1.html",
        "worker-w2.html",
        "gpx/w2-2026-11-30.gpx",
    } <= made
    assert not [name for name in made if ".part" in name]


def test_no_name_from_the_tables_reaches_any_output(town: Path) -> None:
    """Names stand in an undeclared column and stay there."""
    import zipfile

    for path in (town / "maps").rglob("*"):
        if path.is_file():
            assert b"Rahasia" not in path.read_bytes()
            if path.suffix == ".xlsx":
                with zipfile.ZipFile(path) as book:
                    assert not any(b"Rahasia" in book.read(name) for name in book.namelist())


def test_everybody_is_planned_or_lost_or_not_due(town: Path) -> None:
    """Five children in, five accounted for, each with its reason."""
    plan = json.loads((town / "maps" / "plan.json").read_text(encoding="utf-8"))
    served = {
        s["beneficiary_id"] for r in plan["day_routes"] for s in r["stops"] if s["beneficiary_id"]
    }
    assert served == {"c1", "c2", "s1"}
    assert [loss["beneficiary_id"] for loss in plan["invalid"]] == ["swapped"]
    assert [loss["beneficiary_id"] for loss in plan["unsnapped"]] == ["remote"]


def test_the_plan_fits_the_schema_that_is_printed(town: Path) -> None:
    """`outreach schema plan` describes what `outreach run` wrote."""
    schema = json.loads(call("schema", "plan").output)
    plan = json.loads((town / "maps" / "plan.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(plan, schema)


def test_the_circuit_sleeps_away_and_comes_home(town: Path) -> None:
    """From Monday to Thursday, three nights at the hall."""
    plan = json.loads((town / "maps" / "plan.json").read_text(encoding="utf-8"))
    circuit = [r for r in plan["day_routes"] if r["circuit_id"] == "sad"]
    assert [r["sleeps_at"] for r in circuit] == ["hall", "hall", "hall", "office"]


@pytest.mark.parametrize("command", ["check", "network", "plan", "maps", "audit", "run"])
def test_json_is_all_that_stdout_holds(town: Path, cache: Path, command: str) -> None:
    """With --json the output can be parsed, whatever else is told goes to stderr."""
    result = call(command, str(town), "--json", "-v", "--cache", str(cache))
    assert result.exit_code == 0, result.output
    assert isinstance(json.loads(result.stdout), dict)


def test_same_seed_and_iterations_give_the_same_bytes(
    town: Path, cache: Path, tmp_path: Path
) -> None:
    """Two plans are equal byte for byte."""
    for name in ("one", "two"):
        call("plan", str(town), "--out", str(tmp_path / name), "--cache", str(cache))
    one, two = ((tmp_path / n / "plan.json").read_bytes() for n in ("one", "two"))
    assert one == two


def test_strict_exits_3_when_anyone_is_lost(town: Path, cache: Path, tmp_path: Path) -> None:
    """Somebody is invalid here."""
    args = (str(town), "--out", str(tmp_path), "--cache", str(cache))
    assert call("plan", *args).exit_code == 0
    assert call("plan", *args, "--strict").exit_code == 3
    assert call("check", str(town), "--strict").exit_code == 3


def test_quiet_prints_nothing(town: Path, cache: Path, tmp_path: Path) -> None:
    """Only errors would be told."""
    result = call("plan", str(town), "-q", "--out", str(tmp_path), "--cache", str(cache))
    assert (result.exit_code, result.output) == (0, "")


def test_a_wrong_option_is_a_usage_error() -> None:
    """Exit 2, as everywhere."""
    assert call("plan", "--time-limit", "soon").exit_code == 2
    assert call("fly").exit_code == 2


def test_a_folder_without_a_project_says_how_to_make_one(tmp_path: Path) -> None:
    """Exit 1, one sentence, no traceback."""
    result = call("plan", str(tmp_path))
    assert result.exit_code == 1
    assert "outreach init" in result.stderr
    assert "Traceback" not in result.output


def test_maps_without_a_plan_say_how_to_make_one(tmp_path: Path) -> None:
    """The order of the commands is told."""
    result = call("maps", str(town_project(tmp_path / "town")))
    assert result.exit_code == 1
    assert "outreach plan" in result.stderr


def test_init_makes_a_project_that_reads_and_overwrites_nothing(tmp_path: Path) -> None:
    """Its tables have no fault, and a second init changes nothing."""
    folder = tmp_path / "district"
    assert call("init", str(folder)).exit_code == 0
    settings = folder / "outreach.toml"
    report = call("check", str(folder), "--json")
    assert json.loads(report.stdout)["invalid"] == 0
    before = settings.read_bytes()
    again = call("init", str(folder))
    assert again.exit_code == 1
    assert settings.read_bytes() == before


@pytest.mark.parametrize("language", ["id", "en"])
def test_init_speaks_the_language(tmp_path: Path, language: str) -> None:
    """Both templates can be read as they are."""
    folder = tmp_path / language
    assert call("init", str(folder), "--language", language).exit_code == 0
    assert call("check", str(folder)).exit_code == 0


def test_audit_names_what_a_hand_broke(town: Path, cache: Path, tmp_path: Path) -> None:
    """A stop moved an hour earlier cannot be reached in time."""
    import datetime as dt

    plan = json.loads((town / "maps" / "plan.json").read_text(encoding="utf-8"))
    stop = next(s for s in plan["day_routes"][0]["stops"] if s["visit_id"])
    for key in ("arrives_at", "starts_at"):
        moment = dt.datetime.fromisoformat(stop[key]) - dt.timedelta(hours=2)
        stop[key] = moment.isoformat()
    edited = tmp_path / "edited.json"
    edited.write_text(json.dumps(plan), encoding="utf-8")
    result = call("audit", str(town), "--plan", str(edited), "--cache", str(cache))
    assert result.exit_code == 1
    assert "before it can be there" in result.output


@pytest.fixture
def edited(town: Path, tmp_path: Path) -> Path:
    """Give the town's plan with one of the circuit's visits taken out by hand."""
    plan = json.loads((town / "maps" / "plan.json").read_text(encoding="utf-8"))
    route = next(r for r in plan["day_routes"] if r["circuit_id"] == "sad" and r["day"] == 1)
    at = next(i for i, stop in enumerate(route["stops"]) if stop["beneficiary_id"] == "s1")
    del route["stops"][at]
    path = tmp_path / "edited.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    return path


def test_audit_tells_what_a_plan_costs_beside_the_planners(
    town: Path, cache: Path, edited: Path
) -> None:
    """One visit less weighs more than the riding that it saves."""
    result = call("audit", str(town), "--plan", str(edited), "--json", "--cache", str(cache))
    told = json.loads(result.stdout)
    assert told["score"]["unserved_s"] > told["best_score"]["unserved_s"]
    assert told["score"]["riding_s"] < told["best_score"]["riding_s"]
    assert told["score"]["total_s"] > told["best_score"]["total_s"]
    said = call("audit", str(town), "--plan", str(edited), "--cache", str(cache)).stdout
    assert "Weight in hours" in said
    assert "Other visits left out, by priority" in said.partition("Against ")[2]


def test_audit_of_the_planners_own_plan_compares_with_nothing(town: Path, cache: Path) -> None:
    """Its weight is told, and no other."""
    told = json.loads(call("audit", str(town), "--json", "--cache", str(cache)).stdout)
    assert told["score"]["total_s"] > 0
    assert told["best_score"] is None


def test_a_plan_of_unknown_people_is_not_weighed(town: Path, cache: Path, edited: Path) -> None:
    """A visit that nobody requires has no weight; the rules that it breaks are told."""
    edited.write_text(edited.read_text().replace('"w1"', '"nobody"'), encoding="utf-8")
    result = call("audit", str(town), "--plan", str(edited), "--json", "--cache", str(cache))
    assert result.exit_code == 1
    assert json.loads(result.stdout)["score"] is None


def test_explain_asks_the_plan_that_is_there(town: Path, cache: Path) -> None:
    """Nothing is planned, and which plan answers is told."""
    path = town / "maps" / "plan.json"
    before = path.stat().st_mtime_ns
    result = call("plan", str(town), "--explain", "s1", "--cache", str(cache))
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"s1, by the plan in {path}:\n  ")
    assert path.stat().st_mtime_ns == before


def test_explain_plans_first_where_there_is_no_plan(
    town: Path, cache: Path, tmp_path: Path
) -> None:
    """The new plan is written, and asked."""
    args = ("plan", str(town), "--explain", "c1", "--out", str(tmp_path), "--cache", str(cache))
    result = call(*args)
    assert result.exit_code == 0, result.output
    assert "made just now" in result.stdout
    assert (tmp_path / "plan.json").is_file()
    assert "made just now" not in call(*args).stdout


@pytest.mark.parametrize(("beneficiary_id", "code"), [("c1", 0), ("swapped", 3)])
def test_explain_is_strict_about_the_one_who_is_asked_for(
    town: Path, cache: Path, beneficiary_id: str, code: int
) -> None:
    """Whoever is planned is not lost, whatever becomes of others."""
    args = ("--explain", beneficiary_id, "--json", "--strict", "--cache", str(cache))
    result = call("plan", str(town), *args)
    assert result.exit_code == code
    told = json.loads(result.stdout)
    assert told["id"] == beneficiary_id
    assert told["sentences"]


def test_explain_of_nobody_is_one_sentence(town: Path, cache: Path) -> None:
    """Exit 1, and the id that was asked for."""
    result = call("plan", str(town), "--explain", "nobody", "--cache", str(cache))
    assert result.exit_code == 1
    assert "nobody" in result.stderr
    assert "unexpected" not in result.stderr


def test_explain_refuses_a_plan_that_does_not_fit_the_tables(
    town: Path, cache: Path, tmp_path: Path
) -> None:
    """What an old plan says of new tables would be wrong."""
    plan = (town / "maps" / "plan.json").read_text(encoding="utf-8")
    (tmp_path / "plan.json").write_text(plan.replace('"c2/1"', '"c3/1"'), encoding="utf-8")
    args = ("--explain", "s1", "--out", str(tmp_path), "--cache", str(cache))
    result = call("plan", str(town), *args)
    assert result.exit_code == 1
    assert "does not fit the tables" in result.stderr
    assert "c3/1" in result.stderr


def test_keep_finishes_an_edited_plan(town: Path, cache: Path, edited: Path) -> None:
    """The visit comes back, the file stays, nothing that was held is called promised."""
    out, before = edited.parent / "out", edited.read_bytes()
    args = ("plan", str(town), "--keep", str(edited), "--out", str(out), "--cache", str(cache))
    result = call(*args)
    assert result.exit_code == 0, result.output
    assert "edited.json breaks" in result.stdout
    assert "Against the best plan that is not bound to edited.json" in result.stdout
    assert edited.read_bytes() == before
    assert sorted(path.name for path in out.iterdir()) == ["plan.json", "plans"]
    plan = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    stops = [stop for route in plan["day_routes"] for stop in route["stops"]]
    assert sum(stop["beneficiary_id"] == "s1" for stop in stops) == 3
    assert not any(stop["is_pinned"] for stop in stops)
    audit = call("audit", str(town), "--out", str(out), "--cache", str(cache))
    assert audit.exit_code == 0, audit.output


def test_keep_holds_what_was_moved_by_hand(cache: Path, tmp_path: Path) -> None:
    """Five hours each: a day holds one, and the lighter one was moved to the other one's day."""
    folder = town_project(tmp_path / "town")
    write_csv(
        folder / "children.csv",
        ("id", "lon", "lat", "category", "every_days", "service_minutes", "priority"),
        (
            ("light", WEST, SOUTH, "neglect", 30, 300, 1),
            ("heavy", WEST + BLOCK_DEG, SOUTH, "neglect", 30, 300, 5),
        ),
    )
    assert call("plan", str(folder), "--cache", str(cache)).exit_code == 0
    plan = json.loads((folder / "maps" / "plan.json").read_text(encoding="utf-8"))
    source, target = (
        next(r for r in plan["day_routes"] if f"{i}/1" in {s["visit_id"] for s in r["stops"]})
        for i in ("light", "heavy")
    )
    target["stops"].insert(1, source["stops"].pop(1))
    edited = tmp_path / "edited.json"
    edited.write_text(json.dumps(plan), encoding="utf-8")
    assert call("plan", str(folder), "--keep", str(edited), "--cache", str(cache)).exit_code == 0
    # Once more: plan.json is another plan by now, in which heavy lies on another day.
    result = call("plan", str(folder), "--keep", str(edited), "--cache", str(cache))
    assert result.exit_code == 0, result.output
    assert "heavy/1 is not held" in result.stdout
    assert "it makes room for light/1, moved by hand" in result.stdout
    finished = json.loads((folder / "maps" / "plan.json").read_text(encoding="utf-8"))
    made = {
        s["visit_id"]: (r["team_id"], r["day"])
        for r in finished["day_routes"]
        for s in r["stops"]
        if s["visit_id"]
    }
    assert made["light/1"] == (target["team_id"], target["day"])
    assert "heavy/1" in made


def test_keep_may_replace_the_file_that_was_edited(town: Path, cache: Path, edited: Path) -> None:
    """Whoever edits plan.json itself finds it finished."""
    path = edited.rename(edited.with_name("plan.json"))
    args = ("--keep", str(path), "--out", str(path.parent), "--json", "--cache", str(cache))
    result = call("plan", str(town), *args)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["files"] == [str(path)]
    assert told["violations"]
    assert told["score"]["total_s"] > 0
    assert told["best_score"]["total_s"] > 0
    assert call("audit", str(town), "--plan", str(path), "--cache", str(cache)).exit_code == 0


def test_keep_and_explain_are_two_questions(town: Path) -> None:
    """Both at once is wrong usage."""
    plan = str(town / "maps" / "plan.json")
    assert call("plan", str(town), "--explain", "c1", "--keep", plan).exit_code == 2


def test_an_unexpected_fault_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even a bug of ours does not throw a traceback at a user."""
    import outreach.pipeline

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(outreach.pipeline, "check_tables", broken)
    result = call("check", str(town_project(tmp_path / "town")))
    assert result.exit_code == 1
    assert "unexpected fault (RuntimeError: boom)" in result.stderr
    assert "Traceback" not in result.output


def test_maps_of_a_plan_with_an_unknown_place_are_refused(
    town: Path, cache: Path, tmp_path: Path
) -> None:
    """A place that a hand renamed has no way to it: one sentence, and no map."""
    plan = json.loads((town / "maps" / "plan.json").read_text(encoding="utf-8"))
    plan["day_routes"][0]["stops"][1]["place_id"] = "NOPE"
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    result = call("maps", str(town), "--out", str(tmp_path), "--cache", str(cache))
    assert result.exit_code == 1
    assert "unexpected" not in result.stderr
    assert not (tmp_path / "supervisor.html").exists()


def test_an_output_folder_that_is_a_file_is_told(town: Path, cache: Path, tmp_path: Path) -> None:
    """The sentence names the file, and that another folder may be chosen."""
    taken = tmp_path / "taken"
    taken.write_text("", encoding="utf-8")
    result = call("plan", str(town), "--out", str(taken / "maps"), "--cache", str(cache))
    assert result.exit_code == 1
    assert "--out" in result.stderr
    assert "unexpected" not in result.stderr
