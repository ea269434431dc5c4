"""How near people are to the bases, and how fairly the workers' hours are within reach."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.result import Access, Band
from outreach.errors import Message
from outreach.model import Loss
from outreach.units import MINUTE_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from outreach.model import Season
    from outreach.routing.matrix import TravelMatrix

logger = logging.getLogger(__name__)

NO_BASE = -1
"""Column of the nearest base of those to whom no way leads."""

LUO_QI_WEIGHTS = (1.0, 0.68, 0.22)
"""Of three travel-time zones, the slow decay of Luo & Qi 2009, An enhanced two-step floating
catchment area (E2SFCA) method, Health & Place 15(4):1100-1107."""

# The Gaussian exp(-decay · t²), t from 0 at the base to 1 where the last zone ends, that is 0.68
# and 0.22 at one and two thirds.
_DECAY = 3.435
_STEP_MINUTES = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reach:
    """
    How long it takes to people from bases; read-only arrays of n people and m bases.

    Parameters
    ----------
    ids
        Of the people.
    base_ids
        Of the bases, each once.
    seconds
        From each base to each person; `inf` where no way leads there and back; shape (n, m).
    """

    ids: tuple[str, ...]
    base_ids: tuple[str, ...]
    seconds: NDArray[np.float64]

    def __post_init__(self) -> None:
        self.seconds.setflags(write=False)

    @property
    def nearest(self) -> NDArray[np.int64]:
        """Column of the nearest base, of equals the first; `NO_BASE` without a way; (n,)."""
        if not self.base_ids:
            return np.full(len(self.ids), NO_BASE)
        return np.where(np.isfinite(self.nearest_s), np.argmin(self.seconds, axis=1), NO_BASE)

    @property
    def nearest_s(self) -> NDArray[np.float64]:
        """Seconds from the nearest base; `inf` without a way; shape (n,)."""
        nearest_s: NDArray[np.float64] = np.min(self.seconds, axis=1, initial=np.inf)
        return nearest_s

    def is_within(self, threshold_s: float) -> NDArray[np.bool_]:
        """Tell who is at most so far from some base; shape (n,)."""
        return self.nearest_s <= threshold_s

    def of(self, base_ids: Sequence[str]) -> Reach:
        """Give the reach of some of the bases."""
        columns = [self.base_ids.index(base_id) for base_id in base_ids]
        return Reach(ids=self.ids, base_ids=tuple(base_ids), seconds=self.seconds[:, columns])


def reach(matrix: TravelMatrix, ids: Sequence[str], base_ids: Sequence[str]) -> Reach:
    """
    Look up how long it takes from bases to people.

    Parameters
    ----------
    matrix
        Of all of them; a place that is not in it lies near no road, and no way leads there.
    ids, base_ids
        Of n people and m bases; a base that comes twice counts once.
    """
    bases = tuple(dict.fromkeys(base_ids))
    known = matrix.row
    rows = np.array([known.get(place_id, -1) for place_id in ids], dtype=np.int64)
    columns = np.array([known.get(base_id, -1) for base_id in bases], dtype=np.int64)
    is_known = (rows >= 0)[:, None] & (columns >= 0)[None, :]
    seconds = np.full(is_known.shape, np.inf)
    if is_known.any():
        there = matrix.duration_s[np.ix_(columns, rows)].T
        back = matrix.duration_s[np.ix_(rows, columns)]
        # As for the planner, who cannot come back from somewhere does not go there.
        seconds = np.where(is_known & np.isfinite(back), there, np.inf)
    return Reach(ids=tuple(ids), base_ids=bases, seconds=seconds)


def band_weights(bands_s: Sequence[float]) -> tuple[float, ...]:
    """
    Weigh travel-time zones: those of Luo & Qi 2009 for three, else a Gaussian like theirs.

    Parameters
    ----------
    bands_s
        Where each zone ends, ascending.

    Returns
    -------
    weights
        ``exp(-3.435 (s / s_last)²)`` where zone after zone begins; with equal zones this is
        1, 0.68, 0.22 for three of them.
    """
    if len(bands_s) == len(LUO_QI_WEIGHTS):
        return LUO_QI_WEIGHTS
    begins = np.array([0.0, *bands_s[:-1]])
    return tuple(np.exp(-_DECAY * (begins / bands_s[-1]) ** 2).tolist())


def e2sfca(
    seconds: ArrayLike,
    demand: ArrayLike,
    supply: ArrayLike,
    *,
    bands_s: Sequence[float],
    weights: Sequence[float] | None = None,
) -> NDArray[np.float64]:
    """
    Score how much supply is within reach of each person for what all who share it need.

    Enhanced two-step floating catchment area, Luo & Qi 2009: each base divides its supply by the
    weighted demand in its catchment; each person sums up these ratios, weighted likewise.

    Parameters
    ----------
    seconds
        From bases to people; shape (n, m).
    demand
        Of the people, not negative; shape (n,).
    supply
        Of the bases, not negative; shape (m,).
    bands_s
        Where each travel-time zone ends, ascending; the end belongs to it.
    weights
        Of each zone; by default `band_weights`.

    Returns
    -------
    scores
        In units of supply for each unit of demand; 0 beyond the last zone; shape (n,).

    Raises
    ------
    ValueError
        When the zones do not ascend, or their weights are not as many.
    """
    ends = np.asarray(bands_s, dtype=float)
    if not len(ends) or (np.diff(ends, prepend=0.0) <= 0).any():
        raise ValueError(f"zones must ascend from above 0: {bands_s!r}")
    chosen = band_weights(bands_s) if weights is None else weights
    if len(chosen) != len(ends):
        raise ValueError(f"{len(ends)} zones need a weight each, not {len(chosen)}")
    zone = np.searchsorted(ends, np.asarray(seconds, dtype=float), side="left")
    weight = np.array([*chosen, 0.0])[zone]
    wanted = np.asarray(demand, dtype=float) @ weight
    offered = np.asarray(supply, dtype=float)
    # A base with nobody in its catchment has nobody to score.
    ratio = np.divide(offered, wanted, out=np.zeros_like(offered), where=wanted > 0)
    scores: NDArray[np.float64] = weight @ ratio
    return scores


def gini(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """
    Measure inequality by Gini's coefficient, twice the area between Lorenz's curve and equality.

    Parameters
    ----------
    values
        Not negative; shape (n,).
    weights
        How many have each value; by default one.

    Returns
    -------
    gini
        From 0, all have the same, towards 1, one has all; 0 where nobody has anything.
    """
    has = np.asarray(values, dtype=float)
    n_each = np.ones_like(has) if weights is None else np.asarray(weights, dtype=float)
    order = np.argsort(has, kind="stable")
    n_each = n_each[order]
    part = has[order] * n_each
    if not part.sum() > 0:
        return 0.0
    below = np.cumsum(part) - part / 2
    inequality = 1 - 2 * float(n_each @ below) / float(n_each.sum() * part.sum())
    return max(0.0, inequality)


def uncovered(found: Reach, threshold_s: float) -> tuple[Loss, ...]:
    """
    Name those beyond the threshold from every base, by id.

    Those to whom no way leads are not among them: they are *unreachable* already. How far it is
    is said in steps of five minutes, rounded up.
    """
    nearest, nearest_s = found.nearest, found.nearest_s
    beyond = np.flatnonzero((nearest_s > threshold_s) & np.isfinite(nearest_s))
    losses = [
        Loss(
            kind="uncovered",
            beneficiary_id=found.ids[i],
            reason="beyond_threshold",
            detail=Message(
                "more than %(threshold)d minutes from every base: about %(minutes)d from %(base)s",
                {
                    "threshold": round(threshold_s / MINUTE_S),
                    "minutes": _rounded_up(float(nearest_s[i]) / MINUTE_S),
                    "base": found.base_ids[nearest[i]],
                },
            ),
        )
        for i in beyond.tolist()
    ]
    return tuple(sorted(losses, key=lambda loss: loss.beneficiary_id))


def people_within(found: Reach, bands_minutes: Sequence[int]) -> tuple[int, ...]:
    """Count who is at most so many minutes from the nearest base, for each band."""
    return tuple(int(found.is_within(m * MINUTE_S).sum()) for m in bands_minutes)


def assess_access(
    reaches: Mapping[Season, Reach],
    *,
    season: Season,
    need_h: ArrayLike,
    supply_h: ArrayLike,
    threshold_minutes: int,
    bands_minutes: Sequence[int],
    population: Mapping[tuple[Season, int], int] | None = None,
) -> Access:
    """
    Say how near people are to the present bases, and how fairly hours are within reach.

    Parameters
    ----------
    reaches
        In each season that is known, of the same n people from the same m bases.
    season
        That is planned; the ride and the score are its.
    need_h
        Hours that each person needs of workers; shape (n,).
    supply_h
        Hours that workers of each base have, in the same time; shape (m,), as `Reach.base_ids`.
    threshold_minutes
        Beyond it somebody is uncovered.
    bands_minutes
        Ascending; they are the zones of the score too.
    population
        Who lives within a band, by season and minutes; what is missing is not known.

    Returns
    -------
    access
        Where no way leads to anybody, the ride is 0. The mean score is weighted by need, so it is
        the hours within reach of anybody for each hour that is needed.
    """
    here = reaches[season]
    ride = here.nearest_s[np.isfinite(here.nearest_s)] / MINUTE_S
    need = np.asarray(need_h, dtype=float)
    score = e2sfca(here.seconds, need, supply_h, bands_s=[m * MINUTE_S for m in bands_minutes])
    access = Access(
        threshold_minutes=threshold_minutes,
        bands=tuple(
            Band(
                minutes=minutes,
                season=name,
                n_people=n_people,
                population=(population or {}).get((name, minutes)),
            )
            for name, found in sorted(reaches.items())
            for minutes, n_people in zip(
                bands_minutes, people_within(found, bands_minutes), strict=True
            )
        ),
        median_minutes=float(np.median(ride)) if len(ride) else 0.0,
        worst_minutes=float(ride.max(initial=0.0)),
        gini=gini(score),
        hours_per_need=float(score @ need / need.sum()) if need.sum() > 0 else 0.0,
    )
    logger.info(
        "median ride %.0f min, worst %.0f min; Gini of access %.2f",
        access.median_minutes,
        access.worst_minutes,
        access.gini,
    )
    return access


def _rounded_up(minutes: float) -> int:
    return int(np.ceil(minutes / _STEP_MINUTES)) * _STEP_MINUTES
