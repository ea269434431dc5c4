"""The accounts of small weeks and months, written out by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from outreach.coverage.accounts import account
from outreach.coverage.accounts_result import (
    PARTNER_CATEGORY,
    UNKNOWN,
    Accounts,
    Period,
    VisitCounts,
)
from outreach.coverage.speed_evidence import Roads
from outreach.layers.log import STATES
from outreach.lineage import Figures, Happening
from outreach.routing.assemble import Tables
from outreach.routing.problem import CostParams
from tests.coverage.diary import (
    LATER,
    MONDAY,
    MONTH,
    WEEK,
    change,
    loss,
    plan,
    revised,
    route,
    said,
    visit,
    week,
)
from tests.coverage.test_speed_evidence import road
from tests.coverage.world import child, frame, worker
from tests.worlds import METRE_DEG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.coverage.accounts_result import CountRow
    from outreach.layers.log import LogEntry
    from tests.coverage.diary import Week

OUTCOMES = (
    *("done", "not_met", "refused", "moved", "closed"),
    *("cancelled", "fell_out", "no_word", "ahead"),
)


def areas() -> gpd.GeoDataFrame:
    """Make two areas: west of kilometre five, and east of it."""
    west, east = 103.6 - 0.001, 103.6 + 5 / 111.32
    shapes = [box(west, -0.1, east, 0.1), box(east, -0.1, east + 1, 0.1)]
    rows = {"id": ["w", "e"], "name": ["Barat", "Timur"], "geometry": shapes}
    return gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326")


def tables(people: str = "abcdef") -> Tables:
    """Make the tables: every second child in the east and abused; one worker."""
    rows = [
        child(who, 8 if n % 2 else 1, category="abuse" if n % 2 else "neglect")
        for n, who in enumerate(people)
    ]
    return Tables(
        beneficiaries=frame(rows),
        workers=frame([worker("kota", monthly_budget_idr=2_000_000.0)]),
        areas=areas(),
    )


def accounts(
    weeks: Sequence[Week],
    log: Sequence[LogEntry] = (),
    *,
    period: Period = WEEK,
    today: dt.date = LATER,
    **changes: Any,
) -> Accounts:
    """Account for a period with the tables of six children."""
    given_tables = changes.pop("tables", tables())
    return account(
        period, weeks, log, tables=given_tables, costs=CostParams(), today=today, **changes
    )


def by(rows: Sequence[CountRow]) -> dict[str, VisitCounts]:
    """Give the counts by id."""
    return {row.id: row.counts for row in rows}


def test_a_week_is_counted_by_category_area_and_team() -> None:
    """Two children in the west, one in the east; one left out, one met without a plan."""
    made = plan(
        route(visit("a", 0, "09:00"), visit("b", 0, "10:00")),
        route(visit("c", 1, "09:00"), team="muaro"),
        left_out=["d"],
    )
    log = [said("a", 0), said("b", 0, "not met"), said("e", 2, worker="muaro")]
    found = accounts([week(made)], log)
    assert found.total == VisitCounts(
        planned=3, done=1, not_met=1, no_word=1, left_out=1, unplanned_done=1
    )
    assert by(found.by_category) == {
        "abuse": VisitCounts(planned=1, not_met=1, left_out=1),
        "neglect": VisitCounts(planned=2, done=1, no_word=1, unplanned_done=1),
    }
    assert [(r.id, r.name, r.counts.planned) for r in found.by_area] == [
        ("e", "Timur", 1),
        ("w", "Barat", 2),
    ]
    assert by(found.by_team) == {
        UNKNOWN: VisitCounts(left_out=1),
        "kota": VisitCounts(planned=2, done=1, not_met=1),
        "muaro": VisitCounts(planned=1, no_word=1, unplanned_done=1),
    }
    assert (found.n_people_planned, found.n_people_met, found.n_entries) == (3, 1, 3)
    assert found.total.share_done == pytest.approx(1 / 3)


def test_people_met_are_some_of_those_who_were_to_be_met_by_now() -> None:
    """Who was met without a plan, and whose turn is still to come, are not among them."""
    made = plan(
        route(visit("a", 0, "09:00"), visit("b", 0, "10:00")), route(visit("c", 4, "09:00"))
    )
    log = [said("a", 0), said("b", 0, "not met"), *(said(who, 1) for who in "def")]
    found = accounts([week(made)], log, today=WEEK.first + dt.timedelta(days=2))
    assert (found.total.expected, found.n_people_planned, found.n_people_met) == (2, 2, 1)
    assert found.total.unplanned_done == 3


def test_appointments_at_partners_are_no_children() -> None:
    """The school counts as a visit of its own category, and as nobody met."""
    school = replace(visit("school", 0, "09:00"), kind="partner", beneficiary_id=None)
    found = accounts([week(plan(route(school)))], [said("school", 0)])
    assert by(found.by_category) == {PARTNER_CATEGORY: VisitCounts(planned=1, done=1)}
    assert (found.n_people_planned, found.n_people_met) == (0, 0)
    assert found.cases.n_at_end == 0


def test_who_left_the_tables_is_known_from_the_plan() -> None:
    """Category and area as the plan has them; an area that the layer knows by its id."""
    gone = visit("z", 0, "09:00", category="street", area="Timur")
    found = accounts([week(plan(route(gone)))])
    assert [r.id for r in found.by_category] == ["street"]
    assert [(r.id, r.name) for r in found.by_area] == [("e", "Timur")]


def test_a_month_takes_of_a_week_what_lies_in_it() -> None:
    """The week from the 30th: one visit in November, one in December; left out by November."""
    made = plan(
        route(visit("a", 0, "09:00")), route(visit("b", 1, "09:00")), week=4, left_out=["c"]
    )
    november = accounts([week(made)], period=MONTH)
    december = Period(kind="month", first=dt.date(2026, 12, 1), last=dt.date(2026, 12, 31))
    after = plan(route(visit("a", 0, "09:00")), week=5)
    other = accounts([week(made), week(after)], period=december)
    assert (november.total.planned, november.total.left_out) == (1, 1)
    assert (other.total.planned, other.total.left_out) == (2, 0)
    assert november.n_days_unplanned == 29
    assert [w.starts_on.day for w in other.weeks] == [30, 7]


def test_reasons_are_counted_by_their_sentence() -> None:
    """Three lack minutes, of whom one fell out; one row cannot be read."""
    first = plan(route(visit("a", 0, "09:00")))
    after = plan(
        unserved=(loss("a"), loss("b"), loss("b", number=2, minutes=40)),
        invalid=(loss("z", "invalid"),),
    )
    found = accounts([week(first, revised(after, "08:00"))])
    assert [(r.kind, r.n_visits, r.n_people, r.is_example) for r in found.reasons] == [
        ("unserved", 2, 1, True),
        ("fell_out", 1, 1, False),
        ("invalid", 0, 1, False),
    ]


def test_who_moved_away_is_named_until_a_plan_has_the_new_place() -> None:
    """Also without a planned visit; not who was met again, nor whom a later plan could use."""
    log = [*(said(who, 1, "moved") for who in "abcd"), said("c", 3)]
    weeks = [week(plan(left_out=["a", "b", "c", "d"]))]
    assert accounts(weeks, log).cases.moved == ("a", "b", "d")
    after = plan(left_out=["a"], invalid=(loss("b", "invalid"),), week=1)
    both = Period(kind="week", first=WEEK.first, last=WEEK.last + dt.timedelta(7))
    assert accounts([*weeks, week(after)], log, period=both).cases.moved == ("b",)


def test_the_caseload_grows_and_shrinks() -> None:
    """Of a, b, c one is closed, one disappears; d and e come, of whom e is closed again."""
    before = plan(left_out=["a", "b", "c"])
    first = plan(left_out=["a", "d", "e"], week=1)
    weeks = [week(before), week(first)]
    second = Period(
        kind="week", first=WEEK.first + dt.timedelta(7), last=WEEK.last + dt.timedelta(7)
    )
    log = [said("b", 1, "closed", week=1), said("e", 2, "closed", week=1)]
    cases = accounts(weeks, log, period=second).cases
    assert (cases.n_at_start, cases.n_at_end) == (3, 2)
    assert (cases.new, cases.closed, cases.gone) == (("d", "e"), ("b", "e"), ("c",))


def test_a_case_is_closed_by_its_last_visit() -> None:
    """Met at nine and closed, without a time, on the same day."""
    made = week(plan(route(visit("a", 1, "09:00"))))
    log = [said("a", 1, at="09:00"), said("a", 1, "closed")]
    assert accounts([made], log).cases.closed == ("a",)


def test_a_case_that_is_opened_again_is_new() -> None:
    """Closed the week before, and met again."""
    weeks = [week(plan(left_out=["a", "b"], week=n)) for n in range(2)]
    second = Period(kind="week", first=weeks[1].starts_on, last=weeks[1].until)
    log = [said("a", 1, "closed"), said("a", 2, week=1)]
    cases = accounts(weeks, log, period=second).cases
    assert (cases.n_at_start, cases.new, cases.n_at_end) == (1, ("a",), 2)


def test_without_a_plan_before_the_first_one_is_the_start() -> None:
    """Nobody is called new for lack of an older plan; an urgent case of Tuesday is."""
    first = plan(left_out=["a", "b"])
    after = revised(plan(left_out=["a", "b", "u"]), "10:00", day=1)
    cases = accounts([week(first, after)]).cases
    assert (cases.n_at_start, cases.new) == (2, ("u",))


def test_an_interruption_says_what_it_displaced() -> None:
    """Tuesday, 10:20, an urgent case; one moves, one falls out; the next month tells nothing."""
    call = Happening(kind="urgent", id="u", visit_id="u/1", at_s=34 * 3600)
    figures = Figures(
        n_moved=1, n_fell_out=1, n_new=1, n_late=0, riding_s=600, cost_idr=3000, score_s=9
    )
    out = visit("b", 1, "11:00")
    first = plan(route(visit("a", 1, "10:30"), out))
    after = revised(
        plan(left_out=["b"]), "10:20", call, day=1, changes=(change(out),), figures=figures
    )
    (told,) = accounts([week(first, after)]).interruptions
    assert told.at.isoformat() == "2026-11-03T10:20:00+07:00"
    assert (told.number, told.happened, told.fell_out) == (1, (call,), ("b",))
    assert (told.n_moved, told.n_new, told.n_fell_out, told.riding_s) == (1, 1, 1, 600)
    assert accounts([week(first, after)], period=MONTH).interruptions == (told,)
    other = replace(MONTH, first=dt.date(2026, 11, 4))
    assert accounts([week(first, after)], period=other).interruptions == ()


def test_the_overdue_are_placed() -> None:
    """Category and area are there, and the longest wait comes first."""
    found = accounts([week(plan(route(visit("b", 0, "09:00"))))])
    (one,) = found.overdue
    assert (one.id, one.category, one.area, one.area_name) == ("b", "abuse", "e", "Timur")
    assert (one.why, one.days) == ("no_word", 6)


def test_closed_cases_do_not_wait() -> None:
    """Its case was closed on Tuesday."""
    made = plan(route(visit("b", 0, "09:00")))
    assert accounts([week(made)], [said("b", 1, "closed")]).overdue == ()


def test_in_the_middle_of_the_week_the_rest_is_ahead() -> None:
    """On Wednesday: of five visits two are over, of which one was done."""
    made = plan(*(route(visit(who, d, "09:00")) for d, who in enumerate("abcde")))
    found = accounts([week(made)], [said("a", 0)], today=MONDAY + dt.timedelta(days=2))
    assert (found.total.done, found.total.no_word, found.total.ahead) == (1, 1, 3)
    assert found.total.share_done == 0.5
    assert found.until == MONDAY + dt.timedelta(days=2)
    assert found.travel.n_days == 2


def test_with_the_roads_the_speeds_are_looked_at() -> None:
    """One leg of five kilometres at 30 km/h, ten minutes by the plan: little evidence, but some."""
    lon = {km: 103.6 + km * 1000 * METRE_DEG for km in (1, 6)}
    made = plan(route(visit("a", 0, "09:00", lon=lon[1]), visit("b", 0, "09:40", lon=lon[6])))
    log = [said("a", 0, at="09:00", minutes=25), said("b", 0, at="09:40", minutes=30)]
    (told,) = accounts([week(made)], log, roads=Roads(network=road())).speeds
    assert (told.highway, told.n_legs, told.verdict) == ("track", 1, "few")
    assert accounts([week(made)], log).speeds == ()


def test_a_period_without_plans_is_empty() -> None:
    """Nothing was planned, and what was done is told all the same."""
    found = accounts([], [said("a", 0)])
    assert found.total == VisitCounts(unplanned_done=1)
    assert (found.weeks, found.n_days_unplanned, found.overdue) == ((), 7, ())
    assert found.total.share_done is None


def test_a_period_does_not_end_before_it_begins() -> None:
    """Such days are refused."""
    with pytest.raises(ValueError, match="ends"):
        Period(kind="week", first=WEEK.last, last=WEEK.first)


@settings(max_examples=40, deadline=None)
@given(
    planned=st.lists(
        st.tuples(st.sampled_from("abcdez"), st.integers(0, 6), st.sampled_from(["kota", "x"])),
        max_size=8,
    ),
    kept=st.integers(0, 8),
    log=st.lists(
        st.tuples(st.sampled_from("abcdefz"), st.integers(-8, 14), st.sampled_from(STATES)),
        max_size=8,
    ),
    today=st.integers(0, 20),
)
def test_the_rows_sum_to_the_total_and_the_outcomes_to_the_plan(
    planned: list[tuple[str, int, str]],
    kept: int,
    log: list[tuple[str, int, Any]],
    today: int,
) -> None:
    """Whatever was planned, changed and told, every table adds up, and so does the caseload."""
    routes = [
        route(visit(who, day, "09:00", number=n), team=team)
        for n, (who, day, team) in enumerate(planned)
    ]
    out = [loss(who, number=n) for n, (who, _, _) in enumerate(planned) if n >= kept]
    first, after = plan(*routes), plan(*routes[:kept], unserved=tuple(out))
    entries = [said(w, d, s, id=str(i)) for i, (w, d, s) in enumerate(log)]
    found = accounts(
        [week(first, revised(after, "08:00"))],
        entries,
        period=MONTH,
        today=MONDAY + dt.timedelta(days=today),
        tables=replace(tables(), areas=None),
    )
    for rows in (found.by_category, found.by_area, found.by_team):
        assert sum((row.counts for row in rows), VisitCounts()) == found.total
    assert found.total.in_plan == sum(getattr(found.total, name) for name in OUTCOMES)
    assert found.total.in_plan == len(planned)
    cases = found.cases
    assert cases.n_at_start + len(cases.new) == (
        cases.n_at_end + len(cases.closed) + len(cases.gone)
    )
