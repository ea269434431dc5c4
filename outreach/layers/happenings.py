"""What happens in a week that is planned already: as tables and the telephone tell it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from outreach.errors import Message
from outreach.layers.columns import fold
from outreach.layers.tables import Table, read_table, require_columns
from outreach.layers.values import (
    CellError,
    clean_text,
    nearest,
    parse_clock,
    parse_date,
    quote,
)
from outreach.units import DAY_S, HOUR_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outreach.layers.tables import TableSource
    from outreach.lineage import Happening, HappeningKind
    from outreach.model import Season

    Word = TypeVar("Word", bound=str)

# The id comes last: `id_petugas` and `id_penginapan` are ids here.
HAPPENING_FIELDS = (
    *("happening", "told_at", "from_time", "to_time", "late_minutes", "date", "lon", "lat"),
    *("radius_m", "season", "deadline", "id"),
)

_KIND_WORDS: Mapping[HappeningKind, tuple[str, ...]] = {
    "urgent": ("urgent", "mendesak", "darurat", "kasus_mendesak", "kasus_darurat", "segera"),
    "absent": (
        *("absent", "ill", "sick", "absen", "sakit", "izin", "cuti", "berhalangan"),
        "tidak_masuk",
    ),
    "late": ("late", "delayed", "terlambat", "telat"),
    "cancelled": ("cancelled", "canceled", "cancel", "batal", "dibatalkan", "kunjungan_batal"),
    "lodging_full": ("lodging_full", "full", "penuh", "penginapan_penuh"),
    "road_closed": (
        *("road_closed", "closed_road", "flood", "bridge_down", "banjir", "longsor"),
        *("jalan_ditutup", "jalan_putus", "jembatan_putus", "jalan_tertutup"),
    ),
    "season": ("season", "musim"),
}
_KIND_OF = {word: kind for kind, words in _KIND_WORDS.items() for word in words}
_SEASON_OF: Mapping[str, Season] = {
    **dict.fromkeys(("wet", "hujan", "musim_hujan", "basah", "rainy"), "wet"),
    **dict.fromkeys(("dry", "kemarau", "musim_kemarau", "kering"), "dry"),
}
_AT_ONCE = frozenset({"at_once", "now", "today", "segera", "sekarang", "hari_ini"})
_HOURS = re.compile(r"(\d{1,3})\s*(?:h|hours?|jam)", re.ASCII)
_DAYS = re.compile(r"(\d{1,2})\s*(?:d|days?|working days?|hari|hari kerja)", re.ASCII)
_MOMENT = re.compile(r"(.*\d)[\st,]+(?:pukul\s+|jam\s+)?(\d{1,2}[:.]\d{2})(?::\d{2})?", re.ASCII)
_WORKING_DAYS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """
    Something that happened, before its roads are looked up.

    `closure` says of a closed road where: ``"lon,lat"``, ``"lon,lat,radius_m"``, or the name of a
    file.
    """

    happening: Happening
    closure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """How soon: within hours, by the end of the day after working days, or by a moment."""

    hours: int | None = None
    working_days: int | None = None
    moment: dt.datetime | None = None

    def after(self, told: dt.datetime) -> dt.datetime:
        """
        Give the moment after which it is too late; naive local times.

        Working days are Monday to Friday; that of the call does not count. 0 of them is the last
        second of the day itself.
        """
        if self.moment is not None:
            return self.moment
        if self.hours is not None:
            return told + dt.timedelta(hours=self.hours)
        day, left = told.date(), self.working_days or 0
        while left:
            day += dt.timedelta(days=1)
            left -= day.weekday() < _WORKING_DAYS
        return _ending(day)


def read_happenings(source: TableSource) -> Table:
    """
    Read a table of what happened, unchecked; see `happenings_checks.check_happenings`.

    Raises
    ------
    LayerError
        When the file as a whole cannot be used.
    """
    table = read_table(source, HAPPENING_FIELDS, layer="happenings")
    require_columns(table, ("happening",))
    return table


def told_rows(
    rows: Sequence[Mapping[str, object]], *, header: str, file: str = "outreach replan"
) -> Table:
    """Make a table of what the command line says in one of its options, rows from 1."""
    fields = sorted({field for row in rows for field in row})
    return Table(
        file=file,
        sheet=None,
        headers=dict.fromkeys(fields, header),
        cells={field: [row.get(field) for row in rows] for field in fields},
        rows=tuple(range(1, len(rows) + 1)),
    )


def parse_kind(value: object) -> HappeningKind:
    """Read what happened."""
    return _word(
        value,
        _KIND_OF,
        "unknown-happening",
        Message("'%(value)s' is nothing that can happen here", {"value": quote(value)}),
        Message(
            "write urgent, absent, late, cancelled, lodging_full, road_closed or season;"
            " perhaps '%(near)s'?",
            {"near": nearest(str(value), _KIND_OF) or "urgent"},
        ),
    )


def parse_season(value: object) -> Season:
    """Read a season."""
    return _word(
        value,
        _SEASON_OF,
        "unknown-season",
        Message("'%(value)s' is no season", {"value": quote(value)}),
        Message("write dry or wet"),
    )


def _word(
    value: object, known: Mapping[str, Word], code: str, what: Message, mend: Message
) -> Word:
    found = known.get(fold(str(value)))
    if found is None:
        raise CellError(code, what, mend)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date, a time of day (seconds after midnight), or both; never neither."""

    date: dt.date | None
    clock_s: int | None

    def on(self, today: dt.date, *, is_end: bool = False) -> dt.datetime:
        """Give the moment; a day as a whole begins at midnight, or ends at the next one."""
        clock_s = (DAY_S if is_end else 0) if self.clock_s is None else self.clock_s
        start = dt.datetime.combine(self.date or today, dt.time())
        return start + dt.timedelta(seconds=clock_s)


def parse_moment(value: object) -> Moment:
    """Read ``2026-12-01 10:20``, a date alone, or a time of day alone."""
    if isinstance(value, dt.datetime):
        clock_s = value.hour * HOUR_S + value.minute * 60
        # A spreadsheet keeps a date as its midnight.
        return Moment(date=value.date(), clock_s=clock_s or None)
    if isinstance(value, (dt.time, dt.timedelta)):
        return Moment(date=None, clock_s=parse_clock(value))
    if isinstance(value, str):
        text = clean_text(value).casefold()
        if match := _MOMENT.fullmatch(text):
            return Moment(date=parse_date(match[1]), clock_s=parse_clock(match[2]))
        try:
            return Moment(date=None, clock_s=parse_clock(text))
        except CellError:
            pass
    try:
        return Moment(date=parse_date(value), clock_s=None)
    except CellError:
        raise CellError(
            "not-a-moment",
            Message("'%(value)s' is neither a date nor a time of day", {"value": quote(value)}),
            Message("write 2026-12-01 10:20, 2026-12-01 or 10:20"),
        ) from None


def parse_deadline(value: object) -> Deadline:
    """Read ``at-once``, ``24h``, ``2d`` (working days), a date or a moment."""
    if isinstance(value, str):
        text = clean_text(value).casefold()
        if fold(text) in _AT_ONCE:
            return Deadline(working_days=0)
        if match := _HOURS.fullmatch(text):
            return Deadline(hours=int(match[1]))
        if match := _DAYS.fullmatch(text):
            return Deadline(working_days=int(match[1]))
    try:
        moment = parse_moment(value)
    except CellError:
        moment = Moment(date=None, clock_s=None)
    if moment.date is None:
        raise CellError(
            "not-a-deadline",
            Message("'%(value)s' does not say how soon", {"value": quote(value)}),
            Message("write at-once, 24h, 2d, 5d, 10d (working days) or a date"),
        )
    return Deadline(
        moment=_ending(moment.date) if moment.clock_s is None else moment.on(moment.date)
    )


def _ending(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time()) + dt.timedelta(days=1, seconds=-1)
