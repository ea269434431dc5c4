"""Whether the tables know each other: workers named, circuits, skills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.layers.values import nearest, quote
from outreach.model import Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from outreach.layers.layer import Layer


def check_references(
    *,
    beneficiaries: Layer,
    workers: Layer,
    partners: Layer | None = None,
    circuits: Mapping[str, Collection[str]] | Collection[str] = (),
) -> tuple[Finding, ...]:
    """
    Find what one table names and the other does not have.

    Parameters
    ----------
    beneficiaries, workers, partners
        As they were read.
    circuits
        The circuits of ``outreach.toml``; a mapping also tells their workers' ids.

    Returns
    -------
    findings
        Warnings, table by table in the order of ids. A worker that is not known is not
        quoted: people write names there.
    """
    worker_ids = set(workers.rows["id"])
    skills = {skill for known in workers.rows["skills"] for skill in known}
    findings = [
        finding
        for layer in (beneficiaries, partners)
        if layer is not None
        for finding in _unknown_workers(layer, worker_ids)
    ]
    rows = beneficiaries.rows
    for row_id, circuit, wanted in zip(rows["id"], rows["circuit"], rows["skills"], strict=True):
        if circuit is not None and circuit not in circuits:
            what = Message(
                "the circuit '%(circuit)s' is not in outreach.toml", {"circuit": quote(circuit)}
            )
            near = nearest(circuit, circuits)
            mend = (
                Message("write '%(near)s', or add the circuit", {"near": near})
                if near
                else Message("add [circuits.…] to outreach.toml, or empty the cell")
            )
            findings.append(
                _warning(beneficiaries, "unknown-circuit", row_id, "circuit", what, mend)
            )
        if missing := sorted(set(wanted) - skills):
            what = Message(
                "no worker has the skills: %(skills)s", {"skills": quote(", ".join(missing))}
            )
            mend = Message("correct the word, or add the skill to a worker")
            findings.append(_warning(beneficiaries, "unknown-skill", row_id, "skills", what, mend))
    return (*findings, *_unknown_riders(workers, circuits, worker_ids))


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


def _unknown_riders(
    workers: Layer,
    circuits: Mapping[str, Collection[str]] | Collection[str],
    worker_ids: Collection[str],
) -> list[Finding]:
    if not hasattr(circuits, "items"):
        return []
    return [
        _warning(
            workers,
            "unknown-worker",
            None,
            None,
            Message(
                "the circuit '%(circuit)s' needs a worker who is not in this table",
                {"circuit": circuit},
            ),
            Message("add the worker, or correct the circuit in outreach.toml"),
        )
        for circuit, riders in sorted(circuits.items())
        if set(riders) - set(worker_ids)
    ]


def _warning(
    layer: Layer, code: str, row_id: str | None, column: str | None, what: Message, mend: Message
) -> Finding:
    return Finding(
        severity="warning",
        code=code,
        file=layer.file,
        sheet=layer.sheet,
        row=None if row_id is None else layer.row_numbers.get(row_id),
        column=column,
        id=row_id,
        what=what,
        mend=mend,
    )
