"""People, workers and candidates along one straight road, a minute to each kilometre."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
from shapely.geometry import Point

from outreach.coverage.interruptions import InterruptionParams
from outreach.coverage.params import CoverageParams
from outreach.coverage.result import Quality, Site
from outreach.coverage.study import Inquiry
from outreach.coverage.weeks import Setting
from outreach.routing.assemble import Tables
from outreach.routing.problem import CostParams, Weights
from outreach.routing.specs import Arrangements
from outreach.units import HOUR_S
from tests.routing.problems import Road

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outreach.coverage.params import Scenario

MONDAY = dt.date(2026, 11, 30)
KPH = 60.0
"""A minute for each kilometre."""
NAN = float("nan")
QUIET = InterruptionParams(
    urgent_per_week=0.0,
    not_met_share=0.0,
    refused_share=0.0,
    ill_days_per_month=0.0,
    late_share=0.0,
    lodging_full_share=0.0,
    flood_share=0.0,
    new_per_week=0.0,
    closed_per_week=0.0,
)
"""Nothing ever happens."""

Row = dict[str, Any]


def child(id_: str, km: float, **changes: Any) -> Row:
    """Make a beneficiary who was never seen, is due every week, and is seen for an hour."""
    return {
        "id": id_,
        "km": km,
        "category": "neglect",
        "visits_per_week": NAN,
        "every_days": 7.0,
        "min_gap_days": 1,
        "weekdays": (),
        "windows": (),
        "service_s": HOUR_S,
        "priority": 1.0,
        "last_visit": None,
        "deadline": None,
        "workers_needed": 1,
        "skills": (),
        "worker": None,
        "circuit": None,
        "area": None,
        "partner": None,
    } | changes


def worker(
    id_: str, km: float = 0.0, *, base_id: str = "office", hours: float = 8.0, **changes: Any
) -> Row:
    """Make a worker who works so many hours from eight on Mondays, and on no other day."""
    return {
        "id": id_,
        "km": km,
        "base_id": base_id,
        "base_label": base_id.title(),
        "shifts": ((0, 8 * HOUR_S, round((8 + hours) * HOUR_S)),),
        "max_riding_s": 4 * HOUR_S,
        "skills": (),
        "nights_away": False,
        "monthly_budget_idr": NAN,
        "spent_idr": NAN,
        "vehicle": "motorbike",
    } | changes


def frame(rows: Sequence[Row]) -> gpd.GeoDataFrame:
    """Make a layer's table; kilometres count to the east."""
    placed = [
        {k: v for k, v in row.items() if k != "km"} | {"geometry": point(row["km"])} for row in rows
    ]
    return gpd.GeoDataFrame(placed, geometry="geometry", crs="EPSG:4326")


def point(km: float) -> Point:
    """Give the place at a kilometre."""
    return Point(103.6 + km / 111.32, 0.0)


def seat(id_: str, km: float) -> Site:
    """Make a place where a worker may sit."""
    place = point(km)
    return Site(id=id_, label=id_.title(), kind="partner", lon=place.x, lat=place.y)


def setting(
    children: Sequence[Row],
    workers: Sequence[Row],
    *,
    sites: Mapping[str, float] | None = None,
    areas: gpd.GeoDataFrame | None = None,
    n_weeks: int = 4,
    away: Sequence[str] = (),
    seed: int = 0,
    **arranged: Any,
) -> Setting:
    """
    Make what weeks are planned with.

    Parameters
    ----------
    sites
        Kilometre of each place where another worker may sit.
    away
        Ids of people who live near no road.
    """
    km = {row["id"]: row["km"] for row in children if row["id"] not in away}
    km |= {row["base_id"]: row["km"] for row in workers}
    people = frame(children) if children else frame([child("none", 0)]).iloc[:0]
    return Setting(
        tables=Tables(beneficiaries=people, workers=frame(workers), areas=areas),
        matrix=Road({**km, **(sites or {})}, KPH).matrix(),
        arranged=Arrangements(nights="fixed", **arranged),
        costs=CostParams(),
        weights=Weights(),
        starts_on=MONDAY,
        timezone="Asia/Jakarta",
        n_weeks=n_weeks,
        iterations=1,
        seed=seed,
    )


def inquiry(
    asked: Setting,
    sites: Mapping[str, float],
    *,
    scenario: Scenario | None = None,
    places: Mapping[str, Site] | None = None,
    **params: Any,
) -> Inquiry:
    """Ask about a setting, with the candidates at these kilometres; both seasons are alike."""
    seats = tuple(seat(id_, km) for id_, km in sites.items())
    n_people = len(asked.tables.beneficiaries)
    wanted = replace(
        CoverageParams(weeks=asked.n_weeks, candidates=("partners",)),
        **params,
    )
    return Inquiry(
        title="Road",
        params=wanted,
        scenario=scenario,
        season="dry",
        setting=asked,
        matrices={"dry": asked.matrix, "wet": asked.matrix},
        sites={"bases": (), "partners": seats, "villages": ()},
        places=places or {},
        quality=Quality(
            n_rows=n_people,
            n_invalid=0,
            n_unsnapped=0,
            n_unreachable=0,
            n_warnings=0,
            n_in_no_area=0,
            n_areas=0,
            n_areas_without_population=0,
        ),
    )
