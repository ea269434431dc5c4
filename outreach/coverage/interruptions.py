"""What interrupts the weeks: how often the telephone rings, doors stay shut, somebody is ill."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from outreach.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outreach.routing.matrix import TravelMatrix

MOST_WEEKS = 104
MOST_RUNS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class InterruptionParams:
    """
    How often what happens; shares are from 0 to 1, and 0 of anything switches it off.

    No study counts these for Indonesian social workers: the defaults are guesses, to be replaced
    by what the project's own log shows.

    Parameters
    ----------
    weeks
        How many are planned one after the other.
    runs
        How often, each time with other luck: one run alone says little.
    iterations
        Search steps of each week.
    urgent_per_week
        Calls about a case that cannot wait, of all workers together, on average.
    urgent_new_share
        Of them, about a child whom nobody knew.
    urgent_working_days
        Within so many working days of the call somebody is there; 0: on the same day.
    not_met_share
        Of the visits made, those at which nobody is at home.
    refused_share
        Of the visits made, those at which nobody wants to talk.
    ill_days_per_month
        Working days on which a worker is ill, on average; those of one week follow each other.
    late_share
        Of the days on which somebody sets out, those that begin late.
    late_minutes
        By so much.
    lodging_full_share
        Of the nights away, those for which the lodging turns out to be full that day.
    flood_share
        Of the weeks of the wet season, those with a flood, which lasts to the end of the week.
    flooded_tracks_share
        Of the unpaved roads, by length, those that a flood shuts.
    new_per_week, closed_per_week
        Cases that are opened, beside the urgent ones, and closed, on average.
    """

    weeks: int = 12
    runs: int = 3
    iterations: int = 30
    urgent_per_week: float = 2.0
    urgent_new_share: float = 0.5
    urgent_working_days: int = 1
    not_met_share: float = 0.1
    refused_share: float = 0.01
    ill_days_per_month: float = 0.4
    late_share: float = 0.1
    late_minutes: float = 45.0
    lodging_full_share: float = 0.05
    flood_share: float = 0.25
    flooded_tracks_share: float = 0.05
    new_per_week: float = 1.0
    closed_per_week: float = 2.0

    def __post_init__(self) -> None:
        if not 1 <= self.weeks <= MOST_WEEKS:
            raise ConfigError("weeks must be from 1 to %(most)d", most=MOST_WEEKS)
        if not 1 <= self.runs <= MOST_RUNS:
            raise ConfigError("runs must be from 1 to %(most)d", most=MOST_RUNS)
        if self.iterations < 1:
            raise ConfigError("iterations must be at least 1")
        for one in dataclasses.fields(self):
            value = getattr(self, one.name)
            if not 0 <= value < math.inf:
                raise ConfigError("%(name)s must be 0 or more", name=one.name)
            if one.name.endswith("_share") and value > 1:
                raise ConfigError("%(name)s is a share: from 0 to 1", name=one.name)
        if self.not_met_share + self.refused_share > 1:
            raise ConfigError("not_met_share and refused_share are parts of the same visits")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Interruptions:
    """
    What interrupts the weeks of a project.

    Parameters
    ----------
    first_contact_days
        By category, working days to the first contact with a new case.
    floods
        Matrices of the wet season with roads shut, one for each flood that may come; none in the
        dry season.
    """

    params: InterruptionParams
    first_contact_days: Mapping[str, int] = field(default_factory=dict)
    floods: tuple[TravelMatrix, ...] = ()
