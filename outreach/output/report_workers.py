"""How many workers are needed, by three views side by side: a section of the report."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outreach.output.charts import View, views_chart
from outreach.output.coverage_cells import SEASONS
from outreach.output.report_parts import Column, Figure, Heading, Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.coverage.result import Planned
    from outreach.output.report_facts import Facts
    from outreach.output.report_parts import Part

_HOUR_S = 3600
_MINUTE_S = 60


def staffing(facts: Facts) -> Iterator[Part]:
    """Set the views of how many workers are needed side by side."""
    words = facts.words
    yield Heading(text=words.say("How many workers are needed"))
    text = words.say(
        "Three views, each for what it is. A caseload standard counts cases and knows no distance."
        " WISN, the method of the World Health Organization, counts the hours of a year, here with"
        " the rides that visits take in the plans. Planning counts the fewest workers with whom"
        " nothing due stays open at the end of the simulated weeks."
    )
    yield Text(text=text)
    yield _views_table(facts)
    yield Text(text=" ".join(_staffing_said(facts)))
    views = list(_views(facts))
    caption = words.say("Workers needed, by view and with other assumptions")
    n_present = float(facts.coverage.present.n_workers)
    yield Figure(caption=caption, drawings=(views_chart(views, n_present, words, alt=caption),))


def _views_table(facts: Facts) -> Table:
    words, coverage, wisn = facts.words, facts.coverage, facts.coverage.wisn
    n_present = coverage.present.n_workers
    rows = [
        (
            words.say("Caseload of %(n)d", n=load.cases_per_worker),
            words.say(
                "%(cases)s cases ÷ %(n)d; %(standard)s",
                cases=words.number(load.n_cases),
                n=load.cases_per_worker,
                standard=load.standard,
            ),
            words.number(load.n_required),
            words.number(n_present),
            words.number(max(0, load.n_required - n_present)),
        )
        for load in coverage.caseloads
    ]
    rows.append(
        (
            words.say("WISN with travel"),
            words.say(
                "a year's visits with their rides ÷ %(hours)s hours of a worker's year",
                hours=words.number(wisn.available_h),
            ),
            words.number(wisn.n_required, 1),
            words.number(wisn.n_present, 1),
            words.number(max(0.0, wisn.n_required - wisn.n_present), 1),
        )
    )
    if base := facts.planning:
        needed = base.n_required
        rows.append(
            (
                words.say("Planning"),
                words.say("no visit open after %(weeks)s", weeks=facts.weeks),
                words.number(needed) if needed is not None else f"> {words.number(base.n_tried)}",
                words.number(base.n_present),
                words.number(max(0, needed - base.n_present))
                if needed is not None
                else f"> {words.number(base.n_tried - base.n_present)}",
            )
        )
    return Table(
        caption=words.say("Three views of the workers needed"),
        columns=(
            Column(title=words.say("View"), align="left", width=1.5),
            Column(title=words.say("What it counts"), align="left", width=4.2),
            Column(title=words.say("Needed")),
            Column(title=words.say("Present")),
            Column(title=words.say("Missing")),
        ),
        rows=tuple(rows),
    )


def _views(facts: Facts) -> Iterator[View]:
    words, coverage = facts.words, facts.coverage
    for load in coverage.caseloads:
        label = words.say("Caseload of %(n)d", n=load.cases_per_worker)
        yield View(label=label, n_required=load.n_required)
    n_required = round(coverage.wisn.n_required, 1)
    yield View(label=words.say("WISN with travel"), n_required=n_required)
    for planned in coverage.planned:
        changed = _changed(facts, planned)
        label = words.say("Planning: %(assumption)s", assumption=changed)
        needed = planned.n_required
        yield View(
            label=label,
            n_required=planned.n_tried if needed is None else needed,
            is_least=needed is None,
        )


def _changed(facts: Facts, planned: Planned) -> str:
    """Say by what a planning differs from the weeks as they are."""
    words = facts.words
    said = []
    if planned.season != facts.coverage.season:
        said.append(words.say(SEASONS[planned.season]))
    if not math.isclose(planned.service_factor, 1):
        share = words.percent(abs(planned.service_factor - 1))
        is_longer = planned.service_factor > 1
        said.append(
            words.say("visits %(share)s longer", share=share)
            if is_longer
            else words.say("visits %(share)s shorter", share=share)
        )
    if planned.n_ill:
        said.append(words.plural("%(n)s worker ill", "%(n)s workers ill", planned.n_ill))
    if planned.is_interrupted:
        said.append(words.say("weeks that are interrupted"))
    return ", ".join(said) or words.say("as things are")


def _staffing_said(facts: Facts) -> Iterator[str]:
    words, wisn = facts.words, facts.coverage.wisn
    yield words.say(
        "By WISN a worker's year has %(days)s working days of %(hours)s hours; the hours of the"
        " present workers are those of %(present)s such workers, which is %(ratio)s of those"
        " required (ratio), and %(pressure)s of the work is left without a worker (pressure).",
        days=words.number(wisn.working_days),
        hours=words.number(wisn.hours_per_day, 1),
        present=words.number(wisn.n_present, 1),
        ratio=words.number(wisn.ratio, 2),
        pressure=words.percent(wisn.pressure),
    )
    if base := facts.planning:
        if base.n_required is None:
            yield words.say(
                "By planning even %(workers)s are not enough: at least %(left)s visits stay open.",
                workers=facts.n_workers(base.n_tried),
                left=words.number(base.left_visits),
            )
        needed = [x.n_required for x in facts.coverage.planned if x.n_required is not None]
        if len(needed) > 1 and min(needed) < max(needed):
            yield words.say(
                "With other assumptions planning needs from %(low)s to %(high)s workers.",
                low=words.number(min(needed)),
                high=words.number(max(needed)),
            )
        short = [x for x in facts.coverage.planned if x.n_required is None and x is not base]
        for planned in short:
            yield words.say(
                "Under the assumption “%(assumption)s”, %(workers)s were not enough.",
                assumption=_changed(facts, planned),
                workers=facts.n_workers(planned.n_tried),
            )
    best = facts.best
    if best is not None:
        yield words.say(
            "With those recommended there would be %(workers)s.",
            workers=facts.n_workers(facts.coverage.present.n_workers + best.n_added),
        )
    yield from floor(facts)


def floor(facts: Facts) -> Iterator[str]:
    """Say that planning asks for the least, where it asks for fewer than WISN."""
    words, base, wisn = facts.words, facts.planning, facts.coverage.wisn
    if base is None or base.n_required is None or base.n_required >= wisn.n_required:
        return
    yield words.say(
        "%(plan)s is the least: planning fills every hour of the shifts with visits and rides."
        " Reports, meetings, leave and illness take their part of a year; with them, by WISN, the"
        " same visits need %(wisn)s full-time workers.",
        plan=words.number(base.n_required),
        wisn=words.number(wisn.n_required, 1),
    )


def wisn_activities(facts: Facts) -> Table:
    """Show how WISN comes to its number."""
    words, wisn = facts.words, facts.coverage.wisn
    rows = [
        (
            activity.name,
            words.number(activity.n_per_year),
            words.number(activity.service_s / _MINUTE_S),
            words.number(activity.travel_s / _MINUTE_S),
            words.number(activity.n_per_worker),
            words.number(activity.n_required, 2),
        )
        for activity in wisn.activities
    ]
    served = sum(activity.n_required for activity in wisn.activities)
    allowed = words.say(
        "× %(factor)s for work that all do beside it, + %(workers)s for work that some do",
        factor=words.number(wisn.category_factor, 2),
        workers=words.number(wisn.individual_workers, 2),
    )
    rows.append((words.say("All together"), "", "", "", "", words.number(served, 2)))
    rows.append((words.say("With allowances"), "", "", "", "", words.number(wisn.n_required, 2)))
    return Table(
        caption=words.say("WISN: a year's work by category"),
        columns=(
            Column(title=words.say("Category"), align="left", width=2.4),
            Column(title=words.say("Visits a year, each worker counted"), width=1.2),
            Column(title=words.say("Minutes with people")),
            Column(title=words.say("Minutes on the road")),
            Column(title=words.say("Visits one worker can make a year"), width=1.4),
            Column(title=words.say("Workers needed")),
        ),
        rows=tuple(rows),
        strong=(len(rows) - 1,),
        notes=(words.say("Allowances: %(said)s.", said=allowed),),
    )
