"""A month of the demo as it goes: plan, telephone, packs, log, report, and the next plan."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from outreach.archive import plans_between
from outreach.cli import main
from outreach.config import read_config
from outreach.ground import read_ground
from outreach.logbook import LOG_FILE, read_logbook
from outreach.output.page_keys import PageKeys
from outreach.recording import import_logs
from outreach.reporting import report_progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.config import Config
    from outreach.layers.log import State
    from outreach.model import DayRoute, Plan, Stop

DEMO = Path(__file__).resolve().parents[2] / "data" / "jambi"
FIRST = dt.date(2026, 11, 30)
DAY = dt.timedelta(days=1)
WEEK = 7 * DAY
N_WEEKS = 4
# Few, because what is tested is the story and not the search.
STEPS = "8"
CALLS = (
    ("2026-12-01 10:20", ("--urgent", "KJ-005=at-once")),
    ("2026-12-09 06:30", ("--absent", "kota@2026-12-09..2026-12-09")),
    ("2026-12-14 12:00", ("--lodging-full", "balai-pelempang@2026-12-15")),
    ("2026-12-22 09:00", ("--late", "kota=45min", "--season", "dry")),
)
WORD: dict[str, State] = {"selesai": "done", "tidak bertemu": "not met", "menolak": "refused"}


@dataclass(frozen=True, kw_only=True)
class Week:
    """One week: its plan as it was and as it became, what was told of it, and the report."""

    before: Plan
    after: Plan
    packed: set[str]
    broken: list[Any]
    said: dict[str, State]
    report: dict[str, Any]


@dataclass
class Month:
    """The office's month."""

    folder: Path
    cache: Path
    weeks: list[Week] = field(default_factory=list)

    @property
    def config(self) -> Config:
        """The project as a command reads it."""
        return read_config(self.folder).with_options(cache=self.cache)

    def call(self, command: str, *args: str) -> Any:
        """Call outreach as the office does, and give what it answers."""
        told = [command, str(self.folder), "--cache", str(self.cache), "--json", *args]
        result = CliRunner().invoke(main, told)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def plan(self, starts_on: dt.date) -> Plan:
        """Plan a week."""
        self.call("plan", "--week", starts_on.isoformat(), "--iterations", STEPS)
        return self.latest(starts_on)

    def latest(self, day: dt.date) -> Plan:
        """Give the plan that holds on a day."""
        (week,) = plans_between(self.config, day, day)
        return week.latest

    def live(self, starts_on: dt.date, at: str, happens: tuple[str, ...]) -> None:
        """Plan a week, let something happen, pack, log on Sunday, and report."""
        before = self.plan(starts_on)
        if starts_on == FIRST:
            self.call("pack")
        self.call("replan", "--at", at, *happens, "--no-maps")
        after = self.latest(starts_on)
        packed = self.call("pack", "--changed") if starts_on == FIRST else {"passphrases": {}}
        broken = self.call("audit")["violations"]
        said = self.log(after, starts_on + 6 * DAY)
        report = report_progress(self.config, "week", of=starts_on, today=starts_on + WEEK)
        self.weeks.append(
            Week(
                before=before,
                after=after,
                packed=set(packed["passphrases"]),
                broken=broken,
                said=said,
                report=report.as_json(),
            )
        )

    def log(self, plan: Plan, today: dt.date) -> dict[str, State]:
        """Hand in a week: one worker from the phone, the others in a table, twice each."""
        said: dict[str, State] = {}
        rows, items = [], []
        for n, (route, stop) in enumerate(visits(plan)):
            word = "tidak bertemu" if n % 9 == 4 else "menolak" if n % 40 == 7 else "selesai"
            date = plan.starts_at.date() + route.day * DAY
            said[str(stop.visit_id)] = WORD[word]
            if route.worker_ids == ("kota",) and word != "menolak":
                state = "done" if word == "selesai" else "missed"
                items.append(
                    {
                        "beneficiary": stop.beneficiary_id or stop.place_id,
                        "date": date.isoformat(),
                        "number": n,
                        "state": state,
                        "note": "",
                        "at": "",
                    }
                )
                continue
            begins = dt.time(stop.starts_s // 3600 % 24, stop.starts_s // 60 % 60)
            who = stop.beneficiary_id or stop.place_id
            rows.append((who, route.worker_ids[0], date, begins.strftime("%H:%M"), word))
        page = {
            "form": "outreach/done/1",
            "key": PageKeys(plan, "kota").page(),
            "items": items,
        }
        handed_in = self.folder / f"phone-{today}.json"
        handed_in.write_text(json.dumps(page), encoding="utf-8")
        table = self.folder / f"week-{today}.csv"
        with table.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("id", "petugas", "tanggal", "mulai", "hasil"), *rows])
        for _ in range(2):
            imported = import_logs(self.config, [handed_in, table], today=today)
            assert sum(read.n_refused for read in imported.read) == 0
        return said


def visits(plan: Plan) -> Iterator[tuple[DayRoute, Stop]]:
    """Give every visit of a plan with its day."""
    for route in plan.day_routes:
        for stop in route.stops:
            if stop.visit_id is not None:
                yield route, stop


def people(plan: Plan) -> dict[str, set[str]]:
    """Say of everybody in which ways the plan accounts for them."""
    found: dict[str, set[str]] = {}
    for _, stop in visits(plan):
        if stop.beneficiary_id is not None:
            found.setdefault(stop.beneficiary_id, set()).add("planned")
    for loss in plan.losses:
        found.setdefault(loss.beneficiary_id, set()).add(loss.kind)
    for one in plan.not_due:
        found.setdefault(one.beneficiary_id, set()).add("not due")
    return found


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Month:
    """Live four weeks, and plan the fifth."""
    folder = tmp_path_factory.mktemp("month")
    shutil.copytree(DEMO, folder / "jambi", ignore=shutil.ignore_patterns("maps"))
    lived = Month(folder=folder / "jambi", cache=folder / "cache")
    for n, (at, happens) in enumerate(CALLS):
        lived.live(FIRST + n * WEEK, at, happens)
    lived.plan(FIRST + N_WEEKS * WEEK)
    return lived


def test_every_plan_keeps_all_rules(month: Month) -> None:
    """Also the changed ones, week after week."""
    assert [week.broken for week in month.weeks] == [[]] * N_WEEKS


def test_nobody_is_dropped_in_any_week(month: Month) -> None:
    """Whom the first plan knows every later one accounts for, before the call and after it."""
    partners = set(read_ground(month.config).layers["partners"].rows["id"])
    known = set(people(month.weeks[0].before)) - partners
    plans = [plan for week in month.weeks for plan in (week.before, week.after)]
    for plan in (*plans, month.latest(FIRST + N_WEEKS * WEEK)):
        assert set(people(plan)) - partners == known


def test_what_had_begun_stays(month: Month) -> None:
    """Every visit that had begun when the telephone rang is in the new plan as it was."""
    for week in month.weeks:
        assert week.after.revision is not None
        at_s = week.after.revision.at_s
        begun = {(s.visit_id, s.starts_s) for _, s in visits(week.before) if s.starts_s < at_s}
        assert begun <= {(s.visit_id, s.starts_s) for _, s in visits(week.after)}


def test_the_urgent_child_is_seen_the_same_day(month: Month) -> None:
    """On that Tuesday after the call, and only those concerned get a new pack."""
    week = month.weeks[0]
    days = {route.day for route, stop in visits(week.after) if stop.beneficiary_id == "KJ-005"}
    assert "KJ-005" not in {stop.beneficiary_id for _, stop in visits(week.before)}
    assert days == {1}
    assert week.after.revision is not None
    assert (
        week.packed == set(week.after.revision.worker_ids) < {"kota", "muaro", "tksk-1", "tksk-2"}
    )


def test_each_call_is_told_with_what_it_changed(month: Month) -> None:
    """The lineage holds what happened, and the plan before is found again."""
    kinds = [[one.kind for one in w.after.revision.told] for w in month.weeks if w.after.revision]
    assert kinds == [["urgent"], ["absent"], ["lodging_full"], ["late", "season"]]
    for n, week in enumerate(month.weeks):
        (kept,) = plans_between(month.config, FIRST + n * WEEK, FIRST + n * WEEK)
        assert kept.plans == (week.before, week.after)


def test_reports_say_what_the_log_says(month: Month) -> None:
    """Week by week each word that was handed in is counted once, and nothing else is."""
    for week in month.weeks:
        total, said = week.report["total"], Counter(week.said.values())
        assert (total["done"], total["not_met"], total["refused"]) == (
            said["done"],
            said["not met"],
            said["refused"],
        )
        assert total["no_word"] == total["ahead"] == 0
        assert total["planned"] == len(list(visits(week.before)))


def test_the_month_is_the_sum_of_its_weeks(month: Month) -> None:
    """But for the last day of November, which is another month's."""
    report = report_progress(
        month.config, "month", of=dt.date(2026, 12, 15), today=FIRST + N_WEEKS * WEEK
    ).as_json()
    november = Counter(
        week.said[str(stop.visit_id)]
        for week in month.weeks[:1]
        for route, stop in visits(week.after)
        if route.day == 0
    )
    done = sum(week.report["total"]["done"] for week in month.weeks)
    assert report["total"]["done"] == done - november["done"]
    assert [one["n_revisions"] for one in report["weeks"]][:N_WEEKS] == [1] * N_WEEKS
    for path in report["files"]:
        assert Path(path).stat().st_size > 0


def test_the_next_week_starts_from_what_was_done(month: Month) -> None:
    """Who was met is due an interval later; who never was is planned or left out with a reason."""
    rows = read_ground(month.config).layers["beneficiaries"].rows
    every_days = dict(zip(rows["id"], rows["every_days"], strict=True))
    entries = read_logbook(month.folder / LOG_FILE)
    n_later = 0
    for n in range(1, N_WEEKS):
        monday, plan = FIRST + n * WEEK, month.weeks[n].before
        past = [entry for entry in entries if entry.date < monday]
        met = {e.beneficiary_id: e.date for e in past if e.state == "done"}
        for one in plan.not_due:
            if one.beneficiary_id in met:
                n_later += 1
                later = int(every_days[one.beneficiary_id]) * DAY
                assert one.due_on == met[one.beneficiary_id] + later
        missed = {e.beneficiary_id for e in past if e.state == "not met"} - met.keys()
        assert missed
        asked = {who: how for who, how in people(plan).items() if who in missed}
        assert all(how & {"planned", "unserved"} for how in asked.values())
    assert n_later > N_WEEKS


def test_two_imports_of_the_same_files_change_nothing(month: Month) -> None:
    """Each visit of the month has one entry, though everything was handed in twice."""
    assert len(read_logbook(month.folder / LOG_FILE)) == sum(len(w.said) for w in month.weeks)
