"""What each command tells: for people as text, for machines as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outreach.output.findings import finding_json, finding_line, findings_text
from outreach.output.judgement import score_json
from outreach.output.summary import summary

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from outreach.errors import Message
    from outreach.layers.layer import Layer
    from outreach.model import Finding, Plan
    from outreach.output.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What `outreach check` tells."""

    layers: Mapping[str, Layer]
    findings: tuple[Finding, ...]

    @property
    def n_invalid(self) -> int:
        """How many beneficiaries cannot be planned."""
        return len(self.layers["beneficiaries"].invalid)

    def as_json(self) -> dict[str, Any]:
        """Give counts, and each finding with its place."""
        return {
            "rows": {name: len(layer.rows) for name, layer in self.layers.items()},
            "invalid": self.n_invalid,
            "findings": [finding_json(f) for f in self.findings],
        }

    def as_text(self, words: Words) -> str:
        """Write the report, table by table."""
        return findings_text(self.layers, self.findings, words)


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkReport:
    """What `outreach network` tells."""

    n_nodes: int
    n_edges: int
    n_main: int
    length_km: float
    downloaded: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Give the counts."""
        return {
            "nodes": self.n_nodes,
            "edges": self.n_edges,
            "main_nodes": self.n_main,
            "length_km": round(self.length_km, 1),
            "downloaded": self.downloaded,
        }

    def as_text(self, words: Words) -> str:
        """Write the counts, and what to set after a download."""
        lines = [
            words.say(
                "Roads: %(nodes)s junctions, %(edges)s road pieces, %(km)s km;"
                " %(main)s junctions can all reach each other",
                nodes=words.number(self.n_nodes),
                edges=words.number(self.n_edges),
                km=words.number(round(self.length_km)),
                main=words.number(self.n_main),
            )
        ]
        if self.downloaded:
            lines.append(
                words.say(
                    'Kept as %(file)s; set [roads] source = "%(file)s" in outreach.toml',
                    file=self.downloaded,
                )
            )
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReport:
    """
    A plan, where it lies, and what was drawn from it.

    `unkept` are pins that cannot be kept, `told` is what the log changed in the tables.
    """

    plan: Plan
    paths: tuple[Path, ...]
    findings: tuple[Finding, ...] | None = None
    unkept: tuple[Finding, ...] = ()
    told: tuple[Message, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give counts and files."""
        plan = self.plan
        total = dict(plan.totals)["all"]
        return {
            "visits": total.n_visits,
            "riding_s": total.riding_s,
            "distance_m": round(total.distance_m),
            "nights": total.n_nights,
            "cost_idr": total.cost_idr,
            "score": score_json(plan.score),
            "unserved": len(plan.unserved),
            "invalid": len(plan.invalid),
            "unsnapped": len(plan.unsnapped),
            "unreachable": len(plan.unreachable),
            "not_due": len(plan.not_due),
            "unkept_pins": [finding_json(f) for f in self.unkept],
            "from_log": [str(message) for message in self.told],
            "files": [str(path) for path in self.paths],
        }

    def as_text(self, words: Words) -> str:
        """Write a short summary and where the files lie."""
        lines = []
        if self.findings is not None:
            errors = sum(f.severity == "error" for f in self.findings)
            lines.append(
                words.say(
                    "Tables: %(errors)s faults and %(doubts)s doubts; outreach check names them",
                    errors=words.number(errors),
                    doubts=words.number(len(self.findings) - errors),
                )
            )
        lines += [words.say(message) for message in self.told]
        if self.unkept:
            lines.append(words.say("Pins that cannot be kept: %(n)d", n=len(self.unkept)))
            lines += [finding_line(finding, words) for finding in self.unkept]
        lines.append(summary(self.plan, words))
        # Some files lie in folders below; the shortest path is the folder above them.
        folder = min((path.parent for path in self.paths), key=lambda p: len(p.parts))
        lines.append(words.say("Files are in %(folder)s", folder=str(folder)))
        return "\n".join(lines)
