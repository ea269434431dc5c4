"""`outreach cycle` on the command line: what it writes and prints, and what it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from outreach.cli import main
from outreach.output.cycle_json import cycle_schema
from tests.projects import town_project

if TYPE_CHECKING:
    from pathlib import Path

SHORT = ("--weeks", "2", "--runs", "2", "--iterations", "1")
RATES = """
[cycle]
urgent_per_week = 3.0
not_met_share = 0.2
late_share = 0.2
lodging_full_share = 0.2
"""
SCENARIOS = """
[[scenarios]]
name = "hall"
everybody_at = "office"

[[scenarios]]
name = "villages"
candidates = ["villages"]

[[scenarios]]
name = "moon"
everybody_at = "moon"
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder for built networks that the tests of this file share."""
    return tmp_path_factory.mktemp("cache")


def call(folder: Path, cache: Path, *args: str) -> Result:
    """Ask for a few short weeks."""
    options = ("--cache", str(cache), *SHORT, *args)
    return CliRunner().invoke(main, ("cycle", str(folder), *options))


def with_settings(folder: Path, more: str) -> Path:
    """Make a town whose settings say more."""
    town_project(folder)
    with (folder / "outreach.toml").open("a", encoding="utf-8") as file:
        file.write(more)
    return folder


def test_the_weeks_are_told_and_written(tmp_path: Path, cache: Path) -> None:
    """Two runs of two weeks; the same again gives the same files, byte for byte."""
    folder = with_settings(tmp_path / "town", RATES)
    result = call(folder, cache, "--json", "--seed", "1")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["n_weeks"], told["runs"], told["is_guess"]) == (2, 2, False)
    assert told["rates"]["urgent_per_week"] == 3.0
    document = json.loads((folder / "maps" / "cycle.json").read_bytes())
    Draft202012Validator(cycle_schema()).validate(document)
    assert [run["seed"] for run in document["runs"]] == [1, 2]
    assert sum(week["lived"]["n_urgent"] for run in document["runs"] for week in run["weeks"])
    page = (folder / "maps" / "cycle.html").read_text(encoding="utf-8")
    assert "Can these workers keep up?" in page
    assert "Rahasia" not in page
    again = call(folder, cache, "--quiet", "--seed", "1", "--out", str(tmp_path / "again"))
    assert again.output == ""
    for name in ("cycle.json", "cycle.html"):
        assert (tmp_path / "again" / name).read_bytes() == (folder / "maps" / name).read_bytes()


def test_without_rates_it_is_said_that_they_are_guesses(tmp_path: Path, cache: Path) -> None:
    """In the text, with the notice of the project."""
    result = call(town_project(tmp_path / "town"), cache, "--season", "wet")
    assert result.exit_code == 0, result.output
    assert "outreach.toml has no section [cycle]" in result.stdout
    assert "wet season" in result.stdout
    assert "100% synthetic roads" in result.stdout


def test_a_scenario_says_where_all_sit(tmp_path: Path, cache: Path) -> None:
    """One about added workers, or about a place that is not there, is refused with a word."""
    folder = with_settings(tmp_path / "town", SCENARIOS)
    told = json.loads(call(folder, cache, "--scenario", "hall", "--json").stdout)
    assert told["scenario"] == "hall"
    added = call(folder, cache, "--scenario", "villages")
    assert added.exit_code == 1
    assert "says where added workers sit" in added.output
    nowhere = call(folder, cache, "--scenario", "moon")
    assert nowhere.exit_code == 1
    assert "'moon' is no base or partner near a road" in nowhere.output


def test_rates_that_cannot_be_are_told_by_their_names(tmp_path: Path, cache: Path) -> None:
    """A slip in the file is no traceback, and nothing is written."""
    folder = with_settings(tmp_path / "town", "[cycle]\nnot_met_share = 2.0\n")
    result = call(folder, cache)
    assert result.exit_code == 1
    assert "not_met_share is a share: from 0 to 1" in result.output
    assert not (folder / "maps").exists()


def test_nobody_to_visit_is_told(tmp_path: Path, cache: Path) -> None:
    """A table without a usable row."""
    folder = town_project(tmp_path / "town", children=[("x", "", "", "neglect", 30, "", "", "")])
    result = call(folder, cache)
    assert result.exit_code == 1
    assert "nobody needs a visit" in result.output
