"""The log's reading: what came of visits, from tables, forms and phones."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.errors import LayerError, MissingColumnError
from outreach.layers.log import LogEntry, parse_state, read_log, standing
from outreach.layers.log_checks import Known, LogRead, PlannedVisit, check_log
from outreach.layers.tables import Table, TableSource
from outreach.layers.values import CellError
from tests.layers.tables import write_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from random import Random

MONDAY = dt.date(2026, 3, 2)
TUESDAY = dt.date(2026, 3, 3)
KNOWN = Known(
    beneficiary_ids={"K1", "K2", "P1"},
    worker_ids={"w1", "w2", "w3"},
    today=dt.date(2026, 3, 6),
    first_day=MONDAY,
    visits={
        ("K1", MONDAY): [
            PlannedVisit(visit_id="K1#1", worker_ids=("w1", "w2"), plan_starts_on=MONDAY)
        ]
    },
)


def _read(
    folder: Path, *rows: Mapping[str, Any], log: Sequence[LogEntry] = (), known: Known = KNOWN
) -> LogRead:
    header = list(dict.fromkeys(name for row in rows for name in row))
    body = [[row.get(name) for name in header] for row in rows]
    write_workbook(folder / "done.xlsx", log=[header, *body])
    table = read_log(TableSource(path=folder / "done.xlsx"), pages={})
    return check_log(table, known=known, entries=log)


def _codes(read: LogRead) -> list[tuple[int | None, str | None, str]]:
    return [(f.row, f.column, f.code) for f in read.findings]


def _row(**told: Any) -> dict[str, Any]:
    return {"id": "K1", "date": MONDAY, "state": "done"} | told


def test_indonesian_columns_are_read(tmp_path: Path) -> None:
    """All that can be told of a visit, and the visit of the plan that is meant."""
    read = _read(
        tmp_path,
        {
            "No. Kasus": "K1",
            "Tanggal kunjungan": "2 Maret 2026",
            "Hasil": "Tidak bertemu",
            "Petugas": "w1",
            "Jam mulai": "09.30",
            "Jam selesai": "10.15",
            "Durasi (menit)": 45,
            "Kunjungan berikutnya": "16/03/2026",
            "Catatan": "pagar terkunci",
        },
    )
    (entry,) = read.entries
    assert (entry.beneficiary_id, entry.date, entry.state) == ("K1", MONDAY, "not met")
    assert (entry.worker_id, entry.begins_s, entry.ends_s) == ("w1", 34_200, 36_900)
    assert (entry.minutes, entry.next_due) == (45, dt.date(2026, 3, 16))
    assert (entry.note, entry.visit_id, entry.plan_starts_on) == ("pagar terkunci", "K1#1", MONDAY)
    assert (entry.file, entry.row) == ("done.xlsx", 2)
    assert (read.n_refused, read.findings) == (0, ())


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Selesai", "done"),
        ("not met", "not met"),
        ("missed", "not met"),
        ("Menolak", "refused"),
        ("pindah alamat", "moved"),
        ("Kasus ditutup", "closed"),
    ],
)
def test_states_are_read_in_both_languages(word: str, state: str) -> None:
    """As people and phones write them."""
    assert parse_state(word) == state


def test_a_state_that_nobody_knows_is_told_with_what_comes_nearest() -> None:
    """A slip of the pen is mended at once."""
    with pytest.raises(CellError) as caught:
        parse_state("selessai")
    assert "selesai" in str(caught.value.mend)


def test_no_state_is_guessed_where_none_is_near() -> None:
    """A word that is like no other gets the list alone."""
    with pytest.raises(CellError) as caught:
        parse_state("xyzzy")
    assert str(caught.value.mend) == "write done, not met, refused, moved or closed"


def test_everything_that_is_wrong_is_told_at_once_and_the_rest_goes_in(tmp_path: Path) -> None:
    """Each with its row and column; what stands where an id should is not repeated."""
    read = _read(
        tmp_path,
        _row(),
        _row(id="Budi Rahasia"),
        _row(date=dt.date(2026, 2, 27)),
        _row(date=dt.date(2026, 3, 7)),
        _row(state="dunno"),
        _row(worker="w9"),
        _row(id=None, state=None),
        _row(worker="w1", time="10:00", ends="09:00"),
        _row(next_due=MONDAY),
        _row(minutes=0),
        _row(id="P1", date=TUESDAY),
    )
    assert [(e.beneficiary_id, e.row) for e in read.entries] == [("K1", 2), ("P1", 12)]
    assert _codes(read) == [
        (3, "id", "unknown-id"),
        (4, "date", "before-the-plan"),
        (5, "date", "date-to-come"),
        (6, "state", "unknown-state"),
        (7, "worker", "unknown-worker"),
        (8, "id", "missing-id"),
        (8, "state", "missing-state"),
        (9, "ends", "ends-early"),
        (10, "next_due", "due-before-the-visit"),
        (11, "minutes", "impossible-service"),
    ]
    assert read.n_refused == 9
    assert not any("Rahasia" in f"{f.id} {f.what} {f.mend}" for f in read.findings)


def test_without_a_plan_no_day_is_too_early(tmp_path: Path) -> None:
    """The log may be older than the first plan that is kept."""
    known = Known(beneficiary_ids={"K1"}, worker_ids=(), today=TUESDAY)
    read = _read(tmp_path, _row(date=dt.date(2025, 1, 6)), known=known)
    assert len(read.entries) == 1


def test_the_same_row_twice_is_one_entry(tmp_path: Path) -> None:
    """In one file, in another file, in another order."""
    first = _read(tmp_path, _row(), _row(id="K2"), _row())
    assert (len(first.entries), first.n_known) == (2, 1)
    again = _read(tmp_path, _row(id="K2"), _row(), log=first.entries)
    assert (again.entries, again.n_known, again.findings) == ((), 2, ())


def test_two_workers_at_one_child_in_one_minute_are_refused(tmp_path: Path) -> None:
    """Both rows of a file, since any choice could be the wrong one; another minute is none."""
    read = _read(
        tmp_path,
        _row(id="K2", worker="w1", time="09:30"),
        _row(id="K2", worker="w2", time="09:30"),
        _row(id="K2", worker="w3", time="09:31"),
    )
    assert [e.worker_id for e in read.entries] == ["w3"]
    assert [(row, code) for row, _, code in _codes(read)] == [
        (2, "two-workers-at-once"),
        (3, "two-workers-at-once"),
    ]
    assert "w1, w2" in str(read.findings[0].what)


def test_two_workers_are_refused_against_the_log_too(tmp_path: Path) -> None:
    """What stands in the log stays."""
    log = _read(tmp_path, _row(worker="w1", time="09:30")).entries
    read = _read(tmp_path, _row(worker="w3", time="09:30"), log=log)
    assert [code for _, _, code in _codes(read)] == ["two-workers-at-once"]


def test_a_team_of_the_plan_may_be_there_together(tmp_path: Path) -> None:
    """The plan sends w1 and w2 to K1 on Monday."""
    read = _read(
        tmp_path, _row(worker="w1", time="09:30"), _row(worker="w2", time="09:30", minutes=20)
    )
    assert (len(read.entries), read.findings) == (2, ())


def test_another_word_of_the_same_day_is_told_and_both_stand(tmp_path: Path) -> None:
    """Which of them is right only the office can say."""
    log = _read(tmp_path, _row(state="not met")).entries
    read = _read(tmp_path, _row(), log=log)
    (finding,) = read.findings
    assert (finding.severity, finding.code) == ("warning", "another-word")
    assert log[0].id in str(finding.what)
    assert len(standing((*log, *read.entries))) == 2


@pytest.mark.parametrize(
    ("first", "second", "is_doubtful"),
    [
        ({"minutes": 30}, {"minutes": 45}, True),
        ({"worker": "w1"}, {}, True),
        ({"worker": "w1"}, {"worker": "w2"}, False),
        ({"worker": "w1"}, {"worker": "w2", "state": "not met"}, True),
        ({"time": "09:00"}, {"time": "13:00"}, False),
    ],
)
def test_two_words_that_may_be_about_one_visit_are_doubted(
    tmp_path: Path, first: dict[str, Any], second: dict[str, Any], *, is_doubtful: bool
) -> None:
    """Else one visit would be counted twice; a team's two words and two hours are as meant."""
    read = _read(tmp_path, _row(**first), _row(**second))
    assert len(read.entries) == 2
    assert bool(read.findings) is is_doubtful


def test_a_column_that_is_only_called_key_names_no_submission(tmp_path: Path) -> None:
    """Or each visit to a child would pass for a correction of the one before."""
    read = _read(tmp_path, _row(key="7"), _row(key="7", date=TUESDAY))
    assert [e.corrects for e in read.entries] == [None, None]


_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["K1", "K2", "K9", None]),
            "date": st.sampled_from([MONDAY, TUESDAY, dt.date(2026, 3, 9), "soon"]),
            "state": st.sampled_from(["done", "not met", "dunno"]),
            "worker": st.sampled_from(["w1", "w2", "w3", "w9", None]),
            "time": st.sampled_from(["09:00", "09:01", None]),
        }
    ),
    max_size=12,
)


@settings(deadline=None)
@given(rows=_ROWS, order=st.randoms(use_true_random=False))
def test_any_rows_in_any_order_go_in_once(rows: list[dict[str, Any]], order: Random) -> None:
    """Again and shuffled none is new, and as many are refused."""

    def read(log: Sequence[LogEntry]) -> LogRead:
        fields = ("id", "visited_on", "state", "worker", "time")
        cells = {
            field: [row[name] for row in rows]
            for field, name in zip(fields, ("id", "date", "state", "worker", "time"), strict=True)
        }
        numbers = tuple(range(2, len(rows) + 2))
        table = Table(
            file="x", sheet=None, headers={f: f for f in fields}, cells=cells, rows=numbers
        )
        return check_log(table, known=KNOWN, entries=log)

    first = read(())
    assert len(first.entries) + first.n_known + first.n_refused == len(rows)
    order.shuffle(rows)
    again = read(first.entries)
    assert (again.entries, again.n_refused) == ((), first.n_refused)
    assert {e.id for e in read(()).entries} == {e.id for e in first.entries}


def test_a_correction_stands_in_the_place_of_what_it_corrects(tmp_path: Path) -> None:
    """Named by the beginning of its id, once, and not by the same row again."""
    log = _read(tmp_path, _row(state="not met")).entries
    row = _row(corrects=log[0].id[:8])
    read = _read(tmp_path, row, log=log)
    assert read.entries[0].corrects == log[0].id
    both = (*log, *read.entries)
    assert standing(both) == read.entries
    again = _read(tmp_path, row, log=both)
    assert (again.entries, again.n_known, again.findings) == ((), 1, ())
    other = _read(tmp_path, _row(state="moved", corrects=log[0].id), log=both)
    assert [code for _, _, code in _codes(other)] == ["corrected-already"]
    assert read.entries[0].id in str(other.findings[0].what)
    unknown = _read(tmp_path, _row(corrects="feed"), log=both)
    assert [code for _, _, code in _codes(unknown)] == ["unknown-entry"]


def test_a_form_that_is_corrected_where_it_was_filled_in_corrects_its_entry(
    tmp_path: Path,
) -> None:
    """KoboToolbox keeps the number of a submission; the older export changes nothing."""
    header = ("start", "kunjungan/kode", "kunjungan/tanggal", "kunjungan/hasil", "_id", "_uuid")
    versions = []
    for state, uuid in (("tidak_bertemu", "a"), ("selesai", "b")):
        path = tmp_path / f"{uuid}.csv"
        row = ("2026-03-02T08:00", "K1", "2026-03-02", state, "77", uuid)
        path.write_text(f"{';'.join(header)}\n{';'.join(row)}\n", encoding="utf-8")
        versions.append(read_log(TableSource(path=path), pages={}))
    first = check_log(versions[0], known=KNOWN, entries=())
    second = check_log(versions[1], known=KNOWN, entries=first.entries)
    assert [e.state for e in second.entries] == ["done"]
    assert second.entries[0].corrects == first.entries[0].id
    both = (*first.entries, *second.entries)
    assert check_log(versions[0], known=KNOWN, entries=both).entries == ()


def test_an_export_of_odk_central_is_read(tmp_path: Path) -> None:
    """Groups stand before the names; a repeat takes day and worker from its parent."""
    (tmp_path / "visits.csv").write_text(
        "SubmissionDate,v-tanggal,v-petugas,meta-instanceID,KEY\n"
        "2026-03-02T10:00:00Z,2026-03-02,w1,uuid:x,uuid:x\n",
        encoding="utf-8",
    )
    (tmp_path / "visits-anak.csv").write_text(
        "kode_anak,hasil,PARENT_KEY,KEY\n"
        "K1,selesai,uuid:x,uuid:x/anak[1]\n"
        "K2,menolak,uuid:x,uuid:x/anak[2]\n",
        encoding="utf-8",
    )
    table = read_log(TableSource(path=tmp_path / "visits-anak.csv"), pages={})
    read = check_log(table, known=KNOWN, entries=())
    assert [(e.beneficiary_id, e.state, e.worker_id, e.date) for e in read.entries] == [
        ("K1", "done", "w1", MONDAY),
        ("K2", "refused", "w1", MONDAY),
    ]


def test_a_table_without_what_it_must_tell_is_refused(tmp_path: Path) -> None:
    """Naming what is missing and what there is."""
    write_workbook(tmp_path / "x.xlsx", log=[["id", "lain"], ["K1", 1]])
    with pytest.raises(MissingColumnError, match="visited_on, state"):
        read_log(TableSource(path=tmp_path / "x.xlsx"), pages={})


def _item(**told: Any) -> dict[str, Any]:
    base = {"beneficiary": "K1", "date": "2026-03-02", "number": 1, "state": "done", "note": ""}
    return base | {"at": "2026-03-02T03:00:00.000Z"} | told


def _page(folder: Path, *items: Mapping[str, Any], log: Sequence[LogEntry] = ()) -> LogRead:
    path = folder / "outreach-k.json"
    document = {"form": "outreach/done/1", "key": "k", "items": items}
    path.write_text(json.dumps(document), encoding="utf-8")
    table = read_log(TableSource(path=path), pages={"k": "w1"})
    return check_log(table, known=KNOWN, entries=log)


def test_what_a_page_hands_in_is_read(tmp_path: Path) -> None:
    """Whose page it was says the worker; a note without a tick tells nothing of the visit."""
    read = _page(
        tmp_path,
        _item(note="Budi Rahasia"),
        _item(beneficiary="P1", number=2, state="missed"),
        _item(beneficiary="K2", number=3, state="", note="x"),
    )
    assert [(e.beneficiary_id, e.state, e.worker_id, e.number) for e in read.entries] == [
        ("K1", "done", "w1", 1),
        ("P1", "not met", "w1", 2),
    ]
    assert _codes(read) == [(3, "state", "note-without-tick")]


def test_a_tick_that_was_changed_corrects_the_earlier_one(tmp_path: Path) -> None:
    """Each file of a week holds all of its ticks; an older file says nothing new."""
    first = _page(tmp_path, _item(), _item(beneficiary="K2", number=2))
    changed = _item(state="missed", at="2026-03-02T09:00:00.000Z")
    second = _page(tmp_path, changed, _item(beneficiary="K2", number=2), log=first.entries)
    assert [(e.state, e.corrects) for e in second.entries] == [("not met", first.entries[0].id)]
    assert second.n_known == 1
    both = (*first.entries, *second.entries)
    late = _page(tmp_path, _item(note="earlier", at="2026-03-02T02:00:00.000Z"), log=both)
    assert (late.entries, late.n_known) == ((), 1)
    assert [code for _, _, code in _codes(late)] == ["older-word"]
    third = _page(tmp_path, _item(at="2026-03-02T11:00:00.000Z"), log=both)
    assert [(e.state, e.corrects) for e in third.entries] == [("done", second.entries[0].id)]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        '{"form": "outreach/done/2", "key": "k", "items": []}',
        '{"form": "outreach/done/1", "key": "other", "items": []}',
        '{"form": "outreach/done/1", "key": "k", "items": [7]}',
        '{"form": "outreach/done/1", "key": "k", "items": [{"date": ["x"]}]}',
        '{"form": "outreach/done/1", "key": "k", "items": {"a": 1}}',
    ],
)
def test_a_file_that_no_page_of_ours_handed_in_is_refused(tmp_path: Path, text: str) -> None:
    """In words, whatever it holds."""
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    with pytest.raises(LayerError, match=r"x\.json"):
        read_log(TableSource(path=tmp_path / "x.json"), pages={"k": "w1"})
