"""What the pages of a changed plan show beyond those of a week's first: what is other, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outreach.output.changes_seen import Changes, changes_for
from outreach.output.itinerary import Rest, listed, moment, place_name, routes_of, worker_ids
from outreach.output.page_words import change_words
from outreach.output.polyline import encode_line
from outreach.output.safe_text import writable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from outreach.lineage import Call
    from outreach.model import DayRoute, Plan, Stop
    from outreach.output.changes_seen import Before, Mark
    from outreach.output.words import Words

Json = dict[str, Any]

_DECIMALS = 6


def changed_worker_page(
    data: Json, plan: Plan, words: Words, worker_id: str, *, before: Before | None = None
) -> Json:
    """Put into the data of a worker's page what is other for this worker, and roads now closed."""
    changes = changes_for(plan, words, worker_id, before=before)
    if changes is None:
        return data
    closed = _closed(changes)
    if not changes.is_concerned and not closed:
        return data
    told = {
        "title": changes.tell.title(),
        "happened": [_happened(changes.tell.happening(x)) for x in changes.told],
        "rows": [_row(changes, mark) for mark in changes.marks],
        "nights": _nights(changes),
    }
    return {
        **data,
        "words": data["words"] | change_words(words),
        "routes": _marked_routes(changes, data["routes"], words),
        "changes": told if changes.is_concerned else None,
        "closed": closed,
    }


def changed_office_page(
    data: Json, plan: Plan, words: Words, *, before: Before | None = None
) -> Json:
    """Put into the data of the office's page what a changed plan changes, and how it was."""
    revision = plan.revision
    if revision is None:
        return data
    changes = Changes(plan, revision, words)
    n_known = len(revision.happened) - revision.n_told
    told = {
        "title": changes.tell.title(),
        "happened": [
            _happened(changes.tell.happening(told), is_new=i >= n_known)
            for i, told in enumerate(revision.happened)
        ],
        "figures": list(changes.tell.figures(revision)),
        "calls": [_call(changes, call) for call in revision.calls],
        "rows": list(_office_rows(changes)),
        "nights": _nights(changes),
    }
    return {
        **data,
        "words": data["words"] | change_words(words),
        "routes": _marked_routes(changes, data["routes"], words),
        "changes": told,
        "before": [] if before is None else list(_before(changes, before)),
        "closed": _closed(changes),
    }


def _happened(said: str, *, is_new: bool = True) -> Json:
    return {"said": writable(said), "is_new": is_new}


def _row(changes: Changes, mark: Mark) -> Json:
    """Lay out whom a change concerns, from when to when, and, for the office, why."""
    change, reason = mark.change, changes.reason(mark)
    was, now = (
        None if when is None else writable(changes.tell.when(when))
        for when in (change.before, change.after)
    )
    return {
        "kind": mark.kind,
        "label": mark.label,
        "who": writable(change.beneficiary_id),
        "visit": writable(change.visit_id),
        "was": was if was != now else None,
        "now": now,
        "why": None if reason is None else writable(reason),
    }


def _office_rows(changes: Changes) -> Iterator[Json]:
    """Yield the changes with whom and which days they concern, and where on the page they stand."""
    workers, places = worker_ids(changes.plan), dict(_places(changes.plan))
    for mark in changes.marks:
        whens = [when for when in (mark.was, mark.now) if when is not None]
        who = {worker_id for when in whens for worker_id in when.worker_ids}
        yield {
            **_row(changes, mark),
            "workers": [i for i, worker_id in enumerate(workers) if worker_id in who],
            "days": sorted({when.day for when in whens}),
            "place": places.get(mark.change.visit_id),
        }


def _places(plan: Plan) -> Iterator[tuple[str, tuple[int, int]]]:
    """Find each visit on the office's page: its day route and item."""
    for i, route in enumerate(routes_of(plan)):
        for n, item in enumerate(listed(route, plan.starts_at)):
            if not isinstance(item, Rest) and item.stop.visit_id is not None:
                yield item.stop.visit_id, (i, n)


def _call(changes: Changes, call: Call) -> Json:
    changed = {change.visit_id: change for change in changes.revision.changes}
    own = [changed[visit_id] for visit_id in call.visit_ids if visit_id in changed]
    about = changes.tell.outcome(call, own) or dict.fromkeys(one.beneficiary_id for one in own)
    return {
        "name": writable(changes.tell.callee(call)),
        "phone": changes.tell.phone(call),
        "by": changes.tell.by(call),
        "about": [writable(one) for one in about],
    }


def _nights(changes: Changes) -> list[Json]:
    return [
        {
            "team": writable(night.team_id),
            "day": changes.tell.date(night.day),
            "was": night.before and writable(changes.tell.place(night.before)),
            "now": night.after and writable(changes.tell.place(night.after)),
        }
        for night in changes.nights
    ]


def _marked_routes(changes: Changes, drawn: Sequence[Json], words: Words) -> list[Json]:
    """Mark in a page's day routes the stops that are other, and on whose day what is off."""
    by_visit = {mark.change.visit_id: mark for mark in changes.marks if mark.now is not None}
    marked = []
    for route, told in zip(routes_of(changes.plan, changes.reader), drawn, strict=True):
        stops = iter(route.stops)
        items = [
            item if item["is"] == "rest" else _marked(item, by_visit, next(stops))
            for item in told["items"]
        ]
        marked.append({**told, "items": items, "off": list(_off(changes, route, words))})
    return marked


def _marked(item: Json, marks: Mapping[str, Mark], stop: Stop) -> Json:
    mark = marks.get(stop.visit_id or "")
    if mark is None:
        return item
    told = {"kind": mark.kind, "label": mark.label, "said": writable(mark.said)}
    return {**item, "change": told}


def _off(changes: Changes, route: DayRoute, words: Words) -> Iterator[Json]:
    """Tell what a worker no longer does on a day, and how many items come before it."""
    *entries, _ = listed(route, changes.plan.starts_at)
    for mark in changes.marks if changes.reader else ():
        was, now = mark.was, mark.now
        if was is None or was.day != route.day or (now is not None and now.day == was.day):
            continue
        at = moment(changes.plan.starts_at, was.starts_s)
        said = mark.said if now is None else f"{mark.label}: {changes.tell.when(now)}"
        yield {
            "name": writable(mark.change.beneficiary_id),
            "time": words.clock(at),
            "said": writable(said),
            "at": sum(entry.starts < at for entry in entries),
        }


def _before(changes: Changes, before: Before) -> Iterator[Json]:
    """Yield by team and day the ways that are not ridden any more, and whom they led to."""
    workers = worker_ids(changes.plan)
    said = {mark.change.visit_id: mark.said for mark in changes.marks}
    now = {
        (stop.visit_id, route.team_id, route.day)
        for route in changes.plan.day_routes
        for stop in route.stops
    }
    for route in routes_of(before.plan):
        gone = [
            stop
            for stop in route.stops
            if stop.visit_id in said and (stop.visit_id, route.team_id, route.day) not in now
        ]
        left = before.left.get((route.team_id, route.day), ())
        if left or gone:
            yield {
                "day": route.day,
                "workers": [i for i, x in enumerate(workers) if x in route.worker_ids],
                "legs": [encode_line(path) for path in left],
                "gone": [
                    {
                        "name": writable(place_name(stop)),
                        "said": writable(said[stop.visit_id or ""]),
                        "lon": round(float(stop.lon), _DECIMALS),
                        "lat": round(float(stop.lat), _DECIMALS),
                    }
                    for stop in gone
                ],
            }


def _closed(changes: Changes) -> list[Json]:
    """Give the roads that are closed, as areas on the map, and since when."""
    import shapely

    areas = []
    for told in changes.revision.happened:
        if told.area_wkt is None:
            continue
        area = shapely.from_wkt(told.area_wkt)
        inside = shapely.point_on_surface(area)
        areas.append(
            {
                "said": changes.tell.happening(told),
                "lon": round(float(inside.x), _DECIMALS),
                "lat": round(float(inside.y), _DECIMALS),
                "rims": [encode_line(rim) for rim in shapely.get_parts(area.boundary)],
            }
        )
    return areas
