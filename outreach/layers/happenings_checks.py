"""What is wrong with what was told of a planned week: against the plan and the tables."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.layers.checks import Inspection
from outreach.layers.happenings import (
    Told,
    parse_deadline,
    parse_kind,
    parse_moment,
    parse_season,
)
from outreach.layers.values import nearest, parse_date, parse_id, parse_minutes, parse_number, quote
from outreach.lineage import Happening
from outreach.units import DAY_S, MINUTE_S

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from outreach.layers.happenings import Deadline, Moment
    from outreach.layers.tables import Table
    from outreach.lineage import HappeningKind
    from outreach.model import Finding, Season

_MOST_RADIUS_M = 100_000
_MAX_LON, _MAX_LAT = 180, 90


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWeek:
    """
    A week as it is planned, seen from the moment of the call.

    Parameters
    ----------
    at_s
        The call, in seconds from midnight of `starts_on`.
    ahead, begun
        Visits that are still to come, or that the plan leaves out, and those that have begun by
        the plan: visit ids to the ids of whom they are for.
    contact_days
        Who can be visited, and within how many working days at most when a call comes.
    """

    starts_on: dt.date
    n_days: int
    at_s: int
    worker_ids: Collection[str]
    lodging_ids: Collection[str]
    contact_days: Mapping[str, int]
    ahead: Mapping[str, str] = field(default_factory=dict)
    begun: Mapping[str, str] = field(default_factory=dict)

    @property
    def midnight(self) -> dt.datetime:
        """Midnight of the first day, naive."""
        return dt.datetime.combine(self.starts_on, dt.time())

    @property
    def told(self) -> dt.datetime:
        """The call, naive."""
        return self.midnight + dt.timedelta(seconds=self.at_s)

    def seconds(self, moment: dt.datetime) -> int:
        """Count from the first midnight."""
        return round((moment - self.midnight).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class HappeningsRead:
    """What a table tells, in its order, and what is wrong with its other rows."""

    told: tuple[Told, ...] = ()
    findings: tuple[Finding, ...] = ()

    def __add__(self, other: HappeningsRead) -> HappeningsRead:
        return HappeningsRead(told=self.told + other.told, findings=self.findings + other.findings)


def check_happenings(table: Table, *, week: PlannedWeek) -> HappeningsRead:
    """
    Read the good rows of a table as what happened, and tell what is wrong with the others.

    What is left out means: told at the moment of the call; absent from the call, and until the
    end of the day; a lodging full tonight; an urgent case within the working days of its
    category. A beneficiary's id in place of a visit's means all visits that are still to come.

    Parameters
    ----------
    table
        As `happenings.read_happenings` or `happenings.told_rows` give it.
    """
    inspection = Inspection(table)
    inspection.note_ignored()
    reader = _Reader(inspection, week)
    told = [one for row in range(inspection.n_rows) for one in reader.row(row)]
    return HappeningsRead(told=tuple(told), findings=inspection.findings())


class _Reader:
    """Reads row by row, since what a cell must say depends on what happened."""

    def __init__(self, inspection: Inspection, week: PlannedWeek) -> None:
        self._inspection = inspection
        self._week = week
        nothing: None = None
        column = inspection.column
        self._ids: list[str | None] = column("id", parse_id, blank=nothing)
        inspection.ids = [i or made for i, made in zip(self._ids, inspection.ids, strict=True)]
        self._kinds: list[HappeningKind | None] = column("happening", parse_kind, blank=nothing)
        self._told: list[Moment | None] = column("told_at", parse_moment, blank=nothing)
        self._from: list[Moment | None] = column("from_time", parse_moment, blank=nothing)
        self._to: list[Moment | None] = column("to_time", parse_moment, blank=nothing)
        self._minutes: list[float | None] = column("late_minutes", parse_minutes, blank=nothing)
        self._dates: list[dt.date | None] = column("date", parse_date, blank=nothing)
        self._lon: list[float | None] = column("lon", parse_number, blank=nothing)
        self._lat: list[float | None] = column("lat", parse_number, blank=nothing)
        self._radius: list[float | None] = column("radius_m", parse_number, blank=nothing)
        self._seasons: list[Season | None] = column("season", parse_season, blank=nothing)
        self._deadlines: list[Deadline | None] = column("deadline", parse_deadline, blank=nothing)

    def row(self, row: int) -> tuple[Told, ...]:
        """Give what one row tells; nothing where it is wrong."""
        kind = self._kinds[row]
        if kind is None:
            self._demand(row, "happening", kind, Message("the row does not say what happened"))
            return ()
        at_s = self._at_s(row)
        read: Mapping[HappeningKind, Callable[[int, int], tuple[Told, ...]]] = {
            "urgent": self._urgent,
            "absent": self._absent,
            "late": self._late,
            "cancelled": self._cancelled,
            "lodging_full": self._lodging_full,
            "road_closed": self._road_closed,
            "season": self._season,
        }
        told = read[kind](row, at_s)
        return () if row in self._inspection.refused else told

    def _at_s(self, row: int) -> int:
        week, moment = self._week, self._told[row]
        if moment is None:
            return week.at_s
        at_s = week.seconds(moment.on(week.told.date()))
        if not 0 <= at_s <= week.at_s:
            self._refuse(
                row,
                "told_at",
                "told-another-time",
                Message("it is told for another time than before the call in this week"),
                Message("correct the time, or give a later --at"),
            )
        return at_s

    def _urgent(self, row: int, at_s: int) -> tuple[Told, ...]:
        who = self._known(
            row,
            self._week.contact_days,
            Message("no beneficiary that can be planned has this id"),
        )
        if who is None:
            return ()
        deadline, told = self._deadlines[row], self._week.midnight + dt.timedelta(seconds=at_s)
        if deadline is None:
            deadline = parse_deadline(f"{self._week.contact_days[who]}d")
        deadline_s = self._week.seconds(deadline.after(told))
        if deadline_s <= at_s:
            self._refuse(
                row,
                "deadline",
                "deadline-past",
                Message("the deadline is over already"),
                Message("write at-once, or a later date"),
            )
        return _told(Happening(kind="urgent", at_s=at_s, id=who, deadline_s=deadline_s))

    def _absent(self, row: int, at_s: int) -> tuple[Told, ...]:
        who = self._worker(row)
        week, starts, ends = self._week, self._from[row], self._to[row]
        begins = week.told if starts is None else starts.on(week.told.date())
        last = begins.date() if ends is None else week.told.date()
        if starts is not None and starts.date is not None:
            last = starts.date
        stops = (ends or parse_moment(last)).on(last, is_end=True)
        if stops <= begins:
            self._refuse(
                row,
                "to_time",
                "absence-ends-early",
                Message("the absence ends before it begins"),
                Message("write from when to when, such as 2026-12-01 10:00 and 2026-12-02"),
            )
        elif stops <= week.told or week.seconds(begins) >= week.n_days * DAY_S:
            self._refuse(
                row,
                "to_time" if stops <= week.told else "from_time",
                "absence-elsewhere",
                Message("the absence is over, or begins after this plan"),
                Message("correct the dates, or leave it out"),
            )
        if who is None:
            return ()
        return _told(
            Happening(
                kind="absent",
                at_s=at_s,
                id=who,
                from_s=week.seconds(begins),
                to_s=week.seconds(stops),
            )
        )

    def _late(self, row: int, at_s: int) -> tuple[Told, ...]:
        who, minutes = self._worker(row), self._minutes[row]
        self._demand(row, "late_minutes", minutes, Message("the row does not say how late"))
        if minutes is not None and not 1 <= minutes * MINUTE_S < DAY_S:
            self._refuse(
                row,
                "late_minutes",
                "impossible-delay",
                Message("so late nobody can be: %(minutes)s", {"minutes": f"{minutes:g}"}),
                Message("write minutes, such as 45"),
            )
        if who is None or minutes is None:
            return ()
        delay_s = round(minutes * MINUTE_S)
        return _told(Happening(kind="late", at_s=at_s, id=who, delay_s=delay_s))

    def _cancelled(self, row: int, at_s: int) -> tuple[Told, ...]:
        who, week = self._ids[row], self._week
        ids = [visit for visit, of in week.ahead.items() if who in {visit, of}]
        if not ids and who in {*week.begun, *week.begun.values()}:
            self._refuse(
                row,
                "id",
                "visit-begun",
                Message("by the plan this visit has begun already"),
                Message("enter into the log what came of it: outreach log add"),
            )
            return ()
        if not ids:
            known = {*week.ahead, *week.ahead.values()}
            what = Message("no visit that is still to come has this id, nor is for this id")
            self._known(row, known, what)
        return tuple(
            Told(
                happening=Happening(
                    kind="cancelled", at_s=at_s, id=week.ahead[visit], visit_id=visit
                )
            )
            for visit in ids
        )

    def _lodging_full(self, row: int, at_s: int) -> tuple[Told, ...]:
        lodging = self._known(row, self._week.lodging_ids, Message("no lodging has this id"))
        date = self._dates[row] or self._week.told.date()
        day = (date - self._week.starts_on).days
        if not self._week.at_s // DAY_S <= day < self._week.n_days:
            self._refuse(
                row,
                "date",
                "night-elsewhere",
                Message("that night is over, or lies outside of this plan"),
                Message("write the date of the evening"),
            )
        if lodging is None:
            return ()
        return _told(Happening(kind="lodging_full", at_s=at_s, id=lodging, day=day))

    def _road_closed(self, row: int, at_s: int) -> tuple[Told, ...]:
        happening = Happening(kind="road_closed", at_s=at_s)
        if self._inspection.table.has("closure"):
            return _told(happening, str(self._inspection.table.cells["closure"][row]))
        lon, lat, radius_m = self._lon[row], self._lat[row], self._radius[row]
        for name, value in (("lon", lon), ("lat", lat)):
            what = Message("the row does not say where the road is closed")
            self._demand(row, name, value, what)
        is_far = abs(lon or 0) > _MAX_LON or abs(lat or 0) > _MAX_LAT
        if is_far or (radius_m is not None and not 0 < radius_m <= _MOST_RADIUS_M):
            self._refuse(
                row,
                "lon" if is_far else "radius_m",
                "impossible-closure",
                Message("there is no such place, or it is too large"),
                Message("write longitude and latitude in degrees, and a radius in metres"),
            )
        around = "" if radius_m is None else f",{radius_m:g}"
        return _told(happening, f"{lon},{lat}{around}")

    def _season(self, row: int, at_s: int) -> tuple[Told, ...]:
        season = self._seasons[row]
        self._demand(row, "season", season, Message("the row does not say which season"))
        return _told(Happening(kind="season", at_s=at_s, season=season))

    def _worker(self, row: int) -> str | None:
        what = Message("the worker named here is not in the table of workers")
        return self._known(row, self._week.worker_ids, what)

    def _known(self, row: int, known: Collection[str], what: Message) -> str | None:
        value = self._ids[row]
        if value is None:
            self._demand(row, "id", value, Message("the row does not say about whom or what it is"))
            return None
        if value in known:
            return value
        # What is written there is not repeated: people write names where an id is asked for.
        near = nearest(value, known)
        mend = (
            Message("write the id as in its table; perhaps '%(near)s'?", {"near": quote(near)})
            if near
            else Message("write the id as in its table, or delete the row")
        )
        self._refuse(row, "id", "unknown-id", what, mend)
        return None

    def _demand(self, row: int, name: str, value: object, what: Message) -> None:
        if value is None and not self._inspection.is_broken(row, name):
            self._refuse(row, name, "missing-cell", what, Message("fill it in, or delete the row"))

    def _refuse(self, row: int, name: str, code: str, what: Message, mend: Message) -> None:
        self._inspection.error(row, name, code, what, mend)


def _told(happening: Happening, closure: str | None = None) -> tuple[Told, ...]:
    return (Told(happening=happening, closure=closure),)
