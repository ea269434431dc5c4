"""What every plan in the tests must pass: the audit, and the schema of plan.json."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import jsonschema

from outreach.output.plan_json import plan_document, plan_schema
from outreach.routing.audit import audit

if TYPE_CHECKING:
    from outreach.model import Plan
    from outreach.routing.problem import Problem


@cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(plan_schema())


def assert_sound(world: Problem, plan: Plan) -> None:
    """Fail with what is wrong, where a rule is broken or the written form is not the schema's."""
    found = [(v.rule, str(v.where), str(v.what)) for v in audit(world, plan)]
    assert found == [], found
    assert [error.message for error in _validator().iter_errors(plan_document(plan))] == []
