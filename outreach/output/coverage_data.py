"""What the page about coverage shows, all of it said, for each number of added workers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.output import coverage_metrics, coverage_shapes, coverage_tables
from outreach.output.coverage_cells import (
    HIDDEN,
    SEASONS,
    SITE_KINDS,
    proof_said,
    sites_said,
    weeks_idr,
)
from outreach.output.coverage_rows import name_of
from outreach.output.page_words import page_words
from outreach.output.safe_text import writable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outreach.coverage.result import Coverage, CoverageMap, Site, Step
    from outreach.model import Season
    from outreach.output.coverage_rows import Told, ToldRow
    from outreach.output.page_data import Json
    from outreach.output.words import Words

FORM = "outreach/coverage-page/1"

_SEASON_SHORTS: Mapping[Season, Message] = {"dry": Message("dry"), "wet": Message("wet")}


def coverage_data(
    coverage: Coverage,
    map_: CoverageMap,
    told: Told,
    words: Words,
    *,
    attribution: str = "",
    basemap: str | None = None,
) -> Json:
    """
    Give what the page about coverage shows: no id, place or way of anybody.

    Parameters
    ----------
    coverage
        What was found out.
    map_
        What the map is drawn from.
    told
        Of `coverage`, the groups as they may be published; people are told of by it alone.
    words
        The readers' language.
    attribution
        The makers of the roads.
    basemap
        What `outreach.output.basemap.basemap_for` gives, or nothing for plain paper.

    Returns
    -------
    data
        `steps`, one for each number of added workers, hold what changes: `figures`, `sites`
        (where the added workers sit, indices of `places`), `rows` (of each of `rows`: `cells`
        as `area_head` names them, and `gaps` as `metrics` do), `total`, `borders` and `nearest`
        of catchments, and their line of `curve`. `isochrones` are told apart by `step`
        (`reach_of` of a step), `season` and `band`. `tables` stand below, and `labels` are the
        words of the page.
    """
    sites = _all_sites(coverage)
    index_of = {site.id: i for i, site in enumerate(sites)}
    seasons = list(SEASONS)
    bands = sorted({int(minutes) for minutes in map_.isochrones["minutes"]})
    threshold = coverage.access.threshold_minutes
    metrics = coverage_metrics.metrics_of(coverage, words)
    rows = _worst_first(told.areas)
    districts = _worst_first(told.districts)
    shapes = coverage_shapes.shapes_of(map_, rows)
    empty = coverage_shapes.untold(map_, {area for row in rows for area in row.members})
    drawn = sorted({int(n) for n in map_.isochrones["n_added"]})
    steps = []
    for step in coverage.steps:
        nearest = coverage_shapes.nearest_sites(map_, rows, step.n_added)
        steps.append(
            {
                **_step_words(coverage, step, words),
                "figures": _figures(coverage, told, step, words),
                "sites": [index_of[site.id] for site in step.sites],
                "proof": _proof(step, words),
                "rows": coverage_metrics.rows_said(told, rows, step.n_added, metrics, words),
                "districts": [
                    row["cells"]
                    for row in coverage_metrics.rows_said(told, districts, step.n_added, (), words)
                ],
                "total": _total_cells(told, step.n_added, words),
                "reach_of": max((n for n in drawn if n <= step.n_added), default=0),
                "nearest": [index_of.get(site or "") for site in nearest],
                "borders": coverage_shapes.borders(shapes, nearest),
            }
        )
    ends_on = coverage.starts_on + dt.timedelta(weeks=coverage.n_weeks, days=-1)
    return {
        "form": FORM,
        "kind": "coverage",
        "language": words.language,
        "title": writable(words.say("Coverage: %(title)s", title=coverage.title)),
        "span": words.say(
            "%(days)s, %(season)s",
            days=words.days(coverage.starts_on, ends_on),
            season=words.say(SEASONS[coverage.season]),
        ),
        "key": "",
        "notices": [writable(words.say(notice)) for notice in coverage.notices],
        "routes": [],
        "steps": steps,
        "advised": coverage.recommended,
        "opens_on": 0,
        "opens_bands": [i for i, minutes in enumerate(bands) if minutes == threshold],
        "season": seasons.index(coverage.season),
        "seasons": [words.say(_SEASON_SHORTS[season]) for season in seasons],
        "bands": [words.number(minutes) for minutes in bands],
        "isochrones": coverage_shapes.isochrones(map_, seasons, bands),
        "metrics": [
            {
                "name": metric.name,
                "short": metric.short,
                "classes": metric.classes(
                    words,
                    has_sparse=any(coverage_metrics.is_sparse(row) for row in rows),
                    has_nobody=bool(empty),
                ),
            }
            for metric in metrics
        ],
        "places": [
            {
                "label": writable(site.label or site.id),
                "kind": words.say(SITE_KINDS[site.kind]),
                "lon": round(site.lon, 5),
                "lat": round(site.lat, 5),
            }
            for site in sites
        ],
        "present": sorted({index_of[site.id] for site in coverage.present_sites}),
        "area_head": coverage_tables.area_head(coverage, words),
        "rows": [
            {
                "name": writable(name_of(row, words)),
                "district": _district(told, row, words),
                "is_sparse": coverage_metrics.is_sparse(row),
                "outline": coverage_shapes.outlines(shape),
                "at": coverage_shapes.middle(shape),
            }
            for row, shape in zip(rows, shapes, strict=True)
        ],
        "districts": [writable(name_of(row, words)) for row in districts],
        "empty": empty,
        "curve": coverage_tables.curve(coverage, words),
        "tables": coverage_tables.fixed_tables(coverage, told, words),
        "notes": coverage_tables.notes(coverage, words),
        "labels": _labels(told, words),
        "words": page_words(words),
        "attribution": writable(attribution),
        "tiles": None,
        "basemap": basemap,
    }


def _all_sites(coverage: Coverage) -> tuple[Site, ...]:
    """Give each place once, those of the present first."""
    found = {site.id: site for site in coverage.present_sites}
    for step in coverage.steps:
        found |= {site.id: site for site in step.sites if site.id not in found}
    return tuple(found.values())


def _step_words(coverage: Coverage, step: Step, words: Words) -> Json:
    n_workers = step.realised.n_workers
    workers = words.plural("%(n)s worker", "%(n)s workers", n_workers)
    return {
        "added": f"+{step.n_added}" if step.n_added else "0",
        "said": words.say("%(workers)s in all", workers=workers)
        if step.n_added
        else words.say("as it is: %(workers)s", workers=workers),
        "is_advised": step.n_added == coverage.recommended,
    }


def _figures(coverage: Coverage, told: Told, step: Step, words: Words) -> list[Json]:
    """Say the key figures; each beside what it is now."""
    now, then = coverage.steps[0].realised, step.realised
    is_now = not step.n_added
    minutes = coverage.access.threshold_minutes

    def figure(name: str, value: str, before: str | None = None, note: str = "") -> Json:
        change = "" if is_now or before is None else words.say("now %(value)s", value=before)
        return {"label": name, "value": value, "note": note, "change": change}

    totals = {one.n_added: one.total for one in told.steps}
    people, people_now = totals.get(step.n_added), told.total
    more = then.delivered_visits - now.delivered_visits
    month_idr = step.cost_idr_per_month
    hopeless = words.say("more workers would not help %(n)d", n=then.hopeless_visits)
    each = words.say(
        "%(money)s for each visit more",
        money=words.money(round(weeks_idr(coverage, month_idr) / more, -2) if more > 0 else 0),
    )
    foretold = step.predicted_visits - coverage.steps[0].predicted_visits
    said_foretold = words.say("the model foretold %(n)s", n=_signed(foretold, words))
    return [
        figure(
            words.say("share of due visits that is made"),
            _share(then.delivered_visits, then.required_visits, words),
            _share(now.delivered_visits, now.required_visits, words),
            words.say(
                "%(made)s of %(due)s visits",
                made=words.number(then.delivered_visits),
                due=words.number(then.required_visits),
            ),
        ),
        figure(
            words.say("visits not made"),
            words.number(then.gap_visits),
            words.number(now.gap_visits),
            hopeless if then.hopeless_visits else "",
        ),
        figure(
            words.say("people with a visit not made"),
            coverage_tables.count(people.n_with_gap if people else None, words),
            coverage_tables.count(people_now.n_with_gap, words),
            words.say("of %(n)s people", n=words.number(told.total.n_people)),
        ),
        figure(
            words.say("people beyond %(minutes)d minutes or without a way", minutes=minutes),
            coverage_tables.count(people.n_uncovered if people else None, words),
            coverage_tables.count(people_now.n_uncovered, words),
        ),
        figure(
            words.say("more visits than now"),
            "–" if is_now else _signed(more, words),
            note="" if is_now else said_foretold,
        ),
        figure(
            words.say("cost of the added workers (a month)"),
            "–" if is_now else words.money(month_idr),
            note="" if is_now or more <= 0 else each,
        ),
    ]


def _share(part: int, whole: int, words: Words) -> str:
    return words.percent(part / whole) if whole else "–"


def _signed(number: float, words: Words) -> str:
    rounded = round(number)
    return f"{'+' if rounded > 0 else '−' if rounded < 0 else '±'}{words.number(abs(rounded))}"


def _proof(step: Step, words: Words) -> str:
    if not step.n_added:
        return words.say("Move the slider: nobody is added yet.")
    said = words.say(
        "How good these places are, by the placement model: %(proof)s.",
        proof=proof_said(step.proof, step.gap_share, words),
    )
    if sorted(site.id for site in step.free_sites) == sorted(site.id for site in step.sites):
        return writable(said)
    afresh = words.say(
        "Chosen afresh for just so many workers, the best would be: %(places)s (the model"
        " foretells %(n)s visits).",
        places=sites_said(step.free_sites),
        n=_signed(step.free_visits - step.predicted_visits, words),
    )
    return writable(f"{said} {afresh}")


def _worst_first(rows: Sequence[ToldRow]) -> list[ToldRow]:
    somebody = [row for row in rows if row.n_people]
    return sorted(somebody, key=lambda row: (row.gap_visits is None, -(row.gap_visits or 0)))


def _total_cells(told: Told, n_added: int, words: Words) -> list[str]:
    step = next((step for step in told.steps if step.n_added == n_added), None)
    if step is None:
        return coverage_tables.hidden_cells()
    return coverage_tables.area_cells(step.total, words)


def _district(told: Told, row: ToldRow, words: Words) -> str:
    district = next((x for x in told.districts if x.id == row.district), None)
    name = "" if district is None else name_of(district, words)
    return "" if name == name_of(row, words) else writable(name)


def _labels(told: Told, words: Words) -> dict[str, str]:
    return {
        "added": words.say("Workers added"),
        "added_base": words.say("added worker"),
        "advised": words.say("Recommended"),
        "all": words.say("Total"),
        "areas": words.say("By area"),
        "areas_note": words.say(
            "Areas with few people are told together. %(sign)s is not told, as it could give away"
            " a few people; on the map such an area has the colour of its district, or of all.",
            sign=HIDDEN,
        ),
        "catchments": words.say("Catchments"),
        "curve": words.say("What each further worker adds"),
        "district": words.say("district"),
        "districts": words.say("By district"),
        "due": words.say("visits due"),
        "fewer": words.say("One worker fewer"),
        "foretold": words.say("predicted by the placement model"),
        "how": words.say("How to read this page"),
        "made": words.say("realised: the weeks planned again"),
        "metric": words.say("Colour of the areas"),
        "more": words.say("One worker more"),
        "nearest_to": words.say("nearest base of"),
        "now": words.say("Now"),
        "present_base": words.say(SITE_KINDS["base"]),
        "reach": words.say("Within reach of a base, minutes"),
        "season": words.say("Season"),
        "shown": words.say("borders"),
        "sites": words.say("Where they would sit"),
        "told_k": words.say(
            "Every row tells of at least %(k)d people (k = %(k)d).", k=told.reached_k
        ),
    }
