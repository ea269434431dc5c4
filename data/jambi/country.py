"""Roads beyond the city: between villages, in transmigration and oil-palm blocks, on peat."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from geography import (
    COUNTRY_ROADS,
    PLANTATIONS,
    SETTLEMENTS,
    Village,
    river_line,
    to_metres,
    water,
)
from lattice import Bent, Lattice
from scipy.spatial import Delaunay

if TYPE_CHECKING:
    from network import Net
    from numpy.typing import NDArray

_BLOCKS = Bent(spacing_m=480.0, angle_deg=2.0, wave=0.2, wave_length=25.0, jitter=0.05)
_BLOCKS_REACH_M = 2_300.0
_BLOCKS_MISSING = 0.24
_IN_CITY_M = 350.0
_TURN_M = 240.0
_WINDING = 0.085
_NEAR_CITY_M = 20_000.0
_LONGEST_LOOP_M = 9_000.0
_LOOP_SHARE = 0.45
_BRIDGE_SHARE = 0.5
_PRIVATE_SHARE = 0.55
_HAMLET, _HAMLET_M, _HAMLET_MISSING = 5, 130.0, 0.25
_PALM_M, _PALM_MISSING = (420.0, 760.0), 0.15

Tags = dict[str, str]


@dataclass(eq=False)
class Country:
    """What is drawn of the country so far: the road node of each village."""

    net: Net
    rng: np.random.Generator
    villages: dict[str, Village]
    city: Lattice
    hubs: dict[str, int] = field(default_factory=dict)
    joined: set[frozenset[str]] = field(default_factory=set)
    wet: shapely.Geometry = field(default_factory=water)

    def at(self, place: str | tuple[float, float]) -> NDArray[np.float64]:
        """Position of a village or of a point, in metres."""
        if isinstance(place, str):
            village = self.villages[place]
            place = (village.lon, village.lat)
        return np.asarray(to_metres([place])[0])

    def hub(self, place: str | tuple[float, float]) -> int:
        """Road node of a village or point: a street's where one is near, else a new one."""
        key = place if isinstance(place, str) else f"{place}"
        if key not in self.hubs:
            there = np.flatnonzero(self.city.node >= 0)
            apart = np.hypot(*(self.city.xy[there] - self.at(place)).T)
            if apart.min() < _IN_CITY_M:
                self.hubs[key] = int(self.city.node[there[apart.argmin()]])
            else:
                self.hubs[key] = int(self.net.add_nodes(self.at(place))[0])
        return self.hubs[key]

    def road(self, start: int, end: int, tags: Tags, *, winding: float = _WINDING) -> None:
        """Wind a road from node to node, around the water where it can, over a small bridge."""
        ends = np.array([self.net.xy[start], self.net.xy[end]])
        dry_m = np.inf
        for amount in (winding, winding, winding / 2, winding / 2, winding / 4, 0.0):
            tried = _wind(self.rng, ends, amount)
            in_water_m = shapely.LineString(tried).intersection(self.wet).length
            if in_water_m < dry_m:
                line, dry_m = tried, in_water_m
        nodes = [start, *self.net.add_nodes(line[1:-1]).tolist(), end]
        middle = len(nodes) // 2
        if len(nodes) > 2 and self.rng.random() < _BRIDGE_SHARE:  # noqa: PLR2004
            self.net.add_way(nodes[:middle], tags)
            self.net.add_way(nodes[middle - 1 : middle + 1], tags | {"bridge": "yes"})
            self.net.add_way(nodes[middle:], tags)
        else:
            self.net.add_way(nodes, tags)

    def grid(
        self, hub: int, size: int, spacing_m: tuple[float, float], missing: float, tags: list[Tags]
    ) -> None:
        """Lay a small grid of lanes around a node, each with one of the tags."""
        steps = np.arange(size) - size // 2
        column, row = np.meshgrid(steps, steps)
        xy = np.stack([column.ravel() * spacing_m[0], row.ravel() * spacing_m[1]], axis=1)
        xy += self.rng.normal(0.0, 0.13 * min(spacing_m), xy.shape)
        turn = self.rng.uniform(0, np.pi / 2)
        spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        centre = size * (size // 2) + size // 2
        xy = (xy - xy[centre]) @ spin + self.net.xy[hub]
        is_dry = ~shapely.contains_xy(self.wet, xy[:, 0], xy[:, 1])
        off = xy - xy[centre]
        # A ragged outline: how far the grid reaches swings with the direction.
        reach_m = size / 2 * max(spacing_m)
        swing = 0.8 + 0.25 * np.sin(3 * np.arctan2(off[:, 1], off[:, 0]) + self.rng.uniform(0, 6))
        is_dry &= np.hypot(*off.T) < reach_m * swing
        node = self.net.add_nodes(xy)
        node[centre] = hub
        at = np.arange(size * size).reshape(size, size)
        for line in (*at, *at.T):
            tag = tags[int(self.rng.integers(len(tags)))]
            for a, b in pairwise(line.tolist()):
                if is_dry[a] and is_dry[b] and self.rng.random() >= missing:
                    self.net.add_way([node[a], node[b]], tag)


def _wind(
    rng: np.random.Generator, line: NDArray[np.float64], amount: float
) -> NDArray[np.float64]:
    """Shift the middles of a line's pieces sideways, again and again, until they are short."""
    pieces_m = np.hypot(*np.diff(line, axis=0).T)
    if pieces_m.max() < _TURN_M:
        return line
    middles = (line[:-1] + line[1:]) / 2
    sideways = np.stack([-np.diff(line[:, 1]), np.diff(line[:, 0])], axis=1)
    middles += sideways * rng.normal(0.0, amount, (len(middles), 1))
    finer = np.empty((2 * len(line) - 1, 2))
    finer[::2], finer[1::2] = line, middles
    return _wind(rng, finer, amount)


def draw_country(
    net: Net, rng: np.random.Generator, villages: tuple[Village, ...], city: Lattice
) -> None:
    """Draw all roads outside the city."""
    country = Country(net, rng, {v.code: v for v in villages}, city)
    _draw_blocks(country)
    _draw_main_roads(country)
    _join_villages(country)
    _draw_hamlets(country)
    _draw_plantations(country)
    _draw_settlements(country)


def _draw_blocks(country: Country) -> None:
    """Lay the transmigration blocks of Sungai Bahar: laterite, straight, named by nobody."""
    codes = [code for code, v in country.villages.items() if v.in_bahar]
    spots = np.array([country.at(code) for code in codes])
    (west, south), (east, north) = spots.min(axis=0) - 2_500.0, spots.max(axis=0) + 2_500.0
    blocks = Lattice.over(country.rng, (west, south, east, north), _BLOCKS, country.wet)
    for a, b in _links(spots, loops=0.0, rng=country.rng):
        surface = str(country.rng.choice(["laterite", "compacted", "laterite", "asphalt"]))
        tags = {"highway": "tertiary", "surface": surface}
        blocks.draw(np.array([spots[a], spots[b]]), tags, pull=False)
        country.joined.add(frozenset({codes[a], codes[b]}))
    apart = np.min([np.hypot(*(blocks.middles() - spot).T) for spot in spots], axis=0)
    is_kept = country.rng.random(len(apart)) >= _BLOCKS_MISSING
    blocks.is_open = (apart < _BLOCKS_REACH_M) & is_kept

    def tags_of(line: int, is_row: bool, at: NDArray[np.float64]) -> Tags:  # noqa: ARG001, FBT001
        if line % 4 == 0:
            return {"highway": "unclassified", "surface": "laterite"}
        tags = {"highway": "track", "surface": str(country.rng.choice(["laterite", "ground"]))}
        tags |= {"tracktype": f"grade{country.rng.integers(2, 5)}"}
        return tags | ({"access": "private"} if country.rng.random() < 0.12 else {})  # noqa: PLR2004

    blocks.emit(country.net, country.rng, tags_of)
    there = np.flatnonzero(blocks.node >= 0)
    for code, spot in zip(codes, spots, strict=True):
        node = int(blocks.node[there[np.hypot(*(blocks.xy[there] - spot).T).argmin()]])
        country.hubs[code] = int(country.net.add_nodes(spot)[0])
        tags = {"highway": "residential", "surface": "laterite"}
        country.road(country.hubs[code], node, tags)


def _draw_main_roads(country: Country) -> None:
    for name, highway, places in COUNTRY_ROADS:
        tags = {"highway": highway, "name": name, "surface": "asphalt"}
        if highway != "secondary":
            tags |= {"maxspeed": "60"}
        for a, b in pairwise(places):
            country.road(country.hub(a), country.hub(b), tags, winding=0.05)
            country.joined.add(frozenset({str(a), str(b)}))


def _join_villages(country: Country) -> None:
    """Join every village to its neighbours on the same bank, by the roads that people need."""
    codes = [code for code, v in country.villages.items() if not v.in_city]
    spots = np.array([country.at(code) for code in codes])
    position = {code: i for i, code in enumerate(codes)}
    given = [
        tuple(position[code] for code in pair)
        for pair in country.joined
        if len(pair) == 2 and all(code in position for code in pair)  # noqa: PLR2004
    ]
    streets = set(country.city.node[country.city.node >= 0].tolist())
    in_streets = {i for i, code in enumerate(codes) if country.hub(code) in streets}
    main = shapely.MultiLineString([spots[list(pair)] for pair in given])
    links = _links(
        spots,
        loops=_LOOP_SHARE,
        rng=country.rng,
        given=sorted(given),
        barrier=river_line(),
        avoid=main,
    )
    for a, b in links:
        if {a, b} <= in_streets:
            continue
        country.road(
            country.hub(codes[a]), country.hub(codes[b]), _village_road(country, codes[a], codes[b])
        )


def _village_road(country: Country, a: str, b: str) -> Tags:
    if country.villages[a].on_peat or country.villages[b].on_peat:
        surface = str(country.rng.choice(["ground", "compacted"]))
        return {"highway": "unclassified", "surface": surface, "smoothness": "very_bad"}
    is_near = min(np.hypot(*country.at(a)), np.hypot(*country.at(b))) < _NEAR_CITY_M
    if is_near:
        surface = str(country.rng.choice(["asphalt", "asphalt", "concrete", "compacted"]))
        return {"highway": "tertiary", "surface": surface}
    surface = str(country.rng.choice(["laterite", "laterite", "compacted", "unpaved"]))
    return {"highway": "unclassified", "surface": surface, "smoothness": "bad"}


def _links(
    spots: NDArray[np.float64],
    *,
    loops: float,
    rng: np.random.Generator,
    given: list[tuple[int, ...]] | None = None,
    barrier: shapely.Geometry | None = None,
    avoid: shapely.Geometry | None = None,
) -> list[tuple[int, int]]:
    """
    Choose pairs of neighbours: the shortest tree, and a share of the Gabriel graph as loops.

    `given` pairs are joined already; no pair crosses the `barrier`, and no
    loop what it should `avoid`.
    """
    triangles = Delaunay(spots).simplices
    sides = np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]])
    pairs = np.unique(np.sort(sides, axis=1), axis=0)
    length_m = np.hypot(*(spots[pairs[:, 0]] - spots[pairs[:, 1]]).T)
    root = list(range(len(spots)))

    def find(i: int) -> int:
        while root[i] != i:
            i = root[i]
        return i

    for a, b in given or []:
        root[find(a)] = find(b)
    known = {tuple(sorted(pair)) for pair in given or []}
    chosen = []
    for i in np.argsort(length_m, kind="stable").tolist():
        a, b = pairs[i].tolist()
        if (a, b) in known:
            continue
        line = shapely.LineString(spots[[a, b]])
        if barrier is not None and line.crosses(barrier):
            continue
        middle = spots[[a, b]].mean(axis=0)
        is_gabriel = (np.hypot(*(spots - middle).T) < length_m[i] / 2 - 1).sum() == 0
        if find(a) != find(b):
            root[find(a)] = find(b)
        elif (
            not is_gabriel
            or length_m[i] > _LONGEST_LOOP_M
            or rng.random() >= loops
            or (avoid is not None and line.crosses(avoid))
        ):
            continue
        chosen.append((a, b))
    return chosen


def _draw_hamlets(country: Country) -> None:
    streets = set(country.city.node[country.city.node >= 0].tolist())
    surfaces = ("asphalt", "compacted", "laterite", "concrete")
    tags = [{"highway": "residential", "surface": surface} for surface in surfaces]
    for code, village in country.villages.items():
        if not village.in_city and country.hub(code) not in streets:
            hub = country.hub(code)
            country.grid(hub, _HAMLET, (_HAMLET_M, _HAMLET_M), _HAMLET_MISSING, tags)


def _draw_plantations(country: Country) -> None:
    for code, reach_m in PLANTATIONS:
        public = {"highway": "track", "surface": "laterite", "tracktype": "grade2"}
        shut = {"highway": "track", "surface": "mud", "tracktype": "grade5"}
        private = public | {"access": "private"}
        tags = [private if country.rng.random() < _PRIVATE_SHARE else public for _ in range(6)]
        size = int(2 * reach_m / min(_PALM_M)) + 1
        country.grid(country.hub(code), size, _PALM_M, _PALM_MISSING, [*tags, shut])


def _draw_settlements(country: Country) -> None:
    """Lead a track to each settlement of the Suku Anak Dalam."""
    tags = {
        "highway": "track",
        "surface": "ground",
        "tracktype": "grade4",
        "smoothness": "very_bad",
    }
    for code, place in SETTLEMENTS:
        country.road(country.hub(code), country.hub(place), tags, winding=0.12)
