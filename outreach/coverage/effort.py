"""What a visit takes from a base: a formula for placement, calibrated on planned weeks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outreach.units import HOUR_S

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from outreach.coverage.weeks import Weeks

# Where no trip was planned there is nothing to calibrate on: a stop an hour, alone on its trip.
_UNKNOWN_LOCAL_S = 600.0
_UNKNOWN_STOPS = 1.0
_LEAST_USED_SHARE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """
    Travel of a trip, as the way out and back, shared by its stops, and the way between them.

    Daganzo 1984, The distance traveled to visit N points with a maximum of C stops per vehicle:
    an analytic model and an application, Transportation Science 18(4):331-350.

    Parameters
    ----------
    local_s
        From stop to stop.
    stops_per_trip
        That share the way out and back.
    used_share
        Of a day's shift, what is spent with people or on the road.
    """

    local_s: float
    stops_per_trip: float
    used_share: float

    def hours(
        self, service_s: ArrayLike, n_workers: ArrayLike, seconds: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """
        Give the hours of workers that a visit takes.

        Parameters
        ----------
        service_s, n_workers
            How long, and how many must be there; shape (n,).
        seconds
            One way from each base; shape (n, m) or (n,).

        Returns
        -------
        hours
            Like `seconds`; `inf` where no way leads.
        """
        service, together = np.asarray(service_s, dtype=float), np.asarray(n_workers, dtype=float)
        if seconds.ndim > 1:
            service, together = service[:, None], together[:, None]
        once = service + self.local_s + 2 * seconds / self.stops_per_trip
        hours: NDArray[np.float64] = together * once / HOUR_S
        return hours


def calibrate(weeks: Weeks) -> Effort:
    """Read off planned weeks what a trip is like."""
    # A day that is used less had no more to do; it does not tell what a full one holds.
    used_share = min(1.0, max(_LEAST_USED_SHARE, weeks.used_share))
    if not weeks.n_stops:
        return Effort(
            local_s=_UNKNOWN_LOCAL_S, stops_per_trip=_UNKNOWN_STOPS, used_share=used_share
        )
    return Effort(
        local_s=max(0.0, weeks.riding_s - weeks.line_haul_s) / weeks.n_stops,
        stops_per_trip=weeks.n_stops / weeks.n_trips,
        used_share=used_share,
    )
