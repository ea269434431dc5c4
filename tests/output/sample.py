"""
A small week: one worker in town every day, three on a circuit from Monday to Thursday.

All rest for half an hour at ten o'clock, where they are or on the way; one visit is pinned.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

import geopandas as gpd
import networkx as nx
import shapely

from outreach.errors import Message
from outreach.model import (
    Contact,
    DayRoute,
    Leg,
    Loss,
    NotDue,
    Pause,
    Plan,
    Price,
    Score,
    Stop,
    Totals,
)
from outreach.output.itinerary import entries
from outreach.routing.network import network_from_graph
from outreach.routing.trace import Traces
from outreach.units import DAY_S, HOUR_S, MINUTE_S

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outreach.routing.network import RoadNetwork


STARTS_AT = dt.datetime(2026, 3, 2, tzinfo=ZoneInfo("Asia/Jakarta"))

PINNED = "K-002"
# Whom to call about the first child of each day in town.
CALLED, PHONE = "PPA", "0741000001"
_TOWN = (103.61, -1.61)
_VILLAGE = (103.46, -1.92)
_SHELTER = (103.62, -1.622)
_TEAM = ("SAD-1", "SAD-2", "SAD-3")

Place = tuple[str, str, float, float]


def sample_plan() -> Plan:
    """Give the week: 15 town visits, 4 circuit days with 3 children each day, every loss."""
    routes = [_town_day(day) for day in range(5)] + [_circuit_day(day) for day in range(4)]
    return Plan(
        starts_at=STARTS_AT,
        horizon_days=7,
        seed=0,
        season="dry",
        day_routes=tuple(sorted(routes, key=lambda r: (r.day, r.team_id))),
        unserved=(
            _loss(
                "unserved",
                "K-101",
                "no_time",
                Message(
                    "%(team)s would need %(minutes)d more minutes on %(date)s",
                    {"team": "KOTA", "minutes": 25, "date": "2026-03-03"},
                ),
                "K-101:1",
            ),
        ),
        invalid=(_loss("invalid", "K-102", "bad_row", Message("the place is in the sea")),),
        unsnapped=(_loss("unsnapped", "K-103", "no_road", Message("no road within 500 m")),),
        unreachable=(_loss("unreachable", "K-104", "no_way", Message("no way leads there")),),
        not_due=(NotDue(beneficiary_id="K-200", due_on=dt.date(2026, 3, 20)),),
        totals=(
            ("KOTA", _totals(routes, "KOTA")),
            *((worker_id, _totals(routes, worker_id)) for worker_id in _TEAM),
            ("all", _totals(routes, None)),
        ),
        notices=(Message("The roads are synthetic: do not ride by them."),),
        score=Score(
            broken_promises_s=0,
            missed_deadlines_s=0,
            unserved_s=36_000,
            broken_continuity_s=0,
            riding_s=90_000,
            money_s=18_000,
            unfairness_s=1_800,
        ),
        prices=(
            Price(
                of="hour",
                worker_id="KOTA",
                day=1,
                visit_ids=("K-101:1",),
                beneficiary_ids=("K-101",),
            ),
            Price(
                of="rp_100000",
                worker_id="SAD-1",
                visit_ids=("K-101:1", "K-105:1"),
                beneficiary_ids=("K-101", "K-105"),
            ),
        ),
        contacts=(
            _contact("PPA", "partner", PHONE, _TOWN),
            _contact("RPSA", "partner", None, _SHELTER),
            _contact("RUMAH-KADES", "lodging", "+62741000002", _VILLAGE),
        ),
    )


def sample_traces(plan: Plan) -> Traces:
    """Give bent lines between the plan's stops, as a trace would give roads."""
    legs: list[dict[str, object]] = []
    for route in plan.day_routes:
        for leg, a, b in zip(route.legs, route.stops, route.stops[1:], strict=False):
            legs.append(
                {
                    "team_id": route.team_id,
                    "day": route.day,
                    "circuit_id": route.circuit_id,
                    "from_id": leg.from_id,
                    "to_id": leg.to_id,
                    "duration_s": leg.duration_s,
                    "distance_m": leg.distance_m,
                    "walk_m": leg.walk_m,
                    "ferry_m": 0.0,
                    "soft_m": 0.0,
                    "soft": (),
                    "geometry": _bent((a.lon, a.lat), (b.lon, b.lat)),
                }
            )
    stops = [
        {
            "team_id": route.team_id,
            "day": route.day,
            "number": entry.number,
            "place_id": entry.stop.place_id,
            "geometry": shapely.Point(entry.stop.lon, entry.stop.lat),
        }
        for route in plan.day_routes
        for entry in entries(route, plan.starts_at)
    ]
    return Traces(stops=_table(stops), legs=_table(legs))


def _table(rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    columns = list(rows[0]) if rows else ["team_id", "day", "soft", "soft_m", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs="EPSG:4326")


def sample_network() -> RoadNetwork:
    """Give a slanted grid of roads around the plan's places, of every class."""
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    n, kinds = 25, ("primary", "residential", "track", "unclassified", "ferry")
    for row in range(n):
        for column in range(n):
            x = 103.3 + column * 0.018 + row * 0.003
            graph.add_node(row * n + column, x=x, y=-2.0 + row * 0.018 - column * 0.002)
    for row in range(n):
        for column in range(n):
            here = row * n + column
            kind = "primary" if row == 12 or column == 12 else kinds[1 + (row + column) % 3]
            kind = "ferry" if here == 20 * n + 20 else kind
            for there in ([here + 1] if column + 1 < n else []) + (
                [here + n] if row + 1 < n else []
            ):
                for a, b in ((here, there), (there, here)):
                    graph.add_edge(
                        a, b, length=2000.0, duration_s=200.0, highway=kind, oneway=False
                    )
    return network_from_graph(graph)


def _town_day(day: int) -> DayRoute:
    places: list[Place] = [("base", "KOTA-BASE", *_TOWN)]
    for i in range(3):
        angle = day + 2.1 * i
        lon = round(_TOWN[0] + 0.03 * math.cos(angle), 6)
        lat = round(_TOWN[1] + 0.02 * math.sin(angle), 6)
        places.append(("visit", f"K-{day * 3 + i + 1:03d}", lon, lat))
    places.insert(2, ("partner", "RPSA", *_SHELTER))
    return day_route("KOTA", ("KOTA",), None, day, [*places, places[0]])


def _circuit_day(day: int) -> DayRoute:
    base: Place = ("base", "KOTA-BASE", *_TOWN)
    lodging: Place = ("lodging", "RUMAH-KADES", *_VILLAGE)
    children: list[Place] = [
        ("visit", f"S-{i + 1:02d}", round(_VILLAGE[0] + 0.00002 * i, 6), _VILLAGE[1] + 0.004)
        for i in range(2)
    ]
    children.append(("visit", "S-03", _VILLAGE[0] - 0.03, _VILLAGE[1] - 0.02))
    first, last = (base if day == 0 else lodging), (base if day == 3 else lodging)
    return day_route("SAD", _TEAM, "SAD", day, [first, *children, last])


def day_route(
    team_id: str, workers: tuple[str, ...], circuit_id: str | None, day: int, places: list[Place]
) -> DayRoute:
    """Make a day that visits places from 8 o'clock on, with a break at 10."""
    now = day * DAY_S + 8 * HOUR_S
    stops: list[Stop] = []
    legs: list[Leg] = []
    pauses: list[Pause] = []
    rests_s = day * DAY_S + 10 * HOUR_S
    for i, (kind, place_id, lon, lat) in enumerate(places):
        if i:
            before = places[i - 1]
            distance_m = round(111_320 * 1.3 * math.dist(before[2:], (lon, lat)), 1)
            duration_s = round(distance_m / 8)
            legs.append(
                Leg(
                    from_id=before[1],
                    to_id=place_id,
                    duration_s=duration_s,
                    distance_m=distance_m,
                    walk_m=40.0,
                )
            )
            if not pauses and now + duration_s > rests_s:
                starts_s = max(now, rests_s)
                ends_s = starts_s + 30 * MINUTE_S
                pauses.append(Pause(break_id="dzuhur", starts_s=starts_s, ends_s=ends_s))
                now += 30 * MINUTE_S
            now += duration_s
        is_visit = kind == "visit"
        service_s = 40 * MINUTE_S if is_visit else 15 * MINUTE_S if kind == "partner" else 0
        stops.append(
            Stop(
                kind=kind,  # type: ignore[arg-type]
                place_id=place_id,
                visit_id=f"{place_id}:{day}" if is_visit else None,
                beneficiary_id=place_id if is_visit else None,
                category="AMPK" if is_visit else None,
                area="Mestong" if circuit_id else "Telanaipura",
                label=_LABELS.get(place_id),
                is_pinned=place_id == PINNED,
                contact=CALLED if is_visit and i == 1 and not circuit_id else None,
                lon=round(lon, 6),
                lat=round(lat, 6),
                arrives_s=now,
                starts_s=now,
                departs_s=now + service_s,
            )
        )
        now += service_s
    return DayRoute(
        team_id=team_id,
        worker_ids=workers,
        circuit_id=circuit_id,
        day=day,
        starts_from=places[0][1],
        sleeps_at=places[-1][1],
        stops=tuple(stops),
        legs=tuple(legs),
        pauses=tuple(pauses),
    )


_LABELS = {
    "KOTA-BASE": "Dinas Sosial Kota Jambi",
    "RUMAH-KADES": "Rumah Kepala Desa",
    "BALAI": "Balai Desa",
    "RPSA": "RPSA Alyatama",
    "PPA": "Polresta Kota Jambi, Unit PPA",
}


def _contact(
    place_id: str,
    kind: Literal["partner", "lodging"],
    phone: str | None,
    place: tuple[float, float],
) -> Contact:
    return Contact(
        place_id=place_id,
        label=_LABELS[place_id],
        kind=kind,
        phone=phone,
        lon=place[0],
        lat=place[1],
    )


def _loss(
    kind: str, beneficiary_id: str, reason: str, detail: Message, visit_id: str | None = None
) -> Loss:
    return Loss(
        kind=kind,  # type: ignore[arg-type]
        beneficiary_id=beneficiary_id,
        visit_id=visit_id,
        reason=reason,
        detail=detail,
    )


def _totals(routes: Iterable[DayRoute], worker_id: str | None) -> Totals:
    mine = [r for r in routes if worker_id is None or worker_id in r.worker_ids]
    distance_m = sum(leg.distance_m for r in mine for leg in r.legs)
    return Totals(
        n_visits=sum(stop.kind == "visit" for r in mine for stop in r.stops),
        riding_s=sum(leg.duration_s for r in mine for leg in r.legs),
        service_s=sum(stop.departs_s - stop.starts_s for r in mine for stop in r.stops),
        distance_m=round(distance_m, 1),
        n_nights=sum(r.stops[-1].kind == "lodging" for r in mine),
        cost_idr=round(distance_m / 1000) * 500,
        budget_idr=None if worker_id is None else 500_000,
        available_s=40 * HOUR_S * (4 if worker_id is None else 1),
    )


def _bent(a: tuple[float, float], b: tuple[float, float]) -> shapely.LineString:
    sag = 0.12
    across = (b[1] - a[1], a[0] - b[0])
    points = []
    for i in range(21):
        t = i / 20
        bow = sag * math.sin(math.pi * t)
        points.append(
            (a[0] + t * (b[0] - a[0]) + bow * across[0], a[1] + t * (b[1] - a[1]) + bow * across[1])
        )
    return shapely.LineString(points)
