"""Move points so that each stays among enough others: a donut mask whose k is verified."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from outreach.errors import PrivacyError

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from scipy.spatial import cKDTree

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

Crowd = Literal["points", "population"]

# About 1 m: what is verified is what is written.
_DEGREE_DECIMALS = 5
_LEAST_MOVE_M = 50.0
# Whoever lives as far off as the point itself may be its own family.
_SAME_PLACE_M = 1e-3
_N_TRIES = 200
# The ring grows where its area is narrow or its people sit on one side.
_PATIENCE = 20
_GROWTH = 1.03
_CIRCLE_SEGMENTS = 32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Masked:
    """
    Points that may be shown, in the order of the originals.

    Parameters
    ----------
    lon, lat
        EPSG:4326, rounded to 5 decimals; NaN: withheld, because no place among enough people
        was found for the point, or it lies in no area.
    k
        How many others of the same area are nearer to the shown point than the original is; of a
        population, people, estimated. NaN where it is withheld.
    moved_m
        From the original; NaN where it is withheld.
    reached_k
        The smallest `k`, rounded down; 0 where nothing is shown.
    """

    lon: Floats
    lat: Floats
    k: Floats
    moved_m: Floats
    reached_k: int

    @property
    def is_shown(self) -> NDArray[np.bool_]:
        """Which points are not withheld."""
        return ~np.isnan(self.lon)


class _People(Protocol):
    """Among whom points hide; `area` is a number for each point, positions are in metres."""

    def radius_m(self, xy: Floats, area: Ints, n: int) -> Floats:
        """How far one goes from each point to meet `n` people; inf: there are not so many."""

    def nearer(self, xy: Floats, area: Ints, radius_m: Floats) -> Floats:
        """How many people are within the radius of each point, in its area."""


def mask_points(
    lon: Floats,
    lat: Floats,
    *,
    k: int = 5,
    among: Crowd = "points",
    others: tuple[Floats, Floats] | None = None,
    areas: gpd.GeoDataFrame | None = None,
    inner_m: float | None = None,
    outer_m: float | None = None,
    seed: int | None = None,
) -> Masked:
    """
    Move each point by a random way into a ring around it, where it hides among `k` others.

    The donut mask of Hampton et al. (2010, American Journal of Epidemiology 172(9), 1062-1069,
    doi:10.1093/aje/kwq248): uniform over a ring, whose inner circle would hold `k` people and
    whose outer one four times as many, by those who live around. Each point is tried again until
    it is in the area of its original and at least `k` others of that area are nearer to it than
    the original is. Those of other areas don't count, as a reader knows that no point leaves its
    own. Who lives at the same place as the original doesn't count either.

    Masking several times and showing each result lets one average the ways out: show one.

    Parameters
    ----------
    lon, lat
        Of shape (n,), EPSG:4326.
    k
        The fewest others.
    among
        Whom to count: points, or the `population` of the areas, taken as spread evenly.
    others
        Longitudes and latitudes of those to hide among; by default, the points themselves.
    areas
        Polygons that points stay in, with `population` (NaN: not known) where that is counted.
        Without any, points may go anywhere, on water too.
    inner_m, outer_m
        Radii of the ring, instead of those by who lives around.
    seed
        For tests alone: whoever knows it may undo the mask. Without it nobody can.

    Returns
    -------
    masked
        With `Masked.k` counted anew from the rounded points by comparing all distances.

    Raises
    ------
    PrivacyError
        When `k` is less than 1, the radii aren't 0 < inner < outer, or a population is asked for
        that isn't there.
    """
    least_m = 1.0 if inner_m is None else inner_m
    most_m = math.inf if outer_m is None else outer_m
    if k < 1 or not 0 < least_m < most_m:
        raise PrivacyError(
            "points cannot be masked with k = %(k)d in a ring from %(inner)s to %(outer)s m: k"
            " must be at least 1, and the ring must be one",
            k=k,
            inner=inner_m,
            outer=outer_m,
        )
    if among == "population" and (areas is None or "population" not in areas):
        raise PrivacyError(
            "points cannot be masked among the population: the areas have no column 'population'"
        )
    ground = _Ground(lon, lat, areas)
    origin = ground.placed(lon, lat)
    crowd = origin if others is None else ground.placed(*others)
    people = _Population(ground) if among == "population" else _Points(*crowd)
    shown = _shown(origin, people, ground, k=k, ring_m=(inner_m, outer_m), seed=seed)
    return _verified(origin, shown, people, ground, crowd, k=k)


class _Ground:
    """The plane in metres that fits the points, and the areas in it."""

    def __init__(self, lon: Floats, lat: Floats, areas: gpd.GeoDataFrame | None) -> None:
        import geopandas as gpd
        from pyproj import Transformer

        points = gpd.GeoSeries.from_xy(lon, lat, crs="EPSG:4326")
        crs = points.estimate_utm_crs() if len(points) else "EPSG:32748"
        self._transformer = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
        self.shapes: NDArray[np.object_] | None = None
        self.population: Floats = np.empty(0)
        if areas is not None:
            self.shapes = np.asarray(areas.geometry.to_crs(crs).array)
            self.population = np.asarray(areas.get("population", len(areas) * [np.nan]), float)

    def placed(self, lon: Floats, lat: Floats) -> tuple[Floats, Ints]:
        """Give positions in metres, and the first area of each; -1: none."""
        import shapely

        xy = np.column_stack(self._transformer.transform(lon, lat)).reshape(-1, 2)
        area = np.zeros(len(xy), dtype=np.int64)
        if self.shapes is not None:
            area -= 1
            found, in_area = shapely.STRtree(self.shapes).query(
                shapely.points(xy), predicate="intersects"
            )
            order = np.lexsort((-in_area, found))
            area[found[order]] = in_area[order]
        return xy, area

    def rounded(self, xy: Floats) -> tuple[Floats, Floats]:
        """Give degrees, (n, 2), as they are written, and where those lie in metres."""
        x, y = xy.T
        exact = np.column_stack(self._transformer.transform(x, y, direction="INVERSE"))
        degrees = exact.round(_DEGREE_DECIMALS)
        lon, lat = degrees.T
        return degrees, np.column_stack(self._transformer.transform(lon, lat))

    def holds(self, xy: Floats, area: Ints) -> NDArray[np.bool_]:
        """Whether each point is in its area."""
        import shapely

        if self.shapes is None:
            return np.ones(len(xy), dtype=bool)
        inside: NDArray[np.bool_] = shapely.contains_xy(self.shapes[area], *xy.T)
        return inside


class _Points:
    """Others who are known one by one."""

    def __init__(self, xy: Floats, area: Ints) -> None:
        from scipy.spatial import cKDTree

        self._trees: dict[int, cKDTree] = {
            int(here): cKDTree(xy[area == here]) for here in np.unique(area[area >= 0])
        }

    def radius_m(self, xy: Floats, area: Ints, n: int) -> Floats:
        found = np.full(len(xy), np.inf)
        for here, tree in self._trees.items():
            mine = area == here
            # The first may be the point itself; nobody else there counts either, later.
            found[mine] = tree.query(xy[mine], k=[n + 1])[0][:, 0]
        return found

    def nearer(self, xy: Floats, area: Ints, radius_m: Floats) -> Floats:
        found = np.zeros(len(xy))
        for here, tree in self._trees.items():
            mine = area == here
            within = np.maximum(radius_m[mine] - _SAME_PLACE_M, 0)
            found[mine] = tree.query_ball_point(xy[mine], within, return_length=True)
        return found


class _Population:
    """People of whom only the number in each area is known, as if they lived evenly."""

    def __init__(self, ground: _Ground) -> None:
        import shapely

        self._shapes = ground.shapes if ground.shapes is not None else np.empty(0, dtype=object)
        surface = shapely.area(self._shapes)
        self._per_m2 = np.nan_to_num(ground.population) / np.where(surface > 0, surface, np.inf)

    def radius_m(self, xy: Floats, area: Ints, n: int) -> Floats:  # noqa: ARG002
        with np.errstate(divide="ignore"):
            radius: Floats = np.sqrt(n / (math.pi * self._per_m2[area]))
        return radius

    def nearer(self, xy: Floats, area: Ints, radius_m: Floats) -> Floats:
        import shapely

        circles = shapely.buffer(shapely.points(xy), radius_m, quad_segs=_CIRCLE_SEGMENTS)
        surface = shapely.area(shapely.intersection(circles, self._shapes[area]))
        people: Floats = surface * self._per_m2[area]
        return people


def _shown(
    origin: tuple[Floats, Ints],
    people: _People,
    ground: _Ground,
    *,
    k: int,
    ring_m: tuple[float | None, float | None],
    seed: int | None,
) -> Floats:
    """Give degrees of places that pass, by (n, 2); NaN where none was found."""
    xy, area = origin
    generator = np.random.default_rng(seed)
    found = np.full(xy.shape, np.nan)
    inner, outer = _ring(xy, area, people, k, ring_m)
    left = np.flatnonzero((area >= 0) & np.isfinite(inner))
    for tries in range(_N_TRIES):
        if not len(left):
            break
        widest = outer[left] * _GROWTH ** max(0, tries - _PATIENCE)
        # Uniform over the ring's surface.
        squares = generator.uniform(inner[left] ** 2, widest**2)
        angles = generator.uniform(0, 2 * math.pi, len(left))
        ways = np.column_stack((np.cos(angles), np.sin(angles))) * np.sqrt(squares)[:, None]
        degrees, there = ground.rounded(xy[left] + ways)
        moved_m = np.hypot(*(there - xy[left]).T)
        passes = ground.holds(there, area[left])
        passes[passes] = people.nearer(there[passes], area[left][passes], moved_m[passes]) >= k
        found[left[passes]] = degrees[passes]
        left = left[~passes]
    return found


def _ring(
    xy: Floats, area: Ints, people: _People, k: int, ring_m: tuple[float | None, float | None]
) -> tuple[Floats, Floats]:
    inner, outer = (people.radius_m(xy, area, n) for n in (k, 4 * k))
    inner = np.maximum(inner, _LEAST_MOVE_M)
    if ring_m[0] is not None:
        inner = np.full(len(xy), ring_m[0])
    if ring_m[1] is not None:
        outer = np.full(len(xy), ring_m[1])
    # Where there are not four times as many, the ring is as wide as if they lived evenly.
    return inner, np.where(np.isfinite(outer) & (outer > inner), outer, 2 * inner)


def _verified(
    origin: tuple[Floats, Ints],
    degrees: Floats,
    people: _People,
    ground: _Ground,
    crowd: tuple[Floats, Ints],
    *,
    k: int,
) -> Masked:
    """Count again what each shown place hides its original among, and withhold what fails."""
    xy, area = origin
    k_each, moved_m = np.full((2, len(xy)), np.nan)
    for i in np.flatnonzero(~np.isnan(degrees[:, 0])):
        there, _ = ground.placed(*degrees[[i]].T)
        moved_m[i] = math.dist(there[0], xy[i])
        if isinstance(people, _Population):
            k_each[i] = people.nearer(there, area[[i]], moved_m[[i]])[0]
        else:
            away_m = np.hypot(*(crowd[0][crowd[1] == area[i]] - there[0]).T)
            k_each[i] = np.sum(away_m < moved_m[i] - _SAME_PLACE_M)
    is_shown = k_each >= k

    def kept(values: Floats) -> Floats:
        return np.where(is_shown, values, np.nan)

    return Masked(
        lon=kept(degrees[:, 0]),
        lat=kept(degrees[:, 1]),
        k=kept(k_each),
        moved_m=kept(moved_m),
        reached_k=math.floor(k_each[is_shown].min()) if is_shown.any() else 0,
    )
