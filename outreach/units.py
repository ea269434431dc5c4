"""Units of time and how people write them."""

from __future__ import annotations

import re

from outreach.errors import ConfigError

MINUTE_S = 60
HOUR_S = 3600
DAY_S = 86400

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_DURATION = re.compile(r"^\s*(\d+(?:[.,]\d+)?)\s*(s|sec|min|m|h|d)?\s*$", re.IGNORECASE)
_SECONDS = {"s": 1, "sec": 1, "min": MINUTE_S, "m": MINUTE_S, "h": HOUR_S, "d": DAY_S}
_CLOCK = re.compile(r"^\s*(\d{1,2})[:.](\d{2})(?:[:.]\d{2})?\s*$")


def parse_duration_s(text: str) -> float:
    """
    Read a duration such as ``30s``, ``60min``, ``1.5h``; a bare number is seconds.

    Raises
    ------
    ConfigError
        When `text` is not a duration.
    """
    match = _DURATION.match(text)
    if match is None:
        raise ConfigError("'%(text)s' is not a duration: write 30s, 60min or 1.5h", text=text)
    return float(match[1].replace(",", ".")) * _SECONDS[(match[2] or "s").lower()]


def parse_clock_s(text: str) -> int:
    """
    Read a time of day such as ``08:00`` or ``08.00`` as seconds after midnight.

    Raises
    ------
    ConfigError
        When `text` is not a time of day between 00:00 and 24:00.
    """
    match = _CLOCK.match(text)
    seconds = int(match[1]) * HOUR_S + int(match[2]) * MINUTE_S if match else -1
    if match is None or int(match[2]) >= MINUTE_S or not 0 <= seconds <= DAY_S:
        raise ConfigError("'%(text)s' is not a time of day: write 08:00", text=text)
    return seconds


def format_clock(seconds: int) -> str:
    """Write seconds after midnight as ``HH:MM``."""
    return f"{seconds // HOUR_S:02d}:{seconds % HOUR_S // MINUTE_S:02d}"
