"""What each worker does and spends in a plan, and all together."""

from __future__ import annotations

import pytest

from outreach.routing.problem import CostParams
from outreach.units import HOUR_S
from tests.routing.routes import planned, route, two_workers


def test_totals_tell_money_by_worker_and_for_all() -> None:
    """A night away: 40 km, two days' meals and a bed; then 20 km together on one motorbike."""
    world = two_workers(
        budget_idr={"u": 300_000, "w": 200_000}, costs=CostParams(fuel_idr_per_km=300)
    )
    plan = planned(
        world,
        route("u", 0, "calm/1", ends=("base", "inn")),
        route("u", 1, ends=("inn", "base")),
        route("u+w", 2, "pinned/1"),
    )
    totals = dict(plan.totals)
    alone = 40 * 300 + 2 * 50_000 + 70_000
    assert totals["u"].cost_idr == alone + 3000
    assert totals["w"].cost_idr == 3000
    assert totals["all"].cost_idr == alone + 6000
    assert totals["all"].n_visits == 2
    assert totals["all"].distance_m == pytest.approx(60_000)
    assert [totals[who].n_nights for who in ("u", "w", "all")] == [1, 0, 1]
    assert [totals[who].budget_idr for who in ("u", "w", "all")] == [300_000, 200_000, 500_000]
    assert totals["all"].available_s == 2 * 40 * HOUR_S


def test_the_budget_of_all_is_unknown_where_one_worker_s_is() -> None:
    """The sum of some is not what all may spend."""
    totals = dict(planned(two_workers(budget_idr={"u": 300_000})).totals)
    assert (totals["u"].budget_idr, totals["w"].budget_idr) == (300_000, None)
    assert totals["all"].budget_idr is None
