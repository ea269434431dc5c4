"""What is asked about coverage: how long, how many more, from where, beside which arrangements."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from outreach.coverage.staffing import WisnParams
from outreach.errors import ConfigError

CANDIDATES = ("bases", "partners", "villages")
"""Where added workers may sit by a word; any other word is a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """
    Another arrangement.

    Parameters
    ----------
    everybody_at
        Id of a partner or base where all workers sit, present and added; empty: as they are.
    candidates
        Where added workers may sit; empty: as in `CoverageParams`.
    """

    name: str
    label: str = ""
    everybody_at: str = ""
    candidates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.everybody_at and not self.candidates:
            raise ConfigError("needs everybody_at (a partner or base) or candidates")
        if self.everybody_at and self.candidates:
            raise ConfigError("takes everybody_at or candidates, not both")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageParams:
    """
    What is asked.

    Parameters
    ----------
    weeks
        How many weeks are planned one after the other.
    add
        How many workers more are looked at, one by one.
    threshold_minutes
        Ride from the nearest base beyond which somebody is uncovered.
    bands_minutes
        Of the isochrones and of the score of access, ascending.
    candidates
        Where added workers may sit: ``"bases"``, ``"partners"``, ``"villages"``, or tables as
        ``"file#sheet"``.
    new_worker_like
        Present worker whose hours, limits and vehicle an added one has; empty: the first one who
        is on no circuit and has a vehicle.
    worker_idr_per_month
        What one costs.
    k
        No published group of beneficiaries is smaller.
    iterations
        Search steps of each week.
    """

    weeks: int = 4
    add: int = 5
    threshold_minutes: int = 60
    bands_minutes: tuple[int, ...] = (30, 60, 120)
    candidates: tuple[str, ...] = CANDIDATES
    new_worker_like: str = ""
    worker_idr_per_month: int = 2_000_000
    k: int = 5
    iterations: int = 30
    wisn: WisnParams = field(default_factory=WisnParams)
    scenarios: tuple[Scenario, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.weeks <= MOST_WEEKS:
            raise ConfigError("weeks must be from 1 to %(most)d", most=MOST_WEEKS)
        if not 0 <= self.add <= MOST_ADDED:
            raise ConfigError("add must be from 0 to %(most)d", most=MOST_ADDED)
        if min(self.threshold_minutes, self.k, self.iterations) < 1:
            raise ConfigError("threshold_minutes, k and iterations must be at least 1")
        if self.worker_idr_per_month < 0:
            raise ConfigError("worker_idr_per_month must not be negative")
        if not self.bands_minutes or not _ascends(self.bands_minutes):
            raise ConfigError("bands_minutes must be whole minutes that ascend, such as 30, 60")
        twice = sorted({s.name for s in self.scenarios if self._n_named(s.name) > 1})
        if twice:
            raise ConfigError("%(names)s: two scenarios have this name", names=", ".join(twice))

    def _n_named(self, name: str) -> int:
        return sum(scenario.name == name for scenario in self.scenarios)

    def scenario(self, name: str) -> Scenario:
        """
        Find a scenario.

        Raises
        ------
        ConfigError
            When there is none of that name.
        """
        found = next((s for s in self.scenarios if s.name == name), None)
        if found is None:
            raise ConfigError(
                "there is no scenario '%(name)s' in outreach.toml; it has: %(known)s",
                name=name,
                known=", ".join(s.name for s in self.scenarios) or "–",
            )
        return found


MOST_WEEKS = 26
MOST_ADDED = 20


def _ascends(values: object) -> bool:
    """Whether these are whole numbers from 1 up, as a file of settings may hold anything."""
    if not isinstance(values, tuple):
        return False
    whole = [v for v in values if isinstance(v, int) and not isinstance(v, bool)]
    return len(whole) == len(values) and all(a < b for a, b in pairwise((0, *whole)))
