"""Whether the tables know each other: workers named, circuits, skills, partners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.layers.values import nearest, quote
from outreach.model import Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from outreach.layers.layer import Layer


def check_references(
    layers: Mapping[str, Layer], *, circuit_ids: Collection[str] = ()
) -> tuple[Finding, ...]:
    """
    Find what one table names and the other does not have.

    Parameters
    ----------
    layers
        By name; those that are absent are not checked.
    circuit_ids
        The circuits of ``outreach.toml``.

    Returns
    -------
    findings
        Warnings, empty tables first, then table by table in the order of ids. A worker or
        partner that is not known is not quoted: people write names there.
    """
    findings = [
        _empty(layers[name])
        for name in ("beneficiaries", "workers")
        if name in layers and not len(layers[name].rows) and not _has_errors(layers[name])
    ]
    if workers := layers.get("workers"):
        for name in ("beneficiaries", "partners"):
            if layer := layers.get(name):
                findings += _unknown_workers(layer, set(workers.rows["id"]))
    if beneficiaries := layers.get("beneficiaries"):
        findings += _unknown_circuits(beneficiaries, circuit_ids)
        if partners := layers.get("partners"):
            findings += _unknown_partners(beneficiaries, set(partners.rows["id"]))
        if workers:
            known = {skill for skills in workers.rows["skills"] for skill in skills}
            findings += _unknown_skills(beneficiaries, known)
    return tuple(findings)


def _has_errors(layer: Layer) -> bool:
    return any(finding.severity == "error" for finding in layer.findings)


def _empty(layer: Layer) -> Finding:
    return Finding(
        severity="warning",
        code="empty-table",
        file=layer.file,
        sheet=layer.sheet,
        row=None,
        column=None,
        id=None,
        what=Message("the table has no rows"),
        mend=Message("fill it in and save it; or name the right file and sheet in outreach.toml"),
    )


def _unknown_circuits(layer: Layer, circuit_ids: Collection[str]) -> list[Finding]:
    findings = []
    for row_id, circuit in zip(layer.rows["id"], layer.rows["circuit"], strict=True):
        if circuit is None or circuit in circuit_ids:
            continue
        what = Message(
            "the circuit '%(circuit)s' is not in outreach.toml", {"circuit": quote(circuit)}
        )
        near = nearest(circuit, circuit_ids)
        mend = (
            Message("write '%(near)s', or add the circuit to outreach.toml", {"near": near})
            if near
            else Message("add the circuit to outreach.toml, or empty the cell")
        )
        findings.append(_warning(layer, "unknown-circuit", row_id, "circuit", what, mend))
    return findings


def _unknown_skills(layer: Layer, known: Collection[str]) -> list[Finding]:
    findings = []
    for row_id, wanted in zip(layer.rows["id"], layer.rows["skills"], strict=True):
        if missing := [skill for skill in wanted if skill not in known]:
            what = Message(
                "no worker has the skills: %(skills)s", {"skills": quote(", ".join(missing))}
            )
            mend = Message("correct the word, or add the skill to a worker")
            findings.append(_warning(layer, "unknown-skill", row_id, "skills", what, mend))
    return findings


def _unknown_workers(layer: Layer, worker_ids: Collection[str]) -> list[Finding]:
    return [
        _warning(
            layer,
            "unknown-worker",
            row_id,
            "worker",
            Message("the worker named here is not in the table of workers"),
            Message("write the worker's id as in the table of workers, or empty the cell"),
        )
        for row_id, worker in zip(layer.rows["id"], layer.rows["worker"], strict=True)
        if worker is not None and worker not in worker_ids
    ]


def _unknown_partners(layer: Layer, partner_ids: Collection[str]) -> list[Finding]:
    return [
        _warning(
            layer,
            "unknown-partner",
            row_id,
            "partner",
            Message("the partner named here is not in the table of partners"),
            Message("write the partner's id as in the table of partners, or empty the cell"),
        )
        for row_id, partner in zip(layer.rows["id"], layer.rows["partner"], strict=True)
        if partner is not None and partner not in partner_ids
    ]


def _warning(
    layer: Layer, code: str, row_id: str, column: str, what: Message, mend: Message
) -> Finding:
    return Finding(
        severity="warning",
        code=code,
        file=layer.file,
        sheet=layer.sheet,
        row=layer.row_numbers.get(row_id),
        column=layer.headers.get(column, column),
        id=row_id,
        what=what,
        mend=mend,
    )
