"""The page about many weeks, for the office: can these workers keep up, and what comes between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.output.cycle_charts import Line, weeks_chart
from outreach.output.cycle_told import (
    VERDICTS,
    at_the_end,
    headline,
    longest_days,
    ordinary_week,
    remarks,
    trend_said,
)
from outreach.output.files import write_text_whole
from outreach.output.report_paper import Paper, numbered, paper_html
from outreach.output.report_parts import Advice, Column, Figure, Heading, Items, Table, Text, Tiles
from outreach.units import HOUR_S

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from outreach.coverage.cycle import Cycle
    from outreach.coverage.diary import Waiting
    from outreach.output.report_parts import Part
    from outreach.output.words import Words


def write_cycle_page(cycle: Cycle, words: Words, path: Path) -> None:
    """
    Write the page, whole or not at all.

    Raises
    ------
    ExportError
        When the file cannot be written.
    """
    write_text_whole(path, cycle_page(cycle, words))


def cycle_page(cycle: Cycle, words: Words) -> str:
    """Draw the page, which needs nothing from elsewhere; equal cycles give equal pages."""
    paper = Paper(
        name=cycle.title,
        title=words.say("Can these workers keep up?"),
        below=f"{cycle.title}. {headline(cycle, words)}.",
        footer=words.say(
            "For the office only: groups may be small. Nobody is named, and no home is shown."
        ),
        parts=tuple(numbered(_parts(cycle, words), words)),
    )
    return paper_html(paper, words)


def _parts(cycle: Cycle, words: Words) -> Iterator[Part]:
    yield Advice(title=words.say(VERDICTS[cycle.verdict]), text=trend_said(cycle, words))
    yield _tiles(cycle, words)
    yield Text(text=at_the_end(cycle, words))
    yield from (Text(text=line) for line in ordinary_week(cycle, words))
    yield Heading(text=words.say("Week by week"))
    yield from _figures(cycle, words)
    yield _weeks(cycle, words)
    yield Heading(text=words.say("Who waits"))
    yield _categories(cycle, words)
    yield Heading(text=words.say("What comes between"))
    yield _rates(cycle, words)
    yield Items(items=(*remarks(cycle, words), *_method(words)))


def _tiles(cycle: Cycle, words: Words) -> Tiles:
    n_waiting = words.number(cycle.at_end(lambda w: w.n_waiting))
    n_open = words.number(cycle.at_end(lambda w: w.n_open))
    return Tiles(
        tiles=(
            (f"{n_waiting} / {n_open}", words.say("cases wait at the end")),
            (words.number(longest_days(cycle)), words.say("days, the longest wait")),
            (
                words.number(cycle.mean(lambda w: w.n_made)),
                words.say("visits a week that meet somebody"),
            ),
            (
                words.number(cycle.mean(lambda w: w.lived.n_displaced), 1),
                words.say("visits a week displaced"),
            ),
        )
    )


def _figures(cycle: Cycle, words: Words) -> Iterator[Part]:
    waiting = words.say("cases that wait")
    caption = words.say("Cases with a visit that is due and not made, at the end of each week")
    chart = weeks_chart(
        Line(label=waiting, weeks=cycle.band(lambda w: w.n_waiting)),
        words,
        ceiling=Line(label=words.say("open cases"), weeks=cycle.band(lambda w: w.n_open)),
        alt=caption,
    )
    yield Figure(caption=caption, drawings=(chart,))
    caption = words.say("Days since all that is overdue fell due, summed over the cases")
    chart = weeks_chart(
        Line(label=words.say("overdue days"), weeks=cycle.band(lambda w: w.overdue_days)),
        words,
        alt=caption,
    )
    yield Figure(caption=caption, drawings=(chart,))


def _weeks(cycle: Cycle, words: Words) -> Table:
    bands = [
        (words.say("due"), cycle.band(lambda w: w.n_due), 0),
        (words.say("left out on Monday"), cycle.band(lambda w: w.n_left), 0),
        (words.say("met"), cycle.band(lambda w: w.n_made), 0),
        (words.say("calls"), cycle.band(lambda w: w.lived.n_urgent), 1),
        (words.say("displaced"), cycle.band(lambda w: w.lived.n_displaced), 1),
        (words.say("cases that wait"), cycle.band(lambda w: w.n_waiting), 0),
        (words.say("overdue days"), cycle.band(lambda w: w.overdue_days), 0),
        (
            words.say("hours used"),
            cycle.band(lambda w: (w.service_s + w.riding_s) / HOUR_S),
            0,
        ),
        ("km", cycle.band(lambda w: w.distance_m / 1000), 0),
    ]
    rows = []
    for number, week in enumerate(cycle.runs[0].weeks):
        figures = (words.number(band[number][1], decimals) for _, band, decimals in bands)
        rows.append((words.short_date(week.starts_on), *figures))
    return Table(
        caption=words.say("Each week, in the mean of the runs"),
        columns=(
            Column(title=words.say("week from"), align="left", width=1.4),
            *(Column(title=title) for title, _, _ in bands),
        ),
        rows=tuple(rows),
    )


def _categories(cycle: Cycle, words: Words) -> Table:
    n_runs = len(cycle.runs)
    found: dict[str, list[Waiting]] = {}
    for run in cycle.runs:
        for row in run.weeks[-1].waiting:
            found.setdefault(row.category, []).append(row)
    rows = []
    for category in sorted(found):
        own = found[category]
        n_people = sum(row.n_people for row in own)
        days = sum(row.overdue_days for row in own)
        rows.append(
            (
                category or words.say("no category"),
                words.number(sum(row.n_open for row in own) / n_runs, 1),
                words.number(n_people / n_runs, 1),
                words.number(days / n_people if n_people else 0.0, 1),
                words.number(max(row.longest_days for row in own)),
            )
        )
    return Table(
        caption=words.say("At the end of the last week, by category"),
        columns=(
            Column(title=words.say("category"), align="left", width=2.5),
            Column(title=words.say("open cases")),
            Column(title=words.say("cases that wait")),
            Column(title=words.say("days each, on average")),
            Column(title=words.say("longest wait (days)")),
        ),
        rows=tuple(rows),
        notes=(
            words.say(
                "Cases and those that wait in the mean of the runs, the longest wait of all runs."
                " Who is seen so many times a week waits without days."
            ),
        ),
    )


def _rates(cycle: Cycle, words: Words) -> Table:
    params = cycle.params

    def happened(*names: str) -> str:
        sums = sum(
            int(getattr(week.lived, name))
            for run in cycle.runs
            for week in run.weeks
            for name in names
        )
        return words.number(sums / len(cycle.runs), 1)

    n_weeks = words.plural("%(n)s week", "%(n)s weeks", cycle.n_weeks)
    rows = (
        (
            words.say("Calls about a case that cannot wait"),
            words.say("%(n)s a week", n=words.number(params.urgent_per_week, 1)),
            happened("n_urgent"),
        ),
        (
            words.say("Nobody at home"),
            words.say("%(share)s of the visits", share=words.percent(params.not_met_share)),
            happened("n_not_met"),
        ),
        (
            words.say("Refused"),
            words.say("%(share)s of the visits", share=words.percent(params.refused_share)),
            happened("n_refused"),
        ),
        (
            words.say("Days of illness"),
            words.say("%(n)s a month and worker", n=words.number(params.ill_days_per_month, 1)),
            happened("ill_days"),
        ),
        (
            words.say("Late starts"),
            words.say(
                "%(share)s of the days, by %(minutes)s minutes",
                share=words.percent(params.late_share),
                minutes=words.number(params.late_minutes),
            ),
            happened("n_late"),
        ),
        (
            words.say("Lodging full"),
            words.say("%(share)s of the nights", share=words.percent(params.lodging_full_share)),
            happened("n_full"),
        ),
        (
            words.say("Weeks with a flood (wet season)"),
            words.say(
                "%(share)s of the weeks, %(roads)s of the roads that rain slows",
                share=words.percent(params.flood_share),
                roads=words.percent(params.flooded_tracks_share),
            ),
            happened("is_flooded"),
        ),
        (
            words.say("New cases, urgent ones included"),
            words.say(
                "%(n)s a week",
                n=words.number(
                    params.new_per_week + params.urgent_per_week * params.urgent_new_share, 1
                ),
            ),
            words.number(cycle.total(lambda w: w.n_new), 1),
        ),
        (
            words.say("Cases closed"),
            words.say("%(n)s a week", n=words.number(params.closed_per_week, 1)),
            words.number(cycle.total(lambda w: w.n_closed), 1),
        ),
    )
    return Table(
        caption=words.say("How often what happens"),
        columns=(
            Column(title="", align="left", width=2.5),
            Column(title=words.say("on average, by [cycle]"), align="left", width=3),
            Column(title=words.say("in %(weeks)s, mean of the runs", weeks=n_weeks)),
        ),
        rows=rows,
    )


def _method(words: Words) -> Iterator[str]:
    yield words.say(
        "Each week is planned on Monday from what was done before. What happens in it is drawn by"
        " lot, and each time the plan is changed as little as possible, as outreach replan does."
    )
    yield words.say(
        "A door that stays shut costs the ride and the time; the visit stays due. A new case is"
        " like a present one drawn by lot, and a case is closed when somebody meets it."
    )
    yield words.say(
        "Not looked at: pins, what was spent this month before, and that workers on the road learn"
        " of a flood late."
    )
