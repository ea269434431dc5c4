"""The data-quality report: what is wrong with the tables, and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.errors import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from outreach.layers.layer import Layer
    from outreach.model import Finding
    from outreach.output.words import Words


def findings_text(layers: Mapping[str, Layer], findings: Iterable[Finding], words: Words) -> str:
    """
    Write the report, faults before doubts, each with its place in the file.

    Parameters
    ----------
    layers
        What was read, by name; their good rows are counted.
    findings
        All that is wrong or doubtful.
    """
    found = tuple(findings)
    faults = [f for f in found if f.severity == "error"]
    doubts = [f for f in found if f.severity == "warning"]
    lines = [_counts(layer, words) for layer in layers.values()]
    for title, group in (
        (words.say("Faults: these rows are not planned until they are mended"), faults),
        (words.say("Doubts: these rows are planned as they are"), doubts),
    ):
        if group:
            lines += ["", f"{title} ({words.number(len(group))})"]
            lines += [finding_line(finding, words) for finding in group]
    if not found:
        lines += ["", words.say("Nothing is wrong with the tables.")]
    return "\n".join(lines)


def _counts(layer: Layer, words: Words) -> str:
    return words.say(
        "%(layer)s: %(good)s good rows, %(invalid)s invalid",
        layer=words.say(_LAYER_NAMES[layer.name]),
        good=words.number(len(layer.rows)),
        invalid=words.number(len(layer.invalid)),
    )


_LAYER_NAMES = {
    "beneficiaries": Message("Beneficiaries"),
    "workers": Message("Workers"),
    "lodgings": Message("Lodgings"),
    "partners": Message("Partners"),
    "areas": Message("Areas"),
}


def finding_json(finding: Finding) -> dict[str, object]:
    """Give one finding with its place."""
    return {
        "severity": finding.severity,
        "code": finding.code,
        "file": finding.file,
        "sheet": finding.sheet,
        "row": finding.row,
        "column": finding.column,
        "id": finding.id,
        "what": str(finding.what),
        "mend": str(finding.mend),
    }


def finding_line(finding: Finding, words: Words) -> str:
    """Write one finding: its place in the file, what is wrong, and how to mend it."""
    place = [finding.file]
    if finding.sheet:
        place.append(finding.sheet)
    if finding.row is not None:
        place.append(words.say("row %(row)d", row=finding.row))
    if finding.column:
        place.append(finding.column)
    who = f" [{finding.id}]" if finding.id else ""
    return (
        f"  {' · '.join(place)}{who}: {words.say(finding.what)}\n      → {words.say(finding.mend)}"
    )
