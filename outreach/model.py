"""Values that cross stages: what is planned, and who is left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime as dt

    from outreach.errors import Message
    from outreach.lineage import Revision

Season = Literal["dry", "wet"]
PlaceKind = Literal["base", "visit", "partner", "lodging"]
LossKind = Literal["invalid", "unsnapped", "unreachable", "unserved", "uncovered"]
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWindow:
    """When service may begin; integer seconds, ends included."""

    opens_s: int
    closes_s: int

    def __post_init__(self) -> None:
        if self.closes_s < self.opens_s:
            raise ValueError(f"window closes ({self.closes_s}) before it opens ({self.opens_s})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    One thing wrong, or doubtful, in a table: where, what, and how to mend it.

    An `error` makes its row *invalid*; a `warning` leaves it in the plan. `row` is the number
    that the user sees (the header is row 1), None for what concerns a whole file.
    """

    severity: Severity
    code: str
    file: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    id: str | None = None
    what: Message
    mend: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """
    Somebody, or one visit to somebody, who is not in the plan, and why.

    `reason` is a short stable code; `detail` is the sentence that explains it.
    """

    kind: LossKind
    beneficiary_id: str
    visit_id: str | None = None
    reason: str
    detail: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDue:
    """A beneficiary whose next visit falls after the horizon: no loss, but named."""

    beneficiary_id: str
    due_on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """
    A visit, base, partner or lodging placed and timed; seconds from `Plan.starts_at`.

    At a base or lodging `starts_s` is `arrives_s`. `service_s` is the time from `starts_s` to
    `departs_s`. `label` is a name that may be shown (of a base, lodging or partner); a
    beneficiary has none. `contact` is the place id of the partner to call about the visit.
    """

    kind: PlaceKind
    place_id: str
    visit_id: str | None = None
    beneficiary_id: str | None = None
    category: str | None = None
    area: str | None = None
    label: str | None = None
    is_pinned: bool = False
    contact: str | None = None
    lon: float
    lat: float
    arrives_s: int
    starts_s: int
    departs_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """Travel between two consecutive stops; `walk_m` is the part on foot off the road."""

    from_id: str
    to_id: str
    duration_s: int
    distance_m: float
    walk_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A break as it is taken; seconds from `Plan.starts_at`. It may interrupt a leg."""

    break_id: str
    starts_s: int
    ends_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRoute:
    """
    One team's stops of one day, from where it slept to where it sleeps.

    `day` counts from 0 at `Plan.starts_at`. The first stop is `starts_from`, the last
    `sleeps_at`; `legs[i]` joins `stops[i]` and `stops[i + 1]`, without the pauses on the way.
    `circuit_id` is that of a fixed circuit, or names consecutive days with nights away that the
    planner found.
    """

    team_id: str
    worker_ids: tuple[str, ...]
    circuit_id: str | None
    day: int
    starts_from: str
    sleeps_at: str
    stops: tuple[Stop, ...]
    legs: tuple[Leg, ...]
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """
    Sums over the horizon of one worker, or of all.

    `budget_idr` is what the worker may spend in these days, `available_s` the shifts without
    their breaks; of all workers both are sums.
    """

    n_visits: int
    riding_s: int
    service_s: int
    distance_m: float
    n_nights: int
    cost_idr: int
    budget_idr: int | None = None
    available_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What a plan costs by the published weights, in seconds of riding; the parts add up."""

    broken_promises_s: int
    missed_deadlines_s: int
    unserved_s: int
    broken_continuity_s: int
    riding_s: int
    money_s: int
    unfairness_s: int

    @property
    def total_s(self) -> int:
        """The sum that the planner makes as small as it can."""
        return (
            self.broken_promises_s
            + self.missed_deadlines_s
            + self.unserved_s
            + self.broken_continuity_s
            + self.riding_s
            + self.money_s
            + self.unfairness_s
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """
    Who else could be visited with a little more: one hour, or Rp 100,000, for one worker.

    Found by trying, so it is at least this much. `day` is the day of the hour.
    """

    of: Literal["hour", "rp_100000"]
    worker_id: str
    day: int | None = None
    visit_ids: tuple[str, ...]
    beneficiary_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """
    A partner or lodging that a worker may call.

    `phone` is the institution's number: digits, perhaps after a plus. That of a beneficiary is
    never known here.
    """

    place_id: str
    label: str
    kind: Literal["partner", "lodging"]
    phone: str | None = None
    lon: float
    lat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    Who is where, when, every day; who is left out, and why.

    `starts_at` is midnight of day 0, timezone-aware. `totals` is keyed by worker id, and by
    ``"all"`` for the team-days counted once. `prices` have the one that brings most first.
    `notices` are sentences that every reader of the plan must see (for instance that the roads
    are synthetic). `contacts` are the partners and lodgings that the plan visits, that its stops
    name or that can be called, by id. `revision` tells of a plan that was changed in the week how
    and why; None: the week's first.
    """

    starts_at: dt.datetime
    horizon_days: int
    seed: int
    season: Season
    day_routes: tuple[DayRoute, ...]
    unserved: tuple[Loss, ...] = ()
    invalid: tuple[Loss, ...] = ()
    unsnapped: tuple[Loss, ...] = ()
    unreachable: tuple[Loss, ...] = ()
    not_due: tuple[NotDue, ...] = ()
    totals: tuple[tuple[str, Totals], ...] = ()
    notices: tuple[Message, ...] = field(default=())
    score: Score | None = None
    prices: tuple[Price, ...] = ()
    contacts: tuple[Contact, ...] = ()
    revision: Revision | None = None

    @property
    def losses(self) -> tuple[Loss, ...]:
        """All who are left out, kind by kind."""
        return self.invalid + self.unsnapped + self.unreachable + self.unserved
