"""What was planned, what was done, and what came between: the values of a progress report."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime as dt

    from outreach.coverage.actual_result import (
        Punctuality,
        Riding,
        SpeedEvidence,
        TeamPunctuality,
    )
    from outreach.errors import Message
    from outreach.lineage import Happening
    from outreach.model import LossKind

PARTNER_CATEGORY = "partner"
"""Category of the appointments at partners, who are no beneficiaries."""
UNKNOWN = ""
"""Category, area or team of those of whom none is known."""

VisitOutcome = Literal[
    "done", "not_met", "refused", "moved", "closed", "cancelled", "fell_out", "no_word", "ahead"
]
"""What came of a planned visit; each has exactly one."""

Waiting = Literal[
    "not_met",
    "refused",
    "moved",
    "no_word",
    "cancelled",
    "fell_out",
    "left_out",
    "unusable",
    "unplanned",
]
"""Why somebody still waits: the last that is known of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days that are accounted for, both ends included."""

    kind: Literal["week", "month"]
    first: dt.date
    last: dt.date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"period ends ({self.last}) before it begins ({self.first})")

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekCovered:
    """
    One planned week as far as the period holds it.

    `last` is its last day, or the day before the next plan took over; `n_revisions` counts the
    changes of its plan.
    """

    starts_on: dt.date
    last: dt.date
    n_revisions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCounts:
    """
    Visits of the period; they add up: ``planned + added`` is the sum of the nine outcomes.

    Parameters
    ----------
    planned
        In the first plan of its week.
    added
        In the week's plan only since it was changed, such as urgent cases.
    done, not_met, refused, moved, closed
        As the log says.
    cancelled
        Taken off by hand.
    fell_out
        Displaced: in no plan any more since it was changed.
    no_word
        The day is over, and the log says nothing: neither done nor missed.
    ahead
        The day is still to come.
    left_out
        Due, but in no plan of the week; beside the planned ones.
    unplanned_done, unplanned_other
        What the log says of visits that no plan held: done, and otherwise.
    """

    planned: int = 0
    added: int = 0
    done: int = 0
    not_met: int = 0
    refused: int = 0
    moved: int = 0
    closed: int = 0
    cancelled: int = 0
    fell_out: int = 0
    no_word: int = 0
    ahead: int = 0
    left_out: int = 0
    unplanned_done: int = 0
    unplanned_other: int = 0

    def __add__(self, other: VisitCounts) -> VisitCounts:
        return VisitCounts(
            **{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        )

    @property
    def in_plan(self) -> int:
        """Visits that stood in a plan of their week at some time."""
        return self.planned + self.added

    @property
    def expected(self) -> int:
        """Of them, those that should have been made by now: neither ahead nor cancelled."""
        return self.in_plan - self.ahead - self.cancelled

    @property
    def missed(self) -> int:
        """Somebody went there, or meant to, and the visit was not made."""
        return self.not_met + self.refused + self.moved + self.closed

    @property
    def share_done(self) -> float | None:
        """Done, as a part of `expected`; None where nothing was, or nothing is told of it yet."""
        is_silent = self.no_word > 0 and self.done + self.missed == 0
        return None if is_silent or not self.expected else self.done / self.expected


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """
    The visits of one category, area or team; the rows of a table sum to the total.

    Parameters
    ----------
    id
        Code of the category, id of the area or team; `UNKNOWN` where there is none.
    name
        Of an area, as its layer has it; else "".
    worker_ids
        Of a team; a visit counts for the team that had it in its plan last.
    """

    id: str
    name: str = ""
    worker_ids: tuple[str, ...] = ()
    counts: VisitCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRow:
    """
    Why visits were not in a plan, or were no more: counted by the sentence that explains it.

    Parameters
    ----------
    kind
        The loss, or "fell_out" for visits displaced by a changed plan.
    reason
        Stable code.
    detail
        The sentence; of the first visit where `is_example`.
    n_visits
        Visits; one that stays out two weeks counts twice. Of the invalid, unsnapped and
        unreachable there are people only: 0.
    n_people
        Distinct beneficiaries.
    """

    kind: LossKind | Literal["fell_out"]
    reason: str
    detail: Message | None
    is_example: bool
    n_visits: int
    n_people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """
    The caseload as it grew and shrank; all are ids, sorted.

    ``n_at_start + len(new) - len(closed) - len(gone)`` is `n_at_end`.

    Parameters
    ----------
    new
        In a plan's caseload of the period, and not in the one before.
    closed
        Out of the caseload, and the log says closed.
    gone
        Out of the tables without such a word: somebody must tell why.
    moved
        Of those at the end: the family moved away, and no plan has the new place yet.
    """

    n_at_start: int
    n_at_end: int
    new: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """
    Somebody whose visit is due and not made, at the end of the period.

    Parameters
    ----------
    due_on, days
        Since when it is due, and how many days that is; `due_on` None: never visited, and no
        day is known; then `days` count from the first plan at hand that knows them.
    why, detail
        The last that is known; the sentence of a loss where there is one.
    n_missed
        How often in a row nobody was met, or the visit was left out, in the plans looked at.
    planned_on
        The next day on which a plan has the visit, None where none has.
    """

    id: str
    category: str
    area: str
    area_name: str = ""
    due_on: dt.date | None
    days: int
    why: Waiting
    detail: Message | None = None
    n_missed: int = 0
    planned_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """
    Days on the road as they were planned last, and those of them of which the log has a word.

    A log does not know kilometres: those of a ridden day are the planned ones. `ridden_` sums
    are of days with at least one entry, the others of all days of the period until now.
    """

    n_days: int = 0
    n_ridden_days: int = 0
    distance_km: float = 0.0
    ridden_km: float = 0.0
    riding_h: float = 0.0
    ridden_h: float = 0.0
    n_nights: int = 0
    n_ridden_nights: int = 0
    cost_idr: int = 0
    ridden_idr: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerMoney:
    """
    One worker's travel and money.

    Parameters
    ----------
    travel
        In the period. A team's day counts for each of its workers, so these may sum to more
        kilometres than the total, and to just its rupiah.
    budget_idr
        Of a month; None: no limit is known.
    month_idr
        Of the ridden days in the calendar month of the period's last day, until now.
    unsure_idr
        Of the days of that month until now of which the log has no word.
    ahead_idr
        Of the days of that month that are planned and still to come.
    """

    worker_id: str
    travel: Travel
    budget_idr: int | None
    month_idr: int
    unsure_idr: int
    ahead_idr: int

    @property
    def left_idr(self) -> int | None:
        """Left of the month's budget, less than 0 where more was spent."""
        return None if self.budget_idr is None else self.budget_idr - self.month_idr


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """
    One change of a plan in the period: what was told, and what it displaced.

    Parameters
    ----------
    at
        When it was told, timezone-aware.
    number
        Of the revision in its week.
    happened
        What led to it; its seconds count from `starts_on`.
    fell_out
        Visits that fell out: ids of their beneficiaries, sorted.
    n_late
        Visits after their deadline by the changed plan.
    riding_s, cost_idr
        What the changed plan takes more than the one before.
    """

    at: dt.datetime
    starts_on: dt.date
    number: int
    happened: tuple[Happening, ...]
    n_moved: int
    n_new: int
    fell_out: tuple[str, ...]
    n_late: int
    riding_s: int
    cost_idr: int

    @property
    def n_fell_out(self) -> int:
        """How many visits fell out."""
        return len(self.fell_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """
    The accounts of a week or month.

    Parameters
    ----------
    until
        Last day of which the log can have a word; visits after it are ahead.
    weeks
        Plans that cover the period, by their first day.
    n_days_unplanned
        Days of the period, until then, that no plan covers.
    total, by_category, by_area, by_team
        Visits; the rows of each table sum to the total.
    n_people_planned, n_people_met
        Distinct beneficiaries whose visits were expected by now, and those of them who were met.
    reasons
        Of what was left out or fell out, the most frequent first.
    overdue
        Who waits longest first.
    travel
        Of all; a team's day counts once, its rupiah for each of its workers.
    workers
        By id.
    interruptions
        In the order in which they were told.
    punctuality, by_team_punctuality, riding
        Plan against actual.
    speeds
        Evidence on the speed table, what loses most first.
    n_entries, n_doubled
        Standing entries of the log in the period; those of them that say a second thing of a
        visit that another one settles.
    """

    period: Period
    until: dt.date
    weeks: tuple[WeekCovered, ...]
    n_days_unplanned: int
    total: VisitCounts
    by_category: tuple[CountRow, ...]
    by_area: tuple[CountRow, ...]
    by_team: tuple[CountRow, ...]
    n_people_planned: int
    n_people_met: int
    reasons: tuple[ReasonRow, ...]
    cases: Cases
    overdue: tuple[Overdue, ...]
    travel: Travel
    workers: tuple[WorkerMoney, ...]
    interruptions: tuple[Interruption, ...]
    punctuality: Punctuality
    by_team_punctuality: tuple[TeamPunctuality, ...]
    riding: Riding
    speeds: tuple[SpeedEvidence, ...] = ()
    n_entries: int = 0
    n_doubled: int = 0
