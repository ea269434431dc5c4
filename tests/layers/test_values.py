"""Cells are read as people mean them."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.layers import values
from outreach.layers.values import CellError

if TYPE_CHECKING:
    from collections.abc import Callable

PARSERS = (
    *(values.parse_text, values.parse_id, values.parse_number, values.parse_whole),
    *(values.parse_minutes, values.parse_idr, values.parse_yes, values.parse_priority),
    *(values.parse_words, values.parse_weekdays, values.parse_clock, values.parse_clocks),
    *(values.parse_shifts, values.parse_date, values.parse_point),
)
JUNK: st.SearchStrategy[Any] = st.one_of(
    st.text(),
    st.text(alphabet="0123456789:.,;-/ +eE°senirabukamtod\u202f\ud800"),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
)


@pytest.mark.parametrize("parse", PARSERS)
@settings(deadline=None)
@given(cell=JUNK)
def test_any_cell_is_a_value_or_a_cell_error(parse: Callable[[object], object], cell: Any) -> None:
    """No cell, however mad, makes a parser fail in another way; messages can be written."""
    _, errors = values.parse_cells([cell], parse, None)
    for _, error in errors:
        assert f"{error.what} {error.mend}".encode()


@pytest.mark.parametrize("cell", [None, "", "  ", "-", "–", "n/a", "#N/A", math.nan, "NaN"])
def test_blanks(cell: object) -> None:
    """These say nothing."""
    assert values.is_blank(cell)


@pytest.mark.parametrize(
    ("cell", "number"),
    [("  103,6117", 103.6117), ("-1.6101", -1.6101), ("−1,5", -1.5), ("1.6°", 1.6), (2, 2.0)],
)
def test_numbers(cell: object, number: float) -> None:
    """Comma or point, spaces, a typographic minus."""
    assert values.parse_number(cell) == number


@pytest.mark.parametrize("cell", ["1.036.117", "dua", True, math.inf, "inf", 10**400])
def test_no_numbers(cell: object) -> None:
    """What could be read in two ways, or is endless, is refused."""
    with pytest.raises(CellError):
        values.parse_number(cell)


@pytest.mark.parametrize(
    ("cell", "row_id"),
    [(12.0, "12"), (12, "12"), ("12.0", "12"), ("007", "007"), (" K-1 ", "K-1"), ("0.0", "0.0")],
)
def test_ids(cell: object, row_id: str) -> None:
    """Spreadsheets turn ids into floats; leading zeros stay."""
    assert values.parse_id(cell) == row_id


@pytest.mark.parametrize(
    "cell",
    [
        *("2026-03-02", "02/03/2026", "2-3-2026", "2.3.26", "2 Maret 2026", "2 Mar 2026"),
        *("Senin, 2 Maret 2026", "March 2, 2026", "2026-03-02T10:11:12.000+07:00", "46083"),
        *(46083, 46083.5, dt.date(2026, 3, 2), dt.datetime(2026, 3, 2, 9)),  # noqa: DTZ001
    ],
)
def test_dates(cell: object) -> None:
    """All of these are 2 March 2026."""
    assert values.parse_date(cell) == dt.date(2026, 3, 2)


@pytest.mark.parametrize("cell", ["03/25/2026", "31/02/2026", "2026", 2026, "besok", True])
def test_no_dates(cell: object) -> None:
    """The month never comes first; a year alone is no date."""
    with pytest.raises(CellError):
        values.parse_date(cell)


@pytest.mark.parametrize(
    "cell",
    [
        *("08.30", "8:30", "08:30:00", "pukul 08.30 WIB", dt.time(8, 30)),
        *(8.5 / 24, dt.timedelta(hours=8.5), dt.datetime(1899, 12, 30, 8, 30)),  # noqa: DTZ001
    ],
)
def test_times_of_day(cell: object) -> None:
    """All of these are half past eight."""
    assert values.parse_clock(cell) == 8 * 3600 + 1800


def test_a_broken_time_is_refused() -> None:
    """8.3 may be 08:30 with its zero lost, or 08:18: nobody can know."""
    with pytest.raises(CellError):
        values.parse_clock(8.3)


def test_several_times() -> None:
    """A cell may hold the hours before and after noon."""
    assert values.parse_clocks("08:00; 13.00") == (28800, 46800)


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("Senin, Rabu", (0, 2)),
        ("senin rabu", (0, 2)),
        ("Senin dan Jum'at", (0, 4)),
        ("Senin-Kamis", (0, 1, 2, 3)),
        ("Senin s/d Rabu", (0, 1, 2)),
        ("mon – wed; sunday", (0, 1, 2, 6)),
        ("Sabtu-Senin", (0, 5, 6)),
        ("hari kerja", (0, 1, 2, 3, 4)),
        ("setiap hari", (0, 1, 2, 3, 4, 5, 6)),
    ],
)
def test_weekdays(cell: str, days: tuple[int, ...]) -> None:
    """Lists and ranges in both languages, as forms and people write them."""
    assert values.parse_weekdays(cell) == days


def test_an_unknown_weekday_gets_a_suggestion() -> None:
    """A slip of the pen is met with the nearest name."""
    with pytest.raises(CellError) as caught:
        values.parse_weekdays("Senin, Kmais")
    assert caught.value.mend.values["near"] == "kamis"


def test_shifts() -> None:
    """Fridays may end early."""
    assert values.parse_shifts("mon-tue 08:00-16:00; Jumat 08.00 s/d 11.30") == (
        (0, 28800, 57600),
        (1, 28800, 57600),
        (4, 28800, 41400),
    )


@pytest.mark.parametrize(
    "cell", ["Rp 2.000.000", "2.000.000,00", "2000000", 2000000, "Rp2,000,000,-"]
)
def test_rupiah(cell: object) -> None:
    """Two millions, as offices write them."""
    assert values.parse_idr(cell) == 2_000_000


@pytest.mark.parametrize(
    ("cell", "minutes"), [("45 menit", 45), ("0:45", 45), ("1,5 jam", 90), (30, 30)]
)
def test_minutes(cell: object, minutes: float) -> None:
    """Lengths of time with and without their unit."""
    assert values.parse_minutes(cell) == minutes


@pytest.mark.parametrize(
    ("cell", "point"),
    [
        ("-1.61 103.62 24.0 4.5", (103.62, -1.61, 4.5)),
        ("-1.61, 103.62", (103.62, -1.61, None)),
        ("-1,61 103,62", (103.62, -1.61, None)),
        ("[-1.61, 103.62]", (103.62, -1.61, None)),
        ("POINT (103.62 -1.61)", (103.62, -1.61, None)),
    ],
)
def test_points(cell: str, point: tuple[float, float, float | None]) -> None:
    """Forms write latitude first, WKT longitude."""
    assert values.parse_point(cell) == point


def test_an_address_in_a_column_of_points_is_not_repeated() -> None:
    """A column called location may hold an address, which no message may carry on."""
    with pytest.raises(CellError) as caught:
        values.parse_point("Jalan Mawar 12")
    assert "Mawar" not in str(caught.value.what) + str(caught.value.mend)


def test_equal_cells_of_different_types_stay_apart() -> None:
    """1 and True are equal to Python, and different to people."""
    read, errors = values.parse_cells([1, True, 1.0], values.parse_number, math.nan)
    assert (read[0], read[2]) == (1, 1)
    assert [position for position, _ in errors] == [1]
