"""A year's work by category, with the travel that real plans need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.demand import WEEKS_PER_YEAR
from outreach.coverage.staffing import Workload

if TYPE_CHECKING:
    from outreach.coverage.demand import Need
    from outreach.coverage.weeks import Weeks


def workloads(need: Need, weeks: Weeks) -> tuple[Workload, ...]:
    """
    Sum up each category; travel is of the visits that the weeks hold, else as for all.

    Parameters
    ----------
    need, weeks
        Of the same n people.
    """
    categories = np.array(need.category, dtype=str)
    # A visit that two make together is the work of two; on a circuit all who ride along make it.
    n_together = np.where(
        weeks.n_made > 0, weeks.worker_visits / np.maximum(weeks.n_made, 1), need.n_workers
    )
    n_all = weeks.worker_visits.sum()
    of_all_s = float(weeks.travel_s.sum() / n_all) if n_all else 0.0
    found = []
    for name in sorted(set(need.category)):
        own = categories == name
        per_week = need.visits_per_week[own] * n_together[own]
        if not per_week.sum() > 0:
            continue
        n_made = weeks.worker_visits[own].sum()
        found.append(
            Workload(
                name=name,
                visits_per_year=float(per_week.sum() * WEEKS_PER_YEAR),
                service_s=float(per_week @ need.service_s[own] / per_week.sum()),
                travel_s=float(weeks.travel_s[own].sum() / n_made) if n_made else of_all_s,
            )
        )
    return tuple(found)
