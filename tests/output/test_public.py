"""The page that anybody may see: no number tells of a few people, and nothing of a single one."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections import defaultdict
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.errors import Message
from outreach.model import DayRoute, Loss, Plan, Stop
from outreach.output.public import HIDDEN, public_data
from outreach.output.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

Split = tuple[int, int, int]

# Squares of one degree side by side, each named by its number.
AREAS = tuple((f"area {i}", shapely.box(100 + i, -2, 101 + i, -1)) for i in range(4))


def visit(beneficiary_id: str, area: int, at_s: int = 0) -> Stop:
    """Place a visit somewhere in an area of its own number."""
    return Stop(
        kind="visit",
        place_id=beneficiary_id,
        visit_id=f"{beneficiary_id}:{at_s}",
        beneficiary_id=beneficiary_id,
        category="secret",
        area=f"area {area}",
        lon=100.5 + area,
        lat=-1.4321,
        arrives_s=at_s,
        starts_s=at_s,
        departs_s=at_s,
    )


def planned(
    visits: list[Stop],
    left_out: tuple[str, ...] = (),
    notices: tuple[Message, ...] = (),
    invalid: tuple[str, ...] = (),
) -> Plan:
    """Plan these visits on one day, and leave these people out."""
    route = DayRoute(
        team_id="worker-x",
        worker_ids=("worker-x",),
        circuit_id=None,
        day=0,
        starts_from="base",
        sleeps_at="base",
        stops=tuple(visits),
        legs=(),
    )
    return Plan(
        starts_at=dt.datetime(2026, 3, 2, tzinfo=ZoneInfo("Asia/Jakarta")),
        horizon_days=7,
        seed=0,
        season="dry",
        day_routes=(route,),
        unserved=tuple(
            Loss(kind="unserved", beneficiary_id=x, reason="no_time", detail=Message("no time"))
            for x in left_out
        ),
        invalid=tuple(
            Loss(kind="invalid", beneficiary_id=x, reason="no_place", detail=Message("no place"))
            for x in invalid
        ),
        notices=notices,
    )


def people(area: int, n: int, first: int = 0) -> list[Stop]:
    """Visit so many people of an area once each."""
    return [visit(f"id-{area}-{i}", area) for i in range(first, first + n)]


def told(data: dict[str, object]) -> dict[str, list[str]]:
    """Read what each row tells."""
    rows = data["areas"]
    assert isinstance(rows, list)
    return {row["name"]: row["cells"] for row in rows}


def world(splits: Sequence[Split], k: int) -> dict[str, object]:
    """Tell of areas with so many only visited, only left out, and both."""
    visits: list[Stop] = []
    left: list[str] = []
    homes: dict[str, tuple[float, float]] = {}
    for area, (n_whole, n_none, n_part) in enumerate(splits):
        visits += people(area, n_part + n_whole)
        gone = [f"gone-{area}-{i}" for i in range(n_none)]
        left += [f"id-{area}-{i}" for i in range(n_part)] + gone
        homes |= dict.fromkeys(gone, (100.5 + area, -1.5))
    return public_data(planned(visits, tuple(left)), AREAS, Words("en"), k, homes=homes)


def test_areas_are_counted_by_where_the_stops_lie(words: Words) -> None:
    """The plan's own area names do not matter where there is a layer."""
    moved = [visit(f"id-{i}", 1) for i in range(6)]
    layer = (("west", AREAS[0][1]), ("middle", AREAS[1][1]))
    assert told(public_data(planned(moved), layer, words)) == {"middle": ["6", "6", "0"]}


def test_without_a_layer_the_areas_of_the_stops_count(words: Words) -> None:
    """There is a table then, and nothing to draw."""
    data = public_data(planned(people(0, 6)), (), words)
    assert told(data) == {"area 0": ["6", "6", "0"]}
    assert data["areas"][0]["outline"] == []


def test_several_visits_are_of_one_person(words: Words) -> None:
    """Numbers of people decide what is told, not numbers of visits."""
    often = [visit("id-0", 0, at_s) for at_s in range(9)]
    assert told(public_data(planned(often), AREAS, words)) == {
        "wilayah lain": ["<5", HIDDEN, HIDDEN]
    }


def test_small_areas_are_told_together(words: Words) -> None:
    """Three and two people make other areas of five; the large areas stand alone."""
    data = public_data(planned(people(0, 7) + people(1, 3) + people(2, 2)), AREAS, words)
    assert told(data) == {"area 0": ["7", "7", "0"], "wilayah lain": ["5", "5", "0"]}
    assert data["k"] == 5
    assert data["areas_total"] == ["12", "12", "0"]


def test_one_small_area_takes_the_next_with_it(words: Words) -> None:
    """Else what the total leaves would be the two people."""
    data = public_data(planned(people(0, 7) + people(1, 6) + people(2, 2)), AREAS, words)
    assert told(data) == {"area 0": ["7", "7", "0"], "wilayah lain": ["8", "8", "0"]}
    assert data["k"] == 7


def test_other_areas_are_drawn_without_telling_which(words: Words) -> None:
    """Every area without a row of its own is outlined, those with nobody too."""
    data = public_data(planned(people(0, 7) + people(1, 5 - 3) + people(2, 3)), AREAS, words)
    other = data["areas"][-1]
    assert other["is_other"]
    assert len(other["outline"]) == 3


def test_people_are_counted_and_not_their_visits(words: Words) -> None:
    """Six people of nine visits are six, and the head says so."""
    data = public_data(planned([*people(0, 6), *people(0, 3)]), AREAS, words)
    assert told(data) == {"area 0": ["6", "6", "0"]}
    assert data["areas_total"] == ["6", "6", "0"]
    assert data["areas_head"] == ["orang", "orang dikunjungi", "orang tidak masuk rencana"]


def test_few_of_an_area_are_not_told_of(words: Words) -> None:
    """Two of nine are hidden, and so are the totals, which would give two away."""
    left = ("id-0-0", "id-0-1", *(f"id-1-{i}" for i in range(10)))
    data = public_data(planned(people(0, 9) + people(1, 10) + people(2, 20), left), AREAS, words)
    assert told(data) == {
        "area 2": ["20", "20", "0"],
        "area 1": ["10", "10", "10"],
        "area 0": ["9", HIDDEN, HIDDEN],
    }
    assert data["areas_total"] == ["39", HIDDEN, HIDDEN]


def test_one_column_gives_nothing_of_the_other_away() -> None:
    """Nobody visited means that all are left out, and with their total one is left for area 1."""
    data = world([(0, 6, 0), (5, 0, 1)], 5)
    assert told(data) == {"area 0": ["6", "0", "6"], "area 1": ["6", HIDDEN, HIDDEN]}
    assert data["areas_total"] == ["12", HIDDEN, HIDDEN]


def test_nobody_knows_how_few_are_both() -> None:
    """Of twelve, seven visited and six left out would tell of one who is both."""
    assert told(world([(6, 5, 1)], 5)) == {"area 0": ["12", HIDDEN, HIDDEN]}
    assert told(world([(7, 5, 0)], 5)) == {"area 0": ["12", "7", "5"]}


def test_all_but_few_of_an_area_are_not_told_of(words: Words) -> None:
    """Seven left out of nine tell of the two that were not."""
    left = tuple(f"id-0-{i}" for i in range(7))
    data = public_data(planned(people(0, 9), left), AREAS, words)
    assert told(data) == {"area 0": ["9", HIDDEN, HIDDEN]}
    assert data["areas_total"] == ["9", HIDDEN, HIDDEN]


def test_those_left_out_count_where_they_are_at_home(words: Words) -> None:
    """The homes tell where somebody is who is visited nowhere."""
    left = tuple(f"gone-{i}" for i in range(6))
    plan = planned(people(0, 8), left)
    homes = dict.fromkeys(left, (101.5, -1.5))
    assert told(public_data(plan, AREAS, words, homes=homes)) == {
        "area 0": ["8", "8", "0"],
        "area 1": ["6", "0", "6"],
    }


def test_an_appointment_that_is_left_out_is_nobody(words: Words) -> None:
    """Three people, a booking and a partner are three, and merged as such."""
    left = ("gone-0", "gone-1", "gone-2", "booking-1-kota", "school")
    plan = planned(people(0, 8), left)
    homes = dict.fromkeys(left[:3], (101.5, -1.5))
    data = public_data(plan, AREAS, words, homes=homes)
    assert told(data) == {"wilayah lain": ["11", HIDDEN, HIDDEN]}
    assert data["areas_total"][0] == "11"
    assert data["k"] == 11


def test_without_homes_nobody_counts_who_may_be_an_appointment(words: Words) -> None:
    """Those who are visited too count, and those of the table's invalid rows."""
    left = (*(f"id-0-{i}" for i in range(5)), "booking-1-kota", "unknown")
    invalid = tuple(f"bad-{i}" for i in range(5))
    data = public_data(planned(people(0, 10), left, invalid=invalid), AREAS, words)
    assert told(data) == {"area 0": ["10", "10", "5"], "wilayah lain": ["5", "0", "5"]}


def test_the_page_says_what_it_does_not_protect() -> None:
    """Everybody's fate is told where all share it, and pages can be compared."""
    notes = world([(6, 0, 0)], 5)["areas_notes"]
    assert isinstance(notes, list)
    assert sum("Not protected" in note and "compared" in note for note in notes) == 1


def test_a_notice_about_somebody_is_left_away(words: Words) -> None:
    """Only sentences without values can name nobody."""
    notices = (Message("The roads are synthetic."), Message("%(w)s: no vehicle", {"w": "worker-x"}))
    data = public_data(planned(people(0, 6), (), notices), AREAS, words)
    assert data["notices"] == ["The roads are synthetic."]


def test_nothing_of_a_single_person_is_in_the_data(plan: Plan, words: Words) -> None:
    """No id, no worker, no category, no name of a place, and no coordinate of a stop."""
    data = public_data(plan, (("Jambi", shapely.box(103, -2.2, 104, -1.2)),), words)
    text = json.dumps(data, ensure_ascii=False)
    stops = [stop for route in plan.day_routes for stop in route.stops]
    secret = {x for s in stops for x in (s.place_id, s.visit_id, s.label, s.category) if x}
    secret |= {loss.beneficiary_id for loss in plan.losses}
    secret |= {x.beneficiary_id for x in plan.not_due}
    secret |= {worker for route in plan.day_routes for worker in route.worker_ids}
    secret |= {contact.phone for contact in plan.contacts if contact.phone}
    secret |= {str(round(x, n)) for s in stops for x in (s.lon, s.lat) for n in (3, 4, 5, 6)}
    assert len(secret) > 100
    assert sorted(x for x in secret if x in text) == []
    assert data["areas"][0]["n_people"] >= 5


@pytest.mark.parametrize("sizes", [(3,), (3, 3), (4, 4), (3, 5), (6, 6), (7, 4), (3, 3, 3)])
def test_k_values_stay_possible_for_what_is_hidden(sizes: tuple[int, ...]) -> None:
    """
    Make every world of these areas, and keep those that print alike: all of them are possible.

    They are fewer than those in which the numbers alone would agree, as they tell too what is
    known to somebody who knows how it is decided what to hide.
    """
    k = 3
    alike: dict[str, list[dict[str, tuple[int, int]]]] = defaultdict(list)
    for splits in itertools.product(*map(_splits, sizes)):
        data = world(splits, k)
        counts = {
            f"area {area}": (n_whole + n_part, n_none + n_part)
            for area, (n_whole, n_none, n_part) in enumerate(splits)
        }
        alike[json.dumps([told(data), data["areas_total"]])].append(counts)
    n_hidden = 0
    for printed, worlds in alike.items():
        for name, cells in json.loads(printed)[0].items():
            for column, cell in enumerate(cells[1:]):
                possible = {counts[name][column] for counts in worlds}
                if cell == HIDDEN:
                    n_hidden += 1
                    assert len(possible) >= k
                else:
                    assert possible == {int(cell)}
    assert n_hidden > 0


def _splits(n: int) -> list[Split]:
    """Give every way in which n people are only visited, only left out, or both."""
    return [(x, y, n - x - y) for x in range(n + 1) for y in range(n - x + 1)]


@settings(deadline=None)
@given(
    splits=st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12)), max_size=4
    ),
    k=st.integers(1, 6),
)
def test_no_number_tells_of_few(splits: list[Split], k: int) -> None:
    """Each told count, those it is not, and those in both counts are nobody or k and more."""
    data = world(splits, k)
    rows, total = data["areas"], data["areas_total"]
    assert isinstance(rows, list)
    assert isinstance(total, list)
    n_people = sum(map(sum, splits))
    if 0 < n_people < k:
        assert [row["cells"] for row in rows] == [[f"<{k}", HIDDEN, HIDDEN]]
        assert total == [f"<{k}", HIDDEN, HIDDEN]
        return
    assert [int(row["cells"][0]) for row in rows] == [row["n_people"] for row in rows]
    assert min((row["n_people"] for row in rows), default=k) >= k
    assert sum(row["n_people"] for row in rows) == int(total[0]) == n_people
    is_hidden = False
    for cells in (*(row["cells"] for row in rows), total):
        if HIDDEN in cells:
            assert cells[1:] == [HIDDEN, HIDDEN]
            is_hidden = True
            continue
        size, visited, left_out = map(int, cells)
        for n in (visited, size - visited, left_out, size - left_out, visited + left_out - size):
            assert n == 0 or n >= k
    assert (HIDDEN in total) == is_hidden
