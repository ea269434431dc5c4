"""The supervisor's sums: what each worker carries, what a little more brings, what it weighs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.output.itinerary import ALL, budget_used, load
from outreach.output.judgement import SCORE_NOTE, price_sentences, score_hours
from outreach.output.safe_text import safe_text

if TYPE_CHECKING:
    from outreach.model import Plan, Totals
    from outreach.output.words import Words


def sums(plan: Plan, words: Words) -> str:
    """Give a line for each worker and one for all: visits, load, kilometres, money."""
    heads = (
        words.say("worker"),
        words.say("visits"),
        words.say("load"),
        words.say("used of the budget for these days"),
        words.say("riding"),
        words.say("service"),
        words.say("distance"),
        words.say("nights"),
        words.say("cost"),
    )
    head = "".join(f'<th scope="col">{safe_text(x)}</th>' for x in heads)
    totals = sorted(plan.totals, key=lambda item: (item[0] == ALL, item[0]))
    rows = "".join(_sums_row(plan, key, total, words) for key, total in totals)
    note = safe_text(words.say("load: riding and service, as a part of the working time"))
    return (
        f'<section class="sums"><h2>{safe_text(words.say("Sums"))}</h2><div class="wide">'
        f'<table><tr>{head}</tr>{rows}</table></div><p class="small">{note}</p></section>'
    )


def _sums_row(plan: Plan, key: str, total: Totals, words: Words) -> str:
    name = words.say("all, each team's day once") if key == ALL else key
    cells = (
        words.number(total.n_visits),
        _share(load(plan, key), words),
        _of_budget(total, words),
        words.duration(total.riding_s),
        words.duration(total.service_s),
        words.km(total.distance_m),
        words.number(total.n_nights),
        words.money(total.cost_idr),
    )
    cells_html = "".join(f"<td>{safe_text(cell)}</td>" for cell in cells)
    return f'<tr><th scope="row"><bdi>{safe_text(name)}</bdi></th>{cells_html}</tr>'


def _of_budget(total: Totals, words: Words) -> str:
    if total.budget_idr is None:
        return "–"
    return words.say(
        "%(share)s of %(budget)s",
        share=_share(budget_used(total), words),
        budget=words.money(total.budget_idr),
    )


def _share(share: float | None, words: Words) -> str:
    return "–" if share is None else words.percent(share)


def prices(plan: Plan, words: Words) -> str:
    """Give a sentence for each price, or nothing where there is none."""
    if not plan.prices:
        return ""
    items = "".join(f"<li>{safe_text(x)}</li>" for x in price_sentences(plan, words))
    title = safe_text(words.say("What a little more would bring"))
    return f'<section class="prices"><h2>{title}</h2><ul>{items}</ul></section>'


def score(plan: Plan, words: Words) -> str:
    """Give the parts of the score, in hours of riding, or nothing where nobody counted."""
    if plan.score is None:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{safe_text(words.say(name))}</th>'
        f"<td>{safe_text(words.number(hours, 1))}</td></tr>"
        for name, hours in score_hours(plan.score)
    )
    title, note = safe_text(words.say("How the plan is weighed")), safe_text(words.say(SCORE_NOTE))
    return (
        f'<section class="score"><details><summary>{title}</summary><p class="small">{note}</p>'
        f"<table>{rows}</table></details></section>"
    )
