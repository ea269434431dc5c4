"""What the pages are told: each reader what is theirs, nothing more."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from outreach.output.itinerary import routes_of
from outreach.output.page_data import Look, Ways, short_form, ways_of, worker_data
from outreach.output.plan_json import plan_document, plan_from_document
from outreach.output.supervisor_data import supervisor_data
from tests.output.sample import PINNED

if TYPE_CHECKING:
    from outreach.model import Plan
    from outreach.output.words import Words
    from outreach.routing.trace import Traces


@pytest.fixture
def ways(traces: Traces) -> Ways:
    """Give the sample week's ways, without second-best ones."""
    return ways_of(traces)


def test_a_worker_is_told_nothing_of_others(plan: Plan, ways: Ways, words: Words) -> None:
    """No id, place or name of a stop that the worker does not go to is in the data."""
    told = json.dumps(worker_data(plan, ways, "KOTA", words), ensure_ascii=False)
    others = [stop for r in routes_of(plan, "SAD-1") for stop in r.stops if stop.kind == "visit"]
    mine = {stop.place_id for r in routes_of(plan, "KOTA") for stop in r.stops}
    assert {stop.beneficiary_id for stop in others}.isdisjoint(mine)
    assert not [s.beneficiary_id for s in others if f'"{s.beneficiary_id}"' in told]
    assert not [s.lon for s in others if f"{s.lon}" in told]
    assert "K-101" not in told


def test_a_worker_is_told_how_many_are_left_out(plan: Plan, ways: Ways, words: Words) -> None:
    """Each kind of loss has its count and not a single row."""
    groups = worker_data(plan, ways, "KOTA", words)["left_out"]
    assert [(g["kind"], g["n"], g["rows"]) for g in groups] == [
        (kind, 1, []) for kind in ("unserved", "unreachable", "unsnapped", "invalid")
    ]


def test_the_supervisor_is_told_of_everybody(plan: Plan, ways: Ways, words: Words) -> None:
    """Every stop of every route is there, and every loss with its reason."""
    data = supervisor_data(plan, ways, words, links={})
    stops = [item for r in data["routes"] for item in r["items"] if item["is"] == "stop"]
    assert len(stops) == sum(len(route.stops) for route in plan.day_routes)
    rows = [row for group in data["left_out"] for row in group["rows"]]
    assert {row["id"] for row in rows} == {loss.beneficiary_id for loss in plan.losses}
    assert all(row["why"] for row in rows)


def test_every_leg_has_its_way(plan: Plan, ways: Ways, words: Words) -> None:
    """A route has as many drawn legs as the plan, and each onward way points to its own."""
    for route in supervisor_data(plan, ways, words, links={})["routes"]:
        stops = [item for item in route["items"] if item["is"] == "stop"]
        assert len(route["legs"]) == len(stops) - 1
        onward = [item["onward"]["leg"] for item in stops if item["onward"]]
        assert onward == sorted(onward)
        assert set(onward) <= set(range(len(route["legs"])))


def test_ticks_belong_to_one_visit_and_tell_nothing(plan: Plan, ways: Ways, words: Words) -> None:
    """Keys are all different, the same for an equal plan, and hold no id."""
    first, again = (worker_data(plan, ways, "KOTA", words) for _ in range(2))
    assert first == again
    stops = [item for r in first["routes"] for item in r["items"] if item["is"] == "stop"]
    ticks = [stop["tick"] for stop in stops if stop["kind"] in {"visit", "partner"}]
    assert len(set(ticks)) == len(ticks)
    assert all(set(tick) <= set("0123456789abcdef") for tick in ticks)


def names_kept(plan: Plan, ways: Ways, words: Words) -> set[str]:
    """Give all names under which a phone keeps what was done."""
    data = worker_data(plan, ways, "KOTA", words)
    items = [item for route in data["routes"] for item in route["items"]]
    return {data["key"], *(item["tick"] for item in items if item.get("tick"))}


def test_names_on_phones_cannot_be_found_by_trying(plan: Plan, ways: Ways, words: Words) -> None:
    """Ids and dates make none of them: they change with where others of the plan live."""
    away = next(route for route in plan.day_routes if route.team_id != "KOTA")
    moved = replace(away, stops=tuple(replace(stop, lon=stop.lon + 1e-4) for stop in away.stops))
    elsewhere = replace(
        plan, day_routes=tuple(moved if route is away else route for route in plan.day_routes)
    )
    assert names_kept(plan, ways, words).isdisjoint(names_kept(elsewhere, ways, words))


def test_names_on_phones_outlive_a_new_drawing(plan: Plan, ways: Ways, words: Words) -> None:
    """What was ticked is found again on pages drawn from the plan's file, in any order."""
    again = plan_from_document(json.loads(json.dumps(plan_document(plan))))
    names = names_kept(plan, ways, words)
    assert names_kept(again, ways, words) == names
    turned = replace(plan, day_routes=plan.day_routes[::-1])
    assert names_kept(turned, ways, words) == names


def second_ways(*ends: tuple[str, str], soft_m: float = 0.0) -> gpd.GeoDataFrame:
    """Give ways of 15 km and 65 minutes between these places."""
    columns = {
        "from_id": [a for a, _ in ends],
        "to_id": [b for _, b in ends],
        "duration_s": [3900] * len(ends),
        "distance_m": [15_000.0] * len(ends),
        "soft_m": [soft_m] * len(ends),
    }
    line = shapely.LineString([(103.6, -1.6), (103.7, -1.7)])
    return gpd.GeoDataFrame(columns, geometry=[line] * len(ends), crs="EPSG:4326")


def soft_first_leg(ways: Ways, soft_m: float) -> Ways:
    """Let the first of the town worker's legs have so much soft road."""
    first, *others = ways.legs["KOTA", 0]
    softer = replace(first, soft_m=soft_m)
    return replace(ways, legs={**ways.legs, ("KOTA", 0): (softer, *others)})


def first_onward(plan: Plan, ways: Ways, words: Words) -> dict[str, str | None]:
    """Give what the list says of the way to the town worker's first stop."""
    items = worker_data(plan, ways, "KOTA", words)["routes"][0]["items"]
    onward: dict[str, str | None] = items[0]["onward"]
    return onward


def ends_of_first_leg(plan: Plan) -> tuple[str, str]:
    """Give the ends of the town worker's first leg."""
    leg = routes_of(plan, "KOTA")[0].legs[0]
    return leg.from_id, leg.to_id


@pytest.mark.parametrize(
    ("soft_m", "told"),
    [
        (499, "bila jalan tertutup: 15,0 km, 1 jam 5 menit"),
        (
            12_300,
            "bila jalan tertutup: 15,0 km, 1 jam 5 menit, 12,3 km di antaranya lambat saat hujan",
        ),
    ],
)
def test_a_second_way_tells_its_own_soft_road(
    plan: Plan, traces: Traces, words: Words, soft_m: float, told: str
) -> None:
    """From half a kilometre on, since what is shut by rain may be its road as well."""
    detours = second_ways(ends_of_first_leg(plan), soft_m=soft_m)
    assert first_onward(plan, ways_of(traces, detours), words)["other"] == told


def test_a_soft_way_without_another_says_so(plan: Plan, traces: Traces, words: Words) -> None:
    """Only where ways were looked for, and none was found for a leg that the rain may shut."""
    alone = "tidak ada jalan lain: tunggu atau telepon"
    sought, unsought = ways_of(traces, second_ways()), ways_of(traces)
    onward = first_onward(plan, soft_first_leg(sought, 500), words)
    assert onward["soft"] == f"0,5 km di antaranya lambat saat hujan · {alone}"
    assert onward["other"] is None
    assert first_onward(plan, soft_first_leg(sought, 499), words)["soft"] is None
    found = ways_of(traces, second_ways(ends_of_first_leg(plan)))
    for ways in (unsought, found):
        soft = first_onward(plan, soft_first_leg(ways, 500), words)["soft"]
        assert soft == "0,5 km di antaranya lambat saat hujan"


def test_a_second_way_is_told_with_its_length(plan: Plan, traces: Traces, words: Words) -> None:
    """Where a leg has one, the list says how long it takes, and the map has its line."""
    leg = next(leg for leg in plan.day_routes[0].legs if leg.distance_m > 1000)
    detours = second_ways((leg.from_id, leg.to_id))
    data = supervisor_data(plan, ways_of(traces, detours), words, links={})
    told = [
        item["onward"]["other"]
        for route in data["routes"]
        for item in route["items"]
        if item["is"] == "stop" and item["onward"] and item["onward"]["other"]
    ]
    assert told
    assert set(told) == {"bila jalan tertutup: 15,0 km, 1 jam 5 menit"}
    drawn = [leg["other"] for route in data["routes"] for leg in route["legs"] if leg["other"]]
    assert len(drawn) >= len(told)


def test_promises_are_told(plan: Plan, ways: Ways, words: Words) -> None:
    """Exactly the pinned visit says so."""
    data = supervisor_data(plan, ways, words, links={})
    items = [item for route in data["routes"] for item in route["items"]]
    assert {i["name"] for i in items if i.get("is_pinned")} == {PINNED}


@pytest.mark.parametrize(
    ("category", "short"),
    [("Suku Anak Dalam", "SAD"), ("AMPK", "AMPK"), ("Disabilitas", "Disab."), ("NAPZA", "NAPZA")],
)
def test_categories_are_short(category: str, short: str) -> None:
    """Initials of several words, else the first letters."""
    assert short_form(category) == short


def test_the_projects_short_form_counts(plan: Plan, ways: Ways, words: Words) -> None:
    """What the project calls a category stands in the list."""
    category = next(s.category for r in plan.day_routes for s in r.stops if s.category)
    data = supervisor_data(plan, ways, words, links={}, look=Look(shorts={category: "XY"}))
    shorts = [i["short"] for r in data["routes"] for i in r["items"] if i.get("category")]
    assert "XY" in shorts


def test_who_asks_a_server_says_so(plan: Plan, ways: Ways, words: Words) -> None:
    """Online pictures put a notice on the supervisor's page and never get to a worker's."""
    look = Look(online_tiles="https://tiles.example.org/{z}/{x}/{y}.png")
    office = supervisor_data(plan, ways, words, links={}, look=look)
    assert "tiles.example.org" in office["notices"][-1]
    assert worker_data(plan, ways, "KOTA", words, look=look)["tiles"] is None
