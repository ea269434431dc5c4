"""Plans of the weeks are kept, each with those that it was changed from."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from outreach.archive import load_plan, plan_revised, plans_between, save_plan
from outreach.config import read_config
from outreach.errors import ConfigError, LayerError
from outreach.lineage import Figures, Happening, Revision
from outreach.model import Plan
from tests.villages import village_project

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.config import Config

NOTHING = Figures(n_moved=0, n_fell_out=0, n_new=0, n_late=0, riding_s=0, cost_idr=0, score_s=0)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Give a project without a plan."""
    return read_config(village_project(tmp_path)).with_options(out=tmp_path / "out")


def plan_from(starts_on: str, *, n_days: int = 7, seed: int = 0) -> Plan:
    """Make a plan of so many days on which nobody goes anywhere."""
    day = dt.datetime.fromisoformat(starts_on).replace(tzinfo=ZoneInfo("Asia/Jakarta"))
    return Plan(starts_at=day, horizon_days=n_days, seed=seed, season="wet", day_routes=())


def changed(plan: Plan, number: int) -> Plan:
    """Change a plan for the nth time."""
    told = tuple(Happening(kind="season", at_s=9 * n, season="wet") for n in range(number))
    return replace(
        plan,
        revision=Revision(
            number=number,
            revises="0" * 64,
            at_s=9 * number,
            happened=told,
            n_told=1,
            changes=(),
            figures=NOTHING,
        ),
    )


def test_a_week_remembers_all_its_plans(config: Config) -> None:
    """Two changes later the first plan, the second and the third are there, in this order."""
    first, path = save_plan(config, plan_from("2026-03-02"))
    second, _ = save_plan(config, changed(first, 1), revises=path)
    third, _ = save_plan(config, changed(first, 2), revises=path)
    (week,) = plans_between(config, dt.date(2026, 3, 5), dt.date(2026, 3, 5))
    assert week.plans == (first, second, third)
    assert (week.first, week.latest) == (first, load_plan(config))
    assert plan_revised(config, third) == second
    assert plan_revised(config, first) is None


def test_planning_anew_forgets_what_came_of_the_old_plan(config: Config) -> None:
    """A first plan has none before it, whatever lies beside it."""
    old, path = save_plan(config, plan_from("2026-03-02"))
    save_plan(config, changed(old, 1), revises=path)
    new, _ = save_plan(config, plan_from("2026-03-02", seed=7))
    assert [week.plans for week in plans_between(config)] == [(new,)]


def test_a_plan_that_is_gone_is_not_made_up(config: Config) -> None:
    """Another file under the name of the plan before is not taken for it."""
    first, path = save_plan(config, plan_from("2026-03-02"))
    second, _ = save_plan(config, changed(first, 1), revises=path)
    (path.parent / "plans" / "2026-03-02-r0.json").write_bytes(b"{}")
    assert plan_revised(config, second) is None
    assert [week.plans for week in plans_between(config)] == [(second,)]


def test_weeks_hold_until_the_next_one_begins(config: Config) -> None:
    """A week planned from Thursday on ends the one before it on that Thursday."""
    save_plan(config, plan_from("2026-03-02"))
    save_plan(config, plan_from("2026-03-05"))
    weeks = plans_between(config, dt.date(2026, 3, 1), dt.date(2026, 3, 31))
    assert [(w.starts_on.day, w.until.day) for w in weeks] == [(2, 5), (5, 12)]
    assert not plans_between(config, dt.date(2026, 3, 12), dt.date(2026, 3, 31))


def test_a_plan_from_before_there_was_an_archive_counts(config: Config) -> None:
    """Only plan.json is there: it is the week's plan."""
    plan, path = save_plan(config, plan_from("2026-03-02"))
    (path.parent / "plans" / "2026-03-02.json").unlink()
    assert [week.plans for week in plans_between(config)] == [(plan,)]


def test_all_broken_files_are_named(config: Config) -> None:
    """What cannot be read is told with its file, all of it at once."""
    _, path = save_plan(config, plan_from("2026-03-02"))
    for name in ("2026-02-02.json", "2026-02-09.json"):
        (path.parent / "plans" / name).write_text("no plan")
    with pytest.raises(LayerError, match="2 of the plans") as caught:
        plans_between(config)
    assert "2026-02-02.json" in str(caught.value)
    assert "2026-02-09.json" in str(caught.value)


def test_without_a_plan_the_command_is_named(config: Config) -> None:
    """Who asks for a plan that is not there learns how to make it."""
    with pytest.raises(ConfigError, match="outreach plan"):
        load_plan(config)
    assert plans_between(config) == ()
