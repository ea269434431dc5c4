"""Legs of several lengths tell the speed of each kind of road, where enough of them do."""

from __future__ import annotations

import datetime as dt
import math
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

import networkx as nx
import pytest

from outreach.coverage.punctuality import TimedLeg
from outreach.coverage.speed_evidence import Roads, speed_evidence
from outreach.model import Stop
from outreach.routing.impedance import ImpedanceParams
from outreach.routing.network import network_from_graph
from tests.coverage.diary import MONDAY
from tests.worlds import METRE_DEG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from outreach.routing.road_network import RoadNetwork

KM = (1, 2, 3, 4, 5, 6)
"""The villages along the road, by kilometre from its start."""


def road(kph: float = 30.0, surface: str | None = "laterite") -> RoadNetwork:
    """Make a straight track of seven kilometres, and an asphalt road of seven beyond it."""
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    for km in range(15):
        graph.add_node(km, x=103.6 + km * 1000 * METRE_DEG, y=0.0)
    for km in range(14):
        is_track = km < 7
        tags = {"highway": "track" if is_track else "primary"}
        if surface is not None or not is_track:
            tags["surface"] = str(surface) if is_track else "asphalt"
        speed = kph if is_track else 48.0
        for a, b in ((km, km + 1), (km + 1, km)):
            graph.add_edge(a, b, length=1000.0, duration_s=3600 / speed, oneway=False, **tags)
    return network_from_graph(graph)


def place(km: float) -> Stop:
    """Place a village at a kilometre."""
    return Stop(
        kind="visit",
        place_id=f"km-{km}",
        lon=103.6 + km * 1000 * METRE_DEG,
        lat=0.0,
        arrives_s=0,
        starts_s=0,
        departs_s=0,
    )


def legs(
    took_s: Callable[[float], float], ways: Iterable[tuple[float, float]], *, kph: float = 30.0
) -> list[TimedLeg]:
    """Ride each way, planned at a speed; `took_s` makes the real time of the planned one."""
    found = []
    for n, (a, b) in enumerate(ways):
        planned_s = abs(a - b) * 3600 / kph
        found.append(
            TimedLeg(
                date=MONDAY + dt.timedelta(days=n % 10),
                start=place(a),
                end=place(b),
                planned_s=round(planned_s),
                real_s=round(took_s(planned_s)),
                season="dry",
            )
        )
    return found


ALONG = [(a, b) for a in KM for b in KM if a != b]
"""Thirty legs of one to five kilometres, 2 to 10 minutes at 30 km/h; three on each of ten days."""


def test_twice_the_time_is_half_the_speed() -> None:
    """Laterite is 30 km/h in the dry season; all legs took twice as long, and 3 minutes more."""
    (found,) = speed_evidence(legs(lambda s: 2 * s + 180, ALONG), Roads(network=road()))
    assert (found.highway, found.surface, found.season) == ("track", "laterite", "dry")
    assert (found.n_legs, found.n_pairs, found.n_days) == (30, 15, 10)
    assert found.verdict == "slower"
    assert found.now_kph == pytest.approx(30, rel=0.01)
    assert (found.ratio, found.start_s) == pytest.approx((2, 180), rel=0.01)
    assert found.suggested_kph == pytest.approx(15, rel=0.01)
    assert found.distance_km == pytest.approx(70, rel=0.01)
    # A track is ridden at 25 km/h at most by the tables; this world's 30 is another's figure.
    assert (found.key, found.key_kph) == (None, None)


def test_the_figure_of_the_settings_is_named() -> None:
    """Where tracks may be ridden at 40, laterite's 30 decides."""
    faster = ImpedanceParams.from_table({"speeds_kph": {"track": 40}})
    ridden = legs(lambda s: 2 * s, ALONG)
    (found,) = speed_evidence(ridden, Roads(network=road(), impedance=faster))
    assert (found.key, found.key_kph) == ("roads.surface_kph.dry.laterite", 15.0)
    written = tomllib.loads(f"{found.key} = {found.key_kph}")["roads"]
    now = ImpedanceParams.from_table({"speeds_kph": {"track": 40}, **written})
    assert now.surface_kph["dry"]["laterite"] == 15


def test_a_figure_that_another_one_holds_down_is_not_named() -> None:
    """Twice as fast as 25 would be 50, but laterite allows 30 only: two figures are wrong."""
    ridden = legs(lambda s: s / 2, ALONG, kph=25)
    (found,) = speed_evidence(ridden, Roads(network=road(25)))
    assert (found.verdict, found.key) == ("faster", None)
    assert found.suggested_kph == pytest.approx(50, rel=0.01)


def test_a_surface_that_nobody_tagged_is_the_assumed_one() -> None:
    """An untagged track is ground, by the tables; a class with more speed leaves it to that."""
    faster = ImpedanceParams.from_table({"speeds_kph": {"track": 40}})
    ridden = legs(lambda s: 2 * s, ALONG, kph=25)
    network = road(25, surface=None)
    (found,) = speed_evidence(ridden, Roads(network=network, impedance=faster))
    assert (found.surface, found.key, found.key_kph) == (
        "ground",
        "roads.surface_kph.dry.ground",
        12.5,
    )


def test_where_two_figures_say_the_same_neither_is_named() -> None:
    """Tracks and ground are ridden at 25 by the tables: which of them is wrong?"""
    ridden = legs(lambda s: 2 * s, ALONG, kph=25)
    (found,) = speed_evidence(ridden, Roads(network=road(25, surface=None)))
    assert (found.verdict, found.key, found.key_kph) == ("slower", None, None)


def test_getting_going_is_no_slow_road() -> None:
    """Every leg took five minutes more, short or long: the speed is right."""
    (found,) = speed_evidence(legs(lambda s: s + 300, ALONG), Roads(network=road()))
    assert (found.verdict, found.suggested_kph, found.key) == ("agrees", None, None)
    assert (found.ratio, found.start_s) == pytest.approx((1, 300), rel=0.01)


def test_chance_is_no_evidence() -> None:
    """Some legs took twice as long and some half, whatever their length: nothing is suggested."""
    ridden = legs(lambda s: s, ALONG)
    mixed = [
        replace(leg, real_s=round(leg.planned_s * (1.5 if n % 2 else 0.5)))
        for n, leg in enumerate(ridden)
    ]
    (found,) = speed_evidence(mixed, Roads(network=road()))
    assert (found.verdict, found.suggested_kph) == ("few", None)
    assert found.ratio_low < 1 < found.ratio_high


@pytest.mark.parametrize(
    "ways",
    [ALONG[:9], [(1, 2), (2, 4)] * 6, [(1, 3), (3, 5), (2, 4), (4, 6)] * 3],
    ids=["nine legs", "two pairs", "one length"],
)
def test_little_evidence_is_called_little(ways: list[tuple[int, int]]) -> None:
    """Too few legs, always the same two villages, or all of a length: no verdict."""
    (found,) = speed_evidence(legs(lambda s: 3 * s, ways), Roads(network=road()))
    assert (found.verdict, found.suggested_kph) == ("few", None)
    assert math.isnan(found.ratio)
    assert found.n_legs == len(ways)


def test_one_week_is_little() -> None:
    """Thirty legs, but all of five days, on which it may have rained."""
    ridden = [
        replace(leg, date=MONDAY + dt.timedelta(days=n % 5))
        for n, leg in enumerate(legs(lambda s: 3 * s, ALONG))
    ]
    (found,) = speed_evidence(ridden, Roads(network=road()))
    assert (found.n_days, found.verdict) == (5, "few")


def test_legs_over_two_kinds_of_road_tell_both() -> None:
    """Each leg has track and asphalt in other parts; only the track takes twice as long."""
    ways = [(a, b) for a in range(1, 7) for b in range(8, 13)]
    ridden = [
        TimedLeg(
            date=MONDAY + dt.timedelta(days=n % 10),
            start=place(a),
            end=place(b),
            planned_s=(7 - a) * 120 + (b - 7) * 75,
            real_s=240 + 2 * (7 - a) * 120 + (b - 7) * 75,
            season="dry",
        )
        for n, (a, b) in enumerate(ways)
    ]
    track, asphalt = speed_evidence(ridden, Roads(network=road()))
    assert (track.highway, track.verdict, asphalt.verdict) == ("track", "slower", "agrees")
    assert (track.ratio, asphalt.ratio) == pytest.approx((2, 1), rel=0.01)
    assert track.start_s == pytest.approx(240, abs=5)


def test_a_leg_that_the_roads_do_not_explain_says_nothing() -> None:
    """Planned over a detour, while the road was closed."""
    detour = TimedLeg(
        date=MONDAY, start=place(1), end=place(3), planned_s=900, real_s=3000, season="dry"
    )
    assert speed_evidence([detour], Roads(network=road())) == ()


def test_a_place_far_from_the_roads_says_nothing() -> None:
    """The roads were made anew, and no longer reach it."""
    far = TimedLeg(
        date=MONDAY, start=place(1), end=place(40), planned_s=900, real_s=3000, season="dry"
    )
    assert speed_evidence([far], Roads(network=road())) == ()


def test_what_loses_most_comes_first() -> None:
    """The track lost more time than the asphalt road, and both more than nothing."""
    asphalt = [(a + 7, b + 7) for a, b in ALONG]
    ridden = legs(lambda s: 2 * s, ALONG) + legs(lambda s: 1.5 * s, asphalt, kph=48)
    found = speed_evidence(ridden, Roads(network=road()))
    assert [(e.highway, e.verdict) for e in found] == [("track", "slower"), ("primary", "slower")]
    assert found[1].key == "roads.speeds_kph.primary"
    assert found[1].key_kph == pytest.approx(32, rel=0.01)
