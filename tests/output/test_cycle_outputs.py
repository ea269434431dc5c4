"""What the office reads of many weeks: JSON, page, text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from outreach.output.cycle_json import cycle_document, cycle_schema, write_cycle
from outreach.output.cycle_page import cycle_page, write_cycle_page
from outreach.output.cycle_told import VERDICTS, CycleReport
from outreach.output.words import Words
from tests.coverage.cycles import cycle, run

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.coverage.cycle import Cycle
    from outreach.output.words import Language

ID, EN = Words("id"), Words("en")


def grows() -> Cycle:
    """Make two runs of six weeks in which the overdue days grow by about a hundred a week."""
    first = run(0, 100, 200, 300, 400, 500, seed=1, n_beyond=4)
    return cycle((first, run(0, 100, 200, 300, 402, 500, seed=2, n_beyond=4)))


def test_the_file_keeps_its_schema_and_its_numbers(tmp_path: Path) -> None:
    """Weeks carry what follows from them; equal cycles give equal bytes."""
    path = tmp_path / "cycle.json"
    write_cycle(grows(), path)
    written = path.read_bytes()
    document = json.loads(written)
    Draft202012Validator(cycle_schema()).validate(document)
    assert document["verdict"] == "grows"
    assert document["rates"]["urgent_per_week"] == 2.0
    last = document["runs"][0]["weeks"][-1]
    assert (last["n_open"], last["n_waiting"], last["overdue_days"]) == (12, 3, 500)
    assert last["longest"] == {"id": "K-017", "category": "violence", "days": 250}
    assert last["starts_on"] == "2027-01-04"
    write_cycle(grows(), path)
    assert path.read_bytes() == written


def test_the_schema_is_strict_and_told() -> None:
    """Every object refuses what it does not know, and every field is described and required."""
    schema = cycle_schema()
    Draft202012Validator.check_schema(schema)

    def look(node: object) -> int:
        if isinstance(node, list):
            return sum(map(look, node))
        if not isinstance(node, dict):
            return 0
        n_objects = 0
        if isinstance(fields := node.get("properties"), dict):
            assert node["additionalProperties"] is False
            assert set(node["required"]) == set(fields)
            assert all(field["description"] for field in fields.values())
            n_objects = 1
        return n_objects + sum(map(look, node.values()))

    assert look(schema) == 9
    assert not Draft202012Validator(schema).is_valid({**cycle_document(grows()), "more": 1})


def test_one_run_and_no_wait_are_told(tmp_path: Path) -> None:
    """Without a bound the verdict is open; nobody waits longest."""
    made = cycle((run(0, 0),), is_guess=True)
    path = tmp_path / "cycle.json"
    write_cycle(made, path)
    document = json.loads(path.read_bytes())
    Draft202012Validator(cycle_schema()).validate(document)
    assert document["trend"] == {"days_per_week": None, "low": None, "high": None}
    assert document["runs"][0]["weeks"][0]["longest"] is None
    said = CycleReport(cycle=made, paths=()).as_text(EN)
    assert "The weeks are too few to tell a trend." in said
    assert "outreach.toml has no section [cycle]" in said
    assert "Longest of all" not in said
    alone = cycle((run(0, 0, 10, 20),))
    assert "one run alone does not tell" in CycleReport(cycle=alone, paths=()).as_text(EN)


def test_the_text_tells_what_came_of_it(tmp_path: Path) -> None:
    """Verdict, end, an ordinary week, each week, what must be known beside, where the files are."""
    report = CycleReport(cycle=grows(), paths=(tmp_path / "cycle.json",))
    lines = report.as_text(EN).splitlines()
    assert lines[:6] == [
        (
            "6 weeks from Monday, 30 November 2026, wet season, 2 workers, 12 cases, lived through"
            " 2 times"
        ),
        "What is overdue grows: these workers cannot keep up with these cases.",
        (
            "In the second half of the weeks the overdue days of all people together change by 100"
            " each week (95% confidence: 100 to 100)."
        ),
        (
            "At the end 3 of 12 cases wait for a visit that is due, 166.7 days on average. Longest"
            " of all: 250 days (violence)."
        ),
        (
            "A week on average: 10 visits are due, Monday's plan leaves out 2; 7 meet somebody, 1.0"
            " find nobody at home, 0.0 are refused."
        ),
        (
            "Calls about a case that cannot wait: 2.0 a week, of them answered late: 1.0; displaced"
            " by all that happens: 1.0 visits, moved: 0.0."
        ),
    ]
    assert lines[6] == (
        "Hours of all workers: 5 with people, 2 on the road, of 40; 84.0 km and Rp 125,000."
    )
    assert "Not counted among those who wait: 4 " in report.as_text(EN)
    assert "The roads are made up" in lines
    assert f"Files are in {tmp_path}" in lines
    assert "K-017" not in report.as_text(EN)


def test_the_answer_for_machines() -> None:
    """The figures, without weeks."""
    report = CycleReport(cycle=grows(), paths=())
    told = report.as_json()
    assert (told["verdict"], told["runs"], told["waiting"], told["open"]) == ("grows", 2, 3.0, 12.0)
    assert (told["longest_days"], told["overdue_days"]) == (250, 500.0)
    assert (told["n_weeks"], told["season"], told["scenario"]) == (6, "wet", None)
    json.dumps(told, allow_nan=False)
    assert report.n_failing == 1
    assert CycleReport(cycle=cycle((run(0, 0), run(0, 0))), paths=()).n_failing == 0


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_is_whole_and_safe(tmp_path: Path, language: Language) -> None:
    """Two curves, three tables, no script, no id of a child; names are literal text."""
    words = Words(language)
    path = tmp_path / "cycle.html"
    write_cycle_page(grows(), words, path)
    page = path.read_text(encoding="utf-8")
    assert page == cycle_page(grows(), words)
    assert page.count("<figure>") == 2
    assert page.count("<table>") == 3
    assert words.say(VERDICTS["grows"]) in page
    assert "Kota &#60;Jambi&#62;" in page
    assert "K-017" not in page
    assert "<script" not in page
    assert "http:" not in page
    assert "https:" not in page


def test_the_languages_differ() -> None:
    """No sentence is left in English."""
    page = cycle_page(grows(), ID)
    assert "Apakah petugas yang ada mencukupi?" in page
    assert "minggu" in page
    assert "overdue" not in page
