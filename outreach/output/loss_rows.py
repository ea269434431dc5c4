"""Those who are left out as the pages list them: what is said most often first."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from outreach.output.left_out import LOSS_NAMES, losses_by_kind
from outreach.output.safe_text import writable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outreach.model import Loss, Plan
    from outreach.output.page_data import Json
    from outreach.output.words import Words

Reason = tuple[str, str]


def loss_groups(plan: Plan, words: Words) -> list[Json]:
    """
    Give each kind of loss with its rows, ordered by what an office can do about them.

    Rows of one reason, of one team where it names a team, stand together under the sentence of
    the first of them, the most frequent reason first. Within a reason those come first whom one
    more hour, or a little more money, would bring in, then those who lack the fewest minutes.
    """
    more = _more(plan, words)
    return [
        {
            "kind": kind,
            "said": words.say(LOSS_NAMES[kind]),
            "n": len(losses),
            "rows": _rows(losses, more, words),
        }
        for kind, losses in losses_by_kind(plan)
    ]


def _rows(losses: Sequence[Loss], more: Mapping[str, str], words: Words) -> list[Json]:
    by_reason = groupby(sorted(losses, key=_reason), key=_reason)
    groups = [list(group) for _, group in by_reason]
    groups.sort(key=lambda group: -len(group))
    rows = []
    for group in groups:
        group.sort(key=lambda loss: (_key(loss) not in more, _minutes(loss), loss.beneficiary_id))
        said = [words.say(loss.detail) for loss in group]
        reason = said[0]
        if len(set(said)) > 1:
            reason = words.say("for instance: %(example)s", example=reason)
        for loss, why in zip(group, said, strict=True):
            row = {
                "id": writable(loss.beneficiary_id),
                "visit": None if loss.visit_id is None else writable(loss.visit_id),
                "why": writable(why),
                "reason": writable(reason),
                "more": more.get(_key(loss)),
            }
            rows.append(row)
    return rows


def _reason(loss: Loss) -> Reason:
    return loss.detail.template, str(loss.detail.values.get("team", ""))


def _minutes(loss: Loss) -> int:
    minutes = loss.detail.values.get("minutes")
    return minutes if isinstance(minutes, int) else 0


def _key(loss: Loss) -> str:
    return loss.visit_id or loss.beneficiary_id


def _more(plan: Plan, words: Words) -> dict[str, str]:
    """Say of each visit in a price what would bring it in."""
    hour = words.say("fits with one more hour")
    money = words.say("fits with %(money)s more", money=words.money(100_000))
    prices = sorted(plan.prices, key=lambda price: price.of == "hour")
    return {
        visit: hour if price.of == "hour" else money
        for price in prices
        for visit in price.visit_ids
    }
