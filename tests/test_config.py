"""outreach.toml: what it says, and all that is wrong with it at once."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Literal

import pytest

from outreach.config import read_config
from outreach.coverage.interruptions import InterruptionParams
from outreach.errors import ConfigError
from outreach.layers.pins import check_pins
from outreach.pipeline import start_project
from outreach.routing.specs import BreakSpec
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


def add(folder: Path, text: str) -> Path:
    """Write more into a project's settings, before its last section."""
    path = folder / "outreach.toml"
    head, plan, tail = path.read_text(encoding="utf-8").partition("[plan]")
    path.write_text(head + text + plan + tail, encoding="utf-8")
    return folder


def test_what_the_supervisor_arranges(tmp_path: Path) -> None:
    """A break, an appointment, a circuit without days and a pin come out as they are meant."""
    folder = add(
        town_project(tmp_path),
        """
[[breaks]]
name = "Lunch"
from = "11.30"
to = 13:00:00
minutes = 45
weekdays = ["mon-thu"]
workers = ["w1"]

[[bookings]]
worker = "w1"
date = 2026-12-01
time = "10:00"
minutes = 90
place = "c1"

[[circuits]]
id = "free"
workers = ["w2"]

[[pins]]
circuit = "sad"
weekday = "tuesday"
lodging = "hall"
""",
    )
    config = read_config(folder)
    arranged = config.arranged
    assert arranged.breaks == (
        BreakSpec(
            id="Lunch",
            opens_s=41_400,
            closes_s=46_800,
            length_s=2_700,
            weekdays=(0, 1, 2, 3),
            worker_ids=("w1",),
        ),
    )
    (booking,) = arranged.bookings
    assert (booking.day, booking.begins_s, booking.length_s) == (
        dt.date(2026, 12, 1),
        36_000,
        5_400,
    )
    assert [c.is_fixed for c in arranged.circuits] == [True, False]
    assert arranged.nights == "found"
    (pin,) = check_pins(config.pins).rows
    assert (pin.team, pin.weekdays, pin.lodging) == ("sad", (1,), "hall")


def test_all_that_is_arranged_wrongly_is_told_at_once(tmp_path: Path) -> None:
    """Each slip with its section and key."""
    folder = add(
        town_project(tmp_path),
        """
[[breaks]]
from = "noon"
to = "13:00"
minutes = 0

[[breaks]]
name = "late"
from = "13:00"
to = "12:00"
minutes = 30
colour = "red"

[[bookings]]
date = "tomorrow"
minutes = 30

[[circuits]]
id = "half"
workers = ["w2"]
leaves = "monday"

[[pins]]
child = "c1"
""",
    )
    with (folder / "outreach.toml").open("a", encoding="utf-8") as file:
        file.write('nights = "sometimes"\n')
    with pytest.raises(ConfigError) as caught:
        read_config(folder)
    message = str(caught.value)
    for fault in (
        "[breaks] each needs a name",
        "[breaks, without a name: from]",
        "[breaks, without a name: minutes]",
        "[breaks, late: to] must not be before from",
        "colour",
        "[bookings, number 1: worker] is missing",
        "[bookings, number 1: place] is missing",
        "[bookings, number 1: date]",
        "[bookings, number 1: time] is missing",
        "[circuits, half] needs both leaves and returns",
        "[pins, number 1] does not know 'child'",
        'nights must be "found" or "fixed"',
    ):
        assert fault in message, fault


def test_breaks_at_once_are_refused(tmp_path: Path) -> None:
    """Two that may begin at the same time on one day."""
    lunch = '[[breaks]]\nname = "{}"\nfrom = "{}"\nto = "13:00"\nminutes = 30\n'
    folder = add(town_project(tmp_path), lunch.format("a", "11:00") + lunch.format("b", "12:00"))
    with pytest.raises(ConfigError, match=r"breaks: b\] may begin while 'a'"):
        read_config(folder)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_template_s_settings_can_be_read(tmp_path: Path, language: Literal["id", "en"]) -> None:
    """Also with every comment that holds a setting opened."""
    start_project(tmp_path / "plain", language=language)
    plain = read_config(tmp_path / "plain")
    assert [b.length_s for b in plain.arranged.breaks] == [3_600, 5_400]
    settings = (tmp_path / "plain" / "outreach.toml").read_text(encoding="utf-8")
    opened = re.sub(r"^# (?=\[\[|[a-z_]+ = )", "", settings, flags=re.MULTILINE)
    for section in ("[categories", "[cycle]", "[maps]"):
        opened = opened.replace(f"# {section}", section)
    for line in ('areas = "areas.geojson"', 'source = "jambi.osm.pbf"'):
        opened = opened.replace(line, "# " + line)
    (tmp_path / "plain" / "outreach.toml").write_text(opened, encoding="utf-8")
    config = read_config(tmp_path / "plain")
    assert (len(config.arranged.circuits), len(config.arranged.teams)) == (1, 1)
    assert len(config.arranged.bookings) == 1
    assert not check_pins(config.pins).findings
    assert config.maps.online_tiles == "https://tiles.example.org/{z}/{x}/{y}.png"
    assert config.roads.attribution == "© OpenStreetMap"
    # Nobody has said how often what happens, until the office does.
    assert (plain.cycle, config.cycle) == (None, InterruptionParams())


@pytest.mark.parametrize(
    "address",
    [
        "http://tiles.example.org/{z}/{x}/{y}.png",
        "https://tiles.example.org/{z}/{x}.png",
        "https://tiles.example.org/{z}/{x}/{y}.png; script-src *",
        "https://a b/{z}/{x}/{y}.png",
    ],
)
def test_a_server_for_pictures_has_a_plain_address(tmp_path: Path, address: str) -> None:
    """It stands in the page's policy, which nothing may widen."""
    folder = town_project(tmp_path)
    with (folder / "outreach.toml").open("a", encoding="utf-8") as file:
        file.write(f'[maps]\nonline_tiles = "{address}"\n')
    with pytest.raises(ConfigError, match="online_tiles must be an address"):
        read_config(folder)


def test_an_unknown_solver_is_told_with_the_known_ones(tmp_path: Path) -> None:
    """A slip in the solver's name is no traceback."""
    folder = town_project(tmp_path)
    with (folder / "outreach.toml").open("a", encoding="utf-8") as file:
        file.write('solver = "oracle"\n')
    with pytest.raises(ConfigError, match="periodic, greedy"):
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


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("[weights]\nmissed_deadline_s = -1", "weights must not be negative"),
        ("[weights]\nidr_per_hour = 0", "idr_per_hour"),
        ("[weights]\noverdue_doubles_after_days = 0", "overdue_doubles_after_days"),
    ],
)
def test_weights_that_cannot_be_weighed_are_refused(
    tmp_path: Path, section: str, said: str
) -> None:
    """A plan would get better the later a child is seen, or hours would be worth no money."""
    with pytest.raises(ConfigError, match=said):
        read_config(add(town_project(tmp_path), f"{section}\n"))
