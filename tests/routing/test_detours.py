"""Second-best ways: found where there is another road, not invented where there is none."""

from __future__ import annotations

from itertools import groupby

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.errors import PlanningError
from outreach.routing.detours import find_detours
from outreach.routing.network import network_from_graph
from outreach.routing.snap import SnapParams
from outreach.routing.trace import trace
from tests.routing.tours import SNAP, metres, planned
from tests.worlds import METRE_DEG, grid_town

Road = tuple[int, int, float]
"""Two corners and how fast one rides between them, in km/h."""


def world(
    at: dict[int, tuple[int, int]], *roads: Road, one_way: tuple[Road, ...] = ()
) -> nx.MultiDiGraph:
    """Make straight roads between corners that are given in metres."""
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    for node, (x, y) in at.items():
        graph.add_node(node, x=103.6 + x * METRE_DEG, y=y * METRE_DEG)
    for a, b, kph in (*roads, *((b, a, kph) for a, b, kph in roads), *one_way):
        length_m = float(np.hypot(at[a][0] - at[b][0], at[a][1] - at[b][1]))
        graph.add_edge(a, b, length=length_m, duration_s=length_m / (kph / 3.6))
    return graph


def corners(line: shapely.LineString) -> list[tuple[int, int]]:
    """Give a line's corners in metres; a door on the road is one with its place there."""
    return [xy for xy, _ in groupby(metres(line))]


# Along the south of a rectangle, 2 km by 1 km, or around by its north: 4 km.
RECTANGLE = {0: (0, 0), 1: (2000, 0), 2: (2000, 1000), 3: (0, 1000)}
SOUTH, NORTH = (0, 1, 36.0), ((1, 2, 36.0), (2, 3, 36.0), (3, 0, 36.0))


def test_of_two_ways_the_other_is_told_with_its_own_time() -> None:
    """Around by the north, 4 km at 10 m a second."""
    network = network_from_graph(world(RECTANGLE, SOUTH, *NORTH))
    detours = find_detours(planned(network, {"A": (0, 0), "b": (2000, 0)}, "AbA"), network)
    assert detours[["from_id", "to_id"]].to_numpy().tolist() == [["A", "b"], ["b", "A"]]
    there, back = detours.geometry
    assert corners(there) == [(0, 0), (0, 1000), (2000, 1000), (2000, 0)]
    assert corners(back) == corners(there)[::-1]
    assert detours["distance_m"].tolist() == pytest.approx([4000, 4000], rel=1e-4)
    assert detours["duration_s"].tolist() == [400, 400]
    assert detours.crs == "EPSG:4326"


def test_walks_at_both_ends_belong_to_the_line_and_the_time() -> None:
    """Doors 40 m beside the road add 80 m at 4 km/h, 72 s."""
    network = network_from_graph(world(RECTANGLE, SOUTH, *NORTH))
    at = {"A": (0, -40), "b": (2000, -40)}
    detours = find_detours(planned(network, at, "Ab"), network, snap=SNAP)
    assert corners(detours.geometry[0])[0] == (0, -40)
    assert corners(detours.geometry[0])[-1] == (2000, -40)
    # A degree of latitude is 0.7 % shorter on the ellipsoid than these worlds take it.
    assert detours["duration_s"][0] == pytest.approx(400 + 72, abs=1)


def test_each_pair_is_told_once() -> None:
    """A way that is ridden on two days has one row."""
    network = network_from_graph(world(RECTANGLE, SOUTH, *NORTH))
    plan = planned(network, {"A": (0, 0), "b": (2000, 0)}, "Ab", "AbA")
    assert find_detours(plan, network)[["from_id", "to_id"]].to_numpy().tolist() == [
        *(["A", "b"], ["b", "A"])
    ]


def test_without_a_second_bridge_there_is_no_second_way() -> None:
    """Two blocks of streets are joined by one road; it is the way, whatever it costs."""
    at = {0: (0, 0), 1: (300, 0), 2: (300, 300), 3: (0, 300), 4: (3300, 0), 5: (3600, 0)}
    roads = ((0, 1), (1, 2), (2, 3), (3, 0), (1, 4), (4, 5))
    network = network_from_graph(world(at, *((a, b, 36.0) for a, b in roads)))
    plan = planned(network, {"A": (0, 0), "b": (3600, 0)}, "AbA")
    assert find_detours(plan, network).empty


def test_lanes_to_both_doors_are_shared() -> None:
    """Before and behind the rectangle lies a lane of 250 m, to which there is no other."""
    at = RECTANGLE | {4: (-250, 0), 5: (2250, 0)}
    network = network_from_graph(world(at, SOUTH, *NORTH, (4, 0, 18.0), (1, 5, 18.0)))
    plan = planned(network, {"A": (-250, 0), "b": (2250, 0)}, "Ab")
    (line,) = find_detours(plan, network).geometry
    assert corners(line) == [
        *((-250, 0), (0, 0), (0, 1000), (2000, 1000), (2000, 0), (2250, 0)),
    ]


@pytest.mark.parametrize(("road_m", "is_told"), [(9_000, True), (10_000, False)])
def test_a_way_that_is_nearly_the_same_is_not_told(road_m: int, is_told: bool) -> None:  # noqa: FBT001
    """Of a long road and 4 km around, the 4 km must be three in ten: up to 9.3 km of road."""
    at = RECTANGLE | {4: (2000 + road_m, 0)}
    network = network_from_graph(world(at, SOUTH, *NORTH, (1, 4, 36.0)))
    plan = planned(network, {"A": (0, 0), "b": (2000 + road_m, 0)}, "Ab")
    assert len(find_detours(plan, network)) == is_told


@pytest.mark.parametrize(("kph", "is_told"), [(18.0, True), (7.3, True), (7.1, False)])
def test_half_an_hour_longer_is_too_long(kph: float, is_told: bool) -> None:  # noqa: FBT001
    """Instead of 200 s at most 2000 s: around, 4 km, that is 7.2 km/h."""
    slow = tuple((a, b, kph) for a, b, _ in NORTH)
    network = network_from_graph(world(RECTANGLE, SOUTH, *slow))
    plan = planned(network, {"A": (0, 0), "b": (2000, 0)}, "Ab")
    assert len(find_detours(plan, network)) == is_told


@pytest.mark.parametrize(("kph", "is_told"), [(24.5, True), (23.5, False)])
def test_of_a_long_ride_three_times_as_long_is_too_long(kph: float, is_told: bool) -> None:  # noqa: FBT001
    """Twice the road at less than two thirds of the speed is more than three times as long."""
    far = {node: (20 * x, 20 * y) for node, (x, y) in RECTANGLE.items()}
    slow = tuple((a, b, kph) for a, b, _ in NORTH)
    network = network_from_graph(world(far, SOUTH, *slow))
    plan = planned(network, {"A": (0, 0), "b": (40_000, 0)}, "Ab")
    assert len(find_detours(plan, network)) == is_told


def test_nearly_as_good_a_way_is_preferred_to_one_that_shares_nothing() -> None:
    """Half the road has a twin 100 m beside it; the way that shares nothing is 10 km."""
    at = {0: (0, 0), 1: (1500, 0), 2: (3000, 0), 3: (0, 100), 4: (1500, 100)}
    at |= {5: (0, -3500), 6: (3000, -3500)}
    roads = ((0, 1), (1, 2), (0, 3), (3, 4), (4, 1), (0, 5), (5, 6), (6, 2))
    network = network_from_graph(world(at, *((a, b, 36.0) for a, b in roads)))
    plan = planned(network, {"A": (0, 0), "b": (3000, 0)}, "Ab")
    (line,) = find_detours(plan, network).geometry
    assert corners(line) == [(0, 0), (0, 100), (1500, 100), (1500, 0), (3000, 0)]


def test_two_roads_between_the_same_crossings_are_two_ways() -> None:
    """The graph of paths holds only the faster of them, and yet the other is found."""
    graph = world({0: (0, 0), 1: (2000, 0)}, SOUTH)
    bow = [(0, 0), (0, 1000), (2000, 1000), (2000, 0)]
    for a, b, shape in ((0, 1, bow), (1, 0, bow[::-1])):
        line = shapely.LineString([(103.6 + x * METRE_DEG, y * METRE_DEG) for x, y in shape])
        graph.add_edge(a, b, length=4000.0, duration_s=400.0, geometry=line)
    network = network_from_graph(graph)
    plan = planned(network, {"A": (0, 0), "b": (2000, 0)}, "AbA")
    there, back = find_detours(plan, network).geometry
    assert corners(there) == bow
    assert corners(back) == bow[::-1]


def test_a_second_way_does_not_ride_past_the_door_and_back() -> None:
    """The house is 1 km along the south road; from the east it is reached by its far end."""
    network = network_from_graph(world(RECTANGLE, SOUTH, *NORTH))
    plan = planned(network, {"A": (0, 0), "b": (1000, 0)}, "Ab")
    (line,) = find_detours(plan, network).geometry
    assert corners(line) == [(0, 0), (0, 1000), (2000, 1000), (2000, 0), (1000, 0)]


def test_between_two_doors_on_one_road_the_other_way_is_around() -> None:
    """From 200 m to 1800 m along the south: back to the corner, and around."""
    network = network_from_graph(world(RECTANGLE, SOUTH, *NORTH))
    plan = planned(network, {"A": (200, 0), "b": (1800, 0)}, "AbA")
    there, back = find_detours(plan, network).geometry
    around = [(200, 0), (0, 0), (0, 1000), (2000, 1000), (2000, 0), (1800, 0)]
    assert corners(there) == around
    assert corners(back) == around[::-1]


def test_a_one_way_road_helps_in_its_direction_only() -> None:
    """The north is one-way, from east to west."""
    network = network_from_graph(world(RECTANGLE, SOUTH, one_way=NORTH))
    detours = find_detours(planned(network, {"A": (0, 0), "b": (2000, 0)}, "AbA"), network)
    assert detours[["from_id", "to_id"]].to_numpy().tolist() == [["b", "A"]]


def test_what_is_shut_in_the_season_is_no_second_way() -> None:
    """The north is a track that the rain shuts."""
    graph = world(RECTANGLE, SOUTH, *NORTH)
    for a, b in ((2, 3), (3, 2)):
        graph.edges[a, b, 0]["duration_wet_s"] = float("inf")
    network = network_from_graph(graph)
    plan = planned(network, {"A": (0, 0), "b": (2000, 0)}, "Ab", season="wet")
    assert find_detours(plan, network).empty
    assert len(find_detours(plan, network, season="dry")) == 1


def rained_on(graph: nx.MultiDiGraph, *soft: tuple[int, int]) -> nx.MultiDiGraph:
    """Let the rain slow these roads down by half, both ways."""
    for a, b in (*soft, *((b, a) for a, b in soft)):
        graph.edges[a, b, 0]["duration_wet_s"] = 1.5 * graph.edges[a, b, 0]["duration_s"]
    return graph


# A town from 0 to 1 with a way around it, laterite from 1 to 2, and gravel around that.
TOWN_AND_TRACK = {0: (0, 0), 1: (4000, 0), 2: (6000, 0), 3: (0, 1000), 4: (4000, 1000)}
TOWN_AND_TRACK |= {5: (4000, -2000), 6: (6000, -2000)}
TOWN = ((0, 1, 36.0), (0, 3, 36.0), (3, 4, 36.0), (4, 1, 36.0))
TRACK, GRAVEL = (1, 2, 36.0), ((1, 5, 36.0), (5, 6, 36.0), (6, 2, 36.0))


def test_a_way_around_the_town_is_none_around_the_laterite() -> None:
    """Six of eight kilometres are other roads, and all that the rain shuts is shared."""
    graph = world(TOWN_AND_TRACK, *TOWN, TRACK)
    plan = planned(network_from_graph(graph), {"A": (0, 0), "b": (6000, 0)}, "Ab")
    assert len(find_detours(plan, network_from_graph(graph))) == 1
    assert find_detours(plan, network_from_graph(rained_on(graph, (1, 2)))).empty


def test_the_laterite_is_gone_around_and_the_town_is_shared() -> None:
    """By the 6 km of gravel behind the same 4 km of town: 10 km, none of them soft."""
    network = network_from_graph(rained_on(world(TOWN_AND_TRACK, *TOWN, TRACK, *GRAVEL), (1, 2)))
    detours = find_detours(planned(network, {"A": (0, 0), "b": (6000, 0)}, "Ab"), network)
    assert corners(detours.geometry[0]) == [
        *((0, 0), (4000, 0), (4000, -2000), (6000, -2000), (6000, 0)),
    ]
    row = detours.iloc[0]
    assert row["duration_s"] == pytest.approx(1000, abs=1)
    assert (row["soft_m"], row["shared_soft_m"]) == (0, 0)


def test_other_soft_road_is_counted_and_not_taken_for_shared() -> None:
    """Of the way around, the 2 km at its far end are soft as well."""
    graph = rained_on(world(TOWN_AND_TRACK, *TOWN, TRACK, *GRAVEL), (1, 2), (6, 2))
    network = network_from_graph(graph)
    detours = find_detours(planned(network, {"A": (0, 0), "b": (6000, 0)}, "Ab"), network)
    assert detours["soft_m"].tolist() == pytest.approx([2000], rel=1e-2)
    assert detours["shared_soft_m"].tolist() == [0]


@pytest.mark.parametrize(("shared_m", "is_told"), [(1900, True), (2100, False)])
def test_half_of_the_soft_road_may_be_shared(shared_m: int, is_told: bool) -> None:  # noqa: FBT001
    """Two kilometres of laterite can be gone around, and what follows them cannot."""
    at = RECTANGLE | {4: (2000 + shared_m, 0)}
    graph = rained_on(world(at, SOUTH, *NORTH, (1, 4, 36.0)), (0, 1), (1, 4))
    network = network_from_graph(graph)
    detours = find_detours(
        planned(network, {"A": (0, 0), "b": (2000 + shared_m, 0)}, "Ab"), network
    )
    assert len(detours) == is_told
    assert detours["shared_soft_m"].tolist() == pytest.approx([shared_m] * is_told, rel=1e-4)


def test_more_time_is_spent_on_sharing_clearly_less() -> None:
    """The near way around keeps 800 m of laterite; the far one, 12 km more, keeps none."""
    at = {0: (0, 0), 1: (800, 0), 2: (3000, 0), 3: (800, -500), 4: (3000, -500)}
    at |= {5: (0, 6000), 6: (3000, 6000)}
    near = ((1, 3, 36.0), (3, 4, 36.0), (4, 2, 36.0))
    far = ((0, 5, 72.0), (5, 6, 72.0), (6, 2, 72.0))
    graph = rained_on(world(at, (0, 1, 36.0), (1, 2, 36.0), *near, *far), (0, 1), (1, 2))
    network = network_from_graph(graph)
    detours = find_detours(planned(network, {"A": (0, 0), "b": (3000, 0)}, "Ab"), network)
    assert corners(detours.geometry[0]) == [(0, 0), (0, 6000), (3000, 6000), (3000, 0)]
    assert detours["shared_soft_m"].tolist() == [0]


@pytest.mark.parametrize(("soft_m", "is_told"), [(490, False), (510, True)])
def test_half_a_kilometre_of_soft_road_is_gone_around(soft_m: int, is_told: bool) -> None:  # noqa: FBT001
    """Between near neighbours too, who have no second way else."""
    at = {0: (0, 0), 1: (soft_m, 0), 2: (soft_m, 300), 3: (0, 300)}
    network = network_from_graph(rained_on(world(at, SOUTH, *NORTH), (0, 1)))
    plan = planned(network, {"A": (0, 0), "b": (soft_m, 0)}, "Ab")
    assert len(find_detours(plan, network)) == is_told


def test_next_door_needs_no_second_way() -> None:
    """Up to 600 m, where all is near to one of the ends."""
    network = network_from_graph(grid_town(8))
    plan = planned(network, {"A": (0, 0), "b": (600, 0), "c": (700, 0)}, "Ab", "Ac", "AA")
    assert find_detours(plan, network)["to_id"].tolist() == ["c"]


def test_an_empty_plan_has_an_empty_table() -> None:
    """Nothing planned, nothing to go around; the columns are there."""
    network = network_from_graph(grid_town())
    detours = find_detours(planned(network, {"A": (0, 0)}), network)
    columns = [
        "from_id",
        "to_id",
        "duration_s",
        "distance_m",
        "soft_m",
        "shared_soft_m",
        "geometry",
    ]
    assert list(detours.columns) == columns
    assert detours.empty


def test_a_stop_far_from_these_roads_is_named() -> None:
    """A plan for another town does not fit."""
    network = network_from_graph(grid_town())
    plan = planned(network, {"A": (50, -20), "b": (60, -300)}, "Ab")
    with pytest.raises(PlanningError, match=r"^b: no road near"):
        find_detours(plan, network, snap=SnapParams(max_distance_m=100))


@given(
    at=st.lists(st.tuples(st.integers(0, 1400), st.integers(0, 1400)), min_size=2, max_size=4),
    seed=st.integers(0, 10**6),
)
@settings(max_examples=30, deadline=None)
def test_second_ways_are_ways_and_never_faster(at: list[tuple[int, int]], seed: int) -> None:
    """On streets of random speed: as long as drawn, along streets, between the two doors."""
    graph = grid_town(8, block_m=200)
    rng = np.random.default_rng(seed)
    for edge in sorted(graph.edges):
        graph.edges[edge]["duration_s"] = float(rng.choice([10, 20, 20, 40]))
    network = network_from_graph(graph)
    lonlat = {
        name: (103.6 + x * METRE_DEG, y * METRE_DEG)
        for name, (x, y) in zip("Abcd", at, strict=False)
    }
    places = dict(zip("Abcd", at, strict=False))
    plan = planned(network, places, "".join(places))
    detours = find_detours(plan, network, snap=SNAP)
    best = trace(plan, network, snap=SNAP).legs.set_index(["from_id", "to_id"])
    for row in detours.itertuples():
        leg = best.loc[(row.from_id, row.to_id)]
        assert row.duration_s >= leg.duration_s
        ends = [*row.geometry.coords[0], *row.geometry.coords[-1]]
        assert ends == pytest.approx([*lonlat[row.from_id], *lonlat[row.to_id]])
        drawn_m = detours.loc[[row.Index]].to_crs(network.crs).length.iloc[0]
        assert drawn_m == pytest.approx(row.distance_m + leg.walk_m, rel=1e-2, abs=0.5)
        # What is drawn on streets of the best way is at most seven tenths of it.
        shared_m = row.geometry.intersection(leg.geometry.buffer(METRE_DEG)).length / METRE_DEG
        assert shared_m <= 0.7 * row.distance_m + leg.walk_m + 15
