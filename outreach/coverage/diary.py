"""What became of one week after the other: visits, calls, hours, and who waits at its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """
    Those of a category who wait at the end of a week, though the present workers could come.

    Parameters
    ----------
    n_open
        Open cases.
    n_people
        Of them, those with a visit that is due and not made.
    overdue_days
        Sum of the days since their visits fell due; of a visit of so many a week none.
    longest_days
        Of the one that waits longest.
    """

    category: str
    n_open: int
    n_people: int
    overdue_days: int
    longest_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Longest:
    """Whoever waits longest, and since how many days the visit has been due."""

    id: str
    category: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """
    What interrupted a week, and what came of it.

    Parameters
    ----------
    n_urgent, n_urgent_late
        Calls about a case that cannot wait; of them, where nobody was in time.
    n_displaced, n_moved
        Visits of Monday's plan that fell out, or were made on another day or by others.
    n_not_met, n_refused
        Visits for which somebody came in vain.
    ill_days
        Working days of workers who were ill.
    n_late, n_full
        Days that began late, and lodgings that were full.
    is_flooded
        Whether a flood shut roads.
    n_unanswered
        Of all these, what the replanner found no way to live with; it is as if it had not been.
    """

    n_urgent: int = 0
    n_urgent_late: int = 0
    n_displaced: int = 0
    n_moved: int = 0
    n_not_met: int = 0
    n_refused: int = 0
    ill_days: int = 0
    n_late: int = 0
    n_full: int = 0
    is_flooded: bool = False
    n_unanswered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekNote:
    """
    One week.

    Parameters
    ----------
    n_due, n_made, n_left
        Visits to people that were due on Monday; made in all, also those that a call asked for;
        and due ones that Monday's plan left out.
    n_new, n_closed
        Cases opened and closed, urgent ones included.
    service_s, riding_s, available_s, distance_m, cost_idr
        Of all workers; available are the shifts without breaks, also of the ill.
    waiting
        By category, sorted.
    longest
        Who waits longest; None: nobody waits for a visit of every so many days.
    """

    starts_on: dt.date
    n_due: int
    n_made: int
    n_left: int
    n_new: int
    n_closed: int
    service_s: float
    riding_s: float
    available_s: float
    distance_m: float
    cost_idr: int
    lived: Lived
    waiting: tuple[Waiting, ...]
    longest: Longest | None

    @property
    def n_waiting(self) -> int:
        """People who wait at the end of the week."""
        return sum(row.n_people for row in self.waiting)

    @property
    def n_open(self) -> int:
        """Open cases at the end of the week that the workers can reach."""
        return sum(row.n_open for row in self.waiting)

    @property
    def overdue_days(self) -> int:
        """Days since all that is due fell due, summed over the people."""
        return sum(row.overdue_days for row in self.waiting)
