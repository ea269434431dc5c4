"""New rows and columns are those of the whole matrix."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.errors import PlanningError
from outreach.routing.matrix import TravelMatrix, travel_matrix
from outreach.routing.matrix_growth import with_places
from outreach.routing.network import RoadNetwork, network_from_graph
from tests.routing.test_matrix import ENGINES, make_engine, placed, worlds
from tests.worlds import grid_town

if TYPE_CHECKING:
    from outreach.routing.snap import Snapped


def split(snapped: Snapped, n: int) -> tuple[Snapped, Snapped]:
    """Give the first n positions, and the others."""
    rows = np.arange(len(snapped))
    return snapped.take(rows[:n]), snapped.take(rows[n:])


@pytest.mark.parametrize("name", ENGINES)
@given(world=worlds(), n=st.integers(0, 8), season=st.sampled_from(("dry", "wet")))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_matrix_grows_into_the_whole(
    name: str, world: tuple[RoadNetwork, Snapped], n: int, season: str
) -> None:
    """Any roads, any places, any number of them new: times, metres and ferries are the same."""
    network, snapped = world
    snapped = replace(snapped, walk_s=np.arange(len(snapped), dtype=np.float64))
    engine = make_engine(name, network)
    known, new = split(snapped, n)
    whole = travel_matrix(snapped, network, season=season, engine=engine)  # type: ignore[arg-type]
    part = travel_matrix(known, network, season=season, engine=engine)  # type: ignore[arg-type]
    grown = with_places(part, known, new, network, season=season, engine=engine)  # type: ignore[arg-type]
    assert grown.ids == whole.ids
    assert np.array_equal(grown.duration_s, whole.duration_s)
    assert grown.distance_m == pytest.approx(whole.distance_m, abs=1e-6)
    assert np.array_equal(grown.n_ferries, whole.n_ferries)
    ids = grown.ids[::2]
    assert grown.subset(ids).distance_m == pytest.approx(whole.subset(ids).distance_m, abs=1e-6)


def test_what_is_known_stays() -> None:
    """Cells that were set by hand are kept; only what is new is computed."""
    network = network_from_graph(grid_town(3))
    known, new = split(placed((0, 0.5), (3, 0.5), (7, 0.5)), 2)
    nines = np.array([[0.0, 9.0], [9.0, 0.0]])
    matrix = TravelMatrix(ids=known.ids, duration_s=nines, distance_m=nines, walk_m=np.zeros(2))
    grown = with_places(matrix, known, new, network, season="dry")
    assert grown.duration_s[:2, :2].tolist() == grown.distance_m[:2, :2].tolist() == nines.tolist()
    assert not grown.n_ferries.any()
    again = with_places(grown, known.joined(new), new, network, season="dry")
    assert again is grown


def test_places_are_found_by_their_ids() -> None:
    """The positions may stand in another order, and more of them than the matrix has."""
    network = network_from_graph(grid_town(3))
    places = placed((0, 0.5), (3, 0.25), (7, 0.75), (9, 0.5))
    whole = travel_matrix(places, network, season="dry")
    part = whole.subset(["p02", "p00"])
    new = places.take(np.array([3]))
    grown = with_places(part, places, new, network, season="dry")
    expected = whole.subset(["p02", "p00", "p03"])
    assert grown.ids == expected.ids
    assert grown.duration_s == pytest.approx(expected.duration_s)


def test_a_lost_position_is_named() -> None:
    """A place of the matrix that is not on the roads."""
    network = network_from_graph(grid_town(3))
    places = placed((0, 0.5), (3, 0.25))
    matrix = travel_matrix(places, network, season="dry")
    with pytest.raises(PlanningError, match="p01"):
        with_places(matrix, places.take(np.array([0])), places, network, season="dry")
