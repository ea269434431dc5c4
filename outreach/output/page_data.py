"""What a page shows, as one block of data; the page's scripts build everything from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from outreach.output.changes_data import changed_worker_page
from outreach.output.circuits import circuit_name
from outreach.output.itinerary import (
    Rest,
    date_of,
    distance_m,
    is_night_away,
    is_ridden,
    listed,
    moment,
    n_visits,
    place_name,
    routes_of,
)
from outreach.output.loss_rows import loss_groups
from outreach.output.notices import notices_for
from outreach.output.page_keys import PageKeys
from outreach.output.page_words import page_words
from outreach.output.polyline import encode_line
from outreach.output.safe_text import writable
from outreach.output.traced import traced_legs
from outreach.routing.paths import SOFT_FROM_M

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from shapely.geometry import LineString

    from outreach.model import Contact, DayRoute, Leg, Plan
    from outreach.output.changes_seen import Before
    from outreach.output.itinerary import Entry
    from outreach.output.traced import TracedLeg
    from outreach.output.words import Words
    from outreach.routing.trace import Traces

Json = dict[str, Any]

FORM = "outreach/page/1"

_DECIMALS = 6
_MANY_WORDS = 2
_SHORT_LETTERS = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ways:
    """
    The geometry that a page draws.

    Parameters
    ----------
    legs
        Of each day route, by team id and day.
    detours
        The second-best way of a leg, by its ends: seconds, metres, and a line in EPSG:4326.
    detours_soft_m
        Metres of these ways on soft roads, by the same ends; None where none were looked for.
    """

    legs: Mapping[tuple[str, int], tuple[TracedLeg, ...]]
    detours: Mapping[tuple[str, str], tuple[int, float, LineString]]
    detours_soft_m: Mapping[tuple[str, str], float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """
    What pages show beside the plan.

    `shorts` are the short forms of categories, `attribution` names the makers of the roads, and
    `online_tiles` is the address of map pictures that the supervisor's page asks for.
    """

    shorts: Mapping[str, str] = field(default_factory=dict)
    attribution: str = ""
    online_tiles: str = ""

    def short(self, category: str) -> str:
        """Shorten a category as the project does, else as its readers would."""
        return self.shorts.get(category) or short_form(category)


PLAIN = Look()


def ways_of(traces: Traces, detours: gpd.GeoDataFrame | None = None) -> Ways:
    """Lay out traces and second-best ways for drawing."""
    if detours is None:
        return Ways(legs=traced_legs(traces), detours={})
    ends = [(str(a), str(b)) for a, b in zip(detours["from_id"], detours["to_id"], strict=True)]
    seconds, metres = detours["duration_s"].astype(int), detours["distance_m"].astype(float)
    others = zip(seconds.tolist(), metres.tolist(), detours.geometry, strict=True)
    return Ways(
        legs=traced_legs(traces),
        detours=dict(zip(ends, others, strict=True)),
        detours_soft_m=dict(zip(ends, detours["soft_m"].astype(float).tolist(), strict=True)),
    )


def worker_data(
    plan: Plan,
    ways: Ways,
    worker_id: str,
    words: Words,
    *,
    look: Look = PLAIN,
    basemap: str | None = None,
    before: Before | None = None,
) -> Json:
    """
    Give what one worker's page shows: nobody else's cases, and of those left out only how many.

    Parameters
    ----------
    plan
        What is told.
    ways
        The geometry of its legs.
    worker_id
        Whose days.
    words
        The reader's language.
    look
        What is shown beside the plan.
    basemap
        What `outreach.output.basemap.basemap_for` gives, or nothing for plain paper.
    before
        Of a changed plan, what it was changed from.
    """
    routes = routes_of(plan, worker_id)
    keys = PageKeys(plan if before is None else before.first, worker_id)
    data = page_basis(
        plan, routes, ways, words, workers=(worker_id,), look=look, basemap=basemap, keys=keys
    )
    told = {
        **data,
        "kind": "worker",
        "title": words.say("Visits of %(worker)s", worker=writable(worker_id)),
        "key": keys.page(),
        "facts": [words.plural("%(n)s visit", "%(n)s visits", sum(map(n_visits, routes)))],
        "notices": [writable(words.say(notice)) for notice in notices_for(plan, worker_id)],
        "left_out": [{**group, "rows": []} for group in data["left_out"]],
    }
    return changed_worker_page(told, plan, words, worker_id, before=before)


def day_data(plan: Plan, routes: Sequence[DayRoute], words: Words) -> list[Json]:
    """List the days on which somebody is under way."""
    dates = [(day, date_of(plan, day)) for day in sorted({route.day for route in routes})]
    return [
        {
            "day": day,
            "date": date.isoformat(),
            "weekday": date.weekday(),
            "chip": f"{words.weekday(date)} {date.day}",
            "said": words.date(date),
        }
        for day, date in dates
    ]


def short_form(category: str) -> str:
    """
    Shorten a category as its readers do: ``SAD``, ``AMPK``, ``Disab.``

    Who looks over a shoulder reads less, and the line holds it.
    """
    parts = [part for part in category.split() if part[0].isalnum()]
    if len(parts) >= _MANY_WORDS:
        return "".join(part[0].upper() for part in parts)
    return category if len(category) <= _SHORT_LETTERS + 1 else f"{category[:_SHORT_LETTERS]}."


def page_basis(
    plan: Plan,
    routes: Sequence[DayRoute],
    ways: Ways,
    words: Words,
    *,
    workers: Sequence[str],
    look: Look,
    basemap: str | None,
    keys: PageKeys | None = None,
) -> Json:
    """Give what every page of day routes shows; the losses with their reasons."""
    first, last = date_of(plan, 0), date_of(plan, plan.horizon_days - 1)
    contacts = {contact.place_id: contact for contact in plan.contacts}
    drawn = [_route(plan, route, ways, words, workers, contacts, look, keys) for route in routes]
    seen = {stop.place_id for route in routes for stop in route.stops}
    seen |= {stop.contact for route in routes for stop in route.stops if stop.contact}
    return {
        "form": FORM,
        "language": words.language,
        "span": words.days(first, last),
        "notices": [writable(words.say(notice)) for notice in plan.notices],
        "workers": [writable(worker_id) for worker_id in workers],
        "days": day_data(plan, routes, words),
        "routes": drawn,
        "circuits": _circuits(plan, routes, words),
        "left_out": loss_groups(plan, words),
        "contacts": [
            _contact(contact) | {"kind": contact.kind}
            for contact in plan.contacts
            if contact.phone and contact.place_id in seen
        ],
        "words": page_words(words),
        "attribution": writable(look.attribution),
        "tiles": None,
        "basemap": basemap,
    }


def _route(
    plan: Plan,
    route: DayRoute,
    ways: Ways,
    words: Words,
    workers: Sequence[str],
    contacts: Mapping[str, Contact],
    look: Look,
    keys: PageKeys | None,
) -> Json:
    legs = ways.legs.get((route.team_id, route.day), ())
    end = route.stops[-1]
    away = is_night_away(route)
    close = (
        words.say("sleeps at %(lodging)s", lodging=place_name(end))
        if away
        else words.say("back at %(time)s", time=words.clock(moment(plan.starts_at, end.arrives_s)))
    )
    facts = [
        words.plural("%(n)s visit", "%(n)s visits", n_visits(route)),
        words.km(distance_m(route)),
        close,
    ]
    team = ", ".join(route.worker_ids)
    circuit = circuit_name(plan, route, words)
    return {
        "day": route.day,
        "weekday": date_of(plan, route.day).weekday(),
        "workers": [i for i, worker_id in enumerate(workers) if worker_id in route.worker_ids],
        # A worker's own page need not say whose it is.
        "team": "" if (team,) == tuple(workers) else writable(team),
        "circuit": None if circuit is None else writable(circuit),
        "n_visits": n_visits(route),
        "facts": [writable(fact) for fact in facts],
        "night": writable(place_name(end)) if away else None,
        "items": _items(plan, route, ways, words, contacts, look, keys),
        "legs": [_leg(leg, traced, ways) for leg, traced in zip(route.legs, legs, strict=False)],
    }


def _items(
    plan: Plan,
    route: DayRoute,
    ways: Ways,
    words: Words,
    contacts: Mapping[str, Contact],
    look: Look,
    keys: PageKeys | None,
) -> list[Json]:
    legs = ways.legs.get((route.team_id, route.day), ())
    items: list[Json] = []
    # Where each stop stands in the list, which has rests too.
    positions: list[int] = []
    for item in listed(route, plan.starts_at):
        if isinstance(item, Rest):
            items.append(_rest(item, words))
            continue
        n_before = len(positions)
        positions.append(len(items))
        told = _stop(item, words, contacts, look)
        told["spot"] = positions[item.spot]
        if item.leg_out is not None:
            traced = legs[n_before] if n_before < len(legs) else None
            told["onward"] = _onward(item.leg_out, n_before, traced, ways, words)
        if keys is not None and item.number is not None:
            told["tick"] = keys.tick(item.stop, date_of(plan, route.day))
        items.append(told)
    return items


def _rest(rest: Rest, words: Words) -> Json:
    said = words.say("break, on the way") if rest.is_on_the_way else words.say("break")
    return {
        "is": "rest",
        "name": writable(rest.break_id),
        "said": said,
        "hours": f"{words.clock(rest.starts)}–{words.clock(rest.ends)}",
    }


def _stop(entry: Entry, words: Words, contacts: Mapping[str, Contact], look: Look) -> Json:
    stop = entry.stop
    name = place_name(stop)
    minutes = None
    if entry.leg_in is None:
        hours = words.say("leaves %(time)s", time=words.clock(entry.departs))
    elif entry.leg_out is None:
        hours = words.say("arrives %(time)s", time=words.clock(entry.arrives))
    else:
        hours = f"{words.clock(entry.starts)}–{words.clock(entry.departs)}"
        minutes = words.duration(stop.departs_s - stop.starts_s)
    contact = contacts.get(stop.contact or stop.place_id)
    return {
        "is": "stop",
        "kind": stop.kind,
        "number": entry.number,
        "name": writable(name),
        "id": None if name == stop.place_id else writable(stop.place_id),
        "category": None if stop.category is None else writable(stop.category),
        "short": None if stop.category is None else writable(look.short(stop.category)),
        "area": None if stop.area is None else writable(stop.area),
        "time": words.clock(entry.departs if entry.leg_in is None else entry.starts),
        "hours": hours,
        "minutes": minutes,
        "is_pinned": stop.is_pinned,
        "lon": round(float(stop.lon), _DECIMALS),
        "lat": round(float(stop.lat), _DECIMALS),
        "spot": None,
        "tick": None,
        "contact": None if contact is None else _contact(contact),
        "onward": None,
    }


def _contact(contact: Contact) -> Json:
    return {"name": writable(contact.label), "phone": contact.phone}


def _onward(
    leg: Leg, number: int, traced: TracedLeg | None, ways: Ways, words: Words
) -> Json | None:
    if not is_ridden(leg):
        return None
    soft = None
    if traced is not None and traced.soft_m >= SOFT_FROM_M:
        soft = _slow_in_rain(traced.soft_m, words)
        # Told here, since a second way is a button that shows it on the map.
        if ways.detours_soft_m is not None and (leg.from_id, leg.to_id) not in ways.detours:
            soft = f"{soft} · {words.say('no other way: wait, or call')}"
    return {
        "leg": number,
        "said": f"{words.km(leg.distance_m)}, {words.duration(leg.duration_s)}",
        "soft": soft,
        "other": _other(leg, ways, words),
    }


def _other(leg: Leg, ways: Ways, words: Words) -> str | None:
    ends = leg.from_id, leg.to_id
    if ends not in ways.detours:
        return None
    duration_s, metres, _ = ways.detours[ends]
    said = words.say(
        "if the road is shut: %(distance)s, %(duration)s",
        distance=words.km(metres),
        duration=words.duration(duration_s),
    )
    soft_m = (ways.detours_soft_m or {}).get(ends, 0.0)
    return said if soft_m < SOFT_FROM_M else f"{said}, {_slow_in_rain(soft_m, words)}"


def _slow_in_rain(metres: float, words: Words) -> str:
    return words.say("%(distance)s of it slow in rain", distance=words.km(metres))


def _leg(leg: Leg, traced: TracedLeg, ways: Ways) -> Json:
    detour = ways.detours.get((leg.from_id, leg.to_id))
    return {
        "path": encode_line(traced.path),
        "soft": [encode_line(line) for line in traced.soft] if is_ridden(leg) else [],
        "other": None if detour is None else encode_line(detour[2]),
    }


def _circuits(plan: Plan, routes: Sequence[DayRoute], words: Words) -> list[Json]:
    nights: dict[str, list[Json]] = {}
    for route in routes:
        name = circuit_name(plan, route, words)
        if name is not None and is_night_away(route):
            day = words.date(date_of(plan, route.day))
            lodging = writable(place_name(route.stops[-1]))
            nights.setdefault(writable(name), []).append({"day": day, "lodging": lodging})
    return [{"name": name, "nights": found} for name, found in nights.items()]
