"""Calendars, read back by icalendar and, strictly, by another library than wrote them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import icalendar
import pytest
from ical.calendar_stream import IcsCalendarStream

from outreach.output.agenda import agenda_of
from outreach.output.itinerary import moment, worker_ids
from outreach.output.plan_json import plan_document, plan_from_document
from outreach.output.safe_text import writable
from tests.output.hostile import EVIL, hostile

if TYPE_CHECKING:
    from ical.event import Event

    from outreach.model import Plan
    from outreach.output.words import Words

JAKARTA = ZoneInfo("Asia/Jakarta")


def _events(content: bytes) -> list[icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(content)
    events = [x for x in calendar.walk("VEVENT") if isinstance(x, icalendar.Event)]
    assert not any(component.errors for component in calendar.walk())
    return events


def _read_by_ical(content: bytes) -> list[Event]:
    return IcsCalendarStream.calendar_from_ics(content.decode()).events


@pytest.mark.parametrize("worker_id", ["KOTA", "SAD-2"])
def test_there_is_an_event_for_each_visit_partner_and_night(
    plan: Plan, words: Words, worker_id: str
) -> None:
    """None for bases and breaks, and none for the morning at a lodging."""
    routes = [route for route in plan.day_routes if worker_id in route.worker_ids]
    kinds = Counter(stop.kind for route in routes for stop in route.stops[1:])
    expected = kinds["visit"] + kinds["partner"] + kinds["lodging"]
    content = agenda_of(plan, worker_id, words)
    assert len(_events(content)) == len(_read_by_ical(content)) == expected


def test_the_times_are_those_of_the_plan(plan: Plan, words: Words) -> None:
    """Another library reads the same begin and end of service, in the plan's zone."""
    events = {event.summary: event for event in _read_by_ical(agenda_of(plan, "KOTA", words))}
    stops = [s for r in plan.day_routes if "KOTA" in r.worker_ids for s in r.stops]
    visits = [stop for stop in stops if stop.kind == "visit"]
    assert visits
    for visit in visits:
        event = next(x for name, x in events.items() if str(name).endswith(f". {visit.place_id}"))
        assert event.dtstart == moment(plan.starts_at, visit.starts_s)
        assert event.dtend == moment(plan.starts_at, visit.departs_s)
        assert isinstance(event.dtstart, dt.datetime)
        assert event.dtstart.utcoffset() == dt.timedelta(hours=7)


def test_the_zone_is_described_and_named_by_every_event(plan: Plan, words: Words) -> None:
    """A phone that knows no zones finds the one it needs in the file."""
    content = agenda_of(plan, "KOTA", words)
    calendar = icalendar.Calendar.from_ical(content)
    (zone,) = calendar.timezones
    assert zone.tz_name == "Asia/Jakarta"
    monday = plan.starts_at.replace(tzinfo=None)
    assert zone.to_tz(lookup_tzid=False).utcoffset(monday) == dt.timedelta(hours=7)
    for event in _events(content):
        assert event["DTSTART"].params["TZID"] == "Asia/Jakarta"
        assert event["DTEND"].params["TZID"] == "Asia/Jakarta"


def test_a_plan_read_from_its_file_gives_the_same_calendar(plan: Plan, words: Words) -> None:
    """The file holds only the distance from UTC; in Indonesia that names the zone."""
    read = plan_from_document(plan_document(plan))
    assert agenda_of(read, "SAD-1", words) == agenda_of(plan, "SAD-1", words)


@pytest.mark.parametrize("zone", [dt.timezone(dt.timedelta(hours=5, minutes=45)), dt.UTC])
def test_a_zone_without_a_name_is_told_in_utc(plan: Plan, words: Words, zone: dt.timezone) -> None:
    """Every event is at the same moment, whatever it is called."""
    there = replace(plan, starts_at=plan.starts_at.replace(tzinfo=zone))
    content = agenda_of(there, "KOTA", words)
    assert b"TZID" not in content
    first = there.day_routes[0].stops[1]
    assert _read_by_ical(content)[0].dtstart == moment(there.starts_at, first.starts_s)


def test_summer_time_moves_no_visit(plan: Plan, words: Words) -> None:
    """The clock on the wall shows the plan's time before and after the change."""
    berlin = ZoneInfo("Europe/Berlin")
    # Summer time began on 29 March 2026, the plan's third day.
    there = replace(plan, starts_at=dt.datetime(2026, 3, 27, tzinfo=berlin))
    events = _read_by_ical(agenda_of(there, "KOTA", words))
    offsets = []
    for event in events:
        assert isinstance(event.dtstart, dt.datetime)
        offsets.append(event.dtstart.utcoffset())
        assert 8 <= event.dtstart.hour < 12
    assert set(offsets) == {dt.timedelta(hours=1), dt.timedelta(hours=2)}
    assert offsets == sorted(offsets, key=lambda offset: offset or dt.timedelta())


def test_a_night_lasts_until_the_morning(plan: Plan, words: Words) -> None:
    """It ends as the team leaves the lodging, or at midnight where the plan ends there."""
    routes = [route for route in plan.day_routes if "SAD-1" in route.worker_ids]
    until_tuesday = replace(plan, day_routes=tuple(routes[:2]))
    names = "menginap di Rumah Kepala Desa"
    first, last = (
        x for x in _read_by_ical(agenda_of(until_tuesday, "SAD-1", words)) if x.summary == names
    )
    assert first.dtstart == moment(plan.starts_at, routes[0].stops[-1].arrives_s)
    assert first.dtend == moment(plan.starts_at, routes[1].stops[0].departs_s)
    assert last.dtend == dt.datetime(2026, 3, 4, tzinfo=JAKARTA)


def test_a_visit_without_length_has_no_end(plan: Plan, words: Words) -> None:
    """RFC 5545 wants an end after the beginning, or none."""
    route = plan.day_routes[0]
    stop = replace(route.stops[1], departs_s=route.stops[1].starts_s)
    stops = (route.stops[0], stop, *route.stops[2:])
    short = replace(plan, day_routes=(replace(route, stops=stops),))
    first, second, *_ = _events(agenda_of(short, route.worker_ids[0], words))
    assert "DTEND" not in first
    assert "DTEND" in second


def test_events_are_private_and_say_no_more_than_they_must(plan: Plan, words: Words) -> None:
    """Number, id and area of a visit; neither the category nor the point where a child lives."""
    content = agenda_of(plan, "KOTA", words)
    assert b"AMPK" not in content
    assert b"ALARM" not in content
    for event in _events(content):
        assert event["CLASS"] == "PRIVATE"
        assert event["LOCATION"] == "Telanaipura"
        is_partner = str(event["SUMMARY"]).endswith("RPSA Alyatama")
        assert ("GEO" in event) == is_partner
    pinned = [x["SUMMARY"] for x in _events(content) if x.get("DESCRIPTION") == "dijanjikan"]
    assert pinned == ["3. K-002"]


def test_an_appointment_at_a_home_has_no_position(plan: Plan, words: Words) -> None:
    """A booking is kept like a partner's, also where the place is a child's and has no name."""
    route = plan.day_routes[0]
    stop = next(stop for stop in route.stops if stop.kind == "visit")
    booked = replace(stop, kind="partner", label=None)
    stops = tuple(booked if x is stop else x for x in route.stops)
    changed = replace(plan, day_routes=(replace(route, stops=stops),))
    event = next(
        x
        for x in _events(agenda_of(changed, route.worker_ids[0], words))
        if str(x["SUMMARY"]).endswith(str(stop.beneficiary_id))
    )
    assert "GEO" not in event


def test_a_calendar_holds_only_the_cases_of_its_worker(plan: Plan, words: Words) -> None:
    """Neither another worker's nor those who are left out."""
    content = agenda_of(plan, "SAD-1", words)
    assert b"S-01" in content
    assert b"K-0" not in content
    assert b"K-1" not in content


def test_uids_are_unique_and_stay_where_the_plan_is_made_anew(plan: Plan, words: Words) -> None:
    """A visit that is moved within the horizon keeps its UID, so that no calendar has it twice."""
    route = plan.day_routes[0]
    uids = {str(x["SUMMARY"]): str(x["UID"]) for x in _events(agenda_of(plan, "KOTA", words))}
    everybody = [
        str(event["UID"])
        for worker_id in worker_ids(plan)
        for event in _events(agenda_of(plan, worker_id, words))
    ]
    assert len(set(everybody)) == len(everybody)
    assert not [uid for uid in everybody if "KOTA" in uid or "K-0" in uid]
    moved = replace(plan, day_routes=(replace(route, day=4), *plan.day_routes[1:]))
    again = {str(x["SUMMARY"]): str(x["UID"]) for x in _events(agenda_of(moved, "KOTA", words))}
    assert again["1. K-001"] == uids["1. K-001"]
    later = replace(plan, starts_at=plan.starts_at + dt.timedelta(days=7))
    other = {str(x["SUMMARY"]): str(x["UID"]) for x in _events(agenda_of(later, "KOTA", words))}
    assert not set(other.values()) & set(uids.values())


def test_lines_are_as_long_as_the_standard_allows(plan: Plan, words: Words) -> None:
    """At most 75 octets, each ended by CR and LF."""
    evil = hostile(plan)
    for line in agenda_of(evil, worker_ids(evil)[0], words).split(b"\r\n"):
        assert len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line


def test_planted_text_stays_text_in_a_calendar(plan: Plan, words: Words) -> None:
    """A line break in an id begins no property of its own."""
    injected = "\r\nATTACH:file:///etc/passwd\nBEGIN:VALARM"
    evil = hostile(plan)
    route = evil.day_routes[0]
    stop = replace(route.stops[1], label=f"x{EVIL}{injected}")
    evil = replace(
        evil, day_routes=(replace(route, stops=(route.stops[0], stop, *route.stops[2:])),)
    )
    content = agenda_of(evil, route.worker_ids[0], words)
    event, *_ = _events(content)
    shown = " ".join(writable(f"1. x{EVIL}{injected}").split())
    assert event["SUMMARY"] == shown
    assert _read_by_ical(content)[0].summary == shown
    assert set(event) == {
        *("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "CLASS"),
    }
