"""A plan as anybody may see it: sums by area, where no number tells of a few people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from outreach.output.itinerary import date_of
from outreach.output.page_data import FORM
from outreach.output.page_words import page_words
from outreach.output.polyline import encode
from outreach.output.safe_text import writable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry import MultiPolygon, Polygon

    from outreach.model import Plan
    from outreach.output.page_data import Json
    from outreach.output.words import Words

    Areas = Sequence[tuple[str, Polygon | MultiPolygon]]

LEAST_PEOPLE = 5
"""How many people stand behind a number before it is told."""

HIDDEN = "…"
"""What stands in place of a number that is not told."""

# About 100 m: borders for a map of districts.
_TOLERANCE_DEGREES = 1e-3


@dataclass(slots=True, kw_only=True)
class _Row:
    """The people of an area, or of several, and what the plan does for them."""

    name: str | None
    people: set[str] = field(default_factory=set)
    visited: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)
    n_visits: int = 0

    def add(self, other: _Row) -> None:
        self.people |= other.people
        self.visited |= other.visited
        self.left_out |= other.left_out
        self.n_visits += other.n_visits


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """Which counts of a column are told, and whether their total is."""

    rows: tuple[bool, ...]
    total: bool


def public_data(
    plan: Plan,
    areas: Areas,
    words: Words,
    k: int = LEAST_PEOPLE,
    *,
    homes: Mapping[str, tuple[float, float]] | None = None,
    attribution: str = "",
) -> Json:
    """
    Give what the public page shows: people, visits and people left out, by area.

    Nothing of a single person goes in: no id, place, way or time. Areas with fewer than `k`
    people, and people whose area is not known, are told together as "other areas", with the
    next larger area where they are still fewer than `k`. Of each row a count is told where it,
    and the rest of the row's people, is nobody or at least `k` people. A total that would give
    a hidden count away hides one more count, or is hidden itself.

    Parameters
    ----------
    plan
        What is told.
    areas
        Names and polygons, EPSG:4326. Without any, the areas that the plan's stops name.
    words
        The readers' language.
    k
        The fewest people that any number tells of.
    homes
        Longitude and latitude of beneficiaries, by id, to count those who are visited nowhere
        in their area.
    attribution
        The makers of the roads.

    Returns
    -------
    data
        As `outreach.output.page_data` lays it out, without workers, days, routes and losses.
        `areas` lists the rows, the largest first and other areas last: `name`; `n_people` (0
        where that is hidden); `cells`, said, one for each of `areas_head`; `outline`, polygons
        as lists of rings as polylines (of other areas: all that have no row); `is_other`.
        `areas_total` has such cells too, `areas_notes` are sentences, and `k` is the fewest
        people of any row that is told.
    """
    rows = _grouped(_counted(plan, areas, homes or {}), k)
    sizes = [len(row.people) for row in rows]
    visits = _told([len(row.visited) for row in rows], sizes, k)
    losses = _told([len(row.left_out) for row in rows], sizes, k)
    polygons: dict[str, list[Polygon]] = {}
    for name, shape in areas:
        polygons.setdefault(name, []).extend(getattr(shape, "geoms", (shape,)))
    rest = sorted(polygons.keys() - {row.name for row in rows})

    def said(row: _Row, with_visits: bool, with_losses: bool) -> list[str]:  # noqa: FBT001
        n = len(row.people)
        return [
            words.number(n) if n >= k or not n else f"<{k}",
            words.number(row.n_visits) if with_visits else HIDDEN,
            words.number(len(row.left_out)) if with_losses else HIDDEN,
        ]

    told, total = [], _Row(name=None)
    for i, row in enumerate(rows):
        total.add(row)
        names = rest if row.name is None else [row.name]
        told.append(
            {
                "name": writable(row.name or words.say("other areas")),
                "n_people": sizes[i] if sizes[i] >= k else 0,
                "cells": said(row, visits.rows[i], losses.rows[i]),
                "outline": [_rings(part) for name in names for part in polygons.get(name, ())],
                "is_other": row.name is None,
            }
        )
    reached = min((n for n in sizes if n >= k), default=0)
    return {
        "form": FORM,
        "kind": "public",
        "language": words.language,
        "title": words.say("Visits by area"),
        "span": words.days(date_of(plan, 0), date_of(plan, plan.horizon_days - 1)),
        "key": "",
        # What a notice is about may be a worker or a place.
        "notices": [writable(words.say(x)) for x in plan.notices if not x.values],
        **{key: [] for key in ("workers", "days", "routes", "circuits", "left_out", "contacts")},
        "areas": told,
        "areas_head": [words.say("people"), words.say("visits"), words.say("people left out")],
        "areas_total": said(total, visits.total, losses.total),
        "areas_notes": _notes(words, k, reached),
        "k": reached,
        "words": page_words(words),
        "attribution": writable(attribution),
        "tiles": None,
        "basemap": None,
    }


def _counted(plan: Plan, areas: Areas, homes: Mapping[str, tuple[float, float]]) -> list[_Row]:
    """Count by area; the last row is of those whose area is not known."""
    visits = [stop for route in plan.day_routes for stop in route.stops if stop.beneficiary_id]
    visits.sort(key=lambda stop: (stop.arrives_s, stop.beneficiary_id))
    if areas:
        found = _areas_at([(stop.lon, stop.lat) for stop in visits], areas)
    else:
        found = [stop.area or None for stop in visits]
    # A child that is visited at two places is one child, at the first of them.
    home: dict[str, str | None] = {}
    for stop, name in zip(visits, found, strict=True):
        home.setdefault(str(stop.beneficiary_id), name)
    gone = sorted({loss.beneficiary_id for loss in plan.losses} - home.keys())
    known = [beneficiary_id for beneficiary_id in gone if areas and beneficiary_id in homes]
    home |= dict.fromkeys(gone)
    home |= dict(zip(known, _areas_at([homes[x] for x in known], areas), strict=True))
    rows: dict[str | None, _Row] = {}
    for beneficiary_id, name in home.items():
        rows.setdefault(name, _Row(name=name)).people.add(beneficiary_id)
    for stop in visits:
        row = rows[home[str(stop.beneficiary_id)]]
        row.visited.add(str(stop.beneficiary_id))
        row.n_visits += 1
    for loss in plan.losses:
        rows[home[loss.beneficiary_id]].left_out.add(loss.beneficiary_id)
    unknown = rows.pop(None, _Row(name=None))
    return [*rows.values(), unknown]


def _areas_at(places: Sequence[tuple[float, float]], areas: Areas) -> list[str | None]:
    import shapely

    found: list[str | None] = [None] * len(places)
    tree = shapely.STRtree([shape for _, shape in areas])
    points = shapely.points([lon for lon, _ in places], [lat for _, lat in places])
    pairs = tree.query(points, predicate="intersects")
    # On a border the first area counts.
    for place, area in sorted(zip(*pairs.tolist(), strict=True), reverse=True):
        found[place] = areas[area][0]
    return found


def _grouped(rows: list[_Row], k: int) -> list[_Row]:
    """Put rows of fewer than `k` people together; the largest come first, the others last."""
    *named, other = rows
    named.sort(key=lambda row: (-len(row.people), row.name or ""))
    while named and (len(named[-1].people) < k or 0 < len(other.people) < k):
        other.add(named.pop())
    return [*named, other] if other.people else named


def _told(counts: Sequence[int], sizes: Sequence[int], k: int) -> _Column:
    """
    Tell which counts of a column may be told, and whether the total may.

    What is hidden can be narrowed down from the total and from how many people each row has;
    at least `k` values must stay possible for it.
    """

    def is_safe(count: int, size: int) -> bool:
        return all(n == 0 or n >= k for n in (count, size - count)) and (size >= k or not size)

    rows = [is_safe(count, size) for count, size in zip(counts, sizes, strict=True)]
    is_total_told = is_safe(sum(counts), sum(sizes))
    while is_total_told and not all(rows):
        hidden = [i for i, is_told in enumerate(rows) if not is_told]
        left, room = sum(counts[i] for i in hidden), sum(sizes[i] for i in hidden)
        widths = [min(left, sizes[i]) - max(0, left - (room - sizes[i])) for i in hidden]
        if min(widths) >= k:
            break
        told = [i for i, is_told in enumerate(rows) if is_told]
        if told:
            rows[min(told, key=lambda i: (sizes[i], i))] = False
        else:
            is_total_told = False
    return _Column(rows=tuple(rows), total=is_total_told)


def _rings(polygon: Polygon) -> list[str]:
    import shapely

    drawn = shapely.simplify(polygon, _TOLERANCE_DEGREES)
    rings = [ring for ring in (drawn.exterior, *drawn.interiors) if not ring.is_empty]
    points = [shapely.get_coordinates(ring) for ring in rings]
    return [encode(ring[:, 0], ring[:, 1]) for ring in points]


def _notes(words: Words, k: int, reached: int) -> list[str]:
    notes = [
        words.say(
            "People are those who are visited or left out in these days; somebody whose visits"
            " are partly left out counts as both."
        ),
        words.say(
            "%(sign)s is not told: it stands for fewer than %(k)d people, or would give such a"
            " number away.",
            sign=HIDDEN,
            k=k,
        ),
    ]
    if reached:
        notes.append(words.say("Every row tells of at least %(k)d people (k = %(k)d).", k=reached))
    return notes
