"""Durations and clock times as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.errors import ConfigError
from outreach.units import DAY_S, format_clock, parse_clock_s, parse_duration_s


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("60min", 3600), ("1.5h", 5400), ("1,5 h", 5400), ("2d", 172800), ("7", 7)],
)
def test_durations_take_their_unit(text: str, seconds: float) -> None:
    """A bare number is seconds, a comma a decimal point."""
    assert parse_duration_s(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "-3s", "3 weeks"])
def test_what_is_no_duration_says_how_to_write_one(text: str) -> None:
    """The error shows the form."""
    with pytest.raises(ConfigError, match="60min"):
        parse_duration_s(text)


@pytest.mark.parametrize("text", ["", "8", "25:00", "08:61", "24:01"])
def test_what_is_no_clock_time_says_how_to_write_one(text: str) -> None:
    """The error shows the form."""
    with pytest.raises(ConfigError, match="08:00"):
        parse_clock_s(text)


@given(st.integers(0, DAY_S // 60))
def test_clock_times_round_trip(minutes: int) -> None:
    """Written and read again, a time is the same."""
    assert parse_clock_s(format_clock(minutes * 60)) == minutes * 60
