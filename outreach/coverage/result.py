"""What is found out about coverage: the values that every output of it is drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime as dt

    import geopandas as gpd

    from outreach.errors import Message
    from outreach.model import Loss, Season

SiteKind = Literal["base", "partner", "village", "table"]
Proof = Literal["proven", "within", "unsolved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """
    The need of a group of people and what of it is met in the simulated weeks; all sums.

    Parameters
    ----------
    id, name
        Code and name of the category, area or district; of people in no area both are ``""``.
    district
        Name of the district that an area belongs to; None: not known, or no area.
    n_people
        Beneficiaries whose rows can be used.
    visits_per_week, service_h_per_week
        What they need by frequency and service time.
    required_visits, delivered_visits
        In the simulated weeks: due if each is made on time, and made; never more is delivered
        than required of anybody.
    gap_h
        Service, with the travel that it takes in the plans, of the visits not made; hours of
        workers.
    n_with_gap
        People of whom a visit that fell due was not made.
    n_uncovered
        People farther than the threshold from every base, or without a way.
    minutes
        Sum, over those who can be reached, of the ride from the nearest base.
    n_timed
        How many those are.
    population
        Who lives there; None: not known.
    """

    id: str
    name: str
    district: str | None = None
    n_people: int
    visits_per_week: float
    service_h_per_week: float
    required_visits: int
    delivered_visits: int
    gap_h: float
    n_with_gap: int
    n_uncovered: int
    minutes: float
    n_timed: int
    population: int | None = None

    @property
    def gap_visits(self) -> int:
        """Visits that were due and not made."""
        return self.required_visits - self.delivered_visits

    @property
    def share_delivered(self) -> float:
        """Delivered, as a part of required; 1 where nothing is required."""
        return self.delivered_visits / self.required_visits if self.required_visits else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Who can be reached within so many minutes of the nearest present base, cumulative."""

    minutes: int
    season: Season
    n_people: int
    population: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """
    What workers get done in the simulated weeks.

    Parameters
    ----------
    n_workers
        Present and added.
    required_visits, delivered_visits
        As in `GroupRow`, of all.
    hopeless_visits
        Of the gap, visits that more workers of the same kind could not make: nobody has the
        skill, there is no way, the window never fits.
    service_h, travel_h, available_h
        Of all workers: with people, on the road, and working time without breaks.
    n_with_gap, n_without_gap
        People of whom something due was, or was not, left out.
    longest_overdue_days
        Of the visit that waits longest at the end; 0: none waits.
    worst_minutes
        The longest ride from the nearest base to anybody who can be reached.
    distance_km
        Ridden by all workers.
    moving_idr
        What moving about cost all workers: fuel, meals, beds.
    """

    n_workers: int
    required_visits: int
    delivered_visits: int
    hopeless_visits: int
    service_h: float
    travel_h: float
    available_h: float
    n_with_gap: int
    n_without_gap: int
    longest_overdue_days: int
    worst_minutes: float
    distance_km: float
    moving_idr: int

    @property
    def gap_visits(self) -> int:
        """Visits that were due and not made."""
        return self.required_visits - self.delivered_visits


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place where a worker sits, or could; never a beneficiary's."""

    id: str
    label: str
    kind: SiteKind
    lon: float
    lat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    So many workers more: where they sit, what was predicted, and what the planner made of it.

    Parameters
    ----------
    n_added
        0 is the present.
    sites
        Where the added workers sit, one each, in the order in which they are added (nested).
    predicted_visits
        Delivered visits by the placement model, calibrated on the plans of the present.
    bound_visits
        No choice of sites for so many workers can do better in that model.
    proof
        Whether the choice is the best (``"proven"``), within `gap_share` of it, or not known.
    gap_share
        Of the model's nested choice to the bound of the free one, as a part of it.
    free_sites, free_visits
        The best sites for exactly so many workers, chosen afresh, and their prediction.
    realised
        What planning the weeks again with these workers delivers.
    cost_idr_per_month
        Of the added workers.
    """

    n_added: int
    sites: tuple[Site, ...]
    predicted_visits: float
    bound_visits: float
    proof: Proof
    gap_share: float
    free_sites: tuple[Site, ...]
    free_visits: float
    realised: Outcome
    cost_idr_per_month: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Caseload:
    """Workers needed by a standard of so many cases for each."""

    standard: str
    cases_per_worker: int
    n_cases: int
    n_required: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """
    A kind of work of WISN: a category's visits, with the travel that one takes in the plans.

    `n_per_worker` is the standard workload: how many one worker could do in the available time.
    """

    name: str
    n_per_year: float
    service_s: float
    travel_s: float
    n_per_worker: float
    n_required: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wisn:
    """
    Workers needed by their workload (WHO 2010, Workload Indicators of Staffing Need), with travel.

    Parameters
    ----------
    working_days, hours_per_day, available_h
        A worker's year: days less leave, holidays, sickness and training, and the hours of it.
    activities
        What serves people.
    category_factor
        Multiplies for work that all do beside it, such as reports: 1 / (1 - its share).
    individual_workers
        Added for work that only some do, in full-time workers.
    n_required
        Full-time workers, not rounded.
    n_present
        Present full-time workers.
    """

    working_days: float
    hours_per_day: float
    available_h: float
    activities: tuple[Activity, ...]
    category_factor: float
    individual_workers: float
    n_required: float
    n_present: float

    @property
    def ratio(self) -> float:
        """Present over required: under 1 there are too few."""
        return self.n_present / self.n_required if self.n_required else 1.0

    @property
    def pressure(self) -> float:
        """What is missing, as a part of what is required; 0 where nothing is."""
        return max(0.0, 1 - self.ratio)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """
    Workers needed by planning: the fewest found with whom nothing due stays open at the end.

    Fewer than the present ones are not tried, and a search is no proof. What more workers could
    not help is not counted. `variation` names what was changed; `n_required` is None where
    `n_tried` were not enough, and then `left_visits` were left. Where the weeks were interrupted,
    nothing stays open once the plan of the last Monday has room for all that is due by then, and
    nobody was displaced in three weeks on end.
    """

    variation: str
    season: Season
    service_factor: float
    n_ill: int
    n_present: int
    n_required: int | None
    n_tried: int
    left_visits: int
    is_interrupted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioRow:
    """The same number of added workers under another arrangement; see `[[scenarios]]`."""

    name: str
    label: str
    n_added: int
    sites: tuple[Site, ...]
    present: Outcome
    realised: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What the data are worth: rows that cannot be used, and what is not known."""

    n_rows: int
    n_invalid: int
    n_unsnapped: int
    n_unreachable: int
    n_warnings: int
    n_in_no_area: int
    n_areas: int
    n_areas_without_population: int
    findings: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """
    How near people are to the present bases.

    Parameters
    ----------
    threshold_minutes
        Beyond it somebody is uncovered.
    bands
        By season and minutes, ascending.
    median_minutes, worst_minutes
        Of the ride from the nearest base, in the season that is planned.
    gini
        Inequality of the E2SFCA score over the people, from 0 (equal) to 1.
    hours_per_need
        Mean E2SFCA score: hours of workers within reach for each hour that is needed.
    """

    threshold_minutes: int
    bands: tuple[Band, ...]
    median_minutes: float
    worst_minutes: float
    gini: float
    hours_per_need: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """
    The whole argument: need, supply, gap, how many workers, where, and what each one changes.

    `losses` are of all five kinds; *unserved* are those of whom something stays open at the end
    of the weeks with the present workers. `recommended` is the number of added workers that the
    report argues for, and `noise_visits` by how much searches of the same weeks differ.
    `gap_workers` is the gap in full-time workers, without what they could not make either.
    """

    title: str
    scenario: str | None
    season: Season
    starts_on: dt.date
    n_weeks: int
    seed: int
    k: int
    n_people: int
    workers: tuple[str, ...]
    present_sites: tuple[Site, ...]
    quality: Quality
    total: GroupRow
    categories: tuple[GroupRow, ...]
    districts: tuple[GroupRow, ...]
    areas: tuple[GroupRow, ...]
    access: Access
    present: Outcome
    gap_workers: float
    caseloads: tuple[Caseload, ...]
    wisn: Wisn
    planned: tuple[Planned, ...]
    steps: tuple[Step, ...]
    scenarios: tuple[ScenarioRow, ...]
    recommended: int
    noise_visits: int
    worker_idr_per_month: int
    losses: tuple[Loss, ...]
    notices: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoverageMap:
    """
    What the maps of a `Coverage` are drawn from; EPSG:4326, no beneficiary's place in it.

    Parameters
    ----------
    areas
        `id`, `name`, `district`, `geometry`; empty where the project has no areas.
    isochrones
        What is reached from the bases, cumulative, largest first: `n_added` (0: present bases;
        k: those and the k sites), `season`, `minutes`, `geometry`.
    catchments
        (`n_added`, area id, site id): the base that is nearest to most people of the area.
    by_area
        (`n_added`, row): the areas as in `Coverage.areas`, with so many workers added.
    """

    areas: gpd.GeoDataFrame
    isochrones: gpd.GeoDataFrame
    catchments: tuple[tuple[int, str, str], ...]
    by_area: tuple[tuple[int, GroupRow], ...]
