"""Who is in the caseload in which week: cases that are opened, by a call or without, and closed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.luck import Luck
from outreach.routing.due import WEEK_DAYS
from outreach.routing.matrix import TravelMatrix
from outreach.units import DAY_S, HOUR_S

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from outreach.coverage.weeks import Setting

    Figures = Callable[[NDArray[np.int64]], NDArray[np.float64]]

NEVER = 1 << 40
WORKING_DAYS = 5
"""Monday to Friday; so are deadlines and calls counted."""
FIRST_CONTACT_DAYS = 10
"""Working days to the first contact with a new case whose category has no preset."""
# The telephone of an office rings in its hours.
CALLS_FROM_S, CALLS_TO_S = 8 * HOUR_S, 16 * HOUR_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """
    A case that cannot wait.

    `row` is that of the table of beneficiaries, None for somebody known who is still to be drawn.
    `at_s` counts from the start of the week.
    """

    number: int
    at_s: int
    row: int | None

    @property
    def day(self) -> int:
        """The day of the week."""
        return self.at_s // DAY_S


class Roll:
    """
    The cases of all weeks, with those that are still to come.

    A new case is like a present one drawn by lot: same place, category and needs, but known to
    nobody and never met. A case that is drawn to be closed is so when somebody meets it next.

    Parameters
    ----------
    setting
        The present; without interruptions nobody comes and nobody goes.
    """

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._n_present = n_present = len(setting.tables.beneficiaries)
        self._opened = np.zeros(n_present, dtype=np.int64)
        self._calls: dict[int, list[Call]] = {}
        self._luck: Luck | None = None
        if setting.interruptions is not None and n_present:
            self._luck = Luck(params=setting.interruptions.params, seed=setting.seed)
            self._draw_arrivals(self._luck, setting.interruptions.first_contact_days)
        self._closed = np.full(len(self._opened), NEVER, dtype=np.int64)
        self._is_marked = np.zeros(len(self._opened), dtype=bool)

    @property
    def open_weeks(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """First week of each case, and the one after its last; shape (n,) each."""
        return self._opened, np.minimum(self._closed, self.setting.n_weeks)

    def is_open(self, week: int) -> NDArray[np.bool_]:
        """Tell who is a case in a week; shape (n,)."""
        is_open: NDArray[np.bool_] = (self._opened <= week) & (week < self._closed)
        return is_open

    def is_left(self, week: int) -> NDArray[np.bool_]:
        """Tell who is still a case when a week is over; shape (n,)."""
        is_left: NDArray[np.bool_] = (self._opened <= week) & (week + 1 < self._closed)
        return is_left

    def n_new(self, week: int) -> int:
        """Count the cases that a week opens."""
        return int((self._opened[self._n_present :] == week).sum())

    def unknown(self, week: int) -> frozenset[str]:
        """Give the ids of those of whom nobody knows on Monday: a call will tell."""
        ids = self.setting.tables.beneficiaries["id"]
        rows = (call.row for call in self._calls.get(week, ()))
        return frozenset(str(ids.iloc[row]) for row in rows if row is not None)

    def calls(self, week: int) -> tuple[Call, ...]:
        """Give the calls of a week, each with its case, in the order of time."""
        calls = self._calls.get(week, ())
        if self._luck is None or not calls:
            return ()
        taken = {call.row for call in calls}
        known = [int(row) for row in np.flatnonzero(self.is_open(week)) if row not in taken]
        found = []
        for call in calls:
            row = call.row
            if row is None and known:
                lot = self._luck.lot("called", week, call.number)
                row = known.pop(int(lot.integers(len(known))))
            if row is not None:
                found.append(replace(call, row=row))
        return tuple(sorted(found, key=lambda call: call.at_s))

    def mark(self, week: int) -> None:
        """Draw whose cases are closed when somebody meets them next."""
        if self._luck is None:
            return
        is_known = (self._opened < week) | (np.arange(len(self._opened)) < self._n_present)
        left = np.flatnonzero(self.is_open(week) & is_known & ~self._is_marked)
        n_marked = self._luck.count(self._luck.params.closed_per_week, "closed", week)
        self._is_marked[self._luck.lot("whose", week).permutation(left)[:n_marked]] = True

    def close(self, week: int, is_met: NDArray[np.bool_]) -> int:
        """Close the cases that are to be closed of those that were met, and count them."""
        is_ending = is_met & self._is_marked & (self._closed > week)
        self._closed[is_ending] = np.minimum(self._closed[is_ending], week + 1)
        self._is_marked[is_ending] = False
        return int(is_ending.sum())

    def _draw_arrivals(self, luck: Luck, first_contact_days: Mapping[str, int]) -> None:
        """Draw who comes when, as what a week brings must not depend on what is planned in it."""
        params, n_present = luck.params, self._n_present
        likes: list[int] = []
        deadlines: list[dt.date] = []
        category = self.setting.tables.beneficiaries["category"]

        def arrive(week: int, *name: object) -> int:
            like = int(luck.lot("like", week, *name).integers(n_present))
            monday = self.setting.starts_on + dt.timedelta(days=WEEK_DAYS * week)
            n_days = first_contact_days.get(category.iloc[like], FIRST_CONTACT_DAYS)
            likes.append(like)
            deadlines.append(working_days_after(monday, n_days))
            self._opened = np.append(self._opened, week)
            return n_present + len(likes) - 1

        for week in range(self.setting.n_weeks):
            for n in range(luck.count(params.new_per_week, "new", week)):
                arrive(week, "new", n)
            calls = self._calls.setdefault(week, [])
            for n in range(luck.count(params.urgent_per_week, "urgent", week)):
                weekday = int(luck.lot("day", week, n).integers(WORKING_DAYS))
                day = (weekday - self.setting.starts_on.weekday()) % WEEK_DAYS
                at_s = day * DAY_S + int(
                    luck.lot("clock", week, n).integers(CALLS_FROM_S, CALLS_TO_S)
                )
                is_new = luck.happens(params.urgent_new_share, "is new", week, n)
                row = arrive(week, "urgent", n) if is_new else None
                calls.append(Call(number=n, at_s=at_s, row=row))
        self.setting = _with_cases(self.setting, likes, deadlines)


def working_days_after(date: dt.date, n_days: int) -> dt.date:
    """Count working days onwards; none of them gives the date itself."""
    while n_days:
        date += dt.timedelta(days=1)
        n_days -= date.weekday() < WORKING_DAYS
    return date


def _with_cases(setting: Setting, likes: Sequence[int], deadlines: Sequence[dt.date]) -> Setting:
    """Add cases like those of some rows."""
    import pandas as pd

    if not likes:
        return setting
    people = setting.tables.beneficiaries
    taken = set(setting.matrix.ids) | set(people["id"])
    free = (id_ for n in count(1) if (id_ := f"case-{n}") not in taken)
    ids = [next(free) for _ in likes]
    new = people.iloc[list(likes)].assign(
        id=ids, last_visit=None, deadline=list(deadlines), worker=None
    )
    joined = pd.concat([people.astype({"last_visit": object}), new], ignore_index=True)
    alike = dict(zip(ids, people["id"].iloc[list(likes)], strict=True))
    interruptions = setting.interruptions
    if interruptions is not None:
        floods = tuple(_with_places(matrix, alike) for matrix in interruptions.floods)
        interruptions = replace(interruptions, floods=floods)
    return replace(
        setting,
        tables=replace(setting.tables, beneficiaries=joined),
        matrix=_with_places(setting.matrix, alike),
        interruptions=interruptions,
    )


def _with_places(matrix: TravelMatrix, alike: Mapping[str, str]) -> TravelMatrix:
    """Add places that lie where others do, as far as those lie near a road."""
    alike = {new: like for new, like in alike.items() if like in matrix.row}
    rows = np.array([matrix.row[place] for place in (*matrix.ids, *alike.values())])

    def of(figures: Callable[[], NDArray[np.float64]]) -> Figures:
        return lambda some: figures()[np.ix_(rows[some], rows[some])]

    return TravelMatrix(
        ids=(*matrix.ids, *alike),
        duration_s=matrix.duration_s[np.ix_(rows, rows)],
        # Measured once for all runs, and only where somebody asks.
        distance_m=of(lambda: matrix.distance_m),
        walk_m=matrix.walk_m[rows],
        n_ferries=of(lambda: matrix.n_ferries),
    )
