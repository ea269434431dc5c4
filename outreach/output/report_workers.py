"""The second half of the report: how many workers, where, and what each of them changes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outreach.output.charts import Point, View, curve_chart, views_chart
from outreach.output.coverage_cells import SEASONS, proof_said, sites_said
from outreach.output.report_parts import Column, Figure, Heading, Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.coverage.result import Planned, Step
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
    views = list(_views(facts))
    caption = words.say("Workers needed, by view and with other assumptions")
    n_present = float(facts.coverage.present.n_workers)
    yield Figure(caption=caption, drawings=(views_chart(views, n_present, words, alt=caption),))
    yield Text(text=" ".join(_staffing_said(facts)))


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
    if base := _base(facts):
        needed = base.n_required
        rows.append(
            (
                words.say("Planning"),
                words.say(
                    "no visit open after %(weeks)s weeks", weeks=words.number(coverage.n_weeks)
                ),
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


def _base(facts: Facts) -> Planned | None:
    """Give the planning of the weeks as they are."""
    return next((x for x in facts.coverage.planned if _is_base(facts, x)), None)


def _is_base(facts: Facts, planned: Planned) -> bool:
    is_season = planned.season == facts.coverage.season
    return is_season and math.isclose(planned.service_factor, 1) and not planned.n_ill


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
    return ", ".join(said) or words.say("as things are")


def _staffing_said(facts: Facts) -> Iterator[str]:
    words, wisn = facts.words, facts.coverage.wisn
    yield words.say(
        "By WISN a worker's year has %(days)s working days of %(hours)s hours; the present workers"
        " are %(ratio)s of those required (ratio), and %(pressure)s of the work is left without a"
        " worker (pressure).",
        days=words.number(wisn.working_days),
        hours=words.number(wisn.hours_per_day, 1),
        ratio=words.number(wisn.ratio, 2),
        pressure=words.percent(wisn.pressure),
    )
    if base := _base(facts):
        if base.n_required is None:
            yield words.say(
                "By planning even %(workers)s are not enough: %(left)s visits stay open.",
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
            Column(title=words.say("Visits a year")),
            Column(title=words.say("Minutes with people")),
            Column(title=words.say("Minutes on the road")),
            Column(title=words.say("Visits one worker can make a year"), width=1.4),
            Column(title=words.say("Workers needed")),
        ),
        rows=tuple(rows),
        strong=(len(rows) - 1,),
        notes=(words.say("Allowances: %(said)s.", said=allowed),),
    )


def curve(facts: Facts) -> Iterator[Part]:
    """Say what each next worker changes, as predicted and as planned."""
    words, coverage = facts.words, facts.coverage
    if facts.most_tried < 1:
        return
    yield Heading(text=words.say("What each next worker changes"))
    text = words.say(
        "For each number of workers a placement model chose the bases and predicted what will be"
        " made; then the same weeks were planned again with the workers there. What was planned"
        " so is the proof: only the realised visits count in this report."
    )
    yield Text(text=text)
    caption = words.say("Visits made with more workers: predicted beside realised")
    points = [
        Point(
            n_added=step.n_added,
            predicted=step.predicted_visits,
            bound=max(step.bound_visits, step.predicted_visits),
            realised=step.realised.delivered_visits,
        )
        for step in coverage.steps
    ]
    chart = curve_chart(
        points,
        words,
        required=coverage.present.required_visits,
        hopeless=coverage.present.hopeless_visits,
        noise=coverage.noise_visits,
        recommended=coverage.recommended,
        alt=caption,
    )
    yield Figure(caption=caption, drawings=(chart,))
    yield _steps(facts)
    yield Text(text=" ".join(_curve_said(facts)))


def _steps(facts: Facts) -> Table:
    words, coverage = facts.words, facts.coverage
    strong = [i for i, step in enumerate(coverage.steps) if step.n_added == coverage.recommended]
    return Table(
        caption=words.say("Each next worker, added to those before"),
        columns=(
            Column(title=words.say("Added"), width=0.9),
            Column(title=words.say("Base of this worker"), align="left", width=2.4),
            Column(title=words.say("Predicted"), width=1.15),
            Column(title=words.say("At most"), width=0.9),
            Column(title=words.say("Realised")),
            Column(title=words.say("More than before"), width=1.1),
            Column(title=words.say("People who miss a visit"), width=1.2),
            Column(title=words.say("Longest ride (min)"), width=1.1),
            Column(title=words.say("Cost a month"), width=1.5),
            Column(title=words.say("A further visit, about"), width=1.3),
        ),
        rows=tuple(_step_row(facts, step) for step in coverage.steps),
        strong=tuple(strong),
        notes=(
            words.say(
                "At most: by the model, no choice of bases for so many workers makes more; each"
                " base was chosen with the ones before it fixed."
            ),
        ),
    )


def _step_row(facts: Facts, step: Step) -> tuple[str, ...]:
    words = facts.words
    site, gain, per_visit = facts.site(step.n_added), facts.gain(step.n_added), None
    if step.n_added:
        per_visit = facts.idr_per_visit(step)
    return (
        words.number(step.n_added),
        words.say("(present workers)") if site is None else site.label or site.id,
        words.number(step.predicted_visits),
        words.number(max(step.bound_visits, step.predicted_visits)),
        words.number(step.realised.delivered_visits),
        "–" if gain is None else facts.signed(gain),
        facts.few(step.realised.n_with_gap),
        facts.ride(step.realised.worst_minutes),
        "–" if not step.n_added else words.money(step.cost_idr_per_month),
        "–" if per_visit is None else facts.about(per_visit),
    )


def _curve_said(facts: Facts) -> Iterator[str]:
    words, coverage = facts.words, facts.coverage
    added = [step for step in coverage.steps if step.n_added]
    differences = [abs(x.predicted_visits - x.realised.delivered_visits) for x in added]
    yield words.say(
        "Prediction and planning differ by %(mean)s visits on average, by %(most)s at most; two"
        " searches of the same weeks differ by %(noise)s.",
        mean=words.number(sum(differences) / len(differences), 1),
        most=words.number(max(differences), 1),
        noise=words.number(coverage.noise_visits),
    )
    if all(step.proof == "proven" for step in added):
        yield words.say("By the model every choice of bases is proven the best.")
    else:
        open_steps = "; ".join(
            f"{facts.signed(x.n_added)}: {proof_said(x.proof, x.gap_share, words)}"
            for x in added
            if x.proof != "proven"
        )
        yield words.say("Not every choice is proven the best: %(steps)s.", steps=open_steps)
    lost = max(step.free_visits - step.predicted_visits for step in added)
    if lost < 1:
        yield words.say(
            "Choosing all bases afresh for each number would bring nothing: they can be filled one"
            " after the other."
        )
    else:
        yield words.say(
            "Choosing all bases afresh for each number would bring at most %(n)s visits more; that"
            " is the price of filling them one after the other.",
            n=words.number(lost, 1),
        )
    yield from _end_said(facts)


def _end_said(facts: Facts) -> Iterator[str]:
    """Say why the recommendation ends where it does."""
    words, coverage = facts.words, facts.coverage
    best = coverage.recommended
    gain, per_visit = facts.gain(best + 1), facts.idr_per_next_visit(best + 1)
    if gain is not None and per_visit is not None:
        yield words.say(
            "One worker more than recommended would change the visits made by %(gain)s, each for"
            " about %(money)s.",
            gain=facts.signed(gain),
            money=facts.about(per_visit),
        )
    elif gain is not None:
        yield words.say(
            "One worker more than recommended would change the visits made by %(gain)s.",
            gain=facts.signed(gain),
        )
    elif best and facts.open_gap(facts.after) > coverage.noise_visits:
        yield words.say(
            "No more than %(n)s were tried, and %(left)s visits that further workers could make are"
            " still left: the need may be larger.",
            n=words.number(facts.most_tried),
            left=words.number(facts.open_gap(facts.after)),
        )


def scenarios(facts: Facts) -> Iterator[Part]:
    """Compare other arrangements of the same number of workers."""
    words, coverage = facts.words, facts.coverage
    if not coverage.scenarios:
        return
    yield Heading(text=words.say("Other arrangements"))
    rows = []
    seen: set[int] = set()
    for row in coverage.scenarios:
        step = facts.step(row.n_added)
        if step is not None and row.n_added not in seen:
            seen.add(row.n_added)
            label = words.say("As in this report")
            rows.append((label, step.sites, step.n_added, step.realised))
        rows.append((row.label or row.name, row.sites, row.n_added, row.realised))
    yield Table(
        caption=words.say("The same number of added workers, arranged otherwise"),
        columns=(
            Column(title=words.say("Arrangement"), align="left", width=2.2),
            Column(title=words.say("Bases of the added workers"), align="left", width=2.4),
            Column(title=words.say("Added"), width=0.9),
            Column(title=words.say("Visits made"), width=1.2),
            Column(title=words.say("Part made"), width=1.2),
            Column(title=words.say("People who miss a visit"), width=1.2),
            Column(title=words.say("Ridden (km)")),
            Column(title=words.say("Moving about"), width=1.4),
        ),
        rows=tuple(
            (
                label,
                sites_said(sites) or "–",
                words.number(n_added),
                words.number(outcome.delivered_visits),
                facts.share(outcome),
                facts.few(outcome.n_with_gap),
                words.number(outcome.distance_km),
                words.money(outcome.moving_idr),
            )
            for label, sites, n_added, outcome in rows
        ),
        notes=(
            words.say(
                "Moving about: fuel, meals and beds of all workers in the %(weeks)s weeks.",
                weeks=words.number(coverage.n_weeks),
            ),
        ),
    )
    made = [outcome.delivered_visits for *_, outcome in rows]
    top = rows[made.index(max(made))]
    if max(made) - min(made) <= coverage.noise_visits:
        yield Text(
            text=words.say(
                "The arrangements differ by no more than two searches of the same weeks do: the"
                " number of workers counts, not where they sit."
            )
        )
    else:
        yield Text(
            text=words.say(
                "“%(name)s” makes the most visits, %(most)s; the least are %(least)s. The"
                " difference of %(n)s is what the choice of bases is worth.",
                name=top[0],
                most=words.number(max(made)),
                least=words.number(min(made)),
                n=words.number(max(made) - min(made)),
            )
        )
