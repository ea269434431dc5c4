"""What keeps a document from being a plan: the schema, and what no schema can see."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from outreach.output.json_file import schema_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]


def plan_faults(document: object, schema: Json) -> Iterator[str]:
    """Name each place where a document is not a plan of the schema's form, but for its legs."""
    errors = tuple(schema_faults(document, schema))
    yield from errors
    if not errors and isinstance(document, dict):
        yield from _broken_times(document)


def leg_faults(document: Json) -> Iterator[str]:
    """Name each day whose legs do not join its stops one by one."""
    for i, route in enumerate(document["day_routes"]):
        if len(route["legs"]) != len(route["stops"]) - 1:
            yield f"day_routes[{i}].legs: must be one fewer than the stops that they join"


def _broken_times(document: Json) -> Iterator[str]:
    # The schema knows the shape of a time; only Python knows whether it exists, and its offset.
    n_broken = 0
    for place, text in _times(document):
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError as error:
            yield f"{place}: '{text}' is not a time ({error})"
        else:
            if moment.tzinfo is not None:
                continue
            yield f"{place}: '{text}' lacks its offset from UTC, such as +07:00"
        n_broken += 1
    if not n_broken:
        yield from _broken_days(document)
    for i, one in enumerate(document.get("revision", {}).get("happened", ())):
        if one["area_wkt"] is not None and not _is_area(one["area_wkt"]):
            yield f"revision.happened[{i}].area_wkt: is no polygon"
    for i, x in enumerate(document["not_due"]):
        try:
            dt.date.fromisoformat(x["due_on"])
        except ValueError as error:
            yield f"not_due[{i}].due_on: '{x['due_on']}' is not a date ({error})"


def _is_area(wkt: str) -> bool:
    import shapely

    try:
        area = shapely.from_wkt(wkt)
    except shapely.errors.GEOSException:
        return False
    return area.geom_type in {"Polygon", "MultiPolygon"} and area.is_valid and not area.is_empty


def _times(document: Json) -> Iterator[tuple[str, str]]:
    yield "starts_at", document["starts_at"]
    if "revision" in document:
        yield from _revision_times(document["revision"])
    for i, route in enumerate(document["day_routes"]):
        for j, stop in enumerate(route["stops"]):
            for name in ("arrives_at", "starts_at", "departs_at"):
                yield f"day_routes[{i}].stops[{j}].{name}", stop[name]
        for j, pause in enumerate(route["pauses"]):
            for name in ("starts_at", "ends_at"):
                yield f"day_routes[{i}].pauses[{j}].{name}", pause[name]


def _broken_days(document: Json) -> Iterator[str]:
    first = dt.datetime.fromisoformat(document["starts_at"]).date()
    try:
        first + dt.timedelta(days=document["horizon_days"])
    except OverflowError:
        yield f"starts_at: the calendar ends before the {document['horizon_days']} days do"
    for i, route in enumerate(document["day_routes"]):
        place = f"day_routes[{i}].date"
        try:
            date = dt.date.fromisoformat(route["date"])
        except ValueError as error:
            yield f"{place}: '{route['date']}' is not a date ({error})"
        else:
            if (date - first).days != route["day"]:
                yield f"{place}: '{date}' is not day {route['day']}, counted from 0 at {first}"


def _revision_times(revision: Json) -> Iterator[tuple[str, str]]:
    yield "revision.at", revision["at"]
    for i, one in enumerate(revision["happened"]):
        for name in ("at", "from", "to", "deadline"):
            if one[name] is not None:
                yield f"revision.happened[{i}].{name}", one[name]
    for i, change in enumerate(revision["changes"]):
        for name in ("before", "after"):
            if change[name] is not None:
                yield f"revision.changes[{i}].{name}.starts", change[name]["starts"]
    for i, call in enumerate(revision["calls"]):
        yield f"revision.calls[{i}].by", call["by"]
