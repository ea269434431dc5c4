"""A travel matrix and more places → the matrix of all, by the new rows and columns alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outreach.errors import PlanningError
from outreach.routing.engines.access import NO_WAY, Access
from outreach.routing.engines.lengths import Cells, lengths_m, n_ferries
from outreach.routing.matrix import TravelMatrix, default_engine, seconds, times_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from outreach.model import Season
    from outreach.routing.engines.lengths import Times
    from outreach.routing.engines.protocol import Engine
    from outreach.routing.road_network import RoadNetwork
    from outreach.routing.snap import Snapped


def with_places(
    matrix: TravelMatrix,
    snapped: Snapped,
    new: Snapped,
    network: RoadNetwork,
    *,
    season: Season,
    engine: Engine | None = None,
    cache_dir: Path | None = None,
) -> TravelMatrix:
    """
    Add places to a matrix.

    Parameters
    ----------
    matrix
        What is known; its cells stay as they are.
    snapped
        Positions of all its places, in any order; there may be more.
    new
        Positions of the places to be added; those that the matrix has already are passed over.
    network, season, engine, cache_dir
        As for `travel_matrix`, by which the matrix was made.

    Returns
    -------
    matrix
        With the new places after the others; it is what `travel_matrix` gives for all of them.

    Raises
    ------
    PlanningError
        When the position of a place of the matrix is not given.
    """
    position = {place_id: i for i, place_id in enumerate(snapped.ids)}
    if lost := [place_id for place_id in matrix.ids if place_id not in position]:
        raise PlanningError(
            "%(ids)s: in the travel matrix, but not on the roads; compute it anew",
            ids=", ".join(lost[:5]),
        )
    added = [i for i, place_id in enumerate(new.ids) if place_id not in matrix.row]
    if not added:
        return matrix
    known = snapped.take(np.array([position[i] for i in matrix.ids], dtype=np.int64))
    places = known.joined(new.take(np.array(added)))
    fresh = np.arange(len(known), len(places))
    engine = engine or default_engine(network, cache_dir=cache_dir)
    times = times_of(network, season)
    access = Access.of(places, network, times.stretch_ms)
    out = engine.shortest(times.edge_ms, access, sources=fresh)
    back = engine.shortest(times.edge_ms, access, targets=fresh)
    ways = _Ways(
        places=places,
        network=network,
        times=times,
        fresh=fresh,
        out_ms=access.with_direct(out, sources=fresh),
        back_ms=access.with_direct(back, targets=fresh),
    )
    walk_s = places.walk_s
    duration_s = _framed(
        matrix.duration_s,
        seconds(ways.out_ms) + walk_s[fresh, None] + walk_s[None, :],
        seconds(ways.back_ms) + walk_s[:, None] + walk_s[None, fresh],
    )
    np.fill_diagonal(duration_s, 0.0)
    return TravelMatrix(
        ids=places.ids,
        duration_s=duration_s,
        distance_m=partial(ways.measured, lambda: matrix.distance_m, lengths_m),
        walk_m=places.walk_m,
        n_ferries=partial(ways.measured, lambda: matrix.n_ferries, n_ferries),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Ways:
    """The ways from and to the fresh ones among some places."""

    places: Snapped
    network: RoadNetwork
    times: Times
    fresh: NDArray[np.int64]
    out_ms: NDArray[np.int64]
    back_ms: NDArray[np.int64]

    def measured(
        self,
        known: Callable[[], NDArray[np.float64]],
        along: Callable[[Snapped, RoadNetwork, Times, Cells], NDArray[np.float64]],
        rows: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        """Measure what is new along the fastest paths, and cut the given rows out of all."""
        longest_ms = max(
            int(np.max(ms[ms < NO_WAY], initial=0)) for ms in (self.out_ms, self.back_ms)
        )
        asked = (Cells(longest_ms, sources=self.fresh), Cells(longest_ms, targets=self.fresh))
        out, back = (along(self.places, self.network, self.times, cells) for cells in asked)
        return _framed(known(), out, back)[np.ix_(rows, rows)]


def _framed(
    known: NDArray[np.float64], out: NDArray[np.float64], back: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Put rows below a square, and columns to its right."""
    n = len(known)
    framed = np.empty((len(back), len(back)))
    framed[:n, :n], framed[n:], framed[:, n:] = known, out, back
    return framed
