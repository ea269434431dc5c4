"""`coverage.json`, the whole argument for another worker as the office keeps it."""

from __future__ import annotations

import datetime as dt
import json
import logging
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib import resources
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, cast, get_args

from outreach.coverage.result import (
    Access,
    Activity,
    Band,
    Caseload,
    Coverage,
    GroupRow,
    Outcome,
    Planned,
    Quality,
    ScenarioRow,
    Site,
    Step,
    Wisn,
)
from outreach.errors import LayerError, Message
from outreach.model import Loss, LossKind
from outreach.output.files import write_text_whole
from outreach.output.json_file import read_json, schema_faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SCHEMA_NAME = "outreach/coverage/1"

logger = logging.getLogger(__name__)

Json = dict[str, Any]

# 0.1 m in degrees; of hours, kilometres and shares it is far below what is known.
_DECIMALS = 6
# Numbers that follow from others, written for readers of the file alone.
_DERIVED: Mapping[type, tuple[str, ...]] = {
    GroupRow: ("gap_visits", "share_delivered"),
    Outcome: ("gap_visits",),
    Wisn: ("ratio", "pressure"),
}
_UNBOUNDED = ("bound_visits", "gap_share")


def coverage_schema() -> Json:
    """Give the JSON Schema (2020-12) of `coverage.json`."""
    text = (resources.files("outreach.output") / "coverage.schema.json").read_text(encoding="utf-8")
    schema: Json = json.loads(text)
    return schema


def write_coverage(coverage: Coverage, path: Path) -> None:
    """
    Write a coverage for the office, which alone may read it; equal ones give equal bytes.

    It names those who are left out by their ids, and nobody's place.

    Raises
    ------
    ExportError
        When the file cannot be written.
    """
    document = coverage_document(coverage)
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    write_text_whole(path, f"{text}\n")
    logger.info("wrote the coverage of %d people to %s", coverage.n_people, path.name)


def read_coverage(path: Path) -> Coverage:
    """
    Read what `write_coverage` wrote.

    Raises
    ------
    LayerError
        When the file is absent, is not JSON, is of another version, or breaks the schema; all
        breaks are named.
    """
    document = read_json(path, form=SCHEMA_NAME, command="outreach coverage")
    problems = tuple(_faults(document))
    if problems:
        raise LayerError(
            "%(file)s is not a coverage that this version reads; make it anew with 'outreach"
            " coverage':\n%(problems)s",
            file=str(path),
            problems="\n".join(problems),
        )
    return coverage_from_document(cast("Json", document))


def coverage_document(coverage: Coverage) -> Json:
    """Turn a coverage into what `coverage.json` holds; losses in an order of their own."""
    document: Json = {"schema": SCHEMA_NAME, **_plain(coverage)}
    losses = sorted(coverage.losses, key=lambda x: (x.beneficiary_id, x.visit_id or "", x.reason))
    document["losses"] = {
        kind: [
            {key: value for key, value in _plain(loss).items() if key != "kind"}
            for loss in losses
            if loss.kind == kind
        ]
        for kind in get_args(LossKind)
    }
    return document


def coverage_from_document(document: Json) -> Coverage:
    """Turn the content of a valid `coverage.json` back into the coverage."""
    losses: Mapping[LossKind, list[Json]] = document["losses"]
    wisn = document["wisn"]
    access = document["access"]
    quality = document["quality"]
    read: Json = {
        "starts_on": dt.date.fromisoformat(document["starts_on"]),
        "workers": tuple(document["workers"]),
        "present_sites": _sites(document["present_sites"]),
        "quality": Quality(**{**quality, "findings": _messages(quality["findings"])}),
        "total": _group(document["total"]),
        **{
            key: tuple(_group(x) for x in document[key])
            for key in ("categories", "districts", "areas")
        },
        "access": Access(**{**access, "bands": tuple(Band(**x) for x in access["bands"])}),
        "present": _outcome(document["present"]),
        "caseloads": tuple(Caseload(**x) for x in document["caseloads"]),
        "wisn": Wisn(
            **{
                **_without_derived(wisn, Wisn),
                "activities": tuple(Activity(**x) for x in wisn["activities"]),
            }
        ),
        "planned": tuple(Planned(**x) for x in document["planned"]),
        "steps": tuple(_step(x) for x in document["steps"]),
        "scenarios": tuple(
            ScenarioRow(
                **{
                    **x,
                    "sites": _sites(x["sites"]),
                    "present": _outcome(x["present"]),
                    "realised": _outcome(x["realised"]),
                }
            )
            for x in document["scenarios"]
        ),
        "losses": tuple(
            Loss(**{**x, "kind": kind, "detail": Message(**x["detail"])})
            for kind in get_args(LossKind)
            for x in losses[kind]
        ),
        "notices": _messages(document["notices"]),
    }
    return Coverage(**{**{x: document[x] for x in document if x != "schema"}, **read})


def _plain(value: object) -> Any:
    """Turn a value into what JSON knows; its numbers may be NumPy's."""
    if is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value)] + [*_DERIVED.get(type(value), ())]
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in sorted(value)}
    if isinstance(value, tuple | list):
        return [_plain(x) for x in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if value is None or isinstance(value, str | bool):
        return value
    if not isinstance(value, Real):
        raise TypeError(f"coverage.json cannot hold a {type(value).__name__}")
    return _number(value)


def _number(value: Real) -> float | None:
    """Give the number as Python's own; null where there is no bound."""
    if isinstance(value, Integral):
        return int(value)
    return None if math.isinf(value) else round(float(value), _DECIMALS)


def _without_derived(x: Json, kind: type) -> Json:
    return {key: value for key, value in x.items() if key not in _DERIVED[kind]}


def _group(x: Json) -> GroupRow:
    return GroupRow(**_without_derived(x, GroupRow))


def _outcome(x: Json) -> Outcome:
    return Outcome(**_without_derived(x, Outcome))


def _sites(some: Iterable[Json]) -> tuple[Site, ...]:
    return tuple(Site(**x) for x in some)


def _messages(some: Iterable[Json]) -> tuple[Message, ...]:
    return tuple(Message(**x) for x in some)


def _step(x: Json) -> Step:
    return Step(
        **{
            **x,
            "sites": _sites(x["sites"]),
            "free_sites": _sites(x["free_sites"]),
            "realised": _outcome(x["realised"]),
            **{name: math.inf if x[name] is None else x[name] for name in _UNBOUNDED},
        }
    )


def _faults(document: object) -> Iterator[str]:
    """Name each place where a document is not a coverage."""
    errors = tuple(schema_faults(document, coverage_schema()))
    yield from errors
    if not errors and isinstance(document, dict):
        yield from _unseen_faults(document)


def _unseen_faults(document: Json) -> Iterator[str]:
    """Name what no schema can see."""
    try:
        dt.date.fromisoformat(document["starts_on"])
    except ValueError as error:
        yield f"starts_on: '{document['starts_on']}' is not a date ({error})"
    counted = [("total", document["total"]), ("present", document["present"])]
    for name in ("categories", "districts", "areas"):
        counted += [(f"{name}[{i}]", x) for i, x in enumerate(document[name])]
    for i, step in enumerate(document["steps"]):
        counted.append((f"steps[{i}].realised", step["realised"]))
        if len(step["sites"]) != step["n_added"]:
            yield f"steps[{i}].sites: must be as many as n_added ({step['n_added']})"
    for i, row in enumerate(document["scenarios"]):
        counted += [(f"scenarios[{i}].{name}", row[name]) for name in ("present", "realised")]
    for place, x in counted:
        if x["delivered_visits"] > x["required_visits"]:
            yield f"{place}.delivered_visits: cannot be more than required_visits"
