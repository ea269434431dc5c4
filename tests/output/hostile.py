"""The sample week with dangerous text in every column that holds text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outreach.output.plan_json import plan_document, plan_from_document

if TYPE_CHECKING:
    from outreach.model import Plan

EVIL = (
    "{{ 'zig'~'zag' }}{% for x in (1,2) %}ran{% endfor %}{# gone #}${hit()}`+hit()+`"
    "</script><script>hit()</script></style><img src=x onerror=hit()>\"'onclick=hit() "
    "\\u0068\\'\u2028\u202e<!--&lt;{{ cycler.__init__.__globals__ }}"
)

# What a schema fixes cannot be planted.
_FIXED = frozenset(
    {"schema", "starts_at", "season", "kind", "date", "due_on", "template", "of"}
    | {"at", "by", "deadline", "from", "starts", "to", "revises", "area_wkt"}
)


def hostile(plan: Plan) -> Plan:
    """Plant `EVIL` behind every text of a plan; equal texts stay equal."""
    document = _planted(plan_document(plan))
    for notice in document["notices"]:
        notice["template"] += EVIL.replace("%", "%%")
    return plan_from_document(document)


def _planted(node: Any, key: str = "") -> Any:
    if isinstance(node, dict):
        totals = key == "totals"
        return {
            (name + EVIL if totals and name != "all" else name): _planted(value, name)
            for name, value in node.items()
        }
    if isinstance(node, list):
        return [_planted(item, key) for item in node]
    is_text = isinstance(node, str) and key not in _FIXED and not key.endswith("_at")
    return node + EVIL if is_text or key == "sleeps_at" else node
