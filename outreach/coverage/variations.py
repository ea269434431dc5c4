"""How many workers planning asks for: as it is, and if the season, the work or the crew differ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outreach.coverage.crew import (
    whose_absence_is_ordinary,
    with_service,
    with_workers,
    without_worker,
)
from outreach.coverage.result import Planned
from outreach.coverage.staffing import planned_needed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from outreach.coverage.interruptions import Interruptions
    from outreach.coverage.result import Site
    from outreach.coverage.trials import Trials
    from outreach.coverage.weeks import Setting, Weeks
    from outreach.model import Season
    from outreach.routing.matrix import TravelMatrix

AS_IT_IS = "as it is"
INTERRUPTED = "with interruptions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """What differs from the present, and what that is called."""

    name: str
    season: Season
    service_factor: float = 1.0
    n_ill: int = 0
    is_interrupted: bool = False


def variations(season: Season, *, with_interruptions: bool = False) -> tuple[Variation, ...]:
    """List what is tried beside the present; interrupted weeks only where rates are known."""
    other: Season = "dry" if season == "wet" else "wet"
    return (
        Variation(name=AS_IT_IS, season=season),
        Variation(name="dry season" if other == "dry" else "wet season", season=other),
        Variation(name="visits a fifth shorter", season=season, service_factor=0.8),
        Variation(name="visits a fifth longer", season=season, service_factor=1.2),
        Variation(name="one worker ill", season=season, n_ill=1),
        *([Variation(name=INTERRUPTED, season=season, is_interrupted=True)] * with_interruptions),
    )


def left_open(weeks: Weeks, *, whole: Weeks | None = None) -> int:
    """
    Count the visits that are open at the end though they could be made, one for each person.

    Parameters
    ----------
    whole
        Weeks of everybody, where these are without somebody: what only that one could do is
        missed then, and not beyond help.
    """
    is_hopeless = weeks.is_hopeless if whole is None else weeks.is_hopeless & whole.is_hopeless
    return int((weeks.is_open & ~is_hopeless).sum())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Staffing:
    """
    What workers needed by planning are found with.

    Parameters
    ----------
    sites
        Gives the places of so many added workers, in the order of adding.
    cap
        No more workers than this are tried.
    interruptions
        Of the weeks that are interrupted.
    """

    setting: Setting
    matrices: Mapping[Season, TravelMatrix]
    sites: Callable[[int], Sequence[Site]]
    like: str
    cap: int
    trials: Trials
    interruptions: Interruptions | None = None

    def needed(self, variation: Variation, *, guess: int | None = None) -> Planned:
        """Find the fewest workers with which nothing due is open at the end."""
        present = len(self.setting.tables.workers)

        def weeks(varied: Variation, n_added: int) -> Weeks:
            name = f"{varied.name}, {present + n_added} workers"
            return self.trials.plan(
                {(varied, n_added): (name, lambda: self.varied(varied, n_added))}
            )[0]

        def left(n_workers: int) -> int:
            whole = None
            if variation.n_ill:
                whole = weeks(replace(variation, name=AS_IT_IS, n_ill=0), 0)
            return left_open(weeks(variation, n_workers - present), whole=whole)

        found = planned_needed(left, present=present, cap=self.cap, guess=guess)
        return Planned(
            variation=variation.name,
            season=variation.season,
            service_factor=variation.service_factor,
            n_ill=variation.n_ill,
            n_present=present,
            n_required=found.n_required,
            n_tried=found.n_tried,
            left_visits=found.left_visits,
            is_interrupted=variation.is_interrupted,
        )

    def varied(self, variation: Variation, n_added: int) -> Setting:
        """Give the setting with what differs, and so many workers more."""
        setting = with_workers(self.setting, self.sites(n_added), like=self.like)
        if variation.n_ill:
            setting = without_worker(setting, whose_absence_is_ordinary(self.setting))
        if variation.service_factor != 1.0:
            setting = with_service(setting, variation.service_factor)
        interruptions = self.interruptions if variation.is_interrupted else None
        if interruptions is not None and variation.season == "dry":
            interruptions = replace(interruptions, floods=())
        return replace(
            setting,
            matrix=self.matrices[variation.season],
            season=variation.season,
            interruptions=interruptions,
        )
