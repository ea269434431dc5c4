"""A past week by hand: tables, what was planned, what the log says of it."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from outreach.errors import Message
from outreach.layers.carried import Carried, LogParams, carry_over
from outreach.layers.log import LogEntry
from outreach.layers.tables import TableSource
from outreach.layers.workers import read_workers
from outreach.model import DayRoute, Leg, Loss, Plan, Stop, Totals
from outreach.routing.problem import CostParams
from tests.layers.tables import JAMBI, PRESETS, read_rows, write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from outreach.layers.layer import Layer
    from outreach.lineage import Revision

LAST_MONDAY = dt.date(2026, 2, 23)
MONDAY = dt.date(2026, 3, 2)
"""The first day that is planned; the tables are read on it."""

_number = count(1)


def day(n: int) -> dt.date:
    """Give a day of last week: 0 is its Monday, 6 the Sunday before the new week."""
    return LAST_MONDAY + dt.timedelta(days=n)


def said(who: str, date: dt.date | int, state: str = "done", **more: Any) -> LogEntry:
    """Make a word of the log, by a date or a day of last week."""
    date = day(date) if isinstance(date, int) else date
    told: dict[str, Any] = {"id": f"e{next(_number)}", **more}
    return LogEntry(beneficiary_id=who, date=date, state=state, **told)  # type: ignore[arg-type]


def week(
    visits: Mapping[tuple[int, str], Iterable[str]] | None = None,
    *,
    left: Iterable[str] = (),
    starts_on: dt.date = LAST_MONDAY,
    n_days: int = 7,
    cost_idr: int = 0,
    away: Iterable[int] = (),
    at: tuple[float, float] = (103.6, -1.6),
    revision: Revision | None = None,
) -> Plan:
    """
    Make a plan.

    Parameters
    ----------
    visits
        Day and workers (``"w1+w2"`` go together) to the beneficiaries visited, and partners,
        whose ids begin with P; every ride is of 10 km.
    left
        Who is left out, once for each visit.
    cost_idr
        What the week costs each worker.
    away
        Days of a circuit, slept in ``"hall"``.
    at
        Where everybody lives.
    """
    routes = tuple(
        DayRoute(
            team_id=team,
            worker_ids=tuple(team.split("+")),
            circuit_id="trip" if d in tuple(away) else None,
            day=d,
            starts_from="base",
            sleeps_at="hall" if d in tuple(away) else "base",
            stops=tuple(_stop(who, d, at) for who in people),
            legs=(Leg(from_id="base", to_id="x", duration_s=900, distance_m=10_000, walk_m=0),),
        )
        for (d, team), people in (visits or {}).items()
    )
    workers = sorted({w for route in routes for w in route.worker_ids})
    total = Totals(n_visits=0, riding_s=0, service_s=0, distance_m=0, n_nights=0, cost_idr=cost_idr)
    midnight = dt.datetime.combine(starts_on, dt.time(), tzinfo=ZoneInfo("Asia/Jakarta"))
    return Plan(
        starts_at=midnight,
        horizon_days=n_days,
        seed=0,
        season="dry",
        day_routes=routes,
        unserved=tuple(
            Loss(
                kind="unserved",
                beneficiary_id=who,
                visit_id=f"{who}/left-{i}",
                reason="no_time",
                detail=Message("no time"),
            )
            for i, who in enumerate(left)
        ),
        totals=tuple((worker, total) for worker in ("all", *workers)),
        revision=revision,
    )


def _stop(who: str, d: int, at: tuple[float, float]) -> Stop:
    begins_s = d * 86_400 + 9 * 3600
    return Stop(
        kind="partner" if who.startswith("P") else "visit",
        place_id=who,
        visit_id=f"{who}/{d}",
        beneficiary_id=None if who.startswith("P") else who,
        lon=at[0],
        lat=at[1],
        arrives_s=begins_s,
        starts_s=begins_s,
        departs_s=begins_s + 1800,
    )


def tables(folder: Path, *rows: Mapping[str, Any], **worker: Any) -> dict[str, Layer]:
    """Give beneficiaries K1, K2 … and the workers w1 and w2, to whom `worker` adds columns."""
    base = {"lon": 103.6, "lat": -1.6, "base_id": "base"} | worker
    staff: list[list[Any]] = [["id", *base], ["w1", *base.values()], ["w2", *base.values()]]
    path = write_workbook(folder / "staff.xlsx", workers=staff)
    return {
        "beneficiaries": read_rows(folder, *rows),
        "workers": read_workers(TableSource(path=path), params=JAMBI),
    }


def carry(
    layers: Mapping[str, Layer],
    *entries: LogEntry,
    plans: Iterable[Plan] = (),
    starts_on: dt.date = MONDAY,
    **params: Any,
) -> Carried:
    """Carry over with the tests' presets."""
    return carry_over(
        layers,
        entries,
        starts_on=starts_on,
        params=LogParams(**params),
        presets=PRESETS,
        plans=plans,
        costs=CostParams(fuel_idr_per_km=1_000, meal_idr_per_day_away=20_000),
    )


def row(carried: Carried, who: str = "K1") -> dict[str, Any]:
    """Give a row of the beneficiaries after carrying over."""
    rows = carried.layers["beneficiaries"].rows.set_index("id")
    return dict(rows.loc[who])
