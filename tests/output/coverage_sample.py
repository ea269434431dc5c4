"""
A small case for another worker: 90 people in eight areas of two districts, up to three added.

Every sum is counted from people made up one by one, so the groups agree with each other and with
the total. Ibru has fewer than five people, two people live in no area, Sekernan's rides are long.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

from outreach.coverage.result import (
    Access,
    Activity,
    Band,
    Caseload,
    Coverage,
    CoverageMap,
    GroupRow,
    Outcome,
    Planned,
    Quality,
    ScenarioRow,
    Site,
    Step,
    Wisn,
)
from outreach.errors import Message
from outreach.model import Loss

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from outreach.model import LossKind, Season

N_WEEKS = 4
K = 5
N_ADDED = 3
THRESHOLD_MINUTES = 60
MINUTES = (30, 60, 120)
SEASONS: tuple[Season, ...] = ("dry", "wet")
WORKER_IDR_PER_MONTH = 2_000_000
CATEGORIES = ("AMPK", "ANJAL", "KORBAN", "TERLANTAR", "DISABILITAS", "SAD")
# Id, name, district, people, minutes from the nearest base, population.
AREAS = (
    ("15.05.05.1009", "Tempino", "Mestong", 18, 32, 5_120),
    ("15.05.05.2005", "Nagasari", "Mestong", 12, 24, 3_870),
    ("15.05.05.2006", "Sebapo", "Mestong", 9, 18, 4_410),
    ("15.05.05.2004", "Ibru", "Mestong", 3, 41, None),
    ("15.05.02.2009", "Sekernan", "Sekernan", 22, 38, 6_030),
    ("15.05.02.2011", "Gerunggung", "Sekernan", 7, 55, 2_240),
    ("15.05.02.2012", "Tunas Baru", "Sekernan", 11, 49, 2_680),
    ("15.05.02.2014", "Tanjung Lanjut", "Sekernan", 6, 70, 1_950),
)
_SQUARE_DEGREES = 0.06
_VISIT_H = (0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One who is counted; nobody of these is real."""

    id: str
    area: str
    district: str
    category: str
    visits_per_week: float
    visit_h: float
    required: int
    missed: tuple[int, ...]
    minutes: float | None


@cache
def people() -> tuple[Person, ...]:
    """Give everybody; `missed` has one number for each of 0…3 added workers."""
    made: list[Person] = []
    for area_id, _, district, n_people, minutes, _ in (*AREAS, ("", "", "", 2, 45, None)):
        for i in range(n_people):
            n = len(made)
            required = (4, 2, 1)[n % 3]
            # Those who live far wait longest, and each added worker helps some of them.
            tenths = min(9, minutes // 8 + 1)
            missed = tuple(
                min(required, 1 + (n % 2)) if (n * 7) % 10 < tenths - 2 * k else 0
                for k in range(N_ADDED + 1)
            )
            made.append(
                Person(
                    id=f"K-{n + 1:03d}",
                    area=area_id,
                    district=district,
                    category=CATEGORIES[(n * 5 + n // 7) % 6],
                    visits_per_week=required / N_WEEKS,
                    visit_h=_VISIT_H[(n + i) % 3],
                    required=required,
                    missed=missed,
                    minutes=None if n == 80 else minutes + (i * 7) % 15 - 5.0,
                )
            )
    return tuple(made)


def group(some: Iterable[Person], n_added: int = 0, **names: str | int | None) -> GroupRow:
    """Sum people up."""
    members = tuple(some)
    timed = [x.minutes for x in members if x.minutes is not None]
    return GroupRow(
        n_people=len(members),
        visits_per_week=sum(x.visits_per_week for x in members),
        service_h_per_week=sum(x.visits_per_week * x.visit_h for x in members),
        required_visits=sum(x.required for x in members),
        delivered_visits=sum(x.required - x.missed[n_added] for x in members),
        gap_h=sum(x.missed[n_added] * (x.visit_h + (x.minutes or 60) / 60) for x in members),
        n_with_gap=sum(x.missed[n_added] > 0 for x in members),
        n_uncovered=sum(x.minutes is None or x.minutes > THRESHOLD_MINUTES for x in members),
        minutes=sum(timed),
        n_timed=len(timed),
        **names,  # type: ignore[arg-type]
    )


def area_rows(n_added: int = 0) -> tuple[GroupRow, ...]:
    """Give the areas by id, those in no area first."""
    known = {
        area_id: {"name": name, "district": district, "population": population}
        for area_id, name, district, _, _, population in AREAS
    }
    nowhere: dict[str, str | int | None] = {"name": ""}
    return tuple(
        group(
            (x for x in people() if x.area == area_id),
            n_added,
            id=area_id,
            **known.get(area_id, nowhere),
        )
        for area_id in sorted({x.area for x in people()})
    )


def _rows(key: Callable[[Person], str]) -> tuple[GroupRow, ...]:
    names = sorted({key(x) for x in people()})
    return tuple(
        group((x for x in people() if key(x) == name), id=name, name=name) for name in names
    )


def outcome(n_workers: int, n_added: int, n_more_missed: int = 0) -> Outcome:
    """Give what so many workers get done."""
    total = group(people(), n_added, id="all", name="all")
    missed = total.gap_visits + n_more_missed
    return Outcome(
        n_workers=n_workers,
        required_visits=total.required_visits,
        delivered_visits=total.required_visits - missed,
        hopeless_visits=min(2, missed),
        service_h=96.5 + 14.25 * n_added,
        travel_h=71.2 + 9.4 * n_added,
        available_h=150.0 * n_workers,
        n_with_gap=total.n_with_gap + n_more_missed,
        n_without_gap=total.n_people - total.n_with_gap - n_more_missed,
        longest_overdue_days=max(0, 24 - 7 * n_added),
        worst_minutes=74.0 - 9 * n_added,
        distance_km=1_930.4 + 180.5 * n_added,
        moving_idr=1_450_000 + 210_000 * n_added,
    )


def loss(kind: LossKind, beneficiary_id: str, reason: str, detail: Message) -> Loss:
    """Give somebody who is left out, and why."""
    return Loss(kind=kind, beneficiary_id=beneficiary_id, reason=reason, detail=detail)


PRESENT_SITES = (
    Site(id="dinas-sosial", label="Dinas Sosial", kind="base", lon=103.615, lat=-1.612),
    Site(id="rpsa-alyatama", label="RPSA Alyatama", kind="partner", lon=103.62, lat=-1.622),
)
ADDED_SITES = (
    Site(id="15.05.02.2009", label="Sekernan", kind="village", lon=103.55, lat=-1.48),
    Site(id="15.05.05.1009", label="Tempino", kind="village", lon=103.52, lat=-1.79),
    Site(id="15.05.02.2014", label="Tanjung Lanjut", kind="village", lon=103.37, lat=-1.43),
)


def coverage_sample() -> Coverage:
    """Give the whole argument."""
    total = group(people(), id="all", name="all")
    districts = _rows(lambda x: x.district)
    return Coverage(
        title="Jambi",
        scenario=None,
        season="dry",
        starts_on=dt.date(2026, 3, 2),
        n_weeks=N_WEEKS,
        seed=0,
        k=K,
        n_people=len(people()),
        workers=("KOTA", "MUARO"),
        present_sites=PRESENT_SITES,
        quality=Quality(
            n_rows=94,
            n_invalid=2,
            n_unsnapped=1,
            n_unreachable=1,
            n_warnings=3,
            n_in_no_area=2,
            n_areas=len(AREAS),
            n_areas_without_population=1,
            findings=(Message("the area lies outside the bounds"),),
        ),
        total=total,
        categories=_rows(lambda x: x.category),
        districts=districts,
        areas=area_rows(),
        access=Access(
            threshold_minutes=THRESHOLD_MINUTES,
            bands=tuple(
                Band(
                    season=season,
                    minutes=minutes,
                    n_people=_n_within(minutes * (1.0 if season == "dry" else 0.75)),
                    population=int(26_300 * min(1.0, minutes / (80 if season == "dry" else 110))),
                )
                for season in SEASONS
                for minutes in MINUTES
            ),
            median_minutes=37.0,
            worst_minutes=74.0,
            gini=0.31,
            hours_per_need=0.62,
        ),
        present=outcome(2, 0),
        gap_workers=1.7,
        caseloads=(
            Caseload(standard="inter-agency", cases_per_worker=25, n_cases=90, n_required=4),
            Caseload(standard="cwla", cases_per_worker=17, n_cases=90, n_required=6),
        ),
        wisn=Wisn(
            working_days=222,
            hours_per_day=7.5,
            available_h=1_665.0,
            activities=tuple(
                Activity(
                    name=name,
                    n_per_year=410.0 + 30 * i,
                    service_s=2_700.0,
                    travel_s=2_400.0 + 300 * i,
                    n_per_worker=1_665 * 3_600 / (5_100 + 300 * i),
                    n_required=(410.0 + 30 * i) * (5_100 + 300 * i) / 3_600 / 1_665,
                )
                for i, name in enumerate(CATEGORIES)
            ),
            category_factor=1.25,
            individual_workers=0.1,
            n_required=3.4,
            n_present=2.0,
        ),
        planned=(
            _planned("as it is", "dry", n_required=4),
            _planned("wet season", "wet", n_required=5),
            _planned("visits a fifth shorter", "dry", n_required=3, service_factor=0.8),
            _planned("visits a fifth longer", "dry", n_required=5, service_factor=1.2),
            _planned("one worker ill", "dry", n_required=None, n_ill=1),
        ),
        steps=tuple(_step(n_added) for n_added in range(N_ADDED + 1)),
        scenarios=(
            _scenario("shelter", "Everybody at the shelter", PRESENT_SITES[1:] * 2, 6),
            _scenario("local", "Recruits in their villages", ADDED_SITES[:2], 0),
            _scenario("dinas", "Everybody at the Dinas Sosial", PRESENT_SITES[:1] * 2, 9),
        ),
        recommended=2,
        noise_visits=2,
        worker_idr_per_month=WORKER_IDR_PER_MONTH,
        losses=(
            loss("invalid", "K-091", "bad_position", Message("the place is in the sea")),
            loss("invalid", "K-092", "bad_position", Message("the place is in the sea")),
            loss("unsnapped", "K-093", "no_road_near", Message("no road within 500 m")),
            loss("unreachable", "K-081", "no_way", Message("No way leads there")),
            *(
                loss("unserved", x.id, "no_time", Message("no worker has time for it"))
                for x in people()
                if x.missed[0]
            ),
            *(
                loss(
                    "uncovered",
                    x.id,
                    "beyond_threshold",
                    Message(
                        "about %(minutes)d minutes from the nearest base",
                        {"minutes": round(x.minutes / 5) * 5},
                    ),
                )
                for x in people()
                if x.minutes is not None and x.minutes > THRESHOLD_MINUTES
            ),
        ),
        notices=(Message("The roads are synthetic: do not ride by them."),),
    )


def map_sample() -> CoverageMap:
    """Give squares for the areas, bands that widen with each site, and who is nearest to whom."""
    squares = [
        _square(
            103.36 + _SQUARE_DEGREES * (i % 4), (-1.52 if row[2] == "Sekernan" else -1.82), row[0]
        )
        for i, row in enumerate(AREAS)
    ]
    areas = gpd.GeoDataFrame(
        {
            "id": [row[0] for row in AREAS],
            "name": [row[1] for row in AREAS],
            "district": [row[2] for row in AREAS],
        },
        geometry=squares,
        crs="EPSG:4326",
    )
    bands = [
        (n_added, season, minutes, _within(n_added, season, minutes))
        for n_added in range(N_ADDED + 1)
        for season in SEASONS
        for minutes in sorted(MINUTES, reverse=True)
    ]
    isochrones = gpd.GeoDataFrame(
        {
            "n_added": [x[0] for x in bands],
            "season": [x[1] for x in bands],
            "minutes": [x[2] for x in bands],
        },
        geometry=[x[3] for x in bands],
        crs="EPSG:4326",
    )
    catchments = tuple(
        (n_added, row[0], _nearest(square, n_added))
        for n_added in range(N_ADDED + 1)
        for row, square in zip(AREAS, squares, strict=True)
    )
    by_area = tuple((n, row) for n in range(N_ADDED + 1) for row in area_rows(n))
    return CoverageMap(areas=areas, isochrones=isochrones, catchments=catchments, by_area=by_area)


def _n_within(minutes: float) -> int:
    return sum(x.minutes is not None and x.minutes <= minutes for x in people())


def _step(n_added: int) -> Step:
    sites = ADDED_SITES[:n_added]
    realised = outcome(2 + n_added, n_added)
    predicted = realised.delivered_visits + 1.5 * n_added
    return Step(
        n_added=n_added,
        sites=sites,
        predicted_visits=predicted,
        bound_visits=predicted + 0.4 * n_added,
        proof="proven" if n_added < N_ADDED else "within",
        gap_share=0.4 * n_added / (predicted + 0.4 * n_added),
        free_sites=sites[::-1],
        free_visits=predicted + 0.2 * n_added,
        realised=realised,
        cost_idr_per_month=n_added * WORKER_IDR_PER_MONTH,
    )


def _planned(
    variation: str,
    season: Season,
    *,
    n_required: int | None,
    service_factor: float = 1.0,
    n_ill: int = 0,
) -> Planned:
    return Planned(
        variation=variation,
        season=season,
        service_factor=service_factor,
        n_ill=n_ill,
        n_present=2,
        n_required=n_required,
        n_tried=n_required or 7,
        left_visits=0 if n_required else 3,
    )


def _scenario(name: str, label: str, sites: tuple[Site, ...], n_more: int) -> ScenarioRow:
    return ScenarioRow(
        name=name,
        label=label,
        n_added=2,
        sites=sites,
        present=outcome(2, 0, n_more),
        realised=outcome(4, 2, n_more),
    )


def _square(lon: float, lat: float, area_id: str) -> shapely.Polygon:
    # The corner that leans differs by area, so that no two have the same outline.
    lean = int(area_id[-1]) / 1000
    side = _SQUARE_DEGREES
    return shapely.Polygon(
        [(lon, lat), (lon + side, lat), (lon + side, lat + side), (lon, lat + side - lean)]
    )


def _within(n_added: int, season: Season, minutes: int) -> shapely.Geometry:
    sites = (*PRESENT_SITES, *ADDED_SITES[:n_added])
    radius_degrees = minutes / (400 if season == "dry" else 520)
    return shapely.union_all([shapely.Point(x.lon, x.lat).buffer(radius_degrees) for x in sites])


def _nearest(square: shapely.Polygon, n_added: int) -> str:
    sites = (*PRESENT_SITES, *ADDED_SITES[:n_added])
    return min(sites, key=lambda x: square.distance(shapely.Point(x.lon, x.lat))).id
