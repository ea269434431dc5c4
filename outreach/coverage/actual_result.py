"""How the week went against its plan: beginnings, riding times, and what they say of speeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from outreach.model import PlaceKind, Season

EvidenceVerdict = Literal["slower", "faster", "agrees", "few"]
"""What the legs say of a speed; `few`: not enough to say anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Punctuality:
    """
    How visits that were done began, against the plan as it stood last.

    Parameters
    ----------
    n_done
        Planned visits that were done.
    n_timed
        Of them, those whose beginning the log knows, on the day that was planned.
    n_on_time
        Of those, begun at most `within_s` before or after the plan.
    n_early, n_late
        The others.
    median_late_s
        How much later than planned the middle one began, less than 0 for sooner.
    """

    n_done: int
    n_timed: int
    n_on_time: int
    n_early: int
    n_late: int
    within_s: int
    median_late_s: float | None

    @property
    def share_on_time(self) -> float | None:
        """On time, as a part of the timed; None where no times are known."""
        return self.n_on_time / self.n_timed if self.n_timed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamPunctuality:
    """One team's punctuality."""

    team_id: str
    punctuality: Punctuality


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRow:
    """
    Legs between visits and partners, by the names of districts or areas; never a coordinate.

    `planned_s` and `real_s` are sums; `median_ratio` of real by planned.
    """

    from_kind: PlaceKind
    from_area: str
    to_kind: PlaceKind
    to_area: str
    n: int
    planned_s: int
    real_s: int
    median_ratio: float

    @property
    def lost_s(self) -> int:
        """How much longer they took than planned."""
        return self.real_s - self.planned_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Riding:
    """
    Riding time between visits, planned and real.

    Real is what passes from the end of a visit to the beginning of the next; only legs of three
    minutes and more count, that are ridden in the planned order without a wait or a break.

    Parameters
    ----------
    n_legs
        Legs that can be told.
    n_untold
        Other planned legs between two visits that were done: without times, with a wait, short.
    legs
        By place, those that lost most first.
    """

    n_legs: int
    n_untold: int
    planned_s: int
    real_s: int
    median_ratio: float | None
    legs: tuple[LegRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedEvidence:
    """
    What legs say of the speed on one kind of road; never applied by itself.

    Parameters
    ----------
    highway, surface
        OSM values; surface as assumed for the class where none is tagged, None: not known.
    now_kph
        What the plan reckoned with on these stretches.
    suggested_kph
        `now_kph` by `ratio`; None unless the verdict is slower or faster.
    key, key_kph
        The figure in outreach.toml that decides this speed, such as
        ``roads.surface_kph.wet.laterite``, and what it would have to be; None where several
        figures meet, or none is suggested.
    n_legs, n_pairs, n_days
        Legs with a minute and more on this kind of road, different pairs of places among them,
        and days.
    distance_km
        Ridden on this kind of road in them.
    ratio, ratio_low, ratio_high
        How many minutes each planned minute on it took, and the interval of 95 %; NaN where the
        legs do not tell.
    start_s
        What every leg of the season takes beside riding, by the same reckoning: getting going,
        parking; NaN likewise.
    """

    highway: str
    surface: str | None
    season: Season
    now_kph: float
    suggested_kph: float | None
    key: str | None
    key_kph: float | None
    n_legs: int
    n_pairs: int
    n_days: int = 0
    distance_km: float
    ratio: float
    ratio_low: float
    ratio_high: float
    start_s: float
    verdict: EvidenceVerdict
