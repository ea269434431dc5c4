"""outreach.toml: what it says, and all that is wrong with it at once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from outreach.config import read_config
from outreach.errors import ConfigError
from tests.projects import town_project

if TYPE_CHECKING:
    from pathlib import Path


def test_the_stages_get_their_parameters(tmp_path: Path) -> None:
    """Horizon, circuit, presets and plan come out as the stages want them."""
    config = read_config(town_project(tmp_path))
    assert config.horizon.starts_on == dt.date(2026, 11, 30)
    (circuit,) = config.arranged.circuits
    assert (circuit.leaves, circuit.returns) == (0, 3)
    assert config.plan.iterations == 50
    assert str(config.notices[0]) == "100% synthetic roads"
    assert config.out == tmp_path / "maps"


def test_the_command_line_wins(tmp_path: Path) -> None:
    """A time limit on the command line puts the file's iterations aside."""
    config = read_config(town_project(tmp_path)).with_options(seed=7, time_limit_s=5.0)
    assert config.plan.seed == 7
    assert config.plan.time_limit_s == 5.0
    assert config.plan.iterations is None


def test_speeds_can_be_overridden(tmp_path: Path) -> None:
    """One class is changed, the others keep their defaults."""
    folder = town_project(tmp_path)
    with (folder / "outreach.toml").open("a", encoding="utf-8") as file:
        file.write("\n[roads.speeds_kph]\nresidential = 11\n")
    impedance = read_config(folder).impedance
    assert impedance.speeds_kph["residential"] == 11
    assert impedance.speeds_kph["primary"] > 11


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Eleven slips, one message that names each."""
    (tmp_path / "outreach.toml").write_text(
        """
planet = "mars"
[project]
language = "fr"
season = "monsoon"
horizon_days = 99
timezone = "Mars/Olympus"
colour = "red"
[files]
beneficiaries = "nowhere.csv"
[roads]
source = "nowhere.pbf"
[snap]
max_distance_m = -5
[costs]
fuel = 1
[categories.violence]
every = 7
[[circuits]]
id = "sad"
workers = "muaro"
leaves = "someday"
returns = "thursday"
[plan]
time_limit = "soon"
""",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as caught:
        read_config(tmp_path)
    message = str(caught.value)
    for word in (
        "planet",
        "language",
        "season",
        "horizon_days",
        "Mars/Olympus",
        "colour",
        "starts_on",
        "nowhere.csv",
        "[files: workers]",
        "nowhere.pbf",
        "max_distance_m",
        "fuel",
        "every",
        "someday",
        "list of ids",
        "soon",
    ):
        assert word in message, word


def test_an_unknown_solver_is_told_with_the_known_ones(tmp_path: Path) -> None:
    """A slip in the solver's name is no traceback."""
    folder = town_project(tmp_path)
    with (folder / "outreach.toml").open("a", encoding="utf-8") as file:
        file.write('solver = "oracle"\n')
    with pytest.raises(ConfigError, match="layered, periodic"):
        read_config(folder)


def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    """The parser's line number reaches the user."""
    (tmp_path / "outreach.toml").write_text("[project\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="line 1"):
        read_config(tmp_path)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """Windows editors write one."""
    folder = town_project(tmp_path)
    path = folder / "outreach.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_config(folder).name == "Town"


def test_downloaded_roads_are_used_without_internet(tmp_path: Path) -> None:
    """After `outreach network` the place stands in a file of the project."""
    folder = town_project(tmp_path)
    settings = folder / "outreach.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('source = "roads.osm"', 'place = "Jambi"'),
        encoding="utf-8",
    )
    assert read_config(folder).roads.source is None
    (folder / "roads.graphml").write_text("", encoding="utf-8")
    assert read_config(folder).roads.source == folder / "roads.graphml"


def test_another_encoding_is_told_as_such(tmp_path: Path) -> None:
    """Notepad's old encodings end in a sentence that says what to do."""
    (tmp_path / "outreach.toml").write_bytes('name = "Ä"'.encode("cp1252"))
    with pytest.raises(ConfigError, match="UTF-8"):
        read_config(tmp_path)
