"""`outreach report`: from the plans that are kept, the log and the tables to three files."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from outreach.archive import WeekOfPlans
from outreach.cli import main
from outreach.config import read_config
from outreach.errors import ConfigError
from outreach.output import progress_report
from outreach.output.plan_json import read_plan
from outreach.recording import Told, add_to_log
from outreach.reporting import period_of, report_progress
from tests.projects import town_project

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.coverage.accounts_result import Accounts
    from outreach.model import Plan
    from outreach.reporting import Span

MONDAY = dt.date(2026, 11, 30)
THURSDAY, SUNDAY = dt.date(2026, 12, 3), dt.date(2026, 12, 6)
LATER = dt.date(2026, 12, 20)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the town's project with its plan, of which two visits were made and one was not."""
    folder = town_project(tmp_path_factory.mktemp("town"))
    settings = folder / "outreach.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'{text}solver = "greedy"\n', encoding="utf-8")
    cache = str(tmp_path_factory.mktemp("cache"))
    result = call("plan", str(folder), "--cache", cache)
    assert result.exit_code == 0, result.output
    config = read_config(folder)
    plan = read_plan(folder / "maps" / "plan.json")
    for who, number, state in (("c1", 0, "done"), ("s1", 0, "done"), ("s1", 1, "not met")):
        told = Told(beneficiary_id=who, date=_dates(plan, who)[number], state=state)
        add_to_log(config, told, today=SUNDAY)
    return folder


def _dates(plan: Plan, who: str) -> list[str]:
    first = plan.starts_at.date()
    days = (
        route.day
        for route in sorted(plan.day_routes, key=lambda route: route.day)
        for stop in route.stops
        if stop.beneficiary_id == who
    )
    return [(first + dt.timedelta(days=day)).isoformat() for day in days]


def call(*args: str) -> Result:
    """Run a command as a user would, without a terminal."""
    return CliRunner().invoke(main, args)


@pytest.fixture
def spared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the time for files where only the accounts are looked at."""
    monkeypatch.setattr(progress_report, "write_progress_report", lambda *_, **__: ())


def accounted(town: Path, span: Span = "week", **options: Any) -> Accounts:
    """Give the accounts of the town, by default when all is over."""
    return report_progress(read_config(town), span, **{"today": LATER, **options}).accounts


@pytest.mark.usefixtures("spared")
def test_a_week_is_accounted_for(town: Path) -> None:
    """Five visits: two made, one not met, of two no word; two people cannot be planned."""
    accounts = accounted(town)
    total = accounts.total
    assert (total.in_plan, total.done, total.not_met, total.no_word) == (5, 2, 1, 2)
    assert total.share_done == pytest.approx(0.4)
    kinds = {row.kind: row.n_people for row in accounts.reasons}
    assert kinds == {"invalid": 1, "unsnapped": 1}
    assert accounts.until == SUNDAY


@pytest.mark.usefixtures("spared")
def test_what_is_still_to_come_is_not_missed(town: Path) -> None:
    """On the week's first day."""
    total = accounted(town, today=MONDAY).total
    assert total.ahead > 0
    assert total.no_word + total.ahead == 2


@pytest.mark.usefixtures("spared")
def test_the_last_planned_day_that_has_begun_is_reported(town: Path) -> None:
    """On Thursday its week; long after, or before, the only one that there is."""
    for today in (THURSDAY, LATER, MONDAY - dt.timedelta(days=9)):
        period = accounted(town, today=today).period
        assert (period.first, period.last) == (MONDAY, SUNDAY)
    months = [
        accounted(town, "month", today=today).period.first for today in (MONDAY, THURSDAY, LATER)
    ]
    assert months == [dt.date(2026, 11, 1), dt.date(2026, 12, 1), dt.date(2026, 12, 1)]


@pytest.mark.usefixtures("spared")
def test_the_two_months_of_a_week_share_its_visits(town: Path) -> None:
    """What November has of them December has not."""
    november, december = (accounted(town, "month", of=day) for day in (MONDAY, SUNDAY))
    assert november.total.in_plan + december.total.in_plan == 5
    # From the 7th until the 20th, which is today; later days may be planned yet.
    assert (november.n_days_unplanned, december.n_days_unplanned) == (29, 14)


def test_the_command_writes_three_files_and_names_them(town: Path) -> None:
    """In the language of the project, or another."""
    result = call("report", "week", str(town), "--of", "2026-12-02", "--lang", "id")
    assert result.exit_code == 0, result.output
    stem = town / "maps" / "report-week-2026-11-30"
    for end in ("html", "pdf", "xlsx"):
        assert f"{stem}.{end}" in result.output
        assert stem.with_suffix(f".{end}").stat().st_size > 0
    page = stem.with_suffix(".html").read_text(encoding="utf-8")
    assert "Laporan Mingguan Kunjungan" in page
    assert "Rahasia" not in page
    assert "Weekly report of the visits" in result.output


def test_the_command_speaks_to_machines(town: Path) -> None:
    """All accounts, without a name or a place."""
    result = call("report", "month", str(town), "--of", "1 Desember 2026", "--json")
    document = json.loads(result.output)
    assert document["period"] == {"kind": "month", "first": "2026-12-01", "last": "2026-12-31"}
    assert [path.rsplit("/", 1)[1] for path in document["files"]] == [
        f"report-month-2026-12.{end}" for end in ("html", "pdf", "xlsx")
    ]
    assert "Rahasia" not in result.output


def test_a_day_that_no_plan_covers_is_told(town: Path) -> None:
    """With the days on which there are plans; and a day that is none is no day."""
    result = call("report", "week", str(town), "--of", "2027-01-02")
    assert result.exit_code == 1
    assert "Saturday, 2 January 2027" in result.output
    assert "Monday, 30 November 2026" in result.output
    result = call("report", "month", str(town), "--of", "soon")
    assert result.exit_code == 2
    assert "is not a date" in result.output


def test_without_a_plan_there_is_no_report(tmp_path: Path) -> None:
    """It is said how to make one."""
    town = town_project(tmp_path / "town")
    result = call("report", "week", str(town))
    assert result.exit_code == 1
    assert "outreach plan" in result.output


def _week(starts_on: dt.date, n_days: int) -> WeekOfPlans:
    return WeekOfPlans(starts_on=starts_on, until=starts_on + dt.timedelta(days=n_days), plans=())


@given(n_days=st.integers(1, 28), ahead=st.integers(0, 27))
def test_a_week_is_seven_days_of_its_plan(town: Path, n_days: int, ahead: int) -> None:
    """At most; a plan of four weeks has four, of which each day is in one."""
    config, of = read_config(town), MONDAY + dt.timedelta(days=ahead)
    planned = [_week(MONDAY, n_days)]
    if ahead >= n_days:
        with pytest.raises(ConfigError):
            period_of("week", planned, of, config)
        return
    period = period_of("week", planned, of, config)
    assert of in period
    assert (period.first - MONDAY).days % 7 == 0
    assert (period.last - period.first).days == min(6, n_days - 1 - (period.first - MONDAY).days)


def test_a_month_of_which_a_day_is_planned_is_told_whole(town: Path) -> None:
    """February of a leap year."""
    config, planned = read_config(town), [_week(dt.date(2028, 2, 29), 7)]
    period = period_of("month", planned, dt.date(2028, 2, 1), config)
    assert (period.first.day, period.last) == (1, dt.date(2028, 2, 29))
    with pytest.raises(ConfigError):
        period_of("month", planned, dt.date(2028, 4, 1), config)
