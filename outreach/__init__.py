"""
Plan outreach visits on real roads.

The names below are the public interface; each is loaded when it is first used, so that importing
the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from outreach.config import Config, read_config
    from outreach.errors import OutreachError
    from outreach.model import Plan
    from outreach.output.plan_json import plan_schema, read_plan, write_plan
    from outreach.pipeline import (
        check_tables,
        draw_outputs,
        make_plan,
        prepare_network,
        run_all,
    )
    from outreach.revision import audit_plan, explain_plan, keep_plan

_HOMES = {
    "Config": "outreach.config",
    "OutreachError": "outreach.errors",
    "Plan": "outreach.model",
    "audit_plan": "outreach.revision",
    "check_tables": "outreach.pipeline",
    "draw_outputs": "outreach.pipeline",
    "explain_plan": "outreach.revision",
    "keep_plan": "outreach.revision",
    "make_plan": "outreach.pipeline",
    "plan_schema": "outreach.output.plan_json",
    "prepare_network": "outreach.pipeline",
    "read_config": "outreach.config",
    "read_plan": "outreach.output.plan_json",
    "run_all": "outreach.pipeline",
    "write_plan": "outreach.output.plan_json",
}

__all__ = [
    "Config",
    "OutreachError",
    "Plan",
    "audit_plan",
    "check_tables",
    "draw_outputs",
    "explain_plan",
    "keep_plan",
    "make_plan",
    "plan_schema",
    "prepare_network",
    "read_config",
    "read_plan",
    "run_all",
    "write_plan",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
