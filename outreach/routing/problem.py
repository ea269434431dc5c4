"""Visits, teams, lodgings and the matrix as one solver-neutral planning problem."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from outreach.errors import ConfigError, DuplicateIdError
from outreach.model import TimeWindow
from outreach.units import DAY_S

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from outreach.model import Contact, NotDue
    from outreach.routing.matrix import TravelMatrix


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """
    Where something happens; `label` may be shown, a beneficiary's place has none.

    `contact` is the id of the partner to call about the beneficiary who lives there.
    """

    id: str
    lon: float
    lat: float
    label: str | None = None
    category: str | None = None
    area: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """
    One required visit of a requirement.

    `days` are the days of the horizon on which it may happen (0 is the first). After
    `deadline_day` (None: no deadline) it may still happen, but the deadline is missed. What is
    pinned was promised: it stays out only where it cannot be made at all.
    """

    id: str
    days: tuple[int, ...]
    deadline_day: int | None = None
    overdue_days: int = 0
    is_pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A place in an order that the supervisor fixed; of one group lower ranks come first."""

    group: str
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """
    What one beneficiary (or partner) needs within the horizon.

    A beneficiary whose visits differ (one of them is pinned) has several of them, with one id.

    Parameters
    ----------
    id
        The beneficiary's or partner's id.
    kind
        ``"visit"`` or ``"partner"``.
    visits
        In the order in which they happen.
    min_gap_days
        Least days between two of the visits: 1 is "on different days".
    windows
        When service may begin, seconds after midnight, ascending; empty means at any time.
    service_s
        Length of one visit.
    priority
        Weight among the unserved.
    n_workers
        How many workers must be there together.
    skills
        Skills that the team must have among its workers.
    known_worker_id
        The worker whom the child knows.
    circuit_id
        The circuit that makes the visits, where the supervisor fixed one.
    cut_circuit_id
        One that would make them, but does not fit into the horizon: anybody may.
    worker_ids
        One of these must be there, where the supervisor pinned who goes; empty: anyone.
    order
        Where it stands among the visits of its day, where the supervisor fixed that.
    """

    id: str
    kind: Literal["visit", "partner"] = "visit"
    place_id: str
    visits: tuple[Visit, ...]
    min_gap_days: int = 1
    windows: tuple[TimeWindow, ...] = ()
    service_s: int
    priority: float = 1.0
    n_workers: int = 1
    skills: tuple[str, ...] = ()
    known_worker_id: str | None = None
    circuit_id: str | None = None
    cut_circuit_id: str | None = None
    worker_ids: tuple[str, ...] = ()
    order: Order | None = None

    def windows_on(self, day: int) -> tuple[TimeWindow, ...]:
        """When service may begin on `day`, in seconds from the start of the horizon."""
        start_s = day * DAY_S
        if not self.windows:
            return (TimeWindow(opens_s=start_s, closes_s=start_s + DAY_S - 1),)
        return tuple(
            TimeWindow(opens_s=start_s + w.opens_s, closes_s=start_s + w.closes_s)
            for w in self.windows
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """
    Rest for lunch or prayer; seconds from the start of the horizon.

    It begins from `opens_s` to `closes_s` and lasts `length_s`: before or after a visit or on
    the way, never within a visit. Whoever is home for good by `closes_s` rests there.
    """

    id: str
    opens_s: int
    closes_s: int
    length_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """
    A team's working time on one day; seconds from the start of the horizon.

    `breaks` are in the order in which they are taken; each closes before the next one opens.
    """

    day: int
    starts_s: int
    ends_s: int
    max_riding_s: int
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """Where a team may sleep after `day`: lodgings, and its base where it may be at home."""

    day: int
    place_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """
    Workers who travel together; one shift a day at most, in the order of the days.

    A worker may belong to several teams, but is on the road with one of them a day. `nights`
    are those that may be spent away; after any other day the team is at its base. Two ride on
    one motorbike where there are fewer than workers, and all share what the fuel costs.
    """

    id: str
    worker_ids: tuple[str, ...]
    base_id: str
    shifts: tuple[Shift, ...]
    skills: frozenset[str] = frozenset()
    circuit_id: str | None = None
    nights: tuple[Night, ...] = ()
    n_motorbikes: int | None = None

    def shift_on(self, day: int) -> Shift | None:
        """Give the team's shift of `day`, None on a day off."""
        return next((shift for shift in self.shifts if shift.day == day), None)

    def may_sleep_at(self, day: int) -> tuple[str, ...]:
        """List where the team may sleep after `day`."""
        found = (night.place_ids for night in self.nights if night.day == day)
        return next(found, (self.base_id,))

    def must_be_away(self, day: int) -> bool:
        """Whether the day begins or ends in a lodging that was fixed."""
        return any(self.base_id not in self.may_sleep_at(night) for night in (day - 1, day))

    @property
    def motorbikes_per_head(self) -> float:
        """Each worker's share of the fuel of one motorbike."""
        if self.n_motorbikes is None:
            return 1.0
        return self.n_motorbikes / len(self.worker_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lodging:
    """Where a team may sleep; `nights` are the days after which it is open."""

    id: str
    nights: tuple[int, ...]
    beds: int
    cost_idr: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """
    A trip that the supervisor fixed: one team on consecutive days, the nights between them away.

    All of its days are ridden, or none. Where it may sleep is in the team's `nights`.
    """

    id: str
    team_id: str
    days: tuple[int, ...]
    lodging_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CostParams:
    """
    What moving about costs, in Rupiah.

    `fuel_idr_per_km` for each motorbike; `ferry_idr` for each person and crossing; the meals for
    each person and day that begins or ends away from the base, or belongs to a fixed circuit.
    """

    fuel_idr_per_km: int = 300
    meal_idr_per_day_away: int = 50_000
    ferry_idr: int = 0

    def __post_init__(self) -> None:
        if min(self.fuel_idr_per_km, self.meal_idr_per_day_away, self.ferry_idr) < 0:
            raise ConfigError("costs must not be negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """
    What is minimised, in this order, all in seconds of riding that one would accept instead.

    Each step is so much larger than the next that a normal week keeps the order: breaking a
    promise is worse than missing a deadline, that is worse than leaving a visit out, that is
    worse than breaking continuity, and that is worse than riding, which every worker of a team
    does. Money counts by `idr_per_hour`. `unfairness_s` is multiplied by the square of each
    worker's load (riding and service, as a part of the shifts), and summed over the workers.
    The cases for which a circuit was arranged weigh `own_circuit_times` their priority: without
    that, others who live on its way would take their time.
    """

    broken_promise_s: int = 36_000_000
    missed_deadline_s: int = 360_000
    unserved_s: int = 36_000
    broken_continuity_s: int = 1_800
    idr_per_hour: int = 50_000
    unfairness_s: int = 3_600
    overdue_doubles_after_days: int = 30
    own_circuit_times: int = 10

    def __post_init__(self) -> None:
        weights = (
            self.broken_promise_s,
            self.missed_deadline_s,
            self.unserved_s,
            self.broken_continuity_s,
            self.unfairness_s,
        )
        if min(weights) < 0:
            raise ConfigError("weights must not be negative")
        if min(self.idr_per_hour, self.overdue_doubles_after_days, self.own_circuit_times) < 1:
            raise ConfigError(
                "idr_per_hour, overdue_doubles_after_days and own_circuit_times must be at least 1"
            )

    def unserved(self, requirement: Requirement, visit: Visit) -> int:
        """
        Give the weight of leaving a visit out, deadlines aside.

        Grows with priority, and with the days overdue up to twice as much.
        """
        if visit.is_pinned:
            return self.broken_promise_s
        overdue = min(1.0, visit.overdue_days / self.overdue_doubles_after_days)
        return round(self.unserved_s * requirement.priority * (1 + overdue))


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """
    Everything that a plan depends on, and nothing of how it is found.

    All sequences are sorted by id, so that equal inputs make equal plans. `budget_idr` holds
    each worker's share of the monthly budget for this horizon, where one is known. `contacts`
    are all partners and lodgings, those far from every road too.
    """

    starts_at: dt.datetime
    horizon_days: int
    places: tuple[Place, ...]
    matrix: TravelMatrix
    requirements: tuple[Requirement, ...]
    teams: tuple[Team, ...]
    lodgings: tuple[Lodging, ...] = ()
    circuits: tuple[Circuit, ...] = ()
    costs: CostParams = field(default_factory=CostParams)
    weights: Weights = field(default_factory=Weights)
    budget_idr: Mapping[str, int] = field(default_factory=dict)
    not_due: tuple[NotDue, ...] = ()
    contacts: tuple[Contact, ...] = ()

    def __post_init__(self) -> None:
        twice = sorted(i for i, n in Counter(p.id for p in self.places).items() if n > 1)
        if twice:
            raise DuplicateIdError(
                "%(ids)s: used for more than one place; give beneficiaries, bases, lodgings"
                " and partners ids of their own",
                ids=", ".join(twice[:5]),
            )

    @cached_property
    def place(self) -> Mapping[str, Place]:
        """Places by id."""
        return {place.id: place for place in self.places}

    @cached_property
    def team(self) -> Mapping[str, Team]:
        """Teams by id."""
        return {team.id: team for team in self.teams}

    @cached_property
    def lodging(self) -> Mapping[str, Lodging]:
        """Lodgings by id."""
        return {lodging.id: lodging for lodging in self.lodgings}

    @cached_property
    def visit(self) -> Mapping[str, tuple[Requirement, Visit]]:
        """Every visit with its requirement, by visit id."""
        return {v.id: (r, v) for r in self.requirements for v in r.visits}

    @cached_property
    def available_s(self) -> Mapping[str, int]:
        """Each worker's working time in the horizon, without the breaks."""
        longest: dict[tuple[str, int], int] = {}
        for team in self.teams:
            for shift in team.shifts:
                length_s = shift.ends_s - shift.starts_s - sum(b.length_s for b in shift.breaks)
                for worker_id in team.worker_ids:
                    key = worker_id, shift.day
                    longest[key] = max(longest.get(key, 0), length_s)
        workers = sorted({worker_id for worker_id, _ in longest})
        return {w: sum(s for (who, _), s in longest.items() if who == w) for w in workers}

    @cached_property
    def _row(self) -> Mapping[str, int]:
        return self.matrix.row

    @cached_property
    def _seconds(self) -> list[list[int | None]]:
        return self.matrix.whole_s

    def riding_s(self, from_id: str, to_id: str) -> int | None:
        """Whole seconds from place to place, None where there is no way."""
        return self._seconds[self._row[from_id]][self._row[to_id]]

    def distance_m(self, from_id: str, to_id: str) -> float:
        """Metres by road from place to place, along the fastest path."""
        return float(self.matrix.distance_m[self._row[from_id], self._row[to_id]])

    def walk_m(self, from_id: str, to_id: str) -> float:
        """Metres on foot between the two places and the road."""
        if from_id == to_id:
            return 0.0
        walk = self.matrix.walk_m
        return float(walk[self._row[from_id]] + walk[self._row[to_id]])

    def leg_idr(self, team: Team, from_id: str, to_id: str) -> float:
        """Rupiah that each worker of the team pays from place to place: fuel and ferries."""
        a, b = self._row[from_id], self._row[to_id]
        fuel = self.costs.fuel_idr_per_km * team.motorbikes_per_head
        cost = fuel * float(self.matrix.distance_m[a, b]) / 1000
        if self.costs.ferry_idr:
            cost += self.costs.ferry_idr * float(self.matrix.n_ferries[a, b])
        return cost

    def legs_idr(self, team: Team, place_id: str) -> tuple[list[float], list[float]]:
        """
        Give `leg_idr` to the place from each row of the matrix, and from it to each.

        Where there is no way it is no finite number.
        """
        import numpy as np

        row = self._row[place_id]
        fuel = self.costs.fuel_idr_per_km * team.motorbikes_per_head / 1000
        distance_m = self.matrix.distance_m
        # Nothing a kilometre over no way is no number; nobody asks for that one.
        with np.errstate(invalid="ignore"):
            there, back = fuel * distance_m[:, row], fuel * distance_m[row]
        if self.costs.ferry_idr:
            there = there + self.costs.ferry_idr * self.matrix.n_ferries[:, row]
            back = back + self.costs.ferry_idr * self.matrix.n_ferries[row]
        return there.tolist(), back.tolist()

    def day_idr(self, team: Team, starts_from: str, sleeps_at: str) -> int:
        """Rupiah that each worker of the team pays for a day and its night, riding aside."""
        is_away = {starts_from, sleeps_at} != {team.base_id} or team.circuit_id is not None
        night = 0 if sleeps_at == team.base_id else self.lodging[sleeps_at].cost_idr
        return night + (self.costs.meal_idr_per_day_away if is_away else 0)

    def may_serve(self, team: Team, requirement: Requirement) -> bool:
        """Whether the team is the right one, by circuit, pinned workers, number and skills."""
        if requirement.circuit_id is not None and team.circuit_id != requirement.circuit_id:
            return False
        if requirement.worker_ids and not set(requirement.worker_ids) & set(team.worker_ids):
            return False
        return len(team.worker_ids) >= requirement.n_workers and team.skills.issuperset(
            requirement.skills
        )
