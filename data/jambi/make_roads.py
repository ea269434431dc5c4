"""Draw the synthetic roads of the district, river and places, and write roads.osm.pbf."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from country import draw_country
from geography import (
    BRIDGES,
    CITY_ROADS,
    FERRY,
    FOLDER,
    FOOTBRIDGE,
    ISLAND,
    SEED,
    Village,
    read_villages,
    river_line,
    to_metres,
    water,
)
from landmarks import draw_landmarks
from lattice import Bent, Lattice
from network import Net

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

CITY_BOX = ((103.513, -1.702), (103.716, -1.540))
STREETS = Bent(spacing_m=71.0, angle_deg=8.0, wave=1.1, wave_length=24.0, jitter=0.14)
# Part of the streets that are missing, by how far their row or column reaches.
MISSING = {"lane": 0.34, "street": 0.19, "avenue": 0.05}
_AVENUE, _STREET = 16, 4
# North of the river people live along the bank; behind it lie swamps.
SEBERANG_STRIP_M = 1_100.0
# Its streets end short of the second bridge, whose road runs on to the north without a junction.
SEBERANG_END = (103.634, -1.5545)
_LEAST_DENSITY, _STEPS = (2.1, 0.9, 0.35, 0.15), (1, 2, 4, 8)
_ONE_WAY_SHARE = 0.07
_CORE = (103.613, -1.600)
_CORE_RADIUS_M = 2_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """How dense the streets are: every street, every second, fourth or eighth row of them."""

    villages: NDArray[np.float64]
    reach_m: NDArray[np.float64]
    river: shapely.LineString

    def step(self, xy: NDArray[np.float64]) -> NDArray[np.int64]:
        """Give 1, 2, 4 or 8, and 0 where there are no streets; shape (n,)."""
        density = np.zeros(len(xy))
        for centre, reach_m in zip(self.villages, self.reach_m, strict=True):
            apart_2 = ((xy - centre) ** 2).sum(axis=1)
            density += np.exp(-apart_2 / (2 * reach_m**2))
        step = np.select([density > least for least in _LEAST_DENSITY], _STEPS)
        from_river_m = shapely.distance(shapely.points(xy), self.river)
        end_x, end_y = to_metres([SEBERANG_END])[0]
        is_far = (from_river_m > SEBERANG_STRIP_M) | (xy[:, 0] > end_x) | (xy[:, 1] > end_y)
        beyond = is_north_of(self.river, xy) & is_far
        return np.where(beyond, 0, step)


def is_north_of(river: shapely.LineString, xy: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which points lie on the left bank of the river."""
    line = np.array(river.coords)
    bank = shapely.Polygon([*line.tolist(), [line[-1][0], 90_000.0], [line[0][0], 90_000.0]])
    return np.asarray(shapely.contains_xy(bank, xy[:, 0], xy[:, 1]))


def draw_city(net: Net, rng: np.random.Generator, villages: tuple[Village, ...]) -> Lattice:
    """Draw the streets of Kota Jambi, bridges and ferry included."""
    (west, south), (east, north) = to_metres(CITY_BOX)
    lattice = Lattice.over(rng, (west, south, east, north), STREETS, water())
    near = [
        v
        for v in villages
        if CITY_BOX[0][0] < v.lon < CITY_BOX[1][0] and CITY_BOX[0][1] < v.lat < CITY_BOX[1][1]
    ]
    density = Density(
        villages=to_metres([(v.lon, v.lat) for v in near]),
        reach_m=np.array([_reach_m(v) for v in near]),
        river=river_line(),
    )
    for road in CITY_ROADS:
        tags = {"highway": road.highway, "name": road.name, "surface": "asphalt"}
        if road.highway in {"trunk", "primary"}:
            tags |= {"maxspeed": "60"}
        lattice.draw(_rounded(to_metres(road.line)), tags)
    step = density.step(lattice.middles())
    kind = np.select([lattice.line % _AVENUE == 0, lattice.line % _STREET == 0], [2, 1], 0)
    share = np.array([MISSING["lane"], MISSING["street"], MISSING["avenue"]])[kind]
    on_grid = (step > 0) & (lattice.line % np.maximum(step, 1) == 0)
    lattice.is_open = on_grid & (rng.random(len(step)) >= share)
    core = to_metres([_CORE])[0]

    def tags_of(line: int, is_row: bool, at: NDArray[np.float64]) -> dict[str, str]:  # noqa: FBT001
        if line % _AVENUE == 0:
            tags = {"highway": "tertiary", "surface": "asphalt"}
        elif line % _STREET == 0:
            tags = {"highway": "residential", "surface": str(rng.choice(["asphalt", "concrete"]))}
        else:
            tags = {"highway": str(rng.choice(["residential", "living_street", "residential"]))}
            surface = rng.choice(["asphalt", "concrete", "paving_stones", "compacted", ""])
            tags |= {"surface": str(surface)} if surface else {}
        in_core = np.hypot(*(at - core)) < _CORE_RADIUS_M
        if in_core and rng.random() < _ONE_WAY_SHARE:
            tags |= {"oneway": "yes" if (line + is_row) % 2 else "-1"}
        return tags

    lattice.emit(net, rng, tags_of)
    for name, start, end in BRIDGES:
        _span(net, lattice, (start, end), {"highway": "trunk", "name": name, "bridge": "yes"})
    _span(net, lattice, FERRY[1:], {"route": "ferry", "name": FERRY[0], "motorcycle": "yes"})
    _span(
        net, lattice, FOOTBRIDGE[1:], {"highway": "footway", "name": FOOTBRIDGE[0], "bridge": "yes"}
    )
    net.keep_largest_part()
    lattice.node[~np.isin(lattice.node, net.used())] = -1
    return lattice


def _reach_m(village: Village) -> float:
    """Guess how far the houses of a village spread, from its area."""
    reach_m = 1_000 * np.sqrt(village.area_km2 / np.pi)
    return float(np.clip(reach_m, 450.0, 1_500.0 if village.in_city else 700.0))


def _rounded(line: NDArray[np.float64]) -> NDArray[np.float64]:
    for _ in range(3):
        near, far = 0.8 * line[:-1] + 0.2 * line[1:], 0.2 * line[:-1] + 0.8 * line[1:]
        line = np.vstack([line[:1], np.stack([near, far], axis=1).reshape(-1, 2), line[-1:]])
    return line


def _span(
    net: Net,
    lattice: Lattice,
    ends: tuple[tuple[float, float], tuple[float, float]],
    tags: dict[str, str],
) -> None:
    """Cross the water between the streets nearest to both ends."""
    there = np.flatnonzero(lattice.node >= 0)
    spots = [there[np.hypot(*(lattice.xy[there] - end).T).argmin()] for end in to_metres(ends)]
    net.add_way(lattice.node[spots], tags)


def make_roads(path: Path) -> None:
    """Draw all roads and what lies around them, and write them to `path`."""
    rng = np.random.default_rng(SEED)
    net = Net()
    villages = read_villages()
    lattice = draw_city(net, rng, villages)
    draw_country(net, rng, villages, lattice)
    net.keep_largest_part()
    net.free_the_shut_in()
    island = _rounded(to_metres(ISLAND))
    tags = {"highway": "residential", "surface": "ground"}
    net.add_way(net.add_nodes(island), tags)
    draw_landmarks(net, villages)
    net.write(path)


if __name__ == "__main__":
    make_roads(FOLDER / "roads.osm.pbf")
