"""What the supervisor's page shows beyond the days: who is left out, sums, prices, weights."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from outreach.output.changes_data import changed_office_page
from outreach.output.itinerary import ALL, budget_used, load, routes_of, worker_ids
from outreach.output.judgement import SCORE_NOTE, price_sentences, score_hours
from outreach.output.left_out import NOT_DUE_NAME
from outreach.output.page_data import PLAIN, page_basis
from outreach.output.safe_text import writable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outreach.model import Plan, Totals
    from outreach.output.changes_seen import Before
    from outreach.output.page_data import Json, Look, Ways
    from outreach.output.words import Words


def supervisor_data(
    plan: Plan,
    ways: Ways,
    words: Words,
    *,
    links: Mapping[str, str],
    look: Look = PLAIN,
    basemap: str | None = None,
    before: Before | None = None,
) -> Json:
    """
    Give what the supervisor's page shows: everybody's days, and everybody who is left out.

    Parameters
    ----------
    plan
        What is told.
    ways
        The geometry of its legs.
    words
        The reader's language.
    links
        The file of each worker's page, relative to this one.
    look
        What is shown beside the plan.
    basemap
        What `outreach.output.basemap.basemap_for` gives, or nothing for plain paper.
    before
        Of a changed plan, what it was changed from.
    """
    workers = worker_ids(plan)
    basis = page_basis(
        plan, routes_of(plan), ways, words, workers=workers, look=look, basemap=basemap
    )
    if look.online_tiles:
        asked = words.say(
            "This map asks %(host)s for pictures, which learns where you look.",
            host=urlsplit(look.online_tiles).netloc,
        )
        basis["notices"] = [*basis["notices"], asked]
    told = {
        **basis,
        "kind": "supervisor",
        "tiles": look.online_tiles or None,
        "title": words.say("Visits of all workers"),
        "key": "",
        "links": [links.get(worker_id) for worker_id in workers],
        "not_due": [
            {"id": writable(x.beneficiary_id), "due": words.date(x.due_on)}
            for x in sorted(plan.not_due, key=lambda x: (x.due_on, x.beneficiary_id))
        ],
        "not_due_said": words.say(NOT_DUE_NAME),
        "sums_head": _sums_head(words),
        "sums": [
            _sums_row(plan, key, totals, words)
            for key, totals in sorted(plan.totals, key=lambda item: (item[0] == ALL, item[0]))
        ],
        "prices": [writable(sentence) for sentence in price_sentences(plan, words)],
        "score": []
        if plan.score is None
        else [[words.say(name), words.number(h, 1)] for name, h in score_hours(plan.score)],
        "score_note": words.say(SCORE_NOTE),
    }
    return changed_office_page(told, plan, words, before=before)


def _sums_head(words: Words) -> list[list[str]]:
    # What belongs together stands in one cell, so that a table beside the map has room for all.
    return [
        [words.say("worker")],
        [words.say("visits")],
        [words.say("load")],
        [words.say("riding"), words.say("distance")],
        [words.say("service")],
        [words.say("nights")],
        [words.say("cost"), words.say("used of the budget for these days")],
    ]


def _sums_row(plan: Plan, key: str, total: Totals, words: Words) -> Json:
    share, budget = load(plan, key), budget_used(total)
    of_budget = "–"
    if total.budget_idr is not None:
        of_budget = words.say(
            "%(share)s of %(budget)s",
            share=_share(budget, words),
            budget=_unbroken(words.money(total.budget_idr)),
        )
    return {
        "worker": None if key == ALL else worker_ids(plan).index(key),
        "name": words.say("all, each team's day once") if key == ALL else writable(key),
        "load": share,
        "budget": budget,
        "cells": [
            [words.number(total.n_visits)],
            [_share(share, words)],
            [_unbroken(words.duration(total.riding_s)), _unbroken(words.km(total.distance_m))],
            [_unbroken(words.duration(total.service_s))],
            [words.number(total.n_nights)],
            [_unbroken(words.money(total.cost_idr)), of_budget],
        ],
    }


def _share(share: float | None, words: Words) -> str:
    return "–" if share is None else words.percent(share)


def _unbroken(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")
