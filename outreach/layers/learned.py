"""How long visits really take, by category, learned from the log."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.units import MINUTE_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from outreach.layers.log import LogEntry
    from outreach.layers.presets import CategoryPreset

# Leys et al. 2013, Journal of Experimental Social Psychology 49 (4), 764-766: leave aside what is
# farther from the median than 2.5 median absolute deviations, these scaled by 1.4826 so that of
# a normal distribution they are its standard deviation.
_FAR = 2.5
_MAD_TO_SIGMA = 1.4826


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """
    How long the visits of one category took, beside what its preset says; all in minutes.

    Parameters
    ----------
    n_visits
        Visits that were made and whose length is known.
    n_aside
        Of these, so many so far from the others that they were left aside.
    median, lower, upper
        Of the others, with the quartiles.
    minutes
        What is learned: the median to the minute, with the floor; None: too few visits.
    """

    category: str
    preset: float
    n_visits: int
    n_aside: int
    median: float
    lower: float
    upper: float
    minutes: int | None


def learn(
    entries: Iterable[LogEntry],
    category_of: Mapping[str, str],
    presets: Mapping[str, CategoryPreset],
    *,
    learn_from: int,
    least_share: float,
) -> tuple[Learned, ...]:
    """
    Learn how long visits take.

    The median, since one visit that took the whole day must not move what all others take; and
    what is far from it is left aside. Of what several workers say of one visit the first counts.

    Parameters
    ----------
    entries
        The words of the log that stand.
    category_of
        Beneficiaries to their categories.
    presets
        By category.
    learn_from
        Fewer visits of a category than this teach nothing.
    least_share
        Nothing is learned that is less than this part of the preset: who only knocks and writes
        "done" must not make the visits of all shorter and shorter.

    Returns
    -------
    learned
        One for each category of which the length of a visit is known, by name.
    """
    import numpy as np

    told: dict[str, dict[tuple[object, ...], float]] = defaultdict(dict)
    for entry in entries:
        category = category_of.get(entry.beneficiary_id, "")
        minutes = _minutes(entry)
        if entry.state == "done" and minutes is not None and category in presets:
            told[category].setdefault((entry.beneficiary_id, entry.date), minutes)
    found = []
    for category, visits in sorted(told.items()):
        minutes_of = np.array(list(visits.values()))
        near = _near(minutes_of)
        lower, median, upper = np.percentile(near, (25, 50, 75))
        preset = presets[category].service_minutes
        floor = max(1.0, least_share * preset)
        found.append(
            Learned(
                category=category,
                preset=preset,
                n_visits=len(minutes_of),
                n_aside=len(minutes_of) - len(near),
                median=float(median),
                lower=float(lower),
                upper=float(upper),
                minutes=round(max(float(median), floor)) if len(near) >= learn_from else None,
            )
        )
    return tuple(found)


def _minutes(entry: LogEntry) -> float | None:
    """Give how long a visit took: as it is told, else from its beginning to its end."""
    minutes = entry.minutes
    if minutes is None and entry.begins_s is not None and entry.ends_s is not None:
        minutes = (entry.ends_s - entry.begins_s) / MINUTE_S
    return minutes if minutes is not None and minutes >= 1 else None


def _near(minutes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave aside what is far from the median; shape (n,) to at most (n,), in minutes."""
    import numpy as np

    away = np.abs(minutes - np.median(minutes))
    deviation = _MAD_TO_SIGMA * float(np.median(away))
    # Where more than half of them took equally long, nothing says how far is far.
    return minutes if deviation == 0 else minutes[away <= _FAR * deviation]
