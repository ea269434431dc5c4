"""The page that anybody may see: no number tells of a few people, and nothing of a single one."""

from __future__ import annotations

import datetime as dt
import json
from zoneinfo import ZoneInfo

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.errors import Message
from outreach.model import DayRoute, Loss, Plan, Stop
from outreach.output.public import HIDDEN, public_data
from outreach.output.words import Words

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
    visits: list[Stop], left_out: tuple[str, ...] = (), notices: tuple[Message, ...] = ()
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


def test_few_of_an_area_are_not_told_of(words: Words) -> None:
    """Two of nine are hidden, and those of the next row, as the total would give two away."""
    left = (
        "id-0-0",
        "id-0-1",
        *(f"id-1-{i}" for i in range(10)),
        *(f"id-2-{i}" for i in range(20)),
    )
    data = public_data(planned(people(0, 9) + people(1, 10) + people(2, 20), left), AREAS, words)
    assert told(data) == {
        "area 2": ["20", "20", "20"],
        "area 1": ["10", "10", HIDDEN],
        "area 0": ["9", "9", HIDDEN],
    }
    assert data["areas_total"] == ["39", "39", "32"]


def test_all_but_few_of_an_area_are_not_told_of(words: Words) -> None:
    """Seven left out of nine tell of the two that were not."""
    left = tuple(f"id-0-{i}" for i in range(7))
    data = public_data(planned(people(0, 9), left), AREAS, words)
    assert told(data) == {"area 0": ["9", "9", HIDDEN]}
    assert data["areas_total"] == ["9", "9", HIDDEN]


def test_those_left_out_count_where_they_are_at_home(words: Words) -> None:
    """Who is visited nowhere has a place only where the caller knows it."""
    left = tuple(f"gone-{i}" for i in range(6))
    plan = planned(people(0, 8), left)
    homes = dict.fromkeys(left, (101.5, -1.5))
    assert told(public_data(plan, AREAS, words, homes=homes)) == {
        "area 0": ["8", "8", "0"],
        "area 1": ["6", "0", "6"],
    }
    assert told(public_data(plan, AREAS, words)) == {
        "area 0": ["8", "8", "0"],
        "wilayah lain": ["6", "0", "6"],
    }


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


@settings(deadline=None)
@given(
    counts=st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12)), max_size=4
    ),
    n_unknown=st.integers(0, 7),
    k=st.integers(1, 6),
)
def test_what_is_hidden_cannot_be_worked_out(
    counts: list[tuple[int, int, int]], n_unknown: int, k: int
) -> None:
    """From the totals and the people of each row, k values and more stay possible for it."""
    visits: list[Stop] = []
    left: list[str] = [f"unknown-{i}" for i in range(n_unknown)]
    homes: dict[str, tuple[float, float]] = {}
    for area, (n_visited, n_both, n_left) in enumerate(counts):
        visits += people(area, n_visited)
        left += [f"id-{area}-{i}" for i in range(min(n_both, n_visited))]
        gone = [f"gone-{area}-{i}" for i in range(n_left)]
        left += gone
        homes |= dict.fromkeys(gone, (100.5 + area, -1.5))
    data = public_data(planned(visits, tuple(left)), AREAS, Words("en"), k, homes=homes)

    rows, total = data["areas"], data["areas_total"]
    if not rows:
        assert not visits
        assert not left
        return
    if rows[0]["n_people"] == 0:
        assert [row["cells"] for row in rows] == [[f"<{k}", HIDDEN, HIDDEN]]
        assert total == [f"<{k}", HIDDEN, HIDDEN]
        return
    sizes = [row["n_people"] for row in rows]
    assert min(sizes) == data["k"] >= k
    assert sum(sizes) == int(total[0]) == len({*left, *(s.beneficiary_id for s in visits)})
    losses = [row["cells"][2] for row in rows]
    for size, loss in zip(sizes, losses, strict=True):
        if loss != HIDDEN:
            assert all(n == 0 or n >= k for n in (int(loss), size - int(loss)))
    hidden = [size for size, loss in zip(sizes, losses, strict=True) if loss == HIDDEN]
    if hidden and total[2] != HIDDEN:
        rest = int(total[2]) - sum(int(loss) for loss in losses if loss != HIDDEN)
        for size in hidden:
            possible = [n for n in range(size + 1) if 0 <= rest - n <= sum(hidden) - size]
            assert len(possible) > k
    assert sum(row["cells"][1] == HIDDEN for row in rows) != 1 or total[1] == HIDDEN
