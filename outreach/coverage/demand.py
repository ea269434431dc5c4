"""Who needs how many visits, and hours of them, a week; by any grouping."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outreach.layers.areas import EQUAL_AREA_CRS
from outreach.routing.due import WEEK_DAYS
from outreach.units import HOUR_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

WEEKS_PER_YEAR = 365.25 / 7
WEEKS_PER_MONTH = WEEKS_PER_YEAR / 12
NO_AREA = ""
"""Area of those who live in none that is known."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Need:
    """
    What n beneficiaries need by frequency and service time; read-only arrays of shape (n,).

    Parameters
    ----------
    ids
        Ascending.
    category
        Names of their categories.
    area
        Ids of the areas in which they live; `NO_AREA` where none is known.
    visits_per_week
        As the planner counts them: whole visits a week, or 7 by the days from one to the next.
    service_s
        Length of a visit, in seconds.
    n_workers
        How many workers must be there together.
    """

    ids: tuple[str, ...]
    category: tuple[str, ...]
    area: tuple[str, ...]
    visits_per_week: NDArray[np.float64]
    service_s: NDArray[np.int64]
    n_workers: NDArray[np.int64]

    def __post_init__(self) -> None:
        for array in (self.visits_per_week, self.service_s, self.n_workers):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def hours_per_week(self) -> NDArray[np.float64]:
        """Hours of service that each needs."""
        return self.visits_per_week * self.service_s / HOUR_S

    @property
    def worker_hours_per_week(self) -> NDArray[np.float64]:
        """Hours that workers spend on each: two of them there for an hour are two hours."""
        return self.hours_per_week * self.n_workers

    @property
    def n_in_no_area(self) -> int:
        """How many live in no area that is known."""
        return self.area.count(NO_AREA)

    def take(self, rows: NDArray[np.int64]) -> Need:
        """Give the need of those at these positions, in their order."""
        return Need(
            ids=tuple(self.ids[i] for i in rows),
            category=tuple(self.category[i] for i in rows),
            area=tuple(self.area[i] for i in rows),
            visits_per_week=self.visits_per_week[rows],
            service_s=self.service_s[rows],
            n_workers=self.n_workers[rows],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedSum:
    """The need of a group; a month is a twelfth, and a week 7 days, of a year of 365.25 days."""

    n_people: int
    visits_per_week: float
    hours_per_week: float
    worker_hours_per_week: float

    @property
    def visits_per_month(self) -> float:
        """Visits in a mean month."""
        return self.visits_per_week * WEEKS_PER_MONTH

    @property
    def visits_per_year(self) -> float:
        """Visits in a mean year."""
        return self.visits_per_week * WEEKS_PER_YEAR

    @property
    def hours_per_month(self) -> float:
        """Hours of service in a mean month."""
        return self.hours_per_week * WEEKS_PER_MONTH

    @property
    def hours_per_year(self) -> float:
        """Hours of service in a mean year."""
        return self.hours_per_week * WEEKS_PER_YEAR


def needs_of(beneficiaries: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | None) -> Need:
    """
    Tell what each beneficiary needs, and in which area.

    The area is the one that the row names, by id or by name, where the areas know it; else the
    polygon around the place, of several the smallest, so that a village counts before its
    sub-district, and of equal ones the first by id. Without areas it is what the row says.

    Parameters
    ----------
    beneficiaries
        Rows of the layer, see `outreach.layers.beneficiaries.read_beneficiaries`.
    areas
        Rows of the layer, see `outreach.layers.areas.read_areas`; None: the project has none.

    Returns
    -------
    need
        Of all rows, sorted by id.
    """
    ids = beneficiaries["id"].to_numpy(dtype=str)
    rows = beneficiaries.iloc[np.argsort(ids, kind="stable")]
    # The planner cuts both to whole numbers; see outreach.routing.requirements.
    per_week = np.floor(rows["visits_per_week"].to_numpy(dtype=float))
    every_days = np.maximum(np.floor(rows["every_days"].to_numpy(dtype=float)), 1)
    visits = np.where(np.isnan(per_week), WEEK_DAYS / every_days, per_week)
    need = Need(
        ids=tuple(rows["id"]),
        category=tuple(rows["category"]),
        area=_areas_of(rows, areas),
        visits_per_week=np.nan_to_num(visits),
        service_s=rows["service_s"].to_numpy(dtype=np.int64),
        n_workers=rows["workers_needed"].to_numpy(dtype=np.int64),
    )
    logger.info(
        "%d people need %.1f visits a week; %d live in no known area",
        len(need),
        need.visits_per_week.sum(),
        need.n_in_no_area,
    )
    return need


def sum_of(need: Need) -> NeedSum:
    """Sum up the need of all."""
    return NeedSum(
        n_people=len(need),
        visits_per_week=float(need.visits_per_week.sum()),
        hours_per_week=float(need.hours_per_week.sum()),
        worker_hours_per_week=float(need.worker_hours_per_week.sum()),
    )


def by_group(need: Need, keys: Sequence[str]) -> Mapping[str, NeedSum]:
    """
    Sum up the need of each group.

    Parameters
    ----------
    need
        Of n people.
    keys
        The group of each, such as `Need.category` or `Need.area`; n of them.

    Returns
    -------
    sums
        By group, sorted.
    """
    groups, of = np.unique(np.array(keys, dtype=str), return_inverse=True)
    n = len(groups)
    people = np.bincount(of, minlength=n)
    visits = np.bincount(of, weights=need.visits_per_week, minlength=n)
    hours = np.bincount(of, weights=need.hours_per_week, minlength=n)
    worker_hours = np.bincount(of, weights=need.worker_hours_per_week, minlength=n)
    return {
        str(group): NeedSum(
            n_people=int(people[i]),
            visits_per_week=float(visits[i]),
            hours_per_week=float(hours[i]),
            worker_hours_per_week=float(worker_hours[i]),
        )
        for i, group in enumerate(groups)
    }


def _areas_of(rows: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | None) -> tuple[str, ...]:
    told = rows["area"].where(rows["area"].notna(), NO_AREA)
    if areas is None or not len(areas) or not len(rows):
        return tuple(told)
    # Of areas of one name the first by id; an id counts before a name.
    ordered = areas.sort_values("id", ascending=False)
    known = dict(zip(ordered["name"], ordered["id"], strict=True))
    known |= {area_id: area_id for area_id in ordered["id"]}
    polygons = areas[["id", "geometry"]].rename(columns={"id": "around"})
    polygons = polygons.assign(size=polygons.geometry.to_crs(EQUAL_AREA_CRS).area)
    found = rows[["id", "geometry"]].to_crs(areas.crs).sjoin(polygons, how="left")
    first = found.sort_values(["size", "around"], kind="stable").drop_duplicates("id")
    around = first.set_index("id")["around"].reindex(rows["id"])
    around = around.where(around.notna(), NO_AREA)
    return tuple(known.get(name) or place for name, place in zip(told, around, strict=True))
