"""What every changed plan must pass."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.routing.verdict import assert_sound

if TYPE_CHECKING:
    from outreach.model import Plan
    from outreach.routing.problem import Problem


def written(plan: Plan) -> Plan:
    """Give the plan as it is when the one before it is kept in a file."""
    if plan.revision is None:
        return plan
    return replace(plan, revision=replace(plan.revision, revises="0" * 64))


def assert_changed(world: Problem, plan: Plan) -> None:
    """Fail where a changed plan breaks a rule, or its written form is not the schema's."""
    assert_sound(world, written(plan))
