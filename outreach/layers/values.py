"""Cells as people and programs write them, read as the values that are meant."""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
from typing import TYPE_CHECKING, TypeVar

from outreach.errors import ConfigError, Message
from outreach.layers.columns import fold
from outreach.units import DAY_S, HOUR_S, MINUTE_S, WEEKDAYS, parse_clock_s

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    T = TypeVar("T")

_BLANKS = frozenset({"", "-", "–", "—", "n/a", "#n/a", "nan", "null", "none", "nil"})
_QUOTED_LENGTH = 30
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_MONEY = re.compile(r"\d+|\d{1,3}(?:[.,]\d{3})+", re.ASCII)
_LIST = re.compile(r"\s*[,;/|&+\n]\s*")
_YES = frozenset({"ya", "y", "yes", "true", "1", "benar", "boleh", "ada", "bisa", "punya"})
_NO = frozenset({"tidak", "t", "no", "n", "false", "0", "bukan", "tdk", "tidak_ada", "belum"})
_URGENCY = {"tinggi": 3.0, "high": 3.0, "sedang": 2.0, "medium": 2.0, "rendah": 1.0, "low": 1.0}

_DAY_NAMES = (
    *(("senin", 0), ("selasa", 1), ("rabu", 2), ("kamis", 3), ("jumat", 4), ("sabtu", 5)),
    *(("minggu", 6), ("ahad", 6), ("sen", 0), ("sel", 1), ("rab", 2), ("kam", 3), ("jum", 4)),
    *(("sab", 5), ("min", 6), ("ming", 6), ("tues", 1), ("thur", 3), ("thurs", 3)),
    *((name, day) for day, name in enumerate(WEEKDAYS)),
    *((name[:3], day) for day, name in enumerate(WEEKDAYS)),
)
_DAYS = dict(_DAY_NAMES)
_DAY_PHRASES = {
    "setiap_hari": tuple(range(7)),
    "tiap_hari": tuple(range(7)),
    "semua_hari": tuple(range(7)),
    "semua": tuple(range(7)),
    "every_day": tuple(range(7)),
    "daily": tuple(range(7)),
    "all": tuple(range(7)),
    "hari_kerja": tuple(range(5)),
    "weekdays": tuple(range(5)),
}
_UNTIL = re.compile(r"\s*(?:-|–|—|\bs\s*/\s*d\b|\bs\.d\.?|\bsampai\b|\bhingga\b|\bto\b)\s*")
_SHIFT = re.compile(
    r"(.*?)[\s:]*\b(\d{1,2}[:.]\d{2})\s*(?:-|–|—|s/d|sampai|to)\s*(\d{1,2}[:.]\d{2})", re.ASCII
)

_MONTHS = {
    "jan": 1,
    "feb": 2,
    "peb": 2,
    "mar": 3,
    "apr": 4,
    "mei": 5,
    "may": 5,
    "jun": 6,
    "jul": 7,
    "agu": 8,
    "agt": 8,
    "ags": 8,
    "aug": 8,
    "sep": 9,
    "okt": 10,
    "oct": 10,
    "nov": 11,
    "nop": 11,
    "des": 12,
    "dec": 12,
}
_ISO_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t\s].*)?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:\s.*)?", re.ASCII)
_WORDED = re.compile(r"(?:[a-z']+,?\s+)?(\d{1,2})[\s-]+([a-z]{3,})\.?[\s-]+(\d{4})", re.ASCII)
_MONTH_FIRST = re.compile(r"([a-z]{3,})\.?\s+(\d{1,2}),?\s+(\d{4})", re.ASCII)
# Day 0 of Excel's calendar; 1954 to 2119 in serial numbers, so that a year is not taken for one.
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_EXCEL_SERIALS = range(20_000, 80_000)
_EXCEL_EPOCH_YEAR = 1900
_YEARS = range(1900, 2201)
_CENTURY = 100

_LAT_LON_PARTS = 2
_COMMA_PAIR_PARTS = 4
_WKT_POINT = re.compile(r"POINT\s*Z?\s*\(\s*(\S+)\s+(\S+)[^)]*\)", re.IGNORECASE)


class CellError(ValueError):
    """A cell that cannot be read: a stable code, what is wrong, and how to mend it."""

    def __init__(self, code: str, what: Message, mend: Message) -> None:
        super().__init__(str(what))
        self.code = code
        self.what = what
        self.mend = mend


def is_blank(value: object) -> bool:
    """Tell whether a cell says nothing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    return isinstance(value, str) and value.strip().casefold() in _BLANKS


def clean_text(value: object) -> str:
    """Write a cell as one printable line."""
    text = value if isinstance(value, str) else str(value)
    if text.isascii() and text.isprintable():
        return text.strip()
    # Lone surrogates, which JSON can smuggle in, could not be written to any file.
    text = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def quote(value: object) -> str:
    """Shorten a cell for a message; a date that a spreadsheet keeps as midnight is a date."""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    text = clean_text(value)
    return text if len(text) <= _QUOTED_LENGTH else text[: _QUOTED_LENGTH - 1] + "…"


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Give the choice that looks most like `word`, or None when none does."""
    folded: dict[str, str] = {}
    for choice in choices:
        folded.setdefault(fold(choice), choice)
    found = difflib.get_close_matches(fold(word), list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def parse_cells(
    cells: Sequence[object], parse: Callable[[object], T], blank: T
) -> tuple[list[T], list[tuple[int, CellError]]]:
    """
    Read a column.

    Returns
    -------
    values
        One for each cell; `blank` for blank cells and for those that cannot be read.
    errors
        Positions of the cells that cannot be read, and why.
    """
    values: list[T] = []
    errors: list[tuple[int, CellError]] = []
    # Most columns repeat a few texts over and over; types stay apart, since 1 == True == 1.0.
    known: dict[tuple[type, object], T | CellError] = {}
    for position, cell in enumerate(cells):
        if is_blank(cell):
            values.append(blank)
            continue
        key = (type(cell), cell if isinstance(cell, (str, int, float)) else id(cell))
        found = known.get(key)
        if found is None:
            try:
                found = parse(cell)
            except CellError as error:
                found = error
            known[key] = found
        if isinstance(found, CellError):
            errors.append((position, found))
            values.append(blank)
        else:
            values.append(found)
    return values, errors


def parse_text(value: object) -> str:
    """Read a free text."""
    text = clean_text(value)
    if text.startswith("#") and text.rstrip("!?").isupper() and text.endswith(("!", "?")):
        raise CellError(
            "formula-error",
            Message("the formula in this cell failed: %(value)s", {"value": quote(text)}),
            Message("mend the formula, or write the value itself"),
        )
    return text


def parse_id(value: object) -> str:
    """Read an id; ``12.0``, as spreadsheets keep whole numbers, is ``12``."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = parse_text(value)
    return text[:-2] if re.fullmatch(r"[1-9]\d*\.0", text, re.ASCII) else text


def parse_number(value: object) -> float:
    """Read a number, with a decimal point or comma."""
    number = math.nan
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        # A number too large for a float is refused like any other nonsense.
        number = float(value) if abs(value) < float("inf") and abs(value) <= 10**300 else math.nan
    elif isinstance(value, str):
        text = "".join(value.split()).replace("−", "-").rstrip("°")
        if _NUMBER.fullmatch(text):
            number = float(text.replace(",", "."))
    if not math.isfinite(number):
        raise CellError(
            "not-a-number",
            Message("'%(value)s' is not a number", {"value": quote(value)}),
            Message("write digits only, such as 2 or 1.5"),
        )
    return number


def parse_whole(value: object) -> int:
    """Read a whole number."""
    number = parse_number(value)
    if not number.is_integer():
        raise CellError(
            "not-whole",
            Message("'%(value)s' is not a whole number", {"value": quote(value)}),
            Message("write a number without decimals, such as 2"),
        )
    return int(number)


def parse_minutes(value: object) -> float:
    """Read a length of time in minutes; times of day such as ``0:45`` are lengths too."""
    if isinstance(value, dt.timedelta):
        return value.total_seconds() / MINUTE_S
    if isinstance(value, dt.time):
        return float(value.hour * 60 + value.minute)
    if isinstance(value, str):
        text = value.strip().casefold()
        if match := re.fullmatch(r"(\d{1,2}):(\d{2})", text, re.ASCII):
            return float(int(match[1]) * 60 + int(match[2]))
        if match := re.fullmatch(r"(\S+)\s*(?:jam|hours?|h)", text):
            return parse_number(match[1]) * 60
        return parse_number(re.sub(r"\s*(?:menit|minutes?|mins?|mnt)\.?$", "", text))
    return parse_number(value)


def parse_idr(value: object) -> float:
    """Read an amount of rupiah, such as ``Rp 2.000.000``."""
    if not isinstance(value, str):
        return parse_number(value)
    text = re.sub(r"^(?:rp|idr)\.?|,-$|[.,]0{1,2}$", "", "".join(value.split()).casefold())
    if not _MONEY.fullmatch(text):
        raise CellError(
            "not-an-amount",
            Message("'%(value)s' is not an amount of rupiah", {"value": quote(value)}),
            Message("write it in digits, such as 2000000"),
        )
    return float(re.sub(r"[.,]", "", text))


def parse_yes(value: object) -> bool:
    """Read yes or no."""
    word = fold(parse_id(value))
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellError(
        "not-yes-or-no",
        Message("'%(value)s' is neither yes nor no", {"value": quote(value)}),
        Message("write ya or tidak"),
    )


def parse_priority(value: object) -> float:
    """Read a priority: a number, or high, medium, low."""
    if isinstance(value, str) and (word := fold(value)) in _URGENCY:
        return _URGENCY[word]
    return parse_number(value)


def parse_words(value: object) -> tuple[str, ...]:
    """Read a list of words; case and order do not matter."""
    words = (" ".join(word.casefold().split()) for word in _LIST.split(parse_text(value)))
    return tuple(sorted({word for word in words if word}))


def parse_weekdays(value: object) -> tuple[int, ...]:
    """Read days of the week, Monday 0: ``Senin, Rabu``, ``mon-thu``, ``hari kerja``."""
    text = clean_text(value).casefold()
    if (phrase := fold(text)) in _DAY_PHRASES:
        return _DAY_PHRASES[phrase]
    text = _UNTIL.sub("-", re.sub(r"['’`]", "", text))
    days: set[int] = set()
    for part in re.split(r"[\s,;/|&+]+|\bdan\b|\band\b", text):
        if not part or part == "hari":
            continue
        ends = [_parse_weekday(name) for name in part.split("-")]
        if len(ends) > 2:  # noqa: PLR2004 - a range has two ends
            raise _unknown_weekday(part)
        first, last = ends[0], ends[-1]
        days |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return tuple(sorted(days))


def _parse_weekday(name: str) -> int:
    day = _DAYS.get(fold(name))
    if day is None:
        raise _unknown_weekday(name)
    return day


def _unknown_weekday(name: str) -> CellError:
    return CellError(
        "unknown-weekday",
        Message("'%(value)s' is not a day of the week", {"value": quote(name)}),
        Message(
            "write Senin, Selasa, Rabu, Kamis, Jumat, Sabtu or Minggu; perhaps '%(near)s'?",
            {"near": nearest(name, _DAYS) or "Senin"},
        ),
    )


def parse_clock(value: object) -> int:
    """Read a time of day as seconds after midnight; whole hours may stand alone."""
    if isinstance(value, dt.datetime) and value.year <= _EXCEL_EPOCH_YEAR:
        value = value.time()
    if isinstance(value, dt.time):
        return value.hour * HOUR_S + value.minute * MINUTE_S
    if isinstance(value, dt.timedelta) and 0 <= value.total_seconds() <= DAY_S:
        return round(value.total_seconds() / MINUTE_S) * MINUTE_S
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if 0 <= value < 1:  # spreadsheets keep a time as the fraction of a day
            return round(value * DAY_S / MINUTE_S) * MINUTE_S
        value = parse_id(value)
    text = re.sub(r"^(?:jam|pukul|pk\.?)\s+|\s*wi(?:b|ta?)$", "", clean_text(value).casefold())
    try:
        return parse_clock_s(f"{text}:00" if re.fullmatch(r"\d{1,2}", text, re.ASCII) else text)
    except ConfigError:
        raise CellError(
            "not-a-time",
            Message("'%(value)s' is not a time of day", {"value": quote(value)}),
            Message("write it as text with two digits for the minutes, such as 08:30"),
        ) from None


def parse_clocks(value: object) -> tuple[int, ...]:
    """Read one time of day or several: ``08:00; 13:00``."""
    if not isinstance(value, str):
        return (parse_clock(value),)
    parts = re.split(r"\s*[,;/|&+\n]\s*|\s+dan\s+|\s+and\s+", value)
    return tuple(parse_clock(part) for part in parts if part.strip())


def parse_shifts(value: object) -> tuple[tuple[int, int, int], ...]:
    """Read working hours, such as ``mon-thu 08:00-16:00; fri 08:00-11:30``."""
    shifts: set[tuple[int, int, int]] = set()
    for part in re.split(r"[;\n]", value if isinstance(value, str) else str(value)):
        if not part.strip():
            continue
        match = _SHIFT.fullmatch(clean_text(part).casefold())
        if match is None:
            raise CellError(
                "not-a-shift",
                Message("'%(value)s' is not a day with its hours", {"value": quote(part)}),
                Message("write Senin-Kamis 08:00-16:00; Jumat 08:00-11:30"),
            )
        days = parse_weekdays(match[1]) or tuple(range(5))
        shifts |= {(day, parse_clock(match[2]), parse_clock(match[3])) for day in days}
    return tuple(sorted(shifts))


def parse_date(value: object) -> dt.date:
    """Read a date: day first, ISO, worded in Indonesian or English, or Excel's serial number."""
    if isinstance(value, dt.datetime):
        value = value.date()
    date = value if isinstance(value, dt.date) else None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        date = _from_serial(value)
    elif isinstance(value, str):
        date = _date_from_text(clean_text(value).casefold())
    if date is None or date.year not in _YEARS:
        raise CellError(
            "not-a-date",
            Message("'%(value)s' is not a date", {"value": quote(value)}),
            Message("write day, month, year: 02/03/2026 or 2 Maret 2026"),
        )
    return date


def _from_serial(serial: float) -> dt.date | None:
    if not _EXCEL_SERIALS.start <= serial < _EXCEL_SERIALS.stop:
        return None
    return _EXCEL_EPOCH + dt.timedelta(days=math.floor(serial))


def _date_from_text(text: str) -> dt.date | None:
    if match := _ISO_DATE.fullmatch(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _DAY_FIRST.fullmatch(text):
        day, month, year = int(match[1]), int(match[2]), int(match[3])
        year += 2000 if year < _CENTURY else 0
    elif match := _WORDED.fullmatch(text):
        day, month, year = int(match[1]), _MONTHS.get(match[2][:3], 0), int(match[3])
    elif match := _MONTH_FIRST.fullmatch(text):
        day, month, year = int(match[2]), _MONTHS.get(match[1][:3], 0), int(match[3])
    elif re.fullmatch(r"\d{5}(?:[.,]\d+)?", text, re.ASCII):
        return _from_serial(float(text.replace(",", ".")))
    else:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def parse_point(value: object) -> tuple[float, float, float | None]:
    """
    Read a geopoint, ``lat lon altitude accuracy`` as forms write it, or ``lat, lon``.

    Returns
    -------
    lon, lat, accuracy_m
        Degrees; the accuracy is None where it is not given.
    """
    text = re.sub(r"[\[\]]", " ", clean_text(value)).strip()
    if match := _WKT_POINT.fullmatch(text):
        return parse_number(match[1]), parse_number(match[2]), None
    parts = [part.rstrip(",;") for part in re.split(r"[\s;]+", text) if part.strip(",;")]
    if len(parts) == 1:
        pieces = text.split(",")
        if len(pieces) == _COMMA_PAIR_PARTS:
            parts = [",".join(pieces[:2]), ",".join(pieces[2:])]
        else:
            parts = pieces
    if len(parts) < _LAT_LON_PARTS or not all(map(_NUMBER.fullmatch, parts[:4])):
        raise CellError(
            "not-a-point",
            # Not quoted: a column for points may hold an address.
            Message("this is not a point"),
            Message("write latitude and longitude in degrees, such as -1.6101 103.6131"),
        )
    accuracy = parse_number(parts[3]) if len(parts) > 3 else None  # noqa: PLR2004 - the fourth
    return parse_number(parts[1]), parse_number(parts[0]), accuracy
