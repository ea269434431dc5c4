"""What the pages of a changed plan show beyond those of a week's first: what is other, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from outreach.output.changes_since import revision_since
from outreach.output.changes_told import ChangeTeller
from outreach.output.itinerary import Rest, listed, moment, place_name, routes_of, worker_ids
from outreach.output.page_words import change_words
from outreach.output.polyline import encode_line
from outreach.output.safe_text import writable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shapely.geometry import LineString

    from outreach.lineage import Change, Happening, Revision, When
    from outreach.model import DayRoute, Plan, Stop
    from outreach.output.words import Words

Json = dict[str, Any]
MarkKind = Literal["new", "moved", "time", "off"]

_DECIMALS = 6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Before:
    """
    What a changed plan is drawn against.

    Parameters
    ----------
    earlier
        The plans of the week that it was changed from, the latest first; not empty.
    left
        By team and day the paths that are not ridden any more, EPSG:4326.
    held
        The plan of which a worker has the pack, where that is another than the latest.
    """

    earlier: tuple[Plan, ...]
    left: Mapping[tuple[str, int], tuple[LineString, ...]] = field(default_factory=dict)
    held: Mapping[str, Plan] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        """The plan before."""
        return self.earlier[0]

    @property
    def first(self) -> Plan:
        """The week's first plan, of which pages have the names under which phones keep ticks."""
        return self.earlier[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """
    What is other about a visit for its reader.

    `was` and `now` are None where the reader did not, or does not, make it: then it is new, or
    off.
    """

    kind: MarkKind
    label: str
    said: str
    change: Change
    was: When | None
    now: When | None


class Changes:
    """
    The changes of a plan, seen with one worker's eyes or the office's.

    What a worker hands over to a colleague is off, what comes from one is new. Nothing is told
    to a worker of others' cases.

    Parameters
    ----------
    plan
        A changed one.
    revision
        The plan's own, or what differs from the plan that the reader has.
    words
        The reader's language.
    reader
        The worker; None for the office.
    """

    def __init__(
        self, plan: Plan, revision: Revision, words: Words, *, reader: str | None = None
    ) -> None:
        self._plan = plan
        self._revision = revision
        self._words = words
        self._reader = reader
        self._tell = ChangeTeller(plan, words, reader=reader)
        marks = (self._mark(change) for change in revision.changes)
        self.marks = tuple(mark for mark in marks if mark is not None)

    def _mark(self, change: Change) -> Mark | None:
        was, now = (
            when if when is not None and self._reader in {None, *when.worker_ids} else None
            for when in (change.before, change.after)
        )
        before, after = change.before, change.after
        if now is not None:
            kind: MarkKind = "time" if change.kind == "kept" else "moved"
            label = self._tell.label(change)
            if was is None:
                kind, label = "new", self._words.say("new")
            said = label
            if before is not None:
                when = self._tell.when(before)
                said = self._words.say("%(label)s, was %(when)s", label=label, when=when)
        elif was is not None:
            kind, label = "off", self._tell.label(change)
            said = label
            if after is not None:
                label = self._words.say("handed over")
                said = f"{label}: {self._tell.when(after)}"
        elif self._reader is None:
            # Neither before nor now: an urgent case for which there is no room.
            kind, label = "off", self._tell.label(change)
            said = label
        else:
            return None
        return Mark(kind=kind, label=label, said=said, change=change, was=was, now=now)

    def rows(self) -> list[Json]:
        """List each change: whom it concerns, from when to when, and, to the office, why."""
        rows = []
        for mark in self.marks:
            change = mark.change
            was, now = (
                None if when is None else writable(self._tell.when(when))
                for when in (change.before, change.after)
            )
            why = None if self._reader else change.detail
            rows.append(
                {
                    "kind": mark.kind,
                    "label": mark.label,
                    "who": writable(change.beneficiary_id),
                    "visit": writable(change.visit_id),
                    "was": was,
                    "now": now,
                    "why": None if why is None or now else writable(self._words.say(why)),
                }
            )
        return rows

    def nights(self) -> list[Json]:
        """List where teams, or the reader's, sleep otherwise than before."""
        plan, reader = self._plan, self._reader
        teams = {route.team_id for route in routes_of(plan, reader)}
        teams |= {w.team_id for mark in self.marks for w in (mark.was, mark.now) if w is not None}
        return [
            {
                "team": writable(night.team_id),
                "day": self._tell.date(night.day),
                "was": night.before and writable(self._tell.place(night.before)),
                "now": night.after and writable(self._tell.place(night.after)),
            }
            for night in self._revision.nights
            if reader is None or night.team_id in teams
        ]

    def routes(self, drawn: Sequence[Json]) -> list[Json]:
        """
        Mark in a page's day routes the stops that are other, and on whose day what is off.

        `drawn` are the routes as `outreach.output.page_data` lists them.
        """
        by_visit = {mark.change.visit_id: mark for mark in self.marks if mark.now is not None}
        marked = []
        for route, told in zip(routes_of(self._plan, self._reader), drawn, strict=True):
            stops = iter(route.stops)
            items = [
                item if item["is"] == "rest" else _marked(item, by_visit, next(stops))
                for item in told["items"]
            ]
            marked.append({**told, "items": items, "off": list(self._off(route))})
        return marked

    def _off(self, route: DayRoute) -> Iterator[Json]:
        """Tell what the reader no longer does on a day, and how many items come before it."""
        entries = listed(route, self._plan.starts_at)
        ends = entries[-1]
        for mark in self.marks if self._reader else ():
            was, now = mark.was, mark.now
            if was is None or was.day != route.day or (now is not None and now.day == was.day):
                continue
            at = moment(self._plan.starts_at, was.starts_s)
            said = mark.said if now is None else f"{mark.label}: {self._tell.when(now)}"
            yield {
                "name": writable(mark.change.beneficiary_id),
                "time": self._words.clock(at),
                "said": writable(said),
                "at": sum(x.starts < at for x in entries if x is not ends),
            }

    def for_worker(self) -> Json | None:
        """Give what tops a worker's page; None where nothing of the own is other."""
        rows, nights = self.rows(), self.nights()
        if not rows and not nights:
            return None
        return {
            "title": self._tell.title(),
            "happened": [
                {"said": writable(self._tell.happening(told)), "is_new": True}
                for told in self._revision.told
                if self._may_read(told, nights)
            ],
            "rows": rows,
            "nights": nights,
        }

    def _may_read(self, told: Happening, nights: Sequence[Json]) -> bool:
        if told.kind in {"road_closed", "season"}:
            return True
        if told.kind in {"absent", "late"}:
            return told.id == self._reader
        if told.kind == "lodging_full":
            name = writable(self._tell.place(told.id))
            return any(name in {night["was"], night["now"]} for night in nights)
        own = {i for mark in self.marks for i in (mark.change.visit_id, mark.change.beneficiary_id)}
        return told.id in own or told.visit_id in own

    def for_office(self) -> Json:
        """Give what happened, whom to phone, each change and where it stands, what it costs."""
        revision, workers = self._revision, worker_ids(self._plan)
        places = dict(self._places())
        rows = []
        for mark, row in zip(self.marks, self.rows(), strict=True):
            whens = [when for when in (mark.was, mark.now) if when is not None]
            who = {worker_id for when in whens for worker_id in when.worker_ids}
            concerned = [i for i, worker_id in enumerate(workers) if worker_id in who]
            days = sorted({when.day for when in whens})
            place = places.get(mark.change.visit_id)
            rows.append({**row, "workers": concerned, "days": days, "place": place})
        cases = {change.visit_id: change.beneficiary_id for change in revision.changes}
        n_known = len(revision.happened) - revision.n_told
        return {
            "title": self._tell.title(),
            "happened": [
                {"said": writable(self._tell.happening(told)), "is_new": i >= n_known}
                for i, told in enumerate(revision.happened)
            ],
            "figures": list(self._tell.figures(revision.figures)),
            "calls": [
                {
                    "kind": call.kind,
                    "name": writable(self._tell.callee(call)),
                    "phone": self._tell.phone(call),
                    "by": self._tell.by(call),
                    "about": [
                        writable(x) for x in dict.fromkeys(cases.get(v, v) for v in call.visit_ids)
                    ],
                }
                for call in revision.calls
            ],
            "rows": rows,
            "nights": self.nights(),
        }

    def _places(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Find each visit on the office's page: its day route and item."""
        for i, route in enumerate(routes_of(self._plan)):
            for n, item in enumerate(listed(route, self._plan.starts_at)):
                if not isinstance(item, Rest) and item.stop.visit_id is not None:
                    yield item.stop.visit_id, (i, n)

    def before(self, before: Before) -> list[Json]:
        """Give by team and day the ways that are not ridden any more, and whom they led to."""
        workers = worker_ids(self._plan)
        said = {mark.change.visit_id: mark.said for mark in self.marks}
        now = {
            (stop.visit_id, route.team_id, route.day)
            for route in self._plan.day_routes
            for stop in route.stops
        }
        days = []
        for route in routes_of(before.plan):
            gone = [
                stop
                for stop in route.stops
                if stop.visit_id in said and (stop.visit_id, route.team_id, route.day) not in now
            ]
            left = before.left.get((route.team_id, route.day), ())
            if not left and not gone:
                continue
            days.append(
                {
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
            )
        return days

    def closed(self) -> list[Json]:
        """Give the roads that are closed, as areas on the map, and since when."""
        import shapely

        areas = []
        for told in self._revision.happened:
            if told.area_wkt is None:
                continue
            area = shapely.from_wkt(told.area_wkt)
            centre = shapely.point_on_surface(area)
            rims = shapely.get_parts(area.boundary)
            areas.append(
                {
                    "said": self._tell.happening(told),
                    "lon": round(float(centre.x), _DECIMALS),
                    "lat": round(float(centre.y), _DECIMALS),
                    "rims": [encode_line(rim) for rim in rims],
                }
            )
        return areas


def changed_worker_page(
    data: Json, plan: Plan, words: Words, worker_id: str, *, before: Before | None = None
) -> Json:
    """Put into the data of a worker's page what is other for this worker, and roads now closed."""
    held = None if before is None else before.held.get(worker_id)
    revision = plan.revision if held is None else revision_since(held, plan)
    if revision is None:
        return data
    changes = Changes(plan, revision, words, reader=worker_id)
    told, closed = changes.for_worker(), changes.closed()
    if told is None and not closed:
        return data
    return {
        **data,
        "words": data["words"] | change_words(words),
        "routes": changes.routes(data["routes"]),
        "changes": told,
        "closed": closed,
    }


def changed_office_page(
    data: Json, plan: Plan, words: Words, *, before: Before | None = None
) -> Json:
    """Put into the data of the office's page what a changed plan changes, and how it was."""
    if plan.revision is None:
        return data
    changes = Changes(plan, plan.revision, words)
    return {
        **data,
        "words": data["words"] | change_words(words),
        "routes": changes.routes(data["routes"]),
        "changes": changes.for_office(),
        "before": [] if before is None else changes.before(before),
        "closed": changes.closed(),
    }


def _marked(item: Json, marks: Mapping[str, Mark], stop: Stop) -> Json:
    mark = marks.get(stop.visit_id or "")
    if mark is None:
        return item
    return {
        **item,
        "change": {"kind": mark.kind, "label": mark.label, "said": writable(mark.said)},
    }
