"""Required minus delivered: by category, area and district, in visits, hours and people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from outreach.coverage.result import GroupRow
from outreach.units import MINUTE_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from outreach.coverage.access import Reach
    from outreach.coverage.demand import Need
    from outreach.coverage.effort import Effort
    from outreach.coverage.weeks import Weeks


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What is known of a group beside its people; see `GroupRow`."""

    id: str
    name: str
    district: str | None = None
    population: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gaps:
    """
    Everybody's need, what the weeks delivered of it, and how far it is; all of the same n people.

    `threshold_s`: beyond it from every base somebody is uncovered.
    """

    need: Need
    weeks: Weeks
    reach: Reach
    effort: Effort
    threshold_s: float

    @property
    def gap_h(self) -> NDArray[np.float64]:
        """Hours of workers that the visits not made would take, by person; shape (n,)."""
        return self._hours(self.weeks.gap)

    @property
    def curable_h(self) -> NDArray[np.float64]:
        """Hours of those that more workers could make, by person; shape (n,)."""
        return self._hours(self.weeks.curable)

    def _hours(self, visits: NDArray[np.int64]) -> NDArray[np.float64]:
        nearest_s = self.reach.nearest_s
        # Nobody knows what a way would take that is not there.
        ride_s = np.where(np.isfinite(nearest_s), nearest_s, 0.0)
        each = self.effort.hours(self.need.service_s, self.need.n_workers, ride_s)
        hours: NDArray[np.float64] = visits * each
        return hours

    def rows(self, keys: Sequence[str], groups: Mapping[str, Group]) -> tuple[GroupRow, ...]:
        """
        Sum up each group that somebody is in, and those of `groups` that nobody is in.

        Parameters
        ----------
        keys
            The group of each person; n of them.
        groups
            What is known of them, by key; of others the key is the name.
        """
        named = sorted({*keys, *groups})
        position = {key: i for i, key in enumerate(named)}
        of = np.array([position[key] for key in keys], dtype=np.int64)
        need, weeks, nearest_s = self.need, self.weeks, self.reach.nearest_s
        can_go = np.isfinite(nearest_s)

        def sums(values: NDArray[Any]) -> NDArray[np.float64]:
            total = np.zeros(len(named))
            np.add.at(total, of, values.astype(float))
            return total

        def counts(values: NDArray[Any]) -> list[int]:
            return [round(value) for value in sums(values)]

        n_people, n_timed = counts(np.ones(len(need))), counts(can_go)
        required, delivered = counts(weeks.required), counts(weeks.delivered)
        n_with_gap = counts(weeks.gap > 0)
        n_uncovered = counts(~self.reach.is_within(self.threshold_s))
        visits, service_h = sums(need.visits_per_week), sums(need.worker_hours_per_week)
        minutes = sums(np.where(can_go, nearest_s, 0.0) / MINUTE_S)
        gap_h = sums(self.gap_h)
        known = [groups.get(key, Group(id=key, name=key)) for key in named]
        return tuple(
            GroupRow(
                id=group.id,
                name=group.name,
                district=group.district,
                n_people=n_people[i],
                visits_per_week=float(visits[i]),
                service_h_per_week=float(service_h[i]),
                required_visits=required[i],
                delivered_visits=delivered[i],
                gap_h=float(gap_h[i]),
                n_with_gap=n_with_gap[i],
                n_uncovered=n_uncovered[i],
                minutes=float(minutes[i]),
                n_timed=n_timed[i],
                population=group.population,
            )
            for i, group in enumerate(known)
        )

    def total(self, *, name: str = "", population: int | None = None) -> GroupRow:
        """Sum up all."""
        everybody = Group(id="", name=name, population=population)
        return self.rows([""] * len(self.need), {"": everybody})[0]
