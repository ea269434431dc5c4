"""What happened is read whole, and everything that is wrong with it is told at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.errors import MissingColumnError
from outreach.layers.happenings import parse_deadline, parse_moment, read_happenings, told_rows
from outreach.layers.happenings_checks import PlannedWeek, check_happenings
from outreach.layers.tables import TableSource
from outreach.layers.values import CellError
from outreach.lineage import Happening
from outreach.units import DAY_S, HOUR_S, MINUTE_S
from tests.layers.tables import write_text, write_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from outreach.layers.happenings_checks import HappeningsRead

AT_S = DAY_S + 10 * HOUR_S + 20 * MINUTE_S
"""Tuesday, 10:20."""
WEEK = PlannedWeek(
    starts_on=dt.date(2026, 11, 30),
    n_days=7,
    at_s=AT_S,
    worker_ids={"kota", "muaro"},
    lodging_ids={"balai"},
    contact_days={"K-1": 2, "K-2": 10},
    begun={"K-1/1": "K-1"},
    ahead={"K-1/2": "K-1", "K-1/3": "K-1", "K-2/1": "K-2"},
)


def check(*rows: Mapping[str, object]) -> HappeningsRead:
    """Check rows as an option of the command line gives them."""
    return check_happenings(told_rows(rows, header="--option"), week=WEEK)


def happenings(read: HappeningsRead) -> list[Happening]:
    """Give what was told, where nothing is wrong."""
    assert read.findings == ()
    return [told.happening for told in read.told]


def codes(read: HappeningsRead) -> list[str]:
    """Name what is wrong."""
    return [finding.code for finding in read.findings]


def test_a_table_in_indonesian_tells_everything_that_can_happen(tmp_path: Path) -> None:
    """Each kind with its own columns; what a row leaves out has a meaning."""
    path = write_text(
        tmp_path / "kejadian.csv",
        [
            ("kejadian", "pukul", "dari", "sampai", "menit", "tanggal", "id", "batas_waktu"),
            ("mendesak", "09:30", "", "", "", "", "K-1", "24 jam"),
            ("sakit", "", "2026-12-02", "2026-12-03", "", "", "muaro", ""),
            ("terlambat", "", "", "", "45 menit", "", "kota", ""),
            ("batal", "", "", "", "", "", "K-2/1", ""),
            ("penginapan penuh", "", "", "", "", "2/12/2026", "balai", ""),
        ],
        delimiter=";",
    )
    read = check_happenings(read_happenings(TableSource(path=path)), week=WEEK)
    half_past_nine_s = DAY_S + 9 * HOUR_S + 30 * MINUTE_S
    assert happenings(read) == [
        Happening(
            kind="urgent", at_s=half_past_nine_s, id="K-1", deadline_s=half_past_nine_s + DAY_S
        ),
        Happening(kind="absent", at_s=AT_S, id="muaro", from_s=2 * DAY_S, to_s=4 * DAY_S),
        Happening(kind="late", at_s=AT_S, id="kota", delay_s=45 * MINUTE_S),
        Happening(kind="cancelled", at_s=AT_S, id="K-2", visit_id="K-2/1"),
        Happening(kind="lodging_full", at_s=AT_S, id="balai", day=2),
    ]


def test_roads_and_seasons_come_from_a_workbook_with_real_cells(tmp_path: Path) -> None:
    """Numbers and dates as a spreadsheet keeps them; a closure keeps its place and radius."""
    eight = dt.datetime.fromisoformat("2026-12-01T08:00")
    wednesday = dt.datetime.fromisoformat("2026-12-02T00:00")
    path = write_workbook(
        tmp_path / "events.xlsx",
        events=[
            ("kind", "at", "lon", "lat", "radius_m", "season", "from", "to", "id"),
            ("flood", eight, 103.6, -1.6, 200, None, None, None, None),
            ("jembatan putus", None, 103.7, -1.5, None, None, None, None, None),
            ("musim", None, None, None, None, "hujan", None, None, None),
            ("ill", None, None, None, None, None, dt.time(13), wednesday, "kota"),
        ],
    )
    read = check_happenings(read_happenings(TableSource(path=path)), week=WEEK)
    assert [told.closure for told in read.told] == [
        "103.6,-1.6,200",
        "103.7,-1.5",
        None,
        None,
    ]
    flood, _, season, ill = happenings(read)
    assert (flood.kind, flood.at_s) == ("road_closed", DAY_S + 8 * HOUR_S)
    assert season == Happening(kind="season", at_s=AT_S, season="wet")
    # From one this afternoon until Wednesday is over.
    assert (ill.from_s, ill.to_s) == (DAY_S + 13 * HOUR_S, 3 * DAY_S)


def test_what_is_left_out_means_the_nearest() -> None:
    """Absent from the call until the day is over; full tonight; urgent by the category's days."""
    read = check(
        {"happening": "absent", "id": "kota"},
        {"happening": "absent", "id": "kota", "from_time": "2026-12-03"},
        {"happening": "lodging_full", "id": "balai"},
        {"happening": "urgent", "id": "K-1"},
    )
    today, thursday, full, urgent = happenings(read)
    assert (today.from_s, today.to_s) == (AT_S, 2 * DAY_S)
    assert (thursday.from_s, thursday.to_s) == (3 * DAY_S, 4 * DAY_S)
    assert full.day == 1
    # Two working days after Tuesday end with Thursday.
    assert urgent.deadline_s == 4 * DAY_S - 1


def test_a_beneficiary_cancels_all_visits_that_are_to_come() -> None:
    """One row, two visits; what has begun stays in the past."""
    read = check({"happening": "cancelled", "id": "K-1"})
    assert [h.visit_id for h in happenings(read)] == ["K-1/2", "K-1/3"]


def test_who_was_visited_by_now_is_not_unknown() -> None:
    """The only visit has begun: that goes into the log, also where its child is named."""
    week = replace(WEEK, ahead={"K-2/1": "K-2"})
    told = told_rows([{"happening": "cancelled", "id": "K-1"}], header="--cancel")
    assert codes(check_happenings(told, week=week)) == ["visit-begun"]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    """Each bad row has its own word, and gives nothing."""
    read = check(
        {"happening": "earthquake", "id": "kota"},
        {"id": "kota"},
        {"happening": "late", "id": "kotta", "late_minutes": "45"},
        {"happening": "late", "id": "kota"},
        {"happening": "late", "id": "kota", "late_minutes": "-5"},
        {"happening": "absent", "id": "kota", "from_time": "14:00", "to_time": "13:00"},
        {"happening": "absent", "id": "kota", "from_time": "2026-11-30", "to_time": "2026-11-30"},
        {"happening": "absent", "id": "kota", "from_time": "2026-12-09"},
        {"happening": "cancelled", "id": "K-1/1"},
        {"happening": "cancelled", "id": "K-9"},
        {"happening": "lodging_full", "id": "balai", "date": "2026-11-30"},
        {"happening": "road_closed"},
        {"happening": "road_closed", "lon": "1036", "lat": "-1.6"},
        {"happening": "season", "season": "spring"},
        {"happening": "urgent", "id": "K-1", "deadline": "yesterday"},
        {"happening": "urgent", "id": "K-1", "deadline": "2026-11-30"},
        {"happening": "urgent", "id": "K-1", "told_at": "2026-12-04 08:00"},
        {"happening": "urgent"},
    )
    assert read.told == ()
    assert codes(read) == [
        *("unknown-happening", "missing-cell", "unknown-id", "missing-cell", "impossible-delay"),
        *("absence-ends-early", "absence-elsewhere", "absence-elsewhere", "visit-begun"),
        *("unknown-id", "night-elsewhere", "missing-cell", "missing-cell", "impossible-closure"),
        *("unknown-season", "not-a-deadline", "deadline-past", "told-another-time"),
        "missing-cell",
    ]
    typo = next(f for f in read.findings if f.code == "unknown-id")
    assert (typo.row, typo.column, typo.mend.values["near"]) == (3, "--option", "kota")


def test_a_table_without_kinds_is_refused_as_a_whole(tmp_path: Path) -> None:
    """Nobody could guess what happened."""
    path = write_text(tmp_path / "events.csv", [("id", "minutes"), ("kota", "45")])
    with pytest.raises(MissingColumnError, match="happening"):
        read_happenings(TableSource(path=path))


@pytest.mark.parametrize(
    ("text", "told", "until"),
    [
        ("at-once", "2026-12-01T10:20", "2026-12-01T23:59:59"),
        ("segera", "2026-12-01T10:20", "2026-12-01T23:59:59"),
        ("24h", "2026-12-01T10:20", "2026-12-02T10:20"),
        ("2d", "2026-12-01T10:20", "2026-12-03T23:59:59"),
        ("2 hari kerja", "2026-12-04T10:20", "2026-12-08T23:59:59"),
        ("5d", "2026-12-05T10:20", "2026-12-11T23:59:59"),
        ("10d", "2026-12-01T10:20", "2026-12-15T23:59:59"),
        ("2026-12-03", "2026-12-01T10:20", "2026-12-03T23:59:59"),
        ("2026-12-03 12:00", "2026-12-01T10:20", "2026-12-03T12:00"),
    ],
)
def test_a_deadline_counts_hours_or_working_days(text: str, told: str, until: str) -> None:
    """Hours run on; working days leave Saturday and Sunday out, and the day of the call."""
    after = parse_deadline(text).after(dt.datetime.fromisoformat(told))
    assert after == dt.datetime.fromisoformat(until)


@given(
    st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)),
    st.times().map(lambda t: t.replace(second=0, microsecond=0, fold=0, tzinfo=None)),
)
def test_moments_are_read_as_they_are_written(date: dt.date, clock: dt.time) -> None:
    """Whichever of both is there, and in the order of any of the ways to write a date."""
    clock_s = clock.hour * HOUR_S + clock.minute * MINUTE_S
    for written in (f"{date}", f"{date:%d/%m/%Y}"):
        both = parse_moment(f"{written} {clock:%H:%M}")
        assert (both.date, both.clock_s) == (date, clock_s)
        assert parse_moment(written).date == date
    alone = parse_moment(f"{clock:%H.%M}")
    assert (alone.date, alone.clock_s) == (None, clock_s)


def test_nonsense_is_no_moment() -> None:
    """The word tells how a moment is written."""
    with pytest.raises(CellError, match="neither a date nor a time"):
        parse_moment("after lunch")
