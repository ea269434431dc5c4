"""Legs follow the roads, and agree with the matrix."""

from __future__ import annotations

import dataclasses
import math

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.errors import PlanningError
from outreach.model import Stop
from outreach.routing.closures import closed
from outreach.routing.network import network_from_graph
from outreach.routing.snap import SnapParams
from outreach.routing.trace import trace
from tests.routing.tours import SNAP, metres, planned
from tests.worlds import METRE_DEG, grid_town, island, one_way_loop


def test_a_leg_walks_to_the_road_follows_it_and_walks_from_it() -> None:
    """From 20 m beside the first block around one corner to 10 m beside another street."""
    network = network_from_graph(grid_town())
    plan = planned(network, {"A": (50, -20), "b": (110, 60)}, "Ab")
    (line,) = trace(plan, network, snap=SNAP).legs.geometry
    assert metres(line) == [(50, -20), (50, 0), (100, 0), (100, 60), (110, 60)]


def test_back_along_a_two_way_road() -> None:
    """The way back has the same points the other way around."""
    network = network_from_graph(grid_town())
    plan = planned(network, {"A": (50, -20), "b": (110, 60)}, "AbA")
    there, back = trace(plan, network, snap=SNAP).legs.geometry
    assert metres(back) == metres(there)[::-1]


def test_places_on_one_edge_are_joined_along_it() -> None:
    """Between two places in one block no crossing is passed, in either direction."""
    network = network_from_graph(grid_town())
    plan = planned(network, {"A": (20, 10), "b": (80, 10)}, "AbA")
    there, back = trace(plan, network, snap=SNAP).legs.geometry
    assert metres(there) == [(20, 10), (20, 0), (80, 0), (80, 10)]
    assert metres(back) == metres(there)[::-1]


def test_against_a_one_way_the_line_goes_around() -> None:
    """On the ring, 60 m back are the whole round forth."""
    network = network_from_graph(one_way_loop())
    plan = planned(network, {"A": (80, -10), "b": (20, -10)}, "Ab")
    (line,) = trace(plan, network, snap=SNAP).legs.geometry
    assert metres(line) == [
        *((80, -10), (80, 0), (100, 0), (100, 100), (0, 100), (0, 0), (20, 0), (20, -10))
    ]


def test_curves_are_followed_also_where_an_edge_is_cut() -> None:
    """Only the part of the bend that is ridden is drawn."""
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    bend = [(0, 0), (0, 100), (100, 100), (200, 100), (200, 0)]
    lonlat = [(103.6 + x * METRE_DEG, y * METRE_DEG) for x, y in bend]
    graph.add_node(0, x=lonlat[0][0], y=lonlat[0][1])
    graph.add_node(1, x=lonlat[-1][0], y=lonlat[-1][1])
    for u, v, shape in ((0, 1, lonlat), (1, 0, lonlat[::-1])):
        graph.add_edge(u, v, length=400.0, duration_s=40.0, geometry=shapely.LineString(shape))
    network = network_from_graph(graph)
    plan = planned(network, {"A": (-5, 50), "b": (150, 105)}, "AbA")
    there, back = trace(plan, network, snap=SNAP).legs.geometry
    assert metres(there) == [(-5, 50), (0, 50), (0, 100), (100, 100), (150, 100), (150, 105)]
    assert metres(back) == metres(there)[::-1]


def test_staying_and_several_children_at_one_place() -> None:
    """A leg from a place to itself has no length; one to a neighbour only the two walks."""
    network = network_from_graph(grid_town())
    plan = planned(network, {"A": (50, -20), "b": (50, -20)}, "AAb")
    legs = trace(plan, network, snap=SNAP).legs
    assert metres(legs.geometry[0]) == [(50, -20), (50, -20)]
    assert metres(legs.geometry[1]) == [(50, -20), (50, 0), (50, -20)]
    assert legs["distance_m"].tolist() == [0, 0]
    assert legs["walk_m"].tolist() == pytest.approx([0, 40], rel=0.01)


def test_tables_hold_every_stop_and_leg_of_the_plan() -> None:
    """Stops carry all their fields and are numbered by day, bases apart."""
    network = network_from_graph(grid_town())
    at = {"A": (0, 0), "b": (110, 60), "c": (300, 210)}
    plan = planned(network, at, "AbcA", "AcA")
    traces = trace(plan, network, snap=SNAP)
    assert {f.name for f in dataclasses.fields(Stop)} <= set(traces.stops.columns)
    assert traces.stops["number"].fillna(0).tolist() == [0, 1, 2, 0, 0, 1, 0]
    assert traces.stops["day"].tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert traces.legs[["day", "from_id", "to_id"]].to_numpy().tolist() == [
        *([0, "A", "b"], [0, "b", "c"], [0, "c", "A"], [1, "A", "c"], [1, "c", "A"])
    ]
    assert traces.stops.crs == traces.legs.crs == "EPSG:4326"


def test_what_was_ridden_before_a_road_was_closed_follows_it() -> None:
    """On Monday straight on, on Tuesday around the flooded block; neither alone explains both."""
    network = network_from_graph(grid_town())
    spot = shapely.Point(103.6 + 150 * METRE_DEG, 0).buffer(10 * METRE_DEG)
    flooded = closed(network, [spot])
    at = {"A": (50, -20), "b": (250, -20)}
    dry, wet = (planned(roads, at, "AbA", "AbA") for roads in (network, flooded))
    plan = dataclasses.replace(dry, day_routes=(dry.day_routes[0], wet.day_routes[1]))
    legs = trace(plan, flooded, snap=SNAP, earlier=[(network, "dry")]).legs
    straight = [(50, -20), (50, 0), (100, 0), (200, 0), (250, 0), (250, -20)]
    assert metres(legs.geometry[0]) == straight
    assert (150, 0) not in metres(legs.geometry[2])
    assert legs["distance_m"].tolist() == pytest.approx([200, 200, 400, 400], abs=1)
    for roads in (network, flooded):
        with pytest.raises(PlanningError, match="2 legs do not agree"):
            trace(plan, roads, snap=SNAP)


def test_a_leg_of_a_begun_day_may_take_what_no_road_explains() -> None:
    """Who was turned back on Monday took longer; on Tuesday nobody is yet."""
    network = network_from_graph(grid_town())
    plan = planned(network, {"A": (50, -20), "b": (110, 60)}, "AbA", "AbA")
    late = tuple(
        dataclasses.replace(
            route,
            legs=(
                dataclasses.replace(route.legs[0], duration_s=9999 + route.day),
                *route.legs[1:],
            ),
        )
        for route in plan.day_routes
    )
    turned = dataclasses.replace(plan, day_routes=(late[0], plan.day_routes[1]))
    legs = trace(turned, network, snap=SNAP, begun_until=0).legs
    assert metres(legs.geometry[0]) == metres(trace(plan, network, snap=SNAP).legs.geometry[0])
    assert legs["duration_s"].tolist()[0] == 9999
    with pytest.raises(PlanningError, match="1 legs do not agree"):
        trace(dataclasses.replace(plan, day_routes=late), network, snap=SNAP, begun_until=0)


def test_a_ferry_is_measured() -> None:
    """Of 200 m by road and ferry, 100 m are on the water."""
    graph = grid_town(3)
    for node in (0, 1, 3, 4, 6, 7):
        for near, far in ((node, node + 1), (node + 1, node)):
            if graph.has_edge(near, far) and max(near, far) % 3 == 2:
                graph.edges[near, far, 0]["highway"] = "ferry"
    network = network_from_graph(graph)
    plan = planned(network, {"A": (0, -1), "b": (200, -1)}, "Ab")
    assert trace(plan, network, snap=SNAP).legs["ferry_m"].tolist() == pytest.approx([100], abs=1)


def soft_street(*soft: tuple[int, int], n: int = 4) -> nx.MultiDiGraph:
    """Make the grid town with streets that the rain slows down by half."""
    graph = grid_town(n)
    for a, b in soft:
        for edge in ((a, b, 0), (b, a, 0)):
            graph.edges[edge]["duration_wet_s"] = 1.5 * graph.edges[edge]["duration_s"]
    return graph


def test_soft_stretches_are_measured_and_those_that_touch_are_one() -> None:
    """Blocks one, two and four of a street are soft; the ride begins and ends inside a block."""
    graph = soft_street((0, 1), (1, 2), (3, 4), n=5)
    network = network_from_graph(graph)
    plan = planned(network, {"A": (50, -10), "b": (380, -10)}, "AbA", season="wet")
    legs = trace(plan, network, snap=SNAP).legs
    assert [[metres(line) for line in soft] for soft in legs["soft"]] == [
        [[(50, 0), (100, 0), (200, 0)], [(300, 0), (380, 0)]],
        [[(380, 0), (300, 0)], [(200, 0), (100, 0), (50, 0)]],
    ]
    assert legs["soft_m"].tolist() == pytest.approx([230, 230], abs=1)


def test_soft_is_what_rain_does_whatever_the_season_of_the_plan() -> None:
    """A street that the rain shuts, and one that it hardly slows, in a plan for the dry season."""
    graph = grid_town(3)
    for (a, b), wet_s in {(0, 1): math.inf, (1, 2): 10.4}.items():
        for edge in ((a, b, 0), (b, a, 0)):
            graph.edges[edge]["duration_wet_s"] = wet_s
    network = network_from_graph(graph)
    plan = planned(network, {"A": (0, 0), "b": (150, 0)}, "Ab", season="dry")
    legs = trace(plan, network, snap=SNAP).legs
    assert [metres(line) for line in legs["soft"][0]] == [[(0, 0), (100, 0)]]
    assert legs["soft_m"].tolist() == pytest.approx([100], abs=1)


def test_firm_roads_have_no_soft_stretch() -> None:
    """Without a difference between the seasons nothing is soft, nor on a leg that stays."""
    network = network_from_graph(grid_town())
    legs = trace(planned(network, {"A": (0, 0), "b": (250, 0)}, "Abb"), network, snap=SNAP).legs
    assert legs["soft"].tolist() == [(), ()]
    assert legs["soft_m"].tolist() == [0, 0]


def test_an_empty_plan_has_empty_tables() -> None:
    """Nothing planned is nothing traced."""
    network = network_from_graph(grid_town())
    traces = trace(planned(network, {"A": (0, 0)}), network)
    assert len(traces.legs) == len(traces.stops) == 0


def test_a_plan_of_other_roads_is_refused_and_the_leg_named() -> None:
    """Where the roads have become slower, the plan's legs are wrong."""
    network = network_from_graph(grid_town())
    plan = planned(network, {"A": (50, -20), "b": (410, 160)}, "AbA")
    slower = network_from_graph(grid_town(kph=18))
    with pytest.raises(PlanningError, match=r"2 legs .* t day 1 A → b .* plan again"):
        trace(plan, slower, snap=SNAP)


def test_a_leg_without_path_is_named() -> None:
    """Nobody rides to the island."""
    network = network_from_graph(island())
    plan = planned(network, {"A": (50, -20), "b": (1050, 10)}, "Ab")
    with pytest.raises(PlanningError, match="t day 1 A → b has no path"):
        trace(plan, network, snap=SNAP)


def test_a_stop_far_from_these_roads_is_named() -> None:
    """A plan for another town does not fit."""
    network = network_from_graph(grid_town())
    plan = planned(network, {"A": (50, -20), "b": (60, -300)}, "Ab")
    with pytest.raises(PlanningError, match=r"^b: no road near"):
        trace(plan, network, snap=SnapParams(max_distance_m=100))


@given(
    at=st.lists(st.tuples(st.integers(-80, 480), st.integers(-80, 480)), min_size=2, max_size=6),
    seed=st.integers(0, 10**6),
)
@settings(max_examples=60, deadline=None)
def test_every_line_is_as_long_as_its_leg(at: list[tuple[int, int]], seed: int) -> None:
    """Drawn lines measure the road and the walks, on streets of random speed and direction."""
    graph = grid_town()
    rng = np.random.default_rng(seed)
    for edge in sorted(graph.edges):
        graph.edges[edge]["duration_s"] = float(rng.choice([5, 5, 10, 10, 20, math.inf]))
    network = network_from_graph(graph)
    names = "Abcdef"[: len(at)]
    plan = planned(network, dict(zip(names, at, strict=True)), names)
    (route,) = plan.day_routes
    reachable = tuple(leg for leg in route.legs if math.isfinite(leg.distance_m))
    plan = dataclasses.replace(plan, day_routes=(dataclasses.replace(route, legs=reachable),))
    traces = trace(plan, network, snap=SNAP)
    drawn_m = traces.legs.to_crs(network.crs).length.to_numpy()
    planned_m = traces.legs["distance_m"] + traces.legs["walk_m"]
    # A degree of latitude, by which the world is drawn, is 0.7 % shorter on the ellipsoid than
    # the world's metres say, and a crossing's decimetre is not ridden.
    assert drawn_m == pytest.approx(planned_m.to_numpy(dtype=float), rel=1e-2, abs=0.5)
