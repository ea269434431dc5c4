"""From a project's files to its problem: what the supervisor settled arrives there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.config import read_config
from outreach.ground import read_ground
from outreach.pipeline import Prepared, prepare_network, prepare_problem
from tests.projects import town_project, write_csv

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.ground import Ground


def prepare(folder: Path, settings: str, pins: list[tuple[str, ...]]) -> tuple[Ground, Prepared]:
    """Make the town's problem with more settings and a table of pins."""
    project = town_project(folder / "town")
    write_csv(project / "pins.csv", ("id", "tanggal", "petugas", "jam", "tim", "penginapan"), pins)
    path = project / "outreach.toml"
    text = path.read_text(encoding="utf-8").replace("[files]", '[files]\npins = "pins.csv"')
    path.write_text(text.replace("[plan]", settings + "[plan]"), encoding="utf-8")
    config = read_config(project).with_options(cache=folder / "cache")
    ground = read_ground(config)
    network = prepare_network(config)
    return ground, prepare_problem(config, ground, network)


def test_pins_of_table_and_settings_reach_the_problem(tmp_path: Path) -> None:
    """A visit from the table, one from the settings, a night, and an appointment."""
    ground, prepared = prepare(
        tmp_path,
        """
[[pins]]
id = "c2"
weekday = "friday"

[[bookings]]
worker = "w1"
date = 2026-12-02
time = "10:00"
minutes = 30
place = "office"

""",
        [("c1", "01/12/2026", "w1", "09:00", "", ""), ("", "30/11/2026", "", "", "sad", "hall")],
    )
    assert {f.code for f in ground.findings} == {"ignored-columns", "swapped-place"}
    assert prepared.findings == ()
    pinned = {
        r.id: (v.days, r.worker_ids)
        for r in prepared.problem.requirements
        for v in r.visits
        if v.is_pinned
    }
    assert pinned == {"booking-1-w1": ((2,), ("w1",)), "c1": ((1,), ("w1",)), "c2": ((4,), ())}
    assert prepared.problem.team["sad"].may_sleep_at(0) == ("hall",)


def test_each_pin_that_cannot_be_kept_is_told_with_its_row(tmp_path: Path) -> None:
    """Nobody of that id; nobody works on Sunday; no road near; a circuit that sleeps away."""
    ground, prepared = prepare(
        tmp_path,
        "",
        [
            ("ghost", "01/12/2026", "", "", "", ""),
            ("c1", "06/12/2026", "", "", "", ""),
            ("remote", "01/12/2026", "", "", "", ""),
            ("", "30/11/2026", "", "", "sad", "office"),
            ("c1", "01/12/2027", "", "", "", ""),
        ],
    )
    assert [(f.code, f.row) for f in ground.findings if f.file == "pins.csv"] == [
        ("unknown-pin", 2)
    ]
    assert [(f.code, f.row, f.column) for f in prepared.findings] == [
        ("pin-nobody-goes", 3, "tanggal"),
        ("pin-without-way", 4, "id"),
        ("night-not-away", 5, "penginapan"),
    ]
    assert not any(v.is_pinned for r in prepared.problem.requirements for v in r.visits)
