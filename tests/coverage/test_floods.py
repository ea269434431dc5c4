"""Floods shut roads that the rain slows, around one spot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from outreach.coverage.floods import flooded
from outreach.routing.impedance import ImpedanceParams
from outreach.routing.network import build_network
from tests.worlds import grid_town

if TYPE_CHECKING:
    from outreach.routing.road_network import RoadNetwork


@pytest.fixture(scope="module")
def soaked() -> RoadNetwork:
    """Make a town of which the northern half is slower when it is wet."""
    network = build_network(grid_town(), impedance=ImpedanceParams())
    seconds = network.duration_s["dry"]
    is_north = network.lat[network.edge_from] > np.median(network.lat)
    return replace(network, duration_s={"dry": seconds, "wet": seconds * (1 + is_north)})


@pytest.mark.parametrize("seed", range(5))
def test_what_is_shut_lies_together_and_is_no_more_than_the_share(
    soaked: RoadNetwork, seed: int
) -> None:
    """Half of what is slowed at most, both ways of a road alike, and nothing else."""
    wet = flooded(soaked, share=0.5, lot=np.random.default_rng(seed))
    is_shut = np.isinf(wet.duration_s["wet"])
    is_slow = soaked.duration_s["wet"] > soaked.duration_s["dry"]
    assert is_shut.any()
    back = soaked.reverse[is_shut]
    assert is_shut[back[back >= 0]].all()
    shut_m, slow_m = (soaked.length_m[which].sum() for which in (is_shut & is_slow, is_slow))
    assert shut_m <= 0.5 * slow_m + soaked.length_m.max()
    assert np.array_equal(wet.duration_s["dry"], soaked.duration_s["dry"])
    assert not np.isinf(wet.duration_s["dry"]).any()
    again = flooded(soaked, share=0.5, lot=np.random.default_rng(seed))
    assert np.array_equal(again.duration_s["wet"], wet.duration_s["wet"])


def test_without_slow_roads_nothing_is_flooded() -> None:
    """Asphalt all over."""
    network = build_network(grid_town(), impedance=ImpedanceParams())
    dry = replace(network, duration_s=dict.fromkeys(("dry", "wet"), network.duration_s["dry"]))
    assert flooded(dry, share=1.0, lot=np.random.default_rng(0)) is dry


def test_a_share_of_nothing_shuts_nothing(soaked: RoadNetwork) -> None:
    """No edge is short enough."""
    wet = flooded(soaked, share=0.0, lot=np.random.default_rng(0))
    assert np.array_equal(wet.duration_s["wet"], soaked.duration_s["wet"])
