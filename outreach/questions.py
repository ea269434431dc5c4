"""Read what outreach.toml asks about coverage: `[coverage]` and `[[scenarios]]`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.coverage.params import CANDIDATES, CoverageParams, Scenario
from outreach.coverage.staffing import WisnParams
from outreach.errors import ConfigError, Message
from outreach.layers.tables import parse_source

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from outreach.sections import Sections


def read_questions(sections: Sections, folder: Path) -> CoverageParams:
    """
    Take the sections; faults are noted there.

    Parameters
    ----------
    folder
        In which tables of candidates lie.
    """
    table = sections.section("coverage")
    allowances = table.pop("wisn", {})
    wisn = WisnParams()
    if isinstance(allowances, dict):
        wisn = sections.params("coverage.wisn", dict(allowances), WisnParams)
    else:
        sections.fault("coverage: wisn", Message("must be a section"))
    if table.pop("scenarios", None) is not None:
        sections.fault("coverage: scenarios", Message("must be written as [[scenarios]]"))
    candidates = sections.names("coverage", table, "candidates") or CANDIDATES
    _check_tables(sections, "coverage", candidates, folder)
    params = sections.params("coverage", table, CoverageParams)
    scenarios = _scenarios(sections, folder)
    return sections.build(
        "scenarios",
        lambda: replace(params, wisn=wisn, candidates=candidates, scenarios=scenarios),
        params,
    )


def _scenarios(sections: Sections, folder: Path) -> tuple[Scenario, ...]:
    scenarios = []
    for number, row in enumerate(sections.rows("scenarios"), start=1):
        where = f"scenarios, number {number}"
        name = sections.take(where, row, "name", str, "")
        label = sections.take(where, row, "label", str, name)
        place = sections.take(where, row, "everybody_at", str, "")
        candidates = sections.names(where, row, "candidates")
        _check_tables(sections, where, candidates, folder)
        sections.unknown(where, row, {"name", "label", "everybody_at", "candidates"})
        scenario = sections.build(
            where,
            lambda name=name, label=label, place=place, candidates=candidates: _scenario(  # type: ignore[misc]
                name, label, place, candidates
            ),
            None,
        )
        if scenario is not None:
            scenarios.append(scenario)
    return tuple(scenarios)


def _scenario(name: str, label: str, place: str, candidates: tuple[str, ...]) -> Scenario | None:
    if not name:
        raise ConfigError("needs a name")
    return Scenario(name=name, label=label or name, everybody_at=place, candidates=candidates)


def _check_tables(sections: Sections, where: str, candidates: Iterable[str], folder: Path) -> None:
    for text in candidates:
        if text in CANDIDATES:
            continue
        source = parse_source(text, folder)
        if not source.path.is_file():
            sections.fault(
                f"{where}: candidates",
                Message(
                    "'%(text)s' is none of %(known)s, and there is no file %(file)s",
                    {"text": text, "known": ", ".join(CANDIDATES), "file": str(source.path)},
                ),
            )
