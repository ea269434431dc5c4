"""What workers' pages of a changed plan hand in, beside those of the plan before."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from outreach.layers.log import LogEntry, read_log
from outreach.layers.log_checks import Known, LogRead, PlannedVisit, check_log
from outreach.layers.tables import TableSource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

TUESDAY = dt.date(2026, 3, 3)
KNOWN = Known(
    beneficiary_ids={"K1", "K2"},
    worker_ids={"w1", "w2"},
    today=dt.date(2026, 3, 6),
    visits={
        (who, TUESDAY): [
            PlannedVisit(visit_id=f"{who}/1", worker_ids=("w1", "w2"), plan_starts_on=TUESDAY)
        ]
        for who in ("K1", "K2")
    },
)


def _page(
    folder: Path, key: str, *items: Mapping[str, Any], log: Sequence[LogEntry] = ()
) -> LogRead:
    base = {"date": TUESDAY.isoformat(), "state": "done", "note": "", "at": "2026-03-03T03:00:00Z"}
    path = folder / f"outreach-{key}.json"
    document = {"form": "outreach/done/1", "key": key, "items": [base | dict(i) for i in items]}
    path.write_text(json.dumps(document), encoding="utf-8")
    table = read_log(TableSource(path=path), pages={"old": "w1", "new": "w1", "other": "w2"})
    return check_log(table, known=KNOWN, entries=log)


def test_the_same_tick_under_another_number_is_known(tmp_path: Path) -> None:
    """The page keeps its key where only the order of a plan changed, and so its ticks."""
    first = _page(tmp_path, "old", {"beneficiary": "K1", "number": 3})
    again = _page(tmp_path, "old", {"beneficiary": "K1", "number": 1}, log=first.entries)
    assert (again.entries, again.n_known, again.findings) == ((), 1, ())


def test_a_visit_ticked_on_the_changed_page_too_is_one_visit(tmp_path: Path) -> None:
    """The later word stands, whichever of the two files comes first."""
    old = {"beneficiary": "K1", "number": 3}
    new = {"beneficiary": "K1", "number": 1, "state": "missed", "at": "2026-03-03T09:00:00Z"}
    first = _page(tmp_path, "old", old)
    second = _page(tmp_path, "new", new, log=first.entries)
    assert [(e.state, e.corrects) for e in second.entries] == [("not met", first.entries[0].id)]
    assert second.findings == ()
    turned = _page(tmp_path, "new", new)
    late = _page(tmp_path, "old", old, log=turned.entries)
    assert (late.entries, [f.code for f in late.findings]) == ((), ["older-word"])


def test_a_number_that_went_to_another_child_corrects_nobody(tmp_path: Path) -> None:
    """Words go by the id of the child, not by the place on the list."""
    first = _page(tmp_path, "old", {"beneficiary": "K1", "number": 1})
    second = _page(
        tmp_path, "old", {"beneficiary": "K2", "number": 1, "state": "missed"}, log=first.entries
    )
    assert [(e.beneficiary_id, e.state, e.corrects) for e in second.entries] == [
        ("K2", "not met", None)
    ]


def test_colleagues_of_one_team_keep_a_word_each(tmp_path: Path) -> None:
    """What one ticks does not correct what another ticked."""
    first = _page(tmp_path, "old", {"beneficiary": "K1", "number": 1})
    second = _page(tmp_path, "other", {"beneficiary": "K1", "number": 1}, log=first.entries)
    assert [(e.worker_id, e.corrects) for e in second.entries] == [("w2", None)]


def test_a_tick_beside_a_table_is_doubted_only_where_they_disagree(tmp_path: Path) -> None:
    """Offices enter both: the table for its times, the page because it is at hand."""
    path = tmp_path / "week.csv"
    path.write_text("id,petugas,tanggal,mulai,hasil\nK1,w1,2026-03-03,09:00,selesai\n")
    log = check_log(read_log(TableSource(path=path), pages={}), known=KNOWN, entries=()).entries
    same = _page(tmp_path, "old", {"beneficiary": "K1", "number": 1}, log=log)
    other = _page(tmp_path, "old", {"beneficiary": "K1", "number": 1, "state": "missed"}, log=log)
    assert (len(same.entries), same.findings) == (1, ())
    assert [f.code for f in other.findings] == ["another-word"]


def test_a_note_without_a_tick_is_told_and_is_no_mistake(tmp_path: Path) -> None:
    """Workers write down beforehand what to bring; the rest of the page goes in."""
    read = _page(
        tmp_path,
        "old",
        {"beneficiary": "K1", "number": 1},
        {"beneficiary": "K2", "number": 2, "state": "", "note": "bawa beras"},
    )
    assert ([e.beneficiary_id for e in read.entries], read.n_refused) == (["K1"], 0)
    assert [(f.row, f.severity, f.code) for f in read.findings] == [
        (2, "warning", "note-without-tick")
    ]
    assert "beras" not in str(read.findings)
