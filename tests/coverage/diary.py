"""Plans and logs written out by hand: who should be met when, and what came of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from outreach.coverage.accounts_result import Period
from outreach.errors import Message
from outreach.layers.log import LogEntry
from outreach.lineage import Change, Figures, Revision, When
from outreach.model import DayRoute, Leg, Loss, Plan, Stop, Totals
from outreach.units import DAY_S, HOUR_S, MINUTE_S, parse_clock_s

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from outreach.layers.log import State
    from outreach.lineage import Happening

MONDAY = dt.date(2026, 11, 2)
"""The first of the weeks; November has no other Monday before it."""
LEG_S = 10 * MINUTE_S
LEG_M = 5000.0
VISIT_S = HOUR_S // 2
WEEK = Period(kind="week", first=MONDAY, last=MONDAY + dt.timedelta(days=6))
MONTH = Period(kind="month", first=dt.date(2026, 11, 1), last=dt.date(2026, 11, 30))
LATER = dt.date(2026, 12, 20)
"""A day on which all of it is over."""


@dataclass(frozen=True, kw_only=True)
class Week:
    """The plans of a week."""

    starts_on: dt.date
    until: dt.date
    plans: tuple[Plan, ...]


def week(*plans: Plan, until: dt.date | None = None) -> Week:
    """Put the plans of a week together, in their order."""
    starts_on = plans[0].starts_at.date()
    end = starts_on + dt.timedelta(days=plans[0].horizon_days)
    return Week(starts_on=starts_on, until=until or end, plans=plans)


def visit(who: str, day: int, clock: str, *, number: int = 1, **changes: Any) -> Stop:
    """Place half an hour with somebody; `day` counts from the Monday of the plan."""
    begins_s = day * DAY_S + parse_clock_s(clock)
    stop = Stop(
        kind="visit",
        place_id=who,
        visit_id=f"{who}/{number}",
        beneficiary_id=who,
        category="neglect",
        lon=103.6,
        lat=0.0,
        arrives_s=begins_s,
        starts_s=begins_s,
        departs_s=begins_s + VISIT_S,
    )
    return replace(stop, **changes)


def end(place_id: str, at_s: int) -> Stop:
    """Place the start or the end of a day, at the office or in a lodging."""
    return Stop(
        kind="base" if place_id == "office" else "lodging",
        place_id=place_id,
        lon=103.6,
        lat=0.0,
        arrives_s=at_s,
        starts_s=at_s,
        departs_s=at_s,
    )


def route(
    *visits: Stop,
    team: str = "kota",
    workers: Sequence[str] = (),
    starts_from: str = "office",
    sleeps_at: str = "office",
    circuit: str | None = None,
    day: int | None = None,
) -> DayRoute:
    """Join visits of a day; every leg takes 10 minutes and 5 km, whatever the clocks say."""
    on = visits[0].starts_s // DAY_S if day is None else day
    first_s = visits[0].arrives_s if visits else on * DAY_S + 8 * HOUR_S
    last_s = visits[-1].departs_s if visits else first_s
    stops = (end(starts_from, first_s - LEG_S), *visits, end(sleeps_at, last_s + LEG_S))
    return DayRoute(
        team_id=team,
        worker_ids=tuple(workers) or (team,),
        circuit_id=circuit,
        day=on,
        starts_from=starts_from,
        sleeps_at=sleeps_at,
        stops=stops,
        legs=tuple(
            Leg(
                from_id=a.place_id, to_id=b.place_id, duration_s=LEG_S, distance_m=LEG_M, walk_m=0.0
            )
            for a, b in pairwise(stops)
        ),
    )


def plan(
    *routes: DayRoute,
    week: int = 0,
    left_out: Iterable[str] = (),
    cost_idr: dict[str, int] | None = None,
    **changes: Any,
) -> Plan:
    """Make a plan of the nth week; those left out lack a visit that is called by its id."""
    totals = Totals(n_visits=0, riding_s=0, service_s=0, distance_m=0.0, n_nights=0, cost_idr=0)
    day = dt.datetime.combine(MONDAY, dt.time(), tzinfo=ZoneInfo("Asia/Jakarta"))
    made = Plan(
        starts_at=day + dt.timedelta(days=7 * week),
        horizon_days=7,
        seed=0,
        season="dry",
        day_routes=routes,
        unserved=tuple(loss(who) for who in left_out),
        totals=tuple((w, replace(totals, cost_idr=idr)) for w, idr in (cost_idr or {}).items()),
    )
    return replace(made, **changes)


def loss(who: str, kind: Any = "unserved", *, number: int = 1, minutes: int = 20) -> Loss:
    """Leave somebody out for lack of time."""
    return Loss(
        kind=kind,
        beneficiary_id=who,
        visit_id=f"{who}/{number}" if kind == "unserved" else None,
        reason="no_time",
        detail=Message("%(minutes)d minutes are missing", {"minutes": minutes}),
    )


def revised(
    made: Plan, at: str, *happened: Happening, number: int = 1, day: int = 0, **changes: Any
) -> Plan:
    """Say of a plan that it came from another one, at a time of a day."""
    figures = Figures(n_moved=0, n_fell_out=0, n_new=0, n_late=0, riding_s=0, cost_idr=0, score_s=0)
    revision = Revision(
        number=number,
        revises="",
        at_s=day * DAY_S + parse_clock_s(at),
        happened=happened,
        n_told=len(happened),
        changes=(),
        figures=figures,
    )
    return replace(made, revision=replace(revision, **changes))


def change(stop: Stop, kind: Any = "fell_out", *, team: str = "kota") -> Change:
    """Say that a visit is out of the plan, or new in it."""
    when = When(
        team_id=team, worker_ids=(team,), day=stop.starts_s // DAY_S, starts_s=stop.starts_s
    )
    is_new = kind == "new"
    return Change(
        kind=kind,
        visit_id=str(stop.visit_id),
        beneficiary_id=stop.place_id,
        before=None if is_new else when,
        after=when if is_new else None,
    )


def said(
    who: str,
    day: int,
    state: State = "done",
    at: str | None = None,
    *,
    minutes: float | None = None,
    week: int = 0,
    worker: str | None = "kota",
    **changes: Any,
) -> LogEntry:
    """Make an entry of the log, of a day of the nth week."""
    date = MONDAY + dt.timedelta(days=7 * week + day)
    entry = LogEntry(
        id=f"{who}-{date}-{state}-{at}",
        beneficiary_id=who,
        date=date,
        state=state,
        begins_s=None if at is None else parse_clock_s(at),
        minutes=minutes,
        worker_id=worker,
        entered_at=f"{date}T12:00:00Z",
    )
    return replace(entry, **changes)
