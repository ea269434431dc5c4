"""What the sections of a progress report share: the accounts, and how they name things."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.coverage.accounts_result import PARTNER_CATEGORY, UNKNOWN
from outreach.errors import Message
from outreach.output.left_out import LOSS_NAMES
from outreach.units import HOUR_S, MINUTE_S

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from outreach.coverage.accounts_result import (
        Accounts,
        CountRow,
        Overdue,
        ReasonRow,
        VisitCounts,
        Waiting,
    )
    from outreach.coverage.actual_result import LegRow
    from outreach.model import PlaceKind
    from outreach.output.words import Words

_MINUS = "\N{MINUS SIGN}"
NOTHING = "–"
"""What stands where there is no figure."""

WHY_WAITING: Mapping[Waiting, Message] = {
    "not_met": Message("nobody was met"),
    "refused": Message("refused"),
    "moved": Message("moved away"),
    "no_word": Message("no word in the log"),
    "cancelled": Message("called off"),
    "fell_out": Message("displaced by a change"),
    "left_out": Message("did not fit into a plan"),
    "unusable": Message("cannot be planned as the data are"),
    "unplanned": Message("in no plan of this time"),
}

_KINDS: Mapping[PlaceKind, Message] = {
    "base": Message("base"),
    "visit": Message("visits in %(area)s"),
    "partner": Message("partner"),
    "lodging": Message("lodging"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """
    What a section needs: the accounts, the project's name, and the reader's language.

    Parameters
    ----------
    name
        Of the project.
    """

    accounts: Accounts
    name: str
    words: Words

    @property
    def total(self) -> VisitCounts:
        """The visits of all."""
        return self.accounts.total

    @property
    def days(self) -> str:
        """The days that are told of, in words."""
        period = self.accounts.period
        return self.words.days(period.first, period.last)

    @property
    def month(self) -> str:
        """The calendar month whose money is told, in words."""
        from babel.dates import format_date

        last = self.accounts.period.last
        return str(format_date(last, "LLLL y", locale=self.words.language))

    @property
    def is_over(self) -> bool:
        """Whether no day of it is still to come."""
        return self.accounts.until >= self.accounts.period.last

    @property
    def budget_idr(self) -> int:
        """The month's money of those whose budget is known, in rupiah."""
        return sum(worker.budget_idr or 0 for worker in self.accounts.workers)

    @property
    def spent_idr(self) -> int:
        """What of that money is spent, in rupiah; of those only whose budget is known."""
        return sum(w.month_idr for w in self.accounts.workers if w.budget_idr is not None)

    def share(self, share: float | None) -> str:
        """Say a part of 1; all and nothing only where it is all or nothing."""
        if share is None:
            return NOTHING
        if 0 < share < 1:
            share = min(max(share, 0.01), 0.99)
        return self.words.percent(share)

    def number(self, n: int) -> str:
        """Write a count."""
        return self.words.number(n)

    def hours(self, seconds: float) -> str:
        """Write hours to the tenth."""
        return self.words.number(seconds / HOUR_S, 1)

    def minutes(self, seconds: float) -> str:
        """Write a length of time, one less than 0 with its sign."""
        minutes = round(seconds / MINUTE_S)
        said = self.words.duration(abs(minutes) * MINUTE_S)
        return f"{_MINUS}{said}" if minutes < 0 else said

    def money(self, idr: int) -> str:
        """Write rupiah, less than 0 with its sign before all."""
        said = self.words.money(abs(idr))
        return f"{_MINUS}{said}" if idr < 0 else said

    def date(self, date: dt.date | None) -> str:
        """Write a day for a table: with its year where that is another than the report's."""
        if date is None:
            return NOTHING
        short = self.words.short_date(date)
        is_same = date.year == self.accounts.period.last.year
        return short if is_same else f"{short} {date.year}"

    def ids(self, ids: Sequence[str], most: int) -> str:
        """List ids, the first of many."""
        shown = ", ".join(ids[:most])
        if len(ids) <= most:
            return shown
        return self.words.say("%(ids)s and %(n)s more", ids=shown, n=self.number(len(ids) - most))

    def category(self, row: CountRow) -> str:
        """Name the category of a row."""
        return self.category_of(row.id)

    def category_of(self, code: str) -> str:
        """Name a category."""
        if code == PARTNER_CATEGORY:
            return self.words.say("appointments at partners")
        return self.words.say("no category") if code == UNKNOWN else code

    def area(self, row: CountRow) -> str:
        """Name the area of a row."""
        return self.area_of(row.id, row.name)

    def area_of(self, area_id: str, name: str = "") -> str:
        """Name an area, by the accounts where its name is not at hand."""
        if area_id == UNKNOWN:
            return self.words.say("in no area")
        rows = self.accounts.by_area
        known = name or next((row.name for row in rows if row.id == area_id), "")
        return known or area_id

    def team(self, row: CountRow) -> str:
        """Name a team, with its workers where it is not just the one of that name."""
        if row.id == UNKNOWN:
            return self.words.say("no team")
        if row.worker_ids in {(), (row.id,)}:
            return row.id
        return f"{row.id} ({', '.join(row.worker_ids)})"

    def reason_kind(self, row: ReasonRow) -> str:
        """Name what became of visits for a reason."""
        if row.kind == "fell_out":
            return self.words.say("Displaced when the plan was changed")
        return self.words.say(LOSS_NAMES[row.kind])

    def reason(self, row: ReasonRow) -> str:
        """Say a reason, as an example where the sentences differ."""
        if row.detail is None:
            return NOTHING
        said = self.words.say(row.detail)
        return self.words.say("for instance: %(example)s", example=said) if row.is_example else said

    def why(self, overdue: Overdue) -> str:
        """Say why somebody still waits, and how often in a row."""
        said = self.words.say(WHY_WAITING[overdue.why])
        if overdue.n_missed > 1:
            return self.words.say("%(why)s, %(n)s times in a row", why=said, n=overdue.n_missed)
        return said

    def leg(self, leg: LegRow) -> tuple[str, str]:
        """Name the two ends of legs, without a place that could be found."""
        return self._end(leg.from_kind, leg.from_area), self._end(leg.to_kind, leg.to_area)

    def _end(self, kind: PlaceKind, area_id: str) -> str:
        if kind == "visit" and area_id == UNKNOWN:
            return self.words.say("visits in no area")
        return self.words.say(_KINDS[kind], area=self.area_of(area_id))


def ratio_said(ratio: float | None, words: Words) -> str:
    """Write how many times as long something took."""
    if ratio is None or not math.isfinite(ratio):
        return NOTHING
    return f"{words.number(ratio, 2)}×"
