"""Snapped places → travel times and distances between all of them."""

from __future__ import annotations

import logging
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from outreach.errors import PlanningError
from outreach.routing.engines.access import NO_WAY, Access, whole
from outreach.routing.engines.lengths import Cells, Times, lengths_m, n_ferries

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from outreach.model import Season
    from outreach.routing.engines.protocol import Engine
    from outreach.routing.road_network import RoadNetwork
    from outreach.routing.snap import Snapped

logger = logging.getLogger(__name__)

MS_PER_S = 1000


class TravelMatrix:
    """
    Travel times and distances from each of n places to each other; read-only.

    `inf` is unreachable. The diagonal is 0: nobody walks to the road to stay where they are.

    Parameters
    ----------
    ids
        Ids of the places, in the order of rows and columns.
    duration_s
        Walk to the road, ride, and walk from the road; shape (n, n).
    distance_m
        Along the road on the fastest path, and on the shortest of those that are equally fast to
        the millisecond; shape (n, n). Or a function that measures it for the given rows, called
        when distances are first asked for: finding them takes far longer than durations.
    walk_m
        From each place to the road; shape (n,).
    n_ferries
        Crossings by ferry along the fastest paths, or a function as for `distance_m`; None:
        none; shape (n, n).
    """

    def __init__(
        self,
        *,
        ids: tuple[str, ...],
        duration_s: NDArray[np.float64],
        distance_m: NDArray[np.float64] | Callable[[NDArray[np.int64]], NDArray[np.float64]],
        walk_m: NDArray[np.float64],
        n_ferries: NDArray[np.float64]
        | Callable[[NDArray[np.int64]], NDArray[np.float64]]
        | None = None,
    ) -> None:
        self.ids = ids
        self.duration_s = _read_only(duration_s)
        self.walk_m = _read_only(walk_m)
        self._distance_m = distance_m
        self._n_ferries = n_ferries

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def row(self) -> Mapping[str, int]:
        """Row and column by id."""
        return {place_id: i for i, place_id in enumerate(self.ids)}

    @cached_property
    def rounded_s(self) -> NDArray[np.float64]:
        """`duration_s` in whole seconds, `inf` where there is no way; shape (n, n)."""
        # Rounding up keeps the triangle inequality, which rounding to the nearest would break.
        return _read_only(np.ceil(np.round(self.duration_s, 3)))

    @cached_property
    def whole_s(self) -> list[list[int | None]]:
        """`rounded_s` as plain lists for single look-ups, None where there is no way."""
        rows = self.rounded_s.tolist()
        return [[None if s == np.inf else int(s) for s in row] for row in rows]

    @cached_property
    def distance_m(self) -> NDArray[np.float64]:
        """Metres by road along the fastest paths, measured on first use; shape (n, n)."""
        if callable(self._distance_m):
            return _read_only(self._distance_m(np.arange(len(self))))
        return _read_only(self._distance_m)

    @cached_property
    def n_ferries(self) -> NDArray[np.float64]:
        """Crossings by ferry along the fastest paths, counted on first use; shape (n, n)."""
        if self._n_ferries is None:
            return _read_only(np.zeros((len(self), len(self))))
        if callable(self._n_ferries):
            return _read_only(self._n_ferries(np.arange(len(self))))
        return _read_only(self._n_ferries)

    def subset(self, ids: Sequence[str]) -> TravelMatrix:
        """
        Give the matrix of some of the places, in the order of `ids`.

        Raises
        ------
        PlanningError
            When an id is not in the matrix.
        """
        unknown = [place_id for place_id in ids if place_id not in self.row]
        if unknown:
            raise PlanningError(
                "%(ids)s: not in the travel matrix; snap these places first",
                ids=", ".join(unknown[:5]),
            )
        rows = np.array([self.row[place_id] for place_id in ids], dtype=np.int64)
        cut = np.ix_(rows, rows)
        return TravelMatrix(
            ids=tuple(ids),
            duration_s=self.duration_s[cut],
            distance_m=(
                partial(_of_rows, self._distance_m, rows)
                if callable(self._distance_m) and "distance_m" not in self.__dict__
                else self.distance_m[cut]
            ),
            walk_m=self.walk_m[rows],
            n_ferries=(
                partial(_of_rows, self._n_ferries, rows)
                if callable(self._n_ferries) and "n_ferries" not in self.__dict__
                else self.n_ferries[cut]
            ),
        )


def default_engine(network: RoadNetwork, *, cache_dir: Path | None = None) -> Engine:
    """
    Make the fastest engine that is installed.

    Parameters
    ----------
    network
        The roads.
    cache_dir
        Where an engine may keep what it prepares.
    """
    from outreach.routing.engines.cch import CchEngine
    from outreach.routing.engines.dijkstra import DijkstraEngine

    try:
        return CchEngine.prepare(network, cache_dir=cache_dir)
    except ImportError:
        logger.info("pyroutingkit is not installed: travel times by scipy, which takes longer")
        return DijkstraEngine(network=network)


def travel_matrix(
    snapped: Snapped,
    network: RoadNetwork,
    *,
    season: Season,
    engine: Engine | None = None,
    cache_dir: Path | None = None,
) -> TravelMatrix:
    """
    Find the travel times from every place to every other.

    An edge is cut where a place lies on it: from there one rides on along the edge, or back
    where the road is two-way. Edges and their parts count in whole milliseconds.

    Parameters
    ----------
    snapped
        Places on the network.
    network
        The roads; with other `duration_s` (`closures.closed`), the same `engine` still serves.
    season
        Whose durations count.
    engine
        Made for this topology; by default `default_engine(network, cache_dir=cache_dir)`.
    cache_dir
        Where the default engine may keep what it prepares.
    """
    engine = engine or default_engine(network, cache_dir=cache_dir)
    times = times_of(network, season)
    access = Access.of(snapped, network, times.stretch_ms)
    duration_ms = access.with_direct(engine.shortest(times.edge_ms, access))
    duration_s = seconds(duration_ms) + snapped.walk_s[:, None] + snapped.walk_s[None, :]
    np.fill_diagonal(duration_s, 0.0)
    n = len(snapped)
    logger.info(
        "%d × %d travel times (%s) by %s; %d pairs unreachable",
        n,
        n,
        season,
        engine.name,
        int(np.isinf(duration_s).sum()),
    )
    return TravelMatrix(
        ids=snapped.ids,
        duration_s=duration_s,
        distance_m=partial(_measure, lengths_m, snapped, network, times, duration_ms),
        walk_m=snapped.walk_m,
        n_ferries=partial(_measure, n_ferries, snapped, network, times, duration_ms),
    )


def _read_only(array: NDArray[np.float64]) -> NDArray[np.float64]:
    view = np.asarray(array, dtype=float).view()
    view.setflags(write=False)
    return view


def times_of(network: RoadNetwork, season: Season) -> Times:
    """Give what whole edges and parts of edges take in a season, in whole milliseconds."""
    return Times(
        edge_ms=whole(network.duration_s[season], scale=MS_PER_S),
        stretch_ms=whole(network.stretch_s(season), scale=MS_PER_S),
    )


def seconds(duration_ms: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give milliseconds as seconds, `inf` where there is no way."""
    return np.where(duration_ms < NO_WAY, duration_ms / MS_PER_S, np.inf)


def _measure(
    along: Callable[[Snapped, RoadNetwork, Times, Cells], NDArray[np.float64]],
    snapped: Snapped,
    network: RoadNetwork,
    times: Times,
    duration_ms: NDArray[np.int64],
    rows: NDArray[np.int64],
) -> NDArray[np.float64]:
    between = duration_ms[np.ix_(rows, rows)]
    longest_ms = int(np.max(between[between < NO_WAY], initial=0))
    return along(snapped.take(rows), network, times, Cells(longest_ms))


def _of_rows(
    measure: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    rows: NDArray[np.int64],
    some: NDArray[np.int64],
) -> NDArray[np.float64]:
    return measure(rows[some])
