"""What `outreach coverage` tells: for people as text, for machines as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outreach.output.coverage_cells import proof_said, sites_said
from outreach.output.left_out import LOSS_NAMES

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.coverage.result import Coverage, Step
    from outreach.output.coverage_rows import Told
    from outreach.output.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageReport:
    """
    What was found out, the groups as they were published, and where the files lie.

    `points_k` is the k of the masked points; None: none were asked for.
    """

    coverage: Coverage
    told: Told
    paths: tuple[Path, ...]
    points_k: int | None = None

    @property
    def n_lost(self) -> int:
        """How many people are in one of the five losses."""
        return len({loss.beneficiary_id for loss in self.coverage.losses})

    def as_json(self) -> dict[str, Any]:
        """Give the figures and files."""
        coverage = self.coverage
        return {
            "people": coverage.n_people,
            "weeks": coverage.n_weeks,
            "season": coverage.season,
            "scenario": coverage.scenario,
            "required": coverage.present.required_visits,
            "delivered": coverage.present.delivered_visits,
            "noise": coverage.noise_visits,
            "workers": {
                "present": coverage.present.n_workers,
                "caseload": {str(c.cases_per_worker): c.n_required for c in coverage.caseloads},
                "wisn": round(coverage.wisn.n_required, 2),
                "planned": {p.variation: p.n_required for p in coverage.planned},
            },
            "steps": [_step_json(step) for step in coverage.steps],
            "recommended": coverage.recommended,
            "losses": dict(sorted(Counter(x.kind for x in coverage.losses).items())),
            "reached_k": self.told.reached_k,
            "points_k": self.points_k,
            "files": [str(path) for path in self.paths],
        }

    def as_text(self, words: Words) -> str:
        """Write the argument in a few lines, and where the files lie."""
        coverage, present = self.coverage, self.coverage.present
        lines = [
            words.say(
                "%(weeks)s from %(date)s, %(workers)s: %(made)s of %(due)s visits that are due"
                " are made; %(people)s of %(all)s people miss something",
                weeks=words.plural("%(n)s week", "%(n)s weeks", coverage.n_weeks),
                date=words.date(coverage.starts_on),
                workers=words.plural("%(n)s worker", "%(n)s workers", present.n_workers),
                made=words.number(present.delivered_visits),
                due=words.number(present.required_visits),
                people=words.number(present.n_with_gap),
                all=words.number(coverage.n_people),
            ),
            *self._hopeless(words),
            self._views(words),
            *(_step_line(step, words) for step in coverage.steps[1:]),
            words.say(
                "Two searches of the same weeks differ by %(n)s visits",
                n=words.number(coverage.noise_visits),
            ),
            self._recommended(words),
        ]
        counts = Counter(loss.kind for loss in coverage.losses)
        lines += [
            f"  {words.say(name)}: {counts[kind]}"
            for kind, name in LOSS_NAMES.items()
            if counts[kind]
        ]
        lines.append(
            words.say(
                "In what may be shown, no number tells of fewer than %(k)d people",
                k=self.told.reached_k or self.told.k,
            )
        )
        if self.points_k is not None:
            lines.append(
                words.say(
                    "Each masked point hides among at least %(k)d others; show one run's, never"
                    " two",
                    k=self.points_k,
                )
            )
        lines += [words.say(notice) for notice in coverage.notices]
        lines.append(words.say("Files are in %(folder)s", folder=str(self.paths[0].parent)))
        return "\n".join(lines)

    def _recommended(self, words: Words) -> str:
        present = self.coverage.present
        if len(self.coverage.steps) == 1 and present.gap_visits > present.hopeless_visits:
            return words.say("No added worker was planned, so none can be recommended.")
        return words.say(
            "Recommended: %(workers)s more",
            workers=words.plural("%(n)s worker", "%(n)s workers", self.coverage.recommended),
        )

    def _hopeless(self, words: Words) -> list[str]:
        n_visits = self.coverage.present.hopeless_visits
        if not n_visits:
            return []
        return [
            words.say(
                "%(n)s of the visits not made would not be made by more workers of the same kind"
                " alone: the circuit for them is full, nobody has the skill, no way leads there, or"
                " the hours never fit.",
                n=words.number(n_visits),
            )
        ]

    def _views(self, words: Words) -> str:
        coverage = self.coverage
        planned = coverage.planned[0] if coverage.planned else None
        if planned is None or planned.n_required is None:
            by_plan = words.say("not known")
        else:
            by_plan = words.number(planned.n_required)
        return words.say(
            "Workers needed: %(plan)s by planning the weeks, %(wisn)s by workload with travel"
            " (WISN), %(cases)s by caseload standards",
            plan=by_plan,
            wisn=words.number(coverage.wisn.n_required, 1),
            cases=" / ".join(words.number(c.n_required) for c in coverage.caseloads),
        )


def _step_json(step: Step) -> dict[str, Any]:
    return {
        "added": step.n_added,
        "sites": [site.id for site in step.sites],
        "predicted": round(step.predicted_visits, 1),
        "bound": round(step.bound_visits, 1),
        "proof": step.proof,
        "realised": step.realised.delivered_visits,
        "with_gap": step.realised.n_with_gap,
        "cost_idr_per_month": step.cost_idr_per_month,
    }


def _step_line(step: Step, words: Words) -> str:
    return words.say(
        "  +%(n)d (%(sites)s): predicted %(predicted)s visits (%(proof)s), planned %(realised)s",
        n=step.n_added,
        sites=sites_said(step.sites),
        predicted=words.number(round(step.predicted_visits)),
        proof=proof_said(step.proof, step.gap_share, words),
        realised=words.number(step.realised.delivered_visits),
    )
