"""What was ridden has its kilometres and its rupiah, and a month its budget."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.coverage.outcomes import outcomes
from outreach.coverage.spending import TeamDay, money, team_days, travel_of
from outreach.routing.assemble import Tables
from outreach.routing.problem import CostParams
from outreach.units import HOUR_S
from tests.coverage.diary import LATER, LEG_S, MONDAY, plan, revised, route, said, visit, week
from tests.coverage.world import child, frame, point, worker
from tests.routing.routes import planned, two_workers
from tests.routing.routes import route as tour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.layers.log import LogEntry
    from outreach.model import DayRoute
    from tests.coverage.diary import Week

COSTS = CostParams(fuel_idr_per_km=300, meal_idr_per_day_away=50_000)


def tables(*, budget_idr: float = float("nan")) -> Tables:
    """Make the tables of one worker in town."""
    return Tables(
        beneficiaries=frame([child("a", 1)]),
        workers=frame([worker("kota", monthly_budget_idr=budget_idr)]),
    )


def days(
    weeks: Sequence[Week], log: Sequence[LogEntry], *, today: dt.date = LATER
) -> tuple[TeamDay, ...]:
    """Give the days of weeks."""
    found = outcomes(weeks, log, today=today)
    return team_days(weeks, found, tables=tables(), costs=COSTS, today=today)


def trip(workers: tuple[str, ...] = ("muaro", "tksk")) -> tuple[DayRoute, ...]:
    """Plan a circuit: away on Monday, nobody visited on Tuesday, back on Wednesday."""
    return (
        route(visit("a", 0, "09:00"), team="c", workers=workers, circuit="sad", sleeps_at="balai"),
        route(
            team="c", workers=workers, circuit="sad", starts_from="balai", sleeps_at="balai", day=1
        ),
        route(
            visit("b", 2, "09:00"), team="c", workers=workers, circuit="sad", starts_from="balai"
        ),
    )


def test_a_day_with_a_word_is_ridden() -> None:
    """Monday has one, Tuesday has none: 10 km of 20, 20 minutes of 40."""
    made = plan(
        route(visit("a", 0, "09:00")), route(visit("b", 1, "09:00")), cost_idr={"kota": 6000}
    )
    total = travel_of(days([week(made)], [said("a", 0, "not met")]))
    assert (total.n_days, total.n_ridden_days) == (2, 1)
    assert (total.distance_km, total.ridden_km) == (20, 10)
    assert (total.riding_h, total.ridden_h) == (4 * LEG_S / HOUR_S, 2 * LEG_S / HOUR_S)
    assert (total.cost_idr, total.ridden_idr) == (6000, 3000)


def test_who_tells_of_another_visit_was_out_that_day() -> None:
    """The log has a visit that was not planned, by the worker of the day."""
    made = plan(route(visit("a", 0, "09:00")))
    assert travel_of(days([week(made)], [said("x", 0)])).n_ridden_days == 1
    assert travel_of(days([week(made)], [said("x", 0, worker="muaro")])).n_ridden_days == 0


def test_nights_away_join_days() -> None:
    """A word of Wednesday: the whole circuit was ridden, also the day without a visit."""
    total = travel_of(days([week(plan(*trip()))], [said("b", 2, worker="tksk")]))
    assert (total.n_days, total.n_ridden_days) == (3, 3)
    assert (total.n_nights, total.n_ridden_nights) == (2, 2)


def test_what_is_to_come_is_no_travel() -> None:
    """On Tuesday only Monday is over."""
    made = plan(route(visit("a", 0, "09:00")), route(visit("b", 2, "09:00")))
    assert travel_of(days([week(made)], [], today=MONDAY + dt.timedelta(days=1))).n_days == 1


def test_a_day_pays_its_meals_its_bed_and_its_kilometres() -> None:
    """20 km at Rp 300 a day and 50.000 of meals away; the team's day counts once, both pay."""
    made = plan(*trip(), route(visit("d", 4, "09:00"), team="c", workers=("muaro", "tksk")))
    # Legs: Monday and Wednesday two, Tuesday one, Friday two: 35 km.
    idr = 3 * 50_000 + 35 * 300
    weeks = [week(plan(*made.day_routes, cost_idr={"muaro": idr, "tksk": idr}))]
    found = days(weeks, [])
    assert [round(d.cost_idr["muaro"]) for d in found] == [53_000, 51_500, 53_000, 3_000]
    total = travel_of(found)
    assert (total.distance_km, total.cost_idr) == (35, 2 * idr)
    assert travel_of(found, worker_id="tksk").cost_idr == idr


def test_days_cost_what_the_planner_reckoned() -> None:
    """Away with 40 km alone, then 20 km on a shared motorbike: the kilometres are levelled."""
    made = planned(
        two_workers(costs=COSTS),
        tour("u", 0, "calm/1", ends=("base", "inn")),
        tour("u", 1, ends=("inn", "base")),
        tour("u+w", 2, "pinned/1"),
    )
    place = point(0)
    inn = {"id": ["inn"], "cost_idr": [70_000], "geometry": [place]}
    own = replace(tables(), lodgings=gpd.GeoDataFrame(inn, crs="EPSG:4326"))
    weeks = [week(made)]
    found = team_days(weeks, outcomes(weeks, [], today=LATER), tables=own, costs=COSTS, today=LATER)
    # 12.000 alone and 3.000 together are Rp 250 a kilometre of 60.
    assert [round(d.cost_idr["u"]) for d in found] == [125_000, 55_000, 5_000]
    assert [round(d.cost_idr.get("w", 0)) for d in found] == [0, 0, 3_000]
    assert travel_of(found).cost_idr == dict(made.totals)["all"].cost_idr


def test_where_prices_have_changed_the_kilometres_share_it_all() -> None:
    """The plan knew no meals: its Rp 10.500 go by 35 km."""
    weeks = [week(plan(*trip(), cost_idr={"muaro": 7500, "tksk": 7500}))]
    assert [round(d.cost_idr["muaro"]) for d in days(weeks, [])] == [3000, 1500, 3000]


@settings(max_examples=50, deadline=None)
@given(counts=st.lists(st.integers(1, 4), min_size=1, max_size=5), idr=st.integers(0, 5_000_000))
def test_the_days_add_up_to_the_plan(counts: list[int], idr: int) -> None:
    """Whatever a worker spends by the plan, all days together cost."""
    routes = [
        route(*(visit(f"{d}-{n}", d, f"{8 + n:02}:00") for n in range(count)))
        for d, count in enumerate(counts)
    ]
    found = days([week(plan(*routes, cost_idr={"kota": idr}))], [])
    assert sum(d.cost_idr["kota"] for d in found) == pytest.approx(idr)


def test_a_month_is_spent_unsure_and_ahead() -> None:
    """Week one was told of, week two was not, week three is to come, week four too."""
    weeks = [
        week(plan(route(visit("a", 0, "09:00")), week=n, cost_idr={"kota": 1000 * 10**n}))
        for n in range(4)
    ]
    today = MONDAY + dt.timedelta(days=13)
    found = days(weeks, [said("a", 0)], today=today)
    (row,) = money(
        found,
        tables(budget_idr=5000).workers,
        is_counted=lambda date: date < today,
        month_of=today,
        today=today,
    )
    assert (row.month_idr, row.unsure_idr, row.ahead_idr) == (1000, 10_000, 1_100_000)
    assert (row.budget_idr, row.left_idr) == (5000, 4000)
    assert (row.travel.cost_idr, row.travel.ridden_idr) == (11_000, 1000)


def test_without_a_budget_nothing_is_left_or_lacking() -> None:
    """A worker without a figure, and one whom only a plan knows."""
    made = plan(route(visit("a", 0, "09:00"), team="guest"))
    found = days([week(made)], [])
    rows = money(found, tables().workers, is_counted=lambda _: True, month_of=LATER, today=LATER)
    assert [(r.worker_id, r.budget_idr, r.left_idr) for r in rows] == [
        ("guest", None, None),
        ("kota", None, None),
    ]


def test_the_changed_plan_is_the_one_that_was_ridden() -> None:
    """The second visit was taken off: two legs less in the plan that counts."""
    first = plan(route(visit("a", 0, "09:00"), visit("b", 0, "10:00")))
    after = revised(plan(route(visit("a", 0, "09:00"))), "08:00")
    assert travel_of(days([week(first, after)], [said("a", 0)])).ridden_km == 10
