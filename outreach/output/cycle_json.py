"""`cycle.json`: every week of every run, as the office keeps it."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from outreach.output.files import write_text_whole

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.coverage.cycle import Cycle

SCHEMA_NAME = "outreach/cycle/1"

logger = logging.getLogger(__name__)

Json = dict[str, Any]

# Of metres, seconds and days it is far below what is known.
_DECIMALS = 3


def cycle_schema() -> Json:
    """Give the JSON Schema (2020-12) of `cycle.json`."""
    text = (resources.files("outreach.output") / "cycle.schema.json").read_text(encoding="utf-8")
    schema: Json = json.loads(text)
    return schema


def write_cycle(cycle: Cycle, path: Path) -> None:
    """
    Write a cycle for the office, which alone may read it; equal ones give equal bytes.

    It names by id who waits longest, and nobody's place.

    Raises
    ------
    ExportError
        When the file cannot be written.
    """
    text = json.dumps(cycle_document(cycle), ensure_ascii=False, indent=1, allow_nan=False)
    write_text_whole(path, f"{text}\n")
    logger.info("wrote %d runs of %d weeks to %s", len(cycle.runs), cycle.n_weeks, path.name)


def cycle_document(cycle: Cycle) -> Json:
    """Turn a cycle into what `cycle.json` holds."""
    document: Json = {"schema": SCHEMA_NAME, **_plain(cycle)}
    document["rates"] = document.pop("params")
    for run, told in zip(cycle.runs, document["runs"], strict=True):
        for week, row in zip(run.weeks, told["weeks"], strict=True):
            row |= {
                "n_open": week.n_open,
                "n_waiting": week.n_waiting,
                "overdue_days": week.overdue_days,
            }
    return document


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return round(value, _DECIMALS) if isinstance(value, float) else value
