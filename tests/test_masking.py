"""A masked point hides its original among others of its area, as many as is said."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.errors import PrivacyError
from outreach.masking import Masked, mask_points

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CRS = "EPSG:32748"
# Kota Jambi, in metres of UTM zone 48 south.
EAST, NORTH = 345_000.0, 9_822_000.0


def degrees(xy: Floats) -> tuple[Floats, Floats]:
    """Turn metres from the town's centre into longitudes and latitudes."""
    points = gpd.GeoSeries.from_xy(EAST + xy[:, 0], NORTH + xy[:, 1], crs=CRS).to_crs(4326)
    return points.x.to_numpy(), points.y.to_numpy()


def metres(lon: Floats, lat: Floats) -> Floats:
    """Turn degrees into metres from the town's centre."""
    points = gpd.GeoSeries.from_xy(lon, lat, crs=4326).to_crs(CRS)
    return np.column_stack((points.x - EAST, points.y - NORTH))


def town(n: int, seed: int = 0) -> tuple[Floats, Floats]:
    """Give `n` homes over 4 by 4 km."""
    return degrees(np.random.default_rng(seed).uniform(-2000, 2000, (n, 2)))


def halves(population: tuple[float, float] = (8_000, 80)) -> gpd.GeoDataFrame:
    """Cut the town in two, from north to south."""
    shapes = [
        shapely.box(EAST - 2000, NORTH - 2000, EAST, NORTH + 2000),
        shapely.box(EAST, NORTH - 2000, EAST + 2000, NORTH + 2000),
    ]
    frame = gpd.GeoDataFrame({"population": population}, geometry=shapes, crs=CRS)
    return frame.to_crs(4326)


def n_nearer(homes: Floats, there: Floats, i: int, some: NDArray[np.bool_]) -> int:
    """Count, one by one, those of `some` who are nearer to the shown point than its original."""
    own = math.dist(homes[i], there[i])
    pairs = zip(homes, some, strict=True)
    return sum(math.dist(home, there[i]) < own - 1e-3 for home, is_one in pairs if is_one)


def shown_of(masked: Masked) -> list[int]:
    """Give the row numbers of the points that are shown."""
    return [int(i) for i in np.flatnonzero(masked.is_shown)]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), k=st.integers(1, 8), n=st.integers(1, 60))
def test_every_shown_point_has_k_others_nearer(seed: int, k: int, n: int) -> None:
    """Counted by comparing all pairs; whoever has not enough neighbours is withheld."""
    lon, lat = town(n, seed)
    masked = mask_points(lon, lat, k=k, seed=seed)
    everybody = np.ones(n, dtype=bool)
    homes, there = metres(lon, lat), metres(masked.lon, masked.lat)
    counts = [n_nearer(homes, there, i, everybody) for i in shown_of(masked)]
    assert counts == masked.k[masked.is_shown].tolist()
    assert masked.reached_k == min(counts, default=0)
    assert all(count >= k for count in counts)
    assert masked.is_shown.any() == (n > k)


def test_points_stay_in_their_area_and_hide_among_its_people() -> None:
    """Those beyond the border don't count, as no point crosses it."""
    lon, lat = town(80)
    masked = mask_points(lon, lat, areas=halves(), seed=1)
    assert masked.is_shown.mean() > 0.9
    homes = metres(lon, lat)
    west = homes[:, 0] < 0
    shown = shown_of(masked)
    there = metres(masked.lon, masked.lat)
    assert ((there[shown, 0] < 0.5) == west[shown]).all()
    assert (np.abs(there[shown]) <= 2000.5).all()
    assert all(n_nearer(homes, there, i, west == west[i]) == masked.k[i] >= 5 for i in shown)


def test_a_few_who_are_alone_in_their_area_are_withheld() -> None:
    """Four in the east have nobody to hide among, and one lives in no area."""
    xy = np.vstack(
        (np.random.default_rng(3).uniform(-1900, -100, (30, 2)), np.eye(4, 2) * 900 + 50)
    )
    xy = np.vstack((xy, [[9000.0, 0.0]]))
    masked = mask_points(*degrees(xy), areas=halves(), seed=2)
    assert masked.is_shown[:30].all()
    assert not masked.is_shown[30:].any()
    assert np.isnan(masked.lat[30:]).all()


def test_a_family_does_not_hide_in_itself() -> None:
    """Who lives at the same place is as near, not nearer."""
    lon, lat = degrees(np.zeros((9, 2)))
    masked = mask_points(lon, lat, seed=0)
    assert not masked.is_shown.any()
    assert masked.reached_k == 0


def test_the_population_counts_by_the_part_of_the_area_in_the_circle() -> None:
    """A circle inside the west holds its surface times 8,000 people in 8 square kilometres."""
    lon, lat = degrees(np.array([[-1000.0, 0.0], [-1000.0, 300.0]]))
    masked = mask_points(lon, lat, k=20, among="population", areas=halves(), seed=4)
    assert masked.is_shown.all()
    people = math.pi * masked.moved_m**2 * 8_000 / 8e6
    # A polygon of 128 sides is a little smaller than its circle.
    assert masked.k == pytest.approx(people, rel=1e-3)
    assert masked.reached_k >= 20


def test_where_fewer_people_live_points_move_farther() -> None:
    """Ten times as far, where a hundredth lives."""
    west, east = (
        mask_points(
            *degrees(np.array([[x, 0.0]] * 200)), k=1, among="population", areas=halves(), seed=5
        )
        for x in (-1000.0, 1000.0)
    )
    ratio = np.nanmedian(east.moved_m) / np.nanmedian(west.moved_m)
    # The west's least move is 50 m, where 17.8 m would hold somebody.
    assert np.nanmin(west.moved_m) >= 49
    assert 2 < ratio < 6


def test_others_may_be_given() -> None:
    """One child hides among 200 homes."""
    lon, lat = degrees(np.zeros((1, 2)))
    assert not mask_points(lon, lat, seed=0).is_shown.any()
    masked = mask_points(lon, lat, others=town(200), seed=0)
    assert masked.reached_k >= 5


def test_a_ring_may_be_given() -> None:
    """No point moves less than the inner radius, or more than the outer."""
    lon, lat = town(300)
    masked = mask_points(lon, lat, k=1, inner_m=400, outer_m=600, seed=6)
    moved = masked.moved_m[masked.is_shown]
    # The degrees' last decimal is a metre.
    assert moved.min() > 399
    assert moved.max() < 601
    # Uniform over the surface: half of it lies beyond the root of the mean square.
    assert np.mean(moved > math.sqrt((400**2 + 600**2) / 2)) == pytest.approx(0.5, abs=0.1)


def test_a_ring_that_holds_too_few_grows_or_withholds() -> None:
    """What is shown has its k, whatever the ring."""
    lon, lat = town(40)
    masked = mask_points(lon, lat, k=6, inner_m=10, outer_m=20, seed=0)
    assert (masked.k[masked.is_shown] >= 6).all()


def test_a_mask_is_another_each_time_and_the_same_by_its_seed() -> None:
    """A seed that is known would undo it, so by default there is none."""
    lon, lat = town(40)
    assert mask_points(lon, lat, seed=7).lon.tolist() == mask_points(lon, lat, seed=7).lon.tolist()
    assert mask_points(lon, lat).lon.tolist() != mask_points(lon, lat).lon.tolist()


def test_no_digit_of_a_place_is_kept() -> None:
    """No original is among what is shown, to a metre."""
    lon, lat = town(120)
    masked = mask_points(lon, lat, seed=8)
    before = {(round(x, 5), round(y, 5)) for x, y in zip(lon, lat, strict=True)}
    after = set(zip(masked.lon.tolist(), masked.lat.tolist(), strict=True))
    assert not before & after


def test_nobody_is_masked_to_nobody() -> None:
    """An empty table has an empty mask."""
    masked = mask_points(np.empty(0), np.empty(0))
    assert (len(masked.lon), masked.reached_k) == (0, 0)


@pytest.mark.parametrize(
    "options",
    [
        {"k": 0},
        {"inner_m": 0.0},
        {"inner_m": 300.0, "outer_m": 200.0},
        {"among": "population"},
        {"among": "population", "areas": halves().drop(columns="population")},
    ],
)
def test_what_cannot_be_masked_is_said(options: dict[str, object]) -> None:
    """The error names what is missing."""
    with pytest.raises(PrivacyError, match="cannot be masked"):
        mask_points(*town(9), **options)  # type: ignore[arg-type]


def test_maskmypy_counts_the_same() -> None:
    """Its k of the same points; of a population, its 1.1 refuses polygons."""
    analysis = pytest.importorskip("maskmypy.analysis")
    lon, lat = town(150)

    def frame(lon: Floats, lat: Floats) -> gpd.GeoDataFrame:
        return gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat, crs=4326)).to_crs(CRS)

    masked = mask_points(lon, lat, seed=9)
    assert masked.is_shown.all()
    homes, shown = frame(lon, lat), frame(masked.lon, masked.lat)
    theirs = analysis.k_anonymity(homes, shown, homes.copy())["k_anonymity"].to_numpy()
    # It counts the point itself too, and its circle is a polygon within ours: somebody near the
    # rim may be missing.
    missing = masked.k - (theirs - 1)
    assert set(missing) <= {0, 1}
    assert missing.mean() < 0.1
    moved = analysis.displacement(homes, shown)["_distance"].to_numpy()
    assert moved == pytest.approx(masked.moved_m, rel=1e-6)
