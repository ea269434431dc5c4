"""The order of the rows in the tables changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.routing.plan import PlanParams, plan_visits
from tests.routing.test_assemble import build, child, lodging, worker

if TYPE_CHECKING:
    from outreach.model import Plan

CHILDREN = [
    child(
        f"c{i:02d}",
        visits_per_week=float(1 + i % 3),
        workers_needed=2 if i % 6 == 1 else 1,
        skills=("sign",) if i % 5 == 2 else (),
        worker=(None, "u", "w")[i % 3],
        service_s=3600 * (1 + i % 4),
    )
    for i in range(12)
]
WORKERS = [worker("u"), worker("v", skills=("sign",)), worker("w", nights_away=False)]
LODGINGS = [lodging("hut"), lodging("inn", nights=(0, 1))]


def planned(
    children: list[dict[str, Any]], workers: list[dict[str, Any]], lodgings: list[dict[str, Any]]
) -> Plan:
    """Plan what these tables hold."""
    world = build(children, workers, lodgings=lodgings).problem
    return plan_visits(world, params=PlanParams(iterations=5))


@settings(max_examples=8, deadline=None)
@given(
    children=st.permutations(CHILDREN),
    workers=st.permutations(WORKERS),
    lodgings=st.permutations(LODGINGS),
)
def test_shuffled_tables_give_the_same_plan(
    children: list[dict[str, Any]], workers: list[dict[str, Any]], lodgings: list[dict[str, Any]]
) -> None:
    """All places are equally far apart, so that whoever went by rows would choose others."""
    assert planned(children, workers, lodgings) == planned(CHILDREN, WORKERS, LODGINGS)
