"""The log says where somebody is, whom they know, how long a visit takes and what it costs."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

import pytest

from outreach.output.words import Words
from tests.layers.past import LAST_MONDAY, MONDAY, carry, day, row, said, tables, week

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.layers.carried import Carried
    from outreach.layers.log import LogEntry

ENGLISH = Words("en")


def _codes(carried: Carried) -> list[tuple[str, str | None]]:
    return [(f.code, f.id) for f in carried.findings]


def _lines(carried: Carried) -> list[str]:
    return [ENGLISH.say(line) for line in carried.told]


def test_a_closed_case_is_planned_no_more_and_named(tmp_path: Path) -> None:
    """It is in no table, and is told with its row, to be deleted there."""
    entry = said("K1", 2, "closed")
    carried = carry(tables(tmp_path, {}, {}), said("K1", 2), entry)
    people = carried.layers["beneficiaries"]
    assert (list(people.rows["id"]), carried.closed, people.invalid) == (["K2"], ("K1",), ())
    (finding,) = carried.findings
    assert (finding.code, finding.severity, finding.row) == ("case-closed", "warning", 2)
    assert f"--corrects {entry.id}" in ENGLISH.say(finding.mend)
    assert "closed, and planned no more: K1" in _lines(carried)


@pytest.mark.parametrize("state", ["closed", "moved"])
def test_who_is_met_again_is_planned_again(tmp_path: Path, state: str) -> None:
    """By the log, with a doubt while it is news, or by the table; an empty house tells nothing."""
    gone = said("K1", 2, state)
    layers = tables(tmp_path, {})
    carried = carry(layers, gone, said("K1", 4), said("K1", 5, "not met"), plans=[week()])
    assert list(carried.layers["beneficiaries"].rows["id"]) == ["K1"]
    assert _codes(carried) == [("met-again", "K1")]
    later = carry(layers, gone, said("K1", 4), plans=[week(), week(starts_on=day(6))])
    assert later.findings == ()
    still = carry(layers, gone, said("K1", 4, "not met"))
    assert list(still.layers["beneficiaries"].rows["id"]) == []
    known = carry(tables(tmp_path, {"last_visit": day(3)}), gone)
    assert (known.closed, known.findings) == ((), ())
    last = carry(tables(tmp_path, {"last_visit": day(2)}), gone)
    assert list(last.layers["beneficiaries"].rows["id"]) == []


def test_who_moved_away_needs_a_new_place(tmp_path: Path) -> None:
    """Nobody rides to an empty house: the row is to be mended first."""
    layers = tables(tmp_path, {}, {})
    plan = week({(0, "w1"): ["K1"]})
    carried = carry(layers, said("K1", 0, "moved"), plans=[plan])
    people = carried.layers["beneficiaries"]
    assert (list(people.rows["id"]), people.row_numbers) == (["K2"], {"K2": 3})
    assert [(x.beneficiary_id, x.reason) for x in people.invalid] == [("K1", "moved-away")]
    assert [(f.code, f.severity, f.row) for f in carried.findings] == [("moved-away", "error", 2)]
    assert "moved away, and not planned without the new place: K1" in _lines(carried)


def test_who_moved_away_is_planned_at_the_new_place(tmp_path: Path) -> None:
    """As soon as the table has another one than the plan that found them gone."""
    plan = week({(2, "w1"): ["K1"]}, at=(103.61, -1.6))
    carried = carry(tables(tmp_path, {}), said("K1", 2, "moved"), plans=[plan])
    assert (row(carried)["last_visit"], carried.findings) == (None, ())
    later = week({(0, "w1"): ["K1"]}, at=(103.62, -1.6), starts_on=MONDAY)
    again = [said("K1", 2, "moved"), said("K1", MONDAY, "moved")]
    layers, next_monday = tables(tmp_path, {}), MONDAY + dt.timedelta(days=7)
    assert carry(layers, *again, plans=[plan, later], starts_on=next_monday).findings == ()


def test_a_new_place_stays_new_when_the_old_plan_is_gone(tmp_path: Path) -> None:
    """Who was planned after the word was planned elsewhere, and perhaps not met there yet."""
    words = said("K1", -20, "moved"), said("K1", 1, "not met")
    carried = carry(tables(tmp_path, {}), *words, plans=[week({(1, "w1"): ["K1"]})])
    assert list(carried.layers["beneficiaries"].rows["id"]) == ["K1"]
    assert carry(tables(tmp_path, {}), *words, plans=[week()]).layers["beneficiaries"].invalid


def test_who_refused_is_due_again_and_told(tmp_path: Path) -> None:
    """The visit was not made, and more haste would not help."""
    carried = carry(tables(tmp_path, {}), said("K1", 2, "refused"))
    assert (row(carried)["last_visit"], row(carried)["priority"]) == (None, 2)
    assert _codes(carried) == [("refused-last", "K1")]


@pytest.mark.parametrize(
    ("in_table", "entries", "friend"),
    [
        (None, [said("K1", 0)], None),
        (None, [said("K1", 0, worker_id="w1")], "w1"),
        (None, [said("K1", 0, worker_id="w1"), said("K1", 3, worker_id="w1")], "w1"),
        (None, [said("K1", d, worker_id=w) for d, w in enumerate(["w1", "w1", "w2", "w2"])], "w2"),
        (None, [said("K1", d, worker_id=w) for d, w in enumerate(["w1", "w2", "w1", "w2"])], "w2"),
        (None, [said("K1", d, "not met", worker_id="w1") for d in range(3)], None),
        # Who has left knows nobody any more.
        (None, [said("K1", d, worker_id="w9") for d in range(3)], None),
        ("w2", [said("K1", d, worker_id="w1") for d in range(3)], "w2"),
        ("w9", [said("K1", d, worker_id="w1") for d in range(3)], "w1"),
    ],
)
def test_a_child_knows_who_met_it_most_often(
    tmp_path: Path, in_table: str | None, entries: list[LogEntry], friend: str | None
) -> None:
    """Of two the last one; whom the table names comes first."""
    layers = tables(tmp_path, {"worker": in_table})
    assert row(carry(layers, *entries))["worker"] == friend


def test_who_goes_in_a_team_is_known_too(tmp_path: Path) -> None:
    """The plan says who was there, where the log names one of them or nobody."""
    plan = week({(0, "w1+w2"): ["K1"], (1, "w2"): ["K1"], (2, "w1"): ["K2"], (3, "w1"): ["K2"]})
    words = [
        *(said("K1", 0, worker_id="w1"), said("K1", 1)),
        *(said("K2", 2), said("K2", 3, worker_id="w2")),
    ]
    carried = carry(tables(tmp_path, {}, {}), *words, plans=[plan])
    assert [row(carried, who)["worker"] for who in ("K1", "K2")] == ["w2", "w2"]
    assert "planned with that one where it can be: 2" in _lines(carried)[-1]
    twice = carry(tables(tmp_path, {}, {}), *words, plans=[plan], familiar_from=2)
    assert [row(twice, who)["worker"] for who in ("K1", "K2")] == ["w2", None]


def _timed(n: int, minutes: float) -> list[LogEntry]:
    return [said("K2", day(-1 - i), minutes=minutes) for i in range(n)]


def test_service_times_are_learned_and_used_only_when_told(tmp_path: Path) -> None:
    """By category; a row that has its own length keeps it."""
    layers = tables(tmp_path, {}, {"service_minutes": 20}, {"category": "forest"})
    carried = carry(layers, *_timed(10, 41.6))
    assert list(carried.layers["beneficiaries"].rows["service_s"]) == [1800, 1200, 3600]
    assert [(one.category, one.minutes) for one in carried.learned] == [("street", 42)]
    assert _lines(carried)[-1] == (
        "how long visits took is known and not used, see outreach log learned: street"
    )
    used = carry(layers, *_timed(10, 41.6), service_minutes="learned")
    assert list(used.layers["beneficiaries"].rows["service_s"]) == [2520, 1200, 3600]
    assert used.layers["beneficiaries"].rows["service_s"].dtype == "int64"
    assert _lines(used)[-1] == "visits take as long as they took: street"
    # Words of the last week may still come in, and would change a plan that is in force.
    few = carry(layers, *_timed(9, 41.6), said("K1", 0, minutes=42), service_minutes="learned")
    assert list(few.layers["beneficiaries"].rows["service_s"]) == [1800, 1200, 3600]


def _spent(carried: Carried) -> list[float]:
    rows: list[float] = carried.layers["workers"].rows["spent_idr"].tolist()
    return rows


THURSDAY = day(3)
FIRST_OF_MARCH = day(6)


def test_money_of_this_month_alone_is_spent(tmp_path: Path) -> None:
    """
    The week of 23 February costs 70,000, evenly on its days; the next begins on 9 March.

    Of March the plan knows the first, Sunday; seven days of 31 are known to nobody, and count with
    their part of 310,000.
    """
    layers = tables(tmp_path, {}, monthly_budget_idr=310_000)
    plan = week({(d, "w1"): ["K1"] for d in range(7)}, cost_idr=70_000)
    carried = carry(layers, said("K1", 0), plans=[plan], starts_on=dt.date(2026, 3, 9))
    assert _spent(carried) == [10_000 + 70_000, 70_000]
    assert _lines(carried)[-1] == ("counted as spent this month before these days: Rp 150,000")


def test_in_the_middle_of_a_month_all_of_its_weeks_count(tmp_path: Path) -> None:
    """From the first of February all is known but the days before the first plan."""
    layers = tables(tmp_path, {}, monthly_budget_idr=280_000)
    before = LAST_MONDAY - dt.timedelta(days=7)
    plans = [
        week({(0, "w1"): ["K1"]}, cost_idr=30_000, starts_on=before),
        week({(0, "w1"): ["K1"], (5, "w1"): ["K1"]}, cost_idr=80_000),
    ]
    words = [said("K1", before), said("K1", 0)]
    # Until Thursday half of the second week, and the 15 days until 15 February at 10,000.
    carried = carry(layers, *words, plans=plans, starts_on=day(4))
    assert _spent(carried) == [30_000 + 40_000 + 150_000, 150_000]


def test_days_away_cost_more_than_days_at_home(tmp_path: Path) -> None:
    """10 km cost 10,000 and a day away 20,000 more: of 80,000 the days away are six eighths."""
    layers = tables(tmp_path, {}, monthly_budget_idr=280_000)
    visits = {(d, "w1"): ["K1"] for d in (0, 1, 4, 5)}
    plan = week(visits, cost_idr=80_000, away=(0, 1), starts_on=dt.date(2026, 2, 2))
    word = said("K1", dt.date(2026, 2, 2))
    carried = carry(layers, word, plans=[plan], starts_on=dt.date(2026, 2, 6))
    assert _spent(carried)[0] == 60_000 + 10_000


@pytest.mark.parametrize(
    ("spent_idr", "left"), [(None, 30_000), (20_000, 30_000), (45_000, 45_000)]
)
def test_the_table_may_know_of_more_money(
    tmp_path: Path, spent_idr: int | None, left: float
) -> None:
    """But never of less than what was ridden."""
    worker = {"monthly_budget_idr": 1_000_000, "spent_idr": spent_idr}
    layers = tables(tmp_path, {}, **worker)
    plan = week({(0, "w1"): ["K1"]}, cost_idr=30_000, starts_on=dt.date(2026, 2, 1))
    word = said("K1", dt.date(2026, 2, 1))
    carried = carry(layers, word, plans=[plan], starts_on=dt.date(2026, 2, 8))
    assert _spent(carried)[0] == left


def test_where_no_plan_was_carried_out_no_money_is_known(tmp_path: Path) -> None:
    """Nor where a worker has no budget; the table stays as it is."""
    plan = week({(0, "w1"): ["K1"]}, cost_idr=30_000)
    layers = tables(tmp_path, {}, monthly_budget_idr=1_000_000)
    carried = carry(layers, said("K1", day(-3)), plans=[plan], starts_on=THURSDAY)
    assert carried.layers["workers"] is layers["workers"]
    free = tables(tmp_path, {})
    assert all(
        map(math.isnan, _spent(carry(free, said("K1", 0), plans=[plan], starts_on=THURSDAY)))
    )
    # On the first of a month nothing is spent of it.
    carried = carry(layers, said("K1", 0), plans=[plan], starts_on=FIRST_OF_MARCH)
    assert carried.layers["workers"] is layers["workers"]
