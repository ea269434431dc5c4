"""The tables of the page about coverage: what follows the slider, and what stands below."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outreach.output.coverage_cells import HIDDEN, SEASONS, sites_said
from outreach.output.coverage_rows import name_of
from outreach.output.safe_text import writable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from outreach.coverage.result import Coverage, Planned, Step
    from outreach.output.coverage_rows import Told, ToldRow
    from outreach.output.page_data import Json
    from outreach.output.words import Words

_N_AREA_CELLS = 6
_LEAST_RULES = 3
_ROUND = (1, 2, 5, 10)
_NOTHING = "–"


def count(n: int | None, words: Words) -> str:
    """Say a number, or the sign of what is not told."""
    return HIDDEN if n is None else words.number(n)


def area_head(coverage: Coverage, words: Words) -> list[str]:
    """Name the columns of `area_cells`, after that of the area."""
    minutes = coverage.access.threshold_minutes
    return [
        words.say("area"),
        words.say("people to visit"),
        words.say("visits missed"),
        words.say("part missed"),
        words.say("people missed"),
        words.say("over %(minutes)d min away", minutes=minutes),
        words.say("mean ride (min)"),
    ]


def area_cells(row: ToldRow, words: Words) -> list[str]:
    """Say the figures of a group."""
    share, ride = row.share_delivered, row.mean_minutes
    return [
        words.number(row.n_people),
        count(row.gap_visits, words),
        HIDDEN if share is None else words.percent(1 - share),
        count(row.n_with_gap, words),
        count(row.n_uncovered, words),
        HIDDEN if ride is None else words.number(ride),
    ]


def hidden_cells() -> list[str]:
    """Give the cells of a group of which nothing is known."""
    return [HIDDEN] * _N_AREA_CELLS


def curve(coverage: Coverage, words: Words) -> Json:
    """
    Give what each further worker adds: as numbers to be drawn, and as lines of a table.

    Of `axis`, the first and last values hold all others between them.
    """
    made = [step.realised.delivered_visits for step in coverage.steps]
    foretold = [round(step.predicted_visits, 1) for step in coverage.steps]
    due = coverage.steps[0].realised.required_visits
    noise = coverage.noise_visits
    values = [*made, *foretold, due, min(made) - noise]
    return {
        "made": made,
        "foretold": foretold,
        "due": due,
        "noise": noise,
        "axis": [
            {"value": value, "said": words.number(value)}
            for value in axis_values(min(values), max(values))
        ],
        "head": [
            words.say("workers"),
            words.say("predicted"),
            words.say("made"),
            words.say("gain"),
            words.say("cost a month"),
        ],
        "lines": [_line(coverage.steps, i, words) for i in range(len(coverage.steps))],
        "notes": [
            words.say(
                "The strip around the line: by up to %(n)d visits two searches of the same weeks"
                " differ.",
                n=noise,
            )
        ],
    }


def _line(steps: Sequence[Step], i: int, words: Words) -> Json:
    step = steps[i]
    made = step.realised.delivered_visits
    more = made - steps[i - 1].realised.delivered_visits if i else 0
    sign = "+" if more > 0 else "−" if more < 0 else "±"
    return {
        "name": f"+{step.n_added}" if i else words.say("Now"),
        "place": writable(sites_said(step.sites[-1:])) if i else "",
        "cells": [
            words.number(step.predicted_visits),
            words.number(made),
            f"{sign}{words.number(abs(more))}" if i else _NOTHING,
            words.money(step.cost_idr_per_month) if i else _NOTHING,
        ],
    }


def axis_values(least: float, most: float) -> list[float]:
    """Give round values from under the least to over the most; from 0 where that is near."""
    low = 0.0 if least < most / 2 else max(0.0, least)
    span = max(most - low, 1.0)
    size = 10.0 ** math.floor(math.log10(span / _LEAST_RULES))
    fitting = [size * part for part in _ROUND if size * part <= span / _LEAST_RULES]
    # Visits are whole.
    step = max(1.0, *fitting)
    first, last = math.floor(low / step), math.ceil(most / step)
    return [i * step for i in range(first, max(last, first + 1) + 1)]


def fixed_tables(coverage: Coverage, told: Told, words: Words) -> list[Json]:
    """Give the tables that do not follow the slider: title, head, rows, notes."""
    return [
        _workers_table(coverage, words),
        *(_scenario_table(coverage, words) if coverage.scenarios else []),
        _reach_table(told, words),
        _category_table(coverage, told, words),
    ]


def _category_table(coverage: Coverage, told: Told, words: Words) -> Json:
    return {
        "title": words.say("By category, now"),
        "head": [words.say("category"), *area_head(coverage, words)[1:]],
        "rows": [
            [writable(name_of(row, words) or words.say("no category")), *area_cells(row, words)]
            for row in told.categories
        ],
        "notes": [],
    }


def _workers_table(coverage: Coverage, words: Words) -> Json:
    n_present = len(coverage.workers)
    rows = [
        [
            words.say("by caseload, %(n)d cases for each", n=row.cases_per_worker),
            words.number(row.n_required),
            words.number(max(0, row.n_required - n_present)),
        ]
        for row in coverage.caseloads
    ]
    wisn = coverage.wisn
    rows.append(
        [
            words.say("by workload with travel (WISN)"),
            words.number(wisn.n_required, 1),
            words.number(max(0.0, wisn.n_required - wisn.n_present), 1),
        ]
    )
    rows += [_planned_row(row, n_present, words) for row in coverage.planned]
    return {
        "title": words.say("How many workers are needed"),
        "head": [words.say("view"), words.say("workers needed"), words.say("workers missing")],
        "rows": rows,
        "notes": [
            words.say("Now there are %(n)d.", n=n_present),
            words.say(
                "A caseload standard knows no distance, WISN no day and no hour; planning both."
            ),
        ],
    }


def _planned_row(row: Planned, n_present: int, words: Words) -> list[str]:
    name = words.say("by planning: %(variation)s", variation=", ".join(_varied(row, words)))
    if row.n_required is None:
        return [name, f">{words.number(row.n_tried)}", f">{words.number(row.n_tried - n_present)}"]
    return [name, words.number(row.n_required), words.number(max(0, row.n_required - n_present))]


def _varied(row: Planned, words: Words) -> Iterator[str]:
    yield words.say(SEASONS[row.season])
    share = words.percent(abs(row.service_factor - 1))
    if row.service_factor > 1:
        yield words.say("visits %(share)s longer", share=share)
    elif row.service_factor < 1:
        yield words.say("visits %(share)s shorter", share=share)
    if row.n_ill:
        yield words.plural("%(n)s worker ill", "%(n)s workers ill", row.n_ill)
    if row.is_interrupted:
        yield words.say("weeks that are interrupted")


def _scenario_table(coverage: Coverage, words: Words) -> list[Json]:
    rows = [
        [
            writable(row.label or row.name),
            f"+{words.number(row.n_added)}",
            words.number(row.present.delivered_visits),
            words.number(row.realised.delivered_visits),
            words.number(row.realised.gap_visits),
        ]
        for row in coverage.scenarios
    ]
    return [
        {
            "title": words.say("Where workers could sit otherwise"),
            "head": [
                words.say("arrangement"),
                words.say("workers added"),
                words.say("visits made by the present workers"),
                words.say("visits made with the added ones"),
                words.say("visits not made"),
            ],
            "rows": rows,
            "notes": [],
        }
    ]


def _reach_table(told: Told, words: Words) -> Json:
    seasons = [season for season in SEASONS if any(x.season == season for x in told.bands)]
    bands = {(band.season, band.minutes): band for band in told.bands}
    people, population = words.say("people to visit"), words.say("population (estimate)")
    rows = []
    for minutes in sorted({band.minutes for band in told.bands}):
        cells = [words.number(minutes)]
        for season in seasons:
            band = bands.get((season, minutes))
            cells += (
                [HIDDEN, HIDDEN]
                if band is None
                else [
                    count(band.n_people, words),
                    _NOTHING if band.population is None else words.number(band.population),
                ]
            )
        rows.append(cells)
    return {
        "title": words.say("Within reach of the present bases"),
        "head": [
            words.say("within minutes of the nearest base"),
            *(
                f"{words.say(SEASONS[season])}: {name}"
                for season in seasons
                for name in (people, population)
            ),
        ],
        "rows": rows,
        "notes": [],
    }


def notes(coverage: Coverage, words: Words) -> list[str]:
    """Say what the figures are, and what they are not."""
    return [
        words.say(
            "Visits are counted in %(weeks)d weeks that were planned one after the other, with the"
            " workers chosen above: due is what falls due when every visit is made on time.",
            weeks=coverage.n_weeks,
        ),
        words.say(
            "An added worker stays at the place where the one before was put: the places of"
            " %(n)d contain those of fewer.",
            n=len(coverage.steps) - 1,
        ),
        words.say(
            "Lines show how far one comes by road from the nearest base, in the season that is"
            " chosen, and a short walk from the road."
        ),
        words.say(
            "A catchment is made of the areas that are nearest to the same base, by road; workers"
            " may still go elsewhere."
        ),
        words.say(
            "No place of anybody is in this page. Not protected: where nobody or everybody of an"
            " area goes without a visit, that holds for each of them; and pages of different"
            " months, compared, may tell of those who have come or gone."
        ),
    ]
