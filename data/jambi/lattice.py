"""Streets as a bent grid: some missing, some one-way, the main roads drawn through it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from network import Net
    from numpy.typing import NDArray

_N_WAVES = 4
_STRAY_M = 90.0
_LEAST_STEP_M = 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bent:
    """How far a grid departs from squares, as parts of its spacing."""

    spacing_m: float
    angle_deg: float = 0.0
    wave: float = 1.0
    wave_length: float = 18.0
    jitter: float = 0.12


@dataclass(eq=False)
class Lattice:
    """
    A grid of junctions with the streets between neighbours.

    Parameters
    ----------
    xy
        Positions in metres; shape (rows, columns, 2), flattened to (n, 2).
    ends
        Flat positions of both ends of each street; shape (m, 2).
    line
        The row or column that the street lies on; shape (m,).
    is_row
        Whether the street runs along a row; shape (m,).
    is_open
        Whether the street exists; shape (m,).
    is_dry
        Whether the junction lies on land; shape (n,).
    """

    xy: NDArray[np.float64]
    ends: NDArray[np.int64]
    line: NDArray[np.int64]
    is_row: NDArray[np.bool_]
    is_open: NDArray[np.bool_]
    is_dry: NDArray[np.bool_]
    roads: list[tuple[NDArray[np.int64], dict[str, str]]] = field(default_factory=list)
    claimed: set[tuple[int, int]] = field(default_factory=set)
    pulled: set[int] = field(default_factory=set)
    node: NDArray[np.int64] = field(init=False)

    @classmethod
    def over(
        cls,
        rng: np.random.Generator,
        box: tuple[float, float, float, float],
        bent: Bent,
        wet: shapely.Geometry,
    ) -> Lattice:
        """Lay a bent grid over a box (west, south, east, north; metres)."""
        west, south, east, north = box
        n_columns = int((east - west) / bent.spacing_m) + 1
        n_rows = int((north - south) / bent.spacing_m) + 1
        column, row = np.meshgrid(np.arange(n_columns), np.arange(n_rows))
        flat = np.stack([column.ravel(), row.ravel()], axis=1).astype(float)
        xy = (flat - (n_columns - 1, n_rows - 1) * np.array(0.5)) * bent.spacing_m
        shift = rng.normal(0.0, bent.jitter * bent.spacing_m, xy.shape)
        for _ in range(_N_WAVES):
            length_m = bent.wave_length * bent.spacing_m * rng.uniform(0.6, 1.6)
            heading, phase = rng.uniform(0, 2 * np.pi, 2)
            along = xy @ np.array([np.cos(heading), np.sin(heading)])
            swing = bent.wave * bent.spacing_m * np.sin(2 * np.pi * along / length_m + phase)
            shift += swing[:, None] * rng.normal(0.0, 0.6, 2)
        xy = xy + shift
        turn = np.deg2rad(bent.angle_deg)
        spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        xy = xy @ spin + ((west + east) / 2, (south + north) / 2)
        at = np.arange(len(xy)).reshape(n_rows, n_columns)
        along_rows = np.stack([at[:, :-1].ravel(), at[:, 1:].ravel()], axis=1)
        # Columns after columns, so that a street's pieces follow each other here as well.
        along_columns = np.stack([at[:-1].T.ravel(), at[1:].T.ravel()], axis=1)
        ends = np.vstack([along_rows, along_columns])
        is_dry = ~shapely.contains_xy(wet, xy[:, 0], xy[:, 1])
        shapely.prepare(wet)
        crosses = shapely.intersects(wet, shapely.linestrings(xy[ends]))
        dry_ends = is_dry[ends].all(axis=1) & ~crosses
        lattice = cls(
            xy=xy,
            ends=ends[dry_ends],
            line=np.concatenate(
                [
                    np.repeat(np.arange(n_rows), n_columns - 1),
                    np.repeat(np.arange(n_columns), n_rows - 1),
                ]
            )[dry_ends],
            is_row=(np.arange(len(ends)) < len(along_rows))[dry_ends],
            is_open=np.ones(int(dry_ends.sum()), dtype=bool),
            is_dry=is_dry,
        )
        lattice.node = np.full(len(xy), -1)
        return lattice

    def middles(self) -> NDArray[np.float64]:
        """Middles of all streets; shape (m, 2)."""
        return self.xy[self.ends].mean(axis=1)

    def draw(self, line: NDArray[np.float64], tags: dict[str, str], *, pull: bool = True) -> None:
        """
        Draw a main road along the streets nearest to a line, and bend them to it.

        Streets that another road took already keep what they are.
        """
        path = self._path_along(line)
        if pull:
            self._pull(path, shapely.LineString(line))
        start = 0
        pairs = list(zip(path[:-1].tolist(), path[1:].tolist(), strict=True))
        free = [(min(p), max(p)) not in self.claimed for p in pairs]
        for i in range(len(pairs) + 1):
            if i == len(pairs) or not free[i]:
                if i > start:
                    self.roads.append((path[start : i + 1], tags))
                start = i + 1
        self.claimed.update((min(p), max(p)) for p in pairs)

    def _path_along(self, line: NDArray[np.float64]) -> NDArray[np.int64]:
        shape = shapely.LineString(line)
        shapely.prepare(shape)
        off_m = shapely.distance(shape, shapely.points(self.middles()))
        length_m = np.hypot(*(self.xy[self.ends[:, 0]] - self.xy[self.ends[:, 1]]).T)
        cost = length_m * (1 + (off_m / _STRAY_M) ** 2)
        n = len(self.xy)
        graph = csr_array((cost, (self.ends[:, 0], self.ends[:, 1])), shape=(n, n))
        start, goal = self.nearest(line[0]), self.nearest(line[-1])
        _, before = dijkstra(graph, directed=False, indices=start, return_predecessors=True)
        path = [goal]
        while path[-1] != start:
            path.append(int(before[path[-1]]))
        return np.array(path[::-1])

    def _pull(self, path: NDArray[np.int64], shape: shapely.LineString) -> None:
        along_m = -np.inf
        for at in path.tolist():
            here_m = shape.project(shapely.Point(*self.xy[at]))
            along_m = max(here_m, along_m + _LEAST_STEP_M)
            if at not in self.pulled:
                point = shape.interpolate(along_m)
                if shape.distance(shapely.Point(*self.xy[at])) < 2 * _STRAY_M:
                    self.xy[at] = point.x, point.y
                self.pulled.add(at)

    def nearest(self, point: NDArray[np.float64]) -> int:
        """Find the dry junction nearest to a point that has a street."""
        ends = np.unique(self.ends)
        _, i = KDTree(self.xy[ends]).query(point)
        return int(ends[i])

    def emit(
        self,
        net: Net,
        rng: np.random.Generator,
        tags_of: Callable[[int, bool, NDArray[np.float64]], Mapping[str, str]],
        *,
        longest: int = 12,
    ) -> None:
        """
        Add what is open to the network, as ways along rows and columns, main roads first.

        `tags_of` gives the tags of a way by its row or column, which of them it is, and where.
        `node` then tells the network's node of each junction, -1 where there is none.
        """
        is_claimed = np.array(
            [(min(a, b), max(a, b)) in self.claimed for a, b in self.ends.tolist()], dtype=bool
        )
        local = self.is_open & ~is_claimed
        used = np.unique(
            np.concatenate([self.ends[local].ravel(), *(path for path, _ in self.roads)])
        )
        # The snake order keeps neighbours together, which makes the file small.
        self.node[used] = net.add_nodes(self.xy[used])
        for path, tags in self.roads:
            net.add_way(self.node[path], tags)
        run: list[int] = []
        run_line = (0, False)
        for i in np.flatnonzero(local).tolist():
            a, b = self.ends[i].tolist()
            if run and (run[-1] != a or len(run) > longest or rng.random() < 1 / longest):
                self._emit_run(net, run, run_line, tags_of)
                run = []
            if not run:
                run, run_line = [a], (int(self.line[i]), bool(self.is_row[i]))
            run.append(b)
        if run:
            self._emit_run(net, run, run_line, tags_of)

    def _emit_run(
        self,
        net: Net,
        run: list[int],
        line: tuple[int, bool],
        tags_of: Callable[[int, bool, NDArray[np.float64]], Mapping[str, str]],
    ) -> None:
        middle = self.xy[run[len(run) // 2]]
        net.add_way(self.node[run], dict(tags_of(*line, middle)))
