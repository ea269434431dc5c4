"""The figures that the coverage report argues with, taken from its values once for all sections."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.output.coverage_cells import DAYS_PER_MONTH, HIDDEN, ride
from outreach.output.small_cells import is_safe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outreach.coverage.result import Coverage, Outcome, Planned, Site, Step
    from outreach.errors import Message
    from outreach.output.coverage_rows import Told
    from outreach.output.words import Words

_BETWEEN = ", "
_DAYS_PER_WEEK = 7
_SIGNIFICANT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a section needs: the values, what of them may be told, and the reader's language."""

    coverage: Coverage
    told: Told
    words: Words

    @property
    def best(self) -> Step | None:
        """The step that is recommended; None where no worker more is."""
        return self.step(self.coverage.recommended) if self.coverage.recommended else None

    @property
    def after(self) -> Outcome:
        """What gets done with the workers that are recommended, or with the present ones."""
        return self.coverage.present if self.best is None else self.best.realised

    @property
    def most_tried(self) -> int:
        """The largest number of added workers that was planned."""
        return max((step.n_added for step in self.coverage.steps), default=0)

    @property
    def planning(self) -> Planned | None:
        """The workers needed by planning the weeks as they are; None: not found out."""
        return next((planned for planned in self.coverage.planned if self.is_as_is(planned)), None)

    @property
    def is_enough(self) -> bool:
        """Whether with the recommended workers nothing stays open that such workers can make."""
        needed = None if self.planning is None else self.planning.n_required
        n_then = self.coverage.present.n_workers + self.coverage.recommended
        return needed is not None and n_then >= needed

    @property
    def weeks(self) -> str:
        """How long was planned, in words."""
        return self.words.plural("%(n)s week", "%(n)s weeks", self.coverage.n_weeks)

    def is_as_is(self, planned: Planned) -> bool:
        """Tell whether nothing was varied in a planning."""
        is_season = planned.season == self.coverage.season
        is_plain = not planned.n_ill and not planned.is_interrupted
        return is_season and math.isclose(planned.service_factor, 1) and is_plain

    def step(self, n_added: int) -> Step | None:
        """Give the step with so many workers added, if it was planned."""
        return next((step for step in self.coverage.steps if step.n_added == n_added), None)

    def gain(self, n_added: int) -> int | None:
        """Tell how many visits more than one worker fewer are made; None: not planned."""
        this, before = self.step(n_added), self.step(n_added - 1)
        if this is None or before is None:
            return None
        return this.realised.delivered_visits - before.realised.delivered_visits

    def site(self, n_added: int) -> Site | None:
        """Give the base of the worker who comes as number `n_added`."""
        step = self.step(n_added)
        return step.sites[n_added - 1] if step and len(step.sites) >= n_added > 0 else None

    def open_gap(self, outcome: Outcome) -> int:
        """Tell how many visits are not made that more such workers could make."""
        return max(0, outcome.gap_visits - outcome.hopeless_visits)

    def idr_per_visit(self, step: Step) -> float | None:
        """Tell what one visit more costs; None where no more are made."""
        more = step.realised.delivered_visits - self.coverage.present.delivered_visits
        if more <= 0:
            return None
        return step.cost_idr_per_month * self._months / more

    def idr_per_person(self, step: Step) -> float | None:
        """
        Tell what it costs that one person more misses nothing.

        None where there are no more, or where the cost would give a number away that is withheld.
        """
        of = self.coverage.n_people
        now, then = self.coverage.present.n_with_gap, step.realised.n_with_gap
        if now <= then or not all(is_safe(n, of, self.told.k) for n in (now, then)):
            return None
        return step.cost_idr_per_month * self._months / (now - then)

    def idr_per_next_visit(self, n_added: int) -> float | None:
        """Tell what one visit more costs by the worker who comes as number `n_added`."""
        gain = self.gain(n_added)
        if gain is None or gain <= 0:
            return None
        return self.coverage.worker_idr_per_month * self._months / gain

    @property
    def _months(self) -> float:
        return self.coverage.n_weeks * _DAYS_PER_WEEK / DAYS_PER_MONTH

    def about(self, idr: float) -> str:
        """Write money to three digits."""
        n_digits = len(str(round(abs(idr))))
        return self.words.money(round(idr, min(0, _SIGNIFICANT - n_digits)))

    def share(self, outcome: Outcome) -> str:
        """Say which part of what fell due is made."""
        return self.words.percent(
            outcome.delivered_visits / outcome.required_visits if outcome.required_visits else 1.0
        )

    def people(self, n: int) -> str:
        """Say a number of people, coarsely where it would tell of a few."""
        words, k, of = self.words, self.told.k, self.coverage.n_people
        if is_safe(n, of, k):
            return words.number(n)
        if n < k:
            return words.say("fewer than %(n)s", n=words.number(k))
        return words.say("more than %(n)s", n=words.number(of - k))

    def few(self, n: int) -> str:
        """Write a number of people into a cell, coarsely where it would tell of a few."""
        words, k, of = self.words, self.told.k, self.coverage.n_people
        if is_safe(n, of, k):
            return words.number(n)
        return f"< {words.number(k)}" if n < k else f"> {words.number(of - k)}"

    def ride(self, minutes: float) -> str:
        """Write the minutes of the ride to a single person, coarsely."""
        rounded = ride(minutes)
        return self.words.number(rounded) if isinstance(rounded, int) else HIDDEN

    def cell(self, number: float | None, n_decimals: int = 0) -> str:
        """Write a number of a group, or the sign that it is withheld."""
        return HIDDEN if number is None else self.words.number(number, n_decimals)

    def part(self, share: float | None) -> str:
        """Write a part of a group in percent, or the sign that it is withheld."""
        return HIDDEN if share is None else self.words.percent(share)

    def signed(self, number: int) -> str:
        """Write a change with its sign."""
        sign = "+" if number > 0 else "−" if number < 0 else "±"
        return f"{sign}{self.words.number(abs(number))}"

    def n_workers(self, n: int) -> str:
        """Write so many workers."""
        return self.words.plural("%(n)s worker", "%(n)s workers", n)

    def said(self, messages: Iterable[Message]) -> tuple[str, ...]:
        """Say messages but those that name a beneficiary: the report is read outside the office."""
        named = {loss.beneficiary_id for loss in self.coverage.losses if loss.beneficiary_id}
        return tuple(
            self.words.say(message)
            for message in messages
            if named.isdisjoint(
                part for value in message.values.values() for part in str(value).split(_BETWEEN)
            )
        )
