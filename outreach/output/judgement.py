"""What a plan costs by the published weights, and what a little more would bring, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.output.itinerary import date_of
from outreach.units import HOUR_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outreach.model import Plan, Price, Score
    from outreach.output.words import Words

SCORE_NAMES: Mapping[str, Message] = {
    "broken_promises_s": Message("Promised visits left out"),
    "missed_deadlines_s": Message("Deadlines missed"),
    "unserved_s": Message("Other visits left out, by priority"),
    "broken_continuity_s": Message("Visits by a worker whom the child does not know"),
    "riding_s": Message("Riding of all workers"),
    "money_s": Message("Money, counted as time"),
    "unfairness_s": Message("Load shared unevenly"),
    "total_s": Message("All together"),
}
"""What each part of the score is called, what weighs most first, and the sum."""

SCORE_NOTE = Message(
    "In hours of riding that one would accept instead; the planner makes the sum as small as it can"
)

_MAX_IDS = 8


def score_hours(score: Score) -> tuple[tuple[Message, float], ...]:
    """Give each part of a score, and the sum, in hours of riding."""
    return tuple((name, getattr(score, key) / HOUR_S) for key, name in SCORE_NAMES.items())


def score_json(score: Score | None) -> dict[str, int] | None:
    """Give the parts of a score and their sum, in seconds."""
    return None if score is None else {key: getattr(score, key) for key in SCORE_NAMES}


def score_line(score: Score, words: Words) -> str:
    """Say in one line what a plan weighs, without the parts that are nought."""
    *parts, (_, total) = score_hours(score)
    said = [
        f"{words.say(name)} {words.number(hours, 1)}" for name, hours in parts if round(hours, 1)
    ]
    return words.say(
        "Weight in hours: %(total)s (%(parts)s)",
        total=words.number(total, 1),
        parts=" · ".join(said),
    )


def comparison(mine: Score, other: Score, words: Words) -> tuple[str, ...]:
    """Say of each part of a score that differs from another's how large both are, the sum last."""
    return tuple(
        words.say(
            "%(part)s: %(mine)s h instead of %(other)s h",
            part=words.say(name),
            mine=words.number(hours, 1),
            other=words.number(others, 1),
        )
        for (name, hours), (_, others) in zip(score_hours(mine), score_hours(other), strict=True)
        if round(hours, 1) != round(others, 1)
    )


def price_sentences(plan: Plan, words: Words) -> tuple[str, ...]:
    """Say of each price who has more, when, and whom that would reach; a team's price once."""
    alike: dict[tuple[object, ...], list[Price]] = {}
    for price in plan.prices:
        alike.setdefault((price.of, price.day, price.visit_ids), []).append(price)
    return tuple(_price_sentence(plan, prices, words) for prices in alike.values())


def _price_sentence(plan: Plan, prices: Sequence[Price], words: Words) -> str:
    price = prices[0]
    workers = words.any_of(p.worker_id for p in prices)
    if price.of == "rp_100000":
        return words.say(
            "%(money)s more for %(worker)s: %(reached)s",
            money=words.money(100_000),
            worker=workers,
            reached=_reached(price, words),
        )
    return words.say(
        "One more hour for %(worker)s on %(day)s: %(reached)s",
        worker=workers,
        day=words.date(date_of(plan, price.day or 0)),
        reached=_reached(price, words),
    )


def _reached(price: Price, words: Words) -> str:
    ids = price.beneficiary_ids
    if ids:
        told = ", ".join(ids[:_MAX_IDS]) + (", …" if len(ids) > _MAX_IDS else "")
        return words.plural(
            "%(n)s more child (%(ids)s)", "%(n)s more children (%(ids)s)", len(ids), ids=told
        )
    # Visits to partners reach no child of themselves.
    told = ", ".join(price.visit_ids[:_MAX_IDS])
    return words.plural(
        "%(n)s more visit (%(ids)s)", "%(n)s more visits (%(ids)s)", len(price.visit_ids), ids=told
    )
