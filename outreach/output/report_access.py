"""How near people are to the present bases: a section of the report."""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING

from outreach.output.coverage_cells import HIDDEN, SEASONS
from outreach.output.report_parts import Column, Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.output.report_facts import Facts
    from outreach.output.report_parts import Part


def withheld(facts: Facts) -> str:
    """Say what the sign for what is withheld means."""
    return facts.words.say(
        "%(sign)s: withheld, so that no number tells of fewer than %(k)d people.",
        sign=HIDDEN,
        k=facts.told.k,
    )


def access(facts: Facts) -> Iterator[Part]:
    """Say how near people are to the present bases, and how unequal that is."""
    words, found = facts.words, facts.coverage.access
    sentences = []
    if math.isfinite(found.median_minutes):
        sentences.append(
            words.say(
                "Half of the people live within %(minutes)s of the nearest base.",
                minutes=words.duration(60 * found.median_minutes),
            )
        )
    n_beyond = facts.told.total.n_uncovered
    if n_beyond is not None:
        sentences.append(
            words.say(
                "%(n)s of %(all)s live beyond the limit of %(minutes)s, or no way leads to them.",
                n=words.number(n_beyond),
                all=words.number(facts.coverage.n_people),
                minutes=words.duration(60 * found.threshold_minutes),
            )
        )
    if math.isfinite(found.hours_per_need) and math.isfinite(found.gini):
        sentences.append(
            words.say(
                "For each hour that is needed with people, on average %(hours)s hours of workers'"
                " shifts are within reach (E2SFCA). The rides must fit into them as well: more than"
                " 1 does not mean enough. How unequally the hours fall to the people is told by the"
                " Gini coefficient, %(gini)s (0: equally, 1: all to one).",
                hours=words.number(found.hours_per_need, 2),
                gini=words.number(found.gini, 2),
            )
        )
    yield Text(text=" ".join(sentences))
    yield _bands(facts)


def _bands(facts: Facts) -> Table:
    words, total = facts.words, facts.coverage.n_people
    ordered = sorted(facts.told.bands, key=lambda band: (band.season, band.minutes))
    by_season = {key: list(bands) for key, bands in groupby(ordered, key=lambda band: band.season)}
    columns = [Column(title=words.say("Ride from the nearest base"), align="left", width=1.8)]
    rows: dict[int, list[str]] = {}
    for season, bands in by_season.items():
        said = words.say(SEASONS[season])
        columns += [
            Column(title=words.say("people, %(season)s", season=said)),
            Column(title=words.say("part of them")),
            Column(title=words.say("population, %(season)s", season=said), width=1.2),
        ]
        for band in bands:
            within = words.duration(60 * band.minutes)
            row = rows.setdefault(band.minutes, [words.say("within %(time)s", time=within)])
            share = None if band.n_people is None else band.n_people / max(total, 1)
            row += [facts.cell(band.n_people), facts.part(share)]
            row.append("–" if band.population is None else words.number(band.population))
    width = len(columns)
    told = tuple(tuple(row) for row in rows.values() if len(row) == width)
    return Table(
        caption=words.say("Who can be reached from the present bases"),
        columns=tuple(columns),
        rows=told,
        notes=(withheld(facts),) if any(HIDDEN in row for row in told) else (),
    )
