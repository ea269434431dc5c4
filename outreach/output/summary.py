"""A plan in a few lines, for the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.output.changes_told import ChangeTeller
from outreach.output.itinerary import ALL, date_of, worker_ids
from outreach.output.judgement import price_sentences, score_line
from outreach.output.left_out import LOSS_NAMES, losses_by_kind, reason_counts

if TYPE_CHECKING:
    from outreach.model import Plan
    from outreach.output.words import Words

_MAX_REASONS = 5
_MAX_PRICES = 3


def summary(plan: Plan, words: Words) -> str:
    """Say how many visits, kilometres, hours and nights, and who is left out by reason."""
    first, last = date_of(plan, 0), date_of(plan, plan.horizon_days - 1)
    lines = [
        words.say(
            "%(days)s, %(workers)s", days=words.days(first, last), workers=_workers(plan, words)
        )
    ]
    if plan.revision is not None:
        tell = ChangeTeller(plan, words)
        lines.append(" · ".join((tell.title(), *tell.figures(plan.revision))))
    sums = dict(plan.totals).get(ALL)
    if sums is not None:
        lines.append(
            words.say(
                "%(visits)s · %(distance)s · riding %(riding)s · service %(service)s ·"
                " %(nights)s · %(cost)s",
                visits=words.plural("%(n)s visit", "%(n)s visits", sums.n_visits),
                distance=words.km(sums.distance_m),
                riding=words.duration(sums.riding_s),
                service=words.duration(sums.service_s),
                nights=words.plural("%(n)s night away", "%(n)s nights away", sums.n_nights),
                cost=words.money(sums.cost_idr),
            )
        )
    lines += _left_out(plan, words)
    lines += price_sentences(plan, words)[:_MAX_PRICES]
    if plan.score is not None:
        lines.append(score_line(plan.score, words))
    if plan.not_due:
        lines.append(words.say("Not due in these days: %(n)d", n=len(plan.not_due)))
    lines += [words.say(notice) for notice in plan.notices]
    return "\n".join(lines)


def _workers(plan: Plan, words: Words) -> str:
    return words.plural("%(n)s worker", "%(n)s workers", len(worker_ids(plan)))


def _left_out(plan: Plan, words: Words) -> list[str]:
    groups = losses_by_kind(plan)
    if not groups:
        return [words.say("Nobody is left out.")]
    lines = [words.say("Left out: %(n)d", n=sum(len(losses) for _, losses in groups))]
    for kind, losses in groups:
        lines.append(f"  {words.say(LOSS_NAMES[kind])}: {len(losses)}")
        counts = reason_counts(losses, words)
        lines += [f"    {n} × {reason}" for reason, n in counts[:_MAX_REASONS]]
        if len(counts) > _MAX_REASONS:
            more = sum(n for _, n in counts[_MAX_REASONS:])
            lines.append(words.say("    and %(n)d more, all of them in plan.xlsx", n=more))
    return lines
