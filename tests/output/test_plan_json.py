"""The plan's file: exact, checked, and the same again."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from outreach.errors import LayerError, Message
from outreach.lineage import Call, Change, Figures, Happening, NightChange, Revision, When
from outreach.model import (
    Contact,
    DayRoute,
    Leg,
    Loss,
    NotDue,
    Pause,
    Plan,
    Price,
    Score,
    Stop,
    Totals,
)
from outreach.output.plan_json import plan_document, plan_schema, read_plan, write_plan

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.model import LossKind

IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
METRES = st.integers(0, 10**9).map(lambda mm: mm / 1000)
SECONDS = st.integers(0, 28 * 86400)
MESSAGES = st.builds(
    Message, st.text(max_size=9), st.dictionaries(st.text("abc", min_size=1), st.integers() | IDS)
)
DEGREES_EAST = st.integers(-180 * 10**6, 180 * 10**6).map(lambda x: x / 10**6)
DEGREES_NORTH = st.integers(-90 * 10**6, 90 * 10**6).map(lambda x: x / 10**6)
STOPS = st.builds(
    Stop,
    kind=st.sampled_from(["base", "visit", "partner", "lodging"]),
    place_id=IDS,
    visit_id=st.none() | IDS,
    beneficiary_id=st.none() | IDS,
    category=TEXTS,
    area=TEXTS,
    label=TEXTS,
    is_pinned=st.booleans(),
    contact=st.none() | IDS,
    lon=DEGREES_EAST,
    lat=DEGREES_NORTH,
    arrives_s=SECONDS,
    starts_s=SECONDS,
    departs_s=SECONDS,
)
LEGS = st.builds(Leg, from_id=IDS, to_id=IDS, duration_s=SECONDS, distance_m=METRES, walk_m=METRES)
PAUSES = st.builds(Pause, break_id=IDS, starts_s=SECONDS, ends_s=SECONDS)


@st.composite
def day_routes(draw: st.DrawFn) -> DayRoute:
    """Make a day with one leg fewer than stops."""
    stops = tuple(draw(st.lists(STOPS, min_size=1, max_size=4)))
    n_legs = len(stops) - 1
    return DayRoute(
        team_id=draw(IDS),
        worker_ids=tuple(draw(st.lists(IDS, min_size=1, max_size=3, unique=True))),
        circuit_id=draw(st.none() | IDS),
        day=draw(st.integers(0, 27)),
        starts_from=draw(IDS),
        sleeps_at=draw(IDS),
        stops=stops,
        legs=tuple(draw(st.lists(LEGS, min_size=n_legs, max_size=n_legs))),
        pauses=tuple(draw(st.lists(PAUSES, max_size=2))),
    )


def losses(kind: LossKind) -> st.SearchStrategy[tuple[Loss, ...]]:
    """Make losses in the order in which they are written."""
    one = st.builds(
        Loss,
        kind=st.just(kind),
        beneficiary_id=IDS,
        visit_id=st.none() | IDS,
        reason=IDS,
        detail=MESSAGES,
    )

    def key(loss: Loss) -> tuple[str, str, str]:
        return loss.beneficiary_id, loss.visit_id or "", loss.reason

    return st.lists(one, max_size=3, unique_by=key).map(lambda xs: tuple(sorted(xs, key=key)))


NOT_DUE = st.builds(NotDue, beneficiary_id=IDS, due_on=st.dates())
TOTALS = st.builds(
    Totals,
    n_visits=SECONDS,
    riding_s=SECONDS,
    service_s=SECONDS,
    distance_m=METRES,
    n_nights=SECONDS,
    cost_idr=SECONDS,
    budget_idr=st.none() | SECONDS,
    available_s=SECONDS,
)
SCORES = st.builds(
    Score,
    broken_promises_s=SECONDS,
    missed_deadlines_s=SECONDS,
    unserved_s=SECONDS,
    broken_continuity_s=SECONDS,
    riding_s=SECONDS,
    money_s=SECONDS,
    unfairness_s=SECONDS,
)
PRICES = st.builds(
    Price,
    of=st.sampled_from(["hour", "rp_100000"]),
    worker_id=IDS,
    day=st.none() | st.integers(0, 27),
    visit_ids=st.lists(IDS, max_size=2).map(tuple),
    beneficiary_ids=st.lists(IDS, max_size=2).map(tuple),
)
CONTACTS = st.builds(
    Contact,
    place_id=IDS,
    label=IDS,
    kind=st.sampled_from(["partner", "lodging"]),
    phone=st.none() | st.from_regex(r"\+?[0-9]{3,15}", fullmatch=True),
    lon=DEGREES_EAST,
    lat=DEGREES_NORTH,
)
WHENS = st.builds(
    When,
    team_id=IDS,
    worker_ids=st.lists(IDS, min_size=1, max_size=2, unique=True).map(tuple),
    day=st.integers(0, 27),
    starts_s=SECONDS,
)
HAPPENINGS = st.builds(
    Happening,
    kind=st.sampled_from(
        ["urgent", "absent", "late", "cancelled", "lodging_full", "road_closed", "season"]
    ),
    at_s=SECONDS,
    id=IDS | st.just(""),
    visit_id=st.none() | IDS,
    from_s=st.none() | SECONDS,
    to_s=st.none() | SECONDS,
    delay_s=st.none() | st.integers(1, 9000),
    day=st.none() | st.integers(0, 27),
    deadline_s=st.none() | SECONDS,
    season=st.sampled_from([None, "dry", "wet"]),
    area_wkt=st.none() | st.just("POLYGON ((103 -1, 104 -1, 104 -2, 103 -1))"),
)
REVISIONS = st.builds(
    Revision,
    number=st.integers(1, 9),
    revises=st.text("0123456789abcdef", min_size=64, max_size=64),
    at_s=SECONDS,
    happened=st.lists(HAPPENINGS, max_size=3).map(tuple),
    n_told=st.just(0),
    changes=st.lists(
        st.builds(
            Change,
            kind=st.sampled_from(["kept", "moved", "fell_out", "new", "stays_out", "cancelled"]),
            visit_id=IDS,
            beneficiary_id=IDS,
            before=st.none() | WHENS,
            after=st.none() | WHENS,
            reason=st.none() | IDS,
            detail=st.none() | MESSAGES,
        ),
        max_size=3,
    ).map(tuple),
    nights=st.lists(
        st.builds(
            NightChange,
            team_id=IDS,
            day=st.integers(0, 27),
            before=st.none() | IDS,
            after=st.none() | IDS,
        ),
        max_size=2,
    ).map(tuple),
    calls=st.lists(
        st.builds(
            Call,
            kind=st.sampled_from(["worker", "lodging", "partner", "family"]),
            id=IDS,
            by_s=SECONDS,
            visit_ids=st.lists(IDS, max_size=2).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    figures=st.builds(
        Figures,
        n_moved=st.integers(0, 9),
        n_fell_out=st.integers(0, 9),
        n_new=st.integers(0, 9),
        n_late=st.integers(0, 9),
        riding_s=st.integers(),
        cost_idr=st.integers(),
        score_s=st.integers(),
    ),
)
PLANS = st.builds(
    Plan,
    starts_at=st.dates(dt.date(2000, 1, 2), dt.date(2100, 1, 1)).map(
        lambda date: dt.datetime(date.year, date.month, date.day, tzinfo=ZoneInfo("Asia/Jakarta"))
    ),
    horizon_days=st.integers(1, 28),
    seed=st.integers(),
    season=st.sampled_from(["dry", "wet"]),
    day_routes=st.lists(day_routes(), max_size=3, unique_by=lambda r: (r.day, r.team_id)).map(
        lambda routes: tuple(sorted(routes, key=lambda r: (r.day, r.team_id)))
    ),
    unserved=losses("unserved"),
    invalid=losses("invalid"),
    unsnapped=losses("unsnapped"),
    unreachable=losses("unreachable"),
    not_due=st.lists(NOT_DUE, max_size=3).map(
        lambda xs: tuple(sorted(xs, key=lambda x: (x.beneficiary_id, x.due_on)))
    ),
    totals=st.dictionaries(IDS, TOTALS, max_size=3).map(lambda x: tuple(sorted(x.items()))),
    notices=st.lists(MESSAGES, max_size=2).map(tuple),
    score=st.none() | SCORES,
    prices=st.lists(PRICES, max_size=2).map(tuple),
    contacts=st.lists(CONTACTS, max_size=3, unique_by=lambda x: x.place_id).map(
        lambda xs: tuple(sorted(xs, key=lambda x: x.place_id))
    ),
    revision=st.none() | REVISIONS,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plan=PLANS)
def test_what_is_written_is_read_back(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A plan comes back equal, and is written a second time to the same bytes."""
    path = tmp_path_factory.getbasetemp() / "round-trip.json"
    write_plan(plan, path)
    first = path.read_bytes()
    again = read_plan(path)
    assert again == plan
    write_plan(again, path)
    assert path.read_bytes() == first


def test_order_of_the_plan_does_not_change_the_file(plan: Plan, tmp_path: Path) -> None:
    """Where order says nothing, the file has an order of its own."""
    write_plan(plan, tmp_path / "a.json")
    turned = replace(plan, day_routes=plan.day_routes[::-1], totals=plan.totals[::-1])
    write_plan(turned, tmp_path / "b.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_times_are_local_with_their_offset(plan: Plan) -> None:
    """The third day's first departure reads as the clock on the wall shows it."""
    third = next(r for r in plan_document(plan)["day_routes"] if r["date"] == "2026-03-04")
    assert third["stops"][0]["departs_at"] == "2026-03-04T08:00:00+07:00"


def test_summer_time_moves_no_stop(plan: Plan, tmp_path: Path) -> None:
    """Where clocks change within the horizon, eight in the morning stays eight."""
    berlin = dt.datetime(2026, 3, 28, tzinfo=ZoneInfo("Europe/Berlin"))
    moved = replace(plan, starts_at=berlin)
    document = plan_document(moved)
    departures = {r["date"]: r["stops"][0]["departs_at"] for r in document["day_routes"]}
    assert departures["2026-03-28"] == "2026-03-28T08:00:00+01:00"
    assert departures["2026-03-29"] == "2026-03-29T08:00:00+02:00"
    write_plan(moved, tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json").day_routes == moved.day_routes


def test_the_schema_is_valid_and_strict() -> None:
    """Every object refuses what it does not know, and every field is described."""
    schema = plan_schema()
    Draft202012Validator.check_schema(schema)
    objects = list(_objects(schema))
    assert len(objects) >= 7
    for found in objects:
        assert "additionalProperties" in found
        for name, field in found.get("properties", {}).items():
            assert "$ref" in field or field["description"], name


def _objects(node: object) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for item in node for found in _objects(item)]
    if not isinstance(node, dict):
        return []
    below = [found for item in node.values() for found in _objects(item)]
    return [node, *below] if node.get("type") == "object" else below


def test_all_that_is_wrong_is_named_at_once(plan: Plan, tmp_path: Path) -> None:
    """Each break of the schema is told with its place."""
    document = plan_document(plan)
    document["horizon_days"] = 0
    document["day_routes"][0]["stops"][1]["lon"] = "east"
    document["extra"] = 1
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(document))
    with pytest.raises(LayerError) as caught:
        read_plan(path)
    said = str(caught.value)
    assert "horizon_days" in said
    assert "day_routes[0].stops[1].lon" in said
    assert "'extra' was unexpected" in said
    assert "outreach plan" in said


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("starts_at",), "2026-02-30T00:00:00+07:00", "starts_at: '2026-02-30"),
        (("day_routes", 0, "stops", 0, "arrives_at"), "2026-03-02T25:00:00+07:00", "arrives_at"),
        (("not_due", 0, "due_on"), "2026-13-01", "not_due[0].due_on"),
        (("day_routes", 0, "legs"), [], "day_routes[0].legs"),
        (("starts_at",), "9999-12-31T00:00:00+07:00", "starts_at: the calendar ends"),
        (("day_routes", 0, "date"), "2030-01-01", "day_routes[0].date"),
        (("day_routes", 0, "date"), "2026-02-30", "day_routes[0].date"),
        (("day_routes", 0, "day"), 10**12, "day_routes[0].date"),
        (("day_routes", 0, "stops", 0, "lon"), float("nan"), "NaN"),
        (("day_routes", 0, "pauses", 0, "ends_at"), "2026-03-02T25:00:00+07:00", "ends_at"),
    ],
)
def test_what_a_schema_cannot_see_is_named_too(
    plan: Plan, tmp_path: Path, place: tuple[str | int, ...], value: object, said: str
) -> None:
    """Times and days that do not exist, legs that do not fit: all are told with their place."""
    document = plan_document(plan)
    node: Any = document
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = value
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(document))
    with pytest.raises(LayerError) as caught:
        read_plan(path)
    assert said in str(caught.value)


def test_a_plan_of_another_version_is_told(plan: Plan, tmp_path: Path) -> None:
    """One sentence, not a list of all that has changed since."""
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({**plan_document(plan), "schema": "outreach/plan/1", "extra": 0}))
    with pytest.raises(LayerError, match=r"outreach/plan/1.* 'outreach plan'") as caught:
        read_plan(path)
    assert "extra" not in str(caught.value)


def test_an_edited_plan_may_lack_legs(plan: Plan, tmp_path: Path) -> None:
    """Whoever moves a stop need not work out the ways: they are found again."""
    document = plan_document(plan)
    moved = document["day_routes"][0]["stops"].pop(1)
    document["day_routes"][-1]["stops"].insert(1, moved)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(document))
    with pytest.raises(LayerError, match=r"day_routes\[0\]\.legs"):
        read_plan(path)
    routes = read_plan(path, is_edited=True).day_routes
    assert routes[-1].stops[1].place_id == moved["place_id"]


def test_the_total_of_the_score_is_written_for_readers(plan: Plan) -> None:
    """Its parts add up to what stands beside them."""
    score = plan_document(plan)["score"]
    assert score.pop("total_s") == sum(score.values()) > 0


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe\x00", b"[]", b'"plan"', b"[" * 99999])
def test_a_file_that_is_no_plan_is_told(tmp_path: Path, content: bytes) -> None:
    """Whatever the file holds, the user reads a sentence."""
    path = tmp_path / "plan.json"
    path.write_bytes(content)
    with pytest.raises(LayerError, match=r"plan\.json .* 'outreach plan'"):
        read_plan(path)


def test_a_mark_before_the_text_does_not_matter(plan: Plan, tmp_path: Path) -> None:
    """A plan that was edited and saved by Notepad is read."""
    path = tmp_path / "plan.json"
    write_plan(plan, path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_plan(path).horizon_days == plan.horizon_days


def test_an_absent_file_is_told(tmp_path: Path) -> None:
    """The error says how to make the file."""
    with pytest.raises(LayerError, match=r"plan\.json cannot be read .* 'outreach plan'"):
        read_plan(tmp_path / "plan.json")
