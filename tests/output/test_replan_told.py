"""What the supervisor reads on the telephone: what changes, whom to phone, what else there is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from outreach.errors import Message
from outreach.lineage import Figures
from outreach.output.replan_told import Other, ReplanReport
from outreach.output.words import Words
from outreach.routing.candidates import Candidate
from tests.output.changed import AT_S, MOVED, NEW, OUT, changed_plan

FIRST = Figures(
    n_moved=1, n_fell_out=1, n_new=1, n_late=0, riding_s=720, cost_idr=3000, score_s=7200
)
LATER = Figures(
    n_moved=12, n_fell_out=0, n_new=1, n_late=1, riding_s=-600, cost_idr=0, score_s=3600
)


@pytest.fixture
def report() -> ReplanReport:
    """Give what the change of Tuesday tells."""
    return ReplanReport(
        project=Path("my-district"),
        plan=changed_plan(),
        first=FIRST,
        others=(Other(kind="other_day", figures=LATER),),
        nearest=(
            Candidate(
                beneficiary_id=NEW,
                worker_id="KOTA",
                at_place="K-001",
                riding_s=900,
                arrives_s=AT_S + 1800,
            ),
            Candidate(
                beneficiary_id=NEW,
                worker_id="SAD-1",
                at_place="BALAI",
                riding_s=None,
                arrives_s=None,
                why_not=Message("no way leads there"),
            ),
        ),
        n_logged=1,
        phoned=(NEW,),
        beyond=(OUT,),
        notices=(Message("the nights are other ones"),),
        gained_s=5400,
        paths=(Path("maps/plan.json"), Path("maps/workers/KOTA.html")),
    )


def test_everything_is_told_in_the_order_of_the_work(report: ReplanReport) -> None:
    """What happened and costs, who could come, what changes, whom to phone, what then."""
    lines = report.as_text(Words("en")).splitlines()
    titles = [line for line in lines if line and not line.startswith(" ")]
    assert titles[0].startswith("Change 2 of the plan, Tue 3 Mar, 10:20")
    assert [title.rstrip(":").partition(":")[0] for title in titles[1:8]] == [
        "In all",
        "Search after that",
        "the nights are other ones",
        "Who could come, those who may first",
        "Changes",
        "Phone, in this order",
        "Plans to choose from (*",
    ]
    assert "outreach pack my-district --changed" in lines[-2]
    assert lines[-1] == "Files are in maps"


def test_hours_that_change_are_counted_too(report: ReplanReport) -> None:
    """One of the six keeps its day and worker, but not its hour."""
    assert "In all: 1 visit at another hour · 2 visits moved" in report.as_text(Words("en"))


def test_the_plans_stand_side_by_side(report: ReplanReport) -> None:
    """One line each, the one that was taken marked, the figures in columns."""
    lines = report.as_text(Words("en")).splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("Plans to choose"))
    head, first, other = lines[at + 1 : at + 4]
    assert first.split()[:3] == ["*", "least", "changed"]
    assert "another day (--take other_day)" in other
    assert other.split()[-8:] == ["12", "0", "1", "1", "−10", "min", "±Rp", "0"]
    assert len(head) == len(first) == len(other)


def test_the_nearest_are_named_with_the_clock(report: ReplanReport) -> None:
    """Or with what keeps them from coming."""
    text = report.as_text(Words("en"))
    assert f"{NEW}: KOTA, at K-001, rides 15 min, there Tue 3 Mar, 10:50" in text
    assert f"{NEW}: SAD-1, at Balai Desa: no way leads there" in text


def test_a_number_stands_where_one_is_known(report: ReplanReport) -> None:
    """Of lodgings and partners; never of a family or worker."""
    text = report.as_text(Words("id"))
    assert "Balai Desa (0741000003)" in text
    assert f"keluarga {MOVED}, sebelum" in text
    assert "dari catatan kunjungan" in text


def test_a_dry_run_sends_nobody_to_files_that_are_none(report: ReplanReport) -> None:
    """Neither packs nor a folder."""
    text = replace(report, paths=()).as_text(Words("en"))
    assert text.endswith("Nothing was written (--dry-run).")
    assert "pack" not in text


def test_that_nothing_changes_is_said(report: ReplanReport) -> None:
    """Silence would leave its reader to wonder."""
    quiet = replace(report.revision, changes=(), nights=(), calls=())
    text = replace(report, plan=replace(report.plan, revision=quiet)).as_text(Words("en"))
    assert "No visit changes, and nobody need be phoned." in text
    assert "Phone, in this order" not in text


def test_machines_are_told_the_same(report: ReplanReport) -> None:
    """Figures by plan, who could come, and the revision as plan.json has it."""
    told = report.as_json()
    assert [(plan["kind"], plan["taken"]) for plan in told["plans"]] == [
        ("first", True),
        ("other_day", False),
    ]
    assert told["nearest"][1] == {
        "beneficiary_id": NEW,
        "worker_id": "SAD-1",
        "at": "BALAI",
        "riding_s": None,
        "arrives_s": None,
        "why_not": "no way leads there",
    }
    assert told["revision"]["number"] == 2
    assert told["from_log"] == 1


def test_a_first_plan_has_no_story(report: ReplanReport) -> None:
    """Nobody asks that of one."""
    with pytest.raises(ValueError, match="not changed"):
        _ = replace(report, plan=replace(report.plan, revision=None)).revision
