"""The part of `plan.json` that tells how a plan came from the one before it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from outreach.errors import Message
from outreach.lineage import Call, Change, Figures, Happening, NightChange, Revision, When
from outreach.output.itinerary import moment, seconds_at

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

Json = dict[str, Any]

_MOMENTS = ("at", "from", "to", "deadline", "starts", "by")


def revision_document(revision: Revision, starts_at: dt.datetime) -> Json:
    """Turn a revision into what `plan.json` holds; moments as ISO 8601."""
    return {
        "number": revision.number,
        "revises": revision.revises,
        "at": moment(starts_at, revision.at_s).isoformat(),
        "n_told": revision.n_told,
        "happened": [_written(asdict(one), starts_at) for one in revision.happened],
        "changes": [_change_document(change, starts_at) for change in revision.changes],
        "nights": [asdict(night) for night in revision.nights],
        "calls": [_written(asdict(call), starts_at) for call in revision.calls],
        "figures": asdict(revision.figures),
    }


def revision_from_document(document: Json, starts_at: dt.datetime) -> Revision:
    """Turn the part of a valid `plan.json` back into the revision."""
    return Revision(
        number=document["number"],
        revises=document["revises"],
        at_s=seconds_at(starts_at, document["at"]),
        n_told=document["n_told"],
        happened=tuple(Happening(**_read(x, starts_at)) for x in document["happened"]),
        changes=tuple(_change(x, starts_at) for x in document["changes"]),
        nights=tuple(NightChange(**x) for x in document["nights"]),
        calls=tuple(
            Call(**{**_read(x, starts_at), "visit_ids": tuple(x["visit_ids"])})
            for x in document["calls"]
        ),
        figures=Figures(**document["figures"]),
    )


def _change_document(change: Change, starts_at: dt.datetime) -> Json:
    detail = change.detail
    return {
        "kind": change.kind,
        "visit_id": change.visit_id,
        "beneficiary_id": change.beneficiary_id,
        "before": _when_document(change.before, starts_at),
        "after": _when_document(change.after, starts_at),
        "reason": change.reason,
        "detail": None
        if detail is None
        else {"template": detail.template, "values": dict(sorted(detail.values.items()))},
    }


def _change(x: Json, starts_at: dt.datetime) -> Change:
    detail = x["detail"]
    return Change(
        kind=x["kind"],
        visit_id=x["visit_id"],
        beneficiary_id=x["beneficiary_id"],
        before=_when(x["before"], starts_at),
        after=_when(x["after"], starts_at),
        reason=x["reason"],
        detail=None if detail is None else Message(detail["template"], detail["values"]),
    )


def _when_document(when: When | None, starts_at: dt.datetime) -> Json | None:
    if when is None:
        return None
    return {**_written(asdict(when), starts_at), "worker_ids": list(when.worker_ids)}


def _when(x: Json | None, starts_at: dt.datetime) -> When | None:
    if x is None:
        return None
    return When(**{**_read(x, starts_at), "worker_ids": tuple(x["worker_ids"])})


def _written(values: Mapping[str, Any], starts_at: dt.datetime) -> Json:
    """Write seconds of the plan as moments, `at_s` as `at`, and leave durations as they are."""
    document: Json = {}
    for name, value in values.items():
        bare = name.removesuffix("_s")
        if name != bare and bare in _MOMENTS:
            document[bare] = None if value is None else moment(starts_at, value).isoformat()
        else:
            document[name] = list(value) if isinstance(value, tuple) else value
    return document


def _read(document: Json, starts_at: dt.datetime) -> Json:
    return {
        **{name: value for name, value in document.items() if name not in _MOMENTS},
        **{
            f"{name}_s": None if document[name] is None else seconds_at(starts_at, document[name])
            for name in _MOMENTS
            if name in document
        },
    }
