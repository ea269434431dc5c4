"""A calendar file per worker: an event for each visit, partner and night away."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
from collections import Counter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from outreach.output.itinerary import (
    date_of,
    entries,
    is_night_away,
    moment,
    place_name,
    routes_of,
)
from outreach.output.safe_text import writable
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icalendar import Event

    from outreach.model import DayRoute, Plan, Stop
    from outreach.output.words import Words

logger = logging.getLogger(__name__)

_PRODUCT = "-//outreach//visits//EN"
# A plan that was read from its file knows how far it is from UTC, not where it is.
_ZONES = {
    dt.timedelta(hours=7): "Asia/Jakarta",
    dt.timedelta(hours=8): "Asia/Makassar",
    dt.timedelta(hours=9): "Asia/Jayapura",
}
_DECIMALS = 6
_UID_LETTERS = 32


def agenda_of(plan: Plan, worker_id: str, words: Words, *, earlier: Sequence[Plan] = ()) -> bytes:
    """
    Make one worker's calendar (iCalendar, RFC 5545); equal plans give equal bytes.

    A phone may copy its calendar to whoever keeps the account, so a visit tells its number, id
    and area, but neither the category of the case nor the point where a child lives. Partners and
    lodgings have their position.

    Parameters
    ----------
    plan
        Whose times the events have, in its own zone.
    worker_id
        Whose visits, partners and nights; breaks and bases are no events.
    words
        The reader's language.
    earlier
        Plans of the same days that this one was changed from: what only they have is cancelled,
        as a calendar keeps what a new file merely lacks.
    """
    from icalendar import Calendar, vText

    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    title = words.say("Visits of %(worker)s", worker=worker_id)
    calendar.add("x-wr-calname", vText(_line(title)))
    events = _named_events(plan, worker_id, words)
    for event in events.values():
        calendar.add_component(event)
    gone = {
        uid: event
        for before in reversed(earlier)
        for uid, event in _named_events(before, worker_id, words).items()
        if uid not in events
    }
    for event in gone.values():
        event["status"] = "CANCELLED"
        _stamp(event, plan)
        calendar.add_component(event)
    last = plan.starts_at.date() + dt.timedelta(days=plan.horizon_days + 1)
    calendar.add_missing_timezones(first_date=plan.starts_at.date(), last_date=last)
    content: bytes = calendar.to_ical()
    return content


def _named_events(plan: Plan, worker_id: str, words: Words) -> dict[str, Event]:
    """Give the events of a worker in their order, by UID."""
    events = _Events(plan, worker_id, words)
    return {
        str(event["uid"]): event
        for route in routes_of(plan, worker_id)
        for event in events.of(route)
    }


def _stamp(event: Event, plan: Plan) -> None:
    """Say of which edition of the plan an event is: the later one counts (RFC 5545, 3.8.7.4)."""
    for name in ("dtstamp", "sequence"):
        event.pop(name, None)
    revision, stamp = plan.revision, plan.starts_at
    if revision is not None:
        stamp = moment(stamp, revision.at_s)
        event.add("sequence", revision.number)
    event.add("dtstamp", stamp.astimezone(dt.UTC))


class _Events:
    """Makes the events of one worker, each with a UID that the next edition of the plan keeps."""

    def __init__(self, plan: Plan, worker_id: str, words: Words) -> None:
        self._plan = plan
        self._worker_id = worker_id
        self._words = words
        self._zone = _zone(plan.starts_at)
        self._mornings = {route.day: route.stops[0] for route in routes_of(plan, worker_id)}
        self._n_named: Counter[str] = Counter()

    def of(self, route: DayRoute) -> list[Event]:
        """Give a day's visits and partners, and the night where it is spent away."""
        events = [
            self._event(route, x.stop, f"{x.number}. {place_name(x.stop)}", x.starts, x.departs)
            for x in entries(route, self._plan.starts_at)
            if x.number is not None
        ]
        return [*events, self._night(route)] if is_night_away(route) else events

    def _night(self, route: DayRoute) -> Event:
        stop, next_day = route.stops[-1], route.day + 1
        morning = self._mornings.get(next_day)
        is_left = morning is not None and morning.place_id == stop.place_id
        # Of a night after which nobody rides on, the evening is told.
        ends_s = morning.departs_s if morning and is_left else next_day * DAY_S
        summary = self._words.say("night at %(lodging)s", lodging=place_name(stop))
        arrives = moment(self._plan.starts_at, stop.arrives_s)
        return self._event(route, stop, summary, arrives, moment(self._plan.starts_at, ends_s))

    def _event(
        self, route: DayRoute, stop: Stop, summary: str, starts: dt.datetime, ends: dt.datetime
    ) -> Event:
        from icalendar import Event

        event = Event()
        event.add("uid", self._uid(route, stop))
        _stamp(event, self._plan)
        event.add("dtstart", starts.astimezone(self._zone))
        # An event without a length has no end by RFC 5545, 3.6.1.
        if ends > starts:
            event.add("dtend", ends.astimezone(self._zone))
        event.add("summary", _line(summary))
        if place := stop.area or stop.label:
            event.add("location", _line(place))
        if stop.is_pinned:
            event.add("description", _line(self._words.say("promised")))
        # A home may be an appointment's place; it has no name.
        if stop.kind != "visit" and stop.label:
            event.add("geo", (round(stop.lat, _DECIMALS), round(stop.lon, _DECIMALS)))
        event.add("class", "PRIVATE")
        return event

    def _uid(self, route: DayRoute, stop: Stop) -> str:
        """Name an event by a hash, the same while the visit stays in the horizon, moved or not."""
        key = stop.visit_id or f"{date_of(self._plan, route.day)} {stop.place_id}"
        self._n_named[key] += 1
        named = [f"{self._plan.starts_at:%Y-%m-%d}", self._worker_id, key, self._n_named[key]]
        return hashlib.sha256(json.dumps(named).encode()).hexdigest()[:_UID_LETTERS]


def _zone(starts_at: dt.datetime) -> ZoneInfo:
    """Give the zone of a plan; UTC where it is none that we know, which moves no event."""
    if isinstance(starts_at.tzinfo, ZoneInfo):
        return starts_at.tzinfo
    return ZoneInfo(_ZONES.get(starts_at.utcoffset() or dt.timedelta(), "UTC"))


def _line(text: str) -> str:
    return " ".join(writable(text).split())
