"""Packs after a change: only those of workers whose days are other, told from what they hold."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from outreach.cli import main
from outreach.packed import Packed
from tests.output.changed import changed_plan
from tests.output.sample import sample_plan
from tests.projects import town_project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def packed(tmp_path: Path) -> Packed:
    """Give a memory of no packs."""
    return Packed(tmp_path / "packed.json")


def test_whoever_has_no_pack_gets_one(packed: Packed) -> None:
    """All do at first, none once all have."""
    plan = sample_plan()
    assert packed.others(plan) == ("KOTA", "SAD-1", "SAD-2", "SAD-3")
    packed.remember(plan, ["KOTA", "SAD-1"])
    assert packed.others(plan) == ("SAD-2", "SAD-3")


def test_only_other_days_make_another_pack(packed: Packed, tmp_path: Path) -> None:
    """Notices, sums and others' days do not; it is remembered from one run to the next."""
    plan = sample_plan()
    packed.remember(plan, ["KOTA", "SAD-1", "SAD-2", "SAD-3"])
    routes = [route for route in plan.day_routes if (route.team_id, route.day) != ("KOTA", 4)]
    shorter = replace(plan, day_routes=tuple(routes), notices=(), totals=plan.totals[:1])
    again = Packed(tmp_path / "packed.json")
    assert again.others(replace(plan, notices=())) == ()
    assert again.others(shorter) == ("KOTA",)


def test_the_plan_in_hand_is_found(packed: Packed) -> None:
    """Among those of the week; of whoever has no pack, or an unknown one, none is."""
    first = sample_plan()
    second = changed_plan(first)
    packed.remember(first, ["KOTA", "SAD-1"])
    packed.remember(second, ["SAD-1"])
    held = packed.held([second, first], ["KOTA", "SAD-1", "SAD-2"])
    assert held["KOTA"] is first
    assert held["SAD-1"] is second
    assert "SAD-2" not in held


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"form": "outreach/packed/1", "packs": 3}'])
def test_a_damaged_memory_is_none(tmp_path: Path, text: str) -> None:
    """Then all packs are made again, which loses nothing."""
    (tmp_path / "packed.json").write_text(text, encoding="utf-8")
    assert len(Packed(tmp_path / "packed.json").others(sample_plan())) == 4


def test_whoever_is_gone_is_forgotten(packed: Packed, tmp_path: Path) -> None:
    """No worker's id is kept that no plan has any more."""
    plan = sample_plan()
    packed.remember(plan, ["KOTA", "SAD-1", "SAD-2", "SAD-3"])
    town = replace(
        plan,
        day_routes=tuple(route for route in plan.day_routes if route.team_id == "KOTA"),
        totals=(plan.totals[0], plan.totals[-1]),
    )
    packed.remember(town, ["KOTA"])
    kept = json.loads((tmp_path / "packed.json").read_text(encoding="utf-8"))
    assert set(kept["packs"]) == {"KOTA"}


def run(project: Path, *command: str) -> str:
    """Run a command on the town, and give what it said."""
    name, *options = command
    cache = ["--cache", str(project / "cache")]
    done = CliRunner().invoke(main, [name, str(project), *cache, *options])
    assert done.exit_code == 0, done.output
    return done.output


def page_of(project: Path, worker_id: str) -> dict[str, object]:
    """Read the data of the page in an open pack."""
    html = (project / "maps" / "packs" / f"worker-{worker_id}.html").read_text(encoding="utf-8")
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', html)
    assert block is not None
    data: dict[str, object] = json.loads(block[1])
    return data


def test_the_pack_of_whom_a_call_concerns_is_made_again(tmp_path: Path) -> None:
    """A pack each; a call that concerns one, and that pack tells of it; then nothing to do."""
    project = town_project(tmp_path / "town")
    run(project, "plan")
    packs = ("pack", "--unlocked")
    run(project, *packs)
    before = {worker: page_of(project, worker) for worker in ("w1", "w2")}
    by_case = {
        item["name"]: worker
        for worker, page in before.items()
        for route in page["routes"]  # type: ignore[attr-defined]
        for item in route["items"]
        if item.get("tick")
    }
    run(project, "replan", "--at", "2026-11-30 07:00", "--cancel", "c1", "--no-maps")
    said = json.loads(run(project, *packs, "--changed", "--json"))
    made = {name.rsplit("/", 1)[1] for name in said["files"]}
    assert made == {f"worker-{by_case['c1']}.html", f"{by_case['c1']}.zip"}
    page = page_of(project, by_case["c1"])
    changes = page["changes"]
    assert isinstance(changes, dict)
    assert ("c1", "off") in [(row["who"], row["kind"]) for row in changes["rows"]]
    assert page["key"] == before[by_case["c1"]]["key"]
    assert "No pack is to be made again" in run(project, *packs, "--changed")
