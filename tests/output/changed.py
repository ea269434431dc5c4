"""
The small week changed on Tuesday at 10:20: a call, a flooded road and a full lodging.

K-300 is new and urgent; for it K-005 moves to Thursday. K-006 falls out, K-014 goes to SAD-1, who
is home on Friday; K-013 begins an hour later; K-015 is cancelled. Wednesday's night is elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.lineage import Call, Change, Figures, Happening, NightChange, Revision, When
from outreach.model import Contact, Loss
from outreach.units import DAY_S, HOUR_S, MINUTE_S
from tests.output.sample import day_route, sample_plan

if TYPE_CHECKING:
    from outreach.model import DayRoute, Plan, Stop
    from tests.output.sample import Place

AT_S = DAY_S + 10 * HOUR_S + 20 * MINUTE_S
NEW, MOVED, OUT, GIVEN, LATER, CANCELLED = "K-300", "K-005", "K-006", "K-014", "K-013", "K-015"
OTHERS = "S-02"
"""A case of the team that is away, of whom KOTA is told nothing."""

FLOOD = "POLYGON ((103.60 -1.63, 103.604 -1.63, 103.604 -1.626, 103.60 -1.626, 103.60 -1.63))"
_HOUSE: Place = ("visit", NEW, 103.59, -1.6)
_HALL: Place = ("lodging", "BALAI", 103.5, -1.9)


def changed_plan(before: Plan | None = None) -> Plan:
    """Give the plan that follows the sample week's."""
    before = before or sample_plan()
    routes = {(route.team_id, route.day): route for route in before.day_routes}
    tuesday, thursday, friday = (_places(routes["KOTA", day]) for day in (1, 3, 4))
    wednesday, away = _places(routes["SAD", 2]), _places(routes["SAD", 3])
    moved = next(place for place in tuesday if place[1] == MOVED)
    given = next(place for place in friday if place[1] == GIVEN)
    base = tuesday[0]
    new = dict(routes)
    new["KOTA", 1] = _route(
        routes["KOTA", 1], [_HOUSE if p[1] == MOVED else p for p in tuesday if p[1] != OUT]
    )
    new["KOTA", 3] = _route(routes["KOTA", 3], [*thursday[:-1], moved, base])
    new["KOTA", 4] = _an_hour_later(_route(routes["KOTA", 4], [*friday[:3], base]))
    new["SAD-1", 4] = day_route("SAD-1", ("SAD-1",), None, 4, [base, given, base])
    new["SAD", 2] = _route(routes["SAD", 2], [*wednesday[:-1], _HALL])
    new["SAD", 3] = _route(routes["SAD", 3], [_HALL, *away[1:]])
    lost = Loss(
        kind="unserved",
        beneficiary_id=OUT,
        visit_id=f"{OUT}:1",
        reason="no_time",
        detail=Message(
            "%(team)s would need %(minutes)d more minutes on %(date)s",
            {"team": "KOTA", "minutes": 25, "date": "2026-03-03"},
        ),
    )
    after = replace(
        before,
        day_routes=tuple(sorted(new.values(), key=lambda r: (r.day, r.team_id))),
        unserved=(*before.unserved, lost),
        contacts=(
            *before.contacts,
            Contact(
                place_id="BALAI",
                label="Balai Desa",
                kind="lodging",
                phone="0741000003",
                lon=_HALL[2],
                lat=_HALL[3],
            ),
        ),
    )
    return replace(after, revision=_revision(before, after, lost))


def _revision(before: Plan, after: Plan, lost: Loss) -> Revision:
    changes = (
        _change("new", NEW, before, after),
        _change("moved", MOVED, before, after),
        replace(_change("fell_out", OUT, before, after), reason=lost.reason, detail=lost.detail),
        _change("kept", LATER, before, after),
        _change("moved", GIVEN, before, after),
        _change("cancelled", CANCELLED, before, after),
    )
    told = (
        Happening(kind="cancelled", at_s=DAY_S, id=CANCELLED, visit_id=f"{CANCELLED}:4"),
        Happening(kind="urgent", at_s=AT_S, id=NEW, visit_id=f"{NEW}:1", deadline_s=2 * DAY_S - 1),
        Happening(kind="lodging_full", at_s=AT_S, id="RUMAH-KADES", day=2),
        Happening(kind="road_closed", at_s=AT_S, area_wkt=FLOOD),
    )
    town, hall_s = tuple(change.visit_id for change in changes), 3 * DAY_S
    return Revision(
        number=2,
        revises="0" * 64,
        at_s=AT_S,
        happened=told,
        n_told=3,
        changes=changes,
        nights=(NightChange(team_id="SAD", day=2, before="RUMAH-KADES", after="BALAI"),),
        calls=(
            Call(kind="worker", id="KOTA", by_s=AT_S, visit_ids=town),
            Call(kind="worker", id="SAD-1", by_s=hall_s, visit_ids=(f"{GIVEN}:4",)),
            Call(kind="lodging", id="BALAI", by_s=hall_s),
            Call(kind="family", id=MOVED, by_s=AT_S + HOUR_S, visit_ids=(f"{MOVED}:1",)),
        ),
        figures=Figures(
            n_moved=2,
            n_fell_out=1,
            n_new=1,
            n_late=0,
            riding_s=25 * MINUTE_S,
            cost_idr=12_000,
            score_s=3600,
        ),
    )


def _change(kind: str, who: str, before: Plan, after: Plan) -> Change:
    was, now = _when(before, who), _when(after, who)
    return Change(
        kind=kind,  # type: ignore[arg-type]
        visit_id=(was or now or ("", None))[0],
        beneficiary_id=who,
        before=was and was[1],
        after=now and now[1],
    )


def _when(plan: Plan, who: str) -> tuple[str, When] | None:
    for route in plan.day_routes:
        for stop in route.stops:
            if stop.beneficiary_id == who and stop.visit_id is not None:
                return stop.visit_id, When(
                    team_id=route.team_id,
                    worker_ids=route.worker_ids,
                    day=route.day,
                    starts_s=stop.starts_s,
                )
    return None


def _places(route: DayRoute) -> list[Place]:
    return [(stop.kind, stop.place_id, stop.lon, stop.lat) for stop in route.stops]


def _route(was: DayRoute, places: list[Place]) -> DayRoute:
    """Make a day again; visits keep their ids, also on another day."""
    made = day_route(was.team_id, was.worker_ids, was.circuit_id, was.day, places)
    known = {stop.place_id: stop.visit_id for stop in was.stops}

    def named(stop: Stop) -> Stop:
        first = {MOVED: f"{MOVED}:1", GIVEN: f"{GIVEN}:4", NEW: f"{NEW}:1"}
        return replace(stop, visit_id=first.get(stop.place_id, known.get(stop.place_id)))

    return replace(made, stops=tuple(named(stop) for stop in made.stops))


def _an_hour_later(route: DayRoute) -> DayRoute:
    return replace(
        route,
        stops=tuple(
            replace(
                stop,
                arrives_s=stop.arrives_s + HOUR_S,
                starts_s=stop.starts_s + HOUR_S,
                departs_s=stop.departs_s + HOUR_S,
            )
            for stop in route.stops
        ),
    )
