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
    """The people of an area, or of several: each is visited, left out, or both."""

    name: str | None = None
    visited: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)

    @property
    def n_people(self) -> int:
        return len(self.visited | self.left_out)

    def is_safe(self, k: int) -> bool:
        """Whether the counts, and all that follows from them, tell of nobody or `k` people."""
        groups = (
            self.visited - self.left_out,
            self.left_out - self.visited,
            self.visited & self.left_out,
        )
        return all(not group or len(group) >= k for group in groups)

    def add(self, other: _Row) -> None:
        self.visited |= other.visited
        self.left_out |= other.left_out


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
    Give what the public page shows: people, people visited and people left out, by area.

    Nothing of a single person goes in: no id, place, way or time. Areas with fewer than `k`
    people, and people whose area is not known, are told together as "other areas", with the
    next larger area where they are still fewer than `k`. People are beneficiaries only; partners
    and appointments that are left out do not count.

    The counts of a row are told together or not at all, as either one tells of the other: they
    are told where those who are only visited, only left out, and both, are each nobody or at
    least `k` people. Their total is told where every row's counts are: else it would tell of the
    hidden rows, and hiding more rows for it would tell why. So each hidden row keeps to itself,
    and even to those who know this rule it may have 1 to `k` - 1 people visited, or all (and so
    for people left out): `k` values.

    Not protected is what comes out by comparing two publications over time, where somebody has
    come or gone; nor that a told "nobody" or "everybody" holds for each person of an area.

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
        Longitude and latitude of all beneficiaries, by id, to count those who are visited
        nowhere in their area. Without it, of those only the invalid rows are known to be people,
        and nobody else is counted.
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
    are_told = [row.is_safe(k) for row in rows]
    total = _Row()
    for row in rows:
        total.add(row)
    polygons: dict[str, list[Polygon]] = {}
    for name, shape in areas:
        polygons.setdefault(name, []).extend(getattr(shape, "geoms", (shape,)))
    rest = sorted(polygons.keys() - {row.name for row in rows})

    def said(row: _Row, is_told: bool) -> list[str]:  # noqa: FBT001
        n = row.n_people
        counts = (len(row.visited), len(row.left_out))
        return [
            words.number(n) if n >= k or not n else f"<{k}",
            *(words.number(count) if is_told else HIDDEN for count in counts),
        ]

    told = []
    for row, is_told in zip(rows, are_told, strict=True):
        names = rest if row.name is None else [row.name]
        told.append(
            {
                "name": writable(row.name or words.say("other areas")),
                "n_people": row.n_people if row.n_people >= k else 0,
                "cells": said(row, is_told),
                "outline": [_rings(part) for name in names for part in polygons.get(name, ())],
                "is_other": row.name is None,
            }
        )
    reached = min((row.n_people for row in rows if row.n_people >= k), default=0)
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
        "areas_head": [
            words.say("people"),
            words.say("people visited"),
            words.say("people left out"),
        ],
        "areas_total": said(total, all(are_told)),
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
    # Partners and appointments are left out under ids of their own.
    invalid = {loss.beneficiary_id for loss in plan.invalid}
    left_out = {loss.beneficiary_id for loss in plan.losses} & (
        home.keys() | homes.keys() | invalid
    )
    gone = sorted(left_out - home.keys())
    known = [beneficiary_id for beneficiary_id in gone if areas and beneficiary_id in homes]
    visited = set(home)
    home |= dict.fromkeys(gone)
    home |= dict(zip(known, _areas_at([homes[x] for x in known], areas), strict=True))
    rows: dict[str | None, _Row] = {}
    for beneficiary_id, name in home.items():
        row = rows.setdefault(name, _Row(name=name))
        if beneficiary_id in visited:
            row.visited.add(beneficiary_id)
        if beneficiary_id in left_out:
            row.left_out.add(beneficiary_id)
    unknown = rows.pop(None, _Row())
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
    named.sort(key=lambda row: (-row.n_people, row.name or ""))
    while named and (named[-1].n_people < k or 0 < other.n_people < k):
        other.add(named.pop())
    return [*named, other] if other.n_people else named


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
            "%(sign)s is not told: it could give away a number of fewer than %(k)d people. Sums of"
            " all areas are told only where nothing is hidden.",
            sign=HIDDEN,
            k=k,
        ),
        words.say(
            "Not protected: where nobody or everybody of an area is visited or left out, that"
            " holds for each of them; and pages of different days, compared, may tell of those"
            " who have come or gone."
        ),
    ]
    if reached:
        notes.append(words.say("Every row tells of at least %(k)d people (k = %(k)d).", k=reached))
    return notes
