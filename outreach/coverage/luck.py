"""Chance drawn by name: a week brings the same, whatever else is asked and whoever is added."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from outreach.coverage.interruptions import InterruptionParams

WEEKS_PER_MONTH = 365.25 / 12 / 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Luck:
    """
    What chance brings, by the rates of `params`.

    Every draw has a name, and draws of different names do not depend on each other: another
    worker, or a call more, changes nothing for the others.
    """

    params: InterruptionParams
    seed: int

    def lot(self, *name: object) -> np.random.Generator:
        """Give the source of the draws of a name."""
        digest = hashlib.sha256(repr(name).encode()).digest()
        return np.random.default_rng([self.seed, int.from_bytes(digest[:16], "little")])

    def happens(self, share: float, *name: object) -> bool:
        """Draw whether something happens that happens in this share of the cases."""
        return bool(self.lot(*name).random() < share)

    def count(self, mean: float, *name: object) -> int:
        """Draw how often something happens, of so many on average, each on its own (Poisson)."""
        return int(self.lot(*name).poisson(mean))

    def days_ill(self, week: int, worker_id: str, at_work: tuple[int, ...]) -> tuple[int, ...]:
        """Draw on which of the days of a week, one after the other, a worker is ill."""
        lot = self.lot("ill", week, worker_id)
        n_days = min(
            int(lot.poisson(self.params.ill_days_per_month / WEEKS_PER_MONTH)), len(at_work)
        )
        if not n_days:
            return ()
        first = int(lot.integers(len(at_work) - n_days + 1))
        return at_work[first : first + n_days]
