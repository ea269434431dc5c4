"""A worker's itinerary on A4, as PDF: a page a day, and one before each circuit."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any

from outreach.output.changes_seen import changes_for
from outreach.output.changes_told import ChangeTeller
from outreach.output.itinerary import date_of, is_night_away, routes_of
from outreach.output.page_data import PLAIN, ways_of, worker_data
from outreach.output.palette import WEEKDAY_COLOURS
from outreach.output.print_panels import day_panels, tour_panels
from outreach.output.safe_text import writable
from outreach.output.typesetting import typeset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.model import DayRoute, Plan
    from outreach.output.basemap import Roads
    from outreach.output.changes_seen import Before, Changes
    from outreach.output.page_data import Look, Ways
    from outreach.output.words import Words
    from outreach.routing.trace import Traces

Json = dict[str, Any]

logger = logging.getLogger(__name__)

_TEMPLATE = "itinerary.typ"
_PAGE_MM = 297.0
_MOST_HEIGHT_MM = 100.0
_LEAST_HEIGHT_MM = 58.0
# What is neither map nor row: the upper margin, title, head of the list, night, room for notes.
_AROUND_MM = 72.0
_ROW_MM = 7.2
_TIGHT_MM = 5.4
_REST_MM = 5.0
_SMALL_MM = 3.2
_TIGHT_FROM = 14
_CONTACT_LETTERS = 24
_ONWARD_LETTERS = 24
_WHO_LETTERS = 20
_FOOTER_MM = 14.0
_NOTICE_LINE_MM = 3.4
_NOTICE_LETTERS = 120
_ROW = (
    *("is", "kind", "number", "name", "id", "time", "is_pinned", "lon", "lat", "spot", "onward"),
)


def itinerary_pdf(
    plan: Plan,
    traces: Traces,
    words: Words,
    *,
    worker_id: str,
    roads: Roads | None = None,
    look: Look = PLAIN,
    ways: Ways | None = None,
    before: Before | None = None,
) -> bytes:
    """
    Print one worker's days.

    Parameters
    ----------
    plan
        What is told; nobody's cases but this worker's are printed.
    traces
        The road geometry of its legs.
    words
        The reader's language.
    worker_id
        Whose days.
    roads
        What lies under the ways on the maps; None leaves them white.
    look
        How categories are called, and whom the roads are owed to.
    ways
        The traces with the second-best ways, which the lists then tell of; by default without.
    before
        Of a changed plan, what it was changed from.

    Returns
    -------
    pdf
        Equal plans give equal bytes.

    Raises
    ------
    ExportError
        When the pages cannot be typeset.
    """
    ways = ways or ways_of(traces)
    routes = routes_of(plan, worker_id)
    told = worker_data(plan, ways, worker_id, words, look=look, before=before)
    changes = changes_for(plan, words, worker_id, before=before)
    days = [
        _day(plan, route, shown, worker_id, words)
        for route, shown in zip(routes, told["routes"], strict=True)
    ]
    off = [] if changes is None else _off_elsewhere(changes)
    if days:
        days[0]["off"] = [*off, *days[0]["off"]]
    n_lines = sum(math.ceil(len(notice) / _NOTICE_LETTERS) for notice in told["notices"])
    footer_mm = _FOOTER_MM + _NOTICE_LINE_MM * n_lines
    pages: list[Json] = []
    for tour in _tours(routes):
        ridden, shown = [routes[i] for i in tour], [days[i] for i in tour]
        if is_night_away(ridden[0]):
            pages.append(_tour_page(plan, ridden, shown, words))
            pages[-1]["map"] = tour_panels(ridden, shown, ways, roads)
        for route, day in zip(ridden, shown, strict=True):
            height_mm = _height_mm(day, footer_mm)
            pages.append(day | {"map": day_panels(route, day, ways, roads, height_mm=height_mm)})
    pdf = typeset(
        _TEMPLATE,
        {
            "language": words.language,
            "words": _labels(words),
            "title": told["title"],
            "span": " · ".join(filter(None, (told["span"], ChangeTeller(plan, words).title()))),
            "notices": told["notices"],
            "off": off,
            "attribution": "" if roads is None else told["attribution"],
            "footer_mm": footer_mm,
            "contacts": told["contacts"],
            "pages": pages,
        },
    )
    logger.info("printed %d days and circuits of %s", len(pages), worker_id)
    return pdf


def _off_elsewhere(changes: Changes) -> list[str]:
    """Tell what is off on days that have no page."""
    days = {route.day for route in routes_of(changes.plan, changes.reader)}
    return [
        writable(f"{changes.tell.when(mark.was)}  {mark.change.beneficiary_id}  {mark.said}")
        for mark in changes.marks
        if mark.was is not None and mark.now is None and mark.was.day not in days
    ]


def _labels(words: Words) -> dict[str, str]:
    return {
        "area": words.say("Area"),
        "category": words.say("Category"),
        "confidential": words.say("CONFIDENTIAL – holds data about children"),
        "contact": words.say("Contact"),
        "day": words.say("Day"),
        "done": words.say("Done"),
        "home": words.say("home"),
        "hours": words.say("From – to"),
        "itinerary": words.say("Itinerary"),
        "map": words.say("Map of the way and its stops"),
        "minutes": words.say("Takes"),
        "night": words.say("Night at"),
        "notes": words.say("Notes"),
        "off": words.say("Not any more:"),
        "nothing": words.say("No visits are planned in these days."),
        "number": words.say("No."),
        "onward": words.say("To the next"),
        "promised": words.say("promised"),
        "time": words.say("Time"),
        "visits": words.say("Visits"),
        "way": words.say("Way"),
        "who": words.say("Who"),
    }


def _tours(routes: Sequence[DayRoute]) -> list[list[int]]:
    """Group days, by their positions: those with a night away between them belong together."""
    tours: list[list[int]] = []
    for i in range(len(routes)):
        if i and is_night_away(routes[i - 1]):
            tours[-1].append(i)
        else:
            tours.append([i])
    return tours


def _day(plan: Plan, route: DayRoute, shown: Json, worker_id: str, words: Words) -> Json:
    date = date_of(plan, route.day)
    times = [item["time"] for item in shown["items"] if item["is"] == "stop"]
    whose = [words.say("Visits of %(worker)s", worker=writable(worker_id)), shown["circuit"]]
    if plan.revision is not None:
        whose.append(ChangeTeller(plan, words).title())
    if others := [writable(other) for other in route.worker_ids if other != worker_id]:
        whose.append(words.say("with %(team)s", team=", ".join(others)))
    return {
        "is": "day",
        "date": words.date(date),
        "chip": words.weekday(date),
        "colour": WEEKDAY_COLOURS[date.weekday()],
        "whose": " · ".join(said for said in whose if said),
        "facts": shown["facts"],
        "hours": f"{times[0]} – {times[-1]}",
        "night": shown["night"],
        "off": [f"{off['time']}  {off['name']}  {off['said']}" for off in shown.get("off", ())],
        "is_tight": len(shown["items"]) > _TIGHT_FROM,
        "items": [item if item["is"] == "rest" else _stop(item) for item in shown["items"]],
    }


def _stop(item: Json) -> Json:
    """Prepare a stop for its row: what is unknown is empty, its own telephone is apart."""
    contact = item["contact"]
    is_own = contact is not None and contact["name"] == item["name"]
    return {
        **{key: item[key] for key in _ROW},
        "change": item["change"]["said"] if "change" in item else None,
        "onward": _onward(item["onward"]),
        **{key: item[key] or "" for key in ("short", "area", "minutes")},
        "phone": contact["phone"] if is_own else None,
        "contact": None if is_own else contact,
    }


def _onward(onward: Json | None) -> Json | None:
    """Tell the second way only where rain may shut the first: paper has no room for all."""
    return onward if onward is None or onward["soft"] else {**onward, "other": None}


def _tour_page(plan: Plan, routes: Sequence[DayRoute], days: Sequence[Json], words: Words) -> Json:
    first, last = date_of(plan, routes[0].day), date_of(plan, routes[-1].day)
    return {
        "is": "tour",
        "title": words.days(first, last),
        "whose": days[0]["whose"],
        "days": [
            {key: day[key] for key in ("date", "colour", "facts", "hours", "night")} for day in days
        ],
    }


def _height_mm(day: Json, footer_mm: float) -> float:
    """Give the map what the list leaves of the page, within limits."""
    row_mm = _TIGHT_MM if day["is_tight"] else _ROW_MM
    rows_mm = sum(
        _REST_MM if item["is"] == "rest" else row_mm + _SMALL_MM * _n_small_lines(item)
        for item in day["items"]
    )
    left_mm = _PAGE_MM - footer_mm - _AROUND_MM - rows_mm - _REST_MM * len(day["off"])
    return min(max(left_mm, _LEAST_HEIGHT_MM), _MOST_HEIGHT_MM)


def _n_small_lines(item: Json) -> int:
    """Count the lines of a row under its first one."""
    n_onward = _n_onward_lines(item)
    if item["number"] is None:
        return n_onward
    n_who = sum(bool(item[key]) for key in ("id", "is_pinned", "phone"))
    n_who += math.ceil(len(item["change"] or "") / _WHO_LETTERS)
    contact = item["contact"]
    n_contact = 0 if contact is None else 1 + len(contact["name"]) // _CONTACT_LETTERS
    return max(n_who, n_contact, n_onward)


def _n_onward_lines(item: Json) -> int:
    """Count what stands under the way to the next stop."""
    onward = item["onward"] or {}
    told = [onward.get(key) or "" for key in ("soft", "other")]
    return sum(math.ceil(len(said) / _ONWARD_LETTERS) for said in told)
