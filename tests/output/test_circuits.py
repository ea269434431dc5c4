"""How circuits are called."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from outreach.output.circuits import circuit_name

if TYPE_CHECKING:
    from outreach.model import Plan
    from outreach.output.words import Words


@pytest.mark.parametrize(
    ("team_id", "circuit_id", "said"),
    [
        ("SAD", "SAD", "perjalanan keliling SAD"),
        ("SAD", "SAD@2", "perjalanan keliling SAD mulai 3 Mar"),
        ("SAD-1+SAD-2+SAD-3", "SAD-1+SAD-2+SAD-3@1", "keliling SAD-1 + SAD-2 + SAD-3 mulai 2 Mar"),
        ("SAD", "KOTA@2", "perjalanan keliling KOTA@2"),
    ],
)
def test_a_circuit_is_named(
    plan: Plan, words: Words, team_id: str, circuit_id: str, said: str
) -> None:
    """As the supervisor named it; one that was found by its team and first date."""
    route = next(r for r in plan.day_routes if r.team_id == "SAD" and r.day == 2)
    named = circuit_name(plan, replace(route, team_id=team_id, circuit_id=circuit_id), words)
    assert named is not None
    assert named.endswith(said)
