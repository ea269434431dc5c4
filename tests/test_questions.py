"""`[coverage]` and `[[scenarios]]` of outreach.toml, and all that is wrong with them at once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from outreach.config import read_config
from outreach.coverage.params import CoverageParams, Scenario
from outreach.questions import read_questions
from outreach.sections import Sections
from tests.projects import town_project

if TYPE_CHECKING:
    from outreach.errors import Detail

HERE = Path()


def read(text: str, folder: Path = HERE) -> tuple[CoverageParams, list[Detail]]:
    """Read sections, and give what is wrong with them."""
    sections = Sections(tables=tomllib.loads(text))
    params = read_questions(sections, folder)
    assert not sections.tables
    return params, sections.faults


def told(text: str, folder: Path = HERE) -> list[str]:
    """Give what is wrong, each with its place."""
    return [f"{where}: {what}" for where, what in read(text, folder)[1]]


def test_nothing_asked_is_the_usual_question() -> None:
    """No section is needed."""
    assert read("") == (CoverageParams(), [])


def test_all_that_can_be_asked(tmp_path: Path) -> None:
    """Numbers, lists, allowances and scenarios come out as they are meant."""
    (tmp_path / "posts.csv").write_text("id,lon,lat\n", encoding="utf-8")
    params, faults = read(
        """
        [coverage]
        weeks = 2
        add = 3
        threshold_minutes = 45
        bands_minutes = [15, 45]
        candidates = ["bases", "posts.csv"]
        new_worker_like = "w1"
        worker_idr_per_month = 1
        k = 7
        iterations = 4
        [coverage.wisn]
        leave_days = 14
        category_share = 0.25
        [[scenarios]]
        name = "shelter"
        label = "All at the shelter"
        everybody_at = "rpsa"
        [[scenarios]]
        name = "local"
        candidates = ["villages", "posts.csv#posts"]
        """,
        tmp_path,
    )
    assert faults == []
    assert (params.weeks, params.add, params.k, params.iterations) == (2, 3, 7, 4)
    assert (params.threshold_minutes, params.bands_minutes) == (45, (15, 45))
    assert params.candidates == ("bases", "posts.csv")
    assert (params.new_worker_like, params.worker_idr_per_month) == ("w1", 1)
    assert (params.wisn.leave_days, params.wisn.category_share) == (14, 0.25)
    assert params.scenarios == (
        Scenario(name="shelter", label="All at the shelter", everybody_at="rpsa"),
        # A scenario without a label is called by its name.
        Scenario(name="local", label="local", candidates=("villages", "posts.csv#posts")),
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('coverage = "yes"', "coverage: must be a section"),
        ("[coverage]\nweeks = 2.5", "coverage: weeks: must be a whole number"),
        ("[coverage]\nweeks = true", "coverage: weeks: must be a whole number"),
        ("[coverage]\nweeks = 99", "coverage: weeks must be from 1 to 26"),
        ("[coverage]\nad = 3", "coverage: does not know 'ad'; it knows add, "),
        ("[coverage]\nbands_minutes = [60, 30]", "coverage: bands_minutes must be whole minutes"),
        ("[coverage]\nbands_minutes = 30", "coverage: bands_minutes must be whole minutes"),
        ('[coverage]\ncandidates = "bases"', "coverage: candidates: must be a list of ids"),
        ("[coverage]\nwisn = 3", "coverage: wisn: must be a section"),
        ("[coverage.wisn]\nholiday = 3", "coverage.wisn: does not know 'holiday'"),
        ("[coverage.wisn]\nleave_days = -1", "coverage.wisn: "),
        ("[[coverage.scenarios]]\nname = 's'", "coverage: scenarios: must be written as [["),
        ("scenarios = 3", "scenarios: must be written with double brackets"),
        ("[[scenarios]]\neverybody_at = 'x'", "scenarios, number 1: needs a name"),
        ("[[scenarios]]\nname = 3\neverybody_at = 'x'", "scenarios, number 1: name: must be text"),
        ("[[scenarios]]\nname = 's'", "scenarios, number 1: needs everybody_at"),
        (
            "[[scenarios]]\nname = 's'\neverybody_at = 'x'\nwhere = 'y'",
            "scenarios, number 1: does not know 'where'; it knows candidates, everybody_at, ",
        ),
        (
            "[[scenarios]]\nname = 's'\neverybody_at = 'x'\n" * 2,
            "scenarios: s: two scenarios have this name",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, fault: str) -> None:
    """One slip, and it is named where it is."""
    assert any(line.startswith(fault) for line in told(text)), told(text)


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Of the project and of a scenario, with the words that are known."""
    lines = told(
        """
        [coverage]
        candidates = ["village"]
        [[scenarios]]
        name = "s"
        candidates = ["posts.csv"]
        """,
        tmp_path,
    )
    assert len(lines) == 2
    assert "coverage: candidates: 'village' is none of bases, partners, villages" in lines[0]
    assert str(tmp_path / "village") in lines[0]
    assert lines[1].startswith("scenarios, number 1: candidates: 'posts.csv'")


def test_faults_do_not_hide_each_other() -> None:
    """One in each section, and the good values are read all the same."""
    params, faults = read(
        """
        [coverage]
        weeks = "four"
        k = 9
        [coverage.wisn]
        leave_days = "many"
        [[scenarios]]
        name = "good"
        everybody_at = "x"
        [[scenarios]]
        name = "bad"
        """
    )
    assert [where for where, _ in faults] == [
        "coverage.wisn: leave_days",
        "coverage: weeks",
        "scenarios, number 2",
    ]
    assert (params.weeks, params.k) == (CoverageParams().weeks, 9)
    assert [scenario.name for scenario in params.scenarios] == ["good"]


def test_a_project_asks_in_its_settings(tmp_path: Path) -> None:
    """What is written in outreach.toml arrives in the settings."""
    folder = town_project(tmp_path)
    with (folder / "outreach.toml").open("a", encoding="utf-8") as file:
        file.write('\n[coverage]\nweeks = 3\ncandidates = ["bases"]\n')
    config = read_config(folder)
    assert (config.coverage.weeks, config.coverage.candidates) == (3, ("bases",))
