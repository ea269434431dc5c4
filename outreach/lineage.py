"""What happened in a planned week, and what a changed plan changes: the lineage of plans."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from outreach.errors import Message

HappeningKind = Literal[
    "urgent", "absent", "late", "cancelled", "lodging_full", "road_closed", "season"
]
ChangeKind = Literal["kept", "moved", "fell_out", "new", "stays_out", "cancelled"]
CallKind = Literal["worker", "lodging", "partner", "family"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """
    What was told of a planned week; seconds from `Plan.starts_at`.

    Parameters
    ----------
    at_s
        When it was told.
    id
        Of the beneficiary, worker or lodging that it is about; "" for roads and seasons.
    visit_id
        Of an urgent case the visit that is made for it; of what is cancelled the visit.
    from_s, to_s
        When a worker is absent; of one who is late and has not set out, `to_s` is when at the
        soonest.
    delay_s
        How much a worker is behind the plan.
    day
        Of the horizon, of a lodging without beds.
    deadline_s
        When an urgent visit must have begun.
    season
        Whose travel times count from then on.
    area_wkt
        What is closed: a polygon, EPSG:4326.
    """

    kind: HappeningKind
    at_s: int
    id: str = ""
    visit_id: str | None = None
    from_s: int | None = None
    to_s: int | None = None
    delay_s: int | None = None
    day: int | None = None
    deadline_s: int | None = None
    season: Literal["dry", "wet"] | None = None
    area_wkt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Who makes a visit, and when it begins; seconds from `Plan.starts_at`."""

    team_id: str
    worker_ids: tuple[str, ...]
    day: int
    starts_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """
    What becomes of one visit.

    `new` is in the plan for the first time, `stays_out` was not and is not; `reason`, a stable
    code, and `detail`, its sentence, say of those that are out why.
    """

    kind: ChangeKind
    visit_id: str
    beneficiary_id: str
    before: When | None = None
    after: When | None = None
    reason: str | None = None
    detail: Message | None = None

    @property
    def shift_s(self) -> int:
        """How much later a visit begins than before, less than 0 for sooner; 0 where one lacks."""
        if self.before is None or self.after is None:
            return 0
        return self.after.starts_s - self.before.starts_s


@dataclass(frozen=True, slots=True, kw_only=True)
class NightChange:
    """Where a team sleeps after a day, before and now; None where it has no such day."""

    team_id: str
    day: int
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """
    Somebody to phone: a worker, a lodging, a partner, or a family by the beneficiary's id.

    `by_s` is the first moment that is other than they think.
    """

    kind: CallKind
    id: str
    by_s: int
    visit_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """
    What a new plan breaks, and what it costs more than the one before.

    `score_s` leaves unfairness aside: it is weighed by hours, of which some are past or lost.
    """

    n_moved: int
    n_fell_out: int
    n_new: int
    n_late: int
    riding_s: int
    cost_idr: int
    score_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """
    How a plan came from the one before it.

    Parameters
    ----------
    number
        1 for the first change of the week's plan.
    revises
        SHA-256 of the plan.json before, hexadecimal; "" until it is written.
    at_s
        When it was changed: what had begun by then is as it was.
    happened
        All that was told since the first plan of the week, oldest first.
    n_told
        How many of the last ones led to this change.
    changes
        Of visits about which somebody must know, by the moment that they concern first.
    """

    number: int
    revises: str
    at_s: int
    happened: tuple[Happening, ...]
    n_told: int
    changes: tuple[Change, ...]
    nights: tuple[NightChange, ...] = field(default=())
    calls: tuple[Call, ...] = field(default=())
    figures: Figures

    @property
    def told(self) -> tuple[Happening, ...]:
        """What led to this change."""
        return self.happened[len(self.happened) - self.n_told :]

    @property
    def worker_ids(self) -> tuple[str, ...]:
        """Workers whose day or night is another one now, sorted."""
        return tuple(sorted(call.id for call in self.calls if call.kind == "worker"))
